//! A session of the program on a terminal of its own, with a screen to look at.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::num::NonZero;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};

pub const ENTER: &str = "\r";
pub const DOWN: &str = "\u{1b}[B";
pub const UP: &str = "\u{1b}[A";
pub const ESC: &str = "\u{1b}";
pub const CTRL_C: &str = "\u{3}";

/// Long enough for a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// How a session is started.
pub struct Start {
    columns: u16,
    rows: u16,
    dir: PathBuf,
    /// Whether it is started in that folder.
    inside: bool,
    args: Vec<String>,
    vars: BTreeMap<String, String>,
    /// Whether it is started like below `nohup`, with the signal of a closed terminal ignored.
    deaf: bool,
    /// Whether stdout leads to this file instead of the terminal.
    stdout: Option<PathBuf>,
}

impl Start {
    /// `scaffold init` with the small catalog.
    pub fn init(dir: &Path, args: &[&str]) -> Self {
        let small = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/catalogs/small/templates");
        Self::with(dir, "init", &small, args)
    }

    /// A command about a folder, with a catalog.
    pub fn with(dir: &Path, verb: &str, templates: &Path, args: &[&str]) -> Self {
        let (dir_arg, templates) = (dir.display().to_string(), templates.display().to_string());
        Self::plain(dir, &[&[verb, &dir_arg, "--templates", &templates], args].concat())
    }

    /// A command that is started in a folder.
    pub fn inside(dir: &Path, args: &[&str]) -> Self {
        Self { inside: true, ..Self::plain(dir, args) }
    }

    /// 80 columns, UTF-8, no pager, state and cache of the user beside the folder.
    fn plain(dir: &Path, args: &[&str]) -> Self {
        let args = args.iter().map(ToString::to_string).collect();
        let path = std::env::var("PATH").unwrap_or_default();
        let state = dir.parent().unwrap().join("state").display().to_string();
        let vars = [
            ("TERM", "xterm-256color"),
            ("LANG", "C.UTF-8"),
            ("PAGER", "cat"),
            ("PATH", &path),
            ("XDG_STATE_HOME", &state),
            ("XDG_CACHE_HOME", &state),
        ];
        let vars = vars.iter().map(|(n, v)| (n.to_string(), v.to_string())).collect();
        Self { columns: 80, rows: 40, dir: dir.to_owned(), inside: false, args, vars, deaf: false, stdout: None }
    }

    /// `scaffold init` with the built-in catalog.
    pub fn built_in(dir: &Path, args: &[&str]) -> Self {
        Self::plain(dir, &[&["init", &dir.display().to_string()], args].concat())
    }

    pub fn var(mut self, name: &str, value: &str) -> Self {
        self.vars.insert(name.into(), value.into());
        self
    }

    pub fn columns(self, columns: u16) -> Self {
        Self { columns, ..self }
    }

    pub fn deaf(self) -> Self {
        Self { deaf: true, ..self }
    }

    pub fn rows(self, rows: u16) -> Self {
        Self { rows, ..self }
    }

    pub fn stdout(self, file: &Path) -> Self {
        Self { stdout: Some(file.to_owned()), ..self }
    }

    pub fn run(self) -> Session {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
        let flags = i32::try_from(OFlags::NOCTTY.bits()).unwrap();
        let end = File::options().read(true).write(true).custom_flags(flags).open(name).unwrap();
        let size = Winsize { ws_row: self.rows, ws_col: self.columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&end, size).unwrap();
        let io = || Stdio::from(end.try_clone().unwrap());
        // `setsid` makes it the terminal of the session, so that hanging up is heard
        let mut command = Command::new("setsid");
        if self.inside {
            command.current_dir(&self.dir);
        }
        let before = snapshot(&self.dir);
        let child = command
            .args(["--ctty", "sh", "-c", if self.deaf { "trap '' HUP; exec \"$@\"" } else { "exec \"$@\"" }, "sh"])
            .arg(env!("CARGO_BIN_EXE_scaffold"))
            .args(&self.args)
            .env_clear()
            .envs(&self.vars)
            .stdin(io())
            .stdout(self.stdout.as_ref().map_or_else(io, |path| File::create(path).unwrap().into()))
            .stderr(io())
            .spawn()
            .unwrap();
        Session {
            before,
            screen: vt100::Parser::new(NonZero::new(self.rows).unwrap(), NonZero::new(self.columns).unwrap(), 0),
            terminal: Some(File::from(master)),
            output: Vec::new(),
            typed: 0,
            dir: self.dir,
            child,
        }
    }
}

pub struct Session {
    screen: vt100::Parser,
    terminal: Option<File>,
    child: Child,
    dir: PathBuf,
    before: BTreeMap<PathBuf, Vec<u8>>,
    /// Every byte that came.
    pub output: Vec<u8>,
    /// How many bytes were sent.
    pub typed: usize,
}

impl Session {
    /// Waits until a text is on the screen, wherever its lines break.
    #[track_caller]
    pub fn see(&mut self, text: &str) -> &mut Self {
        let until = Instant::now() + PATIENCE;
        while !self.words().contains(text) {
            assert!(self.receive(until), "`{text}` does not appear:\n{}", self.screen.screen().contents());
        }
        self
    }

    /// Sends a key again and again until a text is on the screen, for programs that drop what is typed too early.
    #[track_caller]
    pub fn send_until(&mut self, key: &str, text: &str) -> &mut Self {
        let end = Instant::now() + PATIENCE;
        loop {
            self.send(key);
            let until = Instant::now() + Duration::from_millis(200);
            while self.receive(until) {}
            if self.words().contains(text) {
                return self;
            }
            assert!(Instant::now() < end, "`{text}` does not appear:\n{}", self.screen.screen().contents());
        }
    }

    /// The rows of the screen.
    pub fn rows(&self) -> Vec<String> {
        self.screen.screen().contents().lines().map(str::to_owned).collect()
    }

    /// The screen as one line.
    pub fn words(&self) -> String {
        self.screen.screen().contents().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// All that was ever on the screen, as one line.
    pub fn everything(&self) -> String {
        let (_, columns) = self.screen.screen().size();
        let mut tall = vt100::Parser::new(NonZero::new(2000).unwrap(), columns, 0);
        tall.process(&self.output);
        tall.screen().contents().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[track_caller]
    pub fn send(&mut self, keys: &str) -> &mut Self {
        self.terminal.as_mut().unwrap().write_all(keys.as_bytes()).unwrap();
        self.typed += keys.len();
        self
    }

    /// Gives the terminal another size, as its window does.
    pub fn resize(&mut self, columns: u16, rows: u16) -> &mut Self {
        let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(self.terminal.as_ref().unwrap(), size).unwrap();
        self.screen.screen_mut().set_size(NonZero::new(rows).unwrap(), NonZero::new(columns).unwrap());
        // crossterm overlooks a key that comes at the same moment, until the next one
        sleep(Duration::from_millis(200));
        self
    }

    /// No line of what came from a place on is wider than this, on a screen that breaks none.
    #[track_caller]
    pub fn fits(&self, columns: usize, from: usize) {
        let mut wide = vt100::Parser::new(NonZero::new(1000).unwrap(), NonZero::new(400).unwrap(), 0);
        wide.process(&self.output[from..]);
        let wider: Vec<String> =
            wide.screen().rows(0, 400).filter(|row| row.trim_end().chars().count() > columns).collect();
        assert!(wider.is_empty(), "{wider:#?}");
    }

    /// Waits for a question, then types.
    #[track_caller]
    pub fn answer(&mut self, question: &str, keys: &str) -> &mut Self {
        self.see(&format!("? {question}")).send(keys)
    }

    /// The same for a line that is filled in beforehand.
    #[track_caller]
    pub fn replace(&mut self, question: &str, text: &str) -> &mut Self {
        self.answer(question, &format!("{}{text}{ENTER}", "\u{7f}".repeat(80)))
    }

    /// Reads what there is; `false` when nothing comes any more.
    fn receive(&mut self, until: Instant) -> bool {
        let Some(terminal) = &mut self.terminal else { return false };
        let left = until.saturating_duration_since(Instant::now());
        let wait = Timespec { tv_sec: i64::try_from(left.as_secs()).unwrap(), tv_nsec: left.subsec_nanos().into() };
        if poll(&mut [PollFd::new(terminal, PollFlags::IN)], Some(&wait)).unwrap() == 0 {
            return false;
        }
        let mut bytes = [0; 4096];
        match terminal.read(&mut bytes) {
            Ok(n) if n > 0 => {
                self.screen.process(&bytes[..n]);
                self.output.extend_from_slice(&bytes[..n]);
                true
            }
            _ => false,
        }
    }

    /// The exit status, once the program has ended by itself.
    #[track_caller]
    pub fn status(&mut self) -> ExitStatus {
        let until = Instant::now() + PATIENCE;
        while self.receive(until) {}
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < until, "it does not end:\n{}", self.screen.screen().contents());
            sleep(Duration::from_millis(5));
        }
    }

    #[track_caller]
    pub fn ends_with(&mut self, code: i32) -> &mut Self {
        let status = self.status();
        assert_eq!(status.code(), Some(code), "{status}\n{}", self.screen.screen().contents());
        self
    }

    /// Lines are edited and echoed, and Ctrl-C is heard, as before the program.
    #[track_caller]
    pub fn cooked(&mut self) -> &mut Self {
        let modes = tcgetattr(self.terminal.as_ref().unwrap()).unwrap().local_modes;
        let cooked = LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG;
        assert!(modes.contains(cooked), "{modes:?}");
        self
    }

    /// Closes the terminal.
    pub fn hang_up(&mut self) -> &mut Self {
        self.terminal = None;
        self
    }

    /// Sends a signal to the program.
    pub fn signal(&mut self, signal: Signal) -> &mut Self {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
        self
    }

    /// The cursor can be seen, text has no colour, and what is pasted comes as it is.
    #[track_caller]
    pub fn plain(&mut self) -> &mut Self {
        let screen = self.screen.screen();
        assert!(!screen.hide_cursor(), "the cursor is hidden");
        assert!(!screen.bracketed_paste(), "what is pasted is still put into brackets");
        assert_eq!(screen.fgcolor(), vt100::Color::Default);
        self
    }

    /// Nothing was written, also not beside the folder.
    #[track_caller]
    pub fn nothing_changed(&mut self) -> &mut Self {
        assert_eq!(snapshot(&self.dir), self.before);
        let stray = fs::read_dir(self.dir.parent().unwrap()).unwrap().map(|e| e.unwrap().file_name());
        let stray: Vec<_> = stray.filter(|name| name.to_string_lossy().contains("scaffold")).collect();
        assert!(stray.is_empty(), "{stray:?}");
        self
    }

    #[track_caller]
    pub fn file(&self, path: &str) -> String {
        fs::read_to_string(self.dir.join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// All files, links and folders below a folder.
fn snapshot(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let Ok(entries) = fs::read_dir(dir) else { return found };
    found.insert(dir.to_owned(), Vec::new());
    for path in entries.map(|e| e.unwrap().path()) {
        if let Ok(leads_to) = fs::read_link(&path) {
            found.insert(path, leads_to.into_os_string().into_encoded_bytes());
        } else if path.is_dir() {
            found.extend(snapshot(&path));
        } else {
            found.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    found
}
