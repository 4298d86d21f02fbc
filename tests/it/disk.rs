//! Errors of a real disk: after each of them everything is as before, and the message says what to do.

use crate::scene::{Snapshot, catalog, differences, program, put, said, scaffold, snapshot};
use scaffold::text::tree::File;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// A file system of its own, removed when dropped.
struct Mounted(TempDir);

impl Mounted {
    /// `None`, said loudly, where that is not allowed.
    fn new(size: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let done = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(folder.path())
            .output();
        if done.is_ok_and(|output| output.status.success()) {
            return Some(Self(folder));
        }
        eprintln!("SKIPPED: cannot mount a tmpfs (needs root); this error was not tested");
        None
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

/// A generated project in `place`, and a newer version to update it to.
fn project(place: &Path, scene: &Path, files: usize) -> PathBuf {
    let target = place.join("project");
    for n in 0..20 {
        put(&scene.join("a"), &format!("k8s/{n}.yaml"), &format!("a {n}\n").repeat(90), 0o644);
        put(&scene.join("b"), &format!("k8s/{n}.yaml"), &format!("b {n}\n").repeat(90), 0o644);
    }
    for n in 0..files {
        put(&scene.join("b"), &format!("new/{n}.yaml"), &"new line\n".repeat(400), 0o644);
    }
    let output = scaffold().arg(&target).arg(scene.join("a")).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    target
}

fn update(target: &Path, scene: &Path) -> Output {
    scaffold().arg(target).arg(scene.join("b")).output().unwrap()
}

fn assert_unchanged(place: &Path, before: &Snapshot, said: &str) {
    assert_eq!(differences(&snapshot(place), before), Vec::<String>::new(), "{said}");
}

#[test]
fn full_disk() {
    let scene = tempfile::tempdir().unwrap();
    let (mut refused, mut done) = (0, 0);
    // So that the space ends at other places: in the staged files, the base, the journal.
    for size in (180..560).step_by(16) {
        let Some(disk) = Mounted::new(&format!("{size}k")) else { return };
        let target = project(disk.path(), scene.path(), 30);
        let before = snapshot(disk.path());
        let output = update(&target, scene.path());
        let said = said(&output);
        if output.status.success() {
            done += 1;
        } else {
            refused += 1;
            assert!(said.contains("the disk is full") && said.contains("hint: no file was changed"), "{said}");
            assert_unchanged(disk.path(), &before, &said);
        }
        // A new target on the full disk.
        let before = snapshot(disk.path());
        let fresh = scaffold().arg(disk.path().join("fresh/deep")).arg(scene.path().join("b")).output().unwrap();
        if !fresh.status.success() {
            let said = String::from_utf8_lossy(&fresh.stderr);
            assert!(said.contains("the disk is full"), "{said}");
            assert_unchanged(disk.path(), &before, &said);
        }
    }
    assert!(refused > 3 && done > 3, "{refused} refused, {done} done: choose other sizes");
}

#[test]
fn read_only_disk() {
    let scene = tempfile::tempdir().unwrap();
    let Some(disk) = Mounted::new("2m") else { return };
    let target = project(disk.path(), scene.path(), 3);
    let before = snapshot(disk.path());
    let remounted = Command::new("mount").args(["-o", "remount,ro"]).arg(disk.path()).status().unwrap();
    assert!(remounted.success());
    let said = said(&update(&target, scene.path()));
    assert!(said.contains("the file system is read-only"), "{said}");
    assert_unchanged(disk.path(), &before, &said);
}

#[test]
fn a_file_that_cannot_be_replaced() {
    let scene = tempfile::tempdir().unwrap();
    let place = tempfile::tempdir().unwrap();
    let target = project(place.path(), scene.path(), 3);
    let before = snapshot(place.path());
    let locked = target.join("k8s/7.yaml");
    let chattr = |flag: &str| Command::new("chattr").arg(flag).arg(&locked).output().is_ok_and(|o| o.status.success());
    if !chattr("+i") {
        eprintln!(
            "SKIPPED: cannot make a file immutable (needs root and ext4, xfs or btrfs); this error was not tested"
        );
        return;
    }
    let output = update(&target, scene.path());
    chattr("-i");
    let said = said(&output);
    assert!(!output.status.success());
    assert!(said.contains("k8s/7.yaml`: ") && said.contains("hint: no file was changed"), "{said}");
    assert_unchanged(place.path(), &before, &said);
    assert!(update(&target, scene.path()).status.success());
}

#[test]
fn a_read_only_file_is_replaced_and_stays_read_only() {
    let scene = tempfile::tempdir().unwrap();
    let place = tempfile::tempdir().unwrap();
    let target = project(place.path(), scene.path(), 3);
    let file = target.join("k8s/7.yaml");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o440)).unwrap();
    assert!(update(&target, scene.path()).status.success());
    assert_eq!(fs::metadata(&file).unwrap().mode() & 0o777, 0o440);
    assert!(fs::read_to_string(&file).unwrap().starts_with("b 7"));
}

#[test]
fn missing_permission() {
    const NOBODY: u32 = 65_534;
    let scene = tempfile::tempdir().unwrap();
    let place = tempfile::tempdir().unwrap();
    let target = project(place.path(), scene.path(), 3);
    for folder in [scene.path(), place.path()] {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    }
    // The binary may lie in a folder that another user cannot enter.
    let binary = place.path().join("binary");
    fs::copy(scaffold().get_program(), &binary).unwrap();
    let as_nobody = || {
        let ids = ["--reuid=65534", "--regid=65534", "--clear-groups"];
        Command::new("setpriv").args(ids).arg(&binary).arg(&target).arg(scene.path().join("b")).output()
    };
    let own = |path: &Path| chown(path, Some(NOBODY), Some(NOBODY));
    if own(&target).is_err() || Command::new("setpriv").arg("--version").output().is_err() {
        eprintln!("SKIPPED: cannot become another user (needs root and setpriv); this error was not tested");
        return;
    }

    // The folder of some files belongs to somebody else: found out in the middle of the exchange.
    own(&target.join(".scaffold")).unwrap();
    for entry in fs::read_dir(target.join(".scaffold")).unwrap() {
        own(&entry.unwrap().path()).unwrap();
    }
    let before = snapshot(place.path());
    let output = as_nobody().unwrap();
    let text = said(&output);
    assert!(!output.status.success());
    assert!(text.contains("k8s/0.yaml`: permission denied") && text.contains("hint: no file was changed"), "{text}");
    assert_unchanged(place.path(), &before, &text);

    // A file that cannot be read.
    let secret = target.join("k8s/3.yaml");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    let text = said(&as_nobody().unwrap());
    assert!(text.contains("cannot read `") && text.contains("k8s/3.yaml`: permission denied"), "{text}");

    // The whole target belongs to somebody else.
    for path in [target.join(".scaffold"), target.clone()] {
        chown(path, Some(0), Some(0)).unwrap();
    }
    let before = snapshot(place.path());
    let text = said(&as_nobody().unwrap());
    assert!(text.contains(".scaffold") && text.contains("permission denied"), "{text}");
    assert_unchanged(place.path(), &before, &text);
}

/// An error after which files are left to finish or undo has a status of its own.
#[test]
fn a_run_that_can_neither_go_on_nor_back() {
    let place = tempfile::tempdir().unwrap();
    for version in ["old", "new"] {
        let file = File { bytes: version.into(), executable: false };
        let files = BTreeMap::from([("a.txt".to_owned(), file)]);
        catalog(&place.path().join(version), &files, &[], &BTreeMap::new());
    }
    let run = |args: &[&str]| program(place.path()).args(args).output().unwrap();
    let update = ["update", "project", "--yes", "--templates", "new/templates"];
    assert!(run(&["init", "project", "--yes", "--templates", "old/templates"]).status.success());
    let records = place.path().join("project/.scaffold");
    let chattr = |flag: &str| Command::new("chattr").arg(flag).arg(&records).output().is_ok_and(|o| o.status.success());
    // In such a folder files can be made, and neither renamed nor removed.
    if !chattr("+a") {
        eprintln!(
            "SKIPPED: cannot make a folder append-only (needs root and ext4, xfs or btrfs); status 3 was not tested"
        );
        return;
    }
    let output = run(&update);
    chattr("-a");
    let text = said(&output);
    assert_eq!(output.status.code(), Some(3), "{text}");
    assert!(text.contains("hint: going back failed as well") && text.contains("goes on with it"), "{text}");
    let output = run(&update);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(fs::read_to_string(place.path().join("project/a.txt")).unwrap(), "new");
    assert!(!records.join("staging").exists());
}
