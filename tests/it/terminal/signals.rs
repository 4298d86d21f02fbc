//! Signals that end the program while it has the terminal, or has lent it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;

use rustix::process::{Pid, Signal, test_kill_process};

use super::{CONTACT, MAIL, NAME, OVERVIEW, REVIEW, START, collision, target};
use crate::session::{CTRL_C, DOWN, ENTER, Start};

const ENDING: [Signal; 4] = [Signal::INT, Signal::TERM, Signal::HUP, Signal::QUIT];

#[test]
fn the_terminal_is_as_before() {
    // a line, a list without cursor, a key
    for (question, signal) in [NAME, START, REVIEW].iter().flat_map(|q| ENDING.map(|signal| (*q, signal))) {
        let (_temp, dir) = target();
        let mut s = Start::init(&dir, &[]).run();
        for before in [START, NAME, CONTACT, OVERVIEW].iter().take_while(|q| **q != question) {
            s.answer(before, if *before == CONTACT { MAIL } else { ENTER });
        }
        // also in the middle of a frame
        let status = s.see(&format!("? {question}")).signal(signal).status();
        assert_eq!(status.signal(), Some(signal.as_raw()), "{question}: {status}");
        s.cooked().plain().nothing_changed();
    }
}

#[test]
fn a_signal_that_was_ignored_from_the_start_stays_ignored() {
    let (_temp, dir) = target();
    let mut s = Start::init(&dir, &["--preset", "shop", "--yes", "--set", "contact=a@example.com"]).deaf().run();
    s.see("6 files to create").signal(Signal::HUP).ends_with(0);
}

/// The editor hears of it as well, and its text is not left in the folder for temporary files.
#[test]
fn the_editor_ends_and_its_text_goes() {
    for signal in [Signal::TERM, Signal::QUIT] {
        let temporary = tempfile::tempdir().unwrap();
        let editor = "stty raw -echo; echo editing; exec sleep 60; :";
        let (_temp, mut s) =
            collision(|s| s.var("EDITOR", editor).var("TMPDIR", &temporary.path().display().to_string()));
        s.answer(REVIEW, ENTER).answer("README.md is there already", &[DOWN, DOWN, DOWN, DOWN, ENTER].concat());
        let status = s.see("editing").signal(signal).status();
        assert_eq!(status.signal(), Some(signal.as_raw()), "{status}");
        s.cooked().nothing_changed();
        assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 0);
    }
}

/// Some shells start the program and wait for it, so that it would go on behind the prompt of the user's shell.
#[test]
fn an_editor_with_arguments_ends_too() {
    let place = tempfile::tempdir().unwrap();
    let (script, pid) = (place.path().join("edit"), place.path().join("pid"));
    fs::write(&script, "#!/bin/sh\nstty raw -echo; echo $$ > \"$1\"; echo editing; exec sleep 60\n").unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let editor = format!("{} {}", script.display(), pid.display());
    let (_temp, mut s) = collision(|s| s.var("EDITOR", &editor));
    s.answer(REVIEW, ENTER).answer("README.md is there already", &[DOWN, DOWN, DOWN, DOWN, ENTER].concat());
    let status = s.see("editing").signal(Signal::TERM).status();
    assert_eq!(status.signal(), Some(Signal::TERM.as_raw()), "{status}");
    let pid: i32 = fs::read_to_string(&pid).unwrap().trim().parse().unwrap();
    assert!(test_kill_process(Pid::from_raw(pid).unwrap()).is_err(), "the editor is still there");
    s.cooked().nothing_changed();
}

#[test]
fn the_pager_ends() {
    let (_temp, mut s) = collision(|s| s.var("PAGER", "stty raw -echo; echo paging; exec sleep 60; :"));
    s.send(&[DOWN, ENTER].concat()).see("paging");
    let status = s.signal(Signal::TERM).status();
    assert_eq!(status.signal(), Some(Signal::TERM.as_raw()), "{status}");
    s.cooked().nothing_changed();
    // Ctrl-C is the pager's
    let (_temp, mut s) = collision(|s| s.var("PAGER", "echo paging; exec sleep 60; :"));
    s.send(&[DOWN, ENTER].concat()).see("paging").send(CTRL_C).answer(REVIEW, CTRL_C).ends_with(130).nothing_changed();
}
