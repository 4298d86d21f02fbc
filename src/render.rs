//! Catalog and context to tree.

pub mod context;
pub mod steps;
pub mod waiting;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use anyhow::{Context as _, Result, bail};
use minijinja::value::Value as Any;
use minijinja::{Environment, ErrorKind, Template};
use rayon::prelude::*;
use serde_json::Value;

use crate::catalog::question::Values;
use crate::catalog::{Catalog, Component, Offered, TemplateFile, WritePolicy};
use crate::render::context::{Context, Readiness};
use crate::render::waiting::{Candidate, Waiting};
use crate::template::engine;
use crate::template::expression::Scope;
use crate::template::names::Templates;
use crate::terminal::memory;
use crate::text::error::UserError;
use crate::text::path;
use crate::text::tree::{File, RelPath, Tree};

/// A rendered repository and what is known about its files.
#[derive(Debug, Default)]
pub struct Rendered {
    /// The files.
    pub tree: Tree,
    /// Files that are the user's once they are written.
    pub once: BTreeSet<RelPath>,
    /// Files that stay, as the user's, where they are no longer generated.
    pub left: BTreeSet<RelPath>,
    /// Paths left out because of their `when`, with their pattern.
    pub skipped: Vec<(String, RelPath)>,
    /// Paths that not every clone can hold, and why.
    pub unportable: Vec<(RelPath, UserError)>,
    /// Files that had another path in an earlier version, as the components declare: old path and new path.
    pub moved: Vec<(RelPath, RelPath)>,
    /// The component that owns a file, and the template it comes from.
    pub origin: BTreeMap<RelPath, Origin>,
    /// What a file offers to others.
    pub offers: BTreeMap<RelPath, Vec<Offer>>,
    /// Files that are left out until an answer that is `later` is given.
    pub waiting: Waiting,
    /// The needs, with what the active components do for them now.
    pub readiness: Vec<Readiness>,
}

impl Rendered {
    /// Has a file that is generated, if it is, get another path.
    pub fn rename(&mut self, from: &str, to: &str) {
        if let Some(file) = self.tree.files.remove(from) {
            self.tree.files.insert(to.to_owned(), file);
        }
        if self.once.remove(from) {
            self.once.insert(to.to_owned());
        }
        if let Some(origin) = self.origin.remove(from) {
            self.origin.insert(to.to_owned(), origin);
        }
        if let Some(offers) = self.offers.remove(from) {
            self.offers.insert(to.to_owned(), offers);
        }
    }
}

/// Something that a file offers to others.
#[derive(Clone, Debug)]
pub struct Offer {
    /// What it is, in words.
    pub what: String,
    /// The line by which it can be seen, where one tells.
    pub line: Option<String>,
}

/// Where a file comes from.
#[derive(Clone, Debug)]
pub struct Origin {
    pub component: String,
    /// The template in the catalog.
    pub template: String,
    /// The path with its `__key__` segments.
    pub pattern: String,
}

struct Job<'a> {
    component: &'a Component,
    file: &'a TemplateFile,
    path: RelPath,
    repeated: Values,
    once: bool,
}

impl Job<'_> {
    fn candidate(&self) -> Candidate<'_> {
        let (path, component, pattern) = (&self.path, &self.component.name, &self.file.path);
        Candidate { path, component, pattern, repeated: &self.repeated, once: self.once }
    }
}

/// Renders all files of the active components.
///
/// # Errors
/// When a template fails, which is a fault of the catalog, or when two files have one path.
pub fn render(catalog: &Catalog, context: &Context) -> Result<Rendered> {
    rendered(catalog, context, None)
}

/// The same for a catalog whose templates were not linted, only [the rest](crate::lint::lint_without_templates): fails
/// when any template has an error, rendered or not. Each template is compiled once for both.
///
/// # Errors
/// As [`render`], and when a template has a fault; [`crate::lint::lint`] tells all of them.
pub fn render_checked(catalog: &Catalog, context: &Context) -> Result<Rendered> {
    rendered(catalog, context, Some(&Templates::new(catalog)))
}

fn rendered(catalog: &Catalog, context: &Context, check: Option<&Templates<'_>>) -> Result<Rendered> {
    let env = engine::environment(catalog)?;
    let mut jobs = Vec::new();
    let mut skipped = Vec::new();
    let mut unportable = Vec::new();
    let mut left = BTreeSet::new();
    let mut offers: BTreeMap<RelPath, Vec<Offer>> = BTreeMap::new();
    for component in catalog.components.iter().filter(|c| context.own_values.contains_key(&c.name)) {
        let facts = context.own_values.get(&component.name).cloned().unwrap_or_default();
        let scope = Scope::new(&env, &context.values).with(&facts);
        for rule in &component.manifest.left {
            for pattern in &rule.files {
                for (path, repeated) in expand(catalog, context, &context.layout.place(pattern))? {
                    if scope.with(&repeated).is_true(&rule.when)? {
                        left.insert(path);
                    }
                }
            }
        }
        for offered in &component.manifest.offers {
            for (path, repeated) in expand(catalog, context, &context.layout.place(&offered.file))? {
                offers.entry(path).or_default().push(offer(&scope.with(&repeated), offered)?);
            }
        }
        for file in &component.files {
            let rule = component.manifest.files.get(&file.path);
            let chosen = catalog.record_condition(component, &file.path);
            for (path, repeated) in expand(catalog, context, &context.layout.place(&file.path))? {
                // of records that choose their provider, each has only the files of its own
                if let Some(chosen) = &chosen
                    && !scope.with(&repeated).is_true(chosen).with_context(|| place(catalog, component, file))?
                {
                    continue;
                }
                let wanted = match rule.and_then(|r| r.when.as_ref()) {
                    Some(when) => {
                        scope.with(&repeated).is_true(when).with_context(|| place(catalog, component, file))?
                    }
                    None => true,
                };
                if wanted {
                    unportable.extend(path::check_portable(&path).err().map(|error| (path.clone(), error)));
                    let once = rule.is_some_and(|r| r.write == WritePolicy::Once);
                    jobs.push(Job { component, file, path, repeated, once });
                } else {
                    skipped.push((file.path.clone(), path));
                }
            }
        }
    }
    if let Some(check) = check {
        check_others(catalog, &env, check, &jobs)?;
    }
    let mut files = files(catalog, &env, &jobs, check, |job| context.of(&job.component.name, &job.repeated))?;
    let mut waiting = Waiting::new();
    let mut readiness = context.readiness.clone();
    if !context.open.is_empty() {
        let candidates: Vec<Candidate<'_>> = jobs.iter().map(Job::candidate).collect();
        // other files change with what waits, and are made again until nothing else waits
        loop {
            let found = waiting::find(catalog, context, &candidates, &files);
            if found.keys().all(|path| waiting.contains_key(path)) {
                break;
            }
            waiting.extend(found);
            readiness = waiting::readiness(catalog, context, &candidates, &waiting);
            let names = waiting::names(catalog, context, &candidates, &waiting, &readiness);
            files = self::files(catalog, &env, &jobs, None, |job| {
                context.of_waiting(&job.component.name, &job.repeated, &names)
            })?;
        }
        for (job, file) in jobs.iter().zip(&mut files).filter(|(job, _)| job.path.ends_with(".md")) {
            if let Ok(text) = std::str::from_utf8(&file.bytes) {
                file.bytes = waiting::document(context, &waiting, &job.path, text).into_bytes();
            }
        }
    }
    let mut rendered = Rendered { left, skipped, unportable, offers, waiting, readiness, ..Rendered::default() };
    for job in &jobs {
        let origin = Origin {
            component: job.component.name.clone(),
            template: job.file.origin.clone(),
            pattern: job.file.path.clone(),
        };
        if let Some(other) = rendered.origin.insert(job.path.clone(), origin) {
            let [one, two] = [&other.template, &job.file.origin].map(|origin| catalog.shown(origin));
            bail!("`{}` is rendered by {one} and by {two}", job.path);
        }
        if job.once {
            rendered.once.insert(job.path.clone());
        }
    }
    rendered.tree.files = jobs.into_iter().map(|job| job.path).zip(files).collect();
    for path in rendered.waiting.keys() {
        rendered.tree.files.remove(path);
        rendered.origin.remove(path);
        rendered.once.remove(path);
    }
    rendered.unportable.retain(|(path, _)| !rendered.waiting.contains_key(path));
    rendered.moved = moved(catalog, context, &rendered.tree)?;
    Ok(rendered)
}

fn offer(scope: &Scope<'_>, offered: &Offered) -> Result<Offer> {
    let line = offered.line.as_ref().map(|line| scope.render(line)).transpose()?;
    Ok(Offer { what: scope.render(&offered.what)?, line })
}

/// The content of each file. With `check`, the templates are checked as well.
fn files(
    catalog: &Catalog,
    env: &Environment<'_>,
    jobs: &[Job<'_>],
    check: Option<&Templates<'_>>,
    names: impl Fn(&Job<'_>) -> Any + Sync,
) -> Result<Vec<File>> {
    jobs.par_iter()
        .map(|job| {
            let mut bytes = if job.file.template {
                let template = compile(env, job.file).map_err(|e| template_error(catalog, &job.path, &e))?;
                if let Some(check) = check {
                    ensure_sound(check, job.component, job.file, &template)?;
                }
                let names = names(job);
                let _rendering = memory::rendering(&job.file.origin);
                let rendered = template.render(names);
                let text = rendered.map_err(|e| template_error(catalog, &job.path, &e))?;
                if text.len() > engine::MAX_OUTPUT {
                    let most = engine::MAX_OUTPUT >> 20;
                    bail!("`{}` would be larger than {most} MiB\n  --> {}", job.path, catalog.shown(&job.file.origin));
                }
                text.into_bytes()
            } else {
                job.file.source.to_vec()
            };
            // The engine reserves about twice what it needs: 20 MB for 12,000 files.
            bytes.shrink_to_fit();
            let executable = bytes.starts_with(b"#!");
            Ok(File { bytes, executable })
        })
        .collect()
}

/// What had another path when the repository was generated last, file by file: what follows a root that is elsewhere now,
/// and the declared moves of the active components.
fn moved(catalog: &Catalog, context: &Context, tree: &Tree) -> Result<Vec<(RelPath, RelPath)>> {
    let mut all = Vec::new();
    let Context { layout, earlier, .. } = context;
    for component in catalog.components.iter().filter(|c| context.own_values.contains_key(&c.name)) {
        let patterns = component.files.iter().map(|file| (earlier.place(&file.path), layout.place(&file.path)));
        for (from, to) in patterns.filter(|(from, to)| from != to) {
            let (from, to) = (expand(catalog, context, &from)?, expand(catalog, context, &to)?);
            let pairs = from.into_iter().zip(to).map(|((from, _), (to, _))| (from, to));
            all.extend(pairs.filter(|(_, to)| tree.files.contains_key(to)));
        }
        for moved in &component.manifest.moved {
            let from = expand(catalog, context, &earlier.place(&moved.from))?;
            let to = expand(catalog, context, &layout.place(&moved.to))?;
            for ((from, _), (to, _)) in from.into_iter().zip(to) {
                if !moved.to.ends_with('/') {
                    all.push((from, to));
                    continue;
                }
                let (from, to) = (format!("{}/", from.trim_end_matches('/')), format!("{}/", to.trim_end_matches('/')));
                let inside = tree.files.range(to.clone()..).map_while(|(path, _)| path.strip_prefix(&to));
                all.extend(inside.map(|rest| (format!("{from}{rest}"), format!("{to}{rest}"))));
            }
        }
    }
    Ok(all)
}

fn compile<'s>(env: &'s Environment<'_>, file: &'s TemplateFile) -> Result<Template<'s, 's>, minijinja::Error> {
    let source = std::str::from_utf8(&file.source)
        .map_err(|_| minijinja::Error::new(ErrorKind::SyntaxError, format!("{} is not UTF-8", file.origin)))?;
    engine::template(env, &file.origin, source)
}

/// Checks the templates that are not rendered.
fn check_others(catalog: &Catalog, env: &Environment<'_>, check: &Templates<'_>, jobs: &[Job<'_>]) -> Result<()> {
    let rendered: HashSet<&str> = jobs.iter().map(|job| job.file.origin.as_str()).collect();
    catalog.components.par_iter().flat_map_iter(|c| c.files.iter().map(move |file| (c, file))).try_for_each(
        |(component, file)| {
            if !file.template || rendered.contains(file.origin.as_str()) {
                return Ok(());
            }
            let template = compile(env, file).map_err(|e| template_error(catalog, &file.path, &e))?;
            ensure_sound(check, component, file, &template)
        },
    )
}

fn ensure_sound<'t>(
    check: &Templates<'_>,
    component: &Component,
    file: &TemplateFile,
    template: &Template<'t, 't>,
) -> Result<()> {
    match check.faults(component, file, template).first() {
        Some(fault) => bail!("{fault}"),
        None => Ok(()),
    }
}

fn place(catalog: &Catalog, component: &Component, file: &TemplateFile) -> String {
    let manifest = catalog.shown(&format!("templates/components/{}/component.yaml", component.name));
    format!("in {manifest}, `files`, `{}`", file.path)
}

/// The name, line and cause of a template's failure. It is our fault, not the user's.
fn template_error(catalog: &Catalog, path: &str, error: &minijinja::Error) -> anyhow::Error {
    let name = catalog.shown(error.name().unwrap_or("?"));
    let line = error.line().unwrap_or(0);
    let why = engine::reason(error).map_or_else(|| format!("{error:#}"), str::to_owned);
    let mut text = format!("`{path}` cannot be rendered: {why}\n  --> {name}:{line}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(&format!("\n  because {cause}"));
        source = cause.source();
    }
    anyhow::anyhow!(text)
}

/// The paths that a pattern stands for, each with the items it goes through.
fn expand(catalog: &Catalog, context: &Context, pattern: &str) -> Result<Vec<(RelPath, Values)>> {
    let mut paths = vec![(pattern.to_string(), Values::new())];
    for (key, repeat) in &catalog.project.repeats {
        let segment = format!("__{key}__");
        if !pattern.contains(&segment) {
            continue;
        }
        let items = context.values.get(&repeat.each).and_then(Value::as_array);
        let items = items.with_context(|| format!("`{}` repeats `{}`, which is not a list", segment, repeat.each))?;
        let mut longer = Vec::new();
        for (path, values) in paths {
            for item in items {
                // an item without the field has no such file
                let Some(name) = item.get(&repeat.segment).and_then(Value::as_str) else { continue };
                let named = path.replace(&segment, if name == path::WHOLE { "" } else { name });
                let segments: Vec<&str> = named.split('/').filter(|s| !s.is_empty()).collect();
                let mut values = values.clone();
                values.insert(repeat.variable.clone(), item.clone());
                longer.push((segments.join("/"), values));
            }
        }
        paths = longer;
    }
    Ok(paths)
}
