//! Compose files: services that are built here, and the systems beside them.

use std::collections::HashMap;
use std::path::{Component, Path};

use serde::Serialize;
use serde_yaml::Value;

use super::dockerfile::filled;
use super::entry::{Run, is_for_development, run};
use super::finding::{Finding, Location};
use super::kept_files;
use super::lines::Lines;
use super::routes::meaning;
use super::service::{Client, Route, Service, Services};
use super::walk::Files;
use crate::text::{path, yaml};

/// A system that runs beside the services while they are developed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Backing {
    /// What it is: `mongodb`, `postgresql`, `mysql`, `redis`, `nats`, ...
    pub system: &'static str,
    /// The image, without registry and digest: `mongo:7`.
    pub image: String,
}

/// Entries of a file that are looked at.
const MAX_ENTRIES: usize = 200;

/// Names of images by system.
const SYSTEMS: [(&str, &str); 33] = [
    ("mongo", "mongodb"),
    ("mongodb", "mongodb"),
    ("mongodb-community-server", "mongodb"),
    ("postgres", "postgresql"),
    ("postgis", "postgresql"),
    ("mysql", "mysql"),
    ("mariadb", "mysql"),
    ("redis", "redis"),
    ("valkey", "redis"),
    ("nats", "nats"),
    ("rabbitmq", "rabbitmq"),
    ("kafka", "kafka"),
    ("timescaledb", "postgresql"),
    ("pgvector", "postgresql"),
    ("postgresql", "postgresql"),
    ("percona", "mysql"),
    ("redis-stack", "redis"),
    ("redis-stack-server", "redis"),
    ("valkey-bundle", "redis"),
    ("dragonfly", "redis"),
    ("keydb", "redis"),
    ("cp-kafka", "kafka"),
    ("redpanda", "kafka"),
    ("elasticsearch", "elasticsearch"),
    ("opensearch", "elasticsearch"),
    ("minio", "s3"),
    ("localstack", "s3"),
    ("mailhog", "smtp"),
    ("mailpit", "smtp"),
    ("maildev", "smtp"),
    ("smtp4dev", "smtp"),
    ("cockroach", "cockroachdb"),
    ("azure-sql-edge", "sqlserver"),
];

/// An image that a compose file builds.
#[derive(Debug)]
pub struct Build {
    /// What the compose file calls the service.
    pub name: String,
    pub context: String,
    pub dockerfile: String,
    pub target: Option<Finding<String>>,
    /// The port inside the container.
    pub port: Option<u16>,
    /// The path that its health check asks.
    health: Option<String>,
    /// The systems that it waits for.
    needs: Vec<&'static str>,
    /// How it runs the image.
    pub run: Run,
    pub place: Location,
}

impl Build {
    /// How far it is from the entry that says how a service runs in production.
    pub fn rank(&self) -> (bool, bool, bool) {
        (!self.place.file.contains("prod"), self.port.is_none(), self.run.command.is_some())
    }
}

/// What compose files tell.
#[derive(Default)]
pub struct Compose {
    pub builds: Vec<Build>,
    pub backing: Vec<Finding<Backing>>,
}

/// Reads every compose file. Those for production come first.
pub fn read(files: &Files) -> Compose {
    let mut compose = Compose::default();
    for file in files.paths().filter(|file| is_compose(path::name(file))) {
        let Some(text) = files.text(file) else { continue };
        let Some(mut yaml) = yaml::first(&text) else {
            files.note(file, "is not YAML, or nested too deep, or grows too large by its aliases");
            continue;
        };
        // a merge that cannot be made leaves its key, which says nothing
        let _ = yaml.apply_merge();
        let lines = Lines::of_texts(file, &text);
        let entries = yaml.get("services").and_then(Value::as_mapping);
        if entries.is_some_and(|entries| entries.len() > MAX_ENTRIES) {
            files.note(file, format!("has more than {MAX_ENTRIES} services, of which the rest was left out"));
        }
        let entries: Vec<(&str, &Value)> = entries
            .into_iter()
            .flatten()
            .take(MAX_ENTRIES)
            .filter_map(|(name, entry)| Some((name.as_str()?, entry)))
            .collect();
        let systems: Vec<(&str, &'static str)> =
            entries.iter().filter_map(|(name, entry)| Some((*name, image(entry)?.system))).collect();
        if !is_for_development(file) {
            kept_files::shared(files, file, &entries);
        }
        for (name, entry) in entries {
            let place = lines.place(&format!("{name}:"));
            match entry.get("build") {
                Some(build) => compose.builds.extend(built(file, name, build, entry, &systems, place)),
                None => compose.backing.extend(image(entry).map(|one| Finding::new(one, place))),
            }
        }
    }
    compose.builds.sort_by_key(|build| build.rank().0);
    compose.backing.sort();
    compose.backing.dedup();
    compose
}

/// An entry with `build`.
fn built(
    file: &str,
    name: &str,
    build: &Value,
    entry: &Value,
    systems: &[(&str, &'static str)],
    place: Location,
) -> Option<Build> {
    let context = build.as_str().or_else(|| build.get("context").and_then(Value::as_str))?;
    let context = inside(path::parent(file), context)?;
    let dockerfile = build.get("dockerfile").and_then(Value::as_str).unwrap_or("Dockerfile");
    let dockerfile = inside(&context, dockerfile)?;
    let target = build.get("target").and_then(Value::as_str);
    let target = target.map(|target| Finding::new(target.to_ascii_lowercase(), place.clone()));
    let needed = match entry.get("depends_on") {
        Some(Value::Sequence(list)) => list.iter().filter_map(Value::as_str).collect(),
        Some(Value::Mapping(map)) => map.keys().filter_map(Value::as_str).collect(),
        Some(_) | None => Vec::new(),
    };
    let needs = systems.iter().filter(|(name, _)| needed.contains(name)).map(|(_, system)| *system).collect();
    let test = entry.get("healthcheck").and_then(|check| check.get("test"));
    let words = test.into_iter().flat_map(|test| match test {
        Value::Sequence(words) => words.iter().filter_map(Value::as_str).collect(),
        test => Vec::from_iter(test.as_str()),
    });
    let health = words.into_iter().find_map(health_path);
    let run = run(file, build, entry);
    Some(Build { name: name.to_owned(), context, dockerfile, target, port: port(entry), health, needs, run, place })
}

/// The path in the URL that a command asks on its own machine.
pub fn health_path(command: &str) -> Option<String> {
    let command = filled(command, &HashMap::new());
    let (_, rest) = command.split_once("http://localhost").or_else(|| command.split_once("http://127.0.0.1"))?;
    let end = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ')' | ',' | '?');
    let path = rest.split(end).next()?.split_once('/')?.1.trim_end_matches('/');
    (!path.is_empty()).then(|| format!("/{path}"))
}

/// Gives each build to the service whose Dockerfile it names, or that lies in its context without any.
pub fn apply(services: &mut Services, builds: Vec<Build>) {
    for build in builds {
        let owns = |service: &&Service| service.containers.iter().any(|container| container.file == build.dockerfile);
        let folder = services.0.values().find(owns).map(|service| service.path.clone());
        // without a Dockerfile that was read, the folder of the context counts
        let free = || {
            let service = services.0.get(&build.context)?;
            let is_plain =
                path::name(&build.dockerfile) == "Dockerfile" && path::parent(&build.dockerfile) == build.context;
            (service.containers.is_empty() && is_plain).then(|| build.context.clone())
        };
        let Some(service) = folder.or_else(free).and_then(|folder| services.0.get_mut(&folder)) else { continue };
        service.name.get_or_insert_with(|| Finding::new(build.name.clone(), build.place.clone()));
        service.runs = true;
        if let Some(port) = build.port {
            service.port.get_or_insert_with(|| Finding::new(port, build.place.clone()));
        }
        if let Some(path) = build.health {
            let place = build.place.clone();
            // its path may say that it asks for more
            let route = meaning(&path).filter(|route| *route == Route::Readiness).unwrap_or(Route::Liveness);
            service.routes.entry(route).or_insert_with(|| Finding::new(path, place));
        }
        for system in build.needs {
            if service.client_of(system).is_none() {
                let client = Client::new(system, Some(system));
                service.clients.push(Finding::new(client, build.place.clone()));
            }
        }
        service.containers.push(build.place);
    }
}

/// Whether a file is called like a compose file: `compose.yaml`, `docker-compose.prod.yml`.
pub fn is_compose(name: &str) -> bool {
    let end = name.strip_prefix("docker-compose").or_else(|| name.strip_prefix("compose"));
    end.is_some_and(|end| {
        (end.starts_with('.') || end.starts_with('-')) && (end.ends_with(".yaml") || end.ends_with(".yml"))
    })
}

/// A folder below another one, as a relative path; none when it lies outside or is written with variables.
pub fn inside(folder: &str, below: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in Path::new(below).components() {
        match part {
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::CurDir => {}
            Component::ParentDir => {
                parts.pop()?;
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    (!below.contains('$')).then(|| parts.join("/"))
}

/// The first port inside the container: of `ports`, short (`127.0.0.1:80:8080/tcp`) or long, else of `expose`.
pub fn port(entry: &Value) -> Option<u16> {
    let first = |key: &str| entry.get(key)?.as_sequence()?.first();
    let published = first("ports").map(|port| port.get("target").unwrap_or(port));
    match published.or_else(|| first("expose"))? {
        Value::Number(number) => u16::try_from(number.as_u64()?).ok(),
        Value::String(text) => {
            let text = filled(text, &HashMap::new());
            text.split('/').next()?.rsplit(':').next()?.parse().ok()
        }
        _ => None,
    }
}

fn image(entry: &Value) -> Option<Backing> {
    let image = entry.get("image")?.as_str()?.split('@').next()?;
    let image = image.rsplit('/').next()?;
    Some(Backing { system: system(image)?, image: image.to_owned() })
}

/// What an image without its registry runs, as `mongo:7` runs MongoDB.
pub fn system(image: &str) -> Option<&'static str> {
    SYSTEMS.iter().find(|(name, _)| image.split([':', '@']).next() == Some(name)).map(|(_, system)| *system)
}

#[cfg(test)]
mod tests {
    use super::{inside, port};

    #[test]
    fn folders_and_ports() {
        assert_eq!(inside("", "./backend").as_deref(), Some("backend"));
        assert_eq!(inside("deploy", "../api").as_deref(), Some("api"));
        assert_eq!(inside("", "."), Some(String::new()));
        for outside in ["..", "/etc", "${DIR}/x", "a/../../b"] {
            assert_eq!(inside("", outside), None, "{outside}");
        }
        for (yaml, wanted) in [
            ("ports: ['127.0.0.1:80:8080/tcp']", Some(8080)),
            ("ports: [{target: 3000, published: 80}]", Some(3000)),
            ("expose: [9000]", Some(9000)),
            ("ports: ['${PORT}']", None),
            ("ports: ['${PORT:-3333}:${PORT:-3333}']", Some(3333)),
            ("ports: {}", None),
        ] {
            assert_eq!(port(&serde_yaml::from_str(yaml).unwrap()), wanted, "{yaml}");
        }
    }
}
