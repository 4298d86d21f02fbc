//! kill -9 at random moments: afterwards everything is old or everything is new.

use crate::scene::{Moments, Snapshot, differences, folder, put, said, scaffold, snapshot, versions};
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Runs that have to be killed while they are at work, and the most that are tried for that.
const KILLS: u32 = 200;
const TRIES: u32 = 800;

/// Runs to the end.
fn generate(target: &Path, from: &Path) {
    let output = scaffold().arg(target).arg(from).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
}

/// Kills a run after `wait`; whether it was still at work.
fn kill_after(wait: Duration, target: &Path, from: &Path) -> bool {
    let mut child = scaffold().arg(target).arg(from).stderr(Stdio::null()).spawn().unwrap();
    sleep(wait);
    let killed = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    killed
}

/// What the next run finds and does.
fn recover(target: &Path) -> String {
    let output = scaffold().arg(target).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    said(&output)
}

/// A target in a folder of its own, in the given state; `none` is a target that does not exist.
fn set_up(scene: &Path, state: &str) -> TempDir {
    let place = folder();
    put(place.path(), "beside.txt", "mine", 0o600);
    if state != "none" {
        let target = place.path().join("project");
        put(&target, "same/mine.txt", "mine", 0o640);
        if state != "new" {
            generate(&target, &scene.join(state));
        }
    }
    place
}

#[test]
fn killed_at_random_moments() {
    let scene = folder();
    versions(scene.path());
    // From, to; the second half of a pair starts where the first one ended.
    let ways = [("none", "a"), ("a", "b"), ("b", "a"), ("new", "b")];
    let mut states: Vec<(Snapshot, Snapshot, Duration)> = ways
        .iter()
        .map(|(from, to)| {
            let place = set_up(scene.path(), from);
            let old = snapshot(place.path());
            let start = Instant::now();
            generate(&place.path().join("project"), &scene.path().join(to));
            (old, snapshot(place.path()), start.elapsed())
        })
        .collect();

    let mut moments = Moments::new(20_261_121);
    let mut outcome = [0_u32; 5];
    let mut runs = 0;
    for run in 0..TRIES {
        if outcome[0] == KILLS {
            break;
        }
        runs += 1;
        let way = usize::try_from(run).unwrap() % ways.len();
        let (from, to) = ways[way];
        let (old, new, whole) = &mut states[way];
        let place = set_up(scene.path(), from);
        let target = place.path().join("project");
        // Uniform, and every other time in the second half, where files are exchanged.
        let moment = moments.part();
        let wait = whole.mul_f64(if run / 4 % 2 == 0 { moment } else { 0.5 + moment / 2.0 });
        let killed = kill_after(wait, &target, &scene.path().join(to));
        // Other programs come and go, and with them the time that a run takes.
        *whole = whole.mul_f64(if killed { 1.02 } else { 0.95 });
        let said = recover(&target);
        let found = snapshot(place.path());
        let (is_old, is_new) = (found == *old, found == *new);
        assert!(
            is_old || is_new,
            "run {run}, {from} to {to}, killed after {wait:?}, {said}: neither old, but for {:?}, nor new, but for {:?}",
            differences(&found, old),
            differences(&found, new)
        );
        assert!(!said.contains("Finished") || is_new, "run {run}: {said}");
        assert!(!said.contains("Undone") || is_old, "run {run}: {said}");
        for (count, seen) in outcome.iter_mut().zip([
            killed,
            said.contains("Undone"),
            said.contains("Finished"),
            is_old && !said.contains("Undone"),
            is_new && !said.contains("Finished"),
        ]) {
            *count += u32::from(seen);
        }
        // And the command works when repeated.
        if run % 5 == 0 {
            generate(&target, &scene.path().join(to));
            assert_eq!(differences(&snapshot(place.path()), new), Vec::<String>::new());
        }
    }
    let [killed, undone, finished, untouched, complete] = outcome;
    eprintln!(
        "{runs} runs, {killed} killed: {undone} undone, {finished} finished, {untouched} untouched, {complete} complete"
    );
    assert!(killed == KILLS && undone > KILLS / 20, "the moments were badly chosen: {outcome:?}");
}

#[test]
fn two_runs_at_once() {
    let scene = folder();
    versions(scene.path());
    let expected = {
        let place = set_up(scene.path(), "none");
        generate(&place.path().join("project"), &scene.path().join("a"));
        snapshot(place.path())
    };
    let mut refused = 0;
    for _ in 0..10 {
        let place = set_up(scene.path(), "none");
        let target = place.path().join("project");
        let runs: Vec<_> = (0..3)
            .map(|_| scaffold().arg(&target).arg(scene.path().join("a")).stderr(Stdio::piped()).spawn().unwrap())
            .collect();
        let mut done = 0;
        for run in runs {
            let output = run.wait_with_output().unwrap();
            if output.status.success() {
                done += 1;
            } else {
                let said = said(&output);
                let known = ["another scaffold process is running in", "was created by another process just now"];
                assert!(known.iter().any(|text| said.contains(text)), "{said}");
                refused += 1;
            }
        }
        assert!(done >= 1);
        assert_eq!(differences(&snapshot(place.path()), &expected), Vec::<String>::new());
        assert!(fs::read_dir(place.path()).unwrap().count() == 2);
    }
    eprintln!("{refused} of 30 runs were refused");
}

/// The real program, killed while it generates into a folder with files of the user.
#[test]
fn init_killed_at_random_moments() {
    let catalog = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/catalogs/small/templates");
    let init = |target: &Path| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_scaffold"));
        command.args(["init", "--preset", "shop", "--yes", "--templates"]).arg(&catalog).arg(target);
        command.stderr(Stdio::piped());
        command
    };
    let set_up = || {
        let place = folder();
        put(place.path(), "project/mine/notes.txt", "mine", 0o600);
        place
    };
    let place = set_up();
    let old = snapshot(place.path());
    let start = Instant::now();
    assert!(init(&place.path().join("project")).output().unwrap().status.success());
    let mut whole = start.elapsed();
    let new = snapshot(place.path());
    let (mut tries, mut killed, mut repaired) = (0, 0, 0);
    let mut moments = Moments::new(20_261_122);
    while killed < KILLS {
        assert!(tries < TRIES, "only {killed} of {tries} kills hit a run at work");
        tries += 1;
        let place = set_up();
        let target = place.path().join("project");
        let mut child = init(&target).spawn().unwrap();
        // the second half, where files are written
        sleep(whole.mul_f64(0.5 + moments.part() / 2.0));
        let at_work = child.try_wait().unwrap().is_none();
        child.kill().unwrap();
        child.wait().unwrap();
        killed += u32::from(at_work);
        // how long a run takes depends on what else the machine does
        whole = whole.mul_f64(if at_work { 1.02 } else { 0.94 });
        let left = snapshot(place.path());
        assert_eq!(left["project/mine/notes.txt"], old["project/mine/notes.txt"], "try {tries}");
        let output = init(&target).output().unwrap();
        assert!(output.status.success(), "try {tries}: {}", said(&output));
        repaired += u32::from(said(&output).contains("an earlier run"));
        assert_eq!(differences(&snapshot(place.path()), &new), Vec::<String>::new(), "try {tries}");
    }
    eprintln!("{tries} runs, {killed} killed while working, {repaired} repaired by the next one");
}
