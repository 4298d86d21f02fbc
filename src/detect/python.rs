//! pyproject.toml, Pipfile, setup.cfg and requirements.txt, and how a program in Python is started.

use configparser::ini::Ini;
use indexmap::IndexMap;
use toml::{Table, Value};

use super::compose::inside;
use super::finding::{Finding, Location};
use super::libraries;
use super::lines::Lines;
use super::node;
use super::service::{Command, Language, Service, Services};
use super::tokens::{Comments, tokens};
use super::walk::Files;
use super::wanted::is_requirements;
use crate::text::path;

/// Packages that are commands; see [`add`].
const TOOLS: [&str; 6] = ["flake8", "mypy", "pyright", "pytest", "pytest-cov", "ruff"];

/// Packages that start a program.
const SERVERS: [&str; 7] = ["daphne", "granian", "gunicorn", "hypercorn", "streamlit", "uvicorn", "waitress"];

/// The packages that tell something, and where each is required first.
type Required = IndexMap<String, Location>;

/// Reads every Python project.
pub fn detect(files: &Files, services: &mut Services) {
    for file in files.named("pyproject.toml") {
        let Some(table) = parsed(files, file) else { continue };
        pyproject(files, services, file, &table.0, &table.1);
    }
    for file in files.named("Pipfile") {
        let Some((text, table)) = parsed(files, file) else { continue };
        let service = services.of_manifest(&Location::new(file, None), Language::Python, None);
        let lines = Lines::of_keys(file, &text);
        let wanted = |key: &str| Some((table.get("requires")?.get(key)?.as_str()?.to_owned(), lines.place(key)));
        if let Some((version, place)) = wanted("python_full_version").or_else(|| wanted("python_version")) {
            service.version.get_or_insert_with(|| Finding::new(version, place));
        }
        let mut required = Required::new();
        for list in ["packages", "dev-packages"].iter().filter_map(|list| table.get(*list)?.as_table()) {
            keys(&mut required, &lines, list);
        }
        locked(files, service, &[("Pipfile.lock", "pipenv")]);
        add(files, service, &required);
    }
    for file in files.named("setup.cfg") {
        let Some(text) = files.text(file) else { continue };
        setup(files, services, file, &text);
    }
    let lists = files.paths().filter(|path| path::name(path).ends_with(".txt") && is_requirements(path));
    let mut folders: Vec<&str> = lists.map(folder_of_list).collect();
    folders.sort_unstable();
    folders.dedup();
    for folder in folders {
        let names =
            ["requirements.txt", "requirements/production.txt", "requirements/prod.txt", "requirements/base.txt"];
        let mut lists = names.iter().map(|name| path::join(folder, name));
        let Some(list) = lists.find(|list| files.has(list)) else { continue };
        let (mut required, mut seen) = (Required::new(), Vec::new());
        requirements(files, &list, &mut required, &mut seen);
        let service = services.of_manifest_in(folder, &Location::new(&list, None), Language::Python, None);
        add(files, service, &required);
    }
    // a program without any list of packages
    for file in files.paths().filter(|file| ENTRIES.contains(file)) {
        let nothing = services.0.get("").is_none_or(|service| service.manifest.is_none());
        if nothing && file.ends_with(".py") {
            services.of_manifest(&Location::new(file, None), Language::Python, None);
        }
    }
    for service in services.0.values_mut() {
        if service.language.as_ref().is_some_and(|language| language.value == Language::Python) {
            start(files, service);
        }
    }
}

/// Sources in which programs begin, the best first.
const ENTRIES: [&str; 12] = [
    "main.py",
    "app.py",
    "server.py",
    "run.py",
    "wsgi.py",
    "asgi.py",
    "start.py",
    "bot.py",
    "hello.py",
    "app/main.py",
    "src/main.py",
    "app/__init__.py",
];

/// The folder of the program that a list of packages belongs to.
fn folder_of_list(list: &str) -> &str {
    let folder = path::parent(list);
    if path::name(folder) == "requirements" { path::parent(folder) } else { folder }
}

/// Lists of packages that one list may include.
const MAX_LISTS: usize = 20;

/// Reads a list of packages and those that it includes with `-r`.
fn requirements(files: &Files, file: &str, required: &mut Required, seen: &mut Vec<String>) {
    if seen.len() == MAX_LISTS || seen.iter().any(|one| one == file) {
        return;
    }
    seen.push(file.to_owned());
    let Some(text) = files.text(file) else { return };
    for (i, line) in text.lines().enumerate() {
        let line = line.trim();
        let included = line.strip_prefix("--requirement").or_else(|| line.strip_prefix("-r"));
        if let Some(included) = included {
            let included = included.trim_start_matches('=').split_whitespace().next().unwrap_or_default();
            if let Some(list) = inside(path::parent(file), included).filter(|list| files.has(list)) {
                requirements(files, &list, required, seen);
            }
        } else if let Some(name) = name(line) {
            extras(line, required, &Location::new(file, Some(i + 1)));
            require(required, name, || Location::new(file, Some(i + 1)));
        }
    }
}

/// `celery[redis]` brings the client of its broker.
fn extras(requirement: &str, required: &mut Required, place: &Location) {
    let list = requirement.split_once('[').and_then(|(_, rest)| rest.split_once(']')).map(|(list, _)| list);
    let known = [("redis", "redis"), ("mongodb", "pymongo"), ("standard", "uvicorn"), ("postgres", "psycopg")];
    for extra in list.into_iter().flat_map(|list| list.split(',')).map(str::trim) {
        let brings = known.iter().find(|(name, _)| *name == extra);
        let is_server = extra != "standard" || requirement.to_ascii_lowercase().starts_with("fastapi");
        if let Some((_, name)) = brings.filter(|_| is_server) {
            require(required, (*name).to_owned(), || place.clone());
        }
    }
}

/// `install_requires` of a setup.cfg.
fn setup(files: &Files, services: &mut Services, file: &str, text: &str) {
    let mut config = Ini::new_cs();
    config.set_multiline(true);
    if config.read(text.to_owned()).is_err() {
        files.note(file, "cannot be parsed");
        return;
    }
    // one that only configures tools is no project
    let Some(list) = config.get("options", "install_requires") else { return };
    let lines = Lines::of_keys(file, text);
    let called = config.get("metadata", "name");
    let service = services.of_manifest(&lines.place("name"), Language::Python, called.as_deref());
    if let Some(version) = config.get("options", "python_requires") {
        service.version.get_or_insert_with(|| Finding::new(version, lines.place("python_requires")));
    }
    let mut required = Required::new();
    for name in list.lines().filter_map(name) {
        require(&mut required, name, || lines.place("install_requires"));
    }
    add(files, service, &required);
}

/// How a program is started, by its server among the packages and its source.
fn start(files: &Files, service: &mut Service) {
    let below = |name: &str| path::join(&service.path, name);
    let entry = ENTRIES.iter().map(|name| below(name)).find(|file| files.has(file));
    // `shop/main.py` and `src/shop/main.py`, where a framework serves
    let packaged = || {
        let inner = |file: &&str| {
            let rest = file.strip_prefix(&service.path)?.trim_start_matches('/');
            let rest = rest.strip_prefix("src/").unwrap_or(rest);
            let (package, name) = rest.split_once('/')?;
            (!package.is_empty() && matches!(name, "main.py" | "app.py" | "server.py" | "asgi.py")).then_some(())
        };
        files.paths().find(|file| inner(file).is_some()).map(str::to_owned)
    };
    let entry = entry.or_else(|| packaged().filter(|_| !service.frameworks.is_empty()));
    let manage = Some(below("manage.py")).filter(|file| files.has(file));
    let is = |label: &str| service.frameworks.iter().any(|framework| framework.value == label);
    let has = |tool: &str| service.tools.iter().find(|(name, _)| name == tool).map(|(_, place)| place.clone());
    let mut found: Option<(String, Location)> = None;
    if is("Django") || is("Wagtail") {
        let names = |name: &str| {
            let ends = format!("/{name}");
            let prefix = if service.path.is_empty() { String::new() } else { format!("{}/", service.path) };
            let module = |file: &str| {
                let rest = file.strip_prefix(&prefix)?.strip_suffix(".py")?;
                let levels = rest.matches('/').count();
                (file.ends_with(&ends) && (1..=2).contains(&levels)).then(|| rest.replace('/', "."))
            };
            files.paths().find_map(module)
        };
        let settings = manage.as_ref().and_then(|file| settings_package(&files.text(file)?));
        let module = |kind: &str| {
            names(&format!("{kind}.py")).or_else(|| settings.clone().map(|package| format!("{package}.{kind}")))
        };
        if let (Some(place), Some(module)) = (has("gunicorn"), module("wsgi")) {
            found = Some((format!("gunicorn --bind 0.0.0.0:8000 {module}"), place));
        } else if let (Some(place), Some(module)) = (has("uvicorn"), module("asgi")) {
            found = Some((format!("uvicorn --host 0.0.0.0 --port 8000 {module}:application"), place));
        } else if let (Some(place), Some(module)) = (has("daphne"), module("asgi")) {
            found = Some((format!("daphne -b 0.0.0.0 -p 8000 {module}:application"), place));
        } else if let (Some(place), Some(module)) = (has("waitress"), module("wsgi")) {
            found = Some((format!("waitress-serve --listen=0.0.0.0:8000 {module}:application"), place));
        }
    } else if let Some(file) = &entry {
        let text = files.text(file).unwrap_or_default();
        let tokens = tokens(&text, Comments::Hash);
        let module = file.strip_prefix(&service.path).unwrap_or(file).trim_start_matches('/');
        let module = if ENTRIES.contains(&module) { module } else { module.trim_start_matches("src/") };
        let module = module.trim_end_matches(".py").trim_end_matches("/__init__").replace('/', ".");
        let runs_itself = tokens.windows(3).any(|window| {
            matches!(window, [object, dot, run] if object.word().is_some() && dot.is_sign('.') && run.is_word("run"))
                && !window[0].is_word("asyncio")
                && !window[0].is_word("subprocess")
        });
        let made =
            ["FastAPI", "Flask", "Starlette", "Litestar", "Quart", "Sanic", "FastHTML", "Bottle", "Falcon", "App"];
        let object = tokens.windows(3).find_map(|window| match window {
            [name, equals, class] if equals.is_sign('=') && class.word().is_some_and(|class| made.contains(&class)) => {
                name.word()
            }
            _ => None,
        });
        let factory = tokens.windows(2).any(|window| window[0].is_word("def") && window[1].is_word("create_app"));
        let asgi =
            ["FastAPI", "Starlette", "Litestar", "Quart", "FastHTML", "BlackSheep"].iter().any(|label| is(label));
        let wsgi = ["Flask", "Bottle", "Falcon", "Dash", "Pyramid"].iter().any(|label| is(label));
        let object = object.or((is("FastHTML") || !factory).then_some("app"));
        if let Some(place) = has("streamlit").filter(|_| is("Streamlit")) {
            let file = module.replace('.', "/");
            found = Some((format!("streamlit run {file}.py --server.address 0.0.0.0 --server.port 8501"), place));
        } else if let (Some(place), Some(object)) = (has("gunicorn").filter(|_| wsgi), object) {
            found = Some((format!("gunicorn --bind 0.0.0.0:8000 {module}:{object}"), place));
        } else if let Some(place) = has("gunicorn").filter(|_| wsgi) {
            found = Some((format!("gunicorn --bind 0.0.0.0:8000 '{module}:create_app()'"), place));
        } else if let (Some(place), Some(object)) = (has("waitress").filter(|_| wsgi), object) {
            found = Some((format!("waitress-serve --listen=0.0.0.0:8000 {module}:{object}"), place));
        } else if let (Some(place), Some(object)) = (has("uvicorn").filter(|_| asgi), object) {
            found = Some((format!("uvicorn --host 0.0.0.0 --port 8000 {module}:{object}"), place));
        } else if let (Some(place), Some(object)) = (has("hypercorn").filter(|_| asgi), object) {
            found = Some((format!("hypercorn --bind 0.0.0.0:8000 {module}:{object}"), place));
        } else if is("Flask") && !runs_itself {
            // only its server for development would start it
        } else if !module.ends_with("__init__") && !file.ends_with("/__init__.py") {
            let file = file.strip_prefix(&service.path).unwrap_or(file).trim_start_matches('/');
            found = Some((format!("python {file}"), Location::new(&path::join(&service.path, file), None)));
        }
    }
    if let Some((command, place)) = found {
        if let Some(port) = super::node::port(&command) {
            service.port.get_or_insert_with(|| Finding::new(port, place.clone()));
        }
        service.command(Command::Start, command, place);
    }
    service.entry = entry.or(manage).or_else(|| service.script.as_ref().map(|(_, place)| place.file.clone()));
    if let Some((script, place)) = service.script.clone() {
        service.command(Command::Start, script, place);
    }
}

/// Django puts the files of all its parts into one folder, from which it serves them; its settings need their secret key for it.
fn collects(files: &Files, service: &mut Service) {
    let below = |file: &&str| file.strip_prefix(service.path.as_str()).is_some() && file.contains("settings");
    let is_django = service.frameworks.iter().any(|framework| matches!(framework.value, "Django" | "Wagtail"));
    if !is_django || !files.has(&path::join(&service.path, "manage.py")) {
        return;
    }
    let settings: Vec<String> =
        files.paths().filter(below).filter(|file| file.ends_with(".py")).map(str::to_owned).collect();
    let texts: Vec<(String, String)> =
        settings.into_iter().filter_map(|file| files.text(&file).map(|text| (file, text))).collect();
    let collected = texts.iter().find_map(|(file, text)| {
        let line = text.lines().position(|line| line.trim_start().starts_with("STATIC_ROOT"))?;
        Some(Location::new(file, Some(line + 1)))
    });
    let wants_key = texts.iter().any(|(_, text)| {
        let mut lines = text.lines().map(str::trim_start);
        lines.any(|line| {
            line.starts_with("SECRET_KEY")
                && line.contains(['(', '['])
                && line.contains("SECRET_KEY\"") | line.contains("SECRET_KEY'")
        })
    });
    if let Some(place) = collected {
        let key = if wants_key { "SECRET_KEY=unused " } else { "" };
        service.command(Command::Build, format!("{key}python manage.py collectstatic --no-input"), place);
    }
}

/// The package of the settings that manage.py names: `shop` of `shop.settings`, `config` of `config.settings.prod`.
fn settings_package(text: &str) -> Option<String> {
    let tokens = tokens(text, Comments::Hash);
    let at = tokens.iter().position(|token| token.text() == Some("DJANGO_SETTINGS_MODULE"))?;
    let (package, _) = tokens.get(at + 2)?.text()?.split_once(".settings")?;
    Some(package.to_owned())
}

/// Adds a package unless it tells nothing or is known.
fn require(required: &mut Required, name: String, place: impl FnOnce() -> Location) {
    let known = TOOLS.contains(&name.as_str()) || SERVERS.contains(&name.as_str());
    if known || libraries::knows(Language::Python, &name) {
        required.entry(name).or_insert_with(place);
    }
}

fn parsed(files: &Files, file: &str) -> Option<(String, Table)> {
    let text = files.text(file)?;
    match text.parse::<Table>() {
        Ok(table) => Some((text, table)),
        Err(error) => {
            let line =
                error.span().and_then(|span| text.get(..span.start)).map(|before| before.matches('\n').count() + 1);
            files.note(file, line.map_or("is not TOML".into(), |line| format!("is not TOML (line {line})")));
            None
        }
    }
}

fn pyproject(files: &Files, services: &mut Services, file: &str, text: &str, table: &Table) {
    let at = |keys: &[&str]| {
        keys.iter()
            .try_fold(None, |found: Option<&Value>, key| {
                Some(Some(match found {
                    None => table.get(*key)?,
                    Some(value) => value.get(key)?,
                }))
            })
            .flatten()
    };
    let poetry = at(&["tool", "poetry"]);
    // one that only configures tools is no project
    if at(&["project"]).is_none() && poetry.is_none() {
        return;
    }
    let named = at(&["project", "name"]).or_else(|| poetry?.get("name")).and_then(Value::as_str);
    let lines = Lines::of_keys(file, text);
    let service = services.of_manifest(&lines.place("name"), Language::Python, named);
    let wanted = at(&["project", "requires-python"]).map(|v| (v, "requires-python"));
    let wanted = wanted.or_else(|| Some((at(&["tool", "poetry", "dependencies", "python"])?, "python")));
    if let Some((version, key)) = wanted.and_then(|(version, key)| Some((version.as_str()?, key))) {
        service.version = Some(Finding::new(version.to_owned(), lines.place(key)));
    }
    let mut required = Required::new();
    let texts = Lines::of_texts(file, text);
    let groups = ["optional-dependencies", "dependency-groups"].map(|key| match key {
        "dependency-groups" => at(&[key]),
        _ => at(&["project", key]),
    });
    let groups = groups.into_iter().flatten().filter_map(Value::as_table).flat_map(Table::values);
    for list in at(&["project", "dependencies"]).into_iter().chain(groups).filter_map(Value::as_array) {
        for one in list.iter().filter_map(Value::as_str) {
            if let Some(name) = name(one) {
                extras(one, &mut required, &texts.place(one));
                require(&mut required, name, || texts.place(one));
            }
        }
    }
    let poetry_groups = at(&["tool", "poetry", "group"]).and_then(Value::as_table).into_iter().flat_map(Table::values);
    let lists = at(&["tool", "poetry", "dependencies"]).into_iter();
    for list in lists.chain(poetry_groups.filter_map(|group| group.get("dependencies"))).filter_map(Value::as_table) {
        keys(&mut required, &lines, list);
    }
    for tool in ["ruff", "mypy"] {
        if at(&["tool", tool]).is_some() {
            require(&mut required, tool.into(), || texts.place(&format!("[tool.{tool}]")));
        }
    }
    // the one command of a project that is installed as a package
    let scripts = at(&["project", "scripts"]).filter(|_| at(&["build-system"]).is_some());
    let scripts = scripts.or_else(|| at(&["tool", "poetry", "scripts"])).and_then(Value::as_table);
    if let Some(scripts) = scripts.filter(|scripts| scripts.len() == 1) {
        service.script = scripts.keys().next().map(|name| (name.clone(), texts.place("[project.scripts]")));
    }
    locked(files, service, &[("poetry.lock", "poetry"), ("uv.lock", "uv")]);
    if service.package_manager.is_none() && files.has("uv.lock") && node::is_member(&uv_members(files), &service.path) {
        service.package_manager = Some(Finding::new("uv", Location::new("uv.lock", None)));
        service.workspace = true;
    }
    add(files, service, &required);
}

/// Has a service the package manager of a lock file in its folder.
fn locked(files: &Files, service: &mut Service, locks: &[(&str, &'static str)]) {
    for (lock, manager) in locks {
        let lock = path::join(&service.path, lock);
        if files.has(&lock) {
            service.package_manager = Some(Finding::new(manager, Location::new(&lock, None)));
        }
    }
}

/// The globs of the workspace of uv at the top.
fn uv_members(files: &Files) -> Vec<String> {
    let Some(table) = files.text_if_any("pyproject.toml").and_then(|text| text.parse::<Table>().ok()) else {
        return Vec::new();
    };
    let workspace =
        ["tool", "uv", "workspace"].iter().try_fold(&Value::Table(table), |value, key| value.get(*key)).cloned();
    let globs = |key: &str| workspace.as_ref().and_then(|workspace| workspace.get(key)?.as_array().cloned());
    let texts =
        |list: Option<Vec<Value>>| list.unwrap_or_default().into_iter().filter_map(|v| v.as_str().map(String::from));
    texts(globs("members")).chain(texts(globs("exclude")).map(|glob| format!("!{glob}"))).collect()
}

fn keys(required: &mut Required, lines: &Lines<'_>, list: &Table) {
    for key in list.keys() {
        require(required, key.to_ascii_lowercase(), || lines.place(key));
    }
}

/// The name in a requirement as PEP 508 writes it, in its normal form; options and addresses have none.
fn name(requirement: &str) -> Option<String> {
    let requirement = requirement.trim();
    let end = requirement.find(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c)));
    let name = requirement.get(..end.unwrap_or(requirement.len()))?;
    let rest = requirement.get(name.len()..)?.trim_start();
    let ends = rest.is_empty() || rest.starts_with(['[', '=', '<', '>', '!', '~', ';', '#', '@', '(', ',']);
    (ends && name.starts_with(|c: char| c.is_ascii_alphanumeric()))
        .then(|| name.to_ascii_lowercase().replace(['_', '.'], "-"))
}

/// Adds what the packages tell; tools that are installed are how one lints and tests.
fn add(files: &Files, service: &mut Service, required: &Required) {
    // tools are in the environment that the package manager makes
    let run = match service.package_manager.as_ref().map(|manager| manager.value) {
        Some("uv") => "uv run ",
        Some("poetry") => "poetry run ",
        Some("pipenv") => "pipenv run ",
        _ => "",
    };
    for (name, place) in required {
        let place = place.clone();
        let mut tool = |command, call: &str| service.command(command, format!("{run}{call}"), place.clone());
        match name.as_str() {
            "ruff" => tool(Command::Lint, "ruff check ."),
            "flake8" => tool(Command::Lint, "flake8"),
            "mypy" => tool(Command::Typecheck, "mypy ."),
            "pyright" => tool(Command::Typecheck, "pyright"),
            "pytest" => tool(Command::Test, "pytest"),
            "pytest-cov" => tool(Command::Coverage, "pytest --cov --cov-report=lcov:coverage/lcov.info"),
            server if SERVERS.contains(&server) => {
                service.tools.push((server.to_owned(), place.clone()));
                libraries::add(service, Language::Python, server, &place, false);
            }
            library => libraries::add(service, Language::Python, library, &place, false),
        }
    }
    collects(files, service);
    for (file, command) in [("alembic.ini", "alembic upgrade head"), ("manage.py", "python manage.py migrate")] {
        let file = path::join(&service.path, file);
        if files.has(&file) {
            service.command(Command::Migrate, command, Location::new(&file, None));
        }
    }
    let works = service.kind.as_ref().is_some_and(|kind| kind.value == super::service::ServiceKind::Worker);
    service.runs |= works;
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn names_of_requirements() {
        for (line, wanted) in [
            ("fastapi==0.1", Some("fastapi")),
            ("uvicorn[standard] >= 0.3 # x", Some("uvicorn")),
            ("Flask_Login", Some("flask-login")),
            ("-r base.txt", None),
            ("# redis", None),
            ("https://example.com/x.whl", None),
            ("git+ssh://x", None),
            ("", None),
        ] {
            assert_eq!(name(line).as_deref(), wanted, "{line}");
        }
    }
}
