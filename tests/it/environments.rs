//! Environments beside or in place of staging and production.

use scaffold::render::Rendered;
use serde_json::{Value, json};
use serde_yaml::Value as Yaml;

use crate::repository::Repository;
use crate::support::{embedded, given, rendered};

/// What a preset generates with these environments; each has an account and a network of its own, the last is production.
fn with(preset: &str, names: &[&str]) -> Rendered {
    let record = |(i, name): (usize, &&str)| {
        let last = i + 1 == names.len();
        let (network, account) = (format!("10.{}.0.0/16", 10 + i), format!("11112222333{i}"));
        json!({"name": name, "production": last, "network": network, "account": account})
    };
    let environments: Value = names.iter().enumerate().map(record).collect();
    rendered(&given(preset, &[("environments", environments)])).unwrap().2
}

fn text<'r>(rendered: &'r Rendered, path: &str) -> &'r str {
    std::str::from_utf8(&rendered.tree.files[path].bytes).unwrap()
}

fn presets() -> impl Iterator<Item = &'static str> {
    embedded().presets.iter().map(|preset| preset.name.as_str())
}

/// What fails in one environment reaches none after it, and all digests go into the promotion.
#[test]
fn a_merge_goes_through_all_environments_in_turn() {
    for preset in presets() {
        let three = with(preset, &["dev", "staging", "prod"]);
        let jobs = |path: &str| serde_yaml::from_str::<Yaml>(text(&three, path)).unwrap()["jobs"].clone();
        let needs = |job: &Yaml| serde_yaml::to_string(&job["needs"]).unwrap();
        let deploy = jobs(".github/workflows/deploy-staging.yml");
        assert_eq!(deploy["deploy-dev"]["environment"]["name"], "dev");
        assert!(needs(&deploy["deploy"]).contains("deploy-dev"), "{preset}");
        assert_eq!(needs(&deploy["promote"]), "deploy\n");
        let promote = serde_yaml::to_string(&deploy["promote"]).unwrap();
        assert!(promote.contains("set-images.sh dev ") && promote.contains("overlays/dev/images"), "{promote}");
        let terraform = jobs(".github/workflows/terraform.yml");
        assert_eq!(needs(&terraform["staging"]), "dev\n");
        assert_eq!(needs(&terraform["prod"]), "- registry\n- staging\n");
    }
}

#[test]
fn each_environment_has_its_roots_and_overlays() {
    for preset in presets() {
        let three = with(preset, &["dev", "staging", "prod"]);
        let two = with(preset, &["staging", "prod"]);
        let of = |rendered: &Rendered, name: &str| -> Vec<String> {
            let paths = rendered.tree.files.keys().filter(|path| path.split('/').any(|segment| segment == name));
            paths.map(|path| path.replace(name, "ENV")).collect()
        };
        assert_eq!(of(&three, "dev"), of(&two, "staging"), "{preset}");
        for path in ["scripts/bootstrap.sh", "scripts/cluster-connect.sh", "scripts/check-env.sh", "README.md"] {
            assert!(text(&three, path).contains("dev"), "{preset}: {path}");
        }
        let registry = text(&three, "infra/terraform/registry/main.tf");
        assert!(registry.contains("[\"111122223330\", \"111122223331\"]"), "{registry}");
    }
}

/// Files say `staging` and `prod` because these environments are called so. Tests of modules have names of their own, and
/// the needs of the readiness report are the same for everybody.
#[test]
fn names_of_environments_come_from_the_answers() {
    let word = regex_lite::Regex::new(r"(^|[^A-Za-z0-9_])([Ss]taging|prod)($|[^A-Za-z0-9_])").unwrap();
    for preset in presets() {
        let renamed = with(preset, &["trial", "live"]);
        let files = renamed.tree.files.keys().filter(|path| {
            !path.ends_with(".tftest.hcl") && *path != "PRODUCTION_READINESS.md" && !path.ends_with("/variables.tf")
        });
        let lines = files.flat_map(|path| text(&renamed, path).lines().chain([&**path]).map(move |line| (path, line)));
        let left: Vec<String> =
            lines.filter(|(_, line)| word.is_match(line)).map(|(path, line)| format!("{path}: {line}")).collect();
        assert!(left.is_empty(), "{preset}:\n{}", left.join("\n"));
    }
}

#[test]
fn hosts_follow_the_domain_until_they_are_chosen() {
    let shop = Repository::built_in();
    let answers = || std::fs::read_to_string(shop.path().join(".scaffold/answers.yaml")).unwrap();
    shop.update(0, &["domain=shop.example.org"]);
    assert!(answers().contains("  host: staging.shop.example.org\n"), "{}", answers());
    assert!(answers().contains("  host: shop.example.org\n"), "{}", answers());
    // what is no default any more is not moved behind its owner's back
    shop.update(0, &["environments.0.host=test.shop.example.org"]);
    let said = shop.update(2, &["domain=shop.example.net"]);
    assert!(said.contains("`environments.0.host` is `test.shop.example.org`"), "{said}");
    shop.update(
        0,
        &[
            "domain=shop.example.net",
            "environments.0.host=test.shop.example.net",
            "environments.1.host=shop.example.net",
        ],
    );
}
