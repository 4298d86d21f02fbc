//! Answers in, a tree of text in the middle, a plan out; only the edges do I/O.
//!
//! ```text
//! catalog + given --resolve--> Answers --Context::new--> Context --render--> Tree (theirs)
//! base, ours, theirs --Plan::new--> Plan --review--> Plan --apply--> disk
//! ```

pub mod answers;
pub mod answers_file;
pub mod catalog;
pub mod cli;
pub mod commands;
pub mod context;
pub mod cron;
pub mod duration;
pub mod engine;
pub mod error;
pub mod expression;
pub mod kind;
pub mod lint;
pub mod output;
pub mod question;
pub mod record;
pub mod region;
pub mod render;
pub mod schema;
pub mod secret;
pub mod tree;
pub mod usage;
