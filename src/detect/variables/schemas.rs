//! Schemas that check the environment when a program of Node.js starts: zod, `createEnv`, envalid and Joi.

use super::calls::is_variable;
use super::seen::{Says, Seen};
use crate::detect::tokens::{Comments, Token, What, tokens};

/// What the value of a key begins with, where it is a check.
const CHECKS: [&str; 15] =
    ["Joi", "bool", "coerce", "email", "host", "joi", "json", "num", "port", "str", "url", "v", "vine", "yup", "z"];

/// Libraries that have them.
const LIBRARIES: [&str; 7] = ["Joi", "cleanEnv", "createEnv", "envalid", "joi", "yup", "z"];

/// Tokens of a check that are looked at.
const LONGEST: usize = 300;

/// The keys in capitals whose value is a check.
pub fn read(text: &str) -> Vec<Seen> {
    let tokens = tokens(text, Comments::Slashes);
    if !tokens.iter().any(|token| LIBRARIES.iter().any(|library| token.is_word(library))) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (i, token) in tokens.iter().enumerate() {
        let Some(name) = token.word().filter(|name| is_variable(name)) else { continue };
        let is_key = tokens.get(i + 1).is_some_and(|sign| sign.is_sign(':'));
        let check = tokens.get(i + 2).and_then(Token::word);
        if !is_key || !check.is_some_and(|word| CHECKS.contains(&word)) {
            continue;
        }
        let check = value(tokens.get(i + 2..).unwrap_or_default());
        let (says, value) = told(check);
        found.push(Seen { name: name.to_owned(), value, says, line: token.line });
    }
    found
}

/// The tokens up to the comma or the bracket that ends the value of a key.
fn value<'s, 't>(tokens: &'s [Token<'t>]) -> &'s [Token<'t>] {
    let tokens = tokens.get(..LONGEST).unwrap_or(tokens);
    let mut depth = 0_i32;
    let end = tokens.iter().position(|token| match token.what {
        What::Sign('(' | '[' | '{') => {
            depth += 1;
            false
        }
        What::Sign(')' | ']' | '}') => {
            depth -= 1;
            depth < 0
        }
        What::Sign(',') => depth == 0,
        _ => false,
    });
    &tokens[..end.unwrap_or(tokens.len())]
}

/// What a check says about a variable that is missing.
fn told(check: &[Token<'_>]) -> (Says, Option<String>) {
    let at = |words: &[&str]| check.iter().position(|token| words.iter().any(|word| token.is_word(word)));
    if let Some(at) = at(&["default", "prefault", "catch"]) {
        let value = match check.get(at + 2).map(|token| token.what) {
            Some(What::Text(text)) if !text.contains("${") => Some(text.to_owned()),
            Some(What::Number(number)) => Some(number.replace('_', "")),
            Some(What::Word(word @ ("true" | "false"))) => Some(word.to_owned()),
            _ => None,
        };
        // `60 * 60` is no value
        let value =
            value.filter(|_| check.get(at + 3).is_none_or(|sign| matches!(sign.what, What::Sign(')' | '}' | ','))));
        return (Says::Optional, value);
    }
    let is_joi = check.first().is_some_and(|token| token.is_word("Joi") || token.is_word("joi"));
    let is_optional = at(&["optional", "nullish", "nullable"]).is_some() || is_joi && at(&["required"]).is_none();
    (if is_optional { Says::Optional } else { Says::Demanded }, None)
}

#[cfg(test)]
mod tests {
    use super::super::seen::Says::{Demanded, Optional};
    use super::read;

    #[test]
    fn checks_of_each_library() {
        let zod = "const env = z.object({ A_B: z.string().url(), lower: z.string(), C_D: z.coerce.number().default(3000),\n\
            E_F: z.preprocess(blank, z.string().trim().optional()), G_H: z.number().default(60 * 60), I_J: other })";
        let joi = "Joi.object({ A_B: Joi.string().required(), C_D: Joi.number(), E_F: Joi.string().valid('x').default('x') })";
        let envalid =
            "cleanEnv(process.env, { A_B: str(), C_D: port({ default: 3000 }), E_F: str({ devDefault: 'x' }) })";
        for (text, wanted) in [
            (
                zod,
                vec![
                    ("A_B", Demanded, None),
                    ("C_D", Optional, Some("3000")),
                    ("E_F", Optional, None),
                    ("G_H", Optional, None),
                ],
            ),
            (joi, vec![("A_B", Demanded, None), ("C_D", Optional, None), ("E_F", Optional, Some("x"))]),
            (envalid, vec![("A_B", Demanded, None), ("C_D", Optional, Some("3000")), ("E_F", Demanded, None)]),
            ("const a = { A_B: z.string() => 1", vec![("A_B", Demanded, None)]),
            ("const a = { A_B: str() }", vec![]),
        ] {
            let found = read(text);
            let found: Vec<_> = found.iter().map(|one| (one.name.as_str(), one.says, one.value.as_deref())).collect();
            assert_eq!(found, wanted, "{text}");
        }
    }
}
