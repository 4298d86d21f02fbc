//! `restore` and `undo` at the terminal.

use std::fs;

use super::update::{Shop, shop, small};
use crate::session::{CTRL_C, ENTER, ESC, Session, Start};

const RESTORE: &str = "Restore 2 files?";
const UNDO: &str = "Undo the update of 5 files?";

/// One file edited, one deleted; up to the question.
fn restore() -> (Shop, Session) {
    let shop = shop();
    shop.replace("run.sh", "true", "false");
    fs::remove_file(shop.dir.join("services/api/service.yaml")).unwrap();
    let mut s = Start::inside(&shop.dir, &["restore", "services", "run.sh"]).run();
    s.see("--- a/run.sh +++ b/run.sh").see("-exec false +exec true");
    s.see("--- /dev/null +++ b/services/api/service.yaml").see("+name: api").see(&format!("? {RESTORE} (y/N)"));
    (shop, s)
}

/// After an update; up to the question.
fn undo() -> (Shop, Session) {
    let shop = shop();
    shop.update();
    let mut s = Start::inside(&shop.dir, &["undo"]).run();
    s.see("+It runs in eu-central-1").see("+++ b/db/backup.yaml").see("+++ /dev/null").see("+exec true");
    s.see(&format!("? {UNDO} (y/N)"));
    (shop, s)
}

#[test]
fn files_are_restored_after_a_yes() {
    let (shop, mut s) = restore();
    s.answer(RESTORE, "y\r").see("Restored 2 files.").ends_with(0);
    assert!(s.file("run.sh").contains("exec true") && s.file("services/api/service.yaml").starts_with("name: api\n"));
    let mut s = Start::inside(&shop.dir, &["restore", "run.sh"]).run();
    s.see("Nothing to restore: the file is as generated.").ends_with(0).nothing_changed();
}

#[test]
fn an_update_is_taken_back_after_a_yes() {
    let (shop, mut s) = undo();
    s.answer(UNDO, "y\r").see("Took the last update back: 5 files as before it.").ends_with(0);
    assert!(s.file("README.md").contains("\nIt runs in") && s.file("run.sh").contains("exec true"));
    assert!(!s.file(".scaffold/answers.yaml").contains("tier"));
    assert!(s.file("db/backup.yaml").starts_with("schedule") && !shop.dir.join("db/nightly").exists());
    let mut s = Start::inside(&shop.dir, &["undo"]).run();
    s.see("error: there is no update to undo").ends_with(2).nothing_changed();
}

#[test]
fn anything_but_yes_changes_nothing() {
    for (question, start) in [(RESTORE, restore as fn() -> (Shop, Session)), (UNDO, undo)] {
        for (keys, code) in [("n\r", 1), (ENTER, 1), (CTRL_C, 130), (ESC, 130)] {
            let (_shop, mut s) = start();
            s.answer(question, keys).see("Stopped before writing.").ends_with(code).nothing_changed();
        }
    }
}

#[test]
fn edits_since_the_update_are_not_taken_back() {
    let shop = shop();
    shop.update();
    shop.replace("run.sh", "sleep 1", "sleep 2");
    let mut s = Start::inside(&shop.dir, &["undo"]).run();
    s.see("error: 1 file changed since the last update: run.sh").see("nothing was taken back").ends_with(2);
    s.nothing_changed();
}

#[test]
fn an_update_of_the_record_alone_is_taken_back() {
    let shop = shop();
    fs::remove_file(shop.dir.join("README.md")).unwrap();

    let before = fs::read(shop.dir.join(".scaffold/answers.yaml")).unwrap();
    let mut s = Start::with(&shop.dir, "update", &small(), &["--set", "description=Books"]).run();
    s.see("is up to date; what is recorded about it was renewed.").ends_with(0);
    let mut s = Start::inside(&shop.dir, &["undo"]).run();
    s.answer("Undo the update of the answers?", "y\r");
    s.see("Took the last update back: the answers as before it.").ends_with(0);
    assert_eq!(fs::read(shop.dir.join(".scaffold/answers.yaml")).unwrap(), before);
}
