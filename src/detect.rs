//! What a folder with code tells about itself: services, their languages, ports, commands, databases and variables, the
//! remote, pipelines and infrastructure. Each finding names the file that it was made in.
//!
//! Only reads, within the bounds of [`walk`]; what cannot be read or parsed becomes a note.

use std::path::Path;

use anyhow::Result;
use indexmap::IndexMap;
use serde::Serialize;

use crate::answers::Found;
use crate::catalog::Catalog;
use crate::catalog::question::Values;

pub mod answers;
pub mod automation;
mod background;
mod beside;
mod checks;
pub mod compose;
mod crontab;
mod docker;
mod dockerfile;
mod entry;
pub mod finding;
pub mod free;
pub mod gaps;
pub mod git;
mod go;
mod images;
mod java;
mod kept_files;
mod libraries;
mod lines;
mod migrations;
mod node;
mod others;
pub mod overview;
mod parts;
mod php;
mod processes;
mod procfile;
mod proxies;
mod python;
pub mod report;
mod routes;
mod ruby;
pub mod rules;
mod rust;
pub mod service;
mod sqlite;
mod tokens;
pub mod variables;
mod versions;
pub mod walk;
mod wanted;

pub use answers::{Following, Unknown, folder_name, of_what_stays};
use automation::{Infrastructure, Pipeline};
use beside::Beside;
use compose::Backing;
use finding::Finding;
pub use finding::Note;
use gaps::Gap;
use git::Remote;
use service::{Service, Services};
use variables::Variable;
use walk::Files;
pub use wanted::is_workflow;

/// All that was found: what `scaffold detect --format json` prints. Fields are only ever added; what was not found is an
/// empty list or left out. Everywhere `found_in` is the evidence: `file`, relative to the folder, and `line` from 1
/// where it is known.
#[derive(Debug, Serialize)]
pub struct Detected {
    /// The remote of git.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote: Option<Finding<Remote>>,
    /// The services, by folder.
    pub services: Vec<Service>,
    /// The globs of the workspaces at the top.
    pub workspaces: Vec<Finding<String>>,
    /// The systems that compose files run beside the services.
    pub backing: Vec<Finding<Backing>>,
    /// The environment variables of samples that belong to no single service.
    pub variables: Vec<Finding<Variable>>,
    pub pipelines: Vec<Finding<Pipeline>>,
    /// Terraform, kustomizations, charts and manifests.
    pub infrastructure: Vec<Finding<Infrastructure>>,
    /// Of these and of compose files, what stays beside generated ones.
    #[serde(skip)]
    pub beside: Vec<Beside>,
    /// The answers of the catalog that follow, by question. They are valid as far as each goes.
    pub answers: IndexMap<String, Found>,
    /// The services for which nothing can be generated, and why; they are among the notes as well.
    #[serde(skip)]
    pub refused: Vec<Note>,
    /// The variables whose values nothing in the folder tells.
    #[serde(skip)]
    pub unknown: Vec<Unknown>,
    /// What the code lacks for the files that would be generated; only where it was [compared](gaps::gaps) with answers.
    pub gaps: Vec<Gap>,
    /// What could not be read, and what has no place among the answers.
    pub notes: Vec<Note>,
}

/// Looks at a folder. The answers that are chosen already say which folders are not for services.
///
/// # Errors
/// When it is not a folder or cannot be listed, or an expression of the catalog fails.
pub fn detect(catalog: &Catalog, root: &Path, chosen: &Values) -> Result<Detected> {
    Ok(Look::at(catalog, root, chosen)?.found)
}

/// A folder that was looked at: other answers follow from it as others are chosen.
#[derive(Debug)]
pub struct Look {
    files: Files,
    /// With the answers that followed at first.
    pub found: Detected,
    /// What was noted before any answer followed.
    seen: Vec<Note>,
}

impl Look {
    /// Looks at a folder.
    ///
    /// # Errors
    /// As [`detect`].
    pub fn at(catalog: &Catalog, root: &Path, chosen: &Values) -> Result<Self> {
        let files = Files::below(root)?;
        let (found, seen) = detect_in(catalog, &files, chosen)?;
        Ok(Self { files, found, seen })
    }

    /// What follows where these answers are chosen.
    ///
    /// # Errors
    /// When an expression of the catalog fails.
    pub fn follow(&self, catalog: &Catalog, chosen: &Values) -> Result<Following> {
        follow(catalog, &self.found, &self.seen, &self.files, chosen)
    }
}

fn follow(catalog: &Catalog, found: &Detected, seen: &[Note], files: &Files, chosen: &Values) -> Result<Following> {
    let mut following = answers::answers(catalog, found, files, chosen)?;
    if found.services.is_empty() {
        following.refused.extend(automation::functions(files));
    }
    seen.iter().for_each(|note| files.note(&note.file, note.message.clone()));
    following.notes = files.take_notes();
    Ok(following)
}

/// What is found in the files that are wanted of a folder, and what was noted before any answer followed.
fn detect_in(catalog: &Catalog, files: &Files, chosen: &Values) -> Result<(Detected, Vec<Note>)> {
    let root = files.root();
    let mut services = Services::default();
    node::detect(files, &mut services);
    python::detect(files, &mut services);
    go::detect(files, &mut services);
    rust::detect(files, &mut services);
    java::detect(files, &mut services);
    ruby::detect(files, &mut services);
    php::detect(files, &mut services);
    others::detect(files, &mut services);
    services.take_back();
    others::last(files, &mut services);
    let compose::Compose { builds, backing } = compose::read(files);
    docker::detect(files, &mut services, &builds);
    compose::apply(&mut services, builds);
    versions::detect(files, &mut services);
    versions::prisma(files, &mut services);
    migrations::detect(files, &mut services);
    php::drivers(files, &mut services, &backing);
    routes::detect(files, &mut services);
    services.0.values_mut().for_each(libraries::defaults);
    procfile::detect(files, &mut services);
    services.0.values_mut().for_each(|service| service::conclude(files, service));
    parts::take_out(files, &mut services);
    let images: Vec<(String, String)> = services
        .0
        .values()
        .filter_map(|service| Some((service.path.clone(), service.image.as_ref()?.dockerfile.value.clone())))
        .collect();
    services.settle();
    for (_, dockerfile) in images.iter().filter(|(folder, _)| !services.0.contains_key(folder)) {
        files.note(dockerfile, "builds an image around several services, for which no answer stands");
    }
    processes::detect(files, &mut services);
    proxies::detect(files, &mut services);
    let variables = variables::detect(files, &mut services);
    sqlite::detect(files, &mut services);
    let remote = git::detect(files);
    if let Some(service) = services.0.get_mut("").filter(|service| service.name.is_none()) {
        let place = service.manifest.clone().or_else(|| service.containers.first().cloned());
        let called = remote.as_ref().map(|remote| remote.value.name.clone()).or_else(|| files.name());
        service.name = place.zip(called).map(|(place, name)| Finding::new(name, place));
    }
    let mut detected = Detected {
        remote,
        services: services.0.into_values().collect(),
        workspaces: node::workspaces(files),
        backing,
        variables,
        pipelines: automation::pipelines(files),
        infrastructure: automation::infrastructure(files),
        beside: Vec::new(),
        answers: IndexMap::new(),
        refused: Vec::new(),
        unknown: Vec::new(),
        gaps: Vec::new(),
        notes: Vec::new(),
    };
    if !free::was_generated(catalog, root) {
        detected.beside = beside::find(files, &detected.pipelines, &detected.infrastructure);
    }
    let seen = files.notes();
    let following = follow(catalog, &detected, &[], files, chosen)?;
    (detected.answers, detected.refused, detected.unknown) = (following.answers, following.refused, following.unknown);
    detected.notes = following.notes;
    Ok((detected, seen))
}
