//! Variables that the code reads and no answer gives, and those of stores that it gets and does not read.

use anyhow::Result;
use serde_json::Value;

use super::super::answers::Unknown;
use super::super::finding::Location;
use super::advice::ADVICE;
use super::{Code, Draft, GapKind, Subject};
use crate::answers::check::Check;
use crate::catalog::question::FindingName;
use crate::template::engine;
use crate::template::expression::Scope;
use crate::template::provided;
use crate::text::path;

/// The stores that a service can use, as its answers call them, and the systems of each.
const STORES: [(&str, &[&str]); 3] = [
    ("database", &["cockroachdb", "mongodb", "mysql", "postgresql", "sqlserver"]),
    ("cache", &["redis"]),
    ("broker", &["kafka", "nats", "rabbitmq"]),
];

pub(super) fn gaps(subject: &Subject<'_>, code: &Code<'_>) -> Result<Vec<Draft>> {
    let mut found: Vec<Draft> = unanswered(subject).into_iter().chain(unknown(subject)).collect();
    for (store, systems) in STORES {
        found.extend(unread(subject, code, store, systems));
    }
    Ok(found)
}

/// Names that the answers of the service have.
fn answered(subject: &Subject<'_>) -> Vec<String> {
    let fields = [
        FindingName::Secrets,
        FindingName::OptionalSecrets,
        FindingName::BuildSecrets,
        FindingName::Variables,
        FindingName::BuildArgs,
    ];
    let names = fields.into_iter().filter_map(|field| subject.value(field)).flat_map(|value| match value {
        Value::Array(names) => names.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Value::Object(values) => values.keys().cloned().collect::<Vec<_>>(),
        _ => Vec::new(),
    });
    names.map(|name| name.split('=').next().unwrap_or_default().to_owned()).collect()
}

/// What would be answered today and is not: a variable that came later, or was left out.
fn unanswered(subject: &Subject<'_>) -> Option<Draft> {
    let path = subject.field(FindingName::ServicePath)?.name.as_str();
    let proposed = subject.detected.answers.get(&subject.question.name)?.value.as_array()?;
    let proposed = proposed.iter().find(|record| record[path] == subject.record[path])?;
    let answered = answered(subject);
    let is_new = |name: &&str| !answered.iter().any(|known| known == name);
    let field = |finding: FindingName| Some(subject.field(finding)?.name.as_str());
    let (secrets, variables) = (field(FindingName::Secrets)?, field(FindingName::Variables)?);
    let new: Vec<&str> =
        proposed[secrets].as_array().into_iter().flatten().filter_map(Value::as_str).filter(is_new).collect();
    let values: Vec<(&str, &Value)> = proposed[variables]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.as_str(), value))
        .filter(|(name, value)| is_new(name) && value.is_string())
        .collect();
    let mut sets: Vec<String> = Vec::new();
    if !new.is_empty() {
        let known = subject.record[secrets].as_array().into_iter().flatten().filter_map(Value::as_str);
        let all: Vec<&str> = known.chain(new.iter().copied()).collect();
        sets.push(subject.set_field(secrets, &format!("[{}]", all.join(", "))));
    }
    sets.extend(
        values
            .iter()
            .map(|(name, value)| subject.set_field(&format!("{variables}.{name}"), value.as_str().unwrap_or_default())),
    );
    let names: Vec<&str> = new.into_iter().chain(values.iter().map(|(name, _)| *name)).collect();
    let place = place_of(subject, names.first()?);
    Some(Draft::new(
        GapKind::Variable,
        place,
        format!("reads {}, which no answer gives", listed(&names)),
        format!("Answer with {}.", sets.join(" and ")),
    ))
}

/// What it reads and only people know.
fn unknown(subject: &Subject<'_>) -> Vec<Draft> {
    let (Some(folder), Some(field)) = (subject.folder(), subject.field(FindingName::Variables)) else {
        return Vec::new();
    };
    let answered = answered(subject);
    let of = |parts: bool| {
        let is_it = |one: &&Unknown| {
            one.folder == folder && one.is_part == parts && !answered.contains(&one.variable.value.name)
        };
        let found: Vec<&Unknown> = subject.detected.unknown.iter().filter(is_it).collect();
        let names: Vec<&str> = found.iter().map(|one| one.variable.value.name.as_str()).collect();
        let place = found.first()?.variable.found_in.clone();
        Some((place, names))
    };
    let uncertain = of(false).map(|(place, names)| {
        let set = subject.set_field(&format!("{}.{}", field.name, names[0]), "VALUE");
        let more = if names.len() > 1 { ", and so on" } else { "" };
        Draft::new(
            GapKind::Variable,
            place,
            format!(
                "reads {}, and what {} in production is not known",
                listed(&names),
                if names.len() == 1 { "it is" } else { "they are" }
            ),
            format!("Answer with {set}{more}."),
        )
    });
    let parts = of(true).map(|(place, names)| {
        let given = of_stores(subject, |store| store == "database");
        let whole = given.first().map_or_else(String::new, |name| format!(", which is in `{name}`"));
        Draft::new(
            GapKind::Variable,
            place,
            format!("reads {}, parts of the address of its database, which is known only as a whole", listed(&names)),
            format!("Let it read the whole address{whole}."),
        )
    });
    uncertain.into_iter().chain(parts).collect()
}

/// The address of a store that nothing in the code reads.
fn unread(subject: &Subject<'_>, code: &Code<'_>, store: &str, systems: &[&str]) -> Option<Draft> {
    if subject.answer(FindingName::Image) == Some("existing") {
        return None;
    }
    let names = of_stores(subject, |one| one == store);
    let plain = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let by_framework = |name: &str| {
        name.contains("__")
            || ADVICE.read_by_frameworks.iter().any(|start| name.starts_with(start.as_str()))
            || name == "DATABASE_URL" && code.has(|text| ADVICE.reads_database_url.iter().any(|way| text.contains(way)))
    };
    let is_read = |name: &String| by_framework(name) || code.has(|text| plain(text).contains(&plain(name)));
    if names.is_empty() || names.iter().any(is_read) || !own(subject, &format!("${{{store}.")).is_empty() {
        return None;
    }
    let service = subject.service();
    let is_of_store = |system: Option<&str>| system.is_some_and(|system| systems.contains(&system));
    let client = service?.clients.iter().find(|client| is_of_store(client.value.system));
    let place = client.map(|client| client.found_in.clone()).or_else(|| service?.manifest.clone());
    let place = place.unwrap_or_else(|| {
        Location::new(subject.folder().filter(|folder| !folder.is_empty()).unwrap_or(path::WHOLE), None)
    });
    let variables = subject.field(FindingName::Variables)?.name.as_str();
    let frameworks = service.into_iter().flat_map(|service| &service.frameworks);
    let name = frameworks.filter_map(|one| ADVICE.names.get(one.value)).next().map_or("NAME", String::as_str);
    let name = if client.is_some_and(|client| client.value.system == Some("mongodb")) { "NAME" } else { name };
    let other = match client {
        Some(_) => subject.set_field(&format!("{variables}.{name}"), &format!("${{{store}.{}}}", part(store))),
        None => subject.set_field(store, "false"),
    };
    let or = if client.is_some() { "or name the variable that it reads" } else { "or say that it uses none" };
    let mut draft = Draft::new(
        GapKind::Variable,
        place,
        format!(
            "never reads {}, the address of its {store}",
            listed(&names.iter().map(String::as_str).collect::<Vec<_>>())
        ),
        format!("Read it where it connects, {or}: {other}."),
    );
    let language = subject.answer(FindingName::Language).unwrap_or_default();
    draft.code = ADVICE.reads.get(language).map(|code| code.replace("NAME", &names[0]));
    Some(draft)
}

/// The names under which it gets the addresses of its stores: those of its own that stand for one, else those that the store gives.
pub(super) fn of_stores(subject: &Subject<'_>, is_wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let mut names = Vec::new();
    for (store, _) in STORES.into_iter().filter(|(store, _)| is_wanted(store)) {
        if subject.record.get(store) != Some(&Value::Bool(true)) {
            continue;
        }
        let own = own(subject, &format!("${{{store}.{}}}", part(store)));
        // a fault of the catalog is reported where answers are checked
        names.extend(if own.is_empty() { given(subject, store).unwrap_or_default() } else { own });
    }
    names
}

/// Its own variables whose values refer to something.
fn own(subject: &Subject<'_>, reference: &str) -> Vec<String> {
    let variables = subject.value(FindingName::Variables).and_then(Value::as_object).into_iter().flatten();
    let refers = |value: &Value| {
        let text = value.as_str().or_else(|| value.get("value")?.as_str()).unwrap_or_default();
        text.contains(reference)
    };
    variables.filter(|(_, value)| refers(value)).map(|(name, _)| name.clone()).collect()
}

/// What the whole address of a store is called in references.
fn part(store: &str) -> &'static str {
    if store == "database" { "uri" } else { "url" }
}

fn given(subject: &Subject<'_>, store: &str) -> Result<Vec<String>> {
    let Some(field) = subject.field(FindingName::Variables) else { return Ok(Vec::new()) };
    let env = engine::environment(subject.catalog)?;
    let scope = Scope::new(&env, subject.answers);
    let provided = provided::known(subject.catalog, &scope);
    let scope = scope.with(&provided);
    let Some(record) = subject.record.as_object() else { return Ok(Vec::new()) };
    Check::new(scope, subject.question).within(record, field).names_of(store)
}

/// Where a variable was found.
fn place_of(subject: &Subject<'_>, name: &str) -> Location {
    let of_service = subject.service().into_iter().flat_map(|service| &service.variables);
    let found = of_service.chain(&subject.detected.variables).find(|found| found.value.name == name);
    let folder = subject.folder().filter(|folder| !folder.is_empty()).unwrap_or(path::WHOLE);
    found.map_or_else(|| Location::new(folder, None), |found| found.found_in.clone())
}

fn listed(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [before @ .., last] if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => names.concat(),
    }
}
