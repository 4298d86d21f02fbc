//! Answers that are `later`: the id does not exist yet. Templates see a mark in its place, so that it is known which files
//! wait for the answer.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::catalog::Catalog;
use crate::catalog::question::{KindName, Question, Values};

/// The answer in place of an id that does not exist yet.
pub const LATER: &str = "later";

/// Stands before and behind the name of the answer. A character that no answer can have.
pub const MARK: char = '\u{f8ff}';

/// Files that wait together with others, as a component declares it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waits {
    /// A file, or a folder with its `/`: while it or one of its files waits for an answer, the others wait too.
    pub with: String,
    /// Those others: files, and folders with their `/`.
    #[serde(default)]
    pub files: Vec<String>,
    /// Needs that are open meanwhile, where the evidence of the component does not name what waits.
    #[serde(default)]
    pub needs: Vec<String>,
}

/// An answer that is `later`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct OpenAnswer {
    /// What `--set` calls it, such as `environments.staging.account`.
    pub name: String,
    /// What stands for it in documents, such as `STAGING_ACCOUNT_ID`.
    pub placeholder: String,
    pub ask: String,
}

impl OpenAnswer {
    /// What templates see in place of the value.
    fn mark(&self) -> String {
        format!("{MARK}{}{MARK}", self.name)
    }

    /// The arguments that answer it.
    pub fn set(&self) -> String {
        format!("--set {}=ID", self.name)
    }
}

impl Question {
    /// Whether the value is the word for an id that does not exist yet.
    pub fn is_later(&self, value: &Value) -> bool {
        self.later.is_some() && value == LATER
    }
}

/// The answers that are `later`.
pub fn open_answers(catalog: &Catalog, values: &Values) -> Vec<OpenAnswer> {
    let all = answers_that_can_wait(catalog, values).into_iter();
    all.filter(|(_, value)| *value == LATER).map(|(answer, _)| answer).collect()
}

/// The answers that could be `later`, with their values.
pub fn answers_that_can_wait<'v>(catalog: &Catalog, values: &'v Values) -> Vec<(OpenAnswer, &'v Value)> {
    let mut all = Vec::new();
    for (_, question) in catalog.questions() {
        let Some(value) = values.get(&question.name) else { continue };
        if let Some(placeholder) = &question.later {
            let (name, placeholder, ask) = (question.name.clone(), placeholder.clone(), question.ask.clone());
            all.push((OpenAnswer { name, placeholder, ask }, value));
        }
        for (record, name) in value.as_array().into_iter().flatten().zip(record_names(question, value)) {
            for field in &question.fields {
                let (Some(placeholder), Some(value)) = (&field.later, record.get(&field.name)) else { continue };
                let word = name.replace(|c: char| !c.is_ascii_alphanumeric(), "_").to_ascii_uppercase();
                let answer = OpenAnswer {
                    placeholder: format!("{word}_{placeholder}"),
                    ask: format!("{name}: {}", field.ask),
                    name: format!("{}.{name}.{}", question.name, field.name),
                };
                all.push((answer, value));
            }
        }
    }
    all
}

/// What the records of a list are called in paths: by the first field in which all must differ, else by their number.
pub fn record_names(question: &Question, value: &Value) -> Vec<String> {
    if question.kind != KindName::Records {
        return Vec::new();
    }
    let name = |record: &Value| Some(record.get(question.unique.first()?)?.as_str()?.to_owned());
    let records = value.as_array().into_iter().flatten().enumerate();
    records.map(|(i, record)| name(record).unwrap_or_else(|| i.to_string())).collect()
}

/// The values as expressions and templates see them, with a mark in place of each `later`.
pub fn marked<'v>(catalog: &Catalog, values: &'v Values) -> Cow<'v, Values> {
    let open = open_answers(catalog, values);
    if open.is_empty() {
        return Cow::Borrowed(values);
    }
    let mut values = values.clone();
    for answer in open {
        let mut parts = answer.name.split('.');
        let Some(question) = parts.next().and_then(|name| catalog.question(name)) else { continue };
        let Some(value) = values.get_mut(&question.name) else { continue };
        let mark = json!(answer.mark());
        match (parts.next(), parts.next()) {
            (Some(record), Some(field)) => {
                let at = record_names(question, value).iter().position(|name| name == record);
                if let Some(field) = at.and_then(|at| value.get_mut(at)).and_then(|record| record.get_mut(field)) {
                    *field = mark;
                }
            }
            _ => *value = mark,
        }
    }
    Cow::Owned(values)
}

/// The names of the answers whose marks a text has.
pub fn awaited(text: &str, open: &[OpenAnswer]) -> BTreeSet<String> {
    if !text.contains(MARK) {
        return BTreeSet::new();
    }
    open.iter().filter(|answer| text.contains(&answer.mark())).map(|answer| answer.name.clone()).collect()
}

/// A text for people, with the placeholder of each answer in place of its mark.
pub fn readable(text: &str, open: &[OpenAnswer]) -> String {
    let mut text = text.to_owned();
    for answer in open.iter().filter(|_| text.contains(MARK)).collect::<Vec<_>>() {
        text = text.replace(&answer.mark(), &answer.placeholder);
    }
    text
}
