//! What servers said, kept: sights of records, the full look, made keys, and the proof about the report mailbox.
//!
//! Trouble never erases a sight, and a clock that jumps unlocks nothing.

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::audit::report::Report;
use crate::plan::facts::Entry;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::facts::MadeKey;
use crate::plan::facts::Seen;
use crate::plan::steps;
use crate::plan::steps::dkim::rotation;
use crate::plan::there;
use crate::plan::wanted::Wanted;
use crate::plan::wanted::wanted;
use crate::records::name::DomainName;
use crate::records::record::Content;
use crate::records::sighting::Data;
use crate::records::sighting::Outcome;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::sighting::Sighting;
use crate::records::verdict::Judgement;
use crate::records::verdict::Verdict;
use crate::records::verdict::codes;

/// A step back of the clock up to this is a correction, not a jump.
const CORRECTION: SignedDuration = SignedDuration::from_mins(10);
/// A green older than this is not called green any more, but told with its age: the computer may have slept, or its network is gone.
const GREEN: SignedDuration = SignedDuration::from_mins(10);
/// Entries of the journal that are kept.
const JOURNAL: usize = 2_000;

/// What is known of a wanted record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Published, seen in this session.
    Green {
        since: Option<Timestamp>,
    },
    /// Published when last seen, which was in an earlier session or some time ago.
    WasGreen {
        at: Timestamp,
        since: Option<Timestamp>,
    },
    Spreading {
        until: Option<Timestamp>,
    },
    /// Looked for, and not as wanted: the word of the verdict.
    NotYet {
        word: String,
    },
    /// Nobody could tell.
    Unknown,
    /// Not looked for with this value.
    Never,
}

impl Sight {
    pub fn is_green(&self) -> bool {
        matches!(self, Self::Green { .. })
    }

    pub fn was_green(&self) -> bool {
        matches!(self, Self::Green { .. } | Self::WasGreen { .. })
    }

    /// Published with this value since then, as far as looks can tell.
    pub fn since(&self) -> Option<Timestamp> {
        match self {
            Self::Green { since } | Self::WasGreen { since, .. } => *since,
            _ => None,
        }
    }
}

/// What is known of `wanted`. Without `live`, only what was kept.
pub fn sight(facts: &Facts, live: Option<&Live>, wanted: &Wanted) -> Sight {
    let value = wanted.record.content.to_string();
    let kept = facts
        .seen
        .get(&wanted.key)
        .filter(|seen| seen.value == value);
    let judged = live.and_then(|live| live.judged.get(&wanted.key));
    let Some(kept) = kept else {
        return match judged {
            // Judged now, and nothing could be kept: only trouble does that.
            Some((judgement, _)) if matches!(judgement.verdict, Verdict::Unknown { .. }) => {
                Sight::Unknown
            }
            _ => Sight::Never,
        };
    };
    match judged {
        Some((judgement, at)) => match &judgement.verdict {
            Verdict::Published if live.is_some_and(|live| is_old(live.now, *at)) => {
                Sight::WasGreen {
                    at: *at,
                    since: kept.since,
                }
            }
            Verdict::Published => Sight::Green { since: kept.since },
            Verdict::Spreading { until } => Sight::Spreading { until: *until },
            Verdict::Unknown { .. } => from_kept(kept),
            verdict => Sight::NotYet {
                word: verdict.word().to_owned(),
            },
        },
        None => from_kept(kept),
    }
}

/// True where what was seen at `at` has to be told with its age.
pub fn is_old(now: Timestamp, at: Timestamp) -> bool {
    now.duration_since(at) > GREEN
}

fn from_kept(kept: &Seen) -> Sight {
    match kept.verdict.as_str() {
        "published" => Sight::WasGreen {
            at: kept.at,
            since: kept.since,
        },
        "spreading" => Sight::Spreading { until: None },
        "unknown" => Sight::Unknown,
        word => Sight::NotYet {
            word: word.to_owned(),
        },
    }
}

/// Keeps what a look at the record `key` gave.
pub fn looked(facts: &mut Facts, key: &str, judgement: &Judgement, at: Timestamp) {
    let at = note_clock(facts, at);
    rotation::in_use(facts, at);
    if matches!(judgement.verdict, Verdict::Unknown { .. }) {
        return;
    }
    let keys = rotation::records::in_dns(facts);
    let Some(wanted) = wanted(facts)
        .into_iter()
        .chain(keys)
        .find(|wanted| wanted.key == key)
    else {
        return;
    };
    note_key(facts, &wanted, judgement, at);
    let value = wanted.record.content.to_string();
    let before = facts.seen.get(key).filter(|seen| seen.value == value);
    let since = match &judgement.verdict {
        Verdict::Published => Some(before.and_then(|seen| seen.since).unwrap_or(at)),
        // Old copies in caches do not break what the own name servers still say.
        Verdict::Spreading { .. } => before.and_then(|seen| seen.since),
        _ => None,
    };
    let wait = before.and_then(|seen| seen.wait.clone());
    let days = before
        .filter(|_| since.is_some())
        .map_or(0, |seen| seen.days);
    let is_new_day = days == 0 || before.is_none_or(|seen| day(seen.at) != day(at));
    let counts = judgement.verdict == Verdict::Published && is_new_day;
    let days = days.saturating_add(u32::from(counts));
    let first_green = judgement.verdict == Verdict::Published
        && before.is_none_or(|seen| seen.verdict != "published");
    let broke = before.is_some_and(|seen| seen.verdict == "published")
        && !matches!(
            judgement.verdict,
            Verdict::Published | Verdict::Spreading { .. }
        );
    facts.seen.insert(
        key.to_owned(),
        Seen {
            verdict: judgement.verdict.word().to_owned(),
            value,
            at,
            since,
            days,
            wait,
        },
    );
    rotation::records::looked(facts, key, &judgement.verdict, at);
    if first_green {
        note(facts, at, format!("{key}: seen published"));
    }
    if broke {
        note(
            facts,
            at,
            format!("{key}: no longer published ({})", judgement.verdict.word()),
        );
    }
}

/// Keeps that a key stands where the alias of a sender leads: it is there when the service has switched signing on.
fn note_key(facts: &mut Facts, wanted: &Wanted, judgement: &Judgement, at: Timestamp) {
    let is_alias = matches!(wanted.record.content, Content::Cname(_))
        && wanted
            .record
            .owner
            .labels()
            .any(|label| label == "_domainkey");
    let answers = judgement.verdict == Verdict::Published
        && judgement
            .findings
            .iter()
            .all(|finding| finding.code != codes::TARGET_EMPTY);
    let Some(sender) = wanted.sender.as_ref().filter(|_| is_alias && answers) else {
        return;
    };
    let choice = facts.dkim.entry(sender.clone()).or_default();
    choice.key_seen.get_or_insert(at);
}

/// Keeps a full look. One that could tell less than the last does not replace it. True where it was kept.
pub fn surveyed(facts: &mut Facts, mut report: Report, at: Timestamp) -> bool {
    let at = note_clock(facts, at);
    rotation::in_use(facts, at);
    let sets = std::mem::take(&mut report.sets);
    let tells_nothing = report.zone.is_none() && report.verdict == "unknown";
    if tells_nothing && facts.survey.as_ref().is_some_and(|old| old.zone.is_some()) {
        return false;
    }
    there::surveyed(facts, sets, at);
    facts.survey = Some(report);
    true
}

/// Keeps the public half of a key pair; its private half is on disk by now.
pub fn key_made(facts: &mut Facts, sender: &str, key: MadeKey) {
    let at = note_clock(facts, key.made_at);
    let choice = facts.dkim.entry(sender.to_owned()).or_default();
    choice.later = false;
    if choice.keys.iter().any(|made| made.selector == key.selector) {
        return;
    }
    let what = format!(
        "made a key ({}) with the selector {}",
        key.algorithm, key.selector
    );
    let selector = key.selector.clone();
    choice.keys.push(key);
    note(facts, at, what);
    rotation::key_made(facts, sender, &selector);
}

/// The question whose answer proves that the domain of the report address takes mail, where the full look does not show it.
pub fn mailbox_question(facts: &Facts) -> Option<Question> {
    let domain = steps::mailbox::address_domain(facts)?;
    let own: Option<DomainName> = facts.domain.parse().ok();
    (Some(&domain) != own.as_ref()).then(|| Question::new(domain, RecordType::Mx))
}

/// Keeps what servers said to [`mailbox_question`]. Trouble never erases a proof.
pub fn mailbox_looked(facts: &mut Facts, sightings: &[Sighting], at: Timestamp) {
    note_clock(facts, at);
    let Some(question) = mailbox_question(facts) else {
        return;
    };
    let mut proof = None;
    for sighting in sightings.iter().filter(|s| s.question == question) {
        match &sighting.answer.outcome {
            Outcome::Records { data, .. } => {
                let null = data
                    .iter()
                    .any(|data| matches!(data, Data::Mx { exchange, .. } if exchange.is_root()));
                let any = data.iter().any(|data| matches!(data, Data::Mx { .. }));
                if null {
                    proof = Some("null-mx");
                } else if any {
                    proof = proof.or(Some("takes-mail"));
                }
            }
            // Only the domain's own servers can say that there is none.
            Outcome::NoData { .. } | Outcome::NoName { .. }
                if sighting.server.is_authoritative() =>
            {
                proof = proof.or(Some("no-mail"));
            }
            _ => {}
        }
    }
    match proof {
        Some(proof) => facts.mailbox.proof = Some(proof.to_owned()),
        None if facts.mailbox.proof.is_none() => {
            facts.mailbox.proof = Some("unknown".to_owned());
        }
        None => {}
    }
}

/// Writes a decision into the journal.
pub fn note(facts: &mut Facts, at: Timestamp, what: String) {
    if facts.journal.len() >= JOURNAL {
        facts.journal.remove(0);
    }
    facts.journal.push(Entry { at, what });
}

/// Notes the latest clock and gives the time to count from: never earlier than what was seen before.
pub fn note_clock(facts: &mut Facts, at: Timestamp) -> Timestamp {
    let latest = facts.latest_clock.map_or(at, |latest| latest.max(at));
    facts.latest_clock = Some(latest);
    latest
}

/// True where the clock stands clearly before a time that was seen already.
pub fn clock_went_back(facts: &Facts, now: Timestamp) -> bool {
    facts
        .latest_clock
        .is_some_and(|latest| latest.duration_since(now) > CORRECTION)
}

/// `1 day`, `3 days`.
pub fn count(number: i64, thing: &str) -> String {
    if number == 1 {
        format!("1 {thing}")
    } else {
        format!("{number} {thing}s")
    }
}

/// How long ago, in words: `3 weeks ago`.
pub fn ago(now: Timestamp, then: Timestamp) -> String {
    let seconds = now.as_second() - then.as_second();
    match seconds {
        ..60 => "a moment ago".to_owned(),
        60..3_600 => format!("{} ago", count(seconds / 60, "minute")),
        3_600..86_400 => format!("{} ago", count(seconds / 3_600, "hour")),
        86_400..1_209_600 => format!("{} ago", count(seconds / 86_400, "day")),
        1_209_600..5_184_000 => format!("{} ago", count(seconds / 604_800, "week")),
        _ => format!("{} ago", count(seconds / 2_592_000, "month")),
    }
}

/// A day, such as `23 December 2026`, in UTC.
pub fn day(time: Timestamp) -> String {
    time.to_zoned(jiff::tz::TimeZone::UTC)
        .strftime("%-d %B %Y")
        .to_string()
}
