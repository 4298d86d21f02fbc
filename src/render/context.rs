//! What a template may know: answers, derived facts, contributions, pins, readiness.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use indexmap::IndexMap;
use minijinja::value::{Serde, Value as Any, merge_maps};
use serde::Serialize;
use serde_json::{Value, json};

use crate::answers::Answers;
use crate::catalog::later::{OpenAnswer, marked, open_answers};
use crate::catalog::question::Values;
use crate::catalog::roots::Layout;
use crate::catalog::{Catalog, Component, Need};
use crate::template::expression::Scope;
use crate::template::{engine, provided};

/// The names and values that templates see.
#[derive(Debug)]
pub struct Context {
    /// For every file.
    shared: Any,
    /// Per component, only for its own files.
    own: BTreeMap<String, Any>,
    /// All scalar and list names as plain values, for conditions.
    pub values: Values,
    /// Facts of single components as plain values.
    pub own_values: BTreeMap<String, Values>,
    /// What components contribute to lists that other components print, by list.
    pub contributed: IndexMap<String, Vec<Value>>,
    /// The needs, with what the active components do for them.
    pub readiness: Vec<Readiness>,
    /// The answers that are `later`: the values have marks in their place.
    pub open: Vec<OpenAnswer>,
    /// Where the roots of the catalog are.
    pub layout: Layout,
    /// Where they were when the repository was generated last.
    pub earlier: Layout,
}

/// One need with what meets it.
#[derive(Clone, Debug, Serialize)]
pub struct Readiness {
    /// The need.
    pub id: String,
    /// Its area.
    pub area: String,
    /// What must be true.
    pub need: String,
    /// Whether an active component meets it.
    pub covered: bool,
    /// Why it is missing, where no active component meets it.
    pub reason: Option<String>,
    /// What the active components do for it.
    pub items: Vec<Evidence>,
}

/// What one component does for a need.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// The component.
    pub component: String,
    /// Its title.
    pub title: String,
    /// What was generated.
    pub generated: String,
    /// How to see that it holds.
    pub verify: String,
    /// What only a person can do.
    pub left: Option<String>,
    /// The component, and those that fill the slots of records which it requires: their files can be meant.
    #[serde(skip)]
    pub about: Vec<String>,
}

impl Readiness {
    /// Whether what a component does for the need names a file of it, or of a provider in records that it requires, by its
    /// path or the end of that.
    pub fn names(&self, component: &str, path: &str) -> bool {
        let is_it =
            |word: &str| path.strip_suffix(word).is_some_and(|before| before.is_empty() || before.ends_with('/'));
        let names = |text: &str| {
            let mut words = text.split(|c: char| c.is_whitespace() || "()[]`,;:\"'".contains(c));
            words.any(|word| !word.is_empty() && is_it(word.trim_end_matches('.')))
        };
        self.items
            .iter()
            .any(|i| i.about.iter().any(|about| about == component) && (names(&i.generated) || names(&i.verify)))
    }
}

impl Context {
    /// Computes everything that templates may know from answers.
    ///
    /// # Errors
    /// When an expression or text of the catalog fails: a fault of the catalog.
    pub fn new(catalog: &Catalog, answers: &Answers) -> Result<Self> {
        let env = engine::environment(catalog)?;
        let open = open_answers(catalog, &answers.values);
        let marked = marked(catalog, &answers.values);
        let provided = provided::all(catalog, &Scope::new(&env, &marked))?;
        let base = Scope::new(&env, &marked).with(&provided);
        let derived = base
            .derive(&catalog.project.derived)
            .with_context(|| format!("in {}", catalog.shown("templates/questions.yaml")))?;
        // contributions may name pins, as templates do
        let pins = Values::from_iter([("pins".to_string(), catalog.pins.clone())]);
        let unanswered = Values::from_iter([("open_answers".to_string(), json!(open))]);
        let project = base.with(&derived).with(&pins).with(&unanswered);
        let active: Vec<&Component> = catalog.components.iter().filter(|c| answers.active.contains(&c.name)).collect();

        let mut own_values = BTreeMap::new();
        let mut contributed: IndexMap<String, Vec<Value>> = IndexMap::new();
        for list in catalog.lists.keys() {
            contributed.entry(list.clone()).or_default();
        }
        let mut evidence: IndexMap<String, Vec<Evidence>> = IndexMap::new();
        for component in &active {
            let manifest = &component.manifest;
            let place = || format!("in the component `{}`", component.name);
            let facts = project.derive(&manifest.derived).with_context(place)?;
            let scope = project.with(&facts);
            own_values.insert(component.name.clone(), facts);
            for (list, items) in &manifest.contributes {
                for item in items {
                    if let Some(item) = contribution(&scope, item).with_context(place)? {
                        contributed.entry(list.clone()).or_default().push(item);
                    }
                }
            }
            let about: Vec<String> = about(catalog, component, &active);
            for s in &manifest.satisfies {
                if let Some(when) = &s.when
                    && !scope.is_true(when).with_context(place)?
                {
                    continue;
                }
                let text = |t: &String| scope.render(t).with_context(place);
                evidence.entry(s.id.clone()).or_default().push(Evidence {
                    component: component.name.clone(),
                    title: manifest.title.clone(),
                    generated: text(&s.generated)?,
                    verify: text(&s.verify)?,
                    left: s.left.as_ref().map(text).transpose()?,
                    about: about.clone(),
                });
            }
        }
        for (name, items) in &mut contributed {
            if let Some(list) = catalog.lists.get(name) {
                list.put_in_order(items);
            }
        }
        let mut readiness = Vec::new();
        for need in &catalog.needs {
            let items = evidence.get(&need.id).cloned().unwrap_or_default();
            let reason = match items.is_empty() {
                true => reason(need, &active, &own_values, &project)?,
                false => None,
            };
            readiness.push(Readiness {
                id: need.id.clone(),
                area: need.area.clone(),
                need: need.need.clone(),
                covered: !items.is_empty(),
                reason,
                items,
            });
        }
        let components: Vec<Value> =
            active.iter().map(|c| json!({"name": c.name, "title": c.manifest.title, "why": c.manifest.why})).collect();

        let mut values = marked.into_owned();
        values.extend(provided);
        values.extend(derived);
        // One flat map for each component: a template that looks up a name would else ask map after map.
        let mut shared: BTreeMap<String, Any> = values.iter().map(|(k, v)| (k.clone(), any(v))).collect();
        shared.insert("pins".into(), any(&catalog.pins));
        shared.insert("open_answers".into(), any(&open));
        shared.insert("waiting".into(), any(Vec::<String>::new()));
        shared.insert("contributed".into(), any(&contributed));
        shared.insert("readiness".into(), any(&readiness));
        shared.insert("components".into(), any(&components));
        let own = own_values
            .iter()
            .map(|(name, facts)| {
                let mut names = shared.clone();
                names.extend(facts.iter().map(|(k, v)| (k.clone(), any(v))));
                (name.clone(), Any::from(names))
            })
            .collect();
        let shared = Any::from(shared);
        let layout = Layout::new(catalog, &answers.values);
        let earlier = layout.clone();
        Ok(Self { shared, own, values, own_values, contributed, readiness, open, layout, earlier })
    }

    /// What the templates of one component see, with the items that its path goes through.
    pub fn of(&self, component: &str, repeated: &Values) -> Any {
        let own = self.own.get(component).unwrap_or(&self.shared).clone();
        if repeated.is_empty() { own } else { merge_maps([own, any(repeated)]) }
    }

    /// The same once it is known which files wait for answers.
    pub fn of_waiting(&self, component: &str, repeated: &Values, waiting: &Any) -> Any {
        merge_maps([self.of(component, repeated), waiting.clone()])
    }
}

/// Whose files the evidence of a component can name.
fn about(catalog: &Catalog, component: &Component, active: &[&Component]) -> Vec<String> {
    let is_of_record = |slot: &str| catalog.slots.slots.get(slot).is_some_and(|slot| slot.per.is_some());
    let fills = |other: &&&Component| {
        let slot = other.manifest.provides.as_ref().map(|provides| &provides.slot);
        slot.is_some_and(|slot| component.manifest.requires.contains(slot) && is_of_record(slot))
    };
    let others = active.iter().filter(fills).map(|other| other.name.clone());
    std::iter::once(component.name.clone()).chain(others).collect()
}

/// Why a need is missing: as an active component says, else as the need itself says.
fn reason(
    need: &Need,
    active: &[&Component],
    own: &BTreeMap<String, Values>,
    project: &Scope<'_>,
) -> Result<Option<String>> {
    let said = active.iter().find_map(|c| Some((own.get(&c.name)?, c.manifest.open.get(&need.id)?)));
    match (said, &need.open) {
        (Some((facts, text)), _) => project.with(facts).render(text).map(Some),
        (None, Some(text)) => project.render(text).map(Some),
        (None, None) => Ok(None),
    }
}

/// A value for the template engine.
fn any(value: impl Serialize) -> Any {
    Any::from(Serde(value))
}

/// One item of a contribution with its texts rendered, or nothing when its `when` is false.
fn contribution(scope: &Scope<'_>, item: &Value) -> Result<Option<Value>> {
    if let Value::Object(fields) = item
        && let Some(Value::String(when)) = fields.get("when")
        && !scope.is_true(when)?
    {
        return Ok(None);
    }
    rendered(scope, item).map(Some)
}

fn rendered(scope: &Scope<'_>, item: &Value) -> Result<Value> {
    Ok(match item {
        Value::String(text) if text.contains("<%") => json!(scope.render(text)?),
        Value::Array(items) => Value::Array(items.iter().map(|i| rendered(scope, i)).collect::<Result<_>>()?),
        Value::Object(fields) => {
            let mut out = serde_json::Map::new();
            for (key, value) in fields.iter().filter(|(key, _)| *key != "when") {
                out.insert(key.clone(), rendered(scope, value)?);
            }
            Value::Object(out)
        }
        other => other.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_need_names_files() {
        let item = Evidence {
            component: "services".into(),
            title: "Services".into(),
            generated: "`Dockerfile`, [rules](docs/rules.md).".into(),
            verify: "`docker build .`".into(),
            left: None,
            about: vec!["services".into(), "languages/node".into()],
        };
        let need = Readiness {
            id: "IMG-01".into(),
            area: "images".into(),
            need: "one image".into(),
            covered: true,
            reason: None,
            items: vec![item],
        };
        assert!(need.names("services", "backend/Dockerfile") && need.names("services", "docs/rules.md"));
        assert!(!need.names("services", "backend/XDockerfile") && !need.names("services", "docs/other.md"));
        assert!(!need.names("secrets", "docs/rules.md") && need.names("languages/node", "apps/Dockerfile"));
    }
}
