//! The kinds of change that a plan has, and the style rules that filter by them.

use std::fmt::Write as _;

use serde::Serialize;

use crate::plan::{Kind, Plan};
use crate::show::listing::meaning;
use crate::text::count;

/// One kind of change.
#[derive(Debug, Serialize)]
pub struct Counted {
    /// A word for attributes.
    pub word: String,
    /// `3 files to update`.
    pub text: String,
    /// Whether its paths are listed.
    pub listed: bool,
}

/// The kinds that occur, as the terminal counts them.
pub fn all(plan: &Plan<'_>) -> Vec<Counted> {
    let counted = |(kind, n)| Counted {
        word: word(kind),
        text: format!("{} {}", count(n, "file"), meaning(kind)),
        listed: is_listed(kind),
    };
    plan.counts().into_iter().map(counted).collect()
}

/// A kind as one word.
pub fn word(kind: Kind) -> String {
    kind.to_string().replace(' ', "-")
}

/// Whether something happens that is worth a line: the same as in the terminal's tree.
pub fn is_listed(kind: Kind) -> bool {
    !matches!(kind, Kind::Unchanged | Kind::Keep | Kind::LeftOut | Kind::LeaveOnce)
}

/// Rules that hide what the chosen kind is not. They stand in the page, as no script is to be needed.
pub fn filter(kinds: &[Counted]) -> String {
    kinds.iter().filter(|kind| kind.listed).fold(String::new(), |mut out, Counted { word, .. }| {
        let _ = writeln!(
            out,
            "body:has(#show-{word}:checked) :is([data-kind]:not([data-kind={word}]), .folder:not(:has([data-kind={word}]))) \
             {{ display: none }}"
        );
        out
    })
}
