//! Cargo.toml.

use toml::{Table, Value};

use super::finding::Finding;
use super::libraries;
use super::lines::Lines;
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
        let lines = Lines::of_keys(file, &text);
        let called = package.get("name").and_then(Value::as_str);
        let service = services.of_manifest(&lines.place("name"), Language::Rust, called);
        if let Some(version) = package.get("rust-version").and_then(Value::as_str) {
            service.version = Some(Finding::new(version.to_owned(), lines.place("rust-version")));
        }
        for library in table.get("dependencies").and_then(Value::as_table).into_iter().flat_map(Table::keys) {
            if libraries::knows(Language::Rust, library) {
                libraries::add(service, Language::Rust, library, &lines.place(library), false);
            }
        }
    }
}
