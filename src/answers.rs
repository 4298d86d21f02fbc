//! Answers: from defaults, a preset, the folder, what is recorded, a file, `--set` and the person at the prompt, later
//! wins; each checked by its kind, all together by the rules.

use anyhow::Result;
use indexmap::IndexMap;
use serde_json::Value;

use crate::answers_file::AnswersFile;
use crate::catalog::Catalog;
use crate::check::Check;
use crate::detect;
use crate::engine;
use crate::question::{Question, Values};

mod kept;
mod layers;
mod problem;
mod resolver;

pub use problem::{Problem, unknown_preset};

/// The checked answers of one project.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// Every answer that was asked for, in the order of the questions.
    pub values: Values,
    /// Where each of them came from.
    pub origins: IndexMap<String, Origin>,
    /// Recorded answers that are not among the values: not asked with the others, or unknown to the catalog. They are
    /// recorded again, so that they come back when they are asked again.
    pub kept: Values,
    /// The names of the active components.
    pub active: Vec<String>,
    /// What the user should know, though nothing is wrong.
    pub notes: Vec<String>,
}

/// What the user gave on the command line, and before.
#[derive(Debug, Default)]
pub struct Given {
    /// `--preset`.
    pub preset: Option<String>,
    /// What the folder tells about itself. It knows more than the example in a preset.
    pub detected: IndexMap<String, detect::Answer>,
    /// The answers of the last run, from `.scaffold/answers.yaml`; migrated to what the catalog asks.
    pub recorded: Option<AnswersFile>,
    /// `--answers`.
    pub file: Option<AnswersFile>,
    /// `--set`: dotted path and value.
    pub sets: Vec<(String, Value)>,
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The question's own default.
    Default,
    /// The preset of that name.
    Preset(String),
    /// The folder itself: where it was found, such as `backend/package.json:2`.
    Detected(String),
    /// The answers of the last run, as `path:line`.
    Recorded(String),
    /// The answers file, as `path:line`.
    File(String),
    /// `--set`.
    Flag,
    /// The person at the prompt.
    Prompt,
}

/// Somebody who can be asked.
pub trait Prompter {
    /// Whether a question with this value is put to the person.
    fn wants(&mut self, question: &Question, current: Option<&Value>, origin: &Origin) -> Result<bool>;

    /// Asks until the check is content. `current` is filled in beforehand.
    ///
    /// # Errors
    /// When the person leaves.
    fn ask(&mut self, current: Option<&Value>, check: &Check<'_>) -> Result<Value>;

    /// Says that answers do not go together; they are asked again afterwards.
    ///
    /// # Errors
    /// When the person leaves.
    fn conflict(&mut self, problem: &Problem) -> Result<()>;

    /// Shows all answers, which go together, and returns the names of those to ask again; none when they can stay.
    ///
    /// # Errors
    /// When the person leaves.
    fn revise(&mut self, answers: &[(&Question, &Value)]) -> Result<Vec<String>>;
}

impl Answers {
    /// Resolves all answers.
    ///
    /// # Errors
    /// One [`UserError`] that names every missing answer and every wrong one.
    pub fn resolve(catalog: &Catalog, given: &Given, prompter: Option<&mut dyn Prompter>) -> Result<Self> {
        let env = engine::environment(catalog)?;
        resolver::Resolver::new(catalog, &env, given)?.run(prompter)
    }
}

#[cfg(test)]
mod tests;
