//! What a change of the catalog changes in the cases, whose snapshots hold no text: a difference per kind of change, and
//! where else there is the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::process::Stdio;

use indexmap::IndexMap;
use rayon::prelude::*;
use scaffold::catalog::{Catalog, source};
use scaffold::text::tree::File;
use similar::{ChangeTag, TextDiff};

use crate::cases::{self, Case, Outcome};
use crate::repository::git;
use crate::support::root;

/// The catalog of a commit.
pub fn catalog_of(revision: &str) -> Option<Catalog> {
    let folder = tempfile::tempdir().ok()?;
    let archive = git(&root())
        .args(["archive", revision, "templates", "presets"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let unpacked = std::process::Command::new("tar")
        .args(["-x", "-C"])
        .arg(folder.path())
        .stdin(archive.stdout?)
        .stderr(Stdio::null())
        .status();
    if !unpacked.ok()?.success() {
        return None;
    }
    let (catalog, faults) = Catalog::parse(source::from_disk(&folder.path().join("templates")).ok()?);
    faults.is_empty().then_some(catalog)
}

/// The trees that this program makes of cases with the catalog of a commit, by snapshot. A case that the catalog refuses
/// has none.
pub fn trees_of(revision: &str, cases: &[&Case]) -> BTreeMap<String, BTreeMap<String, File>> {
    let Some(catalog) = catalog_of(revision) else { return BTreeMap::new() };
    let tree = |case: &&Case| Some((case.snapshot.clone(), Outcome::of(case, &catalog).ok()?.rendered.tree.files));
    cases.par_iter().filter_map(tree).collect()
}

/// Changes of files, equal ones together.
#[derive(Default)]
pub struct Changes {
    /// By the lines that change: the first difference, and the places that have it.
    kinds: IndexMap<String, (String, Vec<String>)>,
}

impl Changes {
    /// Notes a file that differs; `old` is what `old_name` says.
    pub fn add(&mut self, place: &str, old_name: &str, old: Option<&File>, new: Option<&File>) {
        let text =
            |file: Option<&File>| file.map_or_else(String::new, |file| String::from_utf8_lossy(&file.bytes).into());
        let (before, after): (String, String) = (text(old), text(new));
        let diff = TextDiff::from_lines(&before, &after);
        let mut lines = format!("{}{}", old.is_some(), new.is_some());
        for change in diff.iter_all_changes().filter(|change| change.tag() != ChangeTag::Equal) {
            let _ = write!(lines, "{}{change}", change.tag());
        }
        let name =
            |file: Option<&File>, name: &str| if file.is_some() { name.to_owned() } else { "nothing".to_owned() };
        let shown = || diff.unified_diff().header(&name(old, old_name), &name(new, place)).to_string();
        self.kinds.entry(lines).or_insert_with(|| (shown(), Vec::new())).1.push(place.to_owned());
    }

    /// A difference of each kind, and where else there is the same.
    pub fn report(&self) -> String {
        const SHOWN: usize = 12;
        let mut report = String::new();
        for (diff, places) in self.kinds.values() {
            report.push_str(diff);
            let others = &places[1..];
            for place in others.iter().take(SHOWN) {
                let _ = writeln!(report, "  the same in {place}");
            }
            if others.len() > SHOWN {
                let _ = writeln!(report, "  and in {} more", others.len() - SHOWN);
            }
        }
        report
    }
}

/// With `SINCE=COMMIT`, prints how the cases differ from what the templates of that commit make of them.
#[test]
fn since() {
    let Some(revision) = std::env::var_os("SINCE") else { return };
    let revision = revision.to_str().unwrap();
    assert!(catalog_of(revision).is_some(), "SINCE={revision} is no commit whose templates this program reads");
    let outcomes = cases::outcomes();
    let earlier = trees_of(revision, &outcomes.iter().map(|outcome| &outcome.case).collect::<Vec<_>>());
    let mut changes = Changes::default();
    for outcome in outcomes {
        let snapshot = &outcome.case.snapshot;
        let Some(old) = earlier.get(snapshot) else {
            eprintln!("{snapshot}: the templates of {revision} refuse its answers");
            continue;
        };
        let new = &outcome.rendered.tree.files;
        let paths: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        for path in paths.into_iter().filter(|path| old.get(*path) != new.get(*path)) {
            changes.add(&format!("{snapshot}/{path}"), &format!("{revision}/{path}"), old.get(path), new.get(path));
        }
    }
    eprint!("{}", changes.report());
}

#[test]
fn equal_changes_are_shown_once() {
    let file = |text: &str| File { bytes: text.into(), executable: false };
    let mut changes = Changes::default();
    changes.add("one/x", "before", Some(&file("a\nb\n")), Some(&file("a\nc\n")));
    changes.add("two/x", "before", Some(&file("z\nb\n")), Some(&file("z\nc\n")));
    changes.add("one/y", "before", None, Some(&file("c\n")));
    assert_eq!(
        changes.report(),
        "--- before\n+++ one/x\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n  the same in two/x\n--- nothing\n+++ one/y\n@@ -0,0 +1 @@\n+c\n"
    );
}

#[test]
fn a_commit_that_is_none_has_no_catalog() {
    assert!(catalog_of("no-such-commit").is_none());
    assert!(Path::new(&root()).join("templates").is_dir());
}
