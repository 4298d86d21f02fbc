//! The terminal: what it can do, output, progress, pager, editor, signals.
//!
//! In this file: who has the terminal, this program while it reads a line, or another one for a while. Ctrl-C belongs to
//! whoever has it.

pub mod editor;
pub(crate) mod memory;
pub mod output;
pub mod pager;
pub mod progress;
pub mod signals;
pub mod ui;

use std::io::{self, Write as _, stderr, stdin};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::sleep;
use std::time::Duration;

use anyhow::Result;
use crossterm::terminal::disable_raw_mode;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use signal_hook::consts::SIGINT;
use signal_hook::flag;

use crate::text::error::{Interrupted, UserError};

/// A line for `sh -c` that makes the shell become the program: some shells would wait for it, and a signal would reach
/// only them. Where the line is more than one command, or its command is one of the shell itself such as `:`, it stays
/// as it is.
pub(crate) fn exec(line: &str) -> String {
    let program = line.split_whitespace().next().unwrap_or_default();
    let is_a_file = is_executable_name(program);
    let is_one_command = is_a_file && !line.contains(['|', '&', ';', '(', '\n']);
    if is_one_command { format!("exec {line}") } else { line.to_owned() }
}

/// Whether a word names a file that could be run: a path, or a name in `PATH`.
fn is_executable_name(word: &str) -> bool {
    if word.contains('/') {
        return true;
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    !word.is_empty() && std::env::split_paths(&path).any(|folder| folder.join(word).is_file())
}

/// A Ctrl-C between looking for it and waiting is noticed after this time.
const LOOK_AGAIN: Timespec = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };

/// With Ctrl-C a terminal drops what is printed at that moment, though the signal was sent before.
const DROPPED: Duration = Duration::from_millis(20);

/// Runs another program, the pager or the editor, with a text for its stdin where there is one. Meanwhile Ctrl-C belongs
/// to that program, and whatever it did to the modes of the terminal, even when it was killed, they are as before
/// afterwards.
///
/// # Errors
/// When a signal came that is to end this program as well. The inner error is that the program does not start.
pub fn lend(command: &mut Command, text: Option<&str>) -> Result<io::Result<ExitStatus>, UserError> {
    let modes = tcgetattr(stdin()).ok();
    let done = without_end(|_| {
        if text.is_some() {
            command.stdin(Stdio::piped());
        }
        signals::start();
        let mut child = command.spawn().inspect_err(|_| signals::tell(None))?;
        signals::tell(Some(&child));
        if let Some((mut pipe, text)) = child.stdin.take().zip(text) {
            // a pager that quits early has shown enough
            let _ = pipe.write_all(text.as_bytes());
        }
        let status = child.wait();
        signals::tell(None);
        status
    });
    if let Some(modes) = modes {
        // a terminal that is gone needs no modes
        let _ = tcsetattr(stdin(), OptionalActions::Now, &modes);
    }
    signals::check()?;
    Ok(done)
}

/// The mode in which keys come one by one, until it is dropped.
#[derive(Debug)]
pub struct Raw;

impl Raw {
    /// The mode, where the terminal has it.
    pub fn enter() -> Option<Self> {
        signals::take_keys().ok().map(|()| Self)
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        let _ = disable_raw_mode();
    }
}

/// What the person types until the end of the line, after a question. The terminal hands over whole lines, so that
/// nothing of the next one is taken.
///
/// # Errors
/// [`Interrupted`] after Ctrl-C, at the end of the input, and when the terminal is gone.
pub fn line(question: &str) -> Result<String> {
    let line = without_end(|pressed| {
        // not `eprint!`, which panics when the terminal is gone
        let _ = write!(stderr(), "{question}").and_then(|()| stderr().flush());
        whole_line(pressed)
    });
    if line.is_err() {
        // behind the `^C` that the terminal shows
        let _ = writeln!(stderr());
    }
    line
}

fn whole_line(pressed: &AtomicBool) -> Result<String> {
    let stdin = stdin();
    let mut bytes = Vec::new();
    while bytes.last() != Some(&b'\n') {
        let ready = poll(&mut [PollFd::new(&stdin, PollFlags::IN)], Some(&LOOK_AGAIN));
        if pressed.load(Ordering::SeqCst) {
            return Err(Interrupted.into());
        }
        if !matches!(ready, Ok(1..)) {
            continue;
        }
        let mut part = [0; 1024];
        match rustix::io::read(&stdin, &mut part) {
            Ok(n) if n > 0 => bytes.extend_from_slice(part.get(..n).unwrap_or_default()),
            // the end of the input, or a terminal that is gone
            _ => return Err(Interrupted.into()),
        }
    }
    Ok(String::from_utf8_lossy(&bytes).trim().to_string())
}

/// Carries out something that a Ctrl-C does not end, but is noted for.
fn without_end<T>(run: impl FnOnce(&AtomicBool) -> T) -> T {
    let pressed = ctrl_c();
    pressed.store(false, Ordering::SeqCst);
    signals::leave_ctrl_c(true);
    let done = run(pressed);
    if pressed.load(Ordering::SeqCst) {
        // also until the thread that waits for signals has seen it
        sleep(DROPPED);
    }
    signals::leave_ctrl_c(false);
    done
}

/// Whether Ctrl-C was pressed. Noted at once, and not by the thread that waits for signals, so that a call that waits
/// is interrupted by it and finds it noted.
fn ctrl_c() -> &'static AtomicBool {
    static PRESSED: OnceLock<Arc<AtomicBool>> = OnceLock::new();
    PRESSED.get_or_init(|| {
        let pressed = Arc::default();
        let _ = flag::register(SIGINT, Arc::clone(&pressed));
        pressed
    })
}
