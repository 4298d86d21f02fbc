//! Where a page goes: a file that is new or a page already, or stdout.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::START;
use crate::disk;
use crate::plan::{BESIDE, Plan};
use crate::terminal::output;
use crate::terminal::output::Format;
use crate::terminal::ui::Ui;
use crate::text::error::UserError;
use crate::text::{path, shell_word};

/// Where a page goes.
#[derive(Clone, Copy, Debug)]
pub enum PageTarget<'p> {
    /// stdout, which nothing else may use then.
    Stdout,
    File(&'p Path),
}

impl<'p> PageTarget<'p> {
    /// The place that `--html` names, checked before the first question.
    ///
    /// # Errors
    /// When the page would replace something else, has no folder, or would share stdout with JSON.
    pub fn new(file: &'p Path, format: Format) -> Result<Self> {
        if file.as_os_str() == "-" {
            return match format {
                Format::Human => Ok(Self::Stdout),
                Format::Json => Err(UserError::new("`--html -` and `--format json` both need stdout")
                    .hint("name a file for the page: `--html FILE`")
                    .into()),
            };
        }
        let shown = file.display();
        if fs::symlink_metadata(file).is_ok_and(|found| found.is_symlink()) && !file.exists() {
            return Err(UserError::new(format!("`{shown}` is a symbolic link to nothing"))
                .hint("choose another name for `--html`, or remove the link")
                .into());
        }
        let mut start = Vec::new();
        match File::open(file).and_then(|file| file.take(START.len() as u64).read_to_end(&mut start)) {
            Ok(_) if start == START.as_bytes() => Ok(Self::File(file)),
            Ok(_) => Err(UserError::new(format!("`{shown}` is there already, and is not a page of scaffold"))
                .hint("choose another name for `--html`, or remove the file")
                .into()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
                match folder {
                    Some(folder) if !folder.is_dir() => {
                        Err(UserError::new(format!("there is no folder `{}` for the page", folder.display()))
                            .hint("choose another path for `--html`, or make the folder")
                            .into())
                    }
                    _ => Ok(Self::File(file)),
                }
            }
            Err(error) if error.kind() == io::ErrorKind::IsADirectory => {
                Err(UserError::new(format!("`{shown}` is a folder"))
                    .hint(format!(
                        "name a file in it: `--html {}`",
                        shell_word(&file.join("page.html").display().to_string())
                    ))
                    .into())
            }
            Err(error) => Err(disk::explain(error, "read", file)),
        }
    }

    /// Refuses a page that is in the way of the files of a plan, or among those of scaffold.
    ///
    /// # Errors
    /// When it is.
    pub fn keep_off(self, root: &Path, plan: &Plan<'_>) -> Result<()> {
        let Self::File(file) = self else { return Ok(()) };
        let Some(full) = absolute(file) else { return Ok(()) };
        let in_the_way = |of: &str| {
            let error = UserError::new(format!("`{}` cannot be the page: it is in the way of `{of}`", file.display()));
            Err(error.hint("choose another name for `--html`").into())
        };
        if root.starts_with(&full) {
            return in_the_way(&root.display().to_string());
        }
        let Ok(page) = full.strip_prefix(root) else { return Ok(()) };
        let page = path::fold(&page.to_string_lossy());
        let meets = |path: &str| {
            let path = path::fold(path);
            is_at_or_below(&page, &path) || is_at_or_below(&path, &page) || page == path + BESIDE
        };
        match [path::FOLDER].into_iter().chain(plan.changes.keys().copied()).find(|path| meets(path)) {
            Some(path) => in_the_way(path),
            None => Ok(()),
        }
    }

    /// Writes the page, and says where it is.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn put(self, ui: &Ui, html: &str) -> Result<()> {
        match self {
            Self::Stdout => output::data(html),
            Self::File(file) => {
                disk::write_over(file, html.as_bytes())?;
                ui.say(&format!("The page is in `{}`.", ui.visible(&file.display().to_string())));
                Ok(())
            }
        }
    }
}

/// Where a file is or would be, without links; nothing where its folder cannot be found.
fn absolute(file: &Path) -> Option<PathBuf> {
    if let Ok(there) = file.canonicalize() {
        return Some(there);
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Some(folder.canonicalize().ok()?.join(file.file_name()?))
}

fn is_at_or_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_page_is_written_over() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("page.html");
        let message = |path: &Path| PageTarget::new(path, Format::Human).unwrap_err().to_string();
        PageTarget::new(&file, Format::Json).unwrap().put(&Ui::plain(80), &format!("{START}0.1.0\">")).unwrap();
        assert!(PageTarget::new(&file, Format::Human).is_ok());
        for other in ["", "<!doctype html>\n<p>mine", &START[1..]] {
            fs::write(&file, other).unwrap();
            assert!(message(&file).ends_with("is there already, and is not a page of scaffold"));
        }
        assert!(message(dir.path()).ends_with("is a folder"));
        assert!(message(&dir.path().join("none/page.html")).starts_with("there is no folder"));
        let link = dir.path().join("link.html");
        std::os::unix::fs::symlink(dir.path().join("nothing"), &link).unwrap();
        assert!(message(&link).ends_with("is a symbolic link to nothing"));
        assert!(matches!(PageTarget::new(Path::new("-"), Format::Human), Ok(PageTarget::Stdout)));
        assert!(PageTarget::new(Path::new("-"), Format::Json).is_err());
    }
}
