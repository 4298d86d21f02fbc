//! What `update`, `status`, `undo`, `restore` and `diff` say, word by word.

use std::fs;
use std::os::unix::fs::symlink;

use scaffold::version;
use serde_json::Value;

use crate::repository::Repository;
use crate::scene::program;

const REGION: &str = "region=eu-west-1";

/// The small repository with an edit that a change of the region conflicts with.
fn in_conflict() -> Repository {
    let shop = Repository::small();
    shop.edit("README.md", "eu-central-1", "Frankfurt");
    shop.update(1, &[REGION]);
    shop
}

#[test]
fn update_without_conflicts() {
    let shop = Repository::small();
    shop.append("README.md", "Ours.");
    shop.append("monitoring/alerts.yaml", "# ours");
    shop.remove("run.sh");
    insta::assert_snapshot!(shop.update(0, &[REGION, "monitoring=false", "services.1.name=post"]), @"");
    insta::assert_snapshot!(shop.update(0, &[]), @"");
    insta::assert_snapshot!(shop.says(0, &["status"]), @"");
    insta::assert_snapshot!(shop.says(0, &["undo", "--yes"]), @"");
    insta::assert_snapshot!(shop.says(0, &["status"]), @"");
}

#[test]
fn update_that_changes_only_the_record() {
    let shop = Repository::small();
    shop.edit(".scaffold/answers.yaml", "# The answers", "# Our answers");
    insta::assert_snapshot!(shop.update(0, &[]), @"");
    insta::assert_snapshot!(shop.says(0, &["undo", "--yes"]), @"");
    assert!(shop.file(".scaffold/answers.yaml").starts_with("# Our answers"));
}

#[test]
fn dry_run() {
    let shop = Repository::small();
    shop.append("monitoring/alerts.yaml", "# ours");
    shop.remove("run.sh");
    insta::assert_snapshot!(shop.says(0, &["update", "--dry-run"]), @"");
    insta::assert_snapshot!(shop.says(1, &["update", "--dry-run", "--set", REGION, "--set", "monitoring=false"]), @"");
    let plan = shop.run(&["update", "--dry-run", "--format", "json", "--set", REGION, "--set", "monitoring=false"]);
    let plan: Value = serde_json::from_slice(&plan.stdout).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&plan).unwrap(), @"");
}

#[test]
fn nobody_to_ask() {
    insta::assert_snapshot!(Repository::small().says(2, &["update", "--set", REGION]), @"");
}

#[test]
fn conflicts() {
    let shop = Repository::small();
    shop.edit("README.md", "eu-central-1", "Frankfurt");
    insta::assert_snapshot!(shop.says(2, &["update", "--yes", "--on-conflict", "fail", "--set", REGION]), @"");
    insta::assert_snapshot!(shop.update(1, &[REGION]), @"");
    insta::assert_snapshot!(shop.file("README.md"), @"");
    insta::assert_snapshot!(shop.update(2, &[]), @"");
    insta::assert_snapshot!(shop.says(2, &["diff"]), @"");
    insta::assert_snapshot!(shop.says(1, &["status", "--exit-code"]), @"");
    insta::assert_snapshot!(shop.says(0, &["status", "--format", "json"]), @"");
    insta::assert_snapshot!(shop.says(0, &["undo", "--yes"]), @"");
}

#[test]
fn conflicts_that_no_file_can_show() {
    let shop = Repository::small();
    shop.write("run.sh", "a\0b");
    shop.write("monitoring/alerts.yaml", "mine: true\n");
    shop.edit(".scaffold/base", "|contact: shop@example.com", "|contact: nobody@example.com");
    insta::assert_snapshot!(shop.update(1, &[]), @"");
    insta::assert_snapshot!(shop.update(2, &[]), @"");
    insta::assert_snapshot!(shop.says(0, &["status"]), @"");
}

#[test]
fn outdated() {
    let shop = Repository::small();
    insta::assert_snapshot!(shop.says(0, &["status"]), @"");
    insta::assert_snapshot!(shop.says(1, &["status", "--exit-code", "--set", REGION, "--set", "monitoring=false"]), @"");
    shop.append("run.sh", "# ours");
    shop.says(0, &["status", "--exit-code"]);
    shop.says(1, &["status", "--exit-code=edited"]);
    shop.says(0, &["status", "--exit-code=outdated,unmerged,deleted,orphan,collides"]);
}

#[test]
fn the_base_is_lost() {
    let shop = Repository::small();
    shop.append("README.md", "Ours.");
    shop.remove("monitoring/alerts.yaml");
    shop.remove(".scaffold/base");
    insta::assert_snapshot!(shop.says(1, &["status", "--exit-code"]), @"");
    insta::assert_snapshot!(shop.says(2, &["restore", "README.md", "--yes"]), @"");
    insta::assert_snapshot!(shop.update(1, &[]), @"");
    shop.remove("README.md.scaffold-new");
    assert!(shop.update(0, &[]).contains("is up to date."));
}

#[test]
fn the_base_is_damaged() {
    let shop = Repository::small();
    shop.append("README.md", "Ours.");
    shop.edit(".scaffold/base", "|# shop", "|# sloop");
    shop.edit(".scaffold/base", "|exec true", "|exec false");
    insta::assert_snapshot!(shop.says(1, &["status", "--exit-code"]), @"");
    insta::assert_snapshot!(shop.says(2, &["restore", "README.md", "--yes"]), @"");
    insta::assert_snapshot!(shop.update(1, &[]), @"");
    shop.remove("README.md.scaffold-new");
    assert!(shop.update(0, &[]).contains("is up to date."));
    assert!(shop.file("README.md").ends_with("Ours.\n"));
}

#[test]
fn the_base_is_from_a_newer_scaffold() {
    let shop = Repository::small();
    let own = format!("version {}\n", version::own());
    shop.edit(".scaffold/base", &own, "version 99.1.0\n");
    for command in [&["update", "--yes"][..], &["status"], &["diff"]] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(shop.says(2, command), @"");
        }
    }
    insta::assert_snapshot!(shop.says(0, &["update", "--yes", "--allow-downgrade"]), @"");
    shop.edit(".scaffold/base", &own, "version 99.1.0\n");
    shop.edit(".scaffold/base", "scaffold base 1\n", "scaffold base 2\n");
    for command in [&["update", "--yes", "--allow-downgrade"][..], &["status"], &["diff"], &["restore", "README.md"]] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(shop.says(2, command), @"");
        }
    }
}

#[test]
fn nothing_was_generated_here() {
    let place = tempfile::tempdir().unwrap();
    let says = |args: &[&str]| {
        let output = program(place.path()).args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    for command in [&["update", "--yes"][..], &["status"], &["diff"], &["restore", "a.txt"]] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(says(command), @"");
        }
    }
    insta::assert_snapshot!(says(&["update", "nowhere", "--yes"]), @"");
    insta::assert_snapshot!(says(&["undo", "--yes"]), @"");
    assert!(fs::read_dir(place.path()).unwrap().next().is_none());
}

#[test]
fn the_answers_are_lost() {
    let shop = Repository::small();
    let answers = shop.file(".scaffold/answers.yaml");
    shop.remove(".scaffold/answers.yaml");
    insta::assert_snapshot!(shop.update(2, &[]), @"");
    shop.write("answers.yaml", &answers);
    insta::assert_snapshot!(shop.says(0, &["update", "--yes", "--answers", "answers.yaml"]), @"");
    assert_eq!(shop.file(".scaffold/answers.yaml"), answers);
}

#[test]
fn undo() {
    let shop = Repository::small();
    insta::assert_snapshot!(shop.says(2, &["undo", "--yes"]), @"");
    let start = shop.tree();
    shop.update(0, &[REGION, "monitoring=false"]);
    insta::assert_snapshot!(shop.says(1, &["undo", "--dry-run"]), @"");
    insta::assert_snapshot!(shop.says(2, &["undo"]), @"");
    shop.append("README.md", "Ours.");
    shop.write("monitoring/alerts.yaml", "ours\n");
    let before = shop.untouched();
    insta::assert_snapshot!(shop.says(2, &["undo", "--yes"]), @"");
    assert_eq!(shop.untouched().remove("README.md"), before.get("README.md").copied());
    shop.remove("monitoring/alerts.yaml");
    shop.says(0, &["restore", "README.md", "--yes"]);
    insta::assert_snapshot!(shop.says(0, &["undo", "--yes"]), @"");
    assert_eq!(shop.tree(), start);
    assert!(!shop.path().join(".scaffold/undo").exists());
    insta::assert_snapshot!(shop.says(2, &["undo", "--yes"]), @"");
}

#[test]
fn undo_takes_back_what_was_written_beside() {
    let shop = Repository::small();
    shop.append("README.md", "Ours.");
    shop.remove(".scaffold/base");
    let start = shop.tree();
    shop.update(1, &[]);
    shop.remove("README.md.scaffold-new");
    insta::assert_snapshot!(shop.says(2, &["undo", "--yes"]), @"");
    shop.write("README.md.scaffold-new", "not what was there\n");
    shop.says(2, &["undo", "--yes"]);
    let shop = in_conflict();
    shop.says(0, &["undo", "--yes"]);
    assert!(shop.file("README.md").contains("Frankfurt") && !shop.file("README.md").contains("<<<<<<<"));
    let shop = Repository::small();
    shop.append("README.md", "Ours.");
    shop.remove(".scaffold/base");
    shop.update(1, &[]);
    shop.says(0, &["undo", "--yes"]);
    assert_eq!(shop.tree(), start);
}

#[test]
fn restore() {
    let shop = Repository::small();
    let start = shop.tree();
    insta::assert_snapshot!(shop.says(0, &["restore", "README.md", "--yes"]), @"");
    shop.append("README.md", "Ours.");
    shop.remove("run.sh");
    fs::remove_dir_all(shop.path().join("services")).unwrap();
    insta::assert_snapshot!(shop.says(1, &["restore", "README.md", "run.sh", "--dry-run"]), @"");
    insta::assert_snapshot!(shop.says(2, &["restore", "README.md"]), @"");
    insta::assert_snapshot!(shop.says(0, &["restore", "README.md", "./run.sh", "--yes"]), @"");
    insta::assert_snapshot!(shop.says(0, &["restore", "services/", "--yes"]), @"");
    assert_eq!(shop.tree(), start);
    insta::assert_snapshot!(shop.says(0, &["restore", ".", "--yes"]), @"");
    insta::assert_snapshot!(shop.says(2, &["restore", "REDME.md", "--yes"]), @"");
    insta::assert_snapshot!(shop.says(2, &["restore", "quite/another.txt", "--yes"]), @"");
    assert!(shop.says(2, &["restore", "../other", "--yes"]).contains("`../other` is not in the repository"));
    shop.remove("run.sh");
    fs::create_dir(shop.path().join("run.sh")).unwrap();
    insta::assert_snapshot!(shop.says(2, &["restore", "run.sh", "README.md", "--yes"]), @"");
    fs::remove_dir(shop.path().join("run.sh")).unwrap();
    symlink("README.md", shop.path().join("run.sh")).unwrap();
    insta::assert_snapshot!(shop.says(2, &["restore", "run.sh", "--yes"]), @"");
    fs::rename(shop.path().join("services"), shop.path().join("elsewhere")).unwrap();
    symlink("elsewhere", shop.path().join("services")).unwrap();
    insta::assert_snapshot!(shop.says(2, &["restore", "services", "--yes"]), @"");
}

#[test]
fn restore_from_below() {
    let shop = Repository::small();
    shop.append("services/api/service.yaml", "# ours");
    let below = shop.path().join("services/mails");
    let output = shop.run_from(&below, &["restore", "../api/service.yaml", "--yes"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!shop.file("services/api/service.yaml").contains("# ours"));
}

#[test]
fn diff() {
    let shop = Repository::small();
    insta::assert_snapshot!(shop.says(0, &["diff"]), @"");
    shop.append("README.md", "Ours.");
    insta::assert_snapshot!(shop.says(1, &["diff", "--set", REGION, "--set", "monitoring=false"]), @"");
    let one = shop.says(1, &["diff", ".", "monitoring", "--set", REGION, "--set", "monitoring=false"]);
    assert!(one.contains("monitoring/alerts.yaml") && !one.contains("README.md"), "{one}");
    insta::assert_snapshot!(shop.says(0, &["diff", ".", "services", "--set", REGION]), @"");
}
