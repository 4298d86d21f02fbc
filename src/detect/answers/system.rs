//! Which database the system uses: what services connect to, by the words that the catalog has for it.

use indexmap::{IndexMap, IndexSet};
use serde_json::{Value, json};

use super::super::Detected;
use super::super::finding::{Finding, Location};
use super::super::service::Service;
use crate::answers::Found;
use crate::answers::check::Check;
use crate::catalog::Catalog;
use crate::catalog::question::{DetectedBy, FindingName, Known as _, Question, Values};
use crate::template::expression::Scope;

/// Databases that can be seen to be used, as detection calls them. SQLite is a file of a service.
pub(super) const ENGINES: [&str; 5] = ["mongodb", "postgresql", "mysql", "sqlserver", "cockroachdb"];

/// The stores that a service can use, as its answers and their questions call them, and the systems of each.
pub const STORES: [(&str, &[&str]); 3] =
    [("database", &ENGINES), ("cache", &["redis"]), ("broker", &["kafka", "nats", "rabbitmq"])];

/// What is found where services use no database, and the choice of a store that makes none.
pub(super) const NONE: &str = "none";

/// A store beside the database that the answers have, one that is made or one that others operate.
pub struct MadeStore {
    /// What answers and references call it.
    pub name: &'static str,
    systems: Vec<&'static str>,
}

impl MadeStore {
    pub fn is_of(&self, system: &str) -> bool {
        self.systems.contains(&system)
    }
}

/// Whether it is a system of a store beside the database.
pub(super) fn beside_database(system: &str) -> bool {
    STORES.iter().any(|(name, systems)| *name != "database" && systems.contains(&system))
}

/// Whether a choice of a store that has these systems can be one of them: of a store that has a single one any choice is, and one
/// that is no system is what another question says.
pub(super) fn makes(catalog: &Catalog, choice: &str, systems: &[&str], system: &str) -> bool {
    let is_named = || {
        let question = engine_of(catalog, systems).filter(|_| !systems.contains(&choice));
        question.is_some_and(|question| question.choices.iter().any(|choice| choice.value == system))
    };
    choice != NONE && systems.contains(&system) && (systems.len() == 1 || choice == system || is_named())
}

/// The question which of these systems a store is.
fn engine_of<'c>(catalog: &'c Catalog, systems: &[&str]) -> Option<&'c Question> {
    let is_of = |by: &DetectedBy| {
        by.finding == FindingName::StoreEngine && by.of.iter().all(|system| systems.contains(&system.as_str()))
    };
    catalog.questions().map(|(_, question)| question).find(|question| question.detected_by.as_ref().is_some_and(is_of))
}

/// The stores beside the database that the answers have.
pub fn made(catalog: &Catalog, scope: &Scope<'_>) -> Vec<MadeStore> {
    let of_store = |(name, systems): &(&'static str, &'static [&'static str])| {
        let choice = scope.known(name)?.as_str()?;
        let engine = engine_of(catalog, systems).filter(|_| !systems.contains(&choice));
        let engine = engine.and_then(|question| scope.known(&question.name)?.as_str());
        let is_it =
            |system: &&str| makes(catalog, choice, systems, system) && engine.is_none_or(|engine| engine == *system);
        Some(MadeStore { name, systems: systems.iter().copied().filter(is_it).collect() })
    };
    let beside = STORES.iter().filter(|(name, _)| *name != "database");
    beside.filter_map(of_store).filter(|store| !store.systems.is_empty()).collect()
}

/// The database that most services use, or that runs beside them while they are developed; `none` where services are known
/// and use none. Nothing where there is no service.
pub(super) fn found(all: &Detected) -> Option<Finding<String>> {
    let mut users: IndexMap<&str, (usize, &Location)> = IndexMap::new();
    let clients = all.services.iter().flat_map(|service| &service.clients);
    for client in clients.filter(|client| client.value.system.is_some_and(|system| ENGINES.contains(&system))) {
        let (count, _) = users.entry(client.value.system.unwrap_or_default()).or_insert((0, &client.found_in));
        *count += 1;
    }
    let most = users.iter().rev().max_by_key(|(_, (count, _))| *count);
    let used = most.map(|(system, (_, place))| Finding::new((*system).to_owned(), (*place).clone()));
    let beside = || {
        let backing = all.backing.iter().find(|backing| ENGINES.contains(&backing.value.system))?;
        Some(Finding::new(backing.value.system.to_owned(), backing.found_in.clone()))
    };
    let by_name = || {
        let variables = all.services.iter().flat_map(|service| &service.variables).chain(&all.variables);
        let known = |system: Option<&'static str>| system.filter(|system| ENGINES.contains(system));
        variables.into_iter().find_map(|variable| {
            let system = known(variable.value.system)?;
            Some(Finding::new(system.to_owned(), variable.found_in.clone()))
        })
    };
    let none = || {
        let service = all.services.first()?;
        let place = service.manifest.as_ref().or(service.containers.first())?;
        Some(Finding::new(NONE.to_owned(), Location::new(&place.file, None)))
    };
    used.or_else(beside).or_else(by_name).or_else(none)
}

/// The first of these systems that a service uses.
pub(super) fn of_store(all: &Detected, systems: &[String]) -> Option<Finding<String>> {
    let is_one = |system: &&'static str| systems.iter().any(|one| one == system);
    let clients = all.services.iter().flat_map(|service| &service.clients);
    let mut used = clients.filter_map(|client| Some((client.value.system.filter(is_one)?, &client.found_in)));
    let beside =
        || all.backing.iter().find(|one| is_one(&one.value.system)).map(|one| (one.value.system, &one.found_in));
    let (system, place) = used.next().or_else(beside)?;
    Some(Finding::new(system.to_owned(), place.clone()))
}

/// What a service keeps in one of these systems that exists nowhere else.
pub(super) fn only_copy(all: &Detected, systems: &[String]) -> Option<Finding<String>> {
    let mut kept = all.services.iter().flat_map(|service| {
        let keepers = service.clients.iter().filter_map(|client| Some((client, client.value.keeps?)));
        keepers.map(move |(client, what)| (client.value.system.or_else(|| queue_of(service)), what, &client.found_in))
    });
    let (_, what, place) = kept.find(|(system, ..)| system.is_some_and(|one| systems.iter().any(|of| of == one)))?;
    Some(Finding::new(what.to_owned(), place.clone()))
}

/// The system in which a service has the queue of a library that takes several: that of the variable about it, else the only one.
fn queue_of(service: &Service) -> Option<&'static str> {
    let variables = || {
        let known = service.variables.iter().filter_map(|one| Some((&one.value, one.value.system?)));
        known.filter(|(_, system)| beside_database(system))
    };
    let by_name = variables().find(|(variable, _)| variable.name.split('_').any(|word| word == "BROKER"));
    by_name.map(|(_, system)| system).or_else(|| {
        let of_clients = service.clients.iter().filter_map(|client| client.value.system);
        let of_clients = of_clients.filter(|system| beside_database(system));
        let mut found = of_clients.chain(variables().map(|(_, system)| system));
        let one = found.next()?;
        found.all(|other| other == one).then_some(one)
    })
}

/// What a question about a system is answered by a finding; nothing where it has no word for it.
pub(super) fn answer(scope: &Scope<'_>, question: &Question, found: Option<&Finding<String>>) -> Option<Found> {
    let found = found?;
    let check = Check::new(scope.clone(), question);
    let value = words(question, &found.value).find_map(|word| check.value(&json!(word)).ok())?;
    Some(Found { value, found_in: IndexMap::from_iter([(question.name.clone(), found.found_in.clone())]) })
}

/// The choices of a question that stand for what was found: the one of its name, and the one that is taken where that is not open.
fn words<'w>(question: &'w Question, engine: &'w str) -> impl Iterator<Item = &'w str> {
    let other = question.detected_by.as_ref().and_then(|by| by.words.get(engine)).map(String::as_str);
    let is_choice = |word: &&str| question.choices.iter().any(|choice| choice.value == *word);
    [Some(engine), other].into_iter().flatten().filter(is_choice)
}

/// The answers that take a database in, as `--set` takes them: the one that says which it is, and those that no longer fit with it.
/// Nothing where no question has a word for it that is open.
pub(super) fn instead(catalog: &Catalog, scope: &Scope<'_>, engine: &str) -> Option<String> {
    let mut questions = catalog.questions().map(|(_, question)| question);
    let question = questions.find(|question| question.is_detected_by(FindingName::DatabaseEngine))?;
    let check = Check::new(scope.clone(), question);
    let word = words(question, engine).find(|word| check.value(&json!(word)).is_ok())?;
    let mut answers = vec![format!("`{}={word}`", question.name)];
    let scope = scope.with([(&question.name, &json!(word))]);
    let slots = catalog.slots.slots.values().filter(|slot| slot.keys.contains(&question.name));
    let keys: IndexSet<&String> = slots.flat_map(|slot| &slot.keys).filter(|key| **key != question.name).collect();
    for key in keys.into_iter().filter_map(|key| catalog.question(key)) {
        let check = Check::new(scope.clone(), key);
        let Some(value) = scope.known(&key.name).filter(|_| check.is_asked().unwrap_or(false)) else { continue };
        if check.value(value).is_err()
            && let Ok(Some(Value::String(default))) = scope.default_of(key)
        {
            answers.push(format!("`{}={default}`", key.name));
        }
    }
    Some(answers.join(" and "))
}

/// The databases that the answers stand for: those for which every question about it would be answered as it is.
pub(super) fn chosen(catalog: &Catalog, scope: &Scope<'_>, values: &Values) -> Vec<String> {
    let questions: Vec<(&Question, &Value)> = catalog
        .questions()
        .filter(|(_, question)| question.is_detected_by(FindingName::DatabaseEngine))
        .filter(|(component, _)| {
            let condition = component.and_then(|component| catalog.condition(component));
            condition.is_none_or(|condition| scope.is_true(&condition).unwrap_or(false))
        })
        .filter_map(|(_, question)| Some((question, values.get(&question.name)?)))
        .collect();
    let fits =
        |engine: &&str| questions.iter().all(|(question, value)| words(question, engine).any(|word| *value == word));
    ENGINES.into_iter().filter(fits).map(ToOwned::to_owned).collect()
}
