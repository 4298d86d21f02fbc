//! How services are asked whether they work, and which requests reach them.

use serde_json::json;
use serde_yaml::Value;

use crate::cases::{text, yaml};
use crate::support::{given, rendered};

const ASKED: &str = "cases/core/services/asked-by-grpc-and-commands";

/// Why `services` are refused, if they are.
fn refusal(services: serde_json::Value) -> Option<String> {
    rendered(&given("mongodb-atlas-on-aws", &[("services", services)])).err().map(|e| format!("{e:#}"))
}

fn container(case: &str, service: &str) -> Value {
    yaml(case, &format!("k8s/base/{service}/deployment.yaml"))["spec"]["template"]["spec"]["containers"][0].clone()
}

/// The gateway speaks HTTP/2 to a service that speaks gRPC, and the smoke test asks it through the gateway as the kubelet does.
#[test]
fn grpc_is_asked_by_its_health_protocol() {
    for (service, port) in [("catalog", 50051), ("index", 9090)] {
        let container = container(ASKED, service);
        for probe in ["startupProbe", "livenessProbe", "readinessProbe"] {
            assert_eq!(container[probe]["grpc"]["port"], port, "{service}: a name of a port is refused here");
        }
    }
    let protocol = |service: &str| {
        yaml(ASKED, &format!("k8s/base/{service}/service.yaml"))["spec"]["ports"][0]["appProtocol"].clone()
    };
    assert_eq!(protocol("catalog"), "kubernetes.io/h2c");
    assert_eq!(protocol("prices"), "http");
    let health = &yaml(ASKED, "k8s/base/catalog/health-route.yaml")["spec"]["rules"][0];
    assert_eq!(health["matches"][0]["path"]["value"], "/shop.v1.Catalog/grpc.health.v1.Health/Check");
    assert_eq!(health["filters"][0]["urlRewrite"]["path"]["replaceFullPath"], "/grpc.health.v1.Health/Check");
    let smoke = text(ASKED, "scripts/smoke.sh").unwrap();
    assert!(smoke.contains("\n  serving catalog /shop.v1.Catalog/grpc.health.v1.Health/Check\n"), "{smoke}");
}

/// A command gets the secrets as the program does, and slow ones have time: no probe runs into the next.
#[test]
fn a_command_asks_without_a_port() {
    let jobs = container(ASKED, "jobs");
    let words = ["docker-entrypoint.sh", "celery", "-A", "jobs", "inspect", "ping"].map(Value::from).to_vec();
    for probe in ["startupProbe", "livenessProbe", "readinessProbe"] {
        assert_eq!(jobs[probe]["exec"]["command"].as_sequence(), Some(&words));
    }
    assert!(jobs["ports"].is_null());
    assert!(!text(ASKED, "k8s/overlays/prod/services/jobs/config.env").unwrap().contains("PORT="));
    assert!(text(ASKED, "jobs/Dockerfile").unwrap().contains(
        "HEALTHCHECK --interval=30s --timeout=10s --start-period=30s \\\n  CMD [\"docker-entrypoint.sh\",\"celery\","
    ));
    let prices = container(ASKED, "prices");
    let command = &prices["livenessProbe"]["exec"]["command"];
    assert_eq!((&command[0], &command[2]), (&"sh".into(), &"node probe.js && node disk.js".into()));
    assert_eq!(prices["ports"][0]["containerPort"], 3000, "what is routed to listens");
    assert!(text(ASKED, "scripts/smoke.sh").unwrap().contains("\n  answers prices /prices\n"));
}

#[test]
fn probes_that_cannot_work_are_refused() {
    for (service, why) in [
        (json!({"name": "jobs", "kind": "worker", "probe": "command"}), "services.0.probe_command"),
        (json!({"name": "jobs", "kind": "worker", "probe": "command", "probe_command": ""}), "which is empty"),
        (json!({"name": "api", "probe": "command", "probe_command": "pnpm probe"}), "the image does not hold"),
        (json!({"name": "web", "kind": "web", "language": "static", "probe": "grpc"}), "whose image runs a program"),
        (json!({"name": "api", "probe": "none"}), "`kind: worker`"),
    ] {
        let refused = refusal(json!([service])).unwrap_or_default();
        assert!(refused.contains(why), "{service}: {refused}");
    }
}
