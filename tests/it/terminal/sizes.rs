//! Narrow terminals, and terminals that change their size.

use super::asking::one_service;
use super::{CONTACT, MAIL, NAME, OVERVIEW, PROJECT, REVIEW, SERVICES, START, target};
use crate::session::{DOWN, ENTER, ESC, Start, UP};

#[test]
fn no_line_is_wider_than_the_terminal() {
    for (columns, accessible) in [(40, false), (40, true), (80, false)] {
        let (_temp, dir) = target();
        let args: &[&str] = if accessible { &["--accessible"] } else { &[] };
        let mut s = Start::init(&dir, args).columns(columns).rows(60).run();
        s.see("A preset answers all questions but those that only you can answer; each answer can be changed.");
        s.see("Every question is asked, with its default filled in.").answer(START, ENTER);
        s.answer(NAME, "Bad!\r")
            .see("is not a DNS label: a-z, 0-9 and single `-`, two or more characters, a letter first");
        s.send(&"\u{7f}".repeat(4)).send(ENTER).see(&format!("? {CONTACT}"));
        // what is typed too early is shown where the cursor is
        s.see(if accessible { "read at night. Answer (< goes back): >" } else { "Esc goes back]" }).send(MAIL);
        s.see("description A system of services");
        s.answer(OVERVIEW, ENTER).see("service.yaml").see(&format!("? {REVIEW}"));
        s.fits(columns.into(), 0);
        s.send(ENTER).ends_with(0);
    }
}

#[test]
fn the_built_in_questions_fit_into_40_columns() {
    let (_temp, dir) = target();
    let mut s = Start::built_in(&dir, &["--preset", "mongodb-atlas-on-aws", "--set", "kubernetes_version=latest"])
        .columns(40)
        .rows(120)
        .run();
    for (question, answer) in PROJECT {
        s.answer(question, answer).send(ENTER);
    }
    one_service(&mut s);
    s.see("hint:").replace("Which Kubernetes version?", "1.36");
    s.answer(OVERVIEW, &[DOWN, DOWN, ENTER].concat()).answer("Which services", &[DOWN, ENTER].concat());
    s.answer("api: change a field?", ESC).answer("Which services", ENTER);
    s.answer(OVERVIEW, ENTER).see("? What should happen?");
    s.fits(40, 0);
}

#[test]
fn the_window_changes_its_size() {
    let (_temp, dir) = target();
    let mut s = Start::init(&dir, &[]).run();
    s.answer(START, ENTER).answer(NAME, "bo").see("? What is the project called? (shop) bo").resize(40, 20);
    s.send("o").see("boo").send("ks\r").see("> What is the project called? books");
    let before = s.output.len();
    s.answer(CONTACT, MAIL).see("? Is everything right?");
    s.fits(40, before);
    s.resize(100, 50).send(&[DOWN, DOWN, ENTER].concat());
    s.answer(SERVICES, ENTER).answer(OVERVIEW, ENTER).see("+ 6 files to create").answer(REVIEW, ENTER).ends_with(0);
    assert!(s.file("README.md").starts_with("# books\n"));
}

#[test]
fn entries_of_a_list_are_cut_where_the_window_became_narrower() {
    let (_temp, dir) = target();
    let mut s = Start::init(&dir, &[]).run();
    s.see("No preset").see("Esc goes back").resize(40, 60).send(DOWN).see("> No preset");
    // the end of the frame
    s.send(DOWN).see("> Answer everything").send(UP).see("> No preset");
    let rows = s.rows();
    let list = rows.iter().skip_while(|row| !row.starts_with("? ")).skip(1).take_while(|row| !row.starts_with('['));
    let list: Vec<&String> = list.collect();
    assert!(list.len() > 4 && list.iter().all(|row| row.starts_with("> ") || row.starts_with("  ")), "{rows:#?}");
    s.send(ENTER).see(&format!("? {NAME}")).send("books\r").see(&format!("? {CONTACT}"));
}
