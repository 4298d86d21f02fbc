//! diff3: what both sides changed, line by line.

use std::ops::Range;

use super::hunks::{Hunk, between};

/// A line with its end.
pub type Line<'a> = &'a [u8];

/// A run of lines of the result.
#[derive(Debug, PartialEq, Eq)]
pub enum LineRun<'a> {
    /// At most one side changed them, or both alike.
    Agreed(&'a [Line<'a>]),
    /// Both sides changed them, or lines that touch.
    Conflict {
        /// As they were.
        base: &'a [Line<'a>],
        /// As the user has them.
        ours: &'a [Line<'a>],
        /// As they are generated now.
        theirs: &'a [Line<'a>],
    },
}

/// A text as lines.
pub fn split(text: &[u8]) -> Vec<Line<'_>> {
    text.split_inclusive(|&b| b == b'\n').collect()
}

/// Merges three versions.
///
/// Changes conflict when no unchanged line stands between them, as in git, unless they are the same change.
pub fn diff3<'a>(base: &'a [Line<'a>], ours: &'a [Line<'a>], theirs: &'a [Line<'a>]) -> Vec<LineRun<'a>> {
    let mut mine = Side::new(ours, between(base, ours));
    let mut new = Side::new(theirs, between(base, theirs));

    let mut runs = Vec::new();
    let mut done = 0;
    while let Some(start) = [mine.next(), new.next()].into_iter().flatten().min() {
        runs.push(LineRun::Agreed(&base[done..start]));
        mine.begin(start);
        new.begin(start);
        let mut end = start;
        while mine.reach(&mut end) || new.reach(&mut end) {}
        let (ours, theirs) = (mine.lines_until(end), new.lines_until(end));
        let changed = (mine.changed(), new.changed());
        runs.push(match changed {
            (_, []) => LineRun::Agreed(ours),
            ([], _) => LineRun::Agreed(theirs),
            ([a], [b]) if a.old == b.old && ours == theirs => LineRun::Agreed(ours),
            _ => LineRun::Conflict { base: &base[start..end], ours, theirs },
        });
        done = end;
    }
    runs.push(LineRun::Agreed(&base[done..]));
    runs
}

/// One side on its way through the changes.
struct Side<'a> {
    lines: &'a [Line<'a>],
    hunks: Vec<Hunk>,
    /// The hunks of the place that is looked at.
    place: Range<usize>,
    /// Where that place starts in `lines`.
    start: usize,
}

impl<'a> Side<'a> {
    fn new(lines: &'a [Line<'a>], hunks: Vec<Hunk>) -> Self {
        Self { lines, hunks, place: 0..0, start: 0 }
    }

    /// The line of the base where it changes something next.
    fn next(&self) -> Option<usize> {
        self.hunks.get(self.place.end).map(|h| h.old.start)
    }

    /// Where a line of the base is in `lines`, as far as the changes up to here go.
    fn here(&self, line: usize) -> usize {
        match self.place.end.checked_sub(1).map(|last| &self.hunks[last]) {
            Some(last) => line - last.old.end + last.new.end,
            None => line,
        }
    }

    fn begin(&mut self, line: usize) {
        self.start = self.here(line);
        self.place.start = self.place.end;
    }

    /// Takes in the next change if it touches what ends at a line of the base; the end moves with it.
    fn reach(&mut self, end: &mut usize) -> bool {
        let next = self.hunks.get(self.place.end).filter(|h| h.old.start <= *end);
        if let Some(hunk) = next {
            *end = hunk.old.end.max(*end);
            self.place.end += 1;
        }
        next.is_some()
    }

    fn changed(&self) -> &[Hunk] {
        &self.hunks[self.place.clone()]
    }

    fn lines_until(&self, end: usize) -> &'a [Line<'a>] {
        &self.lines[self.start..self.here(end)]
    }
}
