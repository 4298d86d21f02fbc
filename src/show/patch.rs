//! Changes of files as a patch that `git apply` accepts, the same whatever the user's git is configured to.

mod binary;

use std::fmt::Write as _;
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices, group_diff_ops};

use crate::merge::parts::AROUND;
use crate::show::file_diff::place;
use crate::text::tree::File;

/// What becomes of one file.
#[derive(Clone, Copy, Debug)]
pub struct FileChange<'a> {
    /// Where it is afterwards; of a file that goes, where it was.
    pub path: &'a str,
    /// Where it was before, if that is another place.
    pub from: Option<&'a str>,
    /// What it was; nothing for a new file.
    pub old: Option<&'a File>,
    /// What it becomes; nothing for a file that goes.
    pub new: Option<&'a File>,
}

impl<'a> FileChange<'a> {
    fn moved(&self) -> Option<&'a str> {
        self.from.filter(|from| *from != self.path && self.old.is_some() && self.new.is_some())
    }
}

/// The patch: files that go, then files that move, as both may make room, then all others, each by path. What does
/// not change is left out. Text is UTF-8 without a zero byte; all else is in git's binary form.
///
/// Names are relative to the project. Where that is not the top of its repository, git has to be told so:
/// `git apply --directory="$(git rev-parse --show-prefix)"` works everywhere.
pub fn patch(changes: &[FileChange<'_>]) -> Vec<u8> {
    let mut sorted: Vec<_> = changes.iter().collect();
    sorted.sort_by_key(|change| (change.new.is_some(), change.moved().is_none(), change.path));
    let mut out = String::new();
    for change in sorted {
        section(&mut out, change);
    }
    out.into_bytes()
}

fn section(out: &mut String, change: &FileChange<'_>) {
    let FileChange { path, old, new, .. } = *change;
    let moved = change.moved();
    if old == new && moved.is_none() {
        return;
    }
    let (before, after) = (quoted("a/", moved.unwrap_or(path)), quoted("b/", path));
    let _ = writeln!(out, "diff --git {before} {after}");
    let mut same_mode = String::new();
    match (old, new) {
        (Some(old), Some(new)) if old.executable == new.executable => same_mode = format!(" {}", mode(new)),
        (Some(old), Some(new)) => {
            let _ = writeln!(out, "old mode {}\nnew mode {}", mode(old), mode(new));
        }
        (None, Some(new)) => {
            let _ = writeln!(out, "new file mode {}", mode(new));
        }
        (Some(old), None) => {
            let _ = writeln!(out, "deleted file mode {}", mode(old));
        }
        (None, None) => {}
    }
    let (old_bytes, new_bytes) = (content(old), content(new));
    if let Some(from) = moved {
        let _ = writeln!(out, "similarity index {}%", similarity(old_bytes, new_bytes));
        let _ = writeln!(out, "rename from {}\nrename to {}", quoted("", from), quoted("", path));
    }
    if old.is_some() && new.is_some() && old_bytes == new_bytes {
        return;
    }
    let _ = writeln!(out, "index {}..{}{same_mode}", binary::blob_id(old), binary::blob_id(new));
    match (text(old_bytes), text(new_bytes)) {
        (Some(old_text), Some(new_text)) if old_text != new_text => {
            let _ = writeln!(out, "--- {}", if old.is_some() { named(&before) } else { "/dev/null".into() });
            let _ = writeln!(out, "+++ {}", if new.is_some() { named(&after) } else { "/dev/null".into() });
            hunks(out, old_text, new_text);
        }
        (Some(_), Some(_)) => {}
        _ => {
            out.push_str("GIT binary patch\n");
            binary::literal(out, new_bytes);
            binary::literal(out, old_bytes);
        }
    }
}

fn mode(file: &File) -> &'static str {
    if file.executable { "100755" } else { "100644" }
}

fn content(file: Option<&File>) -> &[u8] {
    file.map_or(&[], |file| &file.bytes)
}

fn text(bytes: &[u8]) -> Option<&str> {
    if bytes.contains(&0) { None } else { str::from_utf8(bytes).ok() }
}

/// A name as git writes it with its defaults; also in quotes where a space at an end could get lost.
fn quoted(prefix: &str, name: &str) -> String {
    let plain = |byte: u8| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\';
    if name.bytes().all(plain) && name.trim() == name {
        return format!("{prefix}{name}");
    }
    let mut out = format!("\"{prefix}");
    for byte in name.bytes() {
        match byte {
            7 => out.push_str("\\a"),
            8 => out.push_str("\\b"),
            b'\t' => out.push_str("\\t"),
            b'\n' => out.push_str("\\n"),
            11 => out.push_str("\\v"),
            12 => out.push_str("\\f"),
            b'\r' => out.push_str("\\r"),
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            _ if plain(byte) => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "\\{byte:03o}");
            }
        }
    }
    out + "\""
}

/// A name behind `---` or `+++`: with a space in it, a tab says where it ends.
fn named(name: &str) -> String {
    if name.contains(' ') && !name.starts_with('"') { format!("{name}\t") } else { name.to_owned() }
}

/// Lines with their ends. Only the line feed ends one, as for git; a lone carriage return does not.
fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n').collect()
}

/// How much of a file is still there, in percent of the longer version.
fn similarity(old: &[u8], new: &[u8]) -> usize {
    if old == new {
        return 100;
    }
    let old_lines = lines(old);
    let kept: usize = capture_diff_slices(Algorithm::Myers, &old_lines, &lines(new))
        .iter()
        .filter(|op| matches!(op, DiffOp::Equal { .. }))
        .flat_map(|op| part(&old_lines, op.old_range()))
        .map(|line| line.len())
        .sum();
    (kept * 100 / old.len().max(new.len())).min(99)
}

fn hunks(out: &mut String, old: &str, new: &str) {
    let old: Vec<&str> = old.split_inclusive('\n').collect();
    let new: Vec<&str> = new.split_inclusive('\n').collect();
    // Without a limit of time: the patch must not depend on how busy the machine is.
    for group in group_diff_ops(capture_diff_slices(Algorithm::Myers, &old, &new), AROUND) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
        let old_place = place(&(first.old_range().start..last.old_range().end));
        let new_place = place(&(first.new_range().start..last.new_range().end));
        let _ = writeln!(out, "@@ -{old_place} +{new_place} @@");
        for op in group {
            if matches!(op, DiffOp::Equal { .. }) {
                print(out, ' ', part(&old, op.old_range()));
            } else {
                print(out, '-', part(&old, op.old_range()));
                print(out, '+', part(&new, op.new_range()));
            }
        }
    }
}

fn part<T>(lines: &[T], range: Range<usize>) -> &[T] {
    lines.get(range).unwrap_or_default()
}

fn print(out: &mut String, sign: char, lines: &[&str]) {
    for line in lines {
        out.push(sign);
        out.push_str(line);
        if !line.ends_with('\n') {
            out.push_str("\n\\ No newline at end of file\n");
        }
    }
}

#[cfg(test)]
mod tests;
