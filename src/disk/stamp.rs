//! Whether a file was touched since somebody looked at it, without reading it again.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// Tells whether a file was touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    identity: (u64, u64, u64),
    changed: (i64, i64),
    mode: u32,
}

impl Stamp {
    pub(crate) fn of(found: &Metadata) -> Self {
        Self {
            identity: (found.dev(), found.ino(), found.size()),
            changed: (found.ctime(), found.ctime_nsec()),
            mode: found.mode(),
        }
    }

    /// Of what is at a path, without following a link; `None` if there is nothing that can be looked at.
    pub(crate) fn at(full: &Path) -> Option<Self> {
        fs::symlink_metadata(full).ok().map(|found| Self::of(&found))
    }

    /// The permissions for a new version of the file.
    pub(crate) fn mode(&self, executable: bool) -> u32 {
        let mode = self.mode & 0o777;
        if !executable {
            mode & !0o111
        } else if mode & 0o100 != 0 {
            mode
        } else {
            // Whoever may read it may also run it.
            mode | (mode & 0o444) >> 2 | 0o100
        }
    }
}
