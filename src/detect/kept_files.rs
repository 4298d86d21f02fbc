//! Where a service keeps files: volumes of compose files and of its Dockerfile, and the file of an SQLite database.

use serde_yaml::Value;

use super::compose::Build;
use super::dockerfile::Stage;
use super::finding::{Finding, Location};
use super::service::{Language, Service, Services};
use super::tokens::{Comments, Token, tokens};
use super::walk::Files;
use super::wanted::{ENV_SAMPLES, is_source, is_store};
use crate::text::path;

/// Names of folders that hold what a build, a package manager or a run makes again, and what others read.
const MADE_AGAIN: [&str; 25] = [
    ".cache",
    ".m2",
    ".next",
    ".npm",
    ".nuxt",
    ".pnpm-store",
    ".venv",
    "assets",
    "build",
    "bundle",
    "cache",
    "dist",
    "log",
    "logs",
    "node_modules",
    "public",
    "registry",
    "run",
    "static",
    "static_root",
    "staticfiles",
    "target",
    "tmp",
    "vendor",
    "venv",
];

/// Words in names of folders that hold data, for those that are mounted from the host or have no name.
const DATA: [&str; 14] = [
    "attachments",
    "data",
    "database",
    "db",
    "documents",
    "files",
    "images",
    "media",
    "sqlite",
    "storage",
    "store",
    "upload",
    "uploads",
    "userdata",
];

/// Folders of the system and of databases.
const OF_OTHERS: [&str; 13] = [
    "/bitnami",
    "/data/db",
    "/dev",
    "/etc",
    "/proc",
    "/run",
    "/sys",
    "/tmp",
    "/var/lib/mongodb",
    "/var/lib/mysql",
    "/var/lib/postgresql",
    "/var/lib/redis",
    "/var/log",
];

/// The systems beside which SQLite is only for development.
const DATABASES: [&str; 5] = ["cockroachdb", "mongodb", "mysql", "postgresql", "sqlserver"];

/// A volume of an entry of a compose file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// Its name; nothing for a folder of the host and one without a name.
    pub name: Option<String>,
    /// The folder of the container.
    pub target: String,
}

/// What an entry mounts to keep files in.
pub fn mounts(entry: &Value) -> Vec<Mount> {
    let volumes = entry.get("volumes").and_then(Value::as_sequence).into_iter().flatten();
    volumes.filter_map(mount).filter(|mount| is_kept(&mount.target)).collect()
}

/// `name:/folder:ro`, `./folder:/folder`, `/folder`, or the long form.
fn mount(volume: &Value) -> Option<Mount> {
    let (source, target, read_only) = match volume {
        Value::String(text) if !text.contains('$') => {
            let parts: Vec<&str> = text.split(':').collect();
            match parts[..] {
                [target] => (None, target, false),
                [source, target] => (Some(source), target, false),
                [source, target, options] => (Some(source), target, options.split(',').any(|one| one == "ro")),
                _ => return None,
            }
        }
        Value::Mapping(_) => {
            let text = |key: &str| volume.get(key).and_then(Value::as_str);
            if text("type") == Some("tmpfs") {
                return None;
            }
            let read_only = volume.get("read_only").and_then(Value::as_bool).unwrap_or_default();
            (text("source"), text("target")?, read_only)
        }
        _ => return None,
    };
    let target = format!("/{}", target.trim_matches('/'));
    let name = source.filter(|source| !source.starts_with(['.', '/', '~']));
    // of the host only what is called like data
    let is_data = || [source.unwrap_or_default(), &target].into_iter().any(names_data);
    (!read_only && (name.is_some() || is_data())).then(|| Mount { name: name.map(str::to_owned), target })
}

fn names_data(folder: &str) -> bool {
    let name = path::name(folder.trim_end_matches('/')).to_ascii_lowercase();
    name.split(['-', '_', '.']).any(|word| DATA.contains(&word))
}

/// Whether what is in a folder of a container must outlive it.
fn is_kept(target: &str) -> bool {
    let below =
        |folder: &&str| target.strip_prefix(*folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let name = path::name(target).to_ascii_lowercase();
    // a file is mounted as it is
    let is_file = name.trim_start_matches('.').contains('.');
    !name.is_empty() && !is_file && !MADE_AGAIN.contains(&name.as_str()) && !OF_OTHERS.iter().any(|one| below(&one))
}

/// The folder that an image keeps files in: as the compose file mounts it, else as the Dockerfile declares it.
pub fn of_image(files: &Files, file: &str, stage: &Stage, build: Option<&Build>) -> Option<Finding<String>> {
    let mounted = build
        .into_iter()
        .flat_map(|build| build.run.mounts.iter().map(|mount| Finding::new(mount.target.clone(), build.place.clone())));
    let declared = stage.volumes.iter().filter(|(folder, _)| folder.starts_with('/') && is_kept(folder));
    let declared = declared
        .map(|(folder, line)| Finding::new(folder.trim_end_matches('/').to_owned(), Location::new(file, Some(*line))));
    let mut all: Vec<Finding<String>> = Vec::new();
    for one in mounted.chain(declared) {
        if all.iter().all(|known| known.value != one.value) {
            all.push(one);
        }
    }
    let first = all.first().cloned()?;
    if all.len() > 1 {
        let rest: Vec<String> = all.iter().skip(1).map(|one| format!("`{}`", one.value)).collect();
        files.note(
            &first.found_in.file,
            format!(
                "keeps files in `{}` and in {}; a service has one volume, so move them below one folder",
                first.value,
                rest.join(", ")
            ),
        );
    }
    Some(first)
}

/// Notes volumes that a service keeps files in and that others mount as well. Each entry of the compose file by its name.
pub fn shared(files: &Files, file: &str, entries: &[(&str, &Value)]) {
    let kept: Vec<(&str, String)> = entries
        .iter()
        .filter(|(_, entry)| entry.get("build").is_some())
        .flat_map(|(name, entry)| mounts(entry).into_iter().filter_map(|mount| Some((*name, mount.name?))))
        .collect();
    for (i, (name, volume)) in kept.iter().enumerate() {
        if kept.iter().take(i).any(|(_, before)| before == volume) {
            continue;
        }
        let others = entries.iter().filter(|(other, entry)| other != name && names(entry).any(|one| one == volume));
        let others: Vec<&str> = others.map(|(other, _)| *other).collect();
        if !others.is_empty() {
            files.note(
                file,
                format!(
                    "mounts the volume `{volume}` into `{name}` and `{}`; a volume here belongs to one service, and what others read is better kept in object storage",
                    others.join("`, `")
                ),
            );
        }
    }
}

/// The names of all volumes that an entry mounts, in whatever way.
fn names(entry: &Value) -> impl Iterator<Item = &str> {
    let volumes = entry.get("volumes").and_then(Value::as_sequence).into_iter().flatten();
    volumes.filter_map(|volume| match volume {
        Value::String(text) => text.split_once(':').map(|(source, _)| source),
        volume => volume.get("source").and_then(Value::as_str),
    })
}

/// Gives services without a volume the folder of their SQLite database.
pub fn sqlite(files: &Files, services: &mut Services) {
    let all: Vec<String> = files.paths().map(str::to_owned).collect();
    for file in all {
        let is_sample = ENV_SAMPLES.contains(&path::name(&file));
        if !is_sample && !is_source(&file) && !is_store(&file) {
            continue;
        }
        let Some(folder) = services.around(&file).map(str::to_owned) else { continue };
        let Some(service) = services.0.get(&folder).filter(|service| may_use_it(service)) else { continue };
        let Some(text) = files.text(&file) else { continue };
        let found = if is_sample { of_sample(&text) } else { of_source(service, &file, &text) };
        let Some((database, line)) = found else { continue };
        let place = Location::new(&file, Some(line));
        let Some(volume) = folder_of(files, service, &file, &database) else {
            files.note(
                &file,
                format!(
                    "has an SQLite database beside the program (`{}`), where no volume can be; put it into a folder of its own, such as `data`, and name that in `volume`",
                    path::name(&database.file)
                ),
            );
            continue;
        };
        if let Some(service) = services.0.get_mut(&folder) {
            service.volume = Some(Finding::new(volume, place));
        }
    }
}

fn may_use_it(service: &Service) -> bool {
    let is_other = |system: &&str| service.client_of(system).is_some();
    service.volume.is_none() && service.output.is_none() && !DATABASES.iter().any(|system| is_other(&system))
}

/// The file of a database, as it is written.
#[derive(Debug, PartialEq, Eq)]
struct Database {
    file: String,
    /// What a relative path starts from.
    from: From,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum From {
    /// The folder in which the program is started.
    Program,
    /// The folder of the source that names it.
    Source,
    /// The folder of `schema.prisma`.
    Schema,
}

/// `DATABASE_URL=file:./data/app.db`, `DATABASE_URL="sqlite:///data/app.db"`.
fn of_sample(text: &str) -> Option<(Database, usize)> {
    let value = |line: &str| {
        let line = line.trim();
        let value = line.strip_prefix("export ").unwrap_or(line).split_once('=')?.1.trim();
        let value = value.trim_matches(['"', '\'']);
        match value.strip_prefix("file:") {
            Some(file) if is_database(file) => Some(Database { file: plain(file)?, from: From::Schema }),
            Some(_) | None => Some(Database { file: of_url(value, true)?, from: From::Program }),
        }
    };
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with('#'));
    lines.into_iter().find_map(|(i, line)| Some((value(line)?, i + 1)))
}

/// The file in a URL. The driver of Python has three slashes before a relative path, others have two or none.
fn of_url(url: &str, three: bool) -> Option<String> {
    let (scheme, rest) = url.split_once(':')?;
    if scheme.split('+').next() != Some("sqlite") {
        return None;
    }
    let rest = if three {
        rest.strip_prefix("///").or_else(|| rest.strip_prefix("//"))?
    } else {
        rest.strip_prefix("//").unwrap_or(rest)
    };
    plain(rest.split('?').next()?)
}

/// A path without variables.
fn plain(file: &str) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-');
    (!file.is_empty() && file != ":memory:" && file.chars().all(is_plain)).then(|| file.to_owned())
}

fn is_database(file: &str) -> bool {
    [".db", ".sqlite", ".sqlite3"].iter().any(|end| file.ends_with(end))
}

/// A URL, the file that `new Database(...)` opens, or the one in the settings of Django where they name no other engine.
fn of_source(service: &Service, file: &str, text: &str) -> Option<(Database, usize)> {
    let hash = file.ends_with(".py") || file.ends_with(".rb");
    let tokens = tokens(text, if hash { Comments::Hash } else { Comments::Slashes });
    let python = service.language.as_ref().is_some_and(|language| language.value == Language::Python);
    let opens =
        ["better-sqlite3", "sqlite3"].iter().any(|name| service.clients.iter().any(|one| one.value.library == **name));
    let django = path::name(file).starts_with("settings") && tokens.iter().any(|token| token.is_word("DATABASES"));
    let other = |token: &Token<'_>| {
        let engine = token
            .text()
            .is_some_and(|text| ["postgresql", "mysql", "oracle", "postgis"].iter().any(|one| text.ends_with(one)));
        engine || ["dj_database_url", "environ", "getenv", "env", "config"].iter().any(|word| token.is_word(word))
    };
    tokens.iter().enumerate().find_map(|(i, token)| {
        let text = token.text()?;
        let line = token.line;
        if let Some(file) = of_url(text, python) {
            return Some((Database { file, from: From::Program }, line));
        }
        let called = django && !databases(&tokens).iter().any(|token| other(token)) || opens && is_opened(&tokens, i);
        let is_file = is_database(text) && !text.starts_with("django.");
        (called && is_file).then(|| (joined(&tokens, i), line)).and_then(|(found, line)| Some((found?, line)))
    })
}

/// What is assigned to `DATABASES`.
fn databases<'t, 's>(tokens: &'s [Token<'t>]) -> &'s [Token<'t>] {
    let start = tokens.iter().position(|token| token.is_word("DATABASES")).unwrap_or(tokens.len());
    let mut depth = 0_usize;
    let end = tokens.iter().skip(start).position(|token| {
        depth = if token.is_sign('{') { depth + 1 } else { depth.saturating_sub(usize::from(token.is_sign('}'))) };
        depth == 0 && token.is_sign('}')
    });
    tokens.get(start..end.map_or(tokens.len(), |end| start + end)).unwrap_or_default()
}

/// Whether a text is in the brackets of `Database(`.
fn is_opened(tokens: &[Token<'_>], i: usize) -> bool {
    let before = tokens.iter().take(i).rev().take(12);
    let mut words = before.filter_map(Token::word);
    words.any(|word| word == "Database")
}

/// A text with those before it: `BASE_DIR / "data" / "db.sqlite3"`, `path.join(__dirname, "..", "data", "app.db")`.
fn joined(tokens: &[Token<'_>], i: usize) -> Option<Database> {
    let (mut parts, mut at) = (vec![plain(tokens.get(i)?.text()?)?], i);
    while at >= 2
        && tokens.get(at - 1).is_some_and(|sign| sign.is_sign('/') || sign.is_sign(','))
        && let Some(text) = tokens.get(at - 2).and_then(Token::text)
    {
        parts.push(plain(text)?);
        at -= 2;
    }
    let first = at.checked_sub(2).and_then(|before| tokens.get(before)).and_then(Token::word);
    parts.reverse();
    Some(Database {
        file: parts.join("/"),
        from: if first == Some("__dirname") { From::Source } else { From::Program },
    })
}

/// The folder of a database in the container; none where files of the program are.
fn folder_of(files: &Files, service: &Service, source: &str, database: &Database) -> Option<String> {
    if let Some(folder) = database.file.strip_prefix('/') {
        let folder = path::parent(folder);
        return (!folder.is_empty()).then(|| format!("/{folder}"));
    }
    let below = |file: &str| file.strip_prefix(&service.path).unwrap_or(file).trim_start_matches('/').to_owned();
    let from = match database.from {
        From::Program => String::new(),
        From::Source => below(path::parent(source)),
        From::Schema => {
            let schema = files.named("schema.prisma").find(|file| file.starts_with(&service.path));
            schema.map(|schema| below(path::parent(schema))).unwrap_or_default()
        }
    };
    let file = super::compose::inside(&from, &database.file)?;
    let folder = path::parent(&file);
    let in_repository = format!("{}/", path::join(&service.path, folder));
    if folder.is_empty() || files.paths().any(|path| path.starts_with(&in_repository)) {
        return None;
    }
    let program = match &service.image {
        Some(image) => image.folder.clone()?,
        None if service.workspace => format!("/app/{}", service.path),
        None => "/app".to_owned(),
    };
    Some(format!("{}/{folder}", program.trim_end_matches('/')))
}

#[cfg(test)]
mod tests {
    use super::{Mount, mounts, of_sample, of_url};

    fn targets(text: &str) -> Vec<String> {
        let entry = serde_yaml::from_str(text).unwrap();
        mounts(&entry).into_iter().map(|Mount { target, .. }| target).collect()
    }

    #[test]
    fn what_is_kept() {
        for (text, wanted) in [
            ("volumes: ['media:/app/media']", vec!["/app/media"]),
            ("volumes: ['./uploads:/srv/uploads/']", vec!["/srv/uploads"]),
            ("volumes: [{type: volume, source: files, target: /var/lib/app}]", vec!["/var/lib/app"]),
            ("volumes: [/app/data]", vec!["/app/data"]),
            ("volumes: ['modules:/app/node_modules', /app/node_modules, 'cache:/app/.cache']", vec![]),
            ("volumes: ['media:/app/media:ro', {type: bind, source: ./data, target: /data, read_only: true}]", vec![]),
            ("volumes: ['pg:/var/lib/postgresql/data', 'static:/app/staticfiles']", vec![]),
            ("volumes: ['./config.yml:/app/config.yml', '/var/run/docker.sock:/var/run/docker.sock']", vec![]),
            ("volumes: ['./src:/app/src', '.:/app', '${HOME}/data:/data']", vec![]),
            ("volumes: [{type: tmpfs, target: /app/data}]", vec![]),
        ] {
            assert_eq!(targets(text), wanted, "{text}");
        }
    }

    #[test]
    fn addresses_of_sqlite() {
        for (url, three, wanted) in [
            ("sqlite:///data/app.db", true, Some("data/app.db")),
            ("sqlite:////data/app.db", true, Some("/data/app.db")),
            ("sqlite+aiosqlite:///./app.db", true, Some("./app.db")),
            ("sqlite:///data/app.db", false, Some("/data/app.db")),
            ("sqlite:data/app.db?mode=rwc", false, Some("data/app.db")),
            ("sqlite:///:memory:", true, None),
            ("sqlite:///{path}", true, None),
            ("postgres://db/app", true, None),
        ] {
            assert_eq!(of_url(url, three).as_deref(), wanted, "{url}");
        }
        let sample = "# DATABASE_URL=file:./other.db\nexport DATABASE_URL=\"file:./data/prod.db\"\n";
        let (found, line) = of_sample(sample).unwrap();
        assert_eq!((found.file.as_str(), line), ("./data/prod.db", 2));
        assert_eq!(of_sample("LOGO=file:./logo.png\nURL=postgres://x"), None);
    }
}
