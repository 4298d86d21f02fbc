//! What several test modules need.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use scaffold::answers::{Answers, Given};
use scaffold::catalog::{self, Catalog};
use scaffold::context::Context;
use scaffold::render::{Rendered, render};
use serde_json::Value;

/// The folder of the project.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The built-in catalog. It must parse.
pub fn embedded() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| {
        let (catalog, faults) = Catalog::parse(catalog::embedded());
        assert!(faults.is_empty(), "{}", lines(&faults));
        catalog
    })
}

/// One per line.
pub fn lines(items: &[impl ToString]) -> String {
    items.iter().map(|i| i.to_string() + "\n").collect()
}

/// A preset with changes, as `--preset` and `--set` give them.
pub fn given(preset: &str, sets: &[(&str, Value)]) -> Given {
    Given {
        preset: Some(preset.to_string()),
        file: None,
        sets: sets.iter().map(|(k, v)| ((*k).to_string(), v.clone())).collect(),
    }
}

/// Resolves and renders.
pub fn rendered(given: &Given) -> anyhow::Result<(Answers, Context, Rendered)> {
    let catalog = embedded();
    let answers = Answers::resolve(catalog, given, None)?;
    let context = Context::new(catalog, &answers)?;
    let rendered = render(catalog, &context)?;
    Ok((answers, context, rendered))
}

/// The files below a folder by relative path.
pub fn read_tree(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(dir: &Path, prefix: &str, out: &mut BTreeMap<String, Vec<u8>>) {
        let Ok(entries) = std::fs::read_dir(dir) else { return };
        for entry in entries.map(Result::unwrap) {
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type().unwrap().is_dir() {
                walk(&entry.path(), &format!("{name}/"), out);
            } else {
                out.insert(name, std::fs::read(entry.path()).unwrap());
            }
        }
    }
    let mut out = BTreeMap::new();
    walk(dir, "", &mut out);
    out
}
