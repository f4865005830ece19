//! The rung `senders`: which services send as the domain, and what becomes of terms that belong to nobody known.
//!
//! [`pages`]: what the pages say. [`terms`]: whose a term of the present SPF record is. [`address`]: where the own server sends from.

pub mod address;
pub mod pages;
pub mod terms;

use crate::catalog::sender::Category;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::ladder::Standing;
use crate::plan::page::Answer;
use crate::plan::page::PageId;
use crate::plan::seen;
use crate::plan::service;
use crate::plan::service::OWN_SERVER;
use crate::plan::steps::senders::address::asks_addresses;
use crate::plan::steps::senders::address::read_address;
use crate::plan::steps::senders::terms::unknown_terms;
use crate::plan::walk::Taken;
use std::collections::BTreeSet;

/// Own addresses that are taken; each may cost a look-up.
const ADDRESSES: usize = 20;

/// A plain question, and the categories of services that answer it.
struct Habit {
    id: &'static str,
    label: &'static str,
    detail: &'static str,
    hint: &'static str,
    categories: &'static [Category],
}

const HABITS: [Habit; 4] = [
    Habit {
        id: "shop",
        label: "A web shop, or a contact form on the web site",
        detail: "order confirmations, \"new message from your web site\"",
        hint: "your shop or contact form",
        categories: &[Category::Ecommerce, Category::Transactional],
    },
    Habit {
        id: "newsletter",
        label: "A newsletter",
        detail: "to customers or members",
        hint: "your newsletter",
        categories: &[Category::Marketing, Category::Crm],
    },
    Habit {
        id: "invoices",
        label: "Invoices or reminders, sent by a program",
        detail: "accounting, bookings, appointments",
        hint: "your invoices",
        categories: &[
            Category::Billing,
            Category::Saas,
            Category::Crm,
            Category::Ecommerce,
            Category::Transactional,
        ],
    },
    Habit {
        id: "own",
        label: "A server, printer or scanner of our own",
        detail: "anything that sends by itself, without one of the services",
        hint: "your own server",
        categories: &[],
    },
];

pub fn pages(facts: &Facts) -> Vec<PageId> {
    let mut pages = vec![PageId::Senders, PageId::Habits];
    if !unknown_terms(facts).is_empty() {
        pages.push(PageId::UnknownTerms);
    }
    if asks_addresses(facts) {
        pages.push(PageId::OwnAddresses);
    }
    pages
}

pub fn standing(id: &PageId, facts: &Facts, _live: Option<&Live>) -> Standing {
    let settled = match id {
        PageId::Senders => facts.senders.confirmed,
        PageId::Habits => facts.senders.habits_confirmed,
        PageId::UnknownTerms => facts.senders.terms_confirmed,
        _ => facts.senders.addresses_confirmed,
    };
    if settled {
        Standing::Settled
    } else {
        Standing::Needs
    }
}

/// True where every page of this rung is answered.
pub fn settled(facts: &Facts) -> bool {
    pages(facts)
        .iter()
        .all(|id| standing(id, facts, None) == Standing::Settled)
}

/// The first page here without an answer; None where all are answered.
pub fn first_open(facts: &Facts) -> Option<PageId> {
    pages(facts)
        .into_iter()
        .find(|id| standing(id, facts, None) == Standing::Needs)
}

pub fn reply(facts: &mut Facts, id: &PageId, answer: Answer, live: &Live) -> Result<Taken, String> {
    match id {
        PageId::Senders => take_senders(facts, answer, live),
        PageId::Habits => take_habits(facts, answer, live),
        PageId::UnknownTerms => take_terms(facts, answer, live),
        _ => take_addresses(facts, answer, live),
    }
}

fn take_senders(facts: &mut Facts, answer: Answer, live: &Live) -> Result<Taken, String> {
    let ids: BTreeSet<String> = match answer {
        Answer::Ticked(ids) => ids.into_iter().filter(|id| service::exists(id)).collect(),
        _ => ticked_now(facts).into_iter().collect(),
    };
    if ids.is_empty() {
        return Err(
            "Tick at least one: a mailbox service, or \"My own server or web host sends mail\". A domain that sends no mail at all is \
             set up differently, which this version does not do yet."
                .to_owned(),
        );
    }
    if facts.senders.ticked != ids || !facts.senders.confirmed {
        let names: Vec<String> = ids.iter().map(|id| service::name(id)).collect();
        seen::note(facts, live.now, format!("senders: {}", names.join(", ")));
        facts.senders.ticked = ids;
        facts.spf.confirmed = false;
    }
    facts.senders.confirmed = true;
    Ok(Taken::default())
}

fn take_habits(facts: &mut Facts, answer: Answer, live: &Live) -> Result<Taken, String> {
    let ids: BTreeSet<String> = match answer {
        Answer::Ticked(ids) => ids
            .into_iter()
            .filter(|id| HABITS.iter().any(|habit| habit.id == id))
            .collect(),
        _ => facts.senders.habits.clone(),
    };
    let asked_before = facts.senders.habits_confirmed && facts.senders.habits == ids;
    facts.senders.habits = ids;
    facts.senders.habits_confirmed = true;
    if facts.senders.habits.contains("own") && !facts.senders.ticked.contains(OWN_SERVER) {
        facts.senders.ticked.insert(OWN_SERVER.to_owned());
        facts.spf.confirmed = false;
        seen::note(facts, live.now, "senders: own server added".to_owned());
    }
    let back = !asked_before && !unmatched(facts).is_empty();
    Ok(Taken {
        wishes: Vec::new(),
        page: back.then_some(PageId::Senders),
    })
}

fn take_terms(facts: &mut Facts, answer: Answer, live: &Live) -> Result<Taken, String> {
    let unknown = unknown_terms(facts);
    if let Answer::Ticked(kept) = answer {
        let dropped: BTreeSet<String> = unknown
            .into_iter()
            .filter(|term| !kept.contains(term))
            .collect();
        if dropped != facts.senders.dropped_terms {
            let list: Vec<&str> = dropped.iter().map(String::as_str).collect();
            seen::note(
                facts,
                live.now,
                format!("SPF terms dropped: {}", list.join(" ")),
            );
            facts.senders.dropped_terms = dropped;
            facts.spf.confirmed = false;
        }
    }
    facts.senders.terms_confirmed = true;
    Ok(Taken::default())
}

fn take_addresses(facts: &mut Facts, answer: Answer, live: &Live) -> Result<Taken, String> {
    if let Answer::Typed(text) = answer {
        let mut addresses = Vec::new();
        for word in text
            .split(|c: char| c.is_whitespace() || c == ',' || c == ';')
            .filter(|word| !word.is_empty())
        {
            let address = read_address(word)?;
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        if addresses.len() > ADDRESSES {
            return Err(format!(
                "That is more than {ADDRESSES}. Name the network instead, such as 192.0.2.0/24."
            ));
        }
        if addresses != facts.senders.own_addresses {
            seen::note(
                facts,
                live.now,
                format!("own server: {}", addresses.join(" ")),
            );
            facts.senders.own_addresses = addresses;
            facts.spf.confirmed = false;
        }
    }
    facts.senders.addresses_confirmed = true;
    Ok(Taken::default())
}

/// The services recognized by the look, each once, with the sign it was recognized by; mail servers first.
pub fn recognized(facts: &Facts) -> Vec<(String, String)> {
    let Some(report) = &facts.survey else {
        return Vec::new();
    };
    let mut found: Vec<(String, String)> = Vec::new();
    if let (Some(provider), Some(host)) = (&report.mx.provider, report.mx.hosts.first()) {
        found.push((provider.id.clone(), format!("MX {}", host.host)));
    }
    for service in &report.senders {
        found.push((service.id.clone(), service.by.clone()));
    }
    let mut seen = BTreeSet::new();
    found.retain(|(id, _)| service::exists(id) && seen.insert(id.clone()));
    found
}

/// The ticks as the page shows them: the answer given, else what was recognized.
fn ticked_now(facts: &Facts) -> BTreeSet<String> {
    if facts.senders.confirmed || !facts.senders.ticked.is_empty() {
        return facts.senders.ticked.clone();
    }
    let mail = facts
        .survey
        .as_ref()
        .and_then(|report| report.mx.provider.as_ref());
    recognized(facts)
        .into_iter()
        // An ownership token alone says that somebody signed up there once, not that its mailboxes are in use.
        .filter(|(id, by)| {
            !(by.starts_with("TXT")
                && crate::catalog::mailbox_provider(id).is_some()
                && mail.is_some_and(|provider| &provider.id != id))
        })
        .map(|(id, _)| id)
        .collect()
}

/// Habits that no ticked service explains.
fn unmatched(facts: &Facts) -> Vec<&'static Habit> {
    HABITS
        .iter()
        .filter(|habit| facts.senders.habits.contains(habit.id))
        .filter(|habit| habit.id != "own")
        .filter(|habit| {
            !facts
                .senders
                .ticked
                .iter()
                .filter_map(|id| service::category(id))
                .any(|category| habit.categories.contains(&category))
        })
        .collect()
}
