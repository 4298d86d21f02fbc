//! What a value means, and whether it is one. A kind always validates, and what it lets through is
//! safe to print: either it has no special characters at all, or it is text, which templates quote
//! with the filter of the file's format.

use croner::Cron;
use serde_json::{Value, json};

use crate::catalog::later::{LATER, MARK};
use crate::catalog::question::{KindName, Question};
use crate::text::error::nearest;
use crate::text::{cron, duration, listed, path, quoted, secret};

pub mod variables;

mod formats;

use formats::{cidr, command, dns_label, email, env_name, folder, free_text, host_name, slug, url_path};

/// The rules of one question's values.
#[derive(Clone, Copy)]
pub struct QuestionKind<'a> {
    pub(crate) question: &'a Question,
}

/// What is wrong with a value: completes the sentence "answer `x` is `v`, ...".
pub type Refusal = String;

impl QuestionKind<'_> {
    /// Checks a scalar or list value and returns it in its normal form. Records are checked field
    /// by field in [`crate::answers`], here only that they are a list of the right length.
    ///
    /// # Errors
    /// What the value should have been, as a clause.
    pub fn check(self, value: &Value) -> Result<Value, Refusal> {
        let q = self.question;
        if value.is_null() {
            return Err("which is no value; leave the answer out to have its default".into());
        }
        match q.kind {
            KindName::Bool => match value {
                Value::Bool(_) => Ok(value.clone()),
                _ => Err("which is not `true` or `false`".into()),
            },
            KindName::Integer => self.integer(value, q.min.unwrap_or(i64::MIN), q.max.unwrap_or(i64::MAX)),
            KindName::Port => self.integer(value, q.min.unwrap_or(1024), 65535),
            KindName::Ports => {
                let mut seen = Vec::new();
                for item in list(value)? {
                    let clause = |why: String| format!("where `{item}` {}", why.trim_start_matches("which "));
                    self.integer(item, 1, 65535).map_err(clause)?;
                    if seen.contains(&item) {
                        return Err(format!("which names `{item}` twice"));
                    }
                    seen.push(item);
                }
                Ok(value.clone())
            }
            KindName::MultiChoice => {
                let items = list(value)?;
                for item in items {
                    self.choice(item)?;
                }
                Ok(value.clone())
            }
            KindName::EnvNames | KindName::Texts => {
                let items = list(value)?;
                let mut seen = Vec::new();
                for item in items {
                    let name = text(item)?;
                    match q.kind {
                        KindName::EnvNames => env_name(name)?,
                        _ => self
                            .text(name)
                            .map_err(|why| format!("where {} {}", quoted(name), why.trim_start_matches("which ")))?,
                    }
                    if seen.contains(&name) {
                        return Err(format!("which names `{name}` twice"));
                    }
                    seen.push(name);
                }
                Ok(value.clone())
            }
            KindName::Variables => variables::parse(value).map(|(_, normal)| normal),
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
                Ok(json!(if q.kind == KindName::Cron { cron::normal(text) } else { text.into() }))
            }
        }
    }

    /// Why a value that is right cannot be part of a path everywhere: only for new answers, as a repository that has it
    /// has to change it first.
    pub fn unportable(self, value: &Value) -> Option<Refusal> {
        if !matches!(self.question.kind, KindName::DnsLabel | KindName::Path) {
            return None;
        }
        let text = value.as_str()?;
        let device = text.split('/').find(|name| path::is_device(name))?;
        Some(match device == text {
            true => "which Windows keeps for a device: no clone there can hold files of that name".into(),
            false => format!("whose `{device}` Windows keeps for a device: no clone there can hold files of that name"),
        })
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
        if text.contains(MARK) {
            return Err(format!("which has the private character U+{:04X} in it", u32::from(MARK)));
        }
        if let Some(what) = secret::looks_like(text) {
            return Err(format!("which looks like {what}; secrets are never answers"));
        }
        match q.kind {
            // whether it may be empty is up to the pattern
            KindName::Text if text.is_empty() && q.pattern.is_some() => {}
            KindName::Text => free_text(text)?,
            KindName::DnsLabel => dns_label(text)?,
            KindName::HostName => host_name(text)?,
            KindName::Email => email(text)?,
            KindName::Cidr => cidr(text, q.max)?,
            KindName::Cron if text.is_empty() && q.default == Some(json!("")) => {}
            KindName::Cron => {
                cron::parse(text)
                    .map(|_: Cron| ())
                    .map_err(|e| format!("which is not five cron fields in UTC: {e}"))?;
            }
            KindName::Duration => {
                duration::seconds(text)
                    .ok_or_else(|| "which is not a duration such as `15m`, `1h30m` or `7d`".to_string())?;
            }
            KindName::RepositorySlug => slug(text)?,
            KindName::Path if q.whole && text == path::WHOLE => {}
            KindName::Path => folder(text)?,
            KindName::UrlPath => url_path(text)?,
            KindName::Version => {
                semver::Version::parse(text).map_err(|e| format!("which is not a semantic version: {e}"))?;
            }
            KindName::EnvName => env_name(text)?,
            // the pattern below is all that counts
            KindName::Texts => {}
            KindName::Command => command(text, true)?,
            KindName::Program => command(text, false)?,
            KindName::Bool
            | KindName::Integer
            | KindName::Choice
            | KindName::MultiChoice
            | KindName::Port
            | KindName::Ports
            | KindName::EnvNames
            | KindName::Variables
            | KindName::Records => {}
        }
        let length = text.chars().count();
        let max = q.max_length.unwrap_or(200);
        if length > max {
            return Err(format!("which has {length} characters where at most {max} are allowed"));
        }
        let matches = |pattern: &String| {
            regex_lite::Regex::new(&format!("^(?:{pattern})$")).is_ok_and(|pattern| pattern.is_match(text))
        };
        let in_list = q.one_of.is_empty() || q.one_of.iter().any(|word| word == text);
        if in_list && q.pattern.as_ref().is_none_or(matches) {
            return Ok(());
        }
        let hint = q.pattern_hint.as_deref().unwrap_or("is not one of the expected texts");
        Err(match nearest(text, q.one_of.iter().map(String::as_str)) {
            Some(near) => format!("which {hint} (did you mean `{near}`?)"),
            None => format!("which {hint}"),
        })
    }

    /// What a value looks like, for people: `a port (1024-65535)`.
    pub fn describe(self) -> String {
        match self.question.later {
            Some(_) => format!("{}, or `{LATER}` while there is none", self.describe_value()),
            None => self.describe_value(),
        }
    }

    fn describe_value(self) -> String {
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
            KindName::HostName => "a hostname such as `shop.example.com`".into(),
            KindName::Email => "an e-mail address".into(),
            KindName::Cidr => "a private IPv4 network such as `10.10.0.0/16`".into(),
            KindName::Cron if q.default == Some(json!("")) => {
                "five cron fields in UTC such as `17 2 * * *`, or nothing".into()
            }
            KindName::Cron => "five cron fields in UTC such as `17 2 * * *`".into(),
            KindName::Duration => "a duration such as `15m`, `1h30m` or `7d`".into(),
            KindName::RepositorySlug => "a repository as `owner/name`".into(),
            KindName::Port => format!("a port from {} to 65535", q.min.unwrap_or(1024)),
            KindName::Ports => "a list of ports, each from 1 to 65535".into(),
            KindName::Path if q.whole => "a folder of the repository such as `apps/api`, or `.` for all of it".into(),
            KindName::Path => "a folder or file of the repository such as `apps/api`".into(),
            KindName::UrlPath => "the path of a URL such as `/api`".into(),
            KindName::Version => "a semantic version such as `1.4.2`".into(),
            KindName::EnvName => "the name of an environment variable such as `API_KEY`".into(),
            KindName::EnvNames => "a list of names of environment variables".into(),
            KindName::Variables => {
                "a map from names of environment variables to values such as `{LOG_FORMAT: json}`".into()
            }
            KindName::Texts => {
                let one = q.pattern_hint.as_deref().and_then(|hint| hint.strip_prefix("is not "));
                format!("a list, each item {}", one.unwrap_or("a text"))
            }
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
        _ if words.len() > 5 => format!("{} and {} more", quoted.join(", "), words.len() - 5),
        _ => listed(&quoted, "or"),
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
