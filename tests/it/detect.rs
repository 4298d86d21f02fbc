//! `scaffold detect`: small repositories that look like real ones, and hostile ones.

use std::fs;
use std::io::{Read as _, Seek as _};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread;
use std::time::{Duration, Instant};

use scaffold::answers::Answers;
use scaffold::detect::detect;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{embedded, given, read_tree, root, write_tree};

const ACCEPT: &str = "UPDATE_SNAPSHOTS=1 cargo test --test it detect";

/// What the slowest machine needs for any of the trees here, many times over.
const LONGEST: Duration = Duration::from_secs(60);

mod migrations;
mod stores;

fn run(dir: &Path, format: &str) -> Output {
    let (mut out, mut err) = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
    let mut command = Command::new(env!("CARGO_BIN_EXE_scaffold"));
    command.env_clear().env("LANG", "C.UTF-8").args(["detect", "--format", format]).arg(dir);
    command.stdout(out.try_clone().unwrap()).stderr(err.try_clone().unwrap());
    let (mut child, start) = (command.spawn().unwrap(), Instant::now());
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > LONGEST {
            child.kill().unwrap();
            panic!("`detect` took more than {LONGEST:?} for {}", dir.display());
        }
        thread::sleep(Duration::from_millis(5));
    };
    let read = |file: &mut fs::File| {
        let mut bytes = Vec::new();
        file.rewind().and_then(|()| file.read_to_end(&mut bytes)).unwrap();
        bytes
    };
    Output { status, stdout: read(&mut out), stderr: read(&mut err) }
}

/// What is found in a folder of these files.
fn found(files: &[(&str, &str)]) -> (TempDir, Value) {
    let dir = TempDir::new().unwrap();
    for (path, text) in files {
        write(&dir.path().join(path), text);
    }
    let found = found_in(dir.path());
    (dir, found)
}

fn found_in(dir: &Path) -> Value {
    let output = run(dir, "json");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The messages about a file.
fn notes<'f>(found: &'f Value, file: &str) -> Vec<&'f str> {
    let notes = found["notes"].as_array().unwrap().iter();
    notes.filter(|note| note["file"] == file).filter_map(|note| note["message"].as_str()).collect()
}

fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

fn write(path: &Path, text: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A folder with the name of a case, and the one around it that is removed in the end.
struct Prepared {
    dir: PathBuf,
    _around: TempDir,
}

impl Prepared {
    fn path(&self) -> &Path {
        &self.dir
    }
}

/// A copy of a tree with what git does not hold or must not hold.
fn prepared(case: &Path) -> Prepared {
    let around = TempDir::new().unwrap();
    let dir = &around.path().join(case.file_name().unwrap());
    fs::create_dir(dir).unwrap();
    write_tree(dir, &read_tree(&case.join("tree")));
    match case.file_name().unwrap().to_str().unwrap() {
        "mern" => {
            let config = "[core]\n\tbare = false\n[remote \"fork\"]\n\turl = git@gitlab.com:me/fork.git\n[remote \"origin\"]\n\turl = https://bot:do-not-print-me-6@github.com/acme/shop.git\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n[branch \"main\"]\n\tremote = origin\n";
            write(&dir.join(".git/config"), config);
            let service = r#"{"name": "x", "scripts": {"start": "x"}, "dependencies": {"express": "4"}}"#;
            write(&dir.join("generated/package.json"), service);
            write(&dir.join("backend/node_modules/express/package.json"), service);
        }
        "hostile" => hostile(dir),
        _ => {}
    }
    Prepared { dir: dir.clone(), _around: around }
}

fn hostile(dir: &Path) {
    symlink("..", dir.join("api/loop")).unwrap();
    symlink("/", dir.join("outside")).unwrap();
    symlink("/etc/passwd", dir.join("go.mod")).unwrap();
    fs::create_dir(dir.join("git")).unwrap();
    write(&dir.join("git/config"), "[remote \"origin\"]\n\turl = git@github.com:not/followed.git\n");
    symlink("git", dir.join(".git")).unwrap();
    write(&dir.join("huge/package.json"), format!("{{\"name\": \"{}\"}}", "x".repeat(10_000_000)));
    let deep = "deep/".repeat(20);
    write(&dir.join(deep).join("package.json"), r#"{"dependencies": {"express": "4"}}"#);
    write(&dir.join("binary/package.json"), [0xff, 0xfe, 0x00]);
    for (name, open) in [("array", "["), ("object", "{\"a\":"), ("workspaces", "{\"workspaces\":")] {
        write(&dir.join(format!("nested-{name}/package.json")), open.repeat(100_000));
    }
    write(&dir.join("nested-xml/pom.xml"), "<a>".repeat(300_000));
    write(&dir.join("nested-toml/Cargo.toml"), format!("a = {}", "[".repeat(500_000)));
    write(&dir.join("nested-inline/pyproject.toml"), format!("a = {}", "{a=".repeat(300_000)));
    write(&dir.join("nested-keys/Pipfile"), format!("{}b = 1", "a.".repeat(400_000)));
    write(&dir.join(".github/workflows/nested.yml"), "[".repeat(500_000));
    write(&dir.join(".github/workflows/maps.yml"), "{a: ".repeat(200_000));
    let aliases = format!("x: &a [{}]\ny: [{}]\n", "1,".repeat(9_000), "*a,".repeat(6_000));
    write(&dir.join("aliases/compose.yaml"), &aliases);
    write(&dir.join(".github/workflows/aliases.yml"), &aliases);
    let groups: String = (0..12_000).map(|i| format!("g{i} = ['redis', \"celery\"]\n")).collect();
    write(&dir.join("groups/pyproject.toml"), format!("[project]\nname = 'x'\n[dependency-groups]\n{groups}"));
    let groups: String = (0..15_000).map(|i| format!("[tool.poetry.group.g{i}.dependencies]\nredis = '*'\n")).collect();
    write(&dir.join("poetry/pyproject.toml"), format!("[tool.poetry]\nname = 'x'\n{groups}"));
    let images: String = (0..300).map(|i| format!(" redis{i}:\n  image: x\n")).collect();
    write(&dir.join("images/compose.yaml"), format!("services:\n{images}{}", "\n".repeat(1_000_000)));
    for (name, sign) in [("back", '`'), ("double", '"'), ("single", '\'')] {
        write(&dir.join(format!("quotes-{name}/package.json")), r#"{"dependencies": {"express": "4"}}"#);
        write(&dir.join(format!("quotes-{name}/server.js")), format!("\\{sign}").repeat(100_000));
    }
    let attributes: String = (0..90_000).map(|i| format!(" a{i}=''")).collect();
    write(&dir.join("attributes/pom.xml"), format!("<project{attributes}/>"));
    let required = "<dependency><artifactId>jedis</artifactId></dependency>\n".repeat(15_000);
    let project = format!("<project><dependencies>\n{required}</dependencies></project>");
    write(&dir.join("dependencies/pom.xml"), project);
    let ends: (String, String) = (0..60_000).map(|i| (format!(" <<E{i}"), format!("E{i}\n"))).collect();
    write(&dir.join("here/Dockerfile"), format!("FROM a\nRUN{}\n{}EXPOSE 80\n", ends.0, ends.1));
    fs::create_dir(dir.join("rules-pipe")).unwrap();
    pipe(&dir.join("rules-pipe/.gitignore"));
    fs::create_dir(dir.join("rules-endless")).unwrap();
    symlink("/dev/zero", dir.join("rules-endless/.gitignore")).unwrap();
    write(&dir.join("rules-large/.gitignore"), "*\n".repeat(500_000));
    write(&dir.join("rules-many/.gitignore"), "*\n".repeat(2_000));
    write(&dir.join("rules-nested/.gitignore"), "{".repeat(30_000) + &"}".repeat(30_000));
    let express = r#"{"scripts": {"start": "node ."}, "dependencies": {"express": "4"}}"#;
    for name in ["esc\u{1b}[31m", "line\nbreak", "quote\"'`$(x)", "-rf"] {
        write(&dir.join(name).join("package.json"), express);
    }
}

#[test]
fn cases() {
    let accept = std::env::var_os("UPDATE_SNAPSHOTS").is_some();
    assert!(!(accept && std::env::var_os("CI").is_some()), "UPDATE_SNAPSHOTS must not be set in CI");
    let folders = fs::read_dir(root().join("tests/detect")).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<_> = folders.collect();
    folders.sort();
    assert!(folders.len() >= 10, "only {} cases", folders.len());
    let mut report = String::new();
    for case in folders {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let temp = prepared(&case);
        let (json, human) = (run(temp.path(), "json"), run(temp.path(), "human"));
        for output in [&json, &human] {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!((output.status.code(), said.as_str()), (Some(0), ""), "{name}");
            let shown = String::from_utf8(output.stdout.clone()).unwrap();
            assert!(!shown.contains("do-not-print-me"), "{name}: a value of the sample is shown\n{shown}");
            assert!(!shown.contains(&*temp.path().to_string_lossy()), "{name}: an absolute path is shown\n{shown}");
        }
        let human = String::from_utf8(human.stdout).unwrap();
        assert!(!human.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'), "{name}: {human}");
        // what is copied is one line, however long
        let copied: Value = serde_json::from_slice(&json.stdout).unwrap();
        let copied = copied["gaps"].as_array().unwrap().iter().flat_map(|gap| {
            let commands = gap["commands"].as_array().into_iter().flatten().filter_map(Value::as_str);
            commands.chain(gap["code"].as_str().into_iter().flat_map(str::lines)).map(str::to_owned).collect::<Vec<_>>()
        });
        let copied: Vec<String> = copied.collect();
        for line in human.lines().filter(|line| !copied.iter().any(|one| line.trim() == one.trim())) {
            assert!(line.chars().count() <= 80 || !line.trim().contains(' '), "{name}: `{line}` is too long");
        }
        // a project without a remote is called like its folder, which has another name each time
        let folder = temp.path().file_name().unwrap().to_string_lossy().into_owned();
        let found = String::from_utf8(json.stdout).unwrap();
        let found = found.replace(&folder, "folder").replace(&folder.trim_start_matches('.').to_lowercase(), "folder");
        let expected = case.join("expected.json");
        if accept {
            fs::write(&expected, &found).unwrap();
        } else if fs::read_to_string(&expected).ok().as_ref() != Some(&found) {
            report += &format!("{name}: found\n{found}");
        }
    }
    assert!(report.is_empty(), "{report}\nIf expected.json is to be what was found, accept it with\n  {ACCEPT}");
}

#[test]
fn what_git_ignores_is_not_entered() {
    let express = r#"{"name": "x", "scripts": {"start": "x"}, "dependencies": {"express": "4"}}"#;
    let (dir, found) = found(&[
        (".gitignore", "out/\n[z-a]\n/top\n*.d\n# no rule\n"),
        ("web/.gitignore", "!kept.d\n"),
        ("a/out/package.json", express),
        ("a/top/package.json", express),
        ("top/package.json", express),
        ("a.d/package.json", express),
        ("web/kept.d/package.json", express),
    ]);
    let paths: Vec<_> = services(&found).map(|service| service["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["a/top", "web/kept.d"]);
    assert_eq!(notes(&found, ".gitignore"), ["has a rule that cannot be understood (line 2)"]);
    fs::remove_file(dir.path().join(".gitignore")).unwrap();
    pipe(&dir.path().join(".gitignore"));
    let found = found_in(dir.path());
    assert_eq!(services(&found).count(), 5);
    assert_eq!(notes(&found, ".gitignore"), ["is not a file, so that its rules are not known"]);
}

#[test]
fn a_version_is_that_of_the_nearest_file() {
    let node = r#"{"scripts": {"start": "x"}}"#;
    let (_dir, found) = found(&[
        (".nvmrc", "18\n"),
        ("api/.node-version", "v22\n"),
        ("api/package.json", node),
        ("packages/.nvmrc", "20\n"),
        ("packages/a/b/package.json", node),
        ("web/package.json", node),
    ]);
    let versions: Vec<_> = services(&found).map(|service| &service["version"]["value"]).collect();
    assert_eq!(versions, ["22", "20", "18"]);
}

/// CI runs what the image runs, where the code says nothing that is one version.
#[test]
fn a_version_is_that_of_the_image_where_the_code_says_none() {
    let package = |engines: &str| {
        format!(
            r#"{{"engines": {{{engines}}}, "scripts": {{"start": "node x.js"}}, "dependencies": {{"express": "5"}}}}"#
        )
    };
    let of = |files: &[(&str, &str)], from: &str| {
        let dockerfile = format!("{from}\nCOPY . .\nEXPOSE 3000\nCMD [\"run\"]\n");
        let (_place, found) = found(&[files, &[("Dockerfile", &dockerfile)]].concat());
        found["answers"]["services"]["value"][0]["language_version"].clone()
    };
    let node = |engines: &str, nvmrc: &str, from: &str| {
        let engines = if engines.is_empty() { String::new() } else { format!(r#""node": "{engines}""#) };
        of(&[("package.json", &package(&engines)), (".nvmrc", nvmrc)], from)
    };
    assert_eq!(node("", "", "FROM node:22-alpine"), "22");
    assert_eq!(node(">=20", "", "ARG V=22.4\nFROM docker.io/library/node:${V}-slim@sha256:1 AS run\nFROM run"), "22");
    assert_eq!(node("", "", "FROM node:22 AS build\nRUN npm ci\nFROM gcr.io/distroless/base"), "22");
    assert_eq!(node("24", "", "FROM node:22-alpine"), "24");
    assert_eq!(node("", "v24.1.0\n", "FROM node:22-alpine"), "24");
    assert_eq!(node(">=20", "v24.1.0\n", "FROM node:22-alpine"), "24");
    assert_eq!(node("", "", "FROM node:lts"), Value::Null);
    let python = |version: &str| {
        let files = [("requirements.txt", "flask\n"), ("app.py", "app = Flask()\n"), (".python-version", version)];
        of(&files, "FROM python:3.13-slim")
    };
    assert_eq!(python(""), "3.13");
    assert_eq!(python("3.14\n"), "3.14");
    let main = "package main\n\nfunc main() {\n\thttp.ListenAndServe(\":3000\", nil)\n}\n";
    let golang = "FROM golang:1.26.3-alpine AS build\nRUN go build\nFROM scratch";
    assert_eq!(of(&[("go.mod", "module shop\n\ngo 1.24\n"), ("main.go", main)], golang), "1.26");
}

#[test]
fn a_schema_of_prisma_belongs_to_the_folder_around_it() {
    let node = r#"{"scripts": {"start": "x"}, "dependencies": {"@prisma/client": "6"}}"#;
    let schema = |provider| format!("datasource db {{ provider = \"{provider}\" }}");
    let (_dir, found) = found(&[
        ("api-prisma/package.json", node),
        ("api-prisma/schema.prisma", &schema("mongodb")),
        ("web/package.json", node),
        ("web/prisma/schema.prisma", &schema("mysql")),
        ("jobs/package.json", node),
        ("packages/db/prisma/schema.prisma", &schema("sqlite")),
    ]);
    let systems: Vec<_> = services(&found).map(|service| &service["clients"][0]["value"]["system"]).collect();
    assert_eq!(systems, ["mongodb", "sqlite", "mysql"]);
}

#[test]
fn samples_belong_to_the_nearest_service() {
    let node = r#"{"scripts": {"start": "x"}}"#;
    let (_dir, found) = found(&[
        ("api/package.json", node),
        ("api/.env.example", "A=1\nB=2\n"),
        ("api/config/.env.example", "B=3\nC=4\n"),
        ("deploy/.env.example", "D=5\n"),
    ]);
    let names = |list: &Value| {
        let names = list.as_array().unwrap().iter().map(|one| one["value"]["name"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(names(&found["services"][0]["variables"]), ["A", "B", "C"]);
    assert_eq!(names(&found["variables"]), ["D"]);
}

#[test]
fn lists_have_an_end() {
    let dir = TempDir::new().unwrap();
    for i in 0..11 {
        let names: String = (0..1_000).map(|j| format!("N{i}_{j}=1\n")).collect();
        write(&dir.path().join(format!("s{i}/.env.example")), names);
    }
    for i in 0..1_001 {
        write(&dir.path().join(format!("p{i}/package.json")), "{");
    }
    for i in 0..201 {
        write(&dir.path().join(format!("app/{i}/index.js")), "");
    }
    write(&dir.path().join("app/package.json"), r#"{"scripts": {"start": "x"}}"#);
    let found = found_in(dir.path());
    assert_eq!(found["variables"].as_array().unwrap().len(), 10_000);
    let rest = "has more than 10000 variables in samples, of which the rest was left out";
    assert_eq!(notes(&found, ""), [rest, "has more notes, of which the rest was left out"]);
    assert_eq!(notes(&found, "app"), ["has more than 200 sources, of which the deepest were not read"]);
}

#[test]
fn files_of_interest_are_read_up_to_a_sum() {
    let dir = TempDir::new().unwrap();
    let text = "#".repeat(1024 * 1024);
    for i in 0..70 {
        write(&dir.path().join(format!("s{i}/Dockerfile")), &text);
    }
    write(&dir.path().join(".env.example"), "A=1");
    let found = found_in(dir.path());
    let told = [
        "has more than 64 MiB in files of interest, of which the rest was not read",
        "has more code than is read: whether it lacks a route or a variable is not told",
    ];
    assert_eq!(notes(&found, ""), told);
    assert_eq!(found["variables"], Value::Array(vec![]));
}

#[test]
fn secrets_of_a_build_are_answers() {
    let node = r#"{"scripts": {"start": "node server.js"}, "dependencies": {"express": "1"}}"#;
    let npmrc = "//npm.acme.dev/:_authToken=${NPM_TOKEN}\n";
    let answer = |found: &Value| found["answers"]["services"]["value"][0]["build_secrets"].clone();
    let (_dir, plain) = self::found(&[("package.json", node), ("package-lock.json", "{}"), (".npmrc", npmrc)]);
    assert_eq!(answer(&plain), serde_json::json!(["NPM_TOKEN"]));
    let (_dir, empty) = self::found(&[("package.json", node), (".env.example", "SENTRY_AUTH_TOKEN=\nPORT=3000\n")]);
    assert_eq!(answer(&empty), Value::Null);
    let dockerfile = "FROM node:24\nARG NPM_TOKEN\nCOPY . .\nRUN --mount=type=secret,id=sentry,env=SENTRY_AUTH_TOKEN npm ci\n\
        RUN --mount=type=secret,id=TURBO_TOKEN npm run build\nCMD [\"node\", \"server.js\"]\n";
    let (_dir, own) = self::found(&[("package.json", node), ("Dockerfile", dockerfile)]);
    assert_eq!(answer(&own), serde_json::json!(["NPM_TOKEN", "SENTRY_AUTH_TOKEN", "TURBO_TOKEN"]));
    let said = notes(&own, "Dockerfile").join("\n");
    assert!(said.contains("takes `NPM_TOKEN` as ARG, which stays in the history of the image"), "{said}");
    assert!(said.contains("mounts the secret of `SENTRY_AUTH_TOKEN` under another id"), "{said}");
    assert!(!said.contains("TURBO_TOKEN"), "{said}");
}

fn services(found: &Value) -> impl Iterator<Item = &Value> {
    found["services"].as_array().unwrap().iter()
}

#[test]
fn answers_are_accepted_together() {
    for (case, preset, services) in [
        ("mern", "mongodb-atlas-on-aws", 2),
        ("pnpm-prisma", "postgresql-rds-on-aws", 2),
        ("fastapi-react", "postgresql-rds-on-aws", 2),
    ] {
        let temp = prepared(&root().join("tests/detect").join(case));
        let found = detect(embedded(), temp.path(), &scaffold::catalog::question::Values::new()).unwrap();
        let sets: Vec<(&str, Value)> = found.answers.iter().map(|(name, a)| (name.as_str(), a.value.clone())).collect();
        let given = given(preset, &sets);
        let answers = Answers::resolve(embedded(), &given, None).unwrap_or_else(|e| panic!("{case}: {e:#}"));
        assert_eq!(answers.values["services"].as_array().unwrap().len(), services, "{case}");
        for answer in found.answers.values() {
            assert!(!answer.found_in.is_empty(), "{case}");
        }
    }
}

#[test]
fn a_folder_that_is_none() {
    let temp = TempDir::new().unwrap();
    write(&temp.path().join("file"), "");
    for (name, says) in [("file", "is not a folder"), ("nowhere", "there is no folder")] {
        let output = run(&temp.path().join(name), "human");
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains(says), "{output:?}");
    }
}

#[test]
fn human_output() {
    let output = run(prepared(&root().join("tests/detect/go")).path(), "human");
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap(), @r#"
    ledger at the top
      kind: api (found in main.go:9)
      language: go (found in go.mod)
      version: 1.22.5 (found in go.mod:3)
      framework: net/http (found in main.go:9)
      port: 8080 (found in main.go:9)
      build: go build -o bin/ledger . (found in main.go)
      start: ./bin/ledger (found in main.go)
      client: github.com/jackc/pgx for postgresql (found in go.mod:6)
      client: github.com/nats-io/nats.go for nats (found in go.mod:7)
      liveness: /healthz (found in main.go:7)
      readiness: /readyz (found in main.go:8)

    Pipelines
      jenkins: a pipeline (found in Jenkinsfile)

    Stays as it is, beside what is generated
      Jenkins (Jenkinsfile): runs as before; turn off what deploys once generated
        pipelines do, or generate none with `ci: none`

    Answers that follow from this
      database: postgresql
      name: ledger
      services: 1 record

    What the code still lacks
      ledger never reads `DATABASE_URL`, the address of its database (go.mod:6)
        Read it where it connects, or name the variable that it reads, in place of
          NAME.
          scaffold init --detect --set 'services.ledger.variables.NAME=${database.uri}'
          os.Getenv("DATABASE_URL")

    Notes
      go.mod uses nats, which these answers leave out; take it with
        `broker=nats-in-cluster` or `broker=existing` (used by `ledger`).
    "#);
}

#[test]
fn a_service_that_cannot_be_generated_ends_init() {
    let (dir, output) = init("phoenix", &["--detect"]);
    let said = String::from_utf8_lossy(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("no Dockerfile is generated for Elixir, and it has none of its own"), "{said}");
    assert!(!dir.path().join(".scaffold").exists());
    // the answers decide about all services then
    let services = r#"services=[{"name": "api", "path": "api"}]"#;
    let (_dir, output) = init("phoenix", &["--detect", "--set", services]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn init_with_findings_of_no_service_says_what_was_looked_for() {
    for (case, wanted) in [
        ("empty", "no service was found in"),
        ("functions-of-sst", "sst.config.ts deploys functions with SST, which is not supported"),
        ("sveltekit-on-vercel", "its adapter `@sveltejs/adapter-vercel` builds for Vercel, which no container runs"),
    ] {
        let (dir, output) = init(case, &["--detect"]);
        let said = String::from_utf8_lossy(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(output.status.code(), Some(2), "{case}: {said}");
        assert!(said.contains(wanted), "{case}: {said}");
        assert!(!dir.path().join(".scaffold").exists(), "{case}");
        // the preset has services, and without `--detect` they count
        let (_dir, output) = init(case, &[]);
        assert!(matches!(output.status.code(), Some(0 | 1)), "{case}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// `init --yes` in a copy of a fixture, with a preset for what the folder does not tell.
fn init(case: &str, args: &[&str]) -> (Prepared, Output) {
    let dir = prepared(&root().join("tests/detect").join(case));
    let output = init_in(dir.path(), args);
    (dir, output)
}

fn init_in(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scaffold"));
    command.env_clear().env("LANG", "C.UTF-8").args(["init", "--yes", "--preset", "mongodb-atlas-on-aws"]).args(args);
    command.arg(dir).output().unwrap()
}

#[test]
fn a_second_init_with_findings_has_nothing_left_to_do() {
    let (dir, _) = init("mern", &["--detect", "--set", "rpo=2h"]);
    // what was generated tells more than what was there before
    let output = init_in(dir.path(), &["--detect", "--set", "rpo=2h"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("is up to date"), "{said}");
    let output = init_in(dir.path(), &["--detect", "--set", "rpo=3h"]);
    assert_eq!(output.status.code(), Some(2), "other answers are not the same");
}

#[test]
fn init_takes_findings_only_when_told_to() {
    let (dir, output) = init("mern", &[]);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let answers = fs::read_to_string(dir.path().join(".scaffold/answers.yaml")).unwrap();
    assert!(answers.contains("path: apps/api") && !answers.contains("path: backend"), "{answers}");

    let mine = fs::read(root().join("tests/detect/mern/tree/backend/Dockerfile")).unwrap();
    let (dir, output) = init("mern", &["--detect", "--set", "services.0.port=5001"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let backend = "backend api, node >=20, Express, port 5000, redis, mongodb (backend/package.json)";
    assert!(words.contains(backend), "{said}");
    assert!(words.contains("repository acme/shop (.git/config:5)"), "{said}");
    let answers = fs::read_to_string(dir.path().join(".scaffold/answers.yaml")).unwrap();
    for line in ["name: shop", "repository: acme/shop", "path: backend", "port: 5001", "liveness_path: /healthz"] {
        assert!(answers.contains(line), "{line} is not in {answers}");
    }
    assert!(!answers.contains("path: apps/api"), "{answers}");
    assert_eq!(fs::read(dir.path().join("backend/Dockerfile")).unwrap(), mine, "the owner's file was replaced");
}

#[test]
fn a_database_that_cannot_be_generated_is_said_before_anything_else() {
    let (_dir, output) = init("pnpm-prisma", &["--detect", "--dry-run"]);
    let said = String::from_utf8_lossy(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.contains(
            "uses postgresql, which these answers leave out; take it with `database=postgresql` and `database_hosting=rds` (used by `api`)."
        ) && said.contains(
            "uses nats, which these answers leave out; take it with `broker=nats-in-cluster` or `broker=existing` (used by `api`)."
        ),
        "{said}"
    );
}

/// Two services are built from the top, and its `.dockerignore` was written for one of them.
#[test]
fn a_dockerignore_that_hides_another_service_is_said() {
    let dockerfile =
        |folder: &str| format!("FROM node:24\nCOPY {folder} .\nUSER 1000\nCMD [\"node\", \"server.js\"]\n");
    let package = r#"{"scripts": {"start": "node server.js"}, "dependencies": {"express": "5"}}"#;
    let (api, web) = (dockerfile("api"), dockerfile("web"));
    let files = |ignored: &'static str| {
        found(&[
            (".dockerignore", ignored),
            ("api/Dockerfile", &api),
            ("api/package.json", package),
            ("web/Dockerfile", &web),
            ("web/package.json", package),
        ])
        .1
    };
    let hidden =
        "hides the code of `web` from its image build (line 2); a `web/Dockerfile.dockerignore` takes its place";
    assert_eq!(notes(&files("node_modules\n/web/\n"), ".dockerignore"), [hidden]);
    assert!(notes(&files("*\n!api\n!web\n"), ".dockerignore").is_empty());
    assert!(notes(&files("web/node_modules\n"), ".dockerignore").is_empty());
}

/// A newer runtime does not start what targets an older one.
#[test]
fn a_version_of_dotnet_without_an_image_is_refused() {
    let (_dir, output) = init("dotnet-of-another-version", &["--detect"]);
    let said = String::from_utf8_lossy(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("it targets .NET 6.0") && said.contains("raise `TargetFramework`"), "{said}");
}

#[test]
fn a_variable_that_the_service_gets_anyway_is_no_secret_of_its_own() {
    let (_place, found) = found(&[
        ("api/package.json", r#"{"name": "api", "scripts": {"start": "node x.js"}, "dependencies": {"express": "5"}}"#),
        ("api/.env.example", "MONGODB_URI=\nSESSION_KEY=x\n"),
    ]);
    assert_eq!(found["answers"]["services"]["value"][0]["secrets"], serde_json::json!(["SESSION_KEY"]), "{found}");
}

/// The one service of a folder with an API of Node.js that uses MongoDB, and with these files.
fn api_with(files: &[(&str, &str)]) -> (Value, Value) {
    let package =
        r#"{"name": "api", "scripts": {"start": "node x.js"}, "dependencies": {"express": "5", "mongodb": "7"}}"#;
    let source = "import express from 'express';\nconst app = express();\napp.listen(3000);\n";
    let own = [("api/package.json", package), ("api/server.js", source)];
    let (_place, found) = found(&[&own, files].concat());
    (found["services"][0].clone(), found["answers"]["services"]["value"][0].clone())
}

#[test]
fn variables_become_answers() {
    for (line, field, wanted) in [
        ("MONGO_URL=mongodb://localhost/shop", "variables", r#"{"MONGO_URL": "${database.uri}"}"#),
        ("MONGODB_URI=mongodb://localhost/shop", "variables", "null"),
        ("DATABASE_URL=your-database", "variables", r#"{"DATABASE_URL": "${database.uri}"}"#),
        ("DB_NAME=shop", "variables", r#"{"DB_NAME": "${database.name}"}"#),
        ("DB_HOST=localhost", "variables", "null"),
        ("REDIS_URL=redis://localhost", "secrets", r#"["REDIS_URL"]"#),
        ("JWT_SECRET=x", "secrets", r#"["JWT_SECRET"]"#),
        ("_SECRET=x\nJWT_SECRET=x\n_LIMIT=5", "secrets", r#"["JWT_SECRET"]"#),
        ("JWT_SECRET=", "optional_secrets", r#"["JWT_SECRET"]"#),
        ("# JWT_SECRET=x", "optional_secrets", r#"["JWT_SECRET"]"#),
        ("APP_PORT=3000", "variables", r#"{"APP_PORT": "${port}"}"#),
        ("LISTEN=:3000", "variables", r#"{"LISTEN": ":${port}"}"#),
        ("APP_URL=http://localhost:3000", "variables", r#"{"APP_URL": "${url}"}"#),
        ("LOGIN_REDIRECT=http://localhost:3000/done", "variables", r#"{"LOGIN_REDIRECT": "${url}/done"}"#),
        ("CORS_ORIGIN=http://localhost:5173", "variables", r#"{"CORS_ORIGIN": "${origins}"}"#),
        ("ALLOWED_ORIGINS=http://localhost:5173", "variables", r#"{"ALLOWED_ORIGINS": "${origins}"}"#),
        ("ALLOWED_ORIGINS=[\"http://localhost:5173\"]", "variables", "null"),
        ("PAGE_SIZE=20", "variables", r#"{"PAGE_SIZE": "20"}"#),
        (
            "OPENAI_BASE_URL=https://api.openai.com/v1",
            "variables",
            r#"{"OPENAI_BASE_URL": "https://api.openai.com/v1"}"#,
        ),
        ("APP_DEBUG=true", "variables", r#"{"APP_DEBUG": "false"}"#),
        ("APP_ENV=development", "variables", r#"{"APP_ENV": "production"}"#),
        ("ENVIRONMENT=LOCAL", "variables", "null"),
        ("UPLOADS=./uploads", "variables", "null"),
        ("SENDER=me@example.com", "variables", "null"),
        ("SMTP_HOST=mailpit\nSMTP_USER=me", "variables", "null"),
        (
            "SMTP_HOST=smtp.eu.mailgun.org\nSMTP_PORT=2465",
            "variables",
            r#"{"SMTP_HOST": "smtp.eu.mailgun.org", "SMTP_PORT": "2465"}"#,
        ),
        ("NODE_ENV=development", "variables", "null"),
        ("TEST_DATABASE_URL=mongodb://localhost/test", "variables", "null"),
    ] {
        let (_, answers) = api_with(&[("api/.env.example", line)]);
        assert_eq!(answers[field], serde_json::from_str::<Value>(wanted).unwrap(), "{line}");
    }
}

#[test]
fn what_is_not_known_is_said_once() {
    let (_place, found) = found(&[
        ("api/package.json", r#"{"scripts": {"start": "x"}, "dependencies": {"express": "5", "mongodb": "7"}}"#),
        ("api/.env.example", "UPLOADS=./uploads\nDB_HOST=localhost\nDB_PASS=x\nNODE_ENV=development\n"),
    ]);
    let gaps = found["gaps"].as_array().unwrap().iter();
    let told: Vec<&str> = gaps
        .filter(|gap| gap["found_in"]["file"] == "api/.env.example")
        .filter_map(|gap| gap["message"].as_str())
        .collect();
    assert_eq!(
        told,
        [
            "reads `UPLOADS`, and what it is in production is not known",
            "reads its database from `DB_HOST` and `DB_PASS`, and gets the whole address in `MONGODB_URI`",
        ]
    );
}

#[test]
fn what_the_code_says_counts_more_than_the_sample() {
    let variable = |sample: &str, code: &str| {
        let (service, _) = api_with(&[("api/.env.example", sample), ("api/config.js", code)]);
        let variables = service["variables"].as_array().unwrap();
        variables.iter().find(|one| one["value"]["name"] == "A_KEY").map(|one| one["value"]["required"].clone())
    };
    for (sample, code, required) in [
        ("A_KEY=x", "", true),
        ("A_KEY=", "", false),
        ("A_KEY=x", "process.env.A_KEY ?? ''", false),
        ("A_KEY=", "if (!process.env.A_KEY) throw x", true),
        // a secret in the code is none
        ("", "process.env.A_KEY || 'dev'", true),
        ("", "process.env.A_KEY", true),
        // whoever wrote the sample did without it
        ("B=1", "process.env.A_KEY", false),
    ] {
        assert_eq!(variable(sample, code), Some(Value::from(required)), "{sample} {code}");
    }
}

#[test]
fn a_sample_for_several_services_belongs_to_those_that_read_it() {
    let node = r#"{"scripts": {"start": "x"}, "dependencies": {"express": "5"}}"#;
    let (_place, found) = found(&[
        (".env.example", "A_B=1\nC_D=2\n"),
        ("api/package.json", node),
        ("api/config.js", "process.env.A_B"),
        ("web/package.json", node),
    ]);
    let all: Vec<_> = services(&found).map(|service| service["variables"][0]["value"]["value"].clone()).collect();
    assert_eq!(all, [Value::from("1"), Value::Null]);
    assert_eq!(found["variables"][0]["value"]["name"], "C_D");
    assert_eq!(found["variables"].as_array().unwrap().len(), 1);
}

#[test]
fn what_could_be_a_secret_is_not_shown() {
    let files = [
        (
            "api/.env",
            "PIN=hunter2\nTITLE=Shop\nLOCATOR=https://x.org/?key=abc\nHOOK=https://hooks.slack.com/services/T/B/abc\n",
        ),
        ("api/.env.production", "CODE=hunter2\n"),
        ("api/compose.yaml", "services:\n  api:\n    build: .\n    environment: {COPY: '${API_TOKEN}'}\n"),
        ("api/Dockerfile", "FROM node:24\nEXPOSE 3000\nCMD [\"node\", \"x.js\"]\n"),
        ("api/.env.example", "API_TOKEN=hunter2\nOTHER=x${API_TOKEN}\nID=4f3c2a1b0d9e8f7a6b5c4d3e2f1a0b9c\n"),
    ];
    let (service, answers) = api_with(&files);
    let text = format!("{service} {answers}");
    for hidden in ["hunter2", "key=abc", "B/abc", "4f3c2a1b"] {
        assert!(!text.contains(hidden), "{hidden} in {text}");
    }
    assert_eq!(answers["variables"]["TITLE"], "Shop");
}
