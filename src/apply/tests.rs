//! What is left behind when any single disk operation is the last one or fails.

use super::*;
use crate::apply::recover::{Recovery, recover};
use crate::disk::fault::{self, PlannedFailure};
use crate::repository::project::Project;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

mod hostile;
mod scene;

use scene::{Scene, Snapshot, file, folder, put, snapshot};

fn recover_at(target: &Path) -> Result<Recovery> {
    recover(&Lock::acquire(&Project::open(target)?)?)
}

fn assert_either(found: &Snapshot, old: &Snapshot, new: &Snapshot, recovery: Recovery, when: &str) {
    let differs = |other: &Snapshot| {
        let all = found.keys().chain(other.keys()).filter(|path| found.get(*path) != other.get(*path));
        all.cloned().collect::<Vec<_>>()
    };
    match recovery {
        Recovery::Finished { .. } => assert_eq!(differs(new), Vec::<String>::new(), "{when}: not all new"),
        Recovery::Undone { .. } => assert_eq!(differs(old), Vec::<String>::new(), "{when}: not all old"),
        Recovery::Nothing => {
            assert!(
                found == old || found == new,
                "{when}: old differs in {:?}, new in {:?}",
                differs(old),
                differs(new)
            );
        }
    }
}

/// An error while an empty folder is removed is not an error of the run: it only stays.
fn tolerate_empty_folders(found: &mut Snapshot, new: &Snapshot) {
    if !found.contains_key("docs/old/only.md") && !found.contains_key("docs/guide") {
        found.retain(|path, _| new.contains_key(path) || !path.starts_with("docs"));
    }
}

#[test]
fn the_result_is_as_ordered() {
    let (old, new, _) = Scene::update().states();
    for untouched in ["mine", "mine/notes.md", "k8s/mine.yaml", "k8s"] {
        assert_eq!(old.get(untouched), new.get(untouched));
    }
    let text = |path: &str| new.get(path).and_then(|(_, bytes)| bytes.as_deref()).map(String::from_utf8_lossy);
    let mode = |path: &str| new.get(path).map(|(mode, _)| mode & 0o777);
    assert_eq!(text("README.md").as_deref(), Some("new readme"));
    assert_eq!(text("new/x/2").as_deref(), Some("2"));
    assert_eq!(text(".scaffold/base").as_deref(), Some("new base"));
    assert_eq!((mode("README.md"), mode("secret.env"), mode("run.sh")), (Some(0o664), Some(0o600), Some(0o755)));
    for gone in ["k8s/gone.yaml", "docs/old/only.md", "docs/old", "docs"] {
        assert_eq!(new.get(gone), None, "{gone}");
    }
}

#[test]
fn files_and_folders_take_each_others_place() {
    let scene = Scene::turn();
    let (_, new, _) = scene.states();
    let text = |path: &str| new.get(path).and_then(|(_, bytes)| bytes.as_deref()).map(String::from_utf8_lossy);
    let found: Vec<_> = new.keys().filter_map(|path| Some((path.as_str(), text(path)?))).collect();
    let expected = [
        (".scaffold/base", "new base"),
        ("Docs/guide", "new guide"),
        ("README.md", "old readme"),
        ("a/b", "new a/b"),
        ("a/c/d", "new a/c/d"),
        ("b", "new b"),
        ("k8s/in/a/x", "new inner folder"),
        ("k8s/in/b", "new inner file"),
        ("mine", "mine"),
    ];
    assert_eq!(found, expected.map(|(path, text)| (path, text.into())));
    assert!(!new.contains_key("docs"));
    let (_folder, target) = scene.set_up();
    assert_eq!(scene.run(&target).unwrap(), Applied { written: 8, removed: 8 });
    assert_eq!(scene.run(&target).unwrap(), Applied::default());
}

#[test]
fn a_folder_with_something_else_in_it_does_not_become_a_file() {
    type Meddle = fn(&Path);
    let cases: [(Meddle, &str); 4] = [
        (|root| put(root, "b/c/mine", "mine", 0o644), "`b`: it is a folder that holds `b/c/mine`"),
        (|root| put(root, "b/.git/HEAD", "ref", 0o644), "`b`: it is a folder that holds `b/.git/HEAD`"),
        (
            |root| std::os::unix::fs::symlink("/tmp", root.join("b/link")).unwrap(),
            "`b`: it is a folder that holds `b/link`",
        ),
        (|root| fs::write(root.join("b/1"), "edited").unwrap(), "`b/1` changed since"),
    ];
    let scene = Scene::turn();
    for (meddle, expected) in cases {
        let (folder, target) = scene.set_up();
        meddle(&target);
        let before = snapshot(folder.path());
        let error = scene.run(&target).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert_eq!(snapshot(folder.path()), before);
    }
}

#[test]
fn a_second_identical_run_touches_nothing() {
    let scene = Scene::update();
    let (folder, target) = scene.set_up();
    scene.run(&target).unwrap();
    let inodes =
        |path: &str| fs::metadata(folder.path().join(path)).map(|found| (found.ino(), found.mtime_nsec())).ok();
    let before = inodes("README.md");
    // Planned from the same old state, yet everything is as wanted already.
    assert_eq!(scene.run(&target).unwrap(), Applied::default());
    assert_eq!(inodes("README.md"), before);
}

#[test]
fn a_death_at_any_step_leaves_all_old_or_all_new() {
    for scene in [Scene::update(), Scene::adopt(), Scene::create(), Scene::turn()] {
        let (old, new, steps) = scene.states();
        let mut seen = [0, 0];
        for step in 0..=steps {
            let (folder, target) = scene.set_up();
            let (_, _) = fault::with(Some(PlannedFailure::Dead(step)), || scene.run(&target));
            let recovery = recover_at(&target).unwrap();
            let found = snapshot(folder.path());
            assert_either(&found, &old, &new, recovery, &format!("{} step {step}", scene.target));
            seen[usize::from(found == new)] += 1;
            assert_eq!(recover_at(&target).unwrap(), Recovery::Nothing);
            // And the command works when repeated.
            scene.run(&target).unwrap();
            assert_either(&snapshot(folder.path()), &new, &new, Recovery::Nothing, "repeated");
        }
        assert!(seen[0] > 5 && seen[1] > 1, "{steps} steps: {seen:?}");
    }
}

#[test]
fn a_death_during_recovery_does_no_harm() {
    for scene in [Scene::update(), Scene::adopt(), Scene::create(), Scene::turn()] {
        let (old, new, steps) = scene.states();
        for step in 0..=steps {
            let mut inner = step % 3;
            loop {
                let (folder, target) = scene.set_up();
                let _ = fault::with(Some(PlannedFailure::Dead(step)), || scene.run(&target));
                let (_, needed) = fault::with(Some(PlannedFailure::Dead(inner)), || recover_at(&target));
                let recovery = recover_at(&target).unwrap();
                let when = format!("{} step {step}, {inner} of the recovery", scene.target);
                assert_either(&snapshot(folder.path()), &old, &new, recovery, &when);
                if inner > needed {
                    break;
                }
                inner += 3;
            }
        }
    }
}

#[test]
fn an_error_at_any_step_leaves_all_as_it_was() {
    for scene in [Scene::update(), Scene::adopt(), Scene::create(), Scene::turn()] {
        let (old, new, steps) = scene.states();
        let mut rolled_back = 0;
        for step in 0..steps {
            let (folder, target) = scene.set_up();
            let (result, _) = fault::with(Some(PlannedFailure::Once(step)), || scene.run(&target));
            let mut found = snapshot(folder.path());
            let when = format!("{} step {step}: {result:?}", scene.target);
            match result {
                Err(error) if found == old => {
                    rolled_back += 1;
                    assert!(!is_unfinished(&error), "{when}");
                }
                other => {
                    assert!(other.as_ref().err().is_none_or(is_unfinished), "{when}");
                    // The fault met the cleaning, or the lock.
                    let recovery = recover_at(&target).unwrap();
                    found = snapshot(folder.path());
                    tolerate_empty_folders(&mut found, &new);
                    assert_either(&found, &old, &new, recovery, &when);
                }
            }
        }
        assert!(rolled_back * 10 > steps * 6, "only {rolled_back} of {steps}");
    }
}

/// Whether an error says that the repository is no longer as it was, and then what to do next.
fn is_unfinished(error: &anyhow::Error) -> bool {
    error.downcast_ref::<UserError>().is_some_and(|error| {
        let says_what_next =
            |hint: &String| hint.contains("next `scaffold") || hint.contains("next run") || hint.contains("`sync`");
        assert!(!error.unfinished || error.hints.iter().any(says_what_next), "{error:?}");
        error.unfinished
    })
}

#[test]
fn an_error_whose_rollback_dies_is_undone_later() {
    for scene in [Scene::update(), Scene::turn()] {
        let (old, new, steps) = scene.states();
        for step in 0..steps {
            for death in (step + 1..step + 60).step_by(7) {
                let (folder, target) = scene.set_up();
                let (result, _) = fault::with(Some(PlannedFailure::OnceThenDead(step, death)), || scene.run(&target));
                // the lock that a dead run leaves is no change
                let mut left = snapshot(folder.path());
                left.remove(".scaffold/lock");
                if let Err(error) = result {
                    assert!(is_unfinished(&error) || left == old, "error {step}, death {death}: {error:?}");
                }
                let recovery = recover_at(&target).unwrap();
                let mut found = snapshot(folder.path());
                tolerate_empty_folders(&mut found, &new);
                assert_either(&found, &old, &new, recovery, &format!("error {step}, death {death}"));
            }
        }
    }
}

/// Steps after which the journal is complete and the first files are exchanged, by trial.
fn interrupted(scene: &Scene, wanted: impl Fn(&Path) -> bool) -> (TempDir, PathBuf) {
    let (_, _, steps) = scene.states();
    for step in 0..steps {
        let (folder, target) = scene.set_up();
        let _ = fault::with(Some(PlannedFailure::Dead(step)), || scene.run(&target));
        if target.join(".scaffold/journal").exists() && wanted(&target) {
            return (folder, target);
        }
    }
    panic!("no step leaves the wanted state");
}

#[test]
fn edits_made_after_a_crash_are_not_lost() {
    let scene = Scene::update();
    let (old, _, _) = scene.states();
    let is = |path: &'static str, text: &'static str| {
        move |target: &Path| fs::read_to_string(target.join(path)).is_ok_and(|found| found == text)
    };

    // In a file that was still to be replaced: the run is undone.
    let (folder, target) = interrupted(&scene, is("README.md", "new readme"));
    fs::write(target.join("secret.env"), "edited").unwrap();
    assert!(matches!(recover_at(&target).unwrap(), Recovery::Undone { .. }));
    let mut expected = old.clone();
    expected.get_mut("secret.env").unwrap().1 = Some(b"edited".to_vec());
    assert_eq!(snapshot(folder.path()), expected);

    // In a file that was replaced already: the run is finished around it.
    let (_folder, target) = interrupted(&scene, is("README.md", "new readme"));
    fs::write(target.join("README.md"), "edited").unwrap();
    assert!(matches!(recover_at(&target).unwrap(), Recovery::Finished { .. }));
    assert!(is("README.md", "edited")(&target) && is("secret.env", "new secret")(&target));

    // In both: nothing is touched.
    let (_folder, target) = interrupted(&scene, is("README.md", "new readme"));
    fs::write(target.join("README.md"), "edited").unwrap();
    fs::write(target.join("secret.env"), "edited").unwrap();
    fs::remove_file(target.join(".scaffold/lock")).unwrap();
    let before = snapshot(&target);
    let error = recover_at(&target).unwrap_err();
    assert!(error.to_string().contains("`README.md` changed since then"), "{error}");
    assert_eq!(snapshot(&target), before);

    // A new file of the user's where one was to be created.
    let (_folder, target) = interrupted(&scene, is("README.md", "new readme"));
    fs::write(target.join("top"), "mine").unwrap();
    assert!(matches!(recover_at(&target).unwrap(), Recovery::Undone { .. }));
    assert!(is("top", "mine")(&target) && is("README.md", "old readme")(&target));
}

#[test]
fn edits_in_what_took_the_place_of_another_are_not_lost() {
    let scene = Scene::turn();
    let (old, _, _) = scene.states();
    let is = |path: &'static str, text: &'static str| {
        move |target: &Path| fs::read_to_string(target.join(path)).is_ok_and(|found| found == text)
    };
    // Each makes the last step of the run impossible, so that it has to go back.
    let block =
        |target: &Path| fs::write(target.join(".scaffold/staging/new").join(last_slot(target)), "torn").unwrap();

    // Without an edit, from each moment of the exchange.
    for path in ["a/b", "b", "k8s/in/b"] {
        let (folder, target) = interrupted(&scene, |target| target.join(path).is_file());
        block(&target);
        assert!(matches!(recover_at(&target).unwrap(), Recovery::Undone { .. }), "{path}");
        assert_eq!(snapshot(folder.path()), old, "{path}");
    }

    // A new file in a folder that was a file, an edit in a file that was a folder, and a file where one was removed.
    type Meddle = fn(&Path);
    let cases: [(&'static str, Meddle); 4] = [
        ("a/c/mine", |target| put(target, "a/c/mine", "mine", 0o644)),
        ("a/c/d", |target| put(target, "a/c/d", "mine", 0o644)),
        ("b", |target| put(target, "b", "mine", 0o644)),
        ("docs/guide", |target| put(target, "docs/guide", "mine", 0o644)),
    ];
    for (path, meddle) in cases {
        let (folder, target) = interrupted(&scene, is("k8s/in/b", "new inner file"));
        meddle(&target);
        block(&target);
        let _ = fs::remove_file(target.join(".scaffold/lock"));
        let before = snapshot(&target);
        let error = recover_at(&target).unwrap_err();
        assert!(error.to_string().contains(&format!("`{path}` changed since then")), "{error}");
        assert_eq!(snapshot(&target), before, "{path}");
        // Moved away, as the hint says.
        fs::remove_file(target.join(path)).unwrap();
        assert!(matches!(recover_at(&target).unwrap(), Recovery::Undone { .. }), "{path}");
        assert_eq!(snapshot(folder.path()), old, "{path}");
    }

    // A file that appears in the folder while it still waits to become one: the run is undone around it.
    let (folder, target) = interrupted(&scene, |target| !target.join("b/1").exists() && target.join("b/c").is_dir());
    put(&target, "b/c/mine", "mine", 0o644);
    assert!(matches!(recover_at(&target).unwrap(), Recovery::Undone { .. }));
    let mut found = snapshot(folder.path());
    assert_eq!(found.remove("b/c/mine").unwrap().1.unwrap(), b"mine");
    assert_eq!(found, old);

    // And one with the name of a file that was removed from it: both versions of the user's cannot be there.
    let (_folder, target) = interrupted(&scene, |target| !target.join("b/1").exists() && target.join("b/c").is_dir());
    put(&target, "b/1", "mine", 0o644);
    let error = recover_at(&target).unwrap_err();
    assert!(error.to_string().contains("`b/1` changed since then"), "{error}");
    assert!(is("b/1", "mine")(&target));

    // One that got into it at the moment when it was set aside.
    let (folder, target) = interrupted(&scene, |target| !target.join("b").exists());
    let aside = fs::read_dir(target.join(".scaffold/staging/old")).unwrap().map(|entry| entry.unwrap().path());
    put(&aside.filter(|path| path.is_dir()).max().unwrap(), "mine", "mine", 0o644);
    assert!(matches!(recover_at(&target).unwrap(), Recovery::Undone { .. }));
    let mut found = snapshot(folder.path());
    assert_eq!(found.remove("b/mine").unwrap().1.unwrap(), b"mine");
    assert_eq!(found, old);
}

/// The number of the last file in the staging folder, which is the base.
fn last_slot(target: &Path) -> String {
    let staged = fs::read_dir(target.join(".scaffold/staging/new")).unwrap();
    let slots = staged.map(|entry| entry.unwrap().file_name().into_string().unwrap().parse::<usize>().unwrap());
    slots.max().unwrap().to_string()
}

#[test]
fn a_staged_file_that_was_damaged_is_not_put_in_place() {
    let scene = Scene::update();
    let (old, _, _) = scene.states();
    let (folder, target) = interrupted(&scene, |target| !target.join("k8s/gone.yaml").exists());
    let staged = target.join(".scaffold/staging/new");
    let tree = fs::read_dir(&staged).unwrap().map(|entry| entry.unwrap().path()).find(|path| path.is_dir()).unwrap();
    fs::write(tree.join("x/1"), "torn").unwrap();
    assert!(matches!(recover_at(&target).unwrap(), Recovery::Undone { .. }));
    assert_eq!(snapshot(folder.path()), old);
}

#[test]
fn a_disk_that_is_not_as_planned_is_left_alone() {
    let scene = Scene::update();
    type Meddle = fn(&Path);
    let cases: [(Meddle, &str); 5] = [
        (|root| fs::write(root.join("README.md"), "edited").unwrap(), "`README.md` changed since"),
        (|root| fs::write(root.join("top"), "mine").unwrap(), "`top` changed since"),
        (|root| put(root, "top/mine", "mine", 0o644), "`top`: it is a folder that holds `top/mine`"),
        (|root| fs::remove_file(root.join("k8s/a.yaml")).unwrap(), "`k8s/a.yaml` changed since"),
        (|root| put(root, "new", "a file", 0o644), "`new` is not a folder"),
    ];
    for (meddle, expected) in cases {
        let (folder, target) = scene.set_up();
        meddle(&target);
        let before = snapshot(folder.path());
        let error = scene.run(&target).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert_eq!(snapshot(folder.path()), before);
    }
}

#[test]
fn nothing_to_do_leaves_no_trace() {
    let folder = folder();
    for target in [folder.path().to_owned(), folder.path().join("new")] {
        let lock = Lock::acquire(&Project::open(&target).unwrap()).unwrap();
        assert_eq!(apply(&lock, &[]).unwrap(), Applied::default());
        drop(lock);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

#[test]
fn a_run_whose_staged_files_are_gone_is_reported() {
    let (_folder, target) =
        interrupted(&Scene::update(), |target| fs::read(target.join("README.md")).unwrap() == b"new readme");
    fs::remove_dir_all(target.join(".scaffold/staging")).unwrap();
    let error = recover_at(&target).unwrap_err();
    assert!(error.to_string().contains("are gone"), "{error}");
}
