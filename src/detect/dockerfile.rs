//! The syntax of Dockerfiles: instructions, stages, and what each stage has from those before it.
//!
//! Read by the rules of the reference for lines, comments, the `escape` directive and here-documents. The two crates that parse
//! Dockerfiles are not kept any more, or panic on an instruction without arguments.

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::crontab::{Entry, of_build};
use crate::text::path;

/// Stages and variables that are looked at.
const MOST: usize = 200;

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
pub struct Stage {
    pub name: String,
    /// The image that it begins with.
    pub base: String,
    /// The line of its `FROM`.
    pub line: usize,
    /// The first port, and its line.
    pub port: Option<(u16, usize)>,
    /// The user as it is written, and its line.
    pub user: Option<(String, usize)>,
    /// Numbers of users that it makes.
    pub made: BTreeMap<String, u32>,
    /// The command and its line; none where it needs a shell.
    pub start: Option<(Vec<String>, usize)>,
    /// The entry point in its list form.
    pub entry_point: Option<(Vec<String>, usize)>,
    /// Whether there is any command or entry point.
    pub runs: bool,
    /// Its commands and entry points as they are written.
    pub commands: Vec<String>,
    /// The folder in which it starts.
    pub folder: Option<String>,
    /// Folders that it declares as volumes, each with its line.
    pub volumes: Vec<(String, usize)>,
    /// What it copies from its context.
    pub copied: Vec<String>,
    /// Lines for cron that its build writes, each with its line.
    pub crons: Vec<(Entry, usize)>,
    /// Its variables.
    pub variables: HashMap<String, String>,
}

/// The name of an image, and its tag.
fn name_and_tag(image: &str) -> (&str, &str) {
    let image = image.split('@').next().unwrap_or_default();
    match image.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, tag),
        Some(_) | None => (image, ""),
    }
}

/// The tag of an image whose name ends like this.
pub fn tag_of<'i>(image: &'i str, end: &str) -> Option<&'i str> {
    let (name, tag) = name_and_tag(image);
    (path::name(name) == end).then_some(tag)
}

/// Whether an image is this one: a part of its path, and a part of its tag.
pub fn is_image(image: &str, part: &str, tag: &str) -> bool {
    let (name, version) = name_and_tag(image);
    (part.is_empty() || name.split('/').any(|one| one == part)) && (tag.is_empty() || version.contains(tag))
}

/// The stages of a Dockerfile, in order.
pub fn stages(text: &str) -> Vec<Stage> {
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
            let words = text.split_whitespace().map(|word| filled(word, &stage.variables));
            let ports = words
                .filter(|word| !word.to_ascii_lowercase().ends_with("/udp"))
                .filter_map(|word| word.split('/').next().and_then(|port| port.parse().ok()).filter(|port| *port > 0));
            if let Some(port) = ports.collect::<Vec<u16>>().first() {
                stage.port.get_or_insert((*port, one.line));
            }
        }
        "USER" => {
            let user = filled(text.split_whitespace().next().unwrap_or_default(), &stage.variables);
            stage.user = (!user.is_empty()).then_some((user, one.line));
        }
        "RUN" => {
            makes_users(stage, text);
            stage.crons.extend(of_build(text).into_iter().map(|entry| (entry, one.line)));
        }
        "COPY" | "ADD" if !text.contains("--from=") => {
            let words: Vec<&str> = text.split_whitespace().filter(|word| !word.starts_with("--")).collect();
            let sources = words.split_last().map_or(&[][..], |(_, sources)| sources);
            stage
                .copied
                .extend(sources.iter().take(MOST).map(|source| source.trim_matches(['[', '"', ',']).to_owned()));
        }
        "WORKDIR" => {
            let folder = filled(unquoted(text), &stage.variables);
            stage.folder = match (&stage.folder, folder.starts_with('/')) {
                (_, true) => Some(folder),
                (Some(before), false) => Some(path::join(before, &folder)),
                (None, false) => None,
            };
        }
        "VOLUME" if stage.volumes.len() < MOST => {
            let folders = words(text).unwrap_or_default().into_iter();
            stage.volumes.extend(folders.map(|folder| (filled(&folder, &stage.variables), one.line)));
        }
        "ENTRYPOINT" => {
            stage.runs = true;
            stage.entry_point = words(text).map(|words| (words, one.line));
            stage.start = None;
            stage.commands.push(text.clone());
        }
        "CMD" => {
            stage.runs = true;
            stage.start = words(text).map(|words| (words, one.line));
            stage.commands.push(text.clone());
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

/// `$NAME`, `${NAME}` and `${NAME:-default}` with their values; what is not known is left out.
pub fn filled(text: &str, variables: &HashMap<String, String>) -> String {
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

    use super::{Stage, stages};

    fn last(text: &str) -> Stage {
        stages(text).pop().unwrap_or_default()
    }

    #[test]
    fn the_last_stage_counts() {
        let text = "FROM a AS build\nEXPOSE 1\nCMD [\"x\"]\nfrom b\nRUN a \\\n  # note\n\n  && b\nexpose 8080/tcp 9090\nCMD [\"node\", \"dist/server.js\"]\n";
        let stage = last(text);
        assert_eq!(stage.port, Some((8080, 9)));
        assert_eq!(stage.start, Some((vec!["node".into(), "dist/server.js".into()], 10)));
        assert_eq!(last("FROM a\nEXPOSE $PORT\nEXPOSE 70000\nEXPOSE 80").port, Some((80, 4)));
        assert_eq!(last("FROM a\nEXPOSE 53/udp 8053/tcp").port, Some((8053, 2)));
        assert_eq!(last("FROM a\nENV PORT=3000\nEXPOSE $PORT").port, Some((3000, 2)));
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
