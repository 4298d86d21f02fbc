//! Recorded fields that are only defaults: they follow the answers behind them. The host of an environment moves with the
//! domain, and the commands of a service with its language. What was chosen stays, even where it is the default as well.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::answers::check::{Check, Fields};
use crate::catalog::Catalog;
use crate::catalog::later::record_names;
use crate::catalog::question::{KindName, Question, Record, Values};
use crate::template::expression::Scope;
use crate::text::value::brief;

/// What a field of a record is called in the record of answers, as `services.api.database`.
pub(super) fn field_path(question: &Question, record: &str, field: &str) -> String {
    format!("{}.{record}.{field}", question.name)
}

/// Leaves out of recorded records what is only the default with the recorded answers, so that it becomes the default with
/// the new ones. What is not was said, and becomes one of the chosen.
pub(super) fn leave_defaults_out(
    question: &Question,
    records: &mut Value,
    recorded: &Scope<'_>,
    chosen: &mut BTreeSet<String>,
) {
    for Followed { number, field, path, is_default } in followed(question, records, recorded) {
        if !is_default {
            chosen.insert(path);
        } else if let Some(Value::Object(record)) = records.get_mut(number).filter(|_| !chosen.contains(&path)) {
            record.shift_remove(field);
        }
    }
}

/// The fields of records that are what their default is and were chosen all the same, with those that the record lists as such and
/// that are not asked now. And what to say of the others that are not what is recorded.
pub(super) fn chosen_and_changed(
    catalog: &Catalog,
    recorded: &Record,
    (values, kept): (&Values, &Values),
    scope: &Scope<'_>,
    [chosen, listed]: [&BTreeSet<String>; 2],
) -> (Vec<String>, Option<String>) {
    let (mut also, mut changed) = (Vec::new(), Vec::new());
    for (_, question) in catalog.questions() {
        let Some(records) = values.get(&question.name).filter(|_| question.kind == KindName::Records) else { continue };
        let earlier = recorded.get(&question.name).unwrap_or(&Value::Null);
        if earlier == records && chosen.is_empty() {
            continue;
        }
        let (names, present) = (record_names(question, earlier), record_names(question, records));
        for Followed { number, field, path, .. } in
            followed(question, records, scope).into_iter().filter(|one| one.is_default)
        {
            let is = &records[number][field];
            let was = names.iter().position(|name| *name == present[number]).and_then(|at| earlier[at].get(field));
            if chosen.contains(&path) {
                also.push(path);
            } else if let Some(was) = was.filter(|was| *was != is) {
                changed.push(format!("`{path}` from `{}` to `{}`", brief(was), brief(is)));
            }
        }
        let hidden = kept.get(&format!("{}.*", question.name)).and_then(Value::as_array).into_iter().flatten();
        for fields in hidden.filter_map(Value::as_object) {
            let Some(name) = fields.values().next().and_then(Value::as_str) else { continue };
            let paths = fields.keys().map(|field| field_path(question, name, field));
            also.extend(paths.filter(|path| listed.contains(path)));
        }
    }
    let note =
        (!changed.is_empty()).then(|| format!("With the other answers these defaults change: {}.", changed.join(", ")));
    (also, note)
}

/// A field of a record whose default an expression makes.
struct Followed<'q> {
    /// The number of the record.
    number: usize,
    field: &'q str,
    path: String,
    /// Whether the value is what the default is.
    is_default: bool,
}

/// The fields of records whose default an expression makes. A field that is not asked has no default.
fn followed<'q>(question: &'q Question, records: &Value, scope: &Scope<'_>) -> Vec<Followed<'q>> {
    let all: Vec<Record> = records.as_array().into_iter().flatten().filter_map(Value::as_object).cloned().collect();
    let check = Check::new(scope.clone(), question).among(&all);
    let mut followed = Vec::new();
    let items = records.as_array().into_iter().flatten().enumerate().zip(record_names(question, records));
    for ((number, record), name) in items {
        let Some(record) = record.as_object() else { continue };
        let fields = Fields::of(&check, record);
        for field in question.fields.iter().filter(|field| field.default_expr.is_some()) {
            let Some(value) = record.get(&field.name) else { continue };
            let rules = fields.rules(field);
            if let (Ok(true), Ok(Some(default))) = (rules.is_asked(), rules.default_value()) {
                let path = field_path(question, &name, &field.name);
                followed.push(Followed { number, field: &field.name, path, is_default: default == *value });
            }
        }
    }
    followed
}
