//! The rung `monitor`: one DMARC record with `p=none` and the report address, merged with what is there. Nothing is weakened.

pub mod present;

use std::collections::BTreeSet;

use crate::plan::StepId;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::gate;
use crate::plan::gate::Gate;
use crate::plan::ladder;
use crate::plan::ladder::Standing;
use crate::plan::page::Answer;
use crate::plan::page::Block;
use crate::plan::page::Check;
use crate::plan::page::Choice;
use crate::plan::page::Form;
use crate::plan::page::Mark;
use crate::plan::page::Next;
use crate::plan::page::Page;
use crate::plan::page::PageId;
use crate::plan::panel;
use crate::plan::seen;
use crate::plan::service;
use crate::plan::steps::domain::plain;
use crate::plan::steps::monitor::present::Present;
use crate::plan::steps::monitor::present::Void;
use crate::plan::steps::monitor::present::inherited;
use crate::plan::steps::monitor::present::present;
use crate::plan::walk::Taken;
use crate::plan::wanted::DISAGREE;
use crate::plan::wanted::Wanted;
use crate::plan::wanted::clean;
use crate::plan::wanted::key;
use crate::plan::wanted::was_looked_for;
use crate::records::dmarc::Dmarc;
use crate::records::dmarc::Policy;
use crate::records::dmarc::ReportUri;
use crate::records::dmarc::merge::merge;
use crate::records::record::Content;
use crate::records::record::Record;
use crate::records::record::Ttl;

const WHY: &str = "This record says \"watch only\" (p=none): receivers treat your mail exactly as before, and send you reports. Large \
                   receivers want such a record from everybody who sends them mail, and some bounce mail without it.";

pub fn pages(facts: &Facts) -> Vec<PageId> {
    let mut pages = Vec::new();
    if !others(facts).is_empty() {
        pages.push(PageId::MonitorAddresses);
    }
    pages.push(PageId::MonitorRecord);
    pages
}

pub fn standing(id: &PageId, facts: &Facts, live: Option<&Live>) -> Standing {
    match id {
        PageId::MonitorAddresses if facts.monitor.confirmed => Standing::Settled,
        PageId::MonitorAddresses => Standing::Needs,
        _ => match wanted(facts) {
            Some(wanted) => ladder::record_standing(facts, live, &wanted),
            None => Standing::Needs,
        },
    }
}

/// Report addresses of the present record that are not ours, as written.
fn others(facts: &Facts) -> Vec<String> {
    let ours = facts
        .mailbox
        .address
        .as_ref()
        .map(|address| ReportUri::to(address));
    present(facts).dmarc().map_or(Vec::new(), |dmarc| {
        dmarc
            .aggregate
            .iter()
            .filter(|uri| ours.as_ref().is_none_or(|ours| !uri.same_mailbox(ours)))
            .map(|uri| uri.0.clone())
            .collect()
    })
}

/// The record, once the address for reports is chosen.
pub fn wanted(facts: &Facts) -> Option<Wanted> {
    made(facts).ok()
}

fn made(facts: &Facts) -> Result<Wanted, String> {
    let address = facts
        .mailbox
        .address
        .as_ref()
        .ok_or_else(|| "First choose the address that receives the reports.".to_owned())?;
    let report = facts
        .survey
        .as_ref()
        .filter(|report| !matches!(report.dmarc.state.as_str(), "" | "unknown"))
        .ok_or_else(|| {
            "It could not be told what DMARC record is there now, and it must not be overwritten blindly. Press r to look again."
                .to_owned()
        })?;
    let (dmarc, same) = joined(facts, &ReportUri::to(address));
    if let Some((tag, policy)) = present::weakened(facts, &dmarc) {
        return Err(format!(
            "A stricter policy ({tag}={policy}) is in force, and this step must not weaken it. Leave that record as it is, and only put \
             mailto:{} into its part rua=.",
            plain(address)
        ));
    }
    let record = clean(Record {
        owner: service::domain(facts)
            .prefixed("_dmarc")
            .map_err(|error| format!("The name of the record is not valid: {error}."))?,
        content: Content::Dmarc(dmarc),
        ttl: Ttl(3600),
    })?;
    if !report.dmarc.agreed && !was_looked_for(facts, &record) {
        return Err(DISAGREE.to_owned());
    }
    Ok(Wanted {
        step: StepId::Monitor,
        sender: None,
        purpose: "asks receivers for reports".to_owned(),
        key: key(&record),
        record,
        replaces: present::own_text(facts).filter(|_| !same).map(plain),
    })
}

/// What is there with reports to `ours`, and whether that is what is there already.
fn joined(facts: &Facts, ours: &ReportUri) -> (Dmarc, bool) {
    let join = |there: &Dmarc| merge(there, ours, &facts.monitor.dropped);
    match present(facts) {
        Present::InForce { dmarc, tidy } => {
            let merged = keep_share(&dmarc, join(&dmarc));
            let same = tidy && merged == dmarc;
            (merged, same)
        }
        // A parent's stricter policy is in force then: a record of its own must not undo it.
        Present::Void { kept, .. } => (under_parent(facts, join(&kept)), false),
        Present::Nothing => (
            under_parent(facts, Dmarc::monitoring(std::slice::from_ref(ours))),
            false,
        ),
    }
}

/// The record `made`, which names no policy, with the one of a parent domain that applies here.
fn under_parent(facts: &Facts, made: Dmarc) -> Dmarc {
    match inherited(facts) {
        Some(parent) => Dmarc {
            aggregate: made.aggregate,
            failure: made.failure,
            failure_options: made.failure_options,
            ..parent
        },
        None => made,
    }
}

/// Keeps a `pct` below 100 that stands beside a stricter policy: this step must not change how mail is treated.
fn keep_share(there: &Dmarc, mut merged: Dmarc) -> Dmarc {
    let is_strict = [
        merged.policy_asked(),
        merged.subdomain_policy_asked(),
        merged.nonexistent_policy_asked(),
    ]
    .iter()
    .any(|policy| *policy != Policy::None);
    if let Some(share) = present::share(there).filter(|_| is_strict)
        && !merged.others.contains(share)
    {
        merged.others.push(share.clone());
    }
    merged
}

pub fn page(id: &PageId, facts: &Facts, live: &Live) -> Page {
    match id {
        PageId::MonitorAddresses => addresses(facts),
        _ => record(facts, live),
    }
}

fn addresses(facts: &Facts) -> Page {
    let others = others(facts);
    let ours = facts.mailbox.address.clone().unwrap_or_default();
    let mut blocks = vec![Block::Text(format!(
        "Your present DMARC record sends reports to others. They stay, and {ours} comes beside them. Untick those that you no longer want."
    ))];
    if others.len() >= 2 {
        blocks.push(Block::Note(
            "Receivers must serve only the first two addresses.".to_owned(),
        ));
    }
    Page {
        id: PageId::MonitorAddresses,
        step: StepId::Monitor,
        title: "Who else gets reports?".to_owned(),
        blocks,
        form: Form::Tick {
            ticked: others
                .iter()
                .filter(|uri| !facts.monitor.dropped.contains(*uri))
                .cloned()
                .collect(),
            options: others
                .into_iter()
                .map(|uri| Choice {
                    label: plain(&uri),
                    detail: authorized(facts, &uri),
                    id: uri,
                })
                .collect(),
        },
        why: "A service that you pay for may live from these reports; ask before you take its address out.".to_owned(),
        next: Next::Go("Keep the ticked ones".to_owned()),
    }
}

fn authorized(facts: &Facts, uri: &str) -> String {
    let found = facts
        .survey
        .iter()
        .flat_map(|report| &report.dmarc.rua)
        .find(|rua| rua.uri == uri);
    match found.map(|rua| rua.authorized.as_str()) {
        Some("no") => "that domain does not allow it, so it gets none".to_owned(),
        _ => String::new(),
    }
}

fn record(facts: &Facts, live: &Live) -> Page {
    let wanted = made(facts);
    let asked = match &wanted {
        Ok(wanted) => policy(wanted),
        Err(_) => None,
    };
    let title = match asked {
        Some(policy) if policy > Policy::None => {
            format!("Add the report address (your policy stays p={policy})")
        }
        _ => "Publish the policy: watch".to_owned(),
    };
    let gates = gate::gates(StepId::Monitor, facts, Some(live), live.now);
    let shut = gates.iter().any(|gate| !gate.holds);
    let wrong = match (&wanted, shut) {
        (Ok(wanted), false) => {
            return panel::record_page(
                PageId::MonitorRecord,
                wanted,
                title,
                intro(facts, wanted),
                WHY.to_owned(),
                facts,
                live,
            );
        }
        (Err(why), _) if facts.mailbox.address.is_some() => why.clone(),
        _ => "The report mailbox comes first.".to_owned(),
    };
    Page {
        id: PageId::MonitorRecord,
        step: StepId::Monitor,
        title,
        blocks: if shut || facts.mailbox.address.is_none() {
            mailbox_first(&wrong, gates)
        } else {
            // The address is in order: what holds the record back has nothing to do with it.
            vec![Block::Text(wrong.clone())]
        },
        form: Form::Nothing,
        why: WHY.to_owned(),
        next: Next::Closed(wrong),
    }
}

/// What the mailbox still needs before the record that names it.
fn mailbox_first(wrong: &str, gates: Vec<Gate>) -> Vec<Block> {
    vec![
        Block::Text(
            "This record tells receivers where to send reports, so the address must be in order before it is published.".to_owned(),
        ),
        Block::Text(wrong.to_owned()),
        Block::Checks(
            gates
                .into_iter()
                .map(|gate| Check {
                    mark: if gate.holds { Mark::Done } else { Mark::Wrong },
                    label: gate.reason,
                    detail: String::new(),
                })
                .collect(),
        ),
        Block::Note("Press g for the list of steps and go to \"Report mailbox\".".to_owned()),
    ]
}

/// The policy that a DMARC record asks for.
fn policy(wanted: &Wanted) -> Option<Policy> {
    match &wanted.record.content {
        Content::Dmarc(dmarc) => dmarc.policy,
        _ => None,
    }
}

fn intro(facts: &Facts, wanted: &Wanted) -> Vec<Block> {
    let there = present(facts);
    let stricter = match &there {
        Present::InForce { dmarc, .. } => dmarc.policy,
        Present::Void { .. } | Present::Nothing => {
            inherited(facts).and_then(|parent| parent.policy)
        }
    };
    let first = match stricter {
        Some(policy @ (Policy::Quarantine | Policy::Reject)) => format!(
            "Your policy is stricter already (p={policy}), and that stays: it is not weakened here. Only the report address is added. If \
             your own mail is lost under it, say so to whoever set it, and go back to p=none by hand until the reports are clean."
        ),
        _ if wanted.replaces.is_none() && there != Present::Nothing => {
            "Your record is right as it is. Nothing has to be changed; it is looked at again."
                .to_owned()
        }
        _ => {
            "The last record of today. It changes nothing for your mail; it only asks for reports."
                .to_owned()
        }
    };
    let of_present = match there {
        Present::InForce { tidy: false, .. } => Some(
            "The record that is there has mistakes, which receivers step over in different ways. This one is without them.",
        ),
        Present::Void {
            why: Void::Several, ..
        } => None,
        Present::Void {
            why: Void::AsNone, ..
        } => Some(
            "The record that is there names no policy that can be read, so it counts as p=none. This one says so, and nothing more.",
        ),
        Present::Void {
            why: Void::Unreadable,
            ..
        } => Some(
            "The record that is there cannot be read by receivers, so it has no effect. This one takes its place.",
        ),
        Present::InForce { .. } | Present::Nothing => None,
    };
    let mut texts = vec![first];
    texts.extend(of_present.map(str::to_owned));
    if facts
        .survey
        .as_ref()
        .is_some_and(|report| report.dmarc.state == "conflict")
    {
        texts.push(
            "More than one DMARC record is there, and receivers ignore them all, also the policies in them. Change one of them to this \
             and delete the others."
                .to_owned(),
        );
    }
    texts.into_iter().map(Block::Text).collect()
}

pub fn reply(facts: &mut Facts, id: &PageId, answer: Answer, live: &Live) -> Result<Taken, String> {
    if *id == PageId::MonitorAddresses {
        let others = others(facts);
        if let Answer::Ticked(kept) = answer {
            let dropped: BTreeSet<String> = others
                .into_iter()
                .filter(|uri| !kept.contains(uri))
                .collect();
            if dropped != facts.monitor.dropped {
                let list: Vec<String> = dropped.iter().map(|uri| plain(uri)).collect();
                seen::note(
                    facts,
                    live.now,
                    format!("report addresses dropped: {}", list.join(" ")),
                );
                facts.monitor.dropped = dropped;
            }
        }
        facts.monitor.confirmed = true;
        return Ok(Taken::default());
    }
    let shut = gate::gates(StepId::Monitor, facts, Some(live), live.now)
        .into_iter()
        .find(|gate| !gate.holds);
    if let Some(gate) = shut {
        return Err(gate.reason);
    }
    made(facts)?;
    facts.monitor.confirmed = true;
    Ok(Taken::default())
}
