//! `scaffold detect`: what a folder with code tells, and where.

use anyhow::Result;

use crate::catalog::question::Values;
use crate::cli::DetectArgs;
use crate::commands::load_catalog;
use crate::detect::{detect, report};
use crate::terminal::output::{self, Format};
use crate::terminal::ui::Ui;

/// Prints the findings.
///
/// # Errors
/// When the folder cannot be listed, or the catalog has faults.
pub fn run(args: &DetectArgs, ui: &Ui) -> Result<u8> {
    let catalog = load_catalog(&args.catalog)?;
    let found = detect(&catalog, &args.dir, &Values::new())?;
    output::data(&match args.format {
        Format::Human => report::text(ui, &found),
        Format::Json => output::json(&found)?,
    })?;
    Ok(0)
}
