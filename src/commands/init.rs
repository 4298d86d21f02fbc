//! temporary
use crate::answers::{Answers, Given};
use crate::answers_file::AnswersFile;
use crate::cli::Init;
use crate::context::Context;
use crate::error::UserError;
use crate::render::render;
use anyhow::{Context as _, Result};

pub fn run(args: &Init) -> Result<u8> {
    let catalog = super::load_catalog(&args.catalog)?;
    let mut sets = Vec::new();
    for set in &args.answers.sets {
        let (k, v) = set.split_once('=').ok_or_else(|| UserError::new(format!("`--set {set}` has no `=`")))?;
        sets.push((k.to_string(), serde_yaml::from_str(v)?));
    }
    let given = Given {
        preset: args.answers.preset.clone(),
        file: args.answers.answers.as_deref().map(AnswersFile::read).transpose()?,
        sets,
    };
    let answers = Answers::resolve(&catalog, &given, None)?;
    let context = Context::new(&catalog, &answers)?;
    let rendered = render(&catalog, &context)?;
    for (path, file) in &rendered.tree.files {
        let target = args.dir.join(path);
        if let Some(p) = target.parent() {
            std::fs::create_dir_all(p)?;
        }
        std::fs::write(&target, &file.bytes).with_context(|| path.clone())?;
        if file.executable {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&target, std::fs::Permissions::from_mode(0o755))?;
        }
    }
    Ok(0)
}
