//! Tags of Go's structs: `env:"NAME,required"`, `envconfig:"NAME"`, and `mapstructure:"NAME"` of viper.

use super::calls::is_variable;
use super::seen::{Says, Seen};
use crate::detect::tokens::{Comments, tokens};

/// The variables that tags name.
pub fn read(text: &str) -> Vec<Seen> {
    let tokens = tokens(text, Comments::Slashes);
    let tags = tokens.iter().filter_map(|token| Some((token.text()?, token.line)));
    tags.filter_map(|(tag, line)| {
        let value = |key: &str| {
            let (before, rest) = tag.split_once(&format!("{key}:\""))?;
            let is_whole = before.is_empty() || before.ends_with(' ');
            rest.split('"').next().filter(|_| is_whole)
        };
        let of_viper = value("mapstructure").filter(|name| is_variable(name));
        let named = value("env").or_else(|| value("envconfig")).or(of_viper)?;
        let (name, options) = named.split_once(',').unwrap_or((named, ""));
        let default = ["envDefault", "env-default", "default"].iter().find_map(|key| value(key));
        let is_true = |key: &str| value(key).is_some_and(|value| value == "true");
        let demanded = options.contains("required")
            || options.contains("notEmpty")
            || ["required", "env-required"].iter().any(|key| is_true(key));
        let says = match default {
            Some(_) => Says::Optional,
            None if demanded => Says::Demanded,
            None => Says::Read,
        };
        let value = default.filter(|default| !default.is_empty()).map(str::to_owned);
        is_variable(name).then(|| Seen { name: name.to_owned(), value, says, line })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::super::seen::Says::{Demanded, Optional, Read};
    use super::read;

    #[test]
    fn tags_of_each_library() {
        for (tag, says, value) in [
            ("env:\"A_B,required\"", Demanded, None),
            ("env:\"A_B\" envDefault:\"x\"", Optional, Some("x")),
            ("envconfig:\"A_B\" required:\"true\"", Demanded, None),
            ("json:\"a\" env:\"A_B\" env-default:\"5\"", Optional, Some("5")),
            ("mapstructure:\"A_B\"", Read, None),
        ] {
            let found = read(&format!("type C struct {{\n\tA string `{tag}`\n}}"));
            let found: Vec<_> = found.iter().map(|one| (one.name.as_str(), one.says, one.value.as_deref())).collect();
            assert_eq!(found, [("A_B", says, value)], "{tag}");
        }
        assert!(read("type C struct { A string `json:\"A_B\" mapstructure:\"a\"` }").is_empty());
    }
}
