//! composer.json.

use serde_json::Value;

use super::compose::Backing;
use super::finding::{Finding, Location};
use super::libraries;
use super::lines::Lines;
use super::service::{Client, Command, Language, Service, ServiceKind, Services};
use super::walk::Files;
use crate::text::path;

/// The manifest entry of Laravel, which brings its own mapper; the drivers are extensions of PHP, in no list of packages.
const LARAVEL: &str = "laravel/framework";
const DOCTRINE: &str = "doctrine/orm";
/// How addresses of Doctrine begin, by the system.
const SCHEMES: [(&str, &str); 4] =
    [("postgres://", "postgresql"), ("postgresql://", "postgresql"), ("mysql://", "mysql"), ("mariadb://", "mysql")];

/// The connections of Laravel to a server, and the system of each.
const CONNECTIONS: [(&str, &str); 4] =
    [("mysql", "mysql"), ("mariadb", "mysql"), ("pgsql", "postgresql"), ("sqlsrv", "sqlserver")];

/// Reads every composer.json.
pub fn detect(files: &Files, services: &mut Services) {
    for file in files.named("composer.json") {
        let Some(text) = files.text(file) else { continue };
        let Ok(package) = serde_json::from_str::<Value>(&text) else {
            files.note(file, "is not JSON");
            continue;
        };
        let lines = Lines::of_keys(file, &text);
        let key = |key: &str| lines.place(key);
        let called = package["name"].as_str().and_then(|name| name.rsplit('/').next());
        let service = services.of_manifest(&key("name"), Language::Php, called);
        if let Some(version) = package["require"]["php"].as_str() {
            service.version = Some(Finding::new(version.to_owned(), key("php")));
        }
        for library in package["require"].as_object().into_iter().flatten().map(|(name, _)| name) {
            if libraries::knows(Language::Php, library) {
                libraries::add(service, Language::Php, library, &key(library), false);
            }
        }
        for (script, command) in [("test", Command::Test), ("lint", Command::Lint)] {
            if package["scripts"].get(script).is_some() {
                service.command(command, format!("composer {script}"), key(script));
            }
        }
        service.entry = ["public/index.php", "index.php", "web/index.php"]
            .iter()
            .map(|name| path::join(&service.path, name))
            .find(|file| files.has(file));
        if service.entry.is_some() {
            service.kind.get_or_insert_with(|| Finding::new(ServiceKind::Web, Location::new(file, None)));
        }
        let artisan = path::join(&service.path, "artisan");
        if files.has(&artisan) {
            service.command(Command::Migrate, "php artisan migrate --force", Location::new(&artisan, None));
        }
        services.take_assets(path::parent(file));
    }
    // pages without a list of packages
    let bare = ["index.php", "public/index.php"].into_iter().find(|file| files.has(file));
    if let Some(file) = bare.filter(|_| services.0.get("").is_none_or(|service| service.manifest.is_none())) {
        let service = services.of_manifest_in("", &Location::new(file, None), Language::Php, None);
        service.kind = Some(Finding::new(ServiceKind::Web, Location::new(file, None)));
        service.entry = Some(file.to_owned());
    }
}

/// Finds the database server of each application of Laravel: from `DB_CONNECTION` of its sample, from the default of
/// its configuration, or from what compose runs beside it. The connection `sqlite` says nothing about production.
pub fn drivers(files: &Files, services: &mut Services, backing: &[Finding<Backing>]) {
    let beside = backing.iter().find_map(|one| {
        let (_, system) = CONNECTIONS.iter().find(|(_, system)| *system == one.value.system)?;
        Some((*system, one.found_in.clone()))
    });
    for service in services.0.values_mut() {
        let (library, said) = if service.frameworks.iter().any(|framework| framework.value == "Laravel") {
            (LARAVEL, connection(files, service))
        } else if service.clients.iter().any(|client| client.value.library == DOCTRINE) {
            (DOCTRINE, scheme(files, service))
        } else {
            continue;
        };
        if let Some((system, place)) = said.or_else(|| beside.clone()) {
            let client = Client::new(library, Some(system));
            service.clients.push(Finding::new(client, place));
        }
    }
}

/// `DATABASE_URL="postgresql://app:x@db:5432/app"` in the file that Symfony commits.
fn scheme(files: &Files, service: &Service) -> Option<(&'static str, Location)> {
    let file = path::join(&service.path, ".env");
    let text = files.text_if_any(&file)?;
    text.lines().enumerate().find_map(|(i, line)| {
        let value = line.strip_prefix("DATABASE_URL=")?.trim_start_matches(['\'', '"']);
        let (_, system) = SCHEMES.iter().find(|(scheme, _)| value.starts_with(scheme))?;
        Some((*system, Location::new(&file, Some(i + 1))))
    })
}

/// `DB_CONNECTION=mysql`, `'default' => env('DB_CONNECTION', 'mysql')`.
fn connection(files: &Files, service: &Service) -> Option<(&'static str, Location)> {
    [(".env.example", "DB_CONNECTION="), ("config/database.php", "env('DB_CONNECTION', ")].into_iter().find_map(
        |(name, before)| {
            let file = path::join(&service.path, name);
            let text = files.text_if_any(&file)?;
            let (line, value) = text.lines().enumerate().find_map(|(i, line)| {
                let is_comment = line.trim_start().starts_with(['#', '/', '|', '*']);
                Some((i + 1, line.split_once(before).filter(|_| !is_comment)?.1))
            })?;
            let value = value.trim_start_matches(['\'', '"']);
            let word = value.split(|c: char| !c.is_ascii_alphanumeric()).next()?;
            let (_, system) = CONNECTIONS.iter().find(|(connection, _)| *connection == word)?;
            Some((*system, Location::new(&file, Some(line))))
        },
    )
}
