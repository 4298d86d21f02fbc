//! Values of answers in words, for people.

use serde_json::{Map, Value};

/// What an empty value is called.
pub const NONE: &str = "none";

/// A value in one line; a record is named by its first field.
pub fn brief(value: &Value) -> String {
    words(value, &|record| record.values().next().map(brief).unwrap_or_default())
}

/// A value in one line, with all fields of records.
pub fn whole(value: &Value) -> String {
    words(value, &|record| {
        let fields: Vec<String> = record.iter().map(|(name, value)| format!("{name}: {}", whole(value))).collect();
        format!("({})", fields.join(", "))
    })
}

fn words(value: &Value, record: &dyn Fn(&Map<String, Value>) -> String) -> String {
    match value {
        Value::Bool(true) => "yes".into(),
        Value::Bool(false) => "no".into(),
        Value::Null => NONE.into(),
        Value::String(text) if text.is_empty() => NONE.into(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => NONE.into(),
        Value::Array(items) => items.iter().map(|item| words(item, record)).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => record(fields),
        Value::Number(number) => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_in_words() {
        let services = json!([{"name": "web", "ports": [80, 443]}, {"name": "api", "public": false, "secrets": []}]);
        assert_eq!(brief(&services), "web, api");
        assert_eq!(whole(&services), "(name: web, ports: 80, 443), (name: api, public: no, secrets: none)");
        assert_eq!([json!(""), json!([]), json!(null)].each_ref().map(brief), ["none"; 3]);
        assert_eq!([json!(true), json!(7), json!("a b")].each_ref().map(brief), ["yes", "7", "a b"]);
    }
}
