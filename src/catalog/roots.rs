//! Where the folders of the catalog's `files/` are in a generated repository: answers decide (`roots` of
//! `questions.yaml`).

use std::borrow::Cow;

use serde::Deserialize;

use crate::catalog::Catalog;
use crate::catalog::question::{FindingName, Values};

/// What an answer changes about the paths below a folder of `files/`.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Root {
    /// The answer is the folder itself.
    Folder {
        folder: String,
        /// What is asked for in place of the default where that is taken in a repository, the first free one.
        #[serde(default)]
        otherwise: Vec<String>,
        /// Files of people can be in it too, as long as none has the path of a generated one, or is in a folder below it
        /// that has generated ones.
        #[serde(default)]
        shared: bool,
    },
    /// The answer stands in front of the name of every file in the folder.
    Prefix {
        prefix: String,
        #[serde(default)]
        otherwise: Vec<String>,
    },
}

impl Root {
    /// The name of the answer.
    pub fn answer(&self) -> &str {
        match self {
            Self::Folder { folder: answer, .. } | Self::Prefix { prefix: answer, .. } => answer,
        }
    }

    /// The answers in place of the default, the best one first.
    pub fn otherwise(&self) -> &[String] {
        match self {
            Self::Folder { otherwise, .. } | Self::Prefix { otherwise, .. } => otherwise,
        }
    }

    /// The finding that says which of them.
    pub fn finding(&self) -> FindingName {
        match self {
            Self::Folder { .. } => FindingName::FreeFolder,
            Self::Prefix { .. } => FindingName::FreePrefix,
        }
    }
}

/// Where the roots are with certain answers: beginnings of paths in the catalog, and what stands in a repository in place
/// of each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout(Vec<(String, String)>);

impl Layout {
    /// The layout with these answers; a root that they do not place is where the default of its question says.
    pub fn new(catalog: &Catalog, answers: &Values) -> Self {
        let place = |(folder, root): (&String, &Root)| {
            let default = || catalog.question(root.answer())?.default.as_ref();
            let answer = answers.get(root.answer()).or_else(default)?.as_str()?;
            Some(match root {
                Root::Folder { .. } => (format!("{folder}/"), format!("{answer}/")),
                Root::Prefix { .. } => (format!("{folder}/"), format!("{folder}/{answer}")),
            })
        };
        Self(catalog.project.roots.iter().filter_map(place).collect())
    }

    /// The path in the repository of a path in the catalog.
    pub fn place<'p>(&self, path: &'p str) -> Cow<'p, str> {
        replaced(path, self.0.iter().map(|(root, place)| (root.as_str(), place.as_str())))
    }

    /// The path in the catalog of a path in the repository.
    pub fn origin<'p>(&self, path: &'p str) -> Cow<'p, str> {
        replaced(path, self.0.iter().map(|(root, place)| (place.as_str(), root.as_str())))
    }
}

fn replaced<'p, 'b>(path: &'p str, mut beginnings: impl Iterator<Item = (&'b str, &'b str)>) -> Cow<'p, str> {
    let found = beginnings.find_map(|(old, new)| Some((path.strip_prefix(old)?, new)));
    found.map_or(Cow::Borrowed(path), |(rest, new)| Cow::Owned(format!("{new}{rest}")))
}

impl Catalog {
    /// The answer that decides where a path of the catalog is.
    pub fn root_of(&self, path: &str) -> Option<&Root> {
        let below = |folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        self.project.roots.iter().find(|(folder, _)| below(folder)).map(|(_, root)| root)
    }

    /// The folder of the catalog that follows this answer.
    pub fn root_with(&self, answer: &str) -> Option<(&str, &Root)> {
        let (folder, root) = self.project.roots.iter().find(|(_, root)| root.answer() == answer)?;
        Some((folder, root))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_follow_their_root() {
        let pairs = [("scripts/", "ops/"), ("infra/terraform/", "tf/live/"), ("a/", "a/x-")];
        let layout = Layout(pairs.map(|(root, place)| (root.to_owned(), place.to_owned())).into());
        let paths = [
            ("scripts/deploy.sh", "ops/deploy.sh"),
            ("infra/terraform/a/main.tf", "tf/live/a/main.tf"),
            ("a/ci.yml", "a/x-ci.yml"),
            ("infra/other", "infra/other"),
            ("k8s/scripts/a", "k8s/scripts/a"),
            ("scripts", "scripts"),
        ];
        for (root, place) in paths {
            assert_eq!((layout.place(root), layout.origin(place)), (place.into(), root.into()));
        }
    }
}
