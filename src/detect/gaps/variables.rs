//! Variables that the code reads and no answer gives, and those of stores that it gets and does not read.

use anyhow::Result;
use serde_json::Value;

use super::super::answers::Unknown;
use super::super::finding::Location;
use super::super::variables::{RULES, Says, Seen, Sort, Variable, read_in, sort};
use super::advice::ADVICE;
use super::{Code, Draft, GapKind, Subject, plain};
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
    let (parts, others) = unknown(subject, code)?;
    let mut found: Vec<Draft> = unanswered(subject, code, &parts, &others)?.into_iter().collect();
    found.extend(uncertain(subject, &others));
    for (store, systems) in STORES {
        let draft = unread(subject, code, store, systems);
        found.extend(match (draft, store) {
            (Some(draft), "database") if !parts.is_empty() => Some(in_parts(subject, draft, &parts)),
            (draft, _) => draft,
        });
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

/// What would be answered today and is not, or stands in a source in which detection does not look: a variable that came later, or was
/// left out.
fn unanswered(
    subject: &Subject<'_>,
    code: &Code<'_>,
    parts: &[&Unknown],
    others: &[&Unknown],
) -> Result<Option<Draft>> {
    let field = |finding: FindingName| Some(subject.field(finding)?.name.as_str());
    let (Some(path), Some(secrets), Some(variables)) =
        (field(FindingName::ServicePath), field(FindingName::Secrets), field(FindingName::Variables))
    else {
        return Ok(None);
    };
    let answered = answered(subject);
    let proposed = subject.detected.answers.get(&subject.question.name);
    let proposed = proposed.and_then(|found| found.value.as_array()).into_iter().flatten();
    let proposed = proposed.into_iter().find(|record| record[path] == subject.record[path]).unwrap_or(&Value::Null);
    let is_new = |name: &str| !answered.iter().any(|known| known == name);
    let mut new: Vec<(String, Option<Location>)> = proposed[secrets]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|name| Some((name.as_str().filter(|name| is_new(name))?.to_owned(), None)))
        .collect();
    let mut values: Vec<(String, String, Option<Location>)> = proposed[variables]
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.clone(), value.as_str().filter(|_| is_new(name))?.to_owned(), None)))
        .collect();
    // files for a browser have no environment
    let is_program = subject.record.get(secrets).is_some();
    let mut read: Vec<(Seen, Location)> = Vec::new();
    code.each_text(|file, text| {
        read.extend(read_in(file, text).into_iter().map(|one| (one.clone(), Location::new(file, Some(one.line)))));
    });
    let is_optional = |name: &str| read.iter().any(|(one, _)| one.name == name && one.says == Says::Optional);
    let known = |name: &str| {
        subject.service().is_some_and(|service| service.variables.iter().any(|one| one.value.name == name))
    };
    for (one, place) in read.iter().filter(|_| is_program) {
        let name = one.name.as_str();
        let is_told = known(name)
            || !is_new(name)
            || new.iter().any(|(other, _)| other == name)
            || values.iter().any(|(other, ..)| other == name)
            || parts.iter().chain(others).any(|other| other.variable.value.name == name);
        let (sort, _) = sort(name, "");
        // what happens without it is told only of what is demanded; a secret is no flag
        let is_needed = one.says == Says::Demanded || one.says == Says::Read && sort == Sort::Secret;
        if is_told
            || !is_needed
            || is_optional(name)
            || RULES.answers.given.iter().any(|given| given == name)
            || name.split('_').any(|word| RULES.answers.of_tests.iter().any(|one| one == word))
            || is_given(subject, name)?
        {
            continue;
        }
        if sort.is_secret() {
            new.push((name.to_owned(), Some(place.clone())));
        } else {
            values.push((name.to_owned(), "VALUE".to_owned(), Some(place.clone())));
        }
    }
    let mut sets: Vec<String> = Vec::new();
    if !new.is_empty() {
        let known = subject.record[secrets].as_array().into_iter().flatten().filter_map(Value::as_str);
        let all: Vec<&str> = known.chain(new.iter().map(|(name, _)| name.as_str())).collect();
        sets.push(subject.set_field(secrets, &format!("[{}]", all.join(", "))));
    }
    sets.extend(values.iter().map(|(name, value, _)| subject.set_field(&format!("{variables}.{name}"), value)));
    let names: Vec<&str> =
        new.iter().map(|(name, _)| name.as_str()).chain(values.iter().map(|(name, ..)| name.as_str())).collect();
    let Some(first) = names.first() else { return Ok(None) };
    let place = new.iter().map(|(_, place)| place).chain(values.iter().map(|(.., place)| place)).next();
    let place = place.cloned().flatten().unwrap_or_else(|| place_of(subject, first));
    Ok(Some(Draft::new(
        GapKind::Variable,
        place,
        format!("reads {}, which no answer gives", listed(&names)),
        format!("Answer with {}.", sets.join(" and ")),
    )))
}

/// What only people know: parts of the address of the database, and others. What nothing in the code names is left out: a compose file
/// or a tool uses it.
fn unknown<'s>(subject: &Subject<'s>, code: &Code<'_>) -> Result<(Vec<&'s Unknown>, Vec<&'s Unknown>)> {
    let Some(folder) = subject.folder() else { return Ok((Vec::new(), Vec::new())) };
    let answered = answered(subject);
    let mut found = Vec::new();
    for one in &subject.detected.unknown {
        let variable = &one.variable.value;
        // one with a list in JSON does not read what everyone gets
        let is_json = variable.value.as_deref().is_some_and(|value| value.starts_with('['));
        let is_open = one.folder == folder && !answered.contains(&variable.name) && code.names(&variable.name);
        if is_open && (is_json || !is_given(subject, &variable.name)?) {
            found.push(one);
        }
    }
    let uses_it = !of_stores(subject, |store| store == "database").is_empty();
    Ok(found.into_iter().partition(|one| one.is_part || uses_it && is_of_database(&one.variable.value)))
}

/// Whether it is a part of the address of a database, of one that is known or none in particular.
fn is_of_database(variable: &Variable) -> bool {
    let is_part = matches!(variable.sort, Sort::Host | Sort::Port | Sort::User | Sort::Name | Sort::Password);
    let is_general = || variable.name.split('_').any(|word| matches!(word, "DATABASE" | "DATASOURCE" | "DB"));
    is_part && variable.system.map_or_else(is_general, |system| STORES[0].1.contains(&system))
}

/// The variables whose values only people know.
fn uncertain(subject: &Subject<'_>, others: &[&Unknown]) -> Option<Draft> {
    let field = subject.field(FindingName::Variables)?;
    let names: Vec<&str> = others.iter().map(|one| one.variable.value.name.as_str()).collect();
    let set = subject.set_field(&format!("{}.{}", field.name, names.first()?), "VALUE");
    let (what, more) = if names.len() == 1 { ("it is", "") } else { ("they are", ", and so on") };
    Some(Draft::new(
        GapKind::Variable,
        others.first()?.variable.found_in.clone(),
        format!("reads {}, and what {what} in production is not known", listed(&names)),
        format!("Answer with {set}{more}, with what it is for VALUE."),
    ))
}

/// The address of the database is read in parts, and given as a whole.
fn in_parts(subject: &Subject<'_>, unread: Draft, parts: &[&Unknown]) -> Draft {
    let names: Vec<&str> = parts.iter().map(|one| one.variable.value.name.as_str()).collect();
    let given = of_stores(subject, |store| store == "database");
    let whole = given.first().map_or("", String::as_str);
    let is_made = parts.iter().any(|one| one.is_part);
    let field = subject.field(FindingName::Variables).map_or("", |field| field.name.as_str());
    let or = match names.first() {
        Some(first) if !is_made => {
            let set = subject.set_field(&format!("{field}.{first}"), "VALUE");
            format!(", or answer each part, the password among the secrets: {set}, with what it is for VALUE")
        }
        Some(_) | None => String::new(),
    };
    let mut draft = Draft::new(
        GapKind::Variable,
        parts.first().map_or(unread.found_in, |one| one.variable.found_in.clone()),
        format!("reads its database from {}, and gets the whole address in `{whole}`", listed(&names)),
        format!("Let it read the whole address{or}."),
    );
    draft.code = unread.code;
    draft
}

/// The address of a store that nothing in the code reads.
fn unread(subject: &Subject<'_>, code: &Code<'_>, store: &str, systems: &[&str]) -> Option<Draft> {
    if subject.answer(FindingName::Image) == Some("existing") {
        return None;
    }
    let names = of_stores(subject, |one| one == store);
    let by_framework = |name: &str| {
        name.contains("__")
            || ADVICE.read_by_frameworks.iter().any(|start| name.starts_with(start.as_str()))
            || name == "DATABASE_URL" && code.has(|text| ADVICE.reads_database_url.iter().any(|way| text.contains(way)))
    };
    // also one that has a part of the address
    let other = own(subject, &format!("${{{store}."));
    let is_read = |name: &String| by_framework(name) || code.has(|text| plain(text).contains(&plain(name)));
    if names.is_empty() || names.iter().chain(&other).any(is_read) || store == "database" && has_parts(subject) {
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

/// Whether answers give it parts of the address of its database.
fn has_parts(subject: &Subject<'_>) -> bool {
    let answered = answered(subject);
    let variables = subject.service().into_iter().flat_map(|service| &service.variables);
    variables
        .map(|one| &one.value)
        .any(|one| answered.contains(&one.name) && is_of_database(one) && one.sort == Sort::Host)
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
    with_rules(subject, FindingName::Variables, |rules| rules.names_of(store)).map(Option::unwrap_or_default)
}

/// Whether it gets a variable without being asked for it.
fn is_given(subject: &Subject<'_>, name: &str) -> Result<bool> {
    let given = with_rules(subject, FindingName::Secrets, |rules| rules.set_already(name))?;
    Ok(given.flatten().is_some())
}

/// The rules of a field, with the answers of the service.
fn with_rules<T>(
    subject: &Subject<'_>,
    finding: FindingName,
    ask: impl FnOnce(&Check<'_>) -> Result<T>,
) -> Result<Option<T>> {
    let (Some(field), Some(record)) = (subject.field(finding), subject.record.as_object()) else { return Ok(None) };
    let env = engine::environment(subject.catalog)?;
    let scope = Scope::new(&env, subject.answers);
    let provided = provided::known(subject.catalog, &scope);
    ask(&Check::new(scope.with(&provided), subject.question).within(record, field)).map(Some)
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
