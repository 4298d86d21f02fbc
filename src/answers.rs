//! Answers: from defaults, a preset, the folder, what is recorded, a file, `--set` and the person at the prompt, later
//! wins; each checked by its kind, all together by the rules.

use anyhow::Result;
use indexmap::IndexMap;
use serde_json::Value;

use crate::answers::check::Check;
use crate::answers::file::AnswersFile;
use crate::catalog::Catalog;
use crate::catalog::question::{Question, Values};
use crate::template::engine;

pub mod check;
pub mod file;
mod following;
mod found;
mod kept;
mod layers;
mod problem;
mod resolver;
pub mod schema;
pub mod session;
mod told;
mod typed;

pub use found::{Found, NAME};
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
    /// Fields of records that were chosen though they are what the default is, as `services.api.database`.
    pub chosen: Vec<String>,
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
    pub detected: IndexMap<String, Found>,
    /// The name of the folder as a name of the project: an offer to a person, below all else.
    pub folder: Option<Value>,
    /// An answer about which the folder tells something that nothing can be generated for. The example in a preset is
    /// about another folder.
    pub unfit: Option<String>,
    /// Whether the folder was looked at, so that it tells no more answers.
    pub looked_at: bool,
    /// Whether the folder was generated before: it has a record of answers, whether that counts or not.
    pub generated: bool,
    /// The answers of the last run, from `.scaffold/answers.yaml`; migrated to what the catalog asks.
    pub recorded: Option<AnswersFile>,
    /// What a person answered in a session that was interrupted.
    pub resumed: Values,
    /// `--answers`.
    pub file: Option<AnswersFile>,
    /// `--set`: dotted path, and the value as it was typed; JSON does as well.
    pub sets: Vec<(String, String)>,
    /// What a person answered a moment ago, before they went back to where answers come from.
    pub said: Values,
}

impl Given {
    /// The last layer of each answer, as it was given: not checked, and without defaults.
    ///
    /// # Errors
    /// When there is no such preset, or a fault of the catalog.
    pub fn values(&self, catalog: &Catalog) -> Result<Values> {
        let env = engine::environment(catalog)?;
        Ok(layers::Layers::new(catalog, &env, self)?
            .given
            .into_iter()
            .map(|(name, (value, _))| (name, value))
            .collect())
    }
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The question's own default.
    Default,
    /// The preset of that name.
    Preset(String),
    /// The name of the folder.
    Folder,
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

/// The answers that are neither defaults nor what the folder tells.
fn chosen(values: &Values, origins: &IndexMap<String, Origin>) -> Values {
    let is_chosen =
        |name: &str| !matches!(origins.get(name), None | Some(Origin::Default | Origin::Folder | Origin::Detected(_)));
    values.iter().filter(|(name, _)| is_chosen(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// An answer, and where it came from.
#[derive(Clone, Debug)]
pub struct Answered<'a> {
    pub question: &'a Question,
    /// The answer.
    pub value: &'a Value,
    /// Where it came from.
    pub origin: &'a Origin,
}

/// Asks the user for answers.
///
/// [`ask`](Self::ask) and [`revise`](Self::revise) fail with [`Back`](crate::text::error::Back) when the person wants the
/// question before.
pub trait Prompter {
    /// Whether a question with this value is put to the person.
    ///
    /// # Errors
    /// When that cannot be told.
    fn wants(&mut self, question: &Question, current: Option<&Value>, origin: &Origin) -> Result<bool>;

    /// What the folder tells about a question where these answers are chosen; nothing where that does not hang on them.
    ///
    /// # Errors
    /// When an expression of the catalog fails.
    fn told(&mut self, _: &Question, _: &Values) -> Result<Option<Found>> {
        Ok(None)
    }

    /// Asks until the check is content. `current` is filled in beforehand, and came from `origin`.
    ///
    /// # Errors
    /// When the person goes back or leaves.
    fn ask(&mut self, current: Option<&Value>, origin: &Origin, check: &Check<'_>) -> Result<Value>;

    /// Takes note of what was given and found right so far, all but defaults, presets and what the folder tells: before
    /// the first question, and after each.
    fn note(&mut self, answers: &Values);

    /// Says that there is no question before this one.
    ///
    /// # Errors
    /// When going back leads out of the questions.
    fn at_first(&mut self) -> Result<()>;

    /// Says that answers do not go together; they are asked again afterwards.
    ///
    /// # Errors
    /// When the person leaves.
    fn conflict(&mut self, problem: &Problem) -> Result<()>;

    /// Shows all answers, which go together, and returns the names of those to ask again; none when they can stay.
    ///
    /// # Errors
    /// When the person goes back or leaves.
    fn revise(&mut self, answers: &[Answered<'_>]) -> Result<Vec<String>>;
}

impl Answers {
    /// Resolves all answers.
    ///
    /// # Errors
    /// One [`UserError`](crate::text::error::UserError) that names every missing answer and every wrong one.
    pub fn resolve(catalog: &Catalog, given: &Given, prompter: Option<&mut dyn Prompter>) -> Result<Self> {
        let env = engine::environment(catalog)?;
        resolver::Resolver::new(catalog, &env, given)?.run(prompter)
    }

    /// Those that are neither defaults nor what the folder tells.
    pub fn chosen(&self) -> Values {
        chosen(&self.values, &self.origins)
    }
}

#[cfg(test)]
mod tests;
