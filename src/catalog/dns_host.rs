//! DNS hosts: recognized by their name servers, and how their panels take a record.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::catalog;
use crate::catalog::id::DnsHostId;
use crate::catalog::sender::Confidence;
use crate::catalog::suffix;
use crate::catalog::suffix::Suffix;
use crate::records::name::DomainName;
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
    /// What the panel calls the field of the name, of the value, and of the target of an alias.
    pub name_label: Option<String>,
    pub value_label: Option<String>,
    pub target_label: Option<String>,
    /// What stands for the domain itself in the host field; empty: the field is left blank.
    pub root_symbol: Option<String>,
    pub value_quotes: Option<ValueQuotes>,
    pub txt_split: Option<TxtSplit>,
    /// Characters of one TXT record that the host takes.
    pub txt_max_len: Option<usize>,
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
    pub api: Option<bool>,
    pub api_docs: Option<String>,
    pub api_note: Option<String>,
    /// The host applies Domain Connect templates.
    pub domain_connect: Option<bool>,
    /// Name in DNSControl.
    pub dnscontrol: Option<String>,
    /// Name in lego.
    pub lego: Option<String>,
    /// Name of the record resource in Terraform.
    pub terraform: Option<String>,
    pub notes: Option<String>,
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

/// Who answers for a zone, as its name servers tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DnsHostMatch {
    Known(&'static DnsHost),
    /// The name servers fit several, the likeliest first: the user knows which panel it is.
    Shared(Vec<&'static DnsHost>),
    Unknown,
}

impl DnsHost {
    /// What to type into the panel's host field for `owner`, a name in `zone`. None where it is not known which
    /// form this panel wants: then show both.
    pub fn name_in_panel(&self, owner: &DomainName, zone: &DomainName) -> Option<String> {
        match self.host_field? {
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

    /// Whether the host takes a TXT value of this length; None where its limit is not known.
    pub fn takes_txt(&self, length: usize) -> Option<bool> {
        self.txt_max_len.map(|limit| length <= limit)
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

    /// How exactly a name server is this host's, and whether others use the same name.
    fn match_of(&self, name_server: &DomainName) -> Option<(usize, bool)> {
        let suffix = self
            .ns_suffixes
            .iter()
            .filter_map(|suffix| {
                let length = suffix.length_of_match(name_server)?;
                Some((length, self.shares(suffix.name().as_str())))
            })
            .max();
        let pattern = self
            .ns_patterns
            .iter()
            .find(|pattern| fits(pattern, name_server.as_str()))
            .map(|pattern| (name_server.as_str().len(), self.shares(pattern)));
        suffix.max(pattern)
    }

    fn shares(&self, name: &str) -> bool {
        self.ns_shared_names.iter().any(|shared| shared == name)
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

/// Who hosts the zone with these name servers. Name servers that nobody claims are passed over.
pub fn dns_host_of(name_servers: &[DomainName]) -> DnsHostMatch {
    let mut own: Vec<&'static DnsHost> = Vec::new();
    let mut shared: Vec<&'static DnsHost> = Vec::new();
    for name_server in name_servers {
        let matches = suffix::most_exact(catalog::dns_hosts().iter().filter_map(|host| {
            let (length, is_shared) = host.match_of(name_server)?;
            Some((length, (is_shared, host)))
        }));
        for (is_shared, host) in &matches {
            add(if *is_shared { &mut shared } else { &mut own }, host);
        }
        // Where the entries that share the name do not all claim it, the one that does names the others.
        if let [(true, host)] = matches.as_slice() {
            for other in &host.ns_shared_with {
                if let Some(other) = catalog::dns_host(other.as_str()) {
                    add(&mut shared, other);
                }
            }
        }
    }
    match (own.as_slice(), shared.is_empty()) {
        ([one], _) => DnsHostMatch::Known(one),
        ([], true) => DnsHostMatch::Unknown,
        ([], false) => DnsHostMatch::Shared(shared),
        _ => DnsHostMatch::Shared(own),
    }
}

fn add(hosts: &mut Vec<&'static DnsHost>, host: &'static DnsHost) {
    if !hosts.iter().any(|known| known.id == host.id) {
        hosts.push(host);
    }
}

/// Whether a whole name fits a pattern: `#` is one or more digits, `*` one or more characters but dots.
fn fits(pattern: &str, name: &str) -> bool {
    let Some(wild) = pattern.find(['#', '*']) else {
        return pattern == name;
    };
    let (literal, rest) = pattern.split_at(wild);
    let Some(name) = name.strip_prefix(literal) else {
        return false;
    };
    let digits = rest.starts_with('#');
    name.char_indices()
        .take_while(|(_, c)| {
            if digits {
                c.is_ascii_digit()
            } else {
                *c != '.'
            }
        })
        .any(|(at, c)| fits(&rest[1..], &name[at + c.len_utf8()..]))
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn patterns_hold_digits_and_parts_of_a_label() {
        assert!(fits("ns-#.awsdns-#.co.uk", "ns-1536.awsdns-00.co.uk"));
        assert!(!fits("ns-#.awsdns-#.com", "ns-1536.awsdns-00.co.uk"));
        assert!(!fits("ns-#.awsdns-#.com", "ns-.awsdns-00.com"));
        assert!(!fits("dns#.p#.nsone.net", "dnsx.p01.nsone.net"));
        assert!(fits("ns-cloud-*.example", "ns-cloud-a1.example"));
        assert!(!fits("ns-cloud-*.example", "ns-cloud-a.b.example"));
    }
}
