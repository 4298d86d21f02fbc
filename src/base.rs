//! The recorded base `.scaffold/base`: what scaffold generated last, before any edit, in one text file.
//!
//! ```text
//! scaffold base 1
//! # What scaffold generated last. Commit this file, do not edit it.
//! version 0.3.0
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
//! - `version` is the scaffold that wrote it, and the one to install where the format is newer than this one knows.
//! - Records are sorted by path (`%XX` for `%`, control characters and final spaces) and end with an empty line.
//! - The second line of a record holds `text` or `base64`, then `executable`, `once` and one of `orphan` and `deleted`
//!   where they apply, then the checksum of path, properties and content.
//! - In a text record the first character of a line says how the line ended: `|` LF, `^` CRLF, `\` not at all.
//!   A file that is not UTF-8 or holds other control characters than tab, LF and CRLF is `base64`, in `+` lines.
//!   So the base itself never contains CR, and one that git has given CRLF ends still reads the same.
//! - No count and no checksum over everything: two branches that change different files merge without a conflict,
//!   as the lines `file ...` and the empty line stay between any two changes. Each record stands for itself; where
//!   a merge went wrong, only that file's record is damaged, and most conflicts that git leaves can be healed.
//!   A record that is lost altogether makes its file look like one that scaffold never wrote, which is safe. `end`
//!   tells when the file was cut off.

use crate::text::tree::{File, RelPath, Tree};
use semver::Version;
use std::collections::{BTreeMap, BTreeSet};

mod heal;
mod properties;
mod read;
pub mod record;
mod write;

pub use write::encode;

/// The format that this binary writes, and the newest that it reads.
pub const FORMAT: u32 = 1;
const TITLE: &str = "scaffold base ";
const NOTE: &str = "# What scaffold generated last. Commit this file, do not edit it.";
const VERSION: &str = "version ";

/// The `.gitattributes` beside the base. It is generated text that is never edited: kept byte for byte and folded away in
/// reviews. Whatever the repository says of all its files, it is merged as text with markers of the usual length, because
/// that can be healed; `-merge` would take one branch's base for the merged files, and `merge=union` mix both.
/// Decisions are lines that stand for themselves, so that those of two branches are joined.
pub const ATTRIBUTES: &str = "base -text merge conflict-marker-size=7 -whitespace linguist-generated\n\
decisions.yaml merge=union\n";

/// What the user had done to a file by the time that it was no longer generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    /// They had edited it: it is kept.
    Edited,
    /// They had deleted it: it stays away when it is generated again.
    Deleted,
}

/// Files that are no longer generated, as they were generated last.
pub type GoneFiles = BTreeMap<RelPath, (File, Gone)>;

/// The last rendering.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Base {
    /// The files as they were generated.
    pub tree: Tree,
    /// Paths with write policy `once`.
    pub once: BTreeSet<RelPath>,
    /// Which of the files are no longer generated, and what the user had done to each.
    pub gone: BTreeMap<RelPath, Gone>,
    /// Paths that were recorded, but whose record cannot be read.
    pub damaged: BTreeSet<RelPath>,
    /// The scaffold that wrote it, where that can be read.
    pub version: Option<Version>,
    /// After two updated branches were merged: what the other branch generated, where the file in `tree` is only what
    /// one of them did. Either can be what the file on disk stems from.
    pub others: BTreeMap<RelPath, File>,
}

impl Base {
    /// Has what is recorded for one path stand for another.
    pub fn rename(&mut self, from: &str, to: &str) {
        for files in [&mut self.tree.files, &mut self.others] {
            if let Some(file) = files.remove(from) {
                files.insert(to.to_owned(), file);
            }
        }
        if let Some(gone) = self.gone.remove(from) {
            self.gone.insert(to.to_owned(), gone);
        }
        for paths in [&mut self.once, &mut self.damaged] {
            if paths.remove(from) {
                paths.insert(to.to_owned());
            }
        }
    }

    /// Takes out what is recorded for a path.
    pub fn forget(&mut self, path: &str) {
        for files in [&mut self.tree.files, &mut self.others] {
            files.remove(path);
        }
        self.gone.remove(path);
        for paths in [&mut self.once, &mut self.damaged] {
            paths.remove(path);
        }
    }
}

/// What was found where the base should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored {
    /// No base: scaffold never ran here.
    Missing,
    /// Every record verified.
    Sound(Base),
    /// There are conflict markers of git in it, and every record could be settled all the same.
    Healed(Base),
    /// Some records are unreadable; `base` holds the others and names the damaged ones.
    Damaged {
        /// What could be read.
        base: Base,
        /// What could not, in the order of lines.
        faults: Vec<DamagedRecord>,
    },
    /// Written by a newer scaffold.
    Newer {
        /// The format it declares.
        format: u32,
        /// The scaffold that wrote it, where that can be read.
        version: Option<Version>,
    },
}

/// One unreadable place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DamagedRecord {
    /// Line, counted from 1.
    pub line: usize,
    /// The file whose record it is, where that is known.
    pub path: Option<RelPath>,
    /// What is wrong.
    pub what: &'static str,
}

/// Reads a base. Never fails: what does not verify is listed.
pub fn parse(bytes: &[u8]) -> Stored {
    let text = String::from_utf8_lossy(bytes);
    if let Some(sides) = heal::sides(&text) {
        return match sides.map(|lines| read::read(lines.into_iter())) {
            [Ok(ours), Ok(theirs)] => stored(heal::settle(ours, theirs), Stored::Healed),
            [Err(newer), _] | [_, Err(newer)] => newer.into(),
        };
    }
    match read::read(text.lines().enumerate()) {
        Ok(read) => stored(read.base(), Stored::Sound),
        Err(newer) => newer.into(),
    }
}

fn stored((base, mut faults): (Base, Vec<DamagedRecord>), whole: fn(Base) -> Stored) -> Stored {
    if faults.is_empty() {
        return whole(base);
    }
    faults.sort();
    faults.dedup();
    Stored::Damaged { base, faults }
}

#[cfg(test)]
mod tests;
