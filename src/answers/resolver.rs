//! Answer after answer: which questions are asked, with which value, and whether all go together.

use anyhow::Result;
use indexmap::IndexMap;
use minijinja::Environment;
use serde_json::{Map, Value};

use super::layers::Layers;
use super::problem::error;
use super::{Answers, Given, Origin, Problem, Prompter, kept};
use crate::catalog::{Catalog, Component};
use crate::check::Check;
use crate::error::UserError;
use crate::expression::Scope;
use crate::question::{Question, Rule, Values};

pub(super) struct Resolver<'a> {
    catalog: &'a Catalog,
    env: &'a Environment<'a>,
    given: IndexMap<String, (Value, Origin)>,
    recorded: Map<String, Value>,
    notes: Vec<String>,
    values: Values,
    missing: Vec<&'a Question>,
    problems: Vec<Problem>,
}

impl<'a> Resolver<'a> {
    pub fn new(catalog: &'a Catalog, env: &'a Environment<'a>, given: &Given) -> Result<Self> {
        let Layers { given, recorded, notes, problems } = Layers::new(catalog, given)?;
        Ok(Self { catalog, env, given, recorded, notes, values: Values::new(), missing: Vec::new(), problems })
    }

    pub fn run(mut self, mut prompter: Option<&mut dyn Prompter>) -> Result<Answers> {
        // what nobody can be asked about is said before the first question, not after the last
        if prompter.is_some()
            && let Some(error) = error(&self.problems, &self.missing, !self.recorded.is_empty())
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

    fn scope(&self) -> Scope<'a> {
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
        let check = Check::new(self.scope(), question);
        let (value, origin) = match (self.given.get(&question.name), self.recorded.get(&question.name)) {
            (Some((value, origin)), Some(recorded)) => {
                (Some(kept::without_lost(&check, value, recorded)), origin.clone())
            }
            (Some((value, origin)), None) => (Some(value.clone()), origin.clone()),
            (None, _) => (check.default_value()?, Origin::Default),
        };
        if let Some(person) = prompter.as_deref_mut()
            && (again.contains(&question.name) || person.wants(question, value.as_ref(), &origin)?)
        {
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
        match check.value(&value) {
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
        if let Some(error) = error(&self.problems, &self.missing, !self.recorded.is_empty()) {
            return Err(error.into());
        }
        for (name, (_, origin)) in &self.given {
            // what nobody gave just now is nobody's surprise
            let just_now = matches!(origin, Origin::File(_) | Origin::Flag);
            if just_now && !self.values.contains_key(name) {
                self.notes.push(format!("Answer `{name}` is not needed with the other answers and is left out."));
            }
        }
        let origin = |name| self.given.get(name).map_or(Origin::Default, |(_, origin)| origin.clone());
        Ok(Answers {
            origins: self.values.keys().map(|name| (name.clone(), origin(name))).collect(),
            kept: kept::of(self.catalog, &self.recorded, &self.values),
            values: std::mem::take(&mut self.values),
            active: active.iter().map(|c| c.name.clone()).collect(),
            notes: std::mem::take(&mut self.notes),
        })
    }
}
