//! Environments beside or in place of staging and production.

use scaffold::render::Rendered;
use serde_json::{Value, json};
use serde_yaml::Value as Yaml;

use crate::repository::Repository;
use crate::support::{embedded, given, rendered};

/// What a preset generates with these environments; each has an account and a network of its own, the last is production.
fn with(preset: &str, names: &[&str]) -> Rendered {
    let environments: Vec<_> = names.iter().enumerate().map(|(i, name)| (*name, i)).collect();
    in_accounts(preset, &environments)
}

/// The same with the last digit of the account of each.
fn in_accounts(preset: &str, environments: &[(&str, usize)]) -> Rendered {
    let record = |(i, (name, account)): (usize, &(&str, usize))| {
        let last = i + 1 == environments.len();
        let (network, account) = (format!("10.{}.0.0/16", 10 + i), format!("11112222333{account}"));
        json!({"name": name, "production": last, "network": network, "account": account})
    };
    let environments: Value = environments.iter().enumerate().map(record).collect();
    rendered(&given(preset, &[("environments", environments)])).unwrap().2
}

fn text<'r>(rendered: &'r Rendered, path: &str) -> &'r str {
    std::str::from_utf8(&rendered.tree.files[path].bytes).unwrap()
}

/// Those with a cluster for each environment.
fn presets() -> impl Iterator<Item = &'static str> {
    let standard = embedded().presets.iter().filter(|preset| preset.answers["footprint"] == "standard");
    standard.map(|preset| preset.name.as_str())
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

/// Three environments, and the last digits of their accounts.
const SHARED: [[(&str, usize); 3]; 2] =
    [[("dev", 1), ("staging", 1), ("prod", 1)], [("dev", 1), ("staging", 2), ("prod", 2)]];

#[test]
fn what_an_account_has_once_is_made_by_its_first_environment() {
    for (preset, environments) in presets().flat_map(|preset| SHARED.map(|environments| (preset, environments))) {
        let rendered = in_accounts(preset, &environments);
        let bootstrap = text(&rendered, "scripts/bootstrap.sh");
        for (i, (name, account)) in environments.iter().enumerate() {
            let first = environments[..i].iter().find(|(_, other)| other == account);
            let of_account = format!("infra/terraform/bootstrap/{name}/account.tf");
            assert_eq!(rendered.tree.files.contains_key(&*of_account), first.is_none(), "{preset}: {of_account}");
            let root = text(&rendered, &format!("infra/terraform/bootstrap/{name}/main.tf"));
            assert!(root.contains(&format!("makes_provider = {}\n", first.is_none())), "{root}");
            assert_eq!(root.contains("trail_arn"), first.is_none(), "{root}");
            let waits = first.map(|(first, _)| format!("  {name}) first={first} ;;"));
            assert!(waits.is_none_or(|line| bootstrap.contains(&line)), "{preset}: {bootstrap}");
            let others = environments.iter().filter(|(other, of)| other != name && of == account);
            let others: Vec<String> = others.map(|(other, _)| format!("\"{other}\"")).collect();
            let others = format!("other_environments  = [{}]\n", others.join(", "));
            assert!(root.contains(&others), "{preset}: {others} is not in\n{root}");
        }
    }
}

#[test]
fn only_other_accounts_are_named_in_the_policy_of_the_registry() {
    for preset in presets() {
        let registry = |environments| {
            let rendered = in_accounts(preset, environments);
            let module = text(&rendered, "infra/terraform/modules/registry/main.tf").to_owned();
            (text(&rendered, "infra/terraform/registry/main.tf").to_owned(), module)
        };
        let (root, module) = registry(&SHARED[0]);
        assert!(!root.contains("pull_account_ids") && !module.contains("aws_ecr_repository_policy"), "{root}{module}");
        let (root, module) = registry(&SHARED[1]);
        assert!(root.contains("pull_account_ids = [\"111122223331\"]\n"), "{root}");
        assert!(module.contains("aws_ecr_repository_policy"), "{module}");
    }
}

/// Everything that AWS knows by a name in the account or in the region carries project and environment, directly or through
/// the variable of a module. So no two environments of an account make the same name.
#[test]
fn names_of_resources_carry_the_environment() {
    let named = regex_lite::Regex::new(
        r"^ *(name|name_prefix|alias|alarm_name|bucket|policy_name|replication_group_id|identifier|family) *= (.+)$",
    )
    .unwrap();
    // These have a parent, in which alone the name must differ.
    let inner = ["aws_iam_role_policy", "aws_guardduty_detector_feature", "aws_route53_key_signing_key"];
    let carries = |value: &str| {
        ["prefix", "environment", "var.", "each.value", "aws_", "module.", "local.", "\"shop-", "\"shop/"]
            .iter()
            .any(|word| value.contains(word))
    };
    for preset in presets() {
        let rendered = in_accounts(preset, &SHARED[0]);
        let mut seen = 0;
        let files = rendered.tree.files.keys().filter(|path| {
            path.starts_with("infra/terraform/") && path.ends_with(".tf") && !path.starts_with("infra/terraform/github")
        });
        for path in files {
            let own_root = path.contains("/environments/")
                || path.contains("/bootstrap/")
                || path.contains("modules/environment/");
            let (mut kind, mut depth) = (String::new(), 0);
            for line in text(&rendered, path).lines() {
                if depth == 0 && line.ends_with('{') {
                    kind = line.split(' ').nth(1).unwrap_or_default().trim_matches('"').to_owned();
                }
                let block = depth == 1 && kind != "{" && !inner.contains(&&*kind) && (line.starts_with("  "));
                depth += line.matches('{').count() as i32 - line.matches('}').count() as i32;
                let value = block.then(|| named.captures(line)).flatten().map(|found| found[2].to_owned());
                let Some(value) = value.filter(|_| !path.ends_with("/variables.tf")) else { continue };
                seen += 1;
                // `name` alone is the project's; to the module `identity` each resource adds the environment.
                let project = own_root && ["local.name", "var.name", "\"shop\""].contains(&&*value);
                let added = path.contains("/bootstrap/") && kind == "identity" || path.contains("/registry/");
                assert!(if project || !carries(&value) { added } else { true }, "{preset}: {path}: {line}");
            }
        }
        assert!(seen > 60, "{preset}: {seen} names");
    }
}

/// In one account ExternalDNS finds the zones of all environments.
#[test]
fn records_are_kept_in_the_zone_of_the_environment_alone() {
    for preset in presets() {
        let rendered = in_accounts(preset, &SHARED[0]);
        let values = |name: &str| -> Yaml {
            serde_yaml::from_str(text(&rendered, &format!("k8s/platform/external-dns/{name}/values.yaml"))).unwrap()
        };
        let staging = values("staging");
        assert_eq!(staging["domainFilters"][0], "staging.shop.example.com", "{preset}");
        assert!(staging.get("excludeDomains").is_none(), "{preset}");
        let excluded = serde_yaml::to_string(&values("prod")["excludeDomains"]).unwrap();
        assert_eq!(excluded, "- dev.shop.example.com\n- staging.shop.example.com\n", "{preset}");
        let apart = with(preset, &["staging", "prod"]);
        assert!(!apart.tree.files.keys().any(|path| path.starts_with("k8s/platform/external-dns/prod")), "{preset}");
    }
}

/// Texts name an account once, and speak of as many as there are.
#[test]
fn texts_know_how_many_accounts_there_are() {
    let twice = regex_lite::Regex::new(
        r"(both|two|all|each of the|an empty pair of) (AWS )?accounts|(111122223331)[^|]*? or .*111122223331",
    )
    .unwrap();
    for preset in presets() {
        let rendered = in_accounts(preset, &SHARED[0]);
        let files = rendered.tree.files.keys().filter(|path| path.ends_with(".md") || path.ends_with(".yml"));
        let lines = files.flat_map(|path| text(&rendered, path).lines().map(move |line| (path, line)));
        let left: Vec<String> =
            lines.filter(|(_, line)| twice.is_match(line)).map(|(path, line)| format!("{path}: {line}")).collect();
        assert!(left.is_empty(), "{preset}:\n{}", left.join("\n"));
        assert!(text(&rendered, "docs/architecture.md").contains("## Environments that share an account"));
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
