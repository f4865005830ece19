//! Calls the command line and turns how it ended into an exit code.

use std::process::ExitCode;

/// Many small pieces come and go on several threads: with the usual allocator the threads wait for one another.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ExitCode::from(nobounce::cli::main(std::env::args_os()).code())
}
