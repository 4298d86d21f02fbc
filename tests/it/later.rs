//! Ids that do not exist yet: what is left out until they are answered, and what is said about them.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use scaffold::answers::schema;
use scaffold::render::Rendered;
use serde_json::{Value, json};

use crate::repository::{Repository, assert_same};
use crate::support::{embedded, given, rendered};

const ATLAS: &str = "mongodb-atlas-on-aws";
const SELF_HOSTED: &str = "mongodb-self-hosted-on-aws";

/// Each id with its value in the preset.
const IDS: [(&str, &str); 5] = [
    ("environments.staging.account", "111122223333"),
    ("environments.prod.account", "444455556666"),
    ("atlas_org_id", "5f1a2b3c4d5e6f7a8b9c0d1e"),
    ("github_owner_id", "1342004"),
    ("github_repository_id", "9876543"),
];

/// What a preset generates while these ids do not exist.
fn without(preset: &str, ids: &[&str]) -> Rendered {
    let mut given = given(preset, &[]);
    given.sets = ids.iter().map(|id| ((*id).to_owned(), "later".to_owned())).collect();
    rendered(&given).unwrap().2
}

struct Part {
    preset: &'static str,
    open: Vec<&'static str>,
    rendered: Rendered,
}

/// Each id without which something is left out, alone, and all together.
fn parts() -> &'static [Part] {
    static PARTS: OnceLock<Vec<Part>> = OnceLock::new();
    PARTS.get_or_init(|| {
        let all = IDS.map(|(id, _)| id).to_vec();
        let own: Vec<&str> = all.iter().copied().filter(|id| *id != "atlas_org_id").collect();
        let part = |preset, open: Vec<&'static str>| Part { preset, rendered: without(preset, &open), open };
        let alone = all.iter().map(|id| part(ATLAS, vec![id]));
        alone.chain([part(ATLAS, all.clone()), part(SELF_HOSTED, own)]).collect()
    })
}

/// What one id, or all of them, leave of the preset of Atlas.
fn of_atlas(open: &str) -> &'static Rendered {
    let is_it = |part: &&Part| part.preset == ATLAS && (part.open == [open] || open == "all" && part.open.len() > 1);
    &parts().iter().find(is_it).unwrap().rendered
}

fn text<'r>(rendered: &'r Rendered, path: &str) -> &'r str {
    std::str::from_utf8(&rendered.tree.files[path].bytes).unwrap()
}

#[test]
fn what_needs_an_open_answer_is_left_out_and_the_rest_stays() {
    // those that say what is checked, and are adapted to what is there
    const ADAPTED: [&str; 4] =
        [".github/workflows/ci.yml", "scripts/check", ".github/dependabot.yml", ".pre-commit-config.yaml"];
    let whole = [ATLAS, SELF_HOSTED].map(|preset| (preset, rendered(&given(preset, &[])).unwrap().2));
    for Part { preset, open, rendered: part } in parts() {
        let whole = &whole.iter().find(|(name, _)| name == preset).unwrap().1;
        let waits: BTreeSet<&String> = part.waiting.keys().collect();
        assert!(!waits.is_empty(), "{preset} {open:?}");
        let generated: BTreeSet<&String> = part.tree.files.keys().chain(waits).collect();
        assert_eq!(generated, whole.tree.files.keys().collect(), "{preset} {open:?}");
        for answers in part.waiting.values() {
            assert!(!answers.is_empty() && answers.iter().all(|answer| open.contains(&answer.as_str())), "{open:?}");
        }
        for (path, file) in &part.tree.files {
            let text = String::from_utf8_lossy(&file.bytes);
            assert!(!text.contains('\u{f8ff}'), "{preset} {open:?} {path}");
            let may_differ = path.ends_with(".md") && !part.once.contains(path) || ADAPTED.contains(&path.as_str());
            assert!(may_differ || whole.tree.files[path] == *file, "{preset} {open:?} {path}");
            // nothing that stays runs or calls a file that waits
            if path.starts_with("scripts/") || path.starts_with(".github/") || path == ".pre-commit-config.yaml" {
                for line in text.lines().filter(|line| !line.trim_start().starts_with('#')) {
                    let mut scripts = part.waiting.keys().filter(|path| path.starts_with("scripts/"));
                    assert_eq!(
                        scripts.find(|path| line.contains(path.as_str())),
                        None,
                        "{preset} {open:?} {path}: {line}"
                    );
                }
            }
        }
        for id in open {
            assert!(
                text(part, "docs/first-hour.md").contains(&format!("`scaffold update --set {id}=ID`")),
                "{preset} {id}"
            );
        }
    }
}

#[test]
fn documents_have_a_placeholder_and_no_link_to_what_waits() {
    let readme = text(of_atlas("all"), "README.md");
    assert!(readme.contains("| STAGING_ACCOUNT_ID |"), "{readme}");
    let first_hour = text(of_atlas("all"), "docs/first-hour.md");
    assert!(first_hour.contains("answers: GITHUB_OWNER_ID, GITHUB_REPOSITORY_ID"), "{first_hour}");
    assert!(readme.contains("| docs/migrations |"), "{readme}");
    // an update could not give the link back to what is the user's
    assert!(of_atlas("all").waiting.contains_key("docs/migrations/README.md"));
}

#[test]
fn a_need_is_open_while_what_meets_it_waits() {
    let part = of_atlas("environments.prod.account");
    let need = part.readiness.iter().find(|need| need.id == "BAK-01").unwrap();
    let reason = "What meets it waits for the answer to `environments.prod.account`.";
    assert_eq!((need.covered, need.reason.as_deref()), (false, Some(reason)));
    assert!(text(part, "PRODUCTION_READINESS.md").contains(&format!("| {reason} |")));
    for need in part.readiness.iter().filter(|need| need.covered) {
        let items = need.items.iter().map(|item| format!("{} {}", item.generated, item.verify));
        let named = items.flat_map(|text| part.waiting.keys().filter(move |path| text.contains(path.as_str())));
        assert_eq!(named.collect::<Vec<_>>(), Vec::<&String>::new(), "{}", need.id);
    }
}

#[test]
fn an_environment_waits_for_its_own_account_only() {
    let part = of_atlas("environments.staging.account");
    let has = |path: &str| part.tree.files.contains_key(path);
    assert!(has("infra/terraform/bootstrap/prod/main.tf") && has("infra/terraform/environments/prod/main.tf"));
    assert!(
        !has("infra/terraform/bootstrap/staging/main.tf") && !has("infra/terraform/environments/staging/versions.tf")
    );
}

#[test]
fn answered_one_by_one_it_becomes_what_all_ids_would_have_made() {
    let sets: Vec<String> = IDS.iter().map(|(id, _)| format!("{id}=later")).collect();
    let shop = Repository::answered(&sets.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(shop.file(".scaffold/answers.yaml").contains("\natlas_org_id: later\n"));
    // an open answer is no drift, and no update closes it
    let said = shop.says(0, &["status", "--exit-code"]);
    assert!(said.contains("5 answers are open:\n"), "{said}");
    assert!(said.contains("  = environments.staging.account: "), "{said}");
    assert!(said.contains(" wait; `scaffold update --set github_owner_id=ID`\n"), "{said}");
    let status: Value = serde_json::from_str(&shop.says(0, &["status", "--format", "json"])).unwrap();
    assert_eq!(status["open"][4]["answer"], "atlas_org_id");
    assert_eq!(status["open"][4]["placeholder"], "ATLAS_ORG_ID");
    assert_eq!(status["open"][4]["set"], "--set atlas_org_id=ID");
    assert!(
        status["open"][4]["waiting"]
            .as_array()
            .unwrap()
            .contains(&json!("infra/terraform/modules/environment/atlas.tf"))
    );
    let said = shop.says(0, &["explain", "infra/terraform/modules/environment/atlas.tf"]);
    assert!(said.contains("Not here yet: it waits for the answer to `atlas_org_id`."), "{said}");
    let said = shop.says(0, &["explain", "BAK-01"]);
    assert!(said.contains("What meets it waits for the answer to ") && !said.contains("`mongodb/backup`"), "{said}");
    // edits of what is there already survive
    shop.append("infra/terraform/modules/key/main.tf", "# ours");
    shop.edit("README.md", "Sells things", "Sells many things");
    let [first, second, rest @ ..] = IDS;
    let set = |(id, value): (&str, &str)| format!("{id}={value}");
    // nothing was applied in another account
    assert!(!shop.update(0, &[&set(first)]).contains("no data is moved"));
    shop.update(0, &[&set(second)]);
    let rest = rest.map(set);
    shop.update(0, &rest.each_ref().map(String::as_str));
    shop.edit("README.md", "Sells many things", "Sells things");
    shop.edit("infra/terraform/modules/key/main.tf", "# ours\n", "");
    assert_same(&shop.tree(), &Repository::built_in().tree());
    // an id that was there does not go
    let said = shop.update(2, &["environments.prod.account=later"]);
    assert!(said.contains("answer `environments.prod.account` was `444455556666` and cannot become `later`"), "{said}");
}

#[test]
fn later_is_no_answer_to_other_questions() {
    let refused = |set: &str| {
        let mut given = given(ATLAS, &[]);
        let (name, value) = set.split_once('=').unwrap();
        given.sets.push((name.into(), value.into()));
        rendered(&given).unwrap_err().to_string()
    };
    assert!(refused("aws_region=later").contains("which is not an AWS region"));
    assert!(refused("repository=later").contains("repository"));
    assert!(refused("monthly_budget=later").contains("which is not a whole number"));
    assert!(refused("atlas_org_id=Later").contains("which is not an Atlas organization id of 24 hexadecimal digits"));
    let unknown = "none of `environments` is called `nowhere`; there are `staging`, `prod`";
    assert!(refused("environments.nowhere.account=later").contains(unknown));
    assert!(refused("atlas_org_id=\u{f8ff}atlas_org_id\u{f8ff}").contains("private character U+F8FF"));
}

#[test]
fn an_editor_accepts_later_where_it_is_an_answer() {
    let schema = schema::answers(embedded());
    assert_eq!(schema["properties"]["github_owner_id"]["anyOf"][1], json!({"const": "later"}));
    let account = &schema["properties"]["environments"]["items"]["properties"]["account"];
    assert_eq!(account["anyOf"][1], json!({"const": "later"}));
    assert!(schema["properties"]["contact"].get("anyOf").is_none());
}

#[test]
fn a_record_is_set_by_its_name() {
    let mut by_name = given(ATLAS, &[]);
    by_name.sets.push(("environments.staging.network".into(), "10.99.0.0/16".into()));
    let (answers, _, _) = rendered(&by_name).unwrap();
    assert_eq!(answers.values["environments"][0]["network"], "10.99.0.0/16");
}
