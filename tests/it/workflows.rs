//! Generated workflows, read as GitHub reads them.

use serde_yaml::Value;

use crate::cases;

/// Every generated workflow with its path below `snapshots/`.
fn workflows() -> Vec<(String, Value)> {
    cases::files()
        .into_iter()
        .filter(|generated| generated.path.starts_with(".github/workflows/"))
        .map(|generated| (generated.place(), serde_yaml::from_slice(&generated.file.bytes).unwrap()))
        .collect()
}

#[test]
fn a_run_of_a_branch_never_joins_the_group_of_main() {
    // A schedule runs on the default branch only, so an expression may name it instead.
    const OF_THE_REF: [&str; 2] = ["${{ github.ref }}", "github.event_name == 'schedule' && 'drift' || github.ref }}"];
    let workflows = workflows();
    assert!(!workflows.is_empty());
    let shared: Vec<String> = workflows
        .iter()
        .filter_map(|(path, workflow)| {
            let group = workflow["concurrency"]["group"].as_str().unwrap_or_default();
            let branches = ["workflow_dispatch", "workflow_call", "pull_request"];
            let elsewhere = branches.iter().any(|event| workflow["on"].get(event).is_some());
            (elsewhere && !OF_THE_REF.iter().any(|part| group.contains(part))).then(|| format!("{path}: {group}"))
        })
        .collect();
    assert!(shared.is_empty(), "a branch can displace a run of main:\n{}", shared.join("\n"));
}

#[test]
fn every_image_scan_reads_the_exceptions() {
    let mut scans = 0;
    for (path, workflow) in workflows() {
        for job in workflow["jobs"].as_mapping().unwrap().values() {
            let steps = job["steps"].as_sequence().into_iter().flatten();
            for scan in steps.filter(|step| step["uses"].as_str().is_some_and(|uses| uses.contains("/scan-action@"))) {
                scans += 1;
                assert_eq!(scan["with"]["config"].as_str(), Some("grype.yaml"), "{path}");
            }
        }
    }
    assert!(scans > 0);
}

/// An environment without rules, which GitHub makes of any name, could be taken by every branch.
#[test]
fn jobs_name_environments_where_the_plan_has_them_only() {
    let mut bound = std::collections::BTreeMap::from([(true, 0), (false, 0)]);
    for outcome in cases::outcomes() {
        let files = &outcome.rendered.tree.files;
        let text = |path: &str| files.get(path).map(|file| String::from_utf8(file.bytes.clone()).unwrap());
        let Some(trust) = text("infra/terraform/modules/identity/main.tf") else { continue };
        if !files.keys().any(|path| path.starts_with(".github/workflows/") && path.ends_with("terraform-root.yml")) {
            continue;
        }
        let has_environments = files.contains_key("infra/terraform/github/environments.tf");
        let workflows = files.iter().filter(|(path, _)| path.starts_with(".github/workflows/"));
        let jobs = workflows.map(|(_, file)| {
            let workflow: Value = serde_yaml::from_slice(&file.bytes).unwrap();
            workflow["jobs"].as_mapping().unwrap().values().filter(|job| job.get("environment").is_some()).count()
        });
        let with_environment: usize = jobs.sum();
        let case = &outcome.case.snapshot;
        assert_eq!(with_environment > 0, has_environments, "{case}");
        assert_eq!(trust.contains("environment:${var.environment}"), has_environments, "{case}");
        // what a pull request may become only plans, and no branch but main becomes anything
        assert_eq!(trust.matches(r#""pull_request""#).count(), 1, "{case}");
        assert_eq!(trust.matches("ref:").count(), trust.matches(r#""ref:refs/heads/main""#).count(), "{case}");
        *bound.get_mut(&has_environments).unwrap() += 1;
    }
    assert!(bound.values().all(|cases| *cases > 0), "{bound:?}");
}

/// The rules of the repository allow every action that a workflow uses, else GitHub refuses the run.
#[test]
fn every_action_is_one_that_the_repository_allows() {
    let mut seen = std::collections::BTreeSet::new();
    for outcome in cases::outcomes() {
        let files = &outcome.rendered.tree.files;
        let text = |path: &str| files.get(path).map(|file| String::from_utf8(file.bytes.clone()).unwrap());
        let Some(rules) = text("infra/terraform/github/actions.tf") else { continue };
        for (path, file) in files.iter().filter(|(path, _)| path.starts_with(".github/workflows/")) {
            let workflow = String::from_utf8(file.bytes.clone()).unwrap();
            let uses = workflow.lines().filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix("uses: "));
            for action in uses.filter_map(|uses| uses.split_once('@').map(|(action, _)| action)) {
                seen.insert(action.to_owned());
                let all = rules.contains(r#"allowed_actions      = "all""#);
                let is_allowed = all || action.starts_with("actions/") || rules.contains(&format!("\"{action}@*\""));
                assert!(is_allowed, "{}: {path} uses {action}", outcome.case.snapshot);
            }
        }
    }
    assert!(seen.contains("astral-sh/setup-uv") && seen.contains("docker/build-push-action"), "{seen:?}");
}
