//! What a full look found: the object that `nobounce check --json` prints and the wizard keeps.

use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::audit::network;

/// Name servers and resolvers were asked.
pub const FULL: &str = "full";

/// Resolvers alone were asked.
pub const RESOLVER_ONLY: &str = "resolver-only";

/// The DNS host is told by the name servers.
pub const BY_NAME_SERVERS: &str = "ns";

/// The DNS host is named by an entry of the domain.
pub const BY_DOMAIN_CONNECT: &str = "domain-connect";

/// The report on one domain. Field names are the public contract.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub schema: u32,
    pub domain: String,
    pub input: String,
    pub checked_at: Timestamp,
    /// `ok`, `warning`, `error`, `unknown`
    pub verdict: String,
    /// `full`; `resolver-only` where the name servers themselves were not asked (DNS over HTTPS)
    #[serde(default = "full")]
    pub view: String,
    pub green: Green,
    /// Apex of the zone that holds the domain, where it was found.
    #[serde(default)]
    pub zone: Option<String>,
    pub nameservers: Vec<NameServer>,
    pub dns_host: Option<Named>,
    /// Where several hosts share the name servers: those, the likeliest first, and `dns_host` is null.
    #[serde(default)]
    pub dns_host_one_of: Vec<Named>,
    /// `ns` where the name servers tell the DNS host, `domain-connect` where an entry of the domain names it
    #[serde(default)]
    pub dns_host_by: Option<String>,
    pub mx: Mx,
    pub spf: SpfReport,
    pub dkim: DkimReport,
    pub dmarc: DmarcReport,
    /// Services recognized, and by what.
    #[serde(default)]
    pub senders: Vec<Recognized>,
    /// `_dmarc` or `_domainkey` kept in another zone: by CNAME or by delegation (NS).
    #[serde(default)]
    pub elsewhere: Vec<Elsewhere>,
    /// What stands at the names that the zone's own servers were asked about; only the look of the wizard has it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sets: Vec<SetReport>,
    pub findings: Vec<FindingRow>,
    pub queries: u64,
    pub rounds: u32,
    pub elapsed_ms: u64,
}

impl Report {
    /// True where only resolvers were asked.
    pub fn is_of_resolvers(&self) -> bool {
        self.view == RESOLVER_ONLY
    }

    /// True where the DNS host is known by an entry of the domain alone (Domain Connect), which may be left over from another company.
    pub fn is_dns_host_hinted(&self) -> bool {
        self.dns_host_by.as_deref() == Some(BY_DOMAIN_CONNECT)
    }

    /// True where this network blocks or changes DNS, so that DNS over HTTPS may help.
    pub fn may_https_help(&self) -> bool {
        !self.is_of_resolvers()
            && self.findings.iter().any(|finding| {
                network::HELPED_BY_HTTPS
                    .iter()
                    .any(|code| code.as_str() == finding.code)
            })
    }
}

fn full() -> String {
    FULL.to_owned()
}

/// The three check marks as users of web checkers know them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Green {
    pub record_published: bool,
    pub policy_enabled: bool,
    pub spf_and_dkim: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    pub id: String,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameServer {
    pub name: String,
    pub addresses: Vec<String>,
    pub answers: bool,
    pub serial: Option<u32>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mx {
    pub hosts: Vec<MxHost>,
    pub null_mx: bool,
    pub provider: Option<Named>,
    /// `published`, `missing` or `unknown`
    #[serde(default)]
    pub state: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MxHost {
    pub preference: u16,
    pub host: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpfReport {
    pub state: String,
    pub record: Option<String>,
    /// Every text at the name that receivers take for SPF: more than one makes all of them void.
    #[serde(default)]
    pub records: Vec<String>,
    /// Every name server that answers says the same. Where they do not, nothing may be built on `record`.
    #[serde(default)]
    pub agreed: bool,
    /// The tree was grown to its end: `lookups` and `void_lookups` are the true numbers.
    #[serde(default)]
    pub complete: bool,
    pub lookups: u32,
    pub void_lookups: u32,
    pub all: Option<String>,
    pub tree: Option<TreeNode>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreeNode {
    pub term: String,
    pub domain: String,
    pub record: Option<String>,
    pub cost: u32,
    pub total: u32,
    pub void: u32,
    pub result: String,
    pub children: Vec<TreeNode>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DkimReport {
    pub state: String,
    pub selectors: Vec<SelectorReport>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelectorReport {
    pub selector: String,
    pub state: String,
    pub record: Option<String>,
    pub cname: Option<String>,
    pub key_type: Option<String>,
    pub bits: Option<u32>,
    pub revoked: bool,
    pub testing: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DmarcReport {
    pub state: String,
    pub record: Option<String>,
    /// Every name server that answers says the same. Where they do not, nothing may be built on `record`.
    #[serde(default)]
    pub agreed: bool,
    pub found_at: Option<String>,
    pub policy: Option<String>,
    pub subdomain_policy: Option<String>,
    pub nonexistent_policy: Option<String>,
    pub testing: bool,
    pub organizational_domain: String,
    /// What receivers of RFC 7489 see, who go by the public suffix list; null where that is not known.
    #[serde(default)]
    pub older: Option<OlderReport>,
    pub rua: Vec<RuaReport>,
    /// Addresses for failure reports.
    #[serde(default)]
    pub ruf: Vec<RuaReport>,
}

/// What receivers of the older standard see of DMARC: the record they find, and the policies in force by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OlderReport {
    pub organizational_domain: String,
    pub found_at: Option<String>,
    pub policy: Option<String>,
    pub subdomain_policy: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuaReport {
    pub uri: String,
    /// `yes`, `no`, `same-domain`, `unknown`
    pub authorized: String,
}

/// A service that was recognized, with the sign it was recognized by, such as `MX aspmx.l.google.com`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recognized {
    pub id: String,
    pub name: String,
    /// `sender` or `mailbox`
    pub kind: String,
    pub by: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elsewhere {
    /// `_dmarc.example.com`
    pub name: String,
    /// `cname` or `ns`
    pub by: String,
    pub to: String,
}

/// All records of one type at one name (an RRset), as the zone's own servers have them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetReport {
    pub name: String,
    /// The type that was asked for.
    #[serde(rename = "type")]
    pub record_type: String,
    /// Every name server that answers says the same. Where they do not, nothing may be built on this.
    pub agreed: bool,
    /// The name is an alias of this one, and holds nothing else.
    pub alias: Option<String>,
    /// Seconds; null where there is no record.
    pub ttl: Option<u32>,
    /// A text in presentation form without quotes (`\DDD`), joined; a mail server as `10 mx.example.com`.
    pub values: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingRow {
    pub code: String,
    pub severity: String,
    pub record: String,
    pub name: String,
    pub message: String,
    pub remedy: String,
}
