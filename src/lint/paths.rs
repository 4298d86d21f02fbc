//! One path has one owner, and what moved leads to what is there.

use std::collections::HashMap;

use super::{Lint, manifest_file};
use crate::catalog::{Component, Moved, Replaced};
use crate::text::path;

impl Lint<'_> {
    pub(super) fn paths(&mut self) {
        let catalog = self.catalog;
        let mut owners: HashMap<String, (&str, Option<&str>)> = HashMap::new();
        for component in &catalog.components {
            for file in &component.files {
                let key = file.path.to_lowercase();
                let slot = component.manifest.provides.as_ref().map(|provides| provides.slot.as_str());
                if let Some((other, others)) = owners.insert(key, (&file.origin, slot))
                    && (slot.is_none() || slot != others)
                {
                    self.fault(
                        &file.origin,
                        format!("has the path of {}; one path has one owner", catalog.shown(other)),
                    );
                }
                for segment in file.path.split('/') {
                    let key = segment.strip_prefix("__").and_then(|s| s.strip_suffix("__"));
                    if let Some(key) = key
                        && !catalog.project.repeats.contains_key(key)
                    {
                        self.fault(&file.origin, format!("repeats `{key}`, which is not in `repeats`"));
                    }
                }
                if path::is_record(&file.path) || file.path.starts_with(".git/") {
                    self.fault(&file.origin, "is in a folder that no component can own");
                }
            }
        }
    }

    /// Moves lead from what no longer exists to what does, file by file.
    pub(super) fn moves(&mut self) {
        let catalog = self.catalog;
        let exists = |component: &Component, path: &str| {
            component.files.iter().any(|f| f.path == path || (path.ends_with('/') && f.path.starts_with(path)))
        };
        let repeats = |path: &str| -> Vec<String> {
            let mut keys: Vec<_> = path.split('/').filter(|s| s.starts_with("__")).map(str::to_owned).collect();
            keys.sort();
            keys
        };
        for component in &catalog.components {
            for Replaced { from, .. } in &component.manifest.replaced {
                if catalog.components.iter().any(|c| exists(c, from)) {
                    self.fault(manifest_file(component), format!("`replaced` `{from}`: the path is still generated"));
                }
            }
            for Moved { from, to } in &component.manifest.moved {
                let what = format!("`moved` from `{from}` to `{to}`");
                let file = manifest_file(component);
                if !exists(component, to) {
                    self.fault(&file, format!("{what}: the component has nothing at the new path"));
                }
                if catalog.components.iter().any(|c| exists(c, from)) {
                    self.fault(&file, format!("{what}: the old path is still generated"));
                }
                if from.ends_with('/') != to.ends_with('/') {
                    self.fault(&file, format!("{what}: one is a folder, the other a file"));
                }
                if repeats(from) != repeats(to) {
                    self.fault(&file, format!("{what}: both need the same `__key__` segments"));
                }
            }
        }
    }
}
