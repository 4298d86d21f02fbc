//! Databases beside the first of the answers: those whose addresses services read.

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::super::Detected;
use super::super::finding::{Finding, Location};
use super::super::service::Service;
use super::super::variables::value::is_of_laptop;
use super::super::variables::{RULES, Sort, Variable};
use super::super::walk::Files;
use super::databases::Ours;
use super::hyphenated;
use super::system::ENGINES;
use super::variables::{is_general, is_of_build};
use crate::answers::Found;
use crate::answers::check::Check;
use crate::catalog::question::Question;
use crate::template::expression::Scope;

/// A database beside the first.
pub(super) struct Further {
    /// Its name among the answers.
    pub name: String,
    system: &'static str,
    /// Its name in the addresses of samples, where they have one.
    database: Option<String>,
    /// Whether an address of its system that names no database is its own.
    has_unnamed: bool,
}

impl Further {
    /// Whether a variable of a service is its address.
    pub fn is_in(&self, service: &Service, variable: &Variable) -> bool {
        let is_its = match &variable.database {
            Some(_) => self.database == variable.database,
            None => self.has_unnamed,
        };
        is_its && address_of(service, variable) == Some(self.system)
    }

    pub fn is_of(&self, system: &str) -> bool {
        self.system == system
    }
}

/// What the addresses of one database in samples say.
struct Read<'s> {
    place: &'s Location,
    port: Option<u16>,
    services: Vec<&'s str>,
}

/// The databases beside that of the answers, as records for the question about them. Where the first one exists already, and
/// addresses name several of its kind, those after the first name are among them; one that is made is one.
pub(super) fn found(
    scope: &Scope<'_>,
    question: &Question,
    all: &Detected,
    ours: &Ours,
    files: &Files,
) -> (Option<Found>, Vec<Further>) {
    let (mut records, mut places, mut further) = (Vec::new(), IndexMap::new(), Vec::<Further>::new());
    let engine = question.fields.iter().find(|field| !field.choices.is_empty());
    let (Some(engine), Some(id)) = (engine, question.unique.first()) else { return (None, further) };
    let check = Check::new(scope.clone(), question);
    for system in ENGINES {
        let words = question.detected_by.as_ref().map(|by| &by.words);
        let word = words.and_then(|words| words.get(system)).map_or(system, String::as_str);
        if !engine.choices.iter().any(|choice| choice.value == word) {
            continue;
        }
        let is_ours = ours.has(system);
        if is_ours && ours.has_own {
            note_several(all, system, question, files);
            continue;
        }
        let mut addresses = addresses(all, system);
        let is_named = addresses.keys().any(Option::is_some);
        if is_ours {
            // the first one, and what may be its address
            let first = addresses.keys().flatten().next().cloned();
            addresses.retain(|name, _| name.is_some() && *name != first);
        } else if is_named {
            addresses.shift_remove(&None);
        }
        for (i, (database, read)) in addresses.into_iter().enumerate() {
            let named = database.as_deref().map(hyphenated);
            let mut names = named.into_iter().chain([system.to_owned(), format!("{system}-2")]);
            let accepted = names.find_map(|name| {
                let is_free = further.iter().all(|other| other.name != name);
                let mut record = json!({id: name, &engine.name: word});
                if let Some(port) = read.port {
                    record["port"] = json!(port);
                }
                let list = check.value(&json!([record])).ok().filter(|_| is_free)?;
                Some((name, list.get(0)?.clone()))
            });
            let Some((name, record)) = accepted else { continue };
            if read.services.len() > 1 && database.is_none() {
                let message = format!(
                    "connects to {system}, as do others; `{}` has one for {}: name another one where they are apart",
                    question.name,
                    read.services.join(" and ")
                );
                files.note(&read.place.file, message);
            }
            places.insert(format!("{}.{}.{id}", question.name, records.len()), read.place.clone());
            records.push(record);
            further.push(Further { name, system, database, has_unnamed: !is_ours && i == 0 });
        }
    }
    let found = (!records.is_empty()).then(|| Found { value: Value::Array(records), found_in: places });
    (found, further)
}

/// Notes each service that names several databases of the server that is made, as it has one of them.
fn note_several(all: &Detected, system: &str, question: &Question, files: &Files) {
    for service in &all.services {
        let of_system = |one: &&Finding<Variable>| address_of(service, &one.value) == Some(system);
        let named = service.variables.iter().filter(of_system);
        let mut named = named.filter_map(|one| Some((one.value.database.as_ref()?, &one.found_in)));
        let Some((one, _)) = named.next() else { continue };
        if let Some((other, place)) = named.find(|(name, _)| *name != one) {
            let message = format!(
                "names the databases `{one}` and `{other}`, and a service has one of those that are made: both variables have its address, unless one is of another database in `{}`",
                question.name
            );
            files.note(&place.file, message);
        }
    }
}

/// The name in the address of the database of the answers, where another service names another one before.
pub(super) fn own_name(service: &Service, ours: &Ours, all: &Detected) -> Option<Finding<Value>> {
    let named = |service: &Service| -> Option<(String, Location)> {
        let is_ours = |one: &&Finding<Variable>| address_of(service, &one.value).is_some_and(|system| ours.has(system));
        let found = service.variables.iter().filter(is_ours).find(|one| one.value.database.is_some())?;
        Some((found.value.database.clone()?, found.found_in.clone()))
    };
    let (name, place) = named(service)?;
    let (first, _) = all.services.iter().find_map(named)?;
    (name != first).then(|| Finding::new(json!(name), place))
}

/// The addresses of a system that services read, by the name of the database in each.
fn addresses<'s>(all: &'s Detected, system: &str) -> IndexMap<Option<String>, Read<'s>> {
    let mut found: IndexMap<Option<String>, Read<'s>> = IndexMap::new();
    for service in &all.services {
        let of_system = |one: &&Finding<Variable>| address_of(service, &one.value) == Some(system);
        for one in service.variables.iter().filter(of_system) {
            let read = found.entry(one.value.database.clone()).or_insert_with(|| Read {
                place: &one.found_in,
                port: None,
                services: Vec::new(),
            });
            let far = one
                .value
                .servers
                .iter()
                .find(|server| !server.host.is_empty() && !is_of_laptop(&format!("x://{}:1", server.host), &[]));
            read.port = read.port.or(far.and_then(|server| server.port));
            let name = service.name.as_ref().map_or("", |name| name.value.as_str());
            if !read.services.contains(&name) {
                read.services.push(name);
            }
        }
    }
    found
}

/// The system of which a variable of a service is the address: by what is known of it, or by a general name that is left for one
/// of its databases.
pub(super) fn address_of(service: &Service, variable: &Variable) -> Option<&'static str> {
    let words: Vec<&str> = variable.name.split('_').collect();
    let is_of_tests = words.iter().any(|word| RULES.answers.of_tests.iter().any(|one| one == word));
    if variable.sort != Sort::Address || is_of_tests || is_of_build(variable) {
        return None;
    }
    let clients =
        || service.clients.iter().filter_map(|client| client.value.system).filter(|one| ENGINES.contains(one));
    match variable.system {
        Some(system) => clients().find(|client| *client == system),
        None if is_general(&words) => {
            let has_its_own = |system: &&str| {
                service.variables.iter().any(|one| one.value.sort == Sort::Address && one.value.system == Some(*system))
            };
            let mut left = clients().filter(|system| !has_its_own(system));
            let one = left.next()?;
            left.all(|other| other == one).then_some(one)
        }
        None => None,
    }
}
