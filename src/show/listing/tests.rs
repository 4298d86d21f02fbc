use std::collections::BTreeSet;

use super::*;
use crate::base::Base;
use crate::merge::Merged;
use crate::plan::{Ours, Versions};
use crate::text::tree::{File, RelPath, Tree};

fn with_plan(look: impl FnOnce(&Plan<'_>)) {
    let file = |text: &str| File { bytes: text.as_bytes().to_vec(), executable: text.starts_with("#!") };
    let paths = [
        "README.md",
        "infra/terraform/a.tf",
        "infra/terraform/b.tf",
        "k8s/base/x.yaml",
        "run.sh",
        "same",
        "bad\u{1b}[2J",
    ];
    let text = |p: &str| if p == "run.sh" { "#!" } else { "new" };
    let theirs = Tree { files: paths.map(|p| (p.to_string(), file(text(p)))).into() };
    let ours: BTreeMap<RelPath, Ours> = [
        ("README.md".to_string(), Ours::File(file("mine"))),
        ("k8s/base/x.yaml".to_string(), Ours::Directory { files: vec!["mine".into()] }),
        ("same".to_string(), Ours::File(file("new"))),
    ]
    .into();
    let base = Base::default();
    let (once, moves) = (BTreeSet::new(), BTreeMap::new());
    look(&plan_of(&Versions { base: &base, ours: &ours, theirs: &theirs, once: &once, moves: &moves }));
}

/// Every merge has two conflicts.
fn plan_of<'a>(versions: &Versions<'a>) -> Plan<'a> {
    Plan::new(versions, &|_, _, _, new| Merged::Conflict { file: new.clone(), lines: vec![1, 9] }).unwrap()
}

fn tree(ui: &Ui, lines: usize, plan: &Plan<'_>) -> String {
    Listing { ui, paint: ui.out, lines }.tree(plan)
}

#[test]
fn a_plan_as_a_tree() {
    with_plan(|plan| {
        let expected = "  |-- infra/terraform/
  |   |-- + a.tf
  |   `-- + b.tf
  |-- k8s/base/
  |   `-- ! x.yaml  (there is a folder)
  |-- ! README.md  (there already, different)
  |-- + bad\\u{1b}[2J
  |-- + run.sh
  `-- = same  (there already, equal)
";
        assert_eq!(tree(&Ui::plain(80), 100, plan), expected);
        let short = tree(&Ui::plain(80), 5, plan);
        assert!(short.contains("|-- infra/terraform/\n"), "{short}");
        let unicode = Ui { unicode: true, ..Ui::plain(80) };
        assert!(tree(&unicode, 100, plan).contains("  └── = same"));
        for width in [20, 40, 80] {
            assert!(tree(&Ui::plain(width), 100, plan).lines().all(|l| columns(l) <= width), "{width}");
        }
    });
}

#[test]
fn a_long_tree_is_folded() {
    let theirs = Tree {
        files: (0..60).map(|i| (format!("a/b{}/c/d/{i}", i % 3), File { bytes: vec![], executable: false })).collect(),
    };
    let (base, ours, once, moves) = (Base::default(), BTreeMap::new(), BTreeSet::new(), BTreeMap::new());
    let plan = plan_of(&Versions { base: &base, ours: &ours, theirs: &theirs, once: &once, moves: &moves });
    let ui = Ui::plain(80);
    let expected =
        "  `-- a/\n      |-- + b0/c/d/  (20 files)\n      |-- + b1/c/d/  (20 files)\n      `-- + b2/c/d/  (20 files)\n";
    assert_eq!(tree(&ui, 40, &plan), expected);
    assert_eq!(tree(&ui, 100, &plan).lines().count(), 64);
}

#[test]
fn counts_and_json() {
    with_plan(|plan| {
        let ui = Ui::plain(80);
        let counts = Listing { ui: &ui, paint: ui.out, lines: 0 }.counts(plan);
        assert_eq!(
            counts,
            "  + 4 files to create\n  = 1 file  there already, equal\n  ! 2 files there already, different\n"
        );
        let json = json(plan);
        assert_eq!(json["counts"], json!({"create": 4, "adopt": 1, "collide": 2}));
        assert_eq!(
            json["changes"][0],
            json!({"path": "README.md", "change": "collide", "executable": false, "reason": "there is a file"})
        );
        assert_eq!(json["changes"][5], json!({"path": "run.sh", "change": "create", "executable": true}));
    });
}

#[test]
fn an_update_as_a_tree() {
    let file = |text: &str| File { bytes: text.as_bytes().to_vec(), executable: false };
    let files = |pairs: &[(&str, &str)]| Tree { files: pairs.iter().map(|(p, t)| ((*p).into(), file(t))).collect() };
    let base = Base {
        tree: files(&[
            ("gone", "B"),
            ("kept", "B"),
            ("lost", "B"),
            ("mine", "B"),
            ("old", "B"),
            ("same", "B"),
            ("two", "B"),
        ]),
        ..Base::default()
    };
    let theirs = files(&[("lost", "N"), ("mine", "B"), ("new", "N"), ("same", "B"), ("two", "N")]);
    let disk = [("gone", "B"), ("kept", "O"), ("mine", "O"), ("old", "B"), ("same", "B"), ("two", "O")];
    let ours: BTreeMap<RelPath, Ours> = disk.iter().map(|(p, t)| ((*p).into(), Ours::File(file(t)))).collect();
    let (once, moves) = (BTreeSet::new(), BTreeMap::from([("new".to_owned(), "old".to_owned())]));
    let plan = plan_of(&Versions { base: &base, ours: &ours, theirs: &theirs, once: &once, moves: &moves });
    let ui = Ui::plain(80);
    assert_eq!(
        tree(&ui, 100, &plan),
        "  |-- - gone
  |-- = kept  (no longer generated, kept)
  |-- = lost  (deleted by you, stays away)
  |-- ~ new  (from old)
  `-- ! two  (2 conflicts)
"
    );
    assert_eq!(
        json(&plan)["changes"].as_array().unwrap().iter().find(|c| c["path"] == "new"),
        Some(&json!({"path": "new", "change": "move", "executable": false, "from": "old"}))
    );
}
