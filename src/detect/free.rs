//! Where generated files have a place of their own beside files that are there already: answers of the layout.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::Result;
use indexmap::IndexMap;
use serde_json::{Value, json};

use super::finding::{Location, Note};
use crate::answers::Found;
use crate::answers::check::Check;
use crate::catalog::Catalog;
use crate::catalog::question::{FindingName, Values};
use crate::catalog::roots::Root;
use crate::disk::regular;
use crate::template::engine;
use crate::template::expression::Scope;
use crate::text::path;

/// Entries of a folder that are looked at, and folders within each other.
const MAX_ENTRIES: usize = 20_000;
const DEEPEST: usize = 32;

/// The answers about roots that would meet files of people, or a service, at the place of the default: the first place
/// that is free. Nothing for a folder that was generated, whose files are at their places.
///
/// # Errors
/// When an expression of the catalog fails.
pub fn answers(
    catalog: &Catalog,
    root: &Path,
    services: &[String],
    chosen: &Values,
) -> Result<(IndexMap<String, Found>, Vec<Note>)> {
    let (mut answers, mut notes) = (IndexMap::new(), Vec::new());
    let disk = Disk::new(root);
    answers.extend(code_owners_file(catalog, &disk, chosen));
    if catalog.project.roots.is_empty() || was_generated(catalog, root) {
        return Ok((answers, notes));
    }
    let env = engine::environment(catalog)?;
    let mut known = chosen.clone();
    for (_, root) in &catalog.project.roots {
        let default = || catalog.question(root.answer())?.default.clone();
        if let (false, Some(default)) = (known.contains_key(root.answer()), default()) {
            known.insert(root.answer().to_owned(), default);
        }
    }
    for (folder, root) in &catalog.project.roots {
        let Some(question) = catalog.question(root.answer()).filter(|_| !chosen.contains_key(root.answer())) else {
            continue;
        };
        let names = paths_below(catalog, folder, chosen);
        let place = Place { disk: &disk, folder, root, names: &names, services };
        let Some(default) = question.default.as_ref().and_then(Value::as_str) else { continue };
        let Some(found_in) = place.taken(default) else { continue };
        let scope = Scope::new(&env, &known);
        let check = Check::new(scope, question);
        let accepted = |place: &&String| check.value(&json!(place)).is_ok();
        let free = root.otherwise().iter().filter(accepted).find(|other| place.taken(other).is_none());
        let Some(free) = free else {
            let message =
                format!("is where generated files would be, and so is what else `{}` could be", question.name);
            notes.push(Note { file: found_in.file, message });
            continue;
        };
        known.insert(question.name.clone(), json!(free));
        let found_in = IndexMap::from_iter([(question.name.clone(), found_in)]);
        answers.insert(question.name.clone(), Found { value: json!(free), found_in });
    }
    Ok((answers, notes))
}

/// GitHub reads one list of code owners: another one before it would put it out of force.
fn code_owners_file(catalog: &Catalog, disk: &Disk, chosen: &Values) -> Option<(String, Found)> {
    let question = catalog.detected_by(FindingName::CodeOwnersFile)?;
    let is_file = |path: &&str| disk.root.join(path).symlink_metadata().is_ok_and(|found| !found.is_dir());
    let read = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"].into_iter().find(is_file)?;
    let value = if path::parent(read) == "docs" { "docs" } else { read };
    if chosen.contains_key(&question.name) || question.default.as_ref().is_some_and(|default| default == value) {
        return None;
    }
    let found_in = IndexMap::from_iter([(question.name.clone(), Location::new(read, None))]);
    Some((question.name.clone(), Found { value: json!(value), found_in }))
}

/// The folders of the services among these answers.
pub fn folders_of_services(catalog: &Catalog, answers: &Values) -> Vec<String> {
    let Some(question) = catalog.detected_by(FindingName::Services) else { return Vec::new() };
    let Some(field) = question.fields.iter().find(|field| field.is_detected_by(FindingName::ServicePath)) else {
        return Vec::new();
    };
    let records = answers.get(&question.name).and_then(Value::as_array).into_iter().flatten();
    records.filter_map(|record| Some(record.get(&field.name)?.as_str()?.to_owned())).collect()
}

/// Whether generated files are there already: they are recorded, or some that no answer changes are at their places.
pub fn was_generated(catalog: &Catalog, root: &Path) -> bool {
    let copied = catalog.components.iter().flat_map(|c| &c.files).filter(|f| !f.template && !f.source.is_empty());
    let is_there = |path: &str, bytes: &[u8]| {
        let found = regular::open(&root.join(path)).ok();
        let most = bytes.len() as u64;
        found.and_then(|file| regular::bytes(file, most).ok()?).is_some_and(|found| found == bytes)
    };
    root.join(path::BASE).exists() || copied.into_iter().any(|file| is_there(&file.path, &file.source))
}

/// The paths that files of the catalog have below a root, each with its repeated parts filled, as far as these are known.
fn paths_below(catalog: &Catalog, folder: &str, chosen: &Values) -> Vec<String> {
    let files = catalog.components.iter().flat_map(|component| &component.files);
    let below = files.filter_map(|file| file.path.strip_prefix(folder)?.strip_prefix('/'));
    let mut paths: Vec<String> = below.map(str::to_owned).collect();
    for (key, repeat) in &catalog.project.repeats {
        let default = || catalog.question(&repeat.each)?.default.as_ref();
        let list = chosen.get(&repeat.each).or_else(default).and_then(Value::as_array);
        let items: Vec<&str> =
            list.into_iter().flatten().filter_map(|item| item.get(&repeat.segment)?.as_str()).collect();
        let mark = format!("__{key}__");
        paths = paths
            .into_iter()
            .flat_map(|path| match path.contains(&mark) {
                true => items.iter().map(|item| path.replace(&mark, item)).collect(),
                false => vec![path],
            })
            .collect();
    }
    paths.sort();
    paths.dedup();
    paths
}

/// A root, and what could be in its way.
struct Place<'p> {
    disk: &'p Disk,
    folder: &'p str,
    root: &'p Root,
    /// Of its files, below it.
    names: &'p [String],
    services: &'p [String],
}

impl Place<'_> {
    /// What stands at a place already; nothing where it is free.
    fn taken(&self, place: &str) -> Option<Location> {
        match self.root {
            Root::Folder { shared, .. } => {
                // where there is no code, the answer could be a mistake, and is refused
                let is_there = |service: &str| matches!(self.disk.enter("", service), Entered::Folder(_));
                let service = self.services.iter().find(|service| meet(place, service) && is_there(service));
                if let Some(service) = service {
                    return Some(Location::new(service, None));
                }
                let below = match self.disk.enter("", place) {
                    Entered::Nothing => return None,
                    Entered::Other(other) => return Some(self.disk.first_file(&other)),
                    Entered::Folder(folder) => folder,
                };
                if *shared {
                    let own = |name: &String| Some(path::join(&below, name.split_once('/')?.0));
                    let in_own = self.names.iter().filter_map(own).find_map(|own| self.disk.any_file(&own, 0));
                    let in_own = in_own.map(|file| Location::new(&file, None));
                    in_own.or_else(|| self.names.iter().find_map(|name| self.disk.meets(&below, name)))
                } else {
                    self.disk.any_file(&below, 0).map(|file| Location::new(&file, None))
                }
            }
            Root::Prefix { .. } => {
                let folder = match self.disk.enter("", self.folder) {
                    Entered::Folder(folder) => folder,
                    Entered::Nothing | Entered::Other(_) => return None,
                };
                self.names.iter().find_map(|name| self.disk.meets(&folder, &format!("{place}{name}")))
            }
        }
    }
}

/// Whether one folder is the other, or in it. The whole repository is in nobody's way.
fn meet(place: &str, service: &str) -> bool {
    if service.is_empty() || service == path::WHOLE {
        return false;
    }
    let [place, service] = [place, service].map(|folder| path::fold(folder) + "/");
    place.starts_with(&service) || service.starts_with(&place)
}

/// What is found on the way to a folder.
enum Entered {
    /// Nothing of that name in any case.
    Nothing,
    /// The folder.
    Folder(String),
    /// A file, or a folder whose name has another case.
    Other(String),
}

/// A name, and whether it is a folder.
type Entry = (String, bool);

/// What there is on disk, whatever git ignores.
pub(super) struct Disk {
    root: PathBuf,
    listed: RefCell<HashMap<String, Rc<Vec<Entry>>>>,
}

impl Disk {
    pub(super) fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), listed: RefCell::default() }
    }

    /// What a folder holds, sorted; a folder that cannot be listed holds nothing.
    fn entries(&self, folder: &str) -> Rc<Vec<Entry>> {
        if let Some(listed) = self.listed.borrow().get(folder) {
            return Rc::clone(listed);
        }
        let read = fs::read_dir(self.root.join(folder)).into_iter().flatten().flatten().take(MAX_ENTRIES);
        let entry =
            |entry: fs::DirEntry| Some((entry.file_name().into_string().ok()?, entry.file_type().ok()?.is_dir()));
        let mut entries: Vec<Entry> = read.filter_map(entry).collect();
        entries.sort();
        let entries = Rc::new(entries);
        self.listed.borrow_mut().insert(folder.to_owned(), Rc::clone(&entries));
        entries
    }

    fn enter(&self, from: &str, below: &str) -> Entered {
        let mut folder = from.to_owned();
        for segment in below.split('/').filter(|segment| !segment.is_empty()) {
            let entries = self.entries(&folder);
            let same = entries.iter().filter(|(name, _)| path::fold(name) == path::fold(segment));
            let Some((name, is_folder)) = same.max_by_key(|(name, is_folder)| name != segment || !is_folder) else {
                return Entered::Nothing;
            };
            folder = path::join(&folder, name);
            if name != segment || !is_folder {
                return Entered::Other(folder);
            }
        }
        Entered::Folder(folder)
    }

    /// What stands at a path of a file, or in the way of one of its folders.
    fn meets(&self, folder: &str, below: &str) -> Option<Location> {
        let name = path::name(below);
        match self.enter(folder, path::parent(below)) {
            Entered::Nothing => None,
            Entered::Other(other) => Some(self.first_file(&other)),
            Entered::Folder(folder) => {
                let entries = self.entries(&folder);
                let (found, _) = entries.iter().find(|(other, _)| path::fold(other) == path::fold(name))?;
                Some(self.first_file(&path::join(&folder, found)))
            }
        }
    }

    /// A path, or where that is a folder a file in it.
    fn first_file(&self, found: &str) -> Location {
        Location::new(&self.any_file(found, 0).unwrap_or_else(|| found.to_owned()), None)
    }

    fn any_file(&self, folder: &str, depth: usize) -> Option<String> {
        let entries = self.entries(folder);
        let file = entries.iter().find(|(_, is_folder)| !is_folder).map(|(name, _)| path::join(folder, name));
        let deeper = |(name, is_folder): &Entry| {
            (*is_folder && depth < DEEPEST).then(|| self.any_file(&path::join(folder, name), depth + 1)).flatten()
        };
        file.or_else(|| entries.iter().find_map(deeper))
    }
}
