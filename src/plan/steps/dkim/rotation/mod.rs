//! What becomes of keys made here: a new one beside the old, the switch, the wait until no mail of the old one is on its way, its end.
//!
//! A key's state is computed from what was kept, never stored. Nothing here touches a file: the private half is put away by the store,
//! and only then told by [`retired`].
//!
//! [`held`]: what holds a key back from being put away. [`records`]: what is published of keys.

pub mod held;
pub mod records;

use jiff::SignedDuration;
use jiff::Span;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::plan::facts::DkimChoice;
use crate::plan::facts::Facts;
use crate::plan::facts::KeyLife;
use crate::plan::facts::MadeKey;
use crate::plan::page::KeyPart;
use crate::plan::page::PageId;
use crate::plan::seen;
use crate::plan::service;
use crate::plan::steps::dkim::rotation::held::Held;
use crate::plan::steps::dkim::rotation::held::held;
use crate::records::dkim::Algorithm;

/// Days for which mail that was signed with a key may still be on its way: servers try for four to five days (RFC 5321, section 4.5.4.1),
/// and a forwarder may look the key up two days later.
pub const IN_FLIGHT_DAYS: i64 = 7;
/// Days after the switch on which nobounce ran for the domain: one clock that is wrong on one day must not make the time pass.
pub const DAYS_IN_USE: u32 = 2;
/// Months after which a key is to be renewed.
pub const KEY_MONTHS: i64 = 12;
/// Days until a reminder that was put off comes back.
pub const PUT_OFF_DAYS: i64 = 30;

/// What a key made here is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Its record was not seen published yet.
    New,
    /// Its record was seen; nobody said that it signs.
    Published,
    Signing,
    /// Nothing new is signed with it; mail of it may be on its way until then.
    Leaving {
        until: Timestamp,
    },
    /// Its private half is put away; its record is to be emptied.
    Retired,
    /// Its record was seen empty, or gone.
    Gone,
}

impl State {
    /// The word of the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Published => "published",
            Self::Signing => "signing",
            Self::Leaving { .. } => "leaving",
            Self::Retired => "retired",
            Self::Gone => "gone",
        }
    }
}

pub fn life<'a>(choice: &'a DkimChoice, selector: &str) -> Option<&'a KeyLife> {
    choice.lives.get(selector)
}

pub fn key<'a>(facts: &'a Facts, sender: &str, selector: &str) -> Option<&'a MadeKey> {
    facts
        .dkim
        .get(sender)?
        .keys
        .iter()
        .find(|key| key.selector == selector)
}

/// The sender whose key this is.
pub fn sender_of(facts: &Facts, selector: &str) -> Option<String> {
    facts
        .dkim
        .iter()
        .find(|(_, choice)| choice.keys.iter().any(|key| key.selector == selector))
        .map(|(sender, _)| sender.clone())
}

pub fn algorithm(key: &MadeKey) -> Option<Algorithm> {
    Algorithm::ALL
        .into_iter()
        .find(|known| known.as_str() == key.algorithm)
}

/// True for a key whose private half was put away.
pub fn is_retired(choice: &DkimChoice, selector: &str) -> bool {
    life(choice, selector).is_some_and(|life| life.retired_at.is_some())
}

/// The keys of all senders whose private half is in use or may be, not put away.
pub fn kept(facts: &Facts) -> impl Iterator<Item = &MadeKey> {
    facts.dkim.values().flat_map(|choice| {
        let kept = |key: &&MadeKey| !is_retired(choice, &key.selector);
        choice.keys.iter().filter(kept)
    })
}

/// True for a key that is to take over from another one and does not sign yet.
pub fn is_waiting(choice: &DkimChoice, selector: &str) -> bool {
    choice.lives.values().any(|life| {
        life.successor.as_deref() == Some(selector)
            && life.stopped_at.is_none()
            && life.retired_at.is_none()
    })
}

/// The keys of a sender whose records belong into the DNS for its mail of today: those that sign, and those that did until lately.
pub fn active<'a>(facts: &'a Facts, sender: &str) -> Vec<&'a MadeKey> {
    facts.dkim.get(sender).map_or_else(Vec::new, |choice| {
        choice
            .keys
            .iter()
            .filter(|key| !is_retired(choice, &key.selector) && !is_waiting(choice, &key.selector))
            .collect()
    })
}

/// The keys with which a signer is to sign from now on: the newest of each kind.
pub fn to_sign_with<'a>(facts: &'a Facts, sender: &str) -> Vec<&'a MadeKey> {
    let Some(choice) = facts.dkim.get(sender) else {
        return Vec::new();
    };
    let usable = |key: &&MadeKey| {
        life(choice, &key.selector)
            .is_none_or(|life| life.stopped_at.is_none() && life.retired_at.is_none())
    };
    let is_short = |key: &MadeKey| algorithm(key) == Some(Algorithm::Ed25519);
    [false, true]
        .into_iter()
        .filter_map(|short| {
            choice
                .keys
                .iter()
                .filter(usable)
                .rfind(|key| is_short(key) == short)
        })
        .collect()
}

/// What the key is at; None where there is no such key.
pub fn state(facts: &Facts, sender: &str, selector: &str) -> Option<State> {
    let choice = facts.dkim.get(sender)?;
    let key = key(facts, sender, selector)?;
    let life = life(choice, selector);
    if life.is_some_and(|life| life.gone_at.is_some()) {
        return Some(State::Gone);
    }
    if is_retired(choice, selector) {
        return Some(State::Retired);
    }
    if let Some(until) = life.and_then(until) {
        return Some(State::Leaving { until });
    }
    Some(if choice.switched_on && !is_waiting(choice, selector) {
        State::Signing
    } else if records::last_published(facts, key).is_some() {
        State::Published
    } else {
        State::New
    })
}

/// When no mail of a key that signs no more is on its way any more.
pub fn until(life: &KeyLife) -> Option<Timestamp> {
    let wait = SignedDuration::from_hours(24 * IN_FLIGHT_DAYS);
    life.stopped_at?.checked_add(wait).ok()
}

/// When a key that signs is to be renewed.
pub fn due(key: &MadeKey) -> Option<Timestamp> {
    key.made_at
        .to_zoned(TimeZone::UTC)
        .checked_add(Span::new().months(KEY_MONTHS))
        .map(|time| time.timestamp())
        .ok()
}

/// The key that is to be renewed first, its sender, and when.
pub fn next_due(facts: &Facts) -> Option<(String, &MadeKey, Timestamp)> {
    signing(facts)
        .filter_map(|(sender, key)| Some((sender.to_owned(), key, due(key)?)))
        .min_by_key(|(_, _, at)| *at)
}

/// Every key that signs and has no successor.
fn signing(facts: &Facts) -> impl Iterator<Item = (&str, &MadeKey)> {
    facts.dkim.iter().flat_map(move |(sender, choice)| {
        choice
            .keys
            .iter()
            .filter(move |key| {
                state(facts, sender, &key.selector) == Some(State::Signing)
                    && successor(choice, &key.selector).is_none()
            })
            .map(move |key| (sender.as_str(), key))
    })
}

/// The key that is to take over from this one, where it was made.
pub fn successor<'a>(choice: &'a DkimChoice, selector: &str) -> Option<&'a str> {
    let successor = life(choice, selector)?.successor.as_deref()?;
    let is_made = choice.keys.iter().any(|key| key.selector == successor);
    (is_made && !is_retired(choice, successor)).then_some(successor)
}

/// The key from which the next one takes over: the newest that may sign. Fails where a rotation is under way, or there is no such key.
pub fn current<'a>(
    facts: &'a Facts,
    sender: &str,
    asked: Option<&str>,
) -> Result<&'a MadeKey, String> {
    let choice = facts.dkim.get(sender);
    let candidates = to_sign_with(facts, sender);
    let found = match asked {
        Some(asked) => key(facts, sender, asked),
        None => candidates.first().copied(),
    };
    let (Some(found), Some(choice)) = (found, choice) else {
        return Err(match asked {
            Some(asked) => format!("no key named {asked} was made here"),
            None => "no key was made here yet".to_owned(),
        });
    };
    if is_retired(choice, &found.selector) {
        return Err(format!("the key {} was put away already", found.selector));
    }
    if let Some(successor) = successor(choice, &found.selector) {
        return Err(format!(
            "{successor} takes over from {} already",
            found.selector
        ));
    }
    if is_waiting(choice, &found.selector) {
        return Err(format!(
            "{} is the new key itself: the mail server must sign with it first",
            found.selector
        ));
    }
    Ok(found)
}

/// Notes that the next key made for this sender takes over from `selector`.
pub fn begin(facts: &mut Facts, sender: &str, selector: &str) {
    facts.dkim.entry(sender.to_owned()).or_default().rotating = Some(selector.to_owned());
}

/// The next key made for this sender takes over from none: a wish that was never carried out is over.
pub fn forget(facts: &mut Facts, sender: &str) {
    if let Some(choice) = facts.dkim.get_mut(sender) {
        choice.rotating = None;
    }
}

/// A key is on disk and in the facts: where it was made to take over, that is noted.
pub fn key_made(facts: &mut Facts, sender: &str, selector: &str) {
    let Some(choice) = facts.dkim.get_mut(sender) else {
        return;
    };
    let Some(old) = choice.rotating.take() else {
        return;
    };
    if old != selector && choice.keys.iter().any(|key| key.selector == old) {
        choice.lives.entry(old).or_default().successor = Some(selector.to_owned());
    }
}

/// The keys that wait to take over, each with the one that it takes over from.
pub fn waiting(facts: &Facts, sender: &str) -> Vec<(String, String)> {
    let Some(choice) = facts.dkim.get(sender) else {
        return Vec::new();
    };
    choice
        .keys
        .iter()
        .filter(|key| {
            is_waiting(choice, &key.selector)
                && matches!(
                    state(facts, sender, &key.selector),
                    Some(State::New | State::Published)
                )
        })
        .filter_map(|new| {
            let old = choice
                .lives
                .iter()
                .find(|(_, life)| life.successor.as_deref() == Some(&new.selector))?;
            Some((old.0.clone(), new.selector.clone()))
        })
        .collect()
}

/// The user says that the signer signs with `new` now, and not with the one before it. Fails where the record of `new` was not seen
/// published: a signature without its record counts as broken.
pub fn switched(facts: &mut Facts, sender: &str, new: &str, now: Timestamp) -> Result<(), String> {
    let seen = key(facts, sender, new).and_then(|key| records::last_published(facts, key));
    if seen.is_none() {
        return Err(format!(
            "the record of the key {new} has not been seen in the DNS yet; mail signed with it would count as broken"
        ));
    }
    let at = seen::note_clock(facts, now);
    let Some(choice) = facts.dkim.get_mut(sender) else {
        return Ok(());
    };
    choice.switched_on = true;
    for life in choice.lives.values_mut() {
        if life.successor.as_deref() == Some(new) && life.stopped_at.is_none() {
            stop(life, at);
        }
    }
    let what = format!(
        "{}: signs with the key {new}, says the user",
        service::name(sender)
    );
    seen::note(facts, at, what);
    Ok(())
}

/// The user says that nothing is signed with this key any more. Fails where no other key of the sender signs.
pub fn unused(facts: &mut Facts, sender: &str, selector: &str, now: Timestamp) -> Result<(), Held> {
    match held(facts, sender, selector, now) {
        Some(held @ (Held::Unknown | Held::Retired | Held::OnlyKey | Held::NextWaits)) => {
            return Err(held);
        }
        Some(Held::InUse) => {}
        _ => return Ok(()),
    }
    let at = seen::note_clock(facts, now);
    if let Some(choice) = facts.dkim.get_mut(sender) {
        stop(choice.lives.entry(selector.to_owned()).or_default(), at);
    }
    seen::note(
        facts,
        at,
        format!("nothing is signed with the key {selector} any more, says the user"),
    );
    Ok(())
}

fn stop(life: &mut KeyLife, at: Timestamp) {
    life.stopped_at = Some(at);
    life.days = 0;
    life.last_day = Some(at);
}

/// Notes that the setup is in use on this day.
pub fn in_use(facts: &mut Facts, at: Timestamp) {
    for life in facts
        .dkim
        .values_mut()
        .flat_map(|choice| choice.lives.values_mut())
        .filter(|life| life.stopped_at.is_some() && life.retired_at.is_none())
    {
        let is_new = life
            .last_day
            .is_none_or(|last| at > last && seen::day(at) != seen::day(last));
        if is_new {
            life.days = life.days.saturating_add(1);
            life.last_day = Some(at);
        }
    }
}

/// The private half was put away: from now on its record is to be emptied.
pub fn retired(facts: &mut Facts, sender: &str, selector: &str, at: Timestamp) {
    let at = seen::note_clock(facts, at);
    let Some(choice) = facts.dkim.get_mut(sender) else {
        return;
    };
    let life = choice.lives.entry(selector.to_owned()).or_default();
    if life.retired_at.is_some() {
        return;
    }
    life.retired_at = Some(at);
    for key in choice
        .keys
        .iter_mut()
        .filter(|key| key.selector == selector)
    {
        key.path = format!("keys/retired/{selector}.pem");
    }
    seen::note(facts, at, format!("put the key {selector} away"));
}

pub fn keys(facts: &Facts) -> impl Iterator<Item = (&str, &MadeKey)> {
    facts
        .dkim
        .iter()
        .flat_map(|(sender, choice)| choice.keys.iter().map(move |key| (sender.as_str(), key)))
}

/// The pages of rotation that apply now, what is under way first.
pub fn pages(facts: &Facts) -> Vec<PageId> {
    let mut pages = Vec::new();
    let ticked = service::ticked(facts);
    for (sender, choice) in &facts.dkim {
        // A change of keys that was begun goes to its end, whether or not the sender is still in the plan.
        if !ticked.contains(sender) && choice.lives.is_empty() {
            continue;
        }
        let mut page = |part| {
            pages.push(PageId::OwnKey {
                sender: sender.clone(),
                part,
            });
        };
        for (_, selector) in waiting(facts, sender) {
            page(KeyPart::Publish {
                selector: selector.clone(),
            });
            page(KeyPart::Switch { selector });
        }
        let mut later = Vec::new();
        for key in &choice.keys {
            let selector = key.selector.clone();
            match state(facts, sender, &selector) {
                Some(State::Leaving { .. }) => page(KeyPart::Retire { selector }),
                Some(State::Retired) => page(KeyPart::Revoke { selector }),
                Some(State::Signing) if successor(choice, &selector).is_none() => {
                    later.push(KeyPart::Rotate { selector });
                }
                _ => {}
            }
        }
        later.into_iter().for_each(page);
    }
    pages
}
