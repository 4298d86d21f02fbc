//! Spans of time as people write them: `90s`, `15m`, `1h30m`, `7d`, `2w`.

/// The seconds of a span, or nothing if it is not one. Units from large to small, each once.
pub fn seconds(text: &str) -> Option<u64> {
    const UNITS: [(char, u64); 5] = [('w', 604_800), ('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];
    let mut rest = text;
    let mut total = 0_u64;
    let mut units = UNITS.iter();
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: u64 = rest.get(..digits).filter(|d| d.len() <= 6 && !d.starts_with('0'))?.parse().ok()?;
        let unit = rest.get(digits..)?.chars().next()?;
        let (_, factor) = units.find(|(u, _)| *u == unit)?;
        total = total.checked_add(number.checked_mul(*factor)?)?;
        rest = rest.get(digits + 1..)?;
    }
    (total > 0).then_some(total)
}

/// A span for people, as [`seconds`] reads it: `29h`, `1h30m`. Days begin at three, so that hours stay comparable.
pub fn text(seconds: u64) -> String {
    let days = if seconds >= 259_200 && seconds.is_multiple_of(86_400) { seconds / 86_400 } else { 0 };
    let rest = seconds - days * 86_400;
    let parts = [(days, 'd'), (rest / 3_600, 'h'), (rest % 3_600 / 60, 'm'), (rest % 60, 's')];
    let text: String = parts.iter().filter(|(n, _)| *n > 0).map(|(n, unit)| format!("{n}{unit}")).collect();
    if text.is_empty() { "0s".into() } else { text }
}

#[cfg(test)]
mod tests {
    use super::{seconds, text};

    #[test]
    fn for_people() {
        for (n, want) in
            [(0, "0s"), (90, "1m30s"), (104_400, "29h"), (172_800, "48h"), (604_800, "7d"), (5_400, "1h30m")]
        {
            assert_eq!(text(n), want);
        }
    }

    #[test]
    fn spans() {
        for (text, want) in [
            ("90s", Some(90)),
            ("1h30m", Some(5400)),
            ("7d", Some(604_800)),
            ("1w1d", Some(691_200)),
            ("", None),
            ("0h", None),
            ("010m", None),
            ("1m1h", None),
            ("1h1h", None),
            ("h", None),
            ("1", None),
            ("1h ", None),
            ("9999999d", None),
        ] {
            assert_eq!(seconds(text), want, "{text}");
        }
    }
}
