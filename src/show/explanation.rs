//! What a question, component, need or file is, why it is there, and which answers decide: the one text that
//! `scaffold explain` and the book show.

use std::collections::BTreeSet;

use crate::catalog::question::{Choice, Group, Question};
use crate::catalog::slots::{Macro, Slot};
use crate::catalog::{Catalog, Component, Need, TemplateFile, WritePolicy};
use crate::render::context::{Evidence, Readiness};
use crate::template::usage::Usage;
use crate::text::without_links;

mod entry;
mod setting;

pub use entry::{Explanation, FactLine, Section, Sort};
pub use setting::Setting;

/// How a question is answered that no one is asked on the way.
pub const NOT_ASKED: &str =
    "not asked on the way: set it with `--set`, in an answers file, or in the list of all answers";

/// A question of a component, or of the whole project when it has no owner.
pub fn question(usage: &Usage<'_>, q: &Question, owner: Option<&Component>, settings: &[Setting]) -> Explanation {
    let catalog = usage.catalog();
    let mut values = Section::new([FactLine::text(format!("Takes {}; {}.", q.kind().describe(), default_of(q)))]);
    let needs = |c: &Choice| c.needs.as_ref().map(|needs| format!(" (needs {needs})")).unwrap_or_default();
    let choice = |c: &Choice| FactLine::text(format!("`{}`: {}{}", c.value, c.title, needs(c)));
    values.items.extend(q.choices.iter().map(choice));
    let field =
        |f: &Question| FactLine::text(format!("`{}`: {} ({}; {})", f.name, f.ask, f.kind().describe(), default_of(f)));
    values.items.extend(q.fields.iter().map(field));
    let mut place = Section::default();
    if !q.one_of.is_empty() {
        place.lines.push(FactLine::text(format!("One of: {}.", q.one_of.join(", "))));
    }
    let shown = q.changing.iter().map(|what| setting::shown(catalog, settings, owner, what));
    place.lines.extend(shown.map(|what| FactLine::text(format!("Changing it later: {what}"))));
    place.lines.extend(q.when.iter().map(|when| FactLine::text(format!("Asked when `{when}`."))));
    if !q.asked {
        let not_asked = NOT_ASKED.replacen('n', "N", 1);
        place.lines.push(FactLine::text(format!("{not_asked}.")));
    }
    let group = |g: &Group| FactLine::text(format!("In the group {}: {}", g.title, g.why));
    place.lines.extend(catalog.group(q).map(group));
    place.lines.extend(owner.map(|c| FactLine::names("Belongs to the component", Sort::Component, [c.name.as_str()])));
    let users = catalog.components.iter().filter(|c| usage.of_component(c).contains(&q.name));
    place.lines.push(FactLine::names("Decides about files of", Sort::Component, users.map(|c| c.name.as_str())));
    Explanation::new(format!("`{}` is a question: {}", q.name, q.ask), &q.help, [values, place])
}

/// A component with the files that it may generate.
pub fn component(usage: &Usage<'_>, c: &Component) -> Explanation {
    let m = &c.manifest;
    let mut facts = Section::default();
    match usage.catalog().condition(c) {
        Some(when) => {
            facts.lines.push(FactLine::text(format!("Active when `{when}`.")));
            facts.lines.push(decided_by(&usage.of_activation(c)));
        }
        None => facts.lines.push(FactLine::text("Always active.")),
    }
    let slot = m.provides.as_ref().map(|provides| provides.slot.as_str());
    facts.lines.extend(slot.map(|slot| FactLine::names("Fills the slot", Sort::Slot, [slot])));
    let names =
        |before, sort, names: Vec<&String>| FactLine::names(before, sort, names.into_iter().map(String::as_str));
    let is_component = |name: &&String| usage.catalog().component(name).is_some();
    let (components, slots): (Vec<_>, Vec<_>) = m.requires.iter().partition(is_component);
    facts.lines.push(names("Needs the components", Sort::Component, components));
    facts.lines.push(names("Needs the slots", Sort::Slot, slots));
    facts.lines.push(names("Asks", Sort::Question, m.questions.iter().map(|q| &q.name).collect()));
    facts.lines.push(names("Meets", Sort::Need, m.satisfies.iter().map(|s| &s.id).collect()));
    let heading = if c.files.is_empty() { "It has no files of its own." } else { "Files:" };
    let mut files = Section::new([FactLine::text(heading)]);
    files.items = c.files.iter().map(|f| FactLine::names("", Sort::File, [f.path.as_str()])).collect();
    Explanation::new(format!("`{}` is a component: {}", c.name, m.title), &m.why, [facts, files])
}

/// A slot with what it promises and the components that fill it.
pub fn slot(catalog: &Catalog, name: &str, slot: &Slot) -> Explanation {
    let is_key = |name: &&String| slot.keys.contains(name);
    let (keys, list): (Vec<_>, Vec<_>) = catalog.deciding(slot).partition(is_key);
    let mut chosen = Section::new([FactLine::names("Chosen by", Sort::Question, keys.into_iter().map(String::as_str))]);
    for per in list {
        let is_field =
            |key: &&String| catalog.records_question(per).is_some_and(|list| list.choice_field(key).is_some());
        let fields: Vec<String> = slot.keys.iter().filter(is_field).map(|key| format!("`{key}`")).collect();
        let line = FactLine::names("Each of", Sort::Question, [per.as_str()]);
        chosen.lines.push(line.and(format!("chooses by its {}.", fields.join(", "))));
    }
    for exclusion in &slot.without {
        let keys: Vec<String> = exclusion.keys.iter().map(|(key, words)| format!("`{key}: {words}`")).collect();
        chosen.items.push(FactLine::text(format!("{} needs {}", keys.join(" with "), exclusion.needs)));
    }
    let mut providers = Section::new([FactLine::text("Filled by:")]);
    for (component, provides) in catalog.providers(name) {
        let keys = provides.keys.iter();
        let keys = keys.filter_map(|(key, value)| Some(format!("`{key}: {}`", value.values()?.join(" or "))));
        let keys = keys.collect::<Vec<_>>().join(", ");
        let line = FactLine::names("", Sort::Component, [component.name.as_str()]);
        providers.items.push(line.and(format!("with {keys}")));
    }
    let mut promised = Section::new([FactLine::text("A component that fills it has:")]);
    let variable =
        slot.per.as_ref().and_then(|per| catalog.project.repeats.values().find(|repeat| repeat.each == *per));
    let before = variable.map(|repeat| format!("{}.", repeat.variable)).unwrap_or_default();
    promised.items.extend(
        slot.facts.iter().map(|(fact, what)| FactLine::text(format!("`{before}provided.{name}.{fact}`: {what}"))),
    );
    let promise = |(name, m): (&String, &Macro)| format!("the macro `{name}({})`: {}", m.with.join(", "), m.what);
    promised.items.extend(slot.macros.iter().map(promise).map(FactLine::text));
    promised.items.extend(slot.files.iter().map(|file| match &file.when {
        Some(when) => FactLine::text(format!("`{}`, when `{when}`", file.path)),
        None => FactLine::text(format!("`{}`", file.path)),
    }));
    promised
        .items
        .extend(slot.prints.iter().map(|list| FactLine::text(format!("a template that prints `contributed.{list}`"))));
    promised.items.extend(slot.contributes.iter().map(|list| FactLine::text(format!("an item of `{list}`"))));
    Explanation::new(format!("`{name}` is a slot: {}", slot.title), &slot.why, [chosen, providers, promised])
}

/// A need of a production system, with what is done for it in each setting.
pub fn need(catalog: &Catalog, n: &Need, settings: &[Setting]) -> Explanation {
    let states: Vec<(&Setting, &Readiness)> = settings
        .iter()
        .filter_map(|setting| Some((setting, setting.readiness.iter().find(|state| state.id == n.id)?)))
        .collect();
    // what several settings say is said once
    let mut met: Vec<(&Evidence, Vec<&Setting>)> = Vec::new();
    let mut open: Vec<(&Option<String>, Vec<&Setting>)> = Vec::new();
    for (setting, state) in states {
        for item in &state.items {
            match met.iter_mut().find(|(other, _)| *other == item) {
                Some((_, settings)) => settings.push(setting),
                None => met.push((item, vec![setting])),
            }
        }
        if !state.covered {
            match open.iter_mut().find(|(reason, _)| *reason == &state.reason) {
                Some((_, settings)) => settings.push(setting),
                None => open.push((&state.reason, vec![setting])),
            }
        }
    }
    let mut sections = Vec::new();
    for (item, of) in &met {
        let words = setting::words(of, settings.len(), "every");
        sections.push(evidence(item, &words));
    }
    for (reason, of) in open {
        let words = setting::words(&of, settings.len(), "any");
        let line = format!("No component meets it {words}; `PRODUCTION_READINESS.md` lists it as open.");
        let mut section = Section::new([FactLine::text(line)]);
        section.items.extend(reason.iter().map(|reason| FactLine::text(without_links(reason))));
        sections.push(section);
    }
    // what waits for an answer meets it with the same answers
    let items = settings.iter().flat_map(|setting| &setting.context.readiness).filter(|state| state.id == n.id);
    let here: BTreeSet<&str> = items.flat_map(|state| &state.items).map(|item| item.component.as_str()).collect();
    let is_shown = |c: &&Component| here.contains(c.name.as_str());
    for c in catalog.components.iter().filter(|c| !is_shown(c)) {
        for s in c.manifest.satisfies.iter().filter(|s| s.id == n.id) {
            let other = FactLine::names("With other answers the component", Sort::Component, [c.name.as_str()]);
            let mut section = Section::new([other.and(format!("meets it: {}", c.manifest.title))]);
            let conditions = [catalog.condition(c), s.when.clone()].into_iter().flatten();
            section.items.extend(conditions.map(|when| FactLine::text(format!("when `{when}`"))));
            sections.push(section);
        }
    }
    Explanation::new(format!("`{}` is a need ({}): {}", n.id, n.area, n.need), "", sections)
}

/// What a component does for a need, in the settings that these words name.
fn evidence(item: &Evidence, settings: &str) -> Section {
    let met = FactLine::names("The component", Sort::Component, [item.component.as_str()]);
    let mut section = Section::new([met.and(format!("meets it {settings}: {}", item.title))]);
    section.items.push(FactLine::text(format!("generates {}", without_links(&item.generated))));
    section.items.push(FactLine::text(format!("verify: {}", without_links(&item.verify))));
    let left = item.left.iter();
    section.items.extend(left.map(|left| FactLine::text(format!("left for a person: {}", without_links(left)))));
    section
}

/// A file of a component, called `path` by the person who asks.
pub fn file(usage: &Usage<'_>, c: &Component, f: &TemplateFile, path: &str, settings: &[Setting]) -> Explanation {
    let owner = FactLine::names(&format!("`{path}` is a file of the component"), Sort::Component, [c.name.as_str()]);
    let mut facts = Section::new([FactLine::text(format!("Rendered from `{}`.", usage.catalog().shown(&f.origin)))]);
    facts.lines.extend(file_facts(usage, c, f));
    for answers in settings.iter().filter_map(|setting| setting.waiting.get(path)) {
        let waits = answers.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        facts.lines.push(FactLine::text(format!("Not here yet: it waits for the answer to {waits}.")));
    }
    Explanation::new(owner.and(format!(": {}", c.manifest.title)).to_string(), &c.manifest.why, [facts])
}

/// When a file is there, whose it is, and which answers it follows.
pub fn file_facts(usage: &Usage<'_>, c: &Component, f: &TemplateFile) -> Vec<FactLine> {
    let rule = c.manifest.files.get(&f.path);
    let catalog = usage.catalog();
    let active = catalog.record_condition(c, &f.path).or_else(|| catalog.condition(c));
    let conditions = [active, rule.and_then(|r| r.when.clone())].into_iter().flatten();
    let mut lines: Vec<FactLine> = conditions.map(|when| FactLine::text(format!("Generated when `{when}`."))).collect();
    if rule.is_some_and(|r| r.write == WritePolicy::Once) {
        lines.push(FactLine::text("Written once; afterwards it is yours, and updates leave it alone."));
    }
    let answers = usage.of_file(c, f);
    lines.push(if answers.is_empty() { FactLine::text("The same with all answers.") } else { decided_by(&answers) });
    lines
}

/// The default value, in words.
pub fn default_of(q: &Question) -> String {
    match (&q.default, &q.default_expr) {
        (Some(serde_json::Value::String(s)), _) if s.is_empty() => "default empty".into(),
        (Some(serde_json::Value::String(s)), _) => format!("default `{s}`"),
        (Some(value), _) => format!("default `{value}`"),
        (None, Some(expression)) => format!("default computed as `{expression}`"),
        (None, None) => "no default".into(),
    }
}

fn decided_by(answers: &BTreeSet<String>) -> FactLine {
    FactLine::names("Decided by the answers", Sort::Question, answers.iter().map(String::as_str))
}
