//! A change of a zone as one message (DNS UPDATE, RFC 2136): what must be true there beforehand, and what is taken away and put in.
//!
//! Data is exact here, down to the character-strings of a TXT: a server compares and deletes records byte for byte.

use std::fmt;

use crate::records::name::DomainName;
use crate::records::sighting::RecordType;
use crate::records::untrusted::Shown;
use crate::records::untrusted::Untrusted;

/// The most bytes of one character-string (RFC 1035, section 3.3).
const STRING: usize = 255;

/// Data of one record as it stands in the zone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Exact {
    /// The character-strings, apart.
    Txt(Vec<Untrusted>),
    Cname(DomainName),
    Mx {
        preference: u16,
        exchange: DomainName,
    },
}

/// All records of one type at one name. `ttl` in seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rrset {
    pub owner: DomainName,
    pub record_type: RecordType,
    pub ttl: u32,
    pub data: Vec<Exact>,
}

/// What must be true of the zone, or nothing is changed (RFC 2136, section 2.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Prerequisite {
    /// The RRset holds exactly these records (section 2.4.2). The TTL does not count.
    Exactly(Rrset),
    /// There is no such RRset (section 2.4.3).
    NoRrset {
        owner: DomainName,
        record_type: RecordType,
    },
    /// The name holds no record at all (section 2.4.5).
    NameFree { owner: DomainName },
}

/// One step of a change (RFC 2136, section 2.5). A whole RRset is never deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Puts one record in (section 2.5.1).
    Add {
        owner: DomainName,
        ttl: u32,
        data: Exact,
    },
    /// Takes exactly this record away (section 2.5.4).
    Delete { owner: DomainName, data: Exact },
}

/// One change of one zone: all of it happens, or nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    pub zone: DomainName,
    pub prerequisites: Vec<Prerequisite>,
    pub operations: Vec<Operation>,
}

impl Exact {
    /// A text, cut into character-strings as every export cuts it.
    pub fn text(value: &str) -> Self {
        let mut strings: Vec<Untrusted> = value
            .as_bytes()
            .chunks(STRING)
            .map(Untrusted::new)
            .collect();
        if strings.is_empty() {
            strings.push(Untrusted::default());
        }
        Self::Txt(strings)
    }

    pub fn record_type(&self) -> RecordType {
        match self {
            Self::Txt(_) => RecordType::Txt,
            Self::Cname(_) => RecordType::Cname,
            Self::Mx { .. } => RecordType::Mx,
        }
    }

    /// A TXT as one string; None for other types.
    pub fn joined(&self) -> Option<Untrusted> {
        match self {
            Self::Txt(strings) => Some(Untrusted::new(
                strings
                    .iter()
                    .flat_map(|string| string.as_bytes())
                    .copied()
                    .collect::<Vec<u8>>(),
            )),
            _ => None,
        }
    }

    /// The data in one line, a TXT as one string; escaped.
    pub fn shown(&self) -> Shown {
        match self {
            Self::Txt(_) => self.joined().unwrap_or_default().shown(),
            Self::Cname(target) => Untrusted::from(target.to_string().as_str()).shown(),
            Self::Mx {
                preference,
                exchange,
            } => Untrusted::from(format!("{preference} {exchange}").as_str()).shown(),
        }
    }
}

impl fmt::Display for Prerequisite {
    /// What had to be true, to stand behind "that".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(rrset) => write!(
                f,
                "the {} records at {} are as they were",
                rrset.record_type, rrset.owner
            ),
            Self::NoRrset { owner, record_type } => {
                write!(f, "there is no {record_type} record at {owner}")
            }
            Self::NameFree { owner } => write!(f, "nothing stands at {owner}"),
        }
    }
}

impl Operation {
    pub fn owner(&self) -> &DomainName {
        match self {
            Self::Add { owner, .. } | Self::Delete { owner, .. } => owner,
        }
    }
}
