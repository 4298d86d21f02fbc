//! Generated files beside a repository's own: the places that they take by default.

use std::collections::BTreeMap;

use serde_json::json;
use tempfile::TempDir;

use crate::scene::{program, put, said};
use crate::support::{embedded, given, read_tree, rendered, root, write_tree};

/// A repository with these files of its own, and the answers about the layout that `init` gives it.
fn places(files: &[&str], args: &[&str]) -> (TempDir, BTreeMap<String, String>) {
    let temp = TempDir::new().unwrap();
    files.iter().for_each(|file| put(temp.path(), file, "# ours\n", 0o644));
    let init = ["init", "--yes", "--preset", "mongodb-atlas-on-aws"];
    let output = program(temp.path()).args(init).args(args).output().unwrap();
    let text = std::fs::read_to_string(temp.path().join(".scaffold/answers.yaml"));
    let text = text.unwrap_or_else(|_| panic!("{}", said(&output)));
    let values = serde_yaml::from_str::<BTreeMap<String, serde_yaml::Value>>(&text).unwrap();
    let is_place = |name: &str| name.ends_with("_folder") || name == "workflow_prefix";
    let places = values.into_iter().filter(|(name, _)| is_place(name));
    (temp, places.map(|(name, value)| (name, value.as_str().unwrap().to_owned())).collect())
}

#[test]
fn places_that_are_taken_are_left() {
    let usual = places(&[], &[]).1;
    type Case<'c> = (&'c [&'c str], &'c [(&'c str, &'c str)]);
    let cases: [Case<'_>; 14] = [
        (
            &[
                "README.md",
                "infra/network.tf",
                "terraform/main.tf",
                "kubernetes/a.yaml",
                "docs/index.md",
                "docs/a/b.md",
            ],
            &[],
        ),
        (&[".github/workflows/tests.yml", ".github/workflows/deploy-pages.yml", "tools/build.py"], &[]),
        (&["docs/runbooks/on-call.md"], &[("docs_folder", "docs/platform")]),
        (&["scripts/build.sh"], &[("scripts_folder", "platform/scripts")]),
        (&[".github/workflows/ci.yml"], &[("workflow_prefix", "platform-")]),
        (
            &[".github/workflows/CI.yml", ".github/workflows/platform-rollback.yml"],
            &[("workflow_prefix", "deployment-")],
        ),
        (&[".github/workflows/deploy-staging.yml"], &[("workflow_prefix", "platform-")]),
        (&["K8s/app.yaml"], &[("manifests_folder", "deploy/k8s")]),
        (&["k8s/app.yaml", "Deploy/run.sh"], &[("manifests_folder", "platform/k8s")]),
        (&["infra/terraform/main.tf"], &[("terraform_folder", "platform/terraform")]),
        (&["docs/objectives.md"], &[("docs_folder", "docs/platform")]),
        (&["Docs/index.md"], &[("docs_folder", "platform/docs")]),
        (&["scripts/smoke.sh", "tools"], &[("scripts_folder", "platform/scripts"), ("tools_folder", "platform/tools")]),
        (&["infra/Monitoring/a.yaml"], &[("monitoring_folder", "platform/monitoring")]),
    ];
    for (files, moved) in cases {
        let mut wanted = usual.clone();
        wanted.extend(moved.iter().map(|(name, place)| ((*name).to_owned(), (*place).to_owned())));
        let (temp, found) = places(files, &[]);
        assert_eq!(found, wanted, "{files:?}");
        for file in files {
            assert_eq!(std::fs::read_to_string(temp.path().join(file)).unwrap(), "# ours\n", "{file}");
        }
    }
}

#[test]
fn a_place_that_is_given_is_taken() {
    let (_temp, found) = places(&["k8s/app.yaml", "scripts/smoke.sh"], &["--set", "manifests_folder=k8s"]);
    assert_eq!((found["manifests_folder"].as_str(), found["scripts_folder"].as_str()), ("k8s", "platform/scripts"));
}

/// Files that an update brings later meet what is there, but nothing moves by itself.
#[test]
fn an_update_leaves_files_where_they_are() {
    let (temp, found) = places(&[".github/workflows/ci.yml"], &[]);
    assert_eq!(found["workflow_prefix"], "platform-");
    std::fs::remove_file(temp.path().join(".github/workflows/ci.yml")).unwrap();
    put(temp.path(), "scripts/mine.sh", "# ours\n", 0o644);
    put(temp.path(), "K8S/app.yaml", "# ours\n", 0o644);
    for args in [&["update", "--yes"][..], &["update", "--yes", "--set", "description=Sells ties."]] {
        let output = program(temp.path()).args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    }
    let answers = std::fs::read_to_string(temp.path().join(".scaffold/answers.yaml")).unwrap();
    assert!(answers.contains("workflow_prefix: platform-") && answers.contains("manifests_folder: k8s"), "{answers}");
}

/// Whoever starts over has generated files, which are no one else's.
#[test]
fn generated_files_are_in_nobodys_way() {
    let (temp, usual) = places(&[], &[]);
    std::fs::remove_dir_all(temp.path().join(".scaffold")).unwrap();
    let init = ["init", "--yes", "--preset", "mongodb-atlas-on-aws"];
    let output = program(temp.path()).args(init).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let answers = std::fs::read_to_string(temp.path().join(".scaffold/answers.yaml")).unwrap();
    assert!(answers.contains("scripts_folder: scripts\n") && usual["scripts_folder"] == "scripts", "{answers}");
}

#[test]
fn a_service_keeps_its_folder() {
    let temp = TempDir::new().unwrap();
    let files = read_tree(&root().join("tests/detect/mern/tree"));
    let files = files.into_iter().map(|(path, file)| (path.replace("backend/", "docs/"), file)).collect();
    write_tree(temp.path(), &files);
    let init = ["init", "--detect", "--yes", "--preset", "mongodb-atlas-on-aws"];
    let output = program(temp.path()).args(init).output().unwrap();
    assert!(temp.path().join("platform/docs/first-hour.md").is_file(), "{}", said(&output));
    assert!(temp.path().join("docs/Dockerfile").is_file() && temp.path().join("k8s/base/docs").is_dir());
    let (_temp, found) = places(&["tools/web/main.py"], &["--set", "services.0.path=tools/web"]);
    assert_eq!(found["tools_folder"], "platform/tools");
}

#[test]
fn other_places_need_their_finding() {
    let temp = TempDir::new().unwrap();
    for folder in ["templates", "presets"] {
        write_tree(&temp.path().join(folder), &read_tree(&root().join(folder)));
    }
    let file = temp.path().join("templates/questions.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replacen("    detected_by: {finding: free_prefix}\n", "", 1)).unwrap();
    let output = program(temp.path()).args(["questions", "--templates", "templates"]).output().unwrap();
    let said = said(&output);
    let fault = "`otherwise` needs `detected_by: {finding: free_prefix}` of `workflow_prefix`";
    assert!(said.contains(&format!("`roots`, `.github/workflows`: {fault}")), "{said}");
}

/// The gate of a repository waits for what it waited for before.
#[test]
fn a_merge_waits_for_checks_of_the_owner() {
    let temp = TempDir::new().unwrap();
    put(temp.path(), "Dockerfile", "FROM scratch\nUSER 1000\nEXPOSE 8080\nCMD [\"/app\"]\n", 0o644);
    let filtered = "on: {pull_request: {paths: [docs/**]}}\njobs: {docs: {runs-on: x}}\n";
    put(temp.path(), ".github/workflows/docs.yml", filtered, 0o644);
    let tests = "on: [pull_request, workflow_dispatch]\njobs:\n  unit: {name: Unit tests}\n  lint: {}\n  \
                 all: {strategy: {matrix: {version: [1, 2]}}}\n  scan: {uses: acme/scan/.github/workflows/a.yml@v1}\n";
    put(temp.path(), ".github/workflows/tests.yml", tests, 0o644);
    let other = "on: pull_request\njobs: {lint: {}, \"types\": {}}\n";
    put(temp.path(), ".github/workflows/types.yml", other, 0o644);
    let init = ["init", "--detect", "--yes", "--preset", "mongodb-atlas-on-aws", "--set", "name=shop"];
    let output = program(temp.path()).args(init).output().unwrap();
    let said = said(&output).split_whitespace().collect::<Vec<_>>().join(" ");
    let read =
        |path: &str| std::fs::read_to_string(temp.path().join(path)).unwrap_or_else(|_| panic!("{path}: {said}"));
    let required = "default     = [\"Required checks\", \"Unit tests\", \"lint\", \"types\"]\n";
    assert!(read("infra/terraform/github/variables.tf").contains(required), "{said}");
    let started = "gh workflow run ci.yml --repo \"$repository\" --ref \"$branch\"\ngh workflow run tests.yml --repo";
    assert!(read("scripts/open-pr.sh").contains(started));
    for note in [
        ".github/workflows runs `docs.yml` only for some pull requests",
        ".github/workflows has the jobs `all` of `tests.yml` (a matrix), `scan` of `tests.yml` (a reusable workflow), whose",
        ".github/workflows has `types.yml`, which cannot be started by hand",
    ] {
        assert!(said.contains(note), "{note}: {said}");
    }
}

/// What a file offers can be seen in it.
#[test]
fn files_offer_what_they_say() {
    let mut seen = 0;
    for preset in &embedded().presets {
        let rendered = rendered(&given(&preset.name, &[("workflow_prefix", json!("platform-"))])).unwrap().2;
        for (path, offers) in rendered.offers.iter().filter(|(path, _)| rendered.tree.files.contains_key(*path)) {
            let text = rendered.tree.files[path].text().unwrap();
            for line in offers.iter().filter_map(|offer| offer.line.as_ref()) {
                assert!(text.lines().any(|other| other.trim() == line), "{path}: {line}");
                seen += 1;
            }
        }
    }
    assert!(seen > 0);
}

/// GitHub reads one list of code owners, the first of three places.
#[test]
fn a_list_of_code_owners_stays_in_force() {
    for (file, generated) in
        [("CODEOWNERS", None), ("docs/CODEOWNERS", None), ("README.md", Some(".github/CODEOWNERS"))]
    {
        let (temp, _) = places(&[file], &[]);
        let lists = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];
        let found: Vec<&str> = lists.into_iter().filter(|list| temp.path().join(list).exists()).collect();
        assert_eq!(found, [generated.unwrap_or(file)]);
        assert_eq!(std::fs::read_to_string(temp.path().join(file)).unwrap(), "# ours\n");
    }
}

/// What there is already is named with what it means for generated files, once for each sort.
#[test]
fn what_stays_beside_generated_files_is_named() {
    let temp = TempDir::new().unwrap();
    let manifest = "apiVersion: v1\nkind: Service\n";
    for (file, text) in [
        (".gitlab-ci.yml", "test: {script: x}\n"),
        ("K8s/a/service.yaml", manifest),
        ("K8s/b/service.yaml", manifest),
        ("K8s/c/service.yaml", manifest),
        ("chart/Chart.yaml", "name: x\n"),
        ("docker-compose.yml", "services: {}\n"),
        ("terraform/main.tf", "locals {}\n"),
    ] {
        put(temp.path(), file, text, 0o644);
    }
    let output = program(temp.path()).args(["detect", "."]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    for line in [
        "GitLab CI (.gitlab-ci.yml): runs as before;",
        "Terraform (terraform/main.tf): keeps its state",
        "manifests of Kubernetes (K8s/a/service.yaml, K8s/b/service.yaml and 1 more file): no generated pipeline applies them",
        "Helm charts (chart/Chart.yaml): no generated pipeline installs them",
        "compose files (docker-compose.yml): for local runs",
        "manifests_folder: deploy/k8s",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
}

/// What the rules of the repository and its checks would forbid goes on.
#[test]
fn workflows_of_the_owner_go_on() {
    let temp = TempDir::new().unwrap();
    let pinned = "b4ffde65f46336ab88eb53be808477a3936bae11";
    let workflow = format!(
        "on: push\njobs:\n  a:\n    steps: [{{uses: actions/checkout@{pinned}}}, {{uses: codecov/codecov-action@{pinned}}}, \
         {{uses: ./.github/actions/own}}]\n  b: {{uses: acme/shared/.github/workflows/scan.yml@{pinned}}}\n"
    );
    let init = |more: &[&str]| {
        std::fs::remove_dir_all(temp.path().join("project")).ok();
        put(temp.path(), "project/.github/workflows/build.yml", &workflow, 0o644);
        for file in more {
            let action = "runs: {using: composite, steps: [{uses: docker/login-action@v3}]}\n";
            put(temp.path(), &format!("project/{file}"), action, 0o644);
        }
        let init = ["init", "project", "--yes", "--preset", "mongodb-atlas-on-aws"];
        let output = program(temp.path()).args(init).output().unwrap();
        let read = |path: &str| std::fs::read_to_string(temp.path().join("project").join(path)).unwrap();
        (read("infra/terraform/github/actions.tf"), read("scripts/check"), said(&output))
    };
    let (actions, check, said) = init(&[]);
    assert!(actions.contains("sha_pinning_required = true"), "{said}");
    assert!(actions.contains("\"codecov/codecov-action@*\",\n"), "{actions}");
    assert!(actions.contains("\"acme/shared/.github/workflows/scan.yml@*\",\n") && !actions.contains("actions/own"));
    let named = "  tool actionlint .github/workflows/ci.yml .github/workflows/deploy-staging.yml ";
    assert!(check.contains(named) && !check.contains("build.yml") && !check.contains("  tool zizmor ||"), "{check}");
    let (actions, _, _) = init(&[".github/actions/own/action.yml"]);
    assert!(actions.contains("sha_pinning_required = false") && actions.contains("docker/login-action@*"), "{actions}");
}
