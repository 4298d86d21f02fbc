//! Lists of patterns, one in a line, such as `.gitignore`, and of variables: what counts is which lines there are.

use std::collections::HashSet;

use crate::text::path;
use crate::text::tree::File;

/// Lists of patterns.
const PATTERNS: [&str; 2] = [".gitignore", ".dockerignore"];

/// Lists of variables, each with an example of a value.
const SAMPLES: [&str; 4] = [".env.dist", ".env.example", ".env.sample", ".env.template"];

/// What a list is of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum List {
    Patterns,
    Variables,
}

/// The user's list with the lines that the new version adds, without those that it drops; `None` where the file is no
/// such list, or a line of the user takes earlier ones back, which what is added behind it could undo, or the new version
/// has another value of a variable, or drops one whose value is the user's own.
///
/// Without a base every line of the new version that the user's list lacks is added. A variable is there with any value.
pub fn joined(path: &str, base: Option<&File>, ours: &File, theirs: &File) -> Option<File> {
    let list = List::of(path)?;
    let (mine, new, old) = (ours.text()?, theirs.text()?, base.map_or(Some(""), File::text)?);
    let [has, wants, had] = [mine, new, old].map(|text| list.items(text).collect::<HashSet<_>>());
    // a comment goes with its patterns
    let is_dropped = |line: &str| list.item(line).is_some_and(|item| had.contains(item) && !wants.contains(item));
    let is_added = |line: &str| list.item(line).is_some_and(|item| !had.contains(item) && !has.contains(item));
    let fits = match list {
        List::Patterns => {
            !has.iter().any(|line| line.starts_with('!') && !had.contains(line) && !wants.contains(line))
                && is_in_order(mine, new)
        }
        List::Variables => {
            let is_in = |text: &str, line: &str| text.lines().any(|other| other.trim_end() == line.trim_end());
            let is_kept = |line: &&str| list.item(line).is_some_and(|item| wants.contains(item));
            old.lines().filter(is_kept).all(|line| is_in(new, line))
                && mine.lines().filter(|line| is_dropped(line)).all(|line| is_in(old, line))
        }
    };
    if !fits {
        return None;
    }
    let end = if mine.contains("\r\n") { "\r\n" } else { "\n" };
    let mut out: String = mine.split_inclusive('\n').filter(|line| !is_dropped(line)).collect();
    // the comment right above a line explains it, and patterns can share one
    let (mut above, mut added) = (Vec::new(), Vec::new());
    for line in new.lines() {
        if line.trim().is_empty() {
            above.clear();
        } else if !is_pattern(line) {
            above.push(line);
        } else if is_added(line) {
            added.append(&mut above);
            added.push(line);
        } else if list == List::Variables {
            above.clear();
        }
    }
    if !added.is_empty() {
        if !out.is_empty() {
            out.push_str(if out.ends_with('\n') { end } else { "\n\n" });
        }
        added.iter().for_each(|line| out.extend([line, end]));
    }
    Some(File { bytes: out.into_bytes(), executable: ours.executable })
}

/// Whether the user's version is such a list and holds everything that the other one has, whatever else is in it.
pub fn holds(path: &str, ours: &File, other: &File) -> bool {
    ours.executable == other.executable && joined(path, None, ours, other).as_ref() == Some(ours)
}

/// The lines of the new version that the user's list lacks, where the two are such lists.
pub fn missing<'n>(path: &str, ours: &File, theirs: &'n File) -> Vec<&'n str> {
    let (Some(list), Some(mine), Some(new)) = (List::of(path), ours.text(), theirs.text()) else { return Vec::new() };
    let has: HashSet<&str> = list.items(mine).collect();
    let lacks = |line: &&str| is_pattern(line) && list.item(line).is_some_and(|item| !has.contains(item));
    new.lines().filter(lacks).map(str::trim_end).collect()
}

impl List {
    /// The list that a file is.
    fn of(path: &str) -> Option<Self> {
        let name = path::name(path);
        if PATTERNS.contains(&name) {
            Some(Self::Patterns)
        } else if SAMPLES.contains(&name) {
            Some(Self::Variables)
        } else {
            None
        }
    }

    /// By what a line is known: a pattern or a comment by itself, a variable by its name.
    fn item(self, line: &str) -> Option<&str> {
        let line = content(line)?;
        let name = line.split_once('=').map(|(name, _)| name.trim_start_matches("export ").trim());
        Some(name.filter(|_| self == Self::Variables && is_pattern(line)).unwrap_or(line))
    }

    fn items(self, text: &str) -> impl Iterator<Item = &str> {
        text.lines().filter_map(move |line| self.item(line))
    }
}

/// Whether each line of the new version that takes earlier ones back, where the user's list has it, stands behind all those
/// that it stands behind there.
fn is_in_order(mine: &str, new: &str) -> bool {
    let last = |wanted: &str| mine.lines().filter_map(content).enumerate().filter(|(_, line)| *line == wanted).last();
    let patterns: Vec<&str> = new.lines().filter_map(content).filter(|line| is_pattern(line)).collect();
    patterns.iter().enumerate().filter(|(_, line)| line.starts_with('!')).all(|(i, line)| match last(line) {
        Some((at, _)) => patterns[..i].iter().all(|before| last(before).is_some_and(|(before, _)| before < at)),
        None => true,
    })
}

/// A line that is not empty.
fn content(line: &str) -> Option<&str> {
    Some(line.trim_end()).filter(|line| !line.is_empty())
}

fn is_pattern(line: &str) -> bool {
    !line.starts_with('#')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> File {
        File { bytes: text.as_bytes().to_vec(), executable: false }
    }

    fn join(base: Option<&str>, ours: &str, theirs: &str) -> Option<String> {
        let base = base.map(file);
        let joined = joined("web/.gitignore", base.as_ref(), &file(ours), &file(theirs))?;
        Some(String::from_utf8(joined.bytes).unwrap())
    }

    #[test]
    fn what_is_missing_is_added_with_its_comment() {
        let theirs = "# Terraform: state and plans\n*.tfstate\n*.tfplan\n\n# Node\nnode_modules/\n";
        let joined = join(None, "node_modules/\n.env", theirs).unwrap();
        assert_eq!(joined, "node_modules/\n.env\n\n# Terraform: state and plans\n*.tfstate\n*.tfplan\n");
        assert_eq!(join(None, "a\r\n", "a\nb\n").unwrap(), "a\r\n\r\nb\r\n");
        assert_eq!(join(None, "b\na\n", "a\nb\n").unwrap(), "b\na\n");
        assert_eq!(join(None, "", "a\n").unwrap(), "a\n");
    }

    #[test]
    fn what_the_new_version_drops_goes() {
        assert_eq!(join(Some("a\nb\n"), "mine\na\nb\n", "b\nc\n").unwrap(), "mine\nb\n\nc\n");
        let (old, new) = ("x\n# web\n/web\n", "x\n");
        assert_eq!(join(Some(old), "x\nmine\n# web\n/web\n# ours\n", new).unwrap(), "x\nmine\n# ours\n");
        assert_eq!(join(Some("a\nb\n"), "b\n", "a\nb\nc\n").unwrap(), "b\n\nc\n", "what the user took out stays out");
    }

    #[test]
    fn other_files_and_orders_that_matter_are_left() {
        assert!(joined("README.md", None, &file("a\n"), &file("b\n")).is_none());
        assert!(join(None, "*.log\n!keep.log\n", "k*\n").is_none());
        let theirs = ".env*\n!.env.sample\n";
        assert_eq!(join(None, "dist\n", theirs).unwrap(), "dist\n\n.env*\n!.env.sample\n");
        // behind it, what is added would hide the sample again
        assert!(
            join(None, "!.env.sample\n", theirs).is_none() && join(None, "!.env.sample\n.env*\n", theirs).is_none()
        );
        assert!(holds(".gitignore", &file(".env*\ndist\n!.env.sample\n"), &file(theirs)));
        assert!(!holds(".gitignore", &file("!.env.sample\n.env*\n"), &file(theirs)));
    }

    #[test]
    fn variables_are_known_by_their_names() {
        let join = |base: Option<&str>, ours: &str, theirs: &str| {
            let base = base.map(file);
            let joined = joined("api/.env.sample", base.as_ref(), &file(ours), &file(theirs))?;
            Some(String::from_utf8(joined.bytes).unwrap())
        };
        let theirs =
            "# Where it listens.\nPORT=8080\n# The address of the database.\nMONGODB_URI=mongodb://localhost\n";
        let ours = "export PORT = 3000\n#MONGODB_URI=\n";
        let wanted =
            "export PORT = 3000\n#MONGODB_URI=\n\n# The address of the database.\nMONGODB_URI=mongodb://localhost\n";
        assert_eq!(join(None, ours, theirs).unwrap(), wanted);
        assert_eq!(join(None, wanted, theirs).unwrap(), wanted);
        assert!(
            holds(".env.sample", &file(wanted), &file(theirs)) && !holds(".env.sample", &file(ours), &file(theirs))
        );
        assert_eq!(join(Some("A=1\nB=2\n"), "A=1\nB=mine\n", "B=2\nC=3\n").unwrap(), "B=mine\n\nC=3\n");
        assert!(join(Some("A=1\nB=2\n"), "A=mine\nB=2\n", "B=2\nC=3\n").is_none(), "the value is the user's own");
        assert!(join(Some("A=1\n"), "A=mine\n", "A=2\n").is_none(), "both sides have another value");
        assert_eq!(missing(".env.sample", &file(ours), &file(theirs)), ["MONGODB_URI=mongodb://localhost"]);
    }
}
