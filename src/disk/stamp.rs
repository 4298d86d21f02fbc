//! Whether a file has changed since it was last read, without reading it again.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::Duration;

/// Tells whether a file was touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    identity: (u64, u64, u64),
    /// When the file itself was changed last, in seconds and nanoseconds. Only the system sets it.
    changed: (i64, i64),
    /// When its content was.
    modified: (i64, i64),
    mode: u32,
}

/// Clocks of file systems tick every 10 ms at most, and where they have no parts of a second every 2 s.
const TICK: Duration = Duration::from_millis(100);
const SLOW_TICK: Duration = Duration::from_secs(2);

impl Stamp {
    pub(crate) fn of(found: &Metadata) -> Self {
        Self {
            identity: (found.dev(), found.ino(), found.size()),
            changed: (found.ctime(), found.ctime_nsec()),
            modified: (found.mtime(), found.mtime_nsec()),
            mode: found.mode(),
        }
    }

    /// Of what is at a path, without following a link; `None` if there is nothing that can be looked at.
    pub(crate) fn at(full: &Path) -> Option<Self> {
        fs::symlink_metadata(full).ok().map(|found| Self::of(&found))
    }

    /// The moment from which on every change of the file gives it another stamp: one that comes before may leave the times
    /// as they are. In nanoseconds since 1970.
    pub(crate) fn settles(&self) -> i128 {
        let last = self.changed.max(self.modified);
        let tick = if self.changed.1 == 0 { SLOW_TICK } else { TICK };
        i128::from(last.0) * 1_000_000_000 + i128::from(last.1) + tick.as_nanos().cast_signed()
    }

    /// All of it, to be hashed.
    pub(crate) fn bytes(&self) -> [u8; 64] {
        let (device, inode, size) = self.identity;
        let times = [self.changed.0, self.changed.1, self.modified.0, self.modified.1].map(i64::cast_unsigned);
        let mut all = [0; 64];
        let numbers = [device, inode, size, u64::from(self.mode)].into_iter().chain(times);
        all.chunks_exact_mut(8).zip(numbers).for_each(|(part, number)| part.copy_from_slice(&number.to_be_bytes()));
        all
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
