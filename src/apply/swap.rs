//! One journal entry: carried out, or taken back. Both can be repeated from any point at which a run died.
//!
//! What is in the staging folder tells the state: while `new/N` is there, the entry is not carried out yet; `old/N`
//! is the original. Originals get a second name there before the new file takes the first one, so a file that is
//! replaced is never missing.

use crate::apply::inspect::occupied;
use crate::apply::journal::{EntryKind, Journal, JournalEntry, Phase, STAGING, advance};
use crate::disk::{self, explain};
use crate::repository::project::{files_below, link_on_the_way, read};
use crate::text::checksum::Sum;
use crate::text::error::UserError;
use crate::text::path;
use crate::text::tree::RelPath;
use anyhow::Result;
use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Where things are.
pub struct Places<'r> {
    root: &'r Path,
    folder: &'r Path,
}

impl<'r> Places<'r> {
    /// The target folder and its `.scaffold`.
    pub fn new(root: &'r Path, folder: &'r Path) -> Self {
        Self { root, folder }
    }

    /// The target folder.
    pub fn root(&self) -> &Path {
        self.root
    }

    /// `.scaffold`.
    pub fn folder(&self) -> &Path {
        self.folder
    }

    /// The staging folder.
    pub fn staging(&self) -> PathBuf {
        self.folder.join(STAGING)
    }

    /// The staged new files.
    pub fn new_files(&self) -> PathBuf {
        self.staging().join("new")
    }

    pub fn originals(&self) -> PathBuf {
        self.staging().join("old")
    }

    fn of(&self, slot: usize, entry: &JournalEntry) -> Spot {
        let slot = slot.to_string();
        Spot {
            new: self.new_files().join(&slot),
            old: self.originals().join(&slot),
            target: self.root.join(&entry.path),
        }
    }
}

struct Spot {
    new: PathBuf,
    old: PathBuf,
    target: PathBuf,
}

/// Refuses links among the folders that a step reaches through. Asked directly before each step.
fn refuse_links(places: &Places<'_>, path: &str) -> Result<()> {
    let staging = [places.folder.to_owned(), places.staging(), places.new_files(), places.originals()];
    let above = path::upwards(path::parent(path)).map(|folder| places.root.join(folder));
    for full in staging.into_iter().chain(above) {
        if is_link(&full) {
            let rel = full.strip_prefix(places.root).unwrap_or(&full).display().to_string();
            return Err(link_on_the_way(&full, &rel));
        }
    }
    Ok(())
}

/// Refuses files in the staging folder that the journal does not list: another process put them there.
///
/// # Errors
/// Names the first such thing.
pub fn refuse_unlisted(places: &Places<'_>, journal: &Journal, phase: Phase) -> Result<()> {
    let mut files = HashSet::new();
    let mut folders = HashSet::from([places.staging(), places.new_files(), places.originals()]);
    let mut aside = HashSet::new();
    for (slot, entry) in journal.entries.iter().enumerate() {
        let Spot { new, old, .. } = places.of(slot, entry);
        for (file, _) in &entry.files {
            let staged = staged(&new, entry, file);
            let above = staged.ancestors().skip(1).take_while(|folder| folder.starts_with(&new));
            folders.extend(above.map(Path::to_owned));
            files.insert(staged);
        }
        if entry.kind == EntryKind::Folder {
            if phase == Phase::Done
                && let Some(file) = files_in(&old, &entry.path)?.first()
            {
                return Err(unlisted(&old, file));
            }
            aside.insert(old);
        } else if entry.before.is_some() {
            files.insert(old);
        }
    }
    look_through(&places.staging(), &|path, kind| {
        let known = if kind.is_dir() { folders.contains(path) || aside.contains(path) } else { files.contains(path) };
        let is_listed = known && (kind.is_dir() || kind.is_file());
        // What is in a folder that was set aside is the user's, and comes back with it.
        if is_listed { Ok(!aside.contains(path)) } else { Err(unlisted(path, "")) }
    })
}

/// Asks about everything at and below a path that may not exist, without following links; `true` is to go into a folder.
fn look_through(path: &Path, ask: &dyn Fn(&Path, fs::FileType) -> Result<bool>) -> Result<()> {
    if !exists(path)? {
        return Ok(());
    }
    let failed = |error| explain(error, "read", path);
    let kind = fs::symlink_metadata(path).map_err(failed)?.file_type();
    if ask(path, kind)? && kind.is_dir() {
        for entry in fs::read_dir(path).map_err(failed)? {
            look_through(&entry.map_err(failed)?.path(), ask)?;
        }
    }
    Ok(())
}

fn unlisted(path: &Path, inside: &str) -> anyhow::Error {
    let shown = path.display();
    let inside = if inside.is_empty() { String::new() } else { format!(" (with `{inside}`)") };
    UserError::new(format!("a run was interrupted, and `{shown}`{inside} is not from it"))
        .hint("nothing was touched; move that away and repeat the command")
        .into()
}

/// Where a file of an entry is staged.
fn staged(new: &Path, entry: &JournalEntry, file: &str) -> PathBuf {
    let inside = file.strip_prefix(&entry.path).unwrap_or_default().trim_start_matches('/');
    if inside.is_empty() { new.to_owned() } else { new.join(inside) }
}

/// Carries out an entry, or what is left of it.
pub fn carry_out(places: &Places<'_>, slot: usize, entry: &JournalEntry) -> Result<()> {
    refuse_links(places, &entry.path)?;
    let Spot { new, old, target } = places.of(slot, entry);
    if is_link(&new) || is_link(&old) {
        return Err(unlisted(if is_link(&new) { &new } else { &old }, ""));
    }
    match entry.kind {
        EntryKind::Remove if exists(&old)? || !exists(&target)? => Ok(()),
        EntryKind::Remove => disk::set_aside(&target, &old),
        EntryKind::Folder => {
            if !exists(&old)? && exists(&target)? {
                disk::set_aside(&target, &old)?;
            }
            // Checked after the folder was moved away: other processes can no longer add a file to it.
            match files_in(&old, &entry.path)?.first() {
                Some(file) => Err(occupied(&entry.path, file)),
                None => Ok(()),
            }
        }
        EntryKind::Write | EntryKind::Tree if !exists(&new)? => Ok(()),
        _ if entry.before.is_none() => disk::rename_new(&new, &target),
        _ => {
            if !exists(&old)? {
                disk::keep_original(&target, &old)?;
            }
            disk::rename(&new, &target)
        }
    }
}

/// Takes back an entry, as far as it was carried out. What the user changed since then is left alone.
pub fn take_back(places: &Places<'_>, slot: usize, entry: &JournalEntry) -> Result<()> {
    refuse_links(places, &entry.path)?;
    let Spot { new, old, target } = places.of(slot, entry);
    if is_link(&old) {
        return Err(unlisted(&old, ""));
    }
    if matches!(entry.kind, EntryKind::Remove | EntryKind::Folder) {
        // Fails if something is in the way: an original that is not put back would be lost.
        return if exists(&old)? { disk::rename_new(&old, &target) } else { Ok(()) };
    }
    if exists(&new)? {
        return if exists(&old)? && !exists(&target)? { disk::rename_new(&old, &target) } else { Ok(()) };
    }
    if entry.before.is_some() {
        return if exists(&old)? { disk::rename(&old, &target) } else { Ok(()) };
    }
    let mut folders = BTreeSet::new();
    for (file, sum) in &entry.files {
        refuse_links(places, file)?;
        let full = places.root.join(file);
        if sum_at(&full)? == Some(*sum) {
            disk::remove_file(&full)?;
        }
        let mut folder = path::parent(file);
        while entry.kind == EntryKind::Tree && folder.len() >= entry.path.len() && folders.insert(folder) {
            folder = path::parent(folder);
        }
    }
    // A folder sorts before what is in it.
    for folder in folders.iter().rev() {
        disk::remove_empty_folder(&places.root.join(folder))?;
    }
    Ok(())
}

/// Whether what is left of an entry can be carried out without harm: the staged files are intact and the target is
/// as it was when the run began.
pub fn can_carry_out(places: &Places<'_>, journal: &Journal, slot: usize) -> Result<bool> {
    let Some(entry) = journal.entries.get(slot) else { return Ok(true) };
    let Spot { new, old, target } = places.of(slot, entry);
    if entry.kind == EntryKind::Remove {
        return Ok(exists(&old)? || !exists(&target)? || sum_at(&target)? == entry.before);
    }
    if entry.kind == EntryKind::Folder {
        if exists(&old)? {
            return Ok(files_in(&old, &entry.path)?.is_empty());
        }
        let mut to_remove = HashSet::new();
        for (slot, entry) in journal.entries.iter().enumerate().filter(|(_, entry)| entry.kind == EntryKind::Remove) {
            if !exists(&places.of(slot, entry).old)? {
                to_remove.insert(&entry.path);
            }
        }
        let empty = || Ok(files_in(&target, &entry.path)?.iter().all(|file| to_remove.contains(file)));
        return if is_folder(&target) { empty() } else { Ok(!exists(&target)?) };
    }
    if !exists(&new)? {
        return Ok(true);
    }
    for (file, sum) in &entry.files {
        if sum_at(&staged(&new, entry, file))? != Some(*sum) {
            return Ok(false);
        }
    }
    Ok(if exists(&target)? {
        match entry.before {
            Some(_) => sum_at(&target)? == entry.before,
            None => makes_room(places, journal, slot)?.is_some_and(|old| !old),
        }
    } else {
        entry.before.is_none() || exists(&old)?
    })
}

/// The files of an entry that the user changed after it was carried out, so that taking it back would do harm.
pub fn in_the_way_back(places: &Places<'_>, journal: &Journal, slot: usize) -> Result<Vec<RelPath>> {
    let Some(entry) = journal.entries.get(slot) else { return Ok(Vec::new()) };
    let Spot { new, old, target } = places.of(slot, entry);
    let mut changed = Vec::new();
    // The original would come back over whatever is there. While the new file waits, both names can be one file, which
    // the user may have edited.
    let comes_back = exists(&old)? && (!exists(&new)? || !exists(&target)?);
    if entry.before.is_some() && comes_back && sum_at(&old)? != entry.before {
        changed.push(entry.path.clone());
    } else if matches!(entry.kind, EntryKind::Remove | EntryKind::Folder) {
        if exists(&old)? && exists(&target)? {
            changed = strangers(places, journal, slot, &entry.path)?;
        }
    } else if !exists(&new)? {
        for (file, sum) in &entry.files {
            let full = places.root.join(file);
            if exists(&full)? {
                let found = sum_at(&full)?;
                if found != Some(*sum) && !(found.is_some() && found == entry.before) {
                    changed.push(file.clone());
                }
            }
        }
        // What is there instead may be what was there before, back already.
        if !changed.is_empty() && makes_room(places, journal, slot)? == Some(false) {
            changed.clear();
        }
    }
    Ok(changed)
}

/// Of an entry that fills what another one makes room for: whether the original of that one is set aside. It is not
/// either before the room is made, or after all was taken back.
fn makes_room(places: &Places<'_>, journal: &Journal, slot: usize) -> Result<Option<bool>> {
    match journal.counterpart(slot).and_then(|other| Some((other, journal.entries.get(other)?))) {
        Some((other, entry)) => exists(&places.of(other, entry).old).map(Some),
        None => Ok(None),
    }
}

/// What is at the place of an original that was set aside, but for what this run put there.
fn strangers(places: &Places<'_>, journal: &Journal, slot: usize, path: &str) -> Result<Vec<RelPath>> {
    if let Some(other) = journal.counterpart(slot)
        && let Some(entry) = journal.entries.get(other)
        && let Spot { new, target, .. } = places.of(other, entry)
        && !exists(&new)?
    {
        let ours = |file: &RelPath| entry.files.iter().any(|(own, _)| own == file);
        return Ok(match entry.kind {
            EntryKind::Tree if is_folder(&target) => {
                files_in(&target, path)?.into_iter().filter(|file| !ours(file)).collect()
            }
            EntryKind::Tree => vec![path.to_owned()],
            // Whether it was edited is asked with its own entry.
            _ => Vec::new(),
        });
    }
    Ok(vec![path.to_owned()])
}

/// After the last exchange: removes the folders that became empty, the staging folder and the journal.
pub fn clean_up(places: &Places<'_>, journal: &Journal, phase: Phase) -> Result<()> {
    if phase == Phase::Done {
        for entry in journal.entries.iter().filter(|entry| entry.kind == EntryKind::Remove) {
            remove_empty_above(places.root, &entry.path);
        }
    }
    disk::remove_all(&places.staging())?;
    disk::remove_file(&places.folder.join(phase.name()))?;
    disk::sync(places.folder)
}

/// Removes the folders of a file that is not there, as far as they are empty.
pub fn remove_empty_above(root: &Path, path: &str) {
    let above =
        || path::upwards(path::parent(path)).filter(|folder| !folder.is_empty()).map(|folder| root.join(folder));
    if above().any(|folder| is_link(&folder)) {
        return;
    }
    for folder in above() {
        // A folder that cannot be removed is no reason to fail.
        let _ = disk::remove_empty_folder(&folder);
    }
}

/// Takes back all entries and cleans up.
pub fn undo(places: &Places<'_>, journal: &Journal) -> Result<()> {
    for (slot, entry) in journal.entries.iter().enumerate().rev() {
        take_back(places, slot, entry)?;
    }
    disk::sync_below(places.root)?;
    advance(places.folder, Phase::Backward, Phase::Undone)?;
    clean_up(places, journal, Phase::Undone)
}

/// Whether anything is there, a dangling link included.
fn exists(path: &Path) -> Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(false),
        Err(error) => Err(explain(error, "read", path)),
    }
}

fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink())
}

fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_dir())
}

/// The files in a folder, which may not exist.
fn files_in(full: &Path, path: &str) -> Result<Vec<RelPath>> {
    if exists(full)? { files_below(full, path) } else { Ok(Vec::new()) }
}

/// The checksum of a regular file; `None` for anything else.
fn sum_at(path: &Path) -> Result<Option<Sum>> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_file() => Ok(read(path)?.map(|(file, _)| Sum::of_file(&file))),
        _ => Ok(None),
    }
}
