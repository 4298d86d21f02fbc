//! The manifests of components: every text and expression names what it can see there.

use super::{Lint, Names, manifest_file};
use crate::template::names::{repeated, scope};

impl Lint<'_> {
    pub(super) fn components(&mut self) {
        let catalog = self.catalog;
        let project: Names = catalog
            .project
            .questions
            .iter()
            .map(|q| q.name.clone())
            .chain(catalog.project.derived.keys().cloned())
            .collect();
        for component in &catalog.components {
            let file = manifest_file(component);
            let manifest = &component.manifest;
            if manifest.title.is_empty() || manifest.why.is_empty() {
                self.fault(&file, "needs a `title` and a `why`");
            }
            if let Some(when) = &manifest.when {
                self.expression(&file, "`when`", when, &project);
            }
            let mut known = project.clone();
            for question in &manifest.questions {
                self.question(&file, question, &known);
                known.insert(question.name.clone());
            }
            for rule in &manifest.rules {
                self.rule(&file, rule, &known);
            }
            let reachable: Names = scope(catalog, component).into_iter().map(String::from).collect();
            let own = |name: &String| manifest.derived.contains_key(name);
            self.derived(
                &file,
                &manifest.derived,
                reachable.iter().filter(|name| !own(name) || project.contains(*name)).cloned().collect(),
            );
            known = reachable;
            self.changing(&file, &manifest.questions, &known);
            for replaced in &manifest.replaced {
                self.text(&file, &format!("`replaced` `{}`", replaced.from), &replaced.note, &known);
            }
            for left in &manifest.left {
                for path in &left.files {
                    if !catalog.components.iter().any(|c| c.files.iter().any(|f| f.path == *path)) {
                        self.fault(&file, format!("`left` names `{path}`, where no component has a file"));
                    }
                    let mut known = known.clone();
                    known.extend(repeated(catalog, path).map(String::from));
                    self.expression(&file, &format!("`left` {path}"), &left.when, &known);
                }
            }
            for offer in &manifest.offers {
                let path = &offer.file;
                if !catalog.components.iter().any(|c| c.files.iter().any(|f| f.path == *path)) {
                    self.fault(&file, format!("`offers` names `{path}`, where no component has a file"));
                }
                let mut known = known.clone();
                known.extend(repeated(catalog, path).map(String::from));
                for text in [Some(&offer.what), offer.line.as_ref()].into_iter().flatten() {
                    self.text(&file, &format!("`offers` {path}"), text, &known);
                }
            }
            for s in &manifest.satisfies {
                let name = format!("`satisfies` {}", s.id);
                if let Some(when) = &s.when {
                    self.expression(&file, &name, when, &known);
                }
                for text in [Some(&s.generated), Some(&s.verify), s.left.as_ref()].into_iter().flatten() {
                    self.text(&file, &name, text, &known);
                }
            }
            for (list, items) in &manifest.contributes {
                let name = format!("`contributes` {list}");
                for item in items {
                    self.contribution(&file, &name, item, &known);
                }
            }
            for (id, text) in &manifest.open {
                self.text(&file, &format!("`open` {id}"), text, &known);
                if !catalog.needs.iter().any(|need| need.id == *id) {
                    self.fault(&file, format!("`open` names `{id}`, which is not in readiness.yaml"));
                }
            }
            for (path, rule) in &manifest.files {
                if !component.files.iter().any(|f| f.path == *path) {
                    self.fault(&file, format!("`files` names `{path}`, which is not below files/"));
                }
                if let Some(when) = &rule.when {
                    let mut known = known.clone();
                    known.extend(repeated(self.catalog, path).map(String::from));
                    self.expression(&file, &format!("`files` {path}"), when, &known);
                }
            }
        }
    }

    fn contribution(&mut self, file: &str, name: &str, item: &serde_json::Value, known: &Names) {
        match item {
            serde_json::Value::String(text) => self.text(file, name, text, known),
            serde_json::Value::Array(items) => {
                for item in items {
                    self.contribution(file, name, item, known);
                }
            }
            serde_json::Value::Object(fields) => {
                for (key, value) in fields {
                    match (key.as_str(), value) {
                        ("when", serde_json::Value::String(when)) => self.expression(file, name, when, known),
                        _ => self.contribution(file, name, value, known),
                    }
                }
            }
            _ => {}
        }
    }
}
