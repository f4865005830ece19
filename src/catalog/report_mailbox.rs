//! Ways to make the mailbox that receives DMARC reports.

use serde::Deserialize;

use crate::catalog::embedded;
use crate::catalog::mailbox_provider::ProviderKind;

/// One way, with its steps in plain words.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportMailbox {
    pub kind: ReportMailboxKind,
    pub title: String,
    pub steps: Vec<String>,
    pub warning: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReportMailboxKind {
    /// A mailbox of several people without a license of its own.
    Shared,
    Group,
    Alias,
    Mailbox,
}

/// The ways that fit any provider of a kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Generic {
    mailbox: Vec<ReportMailbox>,
    forwarding: Vec<ReportMailbox>,
    gateway: Vec<ReportMailbox>,
}

/// The ways that fit any provider of this kind; `ProviderKind::Mailbox` where the provider is not known.
pub fn generic(kind: ProviderKind) -> &'static [ReportMailbox] {
    let generic = embedded::report_mailboxes();
    match kind {
        ProviderKind::Mailbox => &generic.mailbox,
        ProviderKind::Forwarding => &generic.forwarding,
        ProviderKind::Gateway => &generic.gateway,
    }
}
