//! What is recorded outlives changed answers and merged branches, with the built-in catalog.

use std::path::Path;
use std::process::Command;

use scaffold::answers::file::AnswersFile;
use scaffold::answers::{Answers, Given};
use scaffold::base::{self, Stored, record};
use scaffold::render::Rendered;
use scaffold::text::tree::{File, RelPath};
use scaffold::text::version;
use serde_json::{Value, json};

use crate::support::{embedded, given, rendered, write_tree};

const PRESET: &str = "mongodb-atlas-on-aws";

fn recorded(answers: &Answers) -> String {
    record::answers(embedded(), answers, None)
}

/// The next run, with changed answers.
fn update(recorded: &str, sets: &[(&str, Value)]) -> (Answers, Rendered) {
    let file = AnswersFile::parse(".scaffold/answers.yaml", recorded.as_bytes().to_vec()).unwrap();
    let sets = sets.iter().map(|(path, value)| ((*path).to_string(), value.to_string())).collect();
    let (answers, _, rendered) = rendered(&Given { recorded: Some(file), sets, ..Given::default() }).unwrap();
    (answers, rendered)
}

#[test]
fn changing_an_answer_and_changing_it_back_restores_everything() {
    let sets = [
        ("atlas_instance_size", json!("M40")),
        ("services.1.secrets", json!(["PAYMENT_KEY"])),
        ("services.1.readiness_path", json!("/ready")),
    ];
    let (first, _, tree) = rendered(&given(PRESET, &sets)).unwrap();
    let start = recorded(&first);
    let [moved, merged] =
        [("database_hosting", "self-hosted", "atlas"), ("services.1.kind", "worker", "api")].map(|(path, to, back)| {
            let (answers, other) = update(&start, &[(path, json!(to))]);
            assert!(answers.notes.is_empty() && !answers.kept.is_empty(), "{path}: {:?}", answers.notes);
            assert_ne!(other.tree, tree.tree);
            update(&recorded(&answers), &[(path, json!(back))])
        });
    for (answers, again) in [moved, merged] {
        assert_eq!(recorded(&answers), start);
        assert_eq!(again.tree, tree.tree);
    }
}

fn git(folder: &Path, args: &[&str]) -> bool {
    let mut git = Command::new("git");
    git.current_dir(folder).args(["-c", "user.name=t", "-c", "user.email=t@example.org"]).args(args);
    git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    git.output().unwrap().status.success()
}

fn commit(root: &Path, rendered: &Rendered) {
    let _ = git(root, &["rm", "-rqf", "."]);
    write_tree(root, &rendered.tree.files);
    std::fs::create_dir_all(root.join(".scaffold")).unwrap();
    std::fs::write(root.join(".scaffold/.gitattributes"), base::ATTRIBUTES).unwrap();
    let bytes = base::encode(&rendered.tree, &rendered.once, &base::GoneFiles::new(), version::own());
    std::fs::write(root.join(".scaffold/base"), bytes).unwrap();
    assert!(git(root, &["add", "-Af", "."]) && git(root, &["commit", "-qm", "x"]));
}

/// What is read of the base when two updated branches were merged, and which files are neither side's.
///
/// Those are text that git merged, and the file on disk was merged alike.
fn merged(style: &str, ours: &[(&str, Value)], theirs: &[(&str, Value)]) -> (Stored, Vec<RelPath>) {
    let start = recorded(&rendered(&given(PRESET, &[])).unwrap().0);
    let [before, ours, theirs] = [&[], ours, theirs].map(|sets| update(&start, sets).1);
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    assert!(git(root, &["init", "-qb", "ours"]));
    commit(root, &before);
    assert!(git(root, &["checkout", "-qb", "theirs"]));
    commit(root, &theirs);
    assert!(git(root, &["checkout", "-q", "ours"]));
    commit(root, &ours);
    assert!(!git(root, &["-c", &format!("merge.conflictStyle={style}"), "merge", "-q", "theirs"]));
    let stored = base::parse(&std::fs::read(root.join(".scaffold/base")).unwrap());
    let (Stored::Healed(base) | Stored::Damaged { base, .. }) = &stored else { panic!("{stored:?}") };
    let is_new = |(path, file): &(&RelPath, &File)| {
        ![&ours, &theirs].iter().any(|side| side.tree.files.get(*path) == Some(file))
    };
    let new: Vec<RelPath> = base.tree.files.iter().filter(is_new).map(|(path, _)| path.clone()).collect();
    for path in &new {
        assert_eq!(std::fs::read(root.join(path)).unwrap(), base.tree.files[path].bytes, "{path}");
    }
    let known = |path: &RelPath| base.tree.files.contains_key(path) || base.damaged.contains(path);
    let lost: Vec<_> =
        ours.tree.files.keys().filter(|path| theirs.tree.files.contains_key(*path) && !known(path)).collect();
    assert!(lost.is_empty(), "{lost:?}");
    (stored, new)
}

#[test]
fn the_base_of_two_updated_branches_is_healed() {
    let ours = [("services.0.port", json!(3001)), ("services.0.size", json!("large"))];
    let theirs =
        [("contact", json!("b@example.org")), ("services.1.size", json!("large")), ("services.1.port", json!(3002))];
    for style in ["diff3", "zdiff3"] {
        let (stored, new) = merged(style, &ours, &theirs);
        let Stored::Healed(base) = stored else { panic!("{style}: {stored:?}") };
        // changed by both in the same place
        assert!(new.is_empty() && !base.others.is_empty(), "{style}: {new:?}");
    }
}

#[test]
fn the_base_of_two_quite_different_branches_is_healed_but_for_a_few_files() {
    let ours = [
        ("services.0.port", json!(3001)),
        ("aws_region", json!("eu-west-1")),
        ("aws_backup_region", json!("eu-central-1")),
    ];
    let theirs = [
        ("services.1.size", json!("large")),
        ("database_hosting", json!("self-hosted")),
        ("contact", json!("b@example.org")),
    ];
    let (stored, new) = merged("merge", &ours, &theirs);
    let Stored::Damaged { base, faults } = stored else { panic!("{stored:?}") };
    assert!(faults.len() < 10 && faults.len() == base.damaged.len(), "{faults:?}");
    assert!(base.tree.files.len() > 300 && new.len() > 5);
}
