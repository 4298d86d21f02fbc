//! Whether a file still parses, by the format that its name says.

use std::fmt;

// Refuses a key that occurs twice, whatever format it is read from.
use serde_yaml::Value;

use crate::text::{path, yaml};

/// A format whose files are checked after a merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // The names say it.
pub enum Format {
    Yaml,
    Json,
    Toml,
    Hcl,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Yaml => "YAML",
            Self::Json => "JSON",
            Self::Toml => "TOML",
            Self::Hcl => "HCL",
        })
    }
}

impl Format {
    /// The format of a file, if it is one that can be checked.
    fn of(path: &str) -> Option<Self> {
        match path::name(path).rsplit_once('.')?.1 {
            "yaml" | "yml" => Some(Self::Yaml),
            "json" => Some(Self::Json),
            "toml" => Some(Self::Toml),
            "tf" | "tfvars" | "hcl" => Some(Self::Hcl),
            _ => None,
        }
    }

    /// What keeps a text from being of this format, in one line.
    fn fault(self, text: &str) -> Option<String> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        match self {
            Self::Yaml => yaml::fault(text).map(|e| e.to_string()),
            Self::Json => serde_json::from_str::<Value>(text).err().map(|e| e.to_string()),
            Self::Toml => text.parse::<toml::Table>().err().map(|e| {
                let line = e.span().map_or(1, |span| 1 + text[..span.start].matches('\n').count());
                format!("{} at line {line}", e.message())
            }),
            Self::Hcl => hcl_edit::parser::parse_body(text)
                .err()
                .map(|e| format!("{} at line {}", e.message(), e.location().line())),
        }
    }
}

/// What is wrong with a merged file, if what was merged parsed.
///
/// Files with comments or placeholders beyond their format do not parse before either, and are not judged.
pub fn broken(path: &str, merged: &[u8], sides: [&[u8]; 2]) -> Option<(Format, String)> {
    let format = Format::of(path)?;
    let fault = |bytes| std::str::from_utf8(bytes).ok().and_then(|text| format.fault(text));
    // Nearly all merges parse, and need no look at the sides.
    let found = fault(merged)?;
    sides.into_iter().all(|side| fault(side).is_none()).then_some((format, found))
}
