//! How migrations of a database are applied: by a command, where the tool has one that the image holds, else by the program when
//! it starts.

use super::finding::{Finding, Location};
use super::service::{Command, Language, Service, Services};
use super::tokens::{Comments, Token, tokens};
use super::walk::Files;
use super::wanted::{is_source, is_spring, is_store};
use crate::text::path;

/// A tool with a command line, where a service has its library.
struct Tool {
    language: Language,
    library: &'static str,
    /// Files in the folder of the service, one of which must be there.
    files: &'static [&'static str],
    /// From the documentation of the tool.
    command: &'static str,
}

const TOOLS: [Tool; 7] = [
    Tool {
        language: Language::Node,
        library: "knex",
        files: &["knexfile.js", "knexfile.cjs", "knexfile.mjs"],
        command: "npx --no-install knex migrate:latest",
    },
    Tool {
        language: Language::Node,
        library: "sequelize-cli",
        files: &["package.json"],
        command: "npx --no-install sequelize-cli db:migrate",
    },
    Tool {
        language: Language::Node,
        library: "drizzle-kit",
        files: &["package.json"],
        command: "npx --no-install drizzle-kit migrate",
    },
    Tool {
        language: Language::Node,
        library: "node-pg-migrate",
        files: &["package.json"],
        command: "npx --no-install node-pg-migrate up",
    },
    Tool {
        language: Language::Python,
        library: "flask-migrate",
        files: &["migrations/alembic.ini"],
        command: "flask db upgrade",
    },
    Tool { language: Language::Python, library: "aerich", files: &["pyproject.toml"], command: "aerich upgrade" },
    Tool {
        language: Language::Php,
        library: "doctrine/doctrine-migrations-bundle",
        files: &["composer.json"],
        command: "php bin/console doctrine:migrations:migrate --no-interaction --allow-no-migration",
    },
];

/// Libraries of Java that apply migrations when the program starts.
const OF_JAVA: [&str; 6] = [
    "flyway-core",
    "liquibase-core",
    "quarkus-flyway",
    "quarkus-liquibase",
    "spring-boot-starter-flyway",
    "spring-boot-starter-liquibase",
];

/// Calls that apply migrations, or make tables, from within a program: words and signs as they follow each other.
const CALLS: [(Language, &[&str]); 15] = [
    (Language::Rust, &["sqlx", ":", ":", "migrate", "!"]),
    (Language::Rust, &["embed_migrations", "!"]),
    (Language::Rust, &["Migrator", ":", ":", "up"]),
    (Language::Go, &["goose", ".", "Up"]),
    (Language::Go, &["goose", ".", "UpContext"]),
    (Language::Go, &["goose", ".", "NewProvider"]),
    (Language::Go, &["migrate", ".", "New"]),
    (Language::Go, &[".", "AutoMigrate"]),
    (Language::Dotnet, &["Database", ".", "Migrate"]),
    (Language::Dotnet, &["Database", ".", "MigrateAsync"]),
    (Language::Dotnet, &["Database", ".", "EnsureCreated"]),
    (Language::Python, &["metadata", ".", "create_all"]),
    (Language::Node, &["migrationsRun", ":", "true"]),
    (Language::Node, &["synchronize", ":", "true"]),
    (Language::Node, &["sequelize", ".", "sync"]),
];

/// Gives services the command of their tool, and what their programs do.
pub fn detect(files: &Files, services: &mut Services) {
    for service in services.0.values_mut() {
        tool(files, service);
        java(files, service);
        phoenix(files, service);
    }
    let all: Vec<String> = files.paths().map(str::to_owned).collect();
    for file in all.iter().filter(|file| is_source(file) || is_store(file) || path::name(file) == "Program.cs") {
        let Some(folder) = services.around(file).map(str::to_owned) else { continue };
        let Some(service) = services.0.get_mut(&folder).filter(|service| service.migrates_at_start.is_none()) else {
            continue;
        };
        let Some(language) = service.language.as_ref().map(|language| language.value) else { continue };
        if !CALLS.iter().any(|(of, _)| *of == language) {
            continue;
        }
        let Some(text) = files.text(file) else { continue };
        if let Some((call, line)) = applied(language, &tokens(&text, Comments::of(file))) {
            service.migrates_at_start = Some(Finding::new(call, Location::new(file, Some(line))));
        }
    }
}

/// The first call that applies migrations, and its line.
fn applied(language: Language, tokens: &[Token<'_>]) -> Option<(String, usize)> {
    let is = |token: &Token<'_>, wanted: &str| {
        token.is_word(wanted) || wanted.chars().next().is_some_and(|sign| wanted.len() == 1 && token.is_sign(sign))
    };
    CALLS.iter().filter(|(of, _)| *of == language).find_map(|(_, call)| {
        let mut windows = tokens.windows(call.len());
        let found = windows.find(|window| window.iter().zip(*call).all(|(token, wanted)| is(token, wanted)))?;
        Some((call.concat(), found.first()?.line))
    })
}

fn tool(files: &Files, service: &mut Service) {
    let Some(language) = service.language.as_ref().map(|language| language.value) else { return };
    for tool in TOOLS.iter().filter(|tool| tool.language == language) {
        let Some(client) = service.clients.iter().find(|client| client.value.library == tool.library) else { continue };
        let place = client.found_in.clone();
        if tool.files.iter().any(|name| files.has(&path::join(&service.path, name))) {
            service.command(Command::Migrate, tool.command, place);
        }
    }
}

/// The script that `mix phx.gen.release` makes. Its Dockerfile puts the release into `/app`.
fn phoenix(files: &Files, service: &mut Service) {
    let script = path::join(&service.path, "rel/overlays/bin/migrate");
    if service.language.as_ref().is_some_and(|language| language.value == Language::Elixir) && files.has(&script) {
        service.command(Command::Migrate, "/app/bin/migrate", Location::new(&script, None));
    }
}

/// Flyway and Liquibase run when the program starts. Spring and Quarkus have a start that ends before they serve.
fn java(files: &Files, service: &mut Service) {
    if service.language.as_ref().is_none_or(|language| language.value != Language::Java) {
        return;
    }
    let tables = files.paths().filter(|file| is_spring(file)).find_map(|file| {
        let inside = path::parent(file) == path::join(&service.path, "src/main/resources");
        let text = inside.then(|| files.text_if_any(file)).flatten()?;
        let line = text.lines().position(makes_tables)?;
        Some((file.to_owned(), line + 1))
    });
    let client = service.clients.iter().find(|client| OF_JAVA.contains(&&*client.value.library));
    let found = client.map(|client| (client.value.library.clone(), client.found_in.clone()));
    let Some((library, place)) = found else {
        if let Some((file, line)) = tables {
            service.migrates_at_start = Some(Finding::new("ddl-auto".to_owned(), Location::new(&file, Some(line))));
        }
        return;
    };
    let manifest = service.manifest.as_ref().and_then(|manifest| files.text_if_any(&manifest.file));
    match manifest.as_deref().and_then(|text| ends_early(text, service)) {
        Some(option) => {
            let jar = if option.contains("quarkus") { "quarkus-run.jar" } else { "application.jar" };
            // an own image is started with the words of its Dockerfile
            let start = service.commands.get(&Command::Start).filter(|_| service.image.is_some());
            let command = match start.map(|start| start.value.strip_prefix("java ")) {
                None => format!("java {option} -jar {jar}"),
                Some(Some(rest)) => format!("java {option} {rest}"),
                Some(None) => {
                    service.migrates_at_start = Some(Finding::new(library, place));
                    return;
                }
            };
            service.command(Command::Migrate, command, place);
        }
        None => service.migrates_at_start = Some(Finding::new(library, place)),
    }
}

/// `spring.jpa.hibernate.ddl-auto=update`, or below such keys in YAML.
fn makes_tables(line: &str) -> bool {
    let Some((key, value)) = line.split_once(['=', ':']) else { return false };
    key.trim().ends_with("ddl-auto") && matches!(value.trim(), "create" | "create-drop" | "update")
}

/// What has a program end when all is prepared: `spring.context.exit` of Spring Framework 6.1, with which Spring Boot 3.2 comes, and
/// `quarkus.init-and-exit` of Quarkus 3.
fn ends_early(manifest: &str, service: &Service) -> Option<&'static str> {
    let is = |label: &str| service.frameworks.iter().any(|framework| framework.value == label);
    if is("Spring Boot")
        && version_behind(manifest, &["spring-boot-starter-parent", "org.springframework.boot"])? >= (3, 2)
    {
        return Some("-Dspring.context.exit=onRefresh");
    }
    let quarkus = ["<quarkus.platform.version>", "<quarkus.version>"];
    (is("Quarkus") && version_behind(manifest, &quarkus)? >= (3, 0)).then_some("-Dquarkus.init-and-exit=true")
}

/// Major and minor of the first version within three lines behind one of these words.
fn version_behind(manifest: &str, words: &[&str]) -> Option<(u32, u32)> {
    let lines: Vec<&str> = manifest.lines().collect();
    lines.iter().enumerate().find_map(|(at, line)| {
        let word = words.iter().find(|word| line.contains(**word))?;
        let rest = &line[line.find(word)? + word.len()..];
        let near = std::iter::once(rest).chain(lines[at + 1..].iter().take(2).copied());
        near.filter(|text| *text == rest || text.contains("<version>")).find_map(version)
    })
}

/// Major and minor of a version in a line.
fn version(line: &str) -> Option<(u32, u32)> {
    let start = line.find(|c: char| c.is_ascii_digit())?;
    let mut parts = line[start..].split(|c: char| !c.is_ascii_digit());
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::{Comments, Language, applied, makes_tables, tokens, version_behind};

    #[test]
    fn calls_that_apply_migrations() {
        for (language, text, wanted) in [
            (
                Language::Rust,
                "async fn main() {\n    sqlx::migrate!(\"./migrations\").run(&pool).await?;\n}",
                Some(("sqlx::migrate!", 2)),
            ),
            (Language::Rust, "// sqlx::migrate!()\nfn main() {}", None),
            (Language::Go, "if err := goose.Up(db, \"migrations\"); err != nil {", Some(("goose.Up", 1))),
            (Language::Dotnet, "db.Database.Migrate();", Some(("Database.Migrate", 1))),
            (Language::Node, "synchronize: false, migrationsRun: true", Some(("migrationsRun:true", 1))),
            (Language::Node, "say('sequelize.sync')", None),
        ] {
            let found = applied(language, &tokens(text, Comments::Slashes));
            assert_eq!(found, wanted.map(|(call, line): (&str, usize)| (call.to_owned(), line)), "{text}");
        }
        assert!(makes_tables("spring.jpa.hibernate.ddl-auto=update"));
        assert!(makes_tables("      ddl-auto: create-drop"));
        assert!(!makes_tables("spring.jpa.hibernate.ddl-auto=validate"));
    }

    #[test]
    fn versions_of_frameworks() {
        let words = ["spring-boot-starter-parent", "org.springframework.boot"];
        for (text, wanted) in [
            ("<parent>\n<artifactId>spring-boot-starter-parent</artifactId>\n<version>3.4.1</version>", Some((3, 4))),
            ("<artifactId>spring-boot-starter-parent</artifactId><version>2.7.18</version>", Some((2, 7))),
            ("plugins {\n    id 'org.springframework.boot' version '3.1.5'\n}", Some((3, 1))),
            ("id(\"org.springframework.boot\")\nkotlin(\"jvm\") version \"2.0.0\"", None),
            (
                "<groupId>org.springframework.boot</groupId>\n<artifactId>spring-boot-starter-parent</artifactId>\n<version>4.0.0</version>",
                Some((4, 0)),
            ),
        ] {
            assert_eq!(version_behind(text, &words), wanted, "{text}");
        }
    }
}
