//! Expressions of the catalog (`when`, defaults, derived facts, rules) over answers.

use std::collections::HashSet;

use anyhow::{Context as _, Result};
use indexmap::IndexMap;
use minijinja::Environment;
use minijinja::value::{Serde, Value as Any};
use serde_json::{Map, Value};

use crate::catalog::question::{Question, Values};
use crate::template::engine;
use crate::terminal::memory;

fn failed(error: minijinja::Error) -> anyhow::Error {
    engine::reason(&error).map_or_else(|| error.into(), anyhow::Error::msg)
}

/// The names that an expression can use.
#[derive(Clone)]
pub struct Scope<'a> {
    env: &'a Environment<'a>,
    names: Values,
}

impl<'a> Scope<'a> {
    /// A scope with these names.
    pub fn new(env: &'a Environment<'a>, names: &Values) -> Self {
        Self { env, names: names.clone() }
    }

    /// The names and their values.
    pub fn names(&self) -> &Values {
        &self.names
    }

    /// The same with more names; they hide earlier ones.
    #[must_use]
    pub fn with(&self, more: &Values) -> Self {
        let mut names = self.names.clone();
        names.extend(more.clone());
        Self { env: self.env, names }
    }

    /// The same without a name.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.names.shift_remove(name);
        self
    }

    /// The same with the fields of a record as names.
    #[must_use]
    pub fn with_map(&self, more: &Map<String, Value>) -> Self {
        let mut names = self.names.clone();
        names.extend(more.clone());
        Self { env: self.env, names }
    }

    /// The value of an expression.
    ///
    /// # Errors
    /// When it does not parse, uses an unknown name, or fails.
    pub fn eval(&self, expression: &str) -> Result<Any> {
        let _rendering = memory::rendering(expression);
        let compiled = engine::expression(self.env, expression);
        let value = compiled.and_then(|e| e.eval(Any::from(Serde(&self.names))));
        value.map_err(failed).with_context(|| format!("in the expression `{expression}`"))
    }

    /// The value of an expression. One that uses no name is computed without them: to hand over all names takes longer
    /// than the rest.
    ///
    /// # Errors
    /// As [`Scope::eval`].
    pub fn eval_fact(&self, expression: &str) -> Result<Any> {
        if self.names_in(expression)?.is_empty() {
            Self::new(self.env, &Values::new()).eval(expression)
        } else {
            self.eval(expression)
        }
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
            .and_then(|template| template.render(Any::from(Serde(&self.names))))
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
            scope.names.insert(name.clone(), value.clone());
            derived.insert(name.clone(), value);
        }
        Ok(derived)
    }
}
