//! What the texts of the kinds look like.

use std::net::Ipv4Addr;

use super::Refusal;
use crate::text::quoted;

/// Words that YAML 1.1 readers take for something other than text.
const YAML_WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];

pub(super) fn free_text(text: &str) -> Result<(), Refusal> {
    if text.is_empty() {
        return Err("where one line of text is needed".into());
    }
    if text.trim() != text {
        return Err("which has white space around it".into());
    }
    if let Some(c) =
        text.chars().find(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{85}'))
    {
        return Err(format!("which has the control character U+{:04X} in it", c as u32));
    }
    // bidirectional overrides make a diff show something else than what is written
    if text.chars().any(|c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')) {
        return Err("which has characters that change the direction of text".into());
    }
    // GitHub evaluates `${{ }}` wherever it stands in a workflow, quoted or not
    if text.contains("${{") {
        return Err("which contains `${{`".into());
    }
    Ok(())
}

pub(super) fn dns_label(text: &str) -> Result<(), Refusal> {
    let ok = (2..=63).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-')
        && !text.contains("--");
    if !ok {
        return Err("which is not a DNS label: a-z, 0-9 and single `-`, two or more characters, a letter first".into());
    }
    if YAML_WORDS.contains(&text) {
        return Err("which YAML readers take for a truth value".into());
    }
    Ok(())
}

pub(super) fn host_name(text: &str) -> Result<(), Refusal> {
    let labels: Vec<&str> = text.split('.').collect();
    let label_ok = |l: &&str| {
        (1..=63).contains(&l.len())
            && l.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !l.starts_with('-')
            && !l.ends_with('-')
    };
    let tld_ok = labels.last().is_some_and(|t| t.len() >= 2 && t.starts_with(|c: char| c.is_ascii_lowercase()));
    // 200 leaves room for `staging.` and the names that certificates and records put in front
    if labels.len() < 2 || text.len() > 200 || !labels.iter().all(label_ok) || !tld_ok {
        return Err("which is not a hostname in lower case such as `shop.example.com`".into());
    }
    Ok(())
}

pub(super) fn email(text: &str) -> Result<(), Refusal> {
    let refusal = || Err("which is not an e-mail address such as `platform@example.com`".into());
    let Some((local, host)) = text.rsplit_once('@') else { return refusal() };
    let local_ok = (1..=64).contains(&local.len())
        && local.bytes().all(|b| b.is_ascii_alphanumeric() || b"._+-".contains(&b))
        && local.starts_with(|c: char| c.is_ascii_alphanumeric())
        && local.ends_with(|c: char| c.is_ascii_alphanumeric())
        && !local.contains("..");
    if !local_ok || host_name(host).is_err() {
        return refusal();
    }
    Ok(())
}

pub(super) fn cidr(text: &str, prefix: Option<i64>) -> Result<(), Refusal> {
    let Ok(net) = text.parse::<ipnet::Ipv4Net>() else {
        return Err("which is not an IPv4 network such as `10.10.0.0/16`".into());
    };
    if net.trunc() != net {
        return Err(format!("which has host bits set; the network is `{}`", net.trunc()));
    }
    let private =
        [(Ipv4Addr::new(10, 0, 0, 0), 8), (Ipv4Addr::new(172, 16, 0, 0), 12), (Ipv4Addr::new(192, 168, 0, 0), 16)]
            .into_iter()
            .filter_map(|(a, p)| ipnet::Ipv4Net::new(a, p).ok())
            .any(|n| n.contains(&net));
    if !private {
        return Err("which is not within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16".into());
    }
    if let Some(wanted) = prefix
        && i64::from(net.prefix_len()) != wanted
    {
        return Err(format!("which is a /{} where a /{wanted} is needed", net.prefix_len()));
    }
    Ok(())
}

pub(super) fn slug(text: &str) -> Result<(), Refusal> {
    let refusal = || Err("which is not `owner/name` of a repository".into());
    let Some((owner, name)) = text.split_once('/') else { return refusal() };
    // GitHub: an owner has at most 39 characters of a-z, 0-9 and single `-`; a name at most 100
    let owner_ok = (1..=39).contains(&owner.len())
        && owner.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !owner.starts_with('-')
        && !owner.ends_with('-')
        && !owner.contains("--");
    let name_ok = (1..=100).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
        && name.bytes().any(|b| b.is_ascii_alphanumeric())
        && !name.starts_with(['.', '-'])
        && !name.ends_with(".git");
    if !owner_ok || !name_ok {
        return refusal();
    }
    Ok(())
}

pub(super) fn folder(text: &str) -> Result<(), Refusal> {
    let segment_ok = |s: &str| {
        !s.is_empty()
            && s != "."
            && s != ".."
            && !s.starts_with(['.', '-'])
            && !s.ends_with('.')
            && s.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
    };
    if text.is_empty() {
        return Ok(());
    }
    if text.len() > 150 || !text.split('/').all(segment_ok) {
        return Err("which is not a relative path of letters, digits, `.`, `_` and `-` such as `apps/api`".into());
    }
    Ok(())
}

pub(super) fn url_path(text: &str) -> Result<(), Refusal> {
    let segment_ok = |s: &str| {
        !s.is_empty() && s != "." && s != ".." && s.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
    };
    let ok = text == "/"
        || (text.len() <= 150 && text.strip_prefix('/').is_some_and(|rest| rest.split('/').all(segment_ok)));
    if !ok {
        return Err("which is not the path of a URL such as `/api` (no `/` at the end)".into());
    }
    Ok(())
}

/// A name that shells and Kubernetes take, with a capital letter: also `ConnectionStrings__Shop` of .NET.
pub(super) fn env_name(text: &str) -> Result<(), Refusal> {
    let ok = (2..=100).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && text.bytes().any(|b| b.is_ascii_uppercase())
        && !text.ends_with('_');
    if !ok {
        return Err(format!("where {} is not the name of an environment variable such as `API_KEY`", quoted(text)));
    }
    Ok(())
}

pub(super) fn command(text: &str, chain: bool) -> Result<(), Refusal> {
    if text.is_empty() && chain {
        return Ok(());
    }
    let word_ok = |w: &str| !w.is_empty() && w.bytes().all(|b| b.is_ascii_alphanumeric() || b"_@%+=:,./-".contains(&b));
    let program_ok =
        |p: &str| p.split(' ').all(word_ok) && p.starts_with(|c: char| c.is_ascii_alphabetic() || "./".contains(c));
    let ok = if chain { text.split(" && ").all(program_ok) } else { program_ok(text) };
    if !ok {
        return Err(if chain {
            "which is not plain words joined by ` && `: put quotes, pipes and variables into a script of the service and name that".into()
        } else {
            "which is not one plain command such as `node dist/server.js`: put anything else into a script of the service and name that".into()
        });
    }
    Ok(())
}
