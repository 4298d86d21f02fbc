//! `scaffold init`: answers to a new repository.

use std::collections::BTreeSet;
use std::mem::ManuallyDrop;
use std::path::Path;

use anyhow::Result;
use serde_json::Value;

use super::carry_out::{Execution, Outcome};
use super::open::open;
use super::{Renderer, cannot_prompt, in_folder, interview};
use crate::answers::session::Session;
use crate::answers::{Answers, Given, Origin};
use crate::apply::lock::Lock;
use crate::base::Stored;
use crate::catalog::Catalog;
use crate::catalog::question::{FindingName, Values};
use crate::cli::{AskWhich, InitArgs};
use crate::commands::last_rendering::LastRendering;
use crate::commands::rerendering::{Proposal, refuse_unmerged, undoable, unmerged};
use crate::commands::summary::{first_steps, where_code_goes};
use crate::detect::gaps::{gaps, named};
use crate::detect::walk::Files;
use crate::detect::{Look, Note, folder_name, free, is_workflow, of_what_stays, overview};
use crate::merge::OnConflict;
use crate::page::PageTarget;
use crate::plan::Resolution;
use crate::prompt::{Asking, TerminalPrompter};
use crate::render::context::Context;
use crate::render::steps::{self, Stage};
use crate::repository::hidden::hidden;
use crate::repository::project::Project;
use crate::repository::worktree;
use crate::review::Policy;
use crate::terminal::progress::during;
use crate::terminal::ui::Ui;
use crate::text::count;
use crate::text::error::{Back, UserError};
use crate::text::value::whole;

/// Asks, renders, shows, writes.
///
/// # Errors
/// When answers are missing or wrong, the user does not confirm, or writing fails.
pub fn run(args: &InitArgs, ui: &Ui) -> Result<u8> {
    let person = ui.interactive && !args.plan.yes;
    super::with_catalog(ui, &args.catalog, &args.dir, person, |work| init(args, ui, work))
        .or_else(|e| interview::left(args, ui, e))
}

fn init(args: &InitArgs, ui: &Ui, work: Renderer<'_>) -> Result<u8> {
    let catalog = work.catalog;
    let mut given = super::given(&args.answers)?;
    let target = args.plan.html.as_deref().map(|file| PageTarget::new(file, args.plan.format)).transpose()?;
    let project = open(&args.dir, ui, !args.plan.dry_run)?;
    if project.base()? != Stored::Missing {
        return again(args, ui, given, work, &project);
    }
    if let Some(top) = worktree::top(project.root()).filter(|top| *top != project.root()) {
        ui.note(&format!(
            "`{}` is inside the Git repository `{}`. Its workflows and rules count only at the top: generate there, unless \
             this folder becomes a repository of its own.",
            args.dir.display(),
            top.display()
        ));
    }
    let person = ui.interactive && !args.plan.yes;
    given.looked_at = person || args.detect;
    let mut look = if given.looked_at { look(args, ui, catalog, &mut given)? } else { None };
    let notes = match &mut look {
        Some(look) => std::mem::take(&mut look.found.notes),
        None if given.looked_at => Vec::new(),
        None => make_way(args, ui, catalog, &mut given)?,
    };
    let unknown = look.as_mut().map(|look| named(&args.dir, std::mem::take(&mut look.found.unknown))).transpose()?;
    given.folder = if person { folder_name(catalog, project.root())? } else { None };
    let (session, resumed) = interview::session(args, ui, &mut given, project.root(), person)?;
    let choose = !resumed && given.preset.is_none() && given.file.is_none();
    let mut person = person.then(|| {
        let all = session.as_ref().is_some_and(|session| session.all) || args.ask == AskWhich::All;
        let asking = if all { Asking::All } else { Asking::Identity };
        TerminalPrompter::new(*ui, asking, catalog)
            .keeping(session.clone())
            .taking_findings(args.detect)
            .wanting(unknown.unwrap_or_default())
            .following(look.as_ref())
    });
    let run = InitRun { args, ui, work, project: &project, session: session.as_ref(), target };
    loop {
        let answers = match &mut person {
            Some(person) => interview::answers(person, catalog, &mut given, choose)?,
            None => Answers::resolve(catalog, &given, None)?,
        };
        // what does not fit may fit with what a person chose
        let notes = match (&look, &person) {
            (Some(look), Some(_)) => look.follow(catalog, &answers.chosen())?.notes,
            _ => notes.clone(),
        };
        match (write(&run, answers, notes), &person) {
            (Err(e), Some(person)) if e.is::<Back>() => given.said.clone_from(person.said()),
            (written, _) => return written,
        }
    }
}

/// What is the same for all answers.
struct InitRun<'r> {
    args: &'r InitArgs,
    ui: &'r Ui,
    work: Renderer<'r>,
    project: &'r Project,
    session: Option<&'r Session>,
    target: Option<PageTarget<'r>>,
}

/// Renders, shows, writes after a yes. Going back leads to the answers. `notes` say what the folder has otherwise than
/// generated files expect it.
fn write(run: &InitRun<'_>, answers: Answers, mut notes: Vec<Note>) -> Result<u8> {
    let InitRun { args, ui, work: Renderer { catalog, render }, project, session, target } = *run;
    let person = ui.interactive && !args.plan.yes;
    if !person && !args.plan.yes && !args.plan.dry_run {
        return Err(cannot_prompt()
            .hint("`--yes` writes without asking, and keeps files that are there already")
            .hint("`--dry-run` shows what would be written")
            .into());
    }
    for note in &answers.notes {
        ui.note(note);
    }
    let context = Context::new(catalog, &answers)?;
    let rendered = during(ui, "Rendering", || render(catalog, &context))?;
    let hidden: Vec<String> = hidden(project.root(), &rendered.tree)
        .iter()
        .filter(|hidden| !hidden.paths.is_empty())
        .map(|hidden| hidden.note(&BTreeSet::new()))
        .collect();
    let page = steps::page(&context, &rendered.tree);
    let proposal = ManuallyDrop::new(Proposal::first(project, catalog, answers, &context, rendered)?);
    let plan = proposal.plan(OnConflict::Markers)?;
    if person || args.plan.dry_run {
        hidden.iter().for_each(|note| ui.note(note));
    }
    let gaps =
        gaps(catalog, project.root(), &proposal.resolved.values, &in_folder("scaffold update", &args.dir), &|_| false)?;
    let code = code_to_come(catalog, project.root(), &proposal.resolved.values);
    let execution = Execution {
        ui,
        args: &args.plan,
        command: "init",
        dir: &args.dir,
        project,
        catalog,
        target,
        policy: Policy::Mine,
        fail: false,
        always_show: true,
    };
    let resolutions = match execution.run(&proposal, &plan)? {
        Outcome::DryRun => {
            interview::kept(args, ui, session.filter(|_| person));
            return Ok(u8::from(plan.open().next().is_some()));
        }
        Outcome::Stopped | Outcome::Conflicts => {
            interview::kept(args, ui, session);
            return Ok(1);
        }
        Outcome::Written { resolutions, .. } => resolutions,
    };
    // what was written counts, also where the kept answers cannot be removed
    let _ = session.map(Session::forget);
    if let Some(warning) = examples(&args.dir, catalog, &proposal.resolved) {
        ui.say(&ui.wrapped_line(&warning));
    }
    if !proposal.open.is_empty() {
        ui.say(&ui.wrapped_line(&open_answers(&args.dir, &proposal)));
    }
    if !code.is_empty() {
        ui.say(&where_code_goes(ui, &args.dir, &code));
    }
    let stage = match worktree::top(project.root()) {
        None => Stage::Folder,
        Some(top) if worktree::has_remote(top) => Stage::Shared,
        Some(_) => Stage::Local,
    };
    ui.say(&first_steps(ui, &args.dir, &plan, &resolutions, &steps::steps(&context, stage), &page));
    notes.extend(gaps.cut);
    if let Some(text) = overview::left(ui, &notes) {
        ui.say(&text);
    }
    if let Some(text) = overview::lacking(ui, &gaps.found) {
        ui.say(&text);
    }
    // a screen or more above, it is forgotten
    hidden.iter().for_each(|note| ui.note(note));
    // the disk still differs from what was generated, though a person may have wanted it so
    Ok(u8::from(plan.open().any(|open| resolutions.get(open.path) != Some(&Resolution::TakeNew))))
}

/// Name and folder of each service whose folder holds nothing yet.
fn code_to_come(catalog: &Catalog, root: &Path, answers: &Values) -> Vec<(String, String)> {
    let Some(question) = catalog.detected_by(FindingName::Services) else { return Vec::new() };
    let text = |service: &Value, finding: FindingName| {
        let field = question.fields.iter().find(|field| field.is_detected_by(finding))?;
        service.get(&field.name).and_then(Value::as_str).map(str::to_owned)
    };
    let services = answers.get(&question.name).and_then(Value::as_array).into_iter().flatten();
    services
        .filter_map(|service| {
            Some((text(service, FindingName::ServiceName)?, text(service, FindingName::ServicePath)?))
        })
        .filter(|(_, path)| root.join(path).read_dir().map_or(true, |mut entries| entries.next().is_none()))
        .collect()
}

/// Which answers are `later`, and what that means.
fn open_answers(dir: &Path, proposal: &Proposal) -> String {
    let names: Vec<String> = proposal.open.iter().map(|answer| format!("`{}`", answer.name)).collect();
    let (answers, files) = (count(names.len(), "answer"), proposal.rendered.waiting.len());
    let wait = if files == 1 { "1 file waits".into() } else { format!("{} wait", count(files, "file")) };
    format!(
        "{answers} {} open, and {wait} for {}: {}. `{}` has the command that answers each; the update adds the \
         files.",
        if names.len() == 1 { "is" } else { "are" },
        if names.len() == 1 { "it" } else { "them" },
        names.join(", "),
        in_folder("scaffold status", dir)
    )
}

/// Which answers that are specific to the project are still the examples of a preset, whether it was named or copied into
/// an answers file. What was given or found is none, also where it is the same.
fn examples(dir: &Path, catalog: &Catalog, answers: &Answers) -> Option<String> {
    let is_example = |(name, value): &(&String, &Value)| {
        let is_copy = || catalog.presets.iter().any(|preset| preset.answers.get(*name) == Some(value));
        let from_preset = match answers.origins.get(*name) {
            Some(Origin::Preset(_)) => true,
            Some(Origin::File(_) | Origin::Recorded(_)) => is_copy(),
            Some(Origin::Default | Origin::Folder | Origin::Detected(_) | Origin::Flag | Origin::Prompt) | None => {
                false
            }
        };
        from_preset && catalog.question(name).is_some_and(|question| question.identity)
    };
    let names: Vec<String> = answers.values.iter().filter(is_example).map(|(name, _)| format!("`{name}`")).collect();
    if names.is_empty() {
        return None;
    }
    Some(format!(
        "These answers are examples; replace them before you apply anything: {}. `{} --set KEY=VALUE` changes them.",
        names.join(", "),
        in_folder("scaffold update", dir)
    ))
}

/// Inspects the folder and prints the findings: each finding is the default of a question, or without a terminal the
/// answer.
fn look(args: &InitArgs, ui: &Ui, catalog: &Catalog, given: &mut Given) -> Result<Option<Look>> {
    if !args.dir.is_dir() {
        return Ok(None);
    }
    let chosen = given.values(catalog)?;
    let mut look = during(ui, "Looking at the folder", || Look::at(catalog, &args.dir, &chosen))?;
    let found = &mut look.found;
    let services = catalog.detected_by(FindingName::Services).map_or("", |question| &question.name);
    // a person confirms them in a table
    let table = ui.interactive
        && !args.plan.yes
        && !args.detect
        && !gives(given, services)
        && found.answers.contains_key(services);
    if let Some(text) = overview::text(ui, found, services, table) {
        ui.say(&text);
    }
    let services = catalog.detected_by(FindingName::Services).filter(|_| !found.services.is_empty());
    if let Some(question) = services
        && !found.refused.is_empty()
        && (!ui.interactive || args.plan.yes)
        && !gives(given, &question.name)
    {
        let sentences: Vec<String> = found.refused.iter().map(Note::to_string).collect();
        let message = sentences.join(" ").trim_end_matches('.').to_owned();
        let hint = format!("give `{}` in `--answers` to generate the others only", question.name);
        return Err(UserError::new(message).hint(hint).into());
    }
    let question = catalog.detected_by(FindingName::Services);
    if let Some(question) = question.filter(|question| {
        args.detect && (!ui.interactive || args.plan.yes) && found.services.is_empty() && !gives(given, &question.name)
    }) {
        let why = found
            .refused
            .first()
            .map(|note| format!("; {}", note.to_string().trim_end_matches('.')))
            .unwrap_or_default();
        let message = format!(
            "no service was found in `{}`: no manifest of a program that is started, and no Dockerfile with a port{why}",
            args.dir.display()
        );
        let hint = format!(
            "leave `--detect` out to take `{}` from a preset, from `--answers`, or at the prompt",
            question.name
        );
        return Err(UserError::new(message).hint(hint).into());
    }
    let unfit = services.filter(|question| !found.answers.contains_key(&question.name));
    given.unfit = unfit.map(|question| question.name.clone());
    given.detected = std::mem::take(&mut found.answers);
    Ok(Some(look))
}

/// Places generated files beside what is in the folder, where nothing else is looked for in it.
fn make_way(args: &InitArgs, ui: &Ui, catalog: &Catalog, given: &mut Given) -> Result<Vec<Note>> {
    if !args.dir.is_dir() {
        return Ok(Vec::new());
    }
    let chosen = given.values(catalog)?;
    let files = Files::matching(&args.dir, is_workflow)?;
    given.detected = of_what_stays(catalog, &files, &free::folders_of_services(catalog, &chosen), &chosen)?;
    for (name, answer) in &given.detected {
        ui.note(&format!("`{name}` is `{}`, since `{}` is there already.", whole(&answer.value), answer.evidence()));
    }
    Ok(files.take_notes())
}

/// Whether the answers of the command line give all of an answer, and not only a part of what is found.
fn gives(given: &Given, name: &str) -> bool {
    given.file.as_ref().is_some_and(|file| file.values.contains_key(name))
        || given.sets.iter().any(|(key, _)| key == name)
}

/// A folder that was generated before: the same answers and templates mean that nothing is left to do.
fn again(args: &InitArgs, ui: &Ui, mut given: Given, work: Renderer<'_>, project: &Project) -> Result<u8> {
    let last = LastRendering::read(project, false)?;
    let conflicts = unmerged(project, &last.base, &project.ours(last.base.tree.files.keys())?)?;
    refuse_unmerged(&conflicts, undoable(project)?)?;
    given.generated = true;
    if args.detect {
        // what was found then is recorded; the folder tells more now, by what was generated
        given.preset = None;
    }
    if args.detect || given.preset.is_none() && given.file.is_none() {
        given.recorded = project.answers()?;
    }
    let answers = Answers::resolve(work.catalog, &given, None)?;
    let rendered = (work.render)(work.catalog, &Context::new(work.catalog, &answers)?)?;
    if rendered.tree == last.base.tree {
        // a run that was killed at its very end leaves its lock
        drop(Lock::acquire(project)?);
        ui.note(&format!("`{}` is up to date: it was generated from these answers.", args.dir.display()));
        if args.plan.html.is_some() {
            ui.say("There is nothing to show, and no page was written.");
        }
        return Ok(0);
    }
    Err(UserError::new(format!("`{}` was generated before, from other answers or templates", args.dir.display()))
        .hint("`scaffold update` merges what is new with your edits; it takes `--answers` and `--set` as well")
        .hint(
            "remove `.scaffold/` to start over: then files that are equal are adopted, and you decide about the others",
        )
        .into())
}
