//! `nobounce practice`: the wizard on a pretend domain, with a pretend DNS server on this machine.

use crate::cli::Exit;
use crate::cli::globals::Globals;
use crate::cli::printer;
use crate::cli::wizard;

/// Practice on a pretend domain: nothing real is asked or changed
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Let pretend time run fast
    #[arg(long)]
    fast: bool,
}

pub fn run(arguments: Arguments, globals: &Globals) -> Exit {
    let _ = arguments.fast;
    match wizard::terminal(globals) {
        Ok(()) => printer::complain(
            Exit::Usage,
            "practice is not part of this build",
            "use `nobounce check DOMAIN` to look at a domain",
        ),
        Err(exit) => exit,
    }
}
