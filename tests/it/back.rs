//! `undo` and `restore`: what they do and say, word by word.

use std::fs;
use std::os::unix::fs::symlink;

use crate::repository::Repository;

const REGION: &str = "region=eu-west-1";

/// The small repository with an edit that a change of the region conflicts with.
fn in_conflict() -> Repository {
    let shop = Repository::small();
    shop.edit("README.md", "eu-central-1", "Frankfurt");
    shop.update(1, &[REGION]);
    shop
}

#[test]
fn undo() {
    let shop = Repository::small();
    insta::assert_snapshot!(shop.says(2, &["undo", "--yes"]), @r"
    error: there is no update to undo
    hint: only the last update can be undone, and only once
    ");
    let start = shop.tree();
    shop.update(0, &[REGION, "monitoring=false"]);
    insta::assert_snapshot!(shop.says(1, &["undo", "--dry-run"]), @r"
    --- a/README.md
    +++ b/README.md
    @@ -2,7 +2,7 @@
     
     A system of services
     
    -It runs in eu-west-1, with 2 copies of each service.
    +It runs in eu-central-1, with 2 copies of each service.
     - tls
     
     Write to shop@example.com.

    --- /dev/null
    +++ b/monitoring/alerts.yaml
    @@ -0,0 +1 @@
    +contact: shop@example.com
    Nothing was written, because of `--dry-run`.
    ");
    insta::assert_snapshot!(shop.says(2, &["undo"]), @r"
    error: cannot prompt: stdin or stderr is not a terminal
    hint: `--yes` writes without asking
    hint: `--dry-run` shows what would be written
    ");
    assert_eq!(shop.says(1, &["undo", "--yes", "--dry-run"]), shop.says(1, &["undo", "--dry-run"]));
    shop.append("README.md", "Ours.");
    shop.write("monitoring/alerts.yaml", "ours\n");
    let before = shop.untouched();
    insta::assert_snapshot!(shop.says(2, &["undo", "--yes"]), @r"
    error: 2 files changed since the last update:
      README.md
      monitoring/alerts.yaml
    hint: nothing was taken back, so that no edit is lost
    hint: undo your changes to these files first, or use the history of the repository
    ");
    assert_eq!(shop.untouched().remove("README.md"), before.get("README.md").copied());
    shop.remove("monitoring/alerts.yaml");
    shop.says(0, &["restore", "README.md", "--yes"]);
    insta::assert_snapshot!(shop.says(0, &["undo", "--yes"]), @"Took the last update back: 2 files as before it.");
    assert_eq!(shop.tree(), start);
    assert!(!shop.path().join(".scaffold/undo").exists());
    insta::assert_snapshot!(shop.says(2, &["undo", "--yes"]), @r"
    error: there is no update to undo
    hint: only the last update can be undone, and only once
    ");
}

#[test]
fn undo_leaves_what_the_user_has_added_since() {
    let shop = Repository::small();
    shop.update(0, &["services.1.name=post"]);
    shop.write("services/post/mine.txt", "mine\n");
    shop.says(0, &["undo", "--yes"]);
    assert!(shop.path().join("services/mails/service.yaml").exists());
    assert!(!shop.path().join("services/post/service.yaml").exists());
    assert_eq!(shop.file("services/post/mine.txt"), "mine\n");
}

#[test]
fn undo_takes_back_what_was_written_beside() {
    let shop = Repository::small();
    shop.append("README.md", "Ours.");
    shop.remove(".scaffold/base");
    let start = shop.tree();
    shop.update(1, &[]);
    shop.remove("README.md.scaffold-new");
    insta::assert_snapshot!(shop.says(2, &["undo", "--yes"]), @r"
    error: 1 file changed since the last update:
      README.md.scaffold-new
    hint: nothing was taken back, so that no edit is lost
    hint: undo your changes to these files first, or use the history of the repository
    ");
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
    insta::assert_snapshot!(shop.says(0, &["restore", "README.md", "--yes"]), @"Nothing to restore: the file is as generated.");
    shop.append("README.md", "Ours.");
    shop.remove("run.sh");
    fs::remove_dir_all(shop.path().join("services")).unwrap();
    insta::assert_snapshot!(shop.says(1, &["restore", "README.md", "run.sh", "--dry-run"]), @r"
    --- a/README.md
    +++ b/README.md
    @@ -6,4 +6,3 @@
     - tls
     
     Write to shop@example.com.
    -Ours.

    --- /dev/null
    +++ b/run.sh
    @@ -0,0 +1,2 @@
    +#!/bin/sh
    +exec true
    Nothing was written, because of `--dry-run`.
    ");
    insta::assert_snapshot!(shop.says(2, &["restore", "README.md"]), @r"
    error: cannot prompt: stdin or stderr is not a terminal
    hint: `--yes` writes without asking
    hint: `--dry-run` shows what would be written
    ");
    insta::assert_snapshot!(shop.says(0, &["restore", "README.md", "./run.sh", "--yes"]), @"Restored 2 files.");
    insta::assert_snapshot!(shop.says(0, &["restore", "services/", "--yes"]), @"Restored 2 files.");
    assert_eq!(shop.tree(), start);
    insta::assert_snapshot!(shop.says(0, &["restore", ".", "--yes"]), @"Nothing to restore: all 6 files are as generated.");
    insta::assert_snapshot!(shop.says(2, &["restore", "REDME.md", "--yes"]), @r"
    error: `REDME.md` was not generated by scaffold
    hint: did you mean `README.md`?
    ");
    insta::assert_snapshot!(shop.says(2, &["restore", "quite/another.txt", "--yes"]), @r"
    error: `quite/another.txt` was not generated by scaffold
    hint: `scaffold status` lists the files that differ from what was generated
    ");
    assert!(shop.says(2, &["restore", "../other", "--yes"]).contains("`../other` is not in the repository"));
    shop.remove("run.sh");
    fs::create_dir(shop.path().join("run.sh")).unwrap();
    insta::assert_snapshot!(shop.says(2, &["restore", "run.sh", "README.md", "--yes"]), @r"
    error: cannot restore `run.sh`: there is a folder
    hint: move it away and repeat the command
    ");
    fs::remove_dir(shop.path().join("run.sh")).unwrap();
    symlink("README.md", shop.path().join("run.sh")).unwrap();
    insta::assert_snapshot!(shop.says(2, &["restore", "run.sh", "--yes"]), @r"
    error: cannot restore `run.sh`: there is a symbolic link
    hint: move it away and repeat the command
    ");
    fs::rename(shop.path().join("services"), shop.path().join("elsewhere")).unwrap();
    symlink("elsewhere", shop.path().join("services")).unwrap();
    insta::assert_snapshot!(shop.says(2, &["restore", "services", "--yes"]), @r"
    error: `services` is a symbolic link to `elsewhere`, and scaffold does not write through links
    hint: put a folder in place of `services`
    ");
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
fn undo_reaches_the_last_update_that_changed_files() {
    let shop = Repository::small();
    shop.append("monitoring/alerts.yaml", "# ours");
    let readme = shop.file("README.md");
    shop.update(0, &[REGION, "monitoring=false"]);
    // what was kept goes by hand, so that the next update only has something to record
    shop.remove("monitoring/alerts.yaml");
    assert!(shop.update(0, &[]).contains("what is recorded about it was renewed"));
    insta::assert_snapshot!(shop.says(0, &["undo", "--yes"]), @"Took the last update back: 1 file as before it.");
    assert_eq!(shop.file("README.md"), readme);
    assert!(shop.update(0, &[]).contains("is up to date."));
    assert!(shop.says(0, &["status"]).contains("1 file deleted:"));
}
