//! `.scaffold/answers.yaml`: the answers of a project, sorted, with their questions as comments, and with the comments
//! that people wrote.

use std::collections::{HashMap, HashSet};
use std::mem::take;

use serde_json::{Map, Value, json};

use crate::answers::Answers;
use crate::answers::file::{AnswersFile, CHOSEN, KEPT, OURS};
use crate::catalog::Catalog;
use crate::catalog::question::Values;
use crate::text::version;
use crate::text::yaml::marks::{CommentLine, Content, Node};
use crate::text::yaml::write;

const HEAD: [&str; 2] = ["The answers that this repository was generated from", "Never put a secret here"];
const NOT_ASKED: &str = "Not asked with the answers above, or by this scaffold. Taken up again when they are.";
const CHOSEN_FIELDS: &str = "Chosen, and what the default is as well: they stay when the default changes.";
const GONE: &str = "Comments on what is no longer above.";

/// The text of the file. It is an answers file: `--answers` reads it. The comments are those of the file `before`.
pub fn answers(catalog: &Catalog, answers: &Answers, before: Option<&AnswersFile>) -> String {
    let mut text = Text::default();
    text.ours(&format!("{}, by scaffold {}. Safe to edit by hand.", HEAD[0], version::own()));
    text.ours(&format!("{}: this file is committed. Other comments than those with `#?` stay.", HEAD[1]));
    let root = before.map(|file| &file.marks().root);
    let known = |name: &str| root?.entry(name);
    let kept = |name: &str| known(KEPT)?.content.entry(name);
    if let Some(before) = before {
        text.comments = comments(catalog, before);
        if let Some(Content::Map(entries)) = root
            && let Some((_, first)) = entries.first()
            && let Some(comments) = text.comments.get_mut(first.id)
        {
            let head = comments.take_before();
            text.theirs("", head);
        }
    }
    for (name, value) in sorted(&answers.values) {
        let node = known(&name).or_else(|| kept(&name));
        text.section(catalog.question(&name).map(|question| question.ask.as_str()), node);
        text.entry("", "", &name, &value, node);
    }
    if !answers.kept.is_empty() {
        text.section(Some(NOT_ASKED), known(KEPT));
        let values = sorted(&answers.kept);
        text.collection("", KEPT, known(KEPT));
        for (name, value) in values {
            text.entry("  ", "  ", &name, &value, kept(&name).or_else(|| known(&name)));
        }
    }
    if !answers.chosen.is_empty() {
        text.section(Some(CHOSEN_FIELDS), known(CHOSEN));
        text.entry("", "", CHOSEN, &json!(answers.chosen), known(CHOSEN));
    }
    text.end()
}

fn sorted(values: &Values) -> Map<String, Value> {
    let mut sorted: Vec<(String, Value)> = values.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    sorted.into_iter().collect()
}

/// The comments of people beside one entry, or after the last.
#[derive(Default)]
struct Comments {
    above: Vec<CommentLine>,
    /// How many of them stand above ours.
    ours: Option<usize>,
    behind: Option<String>,
}

impl Comments {
    /// Those that stand apart from the entry, above its question.
    fn take_before(&mut self) -> Vec<CommentLine> {
        let apart = || self.above.iter().rposition(|line| line.apart).unwrap_or(0);
        let number = self.ours.take().unwrap_or_else(apart);
        let rest = self.above.split_off(number);
        self.ours = Some(0);
        std::mem::replace(&mut self.above, rest)
    }
}

/// The comments of a file by the number of the entry, and last those after all entries.
fn comments(catalog: &Catalog, before: &AnswersFile) -> Vec<Comments> {
    let asked: HashSet<&str> = catalog.questions().map(|(_, question)| question.ask.as_str()).collect();
    let of_people = |lines: &[CommentLine], behind: Option<&String>| {
        let mut comments = Comments { behind: behind.cloned(), ..Comments::default() };
        for line in lines {
            match line.text.strip_prefix(OURS) {
                // the head is above the first entry and its question
                Some(text) if HEAD.iter().any(|head| text.starts_with(head)) => {}
                Some(_) => comments.ours = Some(comments.above.len()),
                // as it was written when our comments had no mark
                None if line.text.strip_prefix("# ").is_some_and(|text| asked.contains(text)) => {
                    comments.ours = Some(comments.above.len());
                }
                None => comments.above.push(line.clone()),
            }
        }
        comments
    };
    let marks = before.marks();
    let entries = marks.comments.iter().map(|one| of_people(&one.above, one.behind.as_ref()));
    entries.chain([of_people(&marks.last, None)]).collect()
}

/// The text that grows, and the comments that are not in it yet.
#[derive(Default)]
struct Text {
    out: String,
    comments: Vec<Comments>,
}

impl Text {
    fn ours(&mut self, text: &str) {
        self.push("", &format!("{OURS}{text}"));
    }

    fn push(&mut self, indent: &str, line: &str) {
        self.out.push_str(indent);
        self.out.push_str(line);
        self.out.push('\n');
    }

    fn theirs(&mut self, indent: &str, lines: Vec<CommentLine>) {
        for line in lines {
            if line.apart {
                self.out.push('\n');
            }
            self.push(indent, &line.text);
        }
    }

    fn of(&mut self, node: Option<&Node>) -> Option<&mut Comments> {
        self.comments.get_mut(node?.id)
    }

    /// The comments above an answer, among them ours.
    fn section(&mut self, ours: Option<&str>, node: Option<&Node>) {
        let before = self.of(node).map(Comments::take_before).unwrap_or_default();
        self.theirs("", before);
        if let Some(ours) = ours {
            self.out.push('\n');
            self.ours(ours);
        }
    }

    /// The comments above an entry, and the one behind it.
    fn take(&mut self, indent: &str, node: Option<&Node>) -> String {
        let Some(comments) = self.of(node) else { return String::new() };
        let (above, behind) = (take(&mut comments.above), comments.behind.take());
        self.theirs(indent, above);
        behind.map(|behind| format!(" {behind}")).unwrap_or_default()
    }

    /// The line in which a mapping or a list begins.
    fn collection(&mut self, begin: &str, name: &str, node: Option<&Node>) {
        let behind = self.take(begin.strip_suffix("- ").unwrap_or(begin), node);
        self.push(begin, &format!("{}:{behind}", write::text(name)));
    }

    /// An entry; its line begins with `begin`, all others with `indent`.
    fn entry(&mut self, begin: &str, indent: &str, name: &str, value: &Value, node: Option<&Node>) {
        let content = node.map(|node| &node.content);
        match value {
            Value::Object(entries) if !entries.is_empty() => {
                self.collection(begin, name, node);
                let indent = format!("{indent}  ");
                for (name, value) in entries {
                    self.entry(&indent, &indent, name, value, content.and_then(|content| content.entry(name)));
                }
            }
            Value::Array(items) if !items.is_empty() => {
                self.collection(begin, name, node);
                self.items(indent, items, content);
            }
            _ => {
                let behind = self.take(begin.strip_suffix("- ").unwrap_or(begin), node);
                self.push(begin, &format!("{}: {}{behind}", write::text(name), scalar(value)));
            }
        }
    }

    fn items(&mut self, indent: &str, items: &[Value], before: Option<&Content>) {
        let before = Items::of(before, items.len());
        let (begin, inner) = (format!("{indent}- "), format!("{indent}  "));
        for (at, item) in items.iter().enumerate() {
            let node = before.of_item(at, item);
            let behind = self.take(indent, node);
            let content = node.map(|node| &node.content);
            match item {
                Value::Object(entries) if !entries.is_empty() => {
                    if !behind.is_empty() {
                        self.push(indent, behind.trim_start());
                    }
                    for (number, (name, value)) in entries.iter().enumerate() {
                        let begin = if number == 0 { &begin } else { &inner };
                        self.entry(begin, &inner, name, value, content.and_then(|content| content.entry(name)));
                    }
                }
                Value::Array(items) if !items.is_empty() => {
                    self.push(indent, &format!("-{behind}"));
                    self.items(&inner, items, content);
                }
                _ => self.push(&begin, &format!("{}{behind}", scalar(item))),
            }
        }
    }

    /// The comments that have no place any more, and those after the last entry.
    fn end(mut self) -> String {
        let mut last = self.comments.pop().unwrap_or_default();
        let mut gone = Vec::new();
        for comments in take(&mut self.comments) {
            let behind = comments.behind.map(|text| CommentLine { text, apart: false });
            gone.extend(comments.above.into_iter().chain(behind).map(|line| CommentLine { apart: false, ..line }));
        }
        let long_gone = last.above.split_off(last.ours.unwrap_or(last.above.len()));
        self.theirs("", last.above);
        if !(gone.is_empty() && long_gone.is_empty()) {
            self.out.push('\n');
            self.ours(GONE);
            self.theirs("", long_gone);
            self.theirs("", gone);
        }
        self.out
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => write::text(text),
        Value::Number(number) => write::number(number),
        // JSON is YAML
        other => other.to_string(),
    }
}

/// The items of a list as it was, to find the one that an item was.
struct Items<'m> {
    nodes: &'m [Node],
    /// By an entry of a record, or by the text itself.
    by: HashMap<(Option<&'m str>, &'m str), usize>,
    /// Whether an item that is none of them can be the one at the same place, changed.
    in_place: bool,
}

impl<'m> Items<'m> {
    fn of(before: Option<&'m Content>, number: usize) -> Self {
        let nodes = match before {
            Some(Content::List(nodes)) => nodes.as_slice(),
            _ => &[],
        };
        let mut by = HashMap::new();
        for (at, node) in nodes.iter().enumerate() {
            match &node.content {
                Content::Scalar(text) => drop(by.entry((None, text.as_str())).or_insert(at)),
                Content::Map(entries) => {
                    for (name, node) in entries {
                        if let Content::Scalar(text) = &node.content {
                            by.entry((Some(name.as_str()), text.as_str())).or_insert(at);
                        }
                    }
                }
                _ => {}
            }
        }
        Self { nodes, by, in_place: nodes.len() == number }
    }

    fn of_item(&self, at: usize, item: &Value) -> Option<&'m Node> {
        let (name, value) = match item {
            Value::Object(entries) => entries.iter().next().map(|(name, value)| (Some(name.as_str()), value))?,
            value => (None, value),
        };
        let text = value.as_str().map_or_else(|| scalar(value), str::to_string);
        let found = self.by.get(&(name, text.as_str())).copied();
        self.nodes.get(found.or(self.in_place.then_some(at))?)
    }
}
