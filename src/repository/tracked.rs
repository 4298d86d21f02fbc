//! Which files git tracks, from the index of the repository: what is tracked stays so, whatever the rules of
//! `.gitignore` say. git itself is not run: a repository of others can make it run programs. gix-index reads more of the
//! format, and brings 33 further crates along.

use std::path::{Path, PathBuf};

use crate::disk::regular;
use crate::repository::worktree;
use crate::text::path;

/// Bytes of an index: that of Linux, with 90,000 files, has 10 million.
const MAX_BYTES: u64 = 64 << 20;
/// Bytes of an entry before its checksum.
const STAT: usize = 40;
/// What the flags say of the length of a name.
const LENGTH: u16 = 0x0fff;
/// The flag that says that there are more flags.
const EXTENDED: u16 = 0x4000;

/// The tracked files below a folder, relative to it. There are none without an index, or with one that cannot be read.
pub fn tracked(folder: &Path) -> Vec<String> {
    let Some(top) = worktree::top(folder) else { return Vec::new() };
    let Ok(prefix) = folder.strip_prefix(top) else { return Vec::new() };
    let Some(bytes) = index(top).and_then(|file| regular::read(&file, MAX_BYTES).ok().flatten()) else {
        return Vec::new();
    };
    // checksums are SHA-1 or SHA-256
    let paths = paths(&bytes, 20).or_else(|| paths(&bytes, 32)).unwrap_or_default();
    let below = |path: String| Some(Path::new(&path).strip_prefix(prefix).ok()?.to_str()?.to_owned());
    paths.into_iter().filter_map(below).filter(|path| path::check(path).is_ok()).collect()
}

/// Where the index is. In a further working tree, and in a submodule, `.git` is a file that names the folder.
fn index(top: &Path) -> Option<PathBuf> {
    let git = top.join(".git");
    let found = std::fs::symlink_metadata(&git).ok()?;
    if found.is_dir() {
        return Some(git.join("index"));
    }
    let text = String::from_utf8(regular::read(&git, 4096).ok().flatten()?).ok()?;
    Some(top.join(text.strip_prefix("gitdir: ")?.trim_end()).join("index"))
}

/// The paths of an index in one of the formats 2 to 4, as `gitformat-index` describes them. Names that are not UTF-8 are
/// left out.
fn paths(bytes: &[u8], checksum: usize) -> Option<Vec<String>> {
    let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let (version, count) = (number(4)?, number(8)?);
    if !bytes.starts_with(b"DIRC") || !(2..=4).contains(&version) {
        return None;
    }
    let (mut at, mut name, mut found) = (12, Vec::new(), Vec::new());
    for _ in 0..count {
        let start = at;
        at += STAT + checksum;
        let flags = u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?);
        at += if flags & EXTENDED == 0 { 2 } else { 4 };
        if version == 4 {
            let dropped = varint(bytes, &mut at)?;
            name.truncate(name.len().checked_sub(dropped)?);
        } else {
            name.clear();
        }
        let rest = bytes.get(at..)?;
        let end = rest.iter().position(|byte| *byte == 0)?;
        name.extend_from_slice(rest.get(..end)?);
        // checksums of the other length lead here to something else
        if usize::from(flags & LENGTH) != name.len().min(LENGTH.into()) {
            return None;
        }
        at += end + 1;
        if version < 4 {
            at = start + (at - start).next_multiple_of(8);
        }
        found.extend(std::str::from_utf8(&name).ok().map(str::to_owned));
    }
    found.dedup();
    Some(found)
}

/// A number in as many bytes as it needs, as in packs.
fn varint(bytes: &[u8], at: &mut usize) -> Option<usize> {
    let mut next = || {
        let byte = bytes.get(*at).copied();
        *at += 1;
        byte
    };
    let mut byte = next()?;
    let mut number = usize::from(byte & 0x7f);
    while byte & 0x80 != 0 {
        byte = next()?;
        number = number.checked_add(1)?.checked_mul(128)? | usize::from(byte & 0x7f);
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::process::Command;

    use super::*;

    fn git(folder: &Path, args: &[&str]) {
        let mut git = Command::new("git");
        git.env_clear().env("PATH", std::env::var_os("PATH").unwrap()).env("GIT_CONFIG_NOSYSTEM", "1");
        assert!(git.arg("-C").arg(folder).args(args).output().unwrap().status.success(), "git {args:?}");
    }

    #[test]
    fn every_format_is_read() {
        let long = format!("{}/{}", "folder".repeat(40), "name".repeat(40));
        for (format, version) in [("sha1", "2"), ("sha1", "4"), ("sha256", "2"), ("sha256", "4")] {
            let temp = tempfile::tempdir().unwrap();
            let root = temp.path().canonicalize().unwrap();
            git(&root, &["init", "-q", "--object-format", format]);
            assert!(tracked(&root).is_empty());
            for path in ["a", "sub/b.txt", "sub/bb.txt", "sub/new", &long] {
                fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
                fs::write(root.join(path), path).unwrap();
            }
            git(&root, &["add", "a", "sub/b.txt", "sub/bb.txt", &long]);
            git(&root, &["add", "--intent-to-add", "sub/new"]);
            git(&root, &["update-index", "--index-version", version]);
            assert_eq!(tracked(&root), ["a", &long, "sub/b.txt", "sub/bb.txt", "sub/new"], "{format} {version}");
            assert_eq!(tracked(&root.join("sub")), ["b.txt", "bb.txt", "new"]);
        }
    }

    #[test]
    fn what_is_no_index_has_no_paths() {
        for bytes in [&b""[..], b"DIRC", b"DIRC\0\0\0\x02\xff\xff\xff\xff", b"DIRC\0\0\0\x04\0\0\0\x01abc"] {
            assert_eq!(paths(bytes, 20), None);
        }
    }
}
