//! The documents name what there is, and nothing else.

use std::collections::BTreeSet;
use std::fs;
use std::iter::successors;
use std::process::Command;

use clap::{CommandFactory as _, ValueEnum};
use scaffold::catalog::question::{KindName, Question, Rule, Strategy};
use scaffold::catalog::{Manifest, Preset};
use scaffold::cli::{Cli, Fact, OnConflict};
use scaffold::plan::Kind;
use scaffold::show::listing::meaning;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::root;

const UPDATING: &str = "docs/src/updating.md";
const FORMATS: &str = "docs/src/formats.md";

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// The rows of the table whose first heading is this one, cell by cell.
fn table(path: &str, heading: &str) -> Vec<Vec<String>> {
    let text = text(path);
    let start = text.find(&format!("\n| {heading} |")).unwrap_or_else(|| panic!("{path} has no table of {heading}"));
    let rows = text[start..].lines().skip(3).take_while(|line| line.starts_with('|'));
    rows.map(|row| row.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect()).collect()
}

/// The first cell of each row, without back quotes and what follows them.
fn names(path: &str, heading: &str) -> Vec<String> {
    let name = |row: &Vec<String>| row[0].trim_start_matches('`').split('`').next().unwrap_or_default().to_owned();
    table(path, heading).iter().map(name).collect()
}

fn values<V: ValueEnum>() -> Vec<String> {
    let name = |value: &V| value.to_possible_value().unwrap().get_name().to_owned();
    V::value_variants().iter().map(name).collect()
}

/// A new kind does not compile before it has its place here.
fn next(kind: Kind) -> Option<Kind> {
    Some(match kind {
        Kind::Create => Kind::Adopt,
        Kind::Adopt => Kind::Collide,
        Kind::Collide => Kind::Update,
        Kind::Update => Kind::Unchanged,
        Kind::Unchanged => Kind::Keep,
        Kind::Keep => Kind::Merge,
        Kind::Merge => Kind::Conflict,
        Kind::Conflict => Kind::Move,
        Kind::Move => Kind::KeepDeleted,
        Kind::KeepDeleted => Kind::Ignored,
        Kind::Ignored => Kind::LeftOut,
        Kind::LeftOut => Kind::Offer,
        Kind::Offer => Kind::Delete,
        Kind::Delete => Kind::Orphan,
        Kind::Orphan => Kind::LeaveOnce,
        Kind::LeaveOnce => return None,
    })
}

#[test]
fn every_change_is_explained_in_the_words_of_the_plan() {
    let told = table(UPDATING, "change");
    let told: Vec<(&str, &str)> =
        told.iter().map(|row| (row[0].trim_matches('`'), row[5].split_once(' ').unwrap().1)).collect();
    let kinds: Vec<(String, &str)> =
        successors(Some(Kind::Create), |kind| next(*kind)).map(|kind| (kind.to_string(), meaning(kind))).collect();
    let kinds: Vec<(&str, &str)> = kinds.iter().map(|(name, meaning)| (name.as_str(), *meaning)).collect();
    assert_eq!(told, kinds);
}

#[test]
fn every_choice_is_explained() {
    assert_eq!(names(UPDATING, "fact"), values::<Fact>());
    let told: Vec<String> = names(UPDATING, "`--on-conflict`");
    assert_eq!(told, values::<OnConflict>());
}

#[test]
fn every_command_is_in_the_readme() {
    let commands = Cli::command();
    let told = text("README.md");
    for command in commands.get_subcommands().map(clap::Command::get_name) {
        assert!(told.contains(&format!("`scaffold {command}")), "README.md does not name `scaffold {command}`");
    }
    for told in names("README.md", "command") {
        let name = told.split(' ').nth(1).unwrap();
        assert!(commands.find_subcommand(name).is_some(), "README.md names `{told}`, which is no command");
    }
}

/// The names that serde expects of a type: those of the fields, or of the values of an enumeration.
fn expected<T: DeserializeOwned>(wrong: &str) -> BTreeSet<String> {
    let error = serde_yaml::from_str::<T>(wrong).err().expect("must be refused").to_string();
    let names = error.split_once("expected").unwrap().1;
    names.split('`').skip(1).step_by(2).map(String::from).collect()
}

/// All names in the first cells of a table.
fn all_names(path: &str, heading: &str) -> BTreeSet<String> {
    let cells = table(path, heading);
    cells.iter().flat_map(|row| row[0].split('`').skip(1).step_by(2)).map(String::from).collect()
}

#[test]
fn every_key_of_the_catalog_is_explained() {
    assert_eq!(all_names(FORMATS, "key of a question"), expected::<Question>("zz: 1"));
    assert_eq!(all_names(FORMATS, "key of a rule"), expected::<Rule>("zz: 1"));
    assert_eq!(all_names(FORMATS, "key of `compare`"), expected::<Strategy>("zz: 1"));
    assert_eq!(all_names(FORMATS, "kind"), expected::<KindName>("zz"));
    assert_eq!(all_names("templates/README.md", "key"), expected::<Manifest>("zz: 1"));
    let mut preset = expected::<Preset>("zz: 1");
    // given by the name of the file
    preset.remove("name");
    assert_eq!(all_names(FORMATS, "key of a preset"), preset);
}

/// The tables of JSON have the command as their first heading.
#[test]
fn every_key_of_json_is_explained() {
    let temp = TempDir::new().unwrap();
    let run = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_scaffold"));
        command.env_clear().current_dir(temp.path()).args(args).output().unwrap().stdout
    };
    run(&["init", ".", "--preset", "mongodb-atlas-on-aws", "--yes"]);
    let text = text(FORMATS);
    let mut found = 0;
    for heading in text.lines().filter_map(|line| line.strip_prefix("| `scaffold ")?.split_once("` |")).map(|(h, _)| h)
    {
        let mut json: Value = serde_json::from_slice(&run(&heading.split(' ').collect::<Vec<_>>())).unwrap();
        if let Some(list) = json.as_array_mut() {
            json = list.remove(0);
        }
        let keys: BTreeSet<String> = json.as_object().unwrap().keys().cloned().collect();
        assert_eq!(all_names(FORMATS, &format!("`scaffold {heading}`")), keys, "{heading}");
        found += 1;
    }
    assert_eq!(found, 6);
}
