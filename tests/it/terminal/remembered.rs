//! What was decided in a review, and what later updates make of it.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::update::{output, scaffold};
use super::{REVIEW, target};
use crate::scene::{program, said};
use crate::session::{DOWN, ENTER, Session, Start, UP};
use crate::support::{read_tree, root, write_tree};

const README: &str = "README.md is there already, with other content. Which one?";

/// A folder, and the catalog that generates into it.
struct Scene {
    _temp: TempDir,
    dir: PathBuf,
    templates: PathBuf,
}

/// What is generated as the README.
const GENERATED: &str = "# Shop\n\n1\n2\n3\n4\n5\n6\n7\n8\n\nWrite to them.\n";
/// What is there.
const MINE: &str = "# Mine\n\n1\n2\n3\n4\n5\n6\n7\n8\n\nWrite to me.\n";

impl Scene {
    fn new() -> Self {
        let (temp, dir) = target();
        let catalog = temp.path().join("catalog");
        write_tree(&catalog, &read_tree(&root().join("tests/catalogs/small")));
        fs::create_dir(&dir).unwrap();
        fs::write(dir.join("README.md"), MINE).unwrap();
        let scene = Self { _temp: temp, dir, templates: catalog.join("templates") };
        scene.template("README.md.j2", GENERATED);
        scene
    }

    /// Changes what is generated.
    fn template(&self, name: &str, text: &str) {
        fs::write(self.templates.join("components/base/files").join(name), text).unwrap();
    }

    fn init(&self) -> Session {
        let args = ["--preset", "shop", "--set", "name=shop", "--set", "contact=b@example.com"];
        let mut s = Start::with(&self.dir, "init", &self.templates, &args).run();
        s.answer(super::OVERVIEW, ENTER).answer(REVIEW, ENTER).see(&format!("? {README}"));
        s
    }

    fn update(&self) -> Session {
        Start::with(&self.dir, "update", &self.templates, &[]).run()
    }

    fn status(&self) -> String {
        output(&self.templates, &["status"], &self.dir)
    }

    fn decisions(&self) -> String {
        fs::read_to_string(self.dir.join(".scaffold/decisions.yaml")).unwrap_or_default()
    }

    fn forget(&self, args: &[&str]) -> String {
        said(&program(&self.dir).args(["decisions", "forget"]).args(args).output().unwrap())
    }

    /// The first hunk of the README refused, the second taken.
    fn with_a_refused_hunk() -> Self {
        let scene = Self::new();
        let mut s = scene.init();
        s.send(&[DOWN, DOWN, DOWN, ENTER].concat()).see("(1/2)").send("n").see("(2/2)").send("y");
        s.see("> Write 6 files").send(ENTER).see("Wrote 6 files").status();
        assert_eq!(s.file("README.md"), GENERATED.replace("# Shop", "# Mine"));
        scene
    }

    fn readme(&self) -> String {
        fs::read_to_string(self.dir.join("README.md")).unwrap()
    }
}

fn keep(scene: &Scene) {
    scene.init().send(ENTER).see("> Write 5 files").send(ENTER).see("Wrote 5 files").status();
}

#[test]
fn a_file_that_was_kept_is_no_edit_and_is_asked_about_when_the_templates_change_it() {
    let scene = Scene::new();
    keep(&scene);
    assert!(scene.decisions().contains("\n- {path: \"README.md\", mine: \""), "{}", scene.decisions());
    let status = scene.status();
    assert!(status.contains("No drift: every file is as it was generated, or as you decided."), "{status}");
    assert!(status.contains("1 file as you decided; see `scaffold decisions`."), "{status}");
    scene.update().see("shop` is up to date.").ends_with(0).nothing_changed();
    // it is the person's, and stays so whatever they write into it
    fs::write(scene.dir.join("README.md"), MINE.replace("me", "us")).unwrap();
    assert!(scene.status().contains("No drift"));

    scene.template("README.md.j2", &GENERATED.replace("Shop", "Store"));
    let mut s = scene.update();
    s.see("! README.md (there already, different)").answer(REVIEW, ENTER).answer(README, ENTER);
    s.see("> Write: no file changes, only answers and decisions are recorded").send(ENTER);
    s.see("Left 1 path as it is: ! README.md (there already, different)").ends_with(0);
    scene.update().see("shop` is up to date.").ends_with(0).nothing_changed();
    assert!(scene.status().contains("No drift"));
}

#[test]
fn what_an_option_kept_is_the_persons_own_too() {
    let scene = Scene::new();
    let run = |args: &[&str]| {
        let args = [args, &["--yes"]].concat();
        scaffold(&scene.templates, &args, &scene.dir).status().unwrap().code()
    };
    let identity = ["--preset", "shop", "--set", "name=shop", "--set", "contact=b@example.com"];
    assert_eq!(run(&[&["init"], &identity[..]].concat()), Some(1));
    assert!(scene.status().contains("1 file as you decided"), "{}", scene.status());
    for name in ["Store", "Market"] {
        scene.template("README.md.j2", &GENERATED.replace("Shop", name));
        // nothing is written that the next update would wait for
        assert_eq!(run(&["update"]), Some(0));
        assert_eq!(scene.readme(), MINE);
        assert!(!scene.dir.join("README.md.scaffold-new").exists());
        assert!(scene.status().contains("No drift"), "{}", scene.status());
    }
}

#[test]
fn a_change_that_fits_into_a_kept_file_goes_into_it() {
    let scene = Scene::new();
    keep(&scene);
    scene.template("README.md.j2", &GENERATED.replace("4\n", "four\n"));
    scene.update().see("~ README.md (to merge with your changes)").answer(REVIEW, ENTER).see("Wrote 1 file");
    assert_eq!(scene.readme(), MINE.replace("4\n", "four\n"));
    assert!(scene.decisions().is_empty(), "it was about another file: {}", scene.decisions());
}

#[test]
fn a_refused_hunk_is_not_offered_again_until_the_templates_change_it() {
    let scene = Scene::with_a_refused_hunk();
    assert!(scene.status().contains("No drift"), "{}", scene.status());
    scene.update().see("shop` is up to date.").ends_with(0).nothing_changed();

    // a change elsewhere is merged around it
    scene.template("README.md.j2", &GENERATED.replace("5\n", "five\n"));
    let mut s = scene.update();
    s.see("~ README.md (to merge with your changes)").answer(REVIEW, &[DOWN, ENTER].concat()).see("-5 +five");
    assert!(!s.words().contains("-# Mine"), "{}", s.words());
    s.answer(REVIEW, ENTER).see("Wrote 1 file").ends_with(0);
    assert!(scene.decisions().contains("README.md"), "{}", scene.decisions());
    assert!(scene.status().contains("No drift"), "{}", scene.status());

    // a change of these very lines is a conflict
    scene.template("README.md.j2", &GENERATED.replace("5\n", "five\n").replace("# Shop", "# Store"));
    scene.update().see("! README.md (1 conflict)").answer(REVIEW, ENTER).see("Conflict markers were").ends_with(1);
    assert!(scene.readme().contains("# Mine") && scene.readme().contains("# Store"));
    assert!(scene.decisions().is_empty(), "{}", scene.decisions());
}

#[test]
fn an_update_is_taken_in_part() {
    let scene = Scene::new();
    fs::remove_file(scene.dir.join("README.md")).unwrap();
    let args = ["init", "--yes", "--preset", "shop", "--set", "name=shop", "--set", "contact=b@example.com"];
    assert!(scaffold(&scene.templates, &args, &scene.dir).status().unwrap().success());
    scene.template("README.md.j2", &GENERATED.replace("Shop", "Store").replace("them", "us"));
    let mut s = scene.update();
    s.see("~ README.md").answer(REVIEW, &[DOWN, DOWN, ENTER].concat()).see("-# Shop +# Store").see("(1/2)").send("n");
    s.see("(2/2)").send("y");
    s.see("> Write 1 file").send(ENTER).see("Wrote 1 file").ends_with(0);
    assert_eq!(scene.readme(), GENERATED.replace("them", "us"));
    scene.update().see("shop` is up to date.").ends_with(0).nothing_changed();
    assert!(scene.status().contains("No drift"), "{}", scene.status());

    // taken back, the decision goes with it
    let undo = scaffold_in(&scene.dir, &["undo", "--yes"]);
    assert!(undo.contains("Took the last update back"), "{undo}");
    assert_eq!(scene.readme(), GENERATED);
    assert!(scene.decisions().is_empty());
}

fn scaffold_in(dir: &Path, args: &[&str]) -> String {
    let done = program(dir).args(args).output().unwrap();
    String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned()
}

#[test]
fn a_file_that_was_left_out_is_offered_when_the_templates_change_it() {
    let scene = Scene::new();
    let mut s = scene.init();
    s.send(ENTER).see("> Write 5 files").send(&[DOWN, DOWN, DOWN, DOWN, ENTER].concat()).see("run.sh (to create)");
    s.send(&[DOWN, DOWN, DOWN, ENTER].concat()).answer("run.sh is new. What now?", &[DOWN, ENTER].concat());
    s.answer("Which one?", &[UP.repeat(4), ENTER.into()].concat()).see("> Write 4 files").send(ENTER).see("(left out)");
    s.status();
    scene.update().see("shop` is up to date.").ends_with(0).nothing_changed();
    assert!(scene.status().contains("2 files as you decided"), "{}", scene.status());

    scene.template("run.sh", "#!/bin/sh\nexec false\n");
    // nobody is there to be asked: it stays away, and is still to be offered
    assert!(scaffold(&scene.templates, &["update", "--yes"], &scene.dir).status().unwrap().success());
    assert!(!scene.dir.join("run.sh").exists());
    for (keys, exists) in [(ENTER, false), ("", true)] {
        if exists {
            scene.template("run.sh", "#!/bin/sh\nexec later\n");
        }
        let mut s = scene.update();
        s.see("? run.sh (left out by you, different now)").see("> Write: no file changes");
        if exists {
            s.send(&[UP, UP, UP, ENTER].concat()).see("run.sh (left out by you, different now: left out)").send(ENTER);
            s.answer("run.sh was left out by you, and is different now. What now?", &[DOWN, ENTER].concat());
            s.answer("Which one?", &[DOWN, ENTER].concat()).see("> Write 1 file").send(ENTER);
        }
        s.send(keys).ends_with(0);
        assert_eq!(scene.dir.join("run.sh").exists(), exists);
        scene.update().see("shop` is up to date.").ends_with(0).nothing_changed();
    }
    assert!(!scene.decisions().contains("run.sh"), "{}", scene.decisions());
}

#[test]
fn what_is_forgotten_is_offered_again() {
    let scene = Scene::with_a_refused_hunk();
    assert_eq!(scaffold_in(&scene.dir, &["decisions"]), "README.md  1 difference refused\n");
    assert!(scene.forget(&["run.sh"]).contains("error: there is no decision about `run.sh`"));
    let listed = scaffold_in(&scene.dir, &["decisions", "--format", "json"]);
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(listed, serde_json::json!([{"path": "README.md", "decision": "refused", "differences": 1}]));
    // only what was refused is offered again: an edit since stays one
    fs::write(scene.dir.join("README.md"), scene.readme().replace("4\n", "four\n")).unwrap();
    let said = scene.forget(&["README.md"]);
    assert_eq!(said, "Forgot what was decided about 1 file; the next `scaffold update` offers it again.\n");
    let mut s = scene.update();
    s.see("~ README.md (to merge with your changes)").answer(REVIEW, &[DOWN, DOWN, ENTER].concat());
    s.see("-# Mine +# Shop").see("(1/1)").send("y").see("> Write 1 file").send(ENTER).ends_with(0);
    assert_eq!(scene.readme(), GENERATED.replace("4\n", "four\n"));
    assert!(scene.decisions().is_empty());
    assert_eq!(scaffold_in(&scene.dir, &["decisions"]), "Nothing was decided about single files.\n");
    assert_eq!(scene.forget(&["--all"]), "Nothing was decided about single files.\n");

    let scene = Scene::new();
    keep(&scene);
    assert!(scene.forget(&["--all"]).starts_with("Forgot what was decided about 1 file"));
    scene.update().see("! README.md (there already, different)").answer(REVIEW, ENTER).see(README);
    assert!(scaffold_in(&scene.dir, &["undo", "--yes"]).contains("Took the last update back"));
    assert!(scene.decisions().contains("README.md"));
    scene.update().see("shop` is up to date.").ends_with(0);
}
