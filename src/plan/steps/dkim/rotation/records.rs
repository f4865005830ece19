//! Records of keys made here: of a new one beside the old, of one that is revoked; what was seen of them.

use jiff::Timestamp;

use crate::plan::StepId;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::facts::MadeKey;
use crate::plan::panel;
use crate::plan::seen;
use crate::plan::seen::Sight;
use crate::plan::service;
use crate::plan::steps::dkim::rotation;
use crate::plan::wanted::Wanted;
use crate::plan::wanted::clean;
use crate::plan::wanted::key as record_key;
use crate::records::dkim::DkimKey;
use crate::records::dkim::Selector;
use crate::records::record::Content;
use crate::records::record::Record;
use crate::records::record::Ttl;
use crate::records::verdict::Verdict;

const TTL: Ttl = Ttl(3600);

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

/// A look at the record of a key that was put away saw it empty, or none.
pub fn looked(facts: &mut Facts, record: &str, verdict: &Verdict, at: Timestamp) {
    if !matches!(verdict, Verdict::Published | Verdict::Missing) {
        return;
    }
    let found = rotation::keys(facts).find_map(|(sender, key)| {
        let choice = facts.dkim.get(sender)?;
        let wanted = revocation(facts, sender, key)?;
        (rotation::is_retired(choice, &key.selector) && wanted.key == record)
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
    let record = clean(record(facts, rotation::key(facts, sender, selector)?)?).ok()?;
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
    revocation(facts, sender, rotation::key(facts, sender, selector)?)
}

/// The records of every key that is not put away, whether or not its sender is in the plan: a key can be made before anything is planned.
pub fn in_dns(facts: &Facts) -> Vec<Wanted> {
    rotation::keys(facts)
        .filter(|(sender, key)| {
            facts
                .dkim
                .get(*sender)
                .is_some_and(|choice| !rotation::is_retired(choice, &key.selector))
        })
        .filter_map(|(sender, key)| publication(facts, sender, &key.selector))
        .collect()
}

/// The records that rotation wants: of keys that wait to take over, and of keys that were put away.
pub fn wanted(facts: &Facts) -> Vec<Wanted> {
    rotation::keys(facts)
        .filter_map(
            |(sender, key)| match rotation::state(facts, sender, &key.selector)? {
                rotation::State::Retired => revocation(facts, sender, key),
                rotation::State::New | rotation::State::Published
                    if rotation::is_waiting(facts.dkim.get(sender)?, &key.selector) =>
                {
                    publication(facts, sender, &key.selector)
                }
                _ => None,
            },
        )
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
    rotation::key(facts, sender, selector).is_some_and(|key| last_published(facts, key).is_some())
}
