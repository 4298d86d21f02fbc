//! What the folder tells of a list follows the answers before it, also once a person confirmed the list: an address that was a
//! secret is that of a cache as soon as one is made. What the person changed stays.

use serde_json::{Map, Value};

use crate::catalog::question::Question;

/// Brings records from what the folder told before to what it tells now.
pub(super) fn renew(question: &Question, records: &mut Value, before: &Value, now: &Value) {
    for record in records.as_array_mut().into_iter().flatten() {
        let (was, is) = (same(question, before, record), same(question, now, record));
        if let (Value::Object(record), Some(Value::Object(was)), Some(Value::Object(is))) = (record, was, is) {
            renew_fields(record, was, is);
        }
    }
}

/// The record of a list that is this one, by the first of the fields that tell records apart.
fn same<'l>(question: &Question, list: &'l Value, record: &Value) -> Option<&'l Value> {
    question.unique.iter().find_map(|field| {
        let key = record.get(field)?;
        list.as_array()?.iter().find(|other| other.get(field) == Some(key))
    })
}

fn renew_fields(fields: &mut Map<String, Value>, was: &Map<String, Value>, is: &Map<String, Value>) {
    let new = is.keys().filter(|name| !was.contains_key(*name));
    for name in was.keys().chain(new).filter(|name| was.get(*name) != is.get(*name)) {
        match (fields.get_mut(name), was.get(name), is.get(name)) {
            (Some(Value::Array(items)), was, is) => {
                let list = |value: Option<&Value>| value.and_then(Value::as_array).cloned().unwrap_or_default();
                let (was, is) = (list(was), list(is));
                items.retain(|item| !was.contains(item) || is.contains(item));
                let new: Vec<Value> =
                    is.into_iter().filter(|item| !was.contains(item) && !items.contains(item)).collect();
                items.extend(new);
            }
            (Some(Value::Object(values)), was, is) => {
                let map = |value: Option<&Value>| value.and_then(Value::as_object).cloned().unwrap_or_default();
                renew_fields(values, &map(was), &map(is));
            }
            (own, was, is) if own.as_deref().is_none_or(is_nothing) || own.as_deref() == was => match is {
                Some(value) => drop(fields.insert(name.clone(), value.clone())),
                None => drop(fields.shift_remove(name)),
            },
            _ => {}
        }
    }
}

/// Whether a value is what a field has that was never said.
fn is_nothing(value: &Value) -> bool {
    matches!(value, Value::Null | Value::Bool(false)) || value.as_str() == Some("")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::renew;
    use crate::catalog::question::Question;

    #[test]
    fn what_a_person_changed_stays() {
        let question: Question =
            serde_yaml::from_str("{name: services, ask: Which?, help: x, kind: records, unique: [name, path]}")
                .unwrap();
        let before = json!([
            {"name": "api", "path": "a", "secrets": ["REDIS_URL", "KEY"], "egress_ports": [6379], "variables": {"A": "1"}},
            {"name": "mails", "path": "m", "database": true},
            {"name": "jobs", "path": "j", "start": "x"},
        ]);
        let now = json!([
            {"name": "api", "path": "a", "secrets": ["KEY"], "cache": true, "variables": {"A": "1", "REDIS_URL": "${cache.url}"}},
            {"name": "mails", "path": "m", "secrets": ["DATABASE_URL"]},
            {"name": "jobs", "path": "j", "start": "y"},
        ]);
        let mut records = json!([
            {"name": "api", "path": "a", "secrets": ["REDIS_URL", "KEY", "MINE"], "egress_ports": [6379, 587], "cache": false,
             "variables": {"A": "2", "B": "3"}},
            {"name": "letters", "path": "m", "database": true, "secrets": []},
            {"name": "jobs", "path": "j", "start": "mine"},
            {"name": "new", "path": "n", "start": "z"},
        ]);
        renew(&question, &mut records, &before, &now);
        let wanted = json!([
            {"name": "api", "path": "a", "secrets": ["KEY", "MINE"], "egress_ports": [587], "cache": true,
             "variables": {"A": "2", "B": "3", "REDIS_URL": "${cache.url}"}},
            {"name": "letters", "path": "m", "secrets": ["DATABASE_URL"]},
            {"name": "jobs", "path": "j", "start": "mine"},
            {"name": "new", "path": "n", "start": "z"},
        ]);
        assert_eq!(records, wanted);
        renew(&question, &mut records, &now, &before);
        assert_eq!(records[0]["secrets"], json!(["KEY", "MINE", "REDIS_URL"]));
        assert_eq!(records[0].get("cache"), None);
    }
}
