//! `init` where an application is, one session for each way in which it lies there.

use std::path::PathBuf;

use tempfile::TempDir;

use super::{OVERVIEW, PROJECT, REVIEW, target};
use crate::session::{DOWN, ENTER, Session, Start, UP};
use crate::support::{read_tree, root, write_tree};

const SERVICES: &str = "Which services does the system have?";

/// Up to the question about services, in a copy of a repository of `tests/detect`.
fn until_services(case: &str) -> (TempDir, PathBuf, Session) {
    let (temp, dir) = target();
    write_tree(&dir, &read_tree(&root().join("tests/detect").join(case).join("tree")));
    let mut s = Start::built_in(&dir, &["--preset", "mongodb-atlas-on-aws"]).rows(120).run();
    for (question, answer) in &PROJECT {
        // what is offered is replaced
        s.replace(question, answer);
    }
    (temp, dir, s)
}

#[test]
fn a_single_service_at_the_top() {
    let (_temp, dir, mut s) = until_services("flask-at-the-root");
    s.answer(SERVICES, ENTER).answer(OVERVIEW, ENTER).answer(REVIEW, ENTER).see("goes on from there.").ends_with(0);
    assert!(dir.join("Dockerfile").exists() && dir.join("app.py").exists());
    assert!(s.file(".scaffold/answers.yaml").contains("route: /\n"));
}

#[test]
fn services_in_several_languages() {
    let (_temp, dir, mut s) = until_services("mixed");
    // one of them is corrected on the way
    s.answer(SERVICES, &[UP, UP, UP, ENTER].concat()).answer("mailer: what should happen?", ENTER);
    s.answer("mailer: change a field?", &[DOWN, ENTER].concat()).replace("What is the service called?", "mails");
    s.answer("mails: change a field?", ENTER).answer(SERVICES, ENTER);
    s.answer(OVERVIEW, ENTER).answer(REVIEW, ENTER).see("goes on from there.").ends_with(0);
    for service in ["blog", "geo", "mails", "store"] {
        assert!(dir.join("deploy/k8s/base").join(service).join("deployment.yaml").exists(), "{service}");
    }
}

#[test]
fn a_dockerfile_of_its_own() {
    let (_temp, _dir, mut s) = until_services("angular-with-own-nginx");
    let mine = s.file("Dockerfile");
    s.answer(SERVICES, ENTER).answer(OVERVIEW, ENTER).answer(REVIEW, ENTER).see("goes on from there.").ends_with(0);
    assert_eq!(s.file("Dockerfile"), mine);
    let answers = s.file(".scaffold/answers.yaml");
    assert!(answers.contains("image: own\n") && answers.contains("port: 80\n"), "{answers}");
}
