//! The command line: one file a verb, the exit codes, and the printer of errors in two lines.

pub mod check;
pub mod client;
pub mod dkim;
pub mod domain;
pub mod explain;
pub mod globals;
pub mod kept;
pub mod message;
pub mod output;
pub mod paper;
pub mod practice;
pub mod printer;
pub mod publish;
pub mod records;
pub mod reports;
pub mod spf;
pub mod status;
pub mod usage;
pub mod wizard;

use std::ffi::OsString;

use clap::Parser;

use crate::cli::globals::GlobalArguments;
use crate::cli::globals::Globals;

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

/// From "my email is bouncing!" to full DMARC enforcement, in the safe order.
///
/// Without a command, the wizard opens: the start screen, or DOMAIN where it was left.
#[derive(Debug, Parser)]
#[command(
    name = "nobounce",
    version,
    about,
    override_usage = "nobounce [OPTIONS] [DOMAIN]\n       nobounce [OPTIONS] COMMAND …"
)]
struct Line {
    /// The domain to set up, such as example.com
    #[arg(value_name = "DOMAIN")]
    words: Vec<String>,

    #[command(flatten)]
    globals: GlobalArguments,

    #[command(subcommand)]
    verb: Option<Verb>,
}

/// The verbs, in the order of the help. One line here and one in [`run`] for each.
#[derive(Debug, clap::Subcommand)]
enum Verb {
    Practice(practice::Arguments),
    Check(check::Arguments),
    Status(status::Arguments),
    Records(records::Arguments),
    Publish(publish::Arguments),
    Spf(spf::Arguments),
    Dkim(dkim::Arguments),
    Reports(reports::Arguments),
    Explain(explain::Arguments),
    Message(message::Arguments),
}

fn run(verb: Verb, globals: &Globals) -> Exit {
    match verb {
        Verb::Practice(arguments) => practice::run(arguments, globals),
        Verb::Check(arguments) => check::run(arguments, globals),
        Verb::Status(arguments) => status::run(arguments, globals),
        Verb::Records(arguments) => records::run(arguments, globals),
        Verb::Publish(arguments) => publish::run(arguments, globals),
        Verb::Spf(arguments) => spf::run(arguments, globals),
        Verb::Dkim(arguments) => dkim::run(arguments, globals),
        Verb::Reports(arguments) => reports::run(arguments, globals),
        Verb::Explain(arguments) => explain::run(arguments, globals),
        Verb::Message(arguments) => message::run(arguments, globals),
    }
}

/// Runs the command line.
pub fn main(arguments: impl Iterator<Item = OsString>) -> Exit {
    let line = match Line::try_parse_from(arguments) {
        Ok(line) => line,
        Err(error) => return usage::end(&error),
    };
    let globals = Globals::new(line.globals, std::env::var_os("NOBOUNCE_DATA_DIR"));
    match (line.verb, line.words.as_slice()) {
        (Some(verb), []) => run(verb, &globals),
        (Some(_), [word, ..]) => usage::stray(word),
        (None, words) => match usage::domain(words, &verbs()) {
            Ok(domain) => wizard::run(wizard::Arguments { domain }, &globals),
            Err(exit) => exit,
        },
    }
}

/// The names of the verbs.
fn verbs() -> Vec<String> {
    use clap::CommandFactory;
    Line::command()
        .get_subcommands()
        .map(|verb| verb.get_name().to_owned())
        .collect()
}
