//! Who sends as the domain: the messages of reports, counted by source.

use std::collections::HashMap;
use std::collections::HashSet;
use std::hash::BuildHasher;
use std::hash::BuildHasherDefault;
use std::hash::DefaultHasher;

use crate::evidence::aggregate::Source;
use crate::evidence::bounds;
use crate::evidence::draft::Done;
use crate::evidence::draft::Draft;
use crate::evidence::source;
use crate::evidence::source::Sender;

/// Addresses of a sender that are kept to be shown.
const EXAMPLES: usize = 3;

/// Messages counted, all of them and by sender.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub records: u64,
    pub messages: u64,
    pub aligned: u64,
    /// Messages of records that do not say whether they passed.
    pub unevaluated: u64,
    /// Places in `counts`.
    senders: HashMap<Sender, usize>,
    counts: Vec<Count>,
}

/// The messages of one sender.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub addresses: Addresses,
    pub messages: u64,
    pub dkim_aligned: u64,
    pub spf_aligned: u64,
    pub aligned: u64,
    pub dispositions: Dispositions,
}

/// How many addresses there are, and a few of them. A report may hold more than a million, so that only a number of each is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    seen: HashSet<u64>,
    pub examples: Vec<Source>,
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
    pub fn add(&mut self, row: &Draft, namer: &mut source::Namer) {
        self.records += 1;
        self.messages = self.messages.saturating_add(row.count);
        if row.dkim.is_none() && row.spf.is_none() {
            self.unevaluated = self.unevaluated.saturating_add(row.count);
        }
        let sender = namer.name(row);
        let count = self.count(sender);
        count.addresses.add(&row.source);
        count.messages = count.messages.saturating_add(row.count);
        let add = |sum: &mut u64, holds: bool| {
            if holds {
                *sum = sum.saturating_add(row.count);
            }
        };
        add(&mut count.dkim_aligned, row.dkim == Some(true));
        add(&mut count.spf_aligned, row.spf == Some(true));
        add(&mut count.aligned, row.is_aligned());
        count.dispositions.add(row);
        add(&mut self.aligned, row.is_aligned());
    }

    /// Where messages of a sender are counted.
    fn count(&mut self, sender: &Sender) -> &mut Count {
        let index = match self.senders.get(sender) {
            Some(index) => *index,
            None if self.counts.len() < bounds::SENDERS => self.begin(sender.clone()),
            None => match self.senders.get(&Sender::others()) {
                Some(index) => *index,
                None => self.begin(Sender::others()),
            },
        };
        &mut self.counts[index]
    }

    fn begin(&mut self, sender: Sender) -> usize {
        self.counts.push(Count::default());
        self.senders.insert(sender, self.counts.len() - 1);
        self.counts.len() - 1
    }

    /// Adds what another report counted.
    pub fn merge(&mut self, other: Self) {
        if self.records == 0 {
            *self = other;
            return;
        }
        self.records += other.records;
        self.messages = self.messages.saturating_add(other.messages);
        self.aligned = self.aligned.saturating_add(other.aligned);
        self.unevaluated = self.unevaluated.saturating_add(other.unevaluated);
        // In the order of their first message, so that a bound meets the same senders in every run.
        let mut senders: Vec<_> = other.senders.into_iter().collect();
        senders.sort_unstable_by_key(|(_, index)| *index);
        for ((sender, _), theirs) in senders.into_iter().zip(other.counts) {
            let ours = self.count(&sender);
            ours.addresses.merge(theirs.addresses);
            ours.messages = ours.messages.saturating_add(theirs.messages);
            ours.dkim_aligned = ours.dkim_aligned.saturating_add(theirs.dkim_aligned);
            ours.spf_aligned = ours.spf_aligned.saturating_add(theirs.spf_aligned);
            ours.aligned = ours.aligned.saturating_add(theirs.aligned);
            ours.dispositions.merge(theirs.dispositions);
        }
    }

    /// The senders, the one with the most messages first.
    pub fn by_weight(&self) -> Vec<(&Sender, &Count)> {
        let counts = self.senders.iter();
        let mut list: Vec<_> = counts
            .map(|(sender, &index)| (sender, &self.counts[index]))
            .collect();
        list.sort_by(|(a, one), (b, two)| two.messages.cmp(&one.messages).then(a.cmp(b)));
        list
    }
}

impl Addresses {
    pub fn len(&self) -> usize {
        self.seen.len()
    }

    pub fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    fn add(&mut self, source: &Source) {
        // The same number in every thread and run.
        let number = BuildHasherDefault::<DefaultHasher>::default().hash_one(source);
        if self.seen.insert(number) && self.examples.len() < EXAMPLES {
            self.examples.push(source.clone());
        }
    }

    fn merge(&mut self, mut other: Self) {
        if self.seen.is_empty() {
            *self = other;
            return;
        }
        if self.seen.len() < other.seen.len() {
            std::mem::swap(&mut self.seen, &mut other.seen);
        }
        self.seen.extend(other.seen);
        for source in other.examples {
            if self.examples.len() < EXAMPLES && !self.examples.contains(&source) {
                self.examples.push(source);
            }
        }
    }
}

impl Dispositions {
    fn add(&mut self, row: &Draft) {
        let sum = match row.done {
            Done::None => &mut self.none,
            Done::Quarantine => &mut self.quarantine,
            Done::Reject => &mut self.reject,
            Done::Unsaid => &mut self.unsaid,
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
