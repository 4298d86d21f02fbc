//! go.mod, line by line as its reference has it: `module`, `go` and `require`, single or in a block.

use super::finding::{Finding, Location};
use super::libraries;
use super::service::{Language, Services};
use super::walk::Files;

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
