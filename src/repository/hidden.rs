//! Generated files that git would not take, since a rule of the user ignores them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::detect::rules::{self, Rule, Rules};
use crate::disk::regular;
use crate::repository::tracked::tracked;
use crate::repository::worktree;
use crate::text::tree::{RelPath, Tree};
use crate::text::{count, path};

/// What a rule hides.
#[derive(Clone, Debug)]
pub struct Hidden {
    rule: Rule,
    /// The files, none of which git tracks; a rule that only matches files that git tracks hides nothing.
    pub paths: Vec<RelPath>,
}

impl Hidden {
    /// What to do about it, in a sentence. Of the files, these are not here.
    pub fn note(&self, missing: &BTreeSet<RelPath>) -> String {
        let rule = format!("The rule `{}` in `{}`", self.rule.text, self.rule.file.display());
        let (missing, here): (Vec<&RelPath>, Vec<&RelPath>) =
            self.paths.iter().partition(|path| missing.contains(*path));
        let some = |paths: &[&RelPath]| {
            let first = paths.first().map(|path| path.as_str()).unwrap_or_default();
            match paths.len() {
                1 => format!("`{first}`"),
                n => format!("`{first}` and {} more", count(n - 1, "file")),
            }
        };
        let is_here = || {
            format!(
                "{rule} hides {} from git: every other clone lacks it. Take the rule out, or add the files once with `git \
                 add --force`.",
                some(&here)
            )
        };
        let is_missing = || {
            format!(
                "{rule} hides {} from git, and this clone lacks it. Take the rule out, bring the files back with `scaffold \
                 restore`, and commit them.",
                some(&missing)
            )
        };
        let parts = [(!here.is_empty()).then(is_here), (!missing.is_empty()).then(is_missing)];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// Each rule in a `.gitignore`, or in `.git/info/exclude`, that matches something generated, or what is recorded about it,
/// and what it hides from git: nothing where git tracks it. Rules of the user's own configuration are not read.
pub fn hidden(root: &Path, theirs: &Tree) -> Vec<Hidden> {
    let top = worktree::top(root).unwrap_or(root);
    let Ok(prefix) = root.strip_prefix(top) else { return Vec::new() };
    let paths: Vec<&str> =
        [path::ANSWERS, path::BASE].into_iter().chain(theirs.files.keys().map(String::as_str)).collect();
    if !has_foreign_rules(root, top, theirs, &paths) {
        return Vec::new();
    }
    let mut look = IgnoreLookup { top, rules: Rules::of_repository(top), folders: HashMap::new() };
    let mut found: BTreeMap<Rule, Vec<RelPath>> = BTreeMap::new();
    for path in paths {
        if let Some(rule) = look.rule(&prefix.join(path), false) {
            found.entry(rule).or_default().push(path.to_owned());
        }
    }
    if found.is_empty() {
        return Vec::new();
    }
    // what git tracks, it does not ignore
    match tracked(root) {
        Some(tracked) => {
            let tracked: HashSet<String> = tracked.files.into_iter().collect();
            found.values_mut().for_each(|paths| paths.retain(|path| !tracked.contains(path)));
        }
        // nothing is said of what is not known
        None => found.values_mut().for_each(Vec::clear),
    }
    found.into_iter().map(|(rule, paths)| Hidden { rule, paths }).collect()
}

/// Whether there is any rule that is not generated: most repositories need no look at each path.
fn has_foreign_rules(root: &Path, top: &Path, theirs: &Tree, paths: &[&str]) -> bool {
    let is_there = |file: &Path| fs::symlink_metadata(file).is_ok();
    let mut folders: Vec<&str> = paths.iter().flat_map(|file| path::upwards(path::parent(file))).collect();
    folders.sort_unstable();
    folders.dedup();
    let is_foreign = |folder: &&str| {
        let rel = path::join(folder, rules::NAME);
        let file = root.join(&rel);
        is_there(&file)
            && *folder != path::FOLDER
            && theirs.files.get(&rel).is_none_or(|own| !is_same(&file, &own.bytes))
    };
    let above = root.ancestors().skip(1).take_while(|folder| folder.starts_with(top));
    folders.iter().any(is_foreign)
        || above.map(|folder| folder.join(rules::NAME)).any(|file| is_there(&file))
        || rules::exclude_file(top).is_some_and(|file| is_there(&file))
}

fn is_same(file: &Path, bytes: &[u8]) -> bool {
    matches!(regular::read(file, bytes.len() as u64), Ok(Some(found)) if found == bytes)
}

/// What is known about the folders of a repository.
struct IgnoreLookup<'r> {
    top: &'r Path,
    rules: Rules,
    /// The rule that hides a folder; one that was entered and is not hidden has none.
    folders: HashMap<PathBuf, Option<Rule>>,
}

impl IgnoreLookup<'_> {
    /// The rule that hides a path, or a folder on the way to it.
    fn rule(&mut self, path: &Path, is_folder: bool) -> Option<Rule> {
        if let Some(parent) = path.parent() {
            if !self.folders.contains_key(parent) {
                let hidden = self.rule(parent, true);
                if hidden.is_none() {
                    // rules that cannot be read hide nothing
                    let _ = self.rules.enter(self.top, parent);
                }
                self.folders.insert(parent.to_owned(), hidden);
            }
            if let Some(Some(rule)) = self.folders.get(parent) {
                return Some(rule.clone());
            }
            return self.rules.ignored_by(path, is_folder);
        }
        None
    }
}
