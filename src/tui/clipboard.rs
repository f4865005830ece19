//! Which ways lead to the clipboard of whoever sits in front of the terminal: decided from the environment alone.
//!
//! Programs are started without a shell, one after the other. The terminal itself (OSC 52) comes last: it never answers, so nothing that
//! goes through it is called copied.

/// The most bytes that go to a terminal: xterm and tmux take a sequence of 100,000 bytes, of which base64 leaves this many.
pub const LONGEST: usize = 74_994;

/// The ways, the surest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clipboard {
    pub programs: Vec<Program>,
    /// The terminal may understand OSC 52.
    pub terminal: bool,
}

/// A program that takes the text on its standard input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Program {
    pub name: &'static str,
    pub arguments: &'static [&'static str],
    pub reach: Reach,
}

/// Whose clipboard a program fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// That of whoever sits here.
    Person,
    /// That of this computer; whoever types may sit at another one.
    Computer,
    /// The one of the terminal, if the terminal has one.
    Terminal,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    Mac,
    Other,
}

/// What became of a text that was handed to programs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Handed {
    /// The program that took it, and whose clipboard it fills.
    pub taken: Option<(&'static str, Reach)>,
    /// A program that passes it on to the terminal took it.
    pub passed_on: bool,
    /// A program that is here and failed, with its reason; escaped.
    pub failed: Option<(&'static str, String)>,
}

impl Default for Clipboard {
    /// The terminal alone.
    fn default() -> Self {
        Self {
            programs: Vec::new(),
            terminal: true,
        }
    }
}

const WAYLAND: (&str, &[&str]) = ("wl-copy", &["--type", "text/plain"]);
const X11: [(&str, &[&str]); 2] = [
    ("xclip", &["-in", "-selection", "clipboard"]),
    ("xsel", &["--input", "--clipboard"]),
];
const MAC: (&str, &[&str]) = ("pbcopy", &[]);
const WINDOWS: (&str, &[&str]) = ("clip.exe", &[]);
/// Hands the text to the terminal too (`-w`), also where tmux takes no OSC 52 from programs, which is its default.
const TMUX: (&str, &[&str]) = ("tmux", &["load-buffer", "-w", "-"]);

/// The ways in this environment. `variable` gives an environment variable.
pub fn clipboard(system: System, variable: impl Fn(&str) -> Option<String>) -> Clipboard {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let is_set = |name: &str| set(name).is_some();
    let is_remote = ["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"]
        .into_iter()
        .any(is_set);
    let display = set("DISPLAY");
    let mut native = Vec::new();
    if is_remote {
        // Programs of this computer fill a clipboard at which nobody sits, unless they draw on the person's own display.
        if display.as_deref().is_some_and(is_forwarded) {
            native.extend(X11);
        }
    } else if system == System::Mac {
        native.push(MAC);
    } else {
        if is_set("WSL_DISTRO_NAME") || is_set("WSL_INTEROP") {
            native.push(WINDOWS);
        }
        if is_set("WAYLAND_DISPLAY") {
            native.push(WAYLAND);
        }
        if display.is_some() {
            native.extend(X11);
        }
    }
    let in_tmux = is_set("TMUX");
    let in_screen = is_set("STY");
    // These keep the environment in which they were started; the person may have come back from elsewhere. sudo and doas hide it.
    let is_hidden = in_tmux || in_screen || is_set("SUDO_USER") || is_set("DOAS_USER");
    let reach = if is_hidden {
        Reach::Computer
    } else {
        Reach::Person
    };
    let mut programs: Vec<Program> = native.into_iter().map(|way| program(way, reach)).collect();
    if in_tmux {
        programs.push(program(TMUX, Reach::Terminal));
    }
    Clipboard {
        programs,
        // GNU screen keeps such sequences to itself, and the console of Linux has no clipboard.
        terminal: in_tmux || !(in_screen || set("TERM").as_deref() == Some("linux")),
    }
}

fn program((name, arguments): (&'static str, &'static [&'static str]), reach: Reach) -> Program {
    Program {
        name,
        arguments,
        reach,
    }
}

/// Whether a display is one that sshd has opened for X11 forwarding: on this host over TCP, numbered from 10.
fn is_forwarded(display: &str) -> bool {
    let Some((host, number)) = display.rsplit_once(':') else {
        return false;
    };
    let number = number.split('.').next().unwrap_or_default();
    !host.is_empty() && !host.starts_with("unix") && number.parse::<u32>().is_ok_and(|n| n >= 10)
}
