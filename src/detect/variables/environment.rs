//! What an entry of a compose file sets: `environment`, and the files of `env_file`.

use std::collections::HashMap;

use serde_yaml::Value;

use super::env_files::is_name;
use super::seen::{Says, Seen};
use crate::detect::compose::inside;
use crate::text::path;

/// The variables of `environment`, a list or a map. `known` are values of the environment file beside the compose file.
pub fn read(entry: &Value, known: &HashMap<String, String>) -> Vec<Seen> {
    let pairs: Vec<(String, Option<String>)> = match entry.get("environment") {
        Some(Value::Mapping(map)) => {
            let value = |value: &Value| match value {
                Value::String(text) => Some(text.clone()),
                Value::Number(number) => Some(number.to_string()),
                Value::Bool(bool) => Some(bool.to_string()),
                _ => None,
            };
            map.iter().filter_map(|(name, one)| Some((name.as_str()?.to_owned(), value(one)))).collect()
        }
        Some(Value::Sequence(list)) => list
            .iter()
            .filter_map(Value::as_str)
            .map(|pair| match pair.split_once('=') {
                Some((name, value)) => (name.trim().to_owned(), Some(value.to_owned())),
                None => (pair.trim().to_owned(), None),
            })
            .collect(),
        _ => Vec::new(),
    };
    let pairs = pairs.into_iter().filter(|(name, _)| is_name(name));
    pairs
        .map(|(name, value)| {
            let (value, says) = value.map_or((None, Says::Read), |value| filled(&value, known));
            Seen { name, value, says, line: 0 }
        })
        .collect()
}

/// A value with its variables, as far as they are known: `${NAME:-default}` has one, `${NAME:?message}` has to be set.
fn filled(value: &str, known: &HashMap<String, String>) -> (Option<String>, Says) {
    let (mut out, mut rest) = (String::new(), value);
    let (mut is_whole, mut says) = (true, Says::Given);
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let (name, more, end) = match after.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            Some((inner, end)) => {
                let (name, more) = inner.split_at(inner.find(|c| !is_part(c)).unwrap_or(inner.len()));
                (name, more, end)
            }
            None => {
                let (name, end) = after.split_at(after.find(|c| !is_part(c)).unwrap_or(after.len()));
                (name, "", end)
            }
        };
        let default = more.strip_prefix(":-").or_else(|| more.strip_prefix('-'));
        match (known.get(name), default) {
            (Some(value), _) => out.push_str(value),
            (None, Some(default)) => out.push_str(default),
            (None, None) => {
                is_whole = false;
                says = if more.starts_with(":?") || more.starts_with('?') { Says::Demanded } else { Says::Read };
            }
        }
        rest = end;
    }
    out.push_str(rest);
    match out.trim() {
        "" if is_whole => (None, Says::Empty),
        out => (is_whole.then(|| out.to_owned()), says),
    }
}

/// The files of `env_file`, relative to the whole folder.
pub fn files(file: &str, entry: &Value) -> Vec<String> {
    let named: Vec<&str> = match entry.get("env_file") {
        Some(Value::String(name)) => vec![name],
        Some(Value::Sequence(list)) => {
            list.iter().filter_map(|one| one.as_str().or_else(|| one.get("path")?.as_str())).collect()
        }
        _ => Vec::new(),
    };
    named.into_iter().filter_map(|name| inside(path::parent(file), name)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::super::seen::Says::{Demanded, Empty, Given, Read};
    use super::{files, read};

    #[test]
    fn lists_and_maps() {
        let known = HashMap::from([("K".to_owned(), "v".to_owned())]);
        let list = "environment: ['A=b', 'C=${X:-d}', 'E=${X}', 'F=${X:?set it}', G, 'H=${K}/$K', 'I=${X:-}', '1 x=2']";
        let map = "environment: {A: b, C: '${X-d}', E: $X, F: '${X:?}', G: , H: '${K}/$K', I: ''}";
        let wanted = [
            ("A", Given, Some("b")),
            ("C", Given, Some("d")),
            ("E", Read, None),
            ("F", Demanded, None),
            ("G", Read, None),
            ("H", Given, Some("v/v")),
            ("I", Empty, None),
        ];
        for text in [list, map] {
            let found = read(&serde_yaml::from_str(text).unwrap(), &known);
            let found: Vec<_> = found.iter().map(|one| (one.name.as_str(), one.says, one.value.as_deref())).collect();
            assert_eq!(found, wanted, "{text}");
        }
    }

    #[test]
    fn files_beside_it() {
        for (text, wanted) in [
            ("env_file: .env", vec!["a/.env"]),
            ("env_file: [../x.env, {path: ./y.env, required: false}]", vec!["x.env", "a/y.env"]),
            ("env_file: /etc/x", vec![]),
        ] {
            assert_eq!(files("a/compose.yaml", &serde_yaml::from_str(text).unwrap()), wanted, "{text}");
        }
    }
}
