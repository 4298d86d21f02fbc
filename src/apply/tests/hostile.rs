//! What came with a clone, or leads out of the target: nothing of it is carried out.

use super::*;

#[test]
fn links_out_of_the_target_are_refused() {
    let scene = Scene::update();
    let outside = folder();
    for (link, path) in [("new", "new"), ("k8s", "k8s")] {
        let (folder, target) = scene.set_up();
        let _ = fs::remove_dir_all(target.join(path));
        std::os::unix::fs::symlink(outside.path(), target.join(link)).unwrap();
        let before = snapshot(folder.path());
        let error = scene.run(&target).unwrap_err();
        assert!(
            error.to_string().contains(&format!("`{link}` is a symbolic link to `{}`", outside.path().display())),
            "{error}"
        );
        assert_eq!(snapshot(folder.path()), before);
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
    }
}

#[test]
fn paths_that_leave_the_target_are_refused() {
    let (_folder, target) = Scene::adopt().set_up();
    let lock = Lock::acquire(&Project::open(&target).unwrap()).unwrap();
    let wanted = file("x");
    for path in ["../x", "/tmp/x", ".git/hooks/pre-commit", ".scaffold/journal"] {
        let operation = Operation { path: path.into(), before: Before::Missing, action: Action::Write(&wanted) };
        assert!(apply(&lock, &[operation]).is_err(), "{path}");
    }
}

#[test]
fn a_hostile_journal_does_not_reach_through_links() {
    let outside = folder();
    let (_folder, target) =
        interrupted(&Scene::update(), |target| fs::read(target.join("README.md")).unwrap() == b"new readme");
    fs::remove_dir_all(target.join("k8s")).unwrap();
    std::os::unix::fs::symlink(outside.path(), target.join("k8s")).unwrap();
    let error = recover_at(&target).unwrap_err();
    assert!(error.to_string().contains("`k8s` is a symbolic link"), "{error}");
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
}

/// What a clone can bring, each beside or in place of an interrupted run: nothing of it is carried out or removed.
#[test]
fn what_no_run_of_the_user_left_is_refused_and_left_alone() {
    type Meddle = fn(&Path);
    let staged = |target: &Path| target.join(".scaffold/staging/new");
    let cases: [(&str, Meddle, &str); 8] = [
        ("foreign journal", |target| resign(target, "journal"), "does not carry your signature"),
        (
            "backward through the originals",
            |target| {
                resign(target, "journal");
                fs::rename(target.join(".scaffold/journal"), target.join(".scaffold/journal.undo")).unwrap();
            },
            "does not carry your signature",
        ),
        (
            "entry without file",
            |target| {
                let path = target.join(".scaffold/journal");
                let text = fs::read_to_string(&path).unwrap();
                let kept: Vec<&str> = text.lines().filter(|line| !line.starts_with("file ")).collect();
                fs::write(path, kept.join("\n") + "\n").unwrap();
            },
            "does not carry your signature",
        ),
        ("staging without journal", |target| fs::remove_file(target.join(".scaffold/journal")).unwrap(), "signature"),
        ("unlisted file", |target| put(target, ".scaffold/staging/new/99", "x", 0o644), "new/99` is not from it"),
        ("unlisted original", |target| put(target, ".scaffold/staging/old/99", "x", 0o644), "old/99` is not from it"),
        (
            "staged link",
            |target| {
                let last = target.join(".scaffold/staging/new").join(last_slot(target));
                fs::remove_file(&last).unwrap();
                std::os::unix::fs::symlink("/etc/passwd", last).unwrap();
            },
            "is not from it",
        ),
        (
            "link inside a staged tree",
            |target| {
                let new =
                    fs::read_dir(target.join(".scaffold/staging/new")).unwrap().map(|entry| entry.unwrap().path());
                let tree = new.into_iter().find(|path| path.is_dir()).unwrap();
                std::os::unix::fs::symlink("/etc", tree.join("link")).unwrap();
            },
            "link` is not from it",
        ),
    ];
    for (what, meddle, expected) in cases {
        let (folder, target) = interrupted(&Scene::update(), |target| {
            fs::read_dir(staged(target)).is_ok_and(|all| all.flatten().any(|entry| entry.path().is_dir()))
        });
        meddle(&target);
        let _ = fs::remove_file(target.join(".scaffold/lock"));
        let before = snapshot(folder.path());
        let error = recover_at(&target).unwrap_err();
        assert!(error.to_string().contains(expected), "{what}: {error}");
        assert_eq!(snapshot(folder.path()), before, "{what}");
    }
}

/// The journal as another user would have signed it.
fn resign(target: &Path, name: &str) {
    let path = target.join(".scaffold").join(name);
    let text = fs::read_to_string(&path).unwrap();
    let (lines, _) = text.rsplit_once("end ").unwrap();
    fs::write(path, format!("{lines}end {}\n", "0".repeat(64))).unwrap();
}

#[test]
fn a_run_cut_short_in_a_folder_that_was_renamed_is_refused() {
    let (_folder, target) = interrupted(&Scene::update(), |_| true);
    let place = folder();
    let to = place.path().join("renamed");
    fs::rename(&target, &to).unwrap();
    let error = recover_at(&to).unwrap_err();
    assert!(error.to_string().contains("a run was interrupted here when this folder was"), "{error}");
    fs::rename(&to, &target).unwrap();
    recover_at(&target).unwrap();
}

#[test]
fn a_new_target_beside_which_a_foreign_tree_waits_is_refused() {
    let folder = folder();
    put(folder.path(), ".new.scaffold-staging/tree/x", "x", 0o644);
    let before = snapshot(folder.path());
    let error = recover_at(&folder.path().join("new")).unwrap_err();
    assert!(error.to_string().contains("is not from a run of yours"), "{error}");
    assert_eq!(snapshot(folder.path()), before);
}
