//! The rung `spf`: one record that names every sender, merged with what is there. Never a second record.
//!
//! [`merging`]: what becomes of the record. [`pages`]: what the pages say.

pub mod merging;
pub mod pages;
pub mod present;

use crate::plan::StepId;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::ladder;
use crate::plan::ladder::Standing;
use crate::plan::page::Answer;
use crate::plan::page::PageId;
use crate::plan::seen;
use crate::plan::service;
use crate::plan::steps::domain::plain;
use crate::plan::steps::senders;
use crate::plan::steps::spf::merging::MOST_LOOKUPS;
use crate::plan::steps::spf::merging::MOST_VOID;
use crate::plan::steps::spf::merging::Merging;
use crate::plan::steps::spf::merging::merging;
use crate::plan::steps::spf::pages::words;
use crate::plan::walk::Taken;
use crate::plan::wanted::DISAGREE;
use crate::plan::wanted::Wanted;
use crate::plan::wanted::clean;
use crate::plan::wanted::key;
use crate::plan::wanted::was_looked_for;
use crate::records::record::Content;
use crate::records::record::Record;
use crate::records::record::Ttl;
use crate::records::spf::Spf;
use std::collections::BTreeSet;

pub fn pages(_facts: &Facts) -> Vec<PageId> {
    vec![PageId::SpfPlan, PageId::SpfRecord]
}

pub fn standing(id: &PageId, facts: &Facts, live: Option<&Live>) -> Standing {
    match id {
        PageId::SpfPlan => {
            if facts.spf.confirmed {
                Standing::Settled
            } else {
                Standing::Needs
            }
        }
        _ => match wanted(facts) {
            Some(wanted) => ladder::record_standing(facts, live, &wanted),
            None => Standing::Needs,
        },
    }
}

/// The record, once the plan was looked at and nothing is wrong with it.
pub fn wanted(facts: &Facts) -> Option<Wanted> {
    facts.spf.confirmed.then(|| made(facts).ok()).flatten()
}

fn made(facts: &Facts) -> Result<Wanted, String> {
    let merging = merging(facts);
    if let Some(why) = closed(facts, &merging) {
        return Err(why);
    }
    let record = clean(record(facts, &merging))?;
    let there = present::texts(facts);
    let same = merging
        .existing
        .as_ref()
        .is_some_and(|spf| *spf == merging.merged.spf)
        && matches!(there[..], [text] if text.parse::<Spf>().is_ok());
    Ok(Wanted {
        step: StepId::Spf,
        sender: None,
        purpose: "lists who may send mail as the domain".to_owned(),
        key: key(&record),
        record,
        replaces: (!same && !there.is_empty()).then(|| {
            there
                .iter()
                .map(|text| plain(text))
                .collect::<Vec<_>>()
                .join(" and also ")
        }),
    })
}

fn record(facts: &Facts, merging: &Merging) -> Record {
    Record {
        owner: service::domain(facts),
        content: Content::Spf(merging.merged.spf.clone()),
        ttl: Ttl(3600),
    }
}

/// Why no record can be made yet.
fn closed(facts: &Facts, merging: &Merging) -> Option<String> {
    not_known(facts, merging).or_else(|| not_allowed(facts, merging))
}

/// Why nothing can be merged yet.
fn not_known(facts: &Facts, merging: &Merging) -> Option<String> {
    if !senders::settled(facts) {
        return Some("First say which services send mail for you.".to_owned());
    }
    if !is_known(facts) {
        return Some(
            "It could not be told what SPF record is there now, and it must not be overwritten blindly. Press r to look again.".to_owned(),
        );
    }
    let agreed = facts
        .survey
        .as_ref()
        .is_some_and(|report| report.spf.agreed);
    if !agreed && !was_looked_for(facts, &record(facts, merging)) {
        return Some(DISAGREE.to_owned());
    }
    if merging.incomplete {
        return Some(
            "Put the entries of your SPF records into one of them and delete the others. Then press r to look again.".to_owned(),
        );
    }
    None
}

/// Why receivers would take the merged record for broken. Ticks can mend it.
fn not_allowed(facts: &Facts, merging: &Merging) -> Option<String> {
    let total = merging::total(facts, &merging.merged);
    if total.lookups > MOST_LOOKUPS {
        return Some(format!(
            "The list costs {} look-ups; {MOST_LOOKUPS} are allowed. Untick entries that are no longer used.",
            words(total)
        ));
    }
    if let Some((term, fault)) = merging::faults(facts, &merging.merged) {
        return Some(format!(
            "{fault}, and that makes the whole list void. Untick {term}, or ask whoever told you to enter it."
        ));
    }
    let void = merging::void(facts, &merging.merged);
    (void > MOST_VOID).then(|| {
        format!(
            "{void} look-ups of the list find nothing; {MOST_VOID} are allowed. Untick entries that lead nowhere."
        )
    })
}

/// True where the look could tell what SPF record is there.
fn is_known(facts: &Facts) -> bool {
    facts
        .survey
        .as_ref()
        .is_some_and(|report| !matches!(report.spf.state.as_str(), "" | "unknown"))
}

pub fn reply(facts: &mut Facts, id: &PageId, answer: Answer, live: &Live) -> Result<Taken, String> {
    if *id == PageId::SpfRecord {
        return match made(facts) {
            Ok(_) if facts.spf.confirmed => Ok(Taken::default()),
            Ok(_) => Err("First look at the plan of the list: press Esc.".to_owned()),
            Err(why) => Err(why),
        };
    }
    let now = merging(facts);
    let dropped: BTreeSet<String> = match answer {
        Answer::Ticked(kept) => now
            .optional
            .iter()
            .filter(|term| !kept.contains(term))
            .cloned()
            .collect(),
        _ => now.dropped.clone(),
    };
    let before = (facts.spf.clone(), facts.senders.dropped_terms.clone());
    facts
        .senders
        .dropped_terms
        .retain(|term| dropped.contains(term));
    facts.spf.dropped = dropped;
    facts.spf.confirmed = true;
    if let Err(why) = made(facts) {
        (facts.spf, facts.senders.dropped_terms) = before;
        return Err(why);
    }
    if before.0 != facts.spf {
        let list: Vec<&str> = facts.spf.dropped.iter().map(String::as_str).collect();
        let what = if list.is_empty() {
            "SPF: every present entry is kept".to_owned()
        } else {
            format!("SPF entries dropped: {}", list.join(" "))
        };
        seen::note(facts, live.now, what);
    }
    Ok(Taken::default())
}
