//! Recognises what must never be an answer, because answers are committed.

/// What a text looks like, if it looks like a credential.
pub fn looks_like(text: &str) -> Option<&'static str> {
    const PREFIXES: [(&str, usize, &str); 9] = [
        ("AKIA", 20, "an AWS access key"),
        ("ASIA", 20, "an AWS access key"),
        ("ghp_", 40, "a GitHub token"),
        ("gho_", 40, "a GitHub token"),
        ("ghs_", 40, "a GitHub token"),
        ("github_pat_", 40, "a GitHub token"),
        ("xoxb-", 20, "a Slack token"),
        ("glpat-", 20, "a GitLab token"),
        ("-----BEGIN", 10, "a private key"),
    ];
    for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-')) {
        for (prefix, length, what) in PREFIXES {
            if word.starts_with(prefix) && word.len() >= length {
                return Some(what);
            }
        }
    }
    // user:password@ in a URL; `?` and `#` end no password, though they ought to be written as `%3F` and `%23`
    let ends = |c: char| c.is_whitespace() || c == '/';
    let mut authorities = text.split("://").skip(1).filter_map(|rest| rest.split(ends).next());
    let has_password = |authority: &str| authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'));
    authorities.any(has_password).then_some("a URL with a password")
}

#[cfg(test)]
mod tests {
    use super::looks_like;

    #[test]
    fn credentials() {
        let key = format!("{}{}", "AKIA", "IOSFODNN7EXAMPLE");
        for text in [
            key.as_str(),
            "mongodb://root:hunter2@db/shop",
            &format!("token ghp_{}", "a".repeat(36)),
            "See https://x.example/ and mongodb://root:hunter2@db/shop",
            "https://u:p#ss@x",
        ] {
            assert!(looks_like(text).is_some(), "{text}");
        }
        for text in
            ["Sells things", "https://example.com/@x", "https://a.example, b: c@d.example", "AKIA", "npm run build"]
        {
            assert_eq!(looks_like(text), None, "{text}");
        }
    }
}
