//! What a plan asks of the disk, path by path.

use std::borrow::Cow;

use crate::text::error::UserError;
use crate::text::tree::File;

/// What has to be on disk for an operation to be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before<'a> {
    /// Nothing, once the other operations have removed what they remove: a folder without a file in it counts as
    /// nothing, and so does a file on the way.
    Missing,
    File(&'a File),
    /// Nothing or any file: for what only scaffold writes, while it holds the lock.
    Any,
}

/// What to do at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action<'a> {
    /// Write this file. Where it replaces one, that one's permissions are kept but for the executable bits.
    Write(&'a File),
    /// Remove the file, and folders that become empty thereby.
    Remove,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation<'a> {
    /// Where. Paths in `.scaffold/` come last, whatever the order given.
    pub path: Cow<'a, str>,
    /// What was there when it was planned.
    pub before: Before<'a>,
    /// What to do.
    pub action: Action<'a>,
}

impl<'a> Operation<'a> {
    /// Writes one of scaffold's own files, such as [`BASE`](crate::text::path::BASE) and
    /// [`ANSWERS`](crate::text::path::ANSWERS).
    pub fn record(path: &'a str, file: &'a File) -> Self {
        Self { path: Cow::Borrowed(path), before: Before::Any, action: Action::Write(file) }
    }
}

/// The error for files that are not as planned.
pub(crate) fn changed(paths: &[String]) -> anyhow::Error {
    let shown: Vec<String> = paths.iter().take(5).map(|path| format!("`{path}`")).collect();
    let more = if paths.len() > 5 { format!(" and {} more", paths.len() - 5) } else { String::new() };
    UserError::new(format!("{}{more} changed since the plan was made", shown.join(", ")))
        .hint("repeat the command to see a new plan")
        .into()
}
