//! Providers of `tests/providers/`: each was an empty folder once, and was filled by following the linter's list. Together
//! with the built-in catalog it renders, and the validators see the tree as they see every case.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use regex_lite::Regex;
use scaffold::text::tree::File;

use crate::scene;
use crate::slots;
use crate::support::{lines, read_tree, root, write_tree};

const ACCEPT: &str = "UPDATE_SNAPSHOTS=1 cargo test --test it providers";

/// Each with the preset whose answers it changes, and a pattern of what it takes the place of.
const PROVIDERS: [(&str, &str, &str); 3] = [
    ("ci", "mongodb-self-hosted-on-aws", r"(?i)github|\bgh |workflow"),
    ("cloud", "mongodb-self-hosted-on-aws", r"(?i)\baws\b|amazon|\beks\b"),
    (
        "database",
        "mongodb-self-hosted-on-aws",
        "(?i)percona|psmdb|atlas|of the (mongodb )?replica set|operator (of mongodb|changes the users)",
    ),
];

fn folder(name: &str) -> PathBuf {
    root().join("tests/providers").join(name)
}

/// The repository that `scaffold init` writes with a provider.
fn rendered(name: &str, preset: &str) -> BTreeMap<String, File> {
    let place = tempfile::tempdir().unwrap();
    slots::catalog(place.path(), &[]);
    write_tree(&place.path().join("templates"), &read_tree(&folder(name).join("templates")));
    let answers = folder(name).join("answers.yaml");
    let mut command = scene::program(place.path());
    command.args(["init", "shop", "--yes", "--preset", preset, "--templates", "templates", "--answers"]).arg(answers);
    let run = command.output().unwrap();
    assert!(run.status.success(), "{name}: {}", scene::said(&run));
    let mut tree = read_tree(&place.path().join("shop"));
    tree.retain(|path, _| !path.starts_with(".scaffold/"));
    tree
}

/// Every tree, for the validators.
pub fn trees() -> impl Iterator<Item = (&'static str, BTreeMap<String, File>)> {
    PROVIDERS.into_iter().map(|(name, preset, _)| (name, rendered(name, preset)))
}

/// The files that still name the provider that is not there; `foreign.txt` has them, so that a new one is seen.
#[test]
fn files_name_the_provider_that_is_there() {
    for (name, preset, pattern) in PROVIDERS {
        let pattern = Regex::new(pattern).unwrap();
        let names = |file: &File| std::str::from_utf8(&file.bytes).is_ok_and(|text| pattern.is_match(text));
        let tree = rendered(name, preset);
        let foreign: Vec<&String> = tree.iter().filter(|(_, file)| names(file)).map(|(path, _)| path).collect();
        let foreign = lines(&foreign);
        let accepted = folder(name).join("foreign.txt");
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            fs::write(&accepted, &foreign).unwrap();
        }
        assert_eq!(foreign, fs::read_to_string(accepted).unwrap_or_default(), "{name}: accept it with {ACCEPT}");
    }
}

#[test]
fn every_folder_is_tested() {
    let there: Vec<String> = fs::read_dir(root().join("tests/providers"))
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let known: Vec<&str> = PROVIDERS.iter().map(|(name, _, _)| *name).collect();
    assert!(there.iter().all(|name| known.contains(&name.as_str())), "{there:?}");
}
