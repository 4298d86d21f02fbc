//! The template engine, set up once: delimiters, strictness, what may be printed, filters.

use std::collections::BTreeSet;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Value, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Expression, Output, State, Template, UndefinedBehavior};

use crate::catalog::Catalog;
use crate::template::variables;
use crate::terminal::memory;
use crate::text::yaml::write;
use crate::text::{cron, duration, path, shell_word};

mod bounds;

/// What a filter makes of a text at most.
const MAX_TEXT: usize = 1024 * 1024;

/// Instructions that a template, or an expression, may execute. The longest of ours, with two services, takes 6,000.
const MAX_STEPS: u64 = 1_000_000;

/// What a template makes at most.
pub const MAX_OUTPUT: usize = 8 * 1024 * 1024;

/// What an expression or template may call besides minijinja's own: for the linter.
pub const FUNCTIONS: [&str; 4] = ["duration", "cron_interval", variables::FUNCTIONS[0], variables::FUNCTIONS[1]];

/// An environment with the catalog's partials and our filters.
///
/// # Errors
/// When a partial does not parse.
pub fn environment(catalog: &Catalog) -> Result<Environment<'_>, Error> {
    let mut env = Environment::new();
    env.set_syntax(syntax()?);
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_auto_escape_callback(|_| AutoEscape::None);
    env.set_formatter(format_value);
    env.set_fuel(Some(MAX_STEPS));
    // they make any amount of text of a number
    env.remove_filter("indent");
    env.remove_filter("format");
    env.add_filter("replace", replace);
    env.add_filter("yaml", yaml);
    env.add_filter("hcl", hcl);
    env.add_filter("json", json);
    env.add_filter("shell", shell);
    env.add_filter("markdown", markdown);
    env.add_filter("words", words);
    env.add_filter("span", duration::text);
    env.add_filter("up", up);
    env.add_filter("within", within);
    env.add_filter("folder", folder);
    env.add_test("told_apart_by", told_apart_by);
    env.add_test("disjoint_in", disjoint_in);
    env.add_test("closest_in", closest_in);
    env.add_function("duration", duration_seconds);
    env.add_function("cron_interval", cron_interval);
    variables::add_to(&mut env);
    let macros = catalog.components.iter().filter_map(|c| c.macros.as_ref());
    for (name, text) in catalog.partials.iter().chain(macros.map(|(name, text)| (name, text))) {
        bounds::check(text, false)?;
        env.add_template(name, text)?;
    }
    Ok(env)
}

/// Our notation of templates.
pub(crate) fn syntax() -> Result<SyntaxConfig, Error> {
    SyntaxConfig::builder()
        .block_delimiters("<%", "%>")
        .variable_delimiters("<%=", "%>")
        .comment_delimiters("<%#", "%>")
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build()
}

/// An expression, compiled.
///
/// # Errors
/// When it does not parse, or is too large to be parsed.
pub fn expression<'e>(env: &'e Environment<'_>, text: &'e str) -> Result<Expression<'e, 'e>, Error> {
    bounds::check(text, true)?;
    // constants are computed here
    let _rendering = memory::rendering(text);
    env.compile_expression(text)
}

/// A template, compiled.
///
/// # Errors
/// As [`expression`].
pub fn template<'e>(env: &'e Environment<'_>, name: &'e str, text: &'e str) -> Result<Template<'e, 'e>, Error> {
    bounds::check(text, false)?;
    let _rendering = memory::rendering(name);
    env.template_from_named_str(name, text)
}

/// What an author has to change where the engine does not say it.
pub fn reason(error: &Error) -> Option<&'static str> {
    (error.kind() == ErrorKind::OutOfFuel).then_some("it takes more than a million steps; use shorter loops")
}

/// minijinja's own, which makes any amount of text of two long ones.
fn replace(text: &str, from: &str, to: &str) -> Result<String, Error> {
    let size = text.matches(from).count().saturating_mul(to.len()).saturating_add(text.len());
    if size > MAX_TEXT {
        return Err(Error::new(ErrorKind::InvalidOperation, "`replace` would make a text of more than 1 MiB"));
    }
    Ok(text.replace(from, to))
}

/// Prints text, numbers and truth values, and refuses everything that would leak the engine's own
/// notation into a file.
fn format_value(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    match value.kind() {
        ValueKind::Bool => Ok(out.write_str(if value.is_true() { "true" } else { "false" })?),
        // `write!` takes a detour through `fmt`, and most of what is printed is text.
        ValueKind::String => Ok(out.write_str(value.as_str().unwrap_or_default())?),
        ValueKind::Number => Ok(write!(out, "{value}")?),
        ValueKind::Undefined => minijinja::escape_formatter(out, state, value),
        other => Err(Error::new(
            ErrorKind::InvalidOperation,
            format!("a value of kind {other} cannot be printed; use a filter or a loop"),
        )),
    }
}

/// A YAML scalar, in quotes where a reader could take it for something else.
fn yaml(value: &Value) -> Result<String, Error> {
    value.as_str().map_or_else(|| scalar(value), |text| Ok(write::text(text)))
}

/// An HCL literal: `"text"` with `${` and `%{` made harmless, a number, or a list of them.
fn hcl(value: &Value) -> Result<String, Error> {
    if let Some(text) = value.as_str() {
        return Ok(write::quoted(text).replace("${", "$${").replace("%{", "%%{"));
    }
    if value.kind() == ValueKind::Seq {
        let items: Vec<String> = value.try_iter()?.map(|v| hcl(&v)).collect::<Result<_, _>>()?;
        return Ok(format!("[{}]", items.join(", ")));
    }
    scalar(value)
}

/// JSON, on one line.
fn json(value: &Value) -> Result<String, Error> {
    if value.is_undefined() {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    if value.kind() == ValueKind::Seq {
        let items: Vec<String> = value.try_iter()?.map(|v| json(&v)).collect::<Result<_, _>>()?;
        return Ok(format!("[{}]", items.join(", ")));
    }
    serde_json::to_string(value).map_err(|e| Error::new(ErrorKind::BadSerialization, e.to_string()))
}

/// One word of a POSIX shell.
fn shell(value: &Value) -> Result<String, Error> {
    value.as_str().map_or_else(|| scalar(value), |text| Ok(shell_word(text)))
}

/// Text in a line of Markdown: nothing of it is markup, a link or an HTML tag.
fn markdown(value: &Value) -> Result<String, Error> {
    let Some(text) = value.as_str() else { return scalar(value) };
    let mut out = String::with_capacity(text.len());
    for (i, c) in text.chars().enumerate() {
        let markup = matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' | '$' | '{' | '}' | '&' | '!' | ':' | '@'
        ) || (i == 0 && matches!(c, '+' | '-' | '='));
        if markup {
            out.push('\\');
        }
        out.push(c);
    }
    // `1. text` at the start of a line is a list
    let digits = out.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 && matches!(out.as_bytes().get(digits), Some(b'.' | b')')) {
        out.insert(digits, '\\');
    }
    Ok(out)
}

/// The words of a command.
fn words(text: &str) -> Vec<String> {
    text.split_ascii_whitespace().map(str::to_string).collect()
}

/// The way from a folder of the repository up to its root: `../..` from `a/b`.
fn up(folder: &str) -> String {
    folder.split('/').map(|_| "..").collect::<Vec<_>>().join("/")
}

/// The path of what is in a folder: `apps/api/Dockerfile`, or `Dockerfile` in the whole repository.
fn within(name: &str, folder: &str) -> String {
    if folder == path::WHOLE { name.to_owned() } else { format!("{folder}/{name}") }
}

/// The folder that a file is in: `apps/api`, or `.` for one at the top.
fn folder(file: &str) -> String {
    let folder = path::parent(file);
    if folder.is_empty() { path::WHOLE.to_owned() } else { folder.to_owned() }
}

/// Whether records of the same group can be told apart by what begins with their field and a hyphen: `eu` and `eu-dev` cannot.
fn told_apart_by(records: Vec<Value>, field: &str, group: &str) -> Result<bool, Error> {
    let keys = records.iter().map(|record| Ok((record.get_attr(group)?, record.get_attr(field)?.to_string())));
    let keys = keys.collect::<Result<Vec<_>, Error>>()?;
    let begins = |(group, long): &(Value, String), (other, short): &(Value, String)| {
        group == other && long.strip_prefix(short.as_str()).is_some_and(|rest| rest.starts_with('-'))
    };
    Ok(!keys.iter().any(|long| keys.iter().any(|short| begins(long, short))))
}

/// Whether no text of these fields is in records of the same group twice. A field is a text or a list of texts; a record may
/// lack it.
fn disjoint_in(records: Vec<Value>, fields: Vec<String>, group: &str) -> Result<bool, Error> {
    let mut seen = BTreeSet::new();
    for record in &records {
        for field in &fields {
            let value = record.get_attr(field)?;
            let texts = match value.kind() {
                ValueKind::Undefined => Vec::new(),
                ValueKind::Seq => value.try_iter()?.collect(),
                _ => vec![value],
            };
            for text in texts {
                if !seen.insert((record.get_attr(group)?, text)) {
                    return Ok(false);
                }
            }
        }
    }
    Ok(true)
}

/// Whether the zone of each record is the one that answers for its host: none of the other zones is nearer to the host, and no
/// record of another group has a zone of the same name.
fn closest_in(records: Vec<Value>, host: &str, zone: &str, group: &str) -> Result<bool, Error> {
    let text = |record: &Value, field: &str| Ok::<_, Error>(record.get_attr(field)?.to_string());
    let records = records.iter().map(|r| Ok((text(r, host)?, text(r, zone)?, text(r, group)?)));
    let records = records.collect::<Result<Vec<_>, Error>>()?;
    let holds =
        |zone: &str, host: &str| host.strip_suffix(zone).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    Ok(records.iter().all(|(host, zone, group)| {
        records.iter().all(|(_, other, owner)| {
            !holds(other, host) || other.len() < zone.len() || (other == zone && owner == group)
        })
    }))
}

fn duration_seconds(text: &str) -> Result<u64, Error> {
    duration::seconds(text)
        .ok_or_else(|| Error::new(ErrorKind::InvalidOperation, format!("`{text}` is not a duration")))
}

fn cron_interval(text: &str) -> Result<u64, Error> {
    cron::parse(text)
        .ok()
        .and_then(|c| cron::longest_gap(&c))
        .ok_or_else(|| Error::new(ErrorKind::InvalidOperation, format!("`{text}` is not a cron expression")))
}

fn scalar(value: &Value) -> Result<String, Error> {
    match value.kind() {
        ValueKind::Bool => Ok(value.is_true().to_string()),
        ValueKind::Number => Ok(value.to_string()),
        ValueKind::Undefined => Err(Error::from(ErrorKind::UndefinedError)),
        other => Err(Error::new(ErrorKind::InvalidOperation, format!("a value of kind {other} is not a scalar"))),
    }
}
