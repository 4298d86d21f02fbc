//! Two versions of a file, side by side for people: unified, three lines around, changed words marked.

use std::fmt::Write as _;
use std::time::Duration;

use similar::{ChangeTag, TextDiff};

use crate::merge::parts::{AROUND, Shown};
use crate::plan::{BESIDE, Change, Ours, Resolution, describe};
use crate::terminal::ui::{Paint, Style};
use crate::text::tree::File;
use crate::text::{count, visible};

/// The time limit of a comparison; the rest is then shown as replaced.
const PATIENCE: Duration = Duration::from_millis(500);

/// How differences are printed.
#[derive(Clone, Copy, Debug)]
pub struct DiffStyle {
    /// Colours.
    pub paint: Paint,
    /// Whether other characters than ASCII arrive.
    pub unicode: bool,
}

impl DiffStyle {
    /// What a change does to its file; nothing where it does nothing.
    pub fn change(self, path: &str, change: &Change<'_>) -> String {
        match change {
            Change::Create(new) | Change::Offer(new) => self.files(path, None, Some(new)),
            Change::Update { ours, theirs } => self.files(path, Some(ours), Some(theirs)),
            Change::Merge { from, ours, theirs, merged } => {
                self.moved(*from, path) + &self.files(path, Some(ours), merged.file().or(Some(theirs)))
            }
            Change::Delete(ours) => self.files(path, Some(ours), None),
            Change::Collide { ours: Ours::File(ours), theirs, .. } => self.files(path, Some(ours), Some(theirs)),
            Change::Collide { ours, .. } => format!("{}: {}\n", self.shown(path), self.shown(&describe(ours))),
            _ => String::new(),
        }
    }

    /// What a change does to its file after a decision about it.
    pub fn decided(self, path: &str, change: &Change<'_>, resolution: &Resolution) -> String {
        let (from, ours, theirs) = match change {
            Change::Merge { from, ours, theirs, .. } => (*from, Some(*ours), Some(*theirs)),
            Change::Collide { ours: Ours::File(ours), theirs, .. } => (None, Some(ours), Some(*theirs)),
            Change::Collide { theirs, .. } | Change::Create(theirs) | Change::Offer(theirs) => {
                (None, None, Some(*theirs))
            }
            Change::Update { ours, theirs } => (None, Some(*ours), Some(*theirs)),
            Change::Delete(ours) => (None, Some(*ours), None),
            _ => return self.change(path, change),
        };
        let kept = || {
            let left_out = matches!(change, Change::Create(_) | Change::Offer(_));
            let what = if left_out { "is left out" } else { "stays as it is" };
            format!("{}{}: {what}\n", self.moved(from, path), self.shown(path))
        };
        match resolution {
            Resolution::TakeNew => self.moved(from, path) + &self.files(path, ours, theirs),
            Resolution::Own(own) => self.moved(from, path) + &self.files(path, ours, Some(&own.file)),
            Resolution::Markers => self.change(path, change),
            Resolution::KeepMine => kept(),
            Resolution::Both => kept() + &self.files(&format!("{path}{BESIDE}"), None, theirs),
        }
    }

    fn moved(self, from: Option<&str>, path: &str) -> String {
        from.map(|from| format!("{} moves to {}\n", self.shown(from), self.shown(path))).unwrap_or_default()
    }

    /// From one version to the other.
    pub fn files(self, path: &str, old: Option<&File>, new: Option<&File>) -> String {
        let path = self.shown(path);
        let text = |file: Option<&File>| file.map_or(Some(String::new()), |file| file.text().map(str::to_owned));
        let mut out = String::new();
        if let (Some(old), Some(new)) = (old, new)
            && old.executable != new.executable
        {
            let _ = writeln!(out, "{path}: {} executable", if new.executable { "becomes" } else { "is no longer" });
        }
        let (Some(before), Some(after)) = (text(old), text(new)) else {
            let size = |file: Option<&File>| file.map_or("nothing".into(), |f| count(f.bytes.len(), "byte"));
            let _ = writeln!(out, "Binary file {path}: {}, then {}", size(old), size(new));
            return out;
        };
        if before == after {
            return out;
        }
        let name = |side: &str, file: Option<&File>| {
            if file.is_some() { format!("{side}/{path}") } else { "/dev/null".into() }
        };
        let _ = writeln!(out, "{}", self.paint.text(Style::Bold, &format!("--- {}", name("a", old))));
        let _ = writeln!(out, "{}", self.paint.text(Style::Bold, &format!("+++ {}", name("b", new))));
        self.hunks(&mut out, &before, &after, AROUND, (0, 0));
        out
    }

    /// One hunk with the lines around it.
    pub fn hunk(self, shown: &Shown) -> String {
        let mut out = String::new();
        self.hunks(&mut out, &shown.old, &shown.new, usize::MAX / 4, (shown.old_start, shown.new_start));
        out
    }

    /// `start` is where the texts begin in their files, in lines.
    fn hunks(self, out: &mut String, before: &str, after: &str, around: usize, start: (usize, usize)) {
        let diff = TextDiff::configure().timeout(PATIENCE).diff_lines(before, after);
        for group in diff.grouped_ops(around) {
            let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
            let old = start.0 + first.old_range().start..start.0 + last.old_range().end;
            let new = start.1 + first.new_range().start..start.1 + last.new_range().end;
            let head = format!("@@ -{} +{} @@", place(&old), place(&new));
            let _ = writeln!(out, "{}", self.paint.text(Style::Place, &head));
            for change in group.iter().flat_map(|op| diff.iter_inline_changes(op)) {
                let (sign, style, words) = match change.tag() {
                    ChangeTag::Equal => (" ", None, None),
                    ChangeTag::Delete => ("-", Some(Style::Remove), Some(Style::RemoveWords)),
                    ChangeTag::Insert => ("+", Some(Style::Add), Some(Style::AddWords)),
                };
                out.push_str(&self.painted(style, sign));
                for (marked, piece) in change.iter_strings_lossy() {
                    let piece = piece.strip_suffix('\n').unwrap_or(&piece);
                    out.push_str(&self.painted(if marked { words } else { style }, &self.shown(piece)));
                }
                out.push('\n');
                if change.missing_newline() {
                    out.push_str("\\ No newline at end of file\n");
                }
            }
        }
    }

    fn painted(self, style: Option<Style>, text: &str) -> String {
        match style {
            Some(style) if !text.is_empty() => self.paint.text(style, text),
            _ => text.to_string(),
        }
    }

    fn shown(self, text: &str) -> String {
        visible(text, self.unicode).into_owned()
    }
}

/// A range of lines as diff programs write it.
pub(crate) fn place(range: &std::ops::Range<usize>) -> String {
    match range.len() {
        0 => format!("{},0", range.start),
        1 => format!("{}", range.start + 1),
        n => format!("{},{n}", range.start + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> File {
        File { bytes: text.as_bytes().to_vec(), executable: false }
    }

    fn look(color: bool) -> DiffStyle {
        DiffStyle { paint: Paint { color }, unicode: true }
    }

    #[test]
    fn unified() {
        let old = file("1\n2\n3\n4\n5\nport: 8080\n7");
        let new = file("1\n2\n3\n4\n5\nport: 9090\n7\n");
        let expected = "--- a/x\n+++ b/x\n@@ -3,5 +3,5 @@\n 3\n 4\n 5\n-port: 8080\n-7\n\\ No newline at end of file\n+port: 9090\n+7\n";
        assert_eq!(look(false).files("x", Some(&old), Some(&new)), expected);
        let coloured = look(true).files("x", Some(&file("port: 8080\n")), Some(&file("port: 9090\n")));
        assert!(coloured.contains("\u{1b}[31mport: \u{1b}[0m\u{1b}[1;4;31m8080\u{1b}[0m\n"), "{coloured:?}");
        assert!(coloured.contains("\u{1b}[1;4;32m9090\u{1b}[0m\n"), "{coloured:?}");
    }

    #[test]
    fn new_gone_and_binary_files() {
        assert_eq!(look(false).files("x", None, Some(&file("a\n"))), "--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n");
        assert_eq!(look(false).files("x", Some(&file("a\n")), None), "--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n");
        assert_eq!(look(false).files("x", Some(&file("a\0")), None), "Binary file x: 2 bytes, then nothing\n");
        let script = File { executable: true, ..file("a") };
        assert_eq!(look(false).files("x", Some(&file("a")), Some(&script)), "x: becomes executable\n");
    }

    #[test]
    fn no_escape_sequence_gets_through() {
        for color in [false, true] {
            let old = file("a\u{1b}]0;title\u{7}b\r\nsame\u{9b}2J\n");
            let new = file("a\u{1b}[31mc\nsame\u{9b}2J\n");
            let text = look(color).files("bad\u{1b}[2Jname\n", Some(&old), Some(&new));
            let rest = ["0", "1", "31", "32", "36", "1;4;31", "1;4;32"]
                .iter()
                .fold(text, |text, code| text.replace(&format!("\u{1b}[{code}m"), ""));
            assert!(!rest.chars().any(|c| c.is_control() && c != '\n'), "{rest:?}");
            assert!(rest.contains("bad\\u{1b}[2Jname\\n") && rest.contains("b\\r\n"), "{rest}");
        }
    }
}
