//! `scaffold status`: whether an update would change something, and what differs from what was generated.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;
use clap::ValueEnum as _;
use serde_json::{Value, json};

use super::cached::{CachedReply, Reply};
use super::open::{folder, open};
use super::{Renderer, given_for_update, in_folder};
use crate::cli::{self, Fact};
use crate::commands::last_rendering::LastRendering;
use crate::commands::rerendering::{Proposal, Unmerged, next_steps};
use crate::detect::gaps::{Gap, gaps};
use crate::detect::overview;
use crate::merge::{self, OnConflict};
use crate::plan::{Change, ChangeKind, Ours, Plan};
use crate::show::listing::{Listing, counts_json};
use crate::terminal::output::{self, Format};
use crate::terminal::ui::{Style, Ui};
use crate::text::{count, version};

/// Prints both facts.
///
/// # Errors
/// When the repository cannot be rendered or read.
pub fn run(args: &cli::StatusArgs, ui: &Ui) -> Result<u8> {
    let dir = folder(args.existing.dir.as_deref());
    let cached = CachedReply::new(&format!("{args:?}"), &dir, &args.with, ui);
    if let Some(reply) = cached.as_ref().and_then(CachedReply::reply) {
        return reply.give(ui);
    }
    let pending = cached.and_then(CachedReply::begin);
    super::with_catalog(ui, &args.with.catalog, &dir, false, |Renderer { catalog, render }| {
        let project = open(&dir, ui, false)?;
        let last = LastRendering::read(&project, args.with.allow_downgrade)?;
        let pending = pending.map(|pending| pending.about(&last.base));
        let mut proposal = Proposal::prepare(&project, last, catalog, given_for_update(&args.with)?, None, render)?;
        let is_generated = |path: &str| proposal.base.tree.files.contains_key(path);
        let gaps = gaps(
            catalog,
            project.root(),
            &proposal.resolved.values,
            &in_folder("scaffold update", &dir),
            &is_generated,
        )?;
        proposal.notes.extend(gaps.cut.iter().map(ToString::to_string));
        let reply = reply(args, ui, &proposal, &gaps.found)?;
        let code = reply.give(ui)?;
        if let Some(pending) = pending {
            proposal.searched.extend(gaps.looked_at);
            pending.keep(&proposal, &reply);
        }
        Ok(code)
    })
}

fn reply(args: &cli::StatusArgs, ui: &Ui, proposal: &Proposal, gaps: &[Gap]) -> Result<Reply> {
    let plan = proposal.plan(OnConflict::Markers)?;
    let drift = drift(proposal, &plan);
    let decided = decided(proposal, &plan);
    let (notes, data) = match args.format {
        Format::Json => (Vec::new(), output::json(&as_json(proposal, &plan, &drift, &decided, gaps))?),
        Format::Human => (
            proposal.notes.clone(),
            as_text(ui, proposal, &plan, &drift, &decided, &folder(args.existing.dir.as_deref())) + &lacking(ui, gaps),
        ),
    };
    let found = |fact: &Fact| match fact {
        Fact::Outdated => proposal.is_outdated(),
        other => drift.contains_key(other),
    };
    Ok(Reply { notes, data, code: u8::from(args.exit_code.iter().any(found)) })
}

/// What differs from what was generated, with a word about each file.
type Drift<'a> = BTreeMap<Fact, Vec<(&'a str, String)>>;

fn drift<'a>(proposal: &'a Proposal, plan: &'a Plan<'_>) -> Drift<'a> {
    let mut drift = Drift::new();
    for one in &proposal.unmerged {
        drift.entry(Fact::Unmerged).or_default().push((one.path(), one.describe()));
    }
    // one word about each file: what is in conflict was edited anyway
    let is_unmerged = |path: &str| proposal.unmerged.iter().any(|one| one.path() == path);
    for (path, change) in plan.changes.iter().filter(|(path, _)| !is_unmerged(path)) {
        let fact = match change {
            Change::Collide { kept: true, .. } => continue,
            Change::Keep if is_decided(proposal, path) => continue,
            Change::Keep | Change::Merge { from: None, .. } if is_extended(proposal, path) => continue,
            // it goes elsewhere as it was generated
            Change::Merge { from: Some(from), .. } if is_as_generated(proposal, from) => continue,
            Change::Keep | Change::Merge { .. } => Fact::Edited,
            Change::KeepDeleted | Change::Offer(_) => Fact::Deleted,
            Change::Orphan => Fact::Orphan,
            Change::Collide { .. } => Fact::Collides,
            // the same change was made by hand
            Change::Adopt if proposal.base.tree.files.contains_key(*path) => Fact::Edited,
            _ => continue,
        };
        // where it is now, not where it goes
        let path = match change {
            Change::Merge { from: Some(from), .. } => from,
            _ => path,
        };
        drift.entry(fact).or_default().push((path, (*path).to_owned()));
    }
    drift
}

/// The files that differ from what was generated as a person decided.
fn decided<'a>(proposal: &Proposal, plan: &Plan<'a>) -> Vec<&'a str> {
    let is_decided = |(path, change): &(&&str, &Change<'_>)| match change {
        Change::LeftOut | Change::Collide { kept: true, .. } => true,
        Change::Keep => is_decided(proposal, path),
        _ => false,
    };
    // a new version beside a file still has to be reviewed
    let is_settled = |path: &&str| !proposal.unmerged.iter().any(|one| one.path() == *path);
    plan.changes.iter().filter(is_decided).map(|(path, _)| *path).filter(is_settled).collect()
}

fn is_decided(proposal: &Proposal, path: &str) -> bool {
    let (ours, theirs) = (proposal.ours.get(path), proposal.rendered.tree.files.get(path));
    ours.zip(theirs).is_some_and(|(ours, theirs)| proposal.decisions.settles(path, ours, theirs))
}

fn is_as_generated(proposal: &Proposal, path: &str) -> bool {
    let ours = proposal.ours.get(path).and_then(Ours::file);
    ours.is_some_and(|ours| proposal.base.tree.files.get(path) == Some(ours))
}

/// Whether a list, such as `.gitignore`, only has lines of the user's own in addition to what was generated: it is as it
/// should be.
fn is_extended(proposal: &Proposal, path: &str) -> bool {
    let ours = proposal.ours.get(path).and_then(Ours::file);
    ours.zip(proposal.base.tree.files.get(path)).is_some_and(|(ours, base)| merge::holds(path, ours, base))
}

fn title(fact: Fact) -> &'static str {
    match fact {
        Fact::Outdated => "outdated",
        Fact::Unmerged => "with open conflicts",
        Fact::Edited => "edited",
        Fact::Deleted => "deleted",
        Fact::Orphan => "no longer generated, kept since edited",
        Fact::Collides => "in the way of a new file",
    }
}

/// The conflicts of an earlier run, and what is to be done about them: before all else, as no update goes on over them.
fn conflicts(ui: &Ui, proposal: &Proposal) -> String {
    if proposal.unmerged.is_empty() {
        return String::new();
    }
    let files: BTreeSet<&str> = proposal.unmerged.iter().map(Unmerged::path).collect();
    let mut out = format!("{} {}:\n", count(files.len(), "file"), title(Fact::Unmerged));
    for one in &proposal.unmerged {
        out.push_str(&format!("  {} {}\n", ui.out.text(Style::Error, "!"), ui.visible(&one.describe())));
    }
    out.push_str(&format!("Next: {}.\n", next_steps(&proposal.unmerged, proposal.undoable).join("; ")));
    out
}

fn as_text(ui: &Ui, proposal: &Proposal, plan: &Plan<'_>, drift: &Drift<'_>, decided: &[&str], dir: &Path) -> String {
    let mut out = conflicts(ui, proposal);
    out += &match &proposal.base.version {
        Some(last) if last == version::own() => format!("Generated by scaffold {last}.\n"),
        Some(last) => format!("Generated by scaffold {last}; this is scaffold {}.\n", version::own()),
        None => format!("The version of scaffold that generated it is unknown; this is scaffold {}.\n", version::own()),
    };
    if proposal.is_outdated() {
        let changes = |kind: ChangeKind| kind.touches_disk() || matches!(kind, ChangeKind::Adopt | ChangeKind::Collide);
        let listing = Listing { ui, paint: ui.out, lines: 0 };
        let counts = listing.counts_of(plan, changes);
        let what =
            if counts.is_empty() { "the record is to be renewed" } else { "something else would be generated today" };
        out.push_str(&format!("Outdated: {what}.\n{counts}"));
    } else {
        out.push_str("Up to date: the same would be generated today.\n");
    }
    if drift.is_empty() {
        let decided = if decided.is_empty() { "" } else { ", or as you decided" };
        let ignored = if proposal.ignored.is_empty() { "" } else { ", or ignored by git and not here" };
        out.push_str(&format!("No drift: every file is as it was generated{decided}{ignored}.\n"));
    }
    for (fact, files) in drift.iter().filter(|(fact, _)| **fact != Fact::Unmerged) {
        out.push_str(&format!("{} {}:\n", count(files.len(), "file"), title(*fact)));
        let mark = ui.out.text(Style::Dim, "=");
        for (_, text) in files {
            out.push_str(&format!("  {mark} {}\n", ui.visible(text)));
        }
    }
    let moved = &proposal.decisions.moved;
    if !moved.is_empty() {
        out.push_str(&format!("{} moved by you:\n", count(moved.len(), "file")));
        let line = |(from, to): (&String, &String)| format!("  = {} is {}\n", ui.visible(from), ui.visible(to));
        out.extend(moved.iter().map(line));
    }
    if !proposal.ignored.is_empty() {
        out.push_str(&format!("{} ignored by git and not here:\n", count(proposal.ignored.len(), "file")));
        out.extend(proposal.ignored.iter().map(|path| format!("  = {}\n", ui.visible(path))));
    }
    let waiting: Vec<&str> = plan.open().filter(|open| open.kept).map(|open| open.path).collect();
    if !waiting.is_empty() {
        let files = count(waiting.len(), "file");
        out.push_str(&format!("{files} of yours would be different now; `scaffold update` asks about each:\n"));
        out.extend(waiting.iter().map(|path| format!("  = {}\n", ui.visible(path))));
    }
    if !proposal.open.is_empty() {
        let update = in_folder("scaffold update", dir);
        let are = if proposal.open.len() == 1 { "is" } else { "are" };
        out.push_str(&format!("{} {are} open:\n", count(proposal.open.len(), "answer")));
        out.extend(proposal.open.iter().map(|answer| {
            let files = match proposal.waiting_for(answer).len() {
                1 => "1 file waits".into(),
                files => format!("{} wait", count(files, "file")),
            };
            format!("  = {}: {files}; `{update} {}`\n", answer.name, answer.set())
        }));
    }
    if !decided.is_empty() {
        out.push_str(&format!("{} as you decided; see `scaffold decisions`.\n", count(decided.len(), "file")));
    }
    out
}

/// What the code of services lacks.
fn lacking(ui: &Ui, gaps: &[Gap]) -> String {
    if gaps.is_empty() {
        return String::new();
    }
    let head = ui.out.text(Style::Bold, "What the code still lacks:");
    format!("{head}\n{}", overview::gaps(ui, ui.out, gaps, usize::MAX))
}

fn as_json(proposal: &Proposal, plan: &Plan<'_>, drift: &Drift<'_>, decided: &[&str], gaps: &[Gap]) -> Value {
    let word = |fact: &Fact| fact.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
    let files = drift
        .iter()
        .flat_map(|(fact, files)| files.iter().map(move |(path, _)| json!({ "path": path, "state": word(fact) })));
    json!({
        "generated_by": proposal.base.version.as_ref().map(ToString::to_string),
        "scaffold": version::own().to_string(),
        "outdated": proposal.is_outdated(),
        "changes": counts_json(plan),
        "drift": files.collect::<Vec<_>>(),
        "decided": decided,
        "ignored": proposal.ignored,
        "moved": proposal.decisions.moved.iter().map(|(from, to)| json!({ "path": from, "to": to })).collect::<Vec<_>>(),
        "open": proposal.open.iter().map(|answer| json!({
            "answer": answer.name,
            "ask": answer.ask,
            "placeholder": answer.placeholder,
            "set": answer.set(),
            "waiting": proposal.waiting_for(answer),
        })).collect::<Vec<_>>(),
        "gaps": gaps,
        "notes": proposal.notes,
    })
}
