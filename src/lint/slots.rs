//! What makes slots and their providers sound, and what a new provider still owes.

use std::collections::{BTreeMap, BTreeSet};

use super::{Lint, Names, QUESTIONS, SLOTS, manifest_file, mentions};
use crate::catalog::question::{KindName, Question};
use crate::catalog::slots::{Provides, Slot, SlotFile};
use crate::catalog::{Catalog, Component};
use crate::template::names::answers;

/// Combinations of keys that are looked at; more than that is a slot with too many keys.
const MAX_COMBINATIONS: usize = 10_000;

/// Values by key.
pub(super) type Combination<'c> = BTreeMap<&'c str, &'c str>;

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
            for list in slot.prints.iter().chain(&slot.contributes).filter(|list| !catalog.lists.contains_key(*list)) {
                self.fault(SLOTS, format!("slot `{name}` names the list `{list}`, which is not in lists.yaml"));
            }
            let unknown: Vec<&String> = slot.keys.iter().filter(|key| key_question(catalog, key).is_none()).collect();
            let or_field = slot.per.as_ref().map(|per| format!(", or a field of `{per}`,")).unwrap_or_default();
            for key in &unknown {
                let what = format!("is not a question{or_field} of the kind `choice`");
                self.fault(SLOTS, format!("slot `{name}`: the key `{key}` {what}"));
            }
            self.per(name, slot);
            for key in &slot.keys {
                self.key(name, key);
            }
            if slot.keys.is_empty() {
                self.fault(SLOTS, format!("slot `{name}` has no `keys`"));
            }
            for key in slot.without.iter().flat_map(|e| e.keys.keys()).filter(|key| !slot.keys.contains(key)) {
                self.fault(SLOTS, format!("slot `{name}`: `without` names `{key}`, which is not one of its keys"));
            }
            for exclusion in slot.without.iter().filter(|exclusion| exclusion.keys.len() < 2) {
                self.fault(
                    SLOTS,
                    format!(
                        "slot `{name}`: `without` needs two keys, or all of a choice is excluded: {}",
                        exclusion.needs
                    ),
                );
            }
            for field in &slot.reads {
                let list = slot.per.as_ref().and_then(|per| catalog.records_question(per));
                if list.is_none_or(|list| list.field(field).is_none()) {
                    self.fault(
                        SLOTS,
                        format!("slot `{name}`: `reads` names `{field}`, which is not a field of its records"),
                    );
                }
            }
            if slot.keys.iter().collect::<BTreeSet<_>>().len() < slot.keys.len() {
                self.fault(SLOTS, format!("slot `{name}` names a key twice"));
            }
            if unknown.is_empty() && !slot.keys.is_empty() {
                self.combinations(name, slot);
            }
        }
        for component in &catalog.components {
            let named = component.manifest.without.iter().flat_map(|without| &without.slots);
            for name in named.filter(|name| !catalog.slots.slots.contains_key(*name)) {
                self.fault(manifest_file(component), format!("`without` names `{name}`, which is not a slot"));
            }
            if let Some(provides) = &component.manifest.provides {
                self.provider(component, provides);
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
        let Some(all) = combinations(catalog, &slot.keys) else {
            return self
                .fault(SLOTS, format!("slot `{name}`: its keys have more than {MAX_COMBINATIONS} combinations"));
        };
        // values that can be taken, or that a fault names already
        let mut told: BTreeSet<(&str, &str)> = BTreeSet::new();
        for combination in &all {
            let value_of = |key: &str| combination.get(key).copied();
            let fit = catalog.providers(name).filter(|(_, provides)| provides.fits(value_of));
            let fit: Vec<String> = fit.map(|(c, _)| format!("`{}`", c.name)).collect();
            let chosen = shown(combination);
            let excluded = slot.excluded(value_of);
            if excluded.is_none() {
                told.extend(combination.iter().map(|(key, value)| (*key, *value)));
            }
            match (fit.as_slice(), excluded) {
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
        let values: BTreeSet<(&str, &str)> = all.iter().flatten().map(|(key, value)| (*key, *value)).collect();
        for (key, value) in values.difference(&told) {
            self.fault(
                SLOTS,
                format!("slot `{name}`: no component fills it with `{key}: {value}`, whatever the other keys are"),
            );
        }
    }

    /// Each record of a list that exists chooses, by a field of its own.
    fn per(&mut self, name: &str, slot: &Slot) {
        let Some(per) = &slot.per else { return };
        let Some(list) = self.catalog.records_question(per) else {
            return self.fault(
                SLOTS,
                format!("slot `{name}`: `per` names `{per}`, which is not a question of the kind `records`"),
            );
        };
        let is_field = |key: &&String| list.choice_field(key).is_some();
        if !slot.keys.iter().any(|key| is_field(&key)) {
            self.fault(SLOTS, format!("slot `{name}` has `per`, and no key of it is a field of `{per}`"));
        }
        let questions: Vec<&Question> = self.catalog.project.questions.iter().collect();
        let position = |name: &str| questions.iter().position(|question| question.name == name);
        for key in slot.keys.iter().filter(is_field) {
            if questions.iter().any(|q| q.name == **key && q.kind == KindName::Choice) {
                self.fault(
                    SLOTS,
                    format!("slot `{name}`: the key `{key}` is a field of `{per}` and a question as well"),
                );
            }
        }
        for key in slot.keys.iter().filter(|key| !is_field(key) && position(key) > position(per)) {
            self.fault(SLOTS, format!("slot `{name}`: the key `{key}` is asked after `{per}`, whose records need it"));
        }
    }

    /// A key has a default, so that recorded answers that lack it stay complete when a second provider comes.
    fn key(&mut self, name: &str, key: &str) {
        if let Some(question) = key_question(self.catalog, key)
            && question.default.is_none()
            && question.default_expr.is_none()
            && !question.choices.is_empty()
        {
            self.fault(QUESTIONS, format!("question `{key}` chooses the slot `{name}` and needs a default"));
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
        for key in provides.keys.keys().filter(|key| !slot.keys.contains(key)) {
            self.fault(&file, format!("`provides`: `{key}` is not a key of the slot `{}`", provides.slot));
        }
        for (key, value) in &provides.keys {
            let Some(question) = key_question(catalog, key) else { continue };
            let is_choice = |value: &&str| question.choices.iter().any(|choice| choice.value == **value);
            for value in value.values().unwrap_or_default().iter().filter(|value| !is_choice(value)) {
                self.fault(&file, format!("`provides`: `{value}` is not a choice of `{key}`"));
            }
        }
        for fact in provides.facts.keys().filter(|fact| !slot.facts.contains_key(*fact)) {
            self.fault(&file, format!("`provides`: `{fact}` is not a fact of the slot `{}`", provides.slot));
        }
        for name in provides.fields.keys() {
            let list = catalog.project.questions.iter().find(|q| q.name == *name && q.kind == KindName::Records);
            if list.is_none() {
                self.fault(&file, format!("`provides`: `{name}` is not a list of records of the project"));
            }
        }
        for (list, names) in &provides.read_as {
            let fields = catalog.records_question(list).map(|question| &question.fields);
            let exists = |field: &str| fields.is_some_and(|fields| fields.iter().any(|f| f.name == field));
            for (name, field) in names {
                if !exists(field) {
                    self.fault(&file, format!("`provides`: `{list}` has no field `{field}`"));
                } else if provides.fields.get(list).is_some_and(|own| own.iter().any(|f| f.name == *name)) {
                    self.fault(&file, format!("`provides`: `{name}` is a field of `{list}` already"));
                }
            }
        }
        let known = self.fact_names(component, slot);
        for (fact, expression) in &provides.facts {
            self.expression(&file, &format!("`provides` {fact}"), expression, &known);
            let slots = catalog.slots.slots.keys().skip_while(|name| **name != provides.slot);
            for later in slots.filter(|name| mentions(expression, &format!("provided.{name}"))) {
                self.fault(&file, format!("`provides` {fact}: `provided.{later}` is computed later"));
            }
        }
        let owed = owed(component, provides, slot);
        if !owed.is_empty() {
            self.fault(file, format!("owes to the slot `{}`:\n    - {}", provides.slot, owed.join("\n    - ")));
        }
    }

    /// The names that the facts of a provider can use.
    fn fact_names(&self, component: &Component, slot: &Slot) -> Names {
        let project = &self.catalog.project.questions;
        let mut known = Names::from_iter(["provided".into()]);
        let Some(list) = slot.per.as_ref().and_then(|per| self.catalog.records_question(per)) else {
            known.extend(project.iter().map(|question| question.name.clone()));
            known.extend(answers(self.catalog, component).into_iter().map(String::from));
            return known;
        };
        // fields that come later can read the facts, so that facts cannot read them unless the slot says so
        let last = list.fields.iter().rposition(|field| slot.keys.contains(&field.name)).unwrap_or_default();
        let fields = list.fields.iter().enumerate();
        let fields = fields.filter(|(i, field)| *i <= last || slot.reads.contains(&field.name)).map(|(_, field)| field);
        let earlier = project.iter().take_while(|question| question.name != list.name);
        known.extend(earlier.chain(fields).map(|question| question.name.clone()));
        let slots = self.catalog.slots.slots.iter().filter(|(_, other)| other.per == slot.per);
        known.extend(slots.map(|(name, _)| format!("provided.{name}")));
        known
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
    for (name, wanted) in &slot.macros {
        if !defines(macros, name, &wanted.with) {
            owed.push(format!("`macros.j2`: `<% macro {name}({}) %>`: {}", wanted.with.join(", "), wanted.what));
        }
    }
    let is_conditional = |path: &String| component.manifest.files.get(path).is_some_and(|rule| rule.when.is_some());
    for SlotFile { path, when } in slot.files.iter().filter(|file| !provides.lacks.contains(&file.path)) {
        if !component.files.iter().any(|f| f.path == *path) {
            owed.push(format!("`files/{path}`"));
        } else if component.manifest.files.get(path).and_then(|rule| rule.when.as_ref()) != when.as_ref() {
            owed.push(match when {
                Some(when) => format!("`files/{path}` with `when: {when}`"),
                None => format!("`files/{path}` with all answers, without a `when`"),
            });
        }
    }
    for path in provides.lacks.iter().filter(|path| !slot.files.iter().any(|f| f.path == **path && f.when.is_some())) {
        owed.push(format!("`lacks` without `{path}`, which is no file of the slot with a `when`"));
    }
    let is_promised = |path: &str| slot.files.iter().any(|file| file.path == path);
    let templates = component.files.iter().filter(|f| f.template && (!is_conditional(&f.path) || is_promised(&f.path)));
    let sources: Vec<&str> = templates.filter_map(|f| std::str::from_utf8(&f.source).ok()).collect();
    for list in &slot.prints {
        let read = format!("contributed.{list}");
        if !sources.iter().any(|source| mentions(source, &read)) {
            owed.push(format!("a template that prints `{read}`"));
        }
    }
    let has = |list: &String| component.manifest.contributes.get(list).is_some_and(|items| !items.is_empty());
    for list in slot.contributes.iter().filter(|list| !has(list)) {
        owed.push(format!("`contributes.{list}`: an item"));
    }
    owed
}

/// Whether a text of macros defines this one; parameters may have defaults.
fn defines(macros: &str, name: &str, parameters: &[String]) -> bool {
    let parameters: Vec<String> = parameters.iter().map(|name| format!(r"\s*{name}\s*(=[^,)]*)?")).collect();
    let definition = format!(r"<%[-+]?\s*macro\s+{name}\s*\(\s*{}\)", parameters.join(","));
    regex_lite::Regex::new(&definition).is_ok_and(|definition| definition.is_match(macros))
}

/// The question of a key, of whichever slot it is one.
pub(super) fn key_question<'c>(catalog: &'c Catalog, key: &str) -> Option<&'c Question> {
    let slots = catalog.slots.slots.values().filter(|slot| slot.keys.iter().any(|other| other == key));
    slots.into_iter().find_map(|slot| catalog.key_question(slot, key))
}

/// Every combination of the values of these keys; nothing where there are too many to look at.
pub(super) fn combinations<'c>(catalog: &'c Catalog, keys: &'c [String]) -> Option<Vec<Combination<'c>>> {
    let mut all = vec![Combination::new()];
    for key in keys {
        let question = key_question(catalog, key);
        let values: Vec<&str> = question.iter().flat_map(|q| &q.choices).map(|c| c.value.as_str()).collect();
        if all.len().saturating_mul(values.len()) > MAX_COMBINATIONS {
            return None;
        }
        let with = |one: &Combination<'c>, value| {
            let mut one = one.clone();
            one.insert(key.as_str(), value);
            one
        };
        all = all.iter().flat_map(|one| values.iter().map(move |value| with(one, *value))).collect();
    }
    Some(all)
}

pub(super) fn shown(combination: &Combination<'_>) -> String {
    let parts: Vec<String> = combination.iter().map(|(key, value)| format!("`{key}: {value}`")).collect();
    parts.join(", ")
}
