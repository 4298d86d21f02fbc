//! What would change, and why: one `Change` per path from (base, ours, theirs). Pure, no I/O.

use crate::base::{Base, Gone, GoneFiles};
use crate::merge::{self, Merged};
use crate::text::error::UserError;
use crate::text::path;
use crate::text::tree::{File, RelPath, Tree};
use std::collections::{BTreeMap, BTreeSet};

pub mod decision;
mod kind;
pub mod moved;
mod open;
pub mod operation;
mod settle;

pub use kind::ChangeKind;
pub use open::{BESIDE, Cause, OpenChange, OwnText, Resolution};

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

impl Ours {
    /// The regular file, if it is one.
    pub fn file(&self) -> Option<&File> {
        match self {
            Self::File(file) => Some(file),
            _ => None,
        }
    }

    /// Whether the file that was generated is gone, where `theirs` is to be.
    fn is_absent(&self, theirs: Option<&File>) -> bool {
        match self {
            Self::Missing | Self::Blocked { .. } => true,
            // none is to be there
            Self::Directory { .. } => theirs.is_none(),
            Self::File(_) | Self::Symlink | Self::Other => false,
        }
    }
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

/// What a plan is made from.
#[derive(Clone, Copy)]
pub struct Versions<'a> {
    /// What was generated last.
    pub base: &'a Base,
    /// What is on disk. A path that is not mentioned is taken as missing.
    pub ours: &'a BTreeMap<RelPath, Ours>,
    /// What would be generated now.
    pub theirs: &'a Tree,
    /// The new files with write policy `once`.
    pub once: &'a BTreeSet<RelPath>,
    /// Files that have another path now: new path to old path, as [`crate::plan::moved::moves`] finds them.
    pub moves: &'a BTreeMap<RelPath, RelPath>,
}

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
        /// Whether a person decided earlier that theirs stays, about another new file: no one else has to decide.
        kept: bool,
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
    /// Edited by the user, or at another path, and the new version differs.
    Merge {
        /// The path until now, if the file moves.
        from: Option<&'a str>,
        /// The user's version.
        ours: &'a File,
        /// The new version.
        theirs: &'a File,
        /// Both.
        merged: Merged,
    },
    /// Deleted by the user: not resurrected.
    KeepDeleted,
    /// Not here since git ignores it, so that no clone has it: not created.
    Ignored,
    /// Left out by the user, and nothing new: not created.
    LeftOut,
    /// Left out by the user, but the new version differs: created only when a person wants it now.
    Offer(&'a File),
    /// No longer generated, untouched.
    Delete(&'a File),
    /// No longer generated, but edited or the user's own: kept.
    Orphan,
    /// Write policy `once`, and present: the user's.
    LeaveOnce,
}

/// What the base knows about a path.
#[derive(Clone, Copy)]
enum Recorded<'a> {
    Never,
    /// It was recorded, but the record is damaged.
    Unreadable,
    File {
        file: &'a File,
        /// What the user had done to it by the time that it was no longer generated; `None` while it was.
        gone: Option<Gone>,
    },
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
    /// # Errors
    /// When the new files cannot all exist beside each other.
    pub fn new(versions: &Versions<'a>, merge: Merge<'_>) -> Result<Self, UserError> {
        let Versions { base, ours, theirs, once, moves } = *versions;
        path::check_tree(theirs)?;
        let sources: BTreeSet<&str> = moves.values().map(String::as_str).collect();
        let leaving = Leaving { versions, sources: &sources };
        let paths: BTreeSet<&'a RelPath> =
            base.tree.files.keys().chain(&base.damaged).chain(theirs.files.keys()).collect();
        let mut changes = BTreeMap::new();
        for path in paths.into_iter().filter(|path| !sources.contains(path.as_str())) {
            let new = theirs.files.get(path);
            let from = moves.get(path);
            let source = from.unwrap_or(path);
            let recorded = match base.tree.files.get(source) {
                // after a merge of two updated branches there are two: the one that the disk shows is the right one
                Some(file) => {
                    let file = base.others.get(source).filter(|o| file_at(ours, source) == Some(*o)).unwrap_or(file);
                    Recorded::File { file, gone: base.gone.get(source).copied() }
                }
                None if base.damaged.contains(path) => Recorded::Unreadable,
                None => Recorded::Never,
            };
            let once = if new.is_some() { once.contains(path) } else { base.once.contains(path) };
            let change = match from.and_then(|from| Some((from, file_at(ours, from)?))) {
                Some((from, mine)) => moved(path, from, recorded, mine, new, once, merge),
                None => decide(path, recorded, leaving.seen(path), new, once, merge),
            };
            if let Some(change) = change {
                changes.insert(path.as_str(), change);
            }
        }
        Ok(Self { changes })
    }

    /// The same where ours are the base, so that nothing is merged.
    ///
    /// # Errors
    /// As [`Plan::new`].
    pub fn without_merge(versions: &Versions<'a>) -> Result<Self, UserError> {
        Self::new(versions, &|_, _, _, new| Merged::Clean(new.clone()))
    }

    /// Whether a person has something to look at: more than what [touches the disk](Self::touches_disk).
    pub fn is_reviewed(&self) -> bool {
        let is_offer = |change: &Change<'_>| matches!(change, Change::Offer(_) | Change::Collide { kept: true, .. });
        self.touches_disk() || self.changes.values().any(is_offer)
    }

    /// Whether carrying it out can change any file.
    pub fn touches_disk(&self) -> bool {
        let is_open = |change: &Change<'_>| matches!(change, Change::Collide { kept: false, .. });
        self.changes.values().any(|change| change.kind().touches_disk() || is_open(change))
    }

    /// The files that are generated no more, and what the user had done to each: should they come back, an edit is merged
    /// and a deletion lasts. `place` tells where a file that was deleted would be from now on.
    pub fn gone(
        &self,
        versions: &Versions<'_>,
        resolutions: &BTreeMap<RelPath, Resolution>,
        place: &dyn Fn(&str) -> RelPath,
    ) -> GoneFiles {
        let Versions { base, ours, theirs, moves, .. } = *versions;
        let mut gone = GoneFiles::new();
        for (path, file) in &base.tree.files {
            let is_left = |ours: &Ours| ours.is_absent(None);
            let deleted_before = || {
                base.gone.get(path) == Some(&Gone::Deleted)
                    && ours.get(path).is_none_or(is_left)
                    && !moves.values().any(|from| from == path)
            };
            match self.changes.get(path.as_str()) {
                _ if theirs.files.contains_key(path) => {}
                Some(Change::Orphan) => drop(gone.insert(path.clone(), (file.clone(), Gone::Edited))),
                Some(Change::Delete(_)) if resolutions.get(path) == Some(&Resolution::KeepMine) => {
                    gone.insert(path.clone(), (file.clone(), Gone::Edited));
                }
                Some(Change::KeepDeleted) => drop(gone.insert(place(path), (file.clone(), Gone::Deleted))),
                None if deleted_before() => drop(gone.insert(place(path), (file.clone(), Gone::Deleted))),
                _ => {}
            }
        }
        gone.retain(|path, _| !theirs.files.contains_key(path));
        gone
    }

    /// How many changes of each kind.
    pub fn counts(&self) -> BTreeMap<ChangeKind, usize> {
        let mut counts = BTreeMap::new();
        for change in self.changes.values() {
            *counts.entry(change.kind()).or_insert(0) += 1;
        }
        counts
    }
}

fn file_at<'a>(ours: &'a BTreeMap<RelPath, Ours>, path: &str) -> Option<&'a File> {
    ours.get(path)?.file()
}

/// Which paths become free: a file may become a folder, or a folder a file.
struct Leaving<'v, 'a> {
    versions: &'v Versions<'a>,
    sources: &'v BTreeSet<&'v str>,
}

impl<'a> Leaving<'_, 'a> {
    /// What is at a path once the files that go are gone.
    fn seen(&self, path: &str) -> &'a Ours {
        match self.versions.ours.get(path) {
            None => &Ours::Missing,
            Some(Ours::Blocked { by, .. }) if self.leaves(by) => &Ours::Missing,
            // an empty folder is the user's: nothing that is generated was in it
            Some(Ours::Directory { files }) if !files.is_empty() && files.iter().all(|f| self.leaves(f)) => {
                &Ours::Missing
            }
            Some(ours) => ours,
        }
    }

    /// Whether the file at `path` is to be deleted, or moves.
    fn leaves(&self, path: &str) -> bool {
        let Versions { base, ours, theirs, .. } = self.versions;
        let unedited = || file_at(ours, path).is_some_and(|mine| base.tree.files.get(path) == Some(mine));
        let is_kept = || base.once.contains(path) || base.gone.contains_key(path);
        let deleted = || !theirs.files.contains_key(path) && !is_kept() && unedited();
        self.sources.contains(path) || deleted()
    }
}

/// A file that has another path now.
fn moved<'a>(
    path: &str,
    from: &'a str,
    recorded: Recorded<'a>,
    mine: &'a File,
    theirs: Option<&'a File>,
    once: bool,
    merge: Merge<'_>,
) -> Option<Change<'a>> {
    let (Recorded::File { file: old, .. }, Some(new)) = (recorded, theirs) else { return None };
    let merged = if mine == old && !once {
        Merged::Clean(new.clone())
    } else if new == old || once {
        Merged::Clean(mine.clone())
    } else {
        merge(path, old, mine, new)
    };
    Some(Change::Merge { from: Some(from), ours: mine, theirs: new, merged })
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
    use Recorded::{Never, Unreadable};
    let absent = ours.is_absent(theirs);
    let base = match base {
        // given up by both sides: as if it had never been
        Recorded::File { gone: Some(Gone::Edited), .. } if absent => Never,
        // theirs to begin with: what had been deleted is not what is there; and nothing to say while none is generated
        Recorded::File { gone: Some(Gone::Deleted), .. } if !absent || theirs.is_none() => Never,
        other => other,
    };
    Some(match (base, ours, theirs) {
        (Never, _, None) => return None,
        (Never, Ours::Missing, Some(new)) => Change::Create(new),
        (Recorded::File { .. } | Unreadable, _, _) if absent => Change::KeepDeleted,
        (_, _, Some(_)) if once && !absent => Change::LeaveOnce,
        (_, Ours::File(mine), Some(new)) if mine == new => match base {
            Recorded::File { file, gone: None } if file == mine => Change::Unchanged,
            _ => Change::Adopt,
        },
        (Recorded::File { file: old, .. }, Ours::File(mine), Some(new)) if mine == old => {
            Change::Update { ours: mine, theirs: new }
        }
        (Recorded::File { file: old, .. }, _, Some(new)) if new == old => Change::Keep,
        (Recorded::File { file: old, .. }, Ours::File(mine), Some(new)) => {
            Change::Merge { from: None, ours: mine, theirs: new, merged: merge(path, old, mine, new) }
        }
        (Never, Ours::File(mine), Some(new)) if let Some(joined) = merge::joined(path, None, mine, new) => {
            if joined == *mine {
                Change::Keep
            } else {
                Change::Merge { from: None, ours: mine, theirs: new, merged: Merged::Clean(joined) }
            }
        }
        (_, _, Some(new)) => Change::Collide { ours, theirs: new, kept: false },
        (Recorded::File { file: old, gone: None }, Ours::File(mine), None) if mine == old && !once => {
            Change::Delete(mine)
        }
        (_, _, None) => Change::Orphan,
    })
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
