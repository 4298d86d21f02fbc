//! A registry that others operate: nothing of a system makes or changes it, and its owner learns what is needed there.

use serde_json::{Value, json};

use crate::cases::{outcome, there};
use crate::support;

const CENTRAL: &str = "cases/aws/account/existing-registry";
const SMALL: &str = "cases/aws/account/small-existing-registry";
const SHARED: &str = "cases/aws/account/shared-account-existing-registry";
const BY_HAND: &str = "cases/aws/no-ci-identity/existing-registry";
const OWN_ACCOUNT: &str = "cases/aws/no-ci-identity/registry-of-the-account";

/// Everything that a case generates, one file after the other.
fn everything(case: &str) -> String {
    let files = outcome(case).rendered.tree.files.iter();
    files.map(|(path, file)| format!("{path}\n{}\n", String::from_utf8_lossy(&file.bytes))).collect()
}

/// The policy that a repository must have, where it needs one.
fn policy(case: &str) -> Option<Value> {
    let page = there(case, "docs/first-hour.md");
    let (_, rest) = page.split_once("```json\n")?;
    Some(serde_json::from_str(rest.split_once("```").unwrap().0).unwrap())
}

#[test]
fn what_exists_is_only_read() {
    for case in [CENTRAL, SMALL, SHARED, BY_HAND, OWN_ACCOUNT] {
        let all = everything(case);
        for gone in [
            "resource \"aws_ecr",
            "pull_through",
            "pull-through",
            "infra/terraform/registry",
            "modules/registry",
            "delete-repository",
            "cache of our own registry",
            "shop-ecr",
            "shop-quay",
        ] {
            assert!(!all.contains(gone), "{case}: {gone}");
        }
        assert!(all.contains("infra/terraform/modules/existing-registry/main.tf\n"), "{case}");
    }
}

#[test]
fn images_have_the_names_of_the_repositories() {
    let image = "999988887777.dkr.ecr.eu-west-1.amazonaws.com/teams/shop-api";
    for path in ["k8s/base/api/deployment.yaml", "k8s/migrations/api/job.yaml"] {
        assert!(there(CENTRAL, path).contains(&format!("image: {image}\n")), "{path}");
    }
    for path in ["scripts/set-images.sh", ".github/workflows/deploy-staging.yml"] {
        let text = there(CENTRAL, path);
        assert!(text.contains("999988887777.dkr.ecr.eu-west-1.amazonaws.com/teams/shop-$"), "{path}: {text}");
    }
    for path in
        [".github/workflows/deploy-staging.yml", ".github/workflows/release-prod.yml", ".github/workflows/rollback.yml"]
    {
        let text = there(CENTRAL, path);
        assert!(!text.contains("get-login-password |"), "{path}: a token of the region of the cluster\n{text}");
    }
    // images of others come from where they are public, by the digest of the cache
    let jobs = there(CENTRAL, "k8s/components/backup/cronjob.yaml");
    assert!(jobs.contains("image: public.ecr.aws/docker/library/mongo:8.0@sha256:"), "{jobs}");
    assert!(there(CENTRAL, "k8s/restore/job.yaml").contains("image: quay.io/curl/curl:"));
}

/// Pull for all other accounts, push for what builds images, and nothing for the account of the registry.
#[test]
fn the_owner_gets_the_policy_of_a_repository() {
    let statement = |case: &str, sid: &str| -> Option<Value> {
        let statements = policy(case)?["Statement"].as_array().unwrap().clone();
        statements.into_iter().find(|statement| statement["Sid"] == sid)
    };
    let pull = statement(CENTRAL, "Pull").unwrap();
    assert_eq!(pull["Principal"]["AWS"], json!(["arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:root"]));
    // what nodes, signatures and the data source of Terraform need
    for action in [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:DescribeImages",
        "ecr:DescribeRepositories",
        "ecr:GetDownloadUrlForLayer",
        "ecr:ListTagsForResource",
    ] {
        assert!(pull["Action"].as_array().unwrap().contains(&json!(action)), "{action}");
    }
    let push = statement(CENTRAL, "Push").unwrap();
    assert_eq!(push["Principal"]["AWS"], "arn:aws:iam::444455556666:root");
    let builder = json!({"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::444455556666:role/shop-ci-build"}});
    assert_eq!(push["Condition"], builder);
    assert!(push["Action"].as_array().unwrap().contains(&json!("ecr:PutImage")));

    let pull = statement(SHARED, "Pull").unwrap();
    assert_eq!(pull["Principal"]["AWS"], json!(["arn:aws:iam::444455556666:root"]));
    let push = statement(BY_HAND, "Push").unwrap();
    assert_eq!(
        (&push["Principal"]["AWS"], &push["Condition"]),
        (&json!("arn:aws:iam::444455556666:root"), &Value::Null)
    );
    for case in [SMALL, OWN_ACCOUNT] {
        assert_eq!(policy(case), None, "{case}");
        assert!(there(case, "docs/first-hour.md").contains("A policy is not needed"), "{case}");
    }
}

#[test]
fn the_pipeline_pushes_to_the_repositories_of_services_only() {
    let module = "infra/terraform/modules/identity";
    let build = there(CENTRAL, &format!("{module}/build.tf"));
    assert!(
        build.contains(r#"[for service in sort(var.built_services) : "${local.repositories}${service}"]"#),
        "{build}"
    );
    for environment in ["staging", "prod"] {
        let root = there(CENTRAL, &format!("infra/terraform/bootstrap/{environment}/main.tf"));
        assert!(root.contains("built_services      = [\"api\", \"web\"]"), "{root}");
        assert!(root.contains("registry_account_id = \"999988887777\""), "{root}");
        let root = there(CENTRAL, &format!("infra/terraform/environments/{environment}/main.tf"));
        assert!(root.contains("repositories = [\"teams/shop-api\", \"teams/shop-web\"]"), "{root}");
    }
    // lower environments in the account of the registry may pull and look, and need no key of a registry of ours
    let shared = there(SHARED, &format!("{module}/shared-account.tf"));
    assert!(shared.contains(r#""arn:aws:ecr:*:*:repository/${var.repository_prefix}*""#), "{shared}");
    assert!(shared.contains("ecr:DescribeRepositories") && !shared.contains("\"registry\""), "{shared}");
    let elsewhere = there(BY_HAND, &format!("{module}/shared-account.tf"));
    assert!(!elsewhere.contains("registry"), "{elsewhere}");
}

#[test]
fn registries_that_cannot_be_used_are_refused() {
    let host = "999988887777.dkr.ecr.eu-central-1.amazonaws.com";
    let refusal = |host: &str, prefix: &str| {
        let sets =
            [("registry", json!("existing")), ("ecr_registry", json!(host)), ("repository_prefix", json!(prefix))];
        support::refusal("no-database-on-aws", &sets)
    };
    for wrong in [
        "registry.example.com",
        "99998888777.dkr.ecr.eu-central-1.amazonaws.com",
        "999988887777.dkr.ecr.eu-central-1.amazonaws.com/teams",
        "999988887777.dkr.ecr.cn-north-1.amazonaws.com.cn",
        "https://999988887777.dkr.ecr.eu-central-1.amazonaws.com",
    ] {
        let why = refusal(wrong, "shop/");
        assert!(why.contains("is not the host of an ECR registry"), "{wrong}: {why}");
    }
    for prefix in ["shop-", "shop/", "teams/shop/", "teams/shop_v2."] {
        assert_eq!(refusal(host, prefix), "", "{prefix}");
    }
    for prefix in ["", "shop", "/shop/", "Shop/", "shop//", "shop-*", "teams/ shop/"] {
        let why = refusal(host, prefix);
        assert!(why.contains("repository_prefix"), "{prefix}: {why}");
    }
    let why = support::refusal("no-database-on-aws", &[("registry", json!("existing"))]);
    assert!(why.contains("ecr_registry") && why.contains("repository_prefix"), "{why}");
}

/// The registry has images of others too: only what looks like ours cannot be taken for an image from elsewhere.
#[test]
fn an_image_beside_ours_may_run() {
    let refusal = |name: &str, registry: &[(&str, Value)]| {
        let reference = format!("444455556666.dkr.ecr.eu-central-1.amazonaws.com/{name}@sha256:{}", "0".repeat(64));
        let services = json!([
            {"name": "api", "kind": "api", "language": "node", "path": "apps/api"},
            {"name": "search", "kind": "api", "image": "existing", "reference": reference},
        ]);
        let sets: Vec<_> = [("services", services)].into_iter().chain(registry.iter().cloned()).collect();
        support::refusal("no-database-on-aws", &sets)
    };
    let existing = [
        ("registry", json!("existing")),
        ("ecr_registry", json!("444455556666.dkr.ecr.eu-central-1.amazonaws.com")),
        ("repository_prefix", json!("teams/shop-")),
    ];
    assert_eq!(refusal("teams/search", &existing), "");
    let why = refusal("teams/shop-search", &existing);
    assert!(why.contains("begins with `444455556666.dkr.ecr.eu-central-1.amazonaws.com/teams/shop-`"), "{why}");
    let why = refusal("teams/search", &[]);
    assert!(why.contains("where pipelines of this repository put what they build"), "{why}");
}
