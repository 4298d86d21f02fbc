//! Words, texts and signs of a source, without its comments: as much of a language as it takes to tell a route from a
//! sentence that looks like one. Not a parser; languages without a small one are read through this.

/// How comments begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comments {
    /// `//` and `/* */`.
    Slashes,
    /// `#`.
    Hash,
}

impl Comments {
    /// How they begin in a source, by its name.
    pub fn of(file: &str) -> Self {
        match file.rsplit_once('.').map(|(_, end)| end) {
            Some("ex" | "exs" | "py" | "rb") => Self::Hash,
            Some(_) | None => Self::Slashes,
        }
    }
}

/// A token and its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'t> {
    pub what: What<'t>,
    /// The line from 1.
    pub line: usize,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What<'t> {
    /// A name or a keyword.
    Word(&'t str),
    Number(&'t str),
    /// What stands between quotes, with its escapes.
    Text(&'t str),
    /// Any other character.
    Sign(char),
}

impl<'t> Token<'t> {
    /// Whether it is this word.
    pub fn is_word(&self, word: &str) -> bool {
        self.what == What::Word(word)
    }

    /// Whether it is this sign.
    pub fn is_sign(&self, sign: char) -> bool {
        self.what == What::Sign(sign)
    }

    /// What stands between its quotes.
    pub fn text(&self) -> Option<&'t str> {
        if let What::Text(text) = self.what { Some(text) } else { None }
    }

    pub fn word(&self) -> Option<&'t str> {
        if let What::Word(word) = self.what { Some(word) } else { None }
    }

    /// A whole number.
    pub fn number(&self) -> Option<u16> {
        if let What::Number(number) = self.what { number.parse().ok() } else { None }
    }
}

/// Takes a source apart. Whatever the bytes, it ends: each step takes at least one character.
pub fn tokens(source: &str, comments: Comments) -> Vec<Token<'_>> {
    let (mut found, mut rest, mut line) = (Vec::new(), source, 1);
    let mut open = OpenBrackets::default();
    while let Some(first) = rest.chars().next() {
        let (length, what) = next(rest, first, comments, &mut open);
        let (taken, after) = rest.split_at(length);
        if let Some(what) = what {
            found.push(Token { what, line });
        }
        line += taken.matches('\n').count();
        rest = after;
    }
    found
}

/// The length of the next token or of what is between two.
fn next<'t>(rest: &'t str, first: char, comments: Comments, open: &mut OpenBrackets) -> (usize, Option<What<'t>>) {
    let until = |end: &str, from: usize| rest.get(from..).and_then(|r| r.find(end)).map(|at| from + at);
    let to_line_end = || until("\n", 0).unwrap_or(rest.len());
    let spanning = |is: fn(char) -> bool| rest.find(|c| !is(c)).unwrap_or(rest.len());
    match first {
        '#' if comments == Comments::Hash => (to_line_end(), None),
        '/' if comments == Comments::Slashes && rest.starts_with("//") => (to_line_end(), None),
        '/' if comments == Comments::Slashes && rest.starts_with("/*") => {
            (until("*/", 2).map_or(rest.len(), |at| at + 2), None)
        }
        '"' | '\'' if rest.starts_with("\"\"\"") || rest.starts_with("'''") => {
            let quotes = rest.get(..3).unwrap_or("\"\"\"");
            match until(quotes, 3) {
                Some(end) => (end + 3, rest.get(3..end).map(What::Text)),
                None => (1, None),
            }
        }
        '"' | '\'' | '`' => match open.closing(rest, first) {
            Some(end) => (end + 1, rest.get(1..end).map(What::Text)),
            // an apostrophe: a lifetime of Rust, or the end of what is no text
            None => (1, Some(What::Sign(first))),
        },
        c if c.is_whitespace() => (spanning(char::is_whitespace), None),
        c if c.is_ascii_digit() => {
            let length = spanning(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
            (length, rest.get(..length).map(What::Number))
        }
        c if c.is_alphabetic() || c == '_' || c == '$' => {
            let length = spanning(|c| c.is_alphanumeric() || c == '_' || c == '$');
            (length, rest.get(..length).map(What::Word))
        }
        c => (c.len_utf8(), Some(What::Sign(c))),
    }
}

/// Up to where no text ends that is still open, for `"`, `'` and the backquote: bytes before the end of the source. A later
/// quote before it was escaped for the one that was not closed, so from there on the same would be read again.
#[derive(Default)]
struct OpenBrackets([Option<usize>; 3]);

impl OpenBrackets {
    /// Where a text ends. Only the one between backquotes goes over lines.
    fn closing(&mut self, rest: &str, quote: char) -> Option<usize> {
        let [double, single, back] = &mut self.0;
        let open = match quote {
            '"' => double,
            '\'' => single,
            _ => back,
        };
        if open.is_some_and(|end| rest.len() > end) {
            return None;
        }
        let mut escaped = false;
        for (at, c) in rest.char_indices().skip(1) {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '\n' if quote != '`' => {
                    *open = Some(rest.len() - at);
                    return None;
                }
                c if c == quote => return Some(at),
                _ => {}
            }
        }
        *open = Some(0);
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Comments, What, tokens};

    #[test]
    fn comments_and_texts() {
        let source = "// app.get('/no')\napp.get(\"/a\\\"b\", 80) /* \"x\" */ don't `t\nu`";
        let found: Vec<_> = tokens(source, Comments::Slashes).iter().map(|t| (t.what, t.line)).collect();
        assert_eq!(found[0], (What::Word("app"), 2));
        assert_eq!(found[4], (What::Text("/a\\\"b"), 2));
        assert_eq!(found[6], (What::Number("80"), 2));
        assert_eq!(found.last().unwrap().0, What::Text("t\nu"));
        assert_eq!(tokens("a # b 'c'\n\"\"\"x\ny\"\"\" z", Comments::Hash).len(), 3);
    }

    #[test]
    fn quotes_that_nothing_closes_are_looked_at_once() {
        for quote in ["`", "\"", "'"] {
            let source = format!("\\{quote}").repeat(500_000);
            assert_eq!(tokens(&source, Comments::Slashes).len(), 1_000_000);
        }
        let source = "a \" \\\" b\nc \"d\" ` \\` e";
        let texts = tokens(source, Comments::Slashes);
        assert_eq!(texts.iter().filter_map(|token| token.text()).collect::<Vec<_>>(), ["d"]);
    }

    proptest! {
        #[test]
        fn any_text_has_an_end(source in any::<String>()) {
            for comments in [Comments::Slashes, Comments::Hash] {
                prop_assert!(tokens(&source, comments).len() <= source.len());
            }
        }
    }
}
