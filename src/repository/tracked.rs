//! Which files git tracks, from the index of the repository: what is tracked stays so, whatever the rules of
//! `.gitignore` say. git itself is not run: a repository of others can make it run programs. gix-index reads more of the
//! format, and brings 33 further crates along.

use std::path::{Path, PathBuf};

use crate::disk::{git_folder, regular};
use crate::repository::worktree;
use crate::text::path;

/// Bytes of an index: that of Linux, with 90,000 files, has 10 million.
const MAX_BYTES: u64 = 64 << 20;
/// Bytes of an entry before its checksum.
const STAT: usize = 40;
/// Where the mode is in an entry.
const MODE: usize = 24;
/// What the flags say of the length of a name.
const LENGTH: u16 = 0x0fff;
/// The flag that says that there are more flags.
const EXTENDED: u16 = 0x4000;
/// Of these, the one of a file that git does not check out.
const SKIP_WORKTREE: u16 = 0x4000;
/// The mode of a folder none of whose files is checked out.
const FOLDER: u32 = 0o040_000;

/// What git tracks below a folder, relative to it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tracked {
    pub files: Vec<String>,
    /// Those that a sparse checkout leaves out, and folders of such files, which end with `/`.
    pub left_out: Vec<String>,
}

impl Tracked {
    /// Whether a sparse checkout leaves this file out.
    pub fn leaves_out(&self, path: &str) -> bool {
        self.left_out.iter().any(|left| left == path || left.ends_with('/') && path.starts_with(left.as_str()))
    }
}

/// What git tracks below a folder: nothing without a repository or an index, and nothing is known of an index that cannot
/// be read, or is split into two files.
pub fn tracked(folder: &Path) -> Option<Tracked> {
    let Some((top, file)) = worktree::top(folder).and_then(|top| Some((top, index(top)?))) else {
        return Some(Tracked::default());
    };
    if std::fs::symlink_metadata(&file).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
        return Some(Tracked::default());
    }
    let prefix = folder.strip_prefix(top).ok()?;
    let bytes = regular::read(&file, MAX_BYTES).ok().flatten()?;
    // checksums are SHA-1 or SHA-256
    let all = entries(&bytes, 20).or_else(|| entries(&bytes, 32))?;
    let below = |path: &String| {
        let rel = Path::new(path).strip_prefix(prefix).ok()?.to_str()?.to_owned();
        path::check(&rel).is_ok().then(|| if path.ends_with('/') { rel + "/" } else { rel })
    };
    let [files, left_out] = [all.files, all.left_out].map(|paths| paths.iter().filter_map(below).collect());
    Some(Tracked { files, left_out })
}

/// The files that tell what git tracks below a folder: its index, and what names the folder of that.
pub fn index_files(folder: &Path) -> Vec<PathBuf> {
    let Some(top) = worktree::top(folder) else { return Vec::new() };
    index(top).into_iter().chain(git_folder::pointers(top)).collect()
}

fn index(top: &Path) -> Option<PathBuf> {
    Some(git_folder::of(top)?.join("index"))
}

/// The entries of an index in one of the formats 2 to 4, as `gitformat-index` describes them. Names that are not UTF-8 are
/// left out.
fn entries(bytes: &[u8], checksum: usize) -> Option<Tracked> {
    let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let short = |at: usize| Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
    let (version, count) = (number(4)?, number(8)?);
    if !bytes.starts_with(b"DIRC") || !(2..=4).contains(&version) {
        return None;
    }
    let (mut at, mut name, mut found) = (12, Vec::new(), Tracked::default());
    for _ in 0..count {
        let start = at;
        let is_folder = number(at + MODE)? == FOLDER;
        at += STAT + checksum;
        let flags = short(at)?;
        let is_skipped = flags & EXTENDED != 0 && short(at + 2)? & SKIP_WORKTREE != 0;
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
        let Ok(path) = std::str::from_utf8(&name) else { continue };
        if is_skipped || is_folder {
            found.left_out.push(path.to_owned());
        }
        if !is_folder {
            found.files.push(path.to_owned());
        }
    }
    found.files.dedup();
    // extensions: a name, a length and content each; `link` says that the other entries are in another file
    while bytes.len() > at + 8 + checksum {
        if bytes.get(at..at + 4)? == b"link" {
            return None;
        }
        at = at.checked_add(8)?.checked_add(usize::try_from(number(at + 4)?).ok()?)?;
    }
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
            assert_eq!(tracked(&root), Some(Tracked::default()));
            for path in ["a", "sub/b.txt", "sub/bb.txt", "sub/new", &long] {
                fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
                fs::write(root.join(path), path).unwrap();
            }
            git(&root, &["add", "a", "sub/b.txt", "sub/bb.txt", &long]);
            git(&root, &["add", "--intent-to-add", "sub/new"]);
            git(&root, &["update-index", "--index-version", version]);
            assert_eq!(
                tracked(&root).unwrap().files,
                ["a", &long, "sub/b.txt", "sub/bb.txt", "sub/new"],
                "{format} {version}"
            );
            assert_eq!(tracked(&root.join("sub")).unwrap().files, ["b.txt", "bb.txt", "new"]);
        }
    }

    #[test]
    fn what_a_sparse_checkout_leaves_out_is_known() {
        for sparse_index in ["--no-sparse-index", "--sparse-index"] {
            let temp = tempfile::tempdir().unwrap();
            let root = temp.path().canonicalize().unwrap();
            git(&root, &["init", "-q"]);
            for path in ["a", "in/b", "out/c", "out/deep/d"] {
                fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
                fs::write(root.join(path), path).unwrap();
            }
            git(&root, &["add", "."]);
            git(&root, &["-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "x"]);
            git(&root, &["sparse-checkout", "set", "--cone", sparse_index, "in"]);
            let tracked = tracked(&root).unwrap();
            assert!(tracked.leaves_out("out/c") && tracked.leaves_out("out/deep/d"), "{tracked:?}");
            assert!(!tracked.leaves_out("a") && !tracked.leaves_out("in/b"), "{tracked:?}");
        }
    }

    #[test]
    fn nothing_is_known_of_a_split_or_damaged_index() {
        let temp = tempfile::tempdir().unwrap();
        let root = temp.path().canonicalize().unwrap();
        git(&root, &["init", "-q"]);
        fs::write(root.join("a"), "a").unwrap();
        git(&root, &["add", "a"]);
        git(&root, &["update-index", "--split-index"]);
        assert_eq!(tracked(&root), None);
        fs::write(root.join(".git/index"), "DIRC and no more").unwrap();
        assert_eq!(tracked(&root), None);
    }

    #[test]
    fn what_is_no_index_has_no_paths() {
        for bytes in [&b""[..], b"DIRC", b"DIRC\0\0\0\x02\xff\xff\xff\xff", b"DIRC\0\0\0\x04\0\0\0\x01abc"] {
            assert_eq!(entries(bytes, 20), None);
        }
    }
}
