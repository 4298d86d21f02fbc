//! Texts that name a root instead of the answer that places it: wrong where the answer is another one.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Lint, QUESTIONS, READINESS, manifest_file};
use crate::catalog::roots::Root;
use crate::catalog::{Catalog, Fault, TemplateFile};
use crate::text::path;

impl Lint<'_> {
    pub(super) fn literal_roots(&mut self) {
        let catalog = self.catalog;
        if catalog.project.roots.is_empty() {
            return;
        }
        let names = Names::new(catalog);
        let files = catalog.components.iter().flat_map(|c| &c.files);
        let mut found: Vec<Fault> = files.flat_map(|file| names.in_file(file)).collect();
        for (file, text) in texts(catalog) {
            found.extend(names.found(&text).map(|(name, _)| Fault::new(&file, name.fault())));
        }
        self.faults.extend(found);
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

    fn in_file(&self, file: &TemplateFile) -> Vec<Fault> {
        let Ok(text) = std::str::from_utf8(&file.source) else { return Vec::new() };
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
            let matches = matches.filter(|before| begins(before, name.folder.is_some()) && !is_comment(before));
            matches.map(move |before| (name, before.matches('\n').count() + 1))
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
        }
        // `$scripts/` is a variable, `<%= x %>ci.yml` has its prefix
        Some(c) => !(c.is_alphanumeric() || "_.>$-".contains(c)),
    }
}

fn is_comment(before: &str) -> bool {
    before.rfind("<%#").is_some_and(|start| before.rfind("%>").is_none_or(|end| end < start))
}

/// Everything else that ends up in a repository or before a person, with the file of the catalog.
fn texts(catalog: &Catalog) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    let values = |file: &str, value: serde_json::Result<Value>, texts: &mut Vec<(String, String)>| {
        if let Ok(value) = value {
            strings(&value, &mut |text| texts.push((file.to_owned(), text.to_owned())));
        }
    };
    for component in &catalog.components {
        let (file, m) = (manifest_file(component), &component.manifest);
        values(&file, serde_json::to_value((&m.contributes, &m.satisfies, &m.open)), &mut texts);
        values(&file, serde_json::to_value((&m.questions, &m.rules, &m.derived)), &mut texts);
        texts.extend(m.replaced.iter().map(|replaced| (file.clone(), replaced.note.clone())));
        texts.extend(m.provides.iter().flat_map(|p| p.facts.values()).map(|fact| (file.clone(), fact.clone())));
        texts.extend(component.macros.iter().map(|(name, text)| (format!("templates/{name}"), text.clone())));
    }
    let project = &catalog.project;
    // the questions about the roots themselves have to name them
    let questions: Vec<_> = project.questions.iter().filter(|q| catalog.root_with(&q.name).is_none()).collect();
    values(QUESTIONS, serde_json::to_value((questions, &project.rules, &project.derived)), &mut texts);
    values(READINESS, serde_json::to_value(&catalog.needs), &mut texts);
    texts.extend(catalog.partials.iter().map(|(name, text)| (format!("templates/{name}"), text.clone())));
    texts
}

fn strings(value: &Value, found: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => found(text),
        Value::Array(items) => items.iter().for_each(|item| strings(item, found)),
        Value::Object(fields) => fields.values().for_each(|value| strings(value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
