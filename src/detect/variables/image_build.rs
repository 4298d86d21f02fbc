//! What only the build of an image reads: secrets of a Dockerfile, and the token of `.npmrc`.

use super::env_files::is_name;
use super::seen::{Says, Seen};

/// `ARG NAME` and `RUN --mount=type=secret,id=NAME` of a Dockerfile.
pub fn of_dockerfile(text: &str) -> Vec<Seen> {
    let mut found = Vec::new();
    for (i, line) in text.lines().enumerate() {
        let line = line.trim();
        let argument = line.strip_prefix("ARG ").or_else(|| line.strip_prefix("arg "));
        for name in argument.into_iter().flat_map(str::split_whitespace) {
            let (name, value) = name.split_once('=').map_or((name, None), |(name, value)| (name, Some(value)));
            found.push(seen(name, value, i));
        }
        for mount in line.split("--mount=").skip(1).filter_map(|rest| rest.split_whitespace().next()) {
            let keys: Vec<&str> = mount.split(',').collect();
            let value = |key: &str| keys.iter().find_map(|one| one.strip_prefix(key));
            if keys.contains(&"type=secret")
                && let Some(name) = value("env=").or_else(|| value("id="))
            {
                found.push(seen(name, None, i));
            }
        }
    }
    found.retain(|one| is_name(&one.name));
    found
}

/// `${NPM_TOKEN}` in `.npmrc`.
pub fn of_npmrc(text: &str) -> Vec<Seen> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with(['#', ';']));
    let mut found: Vec<Seen> = lines
        .flat_map(|(i, line)| {
            line.split("${").skip(1).filter_map(move |rest| Some(seen(rest.split('}').next()?, None, i)))
        })
        .collect();
    found.retain(|one| is_name(&one.name));
    found
}

fn seen(name: &str, value: Option<&str>, i: usize) -> Seen {
    let value = value.map(|value| value.trim_matches(['"', '\'']).to_owned()).filter(|value| !value.is_empty());
    let says = if value.is_some() { Says::Optional } else { Says::Read };
    Seen { name: name.to_owned(), value, says, line: i + 1 }
}

#[cfg(test)]
mod tests {
    use super::{of_dockerfile, of_npmrc};

    #[test]
    fn secrets_of_a_build() {
        let text = "FROM node\nARG NPM_TOKEN\nARG VERSION=1\nRUN --mount=type=secret,id=SENTRY_AUTH_TOKEN --mount=type=cache,target=/x npm ci\n\
            RUN --mount=type=secret,id=npmrc,target=/root/.npmrc,env=REGISTRY_TOKEN npm ci\n";
        let found = of_dockerfile(text);
        let found: Vec<_> = found.iter().map(|one| (one.name.as_str(), one.line)).collect();
        assert_eq!(found, [("NPM_TOKEN", 2), ("VERSION", 3), ("SENTRY_AUTH_TOKEN", 4), ("REGISTRY_TOKEN", 5)]);
        let found = of_npmrc("# ${NO}\n//registry.npmjs.org/:_authToken=${NPM_TOKEN}\n");
        assert_eq!((found.len(), found[0].name.as_str(), found[0].line), (1, "NPM_TOKEN", 2));
    }
}
