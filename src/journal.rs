//! The journal: which files a run is about to exchange. Once it is complete on disk, the run can be finished or
//! undone by another process.
//!
//! ```text
//! scaffold journal 1
//! write 60303ae22b998861 README.md      checksum of the original, - where there was none
//! file 9f86d081884c7d65 README.md       checksum of the new file
//! tree - k8s                            a whole new folder, moved at once
//! file fd61a03af4f77d87 k8s/a.yaml
//! remove 2c26b46b68ffc68f old/a.txt
//! folder - old                          a folder without a file in it, which a file replaces
//! write - old
//! file 2c26b46b68ffc68f old
//! end 486ea46224d1bb4f                  checksum of all lines above
//! ```
//!
//! The new version of entry N waits in `.scaffold/staging/new/N`, its original is kept in `.scaffold/staging/old/N`.
//! The name of the journal tells how far the run is, since renaming needs no space on a full disk.

use crate::checksum::Sum;
use crate::disk::{self, explain};
use crate::path;
use crate::tree::RelPath;
use anyhow::{Context as _, Result};
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::os::fd::AsFd as _;
use std::path::Path;

/// The folder of staged files and originals, in `.scaffold/`.
pub const STAGING: &str = "staging";
const TITLE: &str = "scaffold journal 1\n";

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Files are being exchanged; to be finished.
    Forward,
    /// An error occurred; to be undone.
    Backward,
    /// All is new; what remains is to clean up.
    Done,
    /// All is old again; what remains is to clean up.
    Undone,
}

impl Phase {
    const ALL: [Self; 4] = [Self::Forward, Self::Backward, Self::Done, Self::Undone];

    /// The name of the journal in this phase.
    pub fn name(self) -> &'static str {
        match self {
            Self::Forward => "journal",
            Self::Backward => "journal.undo",
            Self::Done => "journal.done",
            Self::Undone => "journal.undone",
        }
    }
}

/// What happens to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One file is written.
    Write,
    /// A folder that did not exist is put in place with all its files.
    Tree,
    /// One file is removed.
    Remove,
    /// A folder in which no file is left makes room for a file. Set aside, it keeps its permissions for the way back.
    Folder,
}

/// One exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What happens.
    pub kind: Kind,
    /// Where.
    pub path: RelPath,
    /// The original, if there is one.
    pub before: Option<Sum>,
    /// The new files: one for `Write`, all in it for `Tree`, none for the others.
    pub files: Vec<(RelPath, Sum)>,
}

/// All exchanges of a run, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Journal {
    /// The exchanges; an entry's index is its number in the staging folder.
    pub entries: Vec<Entry>,
}

impl Journal {
    /// How many files it is about.
    pub fn count(&self) -> usize {
        let removed = self.entries.iter().filter(|entry| entry.kind == Kind::Remove).count();
        removed + self.entries.iter().map(|entry| entry.files.len()).sum::<usize>()
    }

    /// The other entry for the path of entry `slot`: where a file becomes a folder or a folder a file, one makes room
    /// and a later one fills it.
    pub fn counterpart(&self, slot: usize) -> Option<usize> {
        let path = &self.entries.get(slot)?.path;
        self.entries.iter().enumerate().position(|(other, entry)| other != slot && entry.path == *path)
    }

    fn encode(&self) -> String {
        let mut text = String::from(TITLE);
        for Entry { kind, path, before, files } in &self.entries {
            let word = match kind {
                Kind::Write => "write",
                Kind::Tree => "tree",
                Kind::Remove => "remove",
                Kind::Folder => "folder",
            };
            let before = before.map_or_else(|| "-".to_owned(), |sum| sum.to_string());
            let _ = writeln!(text, "{word} {before} {}", path::to_line(path));
            for (path, sum) in files {
                let _ = writeln!(text, "file {sum} {}", path::to_line(path));
            }
        }
        let sum = Sum::of(&[text.as_bytes()]);
        let _ = writeln!(text, "end {sum}");
        text
    }

    /// `None` if it is not complete.
    fn decode(text: &str) -> Option<Self> {
        let (lines, end) = text.strip_suffix('\n')?.rsplit_once('\n')?;
        let lines = &text[..=lines.len()];
        if end.strip_prefix("end ")?.parse() != Ok(Sum::of(&[lines.as_bytes()])) {
            return None;
        }
        let mut entries: Vec<Entry> = Vec::new();
        for line in lines.strip_prefix(TITLE)?.lines() {
            let mut fields = line.splitn(3, ' ');
            let (word, sum, path) = (fields.next()?, fields.next()?, path::from_line(fields.next()?)?);
            let sum: Option<Sum> = if sum == "-" { None } else { Some(sum.parse().ok()?) };
            let kind = match word {
                "file" => {
                    entries.last_mut()?.files.push((path, sum?));
                    continue;
                }
                "write" => Kind::Write,
                "tree" => Kind::Tree,
                "remove" => Kind::Remove,
                "folder" => Kind::Folder,
                _ => return None,
            };
            entries.push(Entry { kind, path, before: sum, files: Vec::new() });
        }
        Some(Self { entries })
    }

    /// Puts the journal on the disk. From here on the run will be finished, by whomever.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let path = folder.join(Phase::Forward.name());
        let opened = disk::open_folder(folder)?;
        let text = self.encode();
        disk::write_new(opened.as_fd(), Phase::Forward.name(), text.as_bytes(), false, None, &path)?;
        disk::sync(&path)?;
        disk::sync(folder)
    }

    /// Refuses paths that no run of ours writes: a journal may have come with a clone.
    fn check(&self) -> Result<()> {
        for entry in &self.entries {
            path::check(&entry.path)?;
            for (file, _) in &entry.files {
                path::check(file)?;
                let inside = file.strip_prefix(&entry.path).is_some_and(|rest| rest.starts_with('/'));
                anyhow::ensure!(file == &entry.path || inside, "the journal lists `{file}` under `{}`", entry.path);
            }
        }
        Ok(())
    }
}

/// Whether there is a journal in any phase.
pub fn exists(folder: &Path) -> bool {
    Phase::ALL.iter().any(|phase| fs::symlink_metadata(folder.join(phase.name())).is_ok())
}

/// The journal in `folder`, if there is one; without content if it is not complete.
pub fn find(folder: &Path) -> Result<Option<(Phase, Option<Journal>)>> {
    for phase in Phase::ALL {
        let path = folder.join(phase.name());
        let found = match fs::symlink_metadata(&path) {
            Ok(found) => found,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(explain(error, "read", &path)),
        };
        anyhow::ensure!(found.is_file(), "`{}` is not a file", path.display());
        let bytes = fs::read(&path).map_err(|error| explain(error, "read", &path))?;
        let journal = str::from_utf8(&bytes).ok().and_then(Journal::decode);
        if let Some(journal) = &journal {
            journal.check().with_context(|| format!("`{}` is not a journal of scaffold", path.display()))?;
        }
        return Ok(Some((phase, journal)));
    }
    Ok(None)
}

/// Goes from one phase to the next.
pub fn advance(folder: &Path, from: Phase, to: Phase) -> Result<()> {
    disk::rename(&folder.join(from.name()), &folder.join(to.name()))?;
    disk::sync(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Journal {
        let sum = |text: &str| Sum::of(&[text.as_bytes()]);
        let entry = |kind, path: &str, before, files: &[&str]| Entry {
            kind,
            path: path.to_owned(),
            before,
            files: files.iter().map(|f| ((*f).to_owned(), sum(f))).collect(),
        };
        Journal {
            entries: vec![
                entry(Kind::Write, "a b", Some(sum("x")), &["a b"]),
                entry(Kind::Tree, "k8s", None, &["k8s/a\nb", "k8s/c/d"]),
                entry(Kind::Remove, "old/a", Some(sum("y")), &[]),
                entry(Kind::Folder, "old", None, &[]),
            ],
        }
    }

    #[test]
    fn reads_back_only_when_complete() {
        let text = sample().encode();
        assert_eq!(Journal::decode(&text), Some(sample()));
        for end in 0..text.len() {
            assert_eq!(Journal::decode(&text[..end]), None, "{end}");
        }
        assert_eq!(Journal::decode(&text.replace("k8s", "k9s")), None);
        assert_eq!(sample().count(), 4);
    }

    #[test]
    fn a_hostile_journal_is_refused() {
        for path in ["../x", ".git/hooks/post-checkout", "/etc/passwd"] {
            let folder = tempfile::tempdir().unwrap();
            let mut journal = sample();
            journal.entries[0].path = path.into();
            journal.entries[0].files[0].0 = path.into();
            fs::write(folder.path().join("journal"), journal.encode()).unwrap();
            assert!(find(folder.path()).is_err(), "{path}");
        }
    }
}
