//! The answers, question by question: what was asked, the value, where it came from.

use serde::Serialize;
use serde_json::Value;

use super::Page;
use crate::answers::Origin;
use crate::catalog::question::{KindName, Question};
use crate::text::value::brief;
use crate::text::visible;

/// An answer for the page.
#[derive(Debug, Serialize)]
pub struct AnswerView {
    pub name: String,
    /// What was asked.
    pub ask: String,
    /// The value; of a list of records only that there are some.
    pub value: String,
    /// The records, field by field.
    pub records: Vec<Vec<(String, String)>>,
    /// Where it came from.
    pub origin: String,
}

/// All answers in the order of the questions.
pub fn all(page: &Page<'_>) -> Vec<AnswerView> {
    let asked = page.catalog.questions().filter_map(|(_, q)| Some((q, page.answers.values.get(&q.name)?)));
    asked.map(|(question, value)| answer(page, question, value)).collect()
}

fn answer(page: &Page<'_>, question: &Question, value: &Value) -> AnswerView {
    let records = match (question.kind, value) {
        (KindName::Records, Value::Array(items)) => items.iter().map(record).collect(),
        _ => Vec::new(),
    };
    AnswerView {
        name: question.name.clone(),
        ask: visible(&question.ask, true).into_owned(),
        value: if records.is_empty() { shown(question, value) } else { String::new() },
        records,
        origin: page.answers.origins.get(&question.name).map(from).unwrap_or_default(),
    }
}

fn record(item: &Value) -> Vec<(String, String)> {
    let fields = item.as_object().into_iter().flatten();
    fields.map(|(name, value)| (visible(name, true).into_owned(), visible(&brief(value), true).into_owned())).collect()
}

/// A choice with its title, as whoever reads the page may not know its name.
fn shown(question: &Question, value: &Value) -> String {
    let title = question.choices.iter().find(|choice| value == choice.value.as_str()).map(|choice| &choice.title);
    match title {
        Some(title) => format!("{} ({})", visible(&brief(value), true), visible(title, true)),
        None => visible(&brief(value), true).into_owned(),
    }
}

/// Where a value came from, without a path of this machine.
fn from(origin: &Origin) -> String {
    match origin {
        Origin::Default => "default".into(),
        Origin::Preset(name) => format!("preset {}", visible(name, true)),
        Origin::Folder => "the name of the folder".into(),
        Origin::Detected(place) => format!("found in {}", visible(place, true)),
        Origin::Recorded(_) => "as recorded".into(),
        Origin::File(_) => "answers file".into(),
        Origin::Flag => "--set".into(),
        Origin::Prompt => "asked".into(),
    }
}
