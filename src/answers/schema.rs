//! A JSON Schema of answers files, so that editors complete and check them.

use serde_json::{Map, Value, json};

use crate::answers::file::{CHOSEN, KEPT};
use crate::catalog::Catalog;
use crate::catalog::kind::variables::HOMES;
use crate::catalog::later::LATER;
use crate::catalog::question::{KindName, Question};

/// The name of an environment variable.
const ENV_NAME: &str = "^[A-Za-z][A-Za-z0-9_]*[A-Za-z0-9]$";

/// The schema, draft 2020-12. Nothing is required: a preset or a flag can give the rest.
pub fn answers(catalog: &Catalog) -> Value {
    let mut properties: Map<String, Value> = catalog.questions().map(|(_, q)| (q.name.clone(), property(q))).collect();
    let kept = "Recorded answers that are not asked with the others. The next update may need them again.";
    properties.insert(KEPT.into(), json!({"type": "object", "description": kept}));
    let chosen = "Fields of records that stay when their default changes, such as `services.api.database`.";
    properties.insert(CHOSEN.into(), json!({"type": "array", "items": {"type": "string"}, "description": chosen}));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Answers for scaffold",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    })
}

fn property(q: &Question) -> Value {
    let mut schema = shape(q);
    if q.later.is_some() {
        schema = json!({"anyOf": [schema, {"const": LATER}]});
    }
    if let Value::Object(fields) = &mut schema {
        fields.insert("title".into(), json!(q.ask));
        fields.insert("description".into(), json!(format!("{}\nTakes {}.", q.help, q.kind().describe())));
        if let Some(default) = &q.default {
            fields.insert("default".into(), default.clone());
        }
    }
    schema
}

fn shape(q: &Question) -> Value {
    let choices: Vec<&str> = q.choices.iter().map(|c| c.value.as_str()).collect();
    match q.kind {
        KindName::Bool => json!({"type": "boolean"}),
        KindName::Integer => {
            let mut schema = json!({"type": "integer"});
            if let Value::Object(fields) = &mut schema {
                if let Some(min) = q.min {
                    fields.insert("minimum".into(), json!(min));
                }
                if let Some(max) = q.max {
                    fields.insert("maximum".into(), json!(max));
                }
            }
            schema
        }
        KindName::Port => json!({"type": "integer", "minimum": q.min.unwrap_or(1024), "maximum": 65535}),
        KindName::Ports => {
            json!({"type": "array", "uniqueItems": true, "items": {"type": "integer", "minimum": 1, "maximum": 65535}})
        }
        KindName::Choice => json!({"type": "string", "enum": choices}),
        KindName::MultiChoice => json!({"type": "array", "uniqueItems": true, "items": {"enum": choices}}),
        KindName::EnvNames => {
            json!({"type": "array", "uniqueItems": true, "items": {"type": "string", "pattern": ENV_NAME}})
        }
        KindName::Variables => {
            let text = json!({"type": ["string", "integer", "boolean"]});
            let whole = json!({
                "type": "object",
                "properties": {
                    "home": {"enum": HOMES},
                    "value": text,
                    "values": {"type": "object", "additionalProperties": text},
                },
                "additionalProperties": false,
            });
            json!({
                "type": "object",
                "propertyNames": {"pattern": ENV_NAME},
                "additionalProperties": {"anyOf": [text, whole]},
            })
        }
        KindName::Texts => {
            let pattern = q.pattern.as_deref().unwrap_or(".+");
            json!({"type": "array", "uniqueItems": true, "items": {"type": "string", "pattern": format!("^(?:{pattern})$")}})
        }
        KindName::RepositorySlug => json!({"type": "string", "pattern": "^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$"}),
        KindName::DnsLabel => {
            let max = q.max_length.unwrap_or(63);
            json!({"type": "string", "pattern": "^[a-z][a-z0-9-]*[a-z0-9]$", "minLength": 2, "maxLength": max})
        }
        KindName::Email => json!({"type": "string", "format": "email"}),
        KindName::Text if !q.one_of.is_empty() => json!({"type": "string", "enum": q.one_of}),
        KindName::Text => match &q.pattern {
            Some(pattern) => json!({"type": "string", "pattern": format!("^(?:{pattern})$")}),
            None => json!({"type": "string", "minLength": 1, "maxLength": q.max_length.unwrap_or(200)}),
        },
        KindName::Duration => {
            json!({"type": "string", "pattern": "^([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$"})
        }
        KindName::UrlPath => json!({"type": "string", "pattern": "^/"}),
        KindName::Records => {
            let properties: Map<String, Value> = q.fields.iter().map(|f| (f.name.clone(), property(f))).collect();
            let required: Vec<&str> = q
                .fields
                .iter()
                .filter(|f| f.default.is_none() && f.default_expr.is_none() && f.when.is_none())
                .map(|f| f.name.as_str())
                .collect();
            json!({
                "type": "array",
                "minItems": q.min.unwrap_or(0),
                "maxItems": q.max.unwrap_or(100),
                "items": {
                    "type": "object",
                    "properties": properties,
                    "required": required,
                    "additionalProperties": false,
                },
            })
        }
        KindName::HostName
        | KindName::Cidr
        | KindName::Cron
        | KindName::Path
        | KindName::Version
        | KindName::EnvName
        | KindName::Command
        | KindName::Program => json!({"type": "string"}),
    }
}
