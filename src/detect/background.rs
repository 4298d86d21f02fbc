//! Processes that a framework needs beside the web server, where no file says how they are started: workers of queues, and what
//! starts work by the clock.

use super::finding::{Finding, Location};
use super::processes::{self, Process, ProcessKind};
use super::service::{Language, Service, ServiceKind};
use super::walk::Files;
use crate::text::path;

/// Adds them to a service that answers requests. One supervisor in the image may start them already.
pub fn detect(files: &Files, service: &mut Service) {
    let is_worker = service.kind.as_ref().is_none_or(|kind| kind.value == ServiceKind::Worker);
    let below = |file: &str| {
        file.strip_prefix(service.path.as_str()).is_some_and(|rest| service.path.is_empty() || rest.starts_with('/'))
    };
    let supervised = files.named("supervisord.conf").any(below);
    if is_worker || supervised {
        return;
    }
    match service.language.as_ref().map(|language| language.value) {
        Some(Language::Php) => laravel(files, service),
        Some(Language::Python) => celery(files, service),
        Some(Language::Ruby) => rails(files, service),
        Some(_) | None => {}
    }
}

fn add(service: &mut Service, name: &str, command: impl Into<String>, kind: ProcessKind, place: Location) {
    let process = Process { name: name.to_owned(), command: command.into(), kind, port: None, schedule: None };
    processes::push(service, Finding::new(process, place));
}

/// Whether a process starts one of these already.
fn has(service: &Service, words: &[&str]) -> bool {
    let mut commands = service.processes.iter().map(|process| &process.value.command);
    commands.any(|command| words.iter().any(|word| command.contains(word)))
}

/// Horizon or a worker for the jobs of the code, and the scheduler where something is scheduled.
fn laravel(files: &Files, service: &mut Service) {
    let below = |name: &str| path::join(&service.path, name);
    if !files.has(&below("artisan")) {
        return;
    }
    let manifest = below("composer.json");
    let horizon = files.text_if_any(&manifest).is_some_and(|text| text.contains("\"laravel/horizon\""));
    let jobs = below("app/Jobs");
    let has_jobs = files.folders().iter().any(|folder| folder.to_str() == Some(&jobs));
    // what is queued runs at once then
    let sample = files.text_if_any(&below(".env.example"));
    let is_sync = sample.is_some_and(|text| text.lines().any(|line| line.trim_end() == "QUEUE_CONNECTION=sync"));
    let kernel = [("routes/console.php", "Schedule::"), ("app/Console/Kernel.php", "$schedule->")];
    let scheduled = kernel.into_iter().find_map(|(name, call)| {
        let file = below(name);
        let text = files.text_if_any(&file)?;
        let line = text.lines().position(|line| line.trim_start().starts_with(call))?;
        Some(Location::new(&file, Some(line + 1)))
    });
    if !has(service, &["horizon", "queue:work", "queue:listen"]) {
        if horizon {
            add(service, "horizon", "php artisan horizon", ProcessKind::Worker, Location::new(&manifest, None));
        } else if has_jobs && !is_sync {
            add(service, "queue", "php artisan queue:work", ProcessKind::Worker, Location::new(&jobs, None));
        }
    }
    if let Some(place) = scheduled.filter(|_| !has(service, &["schedule:work", "schedule:run"])) {
        add(service, "scheduler", "php artisan schedule:work", ProcessKind::Scheduler, place);
    }
}

/// The worker of the application that a `celery.py` makes, and beat where it has a schedule.
fn celery(files: &Files, service: &mut Service) {
    let framework = service.frameworks.iter().find(|framework| framework.value == "Celery");
    if framework.is_none() || has(service, &["celery"]) {
        return;
    }
    let inside = |file: &str| {
        let rest = file.strip_prefix(service.path.as_str())?.trim_start_matches('/');
        Some(rest.split('/').map(str::to_owned).collect::<Vec<_>>())
    };
    let found = files.named("celery.py").find_map(|file| {
        let parts = inside(file)?;
        let (_, folders) = parts.split_last()?;
        let plain = !folders.is_empty() && folders.iter().all(|part| part != "src" && !part.contains(['-', '.']));
        // Celery looks for `celery` in a package itself
        plain.then(|| (file.to_owned(), folders.join(".")))
    });
    let Some((file, module)) = found else { return };
    let package = path::parent(&file);
    let settings = path::join(package, "settings.py");
    let scheduled = [&file, &settings].into_iter().find_map(|file| {
        let text = files.text_if_any(file)?;
        let names = |line: &str| {
            let line = line.trim_start();
            !line.starts_with('#') && (line.contains("beat_schedule") || line.contains("CELERY_BEAT_SCHEDULE"))
        };
        Some(Location::new(file, Some(text.lines().position(names)? + 1)))
    });
    add(service, "worker", format!("celery -A {module} worker"), ProcessKind::Worker, Location::new(&file, None));
    if let Some(place) = scheduled {
        // its last runs are in a file
        let command = format!("celery -A {module} beat --schedule /tmp/celerybeat-schedule");
        add(service, "beat", command, ProcessKind::Scheduler, place);
    }
}

/// What the gem of the queue starts.
fn rails(files: &Files, service: &mut Service) {
    let is = |label: &str| service.frameworks.iter().find(|framework| framework.value == label);
    if is("Rails").is_none() || has(service, &["sidekiq", "jobs", "good_job"]) {
        return;
    }
    let bin = path::join(&service.path, "bin/jobs");
    let puma = path::join(&service.path, "config/puma.rb");
    let in_puma = files.text_if_any(&puma).is_some_and(|text| {
        text.lines().any(|line| line.trim().starts_with("plugin :solid_queue") && !line.contains(" if "))
    });
    let queues = [
        ("Sidekiq", "bundle exec sidekiq"),
        ("GoodJob", "bundle exec good_job start"),
        ("Solid Queue", if files.is_file(&bin) { "bin/jobs" } else { "bundle exec rails solid_queue:start" }),
    ];
    let found = queues.into_iter().find_map(|(label, command)| Some((command, label, is(label)?.found_in.clone())));
    if let Some((command, label, place)) = found
        && !(label == "Solid Queue" && in_puma)
    {
        add(service, "worker", command, ProcessKind::Worker, place);
    }
}
