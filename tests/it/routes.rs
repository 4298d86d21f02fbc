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
    assert!(jobs["readinessProbe"].is_null(), "a worker takes no requests that it could be kept from");
    for probe in ["startupProbe", "livenessProbe"] {
        assert_eq!(jobs[probe]["exec"]["command"].as_sequence(), Some(&words));
    }
    assert!(jobs["ports"].is_null());
    assert!(!text(ASKED, "k8s/overlays/prod/services/jobs/config.env").unwrap().contains("PORT="));
    assert!(text(ASKED, "jobs/Dockerfile").unwrap().contains(
        "HEALTHCHECK --interval=30s --timeout=10s --start-period=30s \\\n  CMD [\"docker-entrypoint.sh\", \"celery\","
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

const PREFIXES: &str = "cases/core/gateway/more-prefixes-and-long-requests";
const HOSTS: &str = "cases/core/gateway/hosts-of-their-own";

/// The prefixes of each rule of a route.
fn prefixes(case: &str, service: &str) -> Vec<Vec<String>> {
    let route = yaml(case, &format!("k8s/base/{service}/http-route.yaml"));
    let path = |found: &Value| found["path"]["value"].as_str().unwrap().to_string();
    let rules = route["spec"]["rules"].as_sequence().unwrap();
    rules.iter().map(|rule| rule["matches"].as_sequence().unwrap().iter().map(path).collect()).collect()
}

/// A filter that replaces a prefix goes with a single one: the API server refuses it otherwise.
#[test]
fn every_prefix_leads_to_the_service() {
    assert_eq!(prefixes(PREFIXES, "files"), [["/files", "/api/files"]]);
    assert_eq!(prefixes(PREFIXES, "api"), [["/api"], ["/hooks"], ["/v2/api"]]);
    let route = yaml(PREFIXES, "k8s/base/api/http-route.yaml");
    for rule in route["spec"]["rules"].as_sequence().unwrap() {
        assert_eq!(rule["filters"][0]["urlRewrite"]["path"]["replacePrefixMatch"], "/");
        assert_eq!(rule["timeouts"]["request"], "900s");
    }
    assert!(yaml(PREFIXES, "k8s/base/files/http-route.yaml")["spec"]["rules"][0]["filters"].is_null());
}

/// What is taken away outside is not there inside: no health route maps it twice, and nginx serves from the top.
#[test]
fn a_stripped_route_is_only_an_address() {
    for service in ["web", "api", "rpc"] {
        assert!(text(PREFIXES, &format!("k8s/base/{service}/health-route.yaml")).is_none());
    }
    let smoke = text(PREFIXES, "scripts/smoke.sh").unwrap();
    for line in
        ["healthy web web /app/healthz", "healthy api api /api/readyz", "serving rpc /rpc/grpc.health.v1.Health/Check"]
    {
        assert!(smoke.contains(&format!("\n  {line}\n")), "{line}: {smoke}");
    }
    assert!(text(PREFIXES, "web/nginx.conf").unwrap().contains("location = /config.js {"));
    assert!(text(PREFIXES, "web/Dockerfile").unwrap().contains("/usr/share/nginx/html\n"));
    let config = text(PREFIXES, "k8s/overlays/prod/services/api/config.env").unwrap();
    assert!(config.contains("PUBLIC_URL=https://shop.example.com/api\n"), "{config}");
    let contract = text(PREFIXES, "docs/service-contract.md").unwrap();
    assert!(contract.contains("**Paths** arrive without the route in `web`, `api`, `rpc`"), "{contract}");
}

/// Nothing on the way cuts a request before the time that its service has, and a pod ends it as it stops.
#[test]
fn long_requests_fit_everywhere() {
    let policy = yaml(PREFIXES, "k8s/base/gateway/client-traffic-policy.yaml");
    let timeouts = &policy["spec"]["timeout"]["http"];
    assert_eq!((&timeouts["requestReceivedTimeout"], &timeouts["streamIdleTimeout"]), (&"900s".into(), &"900s".into()));
    assert_eq!(policy["spec"]["tcpKeepalive"]["idleTime"], "60s");
    assert_eq!(yaml(PREFIXES, "k8s/base/gateway/envoy-proxy.yaml")["spec"]["shutdown"]["drainTimeout"], "900s");
    for (service, seconds) in [("files", 135), ("api", 615), ("web", 45)] {
        let deployment = yaml(PREFIXES, &format!("k8s/base/{service}/deployment.yaml"));
        assert_eq!(deployment["spec"]["template"]["spec"]["terminationGracePeriodSeconds"], seconds, "{service}");
    }
    let contract = text(PREFIXES, "docs/service-contract.md").unwrap();
    assert!(
        contract.contains("`api` has 600 seconds for requests that are under way; it is killed after 615. What takes")
    );
}

/// Each host has its listeners, a certificate of its own, the redirect and the policy of the first.
#[test]
fn a_host_of_its_own_is_as_complete_as_the_first() {
    let names = |list: &Value, key: &str| {
        list.as_sequence().unwrap().iter().map(|item| item[key].as_str().unwrap().to_string()).collect::<Vec<_>>()
    };
    for (environment, host) in [("prod", "shop.example.com"), ("staging", "staging.shop.example.com")] {
        let gateway = yaml(HOSTS, &format!("k8s/overlays/{environment}/gateway.yaml"));
        let listeners = &gateway["spec"]["listeners"];
        assert_eq!(names(listeners, "name"), ["http", "https", "http-api", "https-api", "http-admin", "https-admin"]);
        let secrets = ["shop-tls", "shop-api-tls", "shop-admin-tls"];
        let certificates = text(HOSTS, &format!("k8s/overlays/{environment}/certificate.yaml")).unwrap();
        let certificates: Vec<Value> =
            certificates.split("\n---\n").map(|c| serde_yaml::from_str(c).unwrap()).collect();
        for (number, prefix) in ["", "api.", "admin."].iter().enumerate() {
            let host = format!("{prefix}{host}");
            let https = &listeners[2 * number + 1];
            assert_eq!(
                (&listeners[2 * number]["hostname"], &https["hostname"]),
                (&Value::from(&*host), &Value::from(&*host))
            );
            assert_eq!(https["tls"]["certificateRefs"][0]["name"], secrets[number]);
            assert_eq!(certificates[number]["spec"]["secretName"], secrets[number]);
            assert_eq!(certificates[number]["spec"]["dnsNames"], Value::from(vec![host]));
        }
        assert_eq!(certificates.len(), 3, "a certificate for two hosts lets browsers mix their connections");
    }
    let redirect = yaml(HOSTS, "k8s/base/gateway/redirect.yaml");
    assert_eq!(names(&redirect["spec"]["parentRefs"], "sectionName"), ["http", "http-api", "http-admin"]);
    let policy = yaml(HOSTS, "k8s/base/gateway/client-traffic-policy.yaml");
    assert_eq!(names(&policy["spec"]["targetRefs"], "sectionName"), ["https", "https-api", "https-admin"]);
    let parent = |path: &str| yaml(HOSTS, path)["spec"]["parentRefs"][0]["sectionName"].clone();
    assert_eq!(parent("k8s/base/web/http-route.yaml"), "https");
    assert_eq!(parent("k8s/base/admin/http-route.yaml"), "https-admin");
    assert_eq!(parent("k8s/base/rpc/health-route.yaml"), "https-api");
    let rules = text(HOSTS, "k8s/base/gateway/prometheus-rule.yaml").unwrap();
    assert!(rules.contains("absent(certmanager_certificate_expiration_timestamp_seconds{exported_namespace=\"shop\", name=\"shop-admin-tls\"})"));
}

/// Services, browsers and the smoke test use the address that a service has.
#[test]
fn addresses_name_the_host() {
    let config =
        |service: &str, file: &str| text(HOSTS, &format!("k8s/overlays/staging/services/{service}/{file}")).unwrap();
    let api = config("api", "config.env");
    assert!(api.contains("PUBLIC_URL=https://api.staging.shop.example.com\n"), "{api}");
    let origins =
        "CORS_ORIGINS=https://staging.shop.example.com,https://admin.staging.shop.example.com,https://api.staging.";
    assert!(api.contains(origins), "{api}");
    let admin = config("admin", "config.js");
    assert!(admin.contains("origin: \"https://admin.staging.shop.example.com\""), "{admin}");
    assert!(admin.contains("websocketUrl: \"wss://api.staging.shop.example.com\""), "{admin}");
    assert!(!admin.contains("rpc"), "browsers do not speak gRPC: {admin}");
    let allowed = |service: &str| {
        let nginx = text(HOSTS, &format!("{service}/nginx.conf")).unwrap();
        let (_, after) = nginx.split_once("connect-src ").unwrap();
        after.split(';').next().unwrap().to_string()
    };
    assert_eq!(
        allowed("web"),
        "'self' https://api.staging.shop.example.com wss://api.staging.shop.example.com https://api.shop.example.com \
         wss://api.shop.example.com"
    );
    assert!(allowed("admin").contains(" https://shop.example.com "), "{}", allowed("admin"));
    let smoke = text(HOSTS, "scripts/smoke.sh").unwrap();
    for line in [
        "tls_and_headers /",
        "host=\"admin.$host\" redirect /",
        "host=\"api.$host\" healthy api api /readyz",
        "host=\"api.$host\" serving rpc /shop.v1.Catalog/grpc.health.v1.Health/Check",
        "answers media /media",
    ] {
        assert!(smoke.contains(&format!("\n  {line}\n")), "{line}: {smoke}");
    }
}

#[test]
fn routes_that_clash_are_refused() {
    let web = json!({"name": "web", "kind": "web", "language": "static"});
    let with = |fields: &[serde_json::Value]| {
        let named = |(number, fields): (usize, &serde_json::Value)| {
            let mut service = fields.clone();
            service["name"] = json!(format!("api{number}"));
            service
        };
        refusal(std::iter::once(web.clone()).chain(fields.iter().enumerate().map(named)).collect())
    };
    let same = "two services have the same route on the same host";
    for (fields, why) in [
        (vec![json!({"route": "/"})], same),
        (vec![json!({"more_routes": ["/"]})], "is not the path of a URL"),
        (vec![json!({"route": "/a"}), json!({"more_routes": ["/a"]})], same),
        (vec![json!({"more_routes": ["/a"]}), json!({"more_routes": ["/a"]})], same),
        (vec![json!({"subdomain": "a"}), json!({"subdomain": "a"})], same),
        (vec![json!({"route": "/a", "more_routes": ["/a"]})], "names `route` again"),
        (vec![json!({"route": "/", "subdomain": "a", "more_routes": ["/a"]})], "what is below it anyway"),
        (vec![json!({"route": "/a", "more_routes": ["/a/b"]})], "what is below it anyway"),
        (vec![json!({"route": "/", "subdomain": "a", "strip_route": true})], "a `route` other than `/`"),
        (vec![json!({"subdomain": "staging"})], "begins the hostname of another environment"),
        (vec![json!({"subdomain": "a.b"})], "a name such as `api`"),
        (vec![json!({"request_timeout": 0})], "between 1 and 3600"),
        (vec![json!({"kind": "worker", "more_routes": ["/a"]})], "a service that is reached from outside"),
    ] {
        let refused = with(&fields).unwrap_or_default();
        assert!(refused.contains(why), "{fields:?}: {refused}");
    }
    let alone = refusal(json!([{"name": "api", "subdomain": "api"}])).unwrap_or_default();
    assert!(alone.contains("nothing answers at the hostname of an environment itself"), "{alone}");
    assert_eq!(
        with(&[
            json!({"subdomain": "a"}),
            json!({"subdomain": "b", "route": "/b", "more_routes": ["/a"]}),
            json!({"route": "/a"})
        ]),
        None
    );
}
