//! The second line of a record: what kind of file it is, and its checksum.

use crate::text::checksum::Sum;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Properties {
    pub base64: bool,
    pub executable: bool,
    pub once: bool,
    pub orphan: bool,
}

impl Properties {
    pub fn words(self) -> String {
        let mut words = String::from(if self.base64 { "base64 " } else { "text " });
        if self.executable {
            words.push_str("executable ");
        }
        if self.once {
            words.push_str("once ");
        }
        if self.orphan {
            words.push_str("orphan ");
        }
        words
    }

    pub fn sum(self, path: &str, bytes: &[u8]) -> Sum {
        Sum::of(&[path.as_bytes(), self.words().as_bytes(), bytes])
    }

    pub fn parse(line: &str) -> Option<(Self, Sum)> {
        let (words, sum) = line.strip_prefix("  ")?.rsplit_once(' ')?;
        let has = |word| words.split(' ').any(|w| w == word);
        let properties =
            Self { base64: has("base64"), executable: has("executable"), once: has("once"), orphan: has("orphan") };
        // Only the exact line that would be written: nothing unknown, nothing twice.
        (properties.words().trim_end() == words).then_some((properties, sum.parse().ok()?))
    }
}
