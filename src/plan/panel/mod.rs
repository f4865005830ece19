//! The page of a record to publish, in the words of the panel that it is typed into.

pub mod card;
pub mod guide;
pub mod host;

pub use crate::plan::panel::card::card;
pub use crate::plan::panel::host::host;

use crate::catalog::dns_host::DnsHost;
use crate::catalog::dns_host::ValueQuotes;
use crate::catalog::dns_host::limits;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::page::Block;
use crate::plan::page::Card;
use crate::plan::page::Form;
use crate::plan::page::Next;
use crate::plan::page::Page;
use crate::plan::page::PageId;
use crate::plan::page::Watch;
use crate::plan::seen;
use crate::plan::seen::Sight;
use crate::plan::service;
use crate::plan::steps::domain::plain;
use crate::plan::waiting;
use crate::plan::wanted::Wanted;
use crate::records::name::DomainName;
use crate::records::record::Record;
use crate::records::sighting::RecordType;
use crate::records::verdict::Verdict;

/// Long values are shortened in sentences.
const SHORT: usize = 60;

/// The zone that holds the domain; the domain itself where it is not known.
pub fn zone(facts: &Facts) -> DomainName {
    facts
        .survey
        .as_ref()
        .and_then(|report| report.zone.as_ref())
        .and_then(|zone| zone.parse().ok())
        .unwrap_or_else(|| service::domain(facts))
}

/// The page of a record to publish: what to do in the panel, and what was seen of it.
pub fn record_page(
    id: PageId,
    wanted: &Wanted,
    title: String,
    intro: Vec<Block>,
    why: String,
    facts: &Facts,
    live: &Live,
) -> Page {
    let card = card(wanted, facts, live);
    let mut blocks = mistake(&card.watch);
    blocks.extend(intro);
    if let Some(sight) = looking_again(wanted, facts, live) {
        blocks.push(Block::Note(sight));
    }
    blocks.extend(waiting::told_at_once(facts, wanted, &card.watch).map(Block::Finding));
    blocks.extend(waiting::offer(facts, live, wanted));
    blocks.extend(cautions(wanted, &card, facts));
    Page {
        id,
        step: wanted.step,
        title,
        blocks,
        next: next(&card.watch),
        form: Form::Record(Box::new(card)),
        why,
    }
}

fn next(watch: &Watch) -> Next {
    let verdict = match watch {
        Watch::NotYet => None,
        Watch::Asking { last } => last.as_ref().map(|judgement| &judgement.verdict),
        Watch::Seen { judgement, .. } => Some(&judgement.verdict),
    };
    Next::Go(
        match verdict {
            Some(Verdict::Published) => "Go on",
            Some(Verdict::Spreading { .. }) => "Go on while it spreads; it stays watched",
            _ => "Go on, and look again later",
        }
        .to_owned(),
    )
}

/// The mistake that was named comes first.
fn mistake(watch: &Watch) -> Vec<Block> {
    let judgement = match watch {
        Watch::NotYet => return Vec::new(),
        Watch::Asking { last } => last.as_ref(),
        Watch::Seen { judgement, .. } => Some(judgement),
    };
    let Some(judgement) = judgement else {
        return Vec::new();
    };
    judgement
        .findings
        .first()
        .map(|finding| Block::Finding(finding.clone()))
        .into_iter()
        .collect()
}

/// A record that was green before is not green until it is seen again.
fn looking_again(wanted: &Wanted, facts: &Facts, live: &Live) -> Option<String> {
    match seen::sight(facts, Some(live), wanted) {
        Sight::WasGreen { at, .. } => Some(format!(
            "Seen published {}, looking again.",
            seen::ago(live.now, at)
        )),
        _ => None,
    }
}

/// What goes wrong with such records in this panel.
fn cautions(wanted: &Wanted, card: &Card, facts: &Facts) -> Vec<Block> {
    let mut blocks = Vec::new();
    let outside = is_outside(wanted, facts);
    let elsewhere = facts.survey.iter().flat_map(|report| &report.elsewhere);
    for place in elsewhere {
        let kept: Result<DomainName, _> = place.name.parse();
        if kept.is_ok_and(|kept| wanted.record.owner.is_within(&kept)) {
            blocks.push(Block::Text(format!(
                "{} is kept at {}, not in your own zone. Make the record there, or have that entry taken out first.",
                plain(&place.name),
                plain(&place.to)
            )));
        }
    }
    if let Some(replaces) = &card.replaces {
        blocks.push(Block::Text(format!(
            "There is a record at this name already. Change that one; do not add a second. It says now: {}",
            shorten(replaces)
        )));
    }
    if let Some(host) = host(facts).filter(|_| !outside) {
        blocks.extend(of_panel(host, &wanted.record, &zone(facts)));
    }
    blocks
}

/// What this panel makes of such a record, and the ways out where it does not take it.
fn of_panel(host: &DnsHost, record: &Record, zone: &DomainName) -> Vec<Block> {
    let mut blocks = Vec::new();
    let note = |text: String| Block::Note(text);
    let is_text = record.content.record_type() == RecordType::Txt;
    if host.cname_proxy == Some(true) && record.content.record_type() == RecordType::Cname {
        blocks.push(note(format!(
            "At {} switch the proxy off for this entry ({}). Behind the proxy nobody finds the key.",
            host.name,
            host.proxy_off.as_deref().unwrap_or("\"DNS only\"")
        )));
    }
    if is_text && host.value_quotes == Some(ValueQuotes::Required) {
        blocks.push(note(format!(
            "{} wants the value between double quotes (\").",
            host.name
        )));
    }
    blocks.extend(guide::by_itself(host, record, zone).into_iter().map(note));
    let fit = limits::fit(host, &record.owner, zone, &record.content);
    for (what, long) in [("value", fit.value), ("name", fit.name)] {
        if let Some(long) = long {
            blocks.push(Block::Text(format!(
                "{} takes {} characters in the {what}, and this one has {}. What works there:",
                host.name, long.limit, long.length
            )));
        }
    }
    let ways = fit
        .ways
        .iter()
        .map(|way| way.words(&host.name, &record.owner));
    if fit.is_too_long() {
        blocks.push(Block::Steps(ways.collect()));
    } else {
        blocks.extend(ways.map(note));
    }
    blocks
}

/// True where the record lies in a zone that is not the domain's own.
pub fn is_outside(wanted: &Wanted, facts: &Facts) -> bool {
    !wanted.record.owner.is_within(&zone(facts))
}

/// The likeliest zone of a name elsewhere: its registrable domain.
pub fn other_zone(owner: &DomainName) -> DomainName {
    owner.registrable().unwrap_or_else(|| owner.clone())
}

pub fn shorten(text: &str) -> String {
    if text.chars().count() <= SHORT {
        text.to_owned()
    } else {
        let head: String = text.chars().take(SHORT).collect();
        format!("{head}...")
    }
}
