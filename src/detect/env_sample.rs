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
/// Words that say that the rest of a name is about a secret and is none itself.
const ABOUT: [&str; 12] = [
    "ALGORITHM",
    "DOMAIN",
    "ENABLED",
    "EXPIRES",
    "EXPIRY",
    "HEADER",
    "ID",
    "ISSUER",
    "LENGTH",
    "PATH",
    "PUBLIC",
    "TTL",
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
        let service = folder.and_then(|folder| services.0.get_mut(folder));
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
    Some(Variable { name: name.to_owned(), secret: is_secret(name, value.trim().trim_matches(['"', '\''])) })
}

fn is_secret(name: &str, value: &str) -> bool {
    if secret::looks_like(value).is_some() {
        return true;
    }
    let upper = name.to_ascii_uppercase();
    if PUBLIC.iter().any(|start| upper.starts_with(start)) {
        return false;
    }
    let words: Vec<&str> = upper.split('_').collect();
    let about = words.iter().any(|word| ABOUT.contains(word));
    // the address of a database holds its password
    let database = ["DATABASE", "DB", "MONGO", "MONGODB", "POSTGRES", "PG", "MYSQL", "REDIS", "AMQP", "RABBITMQ"];
    let is_address = |word: &&str| matches!(*word, "URL" | "URI");
    words.iter().any(|word| SECRET.contains(word)) && !about
        || words.last().is_some_and(is_address) && words.iter().any(|word| database.contains(word))
        || is_random(value)
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
            "export STRIPE_API_KEY='x'",
            "MONGODB_URI=mongodb://localhost/shop",
            "UPSTREAM=https://user:hunter2@example.com",
            "VITE_X=https://user:hunter2@example.com",
            "SESSION=4f3c2a1b0d9e8f7a6b5c4d3e2f1a0b9c",
        ] {
            assert!(variable(line).is_some_and(|v| v.secret), "{line}");
        }
        for line in
            ["PORT=3000", "VITE_API_KEY=pk", "JWT_EXPIRES=1h", "API_URL=http://x", "KEYCLOAK=1", "AWS_ACCESS_KEY_ID="]
        {
            assert!(variable(line).is_some_and(|v| !v.secret), "{line}");
        }
        for line in ["# A=b", "", "=x", "1A=b", "a b=c", "no value"] {
            assert!(variable(line).is_none(), "{line}");
        }
    }
}
