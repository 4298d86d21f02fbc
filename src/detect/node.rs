//! package.json: frameworks, scripts, versions, workspaces.

use serde_json::Value;

use super::finding::{Finding, Location};
use super::libraries;
use super::lines::Lines;
use super::service::{Command, Language, Service, Services};
use super::walk::Files;
use crate::text::{path, yaml};

/// Names of scripts by what they do, the best first.
const SCRIPTS: [(Command, &[&str]); 7] = [
    (Command::Build, &["build"]),
    (Command::Coverage, &["test:coverage", "coverage", "test:cov"]),
    (Command::Lint, &["lint"]),
    (Command::Migrate, &["migrate", "migrate:up", "db:migrate", "migrate:deploy", "db:deploy"]),
    (Command::Start, &["start"]),
    (Command::Test, &["test"]),
    (Command::Typecheck, &["typecheck", "type-check", "check-types", "tsc"]),
];

/// What `npm init` writes, which is no test.
const NO_TEST: &str = "no test specified";

/// Reads every package.json.
pub fn detect(files: &Files, services: &mut Services) {
    for file in files.named("package.json") {
        let Some(text) = files.text(file) else { continue };
        match serde_json::from_str::<Value>(&text) {
            Ok(Value::Object(package)) => read(files, services, file, &text, &Value::Object(package)),
            Ok(_) => files.note(file, "is not a JSON object"),
            Err(error) => files.note(file, format!("is not JSON (line {})", error.line())),
        }
    }
}

fn read(files: &Files, services: &mut Services, file: &str, text: &str, package: &Value) {
    let folder = path::parent(file);
    let lines = Lines::of_keys(file, text);
    let key = |key: &str| lines.place(key);
    let name = package["name"].as_str();
    let service = services.of_manifest(&key("name"), Language::Node, name.map(unscoped));
    if let Some(version) = package["engines"]["node"].as_str() {
        service.version.get_or_insert_with(|| Finding::new(version.to_owned(), key("node")));
    }
    let index = path::join(folder, "index.html");
    let pages = files.has(&index) || ["react-scripts", "@angular/core"].iter().any(|d| has(package, d));
    // Only what is there at run time serves; a bundler is usually among the others.
    for (list, bundlers) in [("dependencies", false), ("devDependencies", true)] {
        for library in package[list].as_object().into_iter().flatten().map(|(name, _)| name) {
            if !libraries::knows(Language::Node, library) {
                continue;
            }
            if !bundlers || matches!(library.as_str(), "vite" | "react-scripts") {
                libraries::add(service, Language::Node, library, &key(library), pages);
            }
        }
    }
    let manager = manager(files, folder, &lines, package);
    scripts(service, package, manager.as_ref().map_or("npm", |m| m.value), &key);
    service.package_manager = manager;
    if has(package, "migrate-mongo") {
        service.command(Command::Migrate, "npx --no-install migrate-mongo up", key("migrate-mongo"));
    }
    service.runs |= service.commands.contains_key(&Command::Start);
}

fn scripts(service: &mut Service, package: &Value, manager: &str, key: &dyn Fn(&str) -> Location) {
    for (command, names) in SCRIPTS {
        let script = |name: &str| package["scripts"][name].as_str().filter(|script| !script.contains(NO_TEST));
        let Some((name, script)) = names.iter().find_map(|name| Some((*name, script(name)?))) else { continue };
        let call = match name {
            "start" | "test" => format!("{manager} {name}"),
            _ => format!("{manager} run {name}"),
        };
        if command == Command::Start
            && service.output.is_none()
            && let Some(port) = port(script)
        {
            service.port = Some(Finding::new(port, key(name)));
        }
        service.command(command, call, key(name));
    }
}

/// The port in a script: `next start -p 3000`, `--port=3000`, `PORT=3000 node .`.
fn port(script: &str) -> Option<u16> {
    let words: Vec<&str> = script.split_whitespace().collect();
    words.iter().enumerate().find_map(|(i, word)| {
        let value = match word.split_once('=') {
            Some(("--port" | "PORT", value)) => value,
            _ if matches!(*word, "--port" | "-p") => words.get(i + 1)?,
            _ => return None,
        };
        value.parse().ok()
    })
}

/// What installs the libraries: `packageManager`, else the nearest lock file.
fn manager(files: &Files, folder: &str, lines: &Lines<'_>, package: &Value) -> Option<Finding<&'static str>> {
    const LOCKS: [(&str, &str); 5] = [
        ("pnpm-lock.yaml", "pnpm"),
        ("yarn.lock", "yarn"),
        ("bun.lock", "bun"),
        ("bun.lockb", "bun"),
        ("package-lock.json", "npm"),
    ];
    if let Some(named) = package["packageManager"].as_str()
        && let Some((_, name)) = LOCKS.iter().find(|(_, name)| named.split('@').next() == Some(name))
    {
        return Some(Finding::new(name, lines.place("packageManager")));
    }
    path::upwards(folder).find_map(|folder| {
        LOCKS.iter().find_map(|(lock, name)| {
            let lock = path::join(folder, lock);
            files.has(&lock).then(|| Finding::new(*name, Location::new(&lock, None)))
        })
    })
}

fn has(package: &Value, library: &str) -> bool {
    ["dependencies", "devDependencies"].iter().any(|list| package[list].get(library).is_some())
}

/// A name without the scope of its organization.
fn unscoped(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// The globs of the workspaces of the root, from package.json or pnpm-workspace.yaml.
pub fn workspaces(files: &Files) -> Vec<Finding<String>> {
    let mut found = Vec::new();
    if let Some(text) = files.text_if_any("pnpm-workspace.yaml") {
        let lines = Lines::of_texts("pnpm-workspace.yaml", &text);
        match yaml::first(&text) {
            Some(yaml) => {
                let globs = yaml.get("packages").and_then(serde_yaml::Value::as_sequence);
                let globs = globs.into_iter().flatten().filter_map(serde_yaml::Value::as_str);
                found.extend(globs.map(|glob| Finding::new(glob.to_owned(), lines.place(glob))));
            }
            None => {
                files.note("pnpm-workspace.yaml", "is not YAML, or nested too deep, or grows too large by its aliases")
            }
        }
    }
    if let Some(text) = files.text_if_any("package.json")
        && let Ok(package) = serde_json::from_str::<Value>(&text)
    {
        let list = package["workspaces"].as_array().or_else(|| package["workspaces"]["packages"].as_array());
        let place = Lines::of_keys("package.json", &text).place("workspaces");
        let globs = list.into_iter().flatten().filter_map(Value::as_str);
        found.extend(globs.map(|glob| Finding::new(glob.to_owned(), place.clone())));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::port;

    #[test]
    fn ports_in_scripts() {
        assert_eq!(port("next start -p 3001"), Some(3001));
        assert_eq!(port("PORT=8081 node server.js"), Some(8081));
        assert_eq!(port("vite preview --port=4000"), Some(4000));
        for none in ["node server.js", "mkdir -p dist", "x -p", "x --port 99999"] {
            assert_eq!(port(none), None, "{none}");
        }
    }
}
