//! The whole generated repository in memory: path to file.

use std::collections::BTreeMap;

/// A path inside the generated repository: relative, `/`-separated, without `.`, `..` or empty
/// segments, UTF-8.
pub type RelPath = String;

/// One file of a [`Tree`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The content, exactly as it is to be on disk.
    pub bytes: Vec<u8>,
    /// Whether the executable bit is set.
    pub executable: bool,
}

impl File {
    /// The content as text, if it is that.
    pub fn text(&self) -> Option<&str> {
        if self.bytes.contains(&0) { None } else { str::from_utf8(&self.bytes).ok() }
    }
}

/// Every file of a generated repository, sorted by path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// The files by path.
    pub files: BTreeMap<RelPath, File>,
}
