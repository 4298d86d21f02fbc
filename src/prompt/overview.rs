//! All answers, group by group, with where each came from; any can be changed.

use anyhow::Result;

use super::{Dialog, MenuItem, Prompt, origin_text};
use crate::answers::Answered;
use crate::catalog::question::Group;
use crate::terminal::ui::Style;
use crate::text::error::Back;
use crate::text::value::brief;
use crate::text::{columns, cut};

/// All answers.
pub(super) struct Overview<'o> {
    pub dialog: &'o Dialog,
    pub groups: &'o [Group],
    pub answers: &'o [Answered<'o>],
}

impl<'o> Overview<'o> {
    /// Prints every answer.
    pub fn show(&self) {
        let ui = self.dialog.ui;
        let width = self.names(self.answers.iter());
        for (title, answers) in self.sections() {
            ui.say(&format!("\n{}", ui.err.text(Style::Bold, &cut(&ui.visible(title), ui.width() - 1, ui.unicode))));
            for answer in answers {
                let (name, value) = (&answer.question.name, ui.visible(&brief(answer.value)));
                let origin = cut(&ui.visible(&format!("({})", origin(answer))), ui.width() / 2, ui.unicode);
                let beside = |before: usize| ui.width().saturating_sub(before + columns(&origin) + 2);
                // a value that is too long to stand beside its name gets a line of its own
                let (front, room) = if columns(&value) <= beside(width + 4) {
                    (format!("{}  ", ui.err.text(Style::Dim, &format!("{name:width$}"))), beside(width + 4))
                } else {
                    (format!("{}\n    ", ui.err.text(Style::Dim, name)), beside(4))
                };
                let value = cut(&value, room, ui.unicode);
                ui.say(&format!("  {front}{value} {}", ui.err.text(Style::Dim, &origin)));
            }
        }
        ui.say("");
    }

    /// Lets the person agree, or choose what is asked again.
    ///
    /// # Errors
    /// When the person goes back to the last question, or leaves.
    pub fn choose(&self) -> Result<Vec<String>> {
        let sections = self.sections();
        loop {
            let ui = self.dialog.ui;
            let width = sections.iter().map(|(title, _)| columns(title)).max().unwrap_or(0);
            let mut items = vec![MenuItem { label: "Yes, go on".into(), answer: "yes".into() }];
            items.extend(sections.iter().map(|(title, answers)| {
                let values: Vec<String> = answers.iter().map(|answer| brief(answer.value)).collect();
                let label = ui.visible(&format!("{title:width$}  {}", values.join(", ")));
                MenuItem { label: cut(&label, ui.width().saturating_sub(4), ui.unicode), answer: (*title).to_string() }
            }));
            let ask = Prompt { ask: "Is everything right?", help: "Take a group to change answers in it" };
            let chosen = self.dialog.one_of(ask, items, 0)?;
            let Some((title, answers)) = chosen.checked_sub(1).and_then(|i| sections.get(i)) else {
                return Ok(Vec::new());
            };
            match self.within(title, answers) {
                Err(e) if e.is::<Back>() => {}
                other => return other,
            }
        }
    }

    /// Lets the person choose an answer of a group, or all.
    fn within(&self, title: &str, answers: &[&Answered<'_>]) -> Result<Vec<String>> {
        let all = || answers.iter().map(|answer| answer.question.name.clone()).collect();
        if answers.len() == 1 {
            return Ok(all());
        }
        let ui = self.dialog.ui;
        let width = self.names(answers.iter().copied());
        let mut items: Vec<MenuItem> = answers
            .iter()
            .map(|answer| {
                let name = &answer.question.name;
                let label = ui.visible(&format!("{name:width$}  {} ({})", brief(answer.value), origin(answer)));
                MenuItem { label: cut(&label, ui.width().saturating_sub(4), ui.unicode), answer: name.clone() }
            })
            .collect();
        items.push(MenuItem::new("All of them"));
        let ask = Prompt {
            ask: &format!("{title}: which answer do you want to change?"),
            help: "It is asked again, and after it what hangs on it",
        };
        let chosen = self.dialog.one_of(ask, items, 0)?;
        Ok(answers.get(chosen).map_or_else(all, |answer| vec![answer.question.name.clone()]))
    }

    /// The groups that have answers, with them. Without groups all answers are one.
    fn sections(&self) -> Vec<(&'o str, Vec<&'o Answered<'o>>)> {
        let of = |group: Option<&Group>| -> Vec<&'o Answered<'o>> {
            self.answers.iter().filter(|a| a.question.group.as_ref() == group.map(|g| &g.name)).collect()
        };
        let groups = self.groups.iter().map(|group| (group.title.as_str(), of(Some(group))));
        let rest = [("Answers", of(None))];
        groups.chain(rest).filter(|(_, answers)| !answers.is_empty()).collect()
    }

    fn names<'a>(&self, answers: impl Iterator<Item = &'a Answered<'a>>) -> usize {
        answers.map(|answer| columns(&answer.question.name)).max().unwrap_or(0)
    }
}

fn origin(answer: &Answered<'_>) -> String {
    origin_text(answer.origin).unwrap_or_else(|| "yours".into())
}
