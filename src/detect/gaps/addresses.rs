//! Addresses of the machine of a developer in sources: of stores, and of origins that browsers may call from.

use serde_json::Value;

use super::super::finding::Location;
use super::super::tokens::Token;
use super::super::variables::value::is_of_laptop;
use super::super::variables::{is_variable, of_scheme, scheme};
use super::advice::ADVICE;
use super::code::Code;
use super::{Draft, GapKind, Subject};
use crate::catalog::question::FindingName;

/// Tokens before an address in which its purpose is looked for.
const BEFORE: usize = 12;

/// One of each kind; what closes it closes its likes.
pub(super) fn gaps(subject: &Subject<'_>, code: &Code<'_>) -> Vec<Draft> {
    let (mut store, mut origin) = (None, None);
    for (file, tokens) in code.tokens() {
        for (i, token) in tokens.iter().enumerate() {
            let Some((text, scheme)) = token.text().and_then(|text| Some((text, scheme(text)?))) else { continue };
            let Some(shown) = shown(text).filter(|_| !goes_on(&tokens, i)) else { continue };
            if !is_of_laptop(text, &[]) || is_default(&tokens, i) {
                continue;
            }
            let place = || (Location::new(file, Some(token.line)), shown.clone());
            if of_scheme(scheme).is_some() {
                store.get_or_insert_with(place);
            } else if matches!(scheme, "http" | "https") && is_origin(&tokens, i) && !has_others(&tokens, i) {
                origin.get_or_insert_with(place);
            }
        }
    }
    let store = store.map(|(place, address)| {
        let given = super::variables::of_stores(subject, |_| true);
        let from = match given.first() {
            Some(name) => format!("`{name}`, which it gets in the cluster"),
            None => "a variable, and name that one in `secrets` of the service".to_owned(),
        };
        Draft::new(
            GapKind::Address,
            place,
            format!("connects to `{address}`, an address of the machine of a developer"),
            format!("Read the address from {from}."),
        )
    });
    let is_reached =
        subject.record.get("kind").and_then(Value::as_str).is_none_or(|kind| matches!(kind, "api" | "web"));
    let origin = origin.filter(|_| is_reached).map(|(place, address)| {
        let given = &ADVICE.origins;
        let mut draft = Draft::new(
            GapKind::Origin,
            place,
            format!("lets browsers call it from `{address}` only"),
            format!("Read the origins from `{given}`, where they are separated by commas."),
        );
        draft.code = match subject.answer(FindingName::Language) {
            Some("node") => Some(format!("origin: process.env.{given}.split(',')")),
            Some("python") => Some(format!("os.environ[\"{given}\"].split(\",\")")),
            Some(_) | None => None,
        };
        draft
    });
    store.into_iter().chain(origin).collect()
}

/// An address with its scheme, host and port alone: the rest can be a secret. None of one that a program puts together.
fn shown(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let is_whole = !host.is_empty() && !text.contains(['$', '{', '%', '<', '*']);
    is_whole.then(|| format!("{scheme}://{host}"))
}

/// Whether a program joins something to a text.
fn goes_on(tokens: &[Token<'_>], i: usize) -> bool {
    tokens.get(i + 1).is_some_and(|next| next.is_sign('+') || next.is_sign('.') || next.is_sign('%'))
}

/// Whether an address counts only where a variable is not set: `process.env.X || '...'`, `getenv("X", "...")`.
fn is_default(tokens: &[Token<'_>], i: usize) -> bool {
    let before = |k: usize| i.checked_sub(k).and_then(|at| tokens.get(at));
    let is_sign = |k: usize, sign: char| before(k).is_some_and(|token| token.is_sign(sign));
    let named = |k: usize| before(k).and_then(Token::text).is_some_and(is_variable);
    let nearby = tokens.get(i.saturating_sub(BEFORE)..i).unwrap_or_default();
    is_sign(1, '|')
        || is_sign(1, ',') && named(2)
        || is_sign(1, '=') && is_sign(2, ':')
        || before(1).is_some_and(|token| token.is_word("or"))
        // a condition chooses, or a name is asked for before
        || nearby.iter().any(|token| token.is_sign('?') || token.text().is_some_and(is_variable))
        || ["default", "else", "env", "if"].iter().any(|word| nearby.iter().any(|token| token.is_word(word)))
}

fn is_origin(tokens: &[Token<'_>], i: usize) -> bool {
    let is_it = |word: &str| {
        let lower = word.to_ascii_lowercase();
        lower.contains("origin") || lower == "cors"
    };
    tokens.get(i.saturating_sub(BEFORE)..i).unwrap_or_default().iter().any(|token| token.word().is_some_and(is_it))
}

/// Whether the same list has an address of another machine.
fn has_others(tokens: &[Token<'_>], i: usize) -> bool {
    let is_end = |token: &&Token<'_>| !(token.is_sign(']') || token.is_sign(')') || token.is_sign('}'));
    let after = tokens.get(i + 1..).unwrap_or_default().iter().take(BEFORE).take_while(is_end);
    let before = tokens.get(i.saturating_sub(BEFORE)..i).unwrap_or_default().iter().rev();
    let before = before.take_while(|token| !(token.is_sign('[') || token.is_sign('(') || token.is_sign('{')));
    let is_other = |text: &str| text.contains("://") && !is_of_laptop(text, &[]) || text == "*";
    after.chain(before).filter_map(Token::text).any(is_other)
}

#[cfg(test)]
mod tests {
    use super::super::super::tokens::{Comments, tokens};
    use super::{has_others, is_default, is_origin};

    fn at(source: &str) -> (bool, bool, bool) {
        let tokens = tokens(source, Comments::Slashes);
        let i = tokens.iter().position(|token| token.text().is_some_and(|text| text.contains("://localhost"))).unwrap();
        (is_default(&tokens, i), is_origin(&tokens, i), has_others(&tokens, i))
    }

    #[test]
    fn defaults_of_variables() {
        for source in [
            "process.env.MONGO_URL || 'mongodb://localhost/app'",
            "process.env.MONGO_URL ?? 'mongodb://localhost/app'",
            "os.getenv(\"DATABASE_URL\", \"postgresql://localhost/app\")",
            "production ? address : 'mongodb://localhost/app'",
            "if (production) { list = read() } else { origin = ['http://localhost:3000'] }",
            "z.string().default('redis://localhost:6379')",
        ] {
            assert!(at(source).0, "{source}");
        }
        for source in
            ["mongoose.connect('mongodb://localhost:27017/app')", "create_engine(\"postgresql://localhost/app\")"]
        {
            assert!(!at(source).0, "{source}");
        }
    }

    #[test]
    fn origins() {
        for source in [
            "app.use(cors({ origin: 'http://localhost:3000' }))",
            "app.add_middleware(CORSMiddleware, allow_origins=[\"http://localhost:3000\"])",
            "registry.addMapping(\"/**\").allowedOrigins(\"http://localhost:4200\")",
            "policy.WithOrigins(\"http://localhost:3000\")",
        ] {
            assert_eq!(at(source), (false, true, false), "{source}");
        }
        assert!(at("allow_origins=[\"http://localhost:3000\", \"https://shop.example.com\"]").2);
        assert!(!at("fetch('http://localhost:3000')").1);
    }
}
