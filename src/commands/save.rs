//! Files, answers and base to disk, everything at once.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::apply::apply;
use crate::apply::lock::Lock;
use crate::apply::swap::remove_empty_above;
use crate::base::{self, GoneFiles};
use crate::plan::decision::Decisions;
use crate::plan::operation::{Action, Before, Operation};
use crate::plan::{Ours, Plan};
use crate::render::Rendered;
use crate::repository::last_update::{self, LastUpdate};
use crate::repository::project::Project;
use crate::review::Resolutions;
use crate::text::tree::{File, RelPath};
use crate::text::{path, version};

/// What a run leaves behind only while it works, or when it was killed, and what is of use only here.
const IGNORE: &str = "/lock\n/staging/\n/journal*\n/undo/\n";

/// What is to be recorded with the files.
#[derive(Clone, Copy, Debug)]
pub struct Recorded<'r> {
    /// The new files.
    pub rendered: &'r Rendered,
    /// The files that are no longer generated.
    pub gone: &'r GoneFiles,
    /// The files that the user had deleted and that are no longer generated: an empty folder of theirs goes as well.
    pub left: &'r [&'r str],
    /// The text of the answers.
    pub answers: &'r str,
    /// What is decided about single files from now on.
    pub decisions: &'r Decisions,
}

/// One of scaffold's own files as it is to be; `None` where it is not to be there.
type Scaffolds<'p> = (&'p str, Option<File>);

/// Carries out a plan and records what the next update needs to know. Returns whether anything changed on disk.
///
/// # Errors
/// When a resolution is missing, another process is writing, or writing fails; then nothing has changed.
pub fn save(project: &Project, plan: &Plan<'_>, resolutions: &Resolutions, record: Recorded<'_>) -> Result<bool> {
    let Recorded { rendered, gone, left, answers, decisions } = record;
    let records = [
        (path::BASE, Some(file(base::encode(&rendered.tree, &rendered.once, gone, version::own())))),
        (path::ANSWERS, Some(file(answers.into()))),
        decided(decisions),
        (".scaffold/.gitattributes", Some(file(base::ATTRIBUTES.into()))),
        (".scaffold/.gitignore", Some(file(IGNORE.into()))),
    ];
    let changed = write(project, plan.operations(resolutions)?, &records)?;
    for path in left {
        remove_empty_above(project.root(), path);
    }
    Ok(changed)
}

/// Records other decisions, and a base without what they were about.
///
/// # Errors
/// As [`save`].
pub fn forget(project: &Project, base: Vec<u8>, decisions: &Decisions) -> Result<()> {
    write(project, Vec::new(), &[(path::BASE, Some(file(base))), decided(decisions)]).map(drop)
}

fn file(bytes: Vec<u8>) -> File {
    File { bytes, executable: false }
}

fn decided(decisions: &Decisions) -> Scaffolds<'static> {
    (path::DECISIONS, (!decisions.is_empty()).then(|| file(decisions.encode().into())))
}

fn write(project: &Project, operations: Vec<Operation<'_>>, records: &[Scaffolds<'_>]) -> Result<bool> {
    let mut operations: Vec<Operation<'_>> = operations;
    let lock = Lock::acquire(project)?;
    // a person takes a while to answer
    project.refuse_changed()?;
    let names: Vec<RelPath> = records.iter().map(|(path, _)| (*path).to_owned()).collect();
    let recorded: BTreeMap<RelPath, Ours> = project.ours(&names)?;
    let is_recorded = |(path, file): &Scaffolds<'_>| match (recorded.get(*path), file) {
        (Some(Ours::File(old)), Some(new)) => old == new,
        (None | Some(Ours::Missing), None) => true,
        _ => false,
    };
    let only_records = operations.is_empty();
    if only_records && records.iter().all(is_recorded) {
        return Ok(false);
    }
    operations.extend(records.iter().filter_map(|(path, file)| match (file, recorded.get(*path)) {
        (Some(file), _) => Some(Operation::record(path, file)),
        (None, None | Some(Ours::Missing)) => None,
        (None, Some(_)) => Some(Operation { path: (*path).into(), before: Before::Any, action: Action::Remove }),
    }));
    // the first run in a folder has nothing to go back to
    let is_first = !recorded.values().any(|ours| matches!(ours, Ours::File(_)));
    let undo = if is_first { None } else { Some(undo(project, &operations, &recorded, only_records)?.encode()) };
    if let Some((before, after)) = &undo {
        operations.push(Operation::record(last_update::BEFORE, before));
        operations.push(Operation::record(last_update::AFTER, after));
    }
    apply(&lock, &operations)?;
    Ok(true)
}

/// How to take operations back. Where they are about scaffold's own files only, what there is to take back is still the
/// update that changed others.
fn undo(
    project: &Project,
    operations: &[Operation<'_>],
    recorded: &BTreeMap<RelPath, Ours>,
    only_records: bool,
) -> Result<LastUpdate> {
    let undo = LastUpdate::of(operations, recorded);
    if !only_records {
        return Ok(undo);
    }
    let Ok(Some(earlier)) = LastUpdate::read(project) else { return Ok(undo) };
    let left = project.ours(earlier.after.keys().filter(|path| path::is_record(path)))?;
    Ok(if earlier.changed_since(&left, path::is_record).is_empty() { earlier.with(undo) } else { undo })
}

/// Takes an update back: the files as they were, and nothing left to take back.
///
/// # Errors
/// As [`save`].
pub fn take_back(project: &Project, undo: &LastUpdate, ours: &BTreeMap<RelPath, Ours>) -> Result<()> {
    let mut operations = Vec::new();
    for path in undo.after.keys() {
        let current = match ours.get(path) {
            Some(Ours::File(file)) => Some(file),
            _ => None,
        };
        let before = current.map_or(Before::Missing, Before::File);
        match undo.before.files.get(path) {
            Some(file) => operations.push(Operation { path: path.into(), before, action: Action::Write(file) }),
            None if current.is_some() => {
                operations.push(Operation { path: path.into(), before, action: Action::Remove });
            }
            None => {}
        }
    }
    for path in [last_update::BEFORE, last_update::AFTER] {
        operations.push(Operation { path: path.into(), before: Before::Any, action: Action::Remove });
    }
    apply(&Lock::acquire(project)?, &operations)?;
    Ok(())
}
