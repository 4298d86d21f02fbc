//! The cases: whole presets, small changes of answers per component, and the matrix of answers that go together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use rayon::prelude::*;
use scaffold::answers::{Answers, Given};
use scaffold::catalog::Catalog;
use scaffold::catalog::question::Values;
use scaffold::render::context::Context;
use scaffold::render::{Rendered, render};
use scaffold::text::tree::File;
use serde::Deserialize;

use crate::matrix;
use crate::support::{embedded, root};

/// `tests/cases/<component>/<case>.yaml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFile {
    /// Where the answers start from.
    preset: String,
    /// What the case is about.
    about: String,
    /// Changes by dotted path, as for `--set`.
    #[serde(default)]
    set: Values,
}

/// One rendering that is compared with a snapshot.
#[derive(Clone)]
pub struct Case {
    /// Below `snapshots/`: `presets/<preset>` or `cases/<component>/<case>`.
    pub snapshot: String,
    /// The preset that the answers start from.
    pub preset: String,
    /// The component that it is about; none for a preset.
    pub component: Option<String>,
    /// Changes by dotted path.
    pub set: Values,
}

impl Case {
    /// A case that is not compared with anything.
    pub fn new(snapshot: &str, preset: &str, set: Values) -> Self {
        Self { snapshot: snapshot.into(), preset: preset.into(), component: None, set }
    }

    /// The answers, as the command line gives them.
    pub fn given(&self) -> Given {
        Given {
            preset: Some(self.preset.clone()),
            sets: self.set.iter().map(|(name, value)| (name.clone(), value.to_string())).collect(),
            ..Given::default()
        }
    }
}

/// What a case resolves and renders to.
pub struct Outcome {
    pub case: Case,
    pub answers: Answers,
    pub context: Context,
    pub rendered: Rendered,
}

impl Outcome {
    /// What a catalog makes of a case.
    pub fn of(case: &Case, catalog: &Catalog) -> anyhow::Result<Self> {
        let answers = Answers::resolve(catalog, &case.given(), None)?;
        let context = Context::new(catalog, &answers)?;
        let rendered = render(catalog, &context)?;
        Ok(Self { case: case.clone(), answers, context, rendered })
    }
}

/// All cases, presets first.
pub fn all() -> Vec<Case> {
    let mut cases: Vec<Case> =
        embedded().presets.iter().map(|p| Case::new(&format!("presets/{}", p.name), &p.name, Values::new())).collect();
    cases.extend(case_files());
    cases
}

/// The cases of `tests/cases/`.
pub fn case_files() -> Vec<Case> {
    let mut cases = Vec::new();
    for (path, source) in crate::support::read_tree(&root().join("tests/cases")) {
        let (component, name) = path.rsplit_once('/').expect("tests/cases/<component>/<case>.yaml");
        let name = name.strip_suffix(".yaml").expect("a case is a .yaml file");
        let file: CaseFile =
            serde_yaml::from_slice(&source.bytes).unwrap_or_else(|e| panic!("tests/cases/{path}: {e}"));
        assert!(!file.about.is_empty(), "tests/cases/{path} does not say what it is about");
        cases.push(Case {
            snapshot: format!("cases/{component}/{name}"),
            preset: file.preset,
            component: Some(component.to_string()),
            set: file.set,
        });
    }
    cases
}

/// A case, and what it resolves and renders to once a test asks.
type Known = (Case, OnceLock<Outcome>);

fn known() -> &'static [Known] {
    static KNOWN: OnceLock<Vec<Known>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            matrix::renew();
        }
        all().into_iter().map(|case| (case, OnceLock::new())).collect()
    })
}

fn computed((case, outcome): &'static Known) -> &'static Outcome {
    outcome.get_or_init(|| Outcome::of(case, embedded()).unwrap_or_else(|e| panic!("{}: {e:#}", case.snapshot)))
}

/// What all cases resolve and render to, each once for all tests.
pub fn outcomes() -> &'static [&'static Outcome] {
    static OUTCOMES: OnceLock<Vec<&'static Outcome>> = OnceLock::new();
    OUTCOMES.get_or_init(|| known().par_iter().map(computed).collect())
}

/// What the case with this name resolves and renders to.
pub fn outcome(case: &str) -> &'static Outcome {
    let found = known().iter().find(|known| known.0.snapshot == case);
    computed(found.unwrap_or_else(|| panic!("there is no case {case}")))
}

/// A file of the case with this name.
pub fn text(case: &str, path: &str) -> Option<String> {
    let file = outcome(case).rendered.tree.files.get(path)?;
    Some(String::from_utf8(file.bytes.clone()).unwrap())
}

/// The same, which must be there.
pub fn there(case: &str, path: &str) -> String {
    text(case, path).unwrap_or_else(|| panic!("{case} has no {path}"))
}

/// The same, parsed.
pub fn yaml(case: &str, path: &str) -> serde_yaml::Value {
    serde_yaml::from_str(&there(case, path)).unwrap()
}

/// The outcomes of the presets by name.
pub fn presets() -> BTreeMap<&'static str, &'static Outcome> {
    let presets = known().iter().filter(|known| known.0.component.is_none());
    presets.map(|known| (known.0.preset.as_str(), computed(known))).collect()
}

/// A file that is generated.
pub struct Generated {
    /// The first case that has it.
    pub snapshot: &'static str,
    /// The path in the generated repository.
    pub path: &'static str,
    pub file: &'static File,
}

impl Generated {
    /// Where it is, for messages.
    pub fn place(&self) -> String {
        format!("{}/{}", self.snapshot, self.path)
    }
}

/// Every file that is generated by any case; what several have in common, once.
pub fn files() -> Vec<Generated> {
    let mut seen = BTreeSet::new();
    let all = outcomes().iter().flat_map(|outcome| {
        let files = outcome.rendered.tree.files.iter();
        files.map(|(path, file)| Generated { snapshot: &outcome.case.snapshot, path, file })
    });
    all.filter(|generated| seen.insert((generated.path, &generated.file.bytes))).collect()
}
