//! The plan before it is carried out: the person looks and decides. Writes nothing.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::diff::Look;
use crate::listing::{Listing, meaning};
use crate::pager::page;
use crate::plan::{BESIDE, Cause, Kind, Open, Ours, Plan, Resolution};
use crate::prompt::{Ask, Dialog, Item};
use crate::text::{count, cut};
use crate::tree::RelPath;
use crate::ui::Ui;

mod effect;

pub use effect::Effect;

/// What was decided about each open change.
pub type Resolutions = BTreeMap<RelPath, Resolution>;

/// More lines than this of a tree nobody reads before a question.
const LINES: usize = 40;

/// Asks a person about a plan.
pub struct Review<'r> {
    /// The terminal.
    pub ui: &'r Ui,
    /// The plan.
    pub plan: &'r Plan<'r>,
    /// Whether nothing is at a path, so that a file can be written beside the person's own.
    pub is_free: &'r dyn Fn(&str) -> bool,
}

/// What can be done next.
#[derive(Clone, Copy)]
enum Step {
    Write,
    Decide,
    Changed,
    New,
    One,
    Stop,
}

/// What happens to the open changes when nobody is asked.
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
        order.iter().find(|wanted| choices.contains(wanted)).copied().unwrap_or(Resolution::KeepMine)
    }
}

/// What a policy decides about a plan.
pub fn resolve(plan: &Plan<'_>, policy: Policy) -> Resolutions {
    plan.open().map(|open| (open.path.to_string(), policy.choose(open.choices()))).collect()
}

impl Review<'_> {
    /// Shows the plan and lets the person look and decide until they write or stop; `None` when they stop.
    ///
    /// # Errors
    /// [`Interrupted`](crate::error::Interrupted) when the person leaves.
    pub fn run(&self) -> Result<Option<Resolutions>> {
        let listing = Listing { ui: self.ui, paint: self.ui.err, lines: LINES };
        self.ui.say(&format!("\n{}\n{}", listing.tree(self.plan), listing.counts(self.plan)));
        // conflict markers lose nothing, so that nobody has to decide about them
        let markers = |open: &Open<'_>| matches!(open.cause, Cause::Conflict(_));
        let mut decided: Resolutions =
            self.plan.open().filter(markers).map(|open| (open.path.to_string(), Resolution::Markers)).collect();
        loop {
            let (steps, items) = self.steps(&decided);
            let chosen = self.dialog().one_of(Ask { ask: "What should happen?", help: "" }, items, 0)?;
            match steps.get(chosen) {
                Some(Step::Write) => return Ok(Some(decided)),
                Some(Step::Decide) => self.decide(&mut decided)?,
                Some(Step::Changed) => page(self.ui, &self.diffs(&decided, |kind| kind != Kind::Create))?,
                Some(Step::New) => page(self.ui, &self.diffs(&decided, |kind| kind == Kind::Create))?,
                Some(Step::One) => self.one(&decided)?,
                Some(Step::Stop) | None => return Ok(None),
            }
        }
    }

    fn steps(&self, decided: &Resolutions) -> (Vec<Step>, Vec<Item>) {
        let has = |wanted: &dyn Fn(Kind) -> bool| self.plan.changes.values().any(|c| wanted(c.kind()));
        let open = self.plan.open().filter(|open| !decided.contains_key(open.path)).count();
        let mut steps = Vec::new();
        if open > 0 {
            steps.push((Step::Decide, format!("Decide about {}", self.about(open))));
        } else {
            steps.push((Step::Write, Effect::of(self.plan, decided).offer()));
        }
        if has(&|kind| differs(kind) && kind != Kind::Create) {
            steps.push((Step::Changed, "Look at the differences".into()));
        }
        if has(&|kind| kind == Kind::Create) {
            steps.push((Step::New, "Look at the new files".into()));
        }
        if has(&differs) {
            steps.push((Step::One, "Look at one file".into()));
        }
        if open == 0 && !decided.is_empty() {
            let asked = decided.values().any(|resolution| *resolution != Resolution::Markers);
            let decide = if asked { "Decide again" } else { "Decide" };
            steps.push((Step::Decide, format!("{decide} about {}", self.about(decided.len()))));
        }
        steps.push((Step::Stop, "Stop: write nothing".into()));
        steps.into_iter().map(|(step, label)| (step, Item { answer: word(step).into(), label })).unzip()
    }

    /// Some of the open changes, in words.
    fn about(&self, n: usize) -> String {
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
        for open in self.plan.open() {
            if all || !decided.contains_key(open.path) {
                let resolution = self.decide_one(&open, decided.get(open.path).copied())?;
                decided.insert(open.path.to_string(), resolution);
            }
        }
        Ok(())
    }

    fn decide_one(&self, open: &Open<'_>, before: Option<Resolution>) -> Result<Resolution> {
        let path = open.path;
        let beside = format!("{path}{BESIDE}");
        let item = |label: &str, answer: &str| Item { label: label.into(), answer: answer.into() };
        let mut options = Vec::new();
        for resolution in open.choices() {
            options.push(match resolution {
                Resolution::KeepMine => (Some(Resolution::KeepMine), item("Keep mine", "keep mine")),
                Resolution::TakeNew => (Some(Resolution::TakeNew), item("Take the new one", "take the new one")),
                Resolution::Markers => {
                    (Some(Resolution::Markers), item("Merge: conflict markers show both sides", "conflict markers"))
                }
                Resolution::Both if (self.is_free)(&beside) => {
                    let name = beside.rsplit('/').next().unwrap_or(&beside);
                    (Some(Resolution::Both), item(&format!("Both: the new one becomes {name}"), "both"))
                }
                Resolution::Both => continue,
            });
        }
        options.push((None, item("Look at the difference", "look at the difference")));
        let start = options.iter().position(|(r, _)| r.is_some() && *r == before).unwrap_or(0);
        let question = match open.cause {
            Cause::There(Ours::File(_)) => format!("{path} is there already, with other content. Which one?"),
            Cause::There(_) => format!("{path} cannot be written: {}. What now?", open.reason()),
            Cause::Conflict(_) | Cause::Unmergeable(_) => {
                format!("{path} was changed by you and by the new version: {}. What now?", open.reason())
            }
        };
        loop {
            let items = options.iter().map(|(_, item)| item.clone()).collect();
            let chosen = self.dialog().one_of(Ask { ask: &question, help: "" }, items, start)?;
            match options.get(chosen) {
                Some((Some(resolution), _)) => return Ok(*resolution),
                _ => page(self.ui, &self.diff(path, None))?,
            }
        }
    }

    fn one(&self, decided: &Resolutions) -> Result<()> {
        let paths: Vec<&str> = self.plan.changes.iter().filter(|(_, c)| differs(c.kind())).map(|(p, _)| *p).collect();
        let item = |path: &&str| {
            let kind = self.plan.changes.get(path).map_or(Kind::Create, |c| c.kind());
            let label = format!("{}  ({})", self.ui.visible(path), meaning(kind));
            Item { label: cut(&label, self.ui.width.saturating_sub(4), self.ui.unicode), answer: (*path).to_string() }
        };
        let chosen = self.dialog().one_of(Ask { ask: "Which one?", help: "" }, paths.iter().map(item).collect(), 0)?;
        paths.get(chosen).map_or(Ok(()), |path| page(self.ui, &self.diff(path, decided.get(*path))))
    }

    fn diff(&self, path: &str, decided: Option<&Resolution>) -> String {
        let Some(change) = self.plan.changes.get(path) else { return String::new() };
        match decided {
            Some(resolution) => self.look().decided(path, change, *resolution),
            None => self.look().change(path, change),
        }
    }

    fn diffs(&self, decided: &Resolutions, wanted: impl Fn(Kind) -> bool) -> String {
        let changes = self.plan.changes.iter().filter(|(_, change)| wanted(change.kind()));
        let texts: Vec<String> = changes.map(|(path, _)| self.diff(path, decided.get(*path))).collect();
        texts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
    }

    fn look(&self) -> Look {
        // as the pager does: to the terminal, which is stderr when stdout leads elsewhere
        let paint = if self.ui.stdout { self.ui.out } else { self.ui.err };
        Look { paint, unicode: self.ui.unicode }
    }

    fn dialog(&self) -> Dialog {
        Dialog { ui: *self.ui }
    }
}

/// Whether there is something to see.
fn differs(kind: Kind) -> bool {
    kind.touches_disk() || kind == Kind::Collide
}

/// What remains on the screen.
fn word(step: Step) -> &'static str {
    match step {
        Step::Write => "write",
        Step::Decide => "decide",
        Step::Changed => "look at the differences",
        Step::New => "look at the new files",
        Step::One => "look at one file",
        Step::Stop => "stop",
    }
}
