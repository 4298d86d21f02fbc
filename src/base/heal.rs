//! Healing a base in which git left conflict markers, because two branches that were both updated were merged.
//!
//! The two sides of every conflict give two texts, and of each record the two are compared:
//!
//! | ours | theirs | what is taken |
//! | --- | --- | --- |
//! | intact | equal | it |
//! | intact | missing or altered | the intact one |
//! | intact | intact, different | ours, and theirs as the other candidate |
//! | altered | the same text, another checksum | the text |
//! | altered | anything else | nothing: the record is damaged |
//!
//! The fourth row is a file that both branches changed in different places. Git merged the text, and only the checksums
//! are in conflict. That text is what git itself would take as the ancestor when the two branches are merged with a third
//! (its recursive merge first merges two ancestors into a virtual one), and the file on disk was merged alike.
//!
//! A line of a base never begins with `<`, `=` or `>`. Only text that begins with six `|` looks like the mark before the
//! ancestor; then the checksum is wrong and the record is damaged, which is safe.

use super::read::{Content, FileRecord, Read};
use super::{Base, DamagedRecord};
use std::collections::BTreeMap;

/// Lines with their numbers, counted from 0.
type Lines<'t> = Vec<(usize, &'t str)>;

/// Where a line stands.
enum Part {
    Both,
    Ours,
    /// In the styles diff3 and zdiff3.
    Ancestor,
    Theirs,
}

/// The text of each side of a merge; `None` if there are no conflict markers, or not whole ones.
pub(super) fn sides(text: &str) -> Option<[Lines<'_>; 2]> {
    if !text.starts_with("<<<<<<<") && !text.contains("\n<<<<<<<") {
        return None;
    }
    let (mut ours, mut theirs) = (Lines::new(), Lines::new());
    let mut part = Part::Both;
    for (at, line) in text.lines().enumerate() {
        part = match part {
            Part::Both if is_mark(line, "<<<<<<<") => Part::Ours,
            Part::Ours if is_mark(line, "|||||||") => Part::Ancestor,
            Part::Ours | Part::Ancestor if line == "=======" => Part::Theirs,
            Part::Theirs if is_mark(line, ">>>>>>>") => Part::Both,
            // what the ancestors of a criss-cross merge had in conflict has longer marks
            Part::Ancestor => Part::Ancestor,
            _ if line.starts_with(['<', '=', '>']) => return None,
            Part::Both => {
                ours.push((at, line));
                theirs.push((at, line));
                Part::Both
            }
            Part::Ours => {
                ours.push((at, line));
                Part::Ours
            }
            Part::Theirs => {
                theirs.push((at, line));
                Part::Theirs
            }
        };
    }
    matches!(part, Part::Both).then_some([ours, theirs])
}

fn is_mark(line: &str, mark: &str) -> bool {
    line.strip_prefix(mark).is_some_and(|label| label.is_empty() || label.starts_with(' '))
}

/// One base of the two, and what remains damaged.
pub(super) fn settle(ours: Read, mut theirs: Read) -> (Base, Vec<DamagedRecord>) {
    let mut base = Base { version: ours.version.max(theirs.version), ..Base::default() };
    let mut faults = ours.faults;
    faults.append(&mut theirs.faults);
    let mut pairs: BTreeMap<_, (Option<FileRecord>, Option<FileRecord>)> = BTreeMap::new();
    for (path, record) in ours.records {
        pairs.entry(path).or_default().0 = Some(record);
    }
    for (path, record) in theirs.records {
        pairs.entry(path).or_default().1 = Some(record);
    }
    for (path, pair) in pairs {
        let line = pair.0.as_ref().or(pair.1.as_ref()).map_or(0, |record| record.line);
        match choose(pair) {
            Ok((content, other)) => {
                if let Some(other) = other {
                    // once in one branch: it is not to be deleted
                    if other.properties.once {
                        base.once.insert(path.clone());
                    }
                    base.others.insert(path.clone(), other.file());
                }
                base.insert(path, content);
            }
            Err(what) => faults.push(base.damage(line, path, what)),
        }
    }
    faults.extend(base.without_version());
    (base, faults)
}

/// What the record says, and what the other side says if that differs.
fn choose(pair: (Option<FileRecord>, Option<FileRecord>)) -> Result<(Content, Option<Content>), &'static str> {
    let (ours, theirs) = match pair {
        (Some(ours), Some(theirs)) => (ours, theirs),
        (Some(only), None) | (None, Some(only)) => return Ok((only.intact()?, None)),
        (None, None) => return Err("it is recorded nowhere"),
    };
    if let (Ok(a), Ok(b)) = (&ours.content, &theirs.content)
        && !(a.intact || b.intact)
        && a.sum != b.sum
        && a.properties == b.properties
        && !a.properties.base64
        && a.bytes == b.bytes
        && let Ok(merged) = ours.content
    {
        return Ok((merged, None));
    }
    match (ours.intact(), theirs.intact()) {
        (Ok(ours), Ok(theirs)) if ours == theirs => Ok((ours, None)),
        (Ok(ours), Ok(theirs)) => Ok((ours, Some(theirs))),
        (Ok(intact), Err(_)) | (Err(_), Ok(intact)) => Ok((intact, None)),
        (Err(what), Err(_)) => Err(what),
    }
}

#[cfg(test)]
mod tests;
