//! `.scaffold/answers.yaml`: the answers of a project, sorted, with their questions as comments.

use std::fmt::Write as _;

use anyhow::Result;
use serde_json::{Map, Value};

use crate::answers::Answers;
use crate::answers_file::KEPT;
use crate::catalog::Catalog;
use crate::question::Values;
use crate::version;

/// The text of the file. It is an answers file: `--answers` reads it.
///
/// # Errors
/// When a value cannot be written as YAML.
pub fn answers(catalog: &Catalog, answers: &Answers) -> Result<String> {
    let version = version::own();
    let mut out = format!("# The answers that this repository was generated from, by scaffold {version}.\n");
    out.push_str("# Safe to edit by hand. Never put a secret here: this file is committed.\n");
    for (name, value) in sorted(&answers.values) {
        if let Some(question) = catalog.question(&name) {
            let _ = write!(out, "\n# {}\n", question.ask);
        }
        out.push_str(&serde_yaml::to_string(&Map::from_iter([(name, value)]))?);
    }
    if !answers.kept.is_empty() {
        out.push_str("\n# Not asked with the answers above, or by this scaffold. Taken up again when they are.\n");
        out.push_str(&serde_yaml::to_string(&Map::from_iter([(KEPT.into(), sorted(&answers.kept).into())]))?);
    }
    Ok(out)
}

fn sorted(values: &Values) -> Map<String, Value> {
    let mut sorted: Vec<(String, Value)> = values.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    sorted.into_iter().collect()
}
