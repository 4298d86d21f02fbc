//! `scaffold questions`: everything that can be answered.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Result;
use serde_json::{Value, json};

use crate::answers::schema;
use crate::catalog::Catalog;
use crate::catalog::question::{KindName, Question};
use crate::cli::{QuestionsArgs, QuestionsFormat};
use crate::commands::load_catalog;
use crate::show::explanation::{NOT_ASKED, default_of};
use crate::template::usage::Usage;
use crate::terminal::output;
use crate::terminal::ui::Ui;

/// Lists every question.
///
/// # Errors
/// When the catalog has faults.
pub fn run(args: &QuestionsArgs, ui: &Ui) -> Result<u8> {
    let catalog = load_catalog(&args.catalog)?;
    match args.format {
        QuestionsFormat::Human => output::text(ui, &list(&catalog))?,
        QuestionsFormat::Json => output::data(&output::json(&rows(&catalog)?)?)?,
        QuestionsFormat::JsonSchema => output::data(&output::json(&schema::answers(&catalog))?)?,
    }
    Ok(0)
}

fn list(catalog: &Catalog) -> String {
    let mut out = String::new();
    let groups = &catalog.project.groups;
    // a catalog without groups is one
    for group in groups.iter().map(Some).chain(groups.is_empty().then_some(None)) {
        let heading = group.map_or("Answers".into(), |g| format!("{} ({}): {}", g.title, g.name, g.why));
        let _ = writeln!(out, "{}{heading}", if out.is_empty() { "" } else { "\n" });
        let name = group.map(|g| &g.name);
        for (component, question) in catalog.questions().filter(|(_, q)| q.group.as_ref() == name) {
            entry(&mut out, question, "  ");
            if let Some(component) = component {
                let _ = writeln!(out, "      belongs to the component {}", component.name);
            }
            for field in &question.fields {
                entry(&mut out, field, "      ");
            }
        }
    }
    out
}

fn entry(out: &mut String, q: &Question, indent: &str) {
    let _ = writeln!(out, "{indent}{}: {}", q.name, q.ask);
    let _ = writeln!(out, "{indent}    {}; {}", q.kind().describe(), default_of(q));
    if let Some(when) = &q.when {
        let _ = writeln!(out, "{indent}    asked when `{when}`");
    }
    if !q.asked {
        let _ = writeln!(out, "{indent}    {}", NOT_ASKED);
    }
}

fn rows(catalog: &Catalog) -> Result<Vec<Value>> {
    let usage = Usage::new(catalog)?;
    let mut needed: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for component in &catalog.components {
        for answer in usage.of_component(component) {
            needed.entry(answer).or_default().push(&component.name);
        }
    }
    let rows = catalog.questions().map(|(component, question)| {
        let mut row = row(question);
        if let Value::Object(fields) = &mut row {
            fields.insert("group".into(), json!(question.group));
            fields.insert("component".into(), json!(component.map(|c| &c.name)));
            fields.insert("needed_by".into(), json!(needed.get(&question.name).cloned().unwrap_or_default()));
        }
        row
    });
    Ok(rows.collect())
}

fn row(q: &Question) -> Value {
    let mut out = json!({
        "name": q.name,
        "kind": q.kind,
        "ask": q.ask,
        "help": q.help,
        "takes": q.kind().describe(),
        "choices": q.choices,
        "default": q.default,
        "default_expr": q.default_expr,
        "when": q.when,
    });
    if q.kind == KindName::Records
        && let Value::Object(fields) = &mut out
    {
        fields.insert("fields".into(), q.fields.iter().map(row).collect());
    }
    out
}
