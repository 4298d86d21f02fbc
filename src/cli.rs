//! What can be typed. The doc comments are the help text.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Turns a few answers into a production-ready repository, and keeps it that way.
#[derive(Debug, Parser)]
#[command(name = "scaffold", version, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    /// When to use colour.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Asks, renders, shows what would be written, and writes after a yes
    Init(Init),
    /// Lists the presets; with a name, its answers and what sets it apart
    Presets(Presets),
    /// Lists every question
    Questions(Questions),
    /// Explains a question, a component, a readiness id or a path of the generated repository
    Explain(Explain),
    /// Prints shell completions
    Completions(Completions),
    /// Prints the man page
    Man,
}

/// Where answers come from.
#[derive(Args, Debug, Default)]
pub struct AnswerArgs {
    /// Start from the answers of a preset
    #[arg(long, value_name = "NAME")]
    pub preset: Option<String>,
    /// Read answers from a YAML file
    #[arg(long, value_name = "FILE")]
    pub answers: Option<PathBuf>,
    /// Set one answer; dotted paths reach into lists, values are YAML (`services.0.port=8080`)
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub sets: Vec<String>,
}

/// Which catalog is used.
#[derive(Args, Debug, Default)]
pub struct CatalogArgs {
    /// Take the catalog from a folder instead of the built-in one (for template authors)
    #[arg(long, value_name = "DIR")]
    pub templates: Option<PathBuf>,
}

/// `scaffold init`.
#[derive(Args, Debug)]
pub struct Init {
    /// The folder to write to
    #[arg(default_value = ".")]
    pub dir: PathBuf,
    /// The answers.
    #[command(flatten)]
    pub answers: AnswerArgs,
    /// The catalog.
    #[command(flatten)]
    pub catalog: CatalogArgs,
    /// Ask nothing, and write without asking
    #[arg(long)]
    pub yes: bool,
    /// Show what would be written, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// How the plan is printed
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

/// How something is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Human,
    /// For programs.
    Json,
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

/// `scaffold presets`.
#[derive(Args, Debug)]
pub struct Presets {
    /// Show one preset
    pub name: Option<String>,
    /// The catalog.
    #[command(flatten)]
    pub catalog: CatalogArgs,
    /// How they are printed
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

/// `scaffold questions`.
#[derive(Args, Debug)]
pub struct Questions {
    /// The catalog.
    #[command(flatten)]
    pub catalog: CatalogArgs,
    /// How they are printed
    #[arg(long, value_enum, default_value_t = QuestionsFormat::Human)]
    pub format: QuestionsFormat,
}

/// `scaffold explain`.
#[derive(Args, Debug)]
pub struct Explain {
    /// A question, a component, a readiness id or a path of the generated repository
    pub thing: String,
    /// The catalog.
    #[command(flatten)]
    pub catalog: CatalogArgs,
}

/// `scaffold completions`.
#[derive(Args, Debug)]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}
