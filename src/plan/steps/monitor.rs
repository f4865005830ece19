//! The rung `monitor`: one DMARC record with `p=none` and the report address, merged with what is there. Nothing is weakened.

use std::collections::BTreeSet;

use crate::plan::StepId;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::gate;
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
use crate::plan::walk::Taken;
use crate::plan::wanted::Wanted;
use crate::plan::wanted::clean;
use crate::plan::wanted::key;
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

/// The record at the domain itself that can be read. One of a parent domain is not this domain's own.
fn present(facts: &Facts) -> Option<Dmarc> {
    own_text(facts)?.parse().ok()
}

/// The text of the record at `_dmarc` of the domain itself.
fn own_text(facts: &Facts) -> Option<&String> {
    let dmarc = &facts.survey.as_ref()?.dmarc;
    // Where no DMARC record is there, the text is another one, such as a wildcard's.
    if dmarc.state == "missing" {
        return None;
    }
    let own = format!("_dmarc.{}", facts.domain);
    dmarc
        .found_at
        .as_ref()
        .is_none_or(|at| at.trim_end_matches('.').eq_ignore_ascii_case(&own))
        .then_some(dmarc.record.as_ref())
        .flatten()
}

/// Report addresses of the present record that are not ours, as written.
fn others(facts: &Facts) -> Vec<String> {
    let ours = facts
        .mailbox
        .address
        .as_ref()
        .map(|address| ReportUri::to(address));
    present(facts).map_or(Vec::new(), |dmarc| {
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
    let ours = ReportUri::to(address);
    let (dmarc, same) = match present(facts) {
        Some(there) => {
            let merged = keep_share(&there, merge(&there, &ours, &facts.monitor.dropped));
            let same = merged == there;
            (merged, same)
        }
        None => {
            let mut dmarc = Dmarc::monitoring(&[ours]);
            // A parent's stricter policy is in force here: a record of its own must not undo it.
            dmarc.policy = Some(inherited(facts).unwrap_or(Policy::None));
            (dmarc, false)
        }
    };
    let record = clean(Record {
        owner: service::domain(facts)
            .prefixed("_dmarc")
            .map_err(|error| format!("The name of the record is not valid: {error}."))?,
        content: Content::Dmarc(dmarc),
        ttl: Ttl(3600),
    })?;
    let _ = report;
    Ok(Wanted {
        step: StepId::Monitor,
        sender: None,
        purpose: "asks receivers for reports".to_owned(),
        key: key(&record),
        record,
        replaces: own_text(facts).filter(|_| !same).map(|text| plain(text)),
    })
}

/// The stricter policy of a parent domain that applies here.
fn inherited(facts: &Facts) -> Option<Policy> {
    let dmarc = &facts.survey.as_ref()?.dmarc;
    if own_text(facts).is_some() || dmarc.state != "published" {
        return None;
    }
    match dmarc.policy.as_deref() {
        Some("quarantine") => Some(Policy::Quarantine),
        Some("reject") => Some(Policy::Reject),
        _ => None,
    }
}

/// Keeps a `pct` below 100 that stands beside a stricter policy: without it older receivers would apply the policy to all mail,
/// and this step must not change how mail is treated.
fn keep_share(there: &Dmarc, mut merged: Dmarc) -> Dmarc {
    let share = there
        .others
        .iter()
        .find(|(name, value)| name.eq_ignore_ascii_case("pct") && value.trim() != "100");
    if let Some(share) = share.filter(|_| merged.policy_asked() != Policy::None)
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
    let title = "Publish the policy: watch".to_owned();
    let gates = gate::gates(StepId::Monitor, facts, Some(live), live.now);
    let shut = gates.iter().any(|gate| !gate.holds);
    let wanted = made(facts);
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
        blocks: vec![
            Block::Text(
                "This record tells receivers where to send reports, so the address must be in order before it is published.".to_owned(),
            ),
            Block::Text(wrong.clone()),
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
        ],
        form: Form::Nothing,
        why: WHY.to_owned(),
        next: Next::Closed(wrong),
    }
}

fn intro(facts: &Facts, wanted: &Wanted) -> Vec<Block> {
    let mut blocks = Vec::new();
    let stricter = present(facts)
        .map(|dmarc| dmarc.policy_asked())
        .or_else(|| inherited(facts));
    blocks.push(Block::Text(match stricter {
        Some(policy @ (Policy::Quarantine | Policy::Reject)) => format!(
            "Your policy is stricter already (p={policy}), and that stays: it is not weakened here. Only the report address is added. If \
             your own mail is lost under it, say so to whoever set it, and go back to p=none by hand until the reports are clean."
        ),
        _ if wanted.replaces.is_none() && present(facts).is_some() => {
            "Your record is right as it is. Nothing has to be changed; it is looked at again.".to_owned()
        }
        _ => "The last record of today. It changes nothing for your mail; it only asks for reports.".to_owned(),
    }));
    if own_text(facts).is_some() && present(facts).is_none() {
        blocks.push(Block::Text(
            "The record that is there cannot be read by receivers, so it has no effect. This one takes its place.".to_owned(),
        ));
    }
    if facts
        .survey
        .as_ref()
        .is_some_and(|report| report.dmarc.state == "conflict")
    {
        blocks.push(Block::Text(
            "More than one DMARC record is there, and receivers ignore them all. Change one of them to this and delete the others."
                .to_owned(),
        ));
    }
    blocks
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
