//! What git ignores: the rules of `.gitignore` in each folder. They are read here and not by the walk, which would follow
//! a link, wait for a pipe and read without end.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::walk::{Refusal, read};
use crate::disk::git_folder;

/// The name of the files.
pub const NAME: &str = ".gitignore";
/// More rules of one clone, in the folder of the repository.
const EXCLUDE: &str = "info/exclude";
/// Bytes of one of them.
const LARGEST: u64 = 64 * 1024;
/// Bytes of all of them.
const MAX_BYTES: u64 = 1024 * 1024;
/// Rules that hold in a folder: each name in it is compared with all of them.
const MAX_RULES: usize = 1000;
/// Bytes of a rule: no name and hardly a path is longer, and the parser of globs calls itself for each brace.
const LONGEST: usize = 1000;

/// The file with the rules that only this clone has.
pub fn exclude_file(top: &Path) -> Option<PathBuf> {
    Some(git_folder::common(top)?.join(EXCLUDE))
}

/// The rules of a folder, and of those above it.
struct Level {
    own: Gitignore,
    above: Option<Arc<Level>>,
    /// Where they are.
    file: PathBuf,
    /// Rules here and above.
    count: usize,
}

/// The rules of the folders that were entered.
#[derive(Default)]
pub struct Rules {
    /// By the relative path of the folder; none where no rule holds.
    known: RwLock<HashMap<PathBuf, Option<Arc<Level>>>>,
    /// What holds below those of all folders.
    exclude: Option<Arc<Level>>,
    read: AtomicU64,
}

/// A rule that ignores a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rule {
    /// The file that has it, relative to the folder of the walk.
    pub file: PathBuf,
    pub text: String,
}

/// The rules of a folder alone, and which of them is not understood.
type Read = (Gitignore, Result<(), String>);

impl Rules {
    /// Those of a repository, with the rules that only this clone has.
    pub fn of_repository(top: &Path) -> Self {
        let mut rules = Self::default();
        if let Some(git) = git_folder::common(top)
            && let Ok(Some((own, _))) = rules.own(&git, Path::new(""), EXCLUDE, MAX_RULES)
        {
            let file = git.join(EXCLUDE);
            let file = file.strip_prefix(top).unwrap_or(&file).to_owned();
            rules.exclude = Some(Arc::new(Level { count: own.len(), own, above: None, file }));
        }
        rules
    }

    /// Whether a path is ignored. The folder around it was entered before.
    pub fn ignore(&self, path: &Path, is_folder: bool) -> bool {
        self.ignored_by(path, is_folder).is_some()
    }

    /// The rule by which a path is ignored. The folder around it was entered before.
    pub fn ignored_by(&self, path: &Path, is_folder: bool) -> Option<Rule> {
        let mut level = self.of(path.parent());
        while let Some(rules) = level {
            // the nearest folder that says something decides
            match rules.own.matched(path, is_folder) {
                Match::None => level = rules.above.clone(),
                Match::Whitelist(_) => return None,
                Match::Ignore(glob) => {
                    return Some(Rule { file: rules.file.clone(), text: glob.original().to_owned() });
                }
            }
        }
        None
    }

    /// Reads the rules of a folder, or says which are not known. All others hold, and those above it.
    pub fn enter(&self, root: &Path, folder: &Path) -> Result<(), String> {
        let above = match folder.parent() {
            Some(parent) => self.of(Some(parent)),
            None => self.exclude.clone(),
        };
        let count = above.as_ref().map_or(0, |above| above.count);
        let own = self.own(root, folder, NAME, MAX_RULES.saturating_sub(count));
        let (level, known) = match own {
            Ok(None) => (above, Ok(())),
            Ok(Some((own, known))) => {
                let file = folder.join(NAME);
                (Some(Arc::new(Level { count: count + own.len(), own, above, file })), known)
            }
            Err(why) => (above, Err(why)),
        };
        self.known.write().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned(), level);
        known
    }

    fn of(&self, folder: Option<&Path>) -> Option<Arc<Level>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).get(folder?).cloned().flatten()
    }

    /// The rules in a file, as they hold in a folder.
    fn own(&self, root: &Path, folder: &Path, name: &str, most: usize) -> Result<Option<Read>, String> {
        let text = match read(&root.join(folder).join(name), LARGEST) {
            Ok(text) => text,
            Err(Refusal::Missing) => return Ok(None),
            Err(refusal) => return Err(format!("{refusal}, so that its rules are not known")),
        };
        let length = text.len() as u64;
        if self.read.fetch_add(length, Ordering::Relaxed) + length > MAX_BYTES {
            return Err("was not read: the rules of all folders are larger than 1 MiB".into());
        }
        let (mut builder, mut known) = (GitignoreBuilder::new(folder), Ok(()));
        for (i, line) in text.lines().enumerate() {
            if line.len() > LONGEST || builder.add_line(None, line).is_err() {
                known = known.and_then(|()| Err(format!("has a rule that cannot be understood (line {})", i + 1)));
            }
        }
        let own = builder.build().map_err(|_| "has rules that cannot be understood".to_owned())?;
        if own.len() > most {
            return Err(format!("has too many rules: {MAX_RULES} may hold in a folder"));
        }
        Ok(Some((own, known)))
    }
}
