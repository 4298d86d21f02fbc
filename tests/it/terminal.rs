//! Whole sessions on a real terminal.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;

use tempfile::TempDir;

use crate::session::{CTRL_C, DOWN, ENTER, Session, Start, UP};
use crate::support::embedded;

mod accessible;
mod asking;
mod beside;
mod cut_short;
mod found;
mod places;
mod remembered;
mod resume;
mod review;
mod signals;
mod sizes;
mod update;
mod way_back;

const START: &str = "What do you want to start from?";
const NAME: &str = "What is the project called?";
const CONTACT: &str = "Who is told when something breaks?";
/// What the preset of the small catalog has as an example.
const MAIL: &str = "shop@example.com\r";
const OVERVIEW: &str = "Is everything right?";
const REVIEW: &str = "What should happen?";
const SERVICES: &str = "Which services?";

/// What the built-in catalog asks for with the preset of MongoDB Atlas.
const PROJECT: [(&str, &str); 12] = [
    ("What is the project called?", "books"),
    ("What does the system do", "Sells books"),
    ("What is the hostname of production", "books.example.com"),
    ("Which email address", "ops@example.com"),
    ("What is the GitHub repository", "acme/books"),
    ("What is the numeric ID of the repository owner", "4711"),
    ("What is the numeric ID of the repository?", "815"),
    ("Who reviews changes", "@acme/ops"),
    ("staging: Which AWS account runs it?", "111111111111"),
    ("prod: Which AWS account runs it?", "222222222222"),
    ("Which environments does the system have?", ""),
    ("Which Atlas organization", "5f1a2b3c4d5e6f7a8b9c0d1f"),
];

/// The keys that choose a preset in the list, or no preset, which stands after the last one.
fn from_preset(start: &str, chosen: Option<&str>) -> String {
    let presets = &embedded().presets;
    let place = |name: &str| presets.iter().position(|preset| preset.name == name).unwrap();
    DOWN.repeat(chosen.map_or(presets.len(), place) - place(start)) + ENTER
}

fn target() -> (TempDir, PathBuf) {
    let temp = TempDir::new().unwrap();
    let dir = temp.path().join("shop");
    (temp, dir)
}

/// Up to the plan, with a README that is there already.
fn collision(start: impl FnOnce(Start) -> Start) -> (TempDir, Session) {
    let (temp, dir) = target();
    fs::create_dir(&dir).unwrap();
    fs::write(dir.join("README.md"), "# shop\n\nMine \u{1b}]0;owned\u{7}\u{1b}[2J\n").unwrap();
    let mut s = start(Start::init(&dir, &["--preset", "shop"])).run();
    s.answer(NAME, ENTER).answer(CONTACT, MAIL).answer(OVERVIEW, ENTER).see("? What should happen?");
    (temp, s)
}

#[test]
fn a_preset_asks_only_for_what_names_the_project() {
    let (_temp, dir) = target();
    let mut s = Start::init(&dir, &[]).run();
    s.answer(START, ENTER).see("> What do you want to start from? shop");
    s.answer(NAME, "Bad Name!\r").see("! `Bad Name!` is not a DNS label").see("(shop) Bad Name!");
    s.send(&"\u{7f}".repeat(9)).send("books\r");
    s.answer(CONTACT, MAIL).see("> Who is told when something breaks? shop@example.com");
    s.see("services api, mails (preset)").see("contact shop@example.com (yours)").see("region eu-central-1 (default)");
    s.answer(OVERVIEW, ENTER);
    s.see("+ run.sh").see("+ 6 files to create").answer(REVIEW, ENTER);
    s.see("Wrote 6 files to").see("Next: read").ends_with(0);
    assert!(s.file("README.md").starts_with("# books\n"));
    assert!(s.file(".scaffold/answers.yaml").contains("\nname: books\n"));
    assert!(s.file(".scaffold/base").contains("file README.md"));
}

#[test]
fn what_the_folder_tells_is_offered_with_its_file() {
    let (_temp, dir) = target();
    fs::create_dir_all(dir.join(".git")).unwrap();
    let config = "[remote \"origin\"]\n\turl = git@github.com:acme/books.git\n";
    fs::write(dir.join(".git/config"), config).unwrap();
    let mut s = Start::init(&dir, &["--preset", "shop"]).run();
    s.see("Found in this folder:").see("name books (.git/config:1)");
    s.answer(NAME, ENTER).answer(CONTACT, MAIL).answer(OVERVIEW, ENTER).answer(REVIEW, ENTER).ends_with(0);
    assert!(s.file("README.md").starts_with("# books\n"));
}

#[test]
fn given_answers_are_not_asked_for() {
    let (_temp, dir) = target();
    let mut s = Start::init(&dir, &["--preset", "shop", "--set", "name=books", "--set", "contact=a@example.com"]).run();
    s.see("name books (--set)").answer(OVERVIEW, ENTER).answer(REVIEW, ENTER).ends_with(0);
    assert!(s.file("README.md").contains("Write to a@example.com."));
}

#[test]
fn wrong_answers_from_a_file_are_asked_again() {
    let (temp, dir) = target();
    let file = temp.path().join("answers.yaml");
    fs::write(&file, "name: books\ncontact: nobody\nreplicas: 0\nservices: [{name: api}]\n").unwrap();
    let mut s = Start::init(&dir, &["--answers", &file.display().to_string()]).run();
    s.see("! answer `contact` is `nobody`").replace(CONTACT, "a@example.com");
    s.replace("How many copies of each service?", "4").answer(OVERVIEW, ENTER).answer(REVIEW, ENTER).ends_with(0);
    assert!(s.file("README.md").contains("with 4 copies"));

    fs::write(&file, "nmae: books\n").unwrap();
    let (_temp, dir) = target();
    Start::init(&dir, &["--answers", &file.display().to_string()])
        .run()
        .see("did you mean `name`?")
        .ends_with(2)
        .nothing_changed();
}

#[test]
fn every_kind_of_question_with_mistakes_corrected() {
    let (_temp, dir) = target();
    let mut s = Start::init(&dir, &[]).run();
    s.answer(START, &[UP, ENTER].concat());
    s.answer(NAME, "x\r").see("! `x` is not a DNS label").send("x-shop").see("x-shop").send(ENTER);
    s.answer(CONTACT, ENTER).see("! the answer is empty, which is not an e-mail address");
    s.send("nobody\r").see("! `nobody` is not an e-mail address").send("nobody@example.com\r");
    s.replace("What is it for?", "Sells books");
    s.replace("In which region does it run?", "eu-cental-1").see("! `eu-cental-1`").see("did you mean `eu-central-1`?");
    s.replace("In which region does it run?", "eu-west-1");
    s.replace("How many copies of each service?", "many").see("! `many` is not a whole number");
    s.replace("How many copies of each service?", "10").see("! `10` is not between 1 and 9");
    s.replace("How many copies of each service?", "1");
    // what does not go together is said before the next question
    s.answer("Which database?", &[DOWN, ENTER].concat());
    s.see("! a database needs 2 `replicas` or more, and there is 1");
    s.see("Correct `replicas` or `database`; each is asked again.");
    s.replace("How many copies of each service?", "3").answer("Which database?", ENTER);
    s.answer("Is it monitored?", "perhaps\r").see("! type `y` for yes or `n` for no");
    s.replace("Is it monitored?", "n");
    s.answer("What else?", &[DOWN, " ", ENTER].concat()).see("> What else? tls, search");

    s.answer(SERVICES, ENTER).answer("What is the service called?", "api\r").answer("What does it do?", ENTER);
    s.answer("api: change a field?", &[DOWN, DOWN, DOWN, ENTER].concat());
    s.replace("On which port does it listen?", "80").see("! `80` is not between 1024 and 65535");
    s.replace("On which port does it listen?", "9000").answer("api: change a field?", ENTER);
    // a copy needs a name of its own, and what follows from the name follows the new one
    s.see("name kind port route secrets api api 9000 /api -").answer(SERVICES, &[UP, UP, ENTER].concat());
    s.see("> Which services? Is this right? Copy one");
    s.answer("What is the service called?", "api\r")
        .see("! `api` is the `name` of another one already")
        .send("api-2\r");
    s.answer("api-2: change a field?", ENTER).see("api-2 api 9000 /api-2 -");
    // a worker has no route
    s.answer(SERVICES, &[DOWN, DOWN, ENTER].concat()).see("Is this right? Change api-2");
    s.answer("api-2: change a field?", &[DOWN, DOWN, ENTER].concat())
        .answer("What does it do?", &[DOWN, ENTER].concat());
    s.answer("api-2: change a field?", &[DOWN, DOWN, DOWN, DOWN, ENTER].concat());
    s.replace("Which secrets does it read?", "KEY, bad").see("`bad`");
    s.replace("Which secrets does it read?", "KEY OTHER").answer("api-2: change a field?", ENTER);
    s.see("api api 9000 /api - api-2 worker 9000 - KEY, OTHER");
    s.answer(SERVICES, &[UP, ENTER].concat()).answer("Which one is left out?", ENTER);
    s.see("> Which one is left out? api").answer(SERVICES, ENTER);

    s.replace("When is the database backed up?", "daily").see("is not five cron fields");
    s.replace("When is the database backed up?", "5 4 * * *");
    s.answer(OVERVIEW, &[DOWN, ENTER].concat());
    s.answer("Project: which answer do you want to change?", &[DOWN, DOWN, ENTER].concat());
    s.replace("What is it for?", "Sells records").answer(OVERVIEW, ENTER);
    s.answer(REVIEW, ENTER).ends_with(0);
    assert!(s.file("README.md").starts_with("# x-shop\n\nSells records\n\nIt runs in eu-west-1, with 3 copies"));
    assert_eq!(s.file("services/api-2/service.yaml"), "name: api-2\nport: 9000\nsecrets: [\"KEY\", \"OTHER\"]\n");
    assert!(!dir.join("services/api").exists() && !dir.join("monitoring").exists());
}

#[test]
fn leaving_at_any_stage_writes_nothing() {
    for stage in 0..6 {
        let (_temp, dir) = target();
        fs::create_dir(&dir).unwrap();
        fs::write(dir.join("README.md"), "mine\n").unwrap();
        let mut s = Start::init(&dir, &[]).run();
        let questions = [START, NAME, CONTACT, OVERVIEW, REVIEW, "README.md is there already"];
        for question in &questions[..stage] {
            s.answer(question, if *question == CONTACT { MAIL } else { ENTER });
        }
        s.answer(questions[stage], CTRL_C).see("Stopped before writing.").ends_with(130).nothing_changed();
        assert_eq!(s.words().contains("Your answers so far are kept: `scaffold init --resume "), stage > 1);
        assert_eq!(s.words().contains("Your choice of the preset `shop` is kept: `scaffold init"), stage == 1);
    }
}

#[test]
fn stopping_and_hanging_up_write_nothing() {
    let (_temp, mut s) = collision(|s| s);
    s.send(&[UP, ENTER].concat()).see("Stopped before writing.").ends_with(1).nothing_changed();
    for question in [START, NAME, OVERVIEW, REVIEW, "README.md is there already"] {
        let (_temp, dir) = target();
        fs::create_dir(&dir).unwrap();
        fs::write(dir.join("README.md"), "mine\n").unwrap();
        let start = Start::init(&dir, &[]);
        let mut s = if question == REVIEW { start.deaf().run() } else { start.run() };
        for before in [START, NAME, CONTACT, OVERVIEW, REVIEW].iter().take_while(|q| **q != question) {
            s.answer(before, if *before == CONTACT { MAIL } else { ENTER });
        }
        let status = s.see(&format!("? {question}")).hang_up().status();
        assert_eq!(status.signal(), Some(1), "{question}: {status}");
        s.nothing_changed();
    }
}

#[test]
fn a_collision_is_kept_taken_or_both() {
    for (keys, readme, beside, code) in [
        (ENTER.to_string(), "Mine", false, 1),
        ([DOWN, ENTER].concat(), "A system of services", false, 0),
        ([DOWN, DOWN, ENTER].concat(), "Mine", true, 1),
    ] {
        let (_temp, mut s) = collision(|s| s);
        s.see("! README.md (there already, different)").answer(REVIEW, ENTER);
        s.answer("README.md is there already", &keys).see("> README.md is there already");
        s.answer(REVIEW, ENTER).see("Wrote ").ends_with(code);
        assert_eq!(s.words().contains("Next: read"), code == 0, "only a README of ours tells the way");
        assert!(s.file("README.md").contains(readme), "{}", s.file("README.md"));
        assert_eq!(s.words().contains("README.md.scaffold-new"), beside);
        if beside {
            assert!(s.file("README.md.scaffold-new").contains("A system of services"));
        }
        assert!(s.file("run.sh").starts_with("#!"));
    }
}

#[test]
fn the_page_is_there_before_the_question() {
    let (temp, dir) = target();
    let html = temp.path().join("page.html");
    fs::create_dir(&dir).unwrap();
    fs::write(dir.join("README.md"), "# mine\n").unwrap();
    let mut s = Start::init(&dir, &["--preset", "shop", "--html", html.to_str().unwrap()]).run();
    s.answer(NAME, ENTER)
        .answer(CONTACT, MAIL)
        .answer(OVERVIEW, ENTER)
        .see("The page is in")
        .see("? What should happen?");
    assert!(fs::read_to_string(&html).unwrap().contains("needs your decision"));
    s.send(CTRL_C).ends_with(130).nothing_changed();
}

#[test]
fn files_cannot_send_escape_sequences() {
    for pager in ["cat", "cat | cat", "true", "head -c 1 >/dev/null", "no-such-pager", ""] {
        let (_temp, mut s) = collision(|s| s.var("PAGER", pager));
        s.send(&[DOWN, ENTER].concat()).see("> What should happen? look at the differences");
        if !["true", "head -c 1 >/dev/null"].contains(&pager) {
            s.see("-Mine \\u{1b}]0;owned\\u{7}\\u{1b}[2J").see("+A system of services");
        }
        s.answer(REVIEW, CTRL_C).ends_with(130).nothing_changed();
        let output = String::from_utf8_lossy(&s.output).into_owned();
        assert!(!output.contains("\u{1b}]0;") && !output.contains("\u{1b}[2J"), "{output:?}");
    }
}

#[test]
fn the_pager_shows_long_differences() {
    if std::process::Command::new("less").arg("--version").output().is_err() {
        eprintln!("skipped: less not found");
        return;
    }
    let (_temp, mut s) = collision(|s| s.rows(12).var("PAGER", "less -RX"));
    // Ctrl-C is the pager's while it runs, also when it runs again
    for _ in 0..2 {
        s.answer(REVIEW, &[DOWN, DOWN, ENTER].concat())
            .see("+++ b/db/backup.yaml")
            .send(CTRL_C)
            .send_until("q", "? What should happen?");
    }
    s.answer(REVIEW, CTRL_C).ends_with(130).nothing_changed();
}

#[test]
fn no_colour_when_it_is_not_wanted() {
    let styled = |s: &Session| {
        String::from_utf8_lossy(&s.output).split('\u{1b}').any(|p| {
            p.starts_with('[') && p[1..].trim_start_matches(|c: char| c.is_ascii_digit() || c == ';').starts_with('m')
        })
    };
    let (_temp, mut s) = collision(|s| s);
    s.send(CTRL_C).ends_with(130);
    assert!(styled(&s));
    let (_temp, mut s) = collision(|s| s.var("NO_COLOR", "1"));
    s.send(&[DOWN, ENTER].concat()).see("-Mine").answer(REVIEW, CTRL_C).ends_with(130);
    assert!(!styled(&s), "{:?}", String::from_utf8_lossy(&s.output));
}

#[test]
fn other_locales_get_ascii() {
    let (_temp, mut s) = collision(|s| s.var("LANG", "de_DE.ISO-8859-1"));
    s.see("|-- ! README.md").send(&[DOWN, ENTER].concat()).see("-Mine").answer(REVIEW, CTRL_C).ends_with(130);
    assert!(s.output.is_ascii());
    let (_temp, mut s) = collision(|s| s);
    s.see("├── ! README.md").answer(REVIEW, CTRL_C).ends_with(130);
}

#[test]
fn data_goes_to_stdout_and_questions_to_the_terminal() {
    let (temp, dir) = target();
    let out = temp.path().join("plan.json");
    let mut s = Start::init(&dir, &["--preset", "shop", "--dry-run", "--format", "json"]).stdout(&out).run();
    s.answer(NAME, ENTER)
        .answer(CONTACT, MAIL)
        .answer(OVERVIEW, ENTER)
        .see("Nothing was written")
        .ends_with(0)
        .nothing_changed();
    let plan: serde_json::Value = serde_json::from_slice(&fs::read(&out).unwrap()).unwrap();
    assert_eq!(plan["counts"]["create"], 6);
}
