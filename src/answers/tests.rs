use std::path::Path;

use serde_json::json;

use super::*;
use crate::base::record;
use crate::catalog::source;
use crate::lint;
use crate::prompt::{Asking, TerminalPrompter};
use crate::terminal::ui::Ui;
use crate::text::error::{Back, UserError};

/// The small catalog of the tests: `route` is asked of services of kind `api`, `backup_schedule` with a database.
fn catalog() -> Catalog {
    let (catalog, faults) = Catalog::parse(source::from_disk(Path::new("tests/catalogs/small/templates")).unwrap());
    assert!(faults.is_empty() && lint::lint(&catalog).is_empty());
    catalog
}

fn file(text: &str) -> AnswersFile {
    AnswersFile::parse(".scaffold/answers.yaml", text.as_bytes().to_vec()).unwrap()
}

fn set(sets: &[(&str, Value)]) -> Vec<(String, String)> {
    sets.iter().map(|(path, value)| ((*path).to_string(), value.to_string())).collect()
}

fn update(recorded: &str, sets: &[(&str, Value)]) -> anyhow::Result<Answers> {
    Answers::resolve(&catalog(), &Given { recorded: Some(file(recorded)), sets: set(sets), ..Given::default() }, None)
}

fn error(result: anyhow::Result<Answers>) -> String {
    result.unwrap_err().downcast::<UserError>().unwrap().message
}

fn recorded(answers: &Answers) -> String {
    record::answers(&catalog(), answers, None)
}

fn shop() -> String {
    let given = Given {
        preset: Some("shop".into()),
        sets: set(&[("backup_schedule", json!("5 5 * * *")), ("services.0.route", json!("/shop"))]),
        ..Given::default()
    };
    recorded(&Answers::resolve(&catalog(), &given, None).unwrap())
}

const PROJECT: &str = "name: shop\ncontact: a@example.com\nservices:\n- name: api\n";

#[test]
fn what_is_given_now_wins_over_what_is_recorded_and_that_over_a_preset() {
    let given = Given {
        preset: Some("shop".into()),
        recorded: Some(file(&format!("{PROJECT}region: eu-west-1\nreplicas: 3\n"))),
        file: Some(file("replicas: 4\n")),
        ..Given::default()
    };
    let values = Answers::resolve(&catalog(), &given, None).unwrap().values;
    assert_eq!((&values["region"], &values["replicas"]), (&json!("eu-west-1"), &json!(4)));
    assert_eq!((&values["database"], &values["contact"]), (&json!("postgres"), &json!("a@example.com")));
}

#[test]
fn an_answer_that_is_changed_and_changed_back_gives_the_former_ones_back() {
    let before = shop();
    let without = update(&before, &[("database", json!("none")), ("services.0.kind", json!("worker"))]).unwrap();
    assert!(without.notes.is_empty(), "{:?}", without.notes);
    assert!(!without.values.contains_key("backup_schedule"));
    let between = recorded(&without);
    assert!(
        between.ends_with(
            "\n#? Not asked with the answers above, or by this scaffold. Taken up again when they are.\n\
             kept:\n  backup_schedule: \"5 5 * * *\"\n  \"services.*\":\n  - name: api\n    route: /shop\n"
        ),
        "{between}"
    );
    assert_eq!(recorded(&update(&between, &[]).unwrap()), between);
    let back = update(&between, &[("database", json!("postgres")), ("services.0.kind", json!("api"))]).unwrap();
    assert!(back.kept.is_empty() && back.notes.is_empty());
    assert_eq!(recorded(&back), before);
}

#[test]
fn kept_fields_go_with_their_record() {
    let between = recorded(&update(&shop(), &[("services.0.kind", json!("worker"))]).unwrap());
    let swapped = json!([{"name": "mails", "kind": "api"}, {"name": "api", "kind": "api", "route": "/new"}]);
    let swapped = update(&between, &[("services", swapped)]).unwrap();
    assert_eq!(swapped.values["services"][0]["route"], "/mails");
    assert_eq!(swapped.values["services"][1]["route"], "/new");
}

#[test]
fn kept_fields_whose_record_is_called_otherwise_are_named() {
    let between = recorded(&update(&shop(), &[("services.0.kind", json!("worker"))]).unwrap());
    assert!(between.contains("services.*"), "{between}");
    let same = update(&between, &[]).unwrap();
    assert_eq!(same.notes, Vec::<String>::new());
    let id = json!(same.values["services"][0]["name"]);
    let renamed = update(&between, &[("services.0.name", json!("other"))]).unwrap();
    let name = id.as_str().unwrap();
    let note = format!("The kept answers of `{name}` (`route`) are dropped: none of `services` has that `name`.");
    assert_eq!(renamed.notes, [note]);
}

#[test]
fn only_what_was_not_given_is_recommended() {
    let hints = |given: Given| {
        let given = Given { preset: Some("shop".into()), unfit: Some("services".into()), ..given };
        Answers::resolve(&catalog(), &given, None).unwrap_err().downcast::<UserError>().unwrap().hints.join("\n")
    };
    let said = hints(Given::default());
    assert!(!said.contains("--preset") && said.contains("--detect"), "{said}");
    let said = hints(Given { looked_at: true, ..Given::default() });
    assert!(!said.contains("--preset") && !said.contains("--detect"), "{said}");
    let said = hints(Given { generated: true, ..Given::default() });
    assert!(!said.contains("--preset") && !said.contains("--detect"), "{said}");
}

#[test]
fn unknown_recorded_names_are_kept_and_reported_once() {
    let text = format!("{PROJECT}  colour: red\nregoin: eu-west-1\n");
    let answers = update(&text, &[]).unwrap();
    assert_eq!(
        answers.notes,
        [
            "Field `colour` of answer `services` (.scaffold/answers.yaml:3) is unknown to this scaffold, and is kept.",
            "Answer `regoin` (.scaffold/answers.yaml:6) is unknown to this scaffold, and is kept. Did you mean `region`?",
        ]
    );
    let kept = recorded(&answers);
    let again = update(&kept, &[]).unwrap();
    assert_eq!((again.notes.len(), &again.kept["regoin"]), (0, &json!("eu-west-1")));
    assert_eq!(again.kept["services.*"], json!([{"name": "api", "colour": "red"}]));
    assert_eq!(recorded(&again), kept);
    // the same names given now are mistakes
    assert!(error(update(PROJECT, &[("regoin", json!("x"))])).starts_with("there is no answer `regoin`"));
    assert!(error(update(PROJECT, &[("services.0.colour", json!("x"))])).contains("no field `services.0.colour`"));
}

#[test]
fn a_wrong_recorded_value_names_its_line() {
    let text = format!("{PROJECT}region: eu-cental-1\n");
    assert!(error(update(&text, &[])).ends_with("\n  --> .scaffold/answers.yaml:5"));
    let text = format!("{PROJECT}database: none\nkept:\n  backup_schedule: never\n");
    assert!(update(&text, &[]).is_ok());
    let message = error(update(&text, &[("database", json!("postgres"))]));
    assert!(message.contains("`backup_schedule` is `never`"), "{message}");
    assert!(message.ends_with("\n  --> .scaffold/answers.yaml:7"), "{message}");
}

#[test]
fn a_field_without_meaning_that_is_given_now_is_still_refused() {
    let sets = [("services.0.kind", json!("worker")), ("services.0.route", json!("/other"))];
    assert!(error(update(&shop(), &sets)).contains("which has no meaning with the other fields"));
}

#[test]
fn an_answer_that_is_not_asked_is_refused_on_the_command_line_and_left_out_of_files() {
    let wrong = error(update(PROJECT, &[("database", json!("none")), ("backup_schedule", json!("nonsense"))]));
    assert_eq!(
        wrong,
        "answer `backup_schedule` is `nonsense`, and these answers do not ask for it: it is asked when \
         `database == \"postgres\"`\n  --> --set"
    );
    let given = Given {
        recorded: Some(file(PROJECT)),
        file: Some(file("database: none\nbackup_schedule: 5 5 * * *\n")),
        ..Given::default()
    };
    let answers = Answers::resolve(&catalog(), &given, None).unwrap();
    assert_eq!(answers.notes, ["Answer `backup_schedule` is not needed with the other answers and is left out."]);
    assert!(!answers.values.contains_key("backup_schedule"));
}

#[test]
fn an_answers_file_may_hold_kept_answers_which_are_not_taken() {
    let text = format!("{PROJECT}kept:\n  gone: 1\n  region: eu-west-1\n");
    let given = Given { file: Some(file(&text)), ..Given::default() };
    let answers = Answers::resolve(&catalog(), &given, None).unwrap();
    assert_eq!((answers.values["region"].as_str(), answers.kept.len()), (Some("eu-central-1"), 0));
}

#[test]
fn missing_recorded_answers_are_one_error() {
    let error = update("services:\n- name: api\n", &[]).unwrap_err().downcast::<UserError>().unwrap();
    let message = error.message;
    assert!(message.starts_with("2 answers are missing:\n  name ") && message.contains("\n  contact "), "{message}");
    assert_eq!(error.hints, ["give them with `--set NAME=VALUE` or in a file with `--answers FILE`"]);
}

#[test]
fn no_question_has_the_name_of_the_section_for_kept_answers() {
    let text = "questions:\n- {name: kept, ask: \"Is it?\", help: Why., kind: bool, default: true}\n";
    let source = source::Source::from([("templates/questions.yaml".to_string(), text.as_bytes().into())]);
    let faults = lint::lint(&Catalog::parse(source).0);
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].message, "question `kept` has the name of a section of recorded answers");
}

#[test]
fn an_update_asks_what_is_new() {
    let catalog = catalog();
    let question = catalog.question("region").unwrap();
    let identity = catalog.question("name").unwrap();
    let value = json!("x");
    let origins = [
        Origin::Default,
        Origin::Preset("p".into()),
        Origin::Recorded("r".into()),
        Origin::File("f".into()),
        Origin::Flag,
        Origin::Prompt,
    ];
    let asked = |asking, question: &Question| -> Vec<bool> {
        let mut person = TerminalPrompter::new(Ui::plain(80), asking, &catalog);
        assert!(person.wants(question, None, &Origin::Default).unwrap());
        origins.iter().map(|origin| person.wants(question, Some(&value), origin).unwrap()).collect()
    };
    assert_eq!(asked(Asking::New, question), [true, false, false, false, false, false]);
    assert_eq!(asked(Asking::All, question), [true, true, true, false, false, false]);
    assert_eq!(asked(Asking::Identity, question), [false; 6]);
    assert_eq!(asked(Asking::Identity, identity), [true, false, false, false, false, false]);
}

/// Asks everything, gives the same answers whenever it is asked, and goes back once.
struct Script {
    back_at: Option<usize>,
    asked: Vec<String>,
    noted: usize,
}

impl Prompter for Script {
    fn wants(&mut self, _: &Question, current: Option<&Value>, origin: &Origin) -> anyhow::Result<bool> {
        Ok(current.is_none() || *origin != Origin::Prompt)
    }

    fn ask(&mut self, current: Option<&Value>, _: &Origin, check: &Check<'_>) -> anyhow::Result<Value> {
        self.asked.push(check.question().name.clone());
        if self.back_at == Some(self.asked.len() - 1) {
            return Err(Back.into());
        }
        Ok(match check.question().name.as_str() {
            "name" => json!("books"),
            "contact" => json!("a@example.com"),
            "database" => json!("postgres"),
            "services" => json!([{"name": "api"}]),
            _ => current.unwrap().clone(),
        })
    }

    fn note(&mut self, answers: &Values) {
        self.noted = answers.len();
    }

    fn at_first(&mut self) -> anyhow::Result<()> {
        Ok(())
    }

    fn conflict(&mut self, problem: &Problem) -> anyhow::Result<()> {
        panic!("{problem}")
    }

    fn revise(&mut self, answers: &[Answered<'_>]) -> anyhow::Result<Vec<String>> {
        assert!(answers.iter().all(|answer| *answer.origin == Origin::Prompt));
        Ok(Vec::new())
    }
}

fn asked(back_at: Option<usize>) -> (Script, Answers) {
    let mut script = Script { back_at, asked: Vec::new(), noted: 0 };
    let answers = Answers::resolve(&catalog(), &Given::default(), Some(&mut script)).unwrap();
    assert_eq!(script.noted, answers.values.len());
    (script, answers)
}

#[test]
fn wherever_one_goes_back_only_the_question_before_is_asked_again() {
    let (straight, answers) = asked(None);
    assert_eq!(straight.asked.len(), 10);
    for k in 0..straight.asked.len() {
        let (script, same) = asked(Some(k));
        let mut expected = straight.asked.clone();
        // the question that was left, the one before it, and on
        let again = &straight.asked[k.saturating_sub(1)..k];
        expected.splice(k..k, [std::slice::from_ref(&straight.asked[k]), again].concat());
        assert_eq!(script.asked, expected);
        assert_eq!(same.values, answers.values);
    }
}

#[test]
fn what_was_answered_before_an_interruption_goes_before_a_preset_and_after_what_is_given_now() {
    let given = Given {
        preset: Some("shop".into()),
        resumed: Values::from([
            ("name".to_string(), json!("books")),
            ("region".to_string(), json!("eu-west-1")),
            ("gone".to_string(), json!(1)),
        ]),
        sets: set(&[("region", json!("eu-north-1"))]),
        ..Given::default()
    };
    let answers = Answers::resolve(&catalog(), &given, None).unwrap();
    assert_eq!((&answers.values["name"], &answers.values["region"]), (&json!("books"), &json!("eu-north-1")));
    assert_eq!(
        answers.notes,
        ["Answer `gone` of the interrupted session is unknown to this scaffold, and is left out."]
    );
}

#[test]
fn an_excluded_choice_is_refused_with_what_it_needs() {
    let message = error(update(&shop(), &[("database", json!("none")), ("features", json!(["tls", "search"]))]));
    assert_eq!(message, "answer `features` is `[\"tls\",\"search\"]`, whose `search` needs a database\n  --> --set");
    assert!(update(&shop(), &[("features", json!(["search"]))]).is_ok());
    // a wrong database does not show whether the feature is excluded
    let message = error(update(&shop(), &[("database", json!("oracle")), ("features", json!(["search"]))]));
    assert!(message.starts_with("answer `database` is `oracle`") && !message.contains("features"), "{message}");
}

/// The text that an update of this one records.
fn again(text: &str, sets: &[(&str, Value)]) -> String {
    let given = Given { recorded: Some(file(text)), sets: set(sets), ..Given::default() };
    let answers = Answers::resolve(&catalog(), &given, None).unwrap();
    record::answers(&catalog(), &answers, given.recorded.as_ref())
}

#[test]
fn comments_of_people_stay_where_they_are() {
    let plain = shop();
    let mut text = plain.replacen("\n\n", "\n# The team: platform.\n\n# Ask before you change this.\n\n", 1);
    for (entry, with) in [
        ("\nregion: eu-central-1\n", "\n# near the customers\n#   and the office\nregion: eu-central-1 # not us\n"),
        ("\n#? How many", "\n# a note on its own\n\n#? How many"),
        ("\nservices:\n- name: api\n", "\nservices: # two soon\n# the first\n- name: api # \"#1\"\n"),
    ] {
        assert!(text.contains(entry), "{entry} is not in:\n{text}");
        text = text.replacen(entry, with, 1);
    }
    text.push_str("# - name: mails\n\n# the end\n");
    assert_eq!(again(&text, &[]), text);
    assert_eq!(again(&text.replace('\n', "\r\n"), &[]), text);
    let api = json!({"name": "api", "kind": "api", "route": "/shop"});
    let mails = json!({"name": "mails", "kind": "worker", "secrets": ["SMTP_PASSWORD"]});
    let services = json!([mails, api]);
    let changed = again(&text, &[("region", json!("eu-west-1")), ("services", services)]);
    assert!(changed.contains("\n# near the customers\n#   and the office\nregion: eu-west-1 # not us\n"), "{changed}");
    assert!(changed.contains("\nservices: # two soon\n- name: mails\n"), "{changed}");
    assert!(changed.contains("\n# the first\n- name: api # \"#1\"\n"), "{changed}");
    assert_eq!(again(&changed, &[]), changed);
    let back = [("region", json!("eu-central-1")), ("services", json!([api, mails]))];
    assert_eq!(again(&changed, &back), text);
}

#[test]
fn comments_on_what_is_gone_are_collected() {
    let text = shop().replace("- name: api\n", "# the first\n- name: api # so far\n");
    let gone = again(&text, &[("services", json!([{"name": "web", "kind": "api"}]))]);
    assert!(gone.ends_with("\n#? Comments on what is no longer above.\n# the first\n# so far\n"), "{gone}");
    assert_eq!(again(&gone, &[]), gone);
    // an answer that is not asked now takes its comments along, and back
    let text = shop().replace("backup_schedule:", "# at night\nbackup_schedule:");
    let kept = again(&text, &[("database", json!("none"))]);
    assert!(kept.contains("kept:\n  # at night\n  backup_schedule:"), "{kept}");
    assert_eq!(again(&kept, &[("database", json!("postgres"))]), text);
}
