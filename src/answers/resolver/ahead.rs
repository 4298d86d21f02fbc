//! What the folder tells as a list is shown whole, and confirmed or changed before the first question.

use anyhow::Result;
use serde_json::Value;

use super::{Again, Resolver};
use crate::answers::check::Check;
use crate::answers::{Answered, Found, Origin, Problem, Prompter};
use crate::catalog::question::{KindName, Question, Values};

/// Puts nothing to the person but one list.
struct OneList<'p> {
    person: &'p mut dyn Prompter,
    name: &'p str,
    /// Whether it was confirmed before, and the person came back to it.
    again: bool,
}

impl Prompter for OneList<'_> {
    fn wants(&mut self, question: &Question, current: Option<&Value>, origin: &Origin) -> Result<bool> {
        let is_it = question.name == self.name && *origin != Origin::Default;
        Ok(is_it && (self.again || self.person.wants(question, current, origin)?))
    }

    fn ask(&mut self, current: Option<&Value>, origin: &Origin, check: &Check<'_>) -> Result<Value> {
        let answer = self.person.ask(current, origin, check)?;
        self.again &= check.question().name != self.name;
        Ok(answer)
    }

    fn told(&mut self, question: &Question, chosen: &Values) -> Result<Option<Found>> {
        self.person.told(question, chosen)
    }

    fn note(&mut self, answers: &Values) {
        self.person.note(answers);
    }

    fn at_first(&mut self) -> Result<()> {
        self.person.at_first()
    }

    fn conflict(&mut self, problem: &Problem) -> Result<()> {
        self.person.conflict(problem)
    }

    fn revise(&mut self, _: &[Answered<'_>]) -> Result<Vec<String>> {
        Ok(Vec::new())
    }
}

impl Resolver<'_> {
    /// Passes through the questions with what is known, up to a list that was found. What is missing or wrong before it is
    /// asked afterwards.
    pub(super) fn confirm(&mut self, person: &mut dyn Prompter) -> Result<()> {
        self.confirmed = true;
        let found = |question: &&Question| {
            let origin = self.given.get(&question.name).map(|(_, origin)| origin);
            question.kind == KindName::Records && matches!(origin, Some(Origin::Detected(_)))
        };
        let again = self.list.take();
        let first = || self.catalog.project.questions.iter().find(found).map(|question| question.name.clone());
        let Some(name) = again.clone().or_else(first) else { return Ok(()) };
        let mut ahead = OneList { person, name: &name, again: again.is_some() };
        self.until = Some(name.clone());
        while self.pass(&mut Some(&mut ahead))?.is_none() {}
        self.until = None;
        self.problems.clear();
        self.again = Again::Nothing;
        if self.origins.get(&name) == Some(&Origin::Prompt) {
            self.list = Some(name);
        }
        Ok(())
    }

    /// Makes the next pass ask the last question that the person answered before this one; else this one again.
    pub(super) fn go_back(&mut self, person: &mut dyn Prompter, here: Option<&str>) -> Result<()> {
        let earlier =
            self.origins.iter().rev().filter(|(name, _)| self.until.is_none() && self.list.as_ref() != Some(name));
        let last = earlier.filter(|(_, origin)| **origin == Origin::Prompt).map(|(name, _)| name.clone()).next();
        self.again = match last {
            Some(name) => Again::Back(name),
            // it came before all of them
            None if self.list.as_deref().is_some_and(|list| here != Some(list)) => {
                self.confirmed = false;
                Again::Nothing
            }
            None => {
                person.at_first()?;
                here.map_or(Again::Nothing, |here| Again::Back(here.into()))
            }
        };
        Ok(())
    }
}
