//! PostgreSQL that AWS or an operator in the cluster runs: who logs in as whom, what stays out of state and files, and which answers do not fit it.

use proptest::prelude::*;
use serde_json::{Value, json};
use serde_yaml::Value as Yaml;

use crate::cases::{there, yaml};
use crate::support;

const PRESET: &str = "presets/postgresql-rds-on-aws";
const LANGUAGES: &str = "cases/postgresql/passwords/languages";
const IN_CLUSTER: &str = "presets/postgresql-in-cluster-on-aws";
const WITHOUT_RECOVERY: &str = "cases/postgresql/cloudnative-pg/without-point-in-time";
const HYPHEN: &str = "cases/aws/postgresql-rds-secrets/other-name";

/// The Secrets that a pod mounts.
fn mounted(pod: &Yaml) -> Vec<String> {
    let volumes = pod["spec"]["volumes"].as_sequence().unwrap();
    let secrets = volumes.iter().find(|volume| volume["name"] == "secrets").unwrap();
    let sources = secrets["projected"]["sources"].as_sequence().unwrap();
    sources.iter().map(|source| source["secret"]["name"].as_str().unwrap().to_owned()).collect()
}

/// Only migrations may change tables, so they log in as another role than the service.
#[test]
fn migrations_log_in_as_the_owner() {
    let service = &yaml(PRESET, "k8s/base/api/deployment.yaml")["spec"]["template"];
    let migration = &yaml(PRESET, "k8s/migrations/api/job.yaml")["spec"]["template"];
    assert_eq!(mounted(service), ["api", "postgresql"]);
    assert_eq!(mounted(migration), ["api", "postgresql-owner"]);
    for pod in [service, migration] {
        let volumes = pod["spec"]["volumes"].as_sequence().unwrap();
        assert!(volumes.iter().any(|volume| volume["configMap"]["name"] == "postgresql-ca"), "{volumes:?}");
        assert_eq!(pod["metadata"]["labels"]["egress-postgresql"], "true");
    }
    let secrets = there(PRESET, "k8s/overlays/prod/secrets/postgresql.yaml");
    for (role, secret) in [("app", "postgresql"), ("owner", "postgresql-owner")] {
        let address = format!(
            "DATABASE_URL: 'postgresql://{role}:{{{{ .password }}}}@{{{{ .host }}}}:5432/shop?sslmode=verify-full"
        );
        let own = secrets.split("---\n").find(|one| one.contains(&format!("\n  name: {secret}\n"))).unwrap();
        assert!(own.contains(&address) && own.contains(&format!("property: {role}\n")), "{own}");
    }
    let job = there(LANGUAGES, "k8s/migrations/shop/job.yaml");
    assert!(job.contains("            - name: DB_URL\n") && job.contains("name: postgresql-owner\n"), "{job}");
    let service = there(LANGUAGES, "k8s/base/shop/deployment.yaml");
    assert!(
        service.contains("                  name: postgresql\n") && !service.contains("postgresql-owner"),
        "{service}"
    );
}

/// A service that reads the address in parts has each under its own name from the same Secret, and migrations those of the owner.
#[test]
fn parts_of_the_address_come_under_the_names_that_services_have() {
    const PARTS: &str = "cases/postgresql/rds/parts";
    let variables = |path: &str| -> Vec<(String, String, String)> {
        let pod = &yaml(PARTS, path)["spec"]["template"]["spec"]["containers"][0];
        let text = |value: &Yaml| value.as_str().unwrap().to_owned();
        let of = |one: &Yaml| {
            let key = &one["valueFrom"]["secretKeyRef"];
            (text(&one["name"]), text(&key["name"]), text(&key["key"]))
        };
        pod["env"].as_sequence().unwrap().iter().map(of).collect()
    };
    for (path, secret) in
        [("k8s/base/shop/deployment.yaml", "postgresql"), ("k8s/migrations/shop/job.yaml", "postgresql-owner")]
    {
        let expected = [("POSTGRES_HOST", "host"), ("POSTGRES_USER", "user"), ("POSTGRES_PASSWORD", "password")];
        let expected: Vec<(String, String, String)> =
            expected.iter().map(|(name, key)| ((*name).into(), secret.into(), (*key).into())).collect();
        assert_eq!(variables(path), expected, "{path}");
    }
    // what reads another form of the address under the usual name has no second variable of that name
    let names: Vec<String> = variables("k8s/base/billing/deployment.yaml").into_iter().map(|(name, ..)| name).collect();
    assert_eq!(names, ["DATABASE_URL", "DATABASE_USER", "DATABASE_PASSWORD"]);
    assert_eq!(variables("k8s/base/billing/deployment.yaml")[0].2, "jdbc");
    let sample = there(PARTS, ".env.sample");
    assert_eq!(sample.matches("\nDATABASE_URL=").count(), 1, "{sample}");
    let secrets = there(PARTS, "k8s/overlays/prod/secrets/postgresql.yaml");
    for user in ["app", "owner"] {
        assert!(secrets.contains(&format!("        user: {user}\n")), "{secrets}");
    }
    let config = |service: &str| there(PARTS, &format!("k8s/overlays/prod/services/{service}/config.env"));
    assert!(config("shop").ends_with("PGSSLROOTCERT=/etc/postgresql/ca.pem\nPOSTGRES_PORT=5432\nPOSTGRES_DB=shop\n"));
    assert!(config("tracker").contains("\nNODE_EXTRA_CA_CERTS=/etc/postgresql/ca.pem\n"));
    assert!(!config("shop").contains("NODE_EXTRA"), "only Node.js reads it");
    // where nothing reads them, the Secret has the whole address alone
    let alone = there(PRESET, "k8s/overlays/prod/secrets/postgresql.yaml");
    assert!(!alone.contains("        user: ") && !alone.contains("jdbc"), "{alone}");
}

/// A program that applies its migrations itself gets the address of the role that may, and no job beside it.
#[test]
fn what_migrates_when_it_starts_logs_in_as_the_owner() {
    const PARTS: &str = "cases/postgresql/rds/parts";
    let stock = there(PARTS, "k8s/base/stock/deployment.yaml");
    assert!(
        stock.contains("                  name: postgresql-owner\n") && !stock.contains("name: postgresql\n"),
        "{stock}"
    );
    let roles = there(PARTS, "docs/runbooks/postgresql.md");
    assert!(roles.contains("| `owner` | migrations and `stock` |"), "{roles}");
    let list = there(PARTS, "docs/migrations/README.md");
    assert!(list.contains("`stock` applies its migrations itself when it starts"), "{list}");

    let service = json!({"name": "api", "kind": "api", "language": "node", "path": "apps/api", "database": true, "migrate": "npm run migrate", "migrates_at_start": true});
    let why = support::refusal("postgresql-rds-on-aws", &[("services", json!([service]))]);
    assert!(why.contains("leave one of them out"), "{why}");
    let service = json!({"name": "api", "kind": "api", "language": "node", "path": "apps/api", "database": true, "migrates_at_start": true});
    let why = support::refusal("mongodb-atlas-on-aws", &[("services", json!([service]))]);
    assert!(why.contains("where migrations log in as a role of their own"), "{why}");
}

/// Only production has the replica, and where there is none the address for reads is that of the database.
#[test]
fn a_read_replica_is_another_address() {
    const REPLICA: &str = "cases/aws/postgresql-rds/read-replica";
    let settings = |environment: &str| there(REPLICA, &format!("infra/terraform/environments/{environment}/main.tf"));
    assert!(settings("prod").contains("    read_replica    = true\n"));
    assert!(settings("staging").contains("    read_replica    = false\n"));
    let secrets = there(REPLICA, "k8s/overlays/staging/secrets/postgresql.yaml");
    assert!(secrets.contains("@{{ .reader_host }}:5432/shop") && secrets.contains("property: reader\n"), "{secrets}");
    let api = there(REPLICA, "k8s/base/api/deployment.yaml");
    assert!(api.contains("path: DATABASE_URL\n") && api.contains("path: DATABASE_REPLICA_URL\n"), "{api}");
    let config = there(REPLICA, "k8s/overlays/prod/services/api/config.env");
    assert!(!config.contains("PGSSLMODE"), "the address says it: {config}");
    assert!(!there(PRESET, "infra/terraform/modules/rds/variables.tf").contains("read_replica"));

    let services = json!([
        {"name": "api", "kind": "api", "language": "node", "database": true, "route": "/", "variables": {"READER": "${database.reader}"}},
    ]);
    let why = support::refusal("postgresql-rds-on-aws", &[("services", services)]);
    assert!(why.contains("has `${database.reader}`; the service has"), "{why}");
}

/// What Terraform draws goes into write-only arguments, and RDS keeps the password of postgres.
#[test]
fn neither_state_nor_plan_has_a_password() {
    let text = there(PRESET, "infra/terraform/bootstrap/prod/postgresql.tf");
    let uses: Vec<&str> = text.lines().filter(|line| line.contains("ephemeral.")).collect();
    assert!(uses.len() == 1 && uses[0].trim_start().starts_with("secret_string_wo "), "{uses:?}");
    let instance = there(PRESET, "infra/terraform/modules/rds/main.tf");
    assert!(
        instance.contains("manage_master_user_password   = true") && !instance.contains("  password "),
        "{instance}"
    );
}

#[test]
fn a_database_has_a_name_that_rds_takes() {
    let text = there(HYPHEN, "infra/terraform/modules/environment/postgresql.tf");
    assert!(text.contains("= \"book_shop\"\n"), "{text}");
    let backup = there(HYPHEN, "k8s/overlays/prod/backup/externalsecret.yaml");
    assert!(backup.contains(":5432/book_shop?"), "{backup}");
}

/// Below production the class is the smallest that takes ten connections for each instance, of which a service has three at most.
#[test]
fn lower_environments_have_the_connections_of_their_services() {
    for (tree, class, connections) in [
        (PRESET, "db.t4g.small", 100),
        ("cases/postgresql/rds/parts", "db.t4g.medium", 200),
        ("presets/mysql-rds-on-aws", "db.t4g.medium", 200),
    ] {
        let settings = there(tree, "infra/terraform/environments/staging/main.tf");
        let wanted = format!("    instance_class  = \"{class}\"\n    max_connections = {connections}\n");
        assert!(settings.contains(&wanted), "{settings}");
    }
}

/// Ten connections for each instance of a service fit into those of the server.
#[test]
fn what_does_not_fit_is_refused() {
    let refusal = |name: &str, value| support::refusal("postgresql-rds-on-aws", &[(name, value)]);
    let why = refusal("rds_instance_class", json!("db.t4g.medium"));
    assert_eq!(why, "");
    let services = json!([{"name": "api", "kind": "api", "language": "node", "path": "apps/api", "max_replicas": 31, "min_replicas": 2}]);
    let why = refusal("services", services);
    assert!(why.contains("more than the 360 that db.m7g.large has for them"), "{why}");
    let why = refusal("aws_region", json!("il-central-1"));
    assert!(why.contains("the certificate of RDS in `il-central-1`"), "{why}");
    let why = refusal("rpo", json!("1m"));
    assert!(why.contains("RDS uploads its change log every five minutes"), "{why}");
    let why = refusal("database_hosting", json!("atlas"));
    assert!(why.contains("database: mongodb"), "{why}");
    let why = refusal("moving_in", json!(true));
    assert!(why.contains("no script here brings the data of a PostgreSQL along"), "{why}");
    let why = support::refusal("mongodb-atlas-on-aws", &[("database_hosting", json!("rds"))]);
    assert!(why.contains("database: postgresql"), "{why}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever is accepted never opens more connections than the server has, less what it, people, dumps and migrations need:
    /// ten for each instance of the maximum, and for those that a new version starts beside them, rounded up as Kubernetes does.
    #[test]
    fn connections_of_accepted_answers_fit(
        class in 0usize..4,
        replicas in prop::collection::vec(0u32..=60, 1..6),
        unused in 1u32..=100,
    ) {
        let (class, limit) = [("db.t4g.medium", 200), ("db.m7g.large", 400), ("db.m7g.xlarge", 800), ("db.m7g.2xlarge", 1600)][class];
        let path = |number: usize| format!("apps/s{number}");
        let mut services: Vec<Value> = replicas.iter().enumerate().map(|(number, most)| match most {
            0 => json!({"name": format!("s{number}"), "kind": "job", "language": "node", "path": path(number), "schedule": "5 4 * * *", "database": true}),
            1 => json!({"name": format!("s{number}"), "kind": "worker", "language": "node", "path": path(number), "min_replicas": 1, "max_replicas": 1, "database": true}),
            most => json!({"name": format!("s{number}"), "kind": "worker", "language": "node", "path": path(number), "min_replicas": 2, "max_replicas": most, "database": true}),
        }).collect();
        services.push(json!({"name": "other", "kind": "worker", "language": "node", "path": "apps/other", "min_replicas": 1, "max_replicas": unused, "database": false}));
        let instances: u32 = replicas.iter().map(|most| if *most > 1 { most + most.div_ceil(4) } else { 1 }).sum();
        let why = support::refusal("postgresql-rds-on-aws", &[("rds_instance_class", json!(class)), ("services", json!(services))]);
        prop_assert_eq!(why.is_empty(), instances * 10 + 40 <= limit, "{} instances of {}: {}", instances, class, why);
    }
}

/// Each region that the answers take has its root, which is a certificate.
#[test]
fn every_region_has_its_certificate() {
    let partial = std::fs::read_to_string(support::root().join("templates/partials/rds-authorities.j2")).unwrap();
    let questions =
        std::fs::read_to_string(support::root().join("templates/components/aws/account/component.yaml")).unwrap();
    let regions = questions.split("one_of: &regions [").nth(1).unwrap().split(']').next().unwrap();
    let without = ["ca-west-1", "il-central-1"];
    for region in regions.split(',').map(str::trim).filter(|region| !region.is_empty() && !without.contains(region)) {
        let line =
            partial.lines().find(|line| line.trim_start().starts_with(&format!("\"{region}\": "))).unwrap_or_default();
        assert!(line.contains("-----BEGIN CERTIFICATE-----") && line.contains("-----END CERTIFICATE-----"), "{region}");
    }
}

/// Services know the server by the authority of the operator, whose Secret has its key too: pods get the certificate alone.
#[test]
fn pods_mount_the_authority_without_its_key() {
    let services = yaml(IN_CLUSTER, "k8s/base/api/deployment.yaml");
    let roles = yaml(IN_CLUSTER, "k8s/roles/job.yaml");
    let restore = yaml(IN_CLUSTER, "k8s/restore/job.yaml");
    for pod in [&services["spec"]["template"], &roles["spec"]["template"], &restore["spec"]["template"]] {
        let volumes = pod["spec"]["volumes"].as_sequence().unwrap();
        let authority = volumes.iter().find(|volume| volume["secret"]["secretName"] == "postgresql-server-ca").unwrap();
        let items = authority["secret"]["items"].as_sequence().unwrap();
        assert!(items.len() == 1 && items[0]["key"] == "ca.crt", "{items:?}");
    }
    let secrets = there(IN_CLUSTER, "k8s/overlays/prod/secrets/postgresql.yaml");
    assert!(secrets.contains("sslmode=verify-full&sslrootcert=/etc/postgresql/ca.crt"), "{secrets}");
    let address = there(IN_CLUSTER, "infra/terraform/bootstrap/prod/postgresql.tf");
    assert!(
        address.contains("{ host = \"postgresql-rw.shop.svc\", reader = \"postgresql-ro.shop.svc\" }"),
        "{address}"
    );
}

/// What is archived is locked for longer than the window reaches back, and nothing but the rules of the bucket deletes it.
#[test]
fn an_archive_outlives_its_window() {
    let cluster = yaml(IN_CLUSTER, "k8s/base/postgresql/cluster.yaml");
    assert_eq!(cluster["spec"]["plugins"][0]["isWALArchiver"], true);
    assert_eq!(cluster["spec"]["postgresql"]["parameters"]["archive_timeout"], "300s");
    let store = yaml(IN_CLUSTER, "k8s/overlays/prod/postgresql/object-store.yaml");
    assert!(store["spec"]["retentionPolicy"].is_null(), "deletions would fail while objects are locked");
    // below the prefix of the rule, whatever the name of the server is
    assert!(store["spec"]["configuration"]["destinationPath"].as_str().unwrap().ends_with("/postgresql"));
    let bucket = there(IN_CLUSTER, "infra/terraform/modules/environment/postgresql.tf");
    assert!(bucket.contains("object_lock_days = 9\n") && bucket.contains("\"postgresql/\" = 10\n"), "{bucket}");
    assert!(!bucket.contains("DeleteObject"), "{bucket}");
}

/// An alert sees when the certificates end, and a cluster that is deleted takes none of them along.
#[test]
fn certificates_are_renewed_where_an_alert_sees_it() {
    let cluster = yaml(IN_CLUSTER, "k8s/base/postgresql/cluster.yaml");
    let certificates = there(IN_CLUSTER, "k8s/base/postgresql/certificates.yaml");
    for field in ["serverCASecret", "serverTLSSecret", "clientCASecret", "replicationTLSSecret"] {
        let secret = cluster["spec"]["certificates"][field].as_str().unwrap();
        assert!(secret.starts_with("postgresql-"), "{field}");
        assert!(certificates.contains(&format!("  name: {secret}\n")), "{field}");
        assert!(certificates.contains(&format!("  secretName: {secret}\n")), "{field}");
    }
    let rules = there(IN_CLUSTER, "k8s/base/postgresql/prometheus-rule.yaml");
    assert!(rules.contains("exported_namespace=\"shop\", name=~\"postgresql-.+\"} - time()"), "{rules}");
}

/// A cluster that a recovery makes must not archive into the change log that it comes from.
#[test]
fn a_recovery_archives_nothing() {
    let script = there(IN_CLUSTER, "scripts/postgresql-recovery.sh");
    assert!(script.contains("del(.bootstrap, .externalClusters, .managed, .plugins, "), "{script}");
}

/// Without point-in-time recovery there is neither plugin nor archive, and nothing speaks of them.
#[test]
fn dumps_alone_need_no_archive() {
    let (_, _, files) = support::rendered(&support::given(
        "postgresql-in-cluster-on-aws",
        &[("point_in_time_recovery", json!(false)), ("rpo", json!("30h"))],
    ))
    .unwrap();
    for (path, file) in &files.tree.files {
        let text = String::from_utf8_lossy(&file.bytes);
        assert!(!text.contains("barman") && !text.contains("postgresql-recovery"), "{path}");
    }
    let cluster = yaml(WITHOUT_RECOVERY, "k8s/base/postgresql/cluster.yaml");
    assert!(cluster["spec"]["plugins"].is_null());
}

#[test]
fn what_the_cluster_does_not_hold_is_refused() {
    let refusal = |name: &str, value| support::refusal("postgresql-in-cluster-on-aws", &[(name, value)]);
    let why = refusal("rpo", json!("4m"));
    assert!(why.contains("a segment of the change log may be on its way"), "{why}");
    let services = json!([{"name": "api", "kind": "api", "language": "node", "path": "apps/api", "max_replicas": 31, "min_replicas": 2}]);
    let why = refusal("services", services);
    assert!(why.contains("more than the 160 that the database has for them"), "{why}");
    let why = support::refusal("mongodb-atlas-on-aws", &[("database_hosting", json!("cloudnative-pg"))]);
    assert!(why.contains("database: postgresql"), "{why}");
}
