//! What the user chose and what servers said: all that is kept of a setup. The current step is computed from it, never stored.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::audit::report::Report;
use crate::records::verdict::Judgement;

/// The facts of one setup. Unknown fields survive a rewrite.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    pub domain: String,
    /// The newest full look.
    #[serde(default)]
    pub survey: Option<Report>,
    #[serde(default)]
    pub senders: Senders,
    #[serde(default)]
    pub mailbox: Mailbox,
    /// By sender id.
    #[serde(default)]
    pub dkim: BTreeMap<String, DkimChoice>,
    #[serde(default)]
    pub spf: SpfChoice,
    #[serde(default)]
    pub monitor: MonitorChoice,
    #[serde(default)]
    pub panel: PanelChoice,
    /// Newest sight of each issued record, by `owner TYPE`.
    #[serde(default)]
    pub seen: BTreeMap<String, Seen>,
    #[serde(default)]
    pub journal: Vec<Entry>,
    /// The latest clock ever seen: a clock that jumps back unlocks nothing.
    #[serde(default)]
    pub latest_clock: Option<Timestamp>,
    /// Fields of a newer or older nobounce.
    #[serde(flatten)]
    pub others: serde_json::Map<String, serde_json::Value>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Senders {
    /// Ids of the catalog (mailbox providers and senders), and `own-server`.
    #[serde(default)]
    pub ticked: BTreeSet<String>,
    /// Answers to the plain questions, by question id.
    #[serde(default)]
    pub habits: BTreeSet<String>,
    /// Terms of the present SPF record that the user wants gone.
    #[serde(default)]
    pub dropped_terms: BTreeSet<String>,
    #[serde(default)]
    pub confirmed: bool,
    #[serde(default)]
    pub habits_confirmed: bool,
    #[serde(default)]
    pub terms_confirmed: bool,
    /// Addresses of own servers (`192.0.2.7`, `2001:db8::7`, or a host name).
    #[serde(default)]
    pub own_addresses: Vec<String>,
    #[serde(default)]
    pub addresses_confirmed: bool,
    #[serde(flatten)]
    pub others: serde_json::Map<String, serde_json::Value>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Mailbox {
    /// `own`, `shared`, `alias`, `elsewhere`
    #[serde(default)]
    pub kind: Option<String>,
    #[serde(default)]
    pub address: Option<String>,
    /// The user says that it was made and takes mail from outside.
    #[serde(default)]
    pub made: bool,
    /// What was proved about the address's domain: `takes-mail`, `null-mx`, `no-mail`, `unknown`.
    #[serde(default)]
    pub proof: Option<String>,
    #[serde(flatten)]
    pub others: serde_json::Map<String, serde_json::Value>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DkimChoice {
    /// Records of this sender: made here, fixed, or collected; by index.
    #[serde(default)]
    pub records: Vec<Collected>,
    /// Key pairs made here, by selector. The private halves are files; only the record text is here.
    #[serde(default)]
    pub keys: Vec<MadeKey>,
    /// The user says that signing is switched on there.
    #[serde(default)]
    pub switched_on: bool,
    /// The user leaves this sender for later.
    #[serde(default)]
    pub later: bool,
    #[serde(flatten)]
    pub others: serde_json::Map<String, serde_json::Value>,
}

/// A record value of a sender. `record_type`: `CNAME` or `TXT`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Collected {
    /// Owner relative to the domain, such as `k2._domainkey`.
    pub host: String,
    pub record_type: String,
    pub value: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MadeKey {
    pub selector: String,
    pub algorithm: String,
    /// The key record, as it is to be published.
    pub record: String,
    pub made_at: Timestamp,
    /// Path of the private key, relative to the setup's folder.
    pub path: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SpfChoice {
    /// Terms that the user drops on the plan page.
    #[serde(default)]
    pub dropped: BTreeSet<String>,
    #[serde(default)]
    pub confirmed: bool,
    #[serde(flatten)]
    pub others: serde_json::Map<String, serde_json::Value>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MonitorChoice {
    /// Report addresses of the present record that the user wants gone.
    #[serde(default)]
    pub dropped: BTreeSet<String>,
    #[serde(default)]
    pub confirmed: bool,
    #[serde(flatten)]
    pub others: serde_json::Map<String, serde_json::Value>,
}

/// Where the user types records in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PanelChoice {
    /// The company as the user named it: the id of a DNS host of the catalog, or any other name.
    #[serde(default)]
    pub typed_at: Option<String>,
    /// Which of the companies with the same name servers it is: the id of a DNS host, or `other`.
    #[serde(default)]
    pub host: Option<String>,
    #[serde(flatten)]
    pub others: serde_json::Map<String, serde_json::Value>,
}

/// A wait for a record that is not there, and the version (serial) of the zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    pub since: Timestamp,
    /// The serial when the wait began.
    #[serde(default)]
    pub serial: Option<u32>,
    /// The serial at the last look.
    #[serde(default)]
    pub newest: Option<u32>,
}

/// When a record was last seen, and how. `verdict`: the word of the verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    pub verdict: String,
    /// The value that was wanted then; a verdict about another value proves nothing.
    pub value: String,
    pub at: Timestamp,
    /// Since when it is published without a break.
    #[serde(default)]
    pub since: Option<Timestamp>,
    /// Distinct days of that time on which a look saw it published.
    #[serde(default)]
    pub days: u32,
    /// While it is missing: since when it is awaited.
    #[serde(default)]
    pub wait: Option<Wait>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub at: Timestamp,
    pub what: String,
}

/// What is going on right now; not kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Live {
    pub now: Timestamp,
    /// A survey is under way.
    pub surveying: bool,
    /// The survey in `Facts` is of this session.
    pub surveyed: bool,
    /// Judgements of this session, by `owner TYPE`, with their time.
    pub judged: BTreeMap<String, (Judgement, Timestamp)>,
    /// Records being looked at now, by `owner TYPE`.
    pub asking: BTreeSet<String>,
    /// Key pairs being made, by sender id: the selector.
    pub making: BTreeMap<String, String>,
    /// Selectors of keys made here whose private half is not on disk as it was: their records must not be shown.
    pub lost_keys: BTreeSet<String>,
    /// The folder of the setup, for people who look for their keys.
    pub folder: Option<String>,
    /// Practice on a pretend domain.
    pub practice: bool,
}

impl Facts {
    pub fn new(domain: &str) -> Self {
        Self {
            domain: domain.to_owned(),
            survey: None,
            senders: Senders::default(),
            mailbox: Mailbox::default(),
            dkim: BTreeMap::new(),
            spf: SpfChoice::default(),
            monitor: MonitorChoice::default(),
            panel: PanelChoice::default(),
            seen: BTreeMap::new(),
            journal: Vec::new(),
            latest_clock: None,
            others: serde_json::Map::new(),
        }
    }
}

/// Whether a text holds a private key, with the lines around it (PEM) or without them: such a text is never kept.
pub fn is_secret(text: &str) -> bool {
    let upper = text.to_uppercase();
    let words: Vec<&str> = upper.split_whitespace().collect();
    words.join(" ").contains("PRIVATE KEY")
        || text
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '+' || c == '/'))
            .any(|run| begins_private(run.as_bytes()))
}

/// Base64 of a sequence that begins with a version number: so begin the private halves (PKCS#1, PKCS#8, SEC 1), and no public one.
fn begins_private(run: &[u8]) -> bool {
    match run {
        // 30 82 .. .. 02 01 00
        [b'M', b'I', b'I', _, _, low, b'I', b'B', b'A', ..] => b"AQgw".contains(low),
        // 30 81 .. 02 01 00
        [
            b'M',
            b'I',
            b'G' | b'H',
            _,
            b'A',
            b'g',
            b'E',
            b'A' | b'B',
            ..,
        ] => true,
        // 30 .. 02 01 00
        [b'M', b'A'..=b'P', _, b'C', b'A', b'Q', b'A' | b'E', ..] => true,
        _ => false,
    }
}
