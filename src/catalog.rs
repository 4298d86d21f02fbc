//! The catalog: questions, components and presets.
//!
//! No rule beyond "it parses"; what makes a catalog sound is in [`crate::lint`].

pub mod kind;
pub mod later;
pub mod lists;
pub mod migrations;
pub mod neighbors;
mod parse;
pub mod question;
pub mod roots;
pub mod slots;
pub mod source;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::catalog::later::Waits;
use crate::catalog::lists::ContributedList;
use crate::catalog::migrations::Migration;
use crate::catalog::question::{FindingName, Group, Question, Rule, Values};
use crate::catalog::roots::Root;
use crate::catalog::slots::{Provides, SlotsFile, Without};
use crate::text::value::whole;

/// Everything that a generated repository can be made of.
#[derive(Debug, Default)]
pub struct Catalog {
    /// What concerns the whole project.
    pub project: ProjectFile,
    /// The components by name.
    pub components: Vec<Component>,
    /// Macros that templates import, by `partials/NAME`.
    pub partials: BTreeMap<String, String>,
    /// Actions, images and charts by key: `pins` in templates.
    pub pins: Value,
    /// The places that one component each fills, and the order of components.
    pub slots: SlotsFile,
    /// The lists that components contribute to, by name.
    pub lists: IndexMap<String, ContributedList>,
    /// How recorded answers of earlier catalogs are called now.
    pub migrations: Vec<Migration>,
    /// The needs of a production system, by id.
    pub needs: Vec<Need>,
    /// Whole sets of answers by name.
    pub presets: Vec<Preset>,
    /// The folder with the templates, as the person wrote it; none for the catalog inside this program.
    pub folder: Option<String>,
}

/// `templates/questions.yaml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectFile {
    /// What the questions are grouped by, in the order of showing.
    #[serde(default)]
    pub groups: Vec<Group>,
    /// Asked before any component's questions, in this order.
    pub questions: Vec<Question>,
    /// What must hold across these answers.
    #[serde(default)]
    pub rules: Vec<Rule>,
    /// Facts for every template, as expressions over answers and earlier facts.
    #[serde(default)]
    pub derived: IndexMap<String, String>,
    /// Path segments `__key__` that repeat a file.
    #[serde(default)]
    pub repeats: IndexMap<String, Repeat>,
    /// Folders at the root of a repository that builds and tests write to.
    #[serde(default)]
    pub written: Vec<String>,
    /// Folders of `files/` whose place in a repository is an answer.
    #[serde(default)]
    pub roots: IndexMap<String, Root>,
}

/// How a path segment `__key__` repeats a file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    /// The list to go through.
    pub each: String,
    /// What an item is called in the template.
    #[serde(rename = "as")]
    pub variable: String,
    /// The field of the item that stands in the path.
    pub segment: String,
}

/// A folder of `templates/components/`.
#[derive(Debug)]
pub struct Component {
    /// The folder's name.
    pub name: String,
    /// Its `component.yaml`.
    pub manifest: Manifest,
    /// Its `macros.j2`, under the name that templates import it by.
    pub macros: Option<(String, String)>,
    /// Its `files/`, by path in the generated repository (with `__key__` segments).
    pub files: Vec<TemplateFile>,
}

/// `component.yaml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// A short description.
    pub title: String,
    /// Why a repository has it.
    pub why: String,
    /// Active when this expression over answers is true; always, if there is none.
    #[serde(default)]
    pub when: Option<String>,
    /// The slot that it fills; active then where the slot's keys are chosen, in place of `when`.
    #[serde(default)]
    pub provides: Option<Provides>,
    /// Combinations of keys that no provider fills, which a new choice brings along; beside those of `slots.yaml`.
    #[serde(default)]
    pub without: Vec<Without>,
    /// Components that must be active too, and slots that must be filled.
    #[serde(default)]
    pub requires: Vec<String>,
    /// Which needs it meets, and how that can be seen.
    #[serde(default)]
    pub satisfies: Vec<Satisfies>,
    /// Why needs are missing, by id, where this component knows better than `readiness.yaml`; the texts are templates.
    #[serde(default)]
    pub open: IndexMap<String, String>,
    /// Asked only when the component is active.
    #[serde(default)]
    pub questions: Vec<Question>,
    /// What must hold across answers when the component is active.
    #[serde(default)]
    pub rules: Vec<Rule>,
    /// Facts for this component's files only.
    #[serde(default)]
    pub derived: IndexMap<String, String>,
    /// Exceptions by path; all other files are always rendered and merged.
    #[serde(default)]
    pub files: IndexMap<String, FileRule>,
    /// Files or folders that had another path in an earlier version, so that edits follow them.
    #[serde(default)]
    pub moved: Vec<Moved>,
    /// What people have to do about files of an earlier version that no single file replaces.
    #[serde(default)]
    pub replaced: Vec<Replaced>,
    /// Files that stay, as the user's, once they are no longer generated.
    #[serde(default)]
    pub left: Vec<Left>,
    /// What files offer to others.
    #[serde(default)]
    pub offers: Vec<Offered>,
    /// Which files wait together with others for answers that are `later`.
    #[serde(default)]
    pub waits: Vec<Waits>,
    /// Items for lists that files of other components print.
    #[serde(default)]
    pub contributes: IndexMap<String, Vec<Value>>,
}

/// A path of an earlier version and what it is called now, both with the same `__key__` segments. A path that ends with
/// `/` is a folder.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moved {
    /// The path until then.
    pub from: String,
    /// The path now.
    pub to: String,
}

/// A file or folder of an earlier version, and what an update that drops it says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replaced {
    /// The path until then. A path that ends with `/` is a folder.
    pub from: String,
    /// What it means, and what is to be done.
    pub note: String,
}

/// Files of any component that are not deleted where they are no longer generated: the user has them from then on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Left {
    /// Their paths, with `__key__` segments.
    pub files: Vec<String>,
    /// An expression over answers, and over the items that the paths go through.
    pub when: String,
}

/// How a component meets a need; the texts are templates.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Satisfies {
    /// The need.
    pub id: String,
    /// Met only when this expression over answers is true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// What was generated for it.
    pub generated: String,
    /// How to see that it holds.
    pub verify: String,
    /// What only a person can do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<String>,
}

/// An exception for one path of a component.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileRule {
    /// Rendered only when this expression is true.
    #[serde(default)]
    pub when: Option<String>,
    /// Who owns the file after it was written.
    #[serde(default)]
    pub write: WritePolicy,
}

/// Something that a file of any component offers to others, which a file of the user's in its place has to offer; the
/// texts are templates.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offered {
    /// Its path, with `__key__` segments.
    pub file: String,
    /// What it is, after "lacks", or "must have" where no line tells.
    pub what: String,
    /// The line by which it can be seen, without the spaces around it.
    #[serde(default)]
    pub line: Option<String>,
}

/// Who owns a file after it was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum WritePolicy {
    /// Updates are merged with the user's edits.
    #[default]
    Merge,
    /// Written the first time, afterwards the user's.
    Once,
}

/// A file of a component.
#[derive(Debug)]
pub struct TemplateFile {
    /// The path in the generated repository, with `__key__` segments.
    pub path: String,
    /// Its path in the catalog, for messages.
    pub origin: String,
    /// Whether it is rendered, or copied.
    pub template: bool,
    /// The content.
    pub source: Cow<'static, [u8]>,
}

/// What must be true before a system goes live.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// A stable id such as `BAK-01`.
    pub id: String,
    /// The area, in words.
    #[serde(default)]
    pub area: String,
    /// The need, one sentence.
    pub need: String,
    /// Why it is missing where no component meets it; a template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<String>,
}

/// A whole set of answers.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// The file's name.
    #[serde(default)]
    pub name: String,
    /// A short description.
    pub title: String,
    /// For whom it is, and what it costs.
    pub description: String,
    /// The answers.
    pub answers: Values,
}

impl Preset {
    /// An answer in words.
    pub fn answer(&self, name: &str) -> String {
        self.answers.get(name).map_or_else(|| "not set".into(), whole)
    }
}

/// Something wrong with a catalog.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The file of the catalog.
    pub file: String,
    /// What is wrong there.
    pub message: String,
}

impl Fault {
    /// A fault of `file`.
    pub fn new(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self { file: file.into(), message: message.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.message)
    }
}

impl Catalog {
    /// Whether a preset has the database that was found, where one was.
    pub fn fits<'v>(&self, preset: &Preset, found: impl Fn(&str) -> Option<&'v Value>) -> bool {
        let engines = self.questions().filter(|(_, question)| question.is_detected_by(FindingName::DatabaseEngine));
        let mut found = engines.filter_map(|(_, question)| Some((question.name.as_str(), found(&question.name)?)));
        found.all(|(name, value)| preset.answers.get(name) == Some(value))
    }

    /// A file of the catalog, `templates/...` or `presets/...`, as the person finds it.
    pub fn shown(&self, file: &str) -> String {
        let Some(folder) = self.folder.as_deref().map(|folder| folder.trim_end_matches('/')) else {
            return file.into();
        };
        match (file.strip_prefix("templates/"), file.strip_prefix("presets/")) {
            (Some(below), _) => format!("{folder}/{below}"),
            (None, Some(preset)) => format!("{folder}/../presets/{preset}"),
            (None, None) => file.into(),
        }
    }

    /// The component of that name.
    pub fn component(&self, name: &str) -> Option<&Component> {
        self.components.iter().find(|c| c.name == name)
    }

    /// The preset of that name.
    pub fn preset(&self, name: &str) -> Option<&Preset> {
        self.presets.iter().find(|p| p.name == name)
    }

    /// Every question with the component that it belongs to, in the order of asking.
    pub fn questions(&self) -> impl Iterator<Item = (Option<&Component>, &Question)> {
        let project = self.project.questions.iter().map(|q| (None, q));
        project.chain(self.components.iter().flat_map(|c| c.manifest.questions.iter().map(move |q| (Some(c), q))))
    }

    /// The group that a question is in.
    pub fn group(&self, question: &Question) -> Option<&Group> {
        self.project.groups.iter().find(|g| question.group.as_ref() == Some(&g.name))
    }

    /// The question that a finding answers.
    pub fn detected_by(&self, finding: FindingName) -> Option<&Question> {
        self.questions().map(|(_, q)| q).find(|q| q.is_detected_by(finding))
    }

    /// The question of that name.
    pub fn question(&self, name: &str) -> Option<&Question> {
        self.questions().find(|(_, q)| q.name == name).map(|(_, q)| q)
    }
}
