//! Conflict markers: written around what both sides changed, found again until a person has decided.

use semver::Version;

use super::endings::MARK;
use super::lines::{Line, LineRun};

/// Characters in a marker, as in git.
const SIZE: usize = 7;
/// What the user's side is called.
const OURS: &str = "yours";
/// Who wrote the other sides.
const PROGRAM: &str = "scaffold";
/// Added to the old side where both have the same version.
const BEFORE: &str = "(before)";

/// How the two sides of a conflict are named in markers; the third is always `yours`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkerLabels {
    /// The old side, as `scaffold 0.3.0`.
    pub base: String,
    /// The new side, as `scaffold 0.4.0`.
    pub theirs: String,
}

impl MarkerLabels {
    /// Named by version, which of the old side may be unknown. With the same version on both, other answers or
    /// templates made the difference, and the old side is the one `(before)`.
    pub fn new(from: Option<&Version>, to: &Version) -> Self {
        let base = match from {
            Some(from) if from == to => format!("{PROGRAM} {from} {BEFORE}"),
            Some(from) => format!("{PROGRAM} {from}"),
            None => format!("{PROGRAM} {BEFORE}"),
        };
        Self { base, theirs: format!("{PROGRAM} {to}") }
    }
}

/// Writes merged lines with markers around conflicts. Returns the text and the line (from 1) of each first marker.
pub fn write(runs: &[LineRun<'_>], size: usize, sides: &MarkerLabels) -> (Vec<u8>, Vec<usize>) {
    let mut text = Vec::new();
    let mut places = Vec::new();
    let mut line = 1;
    for run in runs {
        match *run {
            LineRun::Agreed(lines) => line += put(&mut text, lines),
            LineRun::Conflict { base, ours, theirs } => {
                places.push(line);
                for (sign, name, lines) in
                    [('<', OURS, ours), ('|', sides.base.as_str(), base), ('=', "", theirs), ('>', &sides.theirs, &[])]
                {
                    let marker = sign.to_string().repeat(size);
                    let marker = format!("{marker} {name}");
                    text.extend_from_slice(marker.trim_end().as_bytes());
                    text.push(b'\n');
                    line += 1 + put(&mut text, lines);
                    if !text.ends_with(b"\n") {
                        text.push(b'\n');
                    }
                }
            }
        }
    }
    (text, places)
}

fn put(text: &mut Vec<u8>, lines: &[Line<'_>]) -> usize {
    lines.iter().for_each(|line| text.extend_from_slice(line));
    lines.len()
}

/// The shortest size at which no line of these could be taken for a marker.
pub fn size<'a>(lines: impl Iterator<Item = Line<'a>>) -> usize {
    let mut taken: Vec<usize> = lines.filter_map(marker).map(|(_, size, _)| size).collect();
    taken.sort_unstable();
    taken.iter().fold(SIZE, |size, &taken| if taken == size { size + 1 } else { size })
}

/// Lines (from 1) of unresolved markers that [`write()`] left; empty when there are none.
///
/// Each conflict counts once, at its first marker that is still there. A row of `=` alone says nothing: it may
/// underline a title. Neither do markers of others, whose names differ.
pub fn unresolved(bytes: &[u8]) -> Vec<usize> {
    let bytes = bytes.strip_prefix(MARK).unwrap_or(bytes);
    let mut found = Vec::new();
    let mut open = false;
    for (index, line) in bytes.split(|&b| b == b'\n').enumerate() {
        let Some((sign, _, name)) = marker(line) else { continue };
        let ours = match sign {
            b'<' => name == OURS.as_bytes(),
            b'|' | b'>' => is_side(name),
            _ => false,
        };
        if ours && (sign == b'<' || !open) {
            found.push(index + 1);
        }
        if ours {
            open = sign != b'>';
        }
    }
    found
}

/// Whether [`MarkerLabels::new`] makes this name.
fn is_side(name: &[u8]) -> bool {
    let Some(name) = std::str::from_utf8(name).ok().and_then(|n| n.strip_prefix(PROGRAM)) else { return false };
    match name.strip_suffix(BEFORE).unwrap_or(name).trim() {
        "" => name.ends_with(BEFORE),
        version => Version::parse(version).is_ok(),
    }
}

/// A line that looks like a marker: its sign, how often, and the name behind it.
fn marker(line: Line<'_>) -> Option<(u8, usize, &[u8])> {
    let sign = *line.first().filter(|b| b"<|=>".contains(b))?;
    let size = line.iter().take_while(|b| **b == sign).count();
    let rest = &line[size..];
    (size >= SIZE && rest.first().is_none_or(u8::is_ascii_whitespace)).then(|| (sign, size, rest.trim_ascii()))
}
