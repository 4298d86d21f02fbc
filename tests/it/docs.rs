//! The documents name what there is, and nothing else.

use std::fs;
use std::iter::successors;

use clap::{CommandFactory as _, ValueEnum};
use scaffold::cli::{Cli, Fact, OnConflict};
use scaffold::listing::meaning;
use scaffold::plan::Kind;

use crate::support::root;

const UPDATING: &str = "docs/updating.md";

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
        Kind::KeepDeleted => Kind::Delete,
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

#[test]
fn links_lead_somewhere() {
    for document in ["README.md", "CONTRIBUTING.md", UPDATING] {
        let text = text(document);
        let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let pictures = text.split("=\"docs/").skip(1).filter_map(|rest| rest.split('"').next());
        let folder = root().join(document).parent().unwrap().to_owned();
        let pictures = pictures.map(|name| root().join("docs").join(name));
        let files = links.filter(|link| !link.contains("://") && !link.starts_with('#')).map(|link| folder.join(link));
        for file in files.chain(pictures) {
            assert!(file.exists(), "{document}: there is no {}", file.display());
        }
    }
}
