//! Scalars that every reader of YAML 1.1 and 1.2 takes for the same.

use std::fmt::Write as _;

/// A text: plain where no reader can take it for something else, also inside `[...]` and `{...}`, else in quotes.
pub fn text(text: &str) -> String {
    if is_plain(text) { text.to_string() } else { quoted(text) }
}

/// YAML 1.1 has `y` to `off` as truth values, `1:30` as a number of base 60, `1_000` as a number, `=` and `<<` as values
/// of their own, and dates; 1.2 has `0o7` and `1e3`. All of the latter begin with no letter.
fn is_plain(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b" _./@+()-".contains(&b))
        && !text.ends_with(' ')
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null"
        )
}

/// Double quotes with the escapes that YAML, HCL and JSON have in common.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // the second are line breaks in YAML 1.1, the others no characters of a YAML file
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}') => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A number. YAML 1.1 wants a point and a sign in `1.0e+21`.
pub fn number(number: &serde_json::Number) -> String {
    let text = number.to_string();
    let Some((mantissa, exponent)) = text.split_once('e') else { return text };
    let point = if mantissa.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with(['+', '-']) { "" } else { "+" };
    format!("{mantissa}{point}e{sign}{exponent}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_reader_could_misread_is_quoted() {
        for plain in ["shop", "/api", "a b", "node dist/server.js", "v1.2.3", "platform@example.com", "5f (x)"] {
            let wanted = if plain.starts_with('5') { format!("\"{plain}\"") } else { plain.to_string() };
            assert_eq!(text(plain), wanted);
        }
        for odd in [
            "",
            "y",
            "No",
            "ON",
            "yes",
            "True",
            "null",
            "~",
            "=",
            "<<",
            "1:30",
            "0x1F",
            "0o17",
            "017",
            "1_000",
            "1e3",
            "+1",
            "-1",
            ".5",
            ".inf",
            ".NaN",
            "2026-11-28",
            "a, b",
            "a: b",
            "a #b",
            "[a",
            "{a",
            "}",
            "&a",
            "*a",
            "!a",
            "|",
            ">",
            "'a",
            "\"a",
            "%a",
            "@a",
            "`a",
            "- a",
            "? a",
            ": a",
            "---",
            "...",
            " a",
            "a ",
            "a\tb",
            "a:",
            "é",
        ] {
            assert!(text(odd).starts_with('"'), "{odd}");
            let value: serde_yaml::Value = serde_yaml::from_str(&text(odd)).unwrap();
            assert_eq!(value, serde_yaml::Value::from(odd));
        }
        assert_eq!(text("a\u{2028}\u{85}\u{feff}\u{7f}"), "\"a\\u2028\\u0085\\ufeff\\u007f\"");
    }

    #[test]
    fn numbers() {
        for (json, yaml) in [("1", "1"), ("-2.5", "-2.5"), ("1e300", "1.0e+300"), ("1.5e-9", "1.5e-9")] {
            assert_eq!(number(&serde_json::from_str(json).unwrap()), yaml);
        }
    }
}
