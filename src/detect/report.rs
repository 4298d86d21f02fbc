//! What was found, for people: a line for each finding, with its evidence.

use serde::Serialize;

use super::Detected;
use super::finding::{Finding, Location};
use super::service::Service;
use super::variables::{Sort, Variable};
use crate::terminal::ui::{Style, Ui};
use crate::text::count;
use crate::text::value::whole;

/// Lines of text that fit the terminal.
struct Report<'u> {
    ui: &'u Ui,
    out: String,
}

/// All findings as text.
pub fn text(ui: &Ui, found: &Detected) -> String {
    let mut report = Report { ui, out: String::new() };
    for service in &found.services {
        report.service(service);
    }
    report.rest(found);
    if report.out.is_empty() {
        report.line("Nothing was found: no service, no remote, no pipeline, no infrastructure.");
    }
    if !found.beside.is_empty() {
        report.heading("Stays as it is, beside what is generated", "");
        for one in &found.beside {
            report.line(&format!("  {} ({}): {}", one.what, one.places(), one.meaning));
        }
    }
    if !found.answers.is_empty() {
        report.heading("Answers that follow from this", "");
        for (name, answer) in &found.answers {
            match answer.value.as_array() {
                Some(list) if list.iter().any(|item| !item.is_string()) => {
                    report.line(&format!("  {name}: {}", count(list.len(), "record")));
                }
                _ => report.line(&format!("  {name}: {}", whole(&answer.value))),
            }
        }
    }
    if !found.gaps.is_empty() {
        report.heading("What the code still lacks", "");
        report.out.push_str(&super::overview::gaps(ui, ui.out, &found.gaps, usize::MAX));
    }
    if !found.notes.is_empty() {
        report.heading("Notes", "");
        for note in &found.notes {
            report.line(&format!("  {note}"));
        }
    }
    report.out
}

impl Report<'_> {
    fn line(&mut self, line: &str) {
        let line = self.ui.wrapped_line(&self.ui.visible(line));
        self.out.push_str(&line);
        self.out.push('\n');
    }

    fn heading(&mut self, title: &str, more: &str) {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        let title = self.ui.out.text(Style::Bold, &self.ui.visible(title));
        self.out.push_str(&format!("{title}{}\n", self.ui.visible(more)));
    }

    fn finding(&mut self, label: &str, value: &str, place: &Location) {
        self.line(&format!("  {label}: {value} (found in {place})"));
    }

    fn optional<T: Serialize>(&mut self, label: &str, finding: Option<&Finding<T>>) {
        if let Some(found) = finding {
            self.finding(label, &word(&found.value), &found.found_in);
        }
    }

    fn service(&mut self, service: &Service) {
        let name = service.name.as_ref().map_or("service", |name| name.value.as_str());
        let place = if service.path.is_empty() { " at the top".to_owned() } else { format!(" in {}", service.path) };
        self.heading(name, &place);
        self.optional("kind", service.kind.as_ref());
        self.optional("language", service.language.as_ref());
        self.optional("version", service.version.as_ref());
        self.optional("package manager", service.package_manager.as_ref());
        for framework in &service.frameworks {
            self.finding("framework", framework.value, &framework.found_in);
        }
        self.optional("port", service.port.as_ref());
        for (command, finding) in &service.commands {
            self.finding(&word(command), &finding.value, &finding.found_in);
        }
        self.optional("output", service.output.as_ref());
        self.optional("volume", service.volume.as_ref());
        for library in &service.libraries {
            self.finding("library", library.value, &library.found_in);
        }
        for process in &service.processes {
            let Finding { value, found_in } = process;
            self.finding(&word(&value.kind), &format!("{}, {}", value.name, value.command), found_in);
        }
        for client in &service.clients {
            let system = client.value.system.map(|system| format!(" for {system}")).unwrap_or_default();
            self.finding("client", &format!("{}{system}", client.value.library), &client.found_in);
        }
        for (route, finding) in &service.routes {
            self.finding(&word(route), &finding.value, &finding.found_in);
        }
        self.variables(&service.variables);
        for place in &service.containers {
            self.line(&format!("  container: found in {place}"));
        }
    }

    fn variables(&mut self, variables: &[Finding<Variable>]) {
        for variable in variables {
            let Finding { value: found, found_in } = variable;
            let of = found.system.map(|system| format!(" of {system}")).unwrap_or_default();
            let label = match found.sort {
                Sort::Plain => "variable".to_owned(),
                Sort::Public => "public variable".to_owned(),
                Sort::Secret => "secret".to_owned(),
                of_store if of.is_empty() => format!("{} of a store", word(&of_store)),
                of_store => format!("{}{of}", word(&of_store)),
            };
            let value = found.value.as_ref().map(|value| format!("={value}")).unwrap_or_default();
            let optional = if found.required { "" } else { ", optional" };
            self.finding(&label, &format!("{}{value}{optional}", found.name), found_in);
        }
    }

    fn rest(&mut self, found: &Detected) {
        if let Some(remote) = &found.remote {
            self.heading("Remote", "");
            let Finding { value, found_in } = remote;
            self.finding("repository", &format!("{}/{} on {}", value.owner, value.name, value.host), found_in);
        }
        if !found.workspaces.is_empty() {
            self.heading("Workspaces", "");
            found.workspaces.iter().for_each(|one| self.finding("packages", &one.value, &one.found_in));
        }
        if !found.backing.is_empty() {
            self.heading("Beside the services", "");
            found.backing.iter().for_each(|one| self.finding(one.value.system, &one.value.image, &one.found_in));
        }
        if !found.variables.is_empty() {
            self.heading("Variables", "");
            self.variables(&found.variables);
        }
        if !found.pipelines.is_empty() {
            self.heading("Pipelines", "");
            for one in &found.pipelines {
                self.finding(one.value.platform, one.value.name.as_deref().unwrap_or("a pipeline"), &one.found_in);
            }
        }
        if !found.infrastructure.is_empty() {
            self.heading("Infrastructure", "");
            for one in &found.infrastructure {
                self.line(&format!("  {} (found in {})", word(&one.value), one.found_in));
            }
        }
    }
}

/// A value as JSON has it, without quotes.
pub(super) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}
