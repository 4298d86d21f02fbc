//! Where a catalog's files come from: the program itself, or a folder.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use include_dir::{Dir, include_dir};
use rayon::prelude::*;

use crate::error::UserError;

static TEMPLATES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates");
static PRESETS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/presets");

/// Files of a catalog by path, as `templates/...` and `presets/...`.
pub type Source = BTreeMap<String, Cow<'static, [u8]>>;

/// The catalog inside this program.
pub fn embedded() -> Source {
    let mut source = Source::new();
    collect_embedded(&TEMPLATES, "templates", &mut source);
    collect_embedded(&PRESETS, "presets", &mut source);
    source
}

fn collect_embedded(dir: &'static Dir<'static>, prefix: &str, source: &mut Source) {
    for file in dir.files() {
        source.insert(format!("{prefix}/{}", file.path().display()), Cow::Borrowed(file.contents()));
    }
    for sub in dir.dirs() {
        collect_embedded(sub, prefix, source);
    }
}

/// The catalog of a folder: `templates` itself, and the folder `presets` beside it.
///
/// # Errors
/// When the folder is none, or a file cannot be read.
pub fn from_disk(templates: &Path) -> Result<Source> {
    if !templates.is_dir() {
        return Err(UserError::new(format!("`{}` is not a folder with templates", templates.display()))
            .hint("`--templates` takes the folder that holds `questions.yaml` and `components/`")
            .into());
    }
    let mut found = Vec::new();
    walk(templates, "templates", &mut found)?;
    let presets = templates.join("../presets");
    if presets.is_dir() {
        walk(&presets, "presets", &mut found)?;
    }
    found
        .into_par_iter()
        .map(|(name, path)| {
            let bytes = std::fs::read(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
            Ok((name, Cow::Owned(bytes)))
        })
        .collect()
}

fn walk(dir: &Path, prefix: &str, found: &mut Vec<(String, PathBuf)>) -> Result<()> {
    let entries = std::fs::read_dir(dir).with_context(|| format!("cannot read the folder `{}`", dir.display()))?;
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot read the folder `{}`", dir.display()))?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else {
            return Err(UserError::new(format!("`{}` has a name that is not UTF-8", entry.path().display())).into());
        };
        let kind = entry.file_type()?;
        if kind.is_dir() {
            walk(&entry.path(), &format!("{prefix}/{name}"), found)?;
        } else if kind.is_file() {
            found.push((format!("{prefix}/{name}"), entry.path()));
        } else {
            return Err(UserError::new(format!("`{}` is neither a file nor a folder", entry.path().display()))
                .hint("a catalog holds plain files; replace the symbolic link by a copy")
                .into());
        }
    }
    Ok(())
}
