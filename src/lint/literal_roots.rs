//! Texts that name a root instead of the answer that places it: wrong where the answer is another one.

use std::collections::BTreeSet;

use super::Lint;
use super::texts::Text;
use crate::catalog::roots::Root;
use crate::catalog::{Catalog, Fault, TemplateFile};
use crate::template::reads::Reads;
use crate::text::path;

impl Lint<'_> {
    pub(super) fn literal_roots(&mut self, texts: &[(Text<'_>, Reads)]) {
        let catalog = self.catalog;
        if catalog.project.roots.is_empty() {
            return;
        }
        let names = Names::new(catalog);
        for (text, _) in texts {
            match text.of_file {
                Some(file) => self.faults.extend(names.in_file(file, text.text)),
                // the questions about the roots themselves have to name them
                None if text.question.is_some_and(|question| catalog.root_with(&question.name).is_some()) => {}
                None => {
                    self.faults.extend(names.found(text.text).map(|(name, _)| Fault::new(&text.file, name.fault())))
                }
            }
        }
    }
}

/// The names of places that no text may have.
struct Names<'c> {
    roots: Vec<Name>,
    /// Every folder of `files/`: beside a folder `scripts` that is no root, `scripts/` means that one.
    folders: BTreeSet<&'c str>,
}

struct Name {
    /// What is looked for.
    text: String,
    /// What to write in place of it.
    instead: String,
    /// The folder; nothing for the name of a file.
    folder: Option<String>,
}

impl Name {
    fn fault(&self) -> String {
        format!("names `{}`; write `{}`", self.text, self.instead)
    }
}

impl<'c> Names<'c> {
    fn new(catalog: &'c Catalog) -> Self {
        let files = || catalog.components.iter().flat_map(|c| &c.files);
        let mut roots = Vec::new();
        for (folder, root) in &catalog.project.roots {
            let answer = root.answer();
            match root {
                Root::Folder { .. } => roots.push(Name {
                    text: format!("{folder}/"),
                    instead: format!("<%= {answer} %>/"),
                    folder: Some(folder.clone()),
                }),
                Root::Prefix { .. } => {
                    let names: BTreeSet<&str> =
                        files().filter(|f| path::parent(&f.path) == folder).map(|f| path::name(&f.path)).collect();
                    roots.extend(names.into_iter().map(|name| {
                        // of a name that is repeated, the beginning and what fills the repeated part
                        let text = name.split_once("__").map_or(name.to_owned(), |(start, _)| format!("{start}<%="));
                        Name { instead: format!("<%= {answer} %>{text}"), text, folder: None }
                    }));
                }
            }
        }
        let folders = files().flat_map(|f| path::upwards(path::parent(&f.path))).collect();
        Self { roots, folders }
    }

    fn in_file(&self, file: &TemplateFile, text: &str) -> Vec<Fault> {
        let parent = path::parent(&file.path);
        let is_beside = |name: &Name| {
            let beside = |folder: &String| self.folders.contains(path::join(parent, folder).as_str());
            !parent.is_empty() && name.folder.as_ref().is_some_and(beside)
        };
        let found = self.found(text).filter(|(name, _)| !is_beside(name));
        found.map(|(name, line)| Fault::new(&file.origin, format!("line {line}: {}", name.fault()))).collect()
    }

    /// Each name that a text has, with its line.
    fn found<'n>(&'n self, text: &'n str) -> impl Iterator<Item = (&'n Name, usize)> {
        self.roots.iter().flat_map(move |name| {
            let matches = text.match_indices(name.text.as_str()).map(|(at, _)| text.get(..at).unwrap_or_default());
            let written = matches.filter(|before| begins(before, name.folder.is_some()));
            let given = name.folder.iter().flat_map(|folder| {
                let matches = text.match_indices(folder.as_str());
                let around = matches.map(|(at, _)| (text.get(..at), text.get(at + folder.len()..)));
                around.filter_map(|(before, after)| {
                    before.filter(|before| is_argument(before, after.unwrap_or_default()))
                })
            });
            let places = written.chain(given).filter(|before| !is_comment(before));
            places.map(move |before| (name, before.matches('\n').count() + 1))
        })
    }
}

/// Whether a path begins behind this text: another folder in front would make it another path, unless that only leads to
/// the root.
fn begins(before: &str, is_folder: bool) -> bool {
    match before.chars().next_back() {
        None => true,
        Some('/') if is_folder => {
            ["./", "blob/main/", "tree/main/", "_url %>/", "\"/", "\n/"].iter().any(|end| before.ends_with(end))
                || is_top(before)
        }
        // `$scripts/` is a variable, `<%= x %>ci.yml` has its prefix
        Some(c) => !(c.is_alphanumeric() || "_.>$-".contains(c)),
    }
}

/// Whether a folder without a slash is the argument of a command that takes a folder, between these texts.
fn is_argument(before: &str, after: &str) -> bool {
    let after = after.strip_prefix(['"', '\'']).unwrap_or(after);
    let ends = after.chars().next().is_none_or(|c| c.is_whitespace() || ");&|".contains(c));
    let before = before.strip_suffix(['"', '\'']).unwrap_or(before);
    let option = before.strip_suffix([' ', '=']).unwrap_or(before);
    let word = option.rsplit(char::is_whitespace).next().unwrap_or_default();
    let is_option = ["-k", "-f", "-C", "-R"].contains(&word) && word.len() < option.len()
        || ["-chdir", "--filename", "--kustomize", "--directory"].iter().any(|name| word.ends_with(name));
    let command = option.strip_suffix("cd").filter(|start| !start.ends_with(|c: char| c.is_alphanumeric() || c == '_'));
    ends && (is_option || command.is_some())
}

/// Whether a text ends with the root of the repository in a shell: `$root/`, `"${repo}"/`, `$(git rev-parse --show-toplevel)/`.
fn is_top(before: &str) -> bool {
    let end = before.trim_end_matches('/').trim_end_matches(['"', '}']);
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let start = end.trim_end_matches(is_word);
    let name = end.strip_prefix(start).unwrap_or_default().to_ascii_lowercase();
    let is_variable = start.ends_with(['$', '{']);
    end.ends_with("--show-toplevel)")
        || is_variable && ["root", "repo", "top", "workspace"].iter().any(|word| name.contains(word))
}

fn is_comment(before: &str) -> bool {
    before.rfind("<%#").is_some_and(|start| before.rfind("%>").is_none_or(|end| end < start))
}
