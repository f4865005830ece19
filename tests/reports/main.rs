//! Aggregate reports: read with all their facts, or refused with the reason.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod corpus;
mod hostile;
mod made;
mod message;
mod page;
mod places;
mod totals;
mod world;
