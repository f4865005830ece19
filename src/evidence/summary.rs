//! All reports together: what was read, what was counted once only, what was refused, and who sends.

use std::collections::BTreeMap;
use std::collections::HashSet;
use std::hash::BuildHasher;
use std::hash::RandomState;

use crate::evidence::aggregate::Format;
use crate::evidence::aggregate::Report;
use crate::evidence::aggregate::Row;
use crate::evidence::refusal::Refusal;
use crate::evidence::tally::Tally;
use crate::evidence::unpack::Contents;
use crate::evidence::unpack::Found;
use crate::records::name::DomainName;
use crate::records::untrusted::Untrusted;

/// Letters of a name in a report that are shown.
const SHOWN: usize = 120;

/// Refusals that are kept with their reasons; the rest is counted.
const REFUSALS: usize = 10_000;

/// The reports of one run.
#[derive(Debug, Default)]
pub struct Summary {
    /// Reports about other domains than this one and those below it are put aside.
    pub domain: Option<DomainName>,
    /// Inputs looked at: files, and each mail of an mbox.
    pub read: u64,
    pub reports: u64,
    pub duplicates: u64,
    /// Reports about other domains.
    pub aside: u64,
    pub rejected: Vec<Rejected>,
    /// Refusals beyond those in `rejected`.
    pub more_rejected: u64,
    /// Seconds since 1970, UTC.
    pub begin: Option<i64>,
    pub end: Option<i64>,
    pub reporters: BTreeMap<(String, Format), u64>,
    /// Messages by the domain that the reports are about.
    pub domains: BTreeMap<String, u64>,
    pub tally: Tally,
    /// Reports that were read although something is odd about them.
    pub odd: u64,
    /// Named files and folders that could not be read at all.
    pub unreadable: u64,
    seen: HashSet<Key>,
    hashers: (RandomState, RandomState),
}

/// An input, or a part of it, that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    pub path: String,
    pub reason: String,
}

/// A record of a report that counts, with what a reader needs of the report.
#[derive(Debug)]
pub struct Line<'a> {
    pub report: &'a Report,
    pub row: &'a Row,
}

/// What makes a report the same as another one, as a number that no two of them share.
type Key = (u64, u64);

impl Summary {
    pub fn new(domain: Option<DomainName>) -> Self {
        Self {
            domain,
            ..Self::default()
        }
    }

    /// Adds what one input held; `place` names the input. `on_line` gets the records that count, where records were kept.
    pub fn add(&mut self, place: &str, contents: Contents, mut on_line: impl FnMut(Line<'_>)) {
        self.read += 1;
        for (member, refusal) in contents.refused {
            self.refuse(place, member.as_ref(), &refusal);
        }
        for found in contents.reports {
            self.count(found, &mut on_line);
        }
    }

    fn refuse(&mut self, place: &str, member: Option<&Untrusted>, refusal: &Refusal) {
        self.unreadable += u64::from(matches!(refusal, Refusal::Reading(_)));
        if self.rejected.len() >= REFUSALS {
            self.more_rejected += 1;
            return;
        }
        let path = match member {
            Some(member) => format!("{place} ({})", member.readable_up_to(SHOWN)),
            None => place.to_owned(),
        };
        self.rejected.push(Rejected {
            path,
            reason: refusal.to_string(),
        });
    }

    fn count(&mut self, found: Found, on_line: &mut impl FnMut(Line<'_>)) {
        let Found {
            report,
            tally,
            rows,
        } = found;
        if !self.is_wanted(&report) {
            self.aside += 1;
            return;
        }
        let key = self.key(&report, &tally);
        if !self.seen.insert(key) {
            self.duplicates += 1;
            return;
        }
        self.reports += 1;
        self.odd += u64::from(!report.remarks.is_empty());
        self.begin = earlier(self.begin, report.begin);
        self.end = self.end.max(report.end);
        let org = report.org.readable_up_to(SHOWN).to_string();
        *self.reporters.entry((org, report.format)).or_default() += 1;
        let domain = lower(&report.policy.domain)
            .readable_up_to(SHOWN)
            .to_string();
        let messages = self.domains.entry(domain).or_default();
        *messages = messages.saturating_add(tally.messages);
        for row in &rows {
            on_line(Line {
                report: &report,
                row,
            });
        }
        self.tally.merge(tally);
    }

    /// The reporter, the id of the report, and what it is about; its counts where it has no id.
    fn key(&self, report: &Report, tally: &Tally) -> Key {
        let counts = report.report_id.as_bytes().is_empty().then_some((
            tally.records,
            tally.messages,
            tally.aligned,
        ));
        let all = (
            lower(&report.org),
            &report.report_id,
            lower(&report.policy.domain),
            (report.begin, report.end),
            counts,
        );
        (self.hashers.0.hash_one(&all), self.hashers.1.hash_one(&all))
    }

    fn is_wanted(&self, report: &Report) -> bool {
        let Some(wanted) = &self.domain else {
            return true;
        };
        let about: Option<DomainName> = report
            .policy
            .domain
            .as_ascii()
            .and_then(|text| text.parse().ok());
        about.is_some_and(|about| about.is_within(wanted))
    }
}

fn earlier(one: Option<i64>, other: Option<i64>) -> Option<i64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

fn lower(text: &Untrusted) -> Untrusted {
    Untrusted::new(text.as_bytes().to_ascii_lowercase())
}
