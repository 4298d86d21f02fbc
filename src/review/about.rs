//! Why a generated file has what the user's own one lacks.

use super::{Review, counted_on};
use crate::merge::parts::Parts;
use crate::plan::{Change, Ours};
use crate::render::context::Readiness;
use crate::text::count;

/// The maximum number of needs shown before a question.
const NEEDS: usize = 3;

impl Review<'_> {
    /// Where a file belongs to, what it is good for, and by how much it differs from the one that is there. Nothing where
    /// no file of the user's is in question.
    pub(super) fn about(&self, path: &str, change: &Change<'_>) -> Option<String> {
        let Change::Collide { ours: Ours::File(ours), theirs, .. } = change else { return None };
        let origin = self.rendered.origin.get(path)?;
        let component = self.catalog.component(&origin.component)?;
        let manifest = &component.manifest;
        let why = manifest.why.trim().trim_end_matches('.');
        let mut out = format!("The new {path} belongs to \"{}\": {why}.", manifest.title);

        // a component of many files meets needs that this one has no part in
        let met: Vec<&Readiness> = self.readiness.iter().filter(|need| need.names(&component.name, path)).collect();
        let told: Vec<String> = met.iter().take(NEEDS).map(|needs| format!("{} ({})", needs.id, needs.need)).collect();
        if !told.is_empty() {
            let more = match met.len() - told.len() {
                0 => String::new(),
                n => format!(" and {n} more"),
            };
            out.push_str(&format!(" It serves {}{more}.", told.join(", ")));
        }
        if let (Some(old), Some(new)) = (ours.text(), theirs.text()) {
            let (mine, theirs) = Parts::between(old, new).lines();
            let more = |n| count(n, "line");
            out.push_str(&match (theirs, mine) {
                (0, 0) => String::new(),
                (theirs, 0) => format!(" It has {} that yours lacks.", more(theirs)),
                (0, mine) => format!(" Yours has {} that it lacks.", more(mine)),
                (theirs, mine) => {
                    format!(" It has {} that yours lacks; yours has {} that it lacks.", more(theirs), more(mine))
                }
            });
        }
        for clause in counted_on::clauses(self.rendered, path, ours) {
            out.push_str(&format!(" Yours {clause}."));
        }
        Some(self.ui.wrapped_line(&self.ui.visible(&out)))
    }
}
