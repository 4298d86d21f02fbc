//! The journal: which files a run is about to exchange. Once it is complete on disk, the run can be finished or
//! undone by another process.
//!
//! ```text
//! scaffold journal 2
//! folder /home/me/shop                  the target
//! write 60303ae22b998861 README.md      checksum of the original, - where there was none
//! file 9f86d081884c7d65 README.md       checksum of the new file
//! tree - k8s                            a whole new folder, moved at once
//! file fd61a03af4f77d87 k8s/a.yaml
//! remove 2c26b46b68ffc68f old/a.txt
//! folder - old                          a folder without a file in it, which a file replaces
//! write - old
//! file 2c26b46b68ffc68f old
//! end 486ea462...                      signature of all lines above, with the key of whoever runs it
//! ```
//!
//! A journal without the signature, or about another folder, may have come with a clone: nothing in it is carried out.
//!
//! The new version of entry N waits in `.scaffold/staging/new/N`, its original is kept in `.scaffold/staging/old/N`.
//! The name of the journal tells how far the run is, since renaming needs no space on a full disk.

use crate::disk::key::Key;
use crate::disk::{self, explain, regular};
use crate::text::checksum::Sum;
use crate::text::error::UserError;
use crate::text::tree::RelPath;
use crate::text::{path, shell_word};
use anyhow::{Context as _, Result};
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::os::fd::AsFd as _;
use std::path::Path;

/// The folder of staged files and originals, in `.scaffold/`.
pub const STAGING: &str = "staging";
/// All that a run can leave in `.scaffold/` but its lock.
const NAMES: [&str; 6] = [STAGING, "journal", "journal.new", "journal.undo", "journal.done", "journal.undone"];
const TITLE: &str = "scaffold journal 2\n";
const PURPOSE: &str = "journal";
/// More than any journal: one of 100,000 files has 10 MiB.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Files are being staged, and none is exchanged; to be removed.
    New,
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
    const ALL: [Self; 5] = [Self::Forward, Self::Backward, Self::Done, Self::Undone, Self::New];

    /// The name of the journal in this phase.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "journal.new",
            Self::Forward => "journal",
            Self::Backward => "journal.undo",
            Self::Done => "journal.done",
            Self::Undone => "journal.undone",
        }
    }
}

/// What happens to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
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
pub struct JournalEntry {
    /// What happens.
    pub kind: EntryKind,
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
    pub entries: Vec<JournalEntry>,
}

impl Journal {
    /// How many files it is about.
    pub fn count(&self) -> usize {
        let removed = self.entries.iter().filter(|entry| entry.kind == EntryKind::Remove).count();
        removed + self.entries.iter().map(|entry| entry.files.len()).sum::<usize>()
    }

    /// The other entry for the path of entry `slot`: where a file becomes a folder or a folder a file, one makes room
    /// and a later one fills it.
    pub fn counterpart(&self, slot: usize) -> Option<usize> {
        let path = &self.entries.get(slot)?.path;
        self.entries.iter().enumerate().position(|(other, entry)| other != slot && entry.path == *path)
    }

    fn encode(&self, key: &Key, root: &Path) -> String {
        let mut text = format!("{TITLE}folder {}\n", folder_line(root));
        for JournalEntry { kind, path, before, files } in &self.entries {
            let word = match kind {
                EntryKind::Write => "write",
                EntryKind::Tree => "tree",
                EntryKind::Remove => "remove",
                EntryKind::Folder => "folder",
            };
            let before = before.map_or_else(|| "-".to_owned(), |sum| sum.to_string());
            let _ = writeln!(text, "{word} {before} {}", path::to_line(path));
            for (path, sum) in files {
                let _ = writeln!(text, "file {sum} {}", path::to_line(path));
            }
        }
        let signature = key.sign(PURPOSE, &[text.as_bytes()]);
        let _ = writeln!(text, "end {signature}");
        text
    }

    fn read(bytes: &[u8], key: Option<&Key>, root: &Path) -> Read {
        let Some((lines, signature)) = str::from_utf8(bytes).ok().and_then(ended) else { return Read::Torn };
        if !key.is_some_and(|key| key.signed(PURPOSE, &[lines.as_bytes()], signature)) {
            return Read::Foreign;
        }
        let folder = |line: &str| line.strip_prefix("folder ").map(str::to_owned);
        match lines.lines().nth(1).and_then(folder) {
            Some(line) if line == folder_line(root) => Self::decode(lines).map_or(Read::Foreign, Read::Whole),
            Some(line) => Read::Moved(path::from_line(&line).unwrap_or(line)),
            None => Read::Foreign,
        }
    }

    fn decode(lines: &str) -> Option<Self> {
        let (_, lines) = lines.strip_prefix(TITLE)?.split_once('\n')?;
        let mut entries: Vec<JournalEntry> = Vec::new();
        for line in lines.lines() {
            let mut fields = line.splitn(3, ' ');
            let (word, sum, path) = (fields.next()?, fields.next()?, path::from_line(fields.next()?)?);
            let sum: Option<Sum> = if sum == "-" { None } else { Some(sum.parse().ok()?) };
            let kind = match word {
                "file" => {
                    entries.last_mut()?.files.push((path, sum?));
                    continue;
                }
                "write" => EntryKind::Write,
                "tree" => EntryKind::Tree,
                "remove" => EntryKind::Remove,
                "folder" => EntryKind::Folder,
                _ => return None,
            };
            entries.push(JournalEntry { kind, path, before: sum, files: Vec::new() });
        }
        Some(Self { entries })
    }

    /// Puts the journal on the disk, before any file is staged. Once it has [advanced](advance), the run will be finished
    /// by whichever run of the same user comes next.
    pub fn write(&self, folder: &Path, root: &Path) -> Result<()> {
        let name = Phase::New.name();
        let path = folder.join(name);
        // of a run that was killed while it wrote this
        disk::remove_all(&path)?;
        let opened = disk::open_folder(folder)?;
        let text = self.encode(&Key::own()?, root);
        disk::write_new(opened.as_fd(), name, text.as_bytes(), false, None, &path)?;
        disk::sync(&path)?;
        disk::sync(folder)
    }

    /// Refuses paths that no run of ours writes.
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

/// What a file says that has the name of a journal.
enum Read {
    /// It ends too early.
    Torn,
    /// It has no signature of the user.
    Foreign,
    /// It is the user's, about a folder with another name.
    Moved(String),
    Whole(Journal),
}

/// The lines that are signed, and the signature.
fn ended(text: &str) -> Option<(&str, &str)> {
    let (lines, end) = text.strip_suffix('\n')?.rsplit_once('\n')?;
    Some((text.get(..=lines.len())?, end.strip_prefix("end ")?))
}

fn folder_line(root: &Path) -> String {
    path::to_line(&root.to_string_lossy())
}

/// Whether there is a journal in any phase, whoever wrote it. One that [ends too early](is_torn) does not count.
pub fn exists(folder: &Path) -> bool {
    let is_there = |phase: &Phase| fs::symlink_metadata(folder.join(phase.name())).is_ok();
    Phase::ALL.iter().any(|phase| is_there(phase) && (*phase != Phase::New || !is_torn(folder)))
}

/// Whether a run was killed while it wrote its journal, before it staged a file. It did nothing; only this file is left.
pub fn is_torn(folder: &Path) -> bool {
    let text = regular::read(&folder.join(Phase::New.name()), MAX_BYTES);
    text.is_ok_and(|text| text.is_some_and(|text| str::from_utf8(&text).ok().and_then(ended).is_none()))
}

/// The user's journal in `folder` about `root`, if there is one. Only a [new](Phase::New) one can lack its content,
/// which means that no file was staged.
///
/// # Errors
/// When another user wrote it, or this user did in a folder with another name.
pub fn find(folder: &Path, root: &Path) -> Result<Option<(Phase, Option<Journal>)>> {
    for phase in Phase::ALL {
        let path = folder.join(phase.name());
        let found = match fs::symlink_metadata(&path) {
            Ok(found) => found,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(explain(error, "read", &path)),
        };
        if !found.is_file() {
            return Err(foreign(&path));
        }
        let Some(bytes) = regular::read(&path, MAX_BYTES).map_err(|error| explain(error, "read", &path))? else {
            let message = format!("`{}` is larger than {} MiB, which no journal is", path.display(), MAX_BYTES >> 20);
            return Err(UserError::new(message).hint(discard(folder)).into());
        };
        let journal = match Journal::read(&bytes, Key::existing().as_ref(), root) {
            Read::Whole(journal) => journal,
            Read::Torn if phase == Phase::New => return Ok(Some((phase, None))),
            Read::Torn | Read::Foreign => return Err(foreign(&path)),
            Read::Moved(from) => {
                return Err(UserError::new(format!("a run was cut short here when this folder was `{from}`"))
                    .hint("give the folder that name again and repeat the command")
                    .hint(discard(folder))
                    .into());
            }
        };
        journal.check().with_context(|| format!("`{}` is not a journal of scaffold", path.display()))?;
        return Ok(Some((phase, Some(journal))));
    }
    Ok(None)
}

/// How to put away all that runs left in a folder, originals of the user's files among it.
fn discard(folder: &Path) -> String {
    let place = |name: &str| shell_word(&folder.join(name).display().to_string());
    let there = NAMES.into_iter().filter(|name| fs::symlink_metadata(folder.join(name)).is_ok());
    let there: Vec<String> = there.map(place).collect();
    let to = place("journal.discarded");
    format!("to put it away, with originals of your files: `mkdir {to} && mv {} {to}/`", there.join(" "))
}

/// The error for something that no run of this user left.
pub fn foreign(path: &Path) -> anyhow::Error {
    UserError::new(format!("`{}` does not carry your signature for this folder, so it is left alone", path.display()))
        .hint(
            "it came with a clone or from another user or machine, or your state directory was lost after a run was cut \
             short",
        )
        .hint(discard(path.parent().unwrap_or(path)))
        .into()
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
        let entry = |kind, path: &str, before, files: &[&str]| JournalEntry {
            kind,
            path: path.to_owned(),
            before,
            files: files.iter().map(|f| ((*f).to_owned(), sum(f))).collect(),
        };
        Journal {
            entries: vec![
                entry(EntryKind::Write, "a b", Some(sum("x")), &["a b"]),
                entry(EntryKind::Tree, "k8s", None, &["k8s/a\nb", "k8s/c/d"]),
                entry(EntryKind::Remove, "old/a", Some(sum("y")), &[]),
                entry(EntryKind::Folder, "old", None, &[]),
            ],
        }
    }

    #[test]
    fn reads_back_only_when_complete() {
        let (key, root) = (Key::existing().unwrap(), Path::new("/home/me/a b"));
        let text = sample().encode(&key, root);
        let read = |text: &str, root: &str| match Journal::read(text.as_bytes(), Some(&key), Path::new(root)) {
            Read::Torn => "torn".to_owned(),
            Read::Foreign => "foreign".to_owned(),
            Read::Moved(from) => from,
            Read::Whole(journal) => format!("{journal:?}"),
        };
        assert_eq!(read(&text, "/home/me/a b"), format!("{:?}", sample()));
        for end in 0..text.len() {
            assert!(["torn", "foreign"].contains(&&*read(&text[..end], "/home/me/a b")), "{end}");
        }
        assert_eq!(read(&text.replace("k8s", "k9s"), "/home/me/a b"), "foreign");
        assert_eq!(read(&text, "/home/me/c"), "/home/me/a b");
        assert!(matches!(Journal::read(text.as_bytes(), None, root), Read::Foreign));
        assert_eq!(sample().count(), 4);
    }

    #[test]
    fn a_journal_of_any_size_is_refused() {
        for phase in Phase::ALL {
            let folder = tempfile::tempdir().unwrap();
            fs::File::create(folder.path().join(phase.name())).unwrap().set_len(6 << 30).unwrap();
            assert!(exists(folder.path()) && !is_torn(folder.path()));
            let error = find(folder.path(), folder.path()).unwrap_err().downcast::<UserError>().unwrap();
            assert!(error.message.ends_with("is larger than 64 MiB, which no journal is"), "{error}");
            assert!(
                error.hints[0].contains(&format!("mv {}", folder.path().join(phase.name()).display())),
                "{error:?}"
            );
        }
    }

    #[test]
    fn a_hostile_path_is_refused() {
        for path in ["../x", ".git/hooks/post-checkout", "/etc/passwd"] {
            let folder = tempfile::tempdir().unwrap();
            let mut journal = sample();
            journal.entries[0].path = path.into();
            journal.entries[0].files[0].0 = path.into();
            let text = journal.encode(&Key::existing().unwrap(), folder.path());
            fs::write(folder.path().join("journal"), text).unwrap();
            assert!(find(folder.path(), folder.path()).is_err(), "{path}");
        }
    }
}
