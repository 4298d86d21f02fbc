//! Files that say how a program is started: Procfile, supervisord.conf, start.sh, Makefile, justfile and Taskfile.yml. They
//! count where the manifest says nothing, but a Procfile says what runs in production.

use configparser::ini::Ini;

use super::finding::{Finding, Location};
use super::node::port;
use super::service::{Command, Service, Services};
use super::walk::Files;
use crate::text::{path, yaml};

/// Names of targets by what they do.
const TARGETS: [(Command, &[&str]); 5] = [
    (Command::Build, &["build"]),
    (Command::Lint, &["lint"]),
    (Command::Start, &["start", "serve"]),
    (Command::Test, &["test"]),
    (Command::Typecheck, &["typecheck"]),
];

/// Reads them for the service in their folder.
pub fn detect(files: &Files, services: &mut Services) {
    for service in services.0.values_mut() {
        procfile(files, service);
        supervisord(files, service);
        script(files, service);
        targets(files, service);
    }
}

/// The process `web`, else the only one, which is a worker.
fn procfile(files: &Files, service: &mut Service) {
    let file = path::join(&service.path, "Procfile");
    let Some(text) = files.text_if_any(&file) else { return };
    let processes: Vec<(usize, &str, &str)> = entries(&text).filter(|(_, name, _)| *name != "release").collect();
    let web = processes.iter().find(|(_, name, _)| *name == "web");
    let Some((line, _, command)) = web.or_else(|| processes.first().filter(|_| processes.len() == 1)) else { return };
    let place = Location::new(&file, Some(*line));
    if let Some(port) = port(command) {
        service.port.get_or_insert_with(|| Finding::new(port, place.clone()));
    }
    // migrations are applied before a new version starts, not by it
    let port = service.port.as_ref().map_or(8080, |port| port.value);
    let command = &command.replace("${PORT}", "$PORT").replace("$PORT", &port.to_string());
    let command = match command.split_once("&&") {
        Some((first, rest)) if first.contains("migrate") => rest.trim(),
        Some(_) | None => command,
    };
    let Some(command) = plain(command) else { return };
    service.runs = true;
    // the image has the packages, but not what installed them
    let program = ["uv run ", "poetry run ", "pipenv run "].iter().find_map(|runner| command.strip_prefix(runner));
    let installer = ["bun ", "npx ", "pnpm ", "yarn "].iter().any(|tool| command.starts_with(tool));
    if !(installer && service.commands.contains_key(&Command::Start)) {
        let command = program.map_or(command.clone(), str::to_owned);
        service.commands.insert(Command::Start, Finding::new(command, place));
    }
}

/// The entries of a Procfile: line from 1, name and command.
pub fn entries(text: &str) -> impl Iterator<Item = (usize, &str, &str)> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with('#'));
    lines.filter_map(|(i, line)| line.split_once(':').map(|(name, command)| (i + 1, name.trim(), command.trim())))
}

/// A command with the values that its variables have by default: `${PORT:-3000}`. One that needs a shell is none.
pub fn plain(command: &str) -> Option<String> {
    let (mut out, mut rest) = (String::new(), command);
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}')?;
        let (_, value) = name.split_once(":-")?;
        out.push_str(before);
        out.push_str(value);
        rest = after;
    }
    out.push_str(rest);
    // what begins with assignments is set in the environment of the service
    let is_name =
        |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    let is_assignment = |word: &&str| word.split_once('=').is_some_and(|(name, _)| is_name(name));
    let words: Vec<&str> = out.split_whitespace().skip_while(is_assignment).collect();
    let out = words.strip_prefix(&["exec"]).unwrap_or(&words).join(" ");
    (!out.is_empty() && !out.contains(['$', '&', '|', ';', '<', '>', '`'])).then_some(out)
}

/// The only program of a supervisord.conf.
fn supervisord(files: &Files, service: &mut Service) {
    let file = path::join(&service.path, "supervisord.conf");
    let Some(text) = files.text_if_any(&file) else { return };
    let mut config = Ini::new_cs();
    if config.read(text).is_err() {
        files.note(&file, "cannot be parsed");
        return;
    }
    let programs: Vec<String> = config.sections().into_iter().filter(|name| name.starts_with("program:")).collect();
    if let [program] = programs.as_slice()
        && let Some(command) = config.get(program, "command").as_deref().and_then(plain)
    {
        service.command(Command::Start, command, Location::new(&file, None));
        service.runs = true;
    }
}

/// `start.sh`, where the manifest names no program.
fn script(files: &Files, service: &mut Service) {
    let file = path::join(&service.path, "start.sh");
    if files.has(&file) && service.manifest.is_some() {
        service.command(Command::Start, "sh start.sh", Location::new(&file, None));
    }
}

/// Tools that a target calls for something else than the program itself.
const AROUND: [&str; 4] = ["docker", "kubectl", "podman", "terraform"];

/// Targets with the usual names. One with a single command is that command, as the tool itself is not in the image.
fn targets(files: &Files, service: &mut Service) {
    let sources = [
        ("Makefile", "make"),
        ("justfile", "just"),
        ("Justfile", "just"),
        ("Taskfile.yml", "task"),
        ("Taskfile.yaml", "task"),
    ];
    for (name, tool) in sources {
        let file = path::join(&service.path, name);
        let Some(text) = files.text_if_any(&file) else { continue };
        let tasks = if tool == "task" { yaml::first(&text) } else { None };
        for (command, names) in TARGETS {
            let found = names.iter().find_map(|target| match &tasks {
                Some(tasks) => Some((*target, of_task(tasks.get("tasks")?.get(*target)?), None)),
                None => recipe(&text, target).map(|(line, recipe)| (*target, recipe, Some(line))),
            });
            let Some((target, recipe, line)) = found else { continue };
            if recipe.is_empty() || recipe.iter().any(|line| AROUND.iter().any(|tool| line.contains(tool))) {
                continue;
            }
            let single = plain(recipe[0].trim_start_matches(['@', '-'])).filter(|_| recipe.len() == 1);
            let call = (command != Command::Start).then(|| format!("{tool} {target}"));
            if let Some(value) = single.or(call) {
                service.command(command, value, Location::new(&file, line));
            }
        }
    }
}

/// The commands of a task of Taskfile.yml.
fn of_task(task: &serde_yaml::Value) -> Vec<String> {
    let list = task.get("cmds").unwrap_or(task);
    let one = list.as_str().or_else(|| task.get("cmd")?.as_str()).map(str::to_owned);
    let many = list.as_sequence().into_iter().flatten().filter_map(|one| one.as_str().map(str::to_owned));
    one.into_iter().chain(many).collect()
}

/// The line of a target and its commands, which are indented.
fn recipe(text: &str, target: &str) -> Option<(usize, Vec<String>)> {
    let is_target = |line: &str| {
        let rest = line.strip_prefix(target).map(str::trim_start);
        rest.is_some_and(|rest| rest.starts_with(':') && !rest.starts_with(":="))
    };
    let at = text.lines().position(is_target)?;
    let lines = text.lines().skip(at + 1).take_while(|line| line.starts_with([' ', '\t']));
    Some((at + 1, lines.map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()))
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn commands_without_a_shell() {
        for (command, wanted) in [
            ("bin/rails server -p ${PORT:-3000}", Some("bin/rails server -p 3000")),
            ("RACK_ENV=production bundle exec puma", Some("bundle exec puma")),
            ("gunicorn app:app -b :$PORT", None),
            ("a && b", None),
            ("a ${B}", None),
            ("", None),
        ] {
            assert_eq!(plain(command).as_deref(), wanted, "{command}");
        }
    }
}
