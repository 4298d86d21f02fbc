//! What the program says, as Markdown.

use std::fmt::Write as _;

use scaffold::show::compare::{ComparedAspect, Comparison};
use scaffold::show::explanation::{Explanation, FactLine, Sort};

/// Text in which only code spans mean something.
pub fn prose(text: &str) -> String {
    let escape = |text: &str| {
        let special = |out: String, c: char| out.replace(c, &format!("\\{c}"));
        ['*', '_', '['].into_iter().fold(text.replace('<', "&lt;"), special)
    };
    if text.matches('`').count() % 2 == 1 {
        return escape(text);
    }
    let parts = text.split('`').enumerate();
    parts.map(|(i, part)| if i % 2 == 0 { escape(part) } else { format!("`{part}`") }).collect()
}

/// The anchor of a thing on its page.
pub fn anchor(sort: Sort, name: &str) -> String {
    match sort {
        Sort::File => name.replace(|c: char| !c.is_ascii_alphanumeric(), "-"),
        // as mdBook makes ids of headings
        _ => name.to_lowercase().replace('/', ""),
    }
}

/// A line with a link for each name.
pub fn line(line: &FactLine) -> String {
    let page = |sort| match sort {
        Sort::Question => "questions",
        Sort::Component => "components",
        Sort::Need => "readiness",
        Sort::File => "files",
        Sort::Slot => "slots",
    };
    let mut shown = line.clone();
    (shown.before, shown.after) = (prose(&line.before), prose(&line.after));
    shown.with_names(|sort, name| format!("[`{name}`]({}.md#{})", page(sort), anchor(sort, name)))
}

/// An entry below its heading, which has said the headline.
pub fn entry(entry: &Explanation) -> String {
    let mut out = String::new();
    if !entry.why.is_empty() {
        let _ = writeln!(out, "\n{}", prose(&entry.why));
    }
    for section in &entry.sections {
        let lines: Vec<String> = section.lines.iter().map(line).collect();
        let _ = writeln!(out, "\n{}", lines.join(" "));
        if !section.items.is_empty() {
            out.push('\n');
        }
        for item in &section.items {
            let _ = writeln!(out, "- {}", line(item));
        }
    }
    out
}

/// A comparison as a table. What would fill every column with the same list is a list below it.
pub fn table(comparison: &Comparison) -> String {
    let cell = |text: &str| prose(text).replace('|', "\\|");
    let names: Vec<String> = comparison.sides.iter().map(|side| format!("`{}`", side.name)).collect();
    let titles: Vec<String> = comparison.sides.iter().map(|side| cell(&side.title)).collect();
    let mut out = format!("| | {} |\n|{}\n", names.join(" | "), " --- |".repeat(names.len() + 1));
    let _ = writeln!(out, "| | {} |", titles.join(" | "));
    let is_list = |row: &&ComparedAspect| row.is_common() && row.cells[0].len() > 5;
    for ComparedAspect { title, cells, .. } in comparison.rows.iter().filter(|row| !is_list(row)) {
        let cells = cells.iter().map(|points| points.iter().map(|p| cell(p)).collect::<Vec<_>>().join("<br>"));
        let _ = writeln!(out, "| **{title}** | {} |", cells.collect::<Vec<_>>().join(" | "));
    }
    for row in comparison.rows.iter().filter(is_list) {
        let points = row.cells[0].iter().map(|point| format!("- {}\n", prose(point))).collect::<String>();
        let _ = write!(out, "\n{}, for all:\n\n{points}", row.title);
    }
    format!("{out}\n{}\n", prose(&comparison.note))
}
