//! Finishes or undoes a run that was killed.

use crate::apply::journal::{self, Journal, Phase, advance};
use crate::apply::lock::{Held, Lock, beside, is_signed};
use crate::apply::swap::{self, Places};
use crate::disk;
use crate::repository::project::{Missing, Project, link_on_the_way};
use crate::text::error::UserError;
use crate::text::path;
use anyhow::Result;
use std::fs;
use std::path::Path;

/// What there was to recover.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recovery {
    /// Nothing: the last run ended properly.
    Nothing,
    /// A run had got far enough to be finished.
    Finished {
        /// The files it was about.
        files: usize,
    },
    /// A run was undone; everything is as before it.
    Undone {
        /// The files it had written or prepared.
        files: usize,
    },
}

/// Brings the target into the state before or after a run that was killed. To be called before planning.
///
/// A run whose journal is complete is finished. If the user has since changed a file that it had yet to write, it is
/// undone; if they also changed one that it had written, nothing is touched and the error names these files.
pub fn recover(lock: &Lock) -> Result<Recovery> {
    if !lock.project().exists() {
        return remove_tree(lock.folder());
    }
    let mut recovery = sweep(lock.project().root());
    let places = Places::new(lock.project().root(), lock.folder());
    refuse_links(&places)?;
    let found = journal::find(places.folder(), places.root())?;
    let Some((phase, Some(journal))) = found else {
        // Files are staged only once the journal is complete.
        if fs::symlink_metadata(places.staging()).is_ok() {
            return Err(journal::foreign(&places.staging()));
        }
        if found.is_some() {
            disk::remove_file(&places.folder().join(Phase::New.name()))?;
        }
        return Ok(recovery);
    };
    swap::refuse_unlisted(&places, &journal, phase)?;
    let files = journal.count();
    match phase {
        Phase::New => {
            let removed = disk::remove_all(&places.staging());
            removed.and_then(|_| disk::remove_file(&places.folder().join(Phase::New.name()))).map_err(unfinished)?;
            recovery = Recovery::Undone { files };
        }
        Phase::Forward => recovery = go_on(&places, &journal)?,
        Phase::Backward => recovery = go_back(&places, &journal)?,
        Phase::Done | Phase::Undone => {
            swap::clean_up(&places, &journal, phase).map_err(unfinished)?;
            recovery = if phase == Phase::Done { Recovery::Finished { files } } else { Recovery::Undone { files } };
        }
    }
    Ok(recovery)
}

fn go_on(places: &Places<'_>, journal: &Journal) -> Result<Recovery> {
    if fs::symlink_metadata(places.new_files()).is_err() || fs::symlink_metadata(places.originals()).is_err() {
        let journal = places.folder().join(Phase::Forward.name());
        return Err(UserError::new(format!(
            "a run was interrupted, but its files in `{}` are gone",
            places.staging().display()
        ))
        .hint(format!("compare the project with your last commit, then remove `{}`", journal.display()))
        .into());
    }
    for slot in 0..journal.entries.len() {
        if !swap::can_carry_out(places, journal, slot)? {
            refuse_if_in_the_way(places, journal)?;
            advance(places.folder(), Phase::Forward, Phase::Backward)?;
            return go_back(places, journal);
        }
    }
    let mut entries = journal.entries.iter().enumerate();
    entries
        .try_for_each(|(slot, entry)| swap::carry_out(places, slot, entry))
        .and_then(|()| disk::sync_below(places.root()))
        .and_then(|()| advance(places.folder(), Phase::Forward, Phase::Done))
        .and_then(|()| swap::clean_up(places, journal, Phase::Done))
        .map_err(unfinished)?;
    Ok(Recovery::Finished { files: journal.count() })
}

fn go_back(places: &Places<'_>, journal: &Journal) -> Result<Recovery> {
    refuse_if_in_the_way(places, journal)?;
    swap::undo(places, journal).map_err(unfinished)?;
    Ok(Recovery::Undone { files: journal.count() })
}

/// The error of a recovery that stopped half way.
fn unfinished(error: anyhow::Error) -> UserError {
    UserError::unfinished(
        error,
        "an earlier run was interrupted, and some files are as before it and others as after it: mend what the error names, \
         and the next run goes on",
    )
}

fn refuse_if_in_the_way(places: &Places<'_>, journal: &Journal) -> Result<()> {
    let mut changed = Vec::new();
    for slot in 0..journal.entries.len() {
        changed.extend(swap::in_the_way_back(places, journal, slot)?);
    }
    if changed.is_empty() {
        return Ok(());
    }
    let shown: Vec<String> = changed.iter().map(|path| format!("`{path}`")).collect();
    let message = format!("a run was interrupted, and {} changed since then", shown.join(", "));
    Err(UserError::new(message)
        .hint("move these files away and repeat the command; then put your changes back")
        .hint(format!(
            "the new files are in `{}`, the originals in `{}`",
            places.new_files().display(),
            places.originals().display()
        ))
        .into())
}

/// A clone could bring links that lead the recovery elsewhere.
fn refuse_links(places: &Places<'_>) -> Result<()> {
    for (full, rel) in [
        (places.staging(), ".scaffold/staging"),
        (places.new_files(), ".scaffold/staging/new"),
        (places.originals(), ".scaffold/staging/old"),
    ] {
        if fs::symlink_metadata(&full).is_ok_and(|found| found.is_symlink()) {
            return Err(link_on_the_way(&full, rel));
        }
    }
    let Some((_, Some(journal))) = journal::find(places.folder(), places.root())? else { return Ok(()) };
    let mut seen = std::collections::HashSet::new();
    for entry in &journal.entries {
        let paths = entry.files.iter().map(|(file, _)| file).chain([&entry.path]);
        let ancestors = paths.flat_map(|path| path.match_indices('/').map(|(at, _)| &path[..at]));
        for folder in ancestors.filter(|folder| seen.insert(*folder)) {
            let full = places.root().join(folder);
            if fs::symlink_metadata(&full).is_ok_and(|found| found.is_symlink()) {
                return Err(link_on_the_way(&full, folder));
            }
        }
    }
    Ok(())
}

/// Whether an earlier run was interrupted while it put a target together that does not exist yet.
pub fn is_begun(project: &Project) -> bool {
    let is_there =
        |missing: &Missing| fs::symlink_metadata(beside(&missing.parent, &missing.first).join("tree")).is_ok();
    project.missing().is_some_and(is_there)
}

/// Whether an earlier run was interrupted, so that what is on disk is neither old nor new. For commands that only read and
/// therefore do not [`recover`].
pub fn is_unfinished(project: &Project) -> bool {
    if !project.exists() {
        return false;
    }
    let folder = project.root().join(path::FOLDER);
    fs::symlink_metadata(folder.join(journal::STAGING)).is_ok() || journal::exists(&folder)
}

/// Whether an earlier run left a journal that ends too early: it changed nothing, and the file can be removed.
pub fn has_torn_journal(project: &Project) -> bool {
    journal::is_torn(&project.root().join(path::FOLDER))
}

/// Undoes a run that was killed before its new target was in place.
fn remove_tree(folder: &Path) -> Result<Recovery> {
    let tree = folder.join("tree");
    if fs::symlink_metadata(&tree).is_err() {
        return Ok(Recovery::Nothing);
    }
    Ok(Recovery::Undone { files: disk::remove_all(&tree)? })
}

/// Removes what a killed run left beside a target, or beside one of its parents, that exists by now. No failure
/// matters here: such a folder may belong to another user, or to a run that is at work.
pub fn sweep(root: &Path) -> Recovery {
    let mut recovery = Recovery::Nothing;
    for place in root.ancestors() {
        let (Some(parent), Some(name)) = (place.parent(), place.file_name()) else { continue };
        let folder = beside(parent, name);
        // A run that was killed between its lock and the folder of it leaves that empty.
        let _ = disk::remove_empty_folder(&folder);
        if fs::symlink_metadata(&folder).is_ok_and(|found| found.is_dir())
            && is_signed(&folder)
            && let Ok(Some(held)) = Held::take(&folder)
        {
            if let Ok(found @ Recovery::Undone { .. }) = remove_tree(&folder) {
                recovery = found;
            }
            drop(held);
        }
    }
    recovery
}
