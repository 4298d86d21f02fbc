//! Files that hold nothing but the version of a language, and schemas of Prisma.

use super::finding::{Finding, Place};
use super::service::{Client, Command, Language, Services};
use super::tokens::{Comments, Token, tokens};
use super::walk::Files;
use crate::path;

/// Files of versions by language.
const FILES: [(Language, &str); 4] = [
    (Language::Node, ".nvmrc"),
    (Language::Node, ".node-version"),
    (Language::Python, ".python-version"),
    (Language::Ruby, ".ruby-version"),
];

/// Gives services without a version the one of the nearest such file.
pub fn detect(files: &Files, services: &mut Services) {
    for service in services.0.values_mut().filter(|service| service.version.is_none()) {
        let Some(language) = service.language.as_ref().map(|language| language.value) else { continue };
        let names = FILES.iter().filter(|(of, _)| *of == language);
        let near = [service.path.as_str(), ""];
        let found = names.flat_map(|(_, name)| near.map(|folder| path::join(folder, name))).find_map(|file| {
            let text = files.text_if_any(&file)?;
            let version = text.lines().next()?.trim().trim_start_matches('v').to_owned();
            let plain = !version.is_empty() && version.len() <= 40 && version.is_ascii();
            plain.then(|| Finding::new(version, Place::new(&file, Some(1))))
        });
        service.version = found;
    }
}

/// Reads the provider of each schema of Prisma, for the service around it or, when it is a package of its own, for all
/// that use its client.
pub fn prisma(files: &Files, services: &mut Services) {
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
        let folder = path::parent(file).trim_end_matches("prisma").trim_end_matches('/');
        let place = Place::new(file, Some(provider.line));
        let migrations = path::join(path::parent(file), "migrations/migration_lock.toml");
        let own = services.0.get(folder).is_some_and(|service| service.runs);
        for service in services.0.values_mut() {
            let uses = service.clients.iter().position(|client| client.value.library == "@prisma/client");
            if own && service.path != folder || !own && uses.is_none() {
                continue;
            }
            let client = Client { library: "@prisma/client".into(), system: Some(system) };
            let finding = Finding::new(client, place.clone());
            match uses.and_then(|i| service.clients.get_mut(i)) {
                Some(known) => *known = finding,
                None => service.clients.push(finding),
            }
            if own && files.has(&migrations) {
                service.command(Command::Migrate, "npx prisma migrate deploy", Place::new(&migrations, None));
            }
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
