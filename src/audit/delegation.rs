//! What the zone above says about the domain: which name servers the world is sent to, and whether the domain exists at all.
//!
//! Three lists of name servers can differ: that of the registry, that of the zone itself, and that of the resolver which was asked.

use std::net::IpAddr;
use std::net::SocketAddr;

use crate::audit::view::View;
use crate::audit::zone;
use crate::audit::zone::Zone;
use crate::records::name::DomainName;
use crate::records::sighting::Data;
use crate::records::sighting::Outcome;
use crate::records::sighting::Question;
use crate::records::sighting::RecordType;
use crate::records::sighting::Server;

/// Servers of the zone that are asked for its own list.
const ASKED_SERVERS: usize = 2;

/// Endings of names that only exist inside of a network (RFC 6762, RFC 8375, and habit).
const PRIVATE_ENDINGS: [&str; 9] = [
    "local",
    "lan",
    "internal",
    "intranet",
    "intra",
    "corp",
    "home",
    "private",
    "home.arpa",
];

/// What the zone above says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Above {
    /// Nobody was asked, or nothing usable came back.
    Silent,
    /// An answer is still on its way.
    Open,
    /// It sends the world to these name servers, sorted.
    Lists(Vec<DomainName>),
    /// It holds no such name.
    Denies,
}

/// Whether a "no such name" of the resolver can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    Nothing,
    /// What would show it is still on its way.
    Open,
    /// The resolver denies the root of the DNS as well, so that its "no" proves nothing.
    DeniesEverything,
    /// The zone above holds the name.
    IsDelegated,
}

fn ns(name: &DomainName) -> Question {
    Question::new(name.clone(), RecordType::Ns)
}

/// The zone of the registry; None for names that are no domain of anybody's.
pub fn registry(view: &View<'_>) -> Option<Question> {
    let above = view.domain().registrable()?.parent()?;
    (!above.is_root()).then(|| ns(&above))
}

/// The name server of the zone above `apex` that is asked, by name.
fn server_above(view: &View<'_>, apex: &DomainName) -> Option<DomainName> {
    let above = apex.parent().filter(|above| !above.is_root())?;
    let answer = view.resolver(&ns(&above))?;
    zone::name_servers(answer).into_iter().next()
}

/// The question for the address of a name server above `apex`.
pub fn address_question(view: &View<'_>, apex: &DomainName) -> Option<Question> {
    let name = server_above(view, apex)?;
    (!view.scope.pinned.contains_key(&name)).then(|| Question::new(name, RecordType::A))
}

/// The server of the zone above `apex`, once its address is known.
fn above_at(view: &View<'_>, apex: &DomainName) -> Option<Server> {
    let name = server_above(view, apex)?;
    let address = match view.scope.pinned.get(&name) {
        Some(&address) => address,
        None => {
            let ip = zone::ip_addresses(view, &name, RecordType::A)
                .first()
                .copied()?;
            SocketAddr::new(ip, view.scope.port)
        }
    };
    Some(Server::Authoritative { name, address })
}

/// Whom to ask for the name servers of `apex`: one server above it, and where the zone is known two of its own.
pub fn asks(view: &View<'_>, apex: &DomainName, own: &[Server]) -> (Vec<Server>, Question) {
    let mut servers: Vec<Server> = above_at(view, apex).into_iter().collect();
    for server in own.iter().take(ASKED_SERVERS) {
        if !servers
            .iter()
            .any(|other| other.address() == server.address())
        {
            servers.push(server.clone());
        }
    }
    (servers, ns(apex))
}

/// What the zone above says about `apex`. A server that holds both zones speaks for the lower one, so that it says nothing here.
pub fn above(view: &View<'_>, apex: &DomainName) -> Above {
    let Some(parent) = apex.parent().filter(|above| !above.is_root()) else {
        return Above::Silent;
    };
    if view.is_open(&ns(&parent))
        || address_question(view, apex).is_some_and(|question| view.is_open(&question))
    {
        return Above::Open;
    }
    let Some(server) = above_at(view, apex) else {
        return Above::Silent;
    };
    let heard = view
        .authoritative(&ns(apex))
        .find(|(other, _)| other.address() == server.address())
        .map(|(_, answer)| answer);
    match heard {
        None if view.was_asked(server.address(), &ns(apex)) => Above::Open,
        None => Above::Silent,
        Some(answer) => match &answer.outcome {
            Outcome::NoName { .. } => Above::Denies,
            _ => {
                let names = zone::name_servers(answer);
                if names.is_empty() {
                    Above::Silent
                } else {
                    Above::Lists(names)
                }
            }
        },
    }
}

/// The addresses that the zone above keeps for name servers within `apex`.
pub fn glue(view: &View<'_>, apex: &DomainName) -> Vec<(DomainName, IpAddr)> {
    let Some(above) = above_at(view, apex) else {
        return Vec::new();
    };
    view.authoritative(&ns(apex))
        .filter(|(server, _)| server.address() == above.address())
        .flat_map(|(_, answer)| answer.data())
        .filter_map(|data| match data {
            Data::Glue { host, address } => Some((host.clone(), *address)),
            _ => None,
        })
        .collect()
}

/// The name servers that the zone's own servers list, sorted; empty where none was heard. `inside`: servers of this network alone.
fn own_list(view: &View<'_>, apex: &DomainName, inside: &[DomainName]) -> Vec<DomainName> {
    let above = above_at(view, apex).map(|server| server.address());
    let mut names: Vec<DomainName> = view
        .authoritative(&ns(apex))
        .filter(|(server, _)| Some(server.address()) != above)
        .filter(
            |(server, _)| !matches!(server, Server::Authoritative { name, .. } if inside.contains(name)),
        )
        .flat_map(|(_, answer)| zone::name_servers(answer))
        .collect();
    names.sort();
    names.dedup();
    names
}

/// The zone at `apex` as all lists together show it. `seen`: the list of the resolver.
pub fn zone(view: &View<'_>, apex: DomainName, seen: Vec<DomainName>) -> Zone {
    let said = above(view, &apex);
    let is_denied_above = said == Above::Denies;
    let above = match said {
        Above::Lists(names) => Some(names),
        Above::Silent | Above::Open | Above::Denies => None,
    };
    let is_inside = above.as_ref().is_some_and(|above| {
        above.iter().all(|name| !seen.contains(name))
            && seen.iter().all(|name| is_private(view, name))
    });
    let inside = if is_inside { seen.clone() } else { Vec::new() };
    let own = own_list(view, &apex, &inside);
    let names = above.clone().unwrap_or_else(|| seen.clone());
    let mut others: Vec<DomainName> = seen
        .iter()
        .chain(&own)
        .filter(|name| !names.contains(name) && !inside.contains(name))
        .cloned()
        .collect();
    others.sort();
    others.dedup();
    Zone {
        apex,
        names,
        others,
        inside,
        own,
        is_from_above: above.is_some(),
        is_denied_above,
    }
}

/// True for a name server that exists only inside of a network: by its name, or by all of its addresses.
fn is_private(view: &View<'_>, name: &DomainName) -> bool {
    let by_name = PRIVATE_ENDINGS.iter().any(|ending| {
        ending
            .parse()
            .is_ok_and(|ending: DomainName| name.is_within(&ending))
    });
    let addresses: Vec<IpAddr> = [RecordType::A, RecordType::Aaaa]
        .into_iter()
        .flat_map(|family| zone::ip_addresses(view, name, family))
        .collect();
    by_name || !addresses.is_empty() && addresses.iter().all(is_private_address)
}

fn is_private_address(address: &IpAddr) -> bool {
    match address {
        // 100.64.0.0/10 is for the inside of a provider's network (RFC 6598).
        IpAddr::V4(ip) => {
            ip.is_private()
                || ip.is_link_local()
                || (ip.octets()[0] == 100 && ip.octets()[1] & 0xc0 == 64)
        }
        IpAddr::V6(ip) => ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

/// The root of the DNS, of which nobody can say that it does not exist.
pub fn root() -> Question {
    ns(&DomainName::root())
}

/// True where the resolver says that the domain which can be registered does not exist.
pub fn is_denied(view: &View<'_>) -> bool {
    let answer = view
        .domain()
        .registrable()
        .and_then(|registrable| view.resolver(&ns(&registrable)));
    answer.is_some_and(|answer| {
        answer.chain.is_empty() && matches!(answer.outcome, Outcome::NoName { ttl: Some(_) })
    })
}

/// Whether a "no such name" about the domain can be believed.
pub fn doubt(view: &View<'_>) -> Doubt {
    let Some(registrable) = view.domain().registrable() else {
        return Doubt::Nothing;
    };
    if view.is_open(&root()) {
        return Doubt::Open;
    }
    let denies_root = view
        .resolver(&root())
        .is_some_and(|answer| matches!(answer.outcome, Outcome::NoName { .. }));
    if denies_root {
        return Doubt::DeniesEverything;
    }
    match above(view, &registrable) {
        Above::Open => Doubt::Open,
        Above::Lists(_) => Doubt::IsDelegated,
        Above::Silent | Above::Denies => Doubt::Nothing,
    }
}
