//! What a value means, and whether it is one. A kind always validates, and what it lets through is
//! safe to print: either it has no special characters at all, or it is text, which templates quote
//! with the filter of the file's format.

use std::net::Ipv4Addr;

use croner::Cron;
use serde_json::{Value, json};

use crate::question::{KindName, Question};
use crate::{cron, duration, region, secret};

/// The rules of one question's values.
#[derive(Clone, Copy)]
pub struct Kind<'a> {
    pub(crate) question: &'a Question,
}

/// What is wrong with a value: completes the sentence "answer `x` is `v`, ...".
pub type Refusal = String;

/// Words that YAML 1.1 readers take for something other than text.
const YAML_WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];

impl Kind<'_> {
    /// Checks a scalar or list value and returns it in its normal form. Records are checked field
    /// by field in [`crate::answers`], here only that they are a list of the right length.
    ///
    /// # Errors
    /// What the value should have been, as a clause.
    pub fn check(self, value: &Value) -> Result<Value, Refusal> {
        let q = self.question;
        match q.kind {
            KindName::Bool => match value {
                Value::Bool(_) => Ok(value.clone()),
                _ => Err("which is not `true` or `false`".into()),
            },
            KindName::Integer => self.integer(value, q.min.unwrap_or(i64::MIN), q.max.unwrap_or(i64::MAX)),
            KindName::Port => self.integer(value, 1024, 65535),
            KindName::MultiChoice => {
                let items = list(value)?;
                for item in items {
                    self.choice(item)?;
                }
                Ok(value.clone())
            }
            KindName::EnvNames => {
                let items = list(value)?;
                let mut seen = Vec::new();
                for item in items {
                    let name = text(item)?;
                    env_name(name)?;
                    if seen.contains(&name) {
                        return Err(format!("which names `{name}` twice"));
                    }
                    seen.push(name);
                }
                Ok(value.clone())
            }
            KindName::Records => {
                let items = list(value)?;
                let n = i64::try_from(items.len()).unwrap_or(i64::MAX);
                if n < q.min.unwrap_or(0) {
                    return Err(format!("which has {n} items where at least {} are needed", q.min.unwrap_or(0)));
                }
                if n > q.max.unwrap_or(100) {
                    return Err(format!("which has {n} items where at most {} are allowed", q.max.unwrap_or(100)));
                }
                Ok(value.clone())
            }
            KindName::Choice => self.choice(value),
            _ => {
                let text = text(value)?;
                self.text(text)?;
                Ok(json!(text))
            }
        }
    }

    fn choice(self, value: &Value) -> Result<Value, Refusal> {
        let word = text(value)?;
        let choices: Vec<&str> = self.question.choices.iter().map(|c| c.value.as_str()).collect();
        if choices.contains(&word) {
            return Ok(json!(word));
        }
        Err(format!("which is not one of {}", quoted_list(&choices)))
    }

    fn integer(self, value: &Value, min: i64, max: i64) -> Result<Value, Refusal> {
        let Some(n) = value.as_i64() else {
            return Err("which is not a whole number".into());
        };
        if n < min || n > max {
            return Err(match (min, max) {
                (i64::MIN, _) => format!("which is more than {max}"),
                (_, i64::MAX) => format!("which is less than {min}"),
                _ => format!("which is not between {min} and {max}"),
            });
        }
        Ok(value.clone())
    }

    fn text(self, text: &str) -> Result<(), Refusal> {
        let q = self.question;
        if let Some(what) = secret::looks_like(text) {
            return Err(format!("which looks like {what}; secrets are never answers"));
        }
        match q.kind {
            KindName::Text => free_text(text)?,
            KindName::DnsLabel => dns_label(text)?,
            KindName::HostName => host_name(text)?,
            KindName::Email => email(text)?,
            KindName::Cidr => cidr(text, q.max)?,
            KindName::Cron => {
                cron::parse(text)
                    .map(|_: Cron| ())
                    .map_err(|e| format!("which is not five cron fields in UTC: {e}"))?;
            }
            KindName::Duration => {
                duration::seconds(text)
                    .ok_or_else(|| "which is not a duration such as `15m`, `1h30m` or `7d`".to_string())?;
            }
            KindName::Region => region::check(text)?,
            KindName::AccountId => {
                if text.len() != 12 || !text.bytes().all(|b| b.is_ascii_digit()) {
                    return Err("which is not an AWS account id of twelve digits (quote it in YAML)".into());
                }
            }
            KindName::RepositorySlug => slug(text)?,
            KindName::Path => path(text)?,
            KindName::UrlPath => url_path(text)?,
            KindName::Version => {
                semver::Version::parse(text).map_err(|e| format!("which is not a semantic version: {e}"))?;
            }
            KindName::EnvName => env_name(text)?,
            KindName::Command => command(text, true)?,
            KindName::Program => command(text, false)?,
            KindName::Bool
            | KindName::Integer
            | KindName::Choice
            | KindName::MultiChoice
            | KindName::Port
            | KindName::EnvNames
            | KindName::Records => {}
        }
        let length = text.chars().count();
        let max = q.max_length.unwrap_or(200);
        if length > max {
            return Err(format!("which has {length} characters where at most {max} are allowed"));
        }
        if let Some(pattern) = &q.pattern {
            let matches = regex_lite::Regex::new(&format!("^(?:{pattern})$")).is_ok_and(|r| r.is_match(text));
            if !matches {
                return Err(match &q.pattern_hint {
                    Some(hint) => format!("which {hint}"),
                    None => format!("which does not match `{pattern}`"),
                });
            }
        }
        Ok(())
    }

    /// What a value looks like, for people: `a port (1024-65535)`.
    pub fn describe(self) -> String {
        let q = self.question;
        match q.kind {
            KindName::Text => match q.pattern_hint.as_deref().and_then(|hint| hint.strip_prefix("is not ")) {
                Some(wanted) => wanted.into(),
                None => format!("one line of text, at most {} characters", q.max_length.unwrap_or(200)),
            },
            KindName::Bool => "`true` or `false`".into(),
            KindName::Integer => match (q.min, q.max) {
                (Some(a), Some(b)) => format!("a whole number from {a} to {b}"),
                (Some(a), None) => format!("a whole number, at least {a}"),
                (None, Some(b)) => format!("a whole number, at most {b}"),
                (None, None) => "a whole number".into(),
            },
            KindName::Choice => {
                format!("one of {}", quoted_list(&q.choices.iter().map(|c| c.value.as_str()).collect::<Vec<_>>()))
            }
            KindName::MultiChoice => {
                format!("any of {}", quoted_list(&q.choices.iter().map(|c| c.value.as_str()).collect::<Vec<_>>()))
            }
            KindName::DnsLabel => {
                format!("a DNS label (a-z, 0-9, `-`), at most {} characters", q.max_length.unwrap_or(63))
            }
            KindName::HostName => "a host name such as `shop.example.com`".into(),
            KindName::Email => "an e-mail address".into(),
            KindName::Cidr => "a private IPv4 network such as `10.10.0.0/16`".into(),
            KindName::Cron => "five cron fields in UTC such as `17 2 * * *`".into(),
            KindName::Duration => "a duration such as `15m`, `1h30m` or `7d`".into(),
            KindName::Region => "an AWS region such as `eu-central-1`".into(),
            KindName::AccountId => "an AWS account id: twelve digits".into(),
            KindName::RepositorySlug => "a repository as `owner/name`".into(),
            KindName::Port => "a port from 1024 to 65535".into(),
            KindName::Path => "a folder or file of the repository such as `apps/api`".into(),
            KindName::UrlPath => "the path of a URL such as `/api`".into(),
            KindName::Version => "a semantic version such as `1.4.2`".into(),
            KindName::EnvName => "the name of an environment variable such as `API_KEY`".into(),
            KindName::EnvNames => "a list of names of environment variables".into(),
            KindName::Command => "plain commands joined by ` && `, or nothing".into(),
            KindName::Program => "one plain command such as `node dist/server.js`".into(),
            KindName::Records => format!("a list of {} to {} records", q.min.unwrap_or(0), q.max.unwrap_or(100)),
        }
    }
}

/// `a`, `b` or `c`; more than five are counted.
pub fn quoted_list(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().take(5).map(|w| format!("`{w}`")).collect();
    match quoted.as_slice() {
        [] => "nothing".into(),
        [one] => one.clone(),
        _ if words.len() > 5 => format!("{} and {} more", quoted.join(", "), words.len() - 5),
        [init @ .., last] => format!("{} or {last}", init.join(", ")),
    }
}

fn text(value: &Value) -> Result<&str, Refusal> {
    match value {
        Value::String(s) => Ok(s),
        Value::Number(_) | Value::Bool(_) => Err("which is not text (quote it in YAML)".into()),
        _ => Err("which is not text".into()),
    }
}

fn list(value: &Value) -> Result<&[Value], Refusal> {
    match value {
        Value::Array(items) => Ok(items),
        _ => Err("which is not a list".into()),
    }
}

fn free_text(text: &str) -> Result<(), Refusal> {
    if text.is_empty() {
        return Err("which is empty".into());
    }
    if text.trim() != text {
        return Err("which has white space around it".into());
    }
    if let Some(c) =
        text.chars().find(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{85}'))
    {
        return Err(format!("which has the control character U+{:04X} in it", c as u32));
    }
    // bidirectional overrides make a diff show something else than what is written
    if text.chars().any(|c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')) {
        return Err("which has characters that change the direction of text".into());
    }
    // GitHub evaluates `${{ }}` wherever it stands in a workflow, quoted or not
    if text.contains("${{") {
        return Err("which contains `${{`".into());
    }
    Ok(())
}

fn dns_label(text: &str) -> Result<(), Refusal> {
    let ok = (2..=63).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-')
        && !text.contains("--");
    if !ok {
        return Err("which is not a DNS label: a-z, 0-9 and single `-`, two or more characters, a letter first".into());
    }
    if YAML_WORDS.contains(&text) {
        return Err("which YAML readers take for a truth value".into());
    }
    Ok(())
}

fn host_name(text: &str) -> Result<(), Refusal> {
    let labels: Vec<&str> = text.split('.').collect();
    let label_ok = |l: &&str| {
        (1..=63).contains(&l.len())
            && l.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !l.starts_with('-')
            && !l.ends_with('-')
    };
    let tld_ok = labels.last().is_some_and(|t| t.len() >= 2 && t.starts_with(|c: char| c.is_ascii_lowercase()));
    // 200 leaves room for `staging.` and the names that certificates and records put in front
    if labels.len() < 2 || text.len() > 200 || !labels.iter().all(label_ok) || !tld_ok {
        return Err("which is not a host name in lower case such as `shop.example.com`".into());
    }
    Ok(())
}

fn email(text: &str) -> Result<(), Refusal> {
    let refusal = || Err("which is not an e-mail address such as `platform@example.com`".into());
    let Some((local, host)) = text.rsplit_once('@') else { return refusal() };
    let local_ok = (1..=64).contains(&local.len())
        && local.bytes().all(|b| b.is_ascii_alphanumeric() || b"._+-".contains(&b))
        && local.starts_with(|c: char| c.is_ascii_alphanumeric())
        && local.ends_with(|c: char| c.is_ascii_alphanumeric())
        && !local.contains("..");
    if !local_ok || host_name(host).is_err() {
        return refusal();
    }
    Ok(())
}

fn cidr(text: &str, prefix: Option<i64>) -> Result<(), Refusal> {
    let Ok(net) = text.parse::<ipnet::Ipv4Net>() else {
        return Err("which is not an IPv4 network such as `10.10.0.0/16`".into());
    };
    if net.trunc() != net {
        return Err(format!("which has host bits set; the network is `{}`", net.trunc()));
    }
    let private =
        [(Ipv4Addr::new(10, 0, 0, 0), 8), (Ipv4Addr::new(172, 16, 0, 0), 12), (Ipv4Addr::new(192, 168, 0, 0), 16)]
            .into_iter()
            .filter_map(|(a, p)| ipnet::Ipv4Net::new(a, p).ok())
            .any(|n| n.contains(&net));
    if !private {
        return Err("which is not within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16".into());
    }
    if let Some(wanted) = prefix
        && i64::from(net.prefix_len()) != wanted
    {
        return Err(format!("which is a /{} where a /{wanted} is needed", net.prefix_len()));
    }
    Ok(())
}

fn slug(text: &str) -> Result<(), Refusal> {
    let refusal = || Err("which is not `owner/name` of a repository".into());
    let Some((owner, name)) = text.split_once('/') else { return refusal() };
    // GitHub: an owner has at most 39 characters of a-z, 0-9 and single `-`; a name at most 100
    let owner_ok = (1..=39).contains(&owner.len())
        && owner.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !owner.starts_with('-')
        && !owner.ends_with('-')
        && !owner.contains("--");
    let name_ok = (1..=100).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
        && name.bytes().any(|b| b.is_ascii_alphanumeric())
        && !name.starts_with(['.', '-'])
        && !name.ends_with(".git");
    if !owner_ok || !name_ok {
        return refusal();
    }
    Ok(())
}

fn path(text: &str) -> Result<(), Refusal> {
    let segment_ok = |s: &str| {
        !s.is_empty()
            && s != "."
            && s != ".."
            && !s.starts_with(['.', '-'])
            && !s.ends_with('.')
            && s.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
    };
    if text.is_empty() {
        return Ok(());
    }
    if text.len() > 150 || !text.split('/').all(segment_ok) {
        return Err("which is not a relative path of letters, digits, `.`, `_` and `-` such as `apps/api`".into());
    }
    Ok(())
}

fn url_path(text: &str) -> Result<(), Refusal> {
    let segment_ok = |s: &str| {
        !s.is_empty() && s != "." && s != ".." && s.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
    };
    let ok = text == "/"
        || (text.len() <= 150 && text.strip_prefix('/').is_some_and(|rest| rest.split('/').all(segment_ok)));
    if !ok {
        return Err("which is not the path of a URL such as `/api` (no `/` at the end)".into());
    }
    Ok(())
}

fn env_name(text: &str) -> Result<(), Refusal> {
    let ok = (2..=64).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
        && !text.ends_with('_');
    if !ok {
        return Err(format!("where `{text}` is not the name of an environment variable such as `API_KEY`"));
    }
    Ok(())
}

fn command(text: &str, chain: bool) -> Result<(), Refusal> {
    if text.is_empty() && chain {
        return Ok(());
    }
    let word_ok = |w: &str| !w.is_empty() && w.bytes().all(|b| b.is_ascii_alphanumeric() || b"_@%+=:,./-".contains(&b));
    let program_ok =
        |p: &str| p.split(' ').all(word_ok) && p.starts_with(|c: char| c.is_ascii_alphabetic() || c == '.');
    let ok = if chain { text.split(" && ").all(program_ok) } else { program_ok(text) };
    if !ok {
        return Err(if chain {
            "which is not plain words joined by ` && `: put quotes, pipes and variables into a script of the service and name that".into()
        } else {
            "which is not one plain command such as `node dist/server.js`: put anything else into a script of the service and name that".into()
        });
    }
    Ok(())
}
