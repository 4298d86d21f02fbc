//! One file per verb: arguments -> pipeline -> summary.

use std::mem::ManuallyDrop;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;

use crate::answers::Given;
use crate::answers::file::AnswersFile;
use crate::catalog::{Catalog, Fault, source};
use crate::cli::{AnswerArgs, CatalogArgs, Cli, Command, RenderArgs};
use crate::lint;
use crate::plan::{Ours, Plan};
use crate::prompt::{Dialog, Prompt};
use crate::render::context::Context;
use crate::render::{self, Rendered};
use crate::repository::project::Project;
use crate::show::file_diff::DiffStyle;
use crate::terminal::pager::{self, page};
use crate::terminal::ui::{Style, Ui};
use crate::terminal::{memory, signals};
use crate::text::error::{Back, Interrupted, UserError};
use crate::text::{count, shell_word};

mod cached;
mod carry_out;
mod decisions;
mod detect;
mod diff;
mod explain;
mod generated;
mod init;
mod interview;
mod last_rendering;
mod open;
mod presets;
mod questions;
pub mod rerendering;
mod restore;
mod save;
mod status;
pub mod summary;
mod undo;
mod update;

/// What a person is told who leaves. What was written before that, such as a page, stays.
const STOPPED: &str = "Stopped before writing.";

/// Carries out a command, and says what went wrong. The exit status is 0 when done, 1 when differences
/// remain, 2 after an error that left the repository as it was, 3 after one that did not.
pub fn main(cli: &Cli) -> ExitCode {
    let ui = Ui::new(cli.color, cli.accessible);
    signals::watch();
    let done = match &cli.command {
        Command::Init(args) => init::run(args, &ui),
        Command::Update(args) => update::run(args, &ui),
        Command::Diff(args) => diff::run(args, &ui),
        Command::Status(args) => status::run(args, &ui),
        Command::Restore(args) => restore::run(args, &ui),
        Command::Undo(args) => undo::run(args, &ui),
        Command::Decisions(args) => decisions::run(args, &ui),
        Command::Detect(args) => detect::run(args, &ui),
        Command::Presets(args) => presets::run(args, &ui),
        Command::Questions(args) => questions::run(args, &ui),
        Command::Explain(args) => explain::run(args, &ui),
        Command::Completions(args) => generated::completions(args),
        Command::Man => generated::man(),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(error) if error.is::<Interrupted>() || error.is::<Back>() => {
            signals::end_if_caught();
            ui.say(STOPPED);
            ExitCode::from(Interrupted::EXIT)
        }
        Err(error) => {
            report(&ui, &error);
            signals::end_if_caught();
            ExitCode::from(match error.downcast_ref::<UserError>() {
                Some(error) if error.unfinished => UserError::EXIT_UNFINISHED,
                _ => UserError::EXIT,
            })
        }
    }
}

/// Prints an error and its hints. What is not the user's error is ours, and says so.
fn report(ui: &Ui, error: &anyhow::Error) {
    let say = |style, label: &str, text: &str| {
        let lines = ui.fitted(&format!("{label}{}", ui.visible_lines(text)));
        let text = lines.strip_prefix(label).unwrap_or(&lines);
        ui.say(&format!("{}{text}", ui.err.text(style, label)));
    };
    let Some(user) = error.downcast_ref::<UserError>() else {
        say(Style::Error, "error: ", &format!("{error:#}"));
        return;
    };
    say(Style::Error, "error: ", &user.message);
    for hint in &user.hints {
        say(Style::Place, "hint: ", hint);
    }
}

/// The catalog that the arguments name; one from disk is linted first.
///
/// # Errors
/// When it has faults; all of them are named.
pub fn load_catalog(args: &CatalogArgs) -> Result<Catalog> {
    let catalog = parse_catalog(args)?;
    if args.templates.is_some() {
        refuse(&catalog, &lint::lint(&catalog))?;
    }
    Ok(catalog)
}

/// The catalog that the arguments name, as far as parsing goes.
fn parse_catalog(args: &CatalogArgs) -> Result<Catalog> {
    let source = match &args.templates {
        Some(dir) => source::from_disk(dir)?,
        None => source::embedded(),
    };
    let (mut catalog, faults) = Catalog::parse(source);
    catalog.folder = args.templates.as_ref().map(|dir| dir.display().to_string());
    refuse(&catalog, &faults)?;
    Ok(catalog)
}

/// Names all faults of a catalog, if there are any.
fn refuse(catalog: &Catalog, faults: &[Fault]) -> Result<()> {
    if faults.is_empty() {
        return Ok(());
    }
    let list: Vec<String> = faults.iter().map(|f| format!("\n  {}: {}", catalog.shown(&f.file), f.message)).collect();
    Err(UserError::new(format!("the catalog has {}:{}", count(faults.len(), "fault"), list.concat())).into())
}

/// [`render`](render::render) or [`render_checked`](render::render_checked).
type Render = fn(&Catalog, &Context) -> Result<Rendered>;

/// A catalog and how to render it.
#[derive(Clone, Copy)]
struct Renderer<'c> {
    catalog: &'c Catalog,
    render: Render,
}

/// Works with the catalog that the arguments name; one from disk is linted. `person` tells whether the user can be
/// prompted.
///
/// # Errors
/// When the target is in the catalog, the catalog has faults, or the work fails.
fn with_catalog<T>(
    ui: &Ui,
    args: &CatalogArgs,
    target: &Path,
    person: bool,
    work: impl FnOnce(Renderer<'_>) -> Result<T>,
) -> Result<T> {
    work_on_this_thread_too();
    if let Some(templates) = &args.templates {
        source::keep_off(templates, target)?;
        memory::watch(ui);
    }
    // Nothing as large as the catalog is freed at the end: 10 ms for 12,000 files.
    if person || args.templates.is_none() {
        let catalog = ManuallyDrop::new(load_catalog(args)?);
        return work(Renderer { catalog: &catalog, render: render::render });
    }
    // Without questions the templates are rendered at once, so checking them first would compile each of them twice.
    let catalog = ManuallyDrop::new(parse_catalog(args)?);
    refuse(&catalog, &lint::lint_without_templates(&catalog))
        .and_then(|()| work(Renderer { catalog: &catalog, render: render::render_checked }))
        // A fault of the catalog is behind most errors; all of them are to be told.
        .or_else(|error| refuse(&catalog, &lint::lint(&catalog)).and(Err(error)))
}

/// Makes this thread one of rayon's, where it would else only wait for them: one thread less, and less time in the
/// kernel, which gives memory to the first thread in larger pieces (5% of the processor time of 1,200 files).
fn work_on_this_thread_too() {
    // Fails when there is a pool already, and that does as well.
    let _ = rayon::ThreadPoolBuilder::new().use_current_thread().build_global();
}

/// Whether nothing is at a path of a project.
fn is_free(project: &Project, path: &str) -> bool {
    let path = path.to_string();
    project.ours([&path]).is_ok_and(|found| matches!(found.get(&path), None | Some(Ours::Missing)))
}

/// Without a terminal no plan can be confirmed; the caller says which options write without a prompt.
fn cannot_prompt() -> UserError {
    UserError::new("cannot prompt: stdin or stderr is not a terminal")
}

/// Shows a plan in which nothing is open, and asks whether to carry it out. Without a terminal `yes` has to be given.
///
/// # Errors
/// When it cannot prompt, or the person leaves.
fn agreed(ui: &Ui, plan: &Plan<'_>, ask: &str, yes: bool, dry_run: bool) -> Result<bool> {
    if !yes && !dry_run && !ui.interactive {
        return Err(cannot_prompt()
            .hint("`--yes` writes without asking")
            .hint("`--dry-run` shows what would be written")
            .into());
    }
    let diffs: Vec<String> = {
        let look = DiffStyle { paint: pager::paint(ui), unicode: ui.unicode };
        plan.changes.iter().map(|(path, change)| look.change(path, change)).collect()
    };
    if !yes || dry_run {
        page(ui, &diffs.join("\n"))?;
    }
    if dry_run {
        ui.say("Nothing was written, because of `--dry-run`.");
        return Ok(false);
    }
    if yes {
        return Ok(true);
    }
    let dialog = Dialog { ui: *ui };
    if dialog.yes_no(Prompt { ask, help: "" }, Some(false))? {
        return Ok(true);
    }
    ui.say(STOPPED);
    Ok(false)
}

/// A command about a folder, as people type it where they are.
pub fn in_folder(command: &str, dir: &Path) -> String {
    match shell_word(&dir.display().to_string()).as_str() {
        "." => command.to_owned(),
        // it would be taken for an option
        dir if dir.starts_with('-') => format!("{command} ./{dir}"),
        dir => format!("{command} {dir}"),
    }
}

/// What the arguments say about answers.
///
/// # Errors
/// When a `--set` has no `=` or no YAML value, or the answers file cannot be read.
pub fn given(args: &AnswerArgs) -> Result<Given> {
    Ok(Given {
        preset: args.preset.clone(),
        file: args.answers.as_deref().map(AnswersFile::read).transpose()?,
        sets: sets(&args.sets)?,
        ..Given::default()
    })
}

/// The same for an update.
///
/// # Errors
/// As [`given`].
fn given_for_update(args: &RenderArgs) -> Result<Given> {
    Ok(Given {
        file: args.answers.as_deref().map(AnswersFile::read).transpose()?,
        sets: sets(&args.sets)?,
        generated: true,
        ..Given::default()
    })
}

fn sets(sets: &[String]) -> Result<Vec<(String, String)>> {
    let set = |set: &String| {
        let (key, text) = set.split_once('=').ok_or_else(|| {
            let what = if set.is_empty() { "an empty `--set`".into() } else { format!("`--set {set}`") };
            UserError::new(format!("{what} has no `=`")).hint("it takes `KEY=VALUE`, such as `services.0.port=8080`")
        })?;
        Ok((key.to_string(), text.to_string()))
    };
    sets.iter().map(set).collect()
}
