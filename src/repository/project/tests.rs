use super::*;
use std::os::unix::fs::{PermissionsExt as _, symlink};

fn ours(root: &Path, path: &str) -> Result<Ours> {
    let path = path.to_owned();
    Ok(Project::open(root)?.ours([&path])?.remove(&path).unwrap_or(Ours::Missing))
}

#[test]
fn tells_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir_all(root.join("Docs/x/y")).unwrap();
    symlink("/", root.join("Docs/x/link")).unwrap();
    fs::write(root.join("Docs/a.md"), "a").unwrap();
    fs::write(root.join("run"), "r").unwrap();
    fs::set_permissions(root.join("run"), fs::Permissions::from_mode(0o755)).unwrap();
    symlink("nowhere", root.join("link")).unwrap();
    rustix::fs::mknodat(rustix::fs::CWD, root.join("pipe"), rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR, 0)
        .unwrap();
    let file = |text: &str, executable| Ours::File(File { bytes: text.into(), executable });
    let blocked = |by: &str, why| Ours::Blocked { by: by.into(), why };
    for (path, expected) in [
        ("Docs/a.md", file("a", false)),
        ("run", file("r", true)),
        ("Docs", Ours::Directory { files: vec!["Docs/a.md".into(), "Docs/x/link".into()] }),
        ("Docs/x/y", Ours::Directory { files: Vec::new() }),
        ("Docs/b.md", Ours::Missing),
        ("none/at/all", Ours::Missing),
        ("link", Ours::Symlink),
        ("pipe", Ours::Other),
        ("run/x", blocked("run", Block::NotAFolder)),
        ("run/x/y", blocked("run", Block::NotAFolder)),
        ("RUN", blocked("run", Block::OtherCase)),
        ("docs/a.md", blocked("Docs", Block::OtherCase)),
        ("docs/z/y", blocked("Docs", Block::OtherCase)),
        ("Docs/A.md", blocked("Docs/a.md", Block::OtherCase)),
    ] {
        assert_eq!(ours(root, path).unwrap(), expected, "{path}");
    }
    assert_eq!(ours(&root.join("new"), "a/b").unwrap(), Ours::Missing);
}

#[test]
fn a_folder_with_too_many_files_is_not_listed_to_the_end() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("d/e")).unwrap();
    for n in 0..MAX_FILES {
        fs::write(folder.path().join(format!("d/e/{n}")), "").unwrap();
    }
    let files = |path: &str| match ours(folder.path(), path).unwrap() {
        Ours::Directory { files } => files,
        other => panic!("{other:?}"),
    };
    assert!(files("d").len() == MAX_FILES && !files("d").contains(&"d/".to_owned()));
    fs::write(folder.path().join("d/one more"), "").unwrap();
    assert!(files("d").len() == MAX_FILES + 1 && files("d").contains(&"d/".to_owned()));
}

#[test]
fn links_on_the_way_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    symlink(outside.path(), folder.path().join("out")).unwrap();
    let error = ours(folder.path(), "out/a/b").unwrap_err();
    assert!(error.to_string().starts_with("`out` is a symbolic link to `"), "{error}");
    assert!(error.downcast_ref::<UserError>().is_some());
    symlink(outside.path(), folder.path().join(".scaffold")).unwrap();
    assert!(Project::open(folder.path()).unwrap().base().is_err());
}

#[test]
fn targets() {
    let folder = tempfile::tempdir().unwrap();
    let root = fs::canonicalize(folder.path()).unwrap();
    fs::write(root.join("file"), "").unwrap();
    symlink(&root, root.join("self")).unwrap();
    symlink("nowhere", root.join("dangling")).unwrap();
    let open = |path: &str| Project::open(&root.join(path));
    assert!(open("").unwrap().exists());
    assert_eq!(open("self").unwrap().root(), root);
    assert_eq!(open("self/new").unwrap().root(), root.join("new"));
    let new = open("a/b/c").unwrap();
    assert_eq!((new.exists(), new.root()), (false, root.join("a/b/c").as_path()));
    let missing = new.missing().unwrap();
    assert_eq!((&*missing.parent, &*missing.first, &*missing.rest), (&*root, OsStr::new("a"), Path::new("b/c")));
    assert!(open("file").unwrap_err().to_string().contains("is not a folder"));
    assert!(open("file/x").unwrap_err().to_string().contains("is not a folder"));
    assert!(open("dangling").unwrap_err().to_string().contains("link to nothing"));
    assert!(open("dangling/x").unwrap_err().to_string().contains("link to nothing"));
    assert!(open("none/../x").is_err());
}

#[test]
fn records_with_holes_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(".scaffold")).unwrap();
    for name in ["answers.yaml", "base", "decisions.yaml"] {
        let file = std::fs::File::create(folder.path().join(".scaffold").join(name)).unwrap();
        file.set_len(6 << 30).unwrap();
    }
    let project = Project::open(folder.path()).unwrap();
    let errors = [project.answers().err(), project.base().err(), project.decisions().err()];
    for error in errors.map(|error| error.unwrap().to_string()) {
        assert!(error.ends_with("` is larger than 128 MiB"), "{error}");
    }
}

#[test]
fn recorded_answers_are_named_as_the_user_sees_them() {
    let folder = tempfile::tempdir().unwrap();
    let project = Project::open(folder.path()).unwrap();
    assert!(project.answers().unwrap().is_none());
    std::fs::create_dir(folder.path().join(".scaffold")).unwrap();
    std::fs::write(folder.path().join(".scaffold/answers.yaml"), "a: 1\n").unwrap();
    assert_eq!(
        project.answers().unwrap().unwrap().place("a"),
        format!("{}/.scaffold/answers.yaml:1", folder.path().display())
    );
    assert_eq!(Project::open(Path::new(".")).unwrap().shown("a/b"), "a/b");
    assert_eq!(Project::open(Path::new("./new")).unwrap().shown("a"), "new/a");
    // the project itself
    assert_eq!(Project::open(Path::new(".")).unwrap().shown(""), ".");
    assert_eq!(Project::open(Path::new("new/")).unwrap().shown(""), "new");
}
