//! Who has the terminal: this program while it reads a line, or another one for a while. Ctrl-C belongs to whoever has it.

use std::io::{Write as _, stderr, stdin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::sleep;
use std::time::Duration;

use anyhow::Result;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use signal_hook::consts::SIGINT;
use signal_hook::flag;

use crate::error::Interrupted;

/// A Ctrl-C between looking for it and waiting is noticed after this time.
const LOOK_AGAIN: Timespec = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };

/// With Ctrl-C a terminal drops what is printed at that moment, though the signal was sent before.
const DROPPED: Duration = Duration::from_millis(20);

/// Runs something that waits for another program, the pager or the editor. Meanwhile Ctrl-C belongs to that program, and
/// whatever it did to the modes of the terminal, even when it was killed, they are as before afterwards.
pub fn lend<T>(run: impl FnOnce() -> T) -> T {
    let modes = tcgetattr(stdin()).ok();
    let done = without_end(|_| run());
    if let Some(modes) = modes {
        // a terminal that is gone needs no modes
        let _ = tcsetattr(stdin(), OptionalActions::Now, &modes);
    }
    done
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

/// What Ctrl-C does.
struct CtrlC {
    /// It ends the program, as ever.
    ends: Arc<AtomicBool>,
    /// It was pressed.
    pressed: Arc<AtomicBool>,
}

/// Carries out something that a Ctrl-C does not end, but is noted for.
fn without_end<T>(run: impl FnOnce(&AtomicBool) -> T) -> T {
    let ctrl_c = ctrl_c();
    ctrl_c.pressed.store(false, Ordering::SeqCst);
    ctrl_c.ends.store(false, Ordering::SeqCst);
    let done = run(&ctrl_c.pressed);
    if ctrl_c.pressed.load(Ordering::SeqCst) {
        sleep(DROPPED);
    }
    ctrl_c.ends.store(true, Ordering::SeqCst);
    done
}

/// Registered once, since it cannot be taken back: of two handlers each would obey its own state.
fn ctrl_c() -> &'static CtrlC {
    static HEARD: OnceLock<CtrlC> = OnceLock::new();
    HEARD.get_or_init(|| {
        let heard = CtrlC { ends: Arc::new(AtomicBool::new(true)), pressed: Arc::default() };
        // without the handlers Ctrl-C ends the program, which is what it is for
        if flag::register_conditional_default(SIGINT, Arc::clone(&heard.ends)).is_ok() {
            let _ = flag::register(SIGINT, Arc::clone(&heard.pressed));
        }
        heard
    })
}
