//! The names that an address has, and which of them hold (RFC 7208, section 5.5): for `ptr` and `%{p}`.

use std::net::IpAddr;

use crate::records::name::DomainName;
use crate::records::sighting::Answer;
use crate::records::sighting::Data;
use crate::records::sighting::RecordType;
use crate::records::spf::check_host::evaluate::Evaluation;
use crate::records::spf::check_host::expand::dotted;

/// Names of one address that are looked at; those after them are ignored.
const NAMES: usize = 10;

impl<'a> Evaluation<'a> {
    /// Names of the sending address that lead back to it, in the order of the answer. None: not known yet.
    ///
    /// Trouble with a name leaves that name out.
    pub(super) fn validated(&mut self) -> Option<Vec<DomainName>> {
        let answer = self.names_of_address()?;
        let names: Vec<&DomainName> = answer
            .data()
            .iter()
            .filter_map(|data| match data {
                Data::Ptr(name) => Some(name),
                _ => None,
            })
            .take(NAMES)
            .collect();
        let mut validated: Vec<DomainName> = Vec::new();
        let mut is_open = false;
        for name in names {
            let Some(answer) = self.ask(name, self.address_type()) else {
                is_open = true;
                continue;
            };
            if !validated.contains(name) && addresses(answer).any(|ip| ip == self.message.ip) {
                validated.push(name.clone());
            }
        }
        (!is_open).then_some(validated)
    }

    /// The answer to the PTR question about the sending address.
    pub(super) fn names_of_address(&mut self) -> Option<&'a Answer> {
        let mut labels: Vec<String> = dotted(self.message.ip)
            .split('.')
            .map(str::to_owned)
            .collect();
        labels.reverse();
        let zone = if self.message.ip.is_ipv4() {
            "in-addr"
        } else {
            "ip6"
        };
        labels.extend([zone.to_owned(), "arpa".to_owned()]);
        let name = DomainName::from_labels(labels.iter().map(String::as_bytes)).ok()?;
        self.ask(&name, RecordType::Ptr)
    }

    /// `%{p}`: the domain itself, a name below it, any other, in this order of liking; `unknown` where none holds.
    pub(super) fn validated_name(&mut self, domain: &DomainName) -> Option<String> {
        let names = self.validated()?;
        let liked = names
            .iter()
            .find(|name| *name == domain)
            .or_else(|| names.iter().find(|name| name.is_within(domain)))
            .or(names.first());
        Some(liked.map_or_else(|| "unknown".to_owned(), DomainName::to_string))
    }
}

/// The addresses of an answer.
pub(super) fn addresses(answer: &Answer) -> impl Iterator<Item = IpAddr> {
    answer.data().iter().filter_map(|data| match data {
        Data::A(ip) => Some(IpAddr::V4(*ip)),
        Data::Aaaa(ip) => Some(IpAddr::V6(*ip)),
        _ => None,
    })
}
