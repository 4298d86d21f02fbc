//! Folders that are for one thing only: what an answer with `apart` must keep away from.

use crate::catalog::Catalog;
use crate::catalog::question::{Known, Question};
use crate::text::path;

/// What a folder is apart from.
#[derive(Clone, Debug, Default)]
pub struct Neighbors {
    /// Questions of the project whose answers are folders.
    answers: Vec<String>,
    /// Folders at the root of a repository that builds and tests write to.
    written: Vec<String>,
}

impl Neighbors {
    /// Why a folder cannot be the answer, as `which ...`, where these answers are known.
    pub fn refusal(&self, folder: &str, known: &impl Known) -> Option<String> {
        if folder.is_empty() {
            return Some("which is empty".into());
        }
        // it holds the others as any repository does, and is an answer only where a question says so
        if folder == path::WHOLE {
            return None;
        }
        let slashed = |folder: &str| path::fold(folder) + "/";
        let own = slashed(folder);
        if let Some(written) = self.written.iter().find(|written| own.starts_with(&slashed(written))) {
            return Some(format!("which is in `{written}`, a folder that builds and tests write to"));
        }
        let others = self.answers.iter().filter_map(|name| Some((name, known.known(name)?.as_str()?)));
        others.into_iter().find_map(|(name, folder)| {
            let other = slashed(folder);
            let relation = if own == other {
                "is the folder of"
            } else if own.starts_with(&other) {
                "is inside the folder of"
            } else if other.starts_with(&own) {
                "contains the folder of"
            } else {
                return None;
            };
            Some(format!("which {relation} `{name}`, `{folder}`"))
        })
    }
}

impl Catalog {
    /// Has each question with `apart` know the others.
    pub(super) fn keep_apart(&mut self) {
        let project = &mut self.project;
        let names = |q: &Question| q.apart.then(|| q.name.clone());
        let answers: Vec<String> = project.questions.iter().filter_map(names).collect();
        let own = self.components.iter_mut().flat_map(|component| &mut component.manifest.questions);
        for question in project.questions.iter_mut().chain(own) {
            let others = answers.iter().filter(|name| **name != question.name).cloned().collect();
            let neighbors = Neighbors { answers: others, written: project.written.clone() };
            for field in question.fields.iter_mut().filter(|field| field.apart) {
                field.neighbors = neighbors.clone();
            }
            question.neighbors = if question.apart { neighbors } else { Neighbors::default() };
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::catalog::Values;

    #[test]
    fn folders_that_are_not_apart_are_refused() {
        let neighbors = Neighbors { answers: vec!["docs".into(), "later".into()], written: vec!["dist".into()] };
        let known = Values::from_iter([("docs".to_owned(), json!("a/docs"))]);
        let refusal = |folder: &str| neighbors.refusal(folder, &known);
        for (folder, why) in [
            ("", "which is empty"),
            ("Dist/x", "which is in `dist`, a folder that builds and tests write to"),
            ("A/docs", "which is the folder of `docs`, `a/docs`"),
            ("a/docs/b", "which is inside the folder of `docs`, `a/docs`"),
            ("a", "which contains the folder of `docs`, `a/docs`"),
        ] {
            assert_eq!(refusal(folder).as_deref(), Some(why));
        }
        for folder in ["b", "a/docs2", "distribution", "a/dist", "."] {
            assert_eq!(refusal(folder), None);
        }
    }
}
