//! Files, links and empty folders.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use scaffold::text::tree::File;
use similar::TextDiff;

use crate::support::write_tree;

/// Files by path.
pub type Files = BTreeMap<String, File>;

/// What is in a repository but for scaffold's own files.
#[derive(Clone, Default)]
pub struct Disk {
    pub files: Files,
    /// Symbolic links and where they lead.
    pub links: BTreeMap<String, String>,
    /// Empty folders.
    pub folders: BTreeSet<String>,
}

impl Disk {
    pub fn read(root: &Path) -> Self {
        fn enter(folder: &Path, prefix: &str, into: &mut Disk) -> bool {
            let mut is_empty = true;
            for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
                let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
                if path == ".scaffold" {
                    continue;
                }
                is_empty = false;
                let kind = entry.file_type().unwrap();
                if kind.is_dir() {
                    if enter(&entry.path(), &format!("{path}/"), into) {
                        into.folders.insert(path);
                    }
                } else if kind.is_symlink() {
                    into.links.insert(path, fs::read_link(entry.path()).unwrap().display().to_string());
                } else {
                    let executable = entry.metadata().unwrap().permissions().mode() & 0o100 != 0;
                    into.files.insert(path, File { bytes: fs::read(entry.path()).unwrap(), executable });
                }
            }
            is_empty
        }
        let mut disk = Self::default();
        enter(root, "", &mut disk);
        disk
    }

    pub fn write(&self, root: &Path) {
        write_tree(root, &self.files);
        for folder in &self.folders {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        for (path, to) in &self.links {
            let full = root.join(path);
            fs::create_dir_all(full.parent().unwrap()).unwrap();
            symlink(to, full).unwrap();
        }
    }

    /// Says in what another state differs from this one.
    pub fn compare(&self, found: &Self, report: &mut String) {
        let paths: BTreeSet<&String> = self.files.keys().chain(found.files.keys()).collect();
        for path in paths {
            match (self.files.get(path), found.files.get(path)) {
                (Some(wanted), Some(found)) if wanted == found => {}
                (Some(wanted), Some(found)) => {
                    if wanted.executable != found.executable {
                        let _ = writeln!(report, "  {path}: its executable bit is {}", found.executable);
                    }
                    let [wanted, found] =
                        [wanted, found].map(|file| format!("{}", file.bytes.escape_ascii()).replace("\\n", "\n"));
                    let diff = TextDiff::from_lines(&wanted, &found);
                    let _ = write!(report, "{}", diff.unified_diff().header(path, "found"));
                }
                (Some(_), None) => writeln!(report, "  {path}: missing").unwrap(),
                (None, Some(found)) => {
                    writeln!(report, "  {path}: unexpected, with `{}`", found.bytes.escape_ascii()).unwrap();
                }
                (None, None) => {}
            }
        }
        if self.links != found.links {
            let _ = writeln!(report, "  links: {:?} instead of {:?}", found.links, self.links);
        }
        if self.folders != found.folders {
            let _ = writeln!(report, "  empty folders: {:?} instead of {:?}", found.folders, self.folders);
        }
    }
}
