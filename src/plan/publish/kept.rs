//! What was changed in a zone, kept so that it can be taken back. Texts stand in the presentation form of the DNS, so that any byte survives.

use jiff::SignedDuration;
use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::plan::facts::Facts;
use crate::plan::publish::Change;
use crate::records::name::DomainName;
use crate::records::record::STRING;
use crate::records::sighting::RecordType;
use crate::records::untrusted::Untrusted;
use crate::records::update::Exact;

/// Changes that are kept.
const MOST: usize = 200;

/// How a change of a zone ended, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It was about to be sent, or was sent and no answer came.
    Unknown,
    Done,
    Undone,
    /// A word of a newer nobounce.
    #[serde(other)]
    Other,
}

/// One change of one zone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Publication {
    /// The same for all zones of one run.
    pub at: Timestamp,
    pub zone: String,
    /// The primary server that was asked.
    pub server: String,
    pub outcome: Outcome,
    pub changes: Vec<KeptChange>,
    #[serde(flatten)]
    pub others: serde_json::Map<String, serde_json::Value>,
}

/// One changed RRset. A record is a list: the character-strings of a TXT, the target of a CNAME, preference and host of an MX.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeptChange {
    pub id: String,
    pub owner: String,
    #[serde(rename = "type")]
    pub record_type: String,
    pub ttl: u32,
    #[serde(default)]
    pub taken: Vec<Vec<String>>,
    #[serde(default)]
    pub put: Vec<Vec<String>>,
}

impl KeptChange {
    pub fn of(change: &Change) -> Self {
        let written = |data: &Vec<Exact>| data.iter().map(write).collect();
        Self {
            id: change.id.clone(),
            owner: change.owner.to_string(),
            record_type: change.record_type.as_str().to_owned(),
            ttl: change.ttl,
            taken: written(&change.taken),
            put: written(&change.put),
        }
    }

    /// Owner, type, what was taken and what was put in; None where the file was changed by hand into something that cannot be read.
    pub fn read(&self) -> Option<(DomainName, RecordType, Vec<Exact>, Vec<Exact>)> {
        let record_type = [RecordType::Txt, RecordType::Cname, RecordType::Mx]
            .into_iter()
            .find(|known| known.as_str() == self.record_type)?;
        let all = |kept: &[Vec<String>]| {
            kept.iter()
                .map(|words| read(record_type, words))
                .collect::<Option<Vec<_>>>()
        };
        Some((
            self.owner.parse().ok()?,
            record_type,
            all(&self.taken)?,
            all(&self.put)?,
        ))
    }
}

fn write(data: &Exact) -> Vec<String> {
    match data {
        Exact::Txt(strings) => strings.iter().map(|string| string.shown().into()).collect(),
        Exact::Cname(target) => vec![target.to_string()],
        Exact::Mx {
            preference,
            exchange,
        } => vec![preference.to_string(), exchange.to_string()],
    }
}

fn read(record_type: RecordType, words: &[String]) -> Option<Exact> {
    match (record_type, words) {
        (RecordType::Txt, [_, ..]) => words
            .iter()
            .map(|word| Untrusted::from_shown(word))
            .map(|string| string.filter(|string| string.as_bytes().len() <= STRING))
            .collect::<Option<Vec<_>>>()
            .map(Exact::Txt),
        (RecordType::Cname, [target]) => target.parse().ok().map(Exact::Cname),
        (RecordType::Mx, [preference, exchange]) => Some(Exact::Mx {
            preference: preference.parse().ok()?,
            exchange: exchange.parse().ok()?,
        }),
        _ => None,
    }
}

/// A time for a new run, at `now` or just behind it: no two runs have the same, even where the clock stands still.
pub fn fresh(facts: &Facts, now: Timestamp) -> Timestamp {
    let newest = facts.publications.iter().map(|kept| kept.at).max();
    match newest.filter(|newest| *newest >= now) {
        Some(newest) => newest
            .checked_add(SignedDuration::from_millis(1))
            .unwrap_or(newest),
        None => now,
    }
}

/// Keeps what is about to be changed; the oldest goes where there are too many.
pub fn begin(facts: &mut Facts, publication: Publication) {
    if facts.publications.len() >= MOST {
        facts.publications.remove(0);
    }
    facts.publications.push(publication);
}

/// Notes how the newest change of `zone` that began at `at` ended. None: it did not happen, and is forgotten.
pub fn end(facts: &mut Facts, at: Timestamp, zone: &str, outcome: Option<Outcome>) {
    let newest = facts
        .publications
        .iter()
        .rposition(|kept| kept.at == at && kept.zone == zone);
    match (newest, outcome) {
        (Some(newest), Some(outcome)) => facts.publications[newest].outcome = outcome,
        (Some(newest), None) => {
            facts.publications.remove(newest);
        }
        (None, _) => {}
    }
}

/// The changes of the newest run that can be taken back.
pub fn newest(facts: &Facts) -> Vec<&Publication> {
    let open = |kept: &&Publication| matches!(kept.outcome, Outcome::Done | Outcome::Unknown);
    let Some(at) = facts
        .publications
        .iter()
        .filter(open)
        .map(|kept| kept.at)
        .max()
    else {
        return Vec::new();
    };
    facts
        .publications
        .iter()
        .filter(open)
        .filter(|kept| kept.at == at)
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::any;
    use proptest::prop_assert_eq;
    use proptest::proptest;

    use crate::plan::publish::kept::*;

    proptest! {
        #[test]
        fn any_text_survives_being_kept(strings in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..=255), 1..4)) {
            let data = Exact::Txt(strings.into_iter().map(Untrusted::new).collect());
            prop_assert_eq!(read(RecordType::Txt, &write(&data)), Some(data));
        }

        #[test]
        fn any_words_are_read_without_harm(words in proptest::collection::vec(".*", 0..4)) {
            for record_type in [RecordType::Txt, RecordType::Cname, RecordType::Mx] {
                read(record_type, &words);
            }
        }
    }

    #[test]
    fn other_data_survives_being_kept() {
        let exchange: DomainName = "mail.example.com".parse().unwrap();
        for data in [
            Exact::Cname(exchange.clone()),
            Exact::Mx {
                preference: 10,
                exchange,
            },
            Exact::Mx {
                preference: 0,
                exchange: DomainName::root(),
            },
        ] {
            assert_eq!(read(data.record_type(), &write(&data)), Some(data));
        }
        assert_eq!(read(RecordType::Txt, &[]), None);
        assert_eq!(read(RecordType::Txt, &["\\12".to_owned()]), None);
        assert_eq!(read(RecordType::Txt, &["\\256".to_owned()]), None);
        assert_eq!(read(RecordType::Txt, &["x".repeat(256)]), None);
    }
}
