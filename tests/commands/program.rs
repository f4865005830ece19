//! One run of nobounce: what it printed, and how it ended.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;

/// What a run left behind.
#[derive(Debug, PartialEq, Eq)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// nobounce with its setups in `data`, at a fixed time, with nothing of the user's environment that matters.
pub fn nobounce(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nobounce"));
    command
        .env("NOBOUNCE_DATA_DIR", data)
        .env_remove("NO_COLOR")
        .stdin(Stdio::null());
    command
}

pub fn run<S: AsRef<OsStr>>(data: &Path, arguments: impl IntoIterator<Item = S>) -> Ran {
    ran(nobounce(data)
        .args(arguments)
        .args(["--now", "2026-11-23T10:00:00Z"]))
}

pub fn ran(command: &mut Command) -> Ran {
    let output = command.output().unwrap();
    Ran {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Ran {
    /// Asserts how it ended, what it printed and what it said, all of it.
    #[track_caller]
    pub fn is(&self, code: i32, out: &str, err: &str) {
        assert_eq!(
            (self.code, self.out.as_str(), self.err.as_str()),
            (Some(code), out, err)
        );
    }

    /// The output with every public key written as `KEY`, and the data folder as `DATA`.
    pub fn masked(mut self, data: &Path) -> Self {
        self.out = masked(&self.out, data);
        self.err = masked(&self.err, data);
        self
    }
}

fn masked(text: &str, data: &Path) -> String {
    let text = text.replace(data.to_str().unwrap(), "DATA");
    let mut masked = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find("p=") {
        let (head, tail) = rest.split_at(at + 2);
        masked.push_str(head);
        masked.push_str("KEY");
        let end = tail
            .find(|c: char| !(c.is_ascii_alphanumeric() || "+/=".contains(c)))
            .unwrap_or(tail.len());
        rest = &tail[end..];
    }
    masked + rest
}
