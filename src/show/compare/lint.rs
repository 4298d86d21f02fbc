//! What the comparable choices of a catalog must satisfy.

use serde_json::json;

use crate::catalog::question::{KindName, Question};
use crate::catalog::{Catalog, Component, Fault};

/// Everything that is wrong with `compare` in questions.
pub(super) fn faults(catalog: &Catalog) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (component, question) in catalog.questions() {
        let mut fault = |message: String| faults.push(Fault::new(file(component), message));
        let name = format!("question `{}`", question.name);
        if question.fields.iter().any(compares) {
            fault(format!("{name}: a field of a record cannot have `compare`"));
        }
        if !compares(question) {
            continue;
        }
        if question.kind != KindName::Choice {
            fault(format!("{name}: `compare` goes with the kind `choice`"));
            continue;
        }
        for choice in &question.choices {
            let Some(strategy) = &choice.compare else {
                fault(format!("{name}: `{}` needs `compare`, since another choice has it", choice.value));
                continue;
            };
            let points = strategy.money.iter().chain(&strategy.people).chain([&strategy.rpo, &strategy.rto]);
            if strategy.money.is_empty() || strategy.people.is_empty() || points.into_iter().any(String::is_empty) {
                fault(format!("{name}: `compare` of `{}` leaves something out", choice.value));
            }
            let taken = |answer: Option<&serde_json::Value>| answer == Some(&json!(choice.value));
            if !catalog.presets.iter().any(|p| taken(p.answers.get(&question.name))) {
                fault(format!("{name}: `{}` has `compare` and needs a preset that takes it", choice.value));
            }
        }
    }
    faults
}

fn compares(question: &Question) -> bool {
    question.choices.iter().any(|choice| choice.compare.is_some())
}

fn file(component: Option<&Component>) -> String {
    component.map_or_else(
        || "templates/questions.yaml".into(),
        |c| format!("templates/components/{}/component.yaml", c.name),
    )
}
