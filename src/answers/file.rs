//! Answers files: untrusted YAML, read with limits.

use std::fs::File;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::catalog::question::Values;
use crate::disk::regular;
use crate::text::error::UserError;
use crate::text::yaml;
use crate::text::yaml::marks::Marks;

/// The section that holds recorded answers which are not asked now.
pub const KEPT: &str = "kept";

/// The section that names the recorded fields which were chosen though they are the defaults.
pub const CHOSEN: &str = "chosen";

/// What our comments begin with, so that they are told from those of people when a question reads otherwise. A file that begins
/// with one is recorded answers.
pub const OURS: &str = "#? ";

/// The largest answers file that is read: a hundred services need about 40 kB.
const MAX_BYTES: u64 = 1024 * 1024;

/// The catalog has less than two hundred questions, and another one hardly more.
const MAX_ANSWERS: usize = 2_000;

/// A file with answers.
#[derive(Clone, Debug, Default)]
pub struct AnswersFile {
    /// The path as the user wrote it.
    pub path: String,
    marks: Marks,
    /// The answers by name.
    pub values: Values,
    /// Recorded answers that were not asked when it was recorded. Only the next update of the same project needs them.
    pub kept: Values,
    /// Fields of records that do not follow their defaults, as `services.api.database`.
    pub chosen: Vec<String>,
    /// Whether scaffold wrote it: then its values are not all chosen.
    pub is_record: bool,
}

impl AnswersFile {
    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read, is too large, not UTF-8, not YAML, or not a mapping.
    pub fn read(path: &Path) -> Result<Self> {
        let shown = path.display().to_string();
        // a person names it: it may be a link, or the pipe of `<(...)`
        let bytes = File::open(path).and_then(|file| regular::bytes(file, MAX_BYTES));
        let bytes = bytes.with_context(|| format!("cannot read the answers file `{shown}`"))?;
        let bytes = bytes.ok_or_else(|| too_large(&shown))?;
        Self::parse(&shown, bytes).map_err(Into::into)
    }

    /// Parses the bytes of a file.
    ///
    /// # Errors
    /// When they are not UTF-8, not YAML, or not a mapping.
    pub fn parse(path: &str, bytes: Vec<u8>) -> Result<Self, UserError> {
        if bytes.len() as u64 > MAX_BYTES {
            return Err(too_large(path));
        }
        let text = String::from_utf8(bytes).map_err(|e| {
            let at = e.utf8_error().valid_up_to();
            let line = e.as_bytes().iter().take(at).filter(|b| **b == b'\n').count() + 1;
            UserError::new(format!("the answers file is not UTF-8\n  --> {path}:{line}")).hint("save it as UTF-8")
        })?;
        if let Some(line) = text.lines().position(|line| line.contains('\0')) {
            return Err(UserError::new(format!("the answers file is not UTF-8\n  --> {path}:{}", line + 1))
                .hint("it has zero bytes, as texts in UTF-16 and the swap files of editors have; save it as UTF-8"));
        }
        let (value, marks) = yaml::parse_with_marks(&text).map_err(|fault| {
            let places: String =
                fault.places.iter().map(|(line, column)| format!("\n  --> {path}:{line}:{column}")).collect();
            let error = UserError::new(format!("cannot read the answers file: {}{places}", fault.what));
            fault.hint.into_iter().fold(error, UserError::hint)
        })?;
        let mut values = match value {
            Value::Null => Values::new(),
            Value::Object(map) => map.into_iter().collect(),
            _ => {
                return Err(UserError::new(format!(
                    "the answers file is not a mapping of names to values\n  --> {path}:1"
                ))
                .hint("each line is `name: value`; `scaffold questions` lists the names"));
            }
        };
        let kept = match values.shift_remove(KEPT) {
            None | Some(Value::Null) => Values::new(),
            Some(Value::Object(map)) => map.into_iter().collect(),
            Some(_) => {
                let message = format!("`{KEPT}` in the answers file is not a mapping of names to values\n  --> {path}");
                return Err(UserError::new(message).hint("remove it: it holds only answers that are not asked now"));
            }
        };
        let chosen = match values.shift_remove(CHOSEN).filter(|value| !value.is_null()).map(serde_json::from_value) {
            None => Vec::new(),
            Some(Ok(names)) => names,
            Some(Err(_)) => {
                let message = format!("`{CHOSEN}` in the answers file is not a list of texts\n  --> {path}");
                return Err(
                    UserError::new(message).hint("each is the name of a field, such as `services.api.database`")
                );
            }
        };
        let most = values.len().max(kept.len()).max(chosen.len());
        if most > MAX_ANSWERS {
            let message =
                format!("the answers file has {most} answers, where at most {MAX_ANSWERS} are read\n  --> {path}");
            return Err(UserError::new(message).hint("`scaffold questions` lists the questions"));
        }
        Ok(Self { path: path.to_string(), marks, values, kept, chosen, is_record: text.starts_with(OURS) })
    }

    /// Where an answer is written: `path:line`.
    pub fn place(&self, name: &str) -> String {
        let root = &self.marks.root;
        let kept = || root.entry(KEPT)?.content.entry(name);
        match root.entry(name).filter(|_| name != KEPT).or_else(kept) {
            Some(entry) => format!("{}:{}", self.path, entry.line),
            None => self.path.clone(),
        }
    }

    /// Where its entries are, and the comments beside them.
    pub fn marks(&self) -> &Marks {
        &self.marks
    }
}

fn too_large(shown: &str) -> UserError {
    UserError::new(format!("the answers file `{shown}` is larger than 1 MiB"))
        .hint("an answers file holds a value per question; `scaffold questions` lists them")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conflict_of_git_is_named_with_its_line() {
        let sides = ["region: eu-west-1\n", "region: eu-north-1\n"];
        let text = format!("name: shop\n<<<<<<< HEAD\n{}=======\n{}>>>>>>> other\n", sides[0], sides[1]);
        let error = AnswersFile::parse("answers.yaml", text.into_bytes()).unwrap_err();
        assert_eq!(error.message, "cannot read the answers file: git left a conflict here\n  --> answers.yaml:2:1");
        assert_eq!(error.hints.len(), 1);
        // a text of several lines is moved in
        assert!(AnswersFile::parse("answers.yaml", b"a: |\n  <<<<<<< HEAD\n  =======\n".to_vec()).is_ok());
    }

    #[test]
    fn aliases_without_number_are_refused() {
        let text = format!("x: &a [{}]\ny: [{}]\n", "1,".repeat(9_000), "*a,".repeat(6_000));
        let error = AnswersFile::parse("answers.yaml", text.into_bytes()).unwrap_err().message;
        assert!(error.contains("the aliases stand for too much\n  --> answers.yaml:1:"), "{error}");
    }

    #[test]
    fn the_number_of_answers_is_bounded() {
        let many: String = (0..40_000).map(|i| format!("a{i}: {i}\n")).collect();
        let error = AnswersFile::parse("a", many.into()).unwrap_err();
        assert_eq!(error.message, "the answers file has 40000 answers, where at most 2000 are read\n  --> a");
        let error = AnswersFile::parse("a", vec![b' '; 1024 * 1024 + 1]).unwrap_err();
        assert_eq!(error.message, "the answers file `a` is larger than 1 MiB");
    }

    #[test]
    fn places() {
        let text = "# name:\nservices:\n- name: api\n  region: x\nname: shop\nkept:\n  region: y\n";
        let file = AnswersFile::parse("a", text.into()).unwrap();
        assert_eq!(["services", "name", "region", "none"].map(|n| file.place(n)), ["a:2", "a:5", "a:7", "a"]);
        assert!(AnswersFile::parse("a", b"kept: [x]\n".to_vec()).is_err());
    }
}
