//! Where the roots of what is generated are: answers, whose change moves files.

use crate::repository::Repository;
use crate::scene;

const MOVED: [&str; 7] = [
    "manifests_folder=deploy/manifests",
    "terraform_folder=platform/terraform",
    "monitoring_folder=deploy/alerts",
    "scripts_folder=ops",
    "docs_folder=documentation",
    "tools_folder=pinned",
    "workflow_prefix=platform-",
];

#[test]
fn edits_move_with_the_folder() {
    let shop = Repository::built_in();
    shop.append("scripts/deploy.sh", "# mine");
    shop.append(".github/workflows/ci.yml", "# mine");
    shop.remove("docs/objectives.md");
    shop.update(0, &MOVED);
    assert!(shop.file("ops/deploy.sh").ends_with("# mine\n") && shop.file("ops/deploy.sh").contains("kubectl"));
    assert!(shop.file(".github/workflows/platform-ci.yml").ends_with("# mine\n"));
    assert!(!shop.path().join("documentation/objectives.md").exists(), "what was deleted stays deleted");
    let old = ["k8s/", "infra/", "scripts/", "docs/", "tools/", ".github/workflows/ci.yml"];
    let left: Vec<String> =
        shop.tree().into_keys().filter(|path| old.iter().any(|folder| path.starts_with(folder))).collect();
    assert_eq!(left, [""; 0]);
    assert!(shop.update(0, &[]).contains("is up to date."));
}

#[test]
fn a_file_that_was_moved_by_hand_stays_there() {
    let shop = Repository::built_in();
    std::fs::create_dir(shop.path().join("bin")).unwrap();
    std::fs::rename(shop.path().join("scripts/deploy.sh"), shop.path().join("bin/deploy.sh")).unwrap();
    shop.update(0, &[]);
    shop.update(0, &["scripts_folder=ops"]);
    assert!(shop.path().join("bin/deploy.sh").exists() && !shop.path().join("ops/deploy.sh").exists());
    assert!(shop.says(0, &["explain", "bin/deploy.sh"]).contains("`core/delivery`"));
    assert!(shop.says(0, &["explain", "ops/smoke.sh"]).contains("`scripts_folder`"));
}

#[test]
fn folders_lie_apart_from_each_other_and_from_services() {
    let place = tempfile::tempdir().unwrap();
    for (set, why) in [
        ("docs_folder=scripts/docs", "inside another folder of the layout"),
        ("tools_folder=K8s", "the same as"),
        ("scripts_folder=''", "which is empty"),
        ("scripts_folder=.github", "which is not a relative path"),
        ("scripts_folder=dist/ops", "what builds and tests write"),
        ("services.0.path=k8s/api", "which begins with a folder that has another purpose"),
        ("scripts_folder=apps", "which begins with a folder that has another purpose"),
        ("workflow_prefix=platform", "lower-case words that end with `-`"),
    ] {
        let args = ["init", "x", "--yes", "--dry-run", "--preset", "mongodb-atlas-on-aws", "--set", set];
        let run = scene::program(place.path()).args(args).output().unwrap();
        assert_eq!(run.status.code(), Some(2), "{set}");
        let said = scene::said(&run).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(why), "{set}: {said}");
    }
}
