//! The writer without templates: makes TARGET look like the folder FROM. The crash tests kill it.

use scaffold::apply::lock::Lock;
use scaffold::apply::recover::{Recovery, recover};
use scaffold::base::{self, Base, Stored};
use scaffold::plan::{Plan, Versions};
use scaffold::repository::project::Project;
use scaffold::text::error::UserError;
use scaffold::text::path;
use scaffold::text::tree::{File, RelPath, Tree};
use scaffold::text::version;
use scaffold::{apply::apply, plan::operation::Operation};
use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

fn load(folder: &Path, below: &str, tree: &mut Tree) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path: RelPath = path::join(below, &entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            load(&entry.path(), &path, tree)?;
        } else {
            let executable = entry.metadata()?.permissions().mode() & 0o100 != 0;
            tree.files.insert(path, File { bytes: std::fs::read(entry.path())?, executable });
        }
    }
    Ok(())
}

#[allow(clippy::print_stderr)]
fn run(target: &Path, from: Option<&Path>) -> anyhow::Result<()> {
    let mut theirs = Tree::default();
    if let Some(from) = from {
        load(from, "", &mut theirs)?;
    }
    let start = Instant::now();
    let time = |what: &str| {
        if std::env::var_os("TIMES").is_some() {
            eprintln!("{:8.1} ms {what}", start.elapsed().as_secs_f64() * 1000.0);
        }
    };
    let project = Project::open(target)?;
    let lock = Lock::acquire(&project)?;
    match recover(&lock)? {
        Recovery::Nothing => {}
        recovery => eprintln!("{recovery:?}"),
    }
    if from.is_none() {
        return Ok(());
    }
    let base = match project.base()? {
        Stored::Missing => Base::default(),
        Stored::Sound(base) => base,
        other => anyhow::bail!("{other:?}"),
    };
    time("base");
    let ours = project.ours(base.tree.files.keys().chain(theirs.files.keys()).collect::<BTreeSet<_>>())?;
    time("ours");
    let once = BTreeSet::new();
    let moves = BTreeMap::new();
    let versions = Versions { base: &base, ours: &ours, theirs: &theirs, once: &once, moves: &moves };
    let plan = Plan::without_merge(&versions)?;
    let recorded =
        File { bytes: base::encode(&theirs, &once, &base::GoneFiles::new(), version::own()), executable: false };
    let answers = File { bytes: format!("files: {}\n", theirs.files.len()).into_bytes(), executable: false };
    let undecided = BTreeMap::new();
    let mut operations = plan.operations(&undecided)?;
    operations.push(Operation::record(path::BASE, &recorded));
    operations.push(Operation::record(path::ANSWERS, &answers));
    time("plan");
    let applied = apply(&lock, &operations)?;
    drop(lock);
    time("apply");
    eprintln!("{applied:?} {:?}", plan.counts());
    Ok(())
}

#[allow(clippy::print_stderr)]
fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let Some(target) = arguments.first() else {
        eprintln!("usage: regenerate TARGET [FROM]; without FROM only recovers");
        return ExitCode::from(2);
    };
    match run(Path::new(target), arguments.get(1).map(Path::new)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            for hint in error.downcast_ref::<UserError>().iter().flat_map(|e| &e.hints) {
                eprintln!("hint: {hint}");
            }
            ExitCode::from(2)
        }
    }
}
