//! What a person is asked before `init` renders: whether to go on with an interrupted session, a preset, the questions.

use std::path::Path;

use anyhow::Result;

use super::{STOPPED, in_folder};
use crate::answers::session::{Kept, Session};
use crate::answers::{Answers, Given};
use crate::catalog::Catalog;
use crate::cli::{AskWhich, InitArgs};
use crate::prompt::{Dialog, Prompt, TerminalPrompter, first};
use crate::repository::project::Project;
use crate::terminal::signals;
use crate::terminal::ui::Ui;
use crate::text::count;
use crate::text::error::{Back, Interrupted, UserError};

/// The session about the target folder, and whether it was interrupted before and is taken up now.
///
/// # Errors
/// When one is to be taken up and there is none, it cannot be read, or the person leaves.
pub fn session(
    args: &InitArgs,
    ui: &Ui,
    given: &mut Given,
    target: &Path,
    person: bool,
) -> Result<(Option<Session>, bool)> {
    let mut session = Session::about(target);
    let kept = match &session {
        Some(session) if args.resume => session.read()?,
        // what cannot be read is no reason not to start anew
        Some(session) if person => session.read().unwrap_or_default(),
        _ => None,
    };
    let kept = match kept {
        None if args.resume => return Err(nothing_kept(args).into()),
        Some(kept) if args.resume || wanted(ui, &kept)? => Some(kept),
        _ => None,
    };
    let resumed = kept.is_some();
    if let Some(kept) = kept.as_ref().filter(|_| args.resume) {
        ui.say(&ui.wrapped_line(&ui.visible(&taken_up(kept))));
    }
    let mut all = args.ask == AskWhich::All;
    if let Some(kept) = kept {
        given.preset = given.preset.take().or(kept.preset);
        given.resumed = kept.answers;
        if let Some(session) = &mut session {
            session.drafts = kept.drafts;
        }
        all |= kept.all;
    }
    if let Some(session) = &mut session {
        session.preset.clone_from(&given.preset);
        session.all = all;
    }
    Ok((session, resumed))
}

fn wanted(ui: &Ui, kept: &Kept) -> Result<bool> {
    let has = match (kept.answers.len(), &kept.preset) {
        (0, Some(preset)) => format!("It starts from the preset `{preset}`, without an answer so far"),
        (0, None) => "It has no answer so far".into(),
        (n, _) => format!("It has {}", count(n, "answer")),
    };
    let help = format!("{has}; no starts anew");
    let ask = Prompt { ask: "A session about this folder was interrupted. Go on with it?", help: &help };
    let dialog = Dialog { ui: *ui };
    first(ui, || dialog.yes_no(ask, Some(true)))
}

/// What a session that is resumed has already.
fn taken_up(kept: &Kept) -> String {
    let preset = kept.preset.as_ref().map(|preset| format!(" from the preset `{preset}`")).unwrap_or_default();
    let names: Vec<String> = kept.answers.keys().map(|name| format!("`{name}`")).collect();
    let list = if names.is_empty() { String::new() } else { format!(": {}", names.join(", ")) };
    format!("Resuming{preset} with {}{list}.", count(names.len(), "answer"))
}

fn nothing_kept(args: &InitArgs) -> UserError {
    UserError::new(format!("there is no interrupted session for `{}`", args.dir.display()))
        .hint("`scaffold init` starts one")
}

/// Asks until all answers are there and the person agrees to them. With `choose`, a preset is the first question.
///
/// # Errors
/// When answers of files and flags are unknown, or the person leaves.
pub fn answers(
    person: &mut TerminalPrompter<'_>,
    catalog: &Catalog,
    given: &mut Given,
    choose: bool,
) -> Result<Answers> {
    let mut choose_now = choose && !person.chose();
    loop {
        if choose_now {
            given.preset = person.choose_preset(&given.detected)?;
        }
        match Answers::resolve(catalog, given, Some(person)) {
            Err(e) if e.is::<Back>() && choose => {
                given.said.clone_from(person.said());
                choose_now = true;
            }
            other => return other,
        }
    }
}

/// Says how to go on with a session that ends here without a repository.
pub fn kept(args: &InitArgs, ui: &Ui, session: Option<&Session>) {
    let Some(kept) = session.and_then(|session| session.read().ok().flatten()) else { return };
    let is_empty = kept.answers.is_empty() && kept.drafts.is_empty();
    let what = match (is_empty, kept.preset) {
        (false, _) => "Your answers so far are kept".into(),
        (true, Some(preset)) => format!("Your choice of the preset `{preset}` is kept"),
        (true, None) => return,
    };
    let them = if is_empty { "it" } else { "them" };
    let command = in_folder("scaffold init --resume", &args.dir);
    ui.say(&format!("{what}: `{}` takes {them} up.", ui.visible(&command)));
}

/// The same where the person left; other errors stay.
///
/// # Errors
/// All but leaving.
pub fn left(args: &InitArgs, ui: &Ui, error: anyhow::Error) -> Result<u8> {
    if !error.is::<Interrupted>() && !error.is::<Back>() {
        return Err(error);
    }
    // a terminal that was closed is both
    signals::end_if_caught();
    ui.say(STOPPED);
    kept(args, ui, Project::open(&args.dir).ok().and_then(|project| Session::about(project.root())).as_ref());
    Ok(Interrupted::EXIT)
}
