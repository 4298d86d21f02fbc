//! Which services use a database or another system, and what follows for their answers.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::Detected;
use super::super::finding::{Finding, Location};
use super::super::service::{Client, Command, Language, Service};
use super::super::variables::{RULES, Sort, Variable};
use super::super::walk::Files;
use super::egress::egress;
use super::further::{self, Further};
use super::system::{self, MadeStore, STORES};
use super::variables::{Mapped, mapped};
use crate::catalog::Catalog;
use crate::catalog::question::{Choice, DetectedBy, FindingName, Known as _, Question};
use crate::catalog::slots::PROVIDED;
use crate::template::expression::Scope;
use crate::text::path;

/// Databases that services can be seen to use, with the word that names of their variables have.
const DATABASES: [(&str, &str); 6] = [
    ("cockroachdb", "COCKROACH"),
    ("mongodb", "MONGO"),
    ("mysql", "MYSQL"),
    ("postgresql", "POSTGRES"),
    ("sqlite", "SQLITE"),
    ("sqlserver", "MSSQL"),
];

/// The database of the answers.
pub(super) struct Ours {
    /// As detection calls it; none where there is no database.
    pub systems: Vec<String>,
    /// Whether it is made here, so that its name is known.
    pub is_made: bool,
    /// Whether services can have databases of their own on its server.
    pub has_own: bool,
    /// What answers can refer to, such as `database.host`.
    pub references: Vec<String>,
    /// Variables that its provider sets itself.
    pub given: Vec<String>,
    /// Further databases among the answers.
    pub more: Vec<Further>,
    /// The stores beside the database, whose addresses are known only as a whole.
    pub stores: Vec<MadeStore>,
}

impl Ours {
    pub fn new(systems: &[String], catalog: &Catalog, scope: &Scope<'_>) -> Self {
        let known = scope.known(PROVIDED).map(|provided| &provided["database"]);
        let references = known.and_then(|known| known["references"].as_array()).into_iter().flatten();
        let references: Vec<String> = references.filter_map(|one| Some(one.as_str()?.to_owned())).collect();
        let is_made = references.iter().any(|reference| reference == "database.name");
        let has_own = known.is_some_and(|known| known["has_own_databases"] == json!(true));
        let given = known.and_then(|known| known["part_variables"].as_array()).into_iter().flatten();
        let given = given.filter_map(|one| Some(one["name"].as_str()?.to_owned())).collect();
        let stores = system::made(catalog, scope);
        Self { systems: systems.to_vec(), is_made, has_own, references, given, more: Vec::new(), stores }
    }

    /// The reference that fills a variable about the database; nothing where answers cannot refer to it.
    pub fn reference(&self, service: &Service, sort: Sort) -> Option<Value> {
        let known = |part: &str| self.references.iter().any(|reference| reference == &format!("database.{part}"));
        let part = match (sort, service.language.as_ref().map(|language| language.value)) {
            (Sort::Address, Some(Language::Java)) if known("jdbc") => "jdbc",
            (Sort::Address, Some(Language::Dotnet)) if known("npgsql") => "npgsql",
            // where it is not made, its operators say what it is
            (Sort::Address, _) => return Some(json!("${database.uri}")),
            (Sort::Host, _) => "host",
            (Sort::Port, _) => "port",
            (Sort::Name, _) => "name",
            (Sort::User, _) => "user",
            (Sort::Password, _) => "password",
            (Sort::Public | Sort::Plain | Sort::Secret, _) => return None,
        };
        known(part).then(|| json!(format!("${{database.{part}}}")))
    }

    /// The store of the answers for a system.
    pub fn store(&self, system: &str) -> Option<&MadeStore> {
        self.stores.iter().find(|store| store.is_of(system))
    }

    /// The store of the answers that a variable of a service is about: by its system, or by a name that says what a store
    /// is for where the service has clients of that store alone.
    pub fn store_of(&self, service: &Service, variable: &Variable) -> Option<&MadeStore> {
        if let Some(system) = variable.system {
            return self.store(system).filter(|_| variable.sort.is_of_store());
        }
        let is_general = variable.name.split('_').any(|word| matches!(word, "BROKER" | "CACHE"));
        if !is_general || !variable.sort.is_of_store() {
            return None;
        }
        let systems = service.clients.iter().filter_map(|client| client.value.system);
        let mut beside = systems.filter(|system| system::beside_database(system));
        let store = self.store(beside.next()?)?;
        beside.all(|system| store.is_of(system)).then_some(store)
    }

    /// The name of the further database whose address a variable of a service is.
    pub fn named(&self, service: &Service, variable: &Variable) -> Option<&str> {
        self.more.iter().find(|one| one.is_in(service, variable)).map(|one| one.name.as_str())
    }

    /// Whether a service reaches a system as one of the further databases, whose port is open to it.
    pub fn opens(&self, service: &Service, system: &str) -> bool {
        let of_system = || self.more.iter().filter(|one| one.is_of(system));
        service.variables.iter().any(|found| of_system().any(|one| one.is_in(service, &found.value)))
    }

    /// Whether any service connects to the database.
    pub fn is_used(&self, all: &Detected) -> bool {
        all.services.iter().any(|service| self.systems.iter().any(|system| service.client_of(system).is_some()))
    }

    pub fn has(&self, system: &str) -> bool {
        self.systems.iter().any(|one| one == system)
    }
}

/// The choices that make a system other than a database, with their question.
fn makers<'c>(catalog: &'c Catalog, system: &str) -> impl Iterator<Item = (&'c Question, &'c Choice)> {
    let stores = STORES.iter().filter(|(store, _)| *store != "database");
    let asked = stores.filter_map(|(store, systems)| Some((catalog.question(store)?, *systems)));
    asked.flat_map(move |(question, systems)| {
        let makes = move |choice: &&Choice| system::makes(catalog, &choice.value, systems, system);
        question.choices.iter().filter(makes).map(move |choice| (question, choice))
    })
}

/// The answers that take a system in and are not those that are there, as `--set` takes them.
fn open_makers(catalog: &Catalog, scope: &Scope<'_>, system: &str) -> Vec<String> {
    let is_taken =
        |question: &Question, choice: &Choice| scope.known(&question.name).is_some_and(|value| *value == choice.value);
    let open = makers(catalog, system)
        .filter(|(question, choice)| !is_taken(question, choice) && is_open(scope, choice.when.as_deref()));
    open.map(|(question, choice)| format!("`{}={}`", question.name, choice.value)).collect()
}

/// Whether a choice can be taken, as far as that is known.
fn is_open(scope: &Scope<'_>, when: Option<&str>) -> bool {
    when.is_none_or(|when| scope.is_true(when).unwrap_or(true))
}

/// Notes each system for which nothing is generated, with the services that use it.
pub(super) fn unsupported(catalog: &Catalog, scope: &Scope<'_>, found: &Detected, ours: &Ours, files: &Files) {
    let is_made = |system: &str| {
        ours.has(system) || ours.more.iter().any(|one| one.is_of(system)) || ours.store(system).is_some()
    };
    let mut users: BTreeMap<&str, (Location, Vec<String>)> = BTreeMap::new();
    for service in &found.services {
        let name = service.name.as_ref().map_or_else(|| "the service".to_owned(), |name| format!("`{}`", name.value));
        for client in &service.clients {
            let Some(system) = client.value.system.filter(|system| !is_made(system)) else { continue };
            // its file is on a volume
            if system == "sqlite" && service.volume.is_some() {
                continue;
            }
            let (_, names) = users.entry(system).or_insert_with(|| (client.found_in.clone(), Vec::new()));
            if !names.contains(&name) {
                names.push(name.clone());
            }
        }
    }
    for backing in &found.backing {
        let system = backing.value.system;
        if !is_made(system) {
            users.entry(system).or_insert_with(|| (backing.found_in.clone(), Vec::new()));
        }
    }
    let further = catalog.detected_by(FindingName::MoreDatabases).filter(|_| ours.is_used(found));
    for (system, (place, names)) in users {
        let other = system::instead(catalog, scope, system);
        let beside = further.filter(|_| other.is_some());
        let message = match names.as_slice() {
            names
                if !names.is_empty()
                    && let Some(question) = beside =>
            {
                format!(
                    "uses {system}, which these answers leave out; where it needs both databases, name it in `{}`, and `${{database.NAME.uri}}` in `variables` (used by {})",
                    question.name,
                    names.join(", ")
                )
            }
            names if other.is_some() => {
                let used = if names.is_empty() { String::new() } else { format!(" (used by {})", names.join(", ")) };
                let verb = if names.is_empty() { "runs" } else { "uses" };
                format!(
                    "{verb} {system}, which these answers leave out; take it with {}{used}",
                    other.unwrap_or_default()
                )
            }
            names if !open_makers(catalog, scope, system).is_empty() => {
                let verb = if names.is_empty() { "runs" } else { "uses" };
                let used = if names.is_empty() { String::new() } else { format!(" (used by {})", names.join(", ")) };
                let takes = open_makers(catalog, scope, system).join(" or ");
                format!("{verb} {system}, which these answers leave out; take it with {takes}{used}")
            }
            [] => format!("runs {system}, which is not supported: nothing is generated for it"),
            names if system == "sqlite" => {
                format!(
                    "uses sqlite, and in which folder its file is was not found; name the folder in `volume`, or it is empty at each start (used by {})",
                    names.join(", ")
                )
            }
            names if RULES.egress.usual.contains_key(system) => {
                format!(
                    "uses {system}, for which nothing is generated: its server stays elsewhere, and `egress_ports` opens the way to it (used by {})",
                    names.join(", ")
                )
            }
            names => {
                format!(
                    "uses {system}, which is not supported: nothing is generated for it (used by {})",
                    names.join(", ")
                )
            }
        };
        files.note(&place.file, message);
    }
}

/// The client of a database other than these.
fn other_database<'s>(service: &'s Service, ours: &Ours) -> Option<&'s Finding<Client>> {
    let is_other = |system: &str| DATABASES.iter().any(|(database, _)| *database == system) && !ours.has(system);
    service.clients.iter().find(|client| client.value.system.is_some_and(is_other))
}

/// Whether a variable is of a database, by what is known of it or by a word in its name.
pub(super) fn names(variable: &Variable, system: &str) -> bool {
    let word = DATABASES.iter().find(|(name, _)| *name == system).map(|(_, word)| *word);
    variable.system == Some(system) || word.is_some_and(|word| variable.name.to_ascii_uppercase().contains(word))
}

/// The list of packages in the folder of a service, where a driver could come through no other folder of the
/// repository, as it can through a member of a workspace or another project of a solution.
fn own_packages(service: &Service) -> Option<&Location> {
    let language = service.language.as_ref()?.value;
    let lists_all = matches!(language, Language::Node | Language::Python | Language::Go | Language::Ruby);
    let alone = lists_all && !service.workspace && !service.builds_members;
    service.manifest.as_ref().filter(|place| alone && path::parent(&place.file) == service.path)
}

/// What is known about a service with one of these databases in view.
pub(super) fn of_databases(service: &Service, by: &DetectedBy, ours: &Ours, all: &Detected) -> Option<Finding<Value>> {
    let client = ours.systems.iter().find_map(|system| service.client_of(system));
    match by.finding {
        FindingName::Database => {
            let other = || other_database(service, ours);
            // what reads the addresses of further databases of the same kind alone does not use the first
            let of_ours = |found: &&Finding<Variable>| {
                further::address_of(service, &found.value).is_some_and(|system| ours.has(system))
            };
            let mut addresses = service.variables.iter().filter(of_ours).peekable();
            let is_elsewhere =
                addresses.peek().is_some() && addresses.all(|found| ours.named(service, &found.value).is_some());
            let found = client.map(|client| (!is_elsewhere, client)).or_else(|| Some((false, other()?)));
            let found = found.map(|(uses, client)| (uses, client.found_in.clone()));
            // nothing in the whole repository uses it
            let is_seen = |system: &str| -> bool {
                let of_services = all.services.iter().flat_map(|service| &service.variables);
                all.backing.iter().any(|backing| backing.value.system == system)
                    || of_services.chain(&all.variables).any(|variable| names(&variable.value, system))
                    || all.services.iter().any(|service| service.client_of(system).is_some())
            };
            let nowhere = || {
                let place = service.manifest.as_ref().or(service.containers.first())?;
                let unseen = !ours.systems.iter().any(|system| is_seen(system));
                unseen.then(|| (false, Location::new(&place.file, None)))
            };
            let elsewhere = || {
                let place = own_packages(service)?;
                let has_it = |service: &Service| ours.systems.iter().any(|system| service.client_of(system).is_some());
                let is_named =
                    |variable: &Finding<Variable>| ours.systems.iter().any(|system| names(&variable.value, system));
                let elsewhere = all.services.iter().any(has_it) && !service.variables.iter().any(is_named);
                elsewhere.then(|| (false, Location::new(&place.file, None)))
            };
            found.or_else(nowhere).or_else(elsewhere).map(|(uses, place)| Finding::new(json!(uses), place))
        }
        FindingName::Store => {
            let store = ours.stores.iter().find(|store| by.of.iter().any(|system| store.is_of(system)))?;
            let is_of_store = |system: Option<&str>| system.is_some_and(|system| store.is_of(system));
            let client = service.clients.iter().find(|client| is_of_store(client.value.system));
            let is_its = |found: &&Finding<Variable>| {
                found.value.sort != Sort::Name
                    && ours.store_of(service, &found.value).is_some_and(|other| other.name == store.name)
            };
            let place = client.map(|client| &client.found_in);
            let place = place.or_else(|| Some(&service.variables.iter().find(is_its)?.found_in))?;
            Some(Finding::new(json!(true), place.clone()))
        }
        FindingName::DatabaseName if ours.has_own => further::own_name(service, ours, all),
        FindingName::Migrate => {
            let further = || service.variables.iter().any(|found| ours.named(service, &found.value).is_some());
            let migrate = service.commands.get(&Command::Migrate).filter(|_| client.is_some() || further())?;
            Some(Finding::new(json!(migrate.value), migrate.found_in.clone()))
        }
        FindingName::Secrets => Mapped::names(&mapped(service, ours, all).secrets),
        FindingName::OptionalSecrets => Mapped::names(&mapped(service, ours, all).optional),
        FindingName::BuildSecrets => {
            // one that a sample leaves empty is not needed
            let mut needed = mapped(service, ours, all).build;
            needed.retain(|found| found.value.build || found.value.required);
            Mapped::names(&needed)
        }
        FindingName::Variables => mapped(service, ours, all).variables(),
        FindingName::EgressPorts => egress(service, ours, all).ports(),
        _ => None,
    }
}
