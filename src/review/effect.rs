//! What a plan does to files once everything is decided, in numbers.

use crate::plan::operation::Action;
use crate::plan::{Change, Plan, Resolution};
use crate::review::Resolutions;
use crate::text::count;

/// How many files are written and how many go. A file that moves is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    /// Files that are written.
    pub written: usize,
    /// Those of them that get conflict markers.
    pub marked: usize,
    /// Files that are removed.
    pub removed: usize,
}

impl Effect {
    /// Counts. Nothing is counted where a decision is missing.
    pub fn of(plan: &Plan<'_>, resolutions: &Resolutions) -> Self {
        let operations = plan.operations(resolutions).unwrap_or_default();
        let written = operations.iter().filter(|operation| matches!(operation.action, Action::Write(_))).count();
        let moved =
            plan.changes.values().filter(|change| matches!(change, Change::Merge { from: Some(_), .. })).count();
        // a file that moves is removed and written
        let removed = (operations.len() - written).saturating_sub(moved);
        let marked = resolutions.values().filter(|resolution| **resolution == Resolution::Markers).count();
        Self { written, marked, removed }
    }

    /// As something that can be chosen.
    pub fn offer(self) -> String {
        let marked = match (self.written, self.marked) {
            (_, 0) => String::new(),
            (written, marked) if written == marked => ", with conflict markers".into(),
            (_, marked) => format!(", {marked} of them with conflict markers"),
        };
        match (self.written, self.removed) {
            (0, 0) => "Write: no file changes, only answers and decisions are recorded".into(),
            (0, removed) => format!("Remove {}", count(removed, "file")),
            (written, 0) => format!("Write {}{marked}", count(written, "file")),
            (written, removed) if marked.is_empty() => format!("Write {} and remove {removed}", count(written, "file")),
            (written, removed) => format!("Write {}{marked}, and remove {removed}", count(written, "file")),
        }
    }
}
