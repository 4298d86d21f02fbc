//! One question, by its kind, until its check is content.

use anyhow::Result;
use serde_json::{Value, json};

use super::beside::{self, Compare};
use super::{Dialog, MenuItem, Prefill, Prompt, lines_of, origin_text};
use crate::answers::Origin;
use crate::answers::check::Check;
use crate::catalog::later::LATER;
use crate::catalog::question::{KindName, Question};
use crate::terminal::ui::Style;

/// Asks for anything but records. `more` may refuse what the check lets through.
pub(super) fn ask_one(
    dialog: &Dialog,
    current: Option<&Value>,
    origin: &Origin,
    check: &Check<'_>,
    compare: Compare<'_>,
    more: &dyn Fn(&Value) -> Result<(), String>,
) -> Result<Value> {
    let question = check.question();
    let help = help(question, origin);
    let ask = Prompt { ask: &question.ask, help: &help };
    let verdict = |value: &Value| {
        check.value(value).map_err(|why| refusal(question, &why.join("; ")))?;
        more(value)
    };
    let mut choices = Vec::new();
    for choice in &question.choices {
        let label = match check.excluded(choice) {
            Some(needs) => format!("{} (needs {needs})", choice.title),
            None => choice.title.clone(),
        };
        choices.push(MenuItem { label, answer: choice.value.clone() });
    }
    match question.kind {
        KindName::Bool => loop {
            let value = json!(dialog.yes_no(ask, current.and_then(Value::as_bool))?);
            if accepted(dialog, verdict(&value)) {
                return Ok(value);
            }
        },
        KindName::Choice => loop {
            let start = question.choices.iter().position(|c| current == Some(&json!(c.value))).unwrap_or(0);
            let chosen = beside::one_of(dialog, ask, choices.clone(), start, compare)?;
            let value = json!(question.choices.get(chosen).map(|c| &c.value));
            if accepted(dialog, verdict(&value)) {
                return Ok(value);
            }
        },
        KindName::MultiChoice => {
            let given = current.and_then(Value::as_array).cloned().unwrap_or_default();
            let mut marked: Vec<usize> = (0..question.choices.len())
                .filter(|i| question.choices.get(*i).is_some_and(|c| given.contains(&json!(c.value))))
                .collect();
            loop {
                marked = dialog.any_of(ask, choices.clone(), &marked)?;
                let value: Vec<&String> =
                    marked.iter().filter_map(|i| question.choices.get(*i)).map(|c| &c.value).collect();
                let value = json!(value);
                if accepted(dialog, verdict(&value)) {
                    return Ok(value);
                }
            }
        }
        _ => {
            let line = current.map(line_of).unwrap_or_default();
            let start = match current {
                None => Prefill::Empty,
                // a folder is often called otherwise than what it holds: a name to be replaced, not a text to be corrected
                Some(_) if *origin == Origin::Folder => Prefill::Default(&line),
                Some(_) => Prefill::Text(&line),
            };
            let words: Vec<&str> = question.one_of.iter().map(String::as_str).collect();
            let text = dialog.text(ask, start, &words, &|text| verdict(&value_of(question.kind, text)))?;
            Ok(value_of(question.kind, &text))
        }
    }
}

/// Whether a value was accepted; the refusal is shown.
pub(super) fn accepted(dialog: &Dialog, verdict: Result<(), String>) -> bool {
    if let Err(why) = &verdict {
        dialog.ui.say(&format!("{} {}", dialog.ui.err.text(Style::Error, "!"), lines_of(&dialog.ui, why)));
    }
    verdict.is_ok()
}

/// The refusal of a value that the person sees before them: without the name of the answer.
fn refusal(question: &Question, why: &str) -> String {
    match why.strip_prefix(&format!("answer `{}` is ", question.name)) {
        Some(rest) if rest.starts_with("empty, ") => format!("the answer is {rest}"),
        Some(rest) => rest.replacen("`, which ", "` ", 1),
        None => why.to_string(),
    }
}

/// What a person types, as a value; the check decides whether it is one.
fn value_of(kind: KindName, text: &str) -> Value {
    match kind {
        KindName::Integer | KindName::Port => number_of(text),
        KindName::Ports => items_of(text).map(number_of).collect(),
        KindName::EnvNames | KindName::Texts => items_of(text).collect(),
        KindName::Variables if text.trim_start().starts_with('{') => {
            serde_yaml::from_str(text).unwrap_or_else(|_| json!(text))
        }
        KindName::Variables => {
            let items: Vec<&str> = text.split(", ").map(str::trim).filter(|item| !item.is_empty()).collect();
            let pairs: Option<Vec<(&str, &str)>> = items.iter().map(|item| item.split_once('=')).collect();
            let map = |pairs: Vec<(&str, &str)>| {
                Value::Object(pairs.into_iter().map(|(k, v)| (k.into(), json!(v))).collect())
            };
            pairs.map_or_else(|| json!(text), map)
        }
        _ => json!(text),
    }
}

/// What is typed with commas or spaces between.
fn items_of(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ' ']).filter(|item| !item.is_empty())
}

fn number_of(text: &str) -> Value {
    text.parse::<i64>().map_or_else(|_| json!(text), |n| json!(n))
}

/// A value as a person would type it.
pub(super) fn line_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(line_of).collect::<Vec<_>>().join(", "),
        Value::Object(items) => {
            let pair = |(name, value): (&String, &Value)| {
                let text = value.as_str().filter(|text| !text.contains(", "))?;
                Some(format!("{name}={text}"))
            };
            let pairs: Option<Vec<String>> = items.iter().map(pair).collect();
            pairs.map_or_else(|| value.to_string(), |pairs| pairs.join(", "))
        }
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// Why it matters, and where the value that is filled in was found.
pub(super) fn help(question: &Question, origin: &Origin) -> String {
    let mut help = question.help.clone();
    if let Origin::Folder | Origin::Detected(_) = origin {
        help.insert_str(0, &format!("({}) ", origin_text(origin).unwrap_or_default()));
    }
    if question.kind == KindName::Variables {
        help.push_str(" Type them as NAME=value, NAME=value.");
    }
    if question.later.is_some() {
        help.push_str(&format!(" Type `{LATER}` if it does not exist yet."));
    }
    help
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::catalog::source;

    #[test]
    fn ports_are_typed_in_one_line() {
        assert_eq!(value_of(KindName::Ports, "587, 6379"), json!([587, 6379]));
        assert_eq!(value_of(KindName::Ports, "587 smtp"), json!([587, "smtp"]));
        assert_eq!(value_of(KindName::Ports, ""), json!([]));
        assert_eq!(line_of(&json!([587, 6379])), "587, 6379");
    }

    #[test]
    fn variables_are_typed_as_pairs_or_as_yaml() {
        for (typed, value) in [
            ("A_B=1, C_D=x=y z", json!({"A_B": "1", "C_D": "x=y z"})),
            ("", json!({})),
            ("{\"A_B\":{\"home\":\"build\",\"value\":\"x\"}}", json!({"A_B": {"home": "build", "value": "x"}})),
        ] {
            assert_eq!(value_of(KindName::Variables, typed), value);
            assert_eq!(line_of(&value), typed);
        }
        assert_eq!(value_of(KindName::Variables, "{A_B: 1"), json!("{A_B: 1"));
        assert_eq!(value_of(KindName::Variables, "A_B"), json!("A_B"));
    }

    #[test]
    fn what_was_found_stands_beside_its_value() {
        let (catalog, _) = Catalog::parse(source::embedded());
        let question = catalog.question("name").unwrap();
        let found = help(question, &Origin::Detected("backend/package.json:2".into()));
        assert_eq!(found, format!("(found in backend/package.json:2) {}", question.help));
        assert_eq!(help(question, &Origin::Default), question.help);
        let variables = catalog.question("services").unwrap().field("variables").unwrap();
        assert!(help(variables, &Origin::Default).ends_with(" Type them as NAME=value, NAME=value."));
    }
}
