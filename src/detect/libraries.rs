//! What libraries tell about a service: the one table of frameworks and clients.

use super::finding::{Finding, Location};
use super::service::{Client, Command, Language, Service, ServiceKind};

/// What a library is for.
enum For {
    /// Serves requests; the name of the framework.
    Serves(ServiceKind, &'static str),
    /// Bundles static pages, where there are any; and the folder that it writes to.
    Builds(&'static str, &'static str),
    /// Makes a site of static pages, and the folder that it writes to.
    Makes(&'static str, &'static str),
    /// Shows pages in a browser, whatever bundles it.
    Shows,
    /// Takes work from a queue.
    Works(&'static str),
    /// The same, from a queue of a system beside the database: one only, or that of another client.
    Queues(&'static str, Option<&'static str>),
    /// Talks to a system, or to several.
    Talks(Option<&'static str>),
    /// Keeps sessions in a system.
    Sessions(&'static str),
}

use For::{Builds, Makes, Queues, Serves, Sessions, Shows, Talks, Works};
use Language::{Dotnet, Elixir, Go, Java, Node, Php, Python, Ruby, Rust};
use ServiceKind::{Api, Web};

const MONGODB: For = Talks(Some("mongodb"));
const POSTGRESQL: For = Talks(Some("postgresql"));
const MYSQL: For = Talks(Some("mysql"));
const REDIS: For = Talks(Some("redis"));
const NATS: For = Talks(Some("nats"));
const RABBITMQ: For = Talks(Some("rabbitmq"));
const KAFKA: For = Talks(Some("kafka"));
const SEARCH: For = Talks(Some("elasticsearch"));
const S3: For = Talks(Some("s3"));
const SMTP: For = Talks(Some("smtp"));
const SQLITE: For = Talks(Some("sqlite"));
const SQLSERVER: For = Talks(Some("sqlserver"));
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
    (Node, "@sveltejs/kit", Serves(Web, "SvelteKit")),
    (Node, "@tanstack/react-start", Serves(Web, "TanStack Start")),
    (Node, "@tanstack/solid-start", Serves(Web, "TanStack Start")),
    (Node, "@react-router/node", Serves(Web, "React Router")),
    (Node, "@react-router/serve", Serves(Web, "React Router")),
    (Node, "@react-router/express", Serves(Web, "React Router")),
    (Node, "@remix-run/serve", Serves(Web, "Remix")),
    (Node, "@remix-run/express", Serves(Web, "Remix")),
    (Node, "@solidjs/start", Serves(Web, "SolidStart")),
    (Node, "@builder.io/qwik-city", Serves(Web, "Qwik City")),
    (Node, "@astrojs/node", Serves(Web, "Astro")),
    (Node, "@angular/ssr", Serves(Web, "Angular SSR")),
    (Node, "@strapi/strapi", Serves(Web, "Strapi")),
    (Node, "@keystone-6/core", Serves(Web, "Keystone")),
    (Node, "@adonisjs/core", Serves(Api, "AdonisJS")),
    (Node, "@feathersjs/feathers", Serves(Api, "FeathersJS")),
    (Node, "@apollo/server", Serves(Api, "Apollo Server")),
    (Node, "apollo-server", Serves(Api, "Apollo Server")),
    (Node, "graphql-yoga", Serves(Api, "GraphQL Yoga")),
    (Node, "elysia", Serves(Api, "Elysia")),
    (Node, "restify", Serves(Api, "Restify")),
    (Node, "polka", Serves(Api, "Polka")),
    (Node, "nitro", Serves(Api, "Nitro")),
    (Node, "nitropack", Serves(Api, "Nitro")),
    (Node, "socket.io", Serves(Api, "Socket.IO")),
    (Node, "moleculer-web", Serves(Api, "Moleculer")),
    (Node, "@loopback/rest", Serves(Api, "LoopBack")),
    (Node, "vite", Builds("Vite", "dist")),
    (Node, "react-scripts", Builds("Create React App", "build")),
    (Node, "webpack", Builds("webpack", "dist")),
    (Node, "parcel", Builds("Parcel", "dist")),
    (Node, "parcel-bundler", Builds("Parcel", "dist")),
    (Node, "@rspack/core", Builds("Rspack", "dist")),
    (Node, "@rspack/cli", Builds("Rspack", "dist")),
    (Node, "@rsbuild/core", Builds("Rsbuild", "dist")),
    (Node, "esbuild", Builds("esbuild", "dist")),
    (Node, "rollup", Builds("Rollup", "dist")),
    (Node, "@vue/cli-service", Builds("Vue CLI", "dist")),
    (Node, "snowpack", Builds("Snowpack", "build")),
    (Node, "ember-cli", Builds("Ember", "dist")),
    (Node, "preact-cli", Builds("Preact CLI", "build")),
    (Node, "@angular/core", Makes("Angular", "dist")),
    (Node, "@quasar/app-vite", Makes("Quasar", "dist/spa")),
    (Node, "@quasar/app-webpack", Makes("Quasar", "dist/spa")),
    (Node, "astro", Makes("Astro", "dist")),
    (Node, "gatsby", Makes("Gatsby", "public")),
    (Node, "@docusaurus/core", Makes("Docusaurus", "build")),
    (Node, "vitepress", Makes("VitePress", ".vitepress/dist")),
    (Node, "vuepress", Makes("VuePress", ".vuepress/dist")),
    (Node, "@11ty/eleventy", Makes("Eleventy", "_site")),
    (Node, "hexo", Makes("Hexo", "public")),
    (Node, "expo", Makes("Expo", "dist")),
    (Node, "@stencil/core", Makes("Stencil", "www")),
    (Node, "react-dom", Shows),
    (Node, "vue", Shows),
    (Node, "svelte", Shows),
    (Node, "preact", Shows),
    (Node, "solid-js", Shows),
    (Node, "lit", Shows),
    (Node, "alpinejs", Shows),
    (Node, "jquery", Shows),
    (Node, "htmx.org", Shows),
    (Node, "inferno", Shows),
    (Node, "mithril", Shows),
    (Node, "bullmq", Queues("BullMQ", Some("redis"))),
    (Node, "kue", Queues("Kue", Some("redis"))),
    (Node, "agenda", Works("Agenda")),
    (Node, "bull", Queues("Bull", Some("redis"))),
    (Node, "bee-queue", Queues("Bee-Queue", Some("redis"))),
    (Node, "@temporalio/worker", Works("Temporal")),
    (Node, "graphile-worker", Works("Graphile Worker")),
    (Node, "pg-boss", Works("pg-boss")),
    (Node, "discord.js", Works("discord.js")),
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
    (Node, "monk", MONGODB),
    (Node, "pg-promise", POSTGRESQL),
    (Node, "@neondatabase/serverless", POSTGRESQL),
    (Node, "mysql", MYSQL),
    (Node, "mariadb", MYSQL),
    (Node, "@redis/client", REDIS),
    (Node, "iovalkey", REDIS),
    (Node, "@valkey/valkey-glide", REDIS),
    (Node, "connect-redis", Sessions("redis")),
    (Node, "amqp-connection-manager", RABBITMQ),
    (Node, "rhea", RABBITMQ),
    (Node, "@confluentinc/kafka-javascript", KAFKA),
    (Node, "node-rdkafka", KAFKA),
    (Node, "@elastic/elasticsearch", SEARCH),
    (Node, "@opensearch-project/opensearch", SEARCH),
    (Node, "@aws-sdk/client-s3", S3),
    (Node, "minio", S3),
    (Node, "multer-s3", S3),
    (Node, "nodemailer", SMTP),
    (Node, "better-sqlite3", SQLITE),
    (Node, "sqlite3", SQLITE),
    (Node, "mssql", SQLSERVER),
    (Node, "tedious", SQLSERVER),
    (Node, "@prisma/client", SEVERAL),
    (Node, "typeorm", SEVERAL),
    (Node, "sequelize", SEVERAL),
    (Node, "drizzle-orm", SEVERAL),
    (Node, "knex", SEVERAL),
    (Node, "drizzle-kit", SEVERAL),
    (Node, "sequelize-cli", SEVERAL),
    (Node, "node-pg-migrate", POSTGRESQL),
    (Node, "@mikro-orm/core", SEVERAL),
    (Node, "kysely", SEVERAL),
    (Node, "objection", SEVERAL),
    (Node, "bookshelf", SEVERAL),
    (Python, "fastapi", Serves(Api, "FastAPI")),
    (Python, "django", Serves(Web, "Django")),
    (Python, "flask", Serves(Api, "Flask")),
    (Python, "litestar", Serves(Api, "Litestar")),
    (Python, "starlette", Serves(Api, "Starlette")),
    (Python, "quart", Serves(Api, "Quart")),
    (Python, "sanic", Serves(Api, "Sanic")),
    (Python, "aiohttp", Serves(Api, "aiohttp")),
    (Python, "tornado", Serves(Api, "Tornado")),
    (Python, "falcon", Serves(Api, "Falcon")),
    (Python, "bottle", Serves(Api, "Bottle")),
    (Python, "pyramid", Serves(Api, "Pyramid")),
    (Python, "robyn", Serves(Api, "Robyn")),
    (Python, "blacksheep", Serves(Api, "BlackSheep")),
    (Python, "python-fasthtml", Serves(Web, "FastHTML")),
    (Python, "streamlit", Serves(Web, "Streamlit")),
    (Python, "gradio", Serves(Web, "Gradio")),
    (Python, "dash", Serves(Web, "Dash")),
    (Python, "wagtail", Serves(Web, "Wagtail")),
    (Python, "celery", Queues("Celery", None)),
    (Python, "rq", Queues("RQ", Some("redis"))),
    (Python, "dramatiq", Queues("Dramatiq", None)),
    (Python, "arq", Queues("ARQ", Some("redis"))),
    (Python, "huey", Queues("Huey", None)),
    (Python, "django-rq", Queues("RQ", Some("redis"))),
    (Python, "taskiq-redis", Queues("Taskiq", Some("redis"))),
    (Python, "temporalio", Works("Temporal")),
    (Python, "discord-py", Works("discord.py")),
    (Python, "python-telegram-bot", Works("python-telegram-bot")),
    (Python, "aiogram", Works("python-telegram-bot")),
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
    (Python, "mongoengine-plus", MONGODB),
    (Python, "pymongo-async", MONGODB),
    (Python, "odmantic", MONGODB),
    (Python, "flask-pymongo", MONGODB),
    (Python, "psycopg-binary", POSTGRESQL),
    (Python, "psycopg2cffi", POSTGRESQL),
    (Python, "pg8000", POSTGRESQL),
    (Python, "aiomysql", MYSQL),
    (Python, "asyncmy", MYSQL),
    (Python, "mysql-connector-python", MYSQL),
    (Python, "mariadb", MYSQL),
    (Python, "redis-om", REDIS),
    (Python, "valkey", REDIS),
    (Python, "aioredis", REDIS),
    (Python, "hiredis", REDIS),
    (Python, "aio-pika", RABBITMQ),
    (Python, "kombu", RABBITMQ),
    (Python, "kafka-python", KAFKA),
    (Python, "confluent-kafka", KAFKA),
    (Python, "aiokafka", KAFKA),
    (Python, "faust-streaming", KAFKA),
    (Python, "elasticsearch", SEARCH),
    (Python, "elasticsearch-dsl", SEARCH),
    (Python, "opensearch-py", SEARCH),
    (Python, "boto3", S3),
    (Python, "aioboto3", S3),
    (Python, "minio", S3),
    (Python, "django-storages", S3),
    (Python, "aiosmtplib", SMTP),
    (Python, "fastapi-mail", SMTP),
    (Python, "flask-mail", SMTP),
    (Python, "aiosqlite", SQLITE),
    (Python, "pymssql", SQLSERVER),
    (Python, "pyodbc", SQLSERVER),
    (Python, "sqlalchemy", SEVERAL),
    (Python, "sqlmodel", SEVERAL),
    (Python, "alembic", SEVERAL),
    (Python, "flask-migrate", SEVERAL),
    (Python, "aerich", SEVERAL),
    (Python, "flask-sqlalchemy", SEVERAL),
    (Python, "tortoise-orm", SEVERAL),
    (Python, "peewee", SEVERAL),
    (Go, "github.com/gin-gonic/gin", Serves(Api, "Gin")),
    (Go, "github.com/labstack/echo", Serves(Api, "Echo")),
    (Go, "github.com/gofiber/fiber", Serves(Api, "Fiber")),
    (Go, "github.com/go-chi/chi", Serves(Api, "chi")),
    (Go, "github.com/gorilla/mux", Serves(Api, "gorilla/mux")),
    (Go, "github.com/kataras/iris", Serves(Api, "Iris")),
    (Go, "github.com/beego/beego", Serves(Api, "Beego")),
    (Go, "github.com/cloudwego/hertz", Serves(Api, "Hertz")),
    (Go, "github.com/danielgtaylor/huma", Serves(Api, "Huma")),
    (Go, "github.com/julienschmidt/httprouter", Serves(Api, "httprouter")),
    (Go, "google.golang.org/grpc", Serves(Api, "gRPC")),
    (Go, "connectrpc.com/connect", Serves(Api, "Connect")),
    (Go, "github.com/hibiken/asynq", Queues("Asynq", Some("redis"))),
    (Go, "github.com/gocraft/work", Queues("gocraft/work", Some("redis"))),
    (Go, "github.com/riverqueue/river", Works("River")),
    (Go, "go.temporal.io/sdk", Works("Temporal")),
    (Go, "go.mongodb.org/mongo-driver", MONGODB),
    (Go, "github.com/jackc/pgx", POSTGRESQL),
    (Go, "github.com/lib/pq", POSTGRESQL),
    (Go, "github.com/go-sql-driver/mysql", MYSQL),
    (Go, "github.com/redis/go-redis", REDIS),
    (Go, "github.com/nats-io/nats.go", NATS),
    (Go, "github.com/go-redis/redis", REDIS),
    (Go, "github.com/gomodule/redigo", REDIS),
    (Go, "github.com/redis/rueidis", REDIS),
    (Go, "github.com/valkey-io/valkey-go", REDIS),
    (Go, "github.com/rabbitmq/amqp091-go", RABBITMQ),
    (Go, "github.com/streadway/amqp", RABBITMQ),
    (Go, "github.com/segmentio/kafka-go", KAFKA),
    (Go, "github.com/IBM/sarama", KAFKA),
    (Go, "github.com/twmb/franz-go", KAFKA),
    (Go, "github.com/confluentinc/confluent-kafka-go", KAFKA),
    (Go, "github.com/elastic/go-elasticsearch", SEARCH),
    (Go, "github.com/opensearch-project/opensearch-go", SEARCH),
    (Go, "github.com/aws/aws-sdk-go-v2/service/s3", S3),
    (Go, "github.com/minio/minio-go", S3),
    (Go, "github.com/wneessen/go-mail", SMTP),
    (Go, "gopkg.in/gomail.v2", SMTP),
    (Go, "github.com/mattn/go-sqlite3", SQLITE),
    (Go, "modernc.org/sqlite", SQLITE),
    (Go, "github.com/microsoft/go-mssqldb", SQLSERVER),
    (Go, "gorm.io/gorm", SEVERAL),
    (Go, "github.com/jmoiron/sqlx", SEVERAL),
    (Go, "entgo.io/ent", SEVERAL),
    (Rust, "axum", Serves(Api, "axum")),
    (Rust, "actix-web", Serves(Api, "Actix Web")),
    (Rust, "rocket", Serves(Api, "Rocket")),
    (Rust, "poem", Serves(Api, "Poem")),
    (Rust, "warp", Serves(Api, "warp")),
    (Rust, "salvo", Serves(Api, "Salvo")),
    (Rust, "tide", Serves(Api, "Tide")),
    (Rust, "tonic", Serves(Api, "tonic")),
    (Rust, "leptos_axum", Serves(Web, "Leptos")),
    (Rust, "loco-rs", Serves(Web, "Loco")),
    (Rust, "mongodb", MONGODB),
    (Rust, "tokio-postgres", POSTGRESQL),
    (Rust, "redis", REDIS),
    (Rust, "fred", REDIS),
    (Rust, "async-nats", NATS),
    (Rust, "postgres", POSTGRESQL),
    (Rust, "mysql", MYSQL),
    (Rust, "mysql_async", MYSQL),
    (Rust, "lapin", RABBITMQ),
    (Rust, "rdkafka", KAFKA),
    (Rust, "elasticsearch", SEARCH),
    (Rust, "opensearch", SEARCH),
    (Rust, "aws-sdk-s3", S3),
    (Rust, "rust-s3", S3),
    (Rust, "lettre", SMTP),
    (Rust, "rusqlite", SQLITE),
    (Rust, "tiberius", SQLSERVER),
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
    (Java, "spring-boot-starter-webmvc", Serves(Api, "Spring Boot")),
    (Java, "spring-boot-starter-jersey", Serves(Api, "Spring Boot")),
    (Java, "spring-boot-starter-graphql", Serves(Api, "Spring Boot")),
    (Java, "spring-boot-starter-data-rest", Serves(Api, "Spring Boot")),
    (Java, "spring-boot-starter-thymeleaf", Serves(Web, "Spring Boot")),
    (Java, "quarkus-resteasy", Serves(Api, "Quarkus")),
    (Java, "quarkus-resteasy-reactive", Serves(Api, "Quarkus")),
    (Java, "quarkus-resteasy-reactive-jackson", Serves(Api, "Quarkus")),
    (Java, "quarkus-vertx-http", Serves(Api, "Quarkus")),
    (Java, "javalin", Serves(Api, "Javalin")),
    (Java, "vertx-web", Serves(Api, "Vert.x")),
    (Java, "helidon-webserver", Serves(Api, "Helidon")),
    (Java, "dropwizard-core", Serves(Api, "Dropwizard")),
    (Java, "ktor-server-core", Serves(Api, "Ktor")),
    (Java, "ktor-server-netty", Serves(Api, "Ktor")),
    (Java, "ktor-server-core-jvm", Serves(Api, "Ktor")),
    (Java, "ktor-server-netty-jvm", Serves(Api, "Ktor")),
    (Java, "ktor-server-cio", Serves(Api, "Ktor")),
    (Java, "http4k-core", Serves(Api, "http4k")),
    (Java, "spark-core", Serves(Api, "Spark")),
    (Java, "spring-boot-starter-data-mongodb", MONGODB),
    (Java, "spring-boot-starter-data-mongodb-reactive", MONGODB),
    (Java, "mongodb-driver-sync", MONGODB),
    (Java, "postgresql", POSTGRESQL),
    (Java, "mysql-connector-j", MYSQL),
    (Java, "spring-boot-starter-data-redis", REDIS),
    (Java, "spring-boot-starter-data-redis-reactive", REDIS),
    (Java, "spring-session-data-redis", Sessions("redis")),
    (Java, "jedis", REDIS),
    (Java, "jnats", NATS),
    (Java, "mongodb-driver-reactivestreams", MONGODB),
    (Java, "mongodb-driver-kotlin-coroutine", MONGODB),
    (Java, "quarkus-mongodb-client", MONGODB),
    (Java, "quarkus-mongodb-panache", MONGODB),
    (Java, "micronaut-mongo-sync", MONGODB),
    (Java, "quarkus-jdbc-postgresql", POSTGRESQL),
    (Java, "r2dbc-postgresql", POSTGRESQL),
    (Java, "mysql-connector-java", MYSQL),
    (Java, "mariadb-java-client", MYSQL),
    (Java, "quarkus-jdbc-mysql", MYSQL),
    (Java, "lettuce-core", REDIS),
    (Java, "redisson", REDIS),
    (Java, "redisson-spring-boot-starter", REDIS),
    (Java, "quarkus-redis-client", REDIS),
    (Java, "valkey-java", REDIS),
    (Java, "amqp-client", RABBITMQ),
    (Java, "spring-boot-starter-amqp", RABBITMQ),
    (Java, "spring-rabbit", RABBITMQ),
    (Java, "kafka-clients", KAFKA),
    (Java, "spring-kafka", KAFKA),
    (Java, "spring-boot-starter-kafka", KAFKA),
    (Java, "kafka-streams", KAFKA),
    (Java, "quarkus-messaging-kafka", KAFKA),
    (Java, "elasticsearch-java", SEARCH),
    (Java, "spring-boot-starter-data-elasticsearch", SEARCH),
    (Java, "opensearch-java", SEARCH),
    (Java, "s3", S3),
    (Java, "aws-java-sdk-s3", S3),
    (Java, "minio", S3),
    (Java, "spring-boot-starter-mail", SMTP),
    (Java, "jakarta.mail", SMTP),
    (Java, "angus-mail", SMTP),
    (Java, "sqlite-jdbc", SQLITE),
    (Java, "mssql-jdbc", SQLSERVER),
    (Java, "spring-boot-starter-data-jpa", SEVERAL),
    (Java, "flyway-core", SEVERAL),
    (Java, "liquibase-core", SEVERAL),
    (Java, "quarkus-flyway", SEVERAL),
    (Java, "quarkus-liquibase", SEVERAL),
    (Java, "spring-boot-starter-jdbc", SEVERAL),
    (Java, "spring-boot-starter-flyway", SEVERAL),
    (Java, "spring-boot-starter-liquibase", SEVERAL),
    (Ruby, "rails", Serves(Web, "Rails")),
    (Ruby, "sinatra", Serves(Api, "Sinatra")),
    (Ruby, "hanami", Serves(Web, "Hanami")),
    (Ruby, "grape", Serves(Api, "Grape")),
    (Ruby, "roda", Serves(Api, "Roda")),
    (Ruby, "sidekiq", Queues("Sidekiq", Some("redis"))),
    (Ruby, "resque", Queues("Resque", Some("redis"))),
    (Ruby, "good_job", Works("GoodJob")),
    (Ruby, "solid_queue", Works("Solid Queue")),
    (Ruby, "mongoid", MONGODB),
    (Ruby, "pg", POSTGRESQL),
    (Ruby, "mysql2", MYSQL),
    (Ruby, "redis", REDIS),
    (Ruby, "mongo", MONGODB),
    (Ruby, "trilogy", MYSQL),
    (Ruby, "bunny", RABBITMQ),
    (Ruby, "ruby-kafka", KAFKA),
    (Ruby, "rdkafka", KAFKA),
    (Ruby, "karafka", KAFKA),
    (Ruby, "elasticsearch", SEARCH),
    (Ruby, "searchkick", SEARCH),
    (Ruby, "opensearch-ruby", SEARCH),
    (Ruby, "aws-sdk-s3", S3),
    (Ruby, "nats-pure", NATS),
    (Ruby, "sqlite3", SQLITE),
    (Php, "laravel/framework", Serves(Web, "Laravel")),
    (Php, "symfony/framework-bundle", Serves(Web, "Symfony")),
    (Php, "slim/slim", Serves(Api, "Slim")),
    (Php, "drupal/core", Serves(Web, "Drupal")),
    (Php, "drupal/core-recommended", Serves(Web, "Drupal")),
    (Php, "roots/wordpress", Serves(Web, "WordPress")),
    (Php, "johnpbloch/wordpress", Serves(Web, "WordPress")),
    (Php, "cakephp/cakephp", Serves(Web, "CakePHP")),
    (Php, "yiisoft/yii2", Serves(Web, "Yii")),
    (Php, "codeigniter4/framework", Serves(Web, "CodeIgniter")),
    (Php, "laravel/lumen-framework", Serves(Api, "Lumen")),
    (Php, "api-platform/core", Serves(Api, "API Platform")),
    (Php, "api-platform/symfony", Serves(Api, "API Platform")),
    (Php, "mongodb/mongodb", MONGODB),
    (Php, "mongodb/laravel-mongodb", MONGODB),
    (Php, "laravel/horizon", Queues("Horizon", Some("redis"))),
    (Php, "predis/predis", REDIS),
    (Php, "php-amqplib/php-amqplib", RABBITMQ),
    (Php, "elasticsearch/elasticsearch", SEARCH),
    (Php, "aws/aws-sdk-php", S3),
    (Php, "league/flysystem-aws-s3-v3", S3),
    (Php, "phpmailer/phpmailer", SMTP),
    (Php, "symfony/mailer", SMTP),
    (Php, "doctrine/orm", SEVERAL),
    (Php, "doctrine/doctrine-migrations-bundle", SEVERAL),
    (Elixir, "phoenix", Serves(Web, "Phoenix")),
    (Elixir, "plug_cowboy", Serves(Api, "Plug")),
    (Elixir, "bandit", Serves(Api, "Plug")),
    (Elixir, "oban", Works("Oban")),
    (Elixir, "exq", Queues("Exq", Some("redis"))),
    (Elixir, "mongodb_driver", MONGODB),
    (Elixir, "postgrex", POSTGRESQL),
    (Elixir, "myxql", MYSQL),
    (Elixir, "redix", REDIS),
    (Elixir, "amqp", RABBITMQ),
    (Elixir, "brod", KAFKA),
    (Elixir, "gnat", NATS),
    (Elixir, "ex_aws_s3", S3),
    (Elixir, "swoosh", SMTP),
    (Elixir, "ecto_sqlite3", SQLITE),
    (Elixir, "tds", SQLSERVER),
    (Dotnet, "Hangfire", Works("Hangfire")),
    (Dotnet, "Hangfire.AspNetCore", Works("Hangfire")),
    (Dotnet, "MongoDB.Driver", MONGODB),
    (Dotnet, "MongoDB.EntityFrameworkCore", MONGODB),
    (Dotnet, "Npgsql", POSTGRESQL),
    (Dotnet, "Npgsql.EntityFrameworkCore.PostgreSQL", POSTGRESQL),
    (Dotnet, "MySqlConnector", MYSQL),
    (Dotnet, "Pomelo.EntityFrameworkCore.MySql", MYSQL),
    (Dotnet, "MySql.Data", MYSQL),
    (Dotnet, "StackExchange.Redis", REDIS),
    (Dotnet, "Microsoft.Extensions.Caching.StackExchangeRedis", REDIS),
    (Dotnet, "RabbitMQ.Client", RABBITMQ),
    (Dotnet, "MassTransit.RabbitMQ", RABBITMQ),
    (Dotnet, "Confluent.Kafka", KAFKA),
    (Dotnet, "NATS.Net", NATS),
    (Dotnet, "NATS.Client", NATS),
    (Dotnet, "Elastic.Clients.Elasticsearch", SEARCH),
    (Dotnet, "NEST", SEARCH),
    (Dotnet, "AWSSDK.S3", S3),
    (Dotnet, "Minio", S3),
    (Dotnet, "MailKit", SMTP),
    (Dotnet, "Microsoft.EntityFrameworkCore.Sqlite", SQLITE),
    (Dotnet, "Microsoft.Data.SqlClient", SQLSERVER),
    (Dotnet, "Microsoft.EntityFrameworkCore.SqlServer", SQLSERVER),
];

/// Whether a framework of the table has this name; `net/http` of Go comes with the language.
#[cfg(test)]
pub fn is_framework(name: &str) -> bool {
    let serves = |what: &For| matches!(what, Serves(_, label) if *label == name);
    name == "net/http"
        || DEFAULTS.iter().any(|default| default.framework == name)
        || LIBRARIES.iter().any(|(.., what)| serves(what))
}

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
        Builds(label, output) if pages && service.output.is_none() => static_pages(service, label, output, place),
        Makes(label, output) => static_pages(service, label, output, place),
        Builds(..) | Shows => {}
        Works(label) | Queues(label, _) => {
            framework(service, label);
            service.kind.get_or_insert_with(|| Finding::new(ServiceKind::Worker, place.clone()));
        }
        Talks(_) | Sessions(_) => {}
    }
    let client = match what {
        Queues(_, system) => Client { keeps: Some("jobs"), ..Client::new(name, *system) },
        Sessions(system) => Client { keeps: Some("sessions"), ..Client::new(name, Some(system)) },
        Talks(system) => Client::new(name, *system),
        _ => return,
    };
    if !service.clients.iter().any(|known| known.value == client) {
        service.clients.push(Finding::new(client, place.clone()));
    }
}

/// What makes static pages, unless a server is known already.
fn static_pages(service: &mut Service, label: &'static str, output: &str, place: &Location) {
    if service.kind.as_ref().is_none_or(|known| known.value == ServiceKind::Worker || service.output.is_some()) {
        service.frameworks.push(Finding::new(label, place.clone()));
        service.kind = Some(Finding::new(ServiceKind::Web, place.clone()));
        service.output = Some(Finding::new(output.to_owned(), place.clone()));
        service.runs = true;
    }
}

/// Whether a library shows pages in a browser.
pub fn shows_pages(language: Language, library: &str) -> bool {
    LIBRARIES
        .iter()
        .any(|(of, name, what)| *of == language && *name == library && matches!(what, Shows | Makes("Angular", _)))
}

/// Whether a library is a bundler or makes a site, which is usually among those of development.
pub fn builds_pages(language: Language, library: &str) -> bool {
    LIBRARIES
        .iter()
        .any(|(of, name, what)| *of == language && *name == library && matches!(what, Builds(..) | Makes(..)))
}

/// How a framework behaves unless it is told otherwise.
struct Default {
    framework: &'static str,
    port: Option<u16>,
    /// The command that starts it in production.
    start: Option<&'static str>,
}

/// The defaults of frameworks, from their documentation.
const DEFAULTS: &[Default] = &[
    Default { framework: "Next.js", port: Some(3000), start: Some("npx --no-install next start") },
    Default { framework: "Nuxt", port: Some(3000), start: Some("node .output/server/index.mjs") },
    Default {
        framework: "Remix",
        port: Some(3000),
        start: Some("npx --no-install remix-serve ./build/server/index.js"),
    },
    Default {
        framework: "React Router",
        port: Some(3000),
        start: Some("npx --no-install react-router-serve ./build/server/index.js"),
    },
    Default { framework: "NestJS", port: Some(3000), start: Some("node dist/main") },
    Default { framework: "SvelteKit", port: Some(3000), start: Some("node build") },
    Default { framework: "TanStack Start", port: Some(3000), start: None },
    Default { framework: "SolidStart", port: Some(3000), start: Some("node .output/server/index.mjs") },
    Default { framework: "Nitro", port: Some(3000), start: Some("node .output/server/index.mjs") },
    Default { framework: "Astro", port: Some(4321), start: Some("node dist/server/entry.mjs") },
    Default { framework: "Angular SSR", port: Some(4000), start: None },
    Default { framework: "Strapi", port: Some(1337), start: None },
    Default { framework: "AdonisJS", port: Some(3333), start: Some("node build/bin/server.js") },
    Default { framework: "Keystone", port: Some(3000), start: None },
    Default { framework: "Django", port: Some(8000), start: None },
    Default { framework: "Wagtail", port: Some(8000), start: None },
    Default { framework: "FastAPI", port: Some(8000), start: None },
    Default { framework: "Starlette", port: Some(8000), start: None },
    Default { framework: "Litestar", port: Some(8000), start: None },
    Default { framework: "FastHTML", port: Some(5001), start: None },
    Default { framework: "Flask", port: Some(5000), start: None },
    Default { framework: "Quart", port: Some(5000), start: None },
    Default { framework: "Sanic", port: Some(8000), start: None },
    Default { framework: "Falcon", port: Some(8000), start: None },
    Default { framework: "aiohttp", port: Some(8080), start: None },
    Default { framework: "Bottle", port: Some(8080), start: None },
    Default { framework: "Streamlit", port: Some(8501), start: None },
    Default { framework: "Gradio", port: Some(7860), start: None },
    Default { framework: "Dash", port: Some(8050), start: None },
    Default { framework: "Spring Boot", port: Some(8080), start: None },
    Default { framework: "Quarkus", port: Some(8080), start: None },
    Default { framework: "Micronaut", port: Some(8080), start: None },
    Default { framework: "Dropwizard", port: Some(8080), start: None },
    Default { framework: "Rails", port: Some(3000), start: Some("bundle exec rails server -b 0.0.0.0 -e production") },
    Default { framework: "Sinatra", port: Some(4567), start: None },
    Default { framework: "Hanami", port: Some(2300), start: Some("bundle exec hanami server --host 0.0.0.0") },
    Default { framework: "Rocket", port: Some(8000), start: None },
    Default { framework: "Phoenix", port: Some(4000), start: None },
    Default { framework: "Plug", port: Some(4000), start: None },
    Default { framework: "ASP.NET Core", port: Some(8080), start: None },
];

/// Fills in what a framework does by default. A file of static pages needs neither.
pub fn defaults(service: &mut Service) {
    for framework in service.frameworks.clone() {
        let Some(default) = DEFAULTS.iter().find(|default| default.framework == framework.value) else { continue };
        if service.output.is_none() && service.port.is_none() {
            service.port = default.port.map(|port| Finding::new(port, framework.found_in.clone()));
        }
        if service.output.is_none()
            && !service.builds_members
            && let Some(start) = default.start
        {
            service.command(Command::Start, start, framework.found_in.clone());
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
