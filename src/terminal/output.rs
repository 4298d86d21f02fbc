//! Data goes to stdout.

use std::io::{self, Write as _};

use anyhow::Result;
use clap::ValueEnum;
use serde::Serialize;

use crate::terminal::ui::Ui;

/// How something is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Human,
    /// For programs.
    Json,
}

/// Prints data. A reader that went away (`| head`) is no error.
///
/// # Errors
/// When stdout cannot be written to for another reason.
pub fn data(text: &str) -> Result<()> {
    bytes(text.as_bytes())
}

/// Prints lines for people that quote text from outside.
///
/// # Errors
/// As [`data`].
pub fn text(ui: &Ui, text: &str) -> Result<()> {
    data(&(ui.visible_lines(text) + "\n"))
}

/// As [`data`], for what need not be UTF-8.
///
/// # Errors
/// As [`data`].
pub fn bytes(data: &[u8]) -> Result<()> {
    match io::stdout().write_all(data).and_then(|()| io::stdout().flush()) {
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

/// Pretty JSON with a final newline.
///
/// # Errors
/// When the value cannot be serialised.
pub fn json(value: &impl Serialize) -> Result<String> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}
