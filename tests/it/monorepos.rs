//! Random monorepos, put together from the repositories in `tests/detect`: whatever detection answers is accepted.

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use scaffold::catalog::question::Values;
use scaffold::detect::detect;
use serde_json::Value;
use tempfile::TempDir;

use crate::properties::config;
use crate::support::{embedded, given, read_tree, rendered, root, write_tree};

/// The repositories, by name. Some have no service, and some one that is refused.
fn fixtures() -> Vec<String> {
    let folders = std::fs::read_dir(root().join("tests/detect")).unwrap();
    let mut names: Vec<String> = folders.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Each repository with the folder that it is in, of which one may be the top.
fn layouts() -> impl Strategy<Value = Vec<(String, String)>> {
    let around =
        prop::sample::select(vec!["", "apps/", "services/backend/", "the-platform-of-the-whole-company/2024_"]);
    let placed = prop::collection::vec(around, 5);
    (prop::sample::subsequence(fixtures(), 2..=5), placed, any::<bool>()).prop_map(|(names, around, at_the_top)| {
        let places = names.into_iter().zip(around).enumerate();
        let folder =
            |i, around: &str, name: &str| if i == 0 && at_the_top { String::new() } else { format!("{around}{name}") };
        places.map(|(i, (name, around))| (folder(i, around, &name), name)).collect()
    })
}

#[test]
fn what_is_found_in_a_monorepo_is_accepted() {
    let tried = TestRunner::new(config(24)).run(&layouts(), |layout| {
        let place = TempDir::new().unwrap();
        for (folder, name) in &layout {
            write_tree(&place.path().join(folder), &read_tree(&root().join("tests/detect").join(name).join("tree")));
        }
        let found = detect(embedded(), place.path(), &Values::new()).unwrap();
        let answered = found.answers.get("services").map_or(&[][..], |services| services.value.as_array().unwrap());
        // none is left out in silence; a process of a service has its path from there
        let own = answered.iter().filter(|service| service.get("path").is_some()).count();
        prop_assert!(own + found.refused.len() >= found.services.len(), "{:?}", found.refused);
        // `init` refuses a folder without a service that can be generated
        if answered.is_empty() {
            return Ok(());
        }
        let mut sets: Vec<(&str, Value)> =
            found.answers.iter().map(|(name, a)| (name.as_str(), a.value.clone())).collect();
        // drivers of some languages cannot use Atlas, and many services together need the largest class: both are refused with
        // sentences of their own
        let preset = match found.answers.get("database").and_then(|database| database.value.as_str()) {
            Some("postgresql") => {
                sets.push(("rds_instance_class", "db.m7g.2xlarge".into()));
                "postgresql-rds-on-aws"
            }
            Some("mysql") => {
                sets.push(("rds_instance_class", "db.m7g.2xlarge".into()));
                "mysql-rds-on-aws"
            }
            _ => "mongodb-self-hosted-on-aws",
        };
        let given = given(preset, &sets);
        let (_, _, rendered) = rendered(&given).map_err(|e| TestCaseError::fail(format!("{e:#}")))?;
        let files = rendered.tree.files;
        let folder = found.answers.get("manifests_folder").map_or("k8s", |folder| folder.value.as_str().unwrap());
        for service in answered {
            let manifest = format!("{folder}/base/{}/kustomization.yaml", service["name"].as_str().unwrap());
            prop_assert!(files.contains_key(&manifest), "{manifest}");
        }
        Ok(())
    });
    tried.unwrap_or_else(|e| panic!("{e}"));
}
