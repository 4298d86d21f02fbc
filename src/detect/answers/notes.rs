//! What a service lacks, or has in the way, for its image to be built.

use super::super::service::{Language, Service};
use super::super::walk::Files;
use crate::text::path;

/// Notes what generated Dockerfiles and pipelines install from and is not there: the lock file, or the version of the package
/// manager.
pub(super) fn missing_for_install(service: &Service, files: &Files) {
    let Some(language) = &service.language else { return };
    let manifest = &language.found_in.file;
    let list = match language.value {
        Language::Node => "package-lock.json",
        Language::Python => "requirements.txt",
        _ => return,
    };
    let wanted = path::join(&service.path, list);
    let Some(found) = &service.package_manager else {
        if !files.has(&wanted) {
            files.note(manifest, format!("has no `{wanted}`, from which generated Dockerfiles install"));
        }
        return;
    };
    if language.value == Language::Node && found.value != "npm" && !service.manager_version {
        files.note(
            manifest,
            format!(
                "has no exact version of {} in `packageManager`, which generated Dockerfiles and pipelines install",
                name_of(found.value)
            ),
        );
    }
    let file = &found.found_in.file;
    if !service.workspace && path::parent(file) != service.path {
        files.note(
            file,
            "is shared by several folders and belongs to no workspace; generated Dockerfiles build such a service from a lock file of its own",
        );
    }
}

/// Notes what stays where a generated file of the image build would be, and does not fit the others.
pub(super) fn in_the_way(service: &Service, files: &Files) {
    if service.image.is_some() {
        return;
    }
    let dockerfile = path::join(&service.path, "Dockerfile");
    if files.has(&dockerfile) {
        files.note(
            &dockerfile,
            "starts no program for production and lies where one is generated: images are built from it until that one takes its place",
        );
    }
    let context = if service.workspace { "" } else { &service.path };
    let ignored = path::join(context, ".dockerignore");
    if files.text_if_any(&ignored).is_some_and(|text| text.lines().any(|line| matches!(line.trim(), "*" | "**"))) {
        files.note(
            &ignored,
            "hides the code from image builds: a generated Dockerfile needs the generated `.dockerignore` in its place",
        );
    }
}

/// What people call a package manager.
fn name_of(manager: &str) -> &str {
    match manager {
        "yarn" | "yarn_classic" => "Yarn",
        "bun" => "Bun",
        other => other,
    }
}
