//! Looks whether the disk still is as it was when the plan was made, and groups operations into exchanges.

use crate::apply::journal::EntryKind;
use crate::disk;
use crate::disk::stamp::Stamp;
use crate::plan::operation::{Action, Before, Operation, changed};
use crate::repository::project::{files_below, link_on_the_way, read};
use crate::text::checksum::Sum;
use crate::text::error::UserError;
use crate::text::path;
use crate::text::tree::File;
use anyhow::Result;
use std::collections::{HashMap, HashSet};
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

/// An entry in the making.
pub(crate) struct Exchange<'a> {
    pub(crate) kind: EntryKind,
    pub(crate) path: String,
    pub(crate) before: Option<Sum>,
    /// The original at the time of inspection.
    pub(crate) stamp: Option<Stamp>,
    pub(crate) files: Vec<(&'a str, &'a File)>,
}

impl<'a> Exchange<'a> {
    /// An exchange of what was found at one path.
    fn of(kind: EntryKind, path: &str, found: &Found, files: Vec<(&'a str, &'a File)>) -> Self {
        let (before, stamp) = match found {
            Found::File(file, metadata) => (Some(Sum::of_file(file)), Some(Stamp::of(metadata))),
            _ => (None, None),
        };
        Self { kind, path: path.to_owned(), before, stamp, files }
    }
}

/// Looks whether the disk is as planned and groups the files of new folders.
pub(crate) fn inspect<'a>(root: &Path, operations: &[&'a Operation<'_>]) -> Result<Vec<Exchange<'a>>> {
    let paths: HashSet<&str> = operations.iter().map(|operation| &*operation.path).collect();
    let mut folders = PlannedFolders { root, paths: &paths, known: HashMap::new() };
    let mut units: Vec<Exchange<'a>> = Vec::new();
    let mut trees: HashMap<String, usize> = HashMap::new();
    let mut unexpected = Vec::new();
    for operation in operations {
        let path = &*operation.path;
        let missing_folder = folders.first_missing(path::parent(path))?;
        let found = match missing_folder {
            Some(_) => Found::Missing,
            None => look(&root.join(path))?,
        };
        if is_done(operation, &found, operations) {
            continue;
        }
        if !is_as_planned(operation, &found) {
            unexpected.push(path.to_owned());
            continue;
        }
        let Action::Write(wanted) = operation.action else {
            units.push(Exchange::of(EntryKind::Remove, path, &found, Vec::new()));
            continue;
        };
        if let Found::Folder(full) = &found {
            // What is to be removed from it was seen by now, as removals come first.
            if let Some(other) = files_below(full, path)?.iter().find(|file| !paths.contains(file.as_str())) {
                return Err(occupied(path, other));
            }
            units.push(Exchange::of(EntryKind::Folder, path, &found, Vec::new()));
        }
        let write = Exchange::of(EntryKind::Write, path, &found, vec![(path, wanted)]);
        let Some(folder) = missing_folder else {
            units.push(write);
            continue;
        };
        if let Some(tree) = trees.get(&folder).and_then(|at| units.get_mut(*at)) {
            tree.files.extend(write.files);
        } else {
            trees.insert(folder.clone(), units.len());
            units.push(Exchange { kind: EntryKind::Tree, path: folder, ..write });
        }
    }
    if unexpected.is_empty() { Ok(units) } else { Err(changed(&unexpected)) }
}

/// Whether what is wanted is there already.
fn is_done(operation: &Operation<'_>, found: &Found, operations: &[&Operation<'_>]) -> bool {
    match (operation.action, found) {
        (Action::Write(wanted), Found::File(file, _)) => file == wanted,
        (Action::Remove, Found::Missing) => true,
        // The file is gone, and what takes its place is there already.
        (Action::Remove, Found::Folder(_)) => operations.iter().any(|other| is_below(&other.path, &operation.path)),
        _ => false,
    }
}

/// Whether what was found is what the plan expects there; only a file can be removed.
fn is_as_planned(operation: &Operation<'_>, found: &Found) -> bool {
    match (found, operation.before) {
        (Found::Missing, Before::Missing | Before::Any) | (Found::File(..), Before::Any) => true,
        (Found::Folder(_), Before::Missing) => matches!(operation.action, Action::Write(_)),
        (Found::File(file, _), Before::File(planned)) => file == planned,
        _ => false,
    }
}

enum Found {
    Missing,
    File(File, Box<Metadata>),
    Folder(PathBuf),
    Else,
}

fn look(path: &Path) -> Result<Found> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_file() => {
            Ok(read(path)?.map_or(Found::Missing, |(file, found)| Found::File(file, Box::new(found))))
        }
        Ok(found) if found.is_dir() => Ok(Found::Folder(path.to_owned())),
        Ok(_) => Ok(Found::Else),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Found::Missing),
        Err(error) => Err(disk::explain(error, "read", path)),
    }
}

/// Which folders exist; each is looked at once.
struct PlannedFolders<'r> {
    root: &'r Path,
    /// Where something is to be done. A file there is about to become a folder, or was a folder until now; whether it
    /// is as planned shows when it is looked at itself.
    paths: &'r HashSet<&'r str>,
    /// For a folder that is missing: the first of its ancestors (or itself) that is.
    known: HashMap<String, Option<String>>,
}

impl PlannedFolders<'_> {
    fn first_missing(&mut self, folder: &str) -> Result<Option<String>> {
        if folder.is_empty() {
            return Ok(None);
        }
        if let Some(known) = self.known.get(folder) {
            return Ok(known.clone());
        }
        let mut missing = self.first_missing(path::parent(folder))?;
        if missing.is_none() {
            let full = self.root.join(folder);
            match fs::symlink_metadata(&full) {
                Ok(found) if found.is_dir() => {}
                Ok(found) if found.is_symlink() => return Err(link_on_the_way(&full, folder)),
                Ok(_) if self.paths.contains(folder) => missing = Some(folder.to_owned()),
                Ok(_) => return Err(UserError::new(format!("`{folder}` is not a folder")).into()),
                Err(error) if error.kind() == io::ErrorKind::NotFound => missing = Some(folder.to_owned()),
                Err(error) => return Err(disk::explain(error, "read", &full)),
            }
        }
        self.known.insert(folder.to_owned(), missing.clone());
        Ok(missing)
    }
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// The error for a folder that cannot become a file.
pub(crate) fn occupied(folder: &str, file: &str) -> anyhow::Error {
    UserError::new(format!("cannot write `{folder}`: it is a folder that holds `{file}`"))
        .hint("move that away and repeat the command")
        .into()
}
