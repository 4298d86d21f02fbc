//! Which answers decide about a component or a file: directly, or through derived facts.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use minijinja::Environment;
use serde_json::Value;

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
                let mut answers: BTreeSet<String> = catalog.deciding(slot).cloned().collect();
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
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let (mut readiness, mut activations) = (BTreeSet::new(), BTreeSet::new());
        for component in &catalog.components {
            let m = &component.manifest;
            let (facts, activation) = (usage.own_facts(component), usage.of_activation(component));
            activations.extend(activation.iter().cloned());
            for (list, items) in &m.contributes {
                let answers = found.entry(format!("contributed.{list}")).or_default();
                answers.extend(activation.iter().cloned());
                items.iter().for_each(|item| usage.of_item(item, &facts, answers));
            }
            let texts = m.satisfies.iter().flat_map(|s| [Some(&s.generated), Some(&s.verify), s.left.as_ref()]);
            for text in texts.flatten().chain(m.open.values()) {
                readiness.extend(usage.of_text(text, &facts));
            }
            for when in m.satisfies.iter().filter_map(|s| s.when.as_ref()) {
                readiness.extend(usage.of_expression(when, &facts));
            }
        }
        for text in catalog.needs.iter().filter_map(|need| need.open.as_ref()) {
            readiness.extend(usage.of_text(text, &BTreeMap::new()));
        }
        readiness.extend(activations.iter().cloned());
        found.insert("readiness".into(), readiness);
        found.insert("components".into(), activations);
        usage.facts.extend(found);
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
            (Some((_, slot)), _) => self.catalog.deciding(slot).cloned().collect(),
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
            for (name, text) in self.catalog.partials.iter().filter(|(name, _)| source.contains(name.as_str())) {
                if let Ok(partial) = engine::template(&self.env, name, text) {
                    found.extend(self.answers(partial.undeclared_variables(true), &facts));
                }
            }
        }
        if let Some(when) = component.manifest.files.get(&file.path).and_then(|r| r.when.as_ref()) {
            found.extend(self.of_expression(when, &facts));
        }
        found.extend(self.of_activation(component));
        found.extend(self.catalog.root_of(&file.path).map(|root| root.answer().to_owned()));
        for (key, repeat) in &self.catalog.project.repeats {
            if file.path.contains(&format!("__{key}__")) {
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

    /// The answers that an item of a contribution depends on.
    fn of_item(&self, item: &Value, own: &BTreeMap<String, BTreeSet<String>>, found: &mut BTreeSet<String>) {
        match item {
            Value::String(text) => found.extend(self.of_text(text, own)),
            Value::Array(items) => items.iter().for_each(|item| self.of_item(item, own, found)),
            Value::Object(fields) => {
                for (key, value) in fields {
                    match (key.as_str(), value) {
                        ("when", Value::String(when)) => found.extend(self.of_expression(when, own)),
                        _ => self.of_item(value, own, found),
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn of_text(&self, text: &str, own: &BTreeMap<String, BTreeSet<String>>) -> BTreeSet<String> {
        match engine::template(&self.env, "<string>", text) {
            Ok(template) => self.answers(template.undeclared_variables(true), own),
            Err(_) => BTreeSet::new(),
        }
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
            // `service.port` is a field of a name; `provided.cloud.registry` and `contributed.charts` are names of their own
            let names = [3, 2, 1].map(|parts| name.split('.').take(parts).collect::<Vec<_>>().join("."));
            let Some(name) = names
                .into_iter()
                .find(|name| self.facts.contains_key(name))
                .or_else(|| name.split('.').next().map(str::to_owned))
            else {
                continue;
            };
            if let Some(behind) = own.get(&name).or_else(|| self.facts.get(&name)) {
                found.extend(behind.iter().cloned());
            } else if self.catalog.question(&name).is_some() {
                found.insert(name);
            }
        }
        found
    }
}
