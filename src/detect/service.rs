//! A service: a program or a set of static files that runs on its own.

use std::collections::{BTreeMap, HashSet};
use std::ops::Bound;

use serde::Serialize;

use super::finding::{Finding, Location};
use crate::text::path;

/// A service and what is known about it. What is not evident is left out.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Service {
    /// Its folder, relative and with `/`; empty when it is the whole folder.
    pub path: String,
    /// What it is called: by its folder, else by its manifest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Finding<String>>,
    /// What it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Finding<ServiceKind>>,
    /// What it is written in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Finding<Language>>,
    /// The version of the language, as its own file writes it: `>=20`, `3.12`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<Finding<String>>,
    /// What installs its libraries: `npm`, `pnpm`, `yarn`, `yarn_classic`, `bun`, `pip`, `uv`, `poetry`, `pipenv`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package_manager: Option<Finding<&'static str>>,
    /// Whether it is a package of a workspace, whose lock file is at the top.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub workspace: bool,
    /// Whether a package.json names the exact version of the package manager.
    #[serde(skip)]
    pub manager_version: bool,
    /// The frameworks that serve its requests or build its pages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub frameworks: Vec<Finding<&'static str>>,
    /// Where it listens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<Finding<u16>>,
    /// How it is built, checked, started and migrated, from its own folder.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub commands: BTreeMap<Command, Finding<String>>,
    /// Where its build writes static files, relative to its folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<Finding<String>>,
    /// The drivers, mappers and clients it uses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub clients: Vec<Finding<Client>>,
    /// The routes that others ask about its state.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub routes: BTreeMap<Route, Finding<String>>,
    /// The environment variables of its sample files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub variables: Vec<Finding<Variable>>,
    /// Its Dockerfile and its entries in compose files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub containers: Vec<Location>,
    /// Its package.json, pyproject.toml and the like.
    #[serde(skip)]
    pub manifest: Option<Location>,
    /// Whether it can be seen to run on its own, and is no library.
    #[serde(skip)]
    pub runs: bool,
}

/// What a service does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ServiceKind {
    /// Pages for people.
    Web,
    /// Requests of programs.
    Api,
    /// No requests at all.
    Worker,
}

/// What a service is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// JavaScript or TypeScript on Node.js; also of files that it only builds.
    Node,
    Python,
    /// Go.
    Go,
    Rust,
    /// Java or Kotlin on the JVM.
    Java,
    Ruby,
    Php,
}

/// What a command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Command {
    Build,
    /// Tests, and writes which lines were reached.
    Coverage,
    Lint,
    /// Applies migrations of the database.
    Migrate,
    Start,
    Test,
    /// Checks types.
    Typecheck,
}

/// What a route tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Route {
    /// Whether the process works.
    Liveness,
    /// Measurements for Prometheus.
    Metrics,
    /// Whether it can take requests.
    Readiness,
}

/// A library that talks to another system.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Client {
    /// The package, as its registry calls it.
    pub library: String,
    /// The system, where the library is for one only: `mongodb`, `postgresql`, `mysql`, `redis`, `nats`, ...
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<&'static str>,
}

/// An environment variable. Its value is never kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Variable {
    pub name: String,
    /// Whether its name or the shape of its value is that of a secret.
    pub secret: bool,
}

impl Service {
    /// Gives a command unless an earlier file did.
    pub fn command(&mut self, command: Command, value: impl Into<String>, place: Location) {
        self.commands.entry(command).or_insert_with(|| Finding::new(value.into(), place));
    }

    /// Whether one of its clients is for this system.
    pub fn client_of(&self, system: &str) -> Option<&Finding<Client>> {
        self.clients.iter().find(|client| client.value.system == Some(system))
    }
}

/// The services by folder, while they are being put together.
#[derive(Default)]
pub struct Services(pub BTreeMap<String, Service>);

impl Services {
    /// The service in a folder, new if there is none yet.
    pub fn at(&mut self, folder: &str) -> &mut Service {
        let new = || Service { path: folder.to_owned(), ..Service::default() };
        self.0.entry(folder.to_owned()).or_insert_with(new)
    }

    /// The service of a manifest. Of several in one folder the first names the language.
    pub fn of_manifest(&mut self, place: &Location, language: Language, called: Option<&str>) -> &mut Service {
        let folder = path::parent(&place.file);
        let service = self.at(folder);
        if service.manifest.is_none() {
            service.manifest = Some(place.clone());
            service.language = Some(Finding::new(language, Location::new(&place.file, None)));
            let name = if folder.is_empty() { called } else { Some(path::name(folder)) };
            service.name = name.map(|name| Finding::new(name.to_owned(), place.clone()));
        }
        service
    }

    /// The folder of the service that is the nearest around a file.
    pub fn around<'f>(&self, file: &'f str) -> Option<&'f str> {
        path::upwards(path::parent(file)).find(|folder| self.0.contains_key(*folder))
    }

    /// Whether there are services below a folder.
    pub fn has_below(&self, folder: &str) -> bool {
        let start = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let below = (Bound::Excluded(start.as_str()), Bound::Unbounded);
        self.0.range::<str, _>(below).next().is_some_and(|(other, _)| other.starts_with(&start))
    }

    /// Leaves only what runs on its own. A folder that only starts the services below it is none itself.
    pub fn settle(&mut self) {
        self.0.retain(|_, service| service.runs);
        let starts_others =
            |(path, service): &(&String, &Service)| service.frameworks.is_empty() && self.has_below(path);
        let others: HashSet<String> = self.0.iter().filter(starts_others).map(|(path, _)| path.clone()).collect();
        self.0.retain(|path, _| !others.contains(path));
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Services;

    #[test]
    fn what_only_starts_others_is_no_service() {
        let mut services = Services::default();
        for folder in ["", "a", "a/b", "a-b", "a.b/c", "ab", "c/d/e"] {
            services.at(folder).runs = folder != "ab";
        }
        let below: Vec<_> = ["", "a", "ab", "a-b", "c", "c/d", "c/d/e"].map(|folder| services.has_below(folder)).into();
        assert_eq!(below, [true, true, false, false, true, true, false]);
        assert_eq!(services.around("a/x/y/.env"), Some("a"));
        services.settle();
        assert_eq!(services.0.keys().collect::<Vec<_>>(), ["a-b", "a.b/c", "a/b", "c/d/e"]);
        assert_eq!(services.around("a/x/y/.env"), None);
    }

    #[test]
    fn many_services_take_no_time() {
        let mut services = Services::default();
        for i in 0..100_000 {
            services.at(&format!("s{i}")).runs = true;
        }
        let start = Instant::now();
        services.settle();
        assert_eq!(services.0.len(), 100_000);
        assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    }
}
