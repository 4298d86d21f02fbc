//! A plan to look at: how many changes of each kind, the tree of paths, and the same for programs.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::merge::Merged;
use crate::plan::{Change, ChangeKind, Ours, Plan, describe};
use crate::terminal::ui::{Paint, Style, Ui};
use crate::text::{columns, count, cut};

/// More files than this that keep what the user wrote are only counted.
const NAMED: usize = 6;

/// Prints plans for people.
#[derive(Clone, Copy, Debug)]
pub struct Listing<'u> {
    /// The terminal.
    pub ui: &'u Ui,
    /// The colours of the stream that it goes to.
    pub paint: Paint,
    /// Folders in which everything changes alike are shown as one line where the tree would be longer than this.
    pub lines: usize,
}

/// The mark in front of a path.
fn mark(kind: ChangeKind) -> (&'static str, Style) {
    match kind {
        ChangeKind::Create => ("+", Style::Add),
        ChangeKind::Offer => ("?", Style::Warn),
        ChangeKind::Collide => ("!", Style::Warn),
        ChangeKind::Conflict => ("!", Style::Error),
        ChangeKind::Update | ChangeKind::Merge | ChangeKind::Move => ("~", Style::Place),
        ChangeKind::Delete => ("-", Style::Remove),
        ChangeKind::Adopt
        | ChangeKind::Unchanged
        | ChangeKind::Keep
        | ChangeKind::KeepDeleted
        | ChangeKind::Ignored
        | ChangeKind::LeftOut
        | ChangeKind::Orphan
        | ChangeKind::LeaveOnce => ("=", Style::Dim),
    }
}

/// What happens to files of a kind, after their number.
pub fn meaning(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Create => "to create",
        ChangeKind::Adopt => "there already, equal",
        ChangeKind::Collide => "there already, different",
        ChangeKind::Update => "to update",
        ChangeKind::Unchanged => "unchanged",
        ChangeKind::Keep => "changed by you, kept",
        ChangeKind::Move => "to move",
        ChangeKind::Merge => "to merge with your changes",
        ChangeKind::Conflict => "to merge, with conflicts",
        ChangeKind::KeepDeleted => "deleted by you, stays away",
        ChangeKind::Ignored => "ignored by git and not here, stays away",
        ChangeKind::LeftOut => "left out by you, stays away",
        ChangeKind::Offer => "left out by you, different now",
        ChangeKind::Delete => "to delete",
        ChangeKind::Orphan => "no longer generated, kept",
        ChangeKind::LeaveOnce => "yours since written, kept",
    }
}

/// What is to be said about one change; nothing where its mark says it all.
pub fn note(change: &Change<'_>) -> String {
    match change {
        Change::Create(_) | Change::Update { .. } | Change::Delete(_) => String::new(),
        Change::Collide { ours: Ours::File(_), .. } => meaning(ChangeKind::Collide).into(),
        Change::Collide { ours, .. } => describe(ours),
        Change::Merge { from, merged, .. } => {
            let from = from.map(|from| format!("from {from}"));
            let conflict = match merged {
                Merged::Clean(_) if from.is_some() => None,
                Merged::Clean(_) => Some(meaning(ChangeKind::Merge).to_string()),
                Merged::Conflict { lines, .. } => Some(count(lines.len(), "conflict")),
                Merged::Beside(why) => Some(why.to_string()),
            };
            from.into_iter().chain(conflict).collect::<Vec<_>>().join(", ")
        }
        other => meaning(other.kind()).into(),
    }
}

impl Listing<'_> {
    /// One line per kind of change.
    pub fn counts(&self, plan: &Plan<'_>) -> String {
        self.counts_of(plan, |_| true)
    }

    /// One line per kind of change that is asked for.
    pub fn counts_of(&self, plan: &Plan<'_>, wanted: impl Fn(ChangeKind) -> bool) -> String {
        let mut counts = plan.counts();
        counts.retain(|kind, _| wanted(*kind));
        let width = counts.values().map(|n| n.to_string().len()).max().unwrap_or(0);
        let line = |(kind, n): (&ChangeKind, &usize)| {
            let (mark, style) = mark(*kind);
            let noun = if *n == 1 { "file " } else { "files" };
            // these are in no tree and no list of what was left as it is
            let names = if *kind == ChangeKind::Keep { self.names(plan, *kind) } else { String::new() };
            format!("  {} {n:>width$} {noun} {}{names}\n", self.paint.text(style, mark), meaning(*kind))
        };
        counts.iter().map(line).collect()
    }

    /// The files of a kind, to stand after their number, or what lists them where they are many.
    fn names(&self, plan: &Plan<'_>, kind: ChangeKind) -> String {
        let of_kind = plan.changes.iter().filter(|(_, change)| change.kind() == kind);
        let names: Vec<String> = of_kind.map(|(path, _)| self.ui.visible(path)).collect();
        match names.len() <= NAMED {
            true => format!(":\n      {}", names.join("\n      ")),
            false => "; `--dry-run --format json` names them".into(),
        }
    }

    /// The paths that something happens to.
    pub fn tree(&self, plan: &Plan<'_>) -> String {
        let mut top = Folder::default();
        for (path, change) in &plan.changes {
            if !matches!(
                change.kind(),
                ChangeKind::Unchanged | ChangeKind::Keep | ChangeKind::LeftOut | ChangeKind::LeaveOnce
            ) {
                top.insert(path, change);
            }
        }
        let mut out = Vec::new();
        for open in [usize::MAX, 4, 3, 2, 1] {
            out.clear();
            self.folder(&top, "  ", open, &mut out);
            if out.len() <= self.lines {
                break;
            }
        }
        out.concat()
    }

    /// `open` is how many levels show each file.
    fn folder(&self, folder: &Folder<'_>, before: &str, open: usize, out: &mut Vec<String>) {
        let (branch, corner, bar) =
            if self.ui.unicode { ("├── ", "└── ", "│   ") } else { ("|-- ", "`-- ", "|   ") };
        let entries = folder.folders.len() + folder.files.len();
        let end = |i: usize| i + 1 == entries;
        for (i, (name, inner)) in folder.folders.iter().enumerate() {
            let (mut name, mut inner) = ((*name).to_string(), inner);
            // a folder that holds only a folder needs no line of its own
            while inner.files.is_empty()
                && let Some((next, below)) = inner.folders.iter().next()
                && inner.folders.len() == 1
            {
                name = format!("{name}/{next}");
                inner = below;
            }
            let front = format!("{before}{}", if end(i) { corner } else { branch });
            let kinds = inner.kinds();
            match (kinds.first_key_value(), kinds.len()) {
                (Some((kind, n)), 1) if open == 0 && *n > 1 => {
                    self.line(&front, *kind, &format!("{name}/"), &count(*n, "file"), out);
                }
                _ => {
                    let room = self.ui.width().saturating_sub(columns(&front) + 2);
                    let name = cut(&self.ui.visible(&name), room, self.ui.unicode);
                    out.push(format!("{front}{}\n", self.paint.text(Style::Bold, &format!("{name}/"))));
                    let before = format!("{before}{}", if end(i) { "    " } else { bar });
                    self.folder(inner, &before, open.saturating_sub(1), out);
                }
            }
        }
        for (i, (name, change)) in folder.files.iter().enumerate() {
            let front = format!("{before}{}", if end(folder.folders.len() + i) { corner } else { branch });
            self.line(&front, change.kind(), name, &self.ui.visible(&note(change)), out);
        }
    }

    fn line(&self, front: &str, kind: ChangeKind, name: &str, note: &str, out: &mut Vec<String>) {
        let (mark, style) = mark(kind);
        let room = self.ui.width().saturating_sub(columns(front) + 3);
        let name = cut(&self.ui.visible(name), room, self.ui.unicode);
        let room = room.saturating_sub(columns(&name) + 4);
        let note = cut(note, room, self.ui.unicode);
        let note = if note.is_empty() || room < 8 {
            String::new()
        } else {
            format!("  {}", self.paint.text(Style::Dim, &format!("({note})")))
        };
        out.push(format!("{front}{} {}{note}\n", self.paint.text(style, mark), self.paint.text(style, &name)));
    }
}

/// Paths sorted into folders.
#[derive(Default)]
struct Folder<'p> {
    folders: BTreeMap<&'p str, Folder<'p>>,
    files: BTreeMap<&'p str, &'p Change<'p>>,
}

impl<'p> Folder<'p> {
    fn insert(&mut self, path: &'p str, change: &'p Change<'p>) {
        match path.split_once('/') {
            Some((folder, rest)) => self.folders.entry(folder).or_default().insert(rest, change),
            None => {
                self.files.insert(path, change);
            }
        }
    }

    fn kinds(&self) -> BTreeMap<ChangeKind, usize> {
        let mut kinds = BTreeMap::new();
        for change in self.files.values() {
            *kinds.entry(change.kind()).or_insert(0) += 1;
        }
        for (kind, n) in self.folders.values().flat_map(Folder::kinds) {
            *kinds.entry(kind).or_insert(0) += n;
        }
        kinds
    }
}

/// How many changes of each kind, for programs.
pub fn counts_json(plan: &Plan<'_>) -> Value {
    plan.counts().into_iter().map(|(kind, n)| (word(kind), json!(n))).collect::<serde_json::Map<_, _>>().into()
}

fn word(kind: ChangeKind) -> String {
    kind.to_string().replace(' ', "_")
}

/// A plan for programs.
pub fn json(plan: &Plan<'_>) -> Value {
    let change = |(path, change): (&&str, &Change<'_>)| {
        let mut entry = json!({ "path": path, "change": word(change.kind()) });
        let file = match change {
            Change::Create(file) | Change::Collide { theirs: file, .. } | Change::Update { theirs: file, .. } => {
                Some(*file)
            }
            Change::Merge { ours, merged, .. } => Some(merged.file().unwrap_or(ours)),
            _ => None,
        };
        if let Some(file) = file {
            entry["executable"] = json!(file.executable);
        }
        if let Change::Collide { ours, .. } = change {
            entry["reason"] = json!(describe(ours));
        }
        if let Change::Merge { from, merged, .. } = change {
            if let Some(from) = from {
                entry["from"] = json!(from);
            }
            match merged {
                Merged::Clean(_) => {}
                Merged::Conflict { lines, .. } => entry["conflicts"] = json!(lines),
                Merged::Beside(why) => entry["reason"] = json!(why.to_string()),
            }
        }
        entry
    };
    json!({ "counts": counts_json(plan), "changes": plan.changes.iter().map(change).collect::<Vec<_>>() })
}

#[cfg(test)]
mod tests;
