//! A foreign catalog can put texts together that double with every step, which no count of steps bounds. So the memory
//! that the program takes meanwhile is looked at, and too much of it ends the program with the names of the templates.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::terminal::signals;
use crate::terminal::ui::{Style, Ui};
use crate::text::error::UserError;

/// More than a catalog of 12,000 files and what it is merged with.
const MAX_MIB: u64 = 512;

/// Texts double in less time once they are large.
const AGAIN: Duration = Duration::from_millis(5);

static IS_WATCHED: AtomicBool = AtomicBool::new(false);
static AT_WORK: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn at_work() -> MutexGuard<'static, Vec<String>> {
    AT_WORK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Looks at the memory from now on. Only Linux tells it.
pub fn watch(ui: &Ui) {
    let (ui, Some(before)) = (*ui, used()) else { return };
    IS_WATCHED.store(true, Ordering::Relaxed);
    let _ = thread::Builder::new().name("memory".into()).spawn(move || {
        let names = loop {
            let is_much = used().is_some_and(|now| now >= before + MAX_MIB);
            let names = if is_much && !signals::is_held() { at_work().join(", ") } else { String::new() };
            // other uses of memory are not caused by the catalog
            if !names.is_empty() {
                break names;
            }
            thread::sleep(AGAIN);
        };
        ui.say(&format!(
            "{}the catalog takes more than {MAX_MIB} MiB of memory, while this is rendered: {}",
            ui.err.text(Style::Error, "error: "),
            ui.visible(&names)
        ));
        signals::leave(UserError::EXIT);
    });
}

/// Mebibytes of memory that the program has.
fn used() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? >> 10)
}

/// Something that is rendered, until it is dropped.
pub struct Rendering(Option<String>);

/// Begins to render a template, or to compute an expression.
pub fn rendering(name: &str) -> Rendering {
    if !IS_WATCHED.load(Ordering::Relaxed) {
        return Rendering(None);
    }
    at_work().push(format!("`{name}`"));
    Rendering(Some(format!("`{name}`")))
}

impl Drop for Rendering {
    fn drop(&mut self) {
        let Some(name) = &self.0 else { return };
        let mut at_work = at_work();
        if let Some(at) = at_work.iter().rposition(|other| other == name) {
            at_work.swap_remove(at);
        }
    }
}
