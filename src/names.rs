//! What templates may name, and which names of a template are unknown.

use std::collections::BTreeSet;

use minijinja::{Environment, Template};

use crate::catalog::{Catalog, Component, Fault, TemplateFile};
use crate::context::NAMES;
use crate::engine::FUNCTIONS;

/// Names that minijinja has itself.
const BUILTINS: [&str; 6] = ["range", "dict", "loop", "caller", "self", "debug"];

/// Knows what is wrong inside the templates of a catalog.
pub struct Templates<'a> {
    catalog: &'a Catalog,
    /// The lists to which somebody contributes.
    lists: BTreeSet<&'a str>,
    /// For the files of every component: answers, facts of the project and [`NAMES`].
    everywhere: BTreeSet<&'a str>,
}

impl<'a> Templates<'a> {
    /// Of this catalog.
    pub fn new(catalog: &'a Catalog) -> Self {
        let lists = catalog.components.iter().flat_map(|c| c.manifest.contributes.keys());
        let answers = catalog.questions().map(|(_, question)| question.name.as_str());
        let facts = catalog.project.derived.keys().map(String::as_str);
        Self {
            catalog,
            lists: lists.map(String::as_str).collect(),
            everywhere: answers.chain(facts).chain(NAMES).collect(),
        }
    }

    /// All that is wrong inside a file of a component.
    pub fn compiled(&self, env: &Environment<'_>, component: &Component, file: &TemplateFile) -> Vec<Fault> {
        if !file.template {
            return Vec::new();
        }
        let Ok(source) = std::str::from_utf8(&file.source) else {
            return vec![Fault::new(&file.origin, "is not UTF-8")];
        };
        match env.template_from_named_str(&file.origin, source) {
            Ok(template) => self.faults(component, file, &template),
            Err(e) => vec![Fault::new(&file.origin, format!("line {}: {e}", e.line().unwrap_or(0)))],
        }
    }

    /// The unknown names of a template that compiles.
    pub fn faults(&self, component: &Component, file: &TemplateFile, template: &Template<'_, '_>) -> Vec<Fault> {
        let mut faults = Vec::new();
        let fault = |message: String| Fault::new(&file.origin, message);
        for used in template.undeclared_variables(true) {
            let mut parts = used.split('.');
            let first = parts.next().unwrap_or_default();
            if !self.knows(first, component, file) {
                faults.push(fault(format!("uses `{first}`, which no question or fact has as its name")));
            } else if first == "contributed"
                && let Some(list) = parts.next()
                && !self.lists.contains(list)
            {
                faults.push(fault(format!("reads the list `contributed.{list}`, to which nobody contributes")));
            }
        }
        faults
    }

    fn knows(&self, name: &str, component: &Component, file: &TemplateFile) -> bool {
        self.everywhere.contains(name)
            || is_builtin(name)
            || component.manifest.derived.contains_key(name)
            || repeated(self.catalog, &file.path).any(|variable| variable == name)
    }
}

/// The names that a path's `__key__` segments bring along.
pub(crate) fn repeated<'c>(catalog: &'c Catalog, path: &str) -> impl Iterator<Item = &'c str> {
    let repeats = catalog.project.repeats.iter();
    repeats
        .filter(move |(key, _)| path.split('/').any(|s| s == format!("__{key}__")))
        .map(|(_, repeat)| repeat.variable.as_str())
}

/// Whether the engine or we bring this name along everywhere.
pub(crate) fn is_builtin(name: &str) -> bool {
    FUNCTIONS.contains(&name) || BUILTINS.contains(&name)
}
