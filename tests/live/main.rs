//! The real client against scripted servers and against the pretend DNS, all on loopback.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod aliases;
mod answers;
mod check;
mod check_codes;
mod looks;
mod panel;
mod panel_hosts;
mod panel_zone;
mod practice;
mod retries;
mod scripted;
mod servers;
