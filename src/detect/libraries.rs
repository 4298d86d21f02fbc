//! What libraries tell about a service: the one table of frameworks and clients.

use super::finding::{Finding, Location};
use super::service::{Client, Language, Service, ServiceKind};

/// What a library is for.
enum For {
    /// Serves requests; the name of the framework.
    Serves(ServiceKind, &'static str),
    /// Builds static pages.
    Builds(&'static str),
    /// Takes work from a queue.
    Works(&'static str),
    /// Talks to a system, or to several.
    Talks(Option<&'static str>),
}

use For::{Builds, Serves, Talks, Works};
use Language::{Go, Java, Node, Php, Python, Ruby, Rust};
use ServiceKind::{Api, Web};

const MONGODB: For = Talks(Some("mongodb"));
const POSTGRESQL: For = Talks(Some("postgresql"));
const MYSQL: For = Talks(Some("mysql"));
const REDIS: For = Talks(Some("redis"));
const NATS: For = Talks(Some("nats"));
const RABBITMQ: For = Talks(Some("rabbitmq"));
const KAFKA: For = Talks(Some("kafka"));
/// A mapper or a migration tool for several databases.
const SEVERAL: For = Talks(None);

/// The libraries. In Go a name also matches the paths below it, such as a major version.
const LIBRARIES: &[(Language, &str, For)] = &[
    (Node, "next", Serves(Web, "Next.js")),
    (Node, "nuxt", Serves(Web, "Nuxt")),
    (Node, "@remix-run/node", Serves(Web, "Remix")),
    (Node, "@nestjs/core", Serves(Api, "NestJS")),
    (Node, "express", Serves(Api, "Express")),
    (Node, "fastify", Serves(Api, "Fastify")),
    (Node, "koa", Serves(Api, "Koa")),
    (Node, "hono", Serves(Api, "Hono")),
    (Node, "@hapi/hapi", Serves(Api, "hapi")),
    (Node, "vite", Builds("Vite")),
    (Node, "react-scripts", Builds("Create React App")),
    (Node, "@angular/core", Builds("Angular")),
    (Node, "bullmq", Works("BullMQ")),
    (Node, "agenda", Works("Agenda")),
    (Node, "mongodb", MONGODB),
    (Node, "mongoose", MONGODB),
    (Node, "migrate-mongo", MONGODB),
    (Node, "pg", POSTGRESQL),
    (Node, "postgres", POSTGRESQL),
    (Node, "mysql2", MYSQL),
    (Node, "redis", REDIS),
    (Node, "ioredis", REDIS),
    (Node, "nats", NATS),
    (Node, "@nats-io/transport-node", NATS),
    (Node, "amqplib", RABBITMQ),
    (Node, "kafkajs", KAFKA),
    (Node, "@prisma/client", SEVERAL),
    (Node, "typeorm", SEVERAL),
    (Node, "sequelize", SEVERAL),
    (Node, "drizzle-orm", SEVERAL),
    (Node, "knex", SEVERAL),
    (Python, "fastapi", Serves(Api, "FastAPI")),
    (Python, "django", Serves(Web, "Django")),
    (Python, "flask", Serves(Api, "Flask")),
    (Python, "litestar", Serves(Api, "Litestar")),
    (Python, "starlette", Serves(Api, "Starlette")),
    (Python, "celery", Works("Celery")),
    (Python, "pymongo", MONGODB),
    (Python, "motor", MONGODB),
    (Python, "beanie", MONGODB),
    (Python, "mongoengine", MONGODB),
    (Python, "psycopg", POSTGRESQL),
    (Python, "psycopg2", POSTGRESQL),
    (Python, "psycopg2-binary", POSTGRESQL),
    (Python, "asyncpg", POSTGRESQL),
    (Python, "pymysql", MYSQL),
    (Python, "mysqlclient", MYSQL),
    (Python, "redis", REDIS),
    (Python, "django-redis", REDIS),
    (Python, "nats-py", NATS),
    (Python, "pika", RABBITMQ),
    (Python, "sqlalchemy", SEVERAL),
    (Python, "sqlmodel", SEVERAL),
    (Python, "alembic", SEVERAL),
    (Go, "github.com/gin-gonic/gin", Serves(Api, "Gin")),
    (Go, "github.com/labstack/echo", Serves(Api, "Echo")),
    (Go, "github.com/gofiber/fiber", Serves(Api, "Fiber")),
    (Go, "github.com/go-chi/chi", Serves(Api, "chi")),
    (Go, "github.com/gorilla/mux", Serves(Api, "gorilla/mux")),
    (Go, "go.mongodb.org/mongo-driver", MONGODB),
    (Go, "github.com/jackc/pgx", POSTGRESQL),
    (Go, "github.com/lib/pq", POSTGRESQL),
    (Go, "github.com/go-sql-driver/mysql", MYSQL),
    (Go, "github.com/redis/go-redis", REDIS),
    (Go, "github.com/nats-io/nats.go", NATS),
    (Go, "gorm.io/gorm", SEVERAL),
    (Rust, "axum", Serves(Api, "axum")),
    (Rust, "actix-web", Serves(Api, "Actix Web")),
    (Rust, "rocket", Serves(Api, "Rocket")),
    (Rust, "poem", Serves(Api, "Poem")),
    (Rust, "warp", Serves(Api, "warp")),
    (Rust, "mongodb", MONGODB),
    (Rust, "tokio-postgres", POSTGRESQL),
    (Rust, "redis", REDIS),
    (Rust, "fred", REDIS),
    (Rust, "async-nats", NATS),
    (Rust, "sqlx", SEVERAL),
    (Rust, "diesel", SEVERAL),
    (Rust, "sea-orm", SEVERAL),
    (Java, "spring-boot-starter-web", Serves(Api, "Spring Boot")),
    (Java, "spring-boot-starter-webflux", Serves(Api, "Spring Boot")),
    (Java, "quarkus-rest", Serves(Api, "Quarkus")),
    (Java, "quarkus-rest-jackson", Serves(Api, "Quarkus")),
    (Java, "quarkus-rest-jsonb", Serves(Api, "Quarkus")),
    (Java, "micronaut-http-server", Serves(Api, "Micronaut")),
    (Java, "micronaut-http-server-netty", Serves(Api, "Micronaut")),
    (Java, "spring-boot-starter-data-mongodb", MONGODB),
    (Java, "spring-boot-starter-data-mongodb-reactive", MONGODB),
    (Java, "mongodb-driver-sync", MONGODB),
    (Java, "postgresql", POSTGRESQL),
    (Java, "mysql-connector-j", MYSQL),
    (Java, "spring-boot-starter-data-redis", REDIS),
    (Java, "spring-boot-starter-data-redis-reactive", REDIS),
    (Java, "jedis", REDIS),
    (Java, "jnats", NATS),
    (Java, "spring-boot-starter-data-jpa", SEVERAL),
    (Java, "flyway-core", SEVERAL),
    (Java, "liquibase-core", SEVERAL),
    (Ruby, "rails", Serves(Web, "Rails")),
    (Ruby, "sinatra", Serves(Api, "Sinatra")),
    (Ruby, "sidekiq", Works("Sidekiq")),
    (Ruby, "mongoid", MONGODB),
    (Ruby, "pg", POSTGRESQL),
    (Ruby, "mysql2", MYSQL),
    (Ruby, "redis", REDIS),
    (Php, "laravel/framework", Serves(Web, "Laravel")),
    (Php, "symfony/framework-bundle", Serves(Web, "Symfony")),
    (Php, "slim/slim", Serves(Api, "Slim")),
    (Php, "mongodb/mongodb", MONGODB),
    (Php, "mongodb/laravel-mongodb", MONGODB),
    (Php, "predis/predis", REDIS),
    (Php, "doctrine/orm", SEVERAL),
];

/// Whether a library tells anything, which is to be asked before its line is looked for.
pub fn knows(language: Language, library: &str) -> bool {
    LIBRARIES.iter().any(|(of, name, _)| *of == language && is_called(language, library, name))
}

/// Adds what a library tells. Whether the service builds static pages is told by the caller, who knows their index.
pub fn add(service: &mut Service, language: Language, library: &str, place: &Location, pages: bool) {
    let mut found = LIBRARIES.iter().filter(|(of, name, _)| *of == language && is_called(language, library, name));
    let Some((_, name, what)) = found.next() else { return };
    let framework = |service: &mut Service, label: &'static str| {
        if !service.frameworks.iter().any(|known| known.value == label) {
            service.frameworks.push(Finding::new(label, place.clone()));
        }
    };
    match what {
        Serves(kind, label) => {
            framework(service, label);
            // a server that also builds pages is what it serves
            if service.kind.as_ref().is_none_or(|known| known.value == ServiceKind::Worker || service.output.is_some())
            {
                service.kind = Some(Finding::new(*kind, place.clone()));
            }
            service.output = None;
            service.runs = true;
        }
        Builds(label) if pages => {
            framework(service, label);
            if service.kind.as_ref().is_none_or(|known| known.value == ServiceKind::Worker) {
                service.kind = Some(Finding::new(ServiceKind::Web, place.clone()));
                let output = if *label == "Create React App" { "build" } else { "dist" };
                service.output = Some(Finding::new(output.to_owned(), place.clone()));
            }
            service.runs = true;
        }
        Builds(_) => {}
        Works(label) => {
            framework(service, label);
            service.kind.get_or_insert_with(|| Finding::new(ServiceKind::Worker, place.clone()));
        }
        Talks(system) => {
            let client = Client { library: (*name).to_owned(), system: *system };
            if !service.clients.iter().any(|known| known.value == client) {
                service.clients.push(Finding::new(client, place.clone()));
            }
        }
    }
}

fn is_called(language: Language, library: &str, name: &str) -> bool {
    let rest = library.strip_prefix(name);
    match language {
        Go => rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
        _ => rest == Some(""),
    }
}
