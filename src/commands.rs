//! One file per verb: arguments -> pipeline -> summary.

use std::process::ExitCode;

use anyhow::Result;

use crate::catalog::{self, Catalog};
use crate::cli::{CatalogArgs, Cli, Command};
use crate::error::UserError;
use crate::lint;

mod explain;
mod generated;
mod init;
mod presets;
mod questions;

#[allow(missing_docs, clippy::print_stderr)]
pub fn main(cli: Cli) -> ExitCode {
    let done = match &cli.command {
        Command::Init(args) => init::run(args),
        Command::Presets(args) => presets::run(args),
        Command::Questions(args) => questions::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Completions(args) => generated::completions(args),
        Command::Man => generated::man(),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(e) => {
            if let Some(u) = e.downcast_ref::<UserError>() {
                eprintln!("error: {u}");
                for h in &u.hints {
                    eprintln!("hint: {h}");
                }
            } else {
                eprintln!("error: {e:#}");
            }
            ExitCode::from(2)
        }
    }
}

/// The catalog that the arguments name; one from disk is linted first.
///
/// # Errors
/// When it has faults; all of them are named.
pub fn load_catalog(args: &CatalogArgs) -> Result<Catalog> {
    let (source, from_disk) = match &args.templates {
        Some(dir) => (catalog::from_disk(dir)?, true),
        None => (catalog::embedded(), false),
    };
    let (catalog, mut faults) = Catalog::parse(source);
    if from_disk && faults.is_empty() {
        faults = lint::lint(&catalog);
    }
    if faults.is_empty() {
        return Ok(catalog);
    }
    let list: Vec<String> = faults.iter().map(|f| format!("\n  {f}")).collect();
    let count = if faults.len() == 1 { "1 fault".to_string() } else { format!("{} faults", faults.len()) };
    Err(UserError::new(format!("the catalog has {count}:{}", list.concat())).into())
}
