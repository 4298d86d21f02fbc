//! `src/` shows the pipeline: one folder per stage, and no stage imports one that comes after it.

use std::fs;
use std::path::Path;

use crate::support::root;

const ACCEPT: &str = "UPDATE_SNAPSHOTS=1 cargo test --test it stages";

/// The stages; each may import those that follow it here, and none before it.
const STAGES: [&str; 20] = [
    "commands",
    "cli",
    "page",
    "review",
    "prompt",
    "lint",
    "show",
    "apply",
    "repository",
    "plan",
    "base",
    "merge",
    "render",
    "detect",
    "answers",
    "template",
    "catalog",
    "terminal",
    "disk",
    "text",
];

/// The files of a stage that are part of the program: path below `src/`, and text without its tests.
fn files(stage: &str) -> Vec<(String, String)> {
    let src = root().join("src");
    let mut files = Vec::new();
    let mut folders = vec![src.join(stage)];
    let mut paths = vec![src.join(format!("{stage}.rs"))];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(folder) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() && path.file_name().is_some_and(|name| name != "tests") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                paths.push(path);
            }
        }
    }
    for path in paths.iter().filter(|path| !is_test(path)) {
        let text = fs::read_to_string(path).unwrap();
        let program = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
        files.push((path.strip_prefix(&src).unwrap().display().to_string(), program));
    }
    files.sort();
    files
}

fn is_test(path: &Path) -> bool {
    path.file_stem().is_some_and(|stem| stem == "tests" || stem == "properties")
}

/// The stages that a line names; comments may name any.
fn imports(line: &str) -> Vec<&str> {
    if line.trim_start().starts_with("//") {
        return Vec::new();
    }
    let after = line.split("crate::").skip(1);
    after.map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default()).collect()
}

/// Every import of a later stage, as `file:line`.
fn faults(stage: usize, path: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for (i, line) in text.lines().enumerate() {
        for name in imports(line) {
            let place = format!("src/{path}:{}: {}", i + 1, line.trim());
            match STAGES.iter().position(|other| *other == name) {
                Some(imported) if imported < stage => faults.push(format!("{place}\n  `{name}` comes after it")),
                Some(_) => {}
                None => faults.push(format!("{place}\n  `{name}` is no stage")),
            }
        }
    }
    faults
}

#[test]
fn imports_point_downward() {
    let all = STAGES
        .iter()
        .enumerate()
        .flat_map(|(i, stage)| files(stage).into_iter().flat_map(move |(path, text)| faults(i, &path, &text)));
    let faults: Vec<String> = all.collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn an_import_that_points_upward_is_found() {
    let text = "//! [`crate::commands`]\nuse crate::text::path;\nlet a = crate::apply::apply(crate::page::b);\nuse crate::{a, b};\n";
    let found = faults(7, "apply/x.rs", text);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("src/apply/x.rs:3: let a") && found[0].ends_with("`page` comes after it"));
    assert!(found[1].starts_with("src/apply/x.rs:4: "));
}

#[test]
fn every_file_belongs_to_a_stage() {
    let entries = fs::read_dir(root().join("src")).unwrap().map(|entry| entry.unwrap().path());
    let mut names: Vec<String> = entries.map(|path| path.file_stem().unwrap().display().to_string()).collect();
    names.sort();
    names.dedup();
    names.retain(|name| name != "main" && name != "lib" && !name.starts_with('.'));
    let mut stages = STAGES.map(str::to_owned);
    stages.sort();
    assert_eq!(names, stages);
}

/// The picture in CONTRIBUTING.md: each stage with the first sentence that its file says of itself.
#[test]
fn the_picture_of_the_stages_is_current() {
    let accept = std::env::var_os("UPDATE_SNAPSHOTS").is_some();
    assert!(!(accept && std::env::var_os("CI").is_some()), "UPDATE_SNAPSHOTS must not be set in CI");
    let mut picture = String::from("```text\n");
    for stage in STAGES {
        let text = fs::read_to_string(root().join(format!("src/{stage}.rs"))).unwrap();
        let about: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim).collect();
        let about = about.split(|line| line.is_empty()).next().unwrap_or_default().join(" ");
        let modules = text.lines().filter_map(|line| {
            let name = line.split_once("mod ")?.1.strip_suffix(';')?;
            (!line.starts_with([' ', '/']) && name != "tests" && name != "properties").then(|| name.to_owned())
        });
        let modules: Vec<String> = modules.collect();
        picture.push_str(&format!("{stage:<11} {about}\n"));
        if !modules.is_empty() {
            picture.push_str(&format!("{:<11} {}\n", "", modules.join(" ")));
        }
    }
    picture.push_str("```\n");
    let page = root().join("CONTRIBUTING.md");
    let text = fs::read_to_string(&page).unwrap();
    let (start, end) = (format!("<!-- stages: {ACCEPT} -->\n"), "<!-- end of stages -->");
    let (before, rest) = text.split_once(&start).expect("CONTRIBUTING.md has a place for the stages");
    let (now, after) = rest.split_once(end).unwrap();
    if accept {
        fs::write(&page, format!("{before}{start}{picture}{end}{after}")).unwrap();
    } else {
        assert_eq!(now, picture, "accept with: {ACCEPT}");
    }
}
