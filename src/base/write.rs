//! Writing the base.

use super::properties::Properties;
use super::{FORMAT, Gone, GoneFiles, NOTE, TITLE, VERSION};
use crate::text::checksum::Sum;
use crate::text::path;
use crate::text::tree::{File, RelPath, Tree};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use rayon::prelude::*;
use semver::Version;
use std::collections::BTreeSet;

/// Bytes per base64 line: 76 characters.
const CHUNK: usize = 57;

/// The text of a base; the same for the same input. No path is both in `tree` and in `gone`.
pub fn encode(tree: &Tree, once: &BTreeSet<RelPath>, gone: &GoneFiles, version: &Version) -> Vec<u8> {
    let size: usize = tree.files.iter().map(|(path, file)| path.len() + file.bytes.len() * 21 / 20 + 64).sum();
    let mut out = Vec::with_capacity(size + 128);
    out.extend_from_slice(format!("{TITLE}{FORMAT}\n{NOTE}\n{VERSION}{version}\n\n").as_bytes());
    for (path, file, properties, sum) in records(tree, once, gone) {
        out.extend_from_slice(format!("file {}\n  {}{sum}\n", path::to_line(path), properties.words()).as_bytes());
        if properties.base64 {
            encode_base64(&mut out, &file.bytes)
        } else {
            encode_text(&mut out, &file.bytes)
        }
        out.push(b'\n');
    }
    out.extend_from_slice(b"end\n");
    out
}

/// What has to be computed of each file, on every core.
fn records<'t>(
    tree: &'t Tree,
    once: &BTreeSet<RelPath>,
    gone: &'t GoneFiles,
) -> Vec<(&'t RelPath, &'t File, Properties, Sum)> {
    let mut files: Vec<(&RelPath, &File, Option<Gone>)> =
        tree.files.iter().map(|(path, file)| (path, file, None)).collect();
    if !gone.is_empty() {
        files.extend(gone.iter().map(|(path, (file, gone))| (path, file, Some(*gone))));
        files.sort_by_key(|(path, ..)| *path);
    }
    let record = |(path, file, gone): (&'t RelPath, &'t File, Option<Gone>)| {
        let base64 = as_text(&file.bytes).is_none();
        let properties = Properties { base64, executable: file.executable, once: once.contains(path), gone };
        (path, file, properties, properties.sum(path, &file.bytes))
    };
    files.into_par_iter().map(record).collect()
}

fn encode_text(out: &mut Vec<u8>, text: &[u8]) {
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let (ending, line) = if let Some(line) = line.strip_suffix(b"\r\n") {
            (b'^', line)
        } else if let Some(line) = line.strip_suffix(b"\n") {
            (b'|', line)
        } else {
            (b'\\', line)
        };
        out.push(ending);
        out.extend_from_slice(line);
        out.push(b'\n');
    }
}

fn encode_base64(out: &mut Vec<u8>, bytes: &[u8]) {
    for chunk in bytes.chunks(CHUNK) {
        out.push(b'+');
        out.extend_from_slice(STANDARD.encode(chunk).as_bytes());
        out.push(b'\n');
    }
}

/// The content as text, if it can be written as readable lines.
fn as_text(bytes: &[u8]) -> Option<&str> {
    let text = str::from_utf8(bytes).ok()?;
    // Looks at every byte, since a loop that stops early cannot look at many at once.
    let odd =
        bytes.iter().fold(false, |odd, b| odd | ((*b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r')) || *b == 0x7f));
    let lone_cr = || bytes.iter().enumerate().any(|(at, b)| *b == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
    if odd || (bytes.contains(&b'\r') && lone_cr()) { None } else { Some(text) }
}
