//! `scaffold decisions`: what was decided about single files, and how to be asked again.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::Result;
use serde_json::{Value, json};

use super::open::{folder, inside, open};
use super::save;
use crate::base::{self, GoneFiles};
use crate::cli::{self, DecisionsCommand, ForgetArgs};
use crate::commands::last_rendering::LastRendering;
use crate::plan::decision::{Decision, Decisions};
use crate::repository::project::Project;
use crate::terminal::output::{self, Format};
use crate::terminal::ui::Ui;
use crate::text::error::{UserError, nearest};
use crate::text::tree::{RelPath, Tree};
use crate::text::{columns, count, version};

/// Lists the decisions, or forgets some.
///
/// # Errors
/// When scaffold never ran there, or nothing was decided about a path.
pub fn run(args: &cli::DecisionsArgs, ui: &Ui) -> Result<u8> {
    match &args.command {
        Some(DecisionsCommand::Forget(args)) => forget(args, ui),
        None => list(args, ui),
    }
}

fn list(args: &cli::DecisionsArgs, ui: &Ui) -> Result<u8> {
    let project = open(&folder(args.existing.dir.as_deref()), ui, false)?;
    LastRendering::read(&project, true)?;
    let decisions = project.decisions()?;
    match args.format {
        Format::Json => output::data(&output::json(&as_json(&decisions))?)?,
        Format::Human if decisions.is_empty() => ui.say("Nothing was decided about single files."),
        Format::Human => {
            let moved = decisions.moved.iter().map(|(path, to)| (path, format!("moved to {to}")));
            let decided = decisions.files.iter().map(|(path, decision)| (path, describe(decision)));
            let all: Vec<(String, String)> =
                moved.chain(decided).map(|(path, what)| (ui.visible(path), ui.visible(&what))).collect();
            let width = all.iter().map(|(path, _)| columns(path)).max().unwrap_or(0);
            let line = |(path, what): &(String, String)| format!("{path}{:1$}  {what}\n", "", width - columns(path));
            output::data(&all.iter().map(line).collect::<String>())?;
        }
    }
    Ok(0)
}

fn describe(decision: &Decision) -> String {
    match decision {
        Decision::Mine(_) => "yours kept".into(),
        Decision::LeftOut(_) => "left out".into(),
        Decision::Refused(sums) => format!("{} refused", count(sums.len(), "difference")),
    }
}

fn as_json(decisions: &Decisions) -> Value {
    let one = |(path, decision): (&RelPath, &Decision)| match decision {
        Decision::Mine(_) => json!({ "path": path, "decision": "mine" }),
        Decision::LeftOut(_) => json!({ "path": path, "decision": "left_out" }),
        Decision::Refused(sums) => json!({ "path": path, "decision": "refused", "differences": sums.len() }),
    };
    let moved = |(path, to): (&RelPath, &RelPath)| json!({ "path": path, "decision": "moved", "to": to });
    decisions.moved.iter().map(moved).chain(decisions.files.iter().map(one)).collect()
}

fn forget(args: &ForgetArgs, ui: &Ui) -> Result<u8> {
    let project = open(&folder(None), ui, true)?;
    let last = LastRendering::read(&project, false)?;
    let mut decisions = project.decisions()?;
    let forgotten =
        if args.all { known(&decisions).cloned().collect() } else { chosen(&project, &decisions, &args.paths)? };
    if forgotten.is_empty() {
        ui.say("Nothing was decided about single files.");
        return Ok(0);
    }
    if last.renew {
        return Err(UserError::new(format!("`{}` is incomplete", project.shown(crate::text::path::BASE)))
            .hint("`scaffold update` renews it, then repeat the command")
            .into());
    }
    // without a record of it, a file is one that scaffold has yet to offer
    let ours = project.ours(&forgotten)?;
    let (mut files, mut gone) = (Tree::default(), GoneFiles::new());
    // the user's at its path, and to be generated anew at the other one
    let no_longer_moved: BTreeSet<RelPath> =
        decisions.moved.iter().filter(|(from, _)| forgotten.contains(*from)).map(|(_, to)| to.clone()).collect();
    for (path, mut file) in last.base.tree.files.into_iter().filter(|(path, _)| !no_longer_moved.contains(path)) {
        if let Some(decision) = decisions.files.get(&path).filter(|_| forgotten.contains(&path)) {
            let Some(without) = ours.get(&path).and_then(|ours| decision.forgotten(&file, ours)) else { continue };
            file = without;
        }
        match last.base.gone.get(&path) {
            Some(how) => drop(gone.insert(path, (file, *how))),
            None => drop(files.files.insert(path, file)),
        }
    }
    decisions.files.retain(|path, _| !forgotten.contains(path) && !no_longer_moved.contains(path));
    decisions.moved.retain(|path, _| !forgotten.contains(path));
    let version = last.base.version.as_ref().unwrap_or(version::own());
    save::forget(&project, base::encode(&files, &last.base.once, &gone, version), &decisions)?;
    ui.say(&format!(
        "Forgot what was decided about {}; the next `scaffold update` offers it again.",
        count(forgotten.len(), "file")
    ));
    Ok(0)
}

/// The paths that decisions are about.
fn known(decisions: &Decisions) -> impl Iterator<Item = &RelPath> {
    decisions.files.keys().chain(decisions.moved.keys())
}

/// The decided files at and below some paths.
fn chosen(project: &Project, decisions: &Decisions, paths: &[PathBuf]) -> Result<BTreeSet<RelPath>> {
    let mut chosen = BTreeSet::new();
    for path in paths {
        let rel = inside(project.root(), path)?;
        let below = format!("{rel}/");
        let is_meant = |path: &&RelPath| rel.is_empty() || **path == rel || path.starts_with(&below);
        let found: Vec<RelPath> = known(decisions).filter(is_meant).cloned().collect();
        if found.is_empty() {
            let error = UserError::new(format!("there is no decision about `{}`", path.display()));
            return Err(match nearest(&rel, known(decisions).map(String::as_str)) {
                Some(near) => error.hint(format!("did you mean `{near}`?")),
                None => error.hint("`scaffold decisions` lists what was decided"),
            }
            .into());
        }
        chosen.extend(found);
    }
    Ok(chosen)
}
