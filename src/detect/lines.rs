//! On which line of a file something stands. Every line is looked at once, however much is asked for.

use std::collections::HashMap;

use super::finding::Location;

/// The lines of a file by something in them.
pub struct Lines<'t> {
    file: &'t str,
    /// None where it stands in several lines.
    at: HashMap<&'t str, Option<usize>>,
}

impl<'t> Lines<'t> {
    /// By their keys, of JSON or TOML.
    pub fn of_keys(file: &'t str, text: &'t str) -> Self {
        Self::new(file, text, |line| key(line).into_iter())
    }

    /// By what they are, and by what stands in them between quotes or after the hyphen of a list.
    pub fn of_texts(file: &'t str, text: &'t str) -> Self {
        Self::new(file, text, |line| {
            let quoted = ['"', '\''].into_iter().flat_map(|quote| line.split(quote).skip(1).step_by(2));
            [line].into_iter().chain(line.strip_prefix('-').map(str::trim)).chain(quoted)
        })
    }

    fn new<I: Iterator<Item = &'t str>>(file: &'t str, text: &'t str, of: impl Fn(&'t str) -> I) -> Self {
        let mut at = HashMap::new();
        for (i, line) in text.lines().enumerate() {
            for one in of(line.trim()).filter(|one| !one.is_empty()) {
                let known = at.entry(one).or_insert(Some(i + 1));
                *known = known.filter(|line| *line == i + 1);
            }
        }
        Self { file, at }
    }

    /// The file, and the line if there is only one.
    pub fn place(&self, of: &str) -> Location {
        Location::new(self.file, self.at.get(of).copied().flatten())
    }
}

/// What stands before the `:` or `=` of a line.
fn key(line: &str) -> Option<&str> {
    let quote = line.chars().next().filter(|c| matches!(c, '"' | '\''));
    let (key, rest) = match quote {
        Some(quote) => line.get(1..)?.split_once(quote)?,
        None => line.split_at(line.find([':', '='])?),
    };
    rest.trim_start().starts_with([':', '=']).then(|| key.trim_end())
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn places() {
        let json = "{\n  \"name\": \"x\",\n  \"test:cov\" : \"y\",\n  \"twice\": 1, \"late\": 2,\n  \"twice\": 3\n}";
        let lines = Lines::of_keys("package.json", json);
        let line = |of| lines.place(of).line;
        assert_eq!(["name", "test:cov", "twice", "late", "x"].map(line), [Some(2), Some(3), None, None, None]);
        let lines = Lines::of_keys("a.toml", "a = 1\n'b' = 2\nc-d=3\n[e]");
        let line = |of| lines.place(of).line;
        assert_eq!(["a", "b", "c-d", "e"].map(line), [Some(1), Some(2), Some(3), None]);
        let lines = Lines::of_texts("a", "[e]\nx = [\"b>=1\", 'c', 'c']\n  - d/*\n- \"f\" # note\n'b>=1'");
        let line = |of| lines.place(of).line;
        assert_eq!(["[e]", "c", "d/*", "f", "b>=1"].map(line), [Some(1), Some(2), Some(3), Some(4), None]);
    }
}
