//! What would change, and why: one [`Change`] per path from (base, ours, theirs). Pure, no I/O.

use crate::apply::{Action, Before, Operation};
use crate::base::Base;
use crate::error::UserError;
use crate::merge::Merged;
use crate::path;
use crate::tree::{File, RelPath, Tree};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What is on disk at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ours {
    /// Nothing.
    Missing,
    /// A regular file.
    File(File),
    /// A folder where a file is expected.
    Directory {
        /// Everything in it but folders, however deep; of very many files only some, and then a path that none has.
        files: Vec<RelPath>,
    },
    /// A symbolic link; never followed.
    Symlink,
    /// A socket, a pipe, a device.
    Other,
    /// Nothing, and nothing can be put there: `by` is in the way.
    Blocked {
        /// The entry in the way.
        by: RelPath,
        /// Why it is in the way.
        why: Block,
    },
}

/// Why an entry is in the way of another path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Block {
    /// It is not a folder, but the path leads through it.
    NotAFolder,
    /// Its name differs only in case.
    OtherCase,
}

/// Merges one file: path, base, ours, theirs.
pub type Merge<'m> = &'m dyn Fn(&str, &File, &File, &File) -> Merged;

/// What would happen to one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change<'a> {
    /// New file, nothing there.
    Create(&'a File),
    /// Already equal to the new file: record only.
    Adopt,
    /// Something else is there: show both, ask.
    Collide {
        /// What is there.
        ours: &'a Ours,
        /// The new file.
        theirs: &'a File,
    },
    /// Untouched since generated, and the new version differs.
    Update {
        /// The old version.
        ours: &'a File,
        /// The new version.
        theirs: &'a File,
    },
    /// Untouched, nothing new.
    Unchanged,
    /// Edited by the user, nothing new: the edit stays.
    Keep,
    /// Edited by the user, and the new version differs.
    Merge {
        /// The user's version.
        ours: &'a File,
        /// The new version.
        theirs: &'a File,
        /// Both.
        merged: Merged,
    },
    /// Deleted by the user: not resurrected.
    KeepDeleted,
    /// No longer generated, untouched.
    Delete(&'a File),
    /// No longer generated, but edited or the user's own: kept.
    Orphan,
    /// Write policy `once`, and present: the user's.
    LeaveOnce,
}

/// [`Change`] without the files, to count and to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // Each is described at `Change`.
pub enum Kind {
    Create,
    Adopt,
    Collide,
    Update,
    Unchanged,
    Keep,
    Merge,
    Conflict,
    KeepDeleted,
    Delete,
    Orphan,
    LeaveOnce,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Create => "create",
            Self::Adopt => "adopt",
            Self::Collide => "collide",
            Self::Update => "update",
            Self::Unchanged => "unchanged",
            Self::Keep => "keep",
            Self::Merge => "merge",
            Self::Conflict => "conflict",
            Self::KeepDeleted => "keep deleted",
            Self::Delete => "delete",
            Self::Orphan => "orphan",
            Self::LeaveOnce => "leave",
        })
    }
}

impl Change<'_> {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Create(_) => Kind::Create,
            Self::Adopt => Kind::Adopt,
            Self::Collide { .. } => Kind::Collide,
            Self::Update { .. } => Kind::Update,
            Self::Unchanged => Kind::Unchanged,
            Self::Keep => Kind::Keep,
            Self::Merge { merged: Merged::Clean(_), .. } => Kind::Merge,
            Self::Merge { .. } => Kind::Conflict,
            Self::KeepDeleted => Kind::KeepDeleted,
            Self::Delete(_) => Kind::Delete,
            Self::Orphan => Kind::Orphan,
            Self::LeaveOnce => Kind::LeaveOnce,
        }
    }
}

/// What the user decided about one collision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// Leave what is there.
    KeepMine,
    /// Replace the file that is there.
    TakeNew,
    /// Leave what is there and write the new file beside it, as `NAME.scaffold-new`.
    Both,
}

/// Added to the name of a new file that is written beside the user's.
pub const BESIDE: &str = ".scaffold-new";

/// What the base knows about a path.
#[derive(Clone, Copy)]
enum Recorded<'a> {
    Never,
    /// It was recorded, but the record is damaged.
    Unreadable,
    File(&'a File),
}

/// One [`Change`] per path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan<'a> {
    /// The changes, sorted by path.
    pub changes: BTreeMap<&'a str, Change<'a>>,
}

impl<'a> Plan<'a> {
    /// Compares what was generated last, what is on disk and what would be generated now.
    ///
    /// `once` names the new files with that write policy. A path that `ours` does not mention is taken as missing.
    pub fn new(
        base: &'a Base,
        ours: &'a BTreeMap<RelPath, Ours>,
        theirs: &'a Tree,
        once: &BTreeSet<RelPath>,
        merge: Merge<'_>,
    ) -> Result<Self, UserError> {
        path::check_tree(theirs)?;
        let paths: BTreeSet<&'a RelPath> =
            base.tree.files.keys().chain(&base.damaged).chain(theirs.files.keys()).collect();
        let mut changes = BTreeMap::new();
        for path in paths {
            let recorded = match base.tree.files.get(path) {
                Some(file) => Recorded::File(file),
                None if base.damaged.contains(path) => Recorded::Unreadable,
                None => Recorded::Never,
            };
            let theirs = theirs.files.get(path);
            let once = if theirs.is_some() { once.contains(path) } else { base.once.contains(path) };
            let ours = ours.get(path).unwrap_or(&Ours::Missing);
            if let Some(change) = decide(path, recorded, ours, theirs, once, merge) {
                changes.insert(path.as_str(), change);
            }
        }
        Ok(Self { changes })
    }

    /// How many changes of each kind.
    pub fn counts(&self) -> BTreeMap<Kind, usize> {
        let mut counts = BTreeMap::new();
        for change in self.changes.values() {
            *counts.entry(change.kind()).or_insert(0) += 1;
        }
        counts
    }

    /// The collisions, which need a [`Resolution`] each.
    pub fn collisions(&self) -> impl Iterator<Item = (&'a str, &'a Ours, &'a File)> {
        self.changes.iter().filter_map(|(path, change)| match *change {
            Change::Collide { ours, theirs } => Some((*path, ours, theirs)),
            _ => None,
        })
    }

    /// What to do on disk. Every collision needs a resolution that is possible for it.
    pub fn operations(&self, resolutions: &BTreeMap<RelPath, Resolution>) -> Result<Vec<Operation<'_>>, UserError> {
        let mut operations = Vec::new();
        for (&path, change) in &self.changes {
            let operation = |before, action| Operation { path: Cow::Borrowed(path), before, action };
            match change {
                Change::Create(theirs) => operations.push(operation(Before::Missing, Action::Write(theirs))),
                Change::Update { ours, theirs } => {
                    operations.push(operation(Before::File(ours), Action::Write(theirs)));
                }
                Change::Merge { ours, theirs, merged } => operations.push(match merged.file() {
                    Some(file) => operation(Before::File(ours), Action::Write(file)),
                    None => beside(path, theirs),
                }),
                Change::Delete(ours) => operations.push(operation(Before::File(ours), Action::Remove)),
                Change::Collide { ours, theirs } => {
                    let resolution = *resolutions.get(path).ok_or_else(|| undecided(path))?;
                    operations.extend(resolve(path, ours, theirs, resolution)?);
                }
                Change::Adopt
                | Change::Unchanged
                | Change::Keep
                | Change::KeepDeleted
                | Change::Orphan
                | Change::LeaveOnce => {}
            }
        }
        Ok(operations)
    }
}

/// The table of the three versions, row by row.
fn decide<'a>(
    path: &str,
    base: Recorded<'a>,
    ours: &'a Ours,
    theirs: Option<&'a File>,
    once: bool,
    merge: Merge<'_>,
) -> Option<Change<'a>> {
    use Recorded::{File as Was, Never, Unreadable};
    let absent = matches!(ours, Ours::Missing | Ours::Blocked { .. });
    Some(match (base, ours, theirs) {
        (Never, _, None) => return None,
        (Never, Ours::Missing, Some(new)) => Change::Create(new),
        (Was(_) | Unreadable, _, _) if absent => Change::KeepDeleted,
        (_, _, Some(_)) if once && !absent => Change::LeaveOnce,
        (_, Ours::File(mine), Some(new)) if mine == new => match base {
            Was(old) if old == mine => Change::Unchanged,
            _ => Change::Adopt,
        },
        (Was(old), Ours::File(mine), Some(new)) if mine == old => Change::Update { ours: mine, theirs: new },
        (Was(old), _, Some(new)) if new == old => Change::Keep,
        (Was(old), Ours::File(mine), Some(new)) => {
            Change::Merge { ours: mine, theirs: new, merged: merge(path, old, mine, new) }
        }
        (_, _, Some(new)) => Change::Collide { ours, theirs: new },
        (Was(old), Ours::File(mine), None) if mine == old && !once => Change::Delete(mine),
        (_, _, None) => Change::Orphan,
    })
}

fn resolve<'a>(
    path: &'a str,
    ours: &'a Ours,
    theirs: &'a File,
    resolution: Resolution,
) -> Result<Option<Operation<'a>>, UserError> {
    let refuse = |what: &str| {
        Err(UserError::new(format!("cannot {what} `{path}`: {}", describe(ours)))
            .hint("keep yours, or move it away and repeat the command"))
    };
    match (resolution, ours) {
        (Resolution::KeepMine, _) => Ok(None),
        (Resolution::TakeNew, Ours::File(mine)) => {
            Ok(Some(Operation { path: path.into(), before: Before::File(mine), action: Action::Write(theirs) }))
        }
        (Resolution::TakeNew, _) => refuse("replace"),
        (Resolution::Both, Ours::Blocked { by, .. }) if by.len() < path.len() => refuse("write a file beside"),
        (Resolution::Both, _) => Ok(Some(beside(path, theirs))),
    }
}

fn beside<'a>(path: &str, theirs: &'a File) -> Operation<'a> {
    Operation {
        path: Cow::Owned(format!("{path}{BESIDE}")),
        before: Before::Missing,
        action: Action::Write(theirs),
    }
}

fn undecided(path: &str) -> UserError {
    UserError::new(format!("`{path}` already exists, and nobody decided whether to keep or replace it"))
}

/// What is there, in words.
pub fn describe(ours: &Ours) -> String {
    match ours {
        Ours::Missing => "there is nothing".into(),
        Ours::File(_) => "there is a file".into(),
        Ours::Directory { .. } => "there is a folder".into(),
        Ours::Symlink => "there is a symbolic link".into(),
        Ours::Other => "there is something that is not a file".into(),
        Ours::Blocked { by, why: Block::NotAFolder } => format!("`{by}` is not a folder"),
        Ours::Blocked { by, why: Block::OtherCase } => format!("`{by}` differs only in case"),
    }
}

#[cfg(test)]
mod tests;
