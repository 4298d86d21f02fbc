//! The folder that a command is about.

use std::path::{Component, Path, PathBuf};

use anyhow::Result;

use crate::apply::lock::Lock;
use crate::apply::recover::{Recovery, has_torn_journal, is_begun, is_unfinished, recover, sweep};
use crate::repository::project::Project;
use crate::terminal::signals;
use crate::terminal::ui::Ui;
use crate::text::error::UserError;
use crate::text::tree::RelPath;
use crate::text::{count, path};

/// The folder that is named, else the nearest one upwards that scaffold has generated, else the current one.
pub fn folder(named: Option<&Path>) -> PathBuf {
    let around = || {
        let current = std::env::current_dir().ok()?;
        let found = current.ancestors().position(|folder| folder.join(path::FOLDER).is_dir())?;
        // relative, since that is how a person thinks of it
        Some(if found == 0 { PathBuf::from(".") } else { vec![".."; found].join("/").into() })
    };
    named.map(Path::to_path_buf).or_else(around).unwrap_or_else(|| PathBuf::from("."))
}

/// The target folder, in the state before or after an interrupted run.
///
/// # Errors
/// When the folder cannot be read, or a run was interrupted and nothing may be written.
pub fn open(dir: &Path, ui: &Ui, may_write: bool) -> Result<Project> {
    let project = Project::open(dir)?;
    if may_write {
        // a run that was killed at its very end leaves its lock beside the folder
        sweep(project.root());
    }
    let is_unfinished = is_unfinished(&project) || may_write && is_begun(&project);
    let is_torn = may_write && has_torn_journal(&project);
    if !is_unfinished && !is_torn {
        return Ok(project);
    }
    if !may_write {
        return Err(UserError::new(format!("an earlier run in `{}` was interrupted", dir.display()))
            .hint("the next `scaffold update` or `scaffold init` that writes finishes or undoes it first")
            .into());
    }
    let lock = Lock::acquire(&project)?;
    match recover(&lock)? {
        Recovery::Nothing => {}
        Recovery::Finished { files } => {
            ui.say(&format!("Finished an earlier run, which wrote {}.", count(files, "file")))
        }
        Recovery::Undone { files } => {
            ui.say(&format!("Undid an earlier run, which had begun with {}.", count(files, "file")))
        }
    }
    drop(lock);
    signals::check()?;
    Project::open(dir)
}

/// A path of the command line, as seen from the repository's root.
///
/// # Errors
/// When it leads out of the repository, or is not UTF-8.
pub fn inside(root: &Path, path: &Path) -> Result<RelPath> {
    let outside = || UserError::new(format!("`{}` is not in the repository `{}`", path.display(), root.display()));
    let mut parts: Vec<String> = Vec::new();
    let absolute: PathBuf = std::env::current_dir()?.canonicalize()?.join(path);
    let mut clean = PathBuf::new();
    for part in absolute.components() {
        match part {
            Component::ParentDir => drop(clean.pop()),
            Component::CurDir => {}
            other => clean.push(other),
        }
    }
    for part in clean.strip_prefix(root).map_err(|_| outside())?.components() {
        parts.push(part.as_os_str().to_str().ok_or_else(outside)?.to_owned());
    }
    Ok(parts.join("/"))
}
