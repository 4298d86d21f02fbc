//! `scaffold explain`: what a thing is, why it is there, which answers decide about it.

use std::collections::BTreeSet;

use anyhow::Result;

use super::open::folder;
use crate::answers::{Answers, Given};
use crate::catalog::migrations::present_name;
use crate::catalog::question::{KindName, Question};
use crate::catalog::roots::Layout;
use crate::catalog::{Catalog, Component, TemplateFile};
use crate::cli::ExplainArgs;
use crate::commands::load_catalog;
use crate::render::render;
use crate::repository::project::Project;
use crate::show::explanation::{Explanation, Setting, component, file, need, question, slot};
use crate::template::usage::Usage;
use crate::terminal::output;
use crate::terminal::ui::Ui;
use crate::text::error::{UserError, nearest};

/// Explains one thing.
///
/// # Errors
/// When nothing has that name, or the catalog has faults.
pub fn run(args: &ExplainArgs, ui: &Ui) -> Result<u8> {
    let catalog = load_catalog(&args.catalog)?;
    let usage = Usage::new(&catalog)?;
    let thing = args.thing.trim_start_matches("./");
    let text = explain(&catalog, &usage, thing, &in_catalog(&catalog, thing))?;
    output::text(ui, &text)?;
    Ok(0)
}

/// Where the catalog has a file that is at `path` in the repository around the current folder: the user may have moved it
/// there, or answered where its root is.
fn in_catalog(catalog: &Catalog, path: &str) -> String {
    let Ok(project) = Project::open(&folder(None)) else { return path.to_owned() };
    let moved = project.decisions().unwrap_or_default().moved;
    let generated = moved.into_iter().find(|(_, to)| to == path).map_or_else(|| path.to_owned(), |(from, _)| from);
    let answers = project.answers().ok().flatten().map(|answers| answers.values).unwrap_or_default();
    Layout::new(catalog, &answers).origin(&generated).into_owned()
}

/// The answers of the repository around the current folder, or those of the presets where there is none.
fn settings(catalog: &Catalog) -> Vec<Setting> {
    let here = || -> Option<Setting> {
        let recorded = Project::open(&folder(None)).ok()?.answers().ok()??;
        let given = Given { recorded: Some(recorded), ..Given::default() };
        let answers = Answers::resolve(catalog, &given, None).ok()?;
        Setting::of_repository(catalog, &answers).ok()
    };
    here().map_or_else(|| Setting::of_presets(catalog), |here| vec![here])
}

/// What is known about a thing; as a path it is `generated` in the catalog.
fn explain(catalog: &Catalog, usage: &Usage<'_>, thing: &str, generated: &str) -> Result<String> {
    let mut parts = Vec::new();
    let settings = &settings(catalog);
    if let Some((component, q)) = catalog.questions().find(|(_, q)| q.name == thing) {
        parts.push(question(usage, q, component, settings));
    } else if let Some((list, field)) = thing.split_once('.') {
        // `services.0.port` is the field `port` of any service
        let field = field.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches('.');
        if let Some(q) = catalog.question(list).and_then(|q| q.field(field)) {
            parts.push(question(usage, &of(list, q), None, settings));
        }
    }
    if parts.is_empty() && catalog.component(thing).is_none() {
        let fields = catalog.questions().filter_map(|(_, list)| Some(of(&list.name, list.field(thing)?)));
        parts.extend(fields.map(|field| question(usage, &field, None, settings)));
    }
    if let Some(c) = catalog.component(thing) {
        parts.push(component(usage, c));
    }
    if let Some(s) = catalog.slots.slots.get(thing) {
        parts.push(slot(catalog, thing, s));
    }
    if let Some(n) = catalog.needs.iter().find(|n| n.id.eq_ignore_ascii_case(thing)) {
        parts.push(need(catalog, n, settings));
    }
    for (c, f) in files(catalog, generated, settings)? {
        parts.push(file(usage, c, f, thing, settings));
    }
    if parts.is_empty() {
        return Err(unknown(catalog, thing).into());
    }
    Ok(parts.iter().map(Explanation::to_string).collect::<Vec<_>>().join("\n"))
}

/// The files that can be at a path: those that these settings generate there, or where none does, every one that its
/// pattern allows.
fn files<'c>(
    catalog: &'c Catalog,
    generated: &str,
    settings: &[Setting],
) -> Result<Vec<(&'c Component, &'c TemplateFile)>> {
    let spans = |key: &str| {
        let repeat = catalog.project.repeats.get(key);
        let field = repeat.and_then(|repeat| catalog.records_question(&repeat.each)?.field(&repeat.segment));
        field.is_some_and(|field| field.kind == KindName::Path)
    };
    let all = catalog.components.iter().flat_map(|c| c.files.iter().map(move |f| (c, f)));
    let mut files: Vec<_> = all.filter(|(_, f)| matches(&f.path, generated, &spans)).collect();
    if files.len() > 1 {
        let mut there = BTreeSet::new();
        for setting in settings {
            let path = setting.context.layout.place(generated);
            let origin = render(catalog, &setting.context)?.origin.remove(&*path);
            there.extend(origin.map(|origin| origin.template));
        }
        if !there.is_empty() {
            files.retain(|(_, f)| there.contains(&f.origin));
        }
    }
    Ok(files)
}

/// A field under the name by which it is answered.
fn of(list: &str, field: &Question) -> Question {
    Question { name: format!("{list}.{}", field.name), ..field.clone() }
}

fn unknown(catalog: &Catalog, thing: &str) -> UserError {
    let error = UserError::new(format!("there is no question, component, slot, readiness id or path `{thing}`"));
    if catalog.preset(thing).is_some() {
        return error.hint(format!("it is a preset: `scaffold presets {thing}` shows it"));
    }
    if let Some(present) = present_name(&catalog.migrations, thing) {
        return error.hint(format!("the answer `{thing}` is called `{present}` now"));
    }
    let mut moved = catalog.components.iter().flat_map(|component| &component.manifest.moved);
    if let Some(moved) = moved.find(|moved| matches(&moved.from, thing, &|_| true)) {
        return error.hint(format!("it is generated as `{}` now", moved.to));
    }
    let names = catalog.questions().map(|(_, q)| q.name.as_str());
    let names = names.chain(catalog.components.iter().map(|c| c.name.as_str()));
    let names = names.chain(catalog.slots.slots.keys().map(String::as_str));
    let names = names.chain(catalog.needs.iter().map(|n| n.id.as_str()));
    let names = names.chain(catalog.components.iter().flat_map(|c| c.files.iter().map(|f| f.path.as_str())));
    match nearest(thing, names) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint("`scaffold questions` lists the questions; a path is relative to the generated repository"),
    }
}

/// Whether a path is one that a pattern stands for: `__key__` is any segment, or several where `spans` says so, as for
/// the path of a service. Such a pattern at the beginning may stand for none: a service can be the whole repository.
fn matches(pattern: &str, path: &str, spans: &dyn Fn(&str) -> bool) -> bool {
    fn segments(pattern: &[&str], path: &[&str], spans: &dyn Fn(&str) -> bool) -> bool {
        match (pattern.split_first(), path.split_first()) {
            (None, None) => true,
            (Some((p, rest)), Some((s, others))) if p.starts_with("__") && p.ends_with("__") && !s.is_empty() => {
                segments(rest, others, spans) || spans(p.trim_matches('_')) && segments(pattern, others, spans)
            }
            (Some((p, rest)), Some((s, others))) => is_named(p, s) && segments(rest, others, spans),
            _ => false,
        }
    }
    /// Whether a segment such as `deploy-__environment__.yml` can stand for this one.
    fn is_named(pattern: &str, segment: &str) -> bool {
        match (pattern.split_once("__"), pattern.rsplit_once("__")) {
            (Some((before, _)), Some((_, after))) if before.len() + after.len() < segment.len() => {
                segment.starts_with(before) && segment.ends_with(after)
            }
            _ => pattern == segment,
        }
    }
    let (pattern, path) = (pattern.split('/').collect::<Vec<_>>(), path.split('/').collect::<Vec<_>>());
    let spanning = |part: &str| part.starts_with("__") && part.ends_with("__") && spans(part.trim_matches('_'));
    let below = pattern.split_first().filter(|(first, _)| spanning(first));
    segments(&pattern, &path, spans) || below.is_some_and(|(_, rest)| segments(rest, &path, spans))
}

#[cfg(test)]
mod tests {
    #[test]
    fn patterns() {
        let matches = |pattern: &str, path: &str| super::matches(pattern, path, &|key| key == "service_path");
        assert!(matches("k8s/base/__service__/pdb.yaml", "k8s/base/api/pdb.yaml"));
        assert!(matches("k8s/base/__service__/pdb.yaml", "k8s/base/__service__/pdb.yaml"));
        assert!(matches("__service_path__/Dockerfile", "apps/api/Dockerfile"));
        assert!(matches("__service_path__/Dockerfile", "Dockerfile"));
        assert!(!matches("k8s/base/__service__/pdb.yaml", "k8s/base/pdb.yaml"));
        assert!(!matches("k8s/__environment__/kustomization.yaml", "k8s/prod/images/kustomization.yaml"));
        assert!(matches("deploy-__environment__.yml", "deploy-staging.yml"));
        assert!(!matches("deploy-__environment__.yml", "release-prod.yml"));
        assert!(!matches("k8s/base/__service__/pdb.yaml", "k8s/base/api/hpa.yaml"));
    }
}
