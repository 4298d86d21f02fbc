//! Generated files that git would not take, since a rule of the user ignores them.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use crate::detect::rules::{self, Rule, Rules};
use crate::repository::worktree;
use crate::text::count;
use crate::text::path;
use crate::text::tree::Tree;

/// A sentence for each rule in a `.gitignore`, or in `.git/info/exclude`, that hides something generated, or what is
/// recorded about it, from git. Rules of the user's own configuration are not read.
pub fn hidden(root: &Path, theirs: &Tree) -> Vec<String> {
    let top = worktree::top(root).unwrap_or(root);
    let Ok(prefix) = root.strip_prefix(top) else { return Vec::new() };
    let paths: Vec<&str> =
        [path::ANSWERS, path::BASE].into_iter().chain(theirs.files.keys().map(String::as_str)).collect();
    if !has_foreign_rules(root, top, theirs, &paths) {
        return Vec::new();
    }
    let mut look = Look { top, rules: Rules::of_repository(top), folders: HashMap::new() };
    let mut found: BTreeMap<Rule, Vec<&str>> = BTreeMap::new();
    for path in paths {
        if let Some(rule) = look.rule(&prefix.join(path), false) {
            found.entry(rule).or_default().push(path);
        }
    }
    let note = |(rule, hidden): (Rule, Vec<&str>)| {
        let first = hidden.first().copied().unwrap_or_default();
        let what = match hidden.len() {
            1 => format!("`{first}`"),
            n => format!("`{first}` and {} more", count(n - 1, "file")),
        };
        format!(
            "The rule `{}` in `{}` hides {what} from git: every other clone lacks it. Take the rule out, or add the files \
             once with `git add --force`.",
            rule.text,
            rule.file.display()
        )
    };
    found.into_iter().map(note).collect()
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
            && theirs.files.get(&rel).is_none_or(|own| !fs::read(&file).is_ok_and(|bytes| bytes == own.bytes))
    };
    let above = root.ancestors().skip(1).take_while(|folder| folder.starts_with(top));
    folders.iter().any(is_foreign)
        || above.map(|folder| folder.join(rules::NAME)).any(|file| is_there(&file))
        || is_there(&top.join(rules::EXCLUDE))
}

/// What is known about the folders of a repository.
struct Look<'r> {
    top: &'r Path,
    rules: Rules,
    /// The rule that hides a folder; one that was entered and is not hidden has none.
    folders: HashMap<PathBuf, Option<Rule>>,
}

impl Look<'_> {
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
