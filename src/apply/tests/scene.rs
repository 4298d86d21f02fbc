//! Folders before a run, and what the run is to do with them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::Result;
use tempfile::TempDir;

use crate::apply::lock::Lock;
use crate::apply::recover::recover;
use crate::apply::{Applied, apply};
use crate::disk::fault;
use crate::plan::operation::{Action, Before, Operation};
use crate::repository::project::Project;
use crate::text::tree::File;

/// Everything below a folder: permissions, and content of files.
pub(super) type Snapshot = BTreeMap<String, (u32, Option<Vec<u8>>)>;

pub(super) fn snapshot(root: &Path) -> Snapshot {
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

pub(super) fn file(text: &str) -> File {
    File { bytes: text.as_bytes().to_vec(), executable: false }
}

/// Memory if possible: these tests make some hundred thousand files.
pub(super) fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

pub(super) fn put(root: &Path, path: &str, text: &str, mode: u32) {
    let full = root.join(path);
    fs::create_dir_all(full.parent().unwrap()).unwrap();
    fs::write(&full, text).unwrap();
    fs::set_permissions(&full, fs::Permissions::from_mode(mode)).unwrap();
}

/// A scene: what is on disk, and what is to be done with the folder `target` in it.
pub(super) struct Scene {
    pub(super) target: &'static str,
    pub(super) before: Vec<(&'static str, &'static str, u32)>,
    /// Path, planned content on disk, wanted file.
    pub(super) operations: Vec<(&'static str, Option<File>, Option<File>)>,
}

impl Scene {
    pub(super) fn update() -> Self {
        let script = File { bytes: b"echo".to_vec(), executable: true };
        Self {
            target: "",
            before: vec![
                ("mine/notes.md", "mine", 0o640),
                ("README.md", "old readme", 0o664),
                ("run.sh", "echo", 0o644),
                ("secret.env", "old secret", 0o600),
                ("k8s/a.yaml", "old a", 0o644),
                ("k8s/gone.yaml", "gone", 0o644),
                ("docs/old/only.md", "only", 0o644),
                ("k8s/mine.yaml", "mine", 0o644),
                (".scaffold/base", "old base", 0o644),
                (".scaffold/answers.yaml", "old answers", 0o644),
            ],
            operations: vec![
                ("README.md", Some(file("old readme")), Some(file("new readme"))),
                ("run.sh", Some(file("echo")), Some(script)),
                ("secret.env", Some(file("old secret")), Some(file("new secret"))),
                ("k8s/a.yaml", Some(file("old a")), Some(file("new a"))),
                ("k8s/b.yaml", None, Some(file("new b"))),
                ("k8s/gone.yaml", Some(file("gone")), None),
                ("docs/old/only.md", Some(file("only")), None),
                ("new/x/1", None, Some(file("1"))),
                ("new/x/2", None, Some(file("2"))),
                ("new/y/z/3", None, Some(file(""))),
                ("top", None, Some(file("top"))),
                (".scaffold/base", None, Some(file("new base"))),
                (".scaffold/answers.yaml", None, Some(file("new answers"))),
            ],
        }
    }

    /// A first run in a folder that exists and already holds something.
    pub(super) fn adopt() -> Self {
        Self {
            target: "repository",
            before: vec![("repository/.git/HEAD", "ref", 0o644), ("repository/src/main.rs", "mine", 0o644)],
            operations: vec![
                ("src/lib.rs", None, Some(file("lib"))),
                ("infra/a/b.tf", None, Some(file("b"))),
                (".scaffold/base", None, Some(file("base"))),
            ],
        }
    }

    /// A first run in a folder that does not exist, nor its parent.
    pub(super) fn create() -> Self {
        Self {
            target: "a/b/c",
            before: vec![("other", "mine", 0o644)],
            operations: vec![
                ("x/1", None, Some(file("1"))),
                ("x/y/2", None, Some(File { bytes: vec![0; 9], executable: true })),
                ("3", None, Some(file("3"))),
                (".scaffold/base", None, Some(file("base"))),
            ],
        }
    }

    /// Files and folders that take each other's place, and names that change in case only.
    pub(super) fn turn() -> Self {
        let script = File { bytes: b"old a".to_vec(), executable: true };
        Self {
            target: "",
            before: vec![
                ("a", "old a", 0o755),
                ("b/1", "old 1", 0o600),
                ("b/c/2", "old 2", 0o644),
                ("b/c/d/3", "old 3", 0o644),
                ("k8s/in/a", "inner file", 0o640),
                ("k8s/in/b/x", "inner folder", 0o644),
                ("readme.md", "old readme", 0o664),
                ("docs/guide", "old guide", 0o644),
                ("mine", "mine", 0o600),
                (".scaffold/base", "old base", 0o644),
            ],
            operations: vec![
                ("a", Some(script), None),
                ("a/b", None, Some(file("new a/b"))),
                ("a/c/d", None, Some(file("new a/c/d"))),
                ("b", None, Some(file("new b"))),
                ("b/1", Some(file("old 1")), None),
                ("b/c/2", Some(file("old 2")), None),
                ("b/c/d/3", Some(file("old 3")), None),
                ("k8s/in/a", Some(file("inner file")), None),
                ("k8s/in/a/x", None, Some(file("new inner folder"))),
                ("k8s/in/b", None, Some(file("new inner file"))),
                ("k8s/in/b/x", Some(file("inner folder")), None),
                ("README.md", None, Some(file("old readme"))),
                ("readme.md", Some(file("old readme")), None),
                ("Docs/guide", None, Some(file("new guide"))),
                ("docs/guide", Some(file("old guide")), None),
                (".scaffold/base", None, Some(file("new base"))),
            ],
        }
    }

    pub(super) fn set_up(&self) -> (TempDir, PathBuf) {
        let folder = folder();
        for (path, text, mode) in &self.before {
            put(folder.path(), path, text, *mode);
        }
        for private in ["b", "b/c/d"].map(|path| folder.path().join(path)) {
            if private.is_dir() {
                fs::set_permissions(&private, fs::Permissions::from_mode(0o750)).unwrap();
            }
        }
        let target = folder.path().join(self.target);
        (folder, target)
    }

    pub(super) fn operations(&self) -> Vec<Operation<'_>> {
        self.operations
            .iter()
            .map(|(path, before, wanted)| Operation {
                path: Cow::Borrowed(path),
                before: match before {
                    _ if crate::text::path::is_record(path) => Before::Any,
                    Some(file) => Before::File(file),
                    None => Before::Missing,
                },
                action: wanted.as_ref().map_or(Action::Remove, Action::Write),
            })
            .collect()
    }

    /// One run, as a command makes it.
    pub(super) fn run(&self, target: &Path) -> Result<Applied> {
        let lock = Lock::acquire(&Project::open(target)?)?;
        recover(&lock)?;
        apply(&lock, &self.operations())
    }

    /// The states before and after, and the number of steps in between.
    pub(super) fn states(&self) -> (Snapshot, Snapshot, usize) {
        let (folder, target) = self.set_up();
        let old = snapshot(folder.path());
        let (result, steps) = fault::with(None, || self.run(&target));
        result.unwrap();
        let new = snapshot(folder.path());
        assert!(!new.keys().any(|path| path.contains("journal") || path.contains("staging") || path.contains("lock")));
        (old, new, steps)
    }
}
