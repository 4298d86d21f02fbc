//! Where a service keeps files: volumes of compose files and of its Dockerfile.

use std::collections::HashMap;

use serde_yaml::Value;

use super::compose::Build;
use super::dockerfile::Stage;
use super::dockerfile::filled;
use super::finding::{Finding, Location};
use super::sqlite;
use super::walk::Files;
use crate::text::path;

/// Names of folders that hold what a build, a package manager or a run makes again, and what others read.
const MADE_AGAIN: [&str; 25] = [
    ".cache",
    ".m2",
    ".next",
    ".npm",
    ".nuxt",
    ".pnpm-store",
    ".venv",
    "assets",
    "build",
    "bundle",
    "cache",
    "dist",
    "log",
    "logs",
    "node_modules",
    "public",
    "registry",
    "run",
    "static",
    "static_root",
    "staticfiles",
    "target",
    "tmp",
    "vendor",
    "venv",
];

/// Words in names of folders that hold data, for those that are mounted from the host or have no name.
const DATA: [&str; 14] = [
    "attachments",
    "data",
    "database",
    "db",
    "documents",
    "files",
    "images",
    "media",
    "sqlite",
    "storage",
    "store",
    "upload",
    "uploads",
    "userdata",
];

/// Folders of the system and of databases.
const OF_OTHERS: [&str; 13] = [
    "/bitnami",
    "/data/db",
    "/dev",
    "/etc",
    "/proc",
    "/run",
    "/sys",
    "/tmp",
    "/var/lib/mongodb",
    "/var/lib/mysql",
    "/var/lib/postgresql",
    "/var/lib/redis",
    "/var/log",
];

/// A volume of an entry of a compose file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// Its name; nothing for a folder of the host and one without a name.
    pub name: Option<String>,
    /// The folder of the container.
    pub target: String,
}

/// What an entry mounts to keep files in.
pub fn mounts(entry: &Value) -> Vec<Mount> {
    let volumes = entry.get("volumes").and_then(Value::as_sequence).into_iter().flatten();
    volumes.filter_map(mount).filter(|mount| is_kept(&mount.target)).collect()
}

/// `name:/folder:ro`, `./folder:/folder`, `/folder`, or the long form.
fn mount(volume: &Value) -> Option<Mount> {
    let text;
    let (source, target, read_only) = match volume {
        Value::String(written) => {
            // with the values that variables have where none is given
            text = filled(written, &HashMap::new());
            let parts: Vec<&str> = text.split(':').collect();
            match parts[..] {
                _ if written.rsplit_once(":/").is_some_and(|(_, target)| target.contains('$')) => return None,
                [target] => (None, target, false),
                [source, target] => (Some(source), target, false),
                [source, target, options] => (Some(source), target, options.split(',').any(|one| one == "ro")),
                _ => return None,
            }
        }
        Value::Mapping(_) => {
            let text = |key: &str| volume.get(key).and_then(Value::as_str);
            if text("type") == Some("tmpfs") {
                return None;
            }
            let read_only = volume.get("read_only").and_then(Value::as_bool).unwrap_or_default();
            (text("source"), text("target")?, read_only)
        }
        _ => return None,
    };
    let target = format!("/{}", target.trim_matches('/'));
    let name = source.filter(|source| !source.starts_with(['.', '/', '~']));
    // of the host only what is called like data
    let is_data = || [source.unwrap_or_default(), &target].into_iter().any(names_data);
    (!read_only && (name.is_some() || is_data())).then(|| Mount { name: name.map(str::to_owned), target })
}

fn names_data(folder: &str) -> bool {
    let name = path::name(folder.trim_end_matches('/')).to_ascii_lowercase();
    name.split(['-', '_', '.']).any(|word| DATA.contains(&word))
}

/// Whether what is in a folder of a container must outlive it.
fn is_kept(target: &str) -> bool {
    let below =
        |folder: &&str| target.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let name = path::name(target).to_ascii_lowercase();
    // a file is mounted as it is
    let is_file = name.trim_start_matches('.').contains('.');
    !name.is_empty() && !is_file && !MADE_AGAIN.contains(&name.as_str()) && !OF_OTHERS.iter().any(below)
}

/// The folder that an image keeps files in: as the compose file mounts it, else as the Dockerfile declares it.
pub fn of_image(files: &Files, file: &str, stage: &Stage, build: Option<&Build>) -> Option<Finding<String>> {
    let mounted = build
        .into_iter()
        .flat_map(|build| build.run.mounts.iter().map(|mount| Finding::new(mount.target.clone(), build.place.clone())));
    let declared = stage.volumes.iter().filter(|(folder, _)| folder.starts_with('/') && is_kept(folder));
    let declared = declared
        .map(|(folder, line)| Finding::new(folder.trim_end_matches('/').to_owned(), Location::new(file, Some(*line))));
    let mut variables: Vec<&String> = stage.variables.values().collect();
    variables.sort();
    let databases = variables.into_iter().filter_map(|value| sqlite::folder_of_value(value));
    let databases = databases.map(|folder| Finding::new(folder.to_owned(), Location::new(file, None)));
    let mut all: Vec<Finding<String>> = Vec::new();
    for one in mounted.chain(declared).chain(databases) {
        if all.iter().all(|known| known.value != one.value) {
            all.push(one);
        }
    }
    let first = all.first().cloned()?;
    if all.len() > 1 {
        let rest: Vec<String> = all.iter().skip(1).map(|one| format!("`{}`", one.value)).collect();
        files.note(
            &first.found_in.file,
            format!(
                "keeps files in `{}` and in {}; a service has one volume, so move them below one folder",
                first.value,
                rest.join(", ")
            ),
        );
    }
    Some(first)
}

/// Notes volumes that a service keeps files in and that others mount as well. Each entry of the compose file by its name.
pub fn shared(files: &Files, file: &str, entries: &[(&str, &Value)]) {
    let kept: Vec<(&str, String)> = entries
        .iter()
        .filter(|(_, entry)| entry.get("build").is_some())
        .flat_map(|(name, entry)| mounts(entry).into_iter().filter_map(|mount| Some((*name, mount.name?))))
        .collect();
    for (i, (name, volume)) in kept.iter().enumerate() {
        if kept.iter().take(i).any(|(_, before)| before == volume) {
            continue;
        }
        let others = entries.iter().filter(|(other, entry)| other != name && names(entry).any(|one| one == volume));
        let others: Vec<&str> = others.map(|(other, _)| *other).collect();
        if !others.is_empty() {
            files.note(
                file,
                format!(
                    "mounts the volume `{volume}` into `{name}` and `{}`; a volume here belongs to one service, and what others read is better kept in object storage",
                    others.join("`, `")
                ),
            );
        }
    }
}

/// The names of all volumes that an entry mounts, in whatever way.
fn names(entry: &Value) -> impl Iterator<Item = &str> {
    let volumes = entry.get("volumes").and_then(Value::as_sequence).into_iter().flatten();
    volumes.filter_map(|volume| match volume {
        Value::String(text) => text.split_once(':').map(|(source, _)| source),
        volume => volume.get("source").and_then(Value::as_str),
    })
}

#[cfg(test)]
mod tests {
    use super::{Mount, mounts};

    fn targets(text: &str) -> Vec<String> {
        let entry = serde_yaml::from_str(text).unwrap();
        mounts(&entry).into_iter().map(|Mount { target, .. }| target).collect()
    }

    #[test]
    fn what_is_kept() {
        for (text, wanted) in [
            ("volumes: ['media:/app/media']", vec!["/app/media"]),
            ("volumes: ['./uploads:/srv/uploads/']", vec!["/srv/uploads"]),
            ("volumes: [{type: volume, source: files, target: /var/lib/app}]", vec!["/var/lib/app"]),
            ("volumes: [/app/data]", vec!["/app/data"]),
            ("volumes: ['modules:/app/node_modules', /app/node_modules, 'cache:/app/.cache']", vec![]),
            ("volumes: ['media:/app/media:ro', {type: bind, source: ./data, target: /data, read_only: true}]", vec![]),
            ("volumes: ['pg:/var/lib/postgresql/data', 'static:/app/staticfiles']", vec![]),
            ("volumes: ['./config.yml:/app/config.yml', '/var/run/docker.sock:/var/run/docker.sock']", vec![]),
            ("volumes: ['./src:/app/src', '.:/app']", vec![]),
            ("volumes: ['${HOME}/data:/data', '${HOME}/.aws:/root/.aws', 'files:/srv/${NAME:?}']", vec!["/data"]),
            ("volumes: [{type: tmpfs, target: /app/data}]", vec![]),
            ("volumes: ['${HOST_DIR:-./data}:/srv/data']", vec!["/srv/data"]),
        ] {
            assert_eq!(targets(text), wanted, "{text}");
        }
    }
}
