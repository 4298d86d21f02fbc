//! Settings of Spring: the variables that they name, `${NAME:default}`, and the addresses of stores that they have as texts,
//! which the variable of that name replaces: `spring.data.mongodb.uri` is `SPRING_DATA_MONGODB_URI`.

use std::collections::VecDeque;

use serde_yaml::Value;

use super::calls::is_variable;
use super::seen::{Says, Seen};
use super::sort::sort;
use crate::text::yaml;

/// Addresses of stores in a file that are looked at.
const MOST: usize = 100;

/// Levels of keys that are looked at.
const DEEPEST: usize = 20;

/// Databases that run in the program itself.
const EMBEDDED: [&str; 3] = [":derby:", ":h2:", ":hsqldb:"];

/// The variables of `application.properties` and `application.yml`.
pub fn read(file: &str, text: &str) -> Vec<Seen> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with('#'));
    let mut found: Vec<Seen> = lines.flat_map(|(i, line)| named(line, i + 1)).collect();
    let keys = if file.ends_with(".properties") { properties(text) } else { flat(text) };
    if EMBEDDED.iter().any(|kind| keys.iter().any(|(_, value)| value.contains(kind))) {
        return found;
    }
    let addresses = keys.into_iter().filter_map(|(key, value)| {
        let name = key.replace('.', "_").replace('-', "").to_ascii_uppercase();
        let is_literal = key.starts_with("spring.") && !value.is_empty() && !value.contains("${");
        (is_literal && sort(&name, &value).0.is_of_store()).then_some((key, name, value))
    });
    for (key, name, value) in addresses.take(MOST) {
        // in YAML the last part of the key is on the line
        let last = key.rsplit('.').next().unwrap_or_default();
        let is_line = |line: &str| {
            let line = line.trim_start();
            (line.starts_with(last) || line.starts_with(&key)) && line.contains(value.as_str())
        };
        let line = text.lines().position(is_line).map_or(1, |at| at + 1);
        found.push(Seen { name, value: Some(value), says: Says::Given, line });
    }
    found.sort_by_key(|one| one.line);
    found
}

/// `${NAME}` and `${NAME:default}` of a line.
fn named(line: &str, number: usize) -> Vec<Seen> {
    let parts = line.split("${").skip(1).filter_map(|rest| rest.split('}').next());
    parts
        .filter_map(|inner| {
            let (name, default) = inner.split_once(':').map_or((inner, None), |(name, default)| (name, Some(default)));
            let says = if default.is_some() { Says::Optional } else { Says::Demanded };
            let value = default.filter(|default| !default.is_empty()).map(str::to_owned);
            is_variable(name).then(|| Seen { name: name.to_owned(), value, says, line: number })
        })
        .collect()
}

fn properties(text: &str) -> Vec<(String, String)> {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let pairs = lines.filter_map(|line| line.split_once('='));
    pairs.map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned())).collect()
}

/// The keys of YAML as properties have them.
fn flat(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let Some(yaml) = yaml::first(text) else { return found };
    let mut waiting = VecDeque::from([(String::new(), &yaml, 0)]);
    while let Some((key, value, depth)) = waiting.pop_front() {
        match value {
            Value::Mapping(map) if depth < DEEPEST => {
                for (name, value) in map {
                    let Some(name) = name.as_str() else { continue };
                    let key = if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") };
                    waiting.push_back((key, value, depth + 1));
                }
            }
            Value::String(value) => found.push((key, value.clone())),
            Value::Number(number) => found.push((key, number.to_string())),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::seen::Says::{Demanded, Given, Optional};
    use super::read;

    #[test]
    fn variables_and_addresses() {
        let properties =
            "# ${NO}\na.b=${A_B}\nc=${C_D:5}-${E_F:}\nd=${spring.x}\nspring.data.mongodb.uri=mongodb://localhost/x\n";
        let wanted = [
            ("A_B", Demanded, None, 2),
            ("C_D", Optional, Some("5"), 3),
            ("E_F", Optional, None, 3),
            ("SPRING_DATA_MONGODB_URI", Given, Some("mongodb://localhost/x"), 5),
        ];
        let found = read("application.properties", properties);
        let found: Vec<_> =
            found.iter().map(|one| (one.name.as_str(), one.says, one.value.as_deref(), one.line)).collect();
        assert_eq!(found, wanted);
        let yaml = "spring:\n  data:\n    redis:\n      host: localhost\n  kafka:\n    bootstrap-servers: kafka:9092\n";
        let found = read("application.yml", yaml);
        let found: Vec<_> = found.iter().map(|one| (one.name.as_str(), one.line)).collect();
        assert_eq!(found, [("SPRING_DATA_REDIS_HOST", 4), ("SPRING_KAFKA_BOOTSTRAPSERVERS", 6)]);
        assert!(
            read("application.properties", "spring.datasource.url=jdbc:h2:mem:x\nspring.datasource.username=sa")
                .is_empty()
        );
    }
}
