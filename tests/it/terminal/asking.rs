//! Going back, and changing answers at the end.

use std::fs;

use super::{CONTACT, MAIL, NAME, OVERVIEW, PROJECT, REVIEW, SERVICES, START, from_preset, target};
use crate::session::{CTRL_C, DOWN, ENTER, ESC, Session, Start, UP};
use crate::support::{read_tree, root, write_tree};

#[test]
fn esc_goes_back_with_the_earlier_answer_filled_in() {
    let (_temp, dir) = target();
    let mut s = Start::init(&dir, &[]).run();
    s.see("Esc goes back").answer(START, ESC).see("This is the first question; Ctrl-C leaves.");
    s.answer(START, ENTER)
        .answer(NAME, ESC)
        .see("? What is the project called? (Esc) ? What do you want to start from?");
    s.answer(START, ENTER).answer(NAME, "books\r").answer(CONTACT, ESC);
    s.see("? What is the project called? books").send("-2\r").see("> What is the project called? books-2");
    s.answer(CONTACT, MAIL).answer(OVERVIEW, ESC);
    s.see("? Who is told when something breaks? shop@example.com").send(ENTER);
    // what is to be written can be left as well
    s.answer(OVERVIEW, ENTER).answer(REVIEW, ESC).answer(OVERVIEW, ENTER).answer(REVIEW, ENTER).ends_with(0);
    assert!(s.file("README.md").starts_with("# books-2\n"));
}

#[test]
fn without_a_preset_to_choose_the_first_question_stays() {
    let (_temp, dir) = target();
    let mut s = Start::init(&dir, &["--preset", "shop"]).run();
    s.answer(NAME, ESC).see("This is the first question; Ctrl-C leaves. ? What is the project called? (shop)");
    s.send(CTRL_C).ends_with(130).nothing_changed();
}

/// Up to the question about backups, which is only asked with a database.
fn backups(start: Start) -> Session {
    let mut s = start.run();
    s.answer(NAME, "books\r").answer(CONTACT, "a@example.com\r").answer("What is it for?", ENTER);
    s.answer("In which region does it run?", ENTER).answer("How many copies of each service?", ENTER);
    s.answer("Which database?", &[DOWN, ENTER].concat()).answer("Is it monitored?", ENTER).answer("What else?", ENTER);
    s.answer(SERVICES, ENTER).answer("What is the service called?", "api\r").answer("What does it do?", ENTER);
    s.answer("api: change a field?", ENTER).answer(SERVICES, ENTER).see("? When is the database backed up?");
    s
}

#[test]
fn going_back_asks_again_only_what_hangs_on_the_answer() {
    let (_temp, dir) = target();
    let mut s = backups(Start::init(&dir, &["--ask", "all", "--answers", "/dev/null"]));
    s.send(ESC).answer(SERVICES, ESC).answer("What else?", ESC).answer("Is it monitored?", ESC);
    // without a database nobody asks for its backups, and the services stand as they were
    s.see("? Which database?").send(&[UP, ENTER].concat()).see("> Which database? none");
    s.see("services api (yours)").answer(OVERVIEW, &[DOWN, DOWN, DOWN, ENTER].concat());
    s.answer("Operation: which answer do you want to change?", &[DOWN, DOWN, ENTER].concat());
    s.answer("Which database?", &[DOWN, ENTER].concat());
    s.see("> Which database? postgres ? When is the database backed up?").send(ESC);
    // back to the last question before it
    s.see("backed up? (Esc) Services What runs. name kind port route secrets api api 8080 /api - ? Which services?");
    s.send(CTRL_C).ends_with(130).nothing_changed();
}

#[test]
fn a_choice_that_other_answers_exclude_says_what_it_needs() {
    let (_temp, dir) = target();
    let mut s = Start::init(&dir, &["--preset", "shop", "--set", "database=none"]).run();
    s.answer(NAME, ENTER).answer(CONTACT, MAIL).answer(OVERVIEW, &[UP, ENTER].concat());
    s.answer("Operation: which answer do you want to change?", &[UP, UP, ENTER].concat());
    s.answer("What else?", "").see("Search (needs a database)").send(&[DOWN, " ", ENTER].concat());
    s.see("whose `search` needs a database").answer("What else?", &[DOWN, " ", ENTER].concat());
    s.answer(OVERVIEW, CTRL_C).ends_with(130);

    let (_temp, dir) = target();
    let set = ["--set", "kubernetes_version='1.36'", "--set", "database_hosting=self-hosted"];
    let needs = "`self-hosted`, which needs Kubernetes 1.35, the newest that the Percona operator 1.22 is tested with";
    let error = |args: &[&str]| {
        Start::built_in(&dir, &[&["--yes", "--preset", "mongodb-atlas-on-aws"], args].concat())
            .run()
            .see(needs)
            .ends_with(2);
    };
    error(&set);
}

/// The range that a preset has for a network that is made is no range of a network that exists.
#[test]
fn what_a_later_answer_makes_an_example_is_asked() {
    let range = "Which IP range does it use?";
    let (_temp, dir) = target();
    let preset = ["--preset", "mongodb-atlas-on-aws", "--set", "services=[{name: api, kind: api, route: /}]"];
    let mut s = Start::built_in(&dir, &preset).rows(120).run();
    for (question, answer) in &PROJECT {
        s.replace(question, answer);
    }
    assert!(!s.everything().contains(range), "{}", s.everything());
    s.answer(OVERVIEW, &[&DOWN.repeat(4), ENTER].concat());
    s.answer("Cloud: which answer do you want to change?", &[&DOWN.repeat(2), ENTER].concat());
    s.answer("Who makes the networks?", &[DOWN, ENTER].concat());
    s.replace(&format!("staging: {range}"), "10.77.0.0/18").see("staging: Which AWS account runs it?");
    s.send(CTRL_C).ends_with(130);

    let (_temp, dir) = target();
    let mut s = Start::built_in(&dir, &[&preset[..], &["--set", "networks=existing"]].concat()).rows(120).run();
    for (question, answer) in &PROJECT[..8] {
        s.replace(question, answer);
    }
    s.answer(&format!("staging: {range}"), "10.77.0.0/18\r").see("staging: Which AWS account runs it?");
    s.send(CTRL_C).ends_with(130);
}

#[test]
fn going_back_in_the_list_loses_no_service() {
    let (_temp, dir) = target();
    let mut s = Start::init(&dir, &["--preset", "shop", "--ask", "all"]).rows(60).run();
    s.answer(NAME, ENTER).answer(CONTACT, MAIL).answer("What is it for?", ENTER);
    s.answer("In which region does it run?", ENTER).answer("How many copies of each service?", ENTER);
    s.answer("Which database?", ENTER).answer("Is it monitored?", ENTER).answer("What else?", ENTER);
    s.answer(SERVICES, &[UP, UP, UP, ENTER].concat()).answer("What is the service called?", "search\r");
    // back to the field before, with what was typed, and from the first one to the list
    s.answer("What does it do? > API", ESC).see("? What is the service called? search [").send("er\r");
    s.answer("What does it do? > API", ESC).see("? What is the service called? searcher [").send(ESC);
    s.answer(SERVICES, &[UP, UP, UP, ENTER].concat()).answer("What is the service called? [", "search\r");
    s.answer("What does it do? > API", ENTER).answer("search: change a field?", &[DOWN, DOWN, DOWN, ENTER].concat());
    s.answer("On which port does it listen? 8080 [", ESC).answer("search: change a field? > Done", ESC);
    s.see("search api 8080 /search -").send(&[UP, ENTER].concat());
    s.answer("Which one is left out?", ESC).answer(SERVICES, ESC).answer("What else? > [", ENTER);
    s.see("search api 8080 /search -").answer(SERVICES, ENTER).answer("When is the database backed up?", ENTER);
    s.answer(OVERVIEW, ENTER).answer(REVIEW, ENTER).ends_with(0);
    assert!(s.file("services/search/service.yaml").starts_with("name: search\n"));
}

#[test]
fn what_was_said_last_goes_before_what_was_given() {
    let (_temp, dir) = target();
    let mut s = Start::init(&dir, &["--preset", "shop", "--set", "name=books"]).run();
    s.answer(CONTACT, MAIL).answer(OVERVIEW, &[DOWN, ENTER].concat());
    s.answer("Project: which answer do you want to change?", ENTER).replace(NAME, "records").answer(OVERVIEW, ENTER);
    s.answer(REVIEW, ESC).see("Project records, shop@example.com").send(ENTER).answer(REVIEW, ENTER).ends_with(0);
    assert!(s.file("README.md").starts_with("# records\n"));
}

#[test]
fn a_whole_group_is_asked_again_and_a_group_of_one_at_once() {
    let (_temp, dir) = target();
    let mut s = Start::init(&dir, &["--preset", "shop"]).run();
    s.answer(NAME, ENTER).answer(CONTACT, MAIL).answer(OVERVIEW, &[DOWN, ENTER].concat());
    s.answer("Project: which answer do you want to change?", &[UP, ENTER].concat());
    s.replace(NAME, "books").answer(CONTACT, ESC).see("> Yes, go on").see("Project books, shop@example.com");
    s.send(&[DOWN, DOWN, ENTER].concat()).answer(SERVICES, ENTER).answer(OVERVIEW, ENTER);
    s.answer(REVIEW, CTRL_C).ends_with(130).nothing_changed();
}

/// A service with nothing but a name, and no other.
pub(super) fn one_service(s: &mut Session) {
    s.answer("Which services does the system have?", ENTER).answer("What is the service called?", "api").send(ENTER);
    s.answer("What does it do?", ENTER)
        .answer("Which language is it written in?", ENTER)
        .answer("How large is one instance?", ENTER);
    s.answer("api: change a field?", ENTER).see("> Yes, go on Change api").send(ENTER);
}

/// Neither the names nor the services of an example become those of a project by pressing Enter.
#[test]
fn an_example_is_no_default() {
    let (temp, _) = target();
    let dir = temp.path().join("My books, and more of them");
    let mut s = Start::built_in(&dir, &["--preset", "mongodb-atlas-on-aws"]).rows(120).run();
    s.see("? What is the project called? (my-books-and-more-of) [(the name of the folder)").send(ENTER);
    s.answer("What does the system do", "Sells books\r");
    for (question, answer) in PROJECT[2..].iter() {
        s.answer(question, ENTER);
        if !answer.is_empty() {
            s.see("! ").send(answer).send(ENTER);
        }
    }
    let services = "Which services does the system have?";
    s.answer(services, &[DOWN, ENTER].concat()).see("has 0 items").answer(services, "");
    assert!(!s.words().contains("apps/web"));
    one_service(&mut s);
    s.answer(OVERVIEW, ENTER).answer(REVIEW, ENTER).see("The code of each service goes beside its generated files:");
    s.see("apps/api (api)").see("goes on from there.").ends_with(0);
    assert!(!s.words().contains("These answers are examples"));
    let answers = s.file(".scaffold/answers.yaml");
    for example in ["shop", "acme/shop", "111122223333", "444455556666"] {
        assert!(!answers.contains(example), "{example}: {answers}");
    }
}

/// Before the questions that come behind them.
#[test]
fn environments_that_do_not_go_together_are_asked_again_at_once() {
    let (_temp, dir) = target();
    let mut s = Start::built_in(&dir, &["--preset", "mongodb-atlas-on-aws"]).rows(60).run();
    for (question, answer) in &PROJECT[..9] {
        s.answer(question, answer).send(ENTER);
    }
    s.answer(PROJECT[9].0, PROJECT[8].1).send(ENTER).see("10.20.0.0/16 111111111111 ?");
    // an account for all is no fault; a name that begins another one in it is
    s.answer(PROJECT[10].0, &[DOWN, ENTER].concat());
    s.answer("staging: change a field?", &[DOWN, ENTER].concat()).replace("What is it called?", "prod-eu");
    s.answer("prod-eu: change a field?", ENTER).answer(PROJECT[10].0, ENTER);
    s.see("! two environments share an AWS account, and the name of one begins with that of the other");
    let first = "prod-eu: Which AWS account runs it?";
    s.answer(first, ENTER).see("> prod-eu: Which AWS account runs it?");
    // back to the account before
    s.answer(PROJECT[9].0, ESC).answer(first, ENTER).see("? prod: Which AWS account runs it? 111111111111");
    s.replace(PROJECT[9].0, PROJECT[9].1).answer(PROJECT[10].0, ENTER);
    s.see("Yes, go on Database").answer(PROJECT[11].0, CTRL_C).ends_with(130).nothing_changed();
}

/// From an empty prompt to a written repository, with the built-in catalog: how much has to be typed, and how long the
/// program itself takes.
#[test]
fn a_preset_takes_few_keystrokes() {
    let (_temp, dir) = target();
    let start = std::time::Instant::now();
    let mut s = Start::built_in(&dir, &[]).rows(60).run();
    s.answer(START, &[DOWN, ENTER].concat());
    for (question, answer) in &PROJECT {
        s.answer(question, answer).send(ENTER);
    }
    one_service(&mut s);
    s.answer(OVERVIEW, ENTER).answer(REVIEW, ENTER).see("goes on from there.").ends_with(0);
    let text = PROJECT.iter().map(|(_, answer)| answer.len()).sum::<usize>() + "api".len();
    eprintln!("{} keys, {text} of them text, in {:.1?}", s.typed, start.elapsed());
    assert_eq!(s.typed - text, PROJECT.len() + 13, "keys beside the text");
    assert!(s.file("README.md").contains("books"));
}

/// A small start is a preset: one account, and a network for production alone.
#[test]
fn a_small_start_asks_for_one_network() {
    let (_temp, dir) = target();
    let mut s = Start::built_in(&dir, &[]).rows(60).run();
    s.answer(START, &from_preset("existing-database-on-aws", Some("small-on-aws")));
    s.see("> What do you want to start from? small-on-aws");
    for (question, answer) in &PROJECT[..9] {
        s.answer(question, answer).send(ENTER);
    }
    s.answer(PROJECT[9].0, PROJECT[8].1).send(ENTER).see("staging no - 111111111111").answer(PROJECT[10].0, ENTER);
    one_service(&mut s);
    s.answer(OVERVIEW, ENTER).answer(REVIEW, ENTER).see("goes on from there.").ends_with(0);
    assert!(!s.everything().contains("staging: Which IP range"), "{}", s.everything());
    assert!(s.file("k8s/overlays/staging/kustomization.yaml").contains("namespace: books-staging"));
    assert!(s.file("docs/runbooks/grow.md").contains("footprint=standard"));
}

/// Whether there is a pipeline is changed in the list of all answers, and what only a pipeline needs is asked no more.
#[test]
fn no_pipeline_is_chosen_at_the_end() {
    let (_temp, dir) = target();
    let mut s = Start::built_in(&dir, &[]).rows(60).run();
    s.answer(START, &[DOWN, ENTER].concat());
    for (question, answer) in &PROJECT {
        s.answer(question, answer).send(ENTER);
    }
    one_service(&mut s);
    s.answer(OVERVIEW, &[&DOWN.repeat(3), ENTER].concat()).answer("GitHub: which answer", ENTER);
    s.answer("Which platform runs the pipelines?", &[DOWN, ENTER].concat());
    s.see("> Which platform runs the pipelines? none");
    s.answer(OVERVIEW, ENTER).answer(REVIEW, ENTER).see("by hand: no pipeline is generated").see("goes on from there.");
    s.ends_with(0);
    assert!(s.file("docs/pipeline.md").contains("scripts/build-images.sh digests"));
    assert!(!s.file(".scaffold/answers.yaml").contains("\ngithub_owner_id:"));
}

/// The same without a preset: the service is entered by hand.
#[test]
fn a_new_repository_without_a_preset_takes_some_more() {
    let (_temp, dir) = target();
    let start = std::time::Instant::now();
    let mut s = Start::built_in(&dir, &[]).rows(60).run();
    s.answer(START, &from_preset("existing-database-on-aws", None));
    for (question, answer) in &PROJECT[..11] {
        s.answer(question, answer).send(ENTER);
    }
    // nobody has chosen a strategy
    s.answer("Which database does the system use?", ENTER);
    s.answer("Who operates the database?", ENTER);
    s.answer(PROJECT[11].0, PROJECT[11].1).send(ENTER);
    one_service(&mut s);
    s.answer(OVERVIEW, ENTER).answer(REVIEW, ENTER).see("goes on from there.").ends_with(0);
    let text = PROJECT.iter().map(|(_, answer)| answer.len()).sum::<usize>() + "api".len();
    eprintln!("{} bytes, {text} of them text, in {:.1?}", s.typed, start.elapsed());
    assert!(s.file("k8s/base/kustomization.yaml").contains("api"));
}

/// The same where code is there: what it tells is taken, and the owner's files are kept.
#[test]
fn an_existing_repository_takes_fewer() {
    let (_temp, dir) = target();
    let tree = crate::support::read_tree(&crate::support::root().join("tests/detect/mern/tree"));
    crate::support::write_tree(&dir, &tree);
    fs::create_dir(dir.join(".git")).unwrap();
    fs::write(dir.join(".git/config"), "[remote \"origin\"]\n\turl = git@github.com:acme/shop.git\n").unwrap();
    let start = std::time::Instant::now();
    let mut s = Start::built_in(&dir, &[]).rows(60).run();
    s.answer(START, ENTER).answer("Which services does the system have?", ENTER);
    let mut text = 0;
    for (i, (question, answer)) in PROJECT.iter().enumerate() {
        // name, repository and reviewers are found
        let answer = if [0, 4, 7].contains(&i) { "" } else { answer };
        text += answer.len();
        s.answer(question, answer).send(ENTER);
    }
    s.see("backend, frontend").answer(OVERVIEW, ENTER).answer(REVIEW, ENTER);
    // nothing is generated in place of the Dockerfile and the workflow
    s.answer(".github/CODEOWNERS is there already, with other content. Which one?", ENTER);
    s.answer(REVIEW, ENTER).see("goes on from there.").ends_with(1);
    eprintln!("{} keys, {text} of them text, in {:.1?}", s.typed, start.elapsed());
    for (path, file) in tree {
        let left = fs::read(dir.join(&path)).unwrap();
        // a list of patterns gets the lines that it lacks
        let is_kept = if path == ".gitignore" { left.starts_with(&file.bytes) } else { left == file.bytes };
        assert!(is_kept, "{path} is the owner's");
    }
}

#[test]
fn a_finding_is_taken_without_a_question_when_told_to() {
    let (_temp, dir) = target();
    fs::create_dir_all(dir.join(".git")).unwrap();
    fs::write(dir.join(".git/config"), "[remote \"origin\"]\n\turl = git@github.com:acme/books.git\n").unwrap();
    let mut s = Start::built_in(&dir, &["--preset", "mongodb-atlas-on-aws", "--detect"]).rows(100).run();
    for (i, (question, answer)) in PROJECT.iter().enumerate().take(7) {
        if ![0, 4].contains(&i) {
            s.answer(question, answer).send(ENTER);
        }
    }
    // what takes no `later` says so, and what was refused is replaced by what is typed next
    s.answer(PROJECT[7].0, "later\r").see("it cannot be answered `later`").send("@acme/books\r");
    s.answer(PROJECT[8].0, CTRL_C).ends_with(130);
    let words = s.words();
    assert!(!words.contains(PROJECT[0].0) && !words.contains(PROJECT[4].0), "{words}");
    assert!(!words.contains("later@acme"), "{words}");
}

#[test]
fn a_finding_is_filled_in_beside_the_file_it_was_found_in() {
    let (_temp, dir) = target();
    fs::create_dir_all(dir.join("backend")).unwrap();
    let package =
        "{\"name\": \"api\", \"dependencies\": {\"express\": \"5\"}, \"scripts\": {\"start\": \"node a.js\"}}";
    fs::write(dir.join("backend/package.json"), package).unwrap();
    fs::create_dir(dir.join(".git")).unwrap();
    fs::write(dir.join(".git/config"), "[remote \"origin\"]\n\turl = git@github.com:acme/books.git\n").unwrap();
    let mut s = Start::built_in(&dir, &["--preset", "mongodb-atlas-on-aws"]).rows(100).run();
    s.answer("Which services does the system have?", "").see("[(found in backend/package.json").send(ENTER);
    s.see("? What is the project called? books").see("[(found in .git/config:1)").send(ENTER);
    for (question, answer) in &PROJECT[1..] {
        // what is found can be taken as it is
        s.answer(question, if *answer == "acme/books" { "" } else { answer }).send(ENTER);
    }
    s.see("repository acme/books (yours)").answer(OVERVIEW, CTRL_C).ends_with(130);
}

#[test]
fn names_of_files_cannot_send_escape_sequences() {
    let (temp, dir) = target();
    let file = temp.path().join("a\u{1b}]0;owned\u{7}.yaml");
    fs::write(&file, "name: books\ncontact: a@example.com\n").unwrap();
    let mut s = Start::init(&dir, &["--preset", "shop", "--answers", file.to_str().unwrap()]).columns(200).run();
    s.see("\\u{1b}]0;owned\\u{7}.yaml:2)").answer(OVERVIEW, &[DOWN, ENTER].concat());
    s.see("Project: which answer do you want to change?").send(CTRL_C).ends_with(130);
    let output = String::from_utf8_lossy(&s.output).into_owned();
    assert!(!output.contains("\u{1b}]0;"), "{output:?}");
}

#[test]
fn a_long_title_of_a_group_fits() {
    let (temp, dir) = target();
    let mut files = read_tree(&root().join("tests/catalogs/small"));
    let questions = files.get_mut("templates/questions.yaml").unwrap();
    let title = "Das Projekt und alles was dazu gehört – 日本語\\e[2J";
    let text = String::from_utf8(questions.bytes.clone()).unwrap();
    questions.bytes = text.replacen("title: Project", &format!("title: \"{title}\""), 1).into_bytes();
    write_tree(temp.path(), &files);
    let templates = temp.path().join("templates");
    let mut s = Start::with(&dir, "init", &templates, &["--preset", "shop"]).columns(40).run();
    s.answer(NAME, CTRL_C).ends_with(130);
    let output = String::from_utf8_lossy(&s.output).into_owned();
    let head = "\u{1b}[1mDas Projekt und alles was dazu gehört…\u{1b}[0m\r\nWhat it is called and for.\r\n";
    assert!(output.contains(head), "{output:?}");
}

/// Keys that shells have: to the start and the end, cut and bring back.
#[test]
fn keys_of_shells_edit_an_answer() {
    let (_temp, dir) = target();
    let mut s = Start::init(&dir, &["--preset", "shop"]).run();
    s.answer(NAME, "wrong\u{15}ooks").see("(shop) ooks").send("\u{1}b\u{5}hop").see("(shop) bookshop");
    s.send("\u{2}\u{2}\u{2}\u{b}").see("(shop) books [").send("\u{17}\u{19}\u{6}\r");
    s.see("> What is the project called? books");
    // a long answer goes on in the next row, and comes back
    let long = "a".repeat(100);
    s.answer(CONTACT, &format!("{long}@example.com")).see("a@example.com").send("\u{15}").send(MAIL);
    s.see("> Who is told when something breaks? shop@example.com").answer(OVERVIEW, CTRL_C).ends_with(130).cooked();
}

#[test]
fn what_is_not_asked_on_the_way_can_be_changed_at_the_end() {
    let (temp, dir) = target();
    let catalog = temp.path().join("catalog/templates");
    let questions = "questions:\n- {name: name, ask: Name?, help: x, kind: dns_label, default: books}\n\
        - {name: folder, ask: Folder?, help: x, kind: path, default: scripts, asked: false, apart: true}\n\
        roots: {scripts: {folder: folder}}\n";
    for (path, text) in [
        ("questions.yaml", questions),
        ("components/one/component.yaml", "title: One\nwhy: x\n"),
        ("components/one/files/scripts/run.sh", "true\n"),
    ] {
        let path = catalog.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let mut s = Start::with(&dir, "init", &catalog, &["--ask", "all", "--answers", "/dev/null"]).run();
    s.answer("Name?", ENTER).see("folder scripts (default)").answer(OVERVIEW, &[DOWN, ENTER].concat());
    s.answer("Answers: which answer do you want to change?", &[DOWN, ENTER].concat()).replace("Folder?", "ops");
    s.answer(OVERVIEW, ENTER).see("+ run.sh").answer(REVIEW, ENTER).ends_with(0);
    assert!(dir.join("ops/run.sh").exists());
}

#[test]
fn an_id_that_does_not_exist_yet_is_answered_later() {
    let (temp, dir) = target();
    let catalog = temp.path().join("catalog");
    write_tree(&catalog, &read_tree(&root().join("tests/catalogs/small")));
    let questions = catalog.join("templates/questions.yaml");
    let text = fs::read_to_string(&questions).unwrap();
    let account = "  - {name: account, group: project, ask: Which account runs it?, help: Four digits., kind: text, \
        pattern: \"[0-9]{4}\", pattern_hint: is not four digits, identity: true, later: ACCOUNT}\n";
    fs::write(&questions, text.replacen("  - name: description\n", &format!("{account}  - name: description\n"), 1))
        .unwrap();
    fs::write(catalog.join("templates/components/base/files/account.txt.j2"), "<%= account %>\n").unwrap();
    let mut s = Start::with(&dir, "init", &catalog.join("templates"), &["--preset", "shop"]).run();
    s.answer(NAME, ENTER).answer(CONTACT, MAIL);
    s.see("? Which account runs it?").see("[Four digits. Type `later` if it does not exist yet.");
    s.send("soon\r").see("! `soon` is not four digits").replace("Which account runs it?", "later");
    s.see("account later (yours)").answer(OVERVIEW, ENTER).answer(REVIEW, ENTER);
    s.see("1 answer is open, and 1 file waits for it: `account`.").ends_with(0);
    assert!(s.file(".scaffold/answers.yaml").contains("\naccount: later\n"));
    assert!(!dir.join("account.txt").exists());
}
