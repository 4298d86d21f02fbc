//! Findings as answers of the catalog: those that a question of that name accepts, with the evidence of each.

use std::borrow::Cow;
use std::collections::VecDeque;

use anyhow::Result;
use indexmap::IndexMap;
use serde_json::{Value, json};

use super::Detected;
use super::finding::{Finding, Location, Note};
use super::free;
use super::service::Service;
use super::variables::Variable;
use super::walk::Files;
use crate::answers::check::Check;
use crate::answers::{Found, NAME};
use crate::catalog::Catalog;
use crate::catalog::question::{FindingName, KindName, Question, Values};
use crate::template::engine;
use crate::template::expression::Scope;
use crate::template::provided;

pub use beside::of_what_stays;
use databases::{Ours, unsupported};
use egress::egress;
use notes::{in_the_way, secrets_of_the_build, shared_lock, user_by_default};
use record::{record, refusal};
pub use system::{MadeStore, STORES, made};
use variables::{mapped, without_strangers};

mod beside;
mod databases;
mod egress;
mod fields;
mod further;
mod notes;
mod record;
mod route;
mod system;
mod value;
mod variables;

/// A variable of a service whose value nothing in the folder tells.
#[derive(Clone, Debug)]
pub struct Unknown {
    /// The folder of the service, empty for the whole.
    pub folder: String,
    pub variable: Finding<Variable>,
    /// What answers call the store of whose address it is a part, where that is known only as a whole.
    pub part_of: Option<&'static str>,
}

impl Unknown {
    /// Whether it is the same variable of the same service.
    pub fn is_about(&self, other: &Self) -> bool {
        (&self.folder, &self.variable.value.name) == (&other.folder, &other.variable.value.name)
    }
}

/// What follows from findings.
#[derive(Default)]
pub struct Following {
    /// In the order of the questions.
    pub answers: IndexMap<String, Found>,
    /// Why services have none.
    pub refused: Vec<Note>,
    pub unknown: Vec<Unknown>,
    /// What could not be read, and what has no place among the answers.
    pub notes: Vec<Note>,
}

/// The answers that follow. What a question refuses becomes a
/// note. Of the answers that are chosen already, choices, lists and those that are not asked on the way count, else their defaults.
///
/// # Errors
/// When an expression of the catalog fails.
pub fn answers(catalog: &Catalog, found: &Detected, files: &Files, chosen: &Values) -> Result<Following> {
    let env = engine::environment(catalog)?;
    let settled =
        |question: &&Question| !question.asked || matches!(question.kind, KindName::Choice | KindName::Records);
    let questions = catalog.project.questions.iter().filter(settled);
    let mut known: Values = questions
        .filter_map(|question| {
            Some((question.name.clone(), chosen.get(&question.name).or(question.default.as_ref())?.clone()))
        })
        .collect();
    let engine = system::found(found);
    let mut folders = free::folders_of_services(catalog, chosen);
    folders.extend(found.services.iter().map(|service| service.path.clone()));
    let mut staying = of_what_stays(catalog, files, &folders, chosen)?;
    known.extend(staying.iter().map(|(name, answer)| (name.clone(), answer.value.clone())));
    let mut following = Following::default();
    for (_, question) in catalog.questions().filter(|(_, one)| one.is_detected_by(FindingName::StoreEngine)) {
        known.extend(chosen.get(&question.name).map(|value| (question.name.clone(), value.clone())));
    }
    for (component, question) in catalog.questions().filter(|(_, one)| one.is_detected_by(FindingName::DatabaseEngine))
    {
        let condition = component.and_then(|component| catalog.condition(component));
        let is_asked = |scope: &Scope<'_>| condition.as_ref().is_none_or(|one| scope.is_true(one).unwrap_or(false));
        if let Some(value) = chosen.get(&question.name) {
            known.insert(question.name.clone(), value.clone());
        } else if is_asked(&Scope::new(&env, &known))
            && let Some(answer) = system::answer(&Scope::new(&env, &known), question, engine.as_ref())
        {
            known.insert(question.name.clone(), answer.value.clone());
            following.answers.insert(question.name.clone(), answer);
        }
    }
    // The default of a key can follow from the keys before it, such as who operates the database from its kind.
    let keys = |question: &&Question| catalog.slots.slots.values().any(|slot| slot.keys.contains(&question.name));
    for question in catalog.project.questions.iter().filter(settled).filter(keys) {
        if !known.contains_key(&question.name)
            && let Ok(Some(value)) = Scope::new(&env, &known).default_of(question)
        {
            known.insert(question.name.clone(), value);
        }
    }
    let scope = Scope::new(&env, &known);
    let provided = provided::known(catalog, &scope);
    let scope = &scope.with(&provided);
    let mut ours = Ours::new(&system::chosen(catalog, scope, &known), catalog, scope);
    let mut also = Values::new();
    // where nothing uses the first one, the answers are about another application
    if let Some(question) = catalog.detected_by(FindingName::MoreDatabases)
        && ours.is_used(found)
        && !chosen.contains_key(&question.name)
    {
        let (answer, databases) = further::found(scope, question, found, &ours, files);
        ours.more = databases;
        if let Some(answer) = answer {
            also.insert(question.name.clone(), answer.value.clone());
            following.answers.insert(question.name.clone(), answer);
        }
    }
    let scope = &scope.with(&also);
    for (component, question) in catalog.questions() {
        let Some(by) = &question.detected_by else { continue };
        let is_asked = || {
            let condition = component.and_then(|component| catalog.condition(component));
            condition.is_none_or(|condition| scope.is_true(&condition).unwrap_or(false))
        };
        let answer = match by.finding {
            FindingName::ProjectName => scalar(scope, question, remote_name(found).or_else(|| root_name(found))),
            FindingName::Repository => scalar(scope, question, repository(found, &by.of)),
            FindingName::CodeOwners => scalar(scope, question, code_owners(files)),
            FindingName::StoreEngine if is_asked() => {
                system::answer(scope, question, system::of_store(found, &by.of).as_ref())
            }
            FindingName::OnlyCopy if is_asked() => {
                system::answer(scope, question, system::only_copy(found, &by.of).as_ref())
            }
            FindingName::Services if question.kind == KindName::Records => {
                services(scope, question, found, &ours, files, &mut following)?
            }
            _ => staying.shift_remove(&question.name),
        };
        following.answers.extend(answer.map(|answer| (question.name.clone(), answer)));
    }
    unsupported(catalog, scope, found, &ours, files);
    Ok(following)
}

/// The name of a folder as a name of the project, as far as that is possible.
///
/// # Errors
/// When the catalog has expressions that do not compile.
pub fn folder_name(catalog: &Catalog, folder: &std::path::Path) -> Result<Option<Value>> {
    let Some(question) = catalog.question(NAME) else { return Ok(None) };
    let env = engine::environment(catalog)?;
    let Some(name) = folder.file_name().and_then(|name| name.to_str()) else { return Ok(None) };
    let mut name = hyphenated(name);
    name.truncate(question.max_length.unwrap_or(name.len()));
    let name = json!(name.trim_end_matches('-'));
    Ok(Check::new(Scope::new(&env, &Values::new()), question).value(&name).ok())
}

fn scalar(scope: &Scope<'_>, question: &Question, found: Option<Finding<String>>) -> Option<Found> {
    let found = found?;
    let value = Check::new(scope.clone(), question).value(&json!(found.value)).ok()?;
    Some(Found { value, found_in: IndexMap::from_iter([(question.name.clone(), found.found_in)]) })
}

/// A name as DNS labels are written: small letters, digits and single hyphens.
fn named(name: &str, place: &Location) -> Finding<String> {
    Finding::new(hyphenated(name), place.clone())
}

fn hyphenated(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    let parts: Vec<&str> = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty()).collect();
    parts.join("-")
}

fn remote_name(found: &Detected) -> Option<Finding<String>> {
    found.remote.as_ref().map(|remote| named(&remote.value.name, &remote.found_in))
}

fn root_name(found: &Detected) -> Option<Finding<String>> {
    let root = found.services.iter().find(|service| service.path.is_empty())?;
    root.name.as_ref().map(|name| named(&name.value, &name.found_in))
}

fn repository(found: &Detected, platforms: &[String]) -> Option<Finding<String>> {
    let remote = found.remote.as_ref()?;
    let platform = remote.value.platform?;
    if !platforms.iter().any(|one| one == platform) {
        return None;
    }
    let slug = format!("{}/{}", remote.value.owner, remote.value.name);
    Some(Finding::new(slug, remote.found_in.clone()))
}

/// The first owner of everything: the last rule for `*` wins.
fn code_owners(files: &Files) -> Option<Finding<String>> {
    let file = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"].into_iter().find(|file| files.has(file))?;
    let text = files.text(file)?;
    let rules = text.lines().enumerate().filter_map(|(i, line)| {
        let mut words = line.split_whitespace();
        (words.next() == Some("*")).then(|| words.next()).flatten().map(|owner| (i, owner))
    });
    rules.last().map(|(i, owner)| Finding::new(owner.to_owned(), Location::new(file, Some(i + 1))))
}

/// The records of the services. Adds those that have none, and the variables whose values nothing tells.
fn services(
    scope: &Scope<'_>,
    question: &Question,
    found: &Detected,
    ours: &Ours,
    files: &Files,
    following: &mut Following,
) -> Result<Option<Found>> {
    let (mut records, mut found_in, mut refused) = (Vec::<Value>::new(), IndexMap::new(), Vec::new());
    let most = usize::try_from(question.max.unwrap_or(100)).unwrap_or(usize::MAX);
    let id = question.unique.first();
    // what shares an image comes after the services that have one
    let mut waiting: VecDeque<Cow<'_, Service>> = found.services.iter().map(Cow::Borrowed).collect();
    while let Some(service) = waiting.pop_front() {
        if records.len() == most {
            files.note("", format!("has more services and processes than the {most} that the answers take"));
            break;
        }
        let (record, places) = match record(scope, question, &service, &records, found, ours, files)? {
            Ok(found) => found,
            Err(why) => {
                refused.push(refusal(&service, &why));
                continue;
            }
        };
        let taken = |field: &&String| {
            record.get(*field).is_some_and(|value| records.iter().any(|other| other.get(*field) == Some(value)))
        };
        if let Some(field) = question.unique.iter().find(taken) {
            refused.push(refusal(&service, &format!("another one has the same `{field}`")));
            continue;
        }
        if service.shares.is_none() {
            shared_lock(&service, files);
            in_the_way(&service, files);
            user_by_default(&service, files);
            secrets_of_the_build(&service, files);
            if question.fields.iter().any(|field| field.is_detected_by(FindingName::Variables)) {
                let mapped = mapped(&service, ours, found);
                following.unknown.extend(mapped.unknown().map(|(variable, part_of)| Unknown {
                    folder: service.path.clone(),
                    variable: variable.clone(),
                    part_of,
                }));
            }
            if question.fields.iter().any(|field| field.is_detected_by(FindingName::EgressPorts)) {
                egress(&service, ours, found).note(&service, files);
            }
        }
        if let Some(name) = id.and_then(|id| record.get(id)?.as_str()) {
            waiting.extend(service.processes.iter().map(|process| Cow::Owned(service.process(name, process))));
        }
        let i = records.len();
        found_in.extend(places.into_iter().map(|(field, place)| (format!("{}.{i}.{field}", question.name), place)));
        records.push(Value::Object(record));
    }
    for note in &refused {
        files.note(&note.file, note.message.clone());
    }
    following.refused.extend(refused);
    without_strangers(&mut records);
    Ok((!records.is_empty()).then(|| Found { value: Value::Array(records), found_in }))
}
