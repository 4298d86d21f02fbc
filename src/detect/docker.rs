//! Dockerfiles: how a service builds its image, with which user it runs, where it listens, and how it is started.
//!
//! Read by the rules of the reference for lines, comments, the `escape` directive and here-documents. The two crates that parse
//! Dockerfiles are not kept any more, or panic on an instruction without arguments.

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::compose::{Build, system};
use super::finding::{Finding, Location};
use super::node::is_development;
use super::service::{Command, Image, Service, Services};
use super::walk::Files;
use super::wanted::is_dockerfile;
use crate::text::{path, secret};

/// Stages and variables that are looked at.
const MOST: usize = 200;

/// Numbers of users that images name: a part of the image, a part of its tag, the name, the number. Each is in the Dockerfile
/// of that image, or in `/etc/passwd` of its distribution.
const USERS: [(&str, &str, &str, u32); 17] = [
    ("", "", "root", 0),
    ("", "", "nobody", 65534),
    ("", "alpine", "www-data", 82),
    ("", "", "www-data", 33),
    ("", "", "nonroot", 65532),
    // github.com/nodejs/docker-node
    ("node", "", "node", 1000),
    // github.com/oven-sh/bun
    ("bun", "", "bun", 1000),
    // github.com/denoland/deno_docker
    ("deno", "", "deno", 1993),
    // github.com/nginx/docker-nginx
    ("nginx", "", "nginx", 101),
    // github.com/nginx/docker-nginx-unprivileged
    ("nginx-unprivileged", "", "nginx", 101),
    // github.com/dotnet/dotnet-docker: APP_UID
    ("dotnet", "", "app", 1654),
    // github.com/docker-library/postgres and mongo, valkey and redis
    ("postgres", "alpine", "postgres", 70),
    ("postgres", "", "postgres", 999),
    ("mongo", "", "mongodb", 999),
    // github.com/docker-library/ruby has none, Rails makes its own
    ("gradle", "", "gradle", 1000),
    ("jetty", "", "jetty", 999),
    ("ubuntu", "", "ubuntu", 1000),
];

/// What an image is without any instruction.
struct Base {
    /// A part of its path.
    image: &'static str,
    /// A part of its tag.
    tag: &'static str,
    user: Option<u32>,
    port: Option<u16>,
    writable: &'static [&'static str],
}

const fn base(
    image: &'static str,
    tag: &'static str,
    user: Option<u32>,
    port: Option<u16>,
    writable: &'static [&'static str],
) -> Base {
    Base { image, tag, user, port, writable }
}

const BASES: [Base; 13] = [
    base("nginx-unprivileged", "", Some(101), Some(8080), &[]),
    // The documentation of the image (github.com/docker-library/docs): these are where it writes.
    base("nginx", "", Some(101), Some(80), &["/var/cache/nginx", "/var/run"]),
    base("distroless", "nonroot", Some(65532), None, &[]),
    base("chainguard", "", Some(65532), None, &[]),
    base("dotnet", "chiseled", Some(1654), Some(8080), &[]),
    base("aspnet", "", None, Some(8080), &[]),
    base("bitnami", "", Some(1001), None, &[]),
    // These want root: they bind a low port before they become another user, or their program has capabilities.
    base("php", "apache", Some(0), Some(80), &[]),
    base("httpd", "", Some(0), Some(80), &[]),
    base("caddy", "", Some(0), Some(80), &[]),
    base("frankenphp", "", Some(0), Some(80), &[]),
    base("wordpress", "", Some(0), Some(80), &[]),
    base("tomcat", "", Some(0), Some(8080), &[]),
];

/// Images that run nothing by themselves.
const TOOLS: [&str; 17] = [
    "alpine",
    "amazoncorretto",
    "bun",
    "debian",
    "deno",
    "eclipse-temurin",
    "fedora",
    "golang",
    "node",
    "openjdk",
    "php",
    "python",
    "ruby",
    "rust",
    "sdk",
    "ubuntu",
    "devcontainers",
];

/// Names of stages that are for production, the best first.
const STAGES: [&str; 9] = ["production", "prod", "release", "runner", "runtime", "final", "deploy", "app", "server"];

/// An instruction, its continuation lines joined.
#[derive(Debug, PartialEq, Eq)]
struct Instruction {
    /// In upper case.
    name: String,
    arguments: String,
    /// The line it begins in, from 1.
    line: usize,
}

/// A stage of a Dockerfile, with what it has from those before it.
#[derive(Clone, Debug, Default)]
struct Stage {
    name: String,
    /// The image that it begins with.
    base: String,
    /// The line of its `FROM`.
    line: usize,
    /// The first port, and its line.
    port: Option<(u16, usize)>,
    /// The user as it is written, and its line.
    user: Option<(String, usize)>,
    /// Numbers of users that it makes.
    made: BTreeMap<String, u32>,
    /// The command and its line; none where it needs a shell.
    start: Option<(Vec<String>, usize)>,
    /// The entry point in its list form.
    entry_point: Option<(Vec<String>, usize)>,
    /// Whether there is any command or entry point.
    runs: bool,
    /// Whether its program becomes other users.
    wants_root: bool,
    /// What it copies from its context.
    copied: Vec<String>,
    /// Its variables.
    variables: HashMap<String, String>,
}

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
    for file in dockerfiles {
        let Some(text) = files.text(file) else { continue };
        let read = Read { file, stages: stages(&text) };
        let Some(last) = read.stages.last() else { continue };
        let build = builds.iter().find(|build| build.dockerfile == file);
        let Some(folder) = owner(services, file, build) else { continue };
        let is_store = system(last.base.rsplit('/').next().unwrap_or_default()).is_some();
        let known = services.0.contains_key(&folder);
        // a store with its settings is no service
        if is_store && services.0.get(&folder).is_some_and(|service| service.manifest.is_some()) {
            continue;
        }
        if !known && (last.port.is_none() || is_store || rank(file) > 1 || services.has_below(&folder)) {
            continue;
        }
        if given.get(&folder).is_some_and(|best| *best <= rank(file)) {
            continue;
        }
        given.insert(folder.clone(), rank(file));
        apply(files, services, &folder, &read, build);
    }
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
    } else if words.len() == 1 {
        1
    } else {
        2
    }
}

/// The folder of the service whose image a Dockerfile builds.
fn owner(services: &Services, file: &str, build: Option<&Build>) -> Option<String> {
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
    called.or(context.filter(|_| is_plain)).cloned().or_else(|| is_plain.then(|| folder.to_owned()))
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
    let is_fit = |stage: &&Stage| is_for_production(stage) && rank(&format!("Dockerfile.{}", stage.name)) != 3;
    let named = || {
        let stage = |name: &&str| read.stages.iter().find(|stage| stage.name == **name);
        STAGES.iter().filter_map(stage).find(is_fit)
    };
    let chosen = target.filter(is_fit).or_else(|| Some(last).filter(is_fit)).or_else(named);
    let at = |line: usize| Location::new(file, Some(line));
    let stage = chosen.unwrap_or(last);
    let of_base = BASES.iter().find(|base| is_image(&stage.base, base.image, base.tag));
    let port = stage.port.or_else(|| of_base.and_then(|base| Some((base.port?, stage.line))));
    if let Some((port, line)) = port {
        let found = Finding::new(port, at(line));
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
    let place = Location::new(file, None);
    let context = build.map_or_else(|| context(folder, read), |build| build.context.clone());
    let context = if context.is_empty() { path::WHOLE.to_owned() } else { context };
    let context_place = build.map_or_else(|| place.clone(), |build| build.place.clone());
    let target = (stage.line != last.line).then(|| Finding::new(stage.name.clone(), at(stage.line)));
    let writable = of_base.map_or(&[][..], |base| base.writable).iter();
    let user = user(files, service, file, stage, of_base.and_then(|base| base.user));
    service.image = Some(Image {
        dockerfile: Finding::new(file.to_owned(), place),
        context: Finding::new(context, context_place),
        target,
        writable: match user.as_ref().map(|user| user.value) {
            // root writes where it wants
            Some(0) => Vec::new(),
            _ => writable.map(|folder| Finding::new((*folder).to_owned(), at(stage.line))).collect(),
        },
        user,
    });
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

/// The number of the user. A name without a known number is noted.
fn user(files: &Files, service: &Service, file: &str, stage: &Stage, of_base: Option<u32>) -> Option<Finding<u32>> {
    let Some((written, line)) = &stage.user else {
        if stage.wants_root {
            let line = stage.start.as_ref().or(stage.entry_point.as_ref()).map_or(stage.line, |(_, line)| *line);
            return Some(Finding::new(0, Location::new(file, Some(line))));
        }
        return of_base.map(|user| Finding::new(user, Location::new(file, Some(stage.line))));
    };
    let name = written.split(':').next().unwrap_or_default();
    let of_image = || {
        let known = USERS.iter().find(|(image, tag, user, _)| *user == name && is_image(&stage.base, image, tag));
        known.map(|(.., number)| *number)
    };
    let number = name.parse().ok().or_else(|| stage.made.get(name).copied()).or_else(of_image);
    if number.is_none() && service.image.is_none() {
        files.note(
            file,
            format!("has a user whose number is not known (line {line}); the answer `user` has its default"),
        );
    }
    number.filter(|number| *number <= 65535).map(|number| Finding::new(number, Location::new(file, Some(*line))))
}

/// Whether an image is this one: a part of its path, and a part of its tag.
fn is_image(image: &str, part: &str, tag: &str) -> bool {
    let image = image.split('@').next().unwrap_or_default();
    let (name, version) = match image.rsplit_once(':') {
        Some((name, version)) if !version.contains('/') => (name, version),
        Some(_) | None => (image, ""),
    };
    (part.is_empty() || name.split('/').any(|one| one == part)) && (tag.is_empty() || version.contains(tag))
}

/// Whether a stage starts a program, and not one for development.
fn is_for_production(stage: &Stage) -> bool {
    let image = stage.base.split(['@', ':']).next().unwrap_or_default();
    let only_tools = image.split('/').any(|part| TOOLS.contains(&part)) && !is_image(&stage.base, "php", "apache");
    if !stage.runs {
        return !only_tools && !is_image(&stage.base, "php", "cli");
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

fn stages(text: &str) -> Vec<Stage> {
    let (mut stages, mut arguments): (Vec<Stage>, HashMap<String, String>) = (Vec::new(), HashMap::new());
    for one in instructions(text) {
        if one.name == "FROM" {
            if stages.len() == MOST {
                break;
            }
            stages.push(from(&one, &stages, &arguments));
            continue;
        }
        let Some(stage) = stages.last_mut() else {
            if one.name == "ARG" && arguments.len() < MOST {
                let (name, value) = one.arguments.split_once('=').unwrap_or((&one.arguments, ""));
                arguments.insert(name.trim().to_owned(), unquoted(value).to_owned());
            }
            continue;
        };
        instruction(stage, &one, &arguments);
    }
    stages
}

/// `FROM --platform=... image AS name`: from an image, or from a stage with all that it has.
fn from(one: &Instruction, before: &[Stage], arguments: &HashMap<String, String>) -> Stage {
    let mut words = one.arguments.split_whitespace().filter(|word| !word.starts_with("--"));
    let image = filled(words.next().unwrap_or_default(), arguments);
    let name = words.next().filter(|word| word.eq_ignore_ascii_case("as")).and_then(|_| words.next());
    let name = name.unwrap_or_default().to_ascii_lowercase();
    let earlier = before.iter().rev().find(|stage| !stage.name.is_empty() && stage.name.eq_ignore_ascii_case(&image));
    match earlier {
        Some(earlier) => Stage { name, line: one.line, ..earlier.clone() },
        None => {
            // what the images of .NET set
            let of_base = is_image(&image, "dotnet", "").then(|| ("APP_UID".to_owned(), "1654".to_owned()));
            Stage { name, base: image, line: one.line, variables: of_base.into_iter().collect(), ..Stage::default() }
        }
    }
}

fn instruction(stage: &mut Stage, one: &Instruction, arguments: &HashMap<String, String>) {
    let text = &one.arguments;
    match one.name.as_str() {
        "ARG" | "ENV" if stage.variables.len() < MOST => {
            let pairs: Vec<(&str, &str)> = match text.split_once(char::is_whitespace) {
                // the old form without a sign
                Some((name, value)) if one.name == "ENV" && !name.contains('=') => vec![(name, value.trim())],
                _ => text.split_whitespace().map(|pair| pair.split_once('=').unwrap_or((pair, ""))).collect(),
            };
            for (name, value) in pairs {
                let inherited = || arguments.get(name).cloned().unwrap_or_default();
                let value = if value.is_empty() { inherited() } else { filled(unquoted(value), &stage.variables) };
                if matches!(name, "PORT" | "HTTP_PORT" | "SERVER_PORT" | "ASPNETCORE_HTTP_PORTS")
                    && one.name == "ENV"
                    && let Ok(port) = value.parse()
                {
                    stage.port.get_or_insert((port, one.line));
                }
                stage.variables.insert(name.to_owned(), value);
            }
        }
        "EXPOSE" => {
            let first = filled(text.split_whitespace().next().unwrap_or_default(), &stage.variables);
            let port = first.split('/').next().and_then(|port| port.parse().ok()).filter(|port| *port > 0);
            if let Some(port) = port {
                stage.port.get_or_insert((port, one.line));
            }
        }
        "USER" => {
            let user = filled(text.split_whitespace().next().unwrap_or_default(), &stage.variables);
            stage.user = (!user.is_empty()).then_some((user, one.line));
        }
        "RUN" => makes_users(stage, text),
        "COPY" | "ADD" if !text.contains("--from=") => {
            let words: Vec<&str> = text.split_whitespace().filter(|word| !word.starts_with("--")).collect();
            let sources = words.split_last().map_or(&[][..], |(_, sources)| sources);
            stage
                .copied
                .extend(sources.iter().take(MOST).map(|source| source.trim_matches(['[', '"', ',']).to_owned()));
        }
        "ENTRYPOINT" => {
            stage.runs = true;
            stage.entry_point = words(text).map(|words| (words, one.line));
            stage.start = None;
            stage.wants_root |= wants_root(text, &stage.base);
        }
        "CMD" => {
            stage.runs = true;
            stage.start = words(text).map(|words| (words, one.line));
            stage.wants_root |= wants_root(text, &stage.base);
        }
        _ => {}
    }
}

/// The words of a command: a list, or a line that needs no shell.
fn words(text: &str) -> Option<Vec<String>> {
    if text.starts_with('[') {
        return serde_json::from_str(text).ok();
    }
    let text = text.strip_prefix("exec ").unwrap_or(text);
    let plain = !text.is_empty() && !text.contains(['$', '&', '|', ';', '<', '>', '`', '"', '\'', '(']);
    plain.then(|| text.split_whitespace().map(str::to_owned).collect())
}

/// Programs that are started as root and start others as other users: also web servers that were installed, as only their
/// own images are made for other users.
fn wants_root(command: &str, image: &str) -> bool {
    let is_own = BASES.iter().any(|base| base.port.is_some() && is_image(image, base.image, base.tag));
    let mut words = command.split(|c: char| !(c.is_ascii_alphanumeric() || "-._/".contains(c)));
    words.any(|word| match path::name(word) {
        "supervisord" | "apache2-foreground" | "s6-svscan" | "my_init" => true,
        "apache2ctl" | "httpd" | "nginx" => !is_own,
        _ => false,
    })
}

/// `$NAME`, `${NAME}` and `${NAME:-default}` with their values; what is not known is left out.
fn filled(text: &str, variables: &HashMap<String, String>) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let (name, default, end) = match after.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            Some((inner, end)) => {
                let (name, default) = inner.split_once(":-").unwrap_or((inner, ""));
                (name, default, end)
            }
            None => {
                let end = after.find(|c| !is_name(c)).unwrap_or(after.len());
                (&after[..end], "", &after[end..])
            }
        };
        let value = variables.get(name).map(String::as_str).filter(|value| !value.is_empty());
        out.push_str(value.unwrap_or(default));
        rest = end;
    }
    out.push_str(rest);
    out
}

fn unquoted(value: &str) -> &str {
    value.trim().trim_matches(['"', '\''])
}

/// Users that a command makes: `useradd -u 1001 app`, `adduser -S -u 1001 app`. One without a number is the first of its kind.
fn makes_users(stage: &mut Stage, command: &str) {
    const VALUES: [&str; 22] = [
        "-G",
        "-b",
        "-c",
        "-d",
        "-g",
        "-h",
        "-k",
        "-s",
        "-u",
        "--comment",
        "--gecos",
        "--gid",
        "--groups",
        "--home",
        "--home-dir",
        "--ingroup",
        "--shell",
        "--uid",
        "--base-dir",
        "-ms",
        "-rs",
        "--group",
    ];
    for part in command.split(['&', ';', '|', '\n']) {
        let mut words = part.split_whitespace().skip_while(|word| !matches!(*word, "useradd" | "adduser"));
        let Some(tool) = words.next() else { continue };
        let words: Vec<String> = words.map(|word| filled(word, &stage.variables)).collect();
        let (mut name, mut number, mut is_system, mut skip) = (None, None, false, false);
        for (i, word) in words.iter().enumerate() {
            if std::mem::take(&mut skip) {
                continue;
            }
            let value = match word.split_once('=') {
                Some(("--uid", value)) => Some(value.to_owned()),
                _ if matches!(word.as_str(), "-u" | "--uid") => words.get(i + 1).cloned(),
                _ => None,
            };
            number = number.or_else(|| value.and_then(|value| value.parse::<u32>().ok()));
            is_system |= matches!(word.as_str(), "-r" | "-S" | "--system" | "-rm" | "-rs");
            // `--group` of adduser takes no value
            skip = VALUES.contains(&word.as_str()) && !(tool == "adduser" && word == "--group");
            if !word.starts_with('-') && name.is_none() {
                name = Some(unquoted(word).to_owned());
            }
        }
        let Some(name) = name.filter(|name| !name.is_empty()) else { continue };
        let taken = stage.made.values().filter(|number| (1000..2000).contains(*number)).count();
        let first = if is_image(&stage.base, "node", "") || is_image(&stage.base, "bun", "") { 1001 } else { 1000 };
        let next = u32::try_from(taken).ok().map(|taken| first + taken).filter(|_| !is_system);
        if let Some(number) = number.or(next) {
            stage.made.entry(name).or_insert(number);
        }
    }
}

fn instructions(text: &str) -> Vec<Instruction> {
    let mut found: Vec<Instruction> = Vec::new();
    let mut open = false;
    let mut waiting = VecDeque::new();
    let escape = if is_backquote(text) { '`' } else { '\\' };
    for (i, line) in text.lines().enumerate() {
        if let Some(end) = waiting.front() {
            if line.trim_start_matches('\t') == end {
                waiting.pop_front();
            }
            continue;
        }
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let (content, goes_on) = match trimmed.strip_suffix(escape) {
            Some(content) => (content.trim_end(), true),
            None => (trimmed, false),
        };
        match found.last_mut().filter(|_| open) {
            Some(last) => {
                last.arguments.push(' ');
                last.arguments.push_str(content);
            }
            None => {
                let (name, arguments) = content.split_once(char::is_whitespace).unwrap_or((content, ""));
                let name = name.to_ascii_uppercase();
                found.push(Instruction { name, arguments: arguments.trim().to_owned(), line: i + 1 });
            }
        }
        open = goes_on;
        if !open && let Some(last) = found.last() {
            waiting = here_documents(last);
        }
    }
    found
}

/// Whether the directive at the very top makes the backquote the escape, as Windows needs it.
fn is_backquote(text: &str) -> bool {
    let comments = text.lines().map_while(|line| line.trim().strip_prefix('#'));
    comments
        .filter_map(|line| line.split_once('='))
        .any(|(key, value)| key.trim().eq_ignore_ascii_case("escape") && value.trim() == "`")
}

/// The words that end the here-documents of an instruction, in order.
fn here_documents(one: &Instruction) -> VecDeque<String> {
    if !matches!(one.name.as_str(), "RUN" | "COPY" | "ADD") {
        return VecDeque::new();
    }
    let starts = one.arguments.split_whitespace().filter_map(|word| word.split_once("<<").map(|(_, rest)| rest));
    let ends = starts.map(|rest| rest.trim_start_matches('-').trim_matches(['"', '\'']));
    let is_name = |end: &&str| !end.is_empty() && end.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    ends.filter(is_name).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Stage, is_for_production, program, rank, stages};

    fn last(text: &str) -> Stage {
        stages(text).pop().unwrap_or_default()
    }

    #[test]
    fn the_last_stage_counts() {
        let text = "FROM a AS build\nEXPOSE 1\nCMD [\"x\"]\nfrom b\nRUN a \\\n  # note\n\n  && b\nexpose 8080/tcp 9090\nCMD [\"node\", \"dist/server.js\"]\n";
        let stage = last(text);
        assert_eq!(stage.port, Some((8080, 9)));
        assert_eq!(program(&stage), Some((vec!["node".into(), "dist/server.js".into()], 10)));
        assert_eq!(
            program(&last("FROM a\nCMD node server.js\n")).map(|(words, _)| words.join(" ")),
            Some("node server.js".into())
        );
        assert!(program(&last("FROM a\nCMD a && b\n")).is_none());
        assert_eq!(last("FROM a\nEXPOSE $PORT\nEXPOSE 70000\nEXPOSE 80").port, Some((80, 4)));
        assert_eq!(last("FROM a\nENV PORT=3000\nEXPOSE $PORT").port, Some((3000, 2)));
    }

    #[test]
    fn entry_points() {
        for (text, wanted) in [
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
    fn here_documents_are_no_instructions() {
        let text = "FROM a\nRUN <<EOF sh <<-'TWO'\nEXPOSE 1\nEOF\nEXPOSE 2\n\tTWO\nEXPOSE 3\n";
        assert_eq!(last(text).port, Some((3, 7)));
        assert_eq!(last("# escape=`\nFROM a\nRUN x `\nEXPOSE 1\nRUN y\\\nEXPOSE 2\n").port, Some((2, 6)));
        assert_eq!(last("FROM a\nRUN <<EOF\nEXPOSE 1\n").port, None);
    }

    #[test]
    fn bases_and_users() {
        let stage = last("ARG V=22\nFROM node:${V}-alpine AS base\nUSER node\nFROM base\nRUN true");
        assert_eq!((stage.base.as_str(), stage.user.clone()), ("node:22-alpine", Some(("node".into(), 3))));
        for (command, number) in [
            ("useradd -u 1001 app", Some(1001)),
            ("groupadd -g 5 app && useradd --uid=1002 --gid 5 app", Some(1002)),
            ("adduser -S -u 1003 -G app app", Some(1003)),
            ("addgroup app && adduser -D -G app app", Some(1000)),
            ("useradd -ms /bin/bash app", Some(1000)),
            ("useradd -r app", None),
        ] {
            let stage = last(&format!("FROM debian\nRUN {command}\nUSER app"));
            assert_eq!(stage.made.get("app").copied(), number, "{command}");
        }
        assert_eq!(last("FROM debian\nARG UID=1234\nRUN useradd -u $UID app").made.get("app"), Some(&1234));
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
        assert!(last("FROM debian\nCMD service x start && nginx -g 'daemon off;'").wants_root);
        assert!(!last("FROM nginx:1.29\nCMD [\"nginx\", \"-g\", \"daemon off;\"]").wants_root);
        assert_eq!(["a/Dockerfile.prod", "Dockerfile", "api.Dockerfile", "Dockerfile.dev"].map(rank), [0, 1, 2, 3]);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in any::<String>()) {
            stages(&text);
        }

        #[test]
        fn any_instruction_is_read(text in "(FROM|RUN|ENV|ARG|USER|EXPOSE|CMD|COPY|ENTRYPOINT) [a-zA-Z0-9 ${}:=&\"'-]*") {
            stages(&format!("FROM a\n{text}"));
        }
    }
}
