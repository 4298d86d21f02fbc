//! The second line of a record: what kind of file it is, and its checksum.

use crate::base::Gone;
use crate::text::checksum::Sum;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Properties {
    pub base64: bool,
    pub executable: bool,
    pub once: bool,
    pub gone: Option<Gone>,
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
        match self.gone {
            Some(Gone::Edited) => words.push_str("orphan "),
            Some(Gone::Deleted) => words.push_str("deleted "),
            None => {}
        }
        words
    }

    pub fn sum(self, path: &str, bytes: &[u8]) -> Sum {
        Sum::of(&[path.as_bytes(), self.words().as_bytes(), bytes])
    }

    pub fn parse(line: &str) -> Option<(Self, Sum)> {
        let (words, sum) = line.strip_prefix("  ")?.rsplit_once(' ')?;
        let has = |word| words.split(' ').any(|w| w == word);
        let gone = match (has("orphan"), has("deleted")) {
            (true, _) => Some(Gone::Edited),
            (false, true) => Some(Gone::Deleted),
            (false, false) => None,
        };
        let properties = Self { base64: has("base64"), executable: has("executable"), once: has("once"), gone };
        // Only the exact line that would be written: nothing unknown, nothing twice.
        (properties.words().trim_end() == words).then_some((properties, sum.parse().ok()?))
    }
}
