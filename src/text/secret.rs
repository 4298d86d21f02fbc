//! Recognises what must never be an answer, because answers are committed.

/// What a token has behind its prefix.
#[derive(Clone, Copy)]
enum Body {
    /// At least so many letters, digits, `_` and `-`.
    Word(usize),
    /// The same, and also `.`, `+`, `/` and `=`.
    Text(usize),
    /// At least so many hexadecimal digits.
    Hex(usize),
    /// Exactly so many letters and digits of base 32, in upper case, and no word around it.
    Key(usize),
}

/// Prefixes and lengths from the rules of gitleaks 8.30 (`config/gitleaks.toml`), those that need no keyword beside the
/// token. Where a rule has several lengths, the shortest counts.
const TOKENS: [(&str, Body, &str); 79] = [
    ("AKIA", Body::Key(16), "an AWS access key"),
    ("ASIA", Body::Key(16), "an AWS access key"),
    ("ABIA", Body::Key(16), "an AWS access key"),
    ("ACCA", Body::Key(16), "an AWS access key"),
    ("ABSK", Body::Text(109), "a key of Amazon Bedrock"),
    ("bedrock-api-key-", Body::Text(16), "a key of Amazon Bedrock"),
    ("ghp_", Body::Word(36), "a GitHub token"),
    ("gho_", Body::Word(36), "a GitHub token"),
    ("ghu_", Body::Word(36), "a GitHub token"),
    ("ghs_", Body::Word(36), "a GitHub token"),
    ("ghr_", Body::Word(36), "a GitHub token"),
    // gitleaks has 82; a part of one tells enough
    ("github_pat_", Body::Word(22), "a GitHub token"),
    ("glpat-", Body::Word(14), "a GitLab token"),
    ("glptt-", Body::Hex(40), "a GitLab token"),
    ("glcbt-", Body::Word(20), "a GitLab token"),
    ("gldt-", Body::Word(20), "a GitLab token"),
    ("glffct-", Body::Word(20), "a GitLab token"),
    ("glft-", Body::Word(20), "a GitLab token"),
    ("glimt-", Body::Word(25), "a GitLab token"),
    ("glagent-", Body::Word(50), "a GitLab token"),
    ("gloas-", Body::Word(64), "a GitLab token"),
    ("glrt-", Body::Word(20), "a GitLab token"),
    ("glsoat-", Body::Word(20), "a GitLab token"),
    ("GR1348941", Body::Word(20), "a GitLab token"),
    ("xoxb-", Body::Word(15), "a Slack token"),
    ("xoxp-", Body::Word(15), "a Slack token"),
    ("xoxe-", Body::Word(15), "a Slack token"),
    ("xoxe.xox", Body::Word(15), "a Slack token"),
    ("xoxa-", Body::Word(8), "a Slack token"),
    ("xoxr-", Body::Word(8), "a Slack token"),
    ("xoxo-", Body::Word(8), "a Slack token"),
    ("xoxs-", Body::Word(8), "a Slack token"),
    ("xapp-", Body::Word(15), "a Slack token"),
    ("hooks.slack.com/services/", Body::Text(43), "a webhook of Slack"),
    ("hooks.slack.com/workflows/", Body::Text(43), "a webhook of Slack"),
    ("hooks.slack.com/triggers/", Body::Text(43), "a webhook of Slack"),
    ("npm_", Body::Word(36), "an npm token"),
    ("pypi-AgEIcHlwaS5vcmc", Body::Word(50), "a PyPI token"),
    ("rubygems_", Body::Hex(48), "a RubyGems token"),
    ("CLOJARS_", Body::Word(60), "a Clojars token"),
    ("hvs.", Body::Word(90), "a Vault token"),
    ("hvb.", Body::Word(138), "a Vault token"),
    (".atlasv1.", Body::Text(60), "a Terraform token"),
    ("pul-", Body::Hex(40), "a Pulumi token"),
    ("ico-", Body::Word(32), "an Infracost token"),
    ("dapi", Body::Hex(32), "a Databricks token"),
    ("doo_v1_", Body::Hex(64), "a DigitalOcean token"),
    ("dop_v1_", Body::Hex(64), "a DigitalOcean token"),
    ("dor_v1_", Body::Hex(64), "a DigitalOcean token"),
    ("dp.pt.", Body::Word(43), "a Doppler token"),
    ("dt0c01.", Body::Text(89), "a Dynatrace token"),
    ("glc_", Body::Text(32), "a Grafana token"),
    ("glsa_", Body::Word(41), "a Grafana token"),
    ("eyJrIjoi", Body::Text(70), "a Grafana token"),
    ("AIza", Body::Word(35), "a Google key"),
    ("LTAI", Body::Word(20), "an Alibaba access key"),
    ("HRKU-AA", Body::Word(58), "a Heroku token"),
    ("hf_", Body::Word(34), "a Hugging Face token"),
    ("sk-ant-", Body::Word(40), "an Anthropic key"),
    ("sk-proj-", Body::Word(40), "an OpenAI key"),
    ("sk-svcacct-", Body::Word(40), "an OpenAI key"),
    ("sk-admin-", Body::Word(40), "an OpenAI key"),
    ("sk_live_", Body::Word(10), "a Stripe key"),
    ("sk_test_", Body::Word(10), "a Stripe key"),
    ("rk_live_", Body::Word(10), "a Stripe key"),
    ("rk_test_", Body::Word(10), "a Stripe key"),
    ("SG.", Body::Text(66), "a SendGrid token"),
    ("xkeysib-", Body::Word(64), "a Brevo token"),
    ("SK", Body::Hex(32), "a Twilio key"),
    ("sntrys_", Body::Text(40), "a Sentry token"),
    ("sntryu_", Body::Hex(64), "a Sentry token"),
    ("sha256~", Body::Word(43), "an OpenShift token"),
    ("ops_eyJ", Body::Text(250), "a 1Password token"),
    ("AGE-SECRET-KEY-1", Body::Word(58), "an age key"),
    ("AKCp", Body::Word(69), "an Artifactory key"),
    ("cmVmd", Body::Word(59), "an Artifactory token"),
    ("ATATT3", Body::Text(186), "an Atlassian token"),
    ("lin_api_", Body::Word(40), "a Linear key"),
    ("-----BEGIN", Body::Text(0), "a private key"),
];

impl Body {
    /// Whether a token with this prefix is at a place of a text.
    fn fits(self, before: &str, after: &str) -> bool {
        let number = |is_part: fn(char) -> bool| after.chars().take_while(|c| is_part(*c)).count();
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        match self {
            Self::Word(least) => number(|c| c.is_ascii_alphanumeric() || "_-".contains(c)) >= least,
            Self::Text(least) => number(|c| c.is_ascii_alphanumeric() || "_-.+/=".contains(c)) >= least,
            Self::Hex(least) => number(|c| c.is_ascii_hexdigit()) >= least,
            Self::Key(exactly) => {
                number(|c| c.is_ascii_uppercase() || c.is_ascii_digit()) == exactly
                    && !after.chars().nth(exactly).is_some_and(is_word)
                    && !before.chars().next_back().is_some_and(is_word)
            }
        }
    }
}

/// What a text looks like, if it looks like a credential.
pub fn looks_like(text: &str) -> Option<&'static str> {
    for (prefix, body, what) in TOKENS {
        let mut places = text.match_indices(prefix).map(|(at, _)| text.split_at(at));
        if places.any(|(before, rest)| body.fits(before, rest.strip_prefix(prefix).unwrap_or_default())) {
            return Some(what);
        }
    }
    // `.` joins the three parts of a JSON web token; each of the first two is the beginning of JSON in base 64
    if text
        .match_indices("eyJ")
        .any(|(at, _)| text.split_at(at).1.split('.').skip(1).any(|part| part.starts_with("eyJ")))
    {
        return Some("a JSON web token");
    }
    // user:password@ in a URL; `?` and `#` end no password, though they ought to be written as `%3F` and `%23`
    let ends = |c: char| c.is_whitespace() || c == '/';
    let mut authorities = text.split("://").skip(1).filter_map(|rest| rest.split(ends).next());
    let has_password = |authority: &str| authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'));
    authorities.any(has_password).then_some("a URL with a password")
}

#[cfg(test)]
mod tests {
    use super::{Body, TOKENS, looks_like};

    #[test]
    fn credentials() {
        let key = format!("{}{}", "AKIA", "IOSFODNN7EXAMPLE");
        for text in [
            key.as_str(),
            "mongodb://root:hunter2@db/shop",
            &format!("token ghp_{}", "a".repeat(36)),
            "See https://x.example/ and mongodb://root:hunter2@db/shop",
            "https://u:p#ss@x",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln",
        ] {
            assert!(looks_like(text).is_some(), "{text}");
        }
        for text in
            ["Sells things", "https://example.com/@x", "https://a.example, b: c@d.example", "AKIA", "npm run build"]
        {
            assert_eq!(looks_like(text), None, "{text}");
        }
    }

    #[test]
    fn every_token_of_the_list() {
        for (prefix, body, what) in TOKENS {
            let (Body::Word(number) | Body::Text(number) | Body::Hex(number) | Body::Key(number)) = body;
            let letter = match body {
                Body::Key(_) => "A",
                Body::Hex(_) => "a",
                _ => "z",
            };
            let token = format!("{prefix}{}", letter.repeat(number));
            for text in [token.clone(), format!("Bearer {token}"), format!("T={token}, x")] {
                assert_eq!(looks_like(&text), Some(what), "{text}");
            }
            if number > 0 {
                let short = &token[..token.len() - 1];
                assert_eq!(looks_like(short), None, "{short}");
            }
        }
        // as the services print them; split, so that no scanner takes them for real ones
        for (prefix, body) in [
            ("ghu_", "a1B2".repeat(9)),
            ("ghr_", "a1B2".repeat(9)),
            ("xoxp-", "1234567890-1234567890-1234567890-abcdefabcdefabcdefabcdefabcdefab".into()),
            ("xapp-", "1-A0123456789-1234567890123-abcdef0123456789".into()),
            ("glptt-", "0123456789abcdef0123456789abcdef01234567".into()),
        ] {
            assert!(looks_like(&format!("{prefix}{body}")).is_some(), "{prefix}");
        }
        for text in ["ASIAPACIFICPLATFORMTEAM", "the SKU of a ski", "dapi-gateway", "sk_live", "npm_config_registry=x"]
        {
            assert_eq!(looks_like(text), None, "{text}");
        }
    }
}
