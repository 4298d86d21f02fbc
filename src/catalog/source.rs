//! Where a catalog's files come from: the program itself, or a folder.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::{fs, io};

use anyhow::{Context as _, Result};
use include_dir::{Dir, include_dir};
use rayon::prelude::*;

use crate::disk::regular;
use crate::text::error::UserError;

static TEMPLATES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates");
static PRESETS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/presets");

/// Files of a catalog by path, as `templates/...` and `presets/...`.
pub type Source = BTreeMap<String, Cow<'static, [u8]>>;

/// The longest file of ours has 30 kB, and all together 2 MB.
const MAX_BYTES: u64 = 4 * 1024 * 1024;
const MAX_TOTAL_BYTES: u64 = 64 * 1024 * 1024;
/// Folders below each other.
const MAX_LEVELS: usize = 32;

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
    let in_all = AtomicU64::new(0);
    let mut found = read_folder(templates, "templates", &in_all)?;
    let presets = templates.join("../presets");
    if presets.is_dir() {
        found.extend(read_folder(&presets, "presets", &in_all)?);
    }
    Ok(found.into_iter().collect())
}

/// Refuses a target in a folder of the catalog: the next run would read what is generated as templates.
///
/// # Errors
/// When it is in one.
pub fn keep_off(templates: &Path, target: &Path) -> Result<(), UserError> {
    // a target that does not exist yet is where its nearest folder is
    let Some(place) = target
        .ancestors()
        .map(|folder| if folder.as_os_str().is_empty() { Path::new(".") } else { folder })
        .find_map(|folder| folder.canonicalize().ok())
    else {
        return Ok(());
    };
    for folder in [templates.to_path_buf(), templates.join("../presets")] {
        if folder.canonicalize().is_ok_and(|folder| place.starts_with(folder)) {
            return Err(UserError::new(format!(
                "`{}` is in `{}`, a folder of the catalog: the next run would read what is generated as templates",
                target.display(),
                folder.display()
            ))
            .hint("choose a folder outside of the catalog"));
        }
    }
    Ok(())
}

/// All files below a folder, in no order. Listing the folders is half of the work, so that is done on every core too.
fn read_folder(dir: &Path, prefix: &str, in_all: &AtomicU64) -> Result<Vec<(String, Cow<'static, [u8]>)>> {
    let too_large = |what: String| {
        Err(UserError::new(what)
            .hint("a catalog is text of this size at most; move other things out of its folder")
            .into())
    };
    if prefix.matches('/').count() >= MAX_LEVELS {
        return too_large(format!("`{}` has more than {MAX_LEVELS} folders below each other", dir.display()));
    }
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
                read_folder(&path, &name, in_all)
            } else if kind.is_file() {
                let bytes = regular::read(&path, MAX_BYTES);
                let bytes = bytes.with_context(|| format!("cannot read `{}`", path.display()))?;
                let Some(bytes) = bytes else {
                    return too_large(format!("`{}` is larger than {} MiB", path.display(), MAX_BYTES >> 20));
                };
                let size = bytes.len() as u64;
                if in_all.fetch_add(size, Ordering::Relaxed) + size > MAX_TOTAL_BYTES {
                    return too_large(format!("the catalog is larger than {} MiB", MAX_TOTAL_BYTES >> 20));
                }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(templates: &Path) -> String {
        from_disk(templates).unwrap_err().to_string()
    }

    #[test]
    fn a_catalog_of_any_size_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let templates = folder.path().join("templates");
        fs::create_dir(&templates).unwrap();
        let sized = |name: &str, size: u64| fs::File::create(templates.join(name)).unwrap().set_len(size).unwrap();
        sized("huge", 6 << 30);
        assert!(refused(&templates).ends_with("huge` is larger than 4 MiB"));
        fs::remove_file(templates.join("huge")).unwrap();
        (0..17).for_each(|n| sized(&n.to_string(), MAX_BYTES));
        assert_eq!(refused(&templates), "the catalog is larger than 64 MiB");
        (0..17).for_each(|n| fs::remove_file(templates.join(n.to_string())).unwrap());
        fs::create_dir_all(templates.join("a/".repeat(40))).unwrap();
        assert!(refused(&templates).ends_with("has more than 32 folders below each other"));
    }
}
