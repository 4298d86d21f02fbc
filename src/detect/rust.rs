//! Cargo.toml.

use toml::{Table, Value};

use super::compose::inside;
use super::finding::{Finding, Location};
use super::libraries;
use super::lines::Lines;
use super::service::{Command, Language, Service, Services};
use super::walk::Files;
use crate::text::path;

/// Reads every Cargo.toml that has a package.
pub fn detect(files: &Files, services: &mut Services) {
    for file in files.named("Cargo.toml") {
        let Some(text) = files.text(file) else { continue };
        let Ok(table) = text.parse::<Table>() else {
            files.note(file, "is not TOML");
            continue;
        };
        let Some(package) = table.get("package") else { continue };
        let lines = Lines::of_keys(file, &text);
        let called = package.get("name").and_then(Value::as_str);
        let service = services.of_manifest(&lines.place("name"), Language::Rust, called);
        if let Some(version) = package.get("rust-version").and_then(Value::as_str) {
            service.version = Some(Finding::new(version.to_owned(), lines.place("rust-version")));
        }
        start(files, service, package, table.get("bin"));
        service.libraries = linked(files, path::parent(file));
        for library in table.get("dependencies").and_then(Value::as_table).into_iter().flat_map(Table::keys) {
            if libraries::knows(Language::Rust, library) {
                libraries::add(service, Language::Rust, library, &lines.place(library), false);
            }
        }
        for (library, dependency) in table.get("dependencies").and_then(Value::as_table).into_iter().flatten() {
            let features = dependency.get("features").and_then(Value::as_array).into_iter().flatten();
            let mut systems = features.filter_map(|feature| system_of(feature.as_str()?));
            // of several, which one runs in production is not told here
            let (Some(system), None) = (systems.next(), systems.next()) else { continue };
            let client = service.clients.iter_mut().find(|client| client.value.library == *library);
            if let Some(client) = client.filter(|client| client.value.system.is_none()) {
                client.value.system = Some(system);
            }
        }
    }
}

/// The system that a feature of sqlx, Diesel or SeaORM is for.
fn system_of(feature: &str) -> Option<&'static str> {
    match feature.trim_start_matches("sqlx-") {
        "postgres" => Some("postgresql"),
        "mysql" => Some("mysql"),
        "sqlite" => Some("sqlite"),
        _ => None,
    }
}

/// Crates that link a library of the system, the library, and the crate that compiles its own copy instead.
const LINKED: [(&str, &str, &str); 3] = [
    ("openssl-sys", "openssl", "openssl-src"),
    ("pq-sys", "libpq", "pq-src"),
    ("mysqlclient-sys", "libmariadb", "mysqlclient-src"),
];

/// The libraries of the system that the crates of the nearest Cargo.lock link.
fn linked(files: &Files, folder: &str) -> Vec<Finding<&'static str>> {
    let Some(lock) = path::upwards(folder).map(|folder| path::join(folder, "Cargo.lock")).find(|file| files.has(file))
    else {
        return Vec::new();
    };
    let text = files.text(&lock).unwrap_or_default();
    let line = |name: &str| {
        text.lines().position(|line| line.strip_prefix("name = ").is_some_and(|it| it.trim_matches('"') == name))
    };
    let linked = LINKED.iter().filter(|(.., own)| line(own).is_none());
    linked
        .filter_map(|(name, library, _)| Some(Finding::new(*library, Location::new(&lock, Some(line(name)? + 1)))))
        .collect()
}

/// The program of a package: `default-run`, `src/main.rs`, a `[[bin]]`, or the only source in `src/bin`.
fn start(files: &Files, service: &mut Service, package: &Value, bin: Option<&Value>) {
    let below = |name: &str| path::join(&service.path, name);
    let bins = below("src/bin");
    let bin = bin.and_then(Value::as_array).and_then(|bins| bins.first());
    let named = bin.and_then(|bin| Some((bin.get("path")?.as_str()?, bin.get("name")?.as_str()?)));
    let default = package.get("default-run").and_then(Value::as_str);
    let found = if let Some((source, name)) = named.filter(|(source, _)| inside(&service.path, source).is_some()) {
        Some((below(source), name.to_owned()))
    } else if files.has(&below("src/main.rs")) {
        package.get("name").and_then(Value::as_str).map(|name| (below("src/main.rs"), name.to_owned()))
    } else {
        let source = files.paths().find(|file| path::parent(file) == bins && file.ends_with(".rs"));
        source.map(|source| (source.to_owned(), path::name(source).trim_end_matches(".rs").to_owned()))
    };
    let Some((entry, name)) = found else { return };
    let name = default.unwrap_or(&name);
    service.command(Command::Build, "cargo build --release --locked", Location::new(&entry, None));
    service.command(Command::Start, format!("./target/release/{name}"), Location::new(&entry, None));
    service.entry = Some(entry);
}
