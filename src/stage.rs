//! Writes all new files where they harm nobody, as fast as the disk allows.

use crate::checksum::Sum;
use crate::disk;
use crate::inspect::Unit;
use crate::journal::{Entry, Journal};
use crate::path;
use crate::swap::Places;
use crate::tree::File;
use anyhow::Result;
use std::collections::HashSet;
use std::os::fd::{AsFd as _, OwnedFd};
use std::path::PathBuf;

/// Writes all new files to the staging folder and then the journal.
pub(crate) fn stage(places: &Places<'_>, units: &mut [Unit<'_>]) -> Result<Journal> {
    disk::create_folder(&places.staging())?;
    disk::create_folder(&places.new_files())?;
    disk::create_folder(&places.originals())?;
    let mut stager = Stager::new(places.new_files());
    let mut journal = Journal::default();
    for (slot, unit) in units.iter_mut().enumerate() {
        for (path, file) in &unit.files {
            let inside = path.strip_prefix(&unit.path).unwrap_or_default();
            stager.put(
                &format!("{slot}{inside}"),
                file,
                unit.stamp.as_ref().map(|stamp| stamp.mode(file.executable)),
            )?;
        }
        let files = unit.files.iter().map(|(path, file)| ((*path).to_owned(), Sum::of_file(file))).collect();
        let path = std::mem::take(&mut unit.path);
        journal.entries.push(Entry { kind: unit.kind, path, before: unit.before, files });
    }
    drop(stager);
    disk::sync_below(&places.staging())?;
    journal.write(places.folder())?;
    Ok(journal)
}

/// Writes new files below a folder; makes each folder once and keeps the last one open.
pub(crate) struct Stager {
    root: PathBuf,
    made: HashSet<String>,
    open: Option<(String, OwnedFd)>,
}

impl Stager {
    pub(crate) fn new(root: PathBuf) -> Self {
        Self { root, made: HashSet::from([String::new()]), open: None }
    }

    pub(crate) fn put(&mut self, rel: &str, file: &File, mode: Option<u32>) -> Result<()> {
        let folder = path::parent(rel);
        let opened = match self.open.take() {
            Some((name, opened)) if name == folder => opened,
            _ => {
                self.make(folder)?;
                disk::open_folder(&self.root.join(folder))?
            }
        };
        let full = self.root.join(rel);
        disk::write_new(opened.as_fd(), path::name(rel), &file.bytes, file.executable, mode, &full)?;
        self.open = Some((folder.to_owned(), opened));
        Ok(())
    }

    fn make(&mut self, folder: &str) -> Result<()> {
        if !self.made.contains(folder) {
            self.make(path::parent(folder))?;
            disk::create_folder(&self.root.join(folder))?;
            self.made.insert(folder.to_owned());
        }
        Ok(())
    }
}
