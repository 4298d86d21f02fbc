//! A generated repository on disk: its files, what is recorded about it, and what hides in it.

pub mod fingerprint;
pub mod hidden;
pub mod last_update;
pub mod project;
pub mod relocated;
pub mod tracked;
pub mod worktree;
