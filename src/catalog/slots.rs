//! `templates/slots.yaml`: the places of a repository that exactly one component fills, and the order of components.
//!
//! A slot is the interface that files of other components rely on: facts, macros, files, and lists that are printed. A
//! component that fills one says so with `provides`; it is active where its keys are chosen.

use std::collections::BTreeMap;
use std::fmt;

use indexmap::IndexMap;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use crate::catalog::question::{Choice, Question, Strategy, Values};
use crate::catalog::{Catalog, Component};

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
    /// What it is, in a few words.
    pub title: String,
    /// What relies on it.
    pub why: String,
    /// The questions of the project that choose the provider.
    pub keys: Vec<String>,
    /// What every provider says, by name, each with a description.
    #[serde(default)]
    pub facts: IndexMap<String, String>,
    /// Macros that every provider has in its `macros.j2`, with their parameters.
    #[serde(default)]
    pub macros: IndexMap<String, Vec<String>>,
    /// Files that every provider has, by their path in the generated repository.
    #[serde(default)]
    pub files: Vec<String>,
    /// Lists that every provider prints.
    #[serde(default)]
    pub prints: Vec<String>,
    /// Keys that do not go together, and what is missing then.
    #[serde(default)]
    pub without: Vec<Exclusion>,
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

/// The value of a key: a word, or a choice that this provider brings along.
#[derive(Clone, Debug)]
pub enum Key {
    /// The key does not matter.
    Any,
    /// A choice that is described elsewhere.
    Value(String),
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
            Value::String(word) => Ok(Self::Value(word)),
            choice => serde_json::from_value(choice).map(Self::Choice).map_err(serde::de::Error::custom),
        }
    }
}

impl Key {
    /// The value, or nothing where the key does not matter.
    pub fn value(&self) -> Option<&str> {
        match self {
            Self::Any => None,
            Self::Value(word) => Some(word),
            Self::Choice(choice) => Some(&choice.value),
        }
    }
}

impl Provides {
    /// Whether it fills the slot with these values of the keys.
    pub fn fits<'v>(&self, value_of: impl Fn(&str) -> Option<&'v str>) -> bool {
        self.keys.iter().all(|(key, wanted)| match wanted.value() {
            None => true,
            Some(wanted) => value_of(key) == Some(wanted),
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

impl Component {
    /// When it is active, as an expression; nothing when it always is.
    pub fn condition(&self) -> Option<String> {
        let Some(provides) = &self.manifest.provides else { return self.manifest.when.clone() };
        let keys = provides.keys.iter().filter_map(|(key, value)| Some(format!("{key} == \"{}\"", value.value()?)));
        Some(keys.collect::<Vec<_>>().join(" and ")).filter(|when| !when.is_empty())
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

    /// The component that fills a slot with these answers.
    pub fn provider(&self, slot: &str, values: &Values) -> Option<(&Component, &Provides)> {
        self.providers(slot).find(|(_, provides)| provides.fits(|key| word(values, key)))
    }

    /// The slots whose last key is this question.
    pub fn slots_chosen_by(&self, question: &str) -> impl Iterator<Item = &str> {
        let position = |key: &String| self.project.questions.iter().position(|q| q.name == *key);
        let last = move |slot: &Slot| slot.keys.iter().max_by_key(|key| position(key)).cloned();
        let chosen = self.slots.slots.iter().filter(move |(_, slot)| last(slot).as_deref() == Some(question));
        chosen.map(|(name, _)| name.as_str())
    }

    /// Whether a component fills its slot with these answers; nothing for a component that fills none.
    pub fn fills(&self, component: &Component, values: &Values) -> Option<bool> {
        Some(component.manifest.provides.as_ref()?.fits(|key| word(values, key)))
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
        let mut brought: IndexMap<String, Vec<ProvidedChoice>> = IndexMap::new();
        for component in &self.components {
            for (key, value) in component.manifest.provides.iter().flat_map(|provides| &provides.keys) {
                if let Key::Choice(choice) = value {
                    brought.entry(key.clone()).or_default().push((**choice).clone());
                }
            }
        }
        for (key, mut choices) in brought {
            choices.sort_by_key(|choice| choice.order);
            let Some(question) = self.project.questions.iter_mut().find(|q| q.name == key) else { continue };
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
    }

    /// Puts the fields of providers into the records of the project, asked when the provider is chosen.
    fn bring_fields(&mut self) {
        let slots = self.components.iter().filter_map(|c| Some(&c.manifest.provides.as_ref()?.slot));
        let slots: Vec<&String> = slots.collect();
        for component in &self.components {
            let slot = component.manifest.provides.as_ref().map(|provides| &provides.slot);
            let is_alone = slots.iter().filter(|other| Some(**other) == slot).count() == 1;
            let condition = component.condition().filter(|_| !is_alone);
            for (name, fields) in component.manifest.provides.iter().flat_map(|provides| &provides.fields) {
                let Some(question) = self.project.questions.iter_mut().find(|q| q.name == *name) else { continue };
                for field in fields {
                    let whens = condition.iter().chain(&field.when).map(|when| format!("({when})")).collect::<Vec<_>>();
                    let when = match whens.as_slice() {
                        [] => None,
                        [_] => condition.clone().or_else(|| field.when.clone()),
                        _ => Some(whens.join(" and ")),
                    };
                    question.fields.push(Question { when, ..field.clone() });
                }
            }
        }
    }

    /// Has the choices of the last key of a slot need what `without` says.
    fn exclude(&mut self) {
        let slots = self.slots.slots.clone();
        for slot in slots.values() {
            for exclusion in &slot.without {
                let last = self.project.questions.iter_mut().rev().find(|q| exclusion.keys.contains_key(&q.name));
                let Some(question) = last else { continue };
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
