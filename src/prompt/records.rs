//! A list of records, edited one by one.

use anyhow::Result;
use serde_json::{Map, Value};

use super::{Ask, Dialog, Item, accepted, ask_one, brief};
use crate::check::Check;
use crate::question::{KindName, Question};
use crate::text::{columns, cut};

type Record = Map<String, Value>;

/// Shows the records in a line each, until the list is as it should be.
pub(super) fn ask(dialog: &Dialog, current: Option<&Value>, check: &Check<'_>) -> Result<Value> {
    let question = check.question();
    // with the defaults filled in, where nothing is wrong
    let given = current.map(|value| check.value(value).unwrap_or_else(|_| value.clone()));
    let given = given.as_ref().and_then(Value::as_array).into_iter().flatten();
    let mut list: Vec<Record> = given.filter_map(|item| item.as_object().cloned()).collect();
    loop {
        let mut items: Vec<Item> = list.iter().map(|record| line(dialog, record)).collect();
        items.push(Item::new("Add another one"));
        items.push(Item::new("Done"));
        let (add, done) = (list.len(), list.len() + 1);
        let help = "Take an entry to change, copy or remove it";
        let help = format!("{} {help}", question.help);
        let start = if list.is_empty() { add } else { done };
        let chosen = dialog.one_of(Ask { ask: &question.ask, help: &help }, items, start)?;
        if chosen == done {
            let value = Value::Array(list.iter().cloned().map(Value::Object).collect());
            let verdict = check.value(&value).map(drop).map_err(|why| why.join("\n"));
            if accepted(dialog, verdict) {
                return Ok(value);
            }
        } else if chosen == add {
            let record = complete(dialog, check, &list, None, Record::new(), true)?;
            let record = edit(dialog, check, &list, None, record)?;
            list.push(record);
        } else if let Some(record) = list.get(chosen).cloned() {
            let name = line(dialog, &record).answer;
            let verbs = ["Change", "Copy", "Remove", "Back"].map(Item::new);
            match dialog.one_of(Ask { ask: &format!("{name}: what should happen?"), help: "" }, verbs.into(), 0)? {
                0 => {
                    let record = complete(dialog, check, &list, Some(chosen), own_values(check, &record)?, false)?;
                    let record = edit(dialog, check, &list, Some(chosen), record)?;
                    if let Some(place) = list.get_mut(chosen) {
                        *place = record;
                    }
                }
                1 => {
                    let mut own = own_values(check, &record)?;
                    own.retain(|field, _| !question.unique.contains(field));
                    let copy = complete(dialog, check, &list, None, own, false)?;
                    list.push(edit(dialog, check, &list, None, copy)?);
                }
                2 => {
                    list.remove(chosen);
                }
                _ => {}
            }
        }
    }
}

/// Lets the person change field after field.
fn edit(dialog: &Dialog, check: &Check<'_>, list: &[Record], own: Option<usize>, mut record: Record) -> Result<Record> {
    let question = check.question();
    loop {
        let fields: Vec<&Question> = question.fields.iter().filter(|f| record.contains_key(&f.name)).collect();
        let width = fields.iter().map(|f| columns(&f.name)).max().unwrap_or(0);
        let mut items = vec![Item::new("Done")];
        items.extend(fields.iter().map(|f| Item {
            label: cut(
                &format!("{:width$}  {}", f.name, record.get(&f.name).map(brief).unwrap_or_default()),
                dialog.ui.width.saturating_sub(4),
                dialog.ui.unicode,
            ),
            answer: f.name.clone(),
        }));
        let name = line(dialog, &record).answer;
        let ask = Ask { ask: &format!("{name}: change a field?"), help: "Fields that you leave keep their defaults" };
        let chosen = dialog.one_of(ask, items, 0)?;
        let Some(field) = chosen.checked_sub(1).and_then(|i| fields.get(i)) else { return Ok(record) };
        let mut before = Record::new();
        for earlier in question.fields.iter().take_while(|f| f.name != field.name) {
            if let Some(value) = record.get(&earlier.name) {
                before.insert(earlier.name.clone(), value.clone());
            }
        }
        let mut values = own_values(check, &record)?;
        let value = ask_field(dialog, &check.within(&before, field), record.get(&field.name), question, list, own)?;
        values.insert(field.name.clone(), value);
        // later fields may have another default, a new rule, or no meaning any more
        record = complete(dialog, check, list, own, values, false)?;
    }
}

/// A whole record from the values of some fields: the others take their defaults, and what has none or is refused is
/// asked. With `choices`, so is every choice, because defaults hang on them.
fn complete(
    dialog: &Dialog,
    check: &Check<'_>,
    list: &[Record],
    own: Option<usize>,
    values: Record,
    choices: bool,
) -> Result<Record> {
    let question = check.question();
    let mut record = Record::new();
    for field in &question.fields {
        let rules = check.within(&record, field);
        if !rules.is_asked()? {
            continue;
        }
        let current = match values.get(&field.name) {
            Some(value) => Some(value.clone()),
            None => rules.default_value()?,
        };
        let verdict = |value: &Value| match rules.value(value) {
            Ok(checked) => unique(question, list, own, field, value).map(|()| checked),
            Err(why) => Err(why.join("; ")),
        };
        let wanted = choices && field.kind == KindName::Choice;
        let value = match current {
            Some(value) if !wanted => match verdict(&value) {
                Ok(checked) => checked,
                Err(why) => {
                    accepted(dialog, Err(why));
                    ask_field(dialog, &rules, Some(&value), question, list, own)?
                }
            },
            other => ask_field(dialog, &rules, other.as_ref(), question, list, own)?,
        };
        record.insert(field.name.clone(), value);
    }
    Ok(record)
}

fn ask_field(
    dialog: &Dialog,
    rules: &Check<'_>,
    current: Option<&Value>,
    question: &Question,
    list: &[Record],
    own: Option<usize>,
) -> Result<Value> {
    ask_one(dialog, current, rules, false, &|value| unique(question, list, own, rules.question(), value))
}

/// Refuses a value that another record has already.
fn unique(
    question: &Question,
    list: &[Record],
    own: Option<usize>,
    field: &Question,
    value: &Value,
) -> Result<(), String> {
    let taken = |(i, other): (usize, &Record)| Some(i) != own && other.get(&field.name) == Some(value);
    if question.unique.contains(&field.name) && list.iter().enumerate().any(taken) {
        return Err(format!("`{}` is the `{}` of another one already", brief(value), field.name));
    }
    Ok(())
}

/// The values of a record that are not what the defaults would be.
fn own_values(check: &Check<'_>, record: &Record) -> Result<Record> {
    let mut before = Record::new();
    let mut own = Record::new();
    for field in &check.question().fields {
        let rules = check.within(&before, field);
        let value = match record.get(&field.name) {
            Some(value) => {
                // where a default cannot be computed, the value stands for itself
                if rules.default_value().ok().flatten().as_ref() != Some(value) {
                    own.insert(field.name.clone(), value.clone());
                }
                Some(value.clone())
            }
            None if rules.is_asked()? => rules.default_value()?,
            None => None,
        };
        if let Some(value) = value {
            before.insert(field.name.clone(), value);
        }
    }
    Ok(own)
}

/// A record in one line: its first field, then what follows it.
fn line(dialog: &Dialog, record: &Record) -> Item {
    let mut values = record.values().map(brief);
    let name = values.next().unwrap_or_default();
    let rest: Vec<String> = values.take(4).collect();
    let text = if rest.is_empty() { name.clone() } else { format!("{name}  ({})", rest.join(", ")) };
    Item { label: cut(&text, dialog.ui.width.saturating_sub(4), dialog.ui.unicode), answer: name }
}
