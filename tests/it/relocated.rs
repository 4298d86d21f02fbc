//! A generated file that the user keeps at a path of their own, through several updates.

use std::collections::BTreeMap;
use std::fs;

use scaffold::text::tree::File;
use serde_json::{Value, json};

use crate::repository::Repository;
use crate::scene;

fn move_file(shop: &Repository, from: &str, to: &str) {
    let to = shop.path().join(to);
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    fs::rename(shop.path().join(from), to).unwrap();
}

/// What moves as it was generated was not edited, and what no single file replaces is explained.
#[test]
fn files_of_an_earlier_version_are_not_edits() {
    let place = tempfile::tempdir().unwrap();
    let file = |text: &str| File { bytes: text.as_bytes().to_vec(), executable: false };
    let write = |version: &str, files: &[(&str, &str)], moved: &[Value]| {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), file(text))).collect();
        scene::catalog(&place.path().join(version), &files, moved, &BTreeMap::new());
    };
    write("old", &[("a/moved.txt", "one\n"), ("gone/x.txt", "x\n")], &[]);
    write("new", &[("b/moved.txt", "one\ntwo\n")], &[json!({"from": "a/moved.txt", "to": "b/moved.txt"})]);
    let manifest = place.path().join("new/templates/components/all/component.yaml");
    let mut with: Value = serde_json::from_str(&fs::read_to_string(&manifest).unwrap()).unwrap();
    with["replaced"] = json!([{"from": "gone/", "note": "Take the edits of `gone/` over into <%= heir %>."}]);
    with["derived"] = json!({"heir": "'b/'"});
    fs::write(&manifest, with.to_string()).unwrap();
    let run = |args: &[&str], version: &str| {
        let templates = format!("{version}/templates");
        scene::program(place.path()).args(args).args(["--templates", &templates]).output().unwrap()
    };
    assert!(run(&["init", "project", "--yes"], "old").status.success());
    let status = run(&["status", "project", "--exit-code=edited"], "new");
    assert_eq!(status.status.code(), Some(0), "{}", scene::said(&status));
    let said = scene::said(&run(&["update", "project", "--yes"], "new"));
    assert!(said.contains("Take the edits of `gone/` over into b/."), "{said}");
    assert!(!scene::said(&run(&["update", "project", "--yes"], "new")).contains("gone/"));
}

#[test]
fn updates_follow_a_file_that_the_user_moved() {
    let shop = Repository::built_in();
    let page = "docs/runbooks/incident.md";
    move_file(&shop, page, "handbook/on-call.md");
    let domain = |n: u32| format!("domain=shop{n}.example.org");
    let before = shop.file("handbook/on-call.md");
    let said = shop.update(0, &[&domain(1)]);
    assert!(said.contains("You moved `docs/runbooks/incident.md` to `handbook/on-call.md`"), "{said}");
    assert!(shop.file("handbook/on-call.md").contains("shop1.example.org"));
    assert!(!shop.path().join(page).exists());
    assert_ne!(before, shop.file("handbook/on-call.md"));
    let status = shop.says(0, &["status"]);
    assert!(status.contains("No drift") && status.contains("is handbook/on-call.md"), "{status}");

    // so much of it is edited that nothing would recognise it
    let shorter: String = shop.file("handbook/on-call.md").lines().filter(|line| line.contains("shop1.")).collect();
    shop.write("handbook/on-call.md", &format!("# On call\n\n{shorter}\n"));
    let said = shop.update(1, &[&domain(2)]);
    assert!(said.contains("handbook/on-call.md"), "{said}");
    assert!(shop.file("handbook/on-call.md").contains("shop2.example.org"));
    shop.says(0, &["undo", "--yes"]);

    // moved again, and back
    shop.says(0, &["restore", "handbook/on-call.md", "--yes"]);
    move_file(&shop, "handbook/on-call.md", "handbook/night/on-call.md");
    shop.update(0, &[&domain(3)]);
    assert!(shop.file("handbook/night/on-call.md").contains("shop3.example.org"));
    assert!(shop.says(0, &["decisions"]).contains("docs/runbooks/incident.md  moved to handbook/night/on-call.md"));
    move_file(&shop, "handbook/night/on-call.md", page);
    let said = shop.update(0, &[&domain(4)]);
    assert!(said.contains("back to `docs/runbooks/incident.md`"), "{said}");
    assert!(shop.file(page).contains("shop4.example.org"));
    assert!(!shop.path().join(".scaffold/decisions.yaml").exists());
}

#[test]
fn a_move_that_is_forgotten_leaves_two_files() {
    let shop = Repository::built_in();
    let page = "docs/runbooks/incident.md";
    move_file(&shop, page, "on-call.md");
    shop.update(0, &[]);
    shop.append("on-call.md", "Ours.");
    let said = shop.says(0, &["decisions", "forget", page]);
    assert!(said.contains("Forgot what was decided about 1 file"), "{said}");
    shop.update(0, &[]);
    assert!(shop.path().join(page).exists() && shop.file("on-call.md").ends_with("Ours.\n"));
    assert!(shop.says(0, &["status"]).contains("No drift"));
}

#[test]
fn a_tracked_file_is_found_where_a_rule_would_ignore_it() {
    let shop = Repository::built_in();
    shop.git(&["init", "-q"]);
    shop.append(".gitignore", "/handbook/");
    shop.commit();
    let page = "docs/runbooks/incident.md";
    fs::create_dir(shop.path().join("handbook")).unwrap();
    shop.git(&["mv", page, "handbook/on-call.md"]);
    let said = shop.update(0, &["domain=shop1.example.org"]);
    assert!(said.contains("You moved `docs/runbooks/incident.md` to `handbook/on-call.md`"), "{said}");
    assert!(shop.file("handbook/on-call.md").contains("shop1.example.org"));
}
