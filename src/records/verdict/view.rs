//! One sighting of a wanted record, put into one of a few classes.

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::records::dkim;
use crate::records::finding::Finding;
use crate::records::name::DomainName;
use crate::records::record::Content;
use crate::records::record::Record;
use crate::records::sighting::Data;
use crate::records::sighting::Outcome;
use crate::records::sighting::RecordType;
use crate::records::sighting::Server;
use crate::records::sighting::Sighting;
use crate::records::sighting::Trouble;
use crate::records::untrusted::Untrusted;
use crate::records::verdict::compare::Difference;
use crate::records::verdict::compare::Held;
use crate::records::verdict::compare::held;

/// What one server has.
#[derive(Clone, Debug)]
pub(super) struct View<'a> {
    pub(super) server: &'a Server,
    pub(super) saw: Saw,
    /// The TXT strings that it gave.
    pub(super) texts: Vec<Untrusted>,
    pub(super) chain: &'a [DomainName],
    /// When the copy that it gave dies.
    pub(super) dies: Option<Timestamp>,
    /// The state of the key at the end of a DKIM alias, where it was looked at.
    pub(super) target: Option<Target>,
}

/// What a server has, seen from the wanted record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Saw {
    Same,
    Other(Difference),
    Broken {
        text: Untrusted,
        findings: Vec<Finding>,
    },
    Several(Vec<Untrusted>),
    /// An alias stands where the record belongs, or the other way round.
    Beside(Vec<Untrusted>),
    Absent,
    Trouble(Trouble),
}

/// What stands at the end of a DKIM alias.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Key,
    Nothing,
    Unusable,
    Trouble(Trouble),
}

impl View<'_> {
    pub(super) fn agrees(&self) -> bool {
        self.saw == Saw::Same
    }

    pub(super) fn answered(&self) -> bool {
        !matches!(self.saw, Saw::Trouble(_))
    }

    /// The trouble of the server itself; None where only what lies behind an alias of its own could not be looked up.
    pub(super) fn own_trouble(&self) -> Option<&Trouble> {
        match &self.saw {
            Saw::Trouble(trouble) if self.chain.is_empty() => Some(trouble),
            _ => None,
        }
    }
}

/// Classifies a sighting of the record's own question.
pub(super) fn view<'a>(record: &Record, sighting: &'a Sighting) -> View<'a> {
    let answer = &sighting.answer;
    let texts: Vec<Untrusted> = answer.texts().cloned().collect();
    let ttl = match &answer.outcome {
        Outcome::Records { ttl, .. } => Some(*ttl),
        Outcome::NoData { ttl } | Outcome::NoName { ttl } => *ttl,
        Outcome::Trouble(_) => None,
    };
    let dies = ttl.and_then(|ttl| {
        sighting
            .seen_at
            .checked_add(SignedDuration::from_secs(i64::from(ttl)))
            .ok()
    });
    let mut target = None;
    let saw = match (&answer.outcome, &record.content) {
        (Outcome::Trouble(trouble), content) => {
            let is_right =
                matches!(content, Content::Cname(to) if answer.chain.first() == Some(to));
            if is_right && sighting.question.record_type != RecordType::Cname {
                target = Some(Target::Trouble(trouble.clone()));
            }
            Saw::Trouble(trouble.clone())
        }
        (_, Content::Cname(wanted)) => {
            let seen = alias(sighting);
            if seen == Some(wanted) && sighting.question.record_type == RecordType::Txt {
                target = target_of(sighting, wanted, &texts);
            }
            alias_saw(wanted, seen, &texts)
        }
        (
            _,
            Content::Mx {
                preference,
                exchange,
            },
        ) => exchange_saw(*preference, exchange, answer.data()),
        _ if answer.alias_beside().is_some() => Saw::Beside(
            answer
                .alias_beside()
                .map(|to| Untrusted::from(format!("CNAME {to}").as_str()))
                .into_iter()
                .collect(),
        ),
        (_, content) => match held(content, &record.owner, &texts) {
            Held::Same => Saw::Same,
            // Behind an alias nobody can put a TXT at the owner.
            _ if !answer.chain.is_empty() => Saw::Beside(
                answer
                    .chain
                    .first()
                    .map(|to| Untrusted::from(format!("CNAME {to}").as_str()))
                    .into_iter()
                    .collect(),
            ),
            Held::Other(difference) => Saw::Other(difference),
            Held::Broken { text, findings } => Saw::Broken { text, findings },
            Held::Several(texts) => Saw::Several(texts),
            Held::Absent => Saw::Absent,
        },
    };
    View {
        server: &sighting.server,
        saw,
        texts,
        chain: &answer.chain,
        dies,
        target,
    }
}

/// The target of the alias that a sighting shows.
pub(super) fn alias(sighting: &Sighting) -> Option<&DomainName> {
    sighting.answer.chain.first().or_else(|| {
        sighting.answer.data().iter().find_map(|data| match data {
            Data::Cname(target) => Some(target),
            _ => None,
        })
    })
}

fn alias_saw(wanted: &DomainName, seen: Option<&DomainName>, texts: &[Untrusted]) -> Saw {
    match seen {
        Some(seen) if seen == wanted => Saw::Same,
        Some(seen) => Saw::Other(Difference::new(
            "the target",
            wanted.as_str(),
            &seen.to_string(),
        )),
        None if texts.is_empty() => Saw::Absent,
        None => Saw::Beside(texts.to_vec()),
    }
}

/// The key at the end of a right alias.
fn target_of(sighting: &Sighting, owner: &DomainName, texts: &[Untrusted]) -> Option<Target> {
    match &sighting.answer.outcome {
        Outcome::NoData { .. } | Outcome::NoName { .. } => Some(Target::Nothing),
        _ if texts.is_empty() => None,
        _ => Some(match dkim::judge::select(owner, texts) {
            dkim::judge::Selected::One(key) if !key.is_revoked() => Target::Key,
            _ => Target::Unusable,
        }),
    }
}

fn exchange_saw(preference: u16, exchange: &DomainName, data: &[Data]) -> Saw {
    let seen: Vec<(u16, &DomainName)> = data
        .iter()
        .filter_map(|data| match data {
            Data::Mx {
                preference,
                exchange,
            } => Some((*preference, exchange)),
            _ => None,
        })
        .collect();
    let others: Vec<Untrusted> = seen
        .iter()
        .filter(|(_, to)| *to != exchange)
        .map(|(number, to)| Untrusted::from(format!("MX {number} {to}").as_str()))
        .collect();
    match seen.iter().find(|(_, to)| *to == exchange) {
        // A null MX means something only where it is alone (RFC 7505).
        Some(_) if exchange.is_root() && !others.is_empty() => Saw::Beside(others),
        Some((number, _)) if *number == preference || exchange.is_root() => Saw::Same,
        Some((number, _)) => Saw::Other(Difference::new(
            "the priority",
            &preference.to_string(),
            &number.to_string(),
        )),
        None => match seen.first() {
            Some((number, to)) => Saw::Other(Difference::new(
                "the mail server",
                &format!("{preference} {exchange}"),
                &format!("{number} {to}"),
            )),
            None => Saw::Absent,
        },
    }
}
