//! That what a component requires is there whenever the component is.

use std::collections::BTreeSet;

use super::slots::{Combination, combinations, key_question, shown};
use super::{Lint, manifest_file};
use crate::catalog::Component;
use crate::catalog::question::Values;
use crate::template::engine;
use crate::template::expression::Scope;

impl Lint<'_> {
    pub(super) fn requirements(&mut self) {
        let catalog = self.catalog;
        for component in &catalog.components {
            for needed in &component.manifest.requires {
                if let Some(why) = self.unmet(component, needed) {
                    self.fault(manifest_file(component), format!("requires {why}"));
                }
            }
        }
    }

    /// Why it is not certain that a component, or the provider of a slot, is there.
    pub(super) fn unmet(&self, component: &Component, needed: &str) -> Option<String> {
        let catalog = self.catalog;
        if component.name == *needed {
            return Some("itself".into());
        }
        let slot = catalog.slots.slots.get(needed);
        let other = catalog.component(needed);
        if slot.is_none() && other.is_none() {
            return Some(format!("`{needed}`, which does not exist"));
        }
        if let Some(per) = slot.and_then(|slot| slot.per.as_ref())
            && catalog.records_question(per).is_some_and(|list| list.min.unwrap_or(0) < 1)
        {
            return Some(format!("`{needed}`, which is not there without an entry in `{per}`"));
        }
        let other_when = other.and_then(|other| other.manifest.when.as_ref());
        if other_when.is_some() && other_when == component.manifest.when.as_ref() {
            return None;
        }
        if let Some(when) = other_when
            && !self.reads_only_keys(when)
        {
            return Some(format!("`{needed}`, which is there only when `{when}`"));
        }
        // slots whose keys decide about either of the two
        let named = slot.map(|_| needed).or_else(|| Some(other?.manifest.provides.as_ref()?.slot.as_str()));
        let own = component.manifest.provides.as_ref().map(|provides| provides.slot.as_str());
        let slots = || named.into_iter().chain(own).filter_map(|name| Some((name, catalog.slots.slots.get(name)?)));
        let mut keys: Vec<String> = Vec::new();
        let whens = component.manifest.when.iter().chain(other_when);
        let in_whens = whens.flat_map(|when| self.names(when)).filter(|name| self.is_key(name));
        for key in slots().flat_map(|(_, slot)| slot.keys.clone()).chain(in_whens) {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        // choices that can be taken beside some others only, and the keys that decide about that
        let mut limited: Vec<(String, &str, &str)> = Vec::new();
        for key in keys.clone() {
            for choice in key_question(catalog, &key).map(|question| &question.choices).into_iter().flatten() {
                let Some(when) = &choice.when else { continue };
                for name in self.names(when) {
                    if self.is_key(&name) && !keys.contains(&name) {
                        keys.push(name);
                    }
                }
                limited.push((key.clone(), &choice.value, when));
            }
        }
        let is_open = |combination: &Combination<'_>| {
            let mut whens = limited.iter().filter(|(key, value, _)| combination.get(key.as_str()) == Some(value));
            whens.all(|(_, _, when)| Scope::new(&self.env, &values(combination)).is_true(when).unwrap_or(true))
        };
        for combination in combinations(catalog, &keys)? {
            let value_of = |key: &str| combination.get(key).copied();
            // what nothing fills at all is a fault of the slot
            let is_filled = |(name, _): (&str, _)| catalog.providers(name).any(|(_, provides)| provides.fits(value_of));
            if !slots().all(is_filled) || !is_open(&combination) || !self.is_there(component, &combination, true) {
                continue;
            }
            let is_met = match (slot, other) {
                (Some(_), _) => {
                    catalog.providers(needed).any(|(_, provides)| !provides.none && provides.fits(value_of))
                }
                (None, Some(other)) => self.is_there(other, &combination, false),
                (None, None) => false,
            };
            if !is_met {
                let shown = if combination.is_empty() { "these answers".into() } else { shown(&combination) };
                return Some(format!("`{needed}`, which is not there with {shown}"));
            }
        }
        None
    }

    /// Whether a component is there with these keys; `otherwise` where other answers decide.
    fn is_there(&self, component: &Component, combination: &Combination<'_>, otherwise: bool) -> bool {
        let m = &component.manifest;
        match (&m.provides, &m.when) {
            (Some(provides), _) => provides.fits(|key| combination.get(key).copied()),
            (None, Some(when)) if self.reads_only_keys(when) => {
                Scope::new(&self.env, &values(combination)).is_true(when).unwrap_or(otherwise)
            }
            (None, Some(_)) => otherwise,
            (None, None) => true,
        }
    }

    fn reads_only_keys(&self, expression: &str) -> bool {
        self.names(expression).iter().all(|name| self.is_key(name))
    }

    fn is_key(&self, name: &str) -> bool {
        let slots = self.catalog.slots.slots.values();
        slots.flat_map(|slot| &slot.keys).any(|key| key == name) && key_question(self.catalog, name).is_some()
    }

    /// The names that an expression reads, in alphabetical order; what does not parse is a fault of its own.
    fn names(&self, expression: &str) -> BTreeSet<String> {
        engine::expression(&self.env, expression)
            .map(|compiled| compiled.undeclared_variables(false).into_iter().collect())
            .unwrap_or_default()
    }
}

fn values(combination: &Combination<'_>) -> Values {
    combination.iter().map(|(key, value)| ((*key).to_owned(), (*value).into())).collect()
}
