//! The gates: what must hold before a step may be taken, each with its reason. All thresholds stand here, each with its why.

use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::plan::StepId;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::ladder;
use crate::plan::seen;
use crate::plan::seen::Sight;
use crate::plan::steps;

/// Days at one policy before the next: a month end is in every 30 days, and payrolls and invoices go out at month ends.
pub const DAYS_AT_POLICY: i64 = 30;
/// Distinct days of these on which a look saw the policy: one clock that is wrong on one day must not make the time pass.
pub const DAYS_LOOKED: u32 = 3;
/// Days of these with a report: receivers pause on days without mail, so not every day is asked for.
pub const DAYS_WITH_REPORTS: u32 = 21;
/// Receivers that must have reported: one alone sees only its own part of the mail.
pub const REPORTERS: u32 = 2;
/// Part of the identified own mail that must be aligned, in percent: forwarding breaks the rest.
pub const ALIGNED_PERCENT: u32 = 99;
/// Days in which no source without an explanation may show up.
pub const QUIET_DAYS: u32 = 14;

/// One condition of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    /// Stable, kebab-case.
    pub id: String,
    pub holds: bool,
    /// What holds, or what is missing; in plain words.
    pub reason: String,
}

/// What must hold before `step`. `live` is None where nobody looked in this session: then what was kept counts.
pub fn gates(step: StepId, facts: &Facts, live: Option<&Live>, now: Timestamp) -> Vec<Gate> {
    match step {
        StepId::Domain => Vec::new(),
        StepId::Senders | StepId::Mailbox => vec![domain_answers(facts)],
        StepId::Dkim | StepId::Spf => vec![senders_named(facts)],
        StepId::Monitor => mailbox(facts, live),
        StepId::Evidence => vec![monitor_live(facts, live)],
        StepId::Quarantine => {
            let mut gates = vec![
                step_done(StepId::Dkim, "dkim-done", facts, live),
                step_done(StepId::Spf, "spf-done", facts, live),
                senders_finished(facts, live),
                time_at_policy(facts, live, now),
            ];
            gates.extend(full_view(facts));
            gates.extend(evidence());
            gates
        }
        StepId::Reject => {
            let mut gates = vec![
                later(
                    "quarantine-live",
                    "The policy \"quarantine\" must be in force first.",
                ),
                later(
                    "quarantine-time",
                    &format!(
                        "At least {DAYS_AT_POLICY} days at \"quarantine\" with clean reports."
                    ),
                ),
                later(
                    "dkim-aligned",
                    "Every service that sends for you must sign with your domain (an aligned DKIM signature).",
                ),
                senders_finished(facts, live),
            ];
            gates.extend(full_view(facts));
            gates
        }
        StepId::Keep => vec![later(
            "policy-in-force",
            "The policy \"reject\" must be in force, or \"quarantine\" chosen as the end.",
        )],
    }
}

/// True where every gate before `step` holds.
pub fn open(step: StepId, facts: &Facts, live: Option<&Live>, now: Timestamp) -> bool {
    gates(step, facts, live, now).iter().all(|gate| gate.holds)
}

fn gate(id: &str, holds: bool, yes: &str, no: &str) -> Gate {
    Gate {
        id: id.to_owned(),
        holds,
        reason: if holds { yes } else { no }.to_owned(),
    }
}

fn later(id: &str, needs: &str) -> Gate {
    gate(id, false, needs, needs)
}

fn domain_answers(facts: &Facts) -> Gate {
    gate(
        "domain-answers",
        steps::domain::answers(facts),
        if is_of_resolvers(facts) {
            "The domain exists, as resolvers see it (resolver view only)."
        } else {
            "The domain exists and its name servers answer."
        },
        "The name servers of the domain must answer first.",
    )
}

fn is_of_resolvers(facts: &Facts) -> bool {
    facts
        .survey
        .as_ref()
        .is_some_and(|report| report.is_of_resolvers())
}

/// Stands only where the last look asked resolvers alone: what raises the policy rests on the name servers themselves.
fn full_view(facts: &Facts) -> Option<Gate> {
    is_of_resolvers(facts).then(|| {
        later(
            "full-view",
            "Your own name servers must be asked first. The last look asked resolvers only (DNS over HTTPS): look from another network.",
        )
    })
}

fn senders_named(facts: &Facts) -> Gate {
    gate(
        "senders-named",
        steps::senders::settled(facts),
        "Every service that sends for you is named.",
        "First say which services send mail as your domain.",
    )
}

/// Senders that are named where several are not finished; the rest is counted.
const NAMED: usize = 3;

fn senders_finished(facts: &Facts, live: Option<&Live>) -> Gate {
    let open = steps::dkim::open::open(facts, live);
    let mut named: Vec<String> = open
        .iter()
        .take(NAMED)
        .map(|open| format!("{} ({})", open.name, open.what))
        .collect();
    if open.len() > NAMED {
        named.push(format!("and {} more", open.len() - NAMED));
    }
    gate(
        "senders-finished",
        open.is_empty(),
        "Every service that sends for you is set up to the end.",
        &format!("Not finished there yet: {}.", named.join("; ")),
    )
}

fn mailbox(facts: &Facts, live: Option<&Live>) -> Vec<Gate> {
    let mut gates = vec![gate(
        "mailbox-chosen",
        facts.mailbox.address.is_some() && facts.mailbox.made,
        "The address for reports is chosen.",
        "First choose the address that receives the reports.",
    )];
    let proof = steps::mailbox::proof(facts);
    gates.push(Gate {
        id: "mailbox-takes-mail".to_owned(),
        holds: proof.takes_mail(),
        reason: proof.reason(),
    });
    if steps::mailbox::needs_authorization(facts).is_some() {
        let wanted = steps::mailbox::authorization(facts);
        gates.push(gate(
            "mailbox-authorized",
            wanted.as_ref().is_some_and(|wanted| seen::sight(facts, live, wanted).was_green()),
            "The other domain allows reports about yours.",
            if wanted.is_some() {
                "The other domain must first allow reports about yours (the _report._dmarc record)."
            } else {
                "The other domain cannot allow reports about yours: the name of that record would be too long. Choose another address."
            },
        ));
    }
    gates
}

fn monitor_live(facts: &Facts, live: Option<&Live>) -> Gate {
    step_done(StepId::Monitor, "monitor-live", facts, live)
}

fn step_done(step: StepId, id: &str, facts: &Facts, live: Option<&Live>) -> Gate {
    gate(
        id,
        ladder::was_done(step, facts, live),
        &format!("\"{}\" is done.", step.title()),
        &format!("\"{}\" must be done first.", step.title()),
    )
}

/// Since when the policy of this step is live, as far as looks can tell.
pub fn watching_since(facts: &Facts, live: Option<&Live>) -> Option<Timestamp> {
    let wanted = steps::monitor::wanted(facts)?;
    match seen::sight(facts, live, &wanted) {
        Sight::Green { since } | Sight::WasGreen { since, .. } => since,
        _ => None,
    }
}

/// The first moment at which the time at this policy is over.
pub fn time_is_over_at(facts: &Facts, live: Option<&Live>) -> Option<Timestamp> {
    let since = watching_since(facts, live)?;
    since
        .checked_add(jiff::SignedDuration::from_hours(24 * DAYS_AT_POLICY))
        .ok()
}

/// Days on which a look saw the policy of this step.
fn days_looked(facts: &Facts) -> u32 {
    steps::monitor::wanted(facts)
        .and_then(|wanted| facts.seen.get(&wanted.key))
        .map_or(0, |seen| seen.days)
}

fn time_at_policy(facts: &Facts, live: Option<&Live>, now: Timestamp) -> Gate {
    let needs = format!("At least {DAYS_AT_POLICY} days of watching (p=none)");
    let id = "time-at-policy".to_owned();
    if seen::clock_went_back(facts, now) {
        return Gate {
            id,
            holds: false,
            reason: format!(
                "{needs}. The clock of this computer went back, so the days cannot be counted: set the clock first."
            ),
        };
    }
    match (watching_since(facts, live), time_is_over_at(facts, live)) {
        (Some(since), Some(end)) => {
            let days = (now.as_second() - since.as_second()) / 86_400;
            let looked = days_looked(facts);
            let so_far = seen::count(days.max(0), "day");
            let reason = if now >= end && looked < DAYS_LOOKED {
                format!(
                    "{needs}: {so_far} by the clock of this computer, but it was seen on {} only. Look on {DAYS_LOOKED} days at least.",
                    seen::count(i64::from(looked), "day")
                )
            } else {
                format!("{needs}: {so_far} so far.")
            };
            Gate {
                id,
                holds: now >= end && looked >= DAYS_LOOKED,
                reason,
            }
        }
        _ => Gate {
            id,
            holds: false,
            reason: format!("{needs}: not begun."),
        },
    }
}

fn evidence() -> Vec<Gate> {
    let aside = "This version does not read reports yet.";
    vec![
        later(
            "reports-cover-time",
            &format!(
                "Reports on at least {DAYS_WITH_REPORTS} of these days, from at least {REPORTERS} receivers. {aside}"
            ),
        ),
        later(
            "senders-seen",
            &format!(
                "Every service that sends for you seen in the reports, or confirmed by you. {aside}"
            ),
        ),
        later(
            "mail-aligned",
            &format!(
                "At least {ALIGNED_PERCENT} % of your own mail carries your domain's SPF or DKIM. {aside}"
            ),
        ),
        later(
            "no-unknown-source",
            &format!("No unexplained source in the last {QUIET_DAYS} days. {aside}"),
        ),
    ]
}
