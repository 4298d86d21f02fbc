//! The built-in catalog is sound, and nothing in it goes untested.

use std::collections::{BTreeMap, BTreeSet};

use ignore::gitignore::GitignoreBuilder;
use scaffold::catalog::question::Question;
use scaffold::lint::lint;
use scaffold::template::engine;
use scaffold::template::expression::Scope;
use serde_json::Value;

use crate::cases::{self, outcomes};
use crate::matrix::is_never_asked;
use crate::support::{embedded, lines, root};

#[test]
fn has_no_faults() {
    let faults = lint(embedded());
    assert!(faults.is_empty(), "{}", lines(&faults));
}

#[test]
fn every_help_text_says_what_the_default_means() {
    let questions = || embedded().questions().flat_map(|(_, q)| std::iter::once(q).chain(&q.fields));
    let silent: Vec<&str> = questions()
        .filter(|q| (q.default.is_some() || q.default_expr.is_some()) && !q.help.contains("default"))
        .map(|q| q.name.as_str())
        .collect();
    assert!(silent.is_empty(), "{silent:?}");
}

/// At the prompt a refusal follows the value without its `which`: "`80` is for root only".
#[test]
fn refusals_are_sentences_without_which() {
    let questions = embedded().questions().flat_map(|(_, q)| std::iter::once(q).chain(&q.fields));
    let messages = questions.filter_map(|q| q.require_message.as_deref()?.strip_prefix("which "));
    let subjects = ["another", "it", "MongoDB", "no", "nothing", "only", "the", "you"];
    let broken: Vec<&str> =
        messages.filter(|rest| rest.split(' ').next().is_some_and(|word| subjects.contains(&word))).collect();
    assert!(broken.is_empty(), "{broken:?}");
}

#[test]
fn every_component_has_a_case() {
    let cases = cases::all();
    let missing: Vec<&str> = embedded()
        .components
        .iter()
        // what only says or contributes something shows in the files of others
        .filter(|c| !c.files.is_empty())
        .map(|c| c.name.as_str())
        .filter(|name| !cases.iter().any(|case| case.component.as_deref() == Some(name)))
        .collect();
    assert!(missing.is_empty(), "add tests/cases/<component>/<case>.yaml for {missing:?}");
}

#[test]
fn every_template_is_rendered_by_some_case() {
    let mut used = BTreeSet::new();
    for outcome in outcomes() {
        let component = outcome.case.component.clone();
        let origins = outcome.rendered.origin.values();
        used.extend(
            origins.filter(|o| component.as_ref().is_none_or(|c| o.component == *c)).map(|o| o.template.clone()),
        );
    }
    let unused: Vec<&str> = embedded()
        .components
        .iter()
        .flat_map(|c| &c.files)
        .map(|f| f.origin.as_str())
        .filter(|origin| !used.contains(*origin))
        .collect();
    assert!(unused.is_empty(), "no case renders\n{}", lines(&unused));
}

/// Every condition of the catalog, with whether it was seen true and seen false.
#[test]
fn every_condition_is_true_in_one_case_and_false_in_another() {
    let catalog = embedded();
    let env = engine::environment(catalog).unwrap();
    let mut seen: BTreeMap<String, (bool, bool)> = BTreeMap::new();
    let mut note = |name: String, value: bool| {
        let entry = seen.entry(name).or_default();
        if value { entry.0 = true } else { entry.1 = true }
    };
    for outcome in outcomes() {
        let values = &outcome.answers.values;
        for (component, q) in catalog.questions() {
            let active = component.is_none_or(|c| outcome.answers.active.contains(&c.name));
            if q.when.is_some() && active {
                note(format!("question {}", q.name), values.contains_key(&q.name));
            }
            let scope = Scope::new(&env, &outcome.context.values);
            for (choice, when) in q.choices.iter().filter(|_| active).filter_map(|c| Some((c, c.when.as_ref()?))) {
                note(format!("choice {} of {}", choice.value, q.name), scope.is_true(when).unwrap());
            }
            // with the facts of the slots that a record fills
            let known = &outcome.context.values;
            for field in q.fields.iter() {
                for record in known.get(&q.name).and_then(Value::as_array).into_iter().flatten() {
                    let scope = scope.with(record.as_object().unwrap());
                    for (choice, when) in field.choices.iter().filter_map(|c| Some((c, c.when.as_ref()?))) {
                        note(
                            format!("choice {} of {}.{}", choice.value, q.name, field.name),
                            scope.is_true(when).unwrap(),
                        );
                    }
                }
            }
            for field in q.fields.iter().filter(|f| f.when.is_some() && !is_never_asked(catalog, &env, f)) {
                for record in values.get(&q.name).and_then(Value::as_array).into_iter().flatten() {
                    note(format!("question {}.{}", q.name, field.name), record.get(&field.name).is_some());
                }
            }
        }
        for component in &catalog.components {
            let active = outcome.answers.active.contains(&component.name);
            let m = &component.manifest;
            let others = m.provides.iter().map(|provides| catalog.providers(&provides.slot).count());
            if m.when.is_some() || others.sum::<usize>() > 1 {
                note(format!("component {}", component.name), active);
            }
            if !active {
                continue;
            }
            let facts = outcome.context.own_values[&component.name].clone();
            let scope = Scope::new(&env, &outcome.context.values).with(&facts);
            let satisfies =
                m.satisfies.iter().filter_map(|s| s.when.as_ref().map(|w| (format!("satisfies {}", s.id), w.clone())));
            let contributes = m.contributes.iter().flat_map(|(list, items)| {
                items
                    .iter()
                    .filter_map(move |i| Some((format!("contributes {list}"), i.get("when")?.as_str()?.to_string())))
            });
            for (what, when) in satisfies.chain(contributes) {
                note(format!("{} {what}: {when}", component.name), scope.is_true(&when).unwrap());
            }
            for (pattern, rule) in m.files.iter().filter(|(_, r)| r.when.is_some()) {
                let name = format!("{} files {pattern}: {}", component.name, rule.when.clone().unwrap());
                if outcome.rendered.origin.values().any(|o| o.pattern == *pattern) {
                    note(name.clone(), true);
                }
                if outcome.rendered.skipped.iter().any(|(p, _)| p == pattern) {
                    note(name, false);
                }
            }
        }
    }
    let never = |value: bool| {
        let names = seen.iter().filter(|(_, s)| if value { !s.0 } else { !s.1 }).map(|(n, _)| n.as_str());
        names.collect::<Vec<_>>()
    };
    let (never_true, never_false) = (never(true), never(false));
    assert!(
        never_true.is_empty() && never_false.is_empty(),
        "never true:\n{}never false:\n{}",
        lines(&never_true),
        lines(&never_false)
    );
}

#[test]
fn every_choice_is_taken_by_some_case() {
    let has = |value: Option<&Value>, choice: &str| match value {
        Some(Value::Array(several)) => several.iter().any(|one| one == choice),
        value => value.and_then(Value::as_str) == Some(choice),
    };
    let taken = |q: &Question, list: Option<&Question>, choice: &str| {
        outcomes().iter().any(|o| match list {
            None => has(o.answers.values.get(&q.name), choice),
            Some(list) => {
                let records = o.answers.values.get(&list.name).and_then(Value::as_array);
                records.into_iter().flatten().any(|r| has(r.get(&q.name), choice))
            }
        })
    };
    let mut missing = Vec::new();
    for (_, q) in embedded().questions() {
        for choice in q.choices.iter().filter(|c| !taken(q, None, &c.value)) {
            missing.push(format!("{} = {}", q.name, choice.value));
        }
        for field in &q.fields {
            for choice in field.choices.iter().filter(|c| !taken(field, Some(q), &c.value)) {
                missing.push(format!("{}.{} = {}", q.name, field.name, choice.value));
            }
        }
    }
    assert!(missing.is_empty(), "no case has\n{}", lines(&missing));
}

#[test]
fn no_generated_path_is_ignored_by_the_generated_gitignore() {
    for outcome in outcomes() {
        let files = &outcome.rendered.tree.files;
        let text = String::from_utf8(files[".gitignore"].bytes.clone()).unwrap();
        let mut builder = GitignoreBuilder::new("/");
        for line in text.lines() {
            builder.add_line(None, line).unwrap();
        }
        let ignored = builder.build().unwrap();
        let lost: Vec<&String> =
            files.keys().filter(|p| ignored.matched_path_or_any_parents(p.as_str(), false).is_ignore()).collect();
        assert!(lost.is_empty(), "{lost:?}");
    }
}

#[test]
fn generated_text_is_tidy() {
    let mut untidy = Vec::new();
    for outcome in outcomes() {
        for (path, file) in &outcome.rendered.tree.files {
            let Ok(text) = std::str::from_utf8(&file.bytes) else { continue };
            let mut say = |what: &str| untidy.push(format!("{}/{path}: {what}", outcome.case.snapshot));
            if !text.is_empty() && !text.ends_with('\n') {
                say("has no newline at its end");
            }
            if text.ends_with("\n\n") || text.starts_with('\n') {
                say("has an empty line at its start or end");
            }
            if text.contains("\n\n\n") {
                say("has two empty lines in a row");
            }
            if text.lines().any(|l| l.ends_with([' ', '\t'])) {
                say("has white space at the end of a line");
            }
            if text.contains("<%") || text.contains("%>") {
                say("has a leftover of the template language");
            }
            if text.contains("TODO") || text.contains("FIXME") {
                say("has a TODO");
            }
        }
    }
    assert!(untidy.is_empty(), "{}", lines(&untidy));
}

#[test]
fn the_author_guide_names_everything_in_the_context() {
    let guide = std::fs::read_to_string(root().join("templates/README.md")).unwrap();
    let missing: Vec<&str> = scaffold::template::names::NAMES
        .into_iter()
        .chain(embedded().project.derived.keys().map(String::as_str))
        .chain(embedded().project.groups.iter().map(|group| group.name.as_str()))
        .filter(|name| !guide.contains(&format!("`{name}`")))
        .collect();
    assert!(missing.is_empty(), "templates/README.md does not name {missing:?}");
}
