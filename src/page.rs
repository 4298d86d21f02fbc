//! A plan as one self-contained HTML page: what changes and why, answers, components, diagrams. No script, no request.

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, UndefinedBehavior, context};
use semver::Version;
use sha2::{Digest as _, Sha256};

use crate::answers::Answers;
use crate::catalog::Catalog;
use crate::plan::Plan;
use crate::render::Rendered;
use crate::render::context::Readiness;
use crate::review::Resolutions;
use crate::text::{count, version, visible};

mod answers;
mod compare;
mod components;
mod drawing;
mod files;
mod flowchart;
mod folders;
mod kinds;
mod layout;
mod pictures;
mod target;

pub use target::PageTarget;

const TEMPLATE: &str = include_str!("page/page.html");
const STYLE: &str = include_str!("page/page.css");
/// How every page starts, so that a page is recognised when another one is to be written over it.
const START: &str = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
                     <meta name=\"generator\" content=\"scaffold ";

/// What a page is made from.
#[derive(Clone, Copy, Debug)]
pub struct Page<'p> {
    /// The command that would carry the plan out.
    pub command: &'p str,
    /// The version that wrote the repository last.
    pub from: Option<&'p Version>,
    pub catalog: &'p Catalog,
    pub answers: &'p Answers,
    /// What the active components do for each need.
    pub readiness: &'p [Readiness],
    /// What would be generated.
    pub rendered: &'p Rendered,
    /// What would change.
    pub plan: &'p Plan<'p>,
    /// What is decided already.
    pub resolutions: &'p Resolutions,
}

impl Page<'_> {
    /// The page. The same plan gives the same bytes.
    ///
    /// # Errors
    /// When the template of the page fails, which is a fault of this program.
    pub fn html(&self) -> Result<String> {
        let name = self.answers.values.get("name").and_then(|name| name.as_str());
        let own = version::own();
        let components = components::all(self);
        let files = files::all(self, &components);
        let kinds = kinds::all(self.plan);
        let style = format!("{STYLE}{}", kinds::filter(&kinds));
        let hash = BASE64_STANDARD.encode(Sha256::digest(&style));
        let mut env = Environment::new();
        // the ending of the name turns escaping on
        env.set_undefined_behavior(UndefinedBehavior::Strict);
        env.set_syntax(
            SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()?,
        );
        env.add_template("page.html", TEMPLATE)?;
        let html = env.get_template("page.html")?.render(context! {
            hash,
            style => Value::from_safe_string(style),
            name => name.map_or_else(|| "This repository".into(), |name| visible(name, true)),
            command => self.command,
            own => own.to_string(),
            from => self.from.filter(|from| *from != own).map(Version::to_string),
            total => count(self.plan.changes.len(), "path"),
            kinds => Value::from(Serde(&kinds)),
            folders => Value::from(Serde(&folders::rows(&files))),
            files => Value::from(Serde(&files)),
            answers => Value::from(Serde(&answers::all(self))),
            components => Value::from(Serde(&components)),
            pictures => Value::from(Serde(&pictures::all(self.rendered))),
            limits => Value::from(Serde(&compare::LIMITS)),
        });
        Ok(format!("{START}{}", html.context("the page cannot be made, which is a bug in scaffold")?))
    }
}

#[cfg(test)]
mod tests;
