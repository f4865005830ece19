//! Bounces: every known wording, every form in which people paste them, hostile texts, and the known cases.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod catalog;
mod corpus;
mod forms;
mod hostile;
mod wordings;
