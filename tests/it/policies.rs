//! What the generated network policies let through, read as Kubernetes reads them.

use serde::Deserialize as _;
use serde_yaml::{Mapping, Value};

use crate::support::{read_tree, root};

const PRESETS: [&str; 2] = ["mongodb-atlas-on-aws", "mongodb-self-hosted-on-aws"];

/// Every object below `k8s/` of a preset, as it is written there.
fn objects(preset: &str) -> Vec<Value> {
    let tree = read_tree(&root().join("snapshots/presets").join(preset).join("k8s"));
    let manifests = tree.iter().filter(|(path, _)| path.ends_with(".yaml"));
    manifests
        .flat_map(|(_, file)| serde_yaml::Deserializer::from_slice(&file.bytes).collect::<Vec<_>>())
        .map(|document| Value::deserialize(document).unwrap())
        .collect()
}

fn is(object: &Value, kind: &str, namespace: &str) -> bool {
    object["kind"] == kind && object["metadata"]["namespace"] == namespace
}

/// Whether a selector of labels takes a pod with these labels.
fn selects(selector: &Value, labels: &Mapping) -> bool {
    let equal = selector["matchLabels"].as_mapping();
    let equal = equal.is_none_or(|all| all.iter().all(|(key, value)| labels.get(key) == Some(value)));
    let rules = selector["matchExpressions"].as_sequence();
    let rules = rules.is_none_or(|all| {
        all.iter().all(|rule| {
            let value = labels.get(&rule["key"]);
            match rule["operator"].as_str().unwrap() {
                "Exists" => value.is_some(),
                "DoesNotExist" => value.is_none(),
                "In" => value.is_some_and(|value| rule["values"].as_sequence().unwrap().contains(value)),
                other => panic!("unknown operator {other}"),
            }
        })
    });
    equal && rules
}

/// Labels after `kubectl label` with these words.
fn quarantined(labels: &Value, changes: &[&str]) -> Mapping {
    let mut labels = labels.as_mapping().unwrap().clone();
    for change in changes {
        match change.split_once('=') {
            Some((key, value)) => drop(labels.insert(key.into(), value.into())),
            None => drop(labels.remove(change.strip_suffix('-').unwrap())),
        }
    }
    labels
}

#[test]
fn a_pod_in_quarantine_reaches_nothing_and_is_reached_by_nothing() {
    for preset in PRESETS {
        let path = root().join("snapshots/presets").join(preset).join("docs/runbooks/incident.md");
        let runbook = std::fs::read_to_string(path).unwrap();
        let command = runbook.split("label pod --selector app.kubernetes.io/name=").nth(1).unwrap();
        let command = command.split("```").next().unwrap().split_whitespace();
        let changes: Vec<&str> = command.skip(1).filter(|word| *word != "\\").collect();

        let objects = objects(preset);
        for deployment in objects.iter().filter(|o| is(o, "Deployment", "shop")) {
            let labels = quarantined(&deployment["spec"]["template"]["metadata"]["labels"], &changes);
            assert!(
                !selects(&deployment["spec"]["selector"], &labels),
                "{preset}: the Deployment must start a new pod"
            );

            let policies = objects.iter().filter(|o| is(o, "NetworkPolicy", "shop"));
            let left = policies.filter(|p| selects(&p["spec"]["podSelector"], &labels));
            let left: Vec<&str> = left.map(|p| p["metadata"]["name"].as_str().unwrap()).collect();
            assert_eq!(left, ["default-deny"], "{preset}: {}", deployment["metadata"]["name"].as_str().unwrap());
        }
    }
}
