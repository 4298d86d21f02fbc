//! The binary: wiring, exit status, what goes where.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::repository::Repository;
use crate::support::{read_tree, root, write_tree};

/// Runs the binary without a terminal, in an empty environment.
fn run(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scaffold"));
    command.env_clear().env("LANG", "C.UTF-8").env("XDG_CACHE_HOME", concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"));
    command.current_dir(dir).args(args).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn data(args: &[&str]) -> String {
    let output = run(&root(), args);
    assert_eq!(output.status.code(), Some(0), "{args:?}: {}", err(&output));
    assert_eq!(err(&output), "", "{args:?}");
    out(&output)
}

const ATLAS: &str = "mongodb-atlas-on-aws";

#[test]
fn help() {
    insta::assert_snapshot!(data(&["--help"]), @r"
    Turns a few answers into a production-ready repository, and keeps it that way

    Usage: scaffold [OPTIONS] <COMMAND>

    Commands:
      init         Generate a repository: ask, render, show the plan, and write after confirmation
      update       Render again with newer templates or other answers, and merge with your edits
      diff         Print what an update would change, as a patch for `git apply`
      status       Show whether an update would change anything, and which files were edited
      restore      Restore files as they were generated
      undo         Undo the last update
      decisions    List or forget your decisions about single files
      detect       Find services, ports, commands, databases and more in a folder
      presets      List presets, show one, or compare several
      questions    List all questions
      explain      Explain a question, slot, component, readiness id or path of the generated repository
      completions  Print shell completions
      man          Print the man page
      help         Print this message or the help of the given subcommand(s)

    Options:
          --color <WHEN>
              When to use colour

              Possible values:
              - auto:   On a terminal, unless `NO_COLOR` is set
              - always: Always
              - never:  Never
              
              [default: auto]

          --accessible
              Ask line by line, without drawing anything again, for screen readers; so does
              `ACCESSIBLE=1`

      -h, --help
              Print help (see a summary with '-h')

      -V, --version
              Print version

    Exit status: 0 done, 1 differences remain or you stopped, 2 an error that left the repository as it
    was, 3 an error after writing had begun (the next run finishes or undoes it), 130 a prompt was
    interrupted.
    ");
}

#[test]
fn presets() {
    insta::assert_snapshot!(data(&["presets"]), @r#"
    existing-database-on-aws       An existing database, EKS and GitHub Actions on AWS
    mongodb-atlas-on-aws           MongoDB Atlas, EKS and GitHub Actions on AWS
    mongodb-self-hosted-on-aws     MongoDB replica set in EKS, GitHub Actions on AWS
    mysql-rds-on-aws               MySQL in RDS, EKS and GitHub Actions on AWS
    no-database-on-aws             No database, EKS and GitHub Actions on AWS
    postgresql-in-cluster-on-aws   PostgreSQL in EKS with CloudNativePG, GitHub Actions on AWS
    postgresql-rds-on-aws          PostgreSQL in RDS, EKS and GitHub Actions on AWS
    postgresql-valkey-nats-on-aws  PostgreSQL in RDS, Valkey in ElastiCache and NATS JetStream, EKS and GitHub Actions on AWS
    python-postgresql-on-aws       A Python API with PostgreSQL in RDS, EKS and GitHub Actions on AWS
    small-on-aws                   Small, one EKS cluster for all environments, GitHub Actions on AWS
    "#);
    let list: Value = serde_json::from_str(&data(&["presets", "--format", "json"])).unwrap();
    assert_eq!(list[1]["name"], ATLAS);
    assert!(list.as_array().unwrap().iter().all(|p| p["title"].is_string()));
    let one = data(&["presets", ATLAS]);
    assert!(one.contains("database_hosting: atlas instead of self-hosted"), "{one}");
    let unknown = run(&root(), &["presets", "nope"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert_eq!(out(&unknown), "");
}

#[test]
fn presets_are_compared() {
    let both = data(&["presets", "--compare", ATLAS, "mongodb-self-hosted-on-aws"]);
    assert!(both.contains("What costs money\n") && both.contains("- A cluster of three members"), "{both}");
    let both = data(&["presets", "--compare", ATLAS, "mongodb-self-hosted-on-aws", "--format", "json"]);
    let both: Value = serde_json::from_str(&both).unwrap();
    assert_eq!(both["sides"][1]["name"], "mongodb-self-hosted-on-aws");
    let money = both["rows"].as_array().unwrap().iter().find(|row| row["name"] == "money").unwrap();
    assert_eq!(money["cells"].as_array().unwrap().len(), 2);
    let unknown = run(&root(), &["presets", "--compare", ATLAS, "mongodb-self-hostd-on-aws"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(err(&unknown).contains("did you mean `mongodb-self-hosted-on-aws`?"), "{}", err(&unknown));
    assert_eq!(run(&root(), &["presets", "--compare", ATLAS]).status.code(), Some(2));
}

#[test]
fn questions() {
    let rows: Value = serde_json::from_str(&data(&["questions", "--format", "json"])).unwrap();
    let region = rows.as_array().unwrap().iter().find(|q| q["name"] == "aws_region").unwrap();
    assert_eq!((&region["kind"], &region["one_of"][0]), (&json!("text"), &json!("af-south-1")));
    assert!(region["needed_by"].as_array().unwrap().iter().any(|c| c == "aws/account"), "{region}");
    let schema: Value = serde_json::from_str(&data(&["questions", "--format", "json-schema"])).unwrap();
    assert_eq!(schema["properties"]["database_hosting"]["enum"][0], "atlas");
    assert_eq!(schema["additionalProperties"], false);
    for row in rows.as_array().unwrap() {
        assert!(schema["properties"].get(row["name"].as_str().unwrap()).is_some(), "{row}");
    }
    assert!(rows.as_array().unwrap().iter().all(|row| row["group"].is_string()));
    let list = data(&["questions"]);
    let cloud = list.split("\nCloud (cloud): ").nth(1).unwrap().split("\n\n").next().unwrap();
    assert!(cloud.contains("\n  aws_region: ") && !cloud.contains("Who operates the database?"), "{cloud}");
}

/// Outside of a repository the answers of the presets decide; inside, its own.
#[test]
fn explain_says_what_a_repository_has_for_a_need() {
    let outside = data(&["explain", "IMG-01"]);
    let each = "The component `github/actions` meets it with the preset";
    assert_eq!(outside.matches(each).count(), 2, "{outside}");
    assert!(outside.contains("a keyless cosign signature") && outside.contains("GitHub attestation"), "{outside}");
    assert!(data(&["explain", "CI-06"]).contains("meets it with every preset"));
    let shop = Repository::answered(&["github_plan=team"]);
    let said = shop.says(0, &["explain", "IMG-01"]);
    assert!(said.contains("The component `github/actions` meets it here: "), "{said}");
    assert!(said.contains("a keyless cosign signature") && !said.contains("GitHub attestation"), "{said}");
    assert!(said.contains("`apps/api/Dockerfile`"), "{said}");
    let open = shop.says(0, &["explain", "LOAD-01"]);
    assert!(open.contains("No component meets it here"), "{open}");
}

#[test]
fn explain_says_what_meets_a_need_without_presets() {
    let place = tempfile::tempdir().unwrap();
    for (path, text) in [
        ("questions.yaml", "questions:\n  - {name: lock, ask: Lock?, help: It locks., kind: bool, default: false}\n"),
        ("readiness.yaml", "access:\n  - {id: A-1, need: A lock}\n"),
        (
            "components/lock/component.yaml",
            "title: Lock\nwhy: w\nwhen: lock\nsatisfies: [{id: A-1, generated: a <%= 1 %>, verify: v}]\n",
        ),
    ] {
        let path = place.path().join("templates").join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let said = run(place.path(), &["explain", "A-1", "--templates", "templates"]);
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.contains("With other answers the component `lock` meets it: Lock\n  when `lock`\n"), "{said}");
}

#[test]
fn explain_knows_every_sort_of_thing() {
    for (thing, says) in [
        ("aws_region", "One of: af-south-1"),
        ("services.0.port", "a port from 1 to 65535"),
        ("route", "`services.route` is a question"),
        ("mongodb/backup", "is a component"),
        (
            "BAK-01",
            "The component `mongodb/backup` meets it with the presets `mongodb-atlas-on-aws`, `mongodb-self-hosted-on-aws`",
        ),
        ("LOAD-01", "No component meets it with any preset"),
        ("database", "`database` is a slot"),
        ("k8s/platform/Chart.yaml", "`database_hosting`"),
        ("k8s/base/kustomization.yaml", "`database_hosting`"),
        ("k8s/base/api/deployment.yaml", "Decided by the answers"),
        ("apps/api/Dockerfile", "is a file of the component `languages/node`"),
        ("k8s/overlays/prod/images/kustomization.yaml", "Written once"),
    ] {
        let text = data(&["explain", thing]);
        assert!(text.contains(says), "{thing}: {text}");
        assert!(!text.contains("<%"), "{thing}: {text}");
    }
    // where several components can have a file, the one that has it
    for path in ["apps/web/Dockerfile", "k8s/overlays/prod/services/api/kustomization.yaml"] {
        assert_eq!(data(&["explain", path]).matches("is a file of the component").count(), 1, "{path}");
    }
    let said = run(&root(), &["explain", "mongodb-atlas-on-aws"]);
    let hint = "hint: it is a preset: `scaffold presets mongodb-atlas-on-aws` shows it";
    assert!(err(&said).contains(hint), "{said:?}");
    let unknown = run(&root(), &["explain", "aws_regon"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(err(&unknown).contains("did you mean `aws_region`?"), "{}", err(&unknown));
}

#[test]
fn completions_and_man() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        assert!(data(&["completions", shell]).contains("init"), "{shell}");
    }
    let page = data(&["man"]);
    assert!(page.starts_with(".ie") && page.contains("SCAFFOLD INIT") && page.contains("dry\\-run"), "{page}");
}

#[test]
fn init_without_a_terminal_writes_only_when_told() {
    let temp = TempDir::new().unwrap();
    let silent = run(temp.path(), &["init", "shop", "--preset", ATLAS]);
    assert_eq!(silent.status.code(), Some(2));
    assert!(err(&silent).contains("cannot prompt"), "{}", err(&silent));
    let dry = run(temp.path(), &["init", "shop", "--preset", ATLAS, "--dry-run", "--format", "json"]);
    assert_eq!(dry.status.code(), Some(0), "{}", err(&dry));
    let plan: Value = serde_json::from_str(&out(&dry)).unwrap();
    assert!(plan["counts"]["create"].as_u64().unwrap() > 300, "{}", plan["counts"]);
    assert!(!temp.path().join("shop").exists());
    let written = run(temp.path(), &["init", "shop", "--preset", ATLAS, "--yes"]);
    assert_eq!((written.status.code(), out(&written).as_str()), (Some(0), ""), "{}", err(&written));
    assert!(temp.path().join("shop/README.md").exists());
    for name in ["answers.yaml", "base", ".gitattributes", ".gitignore"] {
        assert!(temp.path().join("shop/.scaffold").join(name).exists(), "{name}");
    }
}

#[test]
fn a_second_run_has_nothing_to_do() {
    let temp = TempDir::new().unwrap();
    run(temp.path(), &["init", "shop", "--preset", ATLAS, "--yes"]);
    let again = run(temp.path(), &["init", "shop", "--yes"]);
    assert_eq!(again.status.code(), Some(0), "{}", err(&again));
    assert!(err(&again).contains("is up to date"), "{}", err(&again));
    let other = run(temp.path(), &["init", "shop", "--yes", "--set", "rto=1d"]);
    assert_eq!(other.status.code(), Some(2));
    assert!(err(&other).contains("from other answers"), "{}", err(&other));
}

#[test]
fn files_that_are_there_are_adopted_or_kept() {
    let temp = TempDir::new().unwrap();
    run(temp.path(), &["init", "shop", "--preset", ATLAS, "--yes"]);
    std::fs::remove_dir_all(temp.path().join("shop/.scaffold")).unwrap();
    let adopted = run(temp.path(), &["init", "shop", "--preset", ATLAS, "--yes"]);
    assert_eq!(adopted.status.code(), Some(0), "{}", err(&adopted));
    std::fs::remove_dir_all(temp.path().join("shop/.scaffold")).unwrap();
    std::fs::write(temp.path().join("shop/README.md"), "mine\n").unwrap();
    let kept = run(temp.path(), &["init", "shop", "--preset", ATLAS, "--yes"]);
    assert_eq!(kept.status.code(), Some(1), "{}", err(&kept));
    assert_eq!(std::fs::read_to_string(temp.path().join("shop/README.md")).unwrap(), "mine\n");
}

#[test]
fn a_target_that_is_no_folder_or_not_ours() {
    let temp = TempDir::new().unwrap();
    std::fs::write(temp.path().join("file"), "").unwrap();
    let file = run(temp.path(), &["init", "file", "--preset", ATLAS, "--yes"]);
    assert_eq!(file.status.code(), Some(2));
    assert!(err(&file).contains("`file` is not a folder") || err(&file).contains("is not a folder"), "{}", err(&file));
    let templates = run(temp.path(), &["init", "x", "--templates", "nowhere", "--yes"]);
    assert_eq!(templates.status.code(), Some(2));
    assert!(err(&templates).contains("`nowhere` is not a folder with templates"), "{}", err(&templates));
}

#[test]
fn a_catalog_with_every_fault_names_them_all() {
    let temp = TempDir::new().unwrap();
    let write = |path: &str, text: &str| {
        let path = temp.path().join("templates").join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write(
        "questions.yaml",
        "groups: [{name: one, title: One, why: \"\"}, {name: empty, title: Empty, why: w}]\nquestions:\n  - {name: Name, group: one, ask: Name, kind: text, default: \"\", min: 3}\n  - {name: pick, group: other, ask: Which?, help: h, kind: choice, choices: [{value: a, title: A, when: Name}]}\n  - {name: size, ask: Size?, help: h, kind: choice}\n  - {name: t, ask: T?, help: h, group: one, kind: text, pattern: \"(\", when: nothing, table: [{title: T, words: {gone: word}}]}\nrepeats: {x: {each: list, as: y, segment: z}}\nrules: [{require: \"a +\", message: m, answers: [zz]}]\n",
    );
    write("readiness.yaml", "area: [{id: A-1, need: n}, {id: A-1, need: n}]\n");
    write(
        "components/one/component.yaml",
        "title: One\nwhy: w\nrequires: [two]\nsatisfies: [{id: Z-9, generated: g, verify: v}]\nfiles: {gone.txt: {write: once}}\ncontributes: {unread: [a]}\nderived: {size: 1 + 1}\n",
    );
    write("components/one/files/a.txt.j2", "<%= unknown %> <%= contributed.nobody %>\n");
    write("components/one/files/b.txt.j2", "<% if %>\n");
    write("components/one/files/__what__/c.txt", "");
    write("components/three/component.yaml", "title: Three\nwhy: w\n");
    write("components/three/files/A.txt", "");
    let output = run(temp.path(), &["init", "x", "--templates", "templates", "--yes"]);
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!(err(&output), @r#"
    error: the catalog has 29 faults:
      templates/components/one/component.yaml: `contributes` unread: the list is not in lists.yaml
      templates/components/one/component.yaml: `files` names `gone.txt`, which is not below files/
      templates/components/one/component.yaml: derived `size` hides another name
      templates/components/one/component.yaml: requires `two`, which does not exist
      templates/components/one/component.yaml: satisfies `Z-9`, which is not in readiness.yaml
      templates/components/one/files/__what__/c.txt: repeats `what`, which is not in `repeats`
      templates/components/one/files/a.txt.j2: reads the list `contributed.nobody`, which is not in lists.yaml
      templates/components/one/files/a.txt.j2: uses `unknown`, which no question or fact has as its name
      templates/components/one/files/b.txt.j2: line 1: syntax error: unexpected end of block (in templates/components/one/files/b.txt.j2:1)
      templates/components/three/files/A.txt: has the path of templates/components/one/files/a.txt.j2; one path has one owner
      templates/questions.yaml: `repeats`, `x`: there is no `list`
      templates/questions.yaml: group `empty` has no question
      templates/questions.yaml: group `one` needs a `title` and a `why`
      templates/questions.yaml: question `Name` does not ask: `ask` ends with a question mark
      templates/questions.yaml: question `Name` has no `help` that says why it matters
      templates/questions.yaml: question `Name` is not in snake case
      templates/questions.yaml: question `Name`: `min` and `max` have no meaning for its kind
      templates/questions.yaml: question `Name`: its default is "", where one line of text is needed
      templates/questions.yaml: question `pick` is in the group `other`, which is not in `groups`
      templates/questions.yaml: question `pick`: choice `a` needs `when` and `needs` together
      templates/questions.yaml: question `size` is in no group
      templates/questions.yaml: question `size`: `choices` go with the kinds `choice` and `multi_choice`, and those need them
      templates/questions.yaml: question `t`: `nothing` uses `nothing`, which is not known there
      templates/questions.yaml: question `t`: `pattern` is not a regular expression: found open group without closing ')'
      templates/questions.yaml: question `t`: `table` names the field `gone`, which does not exist
      templates/questions.yaml: question `t`: a `pattern` or `one_of` needs a `pattern_hint` that begins with `is not`
      templates/questions.yaml: rule `a +` is about `zz`, which is no question
      templates/questions.yaml: rule `a +`: `a +` is not an expression: syntax error: unexpected end of input, expected expression (in <expression>:1)
      templates/readiness.yaml: `A-1` is there twice
    "#);
}

/// A template is checked where it is rendered, and the others too.
#[test]
fn faults_of_templates_are_found_whether_they_are_rendered_or_not() {
    let temp = TempDir::new().unwrap();
    let write = |path: &str, text: &str| {
        let path = temp.path().join("templates").join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("questions.yaml", "questions:\n  - {name: a, ask: A?, help: h, kind: bool, default: true}\n");
    write("components/off/component.yaml", "title: Off\nwhy: w\nwhen: not a\n");
    write("components/off/files/off.j2", "<%= unknown %>\n");
    let fault = |text: &str| {
        let output = run(temp.path(), &["init", "x", "--templates", "templates", "--yes"]);
        assert_eq!(output.status.code(), Some(2));
        assert!(err(&output).contains(text), "{}", err(&output));
        assert!(!temp.path().join("x").exists());
    };
    fault("the catalog has 1 fault:\n  templates/components/off/files/off.j2: uses `unknown`");
    write("components/on/component.yaml", "title: On\nwhy: w\n");
    write("components/on/files/on.j2", "<% if not a %><%= other %><% endif %>\n");
    fault("the catalog has 2 faults:");
    write("components/off/files/off.j2", "");
    fault("the catalog has 1 fault:\n  templates/components/on/files/on.j2: uses `other`");
}

#[test]
fn a_catalog_cannot_send_escape_sequences() {
    let temp = TempDir::new().unwrap();
    let mut files = read_tree(&root().join("tests/catalogs/small"));
    for (path, field) in [("templates/questions.yaml", "ask"), ("presets/shop.yaml", "title")] {
        let file = files.get_mut(path).unwrap();
        let text = String::from_utf8(file.bytes.clone()).unwrap();
        let hostile = text.replacen(&format!("{field}: "), &format!("{field}: \"\\e]0;owned\\a?\"\n#"), 1);
        assert_ne!(hostile, text);
        file.bytes = hostile.into_bytes();
    }
    write_tree(temp.path(), &files);
    for command in [&["questions"][..], &["explain", "name"], &["presets"], &["presets", "shop"]] {
        let output = run(temp.path(), &[command, &["--templates", "templates"]].concat());
        let text = out(&output) + &err(&output);
        assert!(text.contains(r"\u{1b}]0;owned\u{7}?") && !text.contains('\u{1b}'), "{text:?}");
    }
}

/// A hostile catalog takes neither all time nor all memory, and the message names what does it.
#[test]
fn a_catalog_without_end_is_refused() {
    let long = "x".repeat(1000);
    let doubled = format!("<% set a = '0123456789' %>{}", "<% set a = a ~ a %>".repeat(60));
    let nested = "<% for a in range(99999) %><% for b in range(99999) %><% endfor %><% endfor %>";
    let wide = format!("<% for a in range(9000) %>{long}<% endfor %>");
    let steps = "it takes more than a million steps";
    for (template, expected) in [
        (nested, steps),
        (&*wide, "would be larger than 8 MiB"),
        // elsewhere the system does not tell the memory
        #[cfg(target_os = "linux")]
        (&*doubled, "the catalog takes more than 512 MiB of memory"),
    ] {
        let temp = TempDir::new().unwrap();
        let component = temp.path().join("templates/components/one");
        std::fs::create_dir_all(component.join("files")).unwrap();
        let question = "questions: [{name: name, ask: Name?, help: h, kind: text, default: x}]\n";
        std::fs::write(temp.path().join("templates/questions.yaml"), question).unwrap();
        std::fs::write(component.join("component.yaml"), "title: One\nwhy: w\n").unwrap();
        std::fs::write(component.join("files/a.txt.j2"), template).unwrap();
        let output = run(temp.path(), &["init", "x", "--templates", "templates", "--yes"]);
        let said = err(&output);
        assert_eq!(output.status.code(), Some(2), "{template}: {said}");
        assert!(said.contains(expected) && said.contains("components/one/files/a.txt.j2"), "{template}: {said}");
        assert!(!temp.path().join("x").exists());
    }
}

#[test]
fn pins_without_end_are_refused() {
    let small = crate::support::root().join("tests/catalogs/small");
    let (deep, flow) = ("- ".repeat(100_000), format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)));
    let aliases: String = (1..12).map(|i| format!("a{i}: &a{i} [{}]\n", format!("*a{},", i - 1).repeat(9))).collect();
    for (pins, expected) in [
        (format!("a: {flow}\n"), "templates/pins.yaml: it is nested too deep"),
        (format!("{deep}a\n"), "templates/pins.yaml: it is nested too deep"),
        (format!("a0: &a0 [1, 2]\n{aliases}"), "templates/pins.yaml: "),
        ("x".repeat((4 << 20) + 1), "pins.yaml` is larger than 4 MiB"),
    ] {
        let temp = TempDir::new().unwrap();
        assert!(std::process::Command::new("cp").arg("-R").arg(&small).arg(temp.path()).status().unwrap().success());
        std::fs::write(temp.path().join("small/templates/pins.yaml"), pins).unwrap();
        let output = run(temp.path(), &["init", "x", "--templates", "small/templates", "--preset", "shop", "--yes"]);
        assert_eq!(output.status.code(), Some(2));
        assert!(err(&output).contains(expected), "{}", err(&output));
    }
}
