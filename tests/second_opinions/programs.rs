//! The other programs: which are here, which must be, and how nobounce itself is run.

use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

/// What a run printed, and how it ended.
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    pub fn of(command: &mut Command) -> Self {
        let output = command.output().expect("the program starts");
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Everything, for the message of a failed assertion.
    pub fn told(&self) -> String {
        format!("exit {:?}\n{}{}", self.code, self.stdout, self.stderr)
    }

    #[track_caller]
    pub fn well(self) -> Self {
        assert_eq!(self.code, Some(0), "{}", self.told());
        self
    }
}

/// nobounce: the one cargo built, or the one `NOBOUNCE_BINARY` names (the release build).
pub fn nobounce() -> Command {
    match std::env::var_os("NOBOUNCE_BINARY") {
        Some(path) => Command::new(path),
        None => Command::new(env!("CARGO_BIN_EXE_nobounce")),
    }
}

/// The program of this name, or `None` after saying that the test is skipped. `NOBOUNCE_REQUIRE`
/// (names with spaces between) makes a missing one a failure.
pub fn program(name: &str) -> Option<PathBuf> {
    let found = folders()
        .into_iter()
        .map(|folder| folder.join(name))
        .find(|path| path.is_file());
    found.or_else(|| missing(name))
}

/// A Python that has dkimpy and PyNaCl.
pub fn python_with_dkimpy() -> Option<PathBuf> {
    python_with("dkimpy", "import dkim, nacl.signing")
}

/// A Python in which `imports` works: one that `NOBOUNCE_PYTHON` or `NOBOUNCE_CHECKERS` names, or one of the system's. `name` is what
/// `NOBOUNCE_REQUIRE` calls it.
pub fn python_with(name: &str, imports: &str) -> Option<PathBuf> {
    let named = ["NOBOUNCE_PYTHON", "NOBOUNCE_CHECKERS"]
        .into_iter()
        .filter_map(std::env::var_os)
        .map(PathBuf::from);
    let usual = ["/usr/bin/python3", "python3"].map(PathBuf::from);
    named
        .chain(usual)
        .find(|python| works(python, imports))
        .or_else(|| missing(name))
}

/// Where Debian keeps servers is not on everybody's `PATH`.
fn folders() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from))
        .collect()
}

fn works(python: &Path, imports: &str) -> bool {
    Command::new(python)
        .args(["-c", imports])
        .output()
        .is_ok_and(|output| output.status.success())
}

/// Says that a program is not here, or fails where it is required.
pub fn missing(name: &str) -> Option<PathBuf> {
    let required = std::env::var("NOBOUNCE_REQUIRE").unwrap_or_default();
    assert!(
        !required.split_whitespace().any(|one| one == name),
        "{name} is required here and not installed"
    );
    eprintln!("skipped: {name} is not installed");
    None
}
