//! The wanted record against what was seen: one verdict of a closed set, and the mistake named.
//!
//! Trouble of a network or a server gives only `Unknown` or `Spreading`, never `Missing`, never `Published`.

pub mod codes;
mod compare;
pub mod found;
pub mod habits;
mod look;
mod mistake;
mod places;
pub mod recursive;
mod remarks;
mod sides;
pub mod state;
mod types;
mod view;
mod words;

use jiff::Timestamp;

use crate::records::finding::Finding;
use crate::records::name::DomainName;
use crate::records::record::Content;
use crate::records::record::Record;
use crate::records::serials;
use crate::records::serials::Serials;
use crate::records::sighting::Answer;
use crate::records::sighting::Data;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::sighting::Server;
use crate::records::sighting::Sighting;
use crate::records::untrusted::Shown;
use crate::records::verdict::habits::Habit;
use crate::records::verdict::look::Look;
use crate::records::verdict::view::View;
use crate::records::verdict::view::view;

/// What is true of a record out in the world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Published,
    /// On its way: some servers have it, others not yet. `until`: when the last old copy dies, where known.
    Spreading {
        until: Option<Timestamp>,
    },
    Missing,
    /// A record of the kind is there and says something else.
    Differs {
        field: String,
        wanted: Shown,
        found: Shown,
    },
    /// The record is at another name.
    Misplaced {
        at: DomainName,
    },
    /// Something else at the name makes the record void: a second record, an alias, a wildcard.
    Conflict {
        with: Vec<Shown>,
    },
    /// What is there breaks the grammar.
    Invalid,
    /// Nobody could be asked, or the answers prove nothing.
    Unknown {
        why: String,
    },
}

/// A verdict with what it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    pub verdict: Verdict,
    pub authoritative: Tally,
    pub resolvers: Tally,
    /// Named mistakes first; a `Published` may carry warnings (one silent server).
    pub findings: Vec<Finding>,
}

/// How many servers of one side have the record as wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Tally {
    pub agree: usize,
    pub answered: usize,
    pub asked: usize,
}

impl Verdict {
    /// The word of the public contract.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Spreading { .. } => "spreading",
            Self::Missing => "missing",
            Self::Differs { .. } => "differs",
            Self::Misplaced { .. } => "misplaced",
            Self::Conflict { .. } => "conflict",
            Self::Invalid => "invalid",
            Self::Unknown { .. } => "unknown",
        }
    }
}

/// The question that shows the record itself: its own type; TXT for a DKIM alias, so that the key at the end is seen too.
pub fn question(record: &Record) -> Question {
    let is_key_alias = matches!(record.content, Content::Cname(_))
        && record
            .owner
            .labels()
            .skip(1)
            .any(|label| label == "_domainkey");
    let record_type = if is_key_alias {
        RecordType::Txt
    } else {
        record.content.record_type()
    };
    Question::new(record.owner.clone(), record_type)
}

/// The question that shows an alias beside a record that is there: only servers of the zone that break the rules have both.
pub fn beside(record: &Record) -> Option<Question> {
    let is_text = question(record).record_type == RecordType::Txt
        && !matches!(record.content, Content::Cname(_));
    is_text.then(|| Question::new(record.owner.clone(), RecordType::Cname))
}

/// Names and types where people put the record by mistake, and the version of the zone: asked only where the record itself is not seen.
pub fn probes(record: &Record, zone: &DomainName) -> Vec<Question> {
    let mut questions: Vec<Question> = places::other_types(record);
    questions.extend(places::wildcard(record, zone));
    questions.extend(
        places::places(record, zone)
            .into_iter()
            .map(|place| place.question),
    );
    if record.owner.is_within(zone) {
        questions.push(Question::new(zone.clone(), RecordType::Soa));
    }
    let mut once: Vec<Question> = Vec::new();
    for question in questions {
        if !once.contains(&question) {
            once.push(question);
        }
    }
    once
}

/// The question about a name beside the record that nobody has a record at: what answers there is a wildcard.
pub fn nobody(record: &Record, zone: &DomainName) -> Option<Question> {
    places::wildcard(record, zone)
}

/// The question that shows which version of the zone a name server holds.
pub fn version_question(zone: &DomainName) -> Question {
    Question::new(zone.clone(), RecordType::Soa)
}

/// The versions of the zone, where name servers were asked for them.
fn versions(zone: &DomainName, sightings: &[Sighting]) -> Option<Serials> {
    let asked = version_question(zone);
    let held = sides::newest(sightings)
        .into_iter()
        .filter(|sighting| sighting.question == asked)
        .filter_map(|sighting| match &sighting.server {
            Server::Authoritative { name, .. } => Some((name.clone(), serial(&sighting.answer)?)),
            Server::Resolver { .. } => None,
        })
        .collect();
    serials::serials(held)
}

fn serial(answer: &Answer) -> Option<u32> {
    answer.data().iter().find_map(|data| match data {
        Data::Soa(soa) => Some(soa.serial),
        _ => None,
    })
}

/// Judges what servers said about `record` in `zone`. `sightings`: the newest of each server and question, of the record's own question
/// and of [`super::probes`]. `now` turns remaining TTLs into clock times.
pub fn judge(
    record: &Record,
    zone: &DomainName,
    sightings: &[Sighting],
    now: Timestamp,
) -> Judgement {
    judge_knowing(record, zone, sightings, now, &[])
}

/// As [`judge`], knowing what DNS hosts do by themselves.
pub fn judge_knowing(
    record: &Record,
    zone: &DomainName,
    sightings: &[Sighting],
    now: Timestamp,
    habits: &[Habit],
) -> Judgement {
    let all = sides::newest(sightings);
    let asked = question(record);
    let views: Vec<View<'_>> = all
        .iter()
        .filter(|sighting| sighting.question == asked)
        .map(|sighting| view(record, sighting))
        .collect();
    let servers = sides::name_servers(&views);
    let resolvers = sides::resolvers(&views);
    let mut look = Look {
        record,
        zone,
        all,
        habits,
        findings: Vec::new(),
    };
    let verdict = look.verdict(&servers, &resolvers, now);
    let mut findings = look.findings;
    let versions = versions(zone, sightings);
    findings.extend(sides::about_servers(
        &record.owner,
        &servers,
        &resolvers,
        versions.as_ref(),
    ));
    Judgement {
        verdict,
        authoritative: sides::tally_servers(&servers),
        resolvers: sides::tally_resolvers(&resolvers),
        findings,
    }
}
