//! Where git keeps what it knows about a repository.

use std::fs;
use std::path::{Path, PathBuf};

use super::regular;

/// More than the paths that these files hold.
const MAX_BYTES: u64 = 4096;

/// The folder of git for a working tree. In a further working tree, and in a submodule, `.git` is a file that names it.
pub fn of(top: &Path) -> Option<PathBuf> {
    let git = top.join(".git");
    if fs::symlink_metadata(&git).ok()?.is_dir() {
        return Some(git);
    }
    Some(top.join(line(&git)?.strip_prefix("gitdir: ")?))
}

/// The folder of git that all working trees of a repository share.
pub fn common(top: &Path) -> Option<PathBuf> {
    let git = of(top)?;
    Some(match line(&git.join("commondir")) {
        Some(common) => git.join(common),
        None => git,
    })
}

/// The files that say where these folders are, where git has any.
pub fn pointers(top: &Path) -> Vec<PathBuf> {
    let git = top.join(".git");
    let common = of(top).map(|folder| folder.join("commondir"));
    // a folder changes with everything in it
    [Some(git).filter(|git| git.is_file()), common].into_iter().flatten().collect()
}

fn line(file: &Path) -> Option<String> {
    let text = String::from_utf8(regular::read(file, MAX_BYTES).ok().flatten()?).ok()?;
    Some(text.trim_end().to_owned())
}
