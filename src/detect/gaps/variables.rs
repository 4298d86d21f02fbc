//! Variables that the code reads and no answer gives, and those of stores that it gets and does not read.

use serde_json::Value;

use super::super::answers::{STORES, Unknown};
use super::super::finding::Location;
use super::super::variables::{RULES, Says, Sort, Variable, read_in, sort};
use super::advice::ADVICE;
use super::code::Code;
use super::{Draft, GapKind, Subject};
use crate::catalog::question::FindingName;
use crate::text::listed;

pub(super) fn gaps(subject: &Subject<'_>, code: &Code<'_>) -> Vec<Draft> {
    let (parts, others) = unknown(subject, code);
    let mut found: Vec<Draft> = unanswered(subject, code, &parts, &others).into_iter().collect();
    found.extend(uncertain(subject, &others));
    for (store, systems) in STORES {
        let own: Vec<&Unknown> =
            parts.iter().filter(|one| one.part_of.unwrap_or("database") == store).copied().collect();
        let draft = unread(subject, code, store, systems);
        found.extend(if own.is_empty() { draft } else { draft.map(|draft| in_parts(subject, draft, store, &own)) });
    }
    found
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

/// A variable that no answer gives.
struct Missing {
    name: String,
    /// None of a secret.
    value: Option<String>,
    place: Location,
}

/// What would be answered today and is not, or stands in a source in which detection does not look: a variable that came later, or was
/// left out.
fn unanswered(subject: &Subject<'_>, code: &Code<'_>, parts: &[&Unknown], others: &[&Unknown]) -> Option<Draft> {
    let secrets = subject.field(FindingName::Secrets)?.name.as_str();
    let variables = subject.field(FindingName::Variables)?.name.as_str();
    let answered = answered(subject);
    let mut missing = proposed(subject, secrets, variables);
    // files for a browser have no environment
    if subject.record.get(secrets).is_some() {
        missing.extend(read(subject, code));
    }
    missing.retain(|one| !answered.contains(&one.name));
    missing.retain(|one| !parts.iter().chain(others).any(|other| other.variable.value.name == one.name));
    // secrets first, in one list
    missing.sort_by_key(|one| one.value.is_some());
    let first = missing.first()?;
    let names = |wanted: &dyn Fn(&Missing) -> bool| -> Vec<String> {
        missing.iter().filter(|one| wanted(one)).map(|one| one.name.clone()).collect()
    };
    let new = names(&|one| one.value.is_none());
    let mut sets: Vec<String> = Vec::new();
    if !new.is_empty() {
        let known = subject.record[secrets].as_array().into_iter().flatten().filter_map(Value::as_str);
        let all: Vec<&str> = known.chain(new.iter().map(String::as_str)).collect();
        sets.push(subject.set_field(secrets, &format!("[{}]", all.join(", "))));
    }
    let values = missing.iter().filter_map(|one| Some((&one.name, one.value.as_ref()?)));
    sets.extend(values.map(|(name, value)| {
        let of = value.strip_prefix("${").and_then(|reference| reference.split_once('.')).map(|(of, _)| of);
        let unused = of.filter(|of| subject.record.get(of) == Some(&Value::Bool(false)));
        let uses = unused.map(|store| (store.to_owned(), true.to_string()));
        subject.set_fields(uses.into_iter().chain([(format!("{variables}.{name}"), value.clone())]))
    }));
    Some(
        Draft::new(
            GapKind::Variable,
            first.place.clone(),
            format!("reads {}, which no answer gives", quoted(&names(&|_| true))),
            "Answer it with what it is in production.",
        )
        .with(sets),
    )
}

/// The secrets and variables that detection answers for the service.
fn proposed(subject: &Subject<'_>, secrets: &str, variables: &str) -> Vec<Missing> {
    let answers = subject.detected.answers.get(&subject.question.name).and_then(|found| found.value.as_array());
    let path = subject.field(FindingName::ServicePath).map_or("", |field| field.name.as_str());
    let record = answers.into_iter().flatten().find(|record| record[path] == subject.record[path]);
    let Some(record) = record else { return Vec::new() };
    let missing = |name: &str, value| Missing { name: name.to_owned(), value, place: place_of(subject, name) };
    let secrets = record[secrets].as_array().into_iter().flatten().filter_map(Value::as_str);
    let values = record[variables].as_object().into_iter().flatten();
    let values = values.filter_map(|(name, value)| Some(missing(name, Some(value.as_str()?.to_owned()))));
    secrets.map(|name| missing(name, None)).chain(values).collect()
}

/// What the sources of the program demand, and the secrets that they read, as far as detection knows nothing of them.
fn read(subject: &Subject<'_>, code: &Code<'_>) -> Vec<Missing> {
    let seen = || {
        code.programs().flat_map(|source| read_in(&source.path, &source.text).into_iter().map(move |one| (source, one)))
    };
    let optional: Vec<String> = seen().filter(|(_, one)| one.says == Says::Optional).map(|(_, one)| one.name).collect();
    let is_known = |name: &String| {
        subject.service().is_some_and(|service| service.variables.iter().any(|one| one.value.name == *name))
            || optional.contains(name)
            || RULES.answers.given.contains(name)
            || name.split('_').any(|word| RULES.answers.of_tests.iter().any(|one| one == word))
            || is_given(subject, name)
    };
    let mut found: Vec<Missing> = Vec::new();
    for (source, one) in seen() {
        let (sort, _) = sort(&one.name, "");
        // what happens without it is told only of what is demanded; a secret is no flag
        let is_needed = one.says == Says::Demanded || one.says == Says::Read && sort == Sort::Secret;
        if is_needed && !is_known(&one.name) && !found.iter().any(|other| other.name == one.name) {
            let value = (!sort.is_secret()).then(|| "VALUE".to_owned());
            found.push(Missing { value, place: Location::new(&source.path, Some(one.line)), name: one.name });
        }
    }
    found
}

/// What only people know: parts of the addresses of stores, and others. What nothing in the code names is left out: a compose file
/// or a tool uses it.
fn unknown<'s>(subject: &Subject<'s>, code: &Code<'_>) -> (Vec<&'s Unknown>, Vec<&'s Unknown>) {
    let answered = answered(subject);
    let is_open = |one: &&Unknown| {
        let variable = &one.variable.value;
        // one with a list in JSON does not read what everyone gets
        let is_json = variable.value.as_deref().is_some_and(|value| value.starts_with('['));
        Some(one.folder.as_str()) == subject.folder()
            && !answered.contains(&variable.name)
            && code.names(&variable.name)
            && (is_json || !is_given(subject, &variable.name))
    };
    let uses_it = !of_stores(subject, |store| store == "database").is_empty();
    let found = subject.detected.unknown.iter().filter(is_open);
    found.partition(|one| one.part_of.is_some() || uses_it && is_of_database(&one.variable.value))
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
    let names = names(others);
    let set = subject.set_field(&format!("{}.{}", field.name, names.first()?), "VALUE");
    let (what, each) = if names.len() == 1 { ("it is", "it") } else { ("they are", "each") };
    Some(
        Draft::new(
            GapKind::Variable,
            others.first()?.variable.found_in.clone(),
            format!("reads {}, and what {what} in production is not known", quoted(&names)),
            format!("Answer {each}, with what it is in place of VALUE."),
        )
        .with([set]),
    )
}

/// The address of a store is read in parts, and given as a whole.
fn in_parts(subject: &Subject<'_>, unread: Draft, store: &str, parts: &[&Unknown]) -> Draft {
    let names = names(parts);
    let given = of_stores(subject, |one| one == store);
    let whole = given.first().map_or("", String::as_str);
    let is_made = parts.iter().any(|one| one.part_of.is_some());
    let field = subject.field(FindingName::Variables).map_or("", |field| field.name.as_str());
    let (or, command) = match names.first() {
        Some(first) if !is_made => {
            let set = subject.set_field(&format!("{field}.{first}"), "VALUE");
            (", or answer each part, with what it is in place of VALUE, and the password among the secrets", Some(set))
        }
        Some(_) | None => ("", None),
    };
    let mut draft = Draft::new(
        GapKind::Variable,
        parts.first().map_or(unread.found_in, |one| one.variable.found_in.clone()),
        format!("reads its {store} from {}, and gets the whole address in `{whole}`", quoted(&names)),
        format!("Let it read the whole address{or}."),
    )
    .with(command);
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
            || name == "DATABASE_URL" && ADVICE.reads_database_url.iter().any(|way| code.has(way))
    };
    // also one that has a part of the address
    let other = own(subject, &format!("${{{store}."));
    let is_read = |name: &String| by_framework(name) || code.has_name(name);
    if names.is_empty() || names.iter().chain(&other).any(is_read) || store == "database" && has_parts(subject) {
        return None;
    }
    let service = subject.service();
    let is_of_store = |system: Option<&str>| system.is_some_and(|system| systems.contains(&system));
    let client = service?.clients.iter().find(|client| is_of_store(client.value.system));
    let place = client.map(|client| client.found_in.clone()).or_else(|| service?.manifest.clone());
    let place = place.unwrap_or_else(|| subject.place());
    let variables = subject.field(FindingName::Variables)?.name.as_str();
    let frameworks = service.into_iter().flat_map(|service| &service.frameworks);
    let name = frameworks.filter_map(|one| ADVICE.names.get(one.value)).next().map_or("NAME", String::as_str);
    let name = if client.is_some_and(|client| client.value.system == Some("mongodb")) { "NAME" } else { name };
    let other = match client {
        Some(_) => subject.set_field(&format!("{variables}.{name}"), &format!("${{{store}.{}}}", part(store))),
        None => subject.set_field(store, "false"),
    };
    let or = match client {
        Some(_) if name.ends_with("NAME") => "or name the variable that it reads, in place of NAME",
        Some(_) => "or have its framework read it",
        None => "or say that it uses none",
    };
    let mut draft = Draft::new(
        GapKind::Variable,
        place,
        format!("never reads {}, the address of its {store}", quoted(&names)),
        format!("Read it where it connects, {or}."),
    )
    .with([other]);
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

/// What stands for the address of the database where a service does not read it as a whole.
const FORMS: [&str; 3] = ["host", "jdbc", "npgsql"];

/// The names under which it gets the addresses of its stores: those of its own that stand for one, else those that the store gives.
pub(super) fn of_stores(subject: &Subject<'_>, is_wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let mut names = Vec::new();
    for (store, _) in STORES.into_iter().filter(|(store, _)| is_wanted(store)) {
        if subject.record.get(store) != Some(&Value::Bool(true)) {
            continue;
        }
        let mut own = own(subject, &format!("${{{store}.{}}}", part(store)));
        if own.is_empty() && store == "database" {
            own = FORMS.iter().flat_map(|form| self::own(subject, &format!("${{database.{form}}}"))).collect();
        }
        let given = subject.given.iter().filter(|(slot, _)| slot == store).flat_map(|(_, names)| names.clone());
        names.extend(if own.is_empty() { given.collect() } else { own });
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

/// Whether it gets a variable without being asked for it.
fn is_given(subject: &Subject<'_>, name: &str) -> bool {
    subject.given.iter().any(|(_, names)| names.iter().any(|one| one == name))
}

/// Where a variable was found.
fn place_of(subject: &Subject<'_>, name: &str) -> Location {
    let of_service = subject.service().into_iter().flat_map(|service| &service.variables);
    let found = of_service.chain(&subject.detected.variables).find(|found| found.value.name == name);
    found.map_or_else(|| subject.place(), |found| found.found_in.clone())
}

fn names(list: &[&Unknown]) -> Vec<String> {
    list.iter().map(|one| one.variable.value.name.clone()).collect()
}

fn quoted(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    listed(&names, "and")
}
