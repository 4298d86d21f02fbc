//! The record of a service among the answers, or why it has none.

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::super::Detected;
use super::super::finding::{Location, Note};
use super::super::service::{Language, Route, Service};
use super::super::walk::Files;
use super::databases::{Ours, of_databases};
use super::fields::fields;
use super::{hyphenated, route, variables};
use crate::answers::NAME;
use crate::answers::check::{Check, Fields};
use crate::catalog::question::{FindingName, KindName, Question};
use crate::template::expression::Scope;
use crate::text::path;

/// Why a service has no place among the answers, as a clause about its file.
pub(super) fn refusal(service: &Service, why: &str) -> Note {
    let process = service.shares.as_ref().map(|(_, process)| &process.found_in);
    let place = process.or(service.manifest.as_ref()).or(service.containers.first());
    let file = place.map_or(service.path.as_str(), |place| place.file.as_str());
    Note { file: file.to_owned(), message: format!("describes a service that cannot be generated: {why}") }
}

/// A record and the evidence of its fields.
pub(super) type DetectedRecord = (Map<String, Value>, Vec<(String, Location)>);

/// The record of a service, or why there is none: a name, language or path that is refused.
pub(super) fn record(
    scope: &Scope<'_>,
    question: &Question,
    service: &Service,
    before: &[Value],
    all: &Detected,
    ours: &Ours,
    files: &Files,
) -> Result<Result<DetectedRecord, String>> {
    if let Some(adapter) = service.adapter.as_ref().filter(|_| service.image.is_none()) {
        return Ok(Err(format!("{}, which no container runs; `{}` makes a server", adapter.value.0, adapter.value.1)));
    }
    let findings = fields(service);
    if let (Some(path), None) = (service.routes.get(&Route::Readiness), service.routes.get(&Route::Liveness)) {
        let message = format!(
            "has `{}`, which may ask a database; a liveness check must not, so that the answer `probe` is `tcp`",
            path.value
        );
        files.note(&path.found_in.file, message);
    }
    let among: Vec<_> = before.iter().filter_map(Value::as_object).cloned().collect();
    let check = Check::new(scope.clone(), question).among(&among);
    let (mut record, mut places, mut answered) = (Map::new(), Vec::new(), Fields::new(&check));
    for field in &question.fields {
        let (check, so_far) = (answered.rules(field), answered.known());
        if !check.is_asked()? {
            continue;
        }
        let by = field.detected_by.as_ref();
        let finding = by.map(|by| by.finding);
        let own_name = so_far.get(NAME).and_then(Value::as_str).unwrap_or_default();
        let place = findings.get(&FindingName::ServicePath).map(|path| &path.found_in);
        let mut found = match (finding, place) {
            (Some(FindingName::Route), Some(place)) => route::of(service, own_name, &all.services, before, place),
            (Some(FindingName::MoreRoutes), _) => route::more(service, &so_far["route"], &all.services, before),
            (Some(FindingName::StripRoute), _) => route::stripped(service, &so_far["route"]),
            _ => by.and_then(|by| findings.get(&by.finding).cloned().or_else(|| of_databases(service, by, ours, all))),
        };
        if let Some(names) = found.as_mut().and_then(|found| found.value.as_array_mut()) {
            let mut left = Vec::new();
            for name in std::mem::take(names) {
                let is_given = name.as_str().map_or(Ok(None), |name| check.set_already(name))?.is_some();
                // a name that no pod can have is not among them
                let is_wrong = field.kind == KindName::EnvNames && check.value(&json!([name])).is_err();
                if !is_given && !is_wrong {
                    left.push(name);
                }
            }
            *names = left;
        }
        if finding == Some(FindingName::Variables) {
            let of_names = question.fields.iter().find(|other| other.kind == KindName::EnvNames);
            let of_names = of_names.map(|other| answered.rules(other));
            found = found.map(|found| variables::accepted(found, &check, of_names.as_ref())).transpose()?.flatten();
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
            // a newer runtime does not start what is built for an older one
            Some((Err(_), found))
                if finding == Some(FindingName::LanguageVersion)
                    && service.image.is_none()
                    && service.language.as_ref().is_some_and(|language| language.value == Language::Dotnet) =>
            {
                let version = found.value.as_str().unwrap_or_default();
                return Ok(Err(format!(
                    "it targets .NET {version}, which no base image here has and a newer runtime does not start; raise `TargetFramework`, or give it a Dockerfile of its own"
                )));
            }
            Some((Err(refusals), found)) => {
                files.note(&found.found_in.file, format!("gives no answer: {}", refusals.join("; ")));
                check.default_value()?
            }
            None if finding == Some(FindingName::ServiceName) => return Ok(Err("it has no name".into())),
            None if finding == Some(FindingName::Language) => return Ok(Err("its language is not known".into())),
            None => check.default_value()?,
        };
        if let Some(value) = value {
            answered.know(field, value);
        }
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
