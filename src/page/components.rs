//! The active components: what they are, why they are there, which needs they meet.

use serde::Serialize;

use super::Page;
use super::compare::Piece;
use crate::text::{visible, without_links};

/// A component for the page.
#[derive(Debug, Serialize)]
pub struct ComponentView {
    /// Its folder.
    pub name: String,
    /// What it is.
    pub title: String,
    /// Why it is there.
    pub why: Vec<Piece>,
    /// What it does for which need.
    pub needs: Vec<NeedView>,
}

/// What a component does for one need.
#[derive(Debug, Serialize)]
pub struct NeedView {
    /// The id of the need.
    pub id: String,
    /// What must be true.
    pub need: String,
    /// What was generated.
    pub generated: Vec<Piece>,
    /// How to see that it holds.
    pub verify: Vec<Piece>,
    /// What only a person can do.
    pub left: Option<Vec<Piece>>,
}

/// All active components in the order of the catalog.
pub fn all(page: &Page<'_>) -> Vec<ComponentView> {
    let shown = |text: &str| visible(text.trim_end(), true).into_owned();
    let needs = |component: &str| {
        let items = page.readiness.iter().flat_map(|need| need.items.iter().map(move |item| (need, item)));
        let own = items.filter(|(_, item)| item.component == component);
        own.map(|(need, item)| NeedView {
            id: shown(&need.id),
            need: shown(&need.need),
            generated: words(&item.generated),
            verify: words(&item.verify),
            left: item.left.as_deref().map(words),
        })
        .collect()
    };
    let active = page.catalog.components.iter().filter(|c| page.answers.active.contains(&c.name));
    active
        .map(|c| ComponentView {
            name: shown(&c.name),
            title: shown(&c.manifest.title),
            why: words(&c.manifest.why),
            needs: needs(&c.name),
        })
        .collect()
}

/// A text of the catalog, which is Markdown: code is marked, of a link its text remains, as the page has no files.
fn words(text: &str) -> Vec<Piece> {
    let shown = visible(text.trim_end(), true);
    let pieces = shown.split('`').enumerate();
    let piece = |(at, text): (usize, &str)| match at % 2 {
        0 => Piece { text: without_links(text), marked: false },
        _ => Piece { text: text.to_owned(), marked: true },
    };
    pieces.map(piece).collect()
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn markdown_of_the_catalog() {
        let text = |text: &str| {
            words(text).iter().map(|p| format!("{}{}", if p.marked { "#" } else { "" }, p.text)).collect::<String>()
        };
        assert_eq!(text("[a](b/c.md) and `x[0](y)` or [z] (k) [b](c)"), "a and #x[0](y) or [z] (k) b");
        assert_eq!(text("<b>`\u{202e}`"), "<b>#\\u{202e}");
    }
}
