//! `scaffold update`: render again, merge with the user's edits, write.

use std::mem::ManuallyDrop;

use anyhow::Result;

use super::cached::{CachedReply, PendingReply, Reply};
use super::carry_out::{Execution, Outcome};
use super::open::{folder, open};
use super::{Render, Renderer, cannot_prompt, given_for_update};
use crate::answers::Prompter;
use crate::apply::lock::Lock;
use crate::apply::recover::sweep;
use crate::catalog::Catalog;
use crate::cli::{self, AskWhich};
use crate::commands::last_rendering::LastRendering;
use crate::commands::rerendering::Proposal;
use crate::merge;
use crate::page::PageTarget;
use crate::plan::{OpenChange, Resolution};
use crate::prompt::{Asking, TerminalPrompter};
use crate::review::Policy;
use crate::terminal::output::Format;
use crate::terminal::progress::during;
use crate::terminal::ui::Ui;

/// Renders again, shows, writes.
///
/// # Errors
/// When answers are missing or wrong, conflicts of an earlier run are open, the user does not confirm, or writing fails.
pub fn run(args: &cli::UpdateArgs, ui: &Ui) -> Result<u8> {
    let person = ui.interactive && !args.plan.yes;
    let dir = folder(args.existing.dir.as_deref());
    let plan = &args.plan;
    let is_plain = plan.yes && !plan.dry_run && plan.html.is_none() && plan.format == Format::Human;
    let cached = if is_plain { CachedReply::new(&format!("{args:?}"), &dir, &args.with, ui) } else { None };
    if let Some(cached) = &cached
        && let Some(reply) = cached.reply()
    {
        sweep(cached.project().root());
        if Lock::is_free(cached.project()) {
            return reply.give(ui);
        }
    }
    let pending = cached.and_then(CachedReply::begin);
    super::with_catalog(ui, &args.with.catalog, &dir, person, |Renderer { catalog, render }| {
        update(args, ui, catalog, render, pending)
    })
}

fn update(
    args: &cli::UpdateArgs,
    ui: &Ui,
    catalog: &Catalog,
    render: Render,
    pending: Option<PendingReply>,
) -> Result<u8> {
    let target = args.plan.html.as_deref().map(|file| PageTarget::new(file, args.plan.format)).transpose()?;
    let dir = folder(args.existing.dir.as_deref());
    let project = open(&dir, ui, !args.plan.dry_run)?;
    let last = LastRendering::read(&project, args.with.allow_downgrade)?;
    let pending = pending.map(|pending| pending.about(&last.base));
    let asking = if args.ask == AskWhich::All { Asking::All } else { Asking::New };
    let mut person = (ui.interactive && !args.plan.yes).then(|| TerminalPrompter::new(*ui, asking, catalog));
    let prompter = person.as_mut().map(|person| person as &mut dyn Prompter);
    let proposal =
        ManuallyDrop::new(Proposal::prepare(&project, last, catalog, given_for_update(&args.with)?, prompter, render)?);
    proposal.refuse_unmerged()?;
    proposal.refuse_unportable()?;
    if person.is_none() && !args.plan.yes && !args.plan.dry_run {
        return Err(cannot_prompt()
            .hint("`--yes` writes without asking")
            .hint("`--dry-run` shows what would be written")
            .into());
    }
    // only now: what changed answers mean is of no use before an error
    for note in &proposal.notes {
        ui.note(note);
    }
    let (merging, policy) = match args.on_conflict {
        cli::OnConflict::Markers | cli::OnConflict::Fail => (merge::OnConflict::Markers, Policy::Both),
        cli::OnConflict::Ours => (merge::OnConflict::Ours, Policy::Mine),
        cli::OnConflict::Theirs => (merge::OnConflict::Theirs, Policy::New),
    };
    let plan = during(ui, "Merging", || proposal.plan(merging))?;
    let execution = Execution {
        ui,
        args: &args.plan,
        command: "update",
        dir: &dir,
        project: &project,
        catalog,
        target,
        policy,
        fail: args.on_conflict == cli::OnConflict::Fail,
        always_show: false,
    };
    let resolutions = match execution.run(&proposal, &plan)? {
        Outcome::DryRun => return Ok(u8::from(plan.touches_disk() || plan.open().next().is_some())),
        Outcome::Stopped | Outcome::Conflicts => return Ok(1),
        Outcome::Written { resolutions, changed, summarized } => {
            if !summarized {
                let record = if changed { "; what is recorded about it was renewed" } else { "" };
                let note = format!("`{}` is up to date{record}.", dir.display());
                ui.note(&note);
                if let (Some(pending), false, None) = (pending, changed, plan.open().next()) {
                    let notes = proposal.notes.iter().cloned().chain([note]).collect();
                    pending.keep(&proposal, &Reply { notes, data: String::new(), code: 0 });
                }
            }
            resolutions
        }
    };
    // what a person, or `ours`, decided to keep is settled
    let settled = person.is_some() || args.on_conflict == cli::OnConflict::Ours;
    let waits = |open: OpenChange<'_>| match resolutions.get(open.path) {
        Some(Resolution::TakeNew | Resolution::Own(_)) => false,
        Some(Resolution::KeepMine) => !settled && !open.kept,
        _ => true,
    };
    Ok(u8::from(plan.open().any(waits)))
}
