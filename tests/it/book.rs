//! The pages of the book that say what the catalog and the command line say are made from them, and are current.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::OnceLock;

use scaffold::catalog::Component;
use scaffold::catalog::question::Question;
use scaffold::show::compare;
use scaffold::show::explanation::{self, FactLine, Setting, Sort};
use scaffold::template::usage::Usage;

use crate::support::{embedded, lines, root};
use markdown::{anchor, entry, line, prose, table};

mod commands;
mod markdown;

const ACCEPT: &str = "UPDATE_SNAPSHOTS=1 cargo test --test it book";

/// Below `docs/src/reference/`.
fn pages() -> BTreeMap<&'static str, String> {
    [
        ("commands.md", commands::page()),
        ("components.md", components()),
        ("files.md", files()),
        ("presets.md", presets()),
        ("questions.md", questions()),
        ("readiness.md", readiness()),
        ("slots.md", slots()),
        ("strategies.md", strategies()),
    ]
    .map(|(name, text)| (name, format!("<!-- Written by a test: {ACCEPT} -->\n\n{}\n", text.trim())))
    .into()
}

#[test]
fn generated_pages_are_current() {
    let update = std::env::var_os("UPDATE_SNAPSHOTS").is_some();
    assert!(!(update && std::env::var_os("CI").is_some()), "UPDATE_SNAPSHOTS must not be set in CI");
    let mut stale = Vec::new();
    for (name, wanted) in pages() {
        let path = root().join("docs/src/reference").join(name);
        if fs::read_to_string(&path).unwrap_or_default() == wanted {
            continue;
        }
        if update {
            fs::write(&path, wanted).unwrap();
        } else {
            stale.push(format!("docs/src/reference/{name}"));
        }
    }
    assert!(stale.is_empty(), "not what the program says now:\n{}\nRenew them with\n  {ACCEPT}", lines(&stale));
}

/// Texts are shown with the answers of the presets.
fn settings() -> &'static [Setting] {
    static SETTINGS: OnceLock<Vec<Setting>> = OnceLock::new();
    SETTINGS.get_or_init(|| Setting::of_presets(embedded()))
}

fn questions() -> String {
    let usage = Usage::new(embedded()).unwrap();
    let mut out = "# Questions\n\nEverything that can be answered, by group. `scaffold explain NAME` says \
                   the same on a terminal, `scaffold questions --format json` for programs.\n"
        .to_string();
    for group in &embedded().project.groups {
        out += &format!("\n## {}\n\n{}\n", group.title, prose(&group.why));
        for (component, q) in embedded().questions().filter(|(_, q)| q.group.as_ref() == Some(&group.name)) {
            out += &question(&usage, component, q);
        }
    }
    out
}

fn question(usage: &Usage<'_>, component: Option<&Component>, q: &Question) -> String {
    let mut explained = explanation::question(usage, q, component, settings());
    // the heading above says it
    explained.sections.iter_mut().for_each(|s| s.lines.retain(|l| !l.before.starts_with("In the group ")));
    if !q.fields.is_empty() {
        // each field has a heading of its own
        explained.sections[0].items.clear();
    }
    let fields: String = q.fields.iter().map(|field| self::field(usage, q, field)).collect();
    format!("\n### {}\n\n{}\n{}{fields}", q.name, prose(&q.ask), entry(&explained))
}

fn field(usage: &Usage<'_>, list: &Question, field: &Question) -> String {
    let mut explained = explanation::question(usage, field, None, settings());
    // another question may have the name of a field
    explained.sections.iter_mut().for_each(|s| s.lines.retain(|l| l.sort != Sort::Component));
    format!("\n#### {}.{}\n\n{}\n{}", list.name, field.name, prose(&field.ask), entry(&explained))
}

fn components() -> String {
    let usage = Usage::new(embedded()).unwrap();
    let mut out =
        "# Components\n\nWhat a repository is made of. A component is active or not, by the answers; its files \
                   are generated with it.\n"
            .to_string();
    for c in &embedded().components {
        let explained = explanation::component(&usage, c);
        out += &format!("\n## {}\n\n{}.\n{}", c.name, prose(&c.manifest.title), entry(&explained));
    }
    out
}

fn slots() -> String {
    let mut out =
        "# Slots\n\nThe places of a repository that exactly one component fills. Other components rely on what a \
                   slot promises, and never on who fills it. [Writing components](../templates.md) shows how a \
                   component fills one.\n"
            .to_string();
    for (name, slot) in &embedded().slots.slots {
        let explained = explanation::slot(embedded(), name, slot);
        out += &format!("\n## {name}\n\n{}.\n{}", prose(&slot.title), entry(&explained));
    }
    out
}

fn readiness() -> String {
    let mut out =
        "# Readiness ids\n\nWhat must be true before a system goes live, and what a generated repository has for \
                   it. The texts are those of the presets, whose project is `shop`; `PRODUCTION_READINESS.md` of a \
                   repository has its own, and `scaffold explain ID` shows them there.\n"
            .to_string();
    let mut area = "";
    for need in &embedded().needs {
        if need.area != area {
            area = &need.area;
            out += &format!("\n## {}{}\n", area[..1].to_uppercase(), &area[1..]);
        }
        out += &format!(
            "\n### {}\n\n{}.\n{}",
            need.id,
            prose(&need.need),
            entry(&explanation::need(embedded(), need, settings()))
        );
    }
    out
}

fn files() -> String {
    let usage = Usage::new(embedded()).unwrap();
    let mut out =
        "# Output files\n\nEvery file that can be generated, by component. `__service__`, `__service_path__` and \
                   `__environment__` stand for each service and environment. Files that nothing else is said about are \
                   merged by updates.\n"
            .to_string();
    // providers of a slot can have a path in common
    let mut anchored = BTreeSet::new();
    for c in embedded().components.iter().filter(|c| !c.files.is_empty()) {
        let owner = line(&FactLine::names("", Sort::Component, [c.name.as_str()]));
        out += &format!("\n## Files of {}\n\n{} ({owner}).\n\n", c.name, prose(&c.manifest.title));
        for f in &c.files {
            let facts: Vec<String> = explanation::file_facts(&usage, c, f).iter().map(line).collect();
            let id = match anchored.insert(&f.path) {
                true => format!("<a id=\"{}\"></a>", anchor(Sort::File, &f.path)),
                false => String::new(),
            };
            out += &format!("- {id}`{}`: {}\n", f.path, facts.join(" "));
        }
    }
    out
}

fn presets() -> String {
    let names: Vec<String> = embedded().presets.iter().map(|p| p.name.clone()).collect();
    let mut out =
        "# Presets\n\nWhole sets of answers to start from. A preset can do no more than you can: every answer can \
                   be changed.\n"
            .to_string();
    for preset in &embedded().presets {
        let answers = serde_yaml::to_string(&preset.answers).unwrap();
        let (title, about) = (prose(&preset.title), prose(&preset.description));
        out += &format!("\n## {}\n\n{title}. {about}\n\n```yaml\n{answers}```\n", preset.name);
    }
    out + "\n## Side by side\n\n" + &table(&compare::presets(embedded(), &names).unwrap())
}

fn strategies() -> String {
    let mut out = String::new();
    for (_, q) in embedded().questions().filter(|(_, q)| compare::is_strategy(q)) {
        let comparison = compare::choices(embedded(), q).unwrap();
        // the page that includes this lies one folder above
        let answer = format!("The answer is [`{0}`](reference/questions.md#{0}).", q.name);
        out += &format!("## {}\n\n{answer}\n\n{}\n", comparison.title, table(&comparison));
    }
    out
}
