//! `update` at the terminal: what is new is asked, everything else is shown and decided.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use scaffold::text::tree::File;
use tempfile::TempDir;

use super::{CONTACT, NAME, OVERVIEW, REVIEW, SERVICES};
use crate::scene::program;
use crate::session::{CTRL_C, DOWN, ENTER, ESC, Session, Start, UP};
use crate::support::{read_tree, root, write_tree};

const TIER: &str = "How much may it fail?";
const DECIDE: &str = "README.md was changed by you and by the new version: a conflict at line 5. What now?";

/// A repository that was generated with the small catalog, and the next version of the catalog.
pub struct Shop {
    _temp: TempDir,
    pub dir: PathBuf,
    pub next: PathBuf,
}

/// The next version asks one more question, changes two files, moves one and brings one.
pub fn shop() -> Shop {
    let temp = TempDir::new().unwrap();
    let (dir, next) = (temp.path().join("shop"), temp.path().join("next"));
    assert!(scaffold(&small(), &["init", "--yes", "--preset", "shop"], &dir).status().unwrap().success());
    let mut files = read_tree(&root().join("tests/catalogs/small/templates"));
    let mut edit = |path: &str, old: &str, new: &str| {
        let file = files.get_mut(path).unwrap();
        let text = String::from_utf8(file.bytes.clone()).unwrap();
        assert!(text.contains(old), "{path}: {text}");
        file.bytes = text.replacen(old, new, 1).into_bytes();
    };
    edit(
        "questions.yaml",
        "  - name: services\n",
        "  - {name: tier, group: operation, ask: How much may it fail?, help: An hour a month suits most., kind: choice, default: silver, \
         choices: [{value: silver, title: An hour a month}, {value: gold, title: Five minutes a month}]}\n  \
         - name: services\n",
    );
    edit("components/base/files/README.md.j2", "It runs in", "Its tier is <%= tier %>. It runs in");
    edit("components/base/files/run.sh", "true", "sleep 1");
    edit(
        "components/database/component.yaml",
        "title:",
        "moved: [{from: db/backup.yaml, to: db/nightly/backup.yaml}]\ntitle:",
    );
    let backup = files.remove("components/database/files/db/backup.yaml.j2").unwrap();
    files.insert("components/database/files/db/nightly/backup.yaml.j2".into(), backup);
    let tiers = File { bytes: b"# Tiers\n".to_vec(), executable: false };
    files.insert("components/base/files/docs/tiers.md".into(), tiers);
    write_tree(&next, &files);
    Shop { _temp: temp, dir, next }
}

/// The catalog that the repository was generated with.
pub fn small() -> PathBuf {
    root().join("tests/catalogs/small/templates")
}

/// A run without a terminal.
pub fn scaffold(templates: &Path, args: &[&str], dir: &Path) -> Command {
    let mut command = program(dir.parent().unwrap());
    command.env("XDG_STATE_HOME", dir.parent().unwrap().join("state"));
    command.args(args).arg("--templates").arg(templates).arg(dir).stdin(Stdio::null()).stderr(Stdio::null());
    command
}

/// What it prints.
pub fn output(templates: &Path, args: &[&str], dir: &Path) -> String {
    String::from_utf8(scaffold(templates, args, dir).output().unwrap().stdout).unwrap()
}

impl Shop {
    /// The same with edits: one in conflict, one in a file that moves, one file deleted.
    pub fn edited(self) -> Self {
        self.replace("README.md", "It runs in eu-central-1", "It runs at home");
        self.replace("db/backup.yaml", "schedule", "mine: 1\nschedule");
        fs::remove_file(self.dir.join("services/mails/service.yaml")).unwrap();
        self
    }

    pub fn replace(&self, path: &str, old: &str, new: &str) {
        let text = fs::read_to_string(self.dir.join(path)).unwrap();
        assert!(text.contains(old), "{path}: {text}");
        fs::write(self.dir.join(path), text.replace(old, new)).unwrap();
    }

    fn start(&self, args: &[&str]) -> Start {
        Start::with(&self.dir, "update", &self.next, args)
    }

    /// Up to the plan.
    fn plan(&self) -> Session {
        let mut s = self.start(&[]).run();
        s.answer(TIER, ENTER).see("? What should happen?");
        s
    }

    /// The next version, without questions.
    pub fn update(&self) {
        assert!(scaffold(&self.next, &["update", "--yes"], &self.dir).status().unwrap().success());
    }
}

#[test]
fn only_what_is_new_is_asked() {
    let shop = shop();
    let mut s = shop.start(&[]).run();
    s.see("An hour a month suits most.").answer(TIER, &[DOWN, ENTER].concat()).see("> How much may it fail? gold");
    s.see("└── ~ backup.yaml (from db/backup.yaml)").see("├── ~ README.md").see("└── ~ run.sh").see("+ tiers.md");
    s.see("+ 1 file to create ~ 2 files to update = 3 files unchanged ~ 1 file to move");
    s.see("> Write 4 files").send(ENTER).see("Wrote 4 files to").ends_with(0);
    assert_eq!(String::from_utf8_lossy(&s.output).matches(OVERVIEW).count(), 0);
    assert!(s.file("README.md").contains("\nIts tier is gold. It runs in eu-central-1"));
    assert!(s.file(".scaffold/answers.yaml").contains("\ntier: gold\n"));
    assert!(s.file("db/nightly/backup.yaml").starts_with("schedule") && !shop.dir.join("db/backup.yaml").exists());

    shop.start(&[]).run().see("shop` is up to date.").ends_with(0).nothing_changed();
}

/// The records of a run that was faster are not replaced by what was decided about those before.
#[test]
fn another_run_while_somebody_decides() {
    let shop = shop();
    let mut s = shop.plan();
    shop.update();
    let after = fs::read_to_string(shop.dir.join(".scaffold/base")).unwrap();
    s.send(ENTER).see("error: `.scaffold/base`, `.scaffold/answers.yaml` changed since the plan was made");
    s.see("hint: repeat the command to see a new plan").see("hint: nothing was written").ends_with(2);
    assert_eq!(s.file(".scaffold/base"), after);

    // a decision that was forgotten meanwhile is not written back
    let shop = self::shop();
    let run = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_scaffold"));
        assert!(command.current_dir(&shop.dir).args(args).stderr(Stdio::null()).status().unwrap().success());
    };
    shop.replace("README.md", "It runs in eu-central-1", "It runs at home");
    let mut s = shop.plan();
    s.send(&[UP, UP, ENTER].concat()).answer(DECIDE, &[DOWN, ENTER].concat()).see("> Write").send(ENTER).ends_with(0);
    let mut s = shop.start(&["--set", "tier=gold"]).run();
    s.answer(REVIEW, ENTER).answer("README.md is there already", ENTER).see("? What should happen?");
    run(&["decisions", "forget", "README.md"]);
    s.send(ENTER).see("error: `.scaffold/base`, `.scaffold/decisions.yaml` changed since").ends_with(2);
    assert!(!shop.dir.join(".scaffold/decisions.yaml").exists());
}

#[test]
fn all_is_asked_when_wanted_with_the_recorded_answers() {
    let shop = shop();
    shop.update();
    let mut s = shop.start(&["--ask", "all"]).run();
    s.answer(NAME, ENTER).see("> What is the project called? shop");
    s.answer(CONTACT, ENTER).see("> Who is told when something breaks? shop@example.com");
    s.replace("What is it for?", "Sells books");
    s.answer("In which region does it run?", ENTER).see("> In which region does it run? eu-central-1");
    s.answer("How many copies of each service?", ENTER).answer("Which database?", ENTER);
    s.see("> Which database? postgres").answer("Is it monitored?", ENTER).answer("What else?", ENTER);
    s.see("> What else? tls").answer(TIER, &[DOWN, ENTER].concat());
    s.see("mails worker 8080 - SMTP_PASSWORD").answer(SERVICES, ENTER);
    s.answer("When is the database backed up?", ENTER).answer(OVERVIEW, ENTER);
    s.see("> Write 1 file").send(ENTER).ends_with(0);
    assert!(s.file("README.md").contains("\nSells books\n\nIts tier is gold."));
    assert!(s.file(".scaffold/answers.yaml").contains("SMTP_PASSWORD"));
}

#[test]
fn a_conflict_becomes_markers_unless_decided_otherwise() {
    let shop = shop().edited();
    let mut s = shop.plan();
    s.see("! README.md (1 conflict)").see("= service.yaml (deleted by you, stays away)");
    s.see("! 1 file to merge, with conflicts").see("> Write 4 files, 1 of them with conflict markers");
    s.see("Decide about 1 file in conflict").send(ENTER);
    s.see("Wrote 4 files").see("Conflict markers were written to 1 file: ! README.md (a conflict at line 5)");
    s.see("Next: resolve the conflicts until no marker is left.").ends_with(1);
    assert!(s.file("README.md").contains("\n<<<<<<< yours\nIt runs at home"));
    assert!(s.file("db/nightly/backup.yaml").starts_with("mine: 1\nschedule"));
    assert!(!shop.dir.join("services/mails/service.yaml").exists());

    let mut s = shop.start(&[]).run();
    s.see("error: 1 conflict of an earlier run is not resolved yet: README.md:5").ends_with(2).nothing_changed();
}

#[test]
fn a_conflict_ends_the_update_where_that_is_asked_for() {
    let shop = shop().edited();
    let mut s = shop.start(&["--on-conflict", "fail"]).run();
    s.answer(TIER, ENTER).see("1 file in conflict; nothing was written:").ends_with(1).nothing_changed();
}

#[test]
fn a_conflict_is_decided_and_decided_again() {
    for (keys, word, label, mine, beside) in [
        (DOWN.to_string(), "keep mine", "Write 3 files", true, false),
        (DOWN.repeat(2), "take the new one", "Write 4 files", false, false),
        (DOWN.repeat(3), "both", "Write 4 files", true, true),
    ] {
        let shop = shop().edited();
        let mut s = shop.plan();
        s.send(&[UP, UP, ENTER].concat()).see(&format!("? {DECIDE} > Merge: conflict markers show both sides"));
        s.see("Both: the new one becomes README.md.scaffold-new").send(&[&keys, ENTER].concat());
        s.see(&format!("> {DECIDE} {word}")).see(&format!("> {label} Look at"));
        // the second time the list starts at what was decided
        s.see("Decide again about 1 file in conflict").send(&[UP, UP, ENTER].concat()).see(&format!("? {DECIDE}"));
        s.send(ENTER).see(&format!("> {label} Look at")).send(ENTER).ends_with(i32::from(beside));
        assert_eq!(s.file("README.md").contains("It runs at home"), mine);
        assert_eq!(s.words().contains("! README.md (changed by you and by the new version"), mine);
        assert!(!s.file("README.md").contains("<<<<<<<"));
        assert_eq!(shop.dir.join("README.md.scaffold-new").exists(), beside);
    }
}

#[test]
fn differences_follow_what_was_decided() {
    let shop = shop().edited();
    let mut s = shop.plan();
    s.send(&[UP, UP, ENTER].concat()).answer("README.md was changed", &[UP, ENTER].concat());
    s.see("+<<<<<<< yours It runs at home").see("+||||||| scaffold").see(">>>>>>> scaffold");
    s.answer("README.md was changed", &[DOWN, DOWN, ENTER].concat()).see("What now? take the new one");
    s.answer(REVIEW, &[DOWN, ENTER].concat()).see("-It runs at home").see("+Its tier is silver. It runs");
    s.see("db/backup.yaml moves to db/nightly/backup.yaml").see("+exec sleep 1");
    s.answer(REVIEW, &[UP, UP, ENTER].concat()).answer("README.md was changed", &[UP, ENTER].concat());
    s.see("What now? keep mine").answer(REVIEW, &[DOWN, ENTER].concat()).see("README.md: stays as it is");
    s.answer(REVIEW, &[DOWN, DOWN, DOWN, DOWN, ENTER].concat()).see("README.md (to merge, with conflicts: keep mine)");
    s.see("db/nightly/backup.yaml (to move)").send(&[DOWN, ENTER].concat());
    s.answer("db/nightly/backup.yaml comes from db/backup.yaml. What now?", &[UP, UP, ENTER].concat());
    s.see("look at the difference db/backup.yaml moves to");
    s.answer("db/nightly/backup.yaml comes from db/backup.yaml. What now?", CTRL_C).ends_with(130).nothing_changed();
}

#[test]
fn the_difference_of_a_moved_file_in_conflict() {
    let shop = shop().edited();
    shop.replace("db/backup.yaml", "17 2", "17 5");
    let template = shop.next.join("components/database/files/db/nightly/backup.yaml.j2");
    fs::write(template, "schedule: \"<%= backup_schedule %>\" # UTC\n").unwrap();
    let mut s = shop.plan();
    s.see("! backup.yaml (from db/backup.yaml, 1 conflict)").see("> Write 4 files, 2 of them with conflict markers");
    s.send(&[DOWN, ENTER].concat()).see("db/backup.yaml moves to db/nightly/backup.yaml --- a/db/nightly/backup.yaml");
    s.answer(REVIEW, ENTER)
        .see("Conflict markers were written to 2 files")
        .see("Next: resolve the conflicts")
        .ends_with(1);
    assert!(s.file("db/nightly/backup.yaml").contains("schedule: \"17 5") && !shop.dir.join("db/backup.yaml").exists());
}

#[test]
fn what_has_no_markers_must_be_decided() {
    let shop = shop().edited();
    shop.replace("run.sh", "true", "\0");
    fs::create_dir(shop.dir.join("docs")).unwrap();
    fs::write(shop.dir.join("docs/tiers.md"), "mine\n").unwrap();
    let mut s = shop.plan();
    s.see("! tiers.md (there already, different)").see("! run.sh (both sides changed a binary file)");
    s.see("> Decide about 2 files that are there already or in conflict").send(ENTER);
    // the file with markers is not among them
    s.answer("docs/tiers.md is there already, with other content. Which one?", ENTER);
    s.answer("run.sh was changed by you and by the new version: both sides changed a binary file.", ENTER);
    s.see("> Write 2 files, 1 of them with conflict markers");
    s.see("Decide again about 3 files that are there already or in conflict").send(&[UP, UP, ENTER].concat());
    s.answer(DECIDE, &[DOWN, ENTER].concat()).answer("docs/tiers.md is", &[DOWN, ENTER].concat());
    s.answer("run.sh was", &[DOWN, DOWN, ENTER].concat()).see("> Write 3 files").send(ENTER);
    s.see("! run.sh (both sides changed a binary file; the new one is beside it: run.sh.scaffold-new)").ends_with(1);
    assert_eq!(s.file("docs/tiers.md"), "# Tiers\n");
    assert!(s.file("run.sh").contains('\0') && s.file("run.sh.scaffold-new").contains("sleep 1"));
    assert!(s.file("README.md").contains("It runs at home") && !s.file("README.md").contains("<<<<<<<"));
}

#[test]
fn leaving_at_any_stage_changes_nothing() {
    for (key, first) in [(CTRL_C, 0), (ESC, 1)] {
        for stage in first..4 {
            let shop = shop().edited();
            let mut s = shop.start(&["--ask", "needed"]).rows(25).run();
            for (question, keys) in
                [(TIER, ENTER), (REVIEW, &[UP, UP, ENTER].concat()), (DECIDE, ENTER)].iter().take(stage)
            {
                s.answer(question, keys);
            }
            s.answer([TIER, REVIEW, DECIDE, REVIEW][stage], key);
            if (key, stage) == (ESC, 2) {
                // from a single file it leads to the plan first
                s.answer(REVIEW, key);
            }
            s.see("Stopped before writing.");
            s.ends_with(130).nothing_changed();
            // nothing of the question is left behind it
            assert!(s.words().ends_with("Stopped before writing."), "{}", s.words());
        }
    }
    let first = shop();
    let mut s = first.start(&[]).run();
    s.answer(TIER, ESC)
        .see(&format!("This is the first question; Ctrl-C leaves. ? {TIER}"))
        .send(CTRL_C)
        .ends_with(130);
    let shop = shop().edited();
    shop.plan()
        .send(&[UP, ENTER].concat())
        .see("> What should happen? stop Stopped before writing.")
        .ends_with(1)
        .nothing_changed();
}

#[test]
fn narrow_without_colour_and_only_ascii() {
    let shop = shop().edited();
    let mut s = shop.start(&[]).columns(40).var("NO_COLOR", "1").var("LANG", "C").run();
    s.answer(TIER, ENTER).see("`-- ~ backup.yaml (from db/b...)").see("|-- ! README.md (1 conflict)");
    s.see("> Write 4 files, 1 of them with conflict markers").send(&[UP, UP, ENTER].concat());
    s.see(&format!("? {DECIDE} > Merge: conflict markers show both sides"));
    s.see("Both: the new one becomes README.md.scaffold-new").send(&[UP, ENTER].concat()).see("+<<<<<<< yours");
    s.answer("README.md was changed", ENTER).answer(REVIEW, ENTER).see("README.md (a conflict at line 5)").ends_with(1);
    assert!(s.output.is_ascii());
}

#[test]
fn files_that_go_are_counted_apart() {
    let shop = shop();
    shop.update();
    let mut s = shop.start(&["--set", "monitoring=false"]).run();
    s.see("- 1 file to delete").see("> Remove 1 file").send(ENTER).see("Removed 1 file from").ends_with(0);
    assert!(!shop.dir.join("monitoring").exists());
    let mut s = shop.start(&["--set", "database=none", "--set", "replicas=3"]).run();
    s.see("> Write 1 file and remove 1").send(ENTER).see("Wrote 1 file to").see("and removed 1;").ends_with(0);
}
