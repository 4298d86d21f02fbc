//! The plan before it is carried out: the person looks and decides. Writes nothing.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::catalog::Catalog;
use crate::plan::{Cause, Change, ChangeKind, OpenChange, Plan, Resolution};
use crate::prompt::{Dialog, MenuItem, Prompt};
use crate::render::Rendered;
use crate::render::context::Readiness;
use crate::show::file_diff::DiffStyle;
use crate::show::listing::Listing;
use crate::terminal::pager::{self, page};
use crate::terminal::ui::Ui;
use crate::text::count;
use crate::text::error::Back;
use crate::text::tree::RelPath;

mod about;
pub mod counted_on;
mod effect;
mod find;
mod hunks;
mod keys;
mod one;
mod sides;

pub use effect::Effect;
use hunks::HunkReview;
use one::set;
use sides::{has_hunks, sides};

/// What was decided, about each open change and about others.
pub type Resolutions = BTreeMap<RelPath, Resolution>;

/// The maximum number of lines of a tree shown before a question.
const LINES: usize = 40;

/// Asks a person about a plan.
pub struct Review<'r> {
    /// The terminal.
    pub ui: &'r Ui,
    pub plan: &'r Plan<'r>,
    /// What the files are for.
    pub catalog: &'r Catalog,
    /// Where they come from.
    pub rendered: &'r Rendered,
    /// What needs they meet.
    pub readiness: &'r [Readiness],
    /// Whether nothing is at a path, so that a file can be written beside the person's own.
    pub is_free: &'r dyn Fn(&str) -> bool,
}

/// What can be done next.
#[derive(Clone, Copy)]
enum ReviewStep {
    Write,
    Decide,
    Changed,
    New,
    Hunks,
    One,
    Many,
    Stop,
}

/// What happens to the open changes when the user is not prompted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Everything is kept: markers where there can be some, else the new file beside the user's.
    Both,
    /// The user's side.
    Mine,
    /// The new side where that is possible, else beside.
    New,
}

impl Policy {
    fn choose(self, choices: &[Resolution]) -> Resolution {
        let order: &[Resolution] = match self {
            Self::Both => &[Resolution::Markers, Resolution::Both],
            Self::Mine => &[Resolution::KeepMine],
            Self::New => &[Resolution::TakeNew, Resolution::Both],
        };
        order.iter().find(|wanted| choices.contains(wanted)).cloned().unwrap_or(Resolution::KeepMine)
    }
}

/// What a policy decides about a plan.
pub fn resolve(plan: &Plan<'_>, policy: Policy) -> Resolutions {
    let choose = |open: &OpenChange<'_>| match (open.kept, policy) {
        (true, Policy::Both | Policy::Mine) => Resolution::KeepMine,
        (true, Policy::New) | (false, _) => policy.choose(open.choices()),
    };
    plan.open().map(|open| (open.path.to_string(), choose(&open))).collect()
}

impl Review<'_> {
    /// Shows the plan and lets the person look and decide until they write or stop; `None` when they stop.
    ///
    /// # Errors
    /// [`Interrupted`](crate::text::error::Interrupted) when the person leaves.
    pub fn run(&self) -> Result<Option<Resolutions>> {
        let listing = Listing { ui: self.ui, paint: self.ui.err, lines: LINES };
        self.ui.say(&format!("\n{}\n{}", listing.tree(self.plan), listing.counts(self.plan)));
        // conflict markers lose nothing, so they need no decision
        let markers = |open: &OpenChange<'_>| matches!(open.cause, Cause::Conflict(_));
        let mut decided: Resolutions =
            self.plan.open().filter(markers).map(|open| (open.path.to_string(), Resolution::Markers)).collect();
        // accepting everything does not create files that were left out before
        let offers = self.plan.changes.iter().filter(|(_, change)| matches!(change, Change::Offer(_)));
        decided.extend(offers.map(|(path, _)| ((*path).to_owned(), Resolution::KeepMine)));
        let at_first = decided.clone();
        loop {
            let (steps, items) = self.steps(&decided);
            let chosen = match self.dialog().one_of(Prompt { ask: "What should happen?", help: "" }, items, 0) {
                Err(e) if e.is::<Back>() && decided != at_first && !self.forgets()? => continue,
                chosen => chosen?,
            };
            let done = match steps.get(chosen) {
                Some(ReviewStep::Write) => return Ok(Some(decided)),
                Some(ReviewStep::Decide) => self.decide(&mut decided),
                Some(ReviewStep::Changed) => page(self.ui, &self.diffs(&decided, |kind| kind != ChangeKind::Create)),
                Some(ReviewStep::New) => page(self.ui, &self.diffs(&decided, |kind| kind == ChangeKind::Create)),
                Some(ReviewStep::Hunks) => self.patch(&mut decided),
                Some(ReviewStep::One) => self.one_by_one(&mut decided),
                Some(ReviewStep::Many) => self.many(&mut decided),
                Some(ReviewStep::Stop) | None => return Ok(None),
            };
            // back from there is here, with what was decided until then
            if_not_back(done)?;
        }
    }

    /// Whether the user confirms leaving the review, which discards the decisions.
    fn forgets(&self) -> Result<bool> {
        let ask = Prompt { ask: "Leave the plan, and forget what you decided about files?", help: "" };
        Ok(if_not_back(self.dialog().yes_no(ask, Some(false)))?.unwrap_or(false))
    }

    fn steps(&self, decided: &Resolutions) -> (Vec<ReviewStep>, Vec<MenuItem>) {
        let has = |wanted: &dyn Fn(ChangeKind) -> bool| self.plan.changes.values().any(|c| wanted(c.kind()));
        let open = self.plan.open().filter(|open| !decided.contains_key(open.path)).count();
        let mut steps = Vec::new();
        if open > 0 {
            steps.push((ReviewStep::Decide, format!("Decide about {}", self.open_ones(open))));
        } else {
            steps.push((ReviewStep::Write, Effect::of(self.plan, decided).offer()));
        }
        if has(&|kind| differs(kind) && kind != ChangeKind::Create) {
            steps.push((ReviewStep::Changed, "Look at the differences".into()));
        }
        if has(&|kind| kind == ChangeKind::Create) {
            steps.push((ReviewStep::New, "Look at the new files".into()));
        }
        if self.plan.changes.values().any(has_hunks) {
            steps.push((ReviewStep::Hunks, "Go through the differences hunk by hunk".into()));
        }
        if has(&differs) {
            steps.push((ReviewStep::One, "Choose single files: look, take, keep, edit".into()));
            steps.push((ReviewStep::Many, "Decide about a folder or a component".into()));
        }
        let all = self.plan.open().count();
        if open == 0 && all > 0 {
            let asked =
                self.plan.open().any(|open| decided.get(open.path).is_some_and(|one| *one != Resolution::Markers));
            let decide = if asked { "Decide again" } else { "Decide" };
            steps.push((ReviewStep::Decide, format!("{decide} about {}", self.open_ones(all))));
        }
        steps.push((ReviewStep::Stop, "Stop: write nothing".into()));
        steps.into_iter().map(|(step, label)| (step, MenuItem { answer: word(step).into(), label })).unzip()
    }

    /// Some of the open changes, in words.
    fn open_ones(&self, n: usize) -> String {
        let there = self.plan.open().all(|open| matches!(open.cause, Cause::There(_)));
        let conflict = self.plan.open().all(|open| !matches!(open.cause, Cause::There(_)));
        let verb = if n == 1 { "is" } else { "are" };
        match (there, conflict) {
            (true, _) => format!("{} that {verb} there already", count(n, "file")),
            (_, true) => format!("{} in conflict", count(n, "file")),
            _ => format!("{} that {verb} there already or in conflict", count(n, "file")),
        }
    }

    /// Goes through the open changes that are not decided; when all are, through all.
    fn decide(&self, decided: &mut Resolutions) -> Result<()> {
        let all = self.plan.open().all(|open| decided.contains_key(open.path));
        let wanted = self.plan.open().filter(|open| all || !decided.contains_key(open.path));
        let paths: Vec<&str> = wanted.map(|open| open.path).collect();
        let mut next = 0;
        while let Some(path) = paths.get(next) {
            next = match (self.decide_one(path, decided, true), next.checked_sub(1)) {
                (Err(e), Some(before)) if e.is::<Back>() => before,
                (done, _) => done.map(|_| next + 1)?,
            };
        }
        Ok(())
    }

    /// Goes through the hunks of all files that have some.
    fn patch(&self, decided: &mut Resolutions) -> Result<()> {
        for (path, change) in self.plan.changes.iter().filter(|(_, change)| has_hunks(change)) {
            let Some(sides) = sides(change) else { continue };
            match self.hunks(path, &sides)? {
                HunkReview::Done(resolution) => set(decided, path, resolution),
                HunkReview::Left(resolution) => {
                    if let Some(resolution) = resolution {
                        set(decided, path, resolution);
                    }
                    break;
                }
            }
        }
        keys::last(self.ui);
        Ok(())
    }

    fn diff(&self, path: &str, decided: Option<&Resolution>) -> String {
        let Some(change) = self.plan.changes.get(path) else { return String::new() };
        match decided {
            Some(resolution) => self.look().decided(path, change, resolution),
            None => self.look().change(path, change),
        }
    }

    fn diffs(&self, decided: &Resolutions, wanted: impl Fn(ChangeKind) -> bool) -> String {
        let changes = self.plan.changes.iter().filter(|(_, change)| wanted(change.kind()));
        let texts: Vec<String> = changes.map(|(path, _)| self.diff(path, decided.get(*path))).collect();
        texts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
    }

    fn look(&self) -> DiffStyle {
        DiffStyle { paint: pager::paint(self.ui), unicode: self.ui.unicode }
    }

    /// As messages are: to stderr.
    fn look_at_terminal(&self) -> DiffStyle {
        DiffStyle { paint: self.ui.err, unicode: self.ui.unicode }
    }

    fn dialog(&self) -> Dialog {
        Dialog { ui: *self.ui }
    }
}

/// What came of a question, or nothing where the person went back.
fn if_not_back<T>(done: Result<T>) -> Result<Option<T>> {
    match done {
        Err(e) if e.is::<Back>() => Ok(None),
        done => done.map(Some),
    }
}

/// Whether there is something to see.
fn differs(kind: ChangeKind) -> bool {
    kind.touches_disk() || matches!(kind, ChangeKind::Collide | ChangeKind::Offer)
}

/// What remains on the screen.
fn word(step: ReviewStep) -> &'static str {
    match step {
        ReviewStep::Write => "write",
        ReviewStep::Decide => "decide",
        ReviewStep::Changed => "look at the differences",
        ReviewStep::New => "look at the new files",
        ReviewStep::Hunks => "hunk by hunk",
        ReviewStep::One => "single files",
        ReviewStep::Many => "a folder or a component",
        ReviewStep::Stop => "stop",
    }
}
