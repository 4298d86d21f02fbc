//! One file: what can be done with it, and what a person chooses.

use anyhow::Result;

use super::hunks::HunkReview;
use super::keys;
use super::sides::{has_hunks, settled, sides, take};
use super::{Resolutions, Review};
use crate::merge;
use crate::plan::{BESIDE, Cause, Change, OpenChange, Ours, OwnText, Resolution};
use crate::prompt::{MenuItem, Prompt};
use crate::terminal::editor::edit;
use crate::terminal::pager::page;
use crate::text::path;
use crate::text::tree::File;

/// What can be done with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Act {
    /// This is decided; `None` lets the proposal be.
    Decide(Option<Resolution>),
    Hunks,
    Edit,
    DiffStyle,
    Back,
}

impl Review<'_> {
    /// Lets the person decide about a file. `must` leaves no way around that. Returns whether they decided.
    ///
    /// # Errors
    /// [`Interrupted`](crate::text::error::Interrupted) when the person leaves.
    pub(super) fn decide_one(&self, path: &str, decided: &mut Resolutions, must: bool) -> Result<bool> {
        let Some(change) = self.plan.changes.get(path) else { return Ok(false) };
        let open = self.plan.open().find(|open| open.path == path);
        if let Some(about) = self.about(path, change) {
            self.ui.say(&about);
        }
        let options = self.options(path, change, open.as_ref(), must);
        let question = question(path, change, open.as_ref());
        let before = decided.get(path).cloned();
        let start = options.iter().position(|(act, _)| match (act, &before) {
            (Act::Decide(one), before) => one == before && (before.is_some() || must || open.is_none()),
            (Act::Hunks, Some(Resolution::Own(_))) => true,
            _ => false,
        });
        loop {
            let items = options.iter().map(|(_, item)| item.clone()).collect();
            let chosen = self.dialog().one_of(Prompt { ask: &question, help: "" }, items, start.unwrap_or(0))?;
            let resolution = match options.get(chosen).map(|(act, _)| act) {
                Some(Act::Decide(resolution)) => resolution.clone(),
                Some(Act::DiffStyle) => {
                    page(self.ui, &self.diff(path, None))?;
                    continue;
                }
                Some(Act::Hunks) => {
                    let outcome = sides(change).map(|sides| self.hunks(path, &sides)).transpose()?;
                    keys::last(self.ui);
                    match outcome {
                        Some(HunkReview::Done(resolution) | HunkReview::Left(Some(resolution))) => resolution,
                        _ => continue,
                    }
                }
                Some(Act::Edit) => match self.edit(path, change, decided.get(path))? {
                    Ok(resolution) => resolution,
                    Err(why) => {
                        self.ui.say(&self.ui.visible(&format!("{why} Nothing changes.")));
                        continue;
                    }
                },
                Some(Act::Back) | None => return Ok(false),
            };
            set(decided, path, resolution);
            return Ok(true);
        }
    }

    fn options(
        &self,
        path: &str,
        change: &Change<'_>,
        open: Option<&OpenChange<'_>>,
        must: bool,
    ) -> Vec<(Act, MenuItem)> {
        let item = |label: &str, answer: &str| MenuItem { label: label.into(), answer: answer.into() };
        let beside = format!("{path}{BESIDE}");
        let choices: &[Resolution] = match (open, change) {
            (Some(open), _) => open.choices(),
            (None, Change::Update { .. } | Change::Merge { .. }) => {
                &[Resolution::TakeNew, Resolution::KeepMine, Resolution::Both]
            }
            (None, Change::Offer(_)) => &[Resolution::KeepMine, Resolution::TakeNew],
            _ => &[Resolution::TakeNew, Resolution::KeepMine],
        };
        let mut options = Vec::new();
        for resolution in choices {
            let item = match (resolution, change) {
                (Resolution::KeepMine, Change::Create(_) | Change::Offer(_)) => item("Leave it out", "leave it out"),
                (Resolution::KeepMine, _) => item("Keep mine", "keep mine"),
                (Resolution::TakeNew, Change::Create(_) | Change::Offer(_)) => item("Create it", "create it"),
                (Resolution::TakeNew, Change::Delete(_)) => item("Remove it", "remove it"),
                (Resolution::TakeNew, Change::Merge { .. }) if open.is_none() => {
                    item("Take both changes, merged", "take both changes")
                }
                (Resolution::TakeNew, _) => item("Take the new one", "take the new one"),
                (Resolution::Markers, _) => item("Merge: conflict markers show both sides", "conflict markers"),
                (Resolution::Both, _) if (self.is_free)(&beside) => {
                    item(&format!("Both: the new one becomes {}", path::name(&beside)), "both")
                }
                (Resolution::Both | Resolution::Own(_), _) => continue,
            };
            let decided = match resolution {
                Resolution::TakeNew if open.is_none() => take(change),
                other => Some(other.clone()),
            };
            options.push((Act::Decide(decided), item));
        }
        if has_hunks(change) {
            options.push((Act::Hunks, item("Decide hunk by hunk", "hunk by hunk")));
        }
        if sides(change).is_some() {
            options.push((Act::Edit, item("Edit what would be written", "edit")));
        }
        options.push((Act::DiffStyle, item("Look at the difference", "look at the difference")));
        if !must {
            options.push((Act::Back, item("Back", "back")));
        }
        options
    }

    /// Has the person edit what would be written; else a sentence that says why nothing came of it.
    fn edit(
        &self,
        path: &str,
        change: &Change<'_>,
        before: Option<&Resolution>,
    ) -> Result<Result<Option<Resolution>, String>> {
        let Some(sides) = sides(change) else { return Ok(Err("It is no text.".into())) };
        let start = match before {
            Some(Resolution::Own(own)) => own.file.text().unwrap_or(sides.new),
            _ => sides.new,
        };
        let text = match edit(path, start)? {
            Ok(text) => text,
            Err(why) => return Ok(Err(why)),
        };
        let left = merge::unresolved(text.as_bytes());
        // a file that is about markers has them on both sides
        let own = merge::unresolved(sides.old.as_bytes());
        if left.len() > own.len() && text != sides.new {
            return Ok(Err(format!("A conflict marker is left in line {}.", left.first().unwrap_or(&1))));
        }
        let file = File { bytes: text.into_bytes(), executable: sides.executable };
        Ok(Ok(settled(&sides, OwnText { file, refused: Default::default() })))
    }

    /// What is decided about a file, in a word or two, to stand in a list.
    pub(super) fn state(&self, path: &str, decided: &Resolutions) -> String {
        let change = self.plan.changes.get(path);
        let word = match (decided.get(path), change) {
            (None, _) => return String::new(),
            (Some(Resolution::KeepMine), Some(Change::Create(_) | Change::Offer(_))) => "left out",
            (Some(Resolution::KeepMine), _) => "keep mine",
            (Some(Resolution::TakeNew), _) => "take the new one",
            (Some(Resolution::Both), _) => "both",
            (Some(Resolution::Markers), _) => "conflict markers",
            (Some(Resolution::Own(_)), _) => "a text of your own",
        };
        format!(": {word}")
    }
}

/// Notes what was decided.
pub fn set(decided: &mut Resolutions, path: &str, resolution: Option<Resolution>) {
    match resolution {
        Some(resolution) => drop(decided.insert(path.to_owned(), resolution)),
        None => drop(decided.remove(path)),
    }
}

fn question(path: &str, change: &Change<'_>, open: Option<&OpenChange<'_>>) -> String {
    match (open.map(|open| (open, open.cause)), change) {
        (Some((_, Cause::There(Ours::File(_)))), _) => {
            format!("{path} is there already, with other content. Which one?")
        }
        (Some((open, Cause::There(_))), _) => format!("{path} cannot be written: {}. What now?", open.reason()),
        (Some((open, _)), _) => {
            format!("{path} was changed by you and by the new version: {}. What now?", open.reason())
        }
        (None, Change::Create(_)) => format!("{path} is new. What now?"),
        (None, Change::Offer(_)) => format!("{path} was left out by you, and is different now. What now?"),
        (None, Change::Delete(_)) => format!("{path} is no longer generated. What now?"),
        (None, Change::Merge { from: Some(from), .. }) => format!("{path} comes from {from}. What now?"),
        (None, Change::Merge { .. }) => format!("{path} was changed by you and by the new version. What now?"),
        (None, _) => format!("{path} is different now. What now?"),
    }
}
