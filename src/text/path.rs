//! What a path inside a repository may look like, and how it is written on one line.

use crate::text::error::UserError;
use crate::text::tree::Tree;
use std::collections::HashMap;
use std::fmt::Write as _;
use unicode_normalization::UnicodeNormalization as _;

/// The folder in which scaffold keeps its own files.
pub const FOLDER: &str = ".scaffold";
/// The whole repository as a folder.
pub const WHOLE: &str = ".";
/// The recorded base.
pub const BASE: &str = ".scaffold/base";
/// The recorded answers.
pub const ANSWERS: &str = ".scaffold/answers.yaml";
/// The recorded decisions.
pub const DECISIONS: &str = ".scaffold/decisions.yaml";

/// Names in `.scaffold/` that only the writer itself may use.
const RESERVED: [&str; 8] = [
    "lock",
    "staging",
    "journal",
    "journal.new",
    "journal.undo",
    "journal.done",
    "journal.undone",
    "journal.discarded",
];

/// Whether a path is one of scaffold's own files.
pub fn is_record(path: &str) -> bool {
    path.strip_prefix(FOLDER).is_some_and(|rest| rest.starts_with('/'))
}

/// Refuses a path that could leave the repository or reach into git or the writer's own files.
///
/// Journals and bases come with a clone and may be hostile, so this is asked for every path before it is used.
pub fn check(path: &str) -> Result<(), UserError> {
    let fault = |why: &str| Err(UserError::new(format!("path `{}` {why}", path.escape_debug())));
    if path.is_empty() || path.starts_with('/') {
        return fault("is not relative");
    }
    if path.contains('\0') {
        return fault("contains a zero byte");
    }
    for segment in path.split('/') {
        match segment {
            "" => return fault("has an empty segment"),
            "." | ".." => return fault("must not contain `.` or `..`"),
            _ if segment.eq_ignore_ascii_case(".git") => return fault("reaches into `.git`"),
            _ => {}
        }
    }
    if !path.starts_with('.') {
        return Ok(());
    }
    let folded = fold(path);
    if folded == FOLDER {
        return fault("is reserved for scaffold's own files");
    }
    if let Some(inner) = folded.strip_prefix(".scaffold/") {
        let first = inner.split('/').next().unwrap_or(inner);
        if RESERVED.contains(&first) {
            return fault("is reserved for scaffold's own files");
        }
    }
    Ok(())
}

/// Refuses a tree that cannot exist everywhere: bad paths, a file that is also a folder, names equal but for case.
pub fn check_tree(tree: &Tree) -> Result<(), UserError> {
    let mut seen: HashMap<String, (&str, bool)> = HashMap::new();
    let mut last_folder = "";
    for path in tree.files.keys() {
        check(path)?;
        let mut enter = |name: &'_ str, is_file: bool| -> Result<(), UserError> {
            // Borrow from the key, so that the map costs one string per entry.
            let name = &path[..name.len()];
            match seen.insert(fold(name), (name, is_file)) {
                Some((other, _)) if other != name => Err(UserError::new(format!(
                    "`{other}` and `{name}` differ only in case or in how an accent is written, and some file systems cannot hold both"
                ))),
                Some((_, was_file)) if was_file != is_file => {
                    Err(UserError::new(format!("`{name}` is both a file and a folder")))
                }
                _ => Ok(()),
            }
        };
        let folder = parent(path);
        if folder != last_folder {
            for (at, _) in path.match_indices('/') {
                enter(&path[..at], false)?;
            }
            last_folder = folder;
        }
        enter(path, true)?;
    }
    Ok(())
}

/// Names that Windows keeps for devices, with any extension and in any case.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];
/// Bytes of a whole path: Windows takes 260 by default, less the folder of the clone. A name alone may have 255 everywhere.
const PATH_LENGTH: usize = 200;

/// Refuses a path that a clone cannot hold on every usual file system: those of Linux, macOS and Windows.
pub fn check_portable(path: &str) -> Result<(), UserError> {
    let fault = |why: String| {
        Err(UserError::new(format!("path `{}` {why}", path.escape_debug()))
            .hint("change the answer that it is made from, such as the name or folder of a service"))
    };
    if path.len() > PATH_LENGTH {
        return fault(format!("has {} bytes; clones on Windows take {PATH_LENGTH}", path.len()));
    }
    for name in path.split('/') {
        if let Some(c) = name.chars().find(|c| c.is_control() || "<>:\"\\|?*".contains(*c)) {
            return fault(format!("contains `{}`, which Windows does not take", c.escape_debug()));
        }
        if name.ends_with(['.', ' ']) {
            return fault(format!("has the name `{name}`, whose last character Windows drops"));
        }
        if is_device(name) {
            return fault(format!("has the name `{name}`, which Windows keeps for a device"));
        }
    }
    Ok(())
}

/// Whether Windows keeps a name for a device.
pub fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end_matches(' ').to_ascii_lowercase();
    let numbered = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    let digits = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "¹", "²", "³"];
    numbered.is_some_and(|rest| digits.contains(&rest)) || DEVICES.contains(&stem.as_str())
}

/// The folder of a path; empty for a path at the top.
pub fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// A folder and those above it, up to the empty top.
pub fn upwards(folder: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder), |folder| (!folder.is_empty()).then(|| parent(folder)))
}

/// The last segment of a path.
pub fn name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// A path inside a folder, where the folder may be the empty top.
pub fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// The form in which two names are equal on a file system that ignores case, or how an accent is written.
pub fn fold(name: &str) -> String {
    if name.is_ascii() { name.to_ascii_lowercase() } else { name.nfc().collect::<String>().to_lowercase() }
}

/// A path on one line: `%` and what an editor or merge tool might swallow become `%XX`.
pub fn to_line(path: &str) -> String {
    let kept = path.trim_end_matches(' ').len();
    let mut line = String::with_capacity(path.len());
    for (at, c) in path.char_indices() {
        if c == '%' || c.is_ascii_control() || (c == ' ' && at >= kept) {
            let _ = write!(line, "%{:02X}", c as u32);
        } else {
            line.push(c);
        }
    }
    line
}

/// The reverse of [`to_line`]; `None` if the line is not one that it writes.
pub fn from_line(line: &str) -> Option<String> {
    let mut path = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find('%') {
        path.push_str(&rest[..at]);
        let code = rest.get(at + 1..at + 3)?;
        let byte = u8::from_str_radix(code, 16).ok().filter(u8::is_ascii)?;
        path.push(char::from(byte));
        rest = &rest[at + 3..];
    }
    path.push_str(rest);
    (to_line(&path) == line).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tree::File;

    fn tree(paths: &[&str]) -> Tree {
        let file = File { bytes: vec![], executable: false };
        Tree { files: paths.iter().map(|p| ((*p).to_owned(), file.clone())).collect() }
    }

    #[test]
    fn paths_that_leave_the_repository_are_refused() {
        for bad in [
            "",
            "/etc/passwd",
            "../x",
            "a/../b",
            "a//b",
            "a/",
            "./a",
            "a/\0b",
            ".git/hooks/pre-commit",
            "sub/.GIT/config",
            ".scaffold",
            ".scaffold/lock",
            ".scaffold/staging/x",
            ".Scaffold/journal",
        ] {
            assert!(check(bad).is_err(), "{bad:?}");
        }
        for good in ["a", "a/b", ".github/x", ".gitignore", "..a", ".scaffold/base", "a b/ü"] {
            assert_eq!(check(good), Ok(()), "{good:?}");
        }
    }

    #[test]
    fn paths_that_a_clone_on_another_system_cannot_hold_are_refused() {
        let (long, deep) = ("a".repeat(201), "a/".repeat(100) + "b");
        for bad in [
            "k8s/con/x",
            "aux.yaml",
            "a/NUL.tar.gz",
            "com1",
            "Lpt9.txt",
            "COM¹",
            "prn .x",
            "conin$",
            "a./b",
            "a /b",
            "a:b",
            "a\\b",
            "a/b?",
            "a\u{7}",
            &long,
            &deep,
        ] {
            assert!(check_portable(bad).is_err(), "{bad:?}");
        }
        for good in ["k8s/console/x", "auxiliary.yaml", "com", "com10", "a.con", ".github/x", "a b/ü"] {
            assert_eq!(check_portable(good), Ok(()), "{good:?}");
        }
    }

    #[test]
    fn trees_that_not_every_disk_can_hold_are_refused() {
        assert_eq!(check_tree(&tree(&["a/b", "a/c", "a.b", "b/a/c"])), Ok(()));
        for bad in [
            &["Readme.md", "README.md"][..],
            &["Docs/a", "docs/b"],
            &["a", "a/b"],
            &["a/B/c", "a/b"],
            &["Ä", "ä"],
            &["\u{e4}", "a\u{308}"],
        ] {
            assert!(check_tree(&tree(bad)).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn lines_read_back() {
        for path in ["a/b", "50%", "a\nb", "end ", "  ", "ü\u{7f}", "%41"] {
            let line = to_line(path);
            assert!(!line.contains('\n') && !line.ends_with(' '), "{line:?}");
            assert_eq!(from_line(&line).as_deref(), Some(path));
        }
        for bad in ["%", "%4", "%41", "%zz", "a%é"] {
            assert_eq!(from_line(bad), None, "{bad}");
        }
    }
}
