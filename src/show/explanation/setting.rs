//! The answers with which texts of the catalog are shown: those of a repository, or those of each preset.

use anyhow::Result;

use crate::answers::{Answers, Given};
use crate::catalog::{Catalog, Component};
use crate::render::context::{Context, Readiness};
use crate::render::render;
use crate::render::waiting::Waiting;
use crate::template::engine;
use crate::template::expression::Scope;
use crate::text::without_links;

/// Answers, and what comes of them.
pub struct Setting {
    /// The preset; nothing for the repository around the current folder.
    preset: Option<String>,
    pub context: Context,
    /// The needs, with what is done for them.
    pub readiness: Vec<Readiness>,
    /// The files that wait for answers.
    pub waiting: Waiting,
}

impl Setting {
    /// The repository in which one asks.
    ///
    /// # Errors
    /// When the catalog cannot be rendered with its answers.
    pub fn of_repository(catalog: &Catalog, answers: &Answers) -> Result<Self> {
        Self::new(catalog, answers, None)
    }

    fn new(catalog: &Catalog, answers: &Answers, preset: Option<String>) -> Result<Self> {
        let context = Context::new(catalog, answers)?;
        // what waits is known only once all is rendered
        let (readiness, waiting) = if context.open.is_empty() {
            (context.readiness.clone(), Waiting::new())
        } else {
            let rendered = render(catalog, &context)?;
            (rendered.readiness, rendered.waiting)
        };
        Ok(Self { preset, context, readiness, waiting })
    }

    /// Every preset that is complete.
    pub fn of_presets(catalog: &Catalog) -> Vec<Self> {
        let of = |name: &String| {
            let given = Given { preset: Some(name.clone()), ..Given::default() };
            Self::new(catalog, &Answers::resolve(catalog, &given, None).ok()?, Some(name.clone())).ok()
        };
        catalog.presets.iter().filter_map(|preset| of(&preset.name)).collect()
    }
}

/// Which of so many settings these are, at the end of a sentence; `all` stands before "preset" for all of them.
pub(super) fn words(some: &[&Setting], count: usize, all: &str) -> String {
    let names: Vec<String> = some.iter().filter_map(|s| s.preset.as_ref()).map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => "here".into(),
        names if names.len() == count => format!("with {all} preset"),
        [name] => format!("with the preset {name}"),
        names => format!("with the presets {}", names.join(", ")),
    }
}

/// A text of the catalog in the first of these settings in which it has a meaning, else as it is written.
pub(super) fn shown(catalog: &Catalog, settings: &[Setting], owner: Option<&Component>, text: &str) -> String {
    let Ok(env) = engine::environment(catalog) else { return text.to_owned() };
    let rendered = |setting: &Setting| {
        let own = owner.and_then(|component| setting.context.own_values.get(&component.name));
        Scope::new(&env, &setting.context.values).with(&own.cloned().unwrap_or_default()).render(text).ok()
    };
    without_links(&settings.iter().find_map(rendered).unwrap_or_else(|| text.to_owned()))
}
