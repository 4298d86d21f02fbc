//! What stays in a repository beside generated files that do the same, and what that means for these.

use std::collections::BTreeMap;

use super::automation::{Infrastructure, Pipeline};
use super::compose::is_compose;
use super::finding::Finding;
use super::walk::Files;
use crate::text::{count, path};

/// Places that are named of each sort.
const NAMED: usize = 2;

/// Something that stays.
#[derive(Debug)]
pub struct Beside {
    /// What it is.
    pub what: &'static str,
    /// Files that it was found in.
    pub files: Vec<String>,
    /// What it means for generated files.
    pub meaning: &'static str,
}

impl Beside {
    /// Where it was found; of many files the first ones and a count.
    pub fn places(&self) -> String {
        let named = self.files.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
        match self.files.len().saturating_sub(NAMED) {
            0 => named,
            more => format!("{named} and {}", count(more, "more file")),
        }
    }
}

/// What stays, in the order in which a change reaches it.
pub fn find(files: &Files, pipelines: &[Finding<Pipeline>], infrastructure: &[Finding<Infrastructure>]) -> Vec<Beside> {
    let mut found: BTreeMap<usize, Beside> = BTreeMap::new();
    let mut add = |sort: usize, what, meaning, file: &str| {
        let beside = found.entry(sort).or_insert_with(|| Beside { what, files: Vec::new(), meaning });
        beside.files.push(file.to_owned());
    };
    for pipeline in pipelines {
        let (sort, what, meaning) = match pipeline.value.platform {
            "github-actions" => (
                0,
                "workflows of GitHub",
                "run as before; turn off those that deploy once generated ones do, or generate none with `ci: none`",
            ),
            "gitlab-ci" => (1, "GitLab CI", OTHER_CI),
            "jenkins" => (2, "Jenkins", OTHER_CI),
            "circleci" => (3, "CircleCI", OTHER_CI),
            "azure-pipelines" => (4, "Azure Pipelines", OTHER_CI),
            "bitbucket-pipelines" => (5, "Bitbucket Pipelines", OTHER_CI),
            "travis-ci" => (6, "Travis CI", OTHER_CI),
            _ => (7, "Drone", OTHER_CI),
        };
        add(sort, what, meaning, &pipeline.found_in.file);
    }
    for one in infrastructure {
        let (sort, what, meaning) = match one.value {
            Infrastructure::Terraform => {
                (8, "Terraform", "keeps its state and resources; the generated one shares nothing with it")
            }
            Infrastructure::Kustomize => (9, "kustomizations", MANIFESTS),
            Infrastructure::Manifests => (10, "manifests of Kubernetes", MANIFESTS),
            Infrastructure::Helm => (
                11,
                "Helm charts",
                "no generated pipeline installs them; uninstall what generated manifests run as well",
            ),
        };
        add(sort, what, meaning, &one.found_in.file);
    }
    for file in files.paths().filter(|file| is_compose(path::name(file))) {
        add(12, "compose files", "for local runs as before; no generated pipeline reads them", file);
    }
    found.into_values().collect()
}

const OTHER_CI: &str =
    "runs as before; turn off what deploys once generated pipelines do, or generate none with `ci: none`";

const MANIFESTS: &str = "no generated pipeline applies them; delete what generated ones run as well";
