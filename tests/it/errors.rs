//! Bad input: every message says what is wrong, where, why, and what to do next.

use std::io::Write as _;

use scaffold::answers::file::AnswersFile;
use scaffold::answers::{Answers, Given};
use scaffold::text::error::UserError;
use serde_json::{Value, json};

use crate::support::{embedded, given, rendered};

const PRESET: &str = "mongodb-atlas-on-aws";

fn refused(given: &Given) -> String {
    let error = Answers::resolve(embedded(), given, None).expect_err("must be refused");
    shown(error.downcast_ref::<UserError>().expect("is the user's error, not ours"))
}

fn shown(error: &UserError) -> String {
    let hints: Vec<String> = error.hints.iter().map(|h| format!("\nhint: {h}")).collect();
    format!("{error}{}", hints.concat())
}

fn with(key: &str, value: Value) -> String {
    refused(&given(PRESET, &[(key, value)]))
}

fn file(text: &str) -> Result<AnswersFile, UserError> {
    AnswersFile::parse("answers.yaml", text.as_bytes().to_vec())
}

fn from_file(text: &str) -> String {
    refused(&Given { preset: Some(PRESET.into()), file: Some(file(text).unwrap()), ..Given::default() })
}

#[test]
fn a_service_whose_files_not_every_clone_can_hold() {
    for name in ["aux", "con", "nul", "lpt1"] {
        let message = with("services.0.name", json!(name));
        let said = format!("answer `services.0.name` is `{name}`, which Windows keeps for a device");
        assert!(message.starts_with(&said), "{message}");
    }
    let message = with("services.0.path", json!("apps/Nul.old/web"));
    assert!(message.contains("whose `Nul.old` Windows keeps for a device"), "{message}");
}

#[test]
fn unknown_answer() {
    insta::assert_snapshot!(with("aws_regoin", json!("x")), @r"
    there is no answer `aws_regoin`
      --> --set
    hint: did you mean `aws_region`?
    hint: `scaffold questions` lists every answer
    ");
}

/// In a flag, where no migration is applied.
#[test]
fn an_answer_of_an_earlier_version_is_called_by_its_present_names() {
    let said = with("hosting", json!("atlas"));
    assert!(said.contains("hint: `hosting` is now called `database` and `database_hosting`"), "{said}");
}

#[test]
fn what_is_empty_is_named_in_words() {
    let files = [("name", json!("")), ("contact", json!("")), ("description", json!("")), ("aws_region", json!(""))];
    let records = [("services.0.name", json!("")), ("services.0.secrets", json!(["", "A_KEY"]))];
    let choices =
        [("database_hosting", json!("")), ("backup_schedule", json!("")), ("services.", json!(1)), ("", json!(1))];
    for (key, value) in files.into_iter().chain(records).chain(choices) {
        let message = with(key, value);
        assert!(!message.contains("``"), "{key}: {message}");
    }
    assert!(with("name", json!("")).starts_with("answer `name` is empty, which is not a DNS label"));
    assert!(with("", json!(1)).starts_with("an answer has no name\n"));
    assert!(from_file("\"\": 1\n").starts_with("an answer has no name\n  --> answers.yaml:1"));
}

#[test]
fn an_answer_without_a_value_is_refused_with_its_place() {
    for null in ["", " null", " ~", " # to do"] {
        let message = from_file(&format!("name: shop\naws_region:{null}\n"));
        let said = "answer `aws_region` is `null`, which is no value; leave the answer out to have its default\n";
        assert!(message.starts_with(&format!("{said}  --> answers.yaml:2\n")), "{message}");
    }
    let message = from_file("services:\n- name: api\n  port:\n");
    assert!(message.starts_with("answer `services.0.port` is `null`, which is no value"), "{message}");
    assert!(from_file("services: [~]\n").starts_with("answer `services.0` is `null`, which is not a record"));
    // a file without any answer is one with none
    for empty in ["", "null\n", "# nothing\n"] {
        assert!(file(empty).unwrap().values.is_empty());
    }
}

#[test]
fn a_zero_byte_is_refused_with_its_line() {
    for text in ["name: shop\nregion: eu-\0\n", "name: shop\n# a\0b\n", "name: shop\n\0"] {
        let message = shown(&file(text).unwrap_err());
        assert!(message.starts_with("the answers file is not UTF-8\n  --> answers.yaml:2\n"), "{message}");
    }
    let message = from_file("description: \"a\\0b\"\n");
    assert!(
        message.starts_with("answer `description` is `a\\0b`, which has the control character U+0000"),
        "{message}"
    );
}

#[test]
fn unknown_region_in_a_file_names_the_line() {
    insta::assert_snapshot!(from_file("name: shop\n\naws_region: eu-cental-1\n"), @r"
    answer `aws_region` is `eu-cental-1`, which is not an AWS region that has everything used here (did you mean `eu-central-1`?)
      --> answers.yaml:3
    hint: `scaffold explain aws_region` says what it takes
    ");
}

#[test]
fn wrong_kind() {
    insta::assert_snapshot!(with("point_in_time_recovery", json!("yes")), @r"
    answer `point_in_time_recovery` is `yes`, which is not `true` or `false`
      --> --set
    hint: `scaffold explain point_in_time_recovery` says what it takes
    ");
    insta::assert_snapshot!(from_file("environments:\n- {name: staging, network: 10.1.0.0/16, account: '111122223333'}\n\
         - {name: prod, network: 10.2.0.0/16, account: 444455556666}\n"), @r"
    answer `environments.1.account` is `444455556666`, which is not text (quote it in YAML)
      --> answers.yaml:1
    hint: `scaffold explain environments` says what it takes
    ");
}

/// Rules of later answers that read a refused one say nothing of it.
#[test]
fn what_hangs_on_a_refused_answer_is_not_refused_too() {
    insta::assert_snapshot!(with("scripts_folder", json!("a b")), @r"
    answer `scripts_folder` is `a b`, which is not a relative path of letters, digits, `.`, `_` and `-` such as `apps/api`
      --> --set
    hint: `scaffold explain scripts_folder` says what it takes
    ");
}

#[test]
fn out_of_choice() {
    insta::assert_snapshot!(with("database_hosting", json!("cloud")), @r"
    answer `database_hosting` is `cloud`, which is not one of `atlas`, `self-hosted`, `rds` or `cloudnative-pg`
      --> --set
    hint: `scaffold explain database_hosting` says what it takes
    ");
}

#[test]
fn everything_missing_is_named_at_once() {
    insta::assert_snapshot!(refused(&Given::default()), @r"
    12 answers are missing:
      name                    a DNS label (a-z, 0-9, `-`), at most 20 characters
      description             one line of text, at most 120 characters
      domain                  a hostname such as `shop.example.com`
      contact                 an e-mail address
      repository              a repository as `owner/name`
      github_owner_id         a whole number, at least 1, or `later` while there is none
      github_repository_id    a whole number, at least 1, or `later` while there is none
      code_owners             a GitHub team or user such as `@acme/platform`
      environments.0.account  an AWS account id of twelve digits, or `later` while there is none
      environments.1.account  an AWS account id of twelve digits, or `later` while there is none
      atlas_org_id            an Atlas organization id of 24 hexadecimal digits, or `later` while there is none
      services                a list of 1 to 30 records
    hint: give them with `--set NAME=VALUE`, in a file with `--answers FILE`, or take a `--preset`
    hint: `--detect` takes those that the folder tells: `scaffold detect` prints them
    ");
}

#[test]
fn several_things_wrong() {
    let sets = [("services.0.port", json!(80)), ("services.1.nmae", json!("x")), ("contact", json!("nobody"))];
    insta::assert_snapshot!(refused(&given(PRESET, &sets)), @r"
    3 things are wrong with the answers

    answer `contact` is `nobody`, which is not an e-mail address such as `platform@example.com`
      --> --set

    answer `services.0.port` is `80`, which is for root only, and a generated image has another user; take one from 1024
      --> --set

    there is no field `services.1.nmae` (did you mean `name`?)
      --> --set
    hint: `scaffold explain contact` says what it takes
    hint: `scaffold explain services` says what it takes
    ");
}

/// Exactly one environment is production, the last one, and each has a network of its own.
#[test]
fn environments_that_nothing_can_be_released_to() {
    let with = |fields: &[(&str, Value)]| refused(&given(PRESET, fields)).lines().next().unwrap().to_owned();
    insta::assert_snapshot!(with(&[("environments.1.production", json!(false))]), @"no environment is production, and releases go from the environment before production to production");
    let both = refused(&given(PRESET, &[("environments.0.production", json!(true))]));
    assert!(both.contains("\n\nstaging and prod are both production, and releases go from"), "{both}");
    let reversed = [("environments.0.production", json!(true)), ("environments.1.production", json!(false))];
    insta::assert_snapshot!(with(&reversed), @"the production environment `staging` is followed by `prod`, and releases go from the environment before production to production");
    insta::assert_snapshot!(with(&[("environments.0.network", json!("10.20.0.0/16"))]), @"two environments use the same network, and networks with the same addresses cannot be peered");
    insta::assert_snapshot!(with(&[("environments.0.host", json!("next.example.com"))]), @"answer `environments.0.host` is `next.example.com`, which is neither `domain`, for production, nor below it, for another environment");
}

#[test]
fn rules_across_answers() {
    let sets = [("environments.0.account", json!("444455556666")), ("environments.0.name", json!("prod-eu"))];
    assert!(rendered(&given(PRESET, &sets[1..])).is_ok());
    insta::assert_snapshot!(refused(&given(PRESET, &sets)), @r"
    two environments share an AWS account, and the name of one begins with that of the other and a hyphen, so that IAM cannot tell their resources apart by name
      --> --set
    hint: give one of them another `name` or an `account` of its own
    ");
    insta::assert_snapshot!(with("aws_backup_region", json!("eu-central-1")), @r"
    the off-site backups are in `eu-central-1`, where the system itself runs
      --> --set
    hint: choose another `aws_backup_region`
    ");
    let sets = [("point_in_time_recovery", json!(false)), ("rpo", json!("1h"))];
    insta::assert_snapshot!(refused(&given(PRESET, &sets)), @r"
    `rpo` is 1h, but with `backup_schedule` `17 2 * * *` up to 29h can be lost: the gap between two dumps and the time that one may take
      --> --set
    hint: dump more often, allow a longer `rpo`, or answer `point_in_time_recovery` with yes
    ");
}

#[test]
fn unknown_preset() {
    insta::assert_snapshot!(refused(&Given { preset: Some("mongodb-atlas-on-awz".into()), ..Given::default() }), @r"
    there is no preset `mongodb-atlas-on-awz`
    hint: did you mean `mongodb-atlas-on-aws`?
    hint: `scaffold presets` lists them
    ");
}

#[test]
fn broken_yaml_names_line_and_column() {
    insta::assert_snapshot!(shown(&file("name: shop\nservices: [\n  {name: a\n").unwrap_err()), @r"
    cannot read the answers file: did not find expected ',' or '}'
      --> answers.yaml:4:1
    ");
}

#[test]
fn a_yaml_bomb_is_refused() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for i in 1..12 {
        let previous = vec![format!("*a{}", i - 1); 10].join(", ");
        bomb.push_str(&format!("a{i}: &a{i} [{previous}]\n"));
    }
    insta::assert_snapshot!(shown(&file(&bomb).unwrap_err()), @r"
    cannot read the answers file: a5[0][1][3][3][8][5]: the aliases stand for too much
      --> answers.yaml:1:25
    ");
}

#[test]
fn a_list_is_no_answers_file() {
    insta::assert_snapshot!(shown(&file("- a\n- b\n").unwrap_err()), @r"
    the answers file is not a mapping of names to values
      --> answers.yaml:1
    hint: each line is `name: value`; `scaffold questions` lists the names
    ");
}

#[test]
fn non_utf8_names_the_line() {
    let error = AnswersFile::parse("answers.yaml", b"name: shop\ndescription: caf\xe9\n".to_vec()).unwrap_err();
    insta::assert_snapshot!(shown(&error), @r"
    the answers file is not UTF-8
      --> answers.yaml:2
    hint: save it as UTF-8
    ");
}

#[test]
fn a_huge_file_is_not_read() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("answers.yaml");
    let mut f = std::fs::File::create(&path).unwrap();
    f.write_all(b"description: ").unwrap();
    // sparse, 100 MB
    f.set_len(100_000_000).unwrap();
    let started = std::time::Instant::now();
    let error = AnswersFile::read(&path).unwrap_err();
    assert!(error.to_string().contains("is larger than 1 MiB"), "{error:#}");
    assert!(started.elapsed().as_secs() < 5);
}

#[test]
fn injections_are_refused_by_kind() {
    for name in ["no", "null", "on", "1a", "a--b", "Shop", "a b", "a\"b", "a${b}", "a\nb", "é", "🦀", "", "-a", "a-"]
    {
        assert!(with("name", json!(name)).contains("answer `name` is"), "{name}");
    }
    for text in ["${{ github.token }}", "a\nb", "a\u{202e}b", "", " a", "AKIAIOSFODNN7EXAMPLE"] {
        assert!(with("description", json!(text)).contains("answer `description` is"), "{text}");
    }
    for command in ["npm test; rm -rf /", "$(id)", "a | b", "a 'b'", "a && ", "echo ${{ x }}", "a\nb", "a\\", "a <<EOF"]
    {
        assert!(with("services.1.test", json!(command)).contains("services.1.test"), "{command}");
    }
    for path in ["../x", "/etc", "a//b", "a/./b", ".git", "a/.scaffold", "a b", "a/"] {
        assert!(with("services.1.path", json!(path)).contains("services.1.path"), "{path}");
    }
}

#[test]
fn a_command_of_the_image_that_downloads_a_program() {
    let service = |field: &str, command: &str| json!([{"name": "api", "kind": "api", "language": "node", "database": true, "route": "/api", field: command}]);
    insta::assert_snapshot!(with("services", service("migrate", "npx migrate-mongo up")), @r"
    answer `services.0.migrate` is `npx migrate-mongo up`, which runs a program that the image does not hold, or downloads it where it runs; write `npx --no-install NAME` for a package of `dependencies` and `npm run NAME` for a script
      --> --set
    hint: `scaffold explain services` says what it takes
    ");
    for command in
        ["npm run build && npx prisma migrate deploy", "npm exec x", "pnpm dlx x", "bunx x", "uvx x", "pipx run x"]
    {
        assert!(with("services", service("migrate", command)).contains("or downloads it where it runs"), "{command}");
    }
    assert!(with("services", service("start", "npx serve")).contains("or downloads it where it runs"));
    let kept = ["npx --no-install migrate-mongo up", "npx --no x && npm exec --no -- y", "npm run migrate"];
    for command in kept {
        let given = given(PRESET, &[("services", service("migrate", command))]);
        Answers::resolve(embedded(), &given, None).unwrap_or_else(|error| panic!("{command}: {error:#}"));
    }
}
