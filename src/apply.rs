//! Carries out operations, all of them or none.
//!
//! With [`recover`] the only writer. A target that does not exist is put together beside its place and renamed there:
//! one call for any number of files. Otherwise: look whether the disk still is as planned; write the journal; write all
//! new files to `.scaffold/staging/new`; one `syncfs`; rename the journal, from which on the run will be finished even
//! if this process dies; rename the files into place, whole folders at once where they are new, `.scaffold/*` last;
//! `syncfs`; clean up. No file is synced on its own, since that would cost ten times as much.
//!
//! What is to be removed makes room first, so that a file can become a folder and a folder a file.

pub(crate) mod inspect;
pub mod journal;
pub mod lock;
pub mod recover;
pub(crate) mod stage;
pub(crate) mod swap;

use crate::apply::inspect::inspect;
use crate::apply::journal::{Kind, Phase, advance};
use crate::apply::lock::Lock;
use crate::apply::stage::{New, stage, write_below};
use crate::apply::swap::Places;
use crate::disk;
use crate::disk::stamp::Stamp;
use crate::plan::operation::{Action, Before, Operation, changed};
use crate::terminal::signals;
use crate::text::error::UserError;
use crate::text::path;
use anyhow::{Result, anyhow};
use std::borrow::Cow;
use std::collections::HashSet;
use std::fs;

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Files written, scaffold's own among them.
    pub written: usize,
    /// Files removed.
    pub removed: usize,
}

/// Carries out all operations or none. Files that are already as wanted are not touched.
///
/// On an error everything is as before, and a hint says so. Call [`recover`](crate::apply::recover::recover) first.
pub fn apply(lock: &Lock, operations: &[Operation<'_>]) -> Result<Applied> {
    let mut sorted: Vec<&Operation<'_>> = operations.iter().collect();
    // Removals first: one of them may make room for a new file or folder.
    sorted.sort_by_key(|Operation { path, action, .. }| {
        (path::is_record(path), matches!(action, Action::Write(_)), path)
    });
    let mut seen = HashSet::new();
    for Operation { path, .. } in operations {
        path::check(path)?;
        anyhow::ensure!(seen.insert(path), "two operations for `{path}`: this is a bug in scaffold");
    }
    if lock.project().exists() { exchange(lock, &sorted) } else { put_in_place(lock, &sorted) }
}

/// The target does not exist: build it beside its place.
fn put_in_place(lock: &Lock, operations: &[&Operation<'_>]) -> Result<Applied> {
    let missing = lock.project().missing().ok_or_else(|| anyhow!("the target exists: this is a bug in scaffold"))?;
    let mut files = Vec::new();
    for operation in operations {
        match (operation.action, operation.before) {
            (Action::Write(file), Before::Missing | Before::Any) => {
                files.push(New { path: Cow::Borrowed(&*operation.path), file, mode: None });
            }
            _ => return Err(changed(&[operation.path.to_string()])),
        }
    }
    if files.is_empty() {
        return Ok(Applied::default());
    }
    let tree = lock.folder().join("tree");
    let build = || {
        disk::create_folder(&tree)?;
        let mut root = tree.clone();
        for part in missing.rest.components() {
            root.push(part);
            disk::create_folder(&root)?;
        }
        write_below(&root, &files)?;
        disk::sync_below(&tree)?;
        signals::check()?;
        disk::rename_new(&tree, &missing.parent.join(&missing.first))
    };
    if let Err(error) = build() {
        return Err(match disk::remove_all(&tree) {
            Ok(_) => UserError::with_hint(error, "nothing was written"),
            Err(_) => UserError::unfinished(
                error,
                format!("what was written so far is in `{}`; the next run of scaffold removes it", tree.display()),
            ),
        }
        .into());
    }
    disk::sync(&missing.parent).map_err(|error| {
        UserError::unfinished(error, "all files are written, but a power failure now could lose them; run `sync`")
    })?;
    Ok(Applied { written: files.len(), removed: 0 })
}

/// The target exists: stage, then exchange under a journal.
fn exchange(lock: &Lock, operations: &[&Operation<'_>]) -> Result<Applied> {
    let places = Places::new(lock.project().root(), lock.folder());
    let units =
        inspect(places.root(), operations).map_err(|error| UserError::with_hint(error, "nothing was written"))?;
    if units.is_empty() {
        return Ok(Applied::default());
    }
    let staged = stage(&places, &units);
    let journal = match staged {
        Ok(journal) => journal,
        Err(error) => {
            // The journal last, as it lists what is in the staging folder. The last step may have renamed it.
            let remove = |phase: Phase| disk::remove_all(&places.folder().join(phase.name()));
            let back = match fs::symlink_metadata(places.folder().join(Phase::Forward.name())) {
                Ok(_) => advance(places.folder(), Phase::Forward, Phase::New),
                Err(_) => Ok(()),
            };
            let undone = back.and_then(|()| disk::remove_all(&places.staging())).and_then(|_| remove(Phase::New));
            return Err(outcome(error, undone.map(drop)));
        }
    };
    let exchanged = units
        .iter()
        .zip(&journal.entries)
        .enumerate()
        .try_for_each(|(slot, (unit, entry))| {
            signals::check()?;
            // staging many files takes a while
            if unit.stamp.is_some() && Stamp::at(&places.root().join(&entry.path)) != unit.stamp {
                return Err(changed(std::slice::from_ref(&entry.path)));
            }
            swap::carry_out(&places, slot, entry)
        })
        .and_then(|()| disk::sync_below(places.root()));
    if let Err(error) = exchanged {
        let undone =
            advance(places.folder(), Phase::Forward, Phase::Backward).and_then(|()| swap::undo(&places, &journal));
        return Err(outcome(error, undone));
    }
    advance(places.folder(), Phase::Forward, Phase::Done)
        .and_then(|()| swap::clean_up(&places, &journal, Phase::Done))
        .map_err(|error| {
            UserError::unfinished(error, "all files are written; the next run of scaffold cleans up behind this one")
        })?;
    let removed = journal.entries.iter().filter(|entry| entry.kind == Kind::Remove).count();
    Ok(Applied { written: journal.count() - removed, removed })
}

/// The error of a run that was rolled back, or should have been.
fn outcome(error: anyhow::Error, undone: Result<()>) -> anyhow::Error {
    match undone {
        Ok(()) => UserError::with_hint(error, "no file was changed"),
        Err(second) => UserError::unfinished(
            error,
            format!(
                "going back failed as well ({second:#}): mend what the errors name, and the next `scaffold update` or \
                 `scaffold init` goes on with it"
            ),
        ),
    }
    .into()
}

#[cfg(test)]
mod tests;
