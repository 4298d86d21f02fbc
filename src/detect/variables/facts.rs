//! What all places together say about a variable.

use indexmap::IndexMap;

use super::rules::RULES;
use super::seen::{Says, Seen};
use super::server::{database, servers};
use super::value::{self, is_harmless, is_placeholder, is_simple};
use super::{Sort, Variable, sort};
use crate::detect::compose::is_compose;
use crate::detect::finding::{Finding, Location};
use crate::detect::wanted::{is_committed, is_env_file};
use crate::text::path;

/// Where something is said about a variable. The earlier ones have the better value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Origin {
    /// A file for production.
    Production,
    Sample,
    Compose,
    /// An environment file that is committed.
    Committed,
    /// A file for development.
    Development,
    Code,
    Build,
}

/// What one place says.
pub(super) struct Fact {
    pub seen: Seen,
    pub origin: Origin,
    pub place: Location,
}

/// What is said about the variables of a service, by name and in the order of reading.
#[derive(Default)]
pub(super) struct Facts(pub IndexMap<String, Vec<Fact>>);

impl Facts {
    pub fn add(&mut self, file: &str, origin: Origin, seen: Seen) {
        let place = Location::new(file, (seen.line > 0).then_some(seen.line));
        self.0.entry(seen.name.clone()).or_default().push(Fact { seen, origin, place });
    }

    /// Whether a sample says which variables there are.
    pub fn has_samples(&self) -> bool {
        self.0.values().flatten().any(|fact| fact.origin == Origin::Sample)
    }
}

/// Whether a framework does not start without it.
pub(super) fn is_demanded(name: &str) -> bool {
    RULES.demanded.iter().any(|one| one == name)
}

/// What a file with values is for, by its name.
pub(super) fn origin(file: &str) -> Origin {
    let name = path::name(file).to_ascii_lowercase();
    let words: Vec<&str> = name.split(['.', '-', '_']).collect();
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
    if has(&["prod", "production"]) {
        Origin::Production
    } else if has(&["dev", "development", "local", "sail"]) {
        Origin::Development
    } else if words.iter().all(|word| matches!(*word, "" | "env")) {
        Origin::Committed
    } else {
        Origin::Sample
    }
}

/// What follows from all that is said about a variable.
pub(super) fn conclude(name: String, facts: &[Fact], has_samples: bool) -> Finding<Variable> {
    let mut by_origin: Vec<&Fact> = facts.iter().collect();
    by_origin.sort_by_key(|fact| fact.origin);
    let is_code = |fact: &&&Fact| fact.origin >= Origin::Code;
    // of a sample and a file for development, the sample decides
    let given = by_origin.iter().find(|fact| !is_code(fact) && matches!(fact.seen.says, Says::Given | Says::Empty));
    let is_given = given.is_some_and(|fact| fact.seen.says == Says::Given);
    let samples = by_origin.iter().filter(|fact| is_given && !is_code(fact) && fact.seen.says == Says::Given);
    let example = samples.into_iter().find(|fact| fact.seen.value.is_some());
    let default = by_origin.iter().filter(is_code).find_map(|fact| fact.seen.value.as_deref());
    let values = by_origin.iter().filter_map(|fact| fact.seen.value.as_deref());
    let sorts: Vec<_> = values.map(|value| sort::sort(&name, value)).collect();
    // one place where it looks like a secret is enough
    let known = sorts.iter().find(|(sort, _)| sort.is_secret()).or(sorts.first());
    let (sort, system) = known.copied().unwrap_or_else(|| sort::sort(&name, ""));
    let says = |wanted: Says| by_origin.iter().any(|fact| fact.seen.says == wanted);
    // a secret that stands in the code is known to everybody who has the code
    let is_told = sort.is_secret() && default.is_some_and(|default| !value::is_empty(default));
    let required = match () {
        () if says(Says::Demanded) || is_told || is_demanded(&name) => true,
        () if says(Says::Optional) => false,
        () if given.is_some() => is_given,
        () => sort.is_secret() && !has_samples && by_origin.iter().any(|fact| is_code(&fact)),
    };
    let kept = example.filter(|fact| {
        let value = fact.seen.value.as_deref().unwrap_or_default();
        let is_sample = is_env_file(&fact.place.file) && !is_committed(&fact.place.file);
        !sort.is_secret()
            && sort != Sort::User
            && is_harmless(value)
            && !is_placeholder(value)
            && !value.contains('$')
            && (is_sample || is_simple(value) || is_compose(path::name(&fact.place.file)))
    });
    let value = kept.and_then(|fact| fact.seen.value.clone());
    let servers = by_origin.iter().filter_map(|fact| fact.seen.value.as_deref()).map(|value| servers(sort, value));
    let servers = servers.into_iter().find(|found| !found.is_empty()).unwrap_or_default();
    let database = by_origin.iter().filter_map(|fact| fact.seen.value.as_deref()).find_map(database);
    let is_read = facts.iter().any(|fact| matches!(fact.origin, Origin::Code | Origin::Compose | Origin::Production));
    let variable = Variable {
        sort,
        secret: sort.is_secret(),
        required,
        system,
        by_default: default.is_some() && example.is_none_or(|fact| fact.seen.value.as_deref() == default),
        servers,
        database: database.filter(|_| sort == Sort::Address).map(str::to_owned),
        build: !is_read && facts.iter().any(|fact| fact.origin == Origin::Build),
        value,
        name,
    };
    let place = facts.iter().min_by_key(|fact| fact.origin).map(|fact| fact.place.clone());
    Finding::new(variable, place.unwrap_or_else(|| Location::new("", None)))
}
