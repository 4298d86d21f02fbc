//! What a text has besides its lines: a byte order mark, and how lines end.
//!
//! Taken out before a merge and merged on their own: an editor that converts a file changes every line of it, and
//! would else conflict with every change of the template.

use std::borrow::Cow;

/// The byte order mark.
pub const MARK: &[u8] = b"\xef\xbb\xbf";

/// How the lines of a text end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LineEnding {
    Lf,
    CrLf,
}

/// What is put around a merged text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    mark: bool,
    /// Nothing where line ends stay as they are.
    end: Option<LineEnding>,
}

/// Three versions without what is put back afterwards.
pub struct Texts<'a> {
    /// As it was.
    pub base: Cow<'a, [u8]>,
    /// As the user has it.
    pub ours: Cow<'a, [u8]>,
    /// As it is generated now.
    pub theirs: Cow<'a, [u8]>,
    /// What to put back.
    pub form: Form,
}

/// Takes marks and line ends out of three versions; the side that changed them says what is put back.
///
/// When one version mixes line ends, all stay as they are, and are part of their lines.
pub fn take_out<'a>(base: &'a [u8], ours: &'a [u8], theirs: &'a [u8]) -> Texts<'a> {
    let [base, ours, theirs] = [base, ours, theirs].map(|text| match text.strip_prefix(MARK) {
        Some(rest) => (true, rest),
        None => (false, text),
    });
    let mark = changed(base.0, ours.0, theirs.0);
    let (Ok(was), Ok(mine), Ok(new)) = (end(base.1), end(ours.1), end(theirs.1)) else {
        let form = Form { mark, end: None };
        return Texts { base: base.1.into(), ours: ours.1.into(), theirs: theirs.1.into(), form };
    };
    let end = changed(was, mine.or(was), new.or(was));
    let lf = |text: &'a [u8], end| match end {
        Some(LineEnding::CrLf) => Cow::Owned(without_cr(text)),
        _ => Cow::Borrowed(text),
    };
    Texts { base: lf(base.1, was), ours: lf(ours.1, mine), theirs: lf(theirs.1, new), form: Form { mark, end } }
}

/// Of two values, the one that changed; ours if both did.
pub fn changed<T: PartialEq>(base: T, ours: T, theirs: T) -> T {
    if ours == base { theirs } else { ours }
}

impl Form {
    /// The text as it is to be on disk.
    pub fn put_back(self, text: Vec<u8>) -> Vec<u8> {
        if !self.mark && self.end != Some(LineEnding::CrLf) {
            return text;
        }
        let mut out = Vec::with_capacity(text.len() + text.len() / 16);
        if self.mark {
            out.extend_from_slice(MARK);
        }
        for byte in text {
            if byte == b'\n' && self.end == Some(LineEnding::CrLf) {
                out.push(b'\r');
            }
            out.push(byte);
        }
        out
    }
}

/// How all lines end; nothing where there is no line end, an error where they differ.
fn end(text: &[u8]) -> Result<Option<LineEnding>, Mixed> {
    let mut found = None;
    for line in text.split_inclusive(|&b| b == b'\n') {
        let Some(line) = line.strip_suffix(b"\n") else { break };
        let end = match line.strip_suffix(b"\r") {
            // without its line end it would look like one that has another
            Some(rest) if rest.ends_with(b"\r") => return Err(Mixed),
            Some(_) => LineEnding::CrLf,
            None => LineEnding::Lf,
        };
        if *found.get_or_insert(end) != end {
            return Err(Mixed);
        }
    }
    Ok(found)
}

/// Lines end in different ways.
struct Mixed;

fn without_cr(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for line in text.split_inclusive(|&b| b == b'\n') {
        match line.strip_suffix(b"\r\n") {
            Some(line) => {
                out.extend_from_slice(line);
                out.push(b'\n');
            }
            None => out.extend_from_slice(line),
        }
    }
    out
}
