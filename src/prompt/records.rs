//! A list of records, edited one by one.

use anyhow::Result;
use serde_json::Value;

use super::one::{accepted, ask_one, help, line_of};
use super::{Dialog, MenuItem, Prompt, table};
use crate::answers::Origin;
use crate::answers::check::{Check, Fields};
use crate::catalog::question::{KindName, Question, Record};
use crate::text::error::Back;
use crate::text::value::{NONE, brief};
use crate::text::{columns, cut};

/// The records of a value, with the defaults filled in where nothing is wrong.
pub(super) fn list(current: Option<&Value>, check: &Check<'_>) -> Vec<Record> {
    let given = current.map(|value| check.value(value).unwrap_or_else(|_| value.clone()));
    let given = given.as_ref().and_then(Value::as_array).into_iter().flatten();
    given.filter_map(|item| item.as_object().cloned()).collect()
}

/// The records as a value.
pub(super) fn value(list: &[Record]) -> Value {
    Value::Array(list.iter().cloned().map(Value::Object).collect())
}

/// Asks of each record what nobody else can know of it: all of that when it is wrong, or else what is not there yet.
/// Going back leads to the field that was asked before.
pub(super) fn identify(dialog: &Dialog, list: &mut [Record], check: &Check<'_>, again: bool) -> Result<()> {
    let check = &check.among(list);
    let question = check.question();
    let places = list.iter().enumerate().flat_map(|(i, _)| question.fields.iter().map(move |field| (i, field)));
    let mut pending = Vec::new();
    for (i, field) in places {
        let Some(record) = list.get(i) else { continue };
        if !field.identity && field.identity_when.is_none() || !again && record.contains_key(&field.name) {
            continue;
        }
        let rules = check.within(&before(check, record, field), field);
        if rules.is_asked()? && rules.is_identity()? {
            pending.push((i, field));
        }
    }
    let mut next = 0;
    while let Some((i, field)) = pending.get(next).copied() {
        let Some(record) = list.get(i) else { break };
        let rules = check.within(&before(check, record, field), field);
        let asked = Question { ask: format!("{}: {}", name(record), field.ask), ..field.clone() };
        let rules = rules.asked_as(&asked);
        // records that are asked about later are no obstacle
        let earlier = list.get(..i).unwrap_or_default();
        match ask_field(dialog, &rules, record.get(&field.name), question, earlier, None) {
            Err(e) if e.is::<Back>() => next = next.checked_sub(1).ok_or(e)?,
            other => {
                let value = other?;
                if let Some(record) = list.get_mut(i) {
                    record.insert(field.name.clone(), value);
                }
                next += 1;
            }
        }
    }
    Ok(())
}

/// Leaves out what is an example in these records, as it is specific to the project with the earlier answers.
pub(super) fn without_examples(list: &mut [Record], check: &Check<'_>) -> Result<()> {
    let check = &check.among(list);
    for record in list {
        for field in check.question().fields.iter().filter(|field| field.identity_when.is_some()) {
            if check.within(&before(check, record, field), field).is_identity()? {
                record.shift_remove(&field.name);
            }
        }
    }
    Ok(())
}

/// The fields of a record before this one, with their defaults.
fn before(check: &Check<'_>, record: &Record, field: &Question) -> Record {
    let mut fields = Fields::new(check);
    for earlier in check.question().fields.iter().take_while(|earlier| earlier.name != field.name) {
        let rules = fields.rules(earlier);
        let default =
            || rules.is_asked().ok().filter(|asked| *asked).and_then(|_| rules.default_value().ok().flatten());
        if let Some(value) = record.get(&earlier.name).cloned().or_else(default) {
            fields.know(earlier, value);
        }
    }
    fields.into_known()
}

/// Shows the records as a table, until it is as it should be. The list keeps what was done to it when the person goes
/// back.
pub(super) fn ask(dialog: &Dialog, list: &mut Vec<Record>, origin: &Origin, check: &Check<'_>) -> Result<Value> {
    let question = check.question();
    let help = help(question, origin);
    loop {
        let mut items: Vec<(MenuItem, Verb)> = Vec::new();
        let mut ask = question.ask.clone();
        if list.is_empty() {
            items.push((MenuItem::new("Add one"), Verb::Add));
            items.push((MenuItem::new("Done"), Verb::Done));
        } else {
            dialog.ui.say(&format!("\n{}\n", table::text(&dialog.ui, question, list)));
            ask.push_str(" Is this right?");
            items.push((MenuItem::new("Yes, go on"), Verb::Done));
            items.extend(list.iter().enumerate().map(|(i, record)| (entry(dialog, "Change", record), Verb::Change(i))));
            items.push((MenuItem::new("Add another one"), Verb::Add));
            items.push((MenuItem::new("Copy one"), Verb::Copy));
            items.push((MenuItem::new("Leave one out"), Verb::LeaveOut));
        }
        let (items, verbs): (Vec<MenuItem>, Vec<Verb>) = items.into_iter().unzip();
        let chosen = dialog.one_of(Prompt { ask: &ask, help: &help }, items, 0)?;
        let changed = match verbs.get(chosen) {
            Some(Verb::Change(i)) => change(dialog, check, list, *i),
            Some(Verb::Add) => new(dialog, check, list, Record::new(), true),
            Some(Verb::Copy) => copy(dialog, check, list),
            Some(Verb::LeaveOut) => which(dialog, list, "Which one is left out?").map(|i| drop(list.remove(i))),
            Some(Verb::Done) | None => {
                let value = value(list);
                let verdict = check.value(&value).map(drop).map_err(|why| why.join("\n"));
                if accepted(dialog, verdict) {
                    return Ok(value);
                }
                continue;
            }
        };
        match changed {
            // back to the list
            Err(e) if e.is::<Back>() => {}
            other => other?,
        }
    }
}

/// What can be done with a list.
#[derive(Clone, Copy)]
enum Verb {
    Done,
    Change(usize),
    Add,
    Copy,
    LeaveOut,
}

/// Asks for a record more.
fn new(dialog: &Dialog, check: &Check<'_>, list: &mut Vec<Record>, values: Record, choices: bool) -> Result<()> {
    let record = complete(dialog, check, list, None, values, choices)?;
    list.push(edit(dialog, check, list, None, record)?);
    Ok(())
}

fn change(dialog: &Dialog, check: &Check<'_>, list: &mut [Record], chosen: usize) -> Result<()> {
    let Some(record) = list.get(chosen) else { return Ok(()) };
    let among = &check.among(list);
    let record = complete(dialog, check, list, Some(chosen), own_values(among, record)?, false)?;
    let record = edit(dialog, check, list, Some(chosen), record)?;
    if let Some(place) = list.get_mut(chosen) {
        *place = record;
    }
    Ok(())
}

/// A copy gets a name of its own.
fn copy(dialog: &Dialog, check: &Check<'_>, list: &mut Vec<Record>) -> Result<()> {
    let chosen = which(dialog, list, "Which one is copied?")?;
    let Some(record) = list.get(chosen) else { return Ok(()) };
    let among = &check.among(list);
    let mut own = own_values(among, record)?;
    own.retain(|field, _| !among.question().unique.contains(field));
    new(dialog, check, list, own, false)
}

/// One of the records; the only one without a question.
fn which(dialog: &Dialog, list: &[Record], ask: &str) -> Result<usize> {
    if list.len() == 1 {
        return Ok(0);
    }
    dialog.one_of(Prompt { ask, help: "" }, list.iter().map(|record| entry(dialog, "", record)).collect(), 0)
}

/// A record in a menu, with what is done to it.
fn entry(dialog: &Dialog, verb: &str, record: &Record) -> MenuItem {
    let text = format!("{verb} {}", name(record));
    MenuItem::new(cut(text.trim_start(), dialog.ui.width().saturating_sub(4), dialog.ui.unicode))
}

/// Lets the person change field after field. Going back from the fields keeps them, as being done with them does.
fn edit(dialog: &Dialog, check: &Check<'_>, list: &[Record], own: Option<usize>, mut record: Record) -> Result<Record> {
    let check = &check.among(list);
    let question = check.question();
    loop {
        let ui = dialog.ui;
        let mut fields: Vec<&Question> = question.fields.iter().filter(|f| record.contains_key(&f.name)).collect();
        // what the table shows comes first
        fields.sort_by_key(|f| !question.table.iter().any(|column| column.shows(&f.name)));
        let width = fields.iter().map(|f| columns(&f.name)).max().unwrap_or(0);
        let shown = |value: &Value| if value.is_object() { line_of(value) } else { brief(value) };
        let shown = |value: &Value| Some(shown(value)).filter(|text| !text.is_empty()).unwrap_or_else(|| NONE.into());
        let mut items = vec![MenuItem::new("Done")];
        items.extend(fields.iter().map(|f| MenuItem {
            label: cut(
                &format!("{:width$}  {}", f.name, record.get(&f.name).map(shown).unwrap_or_default()),
                ui.width().saturating_sub(4),
                ui.unicode,
            ),
            answer: f.name.clone(),
        }));
        let name = name(&record);
        let ask =
            Prompt { ask: &format!("{name}: change a field?"), help: "Fields that you leave keep their defaults" };
        let chosen = match dialog.one_of(ask, items, 0) {
            Err(e) if e.is::<Back>() => return Ok(record),
            other => other?,
        };
        let Some(field) = chosen.checked_sub(1).and_then(|i| fields.get(i)) else { return Ok(record) };
        let mut before = Record::new();
        for earlier in question.fields.iter().take_while(|f| f.name != field.name) {
            if let Some(value) = record.get(&earlier.name) {
                before.insert(earlier.name.clone(), value.clone());
            }
        }
        let mut values = own_values(check, &record)?;
        let rules = check.within(&before, field);
        let changed = ask_field(dialog, &rules, record.get(&field.name), question, list, own).and_then(|value| {
            values.insert(field.name.clone(), value);
            // later fields may have another default, a new rule, or no meaning any more
            complete(dialog, check, list, own, values, false)
        });
        match changed {
            // back to the fields
            Err(e) if e.is::<Back>() => {}
            other => record = other?,
        }
    }
}

/// A whole record from the values of some fields: the others take their defaults, and what has none or is refused is
/// asked. With `choices`, so is every choice, because defaults hang on them. Going back leads to the field that was asked
/// before.
fn complete(
    dialog: &Dialog,
    check: &Check<'_>,
    list: &[Record],
    own: Option<usize>,
    mut values: Record,
    choices: bool,
) -> Result<Record> {
    let check = &check.among(list);
    let question = check.question();
    let mut asked: Vec<&str> = Vec::new();
    let mut again = None;
    'anew: loop {
        let mut record = Record::new();
        for field in &question.fields {
            let rules = check.within(&record, field);
            if !rules.is_asked()? {
                continue;
            }
            let name = field.name.as_str();
            let current = match values.get(name) {
                Some(value) => Some(value.clone()),
                None => rules.default_value()?,
            };
            let is_choice = field.asked && field.kind == KindName::Choice;
            let wanted = again == Some(name) || (choices && is_choice && !asked.contains(&name));
            if let (Some(value), false) = (&current, wanted) {
                match rules.value(value) {
                    Ok(checked) => match unique(question, list, own, field, &checked) {
                        Ok(()) => {
                            record.insert(name.into(), checked);
                            continue;
                        }
                        Err(why) => drop(accepted(dialog, Err(why))),
                    },
                    Err(why) => drop(accepted(dialog, Err(why.join("; ")))),
                }
            }
            match ask_field(dialog, &rules, current.as_ref(), question, list, own) {
                Err(e) if e.is::<Back>() => {
                    let before = asked.iter().rev().copied().find(|name| record.contains_key(*name));
                    again = Some(before.ok_or(e)?);
                    continue 'anew;
                }
                other => {
                    let value = other?;
                    asked.retain(|earlier| *earlier != name);
                    asked.push(name);
                    again = None;
                    values.insert(name.into(), value.clone());
                    record.insert(name.into(), value);
                }
            }
        }
        return Ok(record);
    }
}

fn ask_field(
    dialog: &Dialog,
    rules: &Check<'_>,
    current: Option<&Value>,
    question: &Question,
    list: &[Record],
    own: Option<usize>,
) -> Result<Value> {
    let more = |value: &Value| unique(question, list, own, rules.question(), value);
    ask_one(dialog, current, &Origin::Default, rules, None, &more)
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
    let mut fields = Fields::new(check);
    let mut own = Record::new();
    for field in &check.question().fields {
        let rules = fields.rules(field);
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
            fields.know(field, value);
        }
    }
    Ok(own)
}

/// What a record is called: its first field.
fn name(record: &Record) -> String {
    record.values().next().map(brief).unwrap_or_default()
}
