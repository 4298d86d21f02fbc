//! A line of text at the terminal, with a refusal above it, and suggestions and help below it. tui-input edits it with the
//! keys of shells. inquire has such a line as well, in which every key with Ctrl writes its letter.

use std::io::{Write as _, stderr};

use anyhow::Result;
use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, read};
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler as _;

use crate::terminal::Raw;
use crate::terminal::ui::{Style, Ui};
use crate::text::columns;
use crate::text::error::{Back, Interrupted};

/// How many suggestions are shown at once.
const MAX_WORDS: usize = 5;

/// The text of the prompt. Text of several lines fits the terminal at the time when it is asked for.
pub(super) struct Field<'f> {
    /// The question.
    pub(super) message: &'f dyn Fn() -> String,
    /// Why it matters.
    pub(super) help: &'f dyn Fn() -> Option<String>,
    /// What stands in the line at first.
    pub(super) initial: &'f str,
    /// The answer for an empty line, and how it is shown.
    pub(super) default: Option<(&'f str, &'f str)>,
    /// What can be completed.
    pub(super) words: &'f [&'f str],
    /// The refusal of an answer, if it is refused.
    pub(super) check: &'f dyn Fn(&str) -> Result<(), String>,
    /// The answer as it stays on the screen.
    pub(super) echo: &'f dyn Fn(&str) -> String,
}

/// The question that is being answered.
struct Draft {
    line: Input,
    /// Which of the suggestions is chosen.
    chosen: Option<usize>,
    refusal: Option<String>,
    /// Whether the text was refused a moment ago: what is typed now takes its place, and keys that edit it keep it.
    refused: bool,
}

impl Field<'_> {
    /// Asks, until an answer is accepted.
    ///
    /// # Errors
    /// [`Back`] when the user goes back to the previous question, [`Interrupted`] when they quit.
    pub(super) fn ask(&self, ui: Ui) -> Result<String> {
        let Some(raw) = Raw::enter() else { return Err(Interrupted.into()) };
        let mut screen = Screen { ui, rows: Vec::new(), at: 0 };
        let mut draft = Draft { line: Input::new(self.initial.into()), chosen: None, refusal: None, refused: false };
        let done = loop {
            let (rows, cursor) = self.rows(&ui, &draft);
            screen.draw(rows, Some(cursor));
            let Ok(event) = read() else { break Err(Interrupted.into()) };
            let Event::Key(key) = event else { continue };
            if key.kind == KeyEventKind::Release {
                continue;
            }
            if let Some(done) = self.key(&mut draft, &key) {
                break done;
            }
        };
        let message = (self.message)();
        let last = match &done {
            Ok(answer) => {
                let answer = (self.echo)(answer);
                let answer: Vec<String> = answer.lines().map(|line| painted(&ui, Style::Place, line)).collect();
                format!("{} {message} {}", painted(&ui, Style::Add, ">"), answer.join("\n"))
            }
            Err(error) if error.is::<Back>() => {
                format!("{} {message} {}", mark(&ui), painted(&ui, Style::Place, "(Esc)"))
            }
            Err(_) => format!("{} {message} {}", mark(&ui), ui.visible(draft.line.value())),
        };
        screen.draw(last.lines().map(ScreenRow::painted).collect(), None);
        drop(raw);
        done
    }

    /// What a key brings to an end, if it does.
    fn key(&self, draft: &mut Draft, key: &KeyEvent) -> Option<Result<String>> {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let suggested = self.suggested(draft.line.value());
        let last = suggested.len().checked_sub(1);
        let typed = matches!(key.code, KeyCode::Char(_)) && !control && !key.modifiers.contains(KeyModifiers::ALT);
        if std::mem::take(&mut draft.refused) && typed {
            draft.line = Input::default();
        }
        match key.code {
            KeyCode::Char('c') if control => return Some(Err(Interrupted.into())),
            KeyCode::Esc => return Some(Err(Back.into())),
            KeyCode::Char('g') if control => return Some(Err(Back.into())),
            KeyCode::Char('d') if control && draft.line.value().is_empty() => return Some(Err(Back.into())),
            // an Enter from before the terminal gave each key is a Ctrl-J
            KeyCode::Char('j' | 'm') if control => return self.entered(draft, &suggested),
            KeyCode::Enter => return self.entered(draft, &suggested),
            KeyCode::Up => draft.chosen = draft.chosen.and_then(|at| at.checked_sub(1)),
            KeyCode::Down => draft.chosen = last.map(|last| draft.chosen.map_or(0, |at| (at + 1).min(last))),
            KeyCode::Tab => {
                if let Some(word) = suggested.get(draft.chosen.unwrap_or(0)) {
                    draft.line = Input::new((*word).to_owned());
                    draft.chosen = None;
                }
            }
            _ if draft.line.handle_event(&Event::Key(*key)).is_some() => draft.chosen = None,
            _ => {}
        }
        None
    }

    fn entered(&self, draft: &mut Draft, suggested: &[&str]) -> Option<Result<String>> {
        let chosen = draft.chosen.and_then(|at| suggested.get(at).copied());
        let answer = match (chosen, self.default) {
            (Some(word), _) => word,
            (None, Some((_, default))) if draft.line.value().is_empty() => default,
            _ => draft.line.value(),
        };
        match (self.check)(answer) {
            Ok(()) => Some(Ok(answer.to_owned())),
            Err(why) => {
                draft.refusal = Some(why);
                draft.refused = true;
                None
            }
        }
    }

    /// The words that hold what was typed.
    fn suggested(&self, typed: &str) -> Vec<&str> {
        if typed.is_empty() || self.words.contains(&typed) {
            return Vec::new();
        }
        self.words.iter().filter(|word| word.contains(typed)).copied().collect()
    }

    /// The rows of the screen, and the row and column of the cursor.
    fn rows(&self, ui: &Ui, draft: &Draft) -> (Vec<ScreenRow>, (usize, usize)) {
        let mut rows = Vec::new();
        if let Some(refusal) = &draft.refusal {
            let painted = refusal.lines().enumerate().map(|(i, line)| {
                let line = painted(ui, Style::Error, line);
                if i == 0 { format!("{} {line}", painted(ui, Style::Error, "!")) } else { line }
            });
            rows.extend(painted.map(|line| ScreenRow::painted(&line)));
        }
        rows.extend(format!("{} {}", mark(ui), (self.message)()).lines().map(ScreenRow::painted));
        let mut flow = Flow { rows, width: ui.width() };
        flow.put(" ");
        if let Some((shown, _)) = self.default {
            flow.put(&format!("({shown}) "));
        }
        let (before, behind) = parts(&draft.line);
        flow.put(&ui.visible(before));
        let cursor = flow.place();
        flow.put(&ui.visible(behind));
        let mut rows = flow.rows;
        let suggested = self.suggested(draft.line.value());
        let first = draft.chosen.map_or(0, |at| (at + 1).saturating_sub(MAX_WORDS));
        for (at, word) in suggested.iter().enumerate().skip(first).take(MAX_WORDS) {
            let chosen = draft.chosen == Some(at);
            let line = format!("{} {}", if chosen { ">" } else { " " }, ui.visible(word));
            rows.push(ScreenRow::painted(&if chosen { painted(ui, Style::Place, &line) } else { line }));
        }
        if let Some(help) = (self.help)() {
            let help = format!("[{help}]");
            rows.extend(help.lines().map(|line| ScreenRow::painted(&painted(ui, Style::Place, line))));
        }
        (rows, cursor)
    }
}

/// The text before and behind the cursor.
fn parts(line: &Input) -> (&str, &str) {
    let text = line.value();
    let at = text.char_indices().nth(line.cursor()).map_or(text.len(), |(at, _)| at);
    text.split_at_checked(at).unwrap_or((text, ""))
}

/// What stands before a question.
fn mark(ui: &Ui) -> String {
    painted(ui, Style::Add, "?")
}

fn painted(ui: &Ui, style: Style, text: &str) -> String {
    if text.is_empty() { String::new() } else { ui.err.text(style, text) }
}

struct ScreenRow {
    text: String,
    width: usize,
}

impl ScreenRow {
    /// A line that may have colours.
    fn painted(line: &str) -> Self {
        let mut plain = String::new();
        let mut parts = line.split('\u{1b}');
        plain.extend(parts.next());
        for part in parts {
            plain.extend(part.split_once('m').map(|(_, text)| text));
        }
        Self { text: line.to_owned(), width: columns(&plain) }
    }
}

/// Rows that text flows through, without regard to words.
struct Flow {
    rows: Vec<ScreenRow>,
    width: usize,
}

impl Flow {
    fn put(&mut self, text: &str) {
        for c in text.chars() {
            let width = columns(c.encode_utf8(&mut [0; 4]));
            if self.rows.last().is_none_or(|row| row.width + width > self.width) {
                self.rows.push(ScreenRow { text: String::new(), width: 0 });
            }
            if let Some(row) = self.rows.last_mut() {
                row.text.push(c);
                row.width += width;
            }
        }
    }

    /// Where the next character goes.
    fn place(&mut self) -> (usize, usize) {
        let width = self.rows.last().map_or(self.width, |row| row.width);
        if width < self.width {
            return (self.rows.len() - 1, width);
        }
        self.rows.push(ScreenRow { text: String::new(), width: 0 });
        (self.rows.len() - 1, 0)
    }
}

/// What is on the screen.
struct Screen {
    ui: Ui,
    /// What was drawn last.
    rows: Vec<ScreenRow>,
    /// In which of them the cursor is.
    at: usize,
}

impl Screen {
    /// Draws over what was drawn last. Without a place for the cursor it ends up below.
    fn draw(&mut self, rows: Vec<ScreenRow>, cursor: Option<(usize, usize)>) {
        let width = self.ui.width().max(1);
        // a window that became narrower breaks rows
        let above: usize = self.rows.iter().take(self.at).map(|row| row.width.saturating_sub(1) / width + 1).sum();
        let mut out = String::from("\r");
        if above > 0 {
            out.push_str(&format!("\u{1b}[{above}A"));
        }
        out.push_str("\u{1b}[J");
        let text: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
        out.push_str(&text.join("\r\n"));
        match cursor {
            Some((row, column)) => {
                let below = rows.len().saturating_sub(row + 1);
                if below > 0 {
                    out.push_str(&format!("\u{1b}[{below}A"));
                }
                out.push('\r');
                if column > 0 {
                    out.push_str(&format!("\u{1b}[{column}C"));
                }
                self.at = row;
            }
            None => out.push_str("\r\n"),
        }
        self.rows = rows;
        // a terminal that is gone is noticed when it is read from
        let _ = stderr().write_all(out.as_bytes()).and_then(|()| stderr().flush());
    }
}
