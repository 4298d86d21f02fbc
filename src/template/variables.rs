//! What the catalog asks about the variables of services: what is wrong with their references, which of them go where, and
//! what their references stand for.

use std::collections::HashMap;

use indexmap::IndexMap;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, Error, ErrorKind};
use serde_json::Value as Json;

use crate::catalog::kind::variables::{Variable, parse, references};
use crate::text::quoted;

/// The references to another service, with what they stand for.
const OF_SERVICES: [&str; 3] = ["path", "service", "url"];

/// What is known of a database that is the same in all environments.
const PLAIN: [&str; 2] = ["name", "port"];

/// The names that the linter knows as functions.
pub const FUNCTIONS: [&str; 2] = ["variable_faults", "variable_targets"];

pub fn add_to(env: &mut Environment<'_>) {
    env.add_function(FUNCTIONS[0], faults);
    env.add_function(FUNCTIONS[1], targets);
    env.add_filter("variables_in", variables_in);
    env.add_filter("variable_names", variable_names);
    env.add_filter("named_by", named_by);
    env.add_filter("filled_with", filled_with);
    env.add_filter("database_sources", database_sources);
    env.add_filter("database_parts", database_parts);
    env.add_filter("named_parts", named_parts);
    env.add_filter("filled", filled);
    env.add_filter("dotenv", dotenv);
}

fn broken(why: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidOperation, why.into())
}

fn read(value: &Value) -> Result<Vec<Variable>, Error> {
    if value.is_undefined() {
        return Ok(Vec::new());
    }
    let json: Json = serde_json::to_value(value).map_err(|e| broken(e.to_string()))?;
    parse(&json).map(|(variables, _)| variables).map_err(broken)
}

/// The name of a text that is one reference and nothing else.
fn lone(text: &str) -> Option<&str> {
    let name = text.strip_prefix("${")?.strip_suffix('}')?;
    (!name.contains(['$', '{', '}'])).then_some(name)
}

/// Whether a reference comes from the secrets manager, and so is never part of another text, nor in a file of Git: the address of a
/// store, or a part of it.
fn is_secret(reference: &str) -> bool {
    match reference.split_once('.') {
        Some(("database", part)) => !PLAIN.contains(&part),
        Some((of, part)) => !OF_SERVICES.contains(&of) && part == "url",
        None => false,
    }
}

/// The part of the address of the database that a reference names: `host` of `database.host`.
fn part(reference: &str) -> Option<&str> {
    reference.strip_prefix("database.").filter(|part| *part != "uri" && !part.contains('.'))
}

/// The database that a reference to one of several names: `orders` of `database.orders.uri`.
fn database(reference: &str) -> Option<&str> {
    reference.strip_prefix("database.")?.strip_suffix(".uri")
}

/// What is wrong with variables where these homes, environments and references are there, each as a clause. References to
/// other services are looked at by [`targets`].
fn faults(
    variables: &Value,
    homes: Vec<String>,
    environments: Vec<String>,
    known: Vec<String>,
    databases: Vec<String>,
) -> Result<Vec<String>, Error> {
    let databases = databases.iter().map(|name| format!("database.{name}.uri"));
    let known: Vec<String> = known.into_iter().chain(databases).collect();
    let mut faults = Vec::new();
    for variable in read(variables)? {
        let name = &variable.name;
        if !homes.contains(&variable.home) {
            let homes: Vec<String> = homes.iter().map(|home| format!("`{home}`")).collect();
            let offer = if homes.is_empty() { "no variables".into() } else { homes.join(" or ") };
            faults.push(format!("where the home of `{name}` is `{}`, and the service has {offer}", variable.home));
            continue;
        }
        if variable.home == "build" && !variable.values.is_empty() {
            faults.push(format!("where `{name}` has `values`, and one image runs in all environments"));
        }
        if let Some(other) = variable.values.keys().find(|one| !environments.contains(one)) {
            faults.push(format!("where `{name}` has a value for {}, which is no environment", quoted(other)));
        }
        if let Some(lacking) = environments.iter().find(|one| variable.text_in(one).is_none()) {
            faults.push(format!("where `{name}` has no value for `{lacking}`"));
        }
        for text in variable.texts() {
            for reference in references(text).map_err(broken)? {
                let is_of_service =
                    reference.split_once('.').is_some_and(|(of, _)| OF_SERVICES.contains(&of) && !is_secret(reference));
                if variable.home == "build" && !reference.starts_with("path.") {
                    let why =
                        "and one image runs in all environments: only `${path.SERVICE}` is the same in all of them";
                    faults.push(format!("where `{name}` is a value of the image build with `${{{reference}}}`, {why}"));
                } else if !is_of_service && !known.iter().any(|one| one == reference) {
                    let known: Vec<String> = known.iter().map(|one| format!("`${{{one}}}`")).collect();
                    // parts are known of a database that is made here
                    let has_address =
                        reference.starts_with("database.") && known.iter().any(|one| one == "`${database.uri}`");
                    let otherwise = if has_address {
                        "; of a database that others operate, parts of the address are `secrets` of the service"
                    } else {
                        ""
                    };
                    faults.push(format!(
                        "where `{name}` has `${{{reference}}}`; the service has {}, and `${{url.SERVICE}}`, \
                         `${{path.SERVICE}}` and `${{service.SERVICE}}` of others{otherwise}",
                        known.join(", ")
                    ));
                } else if is_secret(reference) && (lone(text).is_none() || variable.home != "config") {
                    let why = "which comes from the secrets manager: it is the whole value, and its home is `config`";
                    faults.push(format!("where `{name}` has `${{{reference}}}`, {why}"));
                } else if is_secret(reference) && !variable.values.is_empty() {
                    let why = "in single environments only, and each has its own anyway";
                    faults.push(format!("where `{name}` is `${{{reference}}}` {why}"));
                }
            }
        }
    }
    Ok(faults)
}

/// What is wrong with references to other services, in a list of all services, each as a sentence.
fn targets(services: &Value) -> Result<Vec<String>, Error> {
    let json: Json = serde_json::to_value(services).map_err(|e| broken(e.to_string()))?;
    let services: Vec<&serde_json::Map<String, Json>> =
        json.as_array().into_iter().flatten().filter_map(Json::as_object).collect();
    let text = |service: &serde_json::Map<String, Json>, field: &str| {
        service.get(field).and_then(Json::as_str).unwrap_or_default().to_owned()
    };
    let is_public = |service: &serde_json::Map<String, Json>| ["web", "api"].contains(&text(service, "kind").as_str());
    let mut faults = Vec::new();
    for service in &services {
        let own = text(service, "name");
        let Some(variables) = service.get("variables") else { continue };
        for variable in parse(variables).map_err(broken)?.0 {
            for reference in variable.texts().map(references).collect::<Result<Vec<_>, _>>().map_err(broken)?.concat() {
                let Some((of, target)) = reference.split_once('.').filter(|(of, _)| OF_SERVICES.contains(of)) else {
                    continue;
                };
                let what = format!("`{}` of `{own}` has `${{{reference}}}`", variable.name);
                match services.iter().find(|other| text(other, "name") == target) {
                    None => faults.push(format!("{what}, and there is no service `{target}`")),
                    Some(other) if !is_public(other) => {
                        faults.push(format!(
                            "{what}, and nothing sends requests to `{target}`, a {}",
                            text(other, "kind")
                        ));
                    }
                    Some(other) if of == "path" && text(other, "subdomain") != text(service, "subdomain") => {
                        faults.push(format!("{what}, and `{target}` is on another host"));
                    }
                    Some(_) => {}
                }
            }
        }
    }
    Ok(faults)
}

/// The variables of a home with their texts in an environment, as records of `name` and `text`.
fn variables_in(variables: &Value, home: &str, environment: &str) -> Result<Value, Error> {
    let found = read(variables)?;
    let of_home = found.iter().filter(|variable| variable.home == home);
    let records = of_home.filter_map(|variable| {
        // what has a password comes from the secrets manager
        let text = variable.text_in(environment).filter(|text| !lone(text).is_some_and(is_secret))?;
        Some(HashMap::from([("name", variable.name.clone()), ("text", text.to_owned())]))
    });
    Ok(Value::from(Serde(records.collect::<Vec<_>>())))
}

/// The names of the variables of a home.
fn variable_names(variables: &Value, home: &str) -> Result<Vec<String>, Error> {
    let found = read(variables)?;
    let of_home = found.iter().filter(|variable| variable.home == home);
    let plain = of_home.filter(|variable| !variable.texts().any(|text| lone(text).is_some_and(is_secret)));
    Ok(plain.map(|variable| variable.name.clone()).collect())
}

/// The names in a field of records, in the order of first use, each with the records that have it, as `name` and `users`.
fn named_by(records: &Value, field: &str) -> Result<Value, Error> {
    let mut users: IndexMap<String, Vec<Value>> = IndexMap::new();
    for record in records.try_iter()? {
        let names = record.get_attr(field)?;
        if names.is_undefined() {
            continue;
        }
        for name in names.try_iter()? {
            users.entry(name.to_string()).or_default().push(record.clone());
        }
    }
    let items = users
        .into_iter()
        .map(|(name, users)| Value::from_pairs([("name", Value::from(name)), ("users", Value::from(users))]));
    Ok(Value::from(items.collect::<Vec<_>>()))
}

/// The names of the variables that are a reference and nothing else.
fn filled_with(variables: &Value, reference: &str) -> Result<Vec<String>, Error> {
    let found = read(variables)?;
    let is_it = |variable: &&Variable| variable.texts().all(|text| lone(text) == Some(reference));
    Ok(found.iter().filter(is_it).map(|variable| variable.name.clone()).collect())
}

/// The variables that are the address of one of several databases: for each database a record of `secret`, the Secret that
/// has it, `key`, the name of the database and its key there, and `names`, those of the variables.
fn database_sources(variables: &Value, secret: &str) -> Result<Value, Error> {
    sources(variables, secret, database)
}

/// The variables that are a part of the address of the database: for each part a record of `secret`, the Secret of the database,
/// `key`, the part and its key there where it is a secret, and `names`, those of the variables.
fn database_parts(variables: &Value, secret: &str) -> Result<Value, Error> {
    sources(variables, secret, part)
}

/// The variables that are a reference and nothing else, by the key that stands for the reference.
fn sources(variables: &Value, secret: &str, key: impl Fn(&str) -> Option<&str>) -> Result<Value, Error> {
    let mut names: IndexMap<String, Vec<String>> = IndexMap::new();
    for variable in read(variables)? {
        if let Some(key) = variable.texts().find_map(|text| key(lone(text)?)) {
            names.entry(key.to_owned()).or_default().push(variable.name.clone());
        }
    }
    let records = names.into_iter().map(|(key, names)| {
        Value::from_pairs([("secret", secret.into()), ("key", key.into()), ("names", Value::from(names))])
    });
    Ok(Value::from(records.collect::<Vec<_>>()))
}

/// The variables among `database_parts` of services, in the order of first use, as `name`, `key`, the part, and `users`.
fn named_parts(services: &Value) -> Result<Value, Error> {
    let mut users: IndexMap<(String, String), Vec<Value>> = IndexMap::new();
    for service in services.try_iter()? {
        for part in service.get_attr("database_parts")?.try_iter()? {
            let key = part.get_attr("key")?.to_string();
            for name in part.get_attr("names")?.try_iter()? {
                users.entry((name.to_string(), key.clone())).or_default().push(service.clone());
            }
        }
    }
    let items = users.into_iter().map(|((name, key), users)| {
        Value::from_pairs([("name", Value::from(name)), ("key", Value::from(key)), ("users", Value::from(users))])
    });
    Ok(Value::from(items.collect::<Vec<_>>()))
}

/// A text with its references filled, by lines such as `url=https://shop.example.com`.
fn filled(text: &str, table: &str) -> Result<String, Error> {
    let table: HashMap<&str, &str> = table.lines().filter_map(|line| line.trim().split_once('=')).collect();
    let mut done = text.to_owned();
    for reference in references(text).map_err(broken)? {
        let value = table.get(reference).ok_or_else(|| broken(format!("nothing fills `${{{reference}}}`")))?;
        done = done.replace(&format!("${{{reference}}}"), value);
    }
    Ok(done)
}

/// A value in a file that shells and libraries read as `.env`: in quotes where they would take it for something else.
fn dotenv(text: &str) -> String {
    let is_plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_./:@+,=%-".contains(&b)) && !text.is_empty();
    match text {
        "" => String::new(),
        _ if is_plain => text.to_owned(),
        _ if !text.contains('\'') => format!("'{text}'"),
        _ => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "\\$").replace('`', "\\`")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn value(json: &Json) -> Value {
        Value::from(Serde(json))
    }

    fn fault(variables: &Json) -> String {
        let list = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        let faults = faults(
            &value(variables),
            list(&["config", "build"]),
            list(&["staging", "prod"]),
            list(&["url", "database.uri"]),
            list(&["bills"]),
        );
        faults.unwrap().join("\n")
    }

    #[test]
    fn a_reference_needs_what_it_stands_for() {
        for right in [
            json!({"MONGO_URI": "${database.uri}", "BILLS": "${database.bills.uri}", "BACK": "${url}/back", "API": "${service.api}/v1"}),
            json!({"VITE_API": {"home": "build", "value": "${path.api}/v1"}}),
            json!({"LEVEL": {"values": {"staging": "debug", "prod": "info"}}}),
            json!({"LEVEL": {"value": "info", "values": {"staging": "debug"}}}),
        ] {
            assert_eq!(fault(&right), "", "{right}");
        }
        for (wrong, why) in [
            (json!({"CACHE": "${cache.url}"}), "has `${cache.url}`; the service has `${url}`, `${database.uri}`"),
            (json!({"MONGO_URI": "${database.uri}?x=1"}), "it is the whole value"),
            (json!({"MONGO_URI": {"value": "x", "values": {"prod": "${database.uri}"}}}), "in single environments"),
            (json!({"VITE_API": {"home": "build", "value": "${url}"}}), "one image runs in all environments"),
            (json!({"VITE_API": {"home": "build", "values": {"prod": "a", "staging": "b"}}}), "has `values`"),
            (json!({"VITE_API": {"home": "runtime", "value": "a"}}), "the service has `config` or `build`"),
            (json!({"LEVEL": {"values": {"staging": "debug"}}}), "`LEVEL` has no value for `prod`"),
            (json!({"LEVEL": {"value": "a", "values": {"dev": "debug"}}}), "`dev`, which is no environment"),
        ] {
            assert!(fault(&wrong).contains(why), "{wrong}: {}", fault(&wrong));
        }
    }

    #[test]
    fn a_service_that_is_named_has_to_be_there() {
        let services = |variables: Json| {
            json!([
                {"name": "web", "kind": "web", "subdomain": "", "variables": variables},
                {"name": "api", "kind": "api", "subdomain": ""},
                {"name": "other", "kind": "api", "subdomain": "other"},
                {"name": "mail", "kind": "worker"},
            ])
        };
        let faults = |variables: Json| targets(&value(&services(variables))).unwrap().join("\n");
        assert_eq!(faults(json!({"AB": "${url.other} ${path.api} ${service.api} ${database.uri}"})), "");
        assert_eq!(faults(json!({"AB": "${url.x}"})), "`AB` of `web` has `${url.x}`, and there is no service `x`");
        assert!(faults(json!({"AB": "${path.other}"})).ends_with("`other` is on another host"));
        assert!(faults(json!({"AB": "${service.mail}"})).ends_with("nothing sends requests to `mail`, a worker"));
    }

    #[test]
    fn values_of_a_laptop_are_quoted_where_they_have_to_be() {
        for (text, written) in [
            ("", ""),
            ("mongodb://127.0.0.1:27017/shop", "mongodb://127.0.0.1:27017/shop"),
            ("a b # c", "'a b # c'"),
            ("#fff", "'#fff'"),
            ("say \"hi\" $HOME", "'say \"hi\" $HOME'"),
            ("it's $(id)", "\"it's \\$(id)\""),
            ("https://x.example/?a=b&c=d", "'https://x.example/?a=b&c=d'"),
        ] {
            assert_eq!(dotenv(text), written);
        }
    }

    #[test]
    fn references_are_filled() {
        let table = "url=https://a.example\n  url.api=https://a.example/api=x\n";
        assert_eq!(filled("${url}/back?${url.api}", table).unwrap(), "https://a.example/back?https://a.example/api=x");
        assert!(filled("${host}", table).is_err());
        let variables = json!({"AB": "${database.uri}", "CD": {"value": "x", "values": {"prod": "y"}}});
        assert_eq!(variable_names(&value(&variables), "config").unwrap(), ["CD"]);
        assert_eq!(filled_with(&value(&variables), "database.uri").unwrap(), ["AB"]);
        let listed = variables_in(&value(&variables), "config", "prod").unwrap();
        assert_eq!(serde_json::to_value(&listed).unwrap(), json!([{"name": "CD", "text": "y"}]));
    }

    #[test]
    fn parts_of_an_address_come_from_its_secret() {
        let known = ["database.uri", "database.host", "database.port", "database.password"];
        let list = |all: &[&str]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
        let wrong = |variables: Json| {
            faults(&value(&variables), list(&["config"]), list(&["prod"]), list(&known), Vec::new()).unwrap().join("\n")
        };
        let variables =
            json!({"DB_HOST": "${database.host}", "DB_PORT": "${database.port}", "PGHOST": "${database.host}"});
        assert_eq!(wrong(variables.clone()), "");
        assert!(wrong(json!({"DB": "${database.host}:${database.port}"})).contains("it is the whole value"));
        assert_eq!(wrong(json!({"DB": "port ${database.port}"})), "");
        assert!(
            wrong(json!({"DB": "${database.user}"})).contains("the service has `${database.uri}`, `${database.host}`")
        );
        assert_eq!(variable_names(&value(&variables), "config").unwrap(), ["DB_PORT"]);

        let parts = database_parts(&value(&variables), "postgresql").unwrap();
        let parts = serde_json::to_value(&parts).unwrap();
        assert_eq!(
            parts,
            json!([
                {"secret": "postgresql", "key": "host", "names": ["DB_HOST", "PGHOST"]},
                {"secret": "postgresql", "key": "port", "names": ["DB_PORT"]},
            ])
        );
        let services = json!([{"name": "api", "database_parts": parts}, {"name": "jobs", "database_parts": parts}]);
        let named = serde_json::to_value(named_parts(&value(&services)).unwrap()).unwrap();
        assert_eq!(named[0]["name"], "DB_HOST");
        assert_eq!(named[0]["key"], "host");
        assert_eq!(named[0]["users"].as_array().unwrap().len(), 2);
        assert_eq!(named.as_array().unwrap().len(), 3);
    }

    #[test]
    fn one_of_several_databases_is_named() {
        let variables =
            json!({"AB": "${database.orders.uri}", "CD": "${database.uri}", "EF": "${database.orders.uri}"});
        let found = database_sources(&value(&variables), "databases").unwrap();
        assert_eq!(
            serde_json::to_value(&found).unwrap(),
            json!([{"secret": "databases", "key": "orders", "names": ["AB", "EF"]}])
        );
        assert_eq!(variable_names(&value(&variables), "config").unwrap(), [""; 0]);
        assert!(fault(&json!({"AB": "x ${database.orders.uri}"})).contains("has `${database.orders.uri}`"));
    }
}
