//! Answers by which what is in a repository stays in force beside generated files.

use anyhow::Result;
use indexmap::IndexMap;
use serde_json::json;

use super::super::checks::{self, Checks};
use super::super::finding::{Finding, Location};
use super::super::free;
use super::super::walk::Files;
use crate::answers::Found;
use crate::answers::check::Check;
use crate::catalog::Catalog;
use crate::catalog::question::{FindingName, Question, Values};
use crate::template::engine;
use crate::template::expression::Scope;

/// Places that are free, and what the rules of the repository have to leave to workflows of its own. `services` are the
/// folders of services.
///
/// # Errors
/// When an expression of the catalog fails.
pub fn of_what_stays(
    catalog: &Catalog,
    files: &Files,
    services: &[String],
    chosen: &Values,
) -> Result<IndexMap<String, Found>> {
    let (mut answers, taken) = free::answers(catalog, files.root(), services, chosen)?;
    taken.into_iter().for_each(|note| files.note(&note.file, note.message));
    // generated workflows are no one's own
    if free::was_generated(catalog, files.root()) {
        return Ok(answers);
    }
    let Checks { names, started, workflow, actions, unpinned } = checks::read(files);
    let env = engine::environment(catalog)?;
    let scope = &Scope::new(&env, chosen);
    for (_, question) in catalog.questions() {
        let answer = match question.detected_by.as_ref().map(|by| by.finding) {
            Some(FindingName::Checks) => list(scope, question, &names),
            Some(FindingName::StartedWorkflows) => list(scope, question, &started),
            Some(FindingName::OtherActions) => list(scope, question, &actions),
            Some(FindingName::OwnWorkflows) => workflow.as_ref().map(|place| yes_or_no(question, place, true)),
            Some(FindingName::PinnedActions) => unpinned.as_ref().map(|place| yes_or_no(question, place, false)),
            _ => None,
        };
        answers.extend(answer.map(|answer| (question.name.clone(), answer)));
    }
    Ok(answers)
}

fn yes_or_no(question: &Question, place: &Location, value: bool) -> Found {
    Found { value: json!(value), found_in: IndexMap::from_iter([(question.name.clone(), place.clone())]) }
}

/// Those that the question takes.
fn list(scope: &Scope<'_>, question: &Question, found: &[Finding<String>]) -> Option<Found> {
    let check = Check::new(scope.clone(), question);
    let accepted = |one: &&Finding<String>| check.value(&json!([one.value])).is_ok();
    let found: Vec<&Finding<String>> = found.iter().filter(accepted).collect();
    let values: Vec<&str> = found.iter().map(|one| one.value.as_str()).collect();
    let value = check.value(&json!(values)).ok().filter(|_| !values.is_empty())?;
    let place = |(i, one): (usize, &&Finding<String>)| (format!("{}.{i}", question.name), one.found_in.clone());
    Some(Found { value, found_in: found.iter().enumerate().map(place).collect() })
}
