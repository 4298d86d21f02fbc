//! `scaffold update`: render again, merge with the user's edits, write.

use std::mem::ManuallyDrop;

use anyhow::Result;

use super::cached::{Answer, Cached, Pending};
use super::open::{folder, open};
use super::save::{Recorded, save};
use super::{Render, STOPPED, Work, cannot_prompt, given_for_update};
use crate::answers::Prompter;
use crate::apply::lock::Lock;
use crate::apply::recover::sweep;
use crate::catalog::Catalog;
use crate::cli::{self, AskWhich};
use crate::commands::rerendering::{Last, Update};
use crate::commands::summary::summary;
use crate::merge;
use crate::page::Place;
use crate::plan::decisions::Reviewed;
use crate::plan::{Open, Plan, Resolution};
use crate::prompt::{Asking, TerminalPrompter};
use crate::review::{Policy, Resolutions, Review, resolve};
use crate::show::listing::{self, Listing};
use crate::terminal::output::{self, Format};
use crate::terminal::progress::during;
use crate::terminal::ui::{Style, Ui};
use crate::text::count;

/// Renders again, shows, writes.
///
/// # Errors
/// When answers are missing or wrong, conflicts of an earlier run are open, nobody agrees to writing, or the disk
/// refuses.
pub fn run(args: &cli::Update, ui: &Ui) -> Result<u8> {
    let person = ui.interactive && !args.plan.yes;
    let dir = folder(args.existing.dir.as_deref());
    let plan = &args.plan;
    let is_plain = plan.yes && !plan.dry_run && plan.html.is_none() && plan.format == Format::Human;
    let cached = if is_plain { Cached::new(&format!("{args:?}"), &dir, &args.with, ui) } else { None };
    if let Some(cached) = &cached
        && let Some(answer) = cached.answer()
    {
        sweep(cached.project().root());
        if Lock::is_free(cached.project()) {
            return answer.give(ui);
        }
    }
    let pending = cached.and_then(Cached::begin);
    super::with_catalog(ui, &args.with.catalog, &dir, person, |Work { catalog, render }| {
        update(args, ui, catalog, render, pending)
    })
}

fn update(args: &cli::Update, ui: &Ui, catalog: &Catalog, render: Render, pending: Option<Pending>) -> Result<u8> {
    let place = args.plan.html.as_deref().map(|file| Place::new(file, args.plan.format)).transpose()?;
    let dir = folder(args.existing.dir.as_deref());
    let project = open(&dir, ui, !args.plan.dry_run)?;
    let last = Last::read(&project, args.with.allow_downgrade)?;
    let pending = pending.map(|pending| pending.about(&last.base));
    let asking = if args.ask == AskWhich::All { Asking::All } else { Asking::New };
    let mut person = (ui.interactive && !args.plan.yes).then(|| TerminalPrompter::new(*ui, asking, catalog));
    let prompter = person.as_mut().map(|person| person as &mut dyn Prompter);
    let update =
        ManuallyDrop::new(Update::prepare(&project, last, catalog, given_for_update(&args.with)?, prompter, render)?);
    for note in &update.notes {
        ui.note(note);
    }
    update.refuse_unmerged()?;
    if person.is_none() && !args.plan.yes && !args.plan.dry_run {
        return Err(cannot_prompt()
            .hint("`--yes` writes without asking")
            .hint("`--dry-run` shows what would be written")
            .into());
    }
    let (merging, policy) = match args.on_conflict {
        cli::OnConflict::Markers | cli::OnConflict::Fail => (merge::OnConflict::Markers, Policy::Both),
        cli::OnConflict::Ours => (merge::OnConflict::Ours, Policy::Mine),
        cli::OnConflict::Theirs => (merge::OnConflict::Theirs, Policy::New),
    };
    let plan = during(ui, "Merging", || update.plan(merging))?;
    if args.plan.format == Format::Json {
        output::data(&output::json(&listing::json(&plan))?)?;
    }
    let automatic = resolve(&plan, policy);
    if let Some(place) = place {
        place.keep_off(project.root(), &plan)?;
        let undecided = Resolutions::new();
        let page = update.page(catalog, &plan, if args.plan.yes { &automatic } else { &undecided });
        place.put(ui, &page.html()?)?;
    }
    if args.plan.dry_run {
        if args.plan.format == Format::Human && !matches!(place, Some(Place::Stdout)) {
            let listing = Listing { ui, paint: ui.out, lines: usize::MAX };
            output::data(&format!("{}\n{}", listing.tree(&plan), listing.counts(&plan)))?;
        }
        ui.say("Nothing was written, because of `--dry-run`.");
        return Ok(u8::from(plan.touches_disk() || plan.open().next().is_some()));
    }
    if args.on_conflict == cli::OnConflict::Fail && plan.open().next().is_some() {
        ui.say(&conflicts(ui, &plan));
        return Ok(1);
    }
    let reviewed = if person.is_some() { plan.is_reviewed() } else { plan.touches_disk() };
    let resolutions = if reviewed && person.is_some() {
        let is_free = |path: &str| super::is_free(&project, path);
        let review = Review {
            ui,
            plan: &plan,
            catalog,
            rendered: &update.rendered,
            readiness: &update.readiness,
            is_free: &is_free,
        };
        let Some(resolutions) = review.run()? else {
            ui.say(STOPPED);
            return Ok(1);
        };
        resolutions
    } else {
        if reviewed {
            ui.say(Listing { ui, paint: ui.err, lines: 0 }.counts(&plan).trim_end());
        }
        automatic
    };
    for open in plan.open().filter(|open| open.kept && person.is_none()) {
        ui.note(&format!(
            "`{}` is yours and stays; the new version would change it: `scaffold update` asks.",
            open.path
        ));
    }
    let orphans = update.orphans(&plan, &resolutions);
    let theirs = &update.rendered.tree;
    let decisions =
        update.decisions.after(Reviewed { plan: &plan, resolutions: &resolutions, person: person.is_some(), theirs });
    let (rendered, answers) = (&update.rendered, &update.answers);
    let record = Recorded { rendered, orphans: &orphans, answers, decisions: &decisions };
    let written = during(ui, "Writing", || save(&project, &plan, &resolutions, record))?;
    if reviewed {
        ui.say(&summary(ui, &dir, &plan, &resolutions, person.is_some()));
    } else if written {
        ui.note(&format!("`{}` is up to date; what is recorded about it was renewed.", dir.display()));
    } else {
        let note = format!("`{}` is up to date.", dir.display());
        ui.note(&note);
        if let (Some(pending), None) = (pending, plan.open().next()) {
            let notes = update.notes.iter().cloned().chain([note]).collect();
            pending.keep(&update, &Answer { notes, data: String::new(), code: 0 });
        }
    }
    // what a person, or `ours`, decided to keep is settled
    let settled = person.is_some() || args.on_conflict == cli::OnConflict::Ours;
    let waits = |open: Open<'_>| match resolutions.get(open.path) {
        Some(Resolution::TakeNew | Resolution::Own(_)) => false,
        Some(Resolution::KeepMine) => !settled && !open.kept,
        _ => true,
    };
    Ok(u8::from(plan.open().any(waits)))
}

fn conflicts(ui: &Ui, plan: &Plan<'_>) -> String {
    let line = |open: Open<'_>| {
        let what = ui.visible(&format!("{} ({})", open.path, open.reason()));
        ui.wrapped_line(&format!("  {} {what}", ui.err.text(Style::Error, "!")))
    };
    let list: Vec<String> = plan.open().map(line).collect();
    format!("{} in conflict; nothing was written:\n{}", count(list.len(), "file"), list.join("\n"))
}
