//! Environment variables of services: under which names they read what is generated, and where values go.

use serde_json::json;
use serde_yaml::Value;

use crate::cases::{outcome, there};
use crate::support;

const CASE: &str = "cases/core/services/variables";

fn text(path: &str) -> String {
    there(CASE, path)
}

fn pod(path: &str) -> Value {
    let workload: Value = serde_yaml::from_str(&text(path)).unwrap();
    workload["spec"]["template"]["spec"].clone()
}

/// Why these services are refused, or nothing.
fn refusal(service: serde_json::Value) -> String {
    let services = json!([{"name": "web", "kind": "web"}, service]);
    support::refusal("mongodb-self-hosted-on-aws", &[("services", services)])
}

#[test]
fn the_address_of_the_database_has_the_name_that_the_service_reads() {
    // a generated image exports files
    for path in ["k8s/base/api/deployment.yaml", "k8s/migrations/api/job.yaml"] {
        let volumes = pod(path)["volumes"].clone();
        let secrets = volumes.as_sequence().unwrap().iter().find(|volume| volume["name"] == "secrets").unwrap();
        let sources: Vec<Value> = secrets["projected"]["sources"].as_sequence().unwrap().clone();
        let expected = json!([
            {"secret": {"name": "api"}},
            {"secret": {"name": "mongodb", "items": [{"key": "MONGODB_URI", "path": "MONGO_URI"}]}},
        ]);
        assert_eq!(serde_json::to_value(&sources).unwrap(), expected, "{path}");
    }
    assert!(text("apps/api/Dockerfile").contains("REQUIRED_VARIABLES=\"SESSION_KEY MONGO_URI\""));
    let queue = &pod("k8s/base/queue/deployment.yaml")["containers"][0];
    assert_eq!(
        serde_json::to_value(&queue["env"]).unwrap(),
        json!([{"name": "REQUIRED_VARIABLES", "value": "QUEUE_KEY MONGO_URI"}])
    );
    // an image of its own reads variables
    let reports = &pod("k8s/base/reports/deployment.yaml")["containers"][0];
    let key = json!({"secretKeyRef": {"name": "mongodb", "key": "MONGODB_URI"}});
    assert_eq!(
        serde_json::to_value(&reports["env"]).unwrap(),
        json!([{"name": "DATABASE_URL", "valueFrom": key}, {"name": "MONGO_URL", "valueFrom": key}])
    );
    assert_eq!(
        serde_json::to_value(&reports["envFrom"]).unwrap(),
        json!([{"configMapRef": {"name": "reports-config"}}, {"secretRef": {"name": "reports"}}])
    );
    assert!(text(".github/workflows/ci.yml").contains("          MONGO_URI: mongodb://127.0.0.1:27017/test\n"));
}

#[test]
fn values_differ_by_environment_and_take_the_place_of_what_every_service_gets() {
    let staging = text("k8s/overlays/staging/services/api/config.env");
    let prod = text("k8s/overlays/prod/services/api/config.env");
    let of = |text: &str, name: &str| -> Vec<String> {
        text.lines().filter_map(|line| line.strip_prefix(&format!("{name}="))).map(ToOwned::to_owned).collect()
    };
    for (name, in_staging, in_prod) in [
        ("MODE", "sandbox", "live"),
        ("LOG_LEVEL", "warn", "warn"),
        ("RATE_LIMIT", "5", "5"),
        ("DB_NAME", "shop", "shop"),
        ("GREETING", "Hello # all, \"friends\"", "Hello # all, \"friends\""),
        (
            "CALLBACK_URL",
            "https://staging.shop.example.com/api/auth/callback",
            "https://shop.example.com/api/auth/callback",
        ),
        ("ALLOWED_ORIGINS", "https://staging.shop.example.com", "https://shop.example.com"),
    ] {
        assert_eq!(of(&staging, name), [in_staging]);
        assert_eq!(of(&prod, name), [in_prod]);
    }
    // the addresses of stores are in no file of Git, and nothing is there twice under two names
    assert!(!prod.contains("MONGO_URI") && !prod.contains("CORS_ORIGINS") && prod.contains("PUBLIC_URL="), "{prod}");
    let runtime = text("k8s/overlays/staging/services/web/config.js");
    assert!(runtime.contains("  variables: {\n    SUPPORT_EMAIL: \"dev@example.com\",\n  },\n"), "{runtime}");
    assert!(text("docs/service-contract.md").contains("origins that are not in `ALLOWED_ORIGINS` or `CORS_ORIGINS`"));
}

#[test]
fn values_of_builds_reach_images_and_never_the_cluster() {
    let build =
        "ARG VITE_API_URL=\"/api/v1\"\nRUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN \\\n  npm run build\n";
    assert!(text("apps/web/Dockerfile").contains(build));
    let ci = text(".github/workflows/ci.yml");
    let arguments = "--build-arg NEXT_PUBLIC_API_URL=/api --build-arg 'BRAND=Costs $5' apps/admin";
    assert!(ci.contains(arguments), "{ci}");
    let deploy = text(".github/workflows/deploy-staging.yml");
    assert!(deploy.contains("              NEXT_PUBLIC_API_URL=/api\n              BRAND=Costs $5\n"), "{deploy}");
    let tree = &outcome(CASE).rendered.tree.files;
    let in_cluster = tree.iter().filter(|(path, _)| path.starts_with("k8s/"));
    for (path, file) in in_cluster {
        let text = String::from_utf8_lossy(&file.bytes);
        assert!(!text.contains("NEXT_PUBLIC_API_URL") && !text.contains("VITE_API_URL"), "{path}");
    }
}

#[test]
fn an_optional_secret_may_be_empty() {
    let secret: Value = serde_yaml::from_str(&text("k8s/overlays/prod/secrets/api/external-secret.yaml")).unwrap();
    let keys: Vec<&str> =
        secret["spec"]["data"].as_sequence().unwrap().iter().filter_map(|one| one["secretKey"].as_str()).collect();
    assert_eq!(keys, ["SESSION_KEY", "STRIPE_SECRET_KEY"]);
    let template = secret["spec"]["target"]["template"]["templateFrom"][0]["literal"].as_str().unwrap();
    assert!(template.contains("if $value"));
    // what is required leaves no choice
    let queue: Value = serde_yaml::from_str(&text("k8s/overlays/prod/secrets/queue/external-secret.yaml")).unwrap();
    assert!(queue["spec"]["target"]["template"].is_null());
    assert!(text("docs/secrets.md").contains("\"STRIPE_SECRET_KEY\": \"\""));
}

#[test]
fn what_nothing_can_fill_is_refused() {
    let api = |more: serde_json::Value| {
        let mut service = json!({"name": "api", "language": "node"});
        service.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        service
    };
    assert_eq!(refusal(api(json!({"variables": {"LEVEL": "${url}", "MONGODB_URI": "${database.uri}"}}))), "");
    for (service, why) in [
        (json!({"variables": {"REDIS_URL": "${cache.url}"}}), "`REDIS_URL` has `${cache.url}`; the service has"),
        (json!({"database": false, "variables": {"MONGO": "${database.uri}"}}), "`MONGO` has `${database.uri}`"),
        (json!({"variables": {"MONGODB_URI": "mongodb://x"}}), "gets this variable without being asked for (Database)"),
        (json!({"variables": {"PORT": "80"}}), "gets this variable without being asked for (Platform"),
        (json!({"variables": {"OTHER": "${url.mail}"}}), "there is no service `mail`"),
        (json!({"variables": {"KEY": "x"}, "secrets": ["KEY"]}), "has a name of `secrets`"),
        (json!({"secrets": ["KEY"], "optional_secrets": ["KEY"]}), "names one of `secrets` again"),
        (json!({"variables": {"KEY": {"home": "build", "value": "${url}"}}}), "one image runs in all environments"),
        (json!({"language": "go", "variables": {"KEY": {"home": "build", "value": "x"}}}), "the service has `config`"),
        (json!({"variables": {"KEY": {"values": {"prod": "x"}}}}), "`KEY` has no value for `staging`"),
    ] {
        let refused = refusal(api(service.clone()));
        assert!(refused.contains(why), "{service}: {refused}");
    }
}
