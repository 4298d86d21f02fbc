//! The rules about names and values, which are data: `rules.yaml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::sort::Sort;
use crate::text::yaml;

/// What `rules.yaml` has; its comments say what each list is for.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    pub public: Vec<String>,
    pub secret: Vec<String>,
    pub secret_at_the_end: Vec<String>,
    pub secret_ends: Vec<String>,
    pub about: Vec<String>,
    pub public_keys: Vec<String>,
    pub needed: Vec<String>,
    pub demanded: Vec<String>,
    pub webhooks: Vec<String>,
    pub webhook_urls: Vec<String>,
    pub names: BTreeMap<String, Named>,
    pub stores: Vec<Store>,
    pub files: Vec<String>,
    pub parts: BTreeMap<Sort, Vec<String>>,
    pub of_others: Vec<String>,
    pub placeholders: Placeholders,
    pub laptop: Laptop,
    pub of_tools: OfTools,
    pub egress: Egress,
    pub answers: OfAnswers,
}

/// What a name alone tells.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    pub sort: Sort,
    pub system: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Store {
    pub system: Option<String>,
    pub words: Vec<String>,
    #[serde(default)]
    pub schemes: Vec<String>,
    #[serde(default)]
    pub without: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Placeholders {
    pub begin: Vec<String>,
    pub contain: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Laptop {
    pub hosts: Vec<String>,
    pub host_ends: Vec<String>,
    pub begin: Vec<String>,
    pub words: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct OfTools {
    pub names: Vec<String>,
    pub prefixes: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Egress {
    pub usual: BTreeMap<String, Vec<u16>>,
    pub by_library: Vec<String>,
    pub of_catchers: Vec<u16>,
    pub schemes: BTreeMap<String, u16>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct OfAnswers {
    pub of_build: Vec<String>,
    pub given: Vec<String>,
    pub of_tests: Vec<String>,
    pub ports: Vec<String>,
    pub listening: Vec<String>,
    pub own_urls: Vec<String>,
    pub frontends: Vec<String>,
    pub backends: Vec<String>,
    pub browsers: Vec<String>,
    pub origins: Vec<String>,
    pub hosts: Vec<String>,
    pub environments: Vec<String>,
    pub production: BTreeMap<String, String>,
    pub production_of: BTreeMap<String, String>,
    pub off: Vec<String>,
}

/// The rules. A file that cannot be parsed would be a fault of the build, which a test finds.
pub static RULES: LazyLock<Rules> = LazyLock::new(|| yaml::parse(include_str!("rules.yaml")).unwrap_or_default());

#[cfg(test)]
mod tests {
    use super::Rules;
    use crate::text::yaml;

    #[test]
    fn they_can_be_read() {
        let rules: Rules = yaml::parse(include_str!("rules.yaml")).unwrap_or_else(|e| panic!("{e:?}"));
        assert!(rules.stores.len() > 10);
    }
}
