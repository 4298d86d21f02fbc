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
    let globs: Vec<String> = workspaces(files).into_iter().map(|glob| glob.value).collect();
    for file in files.named("package.json") {
        let Some(text) = files.text(file) else { continue };
        match serde_json::from_str::<Value>(&text) {
            Ok(Value::Object(package)) => read(files, services, file, &text, &Value::Object(package), &globs),
            Ok(_) => files.note(file, "is not a JSON object"),
            Err(error) => files.note(file, format!("is not JSON (line {})", error.line())),
        }
    }
}

fn read(files: &Files, services: &mut Services, file: &str, text: &str, package: &Value, globs: &[String]) {
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
    let lock = lock(files, folder);
    let home = lock.as_ref().map_or(folder, |lock| path::parent(&lock.found_in.file));
    service.workspace = lock.is_some() && home.is_empty() && is_member(globs, folder);
    let named = named_manager(files, folder, home, &lines, package);
    service.manager_version = named.is_some();
    service.package_manager = named.or(lock);
    let manager = service.package_manager.as_ref().map_or("npm", |manager| manager.value);
    // in the folder of a package Turborepo builds what that package depends on, then the package itself
    if service.workspace && package["scripts"]["build"].is_string() && files.has("turbo.json") {
        service.command(Command::Build, "npx --no-install turbo run build", Location::new("turbo.json", None));
    }
    scripts(service, package, manager, &key);
    if has(package, "migrate-mongo") {
        service.command(Command::Migrate, "npx --no-install migrate-mongo up", key("migrate-mongo"));
    }
    service.runs |= service.commands.contains_key(&Command::Start);
}

fn scripts(service: &mut Service, package: &Value, manager: &str, key: &dyn Fn(&str) -> Location) {
    for (command, names) in SCRIPTS {
        let script = |name: &str| package["scripts"][name].as_str().filter(|script| !script.contains(NO_TEST));
        let Some((name, script)) = names.iter().find_map(|name| Some((*name, script(name)?))) else { continue };
        // what runs in the image finds Node.js and npm there; Bun has a command `test` of its own
        let word = match (command, manager) {
            (Command::Start | Command::Migrate, _) => "npm",
            (_, "yarn_classic") => "yarn",
            (_, manager) => manager,
        };
        let call = match name {
            "start" | "test" if word != "bun" => format!("{word} {name}"),
            _ => format!("{word} run {name}"),
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

/// The package manager whose exact version `packageManager` names, here or beside the lock file.
fn named_manager(
    files: &Files,
    folder: &str,
    home: &str,
    lines: &Lines<'_>,
    package: &Value,
) -> Option<Finding<&'static str>> {
    if let Some(name) = package["packageManager"].as_str().and_then(of_version) {
        return Some(Finding::new(name, lines.place("packageManager")));
    }
    if home == folder {
        return None;
    }
    let file = path::join(home, "package.json");
    let text = files.text_if_any(&file)?;
    let name = serde_json::from_str::<Value>(&text).ok()?["packageManager"].as_str().and_then(of_version)?;
    Some(Finding::new(name, Lines::of_keys(&file, &text).place("packageManager")))
}

/// The package manager of a text such as `pnpm@11.2.0+sha512.abc`.
fn of_version(text: &str) -> Option<&'static str> {
    let (name, version) = text.split_once('@')?;
    let is_exact = version.starts_with(|c: char| c.is_ascii_digit());
    match name {
        "npm" | "pnpm" | "bun" if is_exact => ["npm", "pnpm", "bun"].into_iter().find(|one| *one == name),
        "yarn" if is_exact => Some(if version.starts_with("1.") { "yarn_classic" } else { "yarn" }),
        _ => None,
    }
}

/// The nearest lock file, and what wrote it.
fn lock(files: &Files, folder: &str) -> Option<Finding<&'static str>> {
    const LOCKS: [(&str, &str); 5] = [
        ("pnpm-lock.yaml", "pnpm"),
        ("yarn.lock", "yarn"),
        ("bun.lock", "bun"),
        ("bun.lockb", "bun"),
        ("package-lock.json", "npm"),
    ];
    path::upwards(folder).find_map(|folder| {
        LOCKS.iter().find_map(|(lock, name)| {
            let lock = path::join(folder, lock);
            if !files.has(&lock) {
                return None;
            }
            // Yarn 1 does not know the entry about the file itself
            let is_classic = *name == "yarn" && !files.text_if_any(&lock)?.contains("__metadata:");
            let name = if is_classic { "yarn_classic" } else { name };
            Some(Finding::new(name, Location::new(&lock, None)))
        })
    })
}

/// Whether the globs of a workspace have a folder below the top among them.
pub fn is_member(globs: &[String], folder: &str) -> bool {
    let matches = |glob: &str| {
        let glob = glob.trim_start_matches("./").trim_end_matches('/');
        let (glob, folder): (Vec<&str>, Vec<&str>) = (glob.split('/').collect(), folder.split('/').collect());
        !folder[0].is_empty() && segments_match(&glob, &folder)
    };
    let (without, with): (Vec<&String>, Vec<&String>) = globs.iter().partition(|glob| glob.starts_with('!'));
    with.iter().any(|glob| matches(glob)) && !without.iter().any(|glob| matches(&glob[1..]))
}

fn segments_match(glob: &[&str], folder: &[&str]) -> bool {
    match (glob.split_first(), folder.split_first()) {
        (None, None) => true,
        (Some((&"**", rest)), _) if segments_match(rest, folder) => true,
        (Some((&"**", _)), Some((_, below))) => segments_match(glob, below),
        (Some((one, rest)), Some((name, below))) => {
            let fits = match one.split_once('*') {
                Some((before, after)) => {
                    name.len() >= before.len() + after.len() && name.starts_with(before) && name.ends_with(after)
                }
                None => one == name,
            };
            fits && segments_match(rest, below)
        }
        _ => false,
    }
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
    use super::{is_member, of_version, port};

    #[test]
    fn members_of_a_workspace() {
        let globs = |globs: &[&str]| globs.iter().map(|&glob| glob.to_owned()).collect::<Vec<_>>();
        for (member, list, folder) in [
            (true, &["apps/*", "packages/*"][..], "apps/api"),
            (true, &["./apps/*/"], "apps/api"),
            (true, &["apps/**"], "apps/shop/api"),
            (true, &["apps/api"], "apps/api"),
            (true, &["apps/shop-*"], "apps/shop-api"),
            (false, &["apps/*"], "apps/shop/api"),
            (false, &["apps/*", "!apps/api"], "apps/api"),
            (false, &["apps/*"], ""),
            (false, &["**"], ""),
            (false, &[], "apps/api"),
        ] {
            assert_eq!(is_member(&globs(list), folder), member, "{list:?} {folder}");
        }
    }

    #[test]
    fn exact_versions_of_package_managers() {
        for (text, name) in [
            ("pnpm@11.2.0+sha512.abc", Some("pnpm")),
            ("yarn@1.22.22", Some("yarn_classic")),
            ("yarn@4.18.1", Some("yarn")),
            ("bun@1.4.5", Some("bun")),
            ("pnpm@latest", None),
            ("pnpm", None),
            ("cnpm@9.0.0", None),
        ] {
            assert_eq!(of_version(text), name, "{text}");
        }
    }

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
