//! One file per rung: its pages, what its answers change, the records it wants.

pub mod dkim;
pub mod domain;
pub mod later;
pub mod mailbox;
pub mod monitor;
pub mod senders;
pub mod spf;

use jiff::Timestamp;

use crate::plan::StepId;
use crate::plan::facts::Facts;

/// What is next and when, in one line.
pub fn next_words(_facts: &Facts, step: StepId, _now: Timestamp) -> (String, Option<Timestamp>) {
    (format!("Go on with \"{}\".", step.title()), None)
}
