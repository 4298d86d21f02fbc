//! `init` where an application is, one session for each way in which it lies there.

use std::path::PathBuf;

use tempfile::TempDir;

use super::{OVERVIEW, PROJECT, REVIEW, START, from_preset, target};
use crate::scene::put;
use crate::session::{CTRL_C, DOWN, ENTER, ESC, Session, Start, UP};
use crate::support::{read_tree, root, write_tree};

const SERVICES: &str = "Which services does the system have?";

/// Up to the table of services, in a copy of a repository of `tests/detect`.
fn until_services(case: &str, args: &[&str]) -> (TempDir, PathBuf, Session) {
    let (temp, dir) = target();
    write_tree(&dir, &read_tree(&root().join("tests/detect").join(case).join("tree")));
    let s = Start::built_in(&dir, args).rows(120).run();
    (temp, dir, s)
}

const OPEN: &str = "Which values of the code's variables in production do you know?";

const PRESET: &[&str] = &["--preset", "mongodb-atlas-on-aws"];

/// From the table to the written repository.
fn to_the_end(s: &mut Session) -> &mut Session {
    for (question, answer) in &PROJECT {
        // what is offered is replaced
        s.replace(question, answer);
    }
    s.answer(OVERVIEW, ENTER).answer(REVIEW, ENTER).see("goes on from there.").ends_with(0)
}

#[test]
fn a_single_service_at_the_top() {
    let (_temp, dir, mut s) = until_services("flask-at-the-root", PRESET);
    to_the_end(s.answer(SERVICES, ENTER));
    assert!(dir.join("Dockerfile").exists() && dir.join("app.py").exists());
    assert!(s.file(".scaffold/answers.yaml").contains("route: /\n"));
}

#[test]
fn services_in_several_languages() {
    let (_temp, dir, mut s) = until_services("mixed", PRESET);
    // one of them is corrected on the way
    s.answer(SERVICES, "").see("Change geo Change mailer");
    s.send(&[DOWN, DOWN, DOWN, ENTER].concat()).answer("mailer: change a field?", &[DOWN, ENTER].concat());
    s.replace("What is the service called?", "mails").answer("mails: change a field?", ENTER);
    to_the_end(s.answer(SERVICES, ENTER));
    for service in ["blog", "geo", "mails", "store"] {
        assert!(dir.join("deploy/k8s/base").join(service).join("deployment.yaml").exists(), "{service}");
    }
}

#[test]
fn a_dockerfile_of_its_own() {
    let (_temp, _dir, mut s) = until_services("angular-with-own-nginx", PRESET);
    let mine = s.file("Dockerfile");
    to_the_end(s.answer(SERVICES, ENTER));
    assert_eq!(s.file("Dockerfile"), mine);
    let answers = s.file(".scaffold/answers.yaml");
    assert!(answers.contains("image: own\n") && answers.contains("port: 80\n"), "{answers}");
}

const HEAD: &str = "Service Language Port Route Stores Variables";
const BACKEND: &str =
    "backend node 24 5000 /api database 1 setting, 2 secrets (JWT_EXPIRE… frontend static 24 8080 / - -";

#[test]
fn the_table_is_confirmed_with_one_key_before_the_first_question() {
    let (_temp, _dir, mut s) = until_services("mern", &[]);
    s.see("Found in this folder: services backend, frontend database mongodb").answer(START, ENTER);
    s.see(&format!("{HEAD} {BACKEND} ? {SERVICES} Is this right? > Yes, go on"));
    s.see("[(found in backend/package.json").send(ENTER).see(&format!("? {}", PROJECT[0].0));
    assert_eq!(s.typed, 2, "one key for the preset, one for all services");
    for (question, answer) in &PROJECT {
        s.replace(question, answer);
    }
    s.see("services backend, frontend (yours)").answer(OVERVIEW, CTRL_C).ends_with(130);
    let (all, table) = (s.everything(), format!("> {SERVICES} Is this right? Yes, go on"));
    assert_eq!(all.matches(&table).count(), 1, "{all}");
    assert_eq!(all.matches(HEAD).count(), 1, "{all}");
    // no second list of the same
    assert!(!all.contains("Express"), "{all}");
}

#[test]
fn the_table_is_edited_in_place() {
    let (_temp, _dir, mut s) = until_services("mern", PRESET);
    // the fields of the table come first
    s.answer(SERVICES, &[DOWN, ENTER].concat()).answer("backend: change a field?", &[DOWN; 4].concat());
    s.see("name backend language node language_version 24 > port 5000 route /api").send(ENTER);
    s.replace("Which port does it listen on?", "5001").answer("backend: change a field?", ENTER);
    s.see(&format!("{HEAD} {}", BACKEND.replace("5000", "5001")));
    // a copy, whose name is its own, and then without it
    s.send(&[UP, UP, ENTER].concat()).answer("Which one is copied?", &[DOWN, ENTER].concat());
    s.answer("What is the service called?", "admin\r");
    s.answer("admin: change a field?", ENTER).see("admin static 24 8080 / - - ?");
    s.answer(SERVICES, ENTER).see("! two services have the same route on the same host");
    s.answer(SERVICES, &[UP, ENTER].concat()).answer("Which one is left out?", &[DOWN, DOWN, ENTER].concat());
    s.see("> Which one is left out? admin").answer(SERVICES, ENTER);
    for (question, answer) in &PROJECT {
        s.replace(question, answer);
    }
    s.answer(OVERVIEW, ENTER).answer(REVIEW, ENTER).answer(".github/CODEOWNERS is there already", ENTER);
    s.answer(REVIEW, ENTER).ends_with(1);
    let answers = s.file(".scaffold/answers.yaml");
    assert!(answers.contains("port: 5001\n") && !answers.contains("admin"), "{answers}");
}

#[test]
fn esc_leads_to_the_table_and_from_it_to_the_preset() {
    let (_temp, dir, mut s) = until_services("mern", &[]);
    s.answer(START, ENTER).answer(SERVICES, ENTER).answer(PROJECT[0].0, "books\r").answer(PROJECT[1].0, ESC);
    s.see("? What is the project called? books").send(ESC);
    s.see("frontend static 24 8080 / - - ? Which services does the system have?").send(ESC);
    s.answer(START, ENTER).see("> What do you want to start from?").see("Leave one out").send(ENTER);
    s.see(&format!("go on Project Its name, its hostname and the team behind it. ? {}", PROJECT[1].0));
    s.send(CTRL_C).ends_with(130).nothing_changed();
    // what was confirmed is kept
    let mut s = Start::built_in(&dir, &["--resume"]).rows(120).run();
    s.see("with 2 answers: `name`, `services`").see(&format!("? {}", PROJECT[1].0)).send(CTRL_C).ends_with(130);
    assert!(!s.everything().contains(SERVICES));
}

/// What hangs on a database is asked for the services no more once there is none.
#[test]
fn a_later_answer_takes_the_database_from_the_table() {
    let (_temp, _dir, mut s) = until_services("mern", &[]);
    s.answer(START, &from_preset("mongodb-atlas-on-aws", None)).answer(SERVICES, ENTER);
    for (question, answer) in &PROJECT[..11] {
        s.replace(question, answer);
    }
    s.answer("Which database does the system use?", &[UP, UP, ENTER].concat()).see("database none (yours)");
    s.answer(OVERVIEW, CTRL_C).ends_with(130);
    assert!(!s.everything().contains("has no meaning") && !s.everything().contains("! "), "{}", s.everything());
}

/// A cache that is chosen at the end connects the services that were confirmed before, and the notes are those of the end.
#[test]
fn a_later_answer_connects_the_services_of_the_table() {
    let (_temp, dir) = target();
    let package = r#"{"name": "shop-api", "scripts": {"start": "node server.js"}, "dependencies": {"express": "5", "bullmq": "5", "mongodb": "7"}}"#;
    for (file, text) in [("package.json", package), (".env.example", "JWT_KEY=x\nREDIS_URL=redis://localhost:6379\n")] {
        put(&dir, &format!("api/{file}"), text, 0o644);
    }
    let mut s = Start::built_in(&dir, PRESET).rows(120).run();
    s.see("uses redis, which these answers leave out").answer(SERVICES, ENTER);
    for (question, answer) in &PROJECT {
        s.replace(question, answer);
    }
    s.answer(OVERVIEW, &[&DOWN.repeat(5), ENTER].concat());
    s.answer("Database: which answer do you want to change?", &[&UP.repeat(3), ENTER].concat());
    s.answer("Which cache does the system use?", &[DOWN, ENTER].concat());
    s.see("(found in api/package.json)").answer("What do services keep in the cache?", ENTER);
    s.see("> What do services keep in the cache? store");
    s.answer(OVERVIEW, ENTER).answer(REVIEW, ENTER).ends_with(0);
    let answers = s.file(".scaffold/answers.yaml");
    for line in
        ["cache_holds: store\n", "cache: true\n", "REDIS_URL: \"${cache.url}\"\n", "secrets:\n  - JWT_KEY\n  optional"]
    {
        assert!(answers.contains(line), "{line} is not in {answers}");
    }
    assert!(!answers.contains("6379"), "{answers}");
    assert_eq!(s.everything().matches("which these answers leave out").count(), 1, "{}", s.everything());
}

#[test]
fn the_table_fits_into_a_narrow_terminal_and_into_ascii() {
    let (_temp, dir, s) = until_services("mern", PRESET);
    drop(s);
    for (columns, lang) in [(40, "C.UTF-8"), (80, "C")] {
        let mut s = Start::built_in(&dir, PRESET).columns(columns).rows(120).var("LANG", lang).run();
        s.answer(SERVICES, "").see("Esc goes back]");
        s.see(if columns == 40 { "backend Language: node 24 Port: 5000 Route: /api" } else { "(JWT_EXPI..." });
        s.fits(columns.into(), 0);
        assert!(lang != "C" || s.output.is_ascii());
        s.send(CTRL_C).ends_with(130);
    }
    let mut s = Start::built_in(&dir, &[PRESET, &["--accessible"]].concat()).rows(120).run();
    s.see("backend Language: node 24")
        .answer(SERVICES, "")
        .see("1. Yes, go on")
        .see("< goes back):")
        .send(CTRL_C)
        .ends_with(130);
}

#[test]
fn values_that_nothing_tells_are_asked_in_one_list() {
    let (_temp, _dir, mut s) = until_services("variables-of-several-services", PRESET);
    s.answer(SERVICES, ENTER)
        .see(OPEN)
        .see("> Go on; what is left open is listed at the end api GITHUB_CLIENT_ID read in api/.env.example");
    s.send(&[DOWN, ENTER].concat()).answer("What is `GITHUB_CLIENT_ID` in production?", "Iv1.8a61f9b3\r");
    s.see("api GITHUB_CLIENT_ID = Iv1.8a61f9b3");
    // back is to the table, and the value stays
    s.send(ESC).answer(SERVICES, ENTER).see(OPEN).send(ENTER);
    s.answer(PROJECT[0].0, CTRL_C).ends_with(130);
}

/// What was changed in the table is there again after Ctrl-C.
#[test]
fn a_table_that_was_left_is_resumed() {
    let (_temp, dir, mut s) = until_services("mern", PRESET);
    s.answer(SERVICES, &[DOWN, ENTER].concat()).answer("backend: change a field?", &[DOWN, ENTER].concat());
    s.replace("What is the service called?", "orders").answer("orders: change a field?", ENTER);
    s.answer(SERVICES, CTRL_C).see("Your answers so far are kept").ends_with(130).nothing_changed();
    let mut s = Start::built_in(&dir, &["--resume"]).rows(120).run();
    s.see("orders node 24 5000 /api").answer(SERVICES, ENTER).answer(PROJECT[0].0, CTRL_C).ends_with(130);
}
