//! Recorded answers that are not asked now. They stay recorded, and so come back when they are asked again: a database
//! that is moved away and back keeps its size, a service that becomes static and back keeps its secrets.
//!
//! Of an answer that is a list of records, single fields can be kept. They are recorded as `NAME.*`, a list of records
//! whose first field says to which one they belong.

use serde_json::{Map, Value};

use crate::answers::check::{Check, Fields};
use crate::answers::file::AnswersFile;
use crate::catalog::Catalog;
use crate::catalog::question::{KindName, Question, Record, Values};
use crate::text::error::nearest;
use crate::text::value::brief;

/// Puts what was kept back among the recorded answers, where nothing else stands.
pub(super) fn restore(recorded: &mut Record, kept: &Values) {
    for (name, value) in kept {
        match name.strip_suffix(".*").and_then(|list| recorded.get_mut(list)) {
            Some(list) => restore_fields(list, value),
            None => drop(recorded.entry(name).or_insert_with(|| value.clone())),
        }
    }
}

fn restore_fields(list: &mut Value, kept: &Value) {
    for entry in records(kept) {
        let Some((id, value)) = entry.iter().next() else { continue };
        let mut records = list.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut);
        if let Some(record) = records.find(|record| record.get(id) == Some(value)) {
            for (field, value) in entry {
                record.entry(field).or_insert_with(|| value.clone());
            }
        }
    }
}

/// What is recorded and not among the values.
pub(super) fn of(catalog: &Catalog, recorded: &Record, values: &Values) -> Values {
    let mut kept = Values::new();
    for (name, old) in recorded {
        match (values.get(name), catalog.question(name)) {
            (None, _) => drop(kept.insert(name.clone(), old.clone())),
            (Some(new), Some(question)) => {
                let fields = fields_of(question, old, new);
                if !fields.is_empty() {
                    kept.insert(format!("{name}.*"), Value::Array(fields));
                }
            }
            (Some(_), None) => {}
        }
    }
    kept
}

fn fields_of(question: &Question, old: &Value, new: &Value) -> Vec<Value> {
    let first = question.fields.first().map(|field| &field.name);
    let Some(id) = question.unique.first().or(first) else { return Vec::new() };
    let mut kept = Vec::new();
    for old in records(old) {
        let Some(new) = records(new).find(|new| new.get(id) == old.get(id)) else { continue };
        let fields: Record =
            old.iter().filter(|(f, _)| !new.contains_key(*f)).map(|(f, v)| (f.clone(), v.clone())).collect();
        if let (false, Some(value)) = (fields.is_empty(), old.get(id)) {
            let mut entry = Record::from_iter([(id.clone(), value.clone())]);
            entry.extend(fields);
            kept.push(Value::Object(entry));
        }
    }
    kept
}

/// What to say of kept fields whose record is gone, or is called otherwise now: they go with it.
pub(super) fn without_record(kept: &Values, values: &Values) -> Vec<String> {
    let mut notes = Vec::new();
    for (name, entries) in kept {
        let Some((list, value)) = name.strip_suffix(".*").and_then(|list| Some((list, values.get(list)?))) else {
            continue;
        };
        for entry in records(entries) {
            let mut parts = entry.iter();
            let Some((id, of)) = parts.next() else { continue };
            if !records(value).any(|record| record.get(id) == Some(of)) {
                let fields: Vec<String> = parts.map(|(field, _)| format!("`{field}`")).collect();
                notes.push(format!(
                    "The kept answers of `{}` ({}) are dropped: none of `{list}` has that `{id}`.",
                    brief(of),
                    fields.join(", ")
                ));
            }
        }
    }
    notes
}

/// A value without the fields that stand so in the recorded answers, or stood in the same record beneath `--set`, and have no
/// meaning any more: changing the field on which they hang is not a mistake.
pub(super) fn without_lost(
    check: &Check<'_>,
    value: &Value,
    recorded: Option<&Value>,
    beneath: Option<&Value>,
) -> Value {
    let (KindName::Records, Value::Array(items)) = (check.question().kind, value) else { return value.clone() };
    let all: Vec<Record> = records(value).cloned().collect();
    let check = &check.among(&all);
    let item = |(i, item): (usize, &Value)| match item {
        Value::Object(record) => {
            let there = beneath.and_then(|list| list.get(i)?.as_object());
            let earlier: Vec<&Record> = recorded.into_iter().flat_map(records).chain(there).collect();
            Value::Object(record_without_lost(check, record, &earlier))
        }
        other => other.clone(),
    };
    Value::Array(items.iter().enumerate().map(item).collect())
}

fn record_without_lost(check: &Check<'_>, record: &Record, earlier: &[&Record]) -> Record {
    let question = check.question();
    let mut left = record.clone();
    let was_there = |field: &str, value: &Value| earlier.iter().any(|r| r.get(field) == Some(value));
    left.retain(|field, value| question.field(field).is_some() || !was_there(field, value));
    let mut fields = Fields::new(check);
    for field in &question.fields {
        let rules = fields.rules(field);
        // what hangs on a wrong value cannot be decided; the wrong value is refused anyway
        if !rules.is_asked().unwrap_or(true) {
            left.retain(|name, value| *name != field.name || !was_there(name, value));
        } else if let Some(value) = record.get(&field.name).cloned().or_else(|| rules.default_value().ok().flatten()) {
            fields.know(field, value);
        }
    }
    left
}

/// What to say of a recorded answer that no question has as its name. Once it is in the section for kept ones, nothing.
pub(super) fn unknown(catalog: &Catalog, name: &str, file: &AnswersFile, place: &str) -> Option<String> {
    let near = nearest(name, catalog.questions().map(|(_, q)| q.name.as_str()));
    let near = near.map(|near| format!(" Did you mean `{near}`?")).unwrap_or_default();
    (!file.kept.contains_key(name))
        .then(|| format!("Answer `{name}` ({place}) is unknown to this scaffold, and is kept.{near}"))
}

/// The same for the fields of records.
pub(super) fn unknown_fields(question: &Question, value: &Value, file: &AnswersFile, place: &str) -> Vec<String> {
    if question.kind != KindName::Records {
        return Vec::new();
    }
    let kept = file.kept.get(&format!("{}.*", question.name)).unwrap_or(&Value::Null);
    let is_new = |field: &str| question.field(field).is_none() && !records(kept).any(|entry| entry.contains_key(field));
    let mut fields: Vec<&String> = records(value).flat_map(Map::keys).filter(|field| is_new(field)).collect();
    fields.sort();
    fields.dedup();
    let name = &question.name;
    let note = |f| format!("Field `{f}` of answer `{name}` ({place}) is unknown to this scaffold, and is kept.");
    fields.into_iter().map(note).collect()
}

fn records(value: &Value) -> impl Iterator<Item = &Record> {
    value.as_array().into_iter().flatten().filter_map(Value::as_object)
}
