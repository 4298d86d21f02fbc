//! Every case renders to what is under `snapshots/`: presets byte for byte, other cases by digest.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use scaffold::text::tree::File;

use crate::cases::{self, Outcome};
use crate::changes::{Changes, trees_of};
use crate::digests::{self, ABSENT, Digests};
use crate::providers;
use crate::support::{embedded, read_tree, root, write_tree};

const ACCEPT: &str = "UPDATE_SNAPSHOTS=1 cargo test --test it render";

#[test]
fn snapshots() {
    let update = std::env::var_os("UPDATE_SNAPSHOTS").is_some();
    assert!(!(update && std::env::var_os("CI").is_some()), "UPDATE_SNAPSHOTS must not be set in CI");
    let mut report = String::new();
    let mut changes = Changes::default();
    let mut moved = Vec::new();
    let mut known = BTreeSet::new();
    for &outcome in cases::outcomes() {
        let snapshot = &outcome.case.snapshot;
        known.insert(snapshot.clone());
        if outcome.case.component.is_some() {
            let found = std::fs::read_to_string(stored(snapshot)).unwrap_or_default();
            let (like, digests) = nearest_preset(outcome);
            let wanted = digests::write(like, &digests);
            if found == wanted {
                continue;
            }
            if update {
                std::fs::create_dir_all(stored(snapshot).parent().unwrap()).unwrap();
                std::fs::write(stored(snapshot), wanted).unwrap();
            } else {
                moved.push((outcome, found, like, digests));
            }
            continue;
        }
        let dir = root().join("snapshots").join(snapshot);
        let (wanted, found) = (&outcome.rendered.tree.files, read_tree(&dir));
        if *wanted == found {
            continue;
        }
        if update {
            let _ = std::fs::remove_dir_all(&dir);
            write_tree(&dir, wanted);
        } else {
            compare(snapshot, wanted, &found, &mut report, &mut changes);
        }
    }
    compare_digests(&moved, &mut report, &mut changes);
    for path in stale(&known) {
        if update {
            std::fs::remove_file(&path).unwrap();
        } else {
            let _ = writeln!(report, "{}: no case renders it", path.display());
        }
    }
    report.push_str(&changes.report());
    assert!(
        report.is_empty(),
        "{report}\nIf that is what you want, accept it with\n  {ACCEPT}\nand commit snapshots/ too."
    );
}

/// Where the snapshot of a case is that is no preset.
fn stored(snapshot: &str) -> PathBuf {
    root().join("snapshots").join(format!("{snapshot}.sha256"))
}

/// The preset from which a case differs in the fewest files, and these.
fn nearest_preset(outcome: &Outcome) -> (&'static str, Digests) {
    let presets = cases::presets().into_iter();
    let differences = presets
        .map(|(name, preset)| (name, digests::differences(&outcome.rendered.tree.files, &preset.rendered.tree.files)));
    differences.min_by_key(|(_, digests)| digests.len()).expect("there is a preset")
}

fn compare(
    name: &str,
    wanted: &BTreeMap<String, File>,
    found: &BTreeMap<String, File>,
    report: &mut String,
    changes: &mut Changes,
) {
    let paths: BTreeSet<&String> = wanted.keys().chain(found.keys()).collect();
    for path in paths {
        let place = format!("snapshots/{name}/{path}");
        match (found.get(path), wanted.get(path)) {
            (Some(old), Some(new)) if old.bytes == new.bytes && old.executable != new.executable => {
                let _ = writeln!(report, "{place}: the executable bit is {} now", new.executable);
            }
            (old, new) if old != new => changes.add(&place, &format!("stored: {path}"), old, new),
            _ => {}
        }
    }
}

/// A case with another digest than the stored ones: its outcome, the stored text, and what it is now.
type Moved<'a> = (&'a Outcome, String, &'static str, Digests);

/// Says which files of which cases have changed. The text of before is what the templates of the last commit make of the
/// same answers, if it has the digest that is stored; else the preset has to do.
fn compare_digests(moved: &[Moved<'_>], report: &mut String, changes: &mut Changes) {
    if moved.is_empty() {
        return;
    }
    let earlier = trees_of("HEAD", &moved.iter().map(|(outcome, ..)| &outcome.case).collect::<Vec<_>>());
    for (outcome, found, like, now) in moved {
        let snapshot = &outcome.case.snapshot;
        let Some((stored_like, before)) = digests::read(found) else {
            let _ = writeln!(report, "snapshots/{snapshot}.sha256: missing, or not what a test wrote");
            continue;
        };
        if stored_like != *like {
            let _ = writeln!(report, "snapshots/{snapshot}.sha256: nearer to {like} now than to {stored_like}");
        }
        let preset = read_tree(&root().join("snapshots/presets").join(stored_like));
        let tree = &outcome.rendered.tree.files;
        let paths: BTreeSet<&String> = before.keys().chain(now.keys()).chain(tree.keys()).collect();
        for path in paths {
            let was = before.get(path).cloned().unwrap_or_else(|| digests::state(preset.get(path)));
            if was == digests::state(tree.get(path)) {
                continue;
            }
            let place = format!("{snapshot}/{path}");
            let old = earlier.get(snapshot).and_then(|tree| tree.get(path));
            if was == digests::state(old) {
                changes.add(&place, &format!("HEAD: {path}"), old, tree.get(path));
            } else if was != ABSENT {
                let name = format!("{stored_like}/{path}, as what the case had before is not known");
                changes.add(&place, &name, preset.get(path), tree.get(path));
            } else {
                changes.add(&place, "", None, tree.get(path));
            }
        }
    }
}

/// Files below `snapshots/` that belong to no case.
fn stale(known: &BTreeSet<String>) -> Vec<PathBuf> {
    let folder = root().join("snapshots");
    let belongs = |path: &String| match path.strip_suffix(".sha256") {
        Some(case) if path.starts_with("cases/") => known.contains(case),
        _ => known.contains(&path.splitn(3, '/').take(2).collect::<Vec<_>>().join("/")),
    };
    read_tree(&folder).keys().filter(|path| !belongs(path)).map(|path| folder.join(path)).collect()
}

#[test]
fn rendering_twice_gives_the_same_bytes() {
    for &outcome in cases::outcomes() {
        let second = Outcome::of(&outcome.case, embedded()).unwrap();
        assert_eq!(outcome.rendered.tree, second.rendered.tree, "{}", outcome.case.snapshot);
    }
}

/// With `WRITE_CASES=DIR`, writes every case whole, and every tree with a provider of the tests, for the validators.
#[test]
fn whole_trees() {
    let Some(dir) = std::env::var_os("WRITE_CASES") else { return };
    for &outcome in cases::outcomes() {
        write_tree(&Path::new(&dir).join(&outcome.case.snapshot), &outcome.rendered.tree.files);
    }
    for (name, tree) in providers::trees() {
        write_tree(&Path::new(&dir).join("providers").join(name), &tree);
    }
}
