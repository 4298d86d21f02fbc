//! Sessions line by line, for screen readers and terminals that cannot move their cursor.

use super::{CONTACT, MAIL, NAME, OVERVIEW, REVIEW, SERVICES, START, target};
use crate::session::{CTRL_C, Session, Start};

#[track_caller]
fn without_escapes(s: &Session) {
    assert!(!s.output.contains(&0x1b), "{:?}", String::from_utf8_lossy(&s.output));
}

#[test]
fn a_preset() {
    for way in ["--accessible", "ACCESSIBLE", "TERM"] {
        let (_temp, dir) = target();
        let start = |args| Start::init(&dir, args);
        let mut s = match way {
            "ACCESSIBLE" => start(&[]).var(way, "1").run(),
            "TERM" => start(&[]).var(way, "dumb").run(),
            flag => start(&[flag]).run(),
        };
        s.see("1. A shop").answer(START, "").see("Number (Enter takes 1, < goes back):").send("7\r");
        s.see("! `7` is not a number from 1 to 3").send("\r");
        s.answer(NAME, "").see("Answer (Enter takes shop, < goes back):").send("Bad!\r").see("is not a DNS label");
        s.send("books\r").answer(CONTACT, "<\r").see("Answer (Enter takes books, < goes back):").send("\r");
        s.see("? Who is told when something breaks? An address").send(MAIL).see("contact shop@example.com (yours)");
        s.answer(OVERVIEW, "").see("1. Yes, go on").send("\r").answer(REVIEW, "\r").ends_with(0);
        assert!(s.file("README.md").starts_with("# books\n"));
        without_escapes(&s);
    }
}

#[test]
fn every_kind_of_question() {
    let (_temp, dir) = target();
    let mut s = Start::init(&dir, &["--accessible", "--ask", "all", "--answers", "/dev/null"]).rows(200).run();
    s.answer(NAME, "books\r").answer(CONTACT, "a@example.com\r").answer("What is it for?", "Sells books\r");
    s.answer("In which region does it run?", "\r").answer("How many copies of each service?", "\r");
    s.answer("Which database?", "2\r").answer("Is it monitored?", "perhaps\r").see("! type `y` for yes or `n` for no");
    s.send("no\r").answer("What else?", "").see("Numbers (Enter takes 1, - takes none, < goes back):").send("2, 3\r");
    s.answer(SERVICES, "1\r").answer("What is the service called?", "api\r").answer("What does it do?", "<\r");
    s.see("Answer (Enter takes api, < goes back):").send("\r").see("What does it do? A worker").send("\r");
    s.answer("api: change a field?", "1\r")
        .see("api kind: api port: 8080 route: /api secrets: - ? Which services? Is this right?")
        .send("\r");
    s.answer("When is the database backed up?", "\r").answer(OVERVIEW, "\r").answer(REVIEW, "2\r");
    s.see("+# books").see("? What should happen?").send("\r").ends_with(0);
    without_escapes(&s);
    assert!(s.file("README.md").contains("Sells books") && !s.words().contains("monitoring/"));
}

#[test]
fn ctrl_c_and_the_end_of_the_input_leave() {
    for key in [CTRL_C, "\u{4}"] {
        let (_temp, dir) = target();
        let mut s = Start::init(&dir, &["--accessible", "--preset", "shop"]).run();
        s.answer(NAME, "books\r").answer(CONTACT, "").see("Answer (< goes back):").send(key);
        s.see("Stopped before writing.").see("Your answers so far are kept").ends_with(130).nothing_changed();
        without_escapes(&s);
    }
}
