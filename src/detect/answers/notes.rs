//! What a service lacks, or has in the way, for its image to be built.

use super::super::service::{Command, Language, Service};
use super::super::walk::Files;
use super::variables::is_of_build;
use crate::text::path;

/// Notes a package manager whose version nothing names, and a lock file that several folders share without a workspace.
pub(super) fn shared_lock(service: &Service, files: &Files) {
    let (Some(language), Some(found)) = (&service.language, &service.package_manager) else { return };
    let of_npm = language.value == Language::Node || service.commands.contains_key(&Command::Assets);
    if of_npm && found.value != "npm" && !service.manager_version {
        let beside = path::join(&service.path, "package.json");
        let manifest = if language.value == Language::Node { &language.found_in.file } else { &beside };
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

/// Notes that the user of an image of its own is the default, where its Dockerfile names none by a number that is known.
pub(super) fn user_by_default(service: &Service, files: &Files) {
    if let Some(image) = service.image.as_ref().filter(|image| image.user.is_none()) {
        files.note(
            &image.dockerfile.value,
            "names no user whose number is known: the answer `user` is 10001, which owns no file of the image; a program that writes to files there needs the number of their owner, or 0 for root",
        );
    }
}

/// Notes secrets that a Dockerfile of its own takes otherwise than pipelines pass them.
pub(super) fn secrets_of_the_build(service: &Service, files: &Files) {
    let Some(image) = &service.image else { return };
    let file = &image.dockerfile.value;
    let Some(text) = files.text_if_any(file) else { return };
    for found in service.variables.iter().filter(|found| is_of_build(&found.value) && found.found_in.file == *file) {
        let Some(line) = found.found_in.line.and_then(|line| text.lines().nth(line - 1)) else { continue };
        let name = &found.value.name;
        if line.trim_start().to_ascii_uppercase().starts_with("ARG ") {
            files.note(
                file,
                format!(
                    "takes `{name}` as ARG, which stays in the history of the image, and pipelines do not pass it: take it with `RUN --mount=type=secret,id={name},env={name}` where it is needed"
                ),
            );
        } else if !line.contains(&format!("id={name}")) {
            files.note(
                file,
                format!("mounts the secret of `{name}` under another id; pipelines pass it as `id={name}`"),
            );
        }
    }
}

/// Notes what stays where a generated file of the image build would be, and does not fit the others.
pub(super) fn in_the_way(service: &Service, files: &Files) {
    if let Some(image) = &service.image {
        hidden(service, &image.context.value, files);
        return;
    }
    let manifest = path::join(&service.path, "package.json");
    if files.text_if_any(&manifest).is_some_and(|text| text.contains("\"dotenv-safe\"")) {
        files.note(
            &manifest,
            "requires dotenv-safe, which reads `.env.example` when the program starts: the generated `.dockerignore` needs the line `!.env.example`",
        );
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

/// Notes that a `.dockerignore` hides the code of a service whose Dockerfile is built from above it. One beside the Dockerfile takes
/// its place.
fn hidden(service: &Service, context: &str, files: &Files) {
    let context = if context == path::WHOLE { "" } else { context };
    let below = service.path.strip_prefix(context).map(|rest| rest.trim_start_matches('/')).unwrap_or_default();
    let ignored = path::join(context, ".dockerignore");
    let Some(image) = &service.image else { return };
    let own = format!("{}.dockerignore", image.dockerfile.value);
    if below.is_empty() || files.is_file(&own) {
        return;
    }
    let text = files.text_if_any(&ignored).unwrap_or_default();
    let names_it = |line: &str| {
        let line = line.trim().trim_start_matches('/').trim_end_matches("/**").trim_end_matches('/');
        !line.is_empty() && path::upwards(below).any(|folder| !folder.is_empty() && (folder == line || line == "*"))
    };
    // what a later line takes back is not hidden
    let takes_back = |line: &str| line.trim().strip_prefix('!').is_some_and(names_it);
    let hides = |line: &str| names_it(line) && !text.lines().any(takes_back);
    if let Some(at) = text.lines().position(hides) {
        let shown = format!("hides the code of `{}` from its image build (line {})", service.path, at + 1);
        files.note(&ignored, format!("{shown}; a `{own}` takes its place"));
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
