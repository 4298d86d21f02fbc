//! `templates/slots.yaml`: the places of a repository that exactly one component fills, and the order of components.
//!
//! A slot is the interface that files of other components rely on: facts, macros, files, and lists that are printed. A
//! component that fills one says so with `provides`; it is active where its keys are chosen.

use std::fmt;

use indexmap::IndexMap;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use crate::catalog::question::{Known, Question, Record, Strategy};

mod assembled;
mod filled;

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
    /// Fields of a record after its keys that facts may read; a fact that does is there once they are answered.
    #[serde(default)]
    pub reads: Vec<String>,
    /// What every provider says, by name, each with a description.
    #[serde(default)]
    pub facts: IndexMap<String, String>,
    /// Macros that every provider has in its `macros.j2`.
    #[serde(default)]
    pub macros: IndexMap<String, Macro>,
    /// An expression over a record of services: the environment variables that the service gets from there.
    #[serde(default)]
    pub variables: Option<String>,
    /// An expression for those of them that the service may set to something else.
    #[serde(default)]
    pub may_differ: Option<String>,
    /// Files that every provider has.
    #[serde(default)]
    pub files: Vec<SlotFile>,
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

/// A file that every provider of a slot has: its path, or `path` and `when`.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "PathOrFile")]
pub struct SlotFile {
    /// Its path in the generated repository.
    pub path: String,
    /// The condition that each provider gives it; without one it is generated with all answers.
    pub when: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum PathOrFile {
    Path(String),
    File { path: String, when: String },
}

impl From<PathOrFile> for SlotFile {
    fn from(file: PathOrFile) -> Self {
        match file {
            PathOrFile::Path(path) => Self { path, when: None },
            PathOrFile::File { path, when } => Self { path, when: Some(when) },
        }
    }
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

/// A combination of keys of slots that a component knows not to be filled.
#[derive(Clone, Debug, Deserialize)]
pub struct Without {
    /// The slots.
    pub slots: Vec<String>,
    #[serde(flatten)]
    pub exclusion: Exclusion,
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
    /// Files of the slot with a `when` that never holds for this provider.
    #[serde(default)]
    pub lacks: Vec<String>,
    /// The facts of the slot, as expressions over answers of the project, of the component and of those that it requires, and
    /// facts of earlier slots.
    #[serde(default)]
    pub facts: IndexMap<String, String>,
    /// Fields for records of the project, by the question: what only this provider needs to know of each.
    #[serde(default)]
    pub fields: IndexMap<String, Vec<Question>>,
    /// The names under which other components read fields of such records, by the question: of each name the field. What is
    /// called alike everywhere has the word of its provider in the answers: `{environments: {account: gcp_project}}`.
    #[serde(default)]
    pub read_as: IndexMap<String, IndexMap<String, String>>,
}

/// A slot that each record of a list fills for itself, with what it takes to compute its facts.
#[derive(Clone, Debug)]
pub struct RecordSlot {
    /// The slot.
    pub name: String,
    /// Its keys that are fields of the record.
    pub fields: Vec<String>,
    /// Fields after those that its facts may read.
    pub reads: Vec<String>,
    /// The components that can fill it.
    pub providers: Vec<RecordProvider>,
}

impl RecordSlot {
    /// Whether a component fills the slot of this record, with these answers of the project.
    pub fn fits(&self, provides: &Provides, record: &Record, values: &impl Known) -> bool {
        provides.fits(|key| match self.fields.iter().any(|field| field == key) {
            true => record.get(key).and_then(Value::as_str),
            false => word(values, key),
        })
    }

    /// The component that fills the slot of this record, with these answers of the project.
    pub fn provider(&self, record: &Record, values: &impl Known) -> Option<&RecordProvider> {
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
fn word<'v>(values: &'v impl Known, name: &str) -> Option<&'v str> {
    values.known(name).and_then(Value::as_str)
}
