//! Compose files: services that are built here, and the systems beside them.

use std::path::{Component, Path};

use serde::Serialize;
use serde_yaml::Value;

use super::finding::{Finding, Location};
use super::lines::Lines;
use super::service::Services;
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
const SYSTEMS: [(&str, &str); 12] = [
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
];

/// Reads every compose file.
pub fn detect(files: &Files, services: &mut Services) -> Vec<Finding<Backing>> {
    let mut backing = Vec::new();
    for name in ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"] {
        for file in files.named(name) {
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
            let entries = entries.into_iter().flatten().take(MAX_ENTRIES);
            for (name, entry) in entries.filter_map(|(name, entry)| Some((name.as_str()?, entry))) {
                let place = lines.place(&format!("{name}:"));
                match entry.get("build") {
                    Some(build) => built(services, file, name, build, entry, place),
                    None => backing.extend(image(entry).map(|one| Finding::new(one, place))),
                }
            }
        }
    }
    backing.sort();
    backing
}

/// Gives an entry to the service in the folder that it is built from.
fn built(services: &mut Services, file: &str, name: &str, build: &Value, entry: &Value, place: Location) {
    let Some(context) = build.as_str().or_else(|| build.get("context").and_then(Value::as_str)) else { return };
    let Some(mut folder) = inside(path::parent(file), context) else { return };
    // one context for several services: each has its Dockerfile in its own folder
    let dockerfile = build.get("dockerfile").and_then(Value::as_str);
    if let Some(below) = dockerfile.and_then(|dockerfile| inside(&folder, dockerfile)) {
        let own = path::parent(&below);
        if services.0.contains_key(own) {
            folder = own.to_owned();
        }
    }
    let Some(service) = services.0.get_mut(&folder) else { return };
    service.name.get_or_insert_with(|| Finding::new(name.to_owned(), place.clone()));
    service.runs = true;
    if let Some(port) = port(entry) {
        service.port.get_or_insert_with(|| Finding::new(port, place.clone()));
    }
    service.containers.push(place);
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
fn port(entry: &Value) -> Option<u16> {
    let first = |key: &str| entry.get(key)?.as_sequence()?.first();
    let published = first("ports").map(|port| port.get("target").unwrap_or(port));
    match published.or_else(|| first("expose"))? {
        Value::Number(number) => u16::try_from(number.as_u64()?).ok(),
        Value::String(text) => text.split('/').next()?.rsplit(':').next()?.parse().ok(),
        _ => None,
    }
}

fn image(entry: &Value) -> Option<Backing> {
    let image = entry.get("image")?.as_str()?.split('@').next()?;
    let image = image.rsplit('/').next()?;
    let (_, system) = SYSTEMS.iter().find(|(name, _)| image.split(':').next() == Some(name))?;
    Some(Backing { system, image: image.to_owned() })
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
            ("ports: {}", None),
        ] {
            assert_eq!(port(&serde_yaml::from_str(yaml).unwrap()), wanted, "{yaml}");
        }
    }
}
