//! The answers with which texts of the catalog are shown: those of a repository, or those of each preset.

use crate::answers::{Answers, Given};
use crate::catalog::{Catalog, Component};
use crate::render::context::Context;
use crate::template::engine;
use crate::template::expression::Scope;
use crate::text::without_links;

/// Answers, and what templates see with them.
pub struct Setting {
    /// The preset; nothing for the repository around the current folder.
    preset: Option<String>,
    pub context: Context,
}

impl Setting {
    /// The repository in which one asks.
    pub fn of_repository(context: Context) -> Self {
        Self { preset: None, context }
    }

    /// Every preset that is complete.
    pub fn of_presets(catalog: &Catalog) -> Vec<Self> {
        let of = |name: &String| {
            let given = Given { preset: Some(name.clone()), ..Given::default() };
            let context = Context::new(catalog, &Answers::resolve(catalog, &given, None).ok()?).ok()?;
            Some(Self { preset: Some(name.clone()), context })
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
