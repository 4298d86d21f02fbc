//! An answer that follows from what is in a folder.

use indexmap::{IndexMap, IndexSet};
use serde::Serialize;
use serde_json::Value;

use crate::text::count;
use crate::text::location::Location;

/// So many files are named as evidence of one answer.
const NAMED: usize = 3;

/// The question whose answer names the project.
pub const NAME: &str = "name";

/// An answer that follows from findings.
#[derive(Clone, Debug, Serialize)]
pub struct Found {
    /// The value, as an answers file takes it.
    pub value: Value,
    /// The evidence by dotted path: `name`, `services.0.port`.
    pub found_in: IndexMap<String, Location>,
}

impl Found {
    /// Where it was found; of many files the first ones and a count.
    pub fn evidence(&self) -> String {
        let alone = self.found_in.len() == 1;
        let shown = |place: &Location| if alone { place.to_string() } else { place.file.clone() };
        let places: IndexSet<String> = self.found_in.values().map(shown).collect();
        let named: Vec<&str> = places.iter().take(NAMED).map(String::as_str).collect();
        match places.len() - named.len() {
            0 => named.join(", "),
            more => format!("{} and {}", named.join(", "), count(more, "more file")),
        }
    }
}
