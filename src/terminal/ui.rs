//! What the terminal can do, decided once. stdout carries data, everything else goes to stderr.

use std::env;
use std::io::{IsTerminal as _, Write as _, stderr, stdin, stdout};

use clap::ValueEnum;

use crate::text::{visible, wrap};

/// The width that is assumed when nothing tells it.
const WIDTH: usize = 80;
/// The height that is assumed when nothing tells it.
const HEIGHT: usize = 24;

/// The minimum size of a terminal for a layout.
const MIN_WIDTH: usize = 20;
const MIN_HEIGHT: usize = 8;

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The facts about the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ui {
    /// How stdout is coloured.
    pub out: Paint,
    /// How stderr is coloured.
    pub err: Paint,
    /// Whether other characters than ASCII arrive.
    pub unicode: bool,
    /// Columns and rows when the program started.
    pub size: (usize, usize),
    /// Whether the terminal can have another size by now.
    pub resizable: bool,
    /// Whether a person can be asked: stdin and stderr are a terminal.
    pub interactive: bool,
    /// Whether questions go line by line and nothing is drawn again: for screen readers, and terminals that cannot move
    /// their cursor.
    pub accessible: bool,
    /// Whether stdout is a terminal.
    pub stdout: bool,
}

/// What a piece of text is, to be coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// A heading, a name.
    Bold,
    /// What matters less.
    Dim,
    /// Something new.
    Add,
    /// The words that are new within a changed line.
    AddWords,
    /// Something that goes.
    Remove,
    /// The words that go within a changed line.
    RemoveWords,
    /// Where in a file.
    Place,
    /// What needs a decision.
    Warn,
    /// What is wrong.
    Error,
}

impl Style {
    fn code(self) -> &'static str {
        match self {
            Self::Bold => "1",
            Self::Dim => "2",
            Self::Add => "32",
            Self::AddWords => "1;4;32",
            Self::Remove => "31",
            Self::RemoveWords => "1;4;31",
            Self::Place => "36",
            Self::Warn => "33",
            Self::Error => "1;31",
        }
    }
}

/// Puts colour around text, or leaves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paint {
    /// Whether there is colour.
    pub color: bool,
}

impl Paint {
    /// The text in a style. It must not be empty or hold a line end, or the colour would run on.
    pub fn text(self, style: Style, text: &str) -> String {
        if self.color { format!("\u{1b}[{}m{text}\u{1b}[0m", style.code()) } else { text.to_string() }
    }
}

/// What decides: an environment and three streams.
struct Facts<'f> {
    var: &'f dyn Fn(&str) -> Option<String>,
    stdin: bool,
    stdout: bool,
    stderr: bool,
    size: Option<(u16, u16)>,
    /// `--accessible`.
    accessible: bool,
}

impl Ui {
    /// Looks at the environment and the standard streams.
    pub fn new(color: Color, accessible: bool) -> Self {
        let (stdin, stdout, stderr) = (stdin().is_terminal(), stdout().is_terminal(), stderr().is_terminal());
        let size = if stdout || stderr { crossterm::terminal::size().ok() } else { None };
        let var = |name: &str| env::var_os(name).map(|v| v.to_string_lossy().into_owned());
        Self::decide(color, &Facts { var: &var, stdin, stdout, stderr, size, accessible })
    }

    /// Plain text of a width, for tests and files.
    pub fn plain(width: usize) -> Self {
        let paint = Paint { color: false };
        let (unicode, interactive, accessible, stdout) = (false, false, false, false);
        Self {
            out: paint,
            err: paint,
            unicode,
            size: (width, HEIGHT),
            resizable: false,
            interactive,
            accessible,
            stdout,
        }
    }

    /// Columns. A person may have changed the size of the terminal since the last line.
    pub fn width(&self) -> usize {
        self.measured().0
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.measured().1
    }

    fn measured(&self) -> (usize, usize) {
        match self.resizable.then(crossterm::terminal::size) {
            Some(Ok((width, height))) if width > 0 && height > 0 => {
                (usize::from(width).max(MIN_WIDTH), usize::from(height).max(MIN_HEIGHT))
            }
            _ => self.size,
        }
    }

    fn decide(color: Color, facts: &Facts<'_>) -> Self {
        // an empty variable is as good as none: https://no-color.org
        let var = |name: &str| (facts.var)(name).filter(|v| !v.is_empty());
        let dumb = var("TERM").is_none_or(|t| t == "dumb");
        // `ACCESSIBLE` is what other programs with questions obey
        let accessible = facts.accessible || dumb || var("ACCESSIBLE").is_some();
        let wanted = |tty: bool| match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => tty && !accessible && var("NO_COLOR").is_none(),
        };
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(var).unwrap_or_default().to_lowercase();
        let number = |name: &str| var(name).and_then(|v| v.parse::<usize>().ok());
        let (columns, rows) = facts.size.map_or((0, 0), |(w, h)| (usize::from(w), usize::from(h)));
        let first = |size: usize, name: &str, other: usize| match size {
            0 => number(name).filter(|n| *n > 0).unwrap_or(other),
            n => n,
        };
        Self {
            out: Paint { color: wanted(facts.stdout) },
            err: Paint { color: wanted(facts.stderr) },
            unicode: locale.contains("utf-8") || locale.contains("utf8"),
            size: (first(columns, "COLUMNS", WIDTH).max(MIN_WIDTH), first(rows, "LINES", HEIGHT).max(MIN_HEIGHT)),
            resizable: facts.size.is_some() && facts.stdin && facts.stderr,
            interactive: facts.stdin && facts.stderr,
            accessible,
            stdout: facts.stdout,
        }
    }

    /// Text from outside, so that the terminal shows it and does not obey it.
    pub fn visible(&self, text: &str) -> String {
        visible(text, self.unicode).into_owned()
    }

    /// The same for text of several lines, whose ends stay.
    pub fn visible_lines(&self, text: &str) -> String {
        text.lines().map(|line| self.visible(line)).collect::<Vec<_>>().join("\n")
    }

    /// A line that keeps its indentation, broken where it does not fit.
    pub fn wrapped_line(&self, line: &str) -> String {
        let own = line.len() - line.trim_start().len();
        let text = wrap(line, self.width().saturating_sub(own + 1), own + 2);
        format!("{:own$}{text}", "")
    }

    /// Lines for stderr, broken where they do not fit; what is read by a program keeps its lines.
    pub fn fitted(&self, text: &str) -> String {
        match self.interactive {
            true => text.lines().map(|line| self.wrapped_line(line)).collect::<Vec<_>>().join("\n"),
            false => text.to_owned(),
        }
    }

    /// A message in one line that quotes text from outside.
    pub fn note(&self, text: &str) {
        self.say(&self.fitted(&self.visible(text)));
    }

    /// A message to the person.
    pub fn say(&self, text: &str) {
        // not `eprintln!`, which panics when the terminal is gone
        let _ = writeln!(stderr(), "{text}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ui(color: Color, vars: &[(&str, &str)], tty: bool, size: Option<(u16, u16)>) -> Ui {
        let var = |name: &str| vars.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_string());
        Ui::decide(color, &Facts { var: &var, stdin: tty, stdout: tty, stderr: tty, size, accessible: false })
    }

    #[test]
    fn colour() {
        let xterm = ("TERM", "xterm");
        assert!(ui(Color::Auto, &[xterm], true, None).out.color);
        assert!(ui(Color::Auto, &[xterm, ("NO_COLOR", "")], true, None).out.color);
        assert!(!ui(Color::Auto, &[xterm, ("NO_COLOR", "1")], true, None).out.color);
        assert!(!ui(Color::Auto, &[("TERM", "dumb")], true, None).err.color);
        assert!(!ui(Color::Auto, &[xterm], false, None).err.color);
        assert!(ui(Color::Always, &[("NO_COLOR", "1")], false, None).out.color);
        assert!(!ui(Color::Never, &[xterm], true, None).out.color);
    }

    #[test]
    fn locale() {
        let unicode = |vars: &[(&str, &str)]| ui(Color::Auto, vars, true, None).unicode;
        assert!(unicode(&[("LANG", "de_DE.UTF-8")]));
        assert!(unicode(&[("LANG", "C"), ("LC_CTYPE", "C.utf8")]));
        assert!(!unicode(&[("LANG", "de_DE.UTF-8"), ("LC_ALL", "C")]));
        assert!(unicode(&[("LANG", "de_DE.UTF-8"), ("LC_ALL", "")]));
        assert!(!unicode(&[]));
    }

    #[test]
    fn size_and_person() {
        let facts = |vars: &[(&str, &str)], size| {
            let ui = ui(Color::Auto, vars, true, size);
            (ui.size.0, ui.size.1, ui.interactive, ui.accessible)
        };
        assert_eq!(facts(&[("TERM", "xterm"), ("COLUMNS", "50")], Some((120, 40))), (120, 40, true, false));
        assert_eq!(facts(&[("TERM", "dumb"), ("COLUMNS", "50")], Some((0, 0))), (50, 24, true, true));
        assert_eq!(facts(&[("TERM", "xterm"), ("ACCESSIBLE", "1")], None), (80, 24, true, true));
        assert_eq!(facts(&[("COLUMNS", "wide")], None), (80, 24, true, true));
    }
}
