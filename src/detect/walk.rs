//! The files of a folder that can tell something, within bounds: no link is followed, nothing that git ignores or a
//! package manager wrote is entered, and neither depth nor number nor size is without end.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Result;
use ignore::{DirEntry, WalkBuilder, WalkState};
use rustix::io::Errno;

use super::finding::Note;
use super::rules::{self, Rules};
use super::wanted::is_wanted;
use crate::disk::{explain, regular};
use crate::text::error::UserError;
use crate::text::path;

/// Folders below the first one. Sources of Java lie about ten deep.
const DEEPEST: usize = 16;
/// Entries that are looked at.
const MAX_ENTRIES: usize = 500_000;
/// Files of interest that are kept, the shallow ones first.
const MAX_FILES: usize = 20_000;
/// Bytes of a file.
const LARGEST: u64 = 1024 * 1024;
/// Bytes of all files that are read.
const MAX_BYTES: u64 = 64 * 1024 * 1024;
/// Notes that are kept.
const MAX_NOTES: usize = 1000;

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
#[derive(Debug)]
pub struct Files {
    root: PathBuf,
    paths: Vec<String>,
    known: HashSet<String>,
    folders: Vec<PathBuf>,
    notes: RefCell<Vec<Note>>,
    read: Cell<u64>,
}

impl Files {
    /// Walks through a folder on every core.
    ///
    /// # Errors
    /// When it is not a folder, or cannot be listed.
    pub fn below(root: &Path) -> Result<Self> {
        Self::matching(root, is_wanted)
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What the folder is called.
    pub fn name(&self) -> Option<String> {
        Some(self.root.canonicalize().ok()?.file_name()?.to_str()?.to_owned())
    }

    /// The files below a folder whose path is wanted.
    ///
    /// # Errors
    /// As [`Files::below`].
    pub fn matching(root: &Path, is_wanted: impl Fn(&str) -> bool + Sync) -> Result<Self> {
        if !root.metadata().map_err(|error| missing(error, root))?.is_dir() {
            return Err(UserError::new(format!("`{}` is not a folder", root.display())).into());
        }
        let (found, notes, folders) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()), Mutex::new(Vec::new()));
        let (entries, rules) = (AtomicUsize::new(0), Rules::of_repository(root));
        let note = |file: String, message: String| push(&notes, Note { file, message }, MAX_NOTES);
        let walk = WalkBuilder::new(root)
            .standard_filters(false)
            .max_depth(Some(DEEPEST))
            .threads(std::thread::available_parallelism().map_or(1, usize::from))
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
                if entries.fetch_add(1, Ordering::Relaxed) >= MAX_ENTRIES {
                    return WalkState::Quit;
                }
                let Ok(below) = entry.path().strip_prefix(root) else { return WalkState::Continue };
                let (is_folder, is_file) =
                    entry.file_type().map_or((false, false), |kind| (kind.is_dir(), kind.is_file()));
                if entry.depth() > 0 && (is_foreign(&entry) || rules.ignore(below, is_folder)) {
                    return WalkState::Skip;
                }
                if is_folder && entry.depth() == DEEPEST {
                    note(below.display().to_string(), format!("is {DEEPEST} folders deep and was not entered"));
                } else if is_folder || entry.depth() == 0 {
                    lock(&folders).push(below.to_owned());
                    if let Err(why) = rules.enter(root, below) {
                        note(below.join(rules::NAME).display().to_string(), why);
                    }
                } else if is_file {
                    match below.to_str() {
                        Some(path) if is_wanted(path) => push(&found, (entry.depth(), path.to_owned()), MAX_FILES),
                        Some(_) => {}
                        None => note(below.display().to_string(), "has a name that is not UTF-8".into()),
                    }
                }
                WalkState::Continue
            })
        });
        if entries.into_inner() > MAX_ENTRIES {
            note(String::new(), format!("has more than {MAX_ENTRIES} files, of which the rest was not looked at"));
        }
        // by depth first, as the files near the top tell most
        let mut found = into_inner(found);
        found.sort_unstable();
        if found.len() > MAX_FILES {
            note(
                String::new(),
                format!("has more than {MAX_FILES} files of interest, of which the deepest were left out"),
            );
            found.truncate(MAX_FILES);
        }
        let paths: Vec<String> = found.into_iter().map(|(_, path)| path).collect();
        let known = paths.iter().cloned().collect();
        let (notes, folders) = (RefCell::new(into_inner(notes)), into_inner(folders));
        Ok(Self { root: root.to_owned(), paths, known, folders, notes, read: Cell::new(0) })
    }

    /// The paths, relative and with `/`; the shallow ones first.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(String::as_str)
    }

    /// Those of the files that are wanted, of which nothing is read yet.
    #[must_use]
    pub fn only(&self, is_wanted: impl Fn(&str) -> bool) -> Self {
        let paths: Vec<String> = self.paths().filter(|path| is_wanted(path)).map(str::to_owned).collect();
        Self {
            root: self.root.clone(),
            known: paths.iter().cloned().collect(),
            paths,
            folders: self.folders.clone(),
            notes: RefCell::default(),
            read: Cell::new(0),
        }
    }

    /// Whether a bound was reached, so that there can be more than was found or read.
    pub fn is_cut(&self) -> bool {
        self.notes.borrow().iter().any(|note| note.file.is_empty())
    }

    /// The folders that were listed, relative, in no order.
    pub fn folders(&self) -> &[PathBuf] {
        &self.folders
    }

    /// The files in a folder that was listed, of interest or not; sorted.
    pub fn inside(&self, folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(self.root.join(folder)).into_iter().flatten().flatten();
        let is_file = |entry: &std::fs::DirEntry| entry.file_type().is_ok_and(|kind| kind.is_file());
        let paths =
            entries.filter(is_file).filter_map(|entry| folder.join(entry.file_name()).to_str().map(str::to_owned));
        let mut paths: Vec<String> = paths.take(MAX_FILES).collect();
        paths.sort();
        paths
    }

    /// The paths whose last part is this one.
    pub fn named(&self, name: &str) -> impl Iterator<Item = &str> {
        self.paths().filter(move |path| path::name(path) == name)
    }

    /// Whether there is such a file of interest.
    pub fn has(&self, path: &str) -> bool {
        self.known.contains(path)
    }

    /// Whether there is such a regular file, of interest or not.
    pub fn is_file(&self, path: &str) -> bool {
        self.has(path) || self.root.join(path).symlink_metadata().is_ok_and(|found| found.is_file())
    }

    /// The text of a file, or a note why it has none.
    pub fn text(&self, path: &str) -> Option<String> {
        if self.read.get() > MAX_BYTES {
            let most = MAX_BYTES / 1024 / 1024;
            self.note("", format!("has more than {most} MiB in files of interest, of which the rest was not read"));
            return None;
        }
        let text = read(&self.root.join(path), LARGEST);
        let length = match &text {
            Ok(text) => text.len() as u64,
            Err(Refusal::NotUtf8(length)) => *length,
            Err(_) => 0,
        };
        self.read.set(self.read.get() + length);
        text.map_err(|refusal| self.note(path, refusal.to_string())).ok()
    }

    /// The text of a file that may not be there.
    pub fn text_if_any(&self, path: &str) -> Option<String> {
        self.has(path).then(|| self.text(path)).flatten()
    }

    /// A file in a folder at the top into which the walk does not go.
    pub fn hidden(&self, path: &str) -> Option<String> {
        let folder = self.root.join(path::parent(path));
        folder.symlink_metadata().ok().filter(std::fs::Metadata::is_dir)?;
        read(&self.root.join(path), LARGEST).ok()
    }

    /// Notes that a file tells nothing.
    pub fn note(&self, file: &str, message: impl Into<String>) {
        // what a parser quotes of the file stays out: it could be a secret
        self.notes.borrow_mut().push(Note { file: file.to_owned(), message: message.into() });
    }

    /// The notes so far.
    pub fn notes(&self) -> Vec<Note> {
        self.notes.borrow().clone()
    }

    /// All notes, sorted; none is left.
    pub fn take_notes(&self) -> Vec<Note> {
        let mut notes = self.notes.take();
        notes.sort();
        notes.dedup();
        if notes.len() > MAX_NOTES {
            notes.truncate(MAX_NOTES);
            notes.push(Note { file: String::new(), message: "has more notes, of which the rest was left out".into() });
        }
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
    error.io_error().map_or_else(|| "it has changed meanwhile".to_owned(), |error| error.kind().to_string())
}

fn missing(error: io::Error, root: &Path) -> anyhow::Error {
    match error.kind() {
        io::ErrorKind::NotFound => UserError::new(format!("there is no folder `{}`", root.display())).into(),
        _ => explain(error, "read the folder", root),
    }
}

/// Why a file has no text, as a clause.
pub enum Refusal {
    /// There is no such file.
    Missing,
    /// It is of a kind that is not read.
    Is(&'static str),
    /// It has so many bytes, and they are not UTF-8.
    NotUtf8(u64),
    /// It has more bytes than this.
    Larger(u64),
    /// It cannot be read.
    Failed(io::Error),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("is not there"),
            Self::Is(what) => write!(f, "is {what}"),
            Self::NotUtf8(_) => f.write_str("is not UTF-8"),
            Self::Larger(most) if *most < 1024 * 1024 => write!(f, "is larger than {} KiB", most / 1024),
            Self::Larger(most) => write!(f, "is larger than {} MiB", most / 1024 / 1024),
            Self::Failed(error) => write!(f, "cannot be read: {}", error.kind()),
        }
    }
}

/// The text of a regular file of at most so many bytes.
pub fn read(path: &Path, most: u64) -> Result<String, Refusal> {
    let file = regular::open(path).map_err(|error| match Errno::from_io_error(&error) {
        Some(Errno::NOENT) => Refusal::Missing,
        Some(Errno::LOOP) => Refusal::Is("a link"),
        _ => Refusal::Failed(error),
    })?;
    let found = file.metadata().map_err(Refusal::Failed)?;
    if !found.is_file() {
        return Err(Refusal::Is("not a file"));
    }
    if found.len() > most {
        return Err(Refusal::Larger(most));
    }
    let bytes = regular::bytes(file, most).map_err(Refusal::Failed)?.ok_or(Refusal::Larger(most))?;
    if let Some(text) = utf16(&bytes) {
        return Ok(text);
    }
    let text = String::from_utf8(bytes).map_err(|error| Refusal::NotUtf8(error.as_bytes().len() as u64))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// The text of UTF-16 with its mark, which PowerShell writes: `pip freeze > requirements.txt`.
fn utf16(bytes: &[u8]) -> Option<String> {
    let unit: fn([u8; 2]) -> u16 = match bytes.get(..2)? {
        [0xff, 0xfe] => u16::from_le_bytes,
        [0xfe, 0xff] => u16::from_be_bytes,
        _ => return None,
    };
    let units = bytes.get(2..)?.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units).collect::<Result<_, _>>().ok()
}

/// Adds to a list of which only the first ones, when it is sorted, are wanted, and one more that tells of the rest.
fn push<T: Ord>(list: &Mutex<Vec<T>>, one: T, most: usize) {
    let mut list = lock(list);
    list.push(one);
    if list.len() > 4 * most {
        list.sort_unstable();
        list.truncate(most + 1);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn into_inner<T>(mutex: Mutex<T>) -> T {
    mutex.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
}
