//! Which answers decide about a component or a file: directly, or through derived facts.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use minijinja::Environment;

use crate::catalog::{Catalog, Component, TemplateFile};
use crate::template::engine;

/// Follows names in templates and expressions back to answers.
pub struct Usage<'a> {
    catalog: &'a Catalog,
    env: Environment<'a>,
    /// Project-wide facts with the answers behind them.
    facts: BTreeMap<String, BTreeSet<String>>,
    /// What is known of components, as every question asks for all of them.
    components: RefCell<BTreeMap<String, BTreeSet<String>>>,
}

impl<'a> Usage<'a> {
    /// Reads the project's facts.
    ///
    /// # Errors
    /// When a partial of the catalog does not parse.
    pub fn new(catalog: &'a Catalog) -> Result<Self> {
        let env = engine::environment(catalog)?;
        let mut usage = Self { catalog, env, facts: BTreeMap::new(), components: RefCell::default() };
        for (name, expression) in &catalog.project.derived {
            let answers = usage.of_expression(expression, &BTreeMap::new());
            usage.facts.insert(name.clone(), answers);
        }
        Ok(usage)
    }

    /// The answers that an expression reads.
    pub fn of_condition(&self, expression: &str) -> BTreeSet<String> {
        self.of_expression(expression, &BTreeMap::new())
    }

    /// The answers that decide whether a file is there and what it says.
    pub fn of_file(&self, component: &Component, file: &TemplateFile) -> BTreeSet<String> {
        let facts = self.own_facts(component);
        let mut found = BTreeSet::new();
        if file.template
            && let Ok(source) = std::str::from_utf8(&file.source)
            && let Ok(template) = engine::template(&self.env, &file.origin, source)
        {
            found.extend(self.answers(template.undeclared_variables(false), &facts));
        }
        if let Some(when) = component.manifest.files.get(&file.path).and_then(|r| r.when.as_ref()) {
            found.extend(self.of_expression(when, &facts));
        }
        if let Some(when) = &component.manifest.when {
            found.extend(self.of_expression(when, &facts));
        }
        for (key, repeat) in &self.catalog.project.repeats {
            if file.path.split('/').any(|s| s == format!("__{key}__")) {
                found.extend(self.answers([repeat.each.clone()], &facts));
            }
        }
        found
    }

    /// The answers that any file of a component reads.
    pub fn of_component(&self, component: &Component) -> BTreeSet<String> {
        let mut known = self.components.borrow_mut();
        let found = known.entry(component.name.clone());
        found.or_insert_with(|| component.files.iter().flat_map(|f| self.of_file(component, f)).collect()).clone()
    }

    fn own_facts(&self, component: &Component) -> BTreeMap<String, BTreeSet<String>> {
        let mut facts = BTreeMap::new();
        for (name, expression) in &component.manifest.derived {
            let answers = self.of_expression(expression, &facts);
            facts.insert(name.clone(), answers);
        }
        facts
    }

    fn of_expression(&self, expression: &str, own: &BTreeMap<String, BTreeSet<String>>) -> BTreeSet<String> {
        match engine::expression(&self.env, expression) {
            Ok(compiled) => self.answers(compiled.undeclared_variables(false), own),
            Err(_) => BTreeSet::new(),
        }
    }

    fn answers(
        &self,
        names: impl IntoIterator<Item = String>,
        own: &BTreeMap<String, BTreeSet<String>>,
    ) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for name in names {
            if let Some(behind) = own.get(&name).or_else(|| self.facts.get(&name)) {
                found.extend(behind.iter().cloned());
            } else if self.catalog.question(&name).is_some() {
                found.insert(name);
            }
        }
        found
    }
}
