//! Answers in, a tree of text in the middle, a plan out; only the edges do I/O.
//!
//! ```text
//! catalog + given --resolve--> Answers --Context::new--> Context --render--> Tree (theirs)
//! base, ours, theirs --Plan::new--> Plan --review--> Plan --apply--> disk
//! ```
//!
//! Each module is a stage; `tests/it/stages.rs` has their order, and holds that none imports a later one.

pub mod answers;
pub mod apply;
pub mod base;
pub mod catalog;
pub mod cli;
pub mod commands;
pub mod detect;
pub mod disk;
pub mod lint;
pub mod merge;
pub mod page;
pub mod plan;
pub mod prompt;
pub mod render;
pub mod repository;
pub mod review;
pub mod show;
pub mod template;
pub mod terminal;
pub mod text;
