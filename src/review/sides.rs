//! What stands against what when a person makes a text of their own of a file.

use crate::merge::Merged;
use crate::plan::{Change, Ours, OwnText, Resolution};
use crate::text::tree::File;

/// The user's text and the proposed one.
#[derive(Clone, Debug)]
pub struct ReviewedTexts<'a> {
    /// The user's; empty where there is none.
    pub old: &'a str,
    /// The proposed one.
    pub new: &'a str,
    /// Whether the proposed file is executable.
    pub executable: bool,
    /// What has to be decided for the proposed one to be written.
    pub take: Option<Resolution>,
}

/// How the proposal of a change is taken; `None` where it needs no decision.
pub fn take(change: &Change<'_>) -> Option<Resolution> {
    match change {
        Change::Collide { .. } | Change::Offer(_) => Some(Resolution::TakeNew),
        Change::Merge { merged: Merged::Conflict { .. }, .. } => Some(Resolution::Markers),
        Change::Merge { merged: Merged::Beside(_), .. } => Some(Resolution::TakeNew),
        _ => None,
    }
}

/// The sides of a change; `None` where there is no text, or nothing could be written.
pub fn sides<'a>(change: &'a Change<'_>) -> Option<ReviewedTexts<'a>> {
    let (ours, proposed): (Option<&File>, &File) = match change {
        Change::Create(new) | Change::Offer(new) => (None, new),
        Change::Collide { ours: Ours::File(ours), theirs, .. } => (Some(ours), theirs),
        Change::Update { ours, theirs } => (Some(ours), theirs),
        Change::Merge { ours, theirs, merged, .. } => (Some(ours), merged.file().unwrap_or(theirs)),
        _ => return None,
    };
    let old = ours.map_or(Some(""), File::text)?;
    Some(ReviewedTexts { old, new: proposed.text()?, executable: proposed.executable, take: take(change) })
}

/// Whether the differences can be decided one by one: both sides are there, differ, and neither holds a conflict.
pub fn has_hunks(change: &Change<'_>) -> bool {
    let whole = matches!(
        change,
        Change::Collide { ours: Ours::File(_), .. }
            | Change::Update { .. }
            | Change::Merge { merged: Merged::Clean(_), .. }
    );
    whole && sides(change).is_some_and(|sides| sides.old != sides.new)
}

/// A text of the person's own, or one of the sides if it is that.
pub fn settled(sides: &ReviewedTexts<'_>, own: OwnText) -> Option<Resolution> {
    match own.file.text() {
        Some(text) if text == sides.new => sides.take.clone(),
        Some(text) if text == sides.old => Some(Resolution::KeepMine),
        _ => Some(Resolution::Own(own)),
    }
}
