//! What only the providers of a slot may know: which value of a key is chosen. Other components read facts of the slot, so
//! that another value needs no edit of theirs.
//!
//! The rule holds for the keys of slots that each record fills for itself.

use super::Lint;
use super::texts::Text;
use crate::catalog::Catalog;
use crate::template::reads::Reads;

impl Lint<'_> {
    pub(super) fn compared(&mut self, texts: &[(Text<'_>, Reads)]) {
        for (key, slots) in record_keys(self.catalog) {
            let others = texts.iter().filter(|(text, _)| {
                let fills = text.component.and_then(|component| component.manifest.provides.as_ref());
                fills.is_none_or(|provides| !slots.contains(&provides.slot))
            });
            for (text, reads) in others {
                if let Some(found) = reads.compared.iter().find(|compared| compared.key == key) {
                    let slots: Vec<String> = slots.iter().map(|slot| format!("`{slot}`")).collect();
                    let message = format!(
                        "`{}` asks which `{key}` it is, which only providers of {} may know: read a fact of the slot",
                        found.code,
                        slots.join(", ")
                    );
                    self.fault(&text.file, message);
                }
            }
        }
    }
}

/// The keys that are fields of records, each with its slots.
fn record_keys(catalog: &Catalog) -> Vec<(String, Vec<String>)> {
    let mut keys: Vec<(String, Vec<String>)> = Vec::new();
    for slot in catalog.project.questions.iter().flat_map(|question| &question.slots) {
        for field in &slot.fields {
            match keys.iter_mut().find(|(key, _)| key == field) {
                Some((_, slots)) => slots.push(slot.name.clone()),
                None => keys.push((field.clone(), vec![slot.name.clone()])),
            }
        }
    }
    keys
}
