//! Small files in the user's cache directory: never needed, safe to delete at any time, and never from anyone else.

use std::fs;
use std::os::fd::AsFd as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process;
use std::time::SystemTime;

use anyhow::Result;
use etcetera::BaseStrategy as _;

use crate::disk::{self, regular};

const FOLDER: &str = "scaffold";
const MODE: u32 = 0o600;
/// Bytes of a file: one about 100,000 files has 10 million.
const MAX_BYTES: u64 = 16 << 20;
/// Bytes of all files, and their number; the oldest go first.
const MAX_TOTAL_BYTES: u64 = 64 << 20;
const MAX_FILES: usize = 500;

/// A folder of cached files.
#[derive(Clone, Debug)]
pub struct Cache(PathBuf);

impl Cache {
    /// That of the user, such as `~/.cache/scaffold`; none where the user has no home. It may not exist yet.
    pub fn of_user() -> Option<Self> {
        Some(Self(etcetera::choose_base_strategy().ok()?.cache_dir().join(FOLDER)))
    }

    /// Whether it is below a folder.
    pub fn is_in(&self, folder: &Path) -> bool {
        // what does not exist yet is where the nearest folder is
        let real = self.0.ancestors().find_map(|place| place.canonicalize().ok());
        real.is_some_and(|real| real.starts_with(folder)) || self.0.starts_with(folder)
    }

    /// A file that the user keeps there, if no one else can have written or read it.
    pub fn read(&self, name: &str) -> Option<Vec<u8>> {
        let file = regular::open(&self.0.join(name)).ok()?;
        let found = file.metadata().ok()?;
        let is_own = found.uid() == rustix::process::geteuid().as_raw() && found.mode() & 0o077 == 0;
        if !found.is_file() || !is_own || found.len() > MAX_BYTES {
            return None;
        }
        regular::bytes(file, MAX_BYTES).ok()?
    }

    /// Keeps a file, whole or not at all, and removes the oldest where there are too many.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        if bytes.len() as u64 > MAX_BYTES {
            return Ok(());
        }
        disk::ensure_private_folder(&self.0)?;
        let folder = disk::open_folder(&self.0)?;
        let new_name = format!("{name}.new.{}", process::id());
        let new = self.0.join(&new_name);
        // a killed run may have had the same number
        let _ = disk::remove_file(&new);
        let kept = disk::write_new(folder.as_fd(), &new_name, bytes, false, Some(MODE), &new)
            .and_then(|()| disk::rename(&new, &self.0.join(name)));
        if kept.is_err() {
            let _ = disk::remove_file(&new);
        }
        self.prune();
        kept
    }

    fn prune(&self) {
        let Ok(entries) = fs::read_dir(&self.0) else { return };
        let mut files: Vec<(SystemTime, u64, PathBuf)> = entries
            .flatten()
            .filter_map(|entry| {
                let found = entry.metadata().ok().filter(fs::Metadata::is_file)?;
                entry.file_name().to_str().filter(|name| is_own(name))?;
                Some((found.modified().ok()?, found.len(), entry.path()))
            })
            .collect();
        files.sort();
        let mut total = 0;
        for (number, (_, size, path)) in files.iter().rev().enumerate() {
            total += size;
            if number >= MAX_FILES || total > MAX_TOTAL_BYTES {
                let _ = disk::remove_file(path);
            }
        }
    }
}

/// Whether a file has a name that is given here: 64 hexadecimal digits, and while it is written `.new` and a number.
/// Another program may have a folder of the same name.
fn is_own(name: &str) -> bool {
    let digest = name.split_once(".new.").map_or(name, |(digest, _)| digest);
    digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn files_are_for_their_owner_alone() {
        let temp = tempfile::tempdir().unwrap();
        let cache = Cache(temp.path().join("a/scaffold"));
        assert_eq!(cache.read("x"), None);
        for text in [b"one", b"two"] {
            cache.write("x", text).unwrap();
            assert_eq!(cache.read("x").as_deref(), Some(&text[..]));
        }
        let file = cache.0.join("x");
        assert_eq!((mode(&cache.0), mode(&file)), (0o700, 0o600));
        assert_eq!(fs::read_dir(&cache.0).unwrap().count(), 1);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        assert_eq!(cache.read("x"), None);
        fs::remove_file(&file).unwrap();
        std::os::unix::fs::symlink("/etc/hostname", &file).unwrap();
        assert_eq!(cache.read("x"), None);
        assert!(cache.is_in(temp.path()) && !cache.is_in(&temp.path().join("b")));
    }

    /// A name as the digest of it would be.
    fn named(name: &str) -> String {
        let hex: String = name.bytes().map(|byte| format!("{byte:02x}")).collect();
        format!("{hex:0>64}")
    }

    #[test]
    fn the_oldest_files_go_first() {
        let temp = tempfile::tempdir().unwrap();
        let cache = Cache(temp.path().to_path_buf());
        let old = |name: &str, size: u64, age: u64| {
            let file = fs::File::create(temp.path().join(named(name))).unwrap();
            file.set_len(size).unwrap();
            file.set_modified(SystemTime::now() - std::time::Duration::from_secs(age)).unwrap();
        };
        fs::write(temp.path().join("of another program"), "x").unwrap();
        old("oldest", MAX_TOTAL_BYTES / 2, 30);
        old("older", MAX_TOTAL_BYTES / 2, 20);
        old("old", 1000, 10);
        cache.write(&named("new"), b"x").unwrap();
        let mut left: Vec<_> =
            fs::read_dir(temp.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        left.sort();
        let mut wanted = vec!["of another program".to_owned(), named("new"), named("old"), named("older")];
        wanted.sort();
        assert_eq!(left, wanted);
    }
}
