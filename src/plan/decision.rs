//! What a person decided about single files in a review, and about which version of them: `.scaffold/decisions.yaml`.
//!
//! The base remembers already what was generated, so that what was refused is never offered again as long as the
//! templates stay: it counts as an edit. What only a decision can tell is that it was one. A file that the person kept is
//! theirs, not an edited copy of ours; one that they left out is not one that they deleted, and is offered again when
//! the templates change it.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::GoneFiles;
use crate::merge::Merged;
use crate::merge::parts::{Parts, Verdict};
use crate::plan::{Block, Change, Ours, Plan, Resolution};
use crate::text::checksum::Sum;
use crate::text::tree::{File, RelPath, Tree};

mod text;

pub use text::parse;

/// What was decided about a file. It holds as long as what would be generated is what it was decided about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The user's own file stays, where this would be generated.
    Mine(Sum),
    /// Nothing is created, where this would be generated.
    LeftOut(Sum),
    /// These differences to the generated file were refused.
    Refused(BTreeSet<Sum>),
}

/// The decisions about a repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decisions {
    /// One per file.
    pub files: BTreeMap<RelPath, Decision>,
    /// Files that the user moved: the path at which they are generated, and the one at which they are.
    pub moved: BTreeMap<RelPath, RelPath>,
}

/// What new decisions are made from.
#[derive(Clone, Copy, Debug)]
pub struct Reviewed<'r> {
    /// The plan that is carried out.
    pub plan: &'r Plan<'r>,
    /// What was decided about it.
    pub resolutions: &'r BTreeMap<RelPath, Resolution>,
    /// Whether a person decided, and not an option. Of an option counts only that a file of the user's own stays.
    pub person: bool,
    /// What is generated.
    pub theirs: &'r Tree,
    /// What is no longer generated, and remembered.
    pub gone: &'r GoneFiles,
}

impl Decisions {
    /// The decisions that hold after a plan is carried out: the new ones, and the old ones that are still about something.
    #[must_use]
    pub fn after(&self, reviewed: Reviewed<'_>) -> Self {
        let Reviewed { plan, resolutions, person, theirs, gone } = reviewed;
        let is_gone = |(path, _): &(&RelPath, &Decision)| gone.contains_key(*path);
        let still = self.files.iter().filter(is_gone).map(|(path, decision)| (path.clone(), decision.clone()));
        let mut files: BTreeMap<_, _> = still.collect();
        for (&path, change) in &plan.changes {
            let Some(new) = theirs.files.get(path) else { continue };
            let from = match change {
                Change::Merge { from: Some(from), .. } => from,
                _ => path,
            };
            if let Some(decision) = decided(path, change, resolutions.get(path), person, self.files.get(from), new) {
                files.insert(path.to_owned(), decision);
            }
        }
        Self { files, moved: self.moved.clone() }
    }

    /// Has what was decided about one path be about another.
    pub fn rename(&mut self, from: &str, to: &str) {
        if let Some(decision) = self.files.remove(from) {
            self.files.insert(to.to_owned(), decision);
        }
    }

    /// Whether nothing is recorded.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.moved.is_empty()
    }

    /// Whether a file that differs from what is generated is as it was decided.
    pub fn settles(&self, path: &str, ours: &Ours, theirs: &File) -> bool {
        match (self.files.get(path), ours) {
            (Some(Decision::Mine(sum)), Ours::File(_)) => *sum == Sum::of_file(theirs),
            (Some(Decision::Refused(refused)), Ours::File(ours)) => {
                let texts = ours.text().zip(theirs.text());
                ours.executable == theirs.executable
                    && texts.is_some_and(|(old, new)| Parts::between(old, new).sums().all(|sum| refused.contains(&sum)))
            }
            _ => false,
        }
    }
}

fn decided(
    path: &str,
    change: &Change<'_>,
    resolution: Option<&Resolution>,
    person: bool,
    before: Option<&Decision>,
    new: &File,
) -> Option<Decision> {
    let sum = || Sum::of_file(new);
    match (resolution, change) {
        // a folder on the way that differs in case is no file that stands for this one
        (_, Change::Collide { ours: Ours::Blocked { by, .. }, .. }) if by.len() != path.len() => None,
        // without a person the earlier decision stays, so that one is asked later
        (Some(Resolution::KeepMine), Change::Collide { kept: true, .. }) if !person => before.cloned(),
        // an option that keeps it decides as well: the next update must not merge into what never stemmed from here
        (
            Some(Resolution::KeepMine | Resolution::Both),
            Change::Collide { ours: Ours::File(_) | Ours::Blocked { why: Block::OtherCase, .. }, .. },
        ) => Some(Decision::Mine(sum())),
        (Some(Resolution::KeepMine), Change::Create(_) | Change::Offer(_)) if person => Some(Decision::LeftOut(sum())),
        (Some(Resolution::KeepMine), Change::Update { .. } | Change::Merge { .. }) if person => {
            Some(Decision::Mine(sum()))
        }
        (Some(Resolution::Own(own)), _) => refused(own.refused.iter().chain(still(before)), &own.file, new),
        (None, Change::Offer(_) | Change::LeftOut) => before.cloned(),
        (None, Change::Keep) => match before? {
            Decision::Mine(about) if *about == sum() => before.cloned(),
            Decision::Refused(_) => before.cloned(),
            _ => None,
        },
        (None, Change::Merge { merged: Merged::Clean(file), .. }) => refused(still(before), file, new),
        _ => None,
    }
}

impl Decision {
    /// What is recorded as generated once this decision is forgotten, so that the next update offers the change again.
    /// The user's own file, or a missing one, counts as never generated; refused differences count as new.
    pub fn forgotten(&self, recorded: &File, ours: &Ours) -> Option<File> {
        let (Self::Refused(sums), Ours::File(ours)) = (self, ours) else { return None };
        let parts = Parts::between(ours.text()?, recorded.text()?);
        let verdict = |(at, sum)| (at..at + 1, if sums.contains(&sum) { Verdict::Refuse } else { Verdict::Take });
        let verdicts: Vec<_> = parts.sums().enumerate().map(verdict).collect();
        Some(File { bytes: parts.compose(&verdicts).into_bytes(), executable: recorded.executable })
    }
}

/// The refusals of an earlier decision.
fn still(before: Option<&Decision>) -> impl Iterator<Item = &Sum> {
    let sums = match before {
        Some(Decision::Refused(sums)) => Some(sums),
        _ => None,
    };
    sums.into_iter().flatten()
}

/// Those refusals that can be seen in a file.
fn refused<'s>(sums: impl Iterator<Item = &'s Sum>, file: &File, new: &File) -> Option<Decision> {
    let sums: BTreeSet<&Sum> = sums.collect();
    let parts = Parts::between(file.text()?, new.text()?);
    let seen: BTreeSet<Sum> = parts.sums().filter(|sum| sums.contains(sum)).collect();
    (!seen.is_empty()).then_some(Decision::Refused(seen))
}

#[cfg(test)]
mod tests;
