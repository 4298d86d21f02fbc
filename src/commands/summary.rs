//! What was done, what was not and why, and what comes next.

use std::path::Path;

use crate::plan::{BESIDE, Cause, Change, ChangeKind, Ours, Plan, Resolution};
use crate::render::steps::SetupStep;
use crate::review::{Effect, Resolutions};
use crate::show::listing::meaning;
use crate::terminal::ui::{Style, Ui};
use crate::text::{count, listed, path, wrap};

/// More files than this that a person wanted so are only counted.
const TOLD: usize = 6;

/// What was written to `dir`, what was kept, and what to do next. `person` tells whether the user decided.
pub fn summary(ui: &Ui, dir: &Path, plan: &Plan<'_>, resolutions: &Resolutions, person: bool) -> String {
    let place = ui.visible(&dir.display().to_string());
    let Effect { written, removed, .. } = Effect::of(plan, resolutions);
    let done = match (count(written, "file"), removed) {
        _ if written + removed == 0 => None,
        (_, removed) if written == 0 => Some(format!("Removed {} from `{place}`", count(removed, "file"))),
        (files, 0) => Some(format!("Wrote {files} to `{place}`")),
        (files, removed) => Some(format!("Wrote {files} to `{place}` and removed {removed}")),
    };
    let mut lines = vec![match done {
        Some(done) => format!("{done}; the answers are recorded in its `.scaffold/`."),
        None => format!("No file had to be written; the answers are recorded in `{place}/.scaffold/`."),
    }];
    let (mut conflicts, mut kept, mut wanted) = (Vec::new(), Vec::new(), Vec::new());
    // an orphan is generated no more, and a folder or a link in the way is not replaced
    let mut restorable: Vec<&str> = Vec::new();
    for open in plan.open() {
        let path = ui.visible(open.path);
        let reason = || match open.cause {
            Cause::There(Ours::File(_)) => "there already, different".into(),
            // no conflict is left in it
            Cause::Conflict(_) => "changed by you and by the new version".into(),
            _ => ui.visible(&open.reason()),
        };
        match (resolutions.get(open.path), open.cause) {
            (Some(Resolution::TakeNew | Resolution::Own(_)), _) => {}
            (Some(Resolution::Markers), _) => conflicts.push(format!("{path} ({})", ui.visible(&open.reason()))),
            (Some(Resolution::Both), Cause::There(Ours::File(_))) => {
                kept.push(format!("{path} (the new one is beside it: {path}{BESIDE})"));
            }
            (Some(Resolution::Both), _) => {
                kept.push(format!("{path} ({}; the new one is beside it: {path}{BESIDE})", reason()));
            }
            _ => kept.push(format!("{path} ({})", reason())),
        }
        if matches!(open.cause, Cause::There(Ours::File(_)) | Cause::Conflict(_) | Cause::Unmergeable(_)) {
            restorable.extend((resolutions.get(open.path) == Some(&Resolution::KeepMine)).then_some(open.path));
        }
    }
    for (&path, change) in &plan.changes {
        let (kind, resolution) = (change.kind(), resolutions.get(path));
        let path = ui.visible(path);
        match (kind, resolution) {
            (ChangeKind::Create | ChangeKind::Offer, Some(Resolution::KeepMine)) => {
                wanted.push(format!("{path} (left out)"))
            }
            (
                ChangeKind::Update | ChangeKind::Merge | ChangeKind::Move | ChangeKind::Delete,
                Some(Resolution::KeepMine),
            ) => {
                wanted.push(format!("{path} (yours kept)"));
            }
            (ChangeKind::Update | ChangeKind::Merge | ChangeKind::Move, Some(Resolution::Both)) => {
                kept.push(format!("{path} (the new one is beside it: {path}{BESIDE})"));
            }
            (ChangeKind::Offer, None) | (ChangeKind::KeepDeleted | ChangeKind::Ignored | ChangeKind::Orphan, _) => {
                kept.push(format!("{path} ({})", meaning(kind)));
            }
            _ => {}
        }
    }
    if wanted.len() > TOLD {
        wanted = vec![format!("{} kept or left out, as you decided", count(wanted.len(), "file"))];
    }
    kept.extend(wanted);
    let left = kept.len();
    let mut list = |head: String, style, entries: &[String]| {
        if !entries.is_empty() {
            lines.push(head);
            lines.extend(entries.iter().map(|line| format!("  {} {line}", ui.err.text(style, "!"))));
        }
    };
    list(format!("Conflict markers were written to {}:", count(conflicts.len(), "file")), Style::Error, &conflicts);
    let head = if kept.len() == 1 { "Left 1 path as it is:" } else { "Left these paths as they are:" };
    list(head.into(), Style::Warn, &kept);
    if !conflicts.is_empty() {
        lines.push(
            "Next: resolve the conflicts until no marker is left. The next update goes on from there; `scaffold status` \
             lists what is open, `scaffold undo` takes everything back."
                .into(),
        );
    } else if resolutions.values().any(|resolution| *resolution == Resolution::Both) {
        lines.push(format!(
            "Next: take over what you need from each `NAME{BESIDE}`, then delete it; the next update waits for that."
        ));
    } else if !person && !restorable.is_empty() {
        let which = if restorable.len() == left { "one of them".into() } else { named(ui, &restorable) };
        lines.push(format!("`scaffold restore PATH --dry-run` shows what would be new in place of {which}."));
    }
    lines.iter().map(|line| ui.wrapped_line(line)).collect::<Vec<_>>().join("\n")
}

/// Some paths, and how many more there are.
fn named(ui: &Ui, paths: &[&str]) -> String {
    let mut names: Vec<String> = paths.iter().take(TOLD).map(|path| format!("`{}`", ui.visible(path))).collect();
    if paths.len() > TOLD {
        names.push(count(paths.len() - TOLD, "more file"));
    }
    listed(&names, "or")
}

/// The folders in which the generated files expect the code of services that have none yet, each with its service.
pub fn where_code_goes(ui: &Ui, dir: &Path, services: &[(String, String)]) -> String {
    let place = |(name, path): &(String, String)| {
        let folder = if path == path::WHOLE { dir.to_owned() } else { dir.join(path) };
        format!("  {} ({})", ui.visible(&folder.display().to_string()), ui.visible(name))
    };
    let head = ui.wrapped_line("The code of each service goes beside its generated files:");
    std::iter::once(head).chain(services.iter().map(place)).collect::<Vec<_>>().join("\n")
}

/// What people do now, in order, and where to read on, on the page that explains it: for a repository that has just been generated.
pub fn first_steps(
    ui: &Ui,
    dir: &Path,
    plan: &Plan<'_>,
    resolutions: &Resolutions,
    steps: &[SetupStep],
    page: &str,
) -> String {
    let is_ours = match plan.changes.get(page) {
        Some(Change::Collide { .. }) => resolutions.get(page) == Some(&Resolution::TakeNew),
        Some(_) => resolutions.get(page) != Some(&Resolution::KeepMine),
        None => false,
    };
    let place = ui.visible(&dir.join(page).display().to_string());
    let reading = is_ours.then(|| format!("`{place}` explains each step and goes on from there."));
    // without a terminal the path of the page is enough
    if steps.is_empty() || is_ours && !ui.interactive {
        return reading.map(|_| format!("Next: read `{place}`; it says what to do first.")).unwrap_or_default();
    }
    let head = match dir.as_os_str() == "." {
        true => "What only you can do now, in this order:".into(),
        false => format!("What only you can do now, in this order, from `{}`:", ui.visible(&dir.display().to_string())),
    };
    let head = ui.wrapped_line(&head);
    let mut lines: Vec<String> = head.lines().map(|line| ui.err.text(Style::Bold, line)).collect();
    for (i, SetupStep { title, commands }) in steps.iter().enumerate() {
        let title = wrap(&ui.visible(title), ui.width().saturating_sub(6), 5);
        lines.push(format!("{:>3}. {title}", i + 1));
        // not wrapped: a command is copied
        lines.extend(commands.iter().map(|line| format!("       {}", ui.err.text(Style::Dim, &ui.visible(line)))));
    }
    lines.extend(reading.map(|line| ui.wrapped_line(&line)));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tree::File;

    #[test]
    fn many_files_that_a_person_left_out_are_counted() {
        let file = File { bytes: Vec::new(), executable: false };
        let told = |n: usize| {
            let paths: Vec<String> = (0..n).map(|n| format!("file-{n}")).collect();
            let plan = Plan { changes: paths.iter().map(|path| (path.as_str(), Change::Create(&file))).collect() };
            let resolutions = paths.iter().map(|path| (path.clone(), Resolution::KeepMine)).collect();
            summary(&Ui::plain(80), Path::new("shop"), &plan, &resolutions, true)
        };
        assert!(told(2).contains("\n  ! file-1 (left out)"), "{}", told(2));
        assert!(told(7).contains("\n  ! 7 files kept or left out, as you decided"), "{}", told(7));
    }

    #[test]
    fn steps_are_printed_to_whom_they_help() {
        let (file, mut ui) = (File { bytes: b"# shop\n".to_vec(), executable: false }, Ui::plain(40));
        let plan = Plan { changes: [("README.md", Change::Create(&file))].into() };
        let steps = [
            SetupStep { title: "Put the secret values in, all of them".into(), commands: Vec::new() },
            SetupStep { title: "Release".into(), commands: vec!["git push \\".into(), "  origin".into()] },
        ];
        let first = |ui: &Ui, plan: &Plan<'_>| {
            first_steps(ui, Path::new("shop"), plan, &Resolutions::new(), &steps, "README.md")
        };
        assert_eq!(first(&ui, &plan), "Next: read `shop/README.md`; it says what to do first.");
        ui.interactive = true;
        insta::assert_snapshot!(first(&ui, &plan), @r"
        What only you can do now, in this
          order, from `shop`:
          1. Put the secret values in, all of
             them
          2. Release
               git push \
                 origin
        `shop/README.md` explains each step and
          goes on from there.
        ");
        // a README of the user's own explains other things
        let mine = Ours::File(File { bytes: b"# mine\n".to_vec(), executable: false });
        let plan =
            Plan { changes: [("README.md", Change::Collide { ours: &mine, theirs: &file, kept: false })].into() };
        assert!(!first(&ui, &plan).contains("README.md"));
    }
}
