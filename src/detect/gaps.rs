//! What the code of services lacks before the generated files can start it, by the answers: each gap with its evidence and the
//! smallest change.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;
use serde::Serialize;
use serde_json::Value;

use super::compose::is_compose;
use super::finding::Location;
use super::service::Service;
use super::tokens::{Comments, Token, tokens};
use super::walk::Files;
use super::wanted::{has_source_end, in_tests, is_env_file, is_wanted, is_workflow};
use super::{Detected, Unknown, detect_in};
use crate::catalog::Catalog;
use crate::catalog::question::{FindingName, Question, Values};
use crate::text::path;
use advice::ADVICE;

mod addresses;
mod advice;
mod images;
mod install;
mod listen;
mod routes;
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
    /// A variable that no answer gives, or one that is given and not read.
    Variable,
}

/// The gaps of all services.
#[derive(Debug, Default)]
pub struct Gaps {
    pub found: Vec<Gap>,
    /// The files and folders that tell, absolute or below the folder: as long as they are the same, so are the gaps.
    pub looked_at: Vec<PathBuf>,
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
    let looked_at = Files::matching(root, |path| is_wanted(path) && !is_generated(path))?;
    let detected = detect_in(catalog, &looked_at, answers)?;
    let files = Files::matching(root, |path| (is_wanted(path) || can_tell(path)) && !is_generated(path))?;
    let mut all = Gaps {
        found: Vec::new(),
        looked_at: files.folders().iter().cloned().chain(files.paths().map(PathBuf::from)).collect(),
    };
    for record in &records {
        let subject = Subject {
            command,
            catalog,
            question,
            record,
            answers,
            detected: &detected,
            files: &files,
            records: &records,
        };
        let (Some(name), Some(folder)) = (subject.answer(FindingName::ServiceName), subject.folder()) else { continue };
        let code = Code::of(&subject, folder);
        let mut found = images::gaps(&subject);
        if !code.own.is_empty() {
            found.extend(install::gaps(&subject, &code));
            found.extend(listen::gaps(&subject, &code));
            found.extend(routes::gaps(&subject, &code));
            found.extend(addresses::gaps(&subject, &code));
            found.extend(variables::gaps(&subject, &code)?);
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
    let files = Files::matching(root, can_tell)?;
    let code = Code { files: &files, own: files.paths().collect(), shared: Vec::new() };
    Ok(unknown.into_iter().filter(|one| code.names(&one.variable.value.name)).collect())
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
    code: Option<String>,
}

impl Draft {
    fn new(kind: GapKind, found_in: Location, message: impl Into<String>, change: impl Into<String>) -> Self {
        Self { kind, found_in, message: message.into(), change: change.into(), code: None }
    }

    fn of(self, service: &str) -> Gap {
        let Self { kind, found_in, message, change, code } = self;
        Gap { service: service.to_owned(), kind, found_in, message, change, code }
    }
}

/// A service of the answers, and what was found.
struct Subject<'s> {
    command: &'s str,
    catalog: &'s Catalog,
    question: &'s Question,
    record: &'s Value,
    answers: &'s Values,
    detected: &'s Detected,
    files: &'s Files,
    records: &'s [&'s Value],
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
        let folder = self.answer(FindingName::ServicePath)?;
        Some(if folder == path::WHOLE { "" } else { folder })
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
        let name = self.answer(FindingName::ServiceName).unwrap_or_default();
        let set = format!("{}.{name}.{field}={value}", self.question.name);
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-=/:,@".contains(c);
        let quoted = if set.chars().all(is_plain) { set } else { format!("'{set}'") };
        format!("`{} --set {quoted}`", self.command)
    }

    fn is_generated_image(&self) -> bool {
        self.answer(FindingName::Image) == Some("generated")
    }
}

/// The code of one service.
struct Code<'c> {
    files: &'c Files,
    /// The files in its folder that belong to no other service.
    own: Vec<&'c str>,
    /// Files of no service, such as packages that several share, and those of a service around it.
    shared: Vec<&'c str>,
}

impl<'c> Code<'c> {
    fn of(subject: &Subject<'c>, folder: &str) -> Self {
        let path = subject.field(FindingName::ServicePath).map_or("", |field| field.name.as_str());
        let others: Vec<&str> = subject
            .records
            .iter()
            .filter_map(|record| record[path].as_str())
            .map(|other| if other == path::WHOLE { "" } else { other })
            .collect();
        let mut by_owner: BTreeMap<Option<&str>, Vec<&'c str>> = BTreeMap::new();
        for file in subject.files.paths() {
            let owner = others.iter().copied().filter(|other| is_below(file, other)).max_by_key(|other| other.len());
            by_owner.entry(owner).or_default().push(file);
        }
        let own = by_owner.remove(&Some(folder)).unwrap_or_default();
        by_owner.retain(|owner, _| owner.is_none_or(|owner| is_below(folder, owner)));
        Self { files: subject.files, own, shared: by_owner.into_values().flatten().collect() }
    }

    /// Whether a file of the service, or one that it may use, has a text.
    fn has(&self, is_it: impl Fn(&str) -> bool) -> bool {
        self.own.iter().chain(&self.shared).any(|file| self.files.text(file).is_some_and(|text| is_it(&text)))
    }

    /// Whether a source or a setting names a variable, also without its first word, which a library can add. Samples and compose files do
    /// not count; where there is no source at all, nothing can be said.
    fn names(&self, name: &str) -> bool {
        let is_source =
            |file: &&&str| can_tell(file) && !is_env_file(file) && !is_compose(path::name(file)) && !is_workflow(file);
        let mut sources = self.own.iter().chain(&self.shared).filter(is_source).peekable();
        let (whole, rest) = (plain(name), plain(name.split_once('_').map_or(name, |(_, rest)| rest)));
        let is_named = |text: &str| {
            let text = plain(text);
            text.contains(&whole) || rest.len() > 4 && text.contains(&rest)
        };
        sources.peek().is_none() || sources.any(|file| self.files.text(file).is_some_and(|text| is_named(&text)))
    }

    /// Calls for each source of its own that is no test.
    fn each_text(&self, mut found: impl FnMut(&'c str, &str)) {
        for file in self.own.iter().copied().filter(|file| is_program(file)) {
            if let Some(text) = self.files.text(file) {
                found(file, &text);
            }
        }
    }

    /// The same with its tokens.
    fn each_source(&self, mut found: impl FnMut(&'c str, &[Token<'_>])) {
        self.each_text(|file, text| {
            let hash = [".py", ".rb", ".ex", ".exs"].iter().any(|end| file.ends_with(end));
            found(file, &tokens(text, if hash { Comments::Hash } else { Comments::Slashes }));
        });
    }
}

/// A name as letters and digits, whatever a language writes between words.
fn plain(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn is_below(file: &str, folder: &str) -> bool {
    folder.is_empty() || file.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// Whether a file is a source of the program itself, and neither a test nor a tool.
fn is_program(file: &str) -> bool {
    const TOOLS: [&str; 9] =
        ["bench", "benches", "docs", "fixtures", "migrations", "mocks", "scripts", "seeders", "seeds"];
    let is_source =
        has_source_end(file) || [".cs", ".cts", ".mts", ".ex", ".exs"].iter().any(|end| file.ends_with(end));
    let stem = path::name(file).rsplit_once('.').map_or("", |(stem, _)| stem).to_ascii_lowercase();
    let is_of_tests =
        |word: &str| matches!(word, "config" | "dev" | "local" | "mock" | "seed" | "spec" | "test" | "tests");
    // `vite.config.ts` is one of a tool, `config/index.js` is not
    let is_tool = stem.split(['.', '_', '-']).skip(1).any(is_of_tests) || stem.starts_with("test_");
    let in_java_tests = file.contains("src/test/");
    is_source
        && !in_tests(file)
        && !in_java_tests
        && !is_tool
        && !path::parent(file).split('/').any(|one| TOOLS.contains(&one))
}

/// Whether an address is that of the machine of a developer.
fn is_local(host: &str) -> bool {
    let host = host.rsplit('@').next().unwrap_or_default();
    let end = host.find(['/', '?', ',']).unwrap_or(host.len());
    let host = host.get(..end).unwrap_or_default();
    let name = host
        .strip_prefix('[')
        .and_then(|rest| rest.split(']').next())
        .unwrap_or_else(|| host.split(':').next().unwrap_or_default());
    matches!(name, "localhost" | "127.0.0.1" | "::1")
}
