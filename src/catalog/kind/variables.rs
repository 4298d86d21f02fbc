//! Environment variables of a service: a map from names to texts, as `environment` of a compose file, in which
//! `${reference}` stands for what only an environment or another answer knows.

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::formats::{env_name, free_text};
use super::{Refusal, quoted_list};
use crate::catalog::later::MARK;
use crate::text::{quoted, secret};

/// Where a value goes.
pub const HOMES: [&str; 3] = ["config", "build", "runtime"];

/// Characters of one value at most.
const MAX_TEXT: usize = 1000;

/// Variables of one service at most.
const MAX_VARIABLES: usize = 200;

/// One variable in its full form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    pub name: String,
    /// One of [`HOMES`].
    pub home: String,
    /// What it is where `values` says nothing else.
    pub value: Option<String>,
    /// What it is in single environments, by their names.
    pub values: IndexMap<String, String>,
}

impl Variable {
    /// What it is in an environment.
    pub fn text_in(&self, environment: &str) -> Option<&str> {
        self.values.get(environment).or(self.value.as_ref()).map(String::as_str)
    }

    /// All its texts.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.value.iter().chain(self.values.values()).map(String::as_str)
    }

    /// As people write it: a text alone where it says all.
    fn short(&self) -> Value {
        if let (Some(value), true) = (&self.value, self.values.is_empty() && self.home == HOMES[0]) {
            return json!(value);
        }
        let mut fields = Map::new();
        if self.home != HOMES[0] {
            fields.insert("home".into(), json!(self.home));
        }
        if let Some(value) = &self.value {
            fields.insert("value".into(), json!(value));
        }
        if !self.values.is_empty() {
            fields.insert("values".into(), json!(self.values));
        }
        Value::Object(fields)
    }
}

/// The variables of a value, and the value in its normal form.
///
/// # Errors
/// What is wrong, as a clause.
pub fn parse(value: &Value) -> Result<(Vec<Variable>, Value), Refusal> {
    let Value::Object(items) = value else {
        return Err("which is not a map from names of variables to their values".into());
    };
    if items.len() > MAX_VARIABLES {
        return Err(format!("which has {} variables where at most {MAX_VARIABLES} are allowed", items.len()));
    }
    let variables: Vec<Variable> =
        items.iter().map(|(name, given)| variable(name, given)).collect::<Result<_, Refusal>>()?;
    let normal = variables.iter().map(|one| (one.name.clone(), one.short())).collect();
    Ok((variables, Value::Object(normal)))
}

fn variable(name: &str, given: &Value) -> Result<Variable, Refusal> {
    env_name(name)?;
    let mut found = Variable { name: name.into(), home: HOMES[0].into(), value: None, values: IndexMap::new() };
    let Value::Object(fields) = given else {
        found.value = Some(text(name, given)?);
        return Ok(found);
    };
    for (field, given) in fields {
        match (field.as_str(), given) {
            ("home", Value::String(home)) if HOMES.contains(&home.as_str()) => found.home.clone_from(home),
            ("home", _) => return Err(format!("where `home` of `{name}` is not one of {}", quoted_list(&HOMES))),
            ("value", given) => found.value = Some(text(name, given)?),
            ("values", Value::Object(values)) => {
                for (environment, given) in values {
                    found.values.insert(environment.clone(), text(name, given)?);
                }
            }
            ("values", _) => {
                return Err(format!("where `values` of `{name}` is not a map from environments to values"));
            }
            _ => return Err(format!("where `{name}` has `{field}`; a variable has `home`, `value` and `values`")),
        }
    }
    if found.value.is_none() && found.values.is_empty() {
        return Err(format!("where `{name}` has no value; a variable without one is named in `secrets` or left out"));
    }
    Ok(found)
}

/// One value. A number with a point is refused, as YAML reads `1.10` as 1.1.
fn text(name: &str, given: &Value) -> Result<String, Refusal> {
    let text = match given {
        Value::String(text) => text.clone(),
        Value::Bool(yes) => yes.to_string(),
        Value::Number(number) if number.is_i64() || number.is_u64() => number.to_string(),
        _ => return Err(format!("where the value of `{name}` is not text (quote it in YAML)")),
    };
    if text.contains(MARK) {
        return Err(format!("where the value of `{name}` has the private character U+{:04X} in it", u32::from(MARK)));
    }
    if let Some(what) = secret::looks_like(&text) {
        return Err(format!("where the value of `{name}` looks like {what}; name the variable in `secrets`"));
    }
    if text.chars().count() > MAX_TEXT {
        return Err(format!("where the value of `{name}` has more than {MAX_TEXT} characters"));
    }
    if !text.is_empty() {
        free_text(&text).map_err(|why| format!("where the value of `{name}` is {}, {why}", quoted(&text)))?;
    }
    references(&text).map_err(|why| format!("where the value of `{name}` {why}"))?;
    Ok(text)
}

/// The references of a text, without `${` and `}`, in their order. `$` before anything else is a character.
///
/// # Errors
/// What is wrong with one that is begun.
pub fn references(text: &str) -> Result<Vec<&str>, Refusal> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, behind)) = rest.split_once("${") {
        let (name, after) = behind.split_once('}').ok_or("has `${` without `}`")?;
        let is_part = |part: &str| {
            part.starts_with(|c: char| c.is_ascii_lowercase())
                && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        if !name.split('.').all(is_part) || name.split('.').count() > 3 {
            return Err(format!("has `${{{name}}}`, which is no reference such as `${{url}}` or `${{database.uri}}`"));
        }
        found.push(name);
        rest = after;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_a_text_or_says_where_it_goes() {
        let given = json!({
            "MONGO_URI": "${database.uri}",
            "LIMIT": 5,
            "DEBUG": false,
            "ConnectionStrings__Shop": {"home": "config", "value": "x"},
            "VITE_API": {"home": "build", "value": "${path.api}"},
            "LEVEL": {"value": "info", "values": {"staging": "debug"}},
        });
        let (variables, normal) = parse(&given).unwrap();
        assert_eq!(
            normal,
            json!({
                "MONGO_URI": "${database.uri}",
                "LIMIT": "5",
                "DEBUG": "false",
                "ConnectionStrings__Shop": "x",
                "VITE_API": {"home": "build", "value": "${path.api}"},
                "LEVEL": {"value": "info", "values": {"staging": "debug"}},
            })
        );
        let level = variables.last().unwrap();
        assert_eq!((level.text_in("staging"), level.text_in("prod")), (Some("debug"), Some("info")));
        assert_eq!(parse(&normal).unwrap().1, normal);
    }

    #[test]
    fn what_is_no_variable_is_refused_with_its_name() {
        for (given, why) in [
            (json!(["A=b"]), "is not a map"),
            (json!({"1A": "b"}), "is not the name of an environment variable"),
            (json!({"AB": null}), "the value of `AB` is not text"),
            (json!({"AB": 1.5}), "the value of `AB` is not text"),
            (json!({"AB": {"home": "secret", "value": "x"}}), "`home` of `AB` is not one of"),
            (json!({"AB": {"from": "x"}}), "`AB` has `from`"),
            (json!({"AB": {"home": "build"}}), "`AB` has no value"),
            (json!({"AB": "a\nb"}), "control character"),
            (json!({"AB": "${url"}), "`${` without `}`"),
            (json!({"AB": "${HOME}"}), "`${HOME}`, which is no reference"),
            (json!({"AB": "ghp_0123456789abcdefghijklmnopqrstuvwxyz"}), "name the variable in `secrets`"),
        ] {
            let refusal = parse(&given).unwrap_err();
            assert!(refusal.contains(why), "{given}: {refusal}");
        }
    }
}
