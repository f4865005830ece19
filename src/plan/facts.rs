//! What the user chose and what servers said: all that is kept of a setup. The current step is computed from it, never stored.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::audit::report::Report;
use crate::plan::publish::kept::Publication;
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
    /// What stood at the names of the domain, by `owner TYPE` of the question.
    #[serde(default)]
    pub there: BTreeMap<String, There>,
    #[serde(default)]
    pub journal: Vec<Entry>,
    /// Changes that were made in the DNS on request, newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub publications: Vec<Publication>,
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
    /// Since when it is left.
    #[serde(default)]
    pub later_since: Option<Timestamp>,
    /// The user began with the set-up of this sender.
    #[serde(default)]
    pub begun: bool,
    /// Records for its bounce address (return-path) that it showed.
    #[serde(default)]
    pub bounce: Vec<Collected>,
    /// Records that prove to it that the domain is the user's.
    #[serde(default)]
    pub ownership: Vec<Collected>,
    /// Terms for the SPF record of the domain that it shows to this account, such as `include:1.spf.example.net`.
    #[serde(default)]
    pub spf_terms: Vec<String>,
    /// Parts of the set-up that were looked at: `bounce`, `ownership`, `spf`. Without a value: it asks for none.
    #[serde(default)]
    pub parts_seen: BTreeSet<String>,
    /// When a key was first seen where an alias of this sender leads.
    #[serde(default)]
    pub key_seen: Option<Timestamp>,
    /// When the user saw a message of it that carries the domain's own signature.
    #[serde(default)]
    pub signs_since: Option<Timestamp>,
    /// By selector: what became of keys made here.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lives: BTreeMap<String, KeyLife>,
    /// The key that the next key made here takes over from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotating: Option<String>,
    /// The user does not want to be reminded of an old key before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// The program that signs with the keys made here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signer: Option<SignerChoice>,
    #[serde(flatten)]
    pub others: serde_json::Map<String, serde_json::Value>,
}

/// What became of a key made here. Without one, a key signs where signing is switched on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct KeyLife {
    /// The selector of the key that takes over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<String>,
    /// Since when nothing new is signed with it, as the user says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped_at: Option<Timestamp>,
    /// Distinct days after that on which the setup was in use, and the last of them.
    #[serde(default)]
    pub days: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_day: Option<Timestamp>,
    /// When the private half was put away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired_at: Option<Timestamp>,
    /// When the record was seen empty, or no record was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone_at: Option<Timestamp>,
    #[serde(flatten)]
    pub others: serde_json::Map<String, serde_json::Value>,
}

/// The program that signs, and the files that were written for it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SignerChoice {
    /// The word of the command line: `opendkim`, `rspamd`, `exim`, `stalwart`, `pem`, or `none` where the user sees to it.
    pub program: String,
    /// Where the files are; None while they are not written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// The keys in them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub selectors: Vec<String>,
    #[serde(flatten)]
    pub others: serde_json::Map<String, serde_json::Value>,
}

/// A record value of a sender. `record_type`: `CNAME`, `TXT` or `MX` (with the preference before the name).
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

/// All that stood at a name in one type, as every name server of the domain that answered had it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct There {
    pub at: Timestamp,
    /// The name is an alias of this one.
    #[serde(default)]
    pub alias: Option<String>,
    /// Seconds.
    #[serde(default)]
    pub ttl: Option<u32>,
    /// Texts in presentation form without quotes, mail servers as `10 mx.example.com`.
    #[serde(default)]
    pub values: Vec<String>,
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
            there: BTreeMap::new(),
            journal: Vec::new(),
            publications: Vec::new(),
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
