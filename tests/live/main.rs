//! The real client against scripted servers and against the pretend DNS, all on loopback.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod aliases;
mod answers;
mod check;
mod lab;
mod looks;
mod matrix;
mod practice;
mod retries;
mod scripted;
mod servers;
