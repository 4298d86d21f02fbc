//! go.mod, line by line as its reference has it: `module`, `go` and `require`, single or in a block.

use super::finding::{Finding, Location};
use super::libraries;
use super::service::{Command, Language, Service, Services};
use super::walk::Files;
use crate::text::path;

/// Reads every go.mod.
pub fn detect(files: &Files, services: &mut Services) {
    for file in files.named("go.mod") {
        let Some(text) = files.text(file) else { continue };
        let module = directive(&text, "module");
        let called = module.map(|(name, _)| last(name));
        let place = Location::new(file, module.map(|(_, line)| line));
        let service = services.of_manifest(&place, Language::Go, called);
        if let Some((version, line)) = directive(&text, "go") {
            service.version = Some(Finding::new(version.to_owned(), Location::new(file, Some(line))));
        }
        start(files, service);
        let mut block = false;
        for (i, line) in text.lines().enumerate() {
            // what comes only with something else says nothing about this module
            if line.trim_end().ends_with("// indirect") {
                continue;
            }
            let line = line.split("//").next().unwrap_or_default().trim();
            let required = match line.strip_prefix("require") {
                Some(rest) if rest.trim() == "(" => {
                    block = true;
                    continue;
                }
                Some(rest) if rest.starts_with(char::is_whitespace) => rest.trim(),
                _ if line == ")" => {
                    block = false;
                    continue;
                }
                _ if block => line,
                _ => continue,
            };
            if let Some(name) = required.split_whitespace().next() {
                libraries::add(service, Language::Go, name.trim_matches('"'), &Location::new(file, Some(i + 1)), false);
            }
        }
    }
}

/// The program of a module: `main.go`, else the best folder below `cmd`.
fn start(files: &Files, service: &mut Service) {
    let main = path::join(&service.path, "main.go");
    let cmd = format!("{}/", path::join(&service.path, "cmd"));
    let mut programs: Vec<&str> = files
        .named("main.go")
        .filter(|file| file.strip_prefix(&cmd).is_some_and(|rest| rest.matches('/').count() == 1))
        .collect();
    // of several the server is the service
    let name = |file: &str| path::name(path::parent(file)).to_owned();
    programs.sort_by_key(|file| (!matches!(&*name(file), "server" | "api" | "app" | "web"), (*file).to_owned()));
    let entry = if files.has(&main) { Some(main.as_str()) } else { programs.first().copied() };
    let Some(entry) = entry else { return };
    service.entry = Some(entry.to_owned());
    let called = if entry == main { service.name.as_ref().map(|name| name.value.clone()) } else { Some(name(entry)) };
    let called = called.unwrap_or_else(|| "app".into());
    let package = if entry == main { ".".into() } else { format!("./cmd/{called}") };
    service.command(Command::Build, format!("go build -o bin/{called} {package}"), Location::new(entry, None));
    service.command(Command::Start, format!("./bin/{called}"), Location::new(entry, None));
}

fn directive<'t>(text: &'t str, name: &str) -> Option<(&'t str, usize)> {
    text.lines().enumerate().find_map(|(i, line)| {
        let mut words = line.split_whitespace();
        (words.next() == Some(name)).then(|| words.next()).flatten().map(|value| (value.trim_matches('"'), i + 1))
    })
}

/// The last part of a module's path that is not its major version.
fn last(module: &str) -> &str {
    let is_version = |part: &&str| part.strip_prefix('v').is_some_and(|n| n.parse::<u32>().is_ok());
    module.rsplit('/').find(|part| !is_version(part)).unwrap_or(module)
}
