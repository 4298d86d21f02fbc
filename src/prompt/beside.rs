//! A list in which the entries can be seen side by side before one is taken.

use anyhow::Result;

use super::dialog::{Dialog, MenuItem, Prompt};
use crate::show::compare::{self, Comparison};
use crate::terminal::pager::{self, page};

/// How the entries of a list are compared, where they can be.
pub(super) type Compare<'a> = Option<&'a dyn Fn() -> Result<Comparison>>;

/// One of a list, as [`Dialog::one_of`]. Where the entries can be compared, one more shows that and asks again.
///
/// # Errors
/// As [`Dialog::one_of`], and when the comparison cannot be made.
pub(super) fn one_of(
    dialog: &Dialog,
    ask: Prompt<'_>,
    mut items: Vec<MenuItem>,
    start: usize,
    compare: Compare<'_>,
) -> Result<usize> {
    let Some(comparison) = compare else { return dialog.one_of(ask, items, start) };
    let last = items.len();
    items.push(MenuItem { label: "Compare them side by side".into(), answer: "compare".into() });
    loop {
        let chosen = dialog.one_of(ask, items.clone(), start)?;
        if chosen != last {
            return Ok(chosen);
        }
        page(&dialog.ui, &compare::text(&dialog.ui, pager::paint(&dialog.ui), &comparison()?))?;
    }
}
