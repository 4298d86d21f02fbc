//! Finding files in a plan: one by its path, or all of a folder or of a component, to be decided about at once.

use std::collections::BTreeMap;

use anyhow::Result;

use super::one::set;
use super::{Resolutions, Review, differs, if_not_back};
use crate::plan::{Cause, Change, ChangeKind, Ours, Resolution};
use crate::prompt::{MenuItem, Prompt};
use crate::show::listing::meaning;
use crate::text::{count, cut};

/// Files that belong together.
struct FileGroup<'p> {
    label: String,
    answer: String,
    paths: Vec<&'p str>,
}

impl<'r> Review<'r> {
    /// Lets the person choose files one after the other and decide about each.
    ///
    /// # Errors
    /// [`Interrupted`](crate::text::error::Interrupted) when the person leaves.
    pub(super) fn one_by_one(&self, decided: &mut Resolutions) -> Result<()> {
        let paths = self.paths();
        let mut start = 0;
        loop {
            let item = |path: &&str| {
                let kind = self.plan.changes.get(path).map_or(ChangeKind::Create, Change::kind);
                let state = self.state(path, decided);
                let label = format!("{}  ({}{state})", self.ui.visible(path), meaning(kind));
                MenuItem {
                    label: cut(&label, self.ui.width().saturating_sub(4), self.ui.unicode),
                    answer: (*path).to_string(),
                }
            };
            let mut items: Vec<MenuItem> = paths.iter().map(item).collect();
            items.push(MenuItem { label: "Back to the plan".into(), answer: "back".into() });
            start = self.dialog().one_of(Prompt { ask: "Which one?", help: "" }, items, start)?;
            let Some(path) = paths.get(start) else { return Ok(()) };
            if_not_back(self.decide_one(path, decided, false))?;
        }
    }

    /// Lets the person decide about all files of a folder or a component.
    ///
    /// # Errors
    /// [`Interrupted`](crate::text::error::Interrupted) when the person leaves.
    pub(super) fn many(&self, decided: &mut Resolutions) -> Result<()> {
        let groups = self.groups();
        let mut items: Vec<MenuItem> = groups
            .iter()
            .map(|group| MenuItem {
                label: cut(&group.label, self.ui.width().saturating_sub(4), self.ui.unicode),
                answer: group.answer.clone(),
            })
            .collect();
        items.push(MenuItem { label: "Back to the plan".into(), answer: "back".into() });
        let mut start = 0;
        loop {
            let ask = Prompt { ask: "Of which folder or component?", help: "" };
            start = self.dialog().one_of(ask, items.clone(), start)?;
            let Some(group) = groups.get(start) else { return Ok(()) };
            let ask = format!("What about {}?", count(group.paths.len(), "file"));
            let verbs = ["Take all", "Keep mine of all, and leave out what is new", "Back"];
            let verbs = verbs.into_iter().map(MenuItem::new).collect();
            match if_not_back(self.dialog().one_of(Prompt { ask: &ask, help: "" }, verbs, 0))? {
                Some(0) => self.take_all(&group.paths, decided),
                Some(1) => group.paths.iter().for_each(|path| set(decided, path, Some(Resolution::KeepMine))),
                _ => continue,
            }
            return Ok(());
        }
    }

    /// Conflicts and what cannot be replaced are left to a decision about each.
    fn take_all(&self, paths: &[&str], decided: &mut Resolutions) {
        let mut left = 0;
        let causes: BTreeMap<&str, Cause<'_>> = self.plan.open().map(|open| (open.path, open.cause)).collect();
        for path in paths {
            match (causes.get(path), self.plan.changes.get(path)) {
                (Some(Cause::There(Ours::File(_))), _) | (None, Some(Change::Offer(_))) => {
                    set(decided, path, Some(Resolution::TakeNew));
                }
                (None, _) => set(decided, path, None),
                (Some(_), _) => left += 1,
            }
        }
        if left > 0 {
            let verb = if left == 1 { "is" } else { "are" };
            self.ui.say(&self.ui.wrapped_line(&format!(
                "{} {verb} in conflict or cannot be replaced; decide about each.",
                count(left, "file")
            )));
        }
    }

    /// The files that something happens to, or could.
    fn paths(&self) -> Vec<&'r str> {
        self.plan.changes.iter().filter(|(_, change)| differs(change.kind())).map(|(path, _)| *path).collect()
    }

    fn groups(&self) -> Vec<FileGroup<'r>> {
        let mut folders: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut components: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for path in self.paths() {
            for (at, _) in path.match_indices('/') {
                folders.entry(&path[..at]).or_default().push(path);
            }
            if let Some(origin) = self.rendered.origin.get(path) {
                components.entry(origin.component.as_str()).or_default().push(path);
            }
        }
        let all = FileGroup { label: "All files".into(), answer: "all files".into(), paths: self.paths() };
        let folder = |(folder, paths): (&str, Vec<&'r str>)| FileGroup {
            label: format!("{}/  ({})", self.ui.visible(folder), count(paths.len(), "file")),
            answer: format!("{folder}/"),
            paths,
        };
        let component = |(name, paths): (&str, Vec<&'r str>)| {
            let title = self.catalog.component(name).map_or(name, |c| c.manifest.title.as_str());
            let label = format!("component {name}: {title}  ({})", count(paths.len(), "file"));
            FileGroup { label: self.ui.visible(&label), answer: format!("component {name}"), paths }
        };
        let folders = folders.into_iter().filter(|(_, paths)| paths.len() > 1).map(folder);
        [all].into_iter().chain(components.into_iter().map(component)).chain(folders).collect()
    }
}
