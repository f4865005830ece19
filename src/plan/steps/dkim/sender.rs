//! What one sender needs for DKIM, and what of it is known.

use crate::catalog;
use crate::catalog::dkim::Console;
use crate::catalog::dkim::Setup;
use crate::catalog::recognize;
use crate::plan::facts::Collected;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::seen;
use crate::plan::seen::Sight;
use crate::plan::service;
use crate::plan::steps::dkim;
use crate::plan::steps::dkim::parts;
use crate::plan::steps::dkim::rotation;
use crate::records::dkim::DkimKey;
use crate::records::dkim::KeyType;
use crate::records::dkim::Selector;
use crate::records::dkim::judge::bits;
use crate::records::name::DomainName;
use crate::records::sighting::RecordType;

/// What has to be done for a sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// A key pair is made here.
    OwnKey,
    /// The records are known.
    Fixed,
    /// The service shows its values to the account holder.
    Console(Console),
    /// Nothing can be published here: it is told what to do.
    Told,
}

/// A record of a sender: `host` is relative to the domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    pub host: String,
    pub record_type: RecordType,
    pub value: String,
}

pub fn way(facts: &Facts, sender: &str) -> Way {
    let domain = service::domain(facts);
    match service::signing(sender, &domain) {
        Setup::OwnKey { .. } => Way::OwnKey,
        Setup::Fixed(_) => Way::Fixed,
        Setup::FromConsole(console) => Way::Console(console),
        // The user says that it shows records after all.
        Setup::PresetByHost { selectors } if asks_anyway(facts, sender) => Way::Console(Console {
            record_type: None,
            expected: Vec::new(),
            selectors,
            selectors_fixed: false,
        }),
        Setup::Unknown if asks_anyway(facts, sender) => Way::Console(Console {
            record_type: None,
            expected: Vec::new(),
            selectors: Vec::new(),
            selectors_fixed: false,
        }),
        Setup::PresetByHost { .. } | Setup::Unknown => Way::Told,
    }
}

fn asks_anyway(facts: &Facts, sender: &str) -> bool {
    facts
        .dkim
        .get(sender)
        .is_some_and(|choice| !choice.records.is_empty())
}

/// Every record that is known for the sender, in order: its keys, then what belongs to its bounce address and its proof of ownership.
pub fn values(facts: &Facts, sender: &str) -> Vec<Value> {
    let mut values = keys(facts, sender);
    values.extend(parts::records(facts, sender).filter_map(value_of));
    values
}

/// Every key record that is known for the sender, in order.
pub fn keys(facts: &Facts, sender: &str) -> Vec<Value> {
    let domain = service::domain(facts);
    if let Setup::Fixed(records) = service::signing(sender, &domain) {
        return records
            .into_iter()
            .map(|record| Value {
                host: record.host,
                record_type: record.record_type,
                value: record.target,
            })
            .collect();
    }
    let mut values: Vec<Value> = Vec::new();
    if let Some(choice) = facts.dkim.get(sender) {
        values.extend(
            rotation::active(facts, sender)
                .into_iter()
                .map(|key| Value {
                    host: format!("{}._domainkey", key.selector),
                    record_type: RecordType::Txt,
                    value: key.record.clone(),
                }),
        );
        values.extend(choice.records.iter().filter_map(value_of));
    }
    if values.is_empty() && is_found_in_dns(facts, sender) {
        values.extend(found_in_dns(facts, sender).iter().filter_map(value_of));
    }
    values
}

/// What is known of each key record of the sender; None for one that is not in order. The keys come first among its values.
fn sights(facts: &Facts, live: &Live, sender: &str) -> Vec<Option<Sight>> {
    (0..keys(facts, sender).len())
        .map(|index| {
            let wanted = dkim::record(facts, sender, index).ok()?;
            Some(seen::sight(facts, Some(live), &wanted))
        })
        .collect()
}

/// True where every key record of the sender is published, now or when last seen.
pub fn is_published(facts: &Facts, live: &Live, sender: &str) -> bool {
    sights(facts, live, sender)
        .iter()
        .all(|sight| sight.as_ref().is_some_and(Sight::was_green))
}

/// True where every key record of the sender is published or on its way through the caches.
pub fn was_published(facts: &Facts, live: &Live, sender: &str) -> bool {
    sights(facts, live, sender).iter().all(|sight| {
        sight
            .as_ref()
            .is_some_and(|sight| sight.was_green() || matches!(sight, Sight::Spreading { .. }))
    })
}

/// True where the user began with the sender: then its records stay wanted, also while it is left for later.
pub fn was_begun(facts: &Facts, sender: &str) -> bool {
    facts.dkim.get(sender).is_some_and(|choice| {
        choice.begun
            || choice.switched_on
            || !choice.keys.is_empty()
            || choice.records.iter().any(|record| record.value.is_some())
    }) || (0..values(facts, sender).len()).any(|index| {
        dkim::record(facts, sender, index).is_ok_and(|wanted| facts.seen.contains_key(&wanted.key))
    })
}

/// The size of a key that is shorter than it should be.
pub fn short_bits(value: &Value) -> Option<usize> {
    let key: DkimKey = value.value.parse().ok()?;
    let bits = usize::try_from(bits(&key)?).ok()?;
    let is_rsa = matches!(key.key_type, None | Some(KeyType::Rsa));
    (is_rsa && bits < 2048).then_some(bits)
}

fn value_of(record: &Collected) -> Option<Value> {
    Some(Value {
        host: record.host.clone(),
        record_type: match record.record_type.as_str() {
            "CNAME" => RecordType::Cname,
            "MX" => RecordType::Mx,
            _ => RecordType::Txt,
        },
        value: record.value.clone()?,
    })
}

/// How many records are collected from the console.
pub fn slots(facts: &Facts, sender: &str, console: &Console) -> usize {
    let there = facts
        .dkim
        .get(sender)
        .map_or(0, |choice| choice.records.len());
    console.expected.len().max(there).max(1)
}

/// What was collected for one slot.
pub fn collected<'a>(facts: &'a Facts, sender: &str, index: usize) -> Option<&'a Collected> {
    facts
        .dkim
        .get(sender)?
        .records
        .get(index)
        .filter(|record| record.value.is_some())
}

/// True where the sender's records stand in the DNS already, and nothing else was collected.
pub fn is_found_in_dns(facts: &Facts, sender: &str) -> bool {
    let collected = facts
        .dkim
        .get(sender)
        .is_some_and(|choice| !choice.records.is_empty());
    if collected || sender == service::OWN_SERVER {
        return false;
    }
    let found = found_in_dns(facts, sender);
    match way(facts, sender) {
        Way::Console(console) if !console.expected.is_empty() => {
            found.len() >= console.expected.len()
        }
        Way::Console(_) => !found.is_empty(),
        _ => false,
    }
}

/// Records of the sender that the look found in the DNS, by their targets or, for a key, by the sender's own selectors.
fn found_in_dns(facts: &Facts, sender: &str) -> Vec<Collected> {
    let Some(report) = &facts.survey else {
        return Vec::new();
    };
    let Some(dkim) = catalog::owner(sender).and_then(|owner| owner.dkim()) else {
        return Vec::new();
    };
    report
        .dkim
        .selectors
        .iter()
        .filter(|key| !key.revoked)
        .filter_map(|key| {
            let host = format!("{}._domainkey", key.selector);
            match &key.cname {
                Some(cname) => {
                    let target: DomainName = cname.parse().ok()?;
                    dkim.target_match(&target)?;
                    Some(Collected {
                        host,
                        record_type: "CNAME".to_owned(),
                        value: Some(target.to_string()),
                    })
                }
                None => {
                    let own = key.state == "published"
                        && dkim
                            .literal_selectors()
                            .any(|known| known.eq_ignore_ascii_case(&key.selector));
                    let text = key.record.clone().filter(|_| own)?;
                    text.parse::<crate::records::dkim::DkimKey>().ok()?;
                    Some(Collected {
                        host,
                        record_type: "TXT".to_owned(),
                        value: Some(text),
                    })
                }
            }
        })
        .collect()
}

/// Keys in the DNS that belong to no ticked service: the own server may sign with one of them already.
pub fn ownerless_keys(facts: &Facts) -> Vec<Collected> {
    let Some(report) = &facts.survey else {
        return Vec::new();
    };
    let ticked = service::ticked(facts);
    report
        .dkim
        .selectors
        .iter()
        .filter(|key| {
            key.state == "published" && !key.revoked && !key.testing && key.cname.is_none()
        })
        .filter(|key| {
            !recognize::by_selector(&key.selector)
                .iter()
                .any(|owner| ticked.iter().any(|id| id == owner.id()))
        })
        .filter_map(|key| {
            let text = key.record.clone()?;
            let read: crate::records::dkim::DkimKey = text.parse().ok()?;
            let strong = crate::records::dkim::judge::bits(&read)? >= 1024
                || read.key_type == Some(crate::records::dkim::KeyType::Ed25519);
            strong.then(|| Collected {
                host: format!("{}._domainkey", key.selector),
                record_type: "TXT".to_owned(),
                value: Some(text),
            })
        })
        .collect()
}

/// A selector with the date that is not in use: `nb2611`, then `nb2611b`.
pub fn new_selector(facts: &Facts, live: &Live, ending: &str) -> Option<Selector> {
    let month = live
        .now
        .to_zoned(jiff::tz::TimeZone::UTC)
        .strftime("%y%m")
        .to_string();
    let taken = |name: &str| {
        live.lost_keys.contains(name)
            || facts
                .dkim
                .values()
                .any(|choice| choice.keys.iter().any(|key| key.selector == name))
            || facts
                .survey
                .iter()
                .flat_map(|report| &report.dkim.selectors)
                .any(|key| key.selector.eq_ignore_ascii_case(name))
    };
    std::iter::once(String::new())
        .chain(('b'..='z').map(String::from))
        .map(|letter| format!("nb{month}{letter}{ending}"))
        .find(|name| !taken(name))
        .and_then(|name| name.parse().ok())
}
