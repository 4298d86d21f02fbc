//! Generated manifests and runbooks, where two of them or their users must agree.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_yaml::Value;

use crate::cases;
use crate::support::{read_tree, root};

const PRESETS: [&str; 2] = ["mongodb-atlas-on-aws", "mongodb-self-hosted-on-aws"];

/// Seconds after which the servers of services close an idle connection where nobody sets it: Node.js
/// (`server.keepAliveTimeout`) and uvicorn (`--timeout-keep-alive`).
const SERVERS_CLOSE_AFTER: u64 = 5;

fn text(preset: &str, path: &str) -> String {
    std::fs::read_to_string(root().join("snapshots/presets").join(preset).join(path)).unwrap()
}

fn seconds(text: &str) -> u64 {
    text.trim_end_matches([';', 's']).parse().unwrap()
}

#[test]
fn the_gateway_drops_idle_connections_before_services_do() {
    for preset in PRESETS {
        let policy: Value =
            serde_yaml::from_str(&text(preset, "k8s/base/gateway/backend-traffic-policy.yaml")).unwrap();
        let idle = seconds(policy["spec"]["timeout"]["http"]["connectionIdleTimeout"].as_str().unwrap());
        assert!(idle < SERVERS_CLOSE_AFTER, "{preset}: the gateway keeps connections for {idle} s");

        let tree = read_tree(&root().join("snapshots/presets").join(preset));
        let nginx = tree.iter().filter(|(path, _)| path.ends_with("/nginx.conf"));
        for (path, file) in nginx {
            let conf = String::from_utf8(file.bytes.clone()).unwrap();
            let kept = conf.lines().find_map(|line| line.trim().strip_prefix("keepalive_timeout ")).unwrap();
            assert!(idle < seconds(kept), "{preset}: {path} keeps connections for {kept}");
        }

        let contract = text(preset, "docs/service-contract.md");
        assert!(
            contract.contains(&format!(
                "after {} seconds without a request",
                ["", "", "two", "three", "four"][idle as usize]
            ))
        );
        // A POST that may have been carried out is never repeated.
        let triggers = &policy["spec"]["retry"]["retryOn"]["triggers"];
        assert!(!triggers.as_sequence().unwrap().iter().any(|t| t == "reset" || t == "5xx" || t == "gateway-error"));
    }
}

/// docs/runbooks/rollback.md takes one service back by its label: what lacks it stays as the bad version made it, and pods
/// of the older one would name a ConfigMap that no longer exists.
#[test]
fn all_objects_of_a_service_carry_its_name() {
    for preset in PRESETS {
        let tree = read_tree(&root().join("snapshots/presets").join(preset));
        let of_a_service = |path: &str, service: &str| {
            path.ends_with(".yaml")
                && !path.ends_with("/kustomization.yaml")
                && ["base", "overlays/staging/secrets", "overlays/prod/secrets"]
                    .iter()
                    .any(|folder| path.starts_with(&format!("k8s/{folder}/{service}/")))
        };
        for service in ["web", "api"] {
            let labels = format!("app.kubernetes.io/name: {service}\n");
            let mut seen = 0;
            for (path, file) in tree.iter().filter(|(path, _)| of_a_service(path, service)) {
                let folder = path.rsplit_once('/').unwrap().0;
                let shared = text(preset, &format!("{folder}/kustomization.yaml"));
                let object: Value = serde_yaml::from_slice(&file.bytes).unwrap();
                let own = object["metadata"]["labels"]["app.kubernetes.io/name"].as_str();
                assert!(
                    own == Some(service) || shared.contains(&labels),
                    "{preset}: {path} lacks the name of {service}"
                );
                seen += 1;
            }
            assert!(seen > 5, "{preset}: {service} has only {seen} objects");
            for environment in ["staging", "prod"] {
                let component: Value = serde_yaml::from_str(&text(
                    preset,
                    &format!("k8s/overlays/{environment}/services/{service}/kustomization.yaml"),
                ))
                .unwrap();
                let label = &component["configMapGenerator"][0]["options"]["labels"]["app.kubernetes.io/name"];
                assert_eq!(label.as_str(), Some(service), "{preset}: ConfigMap of {service} in {environment}");
            }
        }
    }
}

/// Users of the images are not root, and files of a volume belong to root and to the group `fsGroup`.
#[test]
fn pods_may_read_the_volumes_that_only_a_group_may_read() {
    fn pods<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
        match value {
            Value::Mapping(map) => {
                if map.get("containers").is_some() && map.get("volumes").is_some() {
                    found.push(value);
                }
                map.values().for_each(|value| pods(value, found));
            }
            Value::Sequence(items) => items.iter().for_each(|value| pods(value, found)),
            _ => {}
        }
    }
    let mut seen = 0;
    for generated in cases::files().iter().filter(|generated| generated.path.ends_with(".yaml")) {
        let text = String::from_utf8_lossy(&generated.file.bytes);
        if !text.contains("defaultMode: 0440") {
            continue;
        }
        for document in serde_yaml::Deserializer::from_str(&text) {
            let object = Value::deserialize(document).unwrap();
            let mut found = Vec::new();
            pods(&object, &mut found);
            for pod in found {
                let group = &pod["securityContext"]["fsGroup"];
                assert!(group.is_u64(), "{}: a volume has the mode 0440, and the pod no `fsGroup`", generated.place());
                seen += 1;
            }
        }
    }
    assert!(seen > 20, "{seen}");
}

/// Options that only the tools of Linux have; people run the commands of the documents on macOS as well.
const GNU_ONLY: [&str; 7] = ["date -d", "date -u -d", "date --date", "sed -i ", "base64 -w", "readlink -f", "stat -c"];

#[test]
fn commands_of_the_documents_run_on_macos_too() {
    for generated in cases::files().iter().filter(|generated| generated.path.ends_with(".md")) {
        let text = String::from_utf8_lossy(&generated.file.bytes);
        let found: Vec<&&str> = GNU_ONLY.iter().filter(|option| text.contains(**option)).collect();
        assert!(found.is_empty(), "{}: {found:?}", generated.place());
    }
}

/// What the bash 3.2 of macOS does not have.
const NEWER_THAN_BASH_3: [&str; 6] = ["mapfile", "readarray", "declare -A", "local -A", "^^}", ",,}"];

/// During a recovery people run them from their own machines.
#[test]
fn scripts_run_on_macos_too() {
    for (path, file) in
        read_tree(&root().join("snapshots/presets")).iter().filter(|(path, _)| path.contains("/scripts/"))
    {
        let in_the_cluster = path.contains("/k8s/");
        let text = String::from_utf8_lossy(&file.bytes);
        for line in text.lines().filter(|_| !in_the_cluster) {
            let found = NEWER_THAN_BASH_3.iter().chain(&GNU_ONLY).find(|word| line.contains(**word));
            // with the form of macOS behind it
            assert!(found.is_none() || line.contains("|| date -u -"), "{path}: `{line}`");
        }
    }
}

/// Every `image:` below `k8s/` of a preset.
fn images(preset: &str) -> BTreeSet<String> {
    let tree = read_tree(&root().join("snapshots/presets").join(preset).join("k8s"));
    let manifests = tree.iter().filter(|(path, _)| path.ends_with(".yaml"));
    let text = manifests.map(|(_, file)| String::from_utf8_lossy(&file.bytes).into_owned()).collect::<String>();
    text.lines().filter_map(|line| Some(line.trim().strip_prefix("image: ")?.to_owned())).collect()
}

#[test]
fn images_of_jobs_come_through_the_own_registry_by_digest() {
    for preset in PRESETS {
        let registry = text(preset, "infra/terraform/registry/main.tf");
        let own = "444455556666.dkr.ecr.eu-central-1.amazonaws.com/shop";
        let mut cached = 0;
        for image in images(preset) {
            // Amazon's cache reads Docker Hub, which alone has these, with an account only.
            if image.starts_with("docker.io/percona/") || image.starts_with(&format!("{own}/")) {
                continue;
            }
            let path = image.strip_prefix(&format!("{own}-")).unwrap_or_else(|| panic!("{preset}: {image}"));
            let (name, digest) = path.split_once('@').unwrap_or_else(|| panic!("{preset}: {image} has no digest"));
            let name = name.split(':').next().unwrap();
            assert!(digest.starts_with("sha256:"), "{preset}: {image}");
            assert!(registry.contains(&format!("\"{name}\"")), "{preset}: the registry keeps no {name}");
            cached += 1;
        }
        assert_eq!(cached, 3, "{preset}");
    }
}

#[test]
fn dependabot_reads_the_images_of_jobs_and_workflows() {
    for preset in PRESETS {
        let compose: Value = serde_yaml::from_str(&text(preset, "tools/images/compose.yaml")).unwrap();
        let tree = read_tree(&root().join("snapshots/presets").join(preset));
        let services = compose["services"].as_mapping().unwrap();
        let mut seen = 0;
        for (path, file) in &tree {
            let pinned = ["k8s/", ".github/workflows/", "scripts/"].iter().any(|folder| path.starts_with(folder));
            let text = String::from_utf8_lossy(&file.bytes);
            for word in text.split([' ', '=', '"', '\n']).filter(|word| pinned && word.contains("@sha256:")) {
                let Some((name, pin)) = word.rsplit_once('/') else { continue };
                let digest = pin.split_once("@sha256:").map_or("", |(_, digest)| digest);
                // Percona says which of its images belong together. Patterns of scripts are no images.
                if name == "docker.io/percona" || !digest.chars().all(|c| c.is_ascii_hexdigit()) || digest.len() != 64 {
                    continue;
                }
                let service = pin.split([':', '@']).next().unwrap();
                let image = services.get(service).unwrap_or_else(|| panic!("{preset}: {path}: no bot reads {word}"));
                let image = image["image"].as_str().unwrap();
                assert!(image.ends_with(&format!("/{pin}")), "{preset}: {path} names {word}, not {image}");
                seen += 1;
            }
        }
        assert!(seen >= 12, "{preset}: only {seen} images");
        assert_eq!(services.len(), 5, "{preset}");

        let bot: Value = serde_yaml::from_str(&text(preset, ".github/dependabot.yml")).unwrap();
        let updates = bot["updates"].as_sequence().unwrap();
        let mut images = updates.iter().filter(|update| update["directories"][0] == "/tools/images");
        let update = images.next().unwrap();
        assert_eq!(update["package-ecosystem"], "docker-compose", "{preset}");
        // The name that Dependabot gives to docker.io/library/mongo.
        assert_eq!(update["ignore"][0]["dependency-name"], "library/mongo", "{preset}");
        assert!(text(preset, ".github/workflows/ci.yml").contains("scripts/check images"), "{preset}");
    }
}

#[test]
fn no_pod_of_mongodb_holds_its_node() {
    // Held back until the nodes end by force, all members would go at once.
    let mut members = 0;
    for generated in cases::files().iter().filter(|generated| generated.path.starts_with("k8s/")) {
        let text = String::from_utf8_lossy(&generated.file.bytes);
        if text.contains("kind: PerconaServerMongoDB\n") {
            members += 1;
            assert!(!text.contains("karpenter.sh/do-not-disrupt"), "{}", generated.place());
        }
    }
    assert!(members > 0);
}

#[test]
fn plans_of_atlas_read_nothing_that_takes_an_owner() {
    let tree = read_tree(&root().join("snapshots/presets/mongodb-atlas-on-aws"));
    for (path, file) in tree.iter().filter(|(path, _)| path.ends_with(".tf")) {
        // Atlas Administration API, getAuditingConfiguration: Project Owner.
        assert!(!String::from_utf8_lossy(&file.bytes).contains("resource \"mongodbatlas_auditing\""), "{path}");
    }
    let [contract, checks, first_hour] = ["docs/service-contract.md", ".github/workflows/ci.yml", "docs/first-hour.md"]
        .map(|path| text("mongodb-atlas-on-aws", path));
    for text in [contract, checks, first_hour] {
        assert!(text.contains("@aws-sdk/credential-providers"));
    }
}

#[test]
fn dependabot_reads_the_versions_of_all_charts() {
    for preset in PRESETS {
        let charts: Value = serde_yaml::from_str(&text(preset, "k8s/platform/Chart.yaml")).unwrap();
        let charts = charts["dependencies"].as_sequence().unwrap();
        let script = text(preset, "scripts/platform.sh");
        let installs = script.lines().filter(|line| line.starts_with("install_") && line.contains("version ")).count();
        assert_eq!(installs, charts.len(), "{preset}");
        for chart in charts {
            let name = chart["name"].as_str().unwrap();
            assert!(script.contains(&format!("\"$(version {name})\"")), "{preset}: {name}");
            assert!(
                !script.contains(chart["version"].as_str().unwrap()),
                "{preset}: the script names a version of {name}"
            );
        }

        let bot: Value = serde_yaml::from_str(&text(preset, ".github/dependabot.yml")).unwrap();
        let updates = bot["updates"].as_sequence().unwrap();
        let helm = updates.iter().find(|update| update["package-ecosystem"] == "helm").unwrap();
        assert_eq!(helm["directories"][0], "/k8s/platform", "{preset}");
        assert!(updates.iter().all(|update| update["cooldown"]["default-days"].as_u64() >= Some(7)), "{preset}");
    }
}
