//! One file, three ways: what the user changed and what the template changed since the file was generated.

use std::fmt;

use crate::text::tree::File;

mod endings;
mod hunks;
mod lines;
mod list;
mod markers;
mod myers;
mod parse;
pub mod parts;
mod slide;

pub use hunks::{Hunk, between};
pub use list::{holds, joined, missing};
pub use markers::{MarkerLabels, unresolved};
pub use parse::Format;

use endings::changed;
use lines::LineRun;

/// Bytes that decide whether a file is text, as in git.
const LOOKED_AT: usize = 8000;

/// What becomes of a place that both sides changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnConflict {
    /// Both stand there, between markers.
    Markers,
    /// The user's version.
    Ours,
    /// The new version.
    Theirs,
}

/// The outcome of a three-way merge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Merged {
    /// Both sides' changes fit together, or one of them was preferred.
    Clean(File),
    /// They do not.
    Conflict {
        /// The file that shows both sides.
        file: File,
        /// Lines (from 1) of that file where a conflict starts.
        lines: Vec<usize>,
    },
    /// They cannot be shown in one file: the user's stays, the new one goes beside it.
    Beside(Why),
}

impl Merged {
    /// The file to write in place of the user's.
    pub fn file(&self) -> Option<&File> {
        match self {
            Self::Clean(file) | Self::Conflict { file, .. } => Some(file),
            Self::Beside(_) => None,
        }
    }
}

/// Why there is no merged file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// It has no lines.
    Binary,
    /// The sides parse, the merged lines do not: which format, and what is wrong.
    Unparsable(Format, String),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Binary => f.write_str("both sides changed a binary file"),
            Self::Unparsable(format, fault) => write!(f, "both changes together are no longer {format}: {fault}"),
        }
    }
}

/// Merges one file. The path tells the format, nothing is read from it.
///
/// A line that neither side changed is never touched, and line ends, byte order mark and executable bit are kept or
/// follow the side that changed them.
pub fn merge(
    path: &str,
    base: &File,
    ours: &File,
    theirs: &File,
    sides: &MarkerLabels,
    on_conflict: OnConflict,
) -> Merged {
    // Two sides that both changed a bit changed it alike.
    let executable = changed(base.executable, ours.executable, theirs.executable);
    let file = |bytes: Vec<u8>| File { bytes, executable };
    if ours.bytes == theirs.bytes || theirs.bytes == base.bytes {
        return Merged::Clean(file(ours.bytes.clone()));
    }
    if ours.bytes == base.bytes {
        return Merged::Clean(file(theirs.bytes.clone()));
    }
    if [base, ours, theirs].iter().any(|file| is_binary(&file.bytes)) {
        return Merged::Beside(Why::Binary);
    }
    let texts = endings::take_out(&base.bytes, &ours.bytes, &theirs.bytes);
    let [old, mine, new] = [&texts.base, &texts.ours, &texts.theirs].map(|text| lines::split(text));
    let mut runs = lines::diff3(&old, &mine, &new);
    for run in &mut runs {
        match (on_conflict, &*run) {
            (OnConflict::Ours, LineRun::Conflict { ours, .. }) => *run = LineRun::Agreed(ours),
            (OnConflict::Theirs, LineRun::Conflict { theirs, .. }) => *run = LineRun::Agreed(theirs),
            _ => {}
        }
    }
    let size = markers::size([&old, &mine, &new].into_iter().flatten().copied());
    let (text, lines) = markers::write(&runs, size, sides);
    let merged = file(texts.form.put_back(text));
    if !lines.is_empty()
        && let Some(joined) = joined(path, Some(base), ours, theirs)
    {
        return Merged::Clean(file(joined.bytes));
    }
    if !lines.is_empty() {
        return Merged::Conflict { file: merged, lines };
    }
    match parse::broken(path, &merged.bytes, [&ours.bytes, &theirs.bytes]) {
        Some((format, fault)) => Merged::Beside(Why::Unparsable(format, fault)),
        None => Merged::Clean(merged),
    }
}

fn is_binary(bytes: &[u8]) -> bool {
    bytes[..bytes.len().min(LOOKED_AT)].contains(&0) || std::str::from_utf8(bytes).is_err()
}

#[cfg(test)]
mod tests;
