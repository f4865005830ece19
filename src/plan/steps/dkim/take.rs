//! What answers on the pages of DKIM change.

use crate::plan::facts::Collected;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::page::Answer;
use crate::plan::page::PageId;
use crate::plan::page::Wish;
use crate::plan::seen;
use crate::plan::service;
use crate::plan::steps::dkim;
use crate::plan::steps::dkim::answers;
use crate::plan::steps::dkim::collecting;
use crate::plan::steps::dkim::open;
use crate::plan::steps::dkim::rotation;
use crate::plan::steps::dkim::sender;
use crate::plan::steps::dkim::sender::Way;
use crate::plan::steps::dkim::switching;
use crate::plan::walk::Taken;
use crate::records::dkim::Algorithm;

/// Makes a new key in place of a lost one.
pub const NEW_KEY: &str = "new-key";

pub fn reply(facts: &mut Facts, id: &PageId, answer: Answer, live: &Live) -> Result<Taken, String> {
    match id {
        PageId::DkimOverview => take_overview(facts, answer, live),
        PageId::DkimSetup { sender } => answers::take_setup(facts, sender, &answer, live),
        PageId::DkimPart { sender, part } => answers::take_part(facts, sender, *part, answer, live),
        PageId::DkimKey { sender } => take_key(facts, sender, answer, live),
        PageId::DkimCollect { sender, index } => {
            collecting::take(facts, sender, *index, answer, live)
        }
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
    rotation::forget(facts, sender);
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
    rotation::forget(facts, sender);
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
