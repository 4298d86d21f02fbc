//! Providers of `tests/providers/`: each was an empty folder once, and was filled by following the linter's list. Together
//! with the built-in catalog it renders, and the validators see the tree as they see every case.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use regex_lite::Regex;
use scaffold::text::tree::File;
use serde_json::Value;
use tempfile::TempDir;

use crate::scene;
use crate::slots;
use crate::support::{lines, read_tree, root, write_tree};

const ACCEPT: &str = "UPDATE_SNAPSHOTS=1 cargo test --test it providers";

/// Each with the preset whose answers it changes, and a pattern of what it takes the place of.
const PROVIDERS: [(&str, &str, &str); 6] = [
    ("broker", "mongodb-self-hosted-on-aws", "(?i)no (message )?broker"),
    ("cache", "mongodb-atlas-on-aws", "(?i)no cache"),
    ("ci", "mongodb-self-hosted-on-aws", r"(?i)github|\bgh |workflow"),
    ("cloud", "mongodb-self-hosted-on-aws", r"(?i)\baws\b|amazon|\beks\b"),
    (
        "database",
        "mongodb-self-hosted-on-aws",
        "(?i)percona|psmdb|atlas|of the (mongodb )?replica set|operator (of mongodb|changes the users)",
    ),
    // a service of static files is built with Node.js
    ("language", "mongodb-atlas-on-aws", r"(?i)python"),
];

fn folder(name: &str) -> PathBuf {
    root().join("tests/providers").join(name)
}

/// The built-in catalog together with a provider, and how `scaffold init` is called there.
fn catalog(name: &str, preset: &str) -> (TempDir, Command) {
    let place = tempfile::tempdir().unwrap();
    slots::catalog(place.path(), &[]);
    for below in ["templates", "presets"] {
        write_tree(&place.path().join(below), &read_tree(&folder(name).join(below)));
    }
    add_pins(&place.path().join("templates/pins.yaml"), &folder(name).join("pins.yaml"));
    let answers = folder(name).join("answers.yaml");
    let mut command = scene::program(place.path());
    command.args(["init", "shop", "--yes", "--preset", preset, "--templates", "templates", "--answers"]).arg(answers);
    (place, command)
}

/// The repository that `scaffold init` writes with a provider.
fn rendered(name: &str, preset: &str) -> BTreeMap<String, File> {
    let (place, mut command) = catalog(name, preset);
    let run = command.output().unwrap();
    assert!(run.status.success(), "{name}: {}", scene::said(&run));
    let mut tree = read_tree(&place.path().join("shop"));
    tree.retain(|path, _| !path.starts_with(".scaffold/"));
    tree
}

/// Adds the pins that a provider brings along to those of the catalog, section by section.
fn add_pins(catalog: &Path, more: &Path) {
    let Ok(more) = fs::read_to_string(more) else { return };
    let read = |text: &str| serde_yaml::from_str::<Value>(text).unwrap();
    let mut pins = read(&fs::read_to_string(catalog).unwrap());
    for (section, own) in read(&more).as_object().unwrap() {
        pins[section].as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
    }
    fs::write(catalog, pins.to_string()).unwrap();
}

/// Every tree, for the validators.
pub fn trees() -> impl Iterator<Item = (&'static str, BTreeMap<String, File>)> {
    PROVIDERS.into_iter().map(|(name, preset, _)| (name, rendered(name, preset)))
}

/// The files that still name the provider that is not there; `foreign.txt` has them, so that a new one is seen.
#[test]
fn files_name_the_provider_that_is_there() {
    for (name, preset, pattern) in PROVIDERS {
        let pattern = Regex::new(pattern).unwrap();
        let names = |file: &File| std::str::from_utf8(&file.bytes).is_ok_and(|text| pattern.is_match(text));
        let tree = rendered(name, preset);
        let foreign: Vec<&String> = tree.iter().filter(|(_, file)| names(file)).map(|(path, _)| path).collect();
        let foreign = lines(&foreign);
        let accepted = folder(name).join("foreign.txt");
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            fs::write(&accepted, &foreign).unwrap();
        }
        assert_eq!(foreign, fs::read_to_string(accepted).unwrap_or_default(), "{name}: accept it with {ACCEPT}");
    }
}

#[test]
fn every_folder_is_tested() {
    let there: Vec<String> = fs::read_dir(root().join("tests/providers"))
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let known: Vec<&str> = PROVIDERS.iter().map(|(name, _, _)| *name).collect();
    assert!(there.iter().all(|name| known.contains(&name.as_str())), "{there:?}");
}

/// What the list names, and the pins that it takes, make a language: no other file is touched.
#[test]
fn a_language_is_a_folder_and_its_cells() {
    let tree = rendered("language", "mongodb-atlas-on-aws");
    let read = |path: &str| String::from_utf8(tree[path].bytes.clone()).unwrap();
    let dockerfile = read("apps/mails/Dockerfile");
    assert!(
        dockerfile.contains("bun install --frozen-lockfile && bun build --compile --outfile=bin/app .\n"),
        "{dockerfile}"
    );
    assert!(dockerfile.contains("CMD [\"bin/app\"]\n"), "{dockerfile}");
    assert!(read("apps/web/Dockerfile").contains("built with Node.js, served by nginx"));
    let ci = read(".github/workflows/ci.yml");
    let job = &ci[ci.find("  service-mails:").unwrap()..ci.find("  service-web:").unwrap()];
    assert!(job.contains("uses: jdx/mise-action@") && job.contains("run: bunx biome check\n"), "{job}");
    assert!(read(".github/dependabot.yml").contains("package-ecosystem: bun\n    directories:\n      - /apps/mails\n"));
    assert!(read(".gitignore").contains("\n# mails\n/apps/mails/bin/\n"));
    assert!(
        read("scripts/prod_preflight.sh")
            .contains("  bun install --frozen-lockfile || exit 1\n  { bunx biome check; } || exit 1\n")
    );
    assert!(read("docs/service-contract.md").contains("| `bun.lock` | Bun services"));
    let own = tree.iter().filter(|(path, _)| path.split('/').any(|segment| segment == "mails"));
    let texts: Vec<_> =
        own.map(|(path, file)| (path.as_str(), String::from_utf8_lossy(&file.bytes).into_owned())).collect();
    assert!(texts.len() > 10, "{texts:?}");
    for (path, text) in texts.iter().map(|(path, text)| (*path, text.as_str())).chain([("ci.yml", job)]) {
        for word in ["Node.js", "npm", "node_modules", "package.json", "NODE_ENV", "python", "nginx"] {
            assert!(!text.contains(word), "{path} has {word}");
        }
    }
}

/// The same for a broker, beside a database in the cluster and without secrets of services.
#[test]
fn a_broker_is_a_folder() {
    let tree = rendered("broker", "mongodb-self-hosted-on-aws");
    let read = |path: &str| String::from_utf8(tree[path].bytes.clone()).unwrap();
    for path in ["k8s/base/api/deployment.yaml", "k8s/base/mails/deployment.yaml", "k8s/migrations/mails/job.yaml"] {
        let text = read(path);
        assert!(text.contains("        egress-broker: \"true\"\n"), "{text}");
        assert!(text.contains("              - secret:\n                  name: broker\n"), "{text}");
    }
    assert!(!read("k8s/base/web/deployment.yaml").contains("broker"));
    assert!(read("apps/api/Dockerfile").contains("REQUIRED_VARIABLES=\"BROKER_URL\""));
    assert!(read("apps/mails/Dockerfile").contains("REQUIRED_VARIABLES=\"MONGODB_URI BROKER_URL\""));
    let sample = read(".env.sample");
    assert!(sample.contains("for api, mails. Home: shop/<environment>/broker.\nBROKER_URL=nats://127.0.0.1:4222\n"));
    let ci = read(".github/workflows/ci.yml");
    assert_eq!((ci.matches("      broker:\n").count(), ci.matches("BROKER_URL: ").count()), (2, 2), "{ci}");
    let terraform = read("infra/terraform/modules/environment/secrets.tf");
    assert!(terraform.contains("concat([for secret in aws_secretsmanager_secret.shared : secret.arn]"), "{terraform}");
}

/// What the list names, and the pin that it takes, make a cache; a service that does not use it is as without it.
#[test]
fn a_cache_is_a_folder() {
    let tree = rendered("cache", "mongodb-atlas-on-aws");
    let read = |path: &str| String::from_utf8(tree[path].bytes.clone()).unwrap();
    for path in ["k8s/base/api/deployment.yaml", "k8s/migrations/api/job.yaml"] {
        let text = read(path);
        assert!(text.contains("        egress-cache: \"true\"\n"), "{text}");
        assert!(text.contains("              - secret:\n                  name: cache\n"), "{text}");
    }
    for path in ["k8s/base/mails/deployment.yaml", "apps/mails/Dockerfile", "k8s/base/web/deployment.yaml"] {
        assert!(!read(path).to_lowercase().contains("cache:") && !read(path).contains("CACHE_URL"), "{path}");
    }
    assert!(read("apps/api/Dockerfile").contains("REQUIRED_VARIABLES=\"SESSION_KEY MONGODB_URI CACHE_URL\""));
    assert!(
        read(".env.sample").contains("for api. Home: shop/<environment>/cache.\nCACHE_URL=redis://127.0.0.1:6379\n")
    );
    let ci = read(".github/workflows/ci.yml");
    assert_eq!((ci.matches("      cache:\n").count(), ci.matches("CACHE_URL: ").count()), (1, 1), "{ci}");
    let terraform = read("infra/terraform/modules/environment/secrets.tf");
    assert!(terraform.contains("[for secret in aws_secretsmanager_secret.shared : secret.arn],"), "{terraform}");
    let architecture = read("docs/architecture.md");
    assert!(architecture.contains("  service2 -->|\"6379\"| cache\n"), "{architecture}");
    assert!(read("k8s/base/namespace/resource-quota.yaml").contains("; the cache; ten pods"));
    assert!(read("scripts/restore-manifests.sh").contains("':!k8s/base/cache' ':!k8s/overlays/*/cache/*'\n"));
}

/// The address comes with the slot.
#[test]
fn the_address_of_a_provider_is_no_secret_of_a_service() {
    for (name, variable) in [("cache", "CACHE_URL"), ("broker", "BROKER_URL")] {
        let preset = PROVIDERS.into_iter().find(|(other, ..)| *other == name).unwrap().1;
        let (_place, mut command) = catalog(name, preset);
        let run = command.args(["--dry-run", "--set", &format!("services.1.secrets=[{variable}]")]).output().unwrap();
        let said = scene::said(&run);
        assert!(said.contains(&format!("which has `{variable}`: the service gets this variable")), "{said}");
        assert_eq!(run.status.code(), Some(2));
    }
}

/// What a change means is said of what it becomes.
#[test]
fn a_cache_that_goes_is_no_new_cache() {
    let (place, mut command) = catalog("cache", "mongodb-atlas-on-aws");
    assert!(command.output().unwrap().status.success());
    let update = |sets: &[&str]| {
        let mut command = scene::program(&place.path().join("shop"));
        command.args(["update", "--yes", "--templates", "../templates"]);
        let sets = sets.iter().flat_map(|set| ["--set", set]);
        scene::said(&command.args(sets).output().unwrap())
    };
    for set in ["cache=none", "cache=valkey"] {
        let said = update(&[set]);
        assert!(
            said.contains("with the new address or, for `none`, without one") && !said.contains("is empty"),
            "{said}"
        );
    }
}
