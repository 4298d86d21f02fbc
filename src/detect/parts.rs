//! Folders that are no service beside others: static files that are built into another one, documentation, examples.

use super::compose::inside;
use super::service::{Service, Services};
use super::walk::Files;
use crate::text::path;

/// Names of folders with documentation.
const DOCUMENTATION: [&str; 3] = ["doc", "docs", "documentation"];

/// Takes them out, and notes why.
pub fn take_out(files: &Files, services: &mut Services) {
    let parts: Vec<(String, (String, String))> =
        services.0.values().filter_map(|service| Some((service.path.clone(), part(services, service)?))).collect();
    for (folder, (file, why)) in parts {
        services.0.remove(&folder);
        files.note(&file, why);
    }
}

/// The file that tells of it, and what it is instead of a service.
fn part(services: &Services, service: &Service) -> Option<(String, String)> {
    let manifest = || service.manifest.as_ref().map(|place| place.file.clone());
    let mut others = services.0.values().filter(|other| other.runs && other.path != service.path);
    if is_example(&service.path) && others.any(|other| !is_example(&other.path)) {
        return Some((manifest()?, "is taken for an example and not for a service".into()));
    }
    let output = service.output.as_ref()?;
    let target = inside(&service.path, &output.value).filter(|_| output.value.starts_with("../"));
    if let Some(other) = target.as_ref().and_then(|target| services.around(target)).filter(|other| !other.is_empty()) {
        return Some((
            output.found_in.file.clone(),
            format!("builds into `{other}`, so that it is no service of its own"),
        ));
    }
    let is_documentation = DOCUMENTATION.contains(&path::name(&service.path)) && others.next().is_some();
    is_documentation.then(|| Some((manifest()?, "is taken for documentation and not for a service".into())))?
}

fn is_example(folder: &str) -> bool {
    folder.split('/').any(|name| {
        matches!(name, "demos" | "example" | "examples" | "sample" | "samples") || name.ends_with("-examples")
    })
}
