//! Where a difference stands that could stand elsewhere: `a b` in `a b a b` was added first or last.

/// A run of changed lines, maybe empty, between unchanged ones.
pub struct ChangedLines {
    /// Its first line.
    pub start: usize,
    /// The line after it.
    pub end: usize,
}

impl ChangedLines {
    /// The run before the first unchanged line.
    pub fn first(changed: &[bool]) -> Self {
        Self { start: 0, end: end(changed, 0) }
    }

    /// The run after the next unchanged line; false if there is none.
    pub fn next(&mut self, changed: &[bool]) -> bool {
        let more = self.end < changed.len();
        if more {
            self.start = self.end + 1;
            self.end = end(changed, self.start);
        }
        more
    }

    fn previous(&mut self, changed: &[bool]) {
        self.end = self.start.saturating_sub(1);
        self.start = start(changed, self.end);
    }

    /// One line up, where that says the same; runs that meet become one.
    fn up(&mut self, lines: &[usize], changed: &mut [bool]) -> bool {
        let can = self.start > 0 && lines[self.start - 1] == lines[self.end - 1];
        if can {
            self.end -= 1;
            changed[self.start - 1] = true;
            changed[self.end] = false;
            self.start = start(changed, self.start - 1);
        }
        can
    }

    fn down(&mut self, lines: &[usize], changed: &mut [bool]) -> bool {
        let can = self.end < lines.len() && lines[self.start] == lines[self.end];
        if can {
            changed[self.start] = false;
            changed[self.end] = true;
            self.start += 1;
            self.end = end(changed, self.end + 1);
        }
        can
    }

    /// Whether nothing changed here.
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }
}

/// The end of a run of changed lines that begins here.
fn end(changed: &[bool], from: usize) -> usize {
    from + changed[from..].iter().take_while(|c| **c).count()
}

/// The start of a run of changed lines that ends here.
fn start(changed: &[bool], to: usize) -> usize {
    to - changed[..to].iter().rev().take_while(|c| **c).count()
}

/// Moves each difference as far down as it can go, or beside a difference of the other version; those that meet on
/// the way become one.
pub fn settle(lines: &[usize], changed: &mut [bool], other_changed: &[bool]) {
    let (mut group, mut other) = (ChangedLines::first(changed), ChangedLines::first(other_changed));
    loop {
        if !group.is_empty() {
            let (mut highest, mut beside);
            loop {
                let size = group.end - group.start;
                while group.up(lines, changed) {
                    other.previous(other_changed);
                }
                highest = group.end;
                beside = !other.is_empty();
                while group.down(lines, changed) {
                    other.next(other_changed);
                    beside |= !other.is_empty();
                }
                if size == group.end - group.start {
                    break;
                }
            }
            while beside && group.end > highest && other.is_empty() && group.up(lines, changed) {
                other.previous(other_changed);
            }
        }
        if !group.next(changed) {
            return;
        }
        other.next(other_changed);
    }
}
