//! pyproject.toml, Pipfile and requirements.txt.

use indexmap::IndexMap;
use toml::{Table, Value};

use super::finding::{Finding, Location};
use super::libraries;
use super::lines::Lines;
use super::node;
use super::service::{Command, Language, Service, Services};
use super::walk::Files;
use crate::text::path;

/// Packages that are commands; see [`add`].
const TOOLS: [&str; 6] = ["flake8", "mypy", "pyright", "pytest", "pytest-cov", "ruff"];

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
        let mut required = Required::new();
        for list in ["packages", "dev-packages"].iter().filter_map(|list| table.get(*list)?.as_table()) {
            keys(&mut required, &lines, list);
        }
        locked(files, service, &[("Pipfile.lock", "pipenv")]);
        add(files, service, &required);
    }
    for file in files.named("requirements.txt") {
        let Some(text) = files.text(file) else { continue };
        let service = services.of_manifest(&Location::new(file, None), Language::Python, None);
        let mut required = Required::new();
        for (i, line) in text.lines().enumerate() {
            if let Some(name) = name(line) {
                require(&mut required, name, || Location::new(file, Some(i + 1)));
            }
        }
        add(files, service, &required);
    }
}

/// Adds a package unless it tells nothing or is known.
fn require(required: &mut Required, name: String, place: impl FnOnce() -> Location) {
    if TOOLS.contains(&name.as_str()) || libraries::knows(Language::Python, &name) {
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
            library => libraries::add(service, Language::Python, library, &place, false),
        }
    }
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
