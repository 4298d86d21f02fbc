//! The variables of a service as answers: secrets that people put, values that are known, and those that only people know.

use serde_json::{Map, Value, json};

use super::super::Detected;
use super::super::finding::{Finding, Location};
use super::super::service::{Service, ServiceKind};
use super::super::variables::{RULES, Sort, Variable};
use super::super::walk::Files;
use super::hyphenated;
use super::value::{Known, plain};

/// What becomes of the variables of a service.
#[derive(Default)]
pub(super) struct Mapped<'s> {
    pub secrets: Vec<&'s Finding<Variable>>,
    pub optional: Vec<&'s Finding<Variable>>,
    pub build: Vec<&'s Finding<Variable>>,
    /// Values by name, each with where its variable was found.
    pub values: Vec<(&'s Finding<Variable>, Value)>,
    /// Those whose value in production nothing tells.
    pub uncertain: Vec<&'s Finding<Variable>>,
    /// Parts of the address of a database whose address is known only as a whole.
    parts: Vec<&'s Finding<Variable>>,
}

/// The variables of a service, where one of `ours` is the system of the database that is generated.
pub(super) fn mapped<'s>(service: &'s Service, ours: &[String], all: &'s Detected) -> Mapped<'s> {
    let mut mapped = Mapped::default();
    // files in a browser have no environment
    let is_static = service.output.is_some() && service.image.is_none();
    let database = ours.iter().any(|system| service.client_of(system).is_some());
    let known = Known { service, all };
    let rules = &RULES.answers;
    for found in &service.variables {
        let variable = &found.value;
        let words: Vec<&str> = variable.name.split('_').collect();
        let has = |list: &[String]| words.iter().any(|word| list.iter().any(|one| one == word));
        if has(&rules.of_tests) {
            continue;
        }
        let is_build = variable.build || rules.of_build.contains(&variable.name);
        let is_ours = database && is_of_database(variable, &words, ours);
        match variable.sort {
            sort if sort.is_secret() && is_build => mapped.build.push(found),
            sort if is_static && sort != Sort::Public => {}
            Sort::Address if is_ours => mapped.values.push((found, json!("${database.uri}"))),
            Sort::Name if is_ours => mapped.values.push((found, json!("${database.name}"))),
            Sort::Host | Sort::Port | Sort::User | Sort::Password if is_ours => mapped.parts.push(found),
            Sort::Secret | Sort::Address | Sort::Password if variable.required => mapped.secrets.push(found),
            Sort::Secret | Sort::Address | Sort::Password => mapped.optional.push(found),
            Sort::Host | Sort::Port | Sort::User | Sort::Name => match known.of_store(variable) {
                Some(value) => mapped.values.push((found, value)),
                None if variable.required => mapped.uncertain.push(found),
                None => {}
            },
            Sort::Public | Sort::Plain => plain(&known, found, &mut mapped),
        }
    }
    // a name that the service has anyway is left out, unless another one would take its place
    let of_database = |(_, value): &&(&Finding<Variable>, Value)| *value == "${database.uri}";
    if mapped.values.iter().filter(of_database).count() == 1 {
        mapped.values.retain(|(found, value)| found.value.name != "MONGODB_URI" || *value != "${database.uri}");
    }
    mapped
}

/// Whether it is of the database that is generated: by its system, or by a name that is general.
fn is_of_database(variable: &Variable, words: &[&str], ours: &[String]) -> bool {
    let is_general = words.iter().any(|word| matches!(*word, "DATABASE" | "DATASOURCE" | "DB"));
    match variable.system {
        Some(system) => ours.iter().any(|one| one == system),
        None => variable.sort.is_of_store() && is_general,
    }
}

impl<'s> Mapped<'s> {
    /// The names in a list, with the place of the first.
    pub fn names(list: &[&'s Finding<Variable>]) -> Option<Finding<Value>> {
        let names: Vec<&str> = list.iter().map(|found| found.value.name.as_str()).collect();
        Some(Finding::new(json!(names), Location::new(&list.first()?.found_in.file, None)))
    }

    /// The values, with the place of the first.
    pub fn variables(&self) -> Option<Finding<Value>> {
        let (first, _) = self.values.first()?;
        let values = self.values.iter().map(|(found, value)| (found.value.name.clone(), value.clone()));
        Some(Finding::new(Value::Object(values.collect::<Map<_, _>>()), Location::new(&first.found_in.file, None)))
    }

    /// Notes what only people know.
    pub fn note(&self, service: &Service, files: &Files) {
        let name = service.name.as_ref().map(|name| hyphenated(&name.value)).unwrap_or_default();
        for (list, says) in [
            (
                &self.uncertain,
                "whose values in production are not known; `variables` of the service says what they are",
            ),
            (
                &self.parts,
                "which are parts of the address of its database, and that is known only as a whole; let the program read it from one variable, which `variables` of the service names",
            ),
        ] {
            let Some(first) = list.first() else { continue };
            let names: Vec<String> = list.iter().map(|found| format!("`{}`", found.value.name)).collect();
            files.note(&first.found_in.file, format!("has variables of `{name}` {says}: {}", names.join(", ")));
        }
    }
}

/// Takes references to services away that have no record, or to which no requests are sent.
pub(super) fn without_strangers(records: &mut [Value]) {
    let is_public = |record: &&Value| matches!(record["kind"].as_str(), Some("web" | "api"));
    let names: Vec<String> =
        records.iter().filter(is_public).filter_map(|record| Some(record["name"].as_str()?.to_owned())).collect();
    let is_known = |value: &Value| {
        let text = value.as_str().or_else(|| value["value"].as_str()).unwrap_or_default();
        let mut references = text.split("${").skip(1).filter_map(|rest| rest.split('}').next());
        references.all(|reference| match reference.split_once('.') {
            Some(("path" | "service" | "url", name)) => names.iter().any(|one| one == name),
            Some(_) | None => true,
        })
    };
    for variables in records.iter_mut().filter_map(|record| record["variables"].as_object_mut()) {
        variables.retain(|_, value| is_known(value));
    }
}

/// Whether a browser or another program sends requests to it.
pub(super) fn is_reached(service: &Service) -> bool {
    service.kind.as_ref().is_some_and(|kind| matches!(kind.value, ServiceKind::Web | ServiceKind::Api))
}
