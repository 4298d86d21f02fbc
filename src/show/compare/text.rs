//! A comparison on the terminal: side by side where there is room, else one below the other.

use std::fmt::Write as _;

use super::{ComparedAspect, Comparison};
use crate::terminal::ui::{Paint, Style, Ui};
use crate::text::{columns, wrap};

/// Fewer columns for each side are hard to read.
const NARROW: usize = 32;
/// Between two sides.
const GAP: usize = 3;

/// The comparison for a terminal of this width; a screen reader is told one side after the other. `paint` is that of the stream it goes to.
pub fn text(ui: &Ui, paint: Paint, comparison: &Comparison) -> String {
    let sides = comparison.sides.len().max(1);
    let column = (ui.width().saturating_sub(1 + GAP * (sides - 1))) / sides;
    let page = Page { ui, paint, column: (column >= NARROW && !ui.accessible).then_some(column) };
    let mut out = page.heading(&comparison.title);
    let names: Vec<String> = comparison.sides.iter().map(|side| side.name.clone()).collect();
    match page.column {
        Some(column) => {
            let name = |name: &String| vec![(Some(Style::Place), ui.visible(name))];
            out.push('\n');
            out += &page.beside(names.iter().map(name).collect(), column);
            let title = |title: &str| page.lines(&[title.to_string()], column, false);
            out += &page.beside(comparison.sides.iter().map(|side| title(&side.title)).collect(), column);
        }
        None => {
            for side in &comparison.sides {
                let _ = write!(
                    out,
                    "\n{}\n{}",
                    page.name(&side.name),
                    page.below(std::slice::from_ref(&side.title), false)
                );
            }
        }
    }
    for row in &comparison.rows {
        out.push('\n');
        out += &page.row(row, &names);
    }
    let _ = writeln!(out, "\n{}", wrap(&ui.visible(&comparison.note), ui.width().saturating_sub(1), 0));
    out
}

struct Page<'u> {
    ui: &'u Ui,
    paint: Paint,
    /// The columns of each side, if they have room beside each other.
    column: Option<usize>,
}

/// A line before it is painted, since colours have no columns.
type StyledLine = (Option<Style>, String);

impl Page<'_> {
    fn heading(&self, title: &str) -> String {
        let title = wrap(&self.ui.visible(title), self.ui.width().saturating_sub(1), 0);
        title.lines().map(|line| self.paint.text(Style::Bold, line) + "\n").collect()
    }

    fn name(&self, name: &str) -> String {
        self.paint.text(Style::Place, &self.ui.visible(name))
    }

    fn row(&self, row: &ComparedAspect, names: &[String]) -> String {
        if row.is_common() {
            let points = row.cells.first().map(Vec::as_slice).unwrap_or_default();
            return self.heading(&format!("{}, for all", row.title)) + &self.below(points, true);
        }
        let mut out = self.heading(row.title);
        match self.column {
            Some(column) => {
                let cells = row.cells.iter().map(|points| self.lines(points, column, true)).collect();
                out += &self.beside(cells, column);
            }
            None => {
                for (name, points) in names.iter().zip(&row.cells) {
                    let _ = write!(out, "{}\n{}", self.name(name), self.below(points, true));
                }
            }
        }
        out
    }

    /// Points broken into lines.
    fn lines(&self, points: &[String], width: usize, marked: bool) -> Vec<StyledLine> {
        let mut out = Vec::new();
        for point in points {
            let text = format!("{}{}", if marked { "- " } else { "" }, self.ui.visible(point));
            let text = wrap(&text, width, if marked { 2 } else { 0 });
            out.extend(text.lines().flat_map(|line| pieces(line, width)).map(|line| (None, line)));
        }
        out
    }

    /// Points over the whole width, moved in.
    fn below(&self, points: &[String], marked: bool) -> String {
        let lines = self.lines(points, self.ui.width().saturating_sub(3), marked);
        lines.into_iter().map(|(_, line)| format!("  {line}\n")).collect()
    }

    fn beside(&self, mut cells: Vec<Vec<StyledLine>>, width: usize) -> String {
        let height = cells.iter().map(Vec::len).max().unwrap_or(0);
        let mut out = String::new();
        for at in 0..height {
            let mut line = String::new();
            // what is missing after the cell before
            let mut missing = 0;
            for cell in &mut cells {
                let (style, text) = cell.get_mut(at).map(std::mem::take).unwrap_or_default();
                if !text.is_empty() {
                    let _ = write!(line, "{:missing$}", "");
                    missing = 0;
                    line += &style.map_or_else(|| text.clone(), |style| self.paint.text(style, &text));
                }
                missing += (width + GAP).saturating_sub(columns(&text)).max(1);
            }
            out += &line;
            out.push('\n');
        }
        out
    }
}

/// A line whose one word is wider than its column, in pieces.
fn pieces(line: &str, width: usize) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut used = 0;
    for c in line.chars() {
        let wide = columns(c.encode_utf8(&mut [0; 4]));
        if used + wide > width {
            out.push("  ".into());
            used = 2;
        }
        used += wide;
        if let Some(last) = out.last_mut() {
            last.push(c);
        }
    }
    out
}
