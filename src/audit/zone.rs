//! Where the domain lives: the zone that holds it, the addresses of its name servers, and what is kept elsewhere.

use std::net::IpAddr;
use std::net::SocketAddr;

use crate::audit::delegation;
use crate::audit::delegation::Doubt;
use crate::audit::report::Elsewhere;
use crate::audit::report::NameServer;
use crate::audit::view::View;
use crate::records::name::DomainName;
use crate::records::sighting::Answer;
use crate::records::sighting::Data;
use crate::records::sighting::Outcome;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::sighting::Server;
use crate::records::sighting::Trouble;

/// Names above the domain that are looked at.
const MOST_STEPS: usize = 6;

/// Name servers that are asked.
const MOST_SERVERS: usize = 8;

/// What is known about the zone that holds the domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    Found(Zone),
    /// An answer is still on its way.
    Open,
    /// No name on the way up has name servers.
    Nowhere,
    Trouble(DomainName, Obstacle),
}

/// Why the name servers of a name could not be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// What the resolver said is no usable answer.
    Server(Trouble),
    /// The resolver says "no" without the SOA record that shows whose "no" it is (RFC 2308).
    Unproved,
    /// The resolver denies everything, even the root of the DNS.
    DeniesEverything,
    /// The resolver denies a name that the zone above it holds.
    IsDelegated,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    pub apex: DomainName,
    /// The name servers that the world is sent to, sorted: as the zone above lists them; where that is not known, as the resolver does.
    pub names: Vec<DomainName>,
    /// Name servers that only the zone itself, or only the resolver, lists.
    pub others: Vec<DomainName>,
    /// Name servers of this network alone: they hold another zone of the same name.
    pub inside: Vec<DomainName>,
    /// The list of the zone itself; empty where it was not heard.
    pub own: Vec<DomainName>,
    /// True where `names` is the list of the zone above.
    pub is_from_above: bool,
    /// True where the zone above says that there is no such name: what is seen here is remembered, or of this network alone.
    pub is_denied_above: bool,
}

/// The domain and the names above it that may be the apex of its zone.
pub fn candidates(domain: &DomainName) -> Vec<DomainName> {
    let mut names = vec![domain.clone()];
    let mut here = domain.clone();
    while let Some(parent) = here.parent() {
        if parent.labels().count() < 2 || names.len() == MOST_STEPS {
            break;
        }
        names.push(parent.clone());
        here = parent;
    }
    // The walk may end early on a long name; the domain that somebody registered is looked at all the same.
    names.extend(domain.registrable().filter(|top| !names.contains(top)));
    names
}

/// Where the domain lives, as far as the answers go.
pub fn place(view: &View<'_>) -> Place {
    let mut weak = None;
    for name in candidates(view.domain()) {
        let question = Question::new(name.clone(), RecordType::Ns);
        let Some(answer) = view.resolver(&question) else {
            return Place::Open;
        };
        if let Some(trouble) = answer.trouble() {
            return Place::Trouble(name, Obstacle::Server(trouble.clone()));
        }
        let names = name_servers(answer);
        if !names.is_empty() {
            return Place::Found(delegation::zone(view, name, names));
        }
        if answer.is_weak_no() {
            weak.get_or_insert(name);
        }
    }
    if let Some(name) = weak {
        return Place::Trouble(name, Obstacle::Unproved);
    }
    if !delegation::is_denied(view) {
        return Place::Nowhere;
    }
    let domain = view.domain().clone();
    match delegation::doubt(view) {
        Doubt::Nothing => Place::Nowhere,
        Doubt::Open => Place::Open,
        Doubt::DeniesEverything => Place::Trouble(domain, Obstacle::DeniesEverything),
        Doubt::IsDelegated => Place::Trouble(domain, Obstacle::IsDelegated),
    }
}

/// The name servers of an answer that the name itself gave.
pub fn name_servers(answer: &Answer) -> Vec<DomainName> {
    if !answer.chain.is_empty() {
        return Vec::new();
    }
    let mut names: Vec<DomainName> = answer
        .data()
        .iter()
        .filter_map(|data| match data {
            Data::Ns(name) => Some(name.clone()),
            _ => None,
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

impl Zone {
    /// Every name server that anybody lists for this zone.
    pub fn all(&self) -> impl Iterator<Item = &DomainName> {
        self.names.iter().chain(&self.others)
    }

    /// The version that each name server holds.
    pub fn serials(&self, view: &View<'_>) -> Vec<(DomainName, u32)> {
        self.all()
            .filter_map(|name| Some((name.clone(), self.answer(view, name).and_then(serial)?)))
            .collect()
    }

    /// What a name server says about the zone itself: a usable answer before trouble.
    pub fn answer<'a>(&self, view: &View<'a>, name: &DomainName) -> Option<&'a Answer> {
        let addresses = addresses_to_ask(view, name);
        view.authoritative(&self.soa())
            .filter(|(server, _)| addresses.contains(&server.address()))
            .map(|(_, answer)| answer)
            .min_by_key(|answer| answer.trouble().is_some())
    }

    /// True where a name server holds the zone, as its answers about any name of it show.
    pub fn is_served_by(&self, view: &View<'_>, name: &DomainName) -> bool {
        view.is_served_by(&addresses_to_ask(view, name), &self.apex)
    }

    /// The servers to ask: one address of each name, of IPv6 where there is none of IPv4 or no way to it.
    pub fn servers(&self, view: &View<'_>) -> Vec<Server> {
        let mut servers: Vec<Server> = Vec::new();
        for name in self.all() {
            for address in addresses_to_ask(view, name) {
                if !servers.iter().any(|server| server.address() == address) {
                    servers.push(Server::Authoritative {
                        name: name.clone(),
                        address,
                    });
                }
            }
        }
        servers.truncate(MOST_SERVERS);
        servers
    }

    /// Questions for the addresses of the name servers.
    pub fn address_questions(&self, view: &View<'_>) -> Vec<Question> {
        let mut questions = Vec::new();
        for name in self.all().take(MOST_SERVERS) {
            if view.scope.pinned.contains_key(name) {
                continue;
            }
            let a = Question::new(name.clone(), RecordType::A);
            if view.resolver(&a).is_some() && needs_ip6(view, name) {
                questions.push(Question::new(name.clone(), RecordType::Aaaa));
            }
            questions.push(a);
        }
        questions
    }

    pub fn soa(&self) -> Question {
        Question::new(self.apex.clone(), RecordType::Soa)
    }

    /// The rows of the report.
    pub fn rows(&self, view: &View<'_>) -> Vec<NameServer> {
        self.all()
            .map(|name| {
                let answer = self.answer(view, name);
                NameServer {
                    name: name.to_string(),
                    addresses: known_addresses(view, name)
                        .iter()
                        .map(IpAddr::to_string)
                        .collect(),
                    answers: answer.is_some_and(|answer| answer.trouble().is_none())
                        || self.is_served_by(view, name),
                    serial: answer.and_then(serial),
                }
            })
            .collect()
    }
}

fn serial(answer: &Answer) -> Option<u32> {
    answer.data().iter().find_map(|data| match data {
        Data::Soa(soa) => Some(soa.serial),
        _ => None,
    })
}

fn needs_ip6(view: &View<'_>, name: &DomainName) -> bool {
    let ip4 = ip_addresses(view, name, RecordType::A);
    let Some(&first) = ip4.first() else {
        return true;
    };
    let address = SocketAddr::new(first, view.scope.port);
    view.is_unreachable(address)
}

/// The addresses that a name server is asked at.
pub fn addresses_to_ask(view: &View<'_>, name: &DomainName) -> Vec<SocketAddr> {
    if let Some(&address) = view.scope.pinned.get(name) {
        return vec![address];
    }
    let mut families = vec![RecordType::A];
    if needs_ip6(view, name) {
        families.push(RecordType::Aaaa);
    }
    families
        .into_iter()
        .filter_map(|family| ip_addresses(view, name, family).first().copied())
        .map(|ip| SocketAddr::new(ip, view.scope.port))
        .collect()
}

pub fn known_addresses(view: &View<'_>, name: &DomainName) -> Vec<IpAddr> {
    if let Some(address) = view.scope.pinned.get(name) {
        return vec![address.ip()];
    }
    [RecordType::A, RecordType::Aaaa]
        .into_iter()
        .flat_map(|family| ip_addresses(view, name, family))
        .collect()
}

/// Sorted, so that every look asks the same one.
pub fn ip_addresses(view: &View<'_>, name: &DomainName, family: RecordType) -> Vec<IpAddr> {
    let Some(answer) = view.resolver(&Question::new(name.clone(), family)) else {
        return Vec::new();
    };
    let mut addresses: Vec<IpAddr> = answer
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
    addresses
}

/// True where `_dmarc` or `_domainkey` is a zone of its own, which the servers of the domain do not hold.
pub fn is_delegated(view: &View<'_>, owner: &DomainName) -> bool {
    ["_dmarc", "_domainkey"].iter().any(|label| {
        view.at(label, RecordType::Ns).is_some_and(|question| {
            owner.is_within(&question.owner)
                && view
                    .resolver(&question)
                    .is_some_and(|answer| !name_servers(answer).is_empty())
        })
    })
}

/// `_dmarc` and `_domainkey` that are kept in another zone.
pub fn elsewhere(view: &View<'_>) -> Vec<Elsewhere> {
    let mut found = Vec::new();
    for label in ["_dmarc", "_domainkey"] {
        let (Some(ns), Some(txt)) = (
            view.at(label, RecordType::Ns),
            view.at(label, RecordType::Txt),
        ) else {
            continue;
        };
        let answer = view.resolver(&ns);
        let alias = [answer, view.best(&txt)]
            .into_iter()
            .flatten()
            .find_map(|answer| answer.chain.first());
        let servers = answer.map(name_servers).unwrap_or_default();
        let (by, to) = match (alias, servers.first()) {
            (Some(target), _) => ("cname", target.to_string()),
            (None, Some(_)) => {
                let servers: Vec<String> = servers.iter().map(DomainName::to_string).collect();
                ("ns", servers.join(", "))
            }
            (None, None) => continue,
        };
        found.push(Elsewhere {
            name: ns.owner.to_string(),
            by: by.to_owned(),
            to,
        });
    }
    found
}

/// Whether the domain exists in DNS; None where that is not known. Below a registered domain, a name without addresses and without
/// mail servers does not exist as far as DMARC is concerned (RFC 9989, section 3.2).
pub fn exists(view: &View<'_>) -> Option<bool> {
    let ns = view.resolver(&view.own(RecordType::Ns))?;
    match &ns.outcome {
        Outcome::NoName { ttl: Some(_) } if ns.chain.is_empty() => {
            return match place(view) {
                Place::Trouble(..) | Place::Open => None,
                Place::Found(_) | Place::Nowhere => Some(false),
            };
        }
        Outcome::Records { .. } => return Some(true),
        _ => {}
    }
    let answers = [RecordType::Mx, RecordType::A, RecordType::Aaaa]
        .map(|record_type| view.resolver(&view.own(record_type)));
    if answers
        .iter()
        .flatten()
        .any(|answer| !answer.data().is_empty())
    {
        return Some(true);
    }
    let all_say_no = answers.iter().all(|answer| {
        answer.is_some_and(|answer| answer.trouble().is_none() && !answer.is_weak_no())
    });
    all_say_no.then_some(false)
}

/// The question whether everything below the domain is renamed (DNAME): asked only where an alias looks like it.
pub fn renamed_question(view: &View<'_>) -> Option<Question> {
    let texts = ["_dmarc", "_domainkey"].map(|label| view.at(label, RecordType::Txt));
    let is_likely = texts.iter().flatten().any(|question| {
        view.best(question)
            .and_then(|answer| answer.chain.first())
            .is_some_and(|target| target.labels().next() == question.owner.labels().next())
    });
    is_likely.then(|| view.own(RecordType::Dname))
}

/// Where everything below the domain is renamed to.
pub fn renamed_to(view: &View<'_>) -> Option<DomainName> {
    let answer = view.best(&view.own(RecordType::Dname))?;
    answer.data().iter().find_map(|data| match data {
        Data::Dname(target) => Some(target.clone()),
        _ => None,
    })
}
