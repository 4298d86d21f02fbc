//! The code of services: each file is read once, and belongs to the service whose folder is nearest around it.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use super::super::compose::is_compose;
use super::super::tokens::{Comments, Token, tokens};
use super::super::walk::Files;
use super::super::wanted::{is_env_file, is_program, is_workflow};
use super::{Subject, can_tell};
use crate::catalog::question::FindingName;

/// A file and its text.
pub(super) struct Source {
    pub path: String,
    pub text: String,
    plain: OnceCell<String>,
}

impl Source {
    /// Its letters and digits: a name is written with other signs in between, or none, as a setting and as a variable.
    fn plain(&self) -> &str {
        self.plain.get_or_init(|| plain(&self.text))
    }

    /// Whether it is a sample, a compose file or a workflow, which say nothing about what a program reads.
    fn is_of_program(&self) -> bool {
        let file = self.path.as_str();
        let name = crate::text::path::name(file);
        can_tell(file) && !is_env_file(file) && !is_compose(name) && !is_workflow(file)
    }
}

/// All files that were read, and the paths of the others.
pub(super) struct Sources {
    read: Vec<Source>,
    unread: Vec<String>,
}

impl Sources {
    pub fn read(files: &Files) -> Self {
        let (mut read, mut unread) = (Vec::new(), Vec::new());
        for path in files.paths() {
            match files.text(path) {
                Some(text) => read.push(Source { path: path.to_owned(), text, plain: OnceCell::new() }),
                None => unread.push(path.to_owned()),
            }
        }
        Self { read, unread }
    }

    /// The first file in a folder that was not read, so that what seems to be missing may be in it.
    pub fn unread_in(&self, folder: &str) -> Option<&str> {
        self.unread.iter().map(String::as_str).find(|path| is_below(path, folder) && is_program(path))
    }

    /// Whether a program names a variable in any of them.
    pub fn names(&self, name: &str) -> bool {
        names(self.read.iter(), name)
    }
}

/// The code of one service.
pub(super) struct Code<'c> {
    /// The files in its folder that belong to no other service.
    pub own: Vec<&'c Source>,
    /// Files of no service, such as packages that several share, and those of a service around it.
    shared: Vec<&'c Source>,
}

impl<'c> Code<'c> {
    /// The files of a service, which has this folder.
    pub fn of(subject: &Subject<'_>, sources: &'c Sources, folder: &str) -> Self {
        let path = subject.field(FindingName::ServicePath).map_or("", |field| field.name.as_str());
        let others: Vec<&str> =
            subject.records.iter().filter_map(|record| record[path].as_str()).map(super::below_top).collect();
        let mut by_owner: BTreeMap<Option<&str>, Vec<&'c Source>> = BTreeMap::new();
        for source in &sources.read {
            let around = others.iter().copied().filter(|other| is_below(&source.path, other));
            by_owner.entry(around.max_by_key(|other| other.len())).or_default().push(source);
        }
        let own = by_owner.remove(&Some(folder)).unwrap_or_default();
        by_owner.retain(|owner, _| owner.is_none_or(|owner| is_below(folder, owner)));
        Self { own, shared: by_owner.into_values().flatten().collect() }
    }

    /// The files of the service, and those that it may use.
    pub fn all(&self) -> impl Iterator<Item = &'c Source> {
        self.own.iter().chain(&self.shared).copied()
    }

    /// Whether a file of the service, or one that it may use, has a text.
    pub fn has(&self, text: &str) -> bool {
        self.all().any(|source| source.text.contains(text))
    }

    /// Whether one of them has a name, however it is written.
    pub fn has_name(&self, name: &str) -> bool {
        let name = plain(name);
        self.all().any(|source| source.plain().contains(&name))
    }

    /// Whether a program names a variable, also without its first word, which a library can add. Where there is no source at all, nothing
    /// can be said.
    pub fn names(&self, name: &str) -> bool {
        names(self.all(), name)
    }

    /// The sources of its own that are neither tests nor tools.
    pub fn programs(&self) -> impl Iterator<Item = &'c Source> {
        self.own.iter().copied().filter(|source| is_program(&source.path))
    }

    /// The same with their tokens.
    pub fn tokens(&self) -> impl Iterator<Item = (&'c str, Vec<Token<'c>>)> {
        self.programs().map(|source| {
            let file = source.path.as_str();
            (file, tokens(&source.text, Comments::of(file)))
        })
    }

    /// Whether a source is one of its program.
    pub fn is_program(&self, file: &str) -> bool {
        self.programs().any(|source| source.path == file)
    }
}

fn names<'s>(sources: impl Iterator<Item = &'s Source>, name: &str) -> bool {
    let mut sources = sources.filter(|source| source.is_of_program()).peekable();
    let (whole, rest) = (plain(name), plain(name.split_once('_').map_or(name, |(_, rest)| rest)));
    let is_named = |source: &Source| {
        let text = source.plain();
        text.contains(&whole) || rest.len() > 4 && text.contains(&rest)
    };
    sources.peek().is_none() || sources.any(is_named)
}

fn plain(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn is_below(file: &str, folder: &str) -> bool {
    folder.is_empty() || file.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}
