//! Slots: what a new provider still owes, combinations without a provider, and what is required.

use std::fs;
use std::path::Path;

use crate::scene;
use crate::support::{read_tree, root, write_tree};

/// The built-in catalog, with these files added or replaced below `templates/`.
fn catalog(folder: &Path, files: &[(&str, &str)]) {
    write_tree(&folder.join("templates"), &read_tree(&root().join("templates")));
    write_tree(&folder.join("presets"), &read_tree(&root().join("presets")));
    for (path, text) in files {
        let path = folder.join("templates").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

fn faults(files: &[(&str, &str)]) -> String {
    let place = tempfile::tempdir().unwrap();
    catalog(place.path(), files);
    let run = scene::program(place.path()).args(["questions", "--templates", "templates"]).output().unwrap();
    assert_eq!(run.status.code(), Some(2), "{}", scene::said(&run));
    scene::said(&run)
}

/// A folder with nothing but the slot and the choice turns into a list of what is to be done.
#[test]
fn an_empty_provider_is_a_list_of_what_it_owes() {
    let text = "title: Google Cloud\nwhy: Another cloud.\nprovides:\n  slot: cloud\n  for:\n    \
                cloud: {value: gcp, title: \"Google Cloud: GKE\", order: 20}\n";
    insta::assert_snapshot!(faults(&[("components/gcp/component.yaml", text)]), @r#"
    error: the catalog has 6 faults:
      templates/components/core/delivery/component.yaml: requires `aws/account`, which is not there with `cloud: gcp`
      templates/components/gcp/component.yaml: owes to the slot `cloud`:
        - `provides.facts.cluster_product`: the managed Kubernetes, for a sentence
        - `provides.facts.registry`: host and path below which images are stored
        - `provides.facts.region`: region of the cluster
        - `provides.facts.backup_region`: region of the off-site backups
        - `provides.facts.state_region`: region of the Terraform state
        - `files/scripts/bootstrap.sh`
        - `files/scripts/cluster-connect.sh`
        - a template that prints `contributed.environment_outputs`
        - a template that prints `contributed.environment_settings`
        - a template that prints `contributed.terraform_providers`
      templates/components/github/actions/component.yaml: requires `aws/account`, which is not there with `ci: github_actions`, `cloud: gcp`
      templates/slots.yaml: slot `database`: no component fills it with `cloud: gcp`, `database: mongodb`, `database_hosting: atlas`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database`: no component fills it with `cloud: gcp`, `database: mongodb`, `database_hosting: self-hosted`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `secrets_store`: no component fills it with `cloud: gcp`, `secrets_manager: aws_secrets_manager`; add one, or say in `without` what that needs
    "#);
}

#[test]
fn a_second_database_engine_is_a_list_of_what_it_owes() {
    let text = "title: PostgreSQL\nwhy: Another engine.\nprovides:\n  slot: database\n  for:\n    \
                database: {value: postgresql, title: PostgreSQL, order: 20}\n    \
                database_hosting: {value: rds, title: Amazon RDS, order: 30}\n    cloud: aws\n";
    insta::assert_snapshot!(faults(&[("components/postgresql/component.yaml", text)]), @r#"
    error: the catalog has 5 faults:
      templates/components/postgresql/component.yaml: owes to the slot `database`:
        - `provides.facts.title`: name of the product, for a sentence
        - `provides.facts.in_cluster`: whether it runs in the cluster, on its nodes and volumes
        - `provides.facts.size`: size of an instance in production, as the product calls it
        - `provides.facts.has_password`: whether services log in with a password; else with the identity of their pod
      templates/questions.yaml: question `database_hosting`: `rds` needs `compare`, since another choice has it
      templates/slots.yaml: slot `database`: no component fills it with `cloud: aws`, `database: mongodb`, `database_hosting: rds`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database`: no component fills it with `cloud: aws`, `database: postgresql`, `database_hosting: atlas`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database`: no component fills it with `cloud: aws`, `database: postgresql`, `database_hosting: self-hosted`; add one, or say in `without` what that needs
    "#);
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
        "order: [cloud, store, page]\nslots:\n  cloud: {title: Cloud, why: w, keys: [cloud], facts: {registry: where images are}, macros: {login: [who]}}\n  \
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
