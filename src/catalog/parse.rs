//! Files to a catalog: which file of the source is what.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::de::DeserializeOwned;

use super::{Catalog, Component, Fault, Manifest, Need, Preset, TemplateFile};
use crate::catalog::question::Values;
use crate::catalog::source::Source;
use crate::text::yaml;

impl Catalog {
    /// Parses a catalog as far as that is possible, and says what did not parse.
    pub fn parse(source: Source) -> (Self, Vec<Fault>) {
        let mut catalog = Self::default();
        let mut faults = Vec::new();
        let mut manifests: BTreeMap<String, Manifest> = BTreeMap::new();
        let mut files: BTreeMap<String, Vec<TemplateFile>> = BTreeMap::new();
        let mut macros: BTreeMap<String, (String, String)> = BTreeMap::new();
        for (path, bytes) in source {
            let mut parts = path.splitn(4, '/');
            let place = (parts.next(), parts.next(), parts.next(), parts.next());
            match place {
                (Some("templates"), Some("README.md"), None, None) => {}
                (Some("templates"), Some("questions.yaml"), None, None) => {
                    read_into(&path, &bytes, &mut faults, &mut catalog.project);
                }
                (Some("templates"), Some("pins.yaml"), None, None) => {
                    read_into(&path, &bytes, &mut faults, &mut catalog.pins);
                }
                (Some("templates"), Some("migrations.yaml"), None, None) => {
                    read_into(&path, &bytes, &mut faults, &mut catalog.migrations);
                }
                (Some("templates"), Some("slots.yaml"), None, None) => {
                    read_into(&path, &bytes, &mut faults, &mut catalog.slots);
                }
                (Some("templates"), Some("lists.yaml"), None, None) => {
                    read_into(&path, &bytes, &mut faults, &mut catalog.lists);
                }
                (Some("templates"), Some("readiness.yaml"), None, None) => {
                    let mut areas: IndexMap<String, Vec<Need>> = IndexMap::new();
                    read_into(&path, &bytes, &mut faults, &mut areas);
                    catalog.needs = areas.into_iter().flat_map(|(area, needs)| in_area(&area, needs)).collect();
                }
                (Some("templates"), Some("partials"), Some(name), None) => {
                    if let Some(text) = utf8(&path, &bytes, &mut faults) {
                        catalog.partials.insert(format!("partials/{name}"), text);
                    }
                }
                (Some("templates"), Some("components"), Some(_), _) => match part_of_component(&path) {
                    Some((component, Part::Manifest)) => {
                        let mut manifest = Manifest::default();
                        read_into(&path, &bytes, &mut faults, &mut manifest);
                        manifests.insert(component.to_string(), manifest);
                    }
                    Some((component, Part::Macros)) => {
                        if let Some(text) = utf8(&path, &bytes, &mut faults) {
                            macros.insert(component.to_string(), (format!("components/{component}/macros.j2"), text));
                        }
                    }
                    Some((component, Part::File(target))) => {
                        let (target, template) = match target.strip_suffix(".j2") {
                            Some(stem) => (stem, true),
                            None => (target, false),
                        };
                        files.entry(component.to_string()).or_default().push(TemplateFile {
                            path: target.to_string(),
                            origin: path.clone(),
                            template,
                            source: bytes,
                        });
                    }
                    None => faults.push(Fault::new(
                        &path,
                        "is neither `component.yaml`, `macros.j2` nor below `files/` of a component `NAME` or `FAMILY/NAME`",
                    )),
                },
                (Some("presets"), Some(file), None, None) => {
                    let Some(name) = file.strip_suffix(".yaml") else {
                        faults.push(Fault::new(&path, "is not a preset: a preset is a `.yaml` file"));
                        continue;
                    };
                    let mut preset = Preset {
                        name: String::new(),
                        title: String::new(),
                        description: String::new(),
                        answers: Values::new(),
                    };
                    read_into(&path, &bytes, &mut faults, &mut preset);
                    preset.name = name.to_string();
                    catalog.presets.push(preset);
                }
                _ => faults.push(Fault::new(&path, "has no place in a catalog")),
            }
        }
        for name in files.keys().chain(macros.keys()) {
            if !manifests.contains_key(name) {
                let file = format!("templates/components/{name}/component.yaml");
                faults.push(Fault::new(file, "is missing"));
            }
        }
        catalog.components = manifests
            .into_iter()
            .map(|(name, manifest)| {
                let mut files = files.remove(&name).unwrap_or_default();
                files.sort_by(|a, b| a.path.cmp(&b.path));
                Component { macros: macros.remove(&name), name, manifest, files }
            })
            .collect();
        catalog.assemble();
        (catalog, faults)
    }
}

/// What a file is to its component.
enum Part<'a> {
    Manifest,
    Macros,
    File(&'a str),
}

/// The component that a file below `templates/components/` belongs to, as `NAME` or `FAMILY/NAME`.
fn part_of_component(path: &str) -> Option<(&str, Part<'_>)> {
    let below = path.strip_prefix("templates/components/")?;
    // the end of `NAME`, and of `FAMILY/NAME`
    below.match_indices('/').take(2).find_map(|(end, _)| {
        let (component, rest) = (below.get(..end)?, below.get(end + 1..)?);
        let part = match rest {
            "component.yaml" => Part::Manifest,
            "macros.j2" => Part::Macros,
            file => Part::File(file.strip_prefix("files/")?),
        };
        Some((component, part))
    })
}

fn in_area(area: &str, needs: Vec<Need>) -> Vec<Need> {
    let words = area.replace('_', " ");
    needs.into_iter().map(|need| Need { area: words.clone(), ..need }).collect()
}

fn utf8(path: &str, bytes: &[u8], faults: &mut Vec<Fault>) -> Option<String> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text.to_string()),
        Err(e) => {
            faults.push(Fault::new(path, format!("is not UTF-8 from byte {} on", e.valid_up_to())));
            None
        }
    }
}

fn read_into<T: DeserializeOwned>(path: &str, bytes: &[u8], faults: &mut Vec<Fault>, target: &mut T) {
    let Some(text) = utf8(path, bytes, faults) else { return };
    match yaml::parse(&text) {
        Ok(value) => *target = value,
        Err(e) => faults.push(Fault::new(path, e.to_string())),
    }
}
