//! Which lines differ between two versions.
//!
//! Several answers are often equally short. Which one is chosen decides whether two edits touch, so the choices are
//! those of git: lines that cannot match are set aside first, the search runs from the highest diagonal down, and
//! a difference that can move ends as far down as possible, or beside a difference of the other version.

use std::collections::HashMap;
use std::hash::Hash;
use std::ops::Range;

use super::myers::{compare, root};
use super::slide::{ChangedLines, settle};

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

/// What changed from `old` to `new`, in order.
pub fn between<L: Eq + Hash + Copy>(old: &[L], new: &[L]) -> Vec<Hunk> {
    let mut known = HashMap::new();
    let mut numbers = |lines: &[L]| -> Vec<usize> {
        let mut number = |line| {
            let next = known.len();
            *known.entry(line).or_insert(next)
        };
        lines.iter().map(|line| number(*line)).collect()
    };
    hunks(&numbers(old), &numbers(new))
}

/// What changed from `old` to `new`, in order. Equal lines have equal numbers, counted from 0 without gaps.
pub fn hunks(old: &[usize], new: &[usize]) -> Vec<Hunk> {
    let start = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let end = old[start..].iter().rev().zip(new[start..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (mut removed, mut added) = (vec![false; old.len()], vec![false; new.len()]);
    let old_kept = worth_comparing(old, new, start..old.len() - end, &mut removed);
    let new_kept = worth_comparing(new, old, start..new.len() - end, &mut added);
    let lines = |all: &[usize], kept: &[usize]| kept.iter().map(|&i| all[i]).collect::<Vec<_>>();
    let (old_changed, new_changed) = compare(&lines(old, &old_kept), &lines(new, &new_kept));
    old_kept.iter().zip(old_changed).for_each(|(&i, changed)| removed[i] = changed);
    new_kept.iter().zip(new_changed).for_each(|(&i, changed)| added[i] = changed);
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
    let neighbours = |positions: &mut dyn Iterator<Item = usize>| {
        let near = positions.take(WINDOW).take_while(|&i| unmatched(i) || frequent(i));
        near.fold((0, 0), |(alone, often), i| if unmatched(i) { (alone + 1, often) } else { (alone, often + 1) })
    };
    let misleading = |i: usize| {
        let (before, often_before) = neighbours(&mut (range.start..i).rev());
        let (after, often_after) = neighbours(&mut (i + 1..range.end));
        before > 0 && after > 0 && 3 * (2 + often_before + often_after) < before + after
    };
    let mut kept = Vec::with_capacity(range.len());
    for i in range.clone() {
        if unmatched(i) || frequent(i) && misleading(i) {
            changed[i] = true;
        } else {
            kept.push(i);
        }
    }
    kept
}

fn collect(removed: &[bool], added: &[bool]) -> Vec<Hunk> {
    let mut hunks = Vec::new();
    let (mut old, mut new) = (ChangedLines::first(removed), ChangedLines::first(added));
    loop {
        if !old.is_empty() || !new.is_empty() {
            hunks.push(Hunk { old: old.start..old.end, new: new.start..new.end });
        }
        if !(old.next(removed) && new.next(added)) {
            return hunks;
        }
    }
}
