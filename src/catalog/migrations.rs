//! Migrations: `templates/migrations.yaml` says how answers that an earlier catalog asked for are called now.
//!
//! They are applied to recorded answers only, in their order, and each only where it fits; so it does no harm to apply
//! them again, and none has to know which version recorded the answers.

use std::collections::BTreeMap;
use std::fmt;

use indexmap::IndexMap;
use semver::Version;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::catalog::question::Record;

mod lint;

pub use lint::faults;

/// One change of the questions.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Entry")]
pub struct Migration {
    /// What changed.
    pub step: Step,
    /// The version that brought it.
    pub since: Option<Version>,
}

/// What a migration does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Another name for the same answer.
    Rename(Rename),
    /// Other values.
    Map(MapValues),
    /// Several answers in place of one.
    Split(Split),
    /// One list of records in place of several answers.
    Collect(Collect),
    /// The answer is gone.
    Drop(Remove),
}

/// `rename`: does not fit where the new name has a value.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)] // The names are the documentation.
pub struct Rename {
    pub from: Place,
    pub to: Place,
}

/// `map`: fits values that it names; in lists, each of them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MapValues {
    /// The answer.
    pub answer: Place,
    /// New values by old ones; numbers, `true` and `false` as they are written.
    pub values: IndexMap<String, Value>,
}

/// `split`: fits values that it names for at least one of the new answers. An answer that has a value keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Split {
    /// The old answer; it can be one of the new ones as well.
    pub from: Place,
    /// For each new answer its values by the old one.
    pub into: IndexMap<Place, IndexMap<String, Value>>,
}

/// `collect`: does not fit where the list has a value, or an answer is missing that nothing stands in for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Collect {
    /// The new answer, a list of records.
    #[serde(deserialize_with = "answer")]
    pub into: Place,
    /// The records: for each field a value, or the old answer that has it.
    pub records: Vec<IndexMap<String, FieldValue>>,
}

/// What a field of a collected record is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum FieldValue {
    /// An earlier answer.
    From(FromAnswer),
    /// The same for everyone.
    Constant(Value),
}

/// The earlier answer that a field is filled from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FromAnswer {
    /// The name of the answer.
    #[serde(deserialize_with = "answer")]
    pub from: Place,
    /// What its default was, for where it is not there.
    pub or: Option<Value>,
}

fn answer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Place, D::Error> {
    let place = Place::deserialize(deserializer)?;
    match &place.list {
        None => Ok(place),
        Some(_) => Err(serde::de::Error::custom(format!("`{place}` is a field, where an answer is needed"))),
    }
}

impl Collect {
    /// The earlier answers, each with the field that it fills.
    fn sources(&self) -> impl Iterator<Item = (&FromAnswer, &String)> {
        self.records.iter().flatten().filter_map(|(field, value)| match value {
            FieldValue::From(source) => Some((source, field)),
            FieldValue::Constant(_) => None,
        })
    }

    fn apply(&self, holder: &mut Record) -> bool {
        let is_there = |source: &FromAnswer| holder.contains_key(&source.from.name);
        let is_whole = self.sources().all(|(source, _)| source.or.is_some() || is_there(source));
        let is_any = self.sources().any(|(source, _)| is_there(source));
        if holder.contains_key(&self.into.name) || !is_whole || !is_any {
            return false;
        }
        let mut record = |fields: &IndexMap<String, FieldValue>| {
            let mut record = Record::new();
            for (field, value) in fields {
                let value = match value {
                    FieldValue::Constant(value) => Some(value.clone()),
                    FieldValue::From(source) => holder.shift_remove(&source.from.name).or_else(|| source.or.clone()),
                };
                record.extend(value.map(|value| (field.clone(), value)));
            }
            Value::Object(record)
        };
        let records = self.records.iter().map(&mut record).collect();
        holder.insert(self.into.name.clone(), Value::Array(records));
        true
    }
}

/// `drop`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remove {
    /// The answer.
    pub answer: Place,
    /// Why the answer is no longer needed, as the end of a sentence.
    pub reason: String,
}

/// As it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    rename: Option<Rename>,
    map: Option<MapValues>,
    split: Option<Split>,
    collect: Option<Collect>,
    drop: Option<Remove>,
    since: Option<String>,
}

impl TryFrom<Entry> for Migration {
    type Error = String;

    fn try_from(entry: Entry) -> Result<Self, String> {
        let steps = [
            entry.rename.map(Step::Rename),
            entry.map.map(Step::Map),
            entry.split.map(Step::Split),
            entry.collect.map(Step::Collect),
            entry.drop.map(Step::Drop),
        ];
        let mut steps = steps.into_iter().flatten();
        let (Some(step), None) = (steps.next(), steps.next()) else {
            return Err("a migration is one of `rename`, `map`, `split`, `collect` and `drop`".into());
        };
        let since = entry.since.map(|since| {
            Version::parse(&since).map_err(|_| format!("`since` is `{since}`, which is not a version such as `0.4.0`"))
        });
        Ok(Self { step, since: since.transpose()? })
    }
}

/// An answer, or with `LIST.*.NAME` a field of every record of one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Place {
    /// The answer that holds the records.
    pub list: Option<String>,
    /// The answer or the field.
    pub name: String,
}

impl TryFrom<String> for Place {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let parts: Vec<&str> = text.split('.').collect();
        match *parts.as_slice() {
            [name] if !name.is_empty() => Ok(Self { list: None, name: name.into() }),
            [list, "*", name] if !list.is_empty() && !name.is_empty() => {
                Ok(Self { list: Some(list.into()), name: name.into() })
            }
            _ => Err(format!("`{text}` is neither the name of an answer nor, as in `services.*.port`, of a field")),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.list {
            Some(list) => write!(f, "{list}.*.{}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

impl Place {
    /// The answer that it is, or that it is in.
    pub fn answer(&self) -> &str {
        self.list.as_ref().unwrap_or(&self.name)
    }

    /// What holds it: all answers, or each record of the list.
    fn holders<'v>(&self, answers: &'v mut Record) -> Vec<&'v mut Record> {
        match &self.list {
            None => vec![answers],
            Some(list) => {
                let items = answers.get_mut(list).and_then(Value::as_array_mut);
                items.into_iter().flatten().filter_map(Value::as_object_mut).collect()
            }
        }
    }
}

/// Recorded answers as the catalog asks for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Migrated {
    /// The answers.
    pub values: Map<String, Value>,
    /// How answers were called, where that was otherwise.
    pub was: BTreeMap<String, String>,
    /// A sentence for each migration that fitted.
    pub notes: Vec<String>,
}

/// Applies migrations where they fit.
pub fn migrate(migrations: &[Migration], values: Map<String, Value>) -> Migrated {
    let mut migrated = Migrated { values, ..Migrated::default() };
    for Migration { step, since } in migrations {
        let mut fitted = false;
        for holder in step.place().holders(&mut migrated.values) {
            fitted |= step.apply(holder);
        }
        if !fitted {
            continue;
        }
        if step.place().list.is_none() {
            let from = &step.source().name;
            let was = migrated.was.get(from).unwrap_or(from).clone();
            migrated.was.extend(step.targets().into_iter().map(|to| (to.name.clone(), was.clone())));
        }
        let since = since.as_ref().map(|version| format!(" since scaffold {version}")).unwrap_or_default();
        migrated.notes.push(format!("{}.", step.sentence(&since)));
    }
    migrated
}

/// The present name of an answer that was renamed once or more.
pub fn present_name<'m>(migrations: &'m [Migration], name: &str) -> Option<&'m str> {
    let mut present = None;
    for migration in migrations {
        if let Step::Rename(Rename { from, to }) = &migration.step
            && from.list.is_none()
            && from.name == present.unwrap_or(name)
        {
            present = Some(to.name.as_str());
        }
    }
    present
}

impl Migration {
    /// The values of an answer of that name for which it is known what they become, where an answer is split.
    pub fn choices(&self, name: &str) -> Option<Vec<&str>> {
        let Step::Split(Split { from, into }) = &self.step else { return None };
        let mut values: Vec<&str> = into.values().flat_map(IndexMap::keys).map(String::as_str).collect();
        values.sort_unstable();
        values.dedup();
        (from.list.is_none() && from.name == name).then_some(values)
    }

    /// The answers, or the fields, that an answer of that name has become.
    pub fn successors(&self, name: &str) -> Vec<Place> {
        let (from, to) = match &self.step {
            Step::Rename(Rename { from, to }) => (from, vec![to.clone()]),
            Step::Split(Split { from, into }) => (from, into.keys().cloned().collect()),
            Step::Collect(collect) => {
                let fields = collect.sources().filter(|(source, _)| source.from.name == name);
                let place = |field: &String| Place { list: Some(collect.into.name.clone()), name: field.clone() };
                return fields.map(|(_, field)| place(field)).collect();
            }
            Step::Map(_) | Step::Drop(_) => return Vec::new(),
        };
        if from.list.is_none() && from.name == name { to } else { Vec::new() }
    }
}

impl Step {
    /// The answer that it changes.
    fn place(&self) -> &Place {
        match self {
            Self::Rename(Rename { from, .. }) | Self::Split(Split { from, .. }) => from,
            Self::Map(MapValues { answer, .. }) | Self::Drop(Remove { answer, .. }) => answer,
            Self::Collect(Collect { into, .. }) => into,
        }
    }

    /// The answers whose values it changes or takes away.
    fn takes(&self, place: &Place) -> bool {
        match self {
            Self::Collect(collect) => collect.sources().any(|(source, _)| source.from == *place),
            _ => self.place() == place,
        }
    }

    /// The answer to point at, where the result of it is wrong.
    fn source(&self) -> &Place {
        match self {
            Self::Collect(collect) => collect.sources().next().map_or(&collect.into, |(source, _)| &source.from),
            _ => self.place(),
        }
    }

    /// The answers that it makes of it.
    fn targets(&self) -> Vec<&Place> {
        match self {
            Self::Rename(Rename { to, .. }) => vec![to],
            Self::Map(MapValues { answer, .. }) => vec![answer],
            Self::Split(Split { into, .. }) => into.keys().collect(),
            Self::Collect(Collect { into, .. }) => vec![into],
            Self::Drop(_) => Vec::new(),
        }
    }

    /// Changes what fits, and says whether there was anything.
    fn apply(&self, holder: &mut Record) -> bool {
        match self {
            Self::Rename(Rename { from, to }) => {
                if holder.contains_key(&to.name) {
                    return false;
                }
                let value = holder.shift_remove(&from.name);
                value.map(|value| holder.insert(to.name.clone(), value)).is_some()
            }
            Self::Map(MapValues { answer, values }) => {
                holder.get_mut(&answer.name).is_some_and(|value| map(value, values))
            }
            Self::Split(Split { from, into }) => {
                let Some(old) = holder.get(&from.name).and_then(word) else { return false };
                let new: Vec<_> = into.iter().filter_map(|(to, values)| Some((to, values.get(&old)?))).collect();
                if new.is_empty() {
                    return false;
                }
                holder.shift_remove(&from.name);
                for (to, value) in new {
                    holder.entry(&to.name).or_insert_with(|| value.clone());
                }
                true
            }
            Self::Collect(collect) => collect.apply(holder),
            Self::Drop(Remove { answer, .. }) => holder.shift_remove(&answer.name).is_some(),
        }
    }

    fn sentence(&self, since: &str) -> String {
        match self {
            Self::Rename(Rename { from, to }) => format!("Answer `{from}` is called `{to}`{since}"),
            Self::Map(MapValues { answer, .. }) => {
                format!("Answer `{answer}` has other values{since}, and was adapted")
            }
            Self::Split(Split { from, into }) => {
                let names: Vec<String> = into.keys().map(|to| format!("`{to}`")).collect();
                format!("Answer `{from}` is asked as {}{since}", names.join(" and "))
            }
            Self::Collect(collect) => {
                let names: Vec<String> = collect.sources().map(|(source, _)| format!("`{}`", source.from)).collect();
                format!("Answers {} are asked as `{}`{since}", and(&names), collect.into)
            }
            Self::Drop(Remove { answer, reason }) => format!("Answer `{answer}` is gone{since}: {reason}"),
        }
    }
}

/// `a`, `b` and `c`.
fn and(names: &[String]) -> String {
    match names {
        [init @ .., last] if !init.is_empty() => format!("{} and {last}", init.join(", ")),
        _ => names.concat(),
    }
}

fn map(value: &mut Value, values: &IndexMap<String, Value>) -> bool {
    let Value::Array(items) = value else {
        let new = word(value).and_then(|old| values.get(&old));
        return new.map(|new| *value = new.clone()).is_some();
    };
    let mut fitted = false;
    let mut mapped: Vec<Value> = Vec::new();
    for mut item in std::mem::take(items) {
        fitted |= map(&mut item, values);
        // two old values can have become the same new one
        if !mapped.contains(&item) {
            mapped.push(item);
        }
    }
    *items = mapped;
    fitted
}

/// A value as a key of a migration has it.
fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests;
