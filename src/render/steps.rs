//! What people do after the files are there: the steps that components contribute to the first hour, with their
//! commands.

use serde_json::Value;

use crate::catalog::later::readable;
use crate::render::context::Context;
use crate::text::tree::{RelPath, Tree};

/// The list of contributions that holds the steps.
const LIST: &str = "first_hour";

/// The file in a catalog's `files/` that explains them.
const PAGE: &str = "docs/first-hour.md";

/// Where the steps are explained in a repository: on a page of their own, else in its README.
pub fn page(context: &Context, tree: &Tree) -> RelPath {
    let page = context.layout.place(PAGE).into_owned();
    if tree.files.contains_key(&page) { page } else { "README.md".into() }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetupStep {
    /// What is to be done.
    pub title: String,
    /// The lines to type, as they stand in the fenced `sh` blocks of its text. Some steps have none.
    pub commands: Vec<String>,
}

/// What replaces a step in a repository that other people have already.
const EXISTING: &str = "existing";

/// How far the repository is in which the files are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// A folder that git does not know.
    Folder,
    Local,
    /// It has a remote, and other people.
    Shared,
}

/// The steps in their order. What is no step is left out: the templates that print the list find its faults.
pub fn steps(context: &Context, stage: Stage) -> Vec<SetupStep> {
    let Some(items) = context.contributed.get(LIST) else { return Vec::new() };
    let step = |item: &Value| {
        let item = item.get(EXISTING).filter(|_| stage == Stage::Shared).unwrap_or(item);
        let title = readable(item["title"].as_str()?, &context.open);
        let body = readable(item["body"].as_str().unwrap_or_default(), &context.open);
        Some(SetupStep { title, commands: commands(&body, stage) })
    };
    items.iter().filter_map(step).collect()
}

fn commands(body: &str, stage: Stage) -> Vec<String> {
    let (mut inside, mut commands) = (false, Vec::new());
    for line in body.lines() {
        match line {
            "```sh" => inside = true,
            "```" => inside = false,
            line if line.starts_with("git init") && stage != Stage::Folder => {}
            line if inside => commands.push(line.to_owned()),
            _ => {}
        }
    }
    commands
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_not_made_again() {
        let body = "```sh\ngit init --initial-branch main\ngit add --all\n```\n";
        assert_eq!(commands(body, Stage::Folder), ["git init --initial-branch main", "git add --all"]);
        assert_eq!(commands(body, Stage::Local), ["git add --all"]);
    }

    #[test]
    fn commands_stand_in_fences() {
        let body = "Do this:\n\n```sh\na \\\n  | b\n```\n\nThen `c`:\n\n```yaml\nd: e\n```\n\n```sh\nf\n```\n";
        assert_eq!(commands(body, Stage::Folder), ["a \\", "  | b", "f"]);
    }
}
