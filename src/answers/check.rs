//! What a value of a question must look like in the light of the earlier answers: what a [`Prompter`]
//! needs to ask well.
//!
//! [`Prompter`]: crate::answers::Prompter

use std::sync::Arc;

use anyhow::Result;
use serde_json::{Map, Value};

use crate::catalog::kind::quoted_list;
use crate::catalog::later::LATER;
use crate::catalog::question::{Choice, KindName, Question, Record, SetBy};
use crate::template::expression::Scope;
use crate::text::error::nearest;

pub use self::fields::Fields;
use self::fields::Unknown;

mod fields;

/// The rules of one question, or of one field of a record, with the answers so far.
#[derive(Clone)]
pub struct Check<'a> {
    scope: Scope<'a>,
    question: &'a Question,
    /// Whether the value is recorded: generated files have it already.
    recorded: bool,
    /// Whether earlier answers are missing or refused, so that what hangs on them cannot be decided.
    undecided: bool,
    /// All records of the list, of which one can share fields with another.
    list: Arc<Vec<Record>>,
    /// Of a field: the record has it from another one.
    shared: bool,
}

impl<'a> Check<'a> {
    /// The rules of a question.
    pub fn new(scope: Scope<'a>, question: &'a Question) -> Self {
        Self { scope, question, recorded: false, undecided: false, list: Arc::default(), shared: false }
    }

    /// The same for a value that generated files have already.
    #[must_use]
    pub fn recorded(self) -> Self {
        Self { recorded: true, ..self }
    }

    /// The same where earlier answers are missing or refused.
    #[must_use]
    pub fn undecided(self, undecided: bool) -> Self {
        Self { undecided, ..self }
    }

    /// The same among these records.
    #[must_use]
    pub fn among(&self, records: &[Record]) -> Self {
        Self { list: Arc::new(records.to_vec()), ..self.clone() }
    }

    /// The question that is being asked.
    pub fn question(&self) -> &'a Question {
        self.question
    }

    /// A value in its normal form: records with every field that has a meaning.
    ///
    /// # Errors
    /// Every refusal, as a whole sentence.
    pub fn value(&self, value: &Value) -> Result<Value, Vec<String>> {
        let q = self.question;
        let checked = self.one(value).map_err(|why| vec![sentence(&q.name, value, &why)])?;
        if q.kind != KindName::Records {
            return Ok(checked);
        }
        let mut refusals = Vec::new();
        let mut records = Vec::new();
        let among = self.among(&records_of(&checked));
        for (i, record) in checked.as_array().into_iter().flatten().enumerate() {
            match among.record(&format!("{}.{i}", q.name), record) {
                Ok(record) => records.push(record),
                Err(why) => refusals.extend(why),
            }
        }
        refusals.extend(self.repeated(&records));
        if refusals.is_empty() {
            return Ok(Value::Array(records.into_iter().map(Value::Object).collect()));
        }
        Err(refusals)
    }

    /// The fields of records, by the number of the record, that have a meaning and neither a value nor a default.
    pub fn lacking(&self, value: &Value) -> Vec<(usize, &'a Question)> {
        let mut lacking = Vec::new();
        let records = records_of(value);
        let among = self.among(&records);
        for (i, record) in records.iter().enumerate() {
            let mut fields = Fields::new(&among);
            for field in &self.question.fields {
                let rules = fields.rules(field);
                // what hangs on something that is lacking cannot be decided
                let (Ok(true), Ok(default)) = (rules.is_asked(), rules.default_value()) else { continue };
                match record.get(&field.name).cloned().or(default) {
                    Some(value) => fields.know(field, value),
                    None => lacking.push((i, field)),
                }
            }
        }
        lacking
    }

    /// Checks a value by its kind and by what the question requires of it.
    fn one(&self, value: &Value) -> Result<Value, String> {
        if self.question.is_later(value) {
            return Ok(value.clone());
        }
        let checked = self.question.kind().check(value).map_err(|why| match value == LATER {
            true => format!("{why}; it cannot be answered `{LATER}`: an update can change the value that you give now"),
            false => why,
        })?;
        if let Some(why) = self.question.kind().unportable(&checked).filter(|_| !self.recorded) {
            return Err(why);
        }
        let taken = |choice: &&Choice| match &checked {
            Value::Array(items) => items.iter().any(|item| *item == choice.value),
            one => *one == choice.value,
        };
        for choice in self.question.choices.iter().filter(taken) {
            if let Some(needs) = self.excluded(choice) {
                if checked.is_array() {
                    return Err(format!("whose `{}` needs {needs}", choice.value));
                }
                let open = self.question.choices.iter().filter(|choice| self.excluded(choice).is_none());
                let open: Vec<&str> = open.map(|choice| choice.value.as_str()).collect();
                let others = if open.is_empty() {
                    String::new()
                } else {
                    format!("; with the other answers it can be {}", quoted_list(&open))
                };
                return Err(format!("which needs {needs}{others}"));
            }
        }
        if self.question.apart
            && let Some(why) = self.question.neighbors.refusal(checked.as_str().unwrap_or_default(), &self.scope)
        {
            return Err(why);
        }
        let names: Vec<&str> = match &checked {
            Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
            // an address that is filled in may have the name that it has anyway
            Value::Object(variables) => {
                let is_filled = |text: &Value| text.as_str().is_some_and(|text| text.starts_with("${"));
                variables.iter().filter(|(_, text)| !is_filled(text)).map(|(name, _)| name.as_str()).collect()
            }
            _ => Vec::new(),
        };
        for name in names {
            if let Some(why) = self.set_already(name).map_err(|e| format!("{e:#}"))? {
                return Err(why);
            }
        }
        if let Some(expression) = &self.question.faults {
            let own = Map::from_iter([(self.question.name.clone(), checked.clone())]);
            let faults = match self.scope.with(&own).eval(expression) {
                Err(_) if self.undecided => Vec::new(),
                faults => faults
                    .and_then(|faults| Ok(serde_json::from_value::<Vec<String>>(serde_json::to_value(faults)?)?))
                    .map_err(|e| format!("{e:#}"))?,
            };
            if !faults.is_empty() {
                return Err(faults.join("; "));
            }
        }
        if let Some(require) = &self.question.require {
            let own = Map::from_iter([(self.question.name.clone(), checked.clone())]);
            let scope = self.scope.with(&own);
            let holds = match scope.is_true(require) {
                Err(_) if self.undecided => true,
                other => other.map_err(|e| format!("{e:#}"))?,
            };
            if !holds {
                let message = self.question.require_message.as_ref().map(|message| scope.render(message));
                return Err(match message {
                    Some(message) => message.map_err(|e| format!("{e:#}"))?,
                    None => format!("which breaks `{require}`"),
                });
            }
        }
        Ok(checked)
    }

    /// Why this cannot be the name of a variable: a slot sets it.
    ///
    /// # Errors
    /// When an expression fails, which is a fault of the catalog.
    pub fn set_already(&self, name: &str) -> Result<Option<String>> {
        for set_by in &self.question.set_by {
            let has_it = |expression: &String| -> Result<bool> {
                match self.scope.eval(expression) {
                    Err(_) if self.undecided => Ok(false),
                    names => Ok(serde_json::to_value(names?)?
                        .as_array()
                        .is_some_and(|names| names.iter().any(|one| one == name))),
                }
            };
            let may_differ = set_by.may_differ.as_ref().filter(|_| self.question.kind == KindName::Variables);
            if has_it(&set_by.names)? && !may_differ.map_or(Ok(false), has_it)? {
                return Ok(Some(format!(
                    "which has `{name}`: the service gets this variable without being asked for ({}); leave it out",
                    set_by.title
                )));
            }
        }
        Ok(None)
    }

    /// The names of the variables that each slot sets.
    ///
    /// # Errors
    /// When an expression fails, which is a fault of the catalog.
    pub fn set_by(&self) -> Result<Vec<(String, Vec<String>)>> {
        let names = |expression: &str| -> Result<Vec<String>> {
            Ok(serde_json::from_value(serde_json::to_value(self.scope.eval(expression)?)?)?)
        };
        let of_slot = |one: &SetBy| match names(&one.names) {
            Err(_) if self.undecided => None,
            names => Some(names.map(|names| (one.slot.clone(), names))),
        };
        self.question.set_by.iter().filter_map(of_slot).collect()
    }

    fn record(&self, place: &str, record: &Value) -> Result<Map<String, Value>, Vec<String>> {
        let Value::Object(given) = record else {
            return Err(vec![sentence(place, record, "which is not a record")]);
        };
        let mut refusals: Vec<String> = given
            .keys()
            .filter(|key| self.question.field(key).is_none())
            .map(|key| {
                let near = nearest(key, self.question.fields.iter().map(|f| f.name.as_str()));
                let near = near.map(|n| format!(" (did you mean `{n}`?)")).unwrap_or_default();
                format!("there is no field `{place}.{key}`{near}")
            })
            .collect();
        let mut fields = Fields::new(self);
        for field in &self.question.fields {
            let path = format!("{place}.{}", field.name);
            let undecided = self.undecided || !refusals.is_empty();
            let check = fields.rules(field).undecided(undecided);
            let value = match check.field(&path, given.get(&field.name)) {
                Ok(Some(value)) => value,
                Ok(None) => continue,
                // what depends on a refused field cannot be decided, and was not asked for
                Err(Refused::Expression(_)) if undecided => continue,
                Err(Refused::Value(why) | Refused::Expression(why)) => {
                    refusals.push(why);
                    continue;
                }
            };
            match fields.learn(field, value.clone()) {
                Ok(()) => {}
                Err(Unknown::Facts(_)) if undecided => {}
                Err(Unknown::Facts(why)) => refusals.push(format!("{why:#}")),
                // it is refused itself
                Err(Unknown::Refused(why)) => return Err(if refusals.is_empty() { why } else { refusals }),
                Err(Unknown::Absent) => {
                    let what = self.question.shares.as_ref().map_or("", |shares| &shares.what);
                    refusals.push(sentence(&path, &value, &format!("which is not {what}")));
                    return Err(refusals);
                }
            }
        }
        if refusals.is_empty() { Ok(fields.into_known()) } else { Err(refusals) }
    }

    /// The value of a field, or nothing when it has no meaning with the earlier ones.
    fn field(&self, path: &str, given: Option<&Value>) -> Result<Option<Value>, Refused> {
        let broken = |e: anyhow::Error| Refused::Expression(format!("{e:#}"));
        if !self.is_asked().map_err(broken)? {
            return match given {
                Some(value) if self.shared => {
                    let why = "which comes from the one that it shares with; leave it out";
                    Err(Refused::Value(sentence(path, value, why)))
                }
                Some(value) => {
                    let needs = self.question.needs.as_ref().map(|needs| format!("which needs {needs}"));
                    let why = needs.unwrap_or_else(|| "which has no meaning with the other fields".into());
                    Err(Refused::Value(sentence(path, value, &why)))
                }
                None => Ok(None),
            };
        }
        let value = match given {
            Some(value) => value.clone(),
            None => self.default_value().map_err(broken)?.ok_or_else(|| {
                Refused::Value(format!("answer `{path}` is missing: {}", self.question.kind().describe()))
            })?,
        };
        self.one(&value).map(Some).map_err(|why| match given {
            // the default comes from a value that is refused itself
            None if self.undecided => Refused::Expression(why),
            _ => Refused::Value(sentence(path, &value, &why)),
        })
    }

    /// Refusals of values that must differ between records and do not.
    fn repeated(&self, records: &[Map<String, Value>]) -> Vec<String> {
        let mut refusals = Vec::new();
        for field in &self.question.unique {
            for (i, record) in records.iter().enumerate() {
                let Some(value) = record.get(field) else { continue };
                if self.question.field(field).is_some_and(|field| field.is_later(value)) {
                    continue;
                }
                if records.iter().take(i).any(|earlier| earlier.get(field) == Some(value)) {
                    let path = format!("{}.{i}.{field}", self.question.name);
                    refusals.push(sentence(&path, value, "which is taken by another one"));
                }
            }
        }
        refusals
    }

    /// The rules of a field, when the earlier fields of its record are these.
    #[must_use]
    pub fn within(&self, record: &Record, field: &'a Question) -> Self {
        Fields::of(self, record).rules(field)
    }

    /// The same rules under another form of the question.
    #[must_use]
    pub fn asked_as<'q>(&self, question: &'q Question) -> Check<'q>
    where
        'a: 'q,
    {
        Check { question, ..self.clone() }
    }

    /// What the earlier answers lack for a choice, in words; nothing when it can be taken. What hangs on a refused answer
    /// cannot be decided, and is decided with the next one.
    pub fn excluded(&self, choice: &'a Choice) -> Option<&'a str> {
        let when = choice.when.as_ref()?;
        let can_be_taken = self.scope.is_true(when).unwrap_or(true);
        (!can_be_taken).then(|| choice.needs.as_deref().unwrap_or(when))
    }

    /// Whether the question has a meaning with the answers so far.
    ///
    /// # Errors
    /// When the expression fails, which is a fault of the catalog.
    pub fn is_asked(&self) -> Result<bool> {
        if self.shared {
            return Ok(false);
        }
        self.question.when.as_ref().map_or(Ok(true), |when| self.scope.is_true(when))
    }

    /// Whether the answer is specific to this very project, with the earlier answers.
    ///
    /// # Errors
    /// When the expression fails, which is a fault of the catalog.
    pub fn is_identity(&self) -> Result<bool> {
        let when = self.question.identity_when.as_ref();
        Ok(self.question.identity || when.map_or(Ok(false), |when| self.scope.is_true(when))?)
    }

    /// The value that is taken when nothing else is given.
    ///
    /// # Errors
    /// When the expression fails, which is a fault of the catalog.
    pub fn default_value(&self) -> Result<Option<Value>> {
        self.scope.default_of(self.question)
    }
}

/// Why a field has no value.
enum Refused {
    /// The value is wrong.
    Value(String),
    /// A default or a condition cannot be computed.
    Expression(String),
}

fn records_of(value: &Value) -> Vec<Record> {
    value.as_array().into_iter().flatten().filter_map(Value::as_object).cloned().collect()
}

fn sentence(path: &str, value: &Value, why: &str) -> String {
    format!("answer `{path}` is {}, {why}", shown(value))
}

/// A value in a message: short, on one line.
fn shown(value: &Value) -> String {
    let text = match value {
        Value::String(s) if s.is_empty() => return "empty".into(),
        Value::String(s) => s.escape_debug().to_string(),
        other => other.to_string(),
    };
    if text.chars().count() > 60 {
        format!("`{}...`", text.chars().take(57).collect::<String>())
    } else {
        format!("`{text}`")
    }
}
