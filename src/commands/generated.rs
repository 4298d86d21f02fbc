//! `scaffold completions` and `scaffold man`: generated from the command line itself.

use anyhow::Result;
use clap::CommandFactory as _;

use crate::cli::{Cli, CompletionsArgs};
use crate::terminal::output;

/// Prints completions for a shell.
///
/// # Errors
/// When stdout cannot be written to.
pub fn completions(args: &CompletionsArgs) -> Result<u8> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "scaffold", &mut text);
    output::data(&String::from_utf8_lossy(&text))?;
    Ok(0)
}

/// Prints the man page: the program, then each command.
///
/// # Errors
/// When stdout cannot be written to.
pub fn man() -> Result<u8> {
    let mut command = Cli::command();
    command.build();
    let mut text = Vec::new();
    let page = clap_mangen::Man::new(command.clone());
    page.render_title(&mut text)?;
    page.render_name_section(&mut text)?;
    page.render_synopsis_section(&mut text)?;
    page.render_description_section(&mut text)?;
    page.render_options_section(&mut text)?;
    page.render_extra_section(&mut text)?;
    for sub in command.get_subcommands().filter(|s| s.get_name() != "help") {
        let sub = sub.clone().display_name(format!("scaffold {}", sub.get_name()));
        let heading = format!(".SH \"SCAFFOLD {}\"\n", sub.get_name().to_uppercase());
        text.extend_from_slice(heading.as_bytes());
        let page = clap_mangen::Man::new(sub);
        for part in [
            clap_mangen::Man::render_description_section,
            clap_mangen::Man::render_synopsis_section,
            clap_mangen::Man::render_options_section,
        ] {
            let mut section = Vec::new();
            part(&page, &mut section)?;
            let section = String::from_utf8_lossy(&section).replace(".SH ", ".SS ");
            text.extend_from_slice(section.as_bytes());
        }
    }
    output::data(&String::from_utf8_lossy(&text))?;
    Ok(0)
}
