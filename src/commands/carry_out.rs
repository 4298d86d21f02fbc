//! The one path from a plan to the disk: page, JSON, dry run, review, confirmation, writing, summary.

use std::path::Path;

use anyhow::Result;

use super::rerendering::Proposal;
use super::save::{Recorded, save};
use super::summary::summary;
use super::{STOPPED, is_free};
use crate::catalog::Catalog;
use crate::cli::PlanArgs;
use crate::page::PageTarget;
use crate::plan::decision::Reviewed;
use crate::plan::{OpenChange, Plan};
use crate::repository::project::Project;
use crate::review::{Policy, Resolutions, Review, counted_on, resolve};
use crate::show::listing::{self, Listing};
use crate::terminal::output::{self, Format};
use crate::terminal::progress::during;
use crate::terminal::ui::{Style, Ui};
use crate::text::count;

/// What a command decides about the way to the disk.
pub struct Execution<'e> {
    pub ui: &'e Ui,
    pub args: &'e PlanArgs,
    /// The command, as the page names it.
    pub command: &'e str,
    /// The folder as the user named it.
    pub dir: &'e Path,
    pub project: &'e Project,
    pub catalog: &'e Catalog,
    /// Where the page goes, if one is wanted.
    pub target: Option<PageTarget<'e>>,
    /// What happens to open changes without a prompt.
    pub policy: Policy,
    /// Whether nothing is written when a change is open.
    pub fail: bool,
    /// Whether the plan is worth a look even if it changes no file: a first run tells what it found.
    pub always_show: bool,
}

/// How the way to the disk ended.
#[derive(Debug)]
pub enum Outcome {
    DryRun,
    Stopped,
    /// Changes were open, and nothing was to be written then.
    Conflicts,
    Written {
        resolutions: Resolutions,
        /// Whether anything on disk is different now, be it only the record.
        changed: bool,
        /// Whether a summary was printed.
        summarized: bool,
    },
}

impl Execution<'_> {
    /// Whether a person is asked.
    fn person(&self) -> bool {
        self.ui.interactive && !self.args.yes
    }

    /// Shows the plan, has a person decide, writes.
    ///
    /// # Errors
    /// When the page cannot be written, the person leaves, or the disk refuses.
    pub fn run(&self, proposal: &Proposal, plan: &Plan<'_>) -> Result<Outcome> {
        let ui = self.ui;
        let automatic = resolve(plan, self.policy);
        self.page(proposal, plan, &automatic)?;
        if self.args.format == Format::Json {
            output::data(&output::json(&listing::json(plan))?)?;
        }
        if self.args.dry_run {
            if self.args.format == Format::Human && !matches!(self.target, Some(PageTarget::Stdout)) {
                let listing = Listing { ui, paint: ui.out, lines: usize::MAX };
                output::data(&format!("{}\n{}", listing.tree(plan), listing.counts(plan)))?;
            }
            ui.say("Nothing was written, because of `--dry-run`.");
            return Ok(Outcome::DryRun);
        }
        if self.fail && plan.open().next().is_some() {
            ui.say(&conflicts(ui, plan));
            return Ok(Outcome::Conflicts);
        }
        let person = self.person();
        let summarized = self.always_show || if person { plan.is_reviewed() } else { plan.touches_disk() };
        let resolutions = if summarized && person {
            let Some(resolutions) = self.review(proposal, plan)? else {
                ui.say(STOPPED);
                return Ok(Outcome::Stopped);
            };
            resolutions
        } else {
            if summarized {
                ui.say(Listing { ui, paint: ui.err, lines: 0 }.counts(plan).trim_end());
            }
            automatic
        };
        for open in plan.open().filter(|open| open.kept && !person) {
            ui.note(&format!(
                "`{}` is yours and stays; the new version would change it: `scaffold update` asks.",
                open.path
            ));
        }
        let changed = self.save(proposal, plan, &resolutions)?;
        if summarized {
            ui.say(&summary(ui, self.dir, plan, &resolutions, person));
            if let Some(text) = counted_on::text(ui, plan, &resolutions, &proposal.rendered) {
                ui.say(&text);
            }
        }
        Ok(Outcome::Written { resolutions, changed, summarized })
    }

    fn page(&self, proposal: &Proposal, plan: &Plan<'_>, automatic: &Resolutions) -> Result<()> {
        let Some(target) = self.target else { return Ok(()) };
        target.keep_off(self.project.root(), plan)?;
        let undecided = Resolutions::new();
        let decided = if self.args.yes { automatic } else { &undecided };
        target.put(self.ui, &proposal.page(self.command, self.catalog, plan, decided).html()?)
    }

    fn review(&self, proposal: &Proposal, plan: &Plan<'_>) -> Result<Option<Resolutions>> {
        let is_free = |path: &str| is_free(self.project, path);
        let (rendered, readiness) = (&proposal.rendered, proposal.readiness.as_slice());
        Review { ui: self.ui, plan, catalog: self.catalog, rendered, readiness, is_free: &is_free }.run()
    }

    fn save(&self, proposal: &Proposal, plan: &Plan<'_>, resolutions: &Resolutions) -> Result<bool> {
        let gone = proposal.gone(plan, resolutions);
        let theirs = &proposal.rendered.tree;
        let decisions =
            proposal.decisions.after(Reviewed { plan, resolutions, person: self.person(), theirs, gone: &gone });
        let (rendered, answers) = (&proposal.rendered, &proposal.answers);
        let record = Recorded { rendered, gone: &gone, left: &proposal.left(), answers, decisions: &decisions };
        during(self.ui, "Writing", || save(self.project, plan, resolutions, record))
    }
}

fn conflicts(ui: &Ui, plan: &Plan<'_>) -> String {
    let line = |open: OpenChange<'_>| {
        let what = ui.visible(&format!("{} ({})", open.path, open.reason()));
        ui.wrapped_line(&format!("  {} {what}", ui.err.text(Style::Error, "!")))
    };
    let list: Vec<String> = plan.open().map(line).collect();
    format!("{} in conflict; nothing was written:\n{}", count(list.len(), "file"), list.join("\n"))
}
