//! The real client against scripted servers and against the pretend DNS, all on loopback.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod aliases;
mod answers;
mod check;
mod looks;
mod practice;
mod retries;
mod scripted;
mod servers;
mod spf_host;
mod spf_suite;
mod spf_verb;
mod spf_world;
