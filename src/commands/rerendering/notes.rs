//! What the catalog has an update say: about files that no single other one replaces, and about answers that changed.

use anyhow::Result;
use serde_json::Value;

use crate::answers::Answers;
use crate::base::Base;
use crate::catalog::question::{KindName, Question, Values};
use crate::catalog::{Catalog, Component};
use crate::render::context::Context;
use crate::template::engine;
use crate::template::expression::Scope;
use crate::text::value::brief;

/// What an update says that drops files for which no single other one stands.
pub(super) fn replaced(catalog: &Catalog, base: &Base, answers: &Answers, context: &Context) -> Result<Vec<String>> {
    let active = catalog.components.iter().filter(|component| answers.active.contains(&component.name));
    let was_there =
        |from: &str| base.tree.files.keys().any(|path| path == from || from.ends_with('/') && path.starts_with(from));
    let replaced =
        active.flat_map(|component| component.manifest.replaced.iter().map(move |replaced| (component, replaced)));
    let notes = replaced.filter(|(_, replaced)| was_there(&context.earlier.place(&replaced.from)));
    rendered(
        catalog,
        context,
        notes
            .map(|(component, replaced)| Note { of: Some(component), before: String::new(), text: &replaced.note })
            .collect(),
    )
}

/// A text of the catalog that an update prints.
struct Note<'c> {
    /// The component that has it, whose facts it may read.
    of: Option<&'c Component>,
    /// What stands before it.
    before: String,
    text: &'c String,
}

fn rendered(catalog: &Catalog, context: &Context, notes: Vec<Note<'_>>) -> Result<Vec<String>> {
    if notes.is_empty() {
        return Ok(Vec::new());
    }
    let env = engine::environment(catalog)?;
    let scope = Scope::new(&env, &context.values);
    let own = |component: &Component| context.own_values.get(&component.name).cloned().unwrap_or_default();
    notes
        .into_iter()
        .map(|note| Ok(note.before + &scope.with(&note.of.map(own).unwrap_or_default()).render(note.text)?))
        .collect()
}

/// What it means that answers differ from the recorded ones, where the catalog says so.
pub(super) fn changing(catalog: &Catalog, earlier: &Values, now: &Values, context: &Context) -> Result<Vec<String>> {
    let note = |question: &'_ Question| {
        let name = &question.name;
        let (old, new) = (earlier.get(name)?, now.get(name)?);
        match question.kind {
            KindName::Records => {
                let gone = gone(question, old, new);
                let is = if gone.len() == 1 { "is" } else { "are" };
                (!gone.is_empty()).then(|| format!("Of `{name}`, {} {is} gone. ", gone.join(", ")))
            }
            _ => (old != new && !question.is_later(old))
                .then(|| format!("`{name}` was `{}` and becomes `{}`. ", brief(old), brief(new))),
        }
    };
    let mut notes = Vec::new();
    for (of, question) in catalog.questions() {
        let own = note(question).zip(question.changing.as_ref());
        notes.extend(own.map(|(before, text)| Note { of, before, text }));
        let Some((old, new)) = earlier.get(&question.name).zip(now.get(&question.name)) else { continue };
        for (field, text) in question.fields.iter().filter_map(|field| Some((field, field.changing.as_ref()?))) {
            let befores = changed(question, field, old, new);
            notes.extend(befores.into_iter().map(|before| Note { of, before, text }));
        }
    }
    rendered(catalog, context, notes)
}

/// What a field was and becomes, in each record that stays.
fn changed(question: &Question, field: &Question, old: &Value, new: &Value) -> Vec<String> {
    let Some(key) = question.unique.first() else { return Vec::new() };
    let name = &field.name;
    let records = |list: &Value| -> Vec<(String, Value)> {
        let records = list.as_array().into_iter().flatten();
        records.filter_map(|record| Some((brief(record.get(key)?), record.get(name)?.clone()))).collect()
    };
    let new = records(new);
    // where there was no id, nothing was applied
    let answered = records(old).into_iter().filter(|(_, was)| !field.is_later(was));
    let kept = answered.filter_map(|(record, was)| {
        let is = &new.iter().find(|(other, _)| *other == record)?.1;
        (was != *is).then(|| format!("`{name}` of `{record}` was `{}` and becomes `{}`. ", brief(&was), brief(is)))
    });
    kept.collect()
}

/// The records that there are no more, by the first field in which all must differ. One that has another name now is a
/// new one to everything that carries the name.
fn gone(question: &Question, old: &Value, new: &Value) -> Vec<String> {
    let Some(field) = question.unique.first() else { return Vec::new() };
    let keys = |list: &Value| -> Vec<Value> {
        list.as_array().into_iter().flatten().filter_map(|record| record.get(field)).cloned().collect()
    };
    let left = keys(new);
    keys(old).iter().filter(|key| !left.contains(key)).map(|key| format!("`{}`", brief(key))).collect()
}
