//! Calls that read the environment: `process.env.NAME`, `os.getenv("NAME", "default")`, `ENV.fetch("NAME")`,
//! `os.Getenv("NAME")`, `env::var("NAME")` and helpers that are called like them.

use super::env_files::is_name;
use super::rules::RULES;
use super::seen::{Says, Seen};
use crate::detect::tokens::{Comments, Token, What, tokens};

/// The variables that a source reads.
pub fn read(file: &str, text: &str) -> Vec<Seen> {
    let tokens = tokens(text, Comments::of(file));
    // `env("X")` and `config("X")` are other things without these libraries
    let is_library = |token: &Token<'_>| matches!(token.word(), Some("decouple" | "environ" | "environs"));
    let imports = |token: &Token<'_>| matches!(token.word(), Some("from" | "import"));
    let libraries = tokens.windows(2).any(|pair| imports(&pair[0]) && is_library(&pair[1]));
    let mut found = Vec::new();
    for i in 0..tokens.len() {
        let rest = Rest { all: &tokens, at: i };
        let end = file.rsplit_once('.').map_or("", |(_, end)| end);
        let is_node = matches!(end, "js" | "jsx" | "cjs" | "mjs" | "ts" | "tsx");
        if is_node {
            found.extend(destructured(&rest));
        }
        found.extend(match end {
            "py" => python(&rest, libraries),
            "rb" => ruby(&rest),
            "go" => go(&rest).or_else(|| helper(&rest)),
            "rs" => rust(&rest),
            _ if is_node => node(&rest).or_else(|| helper(&rest)),
            _ => None,
        });
    }
    found
}

/// The tokens from one on.
struct Rest<'s, 't> {
    all: &'s [Token<'t>],
    at: usize,
}

impl<'t> Rest<'_, 't> {
    fn get(&self, k: usize) -> Option<&Token<'t>> {
        self.all.get(self.at + k)
    }

    fn is_word(&self, k: usize, word: &str) -> bool {
        self.get(k).is_some_and(|token| token.is_word(word))
    }

    fn is_sign(&self, k: usize, sign: char) -> bool {
        self.get(k).is_some_and(|token| token.is_sign(sign))
    }

    fn word(&self, k: usize) -> Option<&'t str> {
        self.get(k)?.word()
    }

    /// A text that can be the name of a variable: in capitals, as others are keys of something else.
    fn name(&self, k: usize) -> Option<&'t str> {
        self.get(k)?.text().filter(|name| is_variable(name))
    }

    /// Whether the words and signs are these.
    fn is(&self, path: &[&str]) -> bool {
        path.iter().enumerate().all(|(k, part)| match part.chars().next() {
            Some(sign) if part.len() == 1 && !sign.is_alphabetic() => self.is_sign(k, sign),
            _ => self.is_word(k, part),
        })
    }

    fn seen(&self, name: &str, says: Says, value: Option<String>) -> Seen {
        let line = self.get(0).map_or(1, |token| token.line);
        Seen { name: name.to_owned(), value, says, line }
    }

    /// A text, a number or a truth value that ends an argument or an expression.
    fn literal(&self, k: usize) -> Option<String> {
        let value = match self.get(k)?.what {
            What::Text(text) if !text.contains("${") => text.to_owned(),
            What::Number(number) => number.replace('_', ""),
            What::Word("true" | "True") => "true".to_owned(),
            What::Word("false" | "False") => "false".to_owned(),
            _ => return None,
        };
        let goes_on = |sign: char| matches!(sign, '+' | '*' | '.' | '/' | '-' | '%');
        match self.get(k + 1).map(|token| token.what) {
            Some(What::Sign(sign)) if goes_on(sign) => None,
            _ => Some(value),
        }
    }

    /// What the arguments after a name say: the second one, or the one that is called `default`, is what holds without it.
    fn with_default(&self, name: &str, k: usize, only_named: bool, otherwise: Says) -> Seen {
        let (mut depth, mut k) = (1_i32, k);
        let mut first = !only_named;
        while let Some(token) = self.get(k).filter(|_| depth > 0) {
            match token.what {
                What::Sign('(' | '[' | '{') => depth += 1,
                What::Sign(')' | ']' | '}') => depth -= 1,
                What::Sign(',') if depth == 1 => {
                    let is_named = self.is_word(k + 1, "default") && self.is_sign(k + 2, '=');
                    if is_named {
                        return self.seen(name, Says::Optional, self.literal(k + 3));
                    }
                    let is_other = self.word(k + 1).is_some() && self.is_sign(k + 2, '=');
                    let is_end = self.is_sign(k + 1, ')');
                    if first && !is_other && !is_end {
                        return self.seen(name, Says::Optional, self.literal(k + 1));
                    }
                    first = false;
                }
                _ => {}
            }
            k += 1;
            // no call is longer
            if k > 60 {
                break;
            }
        }
        let is_or = self.is_word(k, "or") || self.is_sign(k, '|') && self.is_sign(k + 1, '|');
        if is_or {
            let at = if self.is_word(k, "or") { k + 1 } else { k + 2 };
            return self.seen(name, Says::Optional, self.literal(at));
        }
        self.seen(name, otherwise, None)
    }
}

/// Whether a name is written like that of a variable.
pub fn is_variable(name: &str) -> bool {
    is_name(name) && name.len() > 1 && !name.contains(|c: char| c.is_ascii_lowercase())
}

/// `process.env.NAME`, `process.env["NAME"]`, `import.meta.env.NAME`, `Deno.env.get("NAME")`, and what is behind them.
fn node(rest: &Rest<'_, '_>) -> Option<Seen> {
    let length = if rest.is(&["process", ".", "env"]) || rest.is(&["Bun", ".", "env"]) {
        3
    } else if rest.is(&["import", ".", "meta", ".", "env"]) {
        5
    } else if rest.is(&["Deno", ".", "env", ".", "get", "("]) {
        let name = rest.name(6)?;
        return Some(after(rest, name, 8));
    } else {
        return None;
    };
    let (name, end) = if rest.is_sign(length, '.') {
        (rest.word(length + 1)?, length + 2)
    } else if rest.is_sign(length, '[') && rest.is_sign(length + 2, ']') {
        (rest.name(length + 1)?, length + 3)
    } else {
        return None;
    };
    is_variable(name).then(|| after(rest, name, end))
}

/// What is behind a variable: `|| "default"`, `?? "default"`, a comparison or a condition.
fn after(rest: &Rest<'_, '_>, name: &str, end: usize) -> Seen {
    let sign = |k: usize| match rest.get(k).map(|token| token.what) {
        Some(What::Sign(sign)) => Some(sign),
        _ => None,
    };
    match (sign(end), sign(end + 1)) {
        (Some('|'), Some('|')) | (Some('?'), Some('?')) => rest.seen(name, Says::Optional, rest.literal(end + 2)),
        (Some('?'), Some('.')) => rest.seen(name, Says::Optional, None),
        (Some('?'), _) | (Some('='), Some('=')) | (Some('!'), Some('=')) | (Some('&'), Some('&')) => {
            rest.seen(name, Says::Optional, None)
        }
        // it is set here
        (Some('='), _) => rest.seen(name, Says::Optional, None),
        (Some(')'), _) if is_guard(rest, end) => rest.seen(name, Says::Demanded, None),
        _ => rest.seen(name, Says::Read, None),
    }
}

/// `if (!process.env.NAME) throw ...`.
fn is_guard(rest: &Rest<'_, '_>, end: usize) -> bool {
    let is_not = rest.at.checked_sub(1).and_then(|at| rest.all.get(at)).is_some_and(|token| token.is_sign('!'));
    let next = if rest.is_sign(end + 1, '{') { end + 2 } else { end + 1 };
    is_not && rest.is_word(next, "throw")
}

/// `const { A, B = "x" } = process.env`.
fn destructured(rest: &Rest<'_, '_>) -> Vec<Seen> {
    let mut found = Vec::new();
    if !rest.is(&["}", "=", "process", ".", "env"]) || rest.is_sign(5, '.') {
        return found;
    }
    for at in (0..rest.at).rev().take(300) {
        let one = Rest { all: rest.all, at };
        if one.is_sign(0, '{') {
            break;
        }
        let Some(name) = one.word(0).filter(|name| is_variable(name)) else { continue };
        found.push(if one.is_sign(1, '=') {
            one.seen(name, Says::Optional, one.literal(2))
        } else {
            one.seen(name, Says::Read, None)
        });
    }
    found.reverse();
    found
}

/// `getEnv("NAME", "default")`, `mustGetenv("NAME")`, `configService.get("NAME")`.
fn helper(rest: &Rest<'_, '_>) -> Option<Seen> {
    let word = rest.word(0)?;
    let lower = word.to_ascii_lowercase();
    let is_env =
        lower.contains("env") && ["get", "must", "require", "env"].iter().any(|start| lower.starts_with(start));
    let receiver = rest.at.checked_sub(2).and_then(|at| rest.all.get(at)).and_then(Token::word).unwrap_or_default();
    let is_config = matches!(word, "get" | "getOrThrow") && receiver.to_ascii_lowercase().contains("config");
    let is_default = word == "SetDefault" && receiver == "viper";
    if receiver == "os" || !is_env && !is_config && !is_default {
        return None;
    }
    // `get<string>("NAME")`
    let open = (1..=6).find(|k| rest.is_sign(*k, '('))?;
    if open > 1 && !rest.is_sign(1, '<') {
        return None;
    }
    let name = rest.name(open + 1)?;
    let demands = ["must", "require", "getorthrow", "getrequired"].iter().any(|start| lower.starts_with(start));
    let otherwise = if demands { Says::Demanded } else { Says::Read };
    Some(rest.with_default(name, open + 2, false, otherwise))
}

/// `os.environ["NAME"]`, `os.getenv("NAME")`, and `env("NAME")` or `config("NAME")` of libraries.
fn python(rest: &Rest<'_, '_>, libraries: bool) -> Option<Seen> {
    if rest.is(&["environ", "["]) && rest.is_sign(3, ']') {
        let is_set = rest.is_sign(4, '=') && !rest.is_sign(5, '=');
        return rest.name(2).filter(|_| !is_set).map(|name| rest.seen(name, Says::Demanded, None));
    }
    // what is asked for in this way may be missing, but for what no program does without
    let is_needed = |name: &str| RULES.needed.iter().any(|part| name.contains(part.as_str()));
    let otherwise = |name: &str| if is_needed(name) { Says::Read } else { Says::Optional };
    if rest.is(&["getenv", "("]) {
        return rest.name(2).map(|name| rest.with_default(name, 3, false, otherwise(name)));
    }
    if rest.is(&["environ", ".", "get", "("]) {
        return rest.name(4).map(|name| rest.with_default(name, 5, false, otherwise(name)));
    }
    let before = rest.at.checked_sub(1).and_then(|at| rest.all.get(at));
    if !libraries || before.is_some_and(|token| token.is_sign('.')) {
        return None;
    }
    if rest.is(&["env", "("]) || rest.is(&["config", "("]) {
        // the second argument of django-environ is a type
        let only_named = rest.is_word(0, "env");
        return rest.name(2).map(|name| rest.with_default(name, 3, only_named, Says::Demanded));
    }
    if rest.is(&["env", "."]) && rest.is_sign(3, '(') {
        return rest.name(4).map(|name| rest.with_default(name, 5, false, Says::Demanded));
    }
    None
}

/// `ENV["NAME"]` and `ENV.fetch("NAME") { "default" }`.
fn ruby(rest: &Rest<'_, '_>) -> Option<Seen> {
    if rest.is(&["ENV", "["]) && rest.is_sign(3, ']') {
        let name = rest.name(2)?;
        let is_or = rest.is_sign(4, '|') && rest.is_sign(5, '|');
        let says = if is_or || rest.is_sign(4, '.') || rest.is_sign(4, '?') { Says::Optional } else { Says::Read };
        return Some(rest.seen(name, says, if is_or { rest.literal(6) } else { None }));
    }
    if rest.is(&["ENV", ".", "fetch", "("]) {
        let name = rest.name(4)?;
        if rest.is_sign(5, ')') && (rest.is_sign(6, '{') || rest.is_word(6, "do")) {
            return Some(rest.seen(name, Says::Optional, rest.literal(7)));
        }
        return Some(rest.with_default(name, 5, false, Says::Demanded));
    }
    None
}

/// `os.Getenv("NAME")` and `os.LookupEnv("NAME")`.
fn go(rest: &Rest<'_, '_>) -> Option<Seen> {
    let is_call = rest.is(&["os", ".", "Getenv", "("]) || rest.is(&["os", ".", "LookupEnv", "("]);
    rest.name(4).filter(|_| is_call).map(|name| rest.seen(name, Says::Read, None))
}

/// `env::var("NAME").expect(...)`.
fn rust(rest: &Rest<'_, '_>) -> Option<Seen> {
    if !rest.is(&["env", ":", ":", "var", "("]) {
        return None;
    }
    let name = rest.name(5)?;
    let next = rest.is_sign(6, ')').then(|| if rest.is_sign(7, '.') { rest.word(8) } else { None }).flatten();
    Some(match next {
        Some("expect" | "unwrap") => rest.seen(name, Says::Demanded, None),
        Some("unwrap_or" | "unwrap_or_else") => {
            let value = [10, 13].into_iter().find_map(|k| rest.get(k)?.text().map(str::to_owned));
            rest.seen(name, Says::Optional, value)
        }
        Some(_) => rest.seen(name, Says::Optional, None),
        None if rest.is_sign(7, '?') => rest.seen(name, Says::Demanded, None),
        None => rest.seen(name, Says::Read, None),
    })
}

#[cfg(test)]
mod tests {
    use super::super::seen::Says::{self, Demanded, Optional, Read};
    use super::read;

    fn check(file: &str, cases: &[(&str, Says, Option<&str>)]) {
        for (text, says, value) in cases {
            let found = read(file, text);
            let found: Vec<_> = found.iter().map(|one| (one.name.as_str(), one.says, one.value.as_deref())).collect();
            assert_eq!(found, [("A_B", *says, *value)], "{text}");
        }
    }

    #[test]
    fn sources_of_node() {
        check(
            "config.ts",
            &[
                ("x = process.env.A_B", Read, None),
                ("x = process.env['A_B'] ?? 'x'", Optional, Some("x")),
                ("x = parseInt(process.env.A_B || 3000, 10)", Optional, Some("3000")),
                ("x = process.env.A_B || other()", Optional, None),
                ("x = process.env.A_B || `a${b}`", Optional, None),
                ("x = process.env.A_B === 'true'", Optional, None),
                ("x = process.env.A_B ? 1 : 2", Optional, None),
                ("if (!process.env.A_B) { throw new Error() }", Demanded, None),
                ("x = import.meta.env.A_B!", Read, None),
                ("const { A_B = 'x' } = process.env", Optional, Some("x")),
                ("const { A_B } = process.env", Read, None),
                ("x = config.getOrThrow<string>('A_B')", Demanded, None),
                ("x = configService.get('A_B', 5)", Optional, Some("5")),
                ("x = requireEnv('A_B')", Demanded, None),
            ],
        );
        assert!(read("a.ts", "map.get('A_B'); process.env.lower; // process.env.A_B").is_empty());
    }

    #[test]
    fn sources_of_python() {
        let library = |text: &str| read("settings.py", &format!("import environ\n{text}")).pop();
        check(
            "settings.py",
            &[
                ("X = os.environ['A_B']", Demanded, None),
                ("X = os.environ.get('A_B')", Optional, None),
                ("X = os.getenv('A_B', 'x')", Optional, Some("x")),
                ("X = int(os.getenv('A_B', 60 * 24))", Optional, None),
                ("X = os.getenv('A_B') or 'x'", Optional, Some("x")),
            ],
        );
        assert_eq!(read("a.py", "os.environ.get('APP_SECRET')")[0].says, Read);
        for (text, says, value) in [
            ("X = env('A_B')", Demanded, None),
            ("X = env('A_B', default='x')", Optional, Some("x")),
            ("X = env.bool('A_B', default=False)", Optional, Some("false")),
            ("X = env.int('A_B', 5)", Optional, Some("5")),
            ("X = config('A_B', cast=int)", Demanded, None),
            ("X = config('A_B', default=3, cast=int)", Optional, Some("3")),
        ] {
            let found = library(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((found.says, found.value.as_deref()), (says, value), "{text}");
        }
        assert!(read("a.py", "os.environ['A_B'] = 'x'\nenv('A_B')").is_empty());
    }

    #[test]
    fn sources_of_other_languages() {
        check(
            "production.rb",
            &[
                ("ENV['A_B']", Read, None),
                ("ENV.fetch('A_B')", Demanded, None),
                ("ENV.fetch('A_B', 5)", Optional, Some("5")),
                ("ENV.fetch('A_B') { 'x' }", Optional, Some("x")),
            ],
        );
        check(
            "main.go",
            &[
                ("x := os.Getenv(\"A_B\")", Read, None),
                ("x := getEnv(\"A_B\", \"x\")", Optional, Some("x")),
                ("x := mustGetenv(\"A_B\")", Demanded, None),
                ("viper.SetDefault(\"A_B\", 25)", Optional, Some("25")),
            ],
        );
        check(
            "main.rs",
            &[
                ("let x = env::var(\"A_B\").expect(\"x\");", Demanded, None),
                ("let x = std::env::var(\"A_B\").unwrap_or_else(|_| \"x\".into());", Optional, Some("x")),
                ("let x = env::var(\"A_B\")?;", Demanded, None),
            ],
        );
    }
}
