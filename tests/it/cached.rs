//! What a command says again without working it out: the same, byte for byte, and only while nothing has changed.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use rayon::prelude::*;
use serde_json::json;
use tempfile::TempDir;

use crate::repository::{git, text};
use crate::scene::{self, differences, program, put, said, snapshot};
use crate::support::{read_tree, root, write_tree};

/// The first and the last are asked after each change: all rest on the same.
const COMMANDS: [&[&str]; 3] = [&["status", "--exit-code=edited,deleted,unmerged"], &["diff"], &["update", "--yes"]];
/// Longer than files are too young to be remembered.
const SETTLED: Duration = Duration::from_millis(120);
/// Where nothing can be written.
const NOWHERE: &str = "/dev/null/cache";

/// `project/`, the catalog that it was generated from, and a cache.
struct Place(TempDir);

impl Place {
    fn small() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        let catalog = root().join("tests/catalogs/small");
        assert!(Command::new("cp").arg("-a").arg(catalog).arg(place.path("catalog")).status().unwrap().success());
        assert!(place.init(&["--preset", "shop"]));
        place
    }

    fn init(&self, args: &[&str]) -> bool {
        let mut init = program(self.0.path());
        init.args(["init", "project", "--yes", "--templates", "catalog/templates"]).args(args);
        init.output().unwrap().status.success()
    }

    fn path(&self, rel: &str) -> PathBuf {
        self.0.path().join(rel)
    }

    fn copy(&self) -> Self {
        let copy = Self(tempfile::tempdir().unwrap());
        for name in
            ["project", "catalog", "kept.md", ".git", ".gitignore"].into_iter().filter(|name| self.path(name).exists())
        {
            assert!(Command::new("cp").arg("-a").args([self.path(name), copy.path(name)]).status().unwrap().success());
        }
        copy
    }

    fn command(&self, program: &mut Command, args: &[&str]) -> Output {
        program
            .current_dir(self.0.path())
            .args(args)
            .args(["project", "--templates", "catalog/templates"])
            .output()
            .unwrap()
    }

    fn cached(&self, args: &[&str]) -> String {
        let mut program = program(self.0.path());
        self.told(&self.command(program.env("XDG_CACHE_HOME", self.path("cache")), args))
    }

    fn uncached(&self, args: &[&str]) -> String {
        let mut program = program(self.0.path());
        self.told(&self.command(program.env("XDG_CACHE_HOME", NOWHERE), args))
    }

    fn told(&self, output: &Output) -> String {
        let all = format!("{}\n{}{}", output.status, text(&output.stdout), said(output));
        all.replace(&*self.0.path().to_string_lossy(), "PLACE")
    }

    /// The files of the cache, with their inodes: one that is written again has another.
    fn kept(&self) -> Vec<(PathBuf, u64)> {
        let Ok(entries) = fs::read_dir(self.path("cache/scaffold")) else { return Vec::new() };
        let mut kept: Vec<_> =
            entries.map(Result::unwrap).map(|entry| (entry.path(), entry.metadata().unwrap().ino())).collect();
        kept.sort();
        kept
    }

    fn git(&self, args: &[&str]) {
        let output = git(&self.path("project")).args(args).output().unwrap();
        assert!(output.status.success(), "git {args:?}: {}", said(&output));
    }

    fn commit(&self) {
        self.git(&["init", "-q"]);
        self.git(&["add", "-A"]);
        self.git(&["commit", "-qm", "x"]);
    }

    fn put(&self, rel: &str, text: &str) {
        put(self.0.path(), rel, text, 0o644);
    }

    fn read(&self, rel: &str) -> String {
        fs::read_to_string(self.path(rel)).unwrap()
    }

    fn remove(&self, rel: &str) {
        fs::remove_file(self.path(rel)).unwrap();
    }

    /// Replaces a text by one of the same length, and leaves the times of the file.
    fn swap(&self, rel: &str, from: &str, to: &str) {
        let (old, text) = (fs::metadata(self.path(rel)).unwrap(), self.read(rel));
        assert!(text.contains(from) && from.len() == to.len(), "{rel}:\n{text}");
        let file = fs::File::options().write(true).open(self.path(rel)).unwrap();
        fs::write(self.path(rel), text.replacen(from, to, 1)).unwrap();
        file.set_modified(old.modified().unwrap()).unwrap();
        assert_eq!(fs::metadata(self.path(rel)).unwrap().len(), old.len());
    }
}

/// What a case is called, what is done before the replies are remembered, and what changes then.
type Case = (&'static str, fn(&Place), fn(&Place));

const PLAIN: fn(&Place) = |_| {};
const RUN: &str = "project/run.sh";
const README: &str = "project/README.md";

/// Every command says after a change what it would say without a cache, and does the same.
fn check(cases: &[Case]) {
    let small = Place::small();
    let places: Vec<Place> = cases
        .iter()
        .map(|(_, before, _)| {
            let place = small.copy();
            before(&place);
            place
        })
        .collect();
    sleep(SETTLED);
    let faults: Vec<String> = cases
        .par_iter()
        .zip(places)
        .flat_map_iter(|((name, _, change), place)| {
            let asked = [COMMANDS[0], COMMANDS[2]];
            asked.iter().for_each(|args| drop(place.cached(args)));
            assert_eq!(place.kept().len(), asked.len(), "{name}: not everything is remembered");
            change(&place);
            let other = place.copy();
            let mut faults = Vec::new();
            for args in asked {
                let (found, wanted) = (place.cached(args), other.uncached(args));
                if found != wanted {
                    faults.push(format!("{name}: {args:?} says\n{found}\ninstead of\n{wanted}"));
                }
            }
            let ignore = |path: &String| !path.starts_with(".git/") && !path.starts_with(".scaffold/undo");
            let [found, wanted] = [&place, &other].map(|place| snapshot(&place.path("project")));
            faults.extend(
                differences(&found, &wanted).into_iter().filter(ignore).map(|path| format!("{name}: {path} differs")),
            );
            faults
        })
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn nothing_is_worked_out_again_while_nothing_changes() {
    let place = Place::small();
    place.put("project/own/note.txt", "of the user\n");
    place.put(README, "edited\n");
    place.remove(RUN);
    place.commit();
    let modified = |at: SystemTime| {
        let file = fs::File::options().write(true).open(place.path(README)).unwrap();
        file.set_modified(at).unwrap();
        sleep(SETTLED);
    };
    // what could have changed while it was read is not remembered
    modified(SystemTime::now() + Duration::from_secs(60));
    assert!(place.cached(COMMANDS[0]).contains("edited") && place.kept().is_empty());
    modified(SystemTime::now());
    let uncached = COMMANDS.map(|args| place.uncached(args));
    assert_eq!(COMMANDS.map(|args| place.cached(args)), uncached);
    let kept = place.kept();
    assert_eq!(kept.len(), COMMANDS.len());
    // what git does to itself changes nothing that was looked at
    place.git(&["tag", "v1"]);
    assert_eq!(COMMANDS.map(|args| place.cached(args)), uncached);
    assert_eq!(place.kept(), kept);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert!(kept.iter().all(|(file, _)| mode(file) == 0o600) && mode(&place.path("cache/scaffold")) == 0o700);
    // other arguments are another question
    let quiet = place.cached(&["status"]);
    assert!(quiet.starts_with("exit status: 0") && !uncached[0].starts_with("exit status: 0"), "{quiet}");
}

#[test]
fn changes_of_files_are_seen() {
    check(&[
        ("an edit that leaves size and time", PLAIN, |place| place.swap(README, "shop", "shoq")),
        ("one at once after the reply", PLAIN, |place| {
            place.cached(COMMANDS[0]);
            place.swap(README, "shop", "shoq");
        }),
        ("a deleted file", PLAIN, |place| place.remove(RUN)),
        ("a mode", PLAIN, |place| fs::set_permissions(place.path(RUN), fs::Permissions::from_mode(0o644)).unwrap()),
        ("a new version beside a file", PLAIN, |place| place.put("project/README.md.scaffold-new", "new\n")),
        ("a link instead of a file", PLAIN, |place| {
            fs::rename(place.path(README), place.path("README.md")).unwrap();
            symlink("../README.md", place.path(README)).unwrap();
        }),
        ("a link instead of a folder", PLAIN, |place| {
            fs::rename(place.path("project/services"), place.path("services")).unwrap();
            symlink("../services", place.path("project/services")).unwrap();
        }),
        ("a name in other case", PLAIN, |place| {
            fs::rename(place.path(README), place.path("project/readme.md")).unwrap();
        }),
    ]);
}

#[test]
fn changes_of_what_is_recorded_are_seen() {
    check(&[
        ("an answer", PLAIN, |place| place.swap("project/.scaffold/answers.yaml", "shop@", "shup@")),
        ("the base", PLAIN, |place| place.swap("project/.scaffold/base", "|", "^")),
        ("a decision", PLAIN, |place| place.put("project/.scaffold/decisions.yaml", "x\n")),
        ("a decision in other case", PLAIN, |place| place.put("project/.scaffold/DECISIONS.yaml", "x\n")),
        ("attributes", PLAIN, |place| place.put("project/.scaffold/.gitattributes", "x\n")),
        ("a journal", PLAIN, |place| place.put("project/.scaffold/journal", "x\n")),
        ("a staged file", PLAIN, |place| place.put("project/.scaffold/staging/new/0", "x\n")),
        ("nothing recorded", PLAIN, |place| fs::remove_dir_all(place.path("project/.scaffold")).unwrap()),
    ]);
}

#[test]
fn changes_of_what_is_searched_are_seen() {
    let rules: fn(&Place) = |place| {
        place.put("project/.gitignore", "run.sh\n");
        place.git(&["init", "-q"]);
        place.git(&["add", "-f", "run.sh"]);
    };
    check(&[
        (
            "a deleted file that is elsewhere",
            |place| fs::rename(place.path(README), place.path("kept.md")).unwrap(),
            |place| place.put("project/docs/new/about.md", &place.read("kept.md")),
        ),
        (
            "a file of the user that becomes the deleted one",
            |place| {
                place.put("project/docs/about.md", &"#".repeat(place.read(README).len()));
                fs::rename(place.path(README), place.path("kept.md")).unwrap();
            },
            |place| place.put("project/docs/about.md", &place.read("kept.md")),
        ),
        (
            "a rule of git",
            |place| place.git(&["init", "-q"]),
            |place| place.put("project/services/.gitignore", "*.yaml\n"),
        ),
        (
            "a rule of one clone",
            |place| place.git(&["init", "-q"]),
            |place| place.put("project/.git/info/exclude", "run.sh\n"),
        ),
        ("a repository around it", PLAIN, |place| {
            fs::create_dir(place.path(".git")).unwrap();
            place.put(".gitignore", "run.sh\n");
        }),
        ("what git tracks", rules, |place| place.git(&["rm", "-q", "--cached", "run.sh"])),
        (
            "an index that can be read again",
            |place| {
                place.put("project/.gitignore", "run.sh\n");
                place.git(&["init", "-q"]);
                place.git(&["add", "README.md"]);
                place.git(&["update-index", "--split-index"]);
            },
            |place| place.git(&["update-index", "--no-split-index"]),
        ),
        (
            "a repository of git that is elsewhere",
            |place| {
                place.git(&["init", "-q"]);
                place.git(&["add", "README.md"]);
                fs::rename(place.path("project/.git"), place.path("project/one")).unwrap();
                let copied =
                    Command::new("cp").arg("-r").args(["project/one", "project/two"].map(|to| place.path(to))).status();
                assert!(copied.unwrap().success());
                place.put("project/one/info/exclude", "run.sh\n");
                place.put("project/.git", "gitdir: two\n");
            },
            |place| place.put("project/.git", "gitdir: one\n"),
        ),
        (
            "a sparse checkout",
            |place| place.commit(),
            |place| place.git(&["sparse-checkout", "set", "--cone", "services", ".scaffold"]),
        ),
    ]);
}

#[test]
fn a_path_that_was_not_generated_is_looked_at_each_time() {
    let place = Place::small();
    place.put("project/own/note.txt", "of the user\n");
    sleep(SETTLED);
    let diff = |cache: &str| {
        let mut program = program(place.0.path());
        program.env("XDG_CACHE_HOME", place.path(cache));
        let args = ["diff", "project", "own/note.txt", "--templates", "catalog/templates"];
        program.current_dir(place.0.path()).args(args).output().unwrap().status.code()
    };
    assert_eq!(diff("cache"), Some(0));
    place.remove("project/own/note.txt");
    assert_eq!((diff("cache"), diff("other")), (Some(2), Some(2)));
}

#[test]
fn changes_of_the_catalog_and_the_cache_are_seen() {
    check(&[
        ("a template of the same size and time", PLAIN, |place| {
            place.swap("catalog/templates/components/base/files/README.md.j2", "It", "IT");
        }),
        ("a new template", PLAIN, |place| {
            place.put("catalog/templates/components/base/files/services/new.txt", "new\n")
        }),
        ("a preset that does not parse", PLAIN, |place| place.put("catalog/presets/shop.yaml", "x: [\n")),
        ("replies that are cut off", PLAIN, |place| {
            for (file, _) in place.kept() {
                let bytes = fs::read(&file).unwrap();
                fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
            }
        }),
        ("replies with another byte", PLAIN, |place| {
            for (file, _) in place.kept() {
                let mut bytes = fs::read(&file).unwrap();
                bytes[45] ^= 1;
                fs::write(&file, &bytes).unwrap();
            }
        }),
        ("replies of another command", PLAIN, |place| {
            let files = place.kept();
            let texts: Vec<_> = files.iter().map(|(file, _)| fs::read(file).unwrap()).collect();
            files.iter().zip(texts.iter().cycle().skip(1)).for_each(|((file, _), text)| fs::write(file, text).unwrap());
        }),
        ("replies that others can read, and wrong", PLAIN, |place| {
            for (file, _) in place.kept() {
                fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
            }
            place.put(README, "edited\n");
        }),
        ("another folder at the same path", PLAIN, |place| {
            let copy = place.copy();
            fs::remove_dir_all(place.path("project")).unwrap();
            fs::rename(copy.path("project"), place.path("project")).unwrap();
            place.put(README, "edited\n");
        }),
    ]);
}

/// The state that each of these cases of `tests/updates/` leaves.
#[test]
fn what_updates_leave_is_told_alike() {
    let cases = [
        "beside-there-already",
        "case-differs-from-a-file-of-the-user",
        "executable-by-user",
        "file-becomes-folder-edited",
        "folder-by-user-in-place-of-a-file",
        "link-in-place-of-a-file",
        "many-at-once",
        "moved-by-the-user",
        "odd-file-names",
        "once-deleted-by-user",
        "once-left-alone",
        "several-conflicts",
        "table-keep-deleted",
        "table-orphan",
    ];
    let place_of = |case: &&str| {
        let dir = root().join("tests/updates").join(case);
        let place = Place(tempfile::tempdir().unwrap());
        scene::catalog(&place.path("catalog"), &read_tree(&dir.join("theirs")), &[json!(null); 0], &Default::default());
        fs::create_dir(place.path("project")).unwrap();
        assert!(place.init(&[]), "{case}");
        let keep = fs::read_dir(place.path("project")).unwrap().map(|entry| entry.unwrap().path());
        for path in keep.filter(|path| !path.ends_with(".scaffold")) {
            if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
        }
        write_tree(&place.path("project"), &read_tree(&dir.join("merged")));
        // what the user moved is recorded
        place.uncached(COMMANDS[2]);
        place
    };
    let places: Vec<Place> = cases.par_iter().map(place_of).collect();
    sleep(SETTLED);
    places.par_iter().zip(cases).for_each(|(place, case)| {
        for args in COMMANDS {
            let first = place.uncached(args);
            assert_eq!([place.cached(args), place.cached(args)], [&*first; 2], "{case}: {args:?}");
        }
    });
    let kept: usize = places.iter().map(|place| place.kept().len()).sum();
    assert!(kept > 2 * places.len(), "only {kept} are remembered");
}

#[test]
fn another_program_works_everything_out() {
    let place = Place::small();
    let copied = place.path("scaffold");
    fs::copy(env!("CARGO_BIN_EXE_scaffold"), &copied).unwrap();
    sleep(SETTLED);
    let run = |program: &Path| {
        let mut run = Command::new(program);
        run.env_clear().env("XDG_CACHE_HOME", place.path("cache")).env("XDG_STATE_HOME", place.path("state"));
        place.told(&place.command(&mut run, &["status"]))
    };
    let first = run(&copied);
    let kept = place.kept();
    assert_eq!(run(&copied), first);
    assert_eq!((place.kept(), kept.len()), (kept.clone(), 1));
    // another build of the same version, in its place
    use std::io::Write as _;
    fs::File::options().append(true).open(&copied).unwrap().write_all(b"x").unwrap();
    sleep(SETTLED);
    assert_eq!(run(&copied), first);
    assert_ne!(place.kept(), kept);
}

#[test]
fn an_update_that_does_nothing_waits_for_no_one_either() {
    let place = Place::small();
    sleep(SETTLED);
    place.cached(COMMANDS[2]);
    let lock = fs::File::create(place.path("project/.scaffold/lock")).unwrap();
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let said = place.cached(COMMANDS[2]);
    assert!(said.starts_with("exit status: 2") && said.contains("another scaffold process is running"), "{said}");
    drop(lock);
    place.remove("project/.scaffold/lock");
    assert!(place.cached(COMMANDS[2]).contains("is up to date"));
}

#[test]
fn a_cache_in_the_repository_is_not_used() {
    let place = Place::small();
    sleep(SETTLED);
    let mut inside = program(place.0.path());
    let said = place.told(&place.command(inside.env("XDG_CACHE_HOME", place.path("project/cache")), COMMANDS[0]));
    assert_eq!(said, place.uncached(COMMANDS[0]));
    assert!(!place.path("project/cache").exists());
}
