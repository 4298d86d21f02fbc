//! `init` where something is in the way, and one file of many to look at.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::{CONTACT, MAIL, NAME, OVERVIEW, REVIEW, target};
use crate::session::{CTRL_C, DOWN, ENTER, Session, Start, UP};
use crate::support::{read_tree, root, write_tree};

/// Up to the plan of the preset `shop`.
fn plan(start: Start) -> Session {
    let mut s = start.run();
    s.answer(NAME, ENTER).answer(CONTACT, MAIL).answer(OVERVIEW, ENTER).see("? What should happen?");
    s
}

/// From an entry of the list of files to its last one.
fn back(at: usize) -> String {
    [&UP.repeat(at + 1), ENTER].concat()
}

fn init(dir: &Path) -> Session {
    plan(Start::init(dir, &["--preset", "shop"]))
}

#[test]
fn one_file_is_looked_at() {
    let (_temp, dir) = target();
    let mut s = init(&dir);
    s.send(&[DOWN, DOWN, ENTER].concat()).see("> README.md (to create)").see("run.sh (to create)");
    s.answer("Which one?", &[DOWN, ENTER].concat()).see("> Which one? db/backup.yaml");
    s.answer("db/backup.yaml is new. What now?", &[UP, UP, ENTER].concat()).see("+schedule: \"17 2 * * *\"");
    assert!(!s.words().contains("+exec true"));
    s.answer("db/backup.yaml is new. What now?", &[UP, ENTER].concat()).answer("Which one?", &back(1));
    s.answer(REVIEW, ENTER).see("Wrote 6 files").ends_with(0);
}

#[test]
fn one_of_many_files_is_found_by_typing() {
    let (temp, dir) = target();
    let mut files = read_tree(&root().join("tests/catalogs/small"));
    for n in 10..60 {
        let file = files["templates/components/base/files/run.sh"].clone();
        files.insert(format!("templates/components/base/files/tools/tool-{n}.sh"), file);
    }
    write_tree(temp.path(), &files);
    let templates = temp.path().join("templates");
    let mut s = plan(Start::with(&dir, "init", &templates, &["--preset", "shop"]).rows(20).columns(40));
    s.answer(REVIEW, &[DOWN, DOWN, ENTER].concat()).see("typing filters").see("tools/tool-11.sh (to create)");
    assert!(!s.words().contains("tool-58"));
    s.send("-58").see("> tools/tool-58.sh (to create)").send(ENTER);
    s.see("> Which one? tools/tool-58.sh").answer("tools/tool-58.sh is new. What now?", &[UP, UP, ENTER].concat());
    s.see("+++ b/tools/tool-58.sh").answer("tools/tool-58.sh is new. What now?", CTRL_C);
    s.ends_with(130).nothing_changed();
}

#[test]
fn a_decision_is_changed() {
    let (_temp, dir) = target();
    fs::create_dir(&dir).unwrap();
    fs::write(dir.join("README.md"), "mine\n").unwrap();
    fs::write(dir.join("run.sh"), "mine\n").unwrap();
    let mut s = init(&dir);
    s.see("> Decide about 2 files that are there already").send(ENTER);
    s.answer("README.md is there already, with other content. Which one?", ENTER);
    s.answer("run.sh is there already, with other content. Which one?", &[DOWN, ENTER].concat());
    s.see("> Write 5 files").see("Decide again about 2 files that are there already");
    s.send(&[UP, UP, ENTER].concat());
    // what was decided is where the list starts
    s.see("? README.md is there already, with other content. Which one? > Keep mine").send(&[DOWN, ENTER].concat());
    s.see("? run.sh is there already, with other content. Which one? Keep mine > Take the new one")
        .send(&[UP, ENTER].concat());
    s.see("> Write 5 files").send(ENTER).see("! run.sh (there already, different)").ends_with(1);
    assert!(s.file("README.md").starts_with("# shop\n"));
    assert_eq!(s.file("run.sh"), "mine\n");
}

/// Something that no file can replace.
fn blocked(make: impl Fn(&Path), shown: &str, question: &str, both: Option<&str>) {
    for keys in [Some(ENTER.to_string()), both.map(|_| [DOWN, ENTER].concat())].into_iter().flatten() {
        let (_temp, dir) = target();
        fs::create_dir(&dir).unwrap();
        make(&dir);
        let mut s = init(&dir);
        s.see(shown).answer(REVIEW, ENTER).see(question).see("> Keep mine").see("Look at the difference [");
        assert!(!s.words().contains("Take the new one"), "{}", s.words());
        assert_eq!(s.words().contains("Both: "), both.is_some(), "{}", s.words());
        let wants_both = keys != ENTER;
        s.send(&keys).see(if wants_both { "> Write 6 files" } else { "> Write 5 files" }).send(ENTER);
        s.see("Left 1 path as it is").ends_with(1);
        if let Some(beside) = both {
            assert_eq!(dir.join(beside).exists(), wants_both);
        }
        assert!(s.file("services/api/service.yaml").starts_with("name: api\n"));
    }
}

#[test]
fn a_folder_is_in_the_way() {
    blocked(
        |dir| fs::create_dir_all(dir.join("run.sh/mine")).unwrap(),
        "! run.sh (there is a folder)",
        "? run.sh cannot be written: there is a folder. What now?",
        Some("run.sh.scaffold-new"),
    );
}

#[test]
fn a_symbolic_link_is_in_the_way() {
    blocked(
        |dir| symlink("elsewhere", dir.join("run.sh")).unwrap(),
        "! run.sh (there is a symbolic link)",
        "? run.sh cannot be written: there is a symbolic link. What now?",
        Some("run.sh.scaffold-new"),
    );
}

#[test]
fn a_file_is_where_a_folder_is_needed() {
    blocked(
        |dir| fs::write(dir.join("db"), "mine\n").unwrap(),
        "! backup.yaml (`db` is not a folder)",
        "? db/backup.yaml cannot be written: `db` is not a folder. What now?",
        None,
    );
}

#[test]
fn a_name_differs_only_in_case() {
    blocked(
        |dir| fs::write(dir.join("Run.sh"), "mine\n").unwrap(),
        "! run.sh (`Run.sh` differs only in case)",
        "? run.sh cannot be written: `Run.sh` differs only in case. What now?",
        Some("run.sh.scaffold-new"),
    );
}

#[test]
fn both_needs_a_free_name() {
    let (_temp, dir) = target();
    fs::create_dir(&dir).unwrap();
    fs::write(dir.join("README.md"), "mine\n").unwrap();
    fs::write(dir.join("README.md.scaffold-new"), "from before\n").unwrap();
    let mut s = init(&dir);
    s.send(ENTER).see("Take the new one Decide hunk by hunk");
    s.send(ENTER).answer(REVIEW, ENTER).ends_with(1);
    assert_eq!(s.file("README.md"), "mine\n");
    assert_eq!(s.file("README.md.scaffold-new"), "from before\n");
}
