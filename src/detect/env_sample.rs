//! Samples of environment files: names, and whether they are secrets. Values are looked at and dropped.

use std::collections::HashSet;

use super::finding::{Finding, Location};
use super::service::{Services, Variable};
use super::walk::Files;
use super::wanted::ENV_SAMPLES;
use crate::text::{path, secret};

/// Variables of all samples.
const MAX_VARIABLES: usize = 10_000;

/// Words in names of secrets.
const SECRET: [&str; 14] = [
    "APIKEY",
    "AUTH",
    "CERT",
    "CREDENTIAL",
    "CREDENTIALS",
    "DSN",
    "KEY",
    "PASS",
    "PASSPHRASE",
    "PASSWORD",
    "PRIVATE",
    "SALT",
    "SECRET",
    "TOKEN",
];
/// Words that say that the rest of a name is about a secret and is none itself, or is public.
const ABOUT: [&str; 53] = [
    "ALGORITHM",
    "ANON",
    "ATTEMPTS",
    "BUCKET",
    "CALLBACK",
    "COUNT",
    "DAYS",
    "DOMAIN",
    "ENABLED",
    "ENDPOINT",
    "EXP",
    "EXPIRATION",
    "EXPIRE",
    "EXPIRES",
    "EXPIRY",
    "FILE",
    "FROM",
    "HEADER",
    "HOST",
    "HOURS",
    "ID",
    "INTERVAL",
    "ISSUER",
    "LENGTH",
    "LIMIT",
    "MAX",
    "METHOD",
    "MIN",
    "MINUTES",
    "MODE",
    "MS",
    "NAME",
    "ORIGIN",
    "PATH",
    "PORT",
    "PREFIX",
    "PROVIDER",
    "PUBLIC",
    "PUBLISHABLE",
    "REDIRECT",
    "REGION",
    "ROUNDS",
    "SECONDS",
    "SENTRY",
    "SITE",
    "SIZE",
    "TIMEOUT",
    "TTL",
    "TYPE",
    "USER",
    "USERNAME",
    "VERSION",
    "WINDOW",
];
/// Schemes of addresses by system.
const SCHEMES: [(&str, &str); 12] = [
    ("amqp", "rabbitmq"),
    ("amqps", "rabbitmq"),
    ("mariadb", "mysql"),
    ("mongodb", "mongodb"),
    ("mongodb+srv", "mongodb"),
    ("mysql", "mysql"),
    ("nats", "nats"),
    ("postgres", "postgresql"),
    ("postgresql", "postgresql"),
    ("redis", "redis"),
    ("rediss", "redis"),
    ("smtp", "smtp"),
];
/// Prefixes of variables that a build puts into public pages.
const PUBLIC: [&str; 5] = ["EXPO_PUBLIC_", "NEXT_PUBLIC_", "NUXT_PUBLIC_", "REACT_APP_", "VITE_"];

/// Gives the variables of each sample to the service around it, and returns those of no service.
pub fn detect(files: &Files, services: &mut Services) -> Vec<Finding<Variable>> {
    let mut shared = Vec::new();
    let mut known: HashSet<(Option<&str>, String)> = HashSet::new();
    for file in files.paths().filter(|file| ENV_SAMPLES.contains(&path::name(file))) {
        let Some(text) = files.text(file) else { continue };
        let folder = services.around(file);
        let mut service = folder.and_then(|folder| services.0.get_mut(folder));
        // a port is no secret, and the sample says it where the code only names the variable
        if let Some(service) = service.as_mut().filter(|service| service.port.is_none() && service.output.is_none())
            && let Some((i, port)) = text.lines().enumerate().find_map(|(i, line)| Some((i, port(line)?)))
        {
            service.port = Some(Finding::new(port, Location::new(file, Some(i + 1))));
        }
        let list = service.map_or(&mut shared, |service| &mut service.variables);
        for (i, line) in text.lines().enumerate() {
            let Some(variable) = variable(line) else { continue };
            if !known.insert((folder, variable.name.clone())) {
                continue;
            }
            if known.len() > MAX_VARIABLES {
                files.note(
                    "",
                    format!("has more than {MAX_VARIABLES} variables in samples, of which the rest was left out"),
                );
                return shared;
            }
            list.push(Finding::new(variable, Location::new(file, Some(i + 1))));
        }
    }
    shared
}

/// The port in `PORT=3000`.
fn port(line: &str) -> Option<u16> {
    let value = line.trim().strip_prefix("PORT=")?.split('#').next()?.trim().trim_matches(['"', '\'']);
    value.parse().ok().filter(|port| *port > 0)
}

/// A line such as `export NAME="value" # note`.
fn variable(line: &str) -> Option<Variable> {
    let line = line.trim();
    let (name, value) = line.strip_prefix("export ").unwrap_or(line).split_once('=')?;
    let name = name.trim();
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.is_empty() || name.len() > 100 || !name.chars().all(plain) || name.starts_with(|c: char| c.is_ascii_digit())
    {
        return None;
    }
    let value = value.trim();
    let value = match value.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        Some(quote) => value[1..].split(quote).next().unwrap_or_default(),
        None => value.split(" #").next().unwrap_or_default().trim(),
    };
    // `postgresql+asyncpg://` of SQLAlchemy is PostgreSQL as well
    let scheme = value.split_once("://").map(|(scheme, _)| scheme);
    let known = |scheme: &str| SCHEMES.iter().find(|(name, _)| *name == scheme).map(|(_, system)| *system);
    let system = scheme.and_then(|scheme| known(scheme).or_else(|| known(scheme.split('+').next()?)));
    Some(Variable { name: name.to_owned(), secret: is_secret(name, value), system })
}

/// Whether a variable is a secret, by its name or by the shape of its value.
pub fn is_secret(name: &str, value: &str) -> bool {
    if secret::looks_like(value).is_some() {
        return true;
    }
    let upper = name.to_ascii_uppercase();
    if PUBLIC.iter().any(|start| upper.starts_with(start)) || matches!(value, "true" | "false" | "yes" | "no") {
        return false;
    }
    let words: Vec<&str> = upper.split('_').collect();
    // `AUTH0` is about authentication as well
    let words: Vec<&str> = words.iter().map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit())).collect();
    let about = words.iter().any(|word| ABOUT.contains(word));
    // the address of a database holds its password, others are told to everybody
    let database = ["DATABASE", "DB", "MONGO", "MONGODB", "POSTGRES", "POSTGRESQL", "PG", "MYSQL"];
    let is_address = words.last().is_some_and(|word| matches!(*word, "URL" | "URI" | "DSN"));
    let of_database = words.iter().any(|word| database.contains(word));
    is_address && of_database && !words.contains(&"SENTRY")
        || words.iter().any(|word| SECRET.contains(word)) && !about && !(is_address && is_public(value))
        || is_random(value)
}

/// Whether an address is one that anybody may see: nothing is in it that only some know.
fn is_public(value: &str) -> bool {
    value.split_once("://").is_some_and(|(_, rest)| !rest.contains(['@', '?']))
}

/// Long, without spaces or signs, and with capitals, small letters and digits: made by a machine.
fn is_random(value: &str) -> bool {
    value.len() >= 24
        && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=_-".contains(&b))
        && value.bytes().filter(u8::is_ascii_digit).count() >= 3
        && (value.bytes().all(|b| b.is_ascii_hexdigit())
            || value.bytes().any(|b| b.is_ascii_uppercase()) && value.bytes().any(|b| b.is_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::variable;

    #[test]
    fn secrets_by_name_and_shape() {
        for line in [
            "JWT_SECRET=change-me",
            "JWT_SECRET=",
            "REDIS_URL=redis://:hunter2hunter2@localhost:6379",
            "DATABASE_URL=postgresql://localhost/x",
            "export STRIPE_API_KEY='x'",
            "MONGODB_URI=mongodb://localhost/shop",
            "UPSTREAM=https://user:hunter2@example.com",
            "VITE_X=https://user:hunter2@example.com",
            "SESSION=4f3c2a1b0d9e8f7a6b5c4d3e2f1a0b9c",
        ] {
            assert!(variable(line).is_some_and(|v| v.secret), "{line}");
        }
        for line in [
            "PORT=3000",
            "VITE_API_KEY=pk",
            "JWT_EXPIRES=1h",
            "API_URL=http://x",
            "KEYCLOAK=1",
            "AWS_ACCESS_KEY_ID=",
            "AUTH_RATE_LIMIT_MAX=5",
            "JWT_TOKEN_EXPIRATION_DAYS=7",
            "RESET_PASSWORD_EXPIRATION_MINUTES=10",
            "PASSWORD_MIN_LENGTH=8",
            "AUTH_URL=http://localhost:8080 # public",
            "AUTH0_DOMAIN=x",
            "RECAPTCHA_SITE_KEY=x",
            "REDIS_URL=redis://localhost:6379",
            "SENTRY_DSN=",
            "BCRYPT_SALT_ROUNDS=10",
            "REQUIRE_AUTH=true",
        ] {
            assert!(variable(line).is_some_and(|v| !v.secret), "{line}");
        }
        for line in ["# A=b", "", "=x", "1A=b", "a b=c", "no value"] {
            assert!(variable(line).is_none(), "{line}");
        }
    }
}
