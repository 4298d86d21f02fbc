//! What was found, and where.

use std::fmt;

use serde::Serialize;

pub use crate::text::location::Location;

/// A value and its evidence. There is no degree of certainty: a finding is made or it is not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding<T> {
    /// What was found.
    pub value: T,
    /// The evidence.
    pub found_in: Location,
}

impl<T> Finding<T> {
    /// A value and where it stands.
    pub fn new(value: T, found_in: Location) -> Self {
        Self { value, found_in }
    }
}

/// Something that could not be read; it is left out, and nothing else suffers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Note {
    /// The file or folder; empty for the whole.
    pub file: String,
    /// What is the matter, as a clause.
    pub message: String,
}

/// As a sentence.
impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.file.is_empty() { "The folder" } else { &self.file };
        write!(f, "{what} {}.", self.message)
    }
}
