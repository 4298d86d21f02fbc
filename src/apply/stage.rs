//! Writes all new files to the staging folder, as fast as the disk allows.

use crate::apply::inspect::Exchange;
use crate::apply::journal::{Journal, JournalEntry, Phase, advance};
use crate::apply::swap::Places;
use crate::disk;
use crate::terminal::signals;
use crate::text::checksum::Sum;
use crate::text::path;
use crate::text::tree::File;
use anyhow::Result;
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::HashSet;
use std::os::fd::{AsFd as _, OwnedFd};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Writes the journal and then all new files to the staging folder. What a run that dies here leaves is listed by the
/// journal, so that the next one removes nothing else.
pub(crate) fn stage(places: &Places<'_>, units: &[Exchange<'_>]) -> Result<Journal> {
    let mut journal = Journal::default();
    for unit in units {
        let files = unit.files.iter().map(|(path, file)| ((*path).to_owned(), Sum::of_file(file))).collect();
        journal.entries.push(JournalEntry { kind: unit.kind, path: unit.path.clone(), before: unit.before, files });
    }
    journal.write(places.folder(), places.root())?;
    disk::create_folder(&places.staging())?;
    disk::create_folder(&places.new_files())?;
    disk::create_folder(&places.originals())?;
    let files: Vec<New<'_>> = units.iter().enumerate().flat_map(|(slot, unit)| staged(slot, unit)).collect();
    write_below(&places.new_files(), &files)?;
    drop(files);
    disk::sync_below(&places.staging())?;
    advance(places.folder(), Phase::New, Phase::Forward)?;
    Ok(journal)
}

/// The new files of a unit, in the staging folder.
fn staged<'u>(slot: usize, unit: &'u Exchange<'_>) -> impl Iterator<Item = New<'u>> {
    unit.files.iter().map(move |(path, file)| New {
        path: format!("{slot}{}", path.strip_prefix(&unit.path).unwrap_or_default()).into(),
        file,
        mode: unit.stamp.as_ref().map(|stamp| stamp.mode(file.executable)),
    })
}

/// A file to write.
pub(crate) struct New<'a> {
    /// Where, below the folder.
    pub(crate) path: Cow<'a, str>,
    pub(crate) file: &'a File,
    /// Its permissions, if they are not those of a new file.
    pub(crate) mode: Option<u32>,
}

/// Files that one thread writes in a row. Fewer would make more folders be opened twice.
const PART: usize = 32;

/// Writes new files below a folder, on every core: most of the time goes into the kernel's creation of files.
pub(crate) fn write_below(root: &Path, files: &[New<'_>]) -> Result<()> {
    let folders = MadeFolders { root, made: Mutex::new(HashSet::from([""])) };
    if cfg!(test) {
        // One after the other, so that a planned fault always meets the same call.
        return files.chunks(PART).try_for_each(|part| write_part(&folders, part));
    }
    // The base comes last and is the largest: begun first, one thread writes it while the others create files.
    files.par_chunks(PART).rev().try_for_each(|part| write_part(&folders, part))
}

/// Writes files one after the other; keeps the last folder open.
fn write_part<'f>(folders: &MadeFolders<'f>, files: &'f [New<'f>]) -> Result<()> {
    for files in files.chunk_by(|a, b| path::parent(&a.path) == path::parent(&b.path)) {
        let folder = files.first().map_or("", |new| path::parent(&new.path));
        let opened = folders.open(folder)?;
        for New { path, file, mode } in files {
            signals::check()?;
            let full = folders.root.join(&**path);
            disk::write_new(opened.as_fd(), path::name(path), &file.bytes, file.executable, *mode, &full)?;
        }
    }
    Ok(())
}

/// The folders below a new one; each is made once, when its first file is written.
struct MadeFolders<'f> {
    root: &'f Path,
    made: Mutex<HashSet<&'f str>>,
}

impl<'f> MadeFolders<'f> {
    fn open(&self, folder: &'f str) -> Result<OwnedFd> {
        // The lock is held until the folder is there: another thread may want the same one.
        self.make(folder, &mut self.made.lock().unwrap_or_else(PoisonError::into_inner))?;
        disk::open_folder(&self.root.join(folder))
    }

    fn make(&self, folder: &'f str, made: &mut HashSet<&'f str>) -> Result<()> {
        if !made.contains(folder) {
            self.make(path::parent(folder), made)?;
            disk::create_folder(&self.root.join(folder))?;
            made.insert(folder);
        }
        Ok(())
    }
}
