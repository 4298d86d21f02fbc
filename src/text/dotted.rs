//! Dotted paths into values, as `--set services.0.port=8080` has them.

use serde_json::{Value, json};

use crate::text::{count, quoted};

/// Puts a value at a path. The index after the last one appends.
///
/// # Errors
/// Why the path has no place, as a clause.
pub fn put(whole: &mut Value, path: &[&str], value: Value) -> Result<(), String> {
    let Some((first, rest)) = path.split_first() else {
        *whole = value;
        return Ok(());
    };
    match whole {
        Value::Array(items) => {
            let n = items.len();
            let i: usize =
                first.parse().map_err(|_| format!("{} is not an index into a list of {n}", quoted(first)))?;
            if i == n {
                items.push(if rest.is_empty() { Value::Null } else { json!({}) });
            }
            let item =
                items.get_mut(i).ok_or_else(|| format!("the list has {}, the next index is {n}", count(n, "item")))?;
            put(item, rest, value)
        }
        Value::Object(fields) => put(fields.entry((*first).to_string()).or_insert(Value::Null), rest, value),
        Value::Null if first.parse::<usize>().is_ok() => {
            *whole = json!([]);
            put(whole, path, value)
        }
        _ => Err(format!("there is nothing below which {} could be", quoted(first))),
    }
}
