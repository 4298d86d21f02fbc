//! What can be wrong with answers, in words.

use std::fmt;

use serde_json::Value;

use super::{Given, Origin};
use crate::catalog::Catalog;
use crate::catalog::kind::quoted_list;
use crate::catalog::question::Question;
use crate::text::error::{UserError, nearest};
use crate::text::value::brief;

/// Something wrong with the answers.
#[derive(Clone, Debug)]
pub struct Problem {
    /// What is wrong with which value, and why.
    pub message: String,
    /// Where the value was written.
    pub origin: Option<Origin>,
    /// What to do next.
    pub hints: Vec<String>,
    /// The answers to ask again.
    pub answers: Vec<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.origin {
            Some(Origin::File(place) | Origin::Recorded(place)) => write!(f, "\n  --> {place}"),
            Some(Origin::Folder) => f.write_str("\n  --> the name of the folder"),
            Some(Origin::Detected(place)) => write!(f, "\n  --> found in {place}"),
            Some(Origin::Flag) => f.write_str("\n  --> --set"),
            Some(Origin::Preset(name)) => write!(f, "\n  --> preset `{name}`"),
            _ => Ok(()),
        }
    }
}

impl Problem {
    /// A recorded answer that is called otherwise now, with a value that never was one.
    pub(super) fn unfit(catalog: &Catalog, name: &str, value: &Value, choices: &[&str], origin: Origin) -> Self {
        Self {
            message: format!("answer `{name}` is `{}`, which is not one of {}", brief(value), quoted_list(choices)),
            origin: Some(origin),
            hints: present(catalog, name).into_iter().collect(),
            answers: Vec::new(),
        }
    }

    /// A name that no question has.
    pub(super) fn unknown(catalog: &Catalog, name: &str, origin: Origin) -> Self {
        let mut hints = Vec::new();
        let names = catalog.questions().map(|(_, q)| q.name.as_str());
        if let Some(now) = present(catalog, name) {
            hints.push(now);
        } else if let Some(near) = nearest(name, names) {
            hints.push(format!("did you mean `{near}`?"));
        }
        hints.push("`scaffold questions` lists every answer".into());
        let message =
            if name.is_empty() { "an answer has no name".into() } else { format!("there is no answer `{name}`") };
        Self { message, origin: Some(origin), hints, answers: Vec::new() }
    }
}

/// How an answer is called now, if it was called so once.
fn present(catalog: &Catalog, name: &str) -> Option<String> {
    let now: Vec<String> =
        catalog.migrations.iter().flat_map(|m| m.successors(name)).map(|now| format!("`{now}`")).collect();
    (!now.is_empty()).then(|| format!("`{name}` is now called {}", now.join(" and ")))
}

/// An answer that nothing gives, or a field of a record of one.
pub(super) struct Missing<'a> {
    /// The name, or as `services.0.port` the place.
    pub name: String,
    /// What it takes.
    pub question: &'a Question,
}

/// Where more answers can come from than `--set` and `--answers`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sources {
    pub preset: bool,
    pub detect: bool,
}

impl Sources {
    /// What was not given yet. A folder that was generated before takes neither.
    pub fn left(given: &Given) -> Self {
        let new = given.recorded.is_none() && !given.generated;
        Self { preset: new && given.preset.is_none(), detect: new && !given.looked_at }
    }
}

/// Everything that is wrong or missing, as one error.
pub(super) fn error(problems: &[Problem], missing: &[Missing<'_>], sources: Sources) -> Option<UserError> {
    // what records share is wrong in each of them
    let mut parts: Vec<String> = Vec::new();
    for part in problems.iter().map(Problem::to_string) {
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    let mut hints: Vec<String> = Vec::new();
    for hint in problems.iter().flat_map(|p| &p.hints) {
        if !hints.contains(hint) {
            hints.push(hint.clone());
        }
    }
    if !missing.is_empty() {
        let n = missing.len();
        let width = missing.iter().map(|m| m.name.len()).max().unwrap_or(0);
        let list: Vec<String> =
            missing.iter().map(|m| format!("\n  {:width$}  {}", m.name, m.question.kind().describe())).collect();
        parts.push(format!("{n} {} missing:{}", if n == 1 { "answer is" } else { "answers are" }, list.concat()));
        hints.push(match sources.preset {
            false => "give them with `--set NAME=VALUE` or in a file with `--answers FILE`".into(),
            true => "give them with `--set NAME=VALUE`, in a file with `--answers FILE`, or take a `--preset`".into(),
        });
        if sources.detect {
            hints.push("`--detect` takes those that the folder tells: `scaffold detect` prints them".into());
        }
    }
    match parts.len() {
        0 => None,
        1 => Some(UserError { hints, ..UserError::new(parts.concat()) }),
        n => {
            let message = format!("{n} things are wrong with the answers\n\n{}", parts.join("\n\n"));
            Some(UserError { hints, ..UserError::new(message) })
        }
    }
}

/// The error for a preset that does not exist.
pub fn unknown_preset(catalog: &Catalog, name: &str) -> UserError {
    let names: Vec<&str> = catalog.presets.iter().map(|p| p.name.as_str()).collect();
    let error = UserError::new(format!("there is no preset `{name}`"));
    let error = match nearest(name, names.iter().copied()) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error,
    };
    error.hint("`scaffold presets` lists them")
}
