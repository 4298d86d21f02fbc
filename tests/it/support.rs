//! What several test modules need.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use scaffold::answers::{Answers, Given};
use scaffold::catalog::{Catalog, source};
use scaffold::render::context::Context;
use scaffold::render::{Rendered, render};
use scaffold::text::tree::File;
use serde_json::Value;

/// The folder of the project.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The built-in catalog. It must parse.
pub fn embedded() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| {
        let (catalog, faults) = Catalog::parse(source::embedded());
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
        sets: sets.iter().map(|(k, v)| ((*k).to_string(), v.to_string())).collect(),
        ..Given::default()
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

/// Why a preset with these answers is refused, or nothing.
pub fn refusal(preset: &str, sets: &[(&str, Value)]) -> String {
    rendered(&given(preset, sets)).err().map(|e| format!("{e:#}")).unwrap_or_default()
}

/// Writes files with their executable bit.
pub fn write_tree(dir: &Path, files: &BTreeMap<String, File>) {
    for (path, file) in files {
        let target = dir.join(path);
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::write(&target, &file.bytes).unwrap();
        if file.executable {
            std::fs::set_permissions(&target, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
    }
}

/// The files below a folder by relative path.
pub fn read_tree(dir: &Path) -> BTreeMap<String, File> {
    fn walk(dir: &Path, prefix: &str, out: &mut BTreeMap<String, File>) {
        let Ok(entries) = std::fs::read_dir(dir) else { return };
        for entry in entries.map(Result::unwrap) {
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type().unwrap().is_dir() {
                walk(&entry.path(), &format!("{name}/"), out);
            } else {
                let executable = entry.metadata().unwrap().permissions().mode() & 0o100 != 0;
                out.insert(name, File { bytes: std::fs::read(entry.path()).unwrap(), executable });
            }
        }
    }
    let mut out = BTreeMap::new();
    walk(dir, "", &mut out);
    out
}
