//! `templates/lists.yaml`: the lists to which components contribute, what an item holds, and in which order they are.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

/// The field of an item that says in which phase of its list it is.
pub const PHASE: &str = "phase";

/// A list that components contribute to and templates print.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContributedList {
    /// What its items are, for authors.
    pub what: String,
    /// Where it is printed, for authors.
    pub printed: String,
    /// What the fields of an item hold; an item of a list without fields is a text.
    #[serde(default)]
    pub fields: IndexMap<String, String>,
    /// Fields that an item can lack.
    #[serde(default)]
    pub optional: Vec<String>,
    /// The values of [`PHASE`], first to last: the order of the items.
    #[serde(default)]
    pub phases: Vec<String>,
    /// The field by which items are in order, as text.
    #[serde(default)]
    pub sort: Option<String>,
}

impl ContributedList {
    /// Puts items into the list's order. Those of one phase, and all of a list without an order of its own, stay in the
    /// order of their components.
    pub fn put_in_order(&self, items: &mut [Value]) {
        if !self.phases.is_empty() {
            let position = |item: &Value| self.phases.iter().position(|phase| item[PHASE] == **phase);
            items.sort_by_key(position);
        }
        if let Some(field) = &self.sort {
            items.sort_by_cached_key(|item| item[field].as_str().unwrap_or_default().to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn order() {
        let mut items = vec![json!({"name": "b", "phase": "late"}), json!({"name": "a", "phase": "early"})];
        let phases = ContributedList { phases: vec!["early".into(), "late".into()], ..ContributedList::default() };
        phases.put_in_order(&mut items);
        assert_eq!(items, [json!({"name": "a", "phase": "early"}), json!({"name": "b", "phase": "late"})]);
        items.reverse();
        ContributedList::default().put_in_order(&mut items);
        assert_eq!(items[0]["name"], "b");
        ContributedList { sort: Some("name".into()), ..ContributedList::default() }.put_in_order(&mut items);
        assert_eq!(items[0]["name"], "a");
    }
}
