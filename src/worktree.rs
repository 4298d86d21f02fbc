//! The git repository that a folder lies in, as far as its files tell.

use std::fs;
use std::path::Path;

/// More than any configuration of a repository.
const MOST_BYTES: u64 = 1 << 20;

/// The nearest folder upwards, this one included, that is the top of a repository.
pub fn top(folder: &Path) -> Option<&Path> {
    folder.ancestors().find(|folder| fs::symlink_metadata(folder.join(".git")).is_ok())
}

/// Whether the repository is already somewhere else too. One whose `.git` is a file, a further working tree or a
/// submodule, comes from another.
pub fn has_remote(top: &Path) -> bool {
    let Ok(git) = fs::symlink_metadata(top.join(".git")) else { return false };
    let config = top.join(".git/config");
    let is_text = || fs::symlink_metadata(&config).is_ok_and(|found| found.is_file() && found.len() < MOST_BYTES);
    git.is_file()
        || is_text()
            && fs::read(&config).is_ok_and(|text| {
                String::from_utf8_lossy(&text).lines().any(|line| line.trim_start().starts_with("[remote "))
            })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repositories() {
        let folder = tempfile::tempdir().unwrap();
        let (root, below) = (folder.path(), folder.path().join("a/b"));
        fs::create_dir_all(&below).unwrap();
        assert!(top(&below) != Some(root) && !has_remote(root));
        fs::create_dir(root.join(".git")).unwrap();
        assert!(top(&below) == Some(root) && top(root) == Some(root) && !has_remote(root));
        fs::write(root.join(".git/config"), "[core]\n\tbare = false\n").unwrap();
        assert!(!has_remote(root));
        fs::write(root.join(".git/config"), "[core]\n[remote \"origin\"]\n\turl = x\n").unwrap();
        assert!(has_remote(root));
        fs::write(below.join(".git"), "gitdir: elsewhere\n").unwrap();
        assert!(top(&below) == Some(&*below) && has_remote(&below));
    }
}
