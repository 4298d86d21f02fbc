//! What happens to each file, and why.

use serde::Serialize;

use super::Page;
use super::compare::{Budget, Comparison, compare};
use super::components::ComponentView;
use super::kinds::{is_listed, word};
use crate::merge::Merged;
use crate::plan::{BESIDE, Change, ChangeKind, Ours, Resolution};
use crate::render::context::Readiness;
use crate::show::listing::{meaning, note};
use crate::text::tree::File;
use crate::text::{count, visible};

/// A file for the page.
#[derive(Debug, Serialize)]
pub struct FileView {
    pub path: String,
    /// The kind of change as one word.
    pub kind: String,
    /// The kind in words.
    pub meaning: &'static str,
    /// What else is to be known: where it moves from, why it cannot be written, what was decided.
    pub notes: Vec<String>,
    /// Which of the components it belongs to.
    pub component: Option<usize>,
    /// The needs whose evidence names it.
    pub needs: Vec<String>,
    /// What the old and the new side are called.
    pub sides: (&'static str, &'static str),
    /// What changes in it.
    pub comparison: Comparison,
    /// Whether it is shown from the start.
    pub open: bool,
}

/// The files that something happens to, by path.
pub fn all(page: &Page<'_>, components: &[ComponentView]) -> Vec<FileView> {
    let listed = || page.plan.changes.iter().filter(|(_, change)| is_listed(change.kind()));
    // where not all can be shown, changes matter more than new files
    let (new, changed): (Vec<_>, Vec<_>) = listed().partition(|(_, change)| change.kind() == ChangeKind::Create);
    let mut budget = Budget::default();
    let all = changed.into_iter().chain(new);
    let mut views: Vec<FileView> =
        all.map(|(path, change)| view(page, components, path, change, &mut budget)).collect();
    views.sort_by(|a, b| a.path.cmp(&b.path));
    views
}

fn view(
    page: &Page<'_>,
    components: &[ComponentView],
    path: &str,
    change: &Change<'_>,
    budget: &mut Budget,
) -> FileView {
    let kind = change.kind();
    let decision = page.resolutions.get(path);
    let ComparedFiles { old, new, names } = sides(change, decision);
    let mut notes: Vec<String> =
        Some(note(change)).filter(|n| !n.is_empty() && n != meaning(kind)).into_iter().collect();
    notes.extend(decided(path, change, decision));
    let comparison = match (old, new) {
        (None, None) => Comparison::default(),
        _ => compared(old, new, &mut notes, budget),
    };
    let component = page.rendered.origin.get(path).map(|origin| visible(&origin.component, true));
    FileView {
        path: visible(path, true).into_owned(),
        kind: word(kind),
        meaning: meaning(kind),
        notes: notes.iter().map(|note| visible(note, true).into_owned()).collect(),
        component: component.and_then(|name| components.iter().position(|c| c.name == name)),
        needs: needs(page, path),
        sides: names,
        open: !comparison.whole && !comparison.hunks.is_empty(),
        comparison,
    }
}

/// Two versions to compare, and what they are called.
struct ComparedFiles<'c> {
    old: Option<&'c File>,
    new: Option<&'c File>,
    names: (&'static str, &'static str),
}

/// What a change does to its file after a decision about it; where yours stays, what it differs from.
fn sides<'c>(change: &'c Change<'_>, decision: Option<&Resolution>) -> ComparedFiles<'c> {
    let done = |old, new| ComparedFiles { old, new, names: ("Before", "After") };
    let offered = |old, new| ComparedFiles { old, new, names: ("Yours", "The new version") };
    match (change, decision) {
        (Change::Create(new), _) => done(None, Some(*new)),
        (Change::Offer(new), _) => offered(None, Some(*new)),
        (Change::Update { ours, theirs }, _) => done(Some(*ours), Some(*theirs)),
        (Change::Delete(ours), _) => done(Some(*ours), None),
        (Change::Merge { ours, theirs, .. }, Some(Resolution::TakeNew)) => done(Some(*ours), Some(*theirs)),
        (Change::Merge { ours, theirs, .. }, Some(Resolution::KeepMine | Resolution::Both)) => {
            offered(Some(*ours), Some(*theirs))
        }
        (Change::Merge { ours, theirs, merged, .. }, _) => match merged.file() {
            Some(merged) => done(Some(*ours), Some(merged)),
            None => offered(Some(*ours), Some(*theirs)),
        },
        (Change::Collide { ours: Ours::File(ours), theirs, .. }, Some(Resolution::TakeNew)) => {
            done(Some(ours), Some(*theirs))
        }
        (Change::Collide { ours: Ours::File(ours), theirs, .. }, _) => offered(Some(ours), Some(*theirs)),
        _ => done(None, None),
    }
}

/// The decision, or that one is still needed.
fn decided(path: &str, change: &Change<'_>, decision: Option<&Resolution>) -> Option<String> {
    match (change.kind(), decision) {
        (ChangeKind::Collide | ChangeKind::Conflict, None) => Some(match change {
            Change::Merge { merged: Merged::Conflict { .. }, .. } => {
                "conflict markers show both sides, unless you decide otherwise".into()
            }
            _ => "needs your decision".into(),
        }),
        (_, Some(Resolution::KeepMine)) => Some("yours stays".into()),
        (_, Some(Resolution::TakeNew)) => Some("the new one replaces yours".into()),
        (_, Some(Resolution::Both)) => Some(format!("yours stays, and the new one is written to {path}{BESIDE}")),
        (_, Some(Resolution::Markers)) => Some("conflict markers show both sides".into()),
        _ => None,
    }
}

fn compared(old: Option<&File>, new: Option<&File>, notes: &mut Vec<String>, budget: &mut Budget) -> Comparison {
    match (old, new) {
        (Some(old), Some(new)) if old.executable != new.executable => {
            notes.push(if new.executable { "becomes executable" } else { "is no longer executable" }.into());
        }
        (None, Some(new)) if new.executable => notes.push("executable".into()),
        _ => {}
    }
    let texts = (old.map(File::text), new.map(File::text));
    if matches!(texts, (Some(None), _) | (_, Some(None))) {
        let size = |file: Option<&File>| file.map_or("nothing".into(), |f| count(f.bytes.len(), "byte"));
        notes.push(format!("binary: {}, then {}", size(old), size(new)));
        return Comparison::default();
    }
    compare(texts.0.flatten(), texts.1.flatten(), budget)
}

/// The needs whose evidence names a file.
fn needs(page: &Page<'_>, path: &str) -> Vec<String> {
    let Some(origin) = page.rendered.origin.get(path) else { return Vec::new() };
    let own = |need: &&Readiness| need.names(&origin.component, path);
    page.readiness.iter().filter(own).map(|need| visible(&need.id, true).into_owned()).collect()
}
