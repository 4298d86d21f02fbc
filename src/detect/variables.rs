//! Environment variables: their names in samples, compose files, schemas, settings and build files, what kind each is, and
//! whether a service needs it. A value is kept only where it is no secret.

use std::collections::{BTreeMap, HashMap};

use indexmap::IndexMap;
use serde::Serialize;
use serde_yaml::Value;

use super::compose::is_compose;
use super::entry::is_for_development;
use super::finding::{Finding, Location};
use super::lines::Lines;
use super::service::{Service, Services};
use super::walk::Files;
use super::wanted::{is_env_file, is_settings, is_source, is_spring};
use crate::text::{path, yaml};

mod calls;
mod env_files;
mod environment;
mod facts;
mod image_build;
mod pydantic;
mod rules;
mod schemas;
mod seen;
mod server;
mod sort;
mod spring;
mod tags;
pub mod value;

pub use calls::is_variable;
use facts::{Facts, Origin, conclude, origin};
pub use rules::RULES;
pub use seen::{Says, Seen};
pub use server::Server;
pub use sort::{Sort, is_secret, of_scheme, scheme, sort};
use value::{is_harmless, is_placeholder};

/// Variables of a whole repository.
const MAX_VARIABLES: usize = 10_000;
/// Sources of a service that are read; the shallow ones tell most.
const MAX_SOURCES: usize = 200;

/// An environment variable.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Variable {
    pub name: String,
    /// What kind of value it has.
    pub sort: Sort,
    /// Whether its value is a secret: of a store, the address and the password are.
    pub secret: bool,
    /// Whether the program needs it to be set.
    pub required: bool,
    /// The system that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<&'static str>,
    /// The value of the sample; of a secret and of what only stands in the place of a value there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Whether the program has that value already.
    #[serde(skip)]
    pub by_default: bool,
    /// Whether only the build of the image reads it.
    #[serde(skip)]
    pub build: bool,
    /// Where its sample says that a server is, also that of a secret address.
    #[serde(skip)]
    pub servers: Vec<Server>,
    /// The database that its sample names, also that of a secret address.
    #[serde(skip)]
    pub database: Option<String>,
}

/// Gives each service its variables, and returns those of samples that belong to none.
pub fn detect(files: &Files, services: &mut Services) -> Vec<Finding<Variable>> {
    let samples = samples(files, services);
    let mut facts: BTreeMap<String, Facts> = BTreeMap::new();
    let mut shared: Vec<&str> = Vec::new();
    for (file, seen) in &samples {
        match services.around(file) {
            Some(folder) => {
                let facts = facts.entry(folder.to_owned()).or_default();
                seen.iter().for_each(|one| facts.add(file, origin(file), one.clone()));
            }
            None => shared.push(file),
        }
    }
    let is_for_tests = |file: &str| {
        path::name(file).split(['.', '-', '_']).any(|word| matches!(word, "ci" | "e2e" | "test" | "tests"))
    };
    for file in files.paths().filter(|file| is_compose(path::name(file)) && !is_for_tests(file)) {
        compose(files, file, services, &samples, &mut facts);
    }
    code(files, services, &mut facts);
    for service in services.0.values() {
        let facts = facts.entry(service.path.clone()).or_default();
        build(files, service, facts);
    }
    // a sample for several services says something to each that reads the variable
    let mut readers: HashMap<String, Vec<String>> = HashMap::new();
    for (folder, name) in facts.iter().flat_map(|(folder, facts)| facts.0.keys().map(move |name| (folder, name))) {
        readers.entry(name.clone()).or_default().push(folder.clone());
    }
    let mut left = Facts::default();
    for (file, one) in shared.iter().flat_map(|file| samples[*file].iter().map(move |one| (*file, one))) {
        for folder in readers.get(&one.name).into_iter().flatten() {
            facts.entry(folder.clone()).or_default().add(file, origin(file), one.clone());
        }
        if !readers.contains_key(&one.name) {
            left.add(file, origin(file), one.clone());
        }
    }
    let (mut count, mut rest) = (0, false);
    let mut concluded = |facts: Facts| {
        let has_samples = facts.has_samples();
        let mut found: Vec<Finding<Variable>> =
            facts.0.into_iter().map(|(name, facts)| conclude(name, &facts, has_samples)).collect();
        rest |= count + found.len() > MAX_VARIABLES;
        found.truncate(MAX_VARIABLES - count);
        count += found.len();
        found
    };
    for (folder, facts) in facts {
        let found = concluded(facts);
        if let Some(service) = services.0.get_mut(&folder) {
            service.variables = found;
        }
    }
    let shared = concluded(left);
    if rest {
        files.note("", format!("has more than {MAX_VARIABLES} variables in samples, of which the rest was left out"));
    }
    shared
}

/// The environment files and what they say. A port is no secret, and a sample says it where the code only names the variable.
fn samples(files: &Files, services: &mut Services) -> IndexMap<String, Vec<Seen>> {
    let mut samples = IndexMap::new();
    for file in files.paths().filter(|file| is_env_file(file)) {
        let Some(text) = files.text(file) else { continue };
        let mut seen = env_files::read(&text);
        fill(&mut seen);
        seen.retain(|one| !is_of_tools(&one.name));
        let port = |one: &Seen| {
            let value = one.value.as_ref().filter(|_| one.name == "PORT")?;
            Some((value.parse::<u16>().ok().filter(|port| *port > 0)?, one.line))
        };
        let folder = services.around(file).map(str::to_owned);
        let service = folder.and_then(|folder| services.0.get_mut(&folder));
        if let Some(service) = service.filter(|service| service.port.is_none() && service.output.is_none())
            && let Some((port, line)) = seen.iter().find_map(port)
        {
            service.port = Some(Finding::new(port, Location::new(file, Some(line))));
        }
        samples.insert(file.to_owned(), seen);
    }
    samples
}

/// Fills `${NAME}` with what the file says about that one, as far as it is no secret.
fn fill(seen: &mut [Seen]) {
    let known: HashMap<String, String> = seen.iter().filter_map(shown).collect();
    for value in seen.iter_mut().filter_map(|one| one.value.as_mut()).filter(|value| value.contains("${")) {
        let mut parts = value.split("${");
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            match part.split_once('}').and_then(|(name, rest)| Some((known.get(name)?, rest))) {
                Some((of_name, rest)) => filled.extend([of_name.as_str(), rest]),
                None => filled.extend(["${", part]),
            }
        }
        *value = filled;
    }
}

/// The name and the value of a variable that can be put into another one.
fn shown(one: &Seen) -> Option<(String, String)> {
    let value = one.value.clone()?;
    let is_shown =
        !is_secret(&one.name, &value) && is_harmless(&value) && !is_placeholder(&value) && !value.contains('$');
    is_shown.then(|| (one.name.clone(), value))
}

/// Whether a platform or a tool around the program sets it.
fn is_of_tools(name: &str) -> bool {
    let rules = &RULES.of_tools;
    rules.names.iter().any(|one| one == name) || rules.prefixes.iter().any(|start| name.starts_with(start.as_str()))
}

/// Gives what an entry of a compose file sets to the service that it runs.
fn compose(
    files: &Files,
    file: &str,
    services: &Services,
    samples: &IndexMap<String, Vec<Seen>>,
    facts: &mut BTreeMap<String, Facts>,
) {
    let Some(text) = files.text(file) else { return };
    let Some(mut yaml) = yaml::first(&text) else { return };
    let _ = yaml.apply_merge();
    let lines = Lines::of_texts(file, &text);
    let beside = samples.iter().filter(|(sample, _)| path::parent(sample) == path::parent(file));
    // what is put into another value must not be a secret
    let known: HashMap<String, String> = beside.flat_map(|(_, seen)| seen).filter_map(shown).collect();
    let origin = match () {
        () if path::name(file).contains("prod") => Origin::Production,
        () if is_for_development(file) => Origin::Development,
        () => Origin::Compose,
    };
    let entries = yaml.get("services").and_then(Value::as_mapping).into_iter().flatten();
    for (name, entry) in entries.filter_map(|(name, entry)| Some((name.as_str()?, entry))) {
        let place = lines.place(&format!("{name}:"));
        // a place without its line is that of several entries
        let is_own = |service: &&Service| {
            let called = service.name.as_ref().is_some_and(|called| called.value == name);
            service.containers.contains(&place) && (place.line.is_some() || called)
        };
        for service in services.0.values().filter(is_own) {
            let facts = facts.entry(service.path.clone()).or_default();
            for seen in environment::read(entry, &known).into_iter().filter(|one| !is_of_tools(&one.name)) {
                let line = lines.place(&format!("{}:", seen.name)).line.or(place.line).unwrap_or_default();
                facts.add(file, origin, Seen { line, ..seen });
            }
            for wanted in environment::files(file, entry) {
                // the file itself, or the samples that stand for it
                let folder = path::parent(&wanted);
                let exact = samples.get_key_value(&wanted).into_iter();
                let instead = samples.iter().filter(|(sample, _)| path::parent(sample) == folder);
                let named: Vec<_> = if samples.contains_key(&wanted) { exact.collect() } else { instead.collect() };
                for (sample, seen) in named.into_iter().filter(|(sample, _)| services.around(sample).is_none()) {
                    seen.iter().for_each(|one| facts.add(sample, self::origin(sample), one.clone()));
                }
            }
        }
    }
}

/// Reads the schemas, settings and sources in which a service names its variables.
fn code(files: &Files, services: &Services, facts: &mut BTreeMap<String, Facts>) {
    let mut read: HashMap<&str, usize> = HashMap::new();
    for file in files.paths().filter(|file| is_settings(file) || is_source(file) || is_spring(file)) {
        let Some(service) = services.around(file).and_then(|folder| services.0.get(folder)) else { continue };
        let count = read.entry(service.path.as_str()).or_default();
        // tools of a package have their configuration at its top
        let is_of_tool = path::parent(file) == service.path && path::name(file).contains(".config.");
        if *count == MAX_SOURCES || is_of_tool {
            continue;
        }
        *count += 1;
        let Some(text) = files.text(file) else { continue };
        let facts = facts.entry(service.path.clone()).or_default();
        read_in(file, &text).into_iter().for_each(|one| facts.add(file, Origin::Code, one));
    }
}

/// What a source reads of its environment, without the variables of tools.
pub fn read_in(file: &str, text: &str) -> Vec<Seen> {
    let mut seen = match file.rsplit_once('.').map(|(_, end)| end) {
        _ if is_spring(file) => spring::read(file, text),
        Some("py") => [pydantic::read(text), calls::read(file, text)].concat(),
        Some("go") => [tags::read(text), calls::read(file, text)].concat(),
        Some("cjs" | "js" | "mjs" | "ts") => [schemas::read(text), calls::read(file, text)].concat(),
        Some(_) | None => calls::read(file, text),
    };
    seen.retain(|one| !is_of_tools(&one.name));
    seen
}

/// Reads what the build of an image needs beside the code. Only secrets count: others are arguments of the build.
fn build(files: &Files, service: &Service, facts: &mut Facts) {
    let dockerfile = service.image.as_ref().map(|image| image.dockerfile.value.clone());
    let npmrc = [path::join(&service.path, ".npmrc"), ".npmrc".to_owned()].into_iter().find(|file| files.has(file));
    for (file, read) in [
        (dockerfile, image_build::of_dockerfile as fn(&str) -> Vec<Seen>),
        (npmrc.filter(|_| service.package_manager.is_some()), image_build::of_npmrc),
    ] {
        let Some(file) = file else { continue };
        let seen = files.text(&file).map(|text| read(&text)).unwrap_or_default();
        for one in seen.into_iter().filter(|one| is_secret(&one.name, one.value.as_deref().unwrap_or_default())) {
            facts.add(&file, Origin::Build, one);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{calls, env_files, environment, fill, image_build, pydantic, schemas, spring, tags};

    /// Reads one file of each kind, larger by this factor.
    fn read_each(factor: usize) -> Duration {
        let start = Instant::now();
        let mut seen = env_files::read(&(0..12_500 * factor).map(|i| format!("A{i}=${{A{i}}}x\n")).collect::<String>());
        fill(&mut seen);
        schemas::read(&format!("z\n{}", "A_B: z (".repeat(25_000 * factor)));
        pydantic::read(&format!("class S(BaseSettings):\n{}", "    a: int = [\n".repeat(15_000 * factor)));
        let keys: String = (0..5_000 * factor).map(|i| format!("spring.redis.a{i}.host=x\n")).collect();
        spring::read("application.properties", &keys);
        spring::read("application.yml", &keys.replace('=', ": "));
        tags::read(&"`env:\"A_B\"`".repeat(20_000 * factor));
        for file in ["a.ts", "a.py", "a.rb", "a.go", "a.rs"] {
            calls::read(file, &"} = process.env { os.getenv('A_B', ".repeat(6_250 * factor));
        }
        image_build::of_dockerfile(&"RUN --mount=type=secret,id=A ".repeat(7_500 * factor));
        let yaml = format!("environment:\n{}", "  - A=${B:-$C}\n".repeat(5_000 * factor));
        environment::read(&serde_yaml::from_str(&yaml).unwrap(), &std::collections::HashMap::new());
        start.elapsed()
    }

    /// Four times the text takes about four times as long; sixteen times would be quadratic. What else the machine does can disturb
    /// one measurement, so the best of three counts.
    #[test]
    fn time_grows_with_the_size_of_files() {
        let mut ratios = (0..3).map(|_| (read_each(1), read_each(4))).map(|(one, four)| four.div_duration_f64(one));
        assert!(ratios.any(|ratio| ratio < 9.0));
    }
}
