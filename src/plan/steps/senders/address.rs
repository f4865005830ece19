//! Where the own server sends from: addresses and names as people type them.

use crate::plan::facts::Facts;
use crate::plan::service;
use crate::plan::service::OWN_SERVER;
use crate::plan::steps::domain::plain;
use crate::plan::steps::senders::terms::Whose;
use crate::plan::steps::senders::terms::present_spf;
use crate::plan::steps::senders::terms::whose;
use crate::records::name::DomainName;
use std::net::Ipv4Addr;
use std::net::Ipv6Addr;

/// Reads one address, network or host name of an own server.
pub fn read_address(word: &str) -> Result<String, String> {
    let word = word
        .trim_start_matches("ip4:")
        .trim_start_matches("ip6:")
        .trim_start_matches("a:")
        .trim_matches(['[', ']']);
    let (head, length) = match word.split_once('/') {
        Some((head, length)) => (head, Some(length)),
        None => (word, None),
    };
    let shown = plain(word);
    let bad_length = || format!("{shown}: the number behind the / is not the size of a network.");
    let inside = || {
        format!(
            "{shown} is an address inside a private network; the internet does not see it. Type the address that the internet sees: \
             your provider knows it, or the header of a mail that the server sent."
        )
    };
    if let Ok(address) = head.parse::<Ipv4Addr>() {
        if address.is_private()
            || address.is_loopback()
            || address.is_link_local()
            || address.is_unspecified()
        {
            return Err(inside());
        }
        return match length {
            None => Ok(address.to_string()),
            Some(length) => match length.parse::<u8>() {
                Ok(32) => Ok(address.to_string()),
                Ok(8..=31) => Ok(format!("{address}/{length}")),
                Ok(_) if length.parse::<u8>().is_ok_and(|l| l < 8) => Err(format!(
                    "{shown} is far too wide: it would allow millions of strangers to send as you."
                )),
                _ => Err(bad_length()),
            },
        };
    }
    if let Ok(address) = head.parse::<Ipv6Addr>() {
        if address.is_loopback()
            || address.is_unspecified()
            || address.is_unique_local()
            || address.is_unicast_link_local()
        {
            return Err(inside());
        }
        return match length {
            None => Ok(address.to_string()),
            Some(length) => match length.parse::<u8>() {
                Ok(128) => Ok(address.to_string()),
                Ok(32..=127) => Ok(format!("{address}/{length}")),
                _ => Err(bad_length()),
            },
        };
    }
    let name: Result<DomainName, _> = head.parse();
    match name {
        Ok(name)
            if length.is_none()
                && name.labels().count() >= 2
                && !name.as_str().contains(['\\', '*'])
                && !name
                    .labels()
                    .all(|label| label.bytes().all(|b| b.is_ascii_digit())) =>
        {
            Ok(name.to_string())
        }
        _ => Err(format!(
            "{shown} is neither a name nor an address. Type it like mail.example.com, 192.0.2.7 or 2001:db8::7."
        )),
    }
}

/// True where the own server sends and the present record does not say from where.
pub fn asks_addresses(facts: &Facts) -> bool {
    facts.senders.ticked.contains(OWN_SERVER)
        && !present_spf(facts).is_some_and(|spf| {
            spf.terms
                .iter()
                .any(|term| whose(term, facts) == Whose::OwnServer)
        })
}

/// Mail servers of the domain that bear its own name: the likeliest senders.
pub fn own_hosts(facts: &Facts) -> Vec<String> {
    let domain = service::domain(facts);
    let Some(report) = &facts.survey else {
        return Vec::new();
    };
    let mut hosts: Vec<String> = Vec::new();
    for mx in &report.mx.hosts {
        if let Ok(name) = mx.host.parse::<DomainName>()
            && name.is_within(&domain)
            && read_address(name.as_str()).is_ok()
            && !hosts.contains(&name.to_string())
        {
            hosts.push(name.to_string());
        }
    }
    hosts
}
