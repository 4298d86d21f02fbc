use serde_json::json;

use super::*;
use crate::answers::file::AnswersFile;
use crate::answers::{Answers, Given};
use crate::catalog::Catalog;
use crate::catalog::source::Source;
use crate::text::error::UserError;

const QUESTIONS: &str = r#"
questions:
  - {name: engine, ask: "Which?", help: Why., kind: choice, choices: [{value: postgres, title: P}, {value: mongodb, title: M}]}
  - {name: hosting, ask: "Where?", help: Why., kind: choice, default: managed, choices: [{value: managed, title: M}, {value: self, title: S}]}
  - {name: replicas, ask: "How many?", help: Why., kind: integer, default: 2}
  - {name: extras, ask: "What else?", help: Why., kind: multi_choice, default: [], choices: [{value: tls, title: T}, {value: mail, title: M}]}
  - name: services
    ask: Which?
    help: Why.
    kind: records
    fields:
      - {name: name, ask: "What?", help: Why., kind: dns_label}
      - {name: language, ask: "In what?", help: Why., kind: choice, default: node, choices: [{value: node, title: N}, {value: rust, title: R}]}
"#;

const MIGRATIONS: &str = "
- rename: {from: copies, to: replicas}
  since: 0.2.0
- split:
    from: database
    into:
      engine: {postgres-managed: postgres, postgres-operator: postgres, atlas: mongodb}
      hosting: {postgres-operator: self, 'true': managed}
- map: {answer: extras, values: {ssl: tls, https: tls}}
- rename: {from: services.*.runtime, to: services.*.language}
- map: {answer: services.*.language, values: {nodejs: node}}
- drop: {answer: colour, reason: every colour is generated}
";

fn catalog(migrations: &str) -> (Catalog, Vec<String>) {
    let files = [("templates/questions.yaml", QUESTIONS), ("templates/migrations.yaml", migrations)];
    let source: Source =
        files.into_iter().map(|(name, text)| (name.to_string(), text.as_bytes().to_vec().into())).collect();
    let (catalog, mut faults) = Catalog::parse(source);
    faults.extend(crate::lint::lint(&catalog));
    (catalog, faults.iter().map(ToString::to_string).collect())
}

fn faults(migrations: &str) -> Vec<String> {
    let clean = |fault: String| fault.replace("templates/migrations.yaml: ", "");
    catalog(migrations).1.into_iter().map(clean).collect()
}

fn update(recorded: &str) -> anyhow::Result<Answers> {
    let (catalog, faults) = catalog(MIGRATIONS);
    assert_eq!(faults, [""; 0]);
    let recorded = AnswersFile::parse("answers.yaml", recorded.as_bytes().to_vec())?;
    Answers::resolve(&catalog, &Given { recorded: Some(recorded), ..Given::default() }, None)
}

#[test]
fn old_answers_become_new_ones_and_each_change_is_told() {
    let old = "colour: red\ncopies: 3\ndatabase: postgres-operator\nextras: [ssl, mail, https]\n\
               services:\n- {name: a1, runtime: nodejs}\n- {name: b1, runtime: rust}\nkept:\n  other: 1\n";
    let answers = update(old).unwrap();
    assert_eq!(
        serde_json::to_value(&answers.values).unwrap(),
        json!({
            "engine": "postgres", "hosting": "self", "replicas": 3, "extras": ["tls", "mail"],
            "services": [{"name": "a1", "language": "node"}, {"name": "b1", "language": "rust"}],
        })
    );
    assert_eq!(
        answers.notes,
        [
            "Answer `copies` is called `replicas` since scaffold 0.2.0.",
            "Answer `database` is asked as `engine` and `hosting`.",
            "Answer `extras` has other values, and was adapted.",
            "Answer `services.*.runtime` is called `services.*.language`.",
            "Answer `services.*.language` has other values, and was adapted.",
            "Answer `colour` is gone: every colour is generated.",
        ]
    );
    assert_eq!(answers.kept.keys().collect::<Vec<_>>(), ["other"]);
}

#[test]
fn migrations_fit_once() {
    let (catalog, _) = catalog(MIGRATIONS);
    let Value::Object(old) = json!({
        "colour": "red", "copies": 3, "database": "atlas", "extras": ["ssl"], "services": [{"name": "a1", "runtime": "nodejs"}]
    }) else {
        unreachable!()
    };
    let once = migrate(&catalog.migrations, old);
    let twice = migrate(&catalog.migrations, once.values.clone());
    assert_eq!((once.values, Vec::<String>::new()), (twice.values, twice.notes));
}

#[test]
fn what_does_not_fit_is_left_and_new_answers_are_not_replaced() {
    let answers = update("copies: 3\nreplicas: 4\ndatabase: oracle\nengine: mongodb\nservices: []\n").unwrap();
    assert_eq!((&answers.values["replicas"], &answers.values["engine"]), (&json!(4), &json!("mongodb")));
    assert_eq!((&answers.kept["copies"], &answers.kept["database"]), (&json!(3), &json!("oracle")));
    assert_eq!(answers.notes.len(), 2, "{:?}", answers.notes);
    let answers = update("database: atlas\nhosting: self\nservices: []\n").unwrap();
    assert_eq!((&answers.values["engine"], &answers.values["hosting"]), (&json!("mongodb"), &json!("self")));
}

#[test]
fn a_wrong_value_under_an_old_name_names_its_line() {
    let error = update("engine: postgres\ncopies: many\nservices: []\n").unwrap_err();
    let message = error.downcast::<UserError>().unwrap().message;
    assert!(message.starts_with("answer `replicas` is `many`") && message.ends_with("--> answers.yaml:2"), "{message}");
}

#[test]
fn a_split_answer_is_not_set_under_its_earlier_name() {
    let (catalog, _) = catalog(MIGRATIONS);
    let given = Given { sets: vec![("database".into(), "atlas".into())], ..Given::default() };
    let error = Answers::resolve(&catalog, &given, None).unwrap_err().downcast::<UserError>().unwrap();
    assert!(error.message.contains("there is no answer `database`"), "{}", error.message);
    assert_eq!(error.hints[0], "`database` is now called `engine` and `hosting`");
}

#[test]
fn faults_are_named() {
    assert_eq!(
        faults("- rename: {from: engine, to: motor}\n- drop: {answer: hosting, reason: It is gone.}\n"),
        [
            "`drop` of `hosting`: `reason` ends a sentence, without its period",
            "`drop` of `hosting`: it is a question",
            "`rename` of `engine`: `motor` is no question",
            "`rename` of `engine`: it is a question",
        ]
    );
    assert_eq!(
        faults(
            "- map: {answer: engine, values: {oracle: orakel, mongodb: postgres}}\n\
             - map: {answer: replicas, values: {2: 3, many: 9}}\n\
             - split: {from: hosting, into: {engine: {}, hosting: {managed: self}}}\n\
             - rename: {from: services.*.x, to: replicas}\n"
        ),
        [
            "`map` of `engine`: \"orakel\" is no value of `engine`",
            "`map` of `engine`: `mongodb` is still a value of `engine`",
            "`map` of `replicas`: `2` is still a value of `replicas`",
            "`rename` of `services.*.x`: `replicas` is in another list",
            "`split` of `hosting`: `managed` is still a value of `hosting`",
            "`split` of `hosting`: there are no values for `engine`",
        ]
    );
    // what a later migration takes need not be there any more
    assert_eq!(
        faults(
            "- rename: {from: a, to: b}\n- map: {answer: b, values: {x: y}}\n\
             - split: {from: b, into: {engine: {y: postgres}}}\n"
        ),
        [""; 0]
    );
    for (text, message) in [
        (
            "- rename: {from: a, to: engine}\n  drop: {answer: b, reason: x}\n",
            "is one of `rename`, `map`, `split` and `drop`",
        ),
        ("- since: 0.4.0\n", "is one of `rename`, `map`, `split` and `drop`"),
        ("- drop: {answer: a, reason: x}\n  since: soon\n", "`since` is `soon`, which is not a version"),
        ("- drop: {answer: a, why: x}\n", "unknown field `why`"),
        ("- rename: {from: a.b, to: engine}\n", "`a.b` is neither the name of an answer nor"),
    ] {
        let faults = faults(text);
        assert!(faults.len() == 1 && faults[0].contains(message), "{faults:?}");
    }
}

#[test]
fn the_example_in_the_author_guide_is_one() {
    let guide = include_str!("../../../templates/README.md");
    let example =
        guide.split("```").find(|block| block.contains("- rename:")).and_then(|b| b.strip_prefix("yaml\n")).unwrap();
    let migrations: Vec<Migration> = serde_yaml::from_str(example).unwrap();
    assert_eq!(migrations.len(), 5);
}
