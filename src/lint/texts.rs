//! Every text of a catalog that can read answers and facts, or that a person reads, with where it stands.

use serde_json::Value;

use super::{QUESTIONS, READINESS, manifest_file};
use crate::catalog::question::{Question, Rule};
use crate::catalog::{Catalog, Component, TemplateFile};
use crate::template::reads::Reads;

pub(super) struct Text<'c> {
    /// The file of the catalog.
    pub file: String,
    pub component: Option<&'c Component>,
    /// The question that it is about, for a field its own.
    pub question: Option<&'c Question>,
    /// The file of the component that it is.
    pub of_file: Option<&'c TemplateFile>,
    /// What makes the text hold; expressions.
    pub when: Vec<&'c str>,
    pub text: &'c str,
    pub sort: Sort,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Template,
    Expression,
    /// Words only.
    Plain,
}

impl Text<'_> {
    /// What it reads.
    pub fn reads(&self) -> Reads {
        match self.sort {
            Sort::Template => Reads::of_template(self.text),
            Sort::Expression => Reads::of_expression(self.text),
            Sort::Plain => Reads::default(),
        }
    }
}

/// All texts of a catalog.
pub(super) fn texts(catalog: &Catalog) -> Vec<Text<'_>> {
    let mut texts = Vec::new();
    for component in &catalog.components {
        of_component(component, &mut texts);
    }
    let project = &catalog.project;
    let mut add = Adding { file: QUESTIONS.into(), component: None, texts: &mut texts };
    project.questions.iter().for_each(|question| add.question(question, &[]));
    project.rules.iter().for_each(|rule| add.rule(rule));
    project.derived.values().for_each(|fact| add.add(Sort::Expression, fact, &[]));
    let mut add = Adding { file: READINESS.into(), component: None, texts: &mut texts };
    for need in &catalog.needs {
        add.add(Sort::Plain, &need.need, &[]);
        need.open.iter().for_each(|text| add.add(Sort::Template, text, &[]));
    }
    for (name, text) in &catalog.partials {
        Adding { file: format!("templates/{name}"), component: None, texts: &mut texts }.add(Sort::Template, text, &[]);
    }
    texts
}

fn of_component<'c>(component: &'c Component, texts: &mut Vec<Text<'c>>) {
    let m = &component.manifest;
    for file in &component.files {
        let Ok(text) = std::str::from_utf8(&file.source) else { continue };
        let when = m.files.get(&file.path).and_then(|rule| rule.when.as_deref());
        texts.push(Text {
            file: file.origin.clone(),
            component: Some(component),
            question: None,
            of_file: Some(file),
            when: when.into_iter().collect(),
            text,
            sort: if file.template { Sort::Template } else { Sort::Plain },
        });
    }
    if let Some((name, text)) = &component.macros {
        Adding { file: format!("templates/{name}"), component: Some(component), texts }.add(Sort::Template, text, &[]);
    }
    let mut add = Adding { file: manifest_file(component), component: Some(component), texts };
    let expressions = m.when.iter().chain(m.derived.values());
    let facts = m.provides.iter().flat_map(|provides| provides.facts.values());
    let files = m.files.values().filter_map(|rule| rule.when.as_ref());
    expressions.chain(facts).chain(files).for_each(|code| add.add(Sort::Expression, code, &[]));
    m.questions.iter().for_each(|question| add.question(question, &[]));
    m.rules.iter().for_each(|rule| add.rule(rule));
    for s in &m.satisfies {
        let when: Vec<&str> = s.when.as_deref().into_iter().collect();
        when.iter().for_each(|when| add.add(Sort::Expression, when, &[]));
        let texts = [Some(&s.generated), Some(&s.verify), s.left.as_ref()];
        texts.into_iter().flatten().for_each(|text| add.add(Sort::Template, text, &when));
    }
    for offer in &m.offers {
        let texts = [Some(&offer.what), offer.line.as_ref()];
        texts.into_iter().flatten().for_each(|text| add.add(Sort::Template, text, &[]));
    }
    m.open.values().for_each(|text| add.add(Sort::Template, text, &[]));
    m.replaced.iter().for_each(|replaced| add.add(Sort::Template, &replaced.note, &[]));
    m.contributes.values().flatten().for_each(|item| add.contribution(item, &[]));
}

/// Texts of one file.
struct Adding<'a, 'c> {
    file: String,
    component: Option<&'c Component>,
    texts: &'a mut Vec<Text<'c>>,
}

impl<'c> Adding<'_, 'c> {
    fn add(&mut self, sort: Sort, text: &'c str, when: &[&'c str]) {
        self.about(None, sort, text, when);
    }

    fn about(&mut self, question: Option<&'c Question>, sort: Sort, text: &'c str, when: &[&'c str]) {
        let (file, component, when) = (self.file.clone(), self.component, when.to_vec());
        self.texts.push(Text { file, component, question, of_file: None, when, text, sort });
    }

    fn question(&mut self, q: &'c Question, when: &[&'c str]) {
        let mut about = |sort, text: &'c str, when: &[&'c str]| self.about(Some(q), sort, text, when);
        let words = [Some(&q.ask), Some(&q.help), q.needs.as_ref(), q.pattern_hint.as_ref()];
        words.into_iter().flatten().for_each(|text| about(Sort::Plain, text, &[]));
        q.when.iter().for_each(|code| about(Sort::Expression, code, when));
        let when: Vec<&str> = when.iter().copied().chain(q.when.as_deref()).collect();
        for code in [&q.default_expr, &q.require, &q.faults].into_iter().flatten() {
            about(Sort::Expression, code, &when);
        }
        q.require_message.iter().for_each(|text| about(Sort::Template, text, &when));
        for choice in &q.choices {
            choice.when.iter().for_each(|code| about(Sort::Expression, code, &when));
            [Some(&choice.title), choice.needs.as_ref()]
                .into_iter()
                .flatten()
                .for_each(|text| about(Sort::Plain, text, &[]));
        }
        q.changing.iter().for_each(|text| about(Sort::Template, text, &when));
        q.fields.iter().for_each(|field| self.question(field, &when));
    }

    fn rule(&mut self, rule: &'c Rule) {
        rule.when.iter().for_each(|code| self.add(Sort::Expression, code, &[]));
        let when: Vec<&str> = rule.when.as_deref().into_iter().collect();
        self.add(Sort::Expression, &rule.require, &when);
        [&rule.message, &rule.hint].into_iter().for_each(|text| self.add(Sort::Template, text, &when));
    }

    /// The `when` of an object is that of all of its fields.
    fn contribution(&mut self, item: &'c Value, when: &[&'c str]) {
        match item {
            Value::String(text) => self.add(Sort::Template, text, when),
            Value::Array(items) => items.iter().for_each(|item| self.contribution(item, when)),
            Value::Object(fields) => {
                let own = fields.get("when").and_then(Value::as_str);
                own.iter().for_each(|code| self.add(Sort::Expression, code, when));
                let when: Vec<&str> = when.iter().copied().chain(own).collect();
                let others = fields.iter().filter(|(key, _)| *key != "when" || own.is_none());
                others.for_each(|(_, value)| self.contribution(value, &when));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}
