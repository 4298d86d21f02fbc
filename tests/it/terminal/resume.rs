//! A session that was interrupted is taken up again.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::{CONTACT, MAIL, NAME, OVERVIEW, REVIEW, START, target};
use crate::session::{CTRL_C, ENTER, ESC, Start};

const AGAIN: &str = "A session about this folder was interrupted. Go on with it?";

/// What is kept beside a folder.
fn kept(dir: &Path) -> Vec<PathBuf> {
    let folder = dir.parent().unwrap().join("state/scaffold");
    let entries = fs::read_dir(folder).map(|entries| entries.map(|e| e.unwrap().path()).collect::<Vec<_>>());
    // the key by which a run knows its own journal stays
    entries.unwrap_or_default().into_iter().filter(|path: &PathBuf| !path.ends_with("key")).collect()
}

#[test]
fn after_ctrl_c() {
    let (_temp, dir) = target();
    let mut s = Start::init(&dir, &["--set", "replicas=4"]).run();
    s.answer(START, ENTER).answer(NAME, "books\r").answer(CONTACT, CTRL_C).ends_with(130).nothing_changed();
    let told = format!("Your answers so far are kept: `scaffold init --resume {}` takes them up.", dir.display());
    let words = s.words();
    assert!(words.replace(' ', "").ends_with(&told.replace(' ', "")), "{words}");
    let [file] = kept(&dir).try_into().unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

    let mut s = Start::init(&dir, &["--resume"]).run();
    s.answer(CONTACT, MAIL).see("name books (yours)").see("replicas 4 (yours)").see("database postgres (preset)");
    s.answer(OVERVIEW, ENTER).answer(REVIEW, ENTER).ends_with(0);
    assert!(s.file("README.md").starts_with("# books\n"));
    assert!(kept(&dir).is_empty());
}

#[test]
fn what_is_resumed_is_shown() {
    let (_temp, dir) = target();
    let mut s = Start::init(&dir, &["--preset", "shop", "--set", "replicas=4"]).run();
    s.answer(NAME, "books\r")
        .answer(CONTACT, CTRL_C)
        .see("Your answers so far are kept")
        .ends_with(130)
        .nothing_changed();
    let mut s = Start::init(&dir, &["--resume"]).run();
    s.see("Resuming from the preset `shop` with 2 answers:").answer(CONTACT, CTRL_C).ends_with(130);
}

#[test]
fn after_the_terminal_was_closed_or_the_program_killed() {
    let (_temp, dir) = target();
    let mut s = Start::init(&dir, &[]).run();
    s.answer(START, ENTER).answer(NAME, "books\r").see(&format!("? {CONTACT}")).hang_up().status();
    s.nothing_changed();
    let mut s = Start::init(&dir, &["--resume"]).run();
    s.answer(CONTACT, ESC).replace(NAME, "records").see(&format!("records ? {CONTACT}"));
    drop(s);

    let mut s = Start::init(&dir, &[]).run();
    s.see("It has 1 answer; no starts anew").answer(AGAIN, ENTER).answer(CONTACT, MAIL);
    s.see("name records (yours)").answer(OVERVIEW, ENTER).answer(REVIEW, CTRL_C);
    s.see("Your answers so far are kept").ends_with(130);

    let mut s = Start::init(&dir, &[]).run();
    s.answer(AGAIN, "n\r").answer(START, ENTER).see("? What is the project called? (shop)").send(CTRL_C).ends_with(130);
}

#[test]
fn a_preset_alone_is_kept() {
    let (_temp, dir) = target();
    let mut s = Start::init(&dir, &["--set", "replicas=4"]).run();
    s.answer(START, ENTER).answer(NAME, CTRL_C).see("Your answers so far are kept").ends_with(130);
    let mut s = Start::init(&dir, &["--resume"]).run();
    s.answer(NAME, "books\r").answer(CONTACT, MAIL).see("replicas 4 (yours)").see("database postgres (preset)");
    s.answer(OVERVIEW, CTRL_C).ends_with(130);

    let (_temp, dir) = target();
    let mut s = Start::init(&dir, &[]).run();
    s.answer(START, ENTER).answer(NAME, CTRL_C).see("Your choice of the preset `shop` is kept").ends_with(130);
    assert!(!s.words().contains("answers so far"), "{}", s.words());
    let mut s = Start::init(&dir, &[]).run();
    s.see("It starts from the preset `shop`, without an answer so far; no starts anew").answer(AGAIN, ENTER);
    s.answer(NAME, ENTER).answer(CONTACT, MAIL).answer(OVERVIEW, ENTER).answer(REVIEW, ENTER).ends_with(0);
    assert!(kept(&dir).is_empty());
}

#[test]
fn every_question_is_put_to_the_end() {
    let (_temp, dir) = target();
    let mut s = Start::init(&dir, &["--preset", "shop", "--ask", "all"]).run();
    s.answer(NAME, ENTER).answer(CONTACT, MAIL).answer("What is it for?", CTRL_C).ends_with(130);
    let mut s = Start::init(&dir, &["--resume"]).run();
    s.answer("What is it for?", ENTER).answer("In which region does it run?", CTRL_C).ends_with(130);
}

#[test]
fn without_anybody_it_is_taken_up_only_when_told() {
    let (_temp, dir) = target();
    let mut s = Start::init(&dir, &["--preset", "shop"]).run();
    s.answer(NAME, "books\r").answer(CONTACT, CTRL_C).ends_with(130);
    let mut s = Start::init(&dir, &["--resume", "--yes"]).run();
    s.ends_with(0);
    assert!(s.file("README.md").starts_with("# books\n") && kept(&dir).is_empty());
}

#[test]
fn nothing_is_promised_where_nothing_can_be_kept() {
    let (_temp, dir) = target();
    let mut s = Start::init(&dir, &["--preset", "shop"]).var("XDG_STATE_HOME", "/dev/null/state").run();
    s.answer(NAME, "books\r").answer(CONTACT, CTRL_C).see("Stopped before writing.").ends_with(130);
    assert!(!s.words().contains("are kept"), "{}", s.words());
}

#[test]
fn there_is_none() {
    let (_temp, dir) = target();
    let mut s = Start::init(&dir, &["--resume"]).run();
    s.see("error: there is no interrupted session for")
        .see("hint: `scaffold init` starts one")
        .ends_with(2)
        .nothing_changed();
}

#[test]
fn a_secret_is_never_kept() {
    let (_temp, dir) = target();
    let token = format!("ghp_{}", "a".repeat(36));
    let mut s = Start::init(&dir, &["--preset", "shop", "--ask", "all"]).run();
    s.answer(NAME, ENTER).answer(CONTACT, MAIL).replace("What is it for?", &token).see("a GitHub token");
    s.send(CTRL_C).ends_with(130);
    let [file] = kept(&dir).try_into().unwrap();
    assert!(!fs::read_to_string(file).unwrap().contains("ghp_"));
}

#[test]
fn answers_that_nobody_asks_for_any_more_are_left_out() {
    let (_temp, dir) = target();
    let mut s = Start::init(&dir, &["--preset", "shop"]).run();
    s.answer(NAME, "books\r").answer(CONTACT, CTRL_C).ends_with(130);
    let [file] = kept(&dir).try_into().unwrap();
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{text}  colour: red\n  region: nowhere\n")).unwrap();
    let mut s = Start::init(&dir, &["--resume"]).run();
    // what is no longer accepted is asked again
    s.answer(CONTACT, MAIL).see("! answer `region` is `nowhere`").replace("In which region", "eu-west-1");
    s.answer(OVERVIEW, ENTER).see("Answer `colour` of the interrupted session is unknown to this scaffold");
    s.answer(REVIEW, ENTER).ends_with(0);
}

#[test]
fn the_command_can_be_copied() {
    let (_temp, dir) = target();
    let dir = dir.with_file_name("my shop");
    let mut s = Start::init(&dir, &["--preset", "shop"]).columns(200).run();
    s.answer(NAME, "books\r").answer(CONTACT, CTRL_C).ends_with(130);
    s.see(&format!("`scaffold init --resume '{}'` takes them up.", dir.display()));
}
