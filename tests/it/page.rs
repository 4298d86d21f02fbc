//! `--html`: when the page is written, where it goes, what it replaces.

use std::fs;
use std::path::Path;
use std::process::Output;

use tempfile::TempDir;

use crate::scene::{program, said};

const ATLAS: &str = "mongodb-atlas-on-aws";
const SELF_HOSTED: &str = "mongodb-self-hosted-on-aws";

fn run(dir: &Path, args: &[&str]) -> Output {
    program(dir).args(args).output().unwrap()
}

fn page(dir: &Path, name: &str) -> String {
    fs::read_to_string(dir.join(name)).unwrap()
}

#[test]
fn every_diagram_of_the_documents_is_drawn() {
    let temp = TempDir::new().unwrap();
    for preset in [ATLAS, SELF_HOSTED] {
        let output = run(temp.path(), &["init", preset, "--preset", preset, "--yes", "--html", "page.html"]);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        assert!(said(&output).contains("The page is in `page.html`.\n"), "{}", said(&output));
        let document = page(temp.path(), &format!("{preset}/docs/architecture.md"));
        let html = page(temp.path(), "page.html");
        assert_eq!(html.matches("<svg").count(), document.matches("```mermaid").count());
        assert_eq!(html.matches("<details class=\"file\"").count(), html.matches("<li data-kind").count());
        assert!(html.contains("<h3>docs&#x2f;architecture.md</h3>") && html.contains("preset mongodb-"));
    }
}

#[test]
fn stdout_gets_the_page_and_nothing_else() {
    let temp = TempDir::new().unwrap();
    let args = ["init", "shop", "--preset", ATLAS, "--dry-run", "--html", "-"];
    let first = run(temp.path(), &args);
    assert_eq!(first.status.code(), Some(0), "{}", said(&first));
    let text = String::from_utf8_lossy(&first.stdout);
    assert!(text.starts_with("<!doctype html>") && text.ends_with("</html>\n"));
    assert!(!text.contains(temp.path().to_str().unwrap()) && !text.contains(env!("CARGO_MANIFEST_DIR")));
    assert_eq!(first.stdout, run(temp.path(), &args).stdout);
    let both = run(temp.path(), &[&args[..], &["--format", "json"]].concat());
    assert_eq!(both.status.code(), Some(2));
    assert!(said(&both).contains("error: `--html -` and `--format json` both need stdout"), "{}", said(&both));
    assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 0);
}

#[test]
fn what_is_no_page_stays() {
    let temp = TempDir::new().unwrap();
    fs::write(temp.path().join("mine.html"), "<!doctype html>\n<p>mine").unwrap();
    let refused = run(temp.path(), &["init", "shop", "--preset", ATLAS, "--yes", "--html", "mine.html"]);
    assert_eq!(refused.status.code(), Some(2));
    insta::assert_snapshot!(said(&refused), @r"
    error: `mine.html` is there already, and is not a page of scaffold
    hint: choose another name for `--html`, or remove the file
    ");
    assert_eq!(page(temp.path(), "mine.html"), "<!doctype html>\n<p>mine");
    assert!(!temp.path().join("shop").exists());
}

#[test]
fn an_update_and_its_patch_as_a_page() {
    let temp = TempDir::new().unwrap();
    run(temp.path(), &["init", "shop", "--preset", ATLAS, "--yes"]);
    let file = temp.path().join("shop/k8s/overlays/prod/services/api/replicas.yaml");
    let edited = fs::read_to_string(&file).unwrap().replace("value: 6", "value: 8");
    fs::write(&file, &edited).unwrap();

    let set = "services.1.max_replicas=12";
    let output = run(&temp.path().join("shop"), &["diff", "--set", set, "--html", "../diff.html", "k8s"]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{}", said(&output));
    let diff = page(temp.path(), "diff.html");
    assert!(diff.contains("scaffold update") && diff.contains("replicas.yaml") && !diff.contains("<h3>docs"));

    let output = run(temp.path(), &["update", "shop", "--set", set, "--dry-run", "--html", "update.html"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let update = page(temp.path(), "update.html").replace("&#x2f;", "/");
    assert!(update.contains("<h3>docs/architecture.md</h3> <span class=\"what\">to update</span>"));
    assert!(update.contains("conflict markers show both sides, unless you decide otherwise"));
    assert!(update.contains("<dd class=\"origin\">--set</dd>"));

    let output = run(temp.path(), &["update", "shop", "--set", set, "--yes", "--html", "update.html"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let decided = page(temp.path(), "update.html");
    assert!(decided.contains("conflict markers show both sides</p>"));
    // the conflict is resolved
    fs::write(&file, edited).unwrap();
    let nothing = run(temp.path(), &["init", "shop", "--set", set, "--yes", "--html", "nothing.html"]);
    assert!(said(&nothing).ends_with("There is nothing to show, and no page was written.\n"), "{}", said(&nothing));
    assert!(!temp.path().join("nothing.html").exists());
}

#[test]
fn a_page_is_not_in_the_way_of_the_files() {
    let temp = TempDir::new().unwrap();
    let shop = temp.path().join("shop");
    fs::create_dir_all(shop.join(".scaffold")).unwrap();
    for (name, other) in [("README.md", "README.md"), ("readme.md", "README.md"), (".scaffold/page.html", ".scaffold")]
    {
        let file = format!("shop/{name}");
        let refused = run(temp.path(), &["init", "shop", "--preset", ATLAS, "--yes", "--html", &file]);
        assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
        let wanted = format!(
            "error: `{file}` cannot be the page: it is in the way of `{other}`\nhint: choose another name for `--html`\n"
        );
        assert!(said(&refused).ends_with(&wanted), "{}", said(&refused));
        assert!(!shop.join(name).exists() && !shop.join("README.md").exists());
    }
    for name in ["docs", "README.md.scaffold-new"] {
        let refused = run(&shop, &["init", "--preset", ATLAS, "--dry-run", "--html", name]);
        assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
    }
    let output = run(&shop, &["init", "--preset", ATLAS, "--yes", "--html", "page.html"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    fs::remove_file(shop.join("README.md")).unwrap();
    for command in [&["update", "--dry-run"][..], &["diff"]] {
        let refused = run(&shop, &[command, &["--html", "README.md"]].concat());
        assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
    }
    assert!(!shop.join("README.md").exists());
}
