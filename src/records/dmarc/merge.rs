//! Builds the DMARC record of the monitoring step: a new one, or the present one with our report address in it.

use std::collections::BTreeSet;

use crate::records::dmarc::Dmarc;
use crate::records::dmarc::Policy;
use crate::records::dmarc::ReportUri;
use crate::records::dmarc::reading::REMOVED;

impl Dmarc {
    /// The record of monitoring mode: `v=DMARC1; p=none; rua=...`.
    pub fn monitoring(rua: &[ReportUri]) -> Self {
        Self {
            policy: Some(Policy::None),
            aggregate: rua.to_vec(),
            ..Self::default()
        }
    }

    /// Tags of the record that the standard removed, and that [`merge`] leaves out.
    pub fn removed_tags(&self) -> impl Iterator<Item = &(String, String)> {
        self.others
            .iter()
            .filter(|(name, _)| REMOVED.contains(&name.to_ascii_lowercase().as_str()))
    }
}

/// The record `existing` with reports to `ours`.
///
/// The policy stays as it is, also where it is stricter than monitoring needs: nothing is weakened in passing. Other tags stay
/// but for the removed ones. Other addresses stay but for `dropped` (as written, or the mailbox alone) and those that nobody can
/// send to. Ours stands first or second, since receivers need to serve only two.
pub fn merge(existing: &Dmarc, ours: &ReportUri, dropped: &BTreeSet<String>) -> Dmarc {
    let usable = |uris: &[ReportUri]| {
        let mut kept: Vec<ReportUri> = Vec::new();
        for uri in uris {
            let Some(mailbox) = uri.mailbox().filter(|_| uri.is_valid()) else {
                continue;
            };
            let uri_is_dropped = dropped.contains(&uri.0) || dropped.contains(mailbox);
            let plain = ReportUri::to(mailbox);
            if !uri_is_dropped && !kept.iter().any(|other| other.same_mailbox(&plain)) {
                kept.push(plain);
            }
        }
        kept
    };
    let mut aggregate = usable(&existing.aggregate);
    aggregate.retain(|uri| !uri.same_mailbox(ours));
    let place = aggregate.len().min(1);
    aggregate.insert(place, ours.clone());
    let failure = usable(&existing.failure);
    let failure_options = existing
        .failure_options
        .clone()
        .filter(|_| !failure.is_empty());
    Dmarc {
        policy: Some(existing.policy_asked()),
        aggregate,
        failure,
        failure_options,
        others: existing
            .others
            .iter()
            .filter(|(name, _)| !REMOVED.contains(&name.to_ascii_lowercase().as_str()))
            .cloned()
            .collect(),
        ..existing.clone()
    }
}
