//! Findings as answers of the catalog: those that a question of that name accepts, with the evidence of each.

use std::collections::BTreeMap;

use anyhow::Result;
use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::Detected;
use super::finding::{Finding, Location, Note};
use super::processes::ProcessKind;
use super::service::{Client, Command, Language, Route, Service, ServiceKind, Variable};
use super::walk::Files;
use crate::answers::check::Check;
use crate::answers::{Found, NAME};
use crate::catalog::Catalog;
use crate::catalog::question::{DetectedBy, FindingName, KindName, Question, Values};
use crate::template::engine;
use crate::template::expression::Scope;
use crate::text::path;

/// Databases that services can be seen to use, with the word that names of their variables have.
const DATABASES: [(&str, &str); 6] = [
    ("cockroachdb", "COCKROACH"),
    ("mongodb", "MONGO"),
    ("mysql", "MYSQL"),
    ("postgresql", "POSTGRES"),
    ("sqlite", "SQLITE"),
    ("sqlserver", "MSSQL"),
];

/// The answers that follow, in the order of the questions, and why services have none. What a question refuses becomes a note. Of the answers that are
/// chosen already, choices and those that are not asked on the way count, else their defaults.
///
/// # Errors
/// When an expression of the catalog fails.
pub fn answers(
    catalog: &Catalog,
    found: &Detected,
    files: &Files,
    chosen: &Values,
) -> Result<(IndexMap<String, Found>, Vec<Note>)> {
    let env = engine::environment(catalog)?;
    let settled = |question: &&Question| !question.asked || question.kind == KindName::Choice;
    let questions = catalog.project.questions.iter().filter(settled);
    let known = questions
        .filter_map(|question| {
            Some((question.name.clone(), chosen.get(&question.name).or(question.default.as_ref())?.clone()))
        })
        .collect();
    let scope = &Scope::new(&env, &known);
    let (mut answers, mut refused) = (IndexMap::new(), Vec::new());
    for (_, question) in catalog.questions() {
        let Some(by) = &question.detected_by else { continue };
        let answer = match by.finding {
            FindingName::ProjectName => scalar(scope, question, remote_name(found).or_else(|| root_name(found))),
            FindingName::Repository => scalar(scope, question, repository(found, &by.of)),
            FindingName::CodeOwners => scalar(scope, question, code_owners(files)),
            FindingName::Services if question.kind == KindName::Records => {
                let (records, notes) = services(scope, question, found, files)?;
                refused.extend(notes);
                records
            }
            _ => None,
        };
        answers.extend(answer.map(|answer| (question.name.clone(), answer)));
    }
    unsupported(catalog, found, files);
    Ok((answers, refused))
}

/// The name of a folder as a name of the project, as far as that is possible.
///
/// # Errors
/// When the catalog has expressions that do not compile.
pub fn folder_name(catalog: &Catalog, folder: &std::path::Path) -> Result<Option<Value>> {
    let Some(question) = catalog.question(NAME) else { return Ok(None) };
    let env = engine::environment(catalog)?;
    let Some(name) = folder.file_name().and_then(|name| name.to_str()) else { return Ok(None) };
    let mut name = hyphenated(name);
    name.truncate(question.max_length.unwrap_or(name.len()));
    let name = json!(name.trim_end_matches('-'));
    Ok(Check::new(Scope::new(&env, &Values::new()), question).value(&name).ok())
}

fn scalar(scope: &Scope<'_>, question: &Question, found: Option<Finding<String>>) -> Option<Found> {
    let found = found?;
    let value = Check::new(scope.clone(), question).value(&json!(found.value)).ok()?;
    Some(Found { value, found_in: IndexMap::from_iter([(question.name.clone(), found.found_in)]) })
}

/// A name as DNS labels are written: small letters, digits and single hyphens.
fn named(name: &str, place: &Location) -> Finding<String> {
    Finding::new(hyphenated(name), place.clone())
}

fn hyphenated(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    let parts: Vec<&str> = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty()).collect();
    parts.join("-")
}

fn remote_name(found: &Detected) -> Option<Finding<String>> {
    found.remote.as_ref().map(|remote| named(&remote.value.name, &remote.found_in))
}

fn root_name(found: &Detected) -> Option<Finding<String>> {
    let root = found.services.iter().find(|service| service.path.is_empty())?;
    root.name.as_ref().map(|name| named(&name.value, &name.found_in))
}

fn repository(found: &Detected, platforms: &[String]) -> Option<Finding<String>> {
    let remote = found.remote.as_ref()?;
    let platform = remote.value.platform?;
    if !platforms.iter().any(|one| one == platform) {
        return None;
    }
    let slug = format!("{}/{}", remote.value.owner, remote.value.name);
    Some(Finding::new(slug, remote.found_in.clone()))
}

/// The first owner of everything: the last rule for `*` wins.
fn code_owners(files: &Files) -> Option<Finding<String>> {
    let file = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"].into_iter().find(|file| files.has(file))?;
    let text = files.text(file)?;
    let rules = text.lines().enumerate().filter_map(|(i, line)| {
        let mut words = line.split_whitespace();
        (words.next() == Some("*")).then(|| words.next()).flatten().map(|owner| (i, owner))
    });
    rules.last().map(|(i, owner)| Finding::new(owner.to_owned(), Location::new(file, Some(i + 1))))
}

/// The records of the services, and a note for each that has none.
fn services(
    scope: &Scope<'_>,
    question: &Question,
    found: &Detected,
    files: &Files,
) -> Result<(Option<Found>, Vec<Note>)> {
    let services = &found.services;
    let (mut records, mut found_in, mut refused) = (Vec::<Value>::new(), IndexMap::new(), Vec::new());
    let most = usize::try_from(question.max.unwrap_or(100)).unwrap_or(usize::MAX);
    let home = home(services);
    let mut processes = Vec::new();
    for service in services {
        if records.len() == most {
            files.note("", format!("has {} services, of which the answers take {most}", services.len()));
            break;
        }
        let is_home = home.is_some_and(|home| home.path == service.path);
        match record(scope, question, service, &records, is_home, found, files)? {
            Ok((record, places)) => {
                missing_for_install(service, files);
                in_the_way(service, files);
                let taken = |field: &String| records.iter().any(|other| other[field] == record[field.as_str()]);
                if let Some(field) = question.unique.iter().find(|field| taken(field)) {
                    refused.push(refusal(service, &format!("another one has the same `{field}`")));
                    continue;
                }
                let i = records.len();
                let places = places.into_iter();
                found_in.extend(places.map(|(field, place)| (format!("{}.{i}.{field}", question.name), place)));
                if let Some(name) = question.unique.first().and_then(|field| record.get(field)?.as_str()) {
                    processes.extend(service.processes.iter().map(|process| service.process(name, process)));
                }
                records.push(Value::Object(record));
            }
            Err(why) => refused.push(refusal(service, &why)),
        }
    }
    // what shares an image comes after the services that have one
    for process in &processes {
        if records.len() == most {
            files.note("", format!("has more processes than the {most} services that the answers take"));
            break;
        }
        match record(scope, question, process, &records, false, found, files)? {
            Ok((record, places)) => {
                let i = records.len();
                let places = places.into_iter();
                found_in.extend(places.map(|(field, place)| (format!("{}.{i}.{field}", question.name), place)));
                records.push(Value::Object(record));
            }
            Err(why) => refused.push(refusal(process, &why)),
        }
    }
    for note in &refused {
        files.note(&note.file, note.message.clone());
    }
    Ok(((!records.is_empty()).then(|| Found { value: Value::Array(records), found_in }), refused))
}

/// The service that takes every request that no other one takes: the only one beside workers, else the website, of several the one that is
/// called like one.
fn home(services: &[Service]) -> Option<&Service> {
    const NAMES: [&str; 10] =
        ["frontend", "web", "client", "ui", "site", "website", "www", "app", "storefront", "gateway"];
    let is = |service: &&Service, kind| service.kind.as_ref().is_some_and(|found| found.value == kind);
    let mut reachable = services.iter().filter(|service| !is(service, ServiceKind::Worker));
    let only = reachable.next().filter(|_| reachable.next().is_none());
    if services.len() == 1 || only.is_some() {
        return only.or(services.first());
    }
    let by_name = |kind| {
        let called = |name: &&'static str| {
            let mut known = services.iter().filter(|service| is(service, kind));
            known.find(|service| service.name.as_ref().is_some_and(|found| hyphenated(&found.value) == *name))
        };
        NAMES.iter().find_map(called)
    };
    let web = || services.iter().find(|service| is(service, ServiceKind::Web));
    by_name(ServiceKind::Web).or_else(web).or_else(|| by_name(ServiceKind::Api))
}

/// Notes each system for which nothing is generated, with the services that use it.
fn unsupported(catalog: &Catalog, found: &Detected, files: &Files) {
    let of_fields = catalog.questions().flat_map(|(_, question)| &question.fields);
    let of_fields: Vec<&String> =
        of_fields.filter_map(|field| field.detected_by.as_ref()).flat_map(|by| &by.of).collect();
    let is_made = |system: &str| {
        of_fields.iter().any(|one| *one == system)
            || catalog.questions().any(|(_, question)| {
                question
                    .choices
                    .iter()
                    .any(|choice| choice.value == system || system == "redis" && choice.value == "valkey")
            })
    };
    let mut users: BTreeMap<&str, (Location, Vec<String>)> = BTreeMap::new();
    for service in &found.services {
        let name = service.name.as_ref().map_or_else(|| "the service".to_owned(), |name| format!("`{}`", name.value));
        for client in &service.clients {
            let Some(system) = client.value.system.filter(|system| !is_made(system)) else { continue };
            let (_, names) = users.entry(system).or_insert_with(|| (client.found_in.clone(), Vec::new()));
            if !names.contains(&name) {
                names.push(name.clone());
            }
        }
    }
    for backing in &found.backing {
        let system = backing.value.system;
        if !is_made(system) {
            users.entry(system).or_insert_with(|| (backing.found_in.clone(), Vec::new()));
        }
    }
    for (system, (place, names)) in users {
        let message = match names.as_slice() {
            [] => format!("runs {system}, which is not supported: nothing is generated for it"),
            names => {
                format!(
                    "uses {system}, which is not supported: nothing is generated for it (used by {})",
                    names.join(", ")
                )
            }
        };
        files.note(&place.file, message);
    }
}

/// The client of a database other than these.
fn other_database<'s>(service: &'s Service, ours: &[String]) -> Option<&'s Finding<Client>> {
    let is_other = |system: &str| {
        DATABASES.iter().any(|(database, _)| *database == system) && !ours.iter().any(|one| one == system)
    };
    service.clients.iter().find(|client| client.value.system.is_some_and(is_other))
}

/// Notes what generated Dockerfiles and pipelines install from and is not there: the lock file, or the version of the package
/// manager.
fn missing_for_install(service: &Service, files: &Files) {
    let Some(language) = &service.language else { return };
    let manifest = &language.found_in.file;
    let list = match language.value {
        Language::Node => "package-lock.json",
        Language::Python => "requirements.txt",
        _ => return,
    };
    let wanted = path::join(&service.path, list);
    let Some(found) = &service.package_manager else {
        if !files.has(&wanted) {
            files.note(manifest, format!("has no `{wanted}`, from which generated Dockerfiles install"));
        }
        return;
    };
    if language.value == Language::Node && found.value != "npm" && !service.manager_version {
        files.note(
            manifest,
            format!(
                "has no exact version of {} in `packageManager`, which generated Dockerfiles and pipelines install",
                name_of(found.value)
            ),
        );
    }
    let file = &found.found_in.file;
    if !service.workspace && path::parent(file) != service.path {
        files.note(
            file,
            "is shared by several folders and belongs to no workspace; generated Dockerfiles build such a service from a lock file of its own",
        );
    }
}

/// Notes what stays where a generated file of the image build would be, and does not fit the others.
fn in_the_way(service: &Service, files: &Files) {
    if service.image.is_some() {
        return;
    }
    let dockerfile = path::join(&service.path, "Dockerfile");
    if files.has(&dockerfile) {
        files.note(
            &dockerfile,
            "starts no program for production and lies where one is generated: images are built from it until that one takes its place",
        );
    }
    let context = if service.workspace { "" } else { &service.path };
    let ignored = path::join(context, ".dockerignore");
    if files.text_if_any(&ignored).is_some_and(|text| text.lines().any(|line| matches!(line.trim(), "*" | "**"))) {
        files.note(
            &ignored,
            "hides the code from image builds: a generated Dockerfile needs the generated `.dockerignore` in its place",
        );
    }
}

/// What people call a package manager.
fn name_of(manager: &str) -> &str {
    match manager {
        "yarn" | "yarn_classic" => "Yarn",
        "bun" => "Bun",
        other => other,
    }
}

/// Why a service has no place among the answers, as a clause about its file.
fn refusal(service: &Service, why: &str) -> Note {
    let place = service.manifest.as_ref().or(service.containers.first());
    let file = place.map_or(service.path.as_str(), |place| place.file.as_str());
    Note { file: file.to_owned(), message: format!("describes a service that cannot be generated: {why}") }
}

/// A record and the evidence of its fields.
type DetectedRecord = (Map<String, Value>, Vec<(String, Location)>);

/// The record of a service, or why there is none: a name, language or path that is refused.
fn record(
    scope: &Scope<'_>,
    question: &Question,
    service: &Service,
    before: &[Value],
    is_home: bool,
    found: &Detected,
    files: &Files,
) -> Result<Result<DetectedRecord, String>> {
    if let Some(adapter) = service.adapter.as_ref().filter(|_| service.image.is_none()) {
        return Ok(Err(format!("{}, which no container runs; `{}` makes a server", adapter.value.0, adapter.value.1)));
    }
    let mut findings = fields(service);
    let place = findings.get(&FindingName::ServicePath).map(|path| path.found_in.clone());
    if let Some(place) = place.clone().filter(|_| is_home) {
        findings.insert(FindingName::Route, Finding::new(json!("/"), place));
    } else if let Some(prefix) = service.prefixes.first().filter(|prefix| {
        let is_taken = before.iter().any(|other| other.get("route") == Some(&json!(prefix.value)));
        let is_name = |other: &&Service| {
            other.path != service.path
                && other.name.as_ref().is_some_and(|name| format!("/{}", hyphenated(&name.value)) == prefix.value)
        };
        service.prefixes.len() == 1 && !is_taken && !found.services.iter().any(|other| is_name(&other))
    }) {
        findings.insert(FindingName::Route, Finding::new(json!(prefix.value), prefix.found_in.clone()));
    }
    if let (Some(path), None) = (service.routes.get(&Route::Readiness), service.routes.get(&Route::Liveness)) {
        let message = format!(
            "has `{}`, which may ask a database; a liveness check must not, so that the answer `probe` is `tcp`",
            path.value
        );
        files.note(&path.found_in.file, message);
    }
    let among: Vec<_> = before.iter().filter_map(Value::as_object).cloned().collect();
    let check = Check::new(scope.clone(), question).among(&among);
    let (mut record, mut places, mut so_far) = (Map::new(), Vec::new(), Map::new());
    for field in &question.fields {
        let check = check.within(&so_far, field);
        if !check.is_asked()? {
            continue;
        }
        let by = field.detected_by.as_ref();
        let finding = by.map(|by| by.finding);
        let mut found =
            by.and_then(|by| findings.get(&by.finding).cloned().or_else(|| of_databases(service, by, found)));
        // a second website has a path of its own
        if finding == Some(FindingName::Route)
            && let (None, Some(place), Some(name)) = (&found, place.clone(), so_far.get(NAME).and_then(Value::as_str))
            && so_far.get("kind") == Some(&json!(ServiceKind::Web))
        {
            found = Some(Finding::new(json!(format!("/{name}")), place));
        }
        if let Some(names) = found.as_mut().and_then(|found| found.value.as_array_mut()) {
            let mut left = Vec::new();
            for name in std::mem::take(names) {
                if check.set_already(&name)?.is_none() {
                    left.push(name);
                }
            }
            *names = left;
        }
        let checked = found.map(|found| match finding {
            Some(FindingName::ServiceName) => (name(&check, field, service, before), found),
            Some(FindingName::Language) => (language(&check, service, &found.value), found),
            _ => (check.value(&found.value), found),
        });
        let value = match checked {
            Some((Ok(value), found)) => {
                record.insert(field.name.clone(), value.clone());
                places.push((field.name.clone(), found.found_in.clone()));
                Some(value)
            }
            Some((Err(refusals), _))
                if matches!(
                    finding,
                    Some(
                        FindingName::ServiceName
                            | FindingName::Language
                            | FindingName::ServicePath
                            | FindingName::ImageOf
                            | FindingName::Command
                    )
                ) =>
            {
                return Ok(Err(refusals.join("; ")));
            }
            Some((Err(refusals), found)) => {
                files.note(&found.found_in.file, format!("gives no answer: {}", refusals.join("; ")));
                check.default_value()?
            }
            None if finding == Some(FindingName::ServiceName) => return Ok(Err("it has no name".into())),
            None if finding == Some(FindingName::Language) => return Ok(Err("its language is not known".into())),
            None => check.default_value()?,
        };
        so_far.extend(value.map(|value| (field.name.clone(), value)));
    }
    Ok(Ok((record, places)))
}

/// The word for the language. One that the catalog does not have is another language, if the image is its own.
fn language(check: &Check<'_>, service: &Service, word: &Value) -> Result<Value, Vec<String>> {
    let other = || service.image.as_ref().and_then(|_| check.value(&json!("other")).ok());
    // without a package.json there is nothing that the generated image could install and build
    let as_they_are = service.language.as_ref().is_some_and(|language| language.value == Language::Static);
    check.value(word).ok().filter(|_| !as_they_are).or_else(other).ok_or_else(|| {
        let why = match (service.language.as_ref(), &service.image) {
            (None, _) => "its language is not known".to_owned(),
            (Some(_), None) if as_they_are => {
                "its files are served as they are, and a Dockerfile is generated only for files that npm builds"
                    .to_owned()
            }
            (Some(language), None) => {
                format!("no Dockerfile is generated for {}, and it has none of its own", named_language(language.value))
            }
            (Some(language), Some(_)) => format!("no pipeline is generated for {}", named_language(language.value)),
        };
        vec![why]
    })
}

/// What people call the language.
fn named_language(language: Language) -> &'static str {
    match language {
        Language::Node => "Node.js",
        Language::Python => "Python",
        Language::Go => "Go",
        Language::Rust => "Rust",
        Language::Java => "Java",
        Language::Ruby => "Ruby",
        Language::Php => "PHP",
        Language::Dotnet => ".NET",
        Language::Elixir => "Elixir",
        Language::Gleam => "Gleam",
        Language::Cpp => "C++",
        Language::Deno => "Deno",
        Language::Shell => "scripts of a shell",
        Language::Static => "static files",
    }
}

/// The first name of a service that is free and accepted, else why its own is not.
fn name(check: &Check<'_>, field: &Question, service: &Service, before: &[Value]) -> Result<Value, Vec<String>> {
    let own = service.name.as_ref().map(|name| hyphenated(&name.value)).unwrap_or_default();
    let around = path::name(path::parent(&service.path));
    let mut names = vec![own.clone(), hyphenated(&format!("{around}-{own}"))];
    names.extend(service.kind.as_ref().and_then(|kind| Some(format!("{own}-{}", json!(kind.value).as_str()?))));
    names.extend((2..10).map(|i| format!("{own}-{i}")));
    let most = field.max_length.unwrap_or(usize::MAX);
    let names: Vec<Value> = names.iter().map(|name| json!(shortened(name, most))).collect();
    let is_taken = |name: &Value| before.iter().any(|record| record[field.name.as_str()] == *name);
    let free = names.iter().filter(|name| !is_taken(name)).find_map(|name| check.value(name).ok());
    free.map_or_else(|| check.value(&names[0]), Ok)
}

/// A name of at most so many characters, without its last words where that is enough.
fn shortened(name: &str, most: usize) -> &str {
    let Some(cut) = name.get(..most).filter(|_| name.len() > most) else { return name };
    let words = if name[most..].starts_with('-') { cut } else { cut.rsplit_once('-').map_or(cut, |(words, _)| words) };
    words.trim_end_matches('-')
}

/// What is known about a service, whatever its database is.
fn fields(service: &Service) -> Fields {
    let mut out = Fields::new();
    let manifest = service.manifest.as_ref().map(|place| Location::new(&place.file, None));
    let mut put = |finding: FindingName, value: Value, place: &Location| {
        out.insert(finding, Finding::new(value, place.clone()));
    };
    if let Some(name) = &service.name {
        put(FindingName::ServiceName, json!(named(&name.value, &name.found_in).value), &name.found_in);
        let path = if service.path.is_empty() { path::WHOLE } else { &service.path };
        put(FindingName::ServicePath, json!(path), manifest.as_ref().unwrap_or(&name.found_in));
    }
    if let Some(kind) = &service.kind {
        put(FindingName::ServiceKind, json!(kind.value), &kind.found_in);
    }
    // static files are served by the image that is generated for them
    let output = service.output.as_ref().filter(|_| service.image.is_none());
    match (&service.language, &service.image) {
        (Some(language), _) => {
            let manifest = service.manifest.as_ref().map_or("", |place| path::name(&place.file));
            let word = match language.value {
                Language::Node if output.is_some() => json!("static"),
                Language::Java if manifest == "pom.xml" => json!("java_maven"),
                Language::Java => json!("java_gradle"),
                other => json!(other),
            };
            put(FindingName::Language, word, &language.found_in);
            if let Some(found) = &service.version
                && let Some(version) = version(language.value, &found.value)
            {
                put(FindingName::LanguageVersion, json!(version), &found.found_in);
            }
        }
        (None, Some(image)) => put(FindingName::Language, json!("other"), &image.dockerfile.found_in),
        (None, None) => {}
    }
    if let Some(manager) = &service.package_manager {
        put(FindingName::PackageManager, json!(manager.value), &manager.found_in);
        if service.workspace {
            put(FindingName::Workspace, json!(true), &manager.found_in);
        }
    }
    if let Some(image) = &service.image {
        let dockerfile = &image.dockerfile;
        put(FindingName::Image, json!("own"), &dockerfile.found_in);
        put(FindingName::Dockerfile, json!(dockerfile.value), &dockerfile.found_in);
        put(FindingName::Context, json!(image.context.value), &image.context.found_in);
        if let Some(target) = &image.target {
            put(FindingName::Target, json!(target.value), &target.found_in);
        }
        if let Some(user) = &image.user {
            put(FindingName::User, json!(user.value), &user.found_in);
        }
        if let Some(first) = image.writable.first() {
            let folders: Vec<&str> = image.writable.iter().map(|folder| folder.value.as_str()).collect();
            put(FindingName::Writable, json!(folders), &first.found_in);
        }
    }
    if let Some(port) = service.port.as_ref().filter(|_| output.is_none()) {
        put(FindingName::Port, json!(port.value), &port.found_in);
    }
    if let Some(output) = output {
        put(FindingName::Output, json!(output.value), &output.found_in);
    }
    let probes = [(Route::Liveness, FindingName::LivenessPath), (Route::Readiness, FindingName::ReadinessPath)];
    for (route, finding) in probes {
        if let Some(path) = service.routes.get(&route) {
            put(finding, json!(path.value), &path.found_in);
        }
    }
    let code = manifest.as_ref().or(service.image.as_ref().map(|image| &image.dockerfile.found_in));
    if let Some(place) = code.filter(|_| output.is_none() && !service.routes.contains_key(&Route::Liveness)) {
        let is_worker = service.kind.as_ref().is_some_and(|kind| kind.value == ServiceKind::Worker);
        let probe = if is_worker && service.port.is_none() { "none" } else { "tcp" };
        put(FindingName::Probe, json!(probe), place);
    }
    commands(service, manifest.as_ref(), &mut put);
    if let Some((name, process)) = &service.shares {
        let place = &process.found_in;
        let kind = if process.value.kind == ProcessKind::Job { "job" } else { "worker" };
        put(FindingName::ServiceKind, json!(kind), place);
        put(FindingName::ImageOf, json!(name), place);
        put(FindingName::Command, json!(process.value.command), place);
        put(FindingName::Probe, json!("none"), place);
        if process.value.kind == ProcessKind::Scheduler {
            put(FindingName::MinReplicas, json!(1), place);
        }
    }
    out
}

/// The version that a service names, as images name it. What names the oldest that will do, as `go.mod` and `>=20`, says
/// nothing against the newest.
fn version(language: Language, text: &str) -> Option<String> {
    let parts = match language {
        Language::Node | Language::Java => 1,
        Language::Python | Language::Ruby | Language::Php | Language::Dotnet => 2,
        Language::Go
        | Language::Rust
        | Language::Elixir
        | Language::Gleam
        | Language::Cpp
        | Language::Deno
        | Language::Shell
        | Language::Static => return None,
    };
    // of Node.js `^24.1` and `24.x` are any 24
    let number = text.trim().trim_start_matches("ruby-").trim_start_matches(['=', 'v']);
    let number = if parts == 1 { number.trim_start_matches(['^', '~']) } else { number };
    let numbers: Vec<&str> = number.split('.').take(parts).collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (numbers.len() == parts && numbers.iter().all(is_number)).then(|| numbers.join("."))
}

/// What is known about a service with one of these databases in view.
fn of_databases(service: &Service, by: &DetectedBy, all: &Detected) -> Option<Finding<Value>> {
    let client = by.of.iter().find_map(|system| service.client_of(system));
    match by.finding {
        FindingName::Database => {
            let other = || other_database(service, &by.of);
            let found = client.map(|client| (true, client)).or_else(|| Some((false, other()?)));
            let found = found.map(|(uses, client)| (uses, client.found_in.clone()));
            // nothing in the whole repository uses it
            let is_seen = |system: &str| -> bool {
                let word = DATABASES.iter().find(|(name, _)| *name == system).map(|(_, word)| *word);
                let of_services = all.services.iter().flat_map(|service| &service.variables);
                let names_it = |variable: &Variable| {
                    variable.system == Some(system)
                        || word.is_some_and(|word| variable.name.to_ascii_uppercase().contains(word))
                };
                all.backing.iter().any(|backing| backing.value.system == system)
                    || of_services.chain(&all.variables).any(|variable| names_it(&variable.value))
                    || all.services.iter().any(|service| service.client_of(system).is_some())
            };
            let nowhere = || {
                let place = service.manifest.as_ref().or(service.containers.first())?;
                let unseen = !by.of.iter().any(|system| is_seen(system));
                unseen.then(|| (false, Location::new(&place.file, None)))
            };
            found.or_else(nowhere).map(|(uses, place)| Finding::new(json!(uses), place))
        }
        FindingName::Migrate => {
            let migrate = service.commands.get(&Command::Migrate).filter(|_| client.is_some())?;
            Some(Finding::new(json!(migrate.value), migrate.found_in.clone()))
        }
        FindingName::Secrets => {
            // the address of the database is given to the service without being asked for
            let word = client.and_then(|client| DATABASES.iter().find(|(name, _)| client.value.system == Some(name)));
            let is_general = |name: &str| {
                let words: Vec<&str> = name.split('_').collect();
                matches!(words.first(), Some(&("DB" | "DATABASE")))
                    && matches!(words.last(), Some(&("URL" | "URI" | "DSN" | "STRING")))
            };
            let is_address = |variable: &Variable| {
                word.is_some_and(|(system, word)| {
                    let name = variable.name.to_ascii_uppercase();
                    variable.system == Some(system)
                        || name.contains(word)
                        || variable.system.is_none() && is_general(&name)
                })
            };
            let secrets = service.variables.iter().filter(|v| v.value.secret && !is_address(&v.value));
            let secrets: Vec<_> = secrets.collect();
            let names: Vec<&str> = secrets.iter().map(|secret| secret.value.name.as_str()).collect();
            Some(Finding::new(json!(names), Location::new(&secrets.first()?.found_in.file, None)))
        }
        _ => None,
    }
}

/// Findings by name, with their evidence.
type Fields = std::collections::BTreeMap<FindingName, Finding<Value>>;

/// Commands, and for those that are not there an empty one: the default would name a script that does not exist.
fn commands(service: &Service, manifest: Option<&Location>, put: &mut dyn FnMut(FindingName, Value, &Location)) {
    let command = |command: Command| service.commands.get(&command);
    let language = service.language.as_ref().map(|language| language.value);
    // what a build makes of sources has its name and place from the Dockerfile
    let compiled = language.is_some_and(Language::is_compiled);
    if let Some(start) = command(Command::Start).filter(|_| !compiled) {
        put(FindingName::Start, json!(start.value), &start.found_in);
    }
    // what Quarkus builds is no single archive
    if let Some(start) = command(Command::Start).filter(|start| start.value.ends_with("/quarkus-run.jar")) {
        let value = "java -XX:MaxRAMPercentage=75 -XX:+ExitOnOutOfMemoryError -jar quarkus-run.jar";
        put(FindingName::Start, json!(value), &start.found_in);
    }
    // of these languages one tool builds and tests every project, and needs no script
    let language = service.language.as_ref().map(|language| language.value);
    let manifest = manifest.filter(|_| !matches!(language, Some(Language::Go | Language::Java | Language::Rust)));
    let coverage = command(Command::Coverage);
    let found = [
        (FindingName::Build, command(Command::Build)),
        (FindingName::Lint, command(Command::Lint)),
        (FindingName::Typecheck, command(Command::Typecheck)),
        (FindingName::Test, coverage.or_else(|| command(Command::Test))),
    ];
    for (finding, found) in found {
        if compiled && (finding == FindingName::Build || found.is_none()) {
            continue;
        }
        match (found, manifest) {
            (Some(found), _) => put(finding, json!(found.value), &found.found_in),
            (None, Some(place)) => put(finding, json!(""), place),
            (None, None) => {}
        }
    }
    if let (None, Some(place), false) = (coverage, manifest, compiled) {
        put(FindingName::CoverageFile, json!(""), place);
    }
}
