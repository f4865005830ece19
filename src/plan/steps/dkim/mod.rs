//! The rung `dkim`: for each sender its keys, made here or collected, published, and signing switched on.
//!
//! - [`sender`]: what one sender needs and has. [`pages`]: what its pages say. [`take`]: what answers change.
//! - [`setting_up`], [`asking`], [`collecting`], [`switching`]: the pages of services that send, by what they ask. [`parts`]: what they need besides
//!   their keys. [`answers`]: what these change. [`open`]: what is not finished.
//! - [`target`]: whether a pasted target can be the service's.
//! - [`rotation`]: what becomes of keys made here. [`own`]: the pages about it.
//!
//! A record of a key made here exists only after the key is in the facts, and it is there only after its private half is on disk.

pub mod answers;
pub mod asking;
pub mod collecting;
pub mod open;
pub mod own;
pub mod pages;
pub mod parts;
pub mod rotation;
pub mod sender;
pub mod setting_up;
pub mod switching;
pub mod take;
pub mod target;

use crate::plan::StepId;
use crate::plan::facts::Facts;
use crate::plan::facts::Live;
use crate::plan::ladder;
use crate::plan::ladder::Standing;
use crate::plan::page::KeyPart;
use crate::plan::page::Mark;
use crate::plan::page::PageId;
use crate::plan::seen;
use crate::plan::seen::Sight;
use crate::plan::service;
use crate::plan::steps::dkim::sender::Value;
use crate::plan::steps::dkim::sender::Way;
use crate::plan::wanted::Wanted;
use crate::plan::wanted::clean;
use crate::plan::wanted::key;
use crate::records::dkim::DkimKey;
use crate::records::name::DomainName;
use crate::records::record::Content;
use crate::records::record::Record;
use crate::records::record::Ttl;
use crate::records::sighting::RecordType;
use crate::records::spf::Spf;

const TTL: Ttl = Ttl(3600);

pub fn pages(facts: &Facts) -> Vec<PageId> {
    let senders = service::ticked(facts);
    let mut pages = Vec::new();
    // One sender needs no overview, unless it was left for later and has to be found again.
    if senders.len() != 1 || senders.iter().any(|id| is_later(facts, id)) {
        pages.push(PageId::DkimOverview);
    }
    for sender in senders.into_iter().filter(|id| !is_later(facts, id)) {
        pages.extend(pages_of(facts, &sender));
    }
    pages
}

/// The pages of one sender that apply now.
pub fn pages_of(facts: &Facts, sender: &str) -> Vec<PageId> {
    let mut pages = Vec::new();
    let id = || sender.to_owned();
    let values = sender::keys(facts, sender);
    if parts::has_setup(sender) {
        pages.push(PageId::DkimSetup { sender: id() });
        pages.push(PageId::DkimConsole { sender: id() });
    }
    match sender::way(facts, sender) {
        Way::OwnKey => {
            if values.is_empty() {
                pages.push(PageId::DkimKey { sender: id() });
                return pages;
            }
        }
        Way::Console(console) => {
            // An alias to the service proves whose it is; a key at a selector may be another's, so that is asked.
            let is_proved = sender::is_found_in_dns(facts, sender)
                && values
                    .iter()
                    .all(|value| value.record_type == RecordType::Cname);
            if !is_proved {
                for index in 0..sender::slots(facts, sender, &console) {
                    pages.push(PageId::DkimCollect {
                        sender: id(),
                        index,
                    });
                }
            }
            if values.is_empty() {
                return pages;
            }
        }
        Way::Fixed | Way::Told => {}
    }
    for part in parts::asked(facts, sender) {
        pages.push(PageId::DkimPart { sender: id(), part });
    }
    for index in 0..sender::values(facts, sender).len() {
        pages.push(PageId::DkimRecord {
            sender: id(),
            index,
        });
    }
    if !rotation::active(facts, sender).is_empty() {
        pages.push(PageId::OwnKey {
            sender: id(),
            part: KeyPart::Signer,
        });
    }
    pages.push(PageId::DkimSwitch { sender: id() });
    pages
}

pub fn standing(id: &PageId, facts: &Facts, live: Option<&Live>) -> Standing {
    let settled = match id {
        PageId::DkimCollect { sender, index } => sender::collected(facts, sender, *index).is_some(),
        PageId::DkimRecord { sender, index }
            if live.is_some_and(|live| lost_selector(facts, live, sender, *index).is_some()) =>
        {
            false
        }
        PageId::DkimRecord { sender, index } => {
            return match record(facts, sender, *index) {
                Ok(wanted) => ladder::record_standing(facts, live, &wanted),
                Err(_) => Standing::Needs,
            };
        }
        PageId::DkimSwitch { sender } => facts
            .dkim
            .get(sender)
            .is_some_and(|choice| choice.switched_on),
        PageId::DkimKey { sender } => !sender::values(facts, sender).is_empty(),
        PageId::DkimSetup { sender } => sender::was_begun(facts, sender),
        PageId::DkimPart { sender, part } => parts::is_seen(facts, sender, *part),
        _ => true,
    };
    if settled {
        Standing::Settled
    } else {
        Standing::Needs
    }
}

fn is_later(facts: &Facts, sender: &str) -> bool {
    facts.dkim.get(sender).is_some_and(|choice| choice.later)
}

/// True where no sender is left for later and each has what it signs with.
pub fn nothing_left(facts: &Facts) -> bool {
    let senders = service::ticked(facts);
    !senders.is_empty() && !senders.iter().any(|sender| is_later(facts, sender))
}

/// The records of all senders, in order.
pub fn wanted(facts: &Facts) -> Vec<Wanted> {
    let mut all: Vec<Wanted> = Vec::new();
    for sender in service::ticked(facts) {
        // What was begun and left stays wanted: its records are watched and handed over like the others.
        if is_later(facts, &sender) && !sender::was_begun(facts, &sender) {
            continue;
        }
        for index in 0..sender::values(facts, &sender).len() {
            if let Ok(wanted) = record(facts, &sender, index)
                && !all.iter().any(|other| other.key == wanted.key)
            {
                all.push(wanted);
            }
        }
    }
    all
}

/// The selector of a record that belongs to a key made here whose private half is gone. Such a record must not be shown: nobody could sign
/// with it.
pub fn lost_selector(facts: &Facts, live: &Live, sender: &str, index: usize) -> Option<String> {
    let value = sender::values(facts, sender).into_iter().nth(index)?;
    let selector = value.host.strip_suffix("._domainkey")?;
    let made_here = facts
        .dkim
        .get(sender)
        .is_some_and(|choice| choice.keys.iter().any(|key| key.selector == selector));
    (made_here && value.record_type == RecordType::Txt && live.lost_keys.contains(selector))
        .then(|| selector.to_owned())
}

/// True for the record of such a key.
pub fn is_lost(facts: &Facts, live: &Live, wanted: &Wanted) -> bool {
    let Some(sender) = &wanted.sender else {
        return false;
    };
    if rotation::records::is_lost(facts, live, sender, wanted) {
        return true;
    }
    (0..sender::values(facts, sender).len()).any(|index| {
        lost_selector(facts, live, sender, index).is_some()
            && record(facts, sender, index)
                .is_ok_and(|lost| lost.record.owner == wanted.record.owner)
    })
}

/// One record of a sender, judged clean; else what is wrong with it.
pub fn record(facts: &Facts, sender: &str, index: usize) -> Result<Wanted, String> {
    let values = sender::values(facts, sender);
    let value = values
        .get(index)
        .ok_or_else(|| "there is no such record".to_owned())?;
    let domain = service::domain(facts);
    let owner = if value.host.is_empty() {
        domain
    } else {
        domain
            .prefixed(&value.host)
            .map_err(|error| format!("the name of the record is not valid: {error}"))?
    };
    let content = content(value)?;
    let record = clean(Record {
        owner,
        content,
        ttl: TTL,
    })?;
    let key = key(&record);
    Ok(Wanted {
        step: StepId::Dkim,
        sender: Some(sender.to_owned()),
        purpose: purpose(value, &record.content, &service::name(sender)),
        replaces: replaces(facts, &value.host, &record),
        key,
        record,
    })
}

/// What a value says as a record.
fn content(value: &Value) -> Result<Content, String> {
    let target = |text: &str| {
        text.parse::<DomainName>()
            .map_err(|error| format!("the target is not a name: {error}"))
    };
    match value.record_type {
        RecordType::Cname => target(&value.value).map(Content::Cname),
        RecordType::Mx => {
            let (preference, exchange) = value
                .value
                .split_once(' ')
                .ok_or_else(|| "the mail server has no priority".to_owned())?;
            Ok(Content::Mx {
                preference: preference
                    .parse()
                    .map_err(|_| "the priority is not a number".to_owned())?,
                exchange: target(exchange)?,
            })
        }
        _ if value.host.contains("_domainkey") => value
            .value
            .parse::<DkimKey>()
            .map(Content::Dkim)
            .map_err(|error| format!("the key record cannot be read: {error}")),
        _ if value.value.to_ascii_lowercase().starts_with("v=spf1") => value
            .value
            .parse::<Spf>()
            .map(Content::Spf)
            .map_err(|error| format!("the SPF record cannot be read: {error}")),
        _ => Ok(Content::Text(value.value.clone())),
    }
}

/// What a record of a sender is for.
fn purpose(value: &Value, content: &Content, name: &str) -> String {
    if value.host.contains("_domainkey") {
        format!("lets receivers check the signature of {name}")
    } else if matches!(content, Content::Text(_)) {
        format!("proves to {name} that the domain is yours")
    } else {
        format!("takes the bounces of {name} (return-path)")
    }
}

/// What stands at the name now and says something else.
fn replaces(facts: &Facts, host: &str, record: &Record) -> Option<String> {
    let selector = host.strip_suffix("._domainkey")?;
    let found = facts
        .survey
        .as_ref()?
        .dkim
        .selectors
        .iter()
        .find(|key| key.selector == selector)?;
    let (text, same) = match (&record.content, &found.cname, &found.record) {
        (Content::Cname(target), Some(cname), _) => {
            (cname, cname.trim_end_matches('.') == target.as_str())
        }
        (Content::Dkim(key), None, Some(text)) => (
            text,
            text.parse::<DkimKey>()
                .is_ok_and(|there| there.public_key == key.public_key),
        ),
        (_, Some(cname), _) => (cname, false),
        (_, None, Some(text)) => (text, false),
        _ => return None,
    };
    (!same).then(|| crate::plan::steps::domain::plain(text))
}

/// A line for each sender.
pub fn parts(facts: &Facts, live: &Live) -> Vec<(Mark, String)> {
    if !facts.senders.confirmed {
        return Vec::new();
    }
    service::ticked(facts)
        .iter()
        .map(|sender| {
            let (mark, state) = state(facts, live, sender);
            let name = service::name(sender);
            (
                mark,
                if state.is_empty() {
                    name
                } else {
                    format!("{name}: {state}")
                },
            )
        })
        .collect()
}

/// Where one sender stands.
pub fn state(facts: &Facts, live: &Live, sender: &str) -> (Mark, String) {
    if is_later(facts, sender) {
        return if sender::was_begun(facts, sender) {
            (Mark::Warning, "not finished there yet".to_owned())
        } else {
            (Mark::Later, "left for later".to_owned())
        };
    }
    if live.making.contains_key(sender) {
        return (Mark::Waiting, "making a key".to_owned());
    }
    let values = sender::values(facts, sender);
    let switched = facts
        .dkim
        .get(sender)
        .is_some_and(|choice| choice.switched_on);
    if values.is_empty() {
        return match sender::way(facts, sender) {
            Way::Told if switched => (Mark::Done, "signs, as you say".to_owned()),
            _ => (Mark::Later, String::new()),
        };
    }
    let mut sights = Vec::new();
    for index in 0..values.len() {
        if lost_selector(facts, live, sender, index).is_some() {
            return (Mark::Wrong, "the private half of a key is gone".to_owned());
        }
        match record(facts, sender, index) {
            Ok(wanted) => sights.push(seen::sight(facts, Some(live), &wanted)),
            Err(_) => return (Mark::Wrong, "a record is not in order".to_owned()),
        }
    }
    if sights
        .iter()
        .any(|sight| matches!(sight, Sight::NotYet { word } if word != "missing"))
    {
        return (Mark::Wrong, "something is wrong in the DNS".to_owned());
    }
    if let Some(Sight::WasGreen { at, .. }) = sights
        .iter()
        .find(|sight| matches!(sight, Sight::WasGreen { .. }))
        && sights.iter().all(Sight::was_green)
    {
        return (
            Mark::Waiting,
            format!("seen green {}, looking again", seen::ago(live.now, *at)),
        );
    }
    if !sights.iter().all(Sight::is_green) {
        let began = sights.iter().any(|sight| !matches!(sight, Sight::Never));
        return if began {
            (Mark::Waiting, "not visible everywhere yet".to_owned())
        } else {
            (Mark::Later, "to be published".to_owned())
        };
    }
    if switched && open::awaits_sign(facts, sender) {
        (Mark::Waiting, "switched on, not seen signing".to_owned())
    } else if switched {
        (Mark::Done, String::new())
    } else {
        (Mark::Now, "published, signing not switched on".to_owned())
    }
}
