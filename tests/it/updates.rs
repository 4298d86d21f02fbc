//! Every case of `tests/updates/` on real files, through the real binary.
//!
//! `base/` was generated, the user made `ours/` of it, `theirs/` is generated now, and `merged/` is what an update
//! leaves; a folder that is missing is an empty tree. Whatever the case: looking changes nothing, the patch of
//! `scaffold diff` does the same as the update, a second update has nothing to do, and `undo` brings `ours/` back.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::Output;

use rayon::prelude::*;
use scaffold::merge::unresolved;
use scaffold::text::tree::File;
use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::repository::git;
use crate::scene::{self, Snapshot, differences, program, said, snapshot};
use crate::support::{read_tree, root, write_tree};

mod disk;

use disk::{Disk, Files};

const ACCEPT: &str = "UPDATE_SNAPSHOTS=1 cargo test --test it updates";
/// The version that generated `base/`; in `merged/` it is written as `scaffold OLD`, our own as `scaffold NEW`.
const OLD: &str = "0.0.1";
const NEW: &str = env!("CARGO_PKG_VERSION");
/// What is added to the name of a new version beside a file.
const BESIDE: &str = ".scaffold-new";

/// `case.yaml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    /// One sentence for the reader.
    #[allow(dead_code)]
    about: String,
    /// The exit status of the update.
    #[serde(default)]
    status: i32,
    /// How many changes of each kind `--dry-run --format json` announces.
    #[serde(default)]
    counts: Option<BTreeMap<String, u64>>,
    /// What the component of the new catalog declares, as in `component.yaml`.
    #[serde(default)]
    moved: Vec<Value>,
    /// Paths with write policy `once`.
    #[serde(default)]
    once: BTreeSet<String>,
    #[serde(default)]
    on_conflict: Option<String>,
    #[serde(default)]
    args: Vec<String>,
    /// What stderr holds.
    #[serde(default)]
    says: Vec<String>,
    /// Folders of the user that may be empty, which git cannot hold.
    #[serde(default)]
    folders: Vec<String>,
    /// Symbolic links of the user and where they lead.
    #[serde(default)]
    links: BTreeMap<String, String>,
}

struct Case {
    name: String,
    dir: PathBuf,
    rules: Rules,
}

impl Case {
    fn load(dir: PathBuf) -> Self {
        let name = dir.file_name().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(dir.join("case.yaml")).unwrap_or_else(|e| panic!("{name}/case.yaml: {e}"));
        let rules = serde_yaml::from_str(&text).unwrap_or_else(|e| panic!("{name}/case.yaml: {e}"));
        for entry in fs::read_dir(&dir).unwrap() {
            let entry = entry.unwrap().file_name();
            let known = ["case.yaml", "base", "ours", "theirs", "merged"];
            assert!(known.iter().any(|known| entry == *known), "{name}: what is {entry:?} for?");
        }
        Self { name, dir, rules }
    }

    fn tree(&self, which: &str) -> Files {
        read_tree(&self.dir.join(which))
    }
}

/// A case at work.
struct Run<'c> {
    case: &'c Case,
    place: TempDir,
    report: String,
}

impl Run<'_> {
    fn project(&self) -> PathBuf {
        self.place.path().join("project")
    }

    fn fail(&mut self, what: &str) {
        let _ = writeln!(self.report, "{}: {what}", self.case.name);
    }

    /// Makes a catalog with one component that has these files.
    fn catalog(&self, files: &Files, moved: &[Value]) {
        let catalog = self.place.path().join("catalog");
        let _ = fs::remove_dir_all(&catalog);
        let once = self.case.rules.once.iter().filter(|path| files.contains_key(*path));
        let rules = once.map(|path| (path, json!({"write": "once"}))).collect();
        scene::catalog(&catalog, files, moved, &rules);
    }

    fn run(&self, command: &str, args: &[&str]) -> Output {
        let mut run = program(self.place.path());
        run.arg(command).arg("project").args(args);
        if command != "undo" {
            run.args(["--templates", "catalog/templates"]);
        }
        run.output().unwrap()
    }

    /// What is in the repository but for scaffold's own files.
    fn disk(&self) -> Disk {
        Disk::read(&self.project())
    }

    fn expect_status(&mut self, what: &str, output: &Output, wanted: i32) -> bool {
        let is_wanted = output.status.code() == Some(wanted);
        if !is_wanted {
            self.fail(&format!("{what} ends with {} instead of {wanted}:\n{}", output.status, said(output)));
        }
        is_wanted
    }

    fn expect_disk(&mut self, what: &str, wanted: &Disk) {
        let found = self.disk();
        let mut report = String::new();
        wanted.compare(&found, &mut report);
        if !report.is_empty() {
            self.fail(&format!("{what}:\n{report}"));
        }
    }

    fn whole(mut self, accept: bool) -> String {
        let case = self.case;
        let (base, theirs) = (case.tree("base"), case.tree("theirs"));
        fs::create_dir(self.project()).unwrap();
        self.catalog(&base, &[]);
        let output = self.run("init", &["--yes"]);
        if !self.expect_status("init", &output, 0) {
            return self.report;
        }
        self.expect_disk("init does not write base/", &Disk { files: base, ..Disk::default() });
        let record = self.project().join(".scaffold/base");
        let text = fs::read(&record).unwrap();
        let (mut head, mut rest) = (String::new(), &*text);
        while let Some(end) = rest.iter().position(|b| *b == b'\n').filter(|_| !head.contains("version ")) {
            head.push_str(std::str::from_utf8(&rest[..=end]).unwrap());
            rest = &rest[end + 1..];
        }
        fs::write(&record, [head.replace(NEW, OLD).as_bytes(), rest].concat()).unwrap();
        for entry in fs::read_dir(self.project()).unwrap().map(|entry| entry.unwrap().path()) {
            match entry.is_dir() {
                _ if entry.ends_with(".scaffold") => {}
                true => fs::remove_dir_all(entry).unwrap(),
                false => fs::remove_file(entry).unwrap(),
            }
        }
        let ours = Disk {
            files: case.tree("ours"),
            links: case.rules.links.clone(),
            folders: case.rules.folders.iter().cloned().collect(),
        };
        ours.write(&self.project());
        self.expect_disk("ours/ cannot be written here", &ours);
        self.catalog(&theirs, &case.rules.moved);
        let whole = snapshot(&self.project());

        let mut options: Vec<&str> = case.rules.args.iter().map(String::as_str).collect();
        let patched = self.look(&options);
        self.nothing_changed("looking", &whole);
        if let Some(how) = &case.rules.on_conflict {
            options.extend(["--on-conflict", how]);
        }
        options.push("--yes");
        let output = self.run("update", &options);
        self.expect_status("update", &output, case.rules.status);
        for text in &case.rules.says {
            if !said(&output).contains(text) {
                self.fail(&format!("update does not say `{text}`:\n{}", said(&output)));
            }
        }
        let stopped = case.rules.on_conflict.as_deref() == Some("fail") && output.status.code() == Some(1);
        if stopped || output.status.code() == Some(2) {
            self.nothing_changed("a refused update", &whole);
            if case.dir.join("merged").exists() {
                self.fail("it is refused, and needs no merged/");
            }
            return self.report;
        }
        let result = self.disk();
        if accept {
            let _ = fs::remove_dir_all(case.dir.join("merged"));
            write_tree(&case.dir.join("merged"), &replaced(&result.files, [(NEW, "NEW"), (OLD, "OLD")]));
        }
        let files = replaced(&case.tree("merged"), [("OLD", OLD), ("NEW", NEW)]);
        self.expect_disk(
            "update",
            &Disk { files, links: ours.links.clone(), folders: &ours.folders & &result.folders },
        );
        for folder in &ours.folders {
            if !self.project().join(folder).is_dir() {
                self.fail(&format!("update removes the folder {folder} of the user"));
            }
        }
        if let (Some(patched), None) = (patched, &case.rules.on_conflict) {
            let mut report = String::new();
            patched.compare(&Disk { folders: BTreeSet::new(), ..result.clone() }, &mut report);
            if !report.is_empty() {
                self.fail(&format!("the patch of `scaffold diff` does something else than the update:\n{report}"));
            }
        }
        self.again(&options, &ours, &result);
        let output = self.run("undo", &["--yes"]);
        if self.expect_status("undo", &output, 0) {
            self.nothing_changed("update and undo", &whole);
        }
        self.report
    }

    /// Asks for the plan, the patch and the status; returns what the patch makes of the files.
    fn look(&mut self, options: &[&str]) -> Option<Disk> {
        let how = self.case.rules.on_conflict.as_deref().unwrap_or("markers");
        let dry = self.run("update", &[options, &["--on-conflict", how, "--dry-run", "--format", "json"]].concat());
        let plan: Option<Value> = serde_json::from_slice(&dry.stdout).ok();
        if let (Some(plan), Some(wanted)) = (&plan, &self.case.rules.counts) {
            if plan["counts"] != json!(wanted) {
                self.fail(&format!("the plan has other counts: {}", plan["counts"]));
            }
        } else if self.case.rules.status != 2 {
            self.fail(&format!("no plan, or no `counts` in case.yaml: {plan:?}\n{}", said(&dry)));
        }
        if self.case.rules.status != 2 {
            let status = self.run("status", options);
            self.expect_status("status", &status, 0);
        }
        let patch = self.run("diff", options);
        match patch.status.code() {
            Some(0) if patch.stdout.is_empty() => {}
            Some(1) if !patch.stdout.is_empty() => {}
            Some(2) if self.case.rules.status == 2 => return None,
            _ => self.fail(&format!("diff ends with {}:\n{}", patch.status, said(&patch))),
        }
        // links and folders stay out, as a patch says nothing about them
        let copy = tempfile::tempdir().unwrap();
        let disk = self.disk();
        write_tree(copy.path(), &disk.files);
        fs::write(self.place.path().join("patch"), &patch.stdout).unwrap();
        if !patch.stdout.is_empty() {
            let output =
                git(copy.path()).args(["apply", "--whitespace=nowarn"]).arg(self.place.path().join("patch")).output();
            let output = output.unwrap();
            if !output.status.success() {
                let text = String::from_utf8_lossy(&patch.stdout).into_owned();
                self.fail(&format!("git does not apply the patch: {}\n{text}", said(&output)));
                return None;
            }
        }
        Some(Disk { files: read_tree(copy.path()), links: disk.links, folders: BTreeSet::new() })
    }

    /// A second update has nothing to do, or is refused because of what the first one left open.
    fn again(&mut self, options: &[&str], ours: &Disk, result: &Disk) {
        let before = snapshot(&self.project());
        let output = self.run("update", options);
        let is_open = result.files.iter().any(|(path, file)| {
            let old = ours.files.get(path);
            path.ends_with(BESIDE) || unresolved(&file.bytes).len() > old.map_or(0, |old| unresolved(&old.bytes).len())
        });
        if is_open {
            self.expect_status("update over open conflicts", &output, 2);
            if !said(&output).contains("of an earlier run") {
                self.fail(&format!("update does not name what is open:\n{}", said(&output)));
            }
        } else {
            self.expect_status("a second update", &output, 0);
            if !said(&output).contains("is up to date.") {
                self.fail(&format!("a second update has something to do:\n{}", said(&output)));
            }
        }
        self.nothing_changed("a second update", &before);
    }

    fn nothing_changed(&mut self, what: &str, before: &Snapshot) {
        let ignored = |path: &str| path.starts_with(".scaffold/lock");
        let paths: Vec<String> =
            differences(before, &snapshot(&self.project())).into_iter().filter(|path| !ignored(path)).collect();
        if !paths.is_empty() {
            self.fail(&format!("{what} changes {paths:?}"));
        }
    }
}

/// The versions in the names of conflict markers.
fn replaced(files: &Files, versions: [(&str, &str); 2]) -> Files {
    let in_line = |line: &[u8]| -> Vec<u8> {
        let Ok(text) = std::str::from_utf8(line) else { return line.to_vec() };
        // where a text has markers of its own, ours are longer
        let is_marker =
            |sign: &str| text.starts_with(&sign.repeat(7)) && text.trim_start_matches(sign).starts_with(' ');
        if !is_marker("|") && !is_marker(">") {
            return line.to_vec();
        }
        let mut text = text.to_owned();
        for (from, to) in versions {
            text = text.replace(&format!("scaffold {from}"), &format!("scaffold {to}"));
        }
        text.into_bytes()
    };
    let in_file = |file: &File| File {
        bytes: file.bytes.split_inclusive(|b| *b == b'\n').flat_map(in_line).collect(),
        executable: file.executable,
    };
    files.iter().map(|(path, file)| (path.clone(), in_file(file))).collect()
}

#[test]
fn cases() {
    let accept = std::env::var_os("UPDATE_SNAPSHOTS").is_some();
    assert!(!(accept && std::env::var_os("CI").is_some()), "UPDATE_SNAPSHOTS must not be set in CI");
    let mut folders: Vec<PathBuf> =
        fs::read_dir(root().join("tests/updates")).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    let only = std::env::var("CASE").unwrap_or_default();
    let cases: Vec<Case> = folders.into_iter().map(Case::load).filter(|case| case.name.contains(&only)).collect();
    assert!(!only.is_empty() || cases.len() >= 60, "only {} cases", cases.len());
    let report: String = cases
        .par_iter()
        .map(|case| Run { case, place: tempfile::tempdir().unwrap(), report: String::new() }.whole(accept))
        .collect();
    assert!(report.is_empty(), "{report}\nIf merged/ is to be what was found, accept it with\n  {ACCEPT}");
}
