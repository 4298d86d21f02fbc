//! The paths of a plan as a tree, row by row: nested markup without recursion, however deep the paths are.

use serde::Serialize;

use super::files::FileView;

/// A step through the tree.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "is", rename_all = "lowercase")]
pub enum TreeRow<'f> {
    /// A folder begins. One that holds only a folder has no row of its own.
    Open { name: String },
    File {
        /// The last segment of its path.
        name: &'f str,
        /// Which file of the page.
        at: usize,
    },
    /// A folder ends.
    Close,
}

/// The rows for files that are sorted by path.
pub fn rows(files: &[FileView]) -> Vec<TreeRow<'_>> {
    let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let size = |folder: &str| {
        let from = paths.partition_point(|path| *path < folder);
        paths.get(from..).unwrap_or_default().partition_point(|path| path.starts_with(folder))
    };
    let mut rows = Vec::new();
    // the folders that are open, each with its whole path and a final `/`
    let mut open: Vec<&str> = Vec::new();
    for (at, path) in paths.iter().enumerate() {
        while open.last().is_some_and(|folder| !path.starts_with(folder)) {
            open.pop();
            rows.push(TreeRow::Close);
        }
        let mut start = open.last().map_or(0, |folder| folder.len());
        while let Some(end) = next_slash(path, start) {
            let mut end = end;
            while let Some(further) = next_slash(path, end)
                && size(&path[..further]) == size(&path[..end])
            {
                end = further;
            }
            rows.push(TreeRow::Open { name: path[start..end].to_owned() });
            open.push(&path[..end]);
            start = end;
        }
        rows.push(TreeRow::File { name: &path[start..], at });
    }
    rows.extend(open.iter().map(|_| TreeRow::Close));
    rows
}

/// Behind the next `/` from a place on.
fn next_slash(path: &str, from: usize) -> Option<usize> {
    path[from..].find('/').map(|at| from + at + 1)
}
