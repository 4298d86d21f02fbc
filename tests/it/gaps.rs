//! What the code of services lacks: at the end of `init`, in `status`, in `detect`, each with its place and the smallest change.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::scene::{program, put, said};

const SERVER: &str = "import Fastify from 'fastify'\nconst app = Fastify()\napp.get('/healthz', async () => 'ok')\n\
                      await app.listen({ port: 8080 })\n";
const PACKAGE: &str = r#"{"scripts": {"start": "node server.js"}, "dependencies": {"fastify": "5", "mongodb": "7"}}"#;

/// A repository with these files of a service `api` in `apps/api`, and what `init` said at the end.
struct Shop(TempDir, String);

impl Shop {
    fn new(files: &[(&str, &str)], sets: &[&str]) -> Self {
        let temp = tempfile::tempdir().unwrap();
        for (file, text) in files {
            put(temp.path(), &format!("project/apps/api/{file}"), text, 0o644);
        }
        let init = ["init", "project", "--yes", "--preset", "mongodb-atlas-on-aws"];
        let sets = sets.iter().flat_map(|set| ["--set", *set]);
        let output = program(temp.path()).args(init).args(sets).output().unwrap();
        let text = said(&output);
        assert!(output.status.success(), "{text}");
        Self(temp, text)
    }

    fn put(&self, file: &str, text: &str) {
        put(self.0.path(), &format!("project/apps/api/{file}"), text, 0o644);
    }

    fn status(&self, args: &[&str]) -> String {
        let output = program(self.0.path()).args(["status", "project"]).args(args).output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Kind, place, message and code of each gap.
    fn gaps(&self) -> Vec<(String, String, String, Option<String>)> {
        gaps(&serde_json::from_str(&self.status(&["--format", "json"])).unwrap())
    }
}

fn gaps(data: &Value) -> Vec<(String, String, String, Option<String>)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let place = |found: &Value| match found["line"].as_u64() {
        Some(line) => format!("{}:{line}", text(&found["file"])),
        None => text(&found["file"]),
    };
    let list = data["gaps"].as_array().cloned().unwrap_or_default();
    list.iter()
        .map(|gap| {
            assert!(!text(&gap["change"]).is_empty(), "{gap}");
            let code = gap["code"].as_str().map(str::to_owned);
            (text(&gap["kind"]), place(&gap["found_in"]), text(&gap["message"]), code)
        })
        .collect()
}

#[test]
fn init_and_status_say_what_is_missing_and_how_to_mend_it() {
    let shop = Shop::new(&[("server.js", SERVER), ("package.json", PACKAGE)], &["services.api.start=node server.js"]);
    let status = shop.status(&[]);
    let at = status.find("What the code still lacks:").unwrap();
    insta::assert_snapshot!(&status[at..], @r#"
    What the code still lacks:
      api has no `apps/api/package-lock.json`, from which its image installs exact
        versions (apps/api/package.json)
        Commit what `npm install --package-lock-only` writes in its folder.
      api listens on localhost, the default of Fastify, which only its own
        container reaches (apps/api/server.js:4)
        Add `host: '0.0.0.0'` beside the port that `listen` gets.
      api has no route `/readyz`, by which the cluster asks whether it can take
        requests (apps/api/server.js:4)
        Add one that answers 200, beside the other routes, or have the cluster ask
          another one.
          scaffold update project --set services.api.readiness_path=/healthz
          app.get('/readyz', async () => 'ok')
      api never reads `MONGODB_URI`, the address of its database
        (apps/api/package.json)
        Read it where it connects, or name the variable that it reads, in place of
          NAME.
          scaffold update project --set 'services.api.variables.NAME=${database.uri}'
          process.env.MONGODB_URI
    "#);
    let lacking =
        |text: &str| text.split_once("What the code still lacks:").map(|(_, rest)| rest.trim().to_owned()).unwrap();
    assert_eq!(lacking(&shop.1), lacking(&status));
    // mended, it is said no more, also where the last reply was kept
    sleep(Duration::from_millis(150));
    shop.status(&[]);
    shop.put("package-lock.json", "{}");
    shop.put("routes.js", "app.get('/readyz', ok)\nconnect(process.env.MONGODB_URI)\n");
    shop.put("server.js", &SERVER.replace("port: 8080", "port: 8080, host: '::'"));
    assert!(!shop.status(&[]).contains("still lacks"), "{}", shop.status(&[]));
    assert_eq!(shop.gaps(), []);
    // and a new variable of the code is one that no answer gives
    sleep(Duration::from_millis(150));
    shop.status(&[]);
    shop.put(".env.example", "MAIL_TOKEN=change-me\nAPP_URL=http://localhost:3000\n");
    let status = shop.status(&[]);
    let told: String = status.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        told.contains("api reads `MAIL_TOKEN` and `APP_URL`, which no answer gives (apps/api/.env.example:1)"),
        "{told}"
    );
    for set in ["'services.api.secrets=[SESSION_KEY, MAIL_TOKEN]'", "'services.api.variables.APP_URL=${url}'"] {
        assert!(status.contains(&format!("\n      scaffold update project --set {set}\n")), "{status}");
    }
    // the commands do what they say
    let update = ["update", "project", "--yes", "--set", "services.api.secrets=[SESSION_KEY, MAIL_TOKEN]"];
    let update =
        program(shop.0.path()).args(update).args(["--set", "services.api.variables.APP_URL=${url}"]).output().unwrap();
    assert!(update.status.success(), "{}", said(&update));
    assert_eq!(shop.gaps(), []);
}

/// A name that no code reads gives the address to nothing.
#[test]
fn a_command_that_is_copied_with_its_placeholder_closes_no_gap() {
    let files = [("main.py", "MongoClient(os.environ['ELSEWHERE'])\n"), ("requirements.txt", "flask\npymongo==4.10\n")];
    let sets = [
        "services.api.language=python",
        "services.api.start=python main.py",
        "services.api.variables.NAME=${database.uri}",
    ];
    let messages: Vec<String> = Shop::new(&files, &sets).gaps().into_iter().map(|(_, _, message, _)| message).collect();
    assert!(messages.contains(&"never reads `NAME`, the address of its database".to_owned()), "{messages:?}");
}

/// What every service gets is no variable that only people know.
#[test]
fn what_is_given_is_not_asked_for() {
    let files = [
        ("main.py", "os.environ['CORS_ORIGINS'].split(',')\nos.environ['PORT']\nos.environ['MONGODB_URI']\n"),
        ("requirements.txt", "flask\n"),
    ];
    let sets = ["services.api.language=python", "services.api.start=python main.py"];
    let sets = [sets.as_slice(), &["services.api.probe=tcp"]].concat();
    assert_eq!(Shop::new(&files, &sets).gaps(), []);
}

/// What is generated names the routes and variables itself, and is no code.
#[test]
fn a_cache_that_is_made_for_no_one_is_said_where_the_code_talks_to_it() {
    let package = r#"{"scripts": {"start": "node server.js"}, "dependencies": {"fastify": "5", "ioredis": "5"}}"#;
    let files = [("server.js", SERVER), ("package.json", package), (".env.example", "REDIS_URL=redis://localhost\n")];
    let kept = [
        "cache=elasticache",
        "cache_holds=cache",
        "services.api.start=node server.js",
        "services.api.secrets=[JWT_KEY, REDIS_URL]",
        "services.api.egress_ports=[587, 6379]",
    ];
    let shop = Shop::new(&files, &kept);
    let about = |shop: &Shop| {
        let gaps: Value = serde_json::from_str(&shop.status(&["--format", "json"])).unwrap();
        gaps["gaps"].as_array().unwrap().iter().find(|gap| gap["kind"] == "store").cloned()
    };
    let gap = about(&shop).unwrap();
    assert_eq!(gap["message"], "connects by `ioredis`, and no service uses the cache of the answers");
    let command = gap["commands"][0].as_str().unwrap();
    assert_eq!(
        command,
        "scaffold update project --set services.api.cache=true --set 'services.api.secrets=[JWT_KEY]' \
         --set 'services.api.variables.REDIS_URL=${cache.url}' --set 'services.api.egress_ports=[587]'"
    );
    assert!(
        shop.1.split_whitespace().collect::<Vec<_>>().join(" ").contains("no service uses the cache"),
        "{}",
        shop.1
    );
    let args = command.strip_prefix("scaffold ").unwrap().replace('\'', "");
    let args = args.split(" --set ").flat_map(|part| ["--set", part]).skip(1);
    let update = args.flat_map(|part| if part.starts_with("update") { part.split(' ').collect() } else { vec![part] });
    let output = program(shop.0.path()).args(update).arg("--yes").output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(about(&shop), None);
}

#[test]
fn generated_files_close_no_gap() {
    let files =
        [("server.js", "app.listen(8080, '0.0.0.0')\n"), ("package.json", PACKAGE), ("package-lock.json", "{}")];
    let temp = tempfile::tempdir().unwrap();
    for (file, text) in files {
        put(temp.path(), &format!("project/{file}"), text, 0o644);
    }
    let init = ["init", "project", "--yes", "--preset", "mongodb-atlas-on-aws"];
    let service = r#"services=[{"name": "api", "kind": "api", "path": ".", "start": "node server.js"}]"#;
    let output = program(temp.path()).args(init).args(["--set", service]).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let status = program(temp.path()).args(["status", "project", "--format", "json"]).output().unwrap();
    let kinds: Vec<String> =
        gaps(&serde_json::from_slice(&status.stdout).unwrap()).into_iter().map(|(kind, ..)| kind).collect();
    assert_eq!(kinds, ["route", "route", "variable"]);
}

#[test]
fn nothing_is_said_of_a_service_without_code() {
    let temp = tempfile::tempdir().unwrap();
    let init = ["init", "project", "--yes", "--preset", "mongodb-atlas-on-aws"];
    let output = program(temp.path()).args(init).output().unwrap();
    assert!(!said(&output).contains("still lacks"));
    let status = program(temp.path()).args(["status", "project"]).output().unwrap();
    assert!(!said(&status).contains("still lacks"), "{}", said(&status));
}

/// Files, answers, and of a gap its kind, place, message and code.
type Case<'c> = (&'c [(&'c str, &'c str)], &'c [&'c str], &'c str, &'c str, &'c str, Option<&'c str>);

/// Of each kind, with the code that closes it in the language of the service.
#[test]
fn each_kind_has_its_place_and_its_change() {
    let python = ["services.api.language=python", "services.api.package_manager=pip"];
    let cases: [Case<'_>; 14] = [
        (
            &[
                ("main.py", "app = FastAPI()\n@app.get('/healthz')\nuvicorn\n"),
                ("requirements.txt", "fastapi==0.116\nuvicorn\npymongo\n"),
            ],
            &["services.api.start=uvicorn main:app"],
            "route",
            "apps/api/main.py",
            "has no route `/readyz`, by which the cluster asks whether it can take requests",
            Some("@app.get(\"/readyz\")\ndef readyz():\n    return \"ok\""),
        ),
        (
            &[("main.py", "x\n"), ("requirements.txt", "fastapi==0.116\n")],
            &["services.api.start=gunicorn main:app"],
            "start",
            "apps/api/requirements.txt",
            "is started with `gunicorn main:app`, and `gunicorn` is not among its packages",
            None,
        ),
        (
            &[("main.py", "app.run(host='127.0.0.1', port=8080)\n"), ("requirements.txt", "flask==3\n")],
            &["services.api.start=python main.py"],
            "listen",
            "apps/api/main.py:1",
            "listens on `127.0.0.1`, which only its own container reaches",
            None,
        ),
        (
            &[
                ("main.py", "client = MongoClient('mongodb://localhost:27017/shop')\n"),
                ("requirements.txt", "pymongo\nflask\n"),
            ],
            &["services.api.start=python main.py"],
            "address",
            "apps/api/main.py:1",
            "connects to `mongodb://localhost:27017`, an address of the machine of a developer",
            None,
        ),
        (
            &[
                ("main.py", "CORSMiddleware(allow_origins=['http://localhost:5173'])\n"),
                ("requirements.txt", "fastapi\n"),
            ],
            &["services.api.start=python main.py"],
            "origin",
            "apps/api/main.py:1",
            "lets browsers call it from `http://localhost:5173` only",
            Some("os.environ[\"CORS_ORIGINS\"].split(\",\")"),
        ),
        (
            &[("main.py", "x\n"), ("pyproject.toml", "[project]\nname = 'api'\n")],
            &["services.api.start=python main.py"],
            "lock",
            "apps/api/requirements.txt",
            "has no `apps/api/requirements.txt`, from which its image installs exact versions",
            None,
        ),
        (
            &[("server.js", "x\n"), ("package.json", r#"{"main": "server.js", "dependencies": {"express": "5"}}"#)],
            &["services.api.language=node", "services.api.package_manager=npm", "services.api.start=npm run serve"],
            "start",
            "apps/api/package.json",
            "is started with `npm run serve`, and its `package.json` has no script `serve`",
            Some("\"serve\": \"node server.js\""),
        ),
        (
            &[
                ("main.py", "import os\nos.environ['UPLOAD_DIR']\n"),
                ("requirements.txt", "flask\n"),
                (".env.example", "UPLOAD_DIR=./uploads\n"),
            ],
            &["services.api.start=python main.py"],
            "variable",
            "apps/api/.env.example:1",
            "reads `UPLOAD_DIR`, and what it is in production is not known",
            None,
        ),
        (
            &[("main.py", "MongoClient(os.environ['ELSEWHERE'])\n"), ("requirements.txt", "flask\npymongo==4.10\n")],
            &["services.api.start=python main.py"],
            "variable",
            "apps/api/requirements.txt:2",
            "never reads `MONGODB_URI`, the address of its database",
            Some("os.environ[\"MONGODB_URI\"]"),
        ),
        (
            &[("main.py", "app = Flask(__name__)\napp.run(port=8080)\n"), ("requirements.txt", "flask==3\n")],
            &["services.api.start=python main.py"],
            "listen",
            "apps/api/main.py:2",
            "listens on localhost, the default of Flask, which only its own container reaches",
            None,
        ),
        (
            &[("src/main/resources/application.yml", "server:\n  address: 127.0.0.1\n"), ("pom.xml", "<project/>")],
            &["services.api.language=java_maven"],
            "listen",
            "apps/api/src/main/resources/application.yml:2",
            "listens on `127.0.0.1`, which only its own container reaches",
            None,
        ),
        (
            &[("src/main/java/App.java", "x\n"), ("pom.xml", "<project/>")],
            &["services.api.language=java_maven"],
            "lock",
            "apps/api/pom.xml",
            "has no `apps/api/mvnw`, which builds it in the image",
            None,
        ),
        (
            &[
                ("main.go", "mux := http.NewServeMux()\nhttp.ListenAndServe(\":8080\", mux)\n"),
                ("go.mod", "module api\n"),
            ],
            &["services.api.language=go"],
            "route",
            "apps/api/main.go:2",
            "has no route `/readyz`, by which the cluster asks whether it can take requests",
            Some(
                "mux.HandleFunc(\"/readyz\", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })",
            ),
        ),
        // in a source in which detection does not look
        (
            &[
                ("main.py", "x\n"),
                ("routers/auth.py", "KEY = os.environ[\"JWT_SECRET\"]\n"),
                ("requirements.txt", "flask\n"),
            ],
            &["services.api.start=python main.py"],
            "variable",
            "apps/api/routers/auth.py:1",
            "reads `JWT_SECRET`, which no answer gives",
            None,
        ),
    ];
    for (files, sets, kind, place, message, code) in cases {
        let is_python = !sets[0].contains("language=");
        let sets: Vec<&str> = python.iter().copied().filter(|_| is_python).chain(sets.iter().copied()).collect();
        let shop = Shop::new(files, &sets);
        let found = shop.gaps();
        let wanted = (kind.to_owned(), place.to_owned(), message.to_owned(), code.map(str::to_owned));
        assert!(found.contains(&wanted), "{wanted:?}\n{found:#?}");
    }
}

#[test]
fn detect_uses_the_same_checks() {
    let temp = tempfile::tempdir().unwrap();
    put(temp.path(), "api/server.js", "app.listen(3000, '127.0.0.1')\n", 0o644);
    put(temp.path(), "api/package.json", r#"{"main": "server.js", "dependencies": {"express": "5"}}"#, 0o644);
    let detect = |format: &str| {
        let output = program(temp.path()).args(["detect", "api", "--format", format]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let found = gaps(&serde_json::from_str(&detect("json")).unwrap());
    let kinds: Vec<(&str, &str)> = found.iter().map(|(kind, place, ..)| (kind.as_str(), place.as_str())).collect();
    assert_eq!(kinds, [("lock", "package.json"), ("listen", "server.js:1")]);
    assert!(
        detect("human").contains("What the code still lacks\n  api has no `package-lock.json`"),
        "{}",
        detect("human")
    );
    // what only looks like a source of the program
    fs::rename(temp.path().join("api/server.js"), temp.path().join("api/server.test.js")).unwrap();
    put(temp.path(), "api/server.js", "app.listen(3000, () => log('http://localhost:3000'))\n", 0o644);
    put(temp.path(), "api/package-lock.json", "{}", 0o644);
    assert!(gaps(&serde_json::from_str(&detect("json")).unwrap()).is_empty(), "{}", detect("human"));
}

/// Each file is read once, so that the bound on what is read leaves nothing out that would then count as missing.
#[test]
fn a_large_program_lacks_nothing_that_it_has() {
    let temp = tempfile::tempdir().unwrap();
    let filler = "const x = 1\n".repeat(70_000);
    for i in 0..20 {
        put(temp.path(), &format!("project/apps/api/part{i}.js"), &filler, 0o644);
    }
    let last = "app.get('/healthz', ok)\napp.get('/readyz', ok)\nconnect(process.env.MONGODB_URI)\n";
    put(temp.path(), "project/apps/api/z.js", last, 0o644);
    put(temp.path(), "project/apps/api/package.json", PACKAGE, 0o644);
    put(temp.path(), "project/apps/api/package-lock.json", "{}", 0o644);
    let init =
        ["init", "project", "--yes", "--preset", "mongodb-atlas-on-aws", "--set", "services.api.start=node z.js"];
    let output = program(temp.path()).args(init).output().unwrap();
    assert!(!said(&output).contains("still lacks"), "{}", said(&output));
}

/// Where more is there than is read, what is missing may be in the rest.
#[test]
fn what_is_missing_is_not_said_of_what_was_not_read() {
    let temp = tempfile::tempdir().unwrap();
    let filler = "const x = 1\n".repeat(80_000);
    for i in 0..75 {
        put(temp.path(), &format!("project/apps/api/part{i}.js"), &filler, 0o644);
    }
    put(temp.path(), "project/apps/api/package.json", PACKAGE, 0o644);
    let init =
        ["init", "project", "--yes", "--preset", "mongodb-atlas-on-aws", "--set", "services.api.start=node z.js"];
    let said = said(&program(temp.path()).args(init).output().unwrap());
    assert!(said.contains("has no `apps/api/package-lock.json`"), "{said}");
    assert!(!said.contains("no route") && !said.contains("never reads"), "{said}");
    let told = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("has more code than is read: whether it lacks a route or a variable is not told"), "{told}");
}

#[test]
fn a_lock_file_that_git_ignores_is_missing() {
    let files = [
        ("server.js", SERVER),
        ("package.json", PACKAGE),
        ("package-lock.json", "{}"),
        (".gitignore", "package-lock.json\n"),
    ];
    let kinds: Vec<String> = Shop::new(&files, &[]).gaps().into_iter().map(|(kind, ..)| kind).collect();
    assert!(kinds.contains(&"lock".to_owned()), "{kinds:?}");
}

/// What is printed can be read by others, and what stands in code can be a password.
#[test]
fn passwords_in_addresses_are_not_shown() {
    let source = "new Pool('postgres://admin:hunter2@localhost:5432/shop')\nconnect(`mongodb://${host}/shop`)\n";
    let shop = Shop::new(&[("db.js", source), ("package.json", PACKAGE), ("package-lock.json", "{}")], &[]);
    let status = shop.status(&[]);
    assert!(status.contains("connects to `postgres://localhost:5432`") && !status.contains("hunter2"), "{status}");
    // the name of a compose file, and not the name of a variable
    let source =
        "connect(`redis://${host}:6379`)\nconnect('mongodb://user:' + secret)\nnew Client('postgres://db/shop')\n";
    let shop = Shop::new(&[("db.js", source), ("package.json", PACKAGE), ("package-lock.json", "{}")], &[]);
    let found: Vec<String> =
        shop.gaps().into_iter().filter(|(kind, ..)| kind == "address").map(|(_, _, message, _)| message).collect();
    assert_eq!(found, ["connects to `postgres://db`, an address of the machine of a developer"]);
}
