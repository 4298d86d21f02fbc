use std::collections::BTreeSet;

use super::*;
use crate::base::Base;
use crate::merge::Merged;
use crate::plan::Ours;
use crate::tree::{File, RelPath, Tree};

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
        ("k8s/base/x.yaml".to_string(), Ours::Directory { files: Vec::new() }),
        ("same".to_string(), Ours::File(file("new"))),
    ]
    .into();
    let base = Base::default();
    let merge = |_: &str, _: &File, _: &File, theirs: &File| Merged::Conflict { file: theirs.clone(), lines: vec![1] };
    let plan = Plan::new(&base, &ours, &theirs, &BTreeSet::new(), &merge).unwrap();
    look(&plan);
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
    let (base, ours, once) = (Base::default(), BTreeMap::new(), BTreeSet::new());
    let plan = Plan::new(&base, &ours, &theirs, &once, &|_, _, _, t| Merged::Conflict { file: t.clone(), lines: vec![1] }).unwrap();
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
