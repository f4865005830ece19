//! The real client against scripted servers and against the pretend DNS, all on loopback.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod aliases;
mod answers;
mod bulk;
mod check;
mod looks;
mod practice;
mod retries;
mod scripted;
mod servers;
