//! When: the ladder, its gates, and the pages of the wizard as data. Knows no network, no disk, no clock and no keys.
//!
//! A door asks [`resume`] for the page to show, draws what [`page`] says, hands the answer to [`reply`] and shows the page that the
//! reply names. What servers said comes in through [`surveyed`], [`looked`], [`key_made`] and [`mailbox_looked`].

pub mod facts;
pub mod gate;
pub mod ladder;
pub mod mending;
pub mod page;
pub mod panel;
pub mod paste;
pub mod publish;
pub mod seen;
pub mod service;
pub mod steps;
pub mod there;
pub mod waiting;
pub mod walk;
pub mod wanted;

pub use crate::plan::gate::Gate;
pub use crate::plan::ladder::Status;
pub use crate::plan::ladder::StepState;
pub use crate::plan::ladder::StepView;
pub use crate::plan::ladder::status;
pub use crate::plan::ladder::steps;
pub use crate::plan::seen::key_made;
pub use crate::plan::seen::looked;
pub use crate::plan::seen::mailbox_looked;
pub use crate::plan::seen::mailbox_question;
pub use crate::plan::seen::surveyed;
pub use crate::plan::walk::before;
pub use crate::plan::walk::page;
pub use crate::plan::walk::pages;
pub use crate::plan::walk::reply;
pub use crate::plan::walk::resume;
pub use crate::plan::walk::step_of;
pub use crate::plan::wanted::Wanted;
pub use crate::plan::wanted::wanted;
pub use crate::plan::wanted::wanted_shown;

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

impl StepId {
    /// The word of the public contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Domain => "domain",
            Self::Senders => "senders",
            Self::Mailbox => "mailbox",
            Self::Dkim => "dkim",
            Self::Spf => "spf",
            Self::Monitor => "monitor",
            Self::Evidence => "evidence",
            Self::Quarantine => "quarantine",
            Self::Reject => "reject",
            Self::Keep => "keep",
        }
    }

    pub fn title(self) -> &'static str {
        LADDER
            .iter()
            .find(|(id, _)| *id == self)
            .map_or("", |(_, title)| title)
    }

    /// The place on the ladder, from 1.
    pub fn number(self) -> usize {
        LADDER
            .iter()
            .position(|(id, _)| *id == self)
            .map_or(0, |at| at + 1)
    }
}
