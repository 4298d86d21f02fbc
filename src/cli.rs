//! The command line. The doc comments are the help text.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::terminal::output::Format;
use crate::terminal::ui::Color;

/// The exit status, in the help and the man page.
const STATUS: &str = "\
Exit status: 0 done, 1 differences remain or you stopped, 2 an error that left the repository as it was, 3 an error after \
writing had begun (the next run finishes or undoes it), 130 a prompt was interrupted.";

/// Turns a few answers into a production-ready repository, and keeps it that way.
#[derive(Debug, Parser)]
#[command(name = "scaffold", version, propagate_version = true, max_term_width = 100, after_help = STATUS)]
pub struct Cli {
    /// When to use colour.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
    /// Ask line by line, without drawing anything again, for screen readers; so does `ACCESSIBLE=1`
    #[arg(long, global = true)]
    pub accessible: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Generate a repository: ask, render, show the plan, and write after confirmation
    Init(InitArgs),
    /// Render again with newer templates or other answers, and merge with your edits
    Update(UpdateArgs),
    /// Print what an update would change, as a patch for `git apply`
    ///
    /// If the files are in a subfolder of a Git repository, apply it with `git apply --directory="$(git rev-parse
    /// --show-prefix)"`.
    Diff(DiffArgs),
    /// Show whether an update would change anything, and which files were edited
    Status(StatusArgs),
    /// Restore files as they were generated
    Restore(RestoreArgs),
    /// Undo the last update
    Undo(UndoArgs),
    /// List or forget your decisions about single files
    Decisions(DecisionsArgs),
    /// Find services, ports, commands, databases and more in a folder
    Detect(DetectArgs),
    /// List presets, show one, or compare several
    Presets(PresetsArgs),
    /// List all questions
    Questions(QuestionsArgs),
    /// Explain a question, slot, component, readiness id or path of the generated repository
    Explain(ExplainArgs),
    /// Print shell completions
    Completions(CompletionsArgs),
    /// Print the man page
    Man,
}

/// Where answers come from.
#[derive(Args, Debug, Default)]
pub struct AnswerArgs {
    /// Start from the answers of a preset
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub preset: Option<String>,
    /// Read answers from a YAML file
    #[arg(long, value_name = "FILE")]
    pub answers: Option<PathBuf>,
    /// Set one answer; dotted paths reach into lists (`services.api.port=8080`), and values other than text are YAML
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub sets: Vec<String>,
}

/// Which catalog is used.
#[derive(Args, Debug, Default)]
pub struct CatalogArgs {
    /// Use the catalog in a folder instead of the built-in one (for template authors)
    #[arg(long, value_name = "DIR")]
    pub templates: Option<PathBuf>,
}

/// How a plan is carried out.
#[derive(Args, Debug)]
pub struct PlanArgs {
    /// Write without prompting
    #[arg(long)]
    pub yes: bool,
    /// Show what would be written, but write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// First write plan, differences and answers as one HTML page; `-` is stdout
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Output format of the plan
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

/// `scaffold init`.
#[derive(Args, Debug)]
pub struct InitArgs {
    /// Folder to write to
    #[arg(default_value = ".")]
    pub dir: PathBuf,
    /// The answers.
    #[command(flatten)]
    pub answers: AnswerArgs,
    /// The catalog.
    #[command(flatten)]
    pub catalog: CatalogArgs,
    /// Use what `scaffold detect` finds in the folder as answers, without prompting for them
    #[arg(long)]
    pub detect: bool,
    /// Which questions to ask
    #[arg(long, value_enum, default_value_t = AskWhich::Needed, value_name = "WHICH")]
    pub ask: AskWhich,
    /// Resume an interrupted session with its answers
    #[arg(long)]
    pub resume: bool,
    /// The plan.
    #[command(flatten)]
    pub plan: PlanArgs,
}

/// Where an update starts: every command about an existing repository takes it.
#[derive(Args, Debug)]
pub struct RepositoryArgs {
    /// The generated repository [default: the current folder or the closest parent with a `.scaffold/`]
    pub dir: Option<PathBuf>,
}

/// Answers and catalog of an update.
#[derive(Args, Debug, Default)]
pub struct RenderArgs {
    /// Read answers from a YAML file; they replace the recorded ones
    #[arg(long, value_name = "FILE")]
    pub answers: Option<PathBuf>,
    /// Set one answer; dotted paths reach into lists (`services.api.port=8080`), and values other than text are YAML
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub sets: Vec<String>,
    /// Continue although a newer scaffold wrote the repository
    #[arg(long)]
    pub allow_downgrade: bool,
    /// The catalog.
    #[command(flatten)]
    pub catalog: CatalogArgs,
}

/// `scaffold update`.
#[derive(Args, Debug)]
pub struct UpdateArgs {
    /// The repository.
    #[command(flatten)]
    pub existing: RepositoryArgs,
    /// Answers and catalog.
    #[command(flatten)]
    pub with: RenderArgs,
    /// Which questions to ask
    #[arg(long, value_enum, default_value_t = AskWhich::Needed, value_name = "WHICH")]
    pub ask: AskWhich,
    /// What to do where you and the new version changed the same lines
    #[arg(long, value_enum, default_value_t = OnConflict::Markers, value_name = "HOW")]
    pub on_conflict: OnConflict,
    /// The plan.
    #[command(flatten)]
    pub plan: PlanArgs,
}

/// Which questions are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AskWhich {
    /// Those that nothing answers yet; in an update, those that came with the new version.
    Needed,
    /// All, with what is known filled in.
    All,
}

/// What an update does about conflicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OnConflict {
    /// Write both sides between conflict markers; what cannot be merged is written beside the file.
    Markers,
    /// Take your side of each conflict.
    Ours,
    /// Take the new side of each conflict.
    Theirs,
    /// Write nothing when there is a conflict.
    Fail,
}

/// `scaffold diff`.
#[derive(Args, Debug)]
pub struct DiffArgs {
    /// The repository.
    #[command(flatten)]
    pub existing: RepositoryArgs,
    /// Only these files and folders
    pub paths: Vec<PathBuf>,
    /// Answers and catalog.
    #[command(flatten)]
    pub with: RenderArgs,
    /// Write an HTML page instead; `-` is stdout
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
}

/// `scaffold status`.
#[derive(Args, Debug)]
pub struct StatusArgs {
    /// The repository.
    #[command(flatten)]
    pub existing: RepositoryArgs,
    /// Answers and catalog.
    #[command(flatten)]
    pub with: RenderArgs,
    /// Exit with status 1 when one of these is found; without a value: `outdated,unmerged`
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "outdated,unmerged",
        value_name = "WHAT"
    )]
    pub exit_code: Vec<Fact>,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

/// The conditions that `status` reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Fact {
    /// An update would change something.
    Outdated,
    /// A conflict of an earlier run is not resolved.
    Unmerged,
    /// A file was edited.
    Edited,
    /// A file was deleted.
    Deleted,
    /// A file is no longer generated, but was kept because it was edited.
    Orphan,
    /// Something else is in the place of a generated file.
    Collides,
}

/// `scaffold restore`.
#[derive(Args, Debug)]
pub struct RestoreArgs {
    /// The files or folders
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    /// Write without prompting
    #[arg(long)]
    pub yes: bool,
    /// Show what would be written, but write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `scaffold undo`.
#[derive(Args, Debug)]
pub struct UndoArgs {
    /// The repository.
    #[command(flatten)]
    pub existing: RepositoryArgs,
    /// Write without prompting
    #[arg(long)]
    pub yes: bool,
    /// Show what would be written, but write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `scaffold decisions`.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct DecisionsArgs {
    /// What to do other than to list them.
    #[command(subcommand)]
    pub command: Option<DecisionsCommand>,
    /// The repository.
    #[command(flatten)]
    pub existing: RepositoryArgs,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

/// What to do with decisions.
#[derive(Debug, Subcommand)]
pub enum DecisionsCommand {
    /// Forget decisions, so that the next update asks again
    Forget(ForgetArgs),
}

/// `scaffold decisions forget`.
#[derive(Args, Debug)]
pub struct ForgetArgs {
    /// The files or folders
    #[arg(required_unless_present = "all")]
    pub paths: Vec<PathBuf>,
    /// Forget every decision
    #[arg(long, conflicts_with = "paths")]
    pub all: bool,
}

/// How questions are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum QuestionsFormat {
    /// For people.
    Human,
    /// For programs.
    Json,
    /// A JSON Schema of answers files, for editors.
    JsonSchema,
}

/// `scaffold detect`.
#[derive(Args, Debug)]
pub struct DetectArgs {
    /// Folder to inspect
    #[arg(default_value = ".")]
    pub dir: PathBuf,
    /// The catalog whose questions the findings answer.
    #[command(flatten)]
    pub catalog: CatalogArgs,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

/// `scaffold presets`.
#[derive(Args, Debug)]
pub struct PresetsArgs {
    /// Preset to show
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub name: Option<String>,
    /// Compare two or more presets side by side: what is generated, what it costs, what is left to do
    #[arg(long, value_name = "NAME", num_args = 2.., conflicts_with = "name", value_parser = NonEmptyStringValueParser::new())]
    pub compare: Vec<String>,
    /// The catalog.
    #[command(flatten)]
    pub catalog: CatalogArgs,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

/// `scaffold questions`.
#[derive(Args, Debug)]
pub struct QuestionsArgs {
    /// The catalog.
    #[command(flatten)]
    pub catalog: CatalogArgs,
    /// Output format
    #[arg(long, value_enum, default_value_t = QuestionsFormat::Human)]
    pub format: QuestionsFormat,
}

/// `scaffold explain`.
#[derive(Args, Debug)]
pub struct ExplainArgs {
    /// A question, a component, a readiness id or a path of the generated repository
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub thing: String,
    /// The catalog.
    #[command(flatten)]
    pub catalog: CatalogArgs,
}

/// `scaffold completions`.
#[derive(Args, Debug)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}
