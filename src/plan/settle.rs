//! What earlier decisions make of a plan.

use std::collections::BTreeSet;

use super::{Change, Ours, Plan, Versions};
use crate::merge::Merged;
use crate::plan::decision::{Decision, Decisions};
use crate::text::checksum::Sum;
use crate::text::tree::RelPath;

impl<'a> Plan<'a> {
    /// Takes into account that files are missing because git ignores them, and not because they were deleted.
    pub fn ignore(&mut self, ignored: &BTreeSet<RelPath>) {
        for path in ignored {
            if let Some(change @ Change::KeepDeleted) = self.changes.get_mut(path.as_str()) {
                *change = Change::Ignored;
            }
        }
    }

    /// Leaves files to the user that would be deleted as no longer generated.
    pub fn leave(&mut self, left: &BTreeSet<RelPath>) {
        for path in left {
            if let Some(change @ Change::Delete(_)) = self.changes.get_mut(path.as_str()) {
                *change = Change::Orphan;
            }
        }
    }

    /// Takes into account what was decided earlier, as long as the new files are those that it was decided about.
    pub fn settle(&mut self, versions: &Versions<'a>, decisions: &Decisions) {
        for (path, decision) in &decisions.files {
            let moved = || versions.moves.iter().find(|(_, from)| *from == path).map(|(to, _)| to.as_str());
            let path = moved().unwrap_or(path);
            let (Some(change), Some(theirs)) = (self.changes.get_mut(path), versions.theirs.files.get(path)) else {
                continue;
            };
            let is_free = matches!(versions.ours.get(path), None | Some(Ours::Missing));
            let same = |sum: &Sum| *sum == Sum::of_file(theirs);
            match (&*change, decision) {
                // a new file again, where the base is lost
                (Change::KeepDeleted | Change::Create(_), Decision::LeftOut(sum)) if is_free => {
                    *change = if same(sum) { Change::LeftOut } else { Change::Offer(theirs) };
                }
                // it never stemmed from what is recorded, so that a conflict would be about all of it
                (
                    Change::Merge { from: None, merged: Merged::Conflict { .. } | Merged::Beside(_), theirs, .. },
                    Decision::Mine(sum),
                ) => match versions.ours.get(path) {
                    // the new version is again the one that was decided about
                    Some(_) if same(sum) => *change = Change::Keep,
                    Some(ours) => *change = Change::Collide { ours, theirs, kept: true },
                    None => {}
                },
                // the templates changed it when there was no person to ask
                (Change::Keep, Decision::Mine(sum)) if !same(sum) => {
                    if let Some(ours @ Ours::File(_)) = versions.ours.get(path) {
                        *change = Change::Collide { ours, theirs, kept: true };
                    }
                }
                // the base is lost, the decision is not
                (Change::Collide { ours: Ours::File(_), .. }, Decision::Mine(sum)) if same(sum) => {
                    *change = Change::Keep;
                }
                _ => {}
            }
        }
    }
}
