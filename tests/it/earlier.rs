//! Repositories that an earlier version generated, as its record in `tests/earlier/` has them: an update moves their
//! answers to the present names, and changes no file but those of `changed.txt`, which says what later versions changed
//! on purpose.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use scaffold::base::{self, Stored};
use scaffold::text::tree::Tree;

use crate::scene;
use crate::support::{lines, read_tree, root, write_tree};

const ACCEPT: &str = "UPDATE_SNAPSHOTS=1 cargo test --test it earlier";

/// Writes a repository as `tests/earlier/PRESET` has it, and returns what was generated there.
fn generated(preset: &str, dir: &Path) -> Tree {
    let folder = root().join("tests/earlier").join(preset);
    let record = fs::read(folder.join("base")).unwrap();
    let Stored::Sound(earlier) = base::parse(&record) else { panic!("{preset}: the record is damaged") };
    write_tree(dir, &earlier.tree.files);
    fs::create_dir_all(dir.join(".scaffold")).unwrap();
    fs::write(dir.join(".scaffold/base"), record).unwrap();
    fs::copy(folder.join("answers.yaml"), dir.join(".scaffold/answers.yaml")).unwrap();
    earlier.tree
}

/// A default must not take the place of what was recorded.
#[test]
fn a_value_that_never_was_one_is_refused_under_its_earlier_name() {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path().join("shop");
    generated("mongodb-self-hosted-on-aws", &dir);
    let answers = dir.join(".scaffold/answers.yaml");
    let recorded = fs::read_to_string(&answers).unwrap();
    let update = |answer: &str| {
        fs::write(&answers, recorded.replace("hosting: self-hosted", answer)).unwrap();
        let run = scene::program(place.path()).args(["update", "--yes", "--dry-run", "shop"]).output().unwrap();
        (run.status.code(), scene::said(&run) + &String::from_utf8_lossy(&run.stdout))
    };
    for wrong in ["hosting: Self-hosted", "hosting: [self-hosted]"] {
        let (code, said) = update(wrong);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains("which is not one of `atlas` or `self-hosted`"), "{said}");
        assert!(said.contains("hint: `hosting` is now called `database` and `database_hosting`"), "{said}");
    }
    // what is kept under the present name is older
    let (code, said) = update("hosting: self-hosted\nkept:\n  database_hosting: atlas\n");
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("README.md") && !said.contains("atlas"), "{said}");
}

/// Runbooks of an earlier version name answers as they were called then.
#[test]
fn set_takes_an_answer_under_its_earlier_name() {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path().join("shop");
    generated("mongodb-self-hosted-on-aws", &dir);
    let args = ["update", "--yes", "--set", "region=eu-north-1", "shop"];
    let run = scene::program(place.path()).args(args).output().unwrap();
    let said = scene::said(&run);
    assert_eq!(run.status.code(), Some(0), "{said}");
    assert!(said.contains("Answer `region` of `--set` is called `aws_region`."), "{said}");
    let note = "`aws_region` was `eu-central-1` and becomes `eu-north-1`. Everything is created again";
    assert!(said.contains(note), "{said}");
    let answers = fs::read_to_string(dir.join(".scaffold/answers.yaml")).unwrap();
    assert!(answers.contains("\naws_region: eu-north-1\n") && !answers.contains("\nregion:"), "{answers}");
    let run = scene::program(place.path()).args(["explain", "region"]).output().unwrap();
    assert!(
        scene::said(&run).contains("hint: the answer `region` is called `aws_region` now"),
        "{}",
        scene::said(&run)
    );
}

#[test]
fn repositories_of_an_earlier_version_are_updated_without_a_question() {
    for preset in ["mongodb-atlas-on-aws", "mongodb-self-hosted-on-aws"] {
        let folder = root().join("tests/earlier").join(preset);
        let place = tempfile::tempdir().unwrap();
        let dir = place.path().join("shop");
        let earlier = generated(preset, &dir);
        let run = scene::program(place.path()).args(["update", "--yes", "shop"]).output().unwrap();
        let said = scene::said(&run);
        assert!(run.status.success(), "{said}");
        assert!(said.contains("Answer `hosting` is asked as `database` and `database_hosting`."), "{said}");
        let answers = fs::read_to_string(dir.join(".scaffold/answers.yaml")).unwrap();
        assert!(answers.contains("database: mongodb") && !answers.contains("\nhosting:"), "{answers}");
        let now = read_tree(&dir);
        let paths: BTreeSet<_> = now.keys().chain(earlier.files.keys()).collect();
        let generated = paths.into_iter().filter(|path| !path.starts_with(".scaffold/"));
        let changed: Vec<_> = generated.filter(|path| now.get(*path) != earlier.files.get(*path)).cloned().collect();
        let changed = lines(&changed);
        let accepted = folder.join("changed.txt");
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            fs::write(&accepted, &changed).unwrap();
        }
        assert_eq!(changed, fs::read_to_string(accepted).unwrap(), "{preset}: accept it with {ACCEPT}");
    }
}
