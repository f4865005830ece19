//! The command line as a user or a script meets it: whole outputs of the real binary.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod explain;
mod explain_host;
mod exports;
mod frame;
mod keys;
mod program;
mod setups;
mod spf;
