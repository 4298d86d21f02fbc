//! Updates of a repository that the built-in catalog generated: what people do to it, one story each.

use std::collections::BTreeMap;
use std::fs;

use scaffold::text::tree::File;
use serde_json::Value;

use crate::repository::{Repository, assert_same, git, text};
use crate::scene::put;

const SERVICES: &str = "services=[{name: web, kind: web, language: static, path: apps/web, route: /}, \
    {name: api, kind: api, language: node, path: apps/api, route: /api, migrate: npx --no-install migrate-mongo up, \
    secrets: [SESSION_KEY], size: medium}]";

/// The services of the preset and one more.
fn with_mails() -> String {
    SERVICES
        .replace("size: medium}]", "size: medium}, {name: mails, kind: worker, language: python, path: apps/mails}]")
}

#[test]
fn an_update_right_after_init_changes_nothing() {
    let shop = Repository::built_in();
    // the lock comes and goes
    let looked_at = || shop.untouched().into_iter().filter(|(path, _)| path != ".scaffold").collect::<Vec<_>>();
    let before = looked_at();
    assert!(shop.update(0, &[]).contains("`.` is up to date."));
    assert_eq!(looked_at(), before);
}

#[test]
fn an_answer_changed_and_changed_back_restores_every_file() {
    for (there, back) in [
        (&["database_hosting=self-hosted"][..], &["database_hosting=atlas"][..]),
        (&[&*with_mails()], &[SERVICES]),
        (&["services.1.kind=worker"], &["services.1.kind=api"]),
        (&["aws_region=eu-west-3", "services.0.port=3001"], &["aws_region=eu-central-1", "services.0.port=8080"]),
        (
            &["github_plan=public", "point_in_time_recovery=false", "rpo=2d"],
            &["github_plan=enterprise", "point_in_time_recovery=true", "rpo=1h"],
        ),
        (&["name=other"], &["name=shop"]),
    ] {
        let shop = Repository::built_in();
        let start = shop.tree();
        shop.update(0, there);
        assert_ne!(shop.tree(), start, "{there:?}");
        assert!(shop.update(0, &[]).contains("is up to date."), "{there:?}");
        shop.update(0, back);
        // that it was said is all that is left
        let answers = shop.file(".scaffold/answers.yaml");
        if let Some((others, _)) = answers.split_once("\n#? Chosen, ") {
            assert!(back.iter().any(|set| set.starts_with("services")), "{back:?}");
            std::fs::write(shop.path().join(".scaffold/answers.yaml"), others).unwrap();
        }
        assert_same(&shop.tree(), &start);
    }
}

/// Terraform comes before the workflows, which is said; what is there then is what a new repository on that plan has.
#[test]
fn a_repository_grows_into_a_larger_plan() {
    let shop = Repository::answered(&["github_plan=free"]);
    let environments = "infra/terraform/github/environments.tf";
    assert!(!shop.tree().contains_key(environments));
    let said = shop.update(0, &["github_plan=team"]);
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("Apply `infra/terraform/github` from the branch of the update"), "{said}");
    assert!(said.contains("run `scripts/bootstrap.sh` for each environment, then merge"), "{said}");
    assert!(shop.tree().contains_key(environments));
    assert_same(&shop.tree(), &Repository::answered(&["github_plan=team"]).tree());
    // the way back keeps the answers that the smaller plan does not ask for
    shop.update(0, &["github_plan=free"]);
    let beside_answers = |shop: &Repository| {
        let mut tree = shop.tree();
        tree.remove(".scaffold/answers.yaml");
        tree
    };
    assert_same(&beside_answers(&shop), &beside_answers(&Repository::answered(&["github_plan=free"])));
}

#[test]
fn another_region_leaves_the_state_where_it_is() {
    let shop = Repository::built_in();
    let roots =
        ["registry", "github", "bootstrap/staging", "bootstrap/prod", "environments/staging", "environments/prod"];
    let backends = || roots.map(|root| shop.file(&format!("infra/terraform/{root}/backend.tf")));
    let before = backends();
    shop.update(0, &["aws_region=eu-west-2"]);
    assert_eq!(backends(), before);
    assert!(before.iter().all(|backend| backend.contains("\"eu-west-1\"")));
    // names that are taken while the lost region exists carry the region
    assert!(shop.file("infra/terraform/modules/environment/network.tf").contains("-logs-eu-west-2-"));
    assert_same(&shop.tree(), &Repository::answered(&["aws_region=eu-west-2"]).tree());
}

#[test]
fn edits_outlive_a_component_that_goes_and_comes_back() {
    let shop = Repository::built_in();
    let (atlas, script) = ("infra/terraform/modules/environment/atlas.tf", "scripts/put-atlas-credentials.sh");
    shop.append(atlas, "# of our own");
    shop.append(script, "# ours too");
    shop.edit("README.md", "# shop", "# our shop");
    let gone = shop.update(0, &["database_hosting=self-hosted"]);
    assert!(gone.contains(&format!("{atlas} (no longer generated, kept)")), "{gone}");
    let status = shop.says(0, &["status"]);
    assert!(status.contains("2 files no longer generated, kept since edited:"), "{status}");
    // nobody asks again
    assert!(shop.update(0, &[]).contains("is up to date."));
    shop.append(atlas, "# and another one");
    shop.update(0, &["database_hosting=atlas", "aws_region=eu-west-3"]);
    assert!(shop.file(atlas).ends_with("# of our own\n# and another one\n"));
    let script = shop.file(script);
    assert!(script.contains("--region eu-west-3") && script.ends_with("# ours too\n"), "{script}");
    let status = shop.says(0, &["status"]);
    assert!(status.contains("3 files edited:") && !status.contains("no longer generated"), "{status}");
    let fresh = Repository::answered(&["aws_region=eu-west-3"]);
    for path in [atlas, "scripts/put-atlas-credentials.sh", "README.md"] {
        fresh.write(path, &shop.file(path));
    }
    let mut tree = fresh.tree();
    tree.get_mut("scripts/put-atlas-credentials.sh").unwrap().executable = true;
    assert_same(&shop.tree(), &tree);
}

#[test]
fn an_orphan_that_the_user_deletes_is_gone_for_good() {
    let shop = Repository::built_in();
    let atlas = "infra/terraform/modules/environment/atlas.tf";
    shop.append(atlas, "# of our own");
    shop.update(0, &["database_hosting=self-hosted"]);
    shop.remove(atlas);
    let forgotten = shop.update(0, &[]);
    assert!(
        forgotten.contains("what is recorded about it was renewed") || forgotten.contains("is up to date."),
        "{forgotten}"
    );
    assert!(!shop.says(0, &["status"]).contains("atlas.tf"));
    // given up by both: it is new when it comes back
    shop.update(0, &["database_hosting=atlas"]);
    assert!(shop.path().join(atlas).exists());
}

#[test]
fn a_deletion_outlives_a_component_that_goes_and_comes_back() {
    let shop = Repository::built_in();
    let (atlas, script) = ("infra/terraform/modules/environment/atlas.tf", "scripts/put-atlas-credentials.sh");
    shop.remove(atlas);
    shop.remove(script);
    assert!(shop.update(0, &["services.1.port=3001"]).contains(atlas));
    let gone = shop.update(0, &["database_hosting=self-hosted", "scripts_folder=ops"]);
    // only as long as it was generated
    assert!(gone.contains(atlas), "{gone}");
    assert!(shop.update(0, &[]).contains("is up to date."));
    assert!(!shop.says(0, &["status"]).contains("deleted"));
    // while the file is away, its folder moves again
    shop.update(0, &["terraform_folder=tf", "point_in_time_recovery=false", "rpo=2d"]);
    let back = shop.update(0, &["database_hosting=atlas", "point_in_time_recovery=true", "rpo=1h"]);
    let (atlas, script) = ("tf/modules/environment/atlas.tf", "ops/put-atlas-credentials.sh");
    for path in [atlas, script] {
        assert!(!shop.path().join(path).exists(), "{path}: {back}");
        assert!(shop.says(0, &["status"]).contains(path));
    }
    shop.says(0, &["restore", "--yes", atlas]);
    assert!(shop.path().join(atlas).exists());
    // a file of the user's own that is there when it comes back is not the deleted one
    shop.remove(atlas);
    shop.update(0, &["database_hosting=self-hosted"]);
    shop.write(atlas, "# of our own\n");
    assert!(shop.update(1, &["database_hosting=atlas"]).contains(&format!("{atlas}.scaffold-new")));
}

#[test]
fn a_deletion_outlives_the_service_that_it_belongs_to() {
    let shop = Repository::built_in();
    shop.update(0, &[&with_mails()]);
    let path = "k8s/base/mails/service-account.yaml";
    shop.remove(path);
    shop.update(0, &[SERVICES]);
    let back = shop.update(0, &[&with_mails()]);
    assert!(!shop.path().join(path).exists(), "{back}");

    // a folder in which they deleted every file does not stay behind
    let folder = shop.path().join("k8s/base/mails");
    for entry in fs::read_dir(&folder).unwrap() {
        fs::remove_file(entry.unwrap().path()).unwrap();
    }
    shop.update(0, &[SERVICES]);
    assert!(!folder.exists());
    shop.says(0, &["undo", "--yes"]);
    assert!(!folder.exists());
    shop.update(0, &[&with_mails()]);
    assert!(!folder.exists());
}

#[test]
fn what_restore_can_replace_is_named() {
    let shop = Repository::small();
    shop.append("db/backup.yaml", "# of our own");
    put(&shop.path(), "services/web/service.yaml", "mine\n", 0o644);
    let services = "services=[{name: api}, {name: web}]";
    let ours = ["update", "--yes", "--on-conflict=ours", "--set", "database=none", "--set", services];
    let said = shop.says(0, &ours);
    assert!(said.contains("db/backup.yaml (no longer generated"), "{said}");
    assert!(said.contains("shows what would be new in place of\n  `services/web/service.yaml`."), "{said}");
    assert!(shop.says(1, &["restore", "services/web/service.yaml", "--dry-run"]).contains("mine"));

    // an orphan alone, or a folder in the way
    let shop = Repository::small();
    shop.append("db/backup.yaml", "# of our own");
    put(&shop.path(), "services/web/service.yaml/mine", "mine\n", 0o644);
    let said = shop.says(0, &ours);
    assert!(said.contains("db/backup.yaml") && said.contains("there is a folder"), "{said}");
    assert!(!said.contains("scaffold restore"), "{said}");
}

#[test]
fn a_new_service_joins_edited_kustomizations() {
    let shop = Repository::built_in();
    let (base, overlay) = ("k8s/base/kustomization.yaml", "k8s/overlays/prod/kustomization.yaml");
    shop.edit(base, "resources:\n", "resources:\n  - our-own\n");
    shop.edit(overlay, "kind: Kustomization\n", "kind: Kustomization\n# the owner is on call\n");
    let images = "k8s/overlays/prod/images/kustomization.yaml";
    let digests = "images:\n  - name: shop/api\n    newName: registry/api\n    digest: sha256:0123\n";
    shop.edit(images, "images: []\n", digests);
    let said = shop.update(0, &[&with_mails()]);
    assert!(said.contains("1 file  to merge") || said.contains("2 files to merge"), "{said}");
    let merged = shop.file(base);
    assert!(merged.contains("resources:\n  - our-own\n") && merged.contains("  - api\n  - mails\n"), "{merged}");
    assert!(shop.file(overlay).contains("# the owner is on call\n"));
    // what CI writes after each deployment is nobody else's
    assert!(shop.file(images).ends_with(digests));
    assert!(shop.path().join("k8s/base/mails/deployment.yaml").exists());
    assert!(shop.update(0, &[]).contains("is up to date."));
    let status: Value = serde_json::from_str(&shop.says(0, &["status", "--format", "json", "--exit-code"])).unwrap();
    assert_eq!(status["outdated"], false);
}

/// Two branches are updated with different answers and merged by git; the result is as if one update had done both.
#[test]
fn two_updated_branches_merged_by_git() {
    let both = ["services.0.port=3001", "services.1.size=large", "contact=b@example.org"];
    let shop = Repository::built_in();
    shop.edit("README.md", "# shop", "# our shop");
    shop.git(&["init", "-qb", "main"]);
    shop.commit();
    shop.git(&["checkout", "-qb", "other"]);
    shop.update(0, &both[..1]);
    shop.commit();
    shop.git(&["checkout", "-q", "main"]);
    shop.update(0, &both[1..]);
    shop.commit();
    let merge = git(&shop.path()).args(["merge", "-q", "other"]).output().unwrap();
    let unmerged = shop.git(&["diff", "--name-only", "--diff-filter=U"]);
    assert_eq!(merge.status.success(), unmerged.is_empty());
    assert!(unmerged.lines().all(|path| path == ".scaffold/base"), "{unmerged}");
    shop.says(i32::from(!unmerged.is_empty()), &["status", "--exit-code"]);
    let said = shop.update(0, &[]);
    assert_eq!(
        said.contains("had conflict markers of git; both sides could be read and were joined"),
        !unmerged.is_empty(),
        "{said}"
    );
    assert!(shop.update(0, &[]).contains("is up to date."));
    let fresh = Repository::answered(&both);
    fresh.edit("README.md", "# shop", "# our shop");
    assert_same(&shop.tree(), &fresh.tree());
}

#[test]
fn two_branches_that_disagree_about_an_answer() {
    let shop = Repository::built_in();
    shop.git(&["init", "-qb", "main"]);
    shop.commit();
    shop.git(&["checkout", "-qb", "other"]);
    shop.update(0, &["contact=a@example.org"]);
    shop.commit();
    shop.git(&["checkout", "-q", "main"]);
    shop.update(0, &["contact=b@example.org"]);
    shop.commit();
    assert!(!git(&shop.path()).args(["merge", "-q", "other"]).output().unwrap().status.success());
    for command in [&["update", "--yes"][..], &["status"], &["diff"]] {
        let said = shop.says(2, command);
        assert!(
            said.contains("cannot read the answers file: git left a conflict here") && said.contains("answers.yaml:"),
            "{said}"
        );
    }
    // the answers are decided, and the files taken as they were on one side
    for path in shop.git(&["diff", "--name-only", "--diff-filter=U"]).lines().filter(|path| *path != ".scaffold/base") {
        shop.git(&["checkout", "--theirs", path]);
    }
    let said = shop.update(0, &[]);
    assert!(said.contains("both sides could be read and were joined"), "{said}");
    assert_same(&shop.tree(), &Repository::answered(&["contact=a@example.org"]).tree());
}

#[test]
fn conflicts_are_resolved_once() {
    let shop = Repository::built_in();
    let script = "scripts/put-atlas-credentials.sh";
    shop.edit(script, "--region eu-central-1", "--region eu-central-1 --profile admin");
    let said = shop.update(1, &["aws_region=eu-west-3"]);
    assert!(said.contains("Conflict markers were written to 1 file:"), "{said}");
    let before = shop.untouched();
    for command in [&["update", "--yes"][..], &["update", "--dry-run"], &["diff"]] {
        let said = shop.says(2, command);
        assert!(said.contains("1 conflict of an earlier run is not resolved yet:") && said.contains(script), "{said}");
    }
    let status = shop.says(0, &["status"]);
    assert!(status.contains("1 file with open conflicts:") && status.contains(script), "{status}");
    assert!(shop.says(1, &["status", "--exit-code"]).contains(script));
    assert_eq!(shop.untouched(), before);
    let text = shop.file(script);
    let (start, end) = (text.find("<<<<<<< yours").unwrap(), text.find(">>>>>>> scaffold").unwrap());
    let end = end + text[end..].find('\n').unwrap() + 1;
    let ours = text[start..end].lines().nth(1).unwrap().replace("eu-central-1", "eu-west-3");
    shop.write(script, &format!("{}{ours}\n{}", &text[..start], &text[end..]));
    assert!(shop.update(0, &[]).contains("is up to date."));
    assert!(shop.says(0, &["status", "--exit-code"]).contains("1 file edited:"));
    // and the edit goes on from there
    shop.update(1, &["aws_region=eu-west-1", "aws_backup_region=eu-central-1"]);
    assert!(shop.file(script).contains("<<<<<<< yours\n"));
}

#[test]
fn neither_git_nor_a_folder_of_its_own_is_needed() {
    let shop = Repository::built_in();
    let place = shop.path();
    shop.edit("README.md", "# shop", "# our shop");
    // the environment of these commands has no PATH: nothing is started
    let from = place.join("k8s/base");
    let output = shop.run_from(&from, &["update", "--yes", "--set", "contact=b@example.org"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("to `../..`"), "{}", text(&output.stderr));
    let fresh = Repository::answered(&["contact=b@example.org"]);
    fresh.edit("README.md", "# shop", "# our shop");
    assert_same(&shop.tree(), &fresh.tree());
    // a folder in a larger repository, which has changes that are not committed
    let outer = place.parent().unwrap();
    assert!(git(outer).args(["init", "-q"]).status().unwrap().success());
    fs::write(outer.join("notes.txt"), "not committed\n").unwrap();
    assert!(
        shop.run_from(outer, &["update", "project", "--yes", "--set", "contact=platform@example.com"]).status.success()
    );
    assert_eq!(shop.says(0, &["diff"]), "");
}

/// A tree without what scaffold records.
fn unrecorded(mut tree: BTreeMap<String, File>) -> BTreeMap<String, File> {
    tree.retain(|path, _| !path.starts_with(".scaffold/"));
    tree
}

/// Under a configuration of git that spoils the patches of others.
#[test]
fn the_patch_does_what_the_update_does() {
    let sets = ["--set", "database_hosting=self-hosted", "--set", "services.1.port=3002"];
    for config in [
        &[][..],
        &["diff.noprefix=true", "diff.mnemonicPrefix=true"],
        &["core.autocrlf=true"],
        &["core.fileMode=false", "core.quotePath=false", "apply.whitespace=error"],
    ] {
        let (shop, other) = (Repository::built_in(), Repository::built_in());
        for repository in [&shop, &other] {
            repository.git(&["init", "-qb", "main"]);
            for setting in config {
                let (name, value) = setting.split_once('=').unwrap();
                repository.git(&["config", name, value]);
            }
            repository.append("infra/terraform/modules/environment/atlas.tf", "# of our own");
            repository.edit("README.md", "# shop", "# our shop");
            repository.remove("docs/restore-log.md");
        }
        let patch = shop.run(&[&["diff"][..], &sets].concat());
        assert_eq!(patch.status.code(), Some(1));
        fs::write(other.path().join(".git/patch"), &patch.stdout).unwrap();
        let args = if config.iter().any(|c| c.starts_with("apply")) {
            &["apply", "--whitespace=nowarn", ".git/patch"][..]
        } else {
            &["apply", ".git/patch"]
        };
        other.git(args);
        shop.says(0, &[&["update", "--yes"][..], &sets].concat());
        assert_same(&unrecorded(other.tree()), &unrecorded(shop.tree()));
    }
}

#[test]
fn the_patch_of_some_paths() {
    let shop = Repository::built_in();
    let diff = |folder: &str, args: &[&str]| {
        let output = shop.run_from(&shop.path().join(folder), &[&["diff"][..], args].concat());
        let changed = text(&output.stdout).lines().filter(|line| line.starts_with("diff ")).count();
        (output.status.code(), changed)
    };
    let set = ["--set", "contact=b@example.org"];
    let (_, all) = diff("", &set);
    let (_, docs) = diff("", &["docs", set[0], set[1]]);
    assert!(0 < docs && docs < all, "{docs} of {all}");
    // as typed, from where the person stands
    assert_eq!(diff("docs", &[".", set[0], set[1]]), (Some(1), docs));
    assert_eq!(diff("", &[".", "docs", "docs/runbooks", set[0], set[1]]), (Some(1), docs));
    assert_eq!(diff("k8s", &["../docs", set[0], set[1]]), (Some(1), docs));
    assert_eq!(diff("", &["LICENSE", set[0], set[1]]), (Some(2), 0));
    std::fs::write(shop.path().join("LICENSE"), "All rights reserved\n").unwrap();
    assert_eq!(diff("", &["LICENSE", set[0], set[1]]), (Some(0), 0));
    assert_eq!(diff("", &["../elsewhere"]), (Some(2), 0));
}

#[test]
fn the_patch_for_a_subfolder_of_a_repository() {
    let shop = Repository::built_in();
    let outer = shop.path().parent().unwrap().to_owned();
    assert!(git(&outer).args(["init", "-q"]).status().unwrap().success());
    let sets = ["--set", "database_hosting=self-hosted"];
    let patch = shop.run(&[&["diff"][..], &sets].concat());
    fs::write(outer.join("patch"), &patch.stdout).unwrap();
    let applied = git(&outer).args(["apply", "--directory=project", "patch"]).output().unwrap();
    assert!(applied.status.success(), "{}", text(&applied.stderr));
    let patched = shop.tree();
    let said = shop.update(0, &sets[1..]);
    assert!(
        said.contains("No file had to be written") || said.contains("what is recorded about it was renewed"),
        "{said}"
    );
    assert_same(&unrecorded(shop.tree()), &unrecorded(patched));
}

#[test]
fn looking_writes_nothing() {
    let shop = Repository::built_in();
    shop.edit("README.md", "# shop", "# our shop");
    shop.remove("docs/restore-log.md");
    shop.update(0, &["contact=b@example.org"]);
    let before = shop.untouched();
    let set = ["--set", "database_hosting=self-hosted"];
    for (status, command) in [
        (1, &["update", "--dry-run"][..]),
        (1, &["update", "--dry-run", "--format", "json"]),
        (1, &["diff"]),
        (0, &["status"]),
        (0, &["status", "--format", "json"]),
        (1, &["status", "--exit-code"]),
    ] {
        shop.says(status, &[command, &set].concat());
    }
    for (status, command) in [
        (0, &["status", "--exit-code"][..]),
        (1, &["undo", "--dry-run"]),
        (1, &["restore", "README.md", "docs", "--dry-run"]),
        (2, &["update", "--set", "database_hosting=self-hosted"]),
        (2, &["undo"]),
        (2, &["restore", "README.md"]),
        (2, &["restore", "nothing.txt", "--yes"]),
        (2, &["update", "--yes", "--set", "database_hosting=cloud"]),
    ] {
        shop.says(status, command);
    }
    assert_eq!(shop.untouched(), before);
}
