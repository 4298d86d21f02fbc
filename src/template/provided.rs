//! What the components that fill slots say of themselves: `provided.SLOT.FACT`, and in a record that fills a slot for itself
//! `service.provided.SLOT.FACT`.

use std::borrow::Cow;

use anyhow::{Context as _, Result};
use serde_json::{Map, Value, json};

use crate::catalog::question::{Known, Question, Record, Values};
use crate::catalog::slots::{PROVIDED, Provides, RecordProvider};
use crate::catalog::{Catalog, Component};
use crate::template::expression::Scope;

/// The names of a scope with the facts of one more slot: under `provided`, or in each record where the records fill it.
/// Nothing changes where no component fills it.
///
/// # Errors
/// When an expression fails, which is a fault of the catalog.
pub fn add(catalog: &Catalog, name: &str, scope: &Scope<'_>, names: &mut Values) -> Result<()> {
    let per = catalog.slots.slots.get(name).and_then(|slot| slot.per.as_ref());
    if let Some(list) = per.and_then(|per| catalog.records_question(per)) {
        // those of one list are computed together
        return if list.slots.last().is_some_and(|last| last.name == name) {
            add_to_records(list, scope, names)
        } else {
            Ok(())
        };
    }
    // what stands for having nothing there says nothing
    if let Some((component, provides)) = catalog.provider(name, scope).filter(|(_, provides)| !provides.none) {
        let macros = component.macros.as_ref().map(|(name, _)| name.as_str());
        let facts = facts(&component.name, macros, provides, &scope.with(&*names), &[])?;
        names.entry(PROVIDED.into()).or_insert_with(|| json!({}))[name] = facts;
    }
    Ok(())
}

/// The facts of all slots with these answers, under the names that templates have for them; each slot can use those of
/// earlier ones.
///
/// # Errors
/// As [`add`].
pub fn all(catalog: &Catalog, scope: &Scope<'_>) -> Result<Values> {
    let mut names = Values::from_iter([(PROVIDED.to_owned(), json!({}))]);
    for slot in catalog.slots.slots.keys() {
        add(catalog, slot, scope, &mut names)?;
    }
    Ok(names)
}

/// The facts of the slots of the project that can be computed with these answers, which need not be all.
pub fn known(catalog: &Catalog, scope: &Scope<'_>) -> Values {
    let mut all = Map::new();
    for name in catalog.slots.slots.iter().filter(|(_, slot)| slot.per.is_none()).map(|(name, _)| name) {
        let Some((_, provides)) = catalog.provider(name, scope).filter(|(_, provides)| !provides.none) else {
            continue;
        };
        let inner = scope.with([(&PROVIDED.to_owned(), &Value::Object(all.clone()))]);
        let fact = |expression: &String| serde_json::to_value(inner.eval(expression).ok()?).ok();
        let facts = provides.facts.iter().filter_map(|(name, expression)| Some((name.clone(), fact(expression)?)));
        all.insert(name.clone(), Value::Object(facts.collect()));
    }
    Values::from_iter([(PROVIDED.to_owned(), Value::Object(all))])
}

/// The answers with the names for fields of records that the active providers bring along.
pub fn read_as<'v>(catalog: &Catalog, active: &[&Component], values: Cow<'v, Values>) -> Cow<'v, Values> {
    let brought = active.iter().filter_map(|component| component.manifest.provides.as_ref());
    let mut brought = brought.flat_map(|provides| &provides.read_as).peekable();
    if brought.peek().is_none() {
        return values;
    }
    let mut values = values.into_owned();
    for (list, names) in brought.filter(|(list, _)| catalog.records_question(list).is_some()) {
        let records = values.get_mut(list).and_then(Value::as_array_mut);
        for record in records.into_iter().flatten().filter_map(Value::as_object_mut) {
            for (name, field) in names {
                if let Some(value) = record.get(field).cloned() {
                    record.insert(name.clone(), value);
                }
            }
        }
    }
    Cow::Owned(values)
}

/// The facts of the slots that a record fills, as far as its fields choose, together with those of the project: what
/// `provided` is in expressions over the record.
///
/// # Errors
/// As [`add`].
pub fn of_record(list: &Question, record: &Record, scope: &Scope<'_>) -> Result<Map<String, Value>> {
    let mut names = Map::new();
    let own = own_facts(list, record, scope)?;
    if !own.is_empty() {
        names.insert(PROVIDED.into(), merged(scope, &own));
    }
    Ok(names)
}

/// Puts the facts of all slots that the records of a list fill into the records.
fn add_to_records(list: &Question, scope: &Scope<'_>, names: &mut Values) -> Result<()> {
    let Some(Value::Array(records)) = scope.known(&list.name) else { return Ok(()) };
    let all: Vec<Record> = records.iter().filter_map(Value::as_object).cloned().collect();
    let mut records = records.clone();
    // what a record says of the others is in its shared fields, and there can be many
    let scope = scope.with(&*names).without(&list.name);
    for record in records.iter_mut().filter_map(Value::as_object_mut) {
        if let Some(other) = list.shared_by(record, &all) {
            record.extend(list.shared_fields(other));
        }
        let own = own_facts(list, record, &scope)?;
        let mut inner = record.clone();
        inner.insert(PROVIDED.into(), merged(&scope, &own));
        let derived = scope.with(&inner).derive(&list.derived)?;
        record.extend(derived);
        record.insert(PROVIDED.into(), Value::Object(own));
    }
    names.insert(list.name.clone(), Value::Array(records));
    Ok(())
}

/// The facts of the slots that a record fills; each slot can use those of earlier ones.
fn own_facts(list: &Question, record: &Record, scope: &Scope<'_>) -> Result<Map<String, Value>> {
    let mut own = Map::new();
    for slot in &list.slots {
        if !slot.fields.iter().all(|field| record.contains_key(field)) {
            continue;
        }
        let Some(RecordProvider { component, macros, provides }) = slot.provider(record, scope) else {
            continue;
        };
        let mut inner = record.clone();
        if !own.is_empty() {
            inner.insert(PROVIDED.into(), merged(scope, &own));
        }
        let open: Vec<&String> = slot.reads.iter().filter(|field| !record.contains_key(*field)).collect();
        let facts = facts(component, macros.as_deref(), provides, &scope.with(&inner), &open)?;
        own.insert(slot.name.clone(), facts);
    }
    Ok(own)
}

/// The facts of the project with those of a record.
fn merged(scope: &Scope<'_>, own: &Map<String, Value>) -> Value {
    let mut all = scope.known(PROVIDED).and_then(Value::as_object).cloned().unwrap_or_default();
    all.extend(own.clone());
    Value::Object(all)
}

/// The facts of a provider, without those that read a field which is not answered.
fn facts(
    component: &str,
    macros: Option<&str>,
    provides: &Provides,
    scope: &Scope<'_>,
    open: &[&String],
) -> Result<Value> {
    let mut facts = Map::from_iter([("provider".to_owned(), json!(component))]);
    if let Some(macros) = macros {
        facts.insert("macros".into(), json!(macros));
    }
    for (name, expression) in &provides.facts {
        if !open.is_empty() && scope.names_in(expression)?.iter().any(|name| open.contains(&name)) {
            continue;
        }
        let value = scope.eval(expression).with_context(|| format!("in the component `{component}`, `provides`"))?;
        facts.insert(name.clone(), serde_json::to_value(value)?);
    }
    Ok(Value::Object(facts))
}
