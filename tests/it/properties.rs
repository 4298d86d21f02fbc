//! Random answers: what is accepted renders to files which all parse; nothing panics.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use scaffold::answers::{Answers, Given};
use scaffold::answers_file::AnswersFile;
use scaffold::catalog::Catalog;
use scaffold::lint::lint;
use scaffold::record;
use scaffold::source;
use serde_json::{Value, json};

use crate::support::{embedded, given, rendered};

/// Cases per property: few in ordinary runs, many with `PROPTEST_CASES`.
pub fn config(cases: u32) -> Config {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(cases);
    Config { cases, failure_persistence: None, ..Config::default() }
}

fn nasty_text() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "\"", "'", "${", "}", "{{", "}}", "%{", "#", ": ", "- ", "&a", "*a", "!tag", "|", ">", "`", "<b>", "\\",
        "$(id)", "0x1f", "007", "no", "null", "~", "🦀", "é", "<%", "%>", "[x](y)", "_", "@", "a", "b ", "1. ", "%",
    ]);
    prop::collection::vec(pieces, 1..8).prop_map(|p| p.concat().trim().to_string())
}

fn label() -> impl Strategy<Value = String> {
    "[a-z][a-z0-9]{1,8}(-[a-z0-9]{1,5})?"
}

fn service() -> impl Strategy<Value = Value> {
    let kind = prop::sample::select(vec!["web", "api", "worker"]);
    let language = prop::sample::select(vec!["node", "python", "static"]);
    let command = prop::sample::select(vec!["", "npm run x", "make lint && make -s other", "uv run pytest -q"]);
    let size = prop::sample::select(vec!["small", "medium", "large"]);
    let secrets = prop::collection::btree_set("[A-Z][A-Z0-9]{1,6}(_[A-Z0-9]{1,6})?", 0..4);
    let numbers = (1024..65535_u32, 2..50_u32, 2..100_u32);
    (label(), kind, language, command.clone(), command, size, secrets, any::<bool>(), numbers).prop_map(
        |(name, kind, language, build, test, size, secrets, database, (port, min, max))| {
            let language = if language == "static" && kind != "web" { "node" } else { language };
            let mut s = json!({
                "name": name, "kind": kind, "language": language, "path": format!("apps/{name}"), "port": port,
                "build": build, "lint": test, "test": test, "size": size,
                "min_replicas": min.min(max), "max_replicas": max,
            });
            if kind != "worker" {
                s["route"] = json!(format!("/{name}"));
            }
            if language != "static" {
                s["database"] = json!(database);
                s["secrets"] = json!(secrets);
                if database {
                    s["migrate"] = json!(build);
                }
            }
            s
        },
    )
}

fn answers() -> impl Strategy<Value = Given> {
    let preset = prop::sample::select(vec!["mongodb-atlas-on-aws", "mongodb-self-hosted-on-aws"]);
    let plan = prop::sample::select(vec!["public", "team", "enterprise"]);
    let services = prop::collection::vec(service(), 1..5);
    let flags = (any::<bool>(), any::<bool>(), 0..101_u32, 1..400_u32);
    (preset, label(), nasty_text(), services, plan, flags).prop_map(
        |(preset, name, description, services, plan, (pitr, immutable, coverage, days))| {
            given(
                preset,
                &[
                    ("name", json!(name)),
                    ("description", json!(description)),
                    ("services", json!(services)),
                    ("github_plan", json!(plan)),
                    ("point_in_time_recovery", json!(pitr)),
                    ("github_immutable_subject", json!(immutable)),
                    ("coverage_threshold", json!(coverage)),
                    ("rpo", json!(if pitr { "1h" } else { "2d" })),
                    ("backup_retention_days", json!(days)),
                ],
            )
        },
    )
}

fn parse(path: &str, text: &str) -> Result<(), String> {
    let name = path.rsplit('/').next().unwrap_or(path);
    match name.rsplit('.').next() {
        Some("yaml" | "yml") => {
            for document in serde_yaml::Deserializer::from_str(text) {
                let value: serde_yaml::Value = serde::Deserialize::deserialize(document).map_err(|e| e.to_string())?;
                drop(value);
            }
            Ok(())
        }
        Some("json") => serde_json::from_str::<Value>(text).map(drop).map_err(|e| e.to_string()),
        Some("tf" | "hcl" | "tfvars") => hcl::parse(text).map(drop).map_err(|e| e.to_string()),
        _ => Ok(()),
    }
}

#[test]
fn accepted_answers_render_to_files_that_parse() {
    let accepted = std::cell::Cell::new(0_u32);
    let mut runner = TestRunner::new(config(48));
    runner
        .run(&answers(), |given| {
            let answers = match Answers::resolve(embedded(), &given, None) {
                Ok(answers) => answers,
                Err(_) => return Ok(()),
            };
            accepted.set(accepted.get() + 1);
            let recorded = record::answers(embedded(), &answers).map_err(|e| TestCaseError::fail(e.to_string()))?;
            let file =
                AnswersFile::parse("x", recorded.into_bytes()).map_err(|e| TestCaseError::fail(e.to_string()))?;
            for given in [
                Given { file: Some(file.clone()), ..Given::default() },
                Given { recorded: Some(file), ..Given::default() },
            ] {
                let again = Answers::resolve(embedded(), &given, None).unwrap();
                prop_assert_eq!(&again.values, &answers.values);
                prop_assert!(again.kept.is_empty() && again.notes.is_empty());
            }
            let (_, _, rendered) = rendered(&given).map_err(|e| TestCaseError::fail(format!("{e:#}")))?;
            for (path, file) in &rendered.tree.files {
                let text = std::str::from_utf8(&file.bytes).unwrap();
                if let Err(e) = parse(path, text) {
                    return Err(TestCaseError::fail(format!("{path}: {e}\n{text}")));
                }
            }
            Ok(())
        })
        .unwrap();
    assert!(accepted.get() > 10, "only {} of the random answers were accepted", accepted.get());
}

#[test]
fn any_answers_file_is_an_answer_or_an_error() {
    let yaml = prop::collection::vec(
        prop::sample::select(vec![
            "name", "services", ": ", "\n", "  ", "- ", "[", "]", "{", "}", "&a", "*a", "'", "\"", "|", "1", "x", "!!",
            "#", "\t", "%",
        ]),
        0..40,
    );
    TestRunner::new(config(512))
        .run(&yaml, |pieces| {
            if let Ok(file) = AnswersFile::parse("x", pieces.concat().into_bytes()) {
                let given = Given { preset: Some("mongodb-atlas-on-aws".into()), file: Some(file), ..Given::default() };
                let _ = Answers::resolve(embedded(), &given, None);
            }
            Ok(())
        })
        .unwrap();
    TestRunner::new(config(256))
        .run(&prop::collection::vec(any::<u8>(), 0..200), |bytes| {
            let _ = AnswersFile::parse("x", bytes);
            Ok(())
        })
        .unwrap();
}

#[test]
fn any_catalog_is_sound_or_faulty() {
    let source = source::embedded();
    let paths: Vec<String> = source.keys().filter(|p| p.ends_with(".yaml") || p.ends_with(".j2")).cloned().collect();
    let damage = (
        prop::sample::select(paths),
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
        "[<%={}:\\n &*a]{0,6}",
    );
    TestRunner::new(config(48))
        .run(&damage, |(path, from, length, noise)| {
            let mut source = source::embedded();
            let old = source[&path].to_vec();
            let start = from.index(old.len() + 1);
            let end = (start + length.index(30)).min(old.len());
            let new = [&old[..start], noise.as_bytes(), &old[end..]].concat();
            source.insert(path, new.into());
            let (catalog, faults) = Catalog::parse(source);
            if faults.is_empty() {
                let _ = lint(&catalog);
            }
            Ok(())
        })
        .unwrap();
}
