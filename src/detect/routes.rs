//! Routes and ports that stand in sources as plain texts and numbers: `app.get("/healthz", ...)`, `app.listen(3000)`.
//! A route below a router is left out, as only the whole program knows under which path that lies.

use std::collections::HashMap;

use super::finding::{Finding, Location};
use super::service::{Route, Service, ServiceKind, Services};
use super::tokens::{Comments, Token, What, tokens};
use super::walk::Files;
use super::wanted::{has_source_end, is_source};
use crate::text::path;

/// Sources read for one service; the shallow ones tell most.
const MAX_SOURCES: usize = 200;

/// Calls that give a path to what handles it.
const CALLS: [&str; 16] = [
    "Get",
    "GET",
    "Handle",
    "HandleFunc",
    "To",
    "all",
    "get",
    "getOrHead",
    "head",
    "handle",
    "map",
    "path",
    "route",
    "service",
    "url",
    "use",
];

/// More calls that put routes below a path.
const MOUNTS: [&str; 7] = ["Group", "Mount", "PathPrefix", "Route", "nest", "register", "scope"];

/// Calls that make a server of the standard library or of a runtime.
const SERVERS: [&str; 9] = [
    "HTTPServer",
    "HttpServer",
    "TCPServer",
    "ThreadingHTTPServer",
    "WebSocketServer",
    "createServer",
    "listen",
    "make_server",
    "serve",
];

/// Receivers of such calls that are the whole program and not a part of it.
const PROGRAMS: [&str; 5] = ["app", "application", "engine", "fastify", "server"];

/// More of them in Go. In other languages a router is a part of a program, and `http` asks others.
const PROGRAMS_IN_GO: [&str; 5] = ["e", "http", "mux", "r", "router"];

/// Reads the sources of each service that serves requests.
pub fn detect(files: &Files, services: &mut Services) {
    let mut sources: HashMap<&str, Vec<&str>> = HashMap::new();
    for file in files.paths().filter(|file| is_source(file)) {
        if let Some(folder) = services.around(file) {
            sources.entry(folder).or_default().push(file);
        }
    }
    for (folder, service) in &mut services.0 {
        let builds_only = service.output.is_some();
        if !service.runs && service.entry.is_none() || builds_only {
            continue;
        }
        let mut sources = sources.get(folder.as_str()).cloned().unwrap_or_default();
        let (entry, known) = (service.entry.clone(), service.port.is_some());
        // the source in which the program begins tells most, whatever it is called
        if let Some(entry) = entry.as_deref().filter(|entry| has_source_end(entry)) {
            sources.retain(|file| *file != entry);
            sources.insert(0, entry);
        }
        if sources.len() > MAX_SOURCES {
            files.note(folder, format!("has more than {MAX_SOURCES} sources, of which the deepest were not read"));
        }
        for &file in sources.iter().take(MAX_SOURCES) {
            route_of_file(service, file);
            let Some(text) = files.text(file) else { continue };
            let tokens = tokens(&text, Comments::of(file));
            if file.ends_with("urls.py") && path::parent(file).contains('/') && !is_root_urls(&tokens) {
                continue;
            }
            read(service, file, &tokens, known);
        }
    }
}

/// The routes of Django's root include those of its parts; a part is mounted somewhere.
fn is_root_urls(tokens: &[Token<'_>]) -> bool {
    tokens.iter().any(|token| token.is_word("admin") || token.is_word("include"))
}

fn read(service: &mut Service, file: &str, tokens: &[Token<'_>], known: bool) {
    for (i, token) in tokens.iter().enumerate() {
        let at = |k: usize| tokens.get(i + k);
        let place = || Location::new(file, Some(token.line));
        if let Some(port) = port(tokens, i)
            && !known
            && service.port.is_none()
        {
            service.port = Some(Finding::new(port, place()));
        }
        let Some(word) = token.word() else { continue };
        // Go without a framework
        if word == "ListenAndServe" && service.frameworks.is_empty() {
            service.frameworks.push(Finding::new("net/http", place()));
            service.kind.get_or_insert_with(|| Finding::new(ServiceKind::Api, place()));
            service.runs = true;
        }
        // it serves, on a port that is not written as a number here
        if SERVERS.contains(&word) && at(1).is_some_and(|sign| sign.is_sign('(') || sign.is_sign('.')) {
            service.kind.get_or_insert_with(|| Finding::new(ServiceKind::Api, place()));
        }
        // `health: '/up'` of Laravel
        if word == "health" && file.ends_with("bootstrap/app.php") {
            let path = at(2).and_then(Token::text).filter(|path| path.starts_with('/'));
            if let Some(path) = path {
                learn(service, Route::Liveness, path.to_owned(), place());
            }
            continue;
        }
        // `get "up" => ...` of Rails, and `call("...")` of all others
        let argument = if at(1).is_some_and(|sign| sign.is_sign('(')) { at(2) } else { at(1) };
        // `r.To("GET,HEAD", "/healthz")`
        let is_method = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_uppercase() || b == b',');
        let argument = match argument.and_then(Token::text) {
            Some(text) if word == "To" && is_method(text) => at(4),
            Some(_) | None => argument,
        };
        // `baseUrl + "/healthz"`
        let argument = if at(3).is_some_and(|sign| sign.is_sign('+')) { at(4) } else { argument };
        let Some(text) = argument.and_then(Token::text) else { continue };
        if CALLS.contains(&word) && is_of_program(tokens, i, file) {
            // `GET /healthz` in Go, `^healthz/$` in Django
            let path = text.split_whitespace().last().unwrap_or_default();
            let path = format!("/{}", path.trim_start_matches(['/', '^']).trim_end_matches(['/', '$']));
            if let Some(route) = meaning(&path) {
                let is_plain = !path.contains("live") && !path.contains("up");
                let route = match route {
                    Route::Liveness if is_plain && asks_a_store(&tokens[i..]) => {
                        // a compose file may have named it before
                        if service.routes.get(&Route::Liveness).is_some_and(|known| known.value == path) {
                            service.routes.remove(&Route::Liveness);
                        }
                        Route::Readiness
                    }
                    route => route,
                };
                learn(service, route, path, place());
                continue;
            }
        }
        if word == "setGlobalPrefix" && !text.is_empty() {
            service.prefixes = vec![Finding::new(format!("/{}", text.trim_matches('/')), place())];
        } else if (MOUNTS.contains(&word) || CALLS.contains(&word))
            && let Some(first) = text.trim_start_matches('/').split('/').next().filter(|_| text.starts_with('/'))
            && !first.is_empty()
            && first.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !matches!(first, "doc" | "docs" | "api-docs" | "swagger")
            && meaning(&format!("/{first}")).is_none()
            && is_of_program(tokens, i, file)
        {
            let prefix = format!("/{first}");
            if !service.prefixes.iter().any(|known| known.value == prefix) {
                service.prefixes.push(Finding::new(prefix, place()));
            }
        }
    }
}

/// Whether the handler of a route asks a database or another store: in the arguments of the call, or in the function below a
/// decorator. One that is only named is not looked at.
fn asks_a_store(tokens: &[Token<'_>]) -> bool {
    const STORES: [&str; 14] = [
        "connection",
        "datasource",
        "db",
        "dbcontext",
        "knex",
        "mongo",
        "mongoose",
        "pg",
        "pool",
        "prisma",
        "redis",
        "select",
        "sequelize",
        "typeorm",
    ];
    let mut depth = 0;
    let end = tokens.iter().position(|token| {
        depth += i32::from(token.is_sign('(')) - i32::from(token.is_sign(')'));
        depth == 0 && token.is_sign(')')
    });
    let end = end.map_or(tokens.len(), |end| end + 1);
    let below = tokens.get(end..).unwrap_or_default();
    let decorated = below.first().is_some_and(|token| token.is_word("def") || token.is_word("async"));
    let below = below.iter().take_while(|token| decorated && !token.is_sign('@'));
    let words = tokens[..end].iter().chain(below).take(200).filter_map(Token::word);
    words.map(str::to_ascii_lowercase).any(|word| STORES.contains(&word.as_str()))
}

/// Whether a call is one of the program itself: `app.get(`, `@app.get(`, `mux.HandleFunc(`, or stands alone in a file
/// of routes.
fn is_of_program(tokens: &[Token<'_>], i: usize, file: &str) -> bool {
    let before = |k: usize| i.checked_sub(k).and_then(|at| tokens.get(at));
    match before(1) {
        Some(dot) if dot.is_sign('.') => match before(2) {
            Some(receiver) => {
                let go = file.ends_with(".go");
                let is_program = |word| PROGRAMS.contains(&word) || go && PROGRAMS_IN_GO.contains(&word);
                receiver.word().is_some_and(is_program)
                    // `Router::new().route("/healthz", ...)` of axum
                    || receiver.is_sign(')') && file.ends_with(".rs")
            }
            None => false,
        },
        _ => file.ends_with("urls.py") || file.ends_with("routes.rb"),
    }
}

/// The port in `listen(3000`, `listen({ port: 3000`, `PORT || 3000` and `PORT ?? 3000`, in `get("PORT", 3000)` and
/// `getenv("PORT", "3000")`, in `app.run(port=3000`, `port := "3000"` beside `PORT`, or in `ListenAndServe(":8080"`.
fn port(tokens: &[Token<'_>], i: usize) -> Option<u16> {
    let at = |k: usize| tokens.get(i + k);
    let of = |token: &Token<'_>| token.number().or_else(|| token.text()?.rsplit(':').next()?.parse().ok());
    let number = match tokens.get(i)?.what {
        What::Word("listen") if at(1)?.is_sign('(') => at(2)?.number().or_else(|| named(tokens, i + 2, of)),
        What::Word("PORT" | "port") if at(1)?.is_sign('|') && at(2)?.is_sign('|') => of(at(3)?),
        What::Word("PORT") if at(1)?.is_sign('?') && at(2)?.is_sign('?') => of(at(3)?),
        What::Word("ListenAndServe" | "ListenAndServeTLS" | "Run" | "Start" | "Listen") if at(1)?.is_sign('(') => {
            let address = at(2)?.text()?;
            address.contains(':').then(|| address.rsplit(':').next()?.parse().ok()).flatten()
        }
        // `app.run(host="0.0.0.0", port=8000)`, `uvicorn.run(app, port=8000)`, `serve(app, port=8000)`
        What::Word("run" | "serve" | "run_app" | "run_server") if at(1)?.is_sign('(') => named(tokens, i + 2, of),
        // `.bind("0.0.0.0:3000")` and `bind(("0.0.0.0", 3000))` of Rust
        What::Word("bind") if at(1)?.is_sign('(') => {
            let address = at(2)?;
            let pair = || (address.is_sign('(') && at(4)?.is_sign(',')).then(|| at(5)?.number()).flatten();
            address.text().filter(|text| text.contains(':')).and_then(|_| of(address)).or_else(pair)
        }
        // `set :port, 4567` of Sinatra
        What::Word("set") if at(1)?.is_sign(':') && at(2)?.is_word("port") && at(3)?.is_sign(',') => at(4)?.number(),
        What::Text("PORT") if at(1)?.is_sign(',') && at(3)?.is_sign(')') => of(at(2)?),
        // `os.environ.get("PORT") or 8000`, `ENV["PORT"] || 3000`
        What::Text("PORT") if at(1)?.is_sign(')') && at(2)?.is_word("or") => of(at(3)?),
        What::Text("PORT") if at(1)?.is_sign(']') && at(2)?.is_sign('|') => of(at(4)?),
        _ => None,
    };
    number.filter(|port| *port > 0)
}

/// The value of `port` among the arguments from here: `port=8000`, `port: 8000`.
fn named(tokens: &[Token<'_>], from: usize, of: impl Fn(&Token<'_>) -> Option<u16>) -> Option<u16> {
    let (mut depth, arguments) = (0, tokens.get(from..)?);
    for (at, token) in arguments.iter().enumerate().take(40) {
        match token.what {
            What::Sign('(') => depth += 1,
            What::Sign(')') if depth == 0 => return None,
            What::Sign(')') => depth -= 1,
            What::Word("port") if arguments.get(at + 1)?.is_sign('=') || arguments.get(at + 1)?.is_sign(':') => {
                return arguments.get(at + 2).and_then(of);
            }
            _ => {}
        }
    }
    None
}

/// What a path is for, by the names that are in use.
pub fn meaning(path: &str) -> Option<Route> {
    let path = path.trim_start_matches("/api");
    Some(match path {
        "/health" | "/healthz" | "/livez" | "/live" | "/liveness" | "/health/live" | "/healthz/live" | "/up"
        | "/-/healthy" | "/health/liveness" | "/_health" | "/_healthz" | "/healthcheck" | "/health_check"
        | "/health-check" | "/heartbeat" | "/ping" => Route::Liveness,
        "/ready" | "/readyz" | "/readiness" | "/health/ready" | "/healthz/ready" | "/health/readiness" | "/-/ready" => {
            Route::Readiness
        }
        "/metrics" => Route::Metrics,
        _ => return None,
    })
}

/// In Next.js and Nuxt the path of the file is the route: `app/api/health/route.ts`, `pages/api/health.ts`,
/// `server/routes/_health.get.ts`.
fn route_of_file(service: &mut Service, file: &str) {
    let is = |name: &str| service.frameworks.iter().any(|framework| framework.value == name);
    let (next, nuxt) = (is("Next.js"), is("Nuxt"));
    if !next && !nuxt {
        return;
    }
    let Some(below) = file.strip_prefix(&service.path).map(|rest| rest.trim_start_matches('/')) else { return };
    let below = below.strip_prefix("src/").unwrap_or(below);
    let Some((stem, _)) = below.rsplit_once('.') else { return };
    let path = if nuxt {
        let stem = stem.strip_suffix(".get").unwrap_or(stem);
        let route = stem.strip_prefix("server/routes").map(str::to_owned);
        route.or_else(|| stem.strip_prefix("server/api/").map(|rest| format!("/api/{rest}")))
    } else {
        let page = stem.strip_prefix("app").and_then(|rest| rest.strip_suffix("/route"));
        page.or_else(|| stem.strip_prefix("pages")).map(str::to_owned)
    };
    let Some(path) = path else { return };
    if let Some(route) = meaning(&path) {
        learn(service, route, path, Location::new(file, None));
    }
}

/// Adds a route. The first one counts, but one that is named for liveness tells more than a general one, which may ask for more.
fn learn(service: &mut Service, route: Route, path: String, place: Location) {
    let names_it = |path: &str| path.contains("live");
    let is_better = service.routes.get(&route).is_none_or(|known| names_it(&path) && !names_it(&known.value));
    if is_better {
        service.routes.insert(route, Finding::new(path, place));
    }
}

#[cfg(test)]
mod tests {
    use super::port;
    use crate::detect::tokens::{Comments, tokens};

    #[test]
    fn ports() {
        for (source, wanted) in [
            ("app.listen(3000)", Some(3000)),
            ("process.env.PORT || 3001", Some(3001)),
            ("os.environ.get('PORT', 8123)", Some(8123)),
            ("int(os.getenv(\"PORT\", \"8124\"))", Some(8124)),
            ("http.ListenAndServe(\":8080\", nil)", Some(8080)),
            ("app.run(host='0.0.0.0', port=8125)", Some(8125)),
            ("fastify.listen({ port: 8126, host: '::' })", Some(8126)),
            ("TcpListener::bind(\"0.0.0.0:8127\")", Some(8127)),
            ("bind((\"0.0.0.0\", 8128))", Some(8128)),
            ("set :port, 8129", Some(8129)),
            ("ENV['PORT'] || 8130", Some(8130)),
            ("e.Start(\":8131\")", Some(8131)),
            ("subprocess.run(['x'])", None),
            ("get('PORT', fallback)", None),
            ("listen(0)", None),
        ] {
            let tokens = tokens(source, Comments::Hash);
            assert_eq!((0..tokens.len()).find_map(|i| port(&tokens, i)), wanted, "{source}");
        }
    }
}
