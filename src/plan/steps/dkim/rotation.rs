//! What becomes of keys made here: a new one beside the old, the switch, the wait until no mail of the old one is on its way, its end.
//!
//! A key's state is computed from what was kept, never stored. Nothing here touches a file: the private half is put away by the store,
//! and only then told by [`retired`].

use jiff::SignedDuration;
use jiff::Span;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::plan::StepId;
use crate::plan::facts::DkimChoice;
use crate::plan::facts::Facts;
use crate::plan::facts::KeyLife;
use crate::plan::facts::Live;
use crate::plan::facts::MadeKey;
use crate::plan::page::KeyPart;
use crate::plan::page::PageId;
use crate::plan::panel;
use crate::plan::seen;
use crate::plan::seen::Sight;
use crate::plan::service;
use crate::plan::wanted::Wanted;
use crate::plan::wanted::clean;
use crate::plan::wanted::key as record_key;
use crate::records::dkim::Algorithm;
use crate::records::dkim::DkimKey;
use crate::records::dkim::Selector;
use crate::records::record::Content;
use crate::records::record::Record;
use crate::records::record::Ttl;
use crate::records::verdict::Verdict;

/// Days for which mail that was signed with a key may still be on its way: servers try for four to five days (RFC 5321, section 4.5.4.1),
/// and a forwarder may look the key up two days later.
pub const IN_FLIGHT_DAYS: i64 = 7;
/// Days after the switch on which nobounce ran for the domain: one clock that is wrong on one day must not make the time pass.
pub const DAYS_IN_USE: u32 = 2;
/// Months after which a key is to be renewed.
pub const KEY_MONTHS: i64 = 12;
/// Days until a reminder that was put off comes back.
pub const PUT_OFF_DAYS: i64 = 30;

const TTL: Ttl = Ttl(3600);

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

/// Why a key is not put away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// No key of this name was made here.
    Unknown,
    /// It was put away before.
    Retired,
    /// No other key of this sender signs.
    OnlyKey,
    /// Nobody said that nothing is signed with it any more.
    InUse,
    /// Mail of it may be on its way until then.
    Flying { until: Timestamp },
    /// The clock of this computer stands before a time that was seen.
    ClockBack,
    /// The time is over by the clock, but it was seen on too few days.
    FewDays,
}

fn life<'a>(choice: &'a DkimChoice, selector: &str) -> Option<&'a KeyLife> {
    choice.lives.get(selector)
}

fn key<'a>(facts: &'a Facts, sender: &str, selector: &str) -> Option<&'a MadeKey> {
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

/// True for a key that is to take over from another one and does not sign yet.
fn is_waiting(choice: &DkimChoice, selector: &str) -> bool {
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
    } else if last_published(facts, key).is_some() {
        State::Published
    } else {
        State::New
    })
}

/// When the record of a key was last seen published, if the last look saw it so.
pub fn last_published(facts: &Facts, key: &MadeKey) -> Option<Timestamp> {
    let record = record(facts, key)?;
    let kept = facts
        .seen
        .get(&record_key(&record))
        .filter(|seen| seen.value == key.record && seen.verdict == "published")
        .map(|seen| seen.at);
    let wanted: DkimKey = key.record.parse().ok()?;
    let looked = facts.survey.iter().find_map(|survey| {
        let seen = survey
            .dkim
            .selectors
            .iter()
            .find(|seen| seen.selector.eq_ignore_ascii_case(&key.selector))?;
        let there: DkimKey = seen.record.as_ref()?.parse().ok()?;
        (seen.state == "published" && there.public_key == wanted.public_key)
            .then_some(survey.checked_at)
    });
    kept.max(looked)
}

/// When no mail of a key that signs no more is on its way any more.
fn until(life: &KeyLife) -> Option<Timestamp> {
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
    let seen = key(facts, sender, new).and_then(|key| last_published(facts, key));
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
        Some(held @ (Held::Unknown | Held::Retired | Held::OnlyKey)) => return Err(held),
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

/// What holds a key back from being put away; None: nothing.
pub fn held(facts: &Facts, sender: &str, selector: &str, now: Timestamp) -> Option<Held> {
    let (Some(choice), Some(_)) = (facts.dkim.get(sender), key(facts, sender, selector)) else {
        return Some(Held::Unknown);
    };
    if is_retired(choice, selector) {
        return Some(Held::Retired);
    }
    let other_signs = choice.keys.iter().any(|other| {
        other.selector != selector
            && matches!(state(facts, sender, &other.selector), Some(State::Signing))
    });
    let life = life(choice, selector);
    let is_stopped = life.is_some_and(|life| life.stopped_at.is_some());
    if !other_signs {
        return Some(Held::OnlyKey);
    }
    let Some(until) = life.and_then(until).filter(|_| is_stopped) else {
        return Some(Held::InUse);
    };
    if seen::clock_went_back(facts, now) {
        return Some(Held::ClockBack);
    }
    if now < until {
        return Some(Held::Flying { until });
    }
    (life.map_or(0, |life| life.days) < DAYS_IN_USE).then_some(Held::FewDays)
}

impl Held {
    /// What is wrong and what to do, for a key of this name.
    pub fn words(self, selector: &str) -> (String, String) {
        match self {
            Self::Unknown => (
                format!("no key named {selector} was made here"),
                "see the keys with `nobounce dkim list DOMAIN`".to_owned(),
            ),
            Self::Retired => (
                format!("the key {selector} was put away already"),
                "see what is left to do with `nobounce dkim list DOMAIN`".to_owned(),
            ),
            Self::OnlyKey => (
                format!("no other key is known to sign, so {selector} stays"),
                "make a new one with `nobounce dkim rotate DOMAIN`, and let your mail server sign with it".to_owned(),
            ),
            Self::InUse => (
                format!("it is not known that nothing is signed with {selector} any more"),
                "take it out of your mail server first, then say so with --unused".to_owned(),
            ),
            Self::Flying { until } => (
                format!(
                    "mail signed with {selector} may be on its way until {}",
                    seen::day(until)
                ),
                "leave its record in the DNS, and come back then".to_owned(),
            ),
            Self::ClockBack => (
                "the clock of this computer went back, so the days cannot be counted".to_owned(),
                "set the clock, then try again".to_owned(),
            ),
            Self::FewDays => (
                format!(
                    "the time is over by the clock of this computer, but nobounce ran on too few days since {selector} was taken out \
                     to trust one clock"
                ),
                "come back tomorrow".to_owned(),
            ),
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

/// A look at the record of a key that was put away saw it empty, or none.
pub fn looked(facts: &mut Facts, record: &str, verdict: &Verdict, at: Timestamp) {
    if !matches!(verdict, Verdict::Published | Verdict::Missing) {
        return;
    }
    let found = keys(facts).find_map(|(sender, key)| {
        let choice = facts.dkim.get(sender)?;
        let wanted = revocation(facts, sender, key)?;
        (is_retired(choice, &key.selector) && wanted.key == record)
            .then(|| (sender.to_owned(), key.selector.clone()))
    });
    let Some((sender, selector)) = found else {
        return;
    };
    let Some(choice) = facts.dkim.get_mut(&sender) else {
        return;
    };
    let life = choice.lives.entry(selector.clone()).or_default();
    if life.gone_at.is_none() {
        life.gone_at = Some(at);
        seen::note(
            facts,
            at,
            format!("the record of the key {selector} is out of use"),
        );
    }
}

fn keys(facts: &Facts) -> impl Iterator<Item = (&str, &MadeKey)> {
    facts
        .dkim
        .iter()
        .flat_map(|(sender, choice)| choice.keys.iter().map(move |key| (sender.as_str(), key)))
}

fn record(facts: &Facts, key: &MadeKey) -> Option<Record> {
    let selector: Selector = key.selector.parse().ok()?;
    let content: DkimKey = key.record.parse().ok()?;
    Some(Record {
        owner: selector.owner(&service::domain(facts)).ok()?,
        content: Content::Dkim(content),
        ttl: TTL,
    })
}

/// The record of a key that waits to take over.
pub fn publication(facts: &Facts, sender: &str, selector: &str) -> Option<Wanted> {
    let record = clean(record(facts, key(facts, sender, selector)?)?).ok()?;
    Some(Wanted {
        step: StepId::Keep,
        sender: Some(sender.to_owned()),
        purpose: format!(
            "the new key of {}, beside the old one",
            service::name(sender)
        ),
        replaces: None,
        key: record_key(&record),
        record,
    })
}

/// The record that revokes a key: its `p=` is empty (RFC 6376, section 3.6.1).
fn revocation(facts: &Facts, sender: &str, key: &MadeKey) -> Option<Wanted> {
    let mut record = record(facts, key)?;
    if let Content::Dkim(content) = &mut record.content {
        content.public_key = Vec::new();
    }
    Some(Wanted {
        step: StepId::Keep,
        sender: Some(sender.to_owned()),
        purpose: format!("takes the old key {} out of use", key.selector),
        replaces: Some(panel::shorten(&key.record)),
        key: record_key(&record),
        record,
    })
}

pub fn revocation_of(facts: &Facts, sender: &str, selector: &str) -> Option<Wanted> {
    revocation(facts, sender, key(facts, sender, selector)?)
}

/// The records of every key that is not put away, whether or not its sender is in the plan: a key can be made before anything is planned.
pub fn in_dns(facts: &Facts) -> Vec<Wanted> {
    keys(facts)
        .filter(|(sender, key)| {
            facts
                .dkim
                .get(*sender)
                .is_some_and(|choice| !is_retired(choice, &key.selector))
        })
        .filter_map(|(sender, key)| publication(facts, sender, &key.selector))
        .collect()
}

/// The records that rotation wants: of keys that wait to take over, and of keys that were put away.
pub fn wanted(facts: &Facts) -> Vec<Wanted> {
    keys(facts)
        .filter_map(|(sender, key)| match state(facts, sender, &key.selector)? {
            State::Retired => revocation(facts, sender, key),
            State::New | State::Published if is_waiting(facts.dkim.get(sender)?, &key.selector) => {
                publication(facts, sender, &key.selector)
            }
            _ => None,
        })
        .collect()
}

/// True for the record of a key that waits to take over and whose private half is gone.
pub fn is_lost(facts: &Facts, live: &Live, sender: &str, wanted: &Wanted) -> bool {
    let value = wanted.record.content.to_string();
    facts.dkim.get(sender).is_some_and(|choice| {
        choice
            .keys
            .iter()
            .any(|key| key.record == value && live.lost_keys.contains(&key.selector))
    })
}

/// True where the record of the new key is visible, now or when last seen.
pub fn is_published(facts: &Facts, live: Option<&Live>, sender: &str, selector: &str) -> bool {
    publication(facts, sender, selector).is_some_and(|wanted| {
        let sight = seen::sight(facts, live, &wanted);
        sight.was_green()
            || matches!(sight, Sight::Never if last_published_of(facts, sender, selector))
    })
}

fn last_published_of(facts: &Facts, sender: &str, selector: &str) -> bool {
    key(facts, sender, selector).is_some_and(|key| last_published(facts, key).is_some())
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
