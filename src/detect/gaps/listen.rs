//! Where a program listens: in a container, only what listens on all addresses is reached by others.

use super::super::finding::Location;
use super::super::tokens::{Token, What};
use super::super::wanted::is_spring;
use super::{Code, Draft, GapKind, Subject, is_local};
use crate::catalog::question::FindingName;
use crate::text::path;

/// Tokens of a call that are looked at.
const MOST: usize = 60;

pub(super) fn gaps(subject: &Subject<'_>, code: &Code<'_>) -> Vec<Draft> {
    let Some(port) = subject.value(FindingName::Port).and_then(serde_json::Value::as_u64) else { return Vec::new() };
    if subject.answer(FindingName::Image) == Some("existing") {
        return Vec::new();
    }
    let is_framework =
        |name: &str| subject.service().is_some_and(|service| service.frameworks.iter().any(|one| one.value == name));
    let (fastify, nest) = (is_framework("Fastify"), is_framework("NestJS"));
    let started = [FindingName::Start, FindingName::Command].map(|field| subject.answer(field).unwrap_or_default());
    let mut found = None;
    code.each_source(|file, tokens| {
        // a server of its own that another program takes the place of
        let is_started = !file.ends_with(".py") || {
            let stem = path::name(file).trim_end_matches(".py");
            started.iter().any(|command| {
                command.starts_with("python")
                    && command.split(['/', '.', ' ']).any(|word| word == stem || stem == "__main__")
            })
        };
        if found.is_some() || !is_started {
            return;
        }
        let uses_fastify = fastify && !nest || nest && tokens.iter().any(|token| token.is_word("FastifyAdapter"));
        found = (0..tokens.len())
            .find_map(|i| address(tokens, i, file, uses_fastify))
            .map(|(line, what)| (Location::new(file, Some(line)), what));
    });
    let found = found.or_else(|| by_settings(code)).or_else(|| by_default_of_flask(subject, code));
    let address = found.map(|(place, what)| {
        let told = match &what {
            Some(address) => format!("listens on `{address}`, which only its own container reaches"),
            None => "listens on localhost, the default of Fastify, which only its own container reaches".to_owned(),
        };
        let change = match (&what, nest) {
            (Some(_), _) => "Let it listen on `0.0.0.0`, which is every address of the container.",
            (None, true) => "Give `listen` the host `'0.0.0.0'` as its second argument.",
            (None, false) => "Add `host: '0.0.0.0'` beside the port that `listen` gets.",
        };
        Draft::new(GapKind::Listen, place, told, change)
    });
    address.into_iter().chain(another_port(subject, code, port)).collect()
}

/// `server.address` of Spring.
fn by_settings(code: &Code<'_>) -> Option<(Location, Option<String>)> {
    code.own.iter().filter(|file| is_spring(file)).find_map(|file| {
        let text = code.files.text(file)?;
        let mut in_server = false;
        text.lines().enumerate().find_map(|(i, line)| {
            let (key, value) = line.split_once(['=', ':'])?;
            in_server = if key.starts_with(' ') { in_server } else { key.trim() == "server" };
            let is_address = key.trim() == "server.address" || in_server && key.trim() == "address";
            let value = value.trim().trim_matches(['"', '\'']);
            (is_address && is_local(value)).then(|| (Location::new(file, Some(i + 1)), Some(value.to_owned())))
        })
    })
}

/// `app.run()` of Flask without a host, in the file that the service starts.
fn by_default_of_flask(subject: &Subject<'_>, code: &Code<'_>) -> Option<(Location, Option<String>)> {
    let is_flask = subject.service()?.frameworks.iter().any(|one| one.value == "Flask");
    let command = subject.answer(FindingName::Start).filter(|command| is_flask && command.starts_with("python"))?;
    let file = command.split_whitespace().find(|word| word.ends_with(".py"))?;
    let mut found = None;
    code.each_source(|source, tokens| {
        if path::name(source) != path::name(file) {
            return;
        }
        for (i, token) in tokens.iter().enumerate().filter(|(_, token)| token.is_word("run")) {
            let is_call = tokens.get(i + 1).is_some_and(|next| next.is_sign('('));
            let is_of_app =
                i >= 2 && tokens.get(i - 2).is_some_and(|app| app.is_word("app") || app.is_word("application"));
            let has_host = inside(tokens, i + 2).iter().any(|argument| argument.is_word("host"));
            if is_call && is_of_app && !has_host {
                found.get_or_insert((Location::new(source, Some(token.line)), Some("127.0.0.1".to_owned())));
            }
        }
    });
    found
}

/// A port in a source that is not the one of the answers, in a program that does not read `PORT`.
fn another_port(subject: &Subject<'_>, code: &Code<'_>, port: u64) -> Option<Draft> {
    let found = subject.service()?.port.as_ref()?;
    let is_in_source = code.own.contains(&found.found_in.file.as_str()) && super::is_program(&found.found_in.file);
    if !is_in_source || u64::from(found.value) == port || code.has(|text| text.contains("PORT")) {
        return None;
    }
    Some(Draft::new(
        GapKind::Listen,
        found.found_in.clone(),
        format!("listens at port {}, and the answers say {port}", found.value),
        format!(
            "Let it read the variable `PORT`, or take its port: {}.",
            subject.set(FindingName::Port, &found.value.to_string())
        ),
    ))
}

/// The line of a call that listens on one address only, and the address; none where it gives no address and the default is one.
fn address(tokens: &[Token<'_>], i: usize, file: &str, fastify: bool) -> Option<(usize, Option<String>)> {
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
            .then(|| (call.line, Some("127.0.0.1".to_owned())));
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
    let host = |text: &str| {
        if file.ends_with(".cs") {
            text.split_once("://").map(|(_, rest)| rest.to_owned())
        } else {
            Some(text.to_owned())
        }
    };
    let is_one = |(at, text): &&(usize, &str)| !is_default(*at) && host(text).is_some_and(|host| is_local(&host));
    if let Some((_, text)) = texts.iter().find(is_one) {
        return Some((call.line, Some((*text).to_owned())));
    }
    let names_host =
        arguments.iter().any(|token| token.word().is_some_and(|word| word.to_ascii_lowercase().contains("host")));
    let is_of_program = i >= 2 && tokens.get(i - 1).is_some_and(|dot| dot.is_sign('.'));
    let has_port = arguments.iter().any(|token| {
        token.number().is_some() || token.word().is_some_and(|word| word.to_ascii_lowercase().contains("port"))
    });
    (fastify && is_of_program && has_port && !names_host && texts.is_empty()).then_some((call.line, None))
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
    use super::address;

    fn of(file: &str, source: &str, fastify: bool) -> Option<Option<String>> {
        let comments = if file.ends_with(".py") { Comments::Hash } else { Comments::Slashes };
        let tokens = tokens(source, comments);
        (0..tokens.len()).find_map(|i| address(&tokens, i, file, fastify)).map(|(_, address)| address)
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
            assert_eq!(of(file, source, false), Some(Some(address.to_owned())), "{source}");
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
            assert_eq!(of(file, source, false), None, "{source}");
        }
    }

    #[test]
    fn fastify_listens_on_localhost_by_default() {
        assert_eq!(of("a.js", "await fastify.listen({ port: 3000 })", true), Some(None));
        assert_eq!(of("a.ts", "await app.listen(process.env.PORT)", true), Some(None));
        assert_eq!(of("a.js", "await fastify.listen({ port: 3000, host: '::' })", true), None);
        assert_eq!(of("a.js", "await fastify.listen({ port, host })", true), None);
        assert_eq!(of("a.js", "await app.listen({ port: 3000 })", false), None);
    }
}
