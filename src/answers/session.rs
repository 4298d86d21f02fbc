//! The answers given so far, kept in the user's state directory until the repository is written: an interrupted `init`
//! resumes from them. Answers hold no secrets, but the file is still readable by its owner only.

use std::io::ErrorKind;
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};
use std::{fs, process};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use crate::catalog::question::Values;
use crate::disk;
use crate::disk::{regular, state};
use crate::text::checksum::Sum;
use crate::text::error::UserError;

const MODE: u32 = 0o600;
/// As for answers files.
const MAX_BYTES: u64 = 1024 * 1024;

/// The session about one target folder.
#[derive(Clone, Debug)]
pub struct Session {
    file: PathBuf,
    target: String,
    /// The preset that it started from.
    pub preset: Option<String>,
    /// Whether every question is put.
    pub all: bool,
    /// Lists as they were when the person left them, without having confirmed them.
    pub drafts: Values,
}

/// What is kept of a session.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// The target folder, for whoever looks at the file.
    pub target: String,
    /// The preset that it started from.
    pub preset: Option<String>,
    /// Whether every question is put.
    pub all: bool,
    /// What was given and found right.
    pub answers: Values,
    /// Lists that were not confirmed.
    #[serde(default, skip_serializing_if = "Values::is_empty")]
    pub drafts: Values,
}

impl Session {
    /// A session about a folder, whose path is absolute and without links. None where the user has no state directory.
    pub fn about(target: &Path) -> Option<Self> {
        let folder = state::folder()?;
        let name = format!("{}.yaml", Sum::of(&[target.as_os_str().as_encoded_bytes()]));
        let target = target.to_string_lossy().into_owned();
        Some(Self { file: folder.join(name), target, preset: None, all: false, drafts: Values::new() })
    }

    /// Whether something is kept.
    pub fn is_kept(&self) -> bool {
        self.file.is_file()
    }

    /// What is kept, if anything is.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read(&self) -> Result<Option<Kept>> {
        let shown = self.file.display();
        let unreadable = |why: String| {
            UserError::new(format!("the kept answers `{shown}` cannot be read: {why}"))
                .hint("remove the file, and start with `scaffold init`")
        };
        let bytes = match regular::read(&self.file, MAX_BYTES) {
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
            other => other.with_context(|| format!("cannot read the kept answers `{shown}`"))?,
        };
        let bytes = bytes.ok_or_else(|| unreadable("the file is larger than 1 MiB".into()))?;
        let kept = serde_yaml::from_slice(&bytes).map_err(|e| unreadable(e.to_string()))?;
        Ok(Some(kept))
    }

    /// Keeps answers, whole or not at all.
    ///
    /// # Errors
    /// When the state directory cannot be written.
    pub fn keep(&self, answers: &Values) -> Result<()> {
        let (target, preset) = (self.target.clone(), self.preset.clone());
        let kept = Kept { target, preset, all: self.all, answers: answers.clone(), drafts: self.drafts.clone() };
        let text = format!(
            "# Answers of a session of `scaffold init` that was not finished.\n{}",
            serde_yaml::to_string(&kept)?
        );
        let folder = self.file.parent().unwrap_or(Path::new("."));
        disk::ensure_private_folder(folder)?;
        let name = format!("new.{}", process::id());
        let new = folder.join(&name);
        let at = disk::open_folder(folder)?;
        // a killed run may have had the same number
        let _ = fs::remove_file(&new);
        let kept = disk::write_new(at.as_fd(), &name, text.as_bytes(), false, Some(MODE), &new)
            .and_then(|()| disk::rename(&new, &self.file));
        if kept.is_err() {
            let _ = fs::remove_file(&new);
        }
        kept
    }

    /// Removes what is kept.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn forget(&self) -> Result<()> {
        if self.is_kept() { disk::remove_file(&self.file) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use serde_json::json;

    use super::*;

    #[test]
    fn one_private_file_per_folder_is_replaced_and_forgotten() {
        let temp = tempfile::tempdir().unwrap();
        let file = temp.path().join("state/scaffold/x.yaml");
        let session = Session {
            file: file.clone(),
            target: "/shop".into(),
            preset: Some("p".into()),
            all: true,
            drafts: Values::new(),
        };
        assert!(session.read().unwrap().is_none());
        for name in ["a", "b"] {
            session.keep(&Values::from([("name".to_string(), json!(name))])).unwrap();
        }
        let kept = session.read().unwrap().unwrap();
        assert_eq!((kept.preset.as_deref(), kept.all, &kept.answers["name"]), (Some("p"), true, &json!("b")));
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, MODE);
        assert_eq!(fs::metadata(file.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1);
        // what a killed run with the same number has left
        fs::write(file.with_file_name(format!("new.{}", process::id())), "x").unwrap();
        session.keep(&Values::new()).unwrap();
        assert!(session.read().unwrap().unwrap().answers.is_empty());
        session.forget().unwrap();
        assert!(!session.is_kept() && session.forget().is_ok());
    }

    #[test]
    fn a_damaged_file_says_what_to_do() {
        let temp = tempfile::tempdir().unwrap();
        let file = temp.path().join("x.yaml");
        fs::write(&file, "answers: [").unwrap();
        let session = Session { file, target: String::new(), preset: None, all: false, drafts: Values::new() };
        let error = session.read().unwrap_err().downcast::<UserError>().unwrap();
        assert!(error.message.starts_with("the kept answers `") && error.hints.len() == 1, "{error}");
    }
}
