//! Programs that have the terminal for a while: the pager, the editor.

use std::io::stdin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use signal_hook::consts::SIGINT;
use signal_hook::flag;

/// Runs something that waits for another program. Meanwhile Ctrl-C belongs to that program, and whatever it did to the
/// modes of the terminal, even when it was killed, they are as before afterwards.
pub fn lend<T>(run: impl FnOnce() -> T) -> T {
    let modes = tcgetattr(stdin()).ok();
    let ours = ctrl_c_is_ours();
    if let Some(ours) = ours {
        ours.store(false, Ordering::SeqCst);
    }
    let done = run();
    if let Some(ours) = ours {
        ours.store(true, Ordering::SeqCst);
    }
    if let Some(modes) = modes {
        // a terminal that is gone needs no modes
        let _ = tcsetattr(stdin(), OptionalActions::Now, &modes);
    }
    done
}

/// Whether Ctrl-C ends this program. Registered once, since it cannot be taken back: of two, one would end it.
fn ctrl_c_is_ours() -> Option<&'static Arc<AtomicBool>> {
    static OURS: OnceLock<Option<Arc<AtomicBool>>> = OnceLock::new();
    let register = || {
        let ours = Arc::new(AtomicBool::new(true));
        flag::register_conditional_default(SIGINT, Arc::clone(&ours)).ok().map(|_| ours)
    };
    OURS.get_or_init(register).as_ref()
}
