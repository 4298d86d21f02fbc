//! `scaffold detect`: what a folder with code tells, and where.

use anyhow::Result;

use crate::answers::{Answers, Given};
use crate::catalog::question::Values;
use crate::catalog::{Catalog, Preset};
use crate::cli::DetectArgs;
use crate::commands::load_catalog;
use crate::detect::gaps::{Gaps, gaps};
use crate::detect::{Detected, detect, report};
use crate::terminal::output::{self, Format};
use crate::terminal::ui::Ui;

/// Prints the findings.
///
/// # Errors
/// When the folder cannot be listed, or the catalog has faults.
pub fn run(args: &DetectArgs, ui: &Ui) -> Result<u8> {
    let catalog = load_catalog(&args.catalog)?;
    let mut found = detect(&catalog, &args.dir, &Values::new())?;
    // what is said of a folder is the same wherever that is, so the commands are for the folder itself
    let command = "scaffold init --detect";
    let Gaps { found: lacking, cut, .. } = gaps(&catalog, &args.dir, &answers(&catalog, &found), command, &|_| false)?;
    found.gaps = lacking;
    found.notes.extend(cut);
    output::data(&match args.format {
        Format::Human => report::text(ui, &found),
        Format::Json => output::json(&found)?,
    })?;
    Ok(0)
}

/// The answers that `init --detect` would have with the first preset that goes together with what was found.
fn answers(catalog: &Catalog, found: &Detected) -> Values {
    let with = |preset: &Preset| {
        let given = Given {
            preset: Some(preset.name.clone()),
            detected: found.answers.clone(),
            looked_at: true,
            ..Given::default()
        };
        Some(Answers::resolve(catalog, &given, None).ok()?.values)
    };
    // the presets that have the database that was found come first
    let fits = |preset: &&Preset| catalog.fits(preset, |name| found.answers.get(name).map(|found| &found.value));
    let (first, last): (Vec<&Preset>, Vec<&Preset>) = catalog.presets.iter().partition(fits);
    let only_found = || found.answers.iter().map(|(name, answer)| (name.clone(), answer.value.clone())).collect();
    first.into_iter().chain(last).find_map(with).unwrap_or_else(only_found)
}
