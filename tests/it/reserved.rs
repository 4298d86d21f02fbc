//! Names that a service cannot have, since what is generated uses them: taken from the rendered presets.

use std::collections::{BTreeMap, BTreeSet};

use scaffold::answers::Answers;
use serde_json::json;
use serde_yaml::Value;

use crate::support::{embedded, given, read_tree, root};

const PRESETS: [&str; 2] = ["mongodb-atlas-on-aws", "mongodb-self-hosted-on-aws"];
/// The services of the presets, and a name for one more.
const SERVICES: [&str; 2] = ["web", "api"];
const ONE: &str = "zz";

/// Names that must differ from each other: of the entries of a folder, or of the objects of a kind in a namespace.
type Scopes = BTreeMap<String, BTreeSet<String>>;

/// Folders and files beside those of services, without what belongs to the code of the user.
fn folders(paths: impl Iterator<Item = String>, scopes: &mut Scopes) {
    for path in paths.filter(|path| !path.starts_with("apps/")) {
        let mut folder = String::new();
        for part in path.split('/') {
            scopes.entry(format!("the folder `{folder}`")).or_default().insert(part.to_owned());
            folder = format!("{folder}{part}/");
        }
    }
}

/// Objects by kind and namespace, also those that kustomizations make.
fn objects(text: &str, scopes: &mut Scopes) {
    for document in text.split("\n---\n") {
        let Ok(object) = serde_yaml::from_str::<Value>(document) else { continue };
        let namespace = object["metadata"]["namespace"].as_str().unwrap_or("shop");
        if let (Some(kind), Some(name)) = (object["kind"].as_str(), object["metadata"]["name"].as_str()) {
            scopes.entry(format!("{kind} in {namespace}")).or_default().insert(name.to_owned());
        }
        // the Secret of a service has its name, that of a certificate is named by the gateway
        if object["kind"] == "Deployment" {
            let name = object["metadata"]["name"].as_str().unwrap();
            scopes.entry(format!("Secret in {namespace}")).or_default().insert(name.to_owned());
        }
        let listeners = object["spec"]["listeners"].as_sequence().into_iter().flatten();
        for reference in listeners.flat_map(|l| l["tls"]["certificateRefs"].as_sequence().into_iter().flatten()) {
            let name = reference["name"].as_str().unwrap();
            scopes.entry(format!("Secret in {namespace}")).or_default().insert(name.to_owned());
        }
        for made in object["configMapGenerator"].as_sequence().into_iter().flatten() {
            if let Some(name) = made["name"].as_str() {
                scopes.entry("ConfigMap in shop".to_owned()).or_default().insert(name.to_owned());
            }
        }
    }
}

/// The names that no service can have, each with the reason.
fn taken(preset: &str) -> BTreeMap<String, String> {
    let tree = read_tree(&root().join("snapshots/presets").join(preset));
    let mut scopes = Scopes::new();
    folders(tree.keys().cloned(), &mut scopes);
    for (_, file) in tree.iter().filter(|(path, _)| path.starts_with("k8s/") && path.ends_with(".yaml")) {
        objects(std::str::from_utf8(&file.bytes).unwrap(), &mut scopes);
    }
    let mut taken = BTreeMap::new();
    for (scope, names) in scopes {
        // how the names of services go into this one: what stands before and behind
        let of_services = |name: &&String| SERVICES.iter().any(|s| name.split(['-', '.']).any(|part| part == *s));
        let forms: BTreeSet<(String, String)> = names
            .iter()
            .filter_map(|name| {
                let service = SERVICES.iter().find(|s| name.split(['-', '.']).any(|part| part == **s))?;
                name.split_once(*service).map(|(before, behind)| (before.to_owned(), behind.to_owned()))
            })
            .filter(|(before, behind)| {
                SERVICES.iter().all(|service| names.contains(&format!("{before}{service}{behind}")))
            })
            .collect();
        for (before, behind) in &forms {
            for name in names.iter().filter(|name| !of_services(name)) {
                let inner = name.strip_prefix(before.as_str()).and_then(|name| name.strip_suffix(behind.as_str()));
                if let Some(inner) = inner.filter(|inner| !inner.is_empty()) {
                    taken.insert(inner.to_owned(), format!("{scope}: `{name}`"));
                }
            }
            // a service that is called like something that another one makes
            for (other, another) in forms.iter().filter(|form| *form != &(before.clone(), behind.clone())) {
                let theirs = format!("{other}{ONE}{another}");
                if let Some(inner) = theirs.strip_prefix(before.as_str()).and_then(|n| n.strip_suffix(behind.as_str()))
                {
                    taken.insert(inner.to_owned(), format!("{scope}: `{theirs}` of the service `{ONE}`"));
                }
            }
        }
    }
    taken.remove(ONE);
    taken
}

#[test]
fn no_service_takes_a_name_that_is_generated() {
    let (mut wrong, mut seen) = (String::new(), 0);
    for preset in PRESETS {
        for (name, why) in taken(preset) {
            seen += 1;
            if Answers::resolve(embedded(), &given(preset, &[("services.0.name", json!(name))]), None).is_ok() {
                wrong += &format!("{preset}: `{name}` is taken by {why}\n");
            }
        }
    }
    assert!(seen > 20, "only {seen} names were found: does this test still read what is generated?");
    assert!(wrong.is_empty(), "services may not be called like this:\n{wrong}");
}

/// The variables of a service that are generated: its configuration, and what its image sets.
#[test]
fn no_secret_is_a_variable_that_the_service_has_anyway() {
    let refused = |name: &str, service: serde_json::Value| {
        let mut service = service;
        service["name"] = json!("api");
        service["secrets"] = json!(["A_KEY", name]);
        let given = given(PRESETS[0], &[("services.1", service)]);
        Answers::resolve(embedded(), &given, None).err().map(|error| format!("{error:#}"))
    };
    let tree = read_tree(&root().join("snapshots/presets").join(PRESETS[0]));
    let text = |path: &str| std::str::from_utf8(&tree[path].bytes).unwrap().to_owned();
    let configured = text("k8s/overlays/prod/services/api/config.env");
    let mut names: Vec<&str> = configured.lines().filter_map(|line| Some(line.split_once('=')?.0)).collect();
    assert!(names.contains(&"PORT") && names.contains(&"CORS_ORIGINS"));
    assert!(text("apps/api/Dockerfile").contains("REQUIRED_VARIABLES="));
    names.extend(["MONGODB_URI", "REQUIRED_VARIABLES", "HOME"]);
    for name in names {
        let error = refused(name, json!({})).unwrap_or_else(|| panic!("{name} is taken"));
        assert!(error.contains(&format!("which has `{name}`: the service gets this variable")), "{error}");
    }
    assert_eq!(refused("MONGODB_URI", json!({"database": false})), None);
    assert_eq!(refused("NODE_ENV", json!({"language": "python"})), None);
    assert_eq!(refused("CORS_ORIGINS", json!({"kind": "worker"})), None);
    assert_eq!(refused("CACHE_URL", json!({})), None, "there is no cache");
}
