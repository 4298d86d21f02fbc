//! The review: file by file, hunk by hunk, folder by folder, and in the editor.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{REVIEW, target};
use crate::session::{CTRL_C, DOWN, ENTER, ESC, Session, Start, UP};

const RUN: &str = "run.sh is there already, with other content. Which one?";
const README: &str = "README.md is there already, with other content. Which one?";
const KEYS: &str = "(1/2) Take this hunk of README.md? [y,n,a,d,e,j,k,q,?]";

/// The generated README, with two places of the person's own that are far from each other.
fn mine() -> String {
    let lines: String = (1..9).map(|n| format!("{n}\n")).collect();
    format!("# Mine\n\n{lines}\nWrite to a@example.com.\n")
}

/// A catalog whose README is like that, with other words in these places.
fn catalog(temp: &Path) -> PathBuf {
    let catalog = temp.join("catalog");
    let mut files = crate::support::read_tree(&crate::support::root().join("tests/catalogs/small"));
    let text = mine().replace("# Mine", "# <%= name %>").replace("a@", "<%= contact %>, not to a@");
    files.get_mut("templates/components/base/files/README.md.j2").unwrap().bytes = text.into_bytes();
    crate::support::write_tree(&catalog, &files);
    catalog.join("templates")
}

/// A folder with a README and a script, and everything answered.
fn scene() -> (TempDir, PathBuf, PathBuf) {
    let (temp, dir) = target();
    let templates = catalog(temp.path());
    fs::create_dir(&dir).unwrap();
    fs::write(dir.join("README.md"), mine()).unwrap();
    (temp, dir, templates)
}

fn start(dir: &Path, templates: &Path) -> Start {
    let args = ["--preset", "shop", "--set", "name=shop", "--set", "contact=b@example.com"];
    Start::with(dir, "init", templates, &args)
}

/// Up to the menu.
fn begin(start: Start) -> Session {
    let mut s = start.run();
    s.answer(super::OVERVIEW, ENTER).see("? What should happen?");
    s
}

/// Into the hunks of the README.
fn hunks(start: Start) -> Session {
    let mut s = begin(start);
    s.send(ENTER).answer(README, &[DOWN, DOWN, DOWN, ENTER].concat()).see("Take this hunk");
    s
}

/// Lets the session write, and reads what it wrote.
fn written(mut s: Session) -> String {
    s.answer(REVIEW, ENTER).see("Wrote");
    s.status();
    s.file("README.md")
}

#[test]
fn hunks_are_taken_and_refused_without_enter() {
    let (_temp, dir, templates) = scene();
    let mut s = hunks(start(&dir, &templates));
    s.see("@@ -1,4 +1,4 @@ -# Mine +# shop").see(KEYS).send("y").see(&format!("{KEYS} y"));
    s.see("-Write to a@example.com. +Write to b@example.com, not to a@example.com.").see("(2/2) Take this").send("n");
    assert_eq!(written(s), mine().replace("# Mine", "# shop"));
    let decisions = fs::read_to_string(dir.join(".scaffold/decisions.yaml")).unwrap();
    assert_eq!(decisions.matches("\n- {path: \"README.md\", refused: \"").count(), 1, "{decisions}");
}

#[test]
fn all_that_follow_are_taken_or_refused_together() {
    let (_temp, dir, templates) = scene();
    let mut s = hunks(start(&dir, &templates));
    s.send("d").see("> Write 5 files").send(ENTER).see("! README.md (there already, different)").status();
    assert_eq!(s.file("README.md"), mine());

    let (_temp, dir, templates) = scene();
    let mut s = hunks(start(&dir, &templates));
    s.send("n").see("(2/2) Take this hunk").send("k").see("(1/2) Take this hunk").send("a");
    let text = written(s);
    assert!(text.starts_with("# shop\n") && text.contains("b@example.com"), "{text}");
    assert!(!dir.join(".scaffold/decisions.yaml").exists());
}

#[test]
fn a_hunk_is_split_and_help_names_the_keys() {
    let (_temp, dir, templates) = scene();
    fs::write(dir.join("README.md"), "# Mine\n\n1\n2\nthree\n4\n5\n6\n7\n8\n\nWrite to a@example.com.\n").unwrap();
    let mut s = hunks(start(&dir, &templates));
    s.see("(1/1) Take this hunk of README.md? [y,n,a,d,s,e,q,?]").send("?").see("s - split it into smaller hunks");
    s.see("q - quit this file and those after it; ");
    s.send("s").see("(1/3) Take this hunk of README.md? [y,n,a,d,e,j,k,q,?]").send("s");
    s.see("There is no unchanged line in it").send("n").see("-three +3").see("(2/3)").send("y").see("(3/3)").send("n");
    assert_eq!(written(s), "# Mine\n\n1\n2\n3\n4\n5\n6\n7\n8\n\nWrite to a@example.com.\n");
}

#[test]
fn leaving_a_file_refuses_what_has_no_answer_and_decides_nothing_without_any() {
    let (_temp, dir, templates) = scene();
    let mut s = hunks(start(&dir, &templates));
    // back at the question about the file, from where Ctrl-C leaves as everywhere
    s.send("q").answer(README, &[DOWN, DOWN, DOWN, ENTER].concat()).see("(1/2)").send("y").see("(2/2)").send("q");
    assert_eq!(written(s), mine().replace("# Mine", "# shop"));
}

#[test]
fn a_walk_through_all_files_hunk_by_hunk() {
    let (_temp, dir, templates) = scene();
    fs::write(dir.join("run.sh"), "#!/bin/sh\nmine\nexec true\n").unwrap();
    let mut s = begin(start(&dir, &templates));
    s.see("Decide about 2 files").send(&[DOWN, DOWN, DOWN, ENTER].concat()).see("README.md @@").send("n").see("(2/2)");
    s.send("y").see("run.sh @@").see("(1/1) Take this hunk of run.sh? [y,n,a,d,e,q,?]").send("y");
    s.see("> Write 6 files").send(ENTER).see("Wrote 6 files").status();
    assert!(s.file("README.md").starts_with("# Mine\n") && s.file("README.md").contains("b@example.com"));
    assert_eq!(s.file("run.sh"), "#!/bin/sh\nexec true\n");

    let (_temp, dir, templates) = scene();
    fs::write(dir.join("run.sh"), "#!/bin/sh\nmine\nexec true\n").unwrap();
    let mut s = begin(start(&dir, &templates));
    s.send(&[DOWN, DOWN, DOWN, ENTER].concat()).see("README.md @@").send("q").see("> Decide about 2 files");
    assert!(!s.words().contains("run.sh @@"), "{}", s.words());
}

#[test]
fn ctrl_c_at_a_hunk_leaves_everything_as_it_was() {
    let (_temp, dir, templates) = scene();
    for keys in ["", "y"] {
        let mut s = hunks(start(&dir, &templates));
        s.send(keys).see(if keys.is_empty() { "(1/2)" } else { "(2/2)" }).send(CTRL_C);
        s.see("Stopped before writing.").ends_with(130).nothing_changed().cooked();
    }
}

/// Hands that are used to `git add -p` end each answer by Enter, which must not choose what comes next.
#[test]
fn enter_behind_a_key_answers_nothing_else() {
    let (_temp, dir, templates) = scene();
    let mut s = hunks(start(&dir, &templates));
    s.send("y\r").see("(2/2)").send("d\r").see("> Write 6 files");
    s.send(&[DOWN, ENTER].concat()).see("look at the differences").answer(super::REVIEW, CTRL_C);
    s.ends_with(130).nothing_changed();

    let (_temp, dir, templates) = scene();
    let mut s = begin(start(&dir, &templates));
    s.send(&[DOWN, DOWN, DOWN, ENTER].concat()).see("(1/2)").send("a\r").see("> Write 6 files");
    s.send(CTRL_C).ends_with(130).nothing_changed();
}

#[test]
fn what_is_written_is_edited_before() {
    let (_temp, dir, templates) = scene();
    // the editor has arguments, gets the name of the file, and its text
    let s = start(&dir, &templates).var("VISUAL", "sed -i -e 's/# shop/# edited/'").var("EDITOR", "false");
    let mut s = begin(s);
    s.send(ENTER).answer(README, &[DOWN, DOWN, DOWN, DOWN, ENTER].concat()).see("> Write 6 files");
    s.send(&[DOWN, ENTER].concat()).see("+# edited");
    let text = written(s);
    assert!(text.starts_with("# edited\n") && text.contains("b@example.com"), "{text}");
}

#[test]
fn a_hunk_is_edited() {
    let (_temp, dir, templates) = scene();
    let mut s = hunks(start(&dir, &templates).var("EDITOR", "sed -i 's/shop/ours/'"));
    s.send("e").see("(2/2)").send("n");
    assert_eq!(written(s), mine().replace("# Mine", "# ours"));
    // nothing of it is forgotten, and what was edited counts as an edit
    let status = super::update::output(&templates, &["status"], &dir);
    assert!(status.contains("1 file edited:\n  = README.md\n"), "{status}");
}

#[test]
fn an_editor_that_fails_is_killed_or_saves_nothing_changes_nothing() {
    for (editor, said) in [
        ("false", "The editor `false` failed (exit status: 1). Nothing changes."),
        ("no-such-editor", "The editor `no-such-editor` failed (exit status: 127). Nothing changes."),
        ("true", "Nothing was saved. Nothing changes."),
        (": >", "The saved text is empty. Nothing changes."),
        ("stty raw -echo; kill -9 $$; true", "(signal: 9 (SIGKILL)). Nothing changes."),
    ] {
        let (_temp, dir, templates) = scene();
        let mut s = begin(start(&dir, &templates).var("EDITOR", editor));
        s.send(ENTER).answer(README, &[DOWN, DOWN, DOWN, DOWN, ENTER].concat()).see(said);
        s.answer(README, &[DOWN, DOWN, DOWN, ENTER].concat()).see("(1/2)").send("e");
        s.see("Nothing changes. (1/2) Take this hunk").send(CTRL_C).ends_with(130).nothing_changed().cooked();
    }
}

#[test]
fn ctrl_c_in_the_editor_is_the_editors() {
    let (_temp, dir, templates) = scene();
    let mut s = hunks(start(&dir, &templates).var("EDITOR", "tail -f -v"));
    // with Ctrl-C a terminal drops what was printed at that moment, so that only what comes later is to be relied on
    s.send("e").see("==>").send(CTRL_C).send_until("?", "y - take this hunk").send("n").see("(2/2)");
    s.send(CTRL_C).see("Stopped before writing.").ends_with(130).nothing_changed().cooked();
}

/// The same where lines are read: neither of the two ends the program behind the other's back.
#[test]
fn ctrl_c_of_a_screen_reader_is_the_editors_too_and_stops_at_a_question() {
    let (_temp, dir, templates) = scene();
    let mut s = start(&dir, &templates).var("ACCESSIBLE", "1").var("EDITOR", "tail -f -v").run();
    s.answer(super::OVERVIEW, "\r")
        .see("? What should happen?")
        .send("\r")
        .answer(README, "4\r")
        .see("(1/2) Take this");
    s.send("e\r").see("==>").send(CTRL_C).send_until("?\r", "y - take this hunk").send("n\r").see("(2/2)");
    s.send(CTRL_C).see("Stopped before writing.").ends_with(130).nothing_changed();

    let mut s = start(&dir, &templates).var("ACCESSIBLE", "1").var("EDITOR", "touch").run();
    s.answer(super::OVERVIEW, "\r").see("? What should happen?").send("\r").answer(README, "5\r");
    // a question after the editor
    s.see("8. Stop: write nothing Number (Enter takes 1, < goes back): >").send(CTRL_C);
    s.see("Stopped before writing.").ends_with(130).nothing_changed();
}

#[test]
fn hanging_up_at_a_hunk_writes_nothing() {
    for deaf in [false, true] {
        let (_temp, dir, templates) = scene();
        let start = start(&dir, &templates);
        let mut s = hunks(if deaf { start.deaf() } else { start });
        s.send("y").see("(2/2)");
        let status = s.hang_up().status();
        assert_eq!(status.signal(), Some(1), "{status}");
        s.nothing_changed();
    }
}

#[test]
fn new_files_are_left_out() {
    let (_temp, dir, templates) = scene();
    let mut s = begin(start(&dir, &templates));
    s.send(ENTER).answer(README, ENTER).see("> Write 5 files");
    s.send(&[DOWN, DOWN, DOWN, DOWN, ENTER].concat()).see("db/backup.yaml (to create)").send(&[DOWN, ENTER].concat());
    s.answer("db/backup.yaml is new. What now?", &[DOWN, ENTER].concat()).see("db/backup.yaml (to create: left out)");
    s.answer("Which one?", &[UP, UP, ENTER].concat()).see("> Write 4 files").send(ENTER);
    s.see("! README.md (there already, different) ! db/backup.yaml (left out)").ends_with(1);
    assert!(!dir.join("db").exists());
    assert!(!s.words().contains("shows what would be new"), "somebody has decided");
}

#[test]
fn all_of_a_folder_or_a_component_is_decided_at_once() {
    let (_temp, dir, templates) = scene();
    fs::write(dir.join("run.sh"), "mine\n").unwrap();
    let mut s = begin(start(&dir, &templates));
    let many = [UP, UP, ENTER].concat();
    s.send(&many).see("component base: The repository itself (4 files)").see("services/ (2 files)");
    s.send(&[DOWN, ENTER].concat()).answer("What about 4 files?", ENTER);
    // what can be replaced is taken, so that nothing is open
    s.see("> Write 6 files").send(&[UP, UP, UP, ENTER].concat());
    s.answer("Of which folder or component?", &[DOWN, DOWN, DOWN, DOWN, ENTER].concat());
    s.answer("What about 2 files?", &[DOWN, ENTER].concat()).see("> Write 4 files").send(ENTER).see("Wrote 4 files");
    s.status();
    assert!(s.file("README.md").starts_with("# shop\n") && s.file("run.sh").starts_with("#!/bin/sh"));
    assert!(!dir.join("services").exists());
}

#[test]
fn narrow_without_colour_and_in_ascii() {
    let (_temp, dir, templates) = scene();
    let mut s = hunks(start(&dir, &templates).columns(40).var("NO_COLOR", "1").var("LANG", "C"));
    s.see("(1/2) Take this hunk? [y,n,a,d,e,j,k,q,?]").send("?").see("without any answer nothing is decided");
    s.send("y").see("(2/2)").send("y").see("> Write 6 files").send(CTRL_C).ends_with(130).nothing_changed();
    assert!(s.output.is_ascii());
}

#[test]
fn a_screen_reader_reads_whole_lines() {
    let (_temp, dir, templates) = scene();
    let mut s = start(&dir, &templates).var("ACCESSIBLE", "1").run();
    s.answer(super::OVERVIEW, "\r")
        .see("? What should happen?")
        .send("\r")
        .answer(README, "4\r")
        .see("(1/2) Take this");
    s.send("\r").see("y - take this hunk").send("yes\r").see("(2/2)").send("no\r").answer(REVIEW, "\r").see("Wrote");
    s.status();
    assert_eq!(s.file("README.md"), mine().replace("# Mine", "# shop"));
}

#[test]
fn going_back_forgets_no_decision() {
    let (_temp, dir, templates) = scene();
    fs::write(dir.join("run.sh"), "mine\n").unwrap();
    let mut s = begin(start(&dir, &templates));
    s.send(ENTER).answer(README, &[DOWN, ENTER].concat()).answer(RUN, ESC);
    // the answer of before is marked
    s.see("Which one? (Esc)")
        .answer(README, ENTER)
        .see("> README.md is there already, with other content. Which one? take the new one");
    s.answer(RUN, ENTER).see("Write 5 files").answer(REVIEW, ESC);
    s.answer("Leave the plan, and forget what you decided about files?", ENTER).answer(REVIEW, ENTER).see("Wrote");
    s.status();
    assert_eq!((s.file("README.md").starts_with("# shop"), s.file("run.sh").as_str()), (true, "mine\n"));
}

#[test]
fn a_file_in_the_way_is_told_what_the_new_one_is_for() {
    let (_temp, dir, templates) = scene();
    fs::write(dir.join("run.sh"), "#!/bin/sh\nmine\nexec true\n").unwrap();
    let mut s = begin(start(&dir, &templates));
    s.send(ENTER).see("The new README.md belongs to \"The repository itself\": Somebody has to begin.");
    s.see("It has 2 lines that yours lacks; yours has 2 lines that it lacks.").answer(README, ENTER);
    s.see("Yours has 1 line that it lacks.").answer(RUN, CTRL_C).ends_with(130);
}
