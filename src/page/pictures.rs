//! The flowcharts of the generated documents: each is drawn from the very text that the document shows.

use serde::Serialize;

use super::drawing::svg;
use super::flowchart::parse;
use crate::render::Rendered;
use crate::text::visible;

/// A diagram for the page.
#[derive(Debug, Serialize)]
pub struct Picture {
    /// The heading that it stands under.
    pub title: String,
    /// The drawing; its texts are escaped.
    pub svg: String,
}

/// All diagrams of all generated documents that can be drawn.
pub fn all(rendered: &Rendered) -> Vec<Picture> {
    let documents = rendered.tree.files.iter().filter(|(path, _)| path.ends_with(".md"));
    let charts = documents.filter_map(|(_, file)| file.text()).flat_map(charts);
    let drawn = charts.filter_map(|(title, source)| Some((visible(&title, true).into_owned(), parse(&source)?)));
    drawn.enumerate().map(|(at, (title, chart))| Picture { svg: svg(chart, &title, at), title }).collect()
}

/// The text of each diagram of a document, and its heading.
fn charts(document: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut title = "";
    let mut lines = document.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("```mermaid") {
            let source: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
            found.push((title.to_owned(), source.join("\n")));
        } else if line.starts_with("```") {
            lines.by_ref().find(|line| line.starts_with("```"));
        } else if line.starts_with('#') {
            title = line.trim_start_matches('#').trim();
        }
    }
    found
}
