//! A generated repository on disk: its files, what is recorded about it, and what hides in it.

pub mod evidence;
pub mod hidden;
pub mod project;
pub mod relocated;
pub mod tracked;
pub mod undo;
pub mod worktree;
