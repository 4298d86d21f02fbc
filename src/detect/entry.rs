//! How an entry of a compose file runs its image: what it starts instead, as which user, with which file system.

use std::collections::HashMap;

use serde_yaml::Value;

use super::dockerfile::filled;
use super::kept_files::{Mount, mounts};
use super::node::is_development;
use super::procfile;
use super::variables::is_secret;
use crate::text::path;

/// What an entry says about its container. Of one that mounts the code over the image, or whose file is for development, nothing
/// counts.
#[derive(Debug, Default)]
pub struct Run {
    /// What it starts; none where it is for development or needs a shell.
    pub command: Option<String>,
    pub user: Option<u32>,
    pub read_only: bool,
    /// Volumes that it keeps files in.
    pub mounts: Vec<Mount>,
    /// Folders in memory.
    pub tmpfs: Vec<String>,
    /// Build arguments, each name and value.
    pub args: Vec<(String, String)>,
}

/// Reads an entry with `build`.
pub fn run(file: &str, build: &Value, entry: &Value) -> Run {
    if mounts_code(entry) || is_for_development(file) {
        return Run::default();
    }
    let known = HashMap::new();
    let command = command(entry).map(|command| filled(&command, &known)).and_then(|command| procfile::plain(&command));
    let user = entry.get("user").and_then(|user| match user {
        Value::Number(number) => number.as_u64().and_then(|number| u32::try_from(number).ok()),
        user => filled(user.as_str()?, &known).split(':').next()?.parse().ok(),
    });
    let tmpfs = texts(entry.get("tmpfs")).into_iter().filter_map(|one| one.split(':').next().map(str::to_owned));
    Run {
        command: command.filter(|command| !is_development(command) && !command.contains("--reload")),
        user,
        read_only: entry.get("read_only").and_then(Value::as_bool).unwrap_or_default(),
        mounts: mounts(entry),
        tmpfs: tmpfs.filter(|folder| folder != "/tmp").collect(),
        args: args(build),
    }
}

/// The command of an entry, as one line.
pub fn command(entry: &Value) -> Option<String> {
    match entry.get("command")? {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Sequence(words) => {
            let words: Option<Vec<&str>> = words.iter().map(Value::as_str).collect();
            // what a shell is given is one word of it
            words.filter(|words| !words.iter().any(|word| word.contains(' '))).map(|words| words.join(" "))
        }
        _ => None,
    }
}

/// `build.args` as a list or a map, with the values that their variables have by default. Secrets and what is only for
/// development are left out.
fn args(build: &Value) -> Vec<(String, String)> {
    let pairs: Vec<(String, String)> = match build.get("args") {
        Some(Value::Mapping(map)) => {
            let value = |value: &Value| match value {
                Value::String(text) => Some(text.clone()),
                Value::Number(number) => Some(number.to_string()),
                Value::Bool(bool) => Some(bool.to_string()),
                _ => None,
            };
            map.iter().filter_map(|(name, one)| Some((name.as_str()?.to_owned(), value(one)?))).collect()
        }
        list => {
            let texts = texts(list).into_iter();
            texts.filter_map(|pair| pair.split_once('=').map(|(a, b)| (a.to_owned(), b.to_owned()))).collect()
        }
    };
    let filled = pairs.into_iter().map(|(name, value)| (name, filled(&value, &HashMap::new())));
    filled
        .filter(|(name, value)| {
            !value.is_empty()
                && !is_secret(name, value)
                && !matches!(value.as_str(), "dev" | "development" | "local" | "test")
        })
        .collect()
}

/// A text, or a list of texts.
fn texts(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::Sequence(list)) => list.iter().filter_map(Value::as_str).collect(),
        Some(value) => value.as_str().into_iter().collect(),
        None => Vec::new(),
    }
}

/// Whether a folder of the repository takes the place of the code in the image.
fn mounts_code(entry: &Value) -> bool {
    let volumes = entry.get("volumes").and_then(Value::as_sequence).into_iter().flatten();
    let sources = volumes.filter_map(|volume| volume.get("source").unwrap_or(volume).as_str());
    sources.into_iter().any(|source| {
        let (source, target) = source.split_once(':').unwrap_or((source, ""));
        let is_folder = source == "." || source.starts_with("./") || source.starts_with("../");
        // settings, logs and data are no code
        is_folder
            && !path::name(target).contains(['.', '-'])
            && matches!(path::name(target), "app" | "src" | "code" | "html")
    })
}

/// Whether a compose file is for development or tests by its name.
pub fn is_for_development(file: &str) -> bool {
    let words = ["dev", "development", "local", "test", "tests", "ci", "override", "debug", "e2e"];
    path::name(file).split(['.', '-', '_']).any(|word| words.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::run;

    fn of(file: &str, text: &str) -> super::Run {
        let entry: serde_yaml::Value = serde_yaml::from_str(text).unwrap();
        run(file, &entry["build"].clone(), &entry)
    }

    #[test]
    fn what_counts_in_production() {
        let text = "build: {args: ['A=${A:-1}', B=, 'NODE_ENV=development', API_TOKEN=x]}\n\
            command: [npm, run, start]\nuser: '${UID:-1000}:1000'\nread_only: true\n\
            tmpfs: ['/tmp', '/var/cache/x:size=1m']\nvolumes: ['./logs:/app/logs']";
        let found = of("compose.prod.yaml", text);
        assert_eq!(found.command.as_deref(), Some("npm run start"));
        assert_eq!((found.user, found.read_only), (Some(1000), true));
        assert_eq!(found.tmpfs, ["/var/cache/x"]);
        assert_eq!(found.args, [("A".to_owned(), "1".to_owned())]);
    }

    #[test]
    fn what_is_for_development_does_not() {
        assert_eq!(of("compose.dev.yaml", "build: .\nuser: 0").user, None);
        assert_eq!(of("compose.yaml", "build: .\nuser: 0\nvolumes: ['.:/app']").user, None);
        assert_eq!(of("compose.yaml", "build: .\ncommand: npm run dev").command, None);
        assert_eq!(of("compose.yaml", "build: .\ncommand: uvicorn a:b --reload").command, None);
        assert_eq!(of("compose.yaml", "build: .\ncommand: sh -c \"a && b\"").command, None);
    }
}
