//! The answers that were given, layer over layer.

use std::collections::BTreeSet;

use anyhow::Result;
use indexmap::IndexMap;
use minijinja::Environment;
use serde_json::{Map, Value};

use super::following::field_path;
use super::{Given, Origin, Problem, following, kept, typed, unknown_preset};
use crate::answers::file::AnswersFile;
use crate::catalog::Catalog;
use crate::catalog::later::record_names;
use crate::catalog::migrations::{migrate, present_name};
use crate::catalog::question::{FindingName, KindName, Question, Values};
use crate::template::expression::Scope;
use crate::template::provided;
use crate::text::{dotted, quoted};

/// All but defaults and what a person says.
#[derive(Default)]
pub(super) struct Layers {
    /// The last layer of each answer.
    pub given: IndexMap<String, (Value, Origin)>,
    /// The layer of the recorded answers, as the catalog asks for them now.
    pub recorded: Map<String, Value>,
    /// What stood beneath the first `--set` of an answer, without the fields that were set.
    pub beneath: Map<String, Value>,
    /// What was recorded as not asked, as it stands there.
    pub kept: Values,
    /// Fields of records that a person or the folder said, as `services.api.database`.
    pub chosen: BTreeSet<String>,
    /// Those of them that the record names.
    pub listed: BTreeSet<String>,
    /// What was done with the recorded ones.
    pub notes: Vec<String>,
    pub problems: Vec<Problem>,
}

/// Begins the map of a record into which a value is put, where the record has none yet.
fn begin_map(question: &Question, whole: &mut Value, path: &[&str]) {
    let [record, field, _, ..] = path else { return };
    let is_map = question.field(field).is_some_and(|field| field.kind == KindName::Variables);
    let record = record.parse::<usize>().ok().and_then(|record| whole.get_mut(record)).and_then(Value::as_object_mut);
    if let (true, Some(record)) = (is_map, record) {
        record.entry((*field).to_owned()).or_insert_with(|| Value::Object(Map::new()));
    }
}

impl Layers {
    pub fn new(catalog: &Catalog, env: &Environment<'_>, given: &Given) -> Result<Self> {
        let mut layers = Self::default();
        if let Some(name) = &given.preset {
            let preset = catalog.preset(name).ok_or_else(|| unknown_preset(catalog, name))?;
            for (key, value) in preset.answers.iter().filter(|(key, _)| given.unfit.as_ref() != Some(key)) {
                layers.give(catalog, key, value.clone(), Origin::Preset(name.clone()));
            }
        }
        // a preset is a strategy: the database that it says is chosen
        let is_chosen = |name: &String| {
            let question = catalog.question(name);
            question.is_some_and(|question| question.is_detected_by(FindingName::DatabaseEngine))
                && layers.given.contains_key(name)
        };
        let detected: Vec<_> = given.detected.iter().filter(|(name, _)| !is_chosen(name)).collect();
        for (name, answer) in detected {
            layers.choose(catalog.question(name), &answer.value);
            layers.give(catalog, name, answer.value.clone(), Origin::Detected(answer.evidence()));
        }
        if let Some(file) = &given.recorded {
            layers.record(catalog, env, file);
        }
        layers.resume(catalog, &given.resumed);
        if let Some(file) = &given.file {
            // written for an earlier catalog, perhaps
            let migrated = migrate(&catalog.migrations, file.values.clone().into_iter().collect());
            layers.notes.extend(migrated.notes);
            layers.chosen.extend(file.chosen.iter().cloned());
            let whole = migrated.values.clone().into_iter().collect();
            let scope = Scope::new(env, &whole);
            let scope = scope.with(&provided::all(catalog, &scope).unwrap_or_default());
            for (name, mut value) in migrated.values {
                let place = file.place(migrated.was.get(&name).unwrap_or(&name));
                match catalog.question(&name) {
                    // of a record of another project only what was said is said again
                    Some(question) if file.is_record => {
                        following::leave_defaults_out(question, &mut value, &scope, &mut layers.chosen);
                    }
                    question => layers.choose(question, &value),
                }
                layers.give(catalog, &name, value, Origin::File(place));
            }
        }
        for (path, text) in &given.sets {
            layers.set(catalog, path, text);
        }
        for (name, value) in &given.said {
            layers.given.insert(name.clone(), (value.clone(), Origin::Prompt));
        }
        Ok(layers)
    }

    /// Recorded answers are never refused for their names: an older or newer catalog asked for them.
    fn record(&mut self, catalog: &Catalog, env: &Environment<'_>, file: &AnswersFile) {
        let mut values: Map<String, Value> = file.values.clone().into_iter().collect();
        // what an answer under its earlier name becomes goes before what was kept under the present ones
        let mut kept = file.kept.clone();
        for name in file.values.keys() {
            for present in catalog.migrations.iter().flat_map(|migration| migration.successors(name)) {
                kept.shift_remove(present.answer());
            }
        }
        kept::restore(&mut values, &kept);
        let migrated = migrate(&catalog.migrations, values);
        self.notes.extend(migrated.notes);
        self.chosen.extend(file.chosen.iter().cloned());
        self.listed.extend(file.chosen.iter().cloned());
        let recorded = migrated.values.clone().into_iter().collect();
        let scope = Scope::new(env, &recorded);
        // answers that an earlier catalog did not ask for may be missing
        let scope = scope.with(&provided::all(catalog, &scope).unwrap_or_default());
        for (name, value) in &migrated.values {
            let place = file.place(migrated.was.get(name).unwrap_or(name));
            match catalog.question(name) {
                Some(question) => {
                    self.notes.extend(kept::unknown_fields(question, value, file, &place));
                    let mut value = value.clone();
                    following::leave_defaults_out(question, &mut value, &scope, &mut self.chosen);
                    self.given.insert(name.clone(), (value, Origin::Recorded(place)));
                }
                None => match unfit(catalog, name, file) {
                    Some(choices) => {
                        self.problems.push(Problem::unfit(catalog, name, value, &choices, Origin::Recorded(place)));
                    }
                    None => self.notes.extend(kept::unknown(catalog, name, file, &place)),
                },
            }
        }
        self.recorded = migrated.values;
        self.kept = kept;
    }

    /// Another catalog may have been asking then.
    fn resume(&mut self, catalog: &Catalog, answers: &Values) {
        let migrated = migrate(&catalog.migrations, answers.clone().into_iter().collect());
        self.notes.extend(migrated.notes);
        for (name, value) in migrated.values {
            if catalog.question(&name).is_some() {
                self.given.insert(name, (value, Origin::Prompt));
            } else {
                self.notes.push(format!(
                    "Answer `{name}` of the interrupted session is unknown to this scaffold, and is left out."
                ));
            }
        }
    }

    /// A record has another name from now on.
    fn rename(&mut self, question: &Question, was: &str, now: &str) {
        let prefix = field_path(question, was, "");
        for names in [&mut self.chosen, &mut self.listed] {
            let moved: Vec<String> =
                names.iter().filter(|path| path.starts_with(&prefix) && was != now).cloned().collect();
            for path in moved {
                names.insert(field_path(question, now, &path[prefix.len()..]));
                names.remove(&path);
            }
        }
    }

    /// Notes that the fields of these records were said.
    fn choose(&mut self, question: Option<&Question>, records: &Value) {
        let Some(question) = question.filter(|question| question.kind == KindName::Records) else { return };
        let all = records.as_array().into_iter().flatten().zip(record_names(question, records));
        for (record, name) in all {
            let fields = record.as_object().into_iter().flat_map(Map::keys);
            self.chosen.extend(fields.map(|field| field_path(question, &name, field)));
        }
    }

    fn give(&mut self, catalog: &Catalog, name: &str, value: Value, origin: Origin) {
        if catalog.question(name).is_some() {
            self.given.insert(name.to_string(), (value, origin));
        } else {
            self.problems.push(Problem::unknown(catalog, name, origin));
        }
    }

    /// Puts a value at a dotted path such as `services.0.port`.
    fn set(&mut self, catalog: &Catalog, path: &str, text: &str) {
        let mut parts = path.split('.');
        let given = parts.next().unwrap_or_default();
        let renamed = present_name(&catalog.migrations, given);
        let Some(question) = catalog.question(given).or_else(|| catalog.question(renamed?)) else {
            self.problems.push(Problem::unknown(catalog, given, Origin::Flag));
            return;
        };
        let name = question.name.as_str();
        if name != given {
            self.notes.push(format!("Answer `{given}` of `--set` is called `{name}`."));
        }
        let rest: Vec<&str> = parts.collect();
        let mut whole = match self.given.get(name) {
            Some((current, _)) => current.clone(),
            None => question.default.clone().unwrap_or(Value::Null),
        };
        if !self.beneath.contains_key(name) {
            self.beneath.insert(name.to_string(), whole.clone());
        }
        // a record is meant by its number or by its name
        let records = record_names(question, &whole);
        let at = rest.first().and_then(|first| records.iter().position(|name| name == first));
        let number = at.map(|at| at.to_string());
        let rest: Vec<&str> =
            number.as_deref().into_iter().chain(rest.iter().copied().skip(usize::from(at.is_some()))).collect();
        let called = rest.first().and_then(|at| records.get(at.parse::<usize>().ok()?).cloned());
        let put = typed::value(question, &rest, text)
            .map_err(|why| format!("`--set {path}={text}` has a value that is not YAML: {why}"))
            .and_then(|value| {
                let unknown = rest.first().filter(|first| !records.is_empty() && first.parse::<usize>().is_err());
                let put = match unknown {
                    Some(first) => {
                        let list = records.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
                        Err(format!("none of `{name}` is called {}; there are {list}", quoted(first)))
                    }
                    None => {
                        begin_map(question, &mut whole, &rest);
                        dotted::put(&mut whole, &rest, value)
                    }
                };
                put.map_err(|why| format!("`--set {path}=...` has no place: {why}"))
            });
        match put {
            Ok(()) => {
                // what is set by itself is no longer only what stood there
                let beneath = self.beneath.entry(name).or_insert(Value::Null);
                match rest.as_slice() {
                    [] => *beneath = Value::Null,
                    [at, field @ ..] => {
                        let record = at.parse::<usize>().ok().and_then(|at| beneath.get_mut(at));
                        match (field, record.and_then(Value::as_object_mut)) {
                            ([field, ..], Some(fields)) => drop(fields.shift_remove(*field)),
                            ([], Some(fields)) => fields.clear(),
                            (_, None) => {}
                        }
                    }
                }
                match rest.as_slice() {
                    [] => self.choose(Some(question), &whole),
                    [at, field @ ..] => {
                        let at = at.parse().unwrap_or(usize::MAX);
                        if let Some(now) = record_names(question, &whole).get(at) {
                            if let Some(was) = &called {
                                self.rename(question, was, now);
                            }
                            let fields = whole[at].as_object().into_iter().flat_map(Map::keys);
                            let said = fields.filter(|name| field.first().is_none_or(|field| field == name));
                            self.chosen.extend(said.map(|name| field_path(question, now, name)));
                        }
                    }
                }
                self.given.insert(name.to_string(), (whole, Origin::Flag));
            }
            Err(message) => self.problems.push(Problem {
                message,
                origin: None,
                hints: vec![format!("`scaffold explain {name}` shows what it looks like")],
                answers: Vec::new(),
            }),
        }
    }
}

/// The values that a recorded answer could have under its earlier name, where it has another one and nothing is recorded
/// under the present names: defaults in its place would be another choice.
fn unfit<'c>(catalog: &'c Catalog, name: &str, file: &AnswersFile) -> Option<Vec<&'c str>> {
    let mut present = catalog.migrations.iter().flat_map(|migration| migration.successors(name));
    if !file.values.contains_key(name) || present.any(|present| file.values.contains_key(present.answer())) {
        return None;
    }
    catalog.migrations.iter().find_map(|migration| migration.choices(name))
}
