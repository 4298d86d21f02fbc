//! The git repository that contains a folder, as far as its files tell.

use std::fs;
use std::path::Path;

use crate::disk::regular;

/// More than any configuration of a repository.
const MAX_BYTES: u64 = 1 << 20;

/// The nearest folder upwards, this one included, that is the top of a repository.
pub fn top(folder: &Path) -> Option<&Path> {
    folder.ancestors().find(|folder| fs::symlink_metadata(folder.join(".git")).is_ok())
}

/// Whether the repository is already somewhere else too. One whose `.git` is a file, a further working tree or a
/// submodule, comes from another.
pub fn has_remote(top: &Path) -> bool {
    let Ok(git) = fs::symlink_metadata(top.join(".git")) else { return false };
    let config = || regular::read(&top.join(".git/config"), MAX_BYTES).ok().flatten();
    let names_one = |config: Vec<u8>| {
        String::from_utf8_lossy(&config).lines().any(|line| line.trim_start().starts_with("[remote "))
    };
    git.is_file() || config().is_some_and(names_one)
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
