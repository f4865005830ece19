//! What answers on the pages of DKIM change.

use crate::catalog::dkim::Console;
use crate::plan::facts::Collected;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::page::Answer;
use crate::plan::page::PageId;
use crate::plan::page::Part;
use crate::plan::page::Wish;
use crate::plan::paste;
use crate::plan::paste::Pasted;
use crate::plan::seen;
use crate::plan::service;
use crate::plan::steps::dkim;
use crate::plan::steps::dkim::answers;
use crate::plan::steps::dkim::open;
use crate::plan::steps::dkim::parts;
use crate::plan::steps::dkim::sender;
use crate::plan::steps::dkim::sender::Way;
use crate::plan::steps::dkim::switching;
use crate::plan::steps::dkim::target;
use crate::plan::walk::Taken;
use crate::records::dkim::Algorithm;
use crate::records::name::DomainName;

/// Makes a new key in place of a lost one.
pub const NEW_KEY: &str = "new-key";

pub fn reply(facts: &mut Facts, id: &PageId, answer: Answer, live: &Live) -> Result<Taken, String> {
    match id {
        PageId::DkimOverview => take_overview(facts, answer, live),
        PageId::DkimSetup { sender } => answers::take_setup(facts, sender, &answer, live),
        PageId::DkimPart { sender, part } => answers::take_part(facts, sender, *part, answer, live),
        PageId::DkimKey { sender } => take_key(facts, sender, answer, live),
        PageId::DkimCollect { sender, index } => take_paste(facts, sender, *index, answer, live),
        PageId::DkimSwitch { sender } => take_switch(facts, sender, answer, live),
        PageId::DkimRecord { sender, index } if answer == Answer::Chosen(NEW_KEY.to_owned()) => {
            give_up(facts, sender, *index, live)
        }
        _ => Ok(Taken::default()),
    }
}

/// A new key in place of one whose private half is gone.
fn give_up(facts: &mut Facts, sender: &str, index: usize, live: &Live) -> Result<Taken, String> {
    let Some(lost) = dkim::lost_selector(facts, live, sender, index) else {
        return Ok(Taken::default());
    };
    let algorithm = facts
        .dkim
        .get(sender)
        .and_then(|choice| choice.keys.iter().find(|key| key.selector == lost))
        .and_then(|key| {
            Algorithm::ALL
                .into_iter()
                .find(|known| known.as_str() == key.algorithm)
        })
        .unwrap_or(Algorithm::Rsa2048);
    let ending = if algorithm == Algorithm::Ed25519 {
        "e"
    } else {
        ""
    };
    // While the lost key is still in the facts its name counts as taken.
    let Some(selector) = sender::new_selector(facts, live, ending) else {
        return Err("No free name for the key was found. Try again next month.".to_owned());
    };
    let choice = facts.dkim.entry(sender.to_owned()).or_default();
    choice.keys.retain(|key| key.selector != lost);
    choice.switched_on = false;
    seen::note(
        facts,
        live.now,
        format!("gave up the key {lost}: its private half is gone"),
    );
    Ok(Taken {
        wishes: vec![Wish::MakeKey {
            sender: sender.to_owned(),
            selector,
            algorithm,
        }],
        page: onward(facts, sender),
    })
}

/// What is not ticked is left for later.
fn take_overview(facts: &mut Facts, answer: Answer, live: &Live) -> Result<Taken, String> {
    if let Answer::Ticked(now) = answer {
        for sender in service::ticked(facts) {
            if !now.contains(&sender) {
                answers::leave(facts, &sender, live);
            } else if let Some(choice) = facts.dkim.get_mut(&sender) {
                choice.later = false;
                choice.later_since = None;
            }
        }
    }
    Ok(Taken::default())
}

/// The page of the sender that comes first, or the page after all of its pages where it was left for later.
fn onward(facts: &Facts, sender: &str) -> Option<PageId> {
    dkim::pages_of(facts, sender).into_iter().next()
}

fn take_key(facts: &mut Facts, sender: &str, answer: Answer, live: &Live) -> Result<Taken, String> {
    if !sender::values(facts, sender).is_empty() {
        return Ok(Taken {
            wishes: Vec::new(),
            page: onward(facts, sender),
        });
    }
    if live.making.contains_key(sender) {
        return Err("The key is being made. This takes a few seconds.".to_owned());
    }
    let chosen = match answer {
        Answer::Chosen(chosen) => chosen,
        _ => Algorithm::Rsa2048.as_str().to_owned(),
    };
    if chosen == "later" {
        answers::leave(facts, sender, live);
        return Ok(Taken::default());
    }
    if let Some(host) = chosen.strip_prefix("keep:") {
        let Some(found) = sender::ownerless_keys(facts)
            .into_iter()
            .find(|record| record.host == host)
        else {
            return Err("That key is no longer there. Choose another way.".to_owned());
        };
        seen::note(
            facts,
            live.now,
            format!("{} keeps its key {host}", service::name(sender)),
        );
        facts.dkim.entry(sender.to_owned()).or_default().records = vec![found];
        return Ok(Taken {
            wishes: Vec::new(),
            page: onward(facts, sender),
        });
    }
    let algorithms: Vec<Algorithm> = chosen
        .split('+')
        .filter_map(|word| {
            Algorithm::ALL
                .into_iter()
                .find(|known| known.as_str() == word)
        })
        .collect();
    if algorithms.is_empty() {
        return Err("Choose one of the ways in the list.".to_owned());
    }
    let mut wishes = Vec::new();
    for algorithm in algorithms {
        let ending = if algorithm == Algorithm::Ed25519 {
            "e"
        } else {
            ""
        };
        let Some(selector) = sender::new_selector(facts, live, ending) else {
            return Err("No free name for the key was found. Try again next month, or with another kind of key.".to_owned());
        };
        wishes.push(Wish::MakeKey {
            sender: sender.to_owned(),
            selector,
            algorithm,
        });
    }
    Ok(Taken {
        wishes,
        // The record has a page only when the key is on disk.
        page: Some(PageId::DkimKey {
            sender: sender.to_owned(),
        }),
    })
}

fn take_paste(
    facts: &mut Facts,
    sender: &str,
    index: usize,
    answer: Answer,
    live: &Live,
) -> Result<Taken, String> {
    let Way::Console(console) = sender::way(facts, sender) else {
        return Ok(Taken::default());
    };
    let text = match answer {
        Answer::Typed(text) => text,
        _ => String::new(),
    };
    if text.trim().is_empty() {
        if sender::collected(facts, sender, index).is_some() {
            return Ok(Taken::default());
        }
        answers::leave(facts, sender, live);
        return Ok(Taken::default());
    }
    let domain = service::domain(facts);
    let (text, beside) = answers::aside(facts, sender, &text)?;
    let pasted = paste::read(&text, &domain)?;
    let mut records: Vec<Option<Collected>> = (0..sender::slots(facts, sender, &console))
        .map(|slot| sender::collected(facts, sender, slot).cloned())
        .collect();
    let mut taken = Vec::new();
    for (number, record) in pasted.iter().enumerate() {
        let slot = slot_for(record, number, index, &records, &taken, &console);
        let host = host_for(record, slot, &console)?;
        target::check_place(record, &domain)?;
        let twin = records
            .iter()
            .enumerate()
            .find(|(other, known)| {
                *other != slot
                    && known.as_ref().is_some_and(|known| {
                        known.value.as_deref() == Some(&record.value) || known.host == host
                    })
            })
            .map(|(other, _)| other + 1);
        if let Some(twin) = twin {
            return Err(format!(
                "This is the same as record {twin}. Copy the one that is still missing: record {}.",
                slot + 1
            ));
        }
        target::check_form(record, slot, &console, &domain, sender)?;
        if slot >= records.len() {
            records.resize(slot + 1, None);
        }
        records[slot] = Some(Collected {
            host,
            record_type: record.record_type.to_string(),
            value: Some(record.value.clone()),
        });
        taken.push(slot);
    }
    let choice = facts.dkim.entry(sender.to_owned()).or_default();
    choice.later = false;
    choice.later_since = None;
    if !beside.is_empty() {
        choice.bounce = beside;
        choice.parts_seen.insert(Part::Bounce.as_str().to_owned());
    }
    choice.records = records
        .into_iter()
        .enumerate()
        .map(|(slot, record)| record.unwrap_or_else(|| empty(slot, &console)))
        .collect();
    seen::note(
        facts,
        live.now,
        format!("{}: values taken from its console", service::name(sender)),
    );
    let next = dkim::pages_of(facts, sender)
        .into_iter()
        .find(|page| match page {
            PageId::DkimCollect { index, .. } => sender::collected(facts, sender, *index).is_none(),
            PageId::DkimPart { sender, part } => !parts::is_seen(facts, sender, *part),
            PageId::DkimRecord { .. } => true,
            _ => false,
        });
    Ok(Taken {
        wishes: Vec::new(),
        page: next,
    })
}

/// A slot that is still to be filled.
fn empty(slot: usize, console: &Console) -> Collected {
    let expected = console.expected.get(slot);
    Collected {
        host: expected
            .and_then(|expected| expected.host.clone())
            .unwrap_or_default(),
        record_type: expected
            .map(|expected| expected.record_type)
            .or(console.record_type)
            .map_or(String::new(), |kind| kind.to_string()),
        value: None,
    }
}

/// Which slot a pasted record fills: the one of its name, then the one whose form it has, then the next.
fn slot_for(
    record: &Pasted,
    number: usize,
    index: usize,
    records: &[Option<Collected>],
    taken: &[usize],
    console: &Console,
) -> usize {
    let by_name = record.host.as_ref().and_then(|host| {
        console.expected.iter().position(|expected| {
            expected
                .host
                .as_ref()
                .is_some_and(|known| known.eq_ignore_ascii_case(host))
        })
    });
    if let Some(slot) = by_name {
        return slot;
    }
    let target: Option<DomainName> = record.value.parse().ok();
    let fits = |slot: usize| {
        target.as_ref().is_some_and(|target| {
            console
                .expected
                .get(slot)
                .is_some_and(|expected| expected.accepts(target))
        })
    };
    let free = |slot: &usize| !taken.contains(slot);
    if record.host.is_none() {
        // The page's own slot first, so that a second look at it can mend it.
        let order = std::iter::once(index).chain(0..console.expected.len());
        if let Some(slot) = order.clone().filter(free).find(|slot| fits(*slot)) {
            return slot;
        }
    }
    if number == 0 {
        return index;
    }
    (0..records.len())
        .filter(free)
        .find(|slot| records[*slot].is_none())
        .unwrap_or_else(|| {
            taken
                .iter()
                .max()
                .map_or(index, |last| (last + 1).max(records.len()))
        })
}

/// The name of a pasted record: as pasted, as known, or by the only selector that the service uses.
fn host_for(record: &Pasted, slot: usize, console: &Console) -> Result<String, String> {
    if let Some(host) = &record.host {
        return Ok(if host.contains("_domainkey") {
            host.clone()
        } else {
            format!("{host}._domainkey")
        });
    }
    if let Some(host) = console
        .expected
        .get(slot)
        .and_then(|expected| expected.host.clone())
    {
        return Ok(host);
    }
    match (console.selectors.as_slice(), slot) {
        ([only], 0) => Ok(format!("{only}._domainkey")),
        _ => Err(
            "The value was understood, and its name is missing. Paste both: the name (it contains _domainkey) and the value.".to_owned(),
        ),
    }
}

fn take_switch(
    facts: &mut Facts,
    sender: &str,
    answer: Answer,
    live: &Live,
) -> Result<Taken, String> {
    let chosen = match answer {
        Answer::Chosen(chosen) => chosen,
        _ => "done".to_owned(),
    };
    if let Some(taken) = switching::take(facts, sender, &chosen, live) {
        return taken;
    }
    match chosen.as_str() {
        "done" => {
            if !sender::was_published(facts, live, sender) {
                return Err(
                    "The record of this sender has not been seen in the DNS yet. A signature without its record counts as broken. \
                     Choose \"Not yet\"; press Esc to go back to the record."
                        .to_owned(),
                );
            }
            let choice = facts.dkim.entry(sender.to_owned()).or_default();
            if !choice.switched_on {
                choice.switched_on = true;
                seen::note(
                    facts,
                    live.now,
                    format!(
                        "{}: signing is switched on, says the user",
                        service::name(sender)
                    ),
                );
                if open::unsigned_domain(sender).is_some() {
                    return Ok(switching::same(sender));
                }
            }
            Ok(Taken::default())
        }
        "later" => {
            if sender::way(facts, sender) == Way::Told {
                answers::leave(facts, sender, live);
            }
            facts.dkim.entry(sender.to_owned()).or_default().switched_on = false;
            Ok(Taken::default())
        }
        "records" => {
            let choice = facts.dkim.entry(sender.to_owned()).or_default();
            if choice.records.is_empty() {
                choice.records.push(Collected {
                    host: String::new(),
                    record_type: String::new(),
                    value: None,
                });
            }
            Ok(Taken {
                wishes: Vec::new(),
                page: onward(facts, sender),
            })
        }
        _ => Err("Choose one of the ways in the list.".to_owned()),
    }
}
