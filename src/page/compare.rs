//! Two versions of a file as hunks of blocks, each with an old and a new side; bounded, so that a page stays small.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::Serialize;
use similar::{ChangeTag, DiffOp, TextDiff};

use crate::merge::parts::AROUND;
use crate::text::{count, visible};

/// How much of files a page shows.
#[derive(Debug, Serialize)]
pub struct Limits {
    /// Lines of one file.
    pub lines: usize,
    /// Characters of a line.
    pub characters: usize,
    /// Bytes of all files, as they stand in the page.
    pub bytes: usize,
}

/// What keeps a page small enough for a phone.
pub const LIMITS: Limits = Limits { lines: 1_000, characters: 1_000, bytes: 4_000_000 };
/// Longer texts are not compared at all: it would take too long, and with a limit in time no two pages were the same.
const COMPARED: usize = 10_000;
/// In blocks with more bytes words are not marked: it would take too long.
const WORDS: usize = 20_000;

/// What the page puts around a line, a changed piece of it, and a place with its blocks, in bytes.
const ROW: usize = 24;
const MARK: usize = 13;
const PLACE: usize = 400;

/// What a page may still show.
#[derive(Debug)]
pub struct Budget {
    left: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { left: LIMITS.bytes }
    }
}

impl Budget {
    /// Takes some bytes; `false` when there are not enough left.
    fn take(&mut self, bytes: usize) -> bool {
        let left = self.left.checked_sub(bytes);
        self.left = left.unwrap_or(0);
        left.is_some()
    }
}

/// What is shown of two versions.
#[derive(Debug, Default, Serialize)]
pub struct Comparison {
    /// Whether one of the versions does not exist.
    pub whole: bool,
    /// The places that differ.
    pub hunks: Vec<Hunk>,
    /// What is not shown.
    pub note: Option<String>,
}

/// One place with a few lines around it.
#[derive(Debug, Serialize)]
pub struct Hunk {
    /// Where, in the new file.
    pub place: String,
    /// Its parts from top to bottom.
    pub blocks: Vec<Block>,
}

impl Hunk {
    /// What it needs in HTML.
    fn bytes(&self) -> usize {
        let lines = self.blocks.iter().flat_map(|block| block.old.iter().chain(&block.new));
        PLACE + lines.map(ComparedLine::bytes).sum::<usize>()
    }
}

/// Lines that are the same, or that replace each other.
#[derive(Debug, Serialize)]
pub struct Block {
    /// Whether both sides are the same.
    pub same: bool,
    pub old: Vec<ComparedLine>,
    pub new: Vec<ComparedLine>,
}

/// A line of one version.
#[derive(Debug, Serialize)]
pub struct ComparedLine {
    /// Its number and sign.
    pub number: String,
    /// Its text.
    pub pieces: Vec<Piece>,
}

/// A piece of text.
#[derive(Clone, Debug, Serialize)]
pub struct Piece {
    pub text: String,
    /// Whether these words changed.
    pub marked: bool,
}

impl ComparedLine {
    fn new(number: usize, sign: char, pieces: Vec<Piece>) -> Self {
        Self { number: format!("{number} {sign}"), pieces }
    }

    /// What it needs in HTML.
    fn bytes(&self) -> usize {
        let escaped = |text: &str| text.bytes().filter(|b| b"<>&\"'/".contains(b)).count();
        let piece = |piece: &Piece| piece.text.len() + 5 * escaped(&piece.text) + if piece.marked { MARK } else { 0 };
        ROW + self.number.len() + self.pieces.iter().map(piece).sum::<usize>()
    }
}

fn plain(text: String) -> Vec<Piece> {
    vec![Piece { text, marked: false }]
}

/// From one version to the other, as far as the limits allow.
pub fn compare(old: Option<&str>, new: Option<&str>, budget: &mut Budget) -> Comparison {
    match (old, new) {
        (Some(old), Some(new)) => both(old, new, budget),
        (old, new) => one(old.or(new).unwrap_or_default(), old.is_some(), budget),
    }
}

/// All of a file that is new or goes.
fn one(text: &str, goes: bool, budget: &mut Budget) -> Comparison {
    let all = text.lines().count();
    let mut side = Vec::new();
    for line in text.split_inclusive('\n').take(LIMITS.lines) {
        let line = ComparedLine::new(side.len() + 1, if goes { '-' } else { '+' }, plain(cut(line)));
        if !budget.take(line.bytes()) {
            break;
        }
        side.push(line);
    }
    let shown = side.len();
    let place =
        format!("{} of {}", if shown == all { "All".to_owned() } else { shown.to_string() }, count(all, "line"));
    let note = (shown < all).then(|| not_shown(all - shown, "line"));
    let (old, new) = if goes { (side, Vec::new()) } else { (Vec::new(), side) };
    let hunks =
        if shown == 0 { Vec::new() } else { vec![Hunk { place, blocks: vec![Block { same: false, old, new }] }] };
    Comparison { whole: true, hunks, note }
}

fn both(old: &str, new: &str, budget: &mut Budget) -> Comparison {
    let mut comparison = Comparison::default();
    if old.lines().count() + new.lines().count() > COMPARED {
        comparison.note = Some("Too long to be compared here.".into());
        return comparison;
    }
    let diff = TextDiff::from_lines(old, new);
    let groups = diff.grouped_ops(AROUND);
    let mut lines = LIMITS.lines;
    for (i, group) in groups.iter().enumerate() {
        let size: usize = group.iter().map(|op| op.old_range().len().max(op.new_range().len())).sum();
        let hunk = (size <= lines).then(|| hunk(&diff, group)).filter(|hunk| budget.take(hunk.bytes()));
        let Some(hunk) = hunk else {
            comparison.note = Some(not_shown(groups.len() - i, "place"));
            break;
        };
        lines -= size;
        comparison.hunks.push(hunk);
    }
    comparison
}

fn hunk(diff: &TextDiff<'_, '_, str>, group: &[DiffOp]) -> Hunk {
    let start = group.first().map_or(0, |op| op.new_range().start);
    let end = group.last().map_or(start, |op| op.new_range().end);
    let place = match end - start {
        0 => format!("After line {start}"),
        1 => format!("Line {end}"),
        _ => format!("Lines {} to {end}", start + 1),
    };
    Hunk { place, blocks: group.iter().map(|op| block(diff, op)).collect() }
}

fn block(diff: &TextDiff<'_, '_, str>, op: &DiffOp) -> Block {
    let mut block = Block { same: matches!(op, DiffOp::Equal { .. }), old: Vec::new(), new: Vec::new() };
    let lengths = || diff.iter_changes(op).map(|change| change.value().len());
    if lengths().any(|length| length > LIMITS.characters) || lengths().sum::<usize>() > WORDS {
        for change in diff.iter_changes(op) {
            let numbers = (change.old_index(), change.new_index());
            block.line(change.tag(), numbers, plain(cut(change.value())), change.missing_newline());
        }
    } else {
        for change in diff.iter_inline_changes_deadline(op, None) {
            let piece = |(marked, text): (bool, Cow<'_, str>)| Piece { text: shown(&text), marked };
            let numbers = (change.old_index(), change.new_index());
            let pieces = change.iter_strings_lossy().map(piece).collect();
            block.line(change.tag(), numbers, pieces, change.missing_newline());
        }
    }
    block
}

impl Block {
    fn line(&mut self, tag: ChangeTag, numbers: (Option<usize>, Option<usize>), pieces: Vec<Piece>, open_end: bool) {
        let push = |side: &mut Vec<ComparedLine>, number: Option<usize>, sign| {
            side.push(ComparedLine::new(number.map_or(0, |n| n + 1), sign, pieces.clone()));
            if open_end {
                side.push(ComparedLine { number: "\\".into(), pieces: plain("No newline at end of file".into()) });
            }
        };
        match tag {
            ChangeTag::Delete => push(&mut self.old, numbers.0, '-'),
            ChangeTag::Insert => push(&mut self.new, numbers.1, '+'),
            ChangeTag::Equal => {
                push(&mut self.old, numbers.0, ' ');
                push(&mut self.new, numbers.1, ' ');
            }
        }
    }
}

fn shown(text: &str) -> String {
    visible(text.strip_suffix('\n').unwrap_or(text), true).into_owned()
}

fn cut(line: &str) -> String {
    let line = line.strip_suffix('\n').unwrap_or(line);
    match line.char_indices().nth(LIMITS.characters) {
        Some((end, _)) => {
            let mut out = visible(&line[..end], true).into_owned();
            let _ = write!(out, "… ({})", more(line[end..].chars().count(), "character"));
            out
        }
        None => shown(line),
    }
}

fn not_shown(n: usize, one: &str) -> String {
    format!("{} not shown here.", more(n, one))
}

/// `1 more line`, `2 more lines`.
fn more(n: usize, one: &str) -> String {
    count(n, &format!("more {one}"))
}
