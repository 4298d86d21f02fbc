//! `scaffold init`: answers to a new repository.

use std::mem::ManuallyDrop;

use anyhow::Result;

use crate::answers::{Answers, Given, Prompter};
use crate::answers_file::AnswersFile;
use crate::apply::{Operation, apply};
use crate::base::{self, Base, Stored};
use crate::catalog::Catalog;
use crate::cli::{Format, Init};
use crate::context::Context;
use crate::error::UserError;
use crate::lint;
use crate::listing::{self, Listing};
use crate::lock::Lock;
use crate::output;
use crate::path;
use crate::merge::Merged;
use crate::plan::{Ours, Plan};
use crate::project::Project;
use crate::prompt::TerminalPrompter;
use crate::record;
use crate::recover::{Recovery, recover};
use crate::render::{Rendered, render, render_checked};
use crate::review::{Resolutions, Review, keep_all};
use crate::summary::{remains, summary};
use crate::text::count;
use crate::tree::File;
use crate::ui::Ui;
use crate::version;

/// What a run leaves behind only while it works, or when it was killed.
const IGNORE: &str = "/lock\n/staging/\n/journal*\n";

/// Asks, renders, shows, writes.
///
/// # Errors
/// When answers are missing or wrong, nobody agrees to writing, or the disk refuses.
pub fn run(args: &Init, ui: &Ui) -> Result<u8> {
    work_on_this_thread_too();
    let person = ui.interactive && !args.yes;
    if person || args.catalog.templates.is_none() {
        return init(args, ui, &super::load_catalog(&args.catalog)?, render);
    }
    // Nobody answers questions before the templates are rendered, so that they need not be checked before: each is
    // compiled once for both. Nothing as large as the catalog is freed at the end: 10 ms for 12,000 files.
    let catalog = ManuallyDrop::new(super::parse_catalog(&args.catalog)?);
    super::refuse(&lint::lint_without_templates(&catalog))
        .and_then(|()| init(args, ui, &catalog, render_checked))
        // A fault of the catalog is behind most errors; all of them are to be told.
        .or_else(|error| super::refuse(&lint::lint(&catalog)).and(Err(error)))
}

/// Makes this thread one of rayon's, where it would else only wait for them: one thread less, and less time in the
/// kernel, which gives memory to the first thread in larger pieces (5% of the processor time of 1,200 files).
fn work_on_this_thread_too() {
    // Fails when there is a pool already, and that does as well.
    let _ = rayon::ThreadPoolBuilder::new().use_current_thread().build_global();
}

/// [`render`] or [`render_checked`].
type Render = fn(&Catalog, &Context) -> Result<Rendered>;

fn init(args: &Init, ui: &Ui, catalog: &Catalog, render: Render) -> Result<u8> {
    let mut given = super::given(&args.answers)?;
    let (project, recorded) = open(args, ui)?;
    if let Some(recorded) = &recorded {
        return again(args, ui, catalog, given, render, &project, recorded);
    }
    let mut person = (ui.interactive && !args.yes).then(|| TerminalPrompter::new(*ui));
    if let Some(person) = &mut person
        && given.preset.is_none()
        && given.file.is_none()
    {
        given.preset = person.choose_preset(catalog)?;
    }
    let answers = Answers::resolve(catalog, &given, person.as_mut().map(|p| p as &mut dyn Prompter))?;
    if person.is_none() && !args.yes && !args.dry_run {
        return Err(UserError::new("nobody can be asked whether to write: stdin and stderr are not both a terminal")
            .hint("`--yes` writes without asking, and keeps files that are there already")
            .hint("`--dry-run` shows what would be written")
            .into());
    }
    for note in &answers.notes {
        ui.say(note);
    }
    let context = Context::new(catalog, &answers)?;
    let rendered = ManuallyDrop::new(render(catalog, &context)?);
    let (base, ours) = (Base::default(), project.ours(rendered.tree.files.keys())?);
    // without a base there is nothing to merge with
    let plan = Plan::new(&base, &ours, &rendered.tree, &rendered.once, &|_, _, _, new| Merged::Clean(new.clone()))?;

    if args.format == Format::Json {
        output::data(&output::json(&listing::json(&plan))?)?;
    }
    if args.dry_run {
        let listing = Listing { ui, paint: ui.out, lines: usize::MAX };
        if args.format == Format::Human {
            output::data(&format!("{}\n{}", listing.tree(&plan), listing.counts(&plan)))?;
        }
        ui.say("Nothing was written, because of `--dry-run`.");
        return Ok(u8::from(remains(&plan, &keep_all(&plan))));
    }
    let resolutions = if person.is_some() {
        let is_free = |path: &str| is_free(&project, path);
        let Some(resolutions) = Review { ui, plan: &plan, is_free: &is_free }.run()? else {
            ui.say("Stopped. Nothing was written.");
            return Ok(1);
        };
        resolutions
    } else {
        ui.say(Listing { ui, paint: ui.err, lines: 0 }.counts(&plan).trim_end());
        keep_all(&plan)
    };
    write(&project, &plan, &resolutions, &rendered, record::answers(catalog, &answers)?)?;
    ui.say(&summary(ui, &args.dir, &plan, &resolutions));
    Ok(u8::from(remains(&plan, &resolutions)))
}

/// The target folder, in the state before or after a run that was cut short, and what was rendered there last.
fn open(args: &Init, ui: &Ui) -> Result<(Project, Option<Base>)> {
    let mut project = Project::open(&args.dir)?;
    if project.is_unfinished() {
        if args.dry_run {
            return Err(UserError::new(format!("an earlier run in `{}` was cut short", args.dir.display()))
                .hint("the next run without `--dry-run` finishes or undoes it first")
                .into());
        }
        let lock = Lock::acquire(&project)?;
        match recover(&lock)? {
            Recovery::Nothing => {}
            Recovery::Finished { files } => {
                ui.say(&format!("Finished an earlier run, which wrote {}.", count(files, "file")))
            }
            Recovery::Undone { files } => {
                ui.say(&format!("Undid an earlier run, which had begun with {}.", count(files, "file")))
            }
        }
        drop(lock);
        project = Project::open(&args.dir)?;
    }
    match project.base()? {
        Stored::Missing => Ok((project, None)),
        Stored::Sound(base) | Stored::Healed(base) => Ok((project, Some(base))),
        Stored::Damaged { faults, .. } => Err(UserError::new(format!(
            "`{}/.scaffold/base` is damaged in {}",
            args.dir.display(),
            count(faults.len(), "place")
        ))
        .hint("bring it back from the history of the repository: `git checkout .scaffold/base`")
        .hint(START_OVER)
        .into()),
        Stored::Newer { format, version } => Err(UserError::new(format!(
            "`{}/.scaffold/base` has format {format}, which scaffold {} does not know",
            args.dir.display(),
            version::own()
        ))
        .hint(version.map_or("install the newest scaffold".into(), |v| format!("install scaffold {v}, which wrote it")))
        .into()),
    }
}

/// What to do to generate into a folder anew.
const START_OVER: &str =
    "or remove `.scaffold/`: then files that are equal are adopted, and you decide about the others";

/// A folder that was generated before: the same answers and templates mean that nothing is left to do.
fn again(
    args: &Init,
    ui: &Ui,
    catalog: &Catalog,
    mut given: Given,
    render: Render,
    project: &Project,
    recorded: &Base,
) -> Result<u8> {
    if given.preset.is_none()
        && given.file.is_none()
        && let Some(bytes) = project.answers()?
    {
        given.file = Some(AnswersFile::parse(&args.dir.join(path::ANSWERS).display().to_string(), bytes)?);
    }
    let answers = Answers::resolve(catalog, &given, None)?;
    let rendered = render(catalog, &Context::new(catalog, &answers)?)?;
    if rendered.tree == recorded.tree {
        // a run that was killed at its very end leaves its lock
        drop(Lock::acquire(project)?);
        ui.say(&format!("`{}` is up to date: it was generated from these answers.", args.dir.display()));
        return Ok(0);
    }
    Err(UserError::new(format!("`{}` was generated before, from other answers or templates", args.dir.display()))
        .hint("generate into another folder to compare, for example with `--answers .scaffold/answers.yaml`")
        .hint(START_OVER)
        .into())
}

fn is_free(project: &Project, path: &str) -> bool {
    let path = path.to_string();
    project.ours([&path]).is_ok_and(|found| matches!(found.get(&path), None | Some(Ours::Missing)))
}

/// Everything at once, with what the next update needs to know.
fn write(
    project: &Project,
    plan: &Plan<'_>,
    resolutions: &Resolutions,
    rendered: &Rendered,
    answers: String,
) -> Result<()> {
    let file = |bytes: Vec<u8>| File { bytes, executable: false };
    let (base, answers) = (file(base::encode(&rendered.tree, &rendered.once, version::own())), file(answers.into_bytes()));
    let mut operations = plan.operations(resolutions)?;
    operations.push(Operation::record(path::BASE, &base));
    operations.push(Operation::record(path::ANSWERS, &answers));
    let (attributes, ignore) = (file(base::ATTRIBUTES.into()), file(IGNORE.into()));
    operations.push(Operation::record(".scaffold/.gitattributes", &attributes));
    operations.push(Operation::record(".scaffold/.gitignore", &ignore));
    let lock = Lock::acquire(project)?;
    apply(&lock, &operations)?;
    Ok(())
}
