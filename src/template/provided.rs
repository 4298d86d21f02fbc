//! What the components that fill slots say of themselves: `provided.SLOT.FACT`.

use anyhow::{Context as _, Result};
use serde_json::{Map, Value, json};

use crate::catalog::question::Values;
use crate::catalog::slots::{PROVIDED, Provides};
use crate::catalog::{Catalog, Component};
use crate::template::expression::Scope;

/// The facts of one slot with these answers, or nothing where no component fills it.
///
/// # Errors
/// When an expression fails, which is a fault of the catalog.
pub fn of_slot(catalog: &Catalog, name: &str, scope: &Scope<'_>) -> Result<Option<Value>> {
    match catalog.provider(name, scope.names()) {
        Some((component, provides)) => facts(component, provides, scope).map(Some),
        None => Ok(None),
    }
}

/// The facts of all slots with these answers, under the name that templates have for them; each slot can use those of
/// earlier ones.
///
/// # Errors
/// As [`of_slot`].
pub fn all(catalog: &Catalog, scope: &Scope<'_>) -> Result<Values> {
    let mut names = Values::from_iter([(PROVIDED.to_owned(), json!({}))]);
    for slot in catalog.slots.slots.keys() {
        if let (Some(facts), Some(provided)) = (of_slot(catalog, slot, &scope.with(&names))?, names.get_mut(PROVIDED)) {
            provided[slot] = facts;
        }
    }
    Ok(names)
}

fn facts(component: &Component, provides: &Provides, scope: &Scope<'_>) -> Result<Value> {
    let mut facts = Map::from_iter([("provider".to_owned(), json!(component.name))]);
    if let Some((macros, _)) = &component.macros {
        facts.insert("macros".into(), json!(macros));
    }
    for (name, expression) in &provides.facts {
        let value =
            scope.eval(expression).with_context(|| format!("in the component `{}`, `provides`", component.name))?;
        facts.insert(name.clone(), serde_json::to_value(value)?);
    }
    Ok(Value::Object(facts))
}
