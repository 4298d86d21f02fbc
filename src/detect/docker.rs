//! What Dockerfiles mean: how a service builds its image, with which user it runs, where it listens, and how it is started.

use std::collections::HashMap;

use super::compose::{Build, system};
use super::crontab;
use super::dockerfile::{Stage, is_image, stages, tag_of};
use super::finding::{Finding, Location};
use super::images::{base, only_tools, user};
use super::kept_files;
use super::node::is_development;
use super::service::{Command, Image, Language, Service, ServiceKind, Services};
use super::versions;
use super::walk::Files;
use super::wanted::{has_source_end, is_dockerfile};
use crate::text::{path, secret};

/// Names of stages that are for production, the best first.
const STAGES: [&str; 9] = ["production", "prod", "release", "runner", "runtime", "final", "deploy", "app", "server"];

/// A Dockerfile that was read.
struct Read<'f> {
    file: &'f str,
    stages: Vec<Stage>,
}

/// Reads every Dockerfile and gives it to its service: by the entry of a compose file, by its folder, or by its name. In a
/// folder without any other manifest one that names a port is a service itself, unless it lies above others.
pub fn detect(files: &Files, services: &mut Services, builds: &[Build]) {
    // the deep ones first, so that one above them is seen to be above
    let mut dockerfiles: Vec<&str> = files.paths().filter(|path| is_dockerfile(path::name(path))).collect();
    dockerfiles.reverse();
    // of several in one folder that for production counts
    dockerfiles.sort_by_key(|file| (std::cmp::Reverse(file.matches('/').count()), rank(file)));
    let mut given: HashMap<String, usize> = HashMap::new();
    let mut copies: Vec<(String, Vec<String>)> = Vec::new();
    for file in dockerfiles {
        let Some(text) = files.text(file) else { continue };
        let read = Read { file, stages: stages(&text) };
        let Some(last) = read.stages.last() else { continue };
        let build = builds.iter().filter(|build| build.dockerfile == file).min_by_key(|build| build.rank());
        let copied: Vec<&str> = read.stages.iter().flat_map(|stage| &stage.copied).map(String::as_str).collect();
        if owner(files, services, file, build, &copied).is_none()
            && let Some(build) = build
        {
            process(files, services, &read, build);
            continue;
        }
        let Some(folder) = owner(files, services, file, build, &copied) else { continue };
        let is_store = system(last.base.rsplit('/').next().unwrap_or_default()).is_some();
        let known = services.0.contains_key(&folder);
        // a store with its settings is no service
        if is_store && services.0.get(&folder).is_some_and(|service| service.manifest.is_some()) {
            continue;
        }
        // the only program below, which it builds from here
        let folder = match known {
            false if rank(file) < 2 && !is_store => only_below(services, &folder).unwrap_or(folder),
            _ => folder,
        };
        let known = known || services.0.contains_key(&folder);
        if !known && (last.port.is_none() || is_store || rank(file) > 1 || services.has_below(&folder)) {
            continue;
        }
        if given.get(&folder).is_some_and(|best| *best <= rank(file)) {
            continue;
        }
        given.insert(folder.clone(), rank(file));
        apply(files, services, &folder, &read, build);
        copies.push((folder, read.stages.iter().flat_map(|stage| stage.copied.clone()).collect()));
    }
    for (folder, copied) in copies {
        embedded(files, services, &folder, &copied);
    }
}

/// A second program of a repository, which a Dockerfile of its own builds: the sources are in a folder that is called as the
/// compose file calls it, such as `cmd/worker`.
fn process(files: &Files, services: &mut Services, read: &Read<'_>, build: &Build) {
    let Some(last) = read.stages.last().filter(|last| is_for_production(last) && rank(read.file) != 3) else { return };
    let sources = files.paths().filter(|file| has_source_end(file)).map(path::parent);
    let Some(folder) = sources.into_iter().find(|folder| path::name(folder) == build.name) else { return };
    let Some(around) = path::upwards(path::parent(folder)).find(|around| services.0.contains_key(*around)) else {
        return;
    };
    let language = services.0.get(around).and_then(|service| service.language.clone());
    let folder = folder.to_owned();
    if services.0.contains_key(&folder) {
        return;
    }
    apply(files, services, &folder, read, Some(build));
    let service = services.at(&folder);
    service.language = language;
    if last.port.is_none() && service.port.is_none() {
        service.kind = Some(Finding::new(ServiceKind::Worker, Location::new(read.file, None)));
    }
}

/// Leaves out the static files below a service that its own Dockerfile builds into its image.
fn embedded(files: &Files, services: &mut Services, folder: &str, copied: &[String]) {
    let Some(image) = services.0.get(folder).and_then(|service| service.image.clone()) else { return };
    let context = if image.context.value == path::WHOLE { "" } else { &image.context.value };
    let is_copied = |path: &str| {
        let below = path.strip_prefix(context).unwrap_or(path).trim_start_matches('/');
        copied.iter().any(|copied| {
            let rest = copied.trim_start_matches("./").strip_prefix(below);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    };
    let is_part = |(path, service): &(&String, &Service)| {
        *path != folder && service.output.is_some() && service.image.is_none() && is_copied(path)
    };
    let parts: Vec<String> = services.0.iter().filter(is_part).map(|(path, _)| path.clone()).collect();
    for part in parts {
        services.0.remove(&part);
        files.note(
            &image.dockerfile.value,
            format!("builds `{part}` into its image, so that it is no service of its own"),
        );
    }
}

/// The only program in the folders below.
fn only_below(services: &Services, folder: &str) -> Option<String> {
    let is_below =
        |path: &&String| path.strip_prefix(folder).is_some_and(|rest| folder.is_empty() || rest.starts_with('/'));
    let mut programs = services.0.iter().filter(|(path, service)| is_below(path) && service.runs).map(|(path, _)| path);
    let only = programs.next().cloned();
    only.filter(|_| programs.next().is_none())
}

/// How far a Dockerfile is from the one for production by its name: 0 for production, 1 for `Dockerfile`, 2 for others, 3
/// for development.
fn rank(file: &str) -> usize {
    let name = path::name(file).to_ascii_lowercase();
    let words: Vec<&str> = name.split(['.', '-', '_']).collect();
    let folders = || path::parent(file).split('/');
    let has = |list: &[&str]| words.iter().copied().chain(folders()).any(|word| list.contains(&word));
    if has(&["dev", "development", "local", "test", "tests", "ci", "debug"]) || file.contains(".devcontainer/") {
        3
    } else if has(&["prod", "production", "release"]) {
        0
    } else if words.len() == 1 || has(&["default"]) {
        1
    } else {
        2
    }
}

/// The folder of the service whose image a Dockerfile builds.
fn owner(files: &Files, services: &Services, file: &str, build: Option<&Build>, copied: &[&str]) -> Option<String> {
    let folder = path::parent(file);
    if rank(file) == 3 {
        return None;
    }
    if services.0.contains_key(folder) && rank(file) < 2 {
        return Some(folder.to_owned());
    }
    // `docker/api.Dockerfile`, `Dockerfile.api`, `docker/api/Dockerfile`, or as a compose file calls it
    let name = path::name(file).to_ascii_lowercase();
    let words = name.split(['.', '-', '_']).filter(|word| !matches!(*word, "dockerfile" | "containerfile"));
    let mut names: Vec<&str> = words.collect();
    names.extend(build.map(|build| build.name.as_str()));
    names.push(path::name(folder));
    let called = services.0.keys().find(|known| !known.is_empty() && names.contains(&path::name(known)));
    let context = build.map(|build| &build.context).filter(|context| services.0.contains_key(*context));
    let is_plain = rank(file) < 2;
    // a folder that only holds what builds the image of the one around it, by its name or by what the Dockerfile copies
    let lies_around = |name: &&&str| {
        !name.contains('*')
            && files.has(&path::join(path::parent(folder), name))
            && !files.has(&path::join(folder, name))
    };
    let holds_builds =
        matches!(path::name(folder), "docker" | ".docker" | "build" | "container" | "deploy" | "deployment")
            || copied.iter().any(|name| lies_around(&name));
    let around = Some(path::parent(folder)).filter(|around| holds_builds && services.0.contains_key(*around));
    let context = context.map(String::as_str).or(around);
    let called = called.map(String::as_str);
    called.or(context.filter(|_| is_plain)).map(str::to_owned).or_else(|| is_plain.then(|| folder.to_owned()))
}

/// Gives a Dockerfile to the service in a folder.
fn apply(files: &Files, services: &mut Services, folder: &str, read: &Read<'_>, build: Option<&Build>) {
    let service = services.at(folder);
    let file = read.file;
    if service.name.is_none() && !folder.is_empty() {
        service.name = Some(Finding::new(path::name(folder).to_owned(), Location::new(file, None)));
    }
    service.runs = true;
    service.containers.push(Location::new(file, None));
    let Some(last) = read.stages.last() else { return };
    let target = build.and_then(|build| build.target.as_ref());
    let target = target.and_then(|target| read.stages.iter().find(|stage| stage.name == target.value));
    let command = build.and_then(|build| Some((build, build.run.command.clone()?)));
    let starts = |stage: &Stage| is_for_production(stage) || !stage.runs && command.is_some();
    let is_fit = |stage: &&Stage| starts(stage) && rank(&format!("Dockerfile.{}", stage.name)) != 3;
    let named = || {
        let stage = |name: &&str| read.stages.iter().find(|stage| stage.name == **name);
        STAGES.iter().filter_map(stage).find(is_fit)
    };
    let chosen = target.filter(is_fit).or_else(|| Some(last).filter(is_fit)).or_else(named);
    let at = |line: usize| Location::new(file, Some(line));
    let stage = chosen.unwrap_or(last);
    let of_base = base(stage);
    // of an image that would listen elsewhere, a compose file knows better
    let of_run = || build.and_then(|build| Some(Finding::new(build.port?, build.place.clone())));
    let of_image = || of_base.and_then(|base| Some(Finding::new(base.port?, at(stage.line))));
    let port = stage.port.map(|(port, line)| Finding::new(port, at(line)));
    if let Some(found) = port.or_else(|| of_run().filter(|_| of_base.is_some())).or_else(of_image) {
        if chosen.is_some() {
            service.port = Some(found);
        } else {
            service.port.get_or_insert(found);
        }
    }
    let Some(stage) = chosen else { return };
    let serves_files =
        of_base.is_some_and(|base| matches!(base.image, "nginx" | "nginx-unprivileged" | "caddy" | "httpd"));
    if let Some((words, line)) = program(stage)
        && !serves_files
        && words.iter().all(|word| !word.contains(char::is_whitespace) && secret::looks_like(word).is_none())
    {
        // what runs in its image is nearer to the truth than a script
        service.commands.insert(Command::Start, Finding::new(words.join(" "), at(line)));
    }
    for (entry, line) in &stage.crons {
        crontab::add(files, service, entry, at(*line));
    }
    let place = Location::new(file, None);
    let context = build.map_or_else(|| context(folder, read), |build| build.context.clone());
    let context = if context.is_empty() { path::WHOLE.to_owned() } else { context };
    let context_place = build.map_or_else(|| place.clone(), |build| build.place.clone());
    let target = (stage.line != last.line).then(|| Finding::new(stage.name.clone(), at(stage.line)));
    let writable = of_base.map_or(&[][..], |base| base.writable).iter();
    let user = user(file, stage, build);
    let of_run =
        |build: &Build| build.run.tmpfs.iter().map(|one| Finding::new(one.clone(), build.place.clone())).collect();
    let in_memory: Vec<Finding<String>> = build.map(of_run).unwrap_or_default();
    service.volume = kept_files::of_image(files, file, stage, build);
    let language = service.language.as_ref().map(|language| language.value);
    let version = language.and_then(|language| version(read, stage, language));
    service.image = Some(Image {
        folder: stage.folder.clone(),
        version: version.map(|(version, line)| Finding::new(version, at(line))),
        dockerfile: Finding::new(file.to_owned(), place),
        context: Finding::new(context, context_place),
        target,
        writable: match user.as_ref().map(|user| user.value) {
            // root writes where it wants
            Some(0) => in_memory,
            _ => writable.map(|folder| Finding::new((*folder).to_owned(), at(stage.line))).chain(in_memory).collect(),
        },
        user,
        read_only: build.filter(|build| build.run.read_only).map(|build| Finding::new(true, build.place.clone())),
        build_args: build.map(|build| build_args(read, build)).unwrap_or_default(),
        // the command of the image is as good, unless a file for production says another one
        command: command
            .filter(|(build, command)| {
                let same = program(stage).is_some_and(|(words, _)| words.join(" ") == *command);
                !same && (!stage.runs || build.place.file.contains("prod"))
            })
            .map(|(build, command)| Finding::new(command, build.place.clone())),
    });
}

/// The version of a language in the tag of its official image: of the stage that runs, else of the first that has one.
fn version(read: &Read<'_>, runs: &Stage, language: Language) -> Option<(String, usize)> {
    let names: &[&str] = match language {
        Language::Node => &["node"],
        Language::Python => &["python"],
        Language::Ruby => &["ruby"],
        Language::Php => &["php"],
        Language::Go => &["golang"],
        Language::Rust => &["rust"],
        Language::Java => &["amazoncorretto", "eclipse-temurin", "openjdk"],
        _ => return None,
    };
    let of_stage = |stage: &Stage| {
        let version = versions::of_tag(language, names.iter().find_map(|name| tag_of(&stage.base, name))?)?;
        // where a stage begins with an earlier one, that one names the image
        let first = read.stages.iter().find(|other| other.base == stage.base).unwrap_or(stage);
        Some((version, first.line))
    };
    of_stage(runs).or_else(|| read.stages.iter().find_map(of_stage))
}

/// The arguments of a compose file for which the Dockerfile has another value, or none.
fn build_args(read: &Read<'_>, build: &Build) -> Vec<Finding<String>> {
    let differs = |(name, value): &&(String, String)| {
        let mut declared = read.stages.iter().filter_map(|stage| stage.variables.get(name)).peekable();
        declared.peek().is_some() && declared.all(|known| known != value)
    };
    let args = build.run.args.iter().filter(differs);
    args.map(|(name, value)| Finding::new(format!("{name}={value}"), build.place.clone())).collect()
}

/// The folder that the build sees: the whole repository where it copies by the whole path of the service, or where the
/// Dockerfile lies elsewhere.
fn context(folder: &str, read: &Read<'_>) -> String {
    let is_whole = |copied: &String| {
        let rest = copied.trim_start_matches("./").strip_prefix(folder);
        !folder.is_empty() && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let copies_whole = read.stages.iter().flat_map(|stage| &stage.copied).any(is_whole);
    if !copies_whole && path::upwards(path::parent(read.file)).any(|around| around == folder) {
        folder.to_owned()
    } else {
        String::new()
    }
}

/// Whether a stage starts a program, and not one for development.
fn is_for_production(stage: &Stage) -> bool {
    if !stage.runs {
        return !only_tools(&stage.base);
    }
    let words = stage.entry_point.iter().chain(&stage.start).flat_map(|(words, _)| words);
    let words: Vec<&str> = words.map(String::as_str).collect();
    let is_dev = |word: &&str| {
        matches!(*word, "runserver" | "--reload" | "--debug" | "air" | "bash" | "/bin/bash")
            || word.split(['.', '/', '-', '_', ':']).any(|part| part == "dev")
    };
    let sleeps = words.windows(2).any(|pair| matches!(pair, ["sleep", "infinity"] | ["tail", "-f"]));
    !is_development(&words.join(" ")) && !words.iter().any(is_dev) && !sleeps
}

/// What is started: the command after an entry point that only prepares it, else the entry point with its arguments.
fn program(stage: &Stage) -> Option<(Vec<String>, usize)> {
    let Some((entry, line)) = &stage.entry_point else {
        // the image of Deno starts it
        let (mut words, line) = stage.start.clone()?;
        if is_image(&stage.base, "deno", "") && words.first().is_some_and(|word| word != "deno") {
            words.insert(0, "deno".to_owned());
        }
        return Some((words, line));
    };
    let first = entry.first().map(|word| path::name(word)).unwrap_or_default();
    if matches!(first, "tini" | "dumb-init") {
        let rest: Vec<String> = entry.iter().skip(1).skip_while(|word| word.starts_with('-')).cloned().collect();
        let rest = if rest.is_empty() { stage.start.clone()?.0 } else { rest };
        return Some((rest, *line));
    }
    if first.ends_with(".sh") || first.contains("entrypoint") {
        return None;
    }
    let arguments = stage.start.iter().flat_map(|(words, _)| words.clone());
    Some((entry.iter().cloned().chain(arguments).collect(), *line))
}

#[cfg(test)]
mod tests {
    use super::{Stage, is_for_production, program, rank, stages};
    use crate::detect::images::wants_root;

    fn last(text: &str) -> Stage {
        stages(text).pop().unwrap_or_default()
    }

    #[test]
    fn entry_points() {
        for (text, wanted) in [
            ("CMD node server.js", Some("node server.js")),
            ("CMD a && b", None),
            ("ENTRYPOINT [\"y\"]\nCMD [\"x\"]", Some("y x")),
            ("ENTRYPOINT [\"/sbin/tini\", \"--\"]\nCMD [\"node\", \"a.js\"]", Some("node a.js")),
            ("ENTRYPOINT [\"./docker-entrypoint.sh\"]\nCMD [\"x\"]", None),
            ("CMD [\"x\"]\nENTRYPOINT [\"y\"]", Some("y")),
            ("ONBUILD CMD [\"x\"]", None),
        ] {
            let found = program(&last(&format!("FROM a\n{text}"))).map(|(words, _)| words.join(" "));
            assert_eq!(found.as_deref(), wanted, "{text}");
        }
    }

    #[test]
    fn what_is_for_production() {
        for (text, wanted) in [
            ("FROM node:22\nCMD [\"node\", \"server.js\"]", true),
            ("FROM node:22\nCMD [\"npm\", \"run\", \"dev\"]", false),
            ("FROM node:22\nCMD [\"/opt/startup.dev.sh\"]", false),
            ("FROM python:3.12\nCMD python manage.py runserver 0.0.0.0:8000", false),
            ("FROM mcr.microsoft.com/devcontainers/base", false),
            ("FROM nginx:1.29\nCOPY a b", true),
            ("FROM node:22", false),
            ("FROM python:3.12\nCMD gunicorn -w 4 -b 0.0.0.0:5000 wsgi:app", true),
            ("FROM composer:2\nFROM php:8.4-apache", true),
        ] {
            assert_eq!(is_for_production(&last(text)), wanted, "{text}");
        }
        assert!(wants_root(&last("FROM debian\nCMD service x start && nginx -g 'daemon off;'")));
        assert!(!wants_root(&last("FROM nginx:1.29\nCMD [\"nginx\", \"-g\", \"daemon off;\"]")));
        assert_eq!(["a/Dockerfile.prod", "Dockerfile", "api.Dockerfile", "Dockerfile.dev"].map(rank), [0, 1, 2, 3]);
    }
}
