//! The documents as a reader of Markdown sees them.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use crate::support::{read_tree, root};

/// A document, or a page of the book with all that it includes.
#[derive(Default)]
pub struct Document {
    /// Relative to the root of the project.
    pub path: PathBuf,
    /// Where links lead to.
    pub links: Vec<String>,
    /// What links can lead to.
    pub anchors: Vec<String>,
    /// The fenced blocks: language, text, and whether it stands after `<!-- run -->`.
    pub blocks: Vec<(String, String, bool)>,
    /// What stands between back quotes.
    pub code: Vec<String>,
}

/// The pages of the book, as its summary lists them, and the documents beside it.
pub fn all() -> Vec<Document> {
    ["README.md", "CONTRIBUTING.md"]
        .into_iter()
        .map(String::from)
        .chain(pages())
        .map(|path| read(path.into()))
        .collect()
}

/// The paths of the pages of the book.
pub fn pages() -> Vec<String> {
    let summary = read("docs/src/SUMMARY.md".into());
    summary.links.iter().map(|page| format!("docs/src/{page}")).collect()
}

/// Markdown of the book that is no page: it has to be included by one.
pub fn fragments() -> Vec<String> {
    let files = read_tree(&root().join("docs/src")).into_keys().map(|path| format!("docs/src/{path}"));
    let pages = pages();
    files.filter(|f| f.ends_with(".md") && !f.ends_with("SUMMARY.md") && !pages.contains(f)).collect()
}

/// A text with what it includes in its place, as mdBook does it.
pub fn text(path: &Path) -> String {
    let text = fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some((before, include)) = rest.split_once("{{#include ") {
        let (what, after) = include.split_once("}}").unwrap();
        let (file, anchor) = what.split_once(':').map_or((what, None), |(file, anchor)| (file, Some(anchor)));
        let mut inside = self::text(&path.parent().unwrap().join(file));
        if let Some(anchor) = anchor {
            let start = inside.split_once(&format!("<!-- ANCHOR: {anchor} -->\n")).unwrap().1;
            inside = start.split_once(&format!("<!-- ANCHOR_END: {anchor} -->")).unwrap().0.into();
        }
        out += before;
        out += &inside;
        rest = after;
    }
    out + rest
}

fn read(path: PathBuf) -> Document {
    let text = text(&path);
    let mut document = Document { path, ..Document::default() };
    let mut seen: HashMap<String, usize> = HashMap::new();
    let (mut heading, mut block, mut run) = (None::<String>, None::<(String, String)>, false);
    for event in Parser::new_ext(&text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => {
                let id = slug(&heading.take().unwrap());
                let count = seen.entry(id.clone()).or_default();
                document.anchors.push(if *count == 0 { id } else { format!("{id}-{count}") });
                *count += 1;
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                document.links.push(dest_url.into_string());
            }
            Event::Start(Tag::CodeBlock(kind)) => {
                let language = if let CodeBlockKind::Fenced(name) = kind { name.into_string() } else { String::new() };
                block = Some((language, String::new()));
            }
            Event::End(TagEnd::CodeBlock) => {
                let (language, text) = block.take().unwrap();
                document.blocks.push((language, text, std::mem::take(&mut run)));
            }
            Event::Text(text) | Event::Code(text) if heading.is_some() => heading.as_mut().unwrap().push_str(&text),
            Event::Text(text) => {
                if let Some((_, block)) = &mut block {
                    block.push_str(&text);
                }
            }
            Event::Code(code) => document.code.push(code.into_string()),
            Event::Html(html) | Event::InlineHtml(html) => {
                run |= html.trim() == "<!-- run -->";
                let values = |key: &str| {
                    let parts: Vec<String> =
                        html.split(key).skip(1).filter_map(|v| Some(v.split_once('"')?.0.into())).collect();
                    parts
                };
                document.anchors.extend(values(" id=\""));
                document.links.extend([values("src=\""), values("srcset=\"")].concat());
            }
            _ => {}
        }
    }
    document
}

/// The anchor that mdBook and GitHub give to a heading.
fn slug(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || c.is_whitespace() || matches!(c, '-' | '_'));
    kept.map(|c| if c.is_whitespace() { '-' } else { c.to_ascii_lowercase() }).collect()
}
