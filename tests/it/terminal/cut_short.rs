//! A run that was killed, and what the next one at the terminal says about it.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use super::update::{Shop, scaffold, shop, small};
use super::{CONTACT, MAIL, NAME, OVERVIEW, REVIEW, target};
use crate::session::{ENTER, Start};

/// Something of the run is in `.scaffold/`, and it had not gone further.
struct Moment {
    is: &'static str,
    is_not: &'static [&'static str],
}

/// New files lie ready.
const PREPARED: Moment = Moment { is: "staging", is_not: &["journal", "journal.done"] };
/// Files are being exchanged.
const EXCHANGING: Moment = Moment { is: "journal", is_not: &["journal.done"] };

impl Moment {
    /// Kills a run at this moment; whether that worked.
    fn kill(&self, dir: &Path, mut command: Command) -> bool {
        // a journal counts once its last line is there
        let here = |name: &str| {
            let path = dir.join(".scaffold").join(name);
            path.is_dir() || fs::read_to_string(path).is_ok_and(|journal| journal.contains("\nend "))
        };
        let mut run = command.spawn().unwrap();
        let until = Instant::now() + Duration::from_secs(10);
        while !here(self.is) && run.try_wait().unwrap().is_none() && Instant::now() < until {}
        run.kill().unwrap();
        run.wait().unwrap();
        here(self.is) && !self.is_not.iter().any(|name| here(name))
    }

    fn update(&self) -> Shop {
        (0..400)
            .map(|_| shop())
            .find(|shop| self.kill(&shop.dir, scaffold(&shop.next, &["update", "--yes"], &shop.dir)))
            .expect("no run was killed at the right moment")
    }

    /// `init` in a folder with a file of the user.
    fn init(&self) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = || {
            let (temp, dir) = target();
            fs::create_dir(&dir).unwrap();
            fs::write(dir.join("notes.txt"), "mine\n").unwrap();
            (temp, dir)
        };
        (0..400)
            .map(|_| folder())
            .find(|(_, dir)| self.kill(dir, scaffold(&small(), &["init", "--yes", "--preset", "shop"], dir)))
            .expect("no run was killed at the right moment")
    }
}

/// Nothing of the run is left.
fn swept(dir: &Path) {
    let left: Vec<_> = fs::read_dir(dir.join(".scaffold")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    let known = [".gitattributes", ".gitignore", "answers.yaml", "base", "undo"];
    assert!(left.iter().all(|name| known.iter().any(|known| name == known)), "{left:?}");
}

#[test]
fn a_prepared_update_is_undone() {
    let shop = PREPARED.update();
    let mut s = Start::with(&shop.dir, "update", &shop.next, &["--set", "tier=gold"]).run();
    s.see("Undid an earlier run, which had begun with ").see("> Write 4 files").send(ENTER).ends_with(0);
    assert!(s.file("README.md").contains("tier is gold"));
    swept(&shop.dir);

    let shop = PREPARED.update();
    let mut s = Start::with(&shop.dir, "init", &small(), &[]).run();
    s.see("Undid an earlier run, which had begun with ").see("shop` is up to date").ends_with(0);
    assert!(s.file("README.md").contains("\nIt runs in"));
    swept(&shop.dir);
}

#[test]
fn an_update_under_way_is_finished() {
    for verb in ["update", "init"] {
        let shop = EXCHANGING.update();
        let mut s = Start::with(&shop.dir, verb, &shop.next, &[]).run();
        s.see("Finished an earlier run, which wrote ").see("shop` is up to date").ends_with(0);
        assert!(s.file("README.md").contains("tier is silver") && s.file("run.sh").contains("sleep 1"));
        assert!(!shop.dir.join("db/backup.yaml").exists());
        swept(&shop.dir);
    }
}

#[test]
fn a_prepared_init_is_undone_and_asks_as_before() {
    let (_temp, dir) = PREPARED.init();
    let mut s = Start::init(&dir, &["--preset", "shop"]).run();
    s.see("Undid an earlier run, which had begun with ").answer(NAME, ENTER).answer(CONTACT, MAIL);
    s.answer(OVERVIEW, ENTER).answer(REVIEW, ENTER).see("Wrote 6 files").ends_with(0);
    assert_eq!(s.file("notes.txt"), "mine\n");
    swept(&dir);
}

#[test]
fn an_init_under_way_is_finished() {
    for verb in ["init", "update"] {
        let (_temp, dir) = EXCHANGING.init();
        let mut s = Start::with(&dir, verb, &small(), &[]).run();
        s.see("Finished an earlier run, which wrote ").see("shop` is up to date").ends_with(0);
        assert!(s.file("README.md").starts_with("# shop\n"));
        assert_eq!(s.file("notes.txt"), "mine\n");
        swept(&dir);
    }
}
