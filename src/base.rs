//! The recorded base `.scaffold/base`: what scaffold generated last, before any edit, in one text file.
//!
//! ```text
//! scaffold base 1
//! # What scaffold generated last. Commit this file, do not edit it.
//!
//! file .github/workflows/ci.yml
//!   text 9f86d081884c7d65
//! |name: ci
//! |on: push
//!
//! file scripts/deploy.sh
//!   text executable once 60303ae22b998861
//! |#!/bin/sh
//! \exit 0
//!
//! file docs/logo.png
//!   base64 fd61a03af4f77d87
//! +iVBORw0KGgoAAAANSUhEUg==
//!
//! end
//! ```
//!
//! - Records are sorted by path (`%XX` for `%`, control characters and final spaces) and end with an empty line.
//! - The second line of a record holds `text` or `base64`, then `executable` and `once` where they apply, then the
//!   checksum of path, properties and content.
//! - In a text record the first character of a line says how the line ended: `|` LF, `^` CRLF, `\` not at all.
//!   A file that is not UTF-8 or holds other control characters than tab, LF and CRLF is `base64`, in `+` lines.
//!   So the base itself never contains CR, and one that git has given CRLF ends still reads the same.
//! - No count and no checksum over everything: two branches that change different files merge without a conflict,
//!   as the lines `file ...` and the empty line stay between any two changes. Each record stands for itself; where
//!   a merge went wrong, only that file's record is damaged. A record that is lost altogether makes its file look
//!   like one that scaffold never wrote, which is safe. `end` tells when the file was cut off.

use crate::checksum::Sum;
use crate::path;
use crate::tree::{File, RelPath, Tree};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::iter::Peekable;

/// The format that this binary writes, and the newest that it reads.
pub const FORMAT: u32 = 1;
const TITLE: &str = "scaffold base ";
const NOTE: &str = "# What scaffold generated last. Commit this file, do not edit it.";
/// Bytes per base64 line: 76 characters.
const CHUNK: usize = 57;

/// The last rendering.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Base {
    /// The files as they were generated.
    pub tree: Tree,
    /// Paths with write policy `once`.
    pub once: BTreeSet<RelPath>,
    /// Paths that were recorded, but whose record cannot be read.
    pub damaged: BTreeSet<RelPath>,
}

/// What was found where the base should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored {
    /// No base: scaffold never ran here.
    Missing,
    /// Every record verified.
    Sound(Base),
    /// Some records are unreadable; `base` holds the others and names the damaged ones.
    Damaged {
        /// What could be read.
        base: Base,
        /// What could not, in the order of lines.
        faults: Vec<Fault>,
    },
    /// Written by a newer scaffold.
    Newer {
        /// The format it declares.
        format: u32,
    },
}

/// One unreadable place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Line, counted from 1.
    pub line: usize,
    /// The file whose record it is, where that is known.
    pub path: Option<RelPath>,
    /// What is wrong.
    pub what: &'static str,
}

/// The text of a base; the same for the same input.
pub fn encode(tree: &Tree, once: &BTreeSet<RelPath>) -> Vec<u8> {
    let size: usize = tree.files.iter().map(|(path, file)| path.len() + file.bytes.len() * 21 / 20 + 64).sum();
    let mut out = Vec::with_capacity(size + 128);
    out.extend_from_slice(format!("{TITLE}{FORMAT}\n{NOTE}\n\n").as_bytes());
    for (path, file, properties, sum) in records(tree, once) {
        out.extend_from_slice(format!("file {}\n  {}{sum}\n", path::to_line(path), properties.words()).as_bytes());
        if properties.base64 {
            encode_base64(&mut out, &file.bytes)
        } else {
            encode_text(&mut out, &file.bytes)
        }
        out.push(b'\n');
    }
    out.extend_from_slice(b"end\n");
    out
}

/// What has to be computed of each file, on every core.
fn records<'t>(tree: &'t Tree, once: &BTreeSet<RelPath>) -> Vec<(&'t RelPath, &'t File, Properties, Sum)> {
    let record = |(path, file): (&'t RelPath, &'t File)| {
        let base64 = as_text(&file.bytes).is_none();
        let properties = Properties { base64, executable: file.executable, once: once.contains(path) };
        (path, file, properties, properties.sum(path, &file.bytes))
    };
    tree.files.par_iter().map(record).collect()
}

fn encode_text(out: &mut Vec<u8>, text: &[u8]) {
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let (ending, line) = if let Some(line) = line.strip_suffix(b"\r\n") {
            (b'^', line)
        } else if let Some(line) = line.strip_suffix(b"\n") {
            (b'|', line)
        } else {
            (b'\\', line)
        };
        out.push(ending);
        out.extend_from_slice(line);
        out.push(b'\n');
    }
}

fn encode_base64(out: &mut Vec<u8>, bytes: &[u8]) {
    for chunk in bytes.chunks(CHUNK) {
        out.push(b'+');
        out.extend_from_slice(STANDARD.encode(chunk).as_bytes());
        out.push(b'\n');
    }
}

/// The content as text, if it can be written as readable lines.
fn as_text(bytes: &[u8]) -> Option<&str> {
    let text = str::from_utf8(bytes).ok()?;
    let odd = bytes.iter().any(|b| (*b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r')) || *b == 0x7f);
    let lone_cr = || bytes.iter().enumerate().any(|(at, b)| *b == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
    if odd || (bytes.contains(&b'\r') && lone_cr()) { None } else { Some(text) }
}

/// The second line of a record.
#[derive(Clone, Copy)]
struct Properties {
    base64: bool,
    executable: bool,
    once: bool,
}

impl Properties {
    fn words(self) -> String {
        let mut words = String::from(if self.base64 { "base64 " } else { "text " });
        if self.executable {
            words.push_str("executable ");
        }
        if self.once {
            words.push_str("once ");
        }
        words
    }

    fn sum(self, path: &str, bytes: &[u8]) -> Sum {
        Sum::of(&[path.as_bytes(), self.words().as_bytes(), bytes])
    }

    fn parse(line: &str) -> Option<(Self, Sum)> {
        let (words, sum) = line.strip_prefix("  ")?.rsplit_once(' ')?;
        let has = |word| words.split(' ').any(|w| w == word);
        let properties = Self { base64: has("base64"), executable: has("executable"), once: has("once") };
        // Only the exact line that would be written: nothing unknown, nothing twice.
        (properties.words().trim_end() == words).then_some((properties, sum.parse().ok()?))
    }
}

/// Reads a base. Never fails: what does not verify is listed.
pub fn parse(bytes: &[u8]) -> Stored {
    let text: Cow<'_, str> = String::from_utf8_lossy(bytes);
    let mut lines = text.lines().enumerate().peekable();
    let mut reader = Reader::default();
    match lines.peek().and_then(|(_, line)| line.strip_prefix(TITLE)).map(str::parse::<u32>) {
        Some(Ok(format)) if format > FORMAT => return Stored::Newer { format },
        Some(Ok(FORMAT)) => drop(lines.next()),
        _ => reader.fault(0, None, "the first line does not name the format"),
    }
    reader.records(&mut lines);
    if reader.faults.is_empty() {
        Stored::Sound(reader.base)
    } else {
        Stored::Damaged { base: reader.base, faults: reader.faults }
    }
}

#[derive(Default)]
struct Reader {
    base: Base,
    faults: Vec<Fault>,
}

impl Reader {
    fn fault(&mut self, line: usize, path: Option<&str>, what: &'static str) {
        if let Some(path) = path {
            self.base.tree.files.remove(path);
            self.base.once.remove(path);
            self.base.damaged.insert(path.to_owned());
        }
        self.faults.push(Fault { line: line + 1, path: path.map(str::to_owned), what });
    }

    fn records<'t>(&mut self, lines: &mut Peekable<impl Iterator<Item = (usize, &'t str)>>) {
        let mut ended = false;
        // After a fault everything up to the next record belongs to it.
        let mut lost = !self.faults.is_empty();
        let mut last = 0;
        while let Some((at, line)) = lines.next() {
            last = at;
            if let Some(name) = line.strip_prefix("file ") {
                match self.record(name, lines) {
                    Ok(()) => lost = false,
                    Err((path, what)) => {
                        self.fault(at, path.as_deref(), what);
                        lost = true;
                    }
                }
            } else if line == "end" {
                (ended, lost) = (true, false);
            } else if !(lost || line.is_empty() || line.starts_with('#')) {
                self.fault(at, None, "this line belongs to no file");
                lost = true;
            }
        }
        if !ended {
            self.fault(last, None, "the end is missing");
        }
    }

    fn record<'t>(
        &mut self,
        name: &str,
        lines: &mut Peekable<impl Iterator<Item = (usize, &'t str)>>,
    ) -> Result<(), (Option<RelPath>, &'static str)> {
        let Some(path) = path::from_line(name).filter(|path| path::check(path).is_ok()) else {
            return Err((None, "this is not the path of a file"));
        };
        let properties =
            lines.next_if(|(_, line)| line.starts_with("  ")).and_then(|(_, line)| Properties::parse(line));
        let Some((properties, sum)) = properties else {
            return Err((Some(path), "its properties are unreadable"));
        };
        let mut bytes = Vec::new();
        while let Some((_, line)) = lines.next_if(|(_, line)| line.starts_with(['|', '^', '\\', '+'])) {
            let (prefix, line) = line.split_at(1);
            let ending: &[u8] = match (prefix, properties.base64) {
                ("|", false) => b"\n",
                ("^", false) => b"\r\n",
                ("\\", false) => b"",
                ("+", true) => {
                    // A bad line is noticed by the checksum.
                    bytes.extend(STANDARD.decode(line).unwrap_or_default());
                    continue;
                }
                _ => return Err((Some(path), "its lines are of the wrong kind")),
            };
            bytes.extend_from_slice(line.as_bytes());
            bytes.extend_from_slice(ending);
        }
        if properties.sum(&path, &bytes) != sum {
            return Err((Some(path), "its checksum is wrong"));
        }
        bytes.shrink_to_fit();
        let file = File { bytes, executable: properties.executable };
        let twice = self.base.damaged.contains(&path)
            || self.base.tree.files.get(&path).is_some_and(|other| *other != file)
            || (self.base.tree.files.contains_key(&path) && self.base.once.contains(&path) != properties.once);
        if twice {
            return Err((Some(path), "it is recorded twice"));
        }
        if properties.once {
            self.base.once.insert(path.clone());
        }
        self.base.tree.files.insert(path, file);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
