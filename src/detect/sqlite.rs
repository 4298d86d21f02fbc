//! The file of an SQLite database: in which folder of its container a service has it.

use super::compose::inside;
use super::finding::{Finding, Location};
use super::service::{Language, Service, Services};
use super::tokens::{Comments, Token, tokens};
use super::walk::Files;
use super::wanted::{is_env_file, is_source, is_store};
use crate::text::path;

/// The systems beside which SQLite is only for development.
const DATABASES: [&str; 5] = ["cockroachdb", "mongodb", "mysql", "postgresql", "sqlserver"];

/// Gives services without a volume the folder of their SQLite database.
pub fn detect(files: &Files, services: &mut Services) {
    let all: Vec<String> = files.paths().map(str::to_owned).collect();
    for file in all {
        let is_sample = is_env_file(&file);
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
    let is_other = |system: &str| service.client_of(system).is_some();
    service.volume.is_none() && service.output.is_none() && !DATABASES.iter().any(|system| is_other(system))
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

/// The folder of the database that a variable of an image names by its whole path, as `file:/data/app.db`.
pub fn folder_of_value(value: &str) -> Option<&str> {
    let file = match value.strip_prefix("file:") {
        Some(file) => file.strip_prefix("//").unwrap_or(file),
        None => value.split_once(":///").filter(|(scheme, _)| scheme.split('+').next() == Some("sqlite"))?.1,
    };
    let folder = path::parent(file.split('?').next()?);
    (file.starts_with('/') && is_database(file.split('?').next()?) && !folder.is_empty()).then_some(folder)
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
    let tokens = tokens(text, Comments::of(file));
    let python = service.language.as_ref().is_some_and(|language| language.value == Language::Python);
    let opens =
        ["better-sqlite3", "sqlite3"].iter().any(|name| service.clients.iter().any(|one| one.value.library == **name));
    let other = |token: &Token<'_>| {
        let ends = ["postgresql", "mysql", "oracle", "postgis"];
        token.text().is_some_and(|text| ends.iter().any(|end| text.ends_with(end)))
            || ["dj_database_url", "environ", "getenv", "env", "config"].iter().any(|word| token.is_word(word))
    };
    let settings = databases(&tokens);
    let django = path::name(file).starts_with("settings") && !settings.is_empty() && !settings.iter().any(other);
    tokens.iter().enumerate().find_map(|(i, token)| {
        let text = token.text()?;
        let database = match of_url(text, python) {
            Some(file) => Some(Database { file, from: From::Program }),
            None if !is_database(text) || text.starts_with("django.") => None,
            None if django || opens && is_opened(&tokens, i) => joined(&tokens, i),
            None => None,
        };
        Some((database?, token.line))
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
    let file = inside(&from, &database.file)?;
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
    use super::{folder_of_value, of_sample, of_url};

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

    #[test]
    fn variables_of_an_image() {
        for (value, wanted) in [
            ("file:/data/sqlite.db", Some("/data")),
            ("file:///data/app/app.sqlite3?mode=rwc", Some("/data/app")),
            ("sqlite:////var/lib/app/app.db", Some("/var/lib/app")),
            ("sqlite:///app.db", None),
            ("file:/app.db", None),
            ("file:./data/app.db", None),
            ("file:/etc/app.conf", None),
            ("postgres://db/app.db", None),
        ] {
            assert_eq!(folder_of_value(value), wanted, "{value}");
        }
    }
}
