//! Cargo.toml.

use toml::{Table, Value};

use super::finding::{Finding, Place};
use super::libraries;
use super::service::{Language, Services};
use super::walk::Files;

/// Reads every Cargo.toml that has a package.
pub fn detect(files: &Files, services: &mut Services) {
    for file in files.named("Cargo.toml") {
        let Some(text) = files.text(file) else { continue };
        let Ok(table) = text.parse::<Table>() else {
            files.note(file, "is not TOML");
            continue;
        };
        let Some(package) = table.get("package") else { continue };
        let called = package.get("name").and_then(Value::as_str);
        let service = services.of_manifest(&Place::key(file, &text, "name"), Language::Rust, called);
        if let Some(version) = package.get("rust-version").and_then(Value::as_str) {
            service.version = Some(Finding::new(version.to_owned(), Place::key(file, &text, "rust-version")));
        }
        for library in table.get("dependencies").and_then(Value::as_table).into_iter().flat_map(Table::keys) {
            if libraries::knows(Language::Rust, library) {
                libraries::add(service, Language::Rust, library, &Place::key(file, &text, library), false);
            }
        }
    }
}
