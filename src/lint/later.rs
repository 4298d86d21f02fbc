//! Answers that may be `later`, and files that wait together.

use super::{Lint, manifest_file};
use crate::catalog::later::LATER;
use crate::catalog::question::{KindName, Question};

impl Lint<'_> {
    /// Where `later` is an answer, the value is printed and nothing else.
    pub(super) fn later(&mut self, file: &str, q: &Question) {
        let Some(placeholder) = &q.later else { return };
        let name = format!("question `{}`", q.name);
        let is_named = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        if placeholder.is_empty() || !placeholder.chars().all(is_named) {
            self.fault(file, format!("{name}: `later` is `{placeholder}`, not capitals, digits and `_`"));
        }
        let printed = matches!(
            q.kind,
            KindName::Text | KindName::Integer | KindName::DnsLabel | KindName::HostName | KindName::RepositorySlug
        );
        if !printed {
            self.fault(file, format!("{name}: `later` has no meaning for its kind"));
        }
        if q.default.is_some() || q.default_expr.is_some() {
            self.fault(file, format!("{name} has a default and needs no `{LATER}`"));
        }
    }

    /// What waits exists, and no path is made from an answer that may be `later`.
    pub(super) fn waits(&mut self) {
        let catalog = self.catalog;
        let exists = |path: &str| {
            let mut files = catalog.components.iter().flat_map(|component| &component.files);
            files.any(|file| file.path == path || path.ends_with('/') && file.path.starts_with(path))
        };
        for component in &catalog.components {
            for waits in &component.manifest.waits {
                let meets = |id: &String| component.manifest.satisfies.iter().any(|meets| meets.id == *id);
                for id in waits.needs.iter().filter(|id| !meets(id)) {
                    self.fault(
                        manifest_file(component),
                        format!("`waits` names the need `{id}`, which it does not meet"),
                    );
                }
                for path in std::iter::once(&waits.with).chain(&waits.files).filter(|path| !exists(path)) {
                    self.fault(
                        manifest_file(component),
                        format!("`waits` names `{path}`, where no component has a file"),
                    );
                }
            }
        }
        let roots = catalog.project.roots.values().map(|root| root.answer());
        for question in roots.filter_map(|answer| catalog.question(answer)).filter(|question| question.later.is_some())
        {
            self.fault(
                super::QUESTIONS,
                format!("`roots`: `{}` may be `{LATER}`, and is part of paths", question.name),
            );
        }
        for (key, repeat) in &catalog.project.repeats {
            let field = catalog.question(&repeat.each).and_then(|question| question.field(&repeat.segment));
            if field.is_some_and(|field| field.later.is_some()) {
                let segment = &repeat.segment;
                self.fault(
                    super::QUESTIONS,
                    format!("`repeats` `{key}`: `{segment}` may be `{LATER}`, and is part of paths"),
                );
            }
        }
    }
}
