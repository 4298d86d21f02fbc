//! What only the providers of a slot may know: which value of a key is chosen. Other components read facts of the slot, so
//! that another value needs no edit of theirs.
//!
//! The rule holds for the keys of slots that each record fills for itself.

use std::collections::BTreeSet;

use regex_lite::Regex;

use super::{Lint, QUESTIONS, READINESS, SLOTS, manifest_file};
use crate::catalog::question::{Question, Rule};
use crate::catalog::{Catalog, Component};

/// A text of the catalog that can read facts.
struct Source {
    /// The file it stands in.
    file: String,
    /// The slot of the component that it belongs to.
    slot: Option<String>,
    /// The text; of templates the tags, each on its own line.
    code: String,
}

impl Lint<'_> {
    /// Facts that nothing reads or that do not exist, and keys that are compared with a value.
    pub(super) fn facts_in_use(&mut self) {
        let catalog = self.catalog;
        let sources = sources(catalog);
        self.unread_facts(&sources);
        self.unknown_facts(&sources);
        self.macros_in_use(&sources);
        for (key, slots) in record_keys(catalog) {
            let Some(compares) = comparison(&key) else { continue };
            for source in sources.iter().filter(|s| s.slot.as_ref().is_none_or(|slot| !slots.contains(slot))) {
                if let Some(found) = compares.find(&source.code) {
                    let slots: Vec<String> = slots.iter().map(|slot| format!("`{slot}`")).collect();
                    let message = format!(
                        "`{}` asks which `{key}` it is, which only providers of {} may know: read a fact of the slot",
                        found.as_str().trim(),
                        slots.join(", ")
                    );
                    self.fault(&source.file, message);
                }
            }
        }
    }

    /// Macros that are imported are those that every provider has to have, and the other way round.
    fn macros_in_use(&mut self, sources: &[Source]) {
        let catalog = self.catalog;
        let Ok(import) = Regex::new(r"\bfrom\s+(?:\w+\.)*provided\.(\w+)\.macros\s+import\s+([^\n]+)") else { return };
        let mut used = BTreeSet::new();
        for source in sources {
            for found in import.captures_iter(&source.code) {
                let slot = &found[1];
                for name in found[2].split(',').filter_map(|name| name.split_whitespace().next()) {
                    let name = name.trim_end_matches('-');
                    if catalog.slots.slots.get(slot).is_some_and(|slot| !slot.macros.contains_key(name)) {
                        self.fault(
                            &source.file,
                            format!("imports `{name}`, which is not a macro of the slot `{slot}`"),
                        );
                    }
                    used.insert((slot.to_owned(), name.to_owned()));
                }
            }
        }
        for (slot, declared) in &catalog.slots.slots {
            for name in declared.macros.keys().filter(|name| !used.contains(&(slot.clone(), (*name).clone()))) {
                self.fault(SLOTS, format!("slot `{slot}`: nothing imports the macro `{name}`"));
            }
        }
    }

    /// A fact that nothing reads would be work for every provider without use.
    fn unread_facts(&mut self, sources: &[Source]) {
        for (name, slot) in &self.catalog.slots.slots {
            for fact in slot.facts.keys() {
                let read = format!("provided.{name}.{fact}");
                if !sources.iter().any(|source| super::mentions(&source.code, &read)) {
                    self.fault(SLOTS, format!("slot `{name}`: nothing reads the fact `{fact}`"));
                }
            }
        }
    }

    /// What is read of a record is seen here only: a name such as `service` can stand for anything.
    fn unknown_facts(&mut self, sources: &[Source]) {
        let catalog = self.catalog;
        let Ok(read) = Regex::new(r"\bprovided\.(\w+)\.(\w+)") else { return };
        for source in sources {
            for found in read.captures_iter(&source.code) {
                let (slot, fact) = (&found[1], &found[2]);
                let Some(of_record) = catalog.slots.slots.get(slot).filter(|slot| slot.per.is_some()) else { continue };
                if !of_record.facts.contains_key(fact) && !["provider", "macros"].contains(&fact) {
                    let message = format!("reads `provided.{slot}.{fact}`, which is not a fact of that slot");
                    self.fault(&source.file, message);
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

/// How a key is compared: `language == "x"`, `service.language in [...]`, `selectattr("language", ...)`, `{...}[service.language]`.
fn comparison(key: &str) -> Option<Regex> {
    let name = format!(r"(?:\w+\.)?\b{key}\b");
    let of_list = format!(r#"(?:select|reject)attr\(\s*\\?["']{key}\\?["']\s*,[^)\n]*"#);
    let after = format!(r"{name}\s*(?:==|!=|\bin\b|\bnot\s+in\b|\bis\b)[^%\n]{{0,30}}");
    let before = format!(r"(?:==|!=)\s*{name}");
    Regex::new(&format!(r"{of_list}|{after}|{before}|\[\s*(?:\w+\.){key}\s*\]")).ok()
}

/// Everything that is computed with answers and facts.
fn sources(catalog: &Catalog) -> Vec<Source> {
    let mut all: Vec<Source> = Vec::new();
    for component in &catalog.components {
        let slot = component.manifest.provides.as_ref().map(|provides| provides.slot.clone());
        let mut add = |file: &str, code: String| all.push(Source { file: file.into(), slot: slot.clone(), code });
        for file in component.files.iter().filter(|file| file.template) {
            add(&file.origin, tags(&String::from_utf8_lossy(&file.source)));
        }
        if let Some((name, text)) = &component.macros {
            add(&format!("templates/{name}"), tags(text));
        }
        add(&manifest_file(component), manifest(component));
    }
    let project = &catalog.project;
    let mut code: Vec<String> = project.questions.iter().map(expressions).collect();
    code.extend(project.rules.iter().flat_map(rule));
    code.extend(project.derived.values().cloned());
    all.push(Source { file: QUESTIONS.into(), slot: None, code: code.join("\n") });
    let needs = catalog.needs.iter().filter_map(|need| need.open.as_deref()).map(tags);
    all.push(Source { file: READINESS.into(), slot: None, code: needs.collect::<Vec<_>>().join("\n") });
    let partials = catalog.partials.iter();
    all.extend(partials.map(|(name, text)| Source { file: format!("templates/{name}"), slot: None, code: tags(text) }));
    all
}

/// The expressions of a `component.yaml`.
fn manifest(component: &Component) -> String {
    let m = &component.manifest;
    let mut code: Vec<String> = m.when.iter().chain(m.derived.values()).cloned().collect();
    code.extend(m.questions.iter().map(expressions));
    code.extend(m.rules.iter().flat_map(rule));
    code.extend(m.replaced.iter().map(|replaced| tags(&replaced.note)));
    code.extend(m.files.values().filter_map(|file| file.when.clone()));
    code.extend(m.provides.iter().flat_map(|provides| provides.facts.values()).cloned());
    code.extend(m.open.values().map(|text| tags(text)));
    for s in &m.satisfies {
        code.extend(s.when.clone());
        code.extend(
            [Some(&s.generated), Some(&s.verify), s.left.as_ref()].into_iter().flatten().map(|text| tags(text)),
        );
    }
    m.contributes.values().flatten().for_each(|item| contribution(item, &mut code));
    code.join("\n")
}

fn contribution(item: &serde_json::Value, code: &mut Vec<String>) {
    match item {
        serde_json::Value::String(text) => code.push(tags(text)),
        serde_json::Value::Array(items) => items.iter().for_each(|item| contribution(item, code)),
        serde_json::Value::Object(fields) => {
            for (key, value) in fields {
                match (key.as_str(), value) {
                    ("when", serde_json::Value::String(when)) => code.push(when.clone()),
                    _ => contribution(value, code),
                }
            }
        }
        _ => {}
    }
}

/// The expressions of a rule.
fn rule(rule: &Rule) -> Vec<String> {
    let texts = [rule.require.clone(), tags(&rule.message), tags(&rule.hint)];
    texts.into_iter().chain(rule.when.clone()).collect()
}

/// The expressions of a question and its fields.
fn expressions(question: &Question) -> String {
    let own = [&question.when, &question.default_expr, &question.require].into_iter().flatten().cloned();
    let choices = question.choices.iter().filter_map(|choice| choice.when.clone());
    let changing = question.changing.iter().map(|text| tags(text));
    own.chain(choices).chain(changing).chain(question.fields.iter().map(expressions)).collect::<Vec<_>>().join("\n")
}

/// The tags of a template without the text around them.
fn tags(text: &str) -> String {
    let tags = text.split("<%").skip(1).filter_map(|rest| rest.split("%>").next());
    tags.filter(|tag| !tag.starts_with('#')).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_compares_a_key() {
        let compares = comparison("language").unwrap();
        for code in [
            r#"language == "go""#,
            r#"if service.language != "go""#,
            r#""go" == service.language"#,
            r#"services | selectattr("language", "equalto", "go")"#,
            "services | rejectattr('language', 'eq', 'go')",
            r#"service.language in ["go"]"#,
            r#"{"go": 1}[service.language]"#,
        ] {
            assert!(compares.is_match(code), "{code}");
        }
        for code in [
            "= service.language",
            r#"services | selectattr("provided.language.serves_files")"#,
            r#"services | selectattr("provided.language.ecosystem", "equalto", "npm")"#,
            "provided.language.test if test",
            r#"service.provided.language.ecosystem == "npm""#,
            "sublanguage == 1",
        ] {
            assert!(!compares.is_match(code), "{code}");
        }
        assert_eq!(tags("a language is <%= x %> b <%# language == 1 %><% if y %>"), "= x \n if y ");
    }
}
