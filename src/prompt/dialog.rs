//! Single questions on the terminal. Lists are inquire's, which is used only here; where nothing may be drawn again,
//! [`lines`] asks.

use std::fmt;
use std::io::stderr;

use anyhow::Result;
use crossterm::execute;
use crossterm::terminal::{Clear, ClearType};
use inquire::list_option::ListOption;
use inquire::ui::{Attributes, Color, RenderConfig, StyleSheet, Styled};
use inquire::{InquireError, MultiSelect, Select};

use super::field::Field;
use super::lines;
use crate::terminal::Raw;
use crate::terminal::ui::Ui;
use crate::text::error::{Back, Interrupted};
use crate::text::value::NONE;
use crate::text::{columns, cut, wrap};

/// Longer lists can be filtered by typing.
const FILTER_FROM: usize = 12;
/// inquire has no other key for it.
const BACK: &str = "Esc goes back";

/// Asks a person on the terminal.
#[derive(Clone, Copy, Debug)]
pub struct Dialog {
    /// The terminal.
    pub ui: Ui,
}

/// What is asked, and why.
#[derive(Clone, Copy, Debug)]
pub struct Prompt<'q> {
    /// The question.
    pub ask: &'q str,
    /// Why it matters and what the default means.
    pub help: &'q str,
}

/// What stands in the line of a text question at first.
#[derive(Clone, Copy, Debug)]
pub enum Prefill<'s> {
    /// Nothing.
    Empty,
    /// A text to be edited.
    Text(&'s str),
    /// Nothing; leaving it so means this.
    Default(&'s str),
}

/// One entry of a list.
#[derive(Clone, Debug)]
pub struct MenuItem {
    /// What the list shows.
    pub label: String,
    /// What remains on the screen when it was taken.
    pub answer: String,
}

impl MenuItem {
    /// An entry that reads the same before and after.
    pub fn new(label: impl Into<String>) -> Self {
        let label = label.into();
        Self { answer: label.clone(), label }
    }
}

/// An entry as inquire draws it.
struct MenuRow {
    item: MenuItem,
    ui: Ui,
    /// How many columns stand in front of its first line.
    before: usize,
}

impl fmt::Display for MenuRow {
    /// A window that became narrower since the lines were broken cuts them: inquire would break them anywhere, and lose
    /// the last character.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.ui.width().saturating_sub(1);
        for (i, line) in self.item.label.lines().enumerate() {
            let before = if i == 0 { self.before } else { 0 };
            let line = cut(line, width.saturating_sub(before), self.ui.unicode);
            if i > 0 {
                f.write_str("\n")?;
            }
            f.write_str(&line)?;
        }
        Ok(())
    }
}

impl Dialog {
    /// A line of text. What is refused stays in the line, with the refusal above it, until something else is typed.
    ///
    /// # Errors
    /// [`Back`] when the user goes back to the previous question, [`Interrupted`] when they quit.
    pub fn text(
        &self,
        ask: Prompt<'_>,
        start: Prefill<'_>,
        words: &[&str],
        check: &dyn Fn(&str) -> Result<(), String>,
    ) -> Result<String> {
        if self.ui.accessible {
            return lines::text(&self.ui, ask, start, &|text| check(text.trim()));
        }
        let shown = match start {
            Prefill::Empty => String::new(),
            Prefill::Text(text) | Prefill::Default(text) => self.ui.visible(text),
        };
        let answer = Field {
            message: &|| self.beside_mark(ask.ask),
            help: &|| self.help(ask.help, ""),
            initial: if let Prefill::Text(_) = start { shown.as_str() } else { "" },
            default: if let Prefill::Default(_) = start { Some((shown.as_str(), shown.as_str())) } else { None },
            words,
            check: &|text| check(text.trim()).map_err(|why| self.beside_mark(&why)),
            echo: &|answer| self.echo(&self.beside_mark(ask.ask), answer),
        }
        .ask(self.ui)?;
        Ok(match start {
            // what the terminal cannot show is written out there, and stays what it is in the answer
            Prefill::Text(text) | Prefill::Default(text) if answer == shown => text.to_string(),
            _ => answer.trim().to_string(),
        })
    }

    /// Yes or no.
    ///
    /// # Errors
    /// [`Back`] when the user goes back to the previous question, [`Interrupted`] when they quit.
    pub fn yes_no(&self, ask: Prompt<'_>, default: Option<bool>) -> Result<bool> {
        if self.ui.accessible {
            return lines::yes_no(&self.ui, ask, default);
        }
        let is_yes = |text: &str| match text.trim().to_lowercase().as_str() {
            "y" | "yes" => Some(true),
            "n" | "no" => Some(false),
            _ => None,
        };
        let answer = Field {
            message: &|| self.beside_mark(ask.ask),
            help: &|| self.help(ask.help, ""),
            initial: "",
            default: default.map(|yes| if yes { ("Y/n", "y") } else { ("y/N", "n") }),
            words: &[],
            check: &|text| is_yes(text).map(drop).ok_or_else(|| "type `y` for yes or `n` for no".into()),
            echo: &|answer| if is_yes(answer) == Some(true) { "Yes".into() } else { "No".into() },
        }
        .ask(self.ui)?;
        Ok(is_yes(&answer) == Some(true))
    }

    /// One of a list: the index of the entry.
    ///
    /// # Errors
    /// [`Back`] when the user goes back to the previous question, [`Interrupted`] when they quit.
    pub fn one_of(&self, ask: Prompt<'_>, items: Vec<MenuItem>, start: usize) -> Result<usize> {
        if self.ui.accessible {
            return lines::one_of(&self.ui, ask, &items, start);
        }
        let filter = items.len() > FILTER_FROM;
        let keys = if filter { "arrow keys move, typing filters, Enter takes" } else { "arrow keys move, Enter takes" };
        let (message, help) = (self.beside_mark(ask.ask), self.help(ask.help, keys));
        let items = self.fitted(items, 2);
        let rows = self.rows(&items, &message, help.as_deref());
        let start = start.min(items.len().saturating_sub(1));
        let answer = |o: ListOption<&MenuRow>| self.echo(&message, &o.value.item.answer);
        let mut prompt = Select::new(&message, items).with_render_config(self.look()).with_page_size(rows);
        prompt.help_message = help.as_deref();
        prompt.formatter = &answer;
        prompt.starting_cursor = start;
        prompt.filter_input_enabled = filter;
        let raw = raw()?;
        let chosen = prompt.raw_prompt();
        drop(raw);
        Ok(chosen.map_err(left)?.index)
    }

    /// Any of a list: the indices of the entries.
    ///
    /// # Errors
    /// [`Back`] when the user goes back to the previous question, [`Interrupted`] when they quit.
    pub fn any_of(&self, ask: Prompt<'_>, items: Vec<MenuItem>, marked: &[usize]) -> Result<Vec<usize>> {
        if self.ui.accessible {
            return lines::any_of(&self.ui, ask, &items, marked);
        }
        let filter = items.len() > FILTER_FROM;
        let keys = if filter { "Space marks, typing filters, Enter takes" } else { "Space marks, Enter takes" };
        let (message, help) = (self.beside_mark(ask.ask), self.help(ask.help, keys));
        let items = self.fitted(items, 6);
        let rows = self.rows(&items, &message, help.as_deref());
        let answer = |all: &[ListOption<&MenuRow>]| match all {
            [] => NONE.to_string(),
            _ => self.echo(&message, &all.iter().map(|o| o.value.item.answer.as_str()).collect::<Vec<_>>().join(", ")),
        };
        let mut prompt = MultiSelect::new(&message, items).with_render_config(self.look()).with_page_size(rows);
        prompt.help_message = help.as_deref();
        prompt.formatter = &answer;
        prompt.filter_input_enabled = filter;
        prompt.keep_filter = false;
        if !marked.is_empty() {
            prompt = prompt.with_default(marked);
        }
        let raw = raw()?;
        let chosen = prompt.raw_prompt();
        drop(raw);
        Ok(chosen.map_err(left)?.into_iter().map(|o| o.index).collect())
    }

    /// Lines that fit beside a mark of two columns, the later ones below the text of the first.
    fn beside_mark(&self, text: &str) -> String {
        wrap(&self.ui.visible(text), self.ui.width().saturating_sub(3), 2)
    }

    /// What is explained leads somewhere and back; a mere list of steps, or a last yes, is no question before another.
    fn help(&self, help: &str, keys: &str) -> Option<String> {
        // a list that says nothing else says how to leave it
        let back = if help.is_empty() && keys.is_empty() { "" } else { BACK };
        let keys: Vec<&str> = [keys, back].into_iter().filter(|keys| !keys.is_empty()).collect();
        let lines: Vec<String> =
            [help, &keys.join(", ")].iter().filter(|t| !t.is_empty()).map(|t| self.beside_bracket(t)).collect();
        if lines.is_empty() { None } else { Some(lines.join("\n ")) }
    }

    /// An answer as it stays on the screen, behind its question.
    fn echo(&self, message: &str, answer: &str) -> String {
        let both = wrap(&format!("{message} {}", self.ui.visible(answer)), self.ui.width().saturating_sub(3), 2);
        both.strip_prefix(message).map_or(both.as_str(), |rest| rest.strip_prefix(' ').unwrap_or(rest)).to_string()
    }

    fn beside_bracket(&self, text: &str) -> String {
        wrap(&self.ui.visible(text), self.ui.width().saturating_sub(3), 1)
    }

    /// Entries broken into lines that fit beside what stands in front of them.
    fn fitted(&self, items: Vec<MenuItem>, before: usize) -> Vec<MenuRow> {
        let width = self.ui.width().saturating_sub(before + 1);
        let fit = |item: MenuItem| MenuRow {
            item: MenuItem {
                label: fit_lines(&self.ui.visible_lines(&item.label), width, before),
                answer: self.ui.visible(&item.answer),
            },
            ui: self.ui,
            before,
        };
        items.into_iter().map(fit).collect()
    }

    /// How many entries fit on the screen at once, so that redrawing never scrolls.
    fn rows(&self, items: &[MenuRow], message: &str, help: Option<&str>) -> usize {
        let lines = |text: &str| text.lines().count();
        let around = lines(message) + help.map_or(0, lines) + 1;
        let tallest = items.iter().map(|row| lines(&row.item.label)).max().unwrap_or(1).max(1);
        (self.ui.height().saturating_sub(around) / tallest).max(2)
    }

    fn look(&self) -> RenderConfig<'static> {
        let back = Styled::new("(Esc)");
        if !self.ui.err.color {
            return RenderConfig::empty()
                .with_answered_prompt_prefix(Styled::new(">"))
                .with_canceled_prompt_indicator(back);
        }
        let plain = StyleSheet::empty();
        RenderConfig::default_colored()
            .with_prompt_prefix(Styled::new("?").with_fg(Color::DarkGreen).with_attr(Attributes::BOLD))
            .with_answered_prompt_prefix(Styled::new(">").with_fg(Color::DarkGreen))
            .with_canceled_prompt_indicator(back.with_fg(Color::DarkCyan))
            .with_help_message(plain.with_fg(Color::DarkCyan))
            .with_answer(plain.with_fg(Color::DarkCyan))
    }
}

/// Breaks each line where it does not fit. A line that is moved in keeps its place.
fn fit_lines(text: &str, width: usize, before: usize) -> String {
    let line = |(i, line): (usize, &str)| {
        // a line that fits may be a row of a table
        if i == 0 && columns(line) <= width {
            return line.to_string();
        }
        let own = line.len() - line.trim_start().len();
        let front = if i == 0 { own } else { own + before };
        let wrapped = wrap(line, width.saturating_sub(own), own + before + usize::from(own == 0) * 2);
        format!("{:front$}{wrapped}", "")
    };
    text.lines().enumerate().map(line).collect::<Vec<_>>().join("\n")
}

/// The mode for keys. inquire would enter it by itself, also while a signal ends the program.
fn raw() -> Result<Raw> {
    Raw::enter().ok_or_else(|| Interrupted.into())
}

/// What inquire reports, in our words. A person who leaves and a terminal that is gone are the same to us.
fn left(error: InquireError) -> anyhow::Error {
    match error {
        InquireError::OperationInterrupted => {
            // at the lower end of the screen the cursor is still on the last line of the question
            let _ = execute!(stderr(), Clear(ClearType::UntilNewLine));
            Interrupted.into()
        }
        InquireError::OperationCanceled => Back.into(),
        InquireError::NotTTY | InquireError::IO(_) => Interrupted.into(),
        InquireError::InvalidConfiguration(why) => anyhow::anyhow!("a prompt is set up wrongly: {why}"),
        InquireError::Custom(why) => anyhow::anyhow!(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_fit_beside_their_marks() {
        assert_eq!(fit_lines("shop\n  A web shop with a database", 18, 2), "shop\n    A web shop with\n    a database");
        assert_eq!(fit_lines("a rather long title", 10, 2), "a rather\n    long\n    title");
    }
}
