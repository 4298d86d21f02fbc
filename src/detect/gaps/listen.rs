//! Where a program listens: in a container, only what listens on all addresses is reached by others.

use super::super::finding::Location;
use super::super::tokens::{Token, What};
use super::super::wanted::is_spring;
use super::code::Code;
use super::{Draft, GapKind, Subject};
use crate::catalog::question::FindingName;
use crate::text::path;

/// Tokens of a call that are looked at.
const MOST: usize = 60;

pub(super) fn gaps(subject: &Subject<'_>, code: &Code<'_>) -> Vec<Draft> {
    let Some(port) = subject.value(FindingName::Port).and_then(serde_json::Value::as_u64) else { return Vec::new() };
    if subject.answer(FindingName::Image) == Some("existing") {
        return Vec::new();
    }
    let started = [FindingName::Start, FindingName::Command].map(|field| subject.answer(field).unwrap_or_default());
    // another program can serve in the place of what a source of Python starts
    let is_started = |file: &str| {
        let stem = path::name(file).trim_end_matches(".py");
        let names = |command: &str| command.split(['/', '.', ' ']).any(|word| word == stem || stem == "__main__");
        !file.ends_with(".py") || started.iter().any(|command| command.starts_with("python") && names(command))
    };
    let in_sources = code.tokens().filter(|(file, _)| is_started(file)).find_map(|(file, tokens)| {
        let uses_adapter = || tokens.iter().any(|token| token.is_word("FastifyAdapter"));
        let framework = match () {
            () if subject.uses("NestJS") => uses_adapter().then_some("NestJS with Fastify"),
            () if subject.uses("Fastify") => Some("Fastify"),
            () if subject.uses("Flask") => Some("Flask"),
            () => None,
        };
        let (line, what) = (0..tokens.len()).find_map(|i| address(&tokens, i, file, framework))?;
        Some((Location::new(file, Some(line)), what))
    });
    let address = in_sources.or_else(|| by_settings(code)).map(|(place, what)| {
        let (told, change) = match what {
            Listens::At(address) => {
                (format!("on `{address}`"), "Let it listen on `0.0.0.0`, which is every address of the container.")
            }
            Listens::ByDefaultOf(framework) => (
                format!("on localhost, the default of {framework}"),
                match framework {
                    "NestJS with Fastify" => "Give `listen` the host `'0.0.0.0'` as its second argument.",
                    "Flask" => "Add `host=\"0.0.0.0\"` to the call.",
                    _ => "Add `host: '0.0.0.0'` beside the port that `listen` gets.",
                },
            ),
        };
        Draft::new(GapKind::Listen, place, format!("listens {told}, which only its own container reaches"), change)
    });
    address.into_iter().chain(another_port(subject, code, port)).collect()
}

/// Where a program listens, if no other container reaches that.
#[derive(Debug, PartialEq, Eq)]
enum Listens {
    At(String),
    /// A framework that listens on localhost unless it is told otherwise.
    ByDefaultOf(&'static str),
}

/// `server.address` of Spring.
fn by_settings(code: &Code<'_>) -> Option<(Location, Listens)> {
    code.own.iter().filter(|source| is_spring(&source.path)).find_map(|source| {
        let mut in_server = false;
        source.text.lines().enumerate().find_map(|(i, line)| {
            let (key, value) = line.split_once(['=', ':'])?;
            in_server = if key.starts_with(' ') { in_server } else { key.trim() == "server" };
            let is_address = key.trim() == "server.address" || in_server && key.trim() == "address";
            let value = value.trim().trim_matches(['"', '\'']);
            let place = || Location::new(&source.path, Some(i + 1));
            (is_address && is_local(value)).then(|| (place(), Listens::At(value.to_owned())))
        })
    })
}

/// A port in a source that is not the one of the answers, in a program that does not read `PORT`.
fn another_port(subject: &Subject<'_>, code: &Code<'_>, port: u64) -> Option<Draft> {
    let found = subject.service()?.port.as_ref()?;
    if !code.is_program(&found.found_in.file) || u64::from(found.value) == port || code.has("PORT") {
        return None;
    }
    Some(
        Draft::new(
            GapKind::Listen,
            found.found_in.clone(),
            format!("listens at port {}, and the answers say {port}", found.value),
            "Let it read the variable `PORT`, or take its port.",
        )
        .with([subject.set(FindingName::Port, &found.value.to_string())]),
    )
}

/// The line of a call that listens on one address only. `framework` is one that does so by default.
fn address(tokens: &[Token<'_>], i: usize, file: &str, framework: Option<&'static str>) -> Option<(usize, Listens)> {
    let call = tokens.get(i)?;
    let word = call.word()?;
    let is_server = match path::name(file).rsplit_once('.')?.1 {
        "go" => matches!(word, "ListenAndServe" | "ListenAndServeTLS" | "Run" | "Start" | "Listen" | "Addr"),
        "rs" => matches!(word, "bind" | "from"),
        "py" => matches!(word, "run" | "run_app" | "run_server" | "serve" | "HTTPServer" | "make_server"),
        "cs" => matches!(word, "UseUrls" | "Run"),
        "cjs" | "cts" | "js" | "jsx" | "mjs" | "mts" | "ts" | "tsx" => word == "listen",
        _ => false,
    };
    let next = tokens.get(i + 1)?;
    if !is_server || !(next.is_sign('(') || word == "Addr" && next.is_sign(':')) {
        return None;
    }
    // `SocketAddr::from(([127, 0, 0, 1], 3000))`
    if word == "from" {
        let numbers: Vec<&str> = tokens
            .get(i + 4..)?
            .iter()
            .take(7)
            .filter_map(|token| if let What::Number(number) = token.what { Some(number) } else { None })
            .collect();
        let is_array = tokens.get(i + 2)?.is_sign('(') && tokens.get(i + 3)?.is_sign('[');
        return (is_array && numbers.starts_with(&["127", "0", "0", "1"]))
            .then(|| (call.line, Listens::At("127.0.0.1".to_owned())));
    }
    let arguments: &[Token<'_>] = if word == "Addr" { tokens.get(i + 2..i + 3)? } else { inside(tokens, i + 2) };
    let is_default =
        |at: usize| at > 0 && arguments.get(at - 1).is_some_and(|before| before.is_sign('|') || before.is_sign('?'));
    // what a callback prints is no address; Rust has it in a pair
    let deepest = i32::from(file.ends_with(".rs"));
    let mut depth = 0;
    let mut texts: Vec<(usize, &str)> = Vec::new();
    for (at, token) in arguments.iter().enumerate() {
        depth += i32::from(token.is_sign('(')) - i32::from(token.is_sign(')'));
        texts.extend(token.text().filter(|_| depth <= deepest).map(|text| (at, text)));
    }
    // only .NET takes a URL
    let is_here = |text: &str| match file.ends_with(".cs") {
        true => text.split_once("://").is_some_and(|(_, rest)| is_local(rest)),
        false => is_local(text),
    };
    if let Some((_, text)) = texts.iter().find(|(at, text)| !is_default(*at) && is_here(text)) {
        return Some((call.line, Listens::At((*text).to_owned())));
    }
    let framework = framework.filter(|_| texts.is_empty())?;
    let says = |what: &str| {
        arguments.iter().any(|token| token.word().is_some_and(|word| word.to_ascii_lowercase().contains(what)))
    };
    let is_of_program = i >= 2 && tokens.get(i - 1).is_some_and(|dot| dot.is_sign('.'));
    let is_of_app = || ["app", "application"].iter().any(|name| tokens.get(i - 2).is_some_and(|one| one.is_word(name)));
    let is_default = match word {
        "listen" => says("port") || arguments.iter().any(|token| token.number().is_some()),
        "run" => is_of_program && is_of_app(),
        _ => false,
    };
    (is_default && is_of_program && !says("host")).then_some((call.line, Listens::ByDefaultOf(framework)))
}

/// Whether an address of a socket is that of the container itself.
fn is_local(address: &str) -> bool {
    let name = address.strip_prefix('[').and_then(|rest| rest.split(']').next());
    let name = name.unwrap_or_else(|| address.split([':', '/']).next().unwrap_or_default());
    matches!(name, "localhost" | "127.0.0.1" | "::1")
}

/// The arguments of a call whose bracket is before them.
fn inside<'t, 's>(tokens: &'t [Token<'s>], from: usize) -> &'t [Token<'s>] {
    let mut depth = 0;
    let rest = tokens.get(from..).unwrap_or_default();
    let end = rest.iter().take(MOST).position(|token| {
        if token.is_sign(')') && depth == 0 {
            return true;
        }
        depth += i32::from(token.is_sign('(')) - i32::from(token.is_sign(')'));
        false
    });
    rest.get(..end.unwrap_or_else(|| rest.len().min(MOST))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::super::tokens::{Comments, tokens};
    use super::{Listens, address};

    fn of(file: &str, source: &str, framework: Option<&'static str>) -> Option<Listens> {
        let tokens = tokens(source, Comments::of(file));
        (0..tokens.len()).find_map(|i| address(&tokens, i, file, framework)).map(|(_, listens)| listens)
    }

    #[test]
    fn addresses_that_others_do_not_reach() {
        for (file, source, address) in [
            ("a.js", "app.listen(3000, 'localhost', () => log('up'))", "localhost"),
            ("a.ts", "server.listen({ port: 3000, host: '127.0.0.1' })", "127.0.0.1"),
            ("a.py", "app.run(host=\"127.0.0.1\", port=8000)", "127.0.0.1"),
            ("a.go", "http.ListenAndServe(\"localhost:8080\", nil)", "localhost:8080"),
            ("a.go", "&http.Server{Addr: \"127.0.0.1:8080\"}", "127.0.0.1:8080"),
            ("a.rs", "TcpListener::bind(\"127.0.0.1:3000\")", "127.0.0.1:3000"),
            ("a.rs", "HttpServer::new(f).bind((\"127.0.0.1\", 8080))", "127.0.0.1"),
            ("a.rs", "SocketAddr::from(([127, 0, 0, 1], 3000))", "127.0.0.1"),
            ("a.cs", "app.Run(\"http://localhost:5000\")", "http://localhost:5000"),
        ] {
            assert_eq!(of(file, source, None), Some(Listens::At(address.to_owned())), "{source}");
        }
        for (file, source) in [
            ("a.js", "app.listen(port)"),
            ("a.js", "app.listen(port, '0.0.0.0')"),
            ("a.js", "app.listen(port, process.env.HOST || 'localhost')"),
            ("a.js", "app.listen(port, () => log('localhost'))"),
            ("a.js", "app.listen(port, () => log(`http://localhost:${port}`))"),
            ("a.go", "http.ListenAndServe(\":8080\", nil)"),
            ("a.rs", "TcpListener::bind(\"0.0.0.0:3000\")"),
            ("a.rs", "SocketAddr::from(([0, 0, 0, 0], 3000))"),
            ("a.py", "subprocess.run([\"echo\"])"),
        ] {
            assert_eq!(of(file, source, None), None, "{source}");
        }
    }

    #[test]
    fn frameworks_that_listen_on_localhost_by_default() {
        let fastify = |source| of("a.ts", source, Some("Fastify"));
        for source in ["await fastify.listen({ port: 3000 })", "await app.listen(process.env.PORT)"] {
            assert_eq!(fastify(source), Some(Listens::ByDefaultOf("Fastify")), "{source}");
        }
        assert_eq!(fastify("await fastify.listen({ port: 3000, host: '::' })"), None);
        assert_eq!(fastify("await fastify.listen({ port, host })"), None);
        let flask = |source| of("a.py", source, Some("Flask"));
        assert_eq!(flask("app.run(port=5000)"), Some(Listens::ByDefaultOf("Flask")));
        assert_eq!(flask("app.run(host=host)"), None);
        assert_eq!(flask("asyncio.run(main())"), None);
    }
}
