//! One account and one cluster for all environments, and the way from there to standard.

use std::fs;
use std::process::Output;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::cases::{outcome, there, yaml};
use crate::scene::{program, said};
use crate::support;

const SMALL: &str = "presets/small-on-aws";
const THREE: &str = "cases/aws/account/small-three";

/// The paths of a case in which a folder has this name.
fn below(case: &str, folder: &str) -> Vec<String> {
    let paths = outcome(case).rendered.tree.files.keys();
    paths.filter(|path| path.split('/').any(|segment| segment == folder)).cloned().collect()
}

/// Why answers are refused, or nothing.
fn refusal(sets: &[(&str, Value)]) -> String {
    support::refusal("small-on-aws", sets)
}

/// The cluster, its network and its state are those of production; all else has an overlay and roles.
#[test]
fn other_environments_are_namespaces() {
    for (case, guests) in [(SMALL, vec!["staging"]), (THREE, vec!["dev", "staging"])] {
        for guest in guests {
            let paths = below(case, guest);
            assert!(paths.iter().all(|path| path.starts_with("k8s/overlays/")), "{case}: {paths:?}");
            let overlay = yaml(case, &format!("k8s/overlays/{guest}/kustomization.yaml"));
            assert_eq!(overlay["namespace"], format!("shop-{guest}"), "{case}");
            let access = there(case, "infra/terraform/modules/environment/cluster.tf");
            assert!(access.contains(&format!("role/${{local.name}}-{guest}-ci-deploy")), "{case}: {access}");
            assert!(access.contains(&format!("namespaces = [\"shop-{guest}\"]")), "{case}: {access}");
            let secrets = there(case, "infra/terraform/modules/environment/secrets.tf");
            assert!(secrets.contains(&format!("\"{guest}/api\"")), "{case}: {secrets}");
        }
        assert!(yaml(case, "k8s/overlays/prod/kustomization.yaml").get("namespace").is_none(), "{case}");
        assert!(!below(case, "prod").is_empty());
    }
}

/// In a cluster of several environments, a command for one of them must not reach another.
#[test]
fn scripts_work_in_the_namespace_of_their_environment() {
    let deploy = there(SMALL, "scripts/deploy.sh");
    assert!(deploy.contains("  staging) namespace=shop-staging ;;\n  prod) namespace=shop ;;"), "{deploy}");
    assert!(!deploy.contains("namespace=\"shop\""), "{deploy}");
    let connect = there(SMALL, "scripts/cluster-connect.sh");
    assert!(connect.contains("cluster=\"shop-prod\"") && connect.contains("namespace=shop-staging"), "{connect}");
    assert!(connect.contains("role/$context-operator"), "{connect}");
    assert!(there(SMALL, "scripts/sync-secrets.sh").contains("k() { kubectl \"$@\"; }"));
    let page = there(SMALL, "docs/runbooks/rotate-secrets.md");
    assert!(!page.contains("kubectl -n shop ") && page.contains("kubectl -n shop-staging "), "{page}");
    let page = there(SMALL, "docs/runbooks/services.md");
    let at = |what: &str| page.find(what).unwrap_or_else(|| panic!("{what}: {page}"));
    assert!(at("cluster-connect.sh prod") < at("kubectl -n shop delete"), "{page}");
    assert!(at("kubectl -n shop delete") < at("cluster-connect.sh staging"), "{page}");
    assert!(at("cluster-connect.sh staging") < at("kubectl -n shop-staging get"), "{page}");
}

/// Rules name the namespace of production, so that they would say nothing true in another one.
#[test]
fn alerts_are_about_production() {
    let patches = yaml(SMALL, "k8s/overlays/staging/kustomization.yaml")["patches"].clone();
    let kinds: Vec<_> = patches.as_sequence().unwrap().iter().map(|patch| patch["target"]["kind"].clone()).collect();
    assert_eq!(kinds, ["NetworkPolicy", "PrometheusRule", "PodMonitor"]);
    let patches = patches.as_sequence().unwrap().iter().skip(1);
    assert!(patches.into_iter().all(|patch| patch["patch"].as_str().unwrap().starts_with("$patch: delete")));
}

/// external-dns, the gateway's proxies and the policies of the platform serve all namespaces.
#[test]
fn the_platform_serves_all_environments() {
    let dns = yaml(SMALL, "k8s/platform/external-dns/values.yaml");
    assert!(dns["extraArgs"].get("gateway-namespace").is_none(), "{dns:?}");
    assert_eq!(dns["domainFilters"][0], "shop.example.com");
    let policies = there(SMALL, "k8s/platform/cluster/network-policies-gateway.yaml");
    assert!(policies.contains("kubernetes.io/metadata.name: shop\n"), "{policies}");
    assert!(policies.contains("kubernetes.io/metadata.name: shop-staging\n"), "{policies}");
    let overlay = there(SMALL, "k8s/overlays/staging/kustomization.yaml");
    assert!(overlay.contains("owning-gateway-namespace\n        value: shop-staging"), "{overlay}");
    for namespace in ["shop", "shop-staging"] {
        let owner = format!("owning-gateway-namespace: {namespace}\n  policyTypes");
        assert_eq!(policies.matches(&owner).count(), 1, "{policies}");
    }
}

#[test]
fn what_one_cluster_cannot_hold_is_refused() {
    let why = refusal(&[("database", json!("mongodb")), ("database_hosting", json!("self-hosted"))]);
    assert!(why.contains("the database is made for each environment"), "{why}");
    let environments = json!([
        {"name": "staging", "account": "111122223333"},
        {"name": "prod", "production": true, "network": "10.20.0.0/16", "account": "444455556666"},
    ]);
    let why = refusal(&[("environments", environments)]);
    assert!(why.contains("in 2 accounts, and `footprint` is `small`"), "{why}");
    let environments = json!([
        {"name": "staging", "network": "10.10.0.0/16", "account": "111122223333"},
        {"name": "prod", "production": true, "network": "10.20.0.0/16", "account": "111122223333"},
    ]);
    let why = refusal(&[("environments", environments)]);
    assert!(why.contains("in whose network all run"), "{why}");
    let why = refusal(&[("moving_in", json!(true))]);
    assert!(why.contains("which is not asked before the move"), "{why}");
}

/// Fields that the records of a preset have for its own footprint are not what is wrong with another one.
#[test]
fn a_standard_preset_becomes_small_by_one_account() {
    let dir = TempDir::new().unwrap();
    let small = ["init", ".", "--preset", "existing-database-on-aws", "--yes", "--dry-run", "--set", "footprint=small"];
    let result = run(&dir, &small);
    let why = String::from_utf8_lossy(&result.stderr).into_owned();
    assert!(why.contains("in 2 accounts, and `footprint` is `small`") && !why.contains("network"), "{why}");
    let account = ["--set", "environments.0.account=111122223333", "--set", "environments.1.account=111122223333"];
    let result = run(&dir, &[&small[..], &account].concat());
    assert!(result.status.success(), "{}", String::from_utf8_lossy(&result.stderr));
}

fn run(dir: &TempDir, arguments: &[&str]) -> Output {
    program(dir.path()).args(arguments).output().unwrap()
}

/// Production keeps its cluster, network, zone and secrets, whose addresses in Terraform must not change.
#[test]
fn growing_leaves_production_where_it_is() {
    let dir = TempDir::new().unwrap();
    let init = run(&dir, &["init", ".", "--preset", "small-on-aws", "--yes"]);
    assert!(init.status.success(), "{}", said(&init));
    let read = |path: &str| fs::read_to_string(dir.path().join(path)).unwrap();
    let small = read("infra/terraform/modules/environment/secrets.tf");
    let grown = run(
        &dir,
        &[
            "update",
            "--yes",
            "--set",
            "footprint=standard",
            "--set",
            "environments.staging.account=444455556666",
            "--set",
            "environments.staging.network=10.110.0.0/16",
        ],
    );
    assert!(grown.status.success(), "{}", said(&grown));
    let secrets = read("infra/terraform/modules/environment/secrets.tf");
    let service = |text: &str| text[text.find("\"service\"").unwrap()..].split("\n}\n").next().unwrap().to_owned();
    assert_eq!(service(&small), service(&secrets));
    assert!(small.contains("\"guest\"") && !secrets.contains("\"guest\""), "{secrets}");
    for path in ["bootstrap/staging/main.tf", "environments/staging/main.tf"] {
        assert!(read(&format!("infra/terraform/{path}")).contains("staging"), "{path}");
    }
    assert!(!dir.path().join("docs/runbooks/grow.md").exists());
    let production = read("infra/terraform/environments/prod/main.tf");
    assert!(production.contains("module \"environment\"") && production.contains("10.20.0.0/16"), "{production}");
    let again = run(&dir, &["update", "--yes"]);
    assert!(again.status.success(), "{}", said(&again));
}

/// By hand, of the prices of 2026-11-28: one NAT gateway 32.85, two load balancers 2 x 16.43, one control plane 73.00, two
/// machines 2 x 69.90; and for standard 4 x 32.85, 21 endpoints x 7.30, 2 x 16.43, 2 x 73.00, 4 x 69.90. Each is rounded.
#[test]
fn estimates_are_those_of_the_table() {
    let sum = |case: &str| {
        let page = there(case, "docs/architecture.md");
        let costs = page.lines().skip_while(|line| *line != "| Part | USD a month |").skip(2);
        let costs = costs.take_while(|line| line.starts_with('|'));
        costs
            .map(|line| line.split('|').nth(2).unwrap().trim().trim_matches('*').parse().unwrap())
            .collect::<Vec<u64>>()
    };
    assert_eq!(sum(SMALL), [33, 33, 73, 140, 33 + 33 + 73 + 140]);
    assert_eq!(sum("presets/existing-database-on-aws"), [131, 153, 33, 146, 280, 131 + 153 + 33 + 146 + 280]);
}
