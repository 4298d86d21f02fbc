//! That what is read of a slot is there: a provider that stands for having nothing there has no facts.

use serde_json::Value;

use super::{Lint, QUESTIONS, manifest_file, mentions};
use crate::catalog::Component;
use crate::catalog::slots::{PROVIDED, Slot};

impl Lint<'_> {
    pub(super) fn reads_of_slots(&mut self) {
        let catalog = self.catalog;
        // a slot of records is read from each record, and which of them are there cannot be told from a text
        for (name, slot) in catalog.slots.slots.iter().filter(|(_, slot)| slot.per.is_none()) {
            let Some((none, _)) = catalog.providers(name).find(|(_, provides)| provides.none) else { continue };
            let why = |fact: &str| format!("reads `{PROVIDED}.{name}.{fact}`, which `{}` does not have", none.name);
            let unguarded =
                |text: &str, asks: &str| fact_read(name, slot, text).filter(|_| !is_asked(name, slot, asks));
            for (derived, expression) in &catalog.project.derived {
                if let Some(fact) = unguarded(expression, expression) {
                    let hint = format!("ask for `{PROVIDED}.{name}.provider` or a key of the slot first");
                    self.fault(QUESTIONS, format!("derived `{derived}` {}: {hint}", why(fact)));
                }
            }
            for component in &catalog.components {
                let fills = component.manifest.provides.as_ref().is_some_and(|provides| provides.slot == *name);
                if fills || self.unmet(component, name).is_none() || component.manifest.requires.contains(name) {
                    continue;
                }
                let hint =
                    format!("require the slot `{name}`, or guard it with a `when` that asks for a key of the slot");
                for Text { file, text, asks } in texts(component) {
                    if let Some(fact) = unguarded(&text, &asks) {
                        self.fault(file, format!("{}: {hint}", why(fact)));
                    }
                }
            }
        }
    }
}

/// A fact of a slot that a text reads.
fn fact_read<'s>(name: &str, slot: &'s Slot, text: &str) -> Option<&'s str> {
    let read = |fact: &&String| mentions(text, &format!("{PROVIDED}.{name}.{fact}"));
    slot.facts.keys().find(read).map(String::as_str)
}

/// Whether expressions ask which provider there is.
fn is_asked(name: &str, slot: &Slot, expressions: &str) -> bool {
    let mut words = expressions.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '.');
    words.any(|word| slot.keys.iter().any(|key| key == word) || word == format!("{PROVIDED}.{name}.provider"))
}

/// A text of a component that is looked at as one.
struct Text {
    file: String,
    text: String,
    /// The expressions in it.
    asks: String,
}

fn texts(component: &Component) -> Vec<Text> {
    let m = &component.manifest;
    let manifest = manifest_file(component);
    let template = |file: &str, when: Option<&String>, text: String| {
        let asks = format!("{} {}", when.map_or("", String::as_str), tags(&text));
        Text { file: file.into(), text, asks }
    };
    let mut texts = Vec::new();
    for file in component.files.iter().filter(|file| file.template) {
        let when = m.files.get(&file.path).and_then(|rule| rule.when.as_ref());
        texts.push(template(&file.origin, when, String::from_utf8_lossy(&file.source).into_owned()));
    }
    texts
        .extend(component.macros.iter().map(|(name, text)| template(&format!("templates/{name}"), None, text.clone())));
    for item in m.contributes.values().flatten() {
        let when = item.get("when").and_then(Value::as_str).map(str::to_owned);
        texts.push(template(&manifest, when.as_ref(), item.to_string()));
    }
    for satisfied in &m.satisfies {
        let all = [Some(&satisfied.generated), Some(&satisfied.verify), satisfied.left.as_ref()];
        let all = all.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ");
        texts.push(template(&manifest, satisfied.when.as_ref(), all));
    }
    texts.extend(m.open.values().map(|text| template(&manifest, None, text.clone())));
    let questions = m.questions.iter().map(serde_json::to_string);
    let rules = m.rules.iter().map(serde_json::to_string);
    let expressions = questions.chain(rules).flatten().chain(m.derived.values().cloned());
    texts.extend(expressions.map(|text| Text { file: manifest.clone(), asks: text.clone(), text }));
    texts
}

/// What is in the tags of a template.
fn tags(text: &str) -> String {
    let tags = text.split("<%").skip(1).filter_map(|rest| rest.split("%>").next());
    tags.collect::<Vec<_>>().join(" ")
}
