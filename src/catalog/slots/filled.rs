//! Which component fills a slot with certain answers, and what that means for its files.

use serde_json::{Value, json};

use super::{Provides, RecordSlot, Slot, word};
use crate::catalog::question::{KindName, Known, Question, Record, Values};
use crate::catalog::{Catalog, Component, Repeat};

impl Catalog {
    /// The slot that a component fills.
    pub fn slot_of<'c>(&'c self, component: &'c Component) -> Option<(&'c Provides, &'c Slot)> {
        let provides = component.manifest.provides.as_ref()?;
        Some((provides, self.slots.slots.get(&provides.slot)?))
    }

    /// The components that can fill a slot.
    pub fn providers(&self, slot: &str) -> impl Iterator<Item = (&Component, &Provides)> {
        let providers = self.components.iter().filter_map(|c| Some((c, c.manifest.provides.as_ref()?)));
        providers.filter(move |(_, provides)| provides.slot == slot)
    }

    /// The component that fills a slot of the project with these answers.
    pub fn provider(&self, slot: &str, values: &impl Known) -> Option<(&Component, &Provides)> {
        self.providers(slot).find(|(_, provides)| provides.fits(|key| word(values, key)))
    }

    /// Whether a slot has its provider with these answers, in every record where each chooses its own.
    pub fn is_filled(&self, name: &str, values: &Values) -> bool {
        match self.record_slot(name) {
            None => self.provider(name, values).is_some(),
            // a record that shares the fields of another one has its provider too
            Some((list, slot)) => records(values, &list.name)
                .filter(|record| list.shares.as_ref().and_then(|shares| shares.named(record)).is_none())
                .all(|record| slot.provider(record, values).is_some()),
        }
    }

    /// The question of a key of a slot: a field where each record of a list chooses.
    pub fn key_question(&self, slot: &Slot, key: &str) -> Option<&Question> {
        let list = slot.per.as_ref().and_then(|per| self.records_question(per));
        let of_project = || self.project_question(key).filter(|question| question.kind == KindName::Choice);
        list.and_then(|list| list.choice_field(key)).or_else(of_project)
    }

    /// The list whose records fill this slot for themselves, with what it takes.
    fn record_slot(&self, name: &str) -> Option<(&Question, &RecordSlot)> {
        let list = self.records_question(self.slots.slots.get(name)?.per.as_ref()?)?;
        Some((list, list.slots.iter().find(|slot| slot.name == name)?))
    }

    /// The list of records that has this name.
    pub fn records_question(&self, name: &str) -> Option<&Question> {
        self.project_question(name).filter(|question| question.kind == KindName::Records)
    }

    fn project_question(&self, name: &str) -> Option<&Question> {
        self.project.questions.iter().find(|question| question.name == name)
    }

    /// The questions of the project on which a slot depends: its keys, and the list of records that choose.
    pub fn deciding<'c>(&'c self, slot: &'c Slot) -> impl Iterator<Item = &'c String> {
        let list = slot.per.as_ref().and_then(|per| self.records_question(per));
        let is_field = move |key: &str| list.is_some_and(|list| list.choice_field(key).is_some());
        slot.keys.iter().filter(move |key| !is_field(key)).chain(&slot.per)
    }

    /// The slots whose last key is this question.
    pub fn slots_chosen_by(&self, question: &str) -> impl Iterator<Item = &str> {
        let position = |key: &String| self.project.questions.iter().position(|q| q.name == *key);
        let last = move |slot: &Slot| self.deciding(slot).max_by_key(|key| position(key)).cloned();
        let chosen = self.slots.slots.iter().filter(move |(_, slot)| last(slot).as_deref() == Some(question));
        chosen.map(|(name, _)| name.as_str())
    }

    /// Whether a component fills its slot with these answers; nothing for a component that fills none.
    pub fn fills(&self, component: &Component, values: &Values) -> Option<bool> {
        let provides = component.manifest.provides.as_ref()?;
        Some(match self.record_slot(&provides.slot) {
            None => provides.fits(|key| word(values, key)),
            Some((list, slot)) => records(values, &list.name).any(|record| slot.fits(provides, record, values)),
        })
    }

    /// When a component is active, as an expression; nothing when it always is.
    pub fn condition(&self, component: &Component) -> Option<String> {
        let Some(provides) = &component.manifest.provides else { return component.manifest.when.clone() };
        let per = self.slots.slots.get(&provides.slot).and_then(|slot| slot.per.as_ref());
        let list = per.and_then(|per| self.records_question(per));
        let (fields, keys): (Vec<_>, Vec<_>) = provides
            .keys
            .iter()
            .filter_map(|(key, value)| Some((key, value.values()?)))
            .partition(|(key, _)| list.is_some_and(|list| list.choice_field(key).is_some()));
        let mut parts: Vec<String> = keys.iter().map(|(key, values)| equals(key, values)).collect();
        if let (Some(per), false) = (per, fields.is_empty()) {
            let chosen =
                fields.iter().map(|(key, values)| format!(" | selectattr(\"{key}\", \"in\", {})", json!(values)));
            parts.push(format!("{per}{} | list | length > 0", chosen.collect::<String>()));
        }
        Some(parts.join(" and ")).filter(|when| !when.is_empty())
    }

    /// When a file of a component that is repeated for the records of a list is there, as an expression over the record;
    /// nothing when the records do not choose the component.
    pub fn record_condition(&self, component: &Component, path: &str) -> Option<String> {
        let provides = component.manifest.provides.as_ref()?;
        let (list, slot) = self.record_slot(&provides.slot)?;
        let repeat = self.repeat_of(path, &list.name)?;
        let chosen = provides.keys.iter().filter_map(|(key, value)| {
            let name = if slot.fields.contains(key) { format!("{}.{key}", repeat.variable) } else { key.clone() };
            Some(equals(&name, &value.values()?))
        });
        Some(chosen.collect::<Vec<_>>().join(" and ")).filter(|when| !when.is_empty())
    }

    /// The segment of a path that goes through a list.
    pub fn repeat_of(&self, path: &str, list: &str) -> Option<&Repeat> {
        let mut repeats = self.project.repeats.iter().filter(|(_, repeat)| repeat.each == list);
        repeats.find(|(key, _)| path.contains(&format!("__{key}__"))).map(|(_, repeat)| repeat)
    }
}

/// The records of an answer.
fn records<'v>(values: &'v Values, name: &str) -> impl Iterator<Item = &'v Record> {
    values.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
}

/// That a name has one of these values, as an expression.
fn equals(name: &str, values: &[&str]) -> String {
    match values {
        [one] => format!("{name} == \"{one}\""),
        several => format!("{name} in {}", json!(several)),
    }
}
