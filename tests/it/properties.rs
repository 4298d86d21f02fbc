//! Random answers: what is accepted renders to files which all parse, and updates between them lose nothing; nothing
//! panics.

use std::collections::{BTreeMap, HashSet};

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};
use scaffold::answers::file::AnswersFile;
use scaffold::answers::{Answers, Given};
use scaffold::base::{Base, record};
use scaffold::catalog::{Catalog, source};
use scaffold::lint::lint;
use scaffold::merge::{MarkerLabels, OnConflict, merge};
use scaffold::plan::moved::moves;
use scaffold::plan::operation::Action;
use scaffold::plan::{Ours, Plan, Versions};
use scaffold::render::Rendered;
use scaffold::review::{Policy, resolve};
use scaffold::text::tree::{File, Tree};
use scaffold::text::version;
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
                    // images hold no package manager but npm
                    s["migrate"] = json!(if build.starts_with("uv ") { "" } else { build });
                }
            }
            s
        },
    )
}

fn answers() -> impl Strategy<Value = Given> {
    let preset = prop::sample::select(vec!["mongodb-atlas-on-aws", "mongodb-self-hosted-on-aws"]);
    let plan = prop::sample::select(vec!["public", "free", "team", "enterprise"]);
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
            let recorded = record::answers(embedded(), &answers, None);
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

/// What is on disk, in memory.
type Disk = BTreeMap<String, File>;

/// Makes an update of a disk, as `scaffold update --yes` does. Returns the new base, and whether there was anything to
/// do and anything to decide.
fn update(base: &Base, disk: &mut Disk, new: &Rendered) -> (Base, bool, bool) {
    let paths = base.tree.files.keys().chain(new.tree.files.keys());
    let ours: BTreeMap<String, Ours> =
        paths.map(|path| (path.clone(), disk.get(path).cloned().map_or(Ours::Missing, Ours::File))).collect();
    let moves = moves(base, &ours, &new.tree, &new.moved);
    let versions = Versions { base, ours: &ours, theirs: &new.tree, once: &new.once, moves: &moves };
    let sides = MarkerLabels::new(None, version::own());
    let merge = |path: &str, b: &File, o: &File, t: &File| merge(path, b, o, t, &sides, OnConflict::Markers);
    let plan = Plan::new(&versions, &merge).unwrap();
    for operation in plan.operations(&resolve(&plan, Policy::Both)).unwrap() {
        match operation.action {
            Action::Write(file) => disk.insert(operation.path.into_owned(), file.clone()),
            Action::Remove => disk.remove(&*operation.path),
        };
    }
    let gone = plan.gone(&versions, &BTreeMap::new(), &str::to_owned);
    let after = Base {
        gone: gone.iter().map(|(path, (_, gone))| (path.clone(), *gone)).collect(),
        tree: Tree {
            files: new
                .tree
                .files
                .clone()
                .into_iter()
                .chain(gone.into_iter().map(|(path, (file, _))| (path, file)))
                .collect(),
        },
        once: new.once.clone(),
        version: Some(version::own().clone()),
        ..Base::default()
    };
    (after, plan.touches_disk(), plan.open().next().is_some())
}

fn lines(disk: &Disk) -> HashSet<&[u8]> {
    disk.values().flat_map(|file| file.bytes.split(|byte| *byte == b'\n')).collect()
}

#[test]
fn updates_between_random_answers_lose_no_edit_and_end() {
    let edits = prop::collection::vec((any::<Index>(), any::<Index>(), 0..5_u8), 0..25);
    let done = std::cell::Cell::new((0_u32, 0_u32));
    TestRunner::new(config(12))
        .run(&(answers(), answers(), edits), |(first, second, edits)| {
            let (Ok((.., first)), Ok((.., second))) = (rendered(&first), rendered(&second)) else { return Ok(()) };
            let start = Base { tree: first.tree.clone(), once: first.once.clone(), ..Base::default() };
            let mut disk = first.tree.files.clone();
            let (there, ..) = update(&start, &mut disk, &second);
            prop_assert!(
                disk.iter().filter(|(path, _)| !first.once.contains(*path)).all(|(path, file)| second
                    .tree
                    .files
                    .get(path)
                    == Some(file))
            );
            let (back, ..) = update(&there, &mut disk, &first);
            prop_assert_eq!(&disk, &first.tree.files);
            prop_assert_eq!(&back.tree, &start.tree);

            let mut own = Vec::new();
            for (n, (file, line, kind)) in edits.iter().enumerate() {
                let path = file.get(&first.tree.files.keys().collect::<Vec<_>>()).to_string();
                let Some(file) = disk.get_mut(&path) else { continue };
                let text = String::from_utf8(file.bytes.clone()).unwrap();
                let mut lines: Vec<String> = text.lines().map(Into::into).collect();
                let mark = format!("# edit {n}");
                let at = line.index(lines.len() + 1);
                match kind {
                    0 => drop(disk.remove(&path)),
                    1 => lines.insert(at, mark.clone()),
                    2 if at < lines.len() => lines[at] = mark.clone(),
                    3 => lines.push(mark.clone()),
                    _ if at < lines.len() => drop(lines.remove(at)),
                    _ => {}
                }
                if let Some(file) = disk.get_mut(&path) {
                    file.bytes = lines.iter().flat_map(|line| [line.as_bytes(), b"\n"].concat()).collect();
                    own.push((path, mark));
                } else {
                    own.retain(|(other, _)| *other != path);
                }
            }
            let before = disk.clone();
            let edited: Vec<&[u8]> =
                own.iter().map(|(_, mark)| mark.as_bytes()).filter(|mark| lines(&before).contains(mark)).collect();
            let (after, _, is_open) = update(&start, &mut disk, &second);
            let found = lines(&disk);
            for mark in edited {
                prop_assert!(found.contains(mark), "{} is lost", String::from_utf8_lossy(mark));
            }
            for path in first.tree.files.keys().filter(|path| !before.contains_key(*path)) {
                prop_assert!(!disk.contains_key(path), "{path} is there again");
            }
            let result = disk.clone();
            let (again, is_more, _) = update(&after, &mut disk, &second);
            prop_assert!(!is_more, "a second update has something to do");
            prop_assert_eq!(&disk, &result);
            prop_assert_eq!(again, after);
            let (all, open) = done.get();
            done.set((all + 1, open + u32::from(is_open)));
            Ok(())
        })
        .unwrap();
    let (all, open) = done.get();
    assert!(all > 5, "only {all} of the random answers were accepted");
    eprintln!("{all} updates, {open} with conflicts");
}
