//! Single keys as answers, without Enter where the terminal allows.

use std::io::{Write as _, stderr};
use std::time::{Duration, Instant};

use anyhow::Result;
use crossterm::event::{Event, KeyCode, KeyEventKind, KeyModifiers, poll, read};

use crate::terminal::ui::Ui;
use crate::terminal::{Raw, line};
use crate::text::error::Interrupted;

/// Asks and waits for a key; Esc is `q`. Where keys do not come one by one, or a screen reader reads along,
/// a line is read and its first character counts.
///
/// # Errors
/// [`Interrupted`] when the person leaves.
pub fn key(ui: &Ui, ask: &str) -> Result<char> {
    // before the question is there, so that no key comes too early
    let raw = if ui.accessible { None } else { Raw::enter() };
    if raw.is_none() {
        // an empty line is not an answer: show the possible answers
        return Ok(line(&format!("{ask} "))?.chars().next().unwrap_or('?').to_ascii_lowercase());
    }
    // the mode leaves the way back to the first column to us
    show(&format!("{} ", ask.replace('\n', "\r\n")));
    let key = one();
    drop(raw);
    match &key {
        Ok(key) => show(&format!("{key}\n")),
        Err(_) => show("\n"),
    }
    key
}

/// How long after a key its Enter comes from hands that are used to `git add -p`.
const HABIT: Duration = Duration::from_millis(300);

/// To be called after the last key, before a menu is shown: an Enter behind that key must not choose from it.
pub fn last(ui: &Ui) {
    let Some(_raw) = (if ui.accessible { None } else { Raw::enter() }) else { return };
    let until = Instant::now() + HABIT;
    while let Ok(true) = poll(until.saturating_duration_since(Instant::now())) {
        match read() {
            Ok(Event::Key(key)) if key.kind != KeyEventKind::Release => return,
            Ok(_) => {}
            Err(_) => return,
        }
    }
}

fn one() -> Result<char> {
    loop {
        let Event::Key(key) = read().map_err(|_| Interrupted)? else { continue };
        if key.kind == KeyEventKind::Release {
            continue;
        }
        match key.code {
            KeyCode::Char('c' | 'd') if key.modifiers.contains(KeyModifiers::CONTROL) => {
                return Err(Interrupted.into());
            }
            // an Enter from before the mode was entered is a Ctrl-J
            KeyCode::Char(c) if c.is_ascii_graphic() && key.modifiers.difference(KeyModifiers::SHIFT).is_empty() => {
                return Ok(c.to_ascii_lowercase());
            }
            KeyCode::Esc => return Ok('q'),
            _ => {}
        }
    }
}

fn show(text: &str) {
    // a terminal that is gone is noticed when it is read from
    let _ = write!(stderr(), "{text}").and_then(|()| stderr().flush());
}
