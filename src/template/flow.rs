//! Prints in flow collections of YAML templates: `[<%= a %>]` becomes two items when the text has a comma.

/// The lines, counted from 1, in which something is printed inside `[...]` or `{...}` neither in quotes nor by a filter
/// that puts it into quotes.
pub fn unquoted(template: &str) -> Vec<usize> {
    let mut look = LineState::default();
    let mut lines = Vec::new();
    for (number, line) in template.lines().enumerate() {
        if look.line(line) {
            lines.push(number + 1);
        }
    }
    lines
}

/// What is open at the end of a line.
#[derive(Default)]
struct LineState {
    /// Brackets.
    depth: usize,
    quote: Option<char>,
    /// The indentation of the key whose block scalar goes on.
    block: Option<usize>,
    /// A tag or comment of the template, by its end.
    tag: bool,
}

impl LineState {
    /// Whether something is printed unquoted.
    fn line(&mut self, line: &str) -> bool {
        let mut rest = line;
        if self.tag {
            let Some((_, after)) = line.split_once("%>") else { return false };
            (self.tag, rest) = (false, after);
        }
        let indent = rest.len() - rest.trim_start().len();
        let is_only_tags = rest.trim_start().starts_with("<%") && !rest.trim_start().starts_with("<%=");
        if let Some(block) = self.block {
            if rest.trim().is_empty() || is_only_tags || indent > block {
                self.tag = rest.rfind("<%").is_some_and(|at| !rest.split_at(at).1.contains("%>"));
                return false;
            }
            self.block = None;
        }
        let is_plain = self.depth == 0 && self.quote.is_none();
        let found = self.scan(rest);
        if is_plain && self.depth == 0 && self.quote.is_none() && begins_block(rest) {
            self.block = Some(indent);
        }
        found
    }

    fn scan(&mut self, mut rest: &str) -> bool {
        let mut found = false;
        // whether a value can begin here
        let mut begins = true;
        let mut before = ' ';
        while let Some(c) = rest.chars().next() {
            if let Some(tag) = rest.strip_prefix("<%") {
                let Some((inside, after)) = tag.split_once("%>") else {
                    self.tag = true;
                    return found;
                };
                if let Some(print) = inside.strip_prefix('=') {
                    found |= self.depth > 0 && self.quote.is_none() && !is_quoted(print);
                    begins = false;
                }
                (rest, before) = (after, '>');
                continue;
            }
            rest = rest.split_at(c.len_utf8()).1;
            let next = rest.chars().next().unwrap_or(' ');
            match (self.quote, c) {
                (Some('"'), '\\') => rest = rest.get(next.len_utf8()..).unwrap_or_default(),
                (Some(quote), _) if c == quote => {
                    self.quote = None;
                    begins = false;
                }
                (Some(_), _) => {}
                (None, '#') if before.is_whitespace() => return found,
                (None, '"' | '\'') if begins => self.quote = Some(c),
                (None, '[' | '{') if begins => self.depth += 1,
                (None, ']' | '}') if self.depth > 0 => {
                    self.depth -= 1;
                    begins = false;
                }
                (None, ',') if self.depth > 0 => begins = true,
                (None, ':') if next.is_whitespace() || before == '"' => begins = true,
                (None, '-' | '?') if begins && next.is_whitespace() => {}
                (None, _) if c.is_whitespace() => {}
                (None, _) => begins = false,
            }
            before = c;
        }
        found
    }
}

/// Whether a line ends with the mark of a block scalar.
fn begins_block(line: &str) -> bool {
    let line = line.split(" #").next().unwrap_or(line).trim_end();
    let line = line.trim_end_matches(|c: char| c == '+' || c == '-' || c.is_ascii_digit());
    let before = line.strip_suffix(['|', '>']).map(str::trim_end);
    before.is_some_and(|before| {
        before.ends_with([':', '-']) || before.split(' ').next_back().is_some_and(|w| w.starts_with(['&', '!']))
    })
}

/// Whether what is printed goes as a whole through a filter that makes one value of it.
fn is_quoted(print: &str) -> bool {
    let (mut depth, mut quote, mut last) = (0usize, None, 0);
    for (at, c) in print.char_indices() {
        match (quote, c) {
            (Some(q), _) if c == q => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth = depth.saturating_sub(1),
            (None, '|') if depth == 0 => last = at + 1,
            // these bind weaker than a filter
            (None, '~' | '+' | '*' | '/' | '%') if depth == 0 => return false,
            _ => {}
        }
    }
    last > 0 && print.get(last..).is_some_and(|filter| matches!(filter.trim().trim_matches('-'), "yaml" | "json"))
}

#[cfg(test)]
mod tests {
    use super::unquoted;

    #[test]
    fn an_unquoted_print_in_a_flow_collection_is_found() {
        for text in [
            "a: [<%= x %>]",
            "a: {b: <%= x %>}",
            "- {b: 1, c: <%= x.y %>}",
            "a: [\n  <%= x %>,\n]",
            "a: [x-<%= x %>]",
            "a: [<%= x ~ y | yaml %>]",
            "a: [<%= x | upper %>]",
            "a: {b: \"x\", c: <%= x // 60 %>m}",
            "a: |\n  text\nb: [<%= x %>]",
            "- [<% for a in b %><%= a %>, <% endfor %>]",
        ] {
            assert_eq!(unquoted(text).len(), 1, "{text}");
        }
    }

    #[test]
    fn all_others_are_left_alone() {
        for text in [
            "a: <%= x %>",
            "a: [<%= x | yaml %>, <%= y | json %>]",
            "a: [<%= (x ~ y) | yaml %>]",
            "a: [\"<%= x %>\", '<%= y %>']",
            "a: [\"x \\\" <%= x %>\"]",
            "a: x [<%= x %>]",
            "a: ${{ x }}-<%= x %>",
            "a: |\n  [<%= x %>]\n\n<% if x %>\n  {<%= x %>}\n<% endif %>\nb: 1",
            "- run: >-\n    [<%= x %>]\n- c: '[<%= x %>]'",
            "a: [1] # [<%= x %>]",
            "a: [1]\nb: <%= x %>",
            "a: '[\n  <%= x %>'",
            "<%# [ <%= x %>\nb: <%= x %>",
        ] {
            assert_eq!(unquoted(text), Vec::<usize>::new(), "{text}");
        }
    }
}
