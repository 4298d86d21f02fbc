//! What `init` says about the repository that it generates into.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::scene::{program, said};
use crate::support::{read_tree, root, write_tree};

fn init(dir: &Path, args: &[&str]) -> String {
    let output = program(dir).args(["init", "--preset", "mongodb-atlas-on-aws", "--yes"]).args(args).output().unwrap();
    said(&output).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn repository(config: &str) -> TempDir {
    let temp = TempDir::new().unwrap();
    fs::create_dir(temp.path().join(".git")).unwrap();
    fs::write(temp.path().join(".git/config"), config).unwrap();
    // of the user, so that the steps are told
    fs::create_dir(temp.path().join("docs")).unwrap();
    fs::write(temp.path().join("docs/first-hour.md"), "# mine\n").unwrap();
    temp
}

#[test]
fn an_existing_repository_is_not_created_again() {
    let new = repository("[core]\n\tbare = false\n");
    let kept = ["--set", "docs_folder=docs"];
    let said = init(new.path(), &kept);
    // there is a repository, which nobody else has yet
    assert!(!said.contains("git init") && said.contains("gh repo create acme/shop"), "{said}");
    let existing = repository("[remote \"origin\"]\n\turl = git@github.com:acme/shop.git\n");
    let said = init(existing.path(), &kept);
    assert!(
        said.contains("2. Open a pull request, and read the repository's ids scripts/github-preflight.sh git switch"),
        "{said}"
    );
    assert!(!said.contains("git init") && !said.contains("gh repo create"), "{said}");
}

#[test]
fn a_folder_in_a_repository_is_no_place_for_workflows() {
    let temp = repository("");
    let said = init(temp.path(), &["api", "--dry-run"]);
    assert!(said.starts_with("`api` is inside the Git repository `"), "{said}");
    assert!(!init(temp.path(), &["--dry-run"]).contains("is inside the Git repository"));
}

#[test]
fn the_example_of_a_preset_is_nobodys_project() {
    let temp = TempDir::new().unwrap();
    let said = init(temp.path(), &["a"]);
    assert!(
        said.contains(
            "These answers are examples; replace them before you apply anything: `name`, `description`, `domain`,"
        ),
        "{said}"
    );
    let sets = ["b", "--set", "name=books", "--set", "description=Sells books"];
    let said = init(temp.path(), &sets);
    assert!(said.contains("before you apply anything: `domain`, `contact`, `repository`,"), "{said}");
}

/// An answer that was given or found is none, whatever the example is.
#[test]
fn an_answer_that_equals_an_example_is_no_example() {
    let temp = repository("");
    fs::write(temp.path().join(".git/config"), "[remote \"origin\"]\n\turl = https://github.com/acme/shop.git\n")
        .unwrap();
    fs::write(temp.path().join("Dockerfile"), "FROM scratch\nEXPOSE 8080\nCMD [\"/app\"]\n").unwrap();
    let said = init(temp.path(), &["--detect", "--set", "name=shop", "--set", "domain=example.com"]);
    let named = said.split("before you apply anything:").nth(1).and_then(|rest| rest.split(". ").next()).unwrap();
    assert!(!named.contains("`name`") && !named.contains("`repository`") && !named.contains("`domain`"), "{said}");
    assert!(named.contains("`description`"), "{said}");
}

/// What cannot be generated for the code that is there is not replaced by the services of an example.
#[test]
fn the_services_of_an_example_are_not_those_of_a_folder_with_code() {
    let temp = TempDir::new().unwrap();
    write_tree(&temp.path().join("restore"), &read_tree(&root().join("tests/detect/phoenix/tree")));
    let said = init(temp.path(), &["--detect"]);
    assert!(said.contains("error: restore/mix.exs describes a service that cannot be generated"), "{said}");
    assert!(!temp.path().join("apps").exists() && !temp.path().join(".scaffold").exists());
}

/// A folder that generated files would take is free for a service once they are told to go elsewhere.
#[test]
fn a_service_is_found_where_a_folder_of_the_layout_was() {
    let temp = TempDir::new().unwrap();
    let files = read_tree(&root().join("tests/detect/mern/tree"));
    let files = files.into_iter().map(|(path, file)| (path.replace("backend/", "tools/"), file)).collect();
    write_tree(temp.path(), &files);
    let said = init(temp.path(), &["--detect", "--set", "tools_folder=pinned"]);
    assert!(!said.contains("the folder of `tools_folder`"), "{said}");
    assert!(temp.path().join("k8s/base/tools/deployment.yaml").is_file(), "{said}");
}

/// What will not work is said once more where it is not scrolled away.
#[test]
fn what_does_not_fit_is_said_at_the_end() {
    let temp = TempDir::new().unwrap();
    write_tree(temp.path(), &read_tree(&root().join("tests/detect/mern/tree")));
    let said = init(temp.path(), &["--detect"]);
    let end = said.split("Not as the generated files expect it, and to be brought together with them:").nth(1).unwrap();
    assert!(end.contains("backend/Dockerfile names no user whose number is known"), "{said}");
    let end = end.split("What the code still lacks:").nth(1).unwrap();
    assert!(end.contains("frontend has no `frontend/package-lock.json`, from which its image installs"), "{said}");
}

/// An API that is the whole repository, with a frontend in a folder of it, has its files at the top.
#[test]
fn a_service_can_be_the_whole_repository() {
    let temp = TempDir::new().unwrap();
    write_tree(temp.path(), &read_tree(&root().join("tests/detect/at-the-root/tree")));
    let said = init(temp.path(), &["--detect"]);
    let read = |path: &str| fs::read_to_string(temp.path().join(path)).unwrap_or_else(|_| panic!("{path}: {said}"));
    assert!(read("Dockerfile").ends_with("CMD [\"node\", \"backend/server.js\"]\n"));
    assert!(read(".dockerignore").contains("\nfrontend\ninfra/monitoring\n"));
    assert!(read(".gitignore").contains("\n/node_modules/\n"));
    assert!(read("frontend/Dockerfile").contains("nginx"));
}
