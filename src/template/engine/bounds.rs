//! What is refused before the engine's parser sees it. A long chain of operators or of `elif` takes a level of the
//! parser, or of the compiler after it, for each link, and only brackets and blocks are counted there.

use minijinja::machinery::{Token, tokenize};
use minijinja::{Error, ErrorKind};

/// The longest template of ours has 30 kB.
const MAX_BYTES: usize = 1024 * 1024;
/// In one tag. The largest of ours has 160; half a stack of a worker thread is enough for ten times as many as this.
const MAX_TOKENS: usize = 400;
/// In one template.
const MAX_BRANCHES: usize = 100;

/// Refuses a template, or an expression, that is too large for the parser.
///
/// # Errors
/// What there is too much of, and in which line.
pub fn check(text: &str, is_expression: bool) -> Result<(), Error> {
    let refuse = |what: &str, line: usize| {
        let text = format!("{what} (line {line})");
        Err(Error::new(ErrorKind::SyntaxError, text))
    };
    if text.len() > MAX_BYTES {
        return refuse("it has more than 1 MiB", 1);
    }
    // each token has a byte
    if text.len() <= MAX_TOKENS {
        return Ok(());
    }
    let (mut tokens, mut branches) = (0, 0);
    for token in tokenize(text, is_expression, super::syntax()?) {
        // the parser says better what is wrong
        let Ok((token, span)) = token else { return Ok(()) };
        match token {
            Token::BlockStart | Token::VariableStart => tokens = 0,
            Token::Ident("elif") => branches += 1,
            Token::TemplateData(_) => {}
            _ => {}
        }
        tokens += 1;
        let line = span.start_line as usize;
        if tokens > MAX_TOKENS && !matches!(token, Token::TemplateData(_)) {
            return refuse("an expression has more than 400 words and signs; give parts of it a name with `set`", line);
        }
        if branches > MAX_BRANCHES {
            return refuse("it has more than 100 `elif`", line);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::template::engine;

    /// Compiles and renders on a stack as small as that of a worker thread.
    fn outcome(text: String, is_expression: bool) -> Result<(), String> {
        let run = move || {
            let catalog = Catalog::default();
            let env = engine::environment(&catalog).unwrap();
            check(&text, is_expression).map_err(|e| format!("refused: {e}"))?;
            let _ = match is_expression {
                true => env.compile_expression(&text).and_then(|e| e.eval(())).map(drop),
                false => env.template_from_str(&text).and_then(|t| t.render(())).map(drop),
            };
            Ok(())
        };
        std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().unwrap()
    }

    #[test]
    fn what_would_overflow_the_stack_is_refused() {
        for (link, end) in [
            ("not ", "1"),
            ("-", "1"),
            ("1 + ", "1"),
            ("1 ~ ", "1"),
            ("1 ** ", "1"),
            ("1 and ", "1"),
            ("1 if ", "1"),
            ("1 < ", "1"),
            ("(", ")"),
            ("[", "]"),
            ("1 | abs | ", "abs"),
            ("x.", "x"),
            ("x is x is ", "x"),
            ("1, ", "1"),
        ] {
            for number in [60_000, 401] {
                let text = format!("{}{end}", link.repeat(number));
                assert!(outcome(text.clone(), true).unwrap_err().starts_with("refused"), "{link}");
                assert!(outcome(format!("<%= {text} %>"), false).is_err(), "{link}");
            }
            // the longest that is let through
            let words = link.split(' ').filter(|word| !word.is_empty()).count().max(1);
            let text = format!("{}{end}", link.repeat(390 / words / 2));
            outcome(text.clone(), true).unwrap();
            outcome(format!("<% if {text} %><% endif %>"), false).unwrap();
        }
        let branches = |number| format!("<% if a %>{}<% endif %>", "<% elif a %>".repeat(number));
        assert!(outcome(branches(60_000), false).is_err());
        outcome(branches(100), false).unwrap();
        assert!(outcome(" ".repeat(2 << 20), false).is_err());
        outcome("<%= 1 %>".repeat(1_000), false).unwrap();
    }
}
