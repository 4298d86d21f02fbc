//! A repository without a generated pipeline: `ci: none`.

use std::collections::BTreeSet;

use serde_json::json;

use crate::cases::{self, Outcome, outcomes, there};
use crate::repository::Repository;
use crate::support::{given, rendered};

const BY_HAND: &str = "cases/core/no-ci/by-hand";
const OWN: &str = "cases/core/no-ci/own-pipeline";

fn without_ci() -> Vec<&'static Outcome> {
    let found: Vec<_> = outcomes().iter().copied().filter(|o| o.answers.values["ci"] == json!("none")).collect();
    assert!(found.len() > 10, "the matrix has few of them");
    found
}

#[test]
fn nothing_is_left_of_a_pipeline() {
    let (words, files) = (
        [
            "workflow",
            "gh run ",
            "actionlint",
            "zizmor",
            "cosign",
            "gh attestation",
            "GITHUB_RUN",
            "DEPLOYMENTS_ENABLED",
            "INFRASTRUCTURE_ENABLED",
            "AssumeRoleWithWebIdentity",
            "openid_connect",
            "Required checks",
            "open-pr.sh",
            "promotion-body.sh",
            "verify-images.sh",
            "install-kubectl.sh",
            "scan-exceptions",
        ],
        [".github/workflows/", "infra/terraform/github/actions.tf", "infra/terraform/github/environments.tf"],
    );
    for outcome in without_ci() {
        for (path, file) in &outcome.rendered.tree.files {
            let place = format!("{}: {path}", outcome.case.snapshot);
            assert!(!files.iter().any(|file| path.starts_with(file)), "{place}");
            let text = String::from_utf8_lossy(&file.bytes);
            for word in words {
                assert!(!text.to_lowercase().contains(&word.to_lowercase()), "{place} mentions {word}");
            }
            // the modules of clusters keep what they refuse of any role that is called so
            if path.ends_with(".tf") && !path.contains("cluster/") {
                assert!(!text.contains("-ci-"), "{place} names a role of a pipeline");
            }
        }
    }
}

/// What documents tell people to run is there.
#[test]
fn scripts_that_are_named_exist() {
    for case in [BY_HAND, OWN] {
        let files = &cases::outcome(case).rendered.tree.files;
        let mut named = BTreeSet::new();
        for (path, file) in files {
            let text = String::from_utf8_lossy(&file.bytes);
            for rest in text.split("scripts/").skip(1).filter(|_| path.ends_with(".md")) {
                let name: String =
                    rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).collect();
                if name.ends_with(".sh") {
                    named.insert(name);
                }
            }
        }
        assert!(named.contains("build-images.sh") && named.contains("deploy.sh"), "{named:?}");
        for name in named.iter().filter(|name| !files.contains_key(&format!("scripts/{name}"))) {
            assert!(files.keys().any(|path| path.ends_with(&format!("/scripts/{name}"))), "{case}: scripts/{name}");
        }
    }
}

#[test]
fn merges_wait_for_checks_of_ones_own_only() {
    let rules = there(BY_HAND, "infra/terraform/github/main.tf");
    assert!(!rules.contains("required_status_checks") && rules.contains("require_code_owner_review"), "{rules}");
    assert!(!there(BY_HAND, "infra/terraform/github/variables.tf").contains("required_checks"));
    // whoever reports them: the pipeline need not be GitHub's
    let rules = there(OWN, "infra/terraform/github/main.tf");
    assert!(rules.contains("required_status_checks") && !rules.contains("integration_id"), "{rules}");
    assert!(there(OWN, "infra/terraform/github/variables.tf").contains("default     = [\"Unit tests\"]"));
}

#[test]
fn images_are_built_as_a_pipeline_builds_them() {
    let script = there(OWN, "scripts/build-images.sh");
    let line = script.lines().find(|line| line.starts_with("build api ")).unwrap();
    assert_eq!(
        line,
        "build api --secret id=NPM_TOKEN,env=NPM_TOKEN --file docker/api.Dockerfile --target production \
         --build-arg APP_ENV=production ."
    );
    let checks = there(OWN, "scripts/check");
    assert!(checks.contains("set -- manifests alerts terraform services scripts images"), "{checks}");
}

/// The cluster starts the drill of production too, as nothing else does.
#[test]
fn the_restore_drill_keeps_its_schedule() {
    let overlay = there(BY_HAND, "k8s/overlays/prod/restore-drill/kustomization.yaml");
    assert!(overlay.contains("value: false") && !overlay.contains("value: true"), "{overlay}");
}

#[test]
fn the_report_says_what_is_missing() {
    let report = there(BY_HAND, "PRODUCTION_READINESS.md");
    for need in ["CI-01", "CI-04", "CI-05", "CI-07", "IMG-01", "SEC-05"] {
        let line = report.lines().find(|line| line.starts_with(&format!("| {need} |")));
        assert!(line.is_some(), "{need} is not open");
    }
    for need in ["CI-06", "CI-08", "CI-09", "IMG-02", "IMG-03", "SEC-04"] {
        assert!(report.contains(&format!("### {need}: ")), "{need} is open");
    }
    assert!(there(BY_HAND, "docs/first-hour.md").contains("by hand: no pipeline is generated"));
}

/// Answers that only the trust in a pipeline needs are not asked for.
#[test]
fn ids_of_the_repository_are_not_needed() {
    let mut without = given("mongodb-atlas-on-aws", &[("ci", "none".into())]);
    without.sets.retain(|(name, _)| !name.starts_with("github_"));
    let (answers, ..) = rendered(&without).unwrap();
    for name in ["github_owner_id", "github_repository_id", "other_workflows", "pinned_actions"] {
        assert!(!answers.values.contains_key(name), "{name}");
    }
}

#[test]
fn a_pipeline_goes_and_comes_back() {
    let shop = Repository::answered(&[]);
    let at = |path: &str| shop.path().join(path);
    let edited = at(".github/workflows/rollback.yml");
    let text = std::fs::read_to_string(&edited).unwrap() + "# mine\n";
    std::fs::write(&edited, &text).unwrap();
    let said = shop.update(0, &["ci=none"]);
    assert!(said.contains(".github/workflows/rollback.yml (no longer generated, kept)"), "{said}");
    for path in [".github/workflows/ci.yml", "scripts/open-pr.sh", "infra/terraform/modules/identity/apply.tf"] {
        assert!(!at(path).exists(), "{path}");
    }
    assert!(at("scripts/build-images.sh").exists() && at("docs/pipeline.md").exists());
    shop.update(0, &["ci=github_actions"]);
    assert!(at(".github/workflows/ci.yml").exists() && !at("scripts/build-images.sh").exists());
    // the ids were kept
    assert!(std::fs::read_to_string(at(".scaffold/answers.yaml")).unwrap().contains("\ngithub_owner_id: "));
    assert_eq!(std::fs::read_to_string(edited).unwrap(), text);
}
