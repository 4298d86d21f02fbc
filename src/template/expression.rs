//! Expressions of the catalog (`when`, defaults, derived facts, rules) over answers.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use anyhow::{Context as _, Result};
use indexmap::IndexMap;
use minijinja::Environment;
use minijinja::value::{Object, Serde, Value as Any};
use serde_json::Value;

use crate::catalog::question::{Known, Question, Values};
use crate::template::engine;
use crate::terminal::memory;

fn failed(error: minijinja::Error) -> anyhow::Error {
    engine::reason(&error).map_or_else(|| error.into(), anyhow::Error::msg)
}

/// The names that an expression can use. A copy shares the values.
#[derive(Clone)]
pub struct Scope<'a> {
    env: &'a Environment<'a>,
    names: Arc<Names>,
}

/// Names in layers, of which the last one that has a name decides. Scopes share layers: there is a scope for each field of
/// each record, and most of what it holds is the same.
#[derive(Clone, Debug, Default)]
struct Names(Vec<Arc<Layer>>);

/// Nothing stands for a name that is hidden.
type Layer = HashMap<String, Option<Arc<Name>>>;

#[derive(Debug)]
struct Name {
    value: Value,
    /// What the engine has of it, once it was asked for.
    known: OnceLock<Any>,
}

impl Names {
    fn get(&self, name: &str) -> Option<&Arc<Name>> {
        self.0.iter().rev().find_map(|layer| layer.get(name))?.as_ref()
    }

    /// The same with one more layer. Layers that are not larger become one with it, so that there are few.
    fn with(&self, mut top: Layer) -> Self {
        let mut layers = self.0.clone();
        while let Some(below) = layers.pop_if(|below| below.len() <= top.len()) {
            for (name, value) in below.iter() {
                top.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
        layers.push(Arc::new(top));
        Self(layers)
    }
}

impl Object for Names {
    fn get_value(self: &Arc<Self>, key: &Any) -> Option<Any> {
        let name = self.get(key.as_str()?)?;
        Some(name.known.get_or_init(|| Any::from(Serde(&name.value))).clone())
    }
}

impl Known for Scope<'_> {
    fn known(&self, name: &str) -> Option<&Value> {
        self.names.get(name).map(|name| &name.value)
    }
}

impl<'a> Scope<'a> {
    /// A scope with these names.
    pub fn new(env: &'a Environment<'a>, names: &Values) -> Self {
        Self { env, names: Arc::default() }.with(names)
    }

    /// The same with more names; they hide earlier ones.
    #[must_use]
    pub fn with<'v>(&self, more: impl IntoIterator<Item = (&'v String, &'v Value)>) -> Self {
        let name = |value: &Value| Arc::new(Name { value: value.clone(), known: OnceLock::new() });
        let layer: Layer = more.into_iter().map(|(key, value)| (key.clone(), Some(name(value)))).collect();
        if layer.is_empty() { self.clone() } else { self.layered(layer) }
    }

    /// The same without a name.
    #[must_use]
    pub fn without(&self, name: &str) -> Self {
        self.layered(Layer::from([(name.to_owned(), None)]))
    }

    fn layered(&self, layer: Layer) -> Self {
        Self { env: self.env, names: Arc::new(self.names.with(layer)) }
    }

    /// The value of an expression.
    ///
    /// # Errors
    /// When it does not parse, uses an unknown name, or fails.
    pub fn eval(&self, expression: &str) -> Result<Any> {
        let _rendering = memory::rendering(expression);
        let compiled = engine::expression(self.env, expression);
        let value = compiled.and_then(|e| e.eval(self.known_names()));
        value.map_err(failed).with_context(|| format!("in the expression `{expression}`"))
    }

    fn known_names(&self) -> Any {
        Any::from_dyn_object(Arc::clone(&self.names))
    }

    /// The names that an expression uses.
    ///
    /// # Errors
    /// When it does not parse.
    pub fn names_in(&self, expression: &str) -> Result<HashSet<String>> {
        let compiled = engine::expression(self.env, expression).map_err(failed);
        Ok(compiled.with_context(|| format!("in the expression `{expression}`"))?.undeclared_variables(false))
    }

    /// Whether an expression is true.
    ///
    /// # Errors
    /// As [`Scope::eval`].
    pub fn is_true(&self, expression: &str) -> Result<bool> {
        Ok(self.eval(expression)?.is_true())
    }

    /// The text of a template.
    ///
    /// # Errors
    /// When it does not parse, uses an unknown name, or fails.
    pub fn render(&self, template: &str) -> Result<String> {
        let _rendering = memory::rendering(template);
        engine::template(self.env, "<string>", template)
            .and_then(|template| template.render(self.known_names()))
            .map_err(failed)
            .with_context(|| format!("in the text `{template}`"))
    }

    /// The default of a question, if it has one.
    ///
    /// # Errors
    /// When its expression fails.
    pub fn default_of(&self, question: &Question) -> Result<Option<Value>> {
        match &question.default_expr {
            Some(expression) => Ok(Some(serde_json::to_value(self.eval(expression)?)?)),
            None => Ok(question.default.clone()),
        }
    }

    /// The values of facts, each of which may use the earlier ones.
    ///
    /// # Errors
    /// When an expression fails.
    pub fn derive(&self, facts: &IndexMap<String, String>) -> Result<Values> {
        let mut scope = self.clone();
        let mut derived = Values::new();
        for (name, expression) in facts {
            let value = serde_json::to_value(scope.eval(expression)?)?;
            scope = scope.with([(name, &value)]);
            derived.insert(name.clone(), value);
        }
        Ok(derived)
    }
}
