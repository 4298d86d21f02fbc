//! Lines of cron: in files that an image takes to where cron reads them, and in commands of its build that write them.

use super::finding::{Finding, Location};
use super::processes::{self, Process, ProcessKind};
use super::service::Service;
use super::walk::Files;
use crate::text::{cron, path};

/// What a line starts, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub schedule: String,
    pub command: String,
}

/// A line with five fields or a word such as `@daily`, the user where the file names one, and the command without what happens
/// to its output.
pub fn entry(line: &str, names_user: bool) -> Option<Entry> {
    let line = line.trim();
    let (schedule, rest) = if let Some(word) = line.strip_prefix('@') {
        let (word, rest) = word.split_once(char::is_whitespace)?;
        let schedule = match word {
            "hourly" => "0 * * * *",
            "daily" | "midnight" => "0 0 * * *",
            "weekly" => "0 0 * * 0",
            "monthly" => "0 0 1 * *",
            "yearly" | "annually" => "0 0 1 1 *",
            _ => return None,
        };
        (schedule.to_owned(), rest)
    } else {
        let mut rest = line;
        let mut fields = Vec::new();
        while fields.len() < 5 {
            let (field, after) = rest.split_once(char::is_whitespace)?;
            fields.push(field);
            rest = after.trim_start();
        }
        let schedule = fields.join(" ");
        cron::parse(&schedule).ok()?;
        (schedule, rest)
    };
    let rest = if names_user { rest.trim_start().split_once(char::is_whitespace)?.1 } else { rest };
    // the logs of a job are what it prints
    let command = rest.split(" >").next()?.trim().trim_end_matches(" 2").trim_end_matches(" 1").trim();
    (!command.is_empty()).then(|| Entry { schedule, command: command.to_owned() })
}

/// The lines that `echo "..." >> /etc/cron.d/app` and the like write in a build.
pub fn of_build(command: &str) -> Vec<Entry> {
    let parts = command.split(" echo ").enumerate();
    let written = parts.filter_map(|(i, part)| {
        let part = if i == 0 { part.strip_prefix("echo ")? } else { part }.trim_start();
        let quote = part.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (text, rest) = part.get(1..)?.split_once(quote)?;
        let target = rest.trim_start().strip_prefix('>')?.trim_start_matches('>').split_whitespace().next()?;
        target.contains("cron").then(|| entry(text, target.contains("cron.d/") || target.ends_with("/crontab")))?
    });
    written.collect()
}

/// Makes a job of each line of the files called `crontab` that lie at a service with an image of its own.
pub fn of_files(files: &Files, service: &mut Service) {
    if service.image.is_none() {
        return;
    }
    let is_own = |file: &&str| {
        let below = file.strip_prefix(service.path.as_str()).map(|rest| rest.trim_start_matches('/'));
        below.is_some_and(|below| below.matches('/').count() <= 2)
    };
    let found: Vec<String> = files.named("crontab").filter(is_own).map(str::to_owned).collect();
    for file in found {
        let Some(text) = files.text(&file) else { continue };
        for (i, line) in text.lines().enumerate() {
            // a file for /etc/cron.d names the user, that of a user does not
            let words: Vec<&str> = line.split_whitespace().collect();
            let user = words.get(5).is_some_and(|word| matches!(*word, "root" | "www-data" | "nobody"));
            if let Some(entry) = entry(line, user) {
                add(files, service, &entry, Location::new(&file, Some(i + 1)));
            }
        }
    }
}

/// Adds a line as a job.
pub fn add(files: &Files, service: &mut Service, entry: &Entry, place: Location) {
    let Some(command) = processes::plain(&entry.command) else {
        files.note(&place.file, "has a line for cron whose command needs a shell: it has no place among the answers");
        return;
    };
    // `app:cleanup` of a console, or the source that is started
    let word = command.split(' ').rfind(|word| !word.starts_with('-')).unwrap_or_default();
    let word = path::name(word).rsplit(':').next().unwrap_or_default();
    let name = word.rsplit_once('.').map_or(word, |(stem, _)| stem).to_owned();
    let name = if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name } else { "job".to_owned() };
    let schedule = Some(cron::normal(&entry.schedule));
    let known = |process: &Finding<Process>| process.value.command == command;
    if let Some(known) = service.processes.iter().find(|process| known(process)) {
        if known.value.schedule != schedule {
            files.note(&place.file, format!("starts `{command}` at a second time, for which no answer stands"));
        }
        return;
    }
    // several lines may start one program with other arguments
    let taken = |name: &String| service.processes.iter().any(|process| process.value.name == *name);
    let names = std::iter::once(name.clone()).chain((2..).map(|number| format!("{name}-{number}")));
    let name = names.into_iter().find(|name| !taken(name)).unwrap_or_default();
    let process = Process { name, command, kind: ProcessKind::Job, port: None, schedule };
    processes::push(service, Finding::new(process, place));
}

#[cfg(test)]
mod tests {
    use super::{entry, of_build};

    #[test]
    fn lines() {
        let of = |line, user| entry(line, user).map(|entry| format!("{}|{}", entry.schedule, entry.command));
        for (line, user, wanted) in [
            ("0 3 * * * php bin/console app:x > /dev/null 2>&1", false, Some("0 3 * * *|php bin/console app:x")),
            ("*/5 * * * *  root  /app/run.sh >> /var/log/x 2>&1", true, Some("*/5 * * * *|/app/run.sh")),
            ("@daily python manage.py clearsessions", false, Some("0 0 * * *|python manage.py clearsessions")),
            ("SHELL=/bin/sh", false, None),
            ("# 0 3 * * * x", false, None),
            ("@reboot x", false, None),
            ("0 3 * * *", false, None),
        ] {
            assert_eq!(of(line, user).as_deref(), wanted, "{line}");
        }
    }

    #[test]
    fn lines_that_a_build_writes() {
        let text = "composer dump-env prod && echo \"0 0 * * * php a > /dev/null\" >> /var/spool/cron/crontabs/www-data && \
            echo '1 0 * * * root php b' > /etc/cron.d/app && echo \"x=1\" >> php.ini";
        let found: Vec<String> = of_build(text).into_iter().map(|entry| entry.command).collect();
        assert_eq!(found, ["php a", "php b"]);
    }
}
