//! A service: a program or a set of static files that runs on its own.

use std::collections::{BTreeMap, HashSet};
use std::ops::Bound;

use serde::Serialize;

use super::finding::{Finding, Location};
use super::processes::Process;
use super::variables::Variable;
use super::walk::Files;
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
    /// What applies migrations when its program starts, such as `sqlx::migrate!`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub migrates_at_start: Option<Finding<String>>,
    /// Where its build writes static files, relative to its folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<Finding<String>>,
    /// The libraries of the system that its program links: `openssl`, `libpq`, `libmariadb`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub libraries: Vec<Finding<&'static str>>,
    /// The drivers, mappers and clients it uses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub clients: Vec<Finding<Client>>,
    /// The routes that others ask about its state.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub routes: BTreeMap<Route, Finding<String>>,
    /// Its environment variables.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub variables: Vec<Finding<Variable>>,
    /// Its Dockerfile and its entries in compose files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub containers: Vec<Location>,
    /// Its own Dockerfile, where one exists that is meant for production.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<Image>,
    /// The paths that its routes begin with, apart from those for probes.
    #[serde(skip)]
    pub prefixes: Vec<Finding<String>>,
    /// The path at which a reverse proxy of the repository puts it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forward: Option<Finding<Forward>>,
    /// What builds it for a platform that is no container, and what would make a server of it.
    #[serde(skip)]
    pub adapter: Option<Finding<(String, &'static str)>>,
    /// The folder of its container in which it keeps files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume: Option<Finding<String>>,
    /// Other processes of its code, which run its image.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub processes: Vec<Finding<Process>>,
    /// Of such a process: the name of the service whose image it runs, and what it is.
    #[serde(skip)]
    pub shares: Option<(String, Finding<Process>)>,
    /// Its package.json, pyproject.toml and the like.
    #[serde(skip)]
    pub manifest: Option<Location>,
    /// Whether it can be seen to run on its own, and is no library.
    #[serde(skip)]
    pub runs: bool,
    /// The source in which a program begins, relative to the whole folder.
    #[serde(skip)]
    pub entry: Option<String>,
    /// Packages that start programs, and where each is required.
    #[serde(skip)]
    pub tools: Vec<(String, Location)>,
    /// The one command that its package installs.
    #[serde(skip)]
    pub script: Option<(String, Location)>,
    /// Whether its manifest is that of a workspace, whose members are below it.
    #[serde(skip)]
    pub builds_members: bool,
}

impl Service {
    /// A process of this service as one that runs the image of the service of this name.
    pub fn process(&self, name: &str, process: &Finding<Process>) -> Self {
        let place = process.found_in.clone();
        Self {
            name: Some(Finding::new(process.value.name.clone(), place)),
            path: self.path.clone(),
            language: self.language.clone(),
            clients: self.clients.clone(),
            variables: self.variables.clone(),
            image: self.image.clone(),
            manifest: self.manifest.clone(),
            shares: Some((name.to_owned(), process.clone())),
            ..Self::default()
        }
    }
}

/// How a Dockerfile builds the image of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Image {
    pub dockerfile: Finding<String>,
    /// The folder that the build sees.
    pub context: Finding<String>,
    /// The stage, where it is not the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<Finding<String>>,
    /// The number of the user, where the image names one that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<Finding<u32>>,
    /// Folders of the image that it writes to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub writable: Vec<Finding<String>>,
    /// Whether its root file system is read-only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_only: Option<Finding<bool>>,
    /// Build arguments that differ from those of the Dockerfile, each NAME=VALUE.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub build_args: Vec<Finding<String>>,
    /// What runs instead of the command of the image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<Finding<String>>,
    /// The folder in which the image starts its program.
    #[serde(skip)]
    pub folder: Option<String>,
    /// The version of its language in the name of the image that it is built from.
    #[serde(skip)]
    pub version: Option<Finding<String>>,
}

/// How a reverse proxy reaches a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Forward {
    pub prefix: String,
    /// Whether the path is taken away before a request reaches the service.
    pub stripped: bool,
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
    /// C#, F# or Visual Basic.
    Dotnet,
    Elixir,
    Gleam,
    /// C or C++.
    Cpp,
    /// JavaScript or TypeScript on Deno.
    Deno,
    /// A script of a shell.
    Shell,
    /// Files that are served as they are.
    Static,
}

impl Language {
    /// Whether a build makes a program of its sources, whose name and place the Dockerfile decides.
    pub fn is_compiled(self) -> bool {
        match self {
            Self::Go | Self::Rust | Self::Java | Self::Dotnet | Self::Elixir | Self::Gleam | Self::Cpp => true,
            Self::Node | Self::Python | Self::Ruby | Self::Php | Self::Deno | Self::Shell | Self::Static => false,
        }
    }
}

/// What a command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Command {
    /// Builds scripts and styles with Node.js, beside a program in another language.
    Assets,
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
    /// What it keeps there that exists nowhere else: `jobs` or `sessions`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keeps: Option<&'static str>,
}

impl Client {
    pub fn new(library: &str, system: Option<&'static str>) -> Self {
        Self { library: library.to_owned(), system, keeps: None }
    }
}

impl Service {
    /// Gives a command unless an earlier file did.
    pub fn command(&mut self, command: Command, value: impl Into<String>, place: Location) {
        self.commands.entry(command).or_insert_with(|| Finding::new(value.into(), place));
    }

    /// Whether it is seen to start a server, a worker or a program, and not only to build files.
    fn starts_something(&self) -> bool {
        self.commands.contains_key(&Command::Start) || self.output.is_none() && !self.frameworks.is_empty()
    }

    /// Whether one of its clients is for this system.
    pub fn client_of(&self, system: &str) -> Option<&Finding<Client>> {
        self.clients.iter().find(|client| client.value.system == Some(system))
    }
}

/// What follows from all findings about a service: how a source is started by itself, and that what takes no requests is a
/// worker.
pub fn conclude(files: &Files, service: &mut Service) {
    if let (Some(entry), Some(Language::Node)) = (&service.entry, service.language.as_ref().map(|one| one.value))
        && service.output.is_none()
    {
        let below = entry.strip_prefix(&service.path).unwrap_or(entry).trim_start_matches('/').to_owned();
        let bun = service.package_manager.as_ref().is_some_and(|manager| manager.value == "bun");
        let runs = match path::name(entry).rsplit_once('.') {
            Some((_, "js" | "mjs" | "cjs")) if !bun => Some("node"),
            Some((_, "js" | "mjs" | "cjs" | "ts" | "tsx")) if bun => Some("bun"),
            _ => None,
        };
        let place = Location::new(entry, None);
        if let Some(program) = runs {
            service.command(Command::Start, format!("{program} {below}"), place);
        }
    }
    let is_known = service.output.is_some() || service.port.is_some() || !service.routes.is_empty();
    let entry = service.entry.as_ref().filter(|entry| service.kind.is_none() && !is_known && files.is_file(entry));
    if let Some(entry) = entry {
        service.kind = Some(Finding::new(ServiceKind::Worker, Location::new(entry, None)));
    } else if service.kind.is_none() && is_known {
        let place = service.port.as_ref().map(|port| port.found_in.clone());
        let place = place.or_else(|| service.routes.values().next().map(|route| route.found_in.clone()));
        service.kind = place.map(|place| Finding::new(ServiceKind::Api, place));
    }
}

/// The services by folder, while they are being put together.
#[derive(Default)]
pub struct Services(
    pub BTreeMap<String, Service>,
    /// Services of package.json whose folder another manifest claims.
    BTreeMap<String, Service>,
);

impl Services {
    /// The service in a folder, new if there is none yet.
    pub fn at(&mut self, folder: &str) -> &mut Service {
        let new = || Service { path: folder.to_owned(), ..Service::default() };
        self.0.entry(folder.to_owned()).or_insert_with(new)
    }

    /// The service of a manifest. Of several in one folder the first names the language, but a package.json that starts
    /// nothing only builds or checks something for the program beside it.
    pub fn of_manifest(&mut self, place: &Location, language: Language, called: Option<&str>) -> &mut Service {
        self.of_manifest_in(path::parent(&place.file), place, language, called)
    }

    /// The same for a manifest that does not lie in the folder of its service.
    pub fn of_manifest_in(
        &mut self,
        folder: &str,
        place: &Location,
        language: Language,
        called: Option<&str>,
    ) -> &mut Service {
        let gives_way = self.0.get(folder).is_some_and(|known| {
            let is_node = known.language.as_ref().is_some_and(|known| known.value == Language::Node);
            is_node && language != Language::Node && !known.starts_something()
        });
        if gives_way && let Some(known) = self.0.remove(folder) {
            self.1.insert(folder.to_owned(), known);
        }
        let service = self.at(folder);
        if service.manifest.is_none() {
            service.manifest = Some(place.clone());
            service.language = Some(Finding::new(language, Location::new(&place.file, None)));
            let name = if folder.is_empty() { called } else { Some(path::name(folder)) };
            service.name = name.map(|name| Finding::new(name.to_owned(), place.clone()));
        }
        service
    }

    /// What the package.json that gave way to a program builds for the pages of that program.
    pub fn take_assets(&mut self, folder: &str) {
        let Some((node, service)) = self.1.get(folder).zip(self.0.get_mut(folder)) else { return };
        if let Some(build) = node.commands.get(&Command::Build) {
            service.commands.insert(Command::Assets, build.clone());
            service.package_manager.clone_from(&node.package_manager);
            service.manager_version = node.manager_version;
        }
    }

    /// Takes a package.json back that gave way to a manifest which tells nothing of a program.
    pub fn take_back(&mut self) {
        for (folder, node) in std::mem::take(&mut self.1) {
            let tells = self.0.get(&folder).is_some_and(|other| other.starts_something() || other.entry.is_some());
            if !tells && (node.output.is_some() || node.entry.is_some()) {
                self.0.insert(folder, node);
            }
        }
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

    /// Leaves only what runs on its own. A folder that only starts the services below it is none itself. Where nothing
    /// is seen to run, the sources in which programs begin count.
    pub fn settle(&mut self) {
        for service in self.0.values_mut().filter(|service| !service.clients.is_empty()) {
            service.runs |= service.entry.is_some();
        }
        if !self.0.values().any(|service| service.runs) {
            let at_the_top = self.0.get("").is_some_and(|service| service.entry.is_some());
            for (folder, service) in &mut self.0 {
                service.runs = service.entry.is_some() && (folder.is_empty() || !at_the_top);
            }
        }
        self.0.retain(|_, service| service.runs);
        let starts_others = |(path, service): &(&String, &Service)| {
            let has_start = !service.builds_members || service.commands.contains_key(&Command::Start);
            let starts = !service.frameworks.is_empty() && has_start;
            !starts && self.has_below(path)
        };
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
