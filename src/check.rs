//! What a value of a question must look like in the light of the earlier answers: what a [`Prompter`]
//! needs to ask well.
//!
//! [`Prompter`]: crate::answers::Prompter

use anyhow::Result;
use serde_json::{Map, Value};

use crate::answers::check_value;
use crate::expression::Scope;
use crate::question::Question;

/// The rules of one question, or of one field of a record, with the answers so far.
#[derive(Clone)]
pub struct Check<'a> {
    scope: Scope<'a>,
    question: &'a Question,
}

impl<'a> Check<'a> {
    /// The rules of a question.
    pub fn new(scope: Scope<'a>, question: &'a Question) -> Self {
        Self { scope, question }
    }

    /// The question that is being asked.
    pub fn question(&self) -> &'a Question {
        self.question
    }

    /// A value in its normal form.
    ///
    /// # Errors
    /// Every refusal, as a whole sentence.
    pub fn value(&self, value: &Value) -> Result<Value, Vec<String>> {
        check_value(&self.scope, self.question, value)
    }

    /// The rules of a field, when the earlier fields of its record are these.
    #[must_use]
    pub fn within(&self, record: &Map<String, Value>, field: &'a Question) -> Self {
        Self { scope: self.scope.with_map(record), question: field }
    }

    /// Whether the question has a meaning with the answers so far.
    ///
    /// # Errors
    /// When the expression fails, which is a fault of the catalog.
    pub fn is_asked(&self) -> Result<bool> {
        self.question.when.as_ref().map_or(Ok(true), |when| self.scope.is_true(when))
    }

    /// The value that is taken when nothing else is given.
    ///
    /// # Errors
    /// When the expression fails, which is a fault of the catalog.
    pub fn default_value(&self) -> Result<Option<Value>> {
        self.scope.default_of(self.question)
    }
}
