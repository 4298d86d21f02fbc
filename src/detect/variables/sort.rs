//! What kind of variable a name and an example value are: a secret, the address of a store or a part of one, or plain.

use serde::{Deserialize, Serialize};

use super::rules::{RULES, Store};
use crate::text::secret;

/// What kind of value a variable has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sort {
    Secret,
    /// The address of a store, with the password in it.
    Address,
    /// Where a store is; also a list of such places.
    Host,
    /// The port of a store.
    Port,
    /// Who a store knows the program as.
    User,
    /// The password for a store.
    Password,
    /// The name of a database or a bucket.
    Name,
    /// What a build puts into pages that anybody can read.
    Public,
    Plain,
}

impl Sort {
    /// Whether its value must not be shown.
    pub fn is_secret(self) -> bool {
        matches!(self, Self::Secret | Self::Address | Self::Password)
    }

    /// Whether it is the address of a store or a part of one.
    pub fn is_of_store(self) -> bool {
        matches!(self, Self::Address | Self::Host | Self::Port | Self::User | Self::Password | Self::Name)
    }
}

/// The kind of a variable, and the system that it is about where it is about one.
pub fn sort(name: &str, value: &str) -> (Sort, Option<&'static str>) {
    let rules = &*RULES;
    let looks_like_a_secret = secret::looks_like(value).is_some() && !value.starts_with("-----BEGIN PUBLIC");
    if is_public(name) && !looks_like_a_secret {
        return (Sort::Public, None);
    }
    if let Some(system) = scheme(value).and_then(of_scheme) {
        return (Sort::Address, Some(system));
    }
    if let Some(system) = of_keywords(value) {
        return (Sort::Address, system);
    }
    let words = words(name);
    let whole = words.join("_");
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if let Some(named) = rules.names.get(&whole) {
        return (named.sort, named.system.as_deref());
    }
    // the section of .NET's settings that has the addresses of stores
    if words.starts_with(&["CONNECTION", "STRINGS"]) {
        let store = rules.stores.iter().find(|store| words.iter().any(|word| is_in(&store.words, word)));
        return (Sort::Address, store.and_then(|store| store.system.as_deref()));
    }
    let is_address_of_webhook = rules.webhook_urls.iter().any(|url| value.contains(url.as_str()));
    if looks_like_a_secret && is_public_key(&words) {
        return (Sort::Plain, None);
    }
    if is_address_of_webhook || looks_like_a_secret {
        let (sort, system) = of_store(&words, value).unwrap_or((Sort::Secret, None));
        return if sort.is_secret() { (sort, system) } else { (Sort::Secret, None) };
    }
    if matches!(value.to_ascii_lowercase().as_str(), "true" | "false" | "yes" | "no" | "on" | "off") {
        return (Sort::Plain, None);
    }
    if scheme(value).is_some_and(|scheme| rules.files.iter().any(|file| file == scheme)) {
        return (Sort::Plain, None);
    }
    if let Some(found) = of_store(&words, value) {
        return found;
    }
    match named_secret(&words, value) {
        Some(true) => (Sort::Secret, None),
        Some(false) => (Sort::Plain, None),
        None if is_random(value) && !words.last().is_some_and(|word| is_in(&rules.about, word)) => (Sort::Secret, None),
        None => (Sort::Plain, None),
    }
}

/// Whether a variable is a secret, by its name or by the shape of its value.
pub fn is_secret(name: &str, value: &str) -> bool {
    sort(name, value).0.is_secret()
}

/// Whether a build puts it into public pages, by its prefix.
fn is_public(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let prefix = RULES.public.iter().find(|prefix| upper.starts_with(prefix.as_str()));
    prefix.is_some_and(|prefix| prefix != "PUBLIC_" || upper.split('_').count() > 2)
}

fn is_in(list: &[String], word: &str) -> bool {
    list.iter().any(|one| one == word)
}

/// The words of a name in upper case: `Jwt__Key`, `jwtKey` and `JWT_KEY` are the same.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = '_';
    for c in name.chars() {
        if !c.is_ascii_alphanumeric() || before.is_ascii_lowercase() && c.is_ascii_uppercase() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c.is_ascii_alphanumeric()) {
            word.push(c.to_ascii_uppercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The scheme of an address, without the driver that some name beside it: `postgresql` of `jdbc:postgresql://` and of
/// `postgresql+asyncpg://`.
pub fn scheme(value: &str) -> Option<&str> {
    let value = value.strip_prefix("jdbc:").unwrap_or(value);
    let (scheme, rest) = value.split_once(':')?;
    let is_scheme = |c: char| c.is_ascii_alphanumeric() || c == '+';
    let known = |scheme: &str| of_scheme(scheme).is_some();
    let plain = if known(scheme) { scheme } else { scheme.split('+').next().unwrap_or(scheme) };
    let is_file = RULES.files.iter().any(|file| file == plain);
    (scheme.chars().all(is_scheme) && (rest.starts_with("//") || is_file)).then_some(plain)
}

pub fn of_scheme(scheme: &str) -> Option<&'static str> {
    let store = RULES.stores.iter().find(|store| is_in(&store.schemes, scheme))?;
    store.system.as_deref()
}

/// Whether a value is an address in keywords, such as `Host=db;Database=shop;Username=shop;Password=x`, and the system whose keywords
/// they are where they are those of one alone.
fn of_keywords(value: &str) -> Option<Option<&'static str>> {
    let pairs = value.split(';').filter_map(|pair| pair.split_once('='));
    let keys: Vec<String> = pairs.map(|(key, _)| key.trim().to_ascii_lowercase()).collect();
    let has = |any: &[&str]| keys.iter().any(|key| any.contains(&key.as_str()));
    let names_a_server = has(&["host", "server", "data source"]);
    if !names_a_server || !has(&["database", "initial catalog", "password", "pwd"]) {
        return None;
    }
    let is_postgresql = has(&["host"]) && has(&["username"]);
    let is_sqlserver = has(&["data source", "initial catalog", "integrated security", "trusted_connection"]);
    Some(is_postgresql.then_some("postgresql").or(is_sqlserver.then_some("sqlserver")))
}

/// The part of a store that a name is about.
fn of_store(words: &[&str], value: &str) -> Option<(Sort, Option<&'static str>)> {
    let rules = &*RULES;
    let last = *words.last()?;
    if words.iter().any(|word| is_in(&rules.of_others, word)) {
        return None;
    }
    let plain = |word: &str| word.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
    let has = |store: &&Store| words.iter().any(|word| is_in(&store.words, word) || is_in(&store.words, &plain(word)));
    let store = rules.stores.iter().find(|store| has(store) && !is_in(&store.without, last))?;
    let (sort, _) = rules.parts.iter().find(|(_, ends)| is_in(ends, last))?;
    let system = store.system.as_deref();
    // `GEOIP_DB` is a file, and not how the database of the program is called
    let is_whole = words.len() == 1 || words.iter().rev().skip(1).any(|word| is_in(&store.words, word));
    if system.is_none() && is_in(&store.words, last) && !is_whole {
        return None;
    }
    let sort = match sort {
        // a bucket has no password in its address
        Sort::Address if system == Some("s3") => Sort::Host,
        Sort::Address if last == "STRING" && !words.contains(&"CONNECTION") => return None,
        // an address of mail, and not of what sends it
        Sort::Host if value.contains('@') => return None,
        Sort::Host if scheme(value).is_none() && value.starts_with("http") && value.contains('?') => return None,
        sort => *sort,
    };
    Some((sort, system))
}

/// Whether a name is that of a secret; none where it has no word of one.
fn named_secret(words: &[&str], value: &str) -> Option<bool> {
    let rules = &*RULES;
    let plain = |word: &str| word.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
    let is_word = |word: &str| {
        is_in(&rules.secret, &plain(word)) || rules.secret_ends.iter().any(|end| word.ends_with(end.as_str()))
    };
    let last = *words.last()?;
    if words.contains(&"WEBHOOK") && matches!(last, "WEBHOOK" | "URL") {
        let is_of_others = words.iter().any(|word| is_in(&rules.webhooks, word));
        // the address of a webhook is known to who calls it; where it is the program itself, it has one
        return Some(is_of_others || last == "WEBHOOK" && !value.starts_with("http"));
    }
    let Some(at) = words.iter().rposition(|word| is_word(word)) else {
        return is_in(&rules.secret_at_the_end, &plain(last)).then_some(true);
    };
    let word = plain(words[at]);
    let is_about = words[at + 1..].iter().any(|word| is_in(&rules.about, word));
    // how often a salt is used, and the like
    let is_number = value.len() <= 3 && !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
    let is_password = word.starts_with("PASS") || word == "PWD";
    Some(!is_public_key(words) && !is_about && (!is_number || is_password))
}

/// Whether a name ends like that of a key that everybody may know.
fn is_public_key(words: &[&str]) -> bool {
    matches!(words, [.., before, "KEY" | "TOKEN"] if is_in(&RULES.public_keys, before))
}

/// Long, without spaces or signs, and with capitals, small letters and digits: made by a machine.
pub fn is_random(value: &str) -> bool {
    value.len() >= 24
        && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=_-".contains(&b))
        && value.bytes().filter(u8::is_ascii_digit).count() >= 3
        && (value.bytes().all(|b| b.is_ascii_hexdigit())
            || value.bytes().any(|b| b.is_ascii_uppercase()) && value.bytes().any(|b| b.is_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::{Sort, sort};
    use crate::detect::variables::env_files;
    use crate::detect::variables::facts::is_demanded;
    use crate::detect::variables::seen::Says;

    /// Lines of samples of real projects, with what an engineer says about each.
    #[test]
    fn the_table() {
        let rows: Vec<&str> = include_str!("../../../tests/variables.tsv").lines().skip(1).collect();
        assert!(rows.len() >= 200, "{}", rows.len());
        let mut wrong = Vec::new();
        for row in &rows {
            let columns: Vec<&str> = row.splitn(5, '\t').collect();
            let [wanted, system, required, _, line] = columns[..] else { panic!("{row}") };
            let found = env_files::read(line).pop();
            let said = found.map_or_else(String::new, |found| {
                let (sort, system) = sort(&found.name, found.value.as_deref().unwrap_or_default());
                let sort = serde_json::to_value(sort).unwrap();
                let required = if found.says == Says::Given || is_demanded(&found.name) { "yes" } else { "no" };
                format!("{}\t{}\t{required}", sort.as_str().unwrap(), system.unwrap_or("-"))
            });
            if said != format!("{wanted}\t{system}\t{required}") {
                wrong.push(format!("{row}\n    found {said}"));
            }
        }
        assert!(wrong.is_empty(), "{} of {} rows\n{}", wrong.len(), rows.len(), wrong.join("\n"));
    }

    #[test]
    fn secrets_by_name_and_shape() {
        for (name, value) in [
            ("STRIPE_API_KEY", "x"),
            ("UPSTREAM", "https://user:hunter2@example.com"),
            ("VITE_X", "https://user:hunter2@example.com"),
            ("SESSION", "4f3c2a1b0d9e8f7a6b5c4d3e2f1a0b9c"),
            ("Jwt__Key", "x"),
            ("clientSecret", "x"),
            ("USER_TOKEN_SECRET", ""),
            ("REDIS_AUTH", ""),
        ] {
            assert!(sort(name, value).0.is_secret(), "{name}={value}");
        }
        for (name, value) in [
            ("PORT", "3000"),
            ("KEYCLOAK", "1"),
            ("AUTH_RATE_LIMIT_MAX", "5"),
            ("PASSWORD_MIN_LENGTH", "8"),
            ("AUTH_URL", "http://localhost:8080"),
            ("AUTH0_DOMAIN", "x"),
            ("MAX_TOKENS", "4096"),
            ("REQUIRE_AUTH", "true"),
            ("EMAIL_ADDRESS", "me@example.com"),
        ] {
            assert_eq!(sort(name, value).0, Sort::Plain, "{name}={value}");
        }
    }
}
