//! What makes slots and their providers sound, and what a new provider still owes.

use std::collections::{BTreeMap, BTreeSet};

use super::{Lint, Names, manifest_file};
use crate::catalog::question::{KindName, Question};
use crate::catalog::slots::{Provides, Slot};
use crate::catalog::{Catalog, Component};

const SLOTS: &str = "templates/slots.yaml";

/// Combinations of keys that are looked at; more than that is a slot with too many keys.
const MAX_COMBINATIONS: usize = 10_000;

/// Values by key.
type Combination<'c> = BTreeMap<&'c str, &'c str>;

impl Lint<'_> {
    pub(super) fn slots(&mut self) {
        self.order();
        let catalog = self.catalog;
        for (name, slot) in &catalog.slots.slots {
            if slot.title.is_empty() || slot.why.is_empty() {
                self.fault(SLOTS, format!("slot `{name}` needs a `title` and a `why`"));
            }
            if catalog.component(name).is_some() {
                self.fault(SLOTS, format!("slot `{name}` has the name of a component"));
            }
            for list in slot.prints.iter().filter(|list| !catalog.lists.contains_key(*list)) {
                self.fault(SLOTS, format!("slot `{name}` prints `{list}`, which is not in lists.yaml"));
            }
            let unknown: Vec<&String> =
                slot.keys.iter().filter(|key| key_question(catalog, slot, key).is_none()).collect();
            for key in &unknown {
                self.fault(SLOTS, format!("slot `{name}`: the key `{key}` is not a question of the kind `choice`"));
            }
            if slot.keys.is_empty() {
                self.fault(SLOTS, format!("slot `{name}` has no `keys`"));
            }
            for key in slot.without.iter().flat_map(|e| e.keys.keys()).filter(|key| !slot.keys.contains(key)) {
                self.fault(SLOTS, format!("slot `{name}`: `without` names `{key}`, which is not one of its keys"));
            }
            if unknown.is_empty() {
                self.combinations(name, slot);
            }
        }
        for component in &catalog.components {
            if let Some(provides) = &component.manifest.provides {
                self.provider(component, provides);
            }
            for needed in &component.manifest.requires {
                self.requirement(component, needed);
            }
        }
    }

    /// Every component has a place in the order, once.
    fn order(&mut self) {
        let catalog = self.catalog;
        let (order, slots) = (&catalog.slots.order, &catalog.slots.slots);
        let mut seen = BTreeSet::new();
        for name in order {
            if !seen.insert(name.as_str()) {
                self.fault(SLOTS, format!("`order` names `{name}` twice"));
            }
            if catalog.component(name).is_none() && !slots.contains_key(name) {
                self.fault(SLOTS, format!("`order` names `{name}`, which is neither a slot nor a component"));
            }
        }
        if order.is_empty() && slots.is_empty() {
            return;
        }
        for name in slots.keys().filter(|name| !seen.contains(name.as_str())) {
            self.fault(SLOTS, format!("`order` has no place for the slot `{name}`"));
        }
        for component in catalog.components.iter().filter(|c| c.manifest.provides.is_none()) {
            if !seen.contains(component.name.as_str()) {
                self.fault(SLOTS, format!("`order` has no place for the component `{}`", component.name));
            }
        }
    }

    /// Each combination of keys has one provider, or is excluded.
    fn combinations(&mut self, name: &str, slot: &Slot) {
        let catalog = self.catalog;
        for combination in combinations(catalog, slot, &slot.keys) {
            let value_of = |key: &str| combination.get(key).copied();
            let fit = catalog.providers(name).filter(|(_, provides)| provides.fits(value_of));
            let fit: Vec<String> = fit.map(|(c, _)| format!("`{}`", c.name)).collect();
            let chosen = shown(&combination);
            match (fit.as_slice(), slot.excluded(value_of)) {
                ([_], None) | ([], Some(_)) => {}
                ([], None) => self.fault(
                    SLOTS,
                    format!("slot `{name}`: no component fills it with {chosen}; add one, or say in `without` what that needs"),
                ),
                (_, Some(_)) => {
                    self.fault(SLOTS, format!("slot `{name}`: {chosen} is in `without`, but {} fills it", fit.join(", ")));
                }
                (_, None) => self.fault(SLOTS, format!("slot `{name}`: {} fill it with {chosen}", fit.join(" and "))),
            }
        }
    }

    /// What a component owes to the slot that it fills, as one list.
    fn provider(&mut self, component: &Component, provides: &Provides) {
        let catalog = self.catalog;
        let file = manifest_file(component);
        let Some(slot) = catalog.slots.slots.get(&provides.slot) else {
            self.fault(file, format!("provides `{}`, which is not a slot of slots.yaml", provides.slot));
            return;
        };
        if component.manifest.when.is_some() {
            self.fault(&file, "has `when` and `provides`: the keys of the slot decide whether it is active");
        }
        if slot.per.is_some() && !component.manifest.questions.is_empty() {
            self.fault(
                &file,
                format!("fills a slot of each of `{}` and cannot have questions", slot.per.clone().unwrap_or_default()),
            );
        }
        for key in provides.keys.keys().filter(|key| !slot.keys.contains(key)) {
            self.fault(&file, format!("`provides`: `{key}` is not a key of the slot `{}`", provides.slot));
        }
        for (key, value) in &provides.keys {
            let question = key_question(catalog, slot, key);
            if let (Some(question), Some(value)) = (question, value.value())
                && !question.choices.iter().any(|choice| choice.value == value)
            {
                self.fault(&file, format!("`provides`: `{value}` is not a choice of `{key}`"));
            }
        }
        for fact in provides.facts.keys().filter(|fact| !slot.facts.contains_key(*fact)) {
            self.fault(&file, format!("`provides`: `{fact}` is not a fact of the slot `{}`", provides.slot));
        }
        let known = self.fact_names(component, provides, slot);
        for (fact, expression) in &provides.facts {
            self.expression(&file, &format!("`provides` {fact}"), expression, &known);
        }
        let owed = owed(component, provides, slot);
        if !owed.is_empty() {
            self.fault(file, format!("owes to the slot `{}`:\n    - {}", provides.slot, owed.join("\n    - ")));
        }
    }

    /// The names that the facts of a provider can use.
    fn fact_names(&self, component: &Component, provides: &Provides, slot: &Slot) -> Names {
        let questions = &self.catalog.project.questions;
        let mut names: Names = questions.iter().chain(&component.manifest.questions).map(|q| q.name.clone()).collect();
        names.insert("provided".into());
        let list = questions.iter().find(|q| slot.per.as_ref() == Some(&q.name));
        names.extend(list.into_iter().flat_map(|list| &list.fields).map(|field| field.name.clone()));
        names.extend(provides.keys.keys().cloned());
        names
    }

    /// What a component requires is there whenever it is.
    fn requirement(&mut self, component: &Component, needed: &str) {
        let catalog = self.catalog;
        let file = manifest_file(component);
        let slot = catalog.slots.slots.get(needed);
        let other = catalog.component(needed);
        let (needs_slot, only): (&str, Option<&Component>) = match (slot, other) {
            (None, None) => return self.fault(file, format!("requires `{needed}`, which does not exist")),
            (None, Some(other)) if other.name == component.name => return self.fault(file, "requires itself"),
            (Some(_), _) => (needed, None),
            (None, Some(other)) => match (&other.manifest.provides, &other.manifest.when) {
                (Some(provides), _) => (&provides.slot, Some(other)),
                (None, None) => return,
                (None, when) if *when == component.manifest.when => return,
                (None, Some(when)) => {
                    return self.fault(file, format!("requires `{needed}`, which is there only when `{when}`"));
                }
            },
        };
        let Some(slot) = catalog.slots.slots.get(needs_slot) else { return };
        let own = catalog.slot_of(component);
        if only.is_some_and(|only| only.name == component.name) {
            return self.fault(file, "requires itself");
        }
        let mut keys = slot.keys.clone();
        keys.extend(own.iter().flat_map(|(_, own)| &own.keys).filter(|key| !slot.keys.contains(key)).cloned());
        for combination in combinations(catalog, slot, &keys) {
            let value_of = |key: &str| combination.get(key).copied();
            let is_there = own.is_none_or(|(provides, _)| provides.fits(value_of));
            if !is_there || slot.excluded(value_of).is_some() {
                continue;
            }
            // what nothing fills at all is a fault of the slot
            if catalog.providers(needs_slot).all(|(_, provides)| !provides.fits(value_of)) {
                continue;
            }
            let fits = catalog.providers(needs_slot).any(|(c, provides)| {
                provides.fits(value_of) && only.map_or(!provides.none, |only| c.name == only.name)
            });
            if !fits {
                let message = format!("requires `{needed}`, which is not there with {}", shown(&combination));
                return self.fault(file, message);
            }
        }
    }
}

/// What a provider has to add, one line each.
fn owed(component: &Component, provides: &Provides, slot: &Slot) -> Vec<String> {
    if provides.none {
        return Vec::new();
    }
    let mut owed = Vec::new();
    for key in slot.keys.iter().filter(|key| !provides.keys.contains_key(*key)) {
        owed.push(format!("`provides.for.{key}`: the choice for which it is there, or `any`"));
    }
    for (fact, what) in slot.facts.iter().filter(|(fact, _)| !provides.facts.contains_key(*fact)) {
        owed.push(format!("`provides.facts.{fact}`: {what}"));
    }
    let macros = component.macros.as_ref().map_or("", |(_, text)| text);
    for (name, parameters) in &slot.macros {
        let signature = format!("macro {name}({})", parameters.join(", "));
        if !macros.contains(&signature) {
            owed.push(format!("`macros.j2`: `<% {signature} %>`"));
        }
    }
    for script in slot.scripts.iter().filter(|path| !component.files.iter().any(|f| f.path == **path)) {
        owed.push(format!("`files/{script}`"));
    }
    let sources: Vec<&str> = component.files.iter().filter_map(|f| std::str::from_utf8(&f.source).ok()).collect();
    for list in &slot.prints {
        let read = format!("contributed.{list}");
        if !sources.iter().any(|source| source.contains(&read)) {
            owed.push(format!("a template that prints `{read}`"));
        }
    }
    owed
}

/// The question of a key: of the project, or a field.
fn key_question<'c>(catalog: &'c Catalog, slot: &Slot, key: &str) -> Option<&'c Question> {
    let questions = &catalog.project.questions;
    let question = match &slot.per {
        None => questions.iter().find(|q| q.name == key),
        Some(list) => questions.iter().find(|q| q.name == *list)?.field(key),
    };
    question.filter(|q| q.kind == KindName::Choice)
}

/// Every combination of the values of these keys.
fn combinations<'c>(catalog: &'c Catalog, slot: &Slot, keys: &'c [String]) -> Vec<Combination<'c>> {
    let mut all = vec![Combination::new()];
    for key in keys {
        let question = key_question(catalog, slot, key).or_else(|| key_question(catalog, &Slot::default(), key));
        let values: Vec<&str> = question.iter().flat_map(|q| &q.choices).map(|c| c.value.as_str()).collect();
        if all.len().saturating_mul(values.len()) > MAX_COMBINATIONS {
            return all;
        }
        let with = |one: &Combination<'c>, value| {
            let mut one = one.clone();
            one.insert(key.as_str(), value);
            one
        };
        all = all.iter().flat_map(|one| values.iter().map(move |value| with(one, *value))).collect();
    }
    all
}

fn shown(combination: &Combination<'_>) -> String {
    let parts: Vec<String> = combination.iter().map(|(key, value)| format!("`{key}: {value}`")).collect();
    parts.join(", ")
}
