//! The command line as a user or a script meets it: whole outputs of the real binary.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod crossed;
mod dkim_export;
mod explain;
mod explain_host;
mod exports;
mod frame;
mod golden;
mod handed;
mod keys;
mod program;
mod rich;
mod senders;
mod setups;
mod sheet;
mod sheets;
mod spf;
