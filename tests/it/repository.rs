//! A generated repository to work with.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use scaffold::text::tree::File;
use tempfile::TempDir;

use crate::scene::{program, put, snapshot};
use crate::support::{read_tree, root};

/// `project/` in a folder of its own.
pub struct Repository {
    place: TempDir,
    /// Every command needs it, unless the catalog is the built-in one.
    templates: Option<PathBuf>,
}

impl Repository {
    /// With the built-in catalog.
    pub fn built_in() -> Self {
        static MADE: OnceLock<Repository> = OnceLock::new();
        let made = MADE.get_or_init(|| Self::made(None, &["--preset", "mongodb-atlas-on-aws"]));
        let copy = Self { place: tempfile::tempdir().unwrap(), templates: None };
        assert!(Command::new("cp").arg("-a").arg(made.path()).arg(copy.place.path()).status().unwrap().success());
        copy
    }

    /// With a catalog of a few files.
    pub fn small() -> Self {
        Self::made(Some(root().join("tests/catalogs/small/templates")), &["--preset", "shop"])
    }

    /// With the built-in catalog and answers of one's own.
    pub fn answered(sets: &[&str]) -> Self {
        let sets = sets.iter().flat_map(|set| ["--set", set]);
        Self::made(None, &["--preset", "mongodb-atlas-on-aws"].into_iter().chain(sets).collect::<Vec<_>>())
    }

    /// With the built-in catalog, in a place whose `project/` holds files already; those stay.
    pub fn around(place: TempDir) -> Self {
        let made = Self { place, templates: None };
        let init = ["init", "project", "--yes", "--preset", "mongodb-atlas-on-aws"];
        made.run_from(made.place.path(), &init);
        assert!(made.path().join(".scaffold/base").exists());
        made
    }

    fn made(templates: Option<PathBuf>, args: &[&str]) -> Self {
        let made = Self { place: tempfile::tempdir().unwrap(), templates };
        let output = made.run_from(made.place.path(), &[&["init", "project", "--yes"], args].concat());
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        made
    }

    pub fn path(&self) -> PathBuf {
        self.place.path().join("project")
    }

    /// Runs a command in the repository.
    pub fn run(&self, args: &[&str]) -> Output {
        self.run_from(&self.path(), args)
    }

    /// The same elsewhere.
    pub fn run_from(&self, folder: &Path, args: &[&str]) -> Output {
        let mut command = program(folder);
        command.args(args);
        if let Some(templates) = self.templates.as_ref().filter(|_| !["undo", "restore"].contains(&args[0])) {
            command.arg("--templates").arg(templates);
        }
        command.output().unwrap()
    }

    /// Runs a command that ends with a status; what it printed, first on stdout, then on stderr.
    #[track_caller]
    pub fn says(&self, status: i32, args: &[&str]) -> String {
        let output = self.run(args);
        let said = text(&output.stdout) + &text(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{args:?}: {said}");
        said
    }

    /// Updates without a question.
    #[track_caller]
    pub fn update(&self, status: i32, sets: &[&str]) -> String {
        let sets = sets.iter().flat_map(|set| ["--set", set]);
        self.says(status, &["update", "--yes"].into_iter().chain(sets).collect::<Vec<_>>())
    }

    pub fn file(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
    }

    pub fn write(&self, path: &str, text: &str) {
        put(&self.path(), path, text, 0o644);
    }

    /// Replaces a text that must be there.
    #[track_caller]
    pub fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.file(path);
        assert!(text.contains(from), "{path} has no `{from}`:\n{text}");
        fs::write(self.path().join(path), text.replacen(from, to, 1)).unwrap();
    }

    /// Adds a line at the end.
    pub fn append(&self, path: &str, line: &str) {
        fs::write(self.path().join(path), self.file(path) + line + "\n").unwrap();
    }

    pub fn remove(&self, path: &str) {
        fs::remove_file(self.path().join(path)).unwrap();
    }

    /// All files but those of git and what can be taken back.
    pub fn tree(&self) -> BTreeMap<String, File> {
        let mut tree = read_tree(&self.path());
        tree.retain(|path, _| !path.starts_with(".git/") && !path.starts_with(".scaffold/undo/"));
        tree
    }

    /// Everything, with the times of changes.
    pub fn untouched(&self) -> BTreeMap<String, (i64, i64)> {
        let times = |path: &String| {
            let found = fs::symlink_metadata(self.path().join(path)).unwrap();
            (found.mtime(), found.mtime_nsec())
        };
        snapshot(&self.path()).into_keys().chain([String::new()]).map(|path| (path.clone(), times(&path))).collect()
    }

    /// Runs git here, with nobody's configuration but the repository's.
    #[track_caller]
    pub fn git(&self, args: &[&str]) -> String {
        let output = git(&self.path()).args(args).output().unwrap();
        assert!(output.status.success(), "git {args:?}: {}{}", text(&output.stdout), text(&output.stderr));
        text(&output.stdout)
    }

    pub fn commit(&self) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-qm", "x"]);
    }
}

/// Git without the configuration of whoever runs the tests.
pub fn git(folder: &Path) -> Command {
    let mut git = Command::new("git");
    git.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("GIT_CONFIG_NOSYSTEM", "1");
    for role in ["AUTHOR", "COMMITTER"] {
        git.env(format!("GIT_{role}_NAME"), "t").env(format!("GIT_{role}_EMAIL"), "t@example.org");
    }
    git.env("GIT_CEILING_DIRECTORIES", folder.parent().unwrap()).current_dir(folder);
    git
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The paths in which two trees differ.
#[track_caller]
pub fn assert_same(found: &BTreeMap<String, File>, wanted: &BTreeMap<String, File>) {
    let paths: std::collections::BTreeSet<&String> = found.keys().chain(wanted.keys()).collect();
    let differ: Vec<_> = paths.into_iter().filter(|path| found.get(*path) != wanted.get(*path)).collect();
    assert!(differ.is_empty(), "{differ:?} differ");
}
