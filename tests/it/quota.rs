//! The quota of the namespace lets a whole deployment through.

use std::collections::BTreeMap;

use scaffold::answers::{Answers, Given};
use scaffold::catalog::{Catalog, source};
use scaffold::render::context::Context;
use scaffold::render::render;
use serde_yaml::Value;

/// What pods ask for: millicores, MiB, pods, volumes.
type Amount = [u64; 4];

fn times(amount: Amount, count: u64) -> Amount {
    amount.map(|part| part * count)
}

fn sum(amounts: impl IntoIterator<Item = Amount>) -> Amount {
    amounts.into_iter().fold(Amount::default(), |a, b| std::array::from_fn(|i| a[i] + b[i]))
}

/// `500m`, `1`, `"2"` as millicores.
fn cpu(value: &Value) -> u64 {
    let text = value.as_str().map_or_else(|| value.as_u64().unwrap().to_string(), str::to_string);
    text.strip_suffix('m').map_or_else(|| text.parse::<u64>().unwrap() * 1000, |m| m.parse().unwrap())
}

/// `512Mi`, `4Gi` as MiB.
fn memory(value: &Value) -> u64 {
    let text = value.as_str().unwrap();
    text.strip_suffix("Gi")
        .map_or_else(|| text.trim_end_matches("Mi").parse().unwrap(), |g| g.parse::<u64>().unwrap() * 1024)
}

/// What `resources` ask for.
fn requests(resources: &Value) -> Amount {
    let requests = &resources["requests"];
    [cpu(&requests["cpu"]), memory(&requests["memory"]), 0, 0]
}

/// What a pod counts as: its containers together, or its largest init container.
fn pod(spec: &Value) -> Amount {
    let of = |key: &str| {
        spec[key].as_sequence().into_iter().flatten().map(|one| requests(&one["resources"])).collect::<Vec<_>>()
    };
    let together = sum(of("containers"));
    let first = of("initContainers").into_iter().fold(Amount::default(), |a, b| [a[0].max(b[0]), a[1].max(b[1]), 0, 0]);
    let volumes = spec["volumes"].as_sequence().into_iter().flatten().filter(|v| !v["ephemeral"].is_null()).count();
    [together[0].max(first[0]), together[1].max(first[1]), 1, volumes as u64]
}

/// Services of all sizes and bounds, `count` of them.
fn services(count: usize) -> String {
    let sizes = ["small", "medium", "large"];
    let items: Vec<String> = (0..count)
        .map(|i| {
            format!(
                r#"{{"name": "s{i}", "kind": "worker", "language": "node", "path": "s{i}", "size": "{}", "max_replicas": {}, "migrate": "node migrate.js"}}"#,
                sizes[i % 3],
                2 + i * 7 % 19
            )
        })
        .collect();
    format!("[{}]", items.join(", "))
}

/// What exists at once in a rollout of everything, and what the quota allows.
fn needed_and_allowed(catalog: &Catalog, preset: &str, count: usize) -> (Amount, Amount) {
    let given = Given {
        preset: Some(preset.to_string()),
        sets: [("services".to_string(), services(count))].into_iter().collect(),
        ..Given::default()
    };
    let answers = Answers::resolve(catalog, &given, None).unwrap_or_else(|e| panic!("{count} services: {e:#}"));
    let tree = render(catalog, &Context::new(catalog, &answers).unwrap()).unwrap().tree;
    let objects: BTreeMap<&str, Value> = tree
        .files
        .iter()
        .filter(|(path, _)| path.ends_with(".yaml"))
        .map(|(path, file)| (path.as_str(), serde_yaml::from_slice(&file.bytes).unwrap()))
        .collect();

    let mut needed = Vec::new();
    let mut jobs = Vec::new();
    let mut patched = 0;
    for (path, object) in &objects {
        match object["kind"].as_str().unwrap_or_default() {
            "Deployment" => {
                let name = object["metadata"]["name"].as_str().unwrap();
                let overlay = |file: &str| &objects[format!("k8s/overlays/prod/services/{name}/{file}").as_str()];
                let one = requests(&overlay("resources.yaml")[0]["value"]);
                let most = overlay("replicas.yaml")[1]["value"].as_u64().unwrap();
                let percent = object["spec"]["strategy"]["rollingUpdate"]["maxSurge"].as_str().unwrap();
                let surge = (most * percent.trim_end_matches('%').parse::<u64>().unwrap()).div_ceil(100);
                // The new pods, the surge, the old ones that are still ending, and the surge of a rollout that follows.
                needed.push(times([one[0], one[1], 1, 0], most + surge + most + surge));
                patched += 1;
            }
            "CronJob" => jobs.push(pod(&object["spec"]["jobTemplate"]["spec"]["template"]["spec"])),
            "Job" => jobs.push(pod(&object["spec"]["template"]["spec"])),
            "PerconaServerMongoDB" => {
                let set = &object["spec"]["replsets"][0];
                let member = sum([requests(&set["resources"]), requests(&object["spec"]["backup"]["resources"])]);
                needed.push(times([member[0], member[1], 1, 1], set["size"].as_u64().unwrap()));
            }
            "ResourceQuota" => assert_eq!(*path, "k8s/base/namespace/resource-quota.yaml"),
            _ => {}
        }
    }
    assert_eq!(patched, count);
    // Two jobs of the largest kind, in each respect.
    let largest = jobs.into_iter().fold(Amount::default(), |a, b| std::array::from_fn(|i| a[i].max(b[i])));
    needed.push(times(largest, 2));

    let hard = &objects["k8s/base/namespace/resource-quota.yaml"]["spec"]["hard"];
    let number = |key: &str| hard[key].as_str().unwrap().parse::<u64>().unwrap();
    let allowed = [
        cpu(&hard["requests.cpu"]),
        memory(&hard["requests.memory"]),
        number("pods"),
        number("persistentvolumeclaims"),
    ];
    (sum(needed), allowed)
}

#[test]
fn the_quota_has_room_for_a_rollout_of_everything_another_surge_and_two_jobs() {
    // Only what asks for something, and few counts: the sums grow with the services, and rendering takes its time.
    let (mut catalog, _) = Catalog::parse(source::embedded());
    for component in &mut catalog.components {
        component.files.retain(|file| {
            ["k8s/base/__service__/deployment", "k8s/base/namespace/resource-quota", "k8s/base/mongodb/replica-set"]
                .iter()
                .chain(["k8s/components/backup/cronjob", "k8s/restore/job", "k8s/migrations/"].iter())
                .chain(["k8s/overlays/__environment__/services/__service__/re"].iter())
                .any(|start| file.path.starts_with(start))
        });
    }
    for preset in ["mongodb-atlas-on-aws", "mongodb-self-hosted-on-aws"] {
        for count in [1, 2, 3, 5, 30] {
            let (needed, allowed) = needed_and_allowed(&catalog, preset, count);
            for (i, what) in ["millicores", "MiB", "pods", "volumes"].iter().enumerate() {
                assert!(
                    needed[i] <= allowed[i],
                    "{preset}, {count} services: a rollout needs {} {what}, the quota allows {}",
                    needed[i],
                    allowed[i]
                );
            }
            // A typing error in a replica bound must still end at the quota.
            assert!(
                allowed[2] <= needed[2] + 12 + 2 * count as u64,
                "{preset}, {count} services: room for {} pods",
                allowed[2]
            );
        }
    }
}
