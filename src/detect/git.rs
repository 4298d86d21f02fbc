//! The remote of the repository: owner, name and platform. The address itself is never kept: it can hold a token.

use configparser::ini::Ini;
use serde::Serialize;

use super::finding::Finding;
use super::lines::Lines;
use super::walk::Files;

/// Where the repository is hosted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remote {
    /// `github`, `gitlab`, `bitbucket` or `azure-devops`; none for other hosts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<&'static str>,
    pub host: String,
    /// The owner, or the path of groups.
    pub owner: String,
    pub name: String,
}

const CONFIG: &str = ".git/config";

/// Reads the remote `origin`, else the only one.
pub fn detect(files: &Files) -> Option<Finding<Remote>> {
    let text = files.hidden(CONFIG)?;
    let mut config = Ini::new_cs();
    if config.read(text.clone()).is_err() {
        files.note(CONFIG, "cannot be parsed");
        return None;
    }
    let remotes: Vec<String> = config.sections().into_iter().filter(|name| name.starts_with("remote ")).collect();
    let section = match remotes.as_slice() {
        [one] => one,
        several => several.iter().find(|name| *name == "remote \"origin\"")?,
    };
    let url = config.get(section, "url")?;
    let place = Lines::of_texts(CONFIG, &text).place(&format!("[{section}]"));
    parse(&url).map(|remote| Finding::new(remote, place))
}

/// `https://host/owner/name.git`, `ssh://git@host:22/owner/name` or `git@host:owner/name.git`.
fn parse(url: &str) -> Option<Remote> {
    let (host, path) = match url.split_once("://") {
        Some(("file", _)) => return None,
        Some((_, rest)) => rest.split_once('/')?,
        None => url.split_once(':')?,
    };
    let host = host.rsplit('@').next()?.split(':').next()?.to_ascii_lowercase();
    let path = path.trim_matches('/');
    let (owner, name) = path.strip_suffix(".git").unwrap_or(path).rsplit_once('/')?;
    let plain = |text: &str, more: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c))
    };
    if !plain(&host, ".-") || !plain(owner, "._-/~") || !plain(name, "._-") {
        return None;
    }
    let platform = match host.as_str() {
        "github.com" => Some("github"),
        "bitbucket.org" => Some("bitbucket"),
        "dev.azure.com" | "ssh.dev.azure.com" => Some("azure-devops"),
        host if host == "gitlab.com" || host.starts_with("gitlab.") => Some("gitlab"),
        _ => None,
    };
    Some(Remote { platform, host, owner: owner.to_owned(), name: name.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn addresses() {
        for url in [
            "git@github.com:acme/shop.git",
            "https://github.com/acme/shop",
            "https://user:ghp_token@github.com/acme/shop.git",
            "ssh://git@github.com:22/acme/shop.git/",
        ] {
            let found = parse(url).unwrap_or_else(|| panic!("{url}"));
            assert_eq!((found.platform, found.owner.as_str(), found.name.as_str()), (Some("github"), "acme", "shop"));
        }
        assert_eq!(parse("git@gitlab.com:a/b/c.git").map(|r| r.owner), Some("a/b".into()));
        for none in ["/srv/shop.git", "file:///srv/shop", "../shop", "x", "https://github.com/acme/sh op"] {
            assert_eq!(parse(none), None, "{none}");
        }
    }
}
