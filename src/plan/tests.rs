use super::*;

fn file(text: &str) -> File {
    File { bytes: text.as_bytes().to_vec(), executable: false }
}

fn conflict(_: &str, _: &File, ours: &File, theirs: &File) -> Merged {
    Merged::Conflict { file: file(&format!("{}/{}", ours.bytes.len(), theirs.bytes.len())), lines: vec![1] }
}

/// `-` is nothing, `?` an unreadable record, `d` a folder, `c` another case, anything else the content.
fn kind(base: &str, ours: &str, theirs: &str, once: bool) -> Option<Kind> {
    let path = "p".to_owned();
    let mut recorded = Base::default();
    match base {
        "-" => {}
        "?" => drop(recorded.damaged.insert(path.clone())),
        text => drop(recorded.tree.files.insert(path.clone(), file(text))),
    }
    let mut policy = BTreeSet::new();
    if once {
        recorded.once.insert(path.clone());
        policy.insert(path.clone());
    }
    let ours = match ours {
        "-" => Ours::Missing,
        "d" => Ours::Directory { files: Vec::new() },
        "c" => Ours::Blocked { by: "P".into(), why: Block::OtherCase },
        text => Ours::File(file(text)),
    };
    let ours = BTreeMap::from([(path.clone(), ours)]);
    let mut tree = Tree::default();
    if theirs != "-" {
        tree.files.insert(path, file(theirs));
    }
    let plan = Plan::new(&recorded, &ours, &tree, &policy, &conflict).unwrap();
    plan.changes.get("p").map(Change::kind)
}

#[test]
fn the_table() {
    for (base, ours, theirs, expected) in [
        ("-", "-", "N", Kind::Create),
        ("-", "N", "N", Kind::Adopt),
        ("-", "O", "N", Kind::Collide),
        ("B", "B", "N", Kind::Update),
        ("B", "B", "B", Kind::Unchanged),
        ("B", "O", "B", Kind::Keep),
        ("B", "O", "N", Kind::Conflict),
        ("B", "-", "N", Kind::KeepDeleted),
        ("B", "-", "B", Kind::KeepDeleted),
        ("B", "-", "-", Kind::KeepDeleted),
        ("B", "B", "-", Kind::Delete),
        ("B", "O", "-", Kind::Orphan),
        // The user made the same change.
        ("B", "N", "N", Kind::Adopt),
        // Something that is not a file.
        ("-", "d", "N", Kind::Collide),
        ("B", "d", "N", Kind::Collide),
        ("B", "d", "B", Kind::Keep),
        ("B", "d", "-", Kind::Orphan),
        ("-", "c", "N", Kind::Collide),
        ("B", "c", "N", Kind::KeepDeleted),
        // The record is damaged.
        ("?", "N", "N", Kind::Adopt),
        ("?", "O", "N", Kind::Collide),
        ("?", "-", "N", Kind::KeepDeleted),
        ("?", "O", "-", Kind::Orphan),
    ] {
        assert_eq!(kind(base, ours, theirs, false), Some(expected), "{base} {ours} {theirs}");
    }
    assert_eq!(kind("-", "O", "-", false), None);
}

#[test]
fn files_written_once_are_the_users() {
    for (base, ours, theirs, expected) in [
        ("-", "-", "N", Kind::Create),
        ("-", "O", "N", Kind::LeaveOnce),
        ("-", "d", "N", Kind::LeaveOnce),
        ("B", "B", "N", Kind::LeaveOnce),
        ("B", "O", "N", Kind::LeaveOnce),
        ("B", "-", "N", Kind::KeepDeleted),
        ("B", "B", "-", Kind::Orphan),
        ("-", "c", "N", Kind::Collide),
    ] {
        assert_eq!(kind(base, ours, theirs, true), Some(expected), "{base} {ours} {theirs}");
    }
}

#[test]
fn a_changed_executable_bit_is_a_change() {
    let old = file("x");
    let new = File { executable: true, ..old.clone() };
    let base = Base { tree: Tree { files: BTreeMap::from([("p".into(), old.clone())]) }, ..Base::default() };
    let ours = BTreeMap::from([("p".to_owned(), Ours::File(old.clone()))]);
    let theirs = Tree { files: BTreeMap::from([("p".into(), new.clone())]) };
    let plan = Plan::new(&base, &ours, &theirs, &BTreeSet::new(), &conflict).unwrap();
    assert_eq!(plan.counts(), BTreeMap::from([(Kind::Update, 1)]));
}

#[test]
fn collisions_are_resolved_one_by_one() {
    let base = Base::default();
    let theirs = Tree { files: ["a", "d", "C", "x/y"].map(|p| (p.to_owned(), file("N"))).into() };
    let ours = BTreeMap::from([
        ("a".to_owned(), Ours::File(file("O"))),
        ("d".to_owned(), Ours::Directory { files: Vec::new() }),
        ("C".to_owned(), Ours::Blocked { by: "c".into(), why: Block::OtherCase }),
        ("x/y".to_owned(), Ours::Blocked { by: "x".into(), why: Block::NotAFolder }),
    ]);
    let plan = Plan::new(&base, &ours, &theirs, &BTreeSet::new(), &conflict).unwrap();
    assert_eq!(plan.collisions().count(), 4);
    let with = |changed: &[(&str, Resolution)]| {
        let mut all: BTreeMap<_, _> = theirs.files.keys().map(|p| (p.clone(), Resolution::KeepMine)).collect();
        all.extend(changed.iter().map(|(p, r)| ((*p).to_owned(), *r)));
        plan.operations(&all).map(|o| o.iter().map(|o| o.path.to_string()).collect::<Vec<_>>()).map_err(|e| e.message)
    };
    assert!(plan.operations(&BTreeMap::new()).is_err());
    assert_eq!(with(&[]), Ok(vec![]));
    assert_eq!(with(&[("a", Resolution::TakeNew)]), Ok(vec!["a".to_owned()]));
    assert_eq!(with(&[("d", Resolution::TakeNew)]), Err("cannot replace `d`: there is a folder".to_owned()));
    assert_eq!(with(&[("C", Resolution::TakeNew)]), Err("cannot replace `C`: `c` differs only in case".to_owned()));
    assert_eq!(
        with(&[("a", Resolution::Both), ("d", Resolution::Both), ("C", Resolution::Both)]),
        Ok(["C", "a", "d"].map(|p| format!("{p}.scaffold-new")).to_vec())
    );
    assert_eq!(
        with(&[("x/y", Resolution::Both)]),
        Err("cannot write a file beside `x/y`: `x` is not a folder".to_owned())
    );
}
