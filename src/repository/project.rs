//! The generated repository: what scaffold recorded in `.scaffold/`, and what is on disk. Reads only.

use crate::answers::file::AnswersFile;
use crate::base::{self, Stored};
use crate::disk::stamp::Stamp;
use crate::disk::{explain, regular};
use crate::plan::decision::{self, Decisions};
use crate::plan::operation::changed;
use crate::plan::{Block, Ours};
use crate::text::error::UserError;
use crate::text::path;
use crate::text::tree::{File, RelPath};
use anyhow::Result;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::{OsStr, OsString};
use std::fs::{self, FileType, Metadata};
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Component, Path, PathBuf};

/// A target folder, which may not exist yet.
#[derive(Clone, Debug)]
pub struct Project {
    /// As the user gave it.
    target: PathBuf,
    root: PathBuf,
    missing: Option<Missing>,
    /// Of [`RECORDS`], when it was opened.
    seen: [Option<Stamp>; 3],
}

/// What an update starts from and replaces.
const RECORDS: [&str; 3] = [path::BASE, path::ANSWERS, path::DECISIONS];

/// The part of the target's path that does not exist.
#[derive(Clone, Debug)]
pub(crate) struct Missing {
    /// The deepest folder that exists.
    pub parent: PathBuf,
    /// Its entry that does not.
    pub first: OsString,
    /// The path below that entry, down to the target.
    pub rest: PathBuf,
}

impl Project {
    /// Looks at a target folder; writes nothing.
    pub fn open(target: &Path) -> Result<Self> {
        let absolute = std::path::absolute(target).map_err(|error| explain(error, "find", target))?;
        let mut parent = absolute.as_path();
        let mut below: Vec<&OsStr> = Vec::new();
        let found = loop {
            match fs::metadata(parent) {
                Ok(found) => break found,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) if error.kind() == io::ErrorKind::NotADirectory => {}
                Err(error) => return Err(explain(error, "read", parent)),
            }
            if fs::symlink_metadata(parent).is_ok() {
                return Err(UserError::new(format!("`{}` is a symbolic link to nothing", parent.display())).into());
            }
            match (parent.components().next_back(), parent.parent()) {
                (Some(Component::Normal(name)), Some(up)) => {
                    below.push(name);
                    parent = up;
                }
                _ => {
                    let message = format!("`{}` does not lead to a folder", target.display());
                    return Err(UserError::new(message).hint("give the path without `..`").into());
                }
            }
        };
        if !found.is_dir() {
            return Err(UserError::new(format!("`{}` is not a folder", parent.display()))
                .hint("choose another target folder")
                .into());
        }
        let parent = fs::canonicalize(parent).map_err(|error| explain(error, "read", parent))?;
        let rest: PathBuf = below.iter().rev().skip(1).collect();
        let missing = below.last().map(|first| Missing { parent: parent.clone(), first: first.into(), rest });
        let root = match &missing {
            // `join("")` would leave a final slash.
            Some(Missing { rest, first, .. }) if rest.as_os_str().is_empty() => parent.join(first),
            Some(Missing { rest, first, .. }) => parent.join(first).join(rest),
            None => parent,
        };
        let seen = RECORDS.map(|path| Stamp::at(&root.join(path)));
        Ok(Self { target: target.to_owned(), root, missing, seen })
    }

    /// The target folder: absolute, without links.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether the target folder existed when it was opened.
    pub fn exists(&self) -> bool {
        self.missing.is_none()
    }

    pub(crate) fn missing(&self) -> Option<&Missing> {
        self.missing.as_ref()
    }

    /// The recorded base.
    ///
    /// # Errors
    /// When it cannot be read, or has a record of one of scaffold's own files, which no run writes.
    pub fn base(&self) -> Result<Stored> {
        let Some(bytes) = self.recorded(path::BASE)? else { return Ok(Stored::Missing) };
        let stored = base::parse(&bytes);
        if let Stored::Sound(base) | Stored::Healed(base) | Stored::Damaged { base, .. } = &stored
            && let Some(path) = base.tree.files.keys().chain(base.others.keys()).find(|path| path::is_record(path))
        {
            return Err(UserError::new(format!("`{}` has a record of `{path}`, which no run writes", path::BASE))
                .hint("bring `.scaffold/base` back from the history of the repository")
                .into());
        }
        Ok(stored)
    }

    /// The recorded answers.
    pub fn answers(&self) -> Result<Option<AnswersFile>> {
        let Some(bytes) = self.recorded(path::ANSWERS)? else { return Ok(None) };
        Ok(Some(AnswersFile::parse(&self.shown(path::ANSWERS), bytes)?))
    }

    /// The recorded decisions; none where nothing is recorded.
    pub fn decisions(&self) -> Result<Decisions> {
        let Some(bytes) = self.recorded(path::DECISIONS)? else { return Ok(Decisions::default()) };
        Ok(decision::parse(&self.shown(path::DECISIONS), &bytes)?)
    }

    /// Refuses to replace records that another run has replaced since the project was opened. To be asked while the
    /// lock is held.
    ///
    /// # Errors
    /// When there are any; all are named.
    pub fn refuse_changed(&self) -> Result<()> {
        let touched = RECORDS.iter().zip(&self.seen).filter(|(path, seen)| Stamp::at(&self.root.join(path)) != **seen);
        let touched: Vec<RelPath> = touched.map(|(path, _)| (*path).to_owned()).collect();
        if touched.is_empty() {
            return Ok(());
        }
        Err(UserError::with_hint(changed(&touched), "nothing was written").into())
    }

    /// A path of the project in messages, from where the user stands; an empty one is the project itself.
    pub fn shown(&self, rel: &str) -> String {
        let target = self.target.components().filter(|part| *part != Component::CurDir);
        let path: PathBuf = target.chain(Path::new(rel).components()).collect();
        if path.as_os_str().is_empty() { ".".into() } else { path.display().to_string() }
    }

    /// One of the files in `.scaffold/`.
    pub(crate) fn recorded(&self, rel: &str) -> Result<Option<Vec<u8>>> {
        match Folders::new(&self.root).look(rel)? {
            Ours::File(file) => Ok(Some(file.bytes)),
            Ours::Missing => Ok(None),
            other => Err(UserError::new(format!("cannot read `{rel}`: {}", crate::plan::describe(&other))).into()),
        }
    }

    /// What is on disk at each path. Every folder on the way is listed once and only files that exist are opened.
    ///
    /// A symbolic link on the way to a file is refused, wherever it leads: what is written stays in real folders.
    /// Of a target that does not exist nothing is returned, which means the same as that every path is missing.
    pub fn ours<'p>(&self, paths: impl IntoIterator<Item = &'p RelPath>) -> Result<BTreeMap<RelPath, Ours>> {
        if !self.exists() {
            return Ok(BTreeMap::new());
        }
        let mut folders = Folders::new(&self.root);
        // a path that was generated and is generated again is named twice
        let paths: BTreeSet<&RelPath> = paths.into_iter().collect();
        paths.into_iter().map(|path| Ok((path.clone(), folders.look(path)?))).collect()
    }

    /// Which of some paths have something at them, whatever it is. Opens no file.
    pub fn present<'p>(&self, paths: &'p [RelPath]) -> Result<BTreeSet<&'p RelPath>> {
        let mut present = BTreeSet::new();
        if self.exists() {
            let mut folders = Folders::new(&self.root);
            for path in paths {
                if folders.has(path)? {
                    present.insert(path);
                }
            }
        }
        Ok(present)
    }
}

/// The listings of the folders that were looked into.
struct Folders<'r> {
    root: &'r Path,
    known: HashMap<String, Folder>,
}

enum Folder {
    Missing,
    Blocked { by: RelPath, why: Block },
    Real { names: HashMap<OsString, FileType>, folded: HashMap<String, OsString> },
}

impl<'r> Folders<'r> {
    fn new(root: &'r Path) -> Self {
        Self { root, known: HashMap::new() }
    }

    fn look(&mut self, rel: &str) -> Result<Ours> {
        path::check(rel)?;
        let folder = path::parent(rel);
        self.enter(folder)?;
        let found = match self.known.get(folder) {
            None | Some(Folder::Missing) => return Ok(Ours::Missing),
            Some(Folder::Blocked { by, why }) => return Ok(Ours::Blocked { by: by.clone(), why: *why }),
            Some(Folder::Real { names, folded }) => {
                match (names.get(OsStr::new(path::name(rel))), folded.get(&path::fold(path::name(rel)))) {
                    (Some(kind), _) => *kind,
                    (None, Some(other)) => {
                        let by = path::join(folder, &other.to_string_lossy());
                        return Ok(Ours::Blocked { by, why: Block::OtherCase });
                    }
                    (None, None) => return Ok(Ours::Missing),
                }
            }
        };
        Ok(if found.is_file() {
            read(&self.root.join(rel))?.map_or(Ours::Missing, |(file, _)| Ours::File(file))
        } else if found.is_dir() {
            Ours::Directory { files: files_below(&self.root.join(rel), rel)? }
        } else if found.is_symlink() {
            Ours::Symlink
        } else {
            Ours::Other
        })
    }

    fn has(&mut self, rel: &str) -> Result<bool> {
        path::check(rel)?;
        self.enter(path::parent(rel))?;
        Ok(match self.known.get(path::parent(rel)) {
            Some(Folder::Real { names, .. }) => names.contains_key(OsStr::new(path::name(rel))),
            _ => false,
        })
    }

    /// Makes sure that `folder` is known.
    fn enter(&mut self, folder: &str) -> Result<()> {
        if self.known.contains_key(folder) {
            return Ok(());
        }
        let state = if folder.is_empty() {
            self.list(folder)?
        } else {
            let parent = path::parent(folder);
            self.enter(parent)?;
            match self.known.get(parent) {
                None | Some(Folder::Missing) => Folder::Missing,
                Some(Folder::Blocked { by, why }) => Folder::Blocked { by: by.clone(), why: *why },
                Some(Folder::Real { names, folded }) => match names.get(OsStr::new(path::name(folder))) {
                    Some(kind) if kind.is_dir() => self.list(folder)?,
                    Some(kind) if kind.is_symlink() => return Err(link_on_the_way(&self.root.join(folder), folder)),
                    Some(_) => Folder::Blocked { by: folder.to_owned(), why: Block::NotAFolder },
                    None => match folded.get(&path::fold(path::name(folder))) {
                        Some(other) => {
                            Folder::Blocked { by: path::join(parent, &other.to_string_lossy()), why: Block::OtherCase }
                        }
                        None => Folder::Missing,
                    },
                },
            }
        };
        self.known.insert(folder.to_owned(), state);
        Ok(())
    }

    fn list(&self, folder: &str) -> Result<Folder> {
        let full = self.root.join(folder);
        let entries = match fs::read_dir(&full) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Folder::Missing),
            Err(error) => return Err(explain(error, "read the folder", &full)),
        };
        let (mut names, mut folded) = (HashMap::new(), HashMap::new());
        for entry in entries {
            let entry = entry.map_err(|error| explain(error, "read the folder", &full))?;
            let kind = entry.file_type().map_err(|error| explain(error, "read", &entry.path()))?;
            let name = entry.file_name();
            if let Some(text) = name.to_str() {
                folded.insert(path::fold(text), name.clone());
            }
            names.insert(name, kind);
        }
        Ok(Folder::Real { names, folded })
    }
}

/// The maximum number of files listed in a folder that a generated file would replace.
const MAX_FILES: usize = 1_000;

/// Everything in a folder but folders, sorted, without following links. Where there is too much of it the list is cut
/// off, and its last element is `folder/`, which is the path of no file.
pub(crate) fn files_below(full: &Path, folder: &str) -> Result<Vec<RelPath>> {
    fn enter(full: &Path, folder: &str, into: &mut Vec<RelPath>) -> Result<()> {
        let failed = |error| explain(error, "read the folder", full);
        for entry in fs::read_dir(full).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let path = path::join(folder, &entry.file_name().to_string_lossy());
            if into.len() > MAX_FILES {
                break;
            } else if entry.file_type().map_err(failed)?.is_dir() {
                enter(&entry.path(), &path, into)?;
            } else {
                into.push(path);
            }
        }
        Ok(())
    }
    let mut files = Vec::new();
    enter(full, folder, &mut files)?;
    files.sort();
    if files.len() > MAX_FILES {
        files.truncate(MAX_FILES);
        files.push(format!("{folder}/"));
    }
    Ok(files)
}

/// The error for a link where a folder is expected.
pub(crate) fn link_on_the_way(full: &Path, rel: &str) -> anyhow::Error {
    let to = fs::read_link(full).map(|to| format!(" to `{}`", to.display())).unwrap_or_default();
    UserError::new(format!("`{rel}` is a symbolic link{to}, and scaffold does not write through links"))
        .hint(format!("put a folder in place of `{rel}`"))
        .into()
}

/// Larger files are not read, neither records nor what stands at the path of a generated file: a file with holes can have
/// any size. The base of two thousand files takes 10 MB.
const MAX_BYTES: u64 = 128 * 1024 * 1024;

/// A regular file with its properties; `None` if there is none. Does not follow a link.
pub(crate) fn read(path: &Path) -> Result<Option<(File, Metadata)>> {
    let failed = |error| explain(error, "read", path);
    let file = match regular::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let found = file.metadata().map_err(failed)?;
    let too_large = || {
        UserError::new(format!("`{}` is larger than {} MiB", path.display(), MAX_BYTES >> 20))
            .hint("scaffold generates no such files; move it to another place, or delete it")
    };
    if found.len() > MAX_BYTES {
        return Err(too_large().into());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(found.len()).unwrap_or(0));
    // `take` spares the two calls by which `File` would ask for the size again.
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(too_large().into());
    }
    let executable = found.mode() & 0o100 != 0;
    Ok(Some((File { bytes, executable }, found)))
}

#[cfg(test)]
mod tests;
