//! What a value that was typed after `--set` means.

use serde_json::Value;

use crate::catalog::question::{KindName, Question};

/// The value at a dotted path below a question. Where a text is wanted, what was typed is that text, as at the prompt:
/// an account id may begin with zeros, a title may be `2024` and a team may begin with `@`. Quotes around all of it are
/// YAML's, and so is everything else that is typed.
///
/// # Errors
/// Why it is not YAML.
pub(super) fn value(question: &Question, rest: &[&str], text: &str) -> Result<Value, String> {
    let is_quoted = text.len() > 1 && ['"', '\''].iter().any(|q| text.starts_with(*q) && text.ends_with(*q));
    if wants_text(question, rest) && !is_quoted && !matches!(text, "null" | "~") {
        return Ok(Value::String(text.into()));
    }
    serde_yaml::from_str(text).map_err(|e| e.to_string())
}

fn wants_text(question: &Question, rest: &[&str]) -> bool {
    match (question.kind, rest) {
        (KindName::Records, [_, field, rest @ ..]) => {
            question.field(field).is_some_and(|field| wants_text(field, rest))
        }
        (KindName::MultiChoice | KindName::EnvNames | KindName::Texts, rest) => rest.len() == 1,
        (KindName::Variables, rest) => matches!(rest, [_] | [_, "home" | "value"] | [_, "values", _]),
        (KindName::Bool | KindName::Integer | KindName::Port | KindName::Ports | KindName::Records, _) => false,
        (_, rest) => rest.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn question(yaml: &str) -> Question {
        serde_yaml::from_str(&format!("{{name: q, ask: What?, {yaml}}}")).unwrap()
    }

    #[test]
    fn a_text_is_taken_as_it_was_typed() {
        let text = question("kind: text");
        for typed in
            ["2024", "012345678901", "@acme/platform", "yes", "", "a: b # c", "'s", "{", "123456789012345678901234"]
        {
            assert_eq!(value(&text, &[], typed), Ok(json!(typed)));
        }
        assert_eq!(value(&text, &[], "\"1\""), Ok(json!("1")));
        assert_eq!(value(&text, &[], "'it''s'"), Ok(json!("it's")));
        assert_eq!(value(&text, &[], "null"), Ok(json!(null)));
    }

    #[test]
    fn anything_else_is_yaml() {
        assert_eq!(value(&question("kind: port"), &[], "8080"), Ok(json!(8080)));
        assert_eq!(value(&question("kind: ports"), &[], "[587]"), Ok(json!([587])));
        assert_eq!(value(&question("kind: ports"), &["0"], "587"), Ok(json!(587)));
        assert_eq!(value(&question("kind: bool"), &[], "true"), Ok(json!(true)));
        assert!(value(&question("kind: env_names"), &[], "[").is_err());
        let names = question("kind: env_names");
        assert_eq!(value(&names, &[], "[A, B]"), Ok(json!(["A", "B"])));
        assert_eq!(value(&names, &["0"], "1"), Ok(json!("1")));
        let variables = question("kind: variables");
        assert_eq!(value(&variables, &["LIMIT"], "0123"), Ok(json!("0123")));
        assert_eq!(value(&variables, &["LIMIT", "values", "prod"], "1.10"), Ok(json!("1.10")));
        assert_eq!(value(&variables, &[], "{LIMIT: 5}"), Ok(json!({"LIMIT": 5})));
        let fields = "fields: [{name: title, ask: What?, kind: text}, {name: port, ask: Which?, kind: port}]";
        let records = question(&format!("kind: records, {fields}"));
        assert_eq!(value(&records, &["0", "title"], "1"), Ok(json!("1")));
        assert_eq!(value(&records, &["0", "port"], "1"), Ok(json!(1)));
        assert_eq!(value(&records, &["0"], "{title: a}"), Ok(json!({"title": "a"})));
    }
}
