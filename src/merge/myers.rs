//! The shortest way from one version to another: Myers' algorithm in linear space.

use std::ops::{Range, RangeInclusive};

/// Edit steps after which a search takes the best way so far; only files with more changed lines than this see it.
const PATIENCE: usize = 256;
/// A power of two near the square root, never below it.
pub fn root(mut n: usize) -> usize {
    let mut root = 1;
    while n > 0 {
        root *= 2;
        n /= 4;
    }
    root
}

/// The search itself, over the lines that are worth comparing.
pub struct Search<'s> {
    old: Vec<usize>,
    new: Vec<usize>,
    old_kept: &'s [usize],
    new_kept: &'s [usize],
    removed: &'s mut [bool],
    added: &'s mut [bool],
    /// How far each diagonal was reached from the start, and from the end; diagonal 0 is at `origin`.
    forward: Vec<isize>,
    backward: Vec<isize>,
    origin: isize,
    patience: usize,
}

impl<'s> Search<'s> {
    pub fn new(
        old: &[usize],
        new: &[usize],
        old_kept: &'s [usize],
        new_kept: &'s [usize],
        removed: &'s mut [bool],
        added: &'s mut [bool],
    ) -> Self {
        let diagonals = old_kept.len() + new_kept.len() + 3;
        Self {
            old: old_kept.iter().map(|&i| old[i]).collect(),
            new: new_kept.iter().map(|&i| new[i]).collect(),
            old_kept,
            new_kept,
            removed,
            added,
            forward: vec![0; diagonals],
            backward: vec![0; diagonals],
            origin: new_kept.len() as isize + 1,
            patience: root(diagonals).max(PATIENCE),
        }
    }

    /// Marks what changed between two ranges.
    pub fn compare(&mut self, mut old: Range<usize>, mut new: Range<usize>) {
        loop {
            while !old.is_empty() && !new.is_empty() && self.old[old.start] == self.new[new.start] {
                (old.start, new.start) = (old.start + 1, new.start + 1);
            }
            while !old.is_empty() && !new.is_empty() && self.old[old.end - 1] == self.new[new.end - 1] {
                (old.end, new.end) = (old.end - 1, new.end - 1);
            }
            if old.is_empty() || new.is_empty() {
                old.for_each(|i| self.removed[self.old_kept[i]] = true);
                new.for_each(|i| self.added[self.new_kept[i]] = true);
                return;
            }
            let (x, y) = self.split(&old, &new);
            self.compare(old.start..x, new.start..y);
            (old.start, new.start) = (x, y);
        }
    }

    /// A point on a shortest way from the start of both ranges to their ends: where the ways from both sides meet.
    fn split(&mut self, old: &Range<usize>, new: &Range<usize>) -> (usize, usize) {
        let (left, right) = (old.start as isize, old.end as isize);
        let (top, bottom) = (new.start as isize, new.end as isize);
        let at = |d: isize, origin: isize| (d + origin) as usize;
        let o = self.origin;
        let (lowest, highest) = (left - bottom, right - top);
        let (start, goal) = (left - top, right - bottom);
        let odd = (start - goal) % 2 != 0;
        let (mut fmin, mut fmax, mut bmin, mut bmax) = (start, start, goal, goal);
        self.forward[at(start, o)] = left;
        self.backward[at(goal, o)] = right;
        for step in 1.. {
            widen(&mut self.forward, o, lowest..=highest, &mut fmin, &mut fmax, -1);
            for d in (fmin..=fmax).rev().step_by(2) {
                let (below, above) = (self.forward[at(d - 1, o)], self.forward[at(d + 1, o)]);
                let mut x = if below >= above { below + 1 } else { above };
                while x < right && x - d < bottom && self.old[x as usize] == self.new[(x - d) as usize] {
                    x += 1;
                }
                self.forward[at(d, o)] = x;
                if odd && (bmin..=bmax).contains(&d) && self.backward[at(d, o)] <= x {
                    return (x as usize, (x - d) as usize);
                }
            }
            widen(&mut self.backward, o, lowest..=highest, &mut bmin, &mut bmax, isize::MAX);
            for d in (bmin..=bmax).rev().step_by(2) {
                let (below, above) = (self.backward[at(d - 1, o)], self.backward[at(d + 1, o)]);
                let mut x = if below < above { below } else { above - 1 };
                while x > left && x - d > top && self.old[x as usize - 1] == self.new[(x - d) as usize - 1] {
                    x -= 1;
                }
                self.backward[at(d, o)] = x;
                if !odd && (fmin..=fmax).contains(&d) && x <= self.forward[at(d, o)] {
                    return (x as usize, (x - d) as usize);
                }
            }
            if step >= self.patience {
                break;
            }
        }
        let ahead = (fmin..=fmax).rev().step_by(2).map(|d| {
            let x = self.forward[at(d, o)].min(right).min(bottom + d);
            (x, x - d)
        });
        let behind = (bmin..=bmax).rev().step_by(2).map(|d| {
            let x = self.backward[at(d, o)].max(left).max(top + d);
            (x, x - d)
        });
        let ahead = ahead.reduce(|a, b| if b.0 + b.1 > a.0 + a.1 { b } else { a }).unwrap_or((left, top));
        let behind = behind.reduce(|a, b| if b.0 + b.1 < a.0 + a.1 { b } else { a }).unwrap_or((right, bottom));
        let (x, y) = if right + bottom - behind.0 - behind.1 < ahead.0 + ahead.1 - left - top { ahead } else { behind };
        (x as usize, y as usize)
    }
}

/// Lets a search reach one diagonal further on both sides, or turn at the border; `never` stands beyond its ends.
fn widen(
    reached: &mut [isize],
    origin: isize,
    border: RangeInclusive<isize>,
    min: &mut isize,
    max: &mut isize,
    never: isize,
) {
    if *min > *border.start() {
        *min -= 1;
        reached[(*min - 1 + origin) as usize] = never;
    } else {
        *min += 1;
    }
    if *max < *border.end() {
        *max += 1;
        reached[(*max + 1 + origin) as usize] = never;
    } else {
        *max -= 1;
    }
}
