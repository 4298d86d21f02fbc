//! What is said about one thing, in lines that know which names in them can be looked up.

use std::fmt;

/// What is known about one thing.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// What it is, in a sentence.
    pub headline: String,
    /// Why it is there; may be empty.
    pub why: String,
    /// What follows, none of them empty.
    pub sections: Vec<Section>,
}

/// Lines that belong together.
#[derive(Clone, Debug, Default)]
pub struct Section {
    /// Sentences.
    pub lines: Vec<FactLine>,
    /// A list after them.
    pub items: Vec<FactLine>,
}

/// A line of text with names in it.
#[derive(Clone, Debug)]
pub struct FactLine {
    /// The text before the names, or all of it.
    pub before: String,
    /// What the names are names of.
    pub sort: Sort,
    /// Things of the catalog.
    pub names: Vec<String>,
    /// The text after the names.
    pub after: String,
}

/// What a name is the name of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    Question,
    Component,
    /// A need of a production system.
    Need,
    /// A path of the generated repository.
    File,
}

impl Explanation {
    /// An entry without what is empty.
    pub(super) fn new(headline: String, why: &str, sections: impl IntoIterator<Item = Section>) -> Self {
        let said = |mut section: Section| {
            section.lines.retain(|line| !line.is_empty());
            section
        };
        let sections = sections.into_iter().map(said).filter(|s| !s.lines.is_empty()).collect();
        Self { headline, why: why.to_string(), sections }
    }
}

impl Section {
    /// Lines without a list.
    pub(super) fn new(lines: impl IntoIterator<Item = FactLine>) -> Self {
        Self { lines: lines.into_iter().collect(), items: Vec::new() }
    }
}

impl FactLine {
    /// A line in which no name is looked up.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self { before: text.into(), sort: Sort::Question, names: Vec::new(), after: String::new() }
    }

    /// Words and the names of things. Without names there is nothing to say.
    pub fn names<'n>(before: &str, sort: Sort, names: impl IntoIterator<Item = &'n str>) -> Self {
        let names: Vec<String> = names.into_iter().map(String::from).collect();
        let (before, after) = match (names.is_empty(), before.is_empty()) {
            (true, _) => ("", ""),
            (false, true) => ("", ""),
            (false, false) => (before, "."),
        };
        Self { before: before.to_string(), sort, names, after: after.to_string() }
    }

    /// The same with another end.
    #[must_use]
    pub(super) fn and(self, after: String) -> Self {
        let space = if after.starts_with(':') { "" } else { " " };
        Self { after: format!("{space}{after}"), ..self }
    }

    fn is_empty(&self) -> bool {
        self.before.is_empty() && self.names.is_empty()
    }

    /// The line with each name as `shown` has it.
    pub fn with_names(&self, shown: impl Fn(Sort, &str) -> String) -> String {
        let names: Vec<String> = self.names.iter().map(|name| shown(self.sort, name)).collect();
        let space = if self.before.is_empty() || names.is_empty() { "" } else { " " };
        format!("{}{space}{}{}", self.before, names.join(", "), self.after)
    }
}

impl fmt::Display for FactLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.with_names(|_, name| format!("`{name}`")))
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.headline)?;
        if !self.why.is_empty() {
            writeln!(f, "\n{}", self.why)?;
        }
        for section in &self.sections {
            writeln!(f)?;
            section.lines.iter().try_for_each(|line| writeln!(f, "{line}"))?;
            section.items.iter().try_for_each(|item| writeln!(f, "  {item}"))?;
        }
        Ok(())
    }
}
