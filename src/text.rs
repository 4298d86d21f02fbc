//! What all stages share: paths, trees of files, errors, values, YAML, versions.
//!
//! In this file: text on a terminal, what may reach it, how wide it is, where lines break.

pub mod checksum;
pub mod cron;
pub mod dotted;
pub mod duration;
pub mod error;
pub mod location;
pub mod path;
pub mod secret;
pub mod tree;
pub mod value;
pub mod version;
pub(crate) mod yaml;

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Text from files, paths and answers with everything written out that a terminal would obey: control characters,
/// characters that change the direction of text, and, where the locale is not UTF-8, all that is not ASCII (its
/// bytes can be control characters there). Tabs stay.
pub fn visible(text: &str, unicode: bool) -> Cow<'_, str> {
    let shown = |c: char| c == '\t' || (!is_hidden(c) && (unicode || c.is_ascii()));
    if text.chars().all(shown) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            c if shown(c) => out.push(c),
            '\r' => out.push_str("\\r"),
            '\n' => out.push_str("\\n"),
            c => {
                let _ = write!(out, "\\u{{{:x}}}", c as u32);
            }
        }
    }
    Cow::Owned(out)
}

/// Characters that act instead of being seen.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Columns that a text takes.
pub fn columns(text: &str) -> usize {
    text.width()
}

/// A text cut to a width, with a mark where it was cut.
pub fn cut(text: &str, width: usize, unicode: bool) -> String {
    if columns(text) <= width {
        return text.to_string();
    }
    let mark = if unicode { "…" } else { "..." };
    let room = width.saturating_sub(columns(mark));
    let mut used = 0;
    let kept: String = text
        .chars()
        .take_while(|c| {
            used += c.width().unwrap_or(0);
            used <= room
        })
        .collect();
    format!("{}{mark}", kept.trim_end())
}

/// Breaks at white space into lines of at most `width` columns; later lines are moved in. A longer word stays whole.
pub fn wrap(text: &str, width: usize, indent: usize) -> String {
    let mut out = String::new();
    let mut used = 0;
    for word in text.split_whitespace() {
        let w = columns(word);
        if used > 0 && used + 1 + w > width {
            let _ = write!(out, "\n{:indent$}", "");
            used = indent;
        } else if used > 0 {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += w;
    }
    out
}

/// `1 file`, `2 files`.
pub fn count(n: usize, one: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") }
}

/// A text from outside in a message.
pub fn quoted(text: &str) -> String {
    if text.is_empty() { "an empty text".into() } else { format!("`{text}`") }
}

/// `a`, `b` and `c`, with this word before the last.
pub fn listed(items: &[String], word: &str) -> String {
    match items {
        [before @ .., last] if !before.is_empty() => format!("{} {word} {last}", before.join(", ")),
        _ => items.concat(),
    }
}

/// One word of a POSIX shell, in single quotes unless it is plain.
pub fn shell_word(text: &str) -> String {
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_./:@%+=,-".contains(&b));
    if plain { text.to_string() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// Markdown without its links, for a place from which they lead nowhere; their labels stay.
pub fn without_links(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, label, after)) = link(rest) {
        out.push_str(before);
        out.push_str(label);
        rest = after;
    }
    out + rest
}

/// What is before the first link, its label, and what is after it.
fn link(text: &str) -> Option<(&str, &str, &str)> {
    let (head, tail) = text.split_once("](")?;
    let (before, label) = head.rsplit_once('[')?;
    let (_, after) = tail.split_once(')')?;
    Some((before, label, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_the_terminal_that_it_obeys() {
        assert_eq!(visible("a\tb é", true), "a\tb é");
        assert_eq!(visible("é", false), "\\u{e9}");
        assert_eq!(visible("\u{1b}[2J\u{9b}1m\r\n\u{7f}", true), "\\u{1b}[2J\\u{9b}1m\\r\\n\\u{7f}");
        assert_eq!(visible("a\u{202e}b", true), "a\\u{202e}b");
    }

    #[test]
    fn lines_fit() {
        assert_eq!(wrap("one two three four", 9, 2), "one two\n  three\n  four");
        assert_eq!(wrap("incomprehensibilities yes", 5, 0), "incomprehensibilities\nyes");
        assert_eq!(cut("abcdef", 5, true), "abcd…");
        assert_eq!(cut("abcdef", 5, false), "ab...");
        assert_eq!(cut("日本語", 4, true), "日…");
        assert_eq!(cut("abc", 3, false), "abc");
    }

    #[test]
    fn counts_agree() {
        assert_eq!((count(1, "file"), count(0, "file")), ("1 file".into(), "0 files".into()));
    }

    #[test]
    fn labels_of_links_stay() {
        assert_eq!(without_links("a ([b c](d/e.md)), [f](g)."), "a (b c), f.");
        assert_eq!(without_links("no link [here] (x)"), "no link [here] (x)");
    }
}
