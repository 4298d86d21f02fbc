//! How git names content, and how it writes content that is not text.

use std::fmt::Write as _;

use sha1::{Digest as _, Sha1};

use crate::text::tree::File;

/// The name that git gives to the content of a file; zeros where there is none.
pub fn blob_id(file: Option<&File>) -> String {
    let Some(file) = file else { return "0".repeat(40) };
    let mut hasher = Sha1::new();
    hasher.update(format!("blob {}\0", file.bytes.len()));
    hasher.update(&file.bytes);
    hasher.finalize().iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// Compressed bytes per line, the most whose number one letter can tell.
const LINE: usize = 52;

/// The whole content, compressed, in lines that begin with a letter for their length: `A` is 1, `a` is 27.
pub fn literal(out: &mut String, bytes: &[u8]) {
    let _ = writeln!(out, "literal {}", bytes.len());
    let letters: Vec<char> = ('A'..='Z').chain('a'..='z').collect();
    for line in miniz_oxide::deflate::compress_to_vec_zlib(bytes, 6).chunks(LINE) {
        out.extend(letters.get(line.len() - 1));
        base85(out, line);
        out.push('\n');
    }
    out.push('\n');
}

/// Git's own alphabet, which no crate has.
const DIGITS: &[u8; 85] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";

/// Four bytes become five digits, the most significant first; what is missing at the end is zero.
fn base85(out: &mut String, bytes: &[u8]) {
    for four in bytes.chunks(4) {
        let number = (0..4).fold(0, |number, at| number << 8 | u32::from(four.get(at).copied().unwrap_or(0)));
        for power in (0..5).rev() {
            out.push(char::from(DIGITS[(number / 85_u32.pow(power) % 85) as usize]));
        }
    }
}
