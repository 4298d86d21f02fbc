//! What is found about a service, by the name that the catalog has for such a finding.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::finding::{Finding, Location};
use super::super::processes::ProcessKind;
use super::super::service::{Command, Language, Route, Service, ServiceKind};
use super::super::variables::Sort;
use super::super::versions;
use super::named;
use crate::catalog::question::FindingName;
use crate::text::path;

/// Findings by name, with their evidence.
pub(super) type Fields = BTreeMap<FindingName, Finding<Value>>;

/// What is known about a service, whatever its database is.
pub(super) fn fields(service: &Service) -> Fields {
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
            // what the code takes may be more than one version, of which its own image has one
            let of_image = || service.image.as_ref()?.version.clone();
            let of_code = |found: &Finding<String>| {
                Some(Finding::new(versions::one(language.value, &found.value)?, found.found_in.clone()))
            };
            if let Some(found) = service.version.as_ref().and_then(of_code).or_else(of_image) {
                put(FindingName::LanguageVersion, json!(found.value), &found.found_in);
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
        if let Some(read_only) = &image.read_only {
            put(FindingName::ReadOnly, json!(read_only.value), &read_only.found_in);
        }
        if let Some(first) = image.build_args.first() {
            let args: Vec<&str> = image.build_args.iter().map(|one| one.value.as_str()).collect();
            put(FindingName::BuildArgs, json!(args), &first.found_in);
        }
        if let Some(command) = &image.command {
            put(FindingName::Command, json!(command.value), &command.found_in);
        }
        if let Some(first) = image.writable.first() {
            let folders: Vec<&str> = image.writable.iter().map(|folder| folder.value.as_str()).collect();
            put(FindingName::Writable, json!(folders), &first.found_in);
        }
    }
    if let Some(volume) = &service.volume {
        put(FindingName::Volume, json!(volume.value), &volume.found_in);
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
    // what tells that it is alive is all there is to ask
    if let (Some(path), None) = (service.routes.get(&Route::Liveness), service.routes.get(&Route::Readiness)) {
        put(FindingName::ReadinessPath, json!(path.value), &path.found_in);
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
        let kind = match process.value.kind {
            ProcessKind::Worker | ProcessKind::Scheduler => "worker",
            ProcessKind::Job => "job",
            ProcessKind::Api => "api",
        };
        put(FindingName::ServiceKind, json!(kind), place);
        put(FindingName::ImageOf, json!(name), place);
        put(FindingName::Command, json!(process.value.command), place);
        // what a job listens on is asked by nobody
        let port = process.value.port.filter(|_| process.value.kind != ProcessKind::Job);
        put(FindingName::Probe, json!(if port.is_some() { "tcp" } else { "none" }), place);
        if let Some(port) = port {
            put(FindingName::Port, json!(port), place);
        }
        if let Some(schedule) = &process.value.schedule {
            put(FindingName::Schedule, json!(schedule), place);
        }
        if process.value.kind == ProcessKind::Scheduler {
            put(FindingName::MinReplicas, json!(1), place);
        }
    }
    out
}

/// Values for the variables without which settings cannot be read while an image is built, which has none.
fn stand_ins(service: &Service, command: &str) -> String {
    let mut all = String::new();
    for variable in service.variables.iter().map(|found| &found.value) {
        let is_set = command.contains(&format!("{}=", variable.name));
        if is_set || !variable.required || variable.by_default || variable.build {
            continue;
        }
        match variable.sort {
            Sort::Address => all.push_str(&format!("{}=sqlite:////tmp/unused ", variable.name)),
            sort if sort.is_secret() || sort.is_of_store() && sort != Sort::Port => {
                all.push_str(&format!("{}=unused ", variable.name));
            }
            _ => {}
        }
    }
    all
}

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
    // an assembly is called like its project, also where that has capitals
    let assembly = command(Command::Start).and_then(|start| Some((start, start.value.strip_prefix("dotnet out/")?)));
    if let Some((start, assembly)) = assembly {
        put(FindingName::Start, json!(format!("dotnet {assembly}")), &start.found_in);
    }
    // of these languages one tool builds and tests every project, and needs no script
    let language = service.language.as_ref().map(|language| language.value);
    let manifest = manifest.filter(|_| !matches!(language, Some(Language::Go | Language::Java | Language::Rust)));
    if let Some(first) = service.libraries.first() {
        let libraries: Vec<&str> = service.libraries.iter().map(|library| library.value).collect();
        put(FindingName::Libraries, json!(libraries), &first.found_in);
    }
    if let Some(assets) = command(Command::Assets) {
        put(FindingName::Assets, json!(assets.value), &assets.found_in);
    }
    let coverage = command(Command::Coverage);
    let found = [
        (FindingName::Build, command(Command::Build)),
        (FindingName::Lint, command(Command::Lint)),
        (FindingName::Typecheck, command(Command::Typecheck)),
        (FindingName::Test, coverage.or_else(|| command(Command::Test))),
    ];
    for (finding, found) in found {
        // of a Go program below `cmd` the build has to name the package
        let package = found.filter(|_| language == Some(Language::Go) && finding == FindingName::Build);
        let package = package.and_then(|found| Some((found, found.value.rsplit(' ').next()?)));
        if let Some((found, package)) = package.filter(|(_, package)| package.starts_with("./")) {
            put(finding, json!(format!("go build -trimpath -o bin/app {package}")), &found.found_in);
        }
        if compiled && (finding == FindingName::Build || found.is_none()) {
            continue;
        }
        match (found, manifest) {
            (Some(found), _) if found.value.contains("manage.py collectstatic") => {
                put(finding, json!(format!("{}{}", stand_ins(service, &found.value), found.value)), &found.found_in);
            }
            (Some(found), _) => put(finding, json!(found.value), &found.found_in),
            (None, Some(place)) => put(finding, json!(""), place),
            (None, None) => {}
        }
    }
    if let (None, Some(place), false) = (coverage, manifest, compiled) {
        put(FindingName::CoverageFile, json!(""), place);
    }
}
