//! Where the entries of a YAML document are, and the comments beside them.
//!
//! The parser that makes values keeps neither: of a key that is given twice the last value wins there without a word.

use std::collections::VecDeque;

use granit_parser::{Event, Parser, Placement, ScalarStyle, Span, options};
use indexmap::IndexMap;
use indexmap::map::Entry;

use super::{DEEPEST, YamlError};

/// The entries of the first document.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    /// What the document is.
    pub root: Content,
    /// Comments by the number of their entry.
    pub comments: Vec<Comments>,
    /// Comments after the last entry.
    pub last: Vec<CommentLine>,
    /// The number of the first document's bytes, when only empty documents follow it.
    pub(super) cut: Option<usize>,
    /// A tag that YAML does not define, and its place.
    pub(super) tag: Option<(String, Position)>,
}

/// Line and column, counted from 1.
pub(super) type Position = (usize, usize);

/// What a value consists of.
#[derive(Clone, Debug, Default)]
pub enum Content {
    /// An alias, or nothing.
    #[default]
    Other,
    /// A scalar, as its reader sees it.
    Scalar(String),
    List(Vec<Node>),
    /// A mapping.
    Map(IndexMap<String, Node>),
}

/// An item of a list, or an entry of a mapping.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where it begins, counted from 1.
    pub line: usize,
    /// The same of its column.
    pub column: usize,
    /// Its number.
    pub id: usize,
    /// Its value.
    pub content: Content,
}

/// The comments of one entry.
#[derive(Clone, Debug, Default)]
pub struct Comments {
    pub above: Vec<CommentLine>,
    /// Behind it, in the same line.
    pub behind: Option<String>,
}

/// A line with a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommentLine {
    /// With its `#`.
    pub text: String,
    /// Whether the line above it is empty.
    pub apart: bool,
}

impl Content {
    pub fn entry(&self, name: &str) -> Option<&Node> {
        match self {
            Self::Map(entries) => entries.get(name),
            _ => None,
        }
    }
}

impl Marks {
    /// Reads a text.
    ///
    /// # Errors
    /// When it is not YAML, has a key twice or a merge key, or several documents.
    pub fn read(text: &str) -> Result<Self, YamlError> {
        let options = options! {
            flow_nesting_limit: DEEPEST,
            block_nesting_limit: DEEPEST,
            // as many as the text has: its size is bounded
            max_buffered_comment_events: text.len(),
        };
        let mut reader = Reader { lines: text.lines().collect(), ..Reader::default() };
        let mut documents = 0;
        for event in Parser::new_from_str_with_options(text, options) {
            let (event, span) = event.map_err(|error| {
                let at = error.marker();
                YamlError::at(error.to_string().split(" at char ").next().unwrap_or_default(), place(at))
            })?;
            match event {
                Event::DocumentStart(..) => {
                    documents += 1;
                    if documents == 2 {
                        reader.marks.cut = span.start.byte_offset();
                    }
                }
                Event::Comment(text, placement) => reader.comment(&text, placement, &span),
                _ if documents < 2 => reader.event(event, &span)?,
                Event::StreamEnd | Event::DocumentEnd => {}
                Event::Scalar(text, ScalarStyle::Plain, ..) if matches!(&*text, "" | "~") => {}
                _ => {
                    return Err(YamlError::at("a second document begins here", place(&span.start))
                        .hint("keep one document, and remove the `---` between them"));
                }
            }
        }
        reader.marks.last = std::mem::take(&mut reader.pending).into();
        Ok(reader.marks)
    }
}

fn place(at: &granit_parser::Marker) -> Position {
    (at.line(), at.col() + 1)
}

#[derive(Default)]
struct Reader<'t> {
    lines: Vec<&'t str>,
    marks: Marks,
    open: Vec<OpenCollection>,
    /// Comments that belong to the next entry.
    pending: VecDeque<CommentLine>,
}

/// A collection that has not ended.
enum OpenCollection {
    List { own: ItemMark, items: Vec<Node> },
    Map { own: ItemMark, entries: IndexMap<String, Node>, key: Option<(String, usize, Position)> },
}

/// What a value is in the list around it: place and number.
type ItemMark = Option<(Position, usize)>;

impl Reader<'_> {
    fn comment(&mut self, text: &str, placement: Placement, span: &Span) {
        let text = format!("#{}", text.trim_end());
        // what stands behind the dash of an item is about the item, which only begins after it
        let line = self.lines.get(span.start.line().saturating_sub(1)).unwrap_or(&"");
        let before = line.split('#').next().unwrap_or_default();
        let is_behind = placement == Placement::Right && !before.trim_matches([' ', '\t', '-']).is_empty();
        let behind = self.marks.comments.last_mut().filter(|_| is_behind);
        match behind {
            Some(Comments { behind: Some(behind), .. }) => *behind = format!("{behind} {text}"),
            Some(comments) => comments.behind = Some(text),
            None => {
                let above = span.start.line().checked_sub(2).and_then(|line| self.lines.get(line));
                self.pending.push_back(CommentLine { text, apart: above.is_some_and(|line| line.trim().is_empty()) });
            }
        }
    }

    /// A number for the entry that begins, which has the comments above it.
    fn begin(&mut self) -> usize {
        self.marks.comments.push(Comments { above: std::mem::take(&mut self.pending).into(), behind: None });
        self.marks.comments.len() - 1
    }

    fn event(&mut self, event: Event<'_>, span: &Span) -> Result<(), YamlError> {
        if let Some(tag) = event.tag()
            && !tag.is_yaml_core_schema()
            && self.marks.tag.is_none()
        {
            self.marks.tag = Some((tag.to_string(), place(&span.start)));
        }
        match event {
            Event::Scalar(text, style, ..) => {
                if let Some(OpenCollection::Map { key: key @ None, .. }) = self.open.last_mut() {
                    if text == "<<" && style == ScalarStyle::Plain {
                        return Err(YamlError::at("the merge key `<<` is not followed", place(&span.start))
                            .hint("write the values out"));
                    }
                    *key = Some((text.into_owned(), usize::MAX, place(&span.start)));
                    let id = self.begin();
                    if let Some(OpenCollection::Map { key: Some((_, number, _)), .. }) = self.open.last_mut() {
                        *number = id;
                    }
                    return Ok(());
                }
                let own = self.item(span);
                self.value(own, Content::Scalar(text.into_owned()))
            }
            Event::Alias(_) => {
                self.no_key(span)?;
                let own = self.item(span);
                self.value(own, Content::Other)
            }
            Event::SequenceStart(..) => {
                self.no_key(span)?;
                let own = self.item(span);
                self.open.push(OpenCollection::List { own, items: Vec::new() });
                Ok(())
            }
            Event::MappingStart(..) => {
                self.no_key(span)?;
                let own = self.item(span);
                self.open.push(OpenCollection::Map { own, entries: IndexMap::new(), key: None });
                Ok(())
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(OpenCollection::List { own, items }) => self.value(own, Content::List(items)),
                Some(OpenCollection::Map { own, entries, .. }) => self.value(own, Content::Map(entries)),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// Refuses what is neither the text of a key nor a value.
    fn no_key(&self, span: &Span) -> Result<(), YamlError> {
        match self.open.last() {
            Some(OpenCollection::Map { key: None, .. }) => {
                Err(YamlError::at("this key is not a text", place(&span.start)))
            }
            _ => Ok(()),
        }
    }

    /// A number for a value that is an item of a list.
    fn item(&mut self, span: &Span) -> ItemMark {
        let is_item = matches!(self.open.last(), Some(OpenCollection::List { .. }));
        is_item.then(|| (place(&span.start), self.begin()))
    }

    fn value(&mut self, own: ItemMark, content: Content) -> Result<(), YamlError> {
        match self.open.last_mut() {
            None => self.marks.root = content,
            Some(OpenCollection::List { items, .. }) => {
                let ((line, column), id) = own.unwrap_or_default();
                items.push(Node { line, column, id, content });
            }
            Some(OpenCollection::Map { entries, key, .. }) => {
                let Some((name, id, at)) = key.take() else { return Ok(()) };
                match entries.entry(name) {
                    Entry::Vacant(entry) => drop(entry.insert(Node { line: at.0, column: at.1, id, content })),
                    Entry::Occupied(entry) => {
                        return Err(YamlError::twice(entry.key(), (entry.get().line, entry.get().column), at));
                    }
                }
            }
        }
        Ok(())
    }
}
