//! What the documents tell people to type exists, and works where it can be tried.

use std::path::Path;
use std::process::Command;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser as _};
use scaffold::cli::Cli;
use tempfile::TempDir;

use crate::markdown;

/// The words of a command, up to what a shell does with its output.
fn words(line: &str) -> Vec<String> {
    let line = line.split(" #").next().unwrap_or_default();
    let ends = ["|", "||", "&&", ">", ";"];
    line.split_whitespace().take_while(|word| !ends.contains(word)).map(String::from).collect()
}

/// Whether a person could type this, apart from the names that stand for something.
fn refused(line: &str) -> Option<String> {
    let words = words(line);
    let command = words.get(1)?;
    if !command.starts_with(|c: char| c.is_ascii_lowercase()) {
        return None;
    }
    if Cli::command().find_subcommand(command).is_none() {
        return Some(format!("there is no command `{command}`"));
    }
    match Cli::try_parse_from(&words).err()?.kind() {
        // a word in capitals for what is to be filled in, or a command that is only named
        ErrorKind::InvalidValue | ErrorKind::ValueValidation | ErrorKind::MissingRequiredArgument => None,
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => None,
        other => Some(other.to_string()),
    }
}

#[test]
fn every_command_exists() {
    let mut wrong = Vec::new();
    for document in markdown::all() {
        let blocks = document.blocks.iter().filter(|(language, ..)| language == "sh");
        let lines = blocks.flat_map(|(_, text, _)| text.lines()).chain(document.code.iter().map(String::as_str));
        for line in lines.filter(|line| line.starts_with("scaffold ")) {
            wrong.extend(refused(line).map(|why| format!("{}: `{line}`: {why}", document.path.display())));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The blocks of a page after `<!-- run -->`, one after the other in one folder.
#[test]
fn examples_run() {
    let bin = Path::new(env!("CARGO_BIN_EXE_scaffold")).parent().unwrap().display();
    let mut pages = 0;
    for document in markdown::all() {
        let script: String =
            document.blocks.iter().filter(|(.., run)| *run).map(|(_, text, _)| text.as_str()).collect();
        if script.is_empty() {
            continue;
        }
        pages += 1;
        let temp = TempDir::new().unwrap();
        let mut bash = Command::new("bash");
        bash.args(["-euo", "pipefail", "-c", &script]).current_dir(temp.path()).env_clear().env("LANG", "C.UTF-8");
        bash.env("PATH", format!("{bin}:/usr/bin:/bin")).env("HOME", temp.path());
        let output = bash.output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{}\n{script}\n{out}\n{err}", document.path.display());
    }
    assert!(pages >= 3, "only {pages} pages have examples that run");
}
