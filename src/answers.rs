//! Answers: from defaults, a preset, a file, `--set` and the person at the prompt, later wins; each
//! checked by its kind, all together by the rules.

use std::fmt;

use anyhow::Result;
use indexmap::IndexMap;
use minijinja::Environment;
use serde_json::Value;

use crate::answers_file::AnswersFile;
use crate::catalog::{Catalog, Component};
use crate::check::Check;
use crate::dotted;
use crate::engine;
use crate::error::{UserError, nearest};
use crate::expression::Scope;
use crate::question::{Question, Rule, Values};

/// The checked answers of one project.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// Every answer that was asked for, in the order of the questions.
    pub values: Values,
    /// The names of the active components.
    pub active: Vec<String>,
    /// What the user should know, though nothing is wrong.
    pub notes: Vec<String>,
}

/// What the user gave on the command line.
#[derive(Debug, Default)]
pub struct Given {
    /// `--preset`.
    pub preset: Option<String>,
    /// `--answers`.
    pub file: Option<AnswersFile>,
    /// `--set`: dotted path and value.
    pub sets: Vec<(String, Value)>,
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The question's own default.
    Default,
    /// The preset of that name.
    Preset(String),
    /// The answers file, as `path:line`.
    File(String),
    /// `--set`.
    Flag,
    /// The person at the prompt.
    Prompt,
}

/// Somebody who can be asked.
pub trait Prompter {
    /// Whether a question with this value is put to the person.
    fn wants(&mut self, question: &Question, current: Option<&Value>, origin: &Origin) -> Result<bool>;

    /// Asks until the check is content. `current` is filled in beforehand.
    ///
    /// # Errors
    /// When the person leaves.
    fn ask(&mut self, current: Option<&Value>, check: &Check<'_>) -> Result<Value>;

    /// Says that answers do not go together; they are asked again afterwards.
    ///
    /// # Errors
    /// When the person leaves.
    fn conflict(&mut self, problem: &Problem) -> Result<()>;

    /// Shows all answers, which go together, and returns the names of those to ask again; none when they can stay.
    ///
    /// # Errors
    /// When the person leaves.
    fn revise(&mut self, answers: &[(&Question, &Value)]) -> Result<Vec<String>>;
}

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
            Some(Origin::File(place)) => write!(f, "\n  --> {place}"),
            Some(Origin::Flag) => f.write_str("\n  --> --set"),
            Some(Origin::Preset(name)) => write!(f, "\n  --> preset `{name}`"),
            _ => Ok(()),
        }
    }
}

impl Answers {
    /// Resolves all answers.
    ///
    /// # Errors
    /// One [`UserError`] that names every missing answer and every wrong one.
    pub fn resolve(catalog: &Catalog, given: &Given, prompter: Option<&mut dyn Prompter>) -> Result<Self> {
        let env = engine::environment(catalog)?;
        let mut resolver = Resolver::new(catalog, &env, given)?;
        resolver.run(prompter)
    }
}

struct Resolver<'a> {
    catalog: &'a Catalog,
    env: &'a Environment<'a>,
    given: IndexMap<String, (Value, Origin)>,
    values: Values,
    missing: Vec<&'a Question>,
    problems: Vec<Problem>,
}

impl<'a> Resolver<'a> {
    fn new(catalog: &'a Catalog, env: &'a Environment<'a>, given: &Given) -> Result<Self> {
        let mut resolver = Self {
            catalog,
            env,
            given: IndexMap::new(),
            values: Values::new(),
            missing: Vec::new(),
            problems: Vec::new(),
        };
        if let Some(name) = &given.preset {
            let preset = catalog.preset(name).ok_or_else(|| unknown_preset(catalog, name))?;
            for (key, value) in &preset.answers {
                resolver.give(key, value.clone(), Origin::Preset(name.clone()));
            }
        }
        if let Some(file) = &given.file {
            for (key, value) in &file.values {
                resolver.give(key, value.clone(), Origin::File(file.place(key)));
            }
        }
        for (path, value) in &given.sets {
            resolver.set(path, value.clone());
        }
        Ok(resolver)
    }

    fn give(&mut self, name: &str, value: Value, origin: Origin) {
        if self.catalog.question(name).is_some() {
            self.given.insert(name.to_string(), (value, origin));
        } else {
            self.problems.push(self.unknown(name, origin));
        }
    }

    fn unknown(&self, name: &str, origin: Origin) -> Problem {
        let mut hints = Vec::new();
        if let Some(near) = nearest(name, self.catalog.questions().map(|(_, q)| q.name.as_str())) {
            hints.push(format!("did you mean `{near}`?"));
        }
        hints.push("`scaffold questions` lists every answer".into());
        Problem { message: format!("there is no answer `{name}`"), origin: Some(origin), hints, answers: Vec::new() }
    }

    /// Puts a value at a dotted path such as `services.0.port`.
    fn set(&mut self, path: &str, value: Value) {
        let mut parts = path.split('.');
        let name = parts.next().unwrap_or_default();
        let Some(question) = self.catalog.question(name) else {
            self.problems.push(self.unknown(name, Origin::Flag));
            return;
        };
        let rest: Vec<&str> = parts.collect();
        let mut whole = match self.given.get(name) {
            Some((current, _)) => current.clone(),
            None => question.default.clone().unwrap_or(Value::Null),
        };
        match dotted::put(&mut whole, &rest, value) {
            Ok(()) => {
                self.given.insert(name.to_string(), (whole, Origin::Flag));
            }
            Err(why) => self.problems.push(Problem {
                message: format!("`--set {path}=...` has no place: {why}"),
                origin: None,
                hints: vec![format!("`scaffold explain {name}` shows what it looks like")],
                answers: Vec::new(),
            }),
        }
    }

    fn run(&mut self, mut prompter: Option<&mut dyn Prompter>) -> Result<Answers> {
        // what nobody can be asked about is said before the first question, not after the last
        if prompter.is_some()
            && let Some(error) = self.error()
        {
            return Err(error.into());
        }
        let mut again: Vec<String> = Vec::new();
        loop {
            self.values.clear();
            self.missing.clear();
            let before = self.problems.len();
            for question in &self.catalog.project.questions {
                self.answer(question, &mut prompter, &again)?;
            }
            let mut active = Vec::new();
            let derived =
                if self.problems.len() == before && self.missing.is_empty() { self.derive()? } else { Values::new() };
            for component in &self.catalog.components {
                if !self.is_active(component, &derived)? {
                    continue;
                }
                active.push(component);
                for question in &component.manifest.questions {
                    self.answer(question, &mut prompter, &again)?;
                }
            }
            if self.problems.is_empty() && self.missing.is_empty() {
                self.check_rules(&active, &derived)?;
            }
            if let Some(person) = prompter.as_deref_mut()
                && !self.problems.is_empty()
                && self.problems.iter().all(|p| !p.answers.is_empty())
            {
                again.clear();
                for problem in std::mem::take(&mut self.problems) {
                    person.conflict(&problem)?;
                    again.extend(problem.answers);
                }
                continue;
            }
            if let Some(person) = prompter.as_deref_mut()
                && self.problems.is_empty()
            {
                let components = active.iter().flat_map(|c| c.manifest.questions.iter());
                let questions = self.catalog.project.questions.iter().chain(components);
                let answers: Vec<_> = questions.filter_map(|q| Some((q, self.values.get(&q.name)?))).collect();
                again = person.revise(&answers)?;
                if !again.is_empty() {
                    continue;
                }
            }
            return self.finish(&active);
        }
    }

    fn is_active(&self, component: &Component, derived: &Values) -> Result<bool> {
        let Some(when) = &component.manifest.when else { return Ok(true) };
        let scope = self.scope().with(derived);
        // without all answers a condition can be undecidable; what is missing is reported anyway
        match scope.is_true(when) {
            Err(_) if !self.missing.is_empty() || !self.problems.is_empty() => Ok(false),
            other => other,
        }
    }

    fn derive(&self) -> Result<Values> {
        self.scope().derive(&self.catalog.project.derived)
    }

    fn scope(&self) -> Scope<'_> {
        Scope::new(self.env, &self.values)
    }

    fn answer(
        &mut self,
        question: &'a Question,
        prompter: &mut Option<&mut dyn Prompter>,
        again: &[String],
    ) -> Result<()> {
        if let Some(when) = &question.when {
            match self.scope().is_true(when) {
                Ok(true) => {}
                Err(_) if !self.missing.is_empty() || !self.problems.is_empty() => return Ok(()),
                Ok(false) => return Ok(()),
                Err(e) => return Err(e),
            }
        }
        let (value, origin) = match self.given.get(&question.name) {
            Some((value, origin)) => (Some(value.clone()), origin.clone()),
            None => (self.scope().default_of(question)?, Origin::Default),
        };
        if let Some(person) = prompter.as_deref_mut()
            && (again.contains(&question.name) || person.wants(question, value.as_ref(), &origin)?)
        {
            let check = Check::new(self.scope(), question);
            let answer = person.ask(value.as_ref(), &check)?;
            let checked = check.value(&answer).map_err(|ps| UserError::new(ps.join("; ")))?;
            self.given.insert(question.name.clone(), (checked.clone(), Origin::Prompt));
            self.values.insert(question.name.clone(), checked);
            return Ok(());
        }
        let Some(value) = value else {
            self.missing.push(question);
            return Ok(());
        };
        match Check::new(self.scope(), question).value(&value) {
            Ok(checked) => {
                self.values.insert(question.name.clone(), checked);
            }
            Err(refusals) => {
                for message in refusals {
                    self.problems.push(Problem {
                        message,
                        origin: Some(origin.clone()),
                        hints: vec![format!("`scaffold explain {}` says what it takes", question.name)],
                        answers: vec![question.name.clone()],
                    });
                }
            }
        }
        Ok(())
    }

    fn check_rules(&mut self, active: &[&Component], derived: &Values) -> Result<()> {
        let project = self.catalog.project.rules.iter();
        let rules: Vec<&Rule> = project.chain(active.iter().flat_map(|c| c.manifest.rules.iter())).collect();
        for rule in rules {
            let scope = self.scope().with(derived);
            if scope.is_true(&rule.require)? {
                continue;
            }
            let message = scope.render(&rule.message)?;
            let hints = if rule.hint.is_empty() { Vec::new() } else { vec![scope.render(&rule.hint)?] };
            let origin = rule.answers.iter().find_map(|a| self.given.get(a)).map(|(_, o)| o.clone());
            self.problems.push(Problem { message, origin, hints, answers: rule.answers.clone() });
        }
        Ok(())
    }

    fn finish(&mut self, active: &[&Component]) -> Result<Answers> {
        if let Some(error) = self.error() {
            return Err(error.into());
        }
        let unused: Vec<&str> = self
            .given
            .iter()
            .filter(|(name, (_, origin))| {
                !self.values.contains_key(*name) && !matches!(origin, Origin::Preset(_) | Origin::Prompt)
            })
            .map(|(name, _)| name.as_str())
            .collect();
        let notes = unused
            .into_iter()
            .map(|name| format!("Answer `{name}` is not needed with the other answers and is left out."))
            .collect();
        Ok(Answers {
            values: std::mem::take(&mut self.values),
            active: active.iter().map(|c| c.name.clone()).collect(),
            notes,
        })
    }

    /// Everything that is wrong or missing, as one error.
    fn error(&self) -> Option<UserError> {
        let mut parts: Vec<String> = self.problems.iter().map(Problem::to_string).collect();
        let mut hints: Vec<String> = Vec::new();
        for hint in self.problems.iter().flat_map(|p| &p.hints) {
            if !hints.contains(hint) {
                hints.push(hint.clone());
            }
        }
        if !self.missing.is_empty() {
            let n = self.missing.len();
            let width = self.missing.iter().map(|q| q.name.len()).max().unwrap_or(0);
            let list: Vec<String> =
                self.missing.iter().map(|q| format!("\n  {:width$}  {}", q.name, q.kind().describe())).collect();
            parts.push(format!("{n} {} missing:{}", if n == 1 { "answer is" } else { "answers are" }, list.concat()));
            hints.push(
                "give them with `--set NAME=VALUE`, in a file with `--answers FILE`, or take a `--preset`".into(),
            );
        }
        match parts.len() {
            0 => None,
            1 => Some(UserError { message: parts.concat(), hints }),
            n => {
                let message = format!("{n} things are wrong with the answers\n\n{}", parts.join("\n\n"));
                Some(UserError { message, hints })
            }
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
