use semver::Version;

use super::hunks::hunks;
use super::*;

fn file(text: impl AsRef<[u8]>) -> File {
    File { bytes: text.as_ref().to_vec(), executable: false }
}

fn sides() -> MarkerLabels {
    MarkerLabels::new(Some(&Version::new(0, 3, 0)), &Version::new(0, 4, 0))
}

fn merged(path: &str, base: &str, ours: &str, theirs: &str) -> Merged {
    merge(path, &file(base), &file(ours), &file(theirs), &sides(), OnConflict::Markers)
}

/// The merged text, and the lines of conflicts.
fn text(base: &str, ours: &str, theirs: &str) -> (String, Vec<usize>) {
    match merged("file", base, ours, theirs) {
        Merged::Clean(file) => (String::from_utf8(file.bytes).unwrap(), Vec::new()),
        Merged::Conflict { file, lines } => (String::from_utf8(file.bytes).unwrap(), lines),
        Merged::Beside(why) => panic!("{why}"),
    }
}

#[test]
fn a_conflict_names_both_sides() {
    let (base, ours, theirs) = ("a\nb\nc\n1\n2\n", "a\nmine\nc\n1\n", "a\nnew\nc\n1\n2\n3\n");
    let expected = "\
a
<<<<<<< yours
mine
||||||| scaffold 0.3.0
b
=======
new
>>>>>>> scaffold 0.4.0
c
1
<<<<<<< yours
||||||| scaffold 0.3.0
2
=======
2
3
>>>>>>> scaffold 0.4.0
";
    assert_eq!(text(base, ours, theirs), (expected.into(), vec![2, 11]));
    assert_eq!(unresolved(expected.as_bytes()), [2, 11]);
    for (preferred, expected) in [(OnConflict::Ours, ours), (OnConflict::Theirs, theirs)] {
        let merged = merge("file", &file(base), &file(ours), &file(theirs), &sides(), preferred);
        assert_eq!(merged, Merged::Clean(file(expected)));
    }
}

#[test]
fn sides_of_the_same_version_are_told_apart() {
    let (old, new) = (Version::new(0, 3, 0), Version::new(0, 4, 0));
    for (from, to, expected) in [
        (Some(&old), &new, ["scaffold 0.3.0", "scaffold 0.4.0"]),
        (Some(&old), &old, ["scaffold 0.3.0 (before)", "scaffold 0.3.0"]),
        (None, &new, ["scaffold (before)", "scaffold 0.4.0"]),
    ] {
        let sides = MarkerLabels::new(from, to);
        assert_eq!([sides.base.as_str(), &sides.theirs], expected);
        let left = format!("||||||| {}\nx\n=======\ny\n>>>>>>> {}\n", sides.base, sides.theirs);
        assert_eq!(unresolved(left.as_bytes()), [1], "{left}");
    }
}

#[test]
fn changes_that_touch_conflict() {
    for (base, ours, theirs, expected) in [
        ("a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", Some("A\nb\nC\n")),
        ("a\nb\n", "A\nb\n", "a\nB\n", None),
        ("a\nb\n", "a\nx\nb\n", "a\ny\nb\n", None),
        ("a\nb\n", "a\nx\nb\n", "a\nB\n", None),
        // deleted beside an edit
        ("a\nb\nc\n", "a\nmine\nc\n", "a\nb\n", None),
        ("a\nb\nc\nd\n", "a\nmine\nc\nd\n", "a\nb\nc\n", Some("a\nmine\nc\n")),
        // the same change, alone and with another
        ("a\nb\nc\n", "a\nx\nb\nc\n", "a\nx\nb\nC\n", Some("a\nx\nb\nC\n")),
        ("a\nb\nc\n", "a\nx\nb\nc\n", "a\nx\ny\nb\nc\n", None),
        ("", "x\n", "y\n", None),
        ("a\n", "", "b\n", None),
    ] {
        let (text, conflicts) = text(base, ours, theirs);
        assert_eq!(conflicts.is_empty().then_some(text.as_str()), expected, "{base:?} {ours:?} {theirs:?}");
    }
}

#[test]
fn the_end_of_the_file_is_kept() {
    for (base, ours, theirs, expected) in [
        ("a\nb\nc", "A\nb\nc", "a\nb\nc\n", "A\nb\nc\n"),
        ("a\nb\nc\n", "A\nb\nc\n", "a\nb\nc", "A\nb\nc"),
        ("a\nb\nc", "A\nb\nc", "a\nb\nC", "A\nb\nC"),
    ] {
        assert_eq!(text(base, ours, theirs), (expected.into(), Vec::new()));
    }
    let (text, conflicts) = text("a", "b", "c");
    assert_eq!(conflicts, [1]);
    assert_eq!(text, "<<<<<<< yours\nb\n||||||| scaffold 0.3.0\na\n=======\nc\n>>>>>>> scaffold 0.4.0\n");
}

#[test]
fn a_converted_file_does_not_conflict() {
    let (lf, crlf) = ("a\nb\nc\n", "a\r\nb\r\nc\r\n");
    for (base, ours, theirs, expected) in [
        // by the user, by the template, back, both
        (lf, crlf, "a\nb\nC\n", "a\r\nb\r\nC\r\n"),
        (lf, "A\r\nb\r\nc\r\n", "a\nb\nC\n", "A\r\nb\r\nC\r\n"),
        (lf, "A\nb\nc\n", crlf, "A\r\nb\r\nc\r\n"),
        (crlf, lf, "a\r\nb\r\nC\r\n", "a\nb\nC\n"),
        (lf, "A\r\nb\r\nc\r\n", "a\r\nb\r\nC\r\n", "A\r\nb\r\nC\r\n"),
        // an edit in a file that was CRLF all along
        (crlf, "A\r\nb\r\nc\r\n", "a\r\nb\r\nC\r\n", "A\r\nb\r\nC\r\n"),
        // mixed: as they are
        ("a\r\nb\nc\n", "A\r\nb\nc\n", "a\r\nb\nC\n", "A\r\nb\nC\n"),
        (lf, "a\r\nb\nc\n", "a\nb\nC\n", "a\r\nb\nC\n"),
        ("a\r\r\nb\r\nc\r\n", "A\r\nb\r\nc\r\n", "a\r\r\nb\r\nC\r\n", "A\r\nb\r\nC\r\n"),
        // nothing to say about line ends
        ("", "a\r\n", "", "a\r\n"),
        ("a", "b\r\nb\r\n", "a", "b\r\nb\r\n"),
        // byte order marks
        (lf, "\u{feff}a\nb\nc\n", "a\nb\nC\n", "\u{feff}a\nb\nC\n"),
        ("\u{feff}a\nb\nc\n", lf, "\u{feff}a\nb\nC\n", "a\nb\nC\n"),
        (lf, "A\nb\nc\n", "\u{feff}a\r\nb\r\nc\r\n", "\u{feff}A\r\nb\r\nc\r\n"),
    ] {
        assert_eq!(text(base, ours, theirs), (expected.into(), Vec::new()), "{base:?} {ours:?} {theirs:?}");
    }
    let (text, _) = text("a\n", "b\r\n", "c\n");
    assert_eq!(text, "<<<<<<< yours\r\nb\r\n||||||| scaffold 0.3.0\r\na\r\n=======\r\nc\r\n>>>>>>> scaffold 0.4.0\r\n");
    assert_eq!(unresolved(text.as_bytes()), [1]);
}

#[test]
fn the_executable_bit_follows_who_changed_it() {
    for (base, ours, theirs, expected) in [
        (false, false, true, true),
        (false, true, false, true),
        (true, false, true, false),
        (true, true, false, false),
        (true, false, false, false),
        (false, true, true, true),
    ] {
        for texts in [["a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n"], ["a", "a", "b"], ["a", "b", "a"], ["a", "\0", "\0"]] {
            let [old, mine, new] = [(texts[0], base), (texts[1], ours), (texts[2], theirs)]
                .map(|(text, executable)| File { executable, ..file(text) });
            let merged = merge("file", &old, &mine, &new, &sides(), OnConflict::Markers);
            assert_eq!(merged.file().unwrap().executable, expected, "{base} {ours} {theirs}");
        }
    }
}

#[test]
fn markers_are_longer_than_those_in_the_text() {
    for (line, size) in [
        ("=======", 8),
        ("<<<<<<< HEAD", 8),
        ("||||||| x\n======== y", 9),
        (">>>>>>>", 8),
        ("========", 7),
        ("========================", 7),
        ("<<<<<<<x", 7),
        (" <<<<<<< yours", 7),
    ] {
        let (base, ours, theirs) = (format!("{line}\n\na\n"), format!("{line}\n\nb\n"), format!("{line}\n\nc\n"));
        let (text, conflicts) = text(&base, &ours, &theirs);
        assert_eq!(conflicts.len(), 1);
        let expected = format!("{} yours", "<".repeat(size));
        assert_eq!(text.lines().nth(conflicts[0] - 1), Some(expected.as_str()), "{line}");
        assert!(text.lines().any(|line| line == "=".repeat(size)));
        assert_eq!(unresolved(text.as_bytes()), conflicts, "{text}");
    }
}

#[test]
fn only_our_own_markers_are_unresolved() {
    for (text, expected) in [
        ("", vec![]),
        ("Changes\n=======\n", vec![]),
        ("<<<<<<< HEAD\na\n=======\nb\n>>>>>>> main\n", vec![]),
        (
            "<<<<<<< yours and mine\n||||||| base\n>>>>>>> scaffold next\n>>>>>>> scaffold\n>>>>>>> scaffolding\n",
            vec![],
        ),
        ("    <<<<<<< yours\n<<<<<< yours\n", vec![]),
        // half resolved
        ("a\n<<<<<<< yours\n", vec![2]),
        ("\u{feff}<<<<<<< yours\n", vec![1]),
        ("a\n||||||| scaffold 0.3.0\nb\n=======\n>>>>>>> scaffold 0.4.0\n", vec![2]),
        ("a\n=======\nb\n>>>>>>> scaffold 0.4.0-rc.1\n\n>>>>>>> scaffold 0.4.0\n", vec![4, 6]),
        ("<<<<<<<<< yours\n>>>>>>>>> scaffold 0.4.0\n", vec![1]),
    ] {
        assert_eq!(unresolved(text.as_bytes()), expected, "{text}");
    }
}

#[test]
fn binary_files_are_not_merged() {
    // a zero byte further on does not count
    let long = [b"x".repeat(LOOKED_AT), b"\0\n".to_vec()].concat();
    for [base, ours, theirs] in [[&b"a\0"[..], b"b\0", b"c\0"], [b"a\n", b"\xff\n", b"b\n"], [b"\0", b"a\n", b"b\n"]] {
        let merged = merge("file", &file(base), &file(ours), &file(theirs), &sides(), OnConflict::Ours);
        assert_eq!(merged, Merged::Beside(Why::Binary));
    }
    let (ours, theirs) = ([&long[..], b"a\n"].concat(), [b"b\n", &long[..]].concat());
    let merged = merge("file", &file(&long), &file(&ours), &file(&theirs), &sides(), OnConflict::Markers);
    assert_eq!(merged, Merged::Clean(file([b"b\n", &long[..], b"a\n"].concat())));
}

#[test]
fn what_parsed_must_parse() {
    let yaml = "a: 1\nb: 2\nc: 3\nd: 4\n";
    let json = "{\n\"a\": 1,\n\"b\": 2,\n\"c\": 3\n}\n";
    for (path, base, ours, theirs, fault) in [
        // the same key twice
        ("k/a.yaml", yaml, format!("x: 1\n{yaml}"), format!("{yaml}x: 2\n"), Some("YAML: duplicate")),
        (
            "a.json",
            json,
            json.replace('{', "{\n\"x\": 1,"),
            json.replace(" 3", " 3,\n\"x\": 2"),
            Some("JSON: duplicate"),
        ),
        (
            "a.tf",
            "a {\nb = 1\nc = 2\n}\n",
            "a {\nx = 1\nb = 1\nc = 2\n}\n".into(),
            "a {\nb = 1\nc = 2\nx = 1\n}\n".into(),
            Some("HCL: "),
        ),
        (
            "Cargo.toml",
            "[a]\nb = 1\nc = 2\n",
            "[a]\nx = 1\nb = 1\nc = 2\n".into(),
            "[a]\nb = 1\nc = 2\nx = 1\n".into(),
            Some("TOML: "),
        ),
        // a line below a key that has a value now
        (
            "a.yml",
            "a:\n# 1\n# 2\n# 3\n  b: 1\n",
            "a: {}\n# 1\n# 2\n# 3\n".into(),
            "a:\n# 1\n  c: 1\n# 2\n# 3\n  b: 1\n".into(),
            Some("YAML: "),
        ),
        // a later document
        (
            "a.yaml",
            "---\na: 1\n---\na: 1\nb: 2\nc: 3\n",
            "---\na: 1\n---\nx: 0\na: 1\nb: 2\nc: 3\n".into(),
            "---\na: 1\n---\na: 1\nb: 2\nc: 3\nx: 0\n".into(),
            Some("YAML: duplicate"),
        ),
        // fine together
        ("a.yaml", yaml, format!("x: 1\n{yaml}"), format!("{yaml}y: 2\n"), None),
        // did not parse before, or has no format
        (
            "tsconfig.json",
            "// a\n{\n\"a\": 1,\n\"b\": 2\n}\n",
            "// mine\n{\n\"a\": 1,\n\"b\": 2\n}\n".into(),
            "// a\n{\n\"a\": 1,\n\"b\": 3\n}\n".into(),
            None,
        ),
        ("a.yaml", yaml, format!("a: 0\n{yaml}"), format!("{yaml}x: 2\n"), None),
        ("a.txt", yaml, format!("x: 1\n{yaml}"), format!("{yaml}x: 2\n"), None),
        ("yaml", yaml, format!("x: 1\n{yaml}"), format!("{yaml}x: 2\n"), None),
    ] {
        match (merged(path, base, &ours, &theirs), fault) {
            (Merged::Beside(why @ Why::Unparsable(..)), Some(fault)) => {
                let said = why.to_string();
                assert!(said.contains(fault) && !said.contains('\n'), "{said}");
            }
            (Merged::Clean(_), None) => {}
            (merged, _) => panic!("{path}: {merged:?}"),
        }
    }
}

#[test]
fn hunks_lead_from_one_version_to_the_other() {
    // few different lines, and more changes than the search has patience for
    let mut state = 1_u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for (length, kinds) in [(0, 1), (1, 1), (7, 2), (40, 3), (40, 30), (3000, 4), (3000, 50), (3000, 5000)] {
        for _ in 0..8 {
            let old: Vec<usize> = (0..length).map(|_| random(kinds)).collect();
            let new: Vec<usize> = (0..random(length + 1)).map(|_| random(kinds)).collect();
            let mut rebuilt = Vec::new();
            let mut done = 0;
            for hunk in hunks(&old, &new) {
                assert!(hunk.old.start > done || done == 0, "an equal line stands between two hunks");
                rebuilt.extend_from_slice(&old[done..hunk.old.start]);
                assert_eq!(rebuilt.len(), hunk.new.start);
                rebuilt.extend_from_slice(&new[hunk.new]);
                done = hunk.old.end;
            }
            rebuilt.extend_from_slice(&old[done..]);
            assert_eq!(rebuilt, new);
        }
    }
}
