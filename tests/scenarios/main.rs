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
mod publishing;
mod rotation;
mod rungs;
mod senders_all;
mod senders_services;
mod senders_signing;
mod senders_unfinished;
mod sights;
mod signing;
mod standing;
