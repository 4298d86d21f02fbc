//! `scaffold undo`: the last update taken back.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::agreed;
use super::last_rendering::not_generated;
use super::open::{folder, open};
use super::save::take_back;
use crate::base::{Base, Stored};
use crate::cli;
use crate::plan::{Ours, Plan, Versions};
use crate::repository::last_update::LastUpdate;
use crate::repository::project::Project;
use crate::terminal::ui::Ui;
use crate::text::error::UserError;
use crate::text::tree::{RelPath, Tree};
use crate::text::{count, path};

/// Shows what comes back, asks and writes.
///
/// # Errors
/// When there is no update, files have changed since, the user does not confirm, or writing fails.
pub fn run(args: &cli::UndoArgs, ui: &Ui) -> Result<u8> {
    let project = open(&folder(args.existing.dir.as_deref()), ui, !args.dry_run)?;
    let undo = LastUpdate::read(&project)?;
    let Some(undo) = undo else { return Err(nothing_to_undo(&project)?.into()) };
    let ours = project.ours(undo.after.keys())?;
    let changed = undo.changed_since(&ours, |_| true);
    if !changed.is_empty() {
        let list: Vec<String> = changed.iter().map(|path| format!("\n  {path}")).collect();
        return Err(UserError::new(format!(
            "{} changed since the last update:{}",
            count(changed.len(), "file"),
            list.concat()
        ))
        .hint("nothing was taken back, so that no edit is lost")
        .hint("undo your changes to these files first, or use the history of the repository")
        .into());
    }
    let is_file = |path: &str| !path::is_record(path);
    let current = |(path, ours): (&RelPath, &Ours)| match ours {
        Ours::File(file) if is_file(path) => Some((path.clone(), file.clone())),
        _ => None,
    };
    let base = Base { tree: Tree { files: ours.iter().filter_map(current).collect() }, ..Base::default() };
    let before = undo.before.files.iter().filter(|(path, _)| is_file(path));
    let before = Tree { files: before.map(|(path, file)| (path.clone(), file.clone())).collect() };
    let (once, moves) = (BTreeSet::new(), BTreeMap::new());
    let versions = Versions { base: &base, ours: &ours, theirs: &before, once: &once, moves: &moves };
    let plan = Plan::without_merge(&versions)?;
    let what = match plan.changes.len() {
        0 => "the answers".into(),
        n => count(n, "file"),
    };
    if !agreed(ui, &plan, &format!("Take the update of {what} back?"), args.yes, args.dry_run)? {
        return Ok(1);
    }
    take_back(&project, &undo, &ours)?;
    ui.say(&format!("Took the last update back: {what} as before it."));
    Ok(0)
}

fn nothing_to_undo(project: &Project) -> Result<UserError> {
    if project.base()? == Stored::Missing && project.recorded(path::ANSWERS)?.is_none() {
        return Ok(not_generated(project));
    }
    Ok(UserError::new("there is no update to undo").hint("only the last update can be undone, and only once"))
}
