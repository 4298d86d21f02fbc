//! Reverse proxies of a repository: which path they pass on to which service, and whether they take it away before.
//!
//! Read of nginx, Caddy and the development server of Vite. Lines that are written with variables tell nothing.

use super::finding::{Finding, Location};
use super::service::{Forward, Service, Services};
use super::walk::Files;
use crate::text::path;

/// A path that goes to a host and port.
#[derive(Debug, PartialEq, Eq)]
struct Passed {
    prefix: String,
    host: String,
    port: Option<u16>,
    stripped: bool,
    line: usize,
}

/// Gives services the path at which a proxy puts them.
pub fn detect(files: &Files, services: &mut Services) {
    let all: Vec<String> = files.paths().map(str::to_owned).collect();
    for file in all {
        let name = path::name(&file);
        let read: fn(&str) -> Vec<Passed> = match name {
            "Caddyfile" => caddy,
            _ if name.starts_with("vite.config.") => vite,
            _ if is_nginx(name) => nginx,
            _ => continue,
        };
        let Some(text) = files.text(&file) else { continue };
        for one in read(&text) {
            let place = Location::new(&file, Some(one.line));
            let Some(service) = target(services, &one, &file) else { continue };
            let forward = Forward { prefix: one.prefix, stripped: one.stripped };
            service.forward.get_or_insert_with(|| Finding::new(forward, place));
        }
    }
}

/// Whether a file is a configuration of nginx by its name.
pub fn is_nginx(name: &str) -> bool {
    let name = name.strip_suffix(".template").unwrap_or(name);
    matches!(name, "nginx.conf" | "default.conf" | "nginx.prod.conf" | "nginx.production.conf")
}

/// The service that listens there: of this name, or on this port of the same machine, where only one does. What serves pages
/// to people is not what a path is passed on to.
fn target<'s>(services: &'s mut Services, one: &Passed, file: &str) -> Option<&'s mut Service> {
    let is_local = matches!(one.host.as_str(), "localhost" | "127.0.0.1" | "0.0.0.0");
    let listens = |service: &Service| service.port.as_ref().map(|port| port.value) == one.port && one.port.is_some();
    let fits = |service: &&mut Service| {
        let named =
            service.name.as_ref().is_some_and(|name| name.value == one.host) || path::name(&service.path) == one.host;
        service.output.is_none() && path::parent(file) != service.path && (named || is_local && listens(service))
    };
    let mut found = services.0.values_mut().filter(fits);
    let first = found.next();
    first.filter(|_| found.next().is_none())
}

/// A URL such as `http://api:3000/v1/`: host, port, and the path after them, if there is any.
fn url(text: &str) -> Option<(String, Option<u16>, Option<&str>)> {
    let text = text.trim().trim_end_matches([';', ',', '{']).trim().trim_matches(['"', '\'', '`']);
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://")).unwrap_or(text);
    let (place, below) = rest.split_once('/').map_or((rest, None), |(place, below)| (place, Some(below)));
    let (host, port) = place.split_once(':').map_or((place, None), |(host, port)| (host, port.parse().ok()));
    let is_name = !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    is_name.then(|| (host.to_owned(), port, below))
}

/// `/api/` and `/api/*` as `/api`; none of `/` itself.
fn prefix(text: &str) -> Option<String> {
    let text = text.trim().trim_matches(['"', '\'', '`', '^']).trim_end_matches('*').trim_end_matches('/');
    let is_plain = text.starts_with('/') && text.len() > 1;
    let plain = is_plain && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-_.~".contains(&b));
    plain.then(|| text.to_owned())
}

/// `location /api/ { proxy_pass http://api:3000/; }`: a path in `proxy_pass` takes the place of that of the location. A host may
/// be an `upstream`.
fn nginx(text: &str) -> Vec<Passed> {
    let (mut found, mut upstreams, mut upstream) = (Vec::new(), Vec::new(), None);
    let mut at: Option<(String, bool)> = None;
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default()).enumerate();
    for (i, statement) in lines.flat_map(|(i, line)| line.split_inclusive(['{', ';', '}']).map(move |one| (i, one))) {
        let words: Vec<&str> = statement.split_whitespace().collect();
        match words.as_slice() {
            ["upstream", name, ..] => upstream = Some(name.trim_end_matches('{').to_owned()),
            ["server", place, ..] if upstream.is_some() && *place != "{" => {
                upstreams.extend(upstream.clone().zip(url(place)));
            }
            ["location", rest @ ..] => {
                let mut rest = rest.iter().filter(|word| !matches!(**word, "=" | "^~" | "{"));
                at = rest.next().and_then(|word| prefix(word.trim_end_matches('{'))).map(|prefix| (prefix, false));
            }
            ["rewrite", pattern, to, ..] => {
                if let Some((prefix, stripped)) = &mut at
                    && pattern.contains(prefix.as_str())
                {
                    *stripped = to.starts_with("/$") || to.starts_with('$');
                }
            }
            ["proxy_pass", to, ..] if !to.contains('$') => {
                if let (Some((prefix, stripped)), Some((host, port, below))) = (&at, url(to)) {
                    found.push(Passed {
                        prefix: prefix.clone(),
                        host,
                        port,
                        // `http://api/api/` puts back what was taken away
                        stripped: *stripped || below.is_some_and(|below| below.trim_matches('/').is_empty()),
                        line: i + 1,
                    });
                }
            }
            ["}"] => upstream = None,
            _ => {}
        }
    }
    for one in &mut found {
        if let Some((_, (host, port, _))) = upstreams.iter().find(|(name, _)| *name == one.host) {
            (one.host, one.port) = (host.clone(), *port);
        }
    }
    found
}

/// `handle_path /api/*` takes the path away, `handle` and `reverse_proxy /api/*` do not, unless `uri strip_prefix` does. A
/// matcher such as `@api` has its path in a block of its own.
fn caddy(text: &str) -> Vec<Passed> {
    let (mut found, mut matchers) = (Vec::new(), Vec::<(String, String)>::new());
    let (mut matcher, mut at): (Option<String>, Option<(String, bool)>) = (None, None);
    for (i, line) in text.lines().enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let of = |word: &str, matchers: &[(String, String)]| {
            let named = matchers.iter().find(|(name, _)| name == word).map(|(_, prefix)| prefix.clone());
            named.or_else(|| prefix(word))
        };
        match words.as_slice() {
            [name, "path", first, ..] if name.starts_with('@') => {
                matchers.extend(prefix(first).map(|prefix| ((*name).to_owned(), prefix)));
            }
            [name, "{"] if name.starts_with('@') => matcher = Some((*name).to_owned()),
            ["path", first, ..] => matchers.extend(matcher.clone().zip(prefix(first))),
            ["handle_path" | "route" | "handle", word, ..] => {
                at = of(word, &matchers).map(|prefix| (prefix, words[0] == "handle_path"));
                matcher = None;
            }
            ["handle", ..] | ["}"] => at = None,
            ["uri", "strip_prefix", ..] => {
                if let Some((_, stripped)) = &mut at {
                    *stripped = true;
                }
            }
            ["reverse_proxy", word, to, ..] if of(word, &matchers).is_some() => {
                let passed = of(word, &matchers).zip(url(to));
                found.extend(passed.map(|(prefix, (host, port, _))| Passed {
                    prefix,
                    host,
                    port,
                    stripped: false,
                    line: i + 1,
                }));
            }
            ["reverse_proxy", to, ..] => {
                if let (Some((prefix, stripped)), Some((host, port, _))) = (&at, url(to)) {
                    found.push(Passed { prefix: prefix.clone(), host, port, stripped: *stripped, line: i + 1 });
                }
            }
            _ => {}
        }
    }
    found
}

/// `'/api': 'http://localhost:3000'` and `'/api': { target: 'http://localhost:3000', rewrite: ... }` below `proxy`.
fn vite(text: &str) -> Vec<Passed> {
    let Some((before, _)) = text.split_once("proxy") else { return Vec::new() };
    let start = before.matches('\n').count();
    let (mut found, mut at): (Vec<Passed>, Option<String>) = (Vec::new(), None);
    for (i, line) in text.lines().enumerate().skip(start) {
        let line = line.trim();
        if line.starts_with("//") {
            continue;
        }
        let quoted: Vec<&str> = line.split(['"', '\'', '`']).skip(1).step_by(2).collect();
        if let Some(path) = quoted.first().and_then(|text| prefix(text)).filter(|_| !line.starts_with("rewrite")) {
            at = Some(path);
        }
        if let Some((host, port, _)) = quoted.iter().find(|text| text.starts_with("http")).and_then(|text| url(text))
            && let Some(prefix) = &at
        {
            found.push(Passed { prefix: prefix.clone(), host, port, stripped: false, line: i + 1 });
        }
        if line.contains("rewrite")
            && line.contains("replace")
            && let Some(last) = found.last_mut()
        {
            last.stripped = true;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Passed, caddy, nginx, vite};

    fn of(found: &[Passed]) -> Vec<String> {
        let port = |one: &Passed| one.port.map(|port| format!(":{port}")).unwrap_or_default();
        found.iter().map(|one| format!("{} {}{} {}", one.prefix, one.host, port(one), one.stripped)).collect()
    }

    #[test]
    fn of_nginx() {
        let text = "upstream orders { \n server orders-app:8000;\n}\nserver {\n location / { \n root /x;\n }\n\
            location /api/ {\n proxy_pass http://api:3000/;\n }\n location /v1 {\n proxy_pass http://orders;\n }\n\
            location /old {\n rewrite ^/old/(.*) /$1 break;\n proxy_pass http://old:1;\n }\n\
            location /x { \n proxy_pass http://$host;\n }\n location /v2/ {\n proxy_pass http://b:2/v2/;\n }\n\
            location /v3 { rewrite ^/v3(/.*)$ $1 break; proxy_pass http://c:3; }\n}";
        assert_eq!(
            of(&nginx(text)),
            ["/api api:3000 true", "/v1 orders-app:8000 false", "/old old:1 true", "/v2 b:2 false", "/v3 c:3 true"]
        );
    }

    #[test]
    fn of_caddy() {
        let text = ":80 {\n handle_path /api/* {\n reverse_proxy api:3000\n }\n handle /ws/* {\n reverse_proxy ws:1\n }\n\
            reverse_proxy /v1/* old:2\n @a {\n host a\n path /admin/*\n }\n handle @a {\n uri strip_prefix /admin\n\
            reverse_proxy http://admin\n }\n handle {\n reverse_proxy web:3\n }\n handle_path /x/* {\n root /x\n }\n reverse_proxy web:3\n}";
        assert_eq!(of(&caddy(text)), ["/api api:3000 true", "/ws ws:1 false", "/v1 old:2 false", "/admin admin true"]);
    }

    #[test]
    fn of_vite() {
        let text = "export default {\n server: {\n proxy: {\n // '/old': 'http://localhost:3001',\n '/api': 'http://localhost:3000',\n '/auth': {\n\
            target: 'http://localhost:4000',\n rewrite: (path) => path.replace(/^\\/auth/, ''),\n },\n },\n },\n}";
        assert_eq!(of(&vite(text)), ["/api localhost:3000 false", "/auth localhost:4000 true"]);
        assert!(vite("export default {}").is_empty());
    }
}
