//! DNS hosts: recognized by their name servers, and how their panels take a record.

pub mod limits;
mod whose;

pub use crate::catalog::dns_host::whose::DnsHostMatch;
pub use crate::catalog::dns_host::whose::by_domain_connect;
pub use crate::catalog::dns_host::whose::dns_host_of;
pub use crate::catalog::dns_host::whose::named;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::catalog;
use crate::catalog::id::DnsHostId;
use crate::catalog::mistake;
use crate::catalog::sender::Confidence;
use crate::catalog::suffix::Suffix;
use crate::records::name::DomainName;
use crate::records::record;
use crate::records::record::Content;
use crate::records::sighting::RecordType;
use crate::records::verdict::habits::Habit;

/// One entry of `assets/dns_hosts/`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DnsHost {
    pub id: DnsHostId,
    pub name: String,
    pub kind: DnsHostKind,
    pub confidence: Confidence,
    pub docs: Option<String>,
    pub ns_suffixes: Vec<Suffix>,
    /// Whole names: `#` stands for digits, `*` for anything within a label.
    #[serde(default)]
    pub ns_patterns: Vec<String>,
    /// Hosts that answer with the same name servers.
    #[serde(default)]
    pub ns_shared_with: Vec<DnsHostId>,
    /// Which of the suffixes and patterns are the shared ones.
    #[serde(default)]
    pub ns_shared_names: Vec<String>,
    pub ns_note: Option<String>,
    pub panel_url: Option<String>,
    #[serde(default)]
    pub menu_path: Vec<String>,
    pub host_field: Option<HostField>,
    /// The fields of a new record in the order of the panel; those that are not named follow in the usual order.
    #[serde(default)]
    pub fields: Vec<PanelField>,
    /// What the panel calls the field of the type, of the name, of the value, of the target of an alias, and of the TTL.
    pub type_label: Option<String>,
    pub name_label: Option<String>,
    pub value_label: Option<String>,
    pub target_label: Option<String>,
    pub ttl_label: Option<String>,
    /// A full name ends with a dot in the field of the name.
    pub name_trailing_dot: Option<bool>,
    /// Characters that the field of the name takes.
    pub name_max_len: Option<usize>,
    /// What stands for the domain itself in the host field; empty: the field is left blank.
    pub root_symbol: Option<String>,
    pub value_quotes: Option<ValueQuotes>,
    pub txt_split: Option<TxtSplit>,
    /// Characters of one TXT record that the host takes.
    pub txt_max_len: Option<usize>,
    /// Where that limit was seen; where it was in the API alone, the panel may take more.
    pub txt_limit_in: Option<LimitIn>,
    /// Quotes and joins between the pieces of a long value count too.
    pub txt_limit_counts_quotes: Option<bool>,
    /// How a longer value goes in there all the same.
    pub txt_way_out: Option<String>,
    pub txt_note: Option<String>,
    pub cname_trailing_dot: Option<TrailingDot>,
    /// The panel can put a CNAME behind a web proxy, which must be off for mail.
    pub cname_proxy: Option<bool>,
    /// How that proxy is switched off, in the panel's words.
    pub proxy_off: Option<String>,
    /// The published networks of that proxy, such as `198.51.100.0/24`.
    #[serde(default)]
    pub proxy_networks: Vec<String>,
    /// Report addresses of the DMARC record that the host makes by itself.
    #[serde(default)]
    pub default_dmarc_reports: Vec<String>,
    /// Names, relative to the domain, that the host moves SPF terms to; `*` stands for anything within a label.
    #[serde(default)]
    pub spf_names: Vec<String>,
    /// The serial of the zone does not move with a change.
    pub serial_stays: Option<bool>,
    /// Seconds.
    pub ttl_min: Option<u32>,
    /// Seconds.
    pub ttl_default: Option<u32>,
    /// The entry of the panel's menu to take, such as `Auto`.
    pub ttl_choice: Option<String>,
    pub api: Option<bool>,
    pub api_docs: Option<String>,
    pub api_note: Option<String>,
    /// The host applies Domain Connect templates.
    pub domain_connect: Option<bool>,
    /// The hosts that its Domain Connect entries name.
    #[serde(default)]
    pub domain_connect_hosts: Vec<Suffix>,
    /// Name in DNSControl.
    pub dnscontrol: Option<String>,
    /// Name in lego.
    pub lego: Option<String>,
    /// Name of the record resource in Terraform.
    pub terraform: Option<String>,
    pub notes: Option<String>,
    /// How a record is added there, one step a line.
    #[serde(default)]
    pub guide: Vec<String>,
    /// How a mistake looks there, by the first code of [`crate::catalog::mistake::MISTAKES`].
    #[serde(default)]
    pub mistakes: BTreeMap<String, String>,
    /// Those of `mistakes` that say more than the usual remedy, and are said with it.
    #[serde(default)]
    pub remedies: Vec<String>,
}

/// A field of the form for a new record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PanelField {
    Type,
    Name,
    Value,
    Ttl,
    Proxy,
}

/// Where a limit was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LimitIn {
    Panel,
    Api,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DnsHostKind {
    DnsHost,
    Registrar,
    Cloud,
    WebHost,
    SiteBuilder,
    ControlPanel,
}

/// How the panel wants the owner name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HostField {
    /// Without the domain: `_dmarc`.
    Relative,
    /// With the domain: `_dmarc.example.com`.
    Full,
}

/// What happens to double quotes around a TXT value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ValueQuotes {
    NotNeeded,
    Required,
    /// The panel adds them.
    Added,
    /// The panel takes them off.
    Stripped,
}

/// Who cuts a long value into character-strings of at most 255.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TxtSplit {
    Auto,
    Manual,
}

/// Whether a CNAME target ends with a dot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrailingDot {
    Required,
    Accepted,
    NotNeeded,
    NeededForOutsideNames,
}

impl DnsHost {
    /// What to type into the panel's host field for `owner`, a name in `zone`. None where it is not known which
    /// form this panel wants: then show both.
    pub fn name_in_panel(&self, owner: &DomainName, zone: &DomainName) -> Option<String> {
        match self.host_field? {
            HostField::Full if self.name_trailing_dot == Some(true) => Some(format!("{owner}.")),
            HostField::Full => Some(owner.to_string()),
            HostField::Relative => match owner.relative_to(zone)? {
                "" => self.root_symbol.clone(),
                relative => Some(relative.to_owned()),
            },
        }
    }

    /// A CNAME or MX target as the panel wants it. None where that is not known.
    pub fn target_in_panel(&self, target: &DomainName) -> Option<String> {
        match self.cname_trailing_dot? {
            TrailingDot::Required | TrailingDot::NeededForOutsideNames => {
                Some(format!("{target}."))
            }
            TrailingDot::Accepted | TrailingDot::NotNeeded => Some(target.to_string()),
        }
    }

    /// A value as it is typed into this panel: a target with or without its dot, a long text in quoted pieces where the user has to cut
    /// it, quotes where the panel wants them.
    pub fn value_in_panel(&self, content: &Content) -> String {
        match content {
            Content::Cname(target) => self
                .target_in_panel(target)
                .unwrap_or_else(|| target.to_string()),
            // Panels have a field of its own for the priority.
            Content::Mx { exchange, .. } => self
                .target_in_panel(exchange)
                .unwrap_or_else(|| exchange.to_string()),
            _ if self.is_cut_by_hand(content) => record::quoted(&content.to_string()),
            _ if self.value_quotes == Some(ValueQuotes::Required) => format!("\"{content}\""),
            _ => content.to_string(),
        }
    }

    /// True where the user has to write the value as several quoted pieces.
    pub fn is_cut_by_hand(&self, content: &Content) -> bool {
        let text = content.to_string();
        let is_long = text.len() > record::STRING;
        content.record_type() == RecordType::Txt
            && is_long
            && self.txt_split == Some(TxtSplit::Manual)
    }

    /// Whether the host takes a TXT value of this length; None where its limit is not known.
    pub fn takes_txt(&self, length: usize) -> Option<bool> {
        self.txt_max_len
            .map(|limit| limits::counted(self, length) <= limit)
    }

    /// True where the host can be told by its name servers.
    pub fn has_name_servers(&self) -> bool {
        !self.ns_suffixes.is_empty() || !self.ns_patterns.is_empty()
    }

    /// How this mistake looks in the panel, for any of its codes.
    pub fn mistake(&self, code: &str) -> Option<&str> {
        let first = mistake::first(code)?;
        self.mistakes.get(first.as_str()).map(String::as_str)
    }

    /// What is to be said there besides the usual remedy.
    pub fn more_to_say(&self, code: &str) -> Option<&str> {
        let first = mistake::first(code)?;
        self.remedies
            .iter()
            .any(|known| known == first.as_str())
            .then(|| self.mistake(code))?
    }

    /// What the host does by itself; None where nothing is known.
    fn habit(&self) -> Option<Habit> {
        let network = |text: &String| {
            let (address, length) = text.split_once('/')?;
            Some((address.parse().ok()?, length.parse().ok()?))
        };
        let habit = Habit {
            host: self.name.clone(),
            default_reports: self.default_dmarc_reports.clone(),
            spf_names: self.spf_names.clone(),
            proxies: self.proxy_networks.iter().filter_map(network).collect(),
        };
        let is_empty = habit.default_reports.is_empty()
            && habit.spf_names.is_empty()
            && habit.proxies.is_empty();
        (!is_empty).then_some(habit)
    }
}

/// What the hosts are known to do by themselves.
pub fn habits() -> &'static [Habit] {
    static HABITS: LazyLock<Vec<Habit>> = LazyLock::new(|| {
        catalog::dns_hosts()
            .iter()
            .filter_map(DnsHost::habit)
            .collect()
    });
    &HABITS
}
