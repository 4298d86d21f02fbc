//! Which answers decide about a component or a file: directly, or through derived facts.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use minijinja::Environment;

use crate::catalog::slots::PROVIDED;
use crate::catalog::{Catalog, Component, TemplateFile};
use crate::template::engine;

/// Follows names in templates and expressions back to answers.
pub struct Usage<'a> {
    catalog: &'a Catalog,
    env: Environment<'a>,
    /// Facts of the project and of slots with the answers behind them.
    facts: BTreeMap<String, BTreeSet<String>>,
    /// What is known of components, as every question asks for all of them.
    components: RefCell<BTreeMap<String, BTreeSet<String>>>,
}

impl<'a> Usage<'a> {
    /// Reads the facts of the project and of slots.
    ///
    /// # Errors
    /// When a partial of the catalog does not parse.
    pub fn new(catalog: &'a Catalog) -> Result<Self> {
        let env = engine::environment(catalog)?;
        let mut usage = Self { catalog, env, facts: BTreeMap::new(), components: RefCell::default() };
        for (name, slot) in &catalog.slots.slots {
            for fact in slot.facts.keys() {
                let mut answers: BTreeSet<String> = slot.keys.iter().cloned().collect();
                for expression in catalog.providers(name).filter_map(|(_, provides)| provides.facts.get(fact)) {
                    answers.extend(usage.of_expression(expression, &BTreeMap::new()));
                }
                usage.facts.insert(format!("{PROVIDED}.{name}.{fact}"), answers);
            }
        }
        for (name, expression) in &catalog.project.derived {
            let answers = usage.of_expression(expression, &BTreeMap::new());
            usage.facts.insert(name.clone(), answers);
        }
        Ok(usage)
    }

    /// The catalog whose names are followed.
    pub fn catalog(&self) -> &'a Catalog {
        self.catalog
    }

    /// The answers that an expression reads.
    pub fn of_condition(&self, expression: &str) -> BTreeSet<String> {
        self.of_expression(expression, &BTreeMap::new())
    }

    /// The answers that decide whether a component is active.
    pub fn of_activation(&self, component: &Component) -> BTreeSet<String> {
        match (self.catalog.slot_of(component), &component.manifest.when) {
            (Some((_, slot)), _) => slot.keys.iter().cloned().collect(),
            (None, Some(when)) => self.of_condition(when),
            (None, None) => BTreeSet::new(),
        }
    }

    /// The answers that decide whether a file is there and what it says.
    pub fn of_file(&self, component: &Component, file: &TemplateFile) -> BTreeSet<String> {
        let facts = self.own_facts(component);
        let mut found = BTreeSet::new();
        if file.template
            && let Ok(source) = std::str::from_utf8(&file.source)
            && let Ok(template) = engine::template(&self.env, &file.origin, source)
        {
            found.extend(self.answers(template.undeclared_variables(true), &facts));
        }
        if let Some(when) = component.manifest.files.get(&file.path).and_then(|r| r.when.as_ref()) {
            found.extend(self.of_expression(when, &facts));
        }
        found.extend(self.of_activation(component));
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
            Ok(compiled) => self.answers(compiled.undeclared_variables(true), own),
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
            // `service.port` is a field of a name, `provided.cloud.registry` a name of its own
            let own_name = || name.split('.').next().unwrap_or_default().to_owned();
            let name = if self.facts.contains_key(&name) { name } else { own_name() };
            if let Some(behind) = own.get(&name).or_else(|| self.facts.get(&name)) {
                found.extend(behind.iter().cloned());
            } else if self.catalog.question(&name).is_some() {
                found.insert(name);
            }
        }
        found
    }
}
