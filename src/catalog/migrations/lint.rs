//! What the migrations of a catalog must satisfy.

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::{Collect, FieldValue, MapValues, Migration, Place, Remove, Rename, Split, Step};
use crate::catalog::question::{KindName, Question};
use crate::catalog::{Catalog, Fault};

const FILE: &str = "templates/migrations.yaml";

/// Everything that is wrong with the migrations of a catalog.
pub fn faults(catalog: &Catalog) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (i, migration) in catalog.migrations.iter().enumerate() {
        let later = catalog.migrations.get(i + 1..).unwrap_or_default();
        let mut lint = Lint { catalog, later, found: Vec::new() };
        let verb = lint.migration(migration);
        let name = format!("`{verb}` of `{}`", migration.step.place());
        faults.extend(lint.found.into_iter().map(|message| Fault::new(FILE, format!("{name}: {message}"))));
    }
    faults
}

struct Lint<'c> {
    catalog: &'c Catalog,
    /// The migrations after this one: what it gives may be theirs to take.
    later: &'c [Migration],
    found: Vec<String>,
}

impl<'c> Lint<'c> {
    fn migration(&mut self, migration: &Migration) -> &'static str {
        let place = migration.step.place();
        match &migration.step {
            Step::Rename(Rename { to, .. }) => {
                self.is_gone(place);
                self.target(place, to);
                "rename"
            }
            Step::Map(MapValues { values, .. }) => {
                self.target(place, place);
                self.values(place, place, values);
                "map"
            }
            Step::Split(Split { into, .. }) => {
                if !into.contains_key(place) {
                    self.is_gone(place);
                }
                for (to, values) in into {
                    self.target(place, to);
                    self.values(place, to, values);
                }
                "split"
            }
            Step::Collect(collect) => {
                self.collected(collect);
                "collect"
            }
            Step::Drop(Remove { reason, .. }) => {
                self.is_gone(place);
                if reason.is_empty() || reason.ends_with('.') {
                    self.found.push("`reason` ends a sentence, without its period".into());
                }
                "drop"
            }
        }
    }

    /// Fields are those of the records, constants are values of theirs, and the old names are free.
    fn collected(&mut self, collect: &Collect) {
        let into = &collect.into;
        if collect.sources().next().is_none() {
            self.found.push("it takes no answer".into());
        }
        for (source, _) in collect.sources().filter(|(source, _)| self.catalog.question(&source.from.name).is_some()) {
            self.found.push(format!("`{}` is a question", source.from));
        }
        if self.question(into).is_none_or(|question| question.kind != KindName::Records) && !self.is_taken_later(into) {
            self.found.push(format!("`{into}` is no list of records"));
        }
        for (name, value) in collect.records.iter().flatten() {
            let place = Place { list: Some(into.name.clone()), name: name.clone() };
            let constant = match value {
                FieldValue::Constant(value) => Some(value),
                FieldValue::From(source) => source.or.as_ref(),
            };
            match self.question(&place) {
                None if self.is_taken_later(&place) || self.is_taken_later(into) => {}
                None => self.found.push(format!("`{place}` is no field")),
                Some(field) => {
                    let wrong = constant.filter(|value| !takes(field, value));
                    self.found.extend(wrong.map(|value| format!("{value} is no value of `{place}`")));
                }
            }
        }
    }

    /// The old name must be free, or its answer would be taken away again and again.
    fn is_gone(&mut self, place: &Place) {
        if self.question(place).is_some() {
            self.found.push("it is a question".into());
        }
    }

    fn target(&mut self, from: &Place, to: &Place) {
        if from.list != to.list {
            self.found.push(format!("`{to}` is in another list"));
        }
        if self.question(to).is_none() && !self.is_taken_later(to) {
            self.found.push(format!("`{to}` is no question"));
        }
    }

    /// New values must be values of `to`; old ones must not be values of `from`, or they would be changed again and again.
    fn values(&mut self, from: &Place, to: &Place, values: &IndexMap<String, Value>) {
        if values.is_empty() {
            self.found.push(format!("there are no values for `{to}`"));
        }
        if let Some(question) = self.question(from) {
            let still = values.keys().filter(|old| {
                let scalar = serde_yaml::from_str(old).unwrap_or_default();
                takes(question, &json!(old)) || takes(question, &scalar)
            });
            self.found.extend(still.map(|old| format!("`{old}` is still a value of `{from}`")));
        }
        if let (Some(question), false) = (self.question(to), self.is_taken_later(to)) {
            let wrong = values.values().filter(|new| !takes(question, new));
            self.found.extend(wrong.map(|new| format!("{new} is no value of `{to}`")));
        }
    }

    fn is_taken_later(&self, place: &Place) -> bool {
        self.later.iter().any(|migration| migration.step.takes(place))
    }

    fn question(&self, place: &Place) -> Option<&'c Question> {
        match &place.list {
            Some(list) => self.catalog.question(list)?.field(&place.name),
            None => self.catalog.question(&place.name),
        }
    }
}

/// Whether it is a value, or an item of one.
fn takes(question: &Question, value: &Value) -> bool {
    match question.kind {
        KindName::MultiChoice | KindName::EnvNames | KindName::Texts | KindName::Ports => {
            question.kind().check(&json!([value])).is_ok()
        }
        _ => question.kind().check(value).is_ok(),
    }
}
