//! What runs in CI already, and what describes the infrastructure already.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;
use serde_yaml::Value;

use super::finding::{Finding, Location, Note};
use super::walk::Files;
use super::wanted::{is_manifest, is_workflow};
use crate::text::{path, yaml};

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pipeline {
    /// `github-actions`, `gitlab-ci`, `jenkins`, ...
    pub platform: &'static str,
    /// Its own name, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A description of infrastructure, and the folder that holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Infrastructure {
    /// A chart of Helm.
    Helm,
    Kustomize,
    /// Manifests of Kubernetes.
    Manifests,
    /// A module of Terraform.
    Terraform,
}

/// Files of pipelines at the top, by platform.
const PIPELINES: [(&str, &str); 7] = [
    (".circleci/config.yml", "circleci"),
    (".drone.yml", "drone"),
    (".gitlab-ci.yml", "gitlab-ci"),
    (".travis.yml", "travis-ci"),
    ("Jenkinsfile", "jenkins"),
    ("azure-pipelines.yml", "azure-pipelines"),
    ("bitbucket-pipelines.yml", "bitbucket-pipelines"),
];

pub fn pipelines(files: &Files) -> Vec<Finding<Pipeline>> {
    let mut found = Vec::new();
    for file in files.paths().filter(|file| is_workflow(file)) {
        let Some(text) = files.text(file) else { continue };
        let Some(workflow) = yaml::first(&text) else {
            files.note(file, "is not YAML, or nested too deep, or grows too large by its aliases");
            continue;
        };
        let name = workflow.get("name").and_then(Value::as_str).map(str::to_owned);
        found.push(Finding::new(Pipeline { platform: "github-actions", name }, Location::new(file, None)));
    }
    for (file, platform) in PIPELINES.into_iter().filter(|(file, _)| files.has(file)) {
        found.push(Finding::new(Pipeline { platform, name: None }, Location::new(file, None)));
    }
    found
}

/// Finds infrastructure: one finding for each kind and folder, in its first file.
pub fn infrastructure(files: &Files) -> Vec<Finding<Infrastructure>> {
    let mut found: BTreeMap<(String, Infrastructure), Location> = BTreeMap::new();
    // people write `K8s` as well
    let in_other_case = |folder: &&PathBuf| {
        folder.to_str().is_some_and(|folder| {
            let inside = |folder: &str| is_manifest(&path::join(folder, "a.yaml"));
            inside(&path::fold(folder)) && !inside(folder)
        })
    };
    let mut folders: Vec<&PathBuf> = files.folders().iter().filter(in_other_case).collect();
    folders.sort();
    let more: Vec<String> = folders.into_iter().flat_map(|folder| files.inside(folder)).collect();
    for file in files.paths().chain(more.iter().map(String::as_str)) {
        let kind = match path::name(file) {
            "Chart.yaml" => Infrastructure::Helm,
            "kustomization.yaml" | "kustomization.yml" => Infrastructure::Kustomize,
            name if name.ends_with(".tf") => Infrastructure::Terraform,
            _ if is_manifest(&path::fold(file)) => Infrastructure::Manifests,
            _ => continue,
        };
        let key = (path::parent(file).to_owned(), kind);
        // templates of Helm are no YAML, and one manifest is enough for a folder
        if found.contains_key(&key) || kind == Infrastructure::Manifests && !holds_object(files, file) {
            continue;
        }
        found.insert(key, Location::new(file, None));
    }
    found.into_iter().map(|((_, kind), place)| Finding::new(kind, place)).collect()
}

/// Whether the first document of a file is an object of Kubernetes.
fn holds_object(files: &Files, file: &str) -> bool {
    let Some(text) = files.text(file) else { return false };
    yaml::first(&text).is_some_and(|document| {
        document.get("apiVersion").is_some_and(Value::is_string) && document.get("kind").is_some_and(Value::is_string)
    })
}

/// Files that deploy functions to a platform, which are no programs that run in a container.
const FUNCTIONS: [(&str, &str); 5] = [
    ("serverless.yaml", "the Serverless Framework"),
    ("serverless.yml", "the Serverless Framework"),
    ("sst.config.ts", "SST"),
    ("wrangler.jsonc", "Cloudflare Workers"),
    ("wrangler.toml", "Cloudflare Workers"),
];

/// Why a repository of functions has no service.
pub fn functions(files: &Files) -> Option<Note> {
    let (file, tool) = FUNCTIONS.iter().find_map(|(name, tool)| Some((files.named(name).next()?, tool)))?;
    Some(Note { file: file.to_owned(), message: format!("deploys functions with {tool}, which is not supported") })
}
