//! One file hunk by hunk, with the keys of `git add -p`.

use std::collections::BTreeSet;

use anyhow::Result;

use super::Review;
use super::keys::key;
use super::sides::{ReviewedTexts, settled};
use crate::merge::parts::{Hunk, Parts, Verdict};
use crate::plan::{OwnText, Resolution};
use crate::terminal::editor::edit;
use crate::terminal::ui::Style;
use crate::text::cut;
use crate::text::tree::File;

/// What each key does.
const HELP: [(char, &str); 10] = [
    ('y', "take this hunk"),
    ('n', "refuse it: these lines stay as you have them"),
    ('a', "take it and all that follow in the file"),
    ('d', "refuse it and all that follow in the file"),
    ('s', "split it into smaller hunks"),
    ('e', "edit the lines that would be there"),
    ('j', "leave it undecided, show the next one"),
    ('k', "leave it undecided, show the one before"),
    (
        'q',
        "quit this file and those after it; hunks of it without an answer are refused, and without any answer nothing is \
         decided",
    ),
    ('?', "show this"),
];

/// What came out of going through a file.
#[derive(Debug, PartialEq, Eq)]
pub enum HunkReview {
    /// Every hunk is decided.
    Done(Option<Resolution>),
    /// The person left before; `None` when they had decided nothing.
    Left(Option<Option<Resolution>>),
}

/// The hunks of a file and what was answered so far.
struct Walk<'t> {
    parts: &'t Parts<'t>,
    hunks: Vec<(Hunk, Option<Verdict>)>,
    at: usize,
}

impl Review<'_> {
    /// Goes through the hunks of a file.
    ///
    /// # Errors
    /// [`Interrupted`](crate::text::error::Interrupted) when the person leaves.
    pub(super) fn hunks(&self, path: &str, sides: &ReviewedTexts<'_>) -> Result<HunkReview> {
        let parts = Parts::between(sides.old, sides.new);
        let hunks = parts.hunks().into_iter().map(|hunk| (hunk, None)).collect();
        let mut walk = Walk { parts: &parts, hunks, at: 0 };
        self.ui.say(&self.ui.err.text(Style::Bold, &self.ui.visible(path)));
        while let Some(hunk) = walk.next() {
            self.ui.say(self.look_at_terminal().hunk(&parts.shown(&hunk)).trim_end());
            if !self.answered(path, &mut walk, &hunk)? {
                let any = walk.hunks.iter().any(|(_, verdict)| verdict.is_some());
                return Ok(HunkReview::Left(any.then(|| walk.result(sides))));
            }
        }
        Ok(HunkReview::Done(walk.result(sides)))
    }

    /// Asks about a hunk until there is another one to be shown. Returns whether the person goes on.
    fn answered(&self, path: &str, walk: &mut Walk<'_>, hunk: &Hunk) -> Result<bool> {
        loop {
            match key(self.ui, &self.hunk_question(path, walk))? {
                'y' => walk.answer(Verdict::Take),
                'n' => walk.answer(Verdict::Refuse),
                'a' => walk.answer_rest(&Verdict::Take),
                'd' => walk.answer_rest(&Verdict::Refuse),
                's' if hunk.len() > 1 => walk.split(),
                's' => {
                    self.ui.say("There is no unchanged line in it where it could be split.");
                    continue;
                }
                'e' => match edit(path, &walk.parts.taken(hunk))? {
                    Ok(text) => walk.answer(Verdict::Edited(text)),
                    Err(why) => {
                        self.ui.say(&self.ui.visible(&format!("{why} Nothing changes.")));
                        continue;
                    }
                },
                'j' => walk.at = (walk.at + 1) % walk.hunks.len().max(1),
                'k' => walk.at = walk.at.checked_sub(1).unwrap_or(walk.hunks.len().saturating_sub(1)),
                'q' => return Ok(false),
                _ => {
                    for (key, does) in HELP {
                        self.ui.say(&self.ui.wrapped_line(&format!("  {key} - {does}")));
                    }
                    continue;
                }
            }
            return Ok(true);
        }
    }

    fn hunk_question(&self, path: &str, walk: &Walk<'_>) -> String {
        let front = format!("({}/{}) Take this hunk", walk.at + 1, walk.hunks.len());
        let can = |key: char| match key {
            's' => walk.hunks.get(walk.at).is_some_and(|(hunk, _)| hunk.len() > 1),
            'j' | 'k' => walk.hunks.len() > 1,
            _ => true,
        };
        let keys: Vec<String> = HELP.iter().filter(|(key, _)| can(*key)).map(|(key, _)| key.to_string()).collect();
        let keys = format!("[{}]", keys.join(","));
        // with the answer behind it, on one line where that is possible
        let room = self.ui.width().saturating_sub(front.len() + keys.len() + 8);
        let of = if room < 8 {
            String::new()
        } else {
            format!(" of {}", cut(&self.ui.visible(path), room, self.ui.unicode))
        };
        let gap = if front.len() + keys.len() + 4 > self.ui.width() { "\n" } else { " " };
        format!("{}{gap}{keys}", self.ui.err.text(Style::Bold, &format!("{front}{of}?")))
    }
}

impl Walk<'_> {
    /// The hunk to be shown; `None` once all are answered.
    fn next(&self) -> Option<Hunk> {
        let open = self.hunks.iter().any(|(_, verdict)| verdict.is_none());
        self.hunks.get(self.at).filter(|_| open).map(|(hunk, _)| hunk.clone())
    }

    fn answer(&mut self, verdict: Verdict) {
        if let Some((_, answer)) = self.hunks.get_mut(self.at) {
            *answer = Some(verdict);
        }
        let open = |(_, verdict): &(Hunk, Option<Verdict>)| verdict.is_none();
        let after = self.hunks.iter().skip(self.at).position(open).map(|n| self.at + n);
        self.at = after.or_else(|| self.hunks.iter().position(open)).unwrap_or(self.at);
    }

    fn answer_rest(&mut self, verdict: &Verdict) {
        for (at, (_, answer)) in self.hunks.iter_mut().enumerate() {
            if at == self.at || (at > self.at && answer.is_none()) {
                *answer = Some(verdict.clone());
            }
        }
        self.at = self.hunks.iter().position(|(_, verdict)| verdict.is_none()).unwrap_or(self.at);
    }

    fn split(&mut self) {
        if let Some((hunk, _)) = self.hunks.get(self.at).cloned() {
            self.hunks.splice(self.at..=self.at, Parts::split(&hunk).into_iter().map(|part| (part, None)));
        }
    }

    /// What the answers amount to. What has none is refused.
    fn result(&self, sides: &ReviewedTexts<'_>) -> Option<Resolution> {
        let verdicts: Vec<(Hunk, Verdict)> = self
            .hunks
            .iter()
            .map(|(hunk, verdict)| (hunk.clone(), verdict.clone().unwrap_or(Verdict::Refuse)))
            .collect();
        // what was edited is neither taken nor refused; for what was refused it counts as taken
        let unedited: Vec<(Hunk, Verdict)> = verdicts
            .iter()
            .map(|(hunk, verdict)| match verdict {
                Verdict::Refuse => (hunk.clone(), Verdict::Refuse),
                _ => (hunk.clone(), Verdict::Take),
            })
            .collect();
        let left = self.parts.compose(&unedited);
        let refused: BTreeSet<_> = Parts::between(&left, sides.new).sums().collect();
        let file = File { bytes: self.parts.compose(&verdicts).into_bytes(), executable: sides.executable };
        settled(sides, OwnText { file, refused })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "a\n1\n2\n3\n4\n5\n6\n7\n8\n9\nb\n";
    const NEW: &str = "A\n1\n2\n3\n4\n5\n6\n7\n8\n9\nB\n";

    fn walk<'t>(parts: &'t Parts<'t>) -> Walk<'t> {
        Walk { parts, hunks: parts.hunks().into_iter().map(|hunk| (hunk, None)).collect(), at: 0 }
    }

    fn sides() -> ReviewedTexts<'static> {
        ReviewedTexts { old: OLD, new: NEW, executable: false, take: Some(Resolution::TakeNew) }
    }

    #[test]
    fn all_taken_and_all_refused_need_no_text_of_their_own() {
        let parts = Parts::between(OLD, NEW);
        let mut all = walk(&parts);
        all.answer_rest(&Verdict::Take);
        assert_eq!(all.result(&sides()), Some(Resolution::TakeNew));
        assert_eq!(walk(&parts).result(&sides()), Some(Resolution::KeepMine));
    }

    #[test]
    fn the_next_hunk_without_an_answer_comes_next() {
        let parts = Parts::between(OLD, NEW);
        let mut walk = walk(&parts);
        walk.at = 1;
        walk.answer(Verdict::Take);
        assert_eq!(walk.at, 0);
        walk.answer(Verdict::Refuse);
        let Some(Resolution::Own(own)) = walk.result(&sides()) else { panic!("not a text of its own") };
        assert_eq!(own.file.bytes, OLD.replace("b\n", "B\n").into_bytes());
        assert_eq!(own.refused, BTreeSet::from([parts.sums().next().unwrap()]));
    }

    #[test]
    fn an_edited_hunk_is_not_remembered_as_refused() {
        let parts = Parts::between(OLD, NEW);
        let mut walk = walk(&parts);
        walk.answer(Verdict::Edited("mine\n".into()));
        walk.answer(Verdict::Take);
        let Some(Resolution::Own(own)) = walk.result(&sides()) else { panic!("not a text of its own") };
        assert!(own.file.bytes.starts_with(b"mine\n1\n") && own.refused.is_empty());
    }
}
