use std::collections::BTreeMap;

use regex_lite::Regex;
use serde_json::json;

use super::*;
use crate::answers::Origin;
use crate::catalog::question::Question;
use crate::catalog::{Component, Manifest};
use crate::merge::{Merged, Why};
use crate::plan::{Change, Ours, Resolution};
use crate::render::Origin as From;
use crate::render::context::Evidence;
use crate::text::tree::File;

const HOSTILE: &str = "</script></style><script>alert('1')</script>\"'&<!--\u{202e}\u{1b}[2J\u{0}";

fn file(text: &str) -> File {
    File { bytes: text.as_bytes().to_vec(), executable: false }
}

/// Everything that a page is made from.
struct Scene {
    catalog: Catalog,
    answers: Answers,
    readiness: Vec<Readiness>,
    rendered: Rendered,
    resolutions: Resolutions,
}

impl Scene {
    fn new(text: &str) -> Self {
        let manifest = Manifest { title: text.into(), why: text.into(), ..Manifest::default() };
        let component = Component { name: text.into(), manifest, macros: None, files: Vec::new() };
        let question: Question =
            serde_json::from_value(json!({ "name": "name", "ask": text, "kind": "text", "help": "" })).unwrap();
        let mut catalog = Catalog { components: vec![component], ..Catalog::default() };
        catalog.project.questions.push(question);
        let answers = Answers {
            values: [("name".to_owned(), json!(text))].into_iter().collect(),
            origins: [("name".to_owned(), Origin::Preset(text.into()))].into_iter().collect(),
            active: vec![text.into()],
            ..Answers::default()
        };
        let item = Evidence {
            component: text.into(),
            title: text.into(),
            generated: "[a.md](a.md)".into(),
            verify: text.into(),
            left: Some(text.into()),
            about: vec![text.into()],
        };
        let need = Readiness {
            id: "OPS-01".into(),
            area: text.into(),
            need: text.into(),
            covered: true,
            reason: None,
            items: vec![item],
        };
        let mut rendered = Rendered::default();
        let origin = From { component: text.into(), template: text.into(), pattern: text.into() };
        rendered.origin.insert("a.md".into(), origin);
        let label = text.replace('\u{0}', "");
        let chart = format!(
            "# {label}\n\n```mermaid\nflowchart LR\na[\"{}\"] -->|\"x\"| b[\"B\"]\n```\n",
            label.replace('"', "")
        );
        rendered.tree.files.insert("a.md".into(), file(&chart));
        Self { catalog, answers, readiness: vec![need], rendered, resolutions: Resolutions::new() }
    }

    fn html(&self, changes: BTreeMap<&str, Change<'_>>) -> String {
        let html = self.large(changes);
        assert_sound(&html);
        html
    }

    /// The same for what is too long to be looked at.
    fn large(&self, changes: BTreeMap<&str, Change<'_>>) -> String {
        let plan = Plan { changes };
        let Self { catalog, answers, readiness, rendered, resolutions } = self;
        let page =
            Page { command: "update", from: None, catalog, answers, readiness, rendered, plan: &plan, resolutions };
        let html = page.html().unwrap();
        assert_eq!(html, page.html().unwrap());
        html
    }
}

/// Every link leads somewhere, no name is there twice, and nothing runs or is requested.
fn assert_sound(html: &str) {
    let found = |pattern: &str| -> Vec<String> {
        Regex::new(pattern).unwrap().captures_iter(html).map(|c| c[1].to_owned()).collect()
    };
    let mut ids = found("\\sid=\"([^\"]*)\"");
    let targets = found("href=\"([^\"]*)\"");
    assert!(targets.iter().all(|t| t.strip_prefix('#').is_some_and(|t| ids.iter().any(|id| id == t))), "{targets:?}");
    let names = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), names);
    let tags = Regex::new("=\"[^\"]*\"").unwrap().replace_all(html, "=\"\"");
    let runs = Regex::new("<(script|img|link|iframe)|<[^>]* (src|style|on[a-z]+)=|@import|url\\(h|https?://").unwrap();
    assert!(!runs.is_match(&tags), "{:?}", runs.find(&tags));
    let levels: Vec<usize> = found("<h([1-6])").iter().map(|level| level.parse().unwrap()).collect();
    assert!(levels[0] == 1 && levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{levels:?}");
    assert!(html.starts_with(START) && html.contains("default-src 'none'; style-src 'sha256-"));
    assert!(!html.chars().any(|c| c != '\n' && c != '\t' && (c.is_control() || c == '\u{202e}')));
}

#[test]
fn hostile_text_is_only_shown() {
    let scene = Scene::new(HOSTILE);
    let (old, new) =
        (file("same\n<b>old</b>\u{1b}\n"), file(&format!("same\n<b>new</b>\n{HOSTILE}\n").replace('\u{0}', "")));
    let why = Why::Unparsable(crate::merge::Format::Json, HOSTILE.into());
    let beside = Change::Merge { from: Some(HOSTILE), ours: &old, theirs: &new, merged: Merged::Beside(why) };
    let html = scene.html(BTreeMap::from([
        ("a.md", Change::Update { ours: &old, theirs: &new }),
        (HOSTILE, Change::Create(&new)),
        ("x/\"><img src=x>/y", beside),
    ]));
    assert!(!html.contains("<b>old") && !html.contains("<img") && html.contains("&lt;img src=x&gt;"), "{html}");
    assert!(html.contains("\\u{202e}\\u{1b}[2J"), "{html}");
    assert!(html.contains("<title id=\"t0\">&lt;/script&gt;"), "{html}");
}

#[test]
fn each_change_is_told_in_the_words_of_the_terminal() {
    let mut scene = Scene::new("shop");
    let (old, new, binary) = (file("a\nport: 8080\n"), file("a\nport: 9090\n"), file("a\0"));
    let there = Ours::File(old.clone());
    let merged = Merged::Conflict { file: file("a\n<<<<<<< yours\n"), lines: vec![2] };
    scene.resolutions.insert("both".into(), Resolution::Both);
    let html = scene.html(BTreeMap::from([
        ("a.md", Change::Update { ours: &old, theirs: &new }),
        ("binary", Change::Update { ours: &old, theirs: &binary }),
        ("both", Change::Collide { ours: &there, theirs: &new, kept: false }),
        ("dir/gone", Change::Delete(&old)),
        ("dir/link", Change::Collide { ours: &Ours::Symlink, theirs: &new, kept: false }),
        ("moved", Change::Merge { from: Some("was"), ours: &old, theirs: &new, merged }),
        ("quiet", Change::Unchanged),
    ]));
    for told in [
        "<h3>a.md</h3> <span class=\"what\">to update</span>",
        "<a href=\"#c0-OPS-01\">OPS-01</a>",
        "<div data-n=\"2 -\">port: <mark>8080</mark></div>",
        "<div data-n=\"2 +\">port: <mark>9090</mark></div>",
        "binary: 13 bytes, then 2 bytes",
        "yours stays, and the new one is written to both.scaffold-new",
        "<div data-n=\"1 -\">a</div>",
        "there is a symbolic link",
        "from was, 1 conflict",
        "conflict markers show both sides, unless you decide otherwise",
        "<p class=\"quiet\">1 file unchanged</p>",
        "<li class=\"folder\">dir&#x2f;<ul>",
        "preset shop",
        "<desc id=\"d0\">shop leads to B (x).</desc>",
    ] {
        let told = told.replace("&#x2f;", "/");
        assert!(html.replace("&#x2f;", "/").contains(&told), "{told}");
    }
    assert!(!html.contains("<h3>quiet"));
}

#[test]
fn the_same_plan_without_changes() {
    let html = Scene::new("shop").html(BTreeMap::new());
    assert!(html.contains("Nothing changes.") && html.contains("all 0 of 0 paths"), "{html}");
}

#[test]
fn a_page_stays_small() {
    let scene = Scene::new("shop");
    let lines = |n: usize| file(&(0..n).map(|i| format!("line {i}\n")).collect::<String>());
    let (long, longer, wide) = (lines(1_500), lines(20_000), file(&("é".repeat(3_000) + "\n")));
    let (half, large) = (lines(500), file(&("<".repeat(900) + "\n").repeat(990)));
    let empty = file("");
    let names: Vec<String> = (0..3).map(|i| format!("large{i}")).collect();
    let mut changes = BTreeMap::from([
        ("long", Change::Create(&long)),
        ("longer", Change::Update { ours: &half, theirs: &longer }),
        ("rewritten", Change::Update { ours: &half, theirs: &long }),
        ("wide", Change::Update { ours: &empty, theirs: &wide }),
    ]);
    changes.extend(names.iter().map(|name| (name.as_str(), Change::Create(&large))));
    let html = scene.large(changes);
    for note in [
        "500 more lines not shown here.",
        "Too long to be compared here.",
        "1 more place not shown here.",
        "… (2000 more characters)",
        "990 more lines not shown here.",
    ] {
        assert!(html.contains(note), "{note}");
    }
    assert!(html.len() < LIMIT, "{}", html.len());

    // lines without text need room as well
    let blank = file(&"\n".repeat(1_000));
    let names: Vec<String> = (0..300).map(|i| format!("blank{i}")).collect();
    let html = scene.large(names.iter().map(|name| (name.as_str(), Change::Create(&blank))).collect());
    assert!(html.len() < LIMIT && html.contains("1000 more lines not shown here."), "{}", html.len());
}

/// What stands in a page besides the text of files is little.
const LIMIT: usize = compare::LIMITS.bytes + 500_000;
