//! Where a catalog's files come from: the program itself, or a folder.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

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
    let mut found = read_folder(templates, "templates")?;
    let presets = templates.join("../presets");
    if presets.is_dir() {
        found.extend(read_folder(&presets, "presets")?);
    }
    Ok(found.into_iter().collect())
}

/// All files below a folder, in no order. Listing the folders is half of the work, so that is done on every core too.
fn read_folder(dir: &Path, prefix: &str) -> Result<Vec<(String, Cow<'static, [u8]>)>> {
    let listed = || -> io::Result<Vec<_>> {
        fs::read_dir(dir)?.map(|entry| entry.and_then(|entry| Ok((entry.file_type()?, entry)))).collect()
    };
    let entries = listed().with_context(|| format!("cannot read the folder `{}`", dir.display()))?;
    let found: Vec<Vec<_>> = entries
        .into_par_iter()
        .map(|(kind, entry)| {
            let path = entry.path();
            let Ok(name) = entry.file_name().into_string() else {
                return Err(UserError::new(format!("`{}` has a name that is not UTF-8", path.display())).into());
            };
            let name = format!("{prefix}/{name}");
            if kind.is_dir() {
                read_folder(&path, &name)
            } else if kind.is_file() {
                let bytes = fs::read(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
                Ok(vec![(name, Cow::Owned(bytes))])
            } else {
                Err(UserError::new(format!("`{}` is neither a file nor a folder", path.display()))
                    .hint("a catalog holds plain files; replace the symbolic link by a copy")
                    .into())
            }
        })
        .collect::<Result<_>>()?;
    Ok(found.into_iter().flatten().collect())
}
