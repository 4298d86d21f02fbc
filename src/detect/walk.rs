//! The files of a folder that can tell something, within bounds: no link is followed, nothing that git ignores or a
//! package manager wrote is entered, and neither depth nor number nor size is without end.

use std::cell::RefCell;
use std::collections::HashSet;
use std::fs::OpenOptions;
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Result;
use ignore::{DirEntry, WalkBuilder, WalkState};
use rustix::fs::OFlags;

use super::finding::Note;
use super::wanted::is_wanted;
use crate::disk::explain;
use crate::error::UserError;
use crate::path;

/// Folders below the first one. Sources of Java lie about ten deep.
const DEEPEST: usize = 16;
/// Entries that are looked at.
const MOST_ENTRIES: usize = 500_000;
/// Files of interest that are kept, the shallow ones first.
const MOST_FILES: usize = 20_000;
/// Bytes of a file.
const LARGEST: u64 = 1024 * 1024;

/// Folders of others or of tools, whether or not git ignores them.
const FOREIGN: [&str; 17] = [
    ".cache",
    ".git",
    ".gradle",
    ".idea",
    ".mypy_cache",
    ".next",
    ".nuxt",
    ".scaffold",
    ".terraform",
    ".tox",
    ".venv",
    ".yarn",
    "__pycache__",
    "bower_components",
    "node_modules",
    "vendor",
    "venv",
];

/// The files of interest below a folder.
pub struct Files {
    root: PathBuf,
    paths: Vec<String>,
    known: HashSet<String>,
    notes: RefCell<Vec<Note>>,
}

impl Files {
    /// Walks through a folder on every core.
    ///
    /// # Errors
    /// When it is not a folder, or cannot be listed.
    pub fn below(root: &Path) -> Result<Self> {
        if !root.metadata().map_err(|error| missing(error, root))?.is_dir() {
            return Err(UserError::new(format!("`{}` is not a folder", root.display())).into());
        }
        let (found, notes) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
        let entries = AtomicUsize::new(0);
        let note = |file: String, message: String| lock(&notes).push(Note { file, message });
        let walk = WalkBuilder::new(root)
            .standard_filters(false)
            .git_ignore(true)
            .require_git(false)
            .max_depth(Some(DEEPEST))
            .threads(std::thread::available_parallelism().map_or(1, usize::from))
            .filter_entry(|entry| !is_foreign(entry))
            .build_parallel();
        walk.run(|| {
            Box::new(|entry| {
                let entry = match entry {
                    Ok(entry) => entry,
                    Err(error) => {
                        note(String::new(), format!("cannot be read in part: {}", why(&error)));
                        return WalkState::Continue;
                    }
                };
                if entries.fetch_add(1, Ordering::Relaxed) >= MOST_ENTRIES {
                    return WalkState::Quit;
                }
                let Ok(below) = entry.path().strip_prefix(root) else { return WalkState::Continue };
                let kind = entry.file_type();
                if kind.is_some_and(|kind| kind.is_dir()) && entry.depth() == DEEPEST {
                    note(below.display().to_string(), format!("is {DEEPEST} folders deep and was not entered"));
                } else if kind.is_some_and(|kind| kind.is_file()) {
                    match below.to_str() {
                        Some(path) if is_wanted(path) => lock(&found).push(path.to_owned()),
                        Some(_) => {}
                        None => note(below.display().to_string(), "has a name that is not UTF-8".into()),
                    }
                }
                WalkState::Continue
            })
        });
        if entries.into_inner() > MOST_ENTRIES {
            note(String::new(), format!("has more than {MOST_ENTRIES} files, of which the rest was not looked at"));
        }
        let mut paths = into_inner(found);
        // by depth first, as the files near the top tell most
        paths.sort_by_cached_key(|path| (path.matches('/').count(), path.clone()));
        if paths.len() > MOST_FILES {
            note(
                String::new(),
                format!("has more than {MOST_FILES} files of interest, of which the deepest were left out"),
            );
            paths.truncate(MOST_FILES);
        }
        let known = paths.iter().cloned().collect();
        Ok(Self { root: root.to_owned(), paths, known, notes: RefCell::new(into_inner(notes)) })
    }

    /// The paths, relative and with `/`; the shallow ones first.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(String::as_str)
    }

    /// The paths whose last part is this one.
    pub fn named(&self, name: &str) -> impl Iterator<Item = &str> {
        self.paths().filter(move |path| path::name(path) == name)
    }

    /// Whether there is such a file of interest.
    pub fn has(&self, path: &str) -> bool {
        self.known.contains(path)
    }

    /// The text of a file, or a note why it has none.
    pub fn text(&self, path: &str) -> Option<String> {
        match read(&self.root.join(path)) {
            Ok(text) => Some(text),
            Err(why) => {
                self.note(path, why);
                None
            }
        }
    }

    /// The text of a file that may not be there.
    pub fn text_if_any(&self, path: &str) -> Option<String> {
        self.has(path).then(|| self.text(path)).flatten()
    }

    /// A file in a folder at the top into which the walk does not go.
    pub fn hidden(&self, path: &str) -> Option<String> {
        let folder = self.root.join(path::parent(path));
        folder.symlink_metadata().ok().filter(std::fs::Metadata::is_dir)?;
        read(&self.root.join(path)).ok()
    }

    /// Notes that a file tells nothing.
    pub fn note(&self, file: &str, message: impl Into<String>) {
        // what a parser quotes of the file stays out: it could be a secret
        self.notes.borrow_mut().push(Note { file: file.to_owned(), message: message.into() });
    }

    /// All notes, sorted.
    pub fn into_notes(self) -> Vec<Note> {
        let mut notes = self.notes.into_inner();
        notes.sort();
        notes.dedup();
        notes
    }
}

fn is_foreign(entry: &DirEntry) -> bool {
    entry.depth() > 0
        && entry.file_type().is_some_and(|kind| kind.is_dir())
        && entry.file_name().to_str().is_some_and(|name| FOREIGN.contains(&name))
}

/// The reason without the path, which could be absolute.
fn why(error: &ignore::Error) -> String {
    error.io_error().map_or_else(|| "a rule of `.gitignore` is wrong".to_owned(), |error| error.kind().to_string())
}

fn missing(error: io::Error, root: &Path) -> anyhow::Error {
    match error.kind() {
        io::ErrorKind::NotFound => UserError::new(format!("there is no folder `{}`", root.display())).into(),
        _ => explain(error, "read the folder", root),
    }
}

/// The text of a regular file of bounded size; else why not, as a clause.
fn read(path: &Path) -> Result<String, String> {
    // Without blocking: between the listing and now it may have become a pipe or a link.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path);
    let cannot = |error: io::Error| format!("cannot be read: {}", error.kind());
    let file = file.map_err(cannot)?;
    let found = file.metadata().map_err(cannot)?;
    if !found.is_file() {
        return Err("is not a file".into());
    }
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() as u64 > LARGEST {
        return Err("is larger than 1 MiB".into());
    }
    let text = String::from_utf8(bytes).map_err(|_| "is not UTF-8".to_owned())?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn into_inner<T>(mutex: Mutex<T>) -> T {
    mutex.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
}
