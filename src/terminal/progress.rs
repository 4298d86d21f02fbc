//! A sign of life while a step takes long: lines, never redrawn.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::terminal::ui::Ui;

/// Shorter steps print no progress.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long until the next sign.
const AGAIN: Duration = Duration::from_secs(5);

/// Carries out a step; tells a person at the terminal what it is (`Writing 12,000 files`) when it takes long.
pub fn during<T>(ui: &Ui, what: &str, work: impl FnOnce() -> T) -> T {
    if !ui.interactive {
        return work();
    }
    let (done, waiting) = channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            let (start, mut patience) = (Instant::now(), PATIENCE);
            while waiting.recv_timeout(patience) == Err(RecvTimeoutError::Timeout) {
                ui.say(&format!("{what}, for {} s so far ...", start.elapsed().as_secs()));
                patience = AGAIN;
            }
        });
        let result = work();
        drop(done);
        result
    })
}
