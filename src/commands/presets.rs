//! `scaffold presets`: whole sets of answers, and what sets them apart.

use std::fmt::Write as _;

use anyhow::Result;
use serde_json::{Value, json};

use crate::answers::unknown_preset;
use crate::catalog::{Catalog, Preset};
use crate::cli::PresetsArgs;
use crate::commands::load_catalog;
use crate::show::compare;
use crate::terminal::output;
use crate::terminal::output::Format;
use crate::terminal::ui::Ui;

/// Lists presets, shows one, or compares some.
///
/// # Errors
/// When there is no such preset, or the catalog has faults.
pub fn run(args: &PresetsArgs, ui: &Ui) -> Result<u8> {
    let catalog = load_catalog(&args.catalog)?;
    if !args.compare.is_empty() {
        let comparison = compare::presets(&catalog, &args.compare)?;
        output::data(&match args.format {
            Format::Human => compare::text(ui, ui.out, &comparison),
            Format::Json => output::json(&comparison)?,
        })?;
        return Ok(0);
    }
    match (&args.name, args.format) {
        (None, Format::Human) => output::text(ui, &list(&catalog))?,
        (None, Format::Json) => {
            output::data(&output::json(&json!(catalog.presets.iter().map(row).collect::<Vec<_>>()))?)?;
        }
        (Some(name), format) => {
            let preset = catalog.preset(name).ok_or_else(|| unknown_preset(&catalog, name))?;
            match format {
                Format::Human => output::text(ui, &show(&catalog, preset)?)?,
                Format::Json => output::data(&output::json(&detail(&catalog, preset))?)?,
            }
        }
    }
    Ok(0)
}

fn list(catalog: &Catalog) -> String {
    let width = catalog.presets.iter().map(|p| p.name.len()).max().unwrap_or(0);
    let mut out = String::new();
    for preset in &catalog.presets {
        let _ = writeln!(out, "{:width$}  {}", preset.name, preset.title);
    }
    out
}

fn row(preset: &Preset) -> Value {
    json!({"name": preset.name, "title": preset.title, "description": preset.description})
}

fn show(catalog: &Catalog, preset: &Preset) -> Result<String> {
    let mut out = format!("{}\n{}\n\nAnswers\n", preset.title, preset.description);
    for line in serde_yaml::to_string(&preset.answers)?.lines() {
        let _ = writeln!(out, "  {line}");
    }
    for (other, names) in differences(catalog, preset) {
        let _ = writeln!(out, "\nDiffers from `{}` in", other.name);
        for name in names {
            let _ = writeln!(out, "  {name}: {} instead of {}", preset.answer(name), other.answer(name));
        }
    }
    let _ = writeln!(out, "\nTake it with `scaffold init --preset {}`.", preset.name);
    Ok(out)
}

fn detail(catalog: &Catalog, preset: &Preset) -> Value {
    let differs: serde_json::Map<String, Value> =
        differences(catalog, preset).into_iter().map(|(other, names)| (other.name.clone(), json!(names))).collect();
    json!({
        "name": preset.name,
        "title": preset.title,
        "description": preset.description,
        "answers": preset.answers,
        "differs": differs,
    })
}

/// Per other preset the answers in which it differs, in the order of the questions.
fn differences<'a>(catalog: &'a Catalog, preset: &Preset) -> Vec<(&'a Preset, Vec<&'a str>)> {
    let others = catalog.presets.iter().filter(|p| p.name != preset.name);
    others
        .map(|other| {
            let names = catalog.questions().map(|(_, q)| q.name.as_str());
            (other, names.filter(|n| preset.answers.get(*n) != other.answers.get(*n)).collect())
        })
        .collect()
}
