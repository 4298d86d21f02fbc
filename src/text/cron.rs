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
    cron.find_next_occurrence(&start().ok_or("it never runs")?, true).map_err(|_| "it never runs")?;
    Ok(cron)
}

/// The same expression with days of the week from 0 to 6: Kubernetes and GitHub have no 7 for Sunday, and no range that
/// reaches it.
pub fn normal(text: &str) -> String {
    let Some((fields, days)) = text.rsplit_once(' ') else { return text.into() };
    let days: Vec<String> = days.split(',').map(days_of_week).collect();
    format!("{fields} {}", days.join(","))
}

fn days_of_week(part: &str) -> String {
    let (range, step) = part.split_once('/').unwrap_or((part, "1"));
    let (first, last) = range.split_once('-').unwrap_or((range, range));
    let (Ok(first), Ok(7), Ok(step)) = (first.parse::<usize>(), last.parse(), step.parse::<usize>()) else {
        return part.into();
    };
    // Sunday at both ends is every day
    let mut days: Vec<usize> = (first..=7).step_by(step.max(1)).map(|day| day % 7).collect();
    days.sort_unstable();
    days.dedup();
    let days: Vec<String> = days.iter().map(usize::to_string).collect();
    days.join(",")
}

/// Where looking for runs starts: in 2026, so that no answer depends on the clock.
fn start() -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(1_767_225_600, 0)
}

/// The longest time between two runs, in seconds, over the first 400 runs from [`start`]; nothing if it does not run.
pub fn longest_gap(cron: &Cron) -> Option<u64> {
    let mut last = cron.find_next_occurrence(&start()?, true).ok()?;
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
    use super::{longest_gap, normal, parse};

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
    fn sunday_is_0() {
        for (text, wanted) in [
            ("0 2 * * 7", "0 2 * * 0"),
            ("0 2 * * 07", "0 2 * * 0"),
            ("0 2 * * 5-7", "0 2 * * 0,5,6"),
            ("0 2 * * 1-5,7", "0 2 * * 1-5,0"),
            ("0 2 * * 0-7", "0 2 * * 0,1,2,3,4,5,6"),
            ("0 2 * * 1-7/2", "0 2 * * 0,1,3,5"),
            ("0 2 * * 7-7", "0 2 * * 0"),
            ("7 7 7 7 6", "7 7 7 7 6"),
            ("*/7 * * * *", "*/7 * * * *"),
            ("0 2 * * 1-5", "0 2 * * 1-5"),
        ] {
            assert_eq!(normal(text), wanted, "{text}");
            let gap = |text| parse(text).ok().and_then(|cron| longest_gap(&cron));
            assert!(gap(text).is_some() && gap(text) == gap(wanted), "{text}");
        }
    }

    #[test]
    fn what_kubernetes_does_not_read_is_refused() {
        for text in ["0 2 * * 8", "0 2 * * 6-2", "0 22-2 * * *", "0 24 * * *", "0 0 0 * *", "0 0 * 13 *", "*/0 * * * *"]
        {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn refused() {
        for text in ["", "* * * *", "@daily", "60 * * * *", "0 0 31 2 *", "0 0 0 * * *", "0  0 * * *", "0 0 L * *"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
