//! `nobounce practice`: the wizard on a pretend domain, with a pretend DNS server on this machine.

use crate::cli::Exit;
use crate::cli::globals::Globals;
use crate::cli::wizard;
use crate::tui::update::Beginning;

/// Practice on a pretend domain: nothing real is asked or changed
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Let pretend time run fast
    #[arg(long)]
    fast: bool,
}

pub fn run(arguments: Arguments, globals: &Globals) -> Exit {
    match wizard::terminal(globals) {
        Ok(()) => wizard::show(
            Beginning::Practice {
                fast: arguments.fast,
            },
            globals,
        ),
        Err(exit) => exit,
    }
}
