use super::*;
use crate::merge::Why;
use crate::plan::decision::{Decision, Decisions};
use crate::text::checksum::Sum;

fn file(text: &str) -> File {
    File { bytes: text.as_bytes().to_vec(), executable: false }
}

/// Texts that both have a `!` do not merge, and those with `?` cannot.
fn merge(_: &str, _: &File, ours: &File, theirs: &File) -> Merged {
    let text = |file: &File| String::from_utf8(file.bytes.clone()).unwrap();
    let (ours, theirs) = (text(ours), text(theirs));
    match () {
        () if ours.contains('?') => Merged::Beside(Why::Binary),
        () if ours.contains('!') => Merged::Conflict { file: file(&format!("<{ours}|{theirs}>")), lines: vec![3] },
        () => Merged::Clean(file(&format!("{ours}+{theirs}"))),
    }
}

/// A project before an update: path to text each.
#[derive(Default)]
struct Scene {
    base: Base,
    ours: BTreeMap<RelPath, Ours>,
    theirs: Tree,
    once: BTreeSet<RelPath>,
    moves: BTreeMap<RelPath, RelPath>,
}

impl Scene {
    fn new(base: &[(&str, &str)], ours: &[(&str, &str)], theirs: &[(&str, &str)]) -> Self {
        let tree =
            |files: &[(&str, &str)]| Tree { files: files.iter().map(|(p, t)| ((*p).to_owned(), file(t))).collect() };
        let ours = ours.iter().map(|(path, text)| ((*path).to_owned(), Ours::File(file(text)))).collect();
        Self { base: Base { tree: tree(base), ..Base::default() }, ours, theirs: tree(theirs), ..Self::default() }
    }

    fn plan(&self) -> Plan<'_> {
        let Self { base, ours, theirs, once, moves } = self;
        Plan::new(&Versions { base, ours, theirs, once, moves }, &merge).unwrap()
    }

    /// What is done, as `write path text` and `remove path`, with a decision about `p` or with markers.
    fn done(&self, resolution: Option<Resolution>) -> Vec<String> {
        let plan = self.plan();
        let decide = |open: OpenChange<'_>| (open.path.to_owned(), resolution.clone().unwrap_or(Resolution::Markers));
        let resolutions = plan.open().map(decide).collect();
        let line = |operation: crate::plan::operation::Operation<'_>| match operation.action {
            crate::plan::operation::Action::Write(file) => {
                format!("write {} {}", operation.path, String::from_utf8_lossy(&file.bytes))
            }
            crate::plan::operation::Action::Remove => format!("remove {}", operation.path),
        };
        plan.operations(&resolutions).unwrap().into_iter().map(line).collect()
    }
}

/// `-` is nothing, `?` an unreadable record, `d` a folder, `c` another case, anything else the content.
fn kind(base: &str, ours: &str, theirs: &str, once: bool) -> Option<ChangeKind> {
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
        "d" => Ours::Directory { files: vec!["mine".into()] },
        "c" => Ours::Blocked { by: "P".into(), why: Block::OtherCase },
        text => Ours::File(file(text)),
    };
    let ours = BTreeMap::from([(path.clone(), ours)]);
    let mut tree = Tree::default();
    if theirs != "-" {
        tree.files.insert(path, file(theirs));
    }
    let scene = Scene { base: recorded, ours, theirs: tree, once: policy, moves: BTreeMap::new() };
    scene.plan().changes.get("p").map(Change::kind)
}

#[test]
fn the_table() {
    for (base, ours, theirs, expected) in [
        ("-", "-", "N", ChangeKind::Create),
        ("-", "N", "N", ChangeKind::Adopt),
        ("-", "O", "N", ChangeKind::Collide),
        ("B", "B", "N", ChangeKind::Update),
        ("B", "B", "B", ChangeKind::Unchanged),
        ("B", "O", "B", ChangeKind::Keep),
        ("B", "O", "N", ChangeKind::Merge),
        ("B", "O!", "N", ChangeKind::Conflict),
        ("B", "O?", "N", ChangeKind::Conflict),
        ("B", "-", "N", ChangeKind::KeepDeleted),
        ("B", "-", "B", ChangeKind::KeepDeleted),
        ("B", "-", "-", ChangeKind::KeepDeleted),
        ("B", "B", "-", ChangeKind::Delete),
        ("B", "O", "-", ChangeKind::Orphan),
        // The user made the same change.
        ("B", "N", "N", ChangeKind::Adopt),
        // Something that is not a file.
        ("-", "d", "N", ChangeKind::Collide),
        ("B", "d", "N", ChangeKind::Collide),
        ("B", "d", "B", ChangeKind::Keep),
        ("B", "d", "-", ChangeKind::KeepDeleted),
        ("-", "c", "N", ChangeKind::Collide),
        ("B", "c", "N", ChangeKind::KeepDeleted),
        // The record is damaged.
        ("?", "N", "N", ChangeKind::Adopt),
        ("?", "O", "N", ChangeKind::Collide),
        ("?", "-", "N", ChangeKind::KeepDeleted),
        ("?", "O", "-", ChangeKind::Orphan),
    ] {
        assert_eq!(kind(base, ours, theirs, false), Some(expected), "{base} {ours} {theirs}");
    }
    assert_eq!(kind("-", "O", "-", false), None);
}

#[test]
fn files_written_once_are_the_users() {
    for (base, ours, theirs, expected) in [
        ("-", "-", "N", ChangeKind::Create),
        ("-", "O", "N", ChangeKind::LeaveOnce),
        ("-", "d", "N", ChangeKind::LeaveOnce),
        ("B", "B", "N", ChangeKind::LeaveOnce),
        ("B", "O", "N", ChangeKind::LeaveOnce),
        ("B", "-", "N", ChangeKind::KeepDeleted),
        ("B", "B", "-", ChangeKind::Orphan),
        ("-", "c", "N", ChangeKind::Collide),
    ] {
        assert_eq!(kind(base, ours, theirs, true), Some(expected), "{base} {ours} {theirs}");
    }
}

#[test]
fn a_changed_executable_bit_is_a_change() {
    let old = file("x");
    let new = File { executable: true, ..old.clone() };
    let mut scene = Scene::new(&[("p", "x")], &[("p", "x")], &[]);
    scene.theirs.files.insert("p".into(), new);
    assert_eq!(scene.plan().counts(), BTreeMap::from([(ChangeKind::Update, 1)]));
}

#[test]
fn edits_follow_a_file_that_moves() {
    let scene = |mine: &str, new: &str| {
        let mut scene = Scene::new(&[("a", "B")], &[("a", mine)], &[("b", new)]);
        scene.moves.insert("b".into(), "a".into());
        scene
    };
    for (mine, new, expected) in [("B", "N", "N"), ("O", "B", "O"), ("O", "N", "O+N"), ("O!", "N", "<O!|N>")] {
        let scene = scene(mine, new);
        assert_eq!(scene.done(None), ["remove a".to_owned(), format!("write b {expected}")], "{mine} {new}");
        let kind = if mine == "O!" { ChangeKind::Conflict } else { ChangeKind::Move };
        assert_eq!(scene.plan().counts(), BTreeMap::from([(kind, 1)]), "{mine} {new}");
    }
    assert_eq!(
        scene("O?", "N").done(Some(Resolution::Both)),
        ["remove a", "write b O?", "write b.scaffold-new N"],
        "mine moves, and the new one goes beside it"
    );
    let mut once = scene("O", "N");
    once.once.insert("b".into());
    assert_eq!(once.done(None), ["remove a", "write b O"], "a file that is the user's moves as it is");
}

#[test]
fn a_move_finds_what_the_user_did_with_the_file() {
    let mut moved = Scene::new(&[("a", "B")], &[("b", "O")], &[("b", "N")]);
    moved.moves.insert("b".into(), "a".into());
    assert_eq!(moved.done(None), ["write b O+N"], "moved by hand before");
    let mut deleted = Scene::new(&[("a", "B")], &[], &[("b", "N")]);
    deleted.moves.insert("b".into(), "a".into());
    assert_eq!(deleted.plan().counts(), BTreeMap::from([(ChangeKind::KeepDeleted, 1)]));
}

#[test]
fn files_and_folders_change_places_when_nothing_of_the_user_is_in_the_way() {
    let blocked = |by: &str| Ours::Blocked { by: by.into(), why: Block::NotAFolder };
    let mut deeper = Scene::new(&[("a", "B")], &[("a", "B")], &[("a/b", "N")]);
    deeper.ours.insert("a/b".into(), blocked("a"));
    assert_eq!(deeper.done(None), ["remove a", "write a/b N"]);
    deeper.ours.insert("a".into(), Ours::File(file("O")));
    assert_eq!(
        deeper.plan().counts(),
        BTreeMap::from([(ChangeKind::Orphan, 1), (ChangeKind::Collide, 1)]),
        "edited: kept"
    );

    let mut flatter = Scene::new(&[("a/b", "B")], &[("a/b", "B")], &[("a", "N")]);
    flatter.ours.insert("a".into(), Ours::Directory { files: vec!["a/b".into()] });
    assert_eq!(flatter.done(None), ["write a N", "remove a/b"]);
    flatter.ours.insert("a".into(), Ours::Directory { files: vec!["a/b".into(), "a/mine".into()] });
    assert_eq!(flatter.plan().counts(), BTreeMap::from([(ChangeKind::Delete, 1), (ChangeKind::Collide, 1)]));
}

#[test]
fn what_was_kept_once_is_in_the_way_even_as_it_was_generated() {
    let mut scene = Scene::new(&[("p", "B")], &[("p", "B")], &[("p/x", "N")]);
    scene.ours.insert("p/x".into(), Ours::Blocked { by: "p".into(), why: Block::NotAFolder });
    assert_eq!(scene.plan().counts(), BTreeMap::from([(ChangeKind::Create, 1), (ChangeKind::Delete, 1)]));
    scene.base.gone.insert("p".into(), Gone::Edited);
    assert_eq!(scene.plan().counts(), BTreeMap::from([(ChangeKind::Collide, 1), (ChangeKind::Orphan, 1)]));
}

#[test]
fn a_file_that_comes_back_is_merged_with_what_was_kept() {
    let mut scene = Scene::new(&[("p", "B")], &[("p", "O")], &[]);
    scene.base.gone.insert("p".into(), Gone::Edited);
    assert_eq!(scene.plan().counts(), BTreeMap::from([(ChangeKind::Orphan, 1)]), "every time");
    scene.theirs.files.insert("p".into(), file("N"));
    assert_eq!(scene.done(None), ["write p O+N"]);
    scene.ours.clear();
    assert_eq!(scene.done(None), ["write p N"], "deleted after it was given up");
}

#[test]
fn of_two_bases_the_one_on_disk_counts() {
    let mut scene = Scene::new(&[("p", "B1")], &[("p", "B2")], &[("p", "N")]);
    scene.base.others.insert("p".into(), file("B2"));
    assert_eq!(scene.plan().counts(), BTreeMap::from([(ChangeKind::Update, 1)]));
    scene.ours.insert("p".into(), Ours::File(file("B1")));
    assert_eq!(scene.plan().counts(), BTreeMap::from([(ChangeKind::Update, 1)]));
}

#[test]
fn conflicts_are_resolved_one_by_one() {
    let conflict = Scene::new(&[("p", "B")], &[("p", "O!")], &[("p", "N")]);
    for (resolution, expected) in [
        (Resolution::Markers, vec!["write p <O!|N>"]),
        (Resolution::KeepMine, vec![]),
        (Resolution::TakeNew, vec!["write p N"]),
        (Resolution::Both, vec!["write p.scaffold-new N"]),
    ] {
        assert_eq!(conflict.done(Some(resolution.clone())), expected, "{resolution:?}");
    }
    let binary = Scene::new(&[("p", "B")], &[("p", "O?")], &[("p", "N")]);
    assert_eq!(binary.done(Some(Resolution::Both)), ["write p.scaffold-new N"]);
    let markers = BTreeMap::from([("p".to_owned(), Resolution::Markers)]);
    let error = binary.plan().operations(&markers).unwrap_err();
    assert_eq!(error.message, "cannot write conflict markers into `p`: both sides changed a binary file");
}

#[test]
fn collisions_are_resolved_one_by_one() {
    let base = Base::default();
    let theirs = Tree { files: ["a", "d", "C", "x/y"].map(|p| (p.to_owned(), file("N"))).into() };
    let ours = BTreeMap::from([
        ("a".to_owned(), Ours::File(file("O"))),
        ("d".to_owned(), Ours::Directory { files: vec!["mine".into()] }),
        ("C".to_owned(), Ours::Blocked { by: "c".into(), why: Block::OtherCase }),
        ("x/y".to_owned(), Ours::Blocked { by: "x".into(), why: Block::NotAFolder }),
    ]);
    let (once, moves) = (BTreeSet::new(), BTreeMap::new());
    let versions = Versions { base: &base, ours: &ours, theirs: &theirs, once: &once, moves: &moves };
    let plan = Plan::new(&versions, &merge).unwrap();
    assert_eq!(plan.open().count(), 4);
    let with = |changed: &[(&str, Resolution)]| {
        let mut all: BTreeMap<_, _> = theirs.files.keys().map(|p| (p.clone(), Resolution::KeepMine)).collect();
        all.extend(changed.iter().map(|(p, r)| ((*p).to_owned(), r.clone())));
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

#[test]
fn what_was_decided_is_taken_into_account() {
    let new = Sum::of_file(&file("N"));
    let old = Sum::of_file(&file("B"));
    for (base, ours, decision, expected) in [
        ("-", "O", Decision::Mine(new), ChangeKind::Keep),
        ("-", "O", Decision::Mine(old), ChangeKind::Collide),
        // what a person kept as theirs does not stem from the base
        ("B", "O!", Decision::Mine(old), ChangeKind::Collide),
        ("B", "O?", Decision::Mine(old), ChangeKind::Collide),
        // other answers in between were taken back
        ("B", "O!", Decision::Mine(new), ChangeKind::Keep),
        ("B", "O", Decision::Mine(old), ChangeKind::Merge),
        ("B", "-", Decision::LeftOut(new), ChangeKind::LeftOut),
        ("B", "-", Decision::LeftOut(old), ChangeKind::Offer),
        ("-", "-", Decision::LeftOut(new), ChangeKind::LeftOut),
        ("-", "-", Decision::LeftOut(old), ChangeKind::Offer),
        ("-", "O", Decision::LeftOut(new), ChangeKind::Collide),
        ("B", "O!", Decision::Refused(BTreeSet::from([new])), ChangeKind::Conflict),
    ] {
        let files = |text: &'static str| if text == "-" { vec![] } else { vec![("p", text)] };
        let scene = Scene::new(&files(base), &files(ours), &[("p", "N")]);
        let Scene { base, ours, theirs, once, moves } = &scene;
        let versions = Versions { base, ours, theirs, once, moves };
        let mut plan = scene.plan();
        plan.settle(
            &versions,
            &Decisions { files: BTreeMap::from([("p".to_owned(), decision.clone())]), ..Decisions::default() },
        );
        assert_eq!(plan.changes["p"].kind(), expected, "{decision:?}");
    }
}

#[test]
fn whatever_a_plan_would_do_can_be_refused_or_changed() {
    let own = || Resolution::Own(OwnText { file: file("own"), refused: BTreeSet::new() });
    let scene = Scene::new(
        &[("deleted", "B"), ("merged", "B"), ("updated", "B")],
        &[("collided", "O"), ("deleted", "B"), ("merged", "O"), ("updated", "B")],
        &[("collided", "N"), ("created", "N"), ("merged", "N"), ("updated", "N")],
    );
    let plan = scene.plan();
    let done = |resolution: &dyn Fn() -> Resolution, paths: &[&str]| -> Vec<String> {
        let mut resolutions = BTreeMap::from([("collided".to_owned(), Resolution::KeepMine)]);
        resolutions.extend(paths.iter().map(|path| ((*path).to_owned(), resolution())));
        let line = |operation: &crate::plan::operation::Operation<'_>| match operation.action {
            crate::plan::operation::Action::Write(file) => {
                format!("{} {}", operation.path, String::from_utf8_lossy(&file.bytes))
            }
            crate::plan::operation::Action::Remove => format!("{} -", operation.path),
        };
        plan.operations(&resolutions).unwrap().iter().map(line).collect()
    };
    let all = ["collided", "created", "deleted", "merged", "updated"];
    assert_eq!(done(&|| Resolution::KeepMine, &[]), ["created N", "deleted -", "merged O+N", "updated N"]);
    assert_eq!(done(&|| Resolution::KeepMine, &all), [] as [&str; 0]);
    let changed = ["collided", "created", "merged", "updated"];
    assert_eq!(done(&own, &changed), ["collided own", "created own", "deleted -", "merged own", "updated own"]);
    assert_eq!(done(&|| Resolution::Both, &["updated"])[3], "updated.scaffold-new N");
}

#[test]
fn a_deletion_lasts_while_the_file_is_not_generated() {
    let mut scene = Scene::new(&[("p", "B"), ("q", "B")], &[], &[]);
    let gone = |scene: &Scene| {
        let Scene { base, ours, theirs, once, moves } = scene;
        let versions = Versions { base, ours, theirs, once, moves };
        let gone = scene.plan().gone(&versions, &BTreeMap::new(), &|path| format!("new/{path}"));
        gone.into_iter().map(|(path, (_, gone))| (path, gone)).collect::<Vec<_>>()
    };
    let both = vec![("new/p".to_owned(), Gone::Deleted), ("new/q".to_owned(), Gone::Deleted)];
    assert_eq!(gone(&scene), both);
    assert_eq!(scene.plan().counts(), BTreeMap::from([(ChangeKind::KeepDeleted, 2)]));
    for path in ["p", "q"] {
        scene.base.gone.insert(path.into(), Gone::Deleted);
    }
    assert_eq!(scene.plan().counts(), BTreeMap::new(), "said once");
    assert_eq!(gone(&scene), both, "and remembered");
    scene.theirs.files.insert("p".into(), file("N"));
    assert_eq!(scene.plan().counts(), BTreeMap::from([(ChangeKind::KeepDeleted, 1)]), "it comes back");
    assert_eq!(gone(&scene).len(), 1);
    scene.ours.insert("p".into(), Ours::File(file("O")));
    assert_eq!(scene.plan().counts(), BTreeMap::from([(ChangeKind::Collide, 1)]), "theirs from the beginning");
    scene.theirs.files.clear();
    scene.moves.insert("r".into(), "q".into());
    scene.theirs.files.insert("r".into(), file("N"));
    assert_eq!(scene.plan().counts(), BTreeMap::from([(ChangeKind::KeepDeleted, 1)]), "under its new path");
    assert_eq!(gone(&scene), []);
}
