//! How migrations are applied: by a command of the tool, else by the program when it starts.

use serde_json::Value;

use super::found;

/// `migrate` and `migrates_at_start` of the one service of a repository with these files.
fn answered(files: &[(&str, &str)]) -> (Value, Value) {
    let (_dir, found) = found(files);
    let service = &found["answers"]["services"]["value"][0];
    (service["migrate"].clone(), service["migrates_at_start"].clone())
}

fn package(dependencies: &str, tools: &str) -> String {
    format!(
        r#"{{"name": "shop", "scripts": {{"start": "node server.js"}}, "dependencies": {{"express": "5", "pg": "8", {dependencies}}}, "devDependencies": {{{tools}}}}}"#
    )
}

#[test]
fn tools_have_commands() {
    let django = "django\npsycopg\ngunicorn\n";
    let flask = "flask\nflask-migrate\npsycopg\ngunicorn\n";
    let composer = r#"{"require": {"symfony/framework-bundle": "7", "doctrine/orm": "3", "doctrine/doctrine-migrations-bundle": "3", "php": "8.4"}}"#;
    let knex = package(r#""knex": "3""#, "");
    let sequelize = package(r#""sequelize": "6", "sequelize-cli": "6""#, "");
    let drizzle = package(r#""drizzle-orm": "1", "drizzle-kit": "1""#, "");
    let pg_migrate = package(r#""node-pg-migrate": "8""#, "");
    let script = r#"{"name": "shop", "scripts": {"start": "node server.js", "migrate": "typeorm migration:run -d dist/source.js"}, "dependencies": {"express": "5", "pg": "8", "typeorm": "1"}}"#;
    for (files, wanted) in [
        (&[("package.json", &*knex), ("knexfile.js", "")][..], "npx --no-install knex migrate:latest"),
        (&[("package.json", &*sequelize)], "npx --no-install sequelize-cli db:migrate"),
        (&[("package.json", &*drizzle)], "npx --no-install drizzle-kit migrate"),
        (&[("package.json", &*pg_migrate)], "npx --no-install node-pg-migrate up"),
        (&[("package.json", script)], "npm run migrate"),
        (&[("requirements.txt", django), ("manage.py", ""), ("shop/wsgi.py", "")], "python manage.py migrate"),
        (
            &[("requirements.txt", flask), ("app.py", "app = Flask(__name__)"), ("migrations/alembic.ini", "")],
            "flask db upgrade",
        ),
        (
            &[
                ("composer.json", composer),
                ("public/index.php", ""),
                (".env", "DATABASE_URL=postgresql://app:x@db:5432/app"),
            ],
            "php bin/console doctrine:migrations:migrate --no-interaction --allow-no-migration",
        ),
    ] {
        let (migrate, at_start) = answered(files);
        assert_eq!(migrate, wanted, "{files:?}");
        assert_eq!(at_start, Value::Null, "{files:?}");
    }
}

/// The image holds no tool of development, and Knex may build queries alone.
#[test]
fn tools_that_the_image_lacks_have_none() {
    for (manifest, more) in [
        (package(r#""drizzle-orm": "1""#, r#""drizzle-kit": "1""#), "drizzle.config.ts"),
        (package(r#""knex": "3""#, ""), "README.md"),
    ] {
        assert_eq!(answered(&[("package.json", &manifest), (more, "")]).0, Value::Null, "{manifest}");
    }
}

fn pom(version: &str, library: &str) -> String {
    format!(
        "<project><parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId>\
         <version>{version}</version></parent><artifactId>shop</artifactId><dependencies>\
         <dependency><artifactId>spring-boot-starter-web</artifactId></dependency>\
         <dependency><artifactId>postgresql</artifactId></dependency>\
         <dependency><artifactId>{library}</artifactId></dependency></dependencies></project>"
    )
}

const MAIN: (&str, &str) = ("src/main/java/ShopApplication.java", "class ShopApplication {}");

#[test]
fn a_start_of_java_can_end_after_its_migrations() {
    let (new, old) = (pom("4.0.1", "flyway-core"), pom("2.7.18", "liquibase-core"));
    let generated = answered(&[("pom.xml", &new), MAIN]);
    assert_eq!(generated.0, "java -Dspring.context.exit=onRefresh -jar application.jar");
    assert_eq!(generated.1, Value::Null);
    let image = "FROM eclipse-temurin:25-jre\nCOPY target/shop.jar /app/shop.jar\nENTRYPOINT [\"java\", \"-jar\", \"/app/shop.jar\"]\n";
    let own = answered(&[("pom.xml", &new), MAIN, ("Dockerfile", image)]);
    assert_eq!(own.0, "java -Dspring.context.exit=onRefresh -jar /app/shop.jar");
    // Spring Framework before 6.1 has no such start
    assert_eq!(answered(&[("pom.xml", &old), MAIN]), (Value::Null, true.into()));
    let tables = pom("4.0.1", "spring-boot-starter-data-jpa");
    let settings = ("src/main/resources/application.properties", "spring.jpa.hibernate.ddl-auto=update\n");
    assert_eq!(answered(&[("pom.xml", &tables), MAIN, settings]), (Value::Null, true.into()));
    let validated = ("src/main/resources/application.properties", "spring.jpa.hibernate.ddl-auto=validate\n");
    assert_eq!(answered(&[("pom.xml", &tables), MAIN, validated]), (Value::Null, Value::Null));
}

#[test]
fn programs_that_migrate_are_found_by_their_calls() {
    let cargo = "[package]\nname = \"shop\"\n[dependencies]\naxum = \"1\"\nsqlx = { version = \"1\", features = [\"postgres\"] }\n";
    let module = "module acme.dev/shop\ngo 1.26\nrequire (\n\tgithub.com/jackc/pgx/v5 v5.7.0\n\tgithub.com/pressly/goose/v3 v3.24.0\n)\n";
    let project = "<Project Sdk=\"Microsoft.NET.Sdk.Web\"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>\
                   <ItemGroup><PackageReference Include=\"Npgsql.EntityFrameworkCore.PostgreSQL\" Version=\"10\" /></ItemGroup></Project>";
    for (files, is_so) in [
        (
            &[("Cargo.toml", cargo), ("Cargo.lock", ""), ("src/main.rs", "fn main() { sqlx::migrate!().run(&pool) }")]
                [..],
            true,
        ),
        (&[("Cargo.toml", cargo), ("Cargo.lock", ""), ("src/main.rs", "fn main() {}")], false),
        (&[("go.mod", module), ("main.go", "package main\nfunc main() { goose.Up(db, \"migrations\") }")], true),
        (&[("Shop.csproj", project), ("Program.cs", "db.Database.Migrate();")], true),
        (&[("Shop.csproj", project), ("Program.cs", "app.Run();")], false),
    ] {
        let wanted = if is_so { Value::Bool(true) } else { Value::Null };
        assert_eq!(answered(files), (Value::Null, wanted), "{files:?}");
    }
}
