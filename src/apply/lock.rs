//! One run at a time: an exclusive lock that the kernel releases when the process ends, however it ends.
//!
//! The lock is `.scaffold/lock`. Where the target does not exist yet, everything happens in a folder beside it,
//! `.NAME.scaffold-staging`, and the lock is there. Dropping it leaves nothing behind.

use crate::disk::key::Key;
use crate::disk::{self, explain, regular};
use crate::repository::project::{Project, link_on_the_way};
use crate::terminal::signals::{self, Hold};
use crate::text::error::UserError;
use crate::text::path;
use anyhow::Result;
use rustix::fs::{Access, FlockOperation};
use rustix::io::Errno;
use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Seek as _, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

const NAME: &str = "lock";
const PURPOSE: &str = "lock";
/// More than any lock.
const MAX_BYTES: u64 = 4096;

/// The right to change one target.
#[derive(Debug)]
pub struct Lock {
    held: Held,
    project: Project,
}

impl Lock {
    /// Takes the lock, or says who holds it. Makes `.scaffold/` (or the folder beside a new target) if necessary.
    pub fn acquire(project: &Project) -> Result<Self> {
        let folder = match project.missing() {
            Some(missing) => beside(&missing.parent, &missing.first),
            None => project.root().join(path::FOLDER),
        };
        match fs::symlink_metadata(&folder) {
            Ok(found) if found.is_symlink() => return Err(link_on_the_way(&folder, path::FOLDER)),
            Ok(found) if !found.is_dir() => {
                return Err(UserError::new(format!("`{}` is not a folder", folder.display())).into());
            }
            _ => {}
        }
        let tree = folder.join("tree");
        if !project.exists() && fs::symlink_metadata(&tree).is_ok() && !is_signed(&folder) {
            return Err(UserError::new(format!(
                "`{}` is not from a run of yours, so it is left alone",
                tree.display()
            ))
            .hint(format!("move `{}` away and repeat the command", folder.display()))
            .into());
        }
        let Some(held) = Held::take(&folder)? else {
            return Err(held_by_another(project.root(), &folder));
        };
        let mut lock = Self { held, project: project.clone() };
        if let Some(missing) = project.missing() {
            let first = missing.parent.join(&missing.first);
            if fs::symlink_metadata(&first).is_ok() {
                return Err(UserError::new(format!("`{}` was created by another process just now", first.display()))
                    .hint("repeat the command")
                    .into());
            }
        }
        lock.held.sign()?;
        Ok(lock)
    }

    /// Whether it could be taken now, for a run that has nothing to write: no other one is at work, and the folder of the
    /// lock can be written.
    pub fn is_free(project: &Project) -> bool {
        let folder = project.root().join(path::FOLDER);
        let is_missing = fs::symlink_metadata(folder.join(NAME)).is_err_and(|e| e.kind() == io::ErrorKind::NotFound);
        is_missing && rustix::fs::access(&folder, Access::WRITE_OK | Access::EXEC_OK).is_ok()
    }

    /// The project that it locks.
    pub fn project(&self) -> &Project {
        &self.project
    }

    /// The folder that holds the lock.
    pub(crate) fn folder(&self) -> &Path {
        &self.held.folder
    }
}

/// The folder in which a target that does not exist yet is put together.
pub(crate) fn beside(parent: &Path, name: &OsStr) -> PathBuf {
    let mut hidden = OsString::from(".");
    hidden.push(name);
    hidden.push(".scaffold-staging");
    parent.join(hidden)
}

/// Whether the lock in a folder was left there by a run of this user.
pub(crate) fn is_signed(folder: &Path) -> bool {
    let (Some(text), Some(key)) = (text(folder), Key::existing()) else { return false };
    let Some((text, signature)) = text.rsplit_once("key ") else { return false };
    key.signed(PURPOSE, &[folder.as_os_str().as_encoded_bytes(), text.as_bytes()], signature.trim_end())
}

/// What the lock in a folder says. Anything can have its name.
fn text(folder: &Path) -> Option<String> {
    String::from_utf8(regular::read(&folder.join(NAME), MAX_BYTES).ok()??).ok()
}

/// A locked folder.
#[derive(Debug)]
pub(crate) struct Held {
    folder: PathBuf,
    file: fs::File,
    /// A signal ends the program once this is dropped, after the lock.
    _hold: Hold,
}

impl Held {
    /// `None` if another process holds it.
    pub(crate) fn take(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join(NAME);
        for _ in 0..1000 {
            let hold = signals::hold();
            disk::ensure_folder(folder)?;
            let file = match disk::open_lock(&path) {
                Ok(file) => file,
                // The last holder is just cleaning up.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => {
                    let _ = disk::remove_empty_folder(folder);
                    return Err(explain(error, "lock", &path));
                }
            };
            match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => {}
                Err(Errno::WOULDBLOCK) => return Ok(None),
                Err(Errno::INTR) => continue,
                Err(error) => return Err(explain(error, "lock", &path)),
            }
            let held = Self { folder: folder.to_owned(), file, _hold: hold };
            // Only the file that still has the name is the lock; its last holder may have removed this one.
            if held.is_current() {
                held.refuse_second_name()?;
                return Ok(Some(held));
            }
        }
        anyhow::bail!("cannot lock `{}`: it changes all the time", path.display())
    }

    fn is_current(&self) -> bool {
        match (self.file.metadata(), fs::symlink_metadata(self.folder.join(NAME))) {
            (Ok(ours), Ok(named)) => (ours.dev(), ours.ino()) == (named.dev(), named.ino()),
            _ => false,
        }
    }

    /// Refuses a file that also has another name, which would be written over and removed under this one.
    fn refuse_second_name(&self) -> Result<()> {
        let path = self.folder.join(NAME);
        let found = self.file.metadata().map_err(|error| explain(error, "lock", &path))?;
        if found.is_file() && found.nlink() <= 1 {
            return Ok(());
        }
        Err(UserError::new(format!("`{}` is not a lock of scaffold: it has another name, too", path.display()))
            .hint("remove it and repeat the command")
            .into())
    }

    /// Records who holds it.
    fn sign(&mut self) -> Result<()> {
        let host = rustix::system::uname();
        let host = host.nodename().to_string_lossy();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let mut text = format!("process {}\nhost {host}\nstarted {}\n", std::process::id(), utc(now));
        let signature = Key::own()?.sign(PURPOSE, &[self.folder.as_os_str().as_encoded_bytes(), text.as_bytes()]);
        let _ = writeln!(text, "key {signature}");
        let write = || {
            self.file.set_len(0)?;
            self.file.rewind()?;
            self.file.write_all(text.as_bytes())
        };
        let mut write = write;
        write().map_err(|error| explain(error, "lock", &self.folder.join(NAME)))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // Removed while it is held, so that no other process can hold a file that is about to vanish (see `take`).
        if self.is_current() && self.refuse_second_name().is_ok() {
            let _ = disk::remove_file(&self.folder.join(NAME));
            let _ = disk::remove_empty_folder(&self.folder);
        }
        // A program that another thread is just starting may have a copy of the file, with which it would stay locked.
        let _ = rustix::fs::flock(&self.file, FlockOperation::Unlock);
    }
}

fn held_by_another(root: &Path, folder: &Path) -> anyhow::Error {
    let text = text(folder).unwrap_or_default();
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    let error = UserError::new(format!("another run of scaffold is at work in `{}`", root.display()));
    match (field("process"), field("host"), field("started")) {
        (Some(process), Some(host), Some(started)) => error
            .hint(format!("it is process {process} on `{host}`, started {started}"))
            .hint("wait until it has ended, then repeat the command"),
        _ => error.hint("wait until it has ended, then repeat the command"),
    }
    .into()
}

/// Seconds since 1970 as `2026-11-21 03:56:53 UTC`.
fn utc(seconds: u64) -> String {
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    // Years begin in March here, so that the leap day is the last one: eras of 400 years or 146,097 days.
    let day = days + 719_468;
    let (era, of_era) = (day / 146_097, day % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march + 2) / 5 + 1;
    let month = if march < 10 { march + 3 } else { march - 9 };
    let year = era * 400 + year + u64::from(month <= 2);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_run_hears_who_holds_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        for target in [folder.path().to_owned(), folder.path().join("new/deep")] {
            let project = Project::open(&target).unwrap();
            let lock = Lock::acquire(&project).unwrap();
            let error = Lock::acquire(&project).unwrap_err().downcast::<UserError>().unwrap();
            assert!(error.message.starts_with("another run of scaffold is at work in"), "{error}");
            assert!(error.hints[0].contains(&format!("process {} on", std::process::id())), "{error:?}");
            drop(lock);
            drop(Lock::acquire(&project).unwrap());
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "the lock left something behind");
        }
    }

    #[test]
    fn a_lock_file_without_holder_is_no_obstacle() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(".scaffold")).unwrap();
        fs::write(folder.path().join(".scaffold/lock"), "process 1\nhost gone\n").unwrap();
        Lock::acquire(&Project::open(folder.path()).unwrap()).unwrap();
    }

    #[test]
    fn the_folder_must_not_be_a_link() {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/tmp", folder.path().join(".scaffold")).unwrap();
        let error = Lock::acquire(&Project::open(folder.path()).unwrap()).unwrap_err();
        assert!(error.to_string().contains("symbolic link to `/tmp`"), "{error}");
    }

    #[test]
    fn a_lock_with_another_name_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let (mine, lock) = (folder.path().join("mine"), folder.path().join(".scaffold/lock"));
        fs::create_dir(folder.path().join(".scaffold")).unwrap();
        fs::write(&mine, "mine").unwrap();
        fs::hard_link(&mine, &lock).unwrap();
        let error = Lock::acquire(&Project::open(folder.path()).unwrap()).unwrap_err();
        assert!(error.to_string().contains("it has another name"), "{error}");
        assert!(fs::read(&mine).unwrap() == b"mine" && lock.exists());
    }

    #[test]
    fn a_lock_of_any_size_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let project = Project::open(folder.path()).unwrap();
        let lock = Lock::acquire(&project).unwrap();
        fs::File::options().write(true).open(lock.folder().join(NAME)).unwrap().set_len(6 << 30).unwrap();
        let error = Lock::acquire(&project).unwrap_err().downcast::<UserError>().unwrap();
        assert_eq!(error.hints, ["wait until it has ended, then repeat the command"]);
    }

    #[test]
    fn time_is_readable() {
        assert_eq!(utc(0), "1970-01-01 00:00:00 UTC");
        assert_eq!(utc(951_827_696), "2000-02-29 12:34:56 UTC");
        assert_eq!(utc(1_795_233_413), "2026-11-21 03:56:53 UTC");
    }

    #[test]
    fn many_threads_never_hold_it_together() {
        let folder = tempfile::tempdir().unwrap();
        let project = Project::open(folder.path()).unwrap();
        let holders = std::sync::atomic::AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..300 {
                        if let Ok(_lock) = Lock::acquire(&project) {
                            assert_eq!(holders.fetch_add(1, std::sync::atomic::Ordering::SeqCst), 0);
                            std::thread::yield_now();
                            holders.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
                        }
                    }
                });
            }
        });
    }
}
