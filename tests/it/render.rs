//! Every case renders to what is under `snapshots/`, byte for byte.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use scaffold::text::tree::File;
use similar::TextDiff;

use crate::cases;
use crate::support::{read_tree, rendered, root, write_tree};

const ACCEPT: &str = "UPDATE_SNAPSHOTS=1 cargo test --test it render";

#[test]
fn snapshots() {
    let update = std::env::var_os("UPDATE_SNAPSHOTS").is_some();
    assert!(!(update && std::env::var_os("CI").is_some()), "UPDATE_SNAPSHOTS must not be set in CI");
    let mut report = String::new();
    let mut known = BTreeSet::new();
    for case in cases::all() {
        let (_, _, rendered) = rendered(&case.given).unwrap_or_else(|e| panic!("{}: {e:#}", case.snapshot));
        let wanted: BTreeMap<String, File> = rendered
            .tree
            .files
            .into_iter()
            .filter(|(path, _)| case.component.as_ref().is_none_or(|c| rendered.origin[path].component == *c))
            .collect();
        let dir = root().join("snapshots").join(&case.snapshot);
        let found = read_tree(&dir);
        known.insert(case.snapshot.clone());
        if wanted == found {
            continue;
        }
        if update {
            let _ = std::fs::remove_dir_all(&dir);
            write_tree(&dir, &wanted);
        } else {
            compare(&case.snapshot, &wanted, &found, &mut report);
        }
    }
    let stale = stale(&known);
    if update {
        for dir in &stale {
            std::fs::remove_dir_all(root().join("snapshots").join(dir)).unwrap();
        }
    } else {
        for dir in stale {
            let _ = writeln!(report, "snapshots/{dir}: no case renders it");
        }
    }
    assert!(
        report.is_empty(),
        "{report}\nIf that is what you want, accept it with\n  {ACCEPT}\nand commit snapshots/ too."
    );
}

fn compare(name: &str, wanted: &BTreeMap<String, File>, found: &BTreeMap<String, File>, report: &mut String) {
    let paths: BTreeSet<&String> = wanted.keys().chain(found.keys()).collect();
    for path in paths {
        let place = format!("snapshots/{name}/{path}");
        match (found.get(path), wanted.get(path)) {
            (Some(old), Some(new)) if old.bytes == new.bytes && old.executable != new.executable => {
                let _ = writeln!(report, "{place}: the executable bit is {} now", new.executable);
            }
            (Some(old), Some(new)) if old != new => {
                let (old, new) = (String::from_utf8_lossy(&old.bytes), String::from_utf8_lossy(&new.bytes));
                let diff = TextDiff::from_lines(old.as_ref(), new.as_ref());
                let _ = write!(report, "{}", diff.unified_diff().header(&place, "rendered now"));
            }
            (None, Some(_)) => {
                let _ = writeln!(report, "{place}: missing, but rendered now");
            }
            (Some(_), None) => {
                let _ = writeln!(report, "{place}: there, but not rendered any more");
            }
            _ => {}
        }
    }
}

/// Snapshot folders that no case names.
fn stale(known: &BTreeSet<String>) -> Vec<String> {
    let files = read_tree(&root().join("snapshots"));
    let dirs: BTreeSet<String> = files
        .keys()
        .filter_map(|path| {
            let depth = if path.starts_with("presets/") { 2 } else { 3 };
            let parts: Vec<&str> = path.split('/').take(depth).collect();
            (path.split('/').count() > depth).then(|| parts.join("/"))
        })
        .collect();
    dirs.into_iter().filter(|d| !known.contains(d)).collect()
}

#[test]
fn rendering_twice_gives_the_same_bytes() {
    for case in cases::all() {
        let first = rendered(&case.given).unwrap().2;
        let second = rendered(&case.given).unwrap().2;
        assert_eq!(first.tree, second.tree, "{}", case.snapshot);
    }
}

/// With `WRITE_CASES=DIR`, writes every case whole, for the validators.
#[test]
fn whole_trees() {
    let Some(dir) = std::env::var_os("WRITE_CASES") else { return };
    for case in cases::all() {
        let (_, _, rendered) = rendered(&case.given).unwrap();
        write_tree(&Path::new(&dir).join(&case.snapshot), &rendered.tree.files);
    }
}
