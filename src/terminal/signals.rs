//! What a signal does that ends the program: a run that writes goes back first, a pager or editor is told, and the
//! terminal gets its modes back.

use std::io::{self, stderr, stdin};
use std::process::Child;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{self, park, sleep};
use std::time::Duration;

use crossterm::terminal::enable_raw_mode;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, getpgrp, kill_process};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetpgrp, tcsetattr};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::{Handle, Signals};
use signal_hook::{flag, low_level};

use crate::text::error::UserError;

const ENDING: [(i32, &str); 4] = [
    (SIGINT, "SIGINT (Ctrl-C)"),
    (SIGTERM, "SIGTERM"),
    (SIGHUP, "SIGHUP (the terminal was closed)"),
    (SIGQUIT, "SIGQUIT"),
];

/// How long a program that has the terminal may take to end, and a terminal to take what is written.
const GRACE: Duration = Duration::from_secs(1);

/// The signal that is to end the program; zero for none.
static CAUGHT: LazyLock<Arc<AtomicUsize>> = LazyLock::new(Arc::default);
/// The modes of the terminal before the program changed any.
static MODES: OnceLock<Termios> = OnceLock::new();
/// Whether a question was drawn. Before that the terminal is as it was.
static HAS_DRAWN: AtomicBool = AtomicBool::new(false);
static HANDLE: OnceLock<Handle> = OnceLock::new();
static WORK: Mutex<SignalState> =
    Mutex::new(SignalState { writing: 0, child: None, is_starting: false, takes_ctrl_c: false, is_checked: false });

/// What the program is at.
struct SignalState {
    /// How many [`Hold`]s there are.
    writing: usize,
    /// The program that has the terminal.
    child: Option<Pid>,
    /// One is being started.
    is_starting: bool,
    /// Ctrl-C is noted by others.
    takes_ctrl_c: bool,
    /// The main thread knows of the signal, and ends the program once it has said what became of its work.
    is_checked: bool,
}

fn work() -> MutexGuard<'static, SignalState> {
    WORK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Hears the signals from now on, but for those that whoever started the program ignores.
pub fn watch() {
    if let Ok(modes) = tcgetattr(stdin()) {
        let _ = MODES.set(modes);
    }
    let Ok(mut signals) = Signals::new([0_i32; 0]) else { return };
    let handle = HANDLE.get_or_init(|| signals.handle());
    for (signal, _) in ENDING {
        if !is_ignored(signal) {
            hear(handle, signal);
        }
    }
    let listen = move || signals.forever().for_each(heard);
    // without this thread nothing would end the program
    if thread::Builder::new().name("signals".into()).spawn(listen).is_err() {
        for (signal, _) in ENDING {
            let _ = flag::register_conditional_default(signal, Arc::new(AtomicBool::new(true)));
        }
    }
}

/// Hears that the terminal was closed also where that was ignored, as below `nohup`: reading from it would never end.
pub fn hear_hang_up() {
    if let Some(handle) = HANDLE.get() {
        hear(handle, SIGHUP);
    }
}

fn hear(handle: &Handle, signal: i32) {
    // Ctrl-C may be meant for a prompt or a child process; the thread decides
    if signal != SIGINT {
        let _ = flag::register_usize(signal, Arc::clone(&CAUGHT), usize::try_from(signal).unwrap_or(0));
    }
    let _ = handle.add_signal(signal);
}

/// Ignored by the parent, as `nohup` does it with the closed terminal, and a shell with Ctrl-C for what it runs in the
/// background. Only Linux tells it.
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.map_or(signal == SIGHUP, |mask| mask >> (signal - 1) & 1 == 1)
}

/// In the thread that waits for signals.
fn heard(signal: i32) {
    let work = work();
    if signal == SIGINT && work.takes_ctrl_c {
        return;
    }
    CAUGHT.store(usize::try_from(signal).unwrap_or(0), Ordering::SeqCst);
    if work.writing > 0 || work.is_checked || work.is_starting {
        return;
    }
    if let Some(child) = work.child {
        drop(work);
        if let Some(signal) = Signal::from_named_raw(signal) {
            let _ = kill_process(child, signal);
        }
        // the main thread waits for it and ends the program sooner
        sleep(GRACE);
    }
    end(signal);
}

/// While there is one, a signal does not end the program, but [`check`] reports it.
#[derive(Debug)]
pub struct Hold;

/// Begins to write.
pub fn hold() -> Hold {
    work().writing += 1;
    Hold
}

impl Drop for Hold {
    fn drop(&mut self) {
        work().writing -= 1;
    }
}

/// Whether there is one.
pub fn is_held() -> bool {
    work().writing > 0
}

/// Ends the program from another thread than the main one.
pub fn leave(status: u8) {
    silence();
    restore_terminal();
    low_level::exit(status.into());
}

/// To be asked wherever what was begun can be taken back.
///
/// # Errors
/// When a signal came that is to end the program.
pub fn check() -> Result<(), UserError> {
    match caught() {
        Some((_, name)) => {
            work().is_checked = true;
            Err(UserError::new(format!("stopped by {name}")))
        }
        None => Ok(()),
    }
}

fn caught() -> Option<(i32, &'static str)> {
    let caught = i32::try_from(CAUGHT.load(Ordering::SeqCst)).ok()?;
    ENDING.into_iter().find(|(signal, _)| *signal == caught)
}

/// Ends the program by the signal that came, if one did, so that whoever started it learns that.
pub fn end_if_caught() {
    if let Some((signal, _)) = caught() {
        end(signal);
    }
}

fn end(signal: i32) {
    silence();
    restore_terminal();
    let _ = low_level::emulate_default_handler(signal);
}

/// Begins to start a program that gets the terminal. A signal waits until it is known whom to [tell].
pub fn start() {
    work().is_starting = true;
}

/// Tells a program that has the terminal of signals, until it is waited for, and of one that came while it started.
pub fn tell(child: Option<&Child>) {
    let child = child.map(Pid::from_child);
    let mut work = work();
    work.is_starting = false;
    work.child = child;
    if let (Some(child), Some((signal, _))) = (child, caught())
        && let Some(signal) = Signal::from_named_raw(signal)
    {
        let _ = kill_process(child, signal);
    }
}

/// Leaves Ctrl-C to others, or takes it back.
pub fn leave_ctrl_c(leave: bool) {
    work().takes_ctrl_c = leave;
}

/// Takes each key by itself from now on, unless the program is ending.
///
/// # Errors
/// When the terminal does not have this mode.
pub fn take_keys() -> io::Result<()> {
    let _lock = stderr().lock();
    enable_raw_mode()?;
    HAS_DRAWN.store(true, Ordering::SeqCst);
    Ok(())
}

/// Keeps all other threads from writing to stderr and from [taking keys](take_keys), for good. A thread in the middle of
/// writing gets some time for it: it can wait for a terminal that takes nothing.
fn silence() {
    let (tell, silent) = channel();
    let keep = move || {
        let _lock = stderr().lock();
        let _ = tell.send(());
        loop {
            park();
        }
    };
    if thread::Builder::new().name("silence".into()).spawn(keep).is_ok() {
        let _ = silent.recv_timeout(GRACE);
    }
}

/// Gives the terminal the modes that it had when the program started. Of what is drawn, a part may be missing: the
/// cursor is shown, colours end, and pasted text comes as it is.
fn restore_terminal() {
    let (Some(modes), stdin) = (MODES.get(), stdin()) else { return };
    // whoever does not have the terminal would be stopped
    if !HAS_DRAWN.load(Ordering::SeqCst) || tcgetpgrp(&stdin).ok() != Some(getpgrp()) {
        return;
    }
    let Ok(now) = tcgetattr(&stdin) else { return };
    let _ = tcsetattr(&stdin, OptionalActions::Now, modes);
    let is_in_line = now.local_modes != modes.local_modes;
    // past the lock of `silence`, and not for ever
    let stderr = stderr();
    let wait = Timespec { tv_sec: GRACE.as_secs().cast_signed(), tv_nsec: 0 };
    if matches!(poll(&mut [PollFd::new(&stderr, PollFlags::OUT)], Some(&wait)), Ok(1..)) {
        let text: &[u8] = if is_in_line { b"\x1b[0m\x1b[?2004l\x1b[?25h\r\n" } else { b"\x1b[0m\x1b[?2004l\x1b[?25h" };
        let _ = rustix::io::write(&stderr, text);
    }
}
