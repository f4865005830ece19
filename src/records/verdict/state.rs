//! The state of a record that was found rather than wanted: what `nobounce check` says of it.

use jiff::Timestamp;

use crate::records::dkim;
use crate::records::dmarc;
use crate::records::dmarc::judge::Effect;
use crate::records::finding::Code;
use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::finding::Subject;
use crate::records::name::DomainName;
use crate::records::record::Content;
use crate::records::record::Record;
use crate::records::record::Ttl;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::sighting::Sighting;
use crate::records::spf;
use crate::records::untrusted::Untrusted;
use crate::records::verdict::Judgement;
use crate::records::verdict::Verdict;
use crate::records::verdict::codes;
use crate::records::verdict::judge;
use crate::records::verdict::look::nobody_answered;
use crate::records::verdict::sides;
use crate::records::verdict::view::Saw;
use crate::records::verdict::view::View;
use crate::records::verdict::view::view;

/// The kinds of record that a domain is looked at for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Spf,
    Dkim,
    Dmarc,
}

/// What TXT strings hold of a kind.
enum Found {
    One(Content),
    Broken(Vec<Finding>),
    Several(Vec<Untrusted>),
    Absent,
}

/// Judges the record of `kind` at `owner` by the TXT answers in `sightings`: never `differs` and never `misplaced`, since nothing is wanted.
///
/// An alias counts as the record where a key or a policy stands at its end.
pub fn state(owner: &DomainName, kind: Kind, sightings: &[Sighting], now: Timestamp) -> Judgement {
    let asked = Question::new(owner.clone(), RecordType::Txt);
    let ours: Vec<Sighting> = sides::newest(sightings)
        .into_iter()
        .filter(|sighting| sighting.question == asked)
        .cloned()
        .collect();
    let alias = ours
        .iter()
        .filter(|sighting| sighting.server.is_authoritative())
        .find_map(|sighting| sighting.answer.chain.first());
    let content = match alias {
        Some(target) => Content::Cname(target.clone()),
        None => ours
            .iter()
            .filter(|sighting| sighting.server.is_authoritative())
            .find_map(|sighting| match found(owner, kind, sighting) {
                Found::One(content) => Some(content),
                _ => None,
            })
            .unwrap_or(Content::Text(String::new())),
    };
    let record = Record {
        owner: owner.clone(),
        content,
        ttl: Ttl(0),
    };
    match &record.content {
        Content::Cname(target) => behind(&record, target, kind, &ours, now),
        Content::Text(_) => without_value(&record, kind, &ours),
        _ => direct(&record, kind, &ours, now),
    }
}

/// A record at the owner itself: wanted is what the first name server has.
fn direct(record: &Record, kind: Kind, sightings: &[Sighting], now: Timestamp) -> Judgement {
    let mut judgement = judge(record, &record.owner, sightings, now);
    // Where servers differ, one that has two records, or a broken one, matters more than that they differ.
    if matches!(judgement.verdict, Verdict::Spreading { .. })
        && let Some(worse) = worst(&record.owner, kind, sightings)
    {
        judgement.verdict = worse.0;
        judgement.findings.splice(0..0, worse.1);
    }
    judgement
}

/// No name server has one readable record.
fn without_value(record: &Record, kind: Kind, sightings: &[Sighting]) -> Judgement {
    let views: Vec<View<'_>> = sightings.iter().map(|s| view(record, s)).collect();
    let servers = sides::name_servers(&views);
    let resolvers = sides::resolvers(&views);
    let (verdict, mut findings) = match nobody_answered(&servers, &resolvers) {
        Some(why) => (Verdict::Unknown { why }, Vec::new()),
        None => worst(&record.owner, kind, sightings).unwrap_or((Verdict::Missing, Vec::new())),
    };
    // Views are compared with nothing here, so "with" and "without" would mean nothing.
    findings.extend(
        sides::about_servers(&record.owner, &servers, &resolvers, None)
            .into_iter()
            .filter(|finding| finding.code != codes::NS_DISAGREE),
    );
    let mut authoritative = sides::tally_servers(&servers);
    let mut others = sides::tally_resolvers(&resolvers);
    authoritative.agree = 0;
    others.agree = 0;
    Judgement {
        verdict,
        authoritative,
        resolvers: others,
        findings,
    }
}

/// An alias at the owner: the name servers vouch for the alias, whoever followed it for what stands at its end.
fn behind(
    record: &Record,
    target: &DomainName,
    kind: Kind,
    sightings: &[Sighting],
    now: Timestamp,
) -> Judgement {
    let mut judgement = judge_alias(record, sightings, now);
    let at_end: Vec<Found> = sightings
        .iter()
        .filter(|sighting| sighting.answer.chain.first() == Some(target))
        .filter(|sighting| sighting.answer.trouble().is_none())
        .map(|sighting| found(&record.owner, kind, sighting))
        .collect();
    judgement
        .findings
        .retain(|finding| finding.code != codes::TARGET_EMPTY);
    // A resolver may still hold an older answer; what anybody found there counts first.
    let has_value = at_end.iter().any(|found| matches!(found, Found::One(_)));
    if matches!(
        judgement.verdict,
        Verdict::Published | Verdict::Spreading { .. }
    ) && !has_value
    {
        let worst = at_end.into_iter().max_by_key(|found| match found {
            Found::Several(_) => 2,
            Found::Broken(_) => 1,
            Found::Absent | Found::One(_) => 0,
        });
        judgement.verdict = match worst {
            Some(Found::Several(texts)) => {
                judgement
                    .findings
                    .insert(0, two(&record.owner, kind, texts.len()));
                Verdict::Conflict {
                    with: texts.iter().map(|text| text.shown_up_to(300)).collect(),
                }
            }
            Some(Found::Broken(findings)) => {
                judgement.findings.splice(0..0, findings);
                Verdict::Invalid
            }
            Some(_) => {
                judgement
                    .findings
                    .insert(0, empty(&record.owner, kind, target));
                Verdict::Missing
            }
            None => Verdict::Unknown {
                why: format!(
                    "An alias leads to {target}, and nobody could look what stands there."
                ),
            },
        };
    }
    judgement
}

/// As [`judge`], for an alias of any kind of record.
fn judge_alias(record: &Record, sightings: &[Sighting], now: Timestamp) -> Judgement {
    let views: Vec<View<'_>> = sightings.iter().map(|s| view(record, s)).collect();
    let servers = sides::name_servers(&views);
    let resolvers = sides::resolvers(&views);
    let answering = servers.iter().filter(|server| server.answered()).count();
    let agreeing = servers.iter().filter(|server| server.agrees()).count();
    let verdict = match nobody_answered(&servers, &resolvers) {
        Some(why) => Verdict::Unknown { why },
        None if agreeing < answering => Verdict::Spreading { until: None },
        None if resolvers.iter().any(|view| view.agrees()) => Verdict::Published,
        None if resolvers
            .iter()
            .any(|view| matches!(view.saw, Saw::Trouble(_)) && view.target.is_some()) =>
        {
            Verdict::Unknown {
                why: "The alias is right, and what it leads to cannot be looked up.".to_owned(),
            }
        }
        None => Verdict::Spreading {
            until: sides::last_old_copy(&resolvers, now),
        },
    };
    Judgement {
        verdict,
        authoritative: sides::tally_servers(&servers),
        resolvers: sides::tally_resolvers(&resolvers),
        findings: sides::about_servers(&record.owner, &servers, &resolvers, None),
    }
}

/// Two records, or a broken one, at any name server.
fn worst(
    owner: &DomainName,
    kind: Kind,
    sightings: &[Sighting],
) -> Option<(Verdict, Vec<Finding>)> {
    let mut broken = None;
    for sighting in sightings.iter().filter(|s| s.server.is_authoritative()) {
        match found(owner, kind, sighting) {
            Found::Several(texts) => {
                let with = texts.iter().map(|text| text.shown_up_to(300)).collect();
                return Some((
                    Verdict::Conflict { with },
                    vec![two(owner, kind, texts.len())],
                ));
            }
            Found::Broken(findings) => {
                broken.get_or_insert((Verdict::Invalid, findings));
            }
            Found::One(_) | Found::Absent => {}
        }
    }
    broken
}

fn found(owner: &DomainName, kind: Kind, sighting: &Sighting) -> Found {
    let texts: Vec<Untrusted> = sighting.answer.texts().cloned().collect();
    match kind {
        Kind::Spf => match spf::judge::select(owner, &texts) {
            spf::judge::Selected::Absent => Found::Absent,
            spf::judge::Selected::One(spf) => Found::One(Content::Spf(spf)),
            spf::judge::Selected::Broken { findings, .. } => Found::Broken(findings),
            spf::judge::Selected::Several(texts) => Found::Several(texts),
        },
        Kind::Dkim => match dkim::judge::select(owner, &texts) {
            dkim::judge::Selected::Absent => Found::Absent,
            dkim::judge::Selected::One(key) => Found::One(Content::Dkim(key)),
            dkim::judge::Selected::Broken { findings, .. } => Found::Broken(findings),
            dkim::judge::Selected::Several(texts) => Found::Several(texts),
        },
        Kind::Dmarc => match dmarc::judge::select(owner, &texts) {
            dmarc::judge::Selected::Absent { .. } => Found::Absent,
            dmarc::judge::Selected::One(reading) if reading.effect == Effect::AsWritten => {
                Found::One(Content::Dmarc(reading.dmarc))
            }
            dmarc::judge::Selected::One(reading) => Found::Broken(reading.findings),
            dmarc::judge::Selected::Broken { findings, .. } => Found::Broken(findings),
            dmarc::judge::Selected::Several(texts) => Found::Several(texts),
        },
    }
}

fn two(owner: &DomainName, kind: Kind, count: usize) -> Finding {
    let (code, what) = match kind {
        Kind::Spf => (spf::codes::TWO_RECORDS, "SPF records"),
        Kind::Dkim => (dkim::codes::SEVERAL_RECORDS, "TXT records"),
        Kind::Dmarc => (dmarc::codes::TWO_RECORDS, "DMARC records"),
    };
    finding(
        kind,
        owner,
        code,
        Severity::Error,
        format!("There are {count} {what} at {owner}. Mail servers then use none of them."),
        "Keep one, and delete the others.",
    )
}

fn empty(owner: &DomainName, kind: Kind, target: &DomainName) -> Finding {
    match kind {
        Kind::Dkim => finding(
            kind,
            owner,
            codes::TARGET_EMPTY,
            Severity::Warning,
            format!("The alias leads to {target}, and no key stands there."),
            "Switch DKIM on in the console of the service; it publishes the key then.",
        ),
        Kind::Spf | Kind::Dmarc => finding(
            kind,
            owner,
            codes::CNAME_BESIDE_TXT,
            Severity::Error,
            format!(
                "An alias (CNAME) leads from {owner} to {target}, and no such record stands there."
            ),
            "Delete the alias, or let whoever runs the target publish the record there.",
        ),
    }
}

/// A finding about the record of a kind at `owner`.
pub(super) fn finding(
    kind: Kind,
    owner: &DomainName,
    code: Code,
    severity: Severity,
    message: String,
    remedy: &str,
) -> Finding {
    Finding {
        code,
        severity,
        subject: match kind {
            Kind::Spf => Subject::Spf,
            Kind::Dkim => Subject::Dkim,
            Kind::Dmarc => Subject::Dmarc,
        },
        name: owner.clone(),
        message,
        remedy: remedy.to_owned(),
    }
}
