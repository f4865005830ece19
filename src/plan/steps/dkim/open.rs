//! What is still open with each sender: told by `status`, by the list of steps and by the gates of a stricter policy.

use crate::catalog;
use crate::catalog::suffix::Suffix;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::seen;
use crate::plan::service;
use crate::plan::steps::dkim;
use crate::plan::steps::dkim::sender;
use crate::plan::steps::dkim::sender::Way;
use crate::records::sighting::RecordType;

/// A sender whose set-up is not finished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// The id of the catalog.
    pub sender: String,
    pub name: String,
    /// What is to be done, in plain words.
    pub what: String,
}

/// Every ticked sender that is not finished, in order. `live` is None where nobody looked in this session: then what was kept counts.
pub fn open(facts: &Facts, live: Option<&Live>) -> Vec<Open> {
    service::ticked(facts)
        .into_iter()
        .filter_map(|sender| {
            Some(Open {
                name: service::name(&sender),
                what: of(facts, live, &sender)?,
                sender,
            })
        })
        .collect()
}

/// What is open with one sender; None where nothing is.
pub fn of(facts: &Facts, live: Option<&Live>, sender: &str) -> Option<String> {
    let what = missing(facts, live, sender);
    let choice = facts.dkim.get(sender).filter(|choice| choice.later);
    let Some(choice) = choice else {
        return what;
    };
    let what = what.unwrap_or_else(|| "it is to be taken up again".to_owned());
    Some(match choice.later_since {
        Some(since) => format!("left on {}; {what}", seen::day(since)),
        None => format!("left for later; {what}"),
    })
}

fn missing(facts: &Facts, live: Option<&Live>, sender: &str) -> Option<String> {
    let choice = facts.dkim.get(sender);
    let switched_on = choice.is_some_and(|choice| choice.switched_on);
    if sender::keys(facts, sender).is_empty() {
        let what = match sender::way(facts, sender) {
            Way::OwnKey => "its key is still to be made",
            Way::Console(_) | Way::Fixed => "its values are still to be copied",
            Way::Told if !switched_on => "it is still to be asked for its signature",
            Way::Told => "",
        };
        if !what.is_empty() {
            return Some(what.to_owned());
        }
    }
    let all = sender::values(facts, sender).len();
    let seen = (0..all)
        .filter_map(|index| dkim::record(facts, sender, index).ok())
        .filter(|wanted| seen::sight(facts, live, wanted).was_green())
        .count();
    if seen < all {
        return Some(match (seen, all) {
            (0, 1) => "its record is not seen published".to_owned(),
            (0, _) => "its records are not seen published".to_owned(),
            _ => format!("{seen} of its {all} records are seen published"),
        });
    }
    if !switched_on {
        return Some("signing is still to be switched on there".to_owned());
    }
    awaits_sign(facts, sender).then(|| "no message was seen that it signs for you".to_owned())
}

/// The signing domain of mail while the user's own domain does not sign yet, where the service is known to do that.
pub fn unsigned_domain(sender: &str) -> Option<&'static Suffix> {
    catalog::owner(sender)?.dkim()?.unsigned_d.as_ref()
}

/// True where signing is switched on by word alone, and the service is known to sign with a name of its own until it really is.
pub fn awaits_sign(facts: &Facts, sender: &str) -> bool {
    unsigned_domain(sender).is_some()
        && facts
            .dkim
            .get(sender)
            .is_some_and(|choice| choice.switched_on && choice.signs_since.is_none())
        && !key_answers(facts, sender)
}

/// True where the keys of the sender are aliases, and a key was seen where one of them leads: only a service that signs puts it there.
pub fn key_answers(facts: &Facts, sender: &str) -> bool {
    facts
        .dkim
        .get(sender)
        .is_some_and(|choice| choice.key_seen.is_some())
        && leads_away(facts, sender)
}

/// True where every key record of the sender is an alias.
pub fn leads_away(facts: &Facts, sender: &str) -> bool {
    let keys = sender::keys(facts, sender);
    !keys.is_empty() && keys.iter().all(|key| key.record_type == RecordType::Cname)
}
