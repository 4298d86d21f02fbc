//! Roots: each follows an answer.

use super::{Lint, QUESTIONS};
use crate::catalog::question::KindName;
use crate::catalog::roots::Root;

impl Lint<'_> {
    /// Each root follows an answer, whose default is where the files are in the catalog.
    pub(super) fn roots(&mut self) {
        let catalog = self.catalog;
        let roots = &catalog.project.roots;
        for (folder, root) in roots {
            let name = format!("`roots`, `{folder}`");
            let answer = root.answer();
            let Some(question) = catalog.project.questions.iter().find(|q| q.name == answer) else {
                self.fault(QUESTIONS, format!("{name}: there is no question `{answer}` of the project"));
                continue;
            };
            let (kind, default) = match root {
                Root::Folder { .. } => (KindName::Path, folder.as_str()),
                Root::Prefix { .. } => (KindName::Text, ""),
            };
            if question.kind != kind || question.default.as_ref().and_then(|value| value.as_str()) != Some(default) {
                let kind = if kind == KindName::Path { "path" } else { "text" };
                self.fault(
                    QUESTIONS,
                    format!("{name}: `{answer}` needs the kind `{kind}` and the default `{default}`"),
                );
            }
            if kind == KindName::Path && !question.apart {
                self.fault(QUESTIONS, format!("{name}: `{answer}` needs `apart: true`"));
            }
            if !root.otherwise().is_empty() && !question.is_detected_by(root.finding()) {
                let finding = if kind == KindName::Path { "free_folder" } else { "free_prefix" };
                self.fault(
                    QUESTIONS,
                    format!("{name}: `otherwise` needs `detected_by: {{finding: {finding}}}` of `{answer}`"),
                );
            }
            if roots.keys().any(|other| other != folder && format!("{folder}/").starts_with(&format!("{other}/"))) {
                self.fault(QUESTIONS, format!("{name}: is inside another root"));
            }
            if !catalog.components.iter().any(|c| c.files.iter().any(|f| f.path.starts_with(&format!("{folder}/")))) {
                self.fault(QUESTIONS, format!("{name}: no component has a file there"));
            }
        }
    }
}
