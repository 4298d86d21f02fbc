//! `templates/slots.yaml`: the places of a repository that exactly one component fills, and the order of components.
//!
//! A slot is the interface that files of other components rely on: facts, macros, files, and lists that are printed. A
//! component that fills one says so with `provides`; it is active where its keys are chosen.

use std::collections::BTreeMap;
use std::fmt;

use indexmap::IndexMap;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use crate::catalog::question::{Choice, KindName, Question, Record, Strategy, Values};
use crate::catalog::{Catalog, Component, ProjectFile, Repeat};

/// The name of what the active providers say of themselves: `provided.SLOT.FACT` in templates.
pub const PROVIDED: &str = "provided";

/// The value of a key that does not matter for a provider.
const ANY: &str = "any";

/// `templates/slots.yaml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlotsFile {
    /// Slots and components in the order in which questions, evidence and contributions follow each other. A component that
    /// fills a slot has the place of the slot.
    #[serde(default)]
    pub order: Vec<String>,
    /// The slots by name, in the order in which facts are computed.
    #[serde(default)]
    pub slots: IndexMap<String, Slot>,
}

/// A place that exactly one component fills.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slot {
    /// A short description.
    pub title: String,
    /// What relies on it.
    pub why: String,
    /// The list of records each of which chooses a provider of its own; else the project chooses one.
    #[serde(default)]
    pub per: Option<String>,
    /// The questions of the project that choose the provider; with `per`, fields of a record as well.
    pub keys: Vec<String>,
    /// What every provider says, by name, each with a description.
    #[serde(default)]
    pub facts: IndexMap<String, String>,
    /// Macros that every provider has in its `macros.j2`.
    #[serde(default)]
    pub macros: IndexMap<String, Macro>,
    /// Files that every provider has, by their path in the generated repository.
    #[serde(default)]
    pub files: Vec<String>,
    /// Lists that every provider prints.
    #[serde(default)]
    pub prints: Vec<String>,
    /// Lists that every provider contributes to.
    #[serde(default)]
    pub contributes: Vec<String>,
    /// Keys that do not go together, and what is missing then.
    #[serde(default)]
    pub without: Vec<Exclusion>,
}

/// A macro that every provider of a slot has.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Macro {
    /// The names of its parameters.
    #[serde(default)]
    pub with: Vec<String>,
    /// What it prints.
    pub what: String,
}

/// A combination of keys that no provider fills.
#[derive(Clone, Debug, Deserialize)]
pub struct Exclusion {
    /// What is missing, after "needs".
    pub needs: String,
    /// The values of the keys; a key that is not named can be anything.
    #[serde(flatten)]
    pub keys: IndexMap<String, Words>,
}

/// A word or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Words {
    /// One.
    One(String),
    /// Several.
    Several(Vec<String>),
}

impl Words {
    fn all(&self) -> Vec<&str> {
        match self {
            Self::One(one) => vec![one],
            Self::Several(some) => some.iter().map(String::as_str).collect(),
        }
    }

    fn contains(&self, word: &str) -> bool {
        self.all().contains(&word)
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.all().join(" or "))
    }
}

/// That a component fills a slot, and what it says of itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provides {
    /// The slot.
    pub slot: String,
    /// The values of the keys for which it does; `any` where a key does not matter.
    #[serde(rename = "for")]
    pub keys: IndexMap<String, Key>,
    /// Whether it stands for having nothing there: it owes no facts, macros, files and lists.
    #[serde(default)]
    pub none: bool,
    /// The facts of the slot, as expressions over answers of the project and of the component, and facts of earlier slots.
    #[serde(default)]
    pub facts: IndexMap<String, String>,
    /// Fields for records of the project, by the question: what only this provider needs to know of each.
    #[serde(default)]
    pub fields: IndexMap<String, Vec<Question>>,
}

/// A slot that each record of a list fills for itself, with what it takes to compute its facts.
#[derive(Clone, Debug)]
pub struct RecordSlot {
    /// The slot.
    pub name: String,
    /// Its keys that are fields of the record.
    pub fields: Vec<String>,
    /// The components that can fill it.
    pub providers: Vec<RecordProvider>,
}

impl RecordSlot {
    /// Whether a component fills the slot of this record, with these answers of the project.
    pub fn fits(&self, provides: &Provides, record: &Record, values: &Values) -> bool {
        provides.fits(|key| match self.fields.iter().any(|field| field == key) {
            true => record.get(key).and_then(Value::as_str),
            false => word(values, key),
        })
    }

    /// The component that fills the slot of this record, with these answers of the project.
    pub fn provider(&self, record: &Record, values: &Values) -> Option<&RecordProvider> {
        self.providers.iter().find(|one| self.fits(&one.provides, record, values))
    }
}

/// A component that can fill the slot of a record.
#[derive(Clone, Debug)]
pub struct RecordProvider {
    /// The component.
    pub component: String,
    /// Its macros, under the name that templates import them by.
    pub macros: Option<String>,
    /// What it says of itself.
    pub provides: Provides,
}

/// The value of a key: a word or several, or a choice that this provider brings along.
#[derive(Clone, Debug)]
pub enum Key {
    /// The key does not matter.
    Any,
    /// Choices that are described elsewhere.
    Value(Words),
    /// A choice of the key's question.
    Choice(Box<ProvidedChoice>),
}

/// A choice that a provider brings along.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProvidedChoice {
    /// Its place among the choices of the question, lowest first.
    pub order: i64,
    value: String,
    title: String,
    #[serde(default)]
    when: Option<String>,
    #[serde(default)]
    needs: Option<String>,
    #[serde(default)]
    compare: Option<Strategy>,
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(word) if word == ANY => Ok(Self::Any),
            Value::String(word) => Ok(Self::Value(Words::One(word))),
            words @ Value::Array(_) => serde_json::from_value(words).map(Self::Value).map_err(serde::de::Error::custom),
            choice => serde_json::from_value(choice).map(Self::Choice).map_err(serde::de::Error::custom),
        }
    }
}

impl Key {
    /// The values, or nothing where the key does not matter.
    pub fn values(&self) -> Option<Vec<&str>> {
        match self {
            Self::Any => None,
            Self::Value(words) => Some(words.all()),
            Self::Choice(choice) => Some(vec![&choice.value]),
        }
    }
}

impl Provides {
    /// Whether it fills the slot with these values of the keys.
    pub fn fits<'v>(&self, value_of: impl Fn(&str) -> Option<&'v str>) -> bool {
        self.keys.iter().all(|(key, wanted)| match wanted.values() {
            None => true,
            Some(wanted) => value_of(key).is_some_and(|value| wanted.contains(&value)),
        })
    }
}

impl Slot {
    /// The exclusion as a condition over the other keys: `not (cloud == "gcp")`.
    fn condition(exclusion: &Exclusion, last: &str) -> String {
        let others = exclusion.keys.iter().filter(|(key, _)| *key != last);
        let parts: Vec<String> = others.map(|(key, words)| format!("{key} in {}", json!(words.all()))).collect();
        format!("not ({})", parts.join(" and "))
    }

    /// The exclusion that these values of the keys fall under.
    pub fn excluded<'v>(&self, value_of: impl Fn(&str) -> Option<&'v str>) -> Option<&Exclusion> {
        self.without.iter().find(|exclusion| {
            exclusion.keys.iter().all(|(key, words)| value_of(key).is_some_and(|value| words.contains(value)))
        })
    }
}

/// The text of an answer.
fn word<'v>(values: &'v Values, name: &str) -> Option<&'v str> {
    values.get(name).and_then(Value::as_str)
}

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
    pub fn provider(&self, slot: &str, values: &Values) -> Option<(&Component, &Provides)> {
        self.providers(slot).find(|(_, provides)| provides.fits(|key| word(values, key)))
    }

    /// Whether a slot has its provider with these answers, in every record where each chooses its own.
    pub fn is_filled(&self, name: &str, values: &Values) -> bool {
        match self.record_slot(name) {
            None => self.provider(name, values).is_some(),
            Some((list, slot)) => records(values, &list.name).all(|record| slot.provider(record, values).is_some()),
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

    /// Where a component stands in the order of components.
    fn position(&self, component: &Component) -> (usize, usize) {
        let slot = component.manifest.provides.as_ref().map(|provides| provides.slot.as_str());
        let is_it = |name: &String| *name == component.name || slot == Some(name);
        let place = self.slots.order.iter().position(is_it).unwrap_or(self.slots.order.len());
        (place, slot.and_then(|slot| self.slots.slots.get_index_of(slot)).unwrap_or_default())
    }

    /// Puts the components into the order of `slots.yaml`, and the choices of providers into the questions that they
    /// answer.
    pub(super) fn assemble(&mut self) {
        let mut components = std::mem::take(&mut self.components);
        let places: BTreeMap<String, _> = components.iter().map(|c| (c.name.clone(), self.position(c))).collect();
        components.sort_by_key(|c| places.get(&c.name).copied());
        self.components = components;
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
            let slot = RecordSlot { name: name.clone(), fields, providers: providers.collect() };
            filled.entry(list.name.clone()).or_default().push(slot);
        }
        for question in &mut self.project.questions {
            question.slots = filled.shift_remove(&question.name).unwrap_or_default();
        }
    }

    /// Has the choices of the last key of a slot need what `without` says.
    fn exclude(&mut self) {
        let slots = self.slots.slots.clone();
        for slot in slots.values() {
            for exclusion in &slot.without {
                let Some(question) = self.project.last_key_mut(slot, exclusion) else { continue };
                let condition = Slot::condition(exclusion, &question.name);
                let Some(words) = exclusion.keys.get(&question.name) else { continue };
                for choice in question.choices.iter_mut().filter(|choice| words.contains(&choice.value)) {
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
