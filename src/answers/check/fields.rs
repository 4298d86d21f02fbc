//! The rules of the fields of one record, each in the light of those before it.

use anyhow::Error;
use serde_json::Value;

use super::Check;
use crate::catalog::question::{Question, Record};
use crate::template::expression::Scope;
use crate::template::provided::of_record;

/// A record as far as its fields are known.
pub struct Fields<'c, 'a> {
    /// The rules of the list.
    list: &'c Check<'a>,
    known: Record,
    /// What the record has from another one.
    shared: Record,
    scope: Scope<'a>,
}

/// What cannot be known of a record.
pub(super) enum Unknown {
    /// The record with which it shares fields is refused, as these sentences say.
    Refused(Vec<String>),
    /// There is no such record.
    Absent,
    /// What the providers of its slots say, as an expression fails.
    Facts(Error),
}

impl<'c, 'a> Fields<'c, 'a> {
    /// A record of which nothing is known.
    pub fn new(list: &'c Check<'a>) -> Self {
        Self { list, known: Record::new(), shared: Record::new(), scope: list.scope.clone() }
    }

    /// A record of which this much is known.
    pub fn of(list: &'c Check<'a>, known: &Record) -> Self {
        let mut fields = Self { known: known.clone(), scope: list.scope.with(known), ..Self::new(list) };
        let (_, _) = (fields.share(), fields.provide());
        fields
    }

    /// The rules of a field.
    pub fn rules(&self, field: &'a Question) -> Check<'a> {
        let shares = self.list.question.shares.as_ref().filter(|shares| shares.named(&self.known).is_some());
        let shared = shares.is_some_and(|shares| shares.fields.contains(&field.name));
        Check { scope: self.scope.clone(), question: field, shared, ..self.list.clone() }
    }

    /// What is known so far.
    pub fn known(&self) -> &Record {
        &self.known
    }

    pub fn into_known(self) -> Record {
        self.known
    }

    /// Makes the value of a field known. What cannot be known now may not matter: an expression that needs it says so.
    pub fn know(&mut self, field: &Question, value: Value) {
        let _ = self.learn(field, value);
    }

    /// The same where it matters.
    pub(super) fn learn(&mut self, field: &Question, value: Value) -> Result<(), Unknown> {
        self.scope = self.scope.with([(&field.name, &value)]);
        self.known.insert(field.name.clone(), value);
        let question = self.list.question;
        let mut changed =
            question.slots.iter().any(|slot| slot.fields.iter().chain(&slot.reads).any(|name| *name == field.name));
        if question.shares.as_ref().is_some_and(|shares| shares.by == field.name) {
            self.share()?;
            changed = true;
        }
        if changed { self.provide() } else { Ok(()) }
    }

    /// Takes over what another record has for this one.
    fn share(&mut self) -> Result<(), Unknown> {
        let question = self.list.question;
        if question.shares.as_ref().is_none_or(|shares| shares.named(&self.known).is_none()) {
            return Ok(());
        }
        let records = &self.list.list;
        let other = question.shared_by(&self.known, records.iter()).ok_or(Unknown::Absent)?;
        let place = records.iter().position(|one| one == other).unwrap_or_default();
        let other = self.list.record(&format!("{}.{place}", question.name), &Value::Object(other.clone()));
        self.shared = question.shared_fields(&other.map_err(Unknown::Refused)?);
        self.scope = self.scope.with(&self.shared).with(&self.known);
        Ok(())
    }

    /// Computes what the providers of its slots say.
    fn provide(&mut self) -> Result<(), Unknown> {
        let whole = self.shared.clone().into_iter().chain(self.known.clone()).collect();
        let facts = of_record(self.list.question, &whole, &self.list.scope).map_err(Unknown::Facts)?;
        self.scope = self.scope.with(&facts);
        Ok(())
    }
}
