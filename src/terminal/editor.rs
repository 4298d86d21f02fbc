//! A text through the person's editor.

use std::env;
use std::fs;
use std::io::stderr;
use std::os::fd::AsFd as _;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::disk::regular;
use crate::disk::stamp::Stamp;
use crate::terminal::{exec, lend};
use crate::text::path;

/// As for what stands at the path of a generated file.
const MAX_BYTES: u64 = 128 * 1024 * 1024;

/// Opens a text in `$VISUAL`, else `$EDITOR`, else `vi`, under the name that its path has, so that the editor knows the
/// format. Returns what was saved, or a sentence that says why there is nothing.
///
/// # Errors
/// When there is no place for the text, or a signal came that is to end the program.
pub fn edit(rel: &str, text: &str) -> Result<Result<String, String>> {
    let editor = editor();
    let folder = tempfile::Builder::new().prefix("scaffold-").tempdir().context("cannot make a folder for the text")?;
    let file = folder.path().join(path::name(rel));
    fs::write(&file, text).with_context(|| format!("cannot write `{}`", file.display()))?;
    // as git does it: an editor can have arguments; what it shows belongs on the terminal, and stdout may lead elsewhere
    let screen = stderr().as_fd().try_clone_to_owned()?;
    let before = Stamp::at(&file);
    let mut command = Command::new("sh");
    command.arg("-c").arg(exec(&format!("{editor} \"$@\""))).arg("sh").arg(&file).stdout(screen);
    Ok(match lend(&mut command, None)? {
        Err(e) => Err(format!("The editor `{editor}` could not be started: {e}.")),
        Ok(status) if !status.success() => Err(format!("The editor `{editor}` failed ({status}).")),
        // as `:q` does it; who takes the text as it is saves it
        Ok(_) if Stamp::at(&file) == before => Err("Nothing was saved.".into()),
        Ok(_) => match regular::read(&file, MAX_BYTES).map(|bytes| bytes.map(String::from_utf8)) {
            Ok(None) => Err(format!("The saved text is larger than {} MiB.", MAX_BYTES >> 20)),
            Ok(Some(Err(_))) => Err("The saved text is not UTF-8.".into()),
            Ok(Some(Ok(text))) if text.trim().is_empty() => Err("The saved text is empty.".into()),
            Ok(Some(Ok(text))) => Ok(text),
            Err(e) => Err(format!("The saved text cannot be read: {e}.")),
        },
    })
}

fn editor() -> String {
    let set = |name| env::var(name).ok().filter(|editor| !editor.trim().is_empty());
    set("VISUAL").or_else(|| set("EDITOR")).unwrap_or_else(|| "vi".into())
}
