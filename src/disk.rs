//! Files on disk and folders of the user.
//!
//! In this file: every call that changes the disk, and nothing else: one place for errors in words and for tests that
//! make any of these calls fail or be the last one.

pub mod cache;
pub mod git_folder;
pub mod key;
pub(crate) mod regular;
pub(crate) mod stamp;
pub mod state;

use crate::text::error::UserError;
use rustix::fs::{CWD, Mode, OFlags, RenameFlags};
use rustix::io::Errno;
use std::fs;
use std::io::{self, Write as _};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

/// Makes an error readable: what was tried, with which path.
pub fn explain(error: impl Into<io::Error>, action: &str, path: &Path) -> anyhow::Error {
    let error = error.into();
    let shown = path.display();
    let user = |why: &str, hint: &str| UserError::new(format!("cannot {action} `{shown}`: {why}")).hint(hint).into();
    match error.kind() {
        io::ErrorKind::StorageFull => user("the disk is full", "free some space and repeat the command"),
        io::ErrorKind::QuotaExceeded => user("the disk quota is used up", "free some space and repeat the command"),
        io::ErrorKind::ReadOnlyFilesystem => {
            user("the file system is read-only", "choose a folder on a file system that can be written")
        }
        io::ErrorKind::CrossesDevices => user(
            "it or its folder is on another file system or is a mount of its own",
            "repeat the command where that folder is not mounted, for example in a plain clone",
        ),
        io::ErrorKind::PermissionDenied => {
            user("permission denied", "check the owner and the permissions of this path and of its folder")
        }
        _ => anyhow::Error::new(error).context(format!("cannot {action} `{shown}`")),
    }
}

fn run(action: &str, path: &Path, call: impl FnOnce() -> io::Result<()>) -> anyhow::Result<()> {
    step().and_then(|()| call()).map_err(|error| explain(error, action, path))
}

/// Makes one folder.
pub fn create_folder(path: &Path) -> anyhow::Result<()> {
    run("create the folder", path, || fs::create_dir(path))
}

/// Makes one folder unless it is there.
pub fn ensure_folder(path: &Path) -> anyhow::Result<()> {
    run("create the folder", path, || match fs::create_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        result => result,
    })
}

/// Makes a folder and its missing parents, readable by the user only.
pub fn ensure_private_folder(path: &Path) -> anyhow::Result<()> {
    run("create the folder", path, || fs::DirBuilder::new().recursive(true).mode(0o700).create(path))
}

/// Opens a folder, to create files in it.
pub fn open_folder(path: &Path) -> anyhow::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    rustix::fs::openat(CWD, path, flags, Mode::empty()).map_err(|error| explain(error, "open", path))
}

/// Writes a file that does not exist yet. `mode` as given, else what the umask allows.
pub fn write_new(
    folder: BorrowedFd<'_>,
    name: &str,
    bytes: &[u8],
    executable: bool,
    mode: Option<u32>,
    path: &Path,
) -> anyhow::Result<()> {
    run("write", path, || {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        let wanted = if executable { 0o777 } else { 0o666 };
        let mut file = fs::File::from(rustix::fs::openat(folder, name, flags, Mode::from(wanted))?);
        // In two parts under test, so that a run can die between them.
        let (first, second) = bytes.split_at(if cfg!(test) { bytes.len() / 2 } else { 0 });
        if cfg!(test) {
            step()?;
            file.write_all(first)?;
            step()?;
        }
        file.write_all(second)?;
        match mode {
            Some(mode) => file.set_permissions(fs::Permissions::from_mode(mode)),
            None => Ok(()),
        }
    })
}

/// Writes a file, over one that is there.
pub fn write_over(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    run("write", path, || fs::write(path, bytes))
}

/// Renames, replacing a file that is there.
pub fn rename(from: &Path, to: &Path) -> anyhow::Result<()> {
    run("write", to, || fs::rename(from, to))
}

/// Renames, and fails if something is there.
pub fn rename_new(from: &Path, to: &Path) -> anyhow::Result<()> {
    run("write", to, || match rustix::fs::renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // Not every file system knows this; the gap between the two calls is what remains.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => match fs::symlink_metadata(to) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => fs::rename(from, to),
            Err(error) => Err(error),
            Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
        },
        result => Ok(result?),
    })
}

/// Gives a file a second name, so that it is never missing; where links are not possible it is moved.
pub fn keep_original(from: &Path, to: &Path) -> anyhow::Result<()> {
    run("replace", from, || fs::hard_link(from, to).or_else(|_| fs::rename(from, to)))
}

/// Moves a file or a folder away that is to be removed.
pub fn set_aside(from: &Path, to: &Path) -> anyhow::Result<()> {
    run("remove", from, || fs::rename(from, to))
}

/// Opens a lock file, making it where necessary.
pub fn open_lock(path: &Path) -> io::Result<fs::File> {
    step()?;
    let flags = OFlags::NOFOLLOW.bits().cast_signed();
    fs::OpenOptions::new().read(true).write(true).create(true).truncate(false).custom_flags(flags).open(path)
}

pub fn remove_file(path: &Path) -> anyhow::Result<()> {
    run("remove", path, || fs::remove_file(path))
}

/// Removes a folder if it is there and empty.
pub fn remove_empty_folder(path: &Path) -> anyhow::Result<()> {
    use io::ErrorKind::{DirectoryNotEmpty, NotADirectory, NotFound};
    run("remove the folder", path, || match fs::remove_dir(path) {
        Err(error) if matches!(error.kind(), DirectoryNotEmpty | NotADirectory | NotFound) => Ok(()),
        result => result,
    })
}

/// Removes whatever is there, without following links; returns the number of files.
pub fn remove_all(path: &Path) -> anyhow::Result<usize> {
    let kind = match fs::symlink_metadata(path) {
        Ok(found) => found.file_type(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(explain(error, "read", path)),
    };
    remove_entry(path, kind)
}

fn remove_entry(path: &Path, kind: fs::FileType) -> anyhow::Result<usize> {
    if !kind.is_dir() {
        remove_file(path)?;
        return Ok(1);
    }
    let mut removed = 0;
    for entry in fs::read_dir(path).map_err(|error| explain(error, "read the folder", path))? {
        let entry = entry.map_err(|error| explain(error, "read the folder", path))?;
        let kind = entry.file_type().map_err(|error| explain(error, "read", path))?;
        removed += remove_entry(&entry.path(), kind)?;
    }
    run("remove the folder", path, || fs::remove_dir(path))?;
    Ok(removed)
}

/// Puts one file or folder entry on the disk.
pub fn sync(path: &Path) -> anyhow::Result<()> {
    run("sync", path, || fs::File::open(path)?.sync_all())
}

/// Puts all that was written below `folder` on the disk: one call for any number of files.
#[cfg(target_os = "linux")]
pub fn sync_below(folder: &Path) -> anyhow::Result<()> {
    run("sync", folder, || Ok(rustix::fs::syncfs(fs::File::open(folder)?.as_fd())?))
}

/// Puts all that was written below `folder` on the disk. Without `syncfs` file by file: `fsync` is cheap on macOS,
/// as it leaves the drive's cache alone; the one `sync_all` at the end empties that.
#[cfg(not(target_os = "linux"))]
pub fn sync_below(folder: &Path) -> anyhow::Result<()> {
    fn each(path: &Path) -> io::Result<()> {
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                each(&entry.path())?;
            } else {
                rustix::fs::fsync(fs::File::open(entry.path())?.as_fd())?;
            }
        }
        Ok(rustix::fs::fsync(fs::File::open(path)?.as_fd())?)
    }
    run("sync", folder, || {
        each(folder)?;
        fs::File::open(folder)?.sync_all()
    })
}

#[cfg(not(test))]
fn step() -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
use fault::step;

/// Makes calls fail, to try what a crash or an error leaves behind.
#[cfg(test)]
pub mod fault {
    use std::cell::Cell;
    use std::io;

    /// What happens at a step.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum PlannedFailure {
        /// This step fails, the next ones work: an error.
        Once(usize),
        /// This step and all later ones do nothing: the process is dead.
        Dead(usize),
        /// The first fails, and from the second on the process is dead: it died while it went back.
        OnceThenDead(usize, usize),
    }

    thread_local! {
        static PLANNED: Cell<Option<PlannedFailure>> = const { Cell::new(None) };
        static COUNT: Cell<usize> = const { Cell::new(0) };
    }

    /// Runs `body` with a fault planned (or none); returns also the number of steps it tried.
    pub fn with<T>(fault: Option<PlannedFailure>, body: impl FnOnce() -> T) -> (T, usize) {
        PLANNED.set(fault);
        COUNT.set(0);
        let result = body();
        PLANNED.set(None);
        (result, COUNT.get())
    }

    pub(super) fn step() -> io::Result<()> {
        let now = COUNT.get();
        COUNT.set(now + 1);
        match PLANNED.get() {
            Some(PlannedFailure::Once(at) | PlannedFailure::OnceThenDead(at, _)) if at == now => {
                Err(io::Error::other("planned fault"))
            }
            Some(PlannedFailure::Dead(at) | PlannedFailure::OnceThenDead(_, at)) if at <= now => {
                Err(io::Error::other("dead"))
            }
            _ => Ok(()),
        }
    }
}
