//! The command line: one file a verb, the exit codes, and the printer of errors in two lines.

use std::ffi::OsString;

/// How a run ended; the numbers are the public contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done, and all is well.
    Well,
    /// Done, and something is wrong.
    Wrong,
    /// The command line was wrong, or a terminal was needed and there is none.
    Usage,
    /// Could not tell: DNS or the mailbox did not answer.
    Unknown,
    /// Correct, but not visible everywhere yet.
    Waiting,
    /// The setup is in use by another nobounce.
    InUse,
    /// The saved state is damaged or newer; nothing was changed.
    Damaged,
    /// Could not write; nothing half-written is left.
    NotWritten,
}

impl Exit {
    pub fn code(self) -> u8 {
        match self {
            Self::Well => 0,
            Self::Wrong => 1,
            Self::Usage => 2,
            Self::Unknown => 3,
            Self::Waiting => 4,
            Self::InUse => 5,
            Self::Damaged => 6,
            Self::NotWritten => 7,
        }
    }
}

/// Runs the command line.
pub fn main(_arguments: impl Iterator<Item = OsString>) -> Exit {
    Exit::Usage
}
