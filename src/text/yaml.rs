//! YAML of strangers. A few lines of it can stand for any number of values, by aliases of aliases or of long lists; the
//! parser only counts how often it follows one.

use std::fmt;

use serde::de::{Deserialize, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _};
use serde::de::{MapAccess, SeqAccess, VariantAccess as _, Visitor};
use serde_yaml::{Error, Value};

pub mod marks;
pub mod write;

use marks::Marks;

/// More levels than this are refused before they are parsed: the parser takes time with the square of them.
const DEEPEST: usize = 500;
/// Bytes by which a text may grow when all its aliases are written out.
const MAX_ADDED: usize = 256 * 1024;

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YamlError {
    /// What it is, without the place.
    pub what: String,
    /// Lines and columns, counted from 1; more than one of what is there twice.
    pub places: Vec<(usize, usize)>,
    /// What to do about it.
    pub hint: Option<&'static str>,
}

impl YamlError {
    fn at(what: impl Into<String>, place: (usize, usize)) -> Self {
        Self { what: what.into(), places: vec![place], hint: None }
    }

    fn twice(key: &str, first: (usize, usize), second: (usize, usize)) -> Self {
        let what = format!("`{}` is given twice", key.escape_debug());
        let hint = Some("keep one of them; a merge without conflict can leave both");
        Self { what, places: vec![first, second], hint }
    }

    fn hint(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint);
        self
    }
}

impl From<Error> for YamlError {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        let what = text.split(" at line ").next().unwrap_or(&text).into();
        let places = error.location().map(|at| (at.line(), at.column())).into_iter().collect();
        Self { what, places, hint: None }
    }
}

impl fmt::Display for YamlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        for (i, (line, column)) in self.places.iter().enumerate() {
            let and = if i == 0 { "" } else { " and" };
            write!(f, "{and} at line {line} column {column}")?;
        }
        Ok(())
    }
}

/// The only document of a text, which no other reader understands otherwise: no key is there twice, and nothing follows
/// the document but empty ones.
///
/// # Errors
/// When it is not YAML, not what is wanted, nested too deep, or grows too large by its aliases.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T, YamlError> {
    parse_with_marks(text).map(|(value, _)| value)
}

/// The same with the places of its entries.
///
/// # Errors
/// As [`parse`].
pub fn parse_with_marks<T: DeserializeOwned>(text: &str) -> Result<(T, Marks), YamlError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if is_deep(text) {
        return Err(too_deep().into());
    }
    if let Some(line) = text.lines().position(is_conflict_marker) {
        return Err(YamlError::at("git left a conflict here", (line + 1, 1))
            .hint("keep what is right, and remove the lines of `<<<<<<<`, `=======` and `>>>>>>>`"));
    }
    let marks = Marks::read(text);
    let text = marks.as_ref().ok().and_then(|marks| text.get(..marks.cut?)).unwrap_or(text);
    if has_aliases(text) {
        grown(text).deserialize(serde_yaml::Deserializer::from_str(text))?;
    }
    let value = serde_yaml::from_str(text).map_err(|error| tab(text, error.into()));
    match (marks, value) {
        (Ok(marks), Ok(value)) => Ok((value, marks)),
        (Ok(Marks { tag: Some((tag, place)), .. }), Err(_)) => {
            Err(YamlError::at(format!("the tag `{tag}` means nothing here"), place).hint("remove the tag"))
        }
        // where both fail, the second says more exactly what is wrong with the notation
        (Err(fault), Ok(_)) => Err(fault),
        (Err(fault), Err(error)) => Err(if fault.hint.is_some() || error.places.is_empty() { fault } else { error }),
        (Ok(_), Err(error)) => Err(error),
    }
}

/// Says what to do about a tab that stands for spaces.
fn tab(text: &str, error: YamlError) -> YamlError {
    let line = error.places.first().and_then(|(line, _)| text.lines().nth(line.saturating_sub(1)));
    match line.is_some_and(|line| line.trim_start_matches(' ').starts_with('\t')) {
        true => error.hint("indent with spaces: YAML takes no tabs"),
        false => error,
    }
}

fn is_conflict_marker(line: &str) -> bool {
    line == "=======" || ["<<<<<<<", "|||||||", ">>>>>>>"].iter().any(|mark| line.starts_with(mark))
}

/// The first document of a text; none when it is not YAML, nested too deep, or grows too large by its aliases.
pub fn first(text: &str) -> Option<Value> {
    if is_deep(text) {
        return None;
    }
    let document = || serde_yaml::Deserializer::from_str(text).next();
    if has_aliases(text) {
        grown(text).deserialize(document()?).ok()?;
    }
    Value::deserialize(document()?).ok()
}

/// What is wrong in any document of a text.
pub fn fault(text: &str) -> Option<Error> {
    if is_deep(text) {
        return Some(too_deep());
    }
    let mut documents = serde_yaml::Deserializer::from_str(text);
    if has_aliases(text) {
        let grown = grown(text);
        if let Some(error) = serde_yaml::Deserializer::from_str(text).find_map(|one| grown.deserialize(one).err()) {
            return Some(error);
        }
    }
    documents.find_map(|document| Value::deserialize(document).err())
}

fn too_deep() -> Error {
    Error::custom("it is nested too deep")
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

/// Whether there can be an alias.
fn has_aliases(text: &str) -> bool {
    text.contains('&') && text.contains('*')
}

fn grown(text: &str) -> Grown {
    Grown { left: std::cell::Cell::new(text.len() + MAX_ADDED) }
}

/// Looks at a document with its aliases written out, keeps nothing of it, and stops where it becomes too large.
struct Grown {
    /// Bytes that it may still have, where each value takes one and its text.
    left: std::cell::Cell<usize>,
}

impl Grown {
    fn take<E: serde::de::Error>(&self, text: usize) -> Result<(), E> {
        let left = self.left.get().checked_sub(text + 1);
        self.left.set(left.ok_or_else(|| E::custom("the aliases stand for too much"))?);
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for &Grown {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, document: D) -> Result<(), D::Error> {
        document.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &Grown {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<(), E> {
        self.take(0)
    }

    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<(), E> {
        self.take(0)
    }

    fn visit_i128<E: serde::de::Error>(self, _: i128) -> Result<(), E> {
        self.take(0)
    }

    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<(), E> {
        self.take(0)
    }

    fn visit_u128<E: serde::de::Error>(self, _: u128) -> Result<(), E> {
        self.take(0)
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<(), E> {
        self.take(0)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        self.take(text.len())
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        self.take(0)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        self.take(0)?;
        while items.next_element_seed(self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        self.take(0)?;
        while entries.next_entry_seed(self, self)?.is_some() {}
        Ok(())
    }

    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<(), A::Error> {
        let (tag, value) = tagged.variant::<String>()?;
        self.take(tag.len())?;
        value.newtype_variant_seed(self)
    }
}

#[cfg(test)]
mod tests {
    use super::{fault, first, parse};

    fn refused(text: &str) -> (String, Vec<(usize, usize)>) {
        let fault = parse::<serde_json::Value>(text).unwrap_err();
        (fault.what, fault.places)
    }

    #[test]
    fn a_key_that_is_there_twice_is_refused_with_both_places() {
        for (text, key, places) in [
            ("a: 1\nb: 2\na: 1\n", "a", [(1, 1), (3, 1)]),
            ("\"a\": 1\r\n? a\r\n: 2\r\n", "a", [(1, 1), (2, 3)]),
            ("{\"a\": 1, \"a\": 1}", "a", [(1, 2), (1, 10)]),
            ("l:\n- {b: 1}\n- c: [{x: 1,\n  x: 2}]\n", "x", [(3, 8), (4, 3)]),
            ("# a: 0\n1: |\n  1: 2\n'1': 2\n", "1", [(2, 1), (4, 1)]),
        ] {
            assert_eq!(refused(text), (format!("`{key}` is given twice"), places.into()), "{text}");
        }
        // the same key elsewhere is another
        assert!(parse::<serde_json::Value>("a: {a: 1}\nb:\n- a: 1\n- a: 1\n").is_ok());
    }

    #[test]
    fn what_programs_leave_in_a_file_is_read_or_named() {
        let read = |text: &str| parse::<serde_json::Value>(text).map_err(|fault| format!("{text:?}: {fault}"));
        for text in [
            "\u{feff}a: 1\n",
            "\u{feff}---\na: 1\n",
            "a: 1\r\n",
            "a: 1\r",
            "a: 1\n---\n",
            "a: 1\n---\n# nothing\n...\n",
            "a: 1\n...\n",
            "%YAML 1.2\n---\na: 1\n",
            "# vim: ft=yaml\n\na: 1 # one",
            "x-a: &a 1\na: *a\n",
            "a: !!int 1\n",
            "a: |\n  <<<<<<< HEAD\n",
        ] {
            assert!(read(text).is_ok(), "{:?}", read(text));
        }
        for (text, what, place) in [
            ("a: 1\n<<<<<<< HEAD\na: 2\n=======\na: 3\n>>>>>>> b\n", "git left a conflict here", (2, 1)),
            ("a: 1\r\n||||||| 1234567\r\n", "git left a conflict here", (2, 1)),
            ("a: 1\n---\na: 2\n", "a second document begins here", (3, 1)),
            ("x: &x {a: 1}\n<<: *x\n", "the merge key `<<` is not followed", (2, 1)),
            ("a: !ours 1\n", "the tag `!ours` means nothing here", (1, 10)),
            ("a:\n\t- 1\n", "found character that cannot start any token", (2, 1)),
            ("? [a]\n: 1\n", "invalid type: sequence, expected a string key", (1, 3)),
            ("a: *b\n", "unknown anchor", (1, 4)),
        ] {
            assert_eq!(refused(text), (what.into(), vec![place]), "{text}");
        }
    }

    #[test]
    fn depth_takes_no_time() {
        for open in ["[", "{a: ", "- ", "? ", "- ? ", "[{"] {
            assert_eq!(first(&open.repeat(250_000)), None, "{open}");
        }
        assert!(first("a: [1]\n---\nb: [").is_some());
    }

    #[test]
    fn aliases_are_followed_within_bounds() {
        let text = "x: &x {restart: always, command: !tag [a, 1, 2.5, true, ~]}\nservices:\n  api: {<<: *x, build: .}\n  web: *x\n";
        let value = first(text).unwrap();
        assert_eq!(value["services"]["web"]["restart"], "always");
        assert_eq!(value, serde_yaml::from_str::<serde_yaml::Value>(text).unwrap());
        for anchored in [format!("[{}]", "1,".repeat(9_000)), "t".repeat(10_000)] {
            let text = format!("x: &a {anchored}\ny: [{}]\n", "*a,".repeat(100));
            assert_eq!(first(&text), None);
            let error = parse::<serde_json::Value>(&text).unwrap_err().to_string();
            assert_eq!(fault(&text).unwrap().to_string(), error);
            assert!(error.contains("the aliases stand for too much at line"), "{error}");
        }
        let doubled: String = (1..60).map(|i| format!("a{i}: &a{i} [*a{}, *a{}]\n", i - 1, i - 1)).collect();
        assert_eq!(first(&format!("a0: &a0 x\n{doubled}")), None);
        assert_eq!(first("a: &a [*a, *a]"), None);
    }

    #[test]
    fn a_long_text_without_aliases_may_be_as_long_as_it_is() {
        let text = format!("a: '&*'\nb: [{}]\n", "x,".repeat(200_000));
        assert!(first(&text).is_some());
    }
}
