//! Answer after answer: which questions are asked, with which value, and whether all go together.

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashSet};

use anyhow::Result;
use indexmap::IndexMap;
use minijinja::Environment;
use serde_json::{Map, Value};

use super::layers::Layers;
use super::problem::{Missing, Sources, error};
use super::{Answered, Answers, Given, Origin, Problem, Prompter, chosen, following, kept, told};
use crate::answers::NAME;
use crate::answers::check::Check;
use crate::catalog::later::marked;
use crate::catalog::question::{Question, Values};
use crate::catalog::slots::PROVIDED;
use crate::catalog::{Catalog, Component};
use crate::template::expression::Scope;
use crate::template::provided;
use crate::template::reads::{Read, Reads};
use crate::text::error::{Back, UserError};
use crate::text::value::brief;

mod ahead;
mod rules;

pub(super) struct Resolver<'a> {
    catalog: &'a Catalog,
    env: &'a Environment<'a>,
    given: IndexMap<String, (Value, Origin)>,
    recorded: Map<String, Value>,
    /// What stood beneath the first `--set` of an answer, without the fields that were set.
    beneath: Map<String, Value>,
    /// What was recorded as not asked.
    kept: Values,
    /// Fields of records that a person or the folder said.
    chosen: BTreeSet<String>,
    /// Those of them that the record names.
    listed: BTreeSet<String>,
    folder: Option<Value>,
    /// What the folder told last.
    told: Values,
    /// Where more answers can come from.
    sources: Sources,
    notes: Vec<String>,
    /// What was given and checked, in this pass or an earlier one.
    firm: Values,
    again: Again,
    /// Whether the person has seen the list that the folder tells, where it tells one.
    confirmed: bool,
    /// That list, once the person has confirmed it.
    list: Option<String>,
    /// The question at which a pass ends.
    until: Option<String>,
    /// The answers of this pass so far.
    values: Values,
    /// What the providers of slots say, as far as they are chosen in this pass: `provided`, and lists whose records have it.
    provided: Values,
    /// Both, once something asked for them.
    known: OnceCell<Scope<'a>>,
    /// The questions of this pass so far, with an answer or without.
    passed: HashSet<&'a str>,
    origins: IndexMap<String, Origin>,
    missing: Vec<Missing<'a>>,
    problems: Vec<Problem>,
}

/// Which questions are asked in a pass though they are answered.
enum Again {
    Nothing,
    /// The person went back to it.
    Back(String),
    /// They do not go together.
    Conflict(Vec<String>),
    /// The person wants to change them; going back leaves them as they are.
    Chosen(Vec<String>),
}

impl Again {
    fn is(&self, name: &str) -> bool {
        match self {
            Self::Nothing => false,
            Self::Back(one) => one == name,
            Self::Conflict(some) | Self::Chosen(some) => some.iter().any(|one| one == name),
        }
    }
}

/// Whether the facts of a slot can be computed.
#[derive(PartialEq, Eq)]
enum Provided {
    Now,
    Later,
}

/// Whether a pass through the questions goes on, or starts anew because the person went back.
#[derive(PartialEq, Eq)]
enum Pass {
    On,
    Anew,
}

impl<'a> Resolver<'a> {
    pub fn new(catalog: &'a Catalog, env: &'a Environment<'a>, given: &Given) -> Result<Self> {
        let (folder, sources) = (given.folder.clone(), Sources::left(given));
        let told = given.detected.iter().map(|(name, found)| (name.clone(), found.value.clone())).collect();
        let Layers { given, recorded, beneath, kept, chosen, listed, notes, problems } =
            Layers::new(catalog, env, given)?;
        Ok(Self {
            catalog,
            env,
            given,
            recorded,
            beneath,
            kept,
            chosen,
            listed,
            folder,
            told,
            sources,
            notes,
            firm: Values::new(),
            again: Again::Nothing,
            confirmed: false,
            list: None,
            until: None,
            values: Values::new(),
            provided: Values::new(),
            known: OnceCell::new(),
            passed: HashSet::new(),
            origins: IndexMap::new(),
            missing: Vec::new(),
            problems,
        })
    }

    /// Passes through the questions until all are answered and the user changes no answer. Each pass asks only the
    /// questions without an answer, so that going back loses only the answers that no longer fit.
    pub fn run(mut self, mut prompter: Option<&mut dyn Prompter>) -> Result<Answers> {
        // problems that no question can solve are reported before the first question, not after the last
        if prompter.is_some()
            && let Some(error) = error(&self.problems, &self.missing, self.sources)
        {
            return Err(error.into());
        }
        if let Some(person) = prompter.as_deref_mut() {
            self.without_examples();
            self.firm_at_once();
            person.note(&self.firm);
        }
        loop {
            if let Some(person) = prompter.as_deref_mut().filter(|_| !self.confirmed) {
                self.confirm(person)?;
            }
            let Some(active) = self.pass(&mut prompter)? else { continue };
            self.again = Again::Nothing;
            if let Some(person) = prompter.as_deref_mut() {
                if !self.problems.is_empty() && self.problems.iter().all(|p| !p.answers.is_empty()) {
                    let mut names = Vec::new();
                    for problem in std::mem::take(&mut self.problems) {
                        person.conflict(&problem)?;
                        names.extend(problem.answers);
                    }
                    self.again = Again::Conflict(names);
                    continue;
                }
                if self.problems.is_empty() && !self.revised(person)? {
                    continue;
                }
            }
            if prompter.is_none() && self.problems.is_empty() && self.missing.is_empty() {
                self.refuse_idle();
            }
            return self.finish(&active);
        }
    }

    /// Leaves out what a preset has only as an example. A person who takes every default would otherwise get a
    /// repository for the accounts of that example. The project is called like its folder.
    fn without_examples(&mut self) {
        let catalog = self.catalog;
        let is_example = |name: &str, origin: &Origin| {
            matches!(origin, Origin::Preset(_)) && catalog.question(name).is_some_and(|question| question.identity)
        };
        self.given.retain(|name, (_, origin)| !is_example(name, origin));
        for (name, (value, origin)) in &mut self.given {
            if let (Origin::Preset(_), Some(question)) = (&*origin, catalog.question(name)) {
                let records = value.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut);
                let identity = |field: &str| question.field(field).is_some_and(|field| field.identity);
                records.for_each(|record| record.retain(|field, _| !identity(field)));
            }
        }
        if let Some(name) = self.folder.take() {
            self.given.entry(NAME.into()).or_insert((name, Origin::Folder));
        }
    }

    /// What was given beside the prompt and is right whatever the other answers are, and what a person said before, so that
    /// it is kept with the first answer.
    fn firm_at_once(&mut self) {
        for (name, (value, origin)) in &self.given {
            if let (Origin::File(_) | Origin::Flag | Origin::Prompt, Some(question)) =
                (origin, self.catalog.question(name))
                && let Ok(checked) =
                    Check::new(self.scope(), question).undecided(*origin == Origin::Prompt).value(value)
            {
                self.firm.insert(name.clone(), checked);
            }
        }
    }

    /// One pass: the active components, or nothing when it has to start anew.
    fn pass(&mut self, prompter: &mut Option<&mut dyn Prompter>) -> Result<Option<Vec<&'a Component>>> {
        self.values.clear();
        self.provided.clear();
        self.known.take();
        self.passed.clear();
        self.origins.clear();
        self.missing.clear();
        let before = self.problems.len();
        let catalog = self.catalog;
        let mut active: Vec<&Component> = Vec::new();
        let mut chosen: Vec<&str> = Vec::new();
        for question in &catalog.project.questions {
            if self.ask(question, &active, &Values::new(), prompter)? == Pass::Anew {
                return Ok(None);
            }
            if self.until.as_ref() == Some(&question.name) {
                return Ok(Some(active));
            }
            for slot in catalog.slots_chosen_by(&question.name) {
                for (component, _) in catalog.providers(slot) {
                    if catalog.fills(component, &self.values) != Some(true) {
                        continue;
                    }
                    active.push(component);
                    for question in &component.manifest.questions {
                        if self.ask(question, &active, &Values::new(), prompter)? == Pass::Anew {
                            return Ok(None);
                        }
                    }
                }
                chosen.push(slot);
            }
            for slot in std::mem::take(&mut chosen) {
                if self.provide(slot, &chosen)? == Provided::Later {
                    chosen.push(slot);
                }
            }
        }
        let derived =
            if self.problems.len() == before && self.missing.is_empty() { self.derive()? } else { Values::new() };
        for component in &catalog.components {
            if active.iter().any(|other| other.name == component.name) || !self.is_active(component, &derived)? {
                continue;
            }
            active.push(component);
            for question in &component.manifest.questions {
                if self.ask(question, &active, &derived, prompter)? == Pass::Anew {
                    return Ok(None);
                }
            }
        }
        if self.problems.is_empty() && self.missing.is_empty() {
            self.check_rules(&active, &derived)?;
            self.check_requirements(&active);
        }
        Ok(Some(active))
    }

    /// Answers a question, and checks the rules that can be checked with it.
    fn ask(
        &mut self,
        question: &'a Question,
        active: &[&Component],
        derived: &Values,
        prompter: &mut Option<&mut dyn Prompter>,
    ) -> Result<Pass> {
        match self.answer(question, prompter)? {
            Pass::Anew => Ok(Pass::Anew),
            Pass::On => self.check_at_once(question, active, derived, prompter),
        }
    }

    /// Computes the facts of a slot whose provider has been asked about, unless they need a question that comes later, or
    /// facts of a slot that waits for one.
    fn provide(&mut self, slot: &str, waiting: &[&str]) -> Result<Provided> {
        let provider = self.catalog.provider(slot, &self.values);
        for fact in provider.iter().flat_map(|(_, provides)| provides.facts.values()) {
            let names = self.scope().names_in(fact)?;
            let is_open = |name: &String| !self.passed.contains(name.as_str()) && self.catalog.question(name).is_some();
            let waits = |read: &Read| waiting.iter().any(|slot| read.name.starts_with(&format!("{PROVIDED}.{slot}.")));
            if names.iter().any(is_open) || Reads::of_expression(fact).names.iter().any(waits) {
                return Ok(Provided::Later);
            }
        }
        let scope = self.scope();
        let added = provided::add(self.catalog, slot, &scope, &mut self.provided);
        self.known.take();
        match added {
            Err(_) if !self.missing.is_empty() || !self.problems.is_empty() => {}
            other => other?,
        }
        Ok(Provided::Now)
    }

    /// Shows all answers; whether they stay as they are.
    fn revised(&mut self, person: &mut dyn Prompter) -> Result<bool> {
        let answered = |(name, origin): (&'_ String, _)| {
            let question = self.catalog.question(name).filter(|question| !question.has_one_choice());
            Some(Answered { question: question?, value: self.values.get(name)?, origin })
        };
        let answers: Vec<Answered<'_>> = self.origins.iter().filter_map(answered).collect();
        match person.revise(&answers) {
            Ok(names) if names.is_empty() => return Ok(true),
            Ok(names) => self.again = Again::Chosen(names),
            Err(e) if e.is::<Back>() => self.go_back(person, None)?,
            Err(e) => return Err(e),
        }
        Ok(false)
    }

    fn is_active(&self, component: &Component, derived: &Values) -> Result<bool> {
        if let Some(fills) = self.catalog.fills(component, &self.values) {
            return Ok(fills);
        }
        let Some(when) = &component.manifest.when else { return Ok(true) };
        let scope = self.scope().with(derived);
        // without all answers a condition can be undecidable; what is missing is reported anyway
        match scope.is_true(when) {
            Err(_) if !self.missing.is_empty() || !self.problems.is_empty() => Ok(false),
            other => other,
        }
    }

    fn derive(&self) -> Result<Values> {
        self.scope().derive(&self.catalog.project.derived)
    }

    fn scope(&self) -> Scope<'a> {
        let known = || Scope::new(self.env, &marked(self.catalog, &self.values)).with(&self.provided);
        self.known.get_or_init(known).clone()
    }

    fn set(&mut self, name: &str, value: Value) {
        self.values.insert(name.to_owned(), value);
        self.known.take();
    }

    fn answer(&mut self, question: &'a Question, prompter: &mut Option<&mut dyn Prompter>) -> Result<Pass> {
        if let Some(when) = &question.when {
            match self.scope().is_true(when) {
                Ok(true) => {}
                Err(_) if !self.missing.is_empty() || !self.problems.is_empty() => return Ok(Pass::On),
                Ok(false) => return Ok(Pass::On),
                Err(e) => return Err(e),
            }
        }
        if let Some(person) = prompter.as_deref_mut() {
            self.follow_folder(question, person)?;
        }
        let undecided = !self.missing.is_empty() || !self.problems.is_empty();
        let check = Check::new(self.scope(), question).undecided(undecided);
        let (value, origin) = match self.given.get(&question.name) {
            Some((value, origin)) => {
                let recorded = self.recorded.get(&question.name);
                // a person was asked for nothing that had no meaning then, and a preset is for answers that may have changed
                let unread = matches!(origin, Origin::Prompt | Origin::Preset(_));
                let beneath = self.beneath.get(&question.name).or(unread.then_some(value));
                (Some(kept::without_lost(&check, value, recorded, beneath)), origin.clone())
            }
            None => (check.default_value()?, Origin::Default),
        };
        let name = &question.name;
        if let Some(person) = prompter.as_deref_mut()
            && (self.again.is(name) || person.wants(question, value.as_ref(), &origin)?)
        {
            let answer = match person.ask(value.as_ref(), &origin, &check) {
                Ok(answer) => answer,
                Err(e) if e.is::<Back>() => {
                    match self.again {
                        Again::Chosen(ref names) if names.contains(name) => self.again = Again::Nothing,
                        _ => self.go_back(person, Some(name))?,
                    }
                    // what is wrong is found again
                    self.problems.clear();
                    return Ok(Pass::Anew);
                }
                Err(e) => return Err(e),
            };
            let checked = check.value(&answer).map_err(|ps| UserError::new(ps.join("; ")))?;
            self.given.insert(name.clone(), (checked.clone(), Origin::Prompt));
            self.firm.insert(name.clone(), checked.clone());
            person.note(&self.firm);
            self.origins.insert(name.clone(), Origin::Prompt);
            self.set(name, checked);
            return Ok(Pass::On);
        }
        let Some(value) = value else {
            self.missing.push(Missing { name: name.clone(), question });
            return Ok(Pass::On);
        };
        if matches!(origin, Origin::Default | Origin::Preset(_)) {
            let lacking = check.lacking(&value);
            if !lacking.is_empty() {
                let place = |(i, field): (usize, &'a Question)| format!("{name}.{i}.{}", field.name);
                self.missing.extend(lacking.into_iter().map(|at| Missing { name: place(at), question: at.1 }));
                return Ok(Pass::On);
            }
        }
        let check = if matches!(origin, Origin::Recorded(_)) { check.recorded() } else { check };
        match check.value(&value) {
            Ok(checked) => {
                if matches!(origin, Origin::File(_) | Origin::Flag | Origin::Prompt) {
                    self.firm.insert(name.clone(), checked.clone());
                }
                self.origins.insert(name.clone(), origin);
                self.set(name, checked);
            }
            Err(refusals) => {
                for message in refusals {
                    self.problems.push(Problem {
                        message,
                        origin: Some(origin.clone()),
                        hints: vec![format!("`scaffold explain {}` says what it takes", question.name)],
                        answers: vec![question.name.clone()],
                    });
                }
            }
        }
        Ok(Pass::On)
    }

    /// Has an answer that the folder tells become what it tells with the answers before it.
    fn follow_folder(&mut self, question: &Question, person: &mut dyn Prompter) -> Result<()> {
        let name = &question.name;
        let Some(now) = person.told(question, &chosen(&self.values, &self.origins))? else { return Ok(()) };
        let before = self.told.insert(name.clone(), now.value.clone());
        match (self.given.get_mut(name), before) {
            (None | Some((_, Origin::Default | Origin::Preset(_) | Origin::Folder | Origin::Detected(_))), _) => {
                let origin = Origin::Detected(now.evidence());
                self.given.insert(name.clone(), (now.value, origin));
            }
            (Some((value, Origin::Prompt | Origin::Flag)), Some(before)) => {
                told::renew(question, value, &before, &now.value);
            }
            (Some((_, Origin::Prompt | Origin::Flag | Origin::Recorded(_) | Origin::File(_))), _) => {}
        }
        Ok(())
    }

    /// Refuses what was given on the command line for a question that these answers do not ask: a part of the answers that
    /// ask it is missing there.
    fn refuse_idle(&mut self) {
        for (owner, question) in self.catalog.questions() {
            let name = &question.name;
            let Some((value, origin @ Origin::Flag)) = self.given.get(name).filter(|_| !self.values.contains_key(name))
            else {
                continue;
            };
            let active = owner.and_then(|owner| self.catalog.condition(owner));
            let conditions: Vec<String> =
                active.into_iter().chain(question.when.clone()).map(|when| format!("`{when}`")).collect();
            self.problems.push(Problem {
                message: format!(
                    "answer `{name}` is `{}`, and these answers do not ask for it: it is asked when {}",
                    brief(value),
                    conditions.join(" and ")
                ),
                origin: Some(origin.clone()),
                hints: vec![format!("leave `--set {name}` out, or change the answers on which it hangs")],
                answers: vec![name.clone()],
            });
        }
    }

    fn finish(&mut self, active: &[&Component]) -> Result<Answers> {
        if let Some(error) = error(&self.problems, &self.missing, self.sources) {
            return Err(error.into());
        }
        for (name, (_, origin)) in &self.given {
            // only answers given in this run are reported: the user expects those to be used
            let just_now = matches!(origin, Origin::File(_) | Origin::Flag);
            if just_now && !self.values.contains_key(name) {
                self.notes.push(format!("Answer `{name}` is not needed with the other answers and is left out."));
            }
        }
        self.notes.extend(kept::without_record(&self.kept, &self.values));
        let (recorded, scope) = (&self.recorded, self.scope());
        let kept = kept::of(self.catalog, recorded, &self.values);
        let (chosen, changed) = following::chosen_and_changed(
            self.catalog,
            recorded,
            (&self.values, &kept),
            &scope,
            [&self.chosen, &self.listed],
        );
        self.notes.extend(changed);
        Ok(Answers {
            origins: std::mem::take(&mut self.origins),
            kept,
            chosen,
            values: std::mem::take(&mut self.values),
            active: self
                .catalog
                .components
                .iter()
                .map(|c| c.name.clone())
                .filter(|name| active.iter().any(|c| c.name == *name))
                .collect(),
            notes: std::mem::take(&mut self.notes),
        })
    }
}
