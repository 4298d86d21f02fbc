//! MySQL that AWS runs: who logs in as whom, what stays out of state and files, and which answers do not fit it.

use base64::prelude::*;
use serde_json::json;
use serde_yaml::Value as Yaml;

use crate::cases::{there, yaml};
use crate::support;

const PRESET: &str = "presets/mysql-rds-on-aws";
const LANGUAGES: &str = "cases/mysql/passwords/languages";
const PARTS: &str = "cases/mysql/rds/parts";
const HYPHEN: &str = "cases/aws/mysql-rds-secrets/other-name";

/// Only migrations may change tables, so they log in as another user than the service.
#[test]
fn migrations_log_in_as_the_owner() {
    let service = there(PRESET, "k8s/base/api/deployment.yaml");
    let migration = there(PRESET, "k8s/migrations/api/job.yaml");
    assert!(service.contains("                  name: mysql\n") && !service.contains("mysql-owner"), "{service}");
    assert!(migration.contains("                  name: mysql-owner\n"), "{migration}");
    for pod in [&service, &migration] {
        assert!(pod.contains("egress-mysql: \"true\"\n") && pod.contains("mountPath: /etc/mysql\n"), "{pod}");
    }
    let secrets = there(PRESET, "k8s/overlays/prod/secrets/mysql.yaml");
    for (user, secret) in [("app", "mysql"), ("owner", "mysql-owner")] {
        let address = format!("DATABASE_URL: 'mysql://{user}:{{{{ .password }}}}@{{{{ .host }}}}:3306/shop'");
        let own = secrets.split("---\n").find(|one| one.contains(&format!("\n  name: {secret}\n"))).unwrap();
        assert!(own.contains(&address) && own.contains(&format!("property: {user}\n")), "{own}");
    }
}

/// Each language has the address in its own form, in parts under the names of its framework, and is told how it checks the certificate.
#[test]
fn addresses_come_in_the_form_that_services_read() {
    let variables = |path: &str| -> Vec<(String, String, String)> {
        let pod = &yaml(PARTS, path)["spec"]["template"]["spec"]["containers"][0];
        let text = |value: &Yaml| value.as_str().unwrap().to_owned();
        let of = |one: &Yaml| {
            let key = &one["valueFrom"]["secretKeyRef"];
            (text(&one["name"]), text(&key["name"]), text(&key["key"]))
        };
        pod["env"].as_sequence().unwrap().iter().map(of).collect()
    };
    for (path, secret) in [("k8s/base/shop/deployment.yaml", "mysql"), ("k8s/migrations/shop/job.yaml", "mysql-owner")]
    {
        let expected = [("MYSQL_HOST", "host"), ("MYSQL_USER", "user"), ("MYSQL_PASSWORD", "password")];
        let expected: Vec<(String, String, String)> =
            expected.iter().map(|(name, key)| ((*name).into(), secret.into(), (*key).into())).collect();
        assert_eq!(variables(path), expected, "{path}");
    }
    // a program that migrates when it starts logs in as the user that may
    let stock = ("ConnectionStrings__Default".into(), "mysql-owner".into(), "dotnet".into());
    assert_eq!(variables("k8s/base/stock/deployment.yaml"), [stock]);
    let secrets = there(PARTS, "k8s/overlays/prod/secrets/mysql.yaml");
    assert!(secrets.contains("sslMode=VERIFY_IDENTITY"), "{secrets}");
    assert!(secrets.contains("SslMode=VerifyFull;SslCa=/etc/mysql/ca.pem"), "{secrets}");
    let config = |service: &str| there(PARTS, &format!("k8s/overlays/prod/services/{service}/config.env"));
    assert!(config("shop").contains("\nMYSQL_PORT=3306\nMYSQL_DB=shop\n"));
    assert!(config("tracker").contains("\nNODE_EXTRA_CA_CERTS=/etc/mysql/ca.pem\n"));
    let laravel = there(LANGUAGES, "k8s/overlays/prod/services/shop/config.env");
    assert!(laravel.contains("\nMYSQL_ATTR_SSL_CA=/etc/mysql/ca.pem\n"), "{laravel}");
}

/// Java reads no PEM: beside it is the same root in a key store, which has no password, so the certificate is there byte by byte.
#[test]
fn java_has_the_certificate_in_a_key_store() {
    let secrets = there(PARTS, "k8s/overlays/prod/secrets/mysql.yaml");
    let store = "trustCertificateKeyStoreType=PKCS12&trustCertificateKeyStoreUrl=file:/etc/mysql/ca.p12'";
    assert!(secrets.contains(store), "{secrets}");
    let map = yaml(PARTS, "k8s/base/mysql/config-map.yaml");
    assert!(map["binaryData"]["ca.p12"].is_string() && map["data"]["ca.pem"].is_string());
    assert!(yaml(PRESET, "k8s/base/mysql/config-map.yaml")["binaryData"].is_null(), "nothing of Java is there");

    let partial = |name: &str| std::fs::read_to_string(support::root().join("templates/partials").join(name)).unwrap();
    let entries = |text: &str| -> Vec<(String, Vec<u8>)> {
        let lines =
            text.lines().filter_map(|line| line.trim().strip_prefix('"')?.strip_suffix("\",")?.split_once("\": \""));
        let decoded = |value: &str| {
            let body = value.replace("-----BEGIN CERTIFICATE-----", "").replace("-----END CERTIFICATE-----", "");
            BASE64_STANDARD.decode(body.replace("\\n", "")).unwrap()
        };
        lines.map(|(region, value)| (region.to_owned(), decoded(value))).collect()
    };
    let (certificates, stores) = (entries(&partial("rds-authorities.j2")), entries(&partial("rds-key-stores.j2")));
    assert!(certificates.len() > 20 && certificates.len() == stores.len(), "{}", stores.len());
    for ((region, certificate), (of, store)) in certificates.iter().zip(&stores) {
        assert_eq!(region, of);
        assert!(store.windows(certificate.len()).any(|part| part == certificate), "{region}");
    }
}

/// What Terraform draws goes into write-only arguments, and RDS keeps the password of admin.
#[test]
fn neither_state_nor_plan_has_a_password() {
    let text = there(PRESET, "infra/terraform/bootstrap/prod/mysql.tf");
    let uses: Vec<&str> = text.lines().filter(|line| line.contains("ephemeral.")).collect();
    assert!(uses.len() == 1 && uses[0].trim_start().starts_with("secret_string_wo "), "{uses:?}");
    let instance = there(PRESET, "infra/terraform/modules/rds/main.tf");
    assert!(
        instance.contains("manage_master_user_password   = true") && !instance.contains("  password "),
        "{instance}"
    );
    assert!(instance.contains("\"require_secure_transport\" = { value = \"1\" }"), "{instance}");
}

#[test]
fn a_database_has_a_name_without_a_hyphen() {
    let text = there(HYPHEN, "infra/terraform/modules/environment/mysql.tf");
    assert!(text.contains("= \"book_shop\"\n"), "{text}");
}

/// A tree of one engine has no word of the other one.
#[test]
fn no_engine_is_named_in_the_tree_of_another() {
    for (tree, other) in [("mysql-rds-on-aws", "postgres"), ("postgresql-rds-on-aws", "mysql")] {
        for (path, file) in support::read_tree(&support::root().join("snapshots/presets").join(tree)) {
            let text = String::from_utf8_lossy(&file.bytes).to_lowercase();
            let line = text.lines().find(|line| line.contains(other)).unwrap_or_default();
            assert!(line.is_empty() && !path.contains(other), "{tree}/{path}: {line}");
        }
    }
}

/// Ten connections for each instance of a service fit into those of the server, and hosting is what MySQL can have.
#[test]
fn what_does_not_fit_is_refused() {
    let refusal = |name: &str, value| support::refusal("mysql-rds-on-aws", &[(name, value)]);
    let services = json!([{"name": "api", "kind": "api", "language": "node", "path": "apps/api", "max_replicas": 31, "min_replicas": 2}]);
    let why = refusal("services", services);
    assert!(why.contains("more than the 360 that db.m7g.large has for them"), "{why}");
    let why = refusal("rpo", json!("1m"));
    assert!(why.contains("RDS uploads its change log every five minutes"), "{why}");
    for hosting in ["atlas", "cloudnative-pg", "self-hosted"] {
        let why = refusal("database_hosting", json!(hosting));
        assert!(why.contains("database: ") || why.contains("database_hosting: rds"), "{hosting}: {why}");
    }
    let why = refusal("moving_in", json!(true));
    assert!(why.contains("no script here brings the data of a MySQL along"), "{why}");
    let why = refusal("footprint", json!("small"));
    assert!(why.contains("footprint: standard"), "{why}");
}
