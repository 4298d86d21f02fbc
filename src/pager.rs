//! Long text through the person's pager.

use std::env;
use std::io::{ErrorKind, Write as _};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};

use crate::output;
use crate::terminal::lend;
use crate::ui::Ui;

/// Shows text through `$PAGER`, else `less`, else as it is. Never starts a pager when stdout is no terminal, or
/// nothing may be drawn again.
///
/// # Errors
/// When a pager starts and cannot be waited for.
pub fn page(ui: &Ui, text: &str) -> Result<()> {
    if !ui.stdout || ui.accessible {
        ui.say(text.trim_end());
        return Ok(());
    }
    let Some(mut command) = command() else {
        return output::data(text);
    };
    lend(|| match command.stdin(Stdio::piped()).spawn() {
        Ok(mut pager) => {
            if let Some(mut pipe) = pager.stdin.take() {
                // a pager that quits early has shown enough
                let _ = pipe.write_all(text.as_bytes());
            }
            pager.wait().map(drop).context("cannot wait for the pager")
        }
        Err(e) => {
            if e.kind() != ErrorKind::NotFound {
                ui.say(&format!("The pager does not start: {e}."));
            }
            output::data(text)
        }
    })
}

/// The program to run: `None` for no pager.
fn command() -> Option<Command> {
    match env::var("PAGER") {
        Ok(pager) if pager.trim().is_empty() || pager == "cat" => None,
        Ok(pager) => {
            let mut command = Command::new("sh");
            command.arg("-c").arg(pager);
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
