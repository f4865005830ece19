//! `nobounce [DOMAIN]`: the wizard, full screen.

use std::io::IsTerminal;

use crate::cli::Exit;
use crate::cli::globals::Globals;
use crate::cli::printer;

#[derive(Debug)]
pub struct Arguments {
    /// As typed; None opens the start screen.
    pub domain: Option<String>,
}

pub fn run(_arguments: Arguments, globals: &Globals) -> Exit {
    match terminal(globals) {
        Ok(()) => printer::complain(
            Exit::Usage,
            "the wizard is not part of this build",
            "use `nobounce check DOMAIN` to look at a domain",
        ),
        Err(exit) => exit,
    }
}

/// The full screen draws on a terminal and reads keys from one: both ends must be there.
pub fn terminal(globals: &Globals) -> Result<(), Exit> {
    if globals.json {
        return Err(printer::complain(
            Exit::Usage,
            "the wizard has no JSON form",
            "use --json with `nobounce check`, `nobounce status` or `nobounce records`",
        ));
    }
    if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
        return Ok(());
    }
    Err(printer::complain(
        Exit::Usage,
        "the wizard needs a terminal, and there is none here",
        "in a script use `nobounce check DOMAIN`, `nobounce status` or `nobounce records DOMAIN`, each with --json if wanted",
    ))
}
