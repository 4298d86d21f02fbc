//! Reading the base: lines to records, each judged by its checksum.

use super::properties::Properties;
use super::{Base, DamagedRecord, FORMAT, Stored, TITLE, VERSION};
use crate::text::checksum::Sum;
use crate::text::path;
use crate::text::tree::{File, RelPath};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use semver::Version;
use std::collections::BTreeMap;
use std::iter::Peekable;

/// What the lines say.
#[derive(Default)]
pub(super) struct Read {
    pub version: Option<Version>,
    pub records: BTreeMap<RelPath, FileRecord>,
    /// What is wrong outside of records.
    pub faults: Vec<DamagedRecord>,
}

/// One file's record, as it stands there.
#[derive(Debug)]
pub(super) struct FileRecord {
    /// Counted from 0.
    pub line: usize,
    /// Or why there is none.
    pub content: Result<Content, &'static str>,
}

/// A record that can be read, but may have been altered.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Content {
    pub properties: Properties,
    pub bytes: Vec<u8>,
    /// The checksum that stands there.
    pub sum: Sum,
    /// Whether it is the right one.
    pub intact: bool,
}

/// The base was written by a newer scaffold.
pub(super) struct Newer {
    format: u32,
    version: Option<Version>,
}

impl From<Newer> for Stored {
    fn from(Newer { format, version }: Newer) -> Self {
        Self::Newer { format, version }
    }
}

impl Content {
    pub fn file(self) -> File {
        File { bytes: self.bytes, executable: self.properties.executable }
    }
}

impl FileRecord {
    /// The content if it is as it was written.
    pub fn intact(self) -> Result<Content, &'static str> {
        match self.content {
            Ok(content) if content.intact => Ok(content),
            Ok(_) => Err("its checksum is wrong"),
            Err(what) => Err(what),
        }
    }
}

impl Read {
    /// The base of these records, and everything that is wrong.
    pub fn base(self) -> (Base, Vec<DamagedRecord>) {
        let mut base = Base { version: self.version, ..Base::default() };
        let mut faults = self.faults;
        for (path, record) in self.records {
            let line = record.line;
            match record.intact() {
                Ok(content) => base.insert(path, content),
                Err(what) => faults.push(base.damage(line, path, what)),
            }
        }
        faults.extend(base.without_version());
        (base, faults)
    }
}

impl Base {
    pub(super) fn insert(&mut self, path: RelPath, content: Content) {
        if content.properties.once {
            self.once.insert(path.clone());
        }
        if let Some(gone) = content.properties.gone {
            self.gone.insert(path.clone(), gone);
        }
        self.tree.files.insert(path, content.file());
    }

    pub(super) fn damage(&mut self, line: usize, path: RelPath, what: &'static str) -> DamagedRecord {
        self.damaged.insert(path.clone());
        DamagedRecord { line: line + 1, path: Some(path), what }
    }

    pub(super) fn without_version(&self) -> Option<DamagedRecord> {
        let what = "it does not say which version of scaffold wrote it";
        self.version.is_none().then_some(DamagedRecord { line: 1, path: None, what })
    }
}

/// Reads the lines of a base, with their numbers.
pub(super) fn read<'t>(lines: impl Iterator<Item = (usize, &'t str)>) -> Result<Read, Newer> {
    let mut lines = lines.peekable();
    let mut read = Read::default();
    match lines.peek().and_then(|(_, line)| line.strip_prefix(TITLE)).map(str::parse::<u32>) {
        Some(Ok(format)) if format > FORMAT => {
            let version = lines.take(9).find_map(|(_, line)| Version::parse(line.strip_prefix(VERSION)?).ok());
            return Err(Newer { format, version });
        }
        Some(Ok(FORMAT)) => drop(lines.next()),
        _ => read.fault(0, "the first line does not name the format"),
    }
    read.lines(&mut lines);
    Ok(read)
}

impl Read {
    fn fault(&mut self, line: usize, what: &'static str) {
        self.faults.push(DamagedRecord { line: line + 1, path: None, what });
    }

    /// A file may be recorded twice, but not differently.
    fn add(&mut self, path: RelPath, record: FileRecord) {
        match self.records.get_mut(&path) {
            None => drop(self.records.insert(path, record)),
            Some(other) if other.content == record.content => {}
            Some(other) => *other = FileRecord { line: record.line, content: Err("it is recorded twice") },
        }
    }

    fn lines<'t>(&mut self, lines: &mut Peekable<impl Iterator<Item = (usize, &'t str)>>) {
        let mut ended = false;
        // After a fault everything up to the next record belongs to it.
        let mut lost = !self.faults.is_empty();
        let mut last = 0;
        while let Some((at, line)) = lines.next() {
            last = at;
            if let Some(name) = line.strip_prefix("file ") {
                match path::from_line(name).filter(|path| path::check(path).is_ok()) {
                    Some(path) => {
                        let content = content(&path, lines);
                        lost = !content.as_ref().is_ok_and(|content| content.intact);
                        self.add(path, FileRecord { line: at, content });
                    }
                    None => {
                        self.fault(at, "this is not the path of a file");
                        lost = true;
                    }
                }
            } else if line == "end" {
                (ended, lost) = (true, false);
            } else if let (true, Some(version)) = (self.records.is_empty(), line.strip_prefix(VERSION)) {
                self.version = Version::parse(version).ok();
            } else if !(lost || line.is_empty() || line.starts_with('#')) {
                self.fault(at, "this line belongs to no file");
                lost = true;
            }
        }
        if !ended {
            self.fault(last, "the end is missing");
        }
    }
}

/// What follows the path.
fn content<'t>(
    path: &str,
    lines: &mut Peekable<impl Iterator<Item = (usize, &'t str)>>,
) -> Result<Content, &'static str> {
    let properties = lines.next_if(|(_, line)| line.starts_with("  ")).and_then(|(_, line)| Properties::parse(line));
    let Some((properties, sum)) = properties else {
        return Err("its properties are unreadable");
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
            _ => return Err("its lines are of the wrong kind"),
        };
        bytes.extend_from_slice(line.as_bytes());
        bytes.extend_from_slice(ending);
    }
    bytes.shrink_to_fit();
    let intact = properties.sum(path, &bytes) == sum;
    Ok(Content { properties, bytes, sum, intact })
}
