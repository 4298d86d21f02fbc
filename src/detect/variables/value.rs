//! What a value is good for: one that holds everywhere, one that holds on the machine of a developer, or none at all.

use super::rules::RULES;
use super::sort::{is_random, scheme};
use crate::text::secret;

/// The longest value that is kept.
const LONGEST: usize = 200;

/// Whether there is no value, as Laravel writes it too.
pub fn is_empty(value: &str) -> bool {
    value.is_empty() || value == "null"
}

/// Whether it stands in the place of a value.
pub fn is_placeholder(value: &str) -> bool {
    let lower = value.to_lowercase();
    let rules = &RULES.placeholders;
    rules.begin.iter().any(|start| lower.starts_with(&start.to_lowercase()))
        || rules.contain.iter().any(|part| lower.contains(&part.to_lowercase()))
}

/// Whether it holds on the machine of a developer only; `others` are the names of what runs beside the services there.
pub fn is_of_laptop(value: &str, others: &[String]) -> bool {
    let rules = &RULES.laptop;
    let lower = value.to_lowercase();
    if rules.begin.iter().any(|start| value.starts_with(start.as_str())) || rules.words.contains(&lower) {
        return true;
    }
    // to listen on every address is right in a container too
    if value == "0.0.0.0" {
        return false;
    }
    hosts(value).any(|host| {
        let host = host.to_lowercase();
        rules.hosts.contains(&host)
            || rules.host_ends.iter().any(|end| host.ends_with(end.as_str()))
            || value.contains(':') && others.contains(&host)
            // a name without a dot is known in a network of compose alone
            || scheme(value).is_some() && !host.contains('.')
    })
}

/// The hosts in a value: of a URL, of `host:port`, and of each in a list.
fn hosts(value: &str) -> impl Iterator<Item = &str> {
    value.split([',', ' ', ';', '"', '\'', '[', ']']).filter(|one| !one.is_empty()).map(|one| {
        let rest = one.split_once("://").map_or(one, |(_, rest)| rest);
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        host.split(':').next().unwrap_or_default()
    })
}

/// The port in a URL, or of `host:port`.
pub fn port(value: &str) -> Option<u16> {
    let rest = value.split_once("://").map_or(value, |(_, rest)| rest);
    rest.split(['/', '?']).next()?.rsplit_once(':')?.1.parse().ok()
}

/// Whether a value can be shown and kept: one line that looks like no credential.
pub fn is_harmless(value: &str) -> bool {
    value.len() <= LONGEST
        && !value.chars().any(char::is_control)
        && secret::looks_like(value).is_none()
        && !value.contains("-----BEGIN")
        && !value.starts_with("ENC[")
        && !is_random(value)
}

/// Whether a value is of a kind that holds no secret: of an environment file that is no sample, others are not kept.
pub fn is_simple(value: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphabetic() || matches!(c, '-' | '_' | ' ' | '/' | '.' | ',' | '*');
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    let is_number = value.len() <= 12 && letters <= 2 && value.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
    let is_url =
        value.starts_with("http") && scheme(value).is_some() && !value.contains(['?', '@']) && value.len() <= 80;
    is_number || value.len() <= 30 && value.chars().all(is_word) || is_url
}

#[cfg(test)]
mod tests {
    use super::{is_harmless, is_of_laptop, is_placeholder, is_simple, port};

    #[test]
    fn values_of_laptops() {
        let others = ["db".to_owned()];
        for value in [
            "localhost",
            "http://localhost:3000",
            "localhost,127.0.0.1",
            "db:5432",
            "http://db/x",
            "http://api:3333/v1",
            "./data",
            "development",
            "http://laravel.io.test/auth",
            "[\"http://localhost:3000\"]",
            "/home/me/data",
        ] {
            assert!(is_of_laptop(value, &others), "{value}");
        }
        for value in
            ["https://api.openai.com/v1", "0.0.0.0", "30", "smtp.gmail.com", "info", "db", "/var/lib/data", "en_US"]
        {
            assert!(!is_of_laptop(value, &others), "{value}");
        }
    }

    #[test]
    fn no_values() {
        for value in ["changeme", "your-key-here", "<token>", "xxx", "sk-proj-***", "hello@example.com", "replace-me"] {
            assert!(is_placeholder(value), "{value}");
        }
        for value in ["info", "https://api.openai.com/v1", "3600", "smtp.gmail.com"] {
            assert!(!is_placeholder(value), "{value}");
        }
    }

    #[test]
    fn what_is_kept() {
        assert_eq!((port("http://localhost:3000/x"), port("db:5432"), port("x")), (Some(3000), Some(5432), None));
        assert!(is_harmless("openid profile email") && !is_harmless("mongodb://a:b@c/d"));
        for value in ["15m", "true", "https://api.example.org/v1", "local", "0.5", "Europe/Paris"] {
            assert!(is_simple(value), "{value}");
        }
        for value in ["hunter2", "https://x.org/?token=1", "A1b2C3d4", "correct horse battery staple and more"] {
            assert!(!is_simple(value), "{value}");
        }
    }
}
