//! A list of records, edited one by one.

use anyhow::Result;
use serde_json::Value;

use super::one::{accepted, ask_one, help};
use super::{Dialog, MenuItem, Prompt};
use crate::answers::Origin;
use crate::answers::check::{Check, Fields};
use crate::catalog::question::{KindName, Question, Record};
use crate::text::error::Back;
use crate::text::value::brief;
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
    for (i, field) in places.filter(|(_, field)| field.identity) {
        let Some(record) = list.get(i) else { continue };
        if check.within(&before(check, record, field), field).is_asked()?
            && (again || !record.contains_key(&field.name))
        {
            pending.push((i, field));
        }
    }
    let mut next = 0;
    while let Some((i, field)) = pending.get(next).copied() {
        let Some(record) = list.get(i) else { break };
        let rules = check.within(&before(check, record, field), field);
        let asked = Question { ask: format!("{}: {}", line(dialog, record).answer, field.ask), ..field.clone() };
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

/// Shows the records in a line each, until the list is as it should be. The list keeps what was done to it when the
/// person goes back.
pub(super) fn ask(dialog: &Dialog, list: &mut Vec<Record>, origin: &Origin, check: &Check<'_>) -> Result<Value> {
    let question = check.question();
    let help = format!("{} Take an entry to change, copy or remove it.", help(question, origin));
    loop {
        let mut items: Vec<MenuItem> = list.iter().map(|record| line(dialog, record)).collect();
        items.push(MenuItem::new(if list.is_empty() { "Add one" } else { "Add another one" }));
        items.push(MenuItem::new("Done"));
        let (add, done) = (list.len(), list.len() + 1);
        let start = if list.is_empty() { add } else { done };
        let chosen = dialog.one_of(Prompt { ask: &question.ask, help: &help }, items, start)?;
        if chosen == done {
            let value = value(list);
            let verdict = check.value(&value).map(drop).map_err(|why| why.join("\n"));
            if accepted(dialog, verdict) {
                return Ok(value);
            }
            continue;
        }
        let changed = match chosen == add {
            true => new(dialog, check, list, Record::new(), true),
            false => one(dialog, check, list, chosen),
        };
        match changed {
            // back to the list
            Err(e) if e.is::<Back>() => {}
            other => other?,
        }
    }
}

/// Asks for a record more.
fn new(dialog: &Dialog, check: &Check<'_>, list: &mut Vec<Record>, values: Record, choices: bool) -> Result<()> {
    let record = complete(dialog, check, list, None, values, choices)?;
    list.push(edit(dialog, check, list, None, record)?);
    Ok(())
}

/// Changes, copies or removes a record.
fn one(dialog: &Dialog, check: &Check<'_>, list: &mut Vec<Record>, chosen: usize) -> Result<()> {
    let Some(record) = list.get(chosen).cloned() else { return Ok(()) };
    let check = &check.among(list);
    let name = line(dialog, &record).answer;
    let verbs = ["Change", "Copy", "Remove", "Back"].map(MenuItem::new);
    let ask = Prompt { ask: &format!("{name}: what should happen?"), help: "A copy gets a name of its own" };
    match dialog.one_of(ask, verbs.into(), 0)? {
        0 => {
            let record = complete(dialog, check, list, Some(chosen), own_values(check, &record)?, false)?;
            let record = edit(dialog, check, list, Some(chosen), record)?;
            if let Some(place) = list.get_mut(chosen) {
                *place = record;
            }
        }
        1 => {
            let mut own = own_values(check, &record)?;
            own.retain(|field, _| !check.question().unique.contains(field));
            new(dialog, check, list, own, false)?;
        }
        2 => drop(list.remove(chosen)),
        _ => {}
    }
    Ok(())
}

/// Lets the person change field after field. Going back from the fields keeps them, as being done with them does.
fn edit(dialog: &Dialog, check: &Check<'_>, list: &[Record], own: Option<usize>, mut record: Record) -> Result<Record> {
    let check = &check.among(list);
    let question = check.question();
    loop {
        let ui = dialog.ui;
        let fields: Vec<&Question> = question.fields.iter().filter(|f| record.contains_key(&f.name)).collect();
        let width = fields.iter().map(|f| columns(&f.name)).max().unwrap_or(0);
        let mut items = vec![MenuItem::new("Done")];
        items.extend(fields.iter().map(|f| MenuItem {
            label: cut(
                &format!("{:width$}  {}", f.name, record.get(&f.name).map(brief).unwrap_or_default()),
                ui.width().saturating_sub(4),
                ui.unicode,
            ),
            answer: f.name.clone(),
        }));
        let name = line(dialog, &record).answer;
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

/// A record in one line: its first field, then what follows it; a yes has the name of its field, and a no is left out.
fn line(dialog: &Dialog, record: &Record) -> MenuItem {
    let mut values = record.iter().filter_map(|(field, value)| match value {
        Value::Bool(holds) => holds.then(|| field.replace('_', " ")),
        other => Some(brief(other)),
    });
    let name = values.next().unwrap_or_default();
    let rest: Vec<String> = values.take(4).collect();
    let text = if rest.is_empty() { name.clone() } else { format!("{name}  ({})", rest.join(", ")) };
    MenuItem { label: cut(&text, dialog.ui.width().saturating_sub(4), dialog.ui.unicode), answer: name }
}
