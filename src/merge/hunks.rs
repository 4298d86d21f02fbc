//! Which lines differ between two versions.
//!
//! Several answers are often equally short. Which one is chosen decides whether two edits touch, so the choices are
//! those of git: lines that cannot match are set aside first, the search runs from the highest diagonal down, and
//! a difference that can move ends as far down as possible, or beside a difference of the other version.

use std::ops::Range;

use super::myers::{Search, root};
use super::slide::{Group, settle};

/// A line this frequent tells little about what belongs together, in files of any size.
const FREQUENT: usize = 1024;
/// How far around a frequent line its neighbours are looked at.
const WINDOW: usize = 100;

/// A run of lines that was replaced by another; one of them may be empty, and an equal line stands between two hunks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// Lines of the old version.
    pub old: Range<usize>,
    /// Lines of the new version.
    pub new: Range<usize>,
}

/// What changed from `old` to `new`, in order. Equal lines have equal numbers, counted from 0 without gaps.
pub fn hunks(old: &[usize], new: &[usize]) -> Vec<Hunk> {
    let start = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let end = old[start..].iter().rev().zip(new[start..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (mut removed, mut added) = (vec![false; old.len()], vec![false; new.len()]);
    let (old_kept, new_kept) = (
        worth_comparing(old, new, start..old.len() - end, &mut removed),
        worth_comparing(new, old, start..new.len() - end, &mut added),
    );
    Search::new(old, new, &old_kept, &new_kept, &mut removed, &mut added).compare(0..old_kept.len(), 0..new_kept.len());
    settle(old, &mut removed, &added);
    settle(new, &mut added, &removed);
    collect(&removed, &added)
}

/// The lines within `range` that can match; all others are marked as changed at once.
///
/// A frequent line amid lines without a counterpart is set aside as well: it would match anywhere.
fn worth_comparing(lines: &[usize], other: &[usize], range: Range<usize>, changed: &mut [bool]) -> Vec<usize> {
    let mut counts = vec![0; lines.iter().chain(other).max().map_or(0, |m| m + 1)];
    for &line in other {
        counts[line] += 1;
    }
    let many = root(lines.len()).min(FREQUENT);
    let frequent = |i: usize| counts[lines[i]] >= many;
    let unmatched = |i: usize| counts[lines[i]] == 0;
    let alone = |i: usize| {
        let around = |positions: &mut dyn Iterator<Item = usize>| {
            let (mut gone, mut often) = (0, 1);
            for i in positions.take(WINDOW).take_while(|i| unmatched(*i) || frequent(*i)) {
                if unmatched(i) { gone += 1 } else { often += 1 }
            }
            (gone, often)
        };
        let (before, often_before) = around(&mut (range.start..i).rev());
        let (after, often_after) = around(&mut (i + 1..range.end));
        let often = often_before + often_after;
        before > 0 && after > 0 && often * 4 < often + before + after
    };
    let mut kept = Vec::with_capacity(range.len());
    for i in range.clone() {
        if unmatched(i) || frequent(i) && alone(i) {
            changed[i] = true;
        } else {
            kept.push(i);
        }
    }
    kept
}

fn collect(removed: &[bool], added: &[bool]) -> Vec<Hunk> {
    let mut hunks = Vec::new();
    let (mut old, mut new) = (Group::first(removed), Group::first(added));
    loop {
        if !old.is_empty() || !new.is_empty() {
            hunks.push(Hunk { old: old.start..old.end, new: new.start..new.end });
        }
        if !(old.next(removed) && new.next(added)) {
            return hunks;
        }
    }
}
