//! The value that a variable has in production, as far as the repository tells: its own address, that of another service, or one
//! that holds everywhere.

use serde_json::{Value, json};

use super::super::Detected;
use super::super::finding::Finding;
use super::super::service::{Language, Service, ServiceKind};
use super::super::variables::value::{is_of_laptop, is_placeholder, port};
use super::super::variables::{RULES, Sort, Variable};
use super::variables::{Mapped, is_reached};
use super::{hyphenated, route};

/// Ports at which a store listens wherever it is.
const USUAL_PORTS: [&str; 14] =
    ["25", "465", "587", "1433", "3306", "4222", "5432", "5672", "6379", "7700", "8883", "9042", "9092", "9200"];

/// What a value can be compared with.
pub(super) struct Known<'s> {
    pub service: &'s Service,
    pub all: &'s Detected,
}

/// Puts a plain or public variable where it belongs.
pub(super) fn plain<'s>(known: &Known<'_>, found: &'s Finding<Variable>, mapped: &mut Mapped<'s>) {
    let variable = &found.value;
    let in_pages = variable.sort == Sort::Public && known.builds_pages(&variable.name);
    let value = match in_pages {
        true => known.in_pages(variable).map(|value| json!({"home": "build", "value": value})),
        false => known.of_program(variable).map(Value::from),
    };
    match value {
        Some(value) => mapped.values.push((found, value)),
        // the program has a value of its own, or does without
        None if !variable.required && (variable.by_default || variable.value.is_none()) => {}
        None if variable.by_default => {}
        None => mapped.uncertain.push(found),
    }
}

/// An address in a value, which is that of a service on the machine of a developer.
struct Address<'s> {
    /// The other service; none for the one that has the variable.
    other: Option<&'s Service>,
}

impl<'s> Known<'s> {
    /// Whether the prefix of a name is read by a build of this service.
    fn builds_pages(&self, name: &str) -> bool {
        let is_web = self.service.kind.as_ref().is_some_and(|kind| kind.value == ServiceKind::Web);
        let is_node = self.service.language.as_ref().is_some_and(|one| one.value == Language::Node);
        // Nuxt reads its own when the server starts
        let at_the_start = name.starts_with("NUXT_PUBLIC_") && self.service.output.is_none();
        (is_web || self.service.output.is_some()) && is_node && self.service.shares.is_none() && !at_the_start
    }

    /// The value that a build puts into pages, the same in every environment.
    fn in_pages(&self, variable: &Variable) -> Option<String> {
        let value = variable.value.as_deref()?;
        let rules = &RULES.answers;
        let calls = variable.name.split('_').any(|word| rules.backends.iter().any(|one| one == word));
        let is_laptop = value.starts_with("http") && is_of_laptop(value, &self.others());
        let other = match self.address(value) {
            Some(Address { other }) => other,
            // whatever port it has in the sample
            None if calls && is_laptop => self.only(ServiceKind::Api),
            None => None,
        };
        if let Some(other) = other {
            // a program that knows its prefix is called with it, which the value has not then
            let knows_prefix = other.forward.is_none() && !other.prefixes.is_empty() && rest_of(value).is_empty();
            if knows_prefix {
                return None;
            }
            return self.below(other, &rest_of(value)).map(|rest| format!("${{path.{}}}{rest}", name_of(other)));
        }
        self.holds(variable)
    }

    /// The value that a program reads when it starts.
    fn of_program(&self, variable: &Variable) -> Option<String> {
        let rules = &RULES.answers;
        let (name, value) = (variable.name.as_str(), variable.value.as_deref());
        let words: Vec<&str> = name.split('_').collect();
        let last = words.last().copied().unwrap_or_default();
        let is_in = |list: &[String], word: &str| list.iter().any(|one| one == word);
        let has = |list: &[String]| words.iter().any(|word| is_in(list, word));
        let is_laptop = value.is_some_and(|value| is_of_laptop(value, &self.others()));
        if is_in(&rules.ports, name) {
            return self.listens().then(|| "${port}".to_owned());
        }
        if let Some(host) = value.and_then(|value| value.rsplit_once(':')).map(|(host, _)| host)
            && matches!(host, "" | "0.0.0.0")
            && (value.and_then(port).is_some_and(|port| self.port() == Some(port))
                || self.port().is_none() && is_in(&rules.listening, name))
        {
            return Some(format!("{host}:${{port}}"));
        }
        if is_in(&rules.origins, last) && (is_laptop || value == Some("*")) && name != "ORIGIN" {
            // a list in JSON is no list with commas, and one origin is none of several
            let is_list = last != "ORIGIN" || self.count(ServiceKind::Web) < 2;
            let is_json = value.is_some_and(|value| value.starts_with('['));
            return (self.is_public() && is_list && !is_json).then(|| "${origins}".to_owned());
        }
        if is_in(&rules.hosts, name) && is_laptop {
            let value = value.unwrap_or_default();
            let end = if value.contains(',') || !value.contains(' ') { "," } else { " " };
            // probes ask for `localhost`, and other services for its name
            let name = Some(name_of(self.service)).filter(|name| !name.is_empty() && self.all.services.len() > 1);
            let hosts: Vec<String> =
                ["${host}".to_owned()].into_iter().chain(name).chain(["localhost".to_owned()]).collect();
            return (self.is_public() && !value.starts_with('[')).then(|| hosts.join(end));
        }
        if is_in(&rules.environments, last)
            && let Some(production) = self.production(value.unwrap_or_default())
        {
            return Some(production.to_owned());
        }
        let is_url = |value: &str| value.starts_with("http");
        if let Some(value) = value.filter(|value| is_url(value) && is_laptop)
            && let Some(found) = self.laptop_url(name, value, &words)
        {
            return Some(found);
        }
        if has(&rules.off) && value.is_some_and(|value| matches!(value.to_lowercase().as_str(), "true" | "1" | "on")) {
            let value = value.unwrap_or_default();
            return Some(
                match value {
                    "True" => "False",
                    "1" => "0",
                    "on" => "off",
                    _ => "false",
                }
                .to_owned(),
            );
        }
        self.holds(variable)
    }

    /// What the production environment is called where the sample has this word for development.
    fn production(&self, development: &str) -> Option<&'static str> {
        let rules = &RULES.answers;
        let mut frameworks = self.service.frameworks.iter();
        let own = frameworks.find_map(|framework| rules.production_of.get(framework.value));
        let is_development = matches!(development, "dev" | "development" | "local");
        own.filter(|_| is_development).or_else(|| rules.production.get(development)).map(String::as_str)
    }

    /// What an address on the machine of a developer is in production.
    fn laptop_url(&self, name: &str, value: &str, words: &[&str]) -> Option<String> {
        let rules = &RULES.answers;
        let has = |list: &[String]| words.iter().any(|word| list.iter().any(|one| one == word));
        let rest = rest_of(value);
        let address = self.address(value);
        let is_web = self.service.kind.as_ref().is_some_and(|kind| kind.value == ServiceKind::Web);
        let other = match &address {
            Some(Address { other, .. }) => *other,
            None if is_web && has(&rules.backends) => self.only(ServiceKind::Api),
            None => None,
        };
        if has(&rules.frontends) && !is_web {
            let web = other.or_else(|| self.only(ServiceKind::Web))?;
            return self.below(web, &rest).map(|rest| format!("${{url.{}}}{rest}", name_of(web)));
        }
        if let Some(other) = other {
            let is_web = other.kind.as_ref().is_some_and(|kind| kind.value == ServiceKind::Web);
            if is_web || has(&rules.browsers) {
                return self.below(other, &rest).map(|rest| format!("${{url.{}}}{rest}", name_of(other)));
            }
            return Some(format!("${{service.{}}}{rest}", name_of(other)));
        }
        let is_of_backend = is_web && has(&rules.backends);
        let is_own = address.is_some() || rules.own_urls.iter().any(|one| one == name) && !is_of_backend;
        if is_own { self.own_url(&rest) } else { None }
    }

    fn count(&self, kind: ServiceKind) -> usize {
        let is = |one: &&Service| one.kind.as_ref().is_some_and(|found| found.value == kind);
        self.all.services.iter().filter(is).count()
    }

    /// The only other service of this kind.
    fn only(&self, kind: ServiceKind) -> Option<&'s Service> {
        let is = |one: &&Service| {
            one.kind.as_ref().is_some_and(|found| found.value == kind) && one.path != self.service.path
        };
        let mut found = self.all.services.iter().filter(is);
        found.next().filter(|_| found.next().is_none())
    }

    /// The address at which browsers reach this service; of a process, that of the service whose image it runs.
    fn own_url(&self, rest: &str) -> Option<String> {
        let rest = self.below(self.service, rest)?;
        if self.is_public() {
            return Some(format!("${{url}}{rest}"));
        }
        let (main, _) = self.service.shares.as_ref()?;
        Some(format!("${{url.{main}}}{rest}"))
    }

    /// A path below the route of a service; none where it is not below.
    fn below(&self, service: &Service, rest: &str) -> Option<String> {
        let route = route::guess(service, &self.all.services);
        let is_stripped = service.forward.as_ref().is_some_and(|forward| forward.value.stripped);
        let rest = rest.trim_end_matches('/');
        if rest.is_empty() || route == "/" || is_stripped {
            return Some(rest.to_owned());
        }
        let below = rest.strip_prefix(&route)?;
        (below.is_empty() || below.starts_with('/')).then(|| below.to_owned())
    }

    /// Whose address a value is, by its port, or by its host where that is the name of a service.
    fn address(&self, value: &str) -> Option<Address<'s>> {
        if !value.starts_with("http") || value.contains([',', ' ']) {
            return None;
        }
        let host = value.split_once("://")?.1.split(['/', ':', '?']).next()?;
        let is_own = |one: &Service| one.path == self.service.path;
        let by_name = self.all.services.iter().find(|one| name_of(one) == host && is_reached(one));
        // a name without a dot is that of an entry of a compose file
        let is_laptop = matches!(host, "127.0.0.1" | "0.0.0.0" | "host.docker.internal") || !host.contains('.');
        let by_port = || {
            let wanted = port(value).filter(|_| is_laptop)?;
            let listens = |one: &&Service| one.port.as_ref().is_some_and(|port| port.value == wanted);
            let mut found = self.all.services.iter().filter(listens).filter(|one| is_reached(one));
            found.next().filter(|_| found.next().is_none())
        };
        let found = by_name.or_else(by_port)?;
        Some(Address { other: Some(found).filter(|one| !is_own(one)) })
    }

    /// A value that holds everywhere.
    fn holds(&self, variable: &Variable) -> Option<String> {
        let value = variable.value.as_deref().filter(|_| !variable.by_default)?;
        (!is_of_laptop(value, &self.others()) && !is_placeholder(value)).then(|| value.to_owned())
    }

    /// The value of a part of a store: where its host is known, and of the port where that is the usual one.
    pub(super) fn of_store(&self, variable: &Variable) -> Option<Value> {
        let is_host = |one: &&Finding<Variable>| one.value.sort == Sort::Host && one.value.system == variable.system;
        let host = self.service.variables.iter().find(is_host);
        let is_far = |host: &Finding<Variable>| self.holds(&host.value).is_some_and(|host| host.contains('.'));
        let is_known = host.is_some_and(is_far);
        let is_usual =
            variable.sort == Sort::Port && variable.value.as_deref().is_some_and(|value| USUAL_PORTS.contains(&value));
        self.holds(variable).filter(|_| is_known || is_usual).map(Value::from)
    }

    /// The names of what runs beside the program on the machine of a developer.
    pub(super) fn others(&self) -> Vec<String> {
        let services = self.all.services.iter().map(name_of);
        let images = self.all.backing.iter().filter_map(|one| Some(one.value.image.split(':').next()?.to_owned()));
        let systems = self.all.backing.iter().map(|one| one.value.system.to_owned());
        services.chain(images).chain(systems).filter(|name| !name.is_empty()).collect()
    }

    fn is_public(&self) -> bool {
        self.service.shares.is_none() && is_reached(self.service)
    }

    fn port(&self) -> Option<u16> {
        self.service.port.as_ref().map(|port| port.value)
    }

    fn listens(&self) -> bool {
        let process = self.service.shares.as_ref().map(|(_, process)| process.value.port.is_some());
        process.unwrap_or_else(|| is_reached(self.service))
    }
}

/// What is behind the host of an address.
fn rest_of(value: &str) -> String {
    let rest = value.split_once("://").map_or(value, |(_, rest)| rest);
    rest.find('/').map_or("", |at| &rest[at..]).trim_end_matches('/').to_owned()
}

fn name_of(service: &Service) -> String {
    service.name.as_ref().map(|name| hyphenated(&name.value)).unwrap_or_default()
}
