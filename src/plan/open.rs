//! The changes that need a decision by the user, and what a decision does on disk.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::{Change, Ours, Plan, describe};
use crate::merge::{Merged, Why};
use crate::plan::operation::{Action, Before, Operation};
use crate::text::checksum::Sum;
use crate::text::error::UserError;
use crate::text::tree::{File, RelPath};

/// Added to the name of a new file that is written beside the user's.
pub const BESIDE: &str = ".scaffold-new";

/// A change that cannot be carried out without a decision.
#[derive(Clone, Copy, Debug)]
pub struct OpenChange<'p> {
    /// Where.
    pub path: &'p str,
    /// Why a decision is needed.
    pub cause: Cause<'p>,
    /// Whether theirs stays until a person decides otherwise.
    pub kept: bool,
}

/// Why a decision is needed.
#[derive(Clone, Copy, Debug)]
pub enum Cause<'p> {
    /// Something else is there.
    There(&'p Ours),
    /// Both sides changed the same lines: the lines at which the conflicts begin.
    Conflict(&'p [usize]),
    /// The two versions cannot be merged.
    Unmergeable(&'p Why),
}

/// What was decided about a path. A change that is not open and has no decision is carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// Leave what is there, or nothing where nothing is. A file that moves does so all the same.
    KeepMine,
    /// Replace the file that is there, or create one that was left out earlier.
    TakeNew,
    /// Leave what is there and write the new file beside it, as `NAME.scaffold-new`.
    Both,
    /// Write both sides into the file, between conflict markers.
    Markers,
    /// Write what the person made of the two.
    Own(OwnText),
}

/// A text between the user's and the new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnText {
    /// The file to write.
    pub file: File,
    /// The differences to the new file that were refused, as [`Parts::sums`](crate::merge::parts::Parts::sums) calls them.
    pub refused: BTreeSet<Sum>,
}

impl OpenChange<'_> {
    /// What can be decided, the mildest first.
    pub fn choices(&self) -> &'static [Resolution] {
        use Resolution::{Both, KeepMine, Markers, TakeNew};
        match self.cause {
            Cause::Conflict(_) => &[Markers, KeepMine, TakeNew, Both],
            Cause::Unmergeable(_) | Cause::There(Ours::File(_)) => &[KeepMine, TakeNew, Both],
            // below something that is not a folder there is no place beside it either
            Cause::There(Ours::Blocked { by, .. }) if by.len() < self.path.len() => &[KeepMine],
            Cause::There(_) => &[KeepMine, Both],
        }
    }

    /// Whether a resolution is possible.
    fn allows(&self, resolution: &Resolution) -> bool {
        match resolution {
            Resolution::Own(_) => !matches!(self.cause, Cause::There(there) if !matches!(there, Ours::File(_))),
            other => self.choices().contains(other),
        }
    }

    /// What stands in the way, in words.
    pub fn reason(&self) -> String {
        match self.cause {
            Cause::There(ours) => describe(ours),
            Cause::Conflict(lines) => match lines {
                [one] => format!("a conflict at line {one}"),
                _ => format!("{} conflicts, the first at line {}", lines.len(), lines.first().unwrap_or(&1)),
            },
            Cause::Unmergeable(why) => why.to_string(),
        }
    }
}

impl<'a> Plan<'a> {
    /// The changes that need a [`Resolution`] each.
    pub fn open(&self) -> impl Iterator<Item = OpenChange<'_>> {
        self.changes.iter().filter_map(|(path, change)| {
            let cause = match change {
                Change::Collide { ours, .. } => Cause::There(ours),
                Change::Merge { merged: Merged::Conflict { lines, .. }, .. } => Cause::Conflict(lines),
                Change::Merge { merged: Merged::Beside(why), .. } => Cause::Unmergeable(why),
                _ => return None,
            };
            Some(OpenChange { path, cause, kept: matches!(change, Change::Collide { kept: true, .. }) })
        })
    }

    /// What to do on disk. Every open change needs a resolution that is possible for it.
    ///
    /// # Errors
    /// When a resolution is missing or impossible.
    pub fn operations<'o>(
        &'o self,
        resolutions: &'o BTreeMap<RelPath, Resolution>,
    ) -> Result<Vec<Operation<'o>>, UserError> {
        for open in self.open() {
            match resolutions.get(open.path) {
                Some(resolution) if open.allows(resolution) => {}
                Some(resolution) => return Err(impossible(&open, resolution)),
                None => return Err(UserError::new(format!("nothing was decided about `{}`", open.path))),
            }
        }
        let mut operations = Vec::new();
        for (&path, change) in &self.changes {
            let resolution = resolutions.get(path);
            let kept = resolution == Some(&Resolution::KeepMine);
            let both = resolution == Some(&Resolution::Both);
            let own = match resolution {
                Some(Resolution::Own(own)) => Some(&own.file),
                _ => None,
            };
            match change {
                Change::Create(_) | Change::Update { .. } | Change::Delete(_) if kept => {}
                Change::Create(theirs) => operations.push(write(path, Before::Missing, own.unwrap_or(theirs))),
                Change::Offer(theirs) => match (resolution, own) {
                    (Some(Resolution::TakeNew), _) => operations.push(write(path, Before::Missing, theirs)),
                    (_, Some(own)) => operations.push(write(path, Before::Missing, own)),
                    _ => {}
                },
                Change::Update { theirs, .. } if both => operations.push(beside(path, theirs)),
                Change::Update { ours, theirs } => {
                    operations.push(write(path, Before::File(ours), own.unwrap_or(theirs)));
                }
                Change::Delete(ours) => operations.push(remove(path, ours)),
                Change::Collide { ours, theirs, .. } => match (resolution, ours) {
                    (Some(Resolution::TakeNew | Resolution::Own(_)), Ours::File(mine)) => {
                        operations.push(write(path, Before::File(mine), own.unwrap_or(theirs)));
                    }
                    (Some(Resolution::Both), _) => operations.push(beside(path, theirs)),
                    _ => {}
                },
                Change::Merge { from, ours, theirs, merged } => {
                    let result = match (merged, resolution) {
                        (_, Some(Resolution::Own(own))) => &own.file,
                        (Merged::Clean(file) | Merged::Conflict { file, .. }, None | Some(Resolution::Markers)) => file,
                        (_, Some(Resolution::TakeNew)) => *theirs,
                        _ => *ours,
                    };
                    match from {
                        Some(from) => {
                            operations.push(remove(from, ours));
                            operations.push(write(path, Before::Missing, result));
                        }
                        None if result == *ours => {}
                        None => operations.push(write(path, Before::File(ours), result)),
                    }
                    if both {
                        operations.push(beside(path, theirs));
                    }
                }
                Change::Adopt
                | Change::Unchanged
                | Change::Keep
                | Change::KeepDeleted
                | Change::Ignored
                | Change::LeftOut
                | Change::Orphan
                | Change::LeaveOnce => {}
            }
        }
        Ok(operations)
    }
}

fn write<'o>(path: &'o str, before: Before<'o>, file: &'o File) -> Operation<'o> {
    Operation { path: Cow::Borrowed(path), before, action: Action::Write(file) }
}

fn remove<'o>(path: &'o str, file: &'o File) -> Operation<'o> {
    Operation { path: Cow::Borrowed(path), before: Before::File(file), action: Action::Remove }
}

fn beside<'o>(path: &str, file: &'o File) -> Operation<'o> {
    Operation { path: Cow::Owned(format!("{path}{BESIDE}")), before: Before::Missing, action: Action::Write(file) }
}

fn impossible(open: &OpenChange<'_>, resolution: &Resolution) -> UserError {
    let what = match resolution {
        Resolution::KeepMine => "keep what is at",
        Resolution::TakeNew | Resolution::Own(_) => "replace",
        Resolution::Both => "write a file beside",
        Resolution::Markers => "write conflict markers into",
    };
    UserError::new(format!("cannot {what} `{}`: {}", open.path, open.reason()))
        .hint("keep yours, or move it away and repeat the command")
}
