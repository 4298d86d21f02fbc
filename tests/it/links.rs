//! Links between the documents lead somewhere, for a reader of the repository and for one of the book.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use crate::markdown;
use crate::support::root;

/// A path without `..`.
fn plain(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut plain, part| {
        match part {
            Component::ParentDir => drop(plain.pop()),
            other => plain.push(other),
        }
        plain
    })
}

#[test]
fn links_lead_somewhere() {
    let documents = markdown::all();
    let anchors: BTreeMap<&Path, &[String]> = documents.iter().map(|d| (d.path.as_path(), &*d.anchors)).collect();
    let mut broken = Vec::new();
    for document in &documents {
        for link in document.links.iter().filter(|link| !link.contains("://")) {
            let (file, anchor) = link.split_once('#').map_or((link.as_str(), None), |(file, a)| (file, Some(a)));
            let target = match file {
                "" => document.path.clone(),
                file => plain(&document.path.parent().unwrap().join(file)),
            };
            let mut fail = |why: &str| broken.push(format!("{}: {link} {why}", document.path.display()));
            if !root().join(&target).exists() {
                fail("is missing");
            }
            // the book holds nothing else
            if document.path.starts_with("docs/src") && !target.starts_with("docs/src") {
                fail("leads out of the book");
            }
            if let Some(anchor) = anchor
                && !anchors.get(target.as_path()).is_some_and(|known| known.iter().any(|a| a == anchor))
            {
                fail("names no heading there");
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_page_of_the_book_is_reached() {
    let all: String =
        markdown::pages().iter().map(|page| std::fs::read_to_string(root().join(page)).unwrap()).collect();
    for fragment in markdown::fragments() {
        let name = fragment.trim_start_matches("docs/src/");
        assert!(all.contains(&format!("{{{{#include {name}}}}}")), "{fragment} is neither a page nor included by one");
    }
}
