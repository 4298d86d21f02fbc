//! Files of the user's own, rules of git and file systems that a repository already has.

use std::fs;
use std::process::Command;

use crate::repository::{Repository, git, text};
use crate::scene::{put, said};

#[test]
fn a_file_that_was_kept_holds_up_no_update() {
    let temp = tempfile::tempdir().unwrap();
    put(temp.path(), "project/README.md", "# Our shop\n", 0o644);
    let shop = Repository::around(temp);
    assert!(!shop.path().join("README.md.scaffold-new").exists());
    let said = shop.update(0, &["description=Sells ties."]);
    assert!(said.contains("`README.md` is yours and stays"), "{said}");
    assert_eq!(shop.file("README.md"), "# Our shop\n");
    assert!(!shop.path().join("README.md.scaffold-new").exists());
    // a person is still asked, by the next update that has one
    let said = shop.update(0, &[]);
    assert!(said.contains("`README.md` is yours and stays"), "{said}");
    let status = shop.says(0, &["status"]);
    assert!(status.contains("No drift") && status.contains("1 file as you decided"), "{status}");
    assert!(status.contains("1 file of yours would be different now"), "{status}");
    shop.says(1, &["update", "--dry-run"]);
}

#[test]
fn a_file_that_was_kept_stays_when_an_answer_goes_and_comes_back() {
    let temp = tempfile::tempdir().unwrap();
    put(temp.path(), "project/README.md", "# Our shop\n", 0o644);
    let shop = Repository::around(temp);
    shop.update(0, &["aws_region=eu-north-1"]);
    shop.update(0, &["aws_region=eu-central-1"]);
    assert_eq!(shop.file("README.md"), "# Our shop\n");
    assert!(shop.update(0, &[]).contains("up to date"));
}

/// An earlier version took the name of a service that Windows keeps for a device.
#[test]
fn names_that_not_every_clone_can_hold_are_said() {
    let shop = Repository::small();
    shop.edit(".scaffold/answers.yaml", "name: api", "name: aux");
    let status = shop.says(0, &["status"]);
    assert!(status.contains("Not every clone can hold these files: path `"), "{status}");
    assert!(status.contains("has the name `aux"), "{status}");
    // what an update would write anew
    let said = shop.says(2, &["update", "--yes"]);
    assert!(said.contains("error: path `") && said.contains("which Windows keeps for a device"), "{said}");
}

#[test]
fn what_is_not_checked_out_is_not_deleted() {
    let shop = Repository::small();
    shop.git(&["init", "-q"]);
    shop.commit();
    shop.git(&["sparse-checkout", "set", "--cone", "services", ".scaffold"]);
    for args in [&["status"][..], &["diff"], &["update", "--yes", "--set", "region=eu-west-1"]] {
        let said = shop.says(2, args);
        assert!(said.contains("are not checked out, because this is a sparse checkout"), "{said}");
    }
    shop.git(&["sparse-checkout", "disable"]);
    shop.says(0, &["status"]);
}

#[test]
fn a_readme_with_another_case_is_the_readme() {
    let temp = tempfile::tempdir().unwrap();
    put(temp.path(), "project/readme.md", "# Our shop\n", 0o644);
    let shop = Repository::around(temp);
    let said = shop.update(0, &["description=Sells ties."]);
    assert!(!said.contains("deleted by you"), "{said}");
    assert_eq!(shop.file("readme.md"), "# Our shop\n");
    assert!(!shop.says(0, &["status"]).contains("deleted"), "{}", shop.says(0, &["status"]));
}

#[test]
fn a_gitignore_gets_the_lines_that_it_lacks() {
    let temp = tempfile::tempdir().unwrap();
    put(temp.path(), "project/.gitignore", "dist/\n*.tfstate\n", 0o644);
    let shop = Repository::around(temp);
    let text = shop.file(".gitignore");
    assert!(text.starts_with("dist/\n*.tfstate\n\n"), "{text}");
    assert_eq!(text.matches("*.tfstate\n").count(), 1, "{text}");
    assert!(text.contains(".terraform/"), "{text}");
    assert!(shop.update(0, &[]).contains("up to date"));
}

#[test]
fn a_list_with_all_of_ours_is_edited_only_where_some_of_it_is_taken_out() {
    let temp = tempfile::tempdir().unwrap();
    put(temp.path(), "project/.gitignore", "dist/\n*.tfstate\n", 0o644);
    let shop = Repository::around(temp);
    let status = ["status", "--exit-code=edited"];
    assert!(shop.says(0, &status).contains("No drift"), "{}", shop.says(0, &status));
    let text = shop.file(".gitignore");
    put(&shop.path(), ".gitignore", &format!("{text}/notes\n"), 0o644);
    assert!(shop.says(0, &status).contains("No drift"));
    for edited in [text.replace(".terraform/\n", ""), format!("{text}!*.tfstate\n")] {
        put(&shop.path(), ".gitignore", &edited, 0o644);
        assert!(shop.says(1, &status).contains("= .gitignore"));
    }
}

#[test]
fn rules_that_hide_what_is_generated_are_named() {
    let shop = Repository::built_in();
    shop.git(&["init", "-q"]);
    let quiet = shop.says(0, &["status"]);
    assert!(!quiet.contains("hides"), "{quiet}");
    put(&shop.path(), ".git/info/exclude", ".scaffold/\n", 0o644);
    put(&shop.path(), "docs/.gitignore", "runbooks\n", 0o644);
    for said in [shop.says(0, &["status"]), shop.update(0, &[])] {
        assert!(said.contains("The rule `.scaffold/` in `.git/info/exclude` hides `.scaffold/answers.yaml`"), "{said}");
        assert!(said.contains("The rule `runbooks` in `docs/.gitignore` hides `docs/runbooks/"), "{said}");
    }
    // git agrees
    let ignored = shop.git(&["check-ignore", ".scaffold/base", "docs/runbooks/deploy.md"]);
    assert_eq!(ignored.lines().count(), 2, "{ignored}");
}

#[test]
fn what_git_ignores_is_not_deleted_in_a_clone() {
    let shop = Repository::small();
    shop.git(&["init", "-q"]);
    put(&shop.path(), ".gitignore", "db/\n*.sh\n", 0o644);
    shop.git(&["add", "--force", "run.sh"]);
    shop.commit();
    shop.git(&["clone", "-q", ".", "../clone"]);
    let clone = shop.path().parent().unwrap().join("clone");
    let says = |code, args: &[&str]| {
        let output = shop.run_from(&clone, args);
        let said = text(&output.stdout) + &text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
        said.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let said = says(0, &["status", "--exit-code=deleted"]);
    assert!(said.contains("The rule `db/` in `.gitignore` hides `db/backup.yaml` from git, and this clone lacks it."));
    assert!(said.contains("1 file ignored by git and not here: = db/backup.yaml"), "{said}");
    // what git tracks is not hidden
    assert!(!said.contains("run.sh"), "{said}");
    assert!(says(0, &["status", "--format=json"]).contains("\"ignored\": [ \"db/backup.yaml\" ]"));
    let said = says(0, &["update", "--yes", "--set", "region=eu-west-1"]);
    assert!(said.contains("db/backup.yaml (ignored by git and not here, stays away)"), "{said}");
    assert!(!said.contains("deleted by you"), "{said}");
    fs::remove_file(clone.join("run.sh")).unwrap();
    let said = says(1, &["status", "--exit-code=deleted"]);
    assert!(said.contains("1 file deleted: = run.sh"), "{said}");
    says(0, &["restore", "db", "--yes"]);
    assert!(says(1, &["status", "--exit-code=deleted"]).contains("every other clone lacks it"));
}

#[test]
fn a_rule_that_hides_what_is_generated_is_named_at_the_end_of_init() {
    let temp = tempfile::tempdir().unwrap();
    put(temp.path(), "project/.gitignore", "/docs/\n", 0o644);
    assert!(git(temp.path()).args(["init", "-q", "project"]).status().unwrap().success());
    let init = ["init", "project", "--yes", "--preset", "mongodb-atlas-on-aws"];
    let output = crate::scene::program(temp.path()).args(init).output().unwrap();
    let said = text(&output.stderr);
    let (wrote, note) = (said.find("Wrote ").unwrap(), said.find("The rule `/docs/` in `.gitignore` hides").unwrap());
    assert!(wrote < note && said.matches("The rule `/docs/`").count() == 1, "{said}");
}

#[test]
fn nothing_is_generated_into_the_catalog() {
    let temp = tempfile::tempdir().unwrap();
    let catalog = crate::support::root().join("tests/catalogs/small");
    assert!(Command::new("cp").arg("-R").arg(catalog).arg(temp.path().join("small")).status().unwrap().success());
    for target in ["small/templates/shop", "small/presets", "small/templates"] {
        let init = ["init", target, "--preset", "shop", "--yes", "--templates", "small/templates"];
        let output = crate::scene::program(temp.path()).args(init).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains("the next run would read what is generated as templates"), "{}", said(&output));
    }
    assert!(!temp.path().join("small/templates/shop").exists());
}

/// Root can mount in a namespace of its own; elsewhere the user's own namespace may allow it.
#[test]
#[cfg(target_os = "linux")]
fn a_folder_on_another_file_system_is_named() {
    let shop = Repository::built_in();
    let script =
        "mount -t tmpfs none docs && cp -a ../docs.copy/. docs && exec \"$0\" update --yes --set domain=a.example.org";
    assert!(
        Command::new("cp")
            .arg("-a")
            .args(["docs", "../docs.copy"])
            .current_dir(shop.path())
            .status()
            .unwrap()
            .success()
    );
    let before = fs::read(shop.path().join("README.md")).unwrap();
    let run = |unshare: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(unshare).args(["sh", "-c", script, env!("CARGO_BIN_EXE_scaffold")]).current_dir(shop.path());
        command.output().unwrap()
    };
    let mut output = run(&["--mount"]);
    if said(&output).contains("unshare") {
        output = run(&["--mount", "--map-root-user"]);
    }
    if said(&output).contains("unshare") || said(&output).contains("mount:") {
        eprintln!("not checked, since this system lets nobody mount: {}", said(&output));
        return;
    }
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("`") && said(&output).contains("is a mount of its own"), "{}", said(&output));
    assert!(!said(&output).contains("os error"), "{}", said(&output));
    assert_eq!(before, fs::read(shop.path().join("README.md")).unwrap());
}

/// A file that generated ones count on can still be kept.
#[test]
fn what_a_file_that_stays_must_offer_is_said() {
    let temp = tempfile::tempdir().unwrap();
    let workflow = "on: [pull_request]\njobs:\n  test:\n    name: Required checks\n";
    put(temp.path(), "project/.github/workflows/ci.yml", workflow, 0o644);
    put(temp.path(), "project/scripts/deploy.sh", "#!/bin/sh\n", 0o755);
    put(temp.path(), "project/docs/objectives.md", "# Ours\n", 0o644);
    put(temp.path(), "project/apps/api/Dockerfile", "FROM scratch\n", 0o644);
    put(temp.path(), "project/.gitignore", "*.log\n!keep.log\n", 0o644);
    let init = ["init", "project", "--yes", "--preset", "mongodb-atlas-on-aws"];
    let here = ["workflow_prefix=", "scripts_folder=scripts", "docs_folder=docs"];
    let sets = here.iter().flat_map(|set| ["--set", *set]);
    let output = crate::scene::program(temp.path()).args(init).args(sets).output().unwrap();
    let text = said(&output).split_whitespace().collect::<Vec<_>>().join(" ");
    let (_, list) =
        text.split_once("Generated files count on files that you kept:").unwrap_or_else(|| panic!("{text}"));
    assert!(
        list.contains(
            "! .github/workflows/ci.yml lacks `workflow_call`, with which deployments check a commit again \
             (`workflow_call:`); lacks `workflow_dispatch`, with which"
        ),
        "{list}"
    );
    assert!(
        list.contains(
            "! scripts/deploy.sh is used by `.github/workflows/deploy-staging.yml`, `.github/workflows/release-prod.yml` and \
             `.github/workflows/rollback.yml`, for which it must do what the generated one does"
        ),
        "{list}"
    );
    assert!(list.contains("! .gitignore lacks 2") || list.contains("! .gitignore lacks 1"), "{list}");
    assert!(
        list.contains("! apps/api/Dockerfile must have a program that listens at port 8080 and that the user"),
        "{list}"
    );
    assert!(!list.contains("objectives.md"), "nothing uses it: {list}");
}

/// With the places that are free, nothing that is generated counts on a file that stays.
#[test]
fn nothing_generated_counts_on_a_file_that_stays_by_default() {
    let temp = tempfile::tempdir().unwrap();
    for file in [
        ".github/workflows/ci.yml",
        "scripts/deploy.sh",
        "K8s/app.yaml",
        "infra/terraform/main.tf",
        "tools/compose.yaml",
    ] {
        put(temp.path(), &format!("project/{file}"), "# ours\n", 0o644);
    }
    put(temp.path(), "project/README.md", "# Ours\n", 0o644);
    let init = ["init", "project", "--yes", "--preset", "mongodb-atlas-on-aws"];
    let output = crate::scene::program(temp.path()).args(init).output().unwrap();
    let text = said(&output);
    assert!(text.contains("README.md (there already, different)") && !text.contains("count on files"), "{text}");
}

/// Where order decides, or a text is prose, the owner's file stays unless a person takes something from the new one.
#[test]
fn lists_are_joined_and_other_files_stay() {
    let temp = tempfile::tempdir().unwrap();
    let kept = [
        (".gitignore", "build/\n*.log\n!keep.log\n"),
        (".github/CODEOWNERS", "* @acme/owners\n/web/ @acme/web\n"),
        ("README.md", "# Our shop\n"),
    ];
    let joined = [("apps/api/.dockerignore", "coverage\n"), (".env.sample", "PORT=3000\n")];
    for (file, text) in kept.into_iter().chain(joined) {
        put(temp.path(), &format!("project/{file}"), text, 0o644);
    }
    let shop = Repository::around(temp);
    for (file, text) in kept {
        assert_eq!(shop.file(file), text, "{file}");
    }
    for (file, text) in joined {
        let found = shop.file(file);
        assert!(found.starts_with(text) && found.lines().count() > 2, "{file}: {found}");
    }
    assert!(shop.file(".env.sample").contains("\nMONGODB_URI="));
    assert!(shop.update(0, &[]).contains("up to date"));
}

/// A route or a stage that the answers name and the code lacks.
#[test]
fn what_the_code_lacks_is_said_at_the_end() {
    let sets = |more: &[&str]| {
        let temp = tempfile::tempdir().unwrap();
        put(temp.path(), "project/apps/api/server.js", "app.get('/healthz', ok)\n", 0o644);
        put(temp.path(), "project/apps/api/Dockerfile", "FROM node:22 AS build\nFROM node:22 AS run\n", 0o644);
        let own = ["services.api.image=own", "services.api.user=1000"];
        let sets = own.iter().chain(more).flat_map(|set| ["--set", *set]);
        let init = ["init", "project", "--yes", "--preset", "mongodb-atlas-on-aws"];
        let output = crate::scene::program(temp.path()).args(init).args(sets).output().unwrap();
        said(&output).split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let text = sets(&["services.api.target=production"]);
    assert!(
        text.contains("api has no route `/readyz`, by which the cluster asks whether it can take requests"),
        "{text}"
    );
    assert!(
        text.contains("is built with the stage `production`, which its Dockerfile does not have (apps/api/Dockerfile)"),
        "{text}"
    );
    let text = sets(&["services.api.target=Run", "services.api.readiness_path=/healthz"]);
    assert!(!text.contains("has no route") && !text.contains("the stage"), "{text}");
    let text = sets(&["services.api.dockerfile=docker/Dockerfile", "services.api.context=."]);
    assert!(text.contains("api has no `docker/Dockerfile`, with which its image is built"), "{text}");
}
