//! Checks of pull requests that the repository's own workflows report, and which of these can be started by hand.

use serde_yaml::Value;

use super::finding::{Finding, Location};
use super::walk::Files;
use super::wanted::is_workflow;
use crate::text::{path, yaml};

/// What a merge can wait for.
#[derive(Debug, Default)]
pub struct Checks {
    /// The names of checks that every pull request gets.
    pub names: Vec<Finding<String>>,
    /// The workflows among theirs that can be started on a branch.
    pub started: Vec<Finding<String>>,
    /// The first workflow.
    pub workflow: Option<Location>,
    /// The actions of others that they use, without versions.
    pub actions: Vec<Finding<String>>,
    /// The first that names an action otherwise than by its commit.
    pub unpinned: Option<Location>,
}

/// Reads the workflows. What runs for some pull requests only is left out: a merge would wait for it forever.
pub fn read(files: &Files) -> Checks {
    let mut checks = Checks::default();
    let (mut filtered, mut left, mut unstarted) = (Vec::new(), Vec::new(), Vec::new());
    for file in files.paths().filter(|file| is_workflow(file)) {
        let Some(workflow) = files.text(file).and_then(|text| yaml::first(&text)) else { continue };
        let Some(on) = workflow.get("on") else { continue };
        let place = Location::new(file, None);
        checks.workflow.get_or_insert_with(|| place.clone());
        uses(&workflow, &mut |action| checks.use_action(action, &place));
        let Some(trigger) = event(on, "pull_request") else { continue };
        let called = path::name(file);
        if !is_for_all(trigger) {
            filtered.push(format!("`{called}`"));
            continue;
        }
        let before = checks.names.len();
        let jobs = workflow.get("jobs").and_then(Value::as_mapping).into_iter().flatten();
        for (id, job) in jobs.filter_map(|(id, job)| Some((id.as_str()?, job))) {
            let name = job.get("name").and_then(Value::as_str).unwrap_or(id);
            if let Some(why) = differs(name, job) {
                left.push(format!("`{id}` of `{called}` ({why})"));
            } else if checks.names.iter().all(|known| known.value != name) {
                checks.names.push(Finding::new(name.to_owned(), Location::new(file, None)));
            }
        }
        if checks.names.len() == before {
            continue;
        }
        if event(on, "workflow_dispatch").is_some_and(|inputs| !needs_input(inputs)) {
            checks.started.push(Finding::new(called.to_owned(), Location::new(file, None)));
        } else {
            unstarted.push(format!("`{called}`"));
        }
    }
    let actions = files.folders().iter().filter(|folder| folder.starts_with(".github/actions"));
    let actions = actions.flat_map(|folder| files.inside(folder));
    for file in actions.filter(|file| matches!(path::name(file), "action.yml" | "action.yaml")) {
        let Some(action) = files.text(&file).and_then(|text| yaml::first(&text)) else { continue };
        uses(&action, &mut |action| checks.use_action(action, &Location::new(&file, None)));
    }
    checks.actions.sort_by(|one, other| one.value.cmp(&other.value));
    let note = |what: &str, found: &[String], then: &str| {
        if !found.is_empty() {
            files.note(FOLDER, format!("{what} {}{then}", found.join(", ")));
        }
    };
    let then = " only for some pull requests (`paths`, `branches` or `types`), for which a merge cannot wait";
    note("runs", &filtered, then);
    let then = ", whose checks have other names: no merge waits for them unless `other_checks` has the names that a pull request shows";
    note("has the jobs", &left, then);
    let then = ", which cannot be started by hand: a pull request that a workflow opens, such as a promotion, waits for their checks \
                until a person closes and reopens it; with `workflow_dispatch` and a place in `other_workflows` they are started there";
    note("has", &unstarted, then);
    checks
}

impl Checks {
    /// Takes note of `owner/name/path@version`; those of the repository itself and of GitHub are always allowed.
    fn use_action(&mut self, action: &str, place: &Location) {
        let Some((name, version)) = action.split_once('@').filter(|(name, _)| !name.starts_with(['.', '/'])) else {
            return;
        };
        if name.starts_with("docker://") {
            return;
        }
        if version.len() != 40 || !version.chars().all(|c| c.is_ascii_hexdigit()) {
            self.unpinned.get_or_insert_with(|| place.clone());
        }
        let of_github = name.starts_with("actions/") || name.starts_with("github/");
        if !of_github && self.actions.iter().all(|known| known.value != name) {
            self.actions.push(Finding::new(name.to_owned(), place.clone()));
        }
    }
}

/// Calls for each `uses` of jobs and steps, wherever they are.
fn uses(value: &Value, found: &mut impl FnMut(&str)) {
    match value {
        Value::Mapping(fields) => {
            for (key, value) in fields {
                match (key.as_str(), value) {
                    (Some("uses"), Value::String(action)) => found(action),
                    (_, value) => uses(value, found),
                }
            }
        }
        Value::Sequence(items) => items.iter().for_each(|item| uses(item, found)),
        _ => {}
    }
}

/// Where GitHub looks for workflows.
const FOLDER: &str = ".github/workflows";

/// What is said of an event; nothing where the workflow does not run for it.
fn event<'w>(on: &'w Value, name: &str) -> Option<&'w Value> {
    match on {
        Value::String(one) if one == name => Some(&Value::Null),
        Value::Sequence(many) if many.iter().any(|one| one == name) => Some(&Value::Null),
        Value::Mapping(_) => on.get(name),
        _ => None,
    }
}

/// Whether each commit of each pull request to `main` starts it.
fn is_for_all(trigger: &Value) -> bool {
    let names = |key: &str, wanted: &[&str]| {
        let list = match trigger.get(key) {
            None => return true,
            Some(Value::String(one)) => vec![one.as_str()],
            Some(list) => list.as_sequence().into_iter().flatten().filter_map(Value::as_str).collect(),
        };
        wanted.iter().all(|wanted| list.contains(wanted))
    };
    let of_main = ["main", "*", "**"].iter().any(|branch| names("branches", &[branch]));
    ["paths", "paths-ignore", "branches-ignore"].iter().all(|key| trigger.get(key).is_none())
        && of_main
        && names("types", &["opened", "synchronize"])
}

/// Why a job reports no check of its name for every pull request.
fn differs(name: &str, job: &Value) -> Option<&'static str> {
    let matrix = job.get("strategy").is_some_and(|strategy| strategy.get("matrix").is_some());
    let condition = job.get("if").and_then(Value::as_str).unwrap_or_default();
    if job.get("uses").is_some() {
        Some("a reusable workflow")
    } else if matrix {
        Some("a matrix")
    } else if name.contains("${{") {
        Some("whose name is computed")
    } else if condition.contains("github.") {
        Some("which has a condition")
    } else {
        None
    }
}

/// Whether it cannot be started without a value.
fn needs_input(dispatch: &Value) -> bool {
    let inputs = dispatch.get("inputs").and_then(Value::as_mapping).into_iter().flatten();
    inputs.into_iter().any(|(_, input)| {
        input.get("required").and_then(Value::as_bool).unwrap_or_default() && input.get("default").is_none()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_for_all_of(text: &str) -> bool {
        let on: Value = serde_yaml::from_str(text).unwrap();
        event(&on, "pull_request").is_some_and(is_for_all)
    }

    #[test]
    fn workflows_of_every_pull_request() {
        for text in [
            "pull_request",
            "[push, pull_request]",
            "{pull_request: }",
            "{pull_request: {branches: [develop, main]}}",
            "{pull_request: {branches: '**'}}",
            "{pull_request: {types: [opened, synchronize, reopened, labeled]}}",
        ] {
            assert!(is_for_all_of(text), "{text}");
        }
        for text in [
            "push",
            "{pull_request_target: }",
            "{pull_request: {paths: [src/**]}}",
            "{pull_request: {paths-ignore: [docs/**]}}",
            "{pull_request: {branches: [master]}}",
            "{pull_request: {branches-ignore: [wip]}}",
            "{pull_request: {types: [closed]}}",
        ] {
            assert!(!is_for_all_of(text), "{text}");
        }
    }
}
