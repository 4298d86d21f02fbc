//! What the last update did to each file, so that it can be taken back: `.scaffold/undo/`, which is not committed.
//!
//! `before` holds the files as they were, in the format of the base; `after` holds a line for each path that the update
//! touched, with the checksum that it left there, or `-` where it left nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr as _;

use anyhow::Result;

use crate::base::{self, Stored};
use crate::plan::Ours;
use crate::plan::operation::{Action, Before, Operation};
use crate::repository::project::Project;
use crate::text::checksum::Sum;
use crate::text::error::UserError;
use crate::text::tree::{File, RelPath, Tree};
use crate::text::{path, version};

/// The files as they were.
pub const BEFORE: &str = ".scaffold/undo/before";
/// What the update left.
pub const AFTER: &str = ".scaffold/undo/after";

#[derive(Debug)]
pub struct LastUpdate {
    /// The files as they were before it.
    pub before: Tree,
    /// What it left at each path; `None` for nothing.
    pub after: BTreeMap<RelPath, Option<Sum>>,
}

impl LastUpdate {
    /// What operations do, those on scaffold's own files included. `recorded` is what these files are now.
    pub fn of(operations: &[Operation<'_>], recorded: &BTreeMap<RelPath, Ours>) -> Self {
        let (mut before, mut after) = (Tree::default(), BTreeMap::new());
        for operation in operations {
            let path = operation.path.to_string();
            let old = match (operation.before, recorded.get(&path)) {
                (Before::File(file), _) | (Before::Any, Some(Ours::File(file))) => Some(file.clone()),
                _ => None,
            };
            after.insert(
                path.clone(),
                match operation.action {
                    Action::Write(file) => Some(Sum::of_file(file)),
                    Action::Remove => None,
                },
            );
            if let Some(old) = old {
                before.files.insert(path, old);
            }
        }
        Self { before, after }
    }

    /// This and a later run that changed nothing but scaffold's own files, as one.
    #[must_use]
    pub fn with(mut self, later: Self) -> Self {
        for (path, sum) in later.after {
            if !self.after.contains_key(&path)
                && let Some(file) = later.before.files.get(&path)
            {
                self.before.files.insert(path.clone(), file.clone());
            }
            self.after.insert(path, sum);
        }
        self
    }

    /// The two files.
    pub fn encode(&self) -> (File, File) {
        let line = |(path, sum): (&RelPath, &Option<Sum>)| {
            let sum = sum.map_or_else(|| "-".into(), |sum| sum.to_string());
            format!("{sum} {}\n", path::to_line(path))
        };
        let after: String = self.after.iter().map(line).collect();
        let file = |bytes| File { bytes, executable: false };
        (
            file(base::encode(&self.before, &BTreeSet::new(), &base::GoneFiles::new(), version::own())),
            file(after.into_bytes()),
        )
    }

    /// Reads what the last update left.
    ///
    /// # Errors
    /// When there is none, or the files were changed.
    pub fn read(project: &Project) -> Result<Option<Self>> {
        let damaged = || UserError::new("`.scaffold/undo/` is damaged").hint("use the history of the repository");
        let (Some(before), Some(after)) = (project.recorded(BEFORE)?, project.recorded(AFTER)?) else {
            return Ok(None);
        };
        let Stored::Sound(before) = base::parse(&before) else { return Err(damaged().into()) };
        let line = |line: &str| {
            let (sum, path) = line.split_once(' ')?;
            let sum = if sum == "-" { None } else { Some(Sum::from_str(sum).ok()?) };
            Some((path::from_line(path).filter(|path| path::check(path).is_ok())?, sum))
        };
        let after = String::from_utf8(after).map_err(|_| damaged())?;
        let after = after.lines().map(line).collect::<Option<BTreeMap<_, _>>>().ok_or_else(damaged)?;
        Ok(Some(Self { before: before.tree, after }))
    }

    /// The paths, of those that are asked for, that are no longer as the update left them.
    pub fn changed_since(&self, ours: &BTreeMap<RelPath, Ours>, wanted: impl Fn(&str) -> bool) -> Vec<&str> {
        let is_as_left = |(path, sum): &(&RelPath, &Option<Sum>)| match (ours.get(*path), sum) {
            (Some(Ours::File(file)), Some(sum)) => Sum::of_file(file) == *sum,
            // a folder that a file became, or a file that a folder became, is checked by what is in it
            (None | Some(Ours::Missing | Ours::Blocked { .. } | Ours::Directory { .. }), None) => true,
            _ => false,
        };
        let changed = self.after.iter().filter(|entry| wanted(entry.0) && !is_as_left(entry));
        changed.map(|(path, _)| path.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_reads_back() {
        let file = |text: &str| File { bytes: text.as_bytes().to_vec(), executable: false };
        let (old, new, record) = (file("old\n"), file("new\n"), file("base\n"));
        let operation = |path: &'static str, before, action| Operation { path: path.into(), before, action };
        let operations = [
            operation("changed", Before::File(&old), Action::Write(&new)),
            operation("created", Before::Missing, Action::Write(&new)),
            operation("removed", Before::File(&old), Action::Remove),
            Operation::record(path::BASE, &new),
        ];
        let recorded = BTreeMap::from([(path::BASE.to_owned(), Ours::File(record.clone()))]);
        let undo = LastUpdate::of(&operations, &recorded);
        assert_eq!(undo.before.files.keys().collect::<Vec<_>>(), [path::BASE, "changed", "removed"]);

        let folder = tempfile::tempdir().unwrap();
        let put = |rel: &str, bytes: &[u8]| {
            let full = folder.path().join(rel);
            std::fs::create_dir_all(full.parent().unwrap()).unwrap();
            std::fs::write(full, bytes).unwrap();
        };
        let project = Project::open(folder.path()).unwrap();
        assert!(LastUpdate::read(&project).unwrap().is_none());
        let (before, after) = undo.encode();
        put(BEFORE, &before.bytes);
        put(AFTER, &after.bytes);
        let read = LastUpdate::read(&project).unwrap().unwrap();
        assert_eq!((&read.before, &read.after), (&undo.before, &undo.after));

        put("changed", b"new\n");
        put("created", b"edited\n");
        put("removed", b"there again\n");
        put(path::BASE, b"new\n");
        let ours = project.ours(read.after.keys()).unwrap();
        assert_eq!(read.changed_since(&ours, |_| true), ["created", "removed"]);

        put(AFTER, b"0123 ../x\n");
        assert!(LastUpdate::read(&project).unwrap_err().to_string().contains("is damaged"));
    }
}
