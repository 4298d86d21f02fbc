//! Slots: combinations without a provider, what is required, and what templates may read.

use std::fs;
use std::path::Path;

use crate::scene;
use crate::support::{read_tree, root, write_tree};

/// The built-in catalog, with these files added or replaced below `templates/`.
pub fn catalog(folder: &Path, files: &[(&str, &str)]) {
    write_tree(&folder.join("templates"), &read_tree(&root().join("templates")));
    write_tree(&folder.join("presets"), &read_tree(&root().join("presets")));
    for (path, text) in files {
        let path = folder.join("templates").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

pub fn faults(files: &[(&str, &str)]) -> String {
    let place = tempfile::tempdir().unwrap();
    catalog(place.path(), files);
    let run = scene::program(place.path()).args(["questions", "--templates", "templates"]).output().unwrap();
    assert_eq!(run.status.code(), Some(2), "{}", scene::said(&run));
    scene::said(&run)
}

/// The field is there only where the project has a cache, and the refusal names the answer that gives it one.
#[test]
fn a_service_cannot_use_a_cache_that_is_not_there() {
    let place = tempfile::tempdir().unwrap();
    let answers = place.path().join("answers.yaml");
    fs::write(&answers, "services:\n  - {name: web, kind: web}\n  - {name: api, cache: true}\n").unwrap();
    let mut command = scene::program(place.path());
    command.args(["init", "shop", "--yes", "--preset", "mongodb-atlas-on-aws", "--answers"]).arg(answers);
    let run = command.output().unwrap();
    assert_eq!(run.status.code(), Some(2), "{}", scene::said(&run));
    let said = scene::said(&run);
    let why = "`services.1.cache` is `true`, which needs an answer `cache` other than `none`, and a `language` whose image runs a program";
    assert!(said.contains(why), "{said}");
}

#[test]
fn what_a_field_needs_goes_with_a_condition() {
    let questions = fs::read_to_string(root().join("templates/questions.yaml")).unwrap();
    let changed = questions.replace("    default: aws\n", "    default: aws\n    needs: an answer\n").replace(
        "        detected_by: {finding: probe}\n",
        "        detected_by: {finding: probe}\n        needs: an answer\n",
    );
    insta::assert_snapshot!(faults(&[("questions.yaml", &changed)]), @r"
    error: the catalog has 3 faults:
      templates/questions.yaml: question `cloud`: `needs` goes with a field of a record
      templates/questions.yaml: question `cloud`: `needs` says what `when` asks for, and there is no `when`
      templates/questions.yaml: question `probe`: `needs` says what `when` asks for, and there is no `when`
    ");
}

/// A language with nothing but its name.
pub const ELIXIR: &str = "title: Services in Elixir\nwhy: One program without anything around it.\nprovides:\n  slot: language\n  for:\n    \
                  language: {value: elixir, title: Elixir, order: 120}\n";

/// Who compares the language of a service knows languages, which only their components may.
#[test]
fn a_comparison_with_a_language_is_a_fault() {
    let said = faults(&[
        (
            "components/core/services/files/x.txt.j2",
            "<% for service in services if service.language == \"elixir\" %><%= service.provided.language.color %><% endfor %>\n",
        ),
        ("components/core/services/files/y.txt.j2", "<%= provided.language.title %>\n"),
        (
            "components/languages/node/files/__service_path__/z.txt.j2",
            "<% if service.language == \"node\" %><% endif %>\n",
        ),
    ]);
    insta::assert_snapshot!(said, @r#"
    error: the catalog has 3 faults:
      templates/components/core/services/files/x.txt.j2: `service.language == "elixir"` asks which `language` it is, which only providers of `language`, `language_ci`, `driver` may know: read a fact of the slot
      templates/components/core/services/files/x.txt.j2: reads `provided.language.color`, which is not a fact of that slot
      templates/components/core/services/files/y.txt.j2: reads `provided.language`, which each of `services` has for itself
    "#);
}

/// What is wrong with a slot of records, and with who reads it.
#[test]
fn a_slot_of_records_is_checked() {
    let slots = fs::read_to_string(root().join("templates/slots.yaml")).unwrap();
    let with = |from: &str, to: &str| {
        assert!(slots.contains(from), "{from}");
        faults(&[("slots.yaml", &slots.replacen(from, to, 1))])
    };
    let said = with("    per: services\n    keys: [language]", "    per: name\n    keys: [language]");
    assert!(
        said.contains("slot `language`: `per` names `name`, which is not a question of the kind `records`"),
        "{said}"
    );
    let said = with("    per: services\n    keys: [language]", "    per: services\n    keys: [cloud]");
    assert!(said.contains("slot `language` has `per`, and no key of it is a field of `services`"), "{said}");
    let said = with("    keys: [cloud]\n", "    keys: [kind]\n");
    assert!(said.contains("slot `cloud`: the key `kind` is not a question of the kind `choice`"), "{said}");
    let python = fs::read_to_string(root().join("templates/components/languages/python/component.yaml")).unwrap();
    let with = |facts: &str| {
        let text = python.replace("start: '\"python -m app\"'", facts);
        faults(&[("components/languages/python/component.yaml", &text)])
    };
    let said = with("start: path");
    assert!(said.contains("`provides` start: `path` uses `path`, which is not known there"), "{said}");
    let said = with("start: provided.driver.identity_path");
    assert!(said.contains("`provides` start: `provided.driver` is computed later"), "{said}");
}

/// A catalog of two clouds and two stores of secrets, one of which needs one of the clouds.
fn small(folder: &Path, store: &str) {
    let write = |path: &str, text: &str| {
        let path = folder.join("templates").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let question =
        |name: &str| format!("  - {{name: {name}, ask: Which {name}?, help: One., kind: choice, default: {{}}}}\n");
    let questions = question("cloud").replace("{}", "aws") + &question("store").replace("{}", "files");
    write("questions.yaml", &format!("questions:\n{questions}"));
    write(
        "slots.yaml",
        "order: [cloud, store, page]\nslots:\n  cloud: {title: Cloud, why: w, keys: [cloud], facts: {registry: where images are}, macros: {login: {with: [who], what: logs in}}}\n  \
         store: {title: Store, why: w, keys: [store, cloud], without: [{store: vault, cloud: none, needs: a cloud}]}\n",
    );
    let cloud = |value: &str, rest: &str| {
        format!(
            "title: {value}\nwhy: w\nprovides: {{slot: cloud, for: {{cloud: {{value: {value}, title: T, order: 1}}}}, {rest}}}\n"
        )
    };
    write(
        "components/aws/component.yaml",
        &(cloud("aws", "facts: {registry: '\"registry.\" ~ aws_region'}")
            + "questions:\n  - {name: aws_region, ask: Where?, help: There., kind: text, default: one}\n"),
    );
    write("components/aws/macros.j2", "<% macro login(who) %>login <%= who %><% endmacro %>");
    write("components/nowhere/component.yaml", &cloud("none", "none: true"));
    let other =
        "title: S\nwhy: w\nprovides: {slot: store, for: {store: {value: files, title: F, order: 1}, cloud: any}}\n";
    write("components/files/component.yaml", other);
    write("components/vault/component.yaml", store);
    write("components/page/component.yaml", "title: P\nwhy: w\n");
    write(
        "components/page/files/page.txt.j2",
        "<% if cloud == \"aws\" %><% from provided.cloud.macros import login %><%= provided.cloud.registry %> <%= login(\"me\") %><% endif %>\n",
    );
}

const VAULT: &str = "title: V\nwhy: w\nprovides: {slot: store, for: {store: {value: vault, title: V, order: 2}, cloud: aws}}\nrequires: [cloud]\n";

#[test]
fn templates_read_what_the_provider_says() {
    let place = tempfile::tempdir().unwrap();
    small(place.path(), VAULT);
    let run = |args: &[&str]| {
        let mut command = scene::program(place.path());
        command.args(args).args(["--templates", "templates", "--yes"]).output().unwrap()
    };
    let said = run(&["init", "one", "--set", "aws_region=two"]);
    assert!(said.status.success(), "{}", scene::said(&said));
    assert_eq!(fs::read_to_string(place.path().join("one/page.txt")).unwrap(), "registry.two login me");
    let said = run(&["init", "none", "--set", "cloud=none"]);
    assert!(said.status.success(), "{}", scene::said(&said));
    assert_eq!(fs::read_to_string(place.path().join("none/page.txt")).unwrap(), "");
    let said = scene::said(&run(&["init", "x", "--set", "cloud=none", "--set", "store=vault"]));
    assert!(said.contains("answer `store` is `vault`, which needs a cloud"), "{said}");
    assert!(!place.path().join("x").exists());
}

/// The facts of a slot wait for those that they read, and these for a question that comes later.
#[test]
fn a_fact_reads_answers_and_facts_of_what_is_required() {
    let place = tempfile::tempdir().unwrap();
    let facts = "facts: {place: 'aws_region ~ \" in \" ~ provided.cloud.registry'}}\nrequires: [aws]\n";
    small(place.path(), &VAULT.replace("}\nrequires: [cloud]\n", &format!(", {facts}")));
    let edit = |path: &str, from: &str, to: &str| {
        let path = place.path().join("templates").join(path);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(path, text.replace(from, to)).unwrap();
    };
    edit("slots.yaml", "keys: [store, cloud],", "keys: [store, cloud], facts: {place: where they are},");
    edit("components/files/component.yaml", "cloud: any}}", "cloud: any}, facts: {place: '\"here\"'}}");
    edit("components/aws/component.yaml", "~ aws_region", "~ suffix");
    let questions = place.path().join("templates/questions.yaml");
    let late = "  - {name: suffix, ask: Which suffix?, help: One., kind: text, default: example}\n";
    fs::write(&questions, fs::read_to_string(&questions).unwrap() + late).unwrap();
    edit("components/page/files/page.txt.j2", "<%= provided.cloud.registry %>", "<%= provided.store.place %>");
    let mut command = scene::program(place.path());
    command.args(["init", "one", "--set", "store=vault", "--templates", "templates", "--yes"]);
    let said = command.output().unwrap();
    assert!(said.status.success(), "{}", scene::said(&said));
    assert_eq!(fs::read_to_string(place.path().join("one/page.txt")).unwrap(), "one in registry.example login me");
}

/// A component can be there only with some providers, and require what is there with those.
#[test]
fn a_component_of_one_provider_is_accepted() {
    let place = tempfile::tempdir().unwrap();
    small(place.path(), VAULT);
    let page = place.path().join("templates/components/page/component.yaml");
    fs::write(page, "title: P\nwhy: w\nwhen: cloud == \"aws\"\nrequires: [aws, cloud]\n").unwrap();
    let macros = place.path().join("templates/components/aws/macros.j2");
    fs::write(macros, "<% macro login(who=\"you\") %>login <%= who %> in <%= aws_region %><% endmacro %>").unwrap();
    let run = scene::program(place.path()).args(["questions", "--templates", "templates"]).output().unwrap();
    assert!(run.status.success(), "{}", scene::said(&run));
}

#[test]
fn what_is_required_is_proven() {
    let fault = |store: &str, edit: &[(&str, &str)], wanted: &str| {
        let place = tempfile::tempdir().unwrap();
        small(place.path(), store);
        for (path, text) in edit {
            fs::write(place.path().join("templates").join(path), text).unwrap();
        }
        let run = scene::program(place.path()).args(["questions", "--templates", "templates"]).output().unwrap();
        let said = scene::said(&run);
        assert!(said.contains(wanted), "{said}");
    };
    let page = "components/page/component.yaml";
    fault(
        VAULT,
        &[(page, "title: P\nwhy: w\nrequires: [cloud]\n")],
        "requires `cloud`, which is not there with `cloud: none`",
    );
    fault(
        VAULT,
        &[(page, "title: P\nwhy: w\nrequires: [aws]\n")],
        "requires `aws`, which is not there with `cloud: none`",
    );
    fault(
        VAULT,
        &[
            (page, "title: P\nwhy: w\nrequires: [off]\n"),
            ("components/files/component.yaml", "title: S\nwhy: w\nwhen: cloud == \"aws\"\n"),
        ],
        "which does not exist",
    );
    fault(
        &VAULT.replace("cloud: aws", "cloud: any"),
        &[],
        "`cloud: none`, `store: vault` is in `without`, but `vault` fills it",
    );
    fault(
        &VAULT.replace("value: vault", "value: files"),
        &[],
        "`files` and `vault` fill it with `cloud: aws`, `store: files`",
    );
    fault(
        VAULT,
        &[("components/page/files/page.txt.j2", "<%= aws_region %>\n")],
        "uses `aws_region`, an answer of `aws`, which is not among what it `requires`",
    );
    fault(
        VAULT,
        &[("components/page/files/page.txt.j2", "<%= provided.cloud.color %>\n")],
        "is not a fact of that slot",
    );
}

/// The folder of a new choice says what it does not go together with.
#[test]
fn a_component_excludes_combinations() {
    let place = tempfile::tempdir().unwrap();
    small(place.path(), &VAULT.replace("cloud: aws", "cloud: any"));
    let slots = place.path().join("templates/slots.yaml");
    let text = fs::read_to_string(&slots).unwrap();
    let (before, after) = text.split_once(", without: ").unwrap();
    fs::write(&slots, format!("{before}}}{}", after.split_once("}]}").unwrap().1)).unwrap();
    let vault = place.path().join("templates/components/vault/component.yaml");
    let said = |without: &str| {
        fs::write(&vault, VAULT.to_owned() + without).unwrap();
        let args = [
            "init",
            "x",
            "--yes",
            "--dry-run",
            "--templates",
            "templates",
            "--set",
            "cloud=none",
            "--set",
            "store=vault",
        ];
        scene::said(&scene::program(place.path()).args(args).output().unwrap())
    };
    let without = "without: [{slots: [store], store: vault, cloud: none, needs: a cloud}]\n";
    assert!(said(without).contains("answer `store` is `vault`, which needs a cloud"), "{}", said(without));
    let other = without.replace("[store]", "[stare]");
    assert!(said(&other).contains("`without` names `stare`, which is not a slot"), "{}", said(&other));
}

/// What is owed is there whatever the answers are.
#[test]
fn an_owed_file_has_no_condition() {
    let place = tempfile::tempdir().unwrap();
    small(place.path(), VAULT);
    let templates = place.path().join("templates");
    let slots = fs::read_to_string(templates.join("slots.yaml")).unwrap();
    fs::write(templates.join("slots.yaml"), slots.replace("macros: {login", "files: [login.sh], macros: {login"))
        .unwrap();
    fs::create_dir_all(templates.join("components/aws/files")).unwrap();
    fs::write(templates.join("components/aws/files/login.sh"), "#!/bin/sh\n").unwrap();
    let said =
        || scene::said(&scene::program(place.path()).args(["questions", "--templates", "templates"]).output().unwrap());
    assert!(!said().contains("fault"), "{}", said());
    let aws = templates.join("components/aws/component.yaml");
    let manifest = fs::read_to_string(&aws).unwrap();
    fs::write(&aws, manifest + "files: {login.sh: {when: \"false\"}}\n").unwrap();
    let owed = "owes to the slot `cloud`:\n    - `files/login.sh` with all answers, without a `when`";
    assert!(said().contains(owed), "{}", said());
}

/// A file that a slot names with a condition has it at each provider, or the provider says that it never holds.
#[test]
fn an_owed_file_has_the_condition_of_its_slot() {
    let said = |provides: &str, manifest: &str| {
        let place = tempfile::tempdir().unwrap();
        small(place.path(), VAULT);
        let templates = place.path().join("templates");
        let change = |file: &str, from: &str, to: &str| {
            let text = fs::read_to_string(templates.join(file)).unwrap();
            fs::write(templates.join(file), text.replace(from, to)).unwrap();
        };
        change("slots.yaml", "macros: {login", "files: [{path: login.sh, when: store != \"x\"}], macros: {login");
        change("components/aws/component.yaml", "{slot: cloud", &format!("{{{provides}slot: cloud"));
        change("components/aws/component.yaml", "questions:", &format!("{manifest}questions:"));
        if !manifest.is_empty() {
            fs::create_dir_all(templates.join("components/aws/files")).unwrap();
            fs::write(templates.join("components/aws/files/login.sh"), "#!/bin/sh\n").unwrap();
        }
        scene::said(&scene::program(place.path()).args(["questions", "--templates", "templates"]).output().unwrap())
    };
    let same = said("", "files: {login.sh: {when: store != \"x\"}}\n");
    assert!(!same.contains("fault"), "{same}");
    let never = said("lacks: [login.sh], ", "");
    assert!(!never.contains("fault"), "{never}");
    for (provides, manifest, owed) in [
        ("", "", "`files/login.sh`"),
        ("", "files: {login.sh: {when: store != \"y\"}}\n", "`files/login.sh` with `when: store != \"x\"`"),
        ("lacks: [x.sh], ", "", "`lacks` without `x.sh`, which is no file of the slot with a `when`"),
    ] {
        let said = said(provides, manifest);
        assert!(said.contains(owed), "{said}");
    }
}

const LOGIN: &str =
    "<% if cloud == \"aws\" %><% from provided.cloud.macros import login %><%= login(\"me\") %><% endif %>\n";

/// What every provider has to write is what templates import, and the other way round.
#[test]
fn the_macros_of_a_slot_are_those_that_are_imported() {
    let said = |page: &str| {
        let place = tempfile::tempdir().unwrap();
        small(place.path(), VAULT);
        let macros = "<% macro login(who) %><%= who %><% endmacro %><% macro leave() %>bye<% endmacro %>";
        fs::write(place.path().join("templates/components/aws/macros.j2"), macros).unwrap();
        fs::write(place.path().join("templates/components/page/files/page.txt.j2"), page).unwrap();
        scene::said(&scene::program(place.path()).args(["questions", "--templates", "templates"]).output().unwrap())
    };
    let read = LOGIN.replace("login(\"me\")", "provided.cloud.registry");
    assert!(!said(&read).contains("fault"), "{}", said(&read));
    let undeclared = read.replace("import login", "import login, leave as go");
    let fault = "page.txt.j2: imports `leave`, which is not a macro of the slot `cloud`";
    assert!(said(&undeclared).contains(fault), "{}", said(&undeclared));
    let unused = read.replace("<% from provided.cloud.macros import login %>", "");
    let fault = "slots.yaml: slot `cloud`: nothing imports the macro `login`";
    assert!(said(&unused).contains(fault), "{}", said(&unused));
}

/// A provider that stands for having nothing there has no facts.
#[test]
fn a_fact_is_read_only_where_a_provider_has_it() {
    let said = |manifest: &str, page: &str| {
        let place = tempfile::tempdir().unwrap();
        small(place.path(), VAULT);
        let folder = place.path().join("templates/components/page");
        fs::write(folder.join("component.yaml"), format!("title: P\nwhy: w\n{manifest}")).unwrap();
        fs::write(folder.join("files/page.txt.j2"), page).unwrap();
        fs::write(folder.join("files/login.txt.j2"), LOGIN).unwrap();
        scene::said(&scene::program(place.path()).args(["questions", "--templates", "templates"]).output().unwrap())
    };
    let read = "<%= provided.cloud.registry %> of the cloud\n";
    let fault = "reads `provided.cloud.registry`, which `nowhere` does not have: require the slot `cloud`, or guard it";
    assert!(said("", read).contains(&format!("page.txt.j2: {fault}")), "{}", said("", read));
    let guarded = "<% if provided.cloud is defined %><%= provided.cloud.registry %><% endif %>\n";
    for (manifest, page) in [
        ("when: cloud == \"aws\"\n", read),
        ("files: {page.txt: {when: cloud != \"none\"}}\n", read),
        ("when: cloud != \"none\"\nrequires: [cloud]\n", read),
        ("", guarded),
    ] {
        assert!(!said(manifest, page).contains("fault"), "{}", said(manifest, page));
    }
    let text = "derived: {place: provided.cloud.registry}\n";
    assert!(said(text, guarded).contains(&format!("component.yaml: {fault}")), "{}", said(text, guarded));
}
