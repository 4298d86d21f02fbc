//! Where a value says that a server is: its host and port, without names and passwords.

use super::Sort;
use super::value::is_placeholder;

/// A server as a value names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Server {
    /// Empty where the value has none.
    pub scheme: String,
    /// Empty where the value has none, or only stands in the place of one.
    pub host: String,
    pub port: Option<u16>,
}

/// The servers in a value: of a port itself, of URLs, and of each `host:port` in a list.
pub fn servers(sort: Sort, value: &str) -> Vec<Server> {
    if sort == Sort::Port {
        let port = value.trim().parse().ok().filter(|port| *port > 0);
        return port.map(|port| Server { port: Some(port), ..Server::default() }).into_iter().collect();
    }
    let mut scheme = String::new();
    let mut found = Vec::new();
    for (i, item) in value.split(',').map(str::trim).enumerate() {
        let item = item.strip_prefix("jdbc:").unwrap_or(item);
        let rest = item.split_once("://").map_or(item, |(before, rest)| {
            before.clone_into(&mut scheme);
            rest
        });
        let authority = rest.split(['/', '?', '#', ';', ' ']).next().unwrap_or_default();
        let authority = authority.rsplit_once('@').map_or(authority, |(_, authority)| authority);
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().ok().filter(|port| *port > 0)),
            None => (authority, None),
        };
        let is_host = !host.is_empty()
            && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
            && !is_placeholder(host);
        // what follows a comma in a password or in options names no port
        if port.is_none() && (!is_host || i > 0 && !item.contains("://")) {
            continue;
        }
        let host = if is_host { host.to_owned() } else { String::new() };
        found.push(Server { scheme: scheme.clone(), host, port });
    }
    found
}

/// The name of a database in its address: the path, or an option of SQL Server.
pub fn database(value: &str) -> Option<&str> {
    let (_, rest) = value.split_once("://")?;
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let option = authority.split(';').find_map(|option| {
        let (key, value) = option.split_once('=')?;
        matches!(key.to_ascii_lowercase().as_str(), "database" | "databasename").then_some(value)
    });
    let name = option.unwrap_or_else(|| path.split(['?', '#', ';']).next().unwrap_or_default());
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    (is_name && !is_placeholder(name)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::{Sort, database, servers};

    #[test]
    fn the_database_in_an_address() {
        for (value, wanted) in [
            ("postgres://u:p@localhost:5432/orders?schema=public", Some("orders")),
            ("mongodb://a,b/shop", Some("shop")),
            ("jdbc:sqlserver://db:1433;databaseName=erp;encrypt=true", Some("erp")),
            ("postgres://u:p@localhost:5432/${DB}", None),
            ("mysql://u:p@localhost", None),
            ("localhost:5432/x", None),
        ] {
            assert_eq!(database(value), wanted, "{value}");
        }
    }

    #[test]
    fn hosts_and_ports_without_passwords() {
        for (sort, value, wanted) in [
            (Sort::Port, "587", vec![("", "", Some(587))]),
            (Sort::Port, "smtp", vec![]),
            (Sort::Address, "redis://:p,w@cache.acme.dev:6380/0", vec![("redis", "cache.acme.dev", Some(6380))]),
            (
                Sort::Address,
                "postgres://u:p@a.acme.dev:5432,b.acme.dev:5433/db",
                vec![("postgres", "a.acme.dev", Some(5432)), ("postgres", "b.acme.dev", Some(5433))],
            ),
            (Sort::Host, "kafka:9092, kafka2:9093", vec![("", "kafka", Some(9092)), ("", "kafka2", Some(9093))]),
            (Sort::Address, "http://a:9200,http://b", vec![("http", "a", Some(9200)), ("http", "b", None)]),
            (Sort::Host, "smtp.gmail.com", vec![("", "smtp.gmail.com", None)]),
            (Sort::Host, "smtp.example.com", vec![]),
            (Sort::Address, "amqps://${HOST}:5671", vec![("amqps", "", Some(5671))]),
            (Sort::Address, "Server=tcp:db.acme.dev,1433;Database=x", vec![]),
            (Sort::Address, "jdbc:sqlserver://db:1433;databaseName=x", vec![("sqlserver", "db", Some(1433))]),
            (Sort::Plain, "info", vec![("", "info", None)]),
        ] {
            let found = servers(sort, value);
            let found: Vec<(&str, &str, Option<u16>)> =
                found.iter().map(|one| (one.scheme.as_str(), one.host.as_str(), one.port)).collect();
            assert_eq!(found, wanted, "{value}");
        }
    }
}
