//! Gemfile: a program, of which `gem "name"` and `ruby "version"` are read.

use super::finding::{Finding, Location};
use super::libraries;
use super::service::{Command, Language, Service, Services};
use super::tokens::{Comments, tokens};
use super::walk::Files;
use crate::text::path;

/// Reads every Gemfile.
pub fn detect(files: &Files, services: &mut Services) {
    for file in files.named("Gemfile") {
        let Some(text) = files.text(file) else { continue };
        let service = services.of_manifest(&Location::new(file, None), Language::Ruby, None);
        for window in tokens(&text, Comments::Hash).windows(2) {
            let [call, argument] = window else { continue };
            let (Some(call), Some(text)) = (call.word(), argument.text()) else { continue };
            let place = Location::new(file, Some(argument.line));
            match (call, text) {
                ("ruby", version) => service.version = Some(Finding::new(version.to_owned(), place)),
                ("gem", "rspec" | "rspec-rails") => service.command(Command::Test, "bundle exec rspec", place),
                ("gem", "rubocop" | "rubocop-rails") => service.command(Command::Lint, "bundle exec rubocop", place),
                ("gem", gem) => {
                    if gem == "puma" {
                        service.tools.push((gem.to_owned(), place.clone()));
                    }
                    if gem == "rails" {
                        service.command(Command::Migrate, "bundle exec rails db:migrate", place.clone());
                    }
                    libraries::add(service, Language::Ruby, gem, &place, false);
                }
                _ => {}
            }
        }
        start(files, service);
    }
}

/// How it is started: by Rails, by Puma or rackup with its config.ru, else by its source.
fn start(files: &Files, service: &mut Service) {
    let below = |name: &str| path::join(&service.path, name);
    let is = |label: &str| service.frameworks.iter().any(|framework| framework.value == label);
    let rack = Some(below("config.ru")).filter(|file| files.has(file));
    let entry =
        ["app.rb", "main.rb", "server.rb", "bot.rb"].iter().map(|name| below(name)).find(|file| files.has(file));
    if is("Rails") || is("Hanami") {
        service.entry = rack.or_else(|| Some(below("config/routes.rb")).filter(|file| files.has(file)));
        return;
    }
    if let Some(rack) = &rack {
        let puma = service.tools.iter().find(|(name, _)| name == "puma");
        let place = puma.map_or_else(|| Location::new(rack, None), |(_, place)| place.clone());
        let command = if puma.is_some() { "bundle exec puma" } else { "bundle exec rackup --host 0.0.0.0" };
        service.port.get_or_insert_with(|| Finding::new(9292, place.clone()));
        service.command(Command::Start, command, place);
    } else if let Some(entry) = &entry {
        service.command(Command::Start, format!("bundle exec ruby {}", path::name(entry)), Location::new(entry, None));
    }
    service.entry = entry.or(rack);
}
