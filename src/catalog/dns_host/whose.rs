//! Whose panel a zone is in: told by its name servers, by its Domain Connect entry, or by what the user calls the company.

use crate::catalog;
use crate::catalog::dns_host::DnsHost;
use crate::catalog::suffix;
use crate::records::name::DomainName;
use crate::records::near;

/// Who answers for a zone, as its name servers tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DnsHostMatch {
    Known(&'static DnsHost),
    /// The name servers fit several, the likeliest first: the user knows which panel it is.
    Shared(Vec<&'static DnsHost>),
    Unknown,
}

impl DnsHost {
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

/// Who is named by a Domain Connect entry: the text at `_domainconnect` below a domain, such as `api.example.com/path`, and the names that
/// an alias there led through. A zone that moved may have kept the entry of the company before, so it is a hint where the name servers
/// tell nothing, and never more than that.
pub fn by_domain_connect<'t>(
    texts: impl IntoIterator<Item = &'t str>,
    chain: &[DomainName],
) -> Option<&'static DnsHost> {
    let named = texts.into_iter().filter_map(|text| {
        let text = text.trim();
        let text = text.strip_prefix("https://").unwrap_or(text);
        let host = text.split(['/', ':', '?']).next()?;
        host.parse::<DomainName>().ok()
    });
    named.chain(chain.iter().cloned()).find_map(|name| {
        let matches = suffix::most_exact(catalog::dns_hosts().iter().filter_map(|host| {
            let length = suffix::longest(&host.domain_connect_hosts, &name)?;
            Some((length, host))
        }));
        matches.first().copied()
    })
}

/// The DNS host that a name means: exactly, by its beginning, or with a small slip.
pub fn named(text: &str) -> Option<&'static DnsHost> {
    let wanted = fold(text);
    if wanted.len() < 3 {
        return None;
    }
    let names = |host: &DnsHost| [fold(&host.name), fold(host.id.as_str())];
    let hosts = || catalog::dns_hosts().iter();
    hosts()
        .find(|host| names(host).contains(&wanted))
        .or_else(|| hosts().find(|host| names(host).iter().any(|name| name.starts_with(&wanted))))
        .or_else(|| {
            let limit = if wanted.len() > 7 { 2 } else { 1 };
            hosts().find(|host| {
                wanted.len() > 5
                    && names(host)
                        .iter()
                        .any(|name| near::is_near(&wanted, name, limit))
            })
        })
}

/// Letters and digits alone, small.
fn fold(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
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
