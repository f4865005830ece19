//! The plan from outside: facts and answers in, pages, steps and records out. No network, no clock, no screen.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod blocked;
mod built;
mod clean;
mod gates;
mod given;
mod hosts;
mod ladder;
mod mending;
mod pasted;
mod properties;
mod rungs;
mod sights;
mod signing;
