//! Generated files that the user keeps at another path: updates follow them there.
//!
//! A generated file that is gone, and a file of the user with much the same lines, are one file that they moved. What
//! was recognised once is [recorded](crate::plan::decision::Decisions::moved), so that later edits do not hide it.
//! From then on the file counts as generated at the user's path: everything else sees only that one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use anyhow::Result;

use crate::base::Base;
use crate::detect::rules;
use crate::detect::walk::Files;
use crate::plan::decision::{Decision, Decisions};
use crate::plan::{BESIDE, Block, Ours, moved};
use crate::render::Rendered;
use crate::repository::project::Project;
use crate::repository::tracked::{index_files, tracked};
use crate::text::path;
use crate::text::tree::{File, RelPath};

/// What is on disk, and which files move.
#[derive(Debug)]
pub struct Followed {
    /// What is on disk at every path of the base and of what is generated now.
    pub ours: BTreeMap<RelPath, Ours>,
    /// New path to old path of the files that the new version moves, as [`moved::moves`] finds them.
    pub moves: BTreeMap<RelPath, RelPath>,
    /// What the user should know.
    pub notes: Vec<String>,
    /// Everything else that was looked at, in search of files that the user moved.
    pub searched: Vec<PathBuf>,
}

/// Looks at the disk, and has base, decisions and new files name the paths to which the user moved generated files.
///
/// # Errors
/// When the disk cannot be read.
pub fn follow(
    project: &Project,
    base: &mut Base,
    rendered: &mut Rendered,
    decisions: &mut Decisions,
) -> Result<Followed> {
    let mut notes = Vec::new();
    // a file that is generated now at the path that the user chose: theirs is not the one that moved there any more
    let taken = |to: &RelPath| rendered.tree.files.contains_key(to);
    let (back, kept): (BTreeMap<_, _>, BTreeMap<_, _>) =
        std::mem::take(&mut decisions.moved).into_iter().partition(|(_, to)| taken(to));
    for (from, to) in &back {
        base.rename(to, from);
        decisions.rename(to, from);
    }
    decisions.moved = kept;
    for (from, to) in &decisions.moved {
        rendered.rename(from, to);
    }
    let paths = base.tree.files.keys().chain(&base.damaged).chain(rendered.tree.files.keys());
    let mut ours = project.ours(paths)?;

    let mut searched = Vec::new();
    for (from, to, file) in found(project, base, rendered, decisions, &ours, &mut searched)? {
        // one that was moved before has its generated path in the decisions
        let origin = decisions.moved.iter().find(|(_, at)| **at == from).map_or(&from, |(origin, _)| origin).clone();
        base.rename(&from, &to);
        rendered.rename(&from, &to);
        decisions.rename(&from, &to);
        ours.insert(to.clone(), file);
        if origin == to {
            decisions.moved.remove(&origin);
            notes.push(format!("You moved `{from}` back to `{to}`."));
        } else {
            notes.push(format!("You moved `{from}` to `{to}`: updates follow it there."));
            decisions.moved.insert(origin, to);
        }
    }

    let at = |from: &RelPath| decisions.moved.get(from).unwrap_or(from).clone();
    let declared: Vec<_> = rendered.moved.iter().map(|(from, to)| (at(from), at(to))).collect();
    let mut moves = moved::moves(base, &ours, &rendered.tree, &declared);
    let places: BTreeMap<RelPath, RelPath> =
        decisions.moved.iter().map(|(from, to)| (to.clone(), from.clone())).collect();
    for (place, origin) in places {
        let Some(to) = moves.iter().find(|(_, from)| **from == place).map(|(to, _)| to.clone()) else {
            if !rendered.tree.files.contains_key(&place) {
                if matches!(ours.get(&place), Some(Ours::File(_))) {
                    notes.push(format!(
                        "`{origin}`, which you moved to `{place}`, is no longer generated: it is yours."
                    ));
                }
                base.forget(&place);
                decisions.files.remove(&place);
                decisions.moved.remove(&origin);
            }
            continue;
        };
        // the new version has another path for it, too: the user's choice stays
        rendered.rename(&to, &place);
        moves.remove(&to);
        decisions.moved.remove(&origin);
        decisions.moved.insert(to, place);
    }
    Ok(Followed { ours, moves, notes, searched })
}

/// Generated path, the user's path and the file there, of what the user moved since the last update.
fn found(
    project: &Project,
    base: &Base,
    rendered: &Rendered,
    decisions: &Decisions,
    ours: &BTreeMap<RelPath, Ours>,
    searched: &mut Vec<PathBuf>,
) -> Result<Vec<(RelPath, RelPath, Ours)>> {
    let is_gone = |path: &RelPath| {
        matches!(ours.get(path), Some(Ours::Missing | Ours::Blocked { why: Block::OtherCase, .. }))
            && !base.gone.contains_key(path)
            && !base.once.contains(path)
            && !matches!(decisions.files.get(path), Some(Decision::LeftOut(_)))
    };
    let is_generated = |path: &RelPath| {
        rendered.tree.files.contains_key(path)
            || rendered.moved.iter().any(|(from, to)| from == path && rendered.tree.files.contains_key(to))
    };
    let gone: Vec<(&RelPath, &File)> =
        base.tree.files.iter().filter(|(path, _)| is_gone(path) && is_generated(path)).collect();
    let (Some(least), Some(most)) =
        (gone.iter().map(|(_, file)| file.bytes.len()).min(), gone.iter().map(|(_, file)| file.bytes.len()).max())
    else {
        return Ok(Vec::new());
    };
    let is_other = |path: &str| !ours.contains_key(path) && !path.ends_with(BESIDE);
    let files = Files::matching(project.root(), is_other)?;
    // what git tracks counts as well, whatever it ignores
    let tracked = tracked(project.root())
        .unwrap_or_default()
        .files
        .into_iter()
        .filter(|path| is_other(path) && !path::is_record(path));
    // what is alike has at most twice the size
    let is_blocking = |path: &str| ours.values().any(|ours| matches!(ours, Ours::Blocked { by, .. } if by == path));
    let is_of_size = |path: &str| {
        let found = fs::symlink_metadata(project.root().join(path));
        found.is_ok_and(|found| (least / 2..=most * 2).contains(&usize::try_from(found.len()).unwrap_or(usize::MAX)))
    };
    let candidates: BTreeSet<RelPath> = files.paths().map(str::to_owned).chain(tracked).collect();
    searched.extend(index_files(project.root()));
    searched.extend(files.folders().iter().flat_map(|folder| [folder.clone(), folder.join(rules::NAME)]));
    searched.extend(candidates.iter().map(PathBuf::from));
    let mut candidates = project.ours(candidates.iter().filter(|path| is_of_size(path) || is_blocking(path)))?;
    // a copy of a generated file that is still in its place did not move, unless one that is gone had its name and content
    let there: BTreeSet<&[u8]> = ours.values().filter_map(Ours::file).map(|file| &*file.bytes).collect();
    let is_gone_file = |at: &str, file: &File| {
        gone.iter().any(|(from, old)| path::name(from) == path::name(at) && old.bytes == file.bytes)
    };
    candidates
        .retain(|at, found| found.file().is_some_and(|file| !there.contains(&*file.bytes) || is_gone_file(at, file)));
    let new: Vec<(&RelPath, &File)> =
        candidates.iter().filter_map(|(path, found)| Some((path, found.file()?))).collect();
    let mut alike = moved::alike(&gone, &new);
    alike.sort();
    // a name that differs only in case is that of the same file, whatever is in it
    let same = gone.iter().filter_map(|(from, _)| match ours.get(*from) {
        Some(Ours::Blocked { by, why: Block::OtherCase }) if by.len() == from.len() => Some((*from, by)),
        _ => None,
    });
    let pairs =
        same.filter(|(_, to)| candidates.contains_key(*to)).chain(alike.iter().map(|(_, from, to)| (*from, *to)));
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    for (from, to) in pairs {
        if !seen.contains(from) && !seen.contains(to) {
            seen.extend([from, to]);
            found.push((from.clone(), to.clone(), candidates.get(to).cloned().unwrap_or(Ours::Missing)));
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(found)
}
