//! `scaffold diff`: what an update would change, as a patch.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::cached::{CachedReply, Reply};
use super::open::{folder, inside, open};
use super::{Renderer, given_for_update};
use crate::cli;
use crate::commands::last_rendering::LastRendering;
use crate::commands::rerendering::Proposal;
use crate::merge::OnConflict;
use crate::page::PageTarget;
use crate::plan::operation::{Action, Before};
use crate::plan::{Change, Plan};
use crate::repository::project::Project;
use crate::review::{Policy, resolve};
use crate::show::patch::{FileChange, patch};
use crate::terminal::output::{self, Format};
use crate::terminal::pager::{self, page};
use crate::terminal::ui::{Style, Ui};
use crate::text::error::{UserError, nearest};
use crate::text::path;
use crate::text::tree::RelPath;

/// Prints the patch; 1 when there is something in it.
///
/// # Errors
/// When the repository cannot be rendered or read.
pub fn run(args: &cli::DiffArgs, ui: &Ui) -> Result<u8> {
    let (dir, paths) = split(args);
    let cached = match args.html {
        None => CachedReply::new(&format!("{args:?}"), &dir, &args.with, ui),
        Some(_) => None,
    };
    if let Some(reply) = cached.as_ref().and_then(CachedReply::reply) {
        reply.give(ui)?;
        return show(ui, &[]);
    }
    let pending = cached.and_then(CachedReply::begin);
    super::with_catalog(ui, &args.with.catalog, &dir, false, |Renderer { catalog, render }| {
        let target = args.html.as_deref().map(|file| PageTarget::new(file, Format::Human)).transpose()?;
        let project = open(&dir, ui, false)?;
        let paths = paths.iter().map(|path| below(project.root(), path)).collect::<Result<Vec<_>>>()?;
        let last = LastRendering::read(&project, args.with.allow_downgrade)?;
        let pending = pending.map(|pending| pending.about(&last.base));
        let proposal = Proposal::prepare(&project, last, catalog, given_for_update(&args.with)?, None, render)?;
        proposal.refuse_unmerged()?;
        let mut plan = proposal.plan(OnConflict::Markers)?;
        refuse_unknown(&project, &proposal, &paths)?;
        for note in &proposal.notes {
            ui.note(note);
        }
        let patch = chosen(&plan, &paths)?;
        let Some(target) = target else {
            let code = show(ui, &patch)?;
            // a path that was not generated is looked at only here
            let generated = |path: &RelPath| is_generated(&proposal, path);
            if let (Some(pending), true) = (pending, patch.is_empty() && paths.iter().all(generated)) {
                pending.keep(&proposal, &Reply { notes: proposal.notes.clone(), data: String::new(), code });
            }
            return Ok(code);
        };
        target.keep_off(project.root(), &plan)?;
        plan.changes
            .retain(|path, change| is_chosen(&paths, path) || from(change).is_some_and(|from| is_chosen(&paths, from)));
        target.put(ui, &proposal.page("update", catalog, &plan, &resolve(&plan, Policy::Both)).html()?)?;
        Ok(u8::from(!patch.is_empty()))
    })
}

fn show(ui: &Ui, patch: &[u8]) -> Result<u8> {
    if ui.stdout {
        page(ui, &painted(ui, &String::from_utf8_lossy(patch)))?;
    } else {
        output::bytes(patch)?;
    }
    Ok(u8::from(!patch.is_empty()))
}

/// The repository and the paths in it. A first argument that scaffold has not generated is a path of the repository
/// around the current folder.
fn split(args: &cli::DiffArgs) -> (PathBuf, Vec<PathBuf>) {
    match &args.existing.dir {
        Some(dir) if !dir.join(path::FOLDER).exists() => {
            (folder(None), [dir].into_iter().chain(&args.paths).cloned().collect())
        }
        dir => (folder(dir.as_deref()), args.paths.clone()),
    }
}

/// A path as seen from the root: from the current folder when that is in the repository, else from the root already.
fn below(root: &Path, path: &Path) -> Result<RelPath> {
    if std::env::current_dir()?.canonicalize()?.starts_with(root) {
        return inside(root, path);
    }
    let path = path.strip_prefix(".").unwrap_or(path);
    let text = path.to_str().ok_or_else(|| UserError::new(format!("`{}` is not UTF-8", path.display())))?;
    Ok(text.trim_end_matches('/').to_owned())
}

fn generated(proposal: &Proposal) -> impl Iterator<Item = &RelPath> {
    proposal.base.tree.files.keys().chain(proposal.rendered.tree.files.keys())
}

/// Whether a path is a generated file or a folder of some.
fn is_generated(proposal: &Proposal, path: &RelPath) -> bool {
    path.is_empty() || generated(proposal).any(|file| Path::new(file).starts_with(path))
}

/// Refuses a path that is neither generated nor there.
fn refuse_unknown(project: &Project, proposal: &Proposal, paths: &[RelPath]) -> Result<(), UserError> {
    for path in paths {
        if is_generated(proposal, path) || project.root().join(path).symlink_metadata().is_ok() {
            continue;
        }
        let error = UserError::new(format!("`{path}` was not generated by scaffold"));
        return Err(match nearest(path, generated(proposal).map(String::as_str)) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error.hint("a path is relative to the generated repository, or to a folder in it"),
        });
    }
    Ok(())
}

/// What `update --yes` would do below the chosen paths.
fn chosen(plan: &Plan<'_>, paths: &[RelPath]) -> Result<Vec<u8>> {
    let moves: BTreeMap<&str, &str> =
        plan.changes.iter().filter_map(|(to, change)| Some((*to, from(change)?))).collect();
    let resolutions = resolve(plan, Policy::Both);
    let operations = plan.operations(&resolutions)?;
    let old: BTreeMap<&str, _> = operations.iter().map(|o| (&*o.path, o.before)).collect();
    let mut changes = Vec::new();
    for operation in &operations {
        let path = &*operation.path;
        if !is_chosen(paths, path) && !moves.get(path).is_some_and(|from| is_chosen(paths, from)) {
            continue;
        }
        if operation.action == Action::Remove && moves.values().any(|from| *from == path) {
            continue;
        }
        let from = moves.get(path).copied();
        let before = from.and_then(|from| old.get(from).copied()).unwrap_or(operation.before);
        let old = match before {
            Before::File(file) => Some(file),
            Before::Missing | Before::Any => None,
        };
        let new = match operation.action {
            Action::Write(file) => Some(file),
            Action::Remove => None,
        };
        changes.push(FileChange { path, from, old, new });
    }
    Ok(patch(&changes))
}

fn is_chosen(paths: &[RelPath], path: &str) -> bool {
    paths.is_empty() || paths.iter().any(|wanted| Path::new(path).starts_with(wanted))
}

fn from<'a>(change: &Change<'a>) -> Option<&'a str> {
    match change {
        Change::Merge { from, .. } => *from,
        _ => None,
    }
}

/// A patch as git colours it.
fn painted(ui: &Ui, patch: &str) -> String {
    let style = |line: &str| match line.as_bytes().first() {
        Some(b'+') if !line.starts_with("+++ ") => Some(Style::Add),
        Some(b'-') if !line.starts_with("--- ") => Some(Style::Remove),
        Some(b'@') => Some(Style::Place),
        Some(b' ' | b'\\') | None => None,
        _ => Some(Style::Bold),
    };
    let colours = pager::paint(ui);
    let paint = |line: &str| {
        let shown = ui.visible(line);
        match style(line) {
            Some(style) if !shown.is_empty() => colours.text(style, &shown) + "\n",
            _ => shown + "\n",
        }
    };
    patch.lines().map(paint).collect()
}
