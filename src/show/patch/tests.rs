use super::*;

fn file(bytes: impl Into<Vec<u8>>) -> File {
    File { bytes: bytes.into(), executable: false }
}

fn script(bytes: impl Into<Vec<u8>>) -> File {
    File { executable: true, ..file(bytes) }
}

/// From a path with an old file to a path with a new one.
fn one(from: &str, old: Option<File>, path: &str, new: Option<File>) -> String {
    let change = FileChange { path, from: Some(from), old: old.as_ref(), new: new.as_ref() };
    String::from_utf8(patch(&[change])).unwrap()
}

#[test]
fn as_git_writes_it() {
    // Each as `git diff --full-index --binary -M1%` writes it, but for the second byte of what is compressed, which
    // tells with how much effort.
    let zero = "0".repeat(40);
    let hello = "ce013625030ba8dba906f756967f9e9ca394464a";
    let empty = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";
    let cases = [
        ("x", Some(file("hello\n")), "x", Some(file("hello\n")), String::new()),
        (
            "x",
            None,
            "x",
            Some(script("hello\n")),
            format!(
                "diff --git a/x b/x\nnew file mode 100755\nindex {zero}..{hello}\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+hello\n"
            ),
        ),
        (
            "x",
            Some(file("hello\n")),
            "x",
            None,
            format!(
                "diff --git a/x b/x\ndeleted file mode 100644\nindex {hello}..{zero}\n--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-hello\n"
            ),
        ),
        (
            "x",
            Some(file("hello\n")),
            "x",
            Some(script("hello\n")),
            "diff --git a/x b/x\nold mode 100644\nnew mode 100755\n".into(),
        ),
        (
            "x",
            Some(file("hello\n")),
            "dir/x y",
            Some(file("hello\n")),
            "diff --git a/x b/dir/x y\nsimilarity index 100%\nrename from x\nrename to dir/x y\n".into(),
        ),
        ("x", None, "x", Some(file("")), format!("diff --git a/x b/x\nnew file mode 100644\nindex {zero}..{empty}\n")),
        (
            "x y",
            Some(file("")),
            "x y",
            Some(file("hello\n")),
            format!(
                "diff --git a/x y b/x y\nindex {empty}..{hello} 100644\n--- a/x y\t\n+++ b/x y\t\n@@ -0,0 +1 @@\n+hello\n"
            ),
        ),
        (
            "x",
            Some(file("")),
            "x",
            Some(file([0])),
            format!(
                "diff --git a/x b/x\nindex {empty}..f76dd238ade08917e6712764a16a22005a50573d 100644\n\
                 GIT binary patch\nliteral 1\nIc${{MZ000310RR91\n\nliteral 0\nHc$@<O00001\n\n"
            ),
        ),
    ];
    for (from, old, path, new, expected) in cases {
        assert_eq!(one(from, old, path, new), expected);
    }
}

#[test]
fn hunks_have_three_lines_around_and_keep_line_ends() {
    let old: String = (1..=20).map(|n| format!("{n}\r\n")).collect();
    let new = old.replace("2\r\n3\r\n", "2\r\n3\n").replace("20\r\n", "20");
    let text = one("x", Some(file(old)), "x", Some(file(new)));
    let (_, hunks) = text.split_once("+++ b/x\n").unwrap();
    assert_eq!(
        hunks,
        "@@ -1,6 +1,6 @@\n 1\r\n 2\r\n-3\r\n+3\n 4\r\n 5\r\n 6\r\n\
         @@ -17,4 +17,4 @@\n 17\r\n 18\r\n 19\r\n-20\r\n+20\n\\ No newline at end of file\n"
    );
    let text = one("x", Some(file("a\rb\rc")), "x", Some(file("a\rB\rc\n")));
    assert!(text.ends_with("@@ -1 +1 @@\n-a\rb\rc\n\\ No newline at end of file\n+a\rB\rc\n"), "{text:?}");
}

#[test]
fn names_are_quoted() {
    for (name, expected) in [
        ("plain/a-b_c.yaml", "a/plain/a-b_c.yaml"),
        ("in the middle", "a/in the middle"),
        (" before", "\"a/ before\""),
        ("after ", "\"a/after \""),
        ("tab\tnew\nline", "\"a/tab\\tnew\\nline\""),
        ("\"\\", "\"a/\\\"\\\\\""),
        ("é\u{1}\u{7f}", "\"a/\\303\\251\\001\\177\""),
    ] {
        assert_eq!(quoted("a/", name), expected);
    }
}

#[test]
fn a_rename_says_how_much_is_kept() {
    let text = |old: &str, new: &str| one("x", Some(file(old)), "y", Some(file(new)));
    assert!(text("1\n2\n3\n4\n", "1\n2\n3\n5\n").contains("similarity index 75%\nrename from x\nrename to y\nindex "));
    assert!(text("", "1\n").contains("similarity index 0%\n"));
    assert!(text(&"1\n".repeat(999), &"1\n".repeat(1000)).contains("similarity index 99%\n"));
}

#[test]
fn files_that_go_come_first() {
    let (old, new) = (file("old"), file("new"));
    let gone = |path| FileChange { path, from: None, old: Some(&old), new: None };
    let made = |path| FileChange { path, from: None, old: None, new: Some(&new) };
    let text = String::from_utf8(patch(&[made("b"), made("a/b"), gone("b/c"), gone("a")])).unwrap();
    let order: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("diff --git ")).collect();
    assert_eq!(order, ["a/a b/a", "a/b/c b/b/c", "a/a/b b/a/b", "a/b b/b"]);
}
