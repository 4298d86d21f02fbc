//! How the snapshot of a case is stored: as what differs from its preset, a line per path with the SHA-256 of the file.

use std::collections::{BTreeMap, BTreeSet};

use scaffold::text::tree::File;
use sha2::{Digest as _, Sha256};

/// By path what a case has where its preset has something else: a digest, or [`ABSENT`].
pub type Digests = BTreeMap<String, String>;

/// The preset has the file, the case does not.
pub const ABSENT: &str = "absent";

/// The digest of a file. Whether it is executable follows from its first bytes.
pub fn digest(file: &File) -> String {
    Sha256::digest(&file.bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The digest of a file, or that it is not there.
pub fn state(file: Option<&File>) -> String {
    file.map_or_else(|| ABSENT.into(), digest)
}

/// What a tree has where its preset has something else.
pub fn differences(tree: &BTreeMap<String, File>, preset: &BTreeMap<String, File>) -> Digests {
    let paths: BTreeSet<&String> = tree.keys().chain(preset.keys()).collect();
    let differing = paths.into_iter().filter(|path| tree.get(*path) != preset.get(*path));
    differing.map(|path| (path.clone(), state(tree.get(path)))).collect()
}

/// The text of a snapshot.
pub fn write(preset: &str, digests: &Digests) -> String {
    let lines = digests.iter().map(|(path, digest)| format!("{path} {digest}\n"));
    std::iter::once(format!("like {preset}\n")).chain(lines).collect()
}

/// The preset and the digests of a snapshot.
pub fn read(text: &str) -> Option<(&str, Digests)> {
    let (first, rest) = text.split_once('\n')?;
    let line = |line: &str| line.rsplit_once(' ').map(|(path, digest)| (path.to_owned(), digest.to_owned()));
    Some((first.strip_prefix("like ")?, rest.lines().map(line).collect::<Option<_>>()?))
}

#[test]
fn a_snapshot_is_read_as_it_was_written() {
    let file = |text: &str| File { bytes: text.into(), executable: false };
    let preset = [("a b", file("1")), ("gone", file("2")), ("same", file("3"))];
    let tree = [("a b", file("4")), ("new", file("5")), ("same", file("3"))];
    let named = |files: [(&str, File); 3]| files.map(|(path, file)| (path.to_owned(), file)).into();
    let digests = differences(&named(tree.clone()), &named(preset));
    let lines = [("a b", digest(&tree[0].1)), ("gone", ABSENT.into()), ("new", digest(&tree[1].1))];
    assert_eq!(digests, lines.map(|(path, digest)| (path.to_owned(), digest)).into());
    assert_eq!(read(&write("one", &digests)), Some(("one", digests)));
    assert_eq!(read("a 1\n"), None);
}
