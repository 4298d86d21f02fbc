//! The shortest way from one version to another: Myers' algorithm in linear space.
//!
//! A way goes through a grid, old lines from left to right, new lines from top to bottom; an equal pair is a step on
//! a diagonal. Diagonals are numbered by column minus row.

use std::ops::{Range, RangeInclusive};

/// Edits after which a search is content with the best way so far; more in very large files.
const PATIENCE: usize = 256;

/// Which lines were removed, and which were added. Equal lines have equal numbers.
pub fn compare(old: &[usize], new: &[usize]) -> (Vec<bool>, Vec<bool>) {
    let diagonals = old.len() + new.len() + 3;
    let origin = new.len() as isize + 1;
    let mut search = Search {
        old,
        new,
        removed: vec![false; old.len()],
        added: vec![false; new.len()],
        forward: Reach { columns: vec![0; diagonals], origin, min: 0, max: 0, never: -1 },
        backward: Reach { columns: vec![0; diagonals], origin, min: 0, max: 0, never: isize::MAX },
        patience: root(diagonals).max(PATIENCE),
    };
    search.compare(0..old.len(), 0..new.len());
    (search.removed, search.added)
}

/// A power of two near the square root, never below it.
pub fn root(mut n: usize) -> usize {
    let mut root = 1;
    while n > 0 {
        root *= 2;
        n /= 4;
    }
    root
}

struct Search<'s> {
    old: &'s [usize],
    new: &'s [usize],
    removed: Vec<bool>,
    added: Vec<bool>,
    forward: Reach,
    backward: Reach,
    patience: usize,
}

impl Search<'_> {
    fn compare(&mut self, mut old: Range<usize>, mut new: Range<usize>) {
        loop {
            while !old.is_empty() && !new.is_empty() && self.old[old.start] == self.new[new.start] {
                (old.start, new.start) = (old.start + 1, new.start + 1);
            }
            while !old.is_empty() && !new.is_empty() && self.old[old.end - 1] == self.new[new.end - 1] {
                (old.end, new.end) = (old.end - 1, new.end - 1);
            }
            if old.is_empty() || new.is_empty() {
                self.removed[old].fill(true);
                self.added[new].fill(true);
                return;
            }
            let (x, y) = self.split(&old, &new);
            self.compare(old.start..x, new.start..y);
            (old.start, new.start) = (x, y);
        }
    }

    /// Where shortest ways from both corners of a part of the grid meet, or nearly the shortest after long search.
    fn split(&mut self, old: &Range<usize>, new: &Range<usize>) -> (usize, usize) {
        let (left, right) = (old.start as isize, old.end as isize);
        let (top, bottom) = (new.start as isize, new.end as isize);
        let point = |x: isize, d: isize| (x as usize, (x - d) as usize);
        let border = left - bottom..=right - top;
        let odd = (right - left - bottom + top) % 2 != 0;
        self.forward.start(left - top, left);
        self.backward.start(right - bottom, right);
        for _ in 0..self.patience {
            self.forward.widen(&border);
            for d in self.forward.diagonals() {
                let (below, above) = self.forward.beside(d);
                let mut x = if below >= above { below + 1 } else { above };
                while x < right && x - d < bottom && self.old[x as usize] == self.new[(x - d) as usize] {
                    x += 1;
                }
                *self.forward.column(d) = x;
                if odd && self.backward.has(d) && *self.backward.column(d) <= x {
                    return point(x, d);
                }
            }
            self.backward.widen(&border);
            for d in self.backward.diagonals() {
                let (below, above) = self.backward.beside(d);
                let mut x = if below < above { below } else { above - 1 };
                while x > left && x - d > top && self.old[x as usize - 1] == self.new[(x - d) as usize - 1] {
                    x -= 1;
                }
                *self.backward.column(d) = x;
                if !odd && self.forward.has(d) && x <= *self.forward.column(d) {
                    return point(x, d);
                }
            }
        }
        // The way that came furthest, counted in lines of both versions; the first of equals.
        let (mut ahead, mut behind) = ((left, left - top), (right, right - bottom));
        let lines = |(x, d): (isize, isize)| 2 * x - d;
        for d in self.forward.diagonals() {
            let reached = ((*self.forward.column(d)).min(right).min(bottom + d), d);
            ahead = if lines(reached) > lines(ahead) { reached } else { ahead };
        }
        for d in self.backward.diagonals() {
            let reached = ((*self.backward.column(d)).max(left).max(top + d), d);
            behind = if lines(reached) < lines(behind) { reached } else { behind };
        }
        let (x, d) = if right + bottom - lines(behind) < lines(ahead) - left - top { ahead } else { behind };
        point(x, d)
    }
}

/// How far a search came on each diagonal.
struct Reach {
    columns: Vec<isize>,
    /// Where diagonal 0 is in `columns`.
    origin: isize,
    min: isize,
    max: isize,
    /// Stands on the diagonals next to those that were reached.
    never: isize,
}

impl Reach {
    fn start(&mut self, d: isize, x: isize) {
        (self.min, self.max) = (d, d);
        *self.column(d) = x;
    }

    /// One edit more reaches one diagonal more on both sides, or one less at the border of the grid.
    fn widen(&mut self, border: &RangeInclusive<isize>) {
        if self.min > *border.start() {
            self.min -= 1;
            *self.column(self.min - 1) = self.never;
        } else {
            self.min += 1;
        }
        if self.max < *border.end() {
            self.max += 1;
            *self.column(self.max + 1) = self.never;
        } else {
            self.max -= 1;
        }
    }

    /// Those that the number of edits can have reached: every other one.
    fn diagonals(&self) -> impl Iterator<Item = isize> + use<> {
        (self.min..=self.max).rev().step_by(2)
    }

    fn has(&self, d: isize) -> bool {
        (self.min..=self.max).contains(&d)
    }

    fn column(&mut self, d: isize) -> &mut isize {
        &mut self.columns[(d + self.origin) as usize]
    }

    fn beside(&self, d: isize) -> (isize, isize) {
        let at = (d + self.origin) as usize;
        (self.columns[at - 1], self.columns[at + 1])
    }
}
