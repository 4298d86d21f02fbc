//! At which ports a service reaches servers outside the cluster: by its variables and the clients among its libraries.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::super::Detected;
use super::super::finding::{Finding, Location};
use super::super::service::Service;
use super::super::variables::value::is_of_laptop;
use super::super::variables::{RULES, Server, Sort, Variable};
use super::super::walk::Files;
use super::databases::Ours;
use super::hyphenated;
use super::value::Known;

/// What every pod reaches without being asked: names, and HTTPS.
const OPEN: [u16; 2] = [53, 443];

/// The ports that a service needs, each with what told it.
#[derive(Default)]
pub(super) struct Egress<'s> {
    ports: BTreeMap<u16, &'s Location>,
    /// Ports of samples that hold on the machine of a developer, with the system and the port that is taken instead.
    instead: BTreeMap<(&'s str, u16), (u16, &'s Location)>,
}

/// What the variables of a service say about one system.
#[derive(Default)]
struct Said<'s> {
    servers: Vec<(&'s Server, &'s Location)>,
    /// The first variable that says where it is, with or without a value.
    whereabouts: Option<&'s Location>,
    password: Option<&'s Location>,
}

/// The ports of a service, where `ours` are the stores that are reached anyway.
pub(super) fn egress<'s>(service: &'s Service, ours: &Ours, all: &'s Detected) -> Egress<'s> {
    let mut found = Egress::default();
    // a process has the ports of the service whose image it runs
    if service.shares.is_some() {
        return found;
    }
    let others = Known { service, all }.others();
    let mut systems: IndexMap<&str, Said<'s>> = IndexMap::new();
    let is_counted = |variable: &Variable| {
        counts(variable, ours)
            && ours.named(service, variable).is_none()
            && ours.store_of(service, variable).is_none()
            && variable.system.is_none_or(|system| !ours.opens(service, system))
    };
    for one in service.variables.iter().filter(|one| is_counted(&one.value)) {
        let (variable, place) = (&one.value, &one.found_in);
        if variable.sort == Sort::Plain {
            found.plain(variable, place, &others);
            continue;
        }
        let said = systems.entry(variable.system.unwrap_or_default()).or_default();
        match variable.sort {
            Sort::Address | Sort::Host | Sort::Port => {
                said.whereabouts.get_or_insert(place);
                said.servers.extend(variable.servers.iter().map(|server| (server, place)));
            }
            Sort::Password => {
                said.password.get_or_insert(place);
            }
            _ => {}
        }
    }
    for (system, said) in &systems {
        found.of_system(system, said, &others);
    }
    let rules = &RULES.egress;
    for client in &service.clients {
        let is_open = |system: &&str| ours.has(system) || ours.store(system).is_some() || ours.opens(service, system);
        let Some(system) = client.value.system.filter(|system| !is_open(system)) else { continue };
        let is_told = systems.get(system).is_some_and(|said| said.whereabouts.is_some());
        // a client of mail can also ask the API of a provider; a mail catcher of a compose file is one that it sends to
        let is_certain = rules.by_library.iter().any(|one| one == system) || client.value.library == system;
        if let Some(port) = usual(system).first().filter(|_| is_certain && !is_told) {
            found.put(*port, &client.found_in);
        }
    }
    found
}

/// Whether a variable can say where a server outside is.
fn counts(variable: &Variable, ours: &Ours) -> bool {
    let rules = &RULES.answers;
    let words: Vec<&str> = variable.name.split('_').collect();
    let has = |list: &[String]| words.iter().any(|word| list.iter().any(|one| one == word));
    if has(&rules.of_tests) || variable.build {
        return false;
    }
    match variable.system {
        Some(system) => !ours.has(system),
        None if variable.sort.is_of_store() => ours.systems.is_empty() || !super::variables::is_general(&words),
        None => {
            let is_own = [&rules.own_urls, &rules.listening].iter().any(|list| list.contains(&variable.name));
            let is_of_pages = [&rules.frontends, &rules.browsers, &rules.origins].iter().any(|list| has(list));
            variable.sort == Sort::Plain && !is_own && !is_of_pages
        }
    }
}

/// The ports at which a system usually listens, that of production first.
fn usual(system: &str) -> &'static [u16] {
    RULES.egress.usual.get(system).map_or(&[], Vec::as_slice)
}

fn is_laptop(server: &Server, others: &[String]) -> bool {
    // as part of an address a name without a dot is known in a network of compose alone
    !server.host.is_empty() && is_of_laptop(&format!("x://{}:1", server.host), others)
}

impl<'s> Egress<'s> {
    fn put(&mut self, port: u16, place: &'s Location) {
        if !OPEN.contains(&port) {
            self.ports.entry(port).or_insert(place);
        }
    }

    /// A server of no system that is known: its port, or the one that its scheme means.
    fn plain(&mut self, variable: &'s Variable, place: &'s Location, others: &[String]) {
        for server in &variable.servers {
            let of_scheme = RULES.egress.schemes.get(&server.scheme).copied();
            let is_web = matches!(server.scheme.as_str(), "" | "http" | "https" | "ws" | "wss");
            let is_far = server.host.contains('.') && !is_laptop(server, others);
            if let Some(port) = server.port.filter(|_| is_far).or(of_scheme.filter(|_| !is_web)) {
                self.put(port, place);
            }
        }
    }

    /// What the variables about one system say.
    fn of_system(&mut self, system: &'s str, said: &Said<'s>, others: &[String]) {
        let usual = usual(system);
        let of_scheme = |server: &Server| RULES.egress.schemes.get(&server.scheme).copied();
        let (hosts, alone): (Vec<_>, Vec<_>) = said.servers.iter().copied().partition(|(one, _)| !one.host.is_empty());
        let beside = alone.iter().find_map(|(one, place)| Some((one.port?, *place)));
        let (near, far): (Vec<_>, Vec<_>) = hosts.into_iter().partition(|(one, _)| is_laptop(one, others));
        for (server, place) in &far {
            let named = server.port.map(|port| (port, *place)).or(beside);
            let meant = || Some((of_scheme(server).or(usual.first().copied())?, *place));
            if let Some((port, place)) = named.or_else(meant) {
                self.put(port, place);
            }
        }
        if !far.is_empty() {
            return;
        }
        let mut named: Vec<(u16, &'s Location)> =
            near.iter().chain(&alone).filter_map(|(one, place)| Some((one.port?, *place))).collect();
        if named.is_empty() {
            let schemes = near.iter().filter(|(one, _)| !one.scheme.starts_with("http"));
            named.extend(schemes.filter_map(|(one, place)| Some((of_scheme(one)?, *place))));
        }
        for (port, place) in &named {
            let holds = near.is_empty() && !RULES.egress.of_catchers.contains(port) || usual.contains(port);
            match (holds, usual.first()) {
                (true, _) => self.put(*port, place),
                (false, Some(instead)) => {
                    self.put(*instead, place);
                    self.instead.insert((system, *port), (*instead, *place));
                }
                (false, None) => {}
            }
        }
        if !named.is_empty() {
            return;
        }
        match (said.whereabouts, said.password) {
            (Some(place), _) => usual.iter().take(1).for_each(|port| self.put(*port, place)),
            // who logs in reaches it, and which port that is the program knows
            (None, Some(place)) => usual.iter().for_each(|port| self.put(*port, place)),
            (None, None) => {}
        }
    }

    /// The ports, with what told the first.
    pub fn ports(&self) -> Option<Finding<Value>> {
        let ports: Vec<u16> = self.ports.keys().copied().collect();
        let (_, place) = self.ports.first_key_value()?;
        Some(Finding::new(json!(ports), (*place).clone()))
    }

    /// Notes ports of samples that are not those of production.
    pub fn note(&self, service: &Service, files: &Files) {
        let name = service.name.as_ref().map(|name| hyphenated(&name.value)).unwrap_or_default();
        for ((system, port), (instead, place)) in &self.instead {
            files.note(
                &place.file,
                format!(
                    "names port {port} of {system} on the machine of a developer; `egress_ports` of `{name}` has {instead}, the usual one, unless you name that of production"
                ),
            );
        }
    }
}
