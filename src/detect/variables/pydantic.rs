//! Classes of pydantic-settings: each field is a variable, by its name in capitals behind the prefix of the class.

use super::seen::{Says, Seen};

/// Lines of a field that are looked at.
const LONGEST: usize = 60;

/// The fields of the classes that are settings, by the name of what they are made of.
pub fn read(text: &str) -> Vec<Seen> {
    let mut found = Vec::new();
    let lines: Vec<&str> = text.lines().collect();
    let mut i = 0;
    while i < lines.len() {
        if is_settings(lines[i]) {
            let end = (i + 1..lines.len())
                .find(|at| lines[*at].starts_with(|c: char| !c.is_whitespace() && c != '#' && c != ')'))
                .unwrap_or(lines.len());
            fields(&lines, i + 1..end, &mut found);
            i = end;
        } else {
            i += 1;
        }
    }
    found
}

/// `class Settings(BaseSettings):`, and what is made of such a class.
fn is_settings(line: &str) -> bool {
    let bases = line.strip_prefix("class ").and_then(|rest| rest.split_once('(')).map(|(_, bases)| bases);
    let bases = bases.and_then(|bases| bases.split(')').next()).unwrap_or_default();
    bases.split(',').any(|base| base.trim().ends_with("Settings"))
}

fn fields(lines: &[&str], range: std::ops::Range<usize>, found: &mut Vec<Seen>) {
    let body = lines.get(range.clone()).unwrap_or_default();
    let prefix = body.iter().find_map(|line| quoted(line.split_once("env_prefix")?.1)).unwrap_or_default();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let Some(own) = body.iter().find(|line| !line.trim().is_empty()).map(|line| indent(line)) else { return };
    let mut in_text = false;
    let mut at = range.start;
    while at < range.end {
        let line = lines[at];
        let marks = line.matches("\"\"\"").count() + line.matches("'''").count();
        let was_in_text = in_text;
        in_text ^= marks % 2 == 1;
        let is_field = !was_in_text && marks == 0 && indent(line) == own;
        if let Some((name, kind)) = line.trim().split_once(':').filter(|_| is_field) {
            // what goes on in the next lines
            let start = at;
            let mut statement = kind.to_owned();
            while open_brackets(&statement) > 0 && at + 1 < range.end && at - start < LONGEST {
                at += 1;
                statement.push(' ');
                statement.push_str(lines[at].trim());
            }
            found.extend(field(name.trim(), &statement, prefix, start + 1));
        }
        at += 1;
    }
}

/// `name: type = default`.
fn field(name: &str, statement: &str, prefix: &str, line: usize) -> Option<Seen> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.is_empty() || !name.chars().all(is_word) || name.starts_with(|c: char| c == '_' || c.is_ascii_digit()) {
        return None;
    }
    let (kind, default) = match statement.split_once(" = ") {
        Some((kind, default)) => (kind.trim(), Some(default.split(" #").next().unwrap_or_default().trim())),
        None => (statement.split(" #").next().unwrap_or_default().trim(), None),
    };
    // a class of settings within another one, and what is no field
    if name == "model_config" || kind.starts_with("ClassVar") || kind.contains("Settings") || kind.ends_with("Config") {
        return None;
    }
    let call = default.and_then(|default| default.strip_prefix("Field(")).map(|rest| rest.trim_end_matches(')'));
    let of_call = |key: &str| {
        let call = call?;
        let (_, value) = call.split_once(&format!("{key}=")).or_else(|| call.split_once(&format!("{key} =")))?;
        Some(value.trim())
    };
    let alias = ["validation_alias", "alias", "env"].iter().find_map(|key| quoted(of_call(key)?));
    let default = match call {
        Some(call) => of_call("default")
            .or_else(|| {
                let first = call.split(',').next().unwrap_or_default().trim();
                (!first.is_empty() && !first.contains('=') && !first.starts_with("...")).then_some(first)
            })
            .or_else(|| of_call("default_factory")),
        None => default,
    };
    let default = default.filter(|default| !default.starts_with("..."));
    let is_optional = default.is_some() || kind.starts_with("Optional") || kind.ends_with("| None");
    let says = if is_optional { Says::Optional } else { Says::Demanded };
    let name = alias.map_or_else(|| format!("{prefix}{name}"), str::to_owned).to_ascii_uppercase();
    Some(Seen { name, value: default.and_then(literal), says, line })
}

/// A text, a number or a truth value alone.
fn literal(default: &str) -> Option<String> {
    let default = default.split(", ").next().unwrap_or(default).trim();
    let is_number = !default.is_empty() && default.chars().all(|c| c.is_ascii_digit() || c == '.' || c == '_');
    match default {
        "True" => Some("true".to_owned()),
        "False" => Some("false".to_owned()),
        number if is_number => Some(number.replace('_', "")),
        text => {
            quoted(text).filter(|_| text.starts_with(['"', '\'']) && text.ends_with(['"', '\''])).map(str::to_owned)
        }
    }
}

/// The first text between quotes.
fn quoted(text: &str) -> Option<&str> {
    let at = text.find(['"', '\''])?;
    let quote = text[at..].chars().next()?;
    text[at + 1..].split(quote).next().filter(|rest| rest.len() < text.len() - at - 1)
}

fn open_brackets(text: &str) -> i32 {
    let text = text.split(" #").next().unwrap_or_default();
    let count = |signs: &[char]| i32::try_from(text.matches(signs).count()).unwrap_or(i32::MAX);
    count(&['(', '[', '{']) - count(&[')', ']', '}'])
}

#[cfg(test)]
mod tests {
    use super::super::seen::Says::{Demanded, Optional};
    use super::read;

    #[test]
    fn fields_of_settings() {
        let text = "import x\n\nclass Other(BaseModel):\n    no: str\n\nclass Settings(BaseSettings):\n    \"\"\"About.\n\n    Note: nothing.\n    \"\"\"\n    \
            model_config = SettingsConfigDict(\n        env_file=\".env\",\n        env_prefix=\"app_\",\n    )\n    mongodb_uri: str\n    \
            pool_size: int = 10  # enough\n    minutes: int = 60 * 24\n    sentry: HttpUrl | None = None\n    \
            origins: list[str] = [\n        \"*\"\n    ]\n    key: str = Field(..., alias=\"API_KEY\")\n    \
            debug: bool = Field(default=True, description=\"a, b\")\n    database: DatabaseSettings | None = None\n\n    \
            @property\n    def x(self) -> str:\n        y: str = \"z\"\n        return y\n\nsettings: Settings = Settings()\n";
        let found = read(text);
        let found: Vec<_> = found.iter().map(|one| (one.name.as_str(), one.says, one.value.as_deref())).collect();
        let wanted = [
            ("APP_MONGODB_URI", Demanded, None),
            ("APP_POOL_SIZE", Optional, Some("10")),
            ("APP_MINUTES", Optional, None),
            ("APP_SENTRY", Optional, None),
            ("APP_ORIGINS", Optional, None),
            ("API_KEY", Demanded, None),
            ("APP_DEBUG", Optional, Some("true")),
        ];
        assert_eq!(found, wanted);
    }
}
