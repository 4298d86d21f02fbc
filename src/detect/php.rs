//! composer.json.

use serde_json::Value;

use super::finding::{Finding, Location};
use super::libraries;
use super::lines::Lines;
use super::service::{Command, Language, ServiceKind, Services};
use super::walk::Files;
use crate::text::path;

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
