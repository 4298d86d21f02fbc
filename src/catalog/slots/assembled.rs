//! Puts a catalog together once its files are read: the order of components, and the choices that providers bring along.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::{Exclusion, Key, ProvidedChoice, RecordProvider, RecordSlot, Slot};
use crate::catalog::question::{Choice, KindName, Question, SetBy};
use crate::catalog::{Catalog, Component, ProjectFile};

impl Catalog {
    /// Where a component stands in the order of components.
    fn position(&self, component: &Component) -> (usize, usize) {
        let slot = component.manifest.provides.as_ref().map(|provides| provides.slot.as_str());
        let is_it = |name: &String| *name == component.name || slot == Some(name);
        let place = self.slots.order.iter().position(is_it).unwrap_or(self.slots.order.len());
        (place, slot.and_then(|slot| self.slots.slots.get_index_of(slot)).unwrap_or_default())
    }

    /// Puts the components into the order of `slots.yaml`, and the choices of providers into the questions that they
    /// answer.
    pub(in crate::catalog) fn assemble(&mut self) {
        let mut components = std::mem::take(&mut self.components);
        let places: BTreeMap<String, _> = components.iter().map(|c| (c.name.clone(), self.position(c))).collect();
        components.sort_by_key(|c| places.get(&c.name).copied());
        for without in components.iter().flat_map(|component| &component.manifest.without) {
            for name in &without.slots {
                let slot = self.slots.slots.get_mut(name);
                slot.into_iter().for_each(|slot| slot.without.push(without.exclusion.clone()));
            }
        }
        self.components = components;
        self.keep_apart();
        let mut brought: IndexMap<(Option<String>, String), Vec<ProvidedChoice>> = IndexMap::new();
        for provides in self.components.iter().filter_map(|component| component.manifest.provides.as_ref()) {
            let per = self.slots.slots.get(&provides.slot).and_then(|slot| slot.per.as_ref());
            for (key, value) in &provides.keys {
                if let Key::Choice(choice) = value {
                    brought.entry((per.cloned(), key.clone())).or_default().push((**choice).clone());
                }
            }
        }
        for ((per, key), mut choices) in brought {
            choices.sort_by_key(|choice| choice.order);
            let Some(question) = self.project.key_mut(per.as_deref(), &key) else { continue };
            question.choices.extend(choices.into_iter().map(
                |ProvidedChoice { value, title, when, needs, compare, .. }| Choice {
                    value,
                    title,
                    when,
                    needs,
                    compare,
                },
            ));
        }
        self.exclude();
        self.bring_fields();
        self.fill_records();
        self.reserve_variables();
    }

    /// Has each question for names of environment variables know those that are set already.
    fn reserve_variables(&mut self) {
        let variables = |(slot, what): (&String, &Slot)| {
            let names = what.variables.clone()?;
            let may_differ = what.may_differ.clone();
            Some(SetBy { slot: slot.clone(), title: what.title.clone(), names, may_differ })
        };
        let set_by: Vec<SetBy> = self.slots.slots.iter().filter_map(variables).collect();
        let fields = self.project.questions.iter_mut().flat_map(|question| &mut question.fields);
        for field in fields.filter(|field| matches!(field.kind, KindName::EnvNames | KindName::Variables)) {
            field.set_by.clone_from(&set_by);
        }
    }

    /// Puts the fields of providers into the records of the project, asked when the provider is chosen.
    fn bring_fields(&mut self) {
        let mut brought: Vec<(String, Question)> = Vec::new();
        for component in &self.components {
            let Some(provides) = &component.manifest.provides else { continue };
            let is_alone = self.providers(&provides.slot).count() == 1;
            let condition = self.condition(component).filter(|_| !is_alone);
            for (name, field) in provides.fields.iter().flat_map(|(name, fields)| fields.iter().map(move |f| (name, f)))
            {
                let when = match (&condition, &field.when) {
                    (Some(condition), Some(when)) => Some(format!("({condition}) and ({when})")),
                    (condition, when) => condition.as_ref().or(when.as_ref()).cloned(),
                };
                brought.push((name.clone(), Question { when, ..field.clone() }));
            }
        }
        for (name, field) in brought {
            if let Some(question) = self.project.questions.iter_mut().find(|q| q.name == name) {
                question.fields.push(field);
            }
        }
    }

    /// Has each list of records know the slots that its records fill.
    fn fill_records(&mut self) {
        let mut filled: IndexMap<String, Vec<RecordSlot>> = IndexMap::new();
        for (name, slot) in &self.slots.slots {
            let Some(list) = slot.per.as_ref().and_then(|per| self.records_question(per)) else { continue };
            let providers = self.providers(name).map(|(component, provides)| RecordProvider {
                component: component.name.clone(),
                macros: component.macros.as_ref().map(|(name, _)| name.clone()),
                provides: provides.clone(),
            });
            let fields = slot.keys.iter().filter(|key| list.choice_field(key).is_some()).cloned().collect();
            let slot =
                RecordSlot { name: name.clone(), fields, reads: slot.reads.clone(), providers: providers.collect() };
            filled.entry(list.name.clone()).or_default().push(slot);
        }
        for question in &mut self.project.questions {
            question.slots = filled.shift_remove(&question.name).unwrap_or_default();
        }
    }

    /// Has the choices of the last key of a slot need what `without` says.
    fn exclude(&mut self) {
        let slots = self.slots.slots.clone();
        // slots with the same keys have the same exclusion
        let mut known = BTreeSet::new();
        for slot in slots.values() {
            for exclusion in &slot.without {
                let Some(question) = self.project.last_key_mut(slot, exclusion) else { continue };
                let condition = Slot::condition(exclusion, &question.name);
                let Some(words) = exclusion.keys.get(&question.name) else { continue };
                for choice in question.choices.iter_mut().filter(|choice| words.contains(&choice.value)) {
                    if !known.insert((question.name.clone(), choice.value.clone(), condition.clone())) {
                        continue;
                    }
                    let and = |old: Option<String>, new: &str, word: &str| {
                        Some(old.map_or_else(|| new.to_owned(), |old| format!("{old}{word}{new}")))
                    };
                    choice.when = and(choice.when.take().map(|when| format!("({when})")), &condition, " and ");
                    choice.needs = and(choice.needs.take(), &exclusion.needs, ", and ");
                }
            }
        }
    }
}

impl ProjectFile {
    /// The question of a key; a field where each record of a list chooses.
    fn key_mut(&mut self, per: Option<&str>, key: &str) -> Option<&mut Question> {
        let is_field = |q: &Question| per == Some(q.name.as_str()) && q.choice_field(key).is_some();
        let name = self.questions.iter().find(|q| is_field(q)).map_or(key, |list| list.name.as_str()).to_owned();
        let question = self.questions.iter_mut().find(|q| q.name == name)?;
        match name == key {
            true => Some(question),
            false => question.fields.iter_mut().find(|field| field.name == key),
        }
    }

    /// The question among the keys of an exclusion that is asked last.
    fn last_key_mut(&mut self, slot: &Slot, exclusion: &Exclusion) -> Option<&mut Question> {
        let list = slot.per.as_ref().and_then(|per| self.questions.iter().find(|q| q.name == *per));
        let fields = list.into_iter().flat_map(|list| &list.fields);
        let last = self.questions.iter().chain(fields).rfind(|q| exclusion.keys.contains_key(&q.name))?.name.clone();
        self.key_mut(slot.per.as_deref(), &last)
    }
}
