//! What was found, and where.

use std::fmt;

use serde::Serialize;

/// A place in the folder that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The file, relative to the folder, with `/`.
    pub file: String,
    /// The line from 1, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
}

impl Place {
    /// A file, and a line of it where that is known.
    pub fn new(file: &str, line: Option<usize>) -> Self {
        Self { file: file.to_owned(), line }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}", self.file),
            None => f.write_str(&self.file),
        }
    }
}

/// A value and its evidence. There is no degree of certainty: a finding is made or it is not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding<T> {
    /// What was found.
    pub value: T,
    /// The evidence.
    pub found_in: Place,
}

impl<T> Finding<T> {
    /// A value and where it stands.
    pub fn new(value: T, found_in: Place) -> Self {
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
