//! Further processes of the code of a service: entries of its Procfile, and services of a compose file that run the image that
//! another one builds, with another command. They share that image.

use serde::Serialize;
use serde_yaml::Value;

use super::background;
use super::compose::{inside, is_compose, port, system};
use super::crontab;
use super::entry;
use super::finding::{Finding, Location};
use super::kept_files::mounts;
use super::lines::Lines;
use super::procfile::{self, entries};
use super::service::{Command, Service, Services};
use super::walk::Files;
use crate::text::{path, yaml};

/// A process that runs the image of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Process {
    /// What its file calls it.
    pub name: String,
    /// What it starts.
    pub command: String,
    /// How it runs.
    pub kind: ProcessKind,
    /// Where it listens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// When it runs, of one that cron starts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<String>,
}

/// How a process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ProcessKind {
    /// All the time, in several instances.
    Worker,
    /// All the time, and never twice: it starts work by the clock.
    Scheduler,
    /// It ends.
    Job,
    /// All the time, and requests reach it from outside.
    Api,
}

/// Words of commands that start work by the clock.
const SCHEDULERS: [&str; 9] = [
    "beat",
    "clock",
    "clockwork",
    "rqscheduler",
    "rq-scheduler",
    "schedule:work",
    "scheduler",
    "apscheduler",
    "huey_scheduler",
];

/// Words of commands that prepare something, or that only a developer runs.
const ASIDE: [&str; 14] = [
    "migrate",
    "db:migrate",
    "upgrade",
    "collectstatic",
    "seed",
    "test",
    "pytest",
    "dev",
    "watch",
    "nodemon",
    "--reload",
    "bash",
    "sh",
    "sleep",
];

/// Words of names of processes that end: something else starts them by the clock.
const BY_THE_CLOCK: [&str; 5] = ["daily", "hourly", "monthly", "nightly", "weekly"];

/// Reads both for the services that were found.
pub fn detect(files: &Files, services: &mut Services) {
    for service in services.0.values_mut().filter(|service| service.output.is_none()) {
        of_procfile(files, service);
    }
    for file in files.paths().filter(|file| is_compose(path::name(file))) {
        compose(files, file, services);
    }
    for service in services.0.values_mut().filter(|service| service.output.is_none()) {
        crontab::of_files(files, service);
        background::detect(files, service);
    }
}

/// What a Procfile has beside `web`; `release` prepares a new version.
fn of_procfile(files: &Files, service: &mut Service) {
    let file = path::join(&service.path, "Procfile");
    let Some(text) = files.text_if_any(&file) else { return };
    if !entries(&text).any(|(_, name, _)| name == "web") {
        return;
    }
    for (line, name, command) in entries(&text) {
        let place = Location::new(&file, Some(line));
        match name {
            "web" => {}
            "release" if command.contains("migrate") || command.contains("upgrade") => {
                if let Some(command) = plain(command) {
                    service.commands.entry(Command::Migrate).or_insert_with(|| Finding::new(command, place));
                }
            }
            "release" => {}
            name => add(files, service, name, command, (ProcessKind::Worker, None), place),
        }
    }
}

/// An entry of a compose file.
struct Entry<'y> {
    name: &'y str,
    value: &'y Value,
    /// What it builds; nothing where it runs an image.
    dockerfile: Option<String>,
    place: Location,
}

impl Entry<'_> {
    fn command(&self) -> Option<String> {
        entry::command(self.value)
    }

    fn image(&self) -> Option<&str> {
        self.value.get("image")?.as_str()
    }

    /// The name of its image, without registry, owner and tag.
    fn image_name(&self) -> Option<&str> {
        self.image()?.rsplit('/').next()?.split([':', '@']).next()
    }

    fn target(&self) -> Option<&str> {
        self.value.get("build")?.get("target")?.as_str()
    }

    fn listens(&self) -> bool {
        self.value.get("ports").is_some() || self.value.get("expose").is_some()
    }
}

/// Entries that run the image of a service with another command.
fn compose(files: &Files, file: &str, services: &mut Services) {
    let Some(mut yaml) = files.text(file).and_then(|text| yaml::first(&text)) else { return };
    let _ = yaml.apply_merge();
    let Some(text) = files.text(file) else { return };
    let lines = Lines::of_texts(file, &text);
    let entries: Vec<Entry<'_>> = yaml
        .get("services")
        .and_then(Value::as_mapping)
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| {
            let name = name.as_str()?;
            Some(Entry { name, value, dockerfile: dockerfile(file, value), place: lines.place(&format!("{name}:")) })
        })
        .collect();
    let only = services.0.len() == 1;
    for service in services.0.values_mut().filter(|service| service.output.is_none()) {
        // the entries of this service are those whose build it owns, and those that run an image that one of them builds
        let dockerfile = service.image.as_ref().map(|image| image.dockerfile.value.as_str());
        let built: Vec<&Entry<'_>> = entries
            .iter()
            .filter(|entry| service.containers.contains(&entry.place))
            .filter(|entry| dockerfile.is_none_or(|wanted| entry.dockerfile.as_deref() == Some(wanted)))
            .collect();
        let tags: Vec<&str> = built.iter().filter_map(|entry| entry.image()).collect();
        let is_own = |entry: &&Entry<'_>| match &entry.dockerfile {
            Some(_) => built.iter().any(|one| one.name == entry.name),
            None => entry.image().is_some_and(|image| tags.contains(&image)),
        };
        let mut own: Vec<&Entry<'_>> = entries.iter().filter(is_own).collect();
        if own.is_empty() && only {
            own = published(&entries);
        }
        if own.is_empty() {
            let called = service.name.as_ref().map(|name| name.value.as_str());
            let is_named = |entry: &&Entry<'_>| {
                entry.value.get("build").is_none() && entry.image_name().is_some_and(|name| Some(name) == called)
            };
            own = entries.iter().filter(is_named).collect();
        }
        let main = own.iter().find(|entry| entry.listens()).or_else(|| own.iter().find(|e| e.command().is_none()));
        let Some(main) = main.or(own.first()).copied() else { continue };
        // of an image that is only published, this says where it keeps files
        if service.image.is_some() && service.volume.is_none() {
            let mount = mounts(main.value).into_iter().next();
            service.volume = mount.map(|mount| Finding::new(mount.target, main.place.clone()));
        }
        for entry in own.into_iter().filter(|entry| entry.name != main.name) {
            let Some(command) = entry.command().filter(|command| Some(command) != main.command().as_ref()) else {
                continue;
            };
            // another stage is another image
            if entry.target() != main.target() {
                continue;
            }
            let ends = entry.value.get("restart").and_then(Value::as_str) == Some("no");
            // what is merged from another entry is not its own
            let is_its_own = |key: &str| entry.value.get(key).is_some() && entry.value.get(key) != main.value.get(key);
            let port = port(entry.value).filter(|_| is_its_own("ports") || is_its_own("expose"));
            let kind = match () {
                () if port.is_some() && is_its_own("ports") && !is_of_operators(&command) => ProcessKind::Api,
                () if ends => ProcessKind::Job,
                () => ProcessKind::Worker,
            };
            add(files, service, entry.name, &command, (kind, port), entry.place.clone());
        }
    }
}

/// Entries that run one image, which is not built here: what is published of the only service there is, or what Laravel Sail
/// builds for it.
fn published<'e, 'y>(entries: &'e [Entry<'y>]) -> Vec<&'e Entry<'y>> {
    let same = |one: &Entry<'y>, other: &Entry<'y>| {
        one.image().is_some() && one.image() == other.image() && one.value.get("build") == other.value.get("build")
    };
    let is_shared = |entry: &&Entry<'y>| {
        let image = entry.image().unwrap_or_default();
        let name = image.rsplit('/').next().unwrap_or_default();
        system(name).is_none() && entries.iter().any(|other| other.name != entry.name && same(entry, other))
    };
    let Some(first) = entries.iter().find(is_shared) else { return Vec::new() };
    entries.iter().filter(|entry| same(first, entry)).collect()
}

/// Whether a command starts pages for operators, which are not for the public.
fn is_of_operators(command: &str) -> bool {
    let mut words = command.split_whitespace().map(path::name);
    words.any(|word| matches!(word, "flower" | "rq-dashboard" | "bull-board" | "rails_performance"))
}

/// The Dockerfile that an entry builds.
fn dockerfile(file: &str, entry: &Value) -> Option<String> {
    let build = entry.get("build")?;
    let context = build.as_str().or_else(|| build.get("context").and_then(Value::as_str))?;
    let context = inside(path::parent(file), context)?;
    inside(&context, build.get("dockerfile").and_then(Value::as_str).unwrap_or("Dockerfile"))
}

/// Adds a process, unless one of that name or command is there, or it is none that runs in production.
fn add(
    files: &Files,
    service: &mut Service,
    name: &str,
    command: &str,
    (kind, port): (ProcessKind, Option<u16>),
    place: Location,
) {
    // cron would start it every minute
    let command = &command.replace("artisan schedule:run", "artisan schedule:work");
    let words: Vec<&str> = command.split([' ', '=']).collect();
    let has = |list: &[&str]| words.iter().any(|word| list.contains(word));
    if has(&ASIDE) {
        return;
    }
    let Some(command) = plain(command) else {
        files.note(
            &place.file,
            format!("has the process `{name}`, whose command needs a shell: it has no place among the answers"),
        );
        return;
    };
    let is_scheduler = kind == ProcessKind::Worker && (has(&SCHEDULERS) || SCHEDULERS.contains(&name));
    let ends = name.split(['-', '_', '.']).any(|word| BY_THE_CLOCK.contains(&word));
    let kind = match kind {
        _ if is_scheduler => ProcessKind::Scheduler,
        ProcessKind::Worker if ends => ProcessKind::Job,
        kind => kind,
    };
    let process = Process { name: name.to_owned(), command, kind, port, schedule: None };
    push(service, Finding::new(process, place));
}

/// Adds a process, unless one of that name or command is there.
pub fn push(service: &mut Service, process: Finding<Process>) {
    let is_known = |known: &Finding<Process>| {
        known.value.name == process.value.name || known.value.command == process.value.command
    };
    if !service.processes.iter().any(is_known) {
        service.processes.push(process);
    }
}

/// A command that needs no shell but for `&&`. Assignments before it belong to the configuration.
pub fn plain(command: &str) -> Option<String> {
    // an answer has no quotes
    if command.trim().contains(['\n', '"', '\'']) {
        return None;
    }
    let parts: Option<Vec<String>> = command.split("&&").map(procfile::plain).collect();
    Some(parts?.join(" && "))
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn commands_of_processes() {
        for (command, wanted) in [
            ("celery -A app worker", Some("celery -A app worker")),
            ("RAILS_ENV=production exec bundle exec sidekiq", Some("bundle exec sidekiq")),
            ("python prepare.py && python worker.py", Some("python prepare.py && python worker.py")),
            ("worker --threads $THREADS", None),
            ("worker \"a b\"", None),
            ("worker || true", None),
            ("python prepare.py\npython worker.py", None),
            ("", None),
        ] {
            assert_eq!(plain(command).as_deref(), wanted, "{command}");
        }
    }
}
