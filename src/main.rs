//! Parse, dispatch, print error and hints, exit status.

use std::process::ExitCode;

use clap::Parser as _;
use scaffold::cli::Cli;
use scaffold::commands;

fn main() -> ExitCode {
    commands::main(&Cli::parse())
}
