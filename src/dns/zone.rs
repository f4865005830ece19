//! Finds the zone that holds a name, and the addresses of its name servers.

use std::net::IpAddr;
use std::net::Ipv4Addr;
use std::net::Ipv6Addr;
use std::net::SocketAddr;
use std::net::UdpSocket;

use futures_util::future::join;
use futures_util::future::join_all;

use crate::dns::Client;
use crate::dns::ask::Asked;
use crate::records::name::DomainName;
use crate::records::sighting::Data;
use crate::records::sighting::Outcome;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::sighting::Server;
use crate::records::sighting::Sighting;

/// Name servers kept of one zone.
const MOST_SERVERS: usize = 13;

/// Addresses kept of one name server.
const MOST_ADDRESSES: usize = 4;

/// Steps up the tree before the search is given up.
const MOST_STEPS: usize = 16;

/// The zone that holds a name, with its servers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    pub apex: DomainName,
    pub servers: Vec<Server>,
}

impl Client {
    /// Finds the zone that holds `name` and the addresses of its servers. Err: the sighting that stopped the search.
    ///
    /// A name with a label such as `_dmarc` is not asked of a resolver, which would remember its "no": the servers of
    /// the zone above say whether it is a zone of its own.
    pub async fn zone_of(&self, name: &DomainName) -> Result<Zone, Sighting> {
        let base = host_part(name);
        let (apex, servers) = self.apex_of(&base).await?;
        let zone = self.with_servers(apex, servers).await?;
        if base == *name {
            return Ok(zone);
        }
        match self.zone_below(name, &zone).await {
            Some(apex) => {
                let servers = self.ask_any(&question(&apex, RecordType::Ns)).await;
                self.with_servers(apex, servers.sighting).await
            }
            None => Ok(zone),
        }
    }

    /// The apex of the zone around `base`, with the answer that lists its name servers.
    async fn apex_of(&self, base: &DomainName) -> Result<(DomainName, Sighting), Sighting> {
        let mut here = base.clone();
        let mut first_no = None;
        for _ in 0..MOST_STEPS {
            let soa = question(&here, RecordType::Soa);
            let ns = question(&here, RecordType::Ns);
            let (soa, ns) = join(self.ask_any(&soa), self.ask_any(&ns)).await;
            let answer = &soa.sighting.answer;
            if answer.trouble().is_some() {
                // Some servers answer about everything but this record. The list of name servers shows a zone as well.
                return if is_list(&ns.sighting) {
                    Ok((here, ns.sighting))
                } else {
                    Err(soa.sighting)
                };
            }
            if answer.chain.is_empty() && !answer.data().is_empty() {
                return Ok((here, ns.sighting));
            }
            if let Some(apex) = zone_that_said_no(&soa, &here) {
                if apex != here {
                    let nobody = matches!(answer.outcome, Outcome::NoName { .. });
                    if nobody && is_registry(&apex, base) {
                        return Err(soa.sighting);
                    }
                    let ns = self.ask_any(&question(&apex, RecordType::Ns)).await;
                    return Ok((apex, ns.sighting));
                }
                return Ok((apex, ns.sighting));
            }
            let no = first_no.get_or_insert(soa.sighting);
            match here.parent() {
                Some(parent) if !parent.is_root() => here = parent,
                _ => return Err(no.clone()),
            }
            if is_registry(&here, base) {
                return Err(no.clone());
            }
        }
        let last = self.ask_any(&question(base, RecordType::Soa)).await;
        Err(first_no.unwrap_or(last.sighting))
    }

    /// The zone cut between `zone` and `name`, where the zone's servers point to one.
    async fn zone_below(&self, name: &DomainName, zone: &Zone) -> Option<DomainName> {
        let question = question(name, RecordType::Soa);
        let asks = zone
            .servers
            .iter()
            .map(|server| self.ask_server(server, &question));
        join_all(asks).await.into_iter().find_map(|asked| {
            let own =
                asked.sighting.answer.chain.is_empty() && !asked.sighting.answer.data().is_empty();
            let below = if own {
                Some(name.clone())
            } else {
                asked.referral.or(asked.zone)
            };
            below.filter(|below| *below != zone.apex && below.is_within(&zone.apex))
        })
    }

    /// Looks the addresses of the name servers up. A server without an address is left out.
    async fn with_servers(&self, apex: DomainName, listed: Sighting) -> Result<Zone, Sighting> {
        let mut names: Vec<DomainName> = listed
            .answer
            .data()
            .iter()
            .filter_map(|data| match data {
                Data::Ns(name) => Some(name.clone()),
                _ => None,
            })
            .collect();
        names.sort();
        names.dedup();
        names.truncate(MOST_SERVERS);
        let mut servers = Vec::new();
        let mut silent = None;
        for found in join_all(names.iter().map(|name| self.servers_named(name))).await {
            match found {
                Ok(found) => servers.extend(found),
                Err(sighting) => silent = Some(sighting),
            }
        }
        if servers.is_empty() {
            return Err(silent.unwrap_or(listed));
        }
        Ok(Zone { apex, servers })
    }

    /// One name server under each of its addresses: of the first family that this machine has a way to.
    pub async fn servers_named(&self, name: &DomainName) -> Result<Vec<Server>, Sighting> {
        let at = |address: SocketAddr| Server::Authoritative {
            name: name.clone(),
            address,
        };
        if let Some(&address) = self.config.pinned.get(name) {
            return Ok(vec![at(address)]);
        }
        let a = question(name, RecordType::A);
        let aaaa = question(name, RecordType::Aaaa);
        let (a, aaaa) = join(self.ask_any(&a), self.ask_any(&aaaa)).await;
        let mut families = [addresses(&a.sighting), addresses(&aaaa.sighting)];
        families.sort_by_key(|family| !family.first().is_some_and(|&ip| has_way_to(ip)));
        let Some(family) = families.into_iter().find(|family| !family.is_empty()) else {
            return Err(a.sighting);
        };
        let port = self.config.authoritative_port;
        Ok(family
            .into_iter()
            .map(|ip| at(SocketAddr::new(ip, port)))
            .collect())
    }
}

fn question(name: &DomainName, record_type: RecordType) -> Question {
    Question::new(name.clone(), record_type)
}

/// The name without its labels up to the last one that starts with `_`.
fn host_part(name: &DomainName) -> DomainName {
    let mut here = Some(name.clone());
    let mut host = name.clone();
    while let Some(name) = here {
        let parent = name.parent();
        if name
            .labels()
            .next()
            .is_some_and(|label| label.starts_with('_'))
        {
            host = parent.clone().unwrap_or_else(DomainName::root);
        }
        here = parent;
    }
    host
}

/// True for the list of name servers that the name itself gave.
fn is_list(sighting: &Sighting) -> bool {
    let answer = &sighting.answer;
    answer.chain.is_empty() && answer.data().iter().any(|data| matches!(data, Data::Ns(_)))
}

fn zone_that_said_no(asked: &Asked, name: &DomainName) -> Option<DomainName> {
    let direct = asked.sighting.answer.chain.is_empty();
    asked
        .zone
        .clone()
        .filter(|zone| direct && name.is_within(zone))
}

/// True where `zone` is run by a registry, so that names below it belong to others.
fn is_registry(zone: &DomainName, name: &DomainName) -> bool {
    name.public_suffix()
        .is_none_or(|suffix| suffix.is_within(zone))
}

/// The addresses of an answer, sorted, so that every look asks the same ones.
fn addresses(sighting: &Sighting) -> Vec<IpAddr> {
    let mut addresses: Vec<IpAddr> = sighting
        .answer
        .data()
        .iter()
        .filter_map(|data| match data {
            Data::A(ip) => Some(IpAddr::V4(*ip)),
            Data::Aaaa(ip) => Some(IpAddr::V6(*ip)),
            _ => None,
        })
        .collect();
    addresses.sort();
    addresses.dedup();
    addresses.truncate(MOST_ADDRESSES);
    addresses
}

/// True where this machine has a route. Nothing is sent: connecting a UDP socket only looks the route up.
fn has_way_to(ip: IpAddr) -> bool {
    let any = match ip {
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    };
    UdpSocket::bind((any, 0))
        .and_then(|socket| socket.connect((ip, 9)))
        .is_ok()
}
