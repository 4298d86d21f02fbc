//! Environment files: samples, and those that are committed. Names are read, and what they say about each.

use super::seen::{Says, Seen};
use super::value::is_empty;

/// The variables of an environment file. One that is commented out is none that has to be set.
pub fn read(text: &str) -> Vec<Seen> {
    let (mut found, mut open) = (Vec::<Seen>::new(), None);
    for (i, line) in text.lines().enumerate() {
        if let Some(quote) = open {
            // the rest of a text over several lines
            open = (!line.contains(quote)).then_some(quote);
            continue;
        }
        let trimmed = line.trim();
        let content = trimmed.trim_start_matches('#').trim_start();
        let is_comment = content.len() != trimmed.len();
        let Some((name, value)) = assignment(content) else { continue };
        // a sentence with a sign in it is no variable
        if is_comment && name.contains(|c: char| c.is_ascii_lowercase()) {
            continue;
        }
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        open = quote.filter(|quote| !is_comment && !value[1..].contains(*quote));
        let value = plain(value);
        let says = if is_comment || is_empty(&value) { Says::Empty } else { Says::Given };
        let value = (says == Says::Given).then_some(value);
        found.push(Seen { name: name.to_owned(), value, says, line: i + 1 });
    }
    found
}

/// `export NAME="value"`: the name, and all that is behind the sign.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.strip_prefix("export ").unwrap_or(line).split_once('=')?;
    let name = name.trim();
    is_name(name).then(|| (name, value.trim()))
}

/// Whether a text can be the name of a variable.
pub fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.is_empty() && name.len() <= 100 && name.chars().all(plain) && !name.starts_with(|c: char| c.is_ascii_digit())
}

/// A value without its quotes and the comment behind it.
fn plain(value: &str) -> String {
    let value = match value.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        Some(quote) => value[1..].split(quote).next().unwrap_or_default(),
        None if value.starts_with('#') => "",
        None => value.split(" #").next().and_then(|value| value.split("\t#").next()).unwrap_or_default(),
    };
    value.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn lines_of_samples() {
        for (line, wanted) in [
            ("export A=\"b c\" # d", Some("b c")),
            ("A = b # c", Some("b")),
            ("A=b#c", Some("b#c")),
            ("A= # c", None),
            ("A=\"\"", None),
            ("A=null", None),
            ("# A=b", None),
        ] {
            let found = read(line).pop().unwrap_or_else(|| panic!("{line}"));
            assert_eq!((found.name.as_str(), found.value.as_deref()), ("A", wanted), "{line}");
        }
        for line in ["", "=x", "1A=b", "a b=c", "no value", "# set a=b to change it"] {
            assert!(read(line).is_empty(), "{line}");
        }
    }

    #[test]
    fn a_text_over_several_lines_is_one_value() {
        let found = read("A=\"-----BEGIN KEY-----\nMIIEabc=\nabcd==\n-----END KEY-----\"\nB=1");
        let names: Vec<&str> = found.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["A", "B"]);
    }
}
