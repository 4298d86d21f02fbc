//! What one place of a repository says about a variable.

/// A variable as one line names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub name: String,
    /// The value that stands there, as an example or as the default. It may be a secret.
    pub value: Option<String>,
    pub says: Says,
    /// The line from 1.
    pub line: usize,
}

/// What a place says about whether a variable has to be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// A sample gives it a value.
    Given,
    /// A sample gives it none, or has it in a comment.
    Empty,
    /// The program does not start without it.
    Demanded,
    /// The program has a value of its own, or does without.
    Optional,
    /// The program reads it, and what happens without it is not told.
    Read,
}
