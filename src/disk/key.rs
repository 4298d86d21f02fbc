//! The key by which a run knows what an earlier run of the same user left behind: 32 random bytes in the user's state
//! directory. A journal or a lock that came with a clone cannot carry a signature of it.

use crate::disk;
use crate::disk::{regular, state};
use anyhow::Result;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::fs;
use std::os::fd::AsFd as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process;

const NAME: &str = "key";
const BYTES: usize = 32;
const MODE: u32 = 0o600;

/// A key for signatures.
#[derive(Clone)]
pub struct Key([u8; BYTES]);

impl Key {
    /// The user's key, if there is one that only they can read.
    pub fn existing() -> Option<Self> {
        if cfg!(test) {
            return Some(Self([7; BYTES]));
        }
        read(&file()?)
    }

    /// The user's key, made where there is none. Where it cannot be kept, it is forgotten with this process: what the
    /// process signs counts for no later one.
    ///
    /// # Errors
    /// When the system has no random bytes.
    pub fn own() -> Result<Self> {
        if let Some(key) = Self::existing() {
            return Ok(key);
        }
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes)?;
        let new = Self(bytes);
        let Some(file) = file() else { return Ok(new) };
        // another run may have made one at the same time
        Ok(if keep(&file, &new).is_ok() { new } else { read(&file).unwrap_or(new) })
    }

    /// The signature of some parts for a purpose; moving a byte from one part to the next changes it.
    pub fn sign(&self, purpose: &str, parts: &[&[u8]]) -> String {
        use std::fmt::Write as _;
        let Some(mac) = self.mac(purpose, parts) else { return String::new() };
        mac.finalize().into_bytes().iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// Whether a signature is of this key, for this purpose and these parts.
    pub fn signed(&self, purpose: &str, parts: &[&[u8]], signature: &str) -> bool {
        let digit = |at: usize| u8::from_str_radix(signature.get(at..at + 2)?, 16).ok();
        let bytes: Option<Vec<u8>> = (0..signature.len()).step_by(2).map(digit).collect();
        match (bytes, self.mac(purpose, parts)) {
            // compared in a time that tells nothing
            (Some(bytes), Some(mac)) => mac.verify_slice(&bytes).is_ok(),
            _ => false,
        }
    }

    fn mac(&self, purpose: &str, parts: &[&[u8]]) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        for part in [purpose.as_bytes()].iter().chain(parts) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        Some(mac)
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

fn file() -> Option<PathBuf> {
    Some(state::folder()?.join(NAME))
}

fn read(file: &Path) -> Option<Key> {
    let opened = regular::open(file).ok()?;
    let found = opened.metadata().ok()?;
    if !found.is_file() || found.permissions().mode() & 0o077 != 0 {
        return None;
    }
    let bytes = regular::bytes(opened, BYTES as u64).ok()??;
    Some(Key(bytes.try_into().ok()?))
}

/// Puts a key on the disk, whole or not at all; fails when there is one.
fn keep(file: &Path, key: &Key) -> Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    disk::ensure_private_folder(folder)?;
    let name = format!("{NAME}.new.{}", process::id());
    let new = folder.join(&name);
    let at = disk::open_folder(folder)?;
    // a killed run may have had the same number
    let _ = fs::remove_file(&new);
    let kept = disk::write_new(at.as_fd(), &name, &key.0, false, Some(MODE), &new)
        .and_then(|()| disk::sync(&new))
        .and_then(|()| disk::rename_new(&new, file))
        .and_then(|()| disk::sync(folder));
    if kept.is_err() {
        let _ = fs::remove_file(&new);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_counts_for_one_key_purpose_and_text() {
        let (key, other) = (Key([1; BYTES]), Key([2; BYTES]));
        let signature = key.sign("journal", &[b"/shop", b"text"]);
        assert_eq!(signature.len(), 64);
        assert!(key.signed("journal", &[b"/shop", b"text"], &signature));
        assert!(!other.signed("journal", &[b"/shop", b"text"], &signature));
        assert!(!key.signed("lock", &[b"/shop", b"text"], &signature));
        assert!(!key.signed("journal", &[b"/shopt", b"ext"], &signature));
        for wrong in ["", "0", "zz", &signature[2..], &signature.replace(|_: char| true, "é")] {
            assert!(!key.signed("journal", &[b"/shop", b"text"], wrong), "{wrong}");
        }
    }

    #[test]
    fn a_key_is_kept_once_and_for_its_owner_alone() {
        let temp = tempfile::tempdir().unwrap();
        let file = temp.path().join("state/scaffold/key");
        assert!(read(&file).is_none());
        keep(&file, &Key([1; BYTES])).unwrap();
        assert!(keep(&file, &Key([2; BYTES])).is_err());
        assert_eq!(read(&file).unwrap().0, [1; BYTES]);
        assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(read(&file).is_none());
    }
}
