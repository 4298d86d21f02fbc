//! The matrix: cases that have every two answers together that go together, as `tests/cases/matrix/`. What there is to
//! answer, and what excludes what, is read from the catalog; `tests/matrix.yaml` adds values of questions without choices.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::path::PathBuf;

use indexmap::IndexMap;
use minijinja::Environment;
use scaffold::answers::check::Check;
use scaffold::answers::{Answers, Given};
use scaffold::catalog::question::{KindName, Question, Rule, Values};
use scaffold::catalog::slots::PROVIDED;
use scaffold::catalog::{Catalog, Component};
use scaffold::template::engine;
use scaffold::template::expression::Scope;
use scaffold::template::provided::of_record;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cases::{Case, case_files};
use crate::covering::{Cell, Conflict, Covering, Model, Pair, Row, cover, uncovered};
use crate::support::{embedded, root};

/// Where the answers of a case start from.
const PRESET: &str = "mongodb-atlas-on-aws";

/// `tests/matrix.yaml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Points {
    /// By question.
    points: IndexMap<String, Vec<Value>>,
    /// By question of kind records.
    records: IndexMap<String, Records>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Records {
    /// What the varied record has always.
    record: Values,
    /// By field.
    points: IndexMap<String, Vec<Value>>,
    /// The other records, by a name for the axis.
    beside: IndexMap<String, Vec<Value>>,
}

/// Something that is varied.
struct Axis<'c> {
    /// As `region`, `services.0.kind` and `services.1`.
    name: String,
    values: Vec<Value>,
    /// The question, or the field.
    question: Option<&'c Question>,
    /// The list whose record it is in, or beside.
    list: Option<&'c Question>,
    /// When it has a meaning, and the axes that decide it.
    when: Vec<&'c str>,
    causes: BTreeSet<usize>,
}

/// What holds for all accepted answers.
enum Constraint<'c> {
    /// A choice, by the number of its value.
    Choice { axis: usize, value: usize, when: &'c str, needs: &'c str },
    /// What a question requires of its answer.
    Require { axis: usize, require: &'c str },
    /// A rule of the project, or of a component that is active when an expression is true.
    Rule { rule: &'c Rule, when: Option<&'c str> },
}

/// What was computed already, by number and cells.
type Known<T> = RefCell<HashMap<(usize, Row), T>>;

struct Matrix<'c> {
    catalog: &'c Catalog,
    env: &'c Environment<'c>,
    axes: Vec<Axis<'c>>,
    /// Answers that do not vary.
    fixed: Values,
    constraints: Vec<(Constraint<'c>, BTreeSet<usize>)>,
    records: IndexMap<String, Records>,
    /// What breaks a constraint.
    found: Known<Option<String>>,
    /// Whether an axis has a meaning.
    asked: Known<bool>,
}

impl<'c> Matrix<'c> {
    fn new(catalog: &'c Catalog, env: &'c Environment<'c>) -> Self {
        let text = std::fs::read_to_string(root().join("tests/matrix.yaml")).unwrap();
        let Points { points, records } = serde_yaml::from_str(&text).unwrap();
        let mut matrix = Self {
            catalog,
            env,
            axes: Vec::new(),
            fixed: Values::new(),
            constraints: Vec::new(),
            records: IndexMap::new(),
            found: RefCell::default(),
            asked: RefCell::default(),
        };
        let mut unused: BTreeSet<String> = points.keys().chain(records.keys()).cloned().collect();
        for (component, question) in catalog.questions() {
            let active = component.and_then(|component| condition(catalog, component));
            let when: Vec<&str> = active.into_iter().chain(question.when.as_deref()).collect();
            unused.remove(&question.name);
            if is_never(catalog, env, &points, &when) {
                continue;
            } else if let Some(records) = records.get(&question.name) {
                matrix.vary_records(question, records, &points, &when);
            } else if let Some(values) = values(question, &points) {
                let (name, question) = (question.name.clone(), Some(question));
                matrix.axes.push(Axis { name, values, question, list: None, when, causes: BTreeSet::new() });
            }
        }
        assert!(unused.is_empty(), "tests/matrix.yaml has values of {unused:?}, which the catalog does not ask");
        matrix.records = records;
        let preset = Given { preset: Some(PRESET.into()), ..Given::default() };
        matrix.fixed = Answers::resolve(catalog, &preset, None).unwrap().values;
        matrix.fixed.retain(|name, _| matrix.axes.iter().all(|axis| axis.top() != name));
        for axis in 0..matrix.axes.len() {
            let Axis { when, list, .. } = &matrix.axes[axis];
            matrix.axes[axis].causes = matrix.axes_in(when, *list).into_iter().filter(|other| *other < axis).collect();
        }
        matrix.constrain();
        matrix
    }

    fn vary_records(
        &mut self,
        question: &'c Question,
        records: &Records,
        points: &IndexMap<String, Vec<Value>>,
        when: &[&'c str],
    ) {
        for field in &question.fields {
            if is_never(self.catalog, self.env, points, field.when.as_deref().as_slice()) {
                continue;
            }
            let Some(values) = values(field, &records.points) else { continue };
            let when = when.iter().copied().chain(field.when.as_deref()).collect();
            let name = format!("{}.0.{}", question.name, field.name);
            self.axes.push(Axis {
                name,
                values,
                question: Some(field),
                list: Some(question),
                when,
                causes: BTreeSet::new(),
            });
        }
        for name in records.points.keys() {
            assert!(question.field(name).is_some(), "tests/matrix.yaml: {} have no `{name}`", question.name);
        }
        let values = records.beside.values().map(|others| json!(others)).collect();
        let name = format!("{}.1", question.name);
        self.axes.push(Axis {
            name,
            values,
            question: None,
            list: Some(question),
            when: when.to_vec(),
            causes: BTreeSet::new(),
        });
    }

    fn constrain(&mut self) {
        let mut all = Vec::new();
        for (number, axis) in self.axes.iter().enumerate() {
            let Some(question) = axis.question else { continue };
            for choice in &question.choices {
                let value = axis.values.iter().position(|value| *value == choice.value);
                if let (Some(value), Some(when)) = (value, choice.when.as_deref()) {
                    let needs = choice.needs.as_deref().unwrap_or(when);
                    all.push((Constraint::Choice { axis: number, value, when, needs }, self.cause(axis, &[when])));
                }
            }
            if let Some(require) = question.require.as_deref() {
                all.push((Constraint::Require { axis: number, require }, self.cause(axis, &[require])));
            }
        }
        for (constraint, axes) in &mut all {
            if let Constraint::Choice { axis, .. } | Constraint::Require { axis, .. } = constraint {
                axes.insert(*axis);
            }
        }
        let of_project = self.catalog.project.rules.iter().map(|rule| (None, rule));
        let condition = |component| condition(self.catalog, component);
        let of =
            |component: &'c Component| component.manifest.rules.iter().map(move |rule| (condition(component), rule));
        for (when, rule) in of_project.chain(self.catalog.components.iter().flat_map(of)) {
            let names = when.into_iter().chain(rule.when.as_deref()).chain([rule.require.as_str()]).collect::<Vec<_>>();
            all.push((Constraint::Rule { rule, when }, self.axes_in(&names, None)));
        }
        all.retain(|(_, axes)| !axes.is_empty());
        self.constraints = all;
    }

    fn cause(&self, axis: &Axis<'c>, expressions: &[&str]) -> BTreeSet<usize> {
        self.axes_in(expressions, axis.list)
    }

    /// The axes that expressions depend on; in a record, its fields come first. Of a list, these are the fields that are
    /// named, and the other records.
    fn axes_in(&self, expressions: &[&str], list: Option<&Question>) -> BTreeSet<usize> {
        let scope = Scope::new(self.env, &Values::new());
        let mut axes = BTreeSet::new();
        for expression in expressions {
            let words: Vec<&str> = expression.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
            for name in scope.names_in(expression).unwrap() {
                if let Some(list) = list.filter(|list| list.field(&name).is_some()) {
                    axes.extend(self.field(list, &name));
                    // where the record has no such field yet, the name is the answer of the project
                    axes.extend((0..self.axes.len()).filter(|n| self.axes[*n].name == name));
                } else if let Some(list) = list.filter(|_| name == PROVIDED) {
                    let slots = list.slots.iter().filter(|slot| words.contains(&slot.name.as_str()));
                    axes.extend(slots.flat_map(|slot| &slot.fields).filter_map(|field| self.field(list, field)));
                } else if let Some(list) = self.catalog.question(&name).filter(|q| self.records.contains_key(&q.name)) {
                    let fields = list.fields.iter().filter(|field| words.contains(&field.name.as_str()));
                    for field in fields {
                        axes.extend(self.field(list, &field.name));
                        axes.extend(self.axes_in(&field.when.as_deref().into_iter().collect::<Vec<_>>(), Some(list)));
                    }
                    axes.extend((0..self.axes.len()).filter(|n| self.axes[*n].name == format!("{name}.1")));
                } else if let Some(fact) = self.catalog.project.derived.get(&name) {
                    axes.extend(self.axes_in(&[fact], None));
                } else {
                    axes.extend((0..self.axes.len()).filter(|n| self.axes[*n].name == name));
                }
            }
        }
        axes
    }

    fn field(&self, list: &Question, name: &str) -> Option<usize> {
        self.axes.iter().position(|axis| axis.name == format!("{}.0.{name}", list.name))
    }

    /// The answers that a row stands for, without defaults.
    fn answers(&self, row: &Row) -> Values {
        let mut answers = Values::new();
        for (axis, cell) in self.axes.iter().zip(row) {
            let Cell::Value(value) = *cell else { continue };
            let value = &axis.values[value];
            match axis.list {
                _ if value.is_null() => {}
                None => drop(answers.insert(axis.name.clone(), value.clone())),
                Some(list) => {
                    let record = || json!([self.records[&list.name].record]);
                    let records = answers.entry(list.name.clone()).or_insert_with(record).as_array_mut().unwrap();
                    match axis.question {
                        Some(field) => records[0][&field.name] = value.clone(),
                        None => records.extend(value.as_array().unwrap().iter().cloned()),
                    }
                }
            }
        }
        answers
    }

    /// The names that expressions know: answers with the defaults of their questions, and facts as far as they can be
    /// computed. In a record, also its fields.
    fn scope(&self, row: &Row, list: Option<&Question>) -> Scope<'c> {
        let given = self.answers(row);
        let mut names = self.fixed.clone();
        for (name, value) in &given {
            let question = self.catalog.question(name).unwrap();
            let complete = Check::new(Scope::new(self.env, &names), question).value(value);
            names.insert(name.clone(), complete.unwrap_or_else(|_| value.clone()));
        }
        for (name, fact) in &self.catalog.project.derived {
            if let Ok(value) = Scope::new(self.env, &names).eval(fact) {
                names.insert(name.clone(), serde_json::to_value(value).unwrap());
            }
        }
        let scope = Scope::new(self.env, &names);
        match list.and_then(|list| Some((list, given.get(&list.name)?.get(0)?.as_object().cloned()?))) {
            Some((list, record)) => scope.with(&record).with(&of_record(list, &record, &scope).unwrap()),
            None => scope,
        }
    }

    /// Why a constraint is broken.
    fn broken(&self, constraint: &Constraint<'c>, row: &Row) -> Option<String> {
        match constraint {
            Constraint::Choice { axis, value, when, needs } => {
                let taken = row[*axis] == Cell::Value(*value);
                let scope = || self.scope(row, self.axes[*axis].list);
                (taken && !scope().is_true(when).unwrap_or(true)).then(|| format!("needs {needs}"))
            }
            Constraint::Require { axis, require } => {
                let question = self.axes[*axis].question.unwrap();
                let Cell::Value(value) = row[*axis] else { return None };
                let own = json!({ &question.name: self.axes[*axis].values[value] });
                let scope = self.scope(row, self.axes[*axis].list).with(own.as_object().unwrap());
                let holds = own[&question.name].is_null() || scope.is_true(require).unwrap_or(true);
                (!holds).then(|| question.require_message.clone().unwrap_or_else(|| format!("breaks {require}")))
            }
            Constraint::Rule { rule, when } => {
                let scope = self.scope(row, None);
                let conditions = when.iter().copied().chain(rule.when.as_deref());
                let applies = conditions.into_iter().all(|when| scope.is_true(when).unwrap_or(false));
                let holds = !applies || scope.is_true(&rule.require).unwrap_or(true);
                (!holds).then(|| scope.render(&rule.message).unwrap_or_else(|_| rule.message.clone()))
            }
        }
    }

    /// The cells of some axes, all else open.
    fn only(row: &Row, axes: &BTreeSet<usize>) -> Row {
        row.iter().enumerate().map(|(axis, cell)| if axes.contains(&axis) { *cell } else { Cell::Open }).collect()
    }

    /// A row of which a stored case has the values, as far as they are values still.
    fn row_of(&self, case: &Case) -> Row {
        let cell = |axis: &Axis<'c>| {
            let value = match (axis.list, axis.question) {
                (None, _) => case.set.get(&axis.name).cloned(),
                (Some(list), Some(field)) => case.set.get(&list.name).and_then(|l| l.get(0)?.get(&field.name)).cloned(),
                (Some(list), None) => case.set.get(&list.name).and_then(Value::as_array).map(|all| json!(all[1..])),
            };
            let value = value.unwrap_or(Value::Null);
            axis.values.iter().position(|known| *known == value).map_or(Cell::Open, Cell::Value)
        };
        self.axes.iter().map(cell).collect()
    }

    fn stored(&self) -> Vec<Row> {
        let cases = case_files().into_iter().filter(|case| case.component.as_deref() == Some("matrix"));
        cases.map(|case| self.row_of(&case)).collect()
    }

    fn pair(&self, pair: &Pair) -> String {
        let [first, second] = pair.map(|(axis, value)| {
            let axis = &self.axes[axis];
            let value = match (axis.question, axis.list.map(|list| &self.records[&list.name])) {
                (None, Some(records)) => json!(records.beside.get_index(value).unwrap().0),
                _ => axis.values[value].clone(),
            };
            format!("{} = {value}", axis.name)
        });
        format!("{first}, {second}")
    }
}

impl Axis<'_> {
    /// The answer that it is a part of.
    fn top(&self) -> &str {
        self.list.map_or(&self.name, |list| &list.name)
    }
}

/// When a component is active, for as long as the catalog is there.
fn condition(catalog: &Catalog, component: &Component) -> Option<&'static str> {
    catalog.condition(component).map(|when| &*when.leak())
}

/// Whether a question with one choice decides alone that a field is not asked, such as that the only cache is none.
pub fn is_never_asked(catalog: &Catalog, env: &Environment<'_>, field: &Question) -> bool {
    is_never(catalog, env, &IndexMap::new(), field.when.as_deref().as_slice())
}

/// Whether questions with one choice, or with one value here, decide alone that conditions are not all true.
fn is_never(catalog: &Catalog, env: &Environment<'_>, points: &IndexMap<String, Vec<Value>>, when: &[&str]) -> bool {
    let value = |question: &Question| match points.get(&question.name).map(Vec::as_slice) {
        Some([value]) => Some(value.clone()),
        Some(_) => None,
        None => question.has_one_choice().then(|| json!(question.choices[0].value)),
    };
    let questions = catalog.questions().map(|(_, question)| question);
    let decided: Values = questions.filter_map(|question| Some((question.name.clone(), value(question)?))).collect();
    let scope = Scope::new(env, &decided);
    when.iter().any(|when| scope.is_true(when).is_ok_and(|asked| !asked))
}

/// The values of a question that are varied.
fn values(question: &Question, points: &IndexMap<String, Vec<Value>>) -> Option<Vec<Value>> {
    let choices = || question.choices.iter().map(|choice| json!(choice.value));
    match (question.kind, points.get(&question.name)) {
        (_, Some(values)) => Some(values.clone()),
        (KindName::Bool, None) => Some(vec![json!(false), json!(true)]),
        (KindName::Choice, None) => Some(choices().collect()).filter(|_| !question.has_one_choice()),
        (KindName::MultiChoice, None) => {
            let none = std::iter::once(json!([]));
            Some(none.chain(choices().map(|choice| json!([choice]))).chain([choices().collect()]).collect())
        }
        _ => None,
    }
}

impl Model for Matrix<'_> {
    fn sizes(&self) -> Vec<usize> {
        self.axes.iter().map(|axis| axis.values.len()).collect()
    }

    fn has_meaning(&self, row: &Row, axis: usize) -> (bool, Conflict) {
        let Axis { name, when, list, causes, .. } = &self.axes[axis];
        let reason = || format!("{name} is asked when {}", when.join(" and "));
        if when.is_empty() {
            return (true, Conflict::default());
        }
        let row = Self::only(row, causes);
        let known = self.asked.borrow().get(&(axis, row.clone())).copied();
        let holds = known.unwrap_or_else(|| {
            let scope = self.scope(&row, *list);
            when.iter().all(|when| scope.is_true(when).unwrap_or(false))
        });
        self.asked.borrow_mut().insert((axis, row), holds);
        (holds, Conflict { axes: causes.clone(), reason: reason() })
    }

    fn conflict(&self, row: &Row, axis: usize) -> Option<Conflict> {
        for (number, (constraint, axes)) in self.constraints.iter().enumerate() {
            if !axes.contains(&axis) || axes.iter().any(|axis| row[*axis] == Cell::Open) {
                continue;
            }
            let row = Self::only(row, axes);
            let known = self.found.borrow().get(&(number, row.clone())).cloned();
            let broken = known.unwrap_or_else(|| self.broken(constraint, &row));
            self.found.borrow_mut().insert((number, row), broken.clone());
            if let Some(reason) = broken {
                return Some(Conflict { axes: axes.clone(), reason });
            }
        }
        None
    }
}

fn folder() -> PathBuf {
    root().join("tests/cases/matrix")
}

fn excluded_file() -> PathBuf {
    root().join("tests/matrix-excluded.txt")
}

/// Writes the cases anew: those that there are stay as they are, as far as they are accepted.
pub fn renew() {
    let env = engine::environment(embedded()).unwrap();
    let matrix = Matrix::new(embedded(), &env);
    let Covering { rows, excluded } = cover(&matrix, &matrix.stored());
    let _ = std::fs::remove_dir_all(folder());
    std::fs::create_dir_all(folder()).unwrap();
    let preset = PRESET;
    for (number, row) in rows.iter().enumerate() {
        let set = matrix.answers(row);
        let case = json!({"preset": preset, "about": "Answers in pairs, by tests/it/matrix.rs", "set": set});
        let text = serde_yaml::to_string(&case).unwrap();
        std::fs::write(folder().join(format!("{:03}.yaml", number + 1)), text).unwrap();
    }
    std::fs::write(excluded_file(), told(&matrix, &excluded)).unwrap();
}

/// The excluded pairs by reason.
fn told(matrix: &Matrix<'_>, excluded: &[(Pair, String)]) -> String {
    let mut by_reason: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (pair, reason) in excluded {
        by_reason.entry(reason).or_default().push(matrix.pair(pair));
    }
    let mut text = String::from("Pairs of answers that no accepted case has, by the reason (tests/it/matrix.rs).\n");
    for (reason, pairs) in by_reason {
        let _ = writeln!(text, "\n{reason}");
        text.extend(pairs.iter().map(|pair| format!("- {pair}\n")));
    }
    text
}

#[test]
fn every_pair_that_goes_together_is_in_a_case() {
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        // the cases renew the matrix before they are rendered
        crate::cases::outcomes();
    }
    let env = engine::environment(embedded()).unwrap();
    let matrix = Matrix::new(embedded(), &env);
    let stored = matrix.stored();
    let Covering { rows, excluded } = cover(&matrix, &stored);
    let told = told(&matrix, &excluded);
    eprintln!("{} cases for {} axes\n{told}", rows.len(), matrix.axes.len());
    let lacking: Vec<String> = uncovered(&matrix.sizes(), &stored)
        .iter()
        .filter(|pair| !excluded.iter().any(|(other, _)| other == *pair))
        .map(|pair| matrix.pair(pair))
        .collect();
    let advice = "renew the matrix with\n  UPDATE_SNAPSHOTS=1 cargo test --test it render";
    assert!(lacking.is_empty(), "no case has\n{}\n{advice}", lacking.join("\n"));
    assert!(
        rows.len() == stored.len() && rows.len() <= 115,
        "{} cases, of which {} are stored; {advice}",
        rows.len(),
        stored.len()
    );
    assert_eq!(std::fs::read_to_string(excluded_file()).unwrap_or_default(), told, "{advice}");
}

/// A pair that is left out of the matrix is refused by the program too, or one of the two is not asked.
#[test]
fn excluded_pairs_are_refused() {
    let env = engine::environment(embedded()).unwrap();
    let matrix = Matrix::new(embedded(), &env);
    let sizes = matrix.sizes();
    let mut accepted = Vec::new();
    for (pair, reason) in cover(&matrix, &matrix.stored()).excluded {
        let mut row = vec![Cell::Open; sizes.len()];
        for (axis, value) in pair {
            row[axis] = Cell::Value(value);
        }
        let wanted = matrix.answers(&row);
        // a default that has no meaning is left out, not refused
        let is_default = |&(axis, value): &(usize, usize)| matrix.axes[axis].values[value].is_null();
        if pair.iter().any(is_default) {
            continue;
        }
        let given = Case::new("matrix", PRESET, wanted.clone()).given();
        if let Ok(answers) = Answers::resolve(embedded(), &given, None)
            && wanted.keys().all(|name| answers.values.contains_key(name))
        {
            accepted.push(format!("{}: {reason}", matrix.pair(&pair)));
        }
    }
    assert!(accepted.is_empty(), "accepted nevertheless:\n{}", accepted.join("\n"));
}
