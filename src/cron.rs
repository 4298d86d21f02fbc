//! Cron expressions as Kubernetes CronJobs read them: five fields, in UTC.

use chrono::{DateTime, Utc};
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};

/// Parses five fields.
///
/// # Errors
/// What the parser says.
pub fn parse(text: &str) -> Result<Cron, String> {
    // Kubernetes knows none of the L, W, # and @ extensions
    let plain = text.split(' ').count() == 5 && text.bytes().all(|b| b.is_ascii_digit() || b" */,-".contains(&b));
    if !plain {
        return Err("only digits and `*`, `/`, `,`, `-` in five fields with one space between".into());
    }
    let cron = CronParser::builder()
        .seconds(Seconds::Disallowed)
        .year(Year::Disallowed)
        .build()
        .parse(text)
        .map_err(|e| e.to_string())?;
    // `0 0 31 2 *` parses, but never comes
    longest_gap(&cron).ok_or("it never runs")?;
    Ok(cron)
}

/// The longest time between two runs, in seconds, over the first 400 runs from a fixed start (2026,
/// so that the answer never depends on the clock); nothing if it does not run.
pub fn longest_gap(cron: &Cron) -> Option<u64> {
    let start: DateTime<Utc> = DateTime::from_timestamp(1_767_225_600, 0)?;
    let mut last = cron.find_next_occurrence(&start, true).ok()?;
    let mut longest = 0;
    for _ in 0..400 {
        let next = cron.find_next_occurrence(&last, false).ok()?;
        longest = longest.max(u64::try_from((next - last).num_seconds()).ok()?);
        last = next;
    }
    Some(longest)
}

#[cfg(test)]
mod tests {
    use super::{longest_gap, parse};

    #[test]
    fn gaps() {
        for (text, want) in [
            ("17 2 * * *", 86_400),
            ("*/15 * * * *", 900),
            ("0 0,6,18 * * *", 43_200),
            ("0 3 * * 1", 604_800),
            ("37 4 1 * *", 31 * 86_400),
        ] {
            assert_eq!(parse(text).ok().and_then(|c| longest_gap(&c)), Some(want), "{text}");
        }
    }

    #[test]
    fn refused() {
        for text in ["", "* * * *", "@daily", "60 * * * *", "0 0 31 2 *", "0 0 0 * * *", "0  0 * * *", "0 0 L * *"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
