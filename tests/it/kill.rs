//! kill -9 of real updates, with edits of a user, at random moments: afterwards everything is old or everything is new,
//! or the next call makes it so and says it. After a signal that can be heard, no next call is needed.

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use scaffold::text::tree::File;
use tempfile::TempDir;

use crate::scene::{Moments, Snapshot, catalog, differences, folder, program, put, said, snapshot};

/// Runs that have to be killed while they are at work, and the most that are tried for that.
const KILLS: u32 = 100;
const TRIES: u32 = 400;
/// Files of each kind.
const FILES: usize = 12;

/// What is generated in a version.
fn generated(version: &str) -> BTreeMap<String, File> {
    let mut files = BTreeMap::new();
    let mut add = |path: String, first: &str, last: &str| {
        let bytes = format!("{first}\n{}{last}\n", format!("{path}\n").repeat(40)).into_bytes();
        files.insert(path, File { bytes, executable: false });
    };
    for n in 0..FILES {
        add(format!("same/{n}.txt"), "first", "last");
        add(format!("changed/{n}.txt"), version, "last");
        add(format!("merged/{n}.txt"), version, "last");
        add(format!("conflicts/{n}.txt"), version, "last");
        add(format!("only-{version}/{n}.txt"), "first", version);
        add(format!("turn/{n}{}", if version == "old" { "" } else { "/inside" }), version, version);
    }
    files
}

/// What the user did to the old version.
fn edit(project: &Path) {
    for n in 0..FILES {
        let change = |path: String, from: &str, to: &str| {
            let full = project.join(path);
            let text = std::fs::read_to_string(&full).unwrap();
            std::fs::write(&full, text.replacen(from, to, 1)).unwrap();
        };
        change(format!("merged/{n}.txt"), "\nlast\n", "\nedited\n");
        change(format!("conflicts/{n}.txt"), "old\n", "edited\n");
        if n % 3 == 0 {
            change(format!("same/{n}.txt"), "last\n", "edited\n");
            change(format!("only-old/{n}.txt"), "first\n", "edited\n");
        }
        put(project, &format!("mine/{n}.txt"), "mine\n", 0o640);
    }
    std::fs::remove_file(project.join("changed/1.txt")).unwrap();
}

/// A place with two catalogs and a repository made from the old one, edited.
struct Scene(TempDir);

impl Scene {
    fn new() -> Self {
        let scene = Self(folder());
        for version in ["old", "new"] {
            catalog(&scene.0.path().join(version), &generated(version), &[], &BTreeMap::new());
        }
        let project = scene.0.path().join("project");
        let mut init = program(scene.0.path());
        let output = init.args(["init", "project", "--yes", "--templates", "old/templates"]).output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
        edit(&project);
        scene
    }

    /// The command, in a folder that holds a copy of the repository.
    fn command(&self, place: &Path, command: &str) -> Command {
        let mut run = program(place);
        run.args([command, "project", "--yes"]).stderr(Stdio::piped());
        if command == "update" {
            run.arg("--templates").arg(self.0.path().join("new/templates"));
        }
        run
    }

    fn run(&self, place: &Path, command: &str) -> Output {
        self.command(place, command).output().unwrap()
    }

    /// A copy of a repository.
    fn copy(project: &Path) -> TempDir {
        let place = folder();
        assert!(Command::new("cp").arg("-a").arg(project).arg(place.path()).status().unwrap().success());
        place
    }
}

/// Whatever the next command is, it finds an interrupted run, and says what it did about it. This one has nothing
/// else to do.
fn repair(place: &Path) -> String {
    let status = program(place).args(["status", "project"]).output().unwrap();
    let is_unfinished = said(&status).contains("an earlier run in `project` was interrupted");
    let repaired = program(&place.join("project")).args(["restore", "same/1.txt", "--yes"]).output().unwrap();
    let said = said(&repaired);
    assert_eq!(repaired.status.code(), Some(0), "{said}");
    assert!(said.contains("Nothing to restore"), "{said}");
    assert_eq!(said.contains("an earlier run"), is_unfinished, "{said}");
    said
}

#[test]
fn updates_killed_at_random_moments() {
    let scene = Scene::new();
    let edited = scene.0.path().join("project");
    let updated = Scene::copy(&edited);
    let output = scene.run(updated.path(), "update");
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let (old, new) = (snapshot(&edited), snapshot(&updated.path().join("project")));
    assert!(
        new.contains_key("turn/3/inside") && new.contains_key("only-old/3.txt") && !new.contains_key("only-old/1.txt")
    );
    killed(&scene, &edited, "update", KILLS, &old, &new);
    // what an update did is taken back as safely
    killed(&scene, &updated.path().join("project"), "undo", KILLS / 5, &new, &old);
}

#[test]
fn a_journal_that_ends_too_early_is_removed_without_a_word() {
    let scene = Scene::new();
    let place = Scene::copy(&scene.0.path().join("project"));
    let project = place.path().join("project");
    put(&project, ".scaffold/journal.new", "scaffold journal 2\nfol", 0o644);
    let said = repair(place.path());
    assert!(!said.contains("earlier run"), "{said}");
    assert!(!project.join(".scaffold/journal.new").exists());
}

/// Kills a command in copies of a repository, which it would turn from one state into the other.
fn killed(scene: &Scene, project: &Path, command: &str, kills: u32, from: &Snapshot, to: &Snapshot) {
    let mut whole = {
        let place = Scene::copy(project);
        let start = Instant::now();
        scene.run(place.path(), command);
        start.elapsed()
    };
    let mut writing = Duration::from_millis(20);
    let mut moments = Moments::new(20_261_123);
    let (mut tries, mut hit, mut undone, mut finished) = (0, 0, 0, 0);
    while hit < kills {
        assert!(tries < TRIES, "only {hit} of {tries} kills hit a run at work");
        tries += 1;
        let place = Scene::copy(project);
        let target = place.path().join("project");
        let staging = target.join(".scaffold/staging");
        let mut child = scene.command(place.path(), command).spawn().unwrap();
        // mostly while files are written
        let any_moment = tries % 4 == 0;
        if !any_moment {
            while !staging.exists() && child.try_wait().unwrap().is_none() {
                sleep(Duration::from_micros(200));
            }
        }
        let span = if any_moment { &mut whole } else { &mut writing };
        sleep(span.mul_f64(moments.part()));
        let at_work = child.try_wait().unwrap().is_none();
        child.kill().unwrap();
        child.wait().unwrap();
        hit += u32::from(at_work);
        // how long a run takes depends on what else the machine does
        *span = span.mul_f64(if at_work { 1.05 } else { 0.9 });
        let said = repair(place.path());
        let mut found = snapshot(&target);
        // the lock of a run that was killed holds nobody up, and git ignores it
        found.remove(".scaffold/lock");
        let (is_old, is_new) = (found == *from, found == *to);
        assert!(
            is_old || is_new,
            "{command}, try {tries}, {said}: neither old, but for {:?}, nor new, but for {:?}",
            differences(&found, from),
            differences(&found, to)
        );
        assert!(!said.contains("Finished") || is_new, "{command}, try {tries}: {said}");
        assert!(!said.contains("Undid") || is_old, "{command}, try {tries}: {said}");
        undone += u32::from(said.contains("Undid"));
        finished += u32::from(said.contains("Finished"));
        if is_old && tries % 5 == 0 {
            scene.run(place.path(), command);
            assert_eq!(differences(&snapshot(&target), to), Vec::<String>::new(), "{command}, try {tries}, repeated");
        }
    }
    eprintln!(
        "{command}: {tries} runs, {hit} killed while working, {undone} undone and {finished} finished by the next"
    );
    assert!(undone + finished > kills / 10, "the moments were badly chosen: {undone} undone, {finished} finished");
}

/// Files of each kind that take long enough to write.
const MANY: usize = 80;
/// Runs that have to go back because of a signal, of each command.
const BACK: u32 = 4;

/// Ctrl-C, a closed terminal and the end of the system leave what was there, or all that is new: in a folder that is
/// there, and beside one that is not.
#[test]
fn signals_at_random_moments() {
    let scene = folder();
    for version in ["old", "new"] {
        let files = (0..MANY).map(|n| {
            let bytes = format!("{version}\n").repeat(300).into_bytes();
            (format!("{}/{n}.txt", n % 9), File { bytes, executable: false })
        });
        catalog(&scene.path().join(version), &files.collect(), &[], &BTreeMap::new());
    }
    let command = |place: &Path, verb: &str, version: &str| {
        let mut command = program(place);
        command.args([verb, "project", "--yes", "--templates"]).arg(scene.path().join(version).join("templates"));
        command.stderr(Stdio::piped());
        command
    };
    let mut moments = Moments::new(20_261_128);
    for (verb, version) in [("init", "old"), ("update", "new")] {
        let first = folder();
        assert!(command(first.path(), "init", "old").output().unwrap().status.success());
        let set_up = || if verb == "update" { Scene::copy(&first.path().join("project")) } else { folder() };
        let place = set_up();
        let old = snapshot(place.path());
        assert!(command(place.path(), verb, version).output().unwrap().status.success());
        let new = snapshot(place.path());
        let staged = if verb == "init" { ".project.scaffold-staging/tree" } else { "project/.scaffold/staging" };
        let mut writing = Duration::from_millis(20);
        let (mut tries, mut back) = (0, 0);
        while back < BACK {
            assert!(tries < 20 * BACK, "{verb}: only {back} of {tries} signals came while files were written");
            let signal = [Signal::INT, Signal::TERM, Signal::HUP][tries as usize % 3];
            tries += 1;
            let place = set_up();
            let mut child = command(place.path(), verb, version).spawn().unwrap();
            while !place.path().join(staged).exists() && child.try_wait().unwrap().is_none() {
                sleep(Duration::from_micros(200));
            }
            sleep(writing.mul_f64(moments.part()));
            if child.try_wait().unwrap().is_none() {
                kill_process(Pid::from_child(&child), signal).unwrap();
            }
            let output = child.wait_with_output().unwrap();
            let (said, found) = (said(&output), snapshot(place.path()));
            let is_back = said.contains("error: stopped by SIG");
            back += u32::from(is_back);
            writing = writing.mul_f64(if is_back { 1.1 } else { 0.9 });
            let when = format!("{verb}, try {tries}, {signal:?}: {}, {said}", output.status);
            let is_old = found == old;
            assert!(is_old || found == new, "{when}: {:?}", differences(&found, &new));
            assert!(!is_back || is_old && said.contains("hint: no"), "{when}");
            match output.status.success() {
                true => assert!(!is_old, "{when}"),
                false => assert_eq!(output.status.signal(), Some(signal.as_raw()), "{when}"),
            }
        }
        eprintln!("{verb}: {tries} signals, {back} runs went back");
    }
}
