//! Answers in, a tree of text in the middle, a plan out; only the edges do I/O.
//!
//! ```text
//! catalog + given --resolve--> Answers --Context::new--> Context --render--> Tree (theirs)
//! base, ours, theirs --Plan::new--> Plan --review--> Plan --apply--> disk
//! ```

pub mod answers;
pub mod answers_file;
pub mod apply;
pub mod base;
pub mod catalog;
pub mod check;
pub mod checksum;
pub mod cli;
pub mod commands;
pub mod compare;
pub mod context;
pub mod cron;
pub mod decisions;
pub mod detect;
pub mod diff;
pub mod disk;
pub mod dotted;
pub mod duration;
pub mod editor;
pub mod engine;
pub mod error;
pub mod explain;
pub mod expression;
mod inspect;
pub mod journal;
pub mod key;
pub mod kind;
pub mod lint;
pub mod listing;
pub mod lock;
pub mod merge;
pub mod migrations;
pub mod moved;
pub mod names;
pub mod output;
pub mod page;
pub mod pager;
pub mod parts;
pub mod patch;
pub mod path;
pub mod plan;
pub mod progress;
pub mod project;
pub mod prompt;
pub mod question;
pub mod record;
pub mod recover;
pub mod region;
mod regular;
pub mod render;
pub mod review;
pub mod schema;
pub mod secret;
pub mod session;
pub mod source;
mod stage;
mod stamp;
pub mod state;
pub mod steps;
pub mod summary;
mod swap;
pub mod terminal;
pub mod text;
pub mod tree;
pub mod ui;
pub mod undo;
pub mod update;
pub mod usage;
pub mod value;
pub mod version;
pub mod worktree;
mod yaml;
