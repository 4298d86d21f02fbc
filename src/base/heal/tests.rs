//! Every case goes through a real `git merge`, in each of its conflict styles.

use super::super::{ATTRIBUTES, Base, Stored, encode, parse};
use crate::text::tree::{File, Tree};
use semver::Version;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

const STYLES: [&str; 3] = ["merge", "diff3", "zdiff3"];

/// Files with their content; a content that begins with `#!` is executable.
type Files<'a> = &'a [(&'a str, &'a str)];

fn tree(files: Files<'_>) -> Tree {
    let file = |text: &str| File { bytes: text.into(), executable: text.starts_with("#!") };
    Tree { files: files.iter().map(|(path, text)| ((*path).to_owned(), file(text))).collect() }
}

fn text(version: &str, files: Files<'_>) -> Vec<u8> {
    encode(&tree(files), &BTreeSet::new(), &crate::base::GoneFiles::new(), &Version::parse(version).unwrap())
}

fn git(folder: &Path, args: &[&str]) -> bool {
    let mut git = Command::new("git");
    git.current_dir(folder).args(["-c", "user.name=t", "-c", "user.email=t@example.org"]).args(args);
    git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    git.output().unwrap().status.success()
}

/// What git leaves in the base when two branches are merged, and whether that is without a conflict.
fn merge(style: &str, versions: [&[u8]; 3]) -> (Vec<u8>, bool) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let commit = |bytes: &[u8]| {
        std::fs::write(root.join(".scaffold/base"), bytes).unwrap();
        assert!(git(root, &["add", "."]) && git(root, &["commit", "-qm", "x"]));
    };
    std::fs::create_dir(root.join(".scaffold")).unwrap();
    std::fs::write(root.join(".scaffold/.gitattributes"), ATTRIBUTES).unwrap();
    // what a repository may say of all its files
    std::fs::write(root.join(".gitattributes"), "* -merge conflict-marker-size=20 text eol=crlf\n").unwrap();
    assert!(git(root, &["init", "-qb", "ours"]));
    commit(versions[0]);
    assert!(git(root, &["checkout", "-qb", "theirs"]));
    commit(versions[2]);
    assert!(git(root, &["checkout", "-q", "ours"]));
    commit(versions[1]);
    let clean = git(root, &["-c", &format!("merge.conflictStyle={style}"), "merge", "-q", "theirs"]);
    (std::fs::read(root.join(".scaffold/base")).unwrap(), clean)
}

/// What is read after a merge that has conflicts; the same in every style.
fn merged(base: Files<'_>, ours: Files<'_>, theirs: Files<'_>) -> Stored {
    let [base, ours, theirs] = [base, ours, theirs].map(|files| text("0.1.0", files));
    let mut found: Vec<Stored> = Vec::new();
    for style in STYLES {
        let (bytes, clean) = merge(style, [&base, &ours, &theirs]);
        assert!(!clean, "{}", String::from_utf8_lossy(&bytes));
        found.push(parse(&bytes));
    }
    found.dedup();
    assert_eq!(found.len(), 1, "{found:#?}");
    found.remove(0)
}

fn healed(files: Files<'_>) -> Stored {
    Stored::Healed(Base { tree: tree(files), version: Some(Version::new(0, 1, 0)), ..Base::default() })
}

/// Forty lines, with others in some places.
fn lines(changes: &[(usize, &str)]) -> String {
    let line =
        |n| changes.iter().find(|(at, _)| *at == n).map_or_else(|| format!("line {n}\n"), |(_, t)| format!("{t}\n"));
    (1..=40).map(line).collect()
}

#[test]
fn changes_in_different_places_of_a_file_give_the_text_that_git_merged() {
    let (base, ours, theirs) = (lines(&[]), lines(&[(5, "ours")]), lines(&[(30, "theirs"), (31, "theirs")]));
    let both = lines(&[(5, "ours"), (30, "theirs"), (31, "theirs")]);
    assert_eq!(
        merged(
            &[("a", "1\n"), ("m", &base), ("z", "1\n")],
            &[("a", "2\n"), ("m", &ours), ("z", "1\n")],
            &[("a", "1\n"), ("m", &theirs), ("z", "2\n")]
        ),
        healed(&[("a", "2\n"), ("m", &both), ("z", "2\n")])
    );
}

#[test]
fn changes_in_the_same_place_leave_both_versions() {
    let (base, ours, theirs) = (lines(&[]), lines(&[(5, "ours"), (6, "ours")]), lines(&[(5, "theirs")]));
    let Stored::Healed(found) = merged(&[("m", &base)], &[("m", &ours)], &[("m", &theirs)]) else { panic!() };
    assert_eq!(found.tree, tree(&[("m", &ours)]));
    assert_eq!(found.others, tree(&[("m", &theirs)]).files);
}

#[test]
fn one_intact_side_is_taken() {
    // git mixes a line of theirs into the other side
    let (base, ours) = (lines(&[]), lines(&[(5, "ours")]));
    let theirs = lines(&[(5, "theirs"), (30, "theirs")]);
    assert_eq!(merged(&[("m", &base)], &[("m", &ours)], &[("m", &theirs)]), healed(&[("m", &theirs)]));
    // and here the mode is in conflict
    let ours = lines(&[(1, "#!/bin/sh")]);
    let theirs = lines(&[(30, "theirs")]);
    assert_eq!(merged(&[("m", &base)], &[("m", &ours)], &[("m", &theirs)]), healed(&[("m", &theirs)]));
}

#[test]
fn what_cannot_be_told_apart_is_damage_of_that_file_alone() {
    let (base, ours) = (lines(&[]), lines(&[(5, "ours"), (20, "ours")]));
    let theirs = lines(&[(5, "theirs"), (30, "theirs")]);
    let Stored::Damaged { base, faults } = merged(
        &[("a", "1\n"), ("m", &base), ("n", "1\n")],
        &[("a", "2\n"), ("m", &ours), ("n", "2\n")],
        &[("a", "1\n"), ("m", &theirs), ("n", "3\n")],
    ) else {
        panic!()
    };
    assert_eq!(base.tree, tree(&[("a", "2\n"), ("n", "2\n")]));
    assert_eq!(base.damaged, BTreeSet::from(["m".to_owned()]));
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!((faults[0].path.as_deref(), faults[0].what), (Some("m"), "its checksum is wrong"));
}

#[test]
fn files_that_one_branch_adds_are_taken() {
    // alike, so that git shortens the conflict in the middle of the records
    let (x, y) = (lines(&[(1, "x")]), lines(&[(1, "y"), (40, "end of y")]));
    assert_eq!(
        merged(&[("a", "1\n")], &[("a", "1\n"), ("x", &x)], &[("a", "1\n"), ("y", &y)]),
        healed(&[("a", "1\n"), ("x", &x), ("y", &y)])
    );
    let Stored::Healed(found) = merged(&[], &[("x", &x)], &[("x", &y)]) else { panic!() };
    assert_eq!((found.tree, found.others), (tree(&[("x", &x)]), tree(&[("x", &y)]).files));
}

#[test]
fn a_file_that_one_branch_no_longer_generates_is_taken_from_the_other() {
    assert_eq!(
        merged(&[("a", "1\n"), ("m", "1\n")], &[("a", "1\n")], &[("a", "1\n"), ("m", "2\n")]),
        healed(&[("a", "1\n"), ("m", "2\n")])
    );
}

#[test]
fn binary_files_are_taken_only_whole() {
    let binary = |changes: &[(usize, &str)]| format!("\0{}", lines(changes));
    let (base, ours, theirs) = (binary(&[]), binary(&[(9, "OURS 9")]), binary(&[(39, "THEIR 39")]));
    // merged line by line, and neither side's
    let found = merged(&[("b", &base), ("t", "1\n")], &[("b", &ours), ("t", "2\n")], &[("b", &theirs), ("t", "2\n")]);
    let Stored::Damaged { base, .. } = found else { panic!("{found:?}") };
    assert_eq!((base.tree, base.damaged.len()), (tree(&[("t", "2\n")]), 1));
}

#[test]
fn the_higher_version_is_taken() {
    for style in STYLES {
        let files = [("a", "1\n")];
        let versions = ["0.1.0", "0.10.0", "0.9.0"].map(|version| text(version, &files));
        let (bytes, _) = merge(style, [&versions[0], &versions[1], &versions[2]]);
        let expected = Base { tree: tree(&files), version: Some(Version::new(0, 10, 0)), ..Base::default() };
        assert_eq!(parse(&bytes), Stored::Healed(expected), "{style}");
    }
}

#[test]
fn a_newer_format_on_one_side_is_newer() {
    let ours = text("0.1.0", &[("a", "1\n")]);
    let newer = String::from_utf8(text("7.1.0", &[("a", "2\n")])).unwrap().replace("base 1", "base 7");
    let (bytes, _) = merge("merge", [b"", &ours, newer.as_bytes()]);
    assert_eq!(parse(&bytes), Stored::Newer { format: 7, version: Some(Version::new(7, 1, 0)) });
}

#[test]
fn markers_that_are_not_whole_are_damage() {
    let whole = String::from_utf8(text("0.1.0", &[("a", "1\n"), ("b", "2\n")])).unwrap();
    for broken in [
        whole.replace("|1", "<<<<<<< ours\n|1"),
        whole.replace("|1", "<<<<<<< ours\n|1\n=======\n|3"),
        whole.replace("|1", "<<<<<<< ours\n|1\n<<<<<<< x\n=======\n|3\n>>>>>>> y\n=======\n>>>>>>> theirs"),
        whole.replace("|1", "|1\n=======\n|3\n>>>>>>> theirs"),
    ] {
        let Stored::Damaged { base, .. } = parse(broken.as_bytes()) else { panic!("{broken}") };
        assert!(base.tree.files.contains_key("b") && base.others == BTreeMap::new(), "{broken}");
    }
}
