//! Calls the command line and turns how it ended into an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(nobounce::cli::main(std::env::args_os()).code())
}
