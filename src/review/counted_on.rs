//! What generated files expect of a file that the user keeps in place of a generated one.

use crate::merge;
use crate::plan::{Change, Ours, Plan, Resolution};
use crate::render::{Offer, Rendered};
use crate::review::Resolutions;
use crate::terminal::ui::{Style, Ui};
use crate::text::tree::File;
use crate::text::{count, path};

/// More files or lines than this are counted.
const NAMED: usize = 3;

/// Files that name others without calling them.
const LISTS: [&str; 4] = [".dockerignore", ".gitattributes", ".gitignore", "CODEOWNERS"];

/// What the user's file has to do in place of the generated one, as clauses about it; nothing where no other file counts on it.
pub fn clauses(rendered: &Rendered, path: &str, ours: &File) -> Vec<String> {
    let Some(theirs) = rendered.tree.files.get(path) else { return Vec::new() };
    let lines = merge::missing(path, ours, theirs);
    if !lines.is_empty() {
        let such = if lines.len() > NAMED { ", such as" } else { ":" };
        let named: Vec<String> = lines.iter().take(NAMED).map(|line| format!("`{line}`")).collect();
        return vec![format!("lacks {} of the generated one{such} {}", count(lines.len(), "line"), named.join(", "))];
    }
    let (text, offers) = (ours.text().unwrap_or_default(), rendered.offers.get(path));
    let clause = |offer: &Offer| match &offer.line {
        Some(wanted) if text.lines().any(|line| line.trim() == wanted) => None,
        Some(wanted) => Some(format!("lacks {} (`{wanted}`)", offer.what)),
        None => Some(format!("must have {}", offer.what)),
    };
    let mut clauses: Vec<String> = offers.into_iter().flatten().filter_map(clause).collect();
    let callers = callers(rendered, path);
    // of others it is known what they need
    if offers.is_none() && !callers.is_empty() {
        clauses.push(format!("is used by {}, for which it must do what the generated one does", named(&callers)));
    }
    clauses
}

/// The files of the user's that generated ones count on, after decisions about a plan; nothing where there are none.
pub fn text(ui: &Ui, plan: &Plan<'_>, resolutions: &Resolutions, rendered: &Rendered) -> Option<String> {
    let lines: Vec<String> = plan
        .changes
        .iter()
        .filter_map(|(&path, change)| {
            let Change::Collide { ours: Ours::File(ours), kept: false, .. } = change else { return None };
            let stays: &File = match resolutions.get(path)? {
                Resolution::KeepMine | Resolution::Both => ours,
                Resolution::Own(own) => &own.file,
                Resolution::TakeNew | Resolution::Markers => return None,
            };
            let clauses = clauses(rendered, path, stays);
            (!clauses.is_empty()).then(|| format!("{path} {}", clauses.join("; ")))
        })
        .map(|line| ui.wrapped_line(&format!("  {} {}", ui.err.text(Style::Warn, "!"), ui.visible(&line))))
        .collect();
    let head = ui.wrapped_line("Generated files count on files that you kept:");
    (!lines.is_empty()).then(|| format!("{head}\n{}", lines.join("\n")))
}

/// The generated files that name another one by its path, other than in prose.
fn callers<'r>(rendered: &'r Rendered, called: &str) -> Vec<&'r str> {
    let names = |(file, content): &(&'r String, &'r File)| {
        let is_prose = file.ends_with(".md") || LISTS.contains(&path::name(file));
        let lines = content.text().filter(|_| !is_prose && file.as_str() != called).unwrap_or_default().lines();
        lines.filter(|line| !line.trim_start().starts_with('#')).any(|line| names_path(line, called))
    };
    rendered.tree.files.iter().filter(names).map(|(file, _)| file.as_str()).collect()
}

/// Whether a line has a path that begins at the root of the repository, and not as the end of another one.
fn names_path(line: &str, wanted: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || "_-./".contains(c);
    line.match_indices(wanted).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + wanted.len()..]);
        let ends =
            after.trim_start_matches('.').chars().next().is_none_or(|c| !(c.is_alphanumeric() || "_-/".contains(c)));
        let start = before.trim_end_matches(is_part);
        let leading = &before[start.len()..];
        // `$root/`, `"${GITHUB_WORKSPACE}"/`
        let of_variable =
            leading == "/" && start.ends_with(['}', '"']) || start.ends_with('$') && leading.ends_with('/');
        ends && (leading.is_empty() || leading == "./" || of_variable)
    })
}

fn named(files: &[&str]) -> String {
    let mut names: Vec<String> = files.iter().take(NAMED).map(|file| format!("`{file}`")).collect();
    if files.len() > NAMED {
        names.push(count(files.len() - NAMED, "more file"));
    }
    match names.as_slice() {
        [before @ .., last] if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => names.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::names_path;

    #[test]
    fn paths_from_the_root() {
        for line in ["run: scripts/a.sh b", "uses: ./scripts/a.sh", "\"$root/scripts/a.sh\"", "${x}/scripts/a.sh"] {
            assert!(names_path(line, "scripts/a.sh"), "{line}");
        }
        for line in ["ops/scripts/a.sh", "scripts/a.sh.bak/x", "my-scripts/a.sh", "scripts/a.sha"] {
            assert!(!names_path(line, "scripts/a.sh"), "{line}");
        }
    }
}
