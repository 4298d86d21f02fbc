//! What the generated network policies let through, read as Kubernetes reads them.

use serde::Deserialize as _;
use serde_yaml::{Mapping, Value};

use crate::cases;
use crate::support::{given, read_tree, rendered, root};

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

/// A pod as policies see it.
struct Pod {
    namespace: &'static str,
    labels: Mapping,
}

impl Pod {
    fn new(namespace: &'static str, labels: &[(&str, &str)]) -> Pod {
        Pod { namespace, labels: labels.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect() }
    }

    /// Whether a peer of a rule in a policy of `namespace` is this pod. Blocks of addresses are not pods.
    fn is(&self, peer: &Value, namespace: &str) -> bool {
        let here = match peer.get("namespaceSelector") {
            None => self.namespace == namespace,
            Some(selector) => {
                let labels = Mapping::from_iter([("kubernetes.io/metadata.name".into(), self.namespace.into())]);
                selects(selector, &labels)
            }
        };
        peer.get("ipBlock").is_none() && here && peer.get("podSelector").is_none_or(|s| selects(s, &self.labels))
    }

    /// Whether the policies let this pod talk to the other one in this direction.
    fn may(&self, objects: &[Value], direction: &str, peers: &str, other: &Pod, port: u64) -> bool {
        let policies = objects.iter().filter(|o| is(o, "NetworkPolicy", self.namespace));
        let policies = policies.filter(|p| selects(&p["spec"]["podSelector"], &self.labels));
        let policies =
            policies.filter(|p| p["spec"]["policyTypes"].as_sequence().unwrap().iter().any(|t| t == direction));
        let policies: Vec<&Value> = policies.collect();
        let rules =
            |policy: &Value| policy["spec"][direction.to_lowercase()].as_sequence().cloned().unwrap_or_default();
        policies.is_empty()
            || policies.iter().flat_map(|policy| rules(policy)).any(|rule| {
                let list = |key: &str| rule.get(key).and_then(Value::as_sequence);
                list(peers).is_none_or(|all| all.iter().any(|peer| other.is(peer, self.namespace)))
                    && list("ports").is_none_or(|all| all.iter().any(|p| p["port"].as_u64() == Some(port)))
            })
    }

    fn reaches(&self, objects: &[Value], other: &Pod, port: u64) -> bool {
        self.may(objects, "Egress", "to", other, port) && other.may(objects, "Ingress", "from", self, port)
    }
}

#[test]
fn every_namespace_is_closed_but_for_what_policies_allow() {
    for preset in PRESETS {
        let objects = objects(preset);
        let namespaces = objects.iter().filter(|o| o["kind"] == "Namespace");
        let names: std::collections::BTreeSet<&str> =
            namespaces.map(|o| o["metadata"]["name"].as_str().unwrap()).collect();
        assert!(names.contains("monitoring") && names.contains("shop"), "{preset}: {names:?}");
        for name in names {
            let closes = |policy: &&Value| {
                let spec = &policy["spec"];
                is(policy, "NetworkPolicy", name)
                    && spec["podSelector"].as_mapping().is_some_and(Mapping::is_empty)
                    && spec["policyTypes"].as_sequence().is_some_and(|types| types.len() == 2)
            };
            assert!(objects.iter().any(|o| closes(&o)), "{preset}: anything may reach the pods of `{name}`");
        }
    }
}

#[test]
fn prometheus_reaches_what_it_scrapes_and_nothing_reaches_prometheus() {
    let prometheus = Pod::new("monitoring", &[("app.kubernetes.io/name", "prometheus")]);
    let any = Pod::new("shop", &[("app.kubernetes.io/name", "api")]);
    // The ports on which the pods of the charts serve metrics.
    let charts = [("cert-manager", 9402), ("external-secrets", 8080), ("external-dns", 7979), ("monitoring", 8080)];
    for preset in PRESETS {
        let objects = objects(preset);
        for (namespace, port) in charts {
            let target = Pod::new(namespace, &[("app.kubernetes.io/name", namespace)]);
            assert!(prometheus.reaches(&objects, &target, port), "{preset}: {namespace} {port}");
            assert!(!any.reaches(&objects, &target, port), "{preset}: a service reaches {namespace} {port}");
        }
        let monitor = objects.iter().find(|o| is(o, "PodMonitor", "shop")).unwrap();
        let labels = monitor["spec"]["selector"]["matchLabels"].as_mapping().unwrap().clone();
        let proxy = Pod { namespace: "envoy-gateway-system", labels };
        assert!(prometheus.reaches(&objects, &proxy, 19001), "{preset}: the metrics of the gateway");
        assert!(!any.reaches(&objects, &proxy, 19001), "{preset}: a service reaches the metrics of the gateway");
        assert!(!any.reaches(&objects, &prometheus, 9090), "{preset}: a service reaches Prometheus");
    }
}

#[test]
fn the_gateway_and_the_operator_reach_what_they_serve() {
    for preset in PRESETS {
        let objects = objects(preset);
        let proxy = Pod::new(
            "envoy-gateway-system",
            &[
                ("gateway.envoyproxy.io/owning-gateway-name", "shop"),
                ("gateway.envoyproxy.io/owning-gateway-namespace", "shop"),
            ],
        );
        let controller = Pod::new("envoy-gateway-system", &[("control-plane", "envoy-gateway")]);
        assert!(proxy.reaches(&objects, &controller, 18000), "{preset}: the proxies get no configuration");
        for deployment in objects.iter().filter(|o| is(o, "Deployment", "shop")) {
            let name = deployment["metadata"]["name"].as_str().unwrap();
            let container = &deployment["spec"]["template"]["spec"]["containers"][0];
            let port = container["ports"][0]["containerPort"].as_u64().unwrap();
            let pod = Pod::new("shop", &[("app.kubernetes.io/name", name)]);
            assert!(proxy.reaches(&objects, &pod, port), "{preset}: the gateway does not reach {name} {port}");
        }
    }
    let objects = objects("mongodb-self-hosted-on-aws");
    let operator = Pod::new("psmdb-operator", &[("app.kubernetes.io/name", "psmdb-operator")]);
    let member =
        Pod::new("shop", &[("app.kubernetes.io/instance", "mongodb"), ("app.kubernetes.io/component", "mongod")]);
    assert!(operator.reaches(&objects, &member, 27017));
    assert!(!operator.reaches(&objects, &member, 22));
}

/// The operator of PostgreSQL and the backup reach its instances, also those of a recovery; a pod without a label for it does not.
#[test]
fn instances_of_postgresql_are_reached_by_those_who_need_them() {
    let objects = objects("postgresql-in-cluster-on-aws");
    let operator = Pod::new("cnpg-system", &[("app.kubernetes.io/name", "cloudnative-pg")]);
    let backup = Pod::new("shop", &[("app.kubernetes.io/name", "postgresql-backup")]);
    let other = Pod::new("shop", &[("app.kubernetes.io/name", "other")]);
    for cluster in ["postgresql", "postgresql-drill"] {
        let instance = Pod::new("shop", &[("cnpg.io/cluster", cluster)]);
        assert!(operator.reaches(&objects, &instance, 8000) && operator.reaches(&objects, &instance, 5432));
        assert!(backup.reaches(&objects, &instance, 5432) && !backup.reaches(&objects, &instance, 8000));
        assert!(!other.reaches(&objects, &instance, 5432));
    }
}

/// The policies of a case that open ports of servers elsewhere, by name.
fn of_servers_elsewhere(case: &str) -> Vec<(String, Value)> {
    let text = cases::text(case, "k8s/base/network-policies.yaml").unwrap();
    let documents = serde_yaml::Deserializer::from_str(&text).map(|document| Value::deserialize(document).unwrap());
    let named =
        documents.map(|policy| (policy["metadata"]["name"].as_str().unwrap().to_owned(), policy["spec"].clone()));
    named.filter(|(name, _)| name.starts_with("egress-ports-")).collect()
}

#[test]
fn ports_of_servers_elsewhere_are_open_to_the_pods_of_an_image() {
    let policies = of_servers_elsewhere("cases/core/services/variables");
    let names: Vec<&str> = policies.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["egress-ports-api", "egress-ports-queue"]);
    let reached = |pod: &str| -> Vec<u64> {
        let labels = Mapping::from_iter([("app.kubernetes.io/name".into(), pod.into())]);
        let open = policies.iter().filter(|(_, spec)| selects(&spec["podSelector"], &labels));
        open.flat_map(|(_, spec)| spec["egress"].as_sequence().unwrap())
            .flat_map(|rule| rule["ports"].as_sequence().unwrap())
            .map(|port| port["port"].as_u64().unwrap())
            .collect()
    };
    assert_eq!(reached("api"), [587, 6379]);
    assert_eq!(reached("api-migrate"), [587, 6379]);
    assert_eq!(reached("queue"), [587, 6379, 5672]);
    assert!(reached("reports").is_empty() && reached("queue-migrate").is_empty());
    for (_, spec) in &policies {
        let block = &spec["egress"][0]["to"][0]["ipBlock"];
        assert_eq!((&block["cidr"], &block["except"][0]), (&"0.0.0.0/0".into(), &"169.254.0.0/16".into()));
        // a pod in quarantine has no name
        assert!(!selects(&spec["podSelector"], &Mapping::from_iter([("quarantine".into(), "true".into())])));
    }
    assert!(of_servers_elsewhere("presets/mongodb-atlas-on-aws").is_empty());
}

#[test]
fn ports_that_are_open_anyway_are_no_answer() {
    let refusal = |service: serde_json::Value| {
        let services = serde_json::json!([{"name": "api"}, service]);
        rendered(&given("mongodb-atlas-on-aws", &[("services", services)])).err().map(|e| format!("{e:#}"))
    };
    for (ports, why) in [
        (serde_json::json!([443]), "which names 443 or 53 (DNS), which are open anyway"),
        (serde_json::json!([0]), "where `0` is not between 1 and 65535"),
        (serde_json::json!(["smtp"]), "where `\"smtp\"` is not a whole number"),
        (serde_json::json!([587, 587]), "which names `587` twice"),
        (serde_json::json!(587), "which is not a list"),
    ] {
        let said = refusal(serde_json::json!({"name": "mailer", "kind": "worker", "egress_ports": ports}));
        assert!(said.as_deref().is_some_and(|said| said.contains(why)), "{said:?}");
    }
    let said = refusal(serde_json::json!({"name": "web", "kind": "web", "egress_ports": [587]}));
    assert!(said.is_some_and(|said| said.contains("`language` whose image runs a program")));
}
