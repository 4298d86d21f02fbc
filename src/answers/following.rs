//! Recorded fields that are only defaults: they follow the answers behind them. The host of an environment moves with the
//! domain, and the commands of a service with its language.

use serde_json::Value;

use crate::answers::check::{Check, Fields};
use crate::catalog::question::{Question, Record};
use crate::template::expression::Scope;

/// Leaves out of recorded records what is only the default with the recorded answers, so that it becomes the default with
/// the new ones.
pub(super) fn leave_defaults_out(question: &Question, records: &mut Value, recorded: &Scope<'_>) {
    let all: Vec<Record> = records.as_array().into_iter().flatten().filter_map(Value::as_object).cloned().collect();
    let check = Check::new(recorded.clone(), question).among(&all);
    for record in records.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        let whole = record.clone();
        let fields = Fields::of(&check, &whole);
        for field in question.fields.iter().filter(|field| field.default_expr.is_some()) {
            let default = fields.rules(field).default_value();
            if matches!(default, Ok(Some(default)) if whole.get(&field.name) == Some(&default)) {
                record.shift_remove(&field.name);
            }
        }
    }
}
