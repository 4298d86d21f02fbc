//! A person at the terminal answers the questions.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::Result;
use serde_json::{Value, json};

use crate::answers::{Origin, Problem, Prompter};
use crate::catalog::Catalog;
use crate::check::Check;
use crate::question::{KindName, Question};
use crate::region;
use crate::text::{columns, cut, wrap};
use crate::ui::{Style, Ui};

mod dialog;
mod records;

pub use dialog::{Ask, Dialog, Item, Start};

/// Which questions a person is asked that have a value already. One without is always asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asking {
    /// What names the project: nobody else can know that.
    Identity,
    /// What has never been answered, and has only a default.
    New,
    /// Everything but what was given just now.
    All,
}

/// Puts questions to the person at the terminal.
#[derive(Debug)]
pub struct TerminalPrompter {
    dialog: Dialog,
    asking: Asking,
    /// The questions that were asked already.
    asked: Vec<String>,
}

impl TerminalPrompter {
    /// A prompter that asks these questions.
    pub fn new(ui: Ui, asking: Asking) -> Self {
        // where a closed terminal is not heard, as below `nohup`, reading from it would never end
        let always = Arc::new(AtomicBool::new(true));
        let _ = signal_hook::flag::register_conditional_default(signal_hook::consts::SIGHUP, always);
        Self { dialog: Dialog { ui }, asking, asked: Vec::new() }
    }

    /// Lets the person choose a preset. Without one, every question is asked.
    ///
    /// # Errors
    /// [`Interrupted`](crate::error::Interrupted) when the person leaves.
    pub fn choose_preset(&mut self, catalog: &Catalog) -> Result<Option<String>> {
        let preset = if catalog.presets.is_empty() {
            None
        } else {
            let described = |title: &str, description: &str, name: &str| Item {
                label: format!("{title}\n  {}", description.split_whitespace().collect::<Vec<_>>().join(" ")),
                answer: name.to_string(),
            };
            let presets = catalog.presets.iter().map(|p| described(&p.title, &p.description, &p.name));
            let all = described(
                "Answer everything",
                "Every question is asked, with its default filled in.",
                "answer everything",
            );
            let ask = Ask {
                ask: "What do you want to start from?",
                help: "A preset answers all questions but those that name your project; each answer can be changed",
            };
            let i = self.dialog.one_of(ask, presets.chain([all]).collect(), 0)?;
            catalog.presets.get(i).map(|p| p.name.clone())
        };
        if preset.is_none() {
            self.asking = Asking::All;
        }
        Ok(preset)
    }

    fn ui(&self) -> &Ui {
        &self.dialog.ui
    }
}

impl Prompter for TerminalPrompter {
    fn wants(&mut self, question: &Question, current: Option<&Value>, origin: &Origin) -> Result<bool> {
        Ok(match (origin, self.asking) {
            _ if current.is_none() => true,
            (Origin::Prompt | Origin::File(_) | Origin::Flag, _) => false,
            (_, Asking::All) => true,
            (Origin::Default, asking) => asking == Asking::New || question.identity,
            (Origin::Preset(_), asking) => asking == Asking::Identity && question.identity,
            // a finding is an offer, never a decision
            (Origin::Detected(_), _) => true,
            (Origin::Recorded(_), _) => false,
        })
    }

    fn ask(&mut self, current: Option<&Value>, check: &Check<'_>) -> Result<Value> {
        let question = check.question();
        // what a preset calls its project is an example to be replaced, not a text to be corrected
        let example = self.asking == Asking::Identity && question.identity && !self.asked.contains(&question.name);
        self.asked.push(question.name.clone());
        match question.kind {
            KindName::Records => records::ask(&self.dialog, current, check),
            _ => ask_one(&self.dialog, current, check, example, &|_| Ok(())),
        }
    }

    fn conflict(&mut self, problem: &Problem) -> Result<()> {
        self.asked.extend(problem.answers.iter().cloned());
        let ui = self.ui();
        let mark = ui.err.text(Style::Error, "!");
        ui.say(&format!("{mark} {}", lines_of(ui, &problem.to_string())));
        for hint in &problem.hints {
            ui.say(&format!("  {} {}", ui.err.text(Style::Dim, "hint:"), lines_of(ui, hint)));
        }
        Ok(())
    }

    fn revise(&mut self, answers: &[(&Question, &Value)]) -> Result<Vec<String>> {
        if self.asking == Asking::New {
            return Ok(Vec::new());
        }
        let others: Vec<_> =
            answers.iter().filter(|(q, _)| self.asking == Asking::All || !self.asked.contains(&q.name)).collect();
        // what was answered a moment ago is on the screen, but can be changed as well
        let ask = if others.len() < answers.len() {
            "Change any of the other answers?"
        } else {
            "Change any of these answers?"
        };
        if others.is_empty() {
            return Ok(Vec::new());
        }
        let width = others.iter().map(|(q, _)| columns(&q.name)).max().unwrap_or(0);
        let ui = self.ui();
        let room = ui.width.saturating_sub(width + 5);
        for (question, value) in &others {
            let name = format!("{:width$}", question.name);
            let value = cut(&ui.visible(&brief(value)), room, ui.unicode);
            ui.say(&format!("  {}  {value}", ui.err.text(Style::Dim, &name)));
        }
        if !self.dialog.yes_no(Ask { ask, help: "" }, Some(false))? {
            return Ok(Vec::new());
        }
        let item = |(q, v): &(&Question, &Value)| Item {
            label: cut(&format!("{:width$}  {}", q.name, brief(v)), ui.width.saturating_sub(8), ui.unicode),
            answer: q.name.clone(),
        };
        let ask = Ask { ask: "Which ones?", help: "The marked ones are asked again" };
        let chosen = self.dialog.any_of(ask, answers.iter().map(item).collect(), &[])?;
        Ok(chosen.into_iter().filter_map(|i| answers.get(i)).map(|(q, _)| q.name.clone()).collect())
    }
}

/// Asks for anything but records. `more` may refuse what the check lets through.
fn ask_one(
    dialog: &Dialog,
    current: Option<&Value>,
    check: &Check<'_>,
    example: bool,
    more: &dyn Fn(&Value) -> Result<(), String>,
) -> Result<Value> {
    let question = check.question();
    let ask = Ask { ask: &question.ask, help: &question.help };
    let verdict = |value: &Value| {
        check.value(value).map_err(|why| refusal(question, &why.join("; ")))?;
        more(value)
    };
    let choices =
        || question.choices.iter().map(|c| Item { label: c.title.clone(), answer: c.value.clone() }).collect();
    match question.kind {
        KindName::Bool => loop {
            let value = json!(dialog.yes_no(ask, current.and_then(Value::as_bool))?);
            if accepted(dialog, verdict(&value)) {
                return Ok(value);
            }
        },
        KindName::Choice => loop {
            let start = question.choices.iter().position(|c| current == Some(&json!(c.value))).unwrap_or(0);
            let chosen = dialog.one_of(ask, choices(), start)?;
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
                marked = dialog.any_of(ask, choices(), &marked)?;
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
                None => Start::Empty,
                Some(_) if example => Start::Default(&line),
                Some(_) => Start::Text(&line),
            };
            let words: &[&str] = if question.kind == KindName::Region { &region::AWS } else { &[] };
            let text = dialog.text(ask, start, words, &|text| verdict(&value_of(question.kind, text)))?;
            Ok(value_of(question.kind, &text))
        }
    }
}

/// Whether a value was accepted; the refusal is shown.
fn accepted(dialog: &Dialog, verdict: Result<(), String>) -> bool {
    if let Err(why) = &verdict {
        dialog.ui.say(&format!("{} {}", dialog.ui.err.text(Style::Error, "!"), lines_of(&dialog.ui, why)));
    }
    verdict.is_ok()
}

/// The refusal of a value that the person sees before them: without the name of the answer.
fn refusal(question: &Question, why: &str) -> String {
    match why.strip_prefix(&format!("answer `{}` is ", question.name)) {
        Some(rest) => rest.replacen("`, which ", "` ", 1),
        None => why.to_string(),
    }
}

/// What a person types, as a value; the check decides whether it is one.
fn value_of(kind: KindName, text: &str) -> Value {
    match kind {
        KindName::Integer | KindName::Port => text.parse::<i64>().map_or_else(|_| json!(text), |n| json!(n)),
        KindName::EnvNames => {
            json!(text.split([',', ' ']).filter(|name| !name.is_empty()).collect::<Vec<_>>())
        }
        _ => json!(text),
    }
}

/// A value as a person would type it.
fn line_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(line_of).collect::<Vec<_>>().join(", "),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// A value in a table: records are named by their first field.
fn brief(value: &Value) -> String {
    match value {
        Value::Bool(yes) => (if *yes { "yes" } else { "no" }).into(),
        Value::Array(items) if items.is_empty() => "none".into(),
        Value::Array(items) => items.iter().map(brief).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => fields.values().next().map(line_of).unwrap_or_default(),
        Value::String(text) if text.is_empty() => "none".into(),
        other => line_of(other),
    }
}

/// A message of one or more lines, each broken where it does not fit.
fn lines_of(ui: &Ui, text: &str) -> String {
    text.lines().map(|line| wrap(&ui.visible(line), ui.width.saturating_sub(3), 2)).collect::<Vec<_>>().join("\n  ")
}
