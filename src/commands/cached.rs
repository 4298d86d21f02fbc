//! Replies of `status`, `diff` and `update` where nothing has changed: what was said the last time is said again,
//! without rendering, as long as the metadata of everything it rests on is the same. Each reply is a file in the user's
//! cache directory; one that is missing, damaged or of other files counts for nothing.

use std::env;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use anyhow::Result;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::base::Base;
use crate::cli::RenderArgs;
use crate::commands::rerendering::Proposal;
use crate::disk::cache::Cache;
use crate::plan::Ours;
use crate::repository::fingerprint::{self, Digest, Fingerprint};
use crate::repository::project::Project;
use crate::terminal::output;
use crate::terminal::ui::Ui;
use crate::text::version;

/// Renewed when the meaning of a file changes without a new version of the program.
const FORMAT: &str = "scaffold reply 1";

/// What a command says.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// What the user should know.
    pub notes: Vec<String>,
    /// What goes to stdout.
    pub data: String,
    /// The exit status.
    pub code: u8,
}

impl Reply {
    /// Says it.
    ///
    /// # Errors
    /// When stdout cannot be written to.
    pub fn give(&self, ui: &Ui) -> Result<u8> {
        for note in &self.notes {
            ui.note(note);
        }
        if !self.data.is_empty() {
            output::data(&self.data)?;
        }
        Ok(self.code)
    }
}

/// The place of one reply: that of a command with its arguments, about one repository.
#[derive(Debug)]
pub struct CachedReply {
    cache: Cache,
    name: String,
    project: Project,
    facts: String,
    program: PathBuf,
    catalog: Vec<PathBuf>,
}

impl CachedReply {
    /// The place of the reply of a `command`, which is told with all its arguments; none where it cannot be kept.
    pub fn new(command: &str, dir: &Path, with: &RenderArgs, ui: &Ui) -> Option<Self> {
        if with.answers.is_some() || !with.sets.is_empty() {
            return None;
        }
        let project = Project::open(dir).ok().filter(Project::exists)?;
        let cache = Cache::of_user().filter(|cache| !cache.is_in(project.root()))?;
        let program = env::current_exe().ok()?.canonicalize().ok()?;
        let templates = with.catalog.templates.as_ref();
        let catalog =
            templates.map(|templates| [templates.canonicalize(), templates.join("../presets").canonicalize()]);
        // a catalog need not have presets
        let catalog: Vec<PathBuf> = catalog.into_iter().flatten().flatten().collect();
        let found = fs::metadata(project.root()).ok()?;
        let place = (project.root(), found.dev(), found.ino(), env::current_dir().ok()?);
        let key = format!("{:?}", (command, ui, &place, &program, &catalog));
        let name = Sha256::digest(key.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        let facts = format!("{:?}", (FORMAT, version::own(), key, fingerprint::facts(project.root())?));
        Some(Self { cache, name, project, facts, program, catalog })
    }

    /// The repository.
    pub fn project(&self) -> &Project {
        &self.project
    }

    /// The reply of an earlier run, if everything it rests on is as it was.
    pub fn reply(&self) -> Option<Reply> {
        let bytes = self.cache.read(&self.name)?;
        let (digest, rest) = bytes.split_at_checked(size_of::<Digest>())?;
        let (reply, paths) = rest.split_at(rest.iter().position(|byte| *byte == 0)?);
        if fingerprint::now(self.project.root(), &[self.facts.as_bytes(), reply], paths) != digest {
            return None;
        }
        serde_json::from_slice(reply).ok()
    }

    /// Begins a run that may give a reply to be kept: looks at the program and the catalog before they are read.
    pub fn begin(self) -> Option<PendingReply> {
        let mut fingerprint = Fingerprint::new(self.project.root());
        fingerprint.add(vec![self.program.clone()]);
        fingerprint.add_catalog(&self.catalog).then_some(PendingReply { place: self, fingerprint })
    }
}

/// A reply that is being worked out.
#[derive(Debug)]
pub struct PendingReply {
    place: CachedReply,
    fingerprint: Fingerprint,
}

impl PendingReply {
    /// Looks at the repository before its files are read.
    #[must_use]
    pub fn about(mut self, base: &Base) -> Self {
        self.fingerprint.add_repository(base);
        self
    }

    /// Keeps the reply if nothing would be generated differently, and it rests on nothing but what was looked at. Where
    /// it cannot be kept, the next run works it out again.
    pub fn keep(mut self, proposal: &Proposal, reply: &Reply) {
        let is_plain = |ours: &Ours| matches!(ours, Ours::File(_) | Ours::Missing);
        if proposal.is_outdated() || !proposal.ours.values().all(is_plain) {
            return;
        }
        self.fingerprint.add(proposal.searched.clone());
        if !self.fingerprint.is_settled() {
            return;
        }
        let Ok(reply) = serde_json::to_vec(reply) else { return };
        let digest = self.fingerprint.digest(&[self.place.facts.as_bytes(), &reply]);
        let _ = self.place.cache.write(&self.place.name, &[&digest[..], &reply, &self.fingerprint.paths()].concat());
    }
}
