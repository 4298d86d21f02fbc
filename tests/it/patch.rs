//! Patches in the hands of the real git: what it makes of the old files are the new ones.

use crate::scene::{Snapshot, differences, put, snapshot};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use scaffold::show::patch::{FileChange, patch};
use scaffold::text::tree::{File, Tree};
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Git with no configuration but the one given.
fn git(folder: &Path, configuration: &str, arguments: &[&str], input: &[u8]) -> Output {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("config"), configuration).unwrap();
    let mut child = Command::new("git")
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", home.path().join("config"))
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CEILING_DIRECTORIES", std::env::temp_dir())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Git may have ended before it read everything; its status tells.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn there_is_git() -> bool {
    let found = Command::new("git").arg("--version").output().is_ok_and(|output| output.status.success());
    if !found {
        eprintln!("SKIPPED: git not found; what it makes of patches was not tested");
    }
    found
}

fn write(root: &Path, tree: &Tree) {
    for (path, file) in &tree.files {
        put(root, path, "", if file.executable { 0o755 } else { 0o644 });
        fs::write(root.join(path), &file.bytes).unwrap();
    }
}

/// What leads from one tree to the other; `moved` holds the new and the old path of files that move.
fn changes<'a>(old: &'a Tree, new: &'a Tree, moved: &[(&'a str, &'a str)]) -> Vec<FileChange<'a>> {
    let from = |path: &str| moved.iter().find(|(to, _)| *to == path).map(|(_, from)| *from);
    let gone = old
        .files
        .iter()
        .filter(|(path, _)| !new.files.contains_key(*path) && !moved.iter().any(|(_, from)| from == path));
    let gone = gone.map(|(path, file)| FileChange { path, from: None, old: Some(file), new: None });
    let there = new.files.iter().map(|(path, file)| {
        let from = from(path);
        // What stood at this name may have moved on, so that this is a new file.
        let left = from.is_none() && moved.iter().any(|(_, from)| from == path);
        let old = if left { None } else { old.files.get(from.unwrap_or(path)) };
        FileChange { path, from, old, new: Some(file) }
    });
    gone.chain(there).collect()
}

/// Where a project may be.
#[derive(Clone, Copy, Debug)]
enum At {
    Nowhere,
    Repository,
    FolderOfRepository,
}

const AT: [At; 3] = [At::Nowhere, At::Repository, At::FolderOfRepository];

/// Applies a patch and takes it back.
fn check(old: &Tree, new: &Tree, moved: &[(&str, &str)], at: At, configuration: &str) {
    let [start, end] = [old, new].map(|tree| {
        let place = tempfile::tempdir().unwrap();
        write(&place.path().join("in/project"), tree);
        fs::create_dir_all(place.path().join("in/project")).unwrap();
        place
    });
    let project = start.path().join("in/project");
    let state = |root: &Path| {
        let mut state = snapshot(root);
        state.retain(|path, _| path.split('/').next() != Some(".git"));
        // The executable bit; the others are as the umask wants.
        state.values_mut().for_each(|(mode, _)| *mode &= 0o100);
        state
    };
    let (before, expected) = (state(&project), state(&end.path().join("in/project")));
    // In a folder of a repository git takes the names of a patch as if from the top, and ignores what is elsewhere.
    let (top, directory) = match at {
        At::Nowhere => (None, "--directory="),
        At::Repository => (Some(&*project), "--directory="),
        At::FolderOfRepository => (Some(start.path()), "--directory=in/project/"),
    };
    if let Some(top) = top {
        assert!(git(top, "", &["init", "-q"], b"").status.success());
    }
    let patch = patch(&changes(old, new, moved));
    if patch.is_empty() {
        assert_eq!(old, new);
        return;
    }
    let run = |arguments: &[&str]| {
        let output = git(&project, configuration, arguments, &patch);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?} {said}\n{}", String::from_utf8_lossy(&patch));
    };
    let assert_is = |found: &Snapshot, wanted: &Snapshot| {
        assert_eq!(differences(found, wanted), Vec::<String>::new(), "{}", String::from_utf8_lossy(&patch));
    };
    run(&["apply", "--check", directory]);
    assert_is(&state(&project), &before);
    run(&["apply", "-p1", directory]);
    assert_is(&state(&project), &expected);
    run(&["apply", "-R", directory]);
    // Taking back its own patches too, git makes files that were gone without their executable bit.
    let mut back = state(&project);
    for (path, (mode, _)) in back.iter_mut().filter(|(path, _)| !new.files.contains_key(*path)) {
        *mode = before.get(path).map_or(*mode, |(mode, _)| *mode);
    }
    assert_is(&back, &before);
}

fn tree(files: &[(&str, &[u8], bool)]) -> Tree {
    let file = |(path, bytes, executable): &(&str, &[u8], bool)| {
        ((*path).to_owned(), File { bytes: bytes.to_vec(), executable: *executable })
    };
    Tree { files: files.iter().map(file).collect() }
}

#[test]
fn git_applies_what_is_hard() {
    if !there_is_git() {
        return;
    }
    let long: Vec<u8> = (0..9_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()).collect();
    type Files<'a> = &'a [(&'a str, &'a [u8], bool)];
    type Case<'a> = (Files<'a>, Files<'a>, &'a [(&'a str, &'a str)]);
    let cases: [Case<'_>; 17] = [
        (&[("a", b"1\n", false)], &[("a/b", b"2\n", false), ("a/c/d", b"", true)], &[]),
        (&[("a/b", b"1\n", false), ("a/c/d", b"2", true)], &[("a", b"3\n", false)], &[]),
        (&[("a", b"1\n2\n3\n", false)], &[("a/b", b"1\n2\n4\n", true)], &[("a/b", "a")]),
        (&[("a/b", b"1\n2\n3\n", false)], &[("a", b"1\n2\n3\n", false)], &[("a", "a/b")]),
        (&[("readme.md", b"1\n", false)], &[("README.md", b"1\n", false)], &[("README.md", "readme.md")]),
        (&[("a", b"1\n", false), ("b", b"2\n", true)], &[("a", b"2\n", true), ("b", b"1\n", false)], &[]),
        (&[("a", b"1\n", false)], &[("a", b"new\n", false), ("b", b"1\n", false)], &[("b", "a")]),
        (&[("a", b"1\n", false)], &[("a/b", b"1\n", false), ("a/c", b"new\n", false)], &[("a/b", "a")]),
        (
            &[("a", b"1\n", false), ("b", b"2\n", true)],
            &[("b", b"1\n", false), ("a", b"2\n", true)],
            &[("a", "b"), ("b", "a")],
        ),
        (
            &[("a", b"1\n", false), ("b", b"2\n", false)],
            &[("b", b"1\n", false), ("c", b"2\n", true)],
            &[("b", "a"), ("c", "b")],
        ),
        (&[("a", b"", false)], &[("b", b"", true)], &[("b", "a")]),
        (&[("a", b"", false), ("b", b"x", false)], &[("a", b"x", false), ("b", b"", true)], &[]),
        (&[("a", &long, false)], &[("a", &long[..30_001], true), ("b", b"\0", false)], &[]),
        (&[("a", &long, false)], &[("b", &long[1..], false)], &[("b", "a")]),
        (&[("a", b"caf\xe9\r\n", false)], &[("a", b"caf\xe9s\r\n", false)], &[]),
        (&[("x b/x", b"1\n", false), (" a ", b"", false)], &[("x b/x", b"", false), ("\"\t\\\n", b"", false)], &[]),
        (
            &[("a", b"--- a/a\n+++ b/a\n@@ -1 +1 @@\n-x", false)],
            &[("a", b"--- a/b\n+++ b/a\n@@ -1 +1 @@\n+x\n", false)],
            &[],
        ),
    ];
    for (old, new, moved) in cases {
        for at in AT {
            check(&tree(old), &tree(new), moved, at, "[diff]\nnoprefix = true\nalgorithm = patience\n");
        }
    }
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let line = prop::sample::select(vec![
        "a\n",
        "b\n",
        "c\n",
        "\n",
        "d\r\n",
        "\r\n",
        "  e \n",
        "\ttab\n",
        "é🦀\n",
        "lone\rreturn\n",
        "-- \n",
        "+x\n",
        "\\ No\n",
        "\u{feff}bom\n",
    ]);
    let end = prop::sample::select(vec!["", "", "", "no end", "\r", " "]);
    let text = (prop::collection::vec(line, 0..14), end).prop_map(|(lines, end)| (lines.concat() + end).into_bytes());
    prop_oneof![6 => text, 1 => prop::collection::vec(any::<u8>(), 0..300)]
}

fn file() -> impl Strategy<Value = File> {
    (bytes(), prop::bool::weighted(0.3)).prop_map(|(bytes, executable)| File { bytes, executable })
}

/// Names that meet again and again as file, as folder, in other case, quoted and not.
fn path() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec!["a", "A", "b", "c d", " e", "f ", "g\th", "\"i\"", "j\\k", "é", "-l", "m\nn"]);
    prop::collection::vec(name, 1..4).prop_map(|names| names.join("/"))
}

/// Without files that are also folders: of two that cannot be together the shorter path stays.
fn sound(files: Vec<(String, File)>) -> Tree {
    let mut tree = Tree { files: files.into_iter().collect() };
    let paths: Vec<String> = tree.files.keys().cloned().collect();
    tree.files.retain(|path, _| !paths.iter().any(|other| path.starts_with(&format!("{other}/"))));
    tree
}

#[test]
fn git_makes_the_new_tree_of_the_old_one() {
    if !there_is_git() {
        return;
    }
    let files = || prop::collection::vec((path(), file()), 0..8);
    let edit = (any::<prop::sample::Index>(), 0..5_u8, path(), bytes());
    let edits = prop::collection::vec(edit, 0..8);
    let mut runner = TestRunner::new(crate::properties::config(60));
    runner
        .run(&(files(), edits, files(), prop::sample::select(AT.to_vec())), |(old, edits, more, at)| {
            let old = sound(old);
            let mut new: Vec<(String, File)> = old.files.clone().into_iter().collect();
            let mut renames: Vec<(String, String)> = Vec::new();
            for (at, what, path, bytes) in edits {
                let Some(at) = (!new.is_empty()).then(|| at.index(new.len())) else { continue };
                match what {
                    0 => drop(new.remove(at)),
                    1 => new[at].1.executable ^= true,
                    2 => new[at].1.bytes.splice(0..0, bytes).for_each(drop),
                    3 => new[at].1.bytes.extend(bytes),
                    _ => {
                        renames.push((path.clone(), new[at].0.clone()));
                        new[at].0 = path;
                    }
                }
            }
            new.extend(more);
            let new = sound(new);
            // Only renames that hold from the first tree to the last, each file once, to names that were free.
            let mut moved: Vec<(&str, &str)> = Vec::new();
            for (to, from) in &renames {
                let once = !moved.iter().any(|(other_to, other_from)| other_to == to || other_from == from);
                if once && !old.files.contains_key(to) && old.files.contains_key(from) && new.files.contains_key(to) {
                    moved.push((to, from));
                }
            }
            check(&old, &new, &moved, at, "");
            Ok(())
        })
        .unwrap();
}
