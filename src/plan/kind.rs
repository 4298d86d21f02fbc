//! The kinds of changes.

use std::fmt;

use super::Change;
use crate::merge::Merged;

/// [`Change`] without the files, to count and to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // Each is described at `Change`.
pub enum ChangeKind {
    Create,
    Adopt,
    Collide,
    Update,
    Unchanged,
    Keep,
    Move,
    Merge,
    Conflict,
    KeepDeleted,
    Ignored,
    LeftOut,
    Offer,
    Delete,
    Orphan,
    LeaveOnce,
}

impl fmt::Display for ChangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Create => "create",
            Self::Adopt => "adopt",
            Self::Collide => "collide",
            Self::Update => "update",
            Self::Unchanged => "unchanged",
            Self::Keep => "keep",
            Self::Move => "move",
            Self::Merge => "merge",
            Self::Conflict => "conflict",
            Self::KeepDeleted => "keep deleted",
            Self::Ignored => "ignored",
            Self::LeftOut => "left out",
            Self::Offer => "offer",
            Self::Delete => "delete",
            Self::Orphan => "orphan",
            Self::LeaveOnce => "leave",
        })
    }
}

impl ChangeKind {
    /// Whether a file is written, moved or removed without further decision.
    pub fn touches_disk(self) -> bool {
        matches!(self, Self::Create | Self::Update | Self::Move | Self::Merge | Self::Conflict | Self::Delete)
    }
}

impl Change<'_> {
    pub fn kind(&self) -> ChangeKind {
        match self {
            Self::Create(_) => ChangeKind::Create,
            Self::Adopt => ChangeKind::Adopt,
            Self::Collide { .. } => ChangeKind::Collide,
            Self::Update { .. } => ChangeKind::Update,
            Self::Unchanged => ChangeKind::Unchanged,
            Self::Keep => ChangeKind::Keep,
            Self::Merge { merged: Merged::Conflict { .. } | Merged::Beside(_), .. } => ChangeKind::Conflict,
            Self::Merge { from: Some(_), .. } => ChangeKind::Move,
            Self::Merge { from: None, .. } => ChangeKind::Merge,
            Self::KeepDeleted => ChangeKind::KeepDeleted,
            Self::Ignored => ChangeKind::Ignored,
            Self::LeftOut => ChangeKind::LeftOut,
            Self::Offer(_) => ChangeKind::Offer,
            Self::Delete(_) => ChangeKind::Delete,
            Self::Orphan => ChangeKind::Orphan,
            Self::LeaveOnce => ChangeKind::LeaveOnce,
        }
    }
}
