//! Choices and presets side by side: what each generates, costs, promises and leaves to people. The prompt,
//! `scaffold presets --compare` and the book show the same.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde::Serialize;
use serde_json::{Value, json};

use crate::answers::{Answers, Given, unknown_preset};
use crate::catalog::question::{Question, Strategy, Values};
use crate::catalog::{Catalog, Component, Fault, Need, Preset};
use crate::render::context::Context;
use crate::render::render;
use crate::text::error::UserError;
use crate::text::{count, without_links};

mod lint;
mod text;

/// The list of what is paid for.
const COSTS: &str = "costs";

pub use text::text;

/// What is compared, row by row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// What is decided.
    pub title: String,
    /// The choices.
    pub sides: Vec<Side>,
    /// What sets the sides apart, and what they have in common.
    pub rows: Vec<ComparedAspect>,
    /// Which answers the counts are for.
    pub note: String,
}

/// One of the things that are compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Side {
    /// The name of the choice or preset.
    pub name: String,
    /// A short description.
    pub title: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ComparedAspect {
    /// The name for programs.
    pub name: &'static str,
    /// The heading for people.
    pub title: &'static str,
    /// For each side its points.
    pub cells: Vec<Vec<String>>,
}

impl ComparedAspect {
    /// Whether all sides say the same.
    pub fn is_common(&self) -> bool {
        self.cells.windows(2).all(|pair| matches!(pair, [a, b] if a == b))
    }
}

/// Everything that is wrong with what the catalog says for comparisons.
pub fn faults(catalog: &Catalog) -> Vec<Fault> {
    lint::faults(catalog)
}

/// Whether the catalog says what a decision between the choices of a question needs to know.
pub fn is_strategy(question: &Question) -> bool {
    !question.choices.is_empty() && question.choices.iter().all(|c| c.compare.is_some())
}

/// The choices of a question that [is a strategy](is_strategy).
///
/// # Errors
/// When the answers of the presets do not go together with one of the choices: a fault of the catalog.
pub fn choices(catalog: &Catalog, question: &Question) -> Result<Comparison> {
    let name = &question.name;
    // The same answers for all choices, or differences would be shown that are no consequence of the choice.
    let outcome = |example: &Values, value: &str| {
        // as said at the prompt: what another choice does not ask for is left out
        let mut said = example.clone();
        said.insert(name.clone(), json!(value));
        Preview::new(catalog, &Given { said, ..Given::default() })
            .with_context(|| format!("cannot compare `{name}`, `{value}`"))
    };
    let outcomes = |first: usize| {
        let example = example(catalog, question, first);
        question.choices.iter().map(|c| outcome(&example, &c.value)).collect::<Result<Vec<_>>>()
    };
    // services of one choice can have what another does not take, such as migrations without a database
    let same = outcomes(0).or_else(|e| {
        let others = (1..taken(catalog, question).count()).find_map(|first| outcomes(first).ok());
        others.ok_or(e)
    });
    let (outcomes, differs) = match same {
        Ok(outcomes) => (outcomes, format!("only `{name}` differs")),
        // nor do the choices share other answers, such as one account for all environments: each has those of its preset
        Err(e) => {
            let presets: Vec<&Preset> = taken(catalog, question).collect();
            let own = |preset: &&Preset| {
                Preview::new(catalog, &Given { preset: Some(preset.name.clone()), ..Given::default() })
            };
            let own = presets.iter().map(own).collect::<Result<Vec<_>>>();
            (own.map_err(|_| e)?, format!("`{name}` is not all that differs"))
        }
    };
    let sides = question.choices.iter().map(|c| Side { name: c.value.clone(), title: c.title.clone() }).collect();
    let presets: Vec<String> = taken(catalog, question).map(|p| format!("`{}`", p.name)).collect();
    Ok(Comparison {
        title: question.ask.clone(),
        sides,
        rows: rows(&outcomes, Vec::new()),
        note: format!("Counted with the answers of {}; {differs}.{}", presets.join(" and "), dated(catalog)),
    })
}

/// Presets with the answers that they give.
///
/// # Errors
/// When there is no preset of a name, or one is named twice.
pub fn presets(catalog: &Catalog, names: &[String]) -> Result<Comparison> {
    if let Some(twice) = names.iter().enumerate().find(|(i, name)| names.iter().take(*i).any(|other| other == *name)) {
        return Err(UserError::new(format!("preset `{}` is given twice", twice.1))
            .hint("`scaffold presets` lists what it can be compared with")
            .into());
    }
    let preset = |name: &String| catalog.preset(name).ok_or_else(|| unknown_preset(catalog, name));
    let presets = names.iter().map(preset).collect::<Result<Vec<&Preset>, _>>()?;
    let outcome =
        |preset: &&Preset| Preview::new(catalog, &Given { preset: Some(preset.name.clone()), ..Given::default() });
    let outcomes = presets.iter().map(outcome).collect::<Result<Vec<_>>>()?;
    let differing = catalog.questions().map(|(_, q)| q.name.as_str()).filter(|name| {
        let mut given = presets.iter().map(|p| p.answers.get(*name));
        let first = given.next().flatten();
        given.any(|other| other != first)
    });
    let differing: Vec<&str> = differing.collect();
    let answers =
        |preset: &&Preset| differing.iter().map(|name| format!("`{name}`: {}", preset.answer(name))).collect();
    let answers =
        ComparedAspect { name: "answers", title: "Answers that differ", cells: presets.iter().map(answers).collect() };
    Ok(Comparison {
        title: "Presets side by side".into(),
        sides: presets.iter().map(|p| Side { name: p.name.clone(), title: p.title.clone() }).collect(),
        rows: rows(&outcomes, vec![answers]),
        note: format!("Counted with the answers of each preset; every answer can be changed.{}", dated(catalog)),
    })
}

/// The presets that give a choice of the question, one for each. Of several it is the one that is most like all others, so that what
/// differs comes from the choice; the first of equals.
fn taken<'c>(catalog: &'c Catalog, question: &Question) -> impl Iterator<Item = &'c Preset> {
    let alike = |preset: &Preset| -> usize {
        let shared = |other: &Preset| {
            other.answers.iter().filter(|(name, value)| preset.answers.get(*name) == Some(*value)).count()
        };
        catalog.presets.iter().filter(|other| other.name != preset.name).map(shared).sum()
    };
    question.choices.iter().filter_map(move |choice| {
        let gives = |preset: &&Preset| preset.answers.get(&question.name) == Some(&json!(choice.value));
        catalog.presets.iter().rev().filter(gives).max_by_key(|preset| alike(preset))
    })
}

/// Answers for every choice: of the preset at this place, and what only those of the other choices need.
fn example(catalog: &Catalog, question: &Question, first: usize) -> Values {
    let mut example = Values::new();
    let presets = taken(catalog, question).skip(first).chain(taken(catalog, question).take(first));
    for (name, value) in presets.flat_map(|preset| &preset.answers) {
        example.entry(name.clone()).or_insert_with(|| value.clone());
    }
    example
}

/// What answers lead to.
struct Preview<'c> {
    /// The active components, each with its number of files.
    components: Vec<(&'c Component, usize)>,
    files: usize,
    /// How many needs are met, and of how many.
    needs: (usize, usize),
    /// The others, each as it is called.
    open: Vec<String>,
    /// The needs that each component meets.
    met: BTreeMap<String, Vec<String>>,
    /// What only a person can do, with the need that it is for.
    left: Vec<String>,
    strategies: Vec<&'c Strategy>,
    /// What is paid for a month, in whole US dollars.
    costs: Vec<(String, u64)>,
}

/// Of when and where the prices are, where the catalog has some.
fn dated(catalog: &Catalog) -> String {
    let prices = &catalog.pins["prices"];
    match (prices["region"].as_str(), prices["as_of"].as_str()) {
        (Some(region), Some(date)) => format!(
            " Estimates are list prices of {region} as of {date}, without load, traffic, storage, logs, keys and tax."
        ),
        _ => String::new(),
    }
}

/// What components contribute to the list `costs`.
fn costs(context: &Context) -> Result<Vec<(String, u64)>> {
    let items = context.contributed.get(COSTS).into_iter().flatten();
    let cost = |item: &Value| {
        let text = |field: &str| item.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
        let month = text("month").parse().with_context(|| format!("`month` of `{}` in `{COSTS}`", text("what")))?;
        Ok((text("what"), month))
    };
    items.map(cost).collect()
}

impl<'c> Preview<'c> {
    fn new(catalog: &'c Catalog, given: &Given) -> Result<Self> {
        let answers = Answers::resolve(catalog, given, None)?;
        let context = Context::new(catalog, &answers)?;
        let rendered = render(catalog, &context)?;
        let mut files: BTreeMap<&str, usize> = BTreeMap::new();
        for origin in rendered.origin.values() {
            *files.entry(&origin.component).or_default() += 1;
        }
        let active = catalog.components.iter().filter(|c| answers.active.contains(&c.name));
        let mut met: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut left = Vec::new();
        for (need, item) in rendered.readiness.iter().flat_map(|need| need.items.iter().map(move |item| (need, item))) {
            met.entry(item.component.clone()).or_default().push(format!("`{}`", need.id));
            left.extend(item.left.as_ref().map(|text| format!("`{}` {}", need.id, without_links(text))));
        }
        let is_open = |need: &&Need| !rendered.readiness.iter().any(|one| one.id == need.id && one.covered);
        let chosen = |q: &'c Question| {
            let value = answers.values.get(&q.name)?;
            q.choices.iter().find(|c| *value == json!(c.value))?.compare.as_ref()
        };
        Ok(Self {
            components: active.map(|c| (c, files.get(c.name.as_str()).copied().unwrap_or(0))).collect(),
            files: rendered.tree.files.len(),
            needs: (rendered.readiness.iter().filter(|need| need.covered).count(), catalog.needs.len()),
            open: catalog.needs.iter().filter(is_open).map(|need| format!("`{}` {}", need.id, need.need)).collect(),
            met,
            left,
            strategies: catalog.questions().filter_map(|(_, q)| chosen(q)).collect(),
            costs: costs(&context)?,
        })
    }

    fn files_of(&self, component: &Component) -> Option<usize> {
        self.components.iter().find(|(c, _)| c.name == component.name).map(|(_, files)| *files)
    }

    /// A component that not all have; of one that all have, only the number of files is news.
    fn describe(&self, component: &Component, files: usize, everywhere: bool) -> String {
        let (name, files) = (&component.name, count(files, "file"));
        if everywhere {
            return format!("`{name}`: {files}");
        }
        let meets = self.met.get(name).map(|ids| format!(", meets {}", ids.join(", "))).unwrap_or_default();
        format!("`{name}`: {}; {files}{meets}", component.manifest.title)
    }
}

fn rows(outcomes: &[Preview<'_>], first: Vec<ComparedAspect>) -> Vec<ComparedAspect> {
    let row = |name, title, cell: &dyn Fn(&Preview<'_>) -> Vec<String>| ComparedAspect {
        name,
        title,
        cells: outcomes.iter().map(cell).collect(),
    };
    let everywhere = |has: &dyn Fn(&Preview<'_>) -> bool| outcomes.iter().all(has);
    let generated = |o: &Preview<'_>| {
        let with_files = o.components.iter().filter(|(_, files)| *files > 0).count();
        let sum = format!("{} of {}", count(o.files, "file"), count(with_files, "component"));
        let own = o.components.iter().filter(|(c, files)| !everywhere(&|other| other.files_of(c) == Some(*files)));
        let own = own.map(|(c, files)| o.describe(c, *files, everywhere(&|other| other.files_of(c).is_some())));
        [sum].into_iter().chain(own).collect()
    };
    let left = |o: &Preview<'_>| {
        let (common, own): (Vec<&String>, Vec<&String>) =
            o.left.iter().partition(|text| everywhere(&|other| other.left.contains(text)));
        let rest = (!common.is_empty()).then(|| format!("{} that all have in common", count(common.len(), "task")));
        own.into_iter().cloned().chain(rest).collect()
    };
    let open = |of_all: bool| {
        move |o: &Preview<'_>| {
            let is_of_all = |need: &&String| outcomes.iter().all(|other| other.open.contains(need)) == of_all;
            o.open.iter().filter(is_of_all).cloned().collect()
        }
    };
    let estimate = |o: &Preview<'_>| {
        let together = o.costs.iter().map(|(_, month)| month).sum::<u64>();
        let together = (!o.costs.is_empty()).then(|| format!("Together, at the least: {together}"));
        o.costs.iter().map(|(what, month)| format!("{what}: {month}")).chain(together).collect()
    };
    let strategy = |name, title, points: &dyn Fn(&Strategy) -> Vec<String>| {
        row(name, title, &|o| o.strategies.iter().flat_map(|s| points(s)).collect())
    };
    let mut rows = first;
    rows.extend([
        row("generated", "What is generated", &generated),
        strategy("money", "What costs money", &|s| s.money.clone()),
        row("estimate", "Estimate for a month, in US dollars", &estimate),
        strategy("people", "Who does what", &|s| s.people.clone()),
        strategy("rpo", "Data that a disaster can cost (RPO)", &|s| vec![s.rpo.clone()]),
        strategy("rto", "Time that recovery takes (RTO)", &|s| vec![s.rto.clone()]),
        row("readiness", "Needs that are met", &|o| vec![format!("{} of {}", o.needs.0, o.needs.1)]),
        row("open", "Needs left open", &open(false)),
        row("open_for_all", "Needs left open", &open(true)),
        row("left", "What is left for a person", &left),
    ]);
    rows.retain(|row| row.cells.iter().any(|cell| !cell.is_empty()));
    rows
}
