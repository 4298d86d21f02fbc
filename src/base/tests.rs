use super::*;
use crate::text::path;
use crate::text::tree::Tree;
use proptest::prelude::*;

fn file(text: &str) -> File {
    File { bytes: text.as_bytes().to_vec(), executable: false }
}

fn tree(files: &[(&str, &str)]) -> Tree {
    Tree { files: files.iter().map(|(path, text)| ((*path).to_owned(), file(text))).collect() }
}

fn text(files: &[(&str, &str)]) -> String {
    String::from_utf8(encode(&tree(files), &BTreeSet::new(), &GoneFiles::new(), &Version::new(0, 3, 0))).unwrap()
}

/// An empty base.
fn written() -> Base {
    Base { version: Some(Version::new(0, 3, 0)), ..Base::default() }
}

fn damaged(text: &str) -> (Base, Vec<DamagedRecord>) {
    match parse(text.as_bytes()) {
        Stored::Damaged { base, faults } => (base, faults),
        other => panic!("expected damage, found {other:?}"),
    }
}

#[test]
fn looks_as_documented() {
    let mut tree = tree(&[("a.txt", "one\n\ttwo\r\nthree"), ("empty", ""), ("z", "|\n")]);
    tree.files.insert("run".into(), File { bytes: b"\x00\xff".to_vec(), executable: true });
    let once = BTreeSet::from(["a.txt".to_owned()]);
    let encoded = encode(&tree, &once, &GoneFiles::new(), &Version::new(0, 3, 0));
    let shown: String = String::from_utf8(encoded.clone())
        .unwrap()
        .lines()
        .map(|line| match line.strip_prefix("  ").and_then(|l| l.rsplit_once(' ')) {
            Some((words, _)) => format!("  {words} SUM\n"),
            None => format!("{line}\n"),
        })
        .collect();
    assert_eq!(
        shown,
        "scaffold base 1\n# What scaffold generated last. Commit this file, do not edit it.\nversion 0.3.0\n\n\
         file a.txt\n  text once SUM\n|one\n^\ttwo\n\\three\n\n\
         file empty\n  text SUM\n\n\
         file run\n  base64 executable SUM\n+AP8=\n\n\
         file z\n  text SUM\n||\n\nend\n"
    );
    assert_eq!(parse(&encoded), Stored::Sound(Base { tree, once, ..written() }));
}

#[test]
fn files_that_are_not_generated_any_more_keep_their_record() {
    let files = |how| -> GoneFiles { tree(&[("p", "x\n")]).files.into_iter().map(|(p, f)| (p, (f, how))).collect() };
    for (how, word) in [(Gone::Edited, "orphan"), (Gone::Deleted, "deleted")] {
        let encoded = encode(&Tree::default(), &BTreeSet::new(), &files(how), &Version::new(0, 3, 0));
        assert!(String::from_utf8_lossy(&encoded).contains(&format!("file p\n  text {word} ")), "{word}");
        let gone = BTreeMap::from([("p".to_owned(), how)]);
        assert_eq!(parse(&encoded), Stored::Sound(Base { tree: tree(&[("p", "x\n")]), gone, ..written() }));
    }
}

#[test]
fn a_newer_format_is_not_taken_for_damage() {
    let newer = |version| Stored::Newer { format: 2, version };
    assert_eq!(parse(b"scaffold base 2\nsomething else\n"), newer(None));
    assert_eq!(parse(b"scaffold base 2\nelse\nversion 1.2.3\n"), newer(Some(Version::new(1, 2, 3))));
    assert!(matches!(parse(b"scaffold base two\n"), Stored::Damaged { .. }));
    assert!(matches!(parse(b""), Stored::Damaged { .. }));
}

#[test]
fn line_ends_changed_by_git_do_no_harm() {
    let text = text(&[("a", "1\n2\r\n"), ("b", "x")]);
    assert_eq!(parse(text.replace('\n', "\r\n").as_bytes()), parse(text.as_bytes()));
}

#[test]
fn damage_is_confined_to_its_record() {
    let text = text(&[("a", "1\n"), ("b", "2\n"), ("c", "3\n")]);
    for broken in [
        text.replace("|2", "|5"),
        text.replace("|2\n", ""),
        text.replace("|2", "<<<<<<< ours\n|7\n=======\n|9\n>>>>>>> theirs"),
        text.replace("file b\n  text ", "file b\n<<<<<<< ours\n  text 0\n=======\n  text 1\n>>>>>>> theirs\n  text "),
        text.replace("file b\n  text ", "file b\n  text executable "),
        text.replace("file b\n  text ", "file b\n  base64 "),
        text.replace("file b\n", "file b\n  text 00"),
    ] {
        let (base, faults) = damaged(&broken);
        assert_eq!(base.tree, tree(&[("a", "1\n"), ("c", "3\n")]), "{broken}");
        assert_eq!(base.damaged, BTreeSet::from(["b".to_owned()]), "{broken}");
        assert_eq!(faults.len(), 1, "{broken}\n{faults:?}");
        assert_eq!(faults[0].path.as_deref(), Some("b"));
        assert_eq!(faults[0].line, 9);
    }
}

#[test]
fn a_base_without_version_is_damaged_in_no_file() {
    let (base, faults) = damaged(&text(&[("a", "1\n")]).replace("version 0.3.0", "version x"));
    assert_eq!((base.tree, base.damaged.len(), faults.len()), (tree(&[("a", "1\n")]), 0, 1));
}

#[test]
fn two_versions_of_one_file_are_damage_and_equal_ones_are_not() {
    let one = text(&[("a", "1\n")]);
    let two = text(&[("a", "2\n")]);
    let record = |text: &str| text[text.find("\nfile").unwrap() + 1..text.find("end").unwrap()].to_owned();
    let both = one.replace("end\n", &format!("{}end\n", record(&two)));
    let (base, _) = damaged(&both);
    assert_eq!((base.tree.files.len(), base.damaged.len()), (0, 1));
    let thrice = both.replace("end\n", &format!("{}end\n", record(&one)));
    assert_eq!(damaged(&thrice).0.tree.files.len(), 0);
    let same = one.replace("end\n", &format!("{}end\n", record(&one)));
    assert_eq!(parse(same.as_bytes()), parse(one.as_bytes()));
}

#[test]
fn a_base_that_was_cut_off_is_noticed() {
    let text = text(&[("a", "1\n"), ("b", "2\n")]);
    for end in 0..text.len() - 1 {
        assert!(matches!(parse(&text.as_bytes()[..end]), Stored::Damaged { .. }), "{end}");
    }
}

#[test]
fn paths_out_of_the_repository_are_not_read() {
    for path in ["../x", "/etc/passwd", ".git/config"] {
        let (base, _) = damaged(&text(&[(path, "1\n")]));
        assert!(base.tree.files.is_empty());
    }
}

#[test]
fn git_merges_changes_of_neighbouring_files() {
    let git = |folder: &std::path::Path, names: [&str; 3]| {
        std::process::Command::new("git").current_dir(folder).args(["merge-file", "-p"]).args(names).output()
    };
    let folder = tempfile::tempdir().unwrap();
    let versions = [
        ("ours", text(&[("a", "1\nA\n"), ("b", "2\n"), ("c", "3\n")])),
        ("base", text(&[("a", "1\n"), ("b", "2\n"), ("c", "3\n")])),
        ("theirs", text(&[("a", "1\n"), ("b", "B\n"), ("d", "4\n")])),
    ];
    for (name, text) in versions {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let merged = git(folder.path(), ["ours", "base", "theirs"]).unwrap();
    let expected = tree(&[("a", "1\nA\n"), ("b", "B\n"), ("d", "4\n")]);
    assert_eq!(parse(&merged.stdout), Stored::Sound(Base { tree: expected, ..written() }));
}

fn content() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        "[a-z|^+\\\\ \t\r\n<=>]{0,80}".prop_map(String::into_bytes),
        any::<String>().prop_map(String::into_bytes),
        prop::collection::vec("[ -~]{0,9}(\n|\r\n)", 0..9).prop_map(|lines| lines.concat().into_bytes()),
    ]
}

proptest! {
    #[test]
    fn every_tree_reads_back(
        files in prop::collection::btree_map(
            prop_oneof!["[a-z]{1,3}(/[a-zA-Z. %é]{1,8}){0,3}", "\\PC{1,9}", any::<String>()],
            (content(), any::<bool>(), any::<bool>()),
            0..8,
        )
    ) {
        let mut tree = Tree { files: BTreeMap::new() };
        let mut once = BTreeSet::new();
        for (path, (bytes, executable, only_once)) in files {
            if path::check(&path).is_err() {
                continue;
            }
            if only_once {
                once.insert(path.clone());
            }
            tree.files.insert(path, File { bytes, executable });
        }
        let text = encode(&tree, &once, &GoneFiles::new(), &Version::new(0, 3, 0));
        prop_assert!(!text.contains(&b'\r') && !text.contains(&0));
        prop_assert_eq!(parse(&text), Stored::Sound(Base { tree, once, ..written() }));
    }

    #[test]
    fn any_bytes_can_be_read(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = parse(&bytes);
    }
}
