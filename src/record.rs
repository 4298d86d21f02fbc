//! `.scaffold/answers.yaml`: the answers of a project, sorted, with their questions as comments.

use std::fmt::Write as _;

use anyhow::Result;
use serde_json::{Map, Value};

use crate::answers::Answers;
use crate::catalog::Catalog;

/// The text of the file. It is an answers file: `--answers` reads it.
///
/// # Errors
/// When a value cannot be written as YAML.
pub fn answers(catalog: &Catalog, answers: &Answers) -> Result<String> {
    let version = env!("CARGO_PKG_VERSION");
    let mut out = format!("# The answers that this repository was generated from, by scaffold {version}.\n");
    out.push_str("# Safe to edit by hand. Never put a secret here: this file is committed.\n");
    let mut names: Vec<&String> = answers.values.keys().collect();
    names.sort();
    for name in names {
        if let Some(question) = catalog.question(name) {
            let _ = write!(out, "\n# {}\n", question.ask);
        }
        let value = answers.values.get(name).cloned().unwrap_or_default();
        let entry: Map<String, Value> = [(name.clone(), value)].into_iter().collect();
        out.push_str(&serde_yaml::to_string(&entry)?);
    }
    Ok(out)
}
