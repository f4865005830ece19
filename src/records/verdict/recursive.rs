//! The verdict where resolvers alone were asked (DNS over HTTPS): they stand in for the name servers, and two have to answer.

use jiff::Timestamp;

use crate::records::finding::Finding;
use crate::records::finding::Severity;
use crate::records::name::DomainName;
use crate::records::record::Record;
use crate::records::sighting::Answer;
use crate::records::sighting::Outcome;
use crate::records::sighting::Server;
use crate::records::sighting::Sighting;
use crate::records::sighting::Trouble;
use crate::records::verdict::Judgement;
use crate::records::verdict::Tally;
use crate::records::verdict::Verdict;
use crate::records::verdict::codes;
use crate::records::verdict::judge;
use crate::records::verdict::question;
use crate::records::verdict::sides;
use crate::records::verdict::view::View;
use crate::records::verdict::view::view;

/// Resolvers that have to answer, where as many were asked.
const ENOUGH: usize = 2;

impl Judgement {
    /// True where the name servers themselves were not asked.
    pub fn is_of_resolvers(&self) -> bool {
        self.authoritative.asked == 0 && self.resolvers.asked > 0
    }
}

/// Judges what resolvers alone said about `record` in `zone`: `published` where all that answer have it as wanted and two do, or the
/// one that there is. Sightings of name servers are left aside.
pub fn judge_by_resolvers(
    record: &Record,
    zone: &DomainName,
    sightings: &[Sighting],
    now: Timestamp,
) -> Judgement {
    let heard: Vec<Sighting> = sides::newest(sightings)
        .into_iter()
        .filter(|sighting| !sighting.server.is_authoritative())
        .map(|sighting| without_weak_no(sighting.clone()))
        .collect();
    let asked = question(record);
    let views: Vec<View<'_>> = heard
        .iter()
        .filter(|sighting| sighting.question == asked)
        .map(|sighting| view(record, sighting))
        .collect();
    let resolvers = sides::resolvers(&views);
    let tally = sides::tally_resolvers(&resolvers);
    let mut findings: Vec<Finding> = sides::about_servers(&record.owner, &[], &resolvers, None);
    if tally.answered < tally.asked.clamp(1, ENOUGH) {
        return Judgement {
            verdict: Verdict::Unknown {
                why: too_few(&resolvers, tally),
            },
            authoritative: Tally::default(),
            resolvers: tally,
            findings,
        };
    }
    let stand_ins = stand_ins(&heard);
    let all: Vec<Sighting> = stand_ins.iter().chain(&heard).cloned().collect();
    let judged = judge(record, zone, &all, now);
    let verdict = match judged.verdict {
        Verdict::Spreading { until: None } => Verdict::Spreading {
            until: sides::last_old_copy(&resolvers, now),
        },
        verdict => verdict,
    };
    // What is said of name servers would be said of resolvers here, which have a finding of their own.
    let of_servers = [
        codes::NS_SILENT,
        codes::NS_DISAGREE,
        codes::RESOLVER_TROUBLE,
    ];
    findings.splice(
        0..0,
        judged
            .findings
            .into_iter()
            .filter(|finding| !of_servers.contains(&finding.code)),
    );
    findings.push(resolver_view(record, &verdict));
    Judgement {
        verdict,
        authoritative: Tally::default(),
        resolvers: tally,
        findings,
    }
}

fn resolver_view(record: &Record, verdict: &Verdict) -> Finding {
    let memory = match verdict {
        Verdict::Published => "",
        _ => {
            " A resolver that did not find a record remembers that for a while, so that a new one is seen late."
        }
    };
    Finding {
        code: codes::RESOLVER_VIEW,
        severity: Severity::Note,
        subject: sides::subject(&record.content, &record.owner),
        name: record.owner.clone(),
        message: format!(
            "Your own name servers were not asked, resolvers were (resolver view only).{memory}"
        ),
        remedy: String::new(),
    }
}

/// An empty answer that does not show where it comes from proves nothing.
fn without_weak_no(mut sighting: Sighting) -> Sighting {
    if sighting.answer.is_weak_no() {
        sighting.answer = Answer {
            chain: sighting.answer.chain,
            outcome: Outcome::Trouble(Trouble::Malformed),
        };
    }
    sighting
}

/// The same sightings as if each resolver were a name server of the zone.
fn stand_ins(heard: &[Sighting]) -> Vec<Sighting> {
    let mut addresses = Vec::new();
    heard
        .iter()
        .filter_map(|sighting| {
            let address = sighting.server.address();
            let number = match addresses.iter().position(|known| *known == address) {
                Some(number) => number,
                None => {
                    addresses.push(address);
                    addresses.len() - 1
                }
            };
            let name = format!("resolver{number}.invalid").parse().ok()?;
            Some(Sighting {
                server: Server::Authoritative { name, address },
                ..sighting.clone()
            })
        })
        .collect()
}

fn too_few(resolvers: &[&View<'_>], tally: Tally) -> String {
    if resolvers.is_empty() {
        return "Nobody has been asked yet.".to_owned();
    }
    let reasons: Vec<String> = resolvers
        .iter()
        .filter_map(|view| {
            let trouble = view.own_trouble()?;
            Some(format!("{} {trouble}", view.server))
        })
        .collect();
    let reasons = reasons.join("; ");
    match tally.answered {
        0 => format!("No resolver answered: {reasons}."),
        one => format!(
            "Only {one} of {} resolvers answered, which is not enough to go by: {reasons}.",
            tally.asked
        ),
    }
}
