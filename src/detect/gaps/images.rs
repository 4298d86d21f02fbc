//! A Dockerfile that the answers name, and the stage of it.

use super::super::dockerfile;
use super::super::finding::Location;
use super::super::walk::{self, Refusal};
use super::{Draft, GapKind, Subject};
use crate::catalog::question::FindingName;

/// Bytes of a Dockerfile.
const LARGEST: u64 = 1024 * 1024;

pub(super) fn gaps(subject: &Subject<'_>) -> Vec<Draft> {
    let Some(file) = subject.answer(FindingName::Dockerfile) else { return Vec::new() };
    let place = Location::new(file, None);
    match (walk::read(&subject.files.root().join(file), LARGEST), subject.answer(FindingName::Target)) {
        (Err(Refusal::Missing), _) => vec![
            Draft::new(
                GapKind::Dockerfile,
                place,
                format!("has no `{file}`, with which its image is built"),
                "Add it, or name the one that there is, in place of PATH.",
            )
            .with([subject.set(FindingName::Dockerfile, "PATH")]),
        ],
        (Ok(text), Some(target)) => {
            let stages = dockerfile::stages(&text);
            if stages.iter().any(|stage| stage.name.eq_ignore_ascii_case(target)) {
                return Vec::new();
            }
            let name = stages.iter().rev().map(|stage| stage.name.as_str()).find(|name| !name.is_empty());
            vec![
                Draft::new(
                    GapKind::Stage,
                    place,
                    format!("is built with the stage `{target}`, which its Dockerfile does not have"),
                    format!("Call a stage `{target}`, or take another one."),
                )
                .with([subject.set(FindingName::Target, name.unwrap_or(""))]),
            ]
        }
        (Ok(_) | Err(_), _) => Vec::new(),
    }
}
