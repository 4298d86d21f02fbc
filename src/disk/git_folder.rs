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

fn line(file: &Path) -> Option<String> {
    let text = String::from_utf8(regular::read(file, MAX_BYTES).ok().flatten()?).ok()?;
    Some(text.trim_end().to_owned())
}
