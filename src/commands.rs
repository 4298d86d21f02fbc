//! One file per verb: arguments -> pipeline -> summary.

use std::process::ExitCode;

use anyhow::Result;

use crate::answers::Given;
use crate::answers_file::AnswersFile;
use crate::catalog::{Catalog, Fault};
use crate::cli::{AnswerArgs, CatalogArgs, Cli, Command};
use crate::error::{Interrupted, UserError};
use crate::lint;
use crate::source;
use crate::ui::{Style, Ui};

mod explain;
mod generated;
mod init;
mod presets;
mod questions;

/// Carries out a command, and says what went wrong. The exit status is 0 when done, 1 when differences
/// remain, 2 after an error.
pub fn main(cli: &Cli) -> ExitCode {
    let ui = Ui::new(cli.color);
    let done = match &cli.command {
        Command::Init(args) => init::run(args, &ui),
        Command::Presets(args) => presets::run(args),
        Command::Questions(args) => questions::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Completions(args) => generated::completions(args),
        Command::Man => generated::man(),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(error) if error.is::<Interrupted>() => {
            ui.say("Stopped. Nothing was written.");
            ExitCode::from(Interrupted::EXIT)
        }
        Err(error) => {
            report(&ui, &error);
            ExitCode::from(2)
        }
    }
}

/// Prints an error and its hints. What is not the user's error is ours, and says so.
fn report(ui: &Ui, error: &anyhow::Error) {
    let say = |style, label: &str, text: &str| {
        ui.say(&format!("{}{}", ui.err.text(style, label), ui.visible_lines(text)));
    };
    let Some(user) = error.downcast_ref::<UserError>() else {
        say(Style::Error, "error: ", &format!("{error:#}"));
        return;
    };
    say(Style::Error, "error: ", &user.message);
    for hint in &user.hints {
        say(Style::Place, "hint: ", hint);
    }
}

/// The catalog that the arguments name; one from disk is linted first.
///
/// # Errors
/// When it has faults; all of them are named.
pub fn load_catalog(args: &CatalogArgs) -> Result<Catalog> {
    let catalog = parse_catalog(args)?;
    if args.templates.is_some() {
        refuse(&lint::lint(&catalog))?;
    }
    Ok(catalog)
}

/// The catalog that the arguments name, as far as parsing goes.
fn parse_catalog(args: &CatalogArgs) -> Result<Catalog> {
    let source = match &args.templates {
        Some(dir) => source::from_disk(dir)?,
        None => source::embedded(),
    };
    let (catalog, faults) = Catalog::parse(source);
    refuse(&faults)?;
    Ok(catalog)
}

/// Names all faults of a catalog, if there are any.
fn refuse(faults: &[Fault]) -> Result<()> {
    if faults.is_empty() {
        return Ok(());
    }
    let list: Vec<String> = faults.iter().map(|f| format!("\n  {f}")).collect();
    let count = if faults.len() == 1 { "1 fault".to_string() } else { format!("{} faults", faults.len()) };
    Err(UserError::new(format!("the catalog has {count}:{}", list.concat())).into())
}

/// What the arguments say about answers.
///
/// # Errors
/// When a `--set` has no `=` or no YAML value, or the answers file cannot be read.
pub fn given(args: &AnswerArgs) -> Result<Given> {
    let set = |set: &String| {
        let (key, value) = set.split_once('=').ok_or_else(|| {
            UserError::new(format!("`--set {set}` has no `=`"))
                .hint("it takes `KEY=VALUE`, such as `services.0.port=8080`")
        })?;
        let value = serde_yaml::from_str(value).map_err(|e| {
            UserError::new(format!("`--set {set}` has a value that is not YAML: {e}"))
                .hint("quote text with special characters")
        })?;
        Ok((key.to_string(), value))
    };
    Ok(Given {
        preset: args.preset.clone(),
        file: args.answers.as_deref().map(AnswersFile::read).transpose()?,
        sets: args.sets.iter().map(set).collect::<Result<_>>()?,
    })
}
