//! That what is read of a slot is there: a provider that stands for having nothing there has no facts.

use std::collections::BTreeMap;

use super::texts::Text;
use super::{Lint, SLOTS};
use crate::catalog::slots::{PROVIDED, Slot};
use crate::template::reads::Reads;

impl Lint<'_> {
    pub(super) fn reads_of_slots(&mut self, texts: &[(Text<'_>, Reads)]) {
        let catalog = self.catalog;
        // a slot of records is read from each record, and which of them are there cannot be told from a text
        for (name, slot) in catalog.slots.slots.iter().filter(|(_, slot)| slot.per.is_none()) {
            let Some((none, _)) = catalog.providers(name).find(|(_, provides)| provides.none) else { continue };
            let mut is_there: BTreeMap<&str, bool> = BTreeMap::new();
            for (text, reads) in texts {
                let hint = match text.component {
                    None => format!("ask whether `{PROVIDED}.{name}` is defined, or for a key of the slot, first"),
                    Some(component) => {
                        let fills = component.manifest.provides.as_ref().is_some_and(|p| p.slot == *name);
                        let requires = component.manifest.requires.contains(name);
                        let is_met = || self.unmet(component, name).is_none();
                        if fills || requires || *is_there.entry(&component.name).or_insert_with(is_met) {
                            continue;
                        }
                        format!("require the slot `{name}`, or guard it with a `when` that asks for a key of the slot")
                    }
                };
                if let Some(fact) = unguarded(name, slot, text, reads) {
                    let why = format!("reads `{PROVIDED}.{name}.{fact}`, which `{}` does not have", none.name);
                    self.fault(&text.file, format!("{why}: {hint}"));
                }
            }
        }
    }

    /// Facts and macros that nothing reads would be work for every provider without use.
    pub(super) fn unread(&mut self, texts: &[(Text<'_>, Reads)]) {
        for (name, slot) in &self.catalog.slots.slots {
            let reads = || texts.iter().flat_map(|(_, reads)| &reads.names);
            for fact in slot.facts.keys() {
                if !reads().any(|read| fact_of(name, &read.name) == Some(fact)) {
                    self.fault(SLOTS, format!("slot `{name}`: nothing reads the fact `{fact}`"));
                }
            }
            let imports = || texts.iter().flat_map(|(_, reads)| &reads.imports);
            for wanted in slot.macros.keys() {
                if !imports().any(|import| fact_of(name, &import.from) == Some("macros") && import.name == *wanted) {
                    self.fault(SLOTS, format!("slot `{name}`: nothing imports the macro `{wanted}`"));
                }
            }
        }
    }

    /// What is imported is what every provider has to have. What is read of a record is seen here only: a name such as
    /// `service` can stand for anything.
    pub(super) fn undeclared(&mut self, texts: &[(Text<'_>, Reads)]) {
        for (name, slot) in &self.catalog.slots.slots {
            for (text, reads) in texts {
                let imports = reads.imports.iter().filter(|import| fact_of(name, &import.from) == Some("macros"));
                for import in imports.filter(|import| !slot.macros.contains_key(&import.name)) {
                    let message = format!("imports `{}`, which is not a macro of the slot `{name}`", import.name);
                    self.fault(&text.file, message);
                }
                let facts = reads.names.iter().filter_map(|read| fact_of(name, &read.name));
                let is_unknown =
                    |fact: &&str| !slot.facts.contains_key(*fact) && !["provider", "macros"].contains(fact);
                for fact in facts.filter(is_unknown).filter(|_| slot.per.is_some()) {
                    let message = format!("reads `{PROVIDED}.{name}.{fact}`, which is not a fact of that slot");
                    self.fault(&text.file, message);
                }
            }
        }
    }
}

/// The fact of a slot that a name is, or leads to: `registry` in `provided.cloud.registry` and `title` in
/// `service.provided.language.title`.
fn fact_of<'n>(slot: &str, name: &'n str) -> Option<&'n str> {
    let mut parts = name.split('.').skip_while(|part| *part != PROVIDED);
    (parts.next()? == PROVIDED && parts.next()? == slot).then(|| parts.next()).flatten()
}

/// A fact that is read though no condition around it asks which provider there is.
fn unguarded<'r>(name: &str, slot: &Slot, text: &Text<'_>, reads: &'r Reads) -> Option<&'r str> {
    let whole = format!("{PROVIDED}.{name}");
    // a field of a record that is called like a key asks as well: a service uses the database
    let asks = |read: &String| *read == whole || slot.keys.iter().any(|key| read.rsplit('.').next() == Some(key));
    let is_asked = text.when.iter().flat_map(|when| Reads::of_expression(when).names).any(|read| asks(&read.name));
    let open = reads.names.iter().filter(|read| !is_asked && !read.conditions.iter().any(asks));
    open.filter_map(|read| fact_of(name, &read.name)).next()
}
