//! The differences between two texts one by one, so that some are taken and others refused. Pure.

use std::ops::Range;

use crate::merge::{Hunk as Lines, between};
use crate::text::checksum::Sum;

/// Lines shown around a change.
pub(crate) const AROUND: usize = 3;

/// Two texts and what differs between them.
#[derive(Clone, Debug)]
pub struct Parts<'t> {
    old: Vec<&'t str>,
    new: Vec<&'t str>,
    spans: Vec<Lines>,
}

/// Some differences that stand side by side, to be decided about together.
pub type Hunk = Range<usize>;

/// What becomes of a hunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The new lines.
    Take,
    /// The old lines.
    Refuse,
    /// These lines instead of both.
    Edited(String),
}

/// A hunk with the unchanged lines around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// As it is.
    pub old: String,
    /// As it would be.
    pub new: String,
    /// Where the old lines begin, counted from 0.
    pub old_start: usize,
    /// Where the new lines begin, counted from 0.
    pub new_start: usize,
}

impl<'t> Parts<'t> {
    /// Compares two texts line by line. Only the line feed ends a line.
    pub fn between(old: &'t str, new: &'t str) -> Self {
        let old: Vec<&str> = old.split_inclusive('\n').collect();
        let new: Vec<&str> = new.split_inclusive('\n').collect();
        // as the merge compares them: without a limit of time, since what is remembered of it must not depend on how busy
        // the machine is
        let spans = between(&old, &new);
        Self { old, new, spans }
    }

    /// The differences, those together that a unified diff shows together.
    pub fn hunks(&self) -> Vec<Hunk> {
        let mut hunks: Vec<Hunk> = Vec::new();
        let near = |at: usize| match (at.checked_sub(1).and_then(|before| self.spans.get(before)), self.spans.get(at)) {
            (Some(one), Some(two)) => two.old.start - one.old.end <= 2 * AROUND,
            _ => false,
        };
        for at in 0..self.spans.len() {
            match hunks.last_mut() {
                Some(last) if near(at) => last.end = at + 1,
                _ => hunks.push(at..at + 1),
            }
        }
        hunks
    }

    /// A hunk cut wherever there is an unchanged line between differences.
    pub fn split(hunk: &Hunk) -> Vec<Hunk> {
        hunk.clone().map(|at| at..at + 1).collect()
    }

    /// The number of lines that only the old text has, and of those that only the new one has.
    pub fn lines(&self) -> (usize, usize) {
        self.spans.iter().fold((0, 0), |(old, new), span| (old + span.old.len(), new + span.new.len()))
    }

    /// A hunk as it is shown.
    pub fn shown(&self, hunk: &Hunk) -> Shown {
        let span = self.span(hunk);
        let before = hunk.start.checked_sub(1).and_then(|at| self.spans.get(at)).map_or(0, |span| span.old.end);
        let after = self.spans.get(hunk.end).map_or(self.old.len(), |span| span.old.start);
        let front = (span.old.start - before).min(AROUND);
        let back = (after - span.old.end).min(AROUND);
        Shown {
            old: self.old[span.old.start - front..span.old.end + back].concat(),
            new: self.new[span.new.start - front..span.new.end + back].concat(),
            old_start: span.old.start - front,
            new_start: span.new.start - front,
        }
    }

    /// The lines that taking a hunk would leave in its place.
    pub fn taken(&self, hunk: &Hunk) -> String {
        self.new[self.span(hunk).new].concat()
    }

    /// The text that follows from verdicts about all differences, in their order.
    pub fn compose(&self, verdicts: &[(Hunk, Verdict)]) -> String {
        let mut out = String::new();
        let mut done = 0;
        for (hunk, verdict) in verdicts {
            let span = self.span(hunk);
            out.push_str(&self.old[done..span.old.start].concat());
            match verdict {
                Verdict::Take => out.push_str(&self.new[span.new].concat()),
                Verdict::Refuse => out.push_str(&self.old[span.old.clone()].concat()),
                Verdict::Edited(text) => {
                    out.push_str(text);
                    // else the next line would be joined to it
                    if span.old.end < self.old.len() && !text.ends_with('\n') {
                        out.push('\n');
                    }
                }
            }
            done = span.old.end;
        }
        out.push_str(&self.old[done..].concat());
        out
    }

    /// A checksum per difference: of the lines on both sides, wherever in the text they are.
    pub fn sums(&self) -> impl Iterator<Item = Sum> {
        let of = |span: &Lines| {
            Sum::of(&[self.old[span.old.clone()].concat().as_bytes(), self.new[span.new.clone()].concat().as_bytes()])
        };
        self.spans.iter().map(of)
    }

    /// The lines of a hunk, unchanged ones in it included.
    fn span(&self, hunk: &Hunk) -> Lines {
        match (self.spans.get(hunk.start), hunk.end.checked_sub(1).and_then(|last| self.spans.get(last))) {
            (Some(first), Some(last)) => {
                Lines { old: first.old.start..last.old.end, new: first.new.start..last.new.end }
            }
            _ => Lines { old: 0..0, new: 0..0 },
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(parts: &Parts<'_>, verdict: &Verdict) -> String {
        let verdicts: Vec<_> = parts.hunks().into_iter().map(|hunk| (hunk, verdict.clone())).collect();
        parts.compose(&verdicts)
    }

    #[test]
    fn hunks_join_what_is_near_and_split_again() {
        let old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n";
        let new = old.replace("\n2\n", "\ntwo\n").replace("5\n", "").replace("13\n", "13\n13b\n");
        let parts = Parts::between(old, &new);
        let hunks = parts.hunks();
        assert_eq!(hunks, [0..2, 2..3], "{parts:?}");
        assert_eq!(Parts::split(&hunks[0]), [0..1, 1..2]);
        assert_eq!(parts.lines(), (2, 2));
        // the lines around a part of a hunk end where the next part begins
        let shown = parts.shown(&(0..1));
        assert_eq!((shown.old.as_str(), shown.new.as_str()), ("1\n2\n3\n4\n", "1\ntwo\n3\n4\n"));
        let last = parts.shown(&hunks[1]);
        assert_eq!((last.old_start, last.old.as_str()), (10, "11\n12\n13\n14\n"));
    }

    #[test]
    fn an_edited_hunk_stays_apart_from_the_next_line() {
        let parts = Parts::between("a\nb\nc\n", "a\nB\nc\n");
        assert_eq!(parts.compose(&[(0..1, Verdict::Edited("x\ny".into()))]), "a\nx\ny\nc\n");
        let parts = Parts::between("a\nb", "a\nB");
        assert_eq!(parts.compose(&[(0..1, Verdict::Edited("x".into()))]), "a\nx");
    }

    /// Texts of few different lines, with and without a line end at the end of the text.
    fn text() -> impl Strategy<Value = String> {
        (proptest::collection::vec("[abc]\r?\n", 0..24), "[abc]?").prop_map(|(lines, last)| lines.concat() + &last)
    }

    proptest! {
        #[test]
        fn all_taken_is_the_new_text_and_all_refused_the_old(old in text(), new in text()) {
            let parts = Parts::between(&old, &new);
            prop_assert_eq!(all(&parts, &Verdict::Take), &*new);
            prop_assert_eq!(all(&parts, &Verdict::Refuse), &*old);
        }

        #[test]
        fn any_subset_has_each_side_where_it_was_chosen(old in text(), new in text(), chosen in any::<u64>()) {
            let parts = Parts::between(&old, &new);
            let hunks: Vec<Hunk> = parts.hunks().iter().flat_map(Parts::split).collect();
            let verdict = |at: usize| if chosen >> (at % 64) & 1 == 1 { Verdict::Take } else { Verdict::Refuse };
            let verdicts: Vec<_> = hunks.iter().cloned().enumerate().map(|(at, hunk)| (hunk, verdict(at))).collect();
            let result = parts.compose(&verdicts);
            // every line comes from the side that was chosen, unchanged lines from both
            let mut expected = String::new();
            let (mut old_at, mut new_at) = (0, 0);
            for (at, span) in parts.spans.iter().enumerate() {
                prop_assert_eq!(&parts.old[old_at..span.old.start], &parts.new[new_at..span.new.start]);
                expected += &parts.old[old_at..span.old.start].concat();
                expected += &match verdict(at) {
                    Verdict::Take => parts.new[span.new.clone()].concat(),
                    _ => parts.old[span.old.clone()].concat(),
                };
                (old_at, new_at) = (span.old.end, span.new.end);
            }
            expected += &parts.old[old_at..].concat();
            prop_assert_eq!(result, expected);
        }

        #[test]
        fn what_is_shown_of_a_hunk_can_be_found_in_the_texts(old in text(), new in text()) {
            let parts = Parts::between(&old, &new);
            for hunk in parts.hunks() {
                let shown = parts.shown(&hunk);
                prop_assert!(old.contains(&shown.old) && new.contains(&shown.new));
                prop_assert!(new.contains(&parts.taken(&hunk)));
            }
        }
    }
}
