//! `scaffold explain`: what a thing is, why it is there, which answers decide about it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::Result;

use crate::catalog::{Catalog, Component, Need, TemplateFile, WritePolicy};
use crate::cli::Explain;
use crate::commands::load_catalog;
use crate::commands::questions::default_of;
use crate::error::{UserError, nearest};
use crate::question::{KindName, Question};
use crate::usage::Usage;
use crate::{output, region};

/// Explains one thing.
///
/// # Errors
/// When nothing has that name, or the catalog has faults.
pub fn run(args: &Explain) -> Result<u8> {
    let catalog = load_catalog(&args.catalog)?;
    let usage = Usage::new(&catalog)?;
    let text = explain(&catalog, &usage, args.thing.trim_start_matches("./"))?;
    output::data(&text)?;
    Ok(0)
}

fn explain(catalog: &Catalog, usage: &Usage<'_>, thing: &str) -> Result<String> {
    let mut parts = Vec::new();
    if let Some((component, q)) = catalog.questions().find(|(_, q)| q.name == thing) {
        parts.push(question(catalog, usage, q, component));
    } else if let Some((list, field)) = thing.split_once('.') {
        // `services.0.port` is the field `port` of any service
        let field = field.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches('.');
        if let Some(q) = catalog.question(list).and_then(|q| q.field(field)) {
            parts.push(question(catalog, usage, q, None));
        }
    }
    if let Some(c) = catalog.component(thing) {
        parts.push(component(usage, c));
    }
    if let Some(n) = catalog.needs.iter().find(|n| n.id.eq_ignore_ascii_case(thing)) {
        parts.push(need(catalog, n));
    }
    for c in &catalog.components {
        for f in c.files.iter().filter(|f| matches(&f.path, thing)) {
            parts.push(file(usage, c, f, thing));
        }
    }
    if parts.is_empty() {
        return Err(unknown(catalog, thing).into());
    }
    Ok(parts.join("\n"))
}

fn unknown(catalog: &Catalog, thing: &str) -> UserError {
    let error = UserError::new(format!("there is no question, component, readiness id or path `{thing}`"));
    let names = catalog.questions().map(|(_, q)| q.name.as_str());
    let names = names.chain(catalog.components.iter().map(|c| c.name.as_str()));
    let names = names.chain(catalog.needs.iter().map(|n| n.id.as_str()));
    let names = names.chain(catalog.components.iter().flat_map(|c| c.files.iter().map(|f| f.path.as_str())));
    match nearest(thing, names) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint("`scaffold questions` lists the questions; a path is relative to the generated repository"),
    }
}

fn question(catalog: &Catalog, usage: &Usage<'_>, q: &Question, owner: Option<&Component>) -> String {
    let mut out = format!("{} is a question: {}\n\n{}\n\n", q.name, q.ask, q.help);
    let _ = writeln!(out, "Takes {}; {}.", q.kind().describe(), default_of(q));
    for choice in &q.choices {
        let needs = choice.needs.as_ref().map(|needs| format!(" (needs {needs})")).unwrap_or_default();
        let _ = writeln!(out, "  {}  {}{needs}", choice.value, choice.title);
    }
    if q.kind == KindName::Region {
        let _ = writeln!(out, "Regions: {}.", region::AWS.join(", "));
    }
    for field in &q.fields {
        let _ = writeln!(out, "  {}  {} ({}; {})", field.name, field.ask, field.kind().describe(), default_of(field));
    }
    if let Some(when) = &q.when {
        let _ = writeln!(out, "Asked when {when}.");
    }
    if let Some(group) = catalog.group(q) {
        let _ = writeln!(out, "In the group {}: {}", group.title, group.why);
    }
    if let Some(c) = owner {
        let _ = writeln!(out, "Belongs to the component {}.", c.name);
    }
    let users: Vec<&str> = catalog
        .components
        .iter()
        .filter(|c| usage.of_component(c).contains(&q.name))
        .map(|c| c.name.as_str())
        .collect();
    if !users.is_empty() {
        let _ = writeln!(out, "Decides about files of: {}.", users.join(", "));
    }
    out
}

fn component(usage: &Usage<'_>, c: &Component) -> String {
    let m = &c.manifest;
    let mut out = format!("{} is a component: {}\n\n{}\n\n", c.name, m.title, m.why);
    match &m.when {
        Some(when) => {
            let _ = writeln!(out, "Active when {when}{}.", decided_by(&usage.of_condition(when)));
        }
        None => out.push_str("Always active.\n"),
    }
    if !m.requires.is_empty() {
        let _ = writeln!(out, "Needs the components {}.", m.requires.join(", "));
    }
    if !m.questions.is_empty() {
        let names: Vec<&str> = m.questions.iter().map(|q| q.name.as_str()).collect();
        let _ = writeln!(out, "Asks {}.", names.join(", "));
    }
    if !m.satisfies.is_empty() {
        let ids: Vec<&str> = m.satisfies.iter().map(|s| s.id.as_str()).collect();
        let _ = writeln!(out, "Meets {}.", ids.join(", "));
    }
    out.push_str("\nFiles\n");
    for f in &c.files {
        let _ = writeln!(out, "  {}", f.path);
    }
    out
}

fn need(catalog: &Catalog, n: &Need) -> String {
    let mut out = format!("{} is a need ({}): {}\n", n.id, n.area, n.need);
    let mut met = false;
    for c in &catalog.components {
        for s in c.manifest.satisfies.iter().filter(|s| s.id == n.id) {
            met = true;
            let _ = writeln!(out, "\nThe component {} meets it: {}", c.name, c.manifest.title);
            if let Some(when) = &c.manifest.when {
                let _ = writeln!(out, "  when       {when}");
            }
            let _ = writeln!(out, "  generates  {}", plain(&s.generated));
            let _ = writeln!(out, "  verify     {}", plain(&s.verify));
            if let Some(left) = &s.left {
                let _ = writeln!(out, "  left       {}", plain(left));
            }
        }
    }
    if !met {
        out.push_str("\nNo component meets it yet; PRODUCTION_READINESS.md lists it as open.\n");
    }
    out
}

fn file(usage: &Usage<'_>, c: &Component, f: &TemplateFile, thing: &str) -> String {
    let mut out =
        format!("{thing} is a file of the component {}: {}\n\n{}\n\n", c.name, c.manifest.title, c.manifest.why);
    let _ = writeln!(out, "Rendered from {}.", f.origin);
    let rule = c.manifest.files.get(&f.path);
    for when in [c.manifest.when.as_ref(), rule.and_then(|r| r.when.as_ref())].into_iter().flatten() {
        let _ = writeln!(out, "There when {when}.");
    }
    if rule.is_some_and(|r| r.write == WritePolicy::Once) {
        out.push_str("Written once; afterwards it is yours, and updates leave it alone.\n");
    }
    let answers = usage.of_file(c, f);
    if answers.is_empty() {
        out.push_str("The same with all answers.\n");
    } else {
        let answers: Vec<&str> = answers.iter().map(String::as_str).collect();
        let _ = writeln!(out, "Decided by the answers {}.", answers.join(", "));
    }
    out
}

/// A text of the catalog for people: `<%= name | filter %>` becomes `<name>`, conditions vanish.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, tag)) = rest.split_once("<%") {
        out.push_str(before);
        let Some((tag, after)) = tag.split_once("%>") else { break };
        if let Some(expression) = tag.strip_prefix('=') {
            let name = expression.split('|').next().unwrap_or_default().trim();
            let _ = write!(out, "<{name}>");
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

fn decided_by(answers: &BTreeSet<String>) -> String {
    if answers.is_empty() {
        return String::new();
    }
    let names: Vec<&str> = answers.iter().map(String::as_str).collect();
    format!(" (decided by {})", names.join(", "))
}

/// Whether a path is one that a pattern stands for: `__key__` is any segment, or several for the
/// path of a service.
fn matches(pattern: &str, path: &str) -> bool {
    fn segments(pattern: &[&str], path: &[&str]) -> bool {
        match (pattern.split_first(), path.split_first()) {
            (None, None) => true,
            (Some((p, rest)), Some((s, others))) if p.starts_with("__") && p.ends_with("__") && !s.is_empty() => {
                segments(rest, others) || segments(pattern, others)
            }
            (Some((p, rest)), Some((s, others))) => p == s && segments(rest, others),
            _ => false,
        }
    }
    segments(&pattern.split('/').collect::<Vec<_>>(), &path.split('/').collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::{matches, plain};

    #[test]
    fn texts() {
        assert_eq!(plain("`<%= name | yaml %>-x`<% if y %> z<% endif %>"), "`<name>-x` z");
    }

    #[test]
    fn patterns() {
        assert!(matches("k8s/base/__service__/pdb.yaml", "k8s/base/api/pdb.yaml"));
        assert!(matches("k8s/base/__service__/pdb.yaml", "k8s/base/__service__/pdb.yaml"));
        assert!(matches("__service_path__/Dockerfile", "apps/api/Dockerfile"));
        assert!(!matches("__service_path__/Dockerfile", "Dockerfile"));
        assert!(!matches("k8s/base/__service__/pdb.yaml", "k8s/base/api/hpa.yaml"));
    }
}
