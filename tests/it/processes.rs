//! Jobs, and services that run the image of another one.

use serde_json::json;
use serde_yaml::Value;

use crate::cases::{outcome, there, yaml};
use crate::support;

const CELERY: &str = "cases/core/jobs/celery";
const OWN: &str = "cases/core/jobs/own-image";

/// The files of a service in `k8s/base`.
fn kinds(case: &str, service: &str) -> Vec<&'static str> {
    let folder = format!("k8s/base/{service}/");
    outcome(case).rendered.tree.files.keys().filter_map(|path| path.strip_prefix(&folder)).collect()
}

/// Why these services are refused, or nothing.
fn refusal(services: serde_json::Value) -> String {
    support::refusal("mongodb-self-hosted-on-aws", &[("services", services)])
}

fn with_api(other: serde_json::Value) -> String {
    refusal(json!([{"name": "api", "language": "python"}, other]))
}

#[test]
fn a_job_is_a_cron_job_and_listens_nowhere() {
    for service in ["report", "reindex"] {
        assert_eq!(
            kinds(CELERY, service),
            [
                "cron-job.yaml",
                "kustomization.yaml",
                "network-policy.yaml",
                "prometheus-rule.yaml",
                "service-account.yaml"
            ]
        );
    }
    let spec = yaml(CELERY, "k8s/base/report/cron-job.yaml")["spec"].clone();
    assert_eq!((&spec["schedule"], &spec["suspend"]), (&"0 6 * * 1".into(), &false.into()));
    assert_eq!(spec["concurrencyPolicy"], "Forbid");
    let job = &spec["jobTemplate"]["spec"];
    assert_eq!(job["activeDeadlineSeconds"], 7200);
    let pod = &job["template"]["spec"];
    assert_eq!(pod["restartPolicy"], "Never");
    let container = &pod["containers"][0];
    assert!(["ports", "livenessProbe", "readinessProbe", "lifecycle"].iter().all(|key| container[key].is_null()));
    let config = there(CELERY, "k8s/overlays/prod/services/report/config.env");
    assert!(!config.contains("PORT=") && !config.contains("PUBLIC_URL="), "{config}");
}

/// Without a schedule nothing starts it but a person.
#[test]
fn a_job_by_hand_is_suspended() {
    let spec = yaml(CELERY, "k8s/base/reindex/cron-job.yaml")["spec"].clone();
    assert_eq!(spec["suspend"], true);
    assert!(there(CELERY, "README.md").contains("`scripts/run-job.sh shop report`"));
    assert!(there(CELERY, "docs/architecture.md").contains("scripts/run-job.sh shop reindex"));
    assert!(!there(CELERY, "k8s/base/reindex/prometheus-rule.yaml").contains("JobLate"));
    let late = outcome(OWN).rendered.tree.files.contains_key("docs/runbooks/JobLate.md");
    assert!(!late, "no job of this case has a schedule");
}

/// A restore must not meet a job that writes.
#[test]
fn jobs_are_stopped_before_a_restore() {
    for page in ["docs/runbooks/restore.md", "docs/runbooks/mongodb-restore.md"] {
        let page = there(CELERY, page);
        assert!(page.contains("patch cronjob report --patch '{\"spec\":{\"suspend\":true}}'"), "{page}");
        assert!(!page.contains("scale deployment report"), "{page}");
    }
}

/// Once: in CI, in the registry, at the release, in the overlay.
#[test]
fn a_shared_image_is_built_once() {
    let names = |sequence: &Value| -> Vec<String> {
        sequence.as_sequence().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
    };
    let deploy = yaml(CELERY, ".github/workflows/deploy-staging.yml");
    assert_eq!(names(&deploy["jobs"]["scan"]["strategy"]["matrix"]["service"]), ["web", "api", "reindex"]);
    let rows = deploy["jobs"]["build"]["strategy"]["matrix"]["include"].as_sequence().unwrap();
    assert_eq!(rows.len(), 3);
    let ci = yaml(CELERY, ".github/workflows/ci.yml");
    let jobs = ci["jobs"].as_mapping().unwrap().keys().filter_map(Value::as_str);
    let built: Vec<&str> = jobs.filter_map(|job| job.strip_prefix("service-")).collect();
    assert_eq!(built, ["web", "api", "reindex"]);
    assert!(there(CELERY, "scripts/set-images.sh").contains("\nservices=\"web api reindex\"\n"));
    let registry = there(CELERY, "infra/terraform/registry/main.tf");
    assert!(registry.contains("[\"api\", \"reindex\", \"web\"]") && !registry.contains("queue"), "{registry}");
    let files: Vec<&String> =
        outcome(CELERY).rendered.tree.files.keys().filter(|p| p.ends_with("Dockerfile")).collect();
    assert_eq!(files, ["apps/api/Dockerfile", "apps/web/Dockerfile", "jobs/reindex/Dockerfile"]);
}

/// All that follows from an image comes along with it; command, secrets and configuration are those of the process.
#[test]
fn a_process_runs_the_image_of_its_service() {
    let pod = yaml(CELERY, "k8s/base/queue/deployment.yaml")["spec"]["template"]["spec"].clone();
    let container = &pod["containers"][0];
    assert!(container["image"].as_str().unwrap().ends_with("/shop/api"));
    // the entrypoint of a generated image exports the secrets before
    let args: Vec<&str> = container["args"].as_sequence().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!((args, &container["command"]), (vec!["celery", "-A", "app", "worker"], &Value::Null));
    assert_eq!(container["env"][0]["name"], "REQUIRED_VARIABLES");
    assert_eq!(container["env"][0]["value"], "SMTP_PASSWORD MONGODB_URI");
    assert_eq!(container["envFrom"][0]["configMapRef"]["name"], "queue-config");
    assert_eq!(pod["serviceAccountName"], "queue");

    let own = yaml(OWN, "k8s/base/import/cron-job.yaml")["spec"]["jobTemplate"]["spec"]["template"]["spec"].clone();
    let container = &own["containers"][0];
    assert!(container["image"].as_str().unwrap().ends_with("/shop/app"));
    assert_eq!(container["command"][2], "app.import");
    assert!(container["args"].is_null() && container["env"].is_null(), "the image has no entrypoint of ours");
    assert_eq!(own["securityContext"]["runAsUser"], 1001);
    assert_eq!(container["securityContext"]["readOnlyRootFilesystem"], true);
    let mounts: Vec<&str> =
        container["volumeMounts"].as_sequence().unwrap().iter().map(|m| m["mountPath"].as_str().unwrap()).collect();
    assert_eq!(mounts, ["/tmp", "/var/cache/app", "/run/secrets/app"]);
    let migration = yaml(OWN, "k8s/migrations/queue/job.yaml")["spec"]["template"]["spec"]["containers"][0].clone();
    assert!(migration["image"].as_str().unwrap().ends_with("/shop/app"));
}

/// The answers of the image are not recorded twice, so that they cannot part.
#[test]
fn what_is_shared_is_not_recorded() {
    let services = outcome(CELERY).answers.values["services"].as_array().unwrap().clone();
    let queue = services.iter().find(|service| service["name"] == "queue").unwrap();
    for field in ["image", "language", "path", "build", "test", "start"] {
        assert!(queue.get(field).is_none(), "{field}");
    }
    assert_eq!(queue["image_of"], "api");
}

/// Two schedulers would do everything twice.
#[test]
fn a_single_worker_never_runs_twice() {
    let spec = yaml(CELERY, "k8s/base/beat/deployment.yaml")["spec"].clone();
    assert_eq!((&spec["strategy"]["type"], &spec["replicas"]), (&"Recreate".into(), &1.into()));
    let scaled = ["horizontal-pod-autoscaler.yaml", "pod-disruption-budget.yaml"];
    assert!(scaled.iter().all(|file| !kinds(CELERY, "beat").contains(file) && kinds(CELERY, "queue").contains(file)));
    let overlay = there(CELERY, "k8s/overlays/staging/services/beat/kustomization.yaml");
    assert!(!overlay.contains("HorizontalPodAutoscaler"), "{overlay}");
    assert!(refusal(json!([{"name": "api", "min_replicas": 1}])).contains("is for workers only"));
}

#[test]
fn what_does_not_go_together_is_refused() {
    for (other, why) in [
        (
            json!({"name": "queue", "kind": "worker", "image_of": "nope", "command": "x"}),
            "which is not the name of another service",
        ),
        (
            json!({"name": "queue", "kind": "worker", "image_of": "queue", "command": "x"}),
            "which is not the name of another service",
        ),
        (json!({"name": "queue", "kind": "worker", "image_of": "api"}), "without a `command`"),
        (
            json!({"name": "queue", "kind": "worker", "image_of": "api", "command": "x", "language": "go"}),
            "services.1.language",
        ),
        (
            json!({"name": "queue", "kind": "worker", "image_of": "api", "command": "x", "path": "queue"}),
            "an image of its own",
        ),
        (json!({"name": "queue", "kind": "worker", "image_of": "api", "command": "uv run x"}), "does not hold"),
        (json!({"name": "queue", "kind": "worker", "command": "x", "schedule": "0 6 * * 1"}), "`kind: job`"),
        (json!({"name": "report", "kind": "job", "probe": "http"}), "runs all the time"),
        (json!({"name": "report", "kind": "job", "min_replicas": 2}), "runs all the time"),
        (json!({"name": "report", "kind": "job", "schedule": "daily"}), "five cron fields"),
        (json!({"name": "report", "kind": "job", "time_limit": "30s"}), "between a minute and a week"),
    ] {
        let message = with_api(other.clone());
        assert!(message.contains(why), "{other}: {message}");
    }
    assert!(refusal(json!([{"name": "report", "kind": "job"}])).contains("every service is a job"));
    let chain = json!([
        {"name": "api"},
        {"name": "queue", "kind": "worker", "image_of": "api", "command": "x"},
        {"name": "more", "kind": "worker", "image_of": "queue", "command": "x"}
    ]);
    assert!(refusal(chain).contains("which is not the name of another service"));
    let files =
        json!([{"name": "web", "kind": "web"}, {"name": "queue", "kind": "worker", "image_of": "web", "command": "x"}]);
    assert!(refusal(files).contains("serves files"));
}

/// A service can name one that comes after it.
#[test]
fn the_order_of_services_does_not_matter() {
    let queue = json!({"name": "queue", "kind": "worker", "image_of": "api", "command": "celery -A app worker"});
    assert_eq!(refusal(json!([queue, {"name": "api", "language": "python"}])), "");
}

/// What is shared is wrong in each service that has it, and said once.
#[test]
fn what_is_wrong_with_an_image_is_said_once() {
    let refused = refusal(json!([
        {"name": "api", "language_version": "3"},
        {"name": "queue", "kind": "worker", "image_of": "api", "command": "x", "probe": "none"},
    ]));
    assert_eq!(refused.matches("which has no base image").count(), 1, "{refused}");
}
