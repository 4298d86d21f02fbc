//! The cases: whole presets, and small changes of answers per component.

use scaffold::answers::Given;
use scaffold::catalog::question::Values;
use serde::Deserialize;

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
pub struct Case {
    /// Below `snapshots/`.
    pub snapshot: String,
    /// Only the files of this component are kept; all for a preset.
    pub component: Option<String>,
    /// The answers.
    pub given: Given,
}

/// All cases, presets first.
pub fn all() -> Vec<Case> {
    let mut cases: Vec<Case> = embedded()
        .presets
        .iter()
        .map(|p| Case {
            snapshot: format!("presets/{}", p.name),
            component: None,
            given: Given { preset: Some(p.name.clone()), ..Given::default() },
        })
        .collect();
    for (path, source) in crate::support::read_tree(&root().join("tests/cases")) {
        let (component, name) = path.split_once('/').expect("tests/cases/<component>/<case>.yaml");
        let name = name.strip_suffix(".yaml").expect("a case is a .yaml file");
        let file: CaseFile =
            serde_yaml::from_slice(&source.bytes).unwrap_or_else(|e| panic!("tests/cases/{path}: {e}"));
        assert!(!file.about.is_empty(), "tests/cases/{path} does not say what it is about");
        cases.push(Case {
            snapshot: format!("components/{component}/{name}"),
            component: Some(component.to_string()),
            given: Given {
                preset: Some(file.preset),
                sets: file.set.into_iter().map(|(name, value)| (name, value.to_string())).collect(),
                ..Given::default()
            },
        });
    }
    cases
}
