//! Questions line by line, for screen readers and terminals that cannot move their cursor: nothing is drawn again,
//! choices have numbers, `<` goes back.

use anyhow::Result;

use super::dialog::{MenuItem, Prefill, Prompt};
use crate::terminal;
use crate::terminal::ui::Ui;
use crate::text::error::Back;

/// What goes back.
const BACK: &str = "<";
/// What stands for an empty line, where Enter alone takes what is there.
const EMPTY: &str = "-";

/// A line of text.
pub(super) fn text(
    ui: &Ui,
    ask: Prompt<'_>,
    start: Prefill<'_>,
    check: &dyn Fn(&str) -> Result<(), String>,
) -> Result<String> {
    let given = match start {
        Prefill::Empty => "",
        Prefill::Text(text) | Prefill::Default(text) => text,
    };
    let hint = match given {
        "" => String::new(),
        _ if check("").is_ok() => format!("Enter takes {}, {EMPTY} leaves it empty", ui.visible(given)),
        _ => format!("Enter takes {}", ui.visible(given)),
    };
    put(ui, ask);
    loop {
        let line = match read(ui, "Answer", &hint)?.as_str() {
            "" => given.to_string(),
            EMPTY if !given.is_empty() => String::new(),
            line => line.to_string(),
        };
        match check(&line) {
            Ok(()) => return Ok(line),
            Err(why) => refuse(ui, &why),
        }
    }
}

/// Yes or no.
pub(super) fn yes_no(ui: &Ui, ask: Prompt<'_>, default: Option<bool>) -> Result<bool> {
    let hint = match default {
        Some(true) => "Enter takes yes",
        Some(false) => "Enter takes no",
        None => "",
    };
    put(ui, ask);
    loop {
        match (read(ui, "Yes or no", hint)?.to_lowercase().as_str(), default) {
            ("y" | "yes", _) => return Ok(true),
            ("n" | "no", _) => return Ok(false),
            ("", Some(default)) => return Ok(default),
            _ => refuse(ui, "type `y` for yes or `n` for no"),
        }
    }
}

/// One of a list: the index of the entry.
pub(super) fn one_of(ui: &Ui, ask: Prompt<'_>, items: &[MenuItem], start: usize) -> Result<usize> {
    put(ui, ask);
    list(ui, items);
    let hint = format!("Enter takes {}", start + 1);
    loop {
        match read(ui, "Number", &hint)?.as_str() {
            "" => return Ok(start),
            word => match index(word, items) {
                Some(index) => return Ok(index),
                None => refuse(ui, &format!("`{}` is not a number from 1 to {}", ui.visible(word), items.len())),
            },
        }
    }
}

/// Any of a list: the indices of the entries.
pub(super) fn any_of(ui: &Ui, ask: Prompt<'_>, items: &[MenuItem], marked: &[usize]) -> Result<Vec<usize>> {
    put(ui, ask);
    list(ui, items);
    let numbers: Vec<String> = marked.iter().map(|i| (i + 1).to_string()).collect();
    let hint = match numbers.as_slice() {
        [] => "Enter takes none".to_string(),
        some => format!("Enter takes {}, {EMPTY} takes none", some.join(" ")),
    };
    loop {
        let line = read(ui, "Numbers", &hint)?;
        if line.is_empty() {
            return Ok(marked.to_vec());
        }
        if line == EMPTY {
            return Ok(Vec::new());
        }
        let words = line.split([',', ' ']).filter(|word| !word.is_empty());
        match words.map(|word| index(word, items)).collect::<Option<Vec<usize>>>() {
            Some(mut chosen) => {
                chosen.sort_unstable();
                chosen.dedup();
                return Ok(chosen);
            }
            None => refuse(ui, &format!("type numbers from 1 to {}", items.len())),
        }
    }
}

fn index(word: &str, items: &[MenuItem]) -> Option<usize> {
    word.parse::<usize>().ok()?.checked_sub(1).filter(|i| *i < items.len())
}

fn put(ui: &Ui, ask: Prompt<'_>) {
    ui.say(&ui.wrapped_line(&format!("? {}", ui.visible(ask.ask))));
    for line in ask.help.lines() {
        ui.say(&ui.wrapped_line(&format!("  {}", ui.visible(line))));
    }
}

fn list(ui: &Ui, items: &[MenuItem]) {
    for (i, item) in items.iter().enumerate() {
        let mut lines = item.label.lines();
        let first = lines.next().unwrap_or_default();
        ui.say(&ui.wrapped_line(&format!("  {}. {}", i + 1, ui.visible(first))));
        for line in lines {
            ui.say(&ui.wrapped_line(&format!("     {}", ui.visible(line.trim_start()))));
        }
    }
}

fn refuse(ui: &Ui, why: &str) {
    for line in why.lines() {
        ui.say(&ui.wrapped_line(&format!("! {}", ui.visible(line))));
    }
}

/// What the person types until the end of the line.
fn read(ui: &Ui, what: &str, hint: &str) -> Result<String> {
    let hints: Vec<&str> = [hint, "< goes back"].into_iter().filter(|hint| !hint.is_empty()).collect();
    let prompt = ui.wrapped_line(&format!("{what} ({}):", hints.join(", ")));
    // a line of its own, so that the answer has one as well
    let line = terminal::line(&format!("{prompt}\n> "))?;
    if line == BACK { Err(Back.into()) } else { Ok(line) }
}
