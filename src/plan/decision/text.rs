//! The text of `.scaffold/decisions.yaml`: a line per decision, sorted, so that git can join the lines of two branches.

use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Decision, Decisions};
use crate::text::checksum::Sum;
use crate::text::error::UserError;
use crate::text::{path, yaml};

/// The format that this binary writes, and the newest that it reads.
const FORMAT: u64 = 1;

const NOTE: &str = "# What was decided about single files in reviews, and about which version. Commit this file.
# `scaffold decisions` lists it; after `scaffold decisions forget PATH` the next update offers it again.
";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    /// Checked before.
    #[serde(rename = "format")]
    _format: u64,
    decisions: Option<Vec<DecisionLine>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DecisionLine {
    path: String,
    mine: Option<String>,
    left_out: Option<String>,
    refused: Option<String>,
    moved: Option<String>,
}

impl Decisions {
    /// The text; the same for the same decisions.
    pub fn encode(&self) -> String {
        let mut out = format!("{NOTE}format: {FORMAT}\ndecisions:\n");
        // JSON is YAML, and quotes whatever is in the path
        let quoted = |path: &str| json!(path::to_line(path));
        for (path, to) in &self.moved {
            let _ = writeln!(out, "- {{path: {}, moved: {}}}", quoted(path), quoted(to));
        }
        let mut line = |path: &str, word: &str, sum: &Sum| {
            let _ = writeln!(out, "- {{path: {}, {word}: \"{sum}\"}}", quoted(path));
        };
        for (path, decision) in &self.files {
            match decision {
                Decision::Mine(sum) => line(path, "mine", sum),
                Decision::LeftOut(sum) => line(path, "left_out", sum),
                Decision::Refused(sums) => sums.iter().for_each(|sum| line(path, "refused", sum)),
            }
        }
        out
    }
}

/// Reads the text. `shown` is its path in messages. Of two decisions about one file, as git joins two branches, the
/// later counts, except that refusals add up.
///
/// # Errors
/// When it is not such a text, or one of a newer scaffold.
pub fn parse(shown: &str, bytes: &[u8]) -> Result<Decisions, UserError> {
    let fault = |what: &str| {
        UserError::new(format!("`{shown}` {what}"))
            .hint("bring it back from the history of the repository, or delete it: then nothing is remembered")
    };
    let text = str::from_utf8(bytes).map_err(|_| fault("is not UTF-8"))?;
    let value: Value = yaml::parse(text).map_err(|e| fault(&format!("cannot be read: {e}")))?;
    match value.get("format").and_then(Value::as_u64) {
        Some(1..=FORMAT) => {}
        Some(newer) => {
            return Err(UserError::new(format!(
                "`{shown}` has format {newer}, which this version of scaffold does not support"
            ))
            .hint("install the newest scaffold"));
        }
        None => return Err(fault("has no `format`")),
    }
    let text: Text = serde_json::from_value(value).map_err(|e| fault(&format!("cannot be read: {e}")))?;
    let mut decisions = Decisions::default();
    for line in text.decisions.unwrap_or_default() {
        let read = |text: &str| {
            let path = path::from_line(text).filter(|path| path::check(path).is_ok() && !path::is_record(path));
            path.ok_or_else(|| fault(&format!("names `{}`, which is no path", text.escape_debug())))
        };
        let path = read(&line.path)?;
        let (word, sum) = match (&line.mine, &line.left_out, &line.refused, &line.moved) {
            (Some(sum), None, None, None) => ("mine", sum),
            (None, Some(sum), None, None) => ("left_out", sum),
            (None, None, Some(sum), None) => ("refused", sum),
            (None, None, None, Some(to)) => {
                let to = read(to)?;
                let other = |(from, other): (&String, &String)| *from != path && *other == to;
                if to == path || decisions.moved.iter().any(other) {
                    return Err(fault(&format!("does not move one file to `{to}`")));
                }
                decisions.moved.insert(path, to);
                continue;
            }
            _ => return Err(fault(&format!("does not say one thing about `{path}`"))),
        };
        let sum: Sum = sum.parse().map_err(|()| fault(&format!("has no checksum for `{path}`")))?;
        match (word, decisions.files.get_mut(&path)) {
            ("refused", Some(Decision::Refused(sums))) => {
                sums.insert(sum);
            }
            (word, _) => {
                let decision = match word {
                    "mine" => Decision::Mine(sum),
                    "left_out" => Decision::LeftOut(sum),
                    _ => Decision::Refused([sum].into()),
                };
                decisions.files.insert(path, decision);
            }
        }
    }
    Ok(decisions)
}
