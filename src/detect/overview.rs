//! What was found, in a few lines: what a person sees before the first question.

use super::Detected;
use super::finding::Note;
use super::gaps::Gap;
use super::report::word;
use super::service::Service;
use crate::terminal::ui::{Paint, Style, Ui};
use crate::text::value::{brief, whole};
use crate::text::{columns, count, wrap};

/// On fewer columns a finding stands below its name.
const NARROW: usize = 60;

/// More notes than this are counted before the questions.
const NOTES: usize = 3;

/// More notes than this are counted at the end.
const LEFT: usize = 10;

/// The findings that become answers, and what else will meet the generated files; nothing where nothing was found. Of the
/// services, which are the answer of the name `services`, only their names where a `table` of them comes next.
pub fn text(ui: &Ui, found: &Detected, services: &str, table: bool) -> Option<String> {
    let mut rows: Vec<(String, String, String)> = match table {
        true => {
            let names = found.answers.get(services).map(|found| brief(&found.value)).unwrap_or_default();
            vec![(services.to_owned(), names, String::new())]
        }
        false => found.services.iter().map(row).collect(),
    };
    for (name, answer) in found.answers.iter().filter(|(name, _)| *name != services) {
        rows.push((name.clone(), whole(&answer.value), answer.evidence()));
    }
    if rows.is_empty() && found.beside.is_empty() {
        return None;
    }
    let width = rows.iter().map(|(name, ..)| columns(name)).max().unwrap_or(0);
    let mut out = format!("{}\n", ui.err.text(Style::Bold, "Found in this folder:"));
    for (name, what, place) in rows {
        let place = if place.is_empty() { String::new() } else { format!(" ({place})") };
        let name = ui.visible(&name);
        // beside a long name there is no room for the path of a file
        let (front, indent) = match ui.width() < NARROW {
            true => (format!("  {name}\n    "), 4),
            false => (format!("  {name:width$}  "), width + 4),
        };
        let text = wrap(&ui.visible(&format!("{what}{place}")), ui.width().saturating_sub(indent + 1), indent);
        out.push_str(&format!("{front}{text}\n"));
    }
    if !found.beside.is_empty() {
        out.push_str(&line(ui, "Stays as it is, beside what is generated:"));
        found
            .beside
            .iter()
            .for_each(|one| out.push_str(&line(ui, &format!("  {} ({}): {}", one.what, one.places(), one.meaning))));
    }
    out.push_str(&notes(ui, &found.notes, NOTES));
    Some(out)
}

/// What the folder has otherwise than the generated files expect it, once those are there; nothing where all fits.
pub fn left(ui: &Ui, found: &[Note]) -> Option<String> {
    let head = line(ui, "Not as the generated files expect it, and to be brought together with them:");
    (!found.is_empty()).then(|| format!("{head}{}", notes(ui, found, LEFT).trim_end()))
}

/// What the code of services lacks, where it lacks something.
pub fn lacking(ui: &Ui, found: &[Gap]) -> Option<String> {
    let head = ui.err.text(Style::Bold, "What the code still lacks:");
    (!found.is_empty()).then(|| format!("{head}\n{}", gaps(ui, ui.err, found, LEFT).trim_end()))
}

/// Each gap with its change, up to so many.
pub fn gaps(ui: &Ui, paint: Paint, found: &[Gap], most: usize) -> String {
    let mut out = String::new();
    for gap in found.iter().take(most) {
        out.push_str(&line(ui, &format!("  {} {} ({})", gap.service, gap.message, gap.found_in)));
        out.push_str(&line(ui, &format!("    {}", gap.change)));
        // not wrapped: both are copied
        for command in &gap.commands {
            out.push_str(&format!("      {}\n", ui.visible(command)));
        }
        for code in gap.code.iter().flat_map(|code| code.lines()) {
            out.push_str(&format!("      {}\n", paint.text(Style::Dim, &ui.visible(code))));
        }
    }
    if found.len() > most {
        let more = count(found.len() - most, "more gap");
        out.push_str(&line(ui, &format!("  {more}: `scaffold status` prints them.")));
    }
    out
}

fn notes(ui: &Ui, notes: &[Note], most: usize) -> String {
    let mut out: String = notes.iter().take(most).map(|note| line(ui, &format!("  {note}"))).collect();
    if notes.len() > most {
        let more = count(notes.len() - most, "more note");
        out.push_str(&line(ui, &format!("  {more}: `scaffold detect` prints them.")));
    }
    out
}

fn line(ui: &Ui, text: &str) -> String {
    ui.wrapped_line(&ui.visible(text)) + "\n"
}

/// A service: its name, what is known about it in words, its file.
fn row(service: &Service) -> (String, String, String) {
    let mut what: Vec<String> = Vec::new();
    what.extend(service.kind.as_ref().map(|kind| word(&kind.value)));
    what.extend(service.language.as_ref().map(|language| match &service.version {
        Some(version) => format!("{} {}", word(&language.value), version.value),
        None => word(&language.value),
    }));
    what.extend(service.frameworks.iter().map(|framework| framework.value.to_owned()));
    what.extend(service.port.as_ref().map(|port| format!("port {}", port.value)));
    for system in service.clients.iter().filter_map(|client| client.value.system) {
        if !what.iter().any(|known| known == system) {
            what.push(system.to_owned());
        }
    }
    what.extend(service.volume.as_ref().map(|volume| format!("files in {}", volume.value)));
    let name = service.name.as_ref().map_or_else(|| "service".into(), |name| name.value.clone());
    let place = service.manifest.as_ref().or(service.containers.first()).map(|place| place.file.clone());
    (name, what.join(", "), place.unwrap_or_default())
}
