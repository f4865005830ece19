//! The pages about keys made here: the program that signs and its files, and a key's way from new to put away.
//!
//! - [`pages`]: what they say. [`take`]: what answers change.

pub mod pages;
pub mod take;

use std::path::Path;

use jiff::Timestamp;

use crate::catalog::signer::Signer;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::facts::MadeKey;
use crate::plan::facts::SignerChoice;
use crate::plan::ladder;
use crate::plan::ladder::Standing;
use crate::plan::page::Block;
use crate::plan::page::KeyPart;
use crate::plan::page::PageId;
use crate::plan::seen;
use crate::plan::service;
use crate::plan::steps::dkim::rotation;
use crate::plan::steps::dkim::rotation::State;
use crate::plan::wanted::Wanted;

pub const NONE: &str = "none";

pub fn standing(sender: &str, part: &KeyPart, facts: &Facts, live: Option<&Live>) -> Standing {
    let now = live
        .map(|live| live.now)
        .max(facts.latest_clock)
        .unwrap_or_default();
    let choice = facts.dkim.get(sender);
    match part {
        KeyPart::Signer => {
            if choice.is_some_and(|choice| choice.signer.is_some() || choice.switched_on) {
                Standing::Settled
            } else {
                Standing::Needs
            }
        }
        KeyPart::Rotate { selector } => {
            let put_off = choice
                .and_then(|choice| choice.not_before)
                .is_some_and(|time| now < time);
            let is_due = key(facts, sender, selector)
                .and_then(rotation::due)
                .is_some_and(|due| due <= now);
            if is_due && !put_off {
                Standing::Needs
            } else {
                Standing::Settled
            }
        }
        KeyPart::Publish { .. } | KeyPart::Revoke { .. } => match wanted(facts, sender, part) {
            Some(wanted) => ladder::record_standing(facts, live, &wanted),
            None => Standing::Settled,
        },
        KeyPart::Switch { selector } => {
            if rotation::records::is_published(facts, live, sender, selector) {
                Standing::Needs
            } else {
                Standing::Waits
            }
        }
        KeyPart::Retire { selector } => {
            let now = live.map_or(now, |live| live.now);
            if rotation::held::held(facts, sender, selector, now).is_none() {
                Standing::Needs
            } else {
                Standing::Waits
            }
        }
    }
}

/// The record that a page shows.
pub fn wanted(facts: &Facts, sender: &str, part: &KeyPart) -> Option<Wanted> {
    match part {
        KeyPart::Publish { selector } => rotation::records::publication(facts, sender, selector),
        KeyPart::Revoke { selector } => rotation::records::revocation_of(facts, sender, selector),
        _ => None,
    }
}

/// What is next on a page, in one line.
pub fn next(sender: &str, part: &KeyPart) -> String {
    let name = service::name(sender);
    match part {
        KeyPart::Signer => format!("Say which program signs at {name}."),
        KeyPart::Rotate { selector } => {
            format!(
                "Make a new key for {name}: {selector} is over {} months old.",
                rotation::KEY_MONTHS
            )
        }
        KeyPart::Publish { selector } => format!("Publish the record of the key {selector}."),
        KeyPart::Switch { selector } => format!("Let {name} sign with the key {selector}."),
        KeyPart::Retire { selector } => format!("Put the old key {selector} away."),
        KeyPart::Revoke { selector } => format!("Empty the record of the old key {selector}."),
    }
}

/// What is to be done with a key by now, in one line, and since when.
pub fn due(facts: &Facts, now: Timestamp) -> Option<(String, Option<Timestamp>)> {
    rotation::pages(facts).into_iter().find_map(|page| {
        let PageId::OwnKey { sender, part } = page else {
            return None;
        };
        let since = match &part {
            KeyPart::Rotate { selector } => {
                let put_off = facts.dkim.get(&sender)?.not_before;
                rotation::due(key(facts, &sender, selector)?)
                    .filter(|due| *due <= now && put_off.is_none_or(|time| time <= now))?
            }
            KeyPart::Retire { selector } => match rotation::state(facts, &sender, selector)? {
                State::Leaving { until } if until <= now => until,
                _ => return None,
            },
            _ => return None,
        };
        Some((next(&sender, &part), Some(since)))
    })
}

/// How old each key that signs is, and when the next one is due.
pub fn ages(facts: &Facts, now: Timestamp) -> Vec<Block> {
    let mut rows = Vec::new();
    for (sender, choice) in &facts.dkim {
        for key in &choice.keys {
            let Some(state) = rotation::state(facts, sender, &key.selector) else {
                continue;
            };
            let told = match state {
                State::Gone => continue,
                State::Signing => match rotation::due(key) {
                    Some(due) if due <= now => format!(
                        "made {}; due since {}",
                        seen::ago(now, key.made_at),
                        seen::day(due)
                    ),
                    Some(due) => format!(
                        "made {}; a new one on {}",
                        seen::ago(now, key.made_at),
                        seen::day(due)
                    ),
                    None => seen::day(key.made_at),
                },
                State::New => "made, and not published yet".to_owned(),
                State::Published => "published, and not signing yet".to_owned(),
                State::Leaving { until } => {
                    format!("signs no more; to be put away on {}", seen::day(until))
                }
                State::Retired => "put away; its record is to be emptied".to_owned(),
            };
            rows.push((format!("Key {}", key.selector), told));
        }
    }
    if rows.is_empty() {
        Vec::new()
    } else {
        vec![Block::Rows(rows)]
    }
}

pub fn key<'a>(facts: &'a Facts, sender: &str, selector: &str) -> Option<&'a MadeKey> {
    let keys = &facts.dkim.get(sender)?.keys;
    keys.iter().find(|key| key.selector == selector)
}

pub fn id(sender: &str, part: KeyPart) -> PageId {
    PageId::OwnKey {
        sender: sender.to_owned(),
        part,
    }
}

/// Where a key file is: the whole path, where the folder of the setup is known.
pub fn key_path(live: &Live, path: &str) -> String {
    match &live.folder {
        Some(folder) => Path::new(folder).join(path).display().to_string(),
        None => path.to_owned(),
    }
}

/// The keys that this program is to sign with from now on.
pub fn keys_for<'a>(facts: &'a Facts, sender: &str, signer: Signer) -> Vec<&'a MadeKey> {
    let mut keys = rotation::to_sign_with(facts, sender);
    keys.retain(|key| {
        rotation::algorithm(key).is_some_and(|algorithm| signer.refuses(algorithm).is_none())
    });
    if signer.takes_one_key() {
        keys.truncate(1);
    }
    keys
}

pub fn selectors(keys: &[&MadeKey]) -> Vec<String> {
    keys.iter().map(|key| key.selector.clone()).collect()
}

/// The program that was chosen, where its files hold the keys of now.
pub fn handed<'a>(facts: &'a Facts, sender: &str) -> Option<(Signer, &'a SignerChoice, &'a str)> {
    let choice = facts.dkim.get(sender)?.signer.as_ref()?;
    let signer = Signer::from_word(&choice.program)?;
    let folder = choice.folder.as_deref()?;
    (choice.selectors == selectors(&keys_for(facts, sender, signer)))
        .then_some((signer, choice, folder))
}

/// The program that was chosen on the page before.
pub fn usual_signer(facts: &Facts, sender: &str) -> Option<Signer> {
    Signer::from_word(&facts.dkim.get(sender)?.signer.as_ref()?.program)
}

pub fn sentence(phrase: &str) -> String {
    let mut letters = phrase.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}

/// The files for a signer were written into `folder`, relative to the setup's folder.
pub fn handed_over(
    facts: &mut Facts,
    sender: &str,
    signer: Signer,
    folder: &str,
    selectors: &[String],
    at: Timestamp,
) {
    let at = seen::note_clock(facts, at);
    let choice = facts.dkim.entry(sender.to_owned()).or_default();
    let kept = choice.signer.get_or_insert_default();
    kept.program = signer.as_str().to_owned();
    kept.folder = Some(folder.to_owned());
    kept.selectors = selectors.to_vec();
    seen::note(
        facts,
        at,
        format!(
            "wrote the key {} for {}",
            selectors.join(", "),
            signer.name()
        ),
    );
}
