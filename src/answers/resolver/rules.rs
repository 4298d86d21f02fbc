//! Whether answers go together: the rules of the catalog, and what components require.

use anyhow::Result;

use super::{Again, Pass, Resolver};
use crate::answers::{Problem, Prompter};
use crate::catalog::Component;
use crate::catalog::question::{Question, Rule, Values};
use crate::template::expression::Scope;

impl<'a> Resolver<'a> {
    pub(super) fn check_rules(&mut self, active: &[&Component], derived: &Values) -> Result<()> {
        let scope = self.scope().with(derived);
        for rule in self.rules(active) {
            let problem = self.broken(rule, &scope)?;
            self.problems.extend(problem);
        }
        Ok(())
    }

    /// The rules of the project and of components.
    fn rules<'r>(&self, active: &[&'r Component]) -> Vec<&'r Rule>
    where
        'a: 'r,
    {
        let catalog = self.catalog;
        catalog.project.rules.iter().chain(active.iter().flat_map(|c| c.manifest.rules.iter())).collect()
    }

    /// What is wrong by a rule, if anything is.
    fn broken(&self, rule: &Rule, scope: &Scope<'_>) -> Result<Option<Problem>> {
        let holds = match &rule.when {
            Some(when) => scope.is_true(when)?,
            None => true,
        };
        if !holds || scope.is_true(&rule.require)? {
            return Ok(None);
        }
        let message = scope.render(&rule.message)?;
        let hints = if rule.hint.is_empty() { Vec::new() } else { vec![scope.render(&rule.hint)?] };
        let origin = rule.answers.iter().find_map(|a| self.given.get(a)).map(|(_, o)| o.clone());
        Ok(Some(Problem { message, origin, hints, answers: rule.answers.clone() }))
    }

    /// Checks the rules of which this question is the last one: a person hears of answers that do not go together before
    /// the next question, and is asked for them again.
    pub(super) fn check_at_once(
        &mut self,
        question: &'a Question,
        active: &[&Component],
        derived: &Values,
        prompter: &mut Option<&mut dyn Prompter>,
    ) -> Result<Pass> {
        self.passed.insert(&question.name);
        let Some(person) = prompter.as_deref_mut() else { return Ok(Pass::On) };
        if !self.values.contains_key(&question.name) {
            return Ok(Pass::On);
        }
        let mut wrong = Vec::new();
        let scope = self.scope().with(derived);
        for rule in self.rules(active) {
            let mut needs = scope.names_in(&rule.require)?;
            if let Some(when) = &rule.when {
                needs.extend(scope.names_in(when)?);
            }
            needs.extend(rule.answers.iter().cloned());
            let is_known = |name: &String| {
                let facts = &self.catalog.project.derived;
                self.passed.contains(name.as_str())
                    || derived.contains_key(name)
                    || self.catalog.question(name).is_none() && !facts.contains_key(name)
            };
            if !needs.contains(&question.name) || !needs.iter().all(is_known) {
                continue;
            }
            // what hangs on an answer that is refused or missing is decided with that one
            if let Ok(Some(problem)) = self.broken(rule, &scope) {
                person.conflict(&problem)?;
                wrong.extend(problem.answers);
            }
        }
        if wrong.is_empty() {
            return Ok(Pass::On);
        }
        if let Again::Conflict(names) | Again::Chosen(names) = &self.again {
            wrong.extend(names.iter().filter(|name| !self.passed.contains(name.as_str())).cloned());
        }
        self.again = Again::Conflict(wrong);
        // what is wrong is found again
        self.problems.clear();
        Ok(Pass::Anew)
    }

    /// Refuses what a component needs and these answers leave out.
    pub(super) fn check_requirements(&mut self, active: &[&Component]) {
        let catalog = self.catalog;
        for (name, slot) in &catalog.slots.slots {
            if !catalog.is_filled(name, &self.values) {
                let answers: Vec<String> = catalog.deciding(slot).cloned().collect();
                let keys: Vec<String> = answers.iter().map(|answer| format!("`{answer}`")).collect();
                self.problems.push(Problem {
                    message: format!("no component of the catalog fills the slot `{name}` with these answers"),
                    origin: None,
                    hints: vec![format!("change {}", keys.join(", "))],
                    answers,
                });
            }
        }
        for component in active {
            for needed in &component.manifest.requires {
                let slot = catalog.slots.slots.get(needed);
                let is_there = active.iter().any(|other| match (&other.manifest.provides, slot) {
                    (Some(provides), Some(_)) => provides.slot == *needed && !provides.none,
                    _ => other.name == *needed,
                });
                if is_there {
                    continue;
                }
                let slot = slot.or_else(|| Some(catalog.slot_of(catalog.component(needed)?)?.1));
                let answers: Vec<String> = slot.into_iter().flat_map(|slot| catalog.deciding(slot)).cloned().collect();
                let quoted: Vec<String> = answers.iter().map(|answer| format!("`{answer}`")).collect();
                self.problems.push(Problem {
                    message: format!("`{}` needs `{needed}`, which these answers leave out", component.name),
                    origin: None,
                    hints: (!quoted.is_empty()).then(|| format!("change {}", quoted.join(", "))).into_iter().collect(),
                    answers,
                });
            }
        }
    }
}
