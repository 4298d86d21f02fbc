//! Gemfile: a program, of which `gem "name"` and `ruby "version"` are read.

use super::finding::{Finding, Location};
use super::libraries;
use super::service::{Command, Language, Services};
use super::tokens::{Comments, tokens};
use super::walk::Files;

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
                    if gem == "rails" {
                        service.command(Command::Migrate, "bundle exec rails db:migrate", place.clone());
                    }
                    libraries::add(service, Language::Ruby, gem, &place, false);
                }
                _ => {}
            }
        }
    }
}
