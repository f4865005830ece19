//! What holds a key back from being put away.

use jiff::Timestamp;

use crate::plan::facts::Facts;
use crate::plan::seen;
use crate::plan::steps::dkim::rotation;

/// Why a key is not put away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// No key of this name was made here.
    Unknown,
    /// It was put away before.
    Retired,
    /// No other key of this sender signs.
    OnlyKey,
    /// The key that takes over from it does not sign yet.
    NextWaits,
    /// Nobody said that nothing is signed with it any more.
    InUse,
    /// Mail of it may be on its way until then.
    Flying { until: Timestamp },
    /// The clock of this computer stands before a time that was seen.
    ClockBack,
    /// The time is over by the clock, but it was seen on too few days.
    FewDays,
}

/// What holds a key back from being put away; None: nothing.
pub fn held(facts: &Facts, sender: &str, selector: &str, now: Timestamp) -> Option<Held> {
    let (Some(choice), Some(_)) = (
        facts.dkim.get(sender),
        rotation::key(facts, sender, selector),
    ) else {
        return Some(Held::Unknown);
    };
    if rotation::is_retired(choice, selector) {
        return Some(Held::Retired);
    }
    let other_signs = choice.keys.iter().any(|other| {
        other.selector != selector
            && matches!(
                rotation::state(facts, sender, &other.selector),
                Some(rotation::State::Signing)
            )
    });
    let life = rotation::life(choice, selector);
    let is_stopped = life.is_some_and(|life| life.stopped_at.is_some());
    if !other_signs {
        let has_next = rotation::successor(choice, selector).is_some();
        return Some(if has_next {
            Held::NextWaits
        } else {
            Held::OnlyKey
        });
    }
    let Some(until) = life.and_then(rotation::until).filter(|_| is_stopped) else {
        return Some(Held::InUse);
    };
    if seen::clock_went_back(facts, now) {
        return Some(Held::ClockBack);
    }
    if now < until {
        return Some(Held::Flying { until });
    }
    (life.map_or(0, |life| life.days) < rotation::DAYS_IN_USE).then_some(Held::FewDays)
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
            Self::NextWaits => (
                format!("the key that takes over from {selector} does not sign yet, so {selector} stays"),
                "publish the new record, let your mail server sign with the new key, and say so with `nobounce dkim rotate DOMAIN --switched`".to_owned(),
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
