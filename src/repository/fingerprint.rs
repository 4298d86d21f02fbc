//! What shows that a repository, the program and the catalog are as they were: the metadata of each file that a command
//! looked at and of each folder that it listed. As with git's index, equal metadata proves equal content only where it
//! settled before it was taken.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use sha2::{Digest as _, Sha256};

use crate::base::Base;
use crate::detect::rules;
use crate::disk::git_folder;
use crate::disk::stamp::Stamp;
use crate::repository::{tracked, worktree};
use crate::text::path;

/// Files of a catalog, and folders: a larger one is not remembered.
const MAX_ENTRIES: usize = 100_000;
/// For fewer files a further thread takes more time than it saves.
const PART: usize = 2000;
/// The name in `.scaffold/` that each run takes and gives back.
const LOCK: &str = "lock";

/// The digest of a fingerprint.
pub type Digest = [u8; 32];

/// The metadata of files and folders, by paths that are absolute or below a root. That something is missing counts as well.
#[derive(Debug)]
pub struct Fingerprint {
    root: PathBuf,
    paths: Vec<PathBuf>,
    stamps: Vec<Option<Stamp>>,
    since: SystemTime,
}

impl Fingerprint {
    /// The fingerprint of nothing so far, to be begun before anything is read.
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), paths: Vec::new(), stamps: Vec::new(), since: SystemTime::now() }
    }

    /// Adds what is at these paths.
    pub fn add(&mut self, paths: Vec<PathBuf>) {
        let borrowed: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
        self.stamps.extend(stamps(&self.root, &borrowed));
        self.paths.extend(paths);
    }

    /// Adds a catalog: its folders with everything in them. `false` when they cannot be listed or hold too much.
    pub fn add_catalog(&mut self, folders: &[PathBuf]) -> bool {
        let (mut found, mut unlisted) = (folders.to_vec(), folders.to_vec());
        while let Some(folder) = unlisted.pop() {
            let Ok(entries) = fs::read_dir(&folder) else { return false };
            for entry in entries.flatten() {
                found.push(entry.path());
                if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    unlisted.push(entry.path());
                }
            }
            if found.len() > MAX_ENTRIES {
                return false;
            }
        }
        self.add(found);
        true
    }

    /// Adds a repository: what was generated, what is recorded, and the rules by which git ignores files.
    pub fn add_repository(&mut self, base: &Base) {
        let root = self.root.clone();
        let files = || base.tree.files.keys().map(String::as_str);
        let records = [path::BASE, path::ANSWERS, path::DECISIONS];
        let own = ["undo", ".gitattributes", ".gitignore"].map(|name| path::join(path::FOLDER, name));
        // what is in a folder shows in its own metadata
        let folders: BTreeSet<&str> = files().flat_map(|file| path::upwards(path::parent(file))).chain([""]).collect();
        let is_ruled = |folder: &&str| fs::symlink_metadata(root.join(folder).join(rules::NAME)).is_ok();
        let ignores = folders.iter().filter(|folder| is_ruled(folder)).map(|folder| path::join(folder, rules::NAME));
        let top = worktree::top(&root).unwrap_or(&root);
        let above = root.ancestors().skip(1).take_while(|folder| folder.starts_with(top));
        let first = self.stamps.len();
        let paths = files().chain(records).chain(folders.iter().copied()).map(PathBuf::from);
        let paths = paths.chain(own.into_iter().chain(ignores).map(PathBuf::from));
        let paths = paths.chain(above.map(|folder| folder.join(rules::NAME))).chain(rules::exclude_file(top));
        let paths = paths.chain(git_folder::pointers(top));
        self.add(paths.collect());
        let is_missing = |stamp: &Option<Stamp>| stamp.is_none();
        // whether a missing file is one of a sparse checkout is in git's index
        if self.stamps.iter().skip(first).take(base.tree.files.len()).any(is_missing) {
            self.add(tracked::index_files(&root));
        }
    }

    /// Whether each file would have other metadata, had it changed since this was begun.
    pub fn is_settled(&self) -> bool {
        let since = self.since.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos().cast_signed());
        self.stamps.iter().flatten().all(|stamp| stamp.settles() < since)
    }

    /// A digest of it and of some text.
    pub fn digest(&self, text: &[&[u8]]) -> Digest {
        digest(text, &self.paths, &self.stamps)
    }

    /// The paths, each after a zero byte.
    pub fn paths(&self) -> Vec<u8> {
        self.paths.iter().flat_map(|path| [&[0], path.as_os_str().as_bytes()]).flatten().copied().collect()
    }
}

/// The digest that a fingerprint with these [paths](Fingerprint::paths) has now.
pub fn now(root: &Path, text: &[&[u8]], paths: &[u8]) -> Digest {
    let paths: Vec<&Path> =
        paths.split(|byte| *byte == 0).skip(1).map(|path| Path::new(OsStr::from_bytes(path))).collect();
    digest(text, &paths, &stamps(root, &paths))
}

fn digest(text: &[&[u8]], paths: &[impl AsRef<Path>], stamps: &[Option<Stamp>]) -> Digest {
    let mut hasher = Sha256::new();
    let mut add = |bytes: &[u8]| {
        hasher.update((bytes.len() as u64).to_be_bytes());
        hasher.update(bytes);
    };
    text.iter().for_each(|text| add(text));
    for (path, stamp) in paths.iter().zip(stamps) {
        add(path.as_ref().as_os_str().as_bytes());
        add(stamp.as_ref().map(Stamp::bytes).as_ref().map_or(&[], |bytes| bytes));
    }
    hasher.finalize().into()
}

/// What is at each path now.
fn stamps(root: &Path, paths: &[&Path]) -> Vec<Option<Stamp>> {
    let look = &|paths: &[&Path]| -> Vec<_> { paths.iter().map(|path| Stamp::at(&root.join(path))).collect() };
    if paths.len() <= PART {
        return look(paths);
    }
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let (own, others) = paths.split_at(paths.len().div_ceil(threads));
    thread::scope(|scope| {
        let begin = |part| (part, thread::Builder::new().spawn_scoped(scope, move || look(part)).ok());
        let others: Vec<_> = others.chunks(own.len()).map(begin).collect();
        let mut all = look(own);
        for (part, thread) in others {
            // the system may refuse one
            all.extend(thread.and_then(|thread| thread.join().ok()).unwrap_or_else(|| look(part)));
        }
        all
    })
}

/// What counts beside the metadata of files: where the repository of git begins, and the names of scaffold's own files.
/// The folder that these are in does not count itself, as each run takes and gives back its lock there.
pub fn facts(root: &Path) -> Option<String> {
    let folder = root.join(path::FOLDER);
    let mode = fs::symlink_metadata(&folder).ok()?.mode();
    let mut names: Vec<_> =
        fs::read_dir(&folder).ok()?.map(|entry| Some(entry.ok()?.file_name())).collect::<Option<_>>()?;
    names.retain(|name| name != LOCK);
    names.sort();
    Some(format!("{:?}", (worktree::top(root), mode, names)))
}
