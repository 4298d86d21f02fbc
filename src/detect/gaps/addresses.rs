//! Addresses of the machine of a developer in sources: of stores, and of origins that browsers may call from.

use serde_json::Value;

use super::super::finding::Location;
use super::super::tokens::Token;
use super::super::variables::{is_variable, scheme};
use super::advice::ADVICE;
use super::{Code, Draft, GapKind, Subject, is_local};
use crate::catalog::question::FindingName;

/// Schemes of addresses of stores.
const STORES: [&str; 14] = [
    "amqp",
    "amqps",
    "mariadb",
    "mongodb",
    "mongodb+srv",
    "mssql",
    "mysql",
    "mysql2",
    "nats",
    "postgres",
    "postgresql",
    "redis",
    "rediss",
    "sqlserver",
];

/// Tokens before an address in which its purpose is looked for.
const BEFORE: usize = 12;

/// One of each kind; what closes it closes its likes.
pub(super) fn gaps(subject: &Subject<'_>, code: &Code<'_>) -> Vec<Draft> {
    let (mut store, mut origin) = (None, None);
    code.each_source(|file, tokens| {
        for (i, token) in tokens.iter().enumerate() {
            let Some((found, rest)) = token.text().and_then(|text| Some((scheme(text)?, text.split_once("://")?.1)))
            else {
                continue;
            };
            if !is_local(rest) || is_default(tokens, i) {
                continue;
            }
            let place = || (Location::new(file, Some(token.line)), token.text().unwrap_or_default().to_owned());
            // `postgresql+asyncpg`
            let plain = found.split('+').next().unwrap_or(found);
            if STORES.contains(&found) || STORES.contains(&plain) {
                store.get_or_insert_with(place);
            } else if matches!(found, "http" | "https") && is_origin(tokens, i) && !has_others(tokens, i) {
                origin.get_or_insert_with(place);
            }
        }
    });
    let store = store.map(|(place, address)| {
        let given = super::variables::of_stores(subject, |_| true);
        let from = match given.first() {
            Some(name) => format!("`{name}`, which it gets in the cluster"),
            None => "a variable, and name that one in `secrets` of the service".to_owned(),
        };
        Draft::new(
            GapKind::Address,
            place,
            format!("connects to `{address}`, which is its own container in a cluster"),
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
    let is_other = |text: &str| text.split_once("://").is_some_and(|(_, rest)| !is_local(rest)) || text == "*";
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
