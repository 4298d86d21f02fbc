//! The reference of the commands, from the same source as the man page.

use std::fmt::Write as _;

use clap::{Arg, Command, CommandFactory as _};
use scaffold::cli::Cli;

/// The page.
pub fn page() -> String {
    let mut command = Cli::command();
    command.build();
    let mut out =
        "# Commands\n\n`scaffold COMMAND --help` says the same, and `scaffold man` prints it as a man page.\n".into();
    let own = |arg: &&Arg| !arg.is_hide_set() && !["help", "version"].contains(&arg.get_id().as_str());
    arguments(&mut out, "Every command takes:", command.get_arguments().filter(own));
    for sub in command.get_subcommands().filter(|c| c.get_name() != "help") {
        section(&mut out, sub, sub.get_arguments().filter(own).filter(|arg| !arg.is_global_set()));
    }
    out
}

fn section<'a>(out: &mut String, command: &'a Command, args: impl Iterator<Item = &'a Arg>) {
    let about = command.get_long_about().or(command.get_about()).unwrap().to_string();
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    let _ = write!(
        out,
        "\n## {}\n\n{}\n\n```text\n{usage}\n```\n",
        command.get_name(),
        about.replacen('\n', ".\n", 1) + dot(&about)
    );
    arguments(out, "", args);
}

/// What ends a sentence that has no end.
fn dot(text: &str) -> &'static str {
    if text.ends_with('.') { "" } else { "." }
}

fn arguments<'a>(out: &mut String, intro: &str, args: impl Iterator<Item = &'a Arg>) {
    let rows: Vec<String> = args.map(row).collect();
    if rows.is_empty() {
        return;
    }
    let intro = if intro.is_empty() { String::new() } else { format!("\n{intro}\n") };
    let _ = write!(out, "{intro}\n| argument | meaning |\n| --- | --- |\n{}", rows.concat());
}

fn row(arg: &Arg) -> String {
    let shown = arg.to_string().replace('|', "\\|");
    let mut text = arg.get_help().map(ToString::to_string).unwrap_or_default();
    text += dot(&text);
    let values: Vec<String> = arg
        .get_possible_values()
        .iter()
        .filter_map(|v| {
            let help = v.get_help().map(|help| format!(": {}", help.to_string().trim_end_matches('.')))?;
            Some(format!("`{}`{help}", v.get_name()))
        })
        .collect();
    if arg.get_action().takes_values() && !values.is_empty() {
        let _ = write!(text, "<br>{}", values.join("<br>"));
    }
    let defaults: Vec<String> = arg.get_default_values().iter().map(|v| format!("`{}`", v.to_string_lossy())).collect();
    if arg.get_action().takes_values() && !defaults.is_empty() {
        let _ = write!(text, "<br>Default: {}", defaults.join(", "));
    }
    format!("| `{shown}` | {} |\n", text.replace('|', "\\|"))
}
