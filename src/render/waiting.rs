//! Which files are left out because an answer is `later`, and what the others say about them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use minijinja::value::{Serde, Value as Any};
use serde_json::json;

use crate::catalog::later::{OpenAnswer, awaited, readable};
use crate::catalog::question::Values;
use crate::catalog::{Catalog, Repeat};
use crate::render::context::{Context, Evidence, Readiness};
use crate::text::path;
use crate::text::tree::{File, RelPath};

/// Files that are not generated yet, each with the answers that it waits for.
pub type Waiting = BTreeMap<RelPath, BTreeSet<String>>;

/// A file that would be generated if all answers were there.
pub(super) struct Candidate<'a> {
    pub path: &'a str,
    pub component: &'a str,
    /// Its path in the catalog, with `__key__` segments.
    pub pattern: &'a str,
    /// The items that its path goes through.
    pub repeated: &'a Values,
    /// Whether it is the user's once it is written.
    pub once: bool,
}

/// Finds the files with a mark and all that wait with them. Documents are for people and stay, but for those that are
/// written once: an update could not complete them.
pub(super) fn find(catalog: &Catalog, context: &Context, candidates: &[Candidate<'_>], files: &[File]) -> Waiting {
    // a file that is no text is copied and has no mark
    let texts = files.iter().map(|file| std::str::from_utf8(&file.bytes).unwrap_or_default());
    let all: Vec<(&Candidate<'_>, &str)> = candidates.iter().zip(texts).collect();
    let mut waiting = Waiting::new();
    for (one, text) in all.iter().filter(|(one, _)| one.once || !is_document(one.path)) {
        let answers = awaited(text, &context.open);
        if !answers.is_empty() {
            waiting.insert(one.path.into(), answers);
        }
    }
    loop {
        let before: usize = waiting.values().map(BTreeSet::len).sum();
        for (with, others) in declared(catalog, context) {
            wait_with(catalog, candidates, with, others, &mut waiting);
        }
        for (one, text) in all.iter().filter(|(one, _)| one.once && is_document(one.path)) {
            let targets = text.split("](").skip(1).filter_map(|link| Some(link.split_once(')')?.0));
            let answers: BTreeSet<String> =
                targets.flat_map(|target| linked(&waiting, one.path, target)).cloned().collect();
            if !answers.is_empty() {
                waiting.entry(one.path.into()).or_default().extend(answers);
            }
        }
        if waiting.values().map(BTreeSet::len).sum::<usize>() == before {
            return waiting;
        }
    }
}

/// The answers for which the file waits, or the folder, to which a link of a document leads.
fn linked<'w>(waiting: &'w Waiting, document: &str, target: &str) -> Vec<&'w String> {
    let target = target.split(['#', '?']).next().unwrap_or_default();
    let Some(target) = resolved(path::parent(document), target) else { return Vec::new() };
    let is_it = |file: &RelPath| *file == target || path::parent(file) == target;
    waiting.iter().filter(|(file, _)| is_it(file)).flat_map(|(_, answers)| answers).collect()
}

/// What the active components say waits together.
fn declared<'c>(catalog: &'c Catalog, context: &'c Context) -> impl Iterator<Item = (&'c str, &'c [String])> {
    let active = catalog.components.iter().filter(|component| context.own_values.contains_key(&component.name));
    active.flat_map(|component| &component.manifest.waits).map(|waits| (waits.with.as_str(), waits.files.as_slice()))
}

fn wait_with(catalog: &Catalog, candidates: &[Candidate<'_>], with: &str, others: &[String], waiting: &mut Waiting) {
    for other in others {
        // of environments, each waits for itself
        let shared: Vec<&Repeat> = catalog
            .project
            .repeats
            .iter()
            .map(|(key, repeat)| (format!("__{key}__"), repeat))
            .filter(|(segment, _)| with.contains(segment) && other.contains(segment))
            .map(|(_, repeat)| repeat)
            .collect();
        let items = |one: &Candidate<'_>| -> Vec<Option<serde_json::Value>> {
            shared.iter().map(|repeat| one.repeated.get(&repeat.variable).cloned()).collect()
        };
        let mut answers: Vec<(Vec<Option<serde_json::Value>>, BTreeSet<String>)> = Vec::new();
        for one in candidates.iter().filter(|one| is_at(one.pattern, with)) {
            if let Some(names) = waiting.get(one.path) {
                answers.push((items(one), names.clone()));
            }
        }
        for one in candidates.iter().filter(|one| is_at(one.pattern, other) && !is_document(one.path)) {
            let own = items(one);
            let names: BTreeSet<String> =
                answers.iter().filter(|(items, _)| *items == own).flat_map(|(_, names)| names.clone()).collect();
            if !names.is_empty() {
                waiting.entry(one.path.into()).or_default().extend(names);
            }
        }
    }
}

/// Whether a path is another one or below it, where that is a folder.
fn is_at(path: &str, place: &str) -> bool {
    path == place || place.ends_with('/') && path.starts_with(place)
}

fn is_document(path: &str) -> bool {
    path.ends_with(".md")
}

/// What templates see once it is known what waits: the files, and the folders and files with which others wait.
pub(super) fn names(
    catalog: &Catalog,
    context: &Context,
    candidates: &[Candidate<'_>],
    waiting: &Waiting,
    readiness: &[Readiness],
) -> Any {
    let mut paths: BTreeSet<Cow<'_, str>> = waiting.keys().map(Into::into).collect();
    let waits = |with: &&str| candidates.iter().any(|one| waiting.contains_key(one.path) && is_at(one.pattern, with));
    paths.extend(declared(catalog, context).map(|(with, _)| with).filter(waits).map(|with| context.layout.place(with)));
    Any::from(Serde(json!({ "waiting": paths, "readiness": readiness })))
}

/// The needs, where those that are met by files that wait are open.
pub(super) fn readiness(
    catalog: &Catalog,
    context: &Context,
    candidates: &[Candidate<'_>],
    waiting: &Waiting,
) -> Vec<Readiness> {
    let missing: Vec<(&Candidate<'_>, &BTreeSet<String>)> =
        candidates.iter().filter_map(|one| Some((one, waiting.get(one.path)?))).collect();
    let mut needs = context.readiness.clone();
    for need in &mut needs {
        let mut answers: BTreeSet<String> =
            need.items.iter().flat_map(|item| answers_of(item, &context.open, &missing)).collect();
        // evidence that does not name what it rests on
        for component in need.items.iter().filter_map(|item| catalog.component(&item.component)) {
            for waits in component.manifest.waits.iter().filter(|waits| waits.needs.contains(&need.id)) {
                let there = missing.iter().filter(|(one, _)| is_at(one.pattern, &waits.with));
                answers.extend(there.flat_map(|(_, names)| (*names).clone()));
            }
        }
        if answers.is_empty() {
            continue;
        }
        let list: Vec<String> = answers.iter().map(|name| format!("`{name}`")).collect();
        need.reason = Some(format!("What meets it waits for the answer to {}.", list.join(", ")));
        need.covered = false;
        need.items.clear();
    }
    needs
}

/// The answers for which evidence waits: those of a file that it names, whole or by the end of its path, of a file in a
/// folder that it names, and those that it names itself.
fn answers_of(
    item: &Evidence,
    open: &[OpenAnswer],
    missing: &[(&Candidate<'_>, &BTreeSet<String>)],
) -> BTreeSet<String> {
    let mut answers = BTreeSet::new();
    for text in [&item.generated, &item.verify] {
        answers.extend(awaited(text, open));
        for word in text.split(|c: char| c.is_whitespace() || "()[]`,;:\"'=".contains(c)) {
            let word = word.trim_end_matches('.');
            let (folder, is_cut) = match word.find(['*', '<', '$', '{']) {
                Some(at) => (word.get(..at).unwrap_or_default(), true),
                None => (word.trim_end_matches('/'), false),
            };
            if folder.is_empty() {
                continue;
            }
            let is_named = |one: &Candidate<'_>| {
                let rest = one.path.strip_prefix(folder);
                let whole = rest.is_some_and(|rest| {
                    if is_cut {
                        word.contains('/')
                    } else {
                        rest.is_empty() || word.contains('/') && rest.starts_with('/')
                    }
                });
                let own = item.about.iter().any(|about| about == one.component);
                whole || own && !is_cut && one.path.strip_suffix(folder).is_some_and(|before| before.ends_with('/'))
            };
            answers.extend(missing.iter().filter(|(one, _)| is_named(one)).flat_map(|(_, names)| (*names).clone()));
        }
    }
    answers
}

/// A document without marks, and without links to files that wait.
pub(super) fn document(context: &Context, waiting: &Waiting, at: &str, text: &str) -> String {
    let text = readable(text, &context.open);
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("](") {
        out.push_str(before);
        let target = after.split_once(')').filter(|(target, _)| !linked(waiting, at, target).is_empty());
        match (target, out.rfind('[')) {
            (Some((_, behind)), Some(start)) => {
                out.remove(start);
                rest = behind;
            }
            _ => {
                out.push_str("](");
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// The path that a link in a folder leads to; none when it leads out of the repository.
fn resolved(folder: &str, target: &str) -> Option<String> {
    if target.is_empty() || target.contains("://") || target.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}
