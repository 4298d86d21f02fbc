//! YAML of strangers. A few lines of it can stand for any number of values, by aliases of aliases or of long lists; the
//! parser only counts how often it follows one.

use std::fmt;

use serde::de::{Deserialize, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _};
use serde::de::{MapAccess, SeqAccess, VariantAccess as _, Visitor};
use serde_yaml::{Error, Value};

/// More levels than this are refused before they are parsed: the parser takes time with the square of them.
const DEEPEST: usize = 500;
/// Bytes by which a text may grow when all its aliases are written out.
const MOST_ADDED: usize = 256 * 1024;

/// The only document of a text.
///
/// # Errors
/// When it is not YAML, not what is wanted, nested too deep, or grows too large by its aliases.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    if is_deep(text) {
        return Err(too_deep());
    }
    if has_aliases(text) {
        grown(text).deserialize(serde_yaml::Deserializer::from_str(text))?;
    }
    serde_yaml::from_str(text)
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
    Grown { left: std::cell::Cell::new(text.len() + MOST_ADDED) }
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
