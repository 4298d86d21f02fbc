//! Long text through the person's pager.

use std::env;
use std::io::ErrorKind;
use std::process::Command;

use anyhow::Result;

use crate::terminal::ui::{Paint, Ui};
use crate::terminal::{exec, lend, output};

/// The colours of the stream to which [`page`] leads.
pub fn paint(ui: &Ui) -> Paint {
    if goes_to_stderr(ui) { ui.err } else { ui.out }
}

fn goes_to_stderr(ui: &Ui) -> bool {
    !ui.stdout || ui.accessible
}

/// What a shell reports for a program that it cannot run, or not find.
const NOT_STARTED: [Option<i32>; 2] = [Some(126), Some(127)];

/// Shows text through `$PAGER`, else `less`; as it is where that does not start. Never starts a pager when stdout is no terminal, or
/// nothing may be drawn again.
///
/// # Errors
/// When a signal came that is to end the program.
pub fn page(ui: &Ui, text: &str) -> Result<()> {
    if goes_to_stderr(ui) {
        ui.say(text.trim_end());
        return Ok(());
    }
    let Some(mut command) = command() else {
        return output::data(text);
    };
    let shown = match lend(&mut command, Some(text))? {
        Ok(status) => !NOT_STARTED.contains(&status.code()),
        Err(e) => {
            if e.kind() != ErrorKind::NotFound {
                ui.say(&format!("The pager could not be started: {e}."));
            }
            false
        }
    };
    if shown { Ok(()) } else { output::data(text) }
}

/// The program to run: `None` for no pager.
fn command() -> Option<Command> {
    match env::var("PAGER") {
        Ok(pager) if pager.trim().is_empty() || pager == "cat" => None,
        Ok(pager) => {
            let mut command = Command::new("sh");
            command.arg("-c").arg(exec(&pager));
            // as git does it: colours pass, short text needs no key
            if env::var_os("LESS").is_none() {
                command.env("LESS", "FRX");
            }
            Some(command)
        }
        Err(_) => {
            let mut command = Command::new("less");
            command.arg("-FRX");
            Some(command)
        }
    }
}
