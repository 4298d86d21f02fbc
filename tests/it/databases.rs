//! Several databases of one system: those beside the first, which exist already.

use serde_json::{Value, json};
use serde_yaml::Value as Yaml;

use crate::cases::{there, yaml};
use crate::support;

const EACH: &str = "cases/core/more-databases/one-per-service";
const BESIDE: &str = "cases/core/more-databases/beside-mongodb";

/// The databases that the labels of a pod open.
fn opened(labels: &Yaml) -> Vec<String> {
    let names = labels.as_mapping().unwrap().keys().filter_map(Yaml::as_str);
    names.filter_map(|name| Some(name.strip_prefix("egress-database")?.trim_start_matches("s-").to_owned())).collect()
}

/// A service reaches the databases whose addresses it reads, and no other.
#[test]
fn a_service_reaches_what_it_names() {
    let pod = |case: &str, path: &str| yaml(case, path)["spec"]["template"]["metadata"]["labels"].clone();
    assert_eq!(opened(&pod(EACH, "k8s/base/api/deployment.yaml")), ["", "audit-log"]);
    assert_eq!(opened(&pod(EACH, "k8s/base/orders/deployment.yaml")), ["orders"]);
    assert_eq!(opened(&pod(EACH, "k8s/migrations/orders/job.yaml")), ["orders"]);
    assert_eq!(opened(&pod(EACH, "k8s/base/billing/deployment.yaml")), ["billing"]);
    assert_eq!(opened(&pod(EACH, "k8s/base/web/deployment.yaml")), [""; 0]);
    let policies = there(EACH, "k8s/base/databases/network-policies.yaml");
    let billing = policies.split("---").find(|one| one.contains("egress-databases-billing")).unwrap();
    assert!(billing.contains("10.42.0.0/16") && billing.contains("port: 3307"), "{billing}");
    assert!(!billing.contains("10.41.0.0/16"), "{billing}");
}

/// The address comes under the name that the service reads, of that database alone.
#[test]
fn an_address_has_the_name_that_the_service_reads() {
    let pod = &yaml(EACH, "k8s/base/orders/deployment.yaml")["spec"]["template"]["spec"];
    let volumes = pod["volumes"].as_sequence().unwrap();
    let sources = volumes.iter().find(|volume| volume["name"] == "secrets").unwrap()["projected"]["sources"].clone();
    let expected: Yaml =
        serde_yaml::from_str("- secret: {name: databases, items: [{key: orders, path: DATABASE_URL}]}").unwrap();
    assert_eq!(sources, expected);
    let own = &yaml(EACH, "k8s/base/billing/deployment.yaml")["spec"]["template"]["spec"]["containers"][0]["env"];
    assert_eq!(own[0]["name"], "BILLING_DSN");
    assert_eq!(own[0]["valueFrom"]["secretKeyRef"]["key"], "billing");
    let secret = yaml(EACH, "k8s/overlays/prod/databases/external-secret.yaml");
    let keys: Vec<&str> =
        secret["spec"]["data"].as_sequence().unwrap().iter().filter_map(|one| one["secretKey"].as_str()).collect();
    assert_eq!(keys, ["orders", "audit-log", "billing"]);
    assert!(there(EACH, "infra/terraform/modules/environment/secrets.tf").contains("databases = \"Addresses of"));
}

/// Tests of a service find each of its databases at a port of its own, where there is an image for it.
#[test]
fn tests_find_a_database_for_each() {
    let jobs = &yaml(EACH, ".github/workflows/ci.yml")["jobs"];
    let test = |job: &Yaml| -> Yaml {
        let steps = job["steps"].as_sequence().unwrap();
        steps.iter().find(|step| step["name"] == "Test").unwrap()["env"].clone()
    };
    let api = &jobs["service-api"];
    assert_eq!(api["services"]["databases-audit-log"]["ports"][0], "127.0.0.1:15001:27017");
    assert_eq!(test(api)["AUDIT_MONGO_URI"], "mongodb://127.0.0.1:15001/audit-log");
    assert_eq!(test(api)["DATABASE_URL"], "postgresql://postgres@127.0.0.1:5432/postgres");
    let orders = &jobs["service-orders"];
    assert_eq!(orders["services"]["databases-orders"]["env"]["POSTGRES_DB"], "orders");
    assert_eq!(test(orders)["DATABASE_URL"], "postgresql://postgres@127.0.0.1:15001/orders");
    assert!(jobs["service-billing"].get("services").is_none(), "there is no image for MySQL");
    // a process of the same code reads the same variable
    let both = &yaml(BESIDE, ".github/workflows/ci.yml")["jobs"]["service-api"];
    assert_eq!(both["services"].as_mapping().unwrap().len(), 2);
    assert_eq!(test(both)["REPORTS_URL"], "postgresql://postgres@127.0.0.1:15001/reports");
}

#[test]
fn what_is_not_there_is_refused() {
    let refusal = |databases: Value, variables: Value, database: bool| -> String {
        let services = json!([
            {"name": "web", "kind": "web", "language": "static", "path": "apps/web", "route": "/"},
            {"name": "api", "kind": "api", "path": "apps/api", "route": "/api", "database": database, "variables": variables},
        ]);
        let sets = [("more_databases", databases), ("services", services)];
        support::refusal("existing-database-on-aws", &sets)
    };
    let orders = json!([{"name": "orders"}]);
    assert_eq!(refusal(orders.clone(), json!({"ORDERS_URL": "${database.orders.uri}"}), true), "");
    let why = refusal(orders.clone(), json!({"ORDERS_URL": "${database.bills.uri}"}), true);
    assert!(
        why.contains("`ORDERS_URL` has `${database.bills.uri}`; the service has") && why.contains("orders.uri"),
        "{why}"
    );
    let why = refusal(orders.clone(), json!({"DATABASE_URL": "${database.orders.uri}"}), true);
    assert!(why.contains("name a variable that is `${database.uri}`"), "{why}");
    let own = json!({"DATABASE_URL": "${database.orders.uri}", "MAIN_URL": "${database.uri}"});
    assert_eq!(refusal(orders.clone(), own, true), "");
    assert_eq!(refusal(orders.clone(), json!({"DATABASE_URL": "${database.orders.uri}"}), false), "");
    let why = refusal(json!([{"name": "orders"}, {"name": "orders"}]), json!({}), true);
    assert!(why.contains("orders"), "{why}");
    let none = [("more_databases", orders)];
    let why = support::refusal("no-database-on-aws", &none);
    assert!(why.contains("beside the first one, and `database` is `none`"), "{why}");
    // what is wrong with a database is not wrong with the variables that name it
    let why = refusal(json!([{"name": "orders", "port": 0}]), json!({"ORDERS_URL": "${database.orders.uri}"}), true);
    assert!(why.contains("port") && !why.contains("ORDERS_URL"), "{why}");
}

/// A service can have a database of the server for itself: its address names it, and in Atlas its role reaches no other.
#[test]
fn a_service_has_a_database_of_the_server_for_itself() {
    let hosted = "cases/mongodb/self-hosted/database-per-service";
    let sources = |path: &str| {
        let pod = yaml(hosted, path)["spec"]["template"]["spec"].clone();
        let volumes = pod["volumes"].as_sequence().unwrap().clone();
        volumes.into_iter().find(|volume| volume["name"] == "secrets").unwrap()["projected"]["sources"].clone()
    };
    let own: Yaml =
        serde_yaml::from_str("- secret: {name: mongodb-databases, items: [{key: orders, path: MONGO_URI}]}").unwrap();
    assert_eq!(sources("k8s/base/orders/deployment.yaml"), own);
    assert_eq!(sources("k8s/base/api/deployment.yaml")[0]["secret"]["name"], "mongodb");
    let secrets = there(hosted, "k8s/overlays/prod/secrets/mongodb.yaml");
    assert!(secrets.contains(r#"orders: '{{ .uri | replace "/shop?" "/orders?" }}'"#), "{secrets}");
    assert!(there(hosted, "k8s/overlays/prod/services/orders/config.env").contains("MONGO_DB=orders"));
    let users = &yaml(hosted, "k8s/base/mongodb/replica-set.yaml")["spec"]["users"][0]["roles"];
    let databases: Vec<&str> = users.as_sequence().unwrap().iter().filter_map(|role| role["db"].as_str()).collect();
    assert_eq!(databases, ["shop", "orders", "shop", "orders"]);
    let atlas = there("cases/mongodb/atlas/database-per-service", "infra/terraform/modules/environment/atlas.tf");
    assert!(atlas.contains(r#"roles       = [{ name = "readWrite", database = "orders" }]"#), "{atlas}");
    assert!(!atlas.contains("database = local.name"), "{atlas}");
}
