//! What was done, what was not and why, and what comes next.

use std::path::Path;

use crate::listing::meaning;
use crate::plan::{BESIDE, Kind, Plan, Resolution};
use crate::review::{Resolutions, touched};
use crate::text::count;
use crate::ui::{Style, Ui};

/// Whether the disk still differs from what was generated, though a person may have wanted it so.
pub fn remains(plan: &Plan<'_>, resolutions: &Resolutions) -> bool {
    let conflict = plan.counts().contains_key(&Kind::Conflict);
    conflict || plan.collisions().any(|(path, _, _)| resolutions.get(path) != Some(&Resolution::TakeNew))
}

/// What was written to `dir`, what was kept, and what to do next.
pub fn summary(ui: &Ui, dir: &Path, plan: &Plan<'_>, resolutions: &Resolutions) -> String {
    let place = ui.visible(&dir.display().to_string());
    let n = touched(plan, resolutions);
    let mut lines = vec![match n {
        0 => format!("No file had to be written; the answers are recorded in `{place}/.scaffold/`."),
        n => format!("Wrote {} to `{place}`; the answers are recorded in its `.scaffold/`.", count(n, "file")),
    }];
    let mut kept = Vec::new();
    for (path, ours, _) in plan.collisions() {
        let path = ui.visible(path);
        match resolutions.get(path.as_str()) {
            Some(Resolution::TakeNew) => {}
            Some(Resolution::Both) => kept.push(format!("{path} (the new one is beside it: {path}{BESIDE})")),
            _ if matches!(ours, crate::plan::Ours::File(_)) => kept.push(format!("{path} (there already, different)")),
            _ => kept.push(format!("{path} ({})", ui.visible(&crate::plan::describe(ours)))),
        }
    }
    for (path, change) in &plan.changes {
        let kind = change.kind();
        if matches!(kind, Kind::Keep | Kind::KeepDeleted | Kind::Orphan | Kind::LeaveOnce) {
            kept.push(format!("{} ({})", ui.visible(path), meaning(kind)));
        }
    }
    if !kept.is_empty() {
        lines.push(format!("Left {} as it is:", if kept.len() == 1 { "1 path" } else { "these paths" }));
        lines.extend(kept.into_iter().map(|line| format!("  {} {line}", ui.err.text(Style::Warn, "!"))));
    }
    if remains(plan, resolutions) {
        lines.push("Compare what was left with what would be new, and take over what you need.".into());
    }
    if plan.changes.contains_key("README.md") {
        lines.push(format!(
            "Next: read `{}`; it says what to do first.",
            ui.visible(&dir.join("README.md").display().to_string())
        ));
    }
    lines.iter().map(|line| ui.wrapped_line(line)).collect::<Vec<_>>().join("\n")
}
