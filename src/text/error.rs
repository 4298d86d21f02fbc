//! Errors that the user can do something about.

use std::fmt;

/// What is wrong with which value, and where; what to do next stands in the hints.
///
/// Lower case, no final period, no colour. The hints are made where the error is raised, because
/// only there the values are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserError {
    /// What is wrong, and where.
    pub message: String,
    /// What to do next, one per line.
    pub hints: Vec<String>,
    /// Whether the repository is no longer as it was: writing had begun, and could not be taken back.
    pub unfinished: bool,
}

impl UserError {
    /// The exit status of an error after which the repository is as it was.
    pub const EXIT: u8 = 2;
    /// The exit status of an error after which it is not.
    pub const EXIT_UNFINISHED: u8 = 3;

    /// An error without hints.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hints: Vec::new(), unfinished: false }
    }

    /// Any error, with one hint more.
    pub fn with_hint(error: anyhow::Error, hint: impl Into<String>) -> Self {
        error.downcast().unwrap_or_else(|error| Self::new(format!("{error:#}"))).hint(hint)
    }

    /// Any error after which the repository is no longer as it was; the hint says what is left and what becomes of it.
    pub fn unfinished(error: anyhow::Error, hint: impl Into<String>) -> Self {
        Self { unfinished: true, ..Self::with_hint(error, hint) }
    }

    /// The same error with one hint more.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

impl fmt::Display for UserError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for UserError {}

/// The person left before the writing began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interrupted;

impl Interrupted {
    /// What shells report for a program that Ctrl-C ended.
    pub const EXIT: u8 = 130;
}

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("stopped before writing")
    }
}

impl std::error::Error for Interrupted {}

/// The person wants the question before. Where there is none, that is leaving.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Back;

impl fmt::Display for Back {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("back to the question before")
    }
}

impl std::error::Error for Back {}

/// The nearest of `known` to `word`, if it is near enough to be a slip of the fingers.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|k| (strsim::jaro_winkler(word, k), k))
        .filter(|(score, _)| *score > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, k)| k)
}
