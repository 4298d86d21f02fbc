//! Files that have another path in the new version: edits of the user follow them.
//!
//! A component declares its moves (`moved:`). What it does not declare is recognised as git does it: a file that is no
//! longer generated and a new one with much the same lines are one file that moved.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::base::{Base, Gone};
use crate::plan::Ours;
use crate::text::path;
use crate::text::tree::{File, RelPath, Tree};

/// How much of two files must be equal, in percent of their lines' bytes, when their names are equal.
const SAME_NAME: usize = 50;
/// The same when their names differ too: what the files of a kind have in common is not enough.
const OTHER_NAME: usize = 75;
/// Files with less text than this are alike by accident.
const SMALLEST: usize = 40;
/// More pairs than this are not compared: only files with equal content move then.
const PAIRS: usize = 250_000;

/// New path to old path of every file that moves. `declared` is what the catalog says, old path and new path: a file that
/// had several names in earlier versions has as many old paths.
pub fn moves(
    base: &Base,
    ours: &BTreeMap<RelPath, Ours>,
    theirs: &Tree,
    declared: &[(RelPath, RelPath)],
) -> BTreeMap<RelPath, RelPath> {
    let goes = |path: &RelPath| {
        let file = base.tree.files.contains_key(path) && base.gone.get(path) != Some(&Gone::Edited);
        file && !theirs.files.contains_key(path)
    };
    let comes = |path: &RelPath| theirs.files.contains_key(path) && !base.tree.files.contains_key(path);
    let is_file = |path: &RelPath| matches!(ours.get(path), Some(Ours::File(_)));
    let is_free = |to: &RelPath, from: &RelPath| match ours.get(to) {
        None | Some(Ours::Missing) => true,
        Some(Ours::Blocked { by, .. }) => by == from,
        // the folder goes when the file in it moves
        Some(Ours::Directory { files }) => files.iter().all(|file| file == from),
        Some(_) => false,
    };
    let possible = |to: &RelPath, from: &RelPath| goes(from) && comes(to) && (!is_file(from) || is_free(to, from));
    let mut moves: BTreeMap<RelPath, RelPath> = BTreeMap::new();
    let mut taken: BTreeSet<&RelPath> = BTreeSet::new();
    for (from, to) in declared {
        if possible(to, from) && !moves.contains_key(to) && taken.insert(from) {
            moves.insert(to.clone(), from.clone());
        }
    }
    let old: Vec<(&RelPath, &File)> = base
        .tree
        .files
        .iter()
        .filter(|(path, _)| goes(path) && !base.gone.contains_key(*path) && !taken.contains(path))
        .collect();
    let new: Vec<(&RelPath, &File)> =
        theirs.files.iter().filter(|(path, _)| comes(path) && !moves.contains_key(*path)).collect();
    let mut pairs = alike(&old, &new);
    pairs.sort();
    for (_, from, to) in pairs {
        // where the user has moved the file already, the new path is taken and the old one is not
        let there = if is_file(from) { is_free(to, from) } else { is_file(to) };
        if there && !taken.contains(from) && !moves.contains_key(to) {
            taken.insert(from);
            moves.insert(to.clone(), from.clone());
        }
    }
    moves
}

/// An old and a new path. What they have in common comes first, so that the best pairs sort first.
pub(crate) type Pair<'a> = (Reverse<(usize, bool)>, &'a RelPath, &'a RelPath);

/// Pairs that are enough alike.
pub(crate) fn alike<'a>(old: &[(&'a RelPath, &'a File)], new: &[(&'a RelPath, &'a File)]) -> Vec<Pair<'a>> {
    let mut equal: HashMap<&[u8], Vec<&'a RelPath>> = HashMap::new();
    for (from, file) in old.iter().filter(|(_, file)| file.bytes.len() >= SMALLEST) {
        equal.entry(&file.bytes).or_default().push(from);
    }
    let same_name = |from: &str, to: &str| path::name(from) == path::name(to);
    let mut pairs = Vec::new();
    for (to, file) in new {
        for from in equal.get(&*file.bytes).into_iter().flatten() {
            pairs.push((Reverse((100, same_name(from, to))), *from, *to));
        }
    }
    if old.len() * new.len() > PAIRS {
        return pairs;
    }
    let new: Vec<_> = new.iter().map(|(to, file)| (*to, Lines::of(file))).collect();
    for (from, file) in old {
        let lines = Lines::of(file);
        for (to, others) in &new {
            let named = same_name(from, to);
            let percent = lines.percent(others);
            if percent < 100 && percent >= if named { SAME_NAME } else { OTHER_NAME } {
                pairs.push((Reverse((percent, named)), *from, *to));
            }
        }
    }
    pairs
}

/// The lines of a file and how often each stands there.
struct Lines<'f> {
    bytes: usize,
    counts: HashMap<&'f [u8], usize>,
}

impl<'f> Lines<'f> {
    fn of(file: &'f File) -> Self {
        let mut lines = Self { bytes: 0, counts: HashMap::new() };
        for line in file.bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty()) {
            lines.bytes += line.len();
            *lines.counts.entry(line).or_insert(0) += 1;
        }
        lines
    }

    /// What both have in common, in percent of the longer one.
    fn percent(&self, other: &Self) -> usize {
        let longer = self.bytes.max(other.bytes);
        if longer < SMALLEST || self.bytes.min(other.bytes) * 2 < longer {
            return 0;
        }
        let common = |(line, n): (&&[u8], &usize)| line.len() * (*n).min(other.counts.get(*line).copied().unwrap_or(0));
        self.counts.iter().map(common).sum::<usize>() * 100 / longer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> File {
        File { bytes: text.as_bytes().to_vec(), executable: false }
    }

    fn tree(files: &[(&str, &str)]) -> Tree {
        Tree { files: files.iter().map(|(path, text)| ((*path).to_owned(), file(text))).collect() }
    }

    /// The moves, as `from -> to`, with everything of `old` on disk but `deleted`.
    fn found(
        old: &[(&str, &str)],
        new: &[(&str, &str)],
        declared: &[(&str, &str)],
        disk: &[(&str, Option<&str>)],
    ) -> Vec<String> {
        let base = Base { tree: tree(old), ..Base::default() };
        let mut ours: BTreeMap<RelPath, Ours> =
            base.tree.files.iter().map(|(path, file)| (path.clone(), Ours::File(file.clone()))).collect();
        for (path, text) in disk {
            ours.insert((*path).to_owned(), text.map_or(Ours::Missing, |text| Ours::File(file(text))));
        }
        let declared = declared.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect::<Vec<_>>();
        moves(&base, &ours, &tree(new), &declared).into_iter().map(|(to, from)| format!("{from} -> {to}")).collect()
    }

    const TEXT: &str =
        "first line of this file\nsecond line of this file\nthird line of this file\nfourth line of it\n";

    #[test]
    fn equal_and_similar_files_move() {
        let other = TEXT.replace("third", "3rd");
        assert_eq!(found(&[("a.md", TEXT)], &[("docs/a.md", TEXT)], &[], &[]), ["a.md -> docs/a.md"]);
        assert_eq!(found(&[("a.md", TEXT)], &[("docs/a.md", &other)], &[], &[]), ["a.md -> docs/a.md"]);
        let half = other.replace("fourth", "4th");
        assert_eq!(found(&[("a.md", TEXT)], &[("docs/a.md", &half)], &[], &[]), ["a.md -> docs/a.md"]);
        assert!(found(&[("a.md", TEXT)], &[("docs/b.md", &half)], &[], &[]).is_empty(), "other name, half the text");
        assert_eq!(found(&[("a.md", TEXT)], &[("b.md", &other), ("c.md", TEXT)], &[], &[]), ["a.md -> c.md"]);
    }

    #[test]
    fn short_files_do_not_move_by_accident() {
        assert!(found(&[("a", "x\n")], &[("b", "x\n")], &[], &[]).is_empty());
        assert_eq!(found(&[("a", "x\n")], &[("b", "y\n")], &[("a", "b")], &[]), ["a -> b"]);
    }

    #[test]
    fn a_file_moves_from_whichever_name_it_had() {
        let twice = &[("a", "c"), ("b", "c")];
        assert_eq!(found(&[("a", "x\n")], &[("c", "y\n")], twice, &[]), ["a -> c"]);
        assert_eq!(found(&[("b", "x\n")], &[("c", "y\n")], twice, &[]), ["b -> c"]);
        assert_eq!(found(&[("a", "x\n"), ("b", "x\n")], &[("c", "y\n")], twice, &[]), ["a -> c"]);
    }

    #[test]
    fn what_stays_or_was_there_before_does_not_move() {
        assert!(found(&[("a", TEXT)], &[("a", TEXT), ("b", TEXT)], &[("a", "b")], &[]).is_empty());
        assert!(found(&[("a", TEXT), ("b", "y")], &[("b", TEXT)], &[("a", "b")], &[]).is_empty());
        assert!(found(&[("a", TEXT)], &[("b", TEXT)], &[("a", "b")], &[("b", Some("theirs"))]).is_empty());
    }

    #[test]
    fn what_the_user_moved_is_found_and_what_they_deleted_follows_a_declaration() {
        let deleted: &[(&str, Option<&str>)] = &[("a", None)];
        assert!(found(&[("a", TEXT)], &[("b", TEXT)], &[], deleted).is_empty());
        assert_eq!(found(&[("a", TEXT)], &[("b", TEXT)], &[("a", "b")], deleted), ["a -> b"]);
        let moved: &[(&str, Option<&str>)] = &[("a", None), ("b", Some("edited"))];
        assert_eq!(found(&[("a", TEXT)], &[("b", TEXT)], &[("a", "b")], moved), ["a -> b"]);
        assert_eq!(found(&[("a", TEXT)], &[("b", TEXT)], &[], moved), ["a -> b"], "the new path shows the move");
    }
}
