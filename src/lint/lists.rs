//! What makes the contributed lists and their items sound.

use serde_json::Value;

use super::{Lint, manifest_file, mentions};
use crate::catalog::lists::{ContributedList, PHASE};

const LISTS: &str = "templates/lists.yaml";

impl Lint<'_> {
    /// Every list is declared, printed, and has items with the fields that it declares.
    pub(super) fn lists(&mut self) {
        let catalog = self.catalog;
        let templates = catalog.components.iter().flat_map(|c| &c.files).filter(|f| f.template);
        let sources: Vec<&str> = templates.filter_map(|f| std::str::from_utf8(&f.source).ok()).collect();
        for (name, list) in &catalog.lists {
            if list.what.is_empty() || list.printed.is_empty() {
                self.fault(LISTS, format!("`{name}` needs `what` and `printed`"));
            }
            // a contribution that no template prints would be lost without a word
            let read = format!("contributed.{name}");
            if !sources.iter().any(|source| mentions(source, &read)) {
                self.fault(LISTS, format!("`{name}`: no template reads this list"));
            }
            if list.phases.is_empty() == list.fields.contains_key(PHASE) {
                self.fault(LISTS, format!("`{name}`: `phases` and the field `{PHASE}` go together"));
            }
            if !list.phases.is_empty() && list.sort.is_some() {
                self.fault(LISTS, format!("`{name}`: its order is by `phases` or by `sort`, not by both"));
            }
            for field in list.optional.iter().chain(&list.sort).filter(|field| !list.fields.contains_key(*field)) {
                self.fault(LISTS, format!("`{name}`: `{field}` is not in its `fields`"));
            }
        }
        for component in &catalog.components {
            for (name, items) in &component.manifest.contributes {
                let Some(list) = catalog.lists.get(name) else {
                    let message = format!("`contributes` {name}: the list is not in lists.yaml");
                    self.fault(manifest_file(component), message);
                    continue;
                };
                for why in items.iter().flat_map(|item| wrong(list, item)) {
                    self.fault(manifest_file(component), format!("`contributes` {name}: {why}"));
                }
            }
        }
    }
}

/// What is wrong with an item of a list.
fn wrong(list: &ContributedList, item: &Value) -> Vec<String> {
    let fields = match item {
        Value::String(_) if list.fields.is_empty() => return Vec::new(),
        Value::Object(fields) if !list.fields.is_empty() => fields,
        _ if list.fields.is_empty() => return vec!["an item is not a text".into()],
        _ => return vec!["an item has no fields".into()],
    };
    let unknown = fields.keys().filter(|field| *field != "when" && !list.fields.contains_key(*field));
    let mut wrong: Vec<String> = unknown.map(|field| format!("an item has the unknown field `{field}`")).collect();
    let needed = list.fields.keys().filter(|field| !list.optional.contains(field));
    wrong.extend(needed.filter(|field| !fields.contains_key(*field)).map(|field| format!("an item has no `{field}`")));
    let phase = fields.get(PHASE).filter(|_| !list.phases.is_empty());
    if let Some(phase) = phase.filter(|phase| !list.phases.iter().any(|known| **phase == **known)) {
        wrong.push(format!("the phase {phase} is not one of its phases"));
    }
    wrong
}
