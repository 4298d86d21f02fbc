//! Folders to start from, and what is in them afterwards.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::process::{Command, Output};

use scaffold::text::tree::File;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::write_tree;

/// The writer under test: `examples/regenerate.rs`, which cargo builds beside the tests.
pub fn scaffold() -> Command {
    let tests = std::env::current_exe().unwrap();
    let built = tests.parent().and_then(Path::parent).unwrap();
    Command::new(built.join("examples/regenerate"))
}

/// The real program without a terminal, in an empty environment.
pub fn program(folder: &Path) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_scaffold"));
    // one for all runs, as a user has, and not that of whoever runs the tests
    program.env_clear().env("XDG_STATE_HOME", concat!(env!("CARGO_TARGET_TMPDIR"), "/state"));
    program.env("XDG_CACHE_HOME", concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"));
    program.env("LANG", "C.UTF-8").current_dir(folder);
    program
}

/// What it said.
pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Everything below a folder: permissions, and content of files.
pub type Snapshot = BTreeMap<String, (u32, Option<Vec<u8>>)>;

/// Takes a [`Snapshot`].
pub fn snapshot(root: &Path) -> Snapshot {
    fn enter(root: &Path, folder: &Path, into: &mut Snapshot) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let found = fs::symlink_metadata(&path).unwrap();
            let bytes = found.is_file().then(|| fs::read(&path).unwrap());
            into.insert(path.strip_prefix(root).unwrap().display().to_string(), (found.mode(), bytes));
            if found.is_dir() {
                enter(root, &path, into);
            }
        }
    }
    let mut all = Snapshot::new();
    enter(root, root, &mut all);
    all
}

/// The paths in which two snapshots differ.
pub fn differences(one: &Snapshot, other: &Snapshot) -> Vec<String> {
    let mut paths: Vec<_> =
        one.keys().chain(other.keys()).filter(|path| one.get(*path) != other.get(*path)).cloned().collect();
    paths.sort();
    paths.dedup();
    paths
}

/// Writes a file and its folders.
pub fn put(root: &Path, path: &str, text: &str, mode: u32) {
    let full = root.join(path);
    fs::create_dir_all(full.parent().unwrap()).unwrap();
    fs::write(&full, text).unwrap();
    fs::set_permissions(&full, fs::Permissions::from_mode(mode)).unwrap();
}

/// Two versions of what is generated: files in common, changed, executable in one, only in one, whole folders,
/// files that are folders in the other, a name that differs in case.
pub fn versions(root: &Path) {
    for (version, other) in [("a", "b"), ("b", "a")] {
        let root = root.join(version);
        for n in 0..60 {
            put(&root, &format!("same/{}/{n}.yaml", n % 7), &format!("same {n}\n").repeat(90), 0o644);
            put(&root, &format!("changed/{}/{n}.yaml", n % 7), &format!("{version} {n}\n").repeat(90), 0o644);
            put(&root, &format!("only-{version}/{}/{n}.yaml", n % 7), &format!("{n}\n").repeat(90), 0o644);
            put(&root, &format!("changed/{n}-{version}.txt"), &format!("{n}\n"), 0o644);
            put(&root, &format!("changed/{n}.txt"), &format!("{version}\n"), 0o644);
            put(&root, &format!("changed/{n}.md"), &format!("{version}\n"), 0o644);
        }
        for n in 0..9 {
            put(&root, &format!("turn/{version}{n}"), "file\n", 0o644);
            put(&root, &format!("turn/{other}{n}/x/{n}"), "file in a folder\n", 0o644);
        }
        put(&root, if version == "a" { "notes.md" } else { "NOTES.md" }, "name in other case\n", 0o644);
        put(&root, &format!("run-{version}.sh"), "#!/bin/sh\n", 0o755);
        put(&root, &format!("run-{other}.sh"), "#!/bin/sh\n", 0o644);
    }
}

/// A folder in memory if possible: the syncs of other programs would make the moments of kills uneven.
pub fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

/// Moments at random, the same in every run of a test.
pub struct Moments(u64);

impl Moments {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Which part of the time is over, from 0 to 1.
    pub fn part(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / f64::from(1_u32 << 31)
    }
}

/// Writes a catalog with one component that has these files. `moved` and `rules` are its `moved` and `files`.
pub fn catalog(folder: &Path, files: &BTreeMap<String, File>, moved: &[Value], rules: &BTreeMap<&String, Value>) {
    let component = folder.join("templates/components/all");
    fs::create_dir_all(&component).unwrap();
    let question =
        "questions: [{name: name, ask: What is it called?, help: It names it., kind: dns_label, default: demo}]\n";
    fs::write(folder.join("templates/questions.yaml"), question).unwrap();
    let manifest = json!({"title": "Everything", "why": "For this test.", "files": rules, "moved": moved});
    fs::write(component.join("component.yaml"), manifest.to_string()).unwrap();
    write_tree(&component.join("files"), files);
}
