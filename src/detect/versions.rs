//! Files that hold versions of languages, and schemas of Prisma.

use std::collections::{HashMap, HashSet};

use super::finding::{Finding, Location};
use super::service::{Client, Command, Language, Services};
use super::tokens::{Comments, Token, tokens};
use super::walk::Files;
use crate::text::path;

/// Files of versions by language.
const FILES: [(Language, &str); 10] = [
    (Language::Node, ".nvmrc"),
    (Language::Node, ".node-version"),
    (Language::Python, ".python-version"),
    (Language::Python, "runtime.txt"),
    (Language::Ruby, ".ruby-version"),
    (Language::Java, ".java-version"),
    (Language::Deno, ".deno-version"),
    (Language::Php, ".php-version"),
    (Language::Rust, "rust-toolchain"),
    (Language::Rust, "rust-toolchain.toml"),
];

/// What asdf and mise call languages.
const TOOLS: [(&str, Language); 18] = [
    ("deno", Language::Deno),
    ("dotnet", Language::Dotnet),
    ("dotnet-core", Language::Dotnet),
    ("elixir", Language::Elixir),
    ("gleam", Language::Gleam),
    ("go", Language::Go),
    ("golang", Language::Go),
    ("java", Language::Java),
    ("node", Language::Node),
    ("nodejs", Language::Node),
    ("php", Language::Php),
    ("python", Language::Python),
    ("ruby", Language::Ruby),
    ("rust", Language::Rust),
    ("core:node", Language::Node),
    ("core:python", Language::Python),
    ("core:ruby", Language::Ruby),
    ("core:go", Language::Go),
];

/// The version in the file of a language.
fn version(text: &str, name: &str) -> Option<(String, usize)> {
    let of_line = |(i, line): (usize, &str)| {
        let line = match name {
            // `channel = "1.90"`
            "rust-toolchain.toml" => line.trim().strip_prefix("channel")?.trim_start().strip_prefix('=')?,
            _ => line,
        };
        let version = line.trim().trim_matches('"').trim_start_matches("python-").trim_start_matches('v');
        let plain = !version.is_empty() && version.len() <= 40 && version.is_ascii();
        (plain && !version.starts_with(['#', '['])).then(|| (version.to_owned(), i + 1))
    };
    text.lines().enumerate().find_map(of_line)
}

/// The version that a service names, as images name it. What names the oldest that will do, as `go.mod` and `>=20`, says
/// nothing against the newest.
pub fn one(language: Language, text: &str) -> Option<String> {
    if matches!(language, Language::Go | Language::Rust) {
        return None;
    }
    // of Node.js `^24.1` and `24.x` are any 24
    let number = text.trim().trim_start_matches("ruby-").trim_start_matches(['=', 'v']);
    let is_whole = matches!(language, Language::Node | Language::Java);
    numbers(language, if is_whole { number.trim_start_matches(['^', '~']) } else { number })
}

/// The version in the tag of the official image of a language, such as `3.13-slim`.
pub fn of_tag(language: Language, tag: &str) -> Option<String> {
    numbers(language, tag.split('-').next().unwrap_or_default())
}

/// The first numbers of a version, as many as name one of a language.
fn numbers(language: Language, text: &str) -> Option<String> {
    let parts = match language {
        Language::Node | Language::Java => 1,
        Language::Python | Language::Ruby | Language::Php | Language::Dotnet | Language::Go | Language::Rust => 2,
        Language::Elixir | Language::Gleam | Language::Cpp | Language::Deno | Language::Shell | Language::Static => {
            return None;
        }
    };
    let numbers: Vec<&str> = text.split('.').take(parts).collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (numbers.len() == parts && numbers.iter().all(is_number)).then(|| numbers.join("."))
}

/// The versions in a file of asdf or mise: `nodejs 22.1.0`, `node = "22"`.
fn tools(text: &str) -> impl Iterator<Item = (Language, String, usize)> + '_ {
    text.lines().enumerate().filter_map(|(i, line)| {
        let line = line.split('#').next().unwrap_or_default().trim();
        let (name, version) = line.split_once('=').or_else(|| line.split_once(char::is_whitespace))?;
        let (_, language) = TOOLS.iter().find(|(tool, _)| *tool == name.trim().trim_matches('"'))?;
        let version = version.trim().trim_matches(['"', '\'']);
        let plain = version.len() <= 40 && version.starts_with(|c: char| c.is_ascii_alphanumeric());
        let plain = plain && version.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
        plain.then(|| (*language, version.to_owned(), i + 1))
    })
}

/// The client of Prisma.
const CLIENT: &str = "@prisma/client";

/// Gives services without a version, or with several, the one of the nearest such file, in their folder or above it.
pub fn detect(files: &Files, services: &mut Services) {
    let mut known: HashMap<(Language, &str), Finding<String>> = HashMap::new();
    for (language, name) in FILES {
        for file in files.named(name) {
            let Some(text) = files.text(file) else { continue };
            if let Some((version, line)) = version(&text, name) {
                let found = || Finding::new(version, Location::new(file, Some(line)));
                known.entry((language, path::parent(file))).or_insert_with(found);
            }
        }
    }
    for name in [".tool-versions", "mise.toml", ".mise.toml"] {
        for file in files.named(name) {
            let Some(text) = files.text(file) else { continue };
            for (language, version, line) in tools(&text) {
                let found = || Finding::new(version, Location::new(file, Some(line)));
                known.entry((language, path::parent(file))).or_insert_with(found);
            }
        }
    }
    for service in services.0.values_mut() {
        let Some(language) = service.language.as_ref().map(|language| language.value) else { continue };
        if service.version.as_ref().is_none_or(|version| one(language, &version.value).is_none()) {
            let nearest = path::upwards(&service.path).find_map(|folder| known.get(&(language, folder)).cloned());
            service.version = nearest.or(service.version.take());
        }
    }
}

/// Reads the provider of each schema of Prisma, for the service around it. One that is a package of its own is for all
/// others that use its client; of several such packages the first one is.
pub fn prisma(files: &Files, services: &mut Services) {
    let (mut shared, mut own) = (None, HashSet::new());
    for file in files.named("schema.prisma") {
        let Some(text) = files.text(file) else { continue };
        let Some(provider) = provider(&tokens(&text, Comments::Slashes)) else { continue };
        let system = match provider.value.as_str() {
            "mongodb" => "mongodb",
            "postgresql" | "postgres" => "postgresql",
            "mysql" => "mysql",
            "sqlite" => "sqlite",
            "sqlserver" => "sqlserver",
            "cockroachdb" => "cockroachdb",
            _ => continue,
        };
        let client = Client::new(CLIENT, Some(system));
        let finding = Finding::new(client, Location::new(file, Some(provider.line)));
        let around = path::parent(file);
        let folder = if path::name(around) == "prisma" { path::parent(around) } else { around };
        match services.0.get_mut(folder).filter(|service| service.runs) {
            Some(service) => {
                match service.clients.iter_mut().find(|client| client.value.library == CLIENT) {
                    Some(known) => *known = finding,
                    None => service.clients.push(finding),
                }
                let migrations = path::join(around, "migrations/migration_lock.toml");
                if files.has(&migrations) {
                    service.command(
                        Command::Migrate,
                        "npx --no-install prisma migrate deploy",
                        Location::new(&migrations, None),
                    );
                }
                own.insert(folder);
            }
            None => {
                shared.get_or_insert(finding);
            }
        }
    }
    let Some(shared) = shared else { return };
    for service in services.0.values_mut().filter(|service| !own.contains(service.path.as_str())) {
        if let Some(known) = service.clients.iter_mut().find(|client| client.value.library == CLIENT) {
            *known = shared.clone();
        }
    }
}

/// A provider and its line.
struct Provider {
    value: String,
    line: usize,
}

/// `provider = "..."` within `datasource`; generators have a provider too.
fn provider(tokens: &[Token<'_>]) -> Option<Provider> {
    let start = tokens.iter().position(|token| token.is_word("datasource"))?;
    let block = tokens.get(start..)?;
    let end = block.iter().position(|token| token.is_sign('}')).unwrap_or(block.len());
    block.get(..end)?.windows(3).find_map(|window| match window {
        [name, equals, text] if name.is_word("provider") && equals.is_sign('=') => {
            Some(Provider { value: text.text()?.to_owned(), line: text.line })
        }
        _ => None,
    })
}
