//! YAML of strangers.

use serde::Deserialize as _;
use serde_yaml::Value;

/// More levels than this are refused before they are parsed: the parser takes time with the square of them.
const DEEPEST: usize = 500;

/// The first document of a text; none when it is not YAML, nested too deep, or grows too large by its aliases.
pub fn first(text: &str) -> Option<Value> {
    if is_deep(text) {
        return None;
    }
    let document = serde_yaml::Deserializer::from_str(text).next()?;
    Value::deserialize(document).ok()
}

/// Whether more brackets are open at one place, or more items begin in one line, than any file has.
fn is_deep(text: &str) -> bool {
    let mut open = 0usize;
    let brackets = text.bytes().any(|byte| {
        match byte {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        open > DEEPEST
    });
    let begins = |line: &str| line.split_whitespace().take_while(|word| matches!(*word, "-" | "?" | ":")).count();
    brackets || text.split(['\n', '\r']).any(|line| begins(line) > DEEPEST)
}

#[cfg(test)]
mod tests {
    use super::first;

    #[test]
    fn depth_takes_no_time() {
        for open in ["[", "{a: ", "- ", "? ", "- ? ", "[{"] {
            assert_eq!(first(&open.repeat(250_000)), None, "{open}");
        }
        assert!(first("a: [1]\n---\nb: [").is_some());
    }
}
