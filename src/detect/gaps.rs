//! What the code of services lacks before the generated files can start it, by the answers: each gap with its evidence and the
//! smallest change.

use std::path::{Path, PathBuf};

use anyhow::Result;
use serde::Serialize;
use serde_json::Value;

use super::answers::made;
use super::finding::{Location, Note};
use super::service::Service;
use super::walk::Files;
use super::wanted::{has_source_end, is_wanted};
use super::{Detected, Unknown, detect_in};
use crate::answers::check::Check;
use crate::catalog::Catalog;
use crate::catalog::question::{FindingName, Question, Record, Values};
use crate::template::engine;
use crate::template::expression::Scope;
use crate::template::provided;
use crate::text::{path, shell_word};
use advice::ADVICE;
use code::{Code, Sources};

mod addresses;
mod advice;
mod code;
mod images;
mod install;
mod listen;
mod routes;
mod stores;
mod variables;

/// Ends of files beside the sources of known languages that can name a route or a variable.
const MORE: [&str; 19] = [
    ".astro",
    ".conf",
    ".cs",
    ".cts",
    ".ex",
    ".exs",
    ".fs",
    ".gleam",
    ".gradle",
    ".kts",
    ".mts",
    ".prisma",
    ".properties",
    ".svelte",
    ".vb",
    ".vue",
    ".xml",
    ".yaml",
    ".yml",
];

/// Something that the code of a service lacks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Gap {
    /// The name of the service.
    pub service: String,
    pub kind: GapKind,
    /// The evidence. Where a whole file is missing, its place.
    pub found_in: Location,
    /// What is missing, as a clause about the service.
    pub message: String,
    /// The smallest change, in sentences.
    pub change: String,
    /// Commands that are part of it, or take its place where it says so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<String>,
    /// Lines to write, in the language of the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// What is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GapKind {
    /// A store is asked at an address of the laptop.
    Address,
    /// The Dockerfile that the answers name.
    Dockerfile,
    /// It listens where no other pod reaches it, or at another port.
    Listen,
    /// A list of the exact versions of its packages.
    Lock,
    /// Browsers may call it from a laptop only.
    Origin,
    /// A route for probes.
    Route,
    /// The stage of the Dockerfile that the answers name.
    Stage,
    /// What its start command needs.
    Start,
    /// A store that is made, and no service uses.
    Store,
    /// A variable that no answer gives, or one that is given and not read.
    Variable,
}

/// The gaps of all services.
#[derive(Debug, Default)]
pub struct Gaps {
    pub found: Vec<Gap>,
    /// The files and folders that tell, absolute or below the folder: as long as they are the same, so are the gaps.
    pub looked_at: Vec<PathBuf>,
    /// What was not read, so that what seems to be missing is not told.
    pub cut: Vec<Note>,
}

/// Compares code with answers, which `command` changes with `--set`. Files that were generated are no code. Nothing is said about a service whose code is not there.
///
/// # Errors
/// As [`detect`](super::detect).
pub fn gaps(
    catalog: &Catalog,
    root: &Path,
    answers: &Values,
    command: &str,
    is_generated: &(dyn Fn(&str) -> bool + Sync),
) -> Result<Gaps> {
    let Some(question) = catalog.detected_by(FindingName::Services) else { return Ok(Gaps::default()) };
    let records: Vec<&Value> = answers.get(&question.name).and_then(Value::as_array).into_iter().flatten().collect();
    if records.is_empty() || !root.is_dir() {
        return Ok(Gaps::default());
    }
    let files = Files::matching(root, |path| (is_wanted(path) || can_tell(path)) && !is_generated(path))?;
    let (detected, _) = detect_in(catalog, &files.only(is_wanted), answers)?;
    let sources = Sources::read(&files);
    let cut = "has more code than is read: whether it lacks a route or a variable is not told";
    let is_cut = files.is_cut();
    let mut all = Gaps {
        found: Vec::new(),
        looked_at: files.folders().iter().cloned().chain(files.paths().map(PathBuf::from)).collect(),
        cut: is_cut.then(|| Note { file: String::new(), message: cut.to_owned() }).into_iter().collect(),
    };
    let env = engine::environment(catalog)?;
    let scope = Scope::new(&env, answers);
    let provided = provided::known(catalog, &scope);
    let stores = made(catalog, &scope);
    let list: Vec<Record> = records.iter().filter_map(|record| record.as_object().cloned()).collect();
    // answers of detection alone have gaps of their own
    let rules = Check::new(scope.with(&provided), question).among(&list).undecided(true);
    for record in &records {
        let subject = Subject {
            command,
            question,
            record,
            detected: &detected,
            files: &files,
            records: &records,
            given: given(&rules, question, record)?,
        };
        let (Some(name), Some(folder)) = (subject.answer(FindingName::ServiceName), subject.folder()) else { continue };
        let code = Code::of(&subject, &sources, folder);
        let mut found = images::gaps(&subject);
        all.looked_at.extend(subject.answer(FindingName::Dockerfile).map(PathBuf::from));
        let unread = sources.unread_in(folder).filter(|_| !is_cut);
        let message = format!("cannot be read: whether `{name}` lacks a route or a variable is not told");
        all.cut.extend(unread.map(|file| Note { file: file.to_owned(), message }));
        if !code.own.is_empty() {
            found.extend(install::lock(&subject));
            found.extend(listen::gaps(&subject, &code));
            found.extend(addresses::gaps(&subject, &code));
            found.extend(stores.iter().filter_map(|store| stores::unused(&subject, store)));
            if !is_cut && unread.is_none() {
                found.extend(install::start(&subject, &code));
                found.extend(routes::gaps(&subject, &code));
                found.extend(variables::gaps(&subject, &code));
            }
        }
        all.found.extend(found.into_iter().map(|draft| draft.of(name)));
    }
    Ok(all)
}

/// Those of the variables that a source in the folder names; the others are of compose files and tools.
///
/// # Errors
/// When the folder cannot be listed.
pub fn named(root: &Path, unknown: Vec<Unknown>) -> Result<Vec<Unknown>> {
    if unknown.is_empty() {
        return Ok(unknown);
    }
    let sources = Sources::read(&Files::matching(root, can_tell)?);
    Ok(unknown.into_iter().filter(|one| sources.names(&one.variable.value.name)).collect())
}

/// The variables that a service gets from each slot without being asked for them.
fn given(rules: &Check<'_>, question: &Question, record: &Value) -> Result<Vec<(String, Vec<String>)>> {
    let field = question.fields.iter().find(|field| field.is_detected_by(FindingName::Variables));
    let (Some(field), Some(record)) = (field, record.as_object()) else { return Ok(Vec::new()) };
    rules.within(record, field).set_by()
}

/// A folder as paths begin with it: empty for the whole.
fn below_top(folder: &str) -> &str {
    if folder == path::WHOLE { "" } else { folder }
}

fn can_tell(file: &str) -> bool {
    has_source_end(file)
        || MORE.iter().any(|end| file.ends_with(end))
        || ADVICE.locks.values().any(|one| one.lock == path::name(file))
}

/// A gap without the name of its service.
struct Draft {
    kind: GapKind,
    found_in: Location,
    message: String,
    change: String,
    commands: Vec<String>,
    code: Option<String>,
}

impl Draft {
    fn new(kind: GapKind, found_in: Location, message: impl Into<String>, change: impl Into<String>) -> Self {
        Self { kind, found_in, message: message.into(), change: change.into(), commands: Vec::new(), code: None }
    }

    fn with(mut self, commands: impl IntoIterator<Item = String>) -> Self {
        self.commands.extend(commands);
        self
    }

    fn of(self, service: &str) -> Gap {
        let Self { kind, found_in, message, change, commands, code } = self;
        Gap { service: service.to_owned(), kind, found_in, message, change, commands, code }
    }
}

/// A service of the answers, and what was found.
struct Subject<'s> {
    command: &'s str,
    question: &'s Question,
    record: &'s Value,
    detected: &'s Detected,
    files: &'s Files,
    records: &'s [&'s Value],
    /// By slot, the variables that it gets without being asked for them.
    given: Vec<(String, Vec<String>)>,
}

impl<'s> Subject<'s> {
    fn field(&self, finding: FindingName) -> Option<&'s Question> {
        self.question.fields.iter().find(|field| field.is_detected_by(finding))
    }

    /// The answer to the question about a service that a finding answers, where it has one.
    fn value(&self, finding: FindingName) -> Option<&'s Value> {
        self.record.get(&self.field(finding)?.name)
    }

    /// The same as a text that is not empty.
    fn answer(&self, finding: FindingName) -> Option<&'s str> {
        self.value(finding)?.as_str().filter(|text| !text.is_empty())
    }

    /// The folder of its code, empty for the whole. A service that runs the image of another one has none of its own.
    fn folder(&self) -> Option<&'s str> {
        self.answer(FindingName::ServicePath).map(below_top)
    }

    /// What was found in its folder.
    fn service(&self) -> Option<&'s Service> {
        let folder = self.folder()?;
        self.detected.services.iter().find(|service| service.path == folder && service.shares.is_none())
    }

    /// The command that gives it another answer.
    fn set(&self, finding: FindingName, value: &str) -> String {
        let field = self.field(finding).map_or("", |field| field.name.as_str());
        self.set_field(field, value)
    }

    fn set_field(&self, field: &str, value: &str) -> String {
        self.set_fields([(field.to_owned(), value.to_owned())])
    }

    /// The command that gives it several answers at once.
    fn set_fields(&self, fields: impl IntoIterator<Item = (String, String)>) -> String {
        let name = self.answer(FindingName::ServiceName).unwrap_or_default();
        let set = |(field, value)| shell_word(&format!("{}.{name}.{field}={value}", self.question.name));
        let sets = fields.into_iter().map(set).map(|set| format!(" --set {set}"));
        sets.fold(self.command.to_owned(), |command, set| command + &set)
    }

    /// The folder of its code, where nothing tells more.
    fn place(&self) -> Location {
        Location::new(self.folder().filter(|folder| !folder.is_empty()).unwrap_or(path::WHOLE), None)
    }

    fn uses(&self, framework: &str) -> bool {
        self.service().is_some_and(|service| service.frameworks.iter().any(|one| one.value == framework))
    }
}
