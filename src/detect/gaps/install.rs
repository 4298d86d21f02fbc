//! What a generated image installs from and starts: lists of exact versions, scripts, programs, files.

use super::super::finding::Location;
use super::super::wanted::is_requirements;
use super::advice::ADVICE;
use super::code::Code;
use super::{Draft, GapKind, Subject};
use crate::catalog::question::FindingName;
use crate::text::path;

fn is_generated(subject: &Subject<'_>) -> bool {
    subject.answer(FindingName::Image) == Some("generated")
}

/// The list of exact versions, beside the manifest or at the top of a workspace. An own Dockerfile may do without, the checks of
/// the service do not.
pub(super) fn lock(subject: &Subject<'_>) -> Option<Draft> {
    let is_generated = match subject.answer(FindingName::Image)? {
        "generated" => true,
        "own" => false,
        _ => return None,
    };
    let manager = subject.answer(FindingName::PackageManager).or(subject.answer(FindingName::Language))?;
    let advice = ADVICE.locks.get(manager)?;
    let folder = subject.folder()?;
    let is_member = subject.value(FindingName::Workspace).and_then(serde_json::Value::as_bool).unwrap_or_default();
    let named = || advice.manifest.iter().chain(&advice.other).map(|manifest| path::join(folder, manifest));
    let manifest = named().find(|manifest| subject.files.has(manifest));
    if advice.manifest.is_some() && manifest.is_none() {
        return None;
    }
    let lock = path::join(if is_member { "" } else { folder }, &advice.lock);
    if subject.files.has(&lock) {
        return None;
    }
    let place = manifest.unwrap_or_else(|| lock.clone());
    Some(Draft::new(
        GapKind::Lock,
        Location::new(&place, None),
        format!(
            "has no `{lock}`, {}",
            match &advice.purpose {
                Some(purpose) if is_generated => purpose,
                Some(_) => "which runs its checks",
                None if is_generated => "from which its image installs exact versions",
                None => "from which its checks install exact versions",
            }
        ),
        format!("Commit what `{}` writes{}.", advice.command, if is_member { " at the top" } else { " in its folder" }),
    ))
}

/// What its start command runs.
pub(super) fn start(subject: &Subject<'_>, code: &Code<'_>) -> Option<Draft> {
    let command = subject.answer(FindingName::Start).filter(|_| is_generated(subject))?;
    let folder = subject.folder()?;
    let words: Vec<&str> = command.split_whitespace().collect();
    let manifest = path::join(folder, "package.json");
    let entry = subject.service().and_then(|service| service.entry.as_deref());
    let below =
        |file: &str| if folder.is_empty() { file.to_owned() } else { file.replacen(&format!("{folder}/"), "", 1) };
    let lacks = |place: &str, what: String, change: String| {
        Draft::new(
            GapKind::Start,
            Location::new(place, None),
            format!("is started with `{command}`, and {what}"),
            format!("{change}, or answer how it starts, in place of COMMAND."),
        )
        .with([subject.set(FindingName::Start, "COMMAND")])
    };
    let script = match words.as_slice() {
        ["npm", "start", ..] => Some("start"),
        ["npm" | "pnpm" | "yarn" | "bun", "run", script, ..] | ["node", "--run", script, ..] => Some(*script),
        _ => None,
    };
    if let Some(script) = script {
        let text = subject.files.text_if_any(&manifest)?;
        let package: serde_json::Value = serde_json::from_str(&text).ok()?;
        if package["scripts"].get(script).is_some() {
            return None;
        }
        let mut draft =
            lacks(&manifest, format!("its `package.json` has no script `{script}`"), "Add the script".into());
        draft.code = entry.map(|entry| format!("\"{script}\": \"node {}\"", below(entry)));
        return Some(draft);
    }
    let lists = |name: &str| {
        let is_list = |file: &str| {
            is_requirements(file)
                || matches!(
                    path::name(file),
                    "pyproject.toml"
                        | "Pipfile"
                        | "setup.py"
                        | "setup.cfg"
                        | "uv.lock"
                        | "poetry.lock"
                        | "Pipfile.lock"
                )
        };
        let mut lists = code.all().filter(|source| is_list(&source.path)).map(|source| &source.text).peekable();
        // without a list nothing can be said
        lists.peek().is_none()
            || lists.any(|text| text.contains(name) || name == "uvicorn" && text.contains("fastapi["))
    };
    let has_file = |file: &str| {
        let end = format!("/{file}");
        code.all().any(|known| known.path == file || known.path.ends_with(&end))
    };
    let is_built = subject.answer(FindingName::Build).is_some();
    match words.as_slice() {
        ["node" | "python" | "python3", file, ..] if file.contains('.') && !file.starts_with('-') => {
            let file = file.trim_start_matches("./");
            let missing = !is_built && !has_file(file);
            let is_of_build = ["build/", "dist/", "lib/", "out/"].iter().any(|start| file.starts_with(start));
            let change = match is_of_build {
                true => "Have the answer `build` write it".to_owned(),
                false => format!("Add `{file}`"),
            };
            missing.then(|| lacks(&path::join(folder, file), format!("there is no `{file}`"), change))
        }
        ["python" | "python3", "-m", module, ..] if !ADVICE.servers.contains_key(*module) => {
            let file = module.replace('.', "/");
            let top = module.split('.').next().unwrap_or(module);
            let missing = !has_file(&format!("{file}.py")) && !has_file(&format!("{file}/__main__.py")) && !lists(top);
            missing.then(|| {
                lacks(
                    &path::join(folder, &file),
                    format!("there is neither `{file}.py` nor `{file}/__main__.py`"),
                    format!("Add `{file}/__main__.py`"),
                )
            })
        }
        ["python" | "python3", "-m", program, ..] | [program, ..] => {
            let package = ADVICE.servers.get(*program)?;
            let missing = !lists(package);
            let place = subject.service()?.manifest.as_ref()?.file.clone();
            missing.then(|| lacks(&place, format!("`{package}` is not among its packages"), format!("Add `{package}`")))
        }
        [] => None,
    }
}
