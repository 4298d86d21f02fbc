//! Where the roots of what is generated are: answers, whose change moves files.

use std::collections::BTreeSet;

use regex_lite::Regex;
use scaffold::text::path;
use scaffold::text::tree::Tree;
use serde_json::json;

use crate::repository::Repository;
use crate::scene;
use crate::slots::faults;
use crate::support::{embedded, given, rendered};

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
    assert!(shop.says(0, &["explain", "bin/deploy.sh"]).contains("`kubectl/deploy`"));
    assert!(shop.says(0, &["explain", "ops/smoke.sh"]).contains("`scripts_folder`"));
}

#[test]
fn folders_lie_apart_from_each_other_and_from_services() {
    let place = tempfile::tempdir().unwrap();
    for (set, why) in [
        ("docs_folder=scripts/docs", "which is inside the folder of `scripts_folder`, `scripts`"),
        ("tools_folder=K8s", "which is the folder of `manifests_folder`, `k8s`"),
        ("scripts_folder=''", "which is empty"),
        ("scripts_folder=.github", "which is not a relative path"),
        ("scripts_folder=Dist/ops", "which is in `dist`, a folder that builds and tests write to"),
        ("services.0.path=k8s/api", "which is inside the folder of `manifests_folder`, `k8s`"),
        ("services.0.path=demo/api", "which begins with a folder that has another purpose"),
        ("scripts_folder=apps", "which is inside the folder of `scripts_folder`, `apps`"),
        ("workflow_prefix=platform", "lower-case words that end with `-`"),
    ] {
        let args = ["init", "x", "--yes", "--dry-run", "--preset", "mongodb-atlas-on-aws", "--set", set];
        let run = scene::program(place.path()).args(args).output().unwrap();
        assert_eq!(run.status.code(), Some(2), "{set}");
        let said = scene::said(&run).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(why), "{set}: {said}");
    }
}

/// Every preset with every root elsewhere, and with updates, which add files.
fn moved_trees() -> Vec<Tree> {
    let source = ["update_source=release", "update_version=1.4.2", "update_release_url=https://example.com/v{version}"];
    let sha256 = "6ea7bdb0f53cbf24bb2e4a4a4e5dd9a5b3ed3f1e0e1a2d5c7b8f90a1b2c3d4e5";
    let sets = MOVED.into_iter().chain(source).map(|set| set.split_once('=').unwrap());
    let sets: Vec<_> = sets.chain([("update_sha256", sha256)]).map(|(name, value)| (name, json!(value))).collect();
    let tree = |preset: &str| rendered(&given(preset, &sets)).unwrap().2.tree;
    embedded().presets.iter().map(|preset| tree(&preset.name)).collect()
}

/// A name that is neither a part of a longer one nor a folder of something else.
fn named(pattern: &str) -> Regex {
    Regex::new(&format!(r"(?:^|[^A-Za-z0-9_./$-]|\.\./|blob/main/)({pattern})")).unwrap()
}

#[test]
fn nothing_stays_where_a_root_was() {
    let workflows = "ci|deploy-staging|release-prod|restore-drill|rollback|scaffold|terraform-root|terraform";
    let old = [
        Regex::new(r"(?:^|[^A-Za-z0-9_.-])(k8s|infra/terraform|infra/monitoring|infra/\*\*)(?:[^A-Za-z0-9_.-]|$)")
            .unwrap(),
        named(r"/?(?:docs|tools)/"),
        named(r"scripts/"),
        named(r"infra/"),
        Regex::new(&format!(r"(?:^|[^A-Za-z0-9_.-])((?:{workflows})\.yml)")).unwrap(),
    ];
    let mut left = Vec::new();
    for tree in moved_trees() {
        let folders: BTreeSet<&str> = tree.files.keys().flat_map(|file| path::upwards(path::parent(file))).collect();
        for (file, content) in &tree.files {
            let beside = path::join(path::parent(file), "scripts");
            let text = String::from_utf8_lossy(&content.bytes);
            for found in old
                .iter()
                .flat_map(|old| old.captures_iter(&text))
                .chain(old.iter().filter_map(|old| old.captures(file)))
            {
                let name = found[1].to_owned();
                // kustomizations name the scripts beside them
                if name != "scripts/" || !folders.contains(beside.as_str()) {
                    left.push(format!("{file}: {name}"));
                }
            }
        }
    }
    assert_eq!(left, [""; 0]);
}

#[test]
fn links_and_scripts_are_where_texts_say() {
    let link = Regex::new(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)").unwrap();
    let script = named("ops/[A-Za-z0-9_-]+(?:[.][a-z]+)?");
    let mut lost = Vec::new();
    for tree in moved_trees() {
        let there: BTreeSet<&str> = tree.files.keys().flat_map(|file| path::upwards(file)).collect();
        for (file, content) in &tree.files {
            let text = String::from_utf8_lossy(&content.bytes);
            if file.ends_with(".md") {
                for found in link.captures_iter(&text) {
                    let mut parts: Vec<&str> = path::parent(file).split('/').filter(|part| !part.is_empty()).collect();
                    for part in found[1].trim_end_matches('/').split('/') {
                        match part {
                            "." => {}
                            ".." => drop(parts.pop()),
                            part => parts.push(part),
                        }
                    }
                    if !there.contains(parts.join("/").as_str()) {
                        lost.push(format!("{file}: {}", &found[1]));
                    }
                }
            }
            for found in script.captures_iter(&text).filter(|found| !there.contains(&found[1])) {
                lost.push(format!("{file}: {}", &found[1]));
            }
        }
    }
    assert_eq!(lost, [""; 0]);
}

#[test]
fn a_text_that_names_a_root_is_refused() {
    let manifest = "title: One\nwhy: x\ncontributes:\n  gitignore: [k8s/x, \"<%= manifests_folder %>/x\"]\n";
    let page = "`scripts/a.sh`, [b](../k8s/b.yaml), `deploy-<%= production.name %>.yml`\n<%# scripts/a.sh %>https://example.com/docs/\n\
                <%= provided.code_host.files_url %>/docs/c.md, <%= workflow_prefix %>ci.yml, my-docs/d\n";
    let text = "scripts/a.sh\n";
    insta::assert_snapshot!(faults(&[
        ("components/core/one/component.yaml", manifest),
        ("components/core/one/files/docs/one.md.j2", page),
        ("components/core/one/files/scripts/static.sh", text),
        (
            "components/core/one/files/scripts/cd.sh",
            "cd docs\nkubectl apply -k \"k8s\"\n\"$repo_root/tools/x\" \"$dir/tools/x\"\n(cd \"$docs\"); ls -f docs2\n",
        ),
        ("components/core/one/files/k8s/one/static.sh", text),
        ("components/core/one/files/k8s/one/scripts/a.sh", "true\n"),
    ]), @"
    error: the catalog has 10 faults:
      templates/components/core/one/component.yaml: names `k8s/`; write `<%= manifests_folder %>/`
      templates/components/core/one/files/docs/one.md.j2: line 1: names `deploy-<%=`; write `<%= workflow_prefix %>deploy-<%=`
      templates/components/core/one/files/docs/one.md.j2: line 1: names `k8s/`; write `<%= manifests_folder %>/`
      templates/components/core/one/files/docs/one.md.j2: line 1: names `scripts/`; write `<%= scripts_folder %>/`
      templates/components/core/one/files/docs/one.md.j2: line 3: names `docs/`; write `<%= docs_folder %>/`
      templates/components/core/one/files/scripts/cd.sh: line 1: names `docs/`; write `<%= docs_folder %>/`
      templates/components/core/one/files/scripts/cd.sh: line 2: names `k8s/`; write `<%= manifests_folder %>/`
      templates/components/core/one/files/scripts/cd.sh: line 3: names `tools/`; write `<%= tools_folder %>/`
      templates/components/core/one/files/scripts/static.sh: line 1: names `scripts/`; write `<%= scripts_folder %>/`
      templates/slots.yaml: `order` has no place for the component `core/one`
    ");
}
