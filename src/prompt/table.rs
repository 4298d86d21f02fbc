//! Records as a table, a row for each, as wide as the terminal; one below the other where that is too narrow.

use serde_json::Value;

use super::one::line_of;
use crate::catalog::question::{KindName, Question, Record, TableColumn};
use crate::terminal::ui::{Style, Ui};
use crate::text::value::{NONE, brief};
use crate::text::{columns, count, cut, wrap};

/// What stands where a record has nothing.
const NOTHING: &str = "-";
/// Between two columns.
const GAP: usize = 2;
/// Columns are cut down to this, where all of them do not fit.
const NARROW: usize = 8;
/// Without `table`, so many fields are shown.
const FIELDS: usize = 6;

/// The records below the titles of their columns, moved in.
pub(super) fn text(ui: &Ui, question: &Question, records: &[Record]) -> String {
    let shown = shown(question, records);
    let titles: Vec<String> = shown.iter().map(|column| ui.visible(&column.title)).collect();
    let rows: Vec<Vec<String>> = records
        .iter()
        .map(|record| shown.iter().map(|column| ui.visible(&cell(question, column, record))).collect())
        .collect();
    let room = ui.width().saturating_sub(1);
    match widths(&titles, &rows, room.saturating_sub(2)).filter(|_| !ui.accessible) {
        Some(widths) => {
            let line = |cells: &[String]| {
                let cells = cells.iter().zip(&widths).map(|(text, width)| {
                    let text = cut(text, *width, ui.unicode);
                    let pad = width.saturating_sub(columns(&text));
                    format!("{text}{:pad$}", "")
                });
                cells.collect::<Vec<_>>().join(&" ".repeat(GAP)).trim_end().to_owned()
            };
            let head = format!("  {}", ui.err.text(Style::Dim, &line(&titles)));
            let rows = rows.iter().map(|cells| format!("  {}", line(cells)));
            [head].into_iter().chain(rows).collect::<Vec<_>>().join("\n")
        }
        None => {
            let blocks = rows.iter().map(|cells| {
                let mut fields = titles.iter().zip(cells);
                let name = fields.next().map(|(_, name)| name.clone()).unwrap_or_default();
                let lines = fields.map(|(title, text)| {
                    let line = wrap(&format!("{title}: {text}"), room.saturating_sub(4), 6);
                    line.lines()
                        .map(|line| cut(line, room.saturating_sub(4), ui.unicode))
                        .collect::<Vec<_>>()
                        .join("\n")
                });
                let lines: String = lines.map(|line| format!("\n    {line}")).collect();
                format!("  {}{lines}", cut(&name, room.saturating_sub(2), ui.unicode))
            });
            blocks.collect::<Vec<_>>().join("\n")
        }
    }
}

/// The columns of the catalog, or the first fields that a record has.
fn shown(question: &Question, records: &[Record]) -> Vec<TableColumn> {
    if !question.table.is_empty() {
        return question.table.clone();
    }
    let has = |field: &&Question| records.iter().any(|record| record.contains_key(&field.name));
    let of = |field: &Question| TableColumn {
        title: field.name.replace('_', " "),
        fields: vec![field.name.clone()],
        words: indexmap::IndexMap::default(),
    };
    question.fields.iter().filter(has).take(FIELDS).map(of).collect()
}

/// What a column says of a record: values, then words for what it has.
fn cell(question: &Question, column: &TableColumn, record: &Record) -> String {
    let values: Vec<String> = column
        .fields
        .iter()
        .filter_map(|field| record.get(field))
        .filter(|value| !is_nothing(value))
        .map(brief)
        .collect();
    let (mut words, mut names): (Vec<(&str, usize)>, Vec<String>) = (Vec::new(), Vec::new());
    for (field, word) in &column.words {
        let Some(value) = record.get(field).filter(|value| !is_nothing(value)) else { continue };
        let own: Vec<String> = match value {
            Value::Array(items) => items.iter().map(line_of).collect(),
            Value::Object(items) => items.keys().cloned().collect(),
            _ => Vec::new(),
        };
        match words.iter_mut().find(|(known, _)| known == word) {
            Some((_, number)) => *number += own.len(),
            None => words.push((word, own.len())),
        }
        names.extend(own);
    }
    let words: Vec<String> = words
        .into_iter()
        .map(|(word, number)| if number == 0 { word.to_owned() } else { count(number, word) })
        .collect();
    let names = if names.is_empty() { String::new() } else { format!("({})", names.join(", ")) };
    let parts = [values.join(" "), words.join(", "), names];
    let text = parts.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(" ");
    let is_yes_or_no = |field: &String| question.field(field).is_some_and(|field| field.kind == KindName::Bool);
    match text.as_str() {
        "" if column.fields.iter().any(is_yes_or_no) => brief(&Value::Bool(false)),
        "" => NOTHING.to_owned(),
        _ => text,
    }
}

fn is_nothing(value: &Value) -> bool {
    *value == Value::Bool(false) || value.as_object().is_some_and(serde_json::Map::is_empty) || brief(value) == NONE
}

/// How wide each column is, so that all fit; nothing where they would be too narrow to be read.
fn widths(titles: &[String], rows: &[Vec<String>], room: usize) -> Option<Vec<usize>> {
    let widest = |at: usize| rows.iter().filter_map(|cells| cells.get(at)).map(|text| columns(text)).max().unwrap_or(0);
    let mut widths: Vec<usize> = titles.iter().enumerate().map(|(at, title)| columns(title).max(widest(at))).collect();
    let least: Vec<usize> =
        titles.iter().zip(&widths).map(|(title, own)| columns(title).max(NARROW.min(*own))).collect();
    let room = room.checked_sub(GAP * titles.len().saturating_sub(1))?;
    while widths.iter().sum::<usize>() > room {
        let can_give = widths.iter_mut().zip(&least).filter(|(width, least)| **width > **least);
        let (width, _) = can_give.max_by_key(|(width, _)| **width)?;
        *width -= 1;
    }
    Some(widths)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::catalog::Catalog;
    use crate::catalog::source;

    fn table(width: usize, unicode: bool) -> String {
        let (catalog, _) = Catalog::parse(source::embedded());
        let question = catalog.question("services").unwrap();
        let records = json!([
            {"name": "backend", "kind": "api", "language": "node", "language_version": "24", "port": 5000, "route": "/api",
             "database": true, "cache": false, "volume": "/data", "variables": {"LOG_LEVEL": "info"},
             "secrets": ["JWT_SECRET"], "optional_secrets": ["STRIPE_API_KEY"]},
            {"name": "frontend", "kind": "web", "language": "static", "port": 8080, "route": "/", "database": false,
             "variables": {}, "secrets": []},
        ]);
        let records: Vec<Record> = records.as_array().unwrap().iter().filter_map(|r| r.as_object().cloned()).collect();
        text(&Ui { unicode, ..Ui::plain(width) }, question, &records)
    }

    #[test]
    fn services_side_by_side() {
        insta::assert_snapshot!(table(80, true), @r"
          Service   Language  Port  Route  Stores           Variables
          backend   node 24   5000  /api   database, files  1 setting, 2 secrets (LOG_…
          frontend  static    8080  /      -                -
        ");
        assert!(table(120, true).contains("  1 setting, 2 secrets (LOG_LEVEL, JWT_SECRET, STRIPE_API_KEY)\n"));
        assert!(table(80, false).is_ascii());
    }

    #[test]
    fn services_one_below_the_other_where_columns_do_not_fit() {
        insta::assert_snapshot!(table(40, false), @r"
          backend
            Language: node 24
            Port: 5000
            Route: /api
            Stores: database, files
            Variables: 1 setting, 2 secrets
              (LOG_LEVEL, JWT_SECRET,
              STRIPE_API_KEY)
          frontend
            Language: static
            Port: 8080
            Route: /
            Stores: -
            Variables: -
        ");
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for width in 20..130 {
            let text = table(width, false);
            assert!(text.lines().all(|line| columns(line) < width), "{width}:\n{text}");
        }
    }
}
