//! PostgreSQL that AWS runs: who logs in as whom, what stays out of state and files, and which answers do not fit it.

use serde_json::json;
use serde_yaml::Value as Yaml;

use crate::cases::{there, yaml};
use crate::support;

const PRESET: &str = "presets/postgresql-rds-on-aws";
const LANGUAGES: &str = "cases/postgresql/passwords/languages";
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

/// Ten connections for each instance of a service fit into those of the server.
#[test]
fn what_does_not_fit_is_refused() {
    let refusal = |name: &str, value| support::refusal("postgresql-rds-on-aws", &[(name, value)]);
    let why = refusal("rds_instance_class", json!("db.t4g.medium"));
    assert_eq!(why, "");
    let services = json!([{"name": "api", "kind": "api", "language": "node", "path": "apps/api", "max_replicas": 31, "min_replicas": 2}]);
    let why = refusal("services", services);
    assert!(why.contains("more than the 380 that db.m7g.large has for them"), "{why}");
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
