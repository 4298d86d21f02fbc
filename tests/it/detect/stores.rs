//! Databases, caches, brokers and other servers that services talk to.

use scaffold::detect::detect;
use serde_json::Value;
use tempfile::TempDir;

use super::{found, notes, write};
use crate::support::embedded;

/// What a sample with these lines, and a package.json with these libraries, say of the ports of servers elsewhere.
fn egress(sample: &str, libraries: &[&str]) -> (Value, Vec<String>) {
    let libraries: serde_json::Map<String, Value> =
        ["express"].iter().chain(libraries).map(|name| ((*name).to_owned(), "1".into())).collect();
    let package = serde_json::json!({"scripts": {"start": "node server.js"}, "dependencies": libraries});
    let (_dir, found) = found(&[("package.json", &package.to_string()), (".env.example", sample)]);
    let said = notes(&found, ".env.example").into_iter().filter(|said| said.contains("`egress_ports`"));
    (found["answers"]["services"]["value"][0]["egress_ports"].clone(), said.map(str::to_owned).collect())
}

#[test]
fn ports_of_servers_elsewhere_are_answers() {
    for (sample, libraries, ports) in [
        ("SMTP_HOST=smtp.acme.dev\nSMTP_PORT=465", &[][..], &[465][..]),
        ("SMTP_HOST=smtp.acme.dev", &["nodemailer"], &[587]),
        // the port is known to the program alone
        ("EMAIL_USER=shop\nEMAIL_PASSWORD=x", &["nodemailer"], &[465, 587]),
        ("MAIL_HOST=", &["nodemailer"], &[587]),
        ("MAILGUN_API_KEY=", &["nodemailer"], &[]),
        ("REDIS_HOST=redis", &["ioredis"], &[6379]),
        ("REDIS_URL=rediss://:x@cache.acme.dev:6380", &["ioredis"], &[6380]),
        ("", &["ioredis", "amqplib", "kafkajs"], &[5672, 6379, 9092]),
        ("AMQP_URL=amqps://user:x@mq.acme.dev/shop", &["amqplib"], &[5671]),
        ("KAFKA_BROKERS=a.acme.dev:9096,b.acme.dev:9098", &["kafkajs"], &[9096, 9098]),
        ("ELASTICSEARCH_URL=http://localhost:9200\nMEMCACHED_SERVERS=localhost:11211", &[], &[9200, 11211]),
        // HTTPS is open anyway
        ("ELASTICSEARCH_URL=https://search.acme.dev\nPAYMENTS_URL=https://pay.acme.dev", &[], &[]),
        ("LDAP_URL=ldaps://directory.acme.dev\nLEDGER_URL=http://ledger.acme.dev:8080/v1", &[], &[636, 8080]),
        // where it listens and where browsers reach it
        (
            "PORT=3000\nAPP_URL=http://shop.acme.dev:8080\nCORS_ORIGINS=http://a.acme.dev:8081\nAPI_URL=http://localhost:4000",
            &[],
            &[],
        ),
        // databases of the answers have their port, one that is known by its parts alone has not
        ("DATABASE_URL=postgresql://u:p@localhost:5432/x\nDB_PORT=5432", &["pg"], &[]),
        ("MYSQL_URL=mysql://u:p@old.acme.dev:3307/x", &["pg", "mysql2"], &[]),
        ("MYSQL_HOST=old.acme.dev\nMYSQL_PORT=3307", &["pg", "mysql2"], &[3307]),
    ] {
        let (found, said) = egress(sample, libraries);
        let wanted = if ports.is_empty() { Value::Null } else { serde_json::json!(ports) };
        assert_eq!(found, wanted, "{sample}");
        assert!(said.is_empty(), "{sample}: {said:?}");
    }
}

/// What the addresses of samples say about databases beside the first, by the driver of a service.
#[test]
fn databases_beside_the_first_are_named_by_their_addresses() {
    let found = |samples: &[(&str, &[&str])]| -> (Value, Vec<Value>) {
        let mut files = Vec::new();
        for (i, (sample, libraries)) in samples.iter().enumerate() {
            let libraries: Vec<String> = libraries.iter().map(|library| format!("\"{library}\": \"1\"")).collect();
            let package = format!(
                r#"{{"name": "s{i}", "scripts": {{"start": "node server.js"}}, "dependencies": {{"express": "1", {}}}}}"#,
                libraries.join(", ")
            );
            files.push((format!("s{i}/package.json"), package));
            files.push((format!("s{i}/.env.example"), (*sample).to_owned()));
        }
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let (_dir, found) = super::found(&files);
        let answers = &found["answers"];
        let services = answers["services"]["value"].as_array().unwrap().clone();
        (answers["more_databases"]["value"].clone(), services)
    };
    let names = |list: &Value| -> Vec<(String, u64)> {
        let records = list.as_array().cloned().unwrap_or_default();
        records.iter().map(|one| (one["name"].as_str().unwrap().to_owned(), one["port"].as_u64().unwrap())).collect()
    };
    // a general name is of the driver that has no other address
    let (more, services) = found(&[("MONGO_URL=mongodb://localhost/shop\nDATABASE_URL=\n", &["mongoose", "pg"])]);
    assert_eq!(names(&more).len(), 1, "{more}");
    assert!(services[0]["variables"]["DATABASE_URL"].as_str().unwrap().starts_with("${database."), "{services:?}");
    assert_ne!(services[0]["variables"]["DATABASE_URL"], "${database.uri}");
    // a database for each service: the first is the one of the answers
    let (more, services) = found(&[
        ("DATABASE_URL=postgres://u:p@localhost:5432/bills\n", &["pg"]),
        ("DATABASE_URL=postgres://u:p@localhost:5432/orders\n", &["pg"]),
    ]);
    assert_eq!(names(&more), [("orders".to_owned(), 5432)]);
    assert_eq!((&services[0]["database"], &services[1]["database"]), (&Value::Bool(true), &Value::Bool(false)));
    assert_eq!(services[1]["variables"]["DATABASE_URL"], "${database.orders.uri}");
    // an address without a name is that of the first
    let (more, services) = found(&[
        ("DATABASE_URL=postgres://u:p@localhost:5432/bills\n", &["pg"]),
        ("DATABASE_URL=postgres://u:p@localhost:5432/orders\n", &["pg"]),
        ("DATABASE_URL=\n", &["pg"]),
    ]);
    assert_eq!(names(&more), [("orders".to_owned(), 5432)]);
    assert_eq!((&services[2]["database"], &services[2]["variables"]), (&Value::Bool(true), &Value::Null));
    // in a server that is made for the system, each has its own
    let (more, services) = found(&[
        ("MONGO_URL=mongodb://localhost/bills\n", &["mongoose"]),
        ("MONGO_URL=mongodb://localhost/orders\n", &["mongoose"]),
    ]);
    assert_eq!((more, &services[0]["database_name"]), (Value::Null, &Value::Null));
    assert_eq!(services[1]["database_name"], "orders");
    assert_eq!(services[1]["variables"]["MONGO_URL"], "${database.uri}");
    // two of another kind in one service, one with the port of a server elsewhere
    let (more, services) = found(&[(
        "MONGO_URL=mongodb://localhost/shop\nA_URL=postgres://u:p@db.acme.dev:6432/reports\nB_URL=postgres://u:p@localhost/bills\n",
        &["mongoose", "pg"],
    )]);
    assert_eq!(names(&more), [("reports".to_owned(), 6432), ("bills".to_owned(), 5432)]);
    assert_eq!(services[0]["variables"]["B_URL"], "${database.bills.uri}");
    // the direct address beside that of a pooler, and the shadow of Prisma, are of the same database
    let (more, _) = found(&[(
        "DATABASE_URL=postgres://u:p@localhost:6543/shop\nDIRECT_URL=postgres://u:p@localhost:5432/shop\n\
         SHADOW_DATABASE_URL=postgres://u:p@localhost:5432/shadow\n",
        &["pg"],
    )]);
    assert_eq!(more, Value::Null);
}

#[test]
fn the_port_of_a_laptop_is_not_that_of_production() {
    for (sample, port, instead) in [
        ("SMTP_HOST=localhost\nSMTP_PORT=1025", 1025, 587),
        ("SMTP_URL=smtp://mailhog:1025", 1025, 587),
        ("EMAIL_PORT=1025", 1025, 587),
        ("REDIS_URL=redis://localhost:6380", 6380, 6379),
    ] {
        let (found, said) = egress(sample, &[]);
        assert_eq!(found, serde_json::json!([instead]), "{sample}");
        let names = format!("names port {port} of ");
        assert!(said.len() == 1 && said[0].contains(&names) && said[0].contains(&instead.to_string()), "{said:?}");
    }
}

/// A cache that is made here is the Redis of whoever talks to it; without one it stays elsewhere.
#[test]
fn a_store_that_is_made_connects_its_services() {
    let package = |libraries: &str| {
        format!(r#"{{"scripts": {{"start": "node x.js"}}, "dependencies": {{"express": "5"{libraries}}}}}"#)
    };
    let of = |chosen: Value, libraries: &str, sample: &str| {
        let dir = TempDir::new().unwrap();
        write(&dir.path().join("api/package.json"), package(libraries));
        write(&dir.path().join("api/.env.example"), sample);
        let found = detect(embedded(), dir.path(), &serde_json::from_value(chosen).unwrap()).unwrap();
        let parts = found.unknown.iter().filter(|one| one.part_of == Some("cache")).count();
        let mut service = found.answers["services"].value[0].clone();
        service["parts"] = parts.into();
        ["cache", "broker", "secrets", "variables", "egress_ports", "parts"].map(|field| service[field].clone())
    };
    let (none, no) = (Value::Null, || serde_json::json!(0));
    let cache = serde_json::json!({"cache": "elasticache"});
    let url = |name: &str| serde_json::json!({name: "${cache.url}"});
    let yes = Value::from(true);
    let redis = r#", "ioredis": "5""#;
    let sample = "REDIS_URL=redis://localhost:6379\n";
    let secret = serde_json::json!(["REDIS_URL"]);
    let port = serde_json::json!([6379]);
    let elsewhere = [none.clone(), none.clone(), secret, none.clone(), port, no()];
    assert_eq!(of(serde_json::json!({}), redis, sample), elsewhere);
    for (libraries, sample, name) in [
        (redis, sample, "REDIS_URL"),
        (redis, "CELERY_BROKER_URL=redis://redis:6379/0\n", "CELERY_BROKER_URL"),
        (redis, "JOBS_BROKER_URL=\n", "JOBS_BROKER_URL"),
        ("", "QUEUE=redis://redis\n", "QUEUE"),
    ] {
        let wanted = [yes.clone(), none.clone(), none.clone(), url(name), none.clone(), no()];
        assert_eq!(of(cache.clone(), libraries, sample), wanted, "{sample}");
    }
    // its address is known only as a whole
    let wanted = [yes.clone(), none.clone(), none.clone(), none.clone(), none.clone(), serde_json::json!(3)];
    assert_eq!(of(cache.clone(), redis, "REDIS_HOST=localhost\nREDIS_PORT=6379\nREDIS_PASSWORD=x\n"), wanted);
    // another system is elsewhere
    let wanted =
        [none.clone(), none.clone(), serde_json::json!(["NATS_URL"]), none.clone(), serde_json::json!([4222]), no()];
    let nats = |chosen: Value| of(chosen, r#", "nats": "2""#, "NATS_URL=nats://localhost:4222\n");
    assert_eq!(nats(cache), wanted);
    // so it is with one that others operate, where it is of the same kind
    assert_eq!(of(serde_json::json!({"cache": "existing"}), redis, sample)[3], url("REDIS_URL"));
    let broker = |engine: &str| serde_json::json!({"broker": "existing", "existing_broker_engine": engine});
    assert_eq!(nats(broker("rabbitmq")), wanted);
    let dir = TempDir::new().unwrap();
    write(&dir.path().join("api/package.json"), package(r#", "nats": "2""#));
    let found = detect(embedded(), dir.path(), &serde_json::from_value(broker("rabbitmq")).unwrap()).unwrap();
    assert!(found.notes.iter().any(|note| note.message.starts_with("uses nats, for which nothing is generated")));
    let variables = serde_json::json!({"NATS_URL": "${broker.url}"});
    assert_eq!(nats(broker("nats")), [none.clone(), yes.clone(), none.clone(), variables, none.clone(), no()]);
    let dir = TempDir::new().unwrap();
    write(&dir.path().join("api/package.json"), package(r#", "amqplib": "1""#));
    let found = |chosen: Value| detect(embedded(), dir.path(), &serde_json::from_value(chosen).unwrap()).unwrap();
    assert_eq!(found(serde_json::json!({"broker": "existing"})).answers["existing_broker_engine"].value, "rabbitmq");
    let found = found(serde_json::json!({}));
    assert!(!found.answers.contains_key("existing_broker_engine"), "it is not asked");
    let note = &found.notes.iter().find(|note| note.message.contains("rabbitmq")).unwrap().message;
    assert!(note.contains("take it with `broker=existing`"), "{note}");
}

/// Jobs of queues and sessions exist nowhere else than in the Redis where they are kept.
#[test]
fn what_a_cache_holds_is_told_by_libraries() {
    let node = |libraries: &str| {
        format!(r#"{{"scripts": {{"start": "node x.js"}}, "dependencies": {{"express": "5"{libraries}}}}}"#)
    };
    let cache = serde_json::from_str(r#"{"cache": "elasticache"}"#).unwrap();
    let with = |chosen: &_, manifest: &str, text: &str, sample: &str| {
        let dir = TempDir::new().unwrap();
        write(&dir.path().join("api").join(manifest), text);
        write(&dir.path().join("api/main.py"), "app = Flask(__name__)\n");
        write(&dir.path().join("api/.env.example"), sample);
        let found = detect(embedded(), dir.path(), chosen).unwrap();
        found.answers.get("cache_holds").map(|answer| (answer.value.clone(), answer.evidence()))
    };
    let of = |manifest: &str, text: &str, sample: &str| with(&cache, manifest, text, sample);
    let store = |place: &str| Some((Value::from("store"), place.to_owned()));
    for library in ["bullmq", "bull", "bee-queue", "connect-redis"] {
        let package = node(&format!(r#", "{library}": "1""#));
        assert_eq!(of("package.json", &package, ""), store("api/package.json"), "{library}");
    }
    assert_eq!(with(&Default::default(), "package.json", &node(r#", "bullmq": "5""#), ""), None);
    assert_eq!(of("package.json", &node(r#", "ioredis": "5""#), "REDIS_URL=redis://localhost\n"), None);
    let celery = |more: &str, sample: &str| of("requirements.txt", &format!("flask\ncelery{more}\n"), sample);
    let of_celery = store("api/requirements.txt:2");
    assert_eq!(celery("", ""), None);
    assert_eq!(celery("[redis]", ""), of_celery);
    assert_eq!(celery("", "CELERY_BROKER_URL=redis://redis:6379/0\n"), of_celery);
    assert_eq!(celery("\nredis", "CELERY_BROKER_URL=amqp://rabbit\nREDIS_URL=redis://redis\n"), None);
    assert_eq!(of("requirements.txt", "flask\nrq\n", ""), of_celery);
}

/// What is made here is known in all its parts: nothing of it is asked of people. A program on the JVM and one on .NET have kinds of
/// addresses of their own.
#[test]
fn parts_of_an_address_that_is_made_are_references() {
    let variables = |manifest: (&str, &str), sample: &str| {
        let (_dir, found) = found(&[manifest, (".env.example", sample)]);
        assert_eq!(found["answers"]["database"]["value"], "postgresql");
        let service = &found["answers"]["services"]["value"][0];
        assert_eq!(service["secrets"], Value::Null, "{service}");
        assert_eq!(service["optional_secrets"], Value::Null, "{service}");
        service["variables"].clone()
    };
    let node =
        ("package.json", r#"{"scripts": {"start": "node server.js"}, "dependencies": {"express": "5", "pg": "8"}}"#);
    assert_eq!(
        variables(
            node,
            "POSTGRES_HOST=localhost\nPOSTGRES_PORT=5432\nPOSTGRES_DB=shop\nPOSTGRES_USER=shop\nPOSTGRES_PASSWORD=x\n"
        ),
        serde_json::json!({
            "POSTGRES_HOST": "${database.host}",
            "POSTGRES_PORT": "${database.port}",
            "POSTGRES_DB": "${database.name}",
            "POSTGRES_USER": "${database.user}",
            "POSTGRES_PASSWORD": "${database.password}",
        })
    );
    let java = (
        "pom.xml",
        "<project><groupId>a</groupId><artifactId>shop</artifactId><dependencies><dependency><groupId>org.springframework.boot</groupId>\
         <artifactId>spring-boot-starter-web</artifactId></dependency><dependency><groupId>org.postgresql</groupId>\
         <artifactId>postgresql</artifactId></dependency></dependencies></project>",
    );
    assert_eq!(
        variables(
            java,
            "SPRING_DATASOURCE_URL=jdbc:postgresql://localhost:5432/shop\nSPRING_DATASOURCE_USERNAME=shop\nSPRING_DATASOURCE_PASSWORD=x\n"
        ),
        serde_json::json!({
            "SPRING_DATASOURCE_URL": "${database.jdbc}",
            "SPRING_DATASOURCE_USERNAME": "${database.user}",
            "SPRING_DATASOURCE_PASSWORD": "${database.password}",
        })
    );
    // .NET has them in a section, as keywords
    let dotnet = (
        "Shop.csproj",
        "<Project Sdk=\"Microsoft.NET.Sdk.Web\"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup><ItemGroup>\
         <PackageReference Include=\"Npgsql\" Version=\"9.0.0\" /></ItemGroup></Project>",
    );
    assert_eq!(
        variables(dotnet, "ConnectionStrings__Default=Host=db;Database=shop;Username=shop;Password=hunter22\n"),
        serde_json::json!({"ConnectionStrings__Default": "${database.npgsql}"})
    );
    // how a laptop reaches its database is no value for production
    assert_eq!(
        variables(node, "POSTGRES_HOST=localhost\nPGSSLMODE=disable\nPOSTGRES_SSLMODE=disable\nDB_SSL=false\n"),
        serde_json::json!({"POSTGRES_HOST": "${database.host}"})
    );
    // under the name that the whole address has elsewhere
    assert_eq!(
        variables(java, "DATABASE_URL=jdbc:postgresql://localhost:5432/shop\nDATABASE_USER=shop\n"),
        serde_json::json!({"DATABASE_URL": "${database.jdbc}", "DATABASE_USER": "${database.user}"})
    );
    assert_eq!(variables(node, "DATABASE_URL=postgres://localhost:5432/shop\n"), Value::Null);
}

/// With the whole address in the same sample, names and passwords without a host are those of the container beside it.
#[test]
fn variables_of_the_container_of_a_database_are_not_those_of_the_service() {
    let package = r#"{"scripts": {"start": "node server.js"}, "dependencies": {"express": "5", "pg": "8"}}"#;
    let container = "POSTGRES_DB=shop\nPOSTGRES_USER=shop\nPOSTGRES_PASSWORD=x\n";
    let variables = |sample: &str| {
        let (_dir, found) = found(&[("package.json", package), (".env.example", sample)]);
        let service = &found["answers"]["services"]["value"][0];
        (service["variables"].clone(), service["secrets"].clone())
    };
    let address = format!("DATABASE_URL=postgresql://shop:x@db:5432/shop\n{container}");
    assert_eq!(variables(&address), (Value::Null, Value::Null));
    let (parts, _) = variables(&format!("POSTGRES_HOST=db\n{container}"));
    assert_eq!(parts["POSTGRES_PASSWORD"], "${database.password}");
}
