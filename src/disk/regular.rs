//! Reading what may be anything: a link, a pipe, or without end.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use rustix::fs::OFlags;

/// Opens a file to read it. A link is not followed, and a pipe not waited for: between a listing and now a file may have
/// become either.
///
/// # Errors
/// When it is a link, or cannot be opened.
pub fn open(path: &Path) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let open = |flags: OFlags| OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path);
    // Recording the first access to every file after it was written takes five times as long as reading it. Only the
    // owner may leave that out.
    #[cfg(target_os = "linux")]
    let opened = open(flags | OFlags::NOATIME).or_else(|error| match error.kind() {
        io::ErrorKind::PermissionDenied => open(flags),
        _ => Err(error),
    });
    #[cfg(not(target_os = "linux"))]
    let opened = open(flags);
    opened
}

/// All bytes, or none when there are more than `most`.
///
/// # Errors
/// When they cannot be read.
pub fn bytes(file: impl Read, most: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= most).then_some(bytes))
}

/// All bytes of a file, or none when there are more than `most`. Its size is asked first: a file with holes can have any.
///
/// # Errors
/// When it is a link or no file, or cannot be read.
pub fn read(path: &Path, most: u64) -> io::Result<Option<Vec<u8>>> {
    let file = open(path)?;
    let found = file.metadata()?;
    if !found.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a file"));
    }
    if found.len() > most { Ok(None) } else { bytes(file, most) }
}
