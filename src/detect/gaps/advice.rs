//! What closes gaps, which is data: `advice.yaml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::text::yaml;

/// What `advice.yaml` has; its comments say what each part is for.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Advice {
    pub routes: BTreeMap<String, Route>,
    pub locks: BTreeMap<String, Lock>,
    pub servers: BTreeMap<String, String>,
    pub read_by_frameworks: Vec<String>,
    pub reads_database_url: Vec<String>,
    pub origins: String,
    pub names: BTreeMap<String, String>,
    pub reads: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Route {
    /// Where the lines go; beside the other routes where it says nothing.
    #[serde(rename = "where")]
    pub place: Option<String>,
    /// What the lines are called on, and the calls that make one.
    pub receiver: Option<String>,
    #[serde(default)]
    pub made_by: Vec<String>,
    pub code: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lock {
    /// The file without which nothing is installed.
    pub manifest: Option<String>,
    /// The manifest under another name.
    pub other: Option<String>,
    pub lock: String,
    /// What it is for, as a clause.
    #[serde(rename = "use")]
    pub purpose: Option<String>,
    pub command: String,
}

pub(super) static ADVICE: LazyLock<Advice> =
    LazyLock::new(|| yaml::parse(include_str!("advice.yaml")).unwrap_or_default());

#[cfg(test)]
mod tests {
    use super::super::super::libraries;
    use super::ADVICE;

    #[test]
    fn frameworks_have_the_names_of_the_table_of_libraries() {
        assert!(!ADVICE.locks.is_empty());
        let unknown: Vec<&String> = ADVICE.routes.keys().filter(|name| !libraries::is_framework(name)).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}
