//! What generated files expect of the code that is there, by the answers: routes, a Dockerfile, a stage of it.

use std::path::Path;

use serde_json::Value;

use super::dockerfile;
use super::finding::Note;
use super::free::Disk;
use super::walk::{self, Files, Refusal};
use super::wanted::has_source_end;
use crate::catalog::Catalog;
use crate::catalog::question::{FindingName, Question, Values};
use crate::text::path;

/// Bytes of a Dockerfile.
const LARGEST: u64 = 1024 * 1024;

/// Ends of files beside sources that can bring routes along.
const MANIFESTS: [&str; 7] = [".conf", ".gradle", ".kts", ".properties", ".xml", ".yaml", ".yml"];

/// What the code of services lacks; nothing about one whose code is not there yet.
pub fn notes(catalog: &Catalog, root: &Path, answers: &Values) -> Vec<Note> {
    let Some(question) = catalog.detected_by(FindingName::Services) else { return Vec::new() };
    let disk = Disk::new(root);
    let records = answers.get(&question.name).and_then(Value::as_array).into_iter().flatten();
    records.flat_map(|record| of_service(&Expected { question, record, root, disk: &disk })).collect()
}

struct Expected<'e> {
    question: &'e Question,
    record: &'e Value,
    root: &'e Path,
    disk: &'e Disk,
}

impl Expected<'_> {
    /// The answer of the service to the question that a finding answers, where it has one.
    fn answer(&self, finding: FindingName) -> Option<&str> {
        let field = self.question.fields.iter().find(|field| field.is_detected_by(finding))?;
        self.record.get(&field.name)?.as_str().filter(|text| !text.is_empty())
    }
}

fn of_service(expected: &Expected<'_>) -> Vec<Note> {
    let (Some(name), Some(folder)) =
        (expected.answer(FindingName::ServiceName), expected.answer(FindingName::ServicePath))
    else {
        return Vec::new();
    };
    let mut notes = Vec::new();
    let folder = if folder == path::WHOLE { "" } else { folder };
    let note = |file: &str, message: String| Note { file: file.to_owned(), message };
    if expected.disk.is_empty(folder) {
        return notes;
    }
    if let Some(file) = expected.answer(FindingName::Dockerfile) {
        let has_stage = |text: &str, target: &str| {
            dockerfile::stages(text).iter().any(|stage| stage.name.eq_ignore_ascii_case(target))
        };
        match (walk::read(&expected.root.join(file), LARGEST), expected.answer(FindingName::Target)) {
            (Err(Refusal::Missing), _) => {
                notes.push(note(file, format!("is not there, and the image of `{name}` is built with it")));
            }
            (Ok(text), Some(target)) if !has_stage(&text, target) => {
                notes.push(note(file, format!("has no stage `{target}`, with which the image of `{name}` is built")));
            }
            (Ok(_) | Err(_), _) => {}
        }
    }
    // what serves files has a generated route, and an image from elsewhere its own code
    let routes = [FindingName::LivenessPath, FindingName::ReadinessPath];
    let (Some(_), Some(_)) = (expected.answer(routes[0]), expected.answer(routes[1])) else { return notes };
    if expected.answer(FindingName::Image) == Some("existing") {
        return notes;
    }
    let mut asked: Vec<&str> = routes.into_iter().filter_map(|route| expected.answer(route)).collect();
    asked.dedup();
    let missing = lacking(&expected.root.join(folder), &asked);
    if !missing.is_empty() {
        let named: Vec<String> = missing.iter().map(|route| format!("`{route}`")).collect();
        notes.push(note(
            folder,
            format!(
                "has no route {}, which probes of `{name}` ask; add it, or answer `probe: tcp`",
                named.join(" and ")
            ),
        ));
    }
    notes
}

/// The paths that no file of a folder names.
fn lacking<'r>(folder: &Path, routes: &[&'r str]) -> Vec<&'r str> {
    let wanted = |file: &str| has_source_end(file) || MANIFESTS.iter().any(|end| file.ends_with(end));
    let Ok(files) = Files::matching(folder, wanted) else { return Vec::new() };
    let mut left: Vec<(&str, &str)> = routes.iter().filter_map(|route| Some((*route, telling(route)?))).collect();
    for file in files.paths() {
        if left.is_empty() {
            break;
        }
        if let Some(text) = files.text(file) {
            left.retain(|(_, part)| !text.contains(part));
        }
    }
    left.into_iter().map(|(route, _)| route).collect()
}

/// The part of a path by which it can be found; none of a path that says nothing. Spring makes all below `/actuator`.
fn telling(route: &str) -> Option<&str> {
    let mut parts = route.split('/').filter(|part| !part.is_empty());
    parts.clone().find(|part| *part == "actuator").or_else(|| parts.next_back())
}
