//! A record as the panel of the DNS host wants it: name, labels, place; and the page that shows it.

use crate::catalog;
use crate::catalog::dns_host::DnsHost;
use crate::catalog::dns_host::TxtSplit;
use crate::catalog::dns_host::ValueQuotes;
use crate::catalog::mending::Spot;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::mending::in_panel_words;
use crate::plan::page::Block;
use crate::plan::page::Card;
use crate::plan::page::Field;
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
use crate::records::record::Content;
use crate::records::sighting::RecordType;
use crate::records::verdict::Verdict;

/// Long values are shortened in sentences.
const SHORT: usize = 60;

/// The DNS host that was recognized.
pub fn host(facts: &Facts) -> Option<&'static DnsHost> {
    catalog::dns_host(&facts.survey.as_ref()?.dns_host.as_ref()?.id)
}

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
    let is_txt = wanted.record.content.record_type() == RecordType::Txt;
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
    let host = host(facts).filter(|_| !outside);
    if let Some(replaces) = &card.replaces {
        blocks.push(Block::Text(format!(
            "There is a record at this name already. Change that one; do not add a second. It says now: {}",
            shorten(replaces)
        )));
    }
    if let Some(host) = host {
        if host.cname_proxy == Some(true)
            && wanted.record.content.record_type() == RecordType::Cname
        {
            blocks.push(Block::Note(format!(
                "At {} switch the proxy off for this entry (\"DNS only\", the grey cloud). Behind the proxy nobody finds the key.",
                host.name
            )));
        }
        if is_txt && host.value_quotes == Some(ValueQuotes::Required) {
            blocks.push(Block::Note(format!(
                "{} wants the value between double quotes (\").",
                host.name
            )));
        }
        if is_txt && host.takes_txt(card.value.len()) == Some(false) {
            blocks.push(Block::Note(format!(
                "{} takes at most {} characters in one entry, and this value has {}. Ask its support, or choose a shorter key.",
                host.name,
                host.txt_max_len.unwrap_or_default(),
                card.value.len()
            )));
        }
        if let Some(note) = host.txt_note.as_ref().filter(|_| {
            card.value.len() > 255 && host.txt_split == Some(TxtSplit::Manual) && is_txt
        }) {
            blocks.push(Block::Note(note.clone()));
        }
    }
    blocks
}

/// True where the record lies in a zone that is not the domain's own.
fn is_outside(wanted: &Wanted, facts: &Facts) -> bool {
    !wanted.record.owner.is_within(&zone(facts))
}

pub fn card(wanted: &Wanted, facts: &Facts, live: &Live) -> Card {
    let record = &wanted.record;
    let outside = is_outside(wanted, facts);
    let zone = if outside {
        other_zone(&record.owner)
    } else {
        zone(facts)
    };
    let host = host(facts).filter(|_| !outside);
    let relative = match record.owner.relative_to(&zone) {
        Some("") => "@".to_owned(),
        Some(relative) => relative.to_owned(),
        None => record.owner.to_string(),
    };
    let name = host
        .and_then(|host| host.name_in_panel(&record.owner, &zone))
        .unwrap_or(relative);
    let value = match (&record.content, host) {
        (Content::Cname(target), Some(host)) => host
            .target_in_panel(target)
            .unwrap_or_else(|| target.to_string()),
        // Panels have a field of its own for the priority.
        (Content::Mx { exchange, .. }, host) => host
            .and_then(|host| host.target_in_panel(exchange))
            .unwrap_or_else(|| exchange.to_string()),
        (content, _) => content.to_string(),
    };
    let is_cname = record.content.record_type() == RecordType::Cname;
    let field = |label: &str, value: String| Field {
        label: label.to_owned(),
        value,
    };
    let mut fields = vec![
        field("Type", record.content.record_type().to_string()),
        field(
            host.and_then(|host| host.name_label.as_deref())
                .unwrap_or("Name"),
            if name.is_empty() {
                "(leave blank)".to_owned()
            } else {
                name.clone()
            },
        ),
        field(
            match host {
                Some(host) if is_cname => host.target_label.as_deref().unwrap_or("Points to"),
                Some(host) => host.value_label.as_deref().unwrap_or("Value"),
                None if is_cname => "Points to",
                None => "Value",
            },
            value.clone(),
        ),
        field(
            "TTL",
            match host {
                Some(host) if host.id.as_str() == "cloudflare" => "Auto".to_owned(),
                Some(host) => match host.ttl_default {
                    Some(seconds) => format!("{seconds}, or what the panel offers"),
                    None => format!("{}, or what the panel offers", record.ttl.0),
                },
                None => format!("{}, or what the panel offers", record.ttl.0),
            },
        ),
    ];
    if let Content::Mx { preference, .. } = &record.content {
        fields.insert(3, field("Priority", preference.to_string()));
    }
    if host.is_some_and(|host| host.cname_proxy == Some(true)) {
        fields.push(field(
            "Proxy",
            if is_cname {
                "off (\"DNS only\")".to_owned()
            } else {
                format!("does not apply to {}", record.content.record_type())
            },
        ));
    }
    let asking = live.asking.contains(&wanted.key);
    let judged = live
        .judged
        .get(&wanted.key)
        .filter(|(judgement, _)| is_about(judgement, wanted, facts))
        .map(|(judgement, at)| {
            let spot = Spot {
                host,
                zone: &zone,
                owner: &record.owner,
                shown: true,
            };
            let mut judgement = in_panel_words(judgement.clone(), &spot);
            judgement
                .findings
                .extend(waiting::findings(facts, live, wanted, host));
            (judgement, *at)
        });
    Card {
        record: record.clone(),
        place: place(wanted, facts, outside, &zone),
        fields,
        name,
        full_name: record.owner.to_string(),
        value,
        replaces: wanted.replaces.clone(),
        watch: match (asking, judged) {
            (true, last) => Watch::Asking {
                last: last.map(|(judgement, _)| judgement),
            },
            (false, Some((judgement, at))) => Watch::Seen { judgement, at },
            (false, None) => Watch::NotYet,
        },
    }
}

/// A judgement about another value proves nothing, except that nobody could tell.
fn is_about(
    judgement: &crate::records::verdict::Judgement,
    wanted: &Wanted,
    facts: &Facts,
) -> bool {
    matches!(judgement.verdict, Verdict::Unknown { .. })
        || facts
            .seen
            .get(&wanted.key)
            .is_some_and(|seen| seen.value == wanted.record.content.to_string())
}

/// Where to click.
fn place(wanted: &Wanted, facts: &Facts, outside: bool, zone: &DomainName) -> String {
    if outside {
        return format!(
            "The DNS panel of {zone}, which is not the one of {}",
            facts.domain
        );
    }
    let replaces = wanted.replaces.is_some();
    let last = if replaces {
        "change the entry that is there"
    } else {
        "new entry"
    };
    match host(facts) {
        Some(host) if !host.menu_path.is_empty() => {
            let mut path = vec![host.name.clone()];
            path.extend(host.menu_path.iter().map(|step| {
                if step == "your domain" {
                    zone.to_string()
                } else {
                    step.clone()
                }
            }));
            if replaces {
                path.retain(|step| !step.starts_with("Add "));
                path.push(last.to_owned());
            }
            path.join(" > ")
        }
        Some(host) => match &host.panel_url {
            Some(url) => format!("{} ({url}) > DNS of {zone} > {last}", host.name),
            None => format!("{} > DNS of {zone} > {last}", host.name),
        },
        None => format!("The DNS panel of {zone} > {last}"),
    }
}

/// The likeliest zone of a name elsewhere: its registrable domain.
fn other_zone(owner: &DomainName) -> DomainName {
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
