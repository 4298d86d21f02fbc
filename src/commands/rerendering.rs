//! A generated repository and what it would be today: everything that `update`, `diff` and `status` have in common.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::Result;

use crate::answers::file::AnswersFile;
use crate::answers::{Answers, Given, Prompter};
use crate::base::{Base, GoneFiles, record};
use crate::catalog::Catalog;
use crate::catalog::later::{LATER, OpenAnswer, answers_that_can_wait};
use crate::catalog::migrations::migrate;
use crate::catalog::question::Values;
use crate::catalog::roots::Layout;
use crate::commands::last_rendering::LastRendering;
use crate::merge::{self, MarkerLabels, OnConflict};
use crate::page::Page;
use crate::plan::decision::Decisions;
use crate::plan::{BESIDE, Ours, Plan, Versions};
use crate::render::Rendered;
use crate::render::context::{Context, Readiness};
use crate::repository::hidden::hidden;
use crate::repository::project::Project;
use crate::repository::tracked::{index_files, tracked};
use crate::repository::{last_update, relocated};
use crate::review::Resolutions;
use crate::text::error::UserError;
use crate::text::tree::RelPath;
use crate::text::value::brief;
use crate::text::{count, path, version};

mod notes;

/// A repository as it was generated, as it is, and as it would be generated now.
#[derive(Debug)]
pub struct Proposal {
    /// What was generated last.
    pub base: Base,
    /// Whether the record of that is to be written again in any case.
    pub renew: bool,
    /// What is on disk.
    pub ours: BTreeMap<RelPath, Ours>,
    /// What would be generated now.
    pub rendered: Rendered,
    /// New path to old path of the files that move.
    pub moves: BTreeMap<RelPath, RelPath>,
    /// The answers that it is generated from now.
    pub resolved: Answers,
    /// What the active components do for each need.
    pub readiness: Vec<Readiness>,
    /// The answers that are `later`.
    pub open: Vec<OpenAnswer>,
    /// What was decided about single files until now.
    pub decisions: Decisions,
    /// The generated files that are not here, and that git ignores.
    pub ignored: BTreeSet<RelPath>,
    /// The text of `.scaffold/answers.yaml` afterwards.
    pub answers: String,
    /// What the user should know.
    pub notes: Vec<String>,
    /// What was looked at beside everything that was generated and is recorded.
    pub searched: Vec<PathBuf>,
    /// Unresolved conflicts of earlier runs.
    pub unmerged: Vec<Unmerged>,
    /// Whether there is an update to take back.
    pub undoable: bool,
    /// Where the folders of the catalog were, and where they are now.
    pub layouts: [Layout; 2],
}

/// The answers of the last run, under the names that they have now.
fn earlier(catalog: &Catalog, recorded: Option<&AnswersFile>) -> Values {
    let values = recorded.map(|recorded| recorded.values.clone()).unwrap_or_default();
    migrate(&catalog.migrations, values.into_iter().collect()).values.into_iter().collect()
}

/// An id that was there is not `later` again: files that were generated with it would be deleted.
fn refuse_later(catalog: &Catalog, before: &Values, now: &Values) -> Result<(), UserError> {
    let before: BTreeMap<_, _> = answers_that_can_wait(catalog, before).into_iter().map(|(a, v)| (a.name, v)).collect();
    for (answer, value) in answers_that_can_wait(catalog, now) {
        if let Some(was) = before.get(&answer.name).filter(|was| value == LATER && **was != LATER) {
            let name = &answer.name;
            return Err(UserError::new(format!(
                "answer `{name}` was `{}` and cannot become `{LATER}`: the files generated with it would be deleted",
                brief(was)
            ))
            .hint(format!("leave `{name}` as it is, or give another value: `scaffold update {}`", answer.set())));
        }
    }
    Ok(())
}

/// Files that a sparse checkout leaves out look deleted, and would never be updated again.
fn refuse_sparse<'a>(project: &Project, missing: impl Iterator<Item = &'a RelPath>) -> Result<(), UserError> {
    let missing: Vec<&RelPath> = missing.collect();
    let tracked = if missing.is_empty() { None } else { tracked(project.root()) };
    let left: Vec<&&RelPath> =
        missing.iter().filter(|path| tracked.as_ref().is_some_and(|tracked| tracked.leaves_out(path))).collect();
    let Some(first) = left.first() else { return Ok(()) };
    let more = if left.len() > 1 { format!(" and {} more", count(left.len() - 1, "file")) } else { String::new() };
    Err(UserError::new(format!("`{first}`{more} are not checked out, because this is a sparse checkout"))
        .hint("`git sparse-checkout disable` checks all files out; then repeat the command"))
}

/// What to know about files that not every clone can hold.
fn unportable(rendered: &Rendered) -> Option<String> {
    let [(_, first), rest @ ..] = rendered.unportable.as_slice() else { return None };
    let more = if rest.is_empty() { String::new() } else { format!("; so do {} more", rest.len()) };
    Some(format!(
        "Not every clone can hold these files: {}{more}. Change the answer that it is made from, such as the name or folder \
         of a service.",
        first.message
    ))
}

/// A conflict of an earlier run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unmerged {
    /// A file with conflict markers, and the lines at which they begin.
    Markers(RelPath, Vec<usize>),
    /// A new version written beside the file.
    Beside(RelPath),
}

impl Unmerged {
    /// The file that is in conflict.
    pub fn path(&self) -> &str {
        match self {
            Self::Markers(path, _) | Self::Beside(path) => path,
        }
    }

    /// What is left to do, in words.
    pub fn describe(&self) -> String {
        match self {
            Self::Markers(path, lines) => {
                let first = lines.first().unwrap_or(&1);
                format!("{path}:{first}: {}", count(lines.len(), "conflict"))
            }
            Self::Beside(path) => format!("{path}{BESIDE}: the new version of {path}"),
        }
    }
}

impl Proposal {
    /// What would be generated into a folder without a record.
    ///
    /// # Errors
    /// When the disk cannot be read.
    pub fn first(
        project: &Project,
        catalog: &Catalog,
        resolved: Answers,
        context: &Context,
        rendered: Rendered,
    ) -> Result<Self> {
        if let Some((_, error)) = rendered.unportable.first() {
            return Err(error.clone().into());
        }
        Ok(Self {
            base: Base::default(),
            renew: true,
            ours: project.ours(rendered.tree.files.keys())?,
            moves: BTreeMap::new(),
            readiness: rendered.readiness.clone(),
            rendered,
            open: context.open.clone(),
            decisions: Decisions::default(),
            ignored: BTreeSet::new(),
            answers: record::answers(catalog, &resolved, None),
            resolved,
            notes: Vec::new(),
            unmerged: Vec::new(),
            searched: Vec::new(),
            undoable: false,
            layouts: Default::default(),
        })
    }

    /// Answers, renders and looks at the disk. `given.recorded` is set here.
    ///
    /// # Errors
    /// When answers are missing or wrong, or the disk cannot be read.
    pub fn prepare(
        project: &Project,
        last: LastRendering,
        catalog: &Catalog,
        mut given: Given,
        person: Option<&mut dyn Prompter>,
        render: fn(&Catalog, &Context) -> Result<Rendered>,
    ) -> Result<Self> {
        given.recorded = project.answers()?;
        if given.recorded.is_none() && given.file.is_none() {
            return Err(UserError::new(format!("there is no `{}`", project.shown(path::ANSWERS)))
                .hint("bring it back from the history of the repository, or give the answers with `--answers FILE`")
                .into());
        }
        let LastRendering { mut base, renew, mut notes } = last;
        let answers = Answers::resolve(catalog, &given, person)?;
        notes.extend(answers.notes.iter().cloned());
        let mut context = Context::new(catalog, &answers)?;
        let earlier = earlier(catalog, given.recorded.as_ref());
        refuse_later(catalog, &earlier, &answers.values)?;
        context.earlier = Layout::new(catalog, &earlier);
        let layouts = [context.earlier.clone(), Layout::new(catalog, &answers.values)];
        notes.extend(notes::changing(catalog, &earlier, &answers.values, &context)?);
        notes.extend(notes::replaced(catalog, &base, &answers, &context)?);
        let mut rendered = render(catalog, &context)?;
        let mut decisions = project.decisions()?;
        notes.extend(unportable(&rendered));
        let followed = relocated::follow(project, &mut base, &mut rendered, &mut decisions)?;
        let (ours, moves) = (followed.ours, followed.moves);
        notes.extend(followed.notes);
        let is_missing = |path: &RelPath| matches!(ours.get(path), None | Some(Ours::Missing));
        refuse_sparse(project, base.tree.files.keys().filter(|path| is_missing(path)))?;
        let mut hidden = hidden(project.root(), &rendered.tree);
        let mut searched = followed.searched;
        if !hidden.is_empty() {
            // what git tracks is not hidden
            searched.extend(index_files(project.root()));
        }
        hidden.retain(|hidden| !hidden.paths.is_empty());
        let recorded = |path: &&RelPath| base.tree.files.contains_key(*path) && is_missing(path);
        let ignored: BTreeSet<RelPath> =
            hidden.iter().flat_map(|hidden| &hidden.paths).filter(recorded).cloned().collect();
        notes.extend(hidden.iter().map(|hidden| hidden.note(&ignored)));
        let unmerged = unmerged(project, &base, &ours)?;
        let undoable = undoable(project)?;
        let recorded = record::answers(catalog, &answers, given.recorded.as_ref());
        let (resolved, open, answers) = (answers, context.open, recorded);
        let readiness = rendered.readiness.clone();
        Ok(Self {
            base,
            renew,
            ours,
            rendered,
            moves,
            resolved,
            readiness,
            open,
            decisions,
            ignored,
            answers,
            notes,
            searched,
            unmerged,
            undoable,
            layouts,
        })
    }

    /// The files that are not generated until an answer is given.
    pub fn waiting_for(&self, answer: &OpenAnswer) -> Vec<&str> {
        let waiting = self.rendered.waiting.iter().filter(|(_, answers)| answers.contains(&answer.name));
        waiting.map(|(path, _)| path.as_str()).collect()
    }

    /// Refuses to write new files that not every clone can hold.
    ///
    /// # Errors
    /// When there are some.
    pub fn refuse_unportable(&self) -> Result<(), UserError> {
        let mut new = self.rendered.unportable.iter().filter(|(path, _)| !self.base.tree.files.contains_key(path));
        new.next().map_or(Ok(()), |(_, error)| Err(error.clone()))
    }

    /// What would change.
    ///
    /// # Errors
    /// When the new files cannot all exist beside each other.
    pub fn plan(&self, on_conflict: OnConflict) -> Result<Plan<'_>, UserError> {
        let sides = MarkerLabels::new(self.base.version.as_ref(), version::own());
        let merge =
            |path: &str, base: &_, ours: &_, theirs: &_| merge::merge(path, base, ours, theirs, &sides, on_conflict);
        let versions = self.versions();
        let mut plan = Plan::new(&versions, &merge)?;
        plan.settle(&versions, &self.decisions);
        plan.ignore(&self.ignored);
        plan.leave(&self.rendered.left);
        Ok(plan)
    }

    /// What the page about a plan is made from.
    pub fn page<'p>(
        &'p self,
        command: &'p str,
        catalog: &'p Catalog,
        plan: &'p Plan<'p>,
        resolutions: &'p Resolutions,
    ) -> Page<'p> {
        Page {
            command,
            from: self.base.version.as_ref(),
            catalog,
            answers: &self.resolved,
            readiness: &self.readiness,
            rendered: &self.rendered,
            plan,
            resolutions,
        }
    }

    /// Whether newer templates or other answers would change a file, or the record has to be renewed.
    pub fn is_outdated(&self) -> bool {
        let generated = || self.base.tree.files.iter().filter(|(path, _)| !self.base.gone.contains_key(*path));
        self.renew || !generated().eq(&self.rendered.tree.files)
    }

    /// Refuses to go on over conflicts of an earlier run.
    ///
    /// # Errors
    /// When there are any; all are named.
    pub fn refuse_unmerged(&self) -> Result<(), UserError> {
        refuse_unmerged(&self.unmerged, self.undoable)
    }

    fn versions(&self) -> Versions<'_> {
        Versions {
            base: &self.base,
            ours: &self.ours,
            theirs: &self.rendered.tree,
            once: &self.rendered.once,
            moves: &self.moves,
        }
    }

    /// The files that were generated last, but are neither there nor generated any more.
    pub fn left(&self) -> Vec<&str> {
        let is_left = |path: &&RelPath| {
            matches!(self.ours.get(*path), Some(Ours::Missing)) && !self.rendered.tree.files.contains_key(*path)
        };
        self.base.tree.files.keys().filter(is_left).map(String::as_str).collect()
    }

    /// The files that are generated no more, as they were generated last.
    pub fn gone(&self, plan: &Plan<'_>, resolutions: &Resolutions) -> GoneFiles {
        let [before, now] = &self.layouts;
        let place = |path: &str| now.place(&before.origin(path)).into_owned();
        plan.gone(&self.versions(), resolutions, &place)
    }
}

/// What is to be done about conflicts of an earlier run.
pub fn next_steps(unmerged: &[Unmerged], undoable: bool) -> Vec<String> {
    let mut steps = Vec::new();
    if unmerged.iter().any(|one| matches!(one, Unmerged::Markers(..))) {
        steps.push("edit the files until no conflict marker is left, then repeat the command".into());
    }
    if unmerged.iter().any(|one| matches!(one, Unmerged::Beside(_))) {
        steps.push(format!("take over what you need from each `NAME{BESIDE}`, then delete it"));
    }
    steps.extend(undoable.then(|| "`scaffold undo` takes the earlier update back".into()));
    steps
}

/// Refuses to go on over conflicts of an earlier run.
///
/// # Errors
/// When there are any; all are named.
pub fn refuse_unmerged(unmerged: &[Unmerged], undoable: bool) -> Result<(), UserError> {
    if unmerged.is_empty() {
        return Ok(());
    }
    let list: Vec<String> = unmerged.iter().map(|one| format!("\n  {}", one.describe())).collect();
    let error = UserError::new(format!(
        "{} of an earlier run {} not resolved yet:{}",
        count(list.len(), "conflict"),
        if list.len() == 1 { "is" } else { "are" },
        list.concat()
    ));
    Err(next_steps(unmerged, undoable).into_iter().fold(error, UserError::hint))
}

/// Whether there is an update to take back.
///
/// # Errors
/// When the disk cannot be read.
pub fn undoable(project: &Project) -> Result<bool> {
    Ok(!project.present(&[last_update::BEFORE.into()])?.is_empty())
}

/// Files with conflict markers of ours, and new versions beside files.
///
/// # Errors
/// When the disk cannot be read.
pub fn unmerged(project: &Project, base: &Base, ours: &BTreeMap<RelPath, Ours>) -> Result<Vec<Unmerged>> {
    let beside: Vec<RelPath> = ours.keys().map(|path| format!("{path}{BESIDE}")).collect();
    let beside = project.present(&beside)?;
    let mut found = Vec::new();
    for (path, ours) in ours {
        if let Ours::File(file) = ours {
            let lines = merge::unresolved(&file.bytes);
            // a file that is about markers has them from the start
            let own = base.tree.files.get(path).map_or(0, |base| merge::unresolved(&base.bytes).len());
            if lines.len() > own {
                found.push(Unmerged::Markers(path.clone(), lines));
            }
        }
        if beside.contains(&format!("{path}{BESIDE}")) {
            found.push(Unmerged::Beside(path.clone()));
        }
    }
    Ok(found)
}
