//! The one test binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, missing_docs)]

mod cases;
mod catalog;
mod errors;
mod properties;
mod render;
mod support;
