//! Variables that the code reads and nothing in the folder gives a value for production, in one list.

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::one::accepted;
use super::{Dialog, MenuItem, Prefill, Prompt};
use crate::answers::check::Check;
use crate::catalog::question::{FindingName, Question, Record};
use crate::detect::Unknown;
use crate::text::{columns, cut, path};

/// A variable of one of the records.
struct Open<'u> {
    record: usize,
    unknown: &'u Unknown,
}

/// Lets the person give values, as many as they know; the others stay open.
///
/// # Errors
/// When the person goes back to the list, or leaves.
pub(super) fn ask(dialog: &Dialog, list: &mut [Record], unknown: &[Unknown], check: &Check<'_>) -> Result<()> {
    let question = check.question();
    let field = |finding: FindingName| question.fields.iter().find(|field| field.is_detected_by(finding));
    let (Some(folder), Some(variables)) = (field(FindingName::ServicePath), field(FindingName::Variables)) else {
        return Ok(());
    };
    let mut open = open(list, unknown, folder);
    let secrets = field(FindingName::Secrets);
    open.retain(|one| {
        let record = list.get(one.record).zip(secrets);
        let name = &one.unknown.variable.value.name;
        let given = record.map(|(record, secrets)| check.within(record, secrets).set_already(name));
        // where that cannot be told, it is asked
        !matches!(given, Some(Ok(Some(_))))
    });
    let mut start = 0;
    while !open.is_empty() {
        let value = |one: &Open<'_>| {
            let name = one.unknown.variable.value.name.as_str();
            Some(list.get(one.record)?.get(&variables.name)?.get(name)?.as_str()?.to_owned())
        };
        let names: Vec<String> = open.iter().map(|one| called(list, one)).collect();
        let width = names.iter().map(|name| columns(name)).max().unwrap_or(0);
        let rest = open.iter().filter(|one| value(one).is_none()).count();
        let done = if rest == 0 { "Go on" } else { "Go on; what is left open is listed at the end" };
        let mut items = vec![MenuItem { label: done.into(), answer: "done".into() }];
        items.extend(open.iter().zip(&names).map(|(one, name)| {
            let shown = value(one)
                .map_or_else(|| format!("read in {}", one.unknown.variable.found_in), |value| format!("= {value}"));
            let label = format!("{name:width$}  {shown}");
            MenuItem {
                label: cut(&label, dialog.ui.width().saturating_sub(4), dialog.ui.unicode),
                answer: name.clone(),
            }
        }));
        let ask = Prompt {
            ask: "Which values of the code's variables in production do you know?",
            help: "Nothing in the code tells them. They are committed, so no secrets; `${url}` and other references are filled in",
        };
        let chosen = dialog.one_of(ask, items, start)?;
        let Some(one) = chosen.checked_sub(1).and_then(|i| open.get(i)) else { break };
        let name = one.unknown.variable.value.name.clone();
        let Some(record) = list.get(one.record) else { break };
        let rules = check.among(list);
        let rules = rules.within(record, variables);
        let with = |text: &str| {
            let mut values = record.get(&variables.name).and_then(Value::as_object).cloned().unwrap_or_default();
            values.insert(name.clone(), json!(text));
            Value::Object(values)
        };
        let refused = |text: &str| rules.value(&with(text)).map(drop).map_err(|why| why.join("; "));
        let shown = value(one).unwrap_or_default();
        let prefill = if shown.is_empty() { Prefill::Empty } else { Prefill::Text(&shown) };
        let asked = format!("What is `{name}` in production?");
        let typed = dialog.text(Prompt { ask: &asked, help: "Empty leaves it open" }, prefill, &[], &|text| {
            if text.is_empty() { Ok(()) } else { refused(text) }
        });
        match typed {
            // back to the variables
            Err(e) if e.is::<crate::text::error::Back>() => {}
            typed => {
                let typed = typed?;
                let values = if typed.is_empty() { without(record, variables, &name) } else { with(&typed) };
                let verdict = rules.value(&values).map_err(|why| why.join("; "));
                if accepted(dialog, verdict.clone().map(drop))
                    && let (Ok(values), Some(record)) = (verdict, list.get_mut(one.record))
                {
                    record.insert(variables.name.clone(), values);
                }
            }
        }
        start = chosen;
    }
    Ok(())
}

/// The variables of the records whose values nothing tells, in their order; also those that a person gave one.
fn open<'u>(list: &[Record], unknown: &'u [Unknown], folder: &Question) -> Vec<Open<'u>> {
    let text = |record: &Record| {
        let folder = record.get(&folder.name)?.as_str()?;
        Some(if folder == path::WHOLE { String::new() } else { folder.to_owned() })
    };
    let of_record = |(i, record): (usize, &Record)| {
        let folder = text(record);
        let is_it = |one: &&Unknown| Some(&one.folder) == folder.as_ref() && one.part_of.is_none();
        unknown.iter().filter(is_it).map(|unknown| Open { record: i, unknown }).collect::<Vec<_>>()
    };
    list.iter().enumerate().flat_map(of_record).collect()
}

/// The service and its variable.
fn called(list: &[Record], one: &Open<'_>) -> String {
    let record = list.get(one.record).and_then(|record| record.values().next()).and_then(Value::as_str);
    format!("{} {}", record.unwrap_or_default(), one.unknown.variable.value.name)
}

fn without(record: &Record, variables: &Question, name: &str) -> Value {
    let values = record.get(&variables.name).and_then(Value::as_object).cloned().unwrap_or_default();
    Value::Object(values.into_iter().filter(|(other, _)| other != name).collect::<Map<_, _>>())
}
