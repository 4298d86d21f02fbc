//! The variables of a service as answers: secrets that people put, values that are known, and those that only people know.

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::super::Detected;
use super::super::finding::{Finding, Location};
use super::super::service::{Service, ServiceKind};
use super::super::variables::{RULES, Sort, Variable};
use super::databases::{Ours, names};
use super::value::{Known, plain};
use crate::answers::check::Check;

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
    /// Parts of the address of a store whose address is known only as a whole, each with what answers call that store.
    parts: Vec<(&'s Finding<Variable>, &'static str)>,
}

/// With which the image of PostgreSQL makes its database. Beside a whole address, and without a host, no program reads them.
const OF_CONTAINERS: [&str; 3] = ["POSTGRES_DB", "POSTGRES_PASSWORD", "POSTGRES_USER"];

/// The variables of a service, where `ours` are the stores that are generated.
pub(super) fn mapped<'s>(service: &'s Service, ours: &Ours, all: &'s Detected) -> Mapped<'s> {
    let mut mapped = Mapped::default();
    // files in a browser have no environment
    let is_static = service.output.is_some() && service.image.is_none();
    let database = ours.systems.iter().any(|system| service.client_of(system).is_some());
    let known = Known { service, all };
    let rules = &RULES.answers;
    let of_ours = |sort: Sort| {
        service.variables.iter().any(|found| {
            let words: Vec<&str> = found.value.name.split('_').collect();
            found.value.sort == sort && is_of_database(&found.value, &words, ours)
        })
    };
    let has_container = database && ours.is_made && of_ours(Sort::Address) && !of_ours(Sort::Host);
    for found in &service.variables {
        let variable = &found.value;
        let words: Vec<&str> = variable.name.split('_').collect();
        let has = |list: &[String]| words.iter().any(|word| list.iter().any(|one| one == word));
        if has(&rules.of_tests) || rules.given.contains(&variable.name) {
            continue;
        }
        if database && ours.given.contains(&variable.name) {
            continue;
        }
        let is_of_another = super::further::address_of(service, variable).is_some_and(|system| !ours.has(system));
        let is_ours = database && !is_of_another && is_of_database(variable, &words, ours);
        let store = ours.store_of(service, variable).map(|store| store.name);
        match variable.sort {
            _ if is_of_build(variable) => mapped.build.push(found),
            sort if is_static && sort != Sort::Public => {}
            _ if has_container && OF_CONTAINERS.contains(&variable.name.as_str()) => {}
            Sort::Address if let Some(name) = ours.named(service, variable) => {
                mapped.values.push((found, json!(format!("${{database.{name}.uri}}"))));
            }
            sort if is_ours && let Some(reference) = ours.reference(service, sort) => {
                mapped.values.push((found, reference));
            }
            Sort::Host | Sort::Port | Sort::User | Sort::Password if is_ours && ours.is_made => {
                mapped.parts.push((found, "database"));
            }
            Sort::Address if let Some(store) = store => mapped.values.push((found, json!(format!("${{{store}.url}}")))),
            Sort::Host | Sort::Port | Sort::User | Sort::Password if let Some(store) = store => {
                mapped.parts.push((found, store));
            }
            Sort::Secret | Sort::Address | Sort::Password if variable.required => mapped.secrets.push(found),
            Sort::Secret | Sort::Address | Sort::Password => mapped.optional.push(found),
            Sort::Host | Sort::Port | Sort::User | Sort::Name => match known.of_store(variable) {
                Some(value) => mapped.values.push((found, value)),
                None if variable.required || is_ours || is_read(service, variable) => mapped.uncertain.push(found),
                None => {}
            },
            // how a laptop reaches its database is no value for production
            Sort::Plain if database && ours.is_made && is_about_tls(variable, &words, ours) => {
                mapped.uncertain.push(found)
            }
            Sort::Public | Sort::Plain => plain(&known, found, &mut mapped),
        }
    }
    mapped
}

/// Whether the service talks to the database that a variable is about.
fn is_read(service: &Service, variable: &Variable) -> bool {
    variable
        .system
        .is_some_and(|system| super::system::ENGINES.contains(&system) && service.client_of(system).is_some())
}

/// Whether it is a secret that only the image build needs.
pub(super) fn is_of_build(variable: &Variable) -> bool {
    variable.sort.is_secret() && (variable.build || RULES.answers.of_build.contains(&variable.name))
}

/// Whether it is of the database that is generated: by its system, or by a name that is general.
fn is_of_database(variable: &Variable, words: &[&str], ours: &Ours) -> bool {
    match variable.system {
        Some(system) => ours.has(system),
        None => variable.sort.is_of_store() && is_general(words),
    }
}

/// Whether it says how the connection to the database is encrypted.
fn is_about_tls(variable: &Variable, words: &[&str], ours: &Ours) -> bool {
    let is_of_ours = is_general(words) || ours.systems.iter().any(|system| names(variable, system));
    is_of_ours && words.iter().any(|word| matches!(*word, "SSL" | "SSLMODE" | "TLS"))
}

/// Whether a name is that of the database, whichever it is.
pub(super) fn is_general(words: &[&str]) -> bool {
    words.iter().any(|word| matches!(*word, "ConnectionStrings" | "DATABASE" | "DATASOURCE" | "DB"))
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

    /// What only people know, and of which store it is a part of the address.
    pub fn unknown(&self) -> impl Iterator<Item = (&'s Finding<Variable>, Option<&'static str>)> {
        let parts = self.parts.iter().map(|(found, store)| (*found, Some(*store)));
        self.uncertain.iter().map(|found| (*found, None)).chain(parts)
    }
}

/// The variables that a service can have. What it gets without being asked for is left out, unless the value would get another name
/// only, or the name has another form of the address of the database; `of_names` knows these names.
pub(super) fn accepted(
    mut found: Finding<Value>,
    check: &Check<'_>,
    of_names: Option<&Check<'_>>,
) -> Result<Option<Finding<Value>>> {
    let Some(all) = found.value.as_object_mut() else { return Ok(None) };
    let mut left = Map::new();
    for (name, value) in all.iter() {
        let is_given = of_names.map_or(Ok(None), |check| check.set_already(name))?.is_some();
        let has_another = || {
            let is_filled = value.as_str().is_some_and(|text| text.starts_with("${"));
            is_filled && all.iter().any(|(other, one)| other != name && one == value)
        };
        let has_another_form =
            || value.as_str().is_some_and(|text| text.starts_with("${database.") && text != "${database.uri}");
        let alone = Value::Object(Map::from_iter([(name.clone(), value.clone())]));
        if (!is_given || has_another() || has_another_form()) && check.value(&alone).is_ok() {
            left.insert(name.clone(), value.clone());
        }
    }
    Ok((!left.is_empty()).then(|| Finding::new(Value::Object(left), found.found_in)))
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
    for variables in records.iter_mut().filter_map(|record| record.get_mut("variables")?.as_object_mut()) {
        variables.retain(|_, value| is_known(value));
    }
}

/// Whether a browser or another program sends requests to it.
pub(super) fn is_reached(service: &Service) -> bool {
    service.kind.as_ref().is_some_and(|kind| matches!(kind.value, ServiceKind::Web | ServiceKind::Api))
}

#[cfg(test)]
mod tests {
    use super::super::super::service::{Client, Language};
    use super::*;

    fn variable(name: &str, sort: Sort, required: bool) -> Finding<Variable> {
        let secret = sort.is_secret();
        let variable = Variable {
            name: name.to_owned(),
            sort,
            secret,
            required,
            system: None,
            value: None,
            by_default: false,
            servers: Vec::new(),
            database: None,
            build: name == "REGISTRY_TOKEN",
        };
        Finding::new(variable, Location::new(".env.example", None))
    }

    #[test]
    fn what_only_a_build_needs_is_apart() {
        let place = Location::new("package.json", None);
        let service = Service {
            language: Some(Finding::new(Language::Node, place.clone())),
            clients: vec![Finding::new(Client::new("mongodb", Some("mongodb")), place)],
            variables: vec![
                variable("REGISTRY_TOKEN", Sort::Secret, true),
                variable("NPM_TOKEN", Sort::Secret, false),
                variable("JWT_SECRET", Sort::Secret, true),
                variable("DATABASE_URL", Sort::Address, true),
            ],
            ..Service::default()
        };
        let all = Detected {
            remote: None,
            services: Vec::new(),
            workspaces: Vec::new(),
            backing: Vec::new(),
            variables: Vec::new(),
            pipelines: Vec::new(),
            infrastructure: Vec::new(),
            beside: Vec::new(),
            answers: indexmap::IndexMap::new(),
            refused: Vec::new(),
            unknown: Vec::new(),
            gaps: Vec::new(),
            notes: Vec::new(),
        };
        let names = |list: &[&Finding<Variable>]| Mapped::names(list).map(|found| found.value);
        let ours = |systems: &[&str], is_made| Ours {
            systems: systems.iter().map(ToString::to_string).collect(),
            is_made,
            has_own: is_made,
            references: Vec::new(),
            given: Vec::new(),
            more: Vec::new(),
            stores: Vec::new(),
        };
        let found = mapped(&service, &ours(&["mongodb"], true), &all);
        assert_eq!(names(&found.build), Some(json!(["REGISTRY_TOKEN", "NPM_TOKEN"])));
        assert_eq!(names(&found.secrets), Some(json!(["JWT_SECRET"])));
        assert_eq!(found.variables().map(|found| found.value), Some(json!({"DATABASE_URL": "${database.uri}"})));
        let found = mapped(&service, &ours(&[], false), &all);
        assert_eq!(names(&found.secrets), Some(json!(["JWT_SECRET", "DATABASE_URL"])));
    }
}
