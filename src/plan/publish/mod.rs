//! Publishing by DNS UPDATE: which changes lead from what a primary server has to what the setup wants, and which must not be made. Pure.
//!
//! `step` what to do about each wish · `kept` what was changed, so that it can be taken back · `undo` the way back.
//!
//! What is not ours is never taken away: only a text that the setup said it replaces goes, byte for byte, and every change
//! rests on the zone being as it was seen. That also guards what a server would pass over in silence: an alias (CNAME) beside other
//! records (RFC 2136, section 3.4.2.2).

pub mod kept;
mod step;
pub mod undo;

use crate::plan::facts::Facts;
use crate::plan::steps::monitor;
use crate::plan::steps::spf;
use crate::plan::wanted::Wanted;
use crate::records::name::DomainName;
use crate::records::record::Content;
use crate::records::record::Record;
use crate::records::sighting::RecordType;
use crate::records::untrusted::Untrusted;
use crate::records::update::Exact;
use crate::records::update::Operation;
use crate::records::update::Prerequisite;
use crate::records::update::Rrset;
use crate::records::update::Update;

pub use crate::plan::publish::step::step;
pub use crate::plan::publish::step::steps;

/// One record that is wanted in a zone.
#[derive(Clone, Debug, PartialEq)]
pub struct Wish {
    /// The word by which the command line names it.
    pub id: String,
    /// In plain words.
    pub purpose: String,
    pub record: Record,
    /// The texts that the setup saw and said it replaces; escaped.
    pub replaced: Vec<String>,
    /// The mail servers (MX) that the setup wants at the same name; others there are not ours.
    pub mates: Vec<Exact>,
}

/// What the primary server has at one name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holding {
    pub rrsets: Vec<Rrset>,
    /// What it says of names that nobody uses (`*`) around this one; such records stand at no name of their own.
    pub wildcard: Vec<Rrset>,
}

/// What happens to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It is there.
    Keep,
    Add,
    Replace,
    /// Only in undo: what was put in goes.
    Remove,
}

impl Action {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Add => "add",
            Self::Replace => "replace",
            Self::Remove => "remove",
        }
    }
}

/// One change of one RRset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub id: String,
    pub purpose: String,
    pub owner: DomainName,
    pub record_type: RecordType,
    pub action: Action,
    /// Seconds. Of the RRset where there is one, since its records share it (RFC 2181, section 5.2).
    pub ttl: u32,
    pub taken: Vec<Exact>,
    pub put: Vec<Exact>,
    /// The other records of the RRset, which stay.
    pub stay: Vec<Exact>,
    pub prerequisites: Vec<Prerequisite>,
}

/// A change that must not be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub id: String,
    pub purpose: String,
    pub owner: DomainName,
    pub record_type: RecordType,
    /// What stands there.
    pub there: Vec<Exact>,
    pub reason: String,
    pub remedy: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Change(Change),
    Refused(Refused),
}

/// The words by which the command line names records of the setup of `domain`, each word once: `spf`, `dmarc`, `dkim-SELECTOR`,
/// `reports`, `mx`, else the owner name; a number behind it where several records would have the same.
pub fn ids(records: &[&Record], domain: &DomainName) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for record in records {
        let word = id(record, domain);
        let numbered = (2_usize..).map(|number| format!("{word}-{number}"));
        let free = std::iter::once(word.clone())
            .chain(numbered)
            .find(|id| !ids.contains(id));
        ids.push(free.unwrap_or(word));
    }
    ids
}

fn id(record: &Record, domain: &DomainName) -> String {
    let labels: Vec<&str> = record.owner.labels().collect();
    let key_at = labels.iter().position(|label| *label == "_domainkey");
    match (&record.content, key_at) {
        // Services have SPF records of their own, at names below.
        (Content::Spf(_), _) if record.owner == *domain => "spf".to_owned(),
        (Content::Dmarc(_), _) => "dmarc".to_owned(),
        (Content::ReportAuthorization, _) => "reports".to_owned(),
        (Content::Mx { .. }, _) => "mx".to_owned(),
        (_, Some(at)) if at > 0 => format!("dkim-{}", labels[..at].join(".")),
        _ => record.owner.to_string(),
    }
}

/// The mail servers of `records` that stand beside `record`: at a name with several, each one is a record of its own.
pub fn mates(record: &Record, records: &[&Record]) -> Vec<Exact> {
    if !matches!(record.content, Content::Mx { .. }) {
        return Vec::new();
    }
    records
        .iter()
        .filter(|other| other.owner == record.owner)
        .filter_map(|other| match &other.content {
            Content::Mx {
                preference,
                exchange,
            } => Some(Exact::Mx {
                preference: *preference,
                exchange: exchange.clone(),
            }),
            _ => None,
        })
        .collect()
}

/// The texts that a wanted record replaces, each as the look found it; escaped.
pub fn replaced(facts: &Facts, wanted: &Wanted) -> Vec<String> {
    let Some(old) = &wanted.replaces else {
        return Vec::new();
    };
    match &wanted.record.content {
        Content::Spf(_) => owned(spf::present::texts(facts)),
        Content::Dmarc(_) => owned(monitor::present::own_text(facts)),
        _ => vec![old.clone()],
    }
}

fn owned<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    texts.into_iter().map(str::to_owned).collect()
}

impl Change {
    pub fn is_needed(&self) -> bool {
        self.action != Action::Keep
    }
}

/// The changes as one message; None where all is as it should be.
pub fn update(zone: &DomainName, changes: &[&Change]) -> Option<Update> {
    let needed: Vec<&&Change> = changes.iter().filter(|change| change.is_needed()).collect();
    let mut prerequisites: Vec<Prerequisite> = Vec::new();
    let mut operations: Vec<Operation> = Vec::new();
    for change in &needed {
        for prerequisite in &change.prerequisites {
            // Records that are named twice would not be the RRset that is there.
            if !prerequisites.contains(prerequisite) {
                prerequisites.push(prerequisite.clone());
            }
        }
        operations.extend(change.taken.iter().map(|data| Operation::Delete {
            owner: change.owner.clone(),
            data: data.clone(),
        }));
    }
    for change in &needed {
        operations.extend(change.put.iter().map(|data| Operation::Add {
            owner: change.owner.clone(),
            ttl: change.ttl,
            data: data.clone(),
        }));
    }
    (!operations.is_empty()).then(|| Update {
        zone: zone.clone(),
        prerequisites,
        operations,
    })
}

/// Whether a server that holds these records has the change: all that was put in, and nothing that was taken away. TXT texts count as
/// one string each.
pub fn has(change: &Change, there: &[Untrusted]) -> bool {
    let stands = |data: &Exact| {
        let text = data.joined().unwrap_or_else(|| match data {
            Exact::Cname(target) => Untrusted::from(target.as_str()),
            other => Untrusted::from(other.shown().as_str()),
        });
        there.contains(&text)
    };
    change.put.iter().all(stands)
        && !change
            .taken
            .iter()
            .any(|data| stands(data) && !change.put.contains(data))
}
