//! What the components that fill slots say of themselves: `provided.SLOT.FACT`.

use anyhow::{Context as _, Result};
use serde_json::{Map, Value, json};

use crate::catalog::question::Values;
use crate::catalog::slots::{PROVIDED, Provides, Slot};
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
/// earlier ones. The records of a list that has a slot per record get their own.
///
/// # Errors
/// As [`of_slot`].
pub fn all(catalog: &Catalog, scope: &Scope<'_>) -> Result<Values> {
    let mut names = Values::from_iter([(PROVIDED.to_owned(), json!({}))]);
    for (name, slot) in &catalog.slots.slots {
        let scope = scope.with(&names);
        if let Some(list) = &slot.per {
            let records = records(catalog, name, slot, &scope)?;
            names.insert(list.clone(), records);
        } else if let (Some(facts), Some(provided)) = (of_slot(catalog, name, &scope)?, names.get_mut(PROVIDED)) {
            provided[name] = facts;
        }
    }
    Ok(names)
}

/// The records of the list that a slot is there for, each with what its provider says.
fn records(catalog: &Catalog, name: &str, slot: &Slot, scope: &Scope<'_>) -> Result<Value> {
    let list = slot.per.as_ref().and_then(|list| scope.names().get(list)).and_then(Value::as_array);
    let mut records = list.cloned().unwrap_or_default();
    for record in &mut records {
        let Value::Object(fields) = record else { continue };
        let own: Values = fields.clone().into_iter().collect();
        if let Some((component, provides)) = catalog.provider(name, &own) {
            let facts = facts(component, provides, &scope.with(&own))?;
            let provided = fields.entry(PROVIDED).or_insert_with(|| json!({}));
            provided[name] = facts;
        }
    }
    Ok(Value::Array(records))
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
