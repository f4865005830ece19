//! Mailbox providers, forwarding services and mail filters: whose servers stand in the MX records.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::catalog;
use crate::catalog::dkim::Dkim;
use crate::catalog::dkim::Setup;
use crate::catalog::id::ProviderId;
use crate::catalog::report_mailbox;
use crate::catalog::report_mailbox::ReportMailbox;
use crate::catalog::sender::Confidence;
use crate::catalog::suffix;
use crate::catalog::suffix::Suffix;
use crate::records::name::DomainName;

/// One entry of `assets/mailbox_providers/`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailboxProvider {
    pub id: ProviderId,
    pub name: String,
    pub kind: ProviderKind,
    pub confidence: Confidence,
    pub docs: Option<String>,
    /// A Domain Connect template exists.
    pub domain_connect: Option<bool>,
    pub mx_suffixes: Vec<Suffix>,
    /// Entries with the same mail servers, which are the likelier match.
    #[serde(default)]
    pub mx_shared_with: Vec<ProviderId>,
    pub mx_note: Option<String>,
    /// Mechanisms to add, in order.
    #[serde(default)]
    pub spf: Vec<String>,
    /// The form for a domain with no other sender.
    pub spf_redirect: Option<String>,
    /// Mechanisms of other data centers or editions.
    #[serde(default)]
    pub spf_regional: BTreeMap<String, String>,
    /// DNS look-ups of the mechanism in all; ages, count again.
    pub spf_lookup_cost: Option<u32>,
    #[serde(default)]
    pub spf_legacy: Vec<String>,
    pub spf_legacy_why: Option<String>,
    #[serde(default)]
    pub spf_borrowed: Vec<String>,
    /// Names under which the mechanisms of single accounts lie.
    #[serde(default)]
    pub spf_suffixes: Vec<Suffix>,
    pub spf_note: Option<String>,
    /// Beginnings of the TXT that proves ownership.
    #[serde(default)]
    pub txt_tokens: Vec<String>,
    /// What to do in its console, in words: at most six lines.
    #[serde(default)]
    pub console: Vec<String>,
    pub notes: Option<String>,
    pub dkim: Option<Dkim>,
    /// Ways to make the mailbox for reports; empty: see [`MailboxProvider::report_mailboxes`].
    #[serde(default)]
    pub report_mailbox: Vec<ReportMailbox>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProviderKind {
    /// Keeps mailboxes.
    Mailbox,
    /// Passes mail on to a mailbox elsewhere.
    Forwarding,
    /// Filters mail in front of the mailbox provider.
    Gateway,
}

impl MailboxProvider {
    pub fn dkim_setup(&self, domain: &DomainName) -> Setup {
        self.dkim
            .as_ref()
            .map_or(Setup::Unknown, |dkim| dkim.setup(domain))
    }

    /// Ways to make the mailbox that takes DMARC reports, the best first.
    pub fn report_mailboxes(&self) -> &[ReportMailbox] {
        if self.report_mailbox.is_empty() {
            report_mailbox::generic(self.kind)
        } else {
            &self.report_mailbox
        }
    }
}

/// Whose mail servers these are, in the order of their preference: the first that is known, by the longest
/// match. A filter is a match like any other: look at its `kind`.
pub fn mailbox_provider_of(mx: &[DomainName]) -> Option<&'static MailboxProvider> {
    mailbox_providers_of(mx).into_iter().next()
}

/// All whose mail servers these can be: the likeliest first, then those that share the servers.
pub fn mailbox_providers_of(mx: &[DomainName]) -> Vec<&'static MailboxProvider> {
    let mut found: Vec<&'static MailboxProvider> = Vec::new();
    for host in mx {
        let mut matches = suffix::most_exact(
            catalog::mailbox_providers()
                .iter()
                .filter_map(|entry| Some((suffix::longest(&entry.mx_suffixes, host)?, entry))),
        );
        matches.sort_by_key(|entry| !entry.mx_shared_with.is_empty());
        for entry in matches {
            if !found.iter().any(|known| known.id == entry.id) {
                found.push(entry);
            }
        }
    }
    found
}
