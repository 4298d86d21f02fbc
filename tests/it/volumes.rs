//! Services that keep files on a volume.

use serde_json::json;

use crate::cases::{outcome, there, yaml};
use crate::support;

const UPLOADS: &str = "cases/core/volumes/uploads";
const EVERY: &str = "cases/core/volumes/every-service";

fn has(case: &str, path: &str) -> bool {
    outcome(case).rendered.tree.files.contains_key(path)
}

/// Why a service with these fields is refused, or nothing.
fn refusal(fields: serde_json::Value) -> String {
    let mut service = json!({"name": "api", "language": "node"});
    service.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let others = json!({"name": "other", "kind": "worker", "language": "node"});
    support::refusal("mongodb-atlas-on-aws", &[("services", json!([service, others]))])
}

/// A second pod could not mount the volume, and a budget of one pod would hold up every drain of a node.
#[test]
fn one_pod_mounts_the_volume_and_nothing_scales_it() {
    for (case, service, folder, size, user) in [
        (UPLOADS, "api", "/data/uploads", "10Gi", Some(10001)),
        (EVERY, "site", "/var/lib/site", "200Gi", None),
        (EVERY, "index", "/srv/index", "1Gi", Some(1000)),
        (EVERY, "wiki", "/wiki/data", "10Gi", Some(1000)),
    ] {
        let spec = yaml(case, &format!("k8s/base/{service}/deployment.yaml"))["spec"].clone();
        assert_eq!((&spec["replicas"], &spec["strategy"]["type"]), (&1.into(), &"Recreate".into()), "{service}");
        let pod = &spec["template"]["spec"];
        let mounts = pod["containers"][0]["volumeMounts"].as_sequence().unwrap();
        let mount = mounts.iter().find(|mount| mount["name"] == "files").unwrap();
        assert_eq!(mount["mountPath"], folder, "{service}");
        let volumes = pod["volumes"].as_sequence().unwrap();
        let volume = volumes.iter().find(|volume| volume["name"] == "files").unwrap();
        assert_eq!(volume["persistentVolumeClaim"]["claimName"], service);
        let security = &pod["securityContext"];
        assert_eq!(security["fsGroup"].as_u64(), user, "{service}");
        assert_eq!(security["fsGroupChangePolicy"].is_string(), user.is_some(), "{service}");

        let claim = yaml(case, &format!("k8s/base/{service}/persistent-volume-claim.yaml"));
        assert_eq!(claim["metadata"]["name"], service);
        assert_eq!(claim["spec"]["accessModes"][0], "ReadWriteOncePod");
        assert_eq!(claim["spec"]["resources"]["requests"]["storage"], size);
        for file in ["horizontal-pod-autoscaler.yaml", "pod-disruption-budget.yaml"] {
            assert!(!has(case, &format!("k8s/base/{service}/{file}")), "{service}: {file}");
        }
        for environment in ["staging", "prod"] {
            let folder = format!("k8s/overlays/{environment}/services/{service}");
            assert!(!has(case, &format!("{folder}/replicas.yaml")));
            assert!(!there(case, &format!("{folder}/kustomization.yaml")).contains("HorizontalPodAutoscaler"));
        }
    }
    for service in ["web", "queue"] {
        assert!(has(UPLOADS, &format!("k8s/base/{service}/horizontal-pod-autoscaler.yaml")));
        assert!(!has(UPLOADS, &format!("k8s/base/{service}/persistent-volume-claim.yaml")));
    }
}

/// The class, the tag that AWS Backup selects and the permission to set it are in three files.
#[test]
fn what_is_claimed_is_backed_up() {
    let class = yaml(UPLOADS, "k8s/platform/cluster/storage-class-files.yaml");
    let claim = yaml(UPLOADS, "k8s/base/api/persistent-volume-claim.yaml");
    assert_eq!(claim["spec"]["storageClassName"], class["metadata"]["name"]);
    assert_eq!((&class["reclaimPolicy"], &class["allowVolumeExpansion"]), (&"Retain".into(), &true.into()));
    let (key, value) = class["parameters"]["tagSpecification_1"].as_str().unwrap().split_once('=').unwrap();
    let backups = there(UPLOADS, "infra/terraform/modules/environment/volume-backups.tf");
    assert!(backups.contains(&format!("key   = \"aws:ResourceTag/{key}\"\n      value = \"{value}\"")), "{backups}");
    let role = there(UPLOADS, "infra/terraform/modules/cluster/volumes.tf");
    assert!(role.contains(&format!("\"aws:RequestTag/{key}\"               = \"{value}\"")), "{role}");
    // a restored volume is attached and backed up as well
    let runbook = there(UPLOADS, "docs/runbooks/restore-volume.md");
    assert!(runbook.contains(&format!("{{Key={key},Value={value}}}")), "{runbook}");
    assert!(runbook.contains("{Key=eks:eks-cluster-name,Value=shop-prod}"), "{runbook}");
}

/// Without a volume nothing of all this is there.
#[test]
fn nothing_of_volumes_without_one() {
    let preset = "presets/mongodb-atlas-on-aws";
    for path in [
        "k8s/platform/cluster/storage-class-files.yaml",
        "k8s/base/prometheus-rule-volumes.yaml",
        "infra/terraform/modules/environment/volume-backups.tf",
        "infra/terraform/modules/cluster/volumes.tf",
        "docs/runbooks/restore-volume.md",
    ] {
        assert!(has(UPLOADS, path) && !has(preset, path), "{path}");
    }
}

#[test]
fn what_cannot_be_a_volume_is_refused() {
    assert_eq!(refusal(json!({"volume": "/app/uploads", "volume_gb": 16384})), "");
    for folder in [
        "/",
        "/tmp",
        "/tmp/x",
        "/etc/app",
        "/usr",
        "/proc/x",
        "/app",
        "/run/secrets/app",
        "/var/run/x",
        "data",
        "/data/",
    ] {
        let message = refusal(json!({"volume": folder}));
        assert!(message.contains("`services.0.volume`"), "{folder}: {message}");
        assert!(
            message.contains(" where a volume would hide ") || message.contains(" is not empty or "),
            "{folder}: {message}"
        );
    }
    for (fields, why) in [
        (json!({"kind": "job", "volume": "/data"}), "runs all the time"),
        (json!({"kind": "web", "language": "static", "volume": "/data"}), "runs a program"),
        (json!({"volume": "/data", "min_replicas": 2}), "no `volume`"),
        (json!({"volume": "/data", "max_replicas": 3}), "no `volume`"),
        (json!({"volume_gb": 20}), "a `volume`"),
        (json!({"volume": "/data", "volume_gb": 0}), "1"),
        (json!({"volume": "/data", "volume_gb": 16385}), "16384"),
        (json!({"image": "own", "writable": ["/data"], "volume": "/data"}), "empty at each start"),
        (json!({"image": "own", "writable": ["/data/cache"], "volume": "/data"}), "`writable`"),
    ] {
        let message = refusal(fields.clone());
        assert!(message.contains(why), "{fields}: {message}");
    }
}
