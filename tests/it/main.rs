//! The one test binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, missing_docs)]

mod back;
mod book;
mod cached;
mod cases;
mod catalog;
mod changes;
mod cli;
mod compare;
mod covering;
mod crash;
mod detect;
mod digests;
mod disk;
mod docs;
mod earlier;
mod environments;
mod errors;
mod examples;
mod existing;
mod faults;
mod hints;
mod kill;
mod later;
mod layout;
mod links;
mod lost;
mod manifests;
mod markdown;
mod matrix;
mod merge;
mod owed;
mod page;
mod patch;
mod policies;
mod properties;
mod providers;
mod quota;
mod recorded;
mod relocated;
mod render;
mod repository;
mod reserved;
mod scene;
#[cfg(target_os = "linux")]
mod session;
mod slots;
mod stages;
mod support;
#[cfg(target_os = "linux")]
mod terminal;
mod update;
mod update_output;
mod updates;
mod whereabouts;
mod workflows;
