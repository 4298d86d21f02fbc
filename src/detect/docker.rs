//! Dockerfiles: the ports of the last stage, and how it is started.
//!
//! Read by the rules of the reference for lines, comments, the `escape` directive and here-documents. The two crates that parse
//! Dockerfiles are not kept any more, or panic on an instruction without arguments.

use std::collections::VecDeque;

use super::finding::{Finding, Location};
use super::service::{Command, Services};
use super::walk::Files;
use super::wanted::is_dockerfile;
use crate::text::{path, secret};

/// An instruction, its continuation lines joined.
#[derive(Debug, PartialEq, Eq)]
struct Instruction {
    /// In upper case.
    name: String,
    arguments: String,
    /// The line it begins in, from 1.
    line: usize,
}

/// What the last stage of a Dockerfile says.
#[derive(Debug, Default)]
pub struct Stage {
    /// The first port, and its line.
    port: Option<(u16, usize)>,
    /// The command in its list form, and its line.
    start: Option<(Vec<String>, usize)>,
    /// Whether it has an entry point: then its command is only the arguments of that.
    entry_point: bool,
}

/// Reads every Dockerfile and gives it to the service in its folder. In a folder without any other manifest one that
/// names a port is a service itself, unless it lies above others.
pub fn detect(files: &Files, services: &mut Services) {
    // the deep ones first, so that one above them is seen to be above
    let mut dockerfiles: Vec<&str> = files.paths().filter(|path| is_dockerfile(path::name(path))).collect();
    dockerfiles.reverse();
    for file in dockerfiles {
        let Some(text) = files.text(file) else { continue };
        let (folder, stage) = (path::parent(file), last_stage(&text));
        let known = services.0.contains_key(folder);
        if !known && (stage.port.is_none() || services.has_below(folder)) {
            continue;
        }
        apply(services, folder, file, stage);
    }
}

/// Gives a Dockerfile to the service in a folder.
fn apply(services: &mut Services, folder: &str, file: &str, stage: Stage) {
    let service = services.at(folder);
    if service.name.is_none() && !folder.is_empty() {
        service.name = Some(Finding::new(path::name(folder).to_owned(), Location::new(file, None)));
    }
    service.runs = true;
    service.containers.push(Location::new(file, None));
    if let Some((port, line)) = stage.port {
        service.port = Some(Finding::new(port, Location::new(file, Some(line))));
    }
    if let Some((words, line)) = stage.start
        && !stage.entry_point
        && words.iter().all(|word| !word.contains(char::is_whitespace) && secret::looks_like(word).is_none())
    {
        // what runs in its image is nearer to the truth than a script
        service.commands.insert(Command::Start, Finding::new(words.join(" "), Location::new(file, Some(line))));
    }
}

fn last_stage(text: &str) -> Stage {
    let mut stage = Stage::default();
    for one in instructions(text) {
        match one.name.as_str() {
            "FROM" => stage = Stage::default(),
            "EXPOSE" if stage.port.is_none() => {
                let port = one.arguments.split_whitespace().next().and_then(|port| port.split('/').next());
                stage.port = port.and_then(|port| port.parse().ok()).map(|port| (port, one.line));
            }
            "ENTRYPOINT" => stage.entry_point = true,
            "CMD" => stage.start = serde_json::from_str(&one.arguments).ok().map(|words| (words, one.line)),
            _ => {}
        }
    }
    stage
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

    use super::last_stage;

    #[test]
    fn the_last_stage_counts() {
        let text = "FROM a AS build\nEXPOSE 1\nCMD [\"x\"]\nfrom b\nRUN a \\\n  # note\n\n  && b\nexpose 8080/tcp 9090\nCMD [\"node\", \"dist/server.js\"]\n";
        let stage = last_stage(text);
        assert_eq!(stage.port, Some((8080, 9)));
        assert_eq!(stage.start, Some((vec!["node".into(), "dist/server.js".into()], 10)));
        assert!(last_stage("FROM a\nCMD node server.js\n").start.is_none());
        assert!(last_stage("FROM a\nENTRYPOINT [\"y\"]\nCMD [\"x\"]\n").entry_point);
        assert_eq!(last_stage("FROM a\nEXPOSE $PORT\nEXPOSE 70000\nEXPOSE 80").port, Some((80, 4)));
    }

    #[test]
    fn here_documents_are_no_instructions() {
        let text = "FROM a\nRUN <<EOF sh <<-'TWO'\nEXPOSE 1\nEOF\nEXPOSE 2\n\tTWO\nEXPOSE 3\n";
        assert_eq!(last_stage(text).port, Some((3, 7)));
        assert_eq!(last_stage("# escape=`\nFROM a\nRUN x `\nEXPOSE 1\nRUN y\\\nEXPOSE 2\n").port, Some((2, 6)));
        assert_eq!(last_stage("FROM a\nRUN <<EOF\nEXPOSE 1\n").port, None);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in any::<String>()) {
            last_stage(&text);
        }
    }
}
