//! A cache that AWS runs: what services get, and what Terraform keeps.

use serde_json::json;
use serde_yaml::Value as Yaml;

use crate::cases::{outcome, there, yaml};
use crate::support;

const CACHE: &str = "cases/aws/elasticache/cache";
const STORE: &str = "cases/aws/elasticache/store";
const EXISTING: &str = "cases/aws/elasticache/existing-clusters";

const MODULE: &str = "infra/terraform/modules/elasticache/main.tf";
const ENVIRONMENT: &str = "infra/terraform/modules/environment/cache.tf";

/// The lines between a line and the next one that closes it.
fn block<'t>(text: &'t str, first: &str) -> &'t str {
    let start = text.find(first).unwrap_or_else(|| panic!("no {first} in\n{text}"));
    &text[start..start + text[start..].find("\n}\n").unwrap()]
}

#[test]
fn a_service_gets_the_address_and_the_way() {
    let pod = |service: &str| yaml(CACHE, &format!("k8s/base/{service}/deployment.yaml"))["spec"]["template"].clone();
    let opens = |service: &str| pod(service)["metadata"]["labels"]["egress-cache"] == "true";
    assert!(opens("api") && opens("mails") && !opens("web"));
    let volumes = pod("mails")["spec"]["volumes"].as_sequence().unwrap().clone();
    let secrets = volumes.into_iter().find(|volume| volume["name"] == "secrets").unwrap();
    let expected: Yaml = serde_yaml::from_str("{name: cache, items: [{key: CACHE_URL, path: REDIS_URL}]}").unwrap();
    let sources = secrets["projected"]["sources"].as_sequence().unwrap();
    assert!(sources.iter().any(|source| source["secret"] == expected), "{sources:?}");
    let secret = yaml(CACHE, "k8s/overlays/prod/cache/external-secret.yaml");
    assert_eq!(secret["spec"]["data"][0]["secretKey"], "CACHE_URL");
    assert_eq!(secret["spec"]["data"][0]["remoteRef"]["key"], "shop/prod/cache");
    let policy = yaml(CACHE, "k8s/base/cache/network-policy.yaml");
    assert_eq!(policy["spec"]["egress"][0]["ports"][0]["port"], 6379);
    let networks = policy["spec"]["egress"][0]["to"].as_sequence().unwrap();
    let networks: Vec<&str> = networks.iter().filter_map(|to| to["ipBlock"]["cidr"].as_str()).collect();
    assert_eq!(networks, ["10.10.0.0/16", "10.20.0.0/16"]);
    let job = &yaml(CACHE, ".github/workflows/ci.yml")["jobs"]["service-mails"];
    assert!(job["services"]["cache"]["image"].as_str().unwrap().starts_with("docker.io/valkey/valkey:"), "{job:?}");
}

/// Every argument that Terraform writes into its state is free of the password.
#[test]
fn neither_state_nor_plan_has_the_password() {
    for case in [CACHE, STORE, EXISTING] {
        let text = there(case, ENVIRONMENT);
        for line in text.lines().filter(|line| line.contains("ephemeral.")) {
            let argument = line.split_once('=').unwrap().0.trim();
            assert!(["password", "secret_string_wo"].contains(&argument), "{line}");
        }
        let variables = there(case, "infra/terraform/modules/elasticache/variables.tf");
        assert!(block(&variables, "variable \"password\"").contains("ephemeral   = true"), "{variables}");
        let files = ["alarms", "main", "network", "outputs", "users"];
        let uses: Vec<String> = files
            .iter()
            .flat_map(|file| {
                let text = there(case, &format!("infra/terraform/modules/elasticache/{file}.tf"));
                text.lines().filter(|line| line.ends_with("var.password")).map(str::to_owned).collect::<Vec<_>>()
            })
            .collect();
        assert_eq!(uses, ["  passwords_wo         = var.password"]);
        assert!(text.contains("secret_string_wo_version = var.cache.password_version"), "{text}");
    }
}

#[test]
fn what_it_holds_decides_what_goes_and_what_is_kept() {
    let cache = there(CACHE, MODULE);
    assert!(cache.contains("\"allkeys-lru\"") && cache.contains("snapshot_retention_limit = 0"), "{cache}");
    assert!(cache.contains("prevent_destroy = true") && !cache.contains("snapshot_name"), "{cache}");
    let store = there(STORE, MODULE);
    assert!(store.contains("\"noeviction\"") && store.contains("prevent_destroy = true"), "{store}");
    assert!(there(STORE, ENVIRONMENT).contains("= 35\n"));
    let runbook = there(STORE, "docs/runbooks/restore-cache.md");
    let (made, switched) = runbook.split_once("4. Have the address lead").unwrap();
    assert!(made.contains("serving = \"cache\"\n") && switched.contains("serving = \"cache2\"\n"), "{runbook}");
    assert!(runbook.find("delete-replication-group") > runbook.find("## Undo"), "the old server goes last");
    let recovery = there(STORE, "docs/disaster-recovery.md");
    assert!(recovery.contains("so everything in the cache is lost"), "{recovery}");
    assert!(
        recovery.contains("each value of `servers` in `infra/terraform/environments/*/main.tf` becomes `null`"),
        "{recovery}"
    );
}

/// AWS deletes the daily snapshots of a server together with it.
#[test]
fn a_pipeline_cannot_delete_what_exists_nowhere_else() {
    let denied = there(STORE, "infra/terraform/modules/identity/cache.tf");
    for action in ["DeleteCacheCluster", "DeleteReplicationGroup", "DeleteSnapshot"] {
        assert!(denied.contains(&format!("\"elasticache:{action}\"")), "{denied}");
    }
    for case in [CACHE, EXISTING] {
        let tree = &outcome(case).rendered.tree;
        assert!(!tree.files.contains_key("infra/terraform/modules/identity/cache.tf"), "{case}");
    }
    let shared = there(STORE, "infra/terraform/modules/identity/shared-account.tf");
    assert!(shared.contains("\"arn:aws:elasticache:*:*:*:${var.name}-${other}-*\""), "{shared}");
}

#[test]
fn the_version_of_an_environment_is_its_own() {
    for environment in ["dev", "staging", "prod"] {
        let text = there(STORE, &format!("infra/terraform/environments/{environment}/main.tf"));
        assert!(block(&text, "  cache = {").contains("engine_version = \"9.1\""), "{text}");
    }
    assert!(there(STORE, MODULE).contains("engine_version       = var.engine_version"));
}

#[test]
fn production_has_two_nodes_and_the_others_the_smallest() {
    let settings = |environment: &str| {
        let text = there(STORE, &format!("infra/terraform/environments/{environment}/main.tf"));
        block(&text, "  cache = {").to_owned()
    };
    let production = settings("prod");
    assert!(production.contains("\"cache.m7g.large\"") && production.contains("nodes     = 2"), "{production}");
    for environment in ["dev", "staging"] {
        let other = settings(environment);
        assert!(other.contains("\"cache.t4g.micro\"") && other.contains("nodes     = 1"), "{other}");
        assert!(other.contains("mon:03:00") && production.contains("wed:03:00"), "{other}");
    }
}

#[test]
fn in_a_cluster_that_exists_pods_are_let_in_by_their_subnets() {
    let network = there(EXISTING, "infra/terraform/modules/elasticache/network.tf");
    assert!(
        network.contains("for_each = var.client_cidrs") && !network.contains("client_security_group_id"),
        "{network}"
    );
    let outputs = there(EXISTING, "infra/terraform/modules/existing-network/outputs.tf");
    assert!(outputs.contains("private_subnet_cidrs"), "{outputs}");
    let network = there(CACHE, "infra/terraform/modules/elasticache/network.tf");
    assert!(network.contains("referenced_security_group_id = var.client_security_group_id"), "{network}");
}

#[test]
fn what_cannot_be_is_refused() {
    let why = support::refusal("small-on-aws", &[("cache", json!("elasticache"))]);
    assert!(why.contains("`secrets_manager: aws_secrets_manager` and `footprint: standard`"), "{why}");
    let why = support::refusal("mongodb-atlas-on-aws", &[("cache", json!("elasticache"))]);
    assert!(why.contains("cache_holds"), "{why}");
    let days = [("cache", json!("elasticache")), ("cache_holds", json!("store")), ("cache_snapshot_days", json!(36))];
    let why = support::refusal("mongodb-atlas-on-aws", &days);
    assert!(why.contains("cache_snapshot_days") && why.contains("35"), "{why}");
    let services = json!([{"name": "cache-warmer", "kind": "worker", "path": "apps/warmer"}]);
    let cache = [("cache", json!("elasticache")), ("cache_holds", json!("cache")), ("services", services)];
    let why = support::refusal("mongodb-atlas-on-aws", &cache);
    assert!(why.contains("which is a name that the system itself uses"), "{why}");
}

/// Of what others operate there is an empty secret, a way to it, and a job that tries the way.
#[test]
fn what_others_operate_is_only_reached() {
    const BROKERS: &str = "cases/core/existing-broker/rabbitmq";
    let networks = |case: &str, store: &str| -> (Vec<String>, u64) {
        let policy = yaml(case, &format!("k8s/base/{store}/network-policy.yaml"));
        let egress = &policy["spec"]["egress"][0];
        let blocks = egress["to"].as_sequence().unwrap().iter();
        let cidrs = blocks.map(|to| to["ipBlock"]["cidr"].as_str().unwrap().to_owned()).collect();
        (cidrs, egress["ports"][0]["port"].as_u64().unwrap())
    };
    assert_eq!(networks("cases/core/existing-cache/redis", "cache"), (vec!["10.40.0.0/16".to_owned()], 6380));
    assert_eq!(networks(BROKERS, "cache"), (vec!["0.0.0.0/0".to_owned()], 6379));
    assert_eq!(networks(BROKERS, "broker"), (vec!["10.40.0.0/16".to_owned(), "10.41.0.0/16".to_owned()], 5671));
    for (case, store, variable) in [
        ("cases/core/existing-cache/redis", "cache", "CACHE_URL"),
        ("cases/core/existing-cache/small", "cache", "CACHE_URL"),
        (BROKERS, "broker", "BROKER_URL"),
    ] {
        let secret = yaml(case, &format!("k8s/overlays/staging/{store}/external-secret.yaml"));
        assert_eq!(secret["spec"]["data"][0]["secretKey"], variable, "{case}");
        assert_eq!(secret["spec"]["data"][0]["remoteRef"]["key"], format!("shop/staging/{store}"), "{case}");
        let terraform = there(case, "infra/terraform/modules/environment/secrets.tf");
        assert!(terraform.contains("Address of "), "{case}: {terraform}");
        let check = yaml(case, &format!("k8s/base/{store}/cron-job.yaml"));
        let pod = &check["spec"]["jobTemplate"]["spec"]["template"];
        assert_eq!(pod["metadata"]["labels"][format!("egress-{store}")], "true", "{case}");
        let all = &outcome(case).rendered.tree.files;
        assert!(!all.keys().any(|path| path.contains("elasticache")), "{case}");
    }
    // the port of the server in production is not that of the image in CI
    let ci = there("cases/core/existing-cache/redis", ".github/workflows/ci.yml");
    assert!(ci.contains("127.0.0.1:6379:6379") && !ci.contains("6380"), "{ci}");
    // there is no pinned image of RabbitMQ
    let contract = there(BROKERS, "docs/service-contract.md");
    assert!(contract.contains("Tests of services with a message broker get none"), "{contract}");
}

const IN_CLUSTER: &str = "cases/valkey/in-cluster/cache";
const GUESTS: &str = "cases/aws/valkey-secrets/small";

/// The server in the cluster shows a certificate that services can check, and only they and the monitoring reach it.
#[test]
fn services_know_the_server_in_the_cluster() {
    for (path, pod) in [
        ("k8s/base/api/deployment.yaml", vec!["spec", "template"]),
        ("k8s/base/mails/deployment.yaml", vec!["spec", "template"]),
        ("k8s/base/nightly/cron-job.yaml", vec!["spec", "jobTemplate", "spec", "template"]),
        ("k8s/migrations/api/job.yaml", vec!["spec", "template"]),
    ] {
        let file = yaml(IN_CLUSTER, path);
        let pod = pod.iter().fold(&file, |value, key| &value[*key]);
        assert_eq!(pod["metadata"]["labels"]["egress-cache"], "true", "{path}");
        let volumes = pod["spec"]["volumes"].as_sequence().unwrap();
        let volume = volumes.iter().find(|volume| volume["name"] == "internal-ca").unwrap_or_else(|| panic!("{path}"));
        assert_eq!(volume["secret"]["secretName"], "internal-tls", "{path}");
        // never the key of the authority
        let items: Yaml = serde_yaml::from_str("[{key: ca.crt, path: ca.crt}]").unwrap();
        assert_eq!(volume["secret"]["items"], items, "{path}");
        let mounts = pod["spec"]["containers"][0]["volumeMounts"].as_sequence().unwrap();
        assert!(mounts.iter().any(|mount| mount["mountPath"] == "/etc/internal-ca"), "{path}");
    }
    let config = |service: &str| there(IN_CLUSTER, &format!("k8s/overlays/prod/services/{service}/config.env"));
    for service in ["api", "mails", "nightly"] {
        assert!(config(service).contains("\nINTERNAL_CA_FILE=/etc/internal-ca/ca.crt\n"), "{service}");
    }
    // a runtime that reads it by itself
    assert!(config("api").contains("\nNODE_EXTRA_CA_CERTS=/etc/internal-ca/ca.crt\n"));
    assert!(!config("mails").contains("NODE_EXTRA_CA_CERTS"));
    assert!(there(IN_CLUSTER, ".env.sample").contains("\nINTERNAL_CA_FILE=\n"));
    let certificate = yaml(IN_CLUSTER, "k8s/base/cache/certificate.yaml");
    assert_eq!(certificate["spec"]["issuerRef"]["name"], "internal");
    let platform = there(IN_CLUSTER, "k8s/platform/cluster/network-policies.yaml");
    assert!(platform.contains("        - port: 9121\n"), "{platform}");
    // the server calls nothing
    let policies = there(IN_CLUSTER, "k8s/base/cache/network-policy.yaml");
    let (server, _) = policies.split_once("\n---\n").unwrap();
    assert!(server.contains("    - Egress\n") && !server.contains("  egress:\n"), "{server}");
    // cert-manager is there without a gateway and without a database in the cluster
    let files = &outcome("cases/core/internal-tls/worker").rendered.tree.files;
    assert!(files.contains_key("k8s/platform/cert-manager/values.yaml"));
}

/// Each environment of a cluster that they share has passwords of its own.
#[test]
fn guests_have_a_cache_of_their_own() {
    let terraform = there(GUESTS, "infra/terraform/modules/environment/valkey.tf");
    assert!(terraform.contains("guest_caches = toset([\"staging\"])"), "{terraform}");
    for line in terraform.lines().filter(|line| line.contains("ephemeral.")) {
        assert!(["monitoring", "password", "url"].contains(&line.split_once('=').unwrap().0.trim()), "{line}");
    }
    let secrets = there(GUESTS, "infra/terraform/modules/environment/secrets.tf");
    assert!(secrets.contains("aws_secretsmanager_secret.guest_cache[\"staging\"].arn"), "{secrets}");
    let secret = there(GUESTS, "k8s/overlays/staging/cache/external-secret.yaml");
    assert_eq!(secret.matches("  namespace: shop-staging\n").count(), 2, "{secret}");
    assert_eq!(secret.matches("        key: shop/staging/cache\n").count(), 3, "{secret}");
    // production alone is measured
    assert!(there(GUESTS, "k8s/overlays/staging/kustomization.yaml").contains("kind: PodMonitor"));
}

/// What exists nowhere else does not belong into a server that every start empties.
#[test]
fn a_store_in_the_cluster_is_refused() {
    let with = |lost: bool, more: &[(&'static str, serde_json::Value)]| {
        let mut answers = vec![("cache", json!("valkey-in-cluster")), ("cache_may_be_lost", json!(lost))];
        answers.extend_from_slice(more);
        support::refusal("no-database-on-aws", &answers)
    };
    let why = with(false, &[]);
    assert!(why.contains("which a server in the cluster cannot promise"), "{why}");
    let queue = json!([
        {"name": "api", "kind": "api", "path": "api", "route": "/"},
        {"name": "jobs", "kind": "worker", "image_of": "api", "command": "bundle exec sidekiq", "probe": "none", "cache": true},
    ]);
    let why = with(true, &[("services", queue)]);
    assert!(why.contains("runs jobs of a queue from a cache that every restart empties"), "{why}");
    let why = with(true, &[("valkey_memory_mb", json!(63))]);
    assert!(why.contains("valkey_memory_mb") && why.contains("64"), "{why}");
}

/// Streams fit on the volumes, and there is a bucket for their backups.
#[test]
fn streams_that_cannot_be_kept_are_refused() {
    let with = |preset: &str, streams: serde_json::Value| {
        support::refusal(preset, &[("broker", json!("nats-in-cluster")), ("broker_streams", streams)])
    };
    let why = with("mongodb-atlas-on-aws", json!([{"name": "jobs", "subjects": ["jobs.>"], "max_gb": 9}]));
    assert!(why.contains("may keep 9 GiB together, more than four fifths of the 10 GiB"), "{why}");
    let why = with("mongodb-atlas-on-aws", json!([{"name": "jobs", "subjects": [">"]}]));
    assert!(why.contains("which begins with a word"), "{why}");
    let why = with("no-database-on-aws", json!([{"name": "jobs", "subjects": ["jobs.>"]}]));
    assert!(why.contains("a database that is made here"), "{why}");
}

/// Servers know hashes only, and the pods of a user know its password and no other.
#[test]
fn a_pod_knows_the_password_of_its_user() {
    const STREAMS: &str = "cases/nats/in-cluster/streams";
    let secret = there(STREAMS, "k8s/overlays/prod/broker/external-secret.yaml");
    let users = &secret[secret.find("users.conf: |").unwrap()..secret.find("streams_password:").unwrap()];
    assert!(!users.contains("_password"), "{users}");
    for line in
        there(STREAMS, "infra/terraform/modules/environment/nats.tf").lines().filter(|l| l.contains("ephemeral."))
    {
        assert!(line.contains("url = ") || line.contains("for user, password in"), "{line}");
    }
    let jobs = there(STREAMS, "k8s/base/broker/backup.yaml") + &there(STREAMS, "k8s/base/broker/streams-job.yaml");
    for user in ["backup", "restore", "streams"] {
        assert_eq!(jobs.matches(&format!("key: {user}_password")).count(), 1, "{user}");
    }
    let servers = yaml(STREAMS, "k8s/base/broker/stateful-set.yaml");
    let volumes = servers["spec"]["template"]["spec"]["volumes"].as_sequence().unwrap();
    let users = volumes.iter().find(|volume| volume["name"] == "users").unwrap();
    assert_eq!(users["secret"]["items"].as_sequence().unwrap().len(), 1);
}
