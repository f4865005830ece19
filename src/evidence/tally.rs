//! Who sends as the domain: the messages of reports, counted by source.

use std::collections::BTreeSet;
use std::collections::HashMap;

use crate::evidence::aggregate::Row;
use crate::evidence::aggregate::Source;
use crate::evidence::source;
use crate::evidence::source::Sender;

/// Messages counted, all of them and by sender.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub records: u64,
    pub messages: u64,
    pub aligned: u64,
    /// Messages of records that do not say whether they passed.
    pub unevaluated: u64,
    pub senders: HashMap<Sender, Count>,
}

/// The messages of one sender.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub addresses: BTreeSet<Source>,
    pub messages: u64,
    pub dkim_aligned: u64,
    pub spf_aligned: u64,
    pub aligned: u64,
    pub dispositions: Dispositions,
}

/// What receivers did. `unsaid` is where the report does not say, or says another word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dispositions {
    pub none: u64,
    pub quarantine: u64,
    pub reject: u64,
    pub unsaid: u64,
}

impl Tally {
    pub fn add(&mut self, row: &Row, namer: &mut source::Namer) {
        self.records += 1;
        self.messages = self.messages.saturating_add(row.count);
        if row.dkim.is_none() && row.spf.is_none() {
            self.unevaluated = self.unevaluated.saturating_add(row.count);
        }
        let sender = namer.name(row);
        let count = match self.senders.get_mut(sender) {
            Some(count) => count,
            None => self.senders.entry(sender.clone()).or_default(),
        };
        if !count.addresses.contains(&row.source) {
            count.addresses.insert(row.source.clone());
        }
        count.messages = count.messages.saturating_add(row.count);
        let add = |sum: &mut u64, holds: bool| {
            if holds {
                *sum = sum.saturating_add(row.count);
            }
        };
        add(&mut count.dkim_aligned, row.dkim == Some(true));
        add(&mut count.spf_aligned, row.spf == Some(true));
        add(&mut count.aligned, row.is_aligned());
        add(&mut self.aligned, row.is_aligned());
        count.dispositions.add(row);
    }

    /// Adds what another report counted.
    pub fn merge(&mut self, other: Self) {
        self.records += other.records;
        self.messages = self.messages.saturating_add(other.messages);
        self.aligned = self.aligned.saturating_add(other.aligned);
        self.unevaluated = self.unevaluated.saturating_add(other.unevaluated);
        for (sender, theirs) in other.senders {
            let ours = self.senders.entry(sender).or_default();
            ours.addresses.extend(theirs.addresses);
            ours.messages = ours.messages.saturating_add(theirs.messages);
            ours.dkim_aligned = ours.dkim_aligned.saturating_add(theirs.dkim_aligned);
            ours.spf_aligned = ours.spf_aligned.saturating_add(theirs.spf_aligned);
            ours.aligned = ours.aligned.saturating_add(theirs.aligned);
            ours.dispositions.merge(theirs.dispositions);
        }
    }

    /// The senders, the one with the most messages first.
    pub fn by_weight(&self) -> Vec<(&Sender, &Count)> {
        let mut list: Vec<_> = self.senders.iter().collect();
        list.sort_by(|(a, one), (b, two)| two.messages.cmp(&one.messages).then(a.cmp(b)));
        list
    }
}

impl Dispositions {
    fn add(&mut self, row: &Row) {
        let word = row
            .disposition
            .as_ref()
            .and_then(|word| word.as_ascii())
            .map(str::to_ascii_lowercase);
        let sum = match word.as_deref() {
            // "pass" is what receivers write for mail that passed (RFC 9990).
            Some("none" | "pass") => &mut self.none,
            Some("quarantine") => &mut self.quarantine,
            Some("reject") => &mut self.reject,
            _ => &mut self.unsaid,
        };
        *sum = sum.saturating_add(row.count);
    }

    fn merge(&mut self, other: Self) {
        self.none = self.none.saturating_add(other.none);
        self.quarantine = self.quarantine.saturating_add(other.quarantine);
        self.reject = self.reject.saturating_add(other.reject);
        self.unsaid = self.unsaid.saturating_add(other.unsaid);
    }
}
