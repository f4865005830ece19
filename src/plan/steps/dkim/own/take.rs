//! What answers on the pages about keys made here change.

use crate::catalog::signer::Signer;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::facts::SignerChoice;
use crate::plan::page::Answer;
use crate::plan::page::KeyPart;
use crate::plan::page::PageId;
use crate::plan::page::Wish;
use crate::plan::seen;
use crate::plan::steps::dkim::own;
use crate::plan::steps::dkim::rotation;
use crate::plan::steps::dkim::sender;
use crate::plan::walk::Taken;
use crate::records::dkim::Algorithm;

pub fn reply(facts: &mut Facts, id: &PageId, answer: Answer, live: &Live) -> Result<Taken, String> {
    let PageId::OwnKey { sender, part } = id else {
        return Ok(Taken::default());
    };
    let chosen = match answer {
        Answer::Chosen(chosen) => chosen,
        _ => String::new(),
    };
    match part {
        KeyPart::Signer => Ok(take_signer(facts, sender, id, &chosen)),
        KeyPart::Rotate { selector } => take_rotate(facts, sender, selector, id, &chosen, live),
        KeyPart::Switch { selector } => match chosen.as_str() {
            "done" => {
                if !rotation::records::is_published(facts, Some(live), sender, selector) {
                    return Err(format!(
                        "The record of the key {selector} has not been seen in the DNS yet. Mail signed with it would count as broken. \
                         Choose \"Not yet\"; press Esc to go back to the record."
                    ));
                }
                rotation::switched(facts, sender, selector, live.now)
                    .map_err(|why| own::sentence(&why))?;
                Ok(Taken::default())
            }
            "files" => {
                let wishes = own::usual_signer(facts, sender)
                    .map(|signer| hand_over(facts, sender, signer))
                    .into_iter()
                    .collect();
                Ok(Taken {
                    wishes,
                    page: Some(id.clone()),
                })
            }
            _ => Ok(Taken::default()),
        },
        KeyPart::Retire { selector } if chosen == "retire" => {
            if let Some(held) = rotation::held::held(facts, sender, selector, live.now) {
                let (what, remedy) = held.words(selector);
                return Err(format!(
                    "{} {}",
                    own::sentence(&what),
                    own::sentence(&remedy)
                ));
            }
            if let Some(lost) = rotation::to_sign_with(facts, sender)
                .into_iter()
                .find(|key| live.lost_keys.contains(&key.selector))
            {
                return Err(format!(
                    "The private half of the key {} is not on this computer as it was made, so the old key stays. Put the file back \
                     from a copy first.",
                    lost.selector
                ));
            }
            Ok(Taken {
                wishes: vec![Wish::RetireKey {
                    sender: sender.clone(),
                    selector: selector.clone(),
                }],
                page: Some(id.clone()),
            })
        }
        KeyPart::Retire { .. } | KeyPart::Publish { .. } | KeyPart::Revoke { .. } => {
            Ok(Taken::default())
        }
    }
}

fn hand_over(facts: &Facts, sender: &str, signer: Signer) -> Wish {
    Wish::FilesForSigner {
        sender: sender.to_owned(),
        signer,
        selectors: own::selectors(&own::keys_for(facts, sender, signer)),
    }
}

fn take_signer(facts: &mut Facts, sender: &str, id: &PageId, chosen: &str) -> Taken {
    match Signer::from_word(chosen) {
        Some(signer) => {
            let choice = facts.dkim.entry(sender.to_owned()).or_default();
            choice.signer = Some(SignerChoice {
                program: chosen.to_owned(),
                ..SignerChoice::default()
            });
            Taken {
                wishes: vec![hand_over(facts, sender, signer)],
                page: Some(id.clone()),
            }
        }
        None if chosen == "other" => {
            facts.dkim.entry(sender.to_owned()).or_default().signer = None;
            Taken {
                wishes: Vec::new(),
                page: Some(id.clone()),
            }
        }
        None => {
            if chosen == own::NONE {
                facts.dkim.entry(sender.to_owned()).or_default().signer = Some(SignerChoice {
                    program: own::NONE.to_owned(),
                    ..SignerChoice::default()
                });
            }
            Taken::default()
        }
    }
}

fn take_rotate(
    facts: &mut Facts,
    sender: &str,
    selector: &str,
    id: &PageId,
    chosen: &str,
    live: &Live,
) -> Result<Taken, String> {
    let choice = facts.dkim.get(sender);
    if let Some(new) = choice.and_then(|choice| rotation::successor(choice, selector)) {
        let part = KeyPart::Publish {
            selector: new.to_owned(),
        };
        return Ok(Taken {
            wishes: Vec::new(),
            page: Some(own::id(sender, part)),
        });
    }
    if chosen != "new" {
        let now = seen::note_clock(facts, live.now);
        let again = jiff::SignedDuration::from_hours(24 * rotation::PUT_OFF_DAYS);
        facts.dkim.entry(sender.to_owned()).or_default().not_before = now.checked_add(again).ok();
        return Ok(Taken::default());
    }
    if live.making.contains_key(sender) {
        return Err("The key is being made. This takes a few seconds.".to_owned());
    }
    let algorithm = rotation::current(facts, sender, Some(selector))
        .map(rotation::algorithm)
        .map_err(|why| own::sentence(&why))?
        .unwrap_or_default();
    let ending = if algorithm == Algorithm::Ed25519 {
        "e"
    } else {
        ""
    };
    let Some(new) = sender::new_selector(facts, live, ending) else {
        return Err("No free name for the key was found. Try again next month.".to_owned());
    };
    rotation::begin(facts, sender, selector);
    Ok(Taken {
        wishes: vec![Wish::MakeKey {
            sender: sender.to_owned(),
            selector: new,
            algorithm,
        }],
        page: Some(id.clone()),
    })
}
