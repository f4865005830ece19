//! What is kept on disk, under every trouble that was thought of: the numbers are those of the fault list.
#![allow(clippy::unwrap_used, clippy::expect_used)]
#![cfg(unix)]

mod crashes;
mod keys;
mod places;
mod retiring;
mod setups;
mod wizard;
mod world;
