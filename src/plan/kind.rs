//! The kinds of changes.

use std::fmt;

use super::Change;
use crate::merge::Merged;

/// [`Change`] without the files, to count and to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // Each is described at `Change`.
pub enum Kind {
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

impl fmt::Display for Kind {
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

impl Kind {
    /// Whether a file is written, moved or removed without further decision.
    pub fn touches_disk(self) -> bool {
        matches!(self, Self::Create | Self::Update | Self::Move | Self::Merge | Self::Conflict | Self::Delete)
    }
}

impl Change<'_> {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Create(_) => Kind::Create,
            Self::Adopt => Kind::Adopt,
            Self::Collide { .. } => Kind::Collide,
            Self::Update { .. } => Kind::Update,
            Self::Unchanged => Kind::Unchanged,
            Self::Keep => Kind::Keep,
            Self::Merge { merged: Merged::Conflict { .. } | Merged::Beside(_), .. } => Kind::Conflict,
            Self::Merge { from: Some(_), .. } => Kind::Move,
            Self::Merge { from: None, .. } => Kind::Merge,
            Self::KeepDeleted => Kind::KeepDeleted,
            Self::Ignored => Kind::Ignored,
            Self::LeftOut => Kind::LeftOut,
            Self::Offer(_) => Kind::Offer,
            Self::Delete(_) => Kind::Delete,
            Self::Orphan => Kind::Orphan,
            Self::LeaveOnce => Kind::LeaveOnce,
        }
    }
}
