//! What an export does to each name: all records of one type there (an RRset) before and after. Here it is decided what is kept, what goes
//! and when nothing may be touched.
//!
//! Many ways to write records replace the whole set. So what stands beside our record (a verification token beside SPF) is carried along;
//! where nobody knows what stands there, the set is not written, or written so that it fails where something is there.

use std::fmt;

use jiff::Timestamp;

use crate::export::Row;
use crate::export::Sheet;
use crate::export::rival::is_known_to;
use crate::export::rival::is_rival;
use crate::export::rival::is_same;
use crate::records::name::DomainName;
use crate::records::record::Content;
use crate::records::record::STRING;
use crate::records::sighting::RecordType;
use crate::records::untrusted::Untrusted;

/// What stood at an owner name when the zone's own servers were last asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum There {
    /// Nobody looked, nobody could tell, or the servers did not agree.
    #[default]
    Unknown,
    Seen(Seen),
}

/// `values`: every record of the type at the name, and an alias that stands there; empty where there is nothing. `ttl`: seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub at: Timestamp,
    pub ttl: Option<u32>,
    pub values: Vec<Value>,
}

/// The data of one record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    Text(Untrusted),
    Mx {
        preference: u16,
        exchange: DomainName,
    },
    Alias(DomainName),
}

/// The records of one type at one name.
#[derive(Clone, Debug)]
pub struct Set<'s> {
    pub owner: &'s DomainName,
    pub zone: &'s DomainName,
    pub record_type: RecordType,
    /// Seconds, for the set as it shall be.
    pub ttl: u32,
    /// The rows of the sheet that belong here.
    pub rows: Vec<&'s Row>,
    pub change: Change,
}

/// What becomes of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Nothing stood there.
    Create { added: Vec<Value> },
    /// Ours is there already; `kept` is all that is there.
    Nothing { at: Timestamp, kept: Vec<Value> },
    /// `kept` stays, `gone` goes, `added` is new. `ttl`: of what stood there.
    Change {
        at: Timestamp,
        ttl: Option<u32>,
        kept: Vec<Value>,
        gone: Vec<Value>,
        added: Vec<Value>,
    },
    /// It is not known what stands there, or what to do with it.
    Unknown { why: Why, added: Vec<Value> },
}

/// Why a set must not be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    NotLooked,
    /// What stands there is not what the record was made from.
    Changed,
    /// An alias (CNAME) and another record cannot stand at one name.
    Alias,
    /// The same, where the setup wants both.
    Crossed,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotLooked => "it is not known what stands at this name now",
            Self::Changed => "what stands at this name is not what this record was made from",
            Self::Alias => {
                "another kind of record stands at this name, and an alias cannot stand beside it"
            }
            Self::Crossed => "an alias has to stand alone at its name, and here it would not",
        })
    }
}

impl Value {
    pub fn of(content: &Content) -> Self {
        match content {
            Content::Cname(target) => Self::Alias(target.clone()),
            Content::Mx {
                preference,
                exchange,
            } => Self::Mx {
                preference: *preference,
                exchange: exchange.clone(),
            },
            content => Self::Text(Untrusted::from(content.to_string().as_str())),
        }
    }

    pub fn record_type(&self) -> RecordType {
        match self {
            Self::Text(_) => RecordType::Txt,
            Self::Mx { .. } => RecordType::Mx,
            Self::Alias(_) => RecordType::Cname,
        }
    }

    /// For people: a text escaped.
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.shown().to_string(),
            Self::Mx {
                preference,
                exchange,
            } => format!("{preference} {exchange}"),
            Self::Alias(target) => target.to_string(),
        }
    }

    /// What the value needs in a message: a text longer than this may be cut anywhere, and only the joined text is known.
    pub fn is_cut(&self) -> bool {
        matches!(self, Self::Text(text) if text.as_bytes().len() > STRING)
    }
}

impl Set<'_> {
    /// All values of the set as it shall be, what is there first; None where that is not known.
    pub fn after(&self) -> Option<Vec<Value>> {
        match &self.change {
            Change::Create { added } => Some(added.clone()),
            Change::Nothing { kept, .. } => Some(kept.clone()),
            Change::Change { kept, added, .. } => Some(kept.iter().chain(added).cloned().collect()),
            Change::Unknown { .. } => None,
        }
    }

    /// What we want there, whatever else stands there.
    pub fn ours(&self) -> Vec<Value> {
        ours(&self.rows)
    }

    /// All that stands there now; None where that is not known.
    pub fn before(&self) -> Option<Vec<Value>> {
        match &self.change {
            Change::Create { .. } => Some(Vec::new()),
            Change::Nothing { kept, .. } => Some(kept.clone()),
            Change::Change { kept, gone, .. } => Some(kept.iter().chain(gone).cloned().collect()),
            Change::Unknown { .. } => None,
        }
    }

    /// The value that stands there and says what `ours`, one of our values, says.
    pub fn standing(&self, ours: &Value) -> Option<&Value> {
        let row = self
            .rows
            .iter()
            .find(|row| Value::of(&row.record.content) == *ours)?;
        let kept = match &self.change {
            Change::Nothing { kept, .. } | Change::Change { kept, .. } => kept,
            Change::Create { .. } | Change::Unknown { .. } => return None,
        };
        kept.iter()
            .find(|there| is_same(&row.record.content, there))
    }

    /// True for a change that may be tried where it fails if anything stands there: nobody looked. Where it is known that something stands
    /// in the way, trying is of no use.
    pub fn may_be_tried(&self) -> bool {
        !matches!(&self.change, Change::Unknown { why, .. } if *why != Why::NotLooked)
    }

    /// What goes.
    pub fn gone(&self) -> &[Value] {
        match &self.change {
            Change::Change { gone, .. } => gone,
            _ => &[],
        }
    }

    /// What the records are for.
    pub fn purpose(&self) -> String {
        let purposes: Vec<&str> = self.rows.iter().map(|row| row.purpose.as_str()).collect();
        purposes.join("; ")
    }
}

/// When the name that was looked at longest ago was looked at; None where none was.
pub fn oldest(sheet: &Sheet) -> Option<Timestamp> {
    let looks = sheet.rows.iter().filter_map(|row| match &row.there {
        There::Seen(seen) => Some(seen.at),
        There::Unknown => None,
    });
    looks.min()
}

/// The sets that a sheet touches, in its order.
pub fn sets(sheet: &Sheet) -> Vec<Set<'_>> {
    let mut groups: Vec<Vec<&Row>> = Vec::new();
    for row in &sheet.rows {
        let is_same = |group: &&mut Vec<&Row>| {
            group.iter().any(|other| {
                other.record.owner == row.record.owner
                    && other.record.content.record_type() == row.record.content.record_type()
            })
        };
        match groups.iter_mut().find(is_same) {
            Some(group) => group.push(row),
            None => groups.push(vec![row]),
        }
    }
    let mut sets: Vec<Set<'_>> = groups.into_iter().filter_map(set).collect();
    for set in &mut sets {
        if set.rows.iter().any(|row| is_crossed(row, sheet)) {
            set.change = Change::Unknown {
                why: Why::Crossed,
                added: set.ours(),
            };
        }
    }
    sets
}

/// The zones of the sets, each once, in their order.
pub fn zones<'s>(sets: &[Set<'s>]) -> Vec<&'s DomainName> {
    let mut zones: Vec<&DomainName> = Vec::new();
    for set in sets {
        if !zones.contains(&set.zone) {
            zones.push(set.zone);
        }
    }
    zones
}

/// True for an alias that would not stand alone with the other records of the sheet, and for those: no server takes both (RFC 1034,
/// section 3.6.2). At the apex of a zone other records always stand.
pub fn is_crossed(row: &Row, sheet: &Sheet) -> bool {
    let is_alias = |row: &Row| matches!(row.record.content, Content::Cname(_));
    let at_apex = is_alias(row) && row.record.owner == row.zone;
    at_apex
        || sheet.rows.iter().any(|other| {
            other.record.owner == row.record.owner
                && other.record.content != row.record.content
                && (is_alias(row) || is_alias(other))
        })
}

fn set(rows: Vec<&Row>) -> Option<Set<'_>> {
    let first = rows.first()?;
    let record_type = first.record.content.record_type();
    let change = change(&rows, record_type);
    let ours = rows.iter().map(|row| row.record.ttl.0).min()?;
    // A set has one TTL: what others chose shorter stays so.
    let ttl = match &change {
        Change::Change { ttl, kept, .. } if !kept.is_empty() => ttl.unwrap_or(ours).min(ours),
        Change::Nothing { .. } => first.there.ttl().unwrap_or(ours),
        _ => ours,
    };
    Some(Set {
        owner: &first.record.owner,
        zone: &first.zone,
        record_type,
        ttl,
        rows,
        change,
    })
}

impl There {
    fn ttl(&self) -> Option<u32> {
        match self {
            Self::Seen(seen) => seen.ttl,
            Self::Unknown => None,
        }
    }
}

fn ours(rows: &[&Row]) -> Vec<Value> {
    let mut values: Vec<Value> = Vec::new();
    for row in rows {
        let value = Value::of(&row.record.content);
        if !values.contains(&value) {
            values.push(value);
        }
    }
    values
}

fn change(rows: &[&Row], record_type: RecordType) -> Change {
    let unknown = |why| Change::Unknown {
        why,
        added: ours(rows),
    };
    // Rows of one name are filled in from one look; where one of them was not, the others do not count.
    let mut seen: Option<&Seen> = None;
    for row in rows {
        match &row.there {
            There::Unknown => return unknown(Why::NotLooked),
            There::Seen(this) => seen = seen.filter(|seen| seen.at >= this.at).or(Some(this)),
        }
    }
    let Some(seen) = seen else {
        return unknown(Why::NotLooked);
    };
    let mut kept: Vec<Value> = Vec::new();
    let mut gone: Vec<Value> = Vec::new();
    let has_all = rows.iter().all(|row| {
        let mut there = seen.values.iter();
        there.any(|value| is_same(&row.record.content, value))
    });
    for value in &seen.values {
        if rows.iter().any(|row| is_same(&row.record.content, value)) {
            kept.push(value.clone());
            continue;
        }
        // Mail servers of others: some of the mail would go astray between theirs and ours.
        if matches!(value, Value::Mx { .. }) && record_type == RecordType::Mx && !has_all {
            return unknown(Why::Changed);
        }
        match rows.iter().find(|row| is_rival(&row.record.content, value)) {
            None => kept.push(value.clone()),
            Some(row) if is_known_to(row, value) => gone.push(value.clone()),
            Some(row) => {
                return unknown(if value.record_type() == row.record.content.record_type() {
                    Why::Changed
                } else {
                    Why::Alias
                });
            }
        }
    }
    if kept.iter().any(|value| value.record_type() != record_type) {
        return unknown(Why::Alias);
    }
    let mut added: Vec<Value> = Vec::new();
    for row in rows {
        let value = Value::of(&row.record.content);
        let is_there = kept
            .iter()
            .chain(&added)
            .any(|there| is_same(&row.record.content, there));
        if !is_there {
            added.push(value);
        }
    }
    match (seen.values.is_empty(), added.is_empty() && gone.is_empty()) {
        (true, _) => Change::Create { added },
        (false, true) => Change::Nothing { at: seen.at, kept },
        (false, false) => Change::Change {
            at: seen.at,
            ttl: seen.ttl,
            kept,
            gone,
            added,
        },
    }
}
