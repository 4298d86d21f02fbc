use super::*;
use crate::text::error::UserError;

fn file(text: &str) -> File {
    File { bytes: text.as_bytes().to_vec(), executable: false }
}

fn sum(text: &str) -> Sum {
    Sum::of(&[text.as_bytes()])
}

fn read(text: &str) -> Result<Decisions, UserError> {
    parse(".scaffold/decisions.yaml", text.as_bytes())
}

fn some() -> Decisions {
    let files = [
        ("Dockerfile", Decision::Mine(sum("a"))),
        ("a \"b\" # 50% ü\u{7f}", Decision::LeftOut(sum("b"))),
        ("k8s/app.yaml", Decision::Refused([sum("c"), sum("d")].into())),
    ];
    Decisions {
        files: files.into_iter().map(|(path, decision)| (path.to_owned(), decision)).collect(),
        moved: [("README.md".to_owned(), "docs/an intro.md".to_owned())].into(),
    }
}

#[test]
fn the_text_reads_back() {
    let text = some().encode();
    assert_eq!(read(&text), Ok(some()));
    assert_eq!(text.lines().filter(|line| line.starts_with("- ")).count(), 5, "{text}");
    assert_eq!(read("format: 1\ndecisions:\n"), Ok(Decisions::default()));
}

#[test]
fn lines_of_two_branches_are_joined() {
    let mut theirs = some();
    theirs.files.insert("Dockerfile".into(), Decision::Mine(sum("z")));
    theirs.files.insert("k8s/app.yaml".into(), Decision::Refused([sum("e")].into()));
    let lines =
        |one: &Decisions| one.encode().lines().filter(|line| line.starts_with("- ")).map(str::to_owned).collect();
    let (ours, theirs): (Vec<String>, Vec<String>) = (lines(&some()), lines(&theirs));
    let joined = format!("format: 1\ndecisions:\n{}\n{}\n", ours.join("\n"), theirs.join("\n"));
    let read = read(&joined).unwrap();
    assert_eq!(read.files["Dockerfile"], Decision::Mine(sum("z")));
    assert_eq!(read.files["k8s/app.yaml"], Decision::Refused([sum("c"), sum("d"), sum("e")].into()));
}

#[test]
fn other_texts_are_refused() {
    for (text, what) in [
        ("", "has no `format`"),
        ("[", "cannot be read"),
        ("format: 2\n", "has format 2, which this version of scaffold does not support"),
        ("format: 1\nextra: 1\n", "unknown field `extra`"),
        ("format: 1\ndecisions: [{path: ../x, mine: \"0123456789abcdef\"}]\n", "names `../x`, which is no path"),
        ("format: 1\ndecisions: [{path: x, mine: \"12\"}]\n", "has no checksum for `x`"),
        ("format: 1\ndecisions: [{path: x, moved: .git/hooks/x}]\n", "names `.git/hooks/x`, which is no path"),
        ("format: 1\ndecisions: [{path: x, moved: .scaffold/base}]\n", "names `.scaffold/base`, which is no path"),
        ("format: 1\ndecisions: [{path: x, moved: x}]\n", "does not move one file to `x`"),
        ("format: 1\ndecisions: [{path: x, moved: z}, {path: y, moved: z}]\n", "does not move one file to `z`"),
        ("format: 1\ndecisions: [{path: x}]\n", "does not say one thing about `x`"),
    ] {
        let error = read(text).unwrap_err();
        assert!(error.message.contains(what), "{text:?}: {}", error.message);
        assert!(!error.hints.is_empty());
    }
}

/// What holds after one change.
fn after(before: &Decisions, change: Change<'_>, resolution: Option<Resolution>, new: &str) -> Option<Decision> {
    let plan = Plan { changes: BTreeMap::from([("p", change)]) };
    let resolutions = resolution.map(|one| ("p".to_owned(), one)).into_iter().collect();
    let theirs = Tree { files: BTreeMap::from([("p".to_owned(), file(new))]) };
    let gone = GoneFiles::new();
    let after =
        before.after(Reviewed { plan: &plan, resolutions: &resolutions, person: true, theirs: &theirs, gone: &gone });
    after.files.get("p").cloned()
}

#[test]
fn a_decision_is_about_what_was_offered() {
    let (none, new, ours) = (Decisions::default(), file("new\n"), Ours::File(file("mine\n")));
    let keep = || Some(Resolution::KeepMine);
    let collide = || Change::Collide { ours: &ours, theirs: &new, kept: false };
    assert_eq!(after(&none, collide(), keep(), "new\n"), Some(Decision::Mine(Sum::of_file(&new))));
    assert_eq!(after(&none, collide(), Some(Resolution::TakeNew), "new\n"), None);
    // the new one is written beside it, and the next one is no edit of it either
    assert_eq!(after(&none, collide(), Some(Resolution::Both), "new\n"), Some(Decision::Mine(Sum::of_file(&new))));
    assert_eq!(after(&none, Change::Create(&new), keep(), "new\n"), Some(Decision::LeftOut(Sum::of_file(&new))));
    assert_eq!(after(&none, Change::Create(&new), None, "new\n"), None);
}

#[test]
fn a_decision_holds_until_the_file_is_generated_differently() {
    let new = file("new\n");
    let one =
        |decision: Decision| Decisions { files: BTreeMap::from([("p".to_owned(), decision)]), ..Decisions::default() };
    let mine = one(Decision::Mine(Sum::of_file(&new)));
    assert!(after(&mine, Change::Keep, None, "new\n").is_some());
    assert!(after(&mine, Change::Keep, None, "newer\n").is_none());
    assert!(after(&mine, Change::Orphan, None, "new\n").is_none());
    let left_out = one(Decision::LeftOut(Sum::of_file(&new)));
    // the offer was not reviewed
    assert_eq!(after(&left_out, Change::Offer(&file("newer\n")), None, "newer\n").as_ref(), left_out.files.get("p"));
    assert!(after(&left_out, Change::KeepDeleted, None, "new\n").is_none());
}

#[test]
fn a_refused_difference_stays_refused_beside_a_change_elsewhere() {
    let generated = "1\na\n2\n3\nb\n4\n";
    let ours = file("1\nA\n2\n3\nb\n4\n");
    let sums: BTreeSet<Sum> = Parts::between(ours.text().unwrap(), generated).sums().collect();
    let refused = Decisions {
        files: BTreeMap::from([("p".to_owned(), Decision::Refused(sums.clone()))]),
        ..Decisions::default()
    };
    assert!(refused.settles("p", &Ours::File(ours.clone()), &file(generated)));
    assert!(!refused.settles("p", &Ours::File(file("1\nA\n2\n3\nB\n4\n")), &file(generated)));
    // the templates change another line, and then this one
    let (later, merged) = (file("1\na\n2\n3\nb!\n4\n"), file("1\nA\n2\n3\nb!\n4\n"));
    let merge = |theirs, merged| Change::Merge { from: None, ours: &ours, theirs, merged: Merged::Clean(merged) };
    let still = after(&refused, merge(&later, merged.clone()), None, later.text().unwrap());
    assert_eq!(still, Some(Decision::Refused(sums)));
    let (other, merged) = (file("1\na!\n2\n3\nb\n4\n"), file("1\nA\n2\n3\nb\n4\n"));
    assert_eq!(after(&refused, merge(&other, merged), None, other.text().unwrap()), None);
}

#[test]
fn a_decision_lasts_while_the_file_is_not_generated() {
    let before = some();
    let (plan, theirs) = (Plan { changes: BTreeMap::new() }, Tree::default());
    let after = |gone: &GoneFiles| {
        before.after(Reviewed { plan: &plan, resolutions: &BTreeMap::new(), person: true, theirs: &theirs, gone }).files
    };
    let gone = |(path, _): (&RelPath, &Decision)| (path.clone(), (file("x"), crate::base::Gone::Edited));
    assert_eq!(after(&before.files.iter().map(gone).collect()), before.files);
    assert_eq!(after(&GoneFiles::new()), BTreeMap::new());
}
