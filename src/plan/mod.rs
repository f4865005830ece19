//! When: the ladder, its gates, and the pages of the wizard as data. Knows no network, no disk, no clock and no keys.

pub mod facts;
pub mod gate;
pub mod page;
pub mod steps;

use serde::Deserialize;
use serde::Serialize;

/// The rungs, in order. The words are the public contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StepId {
    Domain,
    Senders,
    Mailbox,
    Dkim,
    Spf,
    Monitor,
    Evidence,
    Quarantine,
    Reject,
    Keep,
}

/// The ladder from a bare domain to enforcement, with the titles that people read.
pub const LADDER: [(StepId, &str); 10] = [
    (StepId::Domain, "Your domain"),
    (StepId::Senders, "Who sends for you"),
    (StepId::Mailbox, "Report mailbox"),
    (StepId::Dkim, "Sign your mail (DKIM)"),
    (StepId::Spf, "Allowed senders (SPF)"),
    (StepId::Monitor, "Policy: watch (DMARC)"),
    (StepId::Evidence, "Read the reports"),
    (StepId::Quarantine, "Quarantine"),
    (StepId::Reject, "Reject"),
    (StepId::Keep, "Keep it so"),
];
