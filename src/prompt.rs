//! A person at the terminal answers the questions.

use std::collections::HashSet;

use anyhow::Result;
use indexmap::IndexMap;
use serde_json::Value;

use crate::answers::check::Check;
use crate::answers::session::Session;
use crate::answers::{Answered, Found, Origin, Problem, Prompter};
use crate::catalog::question::{FindingName, KindName, Question, Record, Values};
use crate::catalog::{Catalog, Preset};
use crate::detect::{Look, Unknown};
use crate::show::compare;
use crate::terminal::signals;
use crate::terminal::ui::{Style, Ui};
use crate::text::error::{Back, Interrupted};
use crate::text::{cut, wrap};

mod beside;
mod dialog;
mod field;
mod lines;
mod one;
mod overview;
mod records;
mod table;
mod unknown;

use beside::Compare;

pub use dialog::{Dialog, MenuItem, Prefill, Prompt};

const FIRST: &str = "This is the first question; Ctrl-C leaves.";

/// Which questions a person is asked that have a value already. One without is always asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asking {
    /// Only the questions that identify the project: no preset or default can answer them.
    Identity,
    /// What has never been answered, and has only a default.
    New,
    /// Everything but what was given just now.
    All,
}

/// Puts questions to the person at the terminal.
#[derive(Debug)]
pub struct TerminalPrompter<'c> {
    dialog: Dialog,
    asking: Asking,
    catalog: &'c Catalog,
    /// The group of the last question.
    group: Option<String>,
    /// Lists that the person left by going back, as they were then.
    drafts: Values,
    /// Lists that do not go together with other answers, or in themselves.
    conflicting: HashSet<String>,
    /// Whether the person chose a preset: a question before the first.
    chose: bool,
    /// Whether all answers were printed.
    shown: bool,
    /// Where the answers are kept until they are written.
    session: Option<Session>,
    /// What the person answered.
    said: Values,
    /// All answers that were right the last time they were looked at.
    noted: Values,
    /// Whether what was found in the folder is an answer, and not an offer.
    takes_findings: bool,
    /// Variables whose values nothing in the folder tells.
    unknown: Vec<Unknown>,
    /// The folder, where it was looked at.
    look: Option<&'c Look>,
}

impl<'c> TerminalPrompter<'c> {
    /// A prompter that asks these questions.
    pub fn new(ui: Ui, asking: Asking, catalog: &'c Catalog) -> Self {
        signals::hear_hang_up();
        Self {
            dialog: Dialog { ui },
            asking,
            catalog,
            group: None,
            drafts: Values::new(),
            conflicting: HashSet::new(),
            chose: false,
            shown: false,
            session: None,
            said: Values::new(),
            noted: Values::new(),
            takes_findings: false,
            unknown: Vec::new(),
            look: None,
        }
    }

    /// The same, keeping each answer.
    #[must_use]
    pub fn keeping(self, session: Option<Session>) -> Self {
        let drafts = session.as_ref().map(|session| session.drafts.clone()).unwrap_or_default();
        Self { session, drafts, ..self }
    }

    /// The same, with what was found in the folder as answers where they are to be taken.
    #[must_use]
    pub fn taking_findings(self, takes_findings: bool) -> Self {
        Self { takes_findings, ..self }
    }

    /// The same, asking for the values of these variables where their services are asked.
    #[must_use]
    pub fn wanting(self, unknown: Vec<Unknown>) -> Self {
        Self { unknown, ..self }
    }

    /// The same, with what follows from this folder and the answers before them.
    #[must_use]
    pub fn following(self, look: Option<&'c Look>) -> Self {
        Self { look, ..self }
    }

    /// What the person answered so far.
    pub fn said(&self) -> &Values {
        &self.said
    }

    /// Whether the person chose a preset, or none.
    pub fn chose(&self) -> bool {
        self.chose
    }

    /// Lets the person choose a preset, or none. It begins with the first one for the database that was found.
    ///
    /// # Errors
    /// [`Interrupted`](crate::text::error::Interrupted) when the person leaves.
    pub fn choose_preset(&mut self, detected: &IndexMap<String, Found>) -> Result<Option<String>> {
        let catalog = self.catalog;
        let described = |title: &str, description: &str, name: &str| MenuItem {
            label: format!("{title}\n  {}", description.split_whitespace().collect::<Vec<_>>().join(" ")),
            answer: name.to_string(),
        };
        let mut items: Vec<MenuItem> =
            catalog.presets.iter().map(|p| described(&p.title, &p.description, &p.name)).collect();
        let none = "Only strategies and what has no default are asked; each answer can be changed afterwards.";
        items.push(described("No preset", none, "no preset"));
        let all = items.len();
        if self.asking != Asking::All {
            let all = "Every question is asked, with its default filled in.";
            items.push(described("Answer everything", all, "answer everything"));
        }
        let ask = Prompt {
            ask: "What do you want to start from?",
            help: "A preset answers all questions but those that only you can answer; each answer can be changed.",
        };
        let names: Vec<String> = catalog.presets.iter().map(|p| p.name.clone()).collect();
        let comparison = || compare::presets(catalog, &names);
        let compare: Compare<'_> = if names.len() > 1 { Some(&comparison) } else { None };
        let found = |name: &str| detected.get(name).map(|found| &found.value);
        let fits = |preset: &Preset| catalog.fits(preset, found);
        let start = catalog.presets.iter().position(fits).unwrap_or(0);
        let chosen = first(&self.dialog.ui, || beside::one_of(&self.dialog, ask, items.clone(), start, compare))?;
        (self.chose, self.shown) = (true, false);
        if chosen == all {
            self.asking = Asking::All;
        }
        let preset = catalog.presets.get(chosen).map(|p| p.name.clone());
        if let Some(session) = &mut self.session {
            session.preset = preset.clone();
            session.all = self.asking == Asking::All;
        }
        Ok(preset)
    }

    /// Says to which group the next question belongs, and what that is about, where it was another one before.
    fn head(&mut self, question: &Question) {
        if self.group == question.group {
            return;
        }
        self.group.clone_from(&question.group);
        if let Some(group) = self.catalog.project.groups.iter().find(|g| question.group.as_ref() == Some(&g.name)) {
            let ui = self.dialog.ui;
            let title = cut(&ui.visible(&group.title), ui.width() - 1, ui.unicode);
            let why = wrap(&ui.visible(&group.why), ui.width() - 1, 0);
            ui.say(&format!("\n{}\n{why}", ui.err.text(Style::Bold, &title)));
        }
    }

    /// Asks for a list, which is as it was left when the person went back from it.
    fn ask_list(&mut self, current: Option<&Value>, origin: &Origin, check: &Check<'_>) -> Result<Value> {
        let name = &check.question().name;
        let draft = self.drafts.shift_remove(name);
        let mut list = records::list(draft.as_ref().or(current), check);
        if draft.is_none() && matches!(origin, Origin::Default | Origin::Preset(_)) {
            records::without_examples(&mut list, check)?;
        }
        let offered = records::value(&records::list(current, check));
        let asked = records::identify(&self.dialog, &mut list, check, self.conflicting.remove(name))
            .and_then(|()| self.ask_records(&mut list, origin, check));
        if asked.as_ref().is_err_and(|e| e.is::<Back>()) {
            self.drafts.insert(name.clone(), records::value(&list));
        }
        if asked.as_ref().is_err_and(|e| e.is::<Interrupted>()) && records::value(&list) != offered {
            self.drafts.insert(name.clone(), records::value(&list));
            self.keep();
        }
        asked
    }

    /// Keeps the answers so far, and the lists that were left.
    fn keep(&mut self) {
        if let Some(session) = &mut self.session {
            session.drafts.clone_from(&self.drafts);
            // whoever cannot write there loses nothing but the second chance
            let _ = session.keep(&self.noted);
        }
    }

    /// Shows the records, then asks once what of them is not known; back from there leads to the records.
    fn ask_records(&mut self, list: &mut Vec<Record>, origin: &Origin, check: &Check<'_>) -> Result<Value> {
        loop {
            let value = records::ask(&self.dialog, list, origin, check)?;
            if !check.question().is_detected_by(FindingName::Services) {
                return Ok(value);
            }
            match unknown::ask(&self.dialog, list, &self.unknown, check) {
                Err(e) if e.is::<Back>() => {}
                other => {
                    other?;
                    // it is asked once
                    self.unknown.clear();
                    return Ok(records::value(list));
                }
            }
        }
    }
}

impl Prompter for TerminalPrompter<'_> {
    fn wants(&mut self, question: &Question, current: Option<&Value>, origin: &Origin) -> Result<bool> {
        Ok(match (origin, self.asking) {
            _ if current.is_none() => true,
            _ if question.has_one_choice() => false,
            (Origin::Default | Origin::Preset(_), _) if question.fields.iter().any(|field| field.identity) => true,
            (Origin::Prompt | Origin::File(_) | Origin::Flag, _) => false,
            (Origin::Detected(_), _) if self.takes_findings => false,
            _ if !question.asked => false,
            (_, Asking::All) => true,
            // a preset chooses the strategies; without one, the user chooses
            (Origin::Default, asking) => asking == Asking::New || question.identity || compare::is_strategy(question),
            // a finding is an offer, never a decision
            (Origin::Folder | Origin::Detected(_), _) => true,
            (Origin::Preset(_) | Origin::Recorded(_), _) => false,
        })
    }

    fn told(&mut self, question: &Question, chosen: &Values) -> Result<Option<Found>> {
        let follows = [FindingName::Services, FindingName::StoreEngine, FindingName::OnlyCopy]
            .iter()
            .any(|one| question.is_detected_by(*one));
        let Some(look) = self.look.filter(|_| follows) else { return Ok(None) };
        let mut following = look.follow(self.catalog, chosen)?;
        let open = following.unknown;
        self.unknown.retain(|one| open.iter().any(|other| other.is_about(one) && other.part_of.is_none()));
        Ok(following.answers.shift_remove(&question.name))
    }

    fn ask(&mut self, current: Option<&Value>, origin: &Origin, check: &Check<'_>) -> Result<Value> {
        let question = check.question();
        self.head(question);
        let answer = match question.kind {
            KindName::Records => self.ask_list(current, origin, check)?,
            _ => {
                let comparison = || compare::choices(self.catalog, question);
                let compare: Compare<'_> = if compare::is_strategy(question) { Some(&comparison) } else { None };
                one::ask_one(&self.dialog, current, origin, check, compare, &|_| Ok(()))?
            }
        };
        self.said.insert(question.name.clone(), answer.clone());
        Ok(answer)
    }

    fn note(&mut self, answers: &Values) {
        self.noted.clone_from(answers);
        if self.chose || !self.said.is_empty() {
            self.keep();
        }
    }

    fn at_first(&mut self) -> Result<()> {
        if self.chose {
            // a list that was left this way is shown again
            self.said.retain(|name, _| !self.drafts.contains_key(name));
            return Err(Back.into());
        }
        self.dialog.ui.say(FIRST);
        Ok(())
    }

    fn conflict(&mut self, problem: &Problem) -> Result<()> {
        self.conflicting.extend(problem.answers.iter().cloned());
        let ui = self.dialog.ui;
        let mark = ui.err.text(Style::Error, "!");
        ui.say(&format!("{mark} {}", lines_of(&ui, &problem.to_string())));
        for hint in &problem.hints {
            let line = ui.wrapped_line(&format!("  hint: {}", ui.visible(hint)));
            ui.say(&line.replacen("hint:", &ui.err.text(Style::Dim, "hint:"), 1));
        }
        if let [before @ .., last] = problem.answers.as_slice()
            && !before.is_empty()
        {
            let names = before.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            ui.say(&ui.wrapped_line(&ui.visible(&format!("  Correct {names} or `{last}`; each is asked again."))));
        }
        Ok(())
    }

    fn revise(&mut self, answers: &[Answered<'_>]) -> Result<Vec<String>> {
        if self.asking == Asking::New {
            return Ok(Vec::new());
        }
        self.group = None;
        let overview = overview::Overview { dialog: &self.dialog, groups: &self.catalog.project.groups, answers };
        if !std::mem::replace(&mut self.shown, true) {
            overview.show();
        }
        overview.choose()
    }
}

/// Asks what has no question before it.
///
/// # Errors
/// Those of `ask`, but for going back.
pub fn first<T>(ui: &Ui, ask: impl Fn() -> Result<T>) -> Result<T> {
    loop {
        match ask() {
            Err(e) if e.is::<Back>() => ui.say(FIRST),
            other => return other,
        }
    }
}

/// Where a value came from, in words; nothing when the person gave it at the prompt.
pub fn origin_text(origin: &Origin) -> Option<String> {
    Some(match origin {
        Origin::Default => "default".into(),
        Origin::Preset(_) => "preset".into(),
        Origin::Folder => "the name of the folder".into(),
        Origin::Detected(place) => format!("found in {place}"),
        Origin::Recorded(_) => "recorded".into(),
        Origin::File(place) => place.clone(),
        Origin::Flag => "--set".into(),
        Origin::Prompt => return None,
    })
}

/// A message of one or more lines, each broken where it does not fit.
fn lines_of(ui: &Ui, text: &str) -> String {
    text.lines().map(|line| wrap(&ui.visible(line), ui.width().saturating_sub(3), 2)).collect::<Vec<_>>().join("\n  ")
}
